"""Build the catalog that ships with Headway from the published facts it rests on.

Usage: python tools/build_catalog.py --facts FOLDER [--out FOLDER]

FOLDER holds ``epoch-2026-08-11/`` (``eci_benchmarks.csv`` and ``eci_scores.csv`` as published)
and ``curated/`` (``benchmarks.csv``, ``organisations.csv``, ``models_missing.csv``), and may hold
``prices/price_history.csv`` and ``models-dev/models_dev_lab_models_2026-07-02.csv``, whose ids
become aliases. Claims are declared in ``catalog_claims.py``. The same facts give the same bytes.
Whatever is not understood stops the build.
"""

import argparse
import csv
import sys
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from catalog_aliases import aliases, lists_used
from catalog_claims import claims, sources as claim_sources
from catalog_corrections import Row, corrected
from headway.dataset import TABLES
from headway.dataset.descriptor import NAME, as_text, descriptor
from headway.dataset.problems import Given, Problems
from headway.dataset.rendering import rendered
from headway.dataset.rules import checked
from headway.errors import DataError, HeadwayError
from headway.sources import Parsed, epoch, epoch_reports
from headway.sources.epoch_words import INDEX, MATRIX
from headway.sources.names import DEFAULT, slug

RECORDED_ON = date(2026, 8, 11)
EPOCH = "epoch-2026-08-11"
CATALOG = Path(__file__).parents[1] / "src" / "headway" / "dataset" / "catalog"

SOURCES: list[Row] = [
    {
        "source": MATRIX,
        "title": "Epoch Capabilities Index: benchmark matrix",
        "publisher": "Epoch AI",
        "url": "https://epoch.ai/data/eci_benchmarks.csv",
        "licence": "CC BY 4.0",
        "retrieved_on": RECORDED_ON,
        "covers_until": RECORDED_ON,
    },
    {
        "source": INDEX,
        "title": "Epoch Capabilities Index: published scores",
        "publisher": "Epoch AI",
        "url": "https://epoch.ai/data/eci_scores.csv",
        "licence": "CC BY 4.0",
        "retrieved_on": RECORDED_ON,
        "covers_until": RECORDED_ON,
    },
    {
        "source": "headway-benchmarks",
        "title": "Attributes of benchmarks, compiled from their own pages",
        "publisher": "Headway",
        "licence": "CC BY 4.0",
        "retrieved_on": RECORDED_ON,
    },
    {
        "source": "headway-organisations",
        "title": "Attributes of organisations, compiled from public knowledge",
        "publisher": "Headway",
        "licence": "CC BY 4.0",
        "retrieved_on": RECORDED_ON,
    },
    {
        "source": "headway-corrections",
        "title": "Corrections to the published index, each with its evidence",
        "publisher": "Headway",
        "licence": "CC BY 4.0",
        "retrieved_on": RECORDED_ON,
    },
]

UNITS = {
    "aider-polyglot": ("percent solved in two tries", 100.0),
    "frontiermath-2025-02-28-private": ("accuracy 0-1", 0.57),
    "frontiermath-tier-4-2025-07-01-private": ("accuracy 0-1", 0.60),
    "lech-mazur-writing": ("mean judge score 0-10", 10.0),
    "osworld": ("percent success", 100.0),
}
ITEMS = {"6 environments": None, "about 170": 170, "": None}
SUPERSEDED = {
    "frontiermath-2025-02-28-private": "frontiermath-tiers-1-3-v2-private",
    "frontiermath-tier-4-2025-07-01-private": "frontiermath-tier-4-v2-private",
}

LICENCE_TEXT = """\
# Licence of the catalog

The tables in this folder are available under the Creative Commons Attribution 4.0 International
licence (CC BY 4.0, https://creativecommons.org/licenses/by/4.0/).

They contain facts from:

- Epoch AI, "Epoch Capabilities Index" and "AI Benchmarking Hub", https://epoch.ai/eci and
  https://epoch.ai/benchmarks, retrieved on 2026-08-11, CC BY 4.0. Changes: ids, own columns and
  units, and corrections; each correction is a row of its own with its reason, and the row it
  corrects is kept.
- Ids under which models are sold, from model-prices 0.0.5, MIT licence.
- Attributes of benchmarks and organisations, and corrections, compiled for Headway from the
  public pages named in the columns `access_evidence_url`, `url` and `evidence_url`.
- Published figures about the race (table `claims`), each stated in Headway's own words beside
  its publication.

The table `sources.csv` has the title, publisher, address and licence of each source, and every
row of every table names its source.
"""


