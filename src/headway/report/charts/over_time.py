"""A lag or a gap over time, with its band, its recent mean, and the records that moved it."""

from collections.abc import Mapping
from itertools import pairwise
from typing import Any

import altair as alt
import polars as pl

from headway.report.charts import frame as base
from headway.report.charts.frame import Frame, Layer, Look, rows, short, year_of
from headway.report.labels import Label, Obstacles, place

FEWEST_DROPS = 0.8


def over_time(
    series: pl.DataFrame,
    look: Look,
    *,
    title: str,
    note: str,
    description: str,
    axis: str,
    tip: str,
    level: float,
    mean: Mapping[str, Any] | None = None,
    records: pl.DataFrame | None = None,
) -> alt.LayerChart:
    """Draw a daily series.

    Parameters
    ----------
    series
        Columns date, estimate, low, high; null where unknown.
    mean
        The row of a table that is the mean of the last twelve months, or None.
    records
        Records of the follower: those that made the series fall are named.
    """
    words, colours = look.words, look.colours
    known = series.filter(pl.col("estimate").is_not_null()).sort("date")
    kept = _corners(known)
    points = [
        {"x": year_of(row["date"]), "y": row["estimate"], "low": row["low"], "high": row["high"]}
        for row in kept.to_dicts()
    ]  # fmt: skip
    frame = _frame(points, look)
    values = base.ticks(*frame.y, 6)
    layers: list[Layer] = [
        alt.Chart(rows([{"x": frame.x[0], "y": frame.y[0]}]))
        .mark_point(opacity=0)
        .encode(
            x=alt.X("x", **base.x_scale(frame, **base.time_axis(frame, words), domain=True)),
            y=alt.Y("y", **base.y_scale(frame, values=values, grid=True)),
        )
    ]
    banded = [p for p in points if p["low"] is not None and p["high"] is not None]
    line = alt.Chart(rows(points))
    if banded:
        layers.append(
            alt.Chart(rows(banded))
            .mark_area(opacity=0.18, color=colours.follower, clip=True)
            .encode(x=alt.X("x:Q"), y=alt.Y("low:Q"), y2=alt.Y2("high:Q"))
        )
    if frame.y[0] < 0 < frame.y[1]:
        layers.append(
            alt.Chart(rows([{"y": 0}]))
            .mark_rule(color=colours.soft, strokeWidth=1)
            .encode(y=alt.Y("y:Q"))
        )
    layers.append(
        line.mark_line(color=colours.follower, strokeWidth=2, clip=True).encode(
            x=alt.X("x:Q"), y=alt.Y("y:Q")
        )
    )
    layers.append(_hover(known, look, tip, level))
    wishes, obstacles = [], Obstacles()
    for one, other in pairwise(points):
        _diagonal(obstacles, frame, one, other)
    if mean is not None and mean["estimate"] is not None:
        start, y = max(frame.x[0], points[-1]["x"] - 1.0), mean["estimate"]
        layers.append(
            alt.Chart(rows([{"x": start, "x2": points[-1]["x"], "y": y}]))
            .mark_rule(color=colours.ink, strokeWidth=1.4, strokeDash=[5, 3])
            .encode(x=alt.X("x:Q"), x2=alt.X2("x2:Q"), y=alt.Y("y:Q"))
        )
        obstacles.segments.append(
            (frame.px(start), frame.py(y), frame.px(points[-1]["x"]), frame.py(y))
        )
        wishes.append(
            Label(
                text=words("chart.year_mean", value=words.number(y)),
                x=frame.px((start + points[-1]["x"]) / 2), y=frame.py(y), size=12.5, bold=True,
                key="ink", needed=True, sides=("N", "S", "NW", "SW"),
                reach=(4.0, 12.0, 24.0, 40.0, 60.0, 80.0, 100.0, 130.0),
            )
        )  # fmt: skip
    wishes += _drops(known, records, frame, look)
    placed = place(wishes, obstacles, (0, 0, frame.inner, frame.height))
    layers += base.texts(frame, placed, {"ink": colours.ink, "follower": colours.follower}, look)
    layers.append(base.corner(frame, axis, look))
    return base.finish(layers, frame, look, title=title, note=note, description=description)


