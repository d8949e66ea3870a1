"""An error of nothing is none, whoever states it and however it came in."""

import datetime as dt
import json
from pathlib import Path

import numpy as np
import polars as pl
import pytest

import headway
from headway.dataset import Dataset
from headway.dataset.check import quality
from headway.dataset.importing import bring
from headway.rulers.scores.observations import observe
from headway.rulers.scores.sampling import sampling_errors
from headway.sources import lm_eval

NOTHING = (0.0, -0.0, 1e-300, 5e-324, 1e-17, 1e-9)
NOTE = "scores state a standard error of 0, which is none: taken as unknown."


def data_of(
    score: float, stderr: float | None, n: int | None, *, scale: str = "raw", ceiling: float = 1.0
) -> Dataset:
    return Dataset.from_frames(
        scores=pl.DataFrame(
            {
                "model": ["a", "b"],
                "benchmark": "x",
                "score": [score * ceiling, 0.3 * ceiling],
                "stderr": [stderr, 0.02 * ceiling],
                "n": [n, 307],
                "scale": scale,
            },
            schema_overrides={"stderr": pl.Float64, "n": pl.Int64},
        ),
        benchmarks=pl.DataFrame(
            {"benchmark": ["x"], "chance": [0.0], "ceiling": [ceiling], "n_items": [307]}
        ),
        recorded_on="2026-01-01",
    )


@pytest.mark.parametrize("stderr", NOTHING)
@pytest.mark.parametrize("n", [None, 1, 2, 307])
@pytest.mark.parametrize("score", [0.0, 0.052, 0.5, 1.0])
def test_an_error_of_nothing_is_that_of_no_statement(
    stderr: float, n: int | None, score: float
) -> None:
    stated, silent = (data_of(score, one, n) for one in (stderr, None))
    (error, believed), notes = sampling_errors(stated, observe(stated))
    (unknown, _), silence = sampling_errors(silent, observe(silent))
    assert error == unknown > 0
    assert believed == pytest.approx(0.02)
    assert notes == (f"1 {NOTE}", *silence)


@pytest.mark.parametrize(("scale", "ceiling"), [("raw", 100.0), ("raw", 1.0), ("normalised", 1.0)])
def test_it_is_measured_by_the_range_of_the_score(scale: str, ceiling: float) -> None:
    data = data_of(0.5, 1e-7 * ceiling, 50, scale=scale, ceiling=ceiling)
    assert sampling_errors(data, observe(data))[1] == (f"1 {NOTE}",)
    data = data_of(0.5, 1e-4 * ceiling, 50, scale=scale, ceiling=ceiling)
    errors, notes = sampling_errors(data, observe(data))
    assert errors[0] == pytest.approx(1e-4)
    assert notes == ()


@pytest.mark.parametrize("duplicates", ["best", "mean", "latest"])
def test_no_interval_is_closed_and_check_says_so(duplicates: str) -> None:
    data = data_of(0.5, 0.0, 307)
    for ruler in (
        headway.rulers.single(benchmark="x", duplicates=duplicates),
        headway.rulers.composite(weights={"x": 1.0}, duplicates=duplicates),
    ):
        scale = ruler.fit(data)
        assert (scale.high - scale.low > 0).all()
        assert f"1 {NOTE}" in scale.notes
    found = quality(data).filter(pl.col("check") == "errors_of_nothing")
    assert found.select("severity", "table", "entity").rows() == [("warning", "scores", "x")]
    assert quality(data_of(0.5, 0.1, 307)).filter(pl.col("check") == "errors_of_nothing").is_empty()


def test_a_score_whose_error_nothing_tells_has_no_interval() -> None:
    data = Dataset.from_frames(
        scores=pl.DataFrame(
            {
                "model": ["a", "b"],
                "benchmark": "x",
                "score": [0.5, 0.4],
                "stderr": [0.0, 0.02],
                "scale": "normalised",
            }
        ),
        recorded_on="2026-01-01",
    )
    scale = headway.rulers.single(benchmark="x").fit(data)
    table = {row["entity"]: row for row in scale.table.to_dicts()}
    assert (table["a"]["low"], table["a"]["high"]) == (None, None)
    assert table["a"]["status"] == "point_only"
    assert table["b"]["high"] > table["b"]["low"]


