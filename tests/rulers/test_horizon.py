"""The horizon ruler: recovery, coverage, censoring, published horizons, wrong input."""

import datetime as dt
from typing import Any

import numpy as np
import polars as pl
import pytest
from scipy.optimize import minimize

import headway
from headway.dataset import Dataset
from headway.errors import DataError, NotIdentified, UsageError
from headway.rulers import HorizonRuler
from headway.rulers.horizons.ruler import LENGTH_SPREAD, SLOPE_CENTRE, SLOPE_SPREAD
from headway.rulers.horizons.simulated_tasks import simulate_tasks
from headway.rulers.scale import Scale

TRUTH = {"a": 0.5, "b": 4.0, "c": 30.0, "d": 240.0}


def horizons(scale: Scale, quantity: str = "horizon_50") -> dict[str, dict[str, Any]]:
    table = scale.details["horizons"].filter(pl.col("quantity") == quantity)
    return {row["entity"]: row for row in table.to_dicts()}


def tasks(scores: dict[str, list[float]], minutes: list[float]) -> Dataset:
    """Models by their scores on tasks of these lengths, one attempt each."""
    items = [f"t{k:02d}" for k in range(len(minutes))]
    rows = [
        (model, "w", item, score)
        for model, values in scores.items()
        for item, score in zip(items, values, strict=True)
    ]
    schema = ["model", "benchmark", "item", "score"]
    return Dataset.from_frames(
        scores=pl.DataFrame({"model": list(scores), "benchmark": "w", "score": 0.5}),
        responses=pl.DataFrame(rows, schema=schema, orient="row"),
        items=pl.DataFrame({"benchmark": "w", "item": items, "human_minutes": minutes}),
        recorded_on="2026-01-01",
    )


LADDER = [2.0**k for k in range(12)]


def test_the_fit_is_the_optimum_of_the_objective() -> None:
    data = simulate_tasks(TRUTH, seed=3, tasks=80, families=30)
    scale = headway.rulers.horizon(draws=0).fit(data)
    joined = (
        data.table("responses")
        .group_by("model", "item")
        .agg(pl.col("score").mean())
        .join(data.table("items"), on="item")
    )
    slopes = horizons(scale, "slope")
    for model in TRUTH:
        rows = joined.filter(pl.col("model") == model)
        x, y = np.log2(rows["human_minutes"].to_numpy()), rows["score"].to_numpy()
        middle, width = (x.min() + x.max()) / 2, LENGTH_SPREAD * (x.max() - x.min())

        def cost(at: np.ndarray, x=x, y=y, middle=middle, width=width) -> float:
            eta = np.exp(at[1]) * (at[0] - x)
            prior = ((at[0] - middle) / width) ** 2
            prior += ((at[1] - SLOPE_CENTRE) / SLOPE_SPREAD) ** 2
            return float((np.logaddexp(0, eta) - y * eta).sum() + prior / 2)

        best = minimize(cost, [1.0, -0.5], method="Nelder-Mead", options={"xatol": 1e-9,
                        "fatol": 1e-12, "maxiter": 4000}).x  # fmt: skip
        assert scale.estimate[scale.models.index(model)] == pytest.approx(best[0], abs=1e-5)
        assert slopes[model]["estimate"] == pytest.approx(np.exp(best[1]), abs=1e-5)


def test_known_horizons_are_recovered() -> None:
    data = simulate_tasks(TRUTH, seed=1, tasks=2000, families=2000, family_spread=0.0, runs=8)
    scale = headway.rulers.horizon(draws=100).fit(data)
    truth = np.log2([TRUTH[m] for m in scale.models])
    assert np.abs(scale.estimate - truth).max() < 0.25
    assert (scale.low < scale.estimate).all()
    assert (scale.estimate < scale.high).all()
    at_80 = horizons(scale, "horizon_80")
    for model, row in horizons(scale).items():
        slope = horizons(scale, "slope")[model]["estimate"]
        shorter = np.log2(row["estimate"]) - np.log(4) / slope
        assert np.log2(at_80[model]["estimate"]) == pytest.approx(shorter, abs=1e-10)


