"""A resume file to which finished pieces of work are added one by one.

A record is its length, its checksum and its bytes, written and flushed to the disk at once. What a
kill leaves half written at the end is not a record, and the next writer cuts it off.
"""

import hashlib
import json
import os
import struct
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from filelock import FileLock, Timeout

from headway.errors import DataError, UsageError
from headway.foreign.plainfile import opened

_MAGIC = b"headway journal 1\n"
_HEAD = struct.Struct("<Q32s")


class Journal:
    """The resume file of one computation; use it as a context manager.

    Parameters
    ----------
    path
        The file; its folder exists.
    belongs_to
        What the pieces depend on, as plain values. A file that belongs to something else is
        refused.

    Raises
    ------
    UsageError
        The file belongs to another computation or is in use, or the path cannot be a file.
    DataError
        It is not a resume file.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "work.resume"
    >>> with Journal(path, {"seed": 1}) as journal:
    ...     journal.add(b"one")
    >>> with Journal(path, {"seed": 1}) as journal:
    ...     journal.found
    (b'one',)
    """

    def __init__(self, path: Path | str, belongs_to: Mapping[str, Any]) -> None:
        self.path = Path(path)
        if self.path.is_dir() or not self.path.parent.is_dir():
            why = "it is a folder" if self.path.is_dir() else f"no folder {self.path.parent}"
            raise UsageError(f"{self.path} cannot be a resume file: {why}")
        self._belongs_to = json.dumps(belongs_to, sort_keys=True, allow_nan=False).encode()
        self._lock = FileLock(self.path.parent / f".{self.path.name}.lock")
        self.found: tuple[bytes, ...] = ()

    def __enter__(self) -> Self:
        try:
            self._lock.acquire(timeout=0)
        except Timeout:
            raise UsageError(f"{self.path} is in use by another process") from None
        try:
            self._open()
        except BaseException:
            self._lock.release()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._file.close()
        self._lock.release()

    def _open(self) -> None:
        there = _content(self.path) if self.path.exists() else b""
        if there and not there.startswith(_MAGIC[: len(there)]):
            raise DataError(f"{self.path} is not a resume file", hint="name another file")
        records, end = _records(there)
        if records and records[0] != self._belongs_to:
            raise UsageError(
                f"{self.path} belongs to another computation: the data, the options or the "
                "version differ",
                hint="name another file, or delete this one",
            )
        self.found = tuple(records[1:])
        if not records:
            self.path.write_bytes(_MAGIC)
            end = len(_MAGIC)
        self._file = self.path.open("r+b")
        self._file.truncate(end)
        self._file.seek(end)
        if not records:
            self.add(self._belongs_to)

    def add(self, record: bytes) -> None:
        """Add a piece; when this returns it is on the disk."""
        self._file.write(_HEAD.pack(len(record), hashlib.sha256(record).digest()) + record)
        self._file.flush()
        os.fsync(self._file.fileno())


def _content(path: Path) -> bytes:
    with opened(path) as file:
        return file.read()


def _records(content: bytes) -> tuple[list[bytes], int]:
    """Whole records, and where the last one ends."""
    found: list[bytes] = []
    at = len(_MAGIC)
    while at + _HEAD.size <= len(content):
        length, checksum = _HEAD.unpack_from(content, at)
        record = content[at + _HEAD.size : at + _HEAD.size + length]
        if len(record) != length or hashlib.sha256(record).digest() != checksum:
            break
        found.append(record)
        at += _HEAD.size + length
    return found, at
