from datetime import date

import polars as pl
import pytest

from headway.dataset import Dataset
from headway.dataset.duplicates import known_policy, settled
from headway.dataset.importing import bring
from headway.dataset.tables import TABLES
from headway.errors import DataError, UsageError

TABLE = TABLES["scores"]
ROWS = pl.DataFrame(
    {
        "model": ["a", "b", "a", "a", "c", "c"],
        "benchmark": "x",
        "score": [0.3, 0.5, 0.9, 0.6, 0.2, 0.2],
        "stderr": [0.02, 0.01, 0.04, 0.03, None, None],
        "n": [100, 10, 50, 70, 5, 5],
        "evaluated_on": [date(2026, 1, 3), None, date(2026, 1, 1), date(2026, 1, 2), None, None],
    }
)


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        ("best", {"a": (0.9, 0.04, 50), "b": (0.5, 0.01, 10), "c": (0.2, None, 5)}),
        ("latest", {"a": (0.3, 0.02, 100), "b": (0.5, 0.01, 10), "c": (0.2, None, 5)}),
        ("mean", {"a": (0.6, 0.03, 50), "b": (0.5, 0.01, 10), "c": (0.2, None, 5)}),
        ("error", {"b": (0.5, 0.01, 10), "c": (0.2, None, 5)}),
    ],
)
def test_each_policy_leaves_one_row_for_a_key_whatever_the_order(policy, expected):
    for rows in (ROWS, ROWS.reverse()):
        one = settled(rows, TABLE, policy)
        found = {
            model: (pytest.approx(score), stderr if stderr is None else pytest.approx(stderr), n)
            for model, score, stderr, n in one.frame.select(
                "model", "score", "stderr", "n"
            ).iter_rows()
        }
        assert found == expected
        assert one.repeated == 1
        assert one.given_up + len(one.reasons) == (2 if policy != "error" else 3)
        assert rows.height == one.frame.height + one.repeated + one.given_up + len(one.reasons)


def test_the_latest_of_equal_days_and_scores_of_two_scales_are_refused():
    same = ROWS.with_columns(evaluated_on=pl.lit(date(2026, 1, 1)))
    assert len(settled(same, TABLE, "latest").reasons) == 3
    scales = ROWS.with_columns(scale=pl.Series(["raw", "raw", "normalised", "raw", "raw", "raw"]))
    for policy in ("best", "latest", "mean"):
        assert "their scales differ" in settled(scales, TABLE, policy).reasons[0]


@pytest.mark.parametrize(
    ("days", "score", "which"),
    [
        ((3, 1, 2), 0.3, "the latest evaluated"),
        ((1, 3, None), 0.9, "the latest evaluated"),
        ((2, 3, 3), 0.9, "the first of the latest evaluated"),
        ((None, None, None), 0.3, "the first"),
    ],
)
@pytest.mark.parametrize("option", ["", "--option duplicates={}"])
def test_without_a_policy_one_is_taken_and_the_others_are_refused_by_line(
    days, score, which, option
):
    rows = pl.DataFrame(
        {
            "model": "a",
            "benchmark": "x",
            "score": [0.3, 0.9, 0.6],
            "evaluated_on": [day and date(2026, 1, day) for day in days],
        },
        schema_overrides={"evaluated_on": pl.Date},
    )
    one = settled(rows, TABLE, None, place=lambda row: f"f line {row + 2}", option=option)
    assert one.frame["score"].to_list() == [score]
    assert one.notes == ()
    assert len(one.reasons) == 2
    for reason in one.reasons:
        assert "f line 2 says 0.3 and f line 3 says 0.9 and f line 4 says 0.6" in reason
        assert f"; {which} is taken" in reason
        assert ("to choose: --option duplicates=best, latest or mean" in reason) == bool(option)


def test_a_policy_that_is_none():
    with pytest.raises(UsageError, match=r"did you mean 'best'"):
        known_policy("bests")


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("model,benchmark,score\nA,X,0.3\nB,X,0.5\na,X,0.9\n")
    return path


def take(table, **options):
    into = table.parent / "facts"
    options = {"ceiling": 1} | options
    return bring("table", [table], into, unmatched="add", start="empty", **options)


def test_two_rows_are_refused_by_line_under_one_spelling_or_two(table):
    report = take(table)
    assert len(report.refused) == 2
    for line in ("line 2 says 0.3", "line 4 says 0.9", "duplicates=best"):
        assert all(line in row.reason for row in report.refused)
    [counts] = report.table.filter(table="scores").to_dicts()
    assert (counts["converted"], counts["refused"], counts["added"]) == (3, 2, 1)


