"""The item ruler: published values, recovery, what must not change the answer, wrong input."""

import pickle

import numpy as np
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

import headway
from headway.engines.local import Local
from headway.errors import NotConverged, NotIdentified, UsageError
from headway.report.words import Words
from headway.rulers import responses
from headway.rulers.responses import fit as item_fit, passes
from headway.rulers.responses.ruler import POINTS, ItemRuler
from tests.rulers.item_worlds import dataset, item_world, long, lsat

QUIET = ItemRuler(draws=0)
# Priors so wide that they say nothing: the classic maximum of the marginal likelihood.
FLAT = {"prior": (0.0, 1000.0, 0.0, 1000.0), "modes": True}


@pytest.fixture(scope="module")
def law_school() -> responses.Answers:
    answers, names = lsat()
    return responses.from_matrix(answers, names, [f"item {k}" for k in range(1, 6)])


def test_lsat_6_two_parameters(law_school: responses.Answers) -> None:
    """Marginal maximum likelihood as the R package ltm prints it (Rizopoulos 2006)."""
    fit = item_fit.fit(Local(law_school.loads), law_school.takers, model="2pl", **FLAT)
    state = np.vstack(fit.states)
    # ltm stops at 1e-3 or so: its values come from 21 fixed points, ours from 15 that adapt.
    published = [-3.3597, -1.3696, -0.2799, -1.8659, -3.1236]
    assert state[:, 3] == pytest.approx(published, abs=4e-3)
    slopes = [0.8254, 0.7229, 0.8905, 0.6886, 0.6575]
    assert np.exp(state[:, 2]) == pytest.approx(slopes, abs=1.5e-3)


def test_lsat_6_one_parameter(law_school: responses.Answers) -> None:
    """The Rasch model's common slope and difficulties (Thissen 1982; R package ltm)."""
    fit = item_fit.fit(Local(law_school.loads), law_school.takers, model="1pl", **FLAT)
    assert fit.spread == pytest.approx(0.7551, abs=1e-4)
    published = [-3.6153, -1.3224, -0.3176, -1.7301, -2.7802]
    assert np.vstack(fit.states)[:, 3] / fit.spread == pytest.approx(published, abs=1e-4)


def test_the_standard_priors_pull_lsat_6_towards_slope_one(law_school: responses.Answers) -> None:
    scale = QUIET.fit_parts(law_school)
    items = scale.details["items"].sort("item")
    slopes = items["discrimination"].to_numpy()
    assert (
        np.abs(np.log(slopes)) < np.abs(np.log([0.825, 0.723, 0.890, 0.689, 0.658])) + 0.1
    ).all()
    published = np.array([-3.36, -1.37, -0.28, -1.87, -3.12])
    assert (np.abs(items["difficulty"] - published) < items["difficulty_stderr"]).all()


@pytest.mark.parametrize("model", ["1pl", "2pl"])
def test_a_simulated_truth_is_recovered_without_rescaling(model: str) -> None:
    world = item_world(60, 800, seed=4, slope=1.4 if model == "1pl" else 0.0)
    fit = responses.from_matrix(world.answers, world.models)
    scale = ItemRuler(model=model, draws=400).fit_parts(fit)
    error = np.sqrt(np.mean((scale.estimate - world.ability) ** 2))
    assert error < 1.15 * floor(world)
    assert scale.unit == "standard deviations"
    # Mean 0 and mean square 1, the posterior variance counted.
    assert scale.estimate.mean() == pytest.approx(0.0, abs=1e-10)
    second = (scale.estimate**2 + scale.capability.values.var(axis=0)).mean()
    assert second == pytest.approx(1.0, abs=2e-3)
    inside = (scale.low < world.ability) & (world.ability < scale.high)
    assert 0.78 < inside.mean() <= 1.0
    items = scale.details["items"]
    low, high = items["difficulty_low"].to_numpy(), items["difficulty_high"].to_numpy()
    assert 0.86 < ((low < world.difficulty) & (world.difficulty < high)).mean() < 0.94
    slopes = items["discrimination"].to_numpy()
    if model == "2pl":
        assert np.corrcoef(np.log(slopes), np.log(world.slope))[0, 1] > 0.75
    else:
        assert slopes == pytest.approx(1.4, rel=0.03)


