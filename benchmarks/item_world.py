"""Simulated answers to single questions, with the truth and the error that nothing can beat."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
BLOCK = 500


@dataclass(frozen=True)
class World:
    """Two-parameter logistic answers; abilities have mean 0 and standard deviation 1 exactly."""

    ability: Floats
    slope: Floats
    difficulty: Floats
    answers: NDArray[np.int8]
    epochs: int


def world(
    models: int,
    items: int,
    seed: int,
    *,
    missing: float = 0.0,
    one_slope: bool = False,
    difficulty_sd: float = 1.0,
    epochs: int = 1,
) -> World:
    """Simulate; answers are 1, 0, or -1 for missing; of several epochs, how many were right."""
    rng = np.random.default_rng(seed)
    ability = rng.standard_normal(models)
    ability = (ability - ability.mean()) / ability.std()
    slope = np.full(items, 1.3) if one_slope else np.exp(0.5 * rng.standard_normal(items))
    difficulty = difficulty_sd * rng.standard_normal(items)
    answers = np.empty((models, items), dtype=np.int8)
    for first in range(0, items, BLOCK):
        part = slice(first, first + BLOCK)
        right = _share(ability[:, None], slope[part], difficulty[part])
        answers[:, part] = (
            rng.binomial(epochs, right) if epochs > 1 else rng.random(right.shape) < right
        )
        if missing:
            answers[:, part][rng.random(right.shape) < missing] = -1
    return World(ability, slope, difficulty, answers, epochs)


def floor(made: World) -> float:
    """Root mean square error of the abilities with the questions' true parameters known."""
    estimate = made.ability.copy()
    for _ in range(12):
        gradient, curvature = -estimate, np.ones(len(estimate))
        for first in range(0, len(made.slope), BLOCK):
            part = slice(first, first + BLOCK)
            a = made.slope[part]
            p = _share(estimate[:, None], a, made.difficulty[part])
            there = made.answers[:, part] >= 0
            n = np.where(there, made.epochs, 0)
            gradient += (a * np.where(there, made.answers[:, part] - n * p, 0.0)).sum(axis=1)
            curvature += (a * a * n * p * (1 - p)).sum(axis=1)
        step = gradient / curvature
        estimate += step
        if np.abs(step).max() < 1e-8:
            break
    return error(estimate, made.ability)


def error(estimate: Floats, truth: Floats) -> float:
    """Root mean square error, before any rescaling."""
    return float(np.sqrt(np.mean((estimate - truth) ** 2)))


def matched_error(estimate: Floats, truth: Floats) -> float:
    """The same after the estimate is given mean 0 and standard deviation 1."""
    return error((estimate - estimate.mean()) / estimate.std(), truth)


def _share(ability: Floats, slope: Floats, difficulty: Floats) -> Floats:
    out: Floats = 1 / (1 + np.exp(-slope * (ability - difficulty)))
    return out
