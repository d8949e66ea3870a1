"""Numerical loops of the logistic ruler: a bounded ridge least-squares fit, many times.

The objective for cell weights ``w``, performances ``y`` and free parameters ``theta`` is

    cost = 1/2 * (sum_i w_i * (sigmoid(slope_b * (capability_m - difficulty_b)) - y_i)^2
                  + ridge * ||theta||^2)

over the box ``capability, difficulty in [-bound, bound]``, ``slope in [low, high]``, with
the slope of one benchmark pinned at 1. Every cell belongs to one model, so the models are a
diagonal block of the Hessian: they are eliminated (Schur complement) and one dense system
in the benchmarks remains. Newton's exact Hessian is used where it is positive definite on
the free variables, the Gauss-Newton one elsewhere; steps are projected on the box and
backtracked until the cost falls.
"""

import numpy as np
from numba import njit
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_FAST = {"reassoc", "contract", "nsz", "arcp"}


@njit(nogil=True, cache=True, fastmath=_FAST, error_model="numpy")
def _evaluate(
    start: Ints,
    bench: Ints,
    y: Floats,
    w: Floats,
    capability: Floats,
    difficulty: Floats,
    slope: Floats,
    pinned: int,
    ridge: float,
    predicted: Floats,
) -> float:
    """Cost, and the predicted performance of every cell (written to ``predicted``)."""
    total = 0.0
    for m in range(len(capability)):
        c = capability[m]
        for i in range(start[m], start[m + 1]):
            b = bench[i]
            f = 1.0 / (1.0 + np.exp(-slope[b] * (c - difficulty[b])))
            predicted[i] = f
            r = f - y[i]
            total += w[i] * r * r
        total += ridge * c * c
    for b in range(len(difficulty)):
        total += ridge * difficulty[b] * difficulty[b]
        if b != pinned:
            total += ridge * slope[b] * slope[b]
    return 0.5 * total


@njit(nogil=True, cache=True, fastmath=_FAST, error_model="numpy")
def _cholesky(matrix: Floats) -> bool:
    """Factor the lower triangle in place; False when it is not positive definite."""
    size = len(matrix)
    largest = 0.0
    for i in range(size):
        largest = max(largest, matrix[i, i])
    for i in range(size):
        row = matrix[i]
        for j in range(i):
            other = matrix[j]
            total = row[j]
            for k in range(j):
                total -= row[k] * other[k]
            row[j] = total * other[j]
        total = row[i]
        for k in range(i):
            total -= row[k] * row[k]
        if not total > 1e-12 * largest:
            return False
        row[i] = 1.0 / np.sqrt(total)
    return True


@njit(nogil=True, cache=True, fastmath=_FAST, error_model="numpy")
def _solve(factor: Floats, x: Floats) -> None:
    """Solve in place with a factor of :func:`_cholesky` (its diagonal holds reciprocals)."""
    size = len(x)
    for i in range(size):
        total = x[i]
        for k in range(i):
            total -= factor[i, k] * x[k]
        x[i] = total * factor[i, i]
    for i in range(size - 1, -1, -1):
        value = x[i] * factor[i, i]
        x[i] = value
        for k in range(i):
            x[k] -= factor[i, k] * value


