"""Published figures among the ways to ask."""

import datetime as dt
import json
from dataclasses import replace
from typing import Any

import polars as pl
import pytest

from headway.analyses.multiverse import (
    FigureResult,
    MultiverseSpec,
    figures_of,
    published_figures,
)
from headway.dataset import Dataset
from headway.errors import DataError
from headway.rulers import eci
from tests.rulers.worlds import race_world

LAG = 8.0
RULER = eci(anchors={"us02": 100.0, "us20": 150.0}, pinned="b00", draws=0)
SPEC = MultiverseSpec(answers=("daily-all",), ties=(0.0,))


def claimed(test: dict[str, Any] | str | None, **more: Any) -> Dataset:
    """The straight race with one claim about it."""
    data, _ = race_world(lag_months=LAG, noise=0.0)
    text = test if isinstance(test, str) or test is None else json.dumps(test)
    source = data.history("sources")["source"][0]
    row = {"claim": "c", "said_by": "Somebody", "test": text, "source": source} | more
    claims = Dataset.from_frames(
        recorded_on="2026-03-16", scores=data.scores, models=data.models,
        sources=data.history("sources"), claims=pl.DataFrame([row]),
    ).history("claims")  # fmt: skip
    return replace(data, tables=dict(data.tables) | {"claims": claims})


TEST: dict[str, Any] = {
    "quantity": "lag_months", "leader": "country:US", "follower": "country:CN",
    "as_of": "2026-01-01", "value": LAG,
}  # fmt: skip


def found(test: dict[str, Any]) -> tuple[dict[str, Any], FigureResult]:
    result = published_figures(claimed(test), SPEC, rulers={"eci": RULER}, subsets=("all",))
    return result.table.row(0, named=True), result


def test_a_true_figure_is_near_most_ways_and_an_absurd_one_near_none() -> None:
    row, result = found(TEST | {"choices": {"answer": "levels-all", "tie": 0, "dates": "listed"}})
    assert row["status"] == "ok"
    assert row["own_n"] == 1
    assert abs(row["own"] - LAG) < 1.6
    assert 0 < row["percentile"] < 1
    assert abs(row["nearest"] - LAG) < 0.2
    shares = result.margins.filter(choice="answer")
    assert shares["n"].sum() == row["n"]
    weighed = (shares["share_near"] * shares["n"]).sum() / row["n"]
    assert weighed == pytest.approx(row["share_near"])
    assert row["best"] in shares.filter(pl.col("share_near") == shares["share_near"].max())["value"]
    high, _ = found(TEST | {"value": 100})
    assert (high["percentile"], high["share_near"], high["best"]) == (1.0, 0.0, None)
    low, _ = found(TEST | {"value": -100})
    assert (low["percentile"], low["own"], low["own_n"]) == (0.0, None, 0)


def test_a_range_is_met_inside_and_only_there() -> None:
    wide, _ = found({**TEST, "low": 0, "high": 50})
    assert wide["share_near"] == 1.0
    assert (wide["low"], wide["high"]) == (0.0, 50.0)


def test_a_figure_about_one_model_is_measured_on_that_model() -> None:
    row, _ = found(TEST | {"model": "cn05"})
    # cn05 has the capability of us05, which came 8 months earlier.
    assert row["own"] == pytest.approx(LAG, abs=0.05)
    row, _ = found(TEST | {"model": "us05"})
    assert row["own"] is None


def test_other_quantities_other_questions_and_later_days_are_left_out() -> None:
    assert figures_of(claimed(None)) == []
    assert figures_of(claimed({"quantity": "usd"})) == []
    data = claimed(TEST | {"leader": "closed", "follower": "open"})
    assert len(figures_of(data)) == 1
    assert published_figures(data, SPEC).table.is_empty()
    late = published_figures(claimed(TEST | {"as_of": "2027-01-01"}), SPEC)
    assert late.table.is_empty()
    assert late.ways is None
    assert "2027-01-01" in late.notes[0]


@pytest.mark.parametrize(
    ("test", "says"),
    [
        ("{", "Expecting"),
        ("[1]", "not an object"),
        ({**TEST, "as_of": "soon"}, "Invalid isoformat"),
        ({k: v for k, v in TEST.items() if k != "value"}, "'value' is missing"),
        ({k: v for k, v in TEST.items() if k != "leader"}, "'leader' is missing"),
        ({**TEST, "low": 5, "high": 4}, "5.0 to 4.0"),
        ({**TEST, "value": "many"}, "could not convert"),
        ({**TEST, "choices": {"moon": "full"}}, "unknown choices moon"),
        ({**TEST, "choices": {"answer": "guess"}}, "unknown answer 'guess'"),
    ],
)
def test_a_claim_that_cannot_be_read_is_named(test: Any, says: str) -> None:
    with pytest.raises(DataError, match="claims cannot be read") as caught:
        figures_of(claimed(test))
    assert caught.value.details[0].startswith("c: ")
    assert says in caught.value.details[0]


def test_the_shipped_figures_can_be_read(catalog: Dataset) -> None:
    figures = figures_of(catalog)
    assert len(figures) >= 12
    assert len({f.claim for f in figures}) == len(figures)
    for figure in figures:
        assert figure.statement
        assert figure.statement_zh
        assert figure.url
        assert figure.as_of <= dt.date(2026, 8, 11)


def test_the_figure_of_january_2026_comes_out_by_its_own_choices(catalog: Dataset) -> None:
    """Epoch: 7 months by days, one point of tie, listed dates, the first models left out."""
    claims = catalog.history("claims").filter(pl.col("claim") == "epoch-us-china-2026-01")
    data = replace(catalog, tables=dict(catalog.tables) | {"claims": claims})
    result = published_figures(data, rulers=("eci",), subsets=("all",))
    row = result.table.row(0, named=True)
    assert row["own_n"] == 1
    assert row["own"] == pytest.approx(7.0, abs=0.5)
    assert row["n"] > 100
    assert row["low"] == row["high"] == 7.0
