"""Writing a dataset folder in one step, and finding it again after a kill.

A new folder is written beside the old one and flushed to disk. Then the two change places in
one call of the system (Linux), so that the folder is never missing. Where the system cannot do
that, the old folder is moved aside first, and a reader that meets the gap reads it there.
"""

import ctypes
import errno
import os
import re
import secrets
import shutil
import stat
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from headway.dataset.descriptor import NAME, as_text, descriptor
from headway.dataset.own_files import carry_over, keep_modes, refuse_unwritable, remove
from headway.dataset.reading import read_apart, read_folder
from headway.dataset.rendering import in_pieces, rendered
from headway.dataset.rules import lacking, lacking_words
from headway.dataset.schema import Table
from headway.dataset.tables import TABLES
from headway.errors import DataError
from headway.foreign.apart import check_parquet
from headway.foreign.guarding import reason
from headway.foreign.jsontext import json_value
from headway.foreign.plainfile import read_bytes
from headway.shortly import of_fields

LOCK_SECONDS = 10.0
UNCHANGED = "what was there before is unchanged"
READING_ATTEMPTS = 20
_AT_FDCWD = -100
_RENAME_EXCHANGE = 2
_CANNOT_EXCHANGE = (errno.ENOSYS, errno.EINVAL, errno.ENOTSUP, errno.EOPNOTSUPP)


@dataclass(frozen=True, eq=False, slots=True)
class InPieces:
    """A table that is too large to hold: its rows in the order of the file, piece by piece.

    Parameters
    ----------
    pieces
        Gives the pieces; it is called once.
    rows
        How many rows the pieces had, when they were given.
    """

    pieces: Callable[[], Iterator[pl.DataFrame]]
    rows: Callable[[], int]

    __repr__ = of_fields


Content = pl.DataFrame | InPieces | Path
"""All rows of a table: held, in pieces, or the file that has them already."""


def write_folder(tables: Mapping[str, Content], path: Path, *, overwrite: bool = False) -> Path:
    """Write tables as a dataset folder.

    Parameters
    ----------
    tables
        All rows of each table.
    path
        The folder to make.
    overwrite
        Whether a dataset there may be replaced.

    Returns
    -------
    pathlib.Path
        The folder.

    Raises
    ------
    DataError
        When a table is missing that every dataset needs, something else is there, another
        process writes, or the disk refuses; what was there before is then as it was.
    """
    missing = lacking([name for name, content in tables.items() if has_content(content)])
    if missing:
        raise DataError(f"the dataset cannot be written to {path}: {lacking_words(missing)}")
    with locked(path) as target:
        put_folder(tables, target, overwrite=overwrite)
    return path


def has_content(content: Content) -> bool:
    """Whether a table has a row; one that is written in pieces counts what it gave so far."""
    if isinstance(content, pl.DataFrame):
        return content.height > 0
    return check_parquet(content) > 0 if isinstance(content, Path) else content.rows() > 0


@contextmanager
def locked(
    path: Path, *, seconds: float | None = None, said: list[str] | None = None
) -> Iterator[Path]:
    """Be the only writer of a dataset folder; what a killed writer left is put right first.

    Parameters
    ----------
    path
        The folder, which need not be there.
    seconds
        How long to wait for another writer; None for ten seconds.
    said
        Gets a sentence for everything that a killed writer left and that was put right.

    Yields
    ------
    pathlib.Path
        The folder as an absolute path, with links followed.

    Raises
    ------
    DataError
        When another process writes, or the place cannot be written to.
    """
    from filelock import FileLock, Timeout

    target = home_of(path)
    wait = LOCK_SECONDS if seconds is None else seconds
    with _refusals(path):
        if target.is_dir():
            refuse_unwritable(target)
        target.parent.mkdir(parents=True, exist_ok=True)
        lock = FileLock(target.parent / f".{target.name}.lock")
        try:
            lock.acquire(timeout=wait)
        except Timeout:
            raise DataError(
                f"{path} is being written by another process",
                hint="wait until it has finished, and write again",
            ) from None
    try:
        with _refusals(path):
            done = _settle(target)
        if said is not None:
            said += done
        yield target
    finally:
        lock.release()


