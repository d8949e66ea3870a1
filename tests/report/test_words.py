"""The words of the report are complete in both languages."""

import ast
import datetime as dt
import re
import string
from pathlib import Path

import pytest

import headway.report
from headway.analyses.lag import CONVENTIONS
from headway.errors import UsageError
from headway.report.story import Story
from headway.report.words import LANGUAGES, Words
from headway.report.words.groups import COUNTRIES, best, those

SOURCE = Path(headway.report.__file__).parent
ENGLISH, CHINESE = LANGUAGES["en"], LANGUAGES["zh"]
# Names and terms that Chinese readers use as they are.
LATIN = {"Headway", "AI", "%"}


def _placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_both_languages_have_the_same_keys() -> None:
    assert set(ENGLISH) == set(CHINESE)


@pytest.mark.parametrize("key", sorted(ENGLISH))
def test_placeholders_agree(key: str) -> None:
    free = {"leader", "follower", "leader_in", "follower_in", "best_inside", "those", "level"}
    assert _placeholders(ENGLISH[key]) - free == _placeholders(CHINESE[key]) - free


@pytest.mark.parametrize("key", sorted(CHINESE))
def test_chinese_has_no_english_left(key: str) -> None:
    plain = re.sub(r"\{[^}]*\}", "", CHINESE[key])
    assert set(re.findall(r"[A-Za-z]{2,}", plain)) <= LATIN
    assert "," not in plain
    assert ";" not in plain


def test_every_key_that_the_source_asks_for_is_there() -> None:
    asked: set[str] = set()
    prefixes: set[str] = set()
    for path in SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or not node.args:
                continue
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            if name not in ("words", "self"):
                continue
            for part in ast.walk(node.args[0]):
                if isinstance(part, ast.Constant) and isinstance(part.value, str):
                    (asked if "." in part.value[:-1] else prefixes).add(part.value)
    asked |= set(re.findall(r'w\("([a-z_.]+)"\)', (SOURCE / "templates/page.html.j2").read_text()))
    # Keys that are put together begin with a prefix: those are checked by what fills them.
    whole = {key for key in asked if re.fullmatch(r"[a-z]+\.[a-z_-]*[a-z]", key)}
    assert len(whole) > 80
    assert whole - set(ENGLISH) == set()


@pytest.mark.parametrize("convention", CONVENTIONS)
@pytest.mark.parametrize("prefix", ["convention", "inside", "counts", "assumes"])
def test_every_convention_has_words(convention: str, prefix: str) -> None:
    assert f"{prefix}.{convention}" in ENGLISH


def test_everything_in_the_results_has_words(story: Story) -> None:
    tables = [story.main.compared.table, story.main.series.table]
    for result in (story.events, story.rulers, story.agreement, story.changes):
        assert result is not None
        tables.append(result.table)
    for table in tables:
        for column, prefix in (("quantity", "quantity"), ("status", "status")):
            for value in table[column].unique().to_list():
                if value not in ("gap",):
                    assert f"{prefix}.{value}" in ENGLISH
    for value in set(story.scale.status):
        assert f"status.{value}" in ENGLISH
    for value in story.data.benchmarks["domain"].drop_nulls().unique():
        assert f"domain.{value}" in ENGLISH
    for value in story.data.benchmarks["item_access"].unique():
        assert f"access.{value}" in ENGLISH
    for value in story.data.names:
        assert f"table.{value}" in ENGLISH
    for value in story.data.models["country"].drop_nulls().unique():
        assert value in COUNTRIES


def test_every_note_of_the_story_is_translated(story: Story) -> None:
    words = Words("zh")
    assert story.notes
    assert [note for note in story.notes if not words.note(note)[1]] == []


def test_numbers_and_dates() -> None:
    english, chinese = Words("en"), Words("zh")
    assert english.number(-0.04) == "0.0"
    assert english.number(-1.25, 1) == "−1.2"
    assert english.number(None) == "–"
    assert english.number(float("nan")) == "–"
    assert english.day(dt.date(2026, 8, 1)) == "1 August 2026"
    assert chinese.day(dt.date(2026, 8, 1)) == "2026年8月1日"
    assert chinese.month(dt.date(2026, 12, 1)) == "2026年12月"
    assert english.period("since 2025-01-01") == "since 1 January 2025"
    assert chinese.period("last-12-months") == "最近 12 个月"
    with pytest.raises(UsageError, match="lang='fr'"):
        Words("fr")


@pytest.mark.parametrize(
    ("group", "english", "chinese"),
    [
        ("country:US", "The United States’ best models", "美国最好的模型"),
        ("country:CN", "China’s best models", "中国最好的模型"),
        ("open", "The best open-weight models", "最好的开放权重模型"),
        (
            "country:CN+open",
            "The best models of “China, open weights”",
            "“中国，开放权重”中最好的模型",
        ),
        (
            "organisation:OpenAI|Anthropic",
            "The best models of “OpenAI or Anthropic”",
            "“OpenAI或Anthropic”中最好的模型",
        ),
        (
            "open+!country:US",
            "The best models of “open weights, not United States”",
            "“开放权重，非美国”中最好的模型",
        ),
        ("country:ZZ", "The best models of “ZZ”", "“ZZ”中最好的模型"),
    ],
)
def test_groups(group: str, english: str, chinese: str) -> None:
    assert best(Words("en"), group) == english
    assert best(Words("zh"), group) == chinese


def test_comparisons() -> None:
    assert those(Words("en"), "country:US") == "the United States’"
    assert those(Words("en"), "country:CN") == "China’s"
    assert those(Words("zh"), "closed") == "最好的闭源模型"


@pytest.mark.parametrize(
    ("note", "chinese"),
    [
        (
            "2 models of country:US have no available date and are left out: a (rank 1), b and 3 "
            "more.",
            "美国一方有 2 个模型没有可用日期，未计入：a（第 1 名）、b 等，另有 3 个。",
        ),
        (
            "1 of 3 rows (short_period) has a period of which fewer than nine in ten days could "
            "be compared.",
            "3 行中有 1 行，其时段内可以比较的日子不足九成。",
        ),
    ],
)
def test_lists_in_chinese_notes_are_chinese(note: str, chinese: str) -> None:
    assert Words("zh").note(note) == (chinese, True)


def test_english_notes_agree_with_their_count() -> None:
    said, _ = Words("en").note("1 models with fewer than 4 scores are left out.")
    assert said == "1 model with fewer than 4 scores is left out."
