"""Small worlds with a known truth."""

import datetime as dt
from dataclasses import dataclass

import numpy as np
import polars as pl

from headway.dataset import Dataset

START = dt.date(2023, 1, 1)


@dataclass(frozen=True)
class World:
    data: Dataset
    models: list[str]
    capability: np.ndarray
    difficulty: np.ndarray
    slope: np.ndarray


def logistic_world(
    *, models: int = 30, benchmarks: int = 12, noise: float = 0.0, seed: int = 0, share: float = 0.7
) -> World:
    """Models m00, m01, ... by rising capability; half of the cells missing at random."""
    rng = np.random.default_rng(seed)
    capability = np.linspace(-2.0, 3.0, models)
    difficulty = np.linspace(-2.0, 3.0, benchmarks)
    slope = np.exp(rng.normal(0.0, 0.3, benchmarks))
    slope[0] = 1.0
    rows = []
    for m in range(models):
        for b in range(benchmarks):
            if rng.random() < share or b in (m % benchmarks, (m + 1) % benchmarks, 0):
                f = 1 / (1 + np.exp(-slope[b] * (capability[m] - difficulty[b])))
                score = float(np.clip(f + noise * rng.standard_normal(), 0.0, 1.0))
                rows.append((f"m{m:02d}", f"b{b:02d}", score))
    scores = pl.DataFrame(rows, schema=["model", "benchmark", "score"], orient="row")
    return World(
        data=Dataset.from_frames(scores=scores, recorded_on="2026-01-01"),
        models=[f"m{m:02d}" for m in range(models)],
        capability=capability,
        difficulty=difficulty,
        slope=slope,
    )


def race_world(
    *, lag_months: float, noise: float = 0.02, seed: int = 0, spacing_days: int = 45
) -> tuple[Dataset, pl.DataFrame]:
    """Two countries on the same straight road, XB a fixed time behind XA.

    Returns the dataset and the true capabilities by model.
    """
    rng = np.random.default_rng(seed)
    days = 30.4375 * lag_months
    facts, truths = [], []
    for country, delay in (("US", 0.0), ("CN", days)):
        for k in range(26):
            day = k * spacing_days
            released = START + dt.timedelta(days=round(day + delay))
            if (released - START).days > 26 * spacing_days:
                continue
            truths.append((f"{country.lower()}{k:02d}", 0.15 * k - 2.0))
            facts.append((truths[-1][0], country, released, released, released))
    models = pl.DataFrame(
        facts,
        schema=["model", "country", "listed_on", "announced_on", "available_on"],
        orient="row",
    )
    difficulty = np.linspace(-2.5, 2.5, 16)
    slope = np.exp(rng.normal(0.0, 0.2, 16))
    rows = []
    for model, c in truths:
        for b in range(16):
            f = 1 / (1 + np.exp(-slope[b] * (c - difficulty[b])))
            score = float(np.clip(f + noise * rng.standard_normal(), 0.0, 1.0))
            rows.append((model, f"b{b:02d}", score))
    scores = pl.DataFrame(rows, schema=["model", "benchmark", "score"], orient="row")
    data = Dataset.from_frames(models=models, scores=scores, recorded_on="2026-03-16")
    return data, pl.DataFrame(truths, schema=["model", "capability"], orient="row")
