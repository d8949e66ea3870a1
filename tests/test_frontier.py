"""Groups, dates, availability and the running best."""

import datetime as dt

import numpy as np
import polars as pl
import pytest
from hypothesis import given, strategies as st
from hypothesis.extra import numpy as hnp

from headway.dataset import Dataset
from headway.dataset.groups import members
from headway.errors import UsageError
from headway.frontier import NEVER, from_day, frontier, is_record, model_dates, to_day
from headway.rulers.scale import Scale


def test_groups_by_attribute(catalog: Dataset) -> None:
    facts = catalog.models
    chinese = set(facts.filter(pl.col("country") == "CN")["model"])
    opened = set(facts.filter(pl.col("open_weights"))["model"])
    assert set(members(catalog, "country:CN")) == chinese
    assert set(members(catalog, "country:cn")) == chinese
    assert set(members(catalog, "open")) == opened
    assert set(members(catalog, "country:CN+open")) == chinese & opened
    assert set(members(catalog, "country:CN + !open")) == chinese - opened
    assert set(members(catalog, "all")) == set(facts["model"])
    assert set(members(catalog, "open")) | set(members(catalog, "closed")) == set(facts["model"])


def test_china_is_not_open_and_open_is_not_china(catalog: Dataset) -> None:
    assert members(catalog, "country:CN+closed")
    assert members(catalog, "country:US+open")


def test_organisations_by_name_id_and_as_partners(catalog: Dataset) -> None:
    by_name = members(catalog, "organisation:Google DeepMind|Google")
    assert by_name == members(catalog, "organisation:google-deepmind|google")
    assert "intellect-1" in members(catalog, "organisation:Hugging Face")


@pytest.mark.parametrize(
    ("group", "words"),
    [
        ("contry:US", "country"),
        ("country:USA", "no model has country"),
        ("organisation:OpenIA", "OpenAI"),
        ("oepn", "open"),
        ("", "is not one of"),
        ("country:", "no model has country"),
        ("open+closed", "no model in this dataset"),
        ("!all", "no model in this dataset"),
    ],
)
def test_wrong_groups_are_refused_with_a_suggestion(
    catalog: Dataset, group: str, words: str
) -> None:
    with pytest.raises(UsageError, match=words):
        members(catalog, group)


def test_date_bases(catalog: Dataset) -> None:
    days = {b: model_dates(catalog, b) for b in ("listed", "announced", "available", "weights")}
    assert days["listed"]["o3"] == days["announced"]["o3"] == to_day(dt.date(2024, 12, 20))
    assert days["available"]["o3"] == to_day(dt.date(2025, 4, 16))
    assert days["weights"]["o3"] == days["available"]["o3"]
    assert days["available"]["kimi-k3"] == to_day(dt.date(2026, 7, 16))
    assert days["weights"]["kimi-k3"] == to_day(dt.date(2026, 7, 27))
    assert days["available"]["llama-2-34b"] is None


def test_frontier_never_falls_and_starts_with_the_first_model(scale: Scale) -> None:
    side = frontier(scale, "country:US")
    assert (np.diff(side.best[0]) >= 0).all()
    assert (np.diff(side.start) >= 0).all()
    assert side.days[0] == side.start[0]
    assert side.table["estimate"].is_sorted()
    assert (side.table["low"] <= side.table["high"]).all()


def test_models_that_never_came_out_are_left_out_and_named(scale: Scale) -> None:
    side = frontier(scale, "country:US")
    assert "llama-2-34b" not in side.models
    assert any("llama-2-34b" in note for note in side.notes)
    assert "llama-2-34b" in frontier(scale, "country:US", date="announced").models


def test_until_ends_the_frontier(scale: Scale) -> None:
    side = frontier(scale, "country:CN", until=dt.date(2025, 1, 31))
    assert side.table["model"][-1] == "deepseek-r1"
    assert side.start.max() <= to_day(dt.date(2025, 1, 31))


