"""Files that Headway writes: each in one step, so that a reader sees the old or the new one."""

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

__all__ = ["replaced"]


@contextmanager
def replaced(path: Path | str) -> Iterator[Path]:
    """Write a file in one step.

    The content goes to a file beside it, which then takes its name. A link is followed, the mode
    of a file that is there is kept, and what killed writers left beside it is removed. A device,
    such as ``/dev/stdout``, is written to directly.

    Parameters
    ----------
    path
        The file to write.

    Yields
    ------
    pathlib.Path
        Where to write the content.

    Raises
    ------
    DataError
        When the disk refuses; the file that was there is then as it was.

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
        _clear(target)
        fresh = target.with_name(f".{target.name[:200]}.new-{secrets.token_hex(8)}")
        handle = os.open(fresh, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o666)
        try:
            _hold(handle)
            yield fresh
            # A library may have put another file in its place.
            with fresh.open("rb+") as written:
                os.fsync(written.fileno())
            if old is not None:
                fresh.chmod(stat.S_IMODE(old.st_mode))
            fresh.replace(target)
        finally:
            os.close(handle)
            fresh.unlink(missing_ok=True)
    except BrokenPipeError:
        raise
    except OSError as error:
        raise DataError(f"{path}: {error.strerror or error}") from None


def _hold(handle: int) -> None:
    """Mark a file as being written for as long as this process lives."""
    if _HOLDS:
        import fcntl

        with suppress(OSError):
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)


def _clear(target: Path) -> None:
    """Remove what killed writers of the same file left."""
    if not _HOLDS:
        return
    import fcntl

    name = re.compile(re.escape(f".{target.name[:200]}.new-") + r"[0-9a-f]{16}")
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
