"""What every convention says between two equal groups is 0, or what it states."""

import datetime as dt
from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from benchmarks.null_values import DRAWS, WITHOUT_DRAWS, Key, measured, simulated, splits, world

import headway
from headway.analyses.contest import CONVENTIONS, LagSpec
from headway.analyses.lag import compare
from headway.analyses.null_values import SYMMETRIC, TIES, value_at_equality
from tests.analyses.races import random_race

START = dt.date(2023, 6, 1)


def stated(key: Key) -> float:
    convention, quantity, period, tie = key
    entity = "records" if convention == "trend-records" else "frontier"
    value = value_at_equality(
        convention.removesuffix("-records"), quantity, period, entity=entity, tie=tie
    )
    assert value is not None, key
    return value


def agree(worlds: int, count: int, ties: tuple[float, ...], allowed: float) -> None:
    found = simulated(worlds, count, ties)
    assert {key[0] for key in found} >= set(CONVENTIONS)
    for key, (value, error) in found.items():
        if key[:2] in SYMMETRIC:
            assert value == pytest.approx(0.0, abs=1e-9), key
        else:
            # The table has an error of its own, a fraction of that of a short simulation.
            assert value == pytest.approx(stated(key), abs=allowed * error + 0.05), key


def test_every_convention_says_what_it_states_at_equality() -> None:
    agree(worlds=10, count=1, ties=(0.0, 1.0), allowed=4.5)


@pytest.mark.slow
def test_the_committed_values_at_equality_are_those_of_a_long_simulation() -> None:
    agree(worlds=60, count=3, ties=TIES, allowed=4.0)


@pytest.mark.parametrize("tie", [0.0, 1.0])
def test_the_mean_over_one_order_of_the_groups_is_no_different(tie: float) -> None:
    """Without exchanging the groups, the symmetric means are 0 up to the noise of the splits."""
    values: dict[tuple[str, str], list[float]] = {}
    for seed in range(8):
        scale = world(seed)
        for k, (leader, follower) in enumerate(splits(scale, 3, seed + 100)):
            if k % 2:
                continue
            spec = LagSpec(leader=leader, follower=follower, tie=tie, until=dt.date(2026, 7, 1))
            table = compare(scale, spec, ("daily", "levels", "gap")).table
            for row in table.filter(pl.col("period") == "all").iter_rows(named=True):
                values.setdefault((row["convention"], row["quantity"]), []).append(row["estimate"])
    for key in (("daily", "lag_mean"), ("levels", "lag_mean"), ("gap", "gap_mean")):
        found = np.array(values[key])
        assert abs(found.mean()) < 4 * found.std() / np.sqrt(len(found)), key


@pytest.mark.parametrize("tie", [0.0, 1.0, 2.5])
@pytest.mark.parametrize("seed", range(6))
def test_exchanging_the_groups_negates_what_is_symmetric(seed: int, tie: float) -> None:
    """In every draw, for every period; the smallest becomes the largest."""
    scale = random_race(seed, draws=30, models=40)
    there, back = (
        compare(
            scale,
            LagSpec(leader=leader, follower=follower, tie=tie),
            ("daily", "daily-significant", "levels", "gap"),
        )
        for leader, follower in (("country:US", "country:CN"), ("country:CN", "country:US"))
    )
    for key, draws in there.draws.items():
        convention, period, entity, quantity = key
        other = {"lag_min": "lag_max", "lag_max": "lag_min"}.get(quantity, quantity)
        mirrored = -back.draws[convention, period, entity, other]
        assert np.allclose(draws, mirrored, atol=1e-9, equal_nan=True), key
    counted = [
        result.table.filter(pl.col("quantity") != "lag_min", pl.col("quantity") != "lag_max")
        .select("convention", "period", "quantity", "n", "censored").rows()
        for result in (there, back)
    ]  # fmt: skip
    assert counted[0] == counted[1]


def test_crossings_of_thresholds_are_negated_and_open_ones_counted_on_both_sides() -> None:
    scale = world(3)
    leader, follower = next(splits(scale, 1, 0))
    spec = LagSpec(leader=leader, follower=follower, until=dt.date(2026, 7, 1))
    there = compare(scale, spec, ("thresholds",)).table
    back = compare(scale, replace(spec, leader=follower, follower=leader), ("thresholds",)).table
    assert np.allclose(there["estimate"].fill_null(9), -back["estimate"].fill_null(-9))
    assert there["censored"].to_list() == back["censored"].to_list()
    assert there["n"].to_list() == back["n"].to_list()


def test_the_table_of_a_lag_says_the_value_at_equality_of_its_tie() -> None:
    scale = random_race(1, draws=30, models=40)
    for tie in (0.0, 1.0, 1.2):
        result = compare(scale, LagSpec(tie=tie, trend_starts=(START,)))
        for row in result.table.iter_rows(named=True):
            expected = value_at_equality(
                row["convention"], row["quantity"], row["period"], entity=row["entity"], tie=tie
            )
            assert row["value_at_equality"] == expected
        headlines = [result.headline(name)["value_at_equality"] for name in result.conventions]
        assert None not in headlines
    low, high = (
        value_at_equality("time-to-match", "lag_median", "all", entity="records", tie=tie)
        for tie in (1.0, 1.5)
    )
    between = value_at_equality("time-to-match", "lag_median", "all", entity="records", tie=1.25)
    assert low is not None
    assert high is not None
    assert between == pytest.approx((low + high) / 2)


def test_what_was_not_simulated_is_not_stated() -> None:
    known = {"entity": "records", "tie": 1.0}
    assert value_at_equality("time-to-match", "lag_restricted_mean", "all", **known) is not None
    assert value_at_equality(
        "time-to-match", "lag_restricted_mean", "all", **known, horizon=60.0
    ) is None  # fmt: skip
    far = {"entity": "records", "tie": 50.0}
    assert value_at_equality("records", "lag_mean", "all", **far) is None
    assert value_at_equality("trend", "leader_slope", "since 2024-01-01", **known) is None


def test_more_draws_do_not_make_the_significant_lag_of_equal_groups_positive() -> None:
    noisy = world(5, draws=DRAWS)
    found = measured(noisy, (0.0,), ("daily-significant",), 1, 5)
    assert found["daily-significant", "lag_mean", "all", 0.0] == pytest.approx(0.0, abs=1e-9)
    assert "daily-significant" not in WITHOUT_DRAWS


def test_a_significant_lead_of_the_follower_is_negative() -> None:
    scale = random_race(2, draws=40, noise=0.1, models=40)
    there = headway.lag(scale, convention="daily-significant", leader="country:CN",
                        follower="country:US")  # fmt: skip
    back = headway.lag(scale, convention="daily-significant")
    values = [r.headline()["estimate"] for r in (there, back)]
    assert values[0] == pytest.approx(-values[1])
    assert min(values) < 0
