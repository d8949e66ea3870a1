"""Quadrature rules of the item fit, and which question or ability needs which."""

from collections.abc import Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from headway.draws import FloatArray
from headway.rulers.responses.passes import Options, Totals, effective

Model = Literal["1pl", "2pl"]
Ints = NDArray[np.int64]

# Effective answers (4 n r (1 - r) for n answers with a share r right) from which a narrower rule
# is enough.
_ABILITY_RULES = ((1000.0, 1), (150.0, 3), (40.0, 5), (15.0, 9), (-1.0, 15))
ITERATED = ((60.0, 1), (12.0, 2), (-1.0, 3))
REPORTED = ((1000.0, 1), (200.0, 2), (-1.0, 3))


def options_of(model: Model, prior: tuple[float, float, float, float]) -> Options:
    """Return what the passes need: priors, and the questions' quadrature rules by number."""
    free = model == "2pl"
    rules = [_product(1), _hexagon(), _product(5), _product(9)] if free else []
    if not free:
        for n in (1, 3, 5, 9):
            z, weight = normal_rule(n)
            rules.append((np.column_stack([np.zeros(n), z]), weight))
    z = np.vstack([points for points, _ in rules])
    weight = np.concatenate([weights for _, weights in rules])
    start = np.concatenate([[0], np.cumsum([len(weights) for _, weights in rules])])
    return Options(
        prior=np.array([prior[0], prior[1] ** -2.0, prior[2], prior[3] ** -2.0]),
        free_slope=free,
        rule_start=start.astype(np.int64),
        rule_z=z,
        rule_log_weight=np.log(weight) + 0.5 * (z**2).sum(axis=1),
    )


def normal_rule(n: int) -> tuple[FloatArray, FloatArray]:
    """Gauss-Hermite points and weights for the standard normal distribution."""
    z, weight = np.polynomial.hermite_e.hermegauss(n)
    return z, weight / weight.sum()


def _product(n: int) -> tuple[FloatArray, FloatArray]:
    z, weight = normal_rule(n)
    first, second = np.meshgrid(z, z, indexing="ij")
    return np.column_stack([first.ravel(), second.ravel()]), np.outer(weight, weight).ravel()


def _hexagon() -> tuple[FloatArray, FloatArray]:
    """Seven points of degree five for the normal distribution in the plane (Radon 1948)."""
    angle = np.arange(6) * np.pi / 3
    ring = 2.0 * np.column_stack([np.cos(angle), np.sin(angle)])
    return np.vstack([[0.0, 0.0], ring]), np.array([1 / 2, *[1 / 12] * 6])


def choose(part: Totals, rules: Sequence[tuple[float, int]]) -> FloatArray:
    """Return the number of the quadrature rule of every question."""
    answers = effective(part.item_trials, part.item_score)
    out = np.zeros(len(answers))
    for least, rule in reversed(rules):
        out[answers >= least] = rule
    return out


def ability_sizes(trials: FloatArray, score: FloatArray) -> Ints:
    """Return how many nodes every ability gets: an odd number, so that the mean is one."""
    answers = effective(trials, score)
    out = np.zeros(len(answers), dtype=np.int64)
    for least, size in reversed(_ABILITY_RULES):
        out[answers >= least] = size
    return out
