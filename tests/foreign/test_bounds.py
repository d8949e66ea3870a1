"""What comes from outside is bounded: at the bound it is taken, past it refused with a sentence."""

import gzip
import io
import os
import socket
import time
import zipfile
from pathlib import Path

import polars as pl
import pytest
import xlsxwriter

import headway
from headway import bounds
from headway.dataset.matching import Known
from headway.errors import DataError, HeadwayError, UsageError, did_you_mean
from headway.foreign import apart
from headway.foreign.jsontext import json_value
from headway.foreign.plainfile import read_bytes
from headway.foreign.tomltext import toml_value
from headway.foreign.yamltext import yaml_value
from headway.rulers.files.reading import parse as parse_ruler
from headway.sources import arena, cells, columns, metr
from headway.sources.files import open_tree
from headway.sources.names import split_variant
from headway.sources.records import moment, named
from headway.sources.table_mapping import parse_mapping

DAYS = pl.Series([bounds.FIRST_DAY, bounds.LAST_DAY])


def refused(call, *words: str) -> str:
    began = time.perf_counter()
    with pytest.raises(HeadwayError) as caught:
        call()
    assert time.perf_counter() - began < 20
    text = str(caught.value)
    for word in words:
        assert word in text
    return text


@pytest.mark.parametrize(
    ("read", "at", "past", "words"),
    [
        (json_value, "[" * 200 + "]" * 200, "[" * 201 + "]" * 201, "nested too deeply"),
        (json_value, '["' + "[" * 300 + '"]', "[" * 90_000, "nested too deeply"),
        (toml_value, "x = " + "[" * 16 + "]" * 16, "x = " + "[" * 17 + "]" * 17, "too deeply"),
        (toml_value, ".".join("a" * 15) + " = 1", ".".join("a" * 17) + " = 1", "too deeply"),
        (
            toml_value,
            "".join(f"k{k} = 1\n" for k in range(bounds.TOML_KEYS)),
            "".join(f"[k{k}]\n" for k in range(bounds.TOML_KEYS + 1)),
            "at most 10,000",
        ),
        (toml_value, "#" * bounds.TOML_BYTES, "#" * (bounds.TOML_BYTES + 1), "1,000,000"),
        (toml_value, f"x = {2**63 - 1}", f"x = {2**63}", "beyond 64 bits"),
        (toml_value, "x = 0xff", "x = 0x" + "f" * 6000, "beyond 64 bits"),
        (yaml_value, "[" * 64 + "]" * 64, "[" * 65 + "]" * 65, "nested too deeply"),
        (yaml_value, "- 1\n" * 99, "- 1\n" * bounds.YAML_NODES, "more than 200,000 values"),
        (yaml_value, "a: " + "9" * 4000, "a: " + "9" * 4001, "4,000 characters"),
        (yaml_value, "0x" + "f" * 900 + ": 1", "? 0x" + "f" * 6000 + "\n: 1", "1,000 characters"),
        (yaml_value, "a: 190:20:30", "a: " + ":".join(["59"] * 5000), "1,000 characters"),
    ],
)
def test_texts_at_the_bound_and_past_it(read, at, past, words):
    read(at, "one.file")
    refused(lambda: read(past, "one.file"), "one.file", words)


@pytest.mark.parametrize(
    "text",
    [
        "'\n" * 200_000,
        '"' + '\\"' * 200_000,
        '"""a' * 100_000,
        "a-" * 200_000,
        "a." * 200_000,
        "x = '''" + "'" * 400_000,
        " " * 500_000 + "x",
        "[" * 500_000,
    ],
)
def test_broken_toml_takes_no_longer_than_its_length_asks(text):
    refused(lambda: toml_value(text, "broken.toml"), "broken.toml")


def test_a_json_text_is_bounded_by_what_it_becomes():
    refused(
        lambda: json_value("[" + "{}," * bounds.JSON_VALUES + "1]", "many.json"),
        "more than the 4,000,000",
    )
    assert len(json_value('["' + "," * (bounds.JSON_VALUES + 5) + '"]', "text.json")) == 1


def merged(levels: int) -> str:
    lines = ["a0: &a0 {x: 1}"]
    lines += [f"a{k}: &a{k} {{<<: [{', '.join([f'*a{k - 1}'] * 9)}]}}" for k in range(1, levels)]
    return "\n".join([*lines, "results: {}"])


def test_anchors_and_merges_are_not_followed():
    refused(lambda: metr.parse(merged(9)), "refers to another part of itself")
    refused(lambda: yaml_value("a: 1\n<<: {b: 2}", "x.yaml"), "merge")


