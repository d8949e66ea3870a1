import json
import math

import pytest
from hypothesis import given, strategies as st

from headway.errors import DataError
from headway.sources import json_stream

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**60), 2**60)
    | st.floats(allow_nan=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


def read(path, content, lists=("rows",)):
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return list(json_stream.members(path, lists))


@given(record=st.dictionaries(st.text(), VALUES, max_size=5), rows=st.lists(VALUES, max_size=5))
def test_it_reads_what_json_writes(tmp_path_factory, record, rows):
    def finite(value):
        if isinstance(value, dict):
            return {key: finite(one) for key, one in value.items()}
        if isinstance(value, list):
            return [finite(one) for one in value]
        return None if isinstance(value, float) and not math.isfinite(value) else value

    record.pop("rows", None)
    path = tmp_path_factory.mktemp("json") / "one.json"
    whole = {**record, "rows": rows}
    found = read(path, json.dumps(whole, ensure_ascii=True))
    assert found[len(record) :] == [("rows", finite(row)) for row in rows]
    assert dict(found[: len(record)]) == finite(record)


def test_values_longer_than_a_chunk_and_numbers_at_its_end(tmp_path, monkeypatch):
    monkeypatch.setattr(json_stream, "_CHUNK", 3)
    text = '{"a": 123456789, "rows": [1234567, "x\\ny", {"b": [1.5e3]}, true], "c": NaN}'
    assert read(tmp_path / "one.json", text) == [
        ("a", 123456789),
        ("rows", 1234567),
        ("rows", "x\ny"),
        ("rows", {"b": [1500.0]}),
        ("rows", True),
        ("c", None),
    ]


@pytest.mark.parametrize("text", ["{}", " { } ", '\ufeff{"rows": []}', '{"rows": 7}'])
def test_small_objects(tmp_path, text):
    assert read(tmp_path / "one.json", text) in ([], [("rows", 7)])


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("", "the end where '{' was expected"),
        ("[]", "'\\[' where '{' was expected"),
        ("{1: 2}", "'1'|a name in quotes"),
        ('{"a" 1}', "'1' where ':' was expected"),
        ('{"a": 1', "the end where ',' was expected"),
        ('{"a": 1} x', "'x' where the end of the file was expected"),
        ('{"a": }', "where a value was expected"),
        ('{"a": tru', "where a value was expected"),
        ('{"rows": [1 2]}', "'2' where ',' was expected"),
        ('{"rows": [1,', "the end where a value was expected"),
        ('{"a": 1e999}', "out of range"),
        ('{"a": 99999999999999999999}', "out of range"),
        ('{"a": ' + "9" * 5000 + "}", "out of range"),
        ('{"a": ' + "[" * 100_000, "nested too deeply"),
        ('{"rows": [' + '{"a":' * 100_000, "nested too deeply"),
        (b'{"a": "\xff"}', "is not UTF-8"),
    ],
)
def test_what_is_refused(tmp_path, content, reason):
    with pytest.raises(DataError, match=reason):
        read(tmp_path / "one.json", content)


def test_a_value_that_is_too_large(tmp_path, monkeypatch):
    monkeypatch.setattr(json_stream, "_CHUNK", 10)
    monkeypatch.setattr(json_stream, "_LARGEST_VALUE", 100)
    with pytest.raises(DataError, match="a value is larger than 100 characters"):
        read(tmp_path / "one.json", '{"a": "' + "x" * 1000 + '"}')


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(DataError, match="cannot be read"):
        list(json_stream.members(tmp_path / "none.json", ()))