@njit(nogil=True, cache=True, fastmath=_FAST, error_model="numpy")
def _newton_system(
    start: Ints,
    bench: Ints,
    y: Floats,
    w: Floats,
    capability: Floats,
    difficulty: Floats,
    slope: Floats,
    ridge: float,
    curvature: float,
    predicted: Floats,
    active: NDArray[np.bool_],
    gradient: Floats,
    diagonal: Floats,
    cross: Floats,
    system: Floats,
    rhs: Floats,
) -> bool:
    """Assemble the reduced system in the benchmarks; False when a model's block is not positive.

    ``curvature`` is 1 for Newton's Hessian and 0 for Gauss-Newton's. Unknown ``2b`` is the
    difficulty and ``2b + 1`` the slope of benchmark b; ``active`` marks the variables held at
    a bound (models first). ``cross[i]`` keeps the two cross derivatives of cell i.
    """
    n_models, n_bench = len(capability), len(difficulty)
    for j in range(2 * n_bench):
        rhs[j] = -gradient[n_models + j]
        for k in range(j + 1):
            system[j, k] = 0.0
        system[j, j] = ridge
    for m in range(n_models):
        block = ridge
        first, last = start[m], start[m + 1]
        for i in range(first, last):
            b = bench[i]
            f = predicted[i]
            a = slope[b]
            gap = capability[m] - difficulty[b]
            slope_f = f * (1.0 - f)
            residual = f - y[i]
            g = w[i] * residual * slope_f * curvature
            h = w[i] * slope_f * slope_f + g * (1.0 - 2.0 * f)
            block += h * a * a
            cross[i, 0] = -h * a * a
            cross[i, 1] = h * a * gap + g
            system[2 * b, 2 * b] += h * a * a
            system[2 * b + 1, 2 * b] -= h * a * gap + g
            system[2 * b + 1, 2 * b + 1] += h * gap * gap
        diagonal[m] = block
        if active[m]:
            continue
        if not block > 0.0:
            return False
        inverse = 1.0 / block
        pull = -gradient[m] * inverse
        for i in range(first, last):
            p = 2 * bench[i]
            p0, p1 = cross[i, 0] * inverse, cross[i, 1] * inverse
            rhs[p] -= cross[i, 0] * pull
            rhs[p + 1] -= cross[i, 1] * pull
            for k in range(first, i + 1):
                q = 2 * bench[k]
                system[p, q] -= p0 * cross[k, 0]
                system[p + 1, q] -= p1 * cross[k, 0]
                system[p + 1, q + 1] -= p1 * cross[k, 1]
                if q < p:
                    system[p, q + 1] -= p0 * cross[k, 1]
    for j in range(2 * n_bench):
        if active[n_models + j]:
            for k in range(j):
                system[j, k] = 0.0
            for k in range(j + 1, 2 * n_bench):
                system[k, j] = 0.0
            system[j, j] = 1.0
            rhs[j] = 0.0
    return _cholesky(system)


