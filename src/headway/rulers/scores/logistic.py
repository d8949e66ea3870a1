"""The ECI-compatible logistic ruler: one capability per model, two numbers per benchmark."""

import os
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from headway.dataset.naming import resolve_each
from headway.draws import Draws, FloatArray, central_interval
from headway.errors import NotConverged, NotIdentified, UsageError
from headway.progress import Progress, Silent
from headway.rulers.scale import Curves, Evidence, Scale
from headway.rulers.scores.gauge import ANCHORS, PINNED, anchored, pinned_slope
from headway.rulers.scores.observations import Duplicates, Observations, observe, require_connected
from headway.rulers.scores.resample import within_models
from headway.shortly import of_fields

if TYPE_CHECKING:
    from headway.dataset import Dataset

TOLERANCE = 1e-8
MAX_ITERATIONS = 500
NAME = "ECI-compatible (refit)"
OTHER_NAME = "Logistic curves (refit)"
FEW = 4
MOST_DRAWS = 100_000
CLIP = (0.001, 0.999)
BOUND = 10.0
SLOPE_BOUNDS = (0.1, 10.0)


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class Parameters:
    """Capability, difficulty and slope in the ruler's own (logit) units."""

    capability: FloatArray
    difficulty: FloatArray
    slope: FloatArray

    __repr__ = of_fields

    def copy(self) -> "Parameters":
        """Return arrays that may be overwritten."""
        return Parameters(
            capability=self.capability.copy(),
            difficulty=self.difficulty.copy(),
            slope=self.slope.copy(),
        )


