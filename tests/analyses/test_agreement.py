"""Agreement between rulers: identities, invariances, movers and what moves them."""

from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings, strategies as st
from scipy.stats import kendalltau, spearmanr

import headway
from headway.analyses import agreement
from headway.dataset import Dataset
from headway.draws import Draws
from headway.errors import NotIdentified, UsageError
from headway.report.words import Words
from headway.rulers import eci
from headway.rulers.scale import Scale
from tests.races import race
from tests.rulers.worlds import logistic_world

MODELS = tuple(f"m{k:02d}" for k in range(12))
DATA = logistic_world(models=12, benchmarks=5, share=1.0).data


def made(
    estimate: np.ndarray,
    *,
    draw_set: str = "one",
    noise: float = 0.3,
    draws: int = 40,
    seed: int = 0,
) -> Scale:
    """A scale with these values and normal draws around them."""
    models = MODELS[: len(estimate)]
    spread = noise * np.random.default_rng(seed).standard_normal((draws, len(estimate)))
    return Scale(
        ruler=draw_set,
        spec={"kind": "made"},
        dataset=DATA,
        models=models,
        estimate=estimate,
        capability=Draws(
            values=estimate + spread,
            dims=("draw", "model"),
            coords={"model": models},
            unit="points",
            draw_set=draw_set,
        ),
        status=("ok",) * len(models),
        n_scores=np.full(len(models), 9),
        low=estimate - noise,
        high=estimate + noise,
        level=0.9,
        unit="points",
        seed=seed,
    )


def turned(scale: Scale, change: object) -> Scale:
    """The same scale with its values and draws sent through a function."""
    draws = replace_values(scale.capability, change(scale.capability.values))
    return replace(scale, estimate=change(scale.estimate), capability=draws)


def replace_values(draws: Draws, values: np.ndarray) -> Draws:
    return Draws(
        values=values, dims=draws.dims, coords=draws.coords, unit=draws.unit,
        draw_set=draws.draw_set,
    )  # fmt: skip


def found(table: pl.DataFrame, quantity: str = "spearman") -> dict[str, object]:
    return table.row(by_predicate=pl.col("quantity") == quantity, named=True)


VALUES = np.random.default_rng(3).normal(size=12)


@pytest.mark.parametrize("quantity", ["spearman", "kendall"])
def test_a_ruler_agrees_with_itself_and_not_with_its_reverse(quantity: str) -> None:
    scale = made(VALUES)
    same = found(agreement({"a": scale, "b": scale}).table, quantity)
    assert (same["estimate"], same["low"], same["high"]) == (1.0, 1.0, 1.0)
    assert (same["pairing"], same["n"]) == ("paired", 12)
    reverse = turned(scale, np.negative)
    against = found(agreement({"a": scale, "b": reverse}).table, quantity)
    assert (against["estimate"], against["low"], against["high"]) == (-1.0, -1.0, -1.0)


def test_values_are_those_of_scipy_with_ties() -> None:
    one = np.array([1.0, 2.0, 2.0, 3.0, 5.0, 5.0, 5.0, 8.0])
    other = np.array([2.0, 1.0, 1.0, 3.0, 3.0, 6.0, 4.0, 4.0])
    scales = {"a": made(one), "b": made(other, draw_set="two")}
    table = agreement(scales).table
    assert found(table)["estimate"] == pytest.approx(spearmanr(one, other)[0], abs=1e-12)
    assert found(table, "kendall")["estimate"] == pytest.approx(
        kendalltau(one, other)[0], abs=1e-12
    )


def test_draws_are_correlated_row_by_row() -> None:
    from headway.rulers.kernels.correlation import rank_correlations

    rng = np.random.default_rng(0)
    one, other = np.round(rng.normal(size=(2, 30, 9)), 1)
    rows, place = np.arange(30), np.array([0, -1, 1, 2, 3, 4, -1, 5, 6])
    kept = np.flatnonzero(place >= 0)
    rho, tau = np.empty(30), np.empty(30)
    order = [np.argsort(x, axis=1) for x in (one, other)]
    rank_correlations(one, order[0], rows, place, other, order[1], rows, place, 7, rho, tau)
    for k in range(30):
        assert rho[k] == pytest.approx(spearmanr(one[k, kept], other[k, kept])[0], abs=1e-12)
        assert tau[k] == pytest.approx(kendalltau(one[k, kept], other[k, kept])[0], abs=1e-12)


