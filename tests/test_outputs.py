"""Files are written in one step; what a kill leaves is removed by the next writer."""

import os
import stat
import subprocess
import sys

import pytest

from headway import outputs
from headway.errors import DataError
from headway.outputs import replaced
from headway.rulers.kernels import compile_cache


def put(path, text):
    with replaced(path) as file:
        file.write_text(text)


def test_a_file_is_replaced_with_its_mode_and_links_are_followed(tmp_path):
    real, link = tmp_path / "real.csv", tmp_path / "link.csv"
    real.write_text("old")
    real.chmod(0o600)
    link.symlink_to(real)
    put(link, "new")
    assert link.is_symlink()
    assert real.read_text() == "new"
    assert stat.S_IMODE(real.stat().st_mode) == 0o600
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["link.csv", "real.csv"]


def test_a_failure_leaves_the_old_file_alone(tmp_path):
    path = tmp_path / "a.csv"
    put(path, "old")
    with pytest.raises(TypeError), replaced(path) as file:
        file.write_text(b"half")
    with pytest.raises(DataError, match="No space left"), replaced(path) as file:
        raise OSError(28, "No space left on device")
    assert path.read_text() == "old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["a.csv"]
    with pytest.raises(DataError, match="No such file"):
        put(tmp_path / "none" / "a.csv", "x")


def test_a_device_is_written_to_and_never_replaced():
    put("/dev/null", "x")
    assert stat.S_ISCHR(os.stat("/dev/null").st_mode)  # noqa: PTH116
    with pytest.raises(DataError, match="No space left"):
        put("/dev/full", "x" * 100_000)


def test_a_new_file_never_takes_the_place_of_another(tmp_path):
    path = tmp_path / "a.toml"
    with replaced(path, new=True) as file:
        file.write_text("first")
    with pytest.raises(DataError, match="File exists"), replaced(path, new=True) as file:
        file.write_text("second")
    other = tmp_path / "b.toml"
    with pytest.raises(DataError, match="File exists"), replaced(other, new=True):
        other.write_text("early")
    assert (path.read_text(), other.read_text()) == ("first", "early")
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["a.toml", "b.toml"]


def test_a_file_that_is_protected_is_refused(tmp_path):
    path = tmp_path / "a.csv"
    put(path, "old")
    path.chmod(0o444)
    with pytest.raises(DataError, match="may not be written to"):
        put(path, "new")
    assert path.read_text() == "old"


def test_a_private_file_is_private_while_it_is_written(tmp_path):
    path = tmp_path / "a.csv"
    put(path, "old")
    path.chmod(0o600)
    with replaced(path) as file:
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        file.write_text("new")


@pytest.mark.parametrize("name", ["报" * 80 + ".csv", "é" * 120, "x" * 255, "\U0001f600" * 60])
def test_a_name_may_be_as_long_as_a_disk_allows(tmp_path, name):
    path = tmp_path / name
    put(path, "one")
    left = tmp_path / f"{outputs._start(path)}0123456789abcdef"
    left.write_text("half")
    put(path, "two")
    assert path.read_text() == "two"
    assert [entry.name for entry in tmp_path.iterdir()] == [name]


def test_a_writer_that_comes_before_the_mark_takes_nothing_away(tmp_path, monkeypatch):
    path = tmp_path / "a.csv"
    real, cleared = outputs._hold, []

    def hold(handle):
        if not cleared:
            cleared.append(True)
            outputs._clear(path)
        real(handle)

    monkeypatch.setattr(outputs, "_hold", hold)
    put(path, "whole")
    assert cleared
    assert path.read_text() == "whole"
    assert [entry.name for entry in tmp_path.iterdir()] == ["a.csv"]


KILLED = """
import os, sys, time
from headway.outputs import replaced
with replaced(sys.argv[1]) as file:
    file.write_text("half")
    print("half", flush=True)
    time.sleep(60)
"""


def test_leftovers_of_killed_writers_go_and_those_at_work_stay(tmp_path):
    path = tmp_path / "a.csv"
    with subprocess.Popen(
        [sys.executable, "-c", KILLED, str(path)], stdout=subprocess.PIPE, text=True
    ) as writer:
        assert writer.stdout is not None
        assert writer.stdout.readline() == "half\n"
        put(path, "one")
        assert len(list(tmp_path.glob(".a.csv.new-*"))) == 1
        writer.kill()
        writer.wait(timeout=30)
        assert len(list(tmp_path.glob(".a.csv.new-*"))) == 1
        put(path, "two")
    assert [entry.name for entry in tmp_path.iterdir()] == ["a.csv"]
    assert path.read_text() == "two"


def test_compiled_loops_are_kept_where_they_can_be(tmp_path, monkeypatch):
    monkeypatch.delenv("NUMBA_CACHE_DIR", raising=False)
    monkeypatch.setattr(compile_cache, "_may_write", lambda _: False)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setitem(sys.modules, "numba", None)
    monkeypatch.delitem(sys.modules, "numba")
    compile_cache.keep_compiled()
    kept = tmp_path / f"headway-compiled-{os.getuid()}"
    assert os.environ["NUMBA_CACHE_DIR"] == str(kept)
    assert stat.S_IMODE(kept.stat().st_mode) == 0o700
    monkeypatch.delenv("NUMBA_CACHE_DIR")


@pytest.mark.parametrize("what", ["open", "link", "file"])
def test_a_folder_that_others_may_write_to_is_not_used(tmp_path, monkeypatch, what):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    folder = tmp_path / f"headway-compiled-{os.getuid()}"
    if what == "open":
        folder.mkdir()
        folder.chmod(0o777)
    elif what == "link":
        (tmp_path / "other").mkdir()
        folder.symlink_to(tmp_path / "other")
    else:
        folder.write_text("x")
    assert compile_cache.own_folder(tmp_path) != folder


@pytest.mark.parametrize("home", ["~/.cache", "~"])
def test_a_home_that_is_not_there_is_none(monkeypatch, home):
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.setattr("os.path.expanduser", lambda _: home)
    assert not compile_cache._has_home()
