"""Rows of dots with intervals: conventions, domains, benchmarks, records, models."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt

from headway.report.charts import frame as base
from headway.report.charts.frame import Frame, Layer, Look, rows
from headway.report.labels import text_width

ROW = 27
NARROW_ROW = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of the chart.

    Parameters
    ----------
    label
        What it is.
    estimate, low, high
        The number and its interval; None where unknown.
    value
        The number as text, at the right end.
    interval
        The interval as text, for the tooltip.
    role
        Colour: leader, follower, other or ink.
    strong
        Whether it is the one that the headline takes.
    open_end
        ``"high"`` when the true value is at least the estimate, ``"low"`` when at most.
    mark
        A second value, drawn as a tick (such as the published one).
    group
        Rows of a group stand under its name.
    """

    label: str
    estimate: float | None
    low: float | None = None
    high: float | None = None
    value: str = ""
    interval: str = ""
    role: str = "follower"
    strong: bool = True
    open_end: str | None = None
    mark: float | None = None
    group: str = ""


def intervals(
    items: Sequence[Row],
    look: Look,
    *,
    title: str,
    note: str,
    description: str,
    axis: str,
    tips: tuple[str, str, str],
    zero: bool = True,
    floor: float | None = None,
) -> alt.LayerChart:
    """Draw rows of dots with intervals.

    Parameters
    ----------
    axis
        Name and unit of the horizontal axis.
    tips
        Words for what a row is, its value and its interval, in a tooltip.
    zero
        Whether the axis includes zero.
    floor
        Where the axis begins at the lowest, for numbers such as ranks.
    """
    frame, places = _frame(items, look, zero, floor)
    colours = look.colours
    values = base.ticks(*frame.x, 4 if look.narrow else 8)
    layers: list[Layer] = [
        alt.Chart(rows([{"x": frame.x[0], "y": frame.y[0]}]))
        .mark_point(opacity=0)
        .encode(
            x=alt.X(
                "x",
                **base.x_scale(frame, values=values, grid=True, orient="top", format=".6~g"),
            ),
            y=alt.Y("y", **base.y_scale(frame, labels=False, grid=False)),
        )
    ]
    if frame.x[0] < 0 < frame.x[1] or (zero and frame.x[0] == 0):
        layers.append(
            alt.Chart(rows([{"x": 0}]))
            .mark_rule(color=colours.soft, strokeWidth=1)
            .encode(x=alt.X("x:Q"))
        )
    data = [
        {
            "y": y,
            "label": item.label,
            "estimate": item.estimate,
            "low": item.low,
            "high": item.high,
            "from": _end(item, frame, "low"),
            "to": _end(item, frame, "high"),
            "value": item.value,
            "interval": item.interval or look.words.between(item.low, item.high),
            "role": item.role,
            "strong": item.strong,
            "open_end": item.open_end or "",
            "mark": item.mark,
        }
        for item, y in zip(items, places, strict=True)
    ]
    layers += _bars(data, look)
    layers += _dots(data, look, tips)
    layers += _texts(items, places, frame, look)
    layers.append(
        alt.Chart(rows([{"x": frame.x[1], "y": frame.y[1], "text": axis}]))
        .mark_text(align="right", baseline="bottom", dy=-24, fontSize=12, fill=colours.soft)
        .encode(x=alt.X("x:Q"), y=alt.Y("y:Q"), text=alt.Text("text:N"))
    )
    return base.finish(layers, frame, look, title=title, note=note, description=description)


def _frame(
    items: Sequence[Row], look: Look, zero: bool, floor: float | None
) -> tuple[Frame, list[float]]:
    row = NARROW_ROW if look.narrow else ROW
    places, y, group = [], 0.0, ""
    for item in items:
        if item.group != group:
            y += 24 if item.group else 8
            group = item.group
        places.append(y + (row - 11 if look.narrow else row / 2))
        y += row
    numbers = [v for i in items for v in (i.estimate, i.low, i.high, i.mark) if v is not None]
    low, high = (min(numbers), max(numbers)) if numbers else (0.0, 1.0)
    if zero:
        low, high = min(low, 0.0), max(high, 0.0)
    if any(i.low is None and i.high is not None for i in items):
        low -= 0.12 * max(high - low, 1e-6)
    pad = 0.04 * max(high - low, 1e-6)
    first = low if zero and low == 0 else low - pad
    first = first if floor is None else max(first, floor)
    label = 0 if look.narrow else max(text_width(i.label, 13, bold=i.strong) for i in items) + 16
    value = 0 if look.narrow else max(text_width(i.value, 12) for i in items) + 16
    height = y + 4
    return Frame(
        width=look.width,
        height=height,
        left=max(12.0, min(label, 0.42 * look.width)),
        right=max(14.0, value),
        top=46,
        bottom=8,
        x=(first, high + pad),
        y=(-height, 0.0),
    ), [-p for p in places]


def _end(item: Row, frame: Frame, side: str) -> float | None:
    """Where a bar ends: at the edge of the frame when one end lies beyond what was observed."""
    if item.low is None and item.high is None:
        return None
    value: float | None = getattr(item, side)
    if value is not None:
        return value
    return frame.x[0] if side == "low" else frame.x[1]


