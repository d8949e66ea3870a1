"""Ranks with simultaneous confidence: what can be said of all ranks at once."""

from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from numpy.typing import NDArray

from headway.draws import FloatArray
from headway.errors import NotIdentified, UsageError
from headway.rulers.alike import several

if TYPE_CHECKING:
    from headway.rulers.scale import Scale

LEAST_DRAWS = 50
_EXACT = 1e-9


def ranks_of(values: FloatArray) -> NDArray[np.int64]:
    """Rank in every row: 1 plus the number of values strictly above.

    >>> ranks_of(np.array([[2.0, 3.0, 2.0, 1.0]])).tolist()
    [[2, 1, 2, 4]]
    """
    ordered = np.sort(-values, axis=1)
    out = np.empty(values.shape, dtype=np.int64)
    for row, (above, own) in enumerate(zip(ordered, -values, strict=True)):
        out[row] = np.searchsorted(above, own, side="left") + 1
    return out


def estimated_ranks(estimate: FloatArray, draws: FloatArray) -> NDArray[np.int64]:
    """Rank of every estimate; what differs in the last digits alone is equal.

    Parameters
    ----------
    estimate : float64 (n_models,)
    draws : float64 (n_draws, n_models)
    """
    size = float(np.abs(estimate[np.isfinite(estimate)]).max(initial=0.0))
    finite = draws[np.isfinite(draws).all(axis=1)]
    size = max(size, float(finite.std(axis=0).max(initial=0.0))) if len(finite) else size
    steps = np.round(estimate / (max(size, 1e-300) * _EXACT))
    out: NDArray[np.int64] = ranks_of(steps[None, :])[0]
    return out


def marginal_ranks(
    draws: FloatArray, level: float, label: NDArray[np.int64] | None = None
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Central interval of each model's rank over draws, rounded outwards.

    Parameters
    ----------
    draws : float64 (n_draws, n_models)
    label : int64 (n_models,)
        Classes of models with the same evidence, whose draws are pooled.
    """
    tail = (1 - level) / 2
    ranks = ranks_of(draws)
    bounds = np.quantile(ranks, [tail, 1 - tail], axis=0)
    for members in [] if label is None else several(label):
        bounds[:, members] = np.quantile(ranks[:, members], [tail, 1 - tail])[:, None]
    return np.floor(bounds[0]).astype(np.int64), np.ceil(bounds[1]).astype(np.int64)


def simultaneous_ranks(
    scale: "Scale", level: float | None = None, *, min_scores: int | None = None
) -> pl.DataFrame:
    r"""Intervals that hold all ranks at once with the probability asked for.

    The rank of a model is 1 plus the number of models above it. With
    :math:`\hat\sigma_{ij}` the standard deviation of the paired draws of
    :math:`\theta_i - \theta_j`, model i is found above j when

    .. math:: (\hat\theta_i - \hat\theta_j) / \hat\sigma_{ij} > c

    where c is the quantile at the level, over draws d, of

    .. math:: \max_{i \ne j} \frac{(\theta^d_i - \theta^d_j) - (\bar\theta_i - \bar\theta_j)}
       {\hat\sigma_{ij}}.

    Pairs that are decided leave the maximum, and c is taken again until nothing more is decided
    (step-down). The interval of a rank runs from 1 plus the number of models found above to the
    number of models less those found below. With the probability of the level no decision is wrong,
    so all intervals hold their rank, ties included; a marginal interval of a rank promises less.

    Parameters
    ----------
    scale
        A scale with paired draws.
    level
        Joint level; that of the scale when None.
    min_scores
        Scores that a rank takes; None for those of the scale (:attr:`Scale.fewest`).

    Returns
    -------
    polars.DataFrame
        ``entity``, ``rank`` (models above it by the estimate, plus 1), ``rank_low``,
        ``rank_high``, ``level``, ``above`` and ``below`` (models found above and below it), best
        model first.

    Raises
    ------
    UsageError
        When the level is not between 0 and 1.
    NotIdentified
        When the scale has fewer than 50 draws without undefined values, or too few for the level.

    References
    ----------
    Mogstad, Romano, Shaikh and Wilhelm, Review of Economic Studies 91 (2024), 476-518; the
    step-down is that of Romano and Wolf, Econometrica 73 (2005), 1237-1282.
    """
    level = scale.level if level is None else level
    if not (isinstance(level, int | float) and 0 < level < 1):
        raise UsageError(f"level is {level!r}; expected a number between 0 and 1")
    ranked = scale.enough(min_scores)
    estimate = scale.estimate[ranked]
    draws = scale.capability.values[:, ranked]
    draws = draws[np.isfinite(draws).all(axis=1)]
    least = max(LEAST_DRAWS, int(np.ceil(level / (1 - level))))
    if len(draws) < least:
        raise NotIdentified(
            f"ranks with simultaneous confidence at level {level:g} need {least} paired draws or "
            f"more; {scale.ruler} has {len(draws)}",
            hint="fit with draws=500; published ratings without an error have none",
        )
    found = decided(estimate, draws, level)
    for members in [] if scale.alike is None else several(scale.alike[ranked]):
        # What holds of one model holds of all with the same evidence, or it is not decided.
        found[members] = np.all(found[members], axis=0)
        found[:, members] = np.all(found[:, members], axis=1, keepdims=True)
    above, below = found.sum(axis=0), found.sum(axis=1)
    return pl.DataFrame(
        {
            "entity": np.array(scale.models, dtype=object)[ranked],
            "rank": estimated_ranks(estimate, draws),
            "rank_low": (1 + above).astype(np.int64),
            "rank_high": (len(found) - below).astype(np.int64),
            "level": float(level),
            "above": above.astype(np.int64),
            "below": below.astype(np.int64),
        },
        schema_overrides={"entity": pl.String},
    ).sort("rank", "entity")


def decided(estimate: FloatArray, draws: FloatArray, level: float) -> NDArray[np.bool_]:
    """Which model is found above which, all decisions right with the probability of the level.

    Parameters
    ----------
    estimate : float64 (n_models,)
    draws : float64 (n_draws, n_models)
        At least ``level / (1 - level)`` of them.

    Returns
    -------
    bool (n_models, n_models)
        True where the model of the row is above the one of the column.
    """
    from headway.rulers.kernels import ranks

    deviation = draws - draws.mean(axis=0)
    covariance = deviation.T @ deviation / (len(draws) - 1)
    variance = np.diag(covariance)
    spread = np.sqrt(np.clip(variance[:, None] + variance - 2 * covariance, 0.0, None))
    difference = estimate[:, None] - estimate[None, :]
    # Two models that are fixed by definition differ as much as they say.
    exact = spread <= _EXACT * max(float(np.sqrt(variance.max())), 1e-300)
    precision = np.divide(1.0, spread, out=np.zeros_like(spread), where=~exact)
    statistic = difference * precision
    out: NDArray[np.bool_] = exact & (difference > 0)
    # One more than the draws, for the estimate is one of them: never below the level.
    position = int(np.ceil(level * (len(draws) + 1) - _EXACT)) - 1
    open_pairs = precision.copy()
    columns = np.ascontiguousarray(deviation.T)
    while (open_pairs > 0).any():
        worst = np.sort(ranks.largest(columns, open_pairs))
        new = (open_pairs > 0) & (statistic > worst[position])
        if not new.any():
            break
        out |= new
        open_pairs[new] = 0.0
    return out
