"""What somebody's table says about models and benchmarks beside their scores."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

import polars as pl

from headway.errors import DataError, UsageError, did_you_mean
from headway.sources import Parsed
from headway.sources.columns import Columns
from headway.sources.epoch_words import COUNTRIES
from headway.sources.table_fields import (
    BENCHMARK_FIELDS,
    DAYS,
    MODEL_FIELDS,
    WORDS,
    TableMapping,
)

__all__ = ["ATTRIBUTE", "fixed_value", "of_benchmarks", "of_models", "settled", "take_fact"]

ATTRIBUTE = "\0attribute "
_COUNTRY_WORDS: Mapping[str, str] = {
    **{name.lower(): code for name, code in COUNTRIES.items() if code},
    "united states": "US",
    "usa": "US",
    "u.s.": "US",
    "us": "US",
    "america": "US",
    "united kingdom": "GB",
    "uk": "GB",
    "great britain": "GB",
    "south korea": "KR",
    "korea": "KR",
    "uae": "AE",
    "prc": "CN",
    "people's republic of china": "CN",
}
_MODEL_TYPES: Mapping[str, Any] = {
    **dict.fromkeys(MODEL_FIELDS, pl.String),
    **{name: pl.Date for name in MODEL_FIELDS if name in DAYS},
    "open_weights": pl.Boolean,
    "parameters": pl.Float64,
}
_BENCHMARK_TYPES: Mapping[str, Any] = {
    "benchmark": pl.String,
    "name": pl.String,
    "domain": pl.String,
    "item_access": pl.String,
    "released_on": pl.Date,
    "unit": pl.String,
    "chance": pl.Float64,
    "ceiling": pl.Float64,
    "n_items": pl.Int64,
    "source": pl.String,
}
_MOST_NAMED = 5


def take_fact(columns: Columns, name: str, column: str) -> None:
    """Take a column of one of ``MODEL_FIELDS`` or ``BENCHMARK_FIELDS``, bounds apart."""
    if name == "country":
        cell = columns.shown(column).str.strip_chars()
        code = cell.str.to_uppercase()
        known = (
            pl.when(cell.str.contains("^[A-Za-z]{2}$") & (code != "UK"))
            .then(code)
            .otherwise(
                cell.str.to_lowercase().replace_strict(
                    dict(_COUNTRY_WORDS), default=None, return_dtype=pl.String
                )
            )
        )
        absent = cell.is_null() | cell.str.to_lowercase().is_in(["", "n/a", "nan", "none", "null"])
        words = "two letters such as CN (ISO 3166)"
        columns.refuse(~absent & known.is_null(), column, words)
        columns.expression(name, pl.when(~absent).then(known))
    elif name in DAYS:
        columns.day(name, column)
    elif name == "open_weights":
        columns.flag(name, column)
    elif name == "parameters":
        columns.number(name, column, low=0)
    elif name == "n_items":
        columns.whole(name, column)
    elif name in WORDS:
        columns.one_of(name, column, {word: word for word in WORDS[name]})
    else:
        columns.text(name, column)


def fixed_value(name: str, value: str) -> object:
    """Return a fixed value in the type of its field, or refuse it with a ``UsageError``."""
    if name in WORDS and value not in WORDS[name]:
        raise UsageError(
            f"the fixed {name} is {value!r}{did_you_mean(value, WORDS[name])}",
            hint="expected one of " + ", ".join(WORDS[name]),
        )
    try:
        if name in DAYS:
            return date.fromisoformat(value)
        if name == "parameters":
            return float(value)
        if name == "n_items":
            return int(value)
        if name == "open_weights":
            return {"true": True, "false": False}[value.lower()]
    except (ValueError, KeyError):
        words = {"open_weights": "true or false", "parameters": "a number", "n_items": "a number"}
        expected = words.get(name, "a date such as 2026-08-11")
        raise UsageError(f"the fixed {name} is {value!r}; expected {expected}") from None
    if name == "country":
        code = value.upper() if len(value) == 2 else _COUNTRY_WORDS.get(value.lower())
        if code is None or not (code.isascii() and code.isalpha()):
            raise UsageError(f"the fixed country is {value!r}; expected two letters such as CN")
        return code
    return value


def of_models(
    made: pl.DataFrame, mapping: TableMapping, source: str
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return what is said about each model, in the columns of ``models`` and as attributes.

    Parameters
    ----------
    made
        The rows taken.
    mapping
        Whose ``[models."NAME"]`` add to the columns.
    source
        The source of the facts.

    Returns
    -------
    tuple of polars.DataFrame
        Rows of ``models`` and of ``attributes``, not yet one for each model.
    """
    facts = [name for name in MODEL_FIELDS if name in made.columns]
    free = [name for name in made.columns if name.startswith(ATTRIBUTE)]
    rows = made.select("model", *facts).unique(maintain_order=True)
    known = set(made["model"])
    declared = []
    attributes: list[tuple[str, str, str]] = []
    for model, told in mapping.models.items():
        if model not in known:
            raise UsageError(
                f'[models."{model}"] names no model of the table'
                + did_you_mean(model, sorted(map(str, known))[:5000])
            )
        declared.append(
            {"model": model}
            | {name: fixed_value(name, text) for name, text in told.items() if name in MODEL_FIELDS}
        )
        attributes += [
            (model, name, text) for name, text in told.items() if name not in MODEL_FIELDS
        ]
    if declared:
        schema = {"model": pl.String} | dict(_MODEL_TYPES)
        first = pl.DataFrame(declared, schema=schema)
        named = [name for name in MODEL_FIELDS if first[name].null_count() < first.height]
        first = first.select("model", *named)
        # What is declared about a model stands before what its rows say.
        over = [name for name in named if name in rows.columns]
        rows = rows.join(first.select("model", *over), on="model", how="left", suffix="\0")
        rows = rows.with_columns(
            pl.coalesce(pl.col(f"{name}\0"), pl.col(name)).alias(name) for name in over
        ).drop(f"{name}\0" for name in over)
        rows = pl.concat([rows, first], how="diagonal_relaxed")
    if "released_on" in rows.columns:
        rows = rows.with_columns(pl.col("released_on").alias("listed_on")).drop("released_on")
    told_of = {(model, name) for model, name, _ in attributes}
    for column in free:
        name = column.removeprefix(ATTRIBUTE)
        some = made.select("model", value=pl.col(column)).drop_nulls().unique(maintain_order=True)
        attributes += [
            (model, name, value)
            for model, value in some.iter_rows()
            if (model, name) not in told_of
        ]
    types = dict.fromkeys(("model", "attribute", "value"), pl.String)
    said = pl.DataFrame(attributes, schema=types, orient="row")
    return (
        rows.with_columns(name=pl.col("model"), source=pl.lit(source)),
        said.with_columns(source=pl.lit(source)),
    )


