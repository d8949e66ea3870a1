"""Replacing a dataset: at every moment of a crash, with its modes, and with the user's files."""

import os
import stat

import polars as pl
import pytest

import headway
from headway.dataset import Dataset, own_files, writing
from headway.dataset.importing import bring
from headway.errors import DataError
from tests.dataset.sources import matrix


class Killed(BaseException):
    """What stands for a kill: nothing after it is done."""


STEPS = ("aside", "fresh", "clean")


@pytest.mark.parametrize("step", STEPS)
def test_a_kill_at_each_step_without_exchange_loses_nothing(dataset, tmp_path, monkeypatch, step):
    folder = dataset.write(tmp_path / "facts")
    smaller = dataset.where(country="CN")
    monkeypatch.setattr(writing, "exchanged", lambda *_: False)
    real_rename, real_remove = type(folder).rename, writing.remove

    def rename(path, target):
        kind = "aside" if path.name == "facts" else "fresh"
        if kind == step == "fresh":
            raise Killed
        made = real_rename(path, target)
        if kind == step == "aside":
            raise Killed
        return made

    def remove(path):
        if step == "clean" or ".new-" in path.name:
            raise Killed
        return real_remove(path)

    with monkeypatch.context() as at_work:
        at_work.setattr(type(folder), "rename", rename)
        at_work.setattr(writing, "remove", remove)
        with pytest.raises(Killed):
            smaller.write(folder, overwrite=True)
    read = headway.load(folder)
    if step == "clean":
        assert read.digest == smaller.digest
    else:
        assert not folder.exists()
        assert read.digest == dataset.digest
        assert "a writer was interrupted" in read.notes[0]
    said: list[str] = []
    with writing.locked(folder, said=said) as home:
        assert headway.load(home).digest == read.digest
    assert any("was put back" in one or "was removed" in one for one in said)
    assert sorted(entry.name for entry in tmp_path.iterdir()) == [".facts.lock", "facts"]


def test_an_import_says_what_it_put_right(tmp_path):
    into = tmp_path / "mine"
    bring("epoch", [matrix(tmp_path / "a.csv")], into, unmatched="add", start="empty")
    into.rename(tmp_path / ".mine.before")
    (tmp_path / ".mine.new-0123456789abcdef").mkdir(mode=0o500)
    report = bring("epoch", [matrix(tmp_path / "b.csv")], into, unmatched="add")
    said = " ".join(report.notes)
    assert "put back" in said
    assert "unfinished folder" in said
    assert not list(tmp_path.glob(".mine.new-*"))


def test_modes_are_kept(dataset, tmp_path):
    folder = dataset.write(tmp_path / "facts")
    folder.chmod(0o700)
    for file in folder.iterdir():
        file.chmod(0o600)
    (folder / "mine.sh").write_text("x")
    (folder / "mine.sh").chmod(0o750)
    dataset.where(country="CN").write(folder, overwrite=True)
    modes = {entry.name: stat.S_IMODE(entry.stat().st_mode) for entry in folder.iterdir()}
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert modes.pop("mine.sh") == 0o750
    assert set(modes.values()) == {0o600}


def test_a_folder_that_may_not_be_written_to_is_refused_before_anything(dataset, tmp_path):
    folder = dataset.write(tmp_path / "facts")
    folder.chmod(0o555)
    before = {entry.name: entry.stat().st_mtime_ns for entry in folder.iterdir()}
    try:
        for _ in range(2):
            with pytest.raises(DataError, match="may not be written to"):
                dataset.where(country="CN").write(folder, overwrite=True)
            with pytest.raises(DataError, match="may not be written to"):
                bring("epoch", [matrix(tmp_path / "a.csv")], folder, unmatched="add")
        assert {entry.name: entry.stat().st_mtime_ns for entry in folder.iterdir()} == before
        assert not [entry for entry in tmp_path.iterdir() if ".new-" in entry.name]
    finally:
        folder.chmod(0o755)
    dataset.where(country="CN").write(folder, overwrite=True)


def test_a_mount_point_is_refused(dataset, tmp_path, monkeypatch):
    folder = dataset.write(tmp_path / "facts")
    monkeypatch.setattr(own_files.os.path, "ismount", lambda path: str(path) == str(folder))
    with pytest.raises(DataError, match="a disk is mounted"):
        dataset.write(folder, overwrite=True)


@pytest.mark.parametrize("links", [True, False])
def test_files_of_the_user_are_the_same_files(dataset, tmp_path, monkeypatch, links):
    folder = dataset.write(tmp_path / "facts")
    (folder / "notes").mkdir()
    (folder / "notes" / "a.txt").write_text("mine")
    os.mkfifo(folder / "pipe")
    number = (folder / "notes" / "a.txt").stat().st_ino
    if not links:
        (folder / "pipe").unlink()

        def refuse(*_, **__):
            raise OSError(1, "Operation not permitted")

        monkeypatch.setattr(own_files.os, "link", refuse)
    dataset.where(country="CN").write(folder, overwrite=True)
    kept = folder / "notes" / "a.txt"
    assert kept.read_text() == "mine"
    assert (kept.stat().st_ino == number) == links


