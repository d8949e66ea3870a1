"""Each convention on worlds whose lag is known, and on hand-made frontiers."""

import datetime as dt
import json
from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings, strategies as st
from scipy import stats

import headway
from headway.analyses.contest import LagSpec, contest
from headway.analyses.conventions.time_to_match import kaplan_meier
from headway.analyses.lag import CONVENTIONS, HEADLINE, MEASURES, compare
from headway.dataset import Dataset
from headway.draws import Draws
from headway.errors import UsageError
from headway.frontier import months
from headway.rulers.scale import Scale
from tests.rulers.worlds import race_world

SPEC = LagSpec(tie=0.0)
ANCHORS = {"us02": 100.0, "us20": 150.0}


def hand_made(
    leader: list[tuple[str, float]],
    follower: list[tuple[str, float]],
    *,
    noise: float = 0.0,
    draws: int = 40,
) -> Scale:
    """A scale of models with given dates and capabilities."""
    rows = [(f"us-{k}", "US", d, c) for k, (d, c) in enumerate(leader)]
    rows += [(f"cn-{k}", "CN", d, c) for k, (d, c) in enumerate(follower)]
    models = pl.DataFrame(
        {
            "model": [r[0] for r in rows],
            "country": [r[1] for r in rows],
            "announced_on": [dt.date.fromisoformat(r[2]) for r in rows],
            "available_on": [dt.date.fromisoformat(r[2]) for r in rows],
        }
    )
    scores = pl.DataFrame(
        {"model": models["model"], "benchmark": "x", "score": [r[3] / 1000 for r in rows]}
    )
    data = Dataset.from_frames(models=models, scores=scores, recorded_on="2026-01-01")
    estimate = np.array([r[3] for r in rows])
    values = estimate + noise * np.random.default_rng(0).standard_normal((draws, len(rows)))
    names = tuple(r[0] for r in rows)
    return Scale(
        ruler="by hand",
        spec={},
        dataset=data,
        models=names,
        estimate=estimate,
        capability=Draws(
            values=values, dims=("draw", "model"), coords={"model": names}, unit="points",
            draw_set="by hand",
        ),
        status=("ok",) * len(names),
        n_scores=np.ones(len(names), dtype=np.int64),
        low=values.min(axis=0),
        high=values.max(axis=0),
        level=0.9,
        unit="points",
        seed=0,
    )  # fmt: skip


def one(scale: Scale, convention: str, period: str, quantity: str, **options: object) -> dict:
    result = headway.lag(scale, convention=convention, **({"tie": 0.0} | options))
    rows = result.table.filter((pl.col("period") == period) & (pl.col("quantity") == quantity))
    return rows.row(0, named=True)


STAIRS = [(f"{2023 + k // 4}-{1 + 3 * (k % 4):02d}-01", 100.0 + 5 * k) for k in range(8)]


def test_every_convention_recovers_a_known_lag_within_its_interval() -> None:
    """Twenty-six releases 45 days apart, the follower's exactly 8 months later."""
    data, truth = race_world(lag_months=8.0)
    scale = headway.rulers.eci(draws=120, anchors=ANCHORS, pinned="b00").fit(data)
    true_scale = _with_truth(scale, truth)
    spec = LagSpec(tie=0.5, trend_starts=(dt.date(2023, 10, 1),))
    found, known = compare(scale, spec), compare(true_scale, spec)
    # A staircase of 45-day steps is measured to within one step of the road's own lag.
    step = months(45)
    for convention in CONVENTIONS:
        row, true = found.headline(convention), known.headline(convention)
        if convention == "gap":
            assert row["low"] <= true["estimate"] <= row["high"]
            continue
        assert abs(true["estimate"] - 8.0) <= step + 0.1, convention
        assert row["low"] - 1e-6 <= true["estimate"] <= row["high"] + 1e-6, convention


def _with_truth(scale: Scale, truth: pl.DataFrame) -> Scale:
    """The same models at their true capabilities, on the points of the anchors."""
    values = dict(truth.iter_rows())
    c = np.array([values[m] for m in scale.models])
    low, high = values["us02"], values["us20"]
    points = 100 + 50 * (c - low) / (high - low)
    same = Draws(
        values=np.repeat(points[None, :], 30, axis=0), dims=("draw", "model"),
        coords={"model": scale.models}, unit="points", draw_set="truth",
    )  # fmt: skip
    return replace(scale, estimate=points, capability=same)


