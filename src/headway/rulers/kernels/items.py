"""Numerical loops of the item ruler: what one part of the questions asks of the processor.

A question has the log-slope alpha and the difficulty b, and a taker the ability theta:

    P(right) = sigmoid(exp(alpha) * (theta - b))

with normal priors on alpha and b. A taker's ability comes as one or more nodes ``x`` with weights
that sum to 1. For each question the posterior of (alpha, b) given the abilities is found: its mode
by Newton's method, then a quadrature rule laid over the mode with the curvature there (adaptive
quadrature; rule 0 is the mode alone). What a taker is told is the expectation over that posterior
of the log-likelihood, its gradient and its curvature, at every node.

Answers are kept as codes into two short tables (trials and their summed score), by question:
``code[start[j]:start[j + 1]]`` with the takers beside them in ``taker``; where ``taker`` is empty,
the layout is dense, one code per taker, and a code without trials is a missing answer.
"""

import numpy as np
from numba import njit
from numpy.typing import NDArray

from headway.rulers.kernels.elementary import FAST, decay, log_one_plus

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_MOST_STEPS = 60
_STEP_TOLERANCE = 1e-7
MODE_ALPHA, MODE_B, MEAN_ALPHA, MEAN_B, VAR_ALPHA, COV, VAR_B, RULE = range(8)
STATE = 8


@njit(nogil=True, cache=True, fastmath=FAST, error_model="numpy")
def _moments(
    a: float, b: float, x: Floats, w: Floats, n: int
) -> tuple[float, float, float, float, float]:
    """Sums of w p, w p u, w v, w v u, w v u^2, where u = x - b and v = p (1 - p)."""
    p0 = p1 = v0 = v1 = v2 = 0.0
    for i in range(n):
        u = x[i] - b
        eta = a * u
        e = decay(abs(eta))
        large = 1.0 / (1.0 + e)
        small = e * large
        p = w[i] * (large if eta > 0.0 else small)
        v = w[i] * large * small
        p0 += p
        p1 += p * u
        v0 += v
        v1 += v * u
        v2 += v * u * u
    return p0, p1, v0, v1, v2


@njit(nogil=True, cache=True, fastmath=FAST, error_model="numpy")
def normaliser(a: float, b: float, x: Floats, w: Floats, n: int, p: Floats) -> float:
    """Sum of w log(1 + exp(eta)); the probabilities are written to ``p``."""
    total = 0.0
    for i in range(n):
        eta = a * (x[i] - b)
        t = abs(eta)
        e = decay(t)
        large = 1.0 / (1.0 + e)
        p[i] = large if eta > 0.0 else e * large
        total += w[i] * (0.5 * (eta + t) + log_one_plus(e))
    return total


@njit(nogil=True, cache=True, fastmath=FAST, error_model="numpy")
def _normaliser_of_ones(a: float, b: float, x: Floats, n: int, p: Floats, q: Floats) -> float:
    """The same where every w is 1: the logarithm of products of at most 2^900; ``q`` is scratch."""
    total = 0.0
    for i in range(n):
        eta = a * (x[i] - b)
        t = abs(eta)
        e = decay(t)
        large = 1.0 / (1.0 + e)
        p[i] = large if eta > 0.0 else e * large
        q[i] = 1.0 + e
        total += 0.5 * (eta + t)
    for first in range(0, n, 900):
        product = 1.0
        for i in range(first, min(n, first + 900)):
            product *= q[i]
        total += np.log(product)
    return total


@njit(nogil=True, cache=True, fastmath=FAST, error_model="numpy")
def _add_softplus(a: float, b: float, x: Floats, n: int, weight: float, out: Floats) -> None:
    for i in range(n):
        eta = a * (x[i] - b)
        t = abs(eta)
        out[i] += weight * (0.5 * (eta + t) + log_one_plus(decay(t)))


@njit(nogil=True, cache=True, fastmath=FAST, error_model="numpy")
def _add_curvature(p: Floats, n: int, first: float, second: float, g: Floats, h: Floats) -> None:
    for i in range(n):
        g[i] += first * p[i]
        h[i] += second * p[i] * (1.0 - p[i])


