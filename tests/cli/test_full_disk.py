"""Full disks and closed streams: exit 2 with a sentence, and never a traceback."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

RUN = [sys.executable, "-m", "headway"]


def shell(command: str) -> subprocess.CompletedProcess[bytes]:
    words = {"HEADWAY": " ".join(RUN), "HEADWAY_TRACEBACK": ""}
    return subprocess.run(
        ["sh", "-c", command], capture_output=True, timeout=120, check=False,
        env=os.environ | words,
    )  # fmt: skip


@pytest.mark.parametrize("command", ["describe", "describe --json", "--version", "--help"])
def test_a_full_standard_output_is_the_disk_of_the_user(command: str) -> None:
    ran = shell(f"$HEADWAY {command} > /dev/full")
    assert ran.returncode == 2
    assert b"No space left on device" in ran.stderr
    assert b"Traceback" not in ran.stderr
    assert b"should not" not in ran.stderr


@pytest.mark.parametrize("command", ["describe", "describe --json", "--version", "--help"])
def test_what_a_closed_standard_output_loses_is_said(command: str) -> None:
    ran = shell(f"$HEADWAY {command} >&-")
    assert ran.returncode == 2
    assert b"error: standard output: it is closed" in ran.stderr
    assert b"Traceback" not in ran.stderr
    assert shell(f"$HEADWAY {command} >&- 2>&- <&-").returncode == 2


def test_an_error_alone_loses_nothing() -> None:
    ran = shell("$HEADWAY lag --bogus >&-")
    assert ran.returncode == 2
    assert b"No such option" in ran.stderr
    assert b"standard output" not in ran.stderr


def test_errors_that_cannot_be_printed_keep_their_code() -> None:
    assert shell("$HEADWAY rank --dataset /none 2> /dev/full").returncode == 2
    assert shell("$HEADWAY rank --bogus 2> /dev/full").returncode == 2
    assert shell("$HEADWAY rank --dataset /none 2>&-").returncode == 2


def test_progress_on_a_full_disk_is_dropped() -> None:
    ran = shell("$HEADWAY rank --ruler published --most 1 2> /dev/full")
    assert ran.returncode == 0
    assert ran.stdout


def test_a_file_on_a_full_disk_is_named(tmp_path: Path) -> None:
    link = tmp_path / "out.csv"
    link.symlink_to("/dev/full")
    ran = shell(
        f"$HEADWAY multiverse --no-every-ruler --draws 0 --out {link} --dataset {tmp_path / 'none'}"
    )
    assert ran.returncode == 2
    assert b"Traceback" not in ran.stderr
