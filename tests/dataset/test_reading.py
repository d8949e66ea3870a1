import codecs
import json
import os
import resource
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import polars as pl
import pytest

import headway
from headway.dataset import Dataset
from headway.errors import DataError

SCORE_HEADER = (
    "model,variant,version,benchmark,score,scale,stderr,n,reporter,reported_in,optimized,harness,"
    "evaluated_on,cost_usd,input_tokens,output_tokens,seconds,source,recorded_on,revision,reason"
)
ALPHA_MATHS = "alpha,default,,maths,0.5,raw,,,developer,,,,,1.25,,,,data-frames,2025-06-01,0,"


def error_of(path: Path) -> str:
    with pytest.raises(DataError) as caught:
        headway.load(path)
    return str(caught.value)


def test_the_folder_is_sound(folder):
    data = headway.load(folder)
    assert data.scores.height == 6
    assert data.path == folder


@pytest.mark.parametrize(
    ("file", "old", "new", "expected"),
    [
        (
            "scores.csv",
            ",0.5,raw",
            ",abc,raw",
            "scores.csv line 3, column 'score': 'abc' is not a finite number; expected a number",
        ),
        ("scores.csv", ",0.5,raw", ",NaN,raw", "'NaN' is not a finite number"),
        ("scores.csv", ",0.5,raw", ",-inf,raw", "'-inf' is not a finite number"),
        ("scores.csv", ",0.5,raw", ",1e999,raw", "'1e999' is not a finite number"),
        ("scores.csv", ",0.5,raw", ",,raw", "column 'score': the value is missing"),
        (
            "scores.csv",
            ",0.5,raw",
            ",1.01,raw",
            "raw score 1.01 is above 1.0, the ceiling of maths",
        ),
        ("scores.csv", ",0.5,raw", ",-0.1,raw", "the raw score -0.1 is below 0"),
        ("scores.csv", "-0.25,normalised", "-1.25,normalised", "-1.25 is outside -1 to 1"),
        ("scores.csv", ",0.5,raw", ",0.5,row", "'row' is not allowed; expected one of raw, norma"),
        ("scores.csv", ",0.5,raw", ",0.5,row", "(did you mean 'raw'?)"),
        ("scores.csv", "alpha,default,,m", "alpa,default,,m", "'alpa' is not in the table models"),
        ("scores.csv", "alpha,default,,m", "alpa,default,,m", "(did you mean 'alpha'?)"),
        ("scores.csv", "alpha,default,,m", "alpha ,default,,m", "(did you mean 'alpha'?)"),
        ("scores.csv", ",maths,0.5", ",math,0.5", "'math' is not in the table benchmarks"),
        ("scores.csv", "1.25", "1.2500000001", "an amount with at most 9 digits"),
        ("scores.csv", "1.25", "-1.25", "-1.250000000 is not allowed; expected an amount"),
        (
            "scores.csv",
            "raw,,,",
            "raw,,9999999999999999999999,",
            "a whole number that fits 64 bits",
        ),
        ("scores.csv", "raw,,,", "raw,,1.5,", "'1.5' is not a whole number"),
        ("scores.csv", "raw,,,", "raw,-1,,", "expected a number of 0 or more"),
        ("scores.csv", "2025-06-01", "2025-02-30", "'2025-02-30' is not a date; expected a date"),
        ("scores.csv", "2025-06-01", "1 June", "'1 June' is not a date"),
        (
            "scores.csv",
            "score,scale",
            "scroe,scale",
            "unknown column 'scroe' (did you mean 'score'",
        ),
        ("scores.csv", "score,scale", "scroe,scale", "column 'score' is missing"),
        ("scores.csv", "score,scale", "score,score", "are both called 'score'"),
        ("scores.csv", ",score,scale", ",score,", "column 6 has no name"),
        ("scores.csv", ",reason\n", ",reason,extra\n", "cells; expected 22"),
        ("scores.csv", ALPHA_MATHS, ALPHA_MATHS + ",", "scores.csv line 3: 22 cells; expected 21"),
        ("scores.csv", ALPHA_MATHS, ALPHA_MATHS[:-1], "scores.csv line 3: 20 cells; expected 21"),
        ("scores.csv", ALPHA_MATHS, '"' + ALPHA_MATHS, "scores.csv line 3: unexpected end of data"),
        ("scores.csv", "alpha,default,,m", '"al"pha,default,,m', "',' expected after '\"'"),
        ("scores.csv", "alpha,default,,m", "al\x00ha,default,,m", "is zero; this is not a text"),
        (
            "scores.csv",
            ALPHA_MATHS,
            ALPHA_MATHS + "\n" + ALPHA_MATHS,
            "scores.csv line 4: a second row for model 'alpha', variant 'default'",
        ),
        ("scores.csv", "2025-06-01,0,", "2025-06-01,0,because", "revision 0 corrects nothing"),
        ("scores.csv", "2025-06-01,0,", "2025-06-01,1,because", "no row with the revision before"),
        ("scores.csv", "2025-06-01,0,", "2025-06-01,1,", "a correction needs a reason"),
        ("models.csv", "CN", "china", "two capital letters such as CN"),
        ("models.csv", "true", "maybe", "'maybe' is not true or false"),
        ("models.csv", ",two,one,", ",two,one;tow,", "'one;tow' is not in the table organisations"),
        ("models.csv", "gamma,", ",", "models.csv line 6, column 'model': the value is missing"),
        ("benchmarks.csv", "held_out", "held out", "(did you mean 'held_out'?)"),
        (
            "prices.csv",
            "2024-02-01,",
            "2024-02-01,2024-02-01",
            "2024-02-01 is not after 2024-02-01",
        ),
        ("sources.csv", "data-frames", "other", "'data-frames' is not in the table sources"),
        ("datapackage.json", "{", "{{", "is not JSON: line 1, column 2"),
        ("datapackage.json", '"resources"', '"resource"', "has no list 'resources'"),
        ("datapackage.json", '"headway_schema": 1', '"headway_schema": 2', "this Headway reads 1"),
        ("datapackage.json", '"name": "scores"', '"name": "scored"', "unknown table 'scored' (did"),
        ("datapackage.json", '"name": "prices"', '"name": "models"', "'models' is named twice"),
        ("datapackage.json", '"scores.csv"', '"../scores.csv"', "leads out of the folder"),
        ("datapackage.json", '"scores.csv"', '"/etc/scores.csv"', "leads out of the folder"),
        ("datapackage.json", '"scores.csv"', '"https://x.org/a.csv"', "leads out of the folder"),
        ("datapackage.json", '"scores.csv"', '"scores.txt"', "neither .csv nor .parquet"),
        ("datapackage.json", '"scores.csv"', '["scores.csv"]', "expected the name of one file"),
        ("datapackage.json", '"scores.csv"', '"score.csv"', "score.csv: the file of the table"),
        (
            "datapackage.json",
            '"encoding": "utf-8"',
            '"encoding": "gbk"',
            "tables are read as utf-8",
        ),
    ],
)
def test_one_wrong_place_is_named(edit, file, old, new, expected):
    assert expected in error_of(edit(file, old, new))


