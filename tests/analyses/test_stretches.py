"""Lags over days, kept as straight stretches, are those of the definition day by day."""

import datetime as dt
import tracemalloc
from contextlib import nullcontext
from dataclasses import replace

import numpy as np
import polars as pl
import pytest

import headway
from headway.analyses import stretches
from headway.analyses.contest import CONVENTIONS, Contest, LagSpec, Period, contest
from headway.analyses.conventions import trend
from headway.analyses.conventions.daily import daily_lag
from headway.analyses.conventions.daily_significant import significant_lag
from headway.analyses.conventions.gap import vertical
from headway.analyses.lag import MEASURES, LagResult, compare
from headway.bounds import FIRST_DAY, LAST_DAY
from headway.errors import NotIdentified
from headway.frontier import Frontier, months, to_day
from tests.analyses.races import random_race, scale_of

YEAR = 365.25


def best_by_day(side: Frontier, days: np.ndarray) -> np.ndarray:
    out = np.full((len(side.values), len(days)), -np.inf)
    for j, start in enumerate(side.start):
        out[:, days >= start] = np.maximum(out[:, days >= start], side.entered[:, [j]])
    return out


def lag_by_day(pair: Contest, days: np.ndarray) -> np.ndarray:
    """The definition, one day and one row at a time."""
    one, other = (best_by_day(side, days) for side in (pair.leader, pair.follower))
    out = np.full(one.shape, np.nan)
    for r in range(len(out)):
        for k, day in enumerate(days):
            if not np.isfinite([one[r, k], other[r, k]]).all():
                continue
            out[r, k] = 0.0
            for sign, side, level in ((1, pair.leader, other), (-1, pair.follower, one)):
                better = (side.entered[r] > level[r, k] + pair.tie) & (side.start <= day)
                if better.any():
                    out[r, k] = sign * months(day - side.start[better].min())
    return out


def significant_by_day(pair: Contest, days: np.ndarray) -> np.ndarray:
    out = np.zeros((pair.rows, len(days)))
    s = pair.spec.significance
    for sign, better, other in (
        (1, pair.leader, pair.follower), (-1, pair.follower, pair.leader)
    ):  # fmt: skip
        for r in range(pair.rows):
            for k, day in enumerate(days):
                there = [j for j in np.flatnonzero(other.held) if other.start[j] <= day]
                best = max(there, key=lambda j: other.values[r, j])
                for i in np.flatnonzero(better.held):
                    gap = better.values[:, i] - other.values[:, best]
                    margin = gap[0] - np.quantile(gap[1:], 1 - s)
                    if better.start[i] <= day and gap[r] > margin:
                        out[r, k] += sign * months(day - better.start[i])
                        break
    return out


def periods(pair: Contest) -> list[Period]:
    middle = (pair.first + pair.last) // 2
    return [*pair.periods(), Period(name="part", first=pair.first + 17, last=middle),
            Period(name="day", first=middle, last=middle)]  # fmt: skip


@pytest.mark.parametrize("tie", [0.0, 1.0])
@pytest.mark.parametrize("seed", range(12))
def test_the_stretches_are_the_definition_day_by_day(seed: int, tie: float) -> None:
    scale = random_race(seed, draws=4)
    pair = contest(scale, LagSpec(tie=tie, candidates="all" if seed % 2 else "records"))
    days = np.arange(pair.first, pair.last + 1)
    one, other = (best_by_day(side, days) for side in (pair.leader, pair.follower))
    for series, known in ((daily_lag(pair), lag_by_day(pair, days)), (vertical(pair), one - other)):
        assert np.allclose(series.at(days), known, atol=1e-9)
        for period in periods(pair):
            part = known[:, period.mask(days)]
            assert series.days_in(period) == part.shape[1]
            assert np.allclose(series.mean(period), part.mean(axis=1), atol=1e-9)
            assert np.allclose(series.least(period), part.min(axis=1), atol=1e-9)
            assert np.allclose(series.most(period), part.max(axis=1), atol=1e-9)


@pytest.mark.parametrize("seed", range(3))
def test_the_significant_lag_is_its_definition_day_by_day(seed: int) -> None:
    pair = contest(random_race(seed, draws=25, models=12), LagSpec(tie=0.0))
    days = np.arange(pair.first, pair.last + 1, 41)
    assert np.allclose(significant_lag(pair).at(days), significant_by_day(pair, days), atol=1e-9)


@pytest.mark.parametrize("seed", range(6))
def test_lines_through_steps_are_least_squares_on_every_day(seed: int) -> None:
    start = dt.date(2023, 9, 1)
    pair = contest(random_race(seed, draws=3), LagSpec(tie=0.0, trend_starts=(start,)))
    first = max(pair.first, (start - dt.date(1970, 1, 1)).days)
    days = np.arange(first, pair.last + 1)
    table = pl.concat(
        [pl.DataFrame({"quantity": f.quantity, "value": f.rows[1]}) for f in
         trend.measure(pair).findings]
    )  # fmt: skip
    found = dict(table.iter_rows())
    fits = [np.polyfit((days - pair.last) / YEAR, best_by_day(side, days)[1], 1)
            for side in (pair.leader, pair.follower)]  # fmt: skip
    assert found["leader_slope"] == pytest.approx(fits[0][0], abs=1e-8)
    assert found["follower_slope"] == pytest.approx(fits[1][0], abs=1e-8)
    if fits[0][0] > 0:
        between = 12 * (fits[0][1] - fits[1][1]) / fits[0][0]
        assert found["lag_between_lines"] == pytest.approx(between, rel=1e-6)


