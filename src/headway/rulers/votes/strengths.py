"""Bradley-Terry strengths: maximum likelihood, sandwich covariance, bootstrap; in logits."""

import os
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from headway.draws import FloatArray
from headway.errors import NotConverged, NotIdentified
from headway.progress import Progress
from headway.rulers.votes.comparisons import Comparisons
from headway.shortly import of_fields

TOLERANCE = 1e-10
MOST_STEPS = 200
LONGEST_STEP = 3.0
FARTHEST = 30.0
FALLBACK_RIDGE = 0.1
_SLOW = 60
_DRAWS_AT_ONCE = 20
_SINGULAR = 1e-12
_SLACK = 1e-10


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class Optimum:
    """The maximum of a likelihood.

    Parameters
    ----------
    theta : float64 (n_parameters,)
        Strengths (mean 0), effects of the covariates, and log nu where ties have one.
    log_likelihood
        At the maximum, without the prior.
    gradient
        Largest entry of the gradient, in votes.
    steps
        Newton steps taken.
    """

    theta: FloatArray
    log_likelihood: float
    gradient: float
    steps: int

    __repr__ = of_fields


class Strengths:
    r"""The likelihood of votes, with an optional normal prior on the strengths.

    Maximised is

    .. math:: \ell(s, \beta) - \tfrac{\lambda}{2} \sum_m (s_m - \mu_m)^2

    with a prior mean of 0. The prior counts as one more observation: its mean is drawn anew in
    every draw, and it enters the sandwich by its expectation.

    Parameters
    ----------
    cells
        The votes.
    davidson
        Whether a tie is an outcome with a parameter of its own, or half a win for both.
    ridge
        lambda, the precision of the prior; 0 for none.
    one_way : bool (n_cells,)
        Cells between models that the votes do not bound from both sides. Their residuals vanish
        by construction and say nothing about noise: they vary as under the fitted model, and in
        the bootstrap the share of the side that never won is drawn from its Jeffreys posterior.
    thin : bool (n_cells,)
        Cells of models with so few votes that these say little about their own noise: without
        clusters they vary as under the fitted model, with the share of ties of all votes.
    """

    def __init__(
        self,
        cells: Comparisons,
        *,
        davidson: bool,
        ridge: float,
        one_way: NDArray[np.bool_],
        thin: NDArray[np.bool_],
    ) -> None:
        self.cells = cells
        self.ridge = ridge
        self.one_way = one_way
        self.thin = thin & ~one_way if cells.cluster is None else np.zeros_like(thin)
        # As if each outcome had been seen once more: never certain.
        self.tie_share = (float(cells.counts[:, 2].sum()) + 1) / (cells.votes + 3)
        self.models = len(cells.models)
        self.size = self.models + cells.design.shape[1] + int(davidson)
        self._flat = np.zeros(self.models)

    def optimum(self) -> Optimum:
        """Maximise by Newton's method.

        Raises
        ------
        NotIdentified
            When the covariates depend on each other or on who was compared.
        NotConverged
            When no maximum is reached.
        """
        self._require_rank()
        found = self._newton(self.cells.counts, self.ridge, self._flat, np.zeros(self.size))
        if found is None:
            raise NotConverged(
                "the strengths have no finite maximum",
                hint="leave out a covariate that decides every vote",
            )
        return found

    def covariance(self, theta: FloatArray) -> FloatArray:
        """Sandwich covariance: bread, summed outer products of the scores, bread.

        With clusters the scores are added up within each cluster first, and the result is
        multiplied by C / (C - 1) for C clusters.
        """
        from headway.rulers.kernels import pairwise

        cells = self.cells
        _, _, information = self._evaluate(cells.counts, theta)
        bread = _inverse(self._bounded(information, self.ridge))
        meat = np.zeros((self.size, self.size))
        shared = cells.cluster is not None
        counts = np.where(self.one_way[:, None], cells.counts, 0.0) if shared else cells.counts
        assumed = np.where(self.one_way, 0.0, np.where(self.thin, self.tie_share, np.nan))
        pairwise.outer_scores(
            cells.first, cells.second, counts, cells.design, theta, self.models, assumed, meat
        )
        if shared:
            meat += self._between_clusters(theta)
        meat[np.diag_indices(self.models)] += self.ridge
        out: FloatArray = bread @ meat @ bread
        return 0.5 * out + 0.5 * out.T

    def normal(self, theta: FloatArray, covariance: FloatArray, n: int, seed: int) -> FloatArray:
        """Draws from the normal distribution of the estimate, one per row."""
        # The covariance has no rank in the direction of all strengths together.
        slack = _SLACK * np.trace(covariance) / self.size
        try:
            root = np.linalg.cholesky(covariance + slack * np.eye(self.size))
        except np.linalg.LinAlgError:
            values, vectors = np.linalg.eigh(covariance)
            root = vectors * np.sqrt(np.clip(values, 0.0, None))
        noise = np.random.default_rng(seed).standard_normal((n, self.size))
        out: FloatArray = theta + noise @ root.T
        return out

    def bootstrap(
        self, theta: FloatArray, n: int, seed: int, workers: int | None, progress: Progress
    ) -> tuple[FloatArray, int]:
        """Refit on votes (or clusters) resampled with replacement, one draw per row.

        The resample of a draw depends on the seed and on the draw's number alone.

        Returns
        -------
        draws : float64 (n, n_parameters)
        bounded
            In how many of them the maximum was infinite, so that a prior was needed.
        """
        from headway.rulers.kernels import compiled_before, pairwise

        out = np.empty((n, self.size))
        _, _, information = self._evaluate(self.cells.counts, theta)
        inverse = _inverse(self._bounded(information, self.ridge))
        resample = _Resample(self, theta)
        if not compiled_before(pairwise.refit):
            progress.stage("Compiling the numerical kernels (once on this machine)")
        progress.stage(f"Fitting {n} draws")

        def run(chunk: range) -> tuple[int, int]:
            bounded = 0
            for k in chunk:
                counts, prior = resample(np.random.default_rng([seed, k]))
                draw = theta.copy()
                step = pairwise.refit(
                    self.cells.first, self.cells.second, counts, self.cells.design, draw,
                    self.models, self.ridge, prior, inverse, TOLERANCE, _SLOW,
                )  # fmt: skip
                if not step <= TOLERANCE:
                    draw, helped = self._carefully(counts, prior, theta)
                    bounded += helped
                out[k] = draw
            return len(chunk), bounded

        done = bounded = 0
        chunks = [range(i, min(i + _DRAWS_AT_ONCE, n)) for i in range(0, n, _DRAWS_AT_ONCE)]
        with ThreadPoolExecutor(workers or os.cpu_count() or 1) as pool:
            try:
                for future in as_completed([pool.submit(run, chunk) for chunk in chunks]):
                    finished, helped = future.result()
                    done, bounded = done + finished, bounded + helped
                    progress.advance(done, n)
            except BaseException:
                pool.shutdown(cancel_futures=True)
                raise
        return out, bounded

    def probabilities(self, theta: FloatArray) -> FloatArray:
        """Chances of the first, the second and a tie in every cell; 0 for ties as half wins."""
        from headway.rulers.kernels import pairwise

        out = np.empty((len(self.cells.first), 3))
        pairwise.predict(
            self.cells.first, self.cells.second, self.cells.design, theta, self.models, out
        )
        return out

    def outcomes(self, theta: FloatArray) -> FloatArray:
        """Chances as :meth:`probabilities`, with the share of ties of all votes for half wins."""
        out = self.probabilities(theta)
        if self.size == self.models + self.cells.design.shape[1]:
            tie = np.minimum(self.tie_share, 2 * out[:, :2].min(axis=1))
            out = np.stack([out[:, 0] - tie / 2, out[:, 1] - tie / 2, tie], axis=1)
        out = np.clip(out, 0.0, None)
        out /= out.sum(axis=1, keepdims=True)
        return out

    def _carefully(
        self, counts: FloatArray, prior: FloatArray, start: FloatArray
    ) -> tuple[FloatArray, int]:
        """Refit from scratch, with a prior where a resample has no finite maximum."""
        for ridge, helped in ((self.ridge, 0), (max(self.ridge, FALLBACK_RIDGE), 1)):
            found = self._newton(counts, ridge, prior, start)
            if found is not None:
                return found.theta, helped
        raise NotConverged(
            "a resample of the votes has no finite maximum, even with a prior",
            hint="use intervals='sandwich', or leave out models and covariates with few votes",
        )

    def _newton(
        self, counts: FloatArray, ridge: float, prior: FloatArray, start: FloatArray
    ) -> Optimum | None:
        theta = start.copy()
        value, gradient, information = self._penalised(counts, theta, ridge, prior)
        for taken in range(MOST_STEPS):
            try:
                step = _solved(self._bounded(information, ridge), gradient)
            except np.linalg.LinAlgError:
                return None
            largest = float(np.abs(step).max())
            if not np.isfinite(largest):
                return None
            if largest > LONGEST_STEP:
                step *= LONGEST_STEP / largest
            for _ in range(40):
                tried = theta + step
                after = self._penalised(counts, tried, ridge, prior)
                # At the optimum the value changes by rounding alone.
                if after[0] >= value - 1e-12 * abs(value):
                    break
                step *= 0.5
            theta, (value, gradient, information) = tried, after
            if np.abs(theta).max() > FARTHEST:
                return None
            if largest <= TOLERANCE:
                penalty = 0.5 * ridge * float(np.sum((theta[: self.models] - prior) ** 2))
                return Optimum(
                    theta=theta,
                    log_likelihood=value + penalty,
                    gradient=float(np.abs(gradient).max()),
                    steps=taken + 1,
                )
        return None

    def _evaluate(
        self, counts: FloatArray, theta: FloatArray
    ) -> tuple[float, FloatArray, FloatArray]:
        from headway.rulers.kernels import pairwise

        gradient = np.empty(self.size)
        information = np.empty((self.size, self.size))
        cells = self.cells
        value = pairwise.evaluate(
            cells.first, cells.second, counts, cells.design, theta, self.models, gradient,
            information,
        )  # fmt: skip
        return float(value), gradient, information

    def _penalised(
        self, counts: FloatArray, theta: FloatArray, ridge: float, prior: FloatArray
    ) -> tuple[float, FloatArray, FloatArray]:
        value, gradient, information = self._evaluate(counts, theta)
        away = theta[: self.models] - prior
        gradient[: self.models] -= ridge * away
        return value - 0.5 * ridge * float(away @ away), gradient, information

    def _bounded(self, information: FloatArray, ridge: float) -> FloatArray:
        """Add the prior, and the direction in which all strengths move together."""
        out = information.copy()
        m = self.models
        out[:m, :m] += np.trace(information[:m, :m]) / m**2
        out[np.diag_indices(m)] += ridge
        return out

    def _require_rank(self) -> None:
        effects = len(self.cells.covariates)
        if not effects:
            return
        _, _, information = self._evaluate(self.cells.counts, np.zeros(self.size))
        whole = self._bounded(information, self.ridge)
        m = self.models
        within = slice(m, m + effects)
        left = whole[within, within] - whole[within, :m] @ np.linalg.solve(
            whole[:m, :m], whole[:m, within]
        )
        share = np.linalg.eigvalsh(left)[0] / np.trace(whole[within, within])
        if not share > _SINGULAR:
            raise NotIdentified(
                f"the effects of {', '.join(self.cells.covariates)} cannot be told apart from each "
                "other or from the strengths",
                hint="leave one covariate out",
            )

    def _between_clusters(self, theta: FloatArray) -> FloatArray:
        from scipy.sparse import csr_array

        cells = self.cells
        cell, counts = cells.cell, np.array(cells.cluster_counts)
        counts[self.one_way[cell]] = 0.0
        n = counts.sum(axis=1)
        chance = self.probabilities(theta)[cell]
        along = counts[:, 0] + 0.5 * counts[:, 2] - n * (chance[:, 0] + 0.5 * chance[:, 2])
        rows: list[Any] = [cells.cluster, cells.cluster]
        columns: list[Any] = [cells.first[cell], cells.second[cell]]
        values: list[Any] = [along, -along]
        for k in range(cells.design.shape[1]):
            rows.append(cells.cluster)
            columns.append(np.full(len(n), self.models + k))
            values.append(along * cells.design[cell, k])
        if self.size > self.models + cells.design.shape[1]:
            rows.append(cells.cluster)
            columns.append(np.full(len(n), self.size - 1))
            values.append(counts[:, 2] - n * chance[:, 2])
        where = (np.concatenate(rows), np.concatenate(columns))
        scores = csr_array((np.concatenate(values), where), shape=(cells.n_clusters, self.size))
        summed: FloatArray = (scores.T @ scores).toarray()
        return summed * cells.n_clusters / (cells.n_clusters - 1)


