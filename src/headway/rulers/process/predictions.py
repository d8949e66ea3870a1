"""What a model would score on a benchmark, with an interval, from the calibrated ruler."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from headway.dataset.naming import resolve
from headway.draws import FloatArray, central_interval
from headway.errors import UsageError, did_you_mean
from headway.rulers.process import fit as process_fit, model as process
from headway.rulers.process.model import Ints
from headway.rulers.process.ruler import CalibratedScale, Posterior, deviations_of
from headway.rulers.scale import Scale
from headway.rulers.threads import one_thread
from headway.shortly import of_fields

# Beyond these logits the exponential overflows; the performance is 0 long before.
FARTHEST = 700.0


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class Predicted:
    """Predictions on one benchmark.

    Parameters
    ----------
    benchmark
        Its index.
    models : int64 (n,)
    point : float64 (n,)
        At the posterior mode.
    expected : float64 (n_draws, n)
        Draws of the expected performance, paired with those of the capabilities.
    noise : float64 (n,)
        Standard deviation of a score around its expectation.
    """

    benchmark: int
    models: Ints
    point: FloatArray
    expected: FloatArray
    noise: FloatArray

    __repr__ = of_fields


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class _Conditional:
    eta: FloatArray
    eta_alone: FloatArray
    slope: float
    gain: FloatArray
    group: Ints
    variance: FloatArray

    __repr__ = of_fields


class Predictor:
    """Predictions from a posterior, benchmark by benchmark."""

    def __init__(self, posterior: Posterior) -> None:
        self.posterior = posterior
        with one_thread():
            linear = process.Linearised(posterior.cells, posterior.state)
            normal = process_fit.Normal(linear)
            right = normal.across @ linear.whiten(linear.z[:, None])
            self.linear, self.normal, self.cells = linear, normal, posterior.cells
            self.theta = normal.solve(right)[:, 0]
            self.deviations = deviations_of(posterior, normal)
        self.columns = np.ascontiguousarray(self.deviations.T)
        self.pull = linear.whiten((linear.z - linear.design @ self.theta)[:, None])[:, 0]
        self.pairs = {int(key): k for k, key in enumerate(self.cells.pairs)}

    def on(self, b: int, models: Ints) -> Predicted:
        """Predict the scores of some models on one benchmark."""
        state = self.posterior.state
        at = self._conditional(b, models)
        n_draws = len(self.deviations)
        tilt, tilts = self._tilt(models, b, n_draws)
        moves = self._along(at, b, models, self.columns).T
        rng = np.random.default_rng([self.posterior.seed, 2, b])
        # Drawn for every model, so that a cell does not depend on what else is asked.
        fresh = rng.standard_normal((n_draws, self.cells.n_models))[:, models]
        moves += np.sqrt(at.variance) * fresh
        point = _performance(at.eta, tilt)
        slack = np.maximum(point * (1 - point), process.FLOOR)
        return Predicted(
            benchmark=b,
            models=models,
            point=point,
            expected=_performance(at.eta + moves, tilts),
            noise=np.sqrt(state.variance["noise"] * slack),
        )

    def relevance(self, b: int, models: Ints, direction: FloatArray) -> FloatArray:
        """Share of an answer's variance per unit of it that a score would explain.

        For an answer with gradient g in the model-side unknowns and direction = A^-1 g, the squared
        covariance of the answer with a new score, over the variance of that score.
        """
        at = self._conditional(b, models)
        f = _logistic(at.eta)
        slack = f * (1 - f)
        h = slack / np.sqrt(np.maximum(slack, process.FLOOR))
        column, seen = self._tilt_columns(models, b)
        covariance = h * self._along(at, b, models, direction[:, None])[:, 0]
        covariance[seen] += direction[column[seen]]
        _, tilts = self._tilt(models, b, len(self.deviations))
        moves = self._along(at, b, models, self.columns).T
        variance = np.var(h * moves + tilts, axis=0) + h**2 * at.variance
        out: FloatArray = covariance**2 / (variance + self.posterior.state.variance["noise"])
        return out

    def _conditional(self, b: int, models: Ints) -> "_Conditional":
        """The logits of some models on a benchmark, given the model-side unknowns."""
        cells, state, linear = self.cells, self.posterior.state, self.linear
        i = slice(cells.start[b], cells.start[b + 1])
        own, h = cells.model[i], linear.h[i]
        slope = float(np.exp(state.log_slope[b]))
        eta = slope * (state.capability[models] - state.difficulty[b])
        shared, variance = np.zeros((len(models), len(own))), np.zeros(len(models))
        for name in process.LATENT:
            tau = state.variance[name]
            shared += tau * process.latent_kernel(cells, state.length, name, models, own) * h
            variance += tau * process.latent_variance(cells, name, models)
        across = shared - slope * state.variance["difficulty"] * linear.jd[i]
        across += np.outer(eta, state.variance["slope"] * linear.ja[i])
        variance += state.variance["difficulty"] * slope**2 + state.variance["slope"] * eta**2
        gain = across @ linear.inverse[b]
        group = cells.side("og").start + cells.of_model[models] * cells.n_domains
        group = group + cells.of_benchmark[b]
        return _Conditional(
            eta_alone=eta,
            eta=eta + shared @ self.pull[i] + self.theta[group],
            slope=slope,
            gain=gain,
            group=group,
            variance=np.maximum(variance - np.sum(gain * across, axis=1), 0.0),
        )

    def _along(self, at: "_Conditional", b: int, models: Ints, moves: FloatArray) -> FloatArray:
        """Change of the logits, (n, k), when the model-side unknowns move, (n_columns, k)."""
        i = slice(self.cells.start[b], self.cells.start[b + 1])
        pushed = self.linear.design[i] @ moves
        tilted = at.eta_alone[:, None] * self.posterior.state.off_centre[b] * moves[-1]
        out: FloatArray = at.slope * moves[models] + moves[at.group] + tilted - at.gain @ pushed
        return out

    def _tilt_columns(self, models: Ints, b: int) -> tuple[Ints, NDArray[np.bool_]]:
        cells = self.cells
        keys = models * cells.n_domains + cells.of_benchmark[b]
        pair = np.array([self.pairs.get(int(key), -1) for key in keys], dtype=np.int64)
        return cells.side("mg").start + pair, pair >= 0

    def _tilt(self, models: Ints, b: int, n_draws: int) -> tuple[FloatArray, FloatArray]:
        """Shared error of the models in the benchmark's domain, estimate and draws."""
        cells = self.cells
        column, seen = self._tilt_columns(models, b)
        estimate = np.zeros(len(models))
        estimate[seen] = self.theta[column[seen]]
        rng = np.random.default_rng([self.posterior.seed, 3, int(cells.of_benchmark[b])])
        draws = (
            np.sqrt(self.posterior.state.variance["mg"])
            * rng.standard_normal((n_draws, cells.n_models))[:, models]
        )
        draws[:, seen] = estimate[seen] + self.deviations[:, column[seen]]
        return estimate, draws


