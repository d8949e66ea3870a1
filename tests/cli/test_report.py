"""``headway report``."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
from tests.rulers.worlds import race_world

from headway.cli import report
from headway.cli.choice import NAMES
from headway.report.story import ReportSpec

pytestmark = pytest.mark.thorough

Run = Callable[..., Any]


@pytest.fixture
def blank(monkeypatch: pytest.MonkeyPatch) -> None:
    """A page that takes no time, where only the file matters."""
    monkeypatch.setattr("headway.report.page.page", lambda _: "<!doctype html>\n")


def test_the_page_the_charts_and_the_tables(
    run: Run, quick: tuple[str, ...], tmp_path: Path
) -> None:
    page, charts = tmp_path / "page.html", tmp_path / "charts"
    ran = run("report", *quick, "--out", page, "--png", charts)
    assert ran.code == 0, ran.err
    assert page.read_text(encoding="utf-8").startswith("<!doctype html>")
    images = sorted(charts.iterdir())
    signatures = {".png": b"\x89PNG", ".svg": b"<svg"}
    assert {image.suffix for image in images} == set(signatures)
    assert all(image.read_bytes().startswith(signatures[image.suffix]) for image in images)
    assert ran.out.splitlines()[-2:] == [str(page), str(charts)]
    assert len(ran.out.splitlines()) > 20
    assert "Fitting 20 draws" in ran.err


def test_chinese(run: Run, quick: tuple[str, ...], tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    ran = run("report", *quick, "--lang", "zh", "--out", page)
    assert ran.code == 0, ran.err
    assert "个月" in ran.out
    assert 'lang="zh' in page.read_text(encoding="utf-8")


@pytest.mark.usefixtures("blank")
def test_the_page_has_a_usual_place(
    run: Run, quick: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run("report", *quick).code == 0
    assert [path.name for path in tmp_path.iterdir()] == ["report.html"]


def test_json_alone_writes_nothing(
    run: Run, quick: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    ran = run("report", *quick, "--convention", "levels", "--as-of", "2025-06-30", "--json")
    assert ran.code == 0, ran.err
    said = json.loads(ran.out)
    assert said["spec"]["convention"] == "levels"
    assert said["last_day"] == "2025-06-30"
    assert list(tmp_path.iterdir()) == []


def test_the_same_command_gives_the_same_bytes(quick: tuple[str, ...], tmp_path: Path) -> None:
    pages = [tmp_path / "one.html", tmp_path / "two.html"]
    for page in pages:
        words = [sys.executable, "-m", "headway", "report", *quick, "--out", str(page)]
        subprocess.run(words, capture_output=True, timeout=120, check=True)
    assert pages[0].read_bytes() == pages[1].read_bytes()


@pytest.mark.usefixtures("blank")
def test_the_page_is_opened_on_request(
    run: Run, quick: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    monkeypatch.setattr(report.webbrowser, "open", opened.append)
    page = tmp_path / "a page.html"
    assert run("report", *quick, "--out", page, "--open").code == 0
    assert opened == [page.as_uri()]


@pytest.mark.usefixtures("blank")
def test_a_page_is_replaced_whole_or_not_at_all(
    run: Run, quick: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = tmp_path / "page.html"
    page.write_text("before")
    page.chmod(0o600)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device", str(page))

    monkeypatch.setattr(Path, "replace", full)
    ran = run("report", *quick, "--out", page)
    assert ran.code == 2
    assert ran.err.splitlines()[-1] == f"error: {page}: No space left on device"
    assert page.read_text() == "before"
    assert [path.name for path in tmp_path.iterdir()] == ["page.html"]


@pytest.mark.usefixtures("blank")
def test_a_page_has_the_usual_permissions(run: Run, quick: tuple[str, ...], tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    before = os.umask(0o027)
    try:
        run("report", *quick, "--out", page)
    finally:
        os.umask(before)
    assert page.stat().st_mode & 0o777 == 0o640


def test_what_cannot_be_written_is_refused_before_the_work(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(report, "evidence", lambda *_: pytest.fail("the work began"))
    (tmp_path / "file").touch()
    for out, said in (
        (tmp_path, "is a folder"),
        (tmp_path / "none" / "page.html", "there is no folder"),
        (tmp_path / "file" / "page.html", "there is no folder"),
    ):
        ran = run("report", "--out", out)
        assert (ran.code, ran.out) == (2, "")
        assert said in ran.err
    monkeypatch.setattr(report.os, "access", lambda *_: False)
    assert "may not be written to" in run("report", "--out", tmp_path / "page.html").err


def test_charts_that_cannot_be_written_are_an_error(
    run: Run, quick: tuple[str, ...], tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    ran = run("report", *quick, "--json", "--png", tmp_path / "file")
    assert (ran.code, ran.out) == (2, "")
    assert "file" in ran.err
    assert "Traceback" not in ran.err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--leader", "contry:US"), "did you mean 'country'?"),
        (("--follower", "country:FR"), "no model has country 'FR'"),
        (("--convention", "gap"), "gap is measured in points"),
        (("--convention", "day"), "did you mean 'daily'?"),
        (("--date", "released"), "--date"),
        (("--tie", "-1"), "tie is -1.0"),
        (("--draws", "-1"), "draws is -1"),
        (("--seed", "-1"), "seed is -1"),
        (("--level", "2"), "level is 2.0"),
        (("--lang", "fr"), "--lang"),
        (("--theme", "pink"), "--theme"),
        (("--as-of", "2019-01-01"), "2019-01-01"),
        (("--as-of", "1 May"), "'1 May' is not a day"),
        (("--known-on", "2019-01-01"), "2019-01-01"),
        (("--since", "never"), "'never' is not a day"),
    ],
)
def test_a_wrong_option_is_an_error(
    run: Run, quick: tuple[str, ...], words: tuple[str, ...], said: str
) -> None:
    ran = run("report", *quick[:2], "--json", *words)
    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err
    assert "Traceback" not in ran.err


def test_help_lists_every_option(run: Run) -> None:
    text = run("report", "--help").out
    for item in fields(ReportSpec):
        assert f"{NAMES.get(item.name, '--' + item.name.replace('_', '-'))} " in text


def test_a_dataset_of_ones_own_needs_its_own_anchors(run: Run, tmp_path: Path) -> None:
    data, _ = race_world(lag_months=8.0)
    data.write(tmp_path / "own")
    refused = run("report", "--dataset", tmp_path / "own", "--out", tmp_path / "page.html")
    assert refused.code == 2
    assert "--anchor" in refused.err
    chosen = ("--anchor", "us02=100", "--anchor", "us20=150", "--draws", "20")
    made = run("report", "--dataset", tmp_path / "own", *chosen, "--out", tmp_path / "page.html")
    assert made.code == 0
    assert "--anchor us02=100 --anchor us20=150" in (tmp_path / "page.html").read_text("utf-8")
