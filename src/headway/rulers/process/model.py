r"""Residuals around the benchmarks' curves as one Gaussian process, in blocks by benchmark.

The expected performance of model m on benchmark b is sigmoid(eta + r) with

    eta = slope_b (capability_m - difficulty_b),
    r   = bc_b(capability_m) + bd_b(capability_m, date_m)
          + bo_{b,org(m)} + bod_{b,org(m)}(date_m) + og_{org(m),g(b)}

and the error of a cell is sqrt(v) (mg_{m,g(b)} + e) with v = p (1 - p): every name is Gaussian
with a variance of its own (g(b) is the domain of a benchmark). Around a current fit all of it is
linear: divided by sqrt(v), a cell's working response is

    z = X theta + (benchmark side),   theta = (capability, mg, og),

where the benchmark side (difficulty, log slope, bc, bd, bo, bod, noise) has a covariance V that
falls into one block per benchmark. So theta has the normal equations

    (X' V^-1 X + D) theta = X' V^-1 z

with D the prior precision, and everything else follows block by block.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from headway.draws import FloatArray
from headway.shortly import of_fields

if TYPE_CHECKING:
    from scipy.sparse import csr_array

Ints = NDArray[np.int64]

LATENT = ("bc", "bd", "bo", "bod")
BENCHMARK_SIDE = ("difficulty", "slope", *LATENT)
MODEL_SIDE = ("capability", "mg", "og", "line")
LEARNED = ("slope", "bc", "bd", "bo", "bod", "mg", "og", "noise")
COMPONENTS = (*BENCHMARK_SIDE, *MODEL_SIDE, "noise")
START: Mapping[str, float] = {
    "difficulty": 100.0, "slope": 0.2, "bc": 0.3, "bd": 0.3, "bo": 0.02, "bod": 0.05,
    "capability": 100.0, "mg": 0.003, "og": 0.03, "line": 1.0, "noise": 0.015,
}  # fmt: skip
SMALLEST = 1e-5
BEND_LENGTH = 1.0
KNOTS = 16
LENGTHS: Mapping[str, float] = {"bd_years": 1.0, "bd_logits": 2.0, "bod_years": 1.0}
PRIOR_SPREAD = 0.7
FLOOR = 0.005
CENSORED = (0.001, 0.999)
DENSE = 2_500
BATCH = 50


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class Layout:
    """Cells in the order of benchmarks, with what the process knows of models and benchmarks.

    Parameters
    ----------
    model, benchmark : int64 (n_cells,)
    date : float64 (n_models,)
        Years.
    position : float64 (n_models,)
        Capability in a first fit, in logits, where the process is evaluated.
    bend : float64 (n_models, n_features)
        Features of bc: smooth functions of the position without their constant and straight part,
        which belong to difficulty and slope.
    performance, weight : float64 (n_cells,)
    start : int64 (n_benchmarks + 1,)
        First cell of every benchmark.
    pairs : int64 (n_pairs,)
        The pairs that have a cell, as model * n_domains + domain.
    pair, group : int64 (n_cells,)
        Of every cell: its pair, and its organisation * n_domains + domain.
    of_model : int64 (n_models,)
        Organisation of every model.
    of_benchmark : int64 (n_benchmarks,)
        Domain of every benchmark.
    """

    n_models: int
    n_benchmarks: int
    n_organisations: int
    n_domains: int
    model: Ints
    benchmark: Ints
    performance: FloatArray
    weight: FloatArray
    start: Ints
    date: FloatArray
    position: FloatArray
    bend: FloatArray
    of_model: Ints
    of_benchmark: Ints
    pairs: Ints
    pair: Ints
    group: Ints

    __repr__ = of_fields

    @property
    def n_columns(self) -> int:
        """Number of model-side unknowns."""
        return self.n_models + len(self.pairs) + self.n_organisations * self.n_domains + 1

    def among(self, models: NDArray[np.bool_]) -> tuple["Layout", NDArray[np.bool_]]:
        """Return the layout of some models alone, and which cells are theirs."""
        kept = models[self.model]
        smaller, _ = layout(
            (np.cumsum(models) - 1)[self.model[kept]].astype(np.int64),
            self.benchmark[kept],
            self.performance[kept],
            self.weight[kept],
            date=self.date[models],
            position=self.position[models],
            of_model=self.of_model[models],
            of_benchmark=self.of_benchmark,
        )
        return smaller, kept

    def side(self, name: str) -> slice:
        """Columns of a model-side component."""
        first = self.n_models + len(self.pairs)
        return {
            "capability": slice(0, self.n_models),
            "mg": slice(self.n_models, first),
            "og": slice(first, self.n_columns - 1),
            "line": slice(self.n_columns - 1, self.n_columns),
        }[name]


def layout(
    model: Ints,
    benchmark: Ints,
    performance: FloatArray,
    weight: FloatArray,
    *,
    date: FloatArray,
    position: FloatArray,
    of_model: Ints,
    of_benchmark: Ints,
) -> tuple[Layout, Ints]:
    """Sort the cells by benchmark; also return the order."""
    order = np.lexsort((model, benchmark))
    m, b = model[order], benchmark[order]
    n_domains = int(of_benchmark.max()) + 1
    key = m * n_domains + of_benchmark[b]
    pairs, pair = np.unique(key, return_inverse=True)
    counts = np.bincount(b, minlength=len(of_benchmark))
    return Layout(
        n_models=len(of_model),
        n_benchmarks=len(of_benchmark),
        n_organisations=int(of_model.max()) + 1,
        n_domains=n_domains,
        model=m,
        benchmark=b,
        performance=performance[order],
        weight=weight[order],
        start=np.concatenate([[0], np.cumsum(counts)]).astype(np.int64),
        date=date,
        position=position,
        bend=bends(position, BEND_LENGTH),
        of_model=of_model,
        of_benchmark=of_benchmark,
        pairs=pairs,
        pair=pair.astype(np.int64),
        group=(of_model[m] * n_domains + of_benchmark[b]).astype(np.int64),
    ), order


@dataclass(slots=True)
class State:
    """The current fit.

    Parameters
    ----------
    capability : float64 (n_models,)
    difficulty, log_slope : float64 (n_benchmarks,)
        In logits.
    latent : float64 (n_cells,)
        The residual r of every cell.
    variance
        Of every component.
    length
        How far the processes reach: bd in years and in logits of capability, bod in years.
    tilt
        How much the prior mean of a log slope changes with a logit of difficulty.
    centre
        Prior means of ``capability`` and ``difficulty``, and of the ``slope`` at that difficulty.
    """

    capability: FloatArray
    difficulty: FloatArray
    log_slope: FloatArray
    latent: FloatArray
    variance: dict[str, float]
    length: dict[str, float]
    tilt: float
    centre: dict[str, float]

    @property
    def middle(self) -> FloatArray:
        """Prior mean of the log slopes, (n_benchmarks,)."""
        out: FloatArray = self.centre["slope"] + self.tilt * self.off_centre
        return out

    @property
    def off_centre(self) -> FloatArray:
        """Difficulties from their prior mean, (n_benchmarks,)."""
        out: FloatArray = self.difficulty - self.centre["difficulty"]
        return out


def bends(position: FloatArray, length: float) -> FloatArray:
    """Features of a squared-exponential process without its projection on a straight line."""
    reach = np.linspace(position.min(), position.max(), KNOTS)
    between = similarity(reach, reach, length) + 1e-6 * np.eye(KNOTS)
    root = np.linalg.cholesky(between)
    features = np.linalg.solve(root, similarity(reach, position, length)).T
    line = np.linalg.qr(np.column_stack([np.ones_like(position), position]))[0]
    out: FloatArray = features - line @ (line.T @ features)
    return out


def at_capability(cells: Layout, position: FloatArray) -> Layout:
    """Return the layout with the process evaluated at other capabilities."""
    return replace(cells, position=position, bend=bends(position, BEND_LENGTH))


def similarity(x: FloatArray, y: FloatArray, length: float) -> FloatArray:
    """Squared-exponential kernel."""
    out: FloatArray = np.exp(-0.5 * ((x[:, None] - y[None, :]) / length) ** 2)
    return out


def latent_kernel(
    cells: Layout, length: Mapping[str, float], name: str, left: Ints, right: Ints
) -> FloatArray:
    """Covariance of a latent component on one benchmark between models, with variance 1.

    ``bc`` is a smooth function of capability, ``bd`` one of capability and date, ``bo`` a constant
    of the organisation, ``bod`` a function of the date within the organisation.
    """
    if name == "bc":
        return cells.bend[left] @ cells.bend[right].T
    same: FloatArray = (cells.of_model[left][:, None] == cells.of_model[right][None, :]) * 1.0
    if name == "bo":
        return same
    near = similarity(cells.date[left], cells.date[right], length[f"{name}_years"])
    if name == "bd":
        c = cells.position
        return near * similarity(c[left], c[right], length["bd_logits"])
    return near * same


def longer(cells: Layout, length: Mapping[str, float], name: str, models: Ints) -> FloatArray:
    """Derivative of a latent component's covariance by the logarithm of a length."""
    component = name.split("_", maxsplit=1)[0]
    at = cells.position if name.endswith("logits") else cells.date
    apart = ((at[models][:, None] - at[models][None, :]) / length[name]) ** 2
    return apart * latent_kernel(cells, length, component, models, models)


