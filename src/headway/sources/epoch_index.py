"""Epoch AI's published index: one row per model with its rating and its 90% interval.

``eci_scores.csv``. See https://epoch.ai/eci.
"""

from typing import Any

import polars as pl

from headway.sources import Parsed
from headway.sources.cells import each_row, filled, number, one_of
from headway.sources.epoch_makers import Makers
from headway.sources.epoch_words import ACCESSIBILITY, BOARD, INDEX as SOURCE, OPEN_WEIGHTS, sources
from headway.sources.files import csv_rows, csv_text
from headway.sources.written_days import Days

LEVEL = 0.9

INDEX = ("Model", "eci", "eci_ci_low", "eci_ci_high", "date")
_COUNTRY = "Country (of organization)"
_ACCESS, _GROUP = "Model accessibility", "Accessibility group"
_MAKERS = ("Organization", "lab_first_organisation")

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


def parse_index(text: str | bytes, file: str = "eci_scores.csv") -> Parsed:
    """Parse ``eci_scores.csv``.

    Parameters
    ----------
    text
        The content of the file.
    file
        Its name, for messages.

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
        name = filled(row, "Model")
        first, *others = [part.strip() for part in row[column].split(",")]
        licence_class, access = one_of(row, _ACCESS, ACCESSIBILITY | {"": (None, None)})
        low, high = number(row, "eci_ci_low"), number(row, "eci_ci_high")
        rating = number(row, "eci")
        if rating is None:
            raise ValueError("column 'eci' is empty; expected a number")
        if name in models:
            raise ValueError(f"the model {name!r} is there twice")
        model = {
            "model": name,
            "name": name,
            "organisation": first or None,
            "partners": ";".join(others) or None,
            "country": makers.country(row[column], row[_COUNTRY]),
            "listed_on": days.day(row, "date"),
            "open_weights": one_of(row, _GROUP, OPEN_WEIGHTS | {"": None}),
            "licence_class": licence_class,
            "access": access,
        }
        ratings.append(
            {
                "board": BOARD,
                "model": name,
                "rating": rating,
                "low": low,
                "high": high,
                "level": None if low is None and high is None else LEVEL,
            }
        )
        models[name] = model

    text = csv_text(text, file)
    header = text.split("\n", 1)[0]
    column = next((name for name in _MAKERS if name in header), _MAKERS[0])
    rows = list(
        csv_rows(text, required=INDEX, optional=(column, _COUNTRY, _ACCESS, _GROUP), file=file)
    )
    makers = Makers.of(rows, column, _COUNTRY)
    days = Days.of(row["date"] for _, row in rows if not isinstance(row, str))
    read, refused = each_row(rows, take, file)
    source = pl.lit(SOURCE)
    return Parsed(
        tables={
            "sources": sources(SOURCE),
            "models": pl.DataFrame(list(models.values()), schema=MODELS_SCHEMA).with_columns(
                source=source
            ),
            "ratings": pl.DataFrame(ratings, schema=RATINGS_SCHEMA).with_columns(source=source),
        },
        read=read,
        refused=refused,
        notes=tuple(makers.notes(file)),
    )
