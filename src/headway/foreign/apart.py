"""Files that native code reads, in a process of their own.

A damaged or hostile Parquet file or spreadsheet can end the process that reads it, or take all its
memory. A second process reads them with a limit of memory and of time, and hands over the rows. It
is started with the first such file, and again when one has ended it.
"""

import atexit
import io
import json
import os
import struct
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO, Any

import polars as pl

from headway.bounds import (
    CELLS_OF_A_SMALL_FILE,
    CELLS_PER_BYTE,
    COLUMNS,
    FILE_BYTES,
    PARQUET_MEMORY,
    PARQUET_ROWS,
    SHEET_CELLS,
)
from headway.errors import DataError, UsageError
from headway.foreign.guarding import guarded, reason
from headway.foreign.plainfile import check_native

__all__ = ["check_parquet", "parquet_pieces", "scan_parquet", "sheet"]

PIECE = 250_000
SECONDS = 20.0
BYTES_PER_SECOND = 5_000_000
PROBED_WHOLE = 2**26
_HEAD = struct.Struct("<?Q")
_SERVE = "from headway.foreign.apart import serve; serve()"
_lock = threading.Lock()
_running: "subprocess.Popen[bytes] | None" = None


def parquet_pieces(path: Path) -> Iterator[pl.DataFrame]:
    """Read a Parquet file in pieces of ``PIECE`` rows.

    Yields
    ------
    polars.DataFrame
        One piece after the other; one without rows for a file without.

    Raises
    ------
    DataError
        When it is no Parquet file that can be read, or is beyond the bounds.
    """
    first = 0
    while True:
        piece = _asked(path, {"what": "parquet", "first": first, "length": PIECE})
        if piece.height or not first:
            yield piece
        if piece.height < PIECE:
            return
        first += PIECE


def check_parquet(path: Path) -> int:
    """Check that a Parquet file can be read, for libraries that read it themselves.

    A file of up to ``PROBED_WHOLE`` bytes is read once as a whole; of a larger one, the table of
    contents and the first rows.

    Returns
    -------
    int
        How many rows it has.

    Raises
    ------
    DataError
        When it cannot, or is beyond the bounds.
    """
    return int(_asked(path, {"what": "probe"}).item())


def scan_parquet(
    file: Path | str, storage_options: Mapping[str, str] | None = None
) -> pl.LazyFrame:
    """Scan one Parquet file, whatever characters its path has.

    A star or a bracket in the name of a folder is no pattern of names, and ``country=US`` no
    column. A local file is one that :func:`check_parquet` found sound.
    """
    options = None if storage_options is None else dict(storage_options)
    return pl.scan_parquet(file, storage_options=options, glob=False, hive_partitioning=False)


def sheet(path: Path, name: str | None) -> pl.DataFrame:
    """Read one sheet of a spreadsheet as text, its header as the first row.

    Without a name it is the first sheet.

    Raises
    ------
    DataError
        When it cannot be read, or is beyond the bounds.
    UsageError
        When the package that reads spreadsheets is not installed.
    """
    return _asked(path, {"what": "sheet", "sheet": name})


def _asked(path: Path, request: dict[str, Any]) -> pl.DataFrame:
    check_native(path)
    request["path"] = str(path)
    with guarded(path):
        if not sys.executable:
            return _made(request)
        with _lock:
            sound, content = _exchanged(path, request)
    if sound:
        return pl.read_ipc_stream(io.BytesIO(content))
    said = json.loads(content)
    kind = UsageError if said["usage"] else DataError
    raise kind(said["message"], hint=said["hint"])


def _exchanged(path: Path, request: dict[str, Any]) -> tuple[bool, bytes]:
    global _running
    process = _running
    if process is None or process.poll() is not None:
        process = _running = _started()
    assert process.stdin is not None
    assert process.stdout is not None
    seconds = SECONDS + path.stat().st_size / BYTES_PER_SECOND
    late = threading.Timer(seconds, process.kill)
    late.start()
    try:
        process.stdin.write(json.dumps(request).encode() + b"\n")
        process.stdin.flush()
        head = process.stdout.read(_HEAD.size)
        sound, length = _HEAD.unpack(head) if len(head) == _HEAD.size else (False, 0)
        content = process.stdout.read(length) if length else b""
    except (BrokenPipeError, ConnectionError):
        length, content = 0, b""
    except BaseException:
        _stop()
        raise
    finally:
        timely = not late.finished.is_set()
        late.cancel()
    if length and len(content) == length:
        return sound, content
    _stop()
    why = (
        f"it takes more than {PARQUET_MEMORY:,} bytes of memory, or breaks its reader"
        if timely
        else f"it takes more than {seconds:.0f} seconds"
    )
    raise DataError(
        f"{path} cannot be read: {why}",
        hint="write it again in smaller parts, or as CSV",
    )


def _started() -> "subprocess.Popen[bytes]":
    places = os.pathsep.join(dict.fromkeys(place for place in sys.path if place))
    return subprocess.Popen(
        [sys.executable, "-P", "-c", _SERVE],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=os.environ | {"PYTHONPATH": places, "POLARS_MAX_THREADS": "2"},
        start_new_session=True,
    )


