"""The calibrated ruler: identities, recovery, intervals, predictions without leaks, refusals."""

import datetime as dt
import pickle
from dataclasses import replace
from functools import cache

import numpy as np
import polars as pl
import pytest

import headway
from headway.dataset import Dataset
from headway.errors import NotIdentified, UsageError
from headway.rulers.process import fit as process_fit, model as process
from headway.rulers.process.next_evaluation import explaining, next_evaluation
from headway.rulers.process.predictions import predict
from headway.rulers.process.ruler import CalibratedRuler, CalibratedScale, arrange
from headway.rulers.process.simulation import simulate_process
from headway.rulers.scores.observations import observe
from headway.rulers.scores.simulation import simulate
from tests.rulers.worlds import logistic_world

DOMAINS = ("coding", "math", "science")
ANCHORS = {"m05": 100.0, "m25": 150.0}


@cache
def leaning(seed: int = 0, lean: float = 0.8, noise: float = 0.1) -> Dataset:
    """Thirty models of five makers on twelve benchmarks; makers lean on domains."""
    rng = np.random.default_rng(seed)
    capability = np.linspace(-2.0, 3.0, 30)
    difficulty, slope = np.linspace(-2.0, 3.0, 12), np.exp(rng.normal(0.0, 0.3, 12))
    tilt = lean * rng.standard_normal((5, 3))
    rows = []
    for m in range(30):
        for b in range(12):
            if rng.random() < 0.7 or b in (m % 12, (m + 1) % 12, 0):
                p = 1 / (
                    1 + np.exp(-slope[b] * (capability[m] - difficulty[b]) - tilt[m % 5, b % 3])
                )
                y = p + noise * np.sqrt(p * (1 - p)) * rng.standard_normal()
                rows.append((f"m{m:02d}", f"b{b:02d}", float(np.clip(y, 0, 1))))
    days = [dt.date(2023, 1, 1) + dt.timedelta(days=40 * k) for k in range(30)]
    return Dataset.from_frames(
        models=pl.DataFrame(
            {
                "model": [f"m{k:02d}" for k in range(30)],
                "organisation": [f"o{k % 5}" for k in range(30)],
                "listed_on": days,
                "announced_on": days,
                "available_on": days,
            }
        ),
        benchmarks=pl.DataFrame(
            {
                "benchmark": [f"b{k:02d}" for k in range(12)],
                "domain": [DOMAINS[k % 3] for k in range(12)],
            }
        ),
        scores=pl.DataFrame(
            rows, schema=["model", "benchmark", "score"], orient="row"
        ).with_columns(scale=pl.lit("normalised")),
        recorded_on="2026-03-16",
    )


def ruler(**options: object) -> CalibratedRuler:
    return headway.rulers.calibrated(**({"anchors": ANCHORS, "draws": 200} | options))


@pytest.fixture(scope="module")
def small() -> CalibratedScale:
    return ruler().fit(leaning())


def linearised(data: Dataset, **changed: float) -> process.Linearised:
    first = headway.rulers.eci(anchors=ANCHORS, draws=0).fit(data)
    cells, state = arrange(data, observe(data), first)
    state = replace(state, variance=state.variance | {"mg": 0.01, "og": 0.05} | changed)
    return process.Linearised(cells, state, keep_kernels=True)


def dense_covariance(linear: process.Linearised) -> np.ndarray:
    """The covariance of the working response, written plainly, cell by cell."""
    cells, variance = linear.cells, linear.at.variance
    design = linear.design.toarray()
    prior = np.empty(cells.n_columns)
    for name in process.MODEL_SIDE:
        prior[cells.side(name)] = variance[name]
    out = design @ (prior[:, None] * design.T) + np.diag(linear.noise)
    same = cells.benchmark[:, None] == cells.benchmark[None, :]
    for name in process.LATENT:
        k = process.latent_kernel(cells, linear.at.length, name, cells.model, cells.model)
        out += variance[name] * same * k * np.outer(linear.h, linear.h)
    out += variance["difficulty"] * same * np.outer(linear.jd, linear.jd)
    return out + variance["slope"] * same * np.outer(linear.ja, linear.ja)


