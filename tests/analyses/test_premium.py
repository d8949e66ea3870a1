"""The premium: recovered where it is known, refused where it cannot be said."""

import datetime as dt
import json
from itertools import combinations
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings, strategies as st

import headway
from headway.analyses import one_model
from headway.analyses.premium import PremiumResult, PremiumSpec
from headway.analyses.premium.cells import Cells, comparable, compared
from headway.analyses.premium.estimator import FLOOR, by_benchmark, effect, weigh
from headway.analyses.premium.evidence import weigh_up
from headway.analyses.premium.interaction import interaction
from headway.analyses.premium.permutation import of_benchmarks, within_benchmarks
from headway.dataset import Dataset
from headway.errors import HeadwayError, NotIdentified, UsageError
from headway.rulers.scale import Scale
from headway.rulers.scores.simulation import simulate
from tests.analyses.premium_worlds import ANCHORS, premium_world, reporter_world

QUICK = {"permutations": 199, "resamples": 200, "splits": 6}


def _scale(data: Dataset, draws: int = 0) -> Scale:
    return headway.rulers.eci(anchors=ANCHORS, draws=draws).fit(data)


def _cells(data: Dataset, **options: Any) -> Cells:
    spec = PremiumSpec(**options)
    return comparable(compared(_scale(data), spec).labelled(spec), spec)


@pytest.fixture(scope="module")
def noisy() -> Cells:
    return _cells(premium_world(premium=2.0, luck=0.7, noise=0.12, seed=4))


@pytest.fixture(scope="module")
def shipped(scale: Scale) -> PremiumResult:
    return headway.premium(scale, splits=10)


@pytest.mark.parametrize("planted", [-2.0, 0.0, 1.0, 3.0])
def test_a_known_premium_is_recovered(planted: float) -> None:
    result = headway.premium(_scale(premium_world(premium=planted)), **QUICK)
    # Without noise what is left is the curvature that one Gauss-Newton step does not see.
    assert result.headline()["estimate"] == pytest.approx(planted, abs=0.04 + 0.03 * abs(planted))
    months = result.headline("months")
    per_point = months["estimate"] / result.headline()["estimate"] if planted else 0.0
    # 2.4 logits, or 20 points, in 17 steps of 30 days.
    assert planted == 0 or per_point == pytest.approx(17 * 30 / 30.4375 / 20, rel=0.15)


def test_the_estimate_is_generalised_least_squares(noisy: Cells) -> None:
    """The swept-out estimate is that of the whole model written down at once."""
    model = weigh(noisy)
    n, size, count = len(noisy.label), len(noisy.benchmarks), len(noisy.models)
    s, g = noisy.slope, noisy.follower[noisy.model]
    of_model = np.eye(count)[noisy.model] * s[:, None]
    of_bench = np.eye(size)[noisy.benchmark] * s[:, None]
    tilt = of_bench * noisy.capability[noisy.model][:, None]
    asked = (s * g * noisy.label)[:, None]
    luck = of_bench * g[:, None]
    variance = np.diag(
        model.sigma**2 * np.maximum(noisy.expected * (1 - noisy.expected), FLOOR)
    ) + model.omega**2 * (luck @ luck.T)
    half = np.linalg.inv(np.linalg.cholesky(variance))
    design = np.hstack([of_model, of_bench, tilt, asked])
    found, *_ = np.linalg.lstsq(half @ design, half @ noisy.residual, rcond=1e-11)
    own = (noisy.label * g)[:, None]
    got = effect(model, own, noisy.side(), 0, 0)
    assert n == len(noisy.residual)
    assert got.estimate == pytest.approx(found[-1], abs=1e-6)
    covariance = np.linalg.pinv((half @ design).T @ (half @ design), rcond=1e-11)
    assert got.error == pytest.approx(np.sqrt(covariance[-1, -1]), rel=1e-5)


def test_the_reduced_form_is_the_estimate(noisy: Cells) -> None:
    model = weigh(noisy)
    side = noisy.side()
    score, spread = by_benchmark(noisy, model.rows, model.weight, model.pull)
    got = effect(model, (noisy.label * noisy.follower[noisy.model])[:, None], side, 0, 0)
    precision = side @ spread @ side
    assert got.estimate == pytest.approx(side @ score / precision, abs=1e-8)
    assert got.error == pytest.approx(model.sigma / np.sqrt(precision), rel=1e-8)
    assert np.abs(spread.sum(axis=0)).max() < 1e-6 * np.abs(spread).max()


