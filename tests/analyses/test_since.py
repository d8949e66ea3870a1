"""``since`` means one thing: what came earlier is not counted; an earlier day changes nothing."""

import datetime as dt
from dataclasses import replace
from typing import Any

import numpy as np
import polars as pl
import pytest
from polars.testing import assert_frame_equal

import headway
from headway.analyses.contest import CONVENTIONS, LagSpec
from headway.analyses.doubling import doubling_time
from headway.analyses.lag import compare
from tests.analyses.races import random_race, scale_of

DAYS = [dt.date(2023, 1, 1), dt.date(2000, 1, 1), dt.date(1, 1, 1)]
WITH_SINCE = tuple(name for name in CONVENTIONS if name != "named")


def race(seed: int) -> Any:
    """A race in which one side starts half a year before the other, in either order."""
    scale = random_race(seed, draws=25, models=40)
    facts = scale.dataset.models
    late = "US" if seed % 2 else "CN"
    rows = [
        (model, country, day, float(value))
        for (model, country, day), value in zip(
            facts.select("model", "country", "available_on").iter_rows(),
            scale.estimate[[scale.models.index(m) for m in facts["model"]]],
            strict=True,
        )
        if country != late or day > dt.date(2023, 10, 1)
    ]
    return scale_of(rows, noise=2.0, draws=25, seed=seed)


@pytest.mark.parametrize("since", DAYS)
@pytest.mark.parametrize("seed", range(4))
def test_an_earlier_since_changes_nothing(seed: int, since: dt.date) -> None:
    scale = race(seed)
    for drop_first in (False, True):
        spec = LagSpec(tie=1.0, trend_starts=(dt.date(2023, 6, 1),), drop_first=drop_first)
        without, early = (compare(scale, s, WITH_SINCE) for s in
                          (spec, spec.with_options(since=since)))  # fmt: skip
        assert without.table.equals(early.table)
        assert without.notes == early.notes
        for name, frame in without.details.items():
            assert frame.equals(early.details[name]), name


@pytest.mark.parametrize("convention", WITH_SINCE)
@pytest.mark.parametrize("seed", range(4))
def test_a_later_since_never_counts_more(seed: int, convention: str) -> None:
    scale = race(seed)
    counts = []
    for since in (None, *(dt.date(2023, 4, 1) + dt.timedelta(days=60 * k) for k in range(9))):
        table = headway.lag(
            scale, convention=convention, since=since, trend_starts=(dt.date(2023, 6, 1),)
        ).table
        whole = table.filter(pl.col("period").is_in(["all", "since 2023-06-01"]))
        counts.append(int(whole["n"].max() or 0))
    assert counts == sorted(counts, reverse=True)


@pytest.mark.parametrize("seed", range(4))
def test_a_later_since_counts_exactly_what_happened_from_then_on(seed: int) -> None:
    scale, since = race(seed), dt.date(2024, 2, 1)
    for convention, detail in (("records", "records"), ("time-to-match", "matches")):
        whole, part = (headway.lag(scale, convention=convention, since=s).details[detail]
                       for s in (None, since))  # fmt: skip
        assert part.equals(whole.filter(pl.col("date") >= since))
    series = headway.lag(scale, since=since).details["series"]
    whole = headway.lag(scale).details["series"].filter(pl.col("date") >= since)
    assert_frame_equal(series, whole, abs_tol=1e-9)


@pytest.mark.parametrize("seed", range(4))
def test_all_records_of_both_sides_count_when_nothing_is_said(seed: int) -> None:
    """Also those from before the other side had any model."""
    scale = race(seed)
    for convention, group in (("records", "country:CN"), ("time-to-match", "country:US")):
        known = headway.lag(scale, convention=convention).table
        whole = known.filter(pl.col("period") == "all", pl.col("quantity") != "lag_latest")
        mine = scale.dataset.models.filter(pl.col("country") == group[-2:])["model"].to_list()
        value = dict(zip(scale.models, scale.estimate, strict=True))
        day = dict(scale.dataset.models.select("model", "available_on").iter_rows())
        best, records = -np.inf, 0
        for model in sorted(mine, key=lambda m: (day[m], -value[m])):
            if value[model] > best:
                best, records = value[model], records + 1
        assert (whole["n"] == records).all()


def test_an_earlier_since_drops_no_record_of_a_doubling_time() -> None:
    scale = replace(random_race(3, models=60), spec={"kind": "horizon", "success": 0.5})
    counts = [
        doubling_time(scale, group="country:US", since=since).table["n"].to_list()
        for since in (None, *DAYS)
    ]
    assert counts == [counts[0]] * len(counts)