def test_rows_without_a_ceiling_name_their_doubles_too(table):
    report = take(table, ceiling=None)
    assert "its ceiling is not known" in report.refused[0].reason
    assert "line 2 says 0.3 and" in report.refused[1].reason


@pytest.mark.parametrize(("policy", "score"), [("best", 0.9), ("mean", 0.6)])
def test_a_policy_is_an_option_of_the_source(table, policy, score):
    import headway

    report = take(table, duplicates=policy)
    assert not report.refused
    assert any("line 2 says 0.3 and" in note for note in report.notes)
    rows = headway.load(table.parent / "facts").scores.filter(model="a")
    assert rows["score"].to_list() == [pytest.approx(score)]


def test_frames_have_the_same_policies():
    scores = pl.DataFrame({"model": ["a", "a"], "benchmark": "x", "score": [0.3, 0.9]})
    with pytest.raises(DataError) as caught:
        Dataset.from_frames(scores=scores)
    assert "row 0 (counted from 0) says 0.3 and scores row 1" in str(caught.value)
    data = Dataset.from_frames(scores=scores, duplicates="mean")
    assert data.scores["score"].to_list() == [pytest.approx(0.6)]
    assert any("the mean of the rows counts" in note for note in data.notes)
    with pytest.raises(UsageError, match="duplicates is"):
        Dataset.from_frames(scores=scores, duplicates="first")


ANSWERS = """model,benchmark,item,score
A,Quiz,q1,0
B,Quiz,q1,1
a,Quiz,q1,1
A,Quiz,q2,1
B,Quiz,q2,0
B,Quiz,q2,0
"""


@pytest.fixture
def answers(tmp_path):
    path = tmp_path / "answers.csv"
    path.write_text(ANSWERS)
    return path


@pytest.mark.parametrize(
    ("policy", "scores"), [("error", []), ("latest", []), ("best", [1.0]), ("mean", [0.5])]
)
def test_answers_to_one_question_follow_the_policies_of_scores(answers, policy, scores):
    from headway.dataset import load

    into = answers.parent / "facts"
    report = bring("table", [answers], into, unmatched="add", start="empty", duplicates=policy)
    found = load(into).table("responses")
    [counts] = report.table.filter(table="responses").to_dicts()
    assert counts["converted"] == 6
    assert (counts["added"], counts["unchanged"]) == (3 + len(scores), 1)
    assert counts["refused"] + counts["skipped"] == (1 if scores else 2)
    one = found.filter(model="a", item="q1")
    assert one["score"].to_list() == scores
    said = report.notes if scores else [row.reason for row in report.refused]
    words = "question q1: "
    assert any(
        words in text and "csv line 2 says 0 and" in text and "csv line 4 says 1" in text
        for text in said
    )
    if not scores:
        assert all("duplicates=best or mean" in text and "column epoch" in text for text in said)


def test_attempts_that_are_numbered_are_answers_of_their_own(answers):
    answers.write_text("model,benchmark,item,epoch,score\nA,X,q,1,0\nA,X,q,2,1\nB,X,q,1,1\n")
    report = bring("table", [answers], answers.parent / "facts", unmatched="add", start="empty")
    assert not report.refused
    assert report.table.filter(table="responses")["added"].to_list() == [3]


@pytest.mark.parametrize(("policy", "score"), [("best", 1.0), ("mean", 0.5)])
def test_answers_of_frames_have_the_same_policies(policy, score):
    rows = pl.DataFrame(
        {"model": ["a", "b", "a"], "benchmark": "x", "item": "q", "score": [0.0, 1.0, 1.0]}
    )
    for refused in ("error", "latest"):
        with pytest.raises(DataError) as caught:
            Dataset.from_frames(responses=rows, duplicates=refused)
        assert "a on x, question q: responses row 0 (counted from 0) says 0" in str(caught.value)
        assert "responses row 2 (counted from 0) says 1" in str(caught.value)
    data = Dataset.from_frames(responses=rows, duplicates=policy)
    assert data.table("responses").filter(model="a")["score"].to_list() == [score]
    assert any(note.startswith("responses: several rows say one thing") for note in data.notes)


def test_rows_without_a_name_are_refused_for_that_alone():
    rows = pl.DataFrame({"model": [None, None, "a"], "benchmark": "x", "score": [0.1, 0.2, 0.3]})
    assert settled(rows, TABLE, "error").kept is None
    with pytest.raises(DataError) as caught:
        Dataset.from_frames(scores=rows)
    assert "the value is missing" in str(caught.value)
    assert len(caught.value.details) == 2
