"""Figures that others published, and figures worked out beforehand, come out of the catalog.

Each is measured on the published index by its publisher's own dates (``date="listed"``).
"""

import datetime as dt

import polars as pl
import pytest

import headway
from headway.analyses.lag import LagResult
from headway.dataset import Dataset
from headway.rulers.scale import Scale


def lag(scale: Scale, convention: str, **options: object) -> LagResult:
    options = {"date": "listed", "tie": 0.0} | options
    return headway.lag(scale, convention=convention, **options)


def mean_of(result: LagResult, period: str = "all", quantity: str = "lag_mean") -> float:
    rows = result.table.filter((pl.col("period") == period) & (pl.col("quantity") == quantity))
    return float(rows["estimate"][0])


@pytest.fixture(scope="module")
def as_listed(catalog: Dataset) -> Scale:
    """The published index without the models for which it names no organisation."""
    first = catalog.history("models").filter(pl.col("revision") == 0)
    known = first.filter(pl.col("organisation").is_not_null())["model"].to_list()
    return headway.rulers.published().fit(catalog.where(model=known))


def test_daily_lag_of_january_2026(as_listed: Scale) -> None:
    result = lag(
        as_listed,
        "daily",
        tie=1.0,
        drop_first=True,
        since=dt.date(2023, 7, 1),
        until=dt.date(2026, 1, 2),
    )
    assert mean_of(result) == pytest.approx(7.3, abs=0.05)
    assert mean_of(result, quantity="lag_min") == pytest.approx(1.5, abs=0.05)
    assert mean_of(result, quantity="lag_max") == pytest.approx(14.8, abs=0.05)


@pytest.mark.parametrize(
    ("model", "months"),
    [("Kimi K2.6", 5.0), ("Qwen3.7-Max", 5.2), ("Kimi K3", 4.4), ("DeepSeek-R1", 1.5)],
)
def test_records_of_chinese_models(published: Scale, model: str, months: float) -> None:
    table = lag(published, "records").details["records"]
    assert table.filter(pl.col("name") == model)["estimate"][0] == pytest.approx(months, abs=0.05)


@pytest.mark.parametrize(
    ("model", "peer", "months"),
    [("DeepSeek-V4-Pro", "GPT-5", 8.5), ("GLM-5.2", "Gemini 3 Pro", 6.9)],
)
def test_named_models(published: Scale, model: str, peer: str, months: float) -> None:
    result = lag(published, "named", model=model)
    assert result.details["named"]["matched_name"][0] == peer
    assert result.headline()["estimate"] == pytest.approx(months, abs=0.05)


@pytest.mark.parametrize(("tie", "months"), [(0.0, 18.2), (1.5, 13.8)])
def test_time_to_match_gpt_4(published: Scale, tie: float, months: float) -> None:
    table = lag(published, "time-to-match", tie=tie).details["matches"]
    gpt4 = table.filter(pl.col("model") == "gpt-4-mar-2023")
    assert gpt4["estimate"][0] == pytest.approx(months, abs=0.05)


@pytest.mark.parametrize(("tie", "months"), [(0.0, 7.0), (1.0, 6.1), (2.0, 4.4)])
def test_the_tie_moves_the_mean_of_2026(published: Scale, tie: float, months: float) -> None:
    assert mean_of(lag(published, "daily", tie=tie), "2026") == pytest.approx(months, abs=0.06)


def test_the_date_of_o3_moves_the_mean_of_2025(published: Scale) -> None:
    listed = lag(published, "daily", tie=1.0)
    available = lag(published, "daily", tie=1.0, date="available")
    assert mean_of(listed, "2025") == pytest.approx(6.2, abs=0.06)
    assert mean_of(available, "2025") == pytest.approx(4.4, abs=0.06)


@pytest.mark.parametrize(("tie", "months"), [(0.0, 4.5), (1.0, 3.8)])
def test_open_against_closed_by_levels(published: Scale, tie: float, months: float) -> None:
    window = {"since": dt.date(2023, 1, 1), "until": dt.date(2025, 10, 30)}
    result = lag(published, "levels", leader="closed", follower="open", tie=tie, **window)
    assert mean_of(result) == pytest.approx(months, abs=0.05)


def test_private_benchmarks_show_a_longer_delay_than_public_ones(scale: Scale) -> None:
    result = headway.lag(
        scale,
        convention="thresholds",
        leader="closed",
        follower="open",
        until=dt.date(2026, 5, 28),
    )
    means = {
        entity: result.table.filter((pl.col("period") == "all") & (pl.col("entity") == entity)).row(
            0, named=True
        )
        for entity in ("public", "private")
    }
    assert 4 <= means["public"]["estimate"] <= 6
    assert 6.5 <= means["private"]["estimate"] <= 10
    assert means["public"]["high"] < means["private"]["low"]
