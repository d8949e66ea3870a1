"""What an item fit does to one part of the questions: pure functions, run by any engine.

The driver (:mod:`headway.rulers.responses.fit`) keeps the abilities and, for every part, the state
of its questions, an array (n_items, STATE). One pass is

    ``engine.run(sweep, nodes, options, each=states)``

which returns for every part a :class:`Swept`: the new state of its questions, and sums over its
questions for every ability node. The driver adds the sums in the order of the parts, updates the
abilities and repeats. Nothing is kept in a part between passes, so a part that was lost is loaded
again and asked again, with the same answer.

Other functions of a part: :func:`totals` before the fit; :func:`missing` and
:func:`spread` after it, for the uncertainty; :mod:`headway.rulers.responses.checks` for the table
of questions.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from headway.draws import FloatArray
from headway.rulers.responses.links import groups
from headway.rulers.responses.parts import Part
from headway.shortly import of_fields

Ints = NDArray[np.int64]
BLOCK = 1024
# From how many effective answers a question's posterior is taken as normal.
PLENTY = 100.0
SCORE_RULE = 2
# What 25 points say about the abilities lies in few directions: the rest is below a thousandth.
DIRECTIONS = 6


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class Options:
    """What a pass needs to know besides the abilities.

    Parameters
    ----------
    prior : float64 (4,)
        Mean and precision of the log-slope, mean and precision of the difficulty.
    free_slope
        Whether every question has its own slope; else all have slope 1.
    """

    prior: FloatArray
    free_slope: bool
    rule_start: Ints
    rule_z: FloatArray
    rule_log_weight: FloatArray

    __repr__ = of_fields


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class Nodes:
    """Abilities as the parts see them: one or more weighted points per taker.

    Parameters
    ----------
    start : int64 (n_takers + 1,)
        Where the nodes of each taker begin.
    x, weight : float64 (n_nodes,)
        Ability, and weights that sum to 1 for every taker.
    values
        Whether the log-likelihood at the nodes is wanted too.
    """

    start: Ints
    x: FloatArray
    weight: FloatArray
    values: bool

    __repr__ = of_fields


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class Swept:
    """What one pass over a part gives.

    Parameters
    ----------
    state : float64 (n_items, STATE)
        Posterior of the questions; the columns are named in the kernel.
    gradient, curvature, value : float64 (n_nodes,)
        Sums over the questions of the expected log-likelihood's derivative, of minus its second
        derivative, and of itself (zeros unless asked for).
    failed
        Questions whose mode was not found.
    """

    state: FloatArray
    gradient: FloatArray
    curvature: FloatArray
    value: FloatArray
    failed: int

    __repr__ = of_fields


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class Totals:
    """Trials and summed score by taker and by question; answers and parts of the graph."""

    taker_trials: FloatArray
    taker_score: FloatArray
    taker_answers: Ints
    item_trials: FloatArray
    item_score: FloatArray
    group: Ints

    __repr__ = of_fields


def totals(part: Part) -> Totals:
    """Count, and number the groups of takers that the part's questions connect.

    Takers that answered none of the questions have the group -1.
    """
    from headway.rulers.kernels import items as kernel

    found = kernel.totals(
        part.start, part.taker, part.code, part.trials, part.success, part.n_takers
    )
    return Totals(
        taker_trials=found[0],
        taker_score=found[1],
        item_trials=found[2],
        item_score=found[3],
        taker_answers=found[4],
        group=groups(part),
    )


def sweep(part: Part, state: FloatArray, nodes: Nodes, options: Options) -> Swept:
    """Find every question's posterior given the abilities, and what it says to them."""
    from headway.rulers.kernels import items as kernel

    after, gradient, curvature, value, failed = kernel.sweep(
        part.start, part.taker, part.code, part.trials, part.success,
        nodes.start, nodes.x, nodes.weight, nodes.values,
        options.prior, options.free_slope,
        options.rule_start, options.rule_z, options.rule_log_weight, state,
    )  # fmt: skip
    return Swept(
        state=after, gradient=gradient, curvature=curvature, value=value, failed=int(failed)
    )


