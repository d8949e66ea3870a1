"""Dated list prices: one row per model, provider and kind of service, from a day on.

A CSV as the package model-prices has it: columns provider, model, mode, start,
input, output, cache_read, source. A blank start is the first price known. A row without any price
ends the one before it, and a column end (or until) says where its own price ends.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal

import polars as pl

from headway.errors import UsageError
from headway.progress import Progress
from headway.sources import Parsed, Refused, joined
from headway.sources.cells import Row, day, filled, number
from headway.sources.files import csv_rows, csv_text, read_text
from headway.sources.numbers import MONEY
from headway.text import shown

__all__ = ["parse", "read"]

TITLE = "Dated list prices (CSV)"
LICENCE: str | None = "MIT"

SOURCE = "model-prices"
FREE = "a free preview, not a price"
DECIMALS = 9
LEAST = Decimal("0.001")
"""US dollars per million tokens below which a price is taken for one per token."""
MOST = Decimal(10_000)
"""US dollars per million tokens above which a price per token is taken for one per million."""

Unit = Literal["token", "ktok", "mtok"]
TOKENS = MappingProxyType({"token": 10**6, "ktok": 10**3, "mtok": 1})

MODES = {"standard": "default", "": "default"}
_ENDS = ("until", "end")
_LARGEST = Decimal(10) ** 9
_ARTEFACT = Decimal("1e-12")

_PRICES: dict[str, pl.DataType | type[pl.DataType]] = {
    "model": pl.String,
    "provider": pl.String,
    "mode": pl.String,
    "from": pl.Date,
    "until": pl.Date,
    "input_usd_per_mtok": pl.Decimal(18, DECIMALS),
    "output_usd_per_mtok": pl.Decimal(18, DECIMALS),
    "cached_input_usd_per_mtok": pl.Decimal(18, DECIMALS),
    "source": pl.String,
}
_AMOUNTS = {
    "input": "input_usd_per_mtok",
    "output": "output_usd_per_mtok",
    "cache_read": "cached_input_usd_per_mtok",
}


@dataclass(slots=True)
class _Segment:
    line: int
    key: tuple[str, str, str]
    start: date | None
    until: date | None
    amounts: dict[str, Decimal | None]


def read(
    paths: Sequence[Path],
    *,
    progress: Progress | None = None,
    unit: Unit | None = None,
    source: str = SOURCE,
) -> Parsed:
    """Read files of list prices.

    Parameters
    ----------
    paths
        The CSV files.
    progress
        Told which file is read.
    unit, source
        As :func:`parse`.

    Returns
    -------
    Parsed
        As :func:`parse`.

    Raises
    ------
    UsageError
        When no path is given, or the source has no name.
    DataError
        When a file cannot be read, or is not one of prices.
    """
    if not paths:
        raise UsageError("no path is given", hint="name a CSV file of dated prices")
    if not source or source != source.strip():
        raise UsageError(f"the option source is {source!r}", hint="source is the id of a source")
    parts: list[Parsed] = []
    for done, path in enumerate(paths):
        if progress:
            progress.advance(done, len(paths))
        parts.append(parse(read_text(path), shown(str(path)), unit=unit, source=source))
    return joined(parts)


def parse(
    text: str | bytes,
    file: str = "prices.csv",
    *,
    unit: Unit | None = None,
    source: str = SOURCE,
) -> Parsed:
    """Parse a table of dated list prices in US dollars, per million tokens unless told otherwise.

    Parameters
    ----------
    text
        The content of the file.
    file
        Its name, for messages.
    unit
        What a price is for: a token, a thousand (``ktok``) or a million tokens (``mtok``).
        Without, a million, and prices too low for that are refused.
    source
        The id under which the prices are kept. A later file of the same source ends the prices
        of a model, provider and mode that it no longer states.

    Returns
    -------
    Parsed
        ``prices``: each lasts until the next row of the same model, provider and mode, or to the
        day before ``until`` (or ``end``) where that is earlier. A price of zero for reading and
        writing is refused; a zero beside a price is unknown. Digits beyond the ninth decimal are
        dropped where they are the error of a binary number, else refused.

    Raises
    ------
    DataError
        When a column is missing, or the text is not CSV.
    """
    segments: list[_Segment] = []
    refused: list[Refused] = []
    read = 0
    rows = csv_rows(
        csv_text(text, file),
        required=("provider", "model", "start", "input", "output"),
        optional=("mode", "cache_read", "cache_write", *_ENDS),
        file=file,
    )
    written = 0
    for line, row in rows:
        read += 1
        try:
            if isinstance(row, str):
                raise ValueError(row)
            segments.append(_segment(line, row, unit))
            written += bool(row["cache_write"].strip())
        except ValueError as error:
            refused.append(Refused(line=line, reason=str(error), file=file))
    # A price that cannot be read may be one that an earlier file has.
    unread = bool(refused)
    made, zeros, ends, cut = _priced(segments, refused, file, source)
    said = {
        "rows end the price before them and have none": ends,
        "prices of zero beside another price are taken as unknown": zeros,
        "rows have a price for writing to the cache, which prices have no column for": written,
        "rows state an end after the next price begins, and end there": cut,
    }
    notes = tuple(f"{file}: {number} {words}" for words, number in said.items() if number)
    models = sorted({(row["model"], row["model"], source) for row in made})
    schema = {"model": pl.String, "name": pl.String, "source": pl.String}
    return Parsed(
        tables={
            "sources": _sources(source),
            "models": pl.DataFrame(models, schema=schema, orient="row"),
            "prices": pl.DataFrame(made, schema=_PRICES),
        },
        read=read,
        refused=tuple(sorted(refused, key=lambda one: one.line)),
        notes=notes,
        left_out=ends,
        histories=frozenset() if unread else frozenset({"prices"}),
    )


def _segment(line: int, row: Row, unit: Unit | None) -> _Segment:
    mode = row["mode"].strip()
    start = day(row, "start")
    until = next((found for name in _ENDS if (found := day(row, name))), None)
    if until is not None and start is not None and until <= start:
        raise ValueError(f"the price ends on {until}, which is not after its first day, {start}")
    return _Segment(
        line=line,
        key=(filled(row, "model"), filled(row, "provider"), MODES.get(mode, mode)),
        start=start,
        until=until,
        amounts={name: _price(row, column, unit) for column, name in _AMOUNTS.items()},
    )


def _price(row: Row, column: str, unit: Unit | None) -> Decimal | None:
    row = row | {column: re.sub(MONEY, r"\1\2", row[column].strip())}
    value = number(row, column)
    if value is None:
        return None
    try:
        exact = Decimal(row[column].strip()) * TOKENS[unit or "mtok"]
        rounded = round(exact, DECIMALS)
    except InvalidOperation:
        raise ValueError(f"column {column!r} is out of range") from None
    if not 0 <= exact < _LARGEST or abs(exact - rounded) > _ARTEFACT:
        raise ValueError(
            f"column {column!r} is {row[column].strip()[:60]!r};"
            f" expected US dollars of 0 or more with at most {DECIMALS} decimals"
        )
    shown = f"column {column!r} is {row[column].strip()[:60]!r}"
    if unit is None and 0 < rounded < LEAST:
        raise ValueError(
            f"{shown}: less than {LEAST} US dollars per million tokens; if it is the price of a"
            " token, say --option unit=token (of a thousand unit=ktok, of a million unit=mtok)"
        )
    if unit == "token" and rounded > MOST:
        raise ValueError(
            f"{shown}: more than {MOST:,} US dollars per million tokens, if it is the price of a"
            " token; for prices of a million tokens say --option unit=mtok"
        )
    return rounded


def _priced(
    segments: list[_Segment], refused: list[Refused], file: str, source: str
) -> tuple[list[dict[str, Any]], int, int, int]:
    by_key: dict[tuple[str, str, str], list[_Segment]] = {}
    for segment in segments:
        by_key.setdefault(segment.key, []).append(segment)
    rows: list[tuple[int, dict[str, Any]]] = []
    zeros = ends = cut = 0
    for key, some in by_key.items():
        some.sort(key=lambda one: (one.start or date.min, one.line))
        for place, segment in enumerate(some):
            later = some[place + 1] if place + 1 < len(some) else None
            paid = segment.amounts
            main = [paid["input_usd_per_mtok"], paid["output_usd_per_mtok"]]
            if later is not None and later.start == segment.start:
                reason = f"another price of the same day stands on line {later.line}, and it counts"
                refused.append(Refused(line=segment.line, reason=reason, file=file))
            elif all(value is None for value in paid.values()):
                ends += 1
            elif not any(main):
                refused.append(Refused(line=segment.line, reason=FREE, file=file))
            else:
                zeros += sum(value == 0 for value in paid.values() if value is not None)
                known = {name: value or None for name, value in paid.items()}
                row = dict(zip(("model", "provider", "mode"), key, strict=True))
                ends_on = [later.start if later else None, segment.until]
                until = min((one for one in ends_on if one is not None), default=None)
                cut += segment.until is not None and segment.until != until
                rows.append(
                    (
                        segment.line,
                        row | {"from": segment.start, "until": until} | known | {"source": source},
                    )
                )
    return [row for _, row in sorted(rows, key=lambda pair: pair[0])], zeros, ends, cut


def _sources(source: str) -> pl.DataFrame:
    row = (source, "Dated list prices of models", None, None, LICENCE, None)
    names = ("source", "title", "publisher", "url", "licence")
    schema = dict.fromkeys(names, pl.String) | {"retrieved_on": pl.Date}
    return pl.DataFrame([row], schema=schema, orient="row")