def test_line_numbers_are_physical_across_quoted_line_feeds(edit):
    text = error_of(edit("models.csv", 'gamma,"Gamma, the third",two,,CN', "gamma,G,two,,C"))
    assert "models.csv line 6, column 'country'" in text


def test_all_problems_of_all_tables_come_at_once(folder, edit):
    edit("scores.csv", ",0.5,raw", ",abc,raw")
    edit("models.csv", "true", "maybe")
    edit("benchmarks.csv", "held_out", "hidden")
    text = error_of(folder)
    assert "3 problems found" in text
    assert all(name in text for name in ("scores.csv line", "models.csv line", "benchmarks.csv l"))


def test_a_table_with_many_problems_names_fifty_and_counts_the_rest(folder):
    rows = "\n".join(f"m{number},default,,maths,x,raw" + "," * 15 for number in range(200))
    (folder / "scores.csv").write_text(f"{SCORE_HEADER}\n{rows}\n", encoding="utf-8")
    with pytest.raises(DataError) as caught:
        headway.load(folder)
    assert len(caught.value.details) == 51
    assert caught.value.details[-1].startswith("scores.csv: and ")


def test_many_ragged_rows_are_counted(folder):
    (folder / "scores.csv").write_text(SCORE_HEADER + "\n" + "a,b\n" * 200, encoding="utf-8")
    text = error_of(folder)
    assert "200 problems found" in text
    assert "and 150 more" in text


def test_byte_order_mark_carriage_returns_and_blank_lines_are_accepted(folder):
    for name in ("scores.csv", "models.csv"):
        path = folder / name
        content = path.read_bytes().replace(b"\n", b"\r\n")
        path.write_bytes(codecs.BOM_UTF8 + content + b"\r\n\r\n")
    data = headway.load(folder)
    assert data.scores.height == 6
    assert data.models.filter(pl.col("model") == "delta")["name"].item() == "Delta\r\nof two lines"


