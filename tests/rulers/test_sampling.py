"""The sampling error of scores."""

import numpy as np
import polars as pl
import pytest

import headway
from headway.dataset import Dataset
from headway.rulers.scores.observations import observe
from headway.rulers.scores.sampling import sampling_errors


def data_of(scores: pl.DataFrame, **facts: list[object]) -> Dataset:
    benchmarks = pl.DataFrame({"benchmark": scores["benchmark"].unique().sort()} | facts)
    return Dataset.from_frames(scores=scores, benchmarks=benchmarks, recorded_on="2026-01-01")


def binomial(share: float, n: int) -> float:
    smoothed = (share * n + 0.5) / (n + 1)
    return float(np.sqrt(smoothed * (1 - smoothed) / n))


def test_binomial_error_is_that_of_the_raw_share() -> None:
    scores = pl.DataFrame({"model": ["a", "b", "c"], "benchmark": "x", "score": [0.25, 0.6, 1.0]})
    data = data_of(scores, chance=[0.25], ceiling=[1.0], n_items=[80])
    errors, notes = sampling_errors(data, observe(data))
    assert errors == pytest.approx([binomial(s, 80) / 0.75 for s in (0.25, 0.6, 1.0)], abs=1e-12)
    assert notes == ()


def test_percent_and_points_are_told_apart() -> None:
    scores = pl.DataFrame({"model": ["a", "a"], "benchmark": ["p", "q"], "score": [40.0, 4.0]})
    data = data_of(scores, chance=[0.0, 0.0], ceiling=[100.0, 10.0], n_items=[50, 50])
    errors, notes = sampling_errors(data, observe(data))
    # A judge's points from 0 to 10 are no share of items solved.
    assert errors == pytest.approx([binomial(0.4, 50), 0.0], abs=1e-12)
    assert notes == ("q: number of items unknown, so no sampling noise.",)


def test_fewer_items_behind_a_score_count() -> None:
    scores = pl.DataFrame(
        {"model": ["a", "b"], "benchmark": "x", "score": [0.5, 0.5], "n": [20, 900]}
    )
    data = data_of(scores, chance=[0.0], ceiling=[1.0], n_items=[100])
    errors, _ = sampling_errors(data, observe(data))
    # More attempts than items are attempts at the same items.
    assert errors == pytest.approx([binomial(0.5, 20), binomial(0.5, 100)], abs=1e-12)


@pytest.mark.parametrize(("scale", "divisor"), [("raw", 0.8), ("normalised", 1.0)])
def test_a_reported_error_is_in_the_unit_of_its_score(scale: str, divisor: float) -> None:
    scores = pl.DataFrame(
        {"model": ["a"], "benchmark": ["x"], "score": [0.5], "stderr": [0.04], "scale": [scale]}
    )
    data = data_of(scores, chance=[0.2], ceiling=[1.0], n_items=[10])
    errors, _ = sampling_errors(data, observe(data))
    assert errors == pytest.approx([0.04 / divisor], abs=1e-12)


def test_the_error_is_that_of_the_score_chosen() -> None:
    scores = pl.DataFrame(
        {
            "model": "a",
            "benchmark": "x",
            "variant": ["low", "high"],
            "score": [0.3, 0.6],
            "stderr": [0.01, 0.05],
        }
    )
    data = data_of(scores, chance=[0.0], ceiling=[1.0], n_items=[100])
    best, _ = sampling_errors(data, observe(data), "best")
    mean, _ = sampling_errors(data, observe(data, duplicates="mean"), "mean")
    assert best == pytest.approx([0.05], abs=1e-12)
    assert mean == pytest.approx([np.hypot(0.01, 0.05) / 2], abs=1e-12)


def test_a_benchmark_without_any_error_has_no_draws() -> None:
    scores = pl.DataFrame({"model": ["a", "b"], "benchmark": "x", "score": [0.3, 0.6]})
    data = data_of(scores, chance=[0.0], ceiling=[1.0])
    scale = headway.rulers.single("x").fit(data)
    assert scale.capability.n_draws == 0
    assert scale.table["low"].null_count() == 2
    assert scale.notes == ("x: number of items unknown, so no sampling noise.",)