def _bars(data: list[dict[str, Any]], look: Look) -> list[Layer]:
    layers: list[Layer] = []
    for role in ("leader", "follower", "other", "ink"):
        chosen = [d for d in data if d["role"] == role]
        banded = [d for d in chosen if d["from"] is not None]
        colour = getattr(look.colours, role)
        if banded:
            layers.append(
                alt.Chart(rows(banded))
                .mark_rule(strokeWidth=5, opacity=0.32, color=colour, strokeCap="round")
                .encode(x=alt.X("from:Q"), x2=alt.X2("to:Q"), y=alt.Y("y:Q"))
            )
    marked = [d for d in data if d["mark"] is not None]
    if marked:
        layers.append(
            alt.Chart(rows(marked))
            .mark_tick(orient="vertical", size=13, thickness=2, color=look.colours.ink)
            .encode(x=alt.X("mark:Q"), y=alt.Y("y:Q"))
        )
    return layers


def _dots(data: list[dict[str, Any]], look: Look, tips: tuple[str, str, str]) -> list[Layer]:
    tip = [
        alt.Tooltip("label:N", title=tips[0]),
        alt.Tooltip("value:N", title=tips[1]),
        alt.Tooltip("interval:N", title=tips[2]),
    ]
    shapes = {"leader": "circle", "follower": "diamond", "other": "circle", "ink": "circle"}
    layers: list[Layer] = []
    kinds = sorted({(d["role"], d["strong"], d["open_end"]) for d in data})
    for role, strong, open_end in kinds:
        values = [
            d for d in data
            if (d["role"], d["strong"], d["open_end"]) == (role, strong, open_end)
            and d["estimate"] is not None
        ]  # fmt: skip
        if not values:
            continue
        arrow = {"high": "triangle-right", "low": "triangle-left"}.get(open_end)
        colour = getattr(look.colours, role)
        layers.append(
            alt.Chart(rows(values))
            .mark_point(
                shape=arrow or shapes[role],
                size=110 if arrow else 100 if shapes[role] == "diamond" else 80,
                filled=True,
                fill=colour if strong else look.colours.paper,
                stroke=colour,
                strokeWidth=1.6,
                opacity=1,
            )
            .encode(x=alt.X("estimate:Q"), y=alt.Y("y:Q"), tooltip=tip)
        )
    return layers


def _texts(items: Sequence[Row], places: Sequence[float], frame: Frame, look: Look) -> list[Layer]:
    wanted: list[dict[str, Any]] = []
    group = ""
    for item, y in zip(items, places, strict=True):
        if item.group and item.group != group:
            above = (NARROW_ROW - 11 if look.narrow else ROW / 2) + 9
            wanted.append(
                _text(item.group, frame.x[0], y + above, size=11.5, bold=True,
                      dx=10 - frame.left, colour=look.colours.soft)
            )  # fmt: skip
        group = item.group
        ink = look.colours.ink
        if look.narrow:
            text = " · ".join(part for part in (item.label, item.value) if part)
            wanted.append(_text(text, frame.x[0], y + 17, size=11.5, bold=False, dx=5, colour=ink))
            continue
        room = frame.left - 16
        label = item.label
        while text_width(label, 13, bold=item.strong) > room and len(label) > 4:
            label = label[:-2].rstrip() + "…"
        wanted.append(
            _text(label, frame.x[0], y, size=13, bold=False, dx=-10, align="right",
                  colour=ink)
        )  # fmt: skip
        wanted.append(
            _text(item.value, frame.x[1], y, size=11.5, bold=False, dx=10,
                  colour=look.colours.soft)
        )  # fmt: skip
    return _merged(wanted, look)


def _text(
    text: str, x: float, y: float, *, size: float, bold: bool, colour: str,
    dx: float = 0, align: str = "left",
) -> dict[str, Any]:  # fmt: skip
    return {
        "row": {"x": x, "y": y, "text": text},
        "mark": (size, bold, dx, align, colour),
    }


def _merged(wanted: Sequence[dict[str, Any]], look: Look) -> list[Layer]:
    """One layer for all texts that are drawn alike."""
    layers: list[Layer] = []
    for kind in dict.fromkeys(w["mark"] for w in wanted):
        size, bold, dx, align, colour = kind
        values = [w["row"] for w in wanted if w["mark"] == kind and w["row"]["text"]]
        if not values:
            continue
        base_chart = alt.Chart(rows(values)).encode(
            x=alt.X("x:Q"), y=alt.Y("y:Q"), text=alt.Text("text:N")
        )
        mark = {
            "align": align, "baseline": "middle", "dx": dx, "fontSize": size,
            "fontWeight": 600 if bold else 400,
        }  # fmt: skip
        if look.narrow:
            paper = look.colours.paper
            layers.append(
                base_chart.mark_text(
                    **mark, fill=paper, stroke=paper, strokeWidth=4, strokeJoin="round"
                )
            )
        layers.append(base_chart.mark_text(**mark, fill=colour))
    return layers
