import dataclasses
import tomllib
from datetime import date
from decimal import Decimal

import polars as pl
import pytest
from hypothesis import given, strategies as st

from headway.errors import DataError, UsageError
from headway.sources import table
from headway.sources.table_mapping import (
    FACTS,
    FIELDS,
    FIXED,
    Benchmark,
    TableMapping,
    as_toml,
    guess_mapping,
    parse_mapping,
)

FULL = """
[columns]
model = "System"
variant = "Effort"
benchmark = "Test"
score = "Result"
stderr = "SE"
n = "N"
cost_usd = "USD"
evaluated_on = "Day"
reporter = "By"
organisation = "Maker"
released_on = "Out"

[source]
id = "our-tests"
title = "Our tests"
licence = "CC0"

[benchmarks."Riddles"]
unit = "percent"
ceiling = 100
chance = 25
"""
HEADER = "System,Effort,Test,Result,SE,N,USD,Day,By,Maker,Out,Notes\n"
ROW = "GPT-5,high,Riddles,81.5,1.5,200,3.25,2026-01-02,independent,OpenAI,2025-08-07,fine\n"


def test_a_long_table():
    parsed = table.parse(HEADER + ROW, parse_mapping(FULL))
    [score] = parsed.tables["scores"].to_dicts()
    assert {name: value for name, value in score.items() if value is not None} == {
        "model": "GPT-5",
        "variant": "high",
        "benchmark": "Riddles",
        "score": 81.5,
        "scale": "raw",
        "stderr": 1.5,
        "n": 200,
        "reporter": "independent",
        "evaluated_on": date(2026, 1, 2),
        "cost_usd": Decimal("3.25"),
        "organisation": "OpenAI",
        "released_on": date(2025, 8, 7),
        "source": "our-tests",
    }
    assert parsed.tables["sources"].row(0)[:2] == ("our-tests", "Our tests")
    [benchmark] = parsed.tables["benchmarks"].to_dicts()
    assert (benchmark["chance"], benchmark["ceiling"], benchmark["unit"]) == (25, 100, "percent")
    [model] = parsed.tables["models"].to_dicts()
    assert (model["organisation"], model["listed_on"]) == ("OpenAI", date(2025, 8, 7))


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("81.5", "", "column 'Result' is ''; expected a number"),
        ("81.5", "=SUM(A1)", "column 'Result' is '=SUM(A1)'; expected a number"),
        ("81.5", "-Infinity", "column 'Result' is '-Infinity'; expected a number"),
        ("81.5", "9" * 400, "expected a number"),
        ("81.5", "101", "expected a score of at most the ceiling"),
        (",1.5,", ",-1,", "column 'SE' is '-1'; expected a number of 0 or more"),
        (",200,", ",2.5,", "column 'N' is '2.5'; expected a whole number"),
        (",200,", ",99999999999999999999,", "expected a whole number"),
        ("3.25", "1e10", "column 'USD' is '1e10'; expected an amount"),
        ("2026-01-02", "02.01.2026", "column 'Day' is '02.01.2026'; expected a date"),
        ("2026-01-02", "2026-02-30", "column 'Day' is '2026-02-30'; expected a date"),
        ("independent", "me", "column 'By' is 'me'; expected one of independent"),
        ("GPT-5", "", "column 'System' is ''; expected a name"),
        (",fine", "", "11 cells; expected 12"),
    ],
)
def test_rows_that_are_refused(old, new, expected):
    parsed = table.parse(HEADER + ROW + ROW.replace(old, new, 1), parse_mapping(FULL))
    assert (parsed.read, parsed.tables["scores"].height) == (2, 1)
    assert [(row.line, expected in row.reason) for row in parsed.refused] == [(3, True)]


def test_formulas_and_markup_in_names_stay_text():
    names = ["=cmd|'/c calc'!A1", "<script>alert(1)</script>", "@SUM(1)", "模型 一号"]
    rows = "".join(ROW.replace("GPT-5", name) for name in names)
    parsed = table.parse(HEADER + rows, parse_mapping(FULL))
    assert parsed.tables["scores"]["model"].to_list() == names


def test_lines_are_physical_behind_quoted_breaks_and_blank_lines():
    text = HEADER + '"GPT\n5"' + ROW[5:] + "\n" + ROW.replace("81.5", "x")
    parsed = table.parse(text, parse_mapping(FULL))
    assert parsed.tables["scores"]["model"].to_list() == ["GPT\n5"]
    assert [row.line for row in parsed.refused] == [5]


def test_a_wide_table_counts_its_empty_cells():
    mapping = parse_mapping(
        '[columns]\nmodel = "M"\n[benchmarks.A]\ncolumn = "A %"\nceiling = 100\n'
        '[benchmarks.B]\ncolumn = "B"\nceiling = 1\n'
    )
    parsed = table.parse("M,A %,B,C\nx,50,0.2,\ny,,2,\nz,,,\n", mapping)
    assert parsed.tables["scores"].select("model", "benchmark", "score").rows() == [
        ("x", "A", 50.0),
        ("x", "B", 0.2),
    ]
    assert "column 'score' is '2'; expected a score of at most" in parsed.refused[0].reason
    assert parsed.refused[0].line == 3
    assert "3 cells of 2 benchmarks are empty" in parsed.notes[0]
    assert parsed.read == 6