def test_daily_lag_on_stairs_worked_by_hand() -> None:
    scale = hand_made(STAIRS, [("2023-07-01", 100.0), ("2023-10-01", 105.0)])
    series = headway.lag(scale, convention="daily", tie=0.0, until=dt.date(2023, 12, 31)).details[
        "series"
    ]
    values = dict(series.select("date", "estimate").iter_rows())
    # On 1 July the follower has 100; the leader first had more (105) on 1 April.
    assert values[dt.date(2023, 7, 1)] == pytest.approx(91 / 30.4375)
    # On 31 December it has 105; the leader first had more (110) on 1 July.
    assert values[dt.date(2023, 12, 31)] == pytest.approx(183 / 30.4375)


def test_a_tie_counts_as_caught_up() -> None:
    scale = hand_made([("2023-01-01", 100.0), ("2023-06-01", 102.0)], [("2023-06-15", 101.0)])
    until = dt.date(2023, 7, 1)
    assert one(scale, "daily", "now", "lag_now", until=until)["estimate"] == pytest.approx(
        30 / 30.4375
    )
    assert one(scale, "daily", "now", "lag_now", tie=1.0, until=until)["estimate"] == 0.0


def test_the_daily_lag_changes_sign_when_the_groups_change_places() -> None:
    scale = hand_made(STAIRS, [("2023-05-01", 99.0), ("2023-11-15", 108.0)])
    there = headway.lag(scale, leader="country:US", follower="country:CN", tie=0.0)
    back = headway.lag(scale, leader="country:CN", follower="country:US", tie=0.0)
    assert np.allclose(
        there.details["series"]["estimate"], -back.details["series"]["estimate"].to_numpy()
    )


def test_records_matched_led_and_censored() -> None:
    scale = hand_made(
        [("2023-01-01", 100.0), ("2024-01-01", 110.0)],
        [("2023-03-01", 100.0), ("2023-07-01", 105.0), ("2024-06-01", 120.0)],
    )
    result = headway.lag(scale, convention="records", tie=0.0)
    table = result.details["records"]
    assert table["estimate"].to_list() == [
        pytest.approx(59 / 30.4375),
        pytest.approx(-184 / 30.4375),
        None,
    ]
    assert table["status"].to_list() == ["ok", "ok", "censored"]
    overall = result.table.filter(pl.col("period") == "all").row(0, named=True)
    assert (overall["n"], overall["censored"]) == (3, 1)
    assert overall["estimate"] == pytest.approx((59 - 184) / 2 / 30.4375)
    latest = result.table.filter(pl.col("quantity") == "lag_latest").row(0, named=True)
    assert (latest["estimate"], latest["status"]) == (None, "censored")


def test_time_to_match_keeps_the_unmatched_as_censored() -> None:
    scale = hand_made(STAIRS[:4], [("2023-07-01", 100.0), ("2023-12-01", 106.0)])
    result = headway.lag(scale, convention="time-to-match", tie=0.0, until=dt.date(2024, 1, 1))
    matches = result.details["matches"]
    assert matches["status"].to_list() == ["ok", "ok", "censored", "censored"]
    assert matches["at_least"].to_list()[2:] == pytest.approx([184 / 30.4375, 92 / 30.4375])
    row = one(scale, "time-to-match", "all", "lag_median", until=dt.date(2024, 1, 1))
    assert (row["n"], row["censored"]) == (4, 2)


def test_a_median_that_is_not_reached_is_said_and_not_invented() -> None:
    scale = hand_made(STAIRS, [("2023-07-01", 50.0), ("2023-08-01", 60.0)])
    row = one(scale, "time-to-match", "all", "lag_median")
    assert (row["estimate"], row["status"], row["censored"]) == (None, "not_reached", 8)


def test_levels_average_the_horizontal_distance() -> None:
    scale = hand_made(
        [("2023-01-01", 100.0), ("2023-02-01", 110.0), ("2023-03-01", 130.0)],
        [("2023-01-01", 100.0), ("2023-06-01", 120.0)],
    )
    # Levels 100 to 110: 120 days after 1 February... 110 to 120: 1 March. Ten points of each.
    first, second = 120, 92
    expected = (10 * first + 10 * second) / 20 / 30.4375
    row = one(scale, "levels", "all", "lag_mean")
    assert row["estimate"] == pytest.approx(expected)
    assert (row["n"], row["censored"]) == (2, 1)


