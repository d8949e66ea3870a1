"""``headway premium``."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.analyses.premium_worlds import premium_world, reporter_world

from headway.report.words import LANGUAGES

Run = Callable[..., Any]
ANCHORED = ("--anchor", "us00=130", "--anchor", "us17=150", "--draws", "10")
FEW = ("--splits", "4", "--permutations", "199", "--resamples", "200")


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, ...]:
    folder = tmp_path_factory.mktemp("facts") / "world"
    premium_world(premium=3.0, noise=0.03, private=12).write(folder)
    return ("--dataset", str(folder), *ANCHORED)


def test_the_verdict_comes_first(run: Run, world: tuple[str, ...]) -> None:
    ran = run("premium", *world, *FEW)
    assert ran.code == 0, ran.err
    lines = ran.out.splitlines()
    assert lines[0].startswith(("Consistent signs that China gains", "Whether China gains"))
    assert "permutation p" in lines[1]
    assert "not proof of contamination" in ran.out
    for confounder in ("harness", "language", "access", "tools", "get tested"):
        assert confounder in lines[3]
    for caption in ("both designs", "Placebos", "under other labels", "test by test"):
        assert caption in ran.out


def test_the_verdict_in_chinese(run: Run, world: tuple[str, ...]) -> None:
    ran = run("premium", *world, *FEW, "--lang", "zh")
    assert ran.code == 0, ran.err
    assert "中国" in ran.out.splitlines()[0]
    assert "这并不能证明试题泄露" in ran.out


def test_json_has_the_verdict_in_every_language(run: Run, world: tuple[str, ...]) -> None:
    said = json.loads(run("premium", *world, *FEW, "--json").out)
    assert set(said["verdict"]) == set(LANGUAGES)
    assert said["table"][0]["quantity"] == "premium_points"
    assert said["evidence"]["estimate"] == said["table"][0]["estimate"]
    assert {row["kind"] for row in said["details"]["sensitivity"]} >= {"chosen", "list"}
    assert said["spec"]["since"] == "2024-05-01"


def test_lists_of_labels(run: Run, world: tuple[str, ...]) -> None:
    said = json.loads(
        run("premium", *world, *FEW, "--private", "held_out", "--fewest", "3",
            "--public", "public,semi-private", "--json").out
    )  # fmt: skip
    sides = {row["item_access"]: row["side"] for row in said["details"]["benchmarks"]}
    assert sides == {"held_out": "private", "semi_private": "public", "public": "public"}


def test_reporters(run: Run, tmp_path: Path) -> None:
    reporter_world(main=1.0, premium=2.0, noise=0.02).write(tmp_path / "facts")
    words = ("--dataset", tmp_path / "facts", *ANCHORED, *FEW, "--contrast", "reporter")
    ran = run("premium", *words)
    assert ran.code == 0, ran.err
    assert "the scores that developers report lie" in ran.out
    assert "not proof of inflated reports" in ran.out


def test_one_model(run: Run, world: tuple[str, ...]) -> None:
    ran = run("premium", *world[:2], "--model", "cn17")
    assert ran.code == 0, ran.err
    assert "cn17 behind the United States, test by test" in ran.out
    said = json.loads(
        run("premium", *world[:2], "--model", "cn17", "--benchmark", "b03", "--json").out
    )
    assert [row["entity"] for row in said["table"]] == ["b03"]
    assert said["table"][0]["status"] in ("ok", "at_least", "leads", "no_score")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--leader", "contry:US"), "did you mean 'country'?"),
        (("--contrast", "items"), "--contrast"),
        (("--private", "secret"), "'secret' is not one of"),
        (("--since", "May"), "'May' is not a day"),
        (("--since", "2027-01-01"), "no model on this scale from 2027-01-01 on"),
        (("--contrast", "reporter"), "can be compared"),
        (("--permutations", "5"), "permutations is 5"),
        (("--model", "cn99"), "unknown model 'cn99'"),
        (("--model", "cn17", "--private", "held_out"), "other options of the premium"),
        (("--model", "cn17", "--benchmark", "nine"), "unknown benchmark 'nine'"),
    ],
)
def test_what_cannot_be_asked(
    run: Run, world: tuple[str, ...], words: tuple[str, ...], said: str
) -> None:
    ran = run("premium", *world, *words)
    assert ran.code == 2
    assert said in ran.err
    assert "Traceback" not in ran.err


def test_a_dataset_without_labels_says_what_is_missing(run: Run, quick: tuple[str, ...]) -> None:
    ran = run("premium", *quick, "--since", "2024-01-01")
    assert ran.code == 2
    assert "0 public benchmarks can be compared" in ran.err
    assert "country:CN: 0 public and 0 private scores" in ran.err
