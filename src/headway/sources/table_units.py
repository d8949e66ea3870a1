"""The unit of the scores in somebody's table: shares of 1, percentages, or a raw number.

A percent sign is understood: 45.3% of a benchmark whose ceiling is 1 is 0.453, of one whose
ceiling is 100 it is 45.3. Where every score of a benchmark has the sign and nobody states a
ceiling, it is 1. What can be read in two ways is refused, with what would settle it: scores with
and without the sign and no ceiling; 45.3 under a ceiling of 1; 0.453 under one of 100.
"""

from collections.abc import Mapping

import polars as pl

from headway.errors import DataError
from headway.sources.columns import Columns
from headway.sources.table_fields import Benchmark, TableMapping

__all__ = ["take_scores"]

_PERCENT = 100.0
_DIGITS = 14
_ONE_UNIT = (
    "one unit for all scores of a benchmark: some have a percent sign and some have none; give"
    ' all of them one, or state the ceiling: [benchmarks."NAME"] ceiling = 1'
)
_NO_PERCENT = "a number without a percent sign, because the ceiling is neither 1 nor 100"
_BEYOND = "a score of at most the ceiling of its benchmark"
_IS_PERCENTAGE = (
    f"{_BEYOND}, which is 1: a percentage is written with a percent sign, or has the ceiling 100"
)
_IS_SHARE = (
    "a percentage, because the ceiling is 100, and this may be a share of 1: write it with a"
    ' percent sign, or say so: [benchmarks."NAME"] unit = "percent"'
)
_ONE_CEILING = "one ceiling for each benchmark; this one has several"
_ONE_CHANCE = "one chance for each benchmark, below its ceiling"


def take_scores(
    columns: Columns, mapping: TableMapping, placed: Mapping[str, str], name: pl.Expr
) -> None:
    """Take score, standard error, chance and ceiling in one unit for each benchmark.

    Parameters
    ----------
    columns
        The table. It gets ``score``, ``ceiling`` and ``chance``, and ``stderr`` where there is
        such a column.
    mapping
        Which column is what.
    placed
        The column of each field, those of a melted table included.
    name
        The benchmark of a row.

    Raises
    ------
    DataError
        When a fixed chance or ceiling is no number.
    """
    column = placed["score"]
    columns.number("score", column, required=True, percent=True, dollars=True)
    sign, value = columns.read(column).percent, columns.value("score")
    stated = _stated(columns, mapping, placed, name, "ceiling")
    signed = sign.any().over(name)
    bare = (~sign & value.is_not_null()).any().over(name)
    columns.refuse(stated.is_null() & signed & bare, column, _ONE_UNIT)
    ceiling = stated.fill_null(pl.when(signed & ~bare).then(1.0))
    columns.refuse(sign & ~ceiling.is_in([1.0, _PERCENT]), column, _NO_PERCENT)
    share = (value / _PERCENT).round(_DIGITS)
    score = pl.when(sign & (ceiling == 1)).then(share).otherwise(value)
    beyond = score > ceiling * (1 + 1e-9)
    columns.refuse(beyond & (ceiling == 1) & (value <= _PERCENT), column, _IS_PERCENTAGE)
    columns.refuse(beyond, column, _BEYOND)
    unit = _facts(mapping, name, "unit", pl.String)
    unsaid = unit.is_null() & pl.lit("unit" not in (*placed, *mapping.fixed))
    small = ~sign & (value > 0) & (value <= 1)
    columns.refuse(unsaid & small & (ceiling == _PERCENT), column, _IS_SHARE)
    columns.expression("score", score)
    columns.expression("ceiling", ceiling)
    chance = _stated(columns, mapping, placed, name, "chance")
    columns.refuse((chance >= ceiling).fill_null(False), placed.get("chance", column), _ONE_CHANCE)
    columns.expression("chance", chance)
    if "stderr" in placed:
        _take_error(columns, placed["stderr"], sign, ceiling)


def _take_error(columns: Columns, column: str, sign: pl.Expr, ceiling: pl.Expr) -> None:
    columns.number("stderr", column, low=0, percent=True)
    value = columns.value("stderr")
    percent = (sign | columns.read(column).percent) & (ceiling == 1)
    share = (value / _PERCENT).round(_DIGITS)
    stderr = pl.when(percent.fill_null(False)).then(share).otherwise(value)
    columns.refuse(
        stderr > ceiling / 2,
        column,
        "a standard error in the unit of the score, which is at most half of the ceiling",
    )
    columns.expression("stderr", stderr)


def _stated(
    columns: Columns,
    mapping: TableMapping,
    placed: Mapping[str, str],
    name: pl.Expr,
    fact: str,
) -> pl.Expr:
    """Return the chance or the ceiling of each row: as declared, in its column, or fixed."""
    stated = _facts(mapping, name, fact, pl.Float64)
    if fact in placed:
        column = placed[fact]
        columns.number(fact, column, percent=True)
        read = columns.read(column)
        told = pl.when(read.percent).then(read.value / _PERCENT).otherwise(read.value)
        several = told.drop_nulls().n_unique().over(name) > 1
        words = _ONE_CEILING if fact == "ceiling" else _ONE_CHANCE
        columns.refuse(several & stated.is_null(), column, words)
        stated = stated.fill_null(told.drop_nulls().first().over(name))
    elif fact in mapping.fixed:
        text = str(mapping.fixed[fact])
        try:
            number = float(text)
        except ValueError:
            raise DataError(f"the {fact} is {text!r}; expected a number such as 1 or 100") from None
        if not abs(number) < 1e15:
            raise DataError(f"the {fact} is {text!r}; expected a number such as 1 or 100")
        stated = stated.fill_null(number)
    return stated


def _facts(mapping: TableMapping, name: pl.Expr, fact: str, kind: type[pl.DataType]) -> pl.Expr:
    known = {one.name: getattr(one, fact) for one in mapping.benchmarks if _has(one, fact)}
    if not known:
        return pl.lit(None, kind)
    return name.replace_strict(known, default=None, return_dtype=kind)


def _has(one: Benchmark, fact: str) -> bool:
    return getattr(one, fact) is not None