def test_a_wide_table_of_numbers(tmp_path):
    frame = pl.DataFrame({"M": ["x", "y"], "A": [1, None], "B": [0.5, float("nan")]})
    frame.write_parquet(tmp_path / "t.parquet")
    mapping = {
        "columns": {"model": "M", "n": "A"},
        "benchmarks": {"a": {"column": "A"}, "b": {"column": "B", "ceiling": 1}},
    }
    parsed = table.read([tmp_path / "t.parquet"], mapping=mapping)
    assert parsed.tables["scores"].select("benchmark", "score", "n").rows() == [
        ("a", 1.0, 1),
        ("b", 0.5, 1),
    ]
    assert not parsed.refused
    assert "2 cells of 2 benchmarks are empty" in parsed.notes[0]


def test_a_mapping_comes_as_a_file_its_path_or_its_content(tmp_path):
    (tmp_path / "t.csv").write_text(HEADER + ROW)
    (tmp_path / "m.toml").write_text(FULL)
    given = (
        *(tmp_path / "m.toml", str(tmp_path / "m.toml")),
        *(tomllib.loads(FULL), parse_mapping(FULL)),
    )
    for mapping in given:
        parsed = table.read([tmp_path / "t.csv"], mapping=mapping)
        assert parsed.tables["scores"]["score"].to_list() == [81.5]


def test_answers_to_questions():
    mapping = parse_mapping(
        'rows = "responses"\n[columns]\nmodel = "m"\nitem = "q"\nscore = "right"\n'
        '[fixed]\nbenchmark = "Mine"\n'
    )
    parsed = table.parse("m,q,right\na,q1,True\na,q2,false\na,q3,0.5\na,q4,maybe\n", mapping)
    rows = parsed.tables["responses"].select("item", "epoch", "score", "variant").rows()
    assert rows == [
        ("q1", 1, 1.0, "default"),
        ("q2", 1, 0.0, "default"),
        ("q3", 1, 0.5, "default"),
    ]
    assert len(parsed.refused) == 1


def test_numbers_with_a_decimal_comma():
    mapping = dataclasses.replace(parse_mapping(FULL), delimiter=";", decimal=",")
    text = (HEADER + ROW).replace(",", ";").replace("81.5", "81,5").replace("3.25", "3,25")
    assert len(table.parse(text, mapping).refused) == 1
    text = text.replace("1.5", "1,5")
    assert table.parse(text, mapping).tables["scores"]["score"].to_list() == [81.5]


def test_normalised_scores_are_bounded():
    mapping = parse_mapping(
        '[columns]\nmodel="m"\nscore="s"\n[fixed]\nbenchmark="b"\nscale="normalised"\n'
        'evaluated_on="2026-01-01"\nreporter="developer"\n'
    )
    parsed = table.parse("m,s\na,-0.2\na,1.2\n", mapping)
    [row] = parsed.tables["scores"].to_dicts()
    assert (row["scale"], row["reporter"], row["evaluated_on"]) == (
        *("normalised", "developer"),
        date(2026, 1, 1),
    )
    assert "expected a number between -1 and 1" in parsed.refused[0].reason


def test_the_same_table_in_every_format(tmp_path):
    frame = pl.DataFrame(
        {
            "model": ["a", "b"],
            "benchmark": ["x", "x"],
            "score": [0.25, 0.5],
            "date": [date(2026, 1, 1), None],
        }
    )
    frame.write_csv(tmp_path / "t.csv")
    frame.write_csv(tmp_path / "t.tsv", separator="\t")
    frame.write_parquet(tmp_path / "t.parquet")
    pytest.importorskip("fastexcel")
    pytest.importorskip("xlsxwriter")
    frame.write_excel(tmp_path / "t.xlsx")
    first = table.read([tmp_path / "t.csv"]).tables["scores"]
    assert first["score"].to_list() == [0.25, 0.5]
    assert first["evaluated_on"].to_list() == [date(2026, 1, 1), None]
    for ending in ("tsv", "parquet", "xlsx"):
        assert table.read([tmp_path / f"t.{ending}"]).tables["scores"].equals(first)
        assert table.columns_of(tmp_path / f"t.{ending}") == tuple(frame.columns)


def test_files_that_are_not_what_their_name_says(tmp_path):
    pytest.importorskip("fastexcel")
    for ending in ("xlsx", "parquet"):
        path = tmp_path / f"t.{ending}"
        path.write_text("model,score\n")
        with pytest.raises(DataError, match=r"t\.\w+ "):
            table.read([path])
    nested = {"model": [["a"]], "benchmark": ["b"], "score": [0.5]}
    pl.DataFrame(nested).write_parquet(tmp_path / "n.parquet")
    with pytest.raises(DataError, match="the column 'model' is nested"):
        table.read([tmp_path / "n.parquet"])
    wide = parse_mapping('[columns]\nmodel = "benchmark"\n[benchmarks.A]\ncolumn = "model"\n')
    with pytest.raises(DataError, match="the column 'model' is nested"):
        table.read([tmp_path / "n.parquet"], mapping=wide)


