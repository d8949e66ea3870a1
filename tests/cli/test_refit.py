"""Old results refitted with one flag."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

import headway

Run = Callable[..., Any]


@pytest.fixture
def kept(run: Run, quick: tuple[str, ...], tmp_path: Path) -> Callable[..., Path]:
    def keep(command: str, *words: str) -> Path:
        path = tmp_path / f"{command}.json"
        path.write_text(run(command, *quick, *words, "--json").out)
        return path

    return keep


@pytest.fixture
def later(small: Path, tmp_path: Path) -> Path:
    """The small dataset with one better score of the best model."""
    data = headway.load(small)
    scores = data.history("scores").with_columns(
        score=pl.when((pl.col("model") == "m15") & (pl.col("benchmark") == "b5"))
        .then(0.999)
        .otherwise(pl.col("score"))
    )
    folder = tmp_path / "later"
    type(data)(tables=dict(data.tables) | {"scores": scores}, origin="x").write(folder)
    return folder


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("rank", ()),
        ("rank", ("--ruler", "coding", "--level", "0.8")),
        ("rank", ("--ruler", "single", "--benchmark", "b3", "--as-of", "2025-07-01")),
        ("rank", ("--anchor", "m03=100", "--anchor", "m14=200", "--seed", "4")),
        ("lag", ("--every",)),
        ("lag", ("--by", "domain")),
        ("lag", ("--changed-since", "2025-01-01")),
        ("lag", ("--tie", "0.5", "--convention", "records", "--ruler", "math-only")),
    ],
)
def test_on_the_same_facts_nothing_moves(
    run: Run, small: Path, kept: Callable[..., Path], tmp_path: Path, command: str,
    words: tuple[str, ...],
) -> None:  # fmt: skip
    own = tmp_path / "math-only.toml"
    own.write_text('name = "math-only"\nkind = "domain"\n[benchmarks]\ndomain = ["math"]\n')
    words = tuple(str(own) if word == "math-only" else word for word in words)
    path = kept(command, *words)
    old = json.loads(path.read_text())
    own.unlink()
    ran = run(command, "--refit", path, "--dataset", small, "--json")
    assert ran.code == 0, ran.err
    said = json.loads(ran.out)
    assert set(said["refit"]["counts"]) == {"same"}
    assert said["refit"]["same_dataset"] is True
    assert said["table"] == old["table"]
    assert said["made"] == old["made"]
    text = run(command, "--refit", path, "--dataset", small)
    assert text.code == 0
    assert f"{len(old['table'])} same." in text.out
    assert "the same facts" in text.out


def test_on_other_facts_the_moves_are_listed(
    run: Run, kept: Callable[..., Path], later: Path
) -> None:
    path = kept("rank")
    old = json.loads(path.read_text())
    said = json.loads(run("rank", "--refit", path, "--dataset", later, "--json").out)
    refit = said["refit"]
    assert refit["same_dataset"] is False
    assert refit["dataset_then"] == old["dataset"]
    assert refit["dataset_now"] == headway.load(later).digest
    rows = {row["entity"]: row for row in refit["table"]}
    before = {row["entity"]: row["estimate"] for row in old["table"]}
    assert rows["m15"]["status"] == "moved"
    assert rows["m15"]["old"] == before["m15"]
    assert rows["m15"]["new"] > rows["m15"]["old"]
    assert rows["m15"]["difference"] == pytest.approx(rows["m15"]["new"] - rows["m15"]["old"])
    assert rows["gpt-5"]["status"] == "same"
    text = run("rank", "--refit", path, "--dataset", later)
    assert "m15" in text.out
    assert "moved" in text.out


def test_a_day_given_now_comes_before_the_old_one(
    run: Run, small: Path, kept: Callable[..., Path]
) -> None:
    path = kept("rank")
    ran = run("rank", "--refit", path, "--dataset", small, "--as-of", "2025-09-30", "--json")
    said = json.loads(ran.out)
    assert said["refit"]["counts"]["gone"] == 1
    assert said["made"]["options"]["as_of"] == "2025-09-30"


def _changed(path: Path, change: Callable[[dict[str, Any]], Any]) -> Path:
    result = json.loads(path.read_text())
    change(result)
    path.write_text(json.dumps(result))
    return path


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda r: r.pop("made"), "not a result that says how it was made"),
        (lambda r: r.update(made=3), "not a result that says how it was made"),
        (lambda r: r["made"].pop("ruler"), "does not say which ruler"),
        (lambda r: r["made"].update(ruler={"kind": "elo"}), "no valid ruler"),
        (lambda r: r["made"].update(draws="many"), "draws is 'many'"),
        (lambda r: r["made"].update(seed=True), "seed is True"),
        (lambda r: r["made"].update(level="high"), "level is 'high'"),
        (lambda r: r["made"].pop("options"), "which options"),
        (lambda r: r["made"]["options"].update(as_of="May"), "as_of is 'May'"),
        (lambda r: r.pop("table"), "no table"),
        (lambda r: r.update(table=[3]), "no table that can be compared"),
        (lambda r: r["table"].append(r["table"][0]), "cannot be told apart"),
        (lambda r: r["table"][0].update(estimate="high"), "no table that can be compared"),
        (lambda r: r["made"].update(command="lag"), "a result of `headway lag`"),
    ],
)
def test_a_damaged_result_is_refused(
    run: Run, small: Path, kept: Callable[..., Path], change: Callable[[Any], Any], said: str
) -> None:
    path = _changed(kept("rank"), change)
    ran = run("rank", "--refit", path, "--dataset", small)
    assert ran.code == 2
    assert said in ran.err
    assert "Traceback" not in ran.err


def test_a_damaged_question_is_refused(run: Run, small: Path, kept: Callable[..., Path]) -> None:
    for name, value in (("tie", "wide"), ("by", "country"), ("leader", 3), ("tie", -1)):
        path = _changed(kept("lag"), lambda r, n=name, v=value: r["made"]["options"].update({n: v}))
        ran = run("lag", "--refit", path, "--dataset", small)
        assert ran.code == 2
        assert name in ran.err


@pytest.mark.parametrize("content", [b"", b"[1]", b"\xff\xfe", b"{" * 9, b'{"made": NaN}'])
def test_what_is_no_result_is_refused(run: Run, tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "r.json"
    path.write_bytes(content)
    ran = run("rank", "--refit", path)
    assert ran.code == 2
    assert "r.json" in ran.err


def test_other_options_would_have_no_effect(
    run: Run, small: Path, kept: Callable[..., Path]
) -> None:
    path = kept("rank")
    for words in (("--draws", "3"), ("--ruler", "coding"), ("--option", "ridge=1")):
        ran = run("rank", "--refit", path, "--dataset", small, *words)
        assert ran.code == 2
        assert f"{words[0]} would have no effect" in ran.err
    assert run("rank", "--refit", path.parent / "none.json").code == 2
    assert run("rank", "--refit", path.parent).code == 2