def test_withdrawn_models_count_only_while_they_can_be_used(scale: Scale) -> None:
    options = {"withdrawn": "drop", "region": "US"}
    kept = frontier(scale, "organisation:Anthropic", region="US")
    dropped = frontier(scale, "organisation:Anthropic", **options)
    june = np.array([to_day(dt.date(2026, 6, 20))])
    at = {side: side.best[0, side.at(june)[0]] for side in (kept, dropped)}
    fable = scale.estimate[scale.models.index("claude-fable-5")]
    opus = scale.estimate[scale.models.index("claude-opus-4-8")]
    assert (at[kept], at[dropped]) == (fable, opus)
    july = np.array([to_day(dt.date(2026, 7, 2))])
    assert dropped.best[0, dropped.at(july)[0]] == fable


def test_a_model_withdrawn_elsewhere_still_counts_here(catalog: Dataset) -> None:
    base = {
        "models": pl.DataFrame(
            {
                "model": ["a", "b"],
                "country": ["US", "US"],
                "available_on": [dt.date(2025, 1, 1), dt.date(2025, 2, 1)],
            }
        ),
        "scores": pl.DataFrame({"model": ["a", "b"], "benchmark": ["x", "x"], "score": [0.4, 0.9]}),
        "availability": pl.DataFrame(
            {
                "model": ["b", "b"],
                "region": ["CN", "US"],
                "from": [dt.date(2025, 6, 1), dt.date(2025, 2, 1)],
            }
        ),
    }
    import headway

    scale = headway.rulers.single("x", draws=0).fit(Dataset.from_frames(**base))
    here = frontier(scale, "country:US", region="US")
    there = frontier(scale, "country:US", region="CN")
    assert from_day(here.start[-1]) == dt.date(2025, 2, 1)
    assert from_day(there.start[-1]) == dt.date(2025, 6, 1)


@pytest.mark.parametrize(
    "options",
    [
        {"date": "born"},
        {"withdrawn": "maybe"},
        {"candidates": "some"},
        {"date": "announced", "region": "US"},
        {"date": "listed", "withdrawn": "drop"},
        {"until": dt.date(1999, 1, 1)},
        {"min_scores": 1000},
    ],
)
def test_absurd_options_are_refused(scale: Scale, options: dict[str, object]) -> None:
    with pytest.raises(UsageError):
        frontier(scale, "country:US", **options)


def test_candidates_change_the_draws_but_not_the_estimate(scale: Scale) -> None:
    few = frontier(scale, "country:CN", candidates="records")
    every = frontier(scale, "country:CN", candidates="all")
    assert np.array_equal(few.best[0], every.best[0])
    assert (few.best[1:] <= every.best[1:]).all()
    assert (few.best[1:] < every.best[1:]).any()


def test_first_reaching_is_the_first_model_at_or_above(scale: Scale) -> None:
    side = frontier(scale, "country:US")
    rng = np.random.default_rng(0)
    levels = rng.uniform(90, 165, (len(side.values), 5))
    for strictly in (True, False):
        first = side.first_reaching(levels, strictly=strictly)
        for row in (0, 7, 50):
            for k in range(5):
                above = side.entered[row] > levels[row, k] if strictly else (
                    side.entered[row] >= levels[row, k]
                )  # fmt: skip
                expected = side.start[above].min() if above.any() else NEVER
                assert first[row, k] == expected


@given(hnp.arrays(float, (3, 12), elements=st.floats(-50, 50)))
def test_records_are_the_strict_running_maxima(values: np.ndarray) -> None:
    for row, marks in zip(values, is_record(values), strict=True):
        best = -np.inf
        for value, mark in zip(row.tolist(), marks.tolist(), strict=True):
            assert mark == (value > best)
            best = max(best, value)


@given(st.dates(dt.date(1970, 1, 1), dt.date(2100, 1, 1)))
def test_days_and_dates_round_trip(day: dt.date) -> None:
    assert from_day(to_day(day)) == day


def test_dropping_the_first_model(scale: Scale) -> None:
    side = frontier(scale, "country:CN")
    assert side.without_first().start[0] > side.start[0]
    assert "left out" in side.without_first().notes[-1]
    lonely = frontier(scale, "model:gpt-5")
    with pytest.raises(UsageError, match="none is left"):
        lonely.without_first()
