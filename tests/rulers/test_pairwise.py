"""The pairwise ruler: published tables, identities, invariances, bad input."""

import pickle

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings, strategies as st
from scipy.optimize import minimize

import headway
from headway.dataset import Dataset
from headway.errors import NotIdentified
from headway.rulers.scale import Scale
from tests.rulers.votes import POINTS, baseball, citations, dataset, frame, same, simulated

pairwise = headway.rulers.pairwise


def logits(scale: Scale) -> dict[str, float]:
    return dict(zip(scale.models, scale.estimate / POINTS, strict=True))


def errors(scale: Scale) -> dict[str, float]:
    # Half of a 90% interval is 1.6449 standard errors.
    return dict(zip(scale.models, (scale.high - scale.low) / 2 / 1.6448536 / POINTS, strict=True))


def test_baseball_of_1987() -> None:
    """Agresti (2002), table 10.11, column 3 (two decimals), and standard errors of about 0.3."""
    scale = pairwise(anchors={"Baltimore": 0.0}, draws=0).fit(baseball())
    found = logits(scale)
    assert sorted(round(value, 2) for name, value in found.items() if name != "Baltimore") == [
        0.68, 1.11, 1.25, 1.29, 1.44, 1.58,
    ]  # fmt: skip
    assert {round(e, 1) for e in errors(scale).values() if np.isfinite(e)} == {0.3}
    assert scale.status[scale.models.index("Baltimore")] == "anchor"


def test_baseball_at_home() -> None:
    """Agresti (2002), table 10.11, column 5, and the advantage of 0.302 of playing at home."""
    scale = pairwise(anchors={"Baltimore": 0.0}, draws=0, covariates=("position",)).fit(baseball())
    worth = np.exp(scale.estimate / POINTS)
    assert sorted(np.round(worth / worth.sum(), 3)) == [
        0.044, 0.088, 0.137, 0.157, 0.164, 0.190, 0.220,
    ]  # fmt: skip
    row = scale.details["effects"].row(0, named=True)
    assert round(row["estimate"] / POINTS, 3) == 0.302
    assert 0 < row["low"] < row["estimate"] < row["high"]


def test_citations_between_journals() -> None:
    """The fit of R's BradleyTerry2 to Stigler's table, as its vignette prints it."""
    scale = pairwise(anchors={"Biometrika": 0.0}, draws=0).fit(citations())
    assert {name: round(value, 5) for name, value in logits(scale).items()} == {
        "Biometrika": 0.0, "Comm Statist": -2.94907, "JASA": -0.47957, "JRSS-B": 0.26895,
    }  # fmt: skip
    # Theirs are of the inverse information; the sandwich agrees with it where the model fits.
    published = {"Comm Statist": 0.10255, "JASA": 0.06059, "JRSS-B": 0.07083}
    for name, value in published.items():
        assert errors(scale)[name] == pytest.approx(value, rel=0.01)


def test_the_optimum_is_that_of_an_independent_optimiser() -> None:
    votes, _ = simulated(models=6, votes=600, seed=3)
    scale = pairwise(draws=0).fit(dataset(votes))
    code = {name: k for k, name in enumerate(scale.models)}
    a, b = (np.array([code[name] for name in votes[side]]) for side in ("model_a", "model_b"))
    y = votes["outcome"].replace_strict({"a": 1.0, "tie": 0.5, "b": 0.0}).to_numpy()

    def cost(s: np.ndarray) -> float:
        d = s[a] - s[b]
        return float(np.sum(np.logaddexp(0, d) - y * d) + 0.5 * s.sum() ** 2)

    def gradient(s: np.ndarray) -> np.ndarray:
        along = 1 / (1 + np.exp(s[b] - s[a])) - y
        return np.bincount(a, along, 6) - np.bincount(b, along, 6) + s.sum()

    best = minimize(cost, np.zeros(6), jac=gradient, method="BFGS", options={"gtol": 1e-9})
    assert np.abs(best.x - (scale.estimate - 1000) / POINTS).max() < 1e-8


def test_davidson_s_optimum_is_that_of_an_independent_optimiser() -> None:
    votes, _ = simulated(models=5, votes=800, seed=4)
    scale = pairwise(draws=0, ties="davidson").fit(dataset(votes))
    code = {name: k for k, name in enumerate(scale.models)}
    a, b = (np.array([code[name] for name in votes[side]]) for side in ("model_a", "model_b"))
    kind = votes["outcome"].replace_strict({"a": 0, "b": 1, "tie": 2}).to_numpy()

    def cost(theta: np.ndarray) -> float:
        d = theta[a] - theta[b]
        terms = np.stack([d / 2, -d / 2, np.full(len(d), theta[5])])
        own = terms[kind, np.arange(len(d))]
        return float(np.sum(np.logaddexp.reduce(terms) - own) + 0.5 * theta[:5].sum() ** 2)

    best = minimize(cost, np.zeros(6), method="BFGS", options={"gtol": 1e-7})
    # The numerical gradient leaves 1e-6.
    assert np.abs(best.x[:5] - (scale.estimate - 1000) / POINTS).max() < 2e-6
    tie = scale.details["effects"].row(0, named=True)
    assert tie["quantity"] == "log_tie_propensity"
    assert tie["estimate"] == pytest.approx(best.x[5], abs=2e-6)


