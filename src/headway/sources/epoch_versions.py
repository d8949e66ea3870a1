"""Which versions of a model belong together, and what Epoch AI says of each.

``model_versions.csv`` in the layout of 2025, ``epoch_capabilities_index.csv`` in that of the hub's
folder until mid-2026, ``model_metadata.csv`` or
``eci_model_versions.csv`` in the newer one: one row per version.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Any

import polars as pl

from headway.sources import Parsed
from headway.sources.cells import each_row, filled, number
from headway.sources.epoch_index import MODELS_SCHEMA, RATINGS_SCHEMA
from headway.sources.epoch_makers import Makers
from headway.sources.epoch_words import ACCESSIBILITY, BOARD, INDEX, sources
from headway.sources.files import csv_rows, csv_text
from headway.sources.names import split_variant
from headway.sources.written_days import Days

__all__ = ["NEW", "OLD", "OLDEST", "Version", "Versions", "parse_versions"]

OLD: Mapping[str, str] = MappingProxyType(
    {
        "version": "Model version",
        "group": "Model name",
        "name": "Display name",
        "date": "Release date",
        "organisation": "Organization",
        "country": "Country",
        "access": "Model accessibility",
    }
)
NEW: Mapping[str, str] = MappingProxyType(
    {
        "version": "model_version",
        "group": "model_group",
        "name": "display_name",
        "date": "date",
        "organisation": "organization",
        "country": "country",
        "access": "accessibility",
    }
)
OLDEST: Mapping[str, str] = MappingProxyType(
    {
        "version": "id",
        "group": "Model",
        "name": "Display name",
        "date": "Version release date",
        "organisation": "Organization",
        "country": "Country",
        "access": "Model accessibility",
    }
)
_OPEN = {"weights": True, "api": False, "hosted": False}


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One version of a model.

    Parameters
    ----------
    version
        The version, with its effort.
    group
        The model it is a version of, or None.
    released_on
        Day of release of the version.
    facts
        The row of ``models`` but for the key.
    """

    version: str
    group: str | None
    released_on: date | None
    facts: Mapping[str, Any]


class Versions:
    """The known versions: which model each one is.

    A group of versions is one model when all of them came out on one day. Where they did not, as
    with the three of GPT-4o, the group is a family, and each version without its effort is a model.

    Parameters
    ----------
    known
        The versions.
    """

    def __init__(self, known: Iterable[Version] = ()) -> None:
        self._known: dict[str, Version] = {}
        days: dict[str, set[date]] = {}
        for version in known:
            self._known.setdefault(version.version, version)
            if version.group and version.released_on:
                days.setdefault(version.group, set()).add(version.released_on)
        self._families = {group for group, some in days.items() if len(some) > 1}

    def __len__(self) -> int:
        return len(self._known)

    def get(self, version: str) -> Version | None:
        """What is known of a version."""
        return self._known.get(version)

    def model(self, version: str) -> str:
        """The name of the model that a version belongs to."""
        known = self._known.get(version)
        if known and known.group and known.group not in self._families:
            return known.group
        return split_variant(version)[0]

    def family(self, version: str) -> str | None:
        """The family of a version, when it is known."""
        known = self._known.get(version)
        return known.group if known else None

    def row(self, version: str) -> dict[str, Any]:
        """Return the row of ``models`` for the model that a version belongs to."""
        model = self.model(version)
        known = self._known[version]
        return {
            "model": model,
            "name": model,
            "family": known.group,
            "listed_on": known.released_on,
            **known.facts,
        }


def parse_versions(text: str | bytes, file: str) -> tuple[Parsed, Versions]:
    """Parse a table of model versions, in the older or the newer layout.

    Parameters
    ----------
    text
        The content of the file.
    file
        Its name, for messages.

    Returns
    -------
    tuple of Parsed and Versions
        ``models`` and, where the table has the index, ``ratings`` without intervals; and the
        versions for reading the benchmark tables.

    Raises
    ------
    DataError
        When a column is missing, or the text is not CSV.
    """
    text = csv_text(text, file)
    header = text.split("\n", 1)[0]
    oldest = OLDEST["date"] in header
    names = OLDEST if oldest else NEW if NEW["version"] in header else OLD
    known: list[Version] = []
    ratings: list[tuple[str, float]] = []
    unknown: set[str] = set()

    def take(row: dict[str, str]) -> None:
        version = filled(row, names["version"])
        rating = number(row, "ECI Score")
        first, *others = [part.strip() for part in row[names["organisation"]].split(",")]
        access = row[names["access"]].strip()
        try:
            country = makers.country(row[names["organisation"]], row[names["country"]])
        except ValueError:
            country = None
            unknown.add(row[names["country"]].strip())
        licence_class, way = ACCESSIBILITY.get(access, ("unknown", "unknown"))
        if access and access not in ACCESSIBILITY:
            raise ValueError(f"column {names['access']!r} is {access!r}; expected a known access")
        known.append(
            Version(
                version=version,
                group=row[names["group"]].strip() or None,
                released_on=days.day(row, names["date"]),
                facts={
                    "organisation": first or None,
                    "partners": ";".join(filter(None, others)) or None,
                    "country": country,
                    "open_weights": _OPEN.get(way),
                    "licence_class": licence_class,
                    "access": way,
                },
            )
        )
        if rating is not None:
            ratings.append((version, rating))

    required = [names[key] for key in ("version", "group", "date")]
    rows = list(
        csv_rows(
            text,
            required=required if oldest else [*required, names["organisation"]],
            optional=(*names.values(), "ECI Score"),
            file=file,
            spare=oldest,
        )
    )
    makers = Makers.of(rows, names["organisation"], names["country"])
    days = Days.of(row[names["date"]] for _, row in rows if not isinstance(row, str))
    read, refused = each_row(rows, take, file)
    versions = Versions(known)
    notes = [f"no country is known for {name!r}" for name in sorted(unknown)]
    notes += makers.notes(file)
    tables = {
        "sources": sources(INDEX),
        "models": _models(versions, known),
        "ratings": _ratings(versions, ratings),
    }
    notes += _disagreeing(tables["ratings"], file)
    return Parsed(tables=tables, read=read, refused=refused, notes=tuple(notes)), versions


def _models(versions: Versions, known: Iterable[Version]) -> pl.DataFrame:
    rows: dict[str, dict[str, Any]] = {}
    for version in known:
        row = versions.row(version.version)
        before = rows.setdefault(row["model"], row)
        for column, value in row.items():
            if before[column] is None:
                before[column] = value
    schema = MODELS_SCHEMA | {"family": pl.String, "source": pl.String}
    return pl.DataFrame([row | {"source": INDEX} for row in rows.values()], schema=schema)


def _ratings(versions: Versions, ratings: Iterable[tuple[str, float]]) -> pl.DataFrame:
    rows = dict.fromkeys((versions.model(version), rating) for version, rating in ratings)
    made = [(BOARD, model, rating, None, None, None, INDEX) for model, rating in rows]
    schema = RATINGS_SCHEMA | {"source": pl.String}
    return pl.DataFrame(made, schema=schema, orient="row")


def _disagreeing(ratings: pl.DataFrame, file: str) -> list[str]:
    twice = ratings.filter(pl.col("model").is_duplicated())["model"].unique().sort()
    return [f"{file}: versions of {model!r} have different ratings" for model in twice]
