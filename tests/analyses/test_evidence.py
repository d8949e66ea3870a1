"""How far the evidence of an answer reaches: a fact about its sources, not about imports."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings, strategies as st

import headway
from headway.analyses import compare, events
from headway.analyses.agreement import agreement
from headway.analyses.by_ruler import by_ruler
from headway.analyses.diff import diff
from headway.analyses.evidence import evidence_until, reach, reach_of
from headway.analyses.lag import LagSpec
from headway.dataset import Dataset
from headway.errors import UsageError
from headway.rulers import eci
from headway.rulers.scale import Ruler
from tests.races import race

DAY = dt.date
MODELS = [f"m{k}" for k in range(8)]
TESTS = [f"b{k}" for k in range(5)]
NEWEST = DAY(2023, 8, 1)
COVERED = {
    "survey": DAY(2024, 6, 30),
    "lower": DAY(2025, 12, 31),
    "other": DAY(2025, 6, 30),
    "board": DAY(2024, 9, 30),
    "board-two": DAY(2025, 9, 30),
    "votes": DAY(2024, 3, 31),
    "votes-code": DAY(2025, 3, 31),
    "answers": DAY(2024, 2, 29),
    "horizons": DAY(2024, 5, 31),
    "facts": DAY(2026, 1, 31),
}


def frames() -> dict[str, pl.DataFrame]:
    """Every kind of evidence about eight models of 2023, each with sources of its own."""
    models = [
        (m, m, "US" if k % 2 == 0 else "CN", DAY(2023, 1 + k, 1), DAY(2023, 1 + k, 1), "facts")
        for k, m in enumerate(MODELS)
    ]
    scores = [
        (m, b, min(0.95, 0.1 + 0.1 * k + 0.03 * j), "benchmark", "survey")
        for k, m in enumerate(MODELS)
        for j, b in enumerate(TESTS)
    ]
    scores += [(m, "b0", 0.01, "developer", "lower") for m in MODELS]
    scores += [(m, "z", 0.1 + 0.1 * k, "benchmark", "other") for k, m in enumerate(MODELS[:6])]
    ratings = [
        (board, m, 100.0 + 5 * k, 1.0, as_of, source)
        for board, as_of, source in (
            ("One", DAY(2024, 8, 15), "board"),
            ("Two", DAY(2025, 12, 31), "board-two"),
        )
        for k, m in enumerate(MODELS)
    ]
    votes = [
        (
            f"{domain}{i}{j}{r}",
            MODELS[i],
            MODELS[j],
            "a" if r % 3 == 0 else "b",
            domain,
            day,
            source,
        )
        for domain, day, source in (
            ("text", DAY(2024, 3, 1), "votes"),
            ("code", DAY(2025, 3, 1), "votes-code"),
        )
        for i in range(8)
        for j in range(i + 1, 8)
        for r in range(3)
    ]
    responses = [
        (m, test, f"q{q}", float((q * 7 + k * 3) % 11 < 3 + k), source)
        for test, source in (("b0", "answers"), ("b1", "survey"))
        for k, m in enumerate(MODELS)
        for q in range(12)
    ]
    indicators = [
        ("horizon_p50_minutes", m, DAY(2023, 1 + k, 1), 2.0**k, "minutes", "horizons")
        for k, m in enumerate(MODELS)
    ]
    made = {
        "models": (
            models, ["model", "name", "country", "announced_on", "available_on", "source"],
        ),
        "scores": (scores, ["model", "benchmark", "score", "reporter", "source"]),
        "ratings": (ratings, ["board", "model", "rating", "stderr", "as_of", "source"]),
        "votes": (
            votes, ["vote", "model_a", "model_b", "outcome", "domain", "voted_at", "source"],
        ),
        "responses": (responses, ["model", "benchmark", "item", "score", "source"]),
        "items": (
            [("b0", f"q{q}", 2.0**q, "facts") for q in range(12)],
            ["benchmark", "item", "human_minutes", "source"],
        ),
        "indicators": (
            indicators, ["indicator", "subject", "date", "value", "unit", "source"],
        ),
        "benchmarks": (
            [(b, "coding" if b == "z" else "math", 0.0, 1.0, 100, "facts") for b in (*TESTS, "z")],
            ["benchmark", "domain", "chance", "ceiling", "n_items", "source"],
        ),
        "sources": (list(COVERED.items()), ["source", "covers_until"]),
    }  # fmt: skip
    return {
        name: pl.DataFrame(rows, schema=columns, orient="row")
        for name, (rows, columns) in made.items()
    }


def dataset(recorded_on: str = "2026-06-01", **changed: pl.DataFrame) -> Dataset:
    return Dataset.from_frames(recorded_on=recorded_on, **(frames() | changed))


SOME = tuple(TESTS)
RULERS: dict[str, tuple[Callable[[], Ruler], set[str], DAY]] = {
    "eci": (
        lambda: headway.rulers.eci(anchors=None, benchmarks=SOME), {"survey"}, COVERED["survey"],
    ),
    "eci on all": (
        lambda: headway.rulers.eci(anchors=None), {"survey", "other"}, COVERED["other"],
    ),
    "eci by means": (
        lambda: headway.rulers.eci(anchors=None, benchmarks=SOME, duplicates="mean"),
        {"survey", "lower"}, COVERED["lower"],
    ),
    "eci without a benchmark": (
        lambda: headway.rulers.eci(anchors=None, weights={"z": 0.0}), {"survey"},
        COVERED["survey"],
    ),
    "eci of models with many scores": (
        lambda: headway.rulers.eci(anchors=None, benchmarks=("b1", "b2", "z"), min_scores=3),
        {"survey", "other"}, COVERED["other"],
    ),
    "single": (lambda: headway.rulers.single("b0"), {"survey"}, COVERED["survey"]),
    "single of another source": (lambda: headway.rulers.single("z"), {"other"}, COVERED["other"]),
    "composite": (
        lambda: headway.rulers.composite(["b0", "b1"]), {"survey"}, COVERED["survey"],
    ),
    "composite filled by a fit": (
        lambda: headway.rulers.composite(["b1", "z"], missing="model"), {"survey", "other"},
        COVERED["other"],
    ),
    # Its curves come from all benchmarks, and what is measured from those of the domain alone.
    "domain": (
        lambda: headway.rulers.domain("math", joint=headway.rulers.eci(anchors=None)), {"survey"},
        COVERED["survey"],
    ),
    "calibrated": (
        lambda: headway.rulers.calibrated(anchors=None, benchmarks=SOME), {"survey"},
        COVERED["survey"],
    ),
    # A board reaches to the day of its publication, and not to all that its source covers.
    "published": (lambda: headway.rulers.published("One"), {"board"}, DAY(2024, 8, 15)),
    "published, another board": (
        lambda: headway.rulers.published("Two"), {"board-two"}, COVERED["board-two"],
    ),
    "pairwise": (lambda: headway.rulers.pairwise(domain="text"), {"votes"}, DAY(2024, 3, 1)),
    "items": (
        lambda: headway.rulers.items(benchmarks=("b0",)), {"answers"}, COVERED["answers"],
    ),
    "horizon": (lambda: headway.rulers.horizon(benchmarks=("b0",)), {"answers"},
                COVERED["answers"]),
    "horizon as published": (
        lambda: headway.rulers.horizon(published=True), {"horizons"}, COVERED["horizons"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", RULERS)
def test_a_ruler_reaches_as_far_as_the_sources_that_it_used(name: str) -> None:
    make, used, day = RULERS[name]
    scale = make().fit(dataset(), draws=0)
    assert set(scale.evidence.sources) == used
    found = reach(scale)
    assert found is not None
    assert (found.day, found.because) == (day, "coverage")
    assert found.entity in used


@pytest.mark.parametrize("name", RULERS)
def test_the_day_of_record_has_no_part_in_it(name: str) -> None:
    make, _, day = RULERS[name]
    scale = make().fit(dataset(recorded_on="2026-11-30"), draws=0)
    found = reach(scale)
    assert found is not None
    assert found.day == day


@pytest.mark.parametrize("name", RULERS)
def test_without_coverage_the_newest_model_is_the_last_day(name: str) -> None:
    silent = frames()["sources"].with_columns(covers_until=pl.lit(None, dtype=pl.Date))
    make, *_ = RULERS[name]
    scale = make().fit(dataset(sources=silent), draws=0)
    found = reach(scale)
    assert found is not None
    assert found.because == "newest-model"
    assert found.entity == max(scale.models)
    assert found.day == DAY(2023, 1 + int(found.entity[1:]), 1)


@settings(max_examples=8, deadline=None)
@given(
    rows=st.lists(
        st.tuples(st.sampled_from(MODELS), st.sampled_from(["unused", "b0"])), min_size=1,
        max_size=4, unique=True,
    ),
    recorded=st.dates(DAY(2026, 6, 2), DAY(2030, 1, 1)),
)  # fmt: skip
def test_rows_of_old_models_move_nothing_unless_their_source_covers_more(
    rows: list[tuple[str, str]], recorded: dt.date
) -> None:
    before = dataset()
    extra = pl.DataFrame(
        [(m, b, 0.999, "independent", "mine", recorded) for m, b in rows],
        schema=["model", "benchmark", "score", "reporter", "source", "recorded_on"], orient="row",
    )  # fmt: skip
    tests = pl.concat(
        [
            frames()["benchmarks"],
            frames()["benchmarks"][:1].with_columns(benchmark=pl.lit("unused")),
        ]
    )
    grown = pl.concat([frames()["scores"], extra], how="diagonal")
    ruler = headway.rulers.eci(anchors=None, benchmarks=SOME)
    for coverage in (None, DAY(2026, 1, 15)):
        sources = pl.concat(
            [frames()["sources"], pl.DataFrame({"source": ["mine"], "covers_until": [coverage]},
                                              schema_overrides={"covers_until": pl.Date})]
        )  # fmt: skip
        after = dataset(
            scores=grown.with_columns(pl.col("recorded_on").fill_null(DAY(2026, 6, 1))),
            sources=sources, benchmarks=tests,
        )  # fmt: skip
        was, now = reach(ruler.fit(before, draws=0)), reach(ruler.fit(after, draws=0))
        used = any(b == "b0" for _, b in rows)
        assert was is not None
        assert now is not None
        assert now.day == (coverage if coverage and used else was.day)


def test_newer_ratings_of_newer_models_move_the_published_ruler_alone() -> None:
    given_ = frames()
    new = DAY(2025, 10, 5)
    models = pl.concat(
        [given_["models"], given_["models"][-1:].with_columns(
            model=pl.lit("new"), announced_on=new, available_on=new)]
    )  # fmt: skip
    ratings = pl.concat(
        [given_["ratings"], given_["ratings"][:8].with_columns(as_of=DAY(2026, 1, 1)),
         given_["ratings"][:1].with_columns(model=pl.lit("new"), as_of=DAY(2026, 1, 1))]
    )  # fmt: skip
    data = dataset(models=models, ratings=ratings)
    by_board = reach(headway.rulers.published("One").fit(data))
    by_scores = reach(headway.rulers.eci(anchors=None, benchmarks=SOME).fit(data, draws=0))
    assert by_board is not None
    assert by_scores is not None
    assert (by_board.day, by_board.entity) == (new, "new")
    assert by_scores.day == COVERED["survey"]


def plain(**changed: Any) -> Dataset:
    bare = {name: frames()[name] for name in ("models", "scores", "benchmarks")}
    return Dataset.from_frames(
        **{name: frame.drop("source") for name, frame in (bare | changed).items()
           if isinstance(frame, pl.DataFrame)},
        **{name: value for name, value in changed.items() if not isinstance(value, pl.DataFrame)},
    )  # fmt: skip


def lag_now(data: Dataset, **options: Any) -> headway.analyses.LagResult:
    scale = headway.rulers.eci(anchors=None, benchmarks=SOME).fit(data, draws=0)
    return headway.lag(scale, tie=0.0, **options)


def test_old_models_in_a_frame_are_not_measured_to_today() -> None:
    result = lag_now(plain())
    assert result.asked["until"] == NEWEST.isoformat()
    assert result.asked["evidence"] == {
        "day": "2023-08-01", "because": "newest-model", "model": "m7",
    }  # fmt: skip
    covered = lag_now(plain(covers_until="2024-01-31"))
    assert covered.asked["until"] == "2024-01-31"
    assert lag_now(plain(), until=DAY(2025, 1, 1)).asked["until"] == "2025-01-01"


def test_coverage_of_the_future_is_refused() -> None:
    with pytest.raises(UsageError, match="covers_until is 2027-01-01, after the day of record"):
        plain(recorded_on="2026-01-01", covers_until="2027-01-01")
    with pytest.raises(UsageError, match="'soon' is not a day"):
        plain(covers_until="soon")


@pytest.mark.parametrize("year", [2062, 2099])
def test_a_date_of_the_future_does_not_move_the_last_day_and_is_named(year: int) -> None:
    wrong = pl.when(pl.col("model") == "m6").then(DAY(year, 1, 1)).otherwise("available_on")
    data = plain(models=frames()["models"].with_columns(available_on=wrong))
    result = lag_now(data)
    assert result.asked["until"] == NEWEST.isoformat()
    assert any(f"m6 ({year}-01-01)" in note for note in result.notes)


@pytest.mark.parametrize("by", ["released", "recorded"])
def test_a_view_of_an_earlier_day_reaches_no_further_than_that_day(by: Any) -> None:
    day = DAY(2023, 6, 15)
    data = dataset(recorded_on="2023-06-10" if by == "recorded" else "2026-06-01")
    view = data.as_of(day, by=by)
    found = reach(headway.rulers.eci(anchors=None, benchmarks=SOME).fit(view, draws=0))
    assert found is not None
    assert found.day <= day
    again = reach_of(view)
    assert again is not None
    assert again.day <= day
    assert view.sources["covers_until"].max() <= day


def test_every_date_basis_has_its_own_newest_model() -> None:
    models = frames()["models"].with_columns(
        available_on=pl.col("announced_on").dt.offset_by("2mo"),
        listed_on=pl.col("announced_on").dt.offset_by("-1mo"),
        weights_on=pl.lit(None, dtype=pl.Date),
        open_weights=pl.lit(value=False),
    )
    data = plain(models=models)
    days = {
        basis: lag_now(data, date=basis).asked["until"]
        for basis in ("available", "announced", "listed", "weights")
    }
    assert days == {
        "available": "2023-10-01", "announced": "2023-08-01", "listed": "2023-07-01",
        "weights": "2023-10-01",
    }  # fmt: skip


def test_without_any_date_there_is_no_lag_and_the_way_out_is_named() -> None:
    bare = frames()["models"].with_columns(
        pl.lit(None, dtype=pl.Date).alias(name) for name in ("announced_on", "available_on")
    )
    data = plain(models=bare)
    with pytest.raises(UsageError, match="no model on this scale has a date"):
        lag_now(data)
    with pytest.raises(UsageError, match="nothing says how far"):
        evidence_until(data)
    assert reach(headway.rulers.eci(anchors=None).fit(data, draws=0)) is None


def test_every_analysis_states_the_question_in_force() -> None:
    data = dataset()
    scale = headway.rulers.eci(anchors=None, benchmarks=SOME).fit(data, draws=20)
    spec = LagSpec(tie=0.0)
    wanted = COVERED["survey"].isoformat()
    found = {
        "lag": headway.lag(scale, tie=0.0),
        "compare": compare(scale, spec),
        "events": events(scale, spec),
        "by_domain": headway.analyses.by_domain(scale, spec),
        "by_benchmark": headway.analyses.by_benchmark(scale, spec),
        "changes": headway.analyses.changes(scale, spec, DAY(2023, 7, 1)),
        "by_ruler": by_ruler({"a": scale}, spec),
        "diff": diff(data, data, spec=spec, ruler=headway.rulers.eci(anchors=None, draws=0,
                                                                      benchmarks=SOME)),
        "agreement": agreement(
            {"a": scale, "b": headway.rulers.single("b0").fit(data, draws=20)}
        ),
    }  # fmt: skip
    for name, result in found.items():
        asked = result.to_dict()["asked"]
        assert asked["evidence"]["day"] == wanted, name
        assert asked["date"] == "available", name
        assert asked["dataset"] == result.dataset, name
        if name != "agreement":
            assert (asked["leader"], asked["follower"]) == ("country:US", "country:CN"), name
            assert asked["tie"] == 0.0, name
    assert found["lag"].asked["ruler"] == scale.ruler
    assert found["lag"].asked["until"] == wanted
    assert found["lag"].asked["since"] == "2023-02-01"


def test_models_dated_after_all_that_is_known_are_named_as_such() -> None:
    day = dt.date(2031, 1, 1)
    data = race()
    late = data.models.select("model", "country").with_columns(
        announced_on=pl.lit(day), available_on=pl.lit(day)
    )
    made = Dataset.from_frames(
        recorded_on="2026-01-01",
        models=late,
        aliases=data.aliases.select("kind", "alias", "id"),
        scores=data.scores.select("model", "benchmark", "variant", "score"),
    )
    with pytest.raises(UsageError, match=r"after 2026-01-01, .* on 2031-01-01"):
        headway.lag(eci(draws=5).fit(made))


def test_a_day_before_every_model_of_a_group_says_when_its_first_came() -> None:
    with pytest.raises(UsageError) as caught:
        headway.lag(eci(draws=5).fit(race()), until="2020-01-01")
    assert "Its first is dated 2024-" in str(caught.value.hint)
