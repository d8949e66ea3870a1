"""Votes that say little or cannot be used: each has an outcome with a name."""

import datetime as dt

import numpy as np
import polars as pl
import pytest

import headway
from headway.dataset import Dataset
from headway.errors import DataError, NotIdentified, UsageError
from tests.rulers.votes import baseball, dataset, frame, same, simulated

pairwise = headway.rulers.pairwise


def test_a_perfect_winner_and_a_loser_are_bounded_and_named() -> None:
    votes, _ = simulated(models=4, votes=300, seed=2)
    best = frame([("best", f"m{k:02d}", "a") for k in range(4)] * 10)
    worst = frame([(f"m{k:02d}", "worst", "a") for k in range(4)] * 10)
    scale = pairwise(draws=200).fit(dataset(pl.concat([votes, best, worst])))
    status = dict(zip(scale.models, scale.status, strict=True))
    assert (status["best"], status["worst"]) == ("at_ceiling", "at_floor")
    assert not scale.diagnostics["strongly_connected"]
    assert any("bound 2 models from one side only (best, worst)" in note for note in scale.notes)
    table = scale.rank()
    assert (table["entity"][0], table["entity"][-1]) == ("best", "worst")
    # What holds the value is the prior, so its error is far from nothing.
    width = dict(zip(scale.models, scale.high - scale.low, strict=True))
    assert width["best"] > 3 * width["m01"]
    booted = pairwise(draws=200, intervals="bootstrap").fit(
        dataset(pl.concat([votes, best, worst]))
    )
    assert np.isfinite(booted.capability.values).all()
    boot = dict(zip(booted.models, booted.high - booted.low, strict=True))
    assert boot["best"] == pytest.approx(width["best"], rel=0.5)


def test_two_models_and_one_always_wins() -> None:
    scale = pairwise(draws=50, intervals="bootstrap").fit(dataset(frame([("x", "y", "a")] * 5)))
    assert scale.status == ("at_ceiling", "at_floor")
    assert scale.estimate[0] > scale.estimate[1]
    assert np.isfinite(scale.capability.values).all()


def test_a_model_that_beat_a_loser_alone_is_above_nothing_known() -> None:
    votes, _ = simulated(models=3, votes=200, seed=2)
    chain = frame([("m00", "loser", "a")] * 5 + [("new", "loser", "a")] * 3)
    scale = pairwise(draws=0).fit(dataset(pl.concat([votes, chain])))
    status = dict(zip(scale.models, scale.status, strict=True))
    assert (status["loser"], status["new"]) == ("at_floor", "at_ceiling")


@pytest.mark.parametrize("kind", ["sandwich", "bootstrap"])
def test_one_tie_is_no_certainty(kind: str) -> None:
    scale = pairwise(draws=200, intervals=kind).fit(dataset(frame([("x", "y", "tie")])))
    assert scale.status == ("few_votes", "few_votes")
    # One vote does not tell odds of 3 to 1 (191 points) from even ones.
    assert (scale.high - scale.low > 191).all()


def test_ties_alone_are_level() -> None:
    scale = pairwise(draws=20).fit(
        dataset(frame([("x", "y", "tie")] * 40 + [("y", "z", "tie")] * 40))
    )
    assert np.allclose(scale.estimate, 1000)
    assert scale.diagnostics["misfit_pairs"] == 0


def test_a_prior_draws_towards_the_mean() -> None:
    data = dataset(simulated(votes=200)[0])
    free, drawn, tight = (pairwise(draws=0, ridge=r).fit(data) for r in (0.0, 1.0, 1e6))
    assert np.ptp(free.estimate) > np.ptp(drawn.estimate) > 10 * np.ptp(tight.estimate)
    assert free.notes == drawn.notes == ()


def test_models_that_were_never_compared_are_not_on_one_scale() -> None:
    data = dataset(frame([("x", "y", "a"), ("y", "x", "a"), ("u", "v", "a"), ("v", "u", "a")]))
    with pytest.raises(NotIdentified, match="fall apart into 2 groups") as caught:
        pairwise().fit(data)
    assert "would connect them" in (caught.value.hint or "")
    assert len(caught.value.details) == 2


