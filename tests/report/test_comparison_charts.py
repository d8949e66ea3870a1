"""Charts of events, agreement, movers, weights and horizons draw what was computed."""

import datetime as dt
from typing import Any

import altair as alt
import numpy as np
import polars as pl
import pytest

import headway
from headway.analyses import (
    AgreementResult,
    DoublingResult,
    EventsResult,
    SensitivityResult,
    agreement,
    doubling_time,
    events,
    weight_sensitivity,
)
from headway.analyses.lag import LagSpec
from headway.dataset import Dataset
from headway.errors import UsageError
from headway.report.charts import (
    MEDIUM,
    NARROW,
    WIDE,
    Look,
    agreement_chart,
    doubling_chart,
    events_chart,
    movers_chart,
    sensitivity_chart,
)
from headway.report.charts.comparisons import mover_reason
from headway.report.words import LANGUAGES, Words
from headway.rulers.scale import Scale

LOOKS = [
    Look(width=width, lang=lang, theme=theme, title=theme != "page")
    for width, lang, theme in (
        (WIDE, "en", "light"),
        (MEDIUM, "zh", "page"),
        (NARROW, "en", "page"),
        (NARROW, "zh", "dark"),
    )
]


def values(chart: alt.LayerChart) -> list[dict[str, Any]]:
    return [row for rows in chart.to_dict()["datasets"].values() for row in rows]


@pytest.fixture(scope="module")
def agreed(scale: Scale, published: Scale) -> AgreementResult:
    rulers = headway.rulers
    scales = {"General": scale, "Published": published}
    for domain in ("coding", "math"):
        scales[domain] = rulers.DomainRuler(domain=domain).refit(scale)
    return agreement(scales, movers=3)


@pytest.fixture(scope="module")
def led(scale: Scale) -> EventsResult:
    return events(scale, LagSpec())


@pytest.fixture(scope="module")
def weighed(catalog: Dataset) -> SensitivityResult:
    ruler = headway.rulers.composite(["gpqa-diamond", "simplebench", "arc-agi-2"])
    return weight_sensitivity(ruler.fit(catalog, draws=5), draws=200)


@pytest.fixture(scope="module")
def doubled() -> DoublingResult:
    days = [dt.date(2024, 1, 1) + dt.timedelta(days=70 * k) for k in range(8)]
    names = [f"Model {k}" for k in range(8)]
    minutes = [2.0 ** (k * 70 / 120 - 2) for k in range(8)]
    data = Dataset.from_frames(
        scores=pl.DataFrame({"model": names, "benchmark": "w", "score": 0.5}),
        models=pl.DataFrame({"model": names, "available_on": days}),
        indicators=pl.DataFrame(
            {
                "indicator": "horizon_p50_minutes", "subject": names, "date": days,
                "value": minutes, "low": [m / 2 for m in minutes], "high": [m * 2 for m in minutes],
            }
        ),
        recorded_on="2026-06-01",
    )  # fmt: skip
    return doubling_time(headway.rulers.horizon(published=True, draws=100).fit(data))


@pytest.mark.parametrize("look", LOOKS, ids=lambda look: f"{look.width}-{look.lang}-{look.theme}")
def test_every_chart_is_valid_at_every_width(
    look: Look,
    agreed: AgreementResult,
    led: EventsResult,
    weighed: SensitivityResult,
    doubled: DoublingResult,
) -> None:
    for chart in (
        agreement_chart(agreed, look),
        movers_chart(agreed, look),
        events_chart(led, look),
        events_chart(led, look, kind="domain"),
        sensitivity_chart(weighed, look),
        doubling_chart(doubled, look),
    ):
        spec = chart.to_dict()
        padding = spec["padding"]
        assert spec["width"] + padding["left"] + padding["right"] == pytest.approx(look.width)
        assert len(spec["description"]) > 60
        assert spec["height"] > 100


def test_results_have_their_chart(
    agreed: AgreementResult, led: EventsResult, weighed: SensitivityResult, doubled: DoublingResult
) -> None:
    for chart in (agreed.chart(), agreed.movers_chart(), led.chart(), weighed.chart(),
                  doubled.chart()):  # fmt: skip
        assert chart.to_dict()["layer"]


def test_every_pair_is_a_square_with_its_number(agreed: AgreementResult) -> None:
    drawn = {(row["x"], row["y"]): row for row in values(agreement_chart(agreed)) if "shade" in row}
    assert len(drawn) == 12
    for row in agreed.table.filter(pl.col("quantity") == "spearman").to_dicts():
        i, j = agreed.rulers.index(row["ruler"]), agreed.rulers.index(row["other"])
        square = drawn[i, -j]
        assert square["text"] == f"{row['estimate']:.2f}"
        assert square["n"] == row["n"]
        assert i < j
    shades = {k: row["shade"] for k, row in drawn.items()}
    numbers = {k: float(row["text"]) for k, row in drawn.items()}
    assert max(shades, key=shades.get) == max(numbers, key=numbers.get)


