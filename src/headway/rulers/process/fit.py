"""Fitting the process: normal equations, variances by restricted likelihood, posterior draws."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Literal

import numpy as np

from headway.draws import FloatArray
from headway.errors import NotConverged
from headway.rulers.process.model import (
    BATCH,
    DENSE,
    LATENT,
    LEARNED,
    LENGTHS,
    MODEL_SIDE,
    PRIOR_SPREAD,
    SMALLEST,
    START,
    Layout,
    Linearised,
    State,
    at_capability,
    latent_kernel,
)

ITERATIONS = 30
LEAST_SHARE = 0.2
LEARNING = 10
SETTLED = 0.1
CHANGE = 0.05
# At most DENSE, so that what is learned from has a matrix.
MOST_LEARNED = 2_400
SOLVER_TOLERANCE = 1e-6
SOLVER_ITERATIONS = 500


Way = Literal["unknowns", "scores", "steps"]


class Normal:
    """The normal equations of the model-side unknowns: A = X' V^-1 X + D.

    Parameters
    ----------
    linear
        The linear model.
    way
        How they are solved: by a factor of A (``unknowns``), by one of the scores' covariance
        V + X D^-1 X' (``scores``), or by conjugate gradients (``steps``). None takes the first
        that has a matrix of at most ``DENSE`` rows.
    """

    def __init__(self, linear: Linearised, *, way: Way | None = None) -> None:
        self.linear = linear
        self.design = linear.design
        self.across = linear.design.T.tocsr()
        self.precision = linear.precision
        self.covariance: FloatArray | None = None
        if way is None:
            n_cells, n_columns = self.design.shape
            way = "unknowns" if n_columns <= DENSE else "scores" if n_cells <= DENSE else "steps"
        self.way: Way = way
        {"unknowns": self._factor, "scores": self._covariance, "steps": self._approximate}[way]()

    def _factor(self) -> None:
        from scipy.linalg import cho_factor

        linear, size = self.linear, self.linear.cells.n_columns
        self.matrix = np.zeros((size, size))
        for b, inverse in enumerate(linear.inverse):
            i = slice(linear.cells.start[b], linear.cells.start[b + 1])
            x = self.design[i]
            used = np.unique(x.indices)
            part = x[:, used].toarray()
            self.matrix[np.ix_(used, used)] += part.T @ inverse @ part
        self.matrix[np.diag_indices(size)] += self.precision
        self.factor = cho_factor(self.matrix, lower=True, check_finite=False)

    def _covariance(self) -> None:
        from scipy.sparse import diags_array

        cells = self.linear.cells
        covariance = (self.design @ diags_array(1 / self.precision) @ self.across).toarray()
        for b, inverse in enumerate(self.linear.inverse):
            i = slice(cells.start[b], cells.start[b + 1])
            covariance[i, i] += _inverse(inverse)
        self.marginal = _inverse(covariance)

    def _approximate(self) -> None:
        from scipy.sparse import diags_array
        from scipy.sparse.linalg import splu

        # Cells of one model in different benchmarks are independent given the benchmarks, so
        # the diagonal of V^-1 keeps what matters between unknowns of one model.
        weight = np.concatenate([np.diag(inverse) for inverse in self.linear.inverse])
        near = self.across @ diags_array(weight) @ self.design + diags_array(self.precision)
        self.near = splu(
            near.tocsc(), permc_spec="MMD_AT_PLUS_A", diag_pivot_thresh=0.0,
            options={"SymmetricMode": True},
        )  # fmt: skip

    def solve(self, right: FloatArray) -> FloatArray:
        """A^-1 times the columns of an array."""
        if self.way == "unknowns":
            from scipy.linalg import cho_solve

            out: FloatArray = cho_solve(self.factor, right, check_finite=False)
            return out
        if self.way == "scores":
            own = (right.T / self.precision).T
            seen = self.across @ (self.marginal @ (self.design @ own))
            less: FloatArray = own - (seen.T / self.precision).T
            return less
        return self._conjugate_gradients(right)

    def times(self, x: FloatArray) -> FloatArray:
        """A times the columns of an array."""
        weighted = self.linear.whiten(self.design @ x)
        out: FloatArray = self.across @ weighted + self.precision[:, None] * x
        return out

    def _conjugate_gradients(self, right: FloatArray) -> FloatArray:
        b = right.reshape(len(right), -1)
        x = np.zeros_like(b)
        r = b.copy()
        s = self.near.solve(r)
        p, rs = s.copy(), np.einsum("ij,ij->j", r, s)
        first = np.maximum(rs, 1e-300)
        for _ in range(SOLVER_ITERATIONS):
            q = self.times(p)
            step = rs / np.maximum(np.einsum("ij,ij->j", p, q), 1e-300)
            x += step * p
            r -= step * q
            s = self.near.solve(r)
            new = np.einsum("ij,ij->j", r, s)
            if (new <= SOLVER_TOLERANCE**2 * first).all():
                return x.reshape(right.shape)
            p = s + (new / np.maximum(rs, 1e-300)) * p
            rs = new
        raise NotConverged(
            "the linear system of the process did not reach its tolerance",
            hint="leave out benchmarks or models with very few scores",
        )

    def project(self, right: FloatArray) -> FloatArray:
        """P times the columns: P = V^-1 - V^-1 X A^-1 X' V^-1, the inverse of the covariance."""
        if self.way == "scores":
            found: FloatArray = self.marginal @ right
            return found
        w = self.linear.whiten(right)
        out: FloatArray = w - self.linear.whiten(self.design @ self.solve(self.across @ w))
        return out

    def blocks(self) -> Iterator[FloatArray]:
        """Yield the diagonal blocks of P, benchmark by benchmark."""
        linear, cells = self.linear, self.linear.cells
        inverse = self._unknowns_covariance() if self.way != "scores" else None
        for b, v_inverse in enumerate(linear.inverse):
            i = slice(cells.start[b], cells.start[b + 1])
            if inverse is None:
                yield self.marginal[i, i]
                continue
            x = self.design[i]
            used = np.unique(x.indices)
            w = v_inverse @ x[:, used].toarray()
            yield v_inverse - w @ inverse[np.ix_(used, used)] @ w.T

    def learned_of(self, name: str) -> float:
        """Trace of 1 - D A^-1 over a model-side component: how many of its unknowns are learned."""
        side = self.linear.cells.side(name)
        if self.way == "scores":
            together = self.design[:, side] @ self.across[side]
            return float(together.multiply(self.marginal).sum() / self.precision[side.start])
        inverse = np.diag(self._unknowns_covariance())
        return float((1 - self.precision[side] * inverse[side]).sum())

    def _unknowns_covariance(self) -> FloatArray:
        if self.covariance is None:
            self.covariance = self.solve(np.eye(self.linear.cells.n_columns))
        return self.covariance