def floor(world) -> float:  # type: ignore[no-untyped-def]
    estimate = world.ability.copy()
    for _ in range(12):
        p = 1 / (1 + np.exp(-world.slope * (estimate[:, None] - world.difficulty)))
        gradient = (world.slope * (world.answers - p)).sum(axis=1) - estimate
        estimate += gradient / (1 + (world.slope**2 * p * (1 - p)).sum(axis=1))
    return float(np.sqrt(np.mean((estimate - world.ability) ** 2)))


def test_the_equations_hold_at_the_solution() -> None:
    """One more pass moves nothing: neither a question's mode nor an ability."""
    world = item_world(40, 3000, seed=1)
    answers = responses.from_matrix(world.answers, world.models)
    engine = Local(answers.loads)
    fit = item_fit.fit(engine, answers.takers, modes=True)
    ability = fit.mean
    state = np.vstack(fit.states)
    a, b = np.exp(state[:, 0]), state[:, 1]
    p = 1 / (1 + np.exp(-a * (ability[:, None] - b)))
    assert (fit.sd < 0.07).all()
    residual = world.answers - p
    narrow = (4 * (s := world.answers.mean(axis=1)) * (1 - s) * 3000) >= 1000
    assert narrow.all()
    # Questions: the gradient of likelihood and prior.
    by_b = -a * residual.sum(axis=0) - b / 4
    by_alpha = a * (residual * (ability[:, None] - b)).sum(axis=0) - state[:, 0] / 0.25
    assert np.abs(by_b).max() < 1e-7
    assert np.abs(by_alpha).max() < 1e-7
    # Abilities: Newton's step is a change of scale, which the sample's mean and spread undo.
    step = ((a * residual).sum(axis=1) - ability) / ((a**2 * p * (1 - p)).sum(axis=1) + 1)
    line = np.polyfit(ability, step, 1)
    assert np.abs(step - np.polyval(line, ability)).max() < 1e-8
    engine.close()


def test_points_are_two_hundred_for_three_times_the_odds() -> None:
    world = item_world(30, 100, seed=2, slope=1.2)
    answers = responses.from_matrix(world.answers, world.models)
    points, logits, sd = (
        ItemRuler(model="1pl", units=units, draws=50).fit_parts(answers)
        for units in ("points", "logits", "sd")
    )
    assert points.estimate == pytest.approx(200 / np.log(3) * logits.estimate, rel=1e-10)
    assert points.capability.values == pytest.approx(POINTS * logits.capability.values, rel=1e-10)
    assert sd.estimate == pytest.approx(
        logits.estimate / logits.diagnostics["ability_spread"], rel=1e-10
    )
    items = points.details["items"]
    # With one slope, an advantage of 200 points makes the odds on every question three times.
    assert np.exp(200 * items["discrimination"].to_numpy()) == pytest.approx(3.0, rel=1e-10)
    assert (points.unit, logits.unit) == ("points", "logits")


def test_two_parameter_points_are_for_a_typical_question() -> None:
    world = item_world(30, 100, seed=2)
    scale = ItemRuler(units="points", draws=0).fit_parts(
        responses.from_matrix(world.answers, world.models)
    )
    slopes = scale.details["items"]["discrimination"].to_numpy()
    typical = np.exp(np.log(slopes).mean())
    assert np.exp(200 * typical) == pytest.approx(3.0, rel=1e-10)


@settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))
@given(seed=st.integers(0, 10**6))
def test_names_and_order_change_nothing(seed: int) -> None:
    world = item_world(12, 30, seed=seed % 50, missing=0.2)
    rng = np.random.default_rng(seed)
    frame = world.frame
    base = QUIET.fit_parts(responses.from_frame(frame))
    models = dict(zip(world.models, rng.permutation(world.models).tolist(), strict=True))
    items = frame["item"].unique().sort().to_list()
    renamed = dict(zip(items, [f"z{k}" for k in rng.permutation(len(items))], strict=True))
    other = frame.with_columns(
        pl.col("model").replace_strict(models), pl.col("item").replace_strict(renamed)
    ).sample(fraction=1.0, shuffle=True, seed=seed)
    scale = QUIET.fit_parts(responses.from_frame(other, answers_per_part=100))
    place = [scale.models.index(models[name]) for name in base.models]
    assert scale.estimate[place] == pytest.approx(base.estimate, abs=1e-7)


@settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))
@given(seed=st.integers(0, 10**6))
def test_epochs_are_repeated_trials(seed: int) -> None:
    """Three epochs are one answer of three trials, whatever their numbers and their order."""
    world = item_world(12, 30, seed=seed % 50)
    rng = np.random.default_rng(seed)
    right = rng.binomial(3, 1 / (1 + np.exp(-(world.ability[:, None] - world.difficulty))))
    rows = [
        long((right > k).astype(np.int8), world.models).with_columns(epoch=pl.lit(k + 1))
        for k in range(3)
    ]
    one = responses.from_frame(pl.concat(rows))
    mixed = (
        pl.concat(rows)
        .with_columns(epoch=8 - pl.col("epoch"))
        .sample(fraction=1.0, shuffle=True, seed=seed)
    )
    two = responses.from_frame(mixed)
    assert one.loads[0]().trials.max() == 3
    first, second = (QUIET.fit_parts(answers) for answers in (one, two))
    assert first.estimate == pytest.approx(second.estimate, abs=1e-9)


def test_more_epochs_narrow_the_errors() -> None:
    world = item_world(20, 60, seed=3)
    once = world.frame.with_columns(epoch=pl.lit(1))
    again = pl.concat([once.with_columns(epoch=pl.lit(k)) for k in range(1, 5)])
    errors = [
        ItemRuler(draws=0).fit_parts(responses.from_frame(frame)).details["items"]
        for frame in (once, again)
    ]
    assert (errors[1]["difficulty_stderr"] < errors[0]["difficulty_stderr"]).all()


def test_partial_credit_is_a_fractional_success() -> None:
    world = item_world(15, 40, seed=3)
    frame = world.frame.with_columns(score=0.2 + 0.6 * pl.col("score"))
    scale = QUIET.fit_parts(responses.from_frame(frame))
    whole = QUIET.fit_parts(responses.from_frame(world.frame))
    assert np.corrcoef(scale.estimate, whole.estimate)[0, 1] > 0.98
    items = scale.details["items"]
    assert items["right"].is_between(0.2 - 1e-9, 0.8 + 1e-9).all()
    assert items["discrimination"].mean() < whole.details["items"]["discrimination"].mean()


def test_a_dataset_is_fitted_and_the_scale_is_like_any_other() -> None:
    world = item_world(20, 60, seed=5)
    data = dataset(world.frame)
    scale = headway.rulers.items(draws=100, seed=3).fit(data, workers=1)
    again = headway.rulers.items(draws=100, seed=3).fit(data, workers=3)
    assert np.array_equal(scale.capability.values, again.capability.values)
    assert scale.capability.draw_set == again.capability.draw_set
    assert scale.table.columns == list(
        headway.rulers.eci(draws=0).fit(headway.load()).table.columns
    )
    assert scale.rank()["rank_low"].null_count() == 0
    assert scale.details["benchmarks"]["benchmark"].to_list() == ["left", "right"]
    assert pickle.loads(pickle.dumps(scale)).to_dict() == scale.to_dict()
    other = headway.rulers.items(draws=100, seed=4).fit(data)
    assert np.array_equal(other.estimate, scale.estimate)
    assert not np.array_equal(other.capability.values, scale.capability.values)


