"""Epoch AI's capability index: the benchmark matrix and the published index.

The matrix (``eci_benchmarks.csv``) has one row per model and benchmark with the performance
corrected for chance; the index (``eci_scores.csv``) has one row per model with its rating, its
90% interval and its attributes. See https://epoch.ai/eci.
"""

import csv
import io
import math
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import polars as pl

from headway.errors import DataError, did_you_mean
from headway.sources import Parsed, Refused
from headway.sources.names import slug, split_variant

TITLE = "Epoch AI: benchmark tables, matrix, index and question-level runs"
LICENCE = "CC BY 4.0"

BOARD = "Epoch ECI"
LEVEL = 0.9

_MATRIX = ("performance", "benchmark", "optimized", "model", "model_version", "Model", "date")
_MATRIX_ALSO = ("benchmark_release_date", "source")
_INDEX = (
    "Model",
    "eci",
    "eci_ci_low",
    "eci_ci_high",
    "date",
    "Organization",
    "Country (of organization)",
    "Model accessibility",
    "Accessibility group",
)

COUNTRIES = {
    "United States of America": "US",
    "China": "CN",
    "France": "FR",
    "United Arab Emirates": "AE",
    "United Kingdom of Great Britain and Northern Ireland": "GB",
    "": None,
}
ACCESSIBILITY = {
    "API access": ("closed", "api"),
    "Hosted access (no API)": ("closed", "hosted"),
    "Open weights (unrestricted)": ("unrestricted", "weights"),
    "Open weights (restricted use)": ("restricted", "weights"),
    "Open weights (non-commercial)": ("non_commercial", "weights"),
    "Unreleased": ("unreleased", "unreleased"),
    "Unknown": ("unknown", "unknown"),
}
OPEN_WEIGHTS = {"Open weights": True, "Closed weights": False, "Other": None}

SCORES_SCHEMA = {
    "model": pl.String,
    "variant": pl.String,
    "version": pl.String,
    "benchmark": pl.String,
    "score": pl.Float64,
    "scale": pl.String,
    "reported_in": pl.String,
    "optimized": pl.Boolean,
}
FAMILIES_SCHEMA = {"model": pl.String, "name": pl.String, "family": pl.String, "listed_on": pl.Date}
BENCHMARKS_SCHEMA = {"benchmark": pl.String, "name": pl.String, "released_on": pl.Date}
MODELS_SCHEMA = {
    "model": pl.String,
    "name": pl.String,
    "organisation": pl.String,
    "partners": pl.String,
    "country": pl.String,
    "listed_on": pl.Date,
    "open_weights": pl.Boolean,
    "licence_class": pl.String,
    "access": pl.String,
}
RATINGS_SCHEMA = {
    "board": pl.String,
    "model": pl.String,
    "rating": pl.Float64,
    "low": pl.Float64,
    "high": pl.Float64,
    "level": pl.Float64,
}


def parse_matrix(text: str | bytes) -> Parsed:
    """Parse ``eci_benchmarks.csv``.

    Parameters
    ----------
    text
        The content of the file.

    Returns
    -------
    Parsed
        ``scores`` (scale ``normalised``; who reported them is left to the reader of
        ``reported_in``), ``models`` (name, family, listed_on) and ``benchmarks`` (name,
        released_on), each with ids made of the names.

    Raises
    ------
    DataError
        When a column is missing, or the text is not CSV.
    """
    scores: list[dict[str, Any]] = []
    models: dict[str, dict[str, Any]] = {}
    benchmarks: dict[str, dict[str, Any]] = {}

    def take(row: dict[str, str]) -> None:
        name, test = _filled(row, "model"), _filled(row, "benchmark")
        version = row["model_version"].strip()
        listed_on = _day(row, "date")
        model = {
            "model": slug(name),
            "name": name,
            "family": row["Model"] or None,
            "listed_on": listed_on,
        }
        benchmark = {
            "benchmark": slug(test),
            "name": test,
            "released_on": _day(row, "benchmark_release_date"),
        }
        score = {
            "model": model["model"],
            "variant": split_variant(version)[1],
            "version": version or None,
            "benchmark": benchmark["benchmark"],
            "score": _between(row, "performance", -1, 1),
            "scale": "normalised",
            "reported_in": row["source"].strip() or None,
            "optimized": _one_of(row, "optimized", {"True": True, "False": False, "": None}),
        }
        _same(models, slug(name), model)
        _same(benchmarks, slug(test), benchmark)
        scores.append(score)

    read, refused = _each(text, (*_MATRIX, *_MATRIX_ALSO), take)
    return Parsed(
        tables={
            "scores": pl.DataFrame(scores, schema=SCORES_SCHEMA),
            "models": pl.DataFrame(list(models.values()), schema=FAMILIES_SCHEMA),
            "benchmarks": pl.DataFrame(list(benchmarks.values()), schema=BENCHMARKS_SCHEMA),
        },
        read=read,
        refused=refused,
    )


