"""The calibrated ruler: the curves of the ECI-compatible one, with errors that belong together."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from headway.draws import Draws, FloatArray, central_interval
from headway.errors import NotIdentified, UsageError
from headway.progress import Progress, Silent
from headway.rulers.alike import by_rows
from headway.rulers.process import fit as process_fit, model as process
from headway.rulers.scale import Curves, Scale
from headway.rulers.scores.gauge import ANCHORS, PINNED
from headway.rulers.scores.logistic import MOST_DRAWS, LogisticRuler, require_whole
from headway.rulers.scores.observations import Duplicates, Observations, observe
from headway.rulers.threads import one_thread
from headway.shortly import of_fields

if TYPE_CHECKING:
    from headway.dataset import Dataset

DAYS_PER_YEAR = 365.25
UNSETTLED = 0.3
# Weak models are many, and a prior pulls all of them the same way: a hundred times the variance of
# the first fit still moved them by a point.
WIDE = 1000.0
NARROWEST = 1e-4
"""Least variance of difficulties (logits²) that a first fit is taken to say."""
ALIKE = 1e-6
"""Up to this distance (logits) the values of a first fit are one value."""


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class Posterior:
    """What the process knows after a fit: enough to draw from it again, the same draws."""

    cells: process.Layout
    state: process.State
    n_draws: int
    seed: int
    widen: float
    benchmarks: tuple[str, ...]

    __repr__ = of_fields


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class CalibratedScale(Scale):
    """A scale that can also predict empty cells; see :class:`headway.rulers.scale.Scale`."""

    posterior: Posterior | None = None

    __repr__ = of_fields

    def __reduce__(self) -> tuple[Any, ...]:
        fields = {name: getattr(self, name) for name in self.__dataclass_fields__}
        fields |= {name: dict(fields[name]) for name in ("spec", "details", "diagnostics")}
        return (_rebuild, (fields,))


@dataclass(frozen=True, kw_only=True)
class CalibratedRuler:
    r"""The curves of the ECI-compatible ruler with residuals that belong together.

    .. math::

       y_{mb} = p_{mb} + \sqrt{p_{mb} (1 - p_{mb})} \, (u_{m g(b)} + e_{mb}), \qquad
       \mathrm{logit} \, p_{mb} = a_b (c_m - d_b) + r_b(c_m, t_m, o_m) + v_{o_m g(b)}

    c capability, d difficulty and a slope; r a Gaussian process per benchmark over capability (its
    straight part is taken out), date t and organisation o; u and v shared errors of a model and of
    an organisation within a domain g; e noise. A score at 0 or 1 says that the performance lies
    beyond it. The variances of r, u, v and e maximise the restricted likelihood around the fit.
    Draws are those of the Gaussian posterior, paired over models and benchmarks; one affine map per
    draw sends two anchors to given points.

    Parameters
    ----------
    benchmarks
        Benchmarks to use, by id, name or alias; by default all.
    weights
        Weight of a benchmark: its noise variance is divided by it.
    anchors
        Two models and the points that they get; without anchors, logits.
    pinned
        Benchmark whose slope is 1 in the first fit; without one, that with most scores. See
        :class:`LogisticRuler`.
    min_scores
        Models with fewer scores are left out.
    duplicates
        Policy for several scores of a model on a benchmark.
    widen
        Factor on the deviations of the draws: variances and lengths are taken as known, which makes
        them a little too small.
    level
        Level of the central intervals.
    draws
        Number of draws.
    seed
        Seed of the draws.

    Notes
    -----
    Capability lies on the same scale and anchors as that of :class:`LogisticRuler`; it differs
    where a model's scores lean on domains or on benchmarks that suit its maker. Sources: Rasmussen
    and Williams (2006), Gaussian Processes for Machine Learning; Gilmour, Thompson and Cullis
    (1995), Biometrics 51, 1440-1450, for the average information of variances.
    """

    benchmarks: tuple[str, ...] | None = None
    weights: Mapping[str, float] | None = None
    anchors: Mapping[str, float] | None = field(default_factory=lambda: dict(ANCHORS))
    pinned: str | None = PINNED
    min_scores: int = 1
    duplicates: Duplicates = "best"
    widen: float = 1.05
    level: float = 0.9
    draws: int = 500
    seed: int = 0
    name: str = "Calibrated"

    def __post_init__(self) -> None:
        if self.benchmarks is not None:
            object.__setattr__(self, "benchmarks", tuple(self.benchmarks))
        if not (np.isfinite(self.widen) and self.widen > 0):
            raise UsageError(f"widen is {self.widen!r}; expected a positive number")
        self._curves()

    def _curves(self) -> LogisticRuler:
        shared = {k: v for k, v in asdict(self).items() if k not in ("widen", "name")}
        return LogisticRuler(**shared)

    def fit(
        self,
        data: "Dataset",
        *,
        draws: int | None = None,
        seed: int | None = None,
        workers: int | None = None,
        progress: Progress | None = None,
    ) -> CalibratedScale:
        """Fit the ruler on a dataset.

        Parameters
        ----------
        draws, seed
            Override the ruler's own.
        workers
            Threads of the first fit; the result does not depend on it.
        progress
            Told about the stages.

        Raises
        ------
        NotIdentified
            When the scores fall apart into unconnected groups, or an anchor has no scores, or the
            anchors come out in the wrong order.
        NotConverged
            When the first fit or a linear system is not solved.
        """
        progress = progress or Silent()
        n_draws = self.draws if draws is None else draws
        seed = self.seed if seed is None else seed
        require_whole("draws", n_draws, 0, MOST_DRAWS)
        require_whole("seed", seed, 0)
        first = self._curves().fit(data, draws=0, seed=seed, workers=workers, progress=progress)
        cells = observe(
            data,
            benchmarks=self.benchmarks,
            weights=self.weights,
            min_scores=self.min_scores,
            duplicates=self.duplicates,
        )
        progress.stage("Fitting the process")
        arranged, start = arrange(data, cells, first)
        with one_thread():
            arranged, state, iterations, change = process_fit.fit(arranged, start)
            posterior = Posterior(
                cells=arranged, state=state, n_draws=n_draws, seed=seed, widen=self.widen,
                benchmarks=cells.benchmarks,
            )  # fmt: skip
            normal = process_fit.Normal(process.Linearised(arranged, state))
            deviations = deviations_of(posterior, normal)
            d, a = process_fit.benchmark_draws(normal, deviations, seed)
        return self._scale(
            data, first, posterior, deviations[:, : arranged.n_models], d, a,
            diagnostics={
                "iterations": iterations,
                "last_change": change,
                "variances": {k: float(v) for k, v in state.variance.items()},
                "lengths": {k: float(v) for k, v in state.length.items()},
                "n_cells": len(cells.model),
                "n_models": len(cells.models),
                "n_benchmarks": len(cells.benchmarks),
                "connected": True,
            },
        )  # fmt: skip

    def _scale(
        self,
        data: "Dataset",
        first: Scale,
        posterior: Posterior,
        deviations: FloatArray,
        d: FloatArray,
        a: FloatArray,
        *,
        diagnostics: dict[str, Any],
    ) -> CalibratedScale:
        state = posterior.state
        rows = np.vstack([state.capability, state.capability + deviations])
        anchors = {
            first.models.index(model): points
            for model, points in (first.spec["anchors"] or {}).items()
        }
        shift, factor = _affine(rows, anchors)
        if not np.isfinite(factor[0]):
            raise NotIdentified(
                f"the anchors {list(self.anchors or ())!r} come out in the wrong order or equal, "
                "so no scale fits the points asked for",
                hint="choose anchors that differ clearly in capability",
            )
        notes = list(first.notes)
        if diagnostics["last_change"] > UNSETTLED:
            notes.append(
                f"The process was stopped after {diagnostics['iterations']} steps; the last moved "
                f"a capability by {diagnostics['last_change']:.2f} standard errors."
            )
        flipped = int((~np.isfinite(factor)).sum())
        if flipped:
            notes.append(f"In {flipped} draws the anchors change places; those are undefined.")
        points = shift[:, None] + factor[:, None] * rows
        if anchors:
            points[:, list(anchors)] = np.where(
                np.isfinite(factor)[:, None], list(anchors.values()), np.nan
            )
        low, high = central_interval(points[1:], self.level)
        low[list(anchors)] = high[list(anchors)] = np.nan
        identity = repr(
            (data.digest, "calibrated", sorted(asdict(self).items(), key=str),
             posterior.n_draws, posterior.seed)
        )  # fmt: skip
        difficulty = np.vstack([state.difficulty, state.difficulty + d])
        slope = np.exp(np.vstack([state.log_slope, state.log_slope + a]))
        return CalibratedScale(
            ruler=self.name,
            spec={k: dict(v) if isinstance(v, Mapping) else v for k, v in asdict(self).items()}
            | {name: first.spec[name] for name in ("benchmarks", "anchors")}
            | {"kind": "calibrated"},
            dataset=data,
            evidence=first.evidence,
            models=first.models,
            estimate=points[0],
            capability=Draws(
                values=points[1:],
                dims=("draw", "model"),
                coords={"model": first.models},
                unit=first.unit,
                draw_set=sha256(identity.encode()).hexdigest()[:16],
            ),
            status=first.status,
            alike=_alike(first, posterior.cells),
            n_scores=first.n_scores,
            low=low,
            high=high,
            level=self.level,
            unit=first.unit,
            seed=posterior.seed,
            benchmarks=_benchmark_table(first, difficulty, slope, shift, factor, self.level),
            curves=Curves(
                benchmarks=posterior.benchmarks,
                difficulty=difficulty,
                slope=slope,
                shift=shift,
                factor=factor,
                ridge=first.curves.ridge if first.curves is not None else 0.0,
            ),
            diagnostics=diagnostics,
            notes=tuple(notes),
            posterior=posterior,
        )


def _alike(first: Scale, cells: process.Layout) -> NDArray[np.int64]:
    """Classes of models with the same scores, date and maker; makers of one model are alike."""
    alone = np.bincount(cells.of_model)[cells.of_model] == 1
    assert first.alike is not None
    return by_rows(first.alike, cells.date, np.where(alone, -1, cells.of_model))


def deviations_of(posterior: Posterior, normal: process_fit.Normal) -> FloatArray:
    """Draws of the model-side unknowns as deviations from their mean, the same at every call."""
    return posterior.widen * process_fit.draw(normal, posterior.n_draws, posterior.seed)


def arrange(
    data: "Dataset", cells: Observations, first: Scale
) -> tuple[process.Layout, process.State]:
    """Return the cells in the process's layout, and the first fit as its starting state."""
    assert first.curves is not None
    curves = first.curves
    capability = (first.estimate - curves.shift[0]) / curves.factor[0]
    log_slope = np.log(np.clip(curves.slope[0], 0.2, 5.0))
    models = pl.DataFrame({"model": cells.models}).join(
        data.models, on="model", how="left", maintain_order="left"
    )
    days = models.select(pl.coalesce("available_on", "announced_on", "listed_on")).to_series()
    years = days.cast(pl.Date).to_physical().cast(pl.Float64) / DAYS_PER_YEAR
    typical = years.median()
    date = years.fill_null(typical if typical is not None else 0.0).to_numpy()
    maker = [
        o if o is not None else f"of {m}"
        for m, o in models.select("model", "organisation").iter_rows()
    ]
    domains = dict(data.benchmarks.select("benchmark", "domain").iter_rows())
    domain = [domains.get(b) or "" for b in cells.benchmarks]
    weight = np.bincount(cells.benchmark).astype(np.float64)
    difficulty = curves.difficulty[0]
    if np.ptp(capability) <= ALIKE:
        raise NotIdentified(
            "the scores do not tell the models apart, so nothing says how far capabilities spread",
            hint="the calibrated ruler learns that spread; use the ECI-compatible ruler"
            " (headway.rulers.eci(), --ruler eci), or add scores on which the models differ",
        )
    tilt, level = _line(difficulty, log_slope, weight)
    arranged, order = process.layout(
        cells.model, cells.benchmark, cells.performance, cells.weight,
        date=date,
        position=capability,
        of_model=np.unique(maker, return_inverse=True)[1].astype(np.int64),
        of_benchmark=np.unique(domain, return_inverse=True)[1].astype(np.int64),
    )  # fmt: skip
    return arranged, process.State(
        capability=capability,
        difficulty=curves.difficulty[0].copy(),
        log_slope=log_slope,
        latent=np.zeros(len(order)),
        variance=dict(process.START)
        | {
            "capability": WIDE * float(capability.var()),
            "difficulty": WIDE * max(float(difficulty.var()), NARROWEST),
        },
        length=dict(process.LENGTHS),
        tilt=tilt,
        centre={
            "capability": float(capability.mean()),
            "difficulty": float(difficulty.mean()),
            "slope": level,
        },
    )


