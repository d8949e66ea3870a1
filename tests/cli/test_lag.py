"""``headway lag``."""

import json
from collections.abc import Callable
from dataclasses import fields
from typing import Any

import pytest

from headway.analyses.lag import CONVENTIONS, LagSpec

Run = Callable[..., Any]


@pytest.mark.parametrize("convention", CONVENTIONS)
def test_every_convention_answers(run: Run, quick: tuple[str, ...], convention: str) -> None:
    ran = run("lag", *quick, "--convention", convention)
    assert ran.code == 0, ran.err
    title = ran.out.splitlines()[0].strip()
    assert title == (
        "country:CN behind country:US: ECI-compatible (refit), dated by available, " + convention
    )


def test_every_convention_at_once(run: Run, quick: tuple[str, ...]) -> None:
    ran = run("lag", *quick, "--every")
    assert ran.code == 0
    assert [line.split()[0] for line in ran.out.splitlines()[2:]][: len(CONVENTIONS)] == [
        *CONVENTIONS
    ]


def test_json_is_the_result(run: Run, quick: tuple[str, ...]) -> None:
    said = json.loads(run("lag", *quick, "--tie", "0.5", "--json").out)
    assert said["spec"]["tie"] == 0.5
    assert said["table"][0]["convention"] == "daily"
    assert said["table"][0]["unit"] == "months"
    assert said["dataset"]


def test_groups_change_places(run: Run, quick: tuple[str, ...]) -> None:
    def gap(leader: str, follower: str) -> float:
        words = ("--leader", leader, "--follower", follower, "--convention", "gap", "--json")
        rows = json.loads(run("lag", *quick, *words).out)["table"]
        return next(row["estimate"] for row in rows if row["quantity"] == "gap_now")

    assert gap("closed", "open") == pytest.approx(-gap("open", "closed"))


@pytest.mark.parametrize(
    ("area", "names"), [("domain", {"math", "coding"}), ("benchmark", {f"b{j}" for j in range(6)})]
)
def test_areas(run: Run, quick: tuple[str, ...], area: str, names: set[str]) -> None:
    ran = run("lag", *quick, "--by", area)
    assert ran.code == 0, ran.err
    assert "Follower's best" in ran.out
    said = json.loads(run("lag", *quick, "--by", area, "--json").out)
    assert {row["entity"] for row in said["table"]} == names


def test_changes(run: Run, quick: tuple[str, ...]) -> None:
    ran = run("lag", *quick, "--changed-since", "2025-01-01", "--json")
    assert ran.code == 0, ran.err
    said = json.loads(ran.out)
    assert {row["period"] for row in said["table"]} == {"then", "now", "change"}
    assert len(said["details"]["models"]) == 7
    assert run("lag", *quick, "--changed-since", "2025-01-01").code == 0


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--leader", "contry:US"), "did you mean 'country'?"),
        (("--leader", "country:FR"), "no model has country 'FR'"),
        (("--follower", ""), "group ''"),
        (("--convention", "record"), "did you mean 'records'?"),
        (("--date", "released"), "--date"),
        (("--tie", "-1"), "tie is -1.0"),
        (("--tie", "a"), "tie is 'a'"),
        (("--since", "yesterday"), "'yesterday' is not a day"),
        (("--since", "2026-01-01", "--until", "2025-01-01"), "lies after until"),
        (("--level", "0"), "level is 0.0"),
        (("--significance", "0.4"), "significance is 0.4"),
        (("--withdrawn", "maybe"), "--withdrawn"),
        (("--region", "XX", "--date", "announced"), "availability"),
        (("--convention", "named", "--model", "m99"), "m99"),
        (("--draws", "some"), "'some' is not a whole number"),
        (("--ruler", "published", "--ridge", "1"), "--ridge would have no effect"),
        (("--by", "country"), "--by"),
        (("--by", "domain", "--every"), "--every and --by ask different questions"),
        (("--by", "domain", "--convention", "gap"), "--by and --convention"),
        (("--changed-since", "2020-01-01"), "outside the days"),
        (("--changed-since", "May"), "'May' is not a day"),
    ],
)
def test_a_wrong_option_is_an_error(
    run: Run, quick: tuple[str, ...], words: tuple[str, ...], said: str
) -> None:
    ran = run("lag", *quick, *words)
    assert ran.code == 2
    assert ran.out == ""
    assert said in ran.err
    assert "Traceback" not in ran.err


def test_help_lists_every_option(run: Run) -> None:
    text = run("lag", "--help").out
    for item in fields(LagSpec):
        assert f"--{item.name.replace('_', '-')} " in text
