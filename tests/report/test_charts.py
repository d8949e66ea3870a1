"""The charts are valid, and what they draw is what was computed."""

from dataclasses import replace
from typing import Any

import altair as alt
import polars as pl
import pytest

import headway
from headway.analyses.lag import CONVENTIONS, LagSpec, lag
from headway.errors import UsageError
from headway.frontier import frontier
from headway.report.charts import MEDIUM, NARROW, WIDE, Look, events_chart, lag_chart, ranking
from headway.report.charts.facts import Facts
from headway.report.charts.frame import ticks, wrap, year_of
from headway.report.figures import figures
from headway.report.labels import text_width
from headway.report.palette import DARK, LIGHT, contrast, palette
from headway.report.story import Story
from headway.rulers.scale import Scale

NAMES = (
    "frontiers", "time", "conventions", "rulers", "agreement", "movers", "second_frontiers",
    "second_conventions", "domains", "benchmarks", "premium", "premium_benchmarks", "ranking",
    "multiverse",
)  # fmt: skip


def _values(spec: dict[str, Any]) -> list[dict[str, Any]]:
    """Every row of data in a chart."""
    return [row for values in spec["datasets"].values() for row in values]


def _texts(spec: dict[str, Any]) -> str:
    return " ".join(str(row["text"]) for row in _values(spec) if "text" in row)


@pytest.mark.parametrize("width", [WIDE, MEDIUM, NARROW])
@pytest.mark.parametrize(("lang", "theme"), [("en", "light"), ("zh", "page")])
def test_every_figure_is_valid_at_every_width(
    story: Story, width: int, lang: str, theme: str
) -> None:
    look = Look(width=width, lang=lang, theme=theme, title=theme != "page")
    made = figures(story, look)
    assert tuple(made) == NAMES
    for figure in made.values():
        chart = figure.draw(look)
        assert isinstance(chart, alt.LayerChart)
        spec = chart.to_dict()
        padding = spec["padding"]
        assert spec["width"] + padding["left"] + padding["right"] == pytest.approx(width)
        assert figure.title
        assert figure.note
        assert len(figure.description) > 60
        assert spec["description"] == figure.description
        assert "http" not in str({k: v for k, v in spec.items() if k != "$schema"})


def test_the_frontiers_are_those_computed(story: Story) -> None:
    bout = story.main
    facts = Facts(story.scale, bout.leader, bout.follower, bout.records, Look())
    for role, side in (("leader", bout.leader), ("follower", bout.follower)):
        steps = facts.steps[role]
        for row in side.table.filter(pl.col("estimate").is_not_null()).to_dicts():
            at = year_of(row["date"])
            (step,) = [
                s for s in steps if s.start <= at < s.end or (s is steps[-1] and at >= s.end)
            ]
            assert (step.estimate, step.low, step.high) == (
                row["estimate"], row["low"], row["high"],
            )  # fmt: skip
    estimates = dict(zip(story.scale.models, story.scale.estimate.tolist(), strict=True))
    assert facts.models
    assert all(m["y"] == estimates[m["model"]] for m in facts.models)
    arrows = {a["model"]: a for a in facts.arrows}
    assert len(arrows) >= 3
    for row in bout.records.to_dicts():
        if row["model"] in arrows:
            arrow = arrows[row["model"]]
            assert arrow["x"] == year_of(row["matched_date"])
            assert arrow["x2"] == year_of(row["date"])
            assert arrow["estimate"] == row["estimate"]


def test_bands_lines_and_dots_stay_in_the_frame(story: Story) -> None:
    bout = story.main
    for width in (WIDE, MEDIUM, NARROW):
        facts = Facts(story.scale, bout.leader, bout.follower, bout.records, Look(width=width))
        shown = facts.inside()
        below, earlier = facts.outside()
        assert len(shown) + below + earlier == len(facts.models)
        spec = figures(story, Look(width=width))["frontiers"].draw(Look(width=width)).to_dict()
        for layer in spec["layer"]:
            mark = layer.get("mark", {})
            if mark.get("type") in ("area", "line"):
                assert mark["clip"] is True


def test_an_announcement_long_before_use_is_marked(story: Story) -> None:
    bout = story.main
    facts = Facts(story.scale, bout.leader, bout.follower, bout.records, Look())
    moved = {m["model"]: m for m in facts.moved()}
    assert str(moved["o3"]["day"]) == "2024-12-20"
    assert "o3 announced December 2024" in _texts(
        figures(story, Look())["frontiers"].draw(Look()).to_dict()
    )


@pytest.mark.parametrize("convention", CONVENTIONS)
def test_every_convention_has_a_chart(scale: Scale, convention: str) -> None:
    result = lag(scale, convention=convention)
    chart = result.chart()
    assert chart.to_dict()["layer"]
    assert lag_chart(result, Look(lang="zh", width=NARROW)).to_dict()["layer"]