def test_blocks_are_the_plain_covariance() -> None:
    linear = linearised(leaning())
    normal = process_fit.Normal(linear)
    inverse = np.linalg.inv(dense_covariance(linear))
    identity = np.eye(len(linear.z))
    projected = normal.project(identity)
    assert np.abs(projected - inverse).max() < 1e-7 * np.abs(inverse).max()


def test_score_is_the_slope_of_the_likelihood() -> None:
    data = leaning()
    linear = linearised(data)
    gradient, information = process_fit.score_and_information(process_fit.Normal(linear))

    def likelihood(name: str, factor: float) -> float:
        # The linearisation stays; only the variances and lengths move.
        variance, length = dict(linear.at.variance), dict(linear.at.length)
        for values in (variance, length):
            if name in values:
                values[name] *= factor
        moved = replace(linear.at, variance=variance, length=length)
        noise = linear.noise * (factor if name == "noise" else 1.0)
        other = process.Linearised.__new__(process.Linearised)
        other.__dict__.update(linear.__dict__ | {"at": moved, "noise": noise})
        v = dense_covariance(other)
        return -0.5 * (
            float(np.linalg.slogdet(v)[1]) + float(linear.z @ np.linalg.solve(v, linear.z))
        )

    for k, name in enumerate((*process.LEARNED, *process.LENGTHS)):
        step = 1e-4
        slope = (likelihood(name, 1 + step) - likelihood(name, 1 - step)) / (2 * step)
        assert slope == pytest.approx(gradient[k], rel=2e-3, abs=2e-3)
    assert (np.linalg.eigvalsh(information) > -1e-6 * np.abs(information).max()).all()


def test_the_width_of_the_priors_does_not_move_the_low_end(monkeypatch) -> None:
    """A prior of moderate width pulls all weak models the same way: points that add up."""
    data = headway.load()
    calibrated = headway.rulers.calibrated(draws=0)
    found = calibrated.fit(data)
    monkeypatch.setattr("headway.rulers.process.ruler.WIDE", 20_000.0)
    wider = calibrated.fit(data)
    monkeypatch.setattr("headway.rulers.process.ruler.WIDE", 1.0)
    narrow = calibrated.fit(data)
    weak = found.estimate < 110
    assert abs((wider.estimate - found.estimate)[weak].mean()) < 0.7
    assert (narrow.estimate - found.estimate)[weak].mean() > 3


def test_conjugate_gradients_solve_the_same_system() -> None:
    linear = linearised(leaning())
    direct, iterative = (process_fit.Normal(linear, way=w) for w in ("unknowns", "steps"))
    right = np.random.default_rng(0).standard_normal((linear.cells.n_columns, 4))
    gap = np.abs(direct.solve(right) - iterative.solve(right)).max()
    assert gap < 1e-4 * np.abs(direct.solve(right)).max()


def test_a_factor_of_the_scores_gives_what_one_of_the_unknowns_gives() -> None:
    linear = linearised(leaning())
    one, other = (process_fit.Normal(linear, way=w) for w in ("unknowns", "scores"))
    right = np.random.default_rng(0).standard_normal((linear.cells.n_columns, 4))
    assert np.allclose(one.solve(right), other.solve(right), rtol=1e-6, atol=1e-8)
    cells = np.random.default_rng(1).standard_normal((len(linear.z), 4))
    assert np.allclose(one.project(cells), other.project(cells), rtol=1e-6, atol=1e-6)
    first, second = (process_fit.score_and_information(normal) for normal in (one, other))
    for ours, theirs in zip(first, second, strict=True):
        assert np.allclose(ours, theirs, rtol=1e-6, atol=1e-6)


def a_domain_per_benchmark() -> Dataset:
    data = leaning()
    return Dataset.from_frames(
        models=data.models,
        benchmarks=data.benchmarks.with_columns(domain=pl.col("benchmark")),
        scores=data.scores,
    )


