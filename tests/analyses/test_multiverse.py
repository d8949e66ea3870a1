"""The multiverse on worlds where every way has a known answer, and against the single lag."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
import polars as pl
import pytest

import headway
from headway.analyses.multiverse import (
    ANSWERS,
    AXES,
    QUESTIONS,
    MultiverseResult,
    MultiverseSpec,
    multiverse,
)
from headway.analyses.multiverse.choices import domain_weights, subset, subsets_of
from headway.analyses.multiverse.cross import RULES, cross
from headway.analyses.multiverse.result import weighted_quantiles
from headway.dataset import Dataset
from headway.draws import Draws
from headway.engines import Load, start
from headway.engines.local import Local
from headway.errors import HeadwayError, NotIdentified, UsageError
from headway.frontier import months
from headway.rulers import eci, published
from headway.rulers.scale import Scale
from tests.rulers.worlds import race_world

LAG = 8.0
STEP = months(45)


@dataclass(frozen=True)
class Truth:
    """A ruler that knows: capability from the number in a model's name, on a straight road."""

    noise: float = 0.0
    benchmarks: None = None
    unit: str = "points"

    def fit(
        self, data: Dataset, *, draws: int | None = None, seed: int | None = None, **_: Any
    ) -> Scale:
        models = tuple(data.scores["model"].unique().sort().to_list())
        estimate = np.array([100 + 2.5 * int(m[2:]) for m in models])
        noise = np.random.default_rng(seed).standard_normal((draws or 0, len(models)))
        values = estimate + self.noise * noise
        counts = dict(data.scores.group_by("model").len().iter_rows())
        return Scale(
            ruler="truth", spec={"kind": "logistic", "anchors": {"a": 1.0, "b": 2.0}},
            dataset=data, models=models, estimate=estimate,
            capability=Draws(values=values, dims=("draw", "model"), coords={"model": models},
                             unit=self.unit, draw_set="truth"),
            status=("ok",) * len(models), n_scores=np.array([counts[m] for m in models]),
            low=estimate, high=estimate, level=0.9, unit=self.unit, seed=seed,
        )  # fmt: skip


@pytest.fixture(scope="module")
def world() -> Dataset:
    data, _ = race_world(lag_months=LAG)
    benchmarks = data.history("benchmarks").with_columns(
        domain=pl.Series(["math", "coding"] * 8),
        item_access=pl.Series((["public"] * 3 + ["held_out"]) * 4),
    )
    return replace(data, tables=dict(data.tables) | {"benchmarks": benchmarks})


SMALL: dict[str, Any] = {
    "draws": 20, "subsets": ("all", "public", "without-math"), "ties": (0.0, 1.0),
    "dates": ("available", "announced"), "as_of": (dt.date(2026, 3, 16), dt.date(2025, 12, 1)),
}  # fmt: skip


def small(world: Dataset, **options: Any) -> MultiverseResult:
    return multiverse(
        world,
        rulers={"truth": Truth(noise=0.1), "bare": Truth()},
        **(SMALL | {"weights": ("equal",)} | options),
    )


@pytest.fixture(scope="module")
def asked(world: Dataset) -> MultiverseResult:
    return small(world)


def test_every_way_finds_the_known_lag(asked: MultiverseResult) -> None:
    """All releases are 45 days apart, so a way may be off by the size of a step."""
    ways = asked.answered()
    assert ways.height > 800
    assert set(ways["answer"]) == set(ANSWERS)
    # The thresholds and the first day of a step are within one step, the tie within another.
    off = (ways["estimate"] - LAG).abs()
    assert off.filter(ways["tie"] == "0").max() <= STEP + 0.1
    assert off.max() <= 2 * STEP + 0.1
    for row in asked.distribution.to_dicts():
        assert row["behind"] == pytest.approx(1.0)
        assert row["low"] <= row["median"] <= row["high"]
        assert abs(row["median"] - LAG) <= STEP


