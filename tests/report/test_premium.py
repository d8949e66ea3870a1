"""The verdict on the premium says what the evidence says, in both languages."""

from dataclasses import replace
from typing import Any

import altair as alt
import polars as pl
import pytest

from headway.analyses import one_model
from headway.analyses.premium import PremiumResult
from headway.dataset import Dataset
from headway.errors import UsageError
from headway.report import premium as phrases
from headway.report.charts import NARROW, Look, premium as draw
from headway.report.story import Story
from headway.report.words import LANGUAGES, Words

CONFOUNDED = {
    "en": ("not proof of contamination", "harness", "language", "access", "tools", "tested"),
    "zh": ("不能证明", "评测框架", "语言", "谁能用到", "工具", "被测试"),
}


@pytest.fixture
def result(story: Story) -> PremiumResult:
    assert story.premium is not None
    return story.premium


def _with(result: PremiumResult, **evidence: Any) -> PremiumResult:
    return replace(result, evidence=replace(result.evidence, **evidence))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_verdict_names_what_is_confounded(result: PremiumResult, lang: str) -> None:
    said = phrases.verdict(Words(lang), result)
    for word in CONFOUNDED[lang]:
        assert word in said.caution
    assert "{" not in str(said)
    assert set(said.to_dict()) == {"claim", "figure", "stability", "caution"}
    assert f"{result.evidence.estimate:.1f}" in said.figure
    assert "Chess Puzzles" in said.stability


@pytest.mark.parametrize(
    ("strength", "english", "chinese"),
    [
        ("none", "No clear advantage of China over the United States", "没有明显迹象"),
        ("weak", "Weak signs that China gains", "微弱迹象"),
        ("depends", "depends on which labels one trusts", "取决于采信哪些标注"),
        ("consistent", "Consistent signs that China gains", "一致的迹象"),
    ],
)
def test_the_claim_is_as_strong_as_the_evidence(
    result: PremiumResult, strength: str, english: str, chinese: str
) -> None:
    changed = _with(result, strength=strength)
    assert english in phrases.verdict(Words("en"), changed).claim
    assert chinese in phrases.verdict(Words("zh"), changed).claim


def test_a_negative_premium_is_an_advantage_on_the_other_side(result: PremiumResult) -> None:
    turned = _with(
        result, estimate=-1.5, low=-2.5, high=-0.5, months=-1.0, months_low=-2.0,
        months_high=-0.2, strength="weak",
    )  # fmt: skip
    said = phrases.verdict(Words("en"), turned)
    assert "on private tests, compared with public tests" in said.claim
    assert "1.5 points on private tests beyond public tests" in said.figure
    assert "interval 0.5 to 2.5" in said.figure
    assert "1.0 months" in said.figure


def test_a_verdict_without_its_parts(result: PremiumResult) -> None:
    bare = _with(
        result, months=None, months_low=None, months_high=None, placebo_share=None, pivotal=None,
        confidence_estimate=None, label_low=None, label_high=None, rulers_months=None,
        p_value=0.0002,
    )  # fmt: skip
    bare = replace(bare, table=bare.table.filter(pl.col("convention") == "interaction"))
    said = phrases.verdict(Words("en"), bare)
    assert "months" not in said.figure
    assert "permutation p < 0.001" in said.figure
    assert said.stability == ""


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_tables_have_every_row(result: PremiumResult, lang: str) -> None:
    words = Words(lang)
    assert len(phrases.designs(words, result).rows) == result.table.height
    assert len(phrases.variants(words, result).rows) == result.details["sensitivity"].height
    assert len(phrases.benchmarks(words, result).rows) == result.details["benchmarks"].height
    for made in (phrases.designs, phrases.variants, phrases.benchmarks, phrases.placebos):
        table = made(words, result)
        assert all(len(row) == len(table.columns) for row in table.rows)
        assert all("premium." not in cell.text for row in table.rows for cell in row)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_one_model_s_table(catalog: Dataset, lang: str) -> None:
    words = Words(lang)
    table = phrases.model(words, one_model(catalog, "GLM-5.2", draws=0))
    assert "GLM-5.2" in table.caption
    text = {row[0].text: [cell.text for cell in row] for row in table.rows}
    assert "GPT-5.2" in text["WeirdML"]
    assert text["MMLU"].count(words("status.no_score")) == 2


def test_every_variant_has_words(result: PremiumResult) -> None:
    frame = result.details["sensitivity"]
    named = {"chosen", "list", "confidence", "all_benchmarks"}
    for row in frame.to_dicts():
        assert f"premium.kind.{row['kind']}" in LANGUAGES["en"]
        if row["kind"] in named:
            assert f"premium.variant.{row['entity']}" in LANGUAGES["en"]
    for table in (result.table, frame):
        for status in table["status"].unique():
            assert f"status.{status}" in LANGUAGES["en"]
        for quantity in table["quantity"].unique():
            assert f"quantity.{quantity}" in LANGUAGES["en"]


def test_the_charts_draw_what_was_computed(result: PremiumResult) -> None:
    shown = phrases.drawn_variants(result)
    chart = draw.variants(result)
    drawn = {
        round(row["estimate"], 9)
        for rows in chart.to_dict()["datasets"].values()
        for row in rows
        if "estimate" in row
    }
    assert drawn == {round(value, 9) for value in shown["estimate"]}
    for kind in phrases.FOLDED:
        assert shown.filter(pl.col("kind") == kind).height == phrases.MATTER
    assert isinstance(result.chart(), alt.LayerChart)
    assert isinstance(draw.benchmarks(result, Look(width=NARROW, lang="zh")), alt.LayerChart)
    details = dict(result.details)
    details["benchmarks"] = details["benchmarks"].with_columns(error=pl.lit(99.0))
    with pytest.raises(UsageError, match="no test is measured well enough"):
        draw.benchmarks(replace(result, details=details))


@pytest.mark.parametrize(
    "note",
    [
        "In 3 draws a ruler of one side is undefined; those are left out.",
        "two rulers: 2 models of country:CN have at least 2 public and 2 private scores, and 3 are "
        "needed for two rulers.",
        "two rulers: neither ruler has both groups in its last twelve months.",
        "two rulers: the anchor 'gpt-5' has no scores on this ruler, so nothing fixes its points.",
        "two rulers: the scores fall apart into 2 groups of models that share no benchmark, so "
        "their capabilities cannot be compared.",
    ],
)
def test_notes_are_translated(note: str) -> None:
    text, known = Words("zh").note(note)
    assert known
    assert text != note