def test_benchmarks_can_be_chosen() -> None:
    world = item_world(20, 60, seed=5)
    data = dataset(world.frame)
    scale = headway.rulers.items(benchmarks=("left",), draws=0).fit(data)
    assert scale.details["items"]["benchmark"].unique().to_list() == ["left"]
    with pytest.raises(UsageError, match="left"):
        headway.rulers.items(benchmarks=("lefd",)).fit(data)


def two_efforts() -> pl.DataFrame:
    world = item_world(16, 50, seed=6)
    frame = world.frame.with_columns(
        variant=pl.lit("default"), model=pl.col("model").replace({"m000": "m001"})
    )
    return frame.with_columns(
        variant=pl.when(pl.Series(np.repeat(np.array(world.models) == "m000", 50)))
        .then(pl.lit("high"))
        .otherwise("variant")
    )


def test_variants_are_never_merged_in_silence() -> None:
    frame = two_efforts()
    data = dataset(frame)
    fitted = {
        variants: ItemRuler(variants=variants, draws=10).fit(data)
        for variants in ("best", "default", "pooled", "separate")
    }
    best, separate = fitted["best"], fitted["separate"]
    assert len(best.models) == 15
    assert "1 models have several variants: each model is placed by" in best.notes[0]
    of_model = best.details["variants"].filter(pl.col("model") == "m001")
    assert of_model["variant"].sort().to_list() == ["default", "high"]
    assert best.estimate[best.models.index("m001")] == of_model["estimate"].max()
    assert {"m001", "m001@high"} < set(separate.models)
    assert len(fitted["default"].details["variants"]) == 15
    assert "pooled into one" in fitted["pooled"].notes[0]
    row = (
        fitted["pooled"].details["variants"].row(by_predicate=pl.col("model") == "m001", named=True)
    )
    assert (row["variant"], row["n"]) == (None, 50)


def test_all_right_and_all_wrong_have_a_value_a_status_and_a_note() -> None:
    world = item_world(12, 40, seed=7)
    answers = world.answers.copy()
    answers[0], answers[1] = 1, 0
    answers[:, 0], answers[:, 1] = 1, 0
    answers[1, 0], answers[0, 1] = -1, -1
    scale = ItemRuler(draws=50).fit_parts(responses.from_matrix(answers, world.models))
    status = dict(zip(scale.models, scale.status, strict=True))
    assert (status["m000"], status["m001"]) == ("at_ceiling", "at_floor")
    assert scale.estimate.argmax() == 0
    assert scale.estimate.argmin() == 1
    assert np.isfinite(scale.low).all()
    items = scale.details["items"].sort("item")
    assert items["status"][:2].to_list() == ["at_ceiling", "at_floor"]
    assert "2 models and" in " ".join(scale.notes)


def test_a_model_with_three_answers_is_marked() -> None:
    world = item_world(10, 30, seed=8)
    answers = world.answers.copy()
    answers[2, 3:] = -1
    scale = ItemRuler(draws=50).fit_parts(responses.from_matrix(answers, world.models))
    assert scale.status[2] in ("few_scores", "at_floor", "at_ceiling")
    width = scale.high - scale.low
    assert width[2] == width.max()
    left_out = ItemRuler(min_scores=4, draws=0).fit(dataset(long(answers, world.models)))
    assert "m002" not in left_out.models
    assert "1 configurations with fewer than 4 answers are left out." in left_out.notes