def test_every_combination_is_accounted_for(asked: MultiverseResult) -> None:
    counts = asked.counts
    total = counts.filter(pl.col("kind") == "combinations")["n"].sum()
    assert total == 2 * 3 * 2 * 2 * 2 * 2 * len(ANSWERS)
    assert counts.filter(pl.col("kind") != "combinations")["n"].sum() == total
    answered = counts.filter(pl.col("kind") == "answered")["n"].sum()
    assert answered == asked.answered().height
    assert asked.ways.height == answered + counts.filter(pl.col("kind") == "unanswered")["n"].sum()


def test_a_way_is_what_the_single_lag_says(catalog: Dataset) -> None:
    """Ways picked at random come out of ``headway.lag`` by the same choices."""
    day, earlier = dt.date(2026, 8, 11), dt.date(2026, 2, 1)
    result = multiverse(
        catalog, draws=20, questions=("us-china", "closed-open"), rulers=("eci", "published"),
        subsets=("all", "independent"), as_of=(day, earlier),
    )  # fmt: skip
    scales: dict[tuple[str, ...], Scale] = {}
    rng = np.random.default_rng(4)
    rows = [result.ways.row(int(k), named=True) for k in rng.choice(result.ways.height, 60)]
    checked = 0
    for row in rows:
        key = (row["ruler"], row["subset"], row["weights"], row["as_of"])
        if key not in scales:
            part = subset(catalog, row["subset"])
            if row["as_of"] != day.isoformat():
                part = part.as_of(row["as_of"], by="released")
            weights = domain_weights(part) if row["weights"] == "domain" else None
            # Independent evidence is without the benchmark that fixes the index.
            pinned = None if row["subset"] == "independent" else "winogrande"
            fitted = eci(weights=weights, pinned=pinned)
            ruler = published() if row["ruler"] == "published" else fitted
            scales[key] = ruler.fit(part, draws=20, seed=0)
        answer = ANSWERS[row["answer"]]
        leader, follower = QUESTIONS[row["question"]]
        found = headway.lag(
            scales[key], leader=leader, follower=follower, convention=answer.convention,
            date=row["dates"], tie=float(row["tie"]), candidates=row["candidates"],
            drop_first=answer.drop_first, until=dt.date.fromisoformat(row["as_of"]),
        )  # fmt: skip
        period = row["as_of"][:4] if answer.period == "year" else answer.period
        lines = found.table.filter(
            (pl.col("period") == period) & (pl.col("quantity") == answer.quantity)
        )
        if answer.entity:
            lines = lines.filter(pl.col("entity") == answer.entity)
        line = lines.row(0, named=True)
        for column in ("estimate", "low", "high"):
            assert row[column] == pytest.approx(line[column], abs=1e-9), (row, column)
        checked += row["estimate"] is not None
    assert checked > 40


def test_what_is_asked_once_would_have_given_the_same(catalog: Dataset) -> None:
    """Combinations that count as the same way as another do give its number."""
    scale = eci(draws=30).fit(catalog)
    for convention in ("trend", "named", "daily-significant"):
        one, other = (
            headway.lag(scale, convention=convention, tie=tie).table["estimate"] for tie in (0, 2)
        )
        assert one.equals(other)
    for convention in ("named", "daily-significant"):
        one, other = (
            headway.lag(scale, convention=convention, candidates=rule).table
            for rule in ("records", "all")
        )
        assert one.equals(other)
    plain, weighted = (
        headway.lag(eci(draws=0, weights=w).fit(catalog), convention="thresholds", tie=tie).table
        for w, tie in ((None, 0), (domain_weights(catalog), 1))
    )
    assert plain["estimate"].equals(weighted["estimate"])