def test_intervals_hold_the_truth_about_as_often_as_they_say() -> None:
    inside = []
    for seed in range(40):
        data = simulate_tasks(TRUTH, seed=seed, tasks=120, families=40)
        scale = headway.rulers.horizon(draws=150).fit(data, seed=seed)
        truth = np.log2([TRUTH[m] for m in scale.models])
        low, high = np.quantile(scale.capability.values, [0.05, 0.95], axis=0)
        inside.append((low <= truth) & (truth <= high))
    # 160 intervals of 40 worlds; their models share the tasks, so the error is about 3.5 points.
    assert 0.79 < np.mean(inside) < 0.99


@pytest.mark.slow
def test_coverage_is_between_88_and_92_percent() -> None:
    inside = []
    for seed in range(300):
        data = simulate_tasks(TRUTH, seed=5000 + seed)
        scale = headway.rulers.horizon(draws=300).fit(data, seed=seed)
        truth = np.log2([TRUTH[m] for m in scale.models])
        low, high = np.quantile(scale.capability.values, [0.05, 0.95], axis=0)
        inside.append((low <= truth) & (truth <= high))
    # The standard error of the share is 0.9 points; two of them beyond the span are allowed.
    assert 0.862 < np.mean(inside) < 0.938


def test_a_gap_is_a_ratio_of_times() -> None:
    data = simulate_tasks(TRUTH, seed=2)
    minutes = data.table("items").with_columns(pl.col("human_minutes") * 4)
    tables = {name: data.table(name) for name in ("scores", "responses", "benchmarks", "models")}
    longer = Dataset.from_frames(**tables, items=minutes, sources=data.sources)
    one, other = (headway.rulers.horizon(draws=20).fit(d) for d in (data, longer))
    assert np.allclose(other.estimate - one.estimate, 2.0, atol=1e-6)
    assert np.allclose(other.capability.values - one.capability.values, 2.0, atol=1e-5)


def test_every_task_or_none_is_a_bound_and_no_number() -> None:
    half = [1.0] * 6 + [0.0] * 6
    data = tasks({"all": [1.0] * 12, "none": [0.0] * 12, "half": half}, LADDER)
    scale = headway.rulers.horizon(draws=50).fit(data)
    found = horizons(scale)
    assert (found["all"]["status"], found["none"]["status"]) == ("at_ceiling", "at_floor")
    assert found["all"]["estimate"] == pytest.approx(LADDER[-1])
    assert found["none"]["estimate"] == pytest.approx(LADDER[0])
    for model in ("all", "none"):
        assert found[model]["low"] is None
        assert found[model]["high"] is None
        assert horizons(scale, "slope")[model]["estimate"] is None
    assert np.isfinite(scale.estimate).all()
    assert 2**5 < found["half"]["estimate"] < 2**6
    assert any("lies outside the tasks" in note for note in scale.notes)


def test_a_horizon_beyond_the_longest_task_is_a_bound() -> None:
    scores = {"strong": [1.0] * 11 + [0.6], "weak": [0.4] + [0.0] * 11}
    scale = headway.rulers.horizon(draws=50).fit(tasks(scores, LADDER))
    found = horizons(scale)
    assert found["strong"]["status"] == "beyond_longest"
    assert found["strong"]["estimate"] == pytest.approx(LADDER[-1])
    assert found["strong"]["high"] is None
    assert found["weak"]["status"] == "below_shortest"
    assert found["weak"]["low"] is None
    assert scale.capability.values.max() <= np.log2(LADDER[-1])


def test_a_family_counts_as_one_where_it_should() -> None:
    # Nine tasks that are alike and failed; of four others the two shorter are solved.
    minutes = [10.0] * 9 + [1.0, 40.0, 80.0, 160.0]
    data = tasks({"m": [0.0] * 9 + [1.0, 1.0, 0.0, 0.0]}, minutes)
    family = pl.Series("family", ["f"] * 9 + [None] * 4)
    tables = {name: data.table(name) for name in ("scores", "responses", "sources")}
    data = Dataset.from_frames(**tables, items=data.table("items").with_columns(family))
    by = {
        weighting: headway.rulers.horizon(weighting=weighting, draws=0).fit(data).estimate[0]
        for weighting in ("task", "root_family", "family")
    }
    # The failures pull the horizon down, the less the fewer they count for.
    assert by["task"] < by["root_family"] < by["family"]
    scale = headway.rulers.horizon(draws=10).fit(data)
    assert scale.diagnostics["n_families"] == 5
    assert "The tasks form 5 families only, so intervals say little." in scale.notes


