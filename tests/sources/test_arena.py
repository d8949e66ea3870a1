import json
from datetime import UTC, date, datetime

import polars as pl
import pytest

from headway.errors import DataError, UsageError
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
    assert (parsed.read, parsed.left_out) == (2, 1)
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
    named = [name.rpartition("-")[0] for name in votes["vote"]]
    assert named == ["clean-2", "clean-3", "clean-4", "clean-5"]
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
    (tmp_path / "a.parquet").write_bytes(b"PAR1 nothing PAR1")
    with pytest.raises(DataError, match="is not a Parquet file that can be read"):
        arena.read([tmp_path / "a.parquet"])


TWICE = ROW.replace("1500", "1501")


def test_two_ratings_of_one_name_and_day_are_refused_with_both_lines():
    parsed = arena.parse_ratings(HEADER + ROW + TWICE + ROW.replace("gpt-5", "o3"))
    assert parsed.tables["ratings"]["model"].to_list() == ["o3"]
    assert [row.line for row in parsed.refused] == [2, 3]
    for row in parsed.refused:
        assert "2 times on 2026-06-25: 1500 on line 2, 1501 on line 3" in row.reason
        assert "--option duplicates=first" in row.reason


@pytest.mark.parametrize(("policy", "rating"), [("first", 1500.0), ("last", 1501.0)])
def test_a_policy_takes_one_of_two_ratings_and_says_so(policy, rating):
    parsed = arena.parse_ratings(HEADER + ROW + TWICE, duplicates=policy)
    assert parsed.tables["ratings"]["rating"].to_list() == [rating]
    assert (parsed.refused, parsed.left_out) == ((), 1)
    assert f"the {policy} one is taken" in parsed.notes[0]


def test_a_rating_that_is_repeated_word_for_word_is_taken_once():
    parsed = arena.parse_ratings(HEADER + ROW + ROW)
    assert (parsed.tables["ratings"].height, parsed.refused, parsed.left_out) == (1, (), 1)


def test_two_ratings_in_two_files_are_named_with_their_files(tmp_path):
    for name, row in (("a.csv", ROW), ("b.csv", TWICE)):
        (tmp_path / name).write_text(HEADER + row, encoding="utf-8")
    parsed = arena.read([tmp_path / "a.csv", tmp_path / "b.csv"])
    assert [(row.file, row.line) for row in parsed.refused] == [
        (str(tmp_path / "a.csv"), 2),
        (str(tmp_path / "b.csv"), 2),
    ]
    assert "b.csv line 2" in parsed.refused[0].reason


def test_a_snapshot_without_a_day_is_not_called_an_earlier_one():
    unsure = TWICE.replace("2026-06-30", "")
    parsed = arena.parse_ratings(HEADER + ROW + unsure)
    assert len(parsed.refused) == 2
    assert parsed.notes == ()


def test_ratings_as_arena_serves_them(tmp_path):
    """No subset, another name of the day, and Parquet in a folder named after the board."""
    served = pl.DataFrame(
        {
            "model_name": ["gpt-5", "o3"],
            "organization": ["openai", "openai"],
            "rating": [1500.0, 1400.0],
            "variance": [4.0, 9.0],
            "vote_count": [10, 20],
            "category": ["overall", "overall"],
            "leaderboard_publish_date": ["2026-06-25", "2026-06-25"],
        }
    )
    (tmp_path / "text").mkdir()
    served.write_parquet(tmp_path / "text" / "latest-0.parquet")
    ratings = arena.read([tmp_path / "text" / "latest-0.parquet"]).tables["ratings"]
    assert ratings.select("board", "stderr", "as_of").rows() == [
        ("Arena text overall", 2.0, date(2026, 6, 25)),
        ("Arena text overall", 3.0, date(2026, 6, 25)),
    ]
    served.drop("leaderboard_publish_date").write_parquet(tmp_path / "x.parquet")
    with pytest.raises(DataError, match="neither a table of ratings nor one of votes") as caught:
        arena.read([tmp_path / "x.parquet"])
    assert "--option subset=text" in str(caught.value.hint)
    day = date(2026, 7, 1)
    ratings = arena.read([tmp_path / "x.parquet"], subset="vision", published=day)
    assert ratings.tables["ratings"].select("board", "as_of").unique().rows() == [
        ("Arena vision overall", day)
    ]


