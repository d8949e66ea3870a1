"""The command as a whole: help, version, errors, streams, start-up."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from headway import __version__
from headway.cli import app, describe
from headway.cli.app import COMMANDS, MODULES, main

Run = Callable[..., Any]
HEAVY = ("numba", "scipy", "altair", "vl_convert", "pandas", "pyarrow")


def _process(*words: str, **settings: Any) -> subprocess.CompletedProcess[bytes]:
    environment = {**os.environ, **settings.pop("env", {})}
    return subprocess.run(
        [sys.executable, "-m", "headway", *words],
        capture_output=True,
        env=environment,
        timeout=120,
        check=False,
        **settings,
    )


def test_without_a_command_the_help_is_printed(run: Run) -> None:
    ran = run()
    assert ran.code == 0
    assert ran.err == ""
    for command in COMMANDS:
        assert f"\n  {command} " in ran.out


def test_version(run: Run) -> None:
    assert run("--version").out == f"headway {__version__}\n"


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help(run: Run, command: str) -> None:
    ran = run(command, "--help")
    assert ran.code == 0
    assert f"Usage: headway {command}" in ran.out
    assert "--json" in ran.out


@pytest.mark.parametrize("words", [("bogus",), ("--bogus",), ("rank", "--bogus")])
def test_an_unknown_word_is_a_usage_error(run: Run, words: tuple[str, ...]) -> None:
    ran = run(*words)
    assert ran.code == 2
    assert ran.out == ""
    assert "bogus" in ran.err
    assert "Traceback" not in ran.err


@pytest.mark.parametrize("command", ["rank", "lag", "check", "describe", "report"])
def test_a_missing_dataset_is_an_error(run: Run, command: str, tmp_path: Path) -> None:
    ran = run(command, "--dataset", tmp_path / "nowhere", "--json")
    assert ran.code == 2
    assert ran.out == ""
    assert ran.err.startswith("error: ")
    assert "nowhere" in ran.err
    assert "\nhint: " in ran.err


@pytest.mark.parametrize("command", ["rank", "check", "describe"])
def test_a_broken_dataset_lists_every_problem(
    run: Run, command: str, small: Path, tmp_path: Path
) -> None:
    broken = tmp_path / "broken"
    broken.mkdir()
    for file in small.iterdir():
        if file.is_file():
            (broken / file.name).write_bytes(file.read_bytes())
    scores = broken / "scores.csv"
    lines = scores.read_text().splitlines()
    place = lines[0].split(",").index("score")
    for number in (2, 5):
        cells = lines[number].split(",")
        cells[place] = "many"
        lines[number] = ",".join(cells)
    scores.write_text("\n".join(lines) + "\n")
    ran = run(command, "--dataset", broken)
    assert ran.code == 2
    assert ran.out == ""
    assert ran.err.count("'many'") == 2
    assert "scores.csv" in ran.err
    assert "Traceback" not in ran.err


def test_a_file_in_place_of_a_dataset_is_an_error(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "file.csv"
    file.write_text("a,b\n")
    ran = run("describe", "--dataset", file)
    assert ran.code == 2
    assert ran.err.startswith("error: ")


def test_an_interrupt_is_quiet(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(describe, "evidence", interrupted)
    ran = run("describe")
    assert (ran.code, ran.out, ran.err) == (130, "", "")


def test_a_defect_exits_with_70(run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError("by design")

    monkeypatch.setattr(describe, "evidence", broken)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    ran = run("describe")
    assert ran.code == 70
    assert "ZeroDivisionError: by design" in ran.err
    assert "Traceback" not in ran.err
    assert len(list(tmp_path.glob("headway-*.txt"))) == 1


@pytest.mark.parametrize(
    "env",
    [
        {"LANG": "C", "LC_ALL": "C"},
        {"LC_ALL": "POSIX", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
        {"PYTHONIOENCODING": "ascii"},
    ],
)
def test_output_is_utf8_whatever_the_locale(env: dict[str, str], quick: tuple[str, ...]) -> None:
    ran = _process("rank", *quick, env=env)
    assert ran.returncode == 0, ran.stderr
    assert "模型" in ran.stdout.decode("utf-8")


def test_a_reader_that_goes_away_is_no_error(quick: tuple[str, ...]) -> None:
    read, write = os.pipe()
    os.close(read)
    ran = subprocess.run(
        [sys.executable, "-m", "headway", "rank", *quick],
        stdout=write,
        stderr=subprocess.PIPE,
        timeout=120,
        check=False,
    )
    os.close(write)
    assert ran.returncode == 1
    assert b"Traceback" not in ran.stderr
    assert b"Broken pipe" not in ran.stderr


def test_json_alone_is_on_standard_output(quick: tuple[str, ...]) -> None:
    ran = _process("rank", *quick, "--json")
    assert len(json.loads(ran.stdout)["table"]) == 16


@pytest.mark.parametrize(
    ("words", "unneeded"),
    [
        (["--version"], (*HEAVY, "numpy", "polars", "rich", "headway.dataset")),
        (["describe"], HEAVY),
        (["check"], HEAVY),
        (["lag", "--help"], HEAVY),
        (["rank", "--ruler", "published"], HEAVY),
        (["report", "--help"], ("numba", "scipy", "vl_convert", "pandas", "pyarrow")),
    ],
)
def test_a_command_loads_no_more_than_it_needs(words: list[str], unneeded: tuple[str, ...]) -> None:
    code = (
        "import sys; from headway.cli import main; main(sys.argv[1:]);"
        "print(*sorted(sys.modules), file=sys.stderr)"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code, *words], capture_output=True, timeout=120, check=True
    )
    loaded = set(ran.stderr.decode().splitlines()[-1].split())
    assert "headway.cli.app" in loaded
    assert loaded.isdisjoint(unneeded)


def test_main_takes_the_words_of_the_process(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["headway", "--version"])
    assert main() == 0
    assert capsys.readouterr().out.startswith("headway ")


def test_every_command_has_a_module() -> None:
    folder = Path(app.__file__).parent
    names = [MODULES.get(command, command) for command in COMMANDS]
    assert all((folder / f"{name}.py").is_file() for name in names)