def test_groups_without_a_common_question_are_refused() -> None:
    world = item_world(10, 30, seed=9)
    answers = world.answers.copy()
    answers[:6, 15:] = -1
    answers[6:, :15] = -1
    for made in (
        responses.from_matrix(answers, world.models),
        responses.from_frame(long(answers, world.models), answers_per_part=40),
    ):
        with pytest.raises(NotIdentified, match="2 groups of models") as caught:
            QUIET.fit_parts(made)
        assert "m000, m001, m002, m003 and 2 more" in caught.value.details[0]
        assert "'m006' on questions that 'm000' answered" in str(caught.value.hint)
    answers[0, 20] = 1
    assert QUIET.fit_parts(responses.from_matrix(answers, world.models)).diagnostics["connected"]


def test_one_model_is_refused() -> None:
    with pytest.raises(NotIdentified, match="1 model"):
        QUIET.fit_parts(responses.from_matrix(np.ones((1, 5), np.int8), ["only"]))


def test_two_models_and_one_question_give_wide_intervals() -> None:
    scale = ItemRuler(draws=200).fit_parts(
        responses.from_matrix(np.array([[1], [0]], np.int8), ["a", "b"])
    )
    assert scale.estimate[0] > scale.estimate[1]
    assert np.isfinite(scale.capability.values).all()


def test_answers_without_any_signal_still_settle() -> None:
    noise = np.random.default_rng(0).integers(0, 2, (30, 40)).astype(np.int8)
    scale = QUIET.fit_parts(responses.from_matrix(noise, [f"m{k}" for k in range(30)]))
    assert scale.diagnostics["last_change"] <= item_fit.TOLERANCE


def test_priors_too_wide_to_hold_anything_are_refused() -> None:
    answers = (np.random.default_rng(1).random((12, 30)) < 0.6).astype(np.int8)
    answers[0], answers[1] = 1, 0
    made = responses.from_matrix(answers, [f"m{k:02d}" for k in range(12)])
    with pytest.raises(NotConverged, match=r"priors this wide|still change"):
        ItemRuler(slope_sd=1000.0, difficulty_sd=1000.0, draws=0).fit_parts(made)