def _logistic(eta: FloatArray) -> FloatArray:
    out: FloatArray = 1 / (1 + np.exp(np.minimum(-eta, FARTHEST)))
    return out


def _performance(eta: FloatArray, tilt: FloatArray) -> FloatArray:
    f = _logistic(eta)
    out: FloatArray = np.clip(f + np.sqrt(f * (1 - f)) * tilt, 0.0, 1.0)
    return out


def predictor(scale: Scale) -> tuple[CalibratedScale, Predictor]:
    """Return a scale's predictor, or say which scales have one."""
    if not isinstance(scale, CalibratedScale) or scale.posterior is None:
        raise UsageError(
            f"predictions need a calibrated scale, not {scale.ruler}",
            hint="fit headway.rulers.calibrated() on the dataset",
        )
    return scale, Predictor(scale.posterior)


def predict(
    scale: Scale,
    *,
    models: Sequence[str] | str | None = None,
    benchmarks: Sequence[str] | str | None = None,
) -> pl.DataFrame:
    """Predict the scores of models on benchmarks: a table with one row per pair.

    The estimate is the posterior mean of the expected performance, and the interval that of a
    score: it holds the uncertainty of capability, curve and process, and the noise of a score.

    Parameters
    ----------
    scale
        Result of the calibrated ruler.
    models, benchmarks
        Identifiers (or published names of models); None for all on the scale.

    Returns
    -------
    DataFrame
        ``entity``, ``benchmark``, ``quantity``, ``estimate``, ``low``, ``high``, ``level``,
        ``unit`` (``performance``: 0 is chance, 1 the ceiling), ``status`` (``observed`` where the
        fit knew a score, else ``predicted``), ``n`` (the model's scores). The interval is null
        when the scale has no draws.

    Raises
    ------
    UsageError
        For a scale without a process, or an unknown model or benchmark.

    Examples
    --------
    >>> import headway
    >>> scale = headway.rulers.calibrated(draws=50).fit(headway.load())
    >>> found = headway.rulers.predict(scale, models="gpt-5", benchmarks="arc-agi-2")
    >>> row = found.row(0, named=True)
    >>> 0 <= row["low"] < row["estimate"] < row["high"] <= 1
    True
    """
    found, engine = predictor(scale)
    rows = positions(found, models)
    observed = set(zip(engine.cells.model.tolist(), engine.cells.benchmark.tolist(), strict=True))
    frames = []
    for part in _parts(found, engine, rows, benchmarks):
        low, high = _score_interval(part, found.level, engine)
        estimate = part.expected.mean(axis=0) if len(part.expected) else part.point
        frames.append(
            pl.DataFrame(
                {
                    "entity": [found.models[m] for m in rows],
                    "benchmark": engine.posterior.benchmarks[part.benchmark],
                    "quantity": "score",
                    "estimate": estimate,
                    "low": low,
                    "high": high,
                    "level": found.level,
                    "unit": "performance",
                    "status": [
                        "observed" if (int(m), part.benchmark) in observed else "predicted"
                        for m in rows
                    ],
                    "n": found.n_scores[rows],
                }
            ).with_columns(pl.col("low", "high").fill_nan(None))
        )
    return pl.concat(frames)