def of_benchmarks(made: pl.DataFrame, mapping: TableMapping, source: str) -> pl.DataFrame:
    """Return what is said about each benchmark, not yet one row for each."""
    facts = [name for name in BENCHMARK_FIELDS if name in made.columns]
    rows = made.select("benchmark", *facts).unique(maintain_order=True)
    present = set(rows["benchmark"])
    declared = [
        {
            "benchmark": one.name,
            **{name: getattr(one, name) for name in BENCHMARK_FIELDS},
            "released_on": None
            if one.released_on is None
            else fixed_value("released_on", one.released_on),
        }
        for one in mapping.benchmarks
        if one.name in present
    ]
    types = dict(_BENCHMARK_TYPES)
    told = pl.DataFrame(
        declared, schema={n: types[n] for n in types if n not in ("name", "source")}
    )
    both = pl.concat([told, rows.cast({n: types[n] for n in rows.columns})], how="diagonal_relaxed")
    return both.with_columns(name=pl.col("benchmark"), source=pl.lit(source)).select(*types)


def settled(made: Parsed) -> Parsed:
    """Keep one row for each model, benchmark and attribute.

    Parameters
    ----------
    made
        What the tables gave.

    Returns
    -------
    Parsed
        A fact about a model that rows state in two ways is left unknown, with a note.

    Raises
    ------
    DataError
        When two tables state different bounds of a benchmark.
    """
    tables = dict(made.tables)
    models, notes = _once(tables["models"], "model")
    benchmarks, _ = _once(tables["benchmarks"], "benchmark", first=("domain", "unit", "name"))
    for bound in ("ceiling", "chance"):
        several = (
            tables["benchmarks"]
            .group_by("benchmark", maintain_order=True)
            .agg(pl.col(bound).drop_nulls().unique(maintain_order=True))
            .filter(pl.col(bound).list.len() > 1)
        )
        for name, values in several.iter_rows():
            raise DataError(
                f"benchmark {name!r} has several values of {bound}: {', '.join(map(str, values))}",
                hint="state one for all rows, or import the tables one by one",
            )
    tables |= {"models": models, "benchmarks": benchmarks}
    if "attributes" in tables:
        said = tables["attributes"].unique(maintain_order=True)
        twice = said.filter(pl.struct("model", "attribute").is_duplicated())
        if twice.height:
            model, name = twice.row(0)[:2]
            notes.append(
                f"attribute {name!r} of {model!r} and {twice.height} rows like it have several"
                " values and are left out"
            )
            said = said.filter(~pl.struct("model", "attribute").is_duplicated())
        if said.is_empty():
            del tables["attributes"]
        else:
            tables["attributes"] = said
    return replace(made, tables=tables, notes=(*made.notes, *notes))


def _once(
    rows: pl.DataFrame, key: str, first: tuple[str, ...] = ()
) -> tuple[pl.DataFrame, list[str]]:
    facts = [name for name in rows.columns if name not in (key, "source", "name", *first)]
    if not facts:
        return rows.unique(subset=key, maintain_order=True), []
    known = pl.col(*facts).drop_nulls()
    by = rows.group_by(key, maintain_order=True)
    counts = by.agg(known.n_unique())
    once = by.agg(pl.all().drop_nulls().first())
    notes: list[str] = []
    for name in facts:
        several = counts.filter(pl.col(name) > 1)[key]
        if several.is_empty():
            continue
        shown = ", ".join(map(str, several[:_MOST_NAMED])) + ("..." if len(several) > 5 else "")
        notes.append(f"{name} is stated in several ways and left unknown for: {shown}")
        left = pl.when(~pl.col(key).is_in(several.implode())).then(pl.col(name))
        once = once.with_columns(left.alias(name))
    return once, notes
