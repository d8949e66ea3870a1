"""What a number in somebody's table means: understood, or refused with what would settle it."""

from datetime import date

import polars as pl
import pytest

from headway.errors import DataError, UsageError
from headway.sources import table
from headway.sources.table_mapping import Benchmark, TableMapping

LONG = {"model": "m", "benchmark": "b", "score": "s"}


def long(cells, *, ceiling=None, unit=None, decimal=None, **columns):
    benchmarks = (Benchmark(name="X", ceiling=ceiling, unit=unit),)
    mapping = TableMapping(columns=LONG, benchmarks=benchmarks, decimal=decimal, **columns)
    frame = pl.DataFrame({"m": [f"m{i}" for i in range(len(cells))], "b": "X", "s": cells})
    parsed = table.parse_frame(frame, "t", mapping=mapping)
    assert parsed.read == len(cells)
    return parsed


@pytest.mark.parametrize(
    ("cells", "ceiling", "unit", "expected", "refused"),
    [
        (["45.3%", "62 %"], None, None, [0.453, 0.62], 0),
        (["45.3%", "0.62"], 1, None, [0.453, 0.62], 0),
        (["45.3%", "62"], 100, None, [45.3, 62], 0),
        (["45.3%", "0.62"], None, None, [], 2),
        (["45.3%", "62"], None, None, [], 2),
        (["45.3%", "45"], 10, None, [], 2),
        (["0.453", "45.3"], 1, None, [0.453], 1),
        (["0.453", "45.3"], 100, None, [45.3], 1),
        (["0.453", "0.6"], 100, None, [], 2),
        (["0.453", "45.3"], 100, "percent", [0.453, 45.3], 0),
        (["0", "45.3"], 100, None, [0, 45.3], 0),
        (["101%", "45%"], 1, None, [0.45], 1),
        (["$1,299.50", "3"], 2000, None, [1299.5, 3], 0),
        (["€3", "3"], 2000, None, [3], 1),
    ],
)
def test_shares_and_percentages(cells, ceiling, unit, expected, refused):
    parsed = long(cells, ceiling=ceiling, unit=unit)
    assert parsed.tables["scores"]["score"].to_list() == expected
    assert len(parsed.refused) == refused
    assert all(row.line and "expected" in row.reason for row in parsed.refused)


def test_a_percentage_under_a_ceiling_of_1_says_the_way_out():
    [row] = long(["0.4", "45.3"], ceiling=1).refused
    assert "a percentage is written with a percent sign, or has the ceiling 100" in row.reason


def test_percent_signs_alone_state_the_ceiling():
    assert long(["45.3%"]).tables["benchmarks"]["ceiling"].to_list() == [1.0]
    assert long(["45.3"]).tables["benchmarks"]["ceiling"].to_list() == [None]


@pytest.mark.parametrize(
    ("decimal", "cells", "expected"),
    [
        (",", ["1.299", "1.299,50", "987,5", "12.345.678"], [1299, 1299.5, 987.5, 12345678]),
        (",", ["1.29", "987,5"], [None, 987.5]),
        (",", ["1.299", "0.98"], [None, None]),
        (".", ["1,299", "1,299.50", "987.5", "12,345,678"], [1299, 1299.5, 987.5, 12345678]),
        (".", ["1,29", "987.5"], [None, 987.5]),
        (".", ["1.299", "987,5"], [None, None]),
        (None, ["1,299", "987.5"], [None, 987.5]),
        (None, ["1,299.5", "12,345,678", "1 299", "1'299"], [1299.5, 12345678, 1299, 1299]),
        (None, ["0,453", "1.299"], [None, None]),
        (None, ["45 of 100", "1e3", "1e999", "45*", "\u22120.5"], [None, 1000, None, None, -0.5]),
    ],
)
def test_points_and_commas_are_read_in_one_way_or_not_at_all(decimal, cells, expected):
    parsed = long(cells, decimal=decimal)
    kept = dict(parsed.tables["scores"].select("model", "score").iter_rows())
    assert [kept.get(f"m{i}") for i in range(len(cells))] == expected
    assert len(parsed.refused) == expected.count(None)


@pytest.mark.parametrize(
    "word", ["", " ", "NA", "n/a", "NaN", "None", "null", "-", "\u2014", "#N/A"]
)
def test_words_for_no_value(word):
    [row] = long(["0.5", word], ceiling=1).refused
    assert "expected a number" in row.reason
    frame = pl.DataFrame({"model": ["a", "b"], "X": ["0.5", word], "Y": ["0.1", "0.2"]})
    parsed = table.parse_frame(frame, "t")
    assert parsed.tables["scores"].height == 3
    assert not parsed.refused
    assert any("1 cells of 2 benchmarks are empty" in note for note in parsed.notes)


def test_standard_errors_are_in_the_unit_of_the_score():
    frame = pl.DataFrame({"m": ["a", "b"], "b": "X", "s": ["45%", "50%"], "e": ["1.5", "2%"]})
    columns = LONG | {"stderr": "e"}
    parsed = table.parse_frame(frame, "t", mapping=TableMapping(columns=columns))
    assert parsed.tables["scores"]["stderr"].to_list() == [0.015, 0.02]
    frame = pl.DataFrame({"m": ["a"], "b": "X", "s": ["0.45"], "e": ["1.5"]})
    mapping = TableMapping(columns=columns, benchmarks=(Benchmark(name="X", ceiling=1),))
    [row] = table.parse_frame(frame, "t", mapping=mapping).refused
    assert "at most half of the ceiling" in row.reason


