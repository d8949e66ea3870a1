"""Rows of a CSV text, and their cells as values: each wrong cell is a reason to refuse the row.

The functions that read a cell raise ``ValueError`` with the reason; :func:`each_row` collects it.
"""

import io
import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import TypeVar

from headway.errors import DataError, did_you_mean
from headway.sources import Refused
from headway.sources.csvreader import BrokenCsv, records

__all__ = [
    "LARGEST_AMOUNT",
    "amount",
    "between",
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
_LONGEST = 60
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
                yield line, absent | dict(zip(header, cells, strict=True))
            else:
                yield line, f"{len(cells)} cells; expected {len(header)}"
    except BrokenCsv as error:
        raise DataError(f"{where}{error}") from None


def checked_header(cells: list[str], required: Sequence[str] = (), where: str = "") -> list[str]:
    """Return the names of columns, those without one by their number.

    Raises
    ------
    DataError
        When there is none, one is missing, or one is there twice.
    """
    header = [name.strip() for name in cells]
    if not any(header):
        raise DataError(f"{where}there is no header", hint="the first line names the columns")
    missing = [
        f"column {name!r} is missing{did_you_mean(name, header)}"
        for name in required
        if name not in header
    ]
    if missing:
        raise DataError(f"{where}this is not the file expected", details=missing)
    twice = sorted({name for name in header if name and header.count(name) > 1})
    if twice:
        raise DataError(f"{where}columns are there twice: {', '.join(map(repr, twice))}")
    return [name or f"column {number}" for number, name in enumerate(header, start=1)]


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
    return read, tuple(refused)


def filled(row: Row, column: str) -> str:
    """Return the text of a cell that must not be empty, without spaces at its ends."""
    value = row[column].strip()
    if not any(character.isalnum() for character in value):
        raise ValueError(f"column {column!r} is {_short(value)}; expected a name")
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
        return date.fromisoformat(text) if len(text) == 10 else datetime.fromisoformat(text).date()
    except ValueError:
        raise ValueError(
            f"column {column!r} is {_short(text)}; expected a date such as 2026-08-11"
        ) from None


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
    return repr(text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…")