def _inverse(matrix: FloatArray) -> FloatArray:
    from scipy.linalg import cho_factor, cho_solve

    factor = cho_factor(matrix, lower=True, check_finite=False)
    found = cho_solve(factor, np.eye(len(matrix)), check_finite=False)
    out: FloatArray = 0.5 * (found + found.T)
    return out


def score_and_information(normal: Normal) -> tuple[FloatArray, FloatArray]:
    r"""Gradient and average information of the likelihood in the logarithms of what is learned.

    .. math::

       \frac{\partial \ell}{\partial \theta_k} = \tfrac12 (q' K_k q - \mathrm{tr}(P K_k)), \qquad
       I_{kl} = \tfrac12 \, q' K_k P K_l q, \qquad q = P z, \qquad
       K_k = \frac{\partial V}{\partial \theta_k}

    Returns
    -------
    gradient : float64 (n,)
        In the order of ``LEARNED``, then of the lengths.
    information : float64 (n, n)
    """
    linear, cells = normal.linear, normal.linear.cells
    q = normal.project(linear.z[:, None])[:, 0]
    names = (*LEARNED, *linear.at.length)
    trace = dict.fromkeys(names, 0.0)
    pulled = {name: np.zeros(len(q)) for name in names}
    for b, p_block in enumerate(normal.blocks()):
        i = slice(cells.start[b], cells.start[b + 1])
        for name, kernel in linear.kernels[b].items():
            if name in trace:
                trace[name] += np.sum(p_block * kernel)
                pulled[name][i] = kernel @ q[i]
        trace["noise"] += float(np.diag(p_block) @ linear.noise[i])
    pulled["noise"] = linear.noise * q
    for name in MODEL_SIDE:
        if name in trace:
            side = cells.side(name)
            trace[name] = normal.learned_of(name)
            seen = linear.design[:, side] @ (normal.across[side] @ q)
            pulled[name] = linear.at.variance[name] * seen
    moved = np.column_stack([pulled[name] for name in names])
    gradient = 0.5 * (moved.T @ q - np.array([trace[name] for name in names]))
    return gradient, 0.5 * moved.T @ normal.project(moved)