def _score_interval(
    part: Predicted, level: float, engine: Predictor
) -> tuple[FloatArray, FloatArray]:
    rng = np.random.default_rng([engine.posterior.seed, 4, part.benchmark])
    fresh = rng.standard_normal((len(part.expected), engine.cells.n_models))
    noise = part.noise * fresh[:, part.models]
    return central_interval(np.clip(part.expected + noise, 0.0, 1.0), level)


def _parts(
    scale: CalibratedScale, engine: Predictor, rows: Ints, benchmarks: Any
) -> Iterator[Predicted]:
    names = engine.posterior.benchmarks
    wanted = [benchmarks] if isinstance(benchmarks, str) else list(benchmarks or names)
    for name in on_scale(scale, wanted):
        yield engine.on(names.index(name), rows)


def on_scale(scale: CalibratedScale, benchmarks: Sequence[str]) -> tuple[str, ...]:
    """Identifiers of benchmarks on a scale, given by id, name or alias, each once.

    Raises
    ------
    UsageError
        When one is unknown, or the scale has no score of it.
    """
    fitted = () if scale.curves is None else scale.curves.benchmarks
    found = [resolve(scale.dataset, "benchmark", name) for name in benchmarks]
    for name, benchmark in zip(benchmarks, found, strict=True):
        if benchmark not in fitted:
            raise UsageError(
                f"benchmark {name!r} is not on this scale ({scale.ruler})"
                f"{did_you_mean(benchmark, fitted)}"
            )
    return tuple(dict.fromkeys(found))


def positions(scale: CalibratedScale, models: Sequence[str] | str | None) -> Ints:
    """Indices of models on a scale; None for all."""
    if models is None:
        return np.arange(len(scale.models), dtype=np.int64)
    wanted = [models] if isinstance(models, str) else list(models)
    if not wanted:
        raise UsageError("models is empty; expected at least one model, or None for all")
    return np.array([scale.position(name) for name in wanted], dtype=np.int64)
