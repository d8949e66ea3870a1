"""What was known when: the current row of each key, and tables as of a day."""

from collections.abc import Mapping
from datetime import date

import polars as pl

from headway.dataset.schema import Table
from headway.dataset.tables import ALIASED, TABLES
from headway.errors import UsageError


def current(frame: pl.DataFrame, table: Table) -> pl.DataFrame:
    """Return the row with the highest revision of each key, sorted by key.

    Parameters
    ----------
    frame
        All rows of a table.
    table
        Its declaration.

    Returns
    -------
    polars.DataFrame
        One row per key, with all columns.
    """
    if not (frame["revision"] > 0).any():
        return frame.sort(table.key)
    return frame.sort(table.row_key).unique(subset=table.key, keep="last").sort(table.key)


def recorded_by(tables: Mapping[str, pl.DataFrame], day: date) -> dict[str, pl.DataFrame]:
    """Return the rows recorded on or before a day; the first rows of ``sources`` stay.

    Parameters
    ----------
    tables
        All rows of each table.
    day
        The last day that counts.

    Returns
    -------
    dict of str to polars.DataFrame
        The same tables with fewer rows. A row whose model or benchmark was recorded later
        is left out with it.
    """
    by_then = pl.col("recorded_on") <= day
    kept = {
        name: covering(frame.filter(by_then | (pl.col("revision") == 0)), day)
        if name == "sources"
        else frame.filter(by_then)
        for name, frame in tables.items()
    }
    return with_references(kept)


def covering(sources: pl.DataFrame, day: date) -> pl.DataFrame:
    """Return the table of sources with no coverage beyond a day.

    Parameters
    ----------
    sources
        All rows of the table.
    day
        The last day that counts.
    """
    late = pl.col("covers_until") > day
    return sources.with_columns(
        pl.when(late).then(pl.lit(day)).otherwise("covers_until").alias("covers_until")
    )


def with_references(tables: Mapping[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
    """Leave out rows that name a model or a benchmark which is no longer there.

    Parameters
    ----------
    tables
        All rows of each table.

    Returns
    -------
    dict of str to polars.DataFrame
        Tables whose references to models and benchmarks all hold. A later version of a
        benchmark that is not there is forgotten, and its benchmark stays. Aliases of what is
        not there are left out.
    """
    kept = dict(tables)
    for name, frame in tables.items():
        for column in TABLES[name].columns:
            if column.references not in ("models", "benchmarks"):
                continue
            known = kept[column.references][TABLES[column.references].key[0]].unique().implode()
            there = pl.col(column.name).is_in(known)
            if name == column.references:
                frame = frame.with_columns(pl.when(there).then(pl.col(column.name)))
            else:
                frame = frame.filter(there)
        kept[name] = frame
    if "aliases" in kept:
        kept["aliases"] = _aliases(kept)
    return kept


def _aliases(tables: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    frame = tables["aliases"]
    there = pl.lit(value=False)
    for kind, name in ALIASED.items():
        if name in tables:
            known = tables[name][TABLES[name].key[0]].unique().implode()
            there = there | ((pl.col("kind") == kind) & pl.col("id").is_in(known))
    return frame.filter(there)


def as_day(day: date | str) -> date:
    """Return a date for a date or ISO text.

    Raises
    ------
    UsageError
        When it is neither.

    Examples
    --------
    >>> as_day("2026-01-02")
    datetime.date(2026, 1, 2)
    """
    if isinstance(day, date):
        return date(day.year, day.month, day.day)
    try:
        return date.fromisoformat(day)
    except (TypeError, ValueError):
        raise UsageError(f"{day!r} is not a day; expected one such as 2026-08-11") from None
