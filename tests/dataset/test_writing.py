import errno
import os
import random
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from filelock import FileLock

import headway
from headway.dataset import Dataset, writing
from headway.errors import DataError


def leftovers(parent: Path) -> list[str]:
    return [entry.name for entry in parent.iterdir() if ".new-" in entry.name]


def test_write_and_read(dataset, tmp_path):
    folder = dataset.write(str(tmp_path / "a" / "b"))
    assert headway.load(folder).digest == dataset.digest
    assert headway.load(folder).models["name"].to_list() == dataset.models["name"].to_list()
    assert leftovers(folder.parent) == []


def test_a_second_trip_gives_the_same_bytes(dataset, tmp_path):
    one = dataset.write(tmp_path / "one")
    two = headway.load(one).write(tmp_path / "two")
    for path in one.iterdir():
        assert path.read_bytes() == (two / path.name).read_bytes()


def test_numbers_are_written_with_the_fewest_digits(dataset, tmp_path):
    text = (dataset.write(tmp_path / "facts") / "scores.csv").read_text(encoding="utf-8")
    assert ",0.30000000000000004,raw" in text
    assert ",0.000000001," in text
    assert ",1.25," in text
    assert ",3," in text


def test_a_dataset_is_replaced_only_when_asked(dataset, tmp_path):
    folder = dataset.write(tmp_path / "facts")
    smaller = dataset.where(country="CN")
    with pytest.raises(DataError, match=r"there is a dataset at .* already"):
        smaller.write(folder)
    assert headway.load(folder).digest == dataset.digest
    smaller.write(folder, overwrite=True)
    assert headway.load(folder).digest == smaller.digest


@pytest.mark.parametrize("exchange", [True, False])
def test_other_files_in_the_folder_are_kept(dataset, tmp_path, monkeypatch, exchange):
    if not exchange:
        monkeypatch.setattr(writing, "exchanged", lambda *_: False)
    folder = dataset.write(tmp_path / "facts")
    (folder / "README.md").write_text("mine", encoding="utf-8")
    (folder / ".git").mkdir()
    (folder / ".git" / "HEAD").write_text("ref", encoding="utf-8")
    (folder / "link").symlink_to("README.md")
    dataset.where(country="CN").write(folder, overwrite=True)
    assert (folder / "README.md").read_text(encoding="utf-8") == "mine"
    assert (folder / ".git" / "HEAD").read_text(encoding="utf-8") == "ref"
    assert (folder / "link").is_symlink()
    assert sorted(entry.name for entry in tmp_path.iterdir()) == [".facts.lock", "facts"]


def test_tables_that_are_gone_leave_no_file(dataset, tmp_path):
    folder = dataset.write(tmp_path / "facts")
    fewer = {name: frame for name, frame in dataset.tables.items() if name != "prices"}
    Dataset(tables=fewer, origin="test").write(folder, overwrite=True)
    assert not (folder / "prices.csv").exists()


def test_something_else_is_never_replaced(dataset, tmp_path):
    (tmp_path / "file").write_text("x", encoding="utf-8")
    with pytest.raises(DataError, match="is not a folder"):
        dataset.write(tmp_path / "file", overwrite=True)
    with pytest.raises(DataError, match="could not be written"):
        dataset.write(tmp_path / "file" / "below", overwrite=True)
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "letter").write_text("x", encoding="utf-8")
    with pytest.raises(DataError, match="is not a dataset"):
        dataset.write(tmp_path / "home", overwrite=True)
    assert (tmp_path / "home" / "letter").read_text(encoding="utf-8") == "x"
    (tmp_path / "empty").mkdir()
    assert headway.load(dataset.write(tmp_path / "empty")).digest == dataset.digest


def test_a_second_writer_is_refused(dataset, tmp_path, monkeypatch):
    monkeypatch.setattr(writing, "LOCK_SECONDS", 0.05)
    folder = dataset.write(tmp_path / "facts")
    with (
        FileLock(tmp_path / ".facts.lock"),
        pytest.raises(DataError, match="is being written by another process"),
    ):
        dataset.write(folder, overwrite=True)
    assert headway.load(folder).digest == dataset.digest


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EROFS, errno.EDQUOT, errno.EACCES])
def test_a_disk_that_refuses_leaves_the_old_dataset(dataset, tmp_path, monkeypatch, code):
    folder = dataset.write(tmp_path / "facts")
    written = []

    def refuse(path: Path, content: bytes) -> None:
        if len(written) == 3:
            raise OSError(code, os.strerror(code), str(path))
        written.append(path.write_bytes(content))

    monkeypatch.setattr(writing, "_flushed", refuse)
    with pytest.raises(DataError, match=os.strerror(code).lower()) as caught:
        dataset.where(country="CN").write(folder, overwrite=True)
    assert caught.value.hint == "what was there before is unchanged"
    assert headway.load(folder).digest == dataset.digest
    assert leftovers(tmp_path) == []


