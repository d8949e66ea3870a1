"""Epoch AI's benchmark matrix: one row per model and benchmark, corrected for chance.

``eci_benchmarks.csv``, the table that the Epoch Capabilities Index is fitted on. See
https://epoch.ai/eci.
"""

from typing import Any

import polars as pl

from headway.sources import Parsed
from headway.sources.cells import between, each_row, filled, one_of
from headway.sources.epoch_words import MATRIX as SOURCE, same, sources
from headway.sources.files import csv_rows, csv_text
from headway.sources.names import split_variant
from headway.sources.written_days import Days

_MATRIX = ("performance", "benchmark", "optimized", "model", "model_version", "Model", "date")
_MATRIX_ALSO = ("benchmark_release_date", "source")
LONG = ("Model", "benchmark", "benchmark_release_date", "performance_adjusted_rounded5")

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


def parse_matrix(text: str | bytes, file: str = "eci_benchmarks.csv") -> Parsed:
    """Parse ``eci_benchmarks.csv``.

    Parameters
    ----------
    text
        The content of the file.
    file
        Its name, for messages.

    Returns
    -------
    Parsed
        ``scores`` (scale ``normalised``; who reported them is left to the reader of
        ``reported_in``), ``models`` (name, family, listed_on) and ``benchmarks`` (name,
        released_on), all under the names of the matrix.

    Raises
    ------
    DataError
        When a column is missing, or the text is not CSV.
    """
    scores: list[dict[str, Any]] = []
    models: dict[str, dict[str, Any]] = {}
    benchmarks: dict[str, dict[str, Any]] = {}

    def take(row: dict[str, str]) -> None:
        name, test = filled(row, "model"), filled(row, "benchmark")
        version = row["model_version"].strip()
        listed_on = days.day(row, "date")
        model = {
            "model": name,
            "name": name,
            "family": row["Model"] or None,
            "listed_on": listed_on,
        }
        benchmark = {
            "benchmark": test,
            "name": test,
            "released_on": released.day(row, "benchmark_release_date"),
        }
        score = {
            "model": model["model"],
            "variant": split_variant(version)[1],
            "version": version or None,
            "benchmark": benchmark["benchmark"],
            "score": between(row, "performance", -1, 1),
            "scale": "normalised",
            "reported_in": row["source"].strip() or None,
            "optimized": one_of(
                row | {"optimized": row["optimized"].strip().capitalize()},
                "optimized",
                {"True": True, "False": False, "": None},
            ),
        }
        same(models, name, model)
        same(benchmarks, test, benchmark)
        scores.append(score)

    rows = list(csv_rows(csv_text(text, file), required=(*_MATRIX, *_MATRIX_ALSO), file=file))
    whole = [row for _, row in rows if not isinstance(row, str)]
    days = Days.of(row["date"] for row in whole)
    released = Days.of(row["benchmark_release_date"] for row in whole)
    read, refused = each_row(rows, take, file)
    source = pl.lit(SOURCE)
    return Parsed(
        tables={
            "sources": sources(SOURCE),
            "scores": pl.DataFrame(scores, schema=SCORES_SCHEMA).with_columns(source=source),
            "models": pl.DataFrame(list(models.values()), schema=FAMILIES_SCHEMA).with_columns(
                source=source
            ),
            "benchmarks": pl.DataFrame(
                list(benchmarks.values()), schema=BENCHMARKS_SCHEMA
            ).with_columns(source=source),
        },
        read=read,
        refused=refused,
    )


def parse_long(text: str | bytes, file: str) -> Parsed:
    """Parse the matrix in the short form: one row per model, by its name, and benchmark.

    Parameters
    ----------
    text
        The content of the file.
    file
        Its name, for messages.

    Returns
    -------
    Parsed
        ``scores`` (scale ``normalised``), ``models`` and ``benchmarks``.

    Raises
    ------
    DataError
        When a column is missing, or the text is not CSV.
    """
    scores: list[dict[str, Any]] = []
    benchmarks: dict[str, dict[str, Any]] = {}

    def take(row: dict[str, str]) -> None:
        name, test = filled(row, "Model"), filled(row, "benchmark")
        score = between(row, "performance_adjusted_rounded5", -1, 1)
        benchmark = {
            "benchmark": test,
            "name": test,
            "released_on": released.day(row, "benchmark_release_date"),
        }
        same(benchmarks, test, benchmark)
        scores.append({"model": name, "benchmark": test, "score": score, "scale": "normalised"})

    rows = list(csv_rows(csv_text(text, file), required=LONG, file=file))
    released = Days.of(row["benchmark_release_date"] for _, row in rows if not isinstance(row, str))
    read, refused = each_row(rows, take, file)
    source = pl.lit(SOURCE)
    names = list(dict.fromkeys(score["model"] for score in scores))
    return Parsed(
        tables={
            "sources": sources(SOURCE),
            "scores": pl.DataFrame(scores, schema=SCORES_SCHEMA).with_columns(source=source),
            "models": pl.DataFrame(
                {"model": names, "name": names}, schema_overrides={"model": pl.String}
            ).with_columns(source=source),
            "benchmarks": pl.DataFrame(
                list(benchmarks.values()), schema=BENCHMARKS_SCHEMA
            ).with_columns(source=source),
        },
        read=read,
        refused=refused,
    )