def test_rules_say_which_combinations_are_no_ways() -> None:
    spec = MultiverseSpec(questions=("us-china", "closed-open"), ties=(0.0, 1.0))
    rulers = {"published": published(), "eci": eci(), "own": eci(benchmarks=("gpqa-diamond",))}
    made = cross(spec, rulers, ("all", "public"), ("2026-08-11",), bare=["published"])
    table = pl.DataFrame(
        {axis: np.array(names)[made.column(axis)] for axis, names in made.levels.items()}
        | {"rule": made.rule, "same_as": made.same_as}
    ).with_row_index("k")
    assert set(table["rule"]) == (set(RULES) - {"no-weights", "no-points"}) | {""}
    scaled = ~pl.col("answer").str.starts_with("thresholds")
    printed = (pl.col("ruler") == "published") & scaled
    other = (pl.col("subset") != "all") | (pl.col("weights") != "equal")
    assert set(table.filter(printed & other)["rule"]) == {"as-published"}
    needs = printed & ~other & pl.col("answer").str.starts_with("significant")
    assert set(table.filter(needs)["rule"]) == {"no-draws"}
    own = (pl.col("ruler") == "own") & scaled & (pl.col("subset") != "all")
    assert set(table.filter(own)["rule"]) == {"own-evidence"}
    plain = table.filter(ruler="eci", subset="all", weights="equal", answer="daily-all", tie="0")
    assert set(plain.filter(dates="weights", question="us-china")["rule"]) == {"weights-date"}
    assert "weights-date" not in set(table.filter(question="closed-open")["rule"])
    # What is the same as another points to one that is asked.
    for row in table.filter(rule="same").to_dicts():
        assert table["rule"][row["same_as"]] == ""
    thresholds = table.filter(
        answer="thresholds-now", question="us-china", dates="available", subset="public"
    )
    assert thresholds["same_as"].n_unique() == 1
    assert table.row(thresholds["same_as"][0], named=True)["ruler"] == "eci"


def test_a_tie_in_points_means_nothing_on_another_scale(world: Dataset) -> None:
    result = multiverse(
        world, rulers={"truth": Truth(unit="percent")}, subsets=("all",), weights=("equal",),
        draws=0, answers=("daily-all", "trend-2023"), candidates=("records",),
        as_of=(dt.date(2026, 3, 16),), dates=("available",),
    )  # fmt: skip
    found = dict(result.counts.select("rule", "n").iter_rows())
    assert found["no-points"] == 2
    assert set(result.answered()["tie"]) == {"0"}


def test_one_choice_that_moves_it_explains_all(world: Dataset) -> None:
    result = small(world, answers=("daily-all",), subsets=("all",), candidates=("records",),
                   dates=("available",), as_of=(dt.date(2026, 3, 16),),
                   ties=(0.0, 6.0))  # fmt: skip
    shares = {row["choice"]: row for row in result.variance.to_dicts()}
    assert shares["tie"]["main"] == pytest.approx(1.0)
    assert shares["tie"]["total"] == pytest.approx(1.0)
    assert shares["ruler"]["total"] == pytest.approx(0.0, abs=1e-12)
    assert shares["subset"]["status"] == "does_not_vary"
    assert result.strongest() == "tie"
    margins = {row["value"]: row for row in result.margins.filter(choice="tie").to_dicts()}
    assert margins["0"]["shift"] == 0.0
    assert margins["6"]["shift"] < -1.0


def test_nothing_that_varies_has_no_shares(world: Dataset) -> None:
    result = small(world, answers=("daily-all",), subsets=("all",), candidates=("records",),
                   dates=("available",), as_of=(dt.date(2026, 3, 16),), ties=(0.0,))  # fmt: skip
    assert result.strongest() is None
    assert result.variance["total"].null_count() == len(AXES)
    assert result.factorials["us-china"]["cells"] == 0


def _loads(loads: Sequence[Load], *, stop_after: int = 10**9, seen: list[int]) -> "_Stopping":
    return _Stopping(loads, stop_after, seen)


class _Stopping(Local):
    """Threads that are interrupted after some rounds."""

    def __init__(self, loads: Sequence[Load], stop_after: int, seen: list[int]) -> None:
        super().__init__(loads, 2)
        self._left, self._seen = stop_after, seen

    def run(self, function: Any, *shared: Any, each: Any = None) -> list[Any]:
        if not self._left:
            raise KeyboardInterrupt
        self._left -= 1
        self._seen.append(sum(item is not None for item in each))
        return super().run(function, *shared, each=each)