@dataclass(frozen=True, kw_only=True)
class LogisticRuler:
    r"""Logistic curve per benchmark, least squares with a ridge, anchored by two models.

    .. math::

       \hat y_{mb} = \frac{1}{1 + e^{-a_b (c_m - d_b)}}, \qquad
       \text{cost} = \tfrac12 \Bigl(\sum_{mb} w_b (\hat y_{mb} - y_{mb})^2
       + \frac{\lambda}{P} \lVert \theta \rVert^2 \Bigr)

    over capabilities c and difficulties d in [-10, 10] and slopes a in [0.1, 10], one slope
    pinned at 1; P is the number of free parameters and y the chance-corrected performance
    clipped to [0.001, 0.999]. One affine map then sends two anchor models to given points, in
    every draw too. Draws resample each model's cells with replacement.

    Parameters
    ----------
    benchmarks
        Benchmarks to use, by id, name or alias; by default all.
    weights
        Weight of a benchmark's squared residuals; 1 where not named.
    anchors
        Two models, by id, name or alias, and the points that they get; without anchors, logits.
    pinned
        Benchmark whose slope is 1, by id, name or alias; without one, that with most scores. The
        ridge acts on the scale that it fixes, so another one gives other points: without scores
        on Winogrande, Epoch's anchors are refused unless ``pinned`` or ``benchmarks`` is given.
        A note says when another benchmark is pinned.
    ridge
        lambda, the weight of the squared parameters.
    min_scores
        Models with fewer scores are left out.
    duplicates
        Policy for several scores of a model on a benchmark.
    level
        Level of the central intervals.
    draws
        Number of draws, up to 100,000.
    seed
        Seed of the resampling.

    Notes
    -----
    The model is that of the Epoch Capabilities Index (epoch.ai/eci); the objective is minimised
    to convergence, so estimates differ slightly from the published ones.
    """

    benchmarks: tuple[str, ...] | None = None
    weights: Mapping[str, float] | None = None
    anchors: Mapping[str, float] | None = field(default_factory=lambda: dict(ANCHORS))
    pinned: str | None = PINNED
    ridge: float = 0.1
    min_scores: int = 1
    duplicates: Duplicates = "best"
    level: float = 0.9
    draws: int = 500
    seed: int = 0
    name: str = NAME

    def __post_init__(self) -> None:
        if self.benchmarks is not None:
            object.__setattr__(self, "benchmarks", tuple(self.benchmarks))
        require_whole("draws", self.draws, 0, MOST_DRAWS)
        require_whole("min_scores", self.min_scores, 1)
        require_whole("seed", self.seed, 0)
        if not (np.isfinite(self.ridge) and self.ridge > 0):
            raise UsageError(
                f"ridge is {self.ridge!r}; expected a positive number",
                hint="without a ridge the location of the scale is not determined",
            )
        if not 0 < self.level < 1:
            raise UsageError(f"level is {self.level!r}; expected a number between 0 and 1")
        if self.anchors is not None:
            if len(self.anchors) != 2 or len(set(self.anchors.values())) != 2:
                raise UsageError(
                    f"anchors are {dict(self.anchors)!r}; expected two models with different points"
                )
            if not all(np.isfinite(v) for v in self.anchors.values()):
                raise UsageError(f"anchors are {dict(self.anchors)!r}; expected finite points")

    def fit(
        self,
        data: "Dataset",
        *,
        draws: int | None = None,
        seed: int | None = None,
        workers: int | None = None,
        progress: Progress | None = None,
    ) -> Scale:
        """Fit the ruler on a dataset.

        Parameters
        ----------
        draws, seed
            Override the ruler's own.
        workers
            Threads; None for one per processor. The result does not depend on it.
        progress
            Told about compilation and draws.

        Raises
        ------
        UsageError
            When a benchmark is unknown, or a name may mean several models or benchmarks.
        NotIdentified
            When the scores fall apart into unconnected groups, or an anchor or the pinned
            benchmark has no scores, or both anchors have the same capability.
        NotConverged
            When the optimum is not reached.
        """
        n_draws = self.draws if draws is None else draws
        seed = self.seed if seed is None else seed
        require_whole("draws", n_draws, 0, MOST_DRAWS)
        require_whole("seed", seed, 0)
        progress = progress or Silent()
        cells = observe(
            data,
            benchmarks=self.benchmarks,
            weights=self.weights,
            min_scores=self.min_scores,
            duplicates=self.duplicates,
        )
        if len(cells.benchmarks) == 1:
            raise NotIdentified(
                f"one benchmark ({cells.benchmarks[0]}) does not determine a capability beside "
                "its own difficulty and slope",
                hint="use its score as it is: headway.rulers.single(...), --ruler single; or add"
                " benchmarks",
            )
        require_connected(cells)
        anchors = anchored(data, cells, self.anchors)
        pinned, pin_notes = pinned_slope(
            data, cells, anchors, self.pinned,
            chosen=self.benchmarks is not None,
            weights=self.weights or {},
        )  # fmt: skip
        problem = _Problem(cells, self.ridge, pinned)
        point, cost, gradient = problem.optimum(progress)
        counts = within_models(cells, n_draws, seed)
        fits, unconverged = problem.draws(point, counts, workers, progress)
        return self._scale(
            data, cells, anchors, point, fits, seed=seed, pin_notes=pin_notes, diagnostics={
                "cost": cost,
                "projected_gradient": gradient,
                "unconverged_draws": unconverged,
                "n_parameters": problem.n_parameters,
                "n_cells": len(cells.model),
                "n_models": len(cells.models),
                "n_benchmarks": len(cells.benchmarks),
                "connected": True,
                "pinned": cells.benchmarks[problem.pinned],
            },
        )  # fmt: skip

    def _resolved(
        self, data: "Dataset", cells: Observations, anchors: dict[int, float] | None
    ) -> dict[str, Any]:
        """Return the options as plain values, under the identifiers that their names mean."""
        plain = {key: _plain(value) for key, value in asdict(self).items()}
        if self.benchmarks is not None:
            plain["benchmarks"] = resolve_each(data, "benchmark", self.benchmarks)
        if anchors is not None:
            plain["anchors"] = {cells.models[model]: points for model, points in anchors.items()}
        return plain

    def _scale(
        self,
        data: "Dataset",
        cells: Observations,
        anchors: dict[int, float] | None,
        point: Parameters,
        fits: Parameters,
        *,
        seed: int,
        pin_notes: tuple[str, ...],
        diagnostics: dict[str, Any],
    ) -> Scale:
        notes = [*cells.notes, *pin_notes]
        if diagnostics["unconverged_draws"]:
            notes.append(
                f"{diagnostics['unconverged_draws']} draws did not reach the tolerance; "
                "they are kept as they are."
            )
        shift, factor = _affine(point.capability[None, :], anchors)
        shifts, factors = _affine(fits.capability, anchors)
        flipped = int((~np.isfinite(factors)).sum())
        if not np.isfinite(factor[0]):
            raise NotIdentified(
                f"the anchors {list(self.anchors or ())!r} come out in the wrong order or equal, "
                "so no scale fits the points asked for",
                hint="choose anchors that differ clearly in capability",
            )
        if flipped:
            notes.append(f"In {flipped} draws the anchors change places; those are undefined.")
        n_draws = len(fits.capability)
        identity = repr((data.digest, sorted(asdict(self).items(), key=str), n_draws, seed))
        draw_set = sha256(identity.encode()).hexdigest()[:16]
        capability = shifts[:, None] + factors[:, None] * fits.capability
        if anchors is not None:
            capability[:, list(anchors)] = np.where(
                np.isfinite(factors)[:, None], list(anchors.values()), np.nan
            )
        low, high = central_interval(capability, self.level)
        fixed = np.bincount(cells.model) == 1
        fixed[list(anchors or ())] = True
        low[fixed] = high[fixed] = np.nan
        unit = "points" if anchors is not None else "logits"
        return Scale(
            ruler=OTHER_NAME if pin_notes and self.name == NAME else self.name,
            spec=self._resolved(data, cells, anchors) | {"kind": "logistic"},
            dataset=data,
            evidence=Evidence(sources=cells.sources),
            models=cells.models,
            estimate=shift[0] + factor[0] * point.capability,
            capability=Draws(
                values=capability,
                dims=("draw", "model"),
                coords={"model": cells.models},
                unit=unit,
                draw_set=draw_set,
            ),
            status=_model_status(cells, anchors),
            n_scores=np.bincount(cells.model, minlength=len(cells.models)),
            low=low,
            high=high,
            level=self.level,
            unit=unit,
            seed=seed,
            benchmarks=_benchmark_table(
                cells, point, fits, (shift[0], factor[0]), (shifts, factors), self.level, unit
            ),
            curves=Curves(
                benchmarks=cells.benchmarks,
                difficulty=np.vstack([point.difficulty, fits.difficulty]),
                slope=np.vstack([point.slope, fits.slope]),
                shift=np.append(shift, shifts),
                factor=np.append(factor, factors),
                ridge=self.ridge / diagnostics["n_parameters"],
            ),
            diagnostics=diagnostics,
            notes=tuple(notes),
            alike=cells.alike(),
        )


