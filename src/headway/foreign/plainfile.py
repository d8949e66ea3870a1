"""Single files: read up to a limit, unpacked from gzip, decoded from UTF-8."""

import gzip
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from headway.bounds import FILE_BYTES, UNPACKED_RATIO, UNPACKED_SMALL
from headway.errors import DataError
from headway.foreign.guarding import guarded, reason

__all__ = [
    "LIMIT",
    "as_text",
    "check_native",
    "check_regular",
    "csv_text",
    "opened",
    "read_bytes",
    "read_text",
]

LIMIT = FILE_BYTES
"""Bytes that are read of one file when the caller names no limit."""

_PIECE = 2**20
_PACKED = {b"BZh": "bzip2", b"\xfd7zXZ\0": "xz", b"PK\x03\x04": "zip", b"\x1f\x8b": "gzip",
           b"\x28\xb5\x2f\xfd": "zstd", b"7z\xbc\xaf\x27\x1c": "7-Zip"}  # fmt: skip


def read_bytes(path: Path, *, limit: int = LIMIT) -> bytes:
    """Read a file, unpacking it when its name ends in ``.gz``.

    Parameters
    ----------
    path
        The file.
    limit
        The most bytes accepted, after unpacking.

    Returns
    -------
    bytes
        The content.

    Raises
    ------
    DataError
        When there is no such file, it cannot be read, it is larger, or it unpacks to more than
        ``UNPACKED_RATIO`` times its size (and more than ``UNPACKED_SMALL``).
    """
    with opened(path) as plain:
        if path.suffix != ".gz":
            return _bounded(plain, limit, path)
        packed = os.fstat(plain.fileno()).st_size
        swollen = max(UNPACKED_SMALL, UNPACKED_RATIO * packed)
        with guarded(path, "is not a complete gzip file"), gzip.open(plain) as file:
            return _bounded(file, min(limit, swollen), path, packed=packed)


@contextmanager
def opened(path: Path) -> Iterator[BinaryIO]:
    """Open a regular file for reading; a pipe, a device or a socket is refused at once.

    Raises
    ------
    DataError
        When there is no such file, or it cannot be opened or read.
    """
    check_regular(path)
    try:
        with path.open("rb") as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                raise DataError(f"{path} is not a regular file")
            yield file
    except FileNotFoundError:
        raise DataError(f"there is no file {path}") from None
    except OSError as error:
        raise DataError(f"{path} cannot be read: {reason(error)}") from None


def check_regular(path: Path) -> None:
    """Check that there is a regular file, for libraries that open it themselves.

    Raises
    ------
    DataError
        When there is none, or it is a folder, a pipe or a device.
    """
    try:
        mode = path.stat().st_mode
    except FileNotFoundError:
        raise DataError(f"there is no file {path}") from None
    except (OSError, ValueError, RuntimeError) as error:
        raise DataError(f"{path} cannot be read: {reason(error)}") from None
    if stat.S_ISDIR(mode):
        raise DataError(f"{path} is a folder; expected a file")
    if not stat.S_ISREG(mode):
        raise DataError(
            f"{path} is not a regular file but {_kind(mode)}",
            hint="save what it gives in a file, and name that file",
        )


def check_native(path: Path) -> None:
    """Check that there is a regular file, for native code, which knows names in UTF-8 alone.

    Raises
    ------
    DataError
        As :func:`check_regular`, and when the path is not in UTF-8.
    """
    check_regular(path)
    try:
        str(path).encode()
    except UnicodeEncodeError:
        raise DataError(
            f"{path} cannot be read: its name is not in UTF-8", hint="rename the file or its folder"
        ) from None


def _kind(mode: int) -> str:
    if stat.S_ISFIFO(mode):
        return "a pipe"
    return "a socket" if stat.S_ISSOCK(mode) else "a device"


def _bounded(
    file: BinaryIO | gzip.GzipFile, limit: int, path: Path, *, packed: int | None = None
) -> bytes:
    pieces: list[bytes] = []
    size = 0
    while piece := file.read(_PIECE):
        size += len(piece)
        if size > limit:
            swells = "" if packed is None else f": its {packed:,} bytes unpack to more"
            raise DataError(
                f"{path} is larger than {limit:,} bytes{swells}",
                hint="split it, or store it as Parquet",
            )
        pieces.append(piece)
    return b"".join(pieces)


def as_text(content: bytes, name: str) -> str:
    r"""Decode UTF-8, with or without a byte order mark; line ends become ``\n``.

    Parameters
    ----------
    content
        The bytes.
    name
        Name of the file for messages.

    Returns
    -------
    str
        The text.

    Raises
    ------
    DataError
        When a byte is not UTF-8, or is NUL.

    Examples
    --------
    >>> as_text(b"\xef\xbb\xbfa\r\nb\rc", "x.csv")
    'a\nb\nc'
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        packed = next((how for start, how in _PACKED.items() if content.startswith(start)), None)
        if packed is not None:
            raise DataError(f"{name}: this is packed with {packed}", hint="unpack it") from None
        raise DataError(
            f"{name}: byte {error.start} is not UTF-8", hint="save the file as UTF-8"
        ) from None
    if "\0" in text:
        raise DataError(f"{name}: byte {content.index(0)} is NUL; this is not a text file in UTF-8")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def csv_text(text: str | bytes, name: str) -> str:
    """Return a text that may have come as bytes, as parsers accept both."""
    return as_text(text, name) if isinstance(text, bytes) else as_text(_encoded(text, name), name)


def _encoded(text: str, name: str) -> bytes:
    try:
        return text.encode()
    except UnicodeEncodeError as error:
        raise DataError(f"{name}: character {error.start} is half of a surrogate pair") from None


def read_text(path: Path, *, limit: int = LIMIT) -> str:
    r"""Read a text file in UTF-8, unpacked when its name ends in ``.gz``; line ends become ``\n``.

    Raises
    ------
    DataError
        As :func:`read_bytes` and :func:`as_text`.
    """
    return as_text(read_bytes(path, limit=limit), str(path))