def latent_variance(cells: Layout, name: str, models: Ints) -> FloatArray:
    """Diagonal of :func:`latent_kernel`."""
    if name == "bc":
        out: FloatArray = np.sum(cells.bend[models] ** 2, axis=1)
        return out
    return np.ones(len(models))


class Linearised:
    """The linear Gaussian model around a state.

    ``jc, jd, ja`` are the derivatives of a cell's scaled expectation by capability, difficulty and
    log slope, ``h`` that by the latent residual; ``z`` the working response.
    """

    def __init__(self, cells: Layout, at: State, *, keep_kernels: bool = False) -> None:
        self.cells, self.at = cells, at
        m, b = cells.model, cells.benchmark
        slope = np.exp(at.log_slope)[b]
        eta = slope * (at.capability[m] - at.difficulty[b])
        f = 1 / (1 + np.exp(-(eta + at.latent)))
        slack = f * (1 - f)
        s = np.sqrt(np.maximum(slack, FLOOR))
        self.expected, self.scale = f, s
        self.h = slack / s
        self.jc, self.jd, self.ja = slope * self.h, -slope * self.h, eta * self.h
        residual, information = self._likelihood(f, s)
        self.noise = at.variance["noise"] / (cells.weight * information)
        self.z = (
            residual / s
            + self.jc * (at.capability[m] - at.centre["capability"])
            + self.jd * (at.difficulty[b] - at.centre["difficulty"])
            + self.ja * (at.log_slope[b] - at.centre["slope"])
            + self.h * at.latent
        )
        self.design = self._design()
        self._blocks(keep_kernels)

    def _likelihood(self, f: FloatArray, s: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Working residual in performance, and the share of a cell's information that is left.

        A score at the end of its range says only that the performance lies beyond it.
        """
        from scipy.special import log_ndtr

        y = self.cells.performance
        residual, information = y - f, np.ones(len(y))
        sigma = s * np.sqrt(self.at.variance["noise"] / self.cells.weight)
        for end, sign in zip(CENSORED, (1.0, -1.0), strict=True):
            out = sign * (y - end) <= 0
            q = sign * (end - f[out]) / sigma[out]
            hazard = np.exp(-0.5 * q * q - 0.5 * np.log(2 * np.pi) - log_ndtr(q))
            residual[out] = -sign * sigma[out] / (hazard + q)
            information[out] = np.maximum(hazard * (hazard + q), 0.02)
        return residual, information

    def _design(self) -> "csr_array":
        from scipy.sparse import csr_array

        cells = self.cells
        n = len(cells.model)
        rows = np.tile(np.arange(n), 4)
        columns = np.concatenate(
            [
                cells.model,
                cells.n_models + cells.pair,
                cells.n_models + len(cells.pairs) + cells.group,
                np.full(n, cells.n_columns - 1),
            ]
        )
        along = self.ja * self.at.off_centre[cells.benchmark]
        values = np.concatenate([self.jc, np.ones(n), self.h, along])
        return csr_array((values, (rows, columns)), shape=(n, cells.n_columns))

    def kernel(self, name: str, b: int) -> FloatArray:
        """Covariance of a benchmark-side component over a benchmark's cells, with variance 1."""
        cells = self.cells
        i = slice(cells.start[b], cells.start[b + 1])
        if name == "difficulty":
            return np.outer(self.jd[i], self.jd[i])
        if name == "slope":
            return np.outer(self.ja[i], self.ja[i])
        m = cells.model[i]
        return (
            self.h[i][:, None]
            * latent_kernel(cells, self.at.length, name, m, m)
            * self.h[i][None, :]
        )

    def _blocks(self, keep_kernels: bool) -> None:
        from scipy.linalg import cho_factor, cho_solve

        cells, variance = self.cells, self.at.variance
        self.kernels: list[dict[str, FloatArray]] = []
        self.inverse: list[FloatArray] = []
        for b in range(cells.n_benchmarks):
            i = slice(cells.start[b], cells.start[b + 1])
            v = np.diag(self.noise[i])
            kernels = {}
            for name in BENCHMARK_SIDE:
                k = self.kernel(name, b)
                v += variance[name] * k
                if keep_kernels:
                    kernels[name] = variance[name] * k
            if keep_kernels:
                h, m = self.h[i], cells.model[i]
                for name in self.at.length:
                    k = longer(cells, self.at.length, name, m)
                    tau = variance[name.split("_", maxsplit=1)[0]]
                    kernels[name] = tau * h[:, None] * k * h[None, :]
            factor = cho_factor(v, lower=True, check_finite=False)
            inverse = cho_solve(factor, np.eye(len(v)), check_finite=False)
            self.inverse.append(0.5 * (inverse + inverse.T))
            self.kernels.append(kernels)

    def whiten(self, right: FloatArray) -> FloatArray:
        """V^-1 times the columns of an array over cells."""
        out = np.empty_like(right)
        for b, inverse in enumerate(self.inverse):
            i = slice(self.cells.start[b], self.cells.start[b + 1])
            out[i] = inverse @ right[i]
        return out

    @property
    def precision(self) -> FloatArray:
        """Prior precision of the model-side unknowns."""
        out = np.empty(self.cells.n_columns)
        for name in MODEL_SIDE:
            out[self.cells.side(name)] = 1 / self.at.variance[name]
        return out