def missing(
    part: Part, state: FloatArray | None, ability: FloatArray, options: Options, every: int = 1
) -> NDArray[np.float32] | None:
    r"""Information about the abilities that is lost because the questions are not known.

    The covariance, over the questions' posterior, of the gradient of the log-likelihood in the
    abilities (Louis 1982). For questions with plenty of answers it is linear in their parameters:

    .. math:: \sum_j C_j^\top \Sigma_j C_j

    with :math:`C_j` (2, n_takers) the expected cross derivatives of the log-likelihood in the
    question's parameters and the abilities, and :math:`\Sigma_j` the question's covariance. For the
    others it is taken over the points of a quadrature rule.

    Parameters
    ----------
    every
        Take one question of so many, and multiply: of very many questions some are enough.

    Returns
    -------
    float32 (n_takers, n_takers) or None
        Only the upper triangle is filled. None without a state: not asked for.
    """
    if state is None:
        return None
    from scipy.linalg.blas import ssyrk

    from headway.rulers.kernels import item_information as information

    n = part.n_takers
    out = np.zeros((n, n), dtype=np.float32, order="F")
    taken = np.arange(0, len(part.items), every)
    plenty = effective(*item_totals(part))[taken] >= PLENTY
    for which, rows in _crosses(part, state, ability, options, taken[plenty]):
        factor = _factors(state[which], options.free_slope)
        both = rows.reshape(len(which), 2, n)
        scaled = np.einsum("jab,jbm->jam", factor, both).reshape(-1, n)
        out = ssyrk(1.0, scaled.T, beta=1.0, c=out, overwrite_c=True)
    few = taken[~plenty]
    first, last = options.rule_start[SCORE_RULE : SCORE_RULE + 2]
    z, log_weight = options.rule_z[first:last], options.rule_log_weight[first:last]
    step = max(1, BLOCK // len(z))
    for begin in range(0, len(few), step):
        which = few[begin : begin + step]
        rows = np.zeros((len(which) * len(z), n), dtype=np.float32)
        information.scores(
            part.start, part.taker, part.code, part.trials, part.success,
            state, which, ability, options.prior, options.free_slope,
            z, log_weight, rows,
        )  # fmt: skip
        out = ssyrk(1.0, _main_directions(rows, len(z)).T, beta=1.0, c=out, overwrite_c=True)
    if every > 1:
        out *= len(part.items) / len(taken)
    return np.asarray(out)


def _main_directions(rows: NDArray[np.float32], n_points: int) -> NDArray[np.float32]:
    """Fewer rows with (nearly) the same cross product, for every question."""
    if n_points <= DIRECTIONS:
        return rows
    both = rows.reshape(-1, n_points, rows.shape[1])
    vectors = np.linalg.eigh(both @ both.transpose(0, 2, 1))[1][:, :, -DIRECTIONS:]
    main: NDArray[np.float32] = vectors.transpose(0, 2, 1) @ both
    return main.reshape(-1, rows.shape[1])


def spread(
    part: Part, state: FloatArray, ability: FloatArray, deviations: FloatArray, options: Options
) -> FloatArray:
    r"""Covariance of every question's parameters, the uncertainty of the abilities included.

    .. math:: \Sigma_j + \Sigma_j C_j \, \mathrm{Cov}(\theta) \, C_j^\top \Sigma_j

    Parameters
    ----------
    deviations : float64 (n_draws, n_takers)
        Draws of the abilities minus their estimates, whose moments stand for the covariance.

    Returns
    -------
    float64 (n_items, 3)
        Variance of the log-slope, covariance, variance of the difficulty.
    """
    from headway.rulers.kernels import items as kernel

    own = state[:, [kernel.VAR_ALPHA, kernel.COV, kernel.VAR_B]]
    out = own.copy()
    draws = np.ascontiguousarray(deviations.T, dtype=np.float32)
    for which, rows in _crosses(part, state, ability, options, np.arange(len(part.items))):
        moved = (rows @ draws).astype(np.float64).reshape(len(which), 2, -1)
        sigma = own[which][:, [0, 1, 1, 2]].reshape(-1, 2, 2)
        moved = np.einsum("jab,jbd->jad", sigma, moved)
        out[which, 0] += (moved[:, 0] ** 2).mean(axis=1)
        out[which, 1] += (moved[:, 0] * moved[:, 1]).mean(axis=1)
        out[which, 2] += (moved[:, 1] ** 2).mean(axis=1)
    return out


def effective(trials: FloatArray, score: FloatArray) -> FloatArray:
    """Effective answers: ``4 n r (1 - r)`` for n trials of which the share r is right."""
    rate = score / np.maximum(trials, 1e-300)
    out: FloatArray = 4 * trials * rate * (1 - rate)
    return out


def item_totals(part: Part) -> tuple[FloatArray, FloatArray]:
    """Trials and summed score of every question."""
    from headway.rulers.kernels import items as kernel

    found = kernel.totals(
        part.start, part.taker, part.code, part.trials, part.success, part.n_takers
    )
    return found[2], found[3]


def _crosses(
    part: Part, state: FloatArray, ability: FloatArray, options: Options, wanted: Ints
) -> Iterator[tuple[Ints, NDArray[np.float32]]]:
    from headway.rulers.kernels import item_information as information

    for first in range(0, len(wanted), BLOCK):
        which = wanted[first : first + BLOCK]
        rows = np.zeros((2 * len(which), part.n_takers), dtype=np.float32)
        information.cross(
            part.start,
            part.taker,
            part.code,
            part.trials,
            part.success,
            state,
            which,
            ability,
            options.free_slope,
            rows,
        )
        yield which, rows


def _factors(state: FloatArray, free_slope: bool) -> NDArray[np.float32]:
    """Factors R with R^T R the covariance of each question."""
    from headway.rulers.kernels import items as kernel

    aa, ab, bb = (state[:, k] for k in (kernel.VAR_ALPHA, kernel.COV, kernel.VAR_B))
    factor = np.zeros((len(state), 2, 2), dtype=np.float32)
    if free_slope:
        root = np.sqrt(np.maximum(aa, 1e-300))
        factor[:, 0, 0] = root
        factor[:, 0, 1] = ab / root
        factor[:, 1, 1] = np.sqrt(np.maximum(bb - (ab / root) ** 2, 0.0))
    else:
        factor[:, 1, 1] = np.sqrt(bb)
    return factor