def test_movers_run_from_the_one_rank_to_the_other(agreed: AgreementResult) -> None:
    table = agreed.details["movers"].filter(pl.col("difference").abs() > 1)
    drawn = [row for row in values(movers_chart(agreed)) if row.get("mark") is not None]
    marks = {(row["label"], row["mark"], row["estimate"]) for row in drawn}
    assert len(marks) == table.height
    for row in table.to_dicts():
        found = [m for m in marks if m[1:] == (row["rank_reference"], row["rank_other"])]
        assert found
        reason = mover_reason(agreed, row, Words("en"))
        assert reason
        assert ("few scores" in reason) == ("few_scores" in row["why"])


def test_events_carry_the_name_of_their_leader(led: EventsResult) -> None:
    chart = events_chart(led)
    drawn = {r["label"]: r for r in values(chart) if r.get("estimate") is not None}
    shown = led.table.filter(
        pl.col("best_name").is_not_null() & ~pl.col("stale").fill_null(value=False)
    )
    dotted = shown.filter(pl.col("estimate").is_not_null())
    assert len(drawn) == dotted.height > 30
    for row in dotted.filter(pl.col("kind") == "benchmark").to_dicts():
        line = drawn[row["name"]]
        assert line["estimate"] == row["estimate"]
        assert line["value"].startswith(row["best_name"].partition(" (")[0])
        if row["leads_in_draws"] is not None:
            assert line["value"].endswith(f"{100 * row['leads_in_draws']:.0f}%")
    texts = " ".join(str(row["text"]) for row in values(chart) if "text" in row)
    for row in shown.filter(pl.col("estimate").is_null()).to_dicts():
        assert row["best_name"].partition(" (")[0] in texts
    assert f": {led.table.height - shown.height}." in texts


def test_ranks_begin_at_one(weighed: SensitivityResult) -> None:
    spec = sensitivity_chart(weighed).to_dict()
    domains = [
        layer["encoding"]["x"]["scale"]["domain"]
        for layer in spec["layer"]
        if "scale" in layer.get("encoding", {}).get("x", {})
    ]
    assert domains
    assert all(0 < low < 1 for low, _ in domains)


def test_horizons_lie_on_their_line(doubled: DoublingResult) -> None:
    drawn = [row for row in values(doubling_chart(doubled)) if "line" in row]
    assert len(drawn) == doubled.details["records"].height
    assert all(row["y"] == pytest.approx(row["line"], abs=1e-9) for row in drawn)
    # The published interval is four times as wide at 95%; 100 draws say about as much at 90%.
    widths = np.array([row["high"] - row["low"] for row in drawn])
    assert widths.mean() == pytest.approx(2 * 1.645 / 1.96, rel=0.15)


def test_nothing_to_draw_is_said(agreed: AgreementResult, led: EventsResult) -> None:
    from dataclasses import replace

    still = replace(agreed, details=dict(agreed.details) | {
        "movers": agreed.details["movers"].clear()})  # fmt: skip
    with pytest.raises(UsageError, match="no model stands elsewhere"):
        movers_chart(still)
    with pytest.raises(UsageError, match="no event"):
        events_chart(replace(led, table=led.table.with_columns(best_name=pl.lit(None))))
    silent = agreed.table.with_columns(estimate=pl.lit(None, dtype=pl.Float64))
    with pytest.raises(UsageError, match="enough models in common"):
        agreement_chart(replace(agreed, table=silent))


def test_every_word_of_the_results_is_known(
    agreed: AgreementResult, led: EventsResult, weighed: SensitivityResult, doubled: DoublingResult
) -> None:
    english = LANGUAGES["en"]
    for result in (agreed, led, weighed, doubled):
        for column in ("quantity", "status", "pairing"):
            if column in result.table.columns:
                for value in result.table[column].drop_nulls().unique():
                    assert f"{column}.{value}" in english
        for note in result.notes:
            assert Words("zh").note(note)[1], note
    for words in agreed.details["movers"]["why"]:
        assert all(f"why.{word}" in english for word in words.split(";"))


NOTES = [
    "x: number of items unknown, so no sampling noise.",
    "3 models lack a component of Four 1 and are left out; the table 'missing' says which.",
    "3 models with less than 50% of the weight of Four 1 are left out.",
    "9 empty cells of 4 models are filled by the rule worst.",
    "Resampling 2 benchmarks says little about others: the intervals are too narrow.",
    "3 answers that failed by a technical error count as missing.",
    "3 answers to items without a human time are left out.",
    "3 models that tried fewer than 10 tasks are left out.",
    "3 models have several variants, pooled into one.",
    "3 models have several variants; the best of each counts.",
    "The horizon of 2 models lies outside the tasks, which take from 0.02 to 2e+03 minutes; it is "
    "a bound.",
    "The tasks form 5 families only, so intervals say little.",
    "Published horizons have no paired draws: those of two models are independent.",
    "2 published horizons are of no model of this dataset and left out.",
    "2 records whose horizon is only a bound are left out.",
    "2 pairs of rulers have draws of two sets, matched at random (seed 0).",
    "a, b: no draws, so the intervals hold the noise of the other ruler only.",
    "2 pairs of rulers have fewer than 5 models in common.",
    "The rulers rest on different evidence (one on data frames; two on catalog as of 2026-01-01), "
    "so they may differ by that as well.",
    "50% time horizon",
    "50% time horizon (published)",
    "ECI-compatible (refit): coding",
]


@pytest.mark.parametrize("note", NOTES)
def test_every_note_is_translated(note: str) -> None:
    text, known = Words("zh").note(note)
    assert known
    assert text != note