def test_attempts_are_averaged_and_variants_chosen() -> None:
    base = tasks({"m": [1.0] * 5 + [0.0] * 7}, LADDER).table("responses")
    other = base.with_columns(
        variant=pl.lit("high"), score=pl.Series([1.0] * 8 + [0.0] * 4)
    )  # fmt: skip
    twice = other.with_columns(epoch=pl.lit(2, dtype=pl.Int64))
    data = tasks({"m": [0.5] * 12}, LADDER)
    tables = {name: data.table(name) for name in ("scores", "items", "sources")}
    data = Dataset.from_frames(**tables, responses=pl.concat([base, other, twice]))
    found = {
        variants: headway.rulers.horizon(variants=variants, draws=0).fit(data)
        for variants in ("best", "default", "pooled")
    }
    assert 2**4 < 2 ** found["default"].estimate[0] < 2**5
    assert 2**7 < 2 ** found["best"].estimate[0] < 2**8
    assert found["default"].estimate < found["pooled"].estimate < found["best"].estimate
    assert "1 models have several variants; the best of each counts." in found["best"].notes
    assert "1 models have several variants, pooled into one." in found["pooled"].notes


def test_technical_errors_are_missing_or_wrong() -> None:
    data = tasks({"m": [1.0] * 6 + [0.0] * 6}, LADDER)
    responses = data.table("responses").with_columns(
        error=pl.when(pl.col("item") == "t06").then(pl.lit("timeout"))
    )
    tables = {name: data.table(name) for name in ("scores", "items", "sources")}
    data = Dataset.from_frames(**tables, responses=responses)
    missing, wrong = (
        headway.rulers.horizon(errors=errors, draws=0).fit(data) for errors in ("missing", "wrong")
    )
    assert missing.n_scores[0] == 11
    assert wrong.n_scores[0] == 12
    assert missing.estimate[0] > wrong.estimate[0]
    assert "1 answers that failed by a technical error count as missing." in missing.notes


def test_the_result_does_not_depend_on_workers_or_order() -> None:
    data = simulate_tasks(TRUTH, seed=4, tasks=60)
    ruler = headway.rulers.horizon(draws=30)
    one, other = ruler.fit(data, workers=1), ruler.fit(data, workers=3)
    assert one.capability.values.tobytes() == other.capability.values.tobytes()
    assert ruler.fit(data, seed=9).capability.values.tobytes() != other.capability.values.tobytes()


def published(rows: list[tuple[str, float, float | None, float | None]]) -> Dataset:
    frame = pl.DataFrame(rows, schema=["subject", "value", "low", "high"], orient="row")
    names = [row[0] for row in rows]
    return Dataset.from_frames(
        scores=pl.DataFrame({"model": names, "benchmark": "w", "score": 0.5}),
        indicators=frame.with_columns(
            indicator=pl.lit("horizon_p50_minutes"),
            date=dt.date(2026, 1, 1),
            unit=pl.lit("minutes"),
        ),
        recorded_on="2026-01-01",
    )


def test_published_horizons_keep_their_interval() -> None:
    data = published([("a", 60.0, 30.0, 240.0), ("b", 8.0, None, None)])
    ruler = HorizonRuler(published=True, level=0.95, draws=20_000)
    scale = ruler.fit(data)
    assert scale.estimate.tolist() == pytest.approx([np.log2(60), 3.0])
    # 20,000 draws leave about 2% of a standard deviation in a 2.5% quantile.
    assert 2 ** scale.low[0] == pytest.approx(30.0, rel=0.03)
    assert 2 ** scale.high[0] == pytest.approx(240.0, rel=0.05)
    assert np.median(scale.capability.values[:, 0]) == pytest.approx(np.log2(60), abs=0.02)
    assert scale.status == ("ok", "point_only")
    assert scale.table.filter(pl.col("entity") == "b")["low"].null_count() == 1
    assert scale.notes[0].startswith("Published horizons have no paired draws")


