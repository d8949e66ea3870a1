"""Intervals of strengths hold the truth as often as they say."""

import numpy as np
import polars as pl
import pytest

import headway
from headway.rulers.votes.ruler import PairwiseRuler
from tests.rulers.votes import POINTS, simulated


def coverage(worlds: int, *, each: int = 1, **options: object) -> float:
    data = headway.load()
    ruler = PairwiseRuler(**options)  # type: ignore[arg-type]
    held = []
    for seed in range(worlds):
        votes, truth = simulated(models=8, votes=600, ties=0.25, seed=seed)
        votes = votes.with_columns(covariates=pl.format('{{"voter":"{}"}}', pl.int_range(pl.len())))
        scale = ruler.fit_votes(data, pl.concat([votes] * each), draws=200, seed=seed)
        true = 1000 + POINTS * truth
        held.append(((scale.low <= true) & (true <= scale.high)).mean())
    return float(np.mean(held))


def test_sandwich_of_votes_that_voters_repeat() -> None:
    """Every vote three times: the plain interval is too narrow, the clustered one is not."""
    # 60 worlds of 8 models: three standard errors are about 5 points.
    assert 0.85 < coverage(60, each=3, cluster="voter") < 0.95
    assert coverage(60, each=3) < 0.75


@pytest.mark.slow
@pytest.mark.parametrize("intervals", ["sandwich", "bootstrap"])
def test_nominal_coverage(intervals: str) -> None:
    assert 0.88 < coverage(400, intervals=intervals) < 0.92
