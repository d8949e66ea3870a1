"""The Frictionless descriptor of a dataset, made from the declared tables."""

import json
from collections.abc import Mapping
from typing import Any

from headway.dataset.schema import Column, Table
from headway.dataset.tables import SCHEMA_VERSION, TABLES
from headway.dataset.vintages import current

NAME = "datapackage.json"
VERSION_FIELD = "headway_schema"

_FIELD_TYPES = {"decimal": "number"}


def descriptor(tables: Mapping[str, Any]) -> dict[str, Any]:
    """Describe tables as a Frictionless Data Package.

    Parameters
    ----------
    tables
        The tables by name; only of ``sources`` are the rows looked at.

    Returns
    -------
    dict
        The content of ``datapackage.json``: one resource per table, with its Table Schema, and
        the sources that the table ``sources`` names.
    """
    sources = current(tables["sources"], TABLES["sources"])
    return {
        "name": "headway-dataset",
        "title": "Facts about AI models, benchmarks and scores",
        VERSION_FIELD: SCHEMA_VERSION,
        "sources": [
            {
                key: value
                for key, value in (
                    ("title", row["title"] or row["source"]),
                    ("path", row["url"]),
                    ("licence", row["licence"]),
                )
                if value is not None
            }
            for row in sources.iter_rows(named=True)
        ],
        "resources": [
            _resource(table, frozenset(tables)) for name, table in TABLES.items() if name in tables
        ],
    }


def as_text(content: Mapping[str, Any]) -> str:
    """Return a descriptor as JSON text that ends with a line feed."""
    return json.dumps(content, ensure_ascii=False, indent=2, allow_nan=False) + "\n"


def _resource(table: Table, present: frozenset[str]) -> dict[str, Any]:
    resource: dict[str, Any] = {
        "name": table.name,
        "description": table.description,
        "path": table.file,
        "format": table.form,
    }
    if table.form == "csv":
        resource |= {"mediatype": "text/csv", "encoding": "utf-8"}
    return resource | {"schema": table_schema(table, present)}


def table_schema(table: Table, present: frozenset[str]) -> dict[str, Any]:
    """Return the Table Schema of a table: fields, primary key, foreign keys.

    Parameters
    ----------
    table
        The declaration.
    present
        The tables that the package holds; a reference to another one is left out.

    Returns
    -------
    dict
        The schema in the words of Frictionless.
    """
    foreign = [
        {
            "fields": [column.name],
            "reference": {
                "resource": "" if column.references == table.name else column.references,
                "fields": [TABLES[column.references].key[0]],
            },
        }
        for column in table.columns
        if column.references is not None and not column.many and column.references in present
    ]
    schema: dict[str, Any] = {
        "fields": [_field(column, table) for column in table.columns],
        "primaryKey": list(table.row_key),
    }
    return schema | ({"foreignKeys": foreign} if foreign else {})


def _field(column: Column, table: Table) -> dict[str, Any]:
    if table.form == "parquet" and not column.required and column.kind != "string":
        # Parquet says the type itself, and validators read its unknown values as NaN.
        return {"name": column.name, "type": "any", "description": column.description}
    field: dict[str, Any] = {
        "name": column.name,
        "type": _FIELD_TYPES.get(column.kind, column.kind),
        "description": column.description,
    }
    constraints: dict[str, Any] = {}
    if column.required:
        constraints["required"] = True
    if column.enum:
        constraints["enum"] = list(column.enum)
    if column.pattern is not None:
        constraints["pattern"] = column.pattern
    bounds = {"minimum": column.minimum, "maximum": column.maximum}
    constraints |= {word: bound for word, bound in bounds.items() if bound is not None}
    return field | ({"constraints": constraints} if constraints else {})
