"""Epoch AI's benchmark tables: one CSV per benchmark, each with a score column of its own.

The raw scores are kept as published, in the unit of the column; how each table is read stands in
:mod:`headway.sources.epoch_columns`, or in the ``benchmark_metadata.csv`` of the newer layout.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import polars as pl

from headway.errors import DataError, did_you_mean
from headway.sources import Parsed
from headway.sources.cells import (
    LARGEST_AMOUNT,
    Row,
    amount,
    between,
    count,
    csv_rows,
    day,
    each_row,
    filled,
    number,
    places_of,
    share,
    size,
)
from headway.sources.epoch_columns import PUBLISHED, Published
from headway.sources.epoch_makers import Makers
from headway.sources.epoch_oldest import OLDEST, oldest
from headway.sources.epoch_reports import REPORTS, reporter, title
from headway.sources.epoch_versions import Versions
from headway.sources.epoch_words import TABLES, sources
from headway.sources.files import csv_text
from headway.sources.names import slug, split_variant
from headway.sources.written_days import Days

__all__ = ["parse_metadata", "parse_table"]

SCORES: dict[str, pl.DataType | type[pl.DataType]] = {
    "model": pl.String,
    "model_name": pl.String,
    "variant": pl.String,
    "version": pl.String,
    "benchmark": pl.String,
    "score": pl.Float64,
    "scale": pl.String,
    "stderr": pl.Float64,
    "n": pl.Int64,
    "reporter": pl.String,
    "reported_in": pl.String,
    "harness": pl.String,
    "evaluated_on": pl.Date,
    "cost_usd": pl.Decimal(18, 9),
    "seconds": pl.Float64,
    "source": pl.String,
}
MODELS = {
    "model": pl.String,
    "name": pl.String,
    "organisation": pl.String,
    "partners": pl.String,
    "country": pl.String,
    "family": pl.String,
    "listed_on": pl.Date,
    "source": pl.String,
}
BENCHMARKS = {
    "benchmark": pl.String,
    "name": pl.String,
    "unit": pl.String,
    "chance": pl.Float64,
    "ceiling": pl.Float64,
    "released_on": pl.Date,
    "superseded_by": pl.String,
    "source": pl.String,
}
INDICATORS = {
    "indicator": pl.String,
    "subject": pl.String,
    "date": pl.Date,
    "value": pl.Float64,
    "low": pl.Float64,
    "high": pl.Float64,
    "unit": pl.String,
    "source": pl.String,
}
RATINGS = {
    "board": pl.String,
    "model": pl.String,
    "rating": pl.Float64,
    "low": pl.Float64,
    "high": pl.Float64,
    "level": pl.Float64,
    "votes": pl.Int64,
    "as_of": pl.Date,
    "source": pl.String,
}
_VERSION = ("Model version", "model_version")
_LINE = "\0line"
_OPTIONAL = (
    "Release date",
    "Organization",
    "Country",
    "Name",
    "Source",
    "Votes",
    "95% CI High",
    "95% CI Low",
)
_SCALES = {"percent": 100.0, "percentage": 100.0, "%": 100.0, "fraction": 1.0, "proportion": 1.0}


class _Table:
    """The rows of one table as they are taken."""

    def __init__(self, published: Published, versions: Versions, version_column: str) -> None:
        self.published = published
        self.versions = versions
        self.version_column = version_column
        self.scores: list[dict[str, Any]] = []
        self.ratings: list[dict[str, Any]] = []
        self.indicators: list[dict[str, Any]] = []
        self.models: dict[str, dict[str, Any]] = {}
        self.undated = 0
        self.differing: set[str] = set()
        self.undeclared: set[str] = set()
        self.countries: set[str] = set()
        self.makers = Makers()
        self.days: dict[str, Days] = {}

    def learn(self, rows: Sequence[tuple[int, Row | str]]) -> None:
        """Find out how the table writes days, and in which countries its makers are."""
        whole = [row for _, row in rows if not isinstance(row, str)]
        for column in ("Release date", self.published.evaluated_on):
            if column:
                self.days[column] = Days.of(row[column] for row in whole)
        if self.published.makers:
            self.makers = Makers.of(rows, self.published.makers, "Country")

    def take(self, row: dict[str, str]) -> None:
        published = self.published
        row = self._unmarked(row)
        version, model, name = self._named(row)
        said = row[published.makers] if published.makers else ""
        makers = [part.strip() for part in said.split(",") if part.strip()]
        made, kept = None, self.scores
        if published.rating:
            made, kept = self._rating(row, model), self.ratings
        elif published.score:
            made = self._score(row, version, model, name, makers)
        facts = self._facts(row, version, model, makers)
        indicators = self._dated(row, version or model, facts["listed_on"])
        if made is not None:
            kept.append(made | {_LINE: row[_LINE]})
        self.indicators += indicators
        self._keep(facts)

    def _unmarked(self, row: dict[str, str]) -> dict[str, str]:
        """Take percent signs from shares and dollar signs from amounts."""
        published = self.published
        values = dict(row)
        for column in (published.score, published.stderr):
            if column:
                values[column] = share(row[column], published.ceiling)
        for column in (published.cost, *(one.column for one in published.dated)):
            if column and row[column].strip().startswith("$"):
                values[column] = row[column].strip().removeprefix("$")
        return values

    def _named(self, row: dict[str, str]) -> tuple[str | None, str, str | None]:
        version = row[self.version_column].strip()
        name = row[self.published.name].strip() if self.published.name else ""
        if version:
            return version, self.versions.model(version), name or None
        if not name:
            raise ValueError(f"column {self.version_column!r} is empty: no model is named")
        return None, filled(row, str(self.published.name)), name

    def _score(
        self,
        row: dict[str, str],
        version: str | None,
        model: str,
        name: str | None,
        makers: list[str],
    ) -> dict[str, Any]:
        published = self.published
        if not row[published.score].strip():
            raise ValueError(f"column {published.score!r} is empty: no score")
        stderr = size(row, published.stderr) if published.stderr else None
        cost = amount(row, published.cost, exact=False) if published.cost else None
        seconds = size(row, published.seconds) if published.seconds else None
        found_in = row["Source"].strip() or None
        return {
            "model": model,
            "model_name": name,
            "variant": split_variant(version or model)[1],
            "version": version,
            "benchmark": published.benchmark,
            "score": between(row, published.score, 0.0, published.ceiling),
            "scale": "raw",
            "stderr": None if stderr is None else stderr * published.stderr_times,
            "n": count(row, published.n) if published.n else None,
            "reporter": self._reporter(found_in, makers),
            "reported_in": title(found_in) if found_in in REPORTS else found_in,
            "harness": (row[published.harness].strip() or None) if published.harness else None,
            "evaluated_on": self._day(row, published.evaluated_on),
            # A published cost of zero is one that nobody measured.
            "cost_usd": self._whole(row, cost),
            "seconds": seconds * published.seconds_times if seconds else None,
            "source": TABLES,
        }

    def _whole(self, row: dict[str, str], cost: Decimal | None) -> Decimal | None:
        if not cost:
            return None
        whole = self.published.whole and row[self.published.whole].strip()
        total = cost if whole else round(cost * self.published.cost_times, 9)
        if total >= LARGEST_AMOUNT:
            raise ValueError(f"column {self.published.cost!r} is {cost}; expected US dollars")
        return total

    def _reporter(self, found_in: str | None, makers: list[str]) -> str:
        if found_in is None or self.published.reporter == "independent":
            return self.published.reporter
        if found_in not in REPORTS:
            self.undeclared.add(found_in)
            return "unknown"
        return reporter(found_in, [slug(maker) for maker in makers])

    def _rating(self, row: dict[str, str], model: str) -> dict[str, Any]:
        published = self.published
        rating = number(row, published.score)
        if rating is None:
            raise ValueError(f"column {published.score!r} is empty: no rating")
        low, high = number(row, "95% CI Low"), number(row, "95% CI High")
        return {
            "board": published.rating,
            "model": model,
            "rating": rating,
            "low": low,
            "high": high,
            "level": None if low is None or high is None else 0.95,
            "votes": count(row, "Votes"),
            "as_of": self._day(row, published.evaluated_on),
            "source": TABLES,
        }

    def _facts(
        self, row: dict[str, str], version: str | None, model: str, makers: list[str]
    ) -> dict[str, Any]:
        country = None
        try:
            country = self.makers.country(",".join(makers), row["Country"] if makers else "")
        except ValueError:
            self.countries.add(row["Country"].strip())
        facts = {
            "model": model,
            "name": model,
            "organisation": makers[0] if makers else None,
            "partners": ";".join(makers[1:]) or None,
            "country": country,
            "family": self.versions.family(version) if version else None,
            "listed_on": self._day(row, "Release date"),
            "source": TABLES,
        }
        if version and self.versions.get(version):
            known = self.versions.row(version)
            facts |= {
                column: value for column, value in known.items() if column in MODELS and value
            }
        return facts

    def _day(self, row: dict[str, str], column: str | None) -> date | None:
        return self.days.get(column, Days()).day(row, column) if column else None

    def _dated(
        self, row: dict[str, str], subject: str, released_on: date | None
    ) -> list[dict[str, Any]]:
        made: list[dict[str, Any]] = []
        for column in self.published.dated:
            value = number(row, column.column)
            if value is None:
                continue
            if released_on is None:
                self.undated += 1
                continue
            made.append(
                {
                    "indicator": column.indicator,
                    "subject": subject,
                    "date": released_on,
                    "value": value,
                    "low": number(row, column.low) if column.low else None,
                    "high": number(row, column.high) if column.high else None,
                    "unit": column.unit,
                    "source": TABLES,
                }
            )
        return made

    def _keep(self, facts: dict[str, Any]) -> None:
        before = self.models.setdefault(facts["model"], facts)
        for column, value in facts.items():
            if before[column] is None:
                before[column] = value
            elif value is not None and before[column] != value:
                self.differing.add(facts["model"])

    def notes(self, file: str) -> list[str]:
        notes = [
            f"{file}: nobody has declared who wrote {name!r}; the reporter is unknown"
            for name in sorted(self.undeclared)
        ]
        notes += [f"no country is known for {name!r}" for name in sorted(self.countries)]
        notes += self.makers.notes(file)
        if self.undated:
            notes.append(f"{file}: {self.undated} values without a date are no indicators")
        if self.differing:
            some = ", ".join(sorted(self.differing)[:5])
            notes.append(
                f"{file}: rows differ about the maker or the day of {len(self.differing)} models"
                f" ({some}); the first one is kept"
            )
        return notes


def parse_table(
    text: str | bytes,
    file: str,
    *,
    versions: Versions | None = None,
    published: Published | None = None,
    released_on: date | None = None,
    superseded_by: str | None = None,
) -> Parsed:
    """Parse the table of one benchmark.

    Parameters
    ----------
    text
        The content of the file.
    file
        Its name, which says what benchmark it is of.
    versions
        What is known of the versions; without, a version without its effort is a model.
    published
        How the table is read; without, as declared for a file of that name.
    released_on, superseded_by
        Facts about the benchmark.

    Returns
    -------
    Parsed
        ``scores`` on the raw scale (or ``ratings``), ``indicators``, ``models``, ``benchmarks``.

    Raises
    ------
    DataError
        When the table is not declared, a column is missing, or the text is not CSV.
    """
    stem = file.rsplit("/", 1)[-1].removesuffix(".gz").removesuffix(".csv")
    text = csv_text(text, file)
    header = text.split("\n", 1)[0]
    published = published or PUBLISHED.get(stem) or oldest(stem, header)
    if published is None:
        raise DataError(
            f"{file}: nobody has declared the score column of this table"
            f"{did_you_mean(stem, [*PUBLISHED, *OLDEST])}",
            hint="describe the table in a TOML file and import it as a table",
        )
    version_column = next((name for name in _VERSION if name in header), _VERSION[0])
    table = _Table(published, versions or Versions(), version_column)
    wanted = (published.score, published.stderr, published.cost, published.seconds, published.n)
    named = (published.harness, published.evaluated_on, published.name)
    dated = [name for one in published.dated for name in (one.column, one.low, one.high)]
    told = csv_rows(
        text,
        required=(version_column, *filter(None, [published.score])),
        optional=[name for name in (*_OPTIONAL, *wanted, *named, *dated) if name],
        file=file,
    )
    rows = [(n, row if isinstance(row, str) else row | {_LINE: str(n)}) for n, row in told]
    table.learn(rows)
    read, refused = each_row(rows, table.take, file)
    benchmark = {
        "benchmark": published.benchmark,
        "name": published.benchmark,
        "unit": published.unit,
        "chance": published.chance,
        "ceiling": published.ceiling,
        "released_on": released_on,
        "superseded_by": superseded_by,
        "source": TABLES,
    }
    described = [] if published.rating or not published.score else [benchmark]
    return Parsed(
        tables={
            "sources": sources(TABLES),
            "scores": pl.DataFrame(table.scores, schema=SCORES),
            "ratings": pl.DataFrame(table.ratings, schema=RATINGS),
            "indicators": pl.DataFrame(table.indicators, schema=INDICATORS),
            "models": pl.DataFrame(list(table.models.values()), schema=MODELS),
            "benchmarks": pl.DataFrame(described, schema=BENCHMARKS),
        },
        read=read,
        refused=refused,
        notes=tuple(table.notes(file)),
        left_out=table.undated,
        places={"scores": places_of(file, (one[_LINE] for one in table.scores))},
    )


def parse_metadata(
    text: str | bytes, file: str
) -> tuple[Parsed, Mapping[str, tuple[Published, date | None, str | None]]]:
    """Parse the ``benchmark_metadata.csv`` of the newer layout: how each table is read.

    ``scale`` is the raw score that stands for 1 (100 for percent), as a number or as a word.
    ``random_baseline`` and ``score_ceiling`` are shares of it; a value above 1 is a raw score.

    Parameters
    ----------
    text
        The content of the file.
    file
        Its name, for messages.

    Returns
    -------
    tuple of Parsed and dict
        The refused rows; and, by the name of the table without folder and ending, how it is
        read, when the benchmark was released, and what replaced it.

    Raises
    ------
    DataError
        When a column is missing, or the text is not CSV.
    """
    found: dict[str, tuple[Published, date | None, str | None]] = {}

    def take(row: dict[str, str]) -> None:
        stem = filled(row, "source_file").rsplit("/", 1)[-1].removesuffix(".csv")
        score = filled(row, "score_column")
        scale = _SCALES.get(row["scale"].strip().lower()) or number(row, "scale") or 1.0
        chance, ceiling = number(row, "random_baseline"), number(row, "score_ceiling")
        if scale <= 0 or (ceiling is not None and ceiling <= 0):
            raise ValueError("columns 'scale' and 'score_ceiling' must be more than 0")
        if stem in found:
            raise ValueError(f"the table {stem!r} is there twice")
        # Only the columns beside the score are taken from a declaration of the older layout.
        known = PUBLISHED.get(stem) or Published(benchmark="", score="", stderr="stderr")
        if known.score != score:
            known = replace(known, stderr=None, cost=None, seconds=None, rating=None)
        published = replace(
            known,
            benchmark=filled(row, "benchmark"),
            score=score,
            unit=known.unit if known.score == score else "score",
            chance=None if chance is None else chance * (scale if chance <= 1 else 1.0),
            ceiling=scale if ceiling is None else ceiling * (scale if ceiling <= 1 else 1.0),
        )
        found[stem] = (published, day(row, "release_date"), row["superseded_by"].strip() or None)

    rows = csv_rows(
        csv_text(text, file),
        required=("benchmark", "source_file", "score_column", "scale"),
        optional=("random_baseline", "score_ceiling", "release_date", "superseded_by"),
        file=file,
    )
    read, refused = each_row(rows, take, file)
    notes = () if not read else (f"{file}: {read - len(refused)} rows say how tables are read",)
    part = Parsed(tables={}, read=read, refused=refused, notes=notes, left_out=read - len(refused))
    return part, found
