"""What an item fit found: abilities, their errors, and the posterior of every question."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from headway.draws import FloatArray
from headway.rulers.alike import shared
from headway.rulers.responses.parts import Taker
from headway.rulers.responses.passes import Options, Totals
from headway.rulers.responses.quadrature import Model
from headway.rulers.responses.spread import Difference, UnknownSpread
from headway.shortly import of_fields


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class ItemFit:
    """A fitted item response model, on the scale of the fit.

    Parameters
    ----------
    mean, sd : float64 (n_takers,)
        Posterior of the abilities, the questions as good as known.
    states
        Posterior of the questions of every part; see :class:`passes.Swept`.
    spread
        Standard deviation of the abilities: 1 with slopes, estimated with one slope for all.
    difference
        How sure it is that abilities differ.
    unknown
        The abilities with their spread integrated over, in logits, where it can be no unit;
        else None.
    alike : int64 (n_takers,)
        Number of the class of takers with the same answers.
    factor : float64 (n_takers, n_takers) or None
        Lower Cholesky factor of the abilities' precision, with what the unknown questions take
        away; None where there are too many takers.
    fixed : float64 (n_fixed, n_takers)
        Orthonormal directions in which the scale itself is fixed.
    totals
        Counts of every part.
    passes, change
        How many passes there were, and the largest change of an ability in the last.
    """

    model: Model
    takers: tuple[Taker, ...]
    mean: FloatArray
    sd: FloatArray
    states: tuple[FloatArray, ...]
    spread: float
    difference: Difference
    unknown: UnknownSpread | None
    alike: NDArray[np.int64]
    factor: FloatArray | None
    fixed: FloatArray
    totals: tuple[Totals, ...]
    options: Options
    passes: int
    change: float

    __repr__ = of_fields

    @property
    def stderr(self) -> FloatArray:
        """Standard errors of the abilities within the fixed scale, (n_takers,)."""
        from scipy.linalg import cho_solve

        if self.unknown is not None or self.factor is None:
            return self.sd
        covariance = cho_solve((self.factor, True), np.eye(len(self.mean)))
        along = covariance @ self.fixed.T
        within = self.fixed @ along
        variance = np.diag(covariance) - 2 * np.einsum("mk,km->m", along, self.fixed)
        variance += np.einsum("km,kl,lm->m", self.fixed, within, self.fixed)
        return shared(np.sqrt(np.maximum(variance, 0.0)), self.alike)

    def deviations(self, n_draws: int, seed: int, *, stream: int = 0) -> FloatArray:
        """Draw the abilities' errors, (n_draws, n_takers), within the fixed scale."""
        from scipy.linalg import solve_triangular

        rng = np.random.default_rng([seed, stream])
        if self.unknown is not None:
            return self.unknown.deviations(n_draws, rng)
        noise = rng.standard_normal((n_draws, len(self.mean)))
        if self.factor is None:
            out = noise * self.sd
        else:
            out = solve_triangular(self.factor, noise.T, lower=True, trans="T").T
        drawn: FloatArray = out - (out @ self.fixed.T) @ self.fixed
        return drawn
