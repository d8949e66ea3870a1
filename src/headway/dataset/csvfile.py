"""CSV files as columns of text, with the physical line of every row.

A sound file takes the fast path: the structure is counted on the bytes and Polars splits the
cells. Any doubt sends the file to Python's strict CSV reader, which says what is wrong and where.
"""

import codecs
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

from headway.bounds import CELLS, COLUMNS, LINE_BYTES, TEXT_LENGTH
from headway.foreign.plainfile import opened, read_bytes
from headway.sources.csvreader import BrokenCsv, records
from headway.text import shown

LONGEST_LINE = LINE_BYTES
LONGEST_CELL = 2 * TEXT_LENGTH
_CHUNK = 1 << 20
_LF, _CR, _QUOTE, _COMMA = 10, 13, 34, 44


@dataclass(frozen=True, slots=True, kw_only=True)
class CsvText:
    """The cells of a CSV file as text.

    Parameters
    ----------
    frame
        One text column per header; an empty cell is null.
    lines
        The physical line on which each row starts, counted from 1.
    """

    frame: pl.DataFrame
    lines: Sequence[int]


class Malformed(Exception):
    """A file that has no rows and columns: the single reasons, each with its place."""

    def __init__(self, reasons: Sequence[str], count: int | None = None) -> None:
        super().__init__(reasons)
        self.reasons = list(reasons)
        self.count = len(self.reasons) if count is None else count


def read_csv(path: Path, label: str) -> CsvText:
    """Read a CSV file in UTF-8.

    Parameters
    ----------
    path
        The file.
    label
        What to call it in messages.

    Returns
    -------
    CsvText
        Its cells and where they are.

    Raises
    ------
    Malformed
        When it is not text, or its rows do not have one cell per header.
    OSError
        When it cannot be opened or read.
    """
    look_through(path, label)
    data = read_bytes(path).removeprefix(codecs.BOM_UTF8)
    if not data.strip():
        raise Malformed([f"{label}: the file is empty; expected a header line"])
    if len(data) > CELLS and data.count(b",") + data.count(b"\n") > CELLS:
        raise Malformed([f"{label}: the table has more than {CELLS:,} cells"])
    return _fast(data) or _exact(data.decode(), label)


def look_through(path: Path, label: str) -> None:
    """Check in bounded memory that a file is UTF-8 text with lines of a bearable length.

    Raises
    ------
    Malformed
        When it is not.
    """
    decoder = codecs.getincrementaldecoder("utf-8")()
    offset = 0
    line = 1
    length = 0
    with opened(path) as file:
        while chunk := file.read(_CHUNK):
            if offset == 0:
                _refuse_other_encodings(chunk, label)
            pending = len(decoder.getstate()[0])
            try:
                decoder.decode(chunk)
            except UnicodeDecodeError as error:
                position = offset - pending + error.start
                raise Malformed([_not_utf8(label, position, error.object[error.start])]) from None
            if (zero := chunk.find(0)) >= 0:
                raise Malformed(
                    [f"{label}: byte {offset + zero} is zero; this is not a text file in UTF-8"]
                )
            line, length = _measure(chunk, line, length, label)
            offset += len(chunk)
    if decoder.getstate()[0]:
        position = offset - len(decoder.getstate()[0])
        raise Malformed(
            [f"{label}: the file ends in the middle of a character, at byte {position}"]
        )


def _measure(chunk: bytes, line: int, length: int, label: str) -> tuple[int, int]:
    ends = np.flatnonzero(np.frombuffer(chunk, dtype=np.uint8) == _LF)
    if not len(ends):
        longest, where = length + len(chunk), 0
    else:
        lengths = np.diff(ends, prepend=-1 - length)
        where = int(lengths.argmax())
        longest = int(lengths[where])
        tail = len(chunk) - 1 - int(ends[-1])
        if tail > longest:
            longest, where = tail, len(ends)
    if longest > LONGEST_LINE:
        raise Malformed(
            [
                f"{label} line {line + where}: the line is longer than {LONGEST_LINE} bytes;"
                " is this a CSV file?"
            ]
        )
    if not len(ends):
        return line, length + len(chunk)
    return line + len(ends), len(chunk) - 1 - int(ends[-1])


def _refuse_other_encodings(start: bytes, label: str) -> None:
    for mark, name in (
        (codecs.BOM_UTF32_LE, "UTF-32"),
        (codecs.BOM_UTF32_BE, "UTF-32"),
        (codecs.BOM_UTF16_LE, "UTF-16"),
        (codecs.BOM_UTF16_BE, "UTF-16"),
    ):
        if start.startswith(mark):
            raise Malformed([f"{label}: the file is in {name} (byte 0); save it as UTF-8"])