def test_leaving_a_benchmark_out_is_estimating_without_it(noisy: Cells) -> None:
    model = weigh(noisy)
    own = (noisy.label * noisy.follower[noisy.model])[:, None]
    whole = effect(model, own, noisy.side(), 500, 0)
    for b in (0, 7, len(noisy.benchmarks) - 1):
        chosen = [k for k in range(len(noisy.benchmarks)) if k != b]
        values = np.delete(noisy.side(), b)
        score, spread = by_benchmark(
            noisy, tuple(model.rows[k] for k in chosen), tuple(model.weight[k] for k in chosen),
            tuple(model.pull[k] for k in chosen),
        )  # fmt: skip
        wanted = values @ score / (values @ spread @ values)
        assert whole.left_out[b] == pytest.approx(wanted, abs=1e-6)
    # Up to their own Monte-Carlo error, the resamples have the variance of the jackknife times
    # that of Student's t.
    freedom = len(noisy.benchmarks) - 2
    jackknife = 0.0
    for code in (0.0, 1.0):
        part = whole.left_out[noisy.side() == code]
        jackknife += (len(part) - 1) * float(np.var(part))
    assert whole.rows[1:].std() == pytest.approx(
        np.sqrt(jackknife * freedom / (freedom - 2)), rel=0.12
    )


@settings(max_examples=8, deadline=None)
@given(seed=st.integers(0, 1000), shift=st.floats(-50, 50), order=st.randoms())
def test_the_estimate_does_not_depend_on_names_order_or_sides(
    noisy: Cells, seed: int, shift: float, order: Any
) -> None:
    def estimated(cells: Cells) -> float:
        own = (cells.label * cells.follower[cells.model])[:, None]
        return effect(weigh(cells), own, cells.side(), 0, seed).estimate

    fields = {name: getattr(noisy, name) for name in noisy.__dataclass_fields__}
    wanted = estimated(noisy)
    shuffled = list(range(len(noisy.label)))
    order.shuffle(shuffled)
    for name in ("model", "benchmark", "label", "expected", "residual", "slope"):
        fields[name] = fields[name][shuffled]
    assert estimated(Cells(**fields)) == pytest.approx(wanted, abs=1e-7)
    moved = fields | {"capability": noisy.capability + shift}
    assert estimated(Cells(**moved)) == pytest.approx(wanted, abs=1e-5)
    assert estimated(Cells(**fields | {"label": 1 - fields["label"]})) == pytest.approx(
        -wanted, abs=1e-7
    )
    assert estimated(Cells(**fields | {"follower": 1 - noisy.follower})) == pytest.approx(
        -wanted, abs=1e-6
    )


def test_the_exact_permutation_is_every_labelling() -> None:
    cells = _cells(premium_world(premium=1.0, luck=0.5, noise=0.1, public=5, private=5, seed=2))
    model, side = weigh(cells), cells.side()
    p_value, number, exact = of_benchmarks(model, side, 10_000, 0)
    assert (number, exact) == (252, True)
    own = cells.follower[cells.model]
    n, of_model = len(own), np.eye(len(cells.models))[cells.model]
    weight, pull = np.zeros((n, n)), np.empty(n)
    for rows, precision, score in zip(model.rows, model.weight, model.pull, strict=True):
        weight[np.ix_(rows, rows)] = precision
        pull[rows] = score
    shifts = np.linalg.pinv(of_model.T @ weight @ of_model, rcond=1e-10)
    left = pull - weight @ of_model @ shifts @ (of_model.T @ pull)
    ratios = []
    for chosen in [tuple(np.flatnonzero(side)), *combinations(range(10), 5)]:
        label = np.isin(cells.benchmark, chosen) * own
        swept = label - of_model @ shifts @ (of_model.T @ weight @ label)
        psi = np.bincount(cells.benchmark, swept * left)
        ratios.append(abs(psi.sum()) / np.sqrt(5 / 4 * (psi**2).sum()))
    assert p_value == pytest.approx(np.mean(np.array(ratios[1:]) >= ratios[0] * (1 - 1e-6)))
    drawn, number, exact = of_benchmarks(model, side, 200, 3)
    assert (number, exact) == (200, False)
    assert drawn == pytest.approx(p_value, abs=0.1)


