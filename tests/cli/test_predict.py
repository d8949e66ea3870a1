"""``headway predict``."""

import json
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import polars as pl
import pytest

import headway

Run = Callable[..., Any]


@pytest.fixture
def world(holes: Path) -> tuple[str, ...]:
    return ("--dataset", str(holes), "--draws", "60")


def _said(run: Run, *words: str) -> list[dict[str, Any]]:
    ran = run("predict", *words, "--json")
    assert ran.code == 0, ran.err
    rows: list[dict[str, Any]] = json.loads(ran.out)["table"]
    return rows


def _scored(folder: Path) -> set[tuple[str, str]]:
    return set(headway.load(folder).scores.select("model", "benchmark").iter_rows())


def test_empty_cells_are_predicted_the_most_capable_model_first(
    run: Run, world: tuple[str, ...], holes: Path
) -> None:
    rows, scored = _said(run, *world), _scored(holes)
    assert len(rows) == 16 * 6 - len(scored)
    assert scored.isdisjoint((row["entity"], row["benchmark"]) for row in rows)
    assert {row["status"] for row in rows} == {"predicted"}
    assert all(0 <= row["low"] <= row["estimate"] <= row["high"] <= 1 for row in rows)
    order = list(dict.fromkeys(row["entity"] for row in rows))
    ranked = json.loads(run("rank", "--ruler", "calibrated", *world, "--json").out)["rank"]
    best = [row["entity"] for row in ranked]
    assert order == [name for name in best if name in order]
    for one, other in pairwise(rows):
        if one["entity"] == other["entity"]:
            assert one["estimate"] >= other["estimate"]


def test_predictions_are_near_the_truth(run: Run, world: tuple[str, ...], small: Path) -> None:
    truth = {
        (model, benchmark): float(score)
        for model, benchmark, score in headway.load(small)
        .scores.select("model", "benchmark", "score")
        .iter_rows()
    }
    rows = _said(run, *world)
    errors = [abs(row["estimate"] - truth[row["entity"], row["benchmark"]]) for row in rows]
    assert sum(errors) / len(errors) < 0.06


def test_the_same_as_the_library(run: Run, world: tuple[str, ...], holes: Path) -> None:
    rows = _said(
        run, *world, "--model", "m03", "--benchmark", "b1", "--cells", "all", "--seed", "5"
    )
    ruler = headway.rulers.calibrated(anchors=None, draws=60, seed=5)
    found = headway.rulers.predict(ruler.fit(headway.load(holes)), models="m03", benchmarks="b1")
    assert rows == found.to_dicts()


def test_a_benchmark_alone_is_sorted_by_score(run: Run, world: tuple[str, ...]) -> None:
    rows = _said(run, *world, "--benchmark", "b4", "--benchmark", "b1", "--cells", "all")
    assert [row["benchmark"] for row in rows] == ["b4"] * 16 + ["b1"] * 16
    for part in (rows[:16], rows[16:]):
        scores = [row["estimate"] for row in part]
        assert scores == sorted(scores, reverse=True)


def test_cells_with_a_score_are_said_to_have_one(
    run: Run, world: tuple[str, ...], holes: Path
) -> None:
    rows = _said(run, *world, "--cells", "observed")
    assert {(row["entity"], row["benchmark"]) for row in rows} == _scored(holes)
    ran = run("predict", *world, "--cells", "all", "--most", 100)
    assert ran.out.count("has a score") == len(rows) + 1, "one in the note"
    assert "no test of the ruler" in ran.out


def test_what_is_printed(run: Run, world: tuple[str, ...]) -> None:
    ran = run("predict", *world, "--most", 2)
    assert ran.code == 0
    assert "Model 模型" in ran.out
    assert "90% interval" in ran.out
    assert "percent of the way from chance to the ceiling" in ran.out
    rows = _said(run, *world)
    assert f"{len(rows) - 2} more: --most {len(rows)} or --json shows them." in ran.out
    assert f"{100 * rows[0]['estimate']:.1f}" in ran.out
    chinese = run("predict", *world, "--most", 2, "--lang", "zh", "--level", "0.5").out
    assert "预测成绩" in chinese
    assert "50% 区间" in chinese
    assert "随机水平" in chinese


def test_without_draws_there_is_no_interval(run: Run, holes: Path) -> None:
    rows = _said(run, "--dataset", str(holes), "--draws", "0", "--model", "m03")
    assert rows
    assert {(row["low"], row["high"]) for row in rows} == {(None, None)}


def test_names_given_twice_count_once(run: Run, world: tuple[str, ...]) -> None:
    once = _said(run, *world, "--model", "m03")
    assert _said(run, *world, "--model", "m03", "--model", "Model 模型 3") == once
    assert _said(run, *world, "--model", "m03", "--model", "m03") == once


def test_a_dataset_without_the_usual_anchors(run: Run, tmp_path: Path, holes: Path) -> None:
    data = headway.load(holes)
    names = {"claude-3-5-sonnet": "x", "gpt-5": "y"}
    scores = data.scores.select(pl.col("model").replace(names), "benchmark", "score")
    headway.Dataset.from_frames(scores=scores, recorded_on="2026-01-01").write(tmp_path / "own")
    rows = _said(run, "--dataset", str(tmp_path / "own"), "--draws", "20", "--model", "x")
    assert {row["entity"] for row in rows} == {"x"}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--model", "m99"), "unknown model 'm99'"),
        (("--benchmark", "b9"), "unknown benchmark 'b9'"),
        (("--model", "m15"), "every model asked for has a score on every benchmark asked for"),
        (("--cells", "some"), "--cells"),
        (("--draws", "-1"), "draws is -1"),
        (("--level", "1"), "level is 1.0"),
        (("--seed", "-1"), "seed is -1"),
        (("--widen", "0"), "widen is 0.0"),
        (("--most", "0"), "--most"),
        (("--min-scores", "7"), "no scores are left"),
        (("--lang", "fr"), "--lang"),
        (("--anchor", "m03=1"), "--anchor"),
        (("--known-on", "2020-01-01"), "2020-01-01"),
    ],
)
def test_a_wrong_option_is_an_error(
    run: Run, world: tuple[str, ...], words: tuple[str, ...], said: str
) -> None:
    ran = run("predict", *world, *words)
    assert ran.code == 2
    assert ran.out == ""
    assert said in ran.err
    assert "Traceback" not in ran.err


@pytest.mark.parametrize("command", ["predict", "next"])
def test_a_dataset_without_scores(run: Run, tmp_path: Path, command: str) -> None:
    votes = pl.DataFrame({"vote": ["1"], "model_a": ["a"], "model_b": ["b"], "outcome": ["a"]})
    bare = headway.Dataset.from_frames(votes=votes).write(tmp_path / "bare")
    ran = run(command, "--dataset", bare)
    assert ran.code == 2
    assert ran.out == ""
    assert "measures by the table 'scores'" in ran.err
    assert "Traceback" not in ran.err
