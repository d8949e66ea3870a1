"""The multiverse in words, tables and the specification curve."""

import datetime as dt
from dataclasses import replace
from typing import Any

import polars as pl
import pytest

from headway.analyses.multiverse import (
    ANSWERS,
    AXES,
    FigureResult,
    MultiverseResult,
    multiverse,
    published_figures,
)
from headway.analyses.multiverse.choices import RULERS, subsets_of
from headway.dataset import Dataset
from headway.report import multiverse as said
from headway.report.charts.frame import MEDIUM, NARROW, WIDE, Look
from headway.report.charts.specification import specification, thinned
from headway.report.story import Story
from headway.report.words import Words

ENGLISH, CHINESE = Words("en"), Words("zh")
OPTIONS: dict[str, Any] = {
    "questions": ("us-china", "us-chinese-open"), "subsets": ("all", "public"), "draws": 20,
    "weights": ("equal",), "as_of": (dt.date(2026, 8, 11),), "candidates": ("records",),
    "rulers": ("eci", "published"),
}  # fmt: skip


@pytest.fixture(scope="module")
def asked(catalog: Dataset) -> MultiverseResult:
    return multiverse(catalog, **OPTIONS)


@pytest.fixture(scope="module")
def figures(catalog: Dataset, asked: MultiverseResult) -> FigureResult:
    return published_figures(catalog, asked.spec, subsets=("all",))


def moved(result: MultiverseResult, **values: Any) -> MultiverseResult:
    columns = [pl.lit(value, dtype=pl.Float64).alias(name) for name, value in values.items()]
    return replace(result, distribution=result.distribution.with_columns(columns))


def test_the_sentence_says_the_range_and_what_moves_it(asked: MultiverseResult) -> None:
    count = asked.answered("us-china").height
    row = asked.summary("us-china")
    text = said.sentence(ENGLISH, asked)
    low, high = (ENGLISH.number(row[end]) for end in ("low", "high"))
    assert text == (
        f"China’s best models are between {low} and {high} months behind the United States’ in "
        f"90% of the {count:,} ways to ask; what moves it most is how the lag is counted."
    )
    assert said.sentence(CHINESE, asked) == (
        f"在 {count:,} 种问法的 90% 中，中国最好的模型落后美国 {low} 至 {high} 个月；"
        "影响最大的是落后时间如何计算。"
    )


@pytest.mark.parametrize(
    ("low", "high", "english", "chinese"),
    [
        (-1.0, 4.0, "anywhere from 1.0 months ahead of the United States’ to 4.0", "从领先 1.0"),
        (
            -4.0,
            -1.0,
            "between 1.0 and 4.0 months ahead of the United States’",
            "领先美国 1.0 至 4.0",
        ),
    ],
)
def test_the_sentence_when_the_follower_may_lead(
    asked: MultiverseResult, low: float, high: float, english: str, chinese: str
) -> None:
    other = moved(asked, low=low, high=high)
    assert english in said.sentence(ENGLISH, other)
    assert chinese in said.sentence(CHINESE, other)


def test_nothing_answered_is_said(asked: MultiverseResult) -> None:
    none = moved(asked, median=None, low=None, high=None)
    none = replace(none, ways=asked.ways.with_columns(estimate=pl.lit(None, dtype=pl.Float64)))
    assert said.sentence(ENGLISH, none) == "None of the ways to ask has an answer."
    assert said.shares(ENGLISH, none) == ""
    spec = specification(none, Look()).to_dict()
    assert "None of the ways" in str(spec["datasets"])


def test_lines_add_up(asked: MultiverseResult) -> None:
    for words in (ENGLISH, CHINESE):
        lines = said.lines(words, asked, "us-chinese-open")
        assert len(lines) == 3
        assert f"{asked.answered('us-chinese-open').height:,}" in lines[1]
    row = asked.summary()
    assert f"{100 * row['behind']:.0f}%" in said.shares(ENGLISH, asked)


@pytest.mark.parametrize(
    ("share", "text"),
    [(0.0, "0"), (0.0001, "<0.1"), (0.004, "0.4"), (0.5, "50"), (0.997, "99.7"),
     (0.99999, ">99.9"), (1.0, "100")],
)  # fmt: skip
def test_a_share_is_nothing_or_everything_only_when_it_is(share: float, text: str) -> None:
    assert said._percent(ENGLISH, share) == text