def test_labels_within_benchmarks_are_permuted() -> None:
    options: dict[str, Any] = {"contrast": "reporter", "since": dt.date(2024, 5, 1)}
    strong = _cells(reporter_world(main=0.0, premium=3.0, noise=0.05), **options)
    none = _cells(reporter_world(noise=0.05, seed=7), **options)
    assert within_benchmarks(weigh(strong), interaction=True, permutations=199, seed=0)[0] < 0.02
    assert within_benchmarks(weigh(none), interaction=True, permutations=199, seed=0)[0] > 0.05


@pytest.mark.parametrize(
    ("contrast", "options"),
    [
        ("access", {"developer": "developer,benchmark"}),
        ("access", {"independent": "benchmark"}),
        ("reporter", {"private": "held_out"}),
        ("reporter", {"confidence": "high"}),
    ],
)
def test_an_option_of_the_other_contrast_is_refused(
    contrast: str, options: dict[str, object]
) -> None:
    with pytest.raises(UsageError, match="would have no effect with the contrast"):
        PremiumSpec(contrast=contrast, **options)


def test_reporters_are_compared_within_models_too() -> None:
    scale = _scale(reporter_world(main=1.5, premium=2.0, noise=0.02), draws=20)
    result = headway.premium(scale, contrast="reporter", **QUICK)
    row = result.headline()
    assert row["estimate"] == pytest.approx(2.0, abs=0.35)
    main = result.table.filter(pl.col("quantity") == "reporter_effect").row(0, named=True)
    # What both groups share: 1.5 points, and 3.5 for one group in two.
    assert main["estimate"] == pytest.approx(2.5, abs=0.35)
    assert result.evidence.p_value < 0.02
    rulers = result.table.filter(
        (pl.col("convention") == "two-rulers") & (pl.col("entity") == "difference")
    )
    assert {"lag_daily", "gap_mean"} <= set(rulers["quantity"])
    gap = rulers.filter(pl.col("quantity") == "gap_mean")["estimate"][0]
    assert gap == pytest.approx(2.0, abs=0.8)


def test_two_rulers_agree_where_the_premium_is_known() -> None:
    scale = _scale(premium_world(premium=3.0), draws=10)
    result = headway.premium(scale, **QUICK)
    rows = result.table.filter(
        (pl.col("convention") == "two-rulers") & (pl.col("quantity") == "gap_mean")
    )
    of = dict(rows.select("entity", "estimate").iter_rows())
    assert of["difference"] == pytest.approx(of["private"] - of["public"])
    assert of["difference"] == pytest.approx(3.0, abs=0.5)
    # On public benchmarks the follower is within the tie of a point, so only what it is behind on
    # private ones beyond the tie counts; a day by day lag is that to within a month's step.
    months = (of["private"] - 1.0) * 17 * 30 / 30.4375 / 20
    assert abs(of["public"]) < 1.0
    assert result.evidence.rulers_months == pytest.approx(months, abs=0.6)
    draws = {
        k[2]: v for k, v in result.draws.items() if k[0] == "two-rulers" and k[3] == "gap_mean"
    }
    np.testing.assert_allclose(draws["difference"], draws["private"] - draws["public"])


def test_the_catalog_says_what_methods_expect(shipped: PremiumResult, scale: Scale) -> None:
    row = shipped.headline()
    assert 0.5 < row["estimate"] < 1.5
    assert row["low"] < 0 < row["high"]
    frame = shipped.details["sensitivity"]
    sure = frame.filter(pl.col("kind") == "confidence").row(0, named=True)
    assert sure["estimate"] == pytest.approx(1.8, abs=0.2)
    assert 0.5 < sure["low"] < sure["high"] < 3.4
    assert sure["p_value"] < 0.05
    assert shipped.evidence.strength == "depends"
    assert shipped.evidence.pivotal == "Chess Puzzles"
    removed = frame.filter(pl.col("kind") == "without_benchmark")
    assert set(removed["entity"]) == set(shipped.details["benchmarks"]["benchmark"])
    known = dict(shipped.details["benchmarks"].select("benchmark", "without").iter_rows())
    for benchmark, estimate in removed.select("entity", "estimate").iter_rows():
        # The variances are estimated anew in the table of variants.
        assert estimate == pytest.approx(known[benchmark], abs=0.05)
    left = shipped.details["left_out"]
    assert set(left["why"]) == {"saturated", "few_models", "no_label"}
    every = set(left["benchmark"]) | set(shipped.details["benchmarks"]["benchmark"])
    assert every == set(scale.curves.benchmarks if scale.curves else ())
    counts = shipped.details["counts"]
    assert counts["scores"].sum() == row["n"]


