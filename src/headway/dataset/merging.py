"""Adding rows to a table that only grows: new facts, corrections, and what is known already.

A row whose key is new enters at revision 0. A row that repeats the current values changes
nothing. A row that differs enters as the next revision, with a reason that names its source and
the columns, unless it is older than what it would correct: then a later vintage has superseded it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from headway.dataset.schema import Table
from headway.dataset.tables import BOOKKEEPING
from headway.dataset.vintages import current
from headway.shortly import of_fields

NOISE = 1e-12
_WAS = "was:"


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class Merged:
    """A table after a merge, and what happened to each incoming row.

    Parameters
    ----------
    frame
        All rows, sorted by key and revision.
    added
        Incoming rows with a new key.
    revised
        Incoming rows that correct a row.
    unchanged
        Incoming rows that say what is known.
    superseded
        Incoming rows that a later vintage had corrected before.
    """

    frame: pl.DataFrame
    added: int
    revised: int
    unchanged: int
    superseded: int

    __repr__ = of_fields


def merged(old: pl.DataFrame, new: pl.DataFrame, table: Table) -> Merged:
    """Merge rows of evidence: each is the whole statement of its source about its key.

    Parameters
    ----------
    old
        All rows of the table.
    new
        The incoming rows, one per key, all with the same day of record.
    table
        The declaration.

    Returns
    -------
    Merged
        The table and the counts. A row that repeats the measured value and leaves out details
        that are known corrects nothing. Differences in ``source`` alone change nothing, nor do
        numbers that differ by less than one part in 1e12.

    Examples
    --------
    >>> from headway.dataset.tables import TABLES
    >>> table = TABLES["ratings"]
    >>> row = {"board": "b", "model": "m", "as_of": date(2026, 1, 1), "source": "s"}
    >>> def rows(rating, day):
    ...     told = row | {"rating": rating, "recorded_on": day, "revision": 0}
    ...     return pl.DataFrame([told | {n: None for n in table.names if n not in told}],
    ...         schema=table.types)
    >>> first = merged(table.empty(), rows(1.0, date(2026, 1, 2)), table)
    >>> again = merged(first.frame, rows(1.0, date(2026, 1, 9)), table)
    >>> later = merged(first.frame, rows(2.0, date(2026, 1, 9)), table)
    >>> first.added, again.unchanged, later.revised
    (1, 1, 1)
    >>> later.frame["reason"].to_list()
    [None, 's on 2026-01-09: rating']
    """
    fresh = new.select(table.names).with_columns(
        revision=pl.lit(0, dtype=pl.Int64), reason=pl.lit(None, dtype=pl.String)
    )
    if old.is_empty() or fresh.is_empty():
        frame = old if fresh.is_empty() else fresh.sort(table.row_key)
        return Merged(frame=frame, added=fresh.height, revised=0, unchanged=0, superseded=0)
    values = [n for n in table.names if n not in (*table.key, *BOOKKEEPING, "source")]
    before = current(old, table).select(
        *table.key, pl.col(*values, "revision", "recorded_on").name.prefix(_WAS)
    )
    both = fresh.join(before, on=table.key, how="left", nulls_equal=True, maintain_order="left")
    known = pl.col(f"{_WAS}revision").is_not_null()
    both = _completed(both, table, values)
    differs = known & pl.any_horizontal(_differs(table, name) for name in values)
    changed = both.filter(differs)
    late = _superseded(changed, old, table, values)
    revised = changed.filter(~late)
    changes = pl.concat_str(
        [pl.when(_differs(table, name)).then(pl.lit(name)) for name in values],
        separator=", ",
        ignore_nulls=True,
    )
    corrections = revised.with_columns(
        revision=pl.col(f"{_WAS}revision") + 1,
        reason=pl.format("{} on {}: {}", pl.col("source"), pl.col("recorded_on"), changes),
    ).select(table.names)
    added = both.filter(~known).select(table.names)
    frame = old
    if added.height or corrections.height:
        frame = pl.concat([old, added, corrections]).sort(table.row_key)
    return Merged(
        frame=frame,
        added=added.height,
        revised=corrections.height,
        unchanged=fresh.height - added.height - changed.height,
        superseded=changed.height - corrections.height,
    )


def _completed(both: pl.DataFrame, table: Table, values: Sequence[str]) -> pl.DataFrame:
    """Keep known details where the row repeats the measured value and leaves them out."""
    measured = [name for name in ("score", "scale", "rating", "value") if name in values]
    if not measured:
        return both
    same = ~pl.any_horizontal(_differs(table, name) for name in measured)
    return both.with_columns(
        pl.when(same & pl.col(name).is_null())
        .then(pl.col(f"{_WAS}{name}"))
        .otherwise(pl.col(name))
        .alias(name)
        for name in values
        if name not in measured
    )


def _differs(table: Table, name: str) -> pl.Expr:
    now, was = pl.col(name), pl.col(f"{_WAS}{name}")
    if table.column(name).kind != "number":
        return now.ne_missing(was)
    # The last digits of a number depend on who divided by what; they correct nothing.
    far = (now - was).abs() > NOISE * pl.max_horizontal(now.abs(), was.abs(), 1.0)
    return far.fill_null(value=False) | (now.is_null() != was.is_null())


def _superseded(
    changed: pl.DataFrame, old: pl.DataFrame, table: Table, values: Sequence[str]
) -> pl.Series:
    """Which rows are older than what they differ from, or repeat what was corrected that day."""
    was = pl.col(f"{_WAS}recorded_on")
    late = changed.select(pl.col("recorded_on") < was).to_series()
    corrected = old.filter(pl.col("revision") > 0)
    if changed.is_empty() or corrected.is_empty():
        return late
    said = [*table.key, *values]
    earlier = (
        old.join(corrected, on=table.key, how="semi", nulls_equal=True)
        .select(said)
        .unique()
        .with_columns(said_before=pl.lit(value=True))
    )
    again = changed.join(
        earlier, on=said, how="left", nulls_equal=True, maintain_order="left"
    ).select(pl.col("said_before").fill_null(value=False) & (pl.col("recorded_on") == was))
    return late | again.to_series()


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class Described:
    """A table of models, benchmarks, organisations or sources after a merge.

    Parameters
    ----------
    merged
        The table and the counts.
    differing
        Sentences about values that another source had stated otherwise; they were left.
    """

    merged: Merged
    differing: tuple[str, ...]

    __repr__ = of_fields


def described(
    old: pl.DataFrame, new: Sequence[Mapping[str, Any]], table: Table, recorded_on: date
) -> Described:
    """Merge attributes of entities, column by column.

    A source may correct what it said itself and fill in what nobody said. What another source
    said stands, and the difference is reported. A null says nothing.

    Parameters
    ----------
    old
        All rows of the table.
    new
        For each entity, its key, ``source`` and what is said about it.
    table
        The declaration; its key is one column.
    recorded_on
        The day of record.

    Returns
    -------
    Described
        The table, the counts and the differences.
    """
    [key] = table.key
    histories: dict[str, list[dict[str, Any]]] = {}
    wanted = {row[key] for row in new}
    among = old.filter(pl.col(key).is_in(list(wanted)))
    for row in among.sort(table.row_key).iter_rows(named=True):
        histories.setdefault(row[key], []).append(row)
    values = [n for n in table.names if n not in (key, *BOOKKEEPING, "source")]
    rows: list[dict[str, Any]] = []
    differing: list[str] = []
    counts = dict.fromkeys(("added", "revised", "unchanged", "superseded"), 0)
    for told in new:
        history = histories.setdefault(told[key], [])
        row = {name: told.get(name) for name in table.names}
        row |= {"source": told["source"], "recorded_on": recorded_on}
        if not history:
            made = _with_defaults(row, table) | {"revision": 0, "reason": None}
            fate = "added"
        else:
            fate, changes = _changes(history, row, table, values, differing)
            last = history[-1]
            made = (
                last
                | changes
                | {
                    "source": told["source"],
                    "recorded_on": recorded_on,
                    "revision": last["revision"] + 1,
                    "reason": f"{told['source']} on {recorded_on}: {', '.join(changes)}",
                }
            )
        counts[fate] += 1
        if fate in ("added", "revised"):
            rows.append(made)
            history.append(made)
    frame = old
    if rows:
        ordered = {name: [row[name] for row in rows] for name in table.names}
        grown = pl.DataFrame(ordered, schema=table.types)
        frame = pl.concat([old, grown]).sort(table.row_key)
    return Described(merged=Merged(frame=frame, **counts), differing=tuple(differing))


def _changes(
    history: Sequence[Mapping[str, Any]],
    row: Mapping[str, Any],
    table: Table,
    values: Sequence[str],
    differing: list[str],
) -> tuple[str, dict[str, Any]]:
    last = history[-1]
    changes: dict[str, Any] = {}
    late = False
    for name in values:
        said, known = row[name], last[name]
        if said is None or said == known:
            continue
        unknown = known is None or known == "unknown"
        if said == "unknown":
            continue
        own = _said_by(history, name) == row["source"]
        if not unknown and not own:
            differing.append(
                f"{table.name} {row[table.key[0]]}: {name} is {known} in the dataset and {said}"
                f" in {row['source']}; the dataset was left as it is"
            )
        elif row["recorded_on"] < last["recorded_on"] or _said_that_day(history, name, row):
            late = True
        else:
            changes[name] = said
    if changes:
        return "revised", changes
    return ("superseded" if late else "unchanged"), {}


def _said_by(history: Sequence[Mapping[str, Any]], name: str) -> str | None:
    """The source that first stated the present value of a column."""
    value = history[-1][name]
    first = history[-1]
    for row in reversed(history):
        if row[name] != value:
            break
        first = row
    return str(first["source"])


def _said_that_day(history: Sequence[Mapping[str, Any]], name: str, row: Mapping[str, Any]) -> bool:
    same_day = history[-1]["recorded_on"] == row["recorded_on"]
    return same_day and any(before[name] == row[name] for before in history[:-1])


def _with_defaults(row: Mapping[str, Any], table: Table) -> dict[str, Any]:
    return {
        column.name: column.default if row[column.name] is None else row[column.name]
        for column in table.columns
    }
