"""No interval without width, beside its estimate or of a part of a period stands bare."""

import datetime as dt

import numpy as np
import polars as pl
import pytest
from hypothesis import example, given, settings, strategies as st

import headway
from headway.analyses.contest import CONVENTIONS, LagSpec
from headway.analyses.lag import compare
from headway.analyses.result import Finding, Result, tidy
from headway.cli import output
from headway.dataset import Dataset
from headway.intervals import graded, notes as said
from headway.report.headline import headline
from headway.report.phrases import convention_name, interval_only
from headway.report.words import Words
from headway.rulers import eci
from tests.races import BEGIN, race

numbers = st.floats(-1e4, 1e4).map(lambda x: round(x, 3))


def bare(frame: pl.DataFrame) -> pl.DataFrame:
    """Rows that are plainly ok and should not be."""
    ok = frame.filter((pl.col("status") == "ok") & pl.col("low").is_not_null())
    width, size = pl.col("high") - pl.col("low"), pl.col("estimate").abs() + 1
    outside = (pl.col("estimate") < pl.col("low") - 1e-6 * size) | (
        pl.col("estimate") > pl.col("high") + 1e-6 * size
    )
    return ok.filter((width == 0) | outside)


@settings(deadline=None)
@given(st.lists(st.tuples(numbers, numbers, numbers), min_size=1, max_size=8))
def test_a_plain_status_is_only_for_plain_intervals(rows: list[tuple[float, float, float]]) -> None:
    frame = pl.DataFrame(
        [{"estimate": e, "low": min(a, b), "high": max(a, b), "status": "ok"} for e, a, b in rows]
    )
    found = graded(frame)
    assert bare(found).is_empty()
    assert found.drop("status").equals(frame.drop("status"))
    kinds = set(found["status"]) - {"ok"}
    assert len(said(found)) == len(kinds)
    for note in said(found):
        assert Words("zh").note(note)[1]


@settings(deadline=None)
@given(numbers, numbers)
@example(-0.0, 0.031)
@example(-0.04, 0.0)
def test_ends_that_differ_are_written_differently(a: float, b: float) -> None:
    low, high = min(a, b), max(a, b)
    for lang in ("en", "zh"):
        words = Words(lang)
        row = {"low": low, "high": high}
        if low == high:
            every = words("number.no_spread", value=words.number(low))
            assert interval_only(words, row) == words.between(low, high) == every
        else:
            below, above = words.ends(low, high)
            assert below != above
            assert below in words.between(low, high)
    text = output.intervals(pl.DataFrame({"a": [low], "b": [high]}), "a", "b")[0]
    first, _, second = text.partition(" to ")
    assert (first != second) if low < high else "every draw" in text


@pytest.mark.parametrize(
    ("rows", "status"),
    [
        ([1.1] * 40, "no_spread"),
        ([6.1, *np.linspace(6.4, 9.0, 40)], "outside_interval"),
        ([6.0, *np.linspace(4.5, 6.8, 40)], "ok"),
        ([6.0], "point_only"),
    ],
)
def test_findings_and_results_are_judged_alike(rows: list[float], status: str) -> None:
    finding = Finding(
        period="now", entity="x", quantity="y", rows=np.array(rows), unit="months", n=1
    )
    table = tidy("daily", [finding], 0.9)
    assert table["status"].to_list() == [status]
    plain = table.with_columns(status=pl.lit("ok"))
    result = Result(table=plain, spec={}, dataset="d")
    if status != "point_only":
        assert result.table["status"].to_list() == [status]
        assert bool(result.notes) == (status != "ok")