@settings(max_examples=25, deadline=None)
@given(
    shift=st.floats(-50, 50), stretch=st.floats(0.1, 20), power=st.sampled_from([1.0, 3.0]),
    seed=st.integers(0, 20),
)  # fmt: skip
def test_a_rising_function_of_a_scale_changes_nothing(
    shift: float, stretch: float, power: float, seed: int
) -> None:
    def change(x: np.ndarray) -> np.ndarray:
        return shift + stretch * np.sign(x) * np.abs(x) ** power

    rng = np.random.default_rng(seed)
    one, other = made(rng.normal(size=12)), made(rng.normal(size=12), draw_set="two", seed=1)
    plain = agreement({"a": one, "b": other}, seed=seed)
    same = agreement({"a": one, "b": turned(other, change)}, seed=seed)
    assert plain.table.equals(same.table)
    assert plain.details["movers"].equals(same.details["movers"])


def test_the_order_of_two_rulers_does_not_matter() -> None:
    one, other = made(VALUES), made(VALUES[::-1].copy(), draw_set="two", seed=4)
    there, back = agreement({"a": one, "b": other}), agreement({"b": other, "a": one})
    assert found(there.table)["estimate"] == found(back.table)["estimate"]
    assert found(there.table, "kendall")["estimate"] == found(back.table, "kendall")["estimate"]


def test_draws_of_two_sets_are_matched_by_the_seed_and_it_is_said() -> None:
    one, other = made(VALUES), made(VALUES[::-1].copy(), draw_set="two", seed=4)
    first, again, third = (agreement({"a": one, "b": other}, seed=seed) for seed in (1, 1, 2))
    assert first.table.equals(again.table)
    assert found(first.table)["low"] != found(third.table)["low"]
    assert found(first.table)["pairing"] == "matched"
    assert first.notes == ("1 pairs of rulers have draws of two sets, matched at random (seed 1).",)


def test_rulers_without_draws_have_what_interval_they_can() -> None:
    one = made(VALUES)
    point = replace(one, capability=replace_values(one.capability, np.empty((0, 12))))
    half, none = agreement({"a": one, "b": point}), agreement({"a": point, "b": point})
    assert found(half.table)["pairing"] == "one_sided"
    assert found(half.table)["low"] is not None
    assert "b: no draws" in half.notes[0]
    assert found(none.table)["pairing"] == "none"
    assert (found(none.table)["low"], found(none.table)["status"]) == (None, "point_only")


def test_noise_lowers_a_correlation_and_the_corrected_one_does_not_suffer() -> None:
    raw, corrected = [], []
    for seed in range(40):
        rng = np.random.default_rng(seed)
        truth = rng.normal(size=12)
        scales = {
            name: made(truth + 0.3 * rng.standard_normal(12), draw_set=name, seed=seed + 100 * k)
            for k, name in enumerate("ab")
        }
        table = agreement(scales).table
        raw.append(found(table)["estimate"])
        corrected.append(found(table, "spearman_without_noise")["estimate"])
    # The truth is 1; twelve models leave a spread of 0.05 in a correlation of 0.9.
    assert np.mean(raw) < 0.93
    assert abs(np.mean(corrected) - 1) < 0.5 * (1 - np.mean(raw))


def test_too_few_common_models_say_nothing() -> None:
    scales = {"a": made(VALUES), "b": made(VALUES[:4]), "c": made(VALUES, draw_set="c")}
    result = agreement(scales)
    thin = result.table.filter(pl.col("other") == "b")
    assert thin["status"].unique().to_list() == ["not_enough_data"]
    assert thin["estimate"].null_count() == 3
    assert "2 pairs of rulers have fewer than 5 models in common." in result.notes
    assert set(result.details["movers"]["ruler"]) <= {"c"}
    with pytest.raises(NotIdentified, match="5 models in common"):
        agreement({"a": made(VALUES), "b": made(VALUES[:4])})


def test_a_constant_scale_has_no_correlation() -> None:
    flat = made(np.zeros(12), noise=0.0, draw_set="flat")
    row = found(agreement({"a": made(VALUES), "b": flat}).table)
    assert (row["estimate"], row["status"]) == (None, "not_defined")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"reference": "z"}, "unknown reference 'z'"),
        ({"level": 1.0}, "level"),
        ({"seed": -1}, "seed"),
        ({"movers": -1}, "movers"),
    ],
)
def test_wrong_options_are_refused(options: dict[str, object], words: str) -> None:
    with pytest.raises(UsageError, match=words):
        agreement({"a": made(VALUES), "b": made(VALUES)}, **options)


