"""Simulated answers to single questions, and the five questions of the law school test."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from headway.dataset import Dataset

# Section 6 of the Law School Admission Test: how often each pattern of five answers occurred
# (Bock and Lieberman, Psychometrika 35, 1970, table 1).
LSAT_6 = {
    "00000": 3, "00001": 6, "00010": 2, "00011": 11, "00100": 1, "00101": 1, "00110": 3,
    "00111": 4, "01000": 1, "01001": 8, "01011": 16, "01101": 3, "01110": 2, "01111": 15,
    "10000": 10, "10001": 29, "10010": 14, "10011": 81, "10100": 3, "10101": 28, "10110": 15,
    "10111": 80, "11000": 16, "11001": 56, "11010": 21, "11011": 173, "11100": 11, "11101": 61,
    "11110": 28, "11111": 298,
}  # fmt: skip


@dataclass(frozen=True)
class ItemWorld:
    """Answers by two-parameter curves; abilities have mean 0 and standard deviation 1."""

    ability: np.ndarray
    slope: np.ndarray
    difficulty: np.ndarray
    answers: np.ndarray
    models: list[str]

    @property
    def frame(self) -> pl.DataFrame:
        """The answers as a table; two benchmarks."""
        return long(self.answers, self.models)


def long(answers: np.ndarray, models: list[str]) -> pl.DataFrame:
    m, j = np.nonzero(answers >= 0)
    half = answers.shape[1] // 2
    return pl.DataFrame(
        {
            "model": np.array(models)[m],
            "benchmark": np.where(j < half, "left", "right"),
            "item": [f"q{k:04d}" for k in j],
            "score": answers[m, j].astype(np.float64),
        }
    )


def item_world(
    models: int = 40, items: int = 120, seed: int = 0, *, missing: float = 0.0, slope: float = 0.0
) -> ItemWorld:
    rng = np.random.default_rng(seed)
    ability = rng.standard_normal(models)
    ability = (ability - ability.mean()) / ability.std()
    slopes = np.full(items, slope) if slope else np.exp(0.5 * rng.standard_normal(items))
    difficulty = 2.0 * rng.standard_normal(items)
    right = 1 / (1 + np.exp(-slopes * (ability[:, None] - difficulty)))
    answers = (rng.random(right.shape) < right).astype(np.int8)
    answers[rng.random(right.shape) < missing] = -1
    names = [f"m{k:03d}" for k in range(models)]
    return ItemWorld(ability, slopes, difficulty, answers, names)


def dataset(responses: pl.DataFrame, **tables: pl.DataFrame) -> Dataset:
    """A dataset of answers, with the share of right ones as scores."""
    keys = [name for name in ("model", "variant", "benchmark") if name in responses.columns]
    scores = responses.group_by(keys).agg(pl.col("score").mean()).sort(keys)
    return Dataset.from_frames(
        scores=scores, responses=responses, recorded_on="2026-01-01", **tables
    )


def lsat() -> tuple[np.ndarray, list[str]]:
    rows = [[int(c) for c in pattern] for pattern, n in LSAT_6.items() for _ in range(n)]
    return np.array(rows, dtype=np.int8), [f"p{k:04d}" for k in range(len(rows))]