def _stop() -> None:
    global _running
    process, _running = _running, None
    if process is None:
        return
    process.kill()
    process.communicate()


def _forget() -> None:
    # A fork shares the pipes of its parent, and must not talk through them.
    global _running, _lock
    _running, _lock = None, threading.Lock()


atexit.register(_stop)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget)


def serve() -> None:
    """Answer requests until the standard input ends: what the other process runs."""
    _limit_memory()
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    for line in sys.stdin.buffer:
        sound, content = _answer(json.loads(line))
        _put(out, sound, content)


def _put(out: IO[bytes], sound: bool, content: bytes) -> None:
    out.write(_HEAD.pack(sound, len(content)))
    out.write(content)
    out.flush()


def _limit_memory() -> None:
    try:
        import resource
    except ImportError:
        return
    # What is written to, not what is reserved: the allocator reserves a gigabyte at its start.
    _, most = resource.getrlimit(resource.RLIMIT_DATA)
    limit = PARQUET_MEMORY if most == resource.RLIM_INFINITY else min(most, PARQUET_MEMORY)
    resource.setrlimit(resource.RLIMIT_DATA, (limit, most))


def _answer(request: dict[str, Any]) -> tuple[bool, bytes]:
    try:
        frame = _made(request)
        buffer = io.BytesIO()
        frame.write_ipc_stream(buffer)
        return True, buffer.getvalue()
    except (KeyboardInterrupt, SystemExit):
        raise
    except (DataError, UsageError) as error:
        said = {"message": error.message, "hint": error.hint}
        return False, json.dumps(said | {"usage": isinstance(error, UsageError)}).encode()
    except BaseException as error:
        message = f"{request['path']} cannot be read: {reason(error)}"
        return False, json.dumps({"message": message, "hint": None, "usage": False}).encode()


def _made(request: dict[str, Any]) -> pl.DataFrame:
    path = Path(request["path"])
    if request["what"] == "sheet":
        return _sheet(path, request["sheet"])
    with guarded(path, "is not a Parquet file that can be read"):
        if request["what"] == "probe":
            return _probed(path)
        return _piece(path, request["first"], request["length"])


def _rows(path: Path) -> tuple[pl.LazyFrame, int]:
    """The file to be read, and how many rows it says it has."""
    scan = scan_parquet(path)
    schema = scan.collect_schema()
    # Nothing is made of nested columns, and they can be most of a file.
    nested = [name for name, kind in schema.items() if kind.is_nested()]
    scan = scan.with_columns(pl.lit(None, pl.List(pl.Null)).alias(name) for name in nested)
    columns = len(schema)
    rows = int(scan.select(pl.len()).collect().item())
    if columns > COLUMNS:
        raise DataError(f"{path} has {columns:,} columns; at most {COLUMNS:,} are read")
    if rows > PARQUET_ROWS:
        raise DataError(f"{path} has {rows:,} rows; at most {PARQUET_ROWS:,} are read")
    size = path.stat().st_size
    if rows * columns > max(CELLS_OF_A_SMALL_FILE, CELLS_PER_BYTE * size):
        raise DataError(
            f"{path} has {size:,} bytes, which would become {rows * columns:,} cells",
            hint="a file of so few bytes has no table of that size",
        )
    return scan, rows


def _piece(path: Path, first: int, length: int) -> pl.DataFrame:
    scan, _ = _rows(path)
    frame = scan.slice(first, length).collect()
    texts = frame.select(pl.col(pl.String, pl.Binary))
    held = sum(
        int((one.str.len_bytes() if one.dtype == pl.String else one.bin.size()).sum() or 0)
        for one in texts.iter_columns()
    )
    if held > FILE_BYTES:
        raise DataError(f"{path}: the texts of {frame.height:,} rows have {held:,} bytes")
    return frame


def _probed(path: Path) -> pl.DataFrame:
    _, rows = _rows(path)
    whole = path.stat().st_size <= PROBED_WHOLE
    for first in range(0, rows if whole else min(rows, PIECE), PIECE):
        _piece(path, first, PIECE)
    return pl.DataFrame({"rows": [rows]})


def _sheet(path: Path, name: str | None) -> pl.DataFrame:
    try:
        with guarded(path, "is not a spreadsheet that can be read"):
            frame = pl.read_excel(
                path.read_bytes(),  # A path would be taken for a pattern of names.
                sheet_name=name,
                engine="calamine",
                has_header=False,
                infer_schema_length=0,
                raise_if_empty=False,
                drop_empty_rows=False,
                drop_empty_cols=False,
            )
    except ModuleNotFoundError:
        raise UsageError(
            f"{path}: reading spreadsheets needs the package fastexcel",
            hint="install it, or save the sheet as CSV",
        ) from None
    cells = frame.height * frame.width
    if cells > SHEET_CELLS or frame.width > COLUMNS:
        raise DataError(
            f"{path} has a sheet of {frame.height:,} rows and {frame.width:,} columns; at most"
            f" {SHEET_CELLS:,} cells and {COLUMNS:,} columns are read",
            hint="save it as CSV",
        )
    return frame.select(pl.all().cast(pl.String))
