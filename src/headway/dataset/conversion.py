"""From what a file or a data frame holds to typed columns, with every wrong value named."""

from collections.abc import Sequence
from typing import Any

import polars as pl

from headway.bounds import FIRST_DAY, LAST_DAY, NAME_LENGTH, TEXT_LENGTH
from headway.dataset.problems import Given, Problems
from headway.dataset.schema import SEPARATOR, Column, Table
from headway.errors import did_you_mean
from headway.text import NOT_IN_TEXT, NOT_PLAIN, fault, shown as escaped

_TRUE = ("true", "True", "TRUE", "1")
_FALSE = ("false", "False", "FALSE", "0")
_DECIMAL = r"^[+-]?\d{1,9}(?:\.\d{1,9})?$"
_DAY = r"^\d{4}-\d{2}-\d{2}$"
_LONGEST = 80


def typed_table(
    table: Table,
    given: Given,
    problems: Problems,
    *,
    also_defaults: dict[str, object] | None = None,
) -> pl.DataFrame:
    """Convert a table column by column.

    Parameters
    ----------
    table
        The declaration.
    given
        The values as they came in.
    problems
        Where wrong headers and values are recorded.
    also_defaults
        Values for columns that are missing altogether, beside the declared defaults.

    Returns
    -------
    polars.DataFrame
        The declared columns with their types; a value that was recorded as wrong is null.
    """
    frame = given.frame
    defaults = {
        column.name: column.default for column in table.columns if column.default is not None
    } | (also_defaults or {})
    headers = set(frame.columns)
    missing = [name for name in table.names if name not in headers]
    for name in frame.columns:
        if name not in table.names:
            near = did_you_mean(name, missing or table.names)
            problems.add(
                given.label,
                f", header: unknown column {shown(name)}{near}; the columns are "
                + ", ".join(table.names),
            )
    series: list[pl.Series] = []
    value: Any
    for column in table.columns:
        if column.name in headers:
            series.append(_column(column, frame[column.name], given, problems))
            continue
        value = defaults.get(column.name)
        if value is None and column.required:
            problems.add(given.label, f", header: column {column.name!r} is missing")
        if value is None:
            series.append(_unknown(column, frame.height))
            continue
        constant = pl.repeat(value, frame.height, dtype=column.dtype, eager=True)
        series.append(constant.alias(column.name))
    return pl.DataFrame(series)


def _unknown(column: Column, height: int) -> pl.Series:
    return pl.Series(column.name, dtype=column.dtype).clear(height)


def _column(column: Column, values: pl.Series, given: Given, problems: Problems) -> pl.Series:
    if values.null_count() == len(values) and not (column.required and len(values)):
        return _unknown(column, len(values))
    typed, bad = convert(values, column)
    if bad.any():
        _report(column, values, bad, given, problems, "is not")
    present = pl.Series(typed.is_not_null())
    if column.required:
        empty = ~present & ~bad
        if empty.any():
            rows = _rows(empty)
            problems.add_rows(
                given,
                rows,
                lambda some: [
                    f", column {column.name!r}: the value is missing; expected {column.expected}"
                    for _ in some
                ],
            )
    wrong = present & ~_allowed(typed, column)
    if column.kind == "string":
        unseen = present & _unseen(typed, column)
        if unseen.any():
            _report_unseen(column, typed, unseen, given, problems)
            wrong &= ~unseen
    if wrong.any():
        _report(column, typed, wrong, given, problems, "is not allowed")
    return typed.alias(column.name)


def convert(values: pl.Series, column: Column) -> tuple[pl.Series, pl.Series]:
    """Convert one column.

    Returns
    -------
    tuple of polars.Series
        The typed values, and a mask of those that could not be read (null in the former).
    """
    if values.dtype in (pl.Categorical, pl.Enum):
        values = values.cast(pl.String)
    if values.dtype == pl.Null:
        values = values.cast(column.dtype)
    if values.dtype == pl.String:
        text = values.replace("", None)
        typed = _from_text(text, column)
        return typed, text.is_not_null() & typed.is_null()
    typed = _from_typed(values, column)
    return typed, values.is_not_null() & typed.is_null()


def _from_text(text: pl.Series, column: Column) -> pl.Series:
    name = text.name
    frame = text.to_frame()
    value = pl.col(name)
    made: pl.Expr
    match column.kind:
        case "string":
            return text
        case "number":
            number = value.cast(pl.Float64, strict=False)
            made = pl.when(number.is_finite()).then(number)
        case "integer":
            made = pl.when(value.str.contains(r"^[+-]?\d+$")).then(
                value.str.strip_prefix("+").cast(pl.Int64, strict=False)
            )
        case "boolean":
            made = (
                pl.when(value.is_in(_TRUE))
                .then(pl.lit(value=True))
                .when(value.is_in(_FALSE))
                .then(pl.lit(value=False))
            )
        case "date":
            made = pl.when(value.str.contains(_DAY)).then(
                value.str.to_date("%Y-%m-%d", strict=False)
            )
        case "decimal":
            made = pl.when(value.str.contains(_DECIMAL)).then(
                value.str.strip_prefix("+").cast(column.dtype, strict=False)
            )
    return frame.select(made.alias(name)).to_series()