def short_race(days: int) -> Dataset:
    """Two countries that share so many days: the follower's first model came late."""
    data = race()
    last = data.models["available_on"].max()
    early = (pl.col("country") == "US") | (pl.col("available_on") > last - dt.timedelta(days=days))
    kept = data.models.filter(early | pl.col("model").is_in(["claude-3-5-sonnet", "gpt-5"]))
    models = kept.with_columns(
        country=pl.when(pl.col("model").is_in(["claude-3-5-sonnet"])).then(pl.lit("FR"))
        .otherwise(pl.col("country"))
    )  # fmt: skip
    columns = ["model", "country", "announced_on", "available_on", "listed_on"]
    scores = data.scores.filter(pl.col("model").is_in(kept["model"].implode()))
    return Dataset.from_frames(
        aliases=pl.DataFrame({"kind": ["benchmark"], "alias": ["winogrande"], "id": ["b0"]}),
        recorded_on=BEGIN,
        models=models.select(*columns, recorded_on=pl.col("available_on")),
        scores=scores.select("model", "benchmark", "variant", "score", "recorded_on"),
    )


def test_a_period_says_how_much_of_it_there_was() -> None:
    scale = eci(draws=40).fit(short_race(90))
    result = compare(scale, LagSpec(), CONVENTIONS)
    row = result.headline("daily")
    assert row["period"] == "last-12-months"
    assert row["days"] == row["n"] < 120
    assert row["of_days"] in (365, 366)
    assert row["status"] != "ok"
    assert bare(result.table).is_empty()
    for period in ("last-12-months",):
        of = result.table.filter(period=period)
        assert set(of["status"]) <= {
            "short_period", "no_spread", "outside_interval", "not_enough_data", "partly_defined",
            "not_reached", "not_defined", "ok",
        }  # fmt: skip
        assert not ((of["status"] == "ok") & (of["days"] < 0.9 * of["of_days"])).any()
    for lang, part in (("en", f"over {row['days']} days"), ("zh", f"{row['days']} 天的平均值")):
        words = Words(lang)
        told = headline(
            words, row, leader="country:US", follower="country:CN", date="available", tie=1.0,
            others=[],
        )  # fmt: skip
        assert part in told.basis
        assert words.period("last-12-months") not in told.basis
    assert "0.9" not in convention_name(Words(), row)


def test_a_whole_year_is_no_short_period() -> None:
    scale = eci(draws=40).fit(race())
    row = headway.lag(scale).headline()
    assert row["days"] == row["of_days"]
    assert row["status"] != "short_period"
    now = headway.lag(scale).table.filter(period="now")
    assert now["days"].to_list() == [None]


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize(("low", "high"), [(1.0, 1.0), (-1.0, -1.0), (6.41, 6.44), (-0.2, 0.3)])
def test_a_headline_has_no_bare_pair_of_equal_numbers(lang: str, low: float, high: float) -> None:
    words = Words(lang)
    row = {
        "estimate": low, "low": low, "high": high, "level": 0.9, "status": "ok",
        "period": "last-12-months", "convention": "daily", "quantity": "lag_mean",
    }  # fmt: skip
    text = headline(
        words, row, leader="country:US", follower="country:CN", date="available", tie=1.0, others=[]
    ).interval
    same = words("headline.no_spread")
    assert (text == same) == (low == high)
    beside = headline(
        words, row | {"estimate": 9.0, "status": "outside_interval"}, leader="country:US",
        follower="country:CN", date="available", tie=1.0, others=[],
    ).interval  # fmt: skip
    assert low == high or words("headline.outside") in beside


@pytest.mark.parametrize(("draws", "level", "few"), [(1, 0.9, True), (19, 0.9, True),
                         (20, 0.9, False), (39, 0.95, True), (40, 0.95, False)])  # fmt: skip
def test_an_interval_of_a_few_draws_says_so(draws: int, level: float, few: bool) -> None:
    scale = eci(draws=draws, level=level).fit(race())
    assert any("too few" in note for note in scale.notes) is few
    result = headway.lag(scale, level=level)
    notes = [note for note in result.notes if "too few" in note]
    assert len(notes) == few
    assert all(Words("zh").note(note)[1] for note in notes)
