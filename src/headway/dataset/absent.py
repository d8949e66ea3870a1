"""Rows that a later file of a source no longer has, and intervals that end for it.

Rows stay, because nothing in a file says why one is missing; they are named. A source that states
the whole history of a thing whenever it speaks of it (such as a list of dated prices) says more:
an interval of its own that it no longer has has ended, or was never in force.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

import polars as pl

from headway.dataset.schema import Table
from headway.dataset.vintages import current

MOST_NAMED = 3

WITHIN: Mapping[str, tuple[str, ...]] = {
    "ratings": ("board", "as_of"),
    "prices": ("provider",),
    "responses": ("model", "variant", "benchmark"),
    "items": ("benchmark",),
    "indicators": ("indicator",),
}
"""Columns beside the source for whose values a file is expected to have every row."""


def absent(held: pl.DataFrame, given: pl.DataFrame, table: Table, day: date) -> pl.DataFrame:
    """Return the rows of a source that a file of it should have and does not.

    Parameters
    ----------
    held
        All rows of the table in the dataset.
    given
        The rows of the file, typed.
    table
        The declaration.
    day
        The day of the file; what was first recorded after it is not expected in it.

    Returns
    -------
    polars.DataFrame
        Current rows with a source of the file, and with values of the columns in ``WITHIN`` that
        the file has.
    """
    if held.is_empty() or given.is_empty():
        return table.empty()
    known = held.filter((pl.col("revision") == 0) & (pl.col("recorded_on") <= day))
    within = ["source", *WITHIN.get(table.name, ())]
    rows = current(held, table)
    if "until" in table.names:
        rows = rows.filter(pl.col("until").ne_missing(pl.col("from")) | pl.col("until").is_null())
    return (
        rows.join(given.select(within).unique(), on=within, how="semi", nulls_equal=True)
        .join(known.select(table.key), on=table.key, how="semi", nulls_equal=True)
        .join(given, on=table.key, how="anti", nulls_equal=True)
        .sort(table.key)
    )


def ended(gone: pl.DataFrame, stated: pl.DataFrame, table: Table, day: date) -> pl.DataFrame:
    """Return the corrections that end intervals which their source no longer has.

    An interval that begins before any that the source states of the same thing, or between two,
    ends where the next of them begins. One that begins while another holds, or after the last of
    them, was withdrawn: it ends on the day on which it begins, so it holds on no day.

    Parameters
    ----------
    gone
        Current rows that the source no longer has.
    stated
        Current rows that it has.
    table
        The declaration, with the columns ``from`` and ``until``.
    day
        The day of record of the corrections. Rows recorded on that day or later stay.

    Returns
    -------
    polars.DataFrame
        The next revision of each interval that ends.
    """
    thing = [name for name in table.key if name != "from"]
    said: dict[tuple[Any, ...], list[tuple[date | None, date | None]]] = {}
    for row in stated.iter_rows(named=True):
        said.setdefault(_of(row, [*thing, "source"]), []).append((row["from"], row["until"]))
    rows = []
    for row in gone.iter_rows(named=True):
        others = said.get(_of(row, [*thing, "source"]))
        if others is None or row["recorded_on"] >= day:
            continue
        first = row["from"] or date.min
        held = any((start or date.min) <= first < (end or date.max) for start, end in others)
        later = [start for start, _ in others if start is not None and start > first]
        until = row["from"] if held else min(later, default=row["from"])
        if until is None or (row["until"] is not None and row["until"] <= until):
            continue
        why = "withdrawn" if until == row["from"] else "until"
        rows.append(
            row
            | {
                "until": until,
                "recorded_on": day,
                "revision": row["revision"] + 1,
                "reason": f"{row['source']} on {day}: {why}; the source no longer states it",
            }
        )
    return pl.DataFrame(rows, schema=table.types, orient="row") if rows else table.empty()


def left_the_board(held: pl.DataFrame, given: pl.DataFrame, table: Table) -> pl.DataFrame:
    """Return the ratings of the publication before that a later one of the board lacks.

    Parameters
    ----------
    held
        All ratings in the dataset.
    given
        The ratings of the file.
    table
        The declaration.
    """
    if held.is_empty() or given.is_empty():
        return table.empty()
    newest = given.group_by("board").agg(pl.col("as_of").max().alias("newest"))
    before = (
        current(held, table)
        .join(newest, on="board")
        .filter(pl.col("as_of") < pl.col("newest"))
        .filter(pl.col("as_of") == pl.col("as_of").max().over("board"))
    )
    there = given.join(newest, on="board").filter(pl.col("as_of") == pl.col("newest"))
    entry = ["board", "model", "variant"]
    return before.join(there, on=entry, how="anti").select(table.names).sort(entry)


def named(rows: pl.DataFrame, table: Table, count: int | None = None) -> str:
    """Return the keys of the first few rows in words.

    Parameters
    ----------
    rows
        The rows, the first of them at least.
    table
        The declaration.
    count
        How many there are, when these are the first.
    """
    number = rows.height if count is None else count
    shown = [
        " / ".join(str(part) for part in key if part is not None)
        for key in rows.select(table.key).head(MOST_NAMED).iter_rows()
    ]
    more = [f"and {number - len(shown)} more"] if number > len(shown) else []
    return ", ".join([*shown, *more])


def _of(row: Mapping[str, Any], columns: list[str]) -> tuple[Any, ...]:
    return tuple(row[name] for name in columns)
