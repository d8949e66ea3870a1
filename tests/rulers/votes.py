"""Votes with a known truth, and the published tables that the ruler has to meet."""

import numpy as np
import polars as pl

from headway.dataset import Dataset
from headway.rulers.scale import Scale

POINTS = 400 / np.log(10)

# Home team, away team, games won by either: American League East, 1987. Agresti, Categorical Data
# Analysis, second edition (2002), pages 437-438.
TEAMS = ("Milwaukee", "Detroit", "Toronto", "New York", "Boston", "Cleveland", "Baltimore")
BASEBALL = {
    "Milwaukee": [None, (4, 3), (4, 2), (4, 3), (6, 1), (4, 2), (6, 0)],
    "Detroit": [(3, 3), None, (4, 2), (4, 3), (6, 0), (6, 1), (4, 3)],
    "Toronto": [(2, 5), (4, 3), None, (2, 4), (4, 3), (4, 2), (6, 0)],
    "New York": [(3, 3), (5, 1), (2, 5), None, (4, 3), (4, 2), (6, 1)],
    "Boston": [(5, 1), (2, 5), (3, 3), (4, 2), None, (5, 2), (6, 0)],
    "Cleveland": [(2, 5), (3, 3), (3, 4), (4, 3), (4, 2), None, (2, 4)],
    "Baltimore": [(2, 5), (1, 5), (1, 6), (2, 4), (1, 6), (3, 4), None],
}
# Citations between journals of statistics, 1987-1989: Stigler, Statistical Science 9 (1994),
# 94-108, as in Agresti, page 448. A citation counts for the journal that is cited.
CITATIONS = {
    ("Biometrika", "Comm Statist"): (730, 33),
    ("Biometrika", "JASA"): (498, 320),
    ("Biometrika", "JRSS-B"): (221, 284),
    ("Comm Statist", "JASA"): (68, 813),
    ("Comm Statist", "JRSS-B"): (17, 276),
    ("JASA", "JRSS-B"): (142, 325),
}


def frame(rows: list[tuple[str, str, str]]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=["model_a", "model_b", "outcome"], orient="row")


def baseball() -> Dataset:
    rows: list[tuple[str, str, str]] = []
    for home, games in BASEBALL.items():
        for away, result in zip(TEAMS, games, strict=True):
            if result is not None:
                rows += [(home, away, "a")] * result[0] + [(home, away, "b")] * result[1]
    return dataset(frame(rows))


def citations() -> Dataset:
    rows: list[tuple[str, str, str]] = []
    for (one, other), (of_one, of_other) in CITATIONS.items():
        rows += [(one, other, "a")] * of_one + [(one, other, "b")] * of_other
    return dataset(frame(rows))


def dataset(votes: pl.DataFrame, **frames: pl.DataFrame) -> Dataset:
    """A dataset with these votes; ids are given to votes that have none."""
    if "vote" not in votes.columns:
        votes = votes.with_columns(vote=pl.format("v{}", pl.int_range(pl.len())))
    scores = pl.DataFrame({"model": ["a-model-with-a-score"], "benchmark": ["x"], "score": [0.5]})
    if "models" in frames:
        scores = scores.with_columns(model=pl.lit(frames["models"]["model"][0]))
    return Dataset.from_frames(scores=scores, votes=votes, recorded_on="2026-01-01", **frames)


def simulated(
    *,
    models: int = 8,
    votes: int = 2000,
    ties: float = 0.25,
    spread: float = 0.8,
    seed: int = 0,
) -> tuple[pl.DataFrame, np.ndarray]:
    """Votes between random pairs, and the strengths in logits (mean 0), by rising strength.

    The tie is drawn first, so the mean outcome of a vote is ``ties / 2 + (1 - ties) p`` and the
    model of half wins holds for strengths whose p it is: these are returned.
    """
    rng = np.random.default_rng(seed)
    strength = np.linspace(-spread, spread, models)
    first = rng.integers(0, models, votes)
    second = (first + rng.integers(1, models, votes)) % models
    table = outcomes(strength[first] - strength[second], ties, rng)
    names = [f"m{k:02d}" for k in range(models)]
    made = pl.DataFrame(
        {
            "model_a": [names[k] for k in first],
            "model_b": [names[k] for k in second],
            "outcome": table,
        }
    )
    return made, strength - strength.mean()


def outcomes(distance: np.ndarray, ties: float, rng: np.random.Generator) -> list[str]:
    """Outcomes whose mean, a tie as half, is exactly the logistic of the distance.

    A tie takes the same from either side, as far as the weaker side has anything to give.
    """
    p = 1 / (1 + np.exp(-distance))
    tie = np.minimum(ties, 2 * np.minimum(p, 1 - p))
    u = rng.random(len(p))
    return np.where(u < p - tie / 2, "a", np.where(u < p + tie / 2, "tie", "b")).tolist()


def same(one: Scale, two: Scale, tolerance: float = 1e-10) -> None:
    assert one.models == two.models
    for name in ("estimate", "low", "high"):
        # Points are some 200 times logits.
        difference = np.abs(getattr(one, name) - getattr(two, name))
        assert np.nanmax(difference) < tolerance * 1000
