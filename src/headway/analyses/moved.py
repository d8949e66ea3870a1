"""What moved between an old result and the same question asked again."""

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from headway.errors import DataError

UNMOVED = 1e-9
"""Relative difference up to which two numbers are the same: different processors round apart."""

_VALUES = ("estimate", "low", "high")


def moved(
    old: Sequence[Mapping[str, Any]], new: pl.DataFrame, *, by: Sequence[str]
) -> pl.DataFrame:
    """Set an old table beside a new one.

    Parameters
    ----------
    old
        Rows of the old table, as plain values.
    new
        The new table.
    by
        Columns that say which rows are the same.

    Returns
    -------
    polars.DataFrame
        Columns ``by``, ``old``, ``old_low``, ``old_high``, ``new``, ``new_low``, ``new_high``,
        ``difference`` and ``status``: ``same``, ``moved``, ``new`` or ``gone``. The largest
        difference first, then what is new, what is gone, and what is the same.

    Raises
    ------
    DataError
        When the old rows lack a column or hold something else than numbers.

    Examples
    --------
    >>> now = pl.DataFrame({"entity": ["a"], "estimate": [2.0], "low": [1.0], "high": [3.0]})
    >>> then = [{"entity": "a", "estimate": 1.5, "low": None, "high": None}]
    >>> moved(then, now, by=["entity"])["difference"].to_list()
    [0.5]
    """
    schema: dict[str, Any] = dict.fromkeys(by, pl.String) | dict.fromkeys(_VALUES, pl.Float64)
    try:
        before = pl.DataFrame(
            [{name: row[name] for name in schema} for row in old], schema=schema, strict=True
        )
    except (KeyError, TypeError, pl.exceptions.PolarsError) as error:
        raise DataError(f"the old result has no table that can be compared: {error}") from None
    doubled = before.select(by).is_duplicated().sum()
    if doubled:
        raise DataError(f"the old result has {doubled} rows that cannot be told apart")
    after = new.select(*(pl.col(name).cast(kind) for name, kind in schema.items()))
    names = {"estimate": "", "low": "_low", "high": "_high"}
    joined = before.rename({k: f"old{v}" for k, v in names.items()}).with_columns(was=True).join(
        after.rename({k: f"new{v}" for k, v in names.items()}).with_columns(is_=True),
        on=list(by), how="full", coalesce=True, nulls_equal=True,
    )  # fmt: skip
    same = pl.all_horizontal(_same(f"old{suffix}", f"new{suffix}") for suffix in names.values())
    status = (
        pl.when(pl.col("was").is_null())
        .then(pl.lit("new"))
        .when(pl.col("is_").is_null())
        .then(pl.lit("gone"))
        .when(same)
        .then(pl.lit("same"))
        .otherwise(pl.lit("moved"))
    )
    order = pl.col("status").replace_strict({"moved": 0, "new": 1, "gone": 2, "same": 3})
    return (
        joined.with_columns(difference=pl.col("new") - pl.col("old"), status=status)
        .drop("was", "is_")
        .with_columns(order=order, size=pl.col("difference").abs())
        .sort("order", "size", *by, descending=[False, True, *(False for _ in by)], nulls_last=True)
        .drop("order", "size")
    )


def _same(old: str, new: str) -> pl.Expr:
    close = (pl.col(old) - pl.col(new)).abs() <= UNMOVED * (1 + pl.col(old).abs())
    both_unknown = pl.col(old).is_null() & pl.col(new).is_null()
    return close.fill_null(value=False) | both_unknown