class _Problem:
    """The cells in the kernel's layout, with the fits of the point and of the draws."""

    def __init__(self, cells: Observations, ridge: float, pinned: int) -> None:
        self.cells = cells
        self.pinned = pinned
        self.n_parameters = len(cells.models) + 2 * len(cells.benchmarks) - 1
        self.ridge = ridge / self.n_parameters
        self.start = cells.start
        self.target = np.clip(cells.performance, *CLIP)

    def optimum(self, progress: Progress) -> tuple[Parameters, float, float]:
        from headway.rulers.kernels import compiled_before, logistic

        if not compiled_before(logistic.fit):
            progress.stage("Compiling the numerical kernels (once on this machine)")
        best: tuple[float, float, Parameters] | None = None
        for start in self._starts():
            cost, gradient, _ = self._fit(start, self.cells.weight)
            if best is None or cost < best[0]:
                best = (cost, gradient, start)
        assert best is not None
        cost, gradient, point = best
        if gradient > TOLERANCE:
            raise NotConverged(
                f"the fit stopped at a projected gradient of {gradient:.1e} "
                f"(tolerance {TOLERANCE:.0e})",
                hint="look for benchmarks with one or two models, and leave them out",
            )
        return point, cost, gradient

    def draws(
        self,
        point: Parameters,
        counts: np.ndarray[Any, np.dtype[np.uint16]],
        workers: int | None,
        progress: Progress,
    ) -> tuple[Parameters, int]:
        n = len(counts)
        fits = Parameters(
            capability=np.empty((n, len(self.cells.models))),
            difficulty=np.empty((n, len(self.cells.benchmarks))),
            slope=np.empty((n, len(self.cells.benchmarks))),
        )
        bad = np.zeros(n, dtype=bool)
        if not n:
            return fits, 0
        progress.stage(f"Fitting {n} draws")

        def run(chunk: range) -> int:
            for k in chunk:
                draw = point.copy()
                _, gradient, _ = self._fit(draw, counts[k] * self.cells.weight)
                fits.capability[k] = draw.capability
                fits.difficulty[k] = draw.difficulty
                fits.slope[k] = draw.slope
                bad[k] = gradient > TOLERANCE
            return len(chunk)

        chunks = [range(i, min(i + 10, n)) for i in range(0, n, 10)]
        done = 0
        with ThreadPoolExecutor(workers or os.cpu_count() or 1) as pool:
            try:
                for future in as_completed([pool.submit(run, chunk) for chunk in chunks]):
                    done += future.result()
                    progress.advance(done, n)
            except BaseException:
                pool.shutdown(cancel_futures=True)
                raise
        return fits, int(bad.sum())

    def _starts(self) -> list[Parameters]:
        """Two starting points; the lower optimum of the two is kept."""
        cells = self.cells
        ones = np.ones(len(cells.benchmarks))
        logit = np.log(self.target / (1 - self.target))
        mean_of = [
            np.bincount(index, weights=logit) / np.bincount(index)
            for index in (cells.model, cells.benchmark)
        ]
        flat = Parameters(
            capability=np.zeros(len(cells.models)), difficulty=0.0 * ones, slope=ones.copy()
        )
        rough = Parameters(
            capability=np.clip(mean_of[0], -BOUND / 2, BOUND / 2),
            difficulty=np.clip(-mean_of[1], -BOUND / 2, BOUND / 2),
            slope=ones.copy(),
        )
        return [flat, rough]

    def _fit(self, at: Parameters, weight: FloatArray) -> tuple[float, float, int]:
        from headway.rulers.kernels import logistic

        out: tuple[float, float, int] = logistic.fit(
            self.start, self.cells.benchmark, self.target, weight,
            at.capability, at.difficulty, at.slope, self.pinned, self.ridge,
            BOUND, *SLOPE_BOUNDS, TOLERANCE, MAX_ITERATIONS,
        )  # fmt: skip
        return out


