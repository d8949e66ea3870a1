"""Who leads each event: a made world with known answers, and the catalog."""

import datetime as dt
from typing import Any

import numpy as np
import polars as pl
import pytest

import headway
from headway.analyses import by_benchmark, by_domain, events
from headway.analyses.lag import LagSpec
from headway.dataset import Dataset
from headway.rulers.scale import Scale

FIRST = dt.date(2025, 1, 1)


def world(**extra: Any) -> Dataset:
    """Americans come every 60 days, Chinese 90 days after the one they equal.

    On maths the best of all is a Frenchman, who came on day 400. One more test has no score of
    the Chinese.
    """
    models, scores = [], []
    for country, delay in (("US", 0), ("CN", 90)):
        for k in range(6):
            day = FIRST + dt.timedelta(days=60 * k + delay)
            models.append((f"{country.lower()}{k}", country, day))
            tests = range(5 if country == "US" else 4)
            scores += [(models[-1][0], f"b{b}", 0.2 + 0.1 * k + 0.01 * b) for b in tests]
    models.append(("fr", "FR", FIRST + dt.timedelta(days=400)))
    scores += [("fr", "b0", 0.9), ("fr", "b1", 0.9), ("fr", "b2", 0.1), ("fr", "b3", 0.1)]
    return Dataset.from_frames(
        models=pl.DataFrame(
            [(m, m.upper(), c, d, d) for m, c, d in models],
            schema=["model", "name", "country", "announced_on", "available_on"], orient="row",
        ),
        scores=pl.DataFrame(scores, schema=["model", "benchmark", "score"], orient="row"),
        benchmarks=pl.DataFrame(
            {
                "benchmark": [f"b{k}" for k in range(5)],
                "domain": ["math", "math", "coding", "coding", "vision"],
                "chance": 0.0,
                "ceiling": 1.0,
                "n_items": [1000, 1000, 1000, 1000, None],
            },
            schema_overrides={"n_items": pl.Int64},
        ),
        recorded_on="2026-06-01",
        covers_until="2026-06-01",
        **extra,
    )  # fmt: skip


@pytest.fixture(scope="module")
def rows() -> dict[tuple[str, str], dict[str, Any]]:
    scale = headway.rulers.eci(anchors=None, draws=60).fit(world())
    table = events(scale, LagSpec(tie=0.0)).table
    return {(row["kind"], row["entity"]): row for row in table.to_dicts()}


def test_every_event_is_there(rows: dict[tuple[str, str], dict[str, Any]]) -> None:
    assert set(rows) == {("domain", d) for d in ("coding", "math", "vision")} | {
        ("benchmark", f"b{k}") for k in range(5)
    }


def test_who_leads_since_when_and_by_how_much(
    rows: dict[tuple[str, str], dict[str, Any]],
) -> None:
    maths, coding = rows["benchmark", "b0"], rows["benchmark", "b2"]
    assert (maths["best_name"], maths["best_country"]) == ("FR", "FR")
    assert maths["best_since"] == FIRST + dt.timedelta(days=400)
    assert maths["taken_from"] == "US5"
    assert maths["runner_up"] in ("US5", "CN5")
    assert maths["margin"] == pytest.approx(20.0, abs=1e-9)
    assert maths["margin_low"] < 20 < maths["margin_high"]
    assert maths["leads_in_draws"] == 1.0
    # On coding the American and the Chinese are level, and the American was there first.
    assert coding["best_name"] == "US5"
    assert coding["best_since"] == FIRST + dt.timedelta(days=300)
    assert coding["taken_from"] == "US4"
    assert coding["margin"] == pytest.approx(0.0, abs=1e-9)
    assert 0.2 < coding["leads_in_draws"] < 0.8
    assert rows["domain", "math"]["best_name"] == "FR"
    assert rows["domain", "coding"]["best_name"] in ("US5", "CN5")


def test_the_lag_of_the_follower(rows: dict[tuple[str, str], dict[str, Any]]) -> None:
    for key in (("benchmark", "b0"), ("benchmark", "b3")):
        row = rows[key]
        assert row["follower_name"] == "CN5"
        assert row["estimate"] == pytest.approx(90 / 30.4375)
        assert row["status"] == "ok"
    vision = rows["benchmark", "b4"]
    assert (vision["status"], vision["why"]) == (
        "not_enough_data", "group 'country:CN' has no model on this scale by 2026-06-01",
    )  # fmt: skip
    assert vision["best_name"] == "US5"
    # The number of its items is unknown: nothing is said about chance.
    assert (vision["leads_in_draws"], vision["margin_low"]) == (None, None)
    assert rows["domain", "vision"]["why"] == "1 benchmark"
    assert rows["domain", "vision"]["best_name"] is None


