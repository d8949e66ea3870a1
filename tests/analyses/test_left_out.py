"""Models that lack a date or a known group are named, with their ranks, and mark the answer."""

import datetime as dt
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings, strategies as st

import headway
from headway.analyses import by_benchmark, by_domain, changes, compare, events
from headway.analyses.by_ruler import by_ruler
from headway.analyses.lag import CONVENTIONS, LagSpec
from headway.analyses.multiverse import multiverse
from headway.dataset import Dataset
from headway.dataset.groups import members, membership
from headway.errors import UsageError
from headway.frontier import frontier
from headway.report.words import Words

UNKNOWN: dict[str, tuple[str, dict[str, Any]]] = {
    "country:CN": ("country", {"country": None}),
    "!country:US": ("country", {"country": None}),
    "organisation:Lab B": ("organisation", {"organisation": None}),
    "family:b": ("family", {"family": None}),
    "licence_class:restricted": ("licence", {"licence_class": "unknown"}),
    "access:weights": ("access", {"access": "unknown"}),
    "open": ("weights", {"open_weights": None}),
    "!closed": ("weights", {"open_weights": None}),
    "country:CN+open": ("country or weights", {"country": None}),
}
RANK_1, RANK_2, LAST = 11, 10, 0


def world(changed: dict[int, dict[str, Any]]) -> Dataset:
    """Twelve models, each better than those before; the odd ones of country CN, lab B, open."""
    rows = []
    for k in range(12):
        day = dt.date(2024, 1, 1) + dt.timedelta(days=40 * k)
        rows.append(
            {
                "model": f"m{k:02}", "name": f"M {k}", "country": "CN" if k % 2 else "US",
                "organisation": "b" if k % 2 else "a", "family": "b" if k % 2 else "a",
                "licence_class": "restricted" if k % 2 else "closed",
                "access": "weights" if k % 2 else "api", "open_weights": bool(k % 2),
                "announced_on": day, "available_on": day, "listed_on": day, "weights_on": day,
            } | changed.get(k, {})
        )  # fmt: skip
        if not rows[-1]["open_weights"]:
            rows[-1]["weights_on"] = None
    scores = [
        (f"m{k:02}", f"b{j}", 0.05 + 0.07 * k + 0.01 * j) for k in range(12) for j in range(4)
    ]
    return Dataset.from_frames(
        models=pl.DataFrame(rows, infer_schema_length=None),
        organisations=pl.DataFrame({"organisation": ["a", "b"], "name": ["Lab A", "Lab B"]}),
        benchmarks=pl.DataFrame(
            {"benchmark": [f"b{j}" for j in range(4)], "domain": ["math"] * 2 + ["coding"] * 2}
        ),
        scores=pl.DataFrame(scores, schema=["model", "benchmark", "score"], orient="row"),
        recorded_on="2026-01-01",
    )


def scale_of(data: Dataset, draws: int = 25) -> Any:
    return headway.rulers.eci(anchors=None).fit(data, draws=draws)


@pytest.mark.parametrize("group", UNKNOWN)
def test_a_model_of_unknown_membership_is_in_no_group_and_named(group: str) -> None:
    words, change = UNKNOWN[group]
    data = world({RANK_1: change})
    assert "m11" not in members(data, group)
    assert "m11" in membership(data, group).undecided
    front = frontier(scale_of(data), group)
    [note, strong] = [n for n in front.notes if "m11" in n]
    assert (
        note == f"1 model may belong to {group} ({words} not known) and is left out: m11 (rank 1)."
    )
    assert strong.startswith(f"The frontier of {group} may stand too low")
    assert not front.complete
    for said in (note, strong):
        assert Words("zh").note(said)[1]


@pytest.mark.parametrize("group", ["country:CN", "!country:US", "open", "organisation:Lab B"])
def test_what_is_known_of_every_model_decides_every_membership(group: str) -> None:
    data = world({})
    found = membership(data, group)
    assert found.undecided == ()
    assert found.members == tuple(f"m{k:02}" for k in range(1, 12, 2))


def test_a_term_that_is_false_decides_whatever_else_is_unknown() -> None:
    data = world({RANK_2: {"country": None}, RANK_1: {"country": None}})
    found = membership(data, "country:CN+open")
    assert found.undecided == ("m11",)


def test_asking_for_the_unknown_finds_it() -> None:
    data = world({RANK_1: {"access": "unknown"}})
    assert members(data, "access:unknown") == ["m11"]
    assert membership(data, "access:unknown").undecided == ()