def put_folder(
    tables: Mapping[str, Content],
    target: Path,
    *,
    overwrite: bool = False,
    wanted: Callable[[], bool] | None = None,
) -> None:
    """Write tables into a folder that is :func:`locked`.

    Parameters
    ----------
    tables
        All rows of each table.
    target
        The folder.
    overwrite
        Whether a dataset there may be replaced.
    wanted
        Asked when all tables are written beside the folder: False leaves the folder as it is.

    Raises
    ------
    DataError
        When something else is there, or the disk refuses.
    """
    with _refusals(target):
        refuse_other_content(target, overwrite=overwrite)
        _replace(tables, target, wanted)


@contextmanager
def _refusals(path: Path) -> Iterator[None]:
    try:
        yield
    except (OSError, ValueError, pl.exceptions.PolarsError, pl.exceptions.PanicException) as error:
        raise DataError(
            f"the dataset could not be written to {path}: {reason(error).lower()}",
            hint=UNCHANGED,
        ) from None


def read_recovered(folder: Path) -> tuple[dict[str, pl.DataFrame], tuple[str, ...]]:
    """Read a dataset folder, or the one an interrupted writer moved aside.

    Parameters
    ----------
    folder
        The dataset folder.

    Returns
    -------
    tuple
        All rows of each table, and notes.

    Raises
    ------
    DataError
        When the dataset is not sound.
    """
    there = home_of(folder)
    aside = _aside(there)
    for _ in range(READING_ATTEMPTS):
        gap = not os.path.lexists(there) and os.path.lexists(aside)
        home = aside if gap else folder
        before = _identity(home)
        try:
            tables = read_folder(home)
        except DataError:
            # What cannot be entered now, such as a link to itself, is not in the gap of a rename.
            if before == _identity(home) and not (before is None and os.path.isdir(there)):  # noqa: PTH112
                raise
            continue
        if before == _identity(home):
            note = (
                f"a writer was interrupted; this is the dataset before it, from {aside.name},"
                " and the next writer puts it back"
            )
            return tables, (note,) if gap else ()
    raise DataError(
        f"{folder} was replaced again and again while it was read", hint="read it again later"
    )


def _identity(folder: Path) -> tuple[int, int, int] | None:
    try:
        found = folder.stat()
    except (OSError, ValueError):
        return None
    return found.st_dev, found.st_ino, found.st_mtime_ns


def _aside(target: Path) -> Path:
    return target.parent / f".{target.name}.before"


def home_of(path: Path) -> Path:
    """Return the folder of a dataset as an absolute path, with links followed."""
    try:
        return Path(os.path.realpath(path))
    except (OSError, ValueError):
        return Path(os.path.abspath(path))  # noqa: PTH100


def _settle(target: Path) -> list[str]:
    """Undo what a killed writer left behind, and say what was done."""
    done: list[str] = []
    aside = _aside(target)
    if os.path.lexists(aside):
        if not os.path.lexists(target):
            aside.rename(target)
            done.append(f"a writer was killed: the dataset before it was put back from {aside}")
        elif remove(aside):
            done.append(f"a writer was killed: its old dataset {aside} was removed")
    leftover = re.compile(re.escape(f".{target.name}.new-") + r"[0-9a-f]{16}")
    left = [entry for entry in target.parent.iterdir() if leftover.fullmatch(entry.name)]
    return done + [
        f"a writer was killed: its unfinished folder {entry} was removed"
        for entry in left
        if remove(entry)
    ]