def _line(x: FloatArray, y: FloatArray, weight: FloatArray) -> tuple[float, float]:
    """Slope and mean of a weighted straight line; level where nothing lies apart."""
    if np.ptp(x) <= ALIKE:
        return 0.0, float(np.average(y, weights=weight))
    slope, level = np.polyfit(x - x.mean(), y, 1, w=np.sqrt(weight))
    return float(slope), float(level)


def _affine(rows: FloatArray, anchors: Mapping[int, float]) -> tuple[FloatArray, FloatArray]:
    if not anchors:
        return np.zeros(len(rows)), np.ones(len(rows))
    (first, p), (second, q) = anchors.items()
    gap = rows[:, second] - rows[:, first]
    with np.errstate(divide="ignore", invalid="ignore"):
        factor = np.where(gap * (q - p) > 0, (q - p) / gap, np.nan)
    return p - factor * rows[:, first], factor


def _benchmark_table(
    first: Scale,
    difficulty: FloatArray,
    slope: FloatArray,
    shift: FloatArray,
    factor: FloatArray,
    level: float,
) -> pl.DataFrame:
    assert first.benchmarks is not None
    frames = []
    for quantity, rows in (
        ("difficulty", shift[:, None] + factor[:, None] * difficulty),
        ("slope", slope / factor[:, None]),
    ):
        low, high = central_interval(rows[1:], level)
        frames.append(
            first.benchmarks.filter(pl.col("quantity") == quantity).with_columns(
                estimate=pl.Series(rows[0]),
                low=pl.Series(low).fill_nan(None),
                high=pl.Series(high).fill_nan(None),
            )
        )
    return pl.concat(frames)


def _rebuild(fields: dict[str, Any]) -> CalibratedScale:
    return CalibratedScale(**fields)
