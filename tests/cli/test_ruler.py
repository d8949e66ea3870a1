"""``headway ruler``, and rulers by name or file in the other commands."""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from headway.rulers.files.kinds import KINDS
from headway.rulers.files.reading import parse, read, shelved

Run = Callable[..., Any]

MINE = """
name = "mine"
version = "3"
kind = "eci"
title = "Mine"
[benchmarks]
include = ["b1", "b2", "b3"]
[draws]
number = 20
"""


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    path = tmp_path / "mine.toml"
    path.write_text(MINE)
    return path


def test_the_shelf_and_the_kinds_are_listed(run: Run) -> None:
    ran = run("ruler", "list")
    assert ran.code == 0
    for name in (*shelved(), *KINDS):
        assert f"\n{name} " in ran.out
    said = json.loads(run("ruler", "list", "--json").out)
    assert [row["name"] for row in said["shelf"]] == list(shelved())
    assert {row["kind"] for row in said["kinds"]} == set(KINDS)


def test_on_another_dataset_the_shelf_has_no_counts_where_names_lack(run: Run, small: Path) -> None:
    said = json.loads(run("ruler", "list", "--json", "--dataset", small).out)
    counts = {row["name"]: row["benchmarks"] for row in said["shelf"]}
    assert counts["general"] == 6
    assert counts["coding"] == 3
    assert counts["five-tests"] is None


def test_new_writes_a_file_that_is_valid_and_never_overwrites(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "My Rüler.toml"
    assert run("ruler", "new", path, "--from", "coding").code == 0
    made = read(path)
    assert made.name == "my-r-ler"
    assert made.benchmarks == shelved()["coding"].benchmarks
    before = path.read_bytes()
    again = run("ruler", "new", path)
    assert again.code == 2
    assert "exists" in again.err
    assert path.read_bytes() == before
    assert parse(run("ruler", "new", "--kind", "composite").out).kind == "composite"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("new", "--kind", "elo"), "there is no kind of ruler 'elo'"),
        (("new", "--from", "elo"), "there is no ruler 'elo'"),
        (("new", "--from", "coding", "--kind", "eci"), "contradicts --from"),
        (("new", "/nowhere/at/all.toml"), "there is no folder"),
        (("check", "elo"), "there is no ruler 'elo'"),
        (("check", "elo.toml"), "there is no file"),
        (("show", "."), "is not a file"),
        (("check", "pairwise"), "measures by the table 'votes'"),
    ],
)
def test_wrong_words_are_errors(run: Run, words: tuple[str, ...], said: str) -> None:
    ran = run("ruler", *words)
    assert ran.code == 2
    assert said in ran.err
    assert "Traceback" not in ran.err