def same(one: MultiverseResult, other: MultiverseResult) -> bool:
    return one.rows.tobytes() == other.rows.tobytes() and one.ways.equals(other.ways)


def test_the_number_of_parts_does_not_matter(world: Dataset, asked: MultiverseResult) -> None:
    for parts in (2, 5):
        seen: list[int] = []
        again = small(world, workers=parts, engine=partial(_loads, seen=seen))
        assert same(again, asked)
        assert sum(seen) == 2 * 3 * 2


def test_processes_give_the_same_bytes(world: Dataset) -> None:
    options = {"subsets": ("all", "public"), "as_of": (dt.date(2026, 3, 16),)}
    assert same(small(world, workers=2, **options), small(world, workers=1, **options))


@pytest.mark.slow
def test_a_ray_cluster_gives_the_same_bytes(world: Dataset) -> None:
    pytest.importorskip("ray")
    options = {"subsets": ("all", "public"), "as_of": (dt.date(2026, 3, 16),)}
    engine = partial(start, ray="local", workers=2)
    made = multiverse(world, rulers=("eci",), workers=2, engine=engine, **(SMALL | options))
    plain = multiverse(world, rulers=("eci",), **(SMALL | options))
    assert same(made, plain)


def test_an_interrupted_run_goes_on(world: Dataset, asked: MultiverseResult, tmp_path: Any) -> None:
    path, seen = tmp_path / "run.resume", list[int]()
    engine = partial(_loads, stop_after=3, seen=seen)
    with pytest.raises(KeyboardInterrupt):
        small(world, workers=2, engine=engine, resume=path)
    assert sum(seen) == 6
    seen.clear()
    again = small(world, workers=2, engine=partial(_loads, seen=seen), resume=path)
    assert sum(seen) == 12 - 6
    assert same(again, asked)
    seen.clear()
    assert same(small(world, engine=partial(_loads, seen=seen), resume=path), asked)
    assert not seen
    with pytest.raises(UsageError, match="belongs to another computation"):
        small(world, resume=path, seed=1)


def test_what_cannot_be_answered_says_why(catalog: Dataset) -> None:
    class Nothing:
        benchmarks = None

        def fit(self, data: Dataset, **_: Any) -> Scale:
            raise NotIdentified("the scores fall apart")

    result = multiverse(
        catalog, rulers={"none": Nothing(), "published": published("no such board")},
        subsets=("all",), weights=("equal",), draws=0, dates=("available",),
    )  # fmt: skip
    assert result.answered().is_empty()
    reasons = set(result.ways["reason"])
    assert "no scale: the scores fall apart" in reasons
    assert any("no such board" in str(reason) for reason in reasons)
    assert set(result.ways["status"]) == {"no_scale"}
    assert result.summary()["median"] is None
    assert result.summary()["status"] == "not_defined"


