import math
from datetime import date
from decimal import Decimal

import pytest

from headway.errors import UsageError
from headway.sources import Refused, records
from headway.sources.records import Answers, Evaluation, evaluations

SCORE = {
    "source": "s",
    "model": "m",
    "variant": "default",
    "benchmark": "b",
    "reporter": "unknown",
    "score": 0.5,
}
SOURCES = [{"source": "s", "title": "A source"}]


def run(score=0.5, *, when=0.0, items=(), **changes):
    answers = Answers()
    for item in items:
        answers.add(item=item, score=1.0)
    return Evaluation(
        score={**SCORE, "score": score}, when=when, answers=answers, file="f", **changes
    )


def test_the_later_run_counts_and_the_earlier_is_accounted_for():
    parsed = evaluations(
        [run(0.9, when=2, items="ab"), run(0.1, when=1, items="abc", line=7)],
        sources=SOURCES,
        read=7,
        refused=[Refused(line=1, reason="wrong")],
        notes=["a note", "a note"],
    )
    assert parsed.tables["scores"]["score"].to_list() == [0.9]
    assert parsed.tables["responses"].height == 2
    assert [row.line for row in parsed.refused] == [1, 7]
    assert "m (default) on b is also in f, and the later run counts" in parsed.refused[1].reason
    assert parsed.notes == ("a note", "3 answers of earlier runs were left out with their scores")
    assert parsed.read == 4


def test_of_two_different_runs_at_the_same_time_none_counts():
    parsed = evaluations([run(0.1), run(0.2)], sources=SOURCES, read=2)
    assert parsed.tables["scores"].is_empty()
    assert ["neither is taken" in row.reason for row in parsed.refused] == [True, True]
    assert all("0.1" in row.reason and "0.2" in row.reason for row in parsed.refused)
    again = evaluations([run(0.1), run(0.1)], sources=SOURCES, read=2)
    assert again.tables["scores"]["score"].to_list() == [0.1]


def test_a_ceiling_is_that_of_benchmarks_within_it():
    parsed = evaluations([run(0.1)], sources=SOURCES, read=1, highest=1.0)
    assert parsed.tables["benchmarks"]["ceiling"].to_list() == [1.0]
    beyond = evaluations([run(7.0)], sources=SOURCES, read=1, highest=1.0)
    assert "benchmarks" not in beyond.tables


def test_answers_without_a_score():
    parsed = evaluations([run(items="ab", reported=False)], sources=SOURCES, read=2)
    assert parsed.tables["scores"].is_empty()
    assert parsed.tables["responses"].select("source", "model", "item").rows() == [
        ("s", "m", "a"),
        ("s", "m", "b"),
    ]


def test_an_answer_twice_is_taken_once_and_of_two_that_differ_neither():
    answers = Answers()
    answers.add(item="a", score=1.0, line=3, file="f")
    answers.add(item="a", epoch=2, score=1.0)
    with pytest.raises(ValueError, match=r"item 'a' is there twice with epoch 2$"):
        answers.add(item="a", epoch=2, score=1.0)
    assert len(answers) == 2
    assert not answers.refused("f")
    for score in (0.0, 1.0):
        with pytest.raises(ValueError, match="item 'a' is there twice with epoch 1"):
            answers.add(item="a", score=score)
    assert len(answers) == 1
    assert answers.column("epoch") == [2]
    [row] = answers.refused(None)
    assert (row.line, row.file) == (3, "f")
    assert "with score 1 and with 0; neither is taken" in row.reason


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, None),
        ("", None),
        ("  a \n b ", "a b"),
        (7, "7"),
        ("<b>&", "<b>&"),
    ],
)
def test_names(value, expected):
    assert records.named({"x": value}, "x") == expected


@pytest.mark.parametrize("value", [True, 1.5, [], {}, "a\x00b", "\ud800", "x" * 301, "\u202e"])
def test_what_is_no_name(value):
    with pytest.raises(ValueError, match="expected a text"):
        records.named({"x": value}, "x")


@pytest.mark.parametrize("value", [math.nan, math.inf, "1", True, [], 10**400])
def test_what_is_no_number(value):
    with pytest.raises(ValueError, match="expected a number"):
        records.numeric({"x": value}, "x")


@pytest.mark.parametrize("value", [-1, 1.5, 2**63, 1e300])
def test_what_is_no_count(value):
    with pytest.raises(ValueError, match="expected a whole number of 0 or more"):
        records.whole({"x": value}, "x")


def test_costs_are_exact_amounts():
    assert records.cost({"x": 0.1}, "x") == Decimal("0.1")
    assert records.cost({"x": 1e-12}, "x") == Decimal(0)
    assert records.cost({}, "x") is None
    with pytest.raises(ValueError, match="expected an amount in dollars"):
        records.cost({"x": 1e9}, "x")


@pytest.mark.parametrize(
    ("value", "day"),
    [
        ("2026-08-11", date(2026, 8, 11)),
        ("2026-08-11T23:30:00-02:00", date(2026, 8, 12)),
        ("2026-08-11T23:30:00Z", date(2026, 8, 11)),
        (1761000045, date(2025, 10, 20)),
        ("1761000045.0", date(2025, 10, 20)),
        (1761000045000, date(2025, 10, 20)),
        ("1.761e9", date(2025, 10, 20)),
        (0, None),
        (-5, None),
        (math.nan, None),
        (math.inf, None),
        (1e300, None),
        (10**400, None),
        ("0001-01-01T00:00:00+14:00", None),
        ("9999-12-31T23:59:59-14:00", None),
        ("", None),
        ("yesterday", None),
        (True, None),
        ([], None),
    ],
)
def test_moments(value, day):
    seconds, found = records.moment(value)
    assert found == day
    assert (seconds > 0) == (day is not None)


@pytest.mark.parametrize(
    ("message", "kind"),
    [
        ("RuntimeError('what is the capital')", "RuntimeError"),
        ("openai.RateLimitError: slow down", "RateLimitError"),
        ("TimeoutError", "TimeoutError"),
        ("The capital of France: Paris", "error"),
        ("Secret(1)", "error"),
        ({"message": "x"}, "error"),
        ("", None),
        (None, None),
    ],
)
def test_kinds_of_errors(message, kind):
    assert records.error_kind(message) == kind


def test_options():
    with pytest.raises(UsageError, match=r"parts is 'group' \(did you mean 'groups'\?\)"):
        records.must_be("parts", "group", ("groups", "tasks"))


def test_values_in_messages_are_short():
    assert records.shown(10**100) == "a number too large"
    assert records.shown(["secret"]) == "a list"
    assert len(records.shown("x" * 1000)) == 60