def test_a_folder_that_may_not_be_written(run: Run, tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir()
    closed.chmod(0o500)
    if os.access(closed, os.W_OK):
        pytest.skip("this user may write anywhere")
    ran = run("ruler", "new", closed / "x.toml")
    assert ran.code == 2
    assert "Permission denied" in ran.err


def test_a_path_does_not_act_on_the_terminal(run: Run, tmp_path: Path) -> None:
    made = tmp_path / "a\x1b[2J\u202eb.toml"
    ran = run("ruler", "new", made)
    assert made.is_file()
    assert "a\\x1b[2J\\u202eb.toml" in ran.out
    assert "\x1b" not in ran.out + run("ruler", "check", made).out


def test_show_is_the_file_without_comments(run: Run) -> None:
    for name, file in shelved().items():
        assert parse(run("ruler", "show", name).out).digest == file.digest
    said = json.loads(run("ruler", "show", "coding", "--json").out)
    assert said["digest"] == shelved()["coding"].digest


def test_check_says_what_is_measured_and_left_out(run: Run, mine: Path, small: Path) -> None:
    ran = run("ruler", "check", mine, "--dataset", small, "--json")
    # The anchors of the default scale are in this world.
    said = json.loads(ran.out)
    assert ran.code == 0
    assert said["benchmarks"] == ["b1", "b2", "b3"]
    assert said["left_out"]["b0"] == "not included by name"
    assert said["identified"] is True
    assert said["models"] == 16
    assert said["digest"] == read(mine).digest
    text = run("ruler", "check", mine, "--dataset", small).out
    assert "3 of 6 benchmarks: b1, b2, b3." in text
    assert "not included by name: b0, b4, b5" in text
    assert "16 models, in points" in text
    assert read(mine).digest in text


def test_check_of_what_cannot_be_fitted_says_why(run: Run, tmp_path: Path, small: Path) -> None:
    path = tmp_path / "one.toml"
    path.write_text('name = "one"\nkind = "eci"\n[benchmarks]\ninclude = ["b1"]\n')
    ran = run("ruler", "check", path, "--dataset", small)
    assert ran.code == 2
    assert "1 of 6 benchmarks: b1." in ran.out
    assert "one benchmark (b1) does not determine" in ran.err
    said = json.loads(run("ruler", "check", path, "--dataset", small, "--json").out)
    assert said["identified"] is False
    assert "does not determine" in said["problem"]


def test_check_lists_every_problem(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "bad.toml"
    path.write_text(
        'name = "bad"\nkind = "eci"\nx = 1\n[weights]\nhle = nan\n[draws]\nseed = "a"\n'
    )
    ran = run("ruler", "check", path)
    assert ran.code == 2
    for line in ("line 3: x:", "line 5: weights.hle:", "line 7: draws.seed:"):
        assert line in ran.err


def test_one_way_to_choose_everywhere(run: Run, mine: Path, small: Path) -> None:
    rank = json.loads(run("rank", "--ruler", mine, "--dataset", small, "--json").out)
    lag = json.loads(run("lag", "--ruler", mine, "--dataset", small, "--json").out)
    events = json.loads(run("events", "--ruler", mine, "--dataset", small, "--json").out)
    for said in (rank, lag, events):
        made = said["made"]
        assert made["ruler"] == read(mine).to_dict()
        assert made["ruler_digest"] == read(mine).digest
        assert made["draws"] == 20
        assert made["seed"] == 0
        assert made["dataset"]["digest"]
    assert rank["ruler"] == "Mine"
    assert rank["spec"]["file"]["version"] == "3"
    assert rank["spec"]["benchmarks"] == ["b1", "b2", "b3"]


def test_only_the_draws_of_a_file_can_be_set(run: Run, mine: Path, small: Path) -> None:
    options = ("--ruler", mine, "--dataset", small, "--json")
    said = json.loads(run("rank", *options, "--draws", 7, "--seed", 3, "--level", 0.5).out)
    assert said["draws"] == 7
    assert said["seed"] == 3
    assert said["table"][0]["level"] == 0.5
    assert said["spec"]["file"]["digest"] == read(mine).digest
    for words in (("--ridge", 1), ("--benchmark", "b0"), ("--option", "ridge=1")):
        ran = run("rank", *options, *words)
        assert ran.code == 2
        assert "would change the ruler 'mine'" in ran.err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--ruler", "eci", "--option", "ridge"), "is not NAME=VALUE"),
        (("--ruler", "eci", "--option", "rigde=1"), "did you mean 'ridge'?"),
        (("--ruler", "eci", "--option", "ridge=a"), "options.ridge: 'a' is not a number"),
        (("--ruler", "composite"), "names no components"),
        (("--ruler", "composite", "--weight", "b1=1", "--option", "missing=x"), "'x' is not one"),
        (("--ruler", "domain", "--benchmark", "b9"), "unknown benchmark 'b9'"),
        (("--ruler", "published", "--option", "board.x=1"), "is not text"),
        (("--ruler", "items"), "measures by the table 'responses'"),
        (("--ruler", "horizon"), "measures by the table"),
    ],
)
def test_wrong_options_of_kinds(
    run: Run, quick: tuple[str, ...], words: tuple[str, ...], said: str
) -> None:
    ran = run("rank", *quick[:2], *words)
    assert ran.code == 2, ran.out
    assert said in ran.err
    assert "Traceback" not in ran.err


def test_bare_kinds_take_options(run: Run, quick: tuple[str, ...]) -> None:
    words = ("--ruler", "composite", "--weight", "b1=2", "--weight", "b2=1")
    said = json.loads(run("rank", *quick, *words, "--option", "missing=worst", "--json").out)
    assert said["spec"]["missing"] == "worst"
    assert said["unit"] == "percent"
    domain = ("--ruler", "domain", "--benchmark", "b1", "--benchmark", "b2", "--json")
    assert json.loads(run("rank", *quick, *domain).out)["spec"]["kind"] == "domain"


