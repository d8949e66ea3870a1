"""The composite ruler: by hand, with gaps, and with wrong options."""

import sys
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings, strategies as st

import headway
from headway.dataset import Dataset
from headway.errors import NotIdentified, UsageError
from headway.rulers import CompositeRuler
from headway.rulers.scale import Scale
from tests.rulers.worlds import logistic_world

X = {"a": (0.2, 0.9), "b": (0.5, 0.5), "c": (0.8, 0.1), "d": (1.0, None), "e": (0.5, 0.3)}
WEIGHTS = {"x": 3.0, "y": 1.0}


def small(n_items: int | None = 100) -> Dataset:
    rows = [
        (model, name, score)
        for model, scores in X.items()
        for name, score in zip("xy", scores, strict=True)
        if score is not None
    ]
    return Dataset.from_frames(
        scores=pl.DataFrame(rows, schema=["model", "benchmark", "score"], orient="row"),
        benchmarks=pl.DataFrame(
            {"benchmark": ["x", "y", "z"], "chance": 0.0, "ceiling": 1.0, "n_items": n_items},
            schema_overrides={"n_items": pl.Int64},
        ),
        recorded_on="2026-01-01",
    )


def value(scale: Scale, model: str) -> float:
    return float(scale.estimate[scale.models.index(model)])


# Over the models that have a score: x = 0.2 0.5 0.5 0.8 1.0, y = 0.1 0.3 0.5 0.9.
BY_HAND: dict[str, dict[str, float]] = {
    "chance": {"a": 100 * (0.75 * 0.2 + 0.25 * 0.9), "c": 100 * (0.75 * 0.8 + 0.25 * 0.1)},
    "minmax": {"a": 25.0, "b": 100 * (0.75 * 0.3 / 0.8 + 0.25 * 0.4 / 0.8)},
    "zscore": {
        "b": 0.75 * (0.5 - 0.6) / np.sqrt(0.076) + 0.25 * (0.5 - 0.45) / np.sqrt(0.0875),
        "e": 0.75 * (0.5 - 0.6) / np.sqrt(0.076) + 0.25 * (0.3 - 0.45) / np.sqrt(0.0875),
    },
    "rank": {"b": 100 * (0.75 * 1.5 / 4 + 0.25 * 2 / 3), "c": 75 * 3 / 4},
}


@pytest.mark.parametrize("normalisation", BY_HAND)
def test_values_by_hand(normalisation: Any) -> None:
    scale = headway.rulers.composite(WEIGHTS, normalisation=normalisation).fit(small(), draws=20)
    assert scale.models == ("a", "b", "c", "e")
    for model, expected in BY_HAND[normalisation].items():
        assert value(scale, model) == pytest.approx(expected, abs=1e-12)


def test_a_model_without_a_component_is_left_out_and_named() -> None:
    scale = headway.rulers.composite(WEIGHTS, name="Pair", version="1").fit(small())
    assert "d" not in scale.models
    assert scale.details["missing"].rows() == [("d", "y", "left_out")]
    assert scale.notes == (
        "1 models lack a component of Pair 1 and are left out; the table 'missing' says which.",
    )
    assert scale.ruler == "Pair 1"


@pytest.mark.parametrize(
    ("rule", "expected"), [("mean_of_others", 100.0), ("worst", 100 * (0.75 + 0.25 * 0.1))]
)
def test_imputation_by_hand(rule: Any, expected: float) -> None:
    scale = headway.rulers.composite(WEIGHTS, missing=rule).fit(small())
    assert value(scale, "d") == pytest.approx(expected, abs=1e-12)
    at = scale.models.index("d")
    assert (scale.status[at], scale.n_scores[at]) == ("imputed", 1)
    assert f"1 empty cells of 1 models are filled by the rule {rule}." in scale.notes
    cell = scale.details["cells"].filter(pl.col("entity") == "d", pl.col("benchmark") == "y")
    assert cell.select("score", "imputed").rows() == [(None, True)]


