"""Time horizons against the day of release, on a logarithmic axis, with their straight line."""

from typing import Any

import altair as alt
import numpy as np
import polars as pl

from headway.analyses.doubling import DoublingResult
from headway.report.charts import frame as base
from headway.report.charts.frame import Frame, Layer, Look, rows, short, year_of
from headway.report.labels import Label, Obstacles, place
from headway.report.words import Words

# Lengths that a reader knows, in minutes.
_ROUND = (1 / 60, 5 / 60, 0.25, 1, 4, 15, 60, 240, 960, 3840, 15360)


def doubling_chart(result: DoublingResult, look: Look | None = None) -> alt.LayerChart:
    """Draw the records of a doubling time and the line through them."""
    look = look or Look()
    words = look.words
    points = [
        {
            "x": year_of(row["date"]), "y": np.log2(row["minutes"]), "line": np.log2(row["line"]),
            "low": None if row["low"] is None else np.log2(row["low"]),
            "high": None if row["high"] is None else np.log2(row["high"]),
            "name": str(row["name"]), "day": words.day(row["date"]),
            "value": length(words, row["minutes"]),
            "interval": "–".join(length(words, row[end]) for end in ("low", "high")),
        }
        for row in result.details["records"].sort("date").to_dicts()
    ]  # fmt: skip
    frame = _frame(points, look)
    colours = look.colours
    shown = [m for m in _ROUND if frame.y[0] <= np.log2(m) <= frame.y[1]]
    named = ",".join(f"'{np.log2(m):.3f}':'{length(words, m)}'" for m in shown)
    axis = {
        "values": [float(np.log2(m)) for m in shown],
        "labelExpr": f"{{{named}}}[format(datum.value,'.3f')]",
    }
    layers: list[Layer] = [
        alt.Chart(rows([{"x": frame.x[0], "y": frame.y[0]}]))
        .mark_point(opacity=0)
        .encode(
            x=alt.X("x", **_times(frame, words)),
            y=alt.Y("y", **base.y_scale(frame, grid=True, **axis)),
        )
    ]
    barred = [p for p in points if p["low"] is not None and p["high"] is not None]
    if barred:
        layers.append(
            alt.Chart(rows(barred))
            .mark_rule(strokeWidth=5, opacity=0.32, color=colours.leader, strokeCap="round")
            .encode(x="x:Q", y="low:Q", y2="high:Q")
        )
    layers.append(
        alt.Chart(rows(points))
        .mark_line(color=colours.ink, strokeWidth=1.4, strokeDash=[5, 3])
        .encode(x="x:Q", y="line:Q")
    )
    layers.append(
        alt.Chart(rows(points))
        .mark_point(shape="circle", size=80, filled=True, fill=colours.leader, opacity=1)
        .encode(
            x="x:Q",
            y="y:Q",
            tooltip=[
                alt.Tooltip("name:N", title=words("tip.model")),
                alt.Tooltip("day:N", title=words("tip.day")),
                alt.Tooltip("value:N", title=words("tip.horizon")),
                alt.Tooltip("interval:N", title=words(
                    "tip.interval", level=words.level(float(result.spec["scale_level"])))),
            ],
        )
    )  # fmt: skip
    layers += _labels(points, frame, look)
    layers.append(base.corner(frame, words("chart.doubling_axis"), look))
    days = result.table.filter(pl.col("unit") == "days").row(0, named=True)
    title = words("chart.doubling_title", days=words.number(days["estimate"], 0))
    note = words(
        "chart.doubling_note",
        share=words.number(100 * float(result.spec["success"]), 0),
        level=words.level(float(result.spec["scale_level"])),
        days=words.number(days["estimate"], 0),
        line_level=words.level(float(result.spec["level"])),
        low=words.number(days["low"], 0),
        high=words.number(days["high"], 0),
    )
    colon, stop = ("：", "；") if words.lang == "zh" else (": ", "; ")
    told = stop.join(f"{p['name']} {p['day']} {p['value']}" for p in points)
    return base.finish(
        layers, frame, look, title=title, note=note, description=f"{title}{colon}{told}"
    )


def length(words: Words, minutes: float | None) -> str:
    """Return a span of human time in the unit that suits it.

    >>> length(Words("en"), 0.25), length(Words("en"), 90.0), length(Words("zh"), 240.0)
    ('15 s', '90 min', '4 小时')
    """
    if minutes is None:
        return words("number.unknown")
    unit, value = "minutes", minutes
    if minutes < 1:
        unit, value = "seconds", 60 * minutes
    elif minutes >= 120 or minutes == 60:
        unit, value = "hours", minutes / 60
    digits = 1 if value < 10 and abs(value - round(value)) > 0.05 else 0
    return words(f"time.{unit}", value=words.number(value, digits))


def _times(frame: Frame, words: Words) -> dict[str, Any]:
    options = base.x_scale(frame)
    options["axis"] = alt.Axis(title=None, **base.time_axis(frame, words))
    return options


def _frame(points: list[dict[str, Any]], look: Look) -> Frame:
    ends = [v for p in points for v in (p["y"], p["low"], p["high"], p["line"]) if v is not None]
    low, high = min(ends), max(ends)
    pad = 0.06 * (high - low)
    first, last = points[0]["x"], points[-1]["x"]
    side = 0.05 * (last - first)
    return Frame(
        width=look.width, height=280 if look.narrow else 380, left=60, right=18, top=28,
        bottom=28, x=(first - side, last + side), y=(low - pad, high + pad),
    )  # fmt: skip


def _labels(points: list[dict[str, Any]], frame: Frame, look: Look) -> list[Layer]:
    obstacles = Obstacles(dots=[(frame.px(p["x"]), frame.py(p["y"]), 6.0) for p in points])
    for p in points:
        if p["low"] is not None and p["high"] is not None:
            x = frame.px(p["x"])
            obstacles.segments.append((x, frame.py(p["low"]), x, frame.py(p["high"])))
    wishes = [
        Label(
            text=short(p["name"]), x=frame.px(p["x"]), y=frame.py(p["y"]), size=11.5, key="ink",
            sides=("NW", "W", "SE", "E", "N", "S"), reach=(8.0, 16.0, 28.0),
        )
        for p in reversed(points)
    ]  # fmt: skip
    placed = place(wishes, obstacles, (0, 0, frame.inner, frame.height))
    return base.texts(frame, placed, {"ink": look.colours.ink}, look)