@pytest.mark.parametrize(
    ("read", "text"),
    [
        (json_value, '{"a": {"b": 1, "b": 2}}'),
        (yaml_value, "a:\n  b: 1\n  b: 2\n"),
        (yaml_value, "1: x\n0x1: y\n"),
        (toml_value, "[a]\nb = 1\nb = 2\n"),
        (toml_value, "[a]\nb = 1\n[a]\nc = 1\n"),
        (toml_value, "a = {b = 1, b = 2}"),
        (lambda text, _: parse_ruler(text), 'name = "x"\nkind = "published"\nname = "y"\n'),
        (lambda text, _: parse_mapping(text), '[columns]\nmodel = "m"\nmodel = "n"\n'),
    ],
)
def test_a_key_that_is_there_twice_is_found_by_every_reader(read, text):
    refused(lambda: read(text, "twice"))


def test_a_horizon_that_is_there_twice_is_not_overwritten():
    result = (
        "results:\n  m_1:\n    release_date: 2025-08-07\n    metrics:\n"
        "      average_score: {estimate: 0.7}\n"
        "      p50_horizon_length: {estimate: 137}\n      p50_horizon_length: {estimate: 5}\n"
        "      p80_horizon_length: {estimate: 25}\n"
    )
    refused(lambda: metr.parse(result), "p50_horizon_length", "twice")


def test_packed_files_are_bounded_by_what_they_unpack_to(tmp_path, monkeypatch):
    path = tmp_path / "bomb.csv.gz"
    path.write_bytes(gzip.compress(b"1," * 2**20))
    assert len(read_bytes(path)) == 2**21
    monkeypatch.setattr("headway.foreign.plainfile.UNPACKED_SMALL", 2**20)
    refused(lambda: read_bytes(path), "unpack to more")


def test_a_table_is_bounded_by_its_cells(tmp_path):
    path = tmp_path / "cells.csv.gz"
    path.write_bytes(gzip.compress(b"a,b\n" + b"1,2\n" * 2_600_000))
    refused(lambda: columns.read_frame(path), "at most 5,000,000")
    small = tmp_path / "small.csv.gz"
    small.write_bytes(gzip.compress(b"a,b\n" + b"1,2\n" * 1000))
    assert columns.read_frame(small)[0].height == 1000


@pytest.mark.parametrize("quote", ["", '"'])
def test_headers_are_bounded(quote):
    def header(count: int) -> str:
        names = ",".join(f"{quote}c{k}{quote}" for k in range(count))
        return f"{names}\n{','.join('1' * count)}\n"

    frame, _ = columns.csv_frame(header(bounds.COLUMNS), "wide.csv")
    assert frame.width == bounds.COLUMNS + 1
    refused(lambda: columns.csv_frame(header(bounds.COLUMNS + 1), "wide.csv"), "at most 4,096")
    refused(lambda: columns.csv_frame(header(140_000), "wide.csv"), "wide.csv")
    refused(lambda: list(cells.csv_rows(header(140_000))), "at most 4,096")
    long = '"' + '""' * 60_000 + '",b\n1,2\n'
    refused(lambda: columns.csv_frame(long, "quotes.csv"), "at most 1,000")
    refused(lambda: columns.csv_frame('"' * 150_000 + "\n1\n", "quotes.csv"))


LONG = [
    "1-" * 60_000 + "x",
    "a" * 120_000,
    "x" + " " * 60_000 + "x",
    "20250101-" * 14_000,
    "(" * 99_999,
]


@pytest.mark.parametrize("name", LONG)
def test_long_names_take_no_time(name):
    began = time.perf_counter()
    assert split_variant(name, dashes=True)[0] == name
    assert did_you_mean(name, ["x", name[:-1]]) == ""
    Known({}).match("model", name)
    text = (
        "snapshot_date,subset,publish_date,category,model_name,license,rating,rating_lower,"
        "rating_upper,vote_count\n"
        f"2026-06-30,text,2026-06-25,overall,{name},open,1400,1390,1410,5000\n"
    )
    parsed = arena.parse_ratings(text)
    assert parsed.tables["ratings"].is_empty()
    assert len(parsed.refused) == 1
    assert time.perf_counter() - began < 10


def frames(**changes):
    scores = {"model": ["m", "n"], "benchmark": ["b", "b"], "score": [0.5, 0.25]}
    return {"scores": pl.DataFrame(scores | changes), "recorded_on": "2026-01-02"}


@pytest.mark.parametrize("length", [bounds.NAME_LENGTH, bounds.NAME_LENGTH + 1])
def test_names_of_datasets_have_one_bound(tmp_path, length):
    name = "x" * length
    if length > bounds.NAME_LENGTH:
        refused(lambda: headway.Dataset.from_frames(**frames(model=[name, "n"])), "at most 300")
        with pytest.raises(ValueError, match="at most 300"):
            named({"a": name}, "a")
        return
    assert named({"a": name}, "a") == name
    data = headway.Dataset.from_frames(**frames(model=[name, "n"]))
    assert headway.load(data.write(tmp_path / "d")).digest == data.digest