def test_a_wide_table_is_recognised(tmp_path):
    (tmp_path / "w.csv").write_text(
        "\ufeffModel;lab;Organization;Country;Release date;X;Y;Average;Notes\n"
        "a;A;Foo;US;2024-01-01;45.3%;12.5 %;30;n1\n"
        "b;B;Bar;China;2024-06-01;62%;-;40;\n"
        ";;;;;;;;\n\n",
        encoding="utf-8",
    )
    parsed = table.read([tmp_path / "w.csv"])
    assert parsed.tables["scores"].select("model", "benchmark", "score").rows() == [
        ("a", "X", 0.453),
        ("a", "Y", 0.125),
        ("b", "X", 0.62),
    ]
    models = parsed.tables["models"].select("model", "organisation", "country", "listed_on").rows()
    assert models == [("a", "Foo", "US", date(2024, 1, 1)), ("b", "Bar", "CN", date(2024, 6, 1))]
    assert parsed.tables["attributes"].select("model", "attribute", "value").rows() == [
        ("a", "lab", "A"),
        ("b", "lab", "B"),
        ("a", "Notes", "n1"),
    ]
    words = " ".join(parsed.notes)
    for expected in ("'X', 'Y' (2 benchmarks)", "left out: 'Average'", "1 cells of 2 benchmarks",
                     "1 rows have no cell filled"):  # fmt: skip
        assert expected in words
    assert not parsed.refused


def test_facts_come_from_columns_fixed_values_and_tables_of_models(tmp_path):
    (tmp_path / "t.csv").write_text("m,b,s,dom,top,w\na,X,5,math,10,2025-01-02\nb,X,6,,,\n")
    mapping = {
        "columns": LONG | {"domain": "dom", "ceiling": "top", "weights_on": "w"},
        "fixed": {"country": "China", "item_access": "held_out", "chance": 1, "open_weights": True},
        "models": {"b": {"country": "FR", "released_on": "2025-05-05", "team": "blue"}},
    }
    parsed = table.read([tmp_path / "t.csv"], mapping=mapping)
    [benchmark] = parsed.tables["benchmarks"].to_dicts()
    assert (benchmark["domain"], benchmark["ceiling"], benchmark["chance"]) == ("math", 10, 1)
    assert benchmark["item_access"] == "held_out"
    a, b = parsed.tables["models"].sort("model").to_dicts()
    assert (a["country"], a["weights_on"], a["open_weights"]) == ("CN", date(2025, 1, 2), True)
    assert (b["country"], b["listed_on"]) == ("FR", date(2025, 5, 5))
    assert parsed.tables["attributes"].row(0)[:3] == ("b", "team", "blue")
    with pytest.raises(UsageError, match="names no model of the table"):
        table.read([tmp_path / "t.csv"], mapping=mapping | {"models": {"zz": {"team": "x"}}})


def test_two_facts_are_none():
    frame = pl.DataFrame({"m": ["a", "a"], "b": ["X", "Y"], "s": [0.5, 0.5], "c": ["US", "CN"]})
    mapping = TableMapping(columns=LONG | {"country": "c"})
    parsed = table.parse_frame(frame, "t", mapping=mapping)
    assert parsed.tables["models"]["country"].to_list() == [None]
    assert any("country is stated in several ways" in note for note in parsed.notes)
    frame = frame.with_columns(b=pl.lit("X"), c=pl.Series([1, 100]))
    mapping = TableMapping(columns=LONG | {"ceiling": "c"})
    assert len(table.parse_frame(frame, "t", mapping=mapping).refused) == 2


def test_bounds_come_as_options(tmp_path):
    (tmp_path / "t.csv").write_text("model,benchmark,score\na,X,50\na,Y,5\n")
    parsed = table.read([tmp_path / "t.csv"], ceiling={"X": 100, "Y": 10}, chance=2)
    bounds = parsed.tables["benchmarks"].select("benchmark", "chance", "ceiling").rows()
    assert sorted(bounds) == [("X", 2, 100), ("Y", 2, 10)]
    for wrong in ({"ceiling": "much"}, {"duplicates": "first"}, {"chance": {"X": True}}):
        with pytest.raises(UsageError):
            table.read([tmp_path / "t.csv"], **wrong)


def test_two_headers_of_one_name_are_refused_in_every_format(tmp_path):
    (tmp_path / "t.csv").write_text("model,benchmark,score,score\na,X,0.5,0.6\n")
    with pytest.raises(DataError, match="twice: 'score'"):
        table.read([tmp_path / "t.csv"])
    pytest.importorskip("fastexcel")
    xlsxwriter = pytest.importorskip("xlsxwriter")
    book = xlsxwriter.Workbook(tmp_path / "t.xlsx")
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, ["model", "benchmark", "score", "score"])
    sheet.write_row(1, 0, ["a", "X", 0.5, 0.6])
    book.close()
    with pytest.raises(DataError, match="twice: 'score'"):
        table.read([tmp_path / "t.xlsx"])