@njit(nogil=True, cache=True, fastmath={"contract"}, error_model="numpy")
def mode_of(
    alpha: float,
    b: float,
    x: Floats,
    w: Floats,
    n: int,
    s0: float,
    s1: float,
    prior: Floats,
    free_slope: bool,
) -> tuple[float, float, float, float, float, bool]:
    """Mode of one question's posterior and its covariance by the curvature there.

    ``s0`` and ``s1`` are the sums of the score and of score times ability; ``prior`` has mean and
    precision of alpha, then of b.
    """
    for step in range(_MOST_STEPS):
        a = np.exp(alpha)
        p0, p1, v0, v1, v2 = _moments(a, b, x, w, n)
        r0, r1 = s0 - p0, (s1 - b * s0) - p1
        g_b = -a * r0 - prior[3] * (b - prior[2])
        h_bb = a * a * v0 + prior[3]
        if free_slope:
            g_a = a * r1 - prior[1] * (alpha - prior[0])
            h_aa = a * a * v2 - a * r1 + prior[1]
            h_ab = a * r0 - a * a * v1
            if step < 3 or not (h_aa > 0.0 and h_aa * h_bb - h_ab * h_ab > 1e-9 * h_aa * h_bb):
                h_aa = a * a * v2 + prior[1]
                h_ab = -a * a * v1
                newton = False
            else:
                newton = True
            det = h_aa * h_bb - h_ab * h_ab
            c_aa, c_ab, c_bb = h_bb / det, -h_ab / det, h_aa / det
            d_a = c_aa * g_a + c_ab * g_b
            d_b = c_ab * g_a + c_bb * g_b
        else:
            newton = True
            c_aa = c_ab = d_a = 0.0
            c_bb = 1.0 / h_bb
            d_b = g_b * c_bb
        size = max(abs(d_a), 0.5 * abs(d_b))
        if size <= 1e-3 and not newton and step < 3:
            # Close: Newton's curvature is wanted, not the expected one.
            h_aa = a * a * v2 - a * r1 + prior[1]
            h_ab = a * r0 - a * a * v1
            det = h_aa * h_bb - h_ab * h_ab
            if h_aa > 0.0 and det > 1e-9 * h_aa * h_bb:
                c_aa, c_ab, c_bb = h_bb / det, -h_ab / det, h_aa / det
                d_a = c_aa * g_a + c_ab * g_b
                d_b = c_ab * g_a + c_bb * g_b
                newton = True
        shrink = 1.0 / max(1.0, size)
        if step > 20:
            shrink *= 0.5
        alpha += shrink * d_a
        b += shrink * d_b
        if newton and size <= _STEP_TOLERANCE:
            return alpha, b, c_aa, c_ab, c_bb, True
    return alpha, b, c_aa, c_ab, c_bb, False


@njit(nogil=True, cache=True, error_model="numpy")
def gather(
    j: int,
    start: Ints,
    taker: NDArray[np.uint32],
    code: NDArray[np.uint32],
    n_takers: int,
    who: NDArray[np.int64],
    what: NDArray[np.int64],
    trials: Floats,
) -> int:
    """Write the takers of question ``j`` and the codes of their answers; return how many."""
    n = 0
    if len(taker) == 0 and len(code) > 0:
        row = code[j * n_takers : (j + 1) * n_takers]
        for m in range(n_takers):
            c = np.int64(row[m])
            who[n] = m
            what[n] = c
            n += trials[c] > 0.0
    else:
        for i in range(start[j], start[j + 1]):
            who[n] = taker[i]
            what[n] = code[i]
            n += 1
    return n


@njit(nogil=True, cache=True, fastmath=FAST, error_model="numpy")
def fill(
    who: Ints,
    what: Ints,
    n: int,
    trials: Floats,
    success: Floats,
    node_x: Floats,
    x: Floats,
    w: Floats,
    s: Floats,
) -> tuple[float, float, float]:
    """Abilities, trials and scores of a question's takers, one node each.

    Returns the sums of s and of s x, and the largest number of trials.
    """
    s0 = s1 = most = 0.0
    for i in range(n):
        x[i] = node_x[who[i]]
        w[i] = trials[what[i]]
        s[i] = success[what[i]]
        s0 += s[i]
        s1 += s[i] * x[i]
        most = max(most, w[i])
    return s0, s1, most


