from datetime import date

import polars as pl
import pytest

from headway.errors import DataError
from headway.sources import arena

HEADER = (
    "snapshot_date,subset,publish_date,category,rank,model_name,organization,license,rating,"
    "rating_lower,rating_upper,variance,vote_count\n"
)
ROW = "2026-06-30,text,2026-06-25,overall,1,gpt-5,openai,Proprietary,1500,1490,1510,25,1000\n"
VOTES = "model_a,model_b,winner,language,tstamp\n"


def test_a_rating():
    parsed = arena.parse_ratings(HEADER + ROW)
    assert parsed.tables["ratings"].rows() == [
        (
            *("Arena text overall", "gpt-5", 1500.0, 5.0, 1490.0, 1510.0, 0.95, 1000),
            *(date(2026, 6, 25), "arena"),
        )
    ]
    assert parsed.tables["models"].row(0, named=True)["open_weights"] is False
    assert parsed.dashes


def test_a_table_without_variance_has_no_standard_error():
    text = (HEADER + ROW).replace(",variance", "").replace(",25,", ",")
    assert arena.parse_ratings(text).tables["ratings"]["stderr"].to_list() == [None]


def test_a_later_snapshot_of_one_publication_replaces_the_earlier():
    later = ROW.replace("06-30", "07-01").replace("1500", "1501")
    parsed = arena.parse_ratings(HEADER + later + ROW)
    assert parsed.tables["ratings"]["rating"].to_list() == [1501.0]
    assert "1 rows are of an earlier snapshot" in parsed.notes[0]
    another = ROW.replace("2026-06-25", "2026-07-02")
    assert arena.parse_ratings(HEADER + ROW + another).tables["ratings"].height == 2


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("1500", "", "column 'rating' is ''; expected a number"),
        ("1500", "NaN", "column 'rating' is 'NaN'; expected a number"),
        ("1500", "1e400", "column 'rating' is '1e400'; expected a number"),
        ("2026-06-25", "June", "column 'publish_date' is 'June'; expected a date"),
        ("1000", "-1", "column 'vote_count' is '-1'; expected a whole number"),
        (",25,", ",-25,", "column 'variance' is '-25'; expected a number of 0 or more"),
        ("gpt-5", " ", "column 'model_name' is ' '; expected a name"),
        (",25,", ",", "12 cells; expected 13"),
    ],
)
def test_ratings_that_are_refused(old, new, expected):
    parsed = arena.parse_ratings(HEADER + ROW + ROW.replace(old, new, 1))
    assert (parsed.read, parsed.tables["ratings"].height) == (2, 1)
    assert [(row.line, expected in row.reason) for row in parsed.refused] == [(3, True)]


def test_votes():
    text = VOTES + (
        "a,b,model_a,English,1690000000.5\n"
        "a,b,model_b,,1690000000\n"
        "a,b,tie,German,\n"
        "a,b,tie (bothbad),German,1690000000\n"
    )
    votes = arena.parse_votes(text, "clean.csv").tables["votes"]
    assert votes["outcome"].to_list() == ["a", "b", "tie", "both_bad"]
    assert votes["vote"].to_list() == ["clean-2", "clean-3", "clean-4", "clean-5"]
    assert votes["voted_at"].to_list()[:3] == [date(2023, 7, 22), date(2023, 7, 22), None]
    assert votes["covariates"][0] == '{"language":"English"}'


def test_numbers_of_either_answer_become_covariates():
    text = (
        "model_a,model_b,winner,length_a,length_b,response_a,response_b\n"
        "a,b,model_a,120,80.5,yes,no\n"
        "a,b,tie,,90,yes,no\n"
    )
    votes = arena.parse_votes(text).tables["votes"]
    assert votes["covariates"].to_list() == [
        '{"length_a":120.0,"length_b":80.5}',
        '{"length_a":null,"length_b":90.0}',
    ]


def test_an_unknown_outcome_is_refused_and_never_a_tie():
    parsed = arena.parse_votes(VOTES + "a,b,draw,English,1690000000\na,b,,English,1690000000\n")
    assert parsed.tables["votes"].is_empty()
    assert "column 'winner' is 'draw'; expected one of model_a" in parsed.refused[0].reason
    assert "column 'winner' is ''" in parsed.refused[1].reason
    assert parsed.read == 2


def test_votes_with_ids_days_and_domains_from_parquet(tmp_path):
    frame = pl.DataFrame(
        {
            "vote_id": [7, 8],
            "model_a": ["a", "a"],
            "model_b": ["b", "c"],
            "outcome": ["a", "b"],
            "domain": ["coding", None],
            "voted_at": [date(2026, 1, 1), None],
        }
    )
    frame.write_parquet(tmp_path / "votes.parquet")
    votes = arena.read([tmp_path / "votes.parquet"]).tables["votes"]
    assert votes["vote"].to_list() == ["7", "8"]
    assert votes["domain"].to_list() == ["coding", None]
    assert votes["voted_at"].to_list() == [date(2026, 1, 1), None]


def test_tables_of_something_else_are_refused(tmp_path):
    with pytest.raises(DataError, match=r"column 'rating' is missing"):
        arena.parse_ratings("model_name,subset\nx,y\n")
    with pytest.raises(DataError, match="column 'winner' is missing"):
        arena.parse_votes("model_a,model_b\na,b\n")
    with pytest.raises(DataError, match="the vote '1' is there twice"):
        arena.parse_votes("id,model_a,model_b,winner\n1,a,b,a\n1,a,b,b\n")
    (tmp_path / "a.parquet").write_bytes(b"PAR1 nothing PAR1")
    with pytest.raises(DataError, match="is not a Parquet file that can be read"):
        arena.read([tmp_path / "a.parquet"])
