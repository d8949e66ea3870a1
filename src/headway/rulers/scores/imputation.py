"""Named rules for the empty cells of a composite, each with its error."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from headway.draws import FloatArray
from headway.errors import NotIdentified
from headway.progress import Progress
from headway.rulers.scores.logistic import LogisticRuler
from headway.rulers.scores.observations import Duplicates, observe
from headway.shortly import of_fields

if TYPE_CHECKING:
    from headway.dataset import Dataset

Normaliser = Callable[[FloatArray], FloatArray]
Drawn = Callable[[int, int, FloatArray, FloatArray], FloatArray]


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class Filling:
    """What stands in the empty cells.

    Parameters
    ----------
    estimate : float64 (n_models, n_components)
        Normalised values; those of the empty cells count.
    draw
        ``draw(first, last, normal, deviates)`` gives the values of draws ``first`` to ``last``,
        from the normalised draws of the observed cells (NaN in the empty ones) and standard
        normal deviates, both (last - first, n_models, n_components).
    sources
        The sources of scores on which the filling rests beside the components.
    """

    estimate: FloatArray
    draw: Drawn
    sources: tuple[str, ...] = ()

    __repr__ = of_fields


def by_others(normalised: FloatArray, weight: FloatArray) -> Filling:
    r"""Weighted mean of the model's other components.

    .. math:: z_{mb} = \frac{\sum_{k \ne b} w_k z_{mk}}{\sum_{k \ne b} w_k}

    over its observed components k. In a draw, the mean of that draw plus a normal error: the root
    mean square, by component, of what the rule misses on the cells that are observed.
    """
    observed = np.isfinite(normalised)
    known = np.where(observed, normalised, 0.0)
    total = known @ weight
    mass = observed @ weight
    with np.errstate(invalid="ignore", divide="ignore"):
        rule = (total[:, None] - known * weight) / (mass[:, None] - observed * weight)
    # Without its own weight a model with one component has none left, but for rounding.
    tested = observed & (observed.sum(axis=1) > 1)[:, None]
    missed = np.where(tested, normalised - rule, 0.0)
    counts = tested.sum(axis=0)
    overall = np.sqrt((missed**2).sum() / max(1, counts.sum()))
    error = np.where(counts > 0, np.sqrt((missed**2).sum(axis=0) / np.maximum(counts, 1)), overall)

    def draw(first: int, last: int, normal: FloatArray, deviates: FloatArray) -> FloatArray:  # noqa: ARG001
        out: FloatArray = _mean(normal, weight) + error * deviates
        return out

    return Filling(estimate=np.broadcast_to(_mean(normalised, weight), normalised.shape), draw=draw)


def by_worst(lowest: FloatArray, n_models: int) -> Filling:
    """The lowest normalised score that any model has: a penalty by definition, without error."""
    estimate = np.tile(lowest, (n_models, 1))

    def draw(first: int, last: int, normal: FloatArray, deviates: FloatArray) -> FloatArray:  # noqa: ARG001
        return np.broadcast_to(estimate, normal.shape)

    return Filling(estimate=estimate, draw=draw)


def by_fit(
    data: "Dataset",
    models: Sequence[str],
    benchmarks: Sequence[str],
    normalisers: Sequence[Normaliser],
    *,
    duplicates: Duplicates,
    draws: int,
    seed: int,
    workers: int | None,
    progress: Progress,
) -> Filling:
    r"""Prediction of the ECI-compatible fit of the whole dataset.

    In a draw, the curve and the capability of that draw, plus an error with standard deviation
    :math:`\sigma \sqrt{\hat y (1 - \hat y) / v}` as in
    :func:`headway.rulers.scores.simulation.simulate`,
    sigma the root mean square of the fit's residuals; held to [0, 1] and then normalised.

    Raises
    ------
    NotIdentified
        When the fit is not identified on this dataset.
    """
    ruler = LogisticRuler(anchors=None, duplicates=duplicates, draws=draws, seed=seed)
    try:
        scale = ruler.fit(data, workers=workers, progress=progress)
    except NotIdentified as error:
        raise NotIdentified(
            f"missing='model' needs the ECI-compatible fit, and {error.message}",
            hint=error.hint,
            details=error.details,
        ) from error
    curves = scale.curves
    assert curves is not None
    row = {model: k for k, model in enumerate(scale.models)}
    column = {benchmark: k for k, benchmark in enumerate(curves.benchmarks)}
    at_model = np.array([row[m] for m in models])
    at_bench = np.array([column[b] for b in benchmarks])
    capability = np.vstack([scale.estimate, scale.capability.values])[:, at_model]
    difficulty, slope = curves.difficulty[:, at_bench], curves.slope[:, at_bench]

    def expected(rows: slice) -> FloatArray:
        gap = capability[rows, :, None] - difficulty[rows, None, :]
        out: FloatArray = 1 / (1 + np.exp(-slope[rows, None, :] * gap))
        return out

    cells = observe(data, duplicates=duplicates)
    at = np.array([row[m] for m in cells.models])[cells.model]
    b = np.array([column[name] for name in cells.benchmarks])[cells.benchmark]
    fitted = 1 / (1 + np.exp(-curves.slope[0, b] * (scale.estimate[at] - curves.difficulty[0, b])))
    sigma = np.sqrt(np.mean((fitted - np.clip(cells.performance, 0.0, 1.0)) ** 2))
    point = expected(slice(0, 1))[0]
    spread = sigma * np.sqrt(point * (1 - point) / np.mean(fitted * (1 - fitted)))

    def normalised(values: FloatArray) -> FloatArray:
        return np.stack([g(values[..., k]) for k, g in enumerate(normalisers)], axis=-1)

    def draw(first: int, last: int, normal: FloatArray, deviates: FloatArray) -> FloatArray:  # noqa: ARG001
        values = expected(slice(1 + first, 1 + last)) + spread * deviates
        return normalised(np.clip(values, 0.0, 1.0))

    return Filling(estimate=normalised(point), draw=draw, sources=scale.evidence.sources)


def _mean(normalised: FloatArray, weight: FloatArray) -> FloatArray:
    """Weighted mean over the finite entries of the last axis, which is kept."""
    observed = np.isfinite(normalised)
    total = np.where(observed, normalised, 0.0) @ weight
    out: FloatArray = (total / (observed @ weight))[..., None]
    return out