def test_the_rule_of_others_carries_its_error() -> None:
    data = logistic_world(models=40, benchmarks=6, noise=0.1, share=0.8).data
    weights = {f"b{k:02d}": 1.0 for k in range(6)}
    scale = headway.rulers.composite(weights, missing="mean_of_others", draws=4000).fit(data)
    cells = scale.details["cells"].with_columns(
        z=pl.when(~pl.col("imputed")).then(pl.col("normalised"))
    )
    z = cells["z"].to_numpy().reshape(len(scale.models), 6)
    width, gaps = scale.high - scale.low, 6 - scale.n_scores
    # No benchmark has a known number of items: all width comes from the gaps, and there is no
    # interval where there are none.
    assert np.isnan(width[gaps == 0]).all()
    assert {scale.status[k] for k in np.flatnonzero(gaps == 0)} == {"point_only"}
    assert np.all(width[gaps > 0] > 0)
    others = (np.nansum(z, axis=1)[:, None] - z) / (np.isfinite(z).sum(axis=1) - 1)[:, None]
    missed = np.sqrt(np.nanmean((z - others) ** 2, axis=0))
    lone = np.flatnonzero(gaps == 1)
    assert len(lone) > 3
    for m in lone:
        (empty,) = np.flatnonzero(np.isnan(z[m]))
        # 4,000 draws leave 1.1% noise in a standard deviation; four of those are allowed.
        assert scale.capability.values[:, m].std() == pytest.approx(missed[empty] / 6, rel=0.045)


def test_the_fit_fills_gaps_with_what_it_predicts() -> None:
    world = logistic_world(models=40, benchmarks=8, noise=0.02, share=0.8)
    weights = {f"b{k:02d}": 1.0 for k in range(1, 8)}
    scale = headway.rulers.composite(weights, missing="model", draws=200).fit(world.data)
    m, b = np.meshgrid(np.arange(40), np.arange(1, 8), indexing="ij")
    truth = 1 / (1 + np.exp(-world.slope[b] * (world.capability[m] - world.difficulty[b])))
    expected = 100 * truth.mean(axis=1)
    at = [world.models.index(model) for model in scale.models]
    error = scale.estimate - expected[at]
    assert np.sqrt(np.mean(error**2)) < 1.5
    filled = np.array(scale.status) == "imputed"
    assert filled.sum() > 20
    assert (scale.high - scale.low)[filled].min() > 0
    # What predictions can say about the true mean, they cover.
    inside = (scale.low <= expected[at] + 1.5) & (expected[at] - 1.5 <= scale.high)
    assert inside[filled].mean() > 0.8


def test_one_component_is_the_single_ruler(catalog: Dataset) -> None:
    one = headway.rulers.composite(["gpqa-diamond"], seed=3).fit(catalog)
    same = headway.rulers.single("gpqa-diamond", seed=3).fit(catalog)
    assert np.abs(one.estimate - same.estimate).max() < 1e-10
    assert np.abs(one.capability.values - same.capability.values).max() < 1e-10


def test_resampled_benchmarks_are_the_same_for_all_models() -> None:
    data = logistic_world(models=12, benchmarks=8, share=1.0).data
    names = [f"b{k:02d}" for k in range(8)]
    scale = headway.rulers.composite(names, resample="benchmarks", draws=300).fit(data)
    scores = scale.details["cells"]["normalised"].to_numpy().reshape(12, 8)
    # Every draw is one weighting of the components for all models.
    weights = np.linalg.lstsq(scores, scale.capability.values.T, rcond=None)[0]
    assert np.abs(scores @ weights - scale.capability.values.T).max() < 1e-8
    assert scale.low[0] < scale.estimate[0] < scale.high[0]


def test_few_components_resampled_are_noted() -> None:
    scale = headway.rulers.composite(WEIGHTS, resample="both").fit(small(), draws=10)
    assert any(note.startswith("Resampling 2 benchmarks") for note in scale.notes)


@settings(max_examples=20, deadline=None)
@given(factor=st.floats(1e-3, 1e3), seed=st.integers(0, 10))
def test_only_ratios_of_weights_matter(factor: float, seed: int) -> None:
    data = small()
    one = CompositeRuler(weights=WEIGHTS, seed=seed, draws=5)
    other = CompositeRuler(weights={b: factor * w for b, w in WEIGHTS.items()}, seed=seed, draws=5)
    assert one.definition == other.definition
    assert np.allclose(one.fit(data).estimate, other.fit(data).estimate, atol=1e-10)
    assert np.allclose(
        one.fit(data).capability.values, other.fit(data).capability.values, atol=1e-10
    )


def test_the_order_of_weights_does_not_matter() -> None:
    turned = dict(reversed(WEIGHTS.items()))
    one, other = (headway.rulers.composite(w, draws=10).fit(small()) for w in (WEIGHTS, turned))
    assert one.estimate.tolist() == other.estimate.tolist()
    assert one.capability.values.tolist() == other.capability.values.tolist()