def test_a_linked_folder_is_followed(dataset, tmp_path):
    real = dataset.write(tmp_path / "real")
    link = tmp_path / "link"
    link.symlink_to(real)
    dataset.where(country="CN").write(link, overwrite=True)
    assert link.is_symlink()
    assert headway.load(real).digest == headway.load(link).digest != dataset.digest
    real.rename(tmp_path / ".real.before")
    assert "interrupted" in headway.load(link).notes[0]


BAD = [
    ("models", "name", "x" * 400),
    ("models", "name", "x" * 1_200_000),
    ("models", "name", "a\x00b"),
    ("models", "name", "a\x1b[2Jb"),
    ("sources", "title", "t" * 1_200_000),
    ("scores", "harness", "\u202e"),
]


@pytest.mark.parametrize(("table", "column", "value"), BAD)
def test_what_a_reader_would_refuse_is_never_written(dataset, tmp_path, table, column, value):
    folder = dataset.write(tmp_path / "facts")
    tables = dict(dataset.tables)
    tables[table] = tables[table].with_columns(pl.lit(value).alias(column))
    with pytest.raises(DataError, match="no reader would take it") as caught:
        Dataset(tables=tables, origin="test").write(folder, overwrite=True)
    assert caught.value.hint == "what was there before is unchanged"
    assert headway.load(folder).digest == dataset.digest
    with pytest.raises(DataError):
        Dataset(tables=tables, origin="test").write(tmp_path / "new")
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("year", [1, 999, 1015, 2999, 3000, 9999])
def test_a_far_day_is_never_written(dataset, tmp_path, year):
    far = pl.lit(pl.Series([f"{year:04}-12-31"]).str.to_date()[0])
    tables = dict(dataset.tables)
    tables["scores"] = tables["scores"].with_columns(far.alias("evaluated_on"))
    with pytest.raises(DataError, match="no reader would take it"):
        Dataset(tables=tables, origin="test").write(tmp_path / "new")


def test_a_disk_that_does_not_confirm_is_said_to_be_so(dataset, tmp_path, monkeypatch):
    folder = dataset.write(tmp_path / "facts")
    smaller = dataset.where(country="CN")
    real = writing._flush_folder

    def refuse(path):
        if path == tmp_path:
            raise OSError(5, "Input/output error")
        real(path)

    monkeypatch.setattr(writing, "_flush_folder", refuse)
    with pytest.raises(DataError, match="did not confirm it") as caught:
        smaller.write(folder, overwrite=True)
    assert "is in place" in str(caught.value.hint)
    assert headway.load(folder).digest == smaller.digest


@pytest.mark.parametrize("how", ["cut", "empty", "pipe", "gone", "folder", "unknown", "twice"])
def test_a_dataset_whose_answers_no_reader_takes_is_not_written_again(tmp_path, how):
    answers = pl.DataFrame({"model": ["a", "b"], "benchmark": "t", "item": "i", "score": [1.0, 0]})
    models = pl.DataFrame({"model": ["a", "b"], "name": ["A", "B"]})
    folder = tmp_path / "mine"
    Dataset.from_frames(
        models=models, benchmarks=pl.DataFrame({"benchmark": ["t"]}), responses=answers,
        recorded_on="2026-01-02",
    ).write(folder)  # fmt: skip
    file = folder / "responses.parquet"
    rows, content = pl.read_parquet(file), file.read_bytes()
    file.unlink()
    if how == "pipe":
        os.mkfifo(file)
    elif how == "folder":
        file.mkdir()
    elif how in ("unknown", "twice"):
        wrong = rows.with_columns(model=pl.lit("zzz")) if how == "unknown" else rows
        pl.concat([wrong, rows] if how == "twice" else [wrong]).write_parquet(file)
    elif how != "gone":
        file.write_bytes(content[: len(content) // 2] if how == "cut" else b"")
    before = {entry.name: entry.stat().st_mtime_ns for entry in folder.iterdir()}
    with pytest.raises(DataError, match=r"responses\.parquet|is not sound"):
        headway.load(folder)
    with pytest.raises(DataError, match=r"responses\.parquet|is not sound"):
        bring("epoch", [matrix(tmp_path / "a.csv")], folder, unmatched="add")
    assert {entry.name: entry.stat().st_mtime_ns for entry in folder.iterdir()} == before


def test_a_link_to_itself_is_no_folder_at_work(tmp_path):
    loop = tmp_path / "loop"
    loop.symlink_to("loop")
    (tmp_path / "nowhere").symlink_to("gone")
    for name in ("loop", "nowhere"):
        with pytest.raises(DataError, match="there is no dataset at"):
            headway.load(tmp_path / name)


def test_a_private_dataset_is_private_while_it_is_written(dataset, tmp_path, monkeypatch):
    folder = dataset.write(tmp_path / "facts")
    folder.chmod(0o700)
    seen = []
    real = writing._put_table

    def put(content, table, path):
        seen.append(stat.S_IMODE(path.parent.stat().st_mode))
        real(content, table, path)

    monkeypatch.setattr(writing, "_put_table", put)
    dataset.where(country="CN").write(folder, overwrite=True)
    assert set(seen) == {0o700}
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
