"""The page: complete, self-contained, escaped, in both languages."""

import base64
import datetime as dt
import hashlib
import json
import re
from collections.abc import Callable
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pytest

from headway.dataset import Dataset
from headway.errors import UsageError
from headway.report.page import page
from headway.report.story import ReportSpec, Story, tell
from headway.report.words import Words

Pages = Callable[[str], str]
LIMIT_BYTES = 5_000_000


class _Reader(HTMLParser):
    """What a page is made of: tags with their attributes, scripts, visible text."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.scripts: list[tuple[dict[str, str], str]] = []
        self.text: list[str] = []
        self._open: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        self.tags.append((tag, found))
        if tag in ("script", "style"):
            self._open.append(tag)
            if tag == "script":
                self.scripts.append((found, ""))

    def handle_endtag(self, tag: str) -> None:
        if self._open and self._open[-1] == tag:
            self._open.pop()

    def handle_data(self, data: str) -> None:
        if self._open and self._open[-1] == "script":
            attributes, text = self.scripts[-1]
            self.scripts[-1] = (attributes, text + data)
        elif not self._open:
            self.text.append(data)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_page_loads_nothing(pages: Pages, lang: str) -> None:
    text = pages(lang)
    read = _Reader(text)
    assert len(text.encode()) < LIMIT_BYTES
    for tag, attributes in read.tags:
        assert "src" not in attributes
        assert tag not in ("link", "iframe", "object", "embed", "img")
        if "href" in attributes and tag != "a":
            assert attributes["href"].startswith("#")
        if tag == "a":
            assert attributes["href"].startswith(("#", "https://"))
    styles = re.findall(r"<style>(.*?)</style>", text, re.DOTALL)
    assert styles
    assert not any("@import" in style or "url(" in style for style in styles)


def test_the_policy_allows_the_page_own_scripts_only(pages: Pages) -> None:
    read = _Reader(pages("en"))
    (policy,) = [
        a["content"] for t, a in read.tags if a.get("http-equiv") == "Content-Security-Policy"
    ]
    assert policy.startswith("default-src 'none'; script-src 'sha256-")
    assert "unsafe-eval" not in policy
    rule = next(part for part in policy.split("; ") if part.startswith("script-src"))
    assert "unsafe-inline" not in rule
    code = [text for attributes, text in read.scripts if "type" not in attributes]
    assert len(code) == 3
    for text in code:
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert f"'sha256-{digest}'" in rule


@pytest.mark.parametrize(("lang", "code"), [("en", "en"), ("zh", "zh-CN")])
def test_language_landmarks_headings_and_tables(pages: Pages, lang: str, code: str) -> None:
    read = _Reader(pages(lang))
    tags = [tag for tag, _ in read.tags]
    assert dict(read.tags)["html"]["lang"] == code
    assert tags.count("main") == tags.count("nav") == tags.count("h1") == 1
    levels = [int(tag[1]) for tag in tags if re.fullmatch(r"h[1-6]", tag)]
    assert levels[0] == 1
    assert all(b - a <= 1 for a, b in pairwise(levels))
    assert tags.count("caption") == tags.count("table")
    heads = [a for t, a in read.tags if t == "th"]
    assert heads
    assert all(a.get("scope") in ("col", "row") for a in heads)
    identifiers = [a["id"] for _, a in read.tags if "id" in a]
    assert len(identifiers) == len(set(identifiers))
    for tag, attributes in read.tags:
        if tag == "a" and attributes["href"].startswith("#"):
            assert attributes["href"][1:] in identifiers
        for name in ("aria-labelledby", "aria-describedby"):
            assert attributes.get(name, identifiers[0]) in identifiers
    figures = [a for t, a in read.tags if t == "figure"]
    labelled = [a for t, a in read.tags if a.get("role") == "img" and a.get("aria-label")]
    assert len(figures) == 14
    assert len(labelled) >= len(figures)


def test_the_numbers_on_the_page_are_those_of_the_story(pages: Pages, story: Story) -> None:
    text = " ".join(_Reader(pages("en")).text)
    words = Words("en")
    assert story.headline("en").sentence in text
    for name in story.main.compared.conventions:
        row = story.main.compared.headline(name)
        assert words.number(row["estimate"]) in text
    assert story.data.digest in text
    assert story.scale.capability.draw_set in text
    assert "--draws 40" in text
    assert "--seed 3" in text
    assert "--since 2026-05-01" in text
    for row in story.data.sources.to_dicts():
        assert row["title"] in text


def test_the_charts_on_the_page_are_strict_json(pages: Pages) -> None:
    read = _Reader(pages("en"))
    data = [text for a, text in read.scripts if a.get("type") == "application/json"]
    assert len(data) == 14

    def refuse(constant: str) -> None:
        raise AssertionError(constant)

    for text in data:
        assert set(json.loads(text, parse_constant=refuse)) == {"wide", "medium", "narrow"}


def test_no_english_is_left_on_the_chinese_page(pages: Pages, story: Story) -> None:
    text = " ".join(_Reader(pages("zh")).text)
    names = " ".join(
        [
            *story.data.models["name"].drop_nulls(), *story.data.models["model"],
            *story.data.benchmarks["name"].drop_nulls(),
            *story.data.organisations["name"].drop_nulls(),
            *story.data.sources["title"].drop_nulls(),
            *story.data.sources["publisher"].drop_nulls(),
            *story.data.sources["licence"].drop_nulls(), story.data.digest,
            story.scale.capability.draw_set, story.spec.with_options(lang="zh").command(),
            *story.data.ratings["board"].unique(), "Headway AI ECI",
            "headway ruler check coding new my-ruler.toml --from",
        ]
    )  # fmt: skip
    known = set(re.findall(r"[A-Za-z]+", names.lower()))
    found = set(re.findall(r"[A-Za-z]{3,}", text.lower()))
    assert found - known == set()


def test_hostile_names_are_text(hostile_story: Story) -> None:
    text = page(hostile_story)
    assert "<script>alert" not in text
    assert "javascript:" not in "".join(a.get("href", "") for _, a in _Reader(text).tags)
    assert "<script>alert('x')</script>\"&</td>" in " ".join(_Reader(text).text)
    assert len([a for a, _ in _Reader(text).scripts if "type" not in a]) == 3


def test_the_story_is_strict_json(story: Story) -> None:
    text = json.dumps(story.to_dict(), allow_nan=False)
    back = json.loads(text)
    assert back["headline"]["sentence"] == story.headline().sentence
    assert back["main"]["headline"]["estimate"] == story.main.headline["estimate"]
    assert back["spec"]["draws"] == 40
    assert back["problems"] == {}


def test_the_two_contests_are_kept_apart(story: Story, catalog: Dataset) -> None:
    assert (story.main.spec.leader, story.main.spec.follower) == ("country:US", "country:CN")
    assert story.second is not None
    assert (story.second.spec.leader, story.second.spec.follower) == ("closed", "open")
    turned = tell(catalog, ReportSpec(draws=3, leader="closed", follower="open"))
    assert turned.second is not None
    assert turned.second.spec.leader == "country:US"


def test_options_reach_the_story(catalog: Dataset) -> None:
    spec = ReportSpec(
        draws=0, as_of=dt.date(2025, 6, 30), convention="trend", date="announced", tie=2.0,
        level=0.8, lang="zh",
    )  # fmt: skip
    story = tell(catalog, spec)
    assert story.last_day == dt.date(2025, 6, 30)
    assert story.main.headline["convention"] == "trend"
    assert story.data.models["announced_on"].drop_nulls().to_list()
    text = page(story)
    assert "2025年6月30日" in text
    assert "--convention trend" in text
    assert "--date announced" in text


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"lang": "fr"}, "lang='fr'"),
        ({"draws": -1}, "draws is -1"),
        ({"seed": -1}, "seed is -1"),
        ({"convention": "gap"}, "measured in points"),
        ({"convention": "weekly"}, "weekly"),
        ({"as_of": "2025"}, "as_of"),
        ({"tie": -1.0}, "tie"),
    ],
)
def test_wrong_options_are_refused(options: dict[str, object], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        ReportSpec(**options)  # type: ignore[arg-type]


def test_the_command_quotes_what_a_shell_would_take() -> None:
    spec = ReportSpec(follower="open+!country:US", known_on=dt.date(2026, 1, 2))
    assert spec.command() == ("headway report --follower 'open+!country:US' --known-on 2026-01-02")
    with pytest.raises(UsageError, match="did you mean"):
        spec.with_options(folower="open")


def test_a_day_beyond_the_evidence_is_refused(catalog: Dataset) -> None:
    with pytest.raises(UsageError, match="recorded by 2026-08-11"):
        tell(catalog, ReportSpec(draws=0, as_of=dt.date(2027, 1, 1)))


def test_the_library_that_is_kept_is_the_library(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from headway.report import page as module

    monkeypatch.setattr(module, "__file__", str(tmp_path / "page.py"))
    (tmp_path / "__pycache__").mkdir()
    made = [module.chart_library.__wrapped__() for _ in range(2)]
    [kept] = (tmp_path / "__pycache__").iterdir()
    assert made[0] == made[1] == kept.read_bytes().decode()
    assert "vegaEmbed" in made[0]
    assert "</script" not in made[0]
    kept.write_bytes(b"\xff")
    assert module.chart_library.__wrapped__() == made[0]
    monkeypatch.setattr(module, "__file__", str(tmp_path / "nowhere" / "page.py"))
    assert module.chart_library.__wrapped__() == made[0]
