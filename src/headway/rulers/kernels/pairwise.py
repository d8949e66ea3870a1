"""Numerical loops of the pairwise ruler: likelihood of a table of counts, and many refits.

A cell is a set of votes between the same two models, first and second, with the same covariates
x: ``n1`` votes for the first, ``n2`` for the second, ``n3`` ties. With
``d = strength_first - strength_second + effect . x`` the expected share of the first, a tie
counted as half, is

    m = 1 / (1 + exp(-d))                                  (ties as half wins), or
    m = p1 + p3 / 2,  p1 : p2 : p3 = exp(d/2) : exp(-d/2) : nu   (Davidson),

and in both the score of a vote with outcome y in {1, 0, 1/2} along d is ``y - m``. Parameters lie
in one vector: strengths, effects, and log nu where there is one.
"""

import numpy as np
from numba import njit
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@njit(nogil=True, cache=True, error_model="numpy", inline="always")
def _probabilities(d: float, tie: float, davidson: bool) -> tuple[float, float, float]:
    """Chances of the first, the second and a tie; without Davidson, of the first and second."""
    if not davidson:
        p = 1.0 / (1.0 + np.exp(-d))
        return p, 1.0 - p, 0.0
    half = 0.5 * d
    top = max(abs(half), tie)
    up, down, level = np.exp(half - top), np.exp(-half - top), np.exp(tie - top)
    total = up + down + level
    return up / total, down / total, level / total


@njit(nogil=True, cache=True, error_model="numpy", inline="always")
def _distance(theta: Floats, i: int, j: int, models: int, x: Floats) -> float:
    d: float = theta[i] - theta[j]
    for k in range(len(x)):
        d += theta[models + k] * x[k]
    return d


@njit(nogil=True, cache=True, error_model="numpy", inline="always")
def _add(
    matrix: Floats, i: int, j: int, models: int, x: Floats, dd: float, dt: float, tt: float
) -> None:
    """Add ``dd * u u' + dt * (u v' + v u') + tt * v v'`` for the directions of d and log nu."""
    matrix[i, i] += dd
    matrix[j, j] += dd
    matrix[i, j] -= dd
    matrix[j, i] -= dd
    for k in range(len(x)):
        at = models + k
        part = dd * x[k]
        matrix[i, at] += part
        matrix[at, i] += part
        matrix[j, at] -= part
        matrix[at, j] -= part
        for other in range(len(x)):
            matrix[at, models + other] += part * x[other]
    end = models + len(x)
    if len(matrix) > end:
        matrix[i, end] += dt
        matrix[end, i] += dt
        matrix[j, end] -= dt
        matrix[end, j] -= dt
        for k in range(len(x)):
            matrix[models + k, end] += dt * x[k]
            matrix[end, models + k] += dt * x[k]
        matrix[end, end] += tt


@njit(nogil=True, cache=True, error_model="numpy")
def evaluate(
    first: Ints,
    second: Ints,
    counts: Floats,
    design: Floats,
    theta: Floats,
    models: int,
    gradient: Floats,
    information: Floats,
) -> float:
    """Log-likelihood; its gradient and expected information are written to the last arguments."""
    end = models + design.shape[1]
    davidson = len(theta) > end
    tie = theta[end] if davidson else 0.0
    gradient[:] = 0.0
    information[:] = 0.0
    total = 0.0
    for c in range(len(first)):
        i, j, x = first[c], second[c], design[c]
        won, lost, tied = counts[c, 0], counts[c, 1], counts[c, 2]
        n = won + lost + tied
        d = _distance(theta, i, j, models, x)
        p1, _, p3 = _probabilities(d, tie, davidson)
        mean = p1 + 0.5 * p3
        if davidson:
            top = max(abs(0.5 * d), tie)
            norm = top + np.log(np.exp(0.5 * d - top) + np.exp(-0.5 * d - top) + np.exp(tie - top))
            total += 0.5 * d * (won - lost) + tie * tied - n * norm
        else:
            # log(1 + exp(d)), safe for large d
            norm = max(d, 0.0) + np.log1p(np.exp(-abs(d)))
            total += (won + 0.5 * tied) * d - n * norm
        along = won + 0.5 * tied - n * mean
        gradient[i] += along
        gradient[j] -= along
        for k in range(len(x)):
            gradient[models + k] += along * x[k]
        if davidson:
            gradient[end] += tied - n * p3
        dd = n * (p1 + 0.25 * p3 - mean * mean)
        _add(information, i, j, models, x, dd, n * p3 * (0.5 - mean), n * p3 * (1.0 - p3))
    return total