@pytest.mark.parametrize(
    ("day", "taken"),
    [
        ("0001-01-02", False),
        ("1015-03-04", False),
        ("1949-12-31", False),
        (bounds.FIRST_DAY.isoformat(), True),
        (bounds.LAST_DAY.isoformat(), True),
        ("2101-01-01", False),
        ("9999-12-31", False),
    ],
)
def test_days_obey_one_rule_for_readers_and_writers(tmp_path, day, taken):
    value = pl.Series([day, "2026-01-01"]).str.to_date()
    text = f"day\n{day}\n"
    rows = dict(cells.csv_rows(text))
    assert (moment(day)[1] is not None) == taken
    frame, _ = columns.csv_frame(f"day,x\n{day},1\n", "days.csv")
    table = columns.Columns(frame, "days.csv")
    table.day("day", "day")
    assert table.taken()[0].height == int(taken)
    if not taken:
        refused(lambda: headway.Dataset.from_frames(**frames(evaluated_on=value)), "1950-01-01")
        with pytest.raises(ValueError, match="between 1950-01-01 and 2100-12-31"):
            cells.day(rows[2], "day")
        return
    assert cells.day(rows[2], "day").isoformat() == day
    data = headway.Dataset.from_frames(**frames(evaluated_on=value))
    assert headway.load(data.write(tmp_path / "d")).digest == data.digest


@pytest.fixture
def odd(tmp_path: Path) -> dict[str, Path]:
    """What is no file, by name."""
    made = {"folder": tmp_path / "folder", "pipe": tmp_path / "pipe", "loop": tmp_path / "loop"}
    made["folder"].mkdir()
    os.mkfifo(made["pipe"])
    made["loop"].symlink_to("loop")
    made["device"] = Path("/dev/zero")
    made["socket"] = tmp_path / "socket"
    with socket.socket(socket.AF_UNIX) as one:
        one.bind(str(made["socket"]))
    return made


@pytest.mark.parametrize("name", ["folder", "pipe", "loop", "device", "socket"])
def test_what_is_no_file_is_refused_at_once(odd, name):
    began = time.perf_counter()
    path = odd[name]
    with pytest.raises(DataError):
        read_bytes(path)
    with pytest.raises(DataError):
        apart.check_parquet(path)
    with pytest.raises(UsageError):
        headway.rulers.load(path)
    with pytest.raises(HeadwayError):
        headway.load(path)
    if name != "folder":
        with pytest.raises(DataError):
            open_tree(path)
    assert time.perf_counter() - began < 5


@pytest.mark.parametrize("method", [zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_broken_members_of_every_compression_are_sentences(tmp_path, method):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        archive.writestr("a.csv", "Model,score\n" * 500)
    sound = buffer.getvalue()
    failed = 0
    for place in range(35, 35 + 60):
        broken = bytearray(sound)
        broken[place] ^= 255
        path = tmp_path / "broken.zip"
        path.write_bytes(broken)
        try:
            with open_tree(path) as tree:
                tree.read_bytes("a.csv")
        except DataError:
            failed += 1
    assert failed > 40


def test_a_sheet_that_says_it_is_huge_ends_only_its_reader(tmp_path):
    path = tmp_path / "sparse.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        sheet.write(0, 0, "model")
        sheet.write(1048575, 16383, 1)
    assert path.stat().st_size < 10_000
    refused(lambda: columns.read_frame(path), "sparse.xlsx")
    good = tmp_path / "good.xlsx"
    pl.DataFrame({"model": ["m"], "score": [1]}).write_excel(good)
    assert columns.read_frame(good)[0]["model"].to_list() == ["m"]


def test_parquet_is_bounded_by_what_it_becomes(tmp_path):
    path = tmp_path / "few-bytes.parquet"
    pl.DataFrame({"a": pl.repeat(1, 6_000_000, dtype=pl.Int8, eager=True)}).write_parquet(path)
    assert path.stat().st_size < 300_000
    refused(lambda: columns.read_frame(path), "would become 6,000,000 cells")


def test_damaged_parquet_is_a_sentence_and_the_next_file_is_read(tmp_path):
    sound = tmp_path / "sound.parquet"
    pl.DataFrame({"a": ["x", "y"] * 50, "b": range(100)}).write_parquet(sound)
    content = sound.read_bytes()
    path = tmp_path / "damaged.parquet"
    said = []
    for place in range(0, len(content), 31):
        damaged = bytearray(content)
        damaged[place] ^= 0x55
        path.write_bytes(damaged)
        try:
            columns.read_frame(path)
        except DataError as error:
            said.append(error.message)
    assert len(said) > 10
    assert all("damaged.parquet" in one for one in said)
    assert columns.read_frame(sound)[0].height == 100
