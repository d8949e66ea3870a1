"""``headway check`` and ``headway describe``."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from headway.cli import check

Run = Callable[..., Any]


def test_the_catalog_has_no_errors(run: Run) -> None:
    ran = run("check")
    assert ran.code == 0
    assert "readable" in ran.out.splitlines()[-1]


def test_a_folder_may_be_named_in_two_ways(run: Run, small: Path) -> None:
    assert run("check", small).out == run("check", "--dataset", small).out
    assert str(small) in run("check", small).out


def test_two_folders_are_too_many(run: Run, small: Path, tmp_path: Path) -> None:
    ran = run("check", small, "--dataset", tmp_path)
    assert ran.code == 2
    assert "two datasets" in ran.err


def test_findings_of_severity_error_make_it_1(
    run: Run, small: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = pl.DataFrame(
        {
            "severity": ["error", "note"],
            "table": ["scores", "models"],
            "entity": ["m01", "m02"],
            "check": ["contradiction", "undated"],
            "message": ["two scores differ", "has no date"],
        }
    )
    monkeypatch.setattr(check, "quality", lambda _: found)
    ran = run("check", small)
    assert ran.code == 1
    assert "two scores differ" in ran.out
    assert "has no date" not in ran.out
    assert "has no date" in run("check", small, "--notes").out
    ran = run("check", small, "--json")
    assert ran.code == 1
    said = json.loads(ran.out)
    assert said["counts"] == {"error": 1, "note": 1}
    assert [row["entity"] for row in said["findings"]] == ["m01", "m02"]


def test_describe(run: Run, small: Path) -> None:
    ran = run("describe", "--dataset", small)
    assert ran.code == 0
    assert "scores" in ran.out
    assert "96" in ran.out
    said = json.loads(run("describe", "--dataset", small, "--json").out)
    assert said["origin"] == str(small)
    rows = {row["table"]: row["rows"] for row in said["tables"]}
    assert (rows["models"], rows["scores"]) == (16, 96)