def test_the_daily_series_is_drawn_as_computed(scale: Scale) -> None:
    result = lag(scale, convention="daily")
    series = {year_of(row["date"]): row for row in result.details["series"].to_dicts()}
    drawn = [row for row in _values(lag_chart(result).to_dict()) if {"x", "y", "low"} <= set(row)]
    assert len(drawn) > 20
    for row in drawn:
        assert row["y"] == series[row["x"]]["estimate"]
        assert row["low"] == series[row["x"]]["low"]


def test_conventions_are_drawn_as_computed(story: Story) -> None:
    spec = figures(story, Look())["conventions"].draw(Look()).to_dict()
    drawn = {row["label"]: row for row in _values(spec) if "estimate" in row}
    daily = story.main.compared.headline("daily")
    assert drawn["Day by day"]["estimate"] == daily["estimate"]
    assert drawn["Day by day"]["low"] == daily["low"]
    assert drawn["Day by day"]["strong"] is True
    assert sum(row["strong"] for row in drawn.values()) == 1


def test_at_least_is_an_arrow_and_unknown_is_left_out(story: Story) -> None:
    assert story.events is not None
    table = story.events.table.filter(pl.col("kind") == "benchmark")
    spec = events_chart(story.events, Look(), kind="benchmark", lags_only=True).to_dict()
    drawn = {row["label"]: row for row in _values(spec) if "open_end" in row}
    known = table.filter(
        pl.col("estimate").is_not_null()
        & pl.col("best_name").is_not_null()
        & ~pl.col("stale").fill_null(value=False)
    )
    assert len(drawn) == known.height > 10
    for row in known.to_dicts():
        assert drawn[row["name"]]["open_end"] == ("high" if row["status"] == "at_least" else "")
    silent = story.events.table.with_columns(estimate=pl.lit(None, dtype=pl.Float64))

    with pytest.raises(UsageError, match="enough models"):
        events_chart(replace(story.events, table=silent), Look(), lags_only=True)


def test_the_ranking_shows_the_published_values_beside(scale: Scale) -> None:
    spec = ranking(scale, 12).to_dict()
    drawn = {row["label"]: row for row in _values(spec) if "mark" in row}
    assert len(drawn) == 12
    ratings = dict(scale.dataset.ratings.select("model", "rating").iter_rows())
    best = scale.rank().row(0, named=True)
    (first,) = [row for label, row in drawn.items() if label.startswith(best["name"])]
    assert first["estimate"] == best["estimate"]
    assert first["mark"] == ratings[best["entity"]]
    assert scale.chart(most=5).to_dict()["layer"]


def test_a_scale_without_draws_has_charts_without_intervals(point_scale: Scale) -> None:
    leader, follower = (frontier(point_scale, g) for g in ("country:US", "country:CN"))
    records = headway.lag(point_scale, convention="records").details["records"]
    drawing = headway.report.charts.frontiers(point_scale, leader, follower, records, Look())
    assert not [row for row in _values(drawing.to_dict()) if row.get("low") is not None]
    assert headway.lag(point_scale).chart().to_dict()["layer"]


def test_a_follower_that_leads_is_drawn(scale: Scale) -> None:
    spec = LagSpec(leader="country:CN", follower="country:US")
    result = headway.lag(scale, leader=spec.leader, follower=spec.follower)
    drawn = [row["y"] for row in _values(result.chart().to_dict()) if {"x", "y", "low"} <= set(row)]
    assert min(drawn) < 0


@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_text_colours_have_contrast(theme: Any) -> None:
    for role in ("ink", "soft", "faint", "leader", "follower", "accent"):
        for ground in (theme.paper, theme.panel):
            assert contrast(getattr(theme, role), ground) >= 4.5


def test_an_unknown_theme_is_refused() -> None:
    with pytest.raises(UsageError, match="light, dark, page"):
        palette("sepia")


def test_wrapping() -> None:
    lines = wrap("中国最好的模型落后美国，目前如此。", 80, 10)
    assert "".join(lines) == "中国最好的模型落后美国，目前如此。"
    assert all(text_width(line, 10) <= 90 for line in lines)
    assert not any(line.startswith(("，", "。")) for line in lines)


@pytest.mark.parametrize(("low", "high"), [(0.0, 0.3), (-7.0, 31.0), (117.3, 166.2), (0.0, 1e-7)])
def test_ticks_are_round_and_inside(low: float, high: float) -> None:
    found = ticks(low, high, 7)
    assert 1 <= len(found) <= 9
    assert all(low <= t <= high for t in found)