def _corners(known: pl.DataFrame) -> pl.DataFrame:
    """Days at which the series bends: between them it is straight."""
    if known.height < 3:
        return known
    bends = pl.lit(value=False)
    for name in ("estimate", "low", "high"):
        second = pl.col(name).diff().diff().shift(-1).abs()
        unknown = pl.col(name).is_null() != pl.col(name).shift(-1).is_null()
        bends = bends | (second > 1e-6).fill_null(value=False) | unknown.fill_null(value=True)
    last = known.height - 1
    index = pl.int_range(pl.len())
    return known.filter(bends | (index == 0) | (index == last))


def _frame(points: list[dict[str, Any]], look: Look) -> Frame:
    first, last = points[0]["x"], points[-1]["x"]
    if look.narrow:
        first = max(first, last - 2.2)
    shown = [p for p in points if p["x"] >= first] or points
    values = [v for p in shown for v in (p["y"], p["low"], p["high"]) if v is not None]
    low, high = min(0.0, *values), max(0.0, *values)
    pad = 0.06 * max(high - low, 1e-6)
    return Frame(
        width=look.width, height=230 if look.narrow else 300, left=34, right=18, top=24, bottom=26,
        x=(first - 0.01, last + 0.02), y=(low - (pad if low < 0 else 0), high + pad),
    )  # fmt: skip


def _hover(known: pl.DataFrame, look: Look, tip: str, level: float) -> Layer:
    words = look.words
    weekly = known.gather_every(7)
    values = [
        {
            "x": year_of(row["date"]),
            "y": row["estimate"],
            "day": words.day(row["date"]),
            "value": words.number(row["estimate"]),
            "interval": words.between(row["low"], row["high"]),
        }
        for row in weekly.to_dicts()
    ]
    chart: alt.Chart = (
        alt.Chart(rows(values))
        .mark_point(size=90, opacity=0, filled=True)
        .encode(
            x=alt.X("x:Q"),
            y=alt.Y("y:Q"),
            tooltip=[
                alt.Tooltip("day:N", title=words("tip.day")),
                alt.Tooltip("value:N", title=tip),
                alt.Tooltip("interval:N", title=words("tip.interval", level=words.level(level))),
            ],
        )
    )
    return chart


def _drops(
    known: pl.DataFrame, records: pl.DataFrame | None, frame: Frame, look: Look
) -> list[Label]:
    if records is None or records.is_empty():
        return []
    value = dict(known.select("date", "estimate").iter_rows())
    before = dict(known.select("date", pl.col("estimate").shift(1)).drop_nulls().iter_rows())
    found = []
    for row in records.to_dicts():
        day = row["date"]
        if day not in value or day not in before:
            continue
        fall = before[day] - value[day]
        x = year_of(day)
        if fall >= FEWEST_DROPS and x >= frame.x[0]:
            found.append((fall, x, value[day], row["name"] or row["model"]))
    found = sorted(found, reverse=True)[: 5 if look.narrow else 12]
    brief = [short(name) for *_, name in found]
    return [
        Label(
            text=short(name) if brief.count(short(name)) == 1 else name,
            x=frame.px(x),
            y=frame.py(y),
            size=11.5, key="follower",
            sides=("SE", "S", "SW", "E", "W"), reach=(5.0, 12.0, 20.0, 32.0),
        )
        for _, x, y, name in found
    ]  # fmt: skip


def _diagonal(
    obstacles: Obstacles, frame: Frame, one: dict[str, Any], other: dict[str, Any]
) -> None:
    pieces = 6
    for k in range(pieces):
        ends = [
            (
                frame.px(one["x"] + (other["x"] - one["x"]) * s / pieces),
                frame.py(one["y"] + (other["y"] - one["y"]) * s / pieces),
            )
            for s in (k, k + 1)
        ]
        obstacles.segments.append((*ends[0], *ends[1]))