def build(facts: Path) -> dict[str, pl.DataFrame]:
    """Build all tables of the catalog.

    Parameters
    ----------
    facts
        The folder with the published facts.

    Returns
    -------
    dict of str to polars.DataFrame
        Checked tables with all rows.

    Raises
    ------
    DataError
        When a fact is not understood, a correction is stale or a table is not sound.
    """
    matrix = _whole(epoch.parse_matrix((facts / EPOCH / "eci_benchmarks.csv").read_bytes()))
    index = _whole(epoch.parse_index((facts / EPOCH / "eci_scores.csv").read_bytes()))
    curated = facts / "curated"
    organisations = _organisations(_rows(curated / "organisations.csv"))
    ids: dict[str, str] = {row["name"]: row["organisation"] for row in organisations}
    listed = _models(index, matrix, ids)
    changes = corrected(listed, _rows(curated / "models_missing.csv"), ids)
    final = listed | {row["model"]: row for row in changes.models}
    _refuse_gaps(final)
    other_names = aliases(
        matrix.tables["scores"], final, facts, EPOCH, {"matrix": MATRIX, "index": INDEX}
    )
    for name in changes.confirmed:
        print(f"looked at, nothing to correct: {name}")
    return _checked(
        {
            "sources": [
                *SOURCES,
                *lists_used(other_names, RECORDED_ON),
                *claim_sources(RECORDED_ON),
            ],
            "organisations": organisations,
            "models": [*listed.values(), *changes.models],
            "availability": [
                row | {"source": "headway-corrections"} for row in changes.availability
            ],
            "benchmarks": _benchmarks(_rows(curated / "benchmarks.csv"), matrix),
            "aliases": other_names,
            "scores": _scores(matrix, final),
            "ratings": [
                row | {"variant": DEFAULT, "as_of": RECORDED_ON, "source": INDEX}
                for row in index.tables["ratings"].iter_rows(named=True)
            ],
            "prices": [],
            "claims": claims(RECORDED_ON),
        }
    )