def from_frames(folder: Path) -> Dataset:
    return data_of(0.5, 0.0, 307)


def from_folder(folder: Path) -> Dataset:
    return headway.load(data_of(0.5, 0.0, 307).write(folder / "out"))


def from_table(folder: Path) -> Dataset:
    file = folder / "scores.csv"
    file.write_text("model,benchmark,score,stderr,n\nsome new model,gpqa-diamond,0.5,0.0,198\n")
    bring("table", [file], folder / "out", unmatched="add")
    return headway.load(folder / "out").where(model=["some-new-model"])


def from_lm_eval(folder: Path) -> Dataset:
    content = {
        "results": {"x": {"alias": "x", "acc,none": 0.5, "acc_stderr,none": 0.0}},
        "group_subtasks": {"x": []},
        "versions": {"x": 1.0},
        "n-shot": {"x": 0},
        "n-samples": {"x": {"original": 307, "effective": 307}},
        "config": {"model": "hf", "model_args": "pretrained=a/a"},
        "date": 1768964383.85,
        "lm_eval_version": "0.4.9",
        "model_name": "a/a",
    }
    scores = lm_eval.parse_results(json.dumps(content)).tables["scores"]
    return Dataset.from_frames(
        scores=scores.select(model=pl.lit("a"), benchmark=pl.lit("x"), score="score",
                             stderr="stderr", n="n"),
        recorded_on="2026-01-01",
    )  # fmt: skip


@pytest.mark.parametrize("way", [from_frames, from_folder, from_table, from_lm_eval])
def test_however_it_came_in(way, tmp_path: Path) -> None:
    data = way(tmp_path)
    scale = headway.rulers.single(benchmark=data.scores["benchmark"][0]).fit(data)
    assert f"1 {NOTE}" in scale.notes
    assert not (scale.high - scale.low == 0).any()


def rated(**columns: list[float | None]) -> Dataset:
    frame = {"board": "B", "model": ["a", "b", "c"], "rating": [1300.0, 1250.0, 1200.0]}
    return Dataset.from_frames(
        ratings=pl.DataFrame(
            frame | columns | {"as_of": dt.date(2026, 1, 1)},
            schema_overrides=dict.fromkeys(columns, pl.Float64),
        ),
        recorded_on="2026-01-01",
    )


@pytest.mark.parametrize("nothing", NOTHING)
@pytest.mark.parametrize("way", ["stderr", "interval"])
def test_ratings_obey_the_same_rule(nothing: float, way: str) -> None:
    if way == "stderr":
        data = rated(stderr=[nothing, 5.0, 6.0])
    else:
        data = rated(
            low=[1300.0 - nothing, 1240.0, 1190.0], high=[1300.0 + nothing, 1260.0, 1210.0],
            level=[0.95, 0.95, 0.95],
        )  # fmt: skip
    scale = headway.rulers.published(board="B").fit(data)
    table = {row["entity"]: row for row in scale.table.to_dicts()}
    assert table["a"]["status"] == "point_only"
    assert (table["a"]["low"], table["a"]["high"]) == (None, None)
    assert table["b"]["high"] > table["b"]["low"]
    assert any("B: 1 ratings state an error or an interval of 0" in note for note in scale.notes)
    found = quality(data).filter(pl.col("check") == "errors_of_nothing")
    assert found["table"].to_list() == ["ratings"]


def test_an_interval_stands_in_for_an_error_of_nothing() -> None:
    data = rated(
        stderr=[0.0, 0.0, 0.0], low=[1290.0, 1240.0, 1190.0], high=[1310.0, 1260.0, 1210.0],
        level=[0.9, 0.9, 0.9],
    )  # fmt: skip
    scale = headway.rulers.published(board="B").fit(data)
    assert np.allclose(scale.high - scale.low, 20.0)
    assert set(scale.status) == {"ok"}
