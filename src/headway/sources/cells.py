"""Rows of a CSV text, and their cells as values: each wrong cell is a reason to refuse the row.

The functions that read a cell raise ``ValueError`` with the reason; :func:`each_row` collects it.
"""

import io
import math
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import TypeVar

import polars as pl

from headway.bounds import (
    CELLS,
    CELLS_OF_A_SMALL_FILE,
    CELLS_PER_BYTE,
    COLUMNS,
    FIRST_DAY,
    HEADER_NAME,
    LAST_DAY,
    TEXT_LENGTH,
)
from headway.errors import DataError, did_you_mean
from headway.sources import Refused
from headway.sources.csvreader import BrokenCsv, records
from headway.text import fault_of_name, fault_of_text, is_plain, shown

__all__ = [
    "LARGEST_AMOUNT",
    "amount",
    "between",
    "check_cells",
    "checked_header",
    "count",
    "csv_rows",
    "day",
    "each_row",
    "filled",
    "number",
    "one_of",
    "share",
    "size",
]

Row = dict[str, str]
T = TypeVar("T")

_NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?", re.ASCII)
MOST_REFUSED = 100_000
_LONGEST = 60
_OF_JSON = ("{", "[")
_LARGEST_COUNT = 2**63 - 1
_LARGEST_SIZE = 10**12
LARGEST_AMOUNT = Decimal(10) ** 9


def csv_rows(
    text: str,
    *,
    required: Sequence[str] = (),
    optional: Sequence[str] = (),
    file: str | None = None,
    delimiter: str = ",",
    spare: bool = False,
) -> Iterator[tuple[int, Row | str]]:
    """Read the rows of a CSV text with the physical line on which each begins.

    Parameters
    ----------
    text
        The text, with any line ends.
    required
        Columns that the header must have.
    optional
        Columns that rows get as empty cells when the header lacks them.
    file
        Name of the file for messages.
    delimiter
        What separates cells.
    spare
        Whether columns that are neither required nor optional may be there twice.

    Yields
    ------
    tuple of int and dict, or of int and str
        The line with the cells by column; or with the reason why the row cannot be read.
        Empty lines are skipped.

    Raises
    ------
    DataError
        When there is no header, a column is missing or there twice, or the text is not CSV.
    """
    where = f"{file}: " if file else ""
    if text.lstrip("\ufeff \t\r\n")[:1] in _OF_JSON:
        raise DataError(
            f"{where}this looks like JSON; expected a table in CSV",
            hint="write it as CSV, with the names of the columns in the first line",
        )
    check_cells(text, delimiter, where)
    lines = io.StringIO(text.removeprefix("\ufeff"), newline="")
    rows = records(lines, delimiter=delimiter)
    try:
        names = next(rows, (1, []))[1]
        if spare:
            wanted = {*required, *optional}
            names = [name if name.strip() in wanted else "" for name in names]
        header = checked_header(names, required, where)
        absent = dict.fromkeys((name for name in optional if name not in header), "")
        for line, cells in rows:
            if not cells:
                continue
            if len(cells) == len(header):
                yield line, _unseen(header, cells) or absent | dict(zip(header, cells, strict=True))
            else:
                yield line, f"{len(cells)} cells; expected {len(header)}"
    except BrokenCsv as error:
        raise DataError(f"{where}{error}") from None


def check_cells(text: str, delimiter: str, where: str, *, file_bytes: int | None = None) -> None:
    """Refuse a text that would become too many cells.

    Parameters
    ----------
    text
        CSV.
    delimiter
        What separates cells.
    where
        What the message begins with.
    file_bytes
        The size of the file that it was unpacked from.

    Raises
    ------
    DataError
        When it has more than ``CELLS``, or many for so small a file.
    """
    most = CELLS
    if file_bytes is not None:
        most = min(most, max(CELLS_OF_A_SMALL_FILE, CELLS_PER_BYTE * file_bytes))
    if len(text) <= most:
        return
    cells = text.count(delimiter) + text.count("\n")
    if cells > most:
        raise DataError(
            f"{where}the table has {cells:,} cells; at most {most:,} are read of such a file",
            hint="store it as Parquet, or split it",
        )


def checked_header(cells: list[str], required: Sequence[str] = (), where: str = "") -> list[str]:
    """Return the names of columns, those without one by their number.

    Raises
    ------
    DataError
        When there is none, one is missing, or one is there twice.
    """
    if len(cells) > COLUMNS:
        raise DataError(
            f"{where}the header has {len(cells):,} columns; at most {COLUMNS:,} are read",
            hint="give the scores one below the other, with a column for the benchmark",
        )
    header = [name.strip() for name in cells]
    for number, name in enumerate(header, start=1):
        if len(name) > HEADER_NAME:
            raise DataError(
                f"{where}the name of column {number} has {len(name):,} characters;"
                f" at most {HEADER_NAME:,} are read"
            )
        if not is_plain(name, lines=True):
            raise DataError(f"{where}the name of column {number} {fault_of_text(name)}")
    if not any(header):
        raise DataError(f"{where}there is no header", hint="the first line names the columns")
    missing = [
        f"column {name!r} is missing{did_you_mean(name, header)}"
        for name in required
        if name not in header
    ]
    if missing:
        raise DataError(f"{where}this is not the file expected", details=missing)
    twice = sorted(name for name, count in Counter(filter(None, header)).items() if count > 1)
    if twice:
        raise DataError(f"{where}columns are there twice: {', '.join(map(repr, twice))}")
    return [name or f"column {number}" for number, name in enumerate(header, start=1)]


