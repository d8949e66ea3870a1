"""The specification curve: every way to ask, in order, above the choices that it makes."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt
import numpy as np
import polars as pl

from headway.analyses.multiverse import AXES, MultiverseResult
from headway.report.charts import frame as base
from headway.report.charts.frame import Frame, Layer, Look, rows
from headway.report.labels import text_width

CURVE, NARROW_CURVE = 290.0, 240.0
ROW, HEAD, GAP = 14.0, 25.0, 8.0
TICK = 9.0
STEP, NARROW_STEP = 3.2, 2.2


@dataclass(frozen=True, slots=True, kw_only=True)
class _Line:
    """One value of a choice: its row in the matrix."""

    choice: str
    value: str
    y: float
    median: float


def specification(
    result: MultiverseResult, look: Look, question: str | None = None
) -> alt.LayerChart:
    """Draw the sorted answers with their intervals, and below them the choices as a matrix.

    Ways are thinned evenly by rank to what the width can show; medians, band and percentages are
    of all ways.
    """
    name = result.question(question)
    ways = result.answered(name)
    words = look.words
    leader, follower = result.spec.asked[name]
    names = words.names(leader, follower)
    if ways.is_empty():
        return _empty(look, words("multiverse.ways_title", **names), words("multiverse.none"))
    shares = {
        row["choice"]: row["total"]
        for row in result.variance.filter(pl.col("question") == name).to_dicts()
    }
    curve = NARROW_CURVE if look.narrow else CURVE
    lines, heads, bottom = _matrix(result, name, curve)
    frame = _frame(lines, heads, shares, bottom, look)
    shown = thinned(ways, int(frame.inner / (NARROW_STEP if look.narrow else STEP)))
    values = _Curve(ways, shown, curve)
    layers = _curve(result.summary(name), shown, values, frame, look)
    layers += _choices(shown, lines, frame, look, result.strongest(name))
    layers += _labels(lines, heads, shares, frame, look)
    return base.finish(
        layers, frame, look, title=words("multiverse.ways_title", **names),
        note=note(result, look, name), description=described(result, look, name),
    )  # fmt: skip


def thinned(ways: pl.DataFrame, most: int) -> pl.DataFrame:
    """At most so many of the sorted ways, evenly by rank, the first and the last among them."""
    if ways.height <= most:
        return ways
    at = np.unique(np.round(np.linspace(0, ways.height - 1, max(most, 2))).astype(int))
    kept: pl.DataFrame = ways[at.tolist()]
    return kept


def note(result: MultiverseResult, look: Look, question: str) -> str:
    """Say how to read the chart."""
    return look.words(
        "multiverse.ways_note", count=f"{result.answered(question).height:,}",
        level=look.words.level(result.spec.level),
    )  # fmt: skip


def described(result: MultiverseResult, look: Look, question: str) -> str:
    """Say the chart in words."""
    words = look.words
    found = result.summary(question)
    if found["median"] is None:
        return words("multiverse.none")
    margins = result.margins.filter(
        (pl.col("question") == question) & pl.col("median").is_not_null()
    )
    parts = []
    for choice in AXES:
        part = margins.filter(pl.col("choice") == choice).sort("median").to_dicts()
        if len(part) > 1:
            first, last = part[0], part[-1]
            parts.append(
                words(
                    "multiverse.part", choice=words(f"choice.{choice}"),
                    low=words.number(first["median"]), high=words.number(last["median"]),
                    first=words.choice(choice, first["value"]),
                    last=words.choice(choice, last["value"]),
                )
            )  # fmt: skip
    return words(
        "multiverse.ways_text", count=f"{found['n']:,}", median=words.number(found["median"]),
        level=words.level(result.spec.level), low=words.number(found["low"]),
        high=words.number(found["high"]), parts=("" if words.lang == "zh" else " ").join(parts),
    )  # fmt: skip


class _Curve:
    """The vertical scale of the upper part: months to pixels below the top."""

    def __init__(self, ways: pl.DataFrame, shown: pl.DataFrame, height: float) -> None:
        ends = [shown[c].drop_nulls() for c in ("estimate", "low", "high")]
        numbers = np.concatenate([part.to_numpy() for part in ends])
        middle = ways["estimate"].to_numpy()
        # One interval that runs away must not flatten all others: it is cut at the edge.
        room = 0.6 * max(float(np.ptp(middle)), 1.0)
        low = max(float(numbers.min()), float(middle.min()) - room)
        high = min(float(numbers.max()), float(middle.max()) + room)
        pad = 0.03 * max(high - low, 1.0)
        self.low, self.high = min(low - pad, 0.0), high + pad
        self.height = height

    def y(self, value: float) -> float:
        inside = min(max(value, self.low), self.high)
        return -(self.high - inside) / (self.high - self.low) * self.height


def _matrix(
    result: MultiverseResult, question: str, top: float
) -> tuple[list[_Line], list[tuple[str, float]], float]:
    margins = result.margins.filter((pl.col("question") == question) & (pl.col("n") > 0))
    lines: list[_Line] = []
    heads: list[tuple[str, float]] = []
    y = top + GAP
    for choice in AXES:
        part = margins.filter(pl.col("choice") == choice).to_dicts()
        if len(part) < 2:
            continue
        heads.append((choice, -(y + HEAD - 9)))
        y += HEAD
        for row in part:
            lines.append(
                _Line(choice=choice, value=row["value"], y=-(y + ROW / 2), median=row["median"])
            )
            y += ROW
    return lines, heads, y + 4


def _frame(
    lines: Sequence[_Line],
    heads: Sequence[tuple[str, float]],
    shares: dict[str, float | None],
    bottom: float,
    look: Look,
) -> Frame:
    words = look.words
    size = _size(look)
    texts = [words.choice(line.choice, line.value) for line in lines]
    width = max([text_width(text, size) for text in texts], default=40.0)
    width = max([width, *(text_width(_head(look, c, shares), size, bold=True) for c, _ in heads)])
    return Frame(
        width=look.width,
        height=bottom,
        left=min(width + 16, (0.42 if look.narrow else 0.3) * look.width),
        right=38.0 if look.narrow else 52.0,
        top=26,
        bottom=8,
        x=(0.0, 1.0),
        y=(-bottom, 0.0),
    )


def _size(look: Look) -> float:
    return 9.5 if look.narrow else 11.5


def _head(look: Look, choice: str, shares: dict[str, float | None]) -> str:
    share = shares.get(choice)
    name = look.words(f"choice.{choice}")
    return name if share is None else f"{name} {100 * share:.0f}%"


def _place(count: int) -> list[float]:
    return [(k + 0.5) / count for k in range(count)]


def _curve(
    found: dict[str, Any], shown: pl.DataFrame, values: _Curve, frame: Frame, look: Look
) -> list[Layer]:
    colours, words = look.colours, look.words
    grid = [
        {"x": 0.0, "x2": 1.0, "y": values.y(t), "text": words.number(t, 0)}
        for t in base.ticks(values.low, values.high, 6)
    ]
    blank = (
        alt.Chart(rows([{"x": 0.0, "y": 0.0}]))
        .mark_point(opacity=0)
        .encode(
            x=alt.X("x", **base.x_scale(frame, labels=False, grid=False)),
            y=alt.Y("y", **base.y_scale(frame, labels=False, grid=False)),
        )
    )
    band = {"x": 0.0, "x2": 1.0, "y": values.y(found["high"]), "y2": values.y(found["low"])}
    middle = {"x": 0.0, "x2": 1.0, "y": values.y(found["median"])}
    layers: list[Layer] = [
        blank,
        alt.Chart(rows([band])).mark_rect(color=colours.follower, opacity=0.09).encode(
            x="x:Q", x2="x2:Q", y="y:Q", y2="y2:Q"
        ),
        alt.Chart(rows(grid)).mark_rule(color=colours.grid, strokeWidth=1).encode(
            x="x:Q", x2="x2:Q", y="y:Q"
        ),
        alt.Chart(rows(grid)).mark_text(align="right", baseline="middle", dx=-8,
                                        fontSize=_size(look), fill=colours.soft).encode(
            x="x:Q", y="y:Q", text="text:N"
        ),
    ]  # fmt: skip
    if values.low < 0:
        zero = {"x": 0.0, "x2": 1.0, "y": values.y(0.0)}
        layers.append(
            alt.Chart(rows([zero])).mark_rule(color=colours.soft, strokeWidth=1).encode(
                x="x:Q", x2="x2:Q", y="y:Q"
            )
        )  # fmt: skip
    data = _points(shown, values, look)
    for role in ("follower", "leader"):
        part = [d for d in data if d["role"] == role]
        if not part:
            continue
        colour = getattr(colours, role)
        with_interval = [
            {key: d[key] for key in ("x", "y1", "y2")} for d in part if d["y1"] is not None
        ]
        if with_interval:
            layers.append(
                alt.Chart(rows(with_interval)).mark_rule(
                    color=colour, opacity=0.28, strokeWidth=1.4
                ).encode(x="x:Q", y="y1:Q", y2="y2:Q")
            )  # fmt: skip
        layers.append(
            alt.Chart(rows(part))
            .mark_point(filled=True, fill=colour, size=9 if look.narrow else 13, opacity=1)
            .encode(x="x:Q", y="y:Q", tooltip=_tips(part, look))
        )
    median = f"{words('multiverse.median')} {words.number(found['median'])}"
    line = alt.Chart(rows([middle | {"text": median}]))
    layers.append(
        line.mark_rule(color=colours.ink, strokeWidth=1.2, strokeDash=[5, 4]).encode(
            x="x:Q", x2="x2:Q", y="y:Q"
        )
    )
    mark: dict[str, Any] = {
        "align": "left",
        "baseline": "bottom",
        "dx": 4,
        "dy": -4,
        "fontSize": _size(look),
    }
    layers.append(
        line.mark_text(**mark, stroke=colours.paper, strokeWidth=3, fill=colours.paper).encode(
            x="x:Q", y="y:Q", text="text:N"
        )
    )
    layers.append(line.mark_text(**mark, fill=colours.ink).encode(x="x:Q", y="y:Q", text="text:N"))
    signed = "chart.lag_axis_signed" if values.low < 0 else "chart.lag_axis"
    above = [{"x": 0.0, "y": 0.0, "text": words(signed)}]
    layers.append(
        alt.Chart(rows(above))
        .mark_text(align="left", baseline="bottom", dy=-9, fontSize=12, fill=colours.soft)
        .encode(x="x:Q", y="y:Q", text="text:N")
    )
    return layers


def _points(shown: pl.DataFrame, values: _Curve, look: Look) -> list[dict[str, Any]]:
    words = look.words
    out = []
    for x, row in zip(_place(shown.height), shown.to_dicts(), strict=True):
        both = row["low"] is not None and row["high"] is not None
        point: dict[str, Any] = {
            "x": x,
            "y": values.y(row["estimate"]),
            "y1": values.y(row["low"]) if both else None,
            "y2": values.y(row["high"]) if both else None,
            "role": "leader" if row["estimate"] < 0 else "follower",
            "value": words.months(row["estimate"]),
            "interval": words.between(row["low"], row["high"]),
        }
        point |= {f"c_{axis}": words.choice(axis, row[axis]) for axis in AXES}
        out.append(point)
    return out


def _tips(part: Sequence[dict[str, Any]], look: Look) -> list[alt.Tooltip]:
    words = look.words
    varying = [a for a in AXES if len({point[f"c_{a}"] for point in part}) > 1]
    return [
        alt.Tooltip("value:N", title=words("tip.lag")),
        alt.Tooltip("interval:N", title=words("column.interval", level="").strip(" %")),
        *(alt.Tooltip(f"c_{axis}:N", title=words(f"choice.{axis}")) for axis in varying),
    ]


def _choices(
    shown: pl.DataFrame,
    lines: Sequence[_Line],
    frame: Frame,
    look: Look,
    strongest: str | None,
) -> list[Layer]:
    colours = look.colours
    width = max(frame.inner / shown.height - 0.9, 0.9)
    ruled = [{"x": 0.0, "x2": 1.0, "y": line.y} for line in lines]
    places = _place(shown.height)
    layers: list[Layer] = [
        alt.Chart(rows(ruled)).mark_rule(color=colours.grid, strokeWidth=1).encode(
            x="x:Q", x2="x2:Q", y="y:Q"
        )
    ]  # fmt: skip
    for stands_out, colour in ((False, colours.ink), (True, colours.accent)):
        marks = [
            {"x": x, "y": line.y}
            for line in lines
            if (line.choice == strongest) == stands_out
            for x, value in zip(places, shown[line.choice].to_list(), strict=True)
            if value == line.value
        ]
        if marks:
            layers.append(
                alt.Chart(rows(marks)).mark_tick(
                    orient="vertical", size=TICK, thickness=min(width, 3.0), color=colour,
                    opacity=0.85,
                ).encode(x="x:Q", y="y:Q")
            )  # fmt: skip
    return layers


def _labels(
    lines: Sequence[_Line],
    heads: Sequence[tuple[str, float]],
    shares: dict[str, float | None],
    frame: Frame,
    look: Look,
) -> list[Layer]:
    words, colours, size = look.words, look.colours, _size(look)
    room = frame.left - 14
    layers: list[Layer] = []
    left = [{"x": 0.0, "y": line.y, "text": _cut(words.choice(line.choice, line.value), size, room)}
            for line in lines]  # fmt: skip
    right = [{"x": 1.0, "y": line.y, "text": words.number(line.median)} for line in lines]
    bold = [{"x": 0.0, "y": y, "text": _cut(_head(look, choice, shares), size, room)}
            for choice, y in heads]  # fmt: skip
    for data, dx, weight, colour in (
        (left, -9, 400, colours.ink),
        (right, frame.right - 8, 400, colours.soft),
        (bold, -9, 600, colours.soft),
    ):
        mark: dict[str, Any] = {
            "align": "right", "baseline": "middle", "dx": dx, "fontSize": size,
            "fontWeight": weight, "fill": colour,
        }  # fmt: skip
        layers.append(
            alt.Chart(rows(data)).mark_text(**mark).encode(x="x:Q", y="y:Q", text="text:N")
        )
    if heads:
        title = [{"x": 1.0, "y": heads[0][1], "text": words("multiverse.median")}]
        layers.append(
            alt.Chart(rows(title))
            .mark_text(align="right", baseline="middle", dx=frame.right - 8, fontSize=size,
                       fill=colours.soft)
            .encode(x="x:Q", y="y:Q", text="text:N")
        )  # fmt: skip
    return layers


def _cut(text: str, size: float, room: float) -> str:
    while text_width(text, size) > room and len(text) > 4:
        text = text[:-2].rstrip() + "…"
    return text


def _empty(look: Look, title: str, text: str) -> alt.LayerChart:
    frame = Frame(width=look.width, height=60, left=14, right=14, top=10, bottom=8,
                  x=(0.0, 1.0), y=(-60.0, 0.0))  # fmt: skip
    said = (
        alt.Chart(rows([{"x": 0.0, "y": -20.0, "text": text}]))
        .mark_text(align="left", fontSize=13, fill=look.colours.ink)
        .encode(
            x=alt.X("x", **base.x_scale(frame, labels=False, grid=False)),
            y=alt.Y("y", **base.y_scale(frame, labels=False, grid=False)),
            text="text:N",
        )
    )
    return base.finish([said], frame, look, title=title, note="", description=text)
