"""The section on rulers, and a report by another ruler than the usual one."""

import json
from pathlib import Path

import polars as pl
import pytest

import headway
from headway.dataset import Dataset
from headway.errors import UsageError
from headway.report import rulers, tables
from headway.report.page import page
from headway.report.story import ReportSpec, Story, tell
from headway.report.words import Words
from headway.rulers.files.reading import shelved


@pytest.fixture(scope="module")
def other(catalog: Dataset) -> Story:
    return tell(catalog, ReportSpec(ruler="five-tests", draws=10))


def test_every_ruler_of_the_shelf_answers(story: Story) -> None:
    assert story.rulers is not None
    assert story.rulers.table["entity"].to_list() == list(shelved())
    assert story.rulers.table["estimate"].null_count() == 0
    assert story.headline_ruler == "general"


def test_the_general_ruler_says_the_headline(story: Story) -> None:
    assert story.rulers is not None
    row = story.rulers.table.row(by_predicate=pl.col("entity") == "general", named=True)
    for part in ("estimate", "low", "high"):
        assert row[part] == story.main.headline[part]


def test_the_table_has_every_answer_the_longest_first(story: Story) -> None:
    assert story.rulers is not None
    for lang in ("en", "zh"):
        words = Words(lang)
        table = tables.by_ruler(words, story, story.rulers)
        assert len(table.rows) == story.rulers.table.height
        assert [table.rows[k][0].text for k in table.marked] == [shelved()["general"].called(lang)]
        titles = {file.called(lang) for file in shelved().values()}
        assert {row[0].text for row in table.rows} == titles
    lags = [row["estimate"] for row in rulers.answers(story.rulers)]
    assert lags == sorted(lags, reverse=True)


def test_the_sentences_have_the_numbers_of_the_table(story: Story) -> None:
    assert story.rulers is not None
    words = Words("en")
    lags = [row["estimate"] for row in rulers.answers(story.rulers)]
    said = rulers.summary(words, story.rulers)
    assert f"{len(lags)} rulers answer" in said
    assert f"from {min(lags):.1f} (" in said
    assert f"to {max(lags):.1f} months" in said
    assert "Mean of five tests" in rulers.without_tie(words, story.rulers)
    assert rulers.silent(words, story.rulers) == ""


def test_a_ruler_without_an_answer_is_named(story: Story) -> None:
    assert story.rulers is not None
    from headway.analyses.by_ruler import by_ruler

    result = by_ruler({}, story.main.spec, failures={"coding": "no scores are left"})
    for lang, reason in (("en", "no scores are left"), ("zh", "数据不足")):
        said = rulers.silent(Words(lang), result)
        assert shelved()["coding"].called(lang) in said
        assert reason in said
    assert rulers.summary(Words("en"), result) == ""


def test_movers_are_those_of_the_rulers_that_agree_least(story: Story) -> None:
    assert story.agreement is not None
    rows = rulers.with_reference(story.agreement)
    assert len(rows) == len(shelved()) - 1
    assert story.agreement.table.height == 3 * len(rows), "only pairs with the reference"
    chosen = set(rulers.most_moved(story.agreement).details["movers"]["ruler"])
    least = {row["name"] for row in rows[: rulers.RULERS_OF_MOVERS]}
    assert chosen <= least


def test_another_ruler_carries_the_whole_report(other: Story) -> None:
    assert other.scale.ruler == "Mean of five tests"
    assert other.main.compared.spec["tie"] == 0.0
    assert other.headline_ruler == "five-tests"
    assert "tie" not in other.headline("en").basis
    assert any("measures in percent" in note for note in other.notes)
    assert "--ruler five-tests" in other.spec.command()
    assert other.rulers is not None
    row = other.rulers.table.row(by_predicate=pl.col("entity") == "five-tests", named=True)
    assert row["estimate"] == other.main.headline["estimate"]
    assert json.dumps(other.to_dict(), allow_nan=False)
    for lang in ("en", "zh"):
        text = page(other, lang=lang)
        assert shelved()["five-tests"].called(lang) in text
        note = shelved()["five-tests"].note
        assert note is not None
        assert (note.en if lang == "en" else note.zh) in text


def test_a_ruler_of_one_s_own_joins_the_others(catalog: Dataset, tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(
        'name = "mine"\nkind = "domain"\ntitle = "Sums"\n[benchmarks]\n'
        'include = ["gsm8k", "math-level-5", "otis-mock-aime-2024-2025"]\n'
    )
    told = tell(catalog, ReportSpec(ruler=str(path), draws=5))
    assert told.headline_ruler == "Sums"
    assert list(told.scales) == ["Sums", *shelved()]
    assert told.main.compared.spec["tie"] == 1.0


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"ruler": "elo"}, "no ruler 'elo'"),
        ({"ruler": "none.toml"}, "there is no file"),
        ({"ruler": "coding", "anchors": {"a": 1.0, "b": 2.0}}, "anchors would change the ruler"),
        ({"ruler": "items"}, "measures by the table"),
    ],
)
def test_wrong_rulers_are_refused(catalog: Dataset, options: dict[str, object], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        tell(catalog, ReportSpec(**options))  # type: ignore[arg-type]


def test_as_of_a_day_without_the_anchors(catalog: Dataset) -> None:
    import datetime as dt

    told = tell(catalog, ReportSpec(as_of=dt.date(2025, 3, 1), draws=5))
    assert told.rulers is not None
    row = told.rulers.table.row(by_predicate=pl.col("entity") == "general", named=True)
    assert row["estimate"] == told.main.headline["estimate"]
    assert told.rulers.table["why"].is_not_null().any()
    text = page(told, lang="zh")
    assert "把标尺在此无法作答" in text
    assert headway.__version__ in text
