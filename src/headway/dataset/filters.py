"""Which models, benchmarks and scores a filter keeps."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

import polars as pl

from headway.dataset.conversion import convert
from headway.dataset.schema import Table
from headway.dataset.tables import BOOKKEEPING, TABLES
from headway.errors import UsageError, did_you_mean

if TYPE_CHECKING:
    from headway.dataset.dataset import Dataset

FILTERED = ("models", "benchmarks", "scores")
_MOST_SHOWN = 30


def home_of(column: str) -> str:
    """Return the first of models, benchmarks and scores that has the column.

    Raises
    ------
    UsageError
        When none has it.
    """
    possible = {"source": "scores"}
    for name in FILTERED:
        for other in TABLES[name].names:
            if other not in BOOKKEEPING:
                possible.setdefault(other, name)
    if column not in possible:
        near = did_you_mean(column, list(possible))
        raise UsageError(
            f"there is no column {column!r} to filter by{near}",
            hint="columns of models, benchmarks and scores can be used: "
            + ", ".join(sorted(possible)),
        )
    return possible[column]


def is_attribute(data: "Dataset", name: str) -> bool:
    """Whether a name is that of a free attribute of models, and of no column."""
    if any(name in TABLES[table].names for table in FILTERED) or "attributes" not in data.names:
        return False
    return name in data.table("attributes")["attribute"]


def with_attribute(
    data: "Dataset", models: pl.DataFrame, attribute: str, wanted: Any
) -> pl.DataFrame:
    """Return the models whose attribute has one of the values wanted.

    Raises
    ------
    UsageError
        When a value occurs for no model.
    """
    rows = data.table("attributes").filter(pl.col("attribute") == attribute)
    told = models.select("model").join(rows.select("model", "value"), on="model", how="left")
    found = kept(told, TABLES["attributes"], "value", wanted, name=attribute)
    return models.join(found.select("model"), on="model", how="semi", maintain_order="left")


def kept(
    view: pl.DataFrame, table: Table, column: str, wanted: Any, *, name: str | None = None
) -> pl.DataFrame:
    """Return the rows whose column has one of the values wanted.

    Parameters
    ----------
    view
        The current rows of the table.
    table
        Its declaration.
    column
        The column.
    wanted
        A value, None for unknown, or a list of these.
    name
        What a user calls the column.

    Returns
    -------
    polars.DataFrame
        The rows that match.

    Raises
    ------
    UsageError
        When a value occurs in no row.
    """
    many = isinstance(wanted, Sequence | set | frozenset) and not isinstance(wanted, str)
    values = list(wanted) if many else [wanted]
    if not values:
        raise UsageError(f"the filter {column!r} names no value")
    declared = table.column(column)
    present = view[column].unique()
    found: list[Any] = []
    for value in values:
        if value is None:
            typed = None
        elif isinstance(value, str | bool | int | float | date):
            converted, bad = convert(pl.Series("value", [value]), declared)
            typed = value if bad[0] else converted[0]
        else:
            typed = value
        if typed not in present.to_list():
            raise _nowhere(name or column, value, present)
        found.append(typed)
    known = [value for value in found if value is not None]
    match = pl.col(column).is_in(pl.Series(known, dtype=declared.dtype).implode())
    if None in found:
        match = match | pl.col(column).is_null()
    return view.filter(match.fill_null(value=None in found))


def _nowhere(column: str, value: object, present: pl.Series) -> UsageError:
    values = sorted(str(item) for item in present.drop_nulls())
    shown = ", ".join(values[:_MOST_SHOWN])
    if len(values) > _MOST_SHOWN:
        shown += f" and {len(values) - _MOST_SHOWN} more"
    if present.null_count():
        shown += " (and None where it is unknown)"
    near = did_you_mean(str(value), values)
    return UsageError(
        f"no {column!r} is {value!r}{near}", hint=f"the values of {column!r} are: {shown}"
    )


def restricted(
    tables: Mapping[str, pl.DataFrame], keep: Mapping[str, pl.DataFrame]
) -> dict[str, pl.DataFrame]:
    """Leave only the kept models, benchmarks and scores, and what refers to them.

    Parameters
    ----------
    tables
        All rows of each table.
    keep
        For models, benchmarks or scores, the rows whose keys stay.

    Returns
    -------
    dict of str to polars.DataFrame
        All rows of each table that stay, corrections and corrected rows alike.
    """
    left = dict(tables)
    for name, rows in keep.items():
        key = TABLES[name].key
        left[name] = left[name].join(
            rows.select(key), on=key, how="semi", nulls_equal=True, maintain_order="left"
        )
    return left
