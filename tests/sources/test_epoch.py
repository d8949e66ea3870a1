import csv
import io
from datetime import date

import pytest
from hypothesis import given, strategies as st

from headway.errors import DataError
from headway.sources import epoch
from headway.sources.names import slug, split_variant

HEADER = (
    "model_id,benchmark_id,performance,benchmark,benchmark_release_date,optimized,model,"
    "model_version,Model,model_group,Model aggregation,Model Aggregation Date,date,source"
)
ROW = "m1,b1,0.5,GPQA diamond,2023-11-20,False,GPT-5,gpt-5_high,GPT-5,GPT-5,,,2025-08-07,Epoch"
INDEX_HEADER = (
    "Model,Display name,eci,eci_ci_low,eci_ci_high,date,Organization,Country (of organization),"
    "Model accessibility,Accessibility group,model_versions"
)
INDEX_ROW = (
    'GPT-5,GPT-5,150,149,151,2025-08-07,"OpenAI,Other Lab",United States of America,API access,'
    "Closed weights,"
)


def matrix(*rows):
    return epoch.parse_matrix("\n".join([HEADER, *rows]))


def index(*rows):
    return epoch.parse_index("\n".join([INDEX_HEADER, *rows]))


@pytest.mark.parametrize(
    ("version", "expected"),
    [
        ("gpt-5-2025-08-07_high", ("gpt-5-2025-08-07", "high")),
        ("gpt-5.2-2025-12-11_xhigh", ("gpt-5.2-2025-12-11", "xhigh")),
        ("gpt-5.1-2025-11-13_none", ("gpt-5.1-2025-11-13", "none")),
        ("gemini-3.5-flash_minimal", ("gemini-3.5-flash", "minimal")),
        ("claude-opus-4-5-20251101_128K", ("claude-opus-4-5-20251101", "128K")),
        ("gemini-2.5-flash-preview-09-2025_16k", ("gemini-2.5-flash-preview-09-2025", "16K")),
        (
            "gemini-2.5-flash-preview-04-17 (24K thinking)",
            ("gemini-2.5-flash-preview-04-17", "24K"),
        ),
        ("DeepSeek-V3.2-Exp_thinking", ("DeepSeek-V3.2-Exp", "thinking")),
        ("gpt-5.6-sol_promax", ("gpt-5.6-sol", "pro-max")),
        ("gpt-5.6-sol_prounknown", ("gpt-5.6-sol", "pro-unknown")),
        ("kimi-k3_unknown", ("kimi-k3", "unknown")),
        ("Qwen-1_8B", ("Qwen-1_8B", "default")),
        ("phi-1_5", ("phi-1_5", "default")),
        ("open_llama_7b", ("open_llama_7b", "default")),
        ("qwen3.7-max", ("qwen3.7-max", "default")),
        ("gpt-5.1-codex-max", ("gpt-5.1-codex-max", "default")),
        ("kimi-k2-thinking", ("kimi-k2-thinking", "default")),
        ("", ("", "default")),
    ],
)
def test_versions_are_split(version, expected):
    assert split_variant(version) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("GPT-5", "gpt-5"),
        ("Fiction.LiveBench", "fiction-livebench"),
        ("Qwen-1_8B", "qwen-1-8b"),
        ("Qwen2.5-Coder (1.5B)", "qwen2-5-coder-1-5b"),
        ("Café  (α)", "cafe"),
    ],
)
def test_ids_are_made_of_names(name, expected):
    assert slug(name) == expected


def test_a_row_of_the_matrix():
    parsed = matrix(ROW)
    assert parsed.refused == ()
    assert parsed.tables["scores"].row(0, named=True) == {
        "model": "GPT-5",
        "variant": "high",
        "version": "gpt-5_high",
        "benchmark": "GPQA diamond",
        "score": 0.5,
        "scale": "normalised",
        "reported_in": "Epoch",
        "optimized": False,
        "source": "epoch-matrix",
    }
    assert parsed.tables["models"].rows() == [
        ("GPT-5", "GPT-5", "GPT-5", date(2025, 8, 7), "epoch-matrix")
    ]
    assert parsed.tables["benchmarks"].rows() == [
        ("GPQA diamond", "GPQA diamond", date(2023, 11, 20), "epoch-matrix")
    ]


