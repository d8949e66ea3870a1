"""The same evidence gives the same numbers, and equal models are not told apart, by any ruler."""

import datetime as dt
from collections.abc import Callable
from functools import partial

import numpy as np
import polars as pl
import pytest

import headway
from headway.dataset import Dataset
from headway.rulers.alike import by_votes, numbered, shared
from headway.rulers.ranks import marginal_ranks, ranks_of
from headway.rulers.scale import Scale
from tests.rulers.item_worlds import dataset, long
from tests.rulers.votes import dataset as dataset_of_votes, frame as votes_frame

TWINS = ("k0", "k1", "k2")
OTHERS = tuple(f"m{k}" for k in range(8))
BENCHMARKS = tuple(f"b{k}" for k in range(8))


def scores_of(seed: int) -> Dataset:
    """Eight models that differ, and three with the same scores as one another."""
    rng = np.random.default_rng(seed)
    rows = []
    for place, model in enumerate(OTHERS):
        for k, name in enumerate(BENCHMARKS):
            p = 1 / (1 + np.exp(-(place - 3.5) / 3 + (k - 3.5) / 4))
            rows.append((model, name, float(np.clip(p + 0.05 * rng.standard_normal(), 0, 1))))
    same = rng.uniform(0.3, 0.7, size=len(BENCHMARKS))
    rows += [(twin, b, float(y)) for twin in TWINS for b, y in zip(BENCHMARKS, same, strict=True)]
    return Dataset.from_frames(
        scores=pl.DataFrame(rows, schema=["model", "benchmark", "score"], orient="row"),
        benchmarks=pl.DataFrame(
            {
                "benchmark": BENCHMARKS,
                "domain": ["math", "coding"] * 4,
                "chance": 0.0,
                "ceiling": 1.0,
                "n_items": 200,
            }
        ),
        recorded_on="2026-01-01",
    )


def answers_of(seed: int, models: int = 8) -> Dataset:
    rng = np.random.default_rng(seed)
    difficulty, slope = 2 * rng.standard_normal(60), np.exp(0.5 * rng.standard_normal(60))
    ability = np.append(np.linspace(-1.5, 1.5, models), 0.2)
    chance = 1 / (1 + np.exp(-slope * (ability[:, None] - difficulty)))
    right = (rng.random(chance.shape) < chance).astype(np.int8)
    right = np.vstack([right[:-1], np.repeat(right[-1:], len(TWINS), axis=0)])
    return dataset(long(right, [*OTHERS[:models], *TWINS]))


def tasks_of(seed: int) -> Dataset:
    data = answers_of(seed)
    items = data.table("responses").select("benchmark", "item").unique().sort("benchmark", "item")
    minutes = 2.0 ** np.linspace(-2, 8, len(items))
    return Dataset.from_frames(
        scores=data.scores,
        responses=data.table("responses"),
        items=items.with_columns(human_minutes=pl.Series(minutes)),
        recorded_on="2026-01-01",
    )


def votes_of(seed: int) -> Dataset:
    rng = np.random.default_rng(seed)
    rows = []
    for _ in range(400):
        i, j = rng.choice(len(OTHERS), size=2, replace=False)
        outcome = "a" if rng.random() < 1 / (1 + np.exp((j - i) / 3)) else "b"
        rows.append((OTHERS[i], OTHERS[j], outcome))
    for model in OTHERS:
        won = int(rng.integers(5, 15))
        rows += [(t, model, "a" if k < won else "b") for t in TWINS for k in range(20)]
    return dataset_of_votes(votes_frame(rows))


def ratings_of(seed: int) -> Dataset:
    rng = np.random.default_rng(seed)
    rating = [*rng.normal(1200, 40, size=len(OTHERS)), 1210.0, 1210.0, 1210.0]
    return Dataset.from_frames(
        ratings=pl.DataFrame(
            {
                "board": "B",
                "model": [*OTHERS, *TWINS],
                "rating": rating,
                "stderr": [8.0] * len(rating),
                "as_of": dt.date(2026, 1, 1),
            }
        ),
        recorded_on="2026-01-01",
    )