def test_a_fit_that_is_cut_short_says_so() -> None:
    world = item_world(10, 30, seed=9)
    answers = responses.from_matrix(world.answers, world.models)
    with pytest.raises(NotConverged, match="after 3 passes"):
        item_fit.fit(Local(answers.loads), answers.takers, most_passes=3)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"model": "3pl"}, "expected one of '1pl', '2pl'"),
        ({"variants": "all"}, "variants is 'all'"),
        ({"units": "elo"}, "units is 'elo'"),
        ({"groups": ("country:US",)}, "expected two"),
        ({"slope_sd": 0.0}, "slope_sd is 0.0"),
        ({"difficulty_sd": float("nan")}, "difficulty_sd is nan"),
        ({"priors": "flat"}, "priors is 'flat'"),
        ({"draws": -1}, "draws is -1"),
        ({"min_scores": 0}, "min_scores is 0"),
        ({"level": 1.0}, "level is 1.0"),
    ],
)
def test_absurd_options_are_refused(options: dict[str, object], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        headway.rulers.items(**options)


def test_estimated_priors_are_those_of_the_questions() -> None:
    """Hard questions of little spread: a prior around 0 with a spread of 2 would widen all."""
    world = item_world(40, 400, seed=14)
    rng = np.random.default_rng(0)
    difficulty = 1.5 + 0.5 * rng.standard_normal(400)
    right = 1 / (1 + np.exp(-world.slope * (world.ability[:, None] - difficulty)))
    answers = responses.from_matrix((rng.random(right.shape) < right).astype(np.int8), world.models)
    fixed, estimated = (
        ItemRuler(priors=priors, draws=0).fit_parts(answers) for priors in ("fixed", "estimated")
    )
    found = [
        scale.details["items"].sort("item")["difficulty"].to_numpy() for scale in (fixed, estimated)
    ]
    error = [np.sqrt(np.mean((values - difficulty) ** 2)) for values in found]
    assert error[1] < 0.8 * error[0]
    items = estimated.details["items"].sort("item")
    low, high = items["difficulty_low"].to_numpy(), items["difficulty_high"].to_numpy()
    assert 0.85 < ((low < difficulty) & (difficulty < high)).mean() < 0.95


def test_a_dataset_without_answers_is_refused(catalog: headway.Dataset) -> None:
    with pytest.raises(NotIdentified, match="no answers to single questions"):
        headway.rulers.items().fit(catalog)


def test_the_result_does_not_depend_on_the_parts() -> None:
    world = item_world(25, 90, seed=11, missing=0.4)
    scales = [
        ItemRuler(draws=20).fit_parts(responses.from_frame(world.frame, answers_per_part=n))
        for n in (10**6, 200)
    ]
    assert [scale.diagnostics["n_parts"] for scale in scales] == [1, 7]
    assert scales[0].estimate == pytest.approx(scales[1].estimate, abs=1e-9)
    # The matrix of what the questions take away is added in single precision.
    assert scales[0].capability.values == pytest.approx(scales[1].capability.values, abs=1e-6)


def test_lost_information_is_what_the_questions_take_away() -> None:
    """With questions as good as known, nothing is lost; else the errors of abilities grow."""
    world = item_world(30, 400, seed=12)
    answers = responses.from_matrix(world.answers, world.models)
    engine = Local(answers.loads)
    fit = item_fit.fit(engine, answers.takers)
    assert fit.factor is not None
    precision = fit.factor @ fit.factor.T
    off = precision - np.diag(np.diag(precision))
    assert np.abs(off).max() > 0
    drawn = fit.deviations(4000, seed=0)
    assert np.abs(drawn.mean(axis=1)).max() < 1e-12
    assert np.abs(drawn @ fit.mean).max() < 1e-10
    # Knowing the scale takes two directions of thirty away; not knowing the questions adds.
    ratio = (drawn.var(axis=0) / fit.sd**2).mean()
    assert 1 - 2 / 30 < ratio < 1.25
    lost = sum(engine.run(passes.missing, fit.mean, fit.options, each=list(fit.states)))
    assert (np.diag(lost) > 0).all()
    assert (np.diag(lost) < 1 / fit.sd**2).all()
    engine.close()


def test_every_note_is_translated() -> None:
    """What the item ruler has to say, it says in Chinese too."""
    world = item_world(40, 60, seed=13)
    answers = world.answers.copy()
    answers[:, 0] = 1
    best = np.argsort(-world.ability)
    answers[best[:20], 1:9], answers[best[20:], 1:9] = 0, 1
    answers[:20, 10:14], answers[20:, 10:14] = 1, 0
    frame = long(answers, world.models).with_columns(variant=pl.lit("default"))
    other = frame.filter(pl.col("model") == "m001")
    frame = pl.concat(
        [
            frame,
            other.with_columns(variant=pl.lit("high")),
            other[:2].with_columns(variant=pl.lit("odd")),
            other.with_columns(model=pl.lit("spare"), variant=pl.lit("only")),
        ]
    ).with_columns(error=pl.when(pl.col("item") == "q0030").then(pl.lit("down")))
    country = ["CN" if name < "m020" else "US" for name in [*world.models, "spare"]]
    data = dataset(
        frame, models=pl.DataFrame({"model": [*world.models, "spare"], "country": country})
    )
    seen = []
    for options in (
        {"groups": ("country:CN", "country:US"), "min_scores": 5},
        {"variants": "pooled"},
        {"variants": "default"},
    ):
        seen += ItemRuler(draws=0, **options).fit(data).notes
    kinds = {" ".join(note.split()[1:4]) for note in seen}
    assert len(kinds) == 7
    seen.append("With 7000 models, the draws leave out what the questions' uncertainty adds.")
    words = Words("zh")
    assert [note for note in seen if not words.note(note)[1]] == []