@njit(nogil=True, cache=True, fastmath=FAST, error_model="numpy")
def _hand_out(
    who: Ints,
    n: int,
    slope: float,
    s: Floats,
    w: Floats,
    sum_g: Floats,
    sum_h: Floats,
    gradient: Floats,
    curvature: Floats,
) -> None:
    """Add what a question says to its takers, one node each."""
    if n == len(gradient):
        for i in range(n):
            gradient[i] += slope * s[i] - w[i] * sum_g[i]
            curvature[i] += w[i] * sum_h[i]
    else:
        for i in range(n):
            gradient[who[i]] += slope * s[i] - w[i] * sum_g[i]
            curvature[who[i]] += w[i] * sum_h[i]


@njit(nogil=True, cache=True, error_model="numpy")
def longest(
    start: Ints,
    taker: NDArray[np.uint32],
    code: NDArray[np.uint32],
    node_start: Ints,
) -> int:
    """Largest number of nodes that the takers of one question have."""
    if len(taker) == 0:
        return int(node_start[-1]) if len(code) else 0
    most = 0
    for j in range(len(start) - 1):
        total = 0
        for i in range(start[j], start[j + 1]):
            m = taker[i]
            total += node_start[m + 1] - node_start[m]
        most = max(most, total)
    return most


@njit(nogil=True, cache=True, error_model="numpy")
def sweep(
    start: Ints,
    taker: NDArray[np.uint32],
    code: NDArray[np.uint32],
    trials: Floats,
    success: Floats,
    node_start: Ints,
    node_x: Floats,
    node_weight: Floats,
    values: bool,
    prior: Floats,
    free_slope: bool,
    rule_start: Ints,
    rule_z: Floats,
    rule_log_weight: Floats,
    before: Floats,
) -> tuple[Floats, Floats, Floats, Floats, int]:
    """Find the posterior of every question of a part, and what it says to every node.

    Questions with a negative rule are passed over. Returns the new state (n_items, STATE);
    gradient, curvature and log-likelihood (the last only if ``values``) at every node; and the
    number of questions that did not converge.
    """
    n_takers, n_items = len(node_start) - 1, len(start) - 1
    most = longest(start, taker, code, node_start)
    after = before.copy()
    gradient = np.zeros(len(node_x))
    curvature = np.zeros(len(node_x))
    value = np.zeros(len(node_x))
    who, what = np.empty(n_takers, np.int64), np.empty(n_takers, np.int64)
    x, w, s_of = np.empty(most), np.empty(most), np.empty(n_takers)
    single, lanes = len(node_x) == n_takers, np.empty(most)
    sum_g, sum_h, sum_v = np.empty(most), np.empty(most), np.empty(most)
    widest = 1
    for j in range(n_items):
        rule = max(int(before[j, RULE]), 0)
        widest = max(widest, rule_start[rule + 1] - rule_start[rule])
    p = np.empty((widest, most))
    log_weight, slope = np.empty(widest), np.empty(widest)
    alphas, bs = np.empty(widest), np.empty(widest)
    failed = 0
    for j in range(n_items):
        if before[j, RULE] < 0:
            continue
        n_who = gather(j, start, taker, code, n_takers, who, what, trials)
        n = 0
        s0 = s1 = most_trials = 0.0
        if single:
            n = n_who
            s0, s1, most_trials = fill(who, what, n, trials, success, node_x, x, w, s_of)
        else:
            for i in range(n_who):
                m, c = who[i], what[i]
                s0 += success[c]
                for k in range(node_start[m], node_start[m + 1]):
                    x[n] = node_x[k]
                    w[n] = trials[c] * node_weight[k]
                    s1 += success[c] * node_weight[k] * node_x[k]
                    n += 1
        alpha, b, c_aa, c_ab, c_bb, fine = mode_of(
            before[j, MODE_ALPHA], before[j, MODE_B], x, w, n, s0, s1, prior, free_slope
        )
        failed += not fine
        rule = int(before[j, RULE])
        first = rule_start[rule]
        n_nodes = rule_start[rule + 1] - first
        # Lower factor of the covariance; the rule is laid over the mode with it.
        l_aa = np.sqrt(c_aa)
        l_ba = c_ab / l_aa if free_slope else 0.0
        l_bb = np.sqrt(max(c_bb - l_ba * l_ba, 0.0))
        largest = -np.inf
        for k in range(n_nodes):
            z0, z1 = rule_z[first + k, 0], rule_z[first + k, 1]
            alphas[k] = alpha + l_aa * z0
            bs[k] = b + l_ba * z0 + l_bb * z1
            a = np.exp(alphas[k])
            slope[k] = a
            if most_trials == 1.0:
                norm = _normaliser_of_ones(a, bs[k], x, n, p[k], lanes)
            else:
                norm = normaliser(a, bs[k], x, w, n, p[k])
            log_weight[k] = (
                a * (s1 - bs[k] * s0)
                - norm
                - 0.5 * prior[1] * (alphas[k] - prior[0]) ** 2 * free_slope
                - 0.5 * prior[3] * (bs[k] - prior[2]) ** 2
                + rule_log_weight[first + k]
            )
            largest = max(largest, log_weight[k])
        total = 0.0
        for k in range(n_nodes):
            log_weight[k] = np.exp(log_weight[k] - largest)
            total += log_weight[k]
        m_a = m_b = e_a = e_ab = 0.0
        for k in range(n_nodes):
            log_weight[k] /= total
            m_a += log_weight[k] * alphas[k]
            m_b += log_weight[k] * bs[k]
            e_a += log_weight[k] * slope[k]
            e_ab += log_weight[k] * slope[k] * bs[k]
        if n_nodes > 1:
            c_aa = c_ab = c_bb = 0.0
            for k in range(n_nodes):
                c_aa += log_weight[k] * (alphas[k] - m_a) ** 2
                c_ab += log_weight[k] * (alphas[k] - m_a) * (bs[k] - m_b)
                c_bb += log_weight[k] * (bs[k] - m_b) ** 2
        after[j, MODE_ALPHA], after[j, MODE_B] = alpha, b
        after[j, MEAN_ALPHA], after[j, MEAN_B] = m_a, m_b
        after[j, VAR_ALPHA], after[j, COV], after[j, VAR_B] = c_aa, c_ab, c_bb
        sum_g[:n] = 0.0
        sum_h[:n] = 0.0
        for k in range(n_nodes):
            a, weight = slope[k], log_weight[k]
            _add_curvature(p[k], n, weight * a, weight * a * a, sum_g, sum_h)
        if values:
            sum_v[:n] = 0.0
            for k in range(n_nodes):
                _add_softplus(slope[k], bs[k], x, n, log_weight[k], sum_v)
        if single and not values:
            _hand_out(who, n, e_a, s_of, w, sum_g, sum_h, gradient, curvature)
            continue
        n = 0
        for i in range(n_who):
            m, c = who[i], what[i]
            t, s = trials[c], success[c]
            for k in range(node_start[m], node_start[m + 1]):
                gradient[k] += e_a * s - t * sum_g[n]
                curvature[k] += t * sum_h[n]
                if values:
                    value[k] += s * (e_a * x[n] - e_ab) - t * sum_v[n]
                n += 1
    return after, gradient, curvature, value, failed


@njit(nogil=True, cache=True, error_model="numpy")
def totals(
    start: Ints,
    taker: NDArray[np.uint32],
    code: NDArray[np.uint32],
    trials: Floats,
    success: Floats,
    n_takers: int,
) -> tuple[Floats, Floats, Floats, Floats, Ints]:
    """Trials and score by taker, trials and score by question, and answers by taker."""
    n_items = len(start) - 1
    taker_trials, taker_score = np.zeros(n_takers), np.zeros(n_takers)
    item_trials, item_score = np.zeros(n_items), np.zeros(n_items)
    answers = np.zeros(n_takers, np.int64)
    who, what = np.empty(n_takers, np.int64), np.empty(n_takers, np.int64)
    for j in range(n_items):
        n = gather(j, start, taker, code, n_takers, who, what, trials)
        for i in range(n):
            m, c = who[i], what[i]
            taker_trials[m] += trials[c]
            taker_score[m] += success[c]
            answers[m] += 1
            item_trials[j] += trials[c]
            item_score[j] += success[c]
    return taker_trials, taker_score, item_trials, item_score, answers
