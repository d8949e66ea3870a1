r"""Whether abilities differ at all, and what is known of them where that is in doubt.

The usual scale has the spread of the abilities for its unit. Where they hardly differ, or two or
three models alone would fix it, that unit is noise: divided by it, two models at 60 and 61 of 100
are as far apart as two at 10 and 90. Then abilities are in logits on a question of slope 1, and
their spread is one more unknown with a posterior of its own.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from headway.draws import FloatArray
from headway.rulers.alike import numbered
from headway.rulers.responses.parts import Part
from headway.shortly import of_fields

Ints = NDArray[np.int64]

LEAST_TAKERS = 4
"""Fewer than these fix a scale of their own spread by themselves."""
FEW_FOR_A_UNIT = 10
"""With fewer, the spread is known so poorly that intervals cover less than they say."""
DISTINGUISHABLE = 0.05
"""Up to this chance of the differences seen, where there are none, abilities differ."""
SETTLED = 0.001
"""Up to this one their spread serves as the unit."""
WHOLE = 300
_WIDEST = 1.0
_GRID = 400


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class Contrasts:
    """What one part says of takers without a model; see the kernel."""

    excess: FloatArray
    covariance: FloatArray
    marks: NDArray[np.uint64]

    __repr__ = of_fields


def contrasts(part: Part) -> Contrasts:
    """Compare every taker with all takers of the same questions."""
    from headway.rulers.kernels import item_contrasts as kernel

    excess, covariance, marks = kernel.contrasts(
        part.start, part.taker, part.code, part.trials, part.success, part.n_takers,
        part.n_takers <= WHOLE,
    )  # fmt: skip
    return Contrasts(excess=excess, covariance=covariance, marks=marks)


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    r"""How sure it is that abilities differ.

    The statistic of Cochran's test for related shares,

    .. math:: Q = u^\top C^{+} u

    with u the takers' excess successes over the shares of all on the same questions, and C their
    covariance where takers are exchangeable; for more than 300 takers the sum of
    :math:`u_m^2 / C_{mm}`, times (M - 1) / M. Questions may differ in every way.

    Parameters
    ----------
    statistic, degrees
        Q and its degrees of freedom.
    p
        Chance of Q or more where abilities are equal, by the chi-squared distribution.
    n_takers
        Takers.
    """

    statistic: float
    degrees: int
    p: float
    n_takers: int

    @property
    def distinguishable(self) -> bool:
        """Whether the spread of abilities is distinguishable from zero."""
        return self.p <= DISTINGUISHABLE

    @property
    def settled(self) -> bool:
        """Whether that spread can be the unit of the scale."""
        return self.p <= SETTLED and self.n_takers >= LEAST_TAKERS


def difference(found: Sequence[Contrasts]) -> Difference:
    """Test over all parts that abilities are equal.

    References
    ----------
    Cochran, Biometrika 37 (1950), 256-266.
    """
    from scipy.stats import chi2

    excess = sum((part.excess for part in found[1:]), found[0].excess)
    covariance = sum((part.covariance for part in found[1:]), found[0].covariance)
    n = len(excess)
    if len(covariance) == n:
        values, axes = np.linalg.eigh(covariance)
        there = values > 1e-9 * max(float(values[-1]), 1e-300)
        statistic = float(((axes.T @ excess)[there] ** 2 / values[there]).sum())
        degrees = int(there.sum())
    else:
        there = covariance[0] > 0
        statistic = float((excess[there] ** 2 / covariance[0, there]).sum() * (n - 1) / n)
        degrees = max(int(there.sum()) - 1, 0)
    p = float(chi2.sf(statistic, degrees)) if degrees else 1.0
    return Difference(statistic=statistic, degrees=degrees, p=p, n_takers=n)


def alike(found: Sequence[Contrasts]) -> Ints:
    """Number the classes of takers with the same answers to the same questions."""
    return numbered(
        tuple(row.tobytes() for row in marks)
        for marks in zip(*(p.marks for p in found), strict=True)
    )


@dataclass(frozen=True, eq=False)
class UnknownSpread:
    r"""Abilities in logits, their spread integrated over.

    With l(θ) the likelihood as a normal distribution, precision L and L θ = h, and abilities
    N(0, σ²) around their mean, the posterior at a spread σ is normal with

    .. math:: (L + \sigma^{-2})^{-1} h, \qquad (L + \sigma^{-2})^{-1},

    and that of σ is proportional to its prior, the half of N(0, 1), times

    .. math:: |1 + \sigma^2 L|^{-1/2} \exp \tfrac12 h^\top (L + \sigma^{-2})^{-1} h .

    All of it within the directions in which the abilities' mean stays.

    Parameters
    ----------
    mean : float64 (n_takers,)
        Posterior mean where the spread is 1.
    precision : float64 (n_takers, n_takers)
        Posterior precision there.
    """

    mean: FloatArray
    precision: FloatArray

    __repr__ = of_fields

    @cached_property
    def _axes(self) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Directions (n_takers, n - 1), the likelihood's precision along them, and h."""
        n = len(self.mean)
        inner = np.linalg.qr(np.column_stack([np.ones(n), np.eye(n)[:, 1:]]))[0][:, 1:]
        values, vectors = np.linalg.eigh(inner.T @ self.precision @ inner)
        axes = inner @ vectors
        return axes, np.maximum(values - 1, 0.0), values * (axes.T @ self.mean)

    @cached_property
    def _spreads(self) -> tuple[FloatArray, FloatArray]:
        """A grid of spreads, and their posterior weights."""
        _, own, h = self._axes
        spread = np.linspace(0, 4 * _WIDEST, _GRID + 1)[1:] - 2 * _WIDEST / _GRID
        square = spread[:, None] ** 2
        log = -0.5 * (spread / _WIDEST) ** 2 - 0.5 * np.log1p(square * own).sum(axis=1)
        log += 0.5 * (h**2 * square / (1 + square * own)).sum(axis=1)
        weight = np.exp(log - log.max())
        return spread, weight / weight.sum()

    def _along(self, spread: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Mean and variance along the directions at some spreads, (n, n_takers - 1)."""
        _, own, h = self._axes
        square = spread[:, None] ** 2
        variance = square / (1 + square * own)
        return h * variance, variance

    @property
    def estimate(self) -> FloatArray:
        """Posterior means, (n_takers,)."""
        spread, weight = self._spreads
        out: FloatArray = self._axes[0] @ (weight @ self._along(spread)[0])
        return out

    @property
    def stderr(self) -> FloatArray:
        """Posterior standard deviations, (n_takers,)."""
        spread, weight = self._spreads
        mean, variance = self._along(spread)
        axes = self._axes[0]
        centred = (mean - weight @ mean) @ axes.T
        out: FloatArray = np.sqrt(axes**2 @ (weight @ variance) + weight @ centred**2)
        return out

    @property
    def spread(self) -> float:
        """Posterior mean of the spread."""
        spread, weight = self._spreads
        return float(spread @ weight)

    def deviations(self, n_draws: int, rng: np.random.Generator) -> FloatArray:
        """Draw abilities minus their estimates, (n_draws, n_takers)."""
        spread, weight = self._spreads
        mean, variance = self._along(rng.choice(spread, size=n_draws, p=weight))
        drawn = mean + np.sqrt(variance) * rng.standard_normal(mean.shape)
        out: FloatArray = drawn @ self._axes[0].T - self.estimate
        return out