def learned(normal: Normal) -> tuple[dict[str, float], dict[str, float], float]:
    """Take a damped step of average information in the logarithms of variances and lengths.

    The lengths, and the variance of the slopes, have a log-normal prior around where they start:
    a few dozen scores say little about them.

    Returns
    -------
    variances, lengths, largest change that the likelihood asks for
    """
    at = normal.linear.at
    gradient, information = score_and_information(normal)
    old = np.array([*(at.variance[name] for name in LEARNED), *at.length.values()])
    start = np.array([*(START[name] for name in LEARNED), *(LENGTHS[name] for name in at.length)])
    known = [name != "slope" for name in LEARNED] + [False] * len(at.length)
    prior = np.where(known, 0.0, PRIOR_SPREAD**-2)
    gradient -= prior * np.log(old / start)
    curvature = information + np.diag(prior + 0.5 + 0.5 * np.abs(gradient))
    step = np.clip(np.linalg.solve(curvature, gradient), -1.5, 1.5)
    new = np.maximum(old * np.exp(step), SMALLEST)
    largest = float(np.max(np.abs(np.log(new / old)) * (np.abs(gradient) > 0.5)))
    found = dict(zip((*LEARNED, *at.length), new.tolist(), strict=True))
    variance = dict(at.variance) | {name: found[name] for name in LEARNED}
    return variance, {name: found[name] for name in at.length}, largest


def update(normal: Normal, *, share: float) -> tuple[State, float]:
    """Take a Gauss-Newton step of every parameter; also return the largest change.

    The change is that of a capability in standard errors as its own cells alone have them: a model
    with nothing but zeros has hardly a value, and drifts for ever.
    """
    linear, cells, at = normal.linear, normal.linear.cells, normal.linear.at
    theta = normal.solve(normal.across @ linear.whiten(linear.z[:, None]))[:, 0]
    pull = linear.whiten((linear.z - linear.design @ theta)[:, None])[:, 0]
    variance, centre = at.variance, at.centre
    capability = centre["capability"] + theta[: cells.n_models]
    sums = np.zeros((2, cells.n_benchmarks))
    np.add.at(sums[0], cells.benchmark, linear.jd * pull)
    np.add.at(sums[1], cells.benchmark, linear.ja * pull)
    difficulty = centre["difficulty"] + variance["difficulty"] * sums[0]
    log_slope = centre["slope"] + theta[-1] * at.off_centre + variance["slope"] * sums[1]
    latent = theta[cells.n_models + len(cells.pairs) + cells.group]
    for b in range(cells.n_benchmarks):
        i = slice(cells.start[b], cells.start[b + 1])
        for name in LATENT:
            m = cells.model[i]
            source = linear.h[i] * pull[i]
            latent[i] += variance[name] * (latent_kernel(cells, at.length, name, m, m) @ source)

    def moved(old: FloatArray, new: FloatArray, most: float) -> FloatArray:
        out: FloatArray = old + np.clip(share * (new - old), -most, most)
        return out

    state = State(
        capability=moved(at.capability, capability, 1.0),
        difficulty=moved(at.difficulty, difficulty, 1.0),
        log_slope=np.clip(moved(at.log_slope, log_slope, 0.5), -3.0, 3.0),
        latent=moved(at.latent, latent, 1.5),
        length=at.length,
        tilt=at.tilt + share * (float(theta[-1]) - at.tilt),
        centre=at.centre,
        variance=dict(at.variance),
    )
    information = np.bincount(cells.model, linear.jc**2 / linear.noise, cells.n_models)
    change = float(np.max(np.abs(state.capability - at.capability) * np.sqrt(information)))
    return state, change


