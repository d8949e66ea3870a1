"""The page about the dataset has every table and column as they are declared."""

import re
from pathlib import Path

import pytest

from headway.dataset import TABLES
from headway.dataset.schema import Column
from headway.sources import SOURCES

PAGE = (Path(__file__).parents[2] / "docs" / "dataset.md").read_text(encoding="utf-8")
KINDS = {
    "string": "text", "number": "number", "integer": "whole number", "boolean": "true or false",
    "date": "date", "decimal": "amount",
}  # fmt: skip


def line(column: Column) -> str:
    values = KINDS[column.kind]
    if column.enum:
        values = "one of " + ", ".join(f"`{value}`" for value in column.enum)
    elif column.references:
        values = f"{'ids' if column.many else 'id'} of `{column.references}`"
    star = " *" if column.required else ""
    return f"| `{column.name}`{star} | {values} | {column.description} |"


@pytest.mark.parametrize("name", TABLES)
def test_a_table_is_documented_as_it_is_declared(name: str) -> None:
    table = TABLES[name]
    own = [
        column
        for column in table.columns
        if column.name not in ("source", "recorded_on", "revision", "reason")
        or (name, column.name) == ("sources", "source")
    ]
    keys = ", ".join(f"`{key}`" for key in table.key)
    section = "\n".join(
        [
            f"### `{name}` ({table.form})\n",
            f"{table.description}. Key: {keys}.\n",
            "| column | values | what it is |\n|---|---|---|",
            *map(line, own),
        ]
    )
    assert section in PAGE, f"docs/dataset.md should have:\n\n{section}"


def test_every_table_and_source_is_there_and_no_other() -> None:
    assert re.findall(r"^### `(\w+)`", PAGE, re.M) == [*TABLES]
    assert re.findall(r"^\| `([a-z-]+)` \| [^|]+ \|$", PAGE, re.M) == [*SOURCES]
    assert {*re.findall(r"^headway import ([a-z-]+) ", PAGE, re.M)} == {*SOURCES}
