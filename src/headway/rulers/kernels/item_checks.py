"""Numerical loops that look at every question of a fitted item model."""

import numpy as np
from numba import njit
from numpy.typing import NDArray

from headway.rulers.kernels.elementary import FAST, decay
from headway.rulers.kernels.items import MEAN_ALPHA, MEAN_B, gather

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
OUTFIT, INFIT, MISFIT, SLOPE_Z, N_TAKERS = range(5)
SHIFT, INFORMATION, N_FIRST, N_SECOND, RIGHT_FIRST, RIGHT_SECOND = range(6)
_LEAST = 1e-8


@njit(nogil=True, cache=True, fastmath=FAST, error_model="numpy")
def _residuals(
    n: int,
    who: Ints,
    what: Ints,
    trials: Floats,
    success: Floats,
    a: float,
    b: float,
    ability: Floats,
    variance: Floats,
    x: Floats,
    r: Floats,
    v: Floats,
) -> None:
    """Abilities without the answer in hand, residuals and variances of a question's answers."""
    for i in range(n):
        theta, t, s = ability[who[i]], trials[what[i]], success[what[i]]
        eta = a * (theta - b)
        e = decay(abs(eta))
        p = (1.0 if eta > 0.0 else e) / (1.0 + e)
        theta -= variance[who[i]] * a * (s - t * p)
        eta = a * (theta - b)
        e = decay(abs(eta))
        p = (1.0 if eta > 0.0 else e) / (1.0 + e)
        x[i] = theta
        r[i] = s - t * p
        v[i] = t * p * (1.0 - p)


@njit(nogil=True, cache=True, fastmath=FAST, error_model="numpy")
def _squares(n: int, x: Floats, r: Floats, v: Floats) -> tuple[float, float, float, float]:
    """Sums of r^2, r^2 / v, v and v x."""
    square = ratio = total = first = 0.0
    for i in range(n):
        square += r[i] * r[i]
        ratio += r[i] * r[i] / max(v[i], 1e-300)
        total += v[i]
        first += v[i] * x[i]
    return square, ratio, total, first


@njit(nogil=True, cache=True, fastmath=FAST, error_model="numpy")
def _powers(
    n: int, x: Floats, r: Floats, v: Floats, centre: float, power: Floats, residual: Floats
) -> None:
    """Sums of v t^k for k to 6 and of r t^k for k to 3, where t is x scaled to variance 1."""
    p2 = 0.0
    for i in range(n):
        p2 += v[i] * (x[i] - centre) ** 2
    p0 = p1 = p3 = p4 = p5 = p6 = r0 = r1 = r2 = r3 = 0.0
    for i in range(n):
        p0 += v[i]
    if not p2 > 1e-12 * p0:
        power[:] = 0.0
        return
    factor = np.sqrt(p0 / p2)
    p2 = 0.0
    for i in range(n):
        t = (x[i] - centre) * factor
        square = t * t
        cube = square * t
        p1 += v[i] * t
        p2 += v[i] * square
        p3 += v[i] * cube
        p4 += v[i] * square * square
        p5 += v[i] * square * cube
        p6 += v[i] * cube * cube
        r0 += r[i]
        r1 += r[i] * t
        r2 += r[i] * square
        r3 += r[i] * cube
    power[0], power[1], power[2], power[3] = p0, p1, p2, p3
    power[4], power[5], power[6] = p4, p5, p6
    residual[0], residual[1], residual[2], residual[3] = r0, r1, r2, r3


