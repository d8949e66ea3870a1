"""What a contest says of its days and groups, and what its options refuse."""

import datetime as dt
from contextlib import suppress
from dataclasses import fields

import pytest

import headway
from headway.analyses import LagSpec
from headway.errors import HeadwayError
from headway.report.words import Words
from headway.rulers import Scale


@pytest.fixture(scope="module")
def scale() -> Scale:
    return headway.rulers.published().fit(headway.load())


@pytest.mark.parametrize(
    ("leader", "follower", "said"),
    [
        ("country:US", "country:US", "country:US and country:US are the same models"),
        ("all", "country:CN", "country:CN cannot be ahead"),
        ("open", "open+country:CN", "open+country:CN cannot be ahead"),
        ("country:CN", "all", "all cannot be behind"),
    ],
)
def test_a_group_inside_the_other_is_said(
    scale: Scale, leader: str, follower: str, said: str
) -> None:
    result = headway.lag(scale, leader=leader, follower=follower)
    (note,) = (note for note in result.notes if said in note)
    assert Words("zh").note(note)[1]


@pytest.mark.parametrize("follower", ["country:CN", "open"])
def test_groups_that_merely_overlap_are_not_remarked_on(scale: Scale, follower: str) -> None:
    notes = headway.lag(scale, leader="country:US", follower=follower).notes
    assert not [note for note in notes if "cannot be" in note or "same models" in note]


@pytest.mark.parametrize("later", [1, 30, 1200])
def test_days_after_the_evidence_are_said(scale: Scale, later: int) -> None:
    day = dt.date.fromisoformat(headway.lag(scale).asked["evidence"]["day"])
    until = day + dt.timedelta(days=later)
    (note,) = (n for n in headway.lag(scale, until=until).notes if "lie after the evidence" in n)
    assert note.startswith(f"The days from {day + dt.timedelta(days=1)} to {until}")
    assert Words("zh").note(note)[1]
    for asked in (None, day, day - dt.timedelta(days=1)):
        assert not [n for n in headway.lag(scale, until=asked).notes if "after the evidence" in n]


def test_days_may_be_iso_texts(scale: Scale) -> None:
    text = headway.lag(scale, since="2025-01-01", until="2026-06-30")
    made = headway.lag(scale, since=dt.date(2025, 1, 1), until=dt.date(2026, 6, 30))
    assert text.table.equals(made.table)
    assert text.to_dict() == made.to_dict()
    starts = LagSpec(trend_starts=("2024-01-01",))  # type: ignore[arg-type]
    assert starts.trend_starts == (dt.date(2024, 1, 1),)


@pytest.mark.parametrize("name", [f.name for f in fields(LagSpec)])
@pytest.mark.parametrize(
    "value",
    [
        "x",
        -1,
        3.5,
        [],
        True,
        ("a",),
        {},
        float("nan"),
        10**30,
        None,
        pytest.param(object(), id="o"),
    ],
    ids=repr,
)
def test_an_option_of_the_wrong_kind_is_refused_in_words(
    scale: Scale, name: str, value: object
) -> None:
    conventions = {
        "trend_starts": "trend", "trend_on": "trend", "horizon": "time-to-match", "model": "named",
    }  # fmt: skip
    asked: dict[str, object] = {"convention": conventions.get(name, "daily"), name: value}
    with suppress(HeadwayError):
        assert headway.lag(scale, **asked).table.height > 0  # type: ignore[arg-type]
