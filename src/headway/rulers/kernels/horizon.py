"""Numerical loop of the horizon ruler: one logistic curve in two parameters, many times.

For tasks of log2 length x, success shares y and weights w the objective is

    sum_i w_i * (log(1 + exp(eta_i)) - y_i * eta_i)
        + (theta - middle)^2 / (2 * width^2) + (s - centre)^2 / (2 * spread^2)

with ``eta_i = exp(s) * (theta - x_i)``: theta is the log2 length that is solved half of the time
and exp(s) the slope. Steps are Fisher's, halved until the objective falls.
"""

import numpy as np
from numba import njit
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@njit(nogil=True, cache=True, error_model="numpy")
def _objective(
    x: Floats,
    y: Floats,
    w: Floats,
    theta: float,
    s: float,
    middle: float,
    width: float,
    centre: float,
    spread: float,
) -> float:
    slope = np.exp(s)
    total = 0.5 * ((theta - middle) / width) ** 2 + 0.5 * ((s - centre) / spread) ** 2
    for i in range(len(x)):
        if w[i] > 0.0:
            eta = slope * (theta - x[i])
            total += w[i] * (max(eta, 0.0) + np.log1p(np.exp(-abs(eta))) - y[i] * eta)
    return total


@njit(nogil=True, cache=True, error_model="numpy")
def fit_curves(
    x: Floats,
    y: Floats,
    weight: Floats,
    family: Ints,
    counts: Floats,
    middle: float,
    width: float,
    centre: float,
    spread: float,
    theta: Floats,
    log_slope: Floats,
    tolerance: float,
    max_iterations: int,
) -> int:
    """Minimise the objective for every row of counts, in place; return how many did not converge.

    Parameters
    ----------
    x, y, weight : (n_tasks,)
        Log2 length, share of successes, and weight of every task.
    family : int64 (n_tasks,)
        Family of every task.
    counts : float64 (n_rows, n_families)
        How often each family counts in each row.
    middle, width, centre, spread
        Mean and standard deviation of the priors of theta and of the logarithm of the slope.
    theta, log_slope : (n_rows,)
        Starting values, overwritten by the optimum.
    """
    n = len(x)
    w = np.empty(n)
    failed = 0
    for row in range(len(counts)):
        for i in range(n):
            w[i] = weight[i] * counts[row, family[i]]
        t, s = theta[row], log_slope[row]
        value = _objective(x, y, w, t, s, middle, width, centre, spread)
        done = False
        for _ in range(max_iterations):
            slope = np.exp(s)
            g1, g2 = (t - middle) / width**2, (s - centre) / spread**2
            h11, h12, h22 = 1.0 / width**2, 0.0, 1.0 / spread**2
            for i in range(n):
                if w[i] > 0.0:
                    eta = slope * (t - x[i])
                    p = 1.0 / (1.0 + np.exp(-eta))
                    r = w[i] * (p - y[i])
                    v = w[i] * p * (1.0 - p)
                    g1 += slope * r
                    g2 += r * eta
                    h11 += slope * slope * v
                    h12 += slope * v * eta
                    h22 += v * eta * eta
            if max(abs(g1), abs(g2)) <= tolerance:
                done = True
                break
            determinant = h11 * h22 - h12 * h12
            step_t = -(h22 * g1 - h12 * g2) / determinant
            step_s = -(h11 * g2 - h12 * g1) / determinant
            # A longer step leaves the region in which the quadratic says anything.
            length = min(1.0, width / max(abs(step_t), 1e-300), 1.0 / max(abs(step_s), 1e-300))
            improved = False
            for _ in range(40):
                trial = _objective(
                    x, y, w, t + length * step_t, s + length * step_s,
                    middle, width, centre, spread,
                )  # fmt: skip
                if trial <= value + 1e-14 * abs(value):
                    improved = True
                    break
                length *= 0.5
            if not improved:
                break
            t += length * step_t
            s += length * step_s
            value = trial
        theta[row], log_slope[row] = t, s
        if not done:
            failed += 1
    return failed
