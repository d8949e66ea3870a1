"""``headway diff``."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

import headway
from headway.dataset import Dataset

Run = Callable[..., Any]
FEW = ("--draws", "10")


@pytest.fixture(scope="module")
def later(small: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small dataset with one corrected score, recorded a month later."""
    data = headway.load(small)
    scores = data.tables["scores"]
    changed = scores.filter((pl.col("model") == "m03") & (pl.col("benchmark") == "b2"))
    correction = changed.with_columns(
        score=pl.col("score") + 0.05,
        revision=pl.lit(1, dtype=pl.Int64),
        reason=pl.lit("looked again"),
        recorded_on=pl.lit("2026-02-01").str.to_date(),
    )
    tables = {**data.tables, "scores": pl.concat([scores, correction])}
    folder = tmp_path_factory.mktemp("later") / "later"
    return Dataset(tables=tables, origin="later").write(folder)


def test_two_datasets(run: Run, small: Path, later: Path) -> None:
    ran = run("diff", small, later, *FEW)
    assert ran.code == 0
    assert "Revised scores (1)" in ran.out
    assert "m03" in ran.out
    assert "change of the evidence" in ran.out
    assert "not_paired" in ran.out


def test_a_dataset_and_a_day(run: Run, small: Path, later: Path) -> None:
    two = json.loads(run("diff", small, later, *FEW, "--json").out)
    one = json.loads(run("diff", later, "--since", "2026-01-15", *FEW, "--json").out)
    assert one["table"] == two["table"]
    assert one["details"] == two["details"]
    [score] = one["details"]["scores"]
    assert score["moved"] == pytest.approx(0.05)
    assert [row["entity"] for row in one["table"]] == [
        "before", "same_day", "after", "of_evidence", "of_time",
    ]  # fmt: skip


def test_other_groups_and_conventions(run: Run, small: Path, later: Path) -> None:
    words = ("--leader", "closed", "--follower", "open", "--convention", "gap")
    said = json.loads(run("diff", small, later, *words, *FEW, "--json").out)
    assert said["spec"]["leader"] == "closed"
    assert {row["quantity"] for row in said["table"]} == {"gap_now"}


@pytest.mark.parametrize("words", [(), ("later", "--since", "2026-01-15")])
def test_one_or_two_vintages(run: Run, small: Path, words: tuple[str, ...]) -> None:
    ran = run("diff", small, *words)
    assert ran.code == 2
    assert "give two datasets, or one dataset and --since" in ran.err


def test_a_day_before_everything(run: Run, small: Path) -> None:
    ran = run("diff", small, "--since", "2020-01-01")
    assert ran.code == 2
    assert "there are no scores as recorded by 2020-01-01" in ran.err


def test_by_a_ruler_of_one_s_choice(run: Run, small: Path, later: Path) -> None:
    said = json.loads(run("diff", small, later, "--ruler", "coding", "--draws", 5, "--json").out)
    assert said["made"]["ruler"]["name"] == "coding"
    assert {row["estimate_after"] for row in said["details"]["ranks"]}
    ran = run("diff", small, later, "--ruler", "coding", "--ridge", 1)
    assert ran.code == 2
    assert "would change the ruler 'coding'" in ran.err