def parse_index(text: str | bytes) -> Parsed:
    """Parse ``eci_scores.csv``.

    Parameters
    ----------
    text
        The content of the file.

    Returns
    -------
    Parsed
        ``models`` (organisation and partners are names as published, the latter separated by
        ``;``) and ``ratings``. The level is null for the two anchors, which have no interval.

    Raises
    ------
    DataError
        When a column is missing, or the text is not CSV.
    """
    models: dict[str, dict[str, Any]] = {}
    ratings: list[dict[str, Any]] = []

    def take(row: dict[str, str]) -> None:
        name = _filled(row, "Model")
        first, *others = [part.strip() for part in row["Organization"].split(",")]
        licence_class, access = _one_of(row, "Model accessibility", ACCESSIBILITY)
        low, high = _number(row, "eci_ci_low"), _number(row, "eci_ci_high")
        rating = _number(row, "eci")
        if rating is None:
            raise ValueError("column 'eci' is empty; expected a number")
        if slug(name) in models:
            raise ValueError(f"the model {name!r} is there twice, or shares its id with another")
        model = {
            "model": slug(name),
            "name": name,
            "organisation": first or None,
            "partners": ";".join(others) or None,
            "country": _one_of(row, "Country (of organization)", COUNTRIES),
            "listed_on": _day(row, "date"),
            "open_weights": _one_of(row, "Accessibility group", OPEN_WEIGHTS),
            "licence_class": licence_class,
            "access": access,
        }
        ratings.append(
            {
                "board": BOARD,
                "model": slug(name),
                "rating": rating,
                "low": low,
                "high": high,
                "level": None if low is None and high is None else LEVEL,
            }
        )
        models[slug(name)] = model

    read, refused = _each(text, _INDEX, take)
    return Parsed(
        tables={
            "models": pl.DataFrame(list(models.values()), schema=MODELS_SCHEMA),
            "ratings": pl.DataFrame(ratings, schema=RATINGS_SCHEMA),
        },
        read=read,
        refused=refused,
    )


def _each(
    text: str | bytes, columns: tuple[str, ...], take: Callable[[dict[str, str]], None]
) -> tuple[int, tuple[Refused, ...]]:
    refused: list[Refused] = []
    read = 0
    for line, row in _rows(text, columns):
        read += 1
        if isinstance(row, str):
            refused.append(Refused(line=line, reason=row))
            continue
        try:
            take(row)
        except ValueError as error:
            refused.append(Refused(line=line, reason=str(error)))
    return read, tuple(refused)


def _rows(
    text: str | bytes, columns: tuple[str, ...]
) -> Iterator[tuple[int, dict[str, str] | str]]:
    if isinstance(text, bytes):
        try:
            text = text.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise DataError(f"byte {error.start} is not UTF-8") from None
    reader = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), strict=True)
    try:
        header = next(reader, [])
        missing = [
            f"column {name!r} is missing{did_you_mean(name, header)}"
            for name in columns
            if name not in header
        ]
        if missing:
            raise DataError("this is not the file expected", details=missing)
        before = reader.line_num
        for cells in reader:
            line, before = before + 1, reader.line_num
            if not cells:
                continue
            if len(cells) == len(header):
                yield line, dict(zip(header, cells, strict=True))
            else:
                yield line, f"{len(cells)} cells; expected {len(header)}"
    except csv.Error as error:
        raise DataError(f"line {reader.line_num}: {error}") from None


def _same(known: dict[str, dict[str, Any]], key: str, facts: dict[str, Any]) -> None:
    before = known.setdefault(key, facts)
    for column, value in facts.items():
        if before[column] != value:
            raise ValueError(f"{column} of {key!r} is {value!s} here and {before[column]!s} before")


def _filled(row: dict[str, str], column: str) -> str:
    value = row[column].strip()
    if not slug(value):
        raise ValueError(f"column {column!r} is {value!r}; expected a name")
    return value


def _number(row: dict[str, str], column: str) -> float | None:
    text = row[column].strip()
    if not text:
        return None
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise ValueError(f"column {column!r} is {text!r}; expected a number")
    return value


def _between(row: dict[str, str], column: str, low: float, high: float) -> float:
    value = _number(row, column)
    if value is None or not low <= value <= high:
        raise ValueError(
            f"column {column!r} is {row[column]!r}; expected a number between {low} and {high}"
        )
    return value


def _day(row: dict[str, str], column: str) -> date | None:
    text = row[column].strip()
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError(f"column {column!r} is {text!r}; expected a date") from None


def _one_of(row: dict[str, str], column: str, values: dict[str, Any]) -> Any:
    text = row[column].strip()
    if text not in values:
        near = did_you_mean(text, list(values))
        raise ValueError(
            f"column {column!r} is {text!r}{near}; expected one of "
            + ", ".join(repr(value) for value in values)
        )
    return values[text]