def test_points_have_mean_1000_in_every_draw() -> None:
    votes, _ = simulated()
    for kind in ("sandwich", "bootstrap"):
        scale = pairwise(draws=30, intervals=kind).fit(dataset(votes))
        assert scale.estimate.mean() == pytest.approx(1000, abs=1e-9)
        assert np.abs(scale.capability.values.mean(axis=1) - 1000).max() < 1e-9


def test_an_anchor_moves_the_origin_alone() -> None:
    data = dataset(simulated()[0])
    plain, anchored = (
        pairwise(seed=2).fit(data),
        pairwise(seed=2, anchors={"m03": 1200.0}).fit(data),
    )
    assert np.ptp(anchored.estimate - plain.estimate) < 1e-9
    values = anchored.capability.sel(model="m03").values
    assert (values == 1200).all()
    assert anchored.table.filter(entity="m03")["low"].item() is None
    with pytest.raises(NotIdentified, match="'m99' has no votes"):
        pairwise(anchors={"m99": 1000.0}).fit(data)


def swapped(votes: pl.DataFrame) -> pl.DataFrame:
    return votes.with_columns(
        model_a="model_b",
        model_b="model_a",
        outcome=pl.col("outcome").replace({"a": "b", "b": "a"}),
    )


@pytest.mark.parametrize("ties", ["half", "davidson"])
def test_who_stands_first_and_the_order_of_votes_change_nothing(ties: str) -> None:
    votes, _ = simulated(seed=5)
    ruler = pairwise(draws=0, ties=ties)
    plain = ruler.fit(dataset(votes))
    same(plain, ruler.fit(dataset(swapped(votes))))
    mixed = votes.sample(fraction=1.0, shuffle=True, seed=1)
    half = mixed.height // 2
    same(plain, ruler.fit(dataset(pl.concat([mixed[:half], swapped(mixed[half:])]))))


def test_votes_twice_leave_the_estimates_and_shrink_the_errors() -> None:
    votes, _ = simulated(seed=6)
    once, twice = (pairwise(draws=0).fit(dataset(v)) for v in (votes, pl.concat([votes, votes])))
    assert np.abs(once.estimate - twice.estimate).max() < 1e-7
    ratio = (once.high - once.low) / (twice.high - twice.low)
    assert np.abs(ratio - np.sqrt(2)).max() < 1e-9


def test_votes_twice_of_the_same_voter_change_nothing() -> None:
    votes, _ = simulated(seed=6, votes=400)
    votes = votes.with_columns(covariates=pl.format('{{"voter":"w{}"}}', pl.int_range(pl.len())))
    once, twice = (
        pairwise(draws=0, cluster="voter").fit(dataset(v))
        for v in (votes, pl.concat([votes, votes]))
    )
    same(once, twice)
    assert once.diagnostics["clusters"] == twice.diagnostics["clusters"] == 400
    # A cluster of one vote each is the plain sandwich, but for the factor C / (C - 1).
    plain = pairwise(draws=0).fit(dataset(votes))
    ratio = (once.high - once.low) / (plain.high - plain.low)
    assert np.abs(ratio - np.sqrt(400 / 399)).max() < 1e-9


@given(st.permutations([f"m{k:02d}" for k in range(6)]), st.integers(0, 2**31 - 1))
@settings(max_examples=15, deadline=None)
def test_names_change_nothing(names: list[str], seed: int) -> None:
    votes, _ = simulated(models=6, votes=500, seed=seed)
    other = dict(zip([f"m{k:02d}" for k in range(6)], names, strict=True))
    renamed = votes.with_columns(pl.col("model_a", "model_b").replace(other))
    one, two = (pairwise(draws=0).fit(dataset(v)) for v in (votes, renamed))
    at = [two.models.index(other[name]) for name in one.models]
    assert np.abs(one.estimate - two.estimate[at]).max() < 1e-7
    assert np.abs(one.low - two.low[at]).max() < 1e-7


@given(st.integers(0, 2**31 - 1), st.integers(2, 7), st.floats(0.0, 0.6))
@settings(max_examples=15, deadline=None)
def test_expected_wins_are_those_observed(seed: int, models: int, ties: float) -> None:
    votes, _ = simulated(models=models, votes=300, ties=ties, seed=seed)
    scale = pairwise(draws=0).fit(dataset(votes))
    pairs = scale.details["pairs"]
    sums = (
        pl.concat(
            [
                pairs.select(model="model_a", wins="wins", expected="expected"),
                pairs.select(
                    model="model_b",
                    wins=pl.col("votes") - pl.col("wins"),
                    expected=pl.col("votes") - pl.col("expected"),
                ),
            ]
        )
        .group_by("model")
        .sum()
    )
    if scale.diagnostics["strongly_connected"]:
        assert (sums["wins"] - sums["expected"]).abs().max() < 1e-7
    assert pairs["votes"].sum() == 300