Fit = Callable[[int], Scale]
rulers = headway.rulers
KINDS: dict[str, Fit] = {
    "eci": lambda s: rulers.eci(anchors=None, draws=60).fit(scores_of(s)),
    "eci with anchors": lambda s: rulers.eci(anchors={"m0": 100, "m7": 150}, draws=60).fit(
        scores_of(s)
    ),
    "calibrated": lambda s: rulers.calibrated(anchors=None, draws=60).fit(scores_of(s)),
    "domain": lambda s: rulers.domain("math", joint=rulers.eci(anchors=None, draws=60)).fit(
        scores_of(s)
    ),
    "single": lambda s: rulers.single("b3").fit(scores_of(s)),
    "composite": lambda s: rulers.composite({"b1": 1.0, "b2": 2.0}).fit(scores_of(s)),
    "composite of ranks": lambda s: rulers.composite(
        {"b1": 1.0, "b2": 2.0}, normalisation="rank"
    ).fit(scores_of(s)),
    "composite, resampled": lambda s: rulers.composite(
        dict.fromkeys(BENCHMARKS, 1.0), resample="both"
    ).fit(scores_of(s)),
    "published": lambda s: rulers.published("B").fit(ratings_of(s)),
    "pairwise": lambda s: rulers.pairwise().fit(votes_of(s)),
    "pairwise, resampled": lambda s: rulers.pairwise(intervals="bootstrap", draws=60).fit(
        votes_of(s)
    ),
    "pairwise, anchored": lambda s: rulers.pairwise(anchors={"m0": 1000}).fit(votes_of(s)),
    "items": lambda s: rulers.items().fit(answers_of(s)),
    "items, one slope": lambda s: rulers.items(model="1pl").fit(answers_of(s)),
    "items in points": lambda s: rulers.items(units="points").fit(answers_of(s)),
    "items of few models": lambda s: rulers.items().fit(answers_of(s, models=0)),
    "horizon": lambda s: rulers.horizon(draws=60).fit(tasks_of(s)),
}


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_evidence_gives_the_same_numbers(kind: str) -> None:
    scale = KINDS[kind](3)
    ranks = scale.rank(simultaneous=scale.capability.n_draws >= 50)
    twins = ranks.filter(pl.col("entity").is_in(TWINS))
    assert len(twins) == len(TWINS)
    numbers = [n for n in twins.columns if n not in ("entity", "name")]
    for name in numbers:
        assert twins[name].n_unique() == 1, (kind, name, twins[name].to_list())
    # They are there with an interval that says something.
    assert scale.capability.n_draws
    assert (twins["high"] > twins["low"]).all()
    assert (twins["rank_high"] >= twins["rank_low"]).all()


@pytest.mark.parametrize("kind", KINDS)
def test_a_pickled_scale_keeps_its_numbers(kind: str) -> None:
    import pickle

    scale = KINDS[kind](4)
    again = pickle.loads(pickle.dumps(scale))
    assert again.table.equals(scale.table)
    assert again.rank().equals(scale.rank())


def test_models_with_other_evidence_keep_their_own() -> None:
    scale = KINDS["eci"](3)
    others = scale.table.filter(pl.col("entity").is_in(OTHERS))
    assert others["low"].n_unique() == len(OTHERS)
    assert scale.alike is not None
    assert len(set(scale.alike.tolist())) == len(OTHERS) + 1


def test_an_anchor_is_in_no_class_with_others() -> None:
    data = scores_of(3)
    scale = rulers.eci(anchors={"k0": 120, "m7": 150}, draws=60).fit(data)
    table = {row["entity"]: row for row in scale.table.to_dicts()}
    assert table["k0"]["estimate"] == 120.0
    assert table["k0"]["low"] is None
    assert table["k1"]["low"] == table["k2"]["low"] < table["k1"]["high"]
    assert table["k1"]["estimate"] == pytest.approx(120.0, abs=1e-6)


def equal_scores(models: int, seed: int) -> Dataset:
    rng = np.random.default_rng(seed)
    share = rng.uniform(0.2, 0.8, size=6)
    right = rng.binomial(200, share, size=(models, 6)) / 200
    return Dataset.from_frames(
        scores=pl.DataFrame(
            [(f"m{m:02d}", f"b{b}", float(right[m, b])) for m in range(models) for b in range(6)],
            schema=["model", "benchmark", "score"],
            orient="row",
        ),
        benchmarks=pl.DataFrame(
            {"benchmark": [f"b{b}" for b in range(6)], "chance": 0.0, "ceiling": 1.0,
             "n_items": 200}
        ),
        recorded_on="2026-01-01",
    )  # fmt: skip


def equal_answers(models: int, seed: int, items: int = 50) -> Dataset:
    rng = np.random.default_rng(seed)
    difficulty, slope = 2 * rng.standard_normal(items), np.exp(0.5 * rng.standard_normal(items))
    chance = 1 / (1 + np.exp(slope * difficulty))
    right = (rng.random((models, items)) < chance).astype(np.int8)
    return dataset(long(right, [f"m{k:02d}" for k in range(models)]))


def equal_votes(models: int, seed: int) -> Dataset:
    rng = np.random.default_rng(seed)
    rows = [
        (f"m{i:02d}", f"m{j:02d}", "a" if rng.random() < 0.5 else "b")
        for i in range(models)
        for j in range(i)
        for _ in range(40)
    ]
    return dataset_of_votes(votes_frame(rows))


