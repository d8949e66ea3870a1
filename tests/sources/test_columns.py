import csv
import io

import pytest
from hypothesis import example, given, strategies as st

from headway.errors import DataError
from headway.sources import columns
from headway.sources.columns import LINE, Columns, csv_frame

CELLS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=5)


@given(
    st.lists(st.lists(CELLS, min_size=1, max_size=4), max_size=6), st.sampled_from([",", "\t", ";"])
)
@example(rows=[["x", "y"], ["x", "y", "z", "v"]], delimiter=",")
def test_the_fast_and_the_careful_reader_agree(rows, delimiter):
    """The rows are those of Python's own reader, whichever way is taken."""
    lines = [delimiter.join(["a", "b", "c"])]
    lines += [
        delimiter.join(cell.replace('"', "").replace(delimiter, "") for cell in row) for row in rows
    ]
    text = "\n".join(lines).replace("\r\n", "\n").replace("\r", "\n")
    expected = []
    reader = csv.reader(io.StringIO(text, newline=""), strict=True, delimiter=delimiter)
    next(reader)
    expected = [[cell or None for cell in cells] for cells in reader if len(cells) == 3]
    frame, refused = csv_frame(text, "f.csv", delimiter=delimiter)
    assert [list(row) for row in frame.drop(LINE).rows()] == expected
    physical = text.split("\n")
    for line, *cells in frame.rows():
        assert physical[line - 1].split(delimiter) == [cell or "" for cell in cells]
    for one in refused:
        assert len(physical[one.line - 1].split(delimiter)) != 3


def test_a_file_that_is_mostly_wrong_is_refused_as_a_whole(monkeypatch):
    monkeypatch.setattr(columns, "MOST_REFUSED", 2)
    with pytest.raises(DataError, match="more than 2 rows cannot be read, first line 2: 1 cells"):
        csv_frame("a,b\n1\n2\n3\n", "f.csv")
    frame, _ = csv_frame("a,b\nx,y\nx,y\nx,y\n", "f.csv")
    numbers = Columns(frame, "f.csv")
    numbers.number("a", "a")
    with pytest.raises(DataError, match=r"f\.csv: 3 rows are refused, first line 2: column 'a' is"):
        numbers.taken()


def test_columns_without_a_name_are_numbered():
    frame, _ = csv_frame("a,,\n1,2,3\n", "f.csv")
    assert frame.columns[1:] == ["a", "column 2", "column 3"]