def test_votes_of_a_model_against_itself_are_left_out_and_counted() -> None:
    votes, _ = simulated(seed=8)
    own = frame([("m00", "m00", "tie")] * 7 + [("m01", "m01", "a")] * 2)
    plain, more = (pairwise(draws=0).fit(dataset(v)) for v in (votes, pl.concat([votes, own])))
    same(plain, more)
    assert more.diagnostics["self_votes"] == 9
    assert more.notes == (
        "9 votes of a model against itself are left out: they say nothing about its strength.",
    )
    with pytest.raises(NotIdentified, match="no vote between two different models"):
        pairwise().fit(dataset(own))


def test_no_votes() -> None:
    with pytest.raises(NotIdentified, match="has no votes"):
        pairwise().fit(headway.load())
    empty = frame([]).cast(pl.String)
    with pytest.raises(NotIdentified, match="has no votes"):
        pairwise().fit(dataset(empty.with_columns(vote=pl.lit("x"))))


def raw(votes: pl.DataFrame) -> Dataset:
    """A dataset that no check has seen."""
    checked = dataset(votes.with_columns(outcome=pl.lit("a")))
    tables = dict(checked.tables)
    tables["votes"] = tables["votes"].with_columns(outcome=votes["outcome"])
    return Dataset(tables=tables, origin="unchecked")


@pytest.mark.parametrize("outcome", ["draw", None])
def test_an_unknown_outcome_is_refused_and_never_a_tie(outcome: str | None) -> None:
    votes = frame([("x", "y", "a"), ("x", "y", outcome), ("y", "x", "a")])
    with pytest.raises(DataError, match=f"of 1 votes is {outcome!r}, first in vote 'v1'"):
        pairwise().fit(raw(votes))
    with pytest.raises(DataError, match=f"of 1 votes is {outcome!r}"):
        pairwise(covariates=("position",)).fit(raw(votes))


def test_both_bad_is_a_tie_or_nothing() -> None:
    votes, _ = simulated(seed=9)
    bad = votes.with_columns(pl.col("outcome").replace("tie", "both_bad"))
    same(pairwise(draws=0).fit(dataset(votes)), pairwise(draws=0).fit(dataset(bad)))
    dropped = pairwise(draws=0, both_bad="drop").fit(dataset(bad))
    same(dropped, pairwise(draws=0).fit(dataset(votes.filter(pl.col("outcome") != "tie"))))
    assert "votes that both answers are bad are left out" in dropped.notes[0]


def test_few_votes_are_marked_or_left_out() -> None:
    votes, _ = simulated(models=4, votes=400, seed=1)
    some = pl.concat([votes, frame([("new", "m00", "a"), ("m01", "new", "a")])])
    scale = pairwise(draws=0).fit(dataset(some))
    assert dict(zip(scale.models, scale.status, strict=True))["new"] == "few_votes"
    scale = pairwise(draws=0, min_votes=3).fit(dataset(some))
    same(scale, pairwise(draws=0).fit(dataset(votes)))
    assert scale.notes == ("1 models with fewer than 3 votes are left out.",)
    with pytest.raises(NotIdentified, match="no two models have 10000 votes"):
        pairwise(min_votes=10_000).fit(dataset(some))


def dated() -> pl.DataFrame:
    votes, _ = simulated(models=4, votes=600, seed=1)
    days = [dt.date(2026, 1 + k % 3, 1 + k % 28) for k in range(600)]
    return votes.with_columns(
        voted_at=pl.Series(days),
        domain=pl.Series([("coding", "maths", None)[k % 3] for k in range(600)]),
    )


def test_a_board_of_a_domain_and_of_some_days() -> None:
    votes = dated()
    scale = pairwise(draws=0, domain="coding").fit(dataset(votes))
    same(scale, pairwise(draws=0).fit(dataset(votes.filter(pl.col("domain") == "coding"))))
    first, last = dt.date(2026, 2, 1), dt.date(2026, 2, 28)
    scale = pairwise(draws=0, since=first, until=last).fit(dataset(votes))
    chosen = votes.filter(pl.col("voted_at").is_between(first, last))
    same(scale, pairwise(draws=0).fit(dataset(chosen)))
    assert scale.diagnostics["votes"] == chosen.height
    with pytest.raises(UsageError, match="did you mean 'coding'"):
        pairwise(domain="codin").fit(dataset(votes))
    with pytest.raises(NotIdentified, match="no votes are left from 2030-01-01"):
        pairwise(since=dt.date(2030, 1, 1)).fit(dataset(votes))