def test_placebos_are_of_the_leader_alone(shipped: PremiumResult) -> None:
    frame = shipped.details["placebos"]
    assert frame.filter(pl.col("kind") == "named").height == 3
    split = frame.filter(pl.col("kind") == "split")
    assert split.height == 10
    assert set(split["status"]) <= {"ok", "not_identified"}
    assert shipped.evidence.placebos == split.filter(pl.col("status") == "ok").height


def test_the_same_seed_gives_the_same_answer() -> None:
    small = _scale(premium_world(noise=0.1, luck=0.5), draws=5)
    one, two = (headway.premium(small, **QUICK) for _ in range(2))
    text = json.dumps(one.to_dict(), allow_nan=False)
    assert text == json.dumps(two.to_dict(), allow_nan=False)
    other = headway.premium(small, seed=9, **QUICK)
    assert other.headline()["estimate"] == one.headline()["estimate"]
    assert other.headline()["low"] != one.headline()["low"]


def test_groups_other_than_countries() -> None:
    small = _scale(premium_world(premium=1.0))
    result = headway.premium(small, leader="closed", follower="open", **QUICK)
    countries = headway.premium(small, **QUICK)
    assert result.headline()["entity"] == "open"
    # Every CN model is open here.
    assert result.headline()["estimate"] == countries.headline()["estimate"]


@pytest.mark.parametrize(
    ("options", "error", "said"),
    [
        ({"contrast": "acces"}, UsageError, "did you mean 'access'"),
        ({"private": "held-out,semi"}, UsageError, "'semi' is not one of"),
        ({"private": "public"}, UsageError, "stands in both"),
        ({"private": ""}, UsageError, "'' is not one of"),
        ({"since": "2024"}, UsageError, "expected a date"),
        ({"date": "released"}, UsageError, "date='released'"),
        ({"confidence": "low"}, UsageError, "confidence='low'"),
        ({"fewest": 1}, UsageError, "fewest is 1"),
        ({"permutations": 2.5}, UsageError, "permutations is 2.5"),
        ({"splits": True}, UsageError, "splits is True"),
        ({"saturated": 0}, UsageError, "saturated is 0"),
        ({"level": 1}, UsageError, "level is 1"),
        ({"level": float("nan")}, UsageError, "level is nan"),
        ({"draws": 5}, UsageError, "unknown option 'draws'"),
        ({"leader": "country:XX"}, UsageError, "no model has country 'XX'"),
        ({"leader": "all"}, UsageError, "are in both all and country:CN"),
        ({"since": dt.date(2030, 1, 1)}, NotIdentified, "no model on this scale from 2030-01-01"),
        ({"fewest": 60}, NotIdentified, "0 public benchmarks can be compared"),
        ({"private": "unknown"}, NotIdentified, "1 private benchmarks can be compared"),
        ({"follower": "model:kimi-k3"}, NotIdentified, "public benchmarks can be compared"),
        ({"contrast": "reporter"}, NotIdentified, "can be compared"),
    ],
)
def test_what_cannot_be_asked(
    point_scale: Scale, options: dict[str, Any], error: type[HeadwayError], said: str
) -> None:
    with pytest.raises(error) as caught:
        headway.premium(point_scale, **options)
    assert said in str(caught.value)


def test_other_scales_are_refused(published: Scale) -> None:
    with pytest.raises(UsageError, match="needs a scale with difficulties"):
        headway.premium(published)


def test_a_scale_without_points_is_refused() -> None:
    logits = headway.rulers.eci(anchors=None, draws=0).fit(premium_world())
    with pytest.raises(UsageError, match="this scale is in logits"):
        headway.premium(logits)


