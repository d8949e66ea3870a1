"""Lags by domain and by benchmark, and what changed since a day."""

import datetime as dt

import polars as pl
import pytest

from headway.analyses import by_benchmark, by_domain, changes
from headway.analyses.lag import LagSpec, lag
from headway.errors import UsageError
from headway.rulers.scale import Scale


def test_every_domain_is_listed_and_the_thin_ones_say_why(scale: Scale) -> None:
    result = by_domain(scale, LagSpec())
    domains = set(scale.dataset.benchmarks["domain"])
    assert set(result.table["entity"]) == domains
    thin = result.table.filter(pl.col("status") == "not_enough_data")
    assert thin["why"].null_count() == 0
    assert thin["estimate"].null_count() == thin.height
    math = result.table.row(by_predicate=pl.col("entity") == "math", named=True)
    assert math["follower_name"] == "Kimi K3"
    assert math["low"] <= math["estimate"] <= math["high"]


def test_every_benchmark_is_listed(scale: Scale) -> None:
    table = by_benchmark(scale, LagSpec()).table
    assert set(table["entity"]) == set(scale.dataset.benchmarks["benchmark"])
    weird = table.row(by_predicate=pl.col("entity") == "weirdml", named=True)
    assert weird["status"] in ("ok", "leads", "at_least")
    assert 0 < weird["follower_score"] < 100
    old = table.row(by_predicate=pl.col("entity") == "lambada", named=True)
    # Nobody runs it any more: the lag is that of 2023, and the row says that it is old.
    assert (old["stale"], old["status"]) == (True, "at_least")
    assert old["estimate"] < 12
    assert table.filter(pl.col("entity") == "vpct")["status"][0] == "not_enough_data"


def test_a_benchmark_row_is_the_record_lag_on_that_benchmark(scale: Scale) -> None:
    import headway

    table = by_benchmark(scale, LagSpec()).table
    row = table.row(by_predicate=pl.col("entity") == "simplebench", named=True)
    single = headway.rulers.single("simplebench", draws=100, seed=5).fit(scale.dataset)
    records = lag(single, convention="records", tie=0.0).details["records"]
    assert records["estimate"][-1] == pytest.approx(row["estimate"])
    assert records["matched_name"][-1] == row["matched_name"]


def test_changes_since_a_day_are_paired(scale: Scale) -> None:
    result = changes(scale, LagSpec(), dt.date(2026, 1, 1))
    rows = {(r["quantity"], r["period"]): r for r in result.table.iter_rows(named=True)}
    for quantity in ("lag", "gap"):
        change = rows[quantity, "now"]["estimate"] - rows[quantity, "then"]["estimate"]
        assert rows[quantity, "change"]["estimate"] == pytest.approx(change)
    models = result.details["models"]
    assert "kimi-k3" in models.filter(pl.col("record"))["model"].to_list()
    assert models["date"].min() > dt.date(2026, 1, 1)
    facts = dict(result.details["facts"].select("table", "recorded").iter_rows())
    assert facts["scores"] == 2249


@pytest.mark.parametrize("day", [dt.date(1999, 1, 1), dt.date(2030, 1, 1)])
def test_a_day_that_cannot_be_compared_is_refused(point_scale: Scale, day: dt.date) -> None:
    with pytest.raises(UsageError, match="choose a day from"):
        changes(point_scale, LagSpec(), day)