def attributed(a: str, b: str) -> Dataset:
    votes, _ = simulated(models=3, votes=100, seed=1)
    text = f'{{"length_a":{a},"length_b":{b},"voter":"w"}}'
    texts = ['{"length_a":1,"length_b":3,"voter":"w"}'] * 99 + [text]
    return dataset(votes.with_columns(covariates=pl.Series(texts)))


@pytest.mark.parametrize(
    ("options", "a", "b", "error", "words"),
    [
        ({"covariates": ("size",)}, 1, 2, UsageError, "no vote has the attribute 'size_a'"),
        ({"covariates": ("length",)}, '"long"', 2, DataError, "vote 'v99' is 'long'; expected a n"),
        ({"covariates": ("$.x",)}, 1, 2, UsageError, "no name of an attribute"),
        ({"covariates": ("length", "length")}, 1, 2, UsageError, "a name twice"),
        ({"covariates": "length"}, 1, 2, UsageError, "expected a sequence of names"),
        ({"cluster": "votre"}, 1, 2, UsageError, "did you mean 'voter'"),
        ({"cluster": "voter"}, 1, 2, NotIdentified, "belong to one cluster"),
        ({"covariates": ("length", "position")}, 1, 3, NotIdentified, "cannot be told apart"),
    ],
)
def test_attributes_that_cannot_be_used(options, a, b, error, words) -> None:
    with pytest.raises(error, match=words.replace("$", r"\$")):
        pairwise(**options).fit(attributed(a, b))


def test_a_covariate_that_never_differs() -> None:
    votes, _ = simulated(models=3, votes=100, seed=1)
    data = dataset(votes.with_columns(covariates=pl.lit('{"length_a":1,"length_b":1}')))
    with pytest.raises(NotIdentified, match="the same for both answers of every vote"):
        pairwise(covariates=("length",)).fit(data)


def test_votes_without_a_covariate_are_counted() -> None:
    scale = pairwise(covariates=("length",), draws=0).fit(attributed("null", "2"))
    assert scale.notes == ("1 votes without a covariate are left out.",)
    assert scale.diagnostics["votes"] == 99


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"both_bad": "keep"}, "both_bad is 'keep'; expected tie or drop"),
        ({"ties": "no"}, "expected half or davidson"),
        ({"intervals": "wald"}, "expected sandwich or bootstrap"),
        ({"ridge": -1}, "ridge is -1"),
        ({"ridge": float("nan")}, "ridge is nan"),
        ({"level": 1.0}, "level is 1.0"),
        ({"min_votes": 0}, "min_votes is 0"),
        ({"draws": -1}, "draws is -1"),
        ({"anchors": {}}, "expected one model"),
        ({"anchors": {"x": 1.0, "y": 2.0}}, "expected one model"),
        ({"anchors": {"x": float("inf")}}, "expected one model"),
        ({"since": "2026"}, "since is '2026'; expected a date"),
        ({"since": dt.date(2026, 2, 1), "until": dt.date(2026, 1, 1)}, "lies after"),
    ],
)
def test_absurd_options(options, words) -> None:
    with pytest.raises(UsageError, match=words):
        pairwise(**options)


def test_davidson_needs_a_tie() -> None:
    with pytest.raises(NotIdentified, match="no tie among the votes"):
        pairwise(ties="davidson").fit(baseball())


def test_votes_that_are_all_ties_have_a_way_out() -> None:
    rows = [("a", "b", "tie"), ("b", "c", "tie"), ("a", "c", "tie")] * 5
    data = dataset(frame(rows))
    with pytest.raises(NotIdentified, match="every vote is a tie") as caught:
        headway.rulers.pairwise(ties="davidson").fit(data)
    assert "ties='half'" in str(caught.value.hint)
    scale = headway.rulers.pairwise(ties="half").fit(data)
    assert scale.rank()["rank"].to_list() == [1, 1, 1]