def test_models_without_a_common_benchmark(point_scale: Scale) -> None:
    data = premium_world(public=6, private=6, unknown=0)
    apart = data.scores.filter(
        pl.col("model").str.starts_with("us") | pl.col("benchmark").is_in(["b00", "b06"])
    )
    alone = Dataset.from_frames(
        recorded_on=dt.date(2026, 3, 1), organisations=data.organisations, models=data.models,
        benchmarks=data.benchmarks, scores=apart.select("model", "benchmark", "score", "scale"),
    )  # fmt: skip
    with pytest.raises(NotIdentified, match="1 public benchmarks can be compared"):
        headway.premium(_scale(alone))


def test_where_two_rulers_cannot_be_fitted_a_note_says_so() -> None:
    data = premium_world(premium=1.0, noise=0.05)
    # One anchor without private scores holds no private ruler.
    private = data.benchmarks.filter(pl.col("item_access") != "public")["benchmark"]
    less = data.scores.filter(
        (pl.col("model") != "us17") | ~pl.col("benchmark").is_in(private.to_list())
    )
    poorer = Dataset.from_frames(
        recorded_on=dt.date(2026, 3, 1), organisations=data.organisations, models=data.models,
        benchmarks=data.benchmarks, scores=less.select("model", "benchmark", "score", "scale"),
    )  # fmt: skip
    result = headway.premium(_scale(poorer), **QUICK)
    assert set(result.table["convention"]) == {"interaction"}
    assert result.evidence.rulers_months is None
    assert any(note.startswith("two rulers: the anchor 'us17'") for note in result.notes)


def _variants(*rows: tuple[str, float, float, float, float]) -> pl.DataFrame:
    schema = ["kind", "estimate", "low", "high", "p_value"]
    return pl.DataFrame(rows, schema=schema, orient="row").with_columns(
        status=pl.lit("ok"), entity=pl.lit("x"), name=pl.lit("X")
    )


GOOD = [("list", 1.5, 0.4, 2.6, 0.03)] * 9
SURE = ("confidence", 1.6, 0.5, 2.7, 0.02)
ROW = {"estimate": 1.5, "low": 0.5, "high": 2.5, "level": 0.9}
MONTHS = {"estimate": 1.0, "low": 0.3, "high": 1.7}


@pytest.mark.parametrize(
    ("row", "p_value", "variants", "placebo", "rulers", "strength"),
    [
        (ROW, 0.01, [*GOOD, SURE], (0.05, 100), 2.0, "consistent"),
        (ROW, 0.01, [*GOOD, SURE], (None, 0), None, "consistent"),
        (ROW, 0.01, [*GOOD, SURE], (0.2, 100), 2.0, "weak"),
        (ROW, 0.01, [*GOOD, SURE], (0.05, 100), -2.0, "weak"),
        (ROW, 0.01, [("list", -0.1, -1.0, 1.0, 0.9)] * 5 + [SURE], (0.0, 9), 1.0, "weak"),
        (ROW, 0.07, GOOD, (0.05, 100), 2.0, "weak"),
        (ROW, 0.2, GOOD, (0.05, 100), 2.0, "weak"),
        (ROW | {"low": -0.5}, 0.2, GOOD, (0.05, 100), 2.0, "none"),
        (ROW | {"low": -0.5}, 0.2, [*GOOD, SURE], (0.0, 100), 2.0, "depends"),
        (ROW, 0.01, [*GOOD, ("confidence", 0.2, -1.0, 1.4, 0.7)], (0.0, 100), 2.0, "depends"),
        (
            {"estimate": -1.5, "low": -2.5, "high": -0.5, "level": 0.9}, 0.01,
            [("list", -1.5, -2.6, -0.4, 0.03)] * 9, (0.05, 100), -2.0, "consistent",
        ),
    ],
)  # fmt: skip
def test_the_rules_of_the_verdict(
    row: dict[str, Any],
    p_value: float,
    variants: list[tuple[str, float, float, float, float]],
    placebo: tuple[float | None, int],
    rulers: float | None,
    strength: str,
) -> None:
    found = weigh_up(
        row, MONTHS, p_value=p_value, placebo=placebo, variants=_variants(*variants),
        rulers_months=rulers,
    )  # fmt: skip
    assert found.strength == strength