def equal_ratings(models: int, seed: int) -> Dataset:
    rating = 1200 + 8 * np.random.default_rng(seed).standard_normal(models)
    return Dataset.from_frames(
        ratings=pl.DataFrame(
            {
                "board": "B",
                "model": [f"m{k:02d}" for k in range(models)],
                "rating": rating,
                "stderr": [8.0] * models,
                "as_of": dt.date(2026, 1, 1),
            }
        ),
        recorded_on="2026-01-01",
    )


def share_overlapping(fit: Callable[[int], Scale], worlds: int, columns: tuple[str, str]) -> float:
    low, high = columns
    held = 0
    for seed in range(worlds):
        ranks = fit(seed).rank(simultaneous=True)
        held += bool(ranks[high][0] >= ranks[low][-1])
    return held / worlds


EQUAL: dict[str, Callable[[int, int], Scale]] = {
    "single": lambda m, s: rulers.single("b0", seed=s).fit(equal_scores(m, s)),
    "composite": lambda m, s: rulers.composite(
        dict.fromkeys((f"b{k}" for k in range(6)), 1.0), seed=s
    ).fit(equal_scores(m, s)),
    "published": lambda m, s: rulers.published("B", seed=s).fit(equal_ratings(m, s)),
    "pairwise": lambda m, s: rulers.pairwise(seed=s).fit(equal_votes(m, s)),
    "items": lambda m, s: rulers.items(seed=s).fit(equal_answers(m, s)),
}


@pytest.mark.parametrize("models", [2, 5, 20])
@pytest.mark.parametrize("kind", EQUAL)
def test_ranks_of_equal_models_overlap(kind: str, models: int) -> None:
    """Intervals of all ranks at once promise it; those of single ranks do for two models."""
    worlds = 12 if (kind, models) in (("items", 20), ("pairwise", 20)) else 30
    fit = partial(EQUAL[kind], models)
    # Nine in ten by promise; 30 worlds have two standard errors of 0.11.
    joint = share_overlapping(fit, worlds, ("rank_low_of_all", "rank_high_of_all"))
    assert joint >= 0.8
    if models == 2 or kind == "items":
        assert share_overlapping(fit, worlds, ("rank_low", "rank_high")) >= 0.8


def test_ties_share_a_rank() -> None:
    assert ranks_of(np.array([[3.0, 1.0, 3.0, 2.0]])).tolist() == [[1, 4, 1, 3]]
    scale = rulers.published("B").fit(ratings_of(0))
    ranks = scale.rank()
    same = ranks.filter(pl.col("estimate") == 1210.0)
    assert same["rank"].n_unique() == 1
    assert same["entity"].to_list() == sorted(TWINS)
    above = (ranks["estimate"] > 1210.0).sum()
    assert same["rank"][0] == above + 1
    after = ranks.filter(pl.col("estimate") < 1210.0)
    assert after["rank"].min() == above + 1 + len(TWINS)


def test_last_digits_do_not_rank() -> None:
    scale = rulers.published("B").fit(ratings_of(0))
    nudged = scale.estimate * (1 + 1e-15 * np.arange(len(scale.models)))
    from dataclasses import replace

    moved = replace(scale, estimate=nudged, alike=None)
    assert moved.rank()["rank"].to_list() == scale.rank()["rank"].to_list()


def test_pooled_ranks_are_those_of_all_members() -> None:
    rng = np.random.default_rng(0)
    draws = rng.standard_normal((500, 4))
    label = np.array([0, 1, 1, 1])
    low, high = marginal_ranks(draws, 0.9, label)
    assert low[1:].tolist() == [1, 1, 1]
    assert high[1:].tolist() == [4, 4, 4]


def test_votes_that_tell_models_apart_do_not_make_them_alike() -> None:
    first, second = np.array([0, 0, 1]), np.array([1, 2, 2])
    tied = np.array([[3.0, 3.0, 1.0], [5.0, 2.0, 0.0], [5.0, 2.0, 0.0]])
    assert by_votes(3, first, second, tied).tolist() == [0, 0, 2]
    tied[0] = [4.0, 2.0, 1.0]
    assert by_votes(3, first, second, tied).tolist() == [0, 1, 2]
    tied[0], tied[2] = [3.0, 3.0, 1.0], [2.0, 5.0, 0.0]
    assert by_votes(3, first, second, tied).tolist() == [0, 1, 2]


def test_a_class_shares_its_mean_and_nan() -> None:
    label = numbered("abab")
    assert shared(np.array([1.0, 2.0, 3.0, np.nan]), label).tolist()[::2] == [2.0, 2.0]
    assert np.isnan(shared(np.array([1.0, 2.0, 3.0, np.nan]), label)[[1, 3]]).all()
    thirds = np.full(3, 0.1)
    assert shared(thirds, np.zeros(3, dtype=np.int64)).tolist() == [0.1] * 3
