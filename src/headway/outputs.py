"""Files that Headway writes: each in one step, so that a reader sees the old or the new one."""

import errno
import importlib.util
import os
import re
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from headway.errors import DataError

_HOLDS = importlib.util.find_spec("fcntl") is not None
_WRITE = stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH
_LONGEST_NAME = 200

__all__ = ["replaced"]


@contextmanager
def replaced(path: Path | str, *, new: bool = False) -> Iterator[Path]:
    """Write a file in one step.

    The content goes to a file beside it, which then takes its name. A link is followed, the mode
    of a file that is there is kept, and what killed writers left beside it is removed. A device,
    such as ``/dev/stdout``, is written to directly.

    Parameters
    ----------
    path
        The file to write.
    new
        Whether a file that is there by then is left as it is, and is an error.

    Yields
    ------
    pathlib.Path
        Where to write the content.

    Raises
    ------
    DataError
        When the disk refuses, or a file is there that is to be new; it is then as it was.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "a.txt"
    >>> with replaced(path) as file:
    ...     _ = file.write_text("done")
    >>> path.read_text(), len(list(path.parent.iterdir()))
    ('done', 1)
    """
    path = Path(path)
    try:
        target = Path(os.path.realpath(path))
        old = target.stat() if target.exists() else None
        if old is not None and not stat.S_ISREG(old.st_mode):
            yield path
            return
        if old is not None and not (old.st_mode & _WRITE and os.access(target, os.W_OK)):
            raise DataError(
                f"{path} may not be written to",
                hint="allow it (chmod u+w), or give the name of a new file",
            )
        _clear(target)
        fresh, handle = _begun(target)
        try:
            if old is not None:
                _give(fresh, old)
            yield fresh
            # A library may have put another file in its place.
            with fresh.open("rb+") as written:
                os.fsync(written.fileno())
            if old is not None:
                _give(fresh, old)
            if new:
                _put_new(fresh, target)
            else:
                fresh.replace(target)
        finally:
            os.close(handle)
            fresh.unlink(missing_ok=True)
    except BrokenPipeError:
        raise
    except OSError as error:
        raise DataError(f"{path}: {error.strerror or error}") from None


def _put_new(fresh: Path, target: Path) -> None:
    try:
        target.hardlink_to(fresh)
    except FileExistsError:
        raise
    except OSError:
        # A disk without links; what is there by now is seen, if not in the same moment.
        if os.path.lexists(target):
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST)) from None
        fresh.replace(target)


def _begun(target: Path) -> tuple[Path, int]:
    """An empty file beside another, marked as being written for as long as this process lives."""
    while True:
        fresh = target.with_name(f"{_start(target)}{secrets.token_hex(8)}")
        handle = os.open(fresh, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o666)
        _hold(handle)
        # Another writer that came before the mark took it for what a killed one left.
        if os.path.lexists(fresh):
            return fresh, handle
        os.close(handle)


def _start(target: Path) -> str:
    """How the names of unfinished files begin: no longer than a disk allows in all."""
    name = os.fsdecode(os.fsencode(target.name)[:_LONGEST_NAME])
    return f".{name}.new-"


def _give(fresh: Path, old: os.stat_result) -> None:
    """Give a file the mode of an older one, and its owner where this user may."""
    now = fresh.stat()
    if hasattr(os, "chown") and (now.st_uid, now.st_gid) != (old.st_uid, old.st_gid):
        with suppress(OSError):
            os.chown(fresh, old.st_uid, old.st_gid)
    fresh.chmod(stat.S_IMODE(old.st_mode))


def _hold(handle: int) -> None:
    if _HOLDS:
        import fcntl

        with suppress(OSError):
            fcntl.flock(handle, fcntl.LOCK_EX)


def _clear(target: Path) -> None:
    """Remove what killed writers of the same file left."""
    if not _HOLDS:
        return
    import fcntl

    name = re.compile(re.escape(_start(target)) + r"[0-9a-f]{16}")
    for entry in list(target.parent.iterdir()):
        if not name.fullmatch(entry.name):
            continue
        with suppress(OSError):
            handle = os.open(entry, os.O_RDONLY | os.O_NOFOLLOW)
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                entry.unlink()
            finally:
                os.close(handle)