def test_a_published_horizon_that_is_its_own_interval_has_none() -> None:
    scale = HorizonRuler(published=True).fit(
        published([("a", 60.0, 60.0, 60.0), ("b", 8.0, 4.0, 16.0)])
    )
    assert scale.status == ("point_only", "ok")
    assert np.isnan([scale.low[0], scale.high[0]]).all()
    assert any("1 published horizons state an interval of 0" in note for note in scale.notes)


def test_published_horizons_that_make_no_sense_are_refused() -> None:
    with pytest.raises(DataError, match="1 horizons are not minutes"):
        HorizonRuler(published=True).fit(published([("a", 60.0, 80.0, 240.0)]))
    with pytest.raises(NotIdentified, match="headway import metr"):
        HorizonRuler(published=True).fit(simulate_tasks(TRUTH, seed=1))
    data = published([("a", 60.0, 30.0, 240.0)])
    with pytest.raises(NotIdentified, match="horizon_p80_minutes"):
        HorizonRuler(published=True, success=0.8).fit(data)
    strange = data.table("indicators").with_columns(subject=pl.lit("nobody"))
    tables = {name: data.table(name) for name in ("scores", "sources", "models")}
    with pytest.raises(NotIdentified, match="none of the 1 published"):
        HorizonRuler(published=True).fit(Dataset.from_frames(**tables, indicators=strange))


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"success": 1.0}, "success"),
        ({"success": "half"}, "success"),
        ({"level": 0.0}, "level"),
        ({"weighting": "size"}, "task, family, root_family"),
        ({"variants": "worst"}, "best, default, pooled"),
        ({"errors": "skip"}, "missing, wrong"),
        ({"min_tasks": 0}, "min_tasks"),
        ({"published": True, "success": 0.6}, r"0\.5 and 0\.8 only"),
    ],
)
def test_wrong_options_are_refused(options: dict[str, Any], words: str) -> None:
    with pytest.raises(UsageError, match=words):
        HorizonRuler(**options)


def test_evidence_that_says_nothing_is_refused() -> None:
    with pytest.raises(NotIdentified, match="table responses"):
        headway.rulers.horizon().fit(headway.load())
    data = tasks({"m": [1.0, 0.0] * 6}, [30.0] * 12)
    with pytest.raises(NotIdentified, match="all 12 tasks take a human 30 minutes"):
        headway.rulers.horizon().fit(data)
    with pytest.raises(NotIdentified, match="tried enough tasks"):
        headway.rulers.horizon(min_tasks=50).fit(tasks({"m": [1.0, 0.0] * 6}, LADDER))
    with pytest.raises(UsageError, match="unknown benchmark 'v'"):
        headway.rulers.horizon(benchmarks=("v",)).fit(data)
    tables = {name: data.table(name) for name in ("scores", "responses", "sources")}
    with pytest.raises(NotIdentified, match="human times"):
        headway.rulers.horizon().fit(Dataset.from_frames(**tables))


def test_wrong_times_and_scores_are_named() -> None:
    with pytest.raises(DataError, match="2 human times are not above 0") as caught:
        headway.rulers.horizon().fit(tasks({"m": [1.0] * 12}, [0.0, 0.0, *LADDER[2:]]))
    assert caught.value.details[0] == "benchmark 'w', item 't00': 0.0"
    with pytest.raises(DataError, match="1 answers have no score from 0 to 1") as caught:
        headway.rulers.horizon().fit(tasks({"m": [1.5] + [1.0] * 11}, LADDER))
    assert "item 't00': 1.5" in caught.value.details[0]


def test_answers_without_a_time_are_counted() -> None:
    data = tasks({"m": [1.0] * 6 + [0.0] * 6}, LADDER)
    items = data.table("items").with_columns(
        human_minutes=pl.when(pl.col("item") != "t00").then(pl.col("human_minutes"))
    )
    tables = {name: data.table(name) for name in ("scores", "responses", "sources")}
    scale = headway.rulers.horizon(draws=0).fit(Dataset.from_frames(**tables, items=items))
    assert scale.notes[0] == "1 answers to items without a human time are left out."
    assert scale.details["tasks"].height == 11


def test_simulated_tasks_refuse_absurd_worlds() -> None:
    with pytest.raises(UsageError, match="minutes above 0"):
        simulate_tasks({"a": -1.0}, seed=0)
    with pytest.raises(UsageError, match="tasks is 0"):
        simulate_tasks(TRUTH, seed=0, tasks=0)