RECORD = {
    "subset": "text", "category": "overall", "publish_date": "2026-06-25",
    "model_name": "gpt-5", "rating": 1500.5, "vote_count": 7, "extra": [1, {"a": 2}],
}  # fmt: skip


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.json", json.dumps([RECORD])),
        ("a.json", json.dumps({"updated": "today", "rows": [RECORD]})),
        ("a.json", json.dumps({"features": [], "rows": [{"row_idx": 0, "row": RECORD}]})),
        ("a.jsonl", json.dumps(RECORD) + "\n"),
    ],
)
def test_a_board_in_json(tmp_path, name, text):
    (tmp_path / name).write_text(text, encoding="utf-8")
    parsed = arena.read([tmp_path / name])
    assert parsed.tables["ratings"]["rating"].to_list() == [1500.5]
    assert parsed.tables["ratings"]["votes"].to_list() == [7]
    assert parsed.read == 1


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{}", "this JSON object has no list of rows"),
        ('{"a": [{}], "b": [{}]}', "has 2 lists of rows; it has 'a', 'b'"),
        ("[1]", "this JSON file has no list of rows"),
        ("[{}]", "there are no rows"),
        ('[{"model": "a"}]', "neither a table of ratings nor one of votes"),
        ("nothing", "not JSON at line 1"),
        ('[{"model_a": ["x"], "model_b": "y", "winner": "a"}]', "'model_a' is nested"),
    ],
)
def test_json_that_is_no_board(tmp_path, text, said):
    (tmp_path / "a.json").write_text(text, encoding="utf-8")
    with pytest.raises(DataError) as caught:
        arena.read([tmp_path / "a.json"])
    assert said in str(caught.value)


def votes_in(path, columns):
    talk = [[{"role": "user", "content": "hello"}]] * 3
    votes = {
        "model_a": ["m1", "m2", "m3"],
        "model_b": ["m2", "m3", "m1"],
        "winner": ["model_a", "tie", "both_bad"],
    }
    tags = [{"creative": True, "score": [1]}] * 3
    frame = pl.DataFrame(votes | columns | {"conversation_a": talk, "category_tag": tags})
    frame.write_parquet(path)
    return path


def test_votes_with_nested_columns_that_are_not_used(tmp_path):
    when = [datetime(2026, 6, 25, 1, 2, 3, tzinfo=UTC)] * 3
    path = votes_in(tmp_path / "v.parquet", {"id": ["x", "y", "z"], "timestamp": when})
    votes = arena.read([path]).tables["votes"]
    assert votes["vote"].to_list() == ["x", "y", "z"]
    assert votes["outcome"].to_list() == ["a", "tie", "both_bad"]
    assert votes["voted_at"].to_list() == [date(2026, 6, 25)] * 3


@pytest.mark.parametrize("ids", [[81, 81, 82], [81, 82, 83]])
def test_a_question_names_a_vote_only_where_none_is_there_twice(tmp_path, ids):
    path = votes_in(tmp_path / "mt.parquet", {"question_id": ids, "judge": ["j"] * 3})
    parsed = arena.read([path])
    unique = len(set(ids)) == 3
    found = parsed.tables["votes"]["vote"].to_list()
    if unique:
        assert found == ["81", "82", "83"]
    else:
        assert [name.rpartition("-")[0] for name in found] == ["mt-1", "mt-2", "mt-3"]
    assert any("names questions and not votes" in note for note in parsed.notes) != unique
    named = arena.read([path], vote="judge").tables["votes"]["vote"].to_list()
    assert named == ["j"]
    with pytest.raises(UsageError, match="no such column"):
        arena.read([path], vote="nothing")


def test_a_vote_that_is_there_again_with_other_values_is_refused():
    text = "id,model_a,model_b,winner\n1,a,b,a\n1,a,b,b\n1,a,b,a\n2,a,b,b\n"
    parsed = arena.parse_votes(text)
    assert parsed.tables["votes"]["vote"].to_list() == ["1", "2"]
    assert [row.line for row in parsed.refused] == [3]
    assert "the vote '1' stands on line 2" in parsed.refused[0].reason
    assert parsed.left_out == 1
    assert arena.parse_votes(text, vote="line").tables["votes"].height == 4


def test_new_models_can_be_dated_by_their_first_day_on_a_board():
    text = HEADER + ROW.replace("06-25", "07-01") + ROW
    models = arena.parse_ratings(text, release="board").tables["models"]
    assert models["released_on"].to_list() == [date(2026, 6, 25)]
    assert arena.parse_ratings(text).tables["models"]["released_on"].to_list() == [None]


@pytest.mark.parametrize(
    ("row", "taken"),
    [
        ("A,B,A", "a"),
        ("A,B,b", "b"),
        ("B,A,A", None),
        ("B,A,B", None),
        ("B,A,a", "a"),
        ("b,a,b", None),
        ("B,A,model_a", "a"),
        ("C,A,A", None),
    ],
)
def test_a_letter_that_is_the_name_of_the_other_model_is_refused(row, taken):
    parsed = arena.parse_votes(f"model_a,model_b,winner\n{row}\n")
    assert parsed.tables["votes"]["outcome"].to_list() == ([] if taken is None else [taken])
    if taken is None:
        assert "the name of the model of the other" in parsed.refused[0].reason