def test_a_row_of_the_index():
    parsed = index(INDEX_ROW)
    model = parsed.tables["models"].row(0, named=True)
    assert (model["organisation"], model["partners"]) == ("OpenAI", "Other Lab")
    assert (model["country"], model["open_weights"], model["access"]) == ("US", False, "api")
    assert parsed.tables["ratings"].row(0) == (
        *("Epoch ECI", "GPT-5", 150.0, 149.0, 151.0, 0.9),
        "epoch-index",
    )


def test_an_anchor_has_no_interval_and_no_level():
    rating = index(INDEX_ROW.replace("149,151", ",")).tables["ratings"].row(0, named=True)
    assert (rating["low"], rating["high"], rating["level"]) == (None, None, None)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("0.5,", "half,", "column 'performance' is 'half'; expected a number"),
        ("0.5,", "1.5,", "expected a number between -1 and 1"),
        ("0.5,", "nan,", "column 'performance' is 'nan'; expected a number"),
        ("0.5,", ",", "expected a number between -1 and 1"),
        ("2025-08-07", "2025-13-07", "column 'date' is '2025-13-07'; expected a date"),
        ("False", "Maybe", "column 'optimized' is 'Maybe'"),
        ("GPQA diamond", "", "column 'benchmark' is ''; expected a name"),
        ("GPT-5,gpt", "!!,gpt", "column 'model' is '!!'; expected a name"),
        (",Epoch", "", "13 cells; expected 14"),
    ],
)
def test_rows_of_the_matrix_that_are_refused(old, new, expected):
    parsed = matrix(ROW, ROW.replace(old, new, 1))
    assert parsed.read == 2
    assert [row.line for row in parsed.refused] == [3]
    assert expected in parsed.refused[0].reason
    assert parsed.tables["scores"].height == 1


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("150,", ",", "column 'eci' is empty"),
        ("API access", "API acces", "(did you mean 'API access'?)"),
        (
            "United States of America",
            "Atlantis",
            "the country 'Atlantis' is not known",
        ),
        ("Closed weights", "Ajar", "column 'Accessibility group' is 'Ajar'"),
    ],
)
def test_rows_of_the_index_that_are_refused(old, new, expected):
    parsed = index(INDEX_ROW.replace(old, new, 1))
    assert expected in parsed.refused[0].reason
    assert parsed.tables["models"].is_empty()
    assert parsed.tables["ratings"].is_empty()


def test_a_model_that_is_there_twice_is_refused_once():
    assert "is there twice" in index(INDEX_ROW, INDEX_ROW).refused[0].reason


def test_two_dates_of_one_model_are_refused():
    parsed = matrix(ROW, ROW.replace("2025-08-07", "2025-08-08"))
    assert "listed_on of 'GPT-5' is 2025-08-08 here and" in parsed.refused[0].reason


def test_other_files_are_refused_as_a_whole():
    with pytest.raises(DataError, match=r"column 'performance' is missing \(did you mean 'perf"):
        epoch.parse_matrix(HEADER.replace("performance", "performence"))
    with pytest.raises(DataError, match="byte 0 is not UTF-8"):
        epoch.parse_index(b"\xff\xfe")
    with pytest.raises(DataError, match="line 2: unexpected end of data"):
        matrix('"' + ROW)
    with pytest.raises(DataError, match="there is no header"):
        epoch.parse_matrix("")
    with pytest.raises(DataError, match="is NUL"):
        epoch.parse_matrix(HEADER + "\0")


def test_bytes_with_a_mark_and_blank_lines_are_read():
    text = f"\ufeff{HEADER}\r\n\r\n{ROW}\r\n"
    assert epoch.parse_matrix(text.encode()).tables["scores"].height == 1
    assert epoch.parse_matrix(text).tables["scores"].height == 1


@given(
    st.lists(
        st.lists(
            st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=12),
            min_size=14,
            max_size=14,
        ),
        max_size=4,
    )
)
def test_every_row_is_converted_or_accounted_for(rows):
    buffer = io.StringIO(newline="")
    csv.writer(buffer).writerows([HEADER.split(","), ROW.split(","), *rows])
    parsed = epoch.parse_matrix(buffer.getvalue())
    assert parsed.read == parsed.tables["scores"].height + len(parsed.refused)
    assert parsed.read == len(rows) + 1