def test_a_tie_of_points_is_left_out_on_other_units(run: Run, quick: tuple[str, ...]) -> None:
    words = ("lag", *quick, "--ruler", "single", "--benchmark", "b3", "--json")
    said = json.loads(run(*words).out)
    assert said["spec"]["tie"] == 0.0
    assert any("measures in percent" in note for note in said["notes"])
    refused = run(*words, "--tie", "2")
    assert refused.code == 2
    assert "percent" in refused.err
    assert json.loads(run(*words, "--tie", "2 percent").out)["spec"]["tie"] == 2.0


def test_ranks_of_all_at_once(run: Run, quick: tuple[str, ...]) -> None:
    words = (*quick[:2], "--draws", "200", "--simultaneous")
    said = json.loads(run("rank", *words, "--json").out)
    for row in said["rank"]:
        assert row["rank_low_of_all"] <= row["rank"] <= row["rank_high_of_all"]
    assert "all at once" in run("rank", *words).out


def test_agreement_of_rulers(run: Run, mine: Path, small: Path) -> None:
    words = ("agreement", "--ruler", "general", "--ruler", mine, "--dataset", small, "--draws", 10)
    said = json.loads(run(*words, "--json").out)
    rows = {row["quantity"]: row for row in said["table"]}
    assert rows["spearman"]["estimate"] == pytest.approx(1.0)
    assert rows["spearman"]["n"] == 16
    assert said["made"]["rulers"]["mine"] == read(mine).to_dict()
    ran = run(*words)
    assert ran.code == 0
    assert "Rank correlations" in ran.out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--ruler", "general"), "two or more"),
        (("--ruler", "general", "--ruler", "general"), "two rulers named 'general'"),
        (("--ruler", "general", "--ruler", "five-tests"), "cannot be fitted"),
        (("--ruler", "general", "--ruler", "coding", "--reference", "x"), "none of the rulers"),
        (("--ruler", "general", "--ruler", "coding", "--level", "2"), "level is 2.0"),
    ],
)
def test_agreement_refuses(run: Run, small: Path, words: tuple[str, ...], said: str) -> None:
    ran = run("agreement", "--dataset", small, *words, "--draws", 5)
    assert ran.code == 2
    assert said in ran.err


def test_events_of_a_dataset(run: Run, quick: tuple[str, ...]) -> None:
    said = json.loads(run("events", *quick, "--json").out)
    assert {row["kind"] for row in said["table"]} == {"domain", "benchmark"}
    only = json.loads(run("events", *quick, "--only", "domain", "--json").out)
    assert {row["entity"] for row in only["table"]} == {"math", "coding"}
    assert "Led by" in run("events", *quick).out


def test_the_calibrated_kind_in_the_other_commands(run: Run, holes: Path, tmp_path: Path) -> None:
    words = ("--ruler", "calibrated", "--dataset", holes, "--draws", 60)
    ranked = json.loads(run("rank", *words, "--benchmark", "b1", "--benchmark", "b2", "--json").out)
    assert ranked["unit"] == "points"
    assert {row["n"] for row in ranked["table"]} == {1, 2}
    ran = run("lag", *words, "--json")
    old = tmp_path / "lag.json"
    old.write_text(ran.out)
    assert json.loads(ran.out)["spec"]["tie"] == 1.0, "it has points, so the tie holds"
    again = run("lag", "--refit", old, "--dataset", holes)
    assert again.code == 0, again.err
    assert " same." in again.out.splitlines()[0]
    areas = run("lag", *words, "--by", "domain")
    assert areas.code == 0, areas.err
    assert "coding" in areas.out
    assert run("rank", *words, "--option", "widen=-1").code == 2


def test_a_page_by_the_calibrated_kind(run: Run, holes: Path, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    words = ("--ruler", "calibrated", "--dataset", holes, "--draws", 20, "--lang", "zh")
    ran = run("report", *words, "--out", page)
    assert ran.code == 0, ran.err
    text = page.read_text(encoding="utf-8")
    assert "校准标尺" in text
    assert "全部测试（校准）" in text
    assert "“calibrated”" not in text