def test_the_order_of_columns_and_rows_does_not_matter(folder):
    expected = headway.load(folder)
    frame = pl.read_csv(folder / "scores.csv", infer_schema=False)
    frame.select(reversed(frame.columns)).reverse().write_csv(folder / "scores.csv")
    found = headway.load(folder)
    assert found.scores.equals(expected.scores)
    assert found.digest == expected.digest


def test_optional_columns_may_be_missing(folder):
    frame = pl.read_csv(folder / "scores.csv", infer_schema=False)
    frame.drop("harness", "revision", "variant").write_csv(folder / "scores.csv")
    data = headway.load(folder)
    assert data.scores["variant"].unique().to_list() == ["default"]
    assert data.scores["harness"].null_count() == 6


@pytest.mark.parametrize(
    ("encoding", "expected"),
    [
        ("utf-16", "the file is in UTF-16"),
        ("utf-32", "the file is in UTF-32"),
        ("gbk", "is not UTF-8"),
    ],
)
def test_other_encodings_are_named(folder, encoding, expected):
    path = folder / "organisations.csv"
    path.write_bytes(path.read_text(encoding="utf-8").encode(encoding))
    assert expected in error_of(folder)


def test_the_first_byte_that_is_not_utf8_is_named(folder):
    path = folder / "models.csv"
    content = path.read_bytes()
    place = content.index(b"Alpha")
    path.write_bytes(content[:place] + b"\xe9" + content[place + 1 :])
    assert f"byte {place} (0xe9) is not UTF-8" in error_of(folder)


def test_a_character_cut_at_the_end_is_named(folder):
    path = folder / "models.csv"
    size = path.stat().st_size
    with path.open("ab") as file:
        file.write("é".encode()[:1])
    assert f"at byte {size}" in error_of(folder)


def test_a_character_across_a_chunk_boundary_is_read(folder):
    path = folder / "sources.csv"
    text = path.read_text(encoding="utf-8")
    filler = "x" * ((1 << 19) - 10)
    header = text.split("\n")[0].split(",")
    left = "," * (header.index("recorded_on") - header.index("title"))
    row = f'w{{}},"{filler}é"{left}2025-06-01,0,\n'
    path.write_text(text + "".join(row.format(number) for number in range(5)), encoding="utf-8")
    assert headway.load(folder).sources.height == 6


@pytest.mark.parametrize("name", ["scores.csv", "models.csv", "benchmarks.csv", "sources.csv"])
def test_an_empty_file_and_a_header_without_rows(folder, name):
    path = folder / name
    header = path.read_text(encoding="utf-8").split("\n")[0]
    path.write_text(header + "\n", encoding="utf-8")
    assert f"{name}: the table has a header and no rows" in error_of(folder)
    path.write_bytes(b"")
    assert f"{name}: the file is empty" in error_of(folder)


def test_prices_and_availability_may_be_empty(folder):
    for name in ("prices.csv", "availability.csv"):
        path = folder / name
        path.write_text(path.read_text(encoding="utf-8").split("\n")[0], encoding="utf-8")
    assert headway.load(folder).prices.height == 0


def test_optional_tables_may_be_missing_and_needed_ones_may_not(folder):
    path = folder / "datapackage.json"
    content = json.loads(path.read_text(encoding="utf-8"))
    kept = [table for table in content["resources"] if table["name"] not in ("prices", "ratings")]
    path.write_text(json.dumps(content | {"resources": kept}), encoding="utf-8")
    assert headway.load(folder).prices.is_empty()
    kept = [table for table in kept if table["name"] != "scores"]
    path.write_text(json.dumps(content | {"resources": kept}), encoding="utf-8")
    assert "the table 'scores' is missing" in error_of(folder)


@pytest.mark.parametrize("content", ["[]", "1", '{"resources": {}}', '{"resources": [1, {}]}'])
def test_descriptors_of_another_shape(folder, content):
    (folder / "datapackage.json").write_text(content, encoding="utf-8")
    assert "datapackage.json" in error_of(folder)


def test_a_deeply_nested_descriptor(folder):
    (folder / "datapackage.json").write_text("[" * 200_000, encoding="utf-8")
    assert "datapackage.json" in error_of(folder)


def test_a_huge_descriptor_is_not_parsed(folder):
    with (folder / "datapackage.json").open("r+b") as file:
        file.truncate(1 << 30)
    assert "is larger than" in error_of(folder)


