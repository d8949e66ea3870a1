import json

import pytest

from headway.dataset import TABLES
from headway.dataset.descriptor import descriptor, table_schema
from headway.dataset.schema import Column


def test_every_row_of_every_table_carries_its_record():
    for table in TABLES.values():
        assert table.names[-3:] == ("recorded_on", "revision", "reason")
        assert "source" in table.names
        assert len(set(table.names)) == len(table.names)
        assert set(table.key) <= set(table.names)


def test_references_lead_to_the_key_of_a_table():
    for table in TABLES.values():
        for column in table.columns:
            if column.references:
                assert len(TABLES[column.references].key) == 1


def test_the_descriptor_has_every_constraint(dataset):
    content = descriptor(dataset.tables)
    json.dumps(content, allow_nan=False)
    by_name = {resource["name"]: resource["schema"] for resource in content["resources"]}
    assert tuple(by_name) == dataset.names
    for name, schema in by_name.items():
        table = TABLES[name]
        assert [field["name"] for field in schema["fields"]] == list(table.names)
        assert schema["primaryKey"] == list(table.row_key)
        for field, column in zip(schema["fields"], table.columns, strict=True):
            found = field.get("constraints", {})
            assert found.get("required", False) == column.required
            assert tuple(found.get("enum", ())) == column.enum
            assert found.get("minimum") == column.minimum
            assert found.get("pattern") == column.pattern


def test_a_reference_to_a_table_that_is_not_there_is_left_out():
    assert "foreignKeys" not in table_schema(TABLES["scores"], frozenset())
    own = table_schema(TABLES["benchmarks"], frozenset({"benchmarks"}))["foreignKeys"]
    assert own == [
        {"fields": ["superseded_by"], "reference": {"resource": "", "fields": ["benchmark"]}}
    ]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ({"minimum": 0, "maximum": 1}, "a number between 0 and 1"),
        ({"maximum": 1}, "a number of 1 or less"),
        ({"references": "models", "many": True}, "ids of the table models"),
        ({"enum": ("a", "b")}, "one of a, b"),
        ({}, "a number"),
    ],
)
def test_what_is_expected_in_words(words, expected):
    assert Column(name="x", kind="number", description="", **words).expected == expected