def test_one_ruler_or_no_scale_is_refused() -> None:
    with pytest.raises(UsageError, match="two or more scales, not 1"):
        agreement({"a": made(VALUES)})
    with pytest.raises(UsageError, match="'b' is a LogisticRuler"):
        agreement({"a": made(VALUES), "b": headway.rulers.eci()})


def odd_one_out() -> Dataset:
    """Ten models of even strength on all tests, but m9, the worst, is the best on b4 and b5."""
    rows = []
    for m in range(10):
        for b in range(6):
            score = 0.9 - 0.08 * m + 0.002 * ((m * b) % 3)
            if m == 9 and b in (4, 5):
                score = 0.97
            rows.append((f"m{m}", f"b{b}", score))
    return Dataset.from_frames(
        scores=pl.DataFrame(rows, schema=["model", "benchmark", "score"], orient="row"),
        benchmarks=pl.DataFrame(
            {
                "benchmark": [f"b{k}" for k in range(6)],
                "name": [f"Test {k}" for k in range(6)],
                "chance": 0.0,
                "ceiling": 1.0,
                "n_items": 400,
            }
        ),
        recorded_on="2026-01-01",
    )


def test_the_mover_is_named_with_what_moves_it() -> None:
    data = odd_one_out()
    general = headway.rulers.composite(["b0", "b1", "b2", "b3"]).fit(data)
    other = headway.rulers.composite(["b2", "b3", "b4", "b5"], seed=1).fit(data)
    result = agreement({"general": general, "other": other}, movers=1)
    (mover,) = result.details["movers"].to_dicts()
    assert (mover["entity"], mover["rank_reference"], mover["models"]) == ("m9", 10, 10)
    assert mover["difference"] == 10 - mover["rank_other"] > 3
    assert mover["low"] <= mover["difference"] <= mover["high"]
    assert mover["why"] == "strong_on_other"
    assert mover["benchmarks"] == "Test 4;Test 5"
    reasons = result.details["reasons"].filter(pl.col("benchmark") == "b4").to_dicts()[0]
    assert (reasons["used_by"], reasons["place"], reasons["place_reference"]) == ("other", 1.0, 0.0)
    turned = agreement({"general": general, "other": other}, reference="other", movers=1)
    (back,) = turned.details["movers"].to_dicts()
    assert (back["entity"], back["difference"]) == ("m9", -mover["difference"])
    assert "strong_on_reference" in back["why"]


def test_same_tests_in_other_weights_are_named_so() -> None:
    data = odd_one_out()
    names = [f"b{k}" for k in range(6)]
    even = headway.rulers.composite(names).fit(data)
    skewed = headway.rulers.composite(dict.fromkeys(names, 1.0) | {"b4": 30.0}).fit(data)
    (mover,) = agreement({"even": even, "skewed": skewed}, movers=1).details["movers"].to_dicts()
    assert (mover["entity"], mover["why"]) == ("m9", "weights")
    assert mover["benchmarks"].startswith("Test 4")


def test_rulers_of_the_catalog_agree_as_computed(scale: Scale, published: Scale) -> None:
    coding = headway.rulers.DomainRuler(domain="coding").refit(scale)
    result = agreement({"all": scale, "published": published, "coding": coding})
    by = {(r["ruler"], r["other"], r["quantity"]): r for r in result.table.to_dicts()}
    assert by["all", "published", "spearman"]["estimate"] > 0.999
    near = by["all", "coding", "spearman"]
    assert near["low"] < near["estimate"] < near["high"] < 1
    common = [m for m in coding.models if m in scale.models]
    expected = spearmanr(
        [scale.estimate[scale.models.index(m)] for m in common],
        [coding.estimate[coding.models.index(m)] for m in common],
    )[0]
    assert near["estimate"] == pytest.approx(expected, abs=1e-12)
    movers = result.details["movers"]
    assert movers.filter(pl.col("ruler") == "published")["why"].str.contains("other_evidence").all()
    assert movers.filter(pl.col("ruler") == "coding")["benchmarks"].str.len_chars().min() > 0


def test_rulers_on_other_evidence_are_said_and_selections_of_one_dataset_are_not() -> None:
    data = race()
    general, few = eci(draws=20).fit(data), eci(draws=20, benchmarks=("b0", "b1", "b3")).fit(data)
    assert not any(
        "different evidence" in note for note in agreement({"a": general, "b": few}).notes
    )
    early = eci(draws=20).fit(data.as_of("2025-09-01", by="released"))
    [note] = [n for n in agreement({"a": general, "b": early}).notes if "different evidence" in n]
    assert "a on data frames; b on data frames as of 2025-09-01" in note
    assert Words("zh").note(note)[1]