def write(tables: dict[str, pl.DataFrame], folder: Path) -> None:
    """Write the tables, the descriptor and the licence into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, frame in tables.items():
        (folder / TABLES[name].file).write_bytes(rendered(frame, TABLES[name]))
    (folder / NAME).write_bytes(as_text(descriptor(tables)).encode())
    (folder / "LICENSE.md").write_bytes(LICENCE_TEXT.encode())


def _whole(parsed: Parsed) -> Parsed:
    """Check that nothing was refused, and make ids of the names."""
    if parsed.refused:
        raise DataError(
            f"{len(parsed.refused)} of {parsed.read} rows were not understood",
            details=[f"line {row.line}: {row.reason}" for row in parsed.refused],
        )
    tables: dict[str, pl.DataFrame] = {}
    for name, frame in parsed.tables.items():
        named = [column for column in ("model", "benchmark") if column in frame.columns]
        tables[name] = frame.with_columns(
            pl.col(column).map_elements(slug, return_dtype=pl.String) for column in named
        )
        if name in ("models", "benchmarks"):
            twice = tables[name].filter(pl.col(named[0]).is_duplicated())[named[0]]
            if not twice.is_empty():
                raise DataError(f"two names have one id: {', '.join(twice.unique().sort())}")
    return Parsed(tables=tables, read=parsed.read)


def _rows(path: Path) -> list[Row]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, strict=True))


def _organisations(rows: Iterable[Row]) -> list[Row]:
    return [
        {
            "organisation": slug(row["organisation"]),
            "name": row["organisation"],
            "country": row["country"] or None,
            "headquarters_country": row["hq_country"] or None,
            "kind": row["kind"],
            "name_zh": row["name_zh"] or None,
            "founded": int(row["founded"]) if row["founded"] else None,
            "parent": row["parent"] or None,
            "source": "headway-organisations",
        }
        for row in rows
    ]


def _models(index: Parsed, matrix: Parsed, ids: dict[str, str]) -> dict[str, Row]:
    families = {row["model"]: row for row in matrix.tables["models"].iter_rows(named=True)}
    models: dict[str, Row] = {}
    problems: list[str] = []
    for row in index.tables["models"].iter_rows(named=True):
        name = row["model"]
        family = families.pop(name, None)
        if family is None or (family["name"], family["listed_on"]) != (
            row["name"],
            row["listed_on"],
        ):
            problems.append(f"{row['name']}: the matrix has no such model, or another date")
            continue
        named = [row["organisation"], *(row["partners"] or "").split(";")]
        unknown = [part for part in named if part and part not in ids]
        problems += [f"{row['name']}: unknown organisation {part!r}" for part in unknown]
        if unknown:
            continue
        open_weights = row["open_weights"]
        models[name] = row | {
            "organisation": ids[named[0]] if named[0] else None,
            "partners": ";".join(ids[part] for part in named[1:] if part) or None,
            "family": family["family"],
            "announced_on": row["listed_on"],
            "available_on": row["listed_on"],
            "weights_on": row["listed_on"] if open_weights else None,
            "confidence": None,
            "evidence_url": None,
            "source": INDEX,
            "revision": 0,
            "reason": None,
        }
    problems += [f"{row['name']}: the index has no such model" for row in families.values()]
    if problems:
        raise DataError("the matrix and the index do not agree", details=problems)
    return models


def _refuse_gaps(models: dict[str, Row]) -> None:
    gaps = [
        f"{row['name']}: {column} is unknown"
        for row in models.values()
        for column in ("organisation", "country", "open_weights", "announced_on")
        if row[column] is None
    ]
    if gaps:
        raise DataError("models lack attributes after all corrections", details=gaps)


def _benchmarks(rows: Iterable[Row], matrix: Parsed) -> list[Row]:
    names = {row["benchmark"]: row["name"] for row in matrix.tables["benchmarks"].to_dicts()}
    made: list[Row] = []
    for row in rows:
        name = row["benchmark_id"]
        if names.pop(name, None) != row["name"]:
            raise DataError(f"the matrix has no benchmark {row['name']!r} with the id {name!r}")
        unit, ceiling = UNITS.get(name, (row["score_unit"], 1.0))
        if "ECI divides" in unit:
            raise DataError(f"the unit and the ceiling of {name!r} are not declared")
        released = row["release_date"]
        made.append(
            {
                "benchmark": name,
                "name": row["name"],
                "domain": row["domain"],
                "domains": row["domains_all"],
                "item_access": row["item_access"],
                "access_confidence": row["confidence"],
                "access_evidence": row["access_evidence"],
                "access_evidence_url": row["evidence_url"] or None,
                "released_on": _first_day(released),
                "released_precision": {10: "day", 7: "month", 0: None}[len(released)],
                "n_items": _items(row["n_items"]),
                "chance": float(row["chance_level"]) if row["chance_level"] else None,
                "ceiling": ceiling,
                "unit": unit,
                "scorer": row["scorer"],
                "maintainer": row["maintainer"],
                "maintainer_country": row["maintainer_country"] or None,
                "url": row["url"] or None,
                "superseded_by": SUPERSEDED.get(name),
                "source": "headway-benchmarks",
            }
        )
    if names:
        raise DataError("benchmarks without attributes", details=sorted(names.values()))
    return made


def _first_day(text: str) -> date | None:
    return date.fromisoformat(text if len(text) == 10 else f"{text}-01") if text else None


def _items(text: str) -> int | None:
    return ITEMS[text] if text in ITEMS else int(text)


def _scores(matrix: Parsed, models: dict[str, Row]) -> list[Row]:
    made: list[Row] = []
    for row in matrix.tables["scores"].iter_rows(named=True):
        model = models[row["model"]]
        developers = [model["organisation"], *(model["partners"] or "").split(";")]
        found_in = row["reported_in"]
        made.append(
            row
            | {
                "reporter": epoch_reports.reporter(found_in, developers),
                "reported_in": epoch_reports.title(found_in) if found_in else None,
                "source": MATRIX,
            }
        )
    return made


def _checked(rows: dict[str, list[Row]]) -> dict[str, pl.DataFrame]:
    given = {name: _given(name, some) for name, some in rows.items()}
    problems = Problems()
    tables = checked(given, problems)
    problems.raise_if_any("the catalog is not sound")
    return tables


def _given(name: str, rows: list[Row]) -> Given:
    table = TABLES[name]
    complete = [{"recorded_on": RECORDED_ON, "revision": 0} | row for row in rows]
    unknown = {column for row in complete for column in row} - set(table.names)
    if unknown:
        raise DataError(f"the table {name} has no columns {', '.join(sorted(unknown))}")
    columns: dict[str, list[Any]] = {
        column: [row.get(column) for row in complete] for column in table.names
    }
    frame = pl.DataFrame(columns, schema=table.types)

    def place(numbers: Sequence[int]) -> list[str]:
        return [f"{name} {complete[number]}" for number in numbers]

    return Given(frame=frame, label=name, place=place)


def main() -> int:
    """Build the catalog and write it."""
    parser = argparse.ArgumentParser(description="Build the catalog that ships with Headway.")
    parser.add_argument("--facts", type=Path, required=True, help="folder of published facts")
    parser.add_argument("--out", type=Path, default=CATALOG, help="folder to write")
    options = parser.parse_args()
    try:
        tables = build(options.facts)
    except HeadwayError as error:
        print(error, file=sys.stderr)
        return 2
    write(tables, options.out)
    for name, frame in tables.items():
        print(f"{name}: {frame.height} rows")
    return 0


if __name__ == "__main__":
    sys.exit(main())
