"""``headway rank``."""

import json
from collections.abc import Callable
from dataclasses import fields
from typing import Any

import pytest

from headway.rulers import LogisticRuler

Run = Callable[..., Any]


def test_the_best_model_comes_first(run: Run, quick: tuple[str, ...]) -> None:
    ran = run("rank", *quick, "--most", 3)
    assert ran.code == 0
    lines = [line.split() for line in ran.out.splitlines()]
    assert lines[2][0] == "1"
    assert "Model 模型 15" in ran.out
    assert "Model 模型 12" not in ran.out
    assert "13 more" in ran.out


def test_json_has_scale_and_ranks(run: Run, quick: tuple[str, ...]) -> None:
    ran = run("rank", *quick, "--json", "--seed", 7)
    said = json.loads(ran.out)
    assert said["seed"] == 7
    assert said["draws"] == 20
    assert [row["rank"] for row in said["rank"]] == list(range(1, 17))
    assert said["rank"][0]["entity"] == "m15"
    assert _anchors(said) == {"claude-3-5-sonnet": 130.0, "gpt-5": 150.0}


def _anchors(said: Any) -> dict[str, float]:
    return {row["entity"]: row["estimate"] for row in said["table"] if row["status"] == "anchor"}


def test_other_anchors(run: Run, quick: tuple[str, ...]) -> None:
    ran = run("rank", *quick, "--anchor", "m03=100", "--anchor", "Model 模型 14=200", "--json")
    assert _anchors(json.loads(ran.out)) == {"m03": 100.0, "m14": 200.0}


def test_the_same_seed_gives_the_same_bytes(run: Run, quick: tuple[str, ...]) -> None:
    once, again = (run("rank", *quick, "--json", "--seed", 3).out for _ in range(2))
    other = run("rank", *quick, "--json", "--seed", 4).out
    assert once == again
    assert once != other


def test_benchmarks_and_weights_choose_the_evidence(run: Run, quick: tuple[str, ...]) -> None:
    chosen = ("--benchmark", "b1", "--benchmark", "b2", "--weight", "b2=2")
    said = json.loads(run("rank", *quick, *chosen, "--json").out)
    assert said["spec"]["benchmarks"] == ["b1", "b2"]
    assert said["spec"]["weights"] == {"b2": 2.0}
    assert {row["n"] for row in said["table"]} == {2}


def test_as_of_leaves_out_later_models(run: Run, quick: tuple[str, ...]) -> None:
    said = json.loads(run("rank", *quick, "--as-of", "2025-07-01", "--json").out)
    assert {row["entity"] for row in said["table"]} == {
        *(f"m{k:02}" for k in range(13) if k not in (4, 12)),
        "claude-3-5-sonnet",
        "gpt-5",
    }


def test_what_was_not_known_yet_is_an_error(run: Run, quick: tuple[str, ...]) -> None:
    ran = run("rank", *quick, "--known-on", "2020-01-01")
    assert ran.code == 2
    assert "2020-01-01" in ran.err


def test_published_ratings(run: Run) -> None:
    ran = run("rank", "--ruler", "published", "--most", 2)
    assert ran.code == 0
    assert "published" in ran.out.splitlines()[0]
    assert "between" not in ran.out, "published ratings have no draws and so no rank intervals"


def test_a_single_benchmark(run: Run, quick: tuple[str, ...]) -> None:
    dataset = quick[:2]
    ran = run("rank", *dataset, "--ruler", "single", "--benchmark", "b3", "--json")
    said = json.loads(ran.out)
    assert said["unit"] == "percent"
    assert said["rank"][0]["entity"] == "m15"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--benchmark", "b99"), "unknown benchmark 'b99'"),
        (("--weight", "b1=-1"), "expected 0 or more"),
        (("--anchor", "gpt-5=100"), "expected two models"),
        (("--anchor", "gpt-5=100", "--anchor", "m99=3"), "'m99'"),
        (("--draws", "-1"), "draws is -1"),
        (("--seed", "-1"), "seed is -1"),
        (("--level", "1"), "level is 1.0"),
        (("--ridge", "0"), "ridge is 0.0"),
        (("--min-scores", "0"), "min_scores is 0"),
        (("--most", "0"), "--most"),
        (("--ruler", "elo"), "--ruler"),
        (("--duplicates", "worst"), "--duplicates"),
        (("--ruler", "published", "--ridge", "1"), "--ridge would have no effect"),
        (("--ruler", "published", "--benchmark", "b1"), "--benchmark would have no effect"),
        (("--ruler", "published", "--board", "Nobody's"), "the table 'ratings'"),
        (("--board", "Nobody's"), "--board"),
        (("--ruler", "single"), "exactly one --benchmark"),
        (("--ruler", "single", "--benchmark", "b1", "--weight", "b1=2"), "--weight"),
    ],
)
def test_a_wrong_option_is_an_error(
    run: Run, quick: tuple[str, ...], words: tuple[str, ...], said: str
) -> None:
    ran = run("rank", *quick[:2], *words)
    assert ran.code == 2
    assert ran.out == ""
    assert said in ran.err
    assert "Traceback" not in ran.err


def test_help_lists_every_option_of_the_ruler(run: Run) -> None:
    text = run("rank", "--help").out
    names = {"benchmarks": "benchmark", "weights": "weight", "anchors": "anchor"}
    for item in fields(LogisticRuler):
        if item.name != "name":
            assert f"--{names.get(item.name, item.name).replace('_', '-')} " in text
