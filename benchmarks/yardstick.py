"""A plain SciPy implementation of the ECI-compatible objective: the yardstick.

``scipy.optimize.least_squares`` (trf) with an analytic sparse Jacobian: one residual per cell
and one per free parameter for the ridge.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import least_squares
from scipy.sparse import csr_array, diags_array, hstack, vstack

from headway.rulers.scores.logistic import BOUND, CLIP, SLOPE_BOUNDS
from headway.rulers.scores.observations import Observations

Floats = NDArray[np.float64]


class Yardstick:
    """The objective for a set of cells, with one pinned slope."""

    def __init__(self, cells: Observations, ridge: float, pinned: int) -> None:
        self.cells = cells
        self.n_models, self.n_bench = len(cells.models), len(cells.benchmarks)
        self.free = np.delete(np.arange(self.n_bench), pinned)
        self.pinned = pinned
        self.size = self.n_models + 2 * self.n_bench - 1
        self.ridge = ridge / self.size
        self.target = np.clip(cells.performance, *CLIP)
        slopes = len(self.free)
        self.low = np.concatenate(
            [np.full(self.size - slopes, -BOUND), np.full(slopes, SLOPE_BOUNDS[0])]
        )
        self.high = np.concatenate(
            [np.full(self.size - slopes, BOUND), np.full(slopes, SLOPE_BOUNDS[1])]
        )

    def split(self, theta: Floats) -> tuple[Floats, Floats, Floats]:
        slope = np.ones(self.n_bench)
        slope[self.free] = theta[self.n_models + self.n_bench :]
        return theta[: self.n_models], theta[self.n_models : self.n_models + self.n_bench], slope

    def predict(self, theta: Floats) -> Floats:
        c, d, a = self.split(theta)
        m, b = self.cells.model, self.cells.benchmark
        out: Floats = 1 / (1 + np.exp(-a[b] * (c[m] - d[b])))
        return out

    def fit(self, weight: Floats, start: Floats) -> tuple[Floats, float]:
        """Minimise from a start; return the parameters and the cost."""
        root = np.sqrt(weight)
        m, b = self.cells.model, self.cells.benchmark
        rows = np.arange(len(m))
        n = len(m)

        def residuals(theta: Floats) -> Floats:
            out: Floats = np.concatenate(
                [root * (self.predict(theta) - self.target), np.sqrt(self.ridge) * theta]
            )
            return out

        def jacobian(theta: Floats) -> csr_array:
            c, d, a = self.split(theta)
            f = self.predict(theta)
            pull = root * f * (1 - f)
            by_model = csr_array((pull * a[b], (rows, m)), shape=(n, self.n_models))
            by_difficulty = csr_array((-pull * a[b], (rows, b)), shape=(n, self.n_bench))
            by_slope = csr_array((pull * (c[m] - d[b]), (rows, b)), shape=(n, self.n_bench))
            top = hstack([by_model, by_difficulty, by_slope[:, self.free]])
            return csr_array(vstack([top, diags_array(np.full(self.size, np.sqrt(self.ridge)))]))

        inside = np.clip(start, self.low + 1e-9, self.high - 1e-9)
        result = least_squares(
            residuals,
            inside,
            jac=jacobian,
            bounds=(self.low, self.high),
            method="trf",
            xtol=1e-10,
            ftol=1e-10,
            gtol=1e-10,
            max_nfev=1000,
        )
        return result.x, float(result.cost)