def refuse_other_content(target: Path, *, overwrite: bool) -> None:
    """Refuse a place where something is that may not be replaced.

    Raises
    ------
    DataError
        When a file, another folder, or a dataset that is to be kept is there.
    """
    try:
        mode = target.lstat().st_mode
    except FileNotFoundError:
        return
    if not stat.S_ISDIR(mode):
        raise DataError(f"{target} is there already and is not a folder")
    entries = {entry.name for entry in target.iterdir()}
    if not entries:
        return
    if NAME not in entries:
        raise DataError(
            f"{target} is there already and is not a dataset (it has no {NAME})",
            hint="give the name of a new folder",
        )
    if not overwrite:
        raise DataError(
            f"there is a dataset at {target} already",
            hint="give overwrite=True to replace it, or the name of a new folder",
        )


def _replace(
    tables: Mapping[str, Content], target: Path, wanted: Callable[[], bool] | None
) -> None:
    fresh = target.parent / f".{target.name}.new-{secrets.token_hex(8)}"
    try:
        fresh.mkdir()
        if target.exists():
            carry_over(target, fresh, _files_of_tables(target))
        for name, content in tables.items():
            _put_table(content, TABLES[name], fresh / TABLES[name].file)
        _flushed(fresh / NAME, as_text(descriptor(tables)).encode())
        if (target / NAME).exists():
            keep_modes(target, fresh, NAME)
        _flush_folder(fresh)
        if wanted is not None and not wanted():
            return
        _read_back(tables, fresh, target)
        _put(fresh, target)
        _confirm(target)
    finally:
        if fresh.exists():
            remove(fresh)


def _read_back(tables: Mapping[str, Content], fresh: Path, target: Path) -> None:
    """Read a new folder as any reader will, before it takes the place of the old one.

    Rows that come in pieces were checked piece by piece.
    """
    held = all(isinstance(content, pl.DataFrame) for content in tables.values())
    try:
        if held:
            read_folder(fresh)
        else:
            read_apart(fresh)
    except DataError as error:
        raise DataError(
            f"the dataset was not written to {target}: no reader would take it",
            details=error.details or [error.message],
            hint=UNCHANGED,
        ) from None


def _confirm(target: Path) -> None:
    try:
        _flush_folder(target.parent)
    except OSError as error:
        raise DataError(
            f"the dataset was written to {target}, but the disk did not confirm it:"
            f" {reason(error).lower()}",
            hint="the new dataset is in place; read it again before relying on it",
        ) from None


def _put_table(content: Content, table: Table, path: Path) -> None:
    if isinstance(content, pl.DataFrame):
        _flushed(path, rendered(content, table))
        return
    if isinstance(content, Path):
        shutil.copyfile(content, path)
    else:
        in_pieces(content.pieces(), table, path)
    with path.open("rb") as file:
        os.fsync(file.fileno())


def _files_of_tables(folder: Path) -> set[str]:
    tables = {NAME, *(f"{name}.{form}" for name in TABLES for form in ("csv", "parquet"))}
    try:
        content = json_value(read_bytes(folder / NAME), NAME)
        return tables | {str(resource["path"]) for resource in content["resources"]}
    except (DataError, KeyError, TypeError):
        return tables


def _put(fresh: Path, target: Path) -> None:
    if not target.exists():
        fresh.rename(target)
    elif not exchanged(fresh, target):
        aside = _aside(target)
        target.rename(aside)
        try:
            fresh.rename(target)
        except OSError:
            aside.rename(target)
            raise
        remove(aside)


def exchanged(one: Path, other: Path) -> bool:
    """Let two folders change places in one step; False where the system cannot."""
    if not sys.platform.startswith("linux"):
        return False
    try:
        rename = ctypes.CDLL(None, use_errno=True).renameat2
    except (OSError, AttributeError):
        return False
    failed = rename(
        _AT_FDCWD, os.fsencode(one), _AT_FDCWD, os.fsencode(other), ctypes.c_uint(_RENAME_EXCHANGE)
    )
    if not failed:
        return True
    code = ctypes.get_errno()
    if code in _CANNOT_EXCHANGE:
        return False
    raise OSError(code, os.strerror(code), str(other))


def _flushed(path: Path, content: bytes) -> None:
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _flush_folder(folder: Path) -> None:
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