def places_of(file: str, lines: Iterable[object]) -> pl.Series:
    """Return where rows stand, such as ``scores.csv line 3``."""
    return pl.Series("place", [f"{file} line {line}" for line in lines], dtype=pl.String)


def each_row(
    rows: Iterable[tuple[int, Row | str]], take: Callable[[Row], None], file: str | None = None
) -> tuple[int, tuple[Refused, ...]]:
    """Give each row to a function, and collect the rows that it refuses.

    Parameters
    ----------
    rows
        As :func:`csv_rows` yields them.
    take
        Takes a row; a ``ValueError`` refuses it, so nothing may be kept of it before.
    file
        Name of the file for the refusals.

    Returns
    -------
    tuple
        The number of rows, and those refused.
    """
    refused: list[Refused] = []
    read = 0
    for line, row in rows:
        read += 1
        try:
            if isinstance(row, str):
                raise ValueError(row)
            take(row)
        except ValueError as error:
            refused.append(Refused(line=line, reason=str(error), file=file))
            if len(refused) > MOST_REFUSED:
                raise DataError(
                    f"{file or 'the file'}: more than {MOST_REFUSED:,} rows are refused,"
                    f" first line {refused[0].line}: {refused[0].reason}"
                ) from None
    return read, tuple(refused)


def filled(row: Row, column: str) -> str:
    """Return the text of a cell that must not be empty, without spaces at its ends."""
    value = row[column].strip()
    if not any(character.isalnum() for character in value):
        raise ValueError(f"column {column!r} is {_short(value)}; expected a name")
    if fault := fault_of_name(value):
        raise ValueError(f"column {column!r} {fault}")
    return value


def number(row: Row, column: str) -> float | None:
    """Return a finite number, or None for an empty cell."""
    text = row[column].strip()
    if not text:
        return None
    value = float(text) if _NUMBER.fullmatch(text) else math.nan
    if not math.isfinite(value):
        raise ValueError(f"column {column!r} is {_short(text)}; expected a number")
    return value


def between(row: Row, column: str, low: float, high: float) -> float:
    """Return a number between two bounds, both included; the cell must not be empty."""
    value = number(row, column)
    if value is None or not low <= value <= high:
        raise ValueError(
            f"column {column!r} is {_short(row[column])};"
            f" expected a number between {low} and {high}"
        )
    return value


def share(text: str, whole: float) -> str:
    """Return a number without its percent sign, as a part of the whole; other texts as they are.

    Examples
    --------
    >>> share("42.5%", 1.0), share("42.5%", 100.0), share("0.425", 1.0)
    ('0.425', '42.5', '0.425')
    """
    plain = text.strip()
    value = plain.removesuffix("%").rstrip()
    if value == plain or not _NUMBER.fullmatch(value):
        return text
    try:
        return str(Decimal(value) * Decimal(whole) / 100)
    except ArithmeticError:
        return text


def size(row: Row, column: str) -> float | None:
    """Return a number between 0 and a million million, or None for an empty cell."""
    return between(row, column, 0, _LARGEST_SIZE) if row[column].strip() else None


def count(row: Row, column: str) -> int | None:
    """Return a whole number of 0 or more, or None for an empty cell."""
    value = number(row, column)
    if value is None:
        return None
    if value < 0 or not value.is_integer() or value > _LARGEST_COUNT:
        raise ValueError(
            f"column {column!r} is {_short(row[column])}; expected a whole number of 0 or more"
        )
    text = row[column].strip().lstrip("+")
    return int(text) if text.isdecimal() else int(value)


def amount(row: Row, column: str, *, exact: bool = True) -> Decimal | None:
    """Return an amount of 0 or more with at most 9 decimals, or None for an empty cell.

    Without ``exact``, more decimals are rounded: a measured cost has them, a price does not.
    """
    text = row[column].strip()
    if not text:
        return None
    try:
        value = Decimal(text) if _NUMBER.fullmatch(text) else Decimal("NaN")
        fits = 0 <= value < LARGEST_AMOUNT and (not exact or value == round(value, 9))
    except InvalidOperation:
        fits = False
    if not fits:
        raise ValueError(
            f"column {column!r} is {_short(text)};"
            " expected an amount such as 0.25, with at most 9 decimals"
        )
    return value if exact else round(value, 9)


def day(row: Row, column: str) -> date | None:
    """Return the day of a date or of a time in ISO form, or None for an empty cell."""
    text = row[column].strip()
    if not text:
        return None
    try:
        day = date.fromisoformat(text) if len(text) == 10 else datetime.fromisoformat(text).date()
        fits = FIRST_DAY <= day <= LAST_DAY
    except ValueError:
        fits = False
    if not fits:
        raise ValueError(
            f"column {column!r} is {_short(text)}; expected a date such as 2026-08-11,"
            f" between {FIRST_DAY} and {LAST_DAY}"
        )
    return day


def one_of(row: Row, column: str, values: Mapping[str, T]) -> T:
    """Return what a declared word stands for."""
    text = row[column].strip()
    if text not in values:
        near = did_you_mean(text[:_LONGEST], list(values))
        raise ValueError(
            f"column {column!r} is {_short(text)}{near}; expected one of "
            + ", ".join(repr(value) for value in values)
        )
    return values[text]


def _short(text: str) -> str:
    return repr(shown(text[: _LONGEST + 1], most=_LONGEST))


def _unseen(header: Sequence[str], cells: Sequence[str]) -> str | None:
    """Say which cell has characters that cannot be seen, or is too long for any text."""
    if is_plain("".join(cells), lines=True) and max(map(len, cells)) <= TEXT_LENGTH:
        return None
    for name, cell in zip(header, cells, strict=True):
        if fault := fault_of_text(cell):
            return f"column {name!r} {fault}"
    return None