@njit(nogil=True, cache=True, error_model="numpy")
def outer_scores(
    first: Ints,
    second: Ints,
    counts: Floats,
    design: Floats,
    theta: Floats,
    models: int,
    assumed: Floats,
    out: Floats,
) -> None:
    """Sum of the outer products of the votes' scores, added to ``out``.

    A cell whose ``assumed`` is a number enters by its expectation under the model instead, with
    that share of ties where the model has none of its own.
    """
    end = models + design.shape[1]
    davidson = len(theta) > end
    tie = theta[end] if davidson else 0.0
    for c in range(len(first)):
        i, j, x = first[c], second[c], design[c]
        won, lost, tied = counts[c, 0], counts[c, 1], counts[c, 2]
        n = won + lost + tied
        p1, p2, p3 = _probabilities(_distance(theta, i, j, models, x), tie, davidson)
        mean = p1 + 0.5 * p3
        if not np.isnan(assumed[c]):
            share = p3 if davidson else min(assumed[c], 2.0 * min(p1, p2))
            dd = n * (mean * (1.0 - mean) - 0.25 * share)
            dt, tt = n * p3 * (0.5 - mean), n * p3 * (1.0 - p3)
        else:
            dd = won * (1.0 - mean) ** 2 + lost * mean**2 + tied * (0.5 - mean) ** 2
            dt = -p3 * (won * (1.0 - mean) - lost * mean) + (1.0 - p3) * tied * (0.5 - mean)
            tt = (won + lost) * p3**2 + tied * (1.0 - p3) ** 2
        _add(out, i, j, models, x, dd, dt, tt)


@njit(nogil=True, cache=True, error_model="numpy")
def predict(
    first: Ints, second: Ints, design: Floats, theta: Floats, models: int, out: Floats
) -> None:
    """Chances of the first, the second and a tie, written row by row."""
    end = models + design.shape[1]
    davidson = len(theta) > end
    tie = theta[end] if davidson else 0.0
    for c in range(len(first)):
        d = _distance(theta, first[c], second[c], models, design[c])
        out[c, 0], out[c, 1], out[c, 2] = _probabilities(d, tie, davidson)


@njit(nogil=True, cache=True, error_model="numpy")
def refit(
    first: Ints,
    second: Ints,
    counts: Floats,
    design: Floats,
    theta: Floats,
    models: int,
    ridge: float,
    prior: Floats,
    inverse: Floats,
    tolerance: float,
    most: int,
) -> float:
    """Move ``theta`` to the optimum of slightly other counts with a fixed inverse information.

    Every step costs one pass over the cells and one product with the matrix; the error falls by a
    constant factor, which is small where the counts differ little from those of ``inverse``.

    Returns
    -------
    float
        Largest entry of the last step; above ``tolerance`` when it did not converge.
    """
    end = models + design.shape[1]
    davidson = len(theta) > end
    gradient = np.empty(len(theta))
    before = np.inf
    largest = np.inf
    for _ in range(most):
        tie = theta[end] if davidson else 0.0
        gradient[:] = 0.0
        for m in range(models):
            gradient[m] = ridge * (prior[m] - theta[m])
        for c in range(len(first)):
            i, j, x = first[c], second[c], design[c]
            won, lost, tied = counts[c, 0], counts[c, 1], counts[c, 2]
            n = won + lost + tied
            if n == 0.0:
                continue
            p1, _, p3 = _probabilities(_distance(theta, i, j, models, x), tie, davidson)
            along = won + 0.5 * tied - n * (p1 + 0.5 * p3)
            gradient[i] += along
            gradient[j] -= along
            for k in range(len(x)):
                gradient[models + k] += along * x[k]
            if davidson:
                gradient[end] += tied - n * p3
        largest = 0.0
        for row in range(len(theta)):
            step = 0.0
            for column in range(len(theta)):
                step += inverse[row, column] * gradient[column]
            theta[row] += step
            largest = max(largest, abs(step))
        if not largest < 10.0 or largest > 4.0 * before:
            return np.inf
        if largest <= tolerance:
            return largest
        before = largest
    return largest


@njit(nogil=True, cache=True, error_model="numpy")
def reweigh(weight: Floats, cluster: Ints, cell: Ints, counts: Floats, out: Floats) -> None:
    """Counts of every cell when each cluster occurs ``weight`` times."""
    out[:] = 0.0
    for row in range(len(cell)):
        w = weight[cluster[row]]
        if w != 0.0:
            for o in range(3):
                out[cell[row], o] += w * counts[row, o]