def _from_typed(values: pl.Series, column: Column) -> pl.Series:
    name = values.name
    value = pl.col(name)
    kind = values.dtype
    made: pl.Expr
    match column.kind:
        case "string" if kind.is_integer() or kind == pl.Date:
            made = value.cast(pl.String)
        case "number" if kind.is_numeric():
            number = value.cast(pl.Float64)
            made = pl.when(number.is_finite()).then(number)
        case "integer" if kind.is_integer():
            made = value.cast(pl.Int64, strict=False)
        case "integer" if kind.is_float():
            whole = value.is_finite() & (value == value.round())
            made = pl.when(whole).then(value.cast(pl.Int64, strict=False))
        case "boolean" if kind == pl.Boolean:
            made = value
        case "date" if kind == pl.Date:
            made = value
        case "date" if kind == pl.Datetime:
            made = pl.when(value == value.dt.truncate("1d")).then(value.dt.date())
        case "decimal" if kind.is_numeric():
            made = value.cast(column.dtype, strict=False)
        case _:
            return pl.repeat(None, len(values), dtype=column.dtype, eager=True).alias(name)
    return values.to_frame().select(made.alias(name)).to_series()


def _allowed(typed: pl.Series, column: Column) -> pl.Series:
    value = pl.col(typed.name)
    tests: list[pl.Expr] = []
    if column.kind == "date":
        tests.append(value.is_between(FIRST_DAY, LAST_DAY))
    if column.enum:
        tests.append(value.is_in(column.enum))
    if column.minimum is not None:
        tests.append(value >= column.minimum)
    if column.maximum is not None:
        tests.append(value <= column.maximum)
    if column.pattern is not None:
        tests.append(value.str.contains(f"^(?:{column.pattern})$"))
    if not tests:
        return pl.repeat(True, len(typed), dtype=pl.Boolean, eager=True)
    return typed.to_frame().select(pl.all_horizontal(tests).fill_null(value=True)).to_series()


def _unseen(typed: pl.Series, column: Column) -> pl.Series:
    """Which texts are too long, or have characters that cannot be seen."""
    most = TEXT_LENGTH if column.long else NAME_LENGTH
    value = pl.col(typed.name)
    long = value.str.len_bytes() > 4 * most
    short = pl.when(~long).then(value)
    wrong = (
        long
        | (short.str.len_chars() > most)
        | short.str.contains(NOT_PLAIN if column.one_line else NOT_IN_TEXT)
    )
    return typed.to_frame().select(wrong.fill_null(value=False)).to_series()


def _report_unseen(
    column: Column, values: pl.Series, wrong: pl.Series, given: Given, problems: Problems
) -> None:
    most = TEXT_LENGTH if column.long else NAME_LENGTH

    def words(rows: Sequence[int]) -> list[str]:
        return [
            f", column {column.name!r}: {shown(values[row])}"
            f" {fault(values[row], most=most, lines=not column.one_line)}"
            for row in rows
        ]

    problems.add_rows(given, _rows(wrong), words)


def _report(
    column: Column,
    values: pl.Series,
    wrong: pl.Series,
    given: Given,
    problems: Problems,
    verb: str,
) -> None:
    def words(rows: Sequence[int]) -> list[str]:
        lines = []
        for row in rows:
            value = values[row]
            near = did_you_mean(str(value)[:_LONGEST], column.enum) if column.enum else ""
            what = "" if verb != "is not" else f" {_KIND_WORDS[column.kind]}"
            lines.append(
                f", column {column.name!r}: {shown(value)} {verb}{what};"
                f" expected {column.expected}{near}"
            )
        return lines

    problems.add_rows(given, _rows(wrong), words)


_KIND_WORDS = {
    "string": "text",
    "number": "a finite number",
    "integer": "a whole number that fits 64 bits",
    "boolean": "true or false",
    "date": "a date",
    "decimal": "an amount with at most 9 digits before and 9 after the point",
}


def shown(value: object) -> str:
    """Return a value as a user may recognise it: quoted, and cut when it is long.

    >>> shown("abc")
    "'abc'"
    """
    whole = repr(value) if isinstance(value, str) else str(value)
    text = escaped(whole)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}... ({len(text)} characters)"


def listed(values: pl.Series) -> pl.Series:
    """Split the values of a ``;``-separated column; empty parts are dropped."""
    return (
        values.to_frame()
        .select(pl.col(values.name).str.split(SEPARATOR).list.eval(pl.element().str.strip_chars()))
        .to_series()
    )


def _rows(mask: pl.Series) -> list[int]:
    return mask.arg_true().to_list()