def test_a_withdrawn_model_no_longer_leads() -> None:
    gone = FIRST + dt.timedelta(days=450)
    away = pl.DataFrame(
        {"model": ["fr"], "from": [FIRST + dt.timedelta(days=400)], "until": [gone]}
    )
    scale = headway.rulers.eci(anchors=None, draws=20).fit(world(availability=away))
    found = {}
    for withdrawn in ("keep", "drop"):
        table = events(scale, LagSpec(tie=0.0, withdrawn=withdrawn)).table
        found[withdrawn] = table.row(by_predicate=pl.col("entity") == "b0", named=True)
    assert found["keep"]["best_name"] == "FR"
    assert found["drop"]["best_name"] == "US5"
    assert found["drop"]["best_since"] == gone
    assert found["drop"]["taken_from"] == "FR"


def test_an_earlier_day_has_its_own_leaders() -> None:
    scale = headway.rulers.eci(anchors=None, draws=20).fit(world())
    early = events(scale, LagSpec(tie=0.0, until=FIRST + dt.timedelta(days=310))).table
    row = early.row(by_predicate=pl.col("entity") == "b0", named=True)
    assert (row["best_name"], row["taken_from"]) == ("US5", "US4")


def test_a_ruler_without_domains_has_its_benchmarks() -> None:
    scale = headway.rulers.composite(["b0", "b2"]).fit(world(), draws=10)
    table = events(scale, LagSpec(tie=0.0)).table
    assert table.select("kind", "entity").sort("entity").rows() == [
        ("benchmark", "b0"), ("benchmark", "b2"),
    ]  # fmt: skip


def test_the_catalog_has_an_event_for_every_domain_and_benchmark(scale: Scale) -> None:
    spec = LagSpec()
    result = events(scale, spec)
    table = result.table
    data = scale.dataset
    assert set(table.filter(pl.col("kind") == "domain")["entity"]) == set(data.benchmarks["domain"])
    assert set(table.filter(pl.col("kind") == "benchmark")["entity"]) == set(
        data.benchmarks["benchmark"]
    )
    # The lag part is that of the areas.
    for kind, areas in (
        ("domain", by_domain(scale, spec)),
        ("benchmark", by_benchmark(scale, spec)),
    ):
        ours = table.filter(pl.col("kind") == kind).sort("entity")
        theirs = areas.table.sort("entity")
        for column in ("estimate", "low", "high", "status", "follower_name", "gap"):
            assert ours[column].to_list() == theirs[column].to_list()
    led = table.filter(pl.col("best_name").is_not_null())
    assert led.height > 60
    assert led["margin"].min() >= 0
    assert led["leads_in_draws"].drop_nulls().is_between(0, 1).all()
    for row in led.filter(pl.col("kind") == "benchmark").head(12).to_dicts():
        scores = data.scores.filter(pl.col("benchmark") == row["entity"])
        dated = scores.join(
            data.models.filter(pl.col("available_on").is_not_null()), on="model", how="semi"
        )
        assert row["best_score"] == pytest.approx(
            100 * float(np.clip(dated["score"].max(), 0, 1)), abs=1e-9
        )
    assert result.to_dict()["table"][0]["kind"] == "domain"


def test_published_ratings_have_the_benchmarks_of_their_dataset(published: Scale) -> None:
    table = events(published, LagSpec()).table
    assert set(table["kind"]) == {"benchmark"}


def test_no_scores_no_events() -> None:
    votes = pl.DataFrame({"model": ["a"], "benchmark": ["x"], "score": [0.5]})
    data = Dataset.from_frames(
        scores=votes, models=pl.DataFrame({"model": ["a"], "available_on": [FIRST]})
    )
    scale = headway.rulers.single("x").fit(data)
    table = events(scale, LagSpec(leader="all", follower="all")).table
    assert table["status"].to_list() == ["not_enough_data"]
    assert table["best_name"].null_count() == 1