def _solved(matrix: FloatArray, right: FloatArray) -> FloatArray:
    from scipy.linalg import cho_factor, cho_solve

    out: FloatArray = cho_solve(cho_factor(matrix, lower=True), right)
    return out


def _inverse(matrix: FloatArray) -> FloatArray:
    return np.ascontiguousarray(_solved(matrix, np.eye(len(matrix))))


class _Resample:
    """Counts and prior means of one draw after another."""

    def __init__(self, fit: Strengths, theta: FloatArray) -> None:
        cells = fit.cells
        self._cells = cells
        self._prior = np.inf if fit.ridge == 0 else fit.ridge**-0.5
        self._one_way = np.flatnonzero(fit.one_way)
        self._won = cells.counts[self._one_way, :2]
        # Who is bounded from one side: the model of the cell with fewer votes.
        total = cells.votes_of
        one, other = cells.first[self._one_way], cells.second[self._one_way]
        bounded = np.where(total[one] < total[other], one, other)
        _, self._bounded = np.unique(bounded, return_inverse=True)
        self._bounded_votes = np.bincount(self._bounded, self._won.sum(axis=1))
        self._thin = np.flatnonzero(fit.thin)
        self._thin_votes = np.rint(cells.counts[self._thin].sum(axis=1)).astype(np.int64)
        self._chance = fit.outcomes(theta)[self._thin]
        free = np.where((fit.one_way | fit.thin)[:, None], 0.0, cells.counts).ravel()
        self._filled = np.flatnonzero(free)
        self._number = round(float(free.sum()))
        filled = free[self._filled]
        self._single = bool((filled == 1).all())
        self._share = filled / max(self._number, 1)

    def __call__(self, rng: np.random.Generator) -> tuple[FloatArray, FloatArray]:
        from headway.rulers.kernels import pairwise

        cells = self._cells
        flat = np.zeros(cells.counts.size)
        counts = flat.reshape(-1, 3)
        if cells.cluster is not None and cells.cell is not None:
            n = cells.n_clusters
            weight = np.bincount(rng.integers(0, n, n), minlength=n).astype(np.float64)
            pairwise.reweigh(weight, cells.cluster, cells.cell, cells.cluster_counts, counts)
        elif self._number and self._single:
            drawn = np.bincount(rng.integers(0, self._number, self._number), minlength=self._number)
            flat[self._filled] = drawn
        elif self._number:
            flat[self._filled] = rng.multinomial(self._number, self._share)
        if len(self._thin):
            counts[self._thin] = rng.multinomial(self._thin_votes, self._chance)
        if len(self._one_way):
            share = rng.beta(0.5, self._bounded_votes + 0.5)[self._bounded, None]
            counts[self._one_way, :2] = (1 - share) * self._won + share * self._won[:, ::-1]
            counts[self._one_way, 2] = 0.0
        prior = np.zeros(len(cells.models))
        if np.isfinite(self._prior):
            prior = rng.normal(0.0, self._prior, len(cells.models))
        # Only differences of strengths have a meaning.
        return counts, prior - prior.mean()
