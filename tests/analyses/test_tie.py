"""A tie carries its unit: one rule, whoever asks and on whatever scale."""

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

import headway
from headway.analyses.areas import by_benchmark, by_domain
from headway.analyses.by_ruler import by_ruler
from headway.analyses.changes import changes
from headway.analyses.contest import CONVENTIONS, LagSpec
from headway.analyses.conventions import OPTIONS
from headway.analyses.diff import diff
from headway.analyses.events import events
from headway.analyses.lag import compare
from headway.analyses.tie import Tie, tie_on, unit_of_ties
from headway.errors import UsageError
from headway.report.words import Words
from headway.rulers import eci
from headway.rulers.scale import Scale
from tests.races import race

TIED = [name for name in CONVENTIONS if "tie" in OPTIONS[name]]
UNITS = {"points": "points", "logits": "logits", "percent": "percent", "elo": "rating points"}


@pytest.fixture(scope="module")
def scales() -> dict[str, Scale]:
    data = race()
    points = eci(draws=30).fit(data)
    return {
        "points": points,
        "logits": eci(draws=30, anchors=None).fit(data),
        "percent": headway.rulers.single("b4").fit(data, draws=30),
        "elo": replace(points, spec={"kind": "pairwise"}),
    }


def ask(name: str) -> Callable[[Scale, LagSpec], Any]:
    if name in CONVENTIONS:
        return lambda scale, spec: compare(scale, spec, (name,))
    return {
        "changes": lambda scale, spec: changes(scale, spec, dt.date(2025, 2, 12)),
        "by_ruler": lambda scale, spec: by_ruler({"it": scale}, spec),
        "every": compare,
    }[name]


@pytest.mark.parametrize("entry", [*TIED, "changes", "by_ruler", "every"])
@pytest.mark.parametrize("kind", UNITS)
def test_the_default_is_a_point_on_points_and_nothing_elsewhere(
    scales: dict[str, Scale], entry: str, kind: str
) -> None:
    scale = scales[kind]
    default = ask(entry)(scale, LagSpec())
    same = ask(entry)(scale, LagSpec(tie="1 point" if kind == "points" else 0.0))
    assert default.table.equals(same.table)
    assert default.spec["tie"] == (1.0 if kind == "points" else 0.0)
    if entry != "by_ruler":
        said = [note for note in default.notes if note.startswith("There is no tie")]
        assert bool(said) == (kind != "points")
        for note in said:
            assert f"this ruler measures in {UNITS[kind]}." in note
            assert Words("zh").note(note)[1]


@pytest.mark.parametrize("kind", ["logits", "percent", "elo"])
@pytest.mark.parametrize("entry", [*TIED, "changes", "every"])
def test_a_bare_number_is_never_taken_in_another_unit(
    scales: dict[str, Scale], entry: str, kind: str
) -> None:
    for tie in (1.0, 1, "1", "1 points", "1 apples"):
        with pytest.raises(UsageError, match=f"measures in {UNITS[kind]}"):
            ask(entry)(scales[kind], LagSpec(tie=tie))
    with pytest.raises(UsageError, match="as large as the whole scale"):
        ask(entry)(scales[kind], LagSpec(tie=f"1e6 {UNITS[kind]}"))
    span = scales[kind].estimate.max() - scales[kind].estimate.min()
    told = ask(entry)(scales[kind], LagSpec(tie=f"{span / 20:.3f} {UNITS[kind]}"))
    assert told.spec["tie"] == pytest.approx(span / 20, abs=1e-3)
    assert told.spec["tie_unit"] == UNITS[kind]


def test_of_several_rulers_those_take_it_that_measure_in_its_unit(scales: dict[str, Scale]) -> None:
    def ties(tie: object) -> dict[str, float]:
        table = by_ruler(scales, LagSpec(tie=tie)).table
        return dict(table.select("entity", "tie").iter_rows())

    none = dict.fromkeys(UNITS, 0.0)
    assert ties(2.0) == none | {"points": 2.0}
    assert ties("0.3 logits") == none | {"logits": 0.3}
    assert ties("4 rating points") == none | {"elo": 4.0}


