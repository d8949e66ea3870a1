"""Imports that are killed, and imports at the same time."""

import random
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

import headway
from tests.dataset.sources import MATRIX, matrix

# What was imported says which version it is: the number of models.
IMPORTER = """
    import sys
    from headway.dataset.importing import bring

    print("ready", flush=True)
    for name in sys.argv[2:]:
        bring("epoch", [name], sys.argv[1], unmatched="add", start="empty",
              recorded_on="2026-08-11")
        print(name, flush=True)
"""


def start(into: Path, *files: Path) -> "subprocess.Popen[str]":
    command = [sys.executable, "-c", textwrap.dedent(IMPORTER), str(into), *map(str, files)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def vintages(folder: Path, count: int) -> list[Path]:
    """Files of which each has one model more than the one before."""
    made = []
    for number in range(count):
        rows = [
            MATRIX[2].replace("Beta 2", f"Beta {k}").replace("beta-2", f"beta-{k}")
            for k in range(number + 1)
        ]
        made.append(matrix(folder / f"{number:03}.csv", (*MATRIX, *rows)))
    return made


@pytest.mark.parametrize("kills", [10, pytest.param(200, marks=pytest.mark.slow)])
def test_a_kill_at_any_moment_leaves_a_sound_dataset(tmp_path, kills):
    moments = random.Random(20260811)
    into = tmp_path / "mine"
    files = vintages(tmp_path, 40)
    with start(into, *files[:3]) as first:
        assert first.stdout is not None
        assert first.stdout.readline() == "ready\n"
        began = time.monotonic()
        assert first.wait(timeout=60) == 0
        some_imports = time.monotonic() - began
    seen = []
    for _ in range(kills):
        before = headway.load(into).models.height
        # The first is there already and changes nothing, and each of the rest adds a model.
        todo = files[max(0, before - 2) :] or files[-1:]
        with start(into, *todo) as process:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
            time.sleep(moments.uniform(0.0, 2 * some_imports))
            process.send_signal(signal.SIGKILL)
            process.wait(timeout=60)
        data = headway.load(into)
        assert data.models.height >= before
        assert data.scores.height == len(data.history("scores")) == data.models.height + 1
        seen.append(data.models.height)
        if data.models.height >= 38:
            files = vintages(tmp_path, len(files) + 40)
    assert len(set(seen)) > 1
    with start(into, files[-1]) as last:
        assert last.wait(timeout=60) == 0
    assert not [entry for entry in tmp_path.iterdir() if ".new-" in entry.name]
    assert headway.load(into).models.height == len(files) + 1


def test_importers_at_once_lose_nothing(tmp_path):
    into = tmp_path / "mine"
    files = vintages(tmp_path, 1)
    for number in range(4):
        row = MATRIX[2].replace("Beta 2", f"Gamma {number}").replace("Maths", f"Test {number}")
        files.append(matrix(tmp_path / f"other-{number}.csv", (row,)))
    running = [start(into, file) for file in files]
    for process in running:
        _, said = process.communicate(timeout=120)
        assert process.returncode == 0, said
    data = headway.load(into)
    assert set(data.models["name"]) == {
        "Alpha 1", "Beta 0", "Beta 2", *(f"Gamma {number}" for number in range(4)),
    }  # fmt: skip
    assert data.scores.height == 8
