"""``headway multiverse``."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

Run = Callable[..., Any]
FEW = (
    "--draws", "20", "--subset", "all", "--subset", "without-math", "--weights", "equal",
    "--candidates", "records", "--ruler", "eci", "--date", "available", "--workers", "1",
    "--as-of", "2026-01-01",
)  # fmt: skip


def test_it_says_the_sentence_and_the_tables(run: Run, small: Path) -> None:
    ran = run("multiverse", "--dataset", small, *FEW)
    assert ran.code == 0, ran.err
    assert "China’s best models are" in ran.out
    assert "ways to ask" in ran.out
    assert "What moves the answer" in ran.out
    chinese = run("multiverse", "--dataset", small, *FEW, "--lang", "zh")
    assert "种问法" in chinese.out
    assert "什么影响答案" in chinese.out


def test_json_is_strict_and_whole(run: Run, small: Path) -> None:
    ran = run("multiverse", "--dataset", small, *FEW, "--json", "--question", "closed-open")
    assert ran.code == 0, ran.err
    found = json.loads(ran.out, parse_constant=lambda name: pytest.fail(name))
    assert found["questions"] == {"closed-open": ["closed", "open"]}
    total = next(c["n"] for c in found["counts"] if c["kind"] == "combinations")
    assert total == sum(c["n"] for c in found["counts"] if c["kind"] != "combinations")
    assert found["figures"]["table"] == []


def test_files_are_written(run: Run, small: Path, tmp_path: Path) -> None:
    table, image = tmp_path / "ways.parquet", tmp_path / "curve.svg"
    ran = run("multiverse", "--dataset", small, *FEW, "--out", table, "--png", image,
              "--leader", "country:CN", "--follower", "country:US", "--no-figures")  # fmt: skip
    assert ran.code == 0, ran.err
    ways = pl.read_parquet(table)
    assert set(ways["question"]) == {"own"}
    assert ways.filter(pl.col("status") == "ok")["estimate"].null_count() == 0
    assert image.read_text(encoding="utf-8").startswith("<svg")
    text = tmp_path / "ways.csv"
    assert run("multiverse", "--dataset", small, *FEW, "--out", text).code == 0
    assert pl.read_csv(text).columns == ways.columns


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--question", "moon"), "question 'moon'"),
        (("--subset", "everything"), "subset 'everything'"),
        (("--leader", "open"), "both a leader and a follower"),
        (("--out", "ways.xlsx"), "ends in neither"),
        (("--png", "nowhere/curve.png"), "no such folder"),
        (("--theme", "dark"), "no effect without --png"),
        (("--resume", "nowhere/x"), "cannot be a resume file"),
        (("--tie", "-1"), "tie is -1.0"),
        (("--workers", "0"), "--workers"),
        (("--as-of", "2050-01-01"), "evidence was recorded by"),
        (("--ruler", "inches"), "inches"),
        (("--draws", "many"), "'many' is not a whole number"),
    ],
)
def test_wrong_options_are_usage_errors(
    run: Run, small: Path, words: tuple[str, ...], says: str
) -> None:
    ran = run("multiverse", "--dataset", small, *words)
    assert ran.code == 2
    assert ran.out == ""
    assert says in ran.err
    assert "Traceback" not in ran.err


def _records(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def test_a_killed_run_goes_on_and_ends_the_same(small: Path, tmp_path: Path) -> None:
    journal, table = tmp_path / "run.resume", tmp_path / "ways.csv"
    many = [word for day in range(1, 13) for word in ("--as-of", f"2025-{day:02}-01")]
    words = [
        sys.executable, "-m", "headway", "multiverse", "--dataset", str(small), "--draws", "20",
        "--weights", "equal", "--ruler", "eci", "--subset", "all", "--workers", "1",
        "--no-figures", "--json", *many,
    ]  # fmt: skip
    whole = subprocess.run([*words, "--out", tmp_path / "whole.csv"], capture_output=True,
                           check=True, timeout=120)  # fmt: skip
    started = subprocess.Popen(
        [*words, "--resume", str(journal)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        start_new_session=True,
    )  # fmt: skip
    began = time.monotonic()
    while _records(journal) < 60_000 and started.poll() is None:
        assert time.monotonic() - began < 60
        time.sleep(0.01)
    assert started.poll() is None, "the run ended before it could be killed"
    os.kill(started.pid, signal.SIGKILL)
    started.wait()
    left = _records(journal)
    again = subprocess.run(
        [*words, "--resume", str(journal), "--out", str(table)], capture_output=True, check=True,
        timeout=120,
    )  # fmt: skip
    assert _records(journal) > left - 20_000
    assert again.stdout.splitlines()[:-2] == whole.stdout.splitlines()[:-2]
    assert table.read_bytes() == (tmp_path / "whole.csv").read_bytes()
