"""Predicted scores and the next evaluation in words."""

import re
from functools import cache

import polars as pl
import pytest

import headway
from headway.report import evaluations
from headway.report.words import Words
from headway.rulers import CalibratedScale


@cache
def _scale() -> CalibratedScale:
    return headway.rulers.calibrated(draws=100).fit(headway.load())


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_predictions_are_in_percent(lang: str) -> None:
    scale, words = _scale(), Words(lang)
    frame = headway.rulers.predict(scale, models=["kimi-k3", "gpt-5"], benchmarks="hle")
    table = evaluations.predictions(words, scale, frame, "all")
    assert [row[0].text for row in table.rows] == ["Kimi K3", "GPT-5"]
    assert [row[1].text for row in table.rows] == ["HLE", "HLE"]
    shown = [float(row[2].text) for row in table.rows]
    assert shown == pytest.approx([100 * x for x in frame["estimate"]], abs=0.051)
    statuses = [words(f"status.{status}") for status in frame["status"]]
    assert [row[5].text for row in table.rows] == statuses
    assert len(set(statuses)) == 2
    assert len(evaluations.predictions(words, scale, frame, "empty").columns) == 5


@pytest.mark.parametrize(
    ("asked", "english", "chinese"),
    [
        (
            {"leader": "country:US", "follower": "country:CN", "convention": "daily"},
            "the lag of China behind the United States",
            "中国落后美国的时间",
        ),
        (
            {"leader": "closed", "follower": "open", "convention": "gap"},
            "the gap between closed models and open-weight models",
            "的能力差距",
        ),
        ({"model": "kimi-k3"}, "the capability of Kimi K3", "Kimi K3 的能力值"),
        (
            {"model": "kimi-k3", "against": "gpt-5"},
            "the difference in capability between Kimi K3 and GPT-5",
            "Kimi K3 与 GPT-5 的能力差",
        ),
    ],
)
def test_answers_have_names(asked: dict[str, str], english: str, chinese: str) -> None:
    assert evaluations.answer(Words("en"), asked, _scale()) == english
    assert evaluations.answer(Words("zh"), asked, _scale()).endswith(chinese)


def _row(now: float, then: float, unit: str) -> pl.DataFrame:
    row = {"entity": "kimi-k3", "benchmark": "hle", "now": now, "estimate": then,
           "shrinks": 1 - then / now, "level": 0.9, "unit": unit}  # fmt: skip
    return pl.DataFrame([row])


@pytest.mark.parametrize(
    ("now", "then", "said"),
    [
        (2.3, 2.1, "from 2.30 to 2.10 months, by 8.7%"),
        (2.071, 2.052, "from 2.07 to 2.05 months, by 0.9%"),
        (2.0712, 2.0698, "from 2.071 to 2.070 months, by 0.1%"),
    ],
)
def test_the_sentence_tells_the_widths_apart(now: float, then: float, said: str) -> None:
    sentence = evaluations.sentence(Words("en"), _scale(), "the lag", _row(now, then, "months"))
    assert sentence.startswith("A score of Kimi K3 on HLE is expected to shrink the 90% interval")
    assert said in sentence


def test_the_sentence_in_chinese_has_both_units() -> None:
    sentence = evaluations.sentence(Words("zh"), _scale(), "能力差", _row(4.6, 4.2, "points"))
    assert "从 4.60 分缩小到 4.20 分，缩小 8.7%。" in sentence
    months = evaluations.sentence(Words("zh"), _scale(), "时间", _row(4.6, 4.2, "months"))
    assert "从 4.60 个月缩小到 4.20 个月" in months


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_tables_of_evaluations(lang: str) -> None:
    scale, words = _scale(), Words(lang)
    cells = headway.rulers.next_evaluation(scale, "kimi-k3", most=None)
    table = evaluations.evaluations(words, scale, "x", cells.head(4))
    assert len(table.rows) == 4
    assert all(re.fullmatch(r"\d+\.\d\d.*", row[2].text) for row in table.rows)
    together = evaluations.benchmarks(words, scale, headway.rulers.benchmarks_to_run(cells))
    assert together.rows[0][1].text.count("、" if lang == "zh" else ", ") == 2
