"""Time horizon: the length of task, in human time, that a model solves half of the time."""

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np
import polars as pl
from numpy.typing import NDArray

from headway.draws import Draws, FloatArray, central_interval
from headway.errors import NotIdentified, UsageError
from headway.progress import Progress, Silent
from headway.rulers.alike import by_cells
from headway.rulers.horizons.human_time import Attempts, Configurations, Failures, attempts
from headway.rulers.horizons.published import published_horizons
from headway.rulers.scale import Evidence, Scale
from headway.rulers.scores.logistic import MOST_DRAWS, require_whole
from headway.shortly import of_fields

if TYPE_CHECKING:
    from headway.dataset import Dataset

Weighting = Literal["task", "family", "root_family"]
UNIT = "doublings"
SHARES = (0.5, 0.8)
FEW_FAMILIES = 10
SLOPE_CENTRE, SLOPE_SPREAD = float(np.log(0.6)), 1.0
LENGTH_SPREAD = 3.0
TOLERANCE = 1e-7
MAX_ITERATIONS = 200


@dataclass(frozen=True, kw_only=True)
class HorizonRuler:
    r"""Logistic curve of success on the logarithm of human time, for every model.

    .. math:: P(m \text{ solves } i) = \frac{1}{1 + e^{-a_m (\log_2 h_m - \log_2 t_i)}}

    t is the time of a skilled human in minutes, h the 50% horizon, a > 0 the slope. The
    horizon at another share p is :math:`\log_2 h - \ln(p / (1 - p)) / a`. The scale is
    :math:`\log_2` minutes, in doublings: a gap of 1 is a task twice as long, at every height.
    Details have the horizons in minutes. Weak priors keep the fit finite: :math:`\ln a \sim
    N(\ln 0.6, 1)`, and :math:`\log_2 h` normal around the middle of the tasks with a standard
    deviation of three times their range.

    Parameters
    ----------
    success
        The share p solved at the horizon that is the scale.
    published
        Take horizons as their publisher printed them (indicators ``horizon_p50_minutes`` and
        ``horizon_p80_minutes``) instead of fitting answers; all but ``success``, ``level``,
        ``draws`` and ``seed`` is then without effect.
    published_level
        Level of the published intervals.
    benchmarks
        Whose tasks to use; None for all whose items have a human time.
    weighting
        What counts the same: each ``task``, each ``family`` of tasks, or, between the two, a
        family as the root of its size (``root_family``).
    variants
        Which configurations of a model count: the ``best``, the ``default``, or all
        ``pooled``.
    errors
        Whether an answer that failed by a technical error is ``missing`` or ``wrong``.
    min_tasks
        Models that tried fewer tasks are left out.
    level
        Level of the central intervals.
    draws
        Number of draws, up to 100,000.
    seed
        Seed of the resampling.

    Notes
    -----
    Draws resample families of tasks with replacement, the same for all models, and fit again;
    deviations from the estimate are then stretched by :math:`\sqrt{G / (G - 1)} \; t_{G-1} / z`,
    with G the effective number of families that carry a model's horizon and t and z the
    quantiles of the level, because few of them lie near it (``docs/evidence/horizon.md``).

    Nothing beyond the longest task or below the shortest is measured: estimates and draws end
    there, with a status, and an end of an interval that would lie there is left open.

    The definition follows Kwa et al. (2025), *Measuring AI ability to complete long tasks*,
    arXiv:2503.14499.
    """

    success: float = 0.5
    published: bool = False
    published_level: float = 0.95
    benchmarks: tuple[str, ...] | None = None
    weighting: Weighting = "task"
    variants: Configurations = "best"
    errors: Failures = "missing"
    min_tasks: int = 10
    level: float = 0.9
    draws: int = 500
    seed: int = 0

    def __post_init__(self) -> None:
        if self.benchmarks is not None:
            object.__setattr__(self, "benchmarks", tuple(self.benchmarks))
        for name in ("success", "level", "published_level"):
            value = getattr(self, name)
            if not (isinstance(value, int | float) and 0 < value < 1):
                raise UsageError(f"{name} is {value!r}; expected a number between 0 and 1")
        for name, kind in (
            ("weighting", Weighting),
            ("variants", Configurations),
            ("errors", Failures),
        ):
            if getattr(self, name) not in get_args(kind):
                raise UsageError(
                    f"{name}={getattr(self, name)!r} is not one of {', '.join(get_args(kind))}"
                )
        if self.published and self.success not in SHARES:
            raise UsageError(
                f"success is {self.success!r}, but horizons are published at 0.5 and 0.8 only"
            )
        require_whole("min_tasks", self.min_tasks, 1)
        require_whole("draws", self.draws, 0, MOST_DRAWS)
        require_whole("seed", self.seed, 0)

    def fit(
        self,
        data: "Dataset",
        *,
        draws: int | None = None,
        seed: int | None = None,
        workers: int | None = None,
        progress: Progress | None = None,
    ) -> Scale:
        """Fit every model's curve.

        Details of the scale: ``horizons`` (minutes at 50%, 80% and ``success``, the
        slope, and G)
        and ``tasks``. Status: ``at_ceiling`` and ``at_floor`` where a model solved every task or
        none; ``beyond_longest`` and ``below_shortest`` where its horizon lies outside the tasks.

        Raises
        ------
        NotIdentified
            When answers, human times or published horizons are lacking, or all tasks take the
            same time.
        DataError
            When a human time is not above 0, or a score outside 0 to 1.
        """
        n_draws = self.draws if draws is None else draws
        seed = self.seed if seed is None else seed
        require_whole("draws", n_draws, 0, MOST_DRAWS)
        require_whole("seed", seed, 0)
        identity = repr((data.digest, sorted(asdict(self).items(), key=str), n_draws, seed))
        draw_set = sha256(identity.encode()).hexdigest()[:16]
        spec = asdict(self) | {"kind": "horizon"}
        if self.published:
            return published_horizons(
                data, spec, success=self.success, published_level=self.published_level,
                level=self.level, draws=n_draws, seed=seed, draw_set=draw_set,
            )  # fmt: skip
        tried = attempts(
            data, benchmarks=self.benchmarks, variants=self.variants, errors=self.errors,
            min_tasks=self.min_tasks,
        )  # fmt: skip
        lengths = tried.doublings
        if lengths.min() == lengths.max():
            raise NotIdentified(
                f"all {len(lengths)} tasks take a human {2 ** lengths[0]:g} minutes, so success "
                "says nothing about longer ones",
                hint="add tasks of other lengths",
            )
        fitted = self._fit(tried, n_draws, seed, workers, progress or Silent())
        return self._scale(data, tried, fitted, spec, seed, draw_set)

    def _fit(
        self, tried: Attempts, n_draws: int, seed: int, workers: int | None, progress: Progress
    ) -> "_Fitted":
        from headway.rulers.kernels import compiled_before, horizon

        if not compiled_before(horizon.fit_curves):
            progress.stage("Compiling the numerical kernels (once on this machine)")
        families = int(tried.families.max()) + 1
        rng = np.random.default_rng(seed)
        counts = np.ones((1 + n_draws, families))
        counts[1:] = rng.multinomial(families, np.full(families, 1 / families), size=n_draws)
        lengths = tried.doublings
        low, high = float(lengths.min()), float(lengths.max())
        prior = ((low + high) / 2, LENGTH_SPREAD * (high - low), SLOPE_CENTRE, SLOPE_SPREAD)
        n_models = len(tried.models)
        theta = np.empty((1 + n_draws, n_models))
        log_slope = np.empty((1 + n_draws, n_models))
        weights = self._weights(tried)
        starts = np.searchsorted(tried.model, np.arange(n_models + 1))
        failed, carrying = np.zeros(n_models, dtype=np.int64), np.ones(n_models)

        def run(m: int) -> None:
            rows = slice(starts[m], starts[m + 1])
            tasks = tried.task[rows]
            x, y, w = lengths[tasks], tried.success[rows], weights[tasks]
            w = w / w.mean()
            family = tried.families[tasks]
            t = np.array([low + (high - low) * np.average(y, weights=w)])
            s = np.array([SLOPE_CENTRE])
            args = (x, y, w, family)
            limits = (TOLERANCE, MAX_ITERATIONS)
            failed[m] = horizon.fit_curves(*args, counts[:1], *prior, t, s, *limits)
            carrying[m] = _carrying(x, w, family, t[0], s[0])
            theta[:, m], log_slope[:, m] = t[0], s[0]
            if n_draws:
                rest = np.repeat(t, n_draws), np.repeat(s, n_draws)
                failed[m] += horizon.fit_curves(*args, counts[1:], *prior, *rest, *limits)
                theta[1:, m], log_slope[1:, m] = rest

        progress.stage(f"Fitting {n_models} curves")
        with ThreadPoolExecutor(workers or os.cpu_count() or 1) as pool:
            for done, _ in enumerate(pool.map(run, range(n_models)), start=1):
                progress.advance(done, n_models)
        return _Fitted(
            theta=theta, slope=np.exp(log_slope), carrying=carrying,
            stretch=stretch(carrying, self.level), low=low, high=high,
            unconverged=int(failed.sum()), families=families,
        )  # fmt: skip

    def _weights(self, tried: Attempts) -> FloatArray:
        sizes = np.bincount(tried.families)[tried.families].astype(np.float64)
        power = {"task": 0.0, "family": 1.0, "root_family": 0.5}[self.weighting]
        out: FloatArray = sizes**-power
        return out

    def _scale(
        self,
        data: "Dataset",
        tried: Attempts,
        fitted: "_Fitted",
        spec: dict[str, Any],
        seed: int,
        draw_set: str,
    ) -> Scale:
        total = np.bincount(tried.model)
        solved = np.bincount(tried.model, weights=tried.success >= 1) == total
        none = np.bincount(tried.model, weights=tried.success <= 0) == total
        shares = tuple(dict.fromkeys((*SHARES, self.success)))
        found = {share: fitted.horizon(share, solved, none) for share in shares}
        values, status = found[self.success]
        low, high = _open_interval(values[1:], self.level, fitted, status)
        notes = list(tried.notes)
        if fitted.unconverged:
            notes.append(
                f"{fitted.unconverged} draws did not reach the tolerance; they are kept as they "
                "are."
            )
        outside = sum(word != "ok" for word in status)
        if outside:
            notes.append(
                f"The horizon of {outside} models lies outside the tasks, which take from "
                f"{2**fitted.low:.3g} to {2**fitted.high:.3g} minutes; it is a bound."
            )
        if fitted.families < FEW_FAMILIES:
            notes.append(
                f"The tasks form {fitted.families} families only, so intervals say little."
            )
        used = tried.tasks["benchmark"].unique().sort().to_list()
        return Scale(
            ruler=f"{100 * self.success:g}% time horizon",
            spec=spec | {"benchmarks": used},
            dataset=data,
            evidence=Evidence(sources=tried.sources),
            models=tried.models,
            estimate=values[0],
            capability=Draws(
                values=values[1:],
                dims=("draw", "model"),
                coords={"model": tried.models},
                unit=UNIT,
                draw_set=draw_set,
            ),
            status=status,
            n_scores=total.astype(np.int64),
            low=low,
            high=high,
            level=self.level,
            unit=UNIT,
            seed=seed,
            details={
                "horizons": _horizons(tried.models, found, fitted, total, self.level),
                "tasks": tried.tasks,
            },
            diagnostics={
                "n_models": len(tried.models),
                "n_tasks": tried.tasks.height,
                "n_families": fitted.families,
                "shortest_minutes": 2**fitted.low,
                "longest_minutes": 2**fitted.high,
                "unconverged_draws": fitted.unconverged,
            },
            notes=tuple(notes),
            alike=by_cells(
                np.searchsorted(tried.model, np.arange(len(tried.models) + 1)),
                tried.task,
                tried.success,
            ),
        )


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class _Fitted:
    """Curves of all models: row 0 the estimate, then the draws."""

    theta: FloatArray
    slope: FloatArray
    carrying: FloatArray
    stretch: FloatArray
    low: float
    high: float
    unconverged: int
    families: int

    __repr__ = of_fields

    def horizon(
        self, share: float, solved: NDArray[np.bool_], none: NDArray[np.bool_]
    ) -> tuple[FloatArray, tuple[str, ...]]:
        """Log2 minutes at a share of success, held to the lengths of the tasks, and status."""
        free = self.theta - np.log(share / (1 - share)) / self.slope
        free[1:] = free[0] + self.stretch * (free[1:] - free[0])
        free[:, solved], free[:, none] = np.inf, -np.inf
        status = np.full(len(self.stretch), "ok", dtype=object)
        status[free[0] > self.high] = "beyond_longest"
        status[free[0] < self.low] = "below_shortest"
        status[solved], status[none] = "at_ceiling", "at_floor"
        return np.clip(free, self.low, self.high), tuple(str(word) for word in status)