def test_tables(asked: MultiverseResult, figures: FigureResult) -> None:
    for words in (ENGLISH, CHINESE):
        table = said.variance_table(words, asked)
        assert table.rows[0][0].text == words("choice.answer")
        assert table.marked == {0}
        varying = {row[0].text for row in table.rows}
        assert words("choice.weights") not in varying
        shown = said.figures_table(words, figures, "us-china")
        assert len(shown.rows) == figures.table.filter(question="us-china").height >= 5
        for row in shown.rows:
            assert len(row) == len(shown.columns)
            assert row[1].text
    epoch = next(
        r for r in said.figures_table(ENGLISH, figures).rows if "January 2026" in r[0].text
    )
    assert epoch[2].text == "7"
    economist = next(r for r in said.figures_table(ENGLISH, figures).rows if r[2].text == "8–10")
    assert economist[5].text.endswith("%")


def test_every_value_of_every_choice_has_a_name(catalog: Dataset) -> None:
    values = {
        "ruler": tuple(RULERS), "subset": subsets_of(catalog), "weights": ("equal", "domain"),
        "as_of": ("2026-08-11",), "dates": ("available", "announced", "weights", "listed"),
        "candidates": ("records", "all", "records-4"), "tie": ("0", "1", "2.5"),
        "answer": tuple(ANSWERS),
    }  # fmt: skip
    assert set(values) == set(AXES)
    for choice, named in values.items():
        for words in (ENGLISH, CHINESE):
            names = [words.choice(choice, value) for value in named]
            assert len(set(names)) == len(named)
            if choice in ("subset", "weights", "answer", "ruler"):
                assert not set(names) & set(named) - {"all"}
    assert ENGLISH.choice("ruler", "my-own") == "my-own"


@pytest.mark.parametrize("width", [1280, WIDE, MEDIUM, NARROW])
@pytest.mark.parametrize(("lang", "theme"), [("en", "light"), ("zh", "dark"), ("zh", "page")])
def test_the_curve_is_valid_and_fits(
    asked: MultiverseResult, width: int, lang: str, theme: str
) -> None:
    spec = specification(asked, Look(width=width, lang=lang, theme=theme)).to_dict()
    padding = spec["padding"]
    assert spec["width"] + padding["left"] + padding["right"] == pytest.approx(width)
    assert len(spec["description"]) > 60
    rows = [row for rows in spec["datasets"].values() for row in rows]
    points = [row for row in rows if "value" in row]
    assert 20 < len(points) <= asked.answered().height
    heights = [-row["y"] for row in sorted(points, key=lambda row: row["x"])]
    # Sorted from the smallest lag on: ever higher in the frame.
    assert all(one <= other + 1e-9 for one, other in zip(heights[1:], heights, strict=False))
    for row in rows:
        for key in ("x", "x2"):
            assert 0.0 <= row.get(key, 0.0) <= 1.0


def test_the_matrix_shows_one_value_of_each_choice_per_way(asked: MultiverseResult) -> None:
    look = Look(width=WIDE)
    spec = specification(asked, look).to_dict()
    shown = [rows for rows in spec["datasets"].values() if any("value" in row for row in rows)]
    ways = sum(len(rows) for rows in shown)
    marks = [
        row
        for layer in spec["layer"]
        if layer["mark"]["type"] == "tick"
        for row in spec["datasets"][layer["data"]["name"]]
    ]
    margins = asked.margins.filter((pl.col("question") == "us-china") & (pl.col("n") > 0))
    varying = sum(n > 1 for n in margins.group_by("choice").len()["len"])
    assert len(marks) == ways * varying


def test_thinning_keeps_the_ends(asked: MultiverseResult) -> None:
    ways = asked.answered()
    few = thinned(ways, 25)
    assert few.height == 25
    assert few["way"][0] == ways["way"][0]
    assert few["way"][-1] == ways["way"][-1]
    assert thinned(few, 100).equals(few)


def test_it_stands_on_the_page(story: Story) -> None:
    assert story.every is not None
    assert 200 < story.every.ways.ways.height < 1500
    assert story.every.figures.table.height >= 5
    plain = story.to_dict()["multiverse"]
    assert plain["ways"]["distribution"][0]["n"] == story.every.ways.answered().height