def test_trend_of_two_parallel_lines() -> None:
    days = [dt.date(2023, 1, 1) + dt.timedelta(days=k) for k in range(0, 1000, 1)]
    leader = [(d.isoformat(), 100 + 0.02 * k) for k, d in enumerate(days)]
    follower = [((d + dt.timedelta(days=150)).isoformat(), v) for d, (_, v) in
                zip(days, leader, strict=True) if d < dt.date(2025, 4, 1)]  # fmt: skip
    scale = hand_made(leader, follower, draws=5)
    options = {"until": dt.date(2025, 8, 20), "trend_starts": (dt.date(2023, 8, 1),)}
    row = one(scale, "trend", "since 2023-08-01", "lag_between_lines", **options)
    assert row["estimate"] == pytest.approx(150 / 30.4375, abs=0.02)
    slope = one(scale, "trend", "since 2023-08-01", "leader_slope", **options)
    assert slope["estimate"] == pytest.approx(0.02 * 365.25, rel=1e-3)


def test_named_model_and_its_nearest_record() -> None:
    scale = hand_made(STAIRS, [("2024-01-15", 111.0), ("2024-03-01", 109.0)])
    result = headway.lag(scale, convention="named", model="cn-1", tie=0.0)
    assert result.details["named"]["matched_model"][0] == "us-2"
    assert result.headline()["estimate"] == pytest.approx(244 / 30.4375)
    with pytest.raises(UsageError, match="us-1"):
        headway.lag(scale, convention="named", model="us-1")


def test_a_noisy_straggler_does_not_catch_up_under_daily_significant() -> None:
    scale = hand_made(STAIRS, [("2023-07-01", 100.0), ("2023-12-01", 99.0)], noise=0.1, draws=400)
    values = scale.capability.values.copy()
    straggler = scale.models.index("cn-1")
    values[:, straggler] += 30 * np.random.default_rng(1).standard_normal(len(values))
    noisy = replace(
        scale,
        capability=Draws(
            values=values, dims=("draw", "model"), coords={"model": scale.models},
            unit="points", draw_set="noisy",
        ),
    )  # fmt: skip
    row = one(noisy, "daily-significant", "now", "lag_now", until=dt.date(2024, 1, 1))
    # 105 on 1 April is the first that is surely better than 100.
    assert row["estimate"] == pytest.approx(275 / 30.4375)
    every = one(noisy, "daily", "now", "lag_now", until=dt.date(2024, 1, 1), candidates="all")
    few = one(noisy, "daily", "now", "lag_now", until=dt.date(2024, 1, 1))
    assert every["low"] < 0 < few["low"]


def test_daily_significant_needs_draws(published: Scale) -> None:
    with pytest.raises(UsageError, match="draws"):
        headway.lag(published, convention="daily-significant")
    notes = compare(published, LagSpec()).notes
    assert any("daily-significant" in note for note in notes)


def test_gap_is_the_vertical_distance() -> None:
    scale = hand_made(STAIRS, [("2023-07-01", 100.0)])
    row = one(scale, "gap", "now", "gap_now", until=dt.date(2023, 8, 1))
    assert (row["estimate"], row["unit"]) == (10.0, "points")


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.floats(0, 40), st.booleans()), min_size=1, max_size=25),
)
def test_kaplan_meier_agrees_with_scipy(pairs: list[tuple[float, bool]]) -> None:
    time = np.array([round(t, 2) for t, _ in pairs])
    seen = np.array([s for _, s in pairs])
    rows = kaplan_meier(time[None, :], seen[None, :], np.ones((1, len(time)), dtype=bool), 40.0)
    median, mean = (float(x[0]) for x in rows)
    data = stats.CensoredData(uncensored=time[seen], right=time[~seen])
    if not seen.any():
        assert (median, mean) == (np.inf, pytest.approx(40.0))
        return
    curve = stats.ecdf(data).sf
    below = curve.quantiles[curve.probabilities <= 0.5 + 1e-12]
    assert median == (pytest.approx(below[0]) if len(below) else np.inf)
    grid = np.concatenate([[0.0], curve.quantiles, [40.0]])
    area = (np.diff(grid) * np.concatenate([[1.0], curve.probabilities])).sum()
    assert mean == pytest.approx(area, abs=1e-9)