def _carrying(
    x: FloatArray, w: FloatArray, family: NDArray[np.int64], theta: float, s: float
) -> float:
    """Effective number of families that carry a horizon, by their share of its information."""
    p = 1 / (1 + np.exp(-np.exp(s) * (theta - x)))
    carried = np.bincount(family, weights=w * p * (1 - p))
    return float(carried.sum() ** 2 / (carried**2).sum())


def stretch(carrying: FloatArray, level: float) -> FloatArray:
    """Correction of draws for the few families that carry a horizon: sqrt(G / (G - 1)) t / z.

    >>> stretch(np.array([10.0, 100.0]), 0.9).round(2).tolist()
    [1.17, 1.01]
    """
    from scipy.stats import norm, t

    families = np.maximum(carrying, 2.0)
    tail = (1 + level) / 2
    out: FloatArray = np.sqrt(families / (families - 1)) * (
        t.ppf(tail, families - 1) / norm.ppf(tail)
    )
    return out


def _open_interval(
    draws: FloatArray, level: float, fitted: _Fitted, status: tuple[str, ...]
) -> tuple[FloatArray, FloatArray]:
    """Central interval; an end that lies outside the tasks is unknown."""
    low, high = central_interval(draws, level)
    nothing = np.isin(status, ["at_ceiling", "at_floor"])
    low[nothing | (low <= fitted.low)] = np.nan
    high[nothing | (high >= fitted.high)] = np.nan
    return low, high