def test_a_group_without_models_on_the_day(catalog: Dataset) -> None:
    result = multiverse(
        catalog, leader="family:GPT-5", follower="country:CN", questions=(), rulers=("eci",),
        subsets=("all",), weights=("equal",), draws=0, dates=("available",),
        as_of=(dt.date(2025, 1, 1), dt.date(2026, 1, 1)), answers=("daily-all",),
    )  # fmt: skip
    assert result.questions == ("own",)
    status = dict(result.ways.select("as_of", "status").iter_rows())
    assert status == {"2025-01-01": "no_frontier", "2026-01-01": "ok"}
    [why] = result.counts.filter(kind="unanswered")["why"]
    assert "no frontier: group 'family:GPT-5'" in why


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"questions": ("us-chin",)}, "did you mean 'us-china'"),
        ({"questions": ()}, "no question is asked"),
        ({"leader": "open"}, "both a leader and a follower"),
        ({"leader": "country:XX", "follower": "open"}, "no model has country"),
        ({"subsets": ("publik",)}, "did you mean 'public'"),
        ({"subsets": ("without-nothing",)}, "subset 'without-nothing' is not one of"),
        ({"weights": ("heavy",)}, "weights 'heavy'"),
        ({"weights": ()}, "weights is empty"),
        ({"ties": (-1.0,)}, "tie is -1.0"),
        ({"ties": (float("nan"),)}, "tie is nan"),
        ({"dates": ("tomorrow",)}, "dates 'tomorrow'"),
        ({"candidates": ("best",)}, "candidates 'best'"),
        ({"candidates": ("records-0",)}, "candidates 'records-0'"),
        ({"answers": ("daily",)}, "answer 'daily'"),
        ({"rulers": ("inches",)}, "inches"),
        ({"draws": -1}, "draws is -1"),
        ({"draws": 10**9}, "draws is 1000000000"),
        ({"level": 1.0}, "level is 1.0"),
        ({"as_of": (dt.date(2030, 1, 1),)}, "evidence was recorded by"),
        ({"workers": 0}, "workers is 0"),
        ({"sides": 2}, "unknown option 'sides'"),
        ({"ties": tuple(k / 100 for k in range(2000))}, "combinations"),
    ],
)
def test_absurd_options_are_refused(catalog: Dataset, options: dict[str, Any], says: str) -> None:
    with pytest.raises(HeadwayError, match=says):
        multiverse(catalog, **({"draws": 0} | options))


def test_one_day_before_any_evidence_is_unanswered(catalog: Dataset) -> None:
    result = multiverse(catalog, draws=0, rulers={"eci": eci()}, subsets=("all",),
                        weights=("equal",), as_of=(dt.date(2010, 1, 1),))  # fmt: skip
    assert set(result.ways["status"]) == {"no_scale"}


def test_subsets_are_what_they_say(catalog: Dataset) -> None:
    names = subsets_of(catalog)
    assert names[:5] == ("all", "public", "private", "unsaturated", "independent")
    assert names[5:] == tuple(
        f"without-{d}" for d in ("coding", "agentic", "math", "knowledge", "reasoning")
    )
    assert subset(catalog, "all") is catalog
    private = subset(catalog, "private").benchmarks["item_access"]
    assert set(private) == {"held_out", "semi_private"}
    assert set(subset(catalog, "independent").scores["reporter"]) == {"independent", "benchmark"}
    assert "math" not in set(subset(catalog, "without-math").benchmarks["domain"])
    left_out = set(catalog.benchmarks["benchmark"]) - set(
        subset(catalog, "unsaturated").benchmarks["benchmark"]
    )
    assert "otis-mock-aime-2024-2025" in left_out
    assert "hle" not in left_out


def test_domain_weights_weigh_every_domain_the_same(catalog: Dataset) -> None:
    weights = domain_weights(catalog)
    cells = catalog.scores.select("model", "benchmark").unique()
    facts = catalog.benchmarks.select("benchmark", "domain")
    weighed = cells.join(facts, on="benchmark").with_columns(
        w=pl.col("benchmark").replace_strict(weights)
    )
    sums = weighed.group_by("domain").agg(pl.col("w").sum())["w"]
    assert np.allclose(sums, sums[0])
    assert weighed["w"].mean() == pytest.approx(1.0)


def test_weighted_quantiles_with_equal_weights_are_the_usual_ones() -> None:
    rng = np.random.default_rng(0)
    values = rng.normal(size=101)
    at = [0.0, 0.05, 0.3, 0.5, 0.95, 1.0]
    assert weighted_quantiles(values, np.full(101, 3.0), at) == pytest.approx(
        list(np.quantile(values, at))
    )
    # A value of weight zero hardly moves anything.
    more = np.append(values, 50.0)
    weight = np.append(np.ones(101), 1e-12)
    assert weighted_quantiles(more, weight, [0.5])[0] == pytest.approx(np.median(values), abs=0.05)
    assert weighted_quantiles(np.array([2.0]), np.ones(1), [0.05, 0.95]) == [2.0, 2.0]
