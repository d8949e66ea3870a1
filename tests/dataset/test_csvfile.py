import csv
import io
import random

import polars as pl
import pytest

from headway.dataset.csvfile import Malformed, read_csv


def read(tmp_path, content):
    path = tmp_path / "t.csv"
    path.write_bytes(content)
    return read_csv(path, "t.csv")


@pytest.mark.parametrize(
    ("content", "rows", "lines"),
    [
        (b"a,b\n1,2\n3,4\n", [("1", "2"), ("3", "4")], [2, 3]),
        (b"a,b\n1,2\n3,4", [("1", "2"), ("3", "4")], [2, 3]),
        (b"a,b\r\n1,2\r\n", [("1", "2")], [2]),
        (b'a,b\n1,"x\ny"\n3,4\n', [("1", "x\ny"), ("3", "4")], [2, 4]),
        (b'a,b\n1,"x,""y"""\n', [("1", 'x,"y"')], [2]),
        (b'a,b\n"",\n', [(None, None)], [2]),
        (b"a,b\n\n1,2\n\n\n3,4\n\n", [("1", "2"), ("3", "4")], [3, 6]),
        (b'"a","b"\n1,2\n', [("1", "2")], [2]),
        (b'"a\nx",b\n1,2\n', [("1", "2")], [3]),
        (b"a,b\r1,2\r3,4\r", [("1", "2"), ("3", "4")], [2, 3]),
        (b"a\n1\n2\n", [("1",), ("2",)], [2, 3]),
        (b"a\n1\n\n2\n", [("1",), ("2",)], [2, 4]),
        (b"a,b\n", [], []),
        (b"a,b", [], []),
        (b"\xef\xbb\xbfa,b\n1,2\n", [("1", "2")], [2]),
        (b"#a,b\n#1,2\n", [("#1", "2")], [2]),
    ],
)
def test_rows_and_their_lines(tmp_path, content, rows, lines):
    found = read(tmp_path, content)
    assert found.frame.rows() == rows
    assert list(found.lines) == lines


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", "the file is empty"),
        (b"\n \n", "the file is empty"),
        (b"a,b\n1\n", "line 2: 1 cells; expected 2"),
        (b"a,b\n1,2,\n", "line 2: 3 cells; expected 2"),
        (b"a,b,c\n1\n1,2,3,\n1,2,3\n", "line 2: 1 cells"),
        (b'a,b\n1,"2\n', "line 2: unexpected end of data"),
        (b'a,b\n1,2\n3,"4"x\n', "line 3: ',' expected after '\"'"),
        (b"a,,b\n1,2,3\n", "column 2 has no name"),
        (b"a,a\n1,2\n", "columns 1 and 2 are both called 'a'"),
        (b"a,b\n1,\x002\n", "byte 6 is zero"),
        (b'"a",b\n1,"' + b"x\n" * 600_000 + b'"\n', "field larger than field limit"),
    ],
)
def test_malformed_files_are_named_with_their_line(tmp_path, content, expected):
    with pytest.raises(Malformed) as caught:
        read(tmp_path, content)
    assert expected in " ".join(caught.value.reasons)


def test_the_fast_path_and_the_csv_module_agree(tmp_path):
    chance = random.Random(7)
    cells = ["", "a", "b,c", 'd"e', "f\ng", "h\r\ni", " j ", "é", "1.5", '""', "'", "\\", "#"]
    for _ in range(200):
        width = chance.randint(2, 4)
        rows = [[chance.choice(cells) for _ in range(width)] for _ in range(chance.randint(0, 6))]
        rows = [row for row in rows if any(row)]
        buffer = io.StringIO(newline="")
        writer = csv.writer(
            buffer,
            lineterminator=chance.choice(["\n", "\r\n"]),
            quoting=chance.choice([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
        )
        writer.writerow([f"c{number}" for number in range(width)])
        writer.writerows(rows)
        found = read(tmp_path, buffer.getvalue().encode())
        assert found.frame.fill_null("").rows() == [tuple(row) for row in rows]


def test_cells_are_text(tmp_path):
    assert read(tmp_path, b"a,b\n1,true\n").frame.schema == {"a": pl.String, "b": pl.String}
