"""Tables written as JSON: a list of records, wherever in the file it stands.

Publishers serve the rows of a table as a list of objects, as an object of which one member is such
a list (``{"rows": [...]}``, with or without an inner ``row``), or with one object a line.
"""

from pathlib import Path
from typing import Any

import polars as pl

from headway.bounds import CELLS_OF_A_SMALL_FILE
from headway.errors import DataError
from headway.foreign.jsontext import json_lines, json_value
from headway.sources import Refused

__all__ = ["json_table"]

MOST_COLUMNS = 1000
_INNER = "row"
_READ = "a table in JSON is a list of objects, an object with one such list, or an object a line"


def json_table(text: str, file: Path) -> tuple[dict[str, pl.Series], list[int], list[Refused]]:
    """Read the records of a JSON file as columns of text.

    Parameters
    ----------
    text
        The content of the file.
    file
        Its name; with the ending ``.jsonl`` there is one object a line.

    Returns
    -------
    tuple
        The columns: text, and null where a record has no such member, or null; a column with a
        list or an object in it is nested. The number of each record, counted from 1. And what was
        refused.

    Raises
    ------
    DataError
        When the text is not JSON, or has no list of objects.
    """
    refused: list[Refused] = []
    records: list[dict[str, Any]] = []
    numbers: list[int] = []
    for number, one, reason in _values(text, file):
        record = one.get(_INNER) if isinstance(one, dict) and _INNER in one else one
        if isinstance(record, dict):
            records.append(record)
            numbers.append(number)
        else:
            words = reason or "this is no object with the cells of a row"
            refused.append(Refused(line=number, reason=words, file=str(file)))
    names = list(dict.fromkeys(name for record in records for name in record))
    if not names:
        raise DataError(f"{file}: there are no rows in this JSON file", hint=_READ)
    if len(names) > MOST_COLUMNS:
        raise DataError(f"{file} has {len(names):,} columns; at most {MOST_COLUMNS:,} are read")
    cells = len(names) * len(records)
    if cells > max(CELLS_OF_A_SMALL_FILE, len(text)):
        raise DataError(f"{file} would become {cells:,} cells, most of them empty")
    return {name: _column(name, records) for name in names}, numbers, refused


def _values(text: str, file: Path) -> list[tuple[int, Any, str | None]]:
    if file.name.lower().removesuffix(".gz").endswith((".jsonl", ".ndjson")):
        return list(json_lines(text, str(file), not_a_number="null"))
    value = json_value(text, str(file), not_a_number="null")
    if isinstance(value, dict):
        lists = {name: one for name, one in value.items() if _is_table(one)}
        if len(lists) != 1:
            members = ", ".join(repr(name) for name in list(value)[:8]) or "no member"
            what = "no list of rows" if not lists else f"{len(lists)} lists of rows"
            raise DataError(f"{file}: this JSON object has {what}; it has {members}", hint=_READ)
        [value] = lists.values()
    if not _is_table(value):
        raise DataError(f"{file}: this JSON file has no list of rows", hint=_READ)
    return [(number, one, None) for number, one in enumerate(value, start=1)]


def _is_table(value: Any) -> bool:
    return isinstance(value, list) and any(isinstance(one, dict) for one in value)


def _column(name: str, records: list[dict[str, Any]]) -> pl.Series:
    cells = [record.get(name) for record in records]
    if any(isinstance(cell, list | dict) for cell in cells):
        return pl.Series(name, [None] * len(cells), dtype=pl.List(pl.Null))
    return pl.Series(name, [_cell(cell) for cell in cells], dtype=pl.String)


def _cell(cell: Any) -> str | None:
    if cell is None or cell == "":
        return None
    return str(cell).lower() if isinstance(cell, bool) else str(cell)