@pytest.mark.parametrize("seed", range(6))
def test_lines_through_records_are_least_squares_on_the_records(seed: int) -> None:
    scale = random_race(seed, draws=3, models=60)
    spec = LagSpec(tie=0.0, trend_starts=(dt.date(2023, 4, 1),), trend_on="records")
    pair = contest(scale, spec)
    measured = trend.measure(pair)
    found = {f.quantity: f for f in measured.findings}
    assert any("through the records" in note for note in measured.notes)
    first = max(pair.first, (dt.date(2023, 4, 1) - dt.date(1970, 1, 1)).days)
    for side, quantity in ((pair.leader, "leader_slope"), (pair.follower, "follower_slope")):
        used = [j for j in side.records if side.start[j] >= first]
        if len(used) >= 3 and quantity in found:
            slope, _ = np.polyfit(side.start[used] / YEAR, side.values[2, used], 1)
            assert found[quantity].rows[2] == pytest.approx(slope, rel=1e-6)
            assert found[quantity].entity == "records"


def test_the_two_kinds_of_line_say_which_they_are_and_differ() -> None:
    scale = random_race(3, draws=3, models=60)
    options = {"trend_starts": (dt.date(2023, 4, 1),), "tie": 0.0, "convention": "trend"}
    steps, records = (headway.lag(scale, trend_on=on, **options) for on in ("steps", "records"))
    assert steps.headline()["estimate"] != records.headline()["estimate"]
    assert steps.headline()["entity"] == "frontier"
    assert any("on every day" in note for note in steps.notes)


def end_to_end(day: dt.date, until: dt.date) -> LagResult:
    """Every convention on a race with one more model of each side on a far day."""
    base = random_race(1)
    facts = base.dataset.models.select("model", "country", "available_on")
    value = dict(zip(base.models, base.estimate, strict=True))
    rows = [(m, c, d, float(value[m])) for m, c, d in facts.iter_rows()]
    far = 60.0 if day < dt.date(2023, 1, 1) else 200.0
    rows += [("odd-us", "US", day, far), ("odd-cn", "CN", day, far)]
    return compare(scale_of(rows, noise=1.0, draws=60), LagSpec(until=until))


@pytest.mark.parametrize("day", [FIRST_DAY, LAST_DAY])
def test_the_furthest_date_that_a_dataset_may_hold_costs_no_memory_and_no_time(
    day: dt.date,
) -> None:
    tracemalloc.start()
    try:
        result = end_to_end(day, max(day, dt.date(2026, 1, 1)))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 1e8
    assert result.conventions == CONVENTIONS
    assert result.details["series"].height < 1.2 * stretches.MOST_DAYS
    assert any(note.startswith("The series from day to day has") for note in result.notes)
    assert any(note.startswith("Calendar years before") for note in result.notes)
    assert result.table["period"].n_unique() < 50


@pytest.mark.parametrize(
    ("first", "last"),
    [
        (dt.date(1, 1, 1), dt.date(2026, 1, 1)),
        (dt.date(1015, 5, 5), dt.date(2026, 1, 1)),
        (dt.date(2023, 3, 1), dt.date(9999, 12, 31)),
        (dt.date(1, 1, 1), dt.date(9999, 12, 31)),
        (dt.date(1, 1, 1), dt.date(1, 2, 28)),
    ],
)
def test_no_span_of_days_costs_memory(first: dt.date, last: dt.date) -> None:
    """Whatever a dataset may hold: the frontiers themselves begin in the year 1."""
    pair = contest(random_race(1, draws=60), LagSpec())
    ends = to_day(first), to_day(last)

    def moved(side: Frontier) -> Frontier:
        days = np.linspace(*ends, len(side.days)).astype(np.int64)
        where = np.searchsorted(side.days, side.start)
        return replace(side, days=days, start=days[where], until=ends[1])

    far = replace(
        pair, leader=moved(pair.leader), follower=moved(pair.follower), first=ends[0], last=ends[1]
    )
    tracemalloc.start()
    try:
        for name in set(CONVENTIONS) - {"thresholds"}:
            # Two months are too few for a line.
            with (
                pytest.raises(NotIdentified) if (name, last.year) == ("trend", 1) else nullcontext()
            ):
                MEASURES[name](far)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 1e8
    lag = daily_lag(far)
    days = np.unique(np.linspace(*ends, 40).astype(np.int64))
    assert np.allclose(lag.at(days), lag_by_day(far, days), atol=1e-9)


def test_a_thinned_series_keeps_the_days_on_which_it_bends() -> None:
    rows = [("a", "US", dt.date(1960, 1, 1), 1.0), ("b", "CN", dt.date(1960, 1, 1), 0.0),
            ("c", "CN", dt.date(2020, 3, 3), 1.0)]  # fmt: skip
    result = headway.lag(scale_of(rows), tie=0.0, until=dt.date(2021, 1, 1))
    values = dict(result.details["series"].select("date", "estimate").iter_rows())
    known = (dt.date(2020, 3, 2) - dt.date(1960, 1, 1)).days
    assert values[dt.date(2020, 3, 2)] == pytest.approx(months(known), abs=1e-9)
    assert values[dt.date(2020, 3, 3)] == 0.0