def test_kaplan_meier_leaves_out_what_does_not_count() -> None:
    rng = np.random.default_rng(2)
    time, seen = rng.uniform(0, 30, (40, 12)), rng.random((40, 12)) < 0.6
    used = rng.random((40, 12)) < 0.5
    used[0] = False
    median, mean = kaplan_meier(time, seen, used, 24.0)
    assert np.isnan([median[0], mean[0]]).all()
    for k in range(1, 40):
        keep = used[k]
        whole = np.ones((1, keep.sum()), dtype=bool)
        alone = kaplan_meier(time[[k]][:, keep], seen[[k]][:, keep], whole, 24.0)
        assert (median[k], mean[k]) == pytest.approx((alone[0][0], alone[1][0]))


@settings(max_examples=15, deadline=None)
@given(st.floats(-200, 200), st.floats(0.2, 5))
def test_lags_do_not_depend_on_the_scale_s_origin_or_unit(shift: float, factor: float) -> None:
    base = hand_made(STAIRS, [("2023-05-01", 99.0), ("2023-11-15", 108.0)], noise=1.0)
    moved = replace(
        base,
        estimate=shift + factor * base.estimate,
        capability=Draws(
            values=shift + factor * base.capability.values, dims=("draw", "model"),
            coords={"model": base.models}, unit="points", draw_set="moved",
        ),
    )  # fmt: skip
    for name in ("daily", "records", "levels", "time-to-match", "named"):
        one_, two = (headway.lag(s, convention=name, tie=0.0).headline() for s in (base, moved))
        assert one_["estimate"] == pytest.approx(two["estimate"], abs=1e-6)
        assert one_["low"] == pytest.approx(two["low"], abs=1e-6)


@pytest.mark.parametrize("convention", CONVENTIONS)
def test_tables_are_tidy_and_json_is_strict(scale: Scale, convention: str) -> None:
    result = headway.lag(scale, convention=convention)
    table = result.table
    assert table.select(pl.col(pl.Float64).is_nan().any()).row(0) == (False,) * 5
    defined = table.filter(pl.col("status") == "ok")
    assert defined["estimate"].null_count() == 0
    both = defined.drop_nulls(["low", "high"])
    assert (both["low"] <= both["high"]).all()
    assert (table["level"] == 0.9).all()
    json.dumps(result.to_dict(), allow_nan=False)
    assert result.headline()["quantity"] == HEADLINE[convention][2]


def test_every_convention_has_a_measure_and_a_headline() -> None:
    assert set(MEASURES) == set(HEADLINE) == set(CONVENTIONS)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"tie": -1.0}, "tie"),
        ({"tie": float("nan")}, "tie"),
        ({"level": 0.0}, "level"),
        ({"significance": 0.2}, "significance"),
        ({"convention": "dayly"}, "daily"),
        ({"follwer": "open"}, "follower"),
        ({"trend_starts": ()}, "trend_starts"),
        ({"min_scores": 0}, "min_scores"),
        ({"since": dt.date(2026, 1, 1), "until": dt.date(2025, 1, 1)}, "since"),
        ({"since": dt.date(2030, 1, 1)}, "no day in common"),
        ({"leader": "country:XX"}, "no model has country"),
        ({"bandwidth": 0.0}, "bandwidth"),
    ],
)
def test_absurd_options_are_refused(
    point_scale: Scale, options: dict[str, object], words: str
) -> None:
    with pytest.raises(UsageError, match=words):
        headway.lag(point_scale, **options)


def test_dates_unknown_is_said() -> None:
    scores = pl.DataFrame({"model": ["a", "b"], "benchmark": ["x", "x"], "score": [0.1, 0.9]})
    scale = headway.rulers.single("x", draws=0).fit(Dataset.from_frames(scores=scores))
    with pytest.raises(UsageError, match="date"):
        headway.lag(scale, leader="model:a", follower="model:b")


def test_one_model_against_another(point_scale: Scale) -> None:
    result = headway.lag(
        point_scale, leader="model:gpt-5", follower="model:kimi-k3", convention="records"
    )
    assert result.headline()["n"] == 1


def test_periods_share_out_the_days(scale: Scale) -> None:
    pair = contest(scale, SPEC)
    spans = {p.name: p for p in pair.periods()}
    years = [p for name, p in spans.items() if name.isdigit()]
    assert sum(p.last - p.first + 1 for p in years) == pair.last - pair.first + 1
    assert spans["last-12-months"].last - spans["last-12-months"].first + 1 == 365