def test_a_constant_difference_of_strength_is_found_through_a_covariate() -> None:
    rng = np.random.default_rng(1)
    votes, truth = simulated(models=5, votes=20_000, seed=1)
    lengths = rng.integers(50, 500, (20_000, 2)).astype(float)
    distance = dict(zip([f"m{k:02d}" for k in range(5)], truth, strict=True))
    d = np.array([distance[a] - distance[b] for a, b in votes.select("model_a", "model_b").rows()])
    size = np.sqrt(np.mean((lengths[:, 0] - lengths[:, 1]) ** 2))
    p = 1 / (1 + np.exp(-(d + 0.5 * (lengths[:, 0] - lengths[:, 1]) / size)))
    votes = votes.with_columns(
        outcome=pl.Series(np.where(rng.random(20_000) < p, "a", "b")),
        covariates=pl.format(
            '{{"length_a":{},"length_b":{}}}', pl.Series(lengths[:, 0]), pl.Series(lengths[:, 1])
        ),
    )
    scale = pairwise(covariates=("length",)).fit(dataset(votes))
    row = scale.details["effects"].row(0, named=True)
    assert (row["entity"], row["unit"], row["n"]) == ("length", "points", 20_000)
    assert row["one_unit_is"] == pytest.approx(size)
    assert row["low"] < 0.5 * POINTS < row["high"]
    # Four standard errors, which are about 0.03 logits here.
    assert np.abs((scale.estimate - 1000) / POINTS - truth).max() < 0.12
    same(scale, pairwise(covariates=("length",)).fit(dataset(lengths_swapped(votes))))


def lengths_swapped(votes: pl.DataFrame) -> pl.DataFrame:
    text = pl.col("covariates").str
    return swapped(votes).with_columns(
        covariates=text.replace("length_a", "length_c")
        .str.replace("length_b", "length_a")
        .str.replace("length_c", "length_b")
    )


def test_the_same_seed_gives_the_same_bytes_whatever_the_workers() -> None:
    data = dataset(simulated(votes=500)[0])
    for kind in ("sandwich", "bootstrap"):
        ruler = pairwise(intervals=kind, draws=60, seed=3)
        one, two = ruler.fit(data, workers=1), ruler.fit(data, workers=3)
        assert one.capability.values.tobytes() == two.capability.values.tobytes()
        assert one.capability.draw_set == two.capability.draw_set
        other = ruler.fit(data, seed=4)
        assert other.capability.draw_set != one.capability.draw_set
        assert not np.array_equal(other.capability.values, one.capability.values)


def test_a_scale_of_votes_is_pickled_and_is_plain_in_json() -> None:
    import json

    scale = pairwise(draws=5, anchors={"m00": 900.0}).fit(dataset(simulated()[0]))
    again = pickle.loads(pickle.dumps(scale))
    assert again.table.equals(scale.table)
    assert again.details["pairs"].equals(scale.details["pairs"])
    text = json.dumps(scale.to_dict(), allow_nan=False)
    assert json.loads(text)["spec"]["kind"] == "pairwise"


def test_a_pair_that_does_not_fit_is_found() -> None:
    votes, _ = simulated(models=6, votes=6000, seed=3)
    odd = frame([("m00", "m05", "a")] * 300)
    pairs = pairwise(draws=0).fit(dataset(pl.concat([votes, odd]))).details["pairs"]
    worst = pairs.sort("z", descending=True).row(0, named=True)
    assert (worst["model_a"], worst["model_b"], worst["status"]) == ("m00", "m05", "misfit")
    assert pairwise(draws=0).fit(dataset(votes)).diagnostics["misfit_pairs"] == 0


def test_a_vote_that_was_corrected_counts_once() -> None:
    votes, _ = simulated(models=4, votes=200, seed=1)
    given = dataset(votes)
    first = given.history("votes")
    second = first.head(20).with_columns(
        outcome=pl.lit("tie"),
        revision=pl.lit(1, dtype=pl.Int64),
        reason=pl.lit("seen again"),
    )
    tables = dict(given.tables) | {"votes": pl.concat([first, second]).sort("vote", "revision")}
    corrected = Dataset(tables=tables, origin="corrected")
    rows = corrected.table("votes")
    assert rows.height == 200
    same(pairwise(draws=0).fit(corrected), pairwise(draws=0).fit(dataset(
        rows.select("vote", "model_a", "model_b", "outcome")
    )))  # fmt: skip