@njit(nogil=True, cache=True, fastmath=_FAST, error_model="numpy")
def fit(
    start: Ints,
    bench: Ints,
    y: Floats,
    w: Floats,
    capability: Floats,
    difficulty: Floats,
    slope: Floats,
    pinned: int,
    ridge: float,
    bound: float,
    slope_low: float,
    slope_high: float,
    tolerance: float,
    max_iterations: int,
) -> tuple[float, float, int]:
    """Minimise the cost in place, from the values given.

    Parameters
    ----------
    start : int64 (n_models + 1,)
        The cells of model m are ``start[m]`` to ``start[m + 1] - 1``; within a model they are
        sorted by benchmark.
    bench, y, w : (n_cells,)
        Benchmark index, performance and weight of every cell.
    capability, difficulty, slope
        Starting values, overwritten by the optimum.
    pinned
        Benchmark whose slope stays as given (-1 for none).
    ridge
        ``lambda / P``.
    tolerance
        Largest entry of the projected gradient at which the fit counts as converged.

    Returns
    -------
    (cost, projected gradient, iterations)
    """
    n_models, n_bench, n_cells = len(capability), len(difficulty), len(bench)
    size = n_models + 2 * n_bench
    predicted, trial_predicted = np.empty(n_cells), np.empty(n_cells)
    gradient, step = np.empty(size), np.empty(size)
    active = np.zeros(size, np.bool_)
    diagonal, cross = np.empty(n_models), np.empty((n_cells, 2))
    system, rhs = np.empty((2 * n_bench, 2 * n_bench)), np.empty(2 * n_bench)
    t_capability, t_difficulty, t_slope = capability.copy(), difficulty.copy(), slope.copy()
    cost = _evaluate(start, bench, y, w, capability, difficulty, slope, pinned, ridge, predicted)
    worst = np.inf
    for iteration in range(max_iterations):
        for m in range(n_models):
            gradient[m] = ridge * capability[m]
        for b in range(n_bench):
            gradient[n_models + 2 * b] = ridge * difficulty[b]
            gradient[n_models + 2 * b + 1] = ridge * slope[b]
        for m in range(n_models):
            for i in range(start[m], start[m + 1]):
                b = bench[i]
                f = predicted[i]
                pull = w[i] * (f - y[i]) * f * (1.0 - f)
                gradient[m] += pull * slope[b]
                gradient[n_models + 2 * b] -= pull * slope[b]
                gradient[n_models + 2 * b + 1] += pull * (capability[m] - difficulty[b])
        worst = 0.0
        for j in range(size):
            if j < n_models:
                value, low, high = capability[j], -bound, bound
            elif (j - n_models) % 2 == 0:
                value, low, high = difficulty[(j - n_models) // 2], -bound, bound
            else:
                value, low, high = slope[(j - n_models) // 2], slope_low, slope_high
            active[j] = (value <= low and gradient[j] > 0.0) or (
                value >= high and gradient[j] < 0.0
            )
            if j == n_models + 2 * pinned + 1 and pinned >= 0:
                active[j] = True
            if not active[j]:
                worst = max(worst, abs(gradient[j]))
        if worst <= tolerance:
            return cost, worst, iteration
        if not _newton_system(
            start, bench, y, w, capability, difficulty, slope, ridge, 1.0, predicted,
            active, gradient, diagonal, cross, system, rhs,
        ) and not _newton_system(
            start, bench, y, w, capability, difficulty, slope, ridge, 0.0, predicted,
            active, gradient, diagonal, cross, system, rhs,
        ):  # fmt: skip
            return cost, worst, iteration
        _solve(system, rhs)
        for m in range(n_models):
            step[m] = 0.0
            if not active[m]:
                total = -gradient[m]
                for i in range(start[m], start[m + 1]):
                    p = 2 * bench[i]
                    total -= cross[i, 0] * rhs[p] + cross[i, 1] * rhs[p + 1]
                step[m] = total / diagonal[m]
        for j in range(2 * n_bench):
            step[n_models + j] = rhs[j]
        length = 1.0
        improved = False
        for _ in range(40):
            expected = 0.0
            for m in range(n_models):
                t_capability[m] = min(max(capability[m] + length * step[m], -bound), bound)
                expected += gradient[m] * (t_capability[m] - capability[m])
            for b in range(n_bench):
                p = n_models + 2 * b
                t_difficulty[b] = min(max(difficulty[b] + length * step[p], -bound), bound)
                expected += gradient[p] * (t_difficulty[b] - difficulty[b])
                if b != pinned:
                    t_slope[b] = min(max(slope[b] + length * step[p + 1], slope_low), slope_high)
                    expected += gradient[p + 1] * (t_slope[b] - slope[b])
            t_cost = _evaluate(
                start, bench, y, w, t_capability, t_difficulty, t_slope, pinned, ridge,
                trial_predicted,
            )  # fmt: skip
            if expected < 0.0 and t_cost <= cost + 1e-4 * expected + 1e-14 * cost:
                improved = True
                break
            length *= 0.5
        if not improved:
            return cost, worst, iteration
        cost = t_cost
        capability[:], difficulty[:], slope[:] = t_capability, t_difficulty, t_slope
        predicted, trial_predicted = trial_predicted, predicted
    return cost, worst, max_iterations


@njit(nogil=True, cache=True, fastmath=_FAST, error_model="numpy")
def fit_capability(
    start: Ints,
    bench: Ints,
    y: Floats,
    w: Floats,
    capability: Floats,
    difficulty: Floats,
    slope: Floats,
    ridge: float,
    bound: float,
    tolerance: float,
    max_iterations: int,
) -> float:
    """Minimise over the capabilities alone, in place, benchmarks given; return the gradient.

    Every model is a problem in one variable: Newton's step where the curvature is positive,
    Gauss-Newton's elsewhere, halved until the cost falls.
    """
    worst = 0.0
    for m in range(len(capability)):
        c = capability[m]
        for _ in range(max_iterations):
            cost, gradient = 0.5 * ridge * c * c, ridge * c
            newton, gauss = ridge, ridge
            for i in range(start[m], start[m + 1]):
                a = slope[bench[i]]
                f = 1.0 / (1.0 + np.exp(-a * (c - difficulty[bench[i]])))
                r, d = f - y[i], a * f * (1.0 - f)
                cost += 0.5 * w[i] * r * r
                gradient += w[i] * r * d
                gauss += w[i] * d * d
                newton += w[i] * (d * d + r * d * a * (1.0 - 2.0 * f))
            held = (c <= -bound and gradient > 0.0) or (c >= bound and gradient < 0.0)
            if held or abs(gradient) <= tolerance:
                break
            step = -gradient / (newton if newton > 0.1 * gauss else gauss)
            length = 1.0
            for _ in range(40):
                trial = min(max(c + length * step, -bound), bound)
                trial_cost = 0.5 * ridge * trial * trial
                for i in range(start[m], start[m + 1]):
                    b = bench[i]
                    r = 1.0 / (1.0 + np.exp(-slope[b] * (trial - difficulty[b]))) - y[i]
                    trial_cost += 0.5 * w[i] * r * r
                if trial_cost <= cost + 1e-4 * gradient * (trial - c) + 1e-14 * cost:
                    break
                length *= 0.5
            c = trial
        capability[m] = c
        if not held:
            worst = max(worst, abs(gradient))
    return worst