def test_areas_take_a_tie_of_their_own_unit(scales: dict[str, Scale]) -> None:
    scale = scales["points"]
    plain = by_benchmark(scale, LagSpec()).table
    assert not by_benchmark(scale, LagSpec(tie="9 percent")).table.equals(plain)
    with pytest.raises(UsageError, match="would have no effect on single benchmarks"):
        by_benchmark(scale, LagSpec(tie=1.0))
    named = by_domain(scale, LagSpec(tie="1 point")).table
    assert named.equals(by_domain(scale, LagSpec()).table)
    both = events(scale, LagSpec(tie="9 percent")).table.filter(kind="benchmark")
    assert not both.equals(events(scale, LagSpec()).table.filter(kind="benchmark"))


def test_a_diff_takes_the_tie_of_its_ruler() -> None:
    data = race()
    found = diff(data, data, ruler=eci(draws=5, anchors=None))
    assert any(note.startswith("There is no tie") for note in found.notes)


@pytest.mark.parametrize("value", [-1, float("nan"), float("inf"), "", "points", "1e999", True, []])
def test_what_is_no_tie_is_refused(value: object) -> None:
    with pytest.raises(UsageError, match="tie is"):
        LagSpec(tie=value)


def test_a_tie_survives_being_written_down(scales: dict[str, Scale]) -> None:
    for value in (None, 0.0, 1.5, "0.05 logits", "2  rating   points"):
        spec = LagSpec(tie=value)
        assert LagSpec(tie=spec.to_dict()["tie"]) == spec
    assert Tie.read("2  rating   points") == Tie(2.0, "rating points")
    assert {name: unit_of_ties(scale) for name, scale in scales.items()} == UNITS
    assert tie_on(scales["logits"], 0).note is None


@pytest.mark.parametrize("entry", ["daily", "records", "time-to-match", "every", "by_ruler"])
@pytest.mark.parametrize("apart", [1e-3, 1.0, 3.0, 20.0, 1e4])
@pytest.mark.parametrize("ruler", ["eci", "calibrated", "published"])
def test_a_point_is_no_default_where_anchors_make_it_large(
    scales: dict[str, Scale], ruler: str, apart: float, entry: str
) -> None:
    """The same scale with its anchors closer together: a point is a larger part of it."""
    scale = scales["points"]
    if ruler == "published":
        spec: dict[str, Any] = {"kind": "published", "board": "Epoch ECI"}
    else:
        kind = "logistic" if ruler == "eci" else ruler
        spec = {"kind": kind, "anchors": {"claude-3-5-sonnet": 0.0, "gpt-5": apart}}
    draws = replace(scale.capability, values=scale.capability.values * apart / 20)
    scaled = replace(scale, spec=spec, estimate=scale.estimate * apart / 20, capability=draws)
    little = float(scaled.estimate.max() - scaled.estimate.min()) >= 10
    found = ask(entry)(scaled, LagSpec())
    plain = ask(entry)(scaled, LagSpec(tie=1.0 if little else 0.0))
    assert found.table.equals(plain.table)
    assert found.spec["tie"] == (1.0 if little else 0.0)
    if entry != "by_ruler":
        said = [note for note in found.notes if note.startswith("There is no tie")]
        assert len(said) == (not little)
        assert all("a point is little" in note and Words("zh").note(note)[1] for note in said)


def test_a_tie_that_is_a_large_part_of_a_scale_says_how_large(scales: dict[str, Scale]) -> None:
    for kind, unit in UNITS.items():
        span = float(scales[kind].estimate.max() - scales[kind].estimate.min())
        assert tie_on(scales[kind], f"{span * 0.05} {unit}").note is None
        note = tie_on(scales[kind], f"{span * 0.6:.4f} {unit}").note
        assert note is not None
        assert "is 60% of the whole scale" in note
        assert Words("zh").note(note)[1]


@pytest.mark.parametrize("board", ["Special", "PRECISION", "SPECIAL", "Species ECIx"])
def test_a_board_has_the_points_of_the_index_by_its_name_as_a_word(
    scales: dict[str, Scale], board: str
) -> None:
    other = replace(scales["points"], spec={"kind": "published", "board": board})
    assert unit_of_ties(other) == "rating points"
    index = replace(scales["points"], spec={"kind": "published", "board": "Epoch ECI"})
    assert unit_of_ties(index) == "points"


def test_a_percent_sign_is_percent(scales: dict[str, Scale]) -> None:
    assert tie_on(scales["percent"], "2 %") == tie_on(scales["percent"], "2 percent")
