"""Rank correlations between draws of two scales: Spearman's and Kendall's, ties allowed."""

import numpy as np
from numba import njit
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@njit(nogil=True, cache=True)
def _order(values: Floats, order: Ints, place: Ints, out: Ints, picked: Floats) -> bool:
    """Places in rising order of value, and the values by place; False where one is unknown."""
    n = 0
    for k in range(len(order)):
        at = place[order[k]]
        if at >= 0:
            value = values[order[k]]
            if not np.isfinite(value):
                return False
            out[n] = at
            picked[at] = value
            n += 1
    return True


@njit(nogil=True, cache=True)
def _ranks(values: Floats, order: Ints, ranks: Floats, dense: Ints) -> float:
    """Mean ranks and dense ranks, both from 0; return how many pairs are tied."""
    n = len(order)
    tied = 0.0
    i, level = 0, 0
    while i < n:
        j = i
        while j + 1 < n and values[order[j + 1]] == values[order[i]]:
            j += 1
        for k in range(i, j + 1):
            ranks[order[k]] = 0.5 * (i + j)
            dense[order[k]] = level
        size = j - i + 1
        tied += 0.5 * size * (size - 1)
        level += 1
        i = j + 1
    return tied


@njit(nogil=True, cache=True)
def _inversions(values: Ints, spare: Ints) -> float:
    """Sort in place by merging; return how many pairs stood in strictly falling order."""
    n = len(values)
    total = 0.0
    width = 1
    while width < n:
        for left in range(0, n, 2 * width):
            middle, right = min(left + width, n), min(left + 2 * width, n)
            i, j = left, middle
            for k in range(left, right):
                if j >= right or (i < middle and values[i] <= values[j]):
                    spare[k] = values[i]
                    i += 1
                else:
                    spare[k] = values[j]
                    total += middle - i
                    j += 1
        values[:] = spare
        width *= 2
    return total


@njit(nogil=True, cache=True)
def rank_correlations(
    one: Floats,
    one_order: Ints,
    one_rows: Ints,
    one_place: Ints,
    other: Floats,
    other_order: Ints,
    other_rows: Ints,
    other_place: Ints,
    n: int,
    spearman: Floats,
    kendall: Floats,
) -> None:
    r"""Write Spearman's rho and Kendall's tau-b of pairs of rows; NaN where undefined.

    .. math::

       \tau_b = \frac{C - D}{\sqrt{(n_0 - n_1)(n_0 - n_2)}}, \quad n_0 = n (n - 1) / 2

    with C concordant and D discordant pairs, n_1 and n_2 the pairs tied in either. Pairs are
    counted by sorting (Knight 1966, JASA 61:436).

    Parameters
    ----------
    one, other : float64 (rows, models)
        Values of either scale.
    one_order, other_order : int64 (rows, models)
        The models of each row in rising order of value.
    one_rows, other_rows : int64 (n_pairs,)
        Which row of the one meets which row of the other.
    one_place, other_place : int64 (models,)
        Place of a model among the n that both have; -1 for one that the other lacks.
    spearman, kendall : float64 (n_pairs,)
        Overwritten.
    """
    x, y = np.empty(n), np.empty(n)
    rank_x, rank_y = np.empty(n), np.empty(n)
    order_x, order_y = np.empty(n, np.int64), np.empty(n, np.int64)
    dense_x, dense_y = np.empty(n, np.int64), np.empty(n, np.int64)
    begin, sorted_x = np.empty(n + 1, np.int64), np.empty(n, np.int64)
    sorted_y, spare = np.empty(n, np.int64), np.empty(n, np.int64)
    pairs = 0.5 * n * (n - 1)
    centre = 0.5 * (n - 1)
    for row in range(len(one_rows)):
        spearman[row] = kendall[row] = np.nan
        a, b = one_rows[row], other_rows[row]
        if not _order(one[a], one_order[a], one_place, order_x, x):
            continue
        if not _order(other[b], other_order[b], other_place, order_y, y):
            continue
        tied_x = _ranks(x, order_x, rank_x, dense_x)
        tied_y = _ranks(y, order_y, rank_y, dense_y)
        if tied_x == pairs or tied_y == pairs:
            continue
        xx, yy, xy = 0.0, 0.0, 0.0
        for i in range(n):
            p, q = rank_x[i] - centre, rank_y[i] - centre
            xx += p * p
            yy += q * q
            xy += p * q
        spearman[row] = xy / np.sqrt(xx * yy)
        # Counting sort by x keeps the order by y among equals.
        begin[:] = 0
        for i in range(n):
            begin[dense_x[i] + 1] += 1
        for i in range(n):
            begin[i + 1] += begin[i]
        for k in range(n):
            i = order_y[k]
            at = begin[dense_x[i]]
            begin[dense_x[i]] += 1
            sorted_x[at], sorted_y[at] = dense_x[i], dense_y[i]
        both, run = 0.0, 1
        for k in range(1, n):
            if sorted_x[k] == sorted_x[k - 1] and sorted_y[k] == sorted_y[k - 1]:
                both += run
                run += 1
            else:
                run = 1
        discordant = _inversions(sorted_y, spare)
        concordant = pairs - tied_x - tied_y + both - discordant
        kendall[row] = (concordant - discordant) / np.sqrt((pairs - tied_x) * (pairs - tied_y))
