"""Numerical loop that compares takers question by question, without a model of the answers."""

import numpy as np
from numba import njit
from numpy.typing import NDArray

from headway.rulers.kernels.items import gather

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@njit(nogil=True, cache=True)
def _mixed(x: np.uint64) -> np.uint64:
    """Scramble 64 bits (the finaliser of splitmix64)."""
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return x ^ (x >> np.uint64(31))


@njit(nogil=True, cache=True, error_model="numpy")
def contrasts(
    start: Ints,
    taker: NDArray[np.uint32],
    code: NDArray[np.uint32],
    trials: Floats,
    success: Floats,
    n_takers: int,
    whole: bool,
) -> tuple[Floats, Floats, NDArray[np.uint64]]:
    """Return excess successes, their covariance where takers are alike, and marks of the answers.

    A taker's excess is the sum over the questions of successes minus trials times the share that
    all takers have. Where takers are exchangeable, a question's part of it has the covariance
    ``f (diag(t) - t t' / sum(t))`` with trials t and f the mean square of excesses by trial. The
    covariance has one row (its diagonal) unless ``whole``. Takers with the same answers have the
    same marks (n_takers, 2).
    """
    excess = np.zeros(n_takers)
    covariance = np.zeros((n_takers if whole else 1, n_takers))
    marks = np.zeros((n_takers, 2), np.uint64)
    who, what = np.empty(n_takers, np.int64), np.empty(n_takers, np.int64)
    for j in range(len(start) - 1):
        n = gather(j, start, taker, code, n_takers, who, what, trials)
        total = score = 0.0
        for i in range(n):
            total += trials[what[i]]
            score += success[what[i]]
            word = np.uint64(j) * np.uint64(0x9E3779B97F4A7C15) + np.uint64(what[i] + 1)
            marks[who[i], 0] += _mixed(word)
            marks[who[i], 1] += _mixed(~word)
        if n < 2:
            continue
        share, square = score / total, 0.0
        for i in range(n):
            off = success[what[i]] - trials[what[i]] * share
            excess[who[i]] += off
            square += off * off / trials[what[i]]
        f = square / (n - 1)
        for i in range(n):
            t = trials[what[i]]
            if not whole:
                covariance[0, who[i]] += f * t * (1.0 - t / total)
                continue
            covariance[who[i], who[i]] += f * t
            for k in range(n):
                covariance[who[i], who[k]] -= f * t * trials[what[k]] / total
    return excess, covariance, marks