def test_a_table_needs_a_mapping_or_a_plain_header(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("a,b\n1,2\n")
    with pytest.raises(UsageError, match="which column is model and benchmark and score"):
        table.read([path])
    (tmp_path / "m.toml").write_text(FULL)
    with pytest.raises(DataError, match="column 'System' is missing"):
        table.read([path], mapping=tmp_path / "m.toml")
    with pytest.raises(UsageError, match="does not say which column is model"):
        table.parse("a\n", TableMapping())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[columns", "is not TOML"),
        ("[colums]\n", r"there is no key 'colums' \(did you mean 'columns'\?\)"),
        ('[columns]\nmodell = "a"\n', r"did you mean 'model'"),
        ("[columns]\nmodel = 1\n", "model is 1; expected a text"),
        ('columns = "a"\n', r"expected a table \[columns\]"),
        ('rows = "votes"\n', "expected 'scores' or 'responses'"),
        ('delimiter = ";;"\n', "delimiter is ';;'"),
        ('decimal = "x"\n' + FULL, "decimal is 'x'"),
        ('benchmarks = "a"\n', "expected tables"),
        (FULL.replace("chance = 25", "chance = 100"), "chance 100 is not below the ceiling 100"),
        (FULL.replace("chance = 25", "chance = nan"), "chance is nan"),
        (FULL.replace("chance = 25", 'chance = "low"'), "chance is low"),
        (FULL.replace('score = "Result"', ""), "does not say which column is score"),
        (FULL + '[fixed]\nmodel = "x"\n', "'model' is both a column and fixed"),
    ],
)
def test_mappings_that_are_refused(text, expected):
    with pytest.raises(UsageError, match=expected):
        parse_mapping(text)


@pytest.mark.parametrize(
    ("fixed", "expected"),
    [
        ({"reporter": "self"}, "the fixed reporter is 'self'"),
        ({"evaluated_on": "May"}, "the fixed evaluated_on is 'May'"),
        ({"scale": "log"}, "scale is 'log'"),
    ],
)
def test_fixed_values_that_are_refused(fixed, expected):
    columns = {"model": "m", "benchmark": "b", "score": "s"}
    with pytest.raises(UsageError, match=expected):
        table.parse("m,b,s\na,b,1\n", TableMapping(columns=columns, fixed=fixed))


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (["Model", "Benchmark", "Score"], {"model", "benchmark", "score"}),
        (
            ["LLM", "task", "ACC", "Std Err", "Cost (USD)", "Reasoning effort", "Release date"],
            {"model", "benchmark", "score", "stderr", "cost_usd", "variant", "released_on"},
        ),
        (["x", "y"], set()),
    ],
)
def test_headers_are_guessed(header, expected):
    assert set(guess_mapping(header).columns) == expected


TEXT = st.text(st.characters(exclude_categories=["Cs"]), min_size=1).filter(str.strip)
NUMBERS = st.floats(-1e6, 1e6)


@given(
    rows=st.sampled_from(["scores", "responses"]),
    columns=st.dictionaries(st.sampled_from(FIELDS["scores"][3:]), TEXT),
    source=st.dictionaries(st.sampled_from(["id", "title"]), TEXT),
    fixed=st.dictionaries(st.sampled_from(["harness", "scale"]), TEXT),
    name=TEXT,
    ceiling=NUMBERS,
)
def test_a_mapping_survives_its_file(rows, columns, source, fixed, name, ceiling):
    kept = {key: value for key, value in columns.items() if key in FIELDS[rows]}
    mapping = TableMapping(
        rows=rows,
        columns=kept
        | {"model": "m", "score": "s"}
        | ({"item": "i"} if rows == "responses" else {}),
        fixed={"benchmark": "b"} | {k: v for k, v in fixed.items() if k not in kept},
        source=source,
        benchmarks=(Benchmark(name=name, unit="u", ceiling=ceiling),),
    )
    assert parse_mapping(as_toml(mapping)) == mapping


def test_the_declarations_agree():
    assert set(FIXED) - {"scale"} <= set(FIELDS["scores"])
    assert set(FACTS) <= {one.name for one in dataclasses.fields(Benchmark)}


@pytest.mark.parametrize("organisation", ["Org", "Creator", "Developer", "organization"])
@pytest.mark.parametrize("release", ["Release", "Release Date", "date_released", "Launch date"])
def test_maker_and_day_are_found_under_their_usual_names(tmp_path, organisation, release):
    path = tmp_path / "t.csv"
    path.write_text(f"Model,{organisation},{release},X\nA,Maker,2026-01-02,0.5\nB,Maker,,0.25\n")
    parsed = table.read([path], ceiling=1)
    assert parsed.tables["models"].filter(pl.col("model") == "A").select(
        "organisation", "listed_on"
    ).row(0) == ("Maker", date(2026, 1, 2))
    assert "attributes" not in parsed.tables