@settings(max_examples=30, deadline=None)
@given(
    undated=st.sets(st.integers(0, 11), max_size=5),
    stateless=st.sets(st.integers(0, 11), max_size=5),
)
def test_every_model_on_the_scale_counts_or_is_named(
    undated: set[int], stateless: set[int]
) -> None:
    changed: dict[int, dict[str, Any]] = {k: {} for k in undated | stateless}
    for k in undated:
        changed[k] |= {"available_on": None, "announced_on": None}
    for k in stateless:
        changed[k] |= {"country": None}
    data = world(changed)
    scale = scale_of(data, draws=0)
    named: set[str] = set()
    for group in ("country:US", "country:CN"):
        try:
            front = frontier(scale, group)
        except UsageError:
            return
        named |= {one.model for one in front.left_out} | set(front.models)
        ranks = [one.rank for one in front.left_out]
        assert ranks == sorted(ranks)
        best = front.values[0].max()
        for one in front.left_out:
            at = scale.models.index(one.model)
            assert one.rank == 1 + sum(scale.estimate > scale.estimate[at])
            if scale.estimate[at] > best:
                assert one.raises
    assert named == set(scale.models)


@pytest.mark.parametrize("change", [{"available_on": None}, {"country": None}])
@pytest.mark.parametrize("convention", CONVENTIONS)
def test_a_missing_number_1_marks_the_answer_of_every_convention(
    change: dict[str, Any], convention: str
) -> None:
    scale = scale_of(world({RANK_1: change}))
    result = compare(scale, LagSpec(tie=0.0, convention=convention, trend_starts=(  # type: ignore[arg-type]
        dt.date(2024, 2, 15),)), (convention,))  # fmt: skip
    assert "ok" not in result.table["status"].to_list()
    assert any("m11 (rank 1)" in note for note in result.notes)
    [missing] = result.asked["left_out"]["country:CN"]
    assert missing == {
        "model": "m11", "rank": 1, "lacks": "date" if "available_on" in change else "group",
        "raises": True,
    }  # fmt: skip


def test_a_missing_number_1_is_named_on_every_face() -> None:
    data = world({RANK_1: {"country": None}})
    scale = scale_of(data)
    spec = LagSpec(tie=0.0)
    found = {
        "events": events(scale, spec),
        "by_domain": by_domain(scale, spec),
        "by_benchmark": by_benchmark(scale, spec),
        "changes": changes(scale, spec, dt.date(2024, 9, 1)),
        "by_ruler": by_ruler({"a": scale}, spec),
        "multiverse": multiverse(
            data, rulers={"a": headway.rulers.eci(anchors=None)}, draws=0, subsets=("all",),
            weights=("equal",), answers=("daily-12m",), dates=("available",), ties=(0.0,),
            questions=("us-china",),
        ),
    }  # fmt: skip
    for name, result in found.items():
        assert any("m11" in note for note in result.notes), name
        assert all(Words("zh").note(note)[1] for note in result.notes if "m11" in note), name


@pytest.mark.parametrize("change", [{"available_on": None}, {"country": None}])
def test_a_missing_model_below_the_frontier_is_named_and_marks_nothing(
    change: dict[str, Any],
) -> None:
    data = world({3: change | {"announced_on": dt.date(2025, 6, 1)}})
    later = data.models.filter(pl.col("model") == "m03")
    if later["available_on"][0] is not None:
        data = world({3: change | {"available_on": dt.date(2025, 6, 1)}})
    result = headway.lag(scale_of(data), tie=0.0)
    assert any("m03 (rank 9)" in note for note in result.notes)
    assert result.headline()["status"] != "incomplete"


def test_a_model_that_never_came_out_is_named_and_marks_nothing() -> None:
    data = world({RANK_1: {"available_on": None, "access": "unreleased"}})
    result = headway.lag(scale_of(data), tie=0.0)
    assert any("m11 (rank 1)" in note for note in result.notes)
    assert result.headline()["status"] != "incomplete"


def test_a_group_without_dated_models_says_that_it_has_none_with_a_date() -> None:
    data = world({k: {"available_on": None} for k in range(1, 12, 2)})
    with pytest.raises(UsageError, match="'country:CN' has no dated model on this scale") as caught:
        headway.lag(scale_of(data, 0), tie=0.0)
    assert "m11 (rank 1), m09 (rank 3)" in str(caught.value.hint)


def test_a_group_of_which_nothing_is_known_says_so() -> None:
    data = world({k: {"open_weights": None} for k in range(1, 12, 2)})
    with pytest.raises(UsageError, match="'open' has no model in this dataset") as caught:
        members(data, "open")
    assert "6 models" in str(caught.value.hint)


def test_a_view_of_an_earlier_day_names_the_models_without_a_day() -> None:
    data = world({RANK_1: {"announced_on": None}, LAST: {"announced_on": None}})
    note = data.as_of("2025-12-31", by="released").notes[-1]
    assert note.endswith("2 models without a day of announcement are left out: m11, m00")
    assert Words("zh").note(note)[1]