def _not_utf8(label: str, position: int, byte: int) -> str:
    return (
        f"{label}: byte {position} (0x{byte:02x}) is not UTF-8;"
        " save the file as UTF-8 (it may be in Latin-1 or GBK)"
    )


def _fast(data: bytes) -> CsvText | None:
    end = data.find(b"\n")
    first = data if end < 0 else data[:end]
    if b'"' in first:
        return None
    header = first.removesuffix(b"\r").decode().split(",")
    if (
        len(header) > COLUMNS
        or len(set(header)) < len(header)
        or b"\r" in first[:-1]
        or not all(header)
    ):
        return None
    body = b"" if end < 0 else data[end + 1 :]
    if not body:
        empty = pl.DataFrame(schema=dict.fromkeys(header, pl.String()))
        return CsvText(frame=empty, lines=())
    starts = _record_starts(body, len(header) - 1)
    if starts is None:
        return None
    try:
        frame = pl.read_csv(
            body,
            has_header=False,
            schema=dict.fromkeys(header, pl.String()),
            raise_if_empty=False,
        )
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException):
        return None
    if frame.height != len(starts):
        return None
    return CsvText(frame=_without_empty(frame), lines=starts)


def _record_starts(body: bytes, commas: int) -> Sequence[int] | None:
    """Return the line of each record, or None unless each has that many commas."""
    array = np.frombuffer(body, dtype=np.uint8)
    is_quote = array == _QUOTE
    ends = np.flatnonzero(array == _LF)
    separators = np.flatnonzero(array == _COMMA)
    returns = np.flatnonzero(array == _CR)
    if len(returns) and not (
        int(returns[-1]) + 1 < len(array) and bool((array[returns + 1] == _LF).all())
    ):
        return None
    record_ends = ends
    if is_quote.any():
        inside = np.bitwise_xor.accumulate(is_quote.view(np.uint8)).view(np.bool_)
        if inside[-1]:
            return None
        record_ends = ends[~inside[ends]]
        separators = separators[~inside[separators]]
        if len(record_ends) != len(ends) and inside[returns].any():
            return None
    if not len(record_ends) or record_ends[-1] != len(array) - 1:
        record_ends = np.append(record_ends, len(array))
    counts = np.diff(np.searchsorted(separators, record_ends), prepend=0)
    if not (counts == commas).all():
        return None
    begins = np.concatenate(([0], record_ends[:-1] + 1))
    if commas == 0 and bool((record_ends - begins <= 1).any()):
        return None
    lines: list[int] = (np.searchsorted(ends, begins) + 2).tolist()
    return lines


def _exact(text: str, label: str) -> CsvText:
    rows: list[list[str]] = []
    lines: list[int] = []
    reasons: list[str] = []
    try:
        for line, row in records(io.StringIO(text, newline=""), longest=LONGEST_CELL):
            if row:
                rows.append(row)
                lines.append(line)
    except BrokenCsv as error:
        raise Malformed([f"{label} {error}"]) from None
    header = rows[0] if rows else []
    if not header:
        raise Malformed([f"{label}: the file is empty; expected a header line"])
    if len(header) > COLUMNS:
        raise Malformed([f"{label} line {lines[0]}: {len(header):,} columns; at most {COLUMNS:,}"])
    first: dict[str, int] = {}
    for place, name in enumerate(header):
        if not name:
            reasons.append(f"{label} line {lines[0]}: column {place + 1} has no name")
        elif first.setdefault(name, place) < place:
            reasons.append(
                f"{label} line {lines[0]}: columns {first[name] + 1} and {place + 1}"
                f" are both called {shown(repr(name), most=80)}"
            )
    reasons += [
        f"{label} line {line}: {len(row)} cells; expected {len(header)}, one per column of the"
        " header"
        for row, line in zip(rows[1:], lines[1:], strict=True)
        if len(row) != len(header)
    ]
    if reasons:
        raise Malformed(reasons)
    columns = zip(*rows[1:], strict=True) if len(rows) > 1 else ([] for _ in header)
    frame = pl.DataFrame(
        {
            name: pl.Series(name, list(cells), dtype=pl.String)
            for name, cells in zip(header, columns, strict=True)
        }
    )
    return CsvText(frame=_without_empty(frame), lines=lines[1:])


def _without_empty(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.with_columns(pl.all().replace("", None))