def test_more_unknowns_than_scores_are_fitted_the_same_on_both_sides_of_the_bound(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A catalogue with one domain per benchmark has more unknowns than scores."""
    data = a_domain_per_benchmark()
    cells = linearised(data).cells
    assert cells.n_columns > len(cells.model)
    found = {}
    for most in (cells.n_columns, cells.n_columns - 1):
        monkeypatch.setattr(process_fit, "DENSE", most)
        scale = ruler().fit(data)
        answer = predict(scale, models=["m03"], benchmarks=["b05"])
        found[most] = (scale, answer)
    (one, predicted), (other, also) = found.values()
    assert np.allclose(one.estimate, other.estimate, rtol=1e-6)
    # The draws are others, of the same distribution.
    inner = np.isfinite(one.low)
    assert np.allclose((one.high - one.low)[inner], (other.high - other.low)[inner], rtol=0.25)
    assert predicted["estimate"][0] == pytest.approx(also["estimate"][0], abs=0.01)


def test_over_2500_unknowns_and_few_scores() -> None:
    rng = np.random.default_rng(0)
    names = [f"m{m:03d}" for m in range(110)]
    rows = [
        (names[m], f"b{b:02d}", float(np.clip(0.5 + 0.003 * (m - 55) + 0.1 * rng.normal(), 0, 1)))
        for m in range(110)
        for b in range(22)
        if b == 0 or rng.random() < 0.35
    ]
    data = Dataset.from_frames(
        scores=pl.DataFrame(rows, schema=["model", "benchmark", "score"], orient="row"),
        benchmarks=pl.DataFrame(
            {
                "benchmark": [f"b{b:02d}" for b in range(22)],
                "domain": [f"d{b:02d}" for b in range(22)],
            }
        ),
    )
    scale = headway.rulers.calibrated(anchors={"m010": 100.0, "m100": 150.0}, draws=100).fit(data)
    assert isinstance(scale, CalibratedScale)
    cells = scale.posterior.cells
    assert cells.n_columns > process.DENSE
    assert len(cells.model) <= process_fit.MOST_LEARNED
    assert np.corrcoef(scale.estimate, np.arange(110))[0, 1] > 0.9
    assert predict(scale, models=["m050"], benchmarks=["b03"])["estimate"].is_not_null().all()


@pytest.mark.parametrize("way", ["unknowns", "scores", "steps"])
def test_draws_have_the_posterior_covariance_on_every_way(way: process_fit.Way) -> None:
    linear = linearised(leaning())
    normal = process_fit.Normal(linear, way=way)
    draws = process_fit.draw(normal, 2000, 5)[:, : linear.cells.n_models]
    exact = process_fit.Normal(linear, way="unknowns").solve(np.eye(linear.cells.n_columns))
    spread = draws.std(axis=0) / np.sqrt(np.diag(exact))[: linear.cells.n_models]
    # The error of a standard deviation from 2,000 draws is 1.6%; 30 models share much of it.
    assert np.abs(spread - 1).max() < 0.08


def test_truth_of_worlds_with_leaning_makers_is_found_better_than_by_the_curves_alone() -> None:
    truth = 100 + 2.5 * (np.arange(30) - 5)
    covered, errors = [], []
    for seed in range(4):
        scale = ruler().fit(leaning(seed=seed))
        simple = headway.rulers.eci(anchors=ANCHORS, draws=0).fit(leaning(seed=seed))
        free = np.isfinite(scale.low)
        covered.append(((scale.low <= truth) & (truth <= scale.high))[free].mean())
        errors.append([np.abs(s.estimate - truth).mean() for s in (scale, simple)])
    # Five makers are few, and their errors are common: 50 to 96% in single worlds.
    assert np.mean(covered) > 0.65
    ours, theirs = np.mean(errors, axis=0)
    assert ours < 0.7 * theirs


def test_variances_find_who_leans() -> None:
    for lean, check in ((0.8, lambda v: v > 0.1), (0.0, lambda v: v < 0.05)):
        scale = ruler(draws=0).fit(leaning(seed=1, lean=lean))
        assert check(scale.diagnostics["variances"]["og"])


def test_same_seed_same_bytes_and_first_draws_do_not_depend_on_their_number() -> None:
    data = leaning()
    one, two = ruler().fit(data, draws=60), ruler().fit(data, draws=60, workers=2)
    assert one.capability.values.tobytes() == two.capability.values.tobytes()
    assert one.capability.draw_set == two.capability.draw_set
    more = ruler().fit(data, draws=120)
    assert np.array_equal(more.capability.values[:60], one.capability.values)
    other = ruler().fit(data, draws=60, seed=1)
    assert other.capability.draw_set != one.capability.draw_set
    assert not np.array_equal(other.capability.values, one.capability.values)


def test_anchors_are_fixed_and_have_no_interval(small: CalibratedScale) -> None:
    for model, points in ANCHORS.items():
        assert (small.capability.sel(model=model).values == points).all()
        row = small.table.row(by_predicate=pl.col("entity") == model, named=True)
        assert (row["low"], row["high"], row["status"]) == (None, None, "anchor")


def test_scale_survives_pickling_and_goes_into_json(small: CalibratedScale) -> None:
    again = pickle.loads(pickle.dumps(small))
    assert isinstance(again, CalibratedScale)
    assert np.array_equal(again.estimate, small.estimate)
    assert predict(again, models="m03").equals(predict(small, models="m03"))
    assert small.to_dict()["spec"]["kind"] == "calibrated"


def test_lags_and_domains_take_the_scale(small: CalibratedScale) -> None:
    result = headway.lag(small, leader="organisation:o0", follower="organisation:o1")
    assert result.headline()["estimate"] is not None


def held_out(data: Dataset, seed: int) -> tuple[Dataset, pl.DataFrame]:
    test = data.scores.sample(fraction=0.1, seed=seed)
    rest = data.scores.join(test, on=["model", "benchmark"], how="anti")
    return Dataset.from_frames(
        models=data.models, benchmarks=data.benchmarks, scores=rest,
        organisations=data.organisations, sources=data.sources,
    ), test  # fmt: skip


def error(scale: headway.rulers.Scale, test: pl.DataFrame) -> tuple[float, float]:
    """Root mean squared error of the curves alone and of the predictions."""
    curves = scale.curves
    assert curves is not None
    m = np.array([scale.models.index(x) for x in test["model"]])
    b = np.array([curves.benchmarks.index(x) for x in test["benchmark"]])
    c = (scale.estimate[m] - curves.shift[0]) / curves.factor[0]
    alone = 1 / (1 + np.exp(-curves.slope[0, b] * (c - curves.difficulty[0, b])))
    y = test["score"].to_numpy()
    plain = float(np.sqrt(np.mean((alone - y) ** 2)))
    if not isinstance(scale, CalibratedScale):
        return plain, plain
    table = predict(scale).select("entity", "benchmark", "estimate")
    found = test.join(table, left_on=["model", "benchmark"], right_on=["entity", "benchmark"])
    return plain, float(np.sqrt((found["estimate"] - found["score"]).pow(2).mean()))


def test_predictions_beat_the_curves_where_makers_lean_and_not_where_they_do_not() -> None:
    gains = {}
    for lean in (0.8, 0.0):
        pairs = []
        for seed in range(3):
            train, test = held_out(leaning(seed=seed, lean=lean), seed)
            simple = headway.rulers.eci(anchors=ANCHORS, draws=0).fit(train)
            pairs.append((error(simple, test)[0], error(ruler(draws=0).fit(train), test)[1]))
        ours, theirs = np.mean(pairs, axis=0)[::-1]
        gains[lean] = ours / theirs - 1
    assert gains[0.8] < -0.2
    # Nothing to find: no gain beyond what the better weights of the likelihood give.
    assert gains[0.0] > -0.2


def test_shuffled_scores_leave_nothing_to_predict() -> None:
    data = leaning(seed=2)
    train, test = held_out(data, 2)
    rng = np.random.default_rng(0)
    mixed = train.scores.with_columns(
        score=pl.col("score").shuffle(int(rng.integers(1000))).over("benchmark")
    )
    nothing = Dataset.from_frames(
        models=data.models, benchmarks=data.benchmarks, scores=mixed,
        organisations=data.organisations, sources=data.sources,
    )  # fmt: skip
    means = dict(mixed.group_by("benchmark").agg(pl.col("score").mean()).iter_rows())
    plain = np.sqrt(
        np.mean([(means[b] - y) ** 2 for b, y in test.select("benchmark", "score").iter_rows()])
    )
    scale = ruler(draws=0, anchors=None).fit(nothing)
    assert error(scale, test)[1] > 0.97 * plain


def test_prediction_intervals_cover() -> None:
    inside = []
    for seed in range(4):
        train, test = held_out(leaning(seed=seed), seed)
        table = predict(ruler(seed=seed).fit(train))
        found = test.join(table, left_on=["model", "benchmark"], right_on=["entity", "benchmark"])
        assert (found["status"] == "predicted").all()
        inside.extend((found["low"] <= found["score"]) & (found["score"] <= found["high"]))
    assert 0.82 < np.mean(inside) <= 1.0


def test_prediction_table_is_tidy(small: CalibratedScale) -> None:
    table = predict(small, models=["m03", "m05"], benchmarks="b07")
    assert table["entity"].to_list() == ["m03", "m05"]
    assert (table["low"] <= table["estimate"]).all()
    assert table["low"].min() >= 0
    assert table["high"].max() <= 1
    bare = predict(ruler(draws=0).fit(leaning()), models="m03", benchmarks="b07")
    assert bare["low"].null_count() == 1


def test_promised_shrinkage_is_what_an_added_score_brings() -> None:
    """A model with two scores: the promise against the interval after a score was added."""
    data = leaning(seed=3, noise=0.1)
    few = data.scores.filter((pl.col("model") != "m12") | pl.col("benchmark").is_in(["b00", "b01"]))
    parts = {
        "models": data.models, "benchmarks": data.benchmarks,
        "organisations": data.organisations, "sources": data.sources,
    }  # fmt: skip
    scale = ruler(draws=500).fit(Dataset.from_frames(scores=few, **parts))
    table = next_evaluation(scale, "m12", models="m12", most=None)
    assert table["shrinks"].is_sorted(descending=True)
    known = data.scores.filter(
        (pl.col("model") == "m12") & ~pl.col("benchmark").is_in(["b00", "b01"])
    )
    rows = table.filter(pl.col("benchmark").is_in(known["benchmark"].to_list()))
    i = scale.models.index("m12")
    promised, kept = [], []
    for row in (rows.row(0, named=True), rows.row(-1, named=True)):
        added = known.filter(pl.col("benchmark") == row["benchmark"])
        again = ruler(draws=500).fit(Dataset.from_frames(scores=pl.concat([few, added]), **parts))
        promised.append(1 - row["shrinks"])
        kept.append(again.capability.values[:, i].std() / scale.capability.values[:, i].std())
    assert promised[0] < promised[1]
    assert kept[0] < kept[1]
    assert kept[0] == pytest.approx(promised[0], rel=0.25)


def test_next_evaluation_of_gaps_and_of_any_draws(small: CalibratedScale) -> None:
    gap = next_evaluation(small, ("m20", "m10"), most=5)
    assert len(gap) == 5
    values = small.capability.sel(model="m20").values - small.capability.sel(model="m10").values
    same = next_evaluation(small, values, most=None)
    both = gap.join(same, on=["entity", "benchmark"])
    assert np.allclose(both["shrinks"], both["shrinks_right"], atol=0.08)


def test_explaining_columns_are_found_and_noise_is_not() -> None:
    rng = np.random.default_rng(0)
    columns = rng.standard_normal((500, 100))
    used, weights = explaining(columns, 2 * columns[:, 7] - columns[:, 3])
    assert used == [7, 3]
    assert np.allclose(weights, [2, -1])
    assert explaining(columns, rng.standard_normal(500))[0] == []


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda s: predict(s, models="m99"), "m99"),
        (lambda s: predict(s, benchmarks="b99"), "b99"),
        (lambda s: predict(s, models=[]), "empty"),
        (lambda s: next_evaluation(s, "m05"), "does not vary"),
        (lambda s: next_evaluation(s, np.zeros(3)), "shape"),
        (lambda s: next_evaluation(s, ("m01", "m02", "m03")), "two models"),  # type: ignore[arg-type]
        (lambda s: next_evaluation(s, "m07", most=0), "most"),
    ],
)
def test_wrong_questions(small: CalibratedScale, call: object, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        call(small)  # type: ignore[operator]


def test_other_scales_do_not_predict() -> None:
    scale = headway.rulers.eci(anchors=ANCHORS, draws=0).fit(leaning())
    with pytest.raises(UsageError, match="calibrated scale"):
        predict(scale)


def test_wrong_options_and_data() -> None:
    with pytest.raises(UsageError, match="widen"):
        ruler(widen=0.0)
    with pytest.raises(UsageError, match="draws"):
        ruler().fit(leaning(), draws=-1)
    with pytest.raises(NotIdentified, match="anchor"):
        ruler(anchors={"m05": 1.0, "nobody": 2.0}).fit(leaning())
    with pytest.raises(NotIdentified):
        ruler().fit(leaning().where(model="m05"))
    with pytest.raises(UsageError, match="one dataset"):
        simulate_process(
            headway.rulers.eci(anchors=ANCHORS, draws=0).fit(leaning()),
            ruler(draws=0).fit(leaning(seed=1)),
            seed=0,
        )


def test_scores_without_dates_makers_or_domains_are_enough() -> None:
    scale = ruler(draws=50).fit(logistic_world(noise=0.03).data)
    assert np.isfinite(scale.estimate).all()
    assert predict(scale, models="m03", benchmarks="b02")["high"][0] <= 1


def test_intervals_cover_in_simulated_worlds() -> None:
    """A short version of the coverage benchmark, on a small world."""
    data = leaning(lean=0.0)
    truth = headway.rulers.eci(anchors=ANCHORS, draws=0).fit(data)
    fitted = ruler(draws=0).fit(leaning(lean=0.8))
    assert fitted.models == truth.models
    covered = {}
    for name, share in (("independent", 0.0), ("shared", 0.5)):
        inside = []
        for seed in range(4):
            world = simulate(truth, seed=seed, shared=share)
            scale = ruler(draws=150, seed=seed).fit(world)
            free = np.isfinite(scale.low)
            inside.append(
                ((scale.low <= truth.estimate) & (truth.estimate <= scale.high))[free].mean()
            )
        covered[name] = np.mean(inside)
    assert covered["independent"] > 0.8
    assert covered["shared"] > 0.75


def test_simulated_residuals_are_reproducible_and_within_range() -> None:
    data = leaning()
    truth = headway.rulers.eci(anchors=ANCHORS, draws=0).fit(data)
    fitted = ruler(draws=0).fit(data)
    one, two = (simulate_process(truth, fitted, seed=4) for _ in range(2))
    assert one.scores.equals(two.scores)
    assert one.scores["score"].min() >= 0
    assert one.scores["score"].max() <= 1


def test_a_prediction_does_not_depend_on_what_else_is_asked(small: CalibratedScale) -> None:
    alone = predict(small, models=["m07", "m03"], benchmarks="b04")
    among = predict(small).filter(pl.col("benchmark") == "b04")
    for row in alone.to_dicts():
        (same,) = among.filter(pl.col("entity") == row["entity"]).to_dicts()
        for part in ("estimate", "low", "high"):
            assert row[part] == pytest.approx(same[part], abs=1e-6)
