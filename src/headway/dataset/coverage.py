"""Up to which day the evidence reaches: what sources say that they cover, and what is known."""

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING, Any

import polars as pl

from headway.dataset.tables import TABLES
from headway.dataset.vintages import current
from headway.errors import UsageError

if TYPE_CHECKING:
    from headway.dataset.dataset import Dataset


def covered(data: "Dataset", sources: Iterable[str]) -> tuple[date, str] | None:
    """Return the last day up to which any of some sources covers the field, and the source.

    A source that says nothing covers nothing; a day that is not known yet
    (:attr:`Dataset.known_until`) counts as the last that is.
    """
    limit = data.known_until
    stated = data.sources.filter(
        pl.col("source").is_in(list(sources)) & pl.col("covers_until").is_not_null()
    ).sort("covers_until", "source", descending=[True, False])
    if stated.is_empty() or limit is None:
        return None
    return min(stated["covers_until"][0], limit), str(stated["source"][0])


def sources_in(rows: pl.DataFrame) -> tuple[str, ...]:
    """Return the sources of some rows, each once."""
    if "source" not in rows.columns:
        return ()
    return tuple(str(source) for source in rows["source"].drop_nulls().unique().sort())


def checked_coverage(covers_until: date, recorded_on: date) -> date:
    """Return a stated coverage, refusing one of the future.

    Raises
    ------
    UsageError
        When it lies after the day of record.
    """
    if covers_until > recorded_on:
        raise UsageError(
            f"covers_until is {covers_until}, after the day of record {recorded_on}",
            hint="a source cannot cover days that had not come when it was recorded",
        )
    return covers_until


def extended(sources: pl.DataFrame, row: dict[str, Any], said: date | None) -> None:
    """Let what is told about a source say more about its coverage, and never less.

    Parameters
    ----------
    sources
        All rows of the table.
    row
        What is told about one; changed in place.
    said
        The last day up to which it covers the field, or None.
    """
    view = current(sources, TABLES["sources"]).filter(pl.col("source") == row["source"])
    known = view["covers_until"][0] if len(view) else None
    row["covers_until"] = said if known is None or (said is not None and said > known) else None