def fit(cells: Layout, start: State, *, learn: bool = True) -> tuple[Layout, State, int, float]:
    """Alternate Gauss-Newton steps and steps of the variances until neither moves.

    The capabilities at which the process is evaluated follow the fit.

    Returns
    -------
    Layout, State, number of iterations, largest last change of a capability in standard errors
    """
    if learn and len(cells.model) > MOST_LEARNED:
        variance, length = _learned_on_a_sample(cells, start)
        start = replace(start, variance=variance, length=length)
        learn = False
    state, settled, share = start, not learn, 0.8
    change = np.inf
    for iteration in range(1, ITERATIONS + 1):
        before = change
        normal = Normal(Linearised(cells, state, keep_kernels=not settled))
        variance, length = state.variance, state.length
        if not settled:
            variance, length, moved = learned(normal)
            settled = (moved < SETTLED and iteration >= 4) or iteration >= LEARNING
        state, change = update(normal, share=share)
        state = replace(state, variance=variance, length=length)
        cells = at_capability(cells, 0.5 * (cells.position + state.capability))
        # A step that is not clearly smaller than the last one overshoots: saturated scores bend.
        if change > 0.7 * before:
            share = max(0.6 * share, LEAST_SHARE)
        if settled and change < CHANGE * max(share, 0.4):
            return cells, state, iteration, change
    return cells, state, ITERATIONS, change


def _learned_on_a_sample(cells: Layout, start: State) -> tuple[dict[str, float], dict[str, float]]:
    """Learn variances and lengths on random models, a sample that is quick to fit."""
    order = np.random.default_rng(0).permutation(cells.n_models)
    reach = np.cumsum(np.bincount(cells.model, minlength=cells.n_models)[order])
    chosen = np.zeros(cells.n_models, dtype=bool)
    chosen[order[: int(np.searchsorted(reach, MOST_LEARNED))]] = True
    sample, kept = cells.among(chosen)
    begin = replace(start, capability=start.capability[chosen], latent=start.latent[kept])
    _, state, _, _ = fit(sample, begin)
    return state.variance, state.length


def draw(normal: Normal, n_draws: int, seed: int) -> FloatArray:
    """Draws of the model-side unknowns around their posterior mean, float64 (n_draws, n_columns).

    Batches of fixed size have seeds of their own, so the first draws do not depend on the number.
    """
    out = np.empty((n_draws, normal.linear.cells.n_columns))
    for first in range(0, n_draws, BATCH):
        rng = np.random.default_rng([seed, first])
        part = _deviations(normal, rng)
        out[first : first + BATCH] = part.T[: n_draws - first]
    return out


def _deviations(normal: Normal, rng: np.random.Generator) -> FloatArray:
    """Draws of N(0, A^-1): one batch of columns."""
    cells, linear = normal.linear.cells, normal.linear
    if normal.way == "unknowns":
        noise = rng.standard_normal((cells.n_columns, BATCH))
        from scipy.linalg import solve_triangular

        out: FloatArray = solve_triangular(
            normal.factor[0], noise, lower=True, trans="T", check_finite=False
        )
        return out
    # X' V^-1 e + D^(1/2) e has covariance A when e ~ N(0, V) on the left.
    right = np.sqrt(normal.precision)[:, None] * rng.standard_normal((cells.n_columns, BATCH))
    whitened = np.empty((len(cells.model), BATCH))
    for b, inverse in enumerate(linear.inverse):
        i = slice(cells.start[b], cells.start[b + 1])
        whitened[i] = np.linalg.cholesky(inverse) @ rng.standard_normal((len(inverse), BATCH))
    return normal.solve(right + normal.across @ whitened)


def benchmark_draws(
    normal: Normal, deviations: FloatArray, seed: int
) -> tuple[FloatArray, FloatArray]:
    """Draws of difficulty and log slope, given deviations of the model-side unknowns.

    Returns
    -------
    difficulty, log_slope : float64 (n_draws, n_benchmarks)
        As deviations from the posterior mean.
    """
    linear, cells = normal.linear, normal.linear.cells
    rng = np.random.default_rng([seed, 1, len(deviations)])
    prior = np.array([linear.at.variance["difficulty"], linear.at.variance["slope"]])
    out = np.empty((2, len(deviations), cells.n_benchmarks))
    columns = np.ascontiguousarray(deviations.T)
    for b, inverse in enumerate(linear.inverse):
        i = slice(cells.start[b], cells.start[b + 1])
        jacobian = np.column_stack([linear.jd[i], linear.ja[i]]) * prior
        gain = inverse @ jacobian
        covariance = np.diag(prior) - jacobian.T @ gain
        size, axes = np.linalg.eigh(0.5 * (covariance + covariance.T))
        root = axes * np.sqrt(np.maximum(size, 0.0))
        pushed = linear.design[i] @ columns
        own = root @ rng.standard_normal((2, len(deviations)))
        out[:, :, b] = own - gain.T @ pushed
        out[1, :, b] += linear.at.off_centre[b] * deviations[:, -1]
    return out[0], out[1]