@njit(nogil=True, cache=True, error_model="numpy")
def fit_statistics(
    start: Ints,
    taker: NDArray[np.uint32],
    code: NDArray[np.uint32],
    trials: Floats,
    success: Floats,
    state: Floats,
    ability: Floats,
    variance: Floats,
) -> Floats:
    """Return outfit, infit, misfit (chi-squared, 2 degrees), z of a free slope, and takers.

    NaN where a statistic is not defined. The misfit is the score test of a square and a cube of
    the ability beside the line, the slope's z the score test of a slope of 0 with no prior.
    """
    n_takers, n_items = len(ability), len(start) - 1
    out = np.full((n_items, 5), np.nan)
    who, what = np.empty(n_takers, np.int64), np.empty(n_takers, np.int64)
    x, r, v = np.empty(n_takers), np.empty(n_takers), np.empty(n_takers)
    power, residual = np.empty(7), np.empty(4)
    for j in range(n_items):
        n = gather(j, start, taker, code, n_takers, who, what, trials)
        out[j, N_TAKERS] = n
        if n == 0:
            continue
        a, b = np.exp(state[j, MEAN_ALPHA]), state[j, MEAN_B]
        _residuals(n, who, what, trials, success, a, b, ability, variance, x, r, v)
        sum_n = sum_s = sum_nx = 0.0
        for i in range(n):
            c = what[i]
            sum_n += trials[c]
            sum_s += success[c]
            sum_nx += trials[c] * x[i]
        square, ratio, total, first = _squares(n, x, r, v)
        out[j, OUTFIT] = ratio / n
        out[j, INFIT] = square / max(total, 1e-300)
        mean, share = sum_nx / sum_n, sum_s / sum_n
        score = spread = 0.0
        for i in range(n):
            c = what[i]
            score += (success[c] - trials[c] * share) * (x[i] - mean)
            spread += trials[c] * (x[i] - mean) ** 2
        information = share * (1.0 - share) * spread
        if information > _LEAST:
            out[j, SLOPE_Z] = score / np.sqrt(information)
        if n < 8 or total < 1.0:
            continue
        _powers(n, x, r, v, first / total, power, residual)
        if power[0] == 0.0:
            continue
        gram = np.empty((4, 4))
        for k in range(4):
            for q in range(4):
                gram[k, q] = power[k + q]
        det = gram[0, 0] * gram[1, 1] - gram[0, 1] * gram[0, 1]
        left = np.empty((2, 2))
        for k in range(2):
            c0, c1 = gram[k + 2, 0], gram[k + 2, 1]
            left[k, 0] = (c0 * gram[1, 1] - c1 * gram[0, 1]) / det
            left[k, 1] = (c1 * gram[0, 0] - c0 * gram[0, 1]) / det
        t0 = residual[2] - left[0, 0] * residual[0] - left[0, 1] * residual[1]
        t1 = residual[3] - left[1, 0] * residual[0] - left[1, 1] * residual[1]
        g00 = gram[2, 2] - left[0, 0] * gram[2, 0] - left[0, 1] * gram[2, 1]
        g01 = gram[2, 3] - left[0, 0] * gram[3, 0] - left[0, 1] * gram[3, 1]
        g11 = gram[3, 3] - left[1, 0] * gram[3, 0] - left[1, 1] * gram[3, 1]
        det = g00 * g11 - g01 * g01
        if g00 > _LEAST and g11 > _LEAST and det > 1e-4 * g00 * g11:
            out[j, MISFIT] = (t0 * t0 * g11 - 2.0 * t0 * t1 * g01 + t1 * t1 * g00) / det
    return out


@njit(nogil=True, cache=True, error_model="numpy")
def differential(
    start: Ints,
    taker: NDArray[np.uint32],
    code: NDArray[np.uint32],
    trials: Floats,
    success: Floats,
    state: Floats,
    ability: Floats,
    variance: Floats,
    group: NDArray[np.int8],
) -> Floats:
    """Return how much easier each question is for group 1 than for group 2, in logits.

    The efficient score of a shift for group 1, slope and difficulty projected out, over the takers
    of both groups; columns shift (score / information), information, trials and score by group.
    """
    n_takers, n_items = len(ability), len(start) - 1
    out = np.zeros((n_items, 6))
    who, what = np.empty(n_takers, np.int64), np.empty(n_takers, np.int64)
    x, r, v = np.empty(n_takers), np.empty(n_takers), np.empty(n_takers)
    for j in range(n_items):
        n = 0
        for i in range(gather(j, start, taker, code, n_takers, who, what, trials)):
            if group[who[i]] > 0:
                who[n], what[n] = who[i], what[i]
                n += 1
        a, b = np.exp(state[j, MEAN_ALPHA]), state[j, MEAN_B]
        _residuals(n, who, what, trials, success, a, b, ability, variance, x, r, v)
        v0 = v1 = v2 = r0 = r1 = f0 = f1 = score = 0.0
        for i in range(n):
            u, c = x[i] - b, what[i]
            v0 += v[i]
            v1 += v[i] * u
            v2 += v[i] * u * u
            r0 += r[i]
            r1 += r[i] * u
            if group[who[i]] == 1:
                f0 += v[i]
                f1 += v[i] * u
                score += r[i]
                out[j, N_FIRST] += trials[c]
                out[j, RIGHT_FIRST] += success[c]
            else:
                out[j, N_SECOND] += trials[c]
                out[j, RIGHT_SECOND] += success[c]
        det = v0 * v2 - v1 * v1
        if det <= 1e-12 * v0 * v2:
            continue
        l0, l1 = (f0 * v2 - f1 * v1) / det, (f1 * v0 - f0 * v1) / det
        information = f0 - l0 * f0 - l1 * f1
        if information > 1e-6:
            out[j, SHIFT] = (score - l0 * r0 - l1 * r1) / information
            out[j, INFORMATION] = information
    return out
