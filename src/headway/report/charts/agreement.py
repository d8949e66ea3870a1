"""One square for every pair of rulers, with the correlation written in it."""

from typing import Any

import altair as alt
import polars as pl

from headway.analyses.agreement import AgreementResult
from headway.errors import UsageError
from headway.report.charts import frame as base
from headway.report.charts.frame import Frame, Layer, Look, rows
from headway.report.labels import text_width
from headway.report.words import Words

PALE, STRONG = 0.05, 0.42
LARGEST = 92.0
ROOM_FOR_INTERVAL = 58.0
ROOM_FOR_ZERO = 30.0


def agreement_chart(result: AgreementResult, look: Look | None = None) -> alt.LayerChart:
    """Draw the rank correlations of all pairs of rulers."""
    look = look or Look()
    words = look.words
    names = [f"{k} {words.ruler(name)}" for k, name in enumerate(result.rulers, start=1)]
    frame, side, labels = _frame(names, look)
    known = result.table.filter(
        pl.col("quantity").is_in(["spearman", "kendall"]) & pl.col("estimate").is_not_null()
    )
    if known.is_empty():
        raise UsageError("no two rulers have enough models in common for a chart")
    floor = min(0.9, float(known.select(pl.col("estimate").min()).item()))
    cells = [_cell(row, result.rulers, floor, side, words) for row in result.table.to_dicts()
             if row["quantity"] in ("spearman", "kendall")]  # fmt: skip
    n = len(names)
    diagonal = [{"x": k, "x2": k + 1, "y": -k, "y2": -k - 1} for k in range(n)]
    layers: list[Layer] = [
        alt.Chart(rows([{"x": 0, "y": 0}]))
        .mark_point(opacity=0)
        .encode(
            x=alt.X("x", **base.x_scale(frame, labels=False, grid=False)),
            y=alt.Y("y", **base.y_scale(frame, labels=False, grid=False)),
        ),
        alt.Chart(rows(diagonal))
        .mark_rect(color=look.colours.grid)
        .encode(x="x:Q", x2="x2:Q", y="y:Q", y2="y2:Q"),
    ]
    tips = [
        alt.Tooltip("pair:N", title=words("tip.entity")),
        alt.Tooltip("name:N", title=words("tip.correlation")),
        alt.Tooltip("exact:N", title=words("tip.interval", level=words.level(_level(result)))),
        alt.Tooltip("n:Q", title=words("tip.models")),
    ]
    layers.append(
        alt.Chart(rows(cells))
        .mark_rect(color=look.colours.leader, stroke=look.colours.paper, strokeWidth=1)
        .encode(
            x="x:Q", x2="x2:Q", y="y:Q", y2="y2:Q",
            opacity=alt.Opacity("shade:Q", scale=None), tooltip=tips,
        )
    )  # fmt: skip
    layers += _numbers(cells, side, look)
    layers += _names(labels, frame, side, look)
    title = words("chart.agreement_title")
    note = "chart.agreement_note" if side >= ROOM_FOR_INTERVAL else "chart.agreement_note_narrow"
    colon, stop = ("：", "；") if words.lang == "zh" else (": ", "; ")
    told = [f"{c['pair']} {c['exact']}" for c in cells if c["quantity"] == "spearman"]
    return base.finish(
        layers, frame, look, title=title, note=words(note, level=words.level(_level(result))),
        description=f"{title}{colon}{stop.join(told)}",
    )  # fmt: skip


def _level(result: AgreementResult) -> float:
    return float(result.spec["level"])


def _frame(names: list[str], look: Look) -> tuple[Frame, float, list[str]]:
    """Frame of squares, the side of one, and the labels cut to their room."""
    size = 11.5 if look.narrow else 13.0
    widest = max(text_width(name, size) for name in names) + 24
    left = min(widest, (0.36 if look.narrow else 0.4) * look.width)
    n = len(names)
    side = min(LARGEST, (look.width - left - 14) / n)
    height = max(side, 16.0) * n
    labels = []
    for name in names:
        label = name
        while text_width(label, size) > left - 20 and len(label) > 5:
            label = label[:-2].rstrip() + "…"
        labels.append(label)
    right = look.width - left - side * n
    return (
        Frame(
            width=look.width, height=height, left=left, right=right, top=24, bottom=8,
            x=(0.0, float(n)), y=(-float(n), 0.0),
        ),
        side,
        labels,
    )  # fmt: skip


def _cell(
    row: dict[str, Any], names: tuple[str, ...], floor: float, side: float, words: Words
) -> dict[str, Any]:
    i, j = names.index(row["ruler"]), names.index(row["other"])
    across, down = (i, j) if row["quantity"] == "spearman" else (j, i)
    value = row["estimate"]
    shade = 0.0
    if value is not None:
        share = (value - floor) / (1 - floor) if floor < 1 else 1.0
        shade = PALE + (STRONG - PALE) * max(0.0, min(1.0, share))
    text = words.number(value, 2)
    if value is not None and side < ROOM_FOR_ZERO and abs(value) < 0.995:
        text = text.replace("0.", ".", 1)
    span = "" if row["low"] is None else f"{row['low']:z.2f}–{row['high']:z.2f}"
    span = span.replace("-", "−")
    return {
        "x": across, "x2": across + 1, "y": -down, "y2": -down - 1,
        "cx": across + 0.5, "cy": -down - 0.5,
        "shade": shade, "text": text, "span": span,
        "exact": f"{words.number(value, 3)} ({span})" if span else words.number(value, 3),
        "pair": words("chart.agreement_pair", ruler=words.ruler(row["ruler"]),
                      other=words.ruler(row["other"])),
        "name": words(f"quantity.{row['quantity']}"), "quantity": row["quantity"], "n": row["n"],
    }  # fmt: skip


def _numbers(cells: list[dict[str, Any]], side: float, look: Look) -> list[Layer]:
    chart = alt.Chart(rows(cells)).encode(x="cx:Q", y="cy:Q")
    roomy = side >= ROOM_FOR_INTERVAL
    size = 14.0 if roomy else max(7.5, min(12.5, side / 2.3))
    layers: list[Layer] = [
        chart.mark_text(
            fontSize=size, baseline="middle", dy=-7 if roomy else 0, fill=look.colours.ink
        ).encode(text="text:N")
    ]
    if roomy:
        layers.append(
            chart.mark_text(
                fontSize=min(11.0, side / 6.4), baseline="middle", dy=10, fill=look.colours.soft
            ).encode(text="span:N")
        )
    return layers


def _names(labels: list[str], frame: Frame, side: float, look: Look) -> list[Layer]:
    size = 11.5 if look.narrow else 13.0
    start = base.EDGE if look.title else 2
    down = [{"x": 0, "y": -k - 0.5, "text": label} for k, label in enumerate(labels)]
    across = [{"x": k + 0.5, "y": 0, "text": str(k + 1)} for k in range(len(labels))]
    return [
        alt.Chart(rows(down))
        .mark_text(
            align="left", baseline="middle", dx=start - frame.left, fontSize=size,
            fill=look.colours.ink,
        )
        .encode(x="x:Q", y="y:Q", text="text:N"),
        alt.Chart(rows(across))
        .mark_text(baseline="bottom", dy=-5, fontSize=min(size, max(8.0, side / 2)),
                   fill=look.colours.soft)
        .encode(x="x:Q", y="y:Q", text="text:N"),
    ]  # fmt: skip
