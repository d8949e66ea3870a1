"""What a dataset folder has beside its tables: the user's own files, and who may read them."""

import os
import shutil
import stat
from collections.abc import Collection
from contextlib import suppress
from pathlib import Path

from headway.errors import DataError

__all__ = ["carry_over", "keep_modes", "refuse_unwritable", "remove"]

_WRITE = stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH


def refuse_unwritable(target: Path) -> None:
    """Refuse a folder that may not be replaced, before anything is done.

    Raises
    ------
    DataError
        When nobody, or not this user, may write to it, or when it is where a disk is mounted.
    """
    mode = target.stat().st_mode
    if not mode & _WRITE or not os.access(target, os.W_OK | os.X_OK):
        raise DataError(
            f"the folder {target} may not be written to",
            hint="allow it (chmod u+w), or give the name of a new folder",
        )
    if os.path.ismount(target):
        raise DataError(
            f"a disk is mounted at {target}, and a folder there cannot be replaced in one step",
            hint="give a folder below it",
        )


def carry_over(old: Path, fresh: Path, tables: Collection[str]) -> None:
    """Take the files of the user into a new folder; those of the old one stay as they are.

    A file is linked, so that it is on the disk already; where that cannot be done it is copied and
    flushed.

    Parameters
    ----------
    old, fresh
        The folders.
    tables
        Names of files that are not taken.
    """
    for entry in old.iterdir():
        if entry.name in tables:
            continue
        if entry.is_dir() and not entry.is_symlink():
            shutil.copytree(entry, fresh / entry.name, symlinks=True, copy_function=_again)
            for place, _, _ in os.walk(fresh / entry.name):
                _flush(Path(place))
        else:
            _again(str(entry), str(fresh / entry.name))


def _again(old: str, new: str) -> None:
    try:
        os.link(old, new, follow_symlinks=False)
    except (OSError, NotImplementedError):
        shutil.copy2(old, new, follow_symlinks=False)
        if not os.path.islink(new):  # noqa: PTH114
            _flush(Path(new))


def _flush(path: Path) -> None:
    if os.name == "nt":
        return
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def keep_modes(old: Path, fresh: Path, descriptor: str) -> None:
    """Give a new folder and its files the modes and the owner of the old ones.

    Parameters
    ----------
    old, fresh
        The folders.
    descriptor
        Name of the file whose mode those files take that the old folder lacks.
    """
    for new in (*fresh.iterdir(), fresh):
        if new.is_symlink() or (new != fresh and not new.is_file()):
            continue
        was = old if new == fresh else old / new.name
        found = (was if was.exists() else old / descriptor).stat()
        now = new.stat()
        if hasattr(os, "chown") and (found.st_uid, found.st_gid) != (now.st_uid, now.st_gid):
            # Only root may give files away; a group of one's own may be kept.
            with suppress(OSError):
                os.chown(new, found.st_uid, found.st_gid)
        if stat.S_IMODE(found.st_mode) != stat.S_IMODE(now.st_mode):
            new.chmod(stat.S_IMODE(found.st_mode))


def remove(folder: Path) -> bool:
    """Remove a folder with all that is in it, write-protected or not; whether it is gone."""
    for place, _, _ in os.walk(folder):
        with suppress(OSError):
            Path(place).chmod(0o700)
    shutil.rmtree(folder, ignore_errors=True)
    return not os.path.lexists(folder)
