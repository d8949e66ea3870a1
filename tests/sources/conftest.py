"""Logs of Inspect AI for the tests that read them, written once."""

import subprocess
import sys
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def logs(tmp_path_factory):
    """Logs of the mock model, as ``eval/TASK.eval`` and ``json/TASK.json``."""
    folder = tmp_path_factory.mktemp("logs")
    script = Path(__file__).with_name("inspect_tasks.py")
    done = subprocess.run(
        [sys.executable, str(script), str(folder)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return folder
