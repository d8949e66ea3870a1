"""Boards by domain and month, and lags measured on votes."""

import datetime as dt
import json
import pickle

import numpy as np
import polars as pl
import pytest

import headway
from headway.errors import NotIdentified, UsageError
from headway.rulers.scale import TIDY
from headway.rulers.votes.boards import boards
from headway.rulers.votes.ruler import PairwiseRuler
from tests.rulers.votes import POINTS, dataset, frame, outcomes, simulated


def several() -> pl.DataFrame:
    coding, _ = simulated(models=5, votes=500, seed=1)
    maths, _ = simulated(models=5, votes=400, seed=2, spread=0.2)
    apart = frame([("m00", "m01", "a"), ("m01", "m00", "a"), ("m02", "m03", "a")])
    none, _ = simulated(models=5, votes=10, seed=3)
    parts = {"coding": coding, "maths": maths, "poetry": apart, None: none}
    named = [part.with_columns(domain=pl.lit(name, pl.String)) for name, part in parts.items()]
    every = pl.concat(named)
    days = [dt.date(2026, 1 + k % 2, 1 + k % 28) for k in range(every.height)]
    return every.with_columns(voted_at=pl.Series(days))


def test_a_board_per_domain() -> None:
    data = dataset(several())
    made = boards(data, by="domain", draws=20)
    assert made.table.columns == ["board", *TIDY]
    assert made.summary.rows() == [
        ("coding", 500, 5, "ok", None),
        ("maths", 400, 5, "ok", None),
        ("poetry", 3, None, "not_enough_data", made.summary["reason"][2]),
    ]
    assert "fall apart into 2 groups" in made.summary["reason"][2]
    assert made.notes == ("10 votes without a domain are left out.",)
    alone = PairwiseRuler(domain="coding").fit(data, draws=20)
    own = made.table.filter(pl.col("board") == "coding").drop("board", "quantity")
    assert own.equals(alone.table.drop("quantity"))
    assert made.scales["coding"].capability.n_draws == 20
    assert made.table["quantity"].unique().to_list() == ["rating"]


def test_a_board_per_month() -> None:
    votes = several().filter(pl.col("domain") == "coding")
    made = boards(dataset(votes), by="month", draws=0)
    assert made.summary["board"].to_list() == ["2026-01", "2026-02"]
    assert made.summary["votes"].sum() == votes.height
    only = boards(dataset(votes), by="month", ruler=PairwiseRuler(since=dt.date(2026, 2, 1)))
    assert only.summary["board"].to_list() == ["2026-02"]


def test_boards_survive_pickling_and_are_plain_in_json() -> None:
    made = boards(dataset(several()), draws=0)
    again = pickle.loads(pickle.dumps(made))
    assert again.table.equals(made.table)
    assert set(json.loads(json.dumps(made.to_dict(), allow_nan=False))) == {
        "table", "boards", "notes",
    }  # fmt: skip


def test_boards_that_cannot_be_made() -> None:
    votes, _ = simulated(votes=100)
    with pytest.raises(UsageError, match="by is 'year'; expected domain or month"):
        boards(dataset(votes), by="year")  # type: ignore[arg-type]
    with pytest.raises(NotIdentified, match="no vote says its domain"):
        boards(dataset(votes))
    with pytest.raises(NotIdentified, match="no vote says its voted_at"):
        boards(dataset(votes), by="month")
    apart = frame([("x", "y", "a"), ("u", "v", "a")]).with_columns(domain=pl.lit("d"))
    empty = boards(dataset(apart))
    assert empty.table.is_empty()
    assert empty.summary["status"].to_list() == ["not_enough_data"]


def race(lag_months: float) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Two countries on one straight road of strength, one some months behind; models and votes."""
    rng = np.random.default_rng(5)
    days, strengths, rows = 30.4375 * lag_months, [], []
    # The follower is a little weaker, so that noise does not decide which step it reaches.
    for country, delay, less in (("US", 0.0, 0.0), ("CN", days, 0.06)):
        for k in range(14):
            day = dt.date(2024, 1, 1) + dt.timedelta(days=round(45 * k + delay))
            strengths.append(0.25 * k - less)
            rows.append((f"{country.lower()}{k:02d}", country, day, day, day))
    columns = ["model", "country", "listed_on", "announced_on", "available_on"]
    models = pl.DataFrame(rows, schema=columns, orient="row")
    first = rng.integers(0, 28, 120_000)
    second = (first + rng.integers(1, 28, 120_000)) % 28
    names, strength = models["model"].to_numpy(), np.array(strengths)
    votes = pl.DataFrame(
        {
            "model_a": names[first],
            "model_b": names[second],
            "outcome": outcomes(strength[first] - strength[second], 0.25, rng),
        }
    )
    return models, votes


def test_a_lag_on_votes_is_the_one_that_was_made() -> None:
    models, votes = race(6.0)
    scale = headway.rulers.pairwise(draws=200).fit(dataset(votes, models=models))
    line = headway.frontier.frontier(scale, "country:US").table
    # A step of 0.25 logits is 43 points.
    assert np.diff(line["estimate"]).mean() == pytest.approx(0.25 * POINTS, rel=0.1)
    lag = headway.lag(scale, leader="country:US", follower="country:CN", convention="records")
    row = lag.table.filter(period="all", quantity="lag_mean").row(0, named=True)
    assert row["estimate"] == pytest.approx(6.0, abs=0.5)
    assert row["low"] <= row["estimate"] <= row["high"]
