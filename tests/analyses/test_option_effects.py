"""Every option of a lag moves the answers that are said to depend on it, and no others."""

import datetime as dt
from dataclasses import fields

import pytest

import headway
from headway.analyses.areas import by_benchmark, by_domain
from headway.analyses.changes import changes
from headway.analyses.contest import CONVENTIONS, LagSpec
from headway.analyses.conventions import OPTIONS, require_effect
from headway.errors import UsageError
from headway.rulers.scale import Scale
from tests.races import race

OTHER = {
    "leader": "closed",
    "follower": "open",
    "date": "announced",
    "tie": "8 points",
    "since": dt.date(2024, 10, 1),
    "until": dt.date(2025, 3, 1),
    "level": 0.5,
    "drop_first": True,
    "min_scores": 7,
    "candidates": "all",
    "region": "US",
    "withdrawn": "drop",
    "significance": 0.6,
    "trend_starts": (dt.date(2024, 9, 1),),
    "trend_on": "records",
    "model": "m07",
    "horizon": 3.0,
    "step": 0.2,
    "bandwidth": 1.0,
    "seed": 9,
}
ALWAYS = ("leader", "follower", "date", "until", "level")


@pytest.fixture(scope="module")
def scale() -> Scale:
    return headway.rulers.eci(draws=60, pinned=None).fit(race())


def test_every_option_is_tried() -> None:
    assert set(OTHER) | {"convention"} == {field.name for field in fields(LagSpec)}
    assert set(CONVENTIONS) < set(OPTIONS)
    assert set().union(*OPTIONS.values()) <= set(OTHER)


@pytest.mark.parametrize("convention", CONVENTIONS)
@pytest.mark.parametrize("option", OTHER)
def test_an_option_moves_the_answer_or_says_that_it_does_not(
    scale: Scale, convention: str, option: str
) -> None:
    base = {"trend_starts": (dt.date(2024, 7, 1),)} if convention == "trend" else {}
    plain = headway.lag(scale, convention=convention, **base)
    asked = base | {option: OTHER[option]}
    if option in OPTIONS[convention] or option in ALWAYS:
        other = headway.lag(scale, convention=convention, **asked)
        told = set(other.notes) - set(plain.notes)
        assert told or not other.table.equals(plain.table)
    else:
        with pytest.raises(UsageError, match=f"{option} would have no effect on {convention}"):
            require_effect({option: option}, (convention,))
        other = headway.lag(scale, convention=convention, **asked)
        assert f"The option {option} has no effect on {convention}." in other.notes
        assert other.table.equals(plain.table)


@pytest.mark.parametrize("option", sorted(set(OTHER) - set(ALWAYS)))
@pytest.mark.parametrize("question", sorted(set(OPTIONS) - set(CONVENTIONS)))
def test_other_questions_depend_on_what_they_say(scale: Scale, question: str, option: str) -> None:
    ask = {
        "by_domain": by_domain,
        "by_benchmark": by_benchmark,
        "changes": lambda scale, spec: changes(scale, spec, dt.date(2025, 2, 12)),
    }[question]
    value = "8 percent" if (question, option) == ("by_benchmark", "tie") else OTHER[option]
    plain, other = (ask(scale, LagSpec(**options)) for options in ({}, {option: value}))
    same = other.table.equals(plain.table) and other.notes == plain.notes
    if option not in OPTIONS[question]:
        assert same
    elif question == "changes" or option not in ("candidates", "withdrawn"):
        assert not same


def test_an_option_without_effect_is_a_note_where_it_cannot_be_refused(scale: Scale) -> None:
    found = headway.analyses.compare(scale, LagSpec(horizon=3.0), ("daily", "gap"))
    assert "The option horizon has no effect on daily, gap." in found.notes
    used = headway.analyses.compare(scale, LagSpec(horizon=3.0), CONVENTIONS)
    assert not any("has no effect" in note for note in used.notes)
