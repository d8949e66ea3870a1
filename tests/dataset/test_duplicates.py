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
