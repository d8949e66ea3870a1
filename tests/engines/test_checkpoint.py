"""The resume file."""

import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from headway.engines.checkpoint import Checkpoint
from headway.errors import DataError, UsageError

OPTIONS = {"model": "2pl", "parts": ["a1", "b2"], "tolerance": 1e-8}


def test_what_was_saved_comes_back_to_the_bit(tmp_path: Path) -> None:
    state = {
        "ability": np.random.default_rng(1).normal(size=50),
        "step": np.array(7),
        "edge": np.array([np.inf, -0.0, 5e-324]),
    }
    Checkpoint(tmp_path / "fit.resume", OPTIONS).save(state)
    again = Checkpoint(tmp_path / "fit.resume", OPTIONS).load()
    assert again is not None
    assert {name: value.tobytes() for name, value in again.items()} == {
        name: value.tobytes() for name, value in state.items()
    }
    assert [path.name for path in tmp_path.iterdir()] == ["fit.resume"]


def test_no_file_means_begin(tmp_path: Path) -> None:
    assert Checkpoint(tmp_path / "fit.resume", OPTIONS).load() is None


def test_a_file_of_another_computation_is_refused_and_kept(tmp_path: Path) -> None:
    path = tmp_path / "fit.resume"
    Checkpoint(path, OPTIONS).save({"x": np.zeros(1)})
    other = Checkpoint(path, OPTIONS | {"model": "1pl", "seed": 3})
    with pytest.raises(UsageError, match="another computation") as refused:
        other.load()
    assert refused.value.details == (
        'model: "2pl" there, "1pl" here',
        "seed: null there, 3 here",
    )
    assert Checkpoint(path, OPTIONS).load() is not None


@pytest.mark.parametrize("content", [b"", b"ability,1.0\n", b"PK\x03\x04 cut short", b"\x93NUMPY"])
def test_another_file_is_not_taken_for_one(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "fit.resume"
    path.write_bytes(content)
    with pytest.raises(DataError, match="not a resume file"):
        Checkpoint(path, OPTIONS).load()
    assert path.read_bytes() == content


def test_arrays_without_a_description_are_not_taken_for_one(tmp_path: Path) -> None:
    for name, save in (("a.npz", np.savez), ("b.npy", np.save)):
        path = tmp_path / name
        save(path, np.zeros(3))
        with pytest.raises(DataError, match="not a resume file"):
            Checkpoint(path, OPTIONS).load()


def test_a_cut_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "fit.resume"
    Checkpoint(path, OPTIONS).save({"x": np.arange(1000.0)})
    whole = path.read_bytes()
    for length in (1, 100, len(whole) // 2, len(whole) - 1):
        path.write_bytes(whole[:length])
        with pytest.raises(DataError):
            Checkpoint(path, OPTIONS).load()


def test_saves_keep_their_distance(tmp_path: Path) -> None:
    checkpoint = Checkpoint(tmp_path / "fit.resume", OPTIONS, every=3600)
    checkpoint.save({"x": np.array(1)})
    checkpoint.save({"x": np.array(2)})
    loaded = checkpoint.load()
    assert loaded is not None
    assert int(loaded["x"]) == 1


@pytest.mark.parametrize("where", ["absent/fit.resume", "."])
def test_a_place_that_cannot_hold_it(tmp_path: Path, where: str) -> None:
    with pytest.raises(UsageError, match="cannot be a resume file"):
        Checkpoint(tmp_path / where, OPTIONS)


def test_removed_when_done(tmp_path: Path) -> None:
    checkpoint = Checkpoint(tmp_path / "fit.resume", OPTIONS)
    checkpoint.save({"x": np.array(1)})
    checkpoint.remove()
    checkpoint.remove()
    assert list(tmp_path.iterdir()) == []


WRITER = """
import sys, numpy as np
from headway.engines.checkpoint import Checkpoint
checkpoint = Checkpoint(sys.argv[1], {"a": 1})
for step in range(10**9):
    checkpoint.save({"x": np.full(20_000, step), "step": np.array(step)})
    print(step, flush=True)
"""


def test_a_kill_leaves_a_whole_file(tmp_path: Path) -> None:
    path = tmp_path / "fit.resume"
    seen = -1
    for delay in (0.0, 0.003, 0.011):
        with subprocess.Popen(
            [sys.executable, "-c", WRITER, str(path)], stdout=subprocess.PIPE
        ) as writer:
            assert writer.stdout is not None
            for _ in range(3):
                seen = int(writer.stdout.readline())
            time.sleep(delay)
            writer.kill()
        state = Checkpoint(path, {"a": 1}).load()
        assert state is not None
        assert int(state["step"]) >= seen
        assert (state["x"] == state["step"]).all()
