"""A resume file to which finished pieces of work are added one by one.

A record is its length, its checksum and its bytes, written and flushed to the disk at once. What a
kill leaves half written at the end is not a record, and the next writer cuts it off. A file that is
damaged elsewhere is refused and left as it is.
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

from headway.bounds import FILE_BYTES
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
        if _goes_on(there, end):
            raise DataError(
                f"{self.path} is damaged at byte {end}, in the middle",
                hint="name another file, or delete this one to begin again",
            )
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
        content = file.read(FILE_BYTES + 1)
    if len(content) > FILE_BYTES:
        raise DataError(f"{path} is larger than {FILE_BYTES:,} bytes", hint="name another file")
    return content


def _records(content: bytes) -> tuple[list[bytes], int]:
    """Whole records, and where the last one ends."""
    found: list[bytes] = []
    at = len(_MAGIC)
    while (record := _record(content, at)) is not None:
        found.append(record)
        at += _HEAD.size + len(record)
    return found, at


def _record(content: bytes, at: int) -> bytes | None:
    """The record at a place; None where there is none, or not a whole one."""
    if at + _HEAD.size > len(content):
        return None
    length, checksum = _HEAD.unpack_from(content, at)
    record = content[at + _HEAD.size : at + _HEAD.size + length]
    whole = len(record) == length and hashlib.sha256(record).digest() == checksum
    return record if whole else None


def _goes_on(content: bytes, end: int) -> bool:
    """Whether a whole record follows on the broken one at the end of the others."""
    if end + _HEAD.size > len(content):
        return False
    length, _ = _HEAD.unpack_from(content, end)
    return _record(content, end + _HEAD.size + length) is not None
