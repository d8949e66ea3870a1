"""What has no answer says so: no number beside a status that denies it, no error without a way."""

import datetime as dt

import numpy as np
import polars as pl
import pytest

import headway
from headway.analyses.contest import LagSpec
from headway.analyses.lag import compare
from headway.analyses.result import Finding, tidy
from headway.dataset import Dataset
from headway.errors import NotIdentified, UsageError
from headway.rulers import calibrated, eci
from tests.races import race


@pytest.mark.parametrize("status", ["not_enough_data", "ok"])
def test_a_row_without_an_answer_has_no_interval(status: str) -> None:
    rows = np.array([np.nan if status == "ok" else 3.0, *np.linspace(1, 2, 40)])
    finding = Finding(
        period="all", entity="e", quantity="q", rows=rows, unit="months", n=1, status=status
    )
    row = tidy("daily", [finding], 0.9).row(0, named=True)
    assert row["status"] == ("not_defined" if status == "ok" else status)
    assert (row["estimate"], row["low"], row["high"]) == (None, None, None)


def test_a_trend_that_starts_too_late_is_an_error_with_a_way_out() -> None:
    scale = eci(draws=20).fit(race())
    with pytest.raises(NotIdentified, match="fewer than 60 days from 2025-11-30") as caught:
        headway.lag(scale, convention="trend", trend_starts=(dt.date(2025, 11, 30),))
    assert "--trend-starts" in str(caught.value.hint)
    both = compare(scale, LagSpec(trend_starts=(dt.date(2025, 11, 30),)), ("trend", "gap"))
    assert both.conventions == ("gap",)
    assert any("trend: fewer than 60 days" in note for note in both.notes)


def test_the_headline_of_a_convention_is_one_that_answers() -> None:
    starts = (dt.date(2024, 6, 1), dt.date(2025, 11, 30))
    result = headway.lag(eci(draws=20).fit(race()), convention="trend", trend_starts=starts)
    assert result.headline()["estimate"] is not None
    with pytest.raises(UsageError, match="did you mean"):
        result.headline("dayly")


def test_a_composite_of_scores_without_errors_has_no_interval() -> None:
    data = race()
    scores = data.scores.filter(variant="default").select("model", "benchmark", "score")
    bare = Dataset.from_frames(
        recorded_on="2026-01-01",
        models=data.models.select("model", "country", "announced_on", "available_on"),
        scores=scores,
    )
    scale = headway.rulers.composite({"b0": 1.0, "b1": 1.0}, resample="scores").fit(bare)
    assert np.isnan(scale.low).all()
    assert scale.capability.n_draws == 0
    held = headway.rulers.composite({"b0": 1.0, "b1": 1.0}, resample="benchmarks").fit(bare)
    assert np.isfinite(held.low).any()


def test_the_calibrated_ruler_refuses_scores_that_tell_nothing_apart() -> None:
    names = [f"m{k}" for k in range(6)]
    flat = pl.DataFrame(
        [(m, f"b{j}", 0.5) for m in names for j in range(6)],
        schema=["model", "benchmark", "score"], orient="row",
    )  # fmt: skip
    with pytest.raises(NotIdentified, match="do not tell the models apart"):
        calibrated(anchors=None, draws=20).fit(
            Dataset.from_frames(scores=flat, recorded_on="2026-01-01")
        )
