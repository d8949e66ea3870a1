"""What the README shows is what the commands say today."""

import re
from pathlib import Path

import polars as pl
import pytest

import headway
from headway.dataset import Dataset
from headway.report.story import ReportSpec, Story, tell
from headway.report.words import Words

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
CHINESE = (ROOT / "README.zh.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def story(catalog: Dataset) -> Story:
    return tell(catalog, ReportSpec())


def test_the_answer_is_that_of_the_default_report(story: Story) -> None:
    quoted = " ".join(line.removeprefix("> ") for line in README.splitlines() if line[:2] == "> ")
    said = story.headline("en")
    for sentence in (said.claim, said.basis, said.others):
        assert sentence in quoted.replace("**", "")


@pytest.mark.parametrize("page", [README, CHINESE], ids=["en", "zh"])
def test_the_counts_are_those_of_the_catalog(catalog: Dataset, page: str) -> None:
    for number in (catalog.models.height, catalog.benchmarks.height, f"{catalog.scores.height:,}"):
        assert re.search(rf"(?<![\d,]){number}(?![\d,])", page)


def test_the_corrections_are_counted(catalog: Dataset) -> None:
    history = catalog.history("models")
    corrected = history.filter(pl.col("reason").is_not_null())
    assert f"{corrected.height} corrections" in README


def test_the_coverage_is_that_of_the_evidence() -> None:
    evidence = (ROOT / "docs" / "evidence" / "interval-coverage.md").read_text(encoding="utf-8")
    rows = [line for line in evidence.splitlines() if line.startswith("| records | daily")]
    covers = sorted(int(row.split("|")[3].split("%")[0]) for row in rows)
    assert f"about {covers[0]}% to {covers[-1]}%" in README


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_page_s_sentence_on_coverage_is_that_of_the_evidence(lang: str) -> None:
    evidence = (ROOT / "docs" / "evidence" / "interval-coverage.md").read_text(encoding="utf-8")
    (row,) = [line for line in evidence.splitlines() if line.startswith("| all models |")]
    covers = sorted(int(cell.split("%")[0]) for cell in row.split("|")[2:5])
    said = Words(lang)("page.limit_3")
    assert f"{covers[0]}%" in said
    assert f"{covers[-1]}%" in said


@pytest.mark.parametrize(("page", "lang"), [(README, "en"), (CHINESE, "zh")])
def test_the_picture_is_there(page: str, lang: str) -> None:
    (picture,) = re.findall(r"!\[[^\]]+\]\(([^)]+)\)", page)
    assert (ROOT / picture).stat().st_size > 20_000, lang


def test_the_version_is_that_of_the_package() -> None:
    assert f"## [{headway.__version__}]" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