def test_missing_things(folder, tmp_path):
    assert "there is no dataset at" in error_of(tmp_path / "nowhere")
    assert "is a file; expected a folder" in error_of(folder / "datapackage.json")
    assert "there is no dataset at" in error_of(tmp_path / "a\0b")
    assert "there is no dataset at" in error_of(tmp_path / ("n" * 5000))
    (folder / "models.csv").unlink()
    assert "models.csv: the file of the table 'models' does not exist" in error_of(folder)
    (folder / "models.csv").mkdir()
    assert "models.csv: the file of the table 'models' is not a file" in error_of(folder)
    (folder / "datapackage.json").unlink()
    assert "holds no file datapackage.json" in error_of(folder)


def test_a_link_out_of_the_folder_is_not_followed(folder, tmp_path):
    elsewhere = tmp_path / "elsewhere.csv"
    (folder / "scores.csv").rename(elsewhere)
    (folder / "scores.csv").symlink_to(elsewhere)
    assert "leads out of the folder" in error_of(folder)


def test_a_link_in_a_circle(folder):
    (folder / "scores.csv").unlink()
    (folder / "scores.csv").symlink_to("scores.csv")
    assert "scores.csv" in error_of(folder)


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_a_file_that_may_not_be_read(folder):
    (folder / "scores.csv").chmod(0)
    assert "scores.csv cannot be read: permission denied" in error_of(folder)


def test_a_file_that_the_system_refuses(folder, monkeypatch):
    really = Path.open

    def refuse(path: Path, *args: str, **words: str) -> object:
        if path.name == "scores.csv":
            raise PermissionError(13, "Permission denied", str(path))
        return really(path, *args, **words)

    monkeypatch.setattr(Path, "open", refuse)
    assert "scores.csv cannot be read: permission denied" in error_of(folder)


def test_parquet_is_read_with_the_same_checks(folder):
    frame = headway.load(folder).scores
    (folder / "scores.csv").unlink()
    path = folder / "datapackage.json"
    path.write_text(
        path.read_text(encoding="utf-8").replace('"scores.csv"', '"scores.parquet"'),
        encoding="utf-8",
    )
    frame.write_parquet(folder / "scores.parquet")
    assert headway.load(folder).scores.equals(frame)
    frame.with_columns(score=pl.lit(9.0)).write_parquet(folder / "scores.parquet")
    row = frame["model"].to_list().index("gamma") + 1
    assert f"scores.parquet row {row}, column 'score': 9.0 is outside" in error_of(folder)
    (folder / "scores.parquet").write_bytes(b"PAR1 this is not parquet PAR1")
    assert "scores.parquet: it is not a sound Parquet file" in error_of(folder)


def test_corrections_must_not_be_older_than_what_they_correct(folder):
    path = folder / "models.csv"
    text = path.read_text(encoding="utf-8")
    row = next(line for line in text.split("\n") if line.startswith("alpha,"))
    later = row.replace("2025-06-01,0,", "2025-05-01,1,moved")
    path.write_text(text + later + "\n", encoding="utf-8")
    assert "a correction cannot be older than what it corrects" in error_of(folder)


MEMORY = """
    import resource, sys
    import headway
    from headway.errors import DataError
    headway.load()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    try:
        headway.load(sys.argv[1])
    except DataError as error:
        print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
        print(error)
"""


@pytest.mark.parametrize("kind", ["written", "sparse"])
def test_an_endless_line_is_refused_in_bounded_memory(folder, kind):
    with (folder / "scores.csv").open("r+b") as file:
        if kind == "sparse":
            file.truncate(2 << 30)
        else:
            file.seek(0, os.SEEK_END)
            for _ in range(150):
                file.write(b"a" * (1 << 20))
    command = [sys.executable, "-c", textwrap.dedent(MEMORY), str(folder)]
    shown = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    grown, message = shown.split("\n", 1)
    assert int(grown) < 60
    assert "the line is longer than" in message or "is zero; this is not a text file" in message


@pytest.mark.thorough
def test_a_million_scores_are_checked_in_seconds(tmp_path):
    size = 1_000_000
    numbers = pl.int_range(size, eager=True)
    scores = pl.DataFrame(
        {
            "model": "m" + (numbers % 1000).cast(pl.String),
            "benchmark": "b" + (numbers // 1000).cast(pl.String),
            "score": (numbers % 997) / 997,
        }
    )
    folder = Dataset.from_frames(scores=scores).write(tmp_path / "large")
    start = time.perf_counter()
    assert headway.load(folder).scores.height == size
    assert time.perf_counter() - start < 20
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss < 8 << 20
