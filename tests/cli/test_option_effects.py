"""Each option of each command changes the answer, is refused, or has a note; none is ignored.

The options are those of the command line itself: a new one is tried by its kind, or asks for a
value in :data:`VALUES`.
"""

import json
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import typer
from tests.cli.conftest import Run
from tests.races import race

from headway.cli.app import COMMANDS, app
from headway.dataset import Dataset

FAST = ("lag", "rank", "events", "agreement", "diff", "check", "describe", "ruler")
SLOW = ("predict", "next", "premium", "multiverse", "report")
# What they write and read is a file of a source; their options are tried where those are.
DATA = {"premium": "wide"}
"""What takes more benchmarks than the race has."""
ELSEWHERE = ("items", "import", "schema")
BASE: dict[str, tuple[str, ...]] = {
    "lag": ("--draws", "20"),
    "rank": ("--draws", "60"),
    "events": ("--draws", "20"),
    "agreement": ("--ruler", "public-only", "--ruler", "held-out-only", "--ruler",
                  "independent-only", "--draws", "20"),
    "diff": ("--draws", "20"),
    "ruler show": ("general",),
    "ruler check": ("general",),
    "ruler new": (),
    "predict": ("--draws", "20"),
    "next": ("--draws", "200"),
    "premium": ("--draws", "10", "--resamples", "100", "--permutations", "100", "--splits", "2"),
    "multiverse": ("--draws", "4", "--question", "us-china", "--ruler", "eci", "--subset", "all",
                   "--answer", "daily-all", "--answer", "levels-all"),
    "report": ("--draws", "20"),
}  # fmt: skip
VALUES: dict[str, tuple[str, ...]] = {
    "--leader": ("closed",),
    "--follower": ("open",),
    "--tie": ("8",),
    "--since": ("2024-10-01",),
    "--until": ("2025-03-01",),
    "--as-of": ("2025-08-01",),
    "--known-on": ("2025-08-01",),
    "--changed-since": ("2025-02-12",),
    "--trend-starts": ("2024-09-01",),
    "--region": ("US",),
    "--model": ("m07",),
    "--min-scores": ("7",),
    "--weight": ("b0=9",),
    "--benchmark": ("b0", "b1", "b3"),
    "--anchor": ("m08=100", "m18=150"),
    "--pinned": ("b3",),
    "--board": ("other",),
    "--ruler": ("public-only", "held-out-only", "independent-only"),
    "--option": ("membership=any",),
    "--significance": ("0.6",),
    "--level": ("0.5",),
    "--reference": ("held-out-only",),
    "--kind": ("published",),
    "--from": ("maths",),
    "--against": ("m08",),
    "--candidate": ("m03",),
    "--question": ("closed-open",),
    "--subset": ("public",),
    "--answer": ("levels-all",),
    "--dataset": ("OTHER",),
    "--refit": ("RESULT",),
    "--png": ("FOLDER",),
    "--out": ("FILE",),
    "--only": ("domain",),
    "--by": ("domain",),
    "--facts": ("later",),
    "--step": ("0.2",),
    "--saturated": ("0.5",),
    "--duplicates": ("mean",),
    "--most": ("1",),
    "--ridge": ("2.0",),
    "--widen": ("3.0",),
    "--cells": ("all",),
    "--developer": ("developer,benchmark",),
    "--independent": ("benchmark",),
    "--weights": ("domain",),
    "--candidates": ("all",),
    "--lang": ("zh",),
    "--theme": ("dark",),
    "--workers": ("2",),
    "--resume": ("FILE",),
}
# Where the work runs: the answer is the same, here and on a cluster (tests/engines).
SAME = ("--workers", "--resume")
ON_A_CLUSTER = ("--ray",)
ONE = {("agreement", "--ruler"): ("general",), ("lag", "--ruler"): ("public-only",),
       ("rank", "--ruler"): ("public-only",), ("events", "--ruler"): ("public-only",),
       ("diff", "--ruler"): ("public-only",), ("report", "--ruler"): ("public-only",),
       ("report", "--convention"): ("records",),
       ("premium", "--leader"): ("country:US+closed",),
       ("premium", "--follower"): ("country:CN+closed",),
       ("premium", "--public"): ("public,semi_private",), ("premium", "--private"): ("held_out",),
       ("predict", "--model"): ("m09",), ("predict", "--min-scores"): ("5",),
       ("multiverse", "--answer"): ("records-all",), ("multiverse", "--out"): ("ways.csv",),
       ("multiverse", "--png"): ("curve.svg",),
       ("multiverse", "--ruler"): ("public-only",)}  # fmt: skip
# Said on the terminal alone: --json always has it all, in every language.
ON_SCREEN = ("--most", "--lang", "--json", "--notes", "--every", "--theme", "--open")
ECHO = {"spec", "made", "seed", "draws", "draw_set", "command", "level", "ruler_digest"}
REFUSALS = (
    "no effect", "would change", "different questions", "no such option", "needs", "has nothing",
    "contradicts", "is the second of", "give two datasets", "stands in both",
)  # fmt: skip


def commands() -> Iterator[tuple[str, Any]]:
    group: Any = typer.main.get_command(app)
    for name in COMMANDS:
        command = group.get_command(None, name)
        for part, inner in getattr(command, "commands", {"": command}).items():
            yield f"{name} {part}".strip(), inner