def require_whole(label: str, value: object, least: int, most: int | None = None) -> None:
    """Raise :class:`UsageError` unless a value is a whole number in its range."""
    fits = isinstance(value, int) and value >= least and (most is None or value <= most)
    if not fits:
        span = f"from {least}" + ("" if most is None else f" to {most:,}")
        raise UsageError(f"{label} is {value!r}; expected a whole number {span}")


def _affine(
    capability: FloatArray, anchors: dict[int, float] | None
) -> tuple[FloatArray, FloatArray]:
    """Shift and factor of every row; NaN where the anchors are equal or in the wrong order."""
    if anchors is None:
        return np.zeros(len(capability)), np.ones(len(capability))
    (first, p), (second, q) = anchors.items()
    gap = capability[:, second] - capability[:, first]
    with np.errstate(divide="ignore", invalid="ignore"):
        factor = np.where(gap * (q - p) > 0, (q - p) / gap, np.nan)
    return p - factor * capability[:, first], factor


def _model_status(cells: Observations, anchors: dict[int, float] | None) -> tuple[str, ...]:
    counts = np.bincount(cells.model)
    above = np.bincount(cells.model, weights=cells.performance > CLIP[0])
    below = np.bincount(cells.model, weights=cells.performance < CLIP[1])
    status = np.where(counts < FEW, "few_scores", "ok").astype(object)
    status[above == 0] = "at_floor"
    status[below == 0] = "at_ceiling"
    status[list(anchors or ())] = "anchor"
    return tuple(str(s) for s in status)


def _benchmark_table(
    cells: Observations,
    point: Parameters,
    fits: Parameters,
    map_point: tuple[float, float],
    maps: tuple[FloatArray, FloatArray],
    level: float,
    unit: str,
) -> pl.DataFrame:
    """Tidy difficulties (points) and slopes (logits per point) of the benchmarks."""
    counts = np.bincount(cells.benchmark)
    status = np.where(counts < FEW, "few_models", "ok").astype(object)
    at_bound = (point.slope <= SLOPE_BOUNDS[0]) | (point.slope >= SLOPE_BOUNDS[1])
    status[at_bound] = "slope_at_bound"
    status[np.abs(point.difficulty) >= BOUND] = "difficulty_at_bound"
    frames = []
    for quantity, estimate, draws in (
        (
            "difficulty",
            map_point[0] + map_point[1] * point.difficulty,
            maps[0][:, None] + maps[1][:, None] * fits.difficulty,
        ),
        ("slope", point.slope / map_point[1], fits.slope / maps[1][:, None]),
    ):
        low, high = central_interval(draws, level)
        frames.append(
            pl.DataFrame(
                {
                    "entity": cells.benchmarks,
                    "quantity": quantity,
                    "estimate": estimate,
                    "low": low,
                    "high": high,
                    "level": level,
                    "unit": unit if quantity == "difficulty" else f"logits per {unit[:-1]}",
                    "status": [str(s) for s in status],
                    "n": counts,
                }
            ).with_columns(pl.col("low", "high").fill_nan(None))
        )
    return pl.concat(frames)


def _plain(value: Any) -> Any:
    return dict(value) if isinstance(value, Mapping) else value