def test_a_definition_names_the_version() -> None:
    plain = CompositeRuler(weights=WEIGHTS)
    assert plain.label == f"Composite {plain.definition[:8]}"
    others = [
        CompositeRuler(weights=WEIGHTS | {"x": 2.0}),
        CompositeRuler(weights=WEIGHTS, normalisation="rank"),
        CompositeRuler(weights=WEIGHTS, missing="worst"),
        CompositeRuler(weights=WEIGHTS, missing="worst", min_share=0.9),
        CompositeRuler(weights=WEIGHTS, duplicates="mean"),
    ]
    assert len({ruler.definition for ruler in [plain, *others]}) == 6
    assert CompositeRuler(weights=WEIGHTS, seed=4, level=0.8).definition == plain.definition


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"weights": {}}, "expected benchmarks with their weights"),
        ({"weights": {"x": 0.0}}, "number above 0"),
        ({"weights": {"x": float("nan")}}, "number above 0"),
        ({"weights": {"x": "much"}}, "number above 0"),
        ({"weights": {"x": 1e308, "y": 1e308}}, "infinity"),
        ({"weights": WEIGHTS, "normalisation": "log"}, "chance, minmax, zscore, rank"),
        ({"weights": WEIGHTS, "missing": "zero"}, "refuse, mean_of_others, worst, model"),
        ({"weights": WEIGHTS, "resample": "no"}, "scores, benchmarks, both"),
        ({"weights": WEIGHTS, "min_share": 0.0}, "min_share"),
        ({"weights": WEIGHTS, "level": 1.0}, "level"),
        ({"weights": WEIGHTS, "draws": -1}, "draws"),
    ],
)
def test_wrong_options_are_refused(options: dict[str, Any], words: str) -> None:
    with pytest.raises(UsageError, match=words):
        CompositeRuler(**options)


def test_benchmarks_that_cannot_count_are_refused() -> None:
    with pytest.raises(UsageError, match="did you mean"):
        headway.rulers.composite({"gpqa-dimond": 1.0}).fit(headway.load())
    with pytest.raises(NotIdentified, match="no model has a score on z"):
        headway.rulers.composite({"x": 1.0, "z": 1.0}).fit(small())
    flat = Dataset.from_frames(
        scores=pl.DataFrame({"model": ["a", "b"], "benchmark": "x", "score": [0.5, 0.5]}),
        recorded_on="2026-01-01",
    )
    with pytest.raises(NotIdentified, match="are equal, so zscore is not defined"):
        headway.rulers.composite(["x"], normalisation="zscore").fit(flat)


def test_no_model_with_every_component_is_refused_with_a_way_out() -> None:
    scores = pl.DataFrame({"model": ["a", "b"], "benchmark": ["x", "y"], "score": [0.5, 0.6]})
    data = Dataset.from_frames(scores=scores, recorded_on="2026-01-01")
    with pytest.raises(NotIdentified, match="the nearest lacks 1 of 2") as caught:
        headway.rulers.composite(WEIGHTS).fit(data)
    assert "mean_of_others" in str(caught.value.hint)
    with pytest.raises(NotIdentified, match="share no benchmark"):
        headway.rulers.composite(["x", "y"], missing="model", min_share=0.1).fit(data)


def test_the_same_seed_gives_the_same_draws(catalog: Dataset) -> None:
    ruler = headway.rulers.composite(["gpqa-diamond", "simplebench"], missing="model", draws=20)
    one, other = ruler.fit(catalog, workers=1), ruler.fit(catalog, workers=2)
    assert one.capability.values.tobytes() == other.capability.values.tobytes()
    assert one.capability.draw_set == other.capability.draw_set


def test_blocks_of_draws_do_not_change_them(
    catalog: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    ruler = headway.rulers.composite(
        ["gpqa-diamond", "simplebench"], missing="mean_of_others", resample="both", draws=25
    )
    whole = ruler.fit(catalog).capability.values
    # The function of that name hides the module.
    monkeypatch.setattr(sys.modules[CompositeRuler.__module__], "_BLOCK", 1000)
    assert ruler.fit(catalog).capability.values.tobytes() == whole.tobytes()


def test_a_rule_for_gaps_can_bring_a_model_with_half_the_scores_to_the_top(
    catalog: Dataset,
) -> None:
    """The figures of decision 11."""
    weights = {"gpqa-diamond": 2, "simplebench": 1, "arc-agi-2": 1, "simpleqa-verified": 1}
    plain = headway.rulers.composite(weights, draws=0).fit(catalog)
    assert len(plain.models) == 25
    assert plain.diagnostics["n_left_out"] == 148 - 25
    filled = headway.rulers.composite(weights, missing="mean_of_others", draws=0).fit(catalog)
    assert len(filled.models) == 96
    first = int(np.argmax(filled.estimate))
    assert (filled.n_scores[first], filled.status[first]) == (2, "imputed")