def options(names: tuple[str, ...]) -> list[Any]:
    return [
        pytest.param(command, option, id=f"{command} {option.opts[0]}")
        for command, inner in commands()
        if command.split()[0] in names
        for option in inner.params
        if option.opts[0].startswith("--") and option.opts[0] not in ("--help", *ON_A_CLUSTER)
    ]


@pytest.fixture(scope="module")
def facts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("options")
    data = race()
    data.write(folder / "race")
    data.where(benchmark=[f"b{j}" for j in range(7)]).write(folder / "other")
    race(24, private=("held_out", "semi_private")).write(folder / "wide")
    earlier = data.as_of(date(2025, 9, 1), by="recorded")
    elsewhere = pl.when(pl.col("model") == "m14").then(pl.lit("FR")).otherwise("country")
    models = earlier.tables["models"].with_columns(country=elsewhere)
    Dataset(tables=dict(earlier.tables) | {"models": models}, origin=earlier.origin).write(
        folder / "earlier"
    )
    return folder


_SAID: dict[tuple[str, bool], Any] = {}


def asked(command: str, facts: Path) -> tuple[str, ...]:
    words = (*command.split(), *BASE.get(command, ()))
    if command == "diff":
        return (*words, str(facts / "earlier"), str(facts / "race"))
    takes = [o.opts[0] for name, c in commands() if name == command for o in c.params]
    return (
        (*words, "--dataset", str(facts / DATA.get(command, "race")))
        if "--dataset" in takes
        else words
    )


def said(run: Run, words: tuple[str, ...], *, screen: bool) -> tuple[Any, str]:
    ran = run(*words, *(() if screen else ("--json",)))
    if ran.code:
        return None, ran.err
    paths = re.compile(r"\S*/pytest-\S*")
    return (paths.sub("", ran.out) if screen else without_echo(json.loads(ran.out))), ran.err


def without_echo(value: Any) -> Any:
    """A result without the record of what was asked."""
    if isinstance(value, dict):
        return {k: without_echo(v) for k, v in value.items() if k not in ECHO}
    return [without_echo(v) for v in value] if isinstance(value, list) else value


def words_of(command: str, option: Any, facts: Path, tmp_path: Path, run: Run) -> tuple[str, ...]:
    flag = option.opts[0]
    if option.is_flag:
        return (option.secondary_opts[0] if option.default and option.secondary_opts else flag,)
    values = ONE.get((command, flag)) or VALUES.get(flag) or by_kind(option)
    places = {"OTHER": facts / "other", "FOLDER": tmp_path / "made", "FILE": tmp_path / "made.html"}
    if values == ("RESULT",):
        result = tmp_path / "old.json"
        old = asked(command, facts)
        old = (*old[: old.index("--dataset")], "--dataset", str(facts / "other"))
        result.write_text(run(*old, "--json").out)
        return (flag, str(result))
    if not option.multiple:
        values = values[:1]
    return tuple(word for value in values for word in (flag, str(places.get(value, value))))


def by_kind(option: Any) -> tuple[str, ...]:
    """A value that differs from the default, made from what the option takes."""
    metavar = option.metavar or ""
    choices = [word for word in metavar.split("|") if word != str(option.default)]
    if "|" in metavar:
        return (choices[-1],)
    if isinstance(option.default, int | float) and not isinstance(option.default, bool):
        return (str(option.default + 1),)
    raise AssertionError(f"{option.opts[0]} needs a value in VALUES")


def check_effect(run: Run, facts: Path, tmp_path: Path, command: str, option: Any) -> None:
    flag = option.opts[0]
    takes = [o.opts[0] for name, c in commands() if name == command for o in c.params]
    screen = flag in ON_SCREEN or "--json" not in takes
    base = asked(command, facts)
    new = words_of(command, option, facts, tmp_path, run)
    if flag == "--refit":
        base = (command, "--dataset", str(facts / "race"))
    if flag in base and not option.multiple:
        at = base.index(flag)
        base, plain = (*base[:at], *base[at + 2 :]), base
    else:
        plain = base
    if (command, screen) not in _SAID:
        _SAID[command, screen] = said(run, plain, screen=screen)
    before, problem = _SAID[command, screen]
    assert before is not None, problem
    after, refused = said(run, (*base, *new), screen=screen)
    if after is None:
        assert any(words in refused for words in REFUSALS), refused
    elif flag in SAME:
        assert after == before
    elif flag in ("--out", "--png"):
        assert list(tmp_path.iterdir()), f"{flag} wrote nothing"
    else:
        assert after != before, f"{command} {' '.join(new)} changes nothing and does not say so"


def test_every_command_is_tried() -> None:
    assert sorted((*FAST, *SLOW, *ELSEWHERE)) == sorted(COMMANDS)


@pytest.mark.parametrize(("command", "option"), options(FAST))
def test_an_option_has_an_effect(
    run: Run, facts: Path, tmp_path: Path, command: str, option: Any
) -> None:
    check_effect(run, facts, tmp_path, command, option)


@pytest.mark.slow
@pytest.mark.parametrize(("command", "option"), options(SLOW))
def test_an_option_of_a_long_command_has_an_effect(
    run: Run,
    facts: Path,
    tmp_path: Path,
    command: str,
    option: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("webbrowser.open", print)
    check_effect(run, facts, tmp_path, command, option)