def _horizons(
    models: tuple[str, ...],
    found: dict[float, tuple[FloatArray, tuple[str, ...]]],
    fitted: _Fitted,
    total: NDArray[np.int64],
    level: float,
) -> pl.DataFrame:
    frames = []
    common = {"entity": models, "level": level, "n": total.astype(np.int64)}
    for share, (values, status) in found.items():
        low, high = _open_interval(values[1:], level, fitted, status)
        frames.append(
            pl.DataFrame(
                common
                | {
                    "quantity": f"horizon_{100 * share:g}",
                    "estimate": 2 ** values[0],
                    "low": 2**low,
                    "high": 2**high,
                    "unit": "minutes",
                    "status": status,
                }
            )
        )
    low, high = central_interval(fitted.slope[1:], level)
    ends = found[SHARES[0]][1]
    unknown = np.full(len(models), np.nan)
    for quantity, unit, (estimate, least, most) in (
        ("slope", "logits per doubling", (fitted.slope[0], low, high)),
        ("carrying_families", "families", (fitted.carrying, unknown, unknown)),
    ):
        numbers = {"estimate": estimate, "low": least, "high": most}
        nothing = np.isin(ends, ["at_ceiling", "at_floor"])
        frames.append(
            pl.DataFrame(
                common
                | {"quantity": quantity, "unit": unit, "status": ends}
                | {name: np.where(nothing, np.nan, column) for name, column in numbers.items()}
            )
        )
    columns = ["entity", "quantity", "estimate", "low", "high", "level", "unit", "status", "n"]
    return pl.concat([frame.select(columns) for frame in frames]).with_columns(
        pl.col("estimate", "low", "high").fill_nan(None)
    )