def test_an_exchange_that_fails_leaves_the_old_dataset(dataset, tmp_path, monkeypatch):
    folder = dataset.write(tmp_path / "facts")

    def refuse(*_: Path) -> bool:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    monkeypatch.setattr(writing, "exchanged", refuse)
    with pytest.raises(DataError, match="could not be written"):
        dataset.write(folder, overwrite=True)
    assert headway.load(folder).digest == dataset.digest


def test_systems_that_cannot_exchange(tmp_path, monkeypatch):
    (tmp_path / "a").mkdir()
    with pytest.raises(FileNotFoundError):
        writing.exchanged(tmp_path / "a", tmp_path / "b")
    (tmp_path / "b").mkdir()
    assert writing.exchanged(tmp_path / "a", tmp_path / "b")
    monkeypatch.setattr(writing.sys, "platform", "darwin")
    assert not writing.exchanged(tmp_path / "a", tmp_path / "b")


def test_a_gap_left_by_a_killed_writer_is_bridged(dataset, tmp_path):
    folder = dataset.write(tmp_path / "facts")
    folder.rename(tmp_path / ".facts.before")
    (tmp_path / ".facts.new-0123456789abcdef").mkdir()
    read = headway.load(folder)
    assert read.digest == dataset.digest
    assert "a writer was interrupted" in read.notes[0]
    with pytest.raises(DataError, match="there is a dataset at"):
        dataset.write(folder)
    dataset.where(country="CN").write(folder, overwrite=True)
    assert sorted(entry.name for entry in tmp_path.iterdir()) == [".facts.lock", "facts"]
    dataset.write(tmp_path / ".facts.before")
    dataset.write(folder, overwrite=True)
    assert not (tmp_path / ".facts.before").exists()


WRITER = """
    import sys
    import time
    import headway
    from headway.dataset import writing

    if sys.argv[3] == "move":
        writing.exchanged = lambda *_: False
    data = headway.load(sys.argv[1])
    versions = [data, data.where(country="CN")]
    print(*(version.digest for version in versions), flush=True)
    for turn in range(int(sys.argv[4])):
        time.sleep(float(sys.argv[5]))
        versions[(turn + 1) % 2].write(sys.argv[2], overwrite=True)
"""


@contextmanager
def writer(
    source: Path, target: Path, way: str, *, turns: int = 1_000_000, pause: float = 0.0
) -> Iterator[tuple[subprocess.Popen[str], set[str]]]:
    command = [sys.executable, "-c", textwrap.dedent(WRITER), str(source), str(target), way]
    command += [str(turns), str(pause)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield process, set(process.stdout.readline().split())
        finally:
            process.send_signal(signal.SIGKILL)


@pytest.mark.parametrize("way", ["exchange", "move"])
@pytest.mark.parametrize("kills", [8, pytest.param(150, marks=pytest.mark.slow)])
def test_a_kill_at_any_moment_leaves_the_old_or_the_new(dataset, tmp_path, way, kills):
    source = dataset.write(tmp_path / "source")
    target = dataset.write(tmp_path / "facts")
    moments = random.Random(20260811)
    for _ in range(kills):
        with writer(source, target, way) as (_, possible):
            time.sleep(moments.uniform(0.0, 0.15))
        assert headway.load(target).digest in possible
    dataset.write(target, overwrite=True)
    assert headway.load(target).digest == dataset.digest
    assert sorted(entry.name for entry in tmp_path.iterdir() if entry.name[0] != ".") == [
        "facts",
        "source",
    ]
    assert leftovers(tmp_path) == []


@pytest.mark.parametrize("way", ["exchange", "move"])
def test_a_reader_never_sees_half_of_each(dataset, tmp_path, way):
    source = dataset.write(tmp_path / "source")
    target = dataset.write(tmp_path / "facts")
    seen = set()
    with writer(source, target, way, pause=0.3) as (_, possible):
        least, most = time.monotonic() + 3, time.monotonic() + 60
        while time.monotonic() < least or (seen < possible and time.monotonic() < most):
            seen.add(headway.load(target).digest)
    assert seen == possible


def test_two_processes_write_in_turn(dataset, tmp_path):
    source = dataset.write(tmp_path / "source")
    target = dataset.write(tmp_path / "facts")
    with (
        writer(source, target, "exchange", turns=10) as (one, _),
        writer(source, target, "exchange", turns=10) as (two, _),
    ):
        assert one.wait(timeout=60) == 0
        assert two.wait(timeout=60) == 0
    assert headway.load(target).scores.height in (3, 6)
    assert leftovers(tmp_path) == []
