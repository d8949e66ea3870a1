"""Numerical loops for what unknown questions take away from the abilities."""

import numpy as np
from numba import njit
from numpy.typing import NDArray

from headway.rulers.kernels.elementary import FAST, decay
from headway.rulers.kernels.items import (
    MEAN_ALPHA,
    MEAN_B,
    MODE_ALPHA,
    MODE_B,
    fill,
    gather,
    mode_of,
    normaliser,
)

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@njit(nogil=True, cache=True, fastmath=FAST, error_model="numpy")
def _cross_of(
    a: float, b: float, x: Floats, w: Floats, n: int, by_alpha: Floats, by_b: Floats
) -> None:
    for i in range(n):
        u = x[i] - b
        e = decay(abs(a * u))
        large = 1.0 / (1.0 + e)
        v = w[i] * e * large * large * a * a
        by_alpha[i] = -v * u
        by_b[i] = v


@njit(nogil=True, cache=True, error_model="numpy")
def cross(
    start: Ints,
    taker: NDArray[np.uint32],
    code: NDArray[np.uint32],
    trials: Floats,
    success: Floats,
    state: Floats,
    which: Ints,
    ability: Floats,
    free_slope: bool,
    out: NDArray[np.float32],
) -> None:
    """Expected cross derivatives of the log-likelihood in ability and (alpha, b).

    Written for the questions ``which`` to ``out`` (2 * len(which), n_takers), which comes filled
    with zeros.
    """
    n_takers = len(ability)
    who, what = np.empty(n_takers, np.int64), np.empty(n_takers, np.int64)
    x, w, s = np.empty(n_takers), np.empty(n_takers), np.empty(n_takers)
    by_alpha, by_b = np.empty(n_takers), np.empty(n_takers)
    for row, j in enumerate(which):
        n = gather(j, start, taker, code, n_takers, who, what, trials)
        fill(who, what, n, trials, success, ability, x, w, s)
        _cross_of(np.exp(state[j, MEAN_ALPHA]), state[j, MEAN_B], x, w, n, by_alpha, by_b)
        for i in range(n):
            if free_slope:
                out[2 * row, who[i]] = by_alpha[i]
            out[2 * row + 1, who[i]] = by_b[i]


@njit(nogil=True, cache=True, error_model="numpy")
def scores(
    start: Ints,
    taker: NDArray[np.uint32],
    code: NDArray[np.uint32],
    trials: Floats,
    success: Floats,
    state: Floats,
    which: Ints,
    ability: Floats,
    prior: Floats,
    free_slope: bool,
    z: Floats,
    log_weight: Floats,
    out: NDArray[np.float32],
) -> None:
    """How the derivative of the log-likelihood in every ability varies over (alpha, b).

    For each of the questions ``which``, one row per point of the quadrature rule ``z``: the root of
    the point's posterior weight times the derivative's deviation from its mean. Written to ``out``
    (len(which) * len(z), n_takers), which comes filled with zeros.
    """
    n_takers, n_nodes = len(ability), len(z)
    who, what = np.empty(n_takers, np.int64), np.empty(n_takers, np.int64)
    x, w = np.empty(n_takers), np.empty(n_takers)
    p = np.empty((n_nodes, n_takers))
    weight, slope = np.empty(n_nodes), np.empty(n_nodes)
    for row, j in enumerate(which):
        n = gather(j, start, taker, code, n_takers, who, what, trials)
        s0 = s1 = 0.0
        for i in range(n):
            x[i], w[i] = ability[who[i]], trials[what[i]]
            s0 += success[what[i]]
            s1 += success[what[i]] * x[i]
        alpha, b, c_aa, c_ab, c_bb, _ = mode_of(
            state[j, MODE_ALPHA], state[j, MODE_B], x, w, n, s0, s1, prior, free_slope
        )
        l_aa = np.sqrt(c_aa)
        l_ba = c_ab / l_aa if free_slope else 0.0
        l_bb = np.sqrt(max(c_bb - l_ba * l_ba, 0.0))
        largest = -np.inf
        for k in range(n_nodes):
            at_a = alpha + l_aa * z[k, 0]
            at_b = b + l_ba * z[k, 0] + l_bb * z[k, 1]
            slope[k] = np.exp(at_a)
            weight[k] = (
                slope[k] * (s1 - at_b * s0)
                - normaliser(slope[k], at_b, x, w, n, p[k])
                - 0.5 * prior[1] * (at_a - prior[0]) ** 2 * free_slope
                - 0.5 * prior[3] * (at_b - prior[2]) ** 2
                + log_weight[k]
            )
            largest = max(largest, weight[k])
        weight = np.exp(weight - largest)
        weight /= weight.sum()
        for i in range(n):
            m, s = who[i], success[what[i]]
            mean = 0.0
            for k in range(n_nodes):
                p[k, i] = slope[k] * (s - w[i] * p[k, i])
                mean += weight[k] * p[k, i]
            for k in range(n_nodes):
                out[row * n_nodes + k, m] = np.sqrt(weight[k]) * (p[k, i] - mean)