def test_one_model_on_every_benchmark(catalog: Dataset) -> None:
    result = one_model(catalog, "GLM-5.2", draws=50)
    assert result.table.height == catalog.benchmarks.height
    of = {row["entity"]: row for row in result.table.to_dicts()}
    weird = of["weirdml"]
    assert weird["status"] == "ok"
    assert weird["item_access"] == "semi_private"
    assert weird["matched_name"] == "GPT-5.2"
    days = (dt.date(2026, 6, 13) - dt.date(2025, 12, 11)).days
    assert weird["estimate"] == pytest.approx(days / 30.4375)
    assert weird["matched_score"] >= weird["score"]
    assert of["mmlu"]["status"] == "no_score"
    assert of["mmlu"]["estimate"] is None
    scored = set(catalog.scores.filter(pl.col("model") == "glm-5-2")["benchmark"])
    assert {k for k, row in of.items() if row["status"] != "no_score"} == scored
    json.dumps(result.to_dict(), allow_nan=False)


def test_one_model_leads_or_has_no_rival() -> None:
    data = premium_world(unknown=0)
    top = one_model(data, "us17", leader="country:CN", draws=0)
    assert set(top.table["status"]) <= {"leads", "no_score"}
    assert top.table["estimate"].null_count() == top.table.height
    few = one_model(data, "cn17", leader="model:us00", benchmarks=("b00",), draws=0)
    assert few.table["entity"].to_list() == ["b00"]
    first = one_model(data, "cn00", draws=0).table.filter(pl.col("status") == "at_least")
    assert first.height
    assert (first["matched_date"] == dt.date(2024, 6, 1)).all()
    with pytest.raises(UsageError, match="unknown model 'cn99'"):
        one_model(data, "cn99")
    with pytest.raises(UsageError, match="unknown benchmark 'b99'"):
        one_model(data, "cn17", benchmarks=("b99",))
    with pytest.raises(UsageError, match="has no model but"):
        one_model(data, "us00", leader="model:us00")


def test_one_model_without_a_date() -> None:
    data = premium_world(unknown=0)
    undated = data.models.with_columns(
        available_on=pl.when(pl.col("model") != "cn05").then(pl.col("available_on"))
    )
    blank = Dataset.from_frames(
        recorded_on=dt.date(2026, 3, 1), organisations=data.organisations, models=undated,
        benchmarks=data.benchmarks, scores=data.scores,
    )  # fmt: skip
    found = one_model(blank, "cn05", draws=0).table
    assert set(found["status"]) == {"undated", "no_score"}


@pytest.mark.slow
@pytest.mark.parametrize(("planted", "shared"), [(0.0, 0.18), (2.0, 0.0)])
def test_size_power_and_coverage(point_scale: Scale, planted: float, shared: float) -> None:
    """In simulated catalogs: 5% of tests reject without a premium, and 90% of intervals cover."""
    worlds, rejected, covered = 100, 0, 0
    spec = PremiumSpec(permutations=499, resamples=400)
    for seed in range(worlds):
        data = simulate(point_scale, seed=seed, shared=shared)
        if planted:
            lifted = simulate(
                _lifted(point_scale, planted), seed=seed, shared=shared
            ).scores["score"]  # fmt: skip
            public = data.benchmarks.filter(pl.col("item_access") == "public")["benchmark"]
            data = Dataset.from_frames(
                sources=data.sources, organisations=data.organisations, models=data.models,
                availability=data.availability, benchmarks=data.benchmarks,
                scores=data.scores.with_columns(
                    score=pl.when(pl.col("benchmark").is_in(public.to_list()))
                    .then(lifted)
                    .otherwise(pl.col("score"))
                ),
            )  # fmt: skip
        scale = headway.rulers.eci(draws=0).fit(data)
        found = interaction(comparable(compared(scale, spec).labelled(spec), spec), spec)
        low, high = np.quantile(found.premium.rows[1:], [0.05, 0.95])
        rejected += found.p_value <= 0.05
        covered += bool(low <= planted <= high)
    # Two-sided 99% limits of 100 binomial trials at 5% and at 90%.
    assert rejected <= 12 if not planted else rejected >= 90
    assert 82 <= covered <= 98


def _lifted(scale: Scale, points: float) -> Scale:
    fields = {name: getattr(scale, name) for name in scale.__dataclass_fields__}
    chinese = set(scale.dataset.models.filter(pl.col("country") == "CN")["model"])
    moved = np.array([points * (model in chinese) for model in scale.models])
    return Scale(**fields | {"estimate": scale.estimate + moved})
