"""Other names of the models of the catalog, as the published files write them.

A name enters when exactly one model has it: as a version of the matrix, as the display name of
the index, or as an id of the lists of prices and of models whose words are those of the model. It
does not enter when it names another day, size or kind than its model has, or when its provider
points it at another model from time to time.
"""

import csv
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path

import polars as pl

from catalog_corrections import Row
from headway.dataset import TABLES
from headway.dataset.matching import Known
from headway.dataset.name_facts import contradiction
from headway.sources.names import slug, split_variant

LISTS = {
    "model-prices-0.0.5": ("prices/price_history.csv", "model"),
    "models-dev-2026-07-02": ("models-dev/models_dev_lab_models_2026-07-02.csv", "id"),
}
SOURCES: dict[str, Row] = {
    "model-prices-0.0.5": {
        "title": "Dated list prices of models (model-prices 0.0.5)",
        "publisher": "model-prices",
        "licence": "MIT",
    },
    "models-dev-2026-07-02": {
        "title": "Release dates and attributes of models",
        "publisher": "models.dev",
        "url": "https://models.dev",
        "licence": "MIT",
    },
}
SPELT_THE_SAME = ("spelling", "provider")
# What these are is a matter of the day: DeepSeek serves its newest model under the first two, and
# OpenAI the snapshot of April 2024 under the third, which the matrix files under that of November.
MOVING = ("deepseek-chat", "deepseek-reasoner", "gpt-4-turbo")
DATES = ("listed_on", "announced_on", "available_on", "weights_on")


def aliases(
    scores: pl.DataFrame, models: Mapping[str, Row], facts: Path, epoch: str, sources: Row
) -> list[Row]:
    """Return the rows of the table ``aliases``.

    Parameters
    ----------
    scores
        The scores of the matrix, with ``model`` and ``version``.
    models
        The models by id.
    facts
        The folder with the published facts; the lists may be missing.
    epoch
        The folder of the index within it.
    sources
        The ids of the sources of the matrix and of the index.
    """
    names = {model: model for model in models} | {
        row["name"]: row["model"] for row in models.values()
    }
    versions = [
        (split_variant(version)[0], model)
        for version, model in scores.select("version", "model").drop_nulls().iter_rows()
    ]
    found = _of_one_model(versions, names, sources["matrix"])
    with (facts / epoch / "eci_scores.csv").open(encoding="utf-8-sig", newline="") as file:
        shown = [
            (row.get("Display name") or "", slug(row["Model"])) for row in csv.DictReader(file)
        ]
    found |= _of_one_model(
        shown, names | {row["alias"]: row["id"] for row in found.values()}, sources["index"]
    )
    known = Known({"models": _frame(models)})
    for source, (path, column) in LISTS.items():
        if not (facts / path).exists():
            continue
        with (facts / path).open(encoding="utf-8", newline="") as file:
            ids = sorted({row[column] for row in csv.DictReader(file)})
        matched = ((name, known.match("model", name)) for name in ids)
        same = [(name, one.id) for name, one in matched if one.rule in SPELT_THE_SAME and one.id]
        taken = names | {row["alias"]: row["id"] for row in found.values()}
        found |= _of_one_model(same, taken, source)
    return [found[alias] for alias in sorted(found) if _sound(found[alias], models)]


def _sound(row: Row, models: Mapping[str, Row]) -> bool:
    model = models[row["id"]]
    days = [model[column] for column in DATES if model.get(column)]
    return row["alias"] not in MOVING and not contradiction(row["alias"], model["name"], days)


def lists_used(rows: Iterable[Row], retrieved_on: date) -> list[Row]:
    """Return the sources of the lists that gave a name."""
    used = {row["source"] for row in rows}
    return [
        {"source": source, "retrieved_on": retrieved_on} | told
        for source, told in SOURCES.items()
        if source in used
    ]


def _of_one_model(
    named: Iterable[tuple[str, str]], taken: Mapping[str, str], source: str
) -> dict[str, Row]:
    models: dict[str, set[str]] = {}
    for name, model in named:
        models.setdefault(name.strip(), set()).add(model)
    return {
        name: {"kind": "model", "alias": name, "id": next(iter(ids)), "source": source}
        for name, ids in models.items()
        if name and len(ids) == 1 and name not in taken
    }


def _frame(models: Mapping[str, Row]) -> pl.DataFrame:
    table = TABLES["models"]
    rows = {name: [row.get(name) for row in models.values()] for name in table.names}
    rows["revision"] = [0] * len(models)
    return pl.DataFrame(rows, schema=table.types)
