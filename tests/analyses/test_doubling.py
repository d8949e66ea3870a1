"""The doubling time of horizons."""

import datetime as dt

import numpy as np
import polars as pl
import pytest

import headway
from headway.analyses import doubling_time
from headway.dataset import Dataset
from headway.errors import NotIdentified, UsageError
from headway.rulers.scale import Scale

FIRST = dt.date(2024, 1, 1)


def published(values: list[float], spread: float, step: int = 50) -> Scale:
    """Horizons of models that come every ``step`` days."""
    days = [FIRST + dt.timedelta(days=step * k) for k in range(len(values))]
    names = [f"m{k:02d}" for k in range(len(values))]
    data = Dataset.from_frames(
        scores=pl.DataFrame({"model": names, "benchmark": "w", "score": 0.5}),
        models=pl.DataFrame({"model": names, "available_on": days}),
        indicators=pl.DataFrame(
            {
                "indicator": "horizon_p50_minutes",
                "subject": names,
                "date": days,
                "value": values,
                "low": [v / spread for v in values],
                "high": [v * spread for v in values],
            }
        ),
        recorded_on="2026-06-01",
    )
    return headway.rulers.horizon(published=True, draws=400).fit(data)


def row(table: pl.DataFrame, unit: str) -> dict[str, object]:
    return table.row(by_predicate=pl.col("unit") == unit, named=True)


def test_a_straight_road_doubles_as_it_does() -> None:
    scale = published([2.0 ** (50 * k / 125) for k in range(10)], spread=1.5)
    result = doubling_time(scale)
    days, months = row(result.table, "days"), row(result.table, "months")
    assert days["estimate"] == pytest.approx(125.0, abs=1e-9)
    assert months["estimate"] == pytest.approx(125 / 30.4375, abs=1e-9)
    assert row(result.table, "doublings")["estimate"] == pytest.approx(365.25 / 125, abs=1e-9)
    assert days["low"] < 125 < days["high"]
    assert days["n"] == 10
    line = result.details["records"]
    assert np.allclose(line["line"], line["minutes"])


def test_only_records_count_and_only_those_asked_for() -> None:
    values = [2.0 ** (50 * k / 125) for k in range(10)]
    values[3] = 0.5
    result = doubling_time(published(values, spread=1.5))
    assert row(result.table, "days")["n"] == 9
    assert row(result.table, "days")["estimate"] == pytest.approx(125.0, abs=1e-9)
    since = doubling_time(published(values, 1.5), since=FIRST + dt.timedelta(days=240))
    assert since.details["records"]["date"].min() == FIRST + dt.timedelta(days=250)
    assert since.table["period"][0] == "since 2024-08-28"
    short = doubling_time(published(values, 1.5), longest_minutes=values[6])
    assert short.details["records"]["minutes"].max() <= values[6]


def test_scatter_of_the_records_widens_the_interval() -> None:
    rng = np.random.default_rng(1)
    values = [2.0 ** (50 * k / 125 + rng.uniform(-0.19, 0.19)) for k in range(14)]
    scale = published(values, spread=1.05)
    wide, narrow = (
        row(doubling_time(scale, resample_records=flag).table, "days") for flag in (True, False)
    )
    assert wide["estimate"] == narrow["estimate"]
    assert wide["high"] - wide["low"] > 2 * (narrow["high"] - narrow["low"])


def test_horizons_that_fall_behind_have_no_finite_bound() -> None:
    scale = published([1.0, 1.01, 1.02, 1.03], spread=30.0)
    days = row(doubling_time(scale).table, "days")
    assert days["estimate"] == pytest.approx(150 / np.log2(1.03), rel=0.01)
    assert days["high"] is None
    assert days["status"] == "partly_defined"


def test_wrong_questions_are_refused(point_scale: Scale) -> None:
    with pytest.raises(UsageError, match="does not measure time horizons"):
        doubling_time(point_scale)
    scale = published([1.0, 2.0, 4.0], spread=1.5)
    with pytest.raises(NotIdentified, match="it takes 3"):
        doubling_time(scale, longest_minutes=2.0)
    with pytest.raises(UsageError, match="longest_minutes"):
        doubling_time(scale, longest_minutes=0.0)
    with pytest.raises(UsageError, match="level"):
        doubling_time(scale, level=2.0)
    with pytest.raises(UsageError, match="group"):
        doubling_time(scale, group="country:XX")


def test_the_published_trend_of_metr_is_met(facts_metr: Dataset) -> None:
    """The header of the file gives 128.744 days since 2023, and 187.778 in all."""
    scale = headway.rulers.horizon(published=True).fit(facts_metr)
    options = {"date": "listed", "longest_minutes": 960.0}
    since = doubling_time(scale, since=dt.date(2023, 1, 1), **options)
    assert row(since.table, "days")["estimate"] == pytest.approx(128.744, abs=0.01)
    assert row(doubling_time(scale, **options).table, "days")["estimate"] == pytest.approx(
        187.778, abs=0.01
    )
    days = row(since.table, "days")
    # Theirs, at 95%: 104 to 158.
    assert 90 < days["low"] < 115
    assert 145 < days["high"] < 170


@pytest.fixture
def facts_metr() -> Dataset:
    import os
    from pathlib import Path

    from headway.sources import metr

    folder = os.environ.get("HEADWAY_FACTS")
    path = Path(folder or "nowhere") / "metr" / "metr_1_1_2026-08-01.yaml"
    if not path.is_file():
        pytest.skip("HEADWAY_FACTS names no folder with time horizons")
    tables = metr.read([path]).tables
    return Dataset.from_frames(
        sources=tables["sources"],
        models=tables["models"],
        scores=tables["scores"].drop("released_on"),
        indicators=tables["indicators"],
        benchmarks=pl.DataFrame(
            {"benchmark": ["METR Time Horizons"], "chance": [0.0], "ceiling": [1.0]}
        ),
        recorded_on="2026-08-01",
    )
