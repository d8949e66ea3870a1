"""The main chart: two frontiers with their bands, every model, and the lag as arrows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import altair as alt
import numpy as np
import polars as pl

from headway.frontier import Frontier, from_day, model_dates
from headway.report.charts import frame as base
from headway.report.charts.frame import Frame, Layer, Look, rows, short, year_of
from headway.report.labels import Label, Obstacles, Placed, place, spread, text_width

if TYPE_CHECKING:
    from headway.rulers.scale import Scale

MOVED_DAYS = 30
FEW = 4
DASH = [4, 3]


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One level of a frontier, from one date to the next."""

    start: float
    end: float
    estimate: float
    low: float | None
    high: float | None
    weak: bool


def frontiers(
    scale: "Scale", leader: Frontier, follower: Frontier, records: pl.DataFrame, look: Look
) -> alt.LayerChart:
    """Draw two frontiers that share a scale.

    Parameters
    ----------
    records
        One row per record of the follower, as the convention ``records`` gives it.
    """
    return _Drawing(scale, leader, follower, records, look).chart()


def note(
    scale: "Scale", leader: Frontier, follower: Frontier, records: pl.DataFrame, look: Look
) -> str:
    """Return what a reader of the chart has to know, in words."""
    return _Drawing(scale, leader, follower, records, look).note()


def description(
    scale: "Scale", leader: Frontier, follower: Frontier, records: pl.DataFrame, look: Look
) -> str:
    """Return the facts of the chart as text."""
    return _Drawing(scale, leader, follower, records, look).description()


class _Drawing:
    def __init__(
        self,
        scale: "Scale",
        leader: Frontier,
        follower: Frontier,
        records: pl.DataFrame,
        look: Look,
    ) -> None:
        self.scale, self.look, self.words = scale, look, look.words
        self.sides = {"leader": leader, "follower": follower}
        self.last = from_day(min(leader.until, _last_day(scale)))
        self.limit = self._weak_limit()
        self.steps = {role: self._steps(side) for role, side in self.sides.items()}
        self.frame = self._frame()
        self.models = self._models()
        self.records = records.sort("date")
        self.arrows = self._arrows()

    def chart(self) -> alt.LayerChart:
        frame, look = self.frame, self.look
        axis = base.time_axis(frame, self.words)
        values = base.ticks(*frame.y, 7)
        layers: list[Layer] = [
            alt.Chart(rows([{"x": frame.x[0], "y": frame.y[0]}]))
            .mark_point(opacity=0)
            .encode(
                x=alt.X("x", **base.x_scale(frame, **axis, domain=True)),
                y=alt.Y("y", **base.y_scale(frame, values=values, grid=True, format="d")),
            )
        ]
        layers += [layer for role in self.sides for layer in self._band(role)]
        layers += [layer for role in self.sides for layer in self._line(role)]
        layers += self._dots()
        layers += self._moved_marks()
        layers += self._arrow_layers()
        layers += self._labels()
        layers.append(base.corner(frame, self.words("chart.capability", unit=self._unit()), look))
        return base.finish(
            layers, frame, look,
            title=self.words("chart.frontiers_title", **self._names()),
            note=self.note(), description=self.description(),
        )  # fmt: skip

    def note(self) -> str:
        words = self.words
        basis = self.sides["leader"].basis
        parts = [
            words(
                "chart.frontiers_note", level=words.level(self.scale.level),
                date=words(f"basis.{basis}"), day=words.day(self.last), **self._names(),
            )
        ]  # fmt: skip
        if any(step.weak for steps in self.steps.values() for step in steps):
            parts.append(words("chart.weak_note", width=words.number(self.limit, 0)))
        below, earlier = self._outside()
        if below:
            parts.append(words("chart.below_note", count=below))
        if earlier:
            parts.append(words("chart.earlier_note", count=earlier))
        if self._moved():
            other = "available" if basis == "announced" else "announced"
            parts.append(words("chart.moved_note", other=words(f"chart.other_{other}")))
        return ("" if words.lang == "zh" else " ").join(parts)

    def description(self) -> str:
        words = self.words
        facts: dict[str, Any] = {}
        for role, side in self.sides.items():
            step = side.table.row(-1, named=True)
            interval = words.between(step["low"], step["high"], 0)
            facts[f"{role}_model"] = self._called(step["model"])
            facts[f"{role}_value"] = f"{words.number(step['estimate'])} ({interval})"
        text = words("chart.frontiers_text", day=words.day(self.last), **facts, **self._names())
        for arrow in self.arrows:
            text += ("" if words.lang == "zh" else " ") + words(
                "chart.arrow_text", model=arrow["name"], date=words.day(arrow["date"]),
                matched=arrow["matched_name"], matched_date=words.day(arrow["matched_date"]),
                months=self._months(arrow),
            )  # fmt: skip
        return text

    def _names(self) -> dict[str, str]:
        return self.words.names(self.sides["leader"].group, self.sides["follower"].group)

    def _unit(self) -> str:
        return self.words.known("chart", self.scale.unit)

    def _called(self, model: str | None) -> str:
        found = self.scale.dataset.models.filter(pl.col("model") == model)["name"]
        return str(found[0]) if len(found) and found[0] is not None else str(model)

    def _weak_limit(self) -> float:
        widths = [
            row["high"] - row["low"]
            for side in self.sides.values()
            for row in side.table.iter_rows(named=True)
            if row["low"] is not None and row["high"] is not None
        ]
        return float(np.ceil(2 * np.median(widths))) if widths else np.inf

    def _steps(self, side: Frontier) -> list[Step]:
        table = side.table.filter(pl.col("estimate").is_not_null())
        ends = [*table["date"].to_list()[1:], self.last]
        scores = dict(zip(self.scale.models, self.scale.n_scores.tolist(), strict=True))
        out = []
        for row, end in zip(table.iter_rows(named=True), ends, strict=True):
            width = None if row["low"] is None else row["high"] - row["low"]
            weak = scores.get(row["model"], FEW) < FEW or (width or 0.0) > self.limit
            step = Step(
                start=year_of(row["date"]), end=year_of(end), estimate=row["estimate"],
                low=row["low"], high=row["high"], weak=weak,
            )  # fmt: skip
            same = out and (out[-1].estimate, out[-1].low, out[-1].high, out[-1].weak) == (
                step.estimate, step.low, step.high, step.weak,
            )  # fmt: skip
            if same:
                step = Step(
                    start=out.pop().start, end=step.end, estimate=step.estimate, low=step.low,
                    high=step.high, weak=weak,
                )  # fmt: skip
            out.append(step)
        return out

    def _frame(self) -> Frame:
        look = self.look
        end = year_of(self.last)
        starts = [steps[0].start for steps in self.steps.values()]
        first = max(min(starts), max(starts) - 0.5) - 0.04
        if look.narrow:
            first = max(first, end - 2.2)
        elif look.width < 800:
            first = max(first, end - 3.0)
        visible = [s for steps in self.steps.values() for s in steps if s.end > first]
        solid = [s for s in visible if not s.weak] or visible
        top = max(s.high if s.high is not None else s.estimate for s in visible)
        low = min(
            min(s.estimate for s in solid if s in steps)
            for steps in self.steps.values()
            if any(s in steps for s in solid)
        )
        span = top - low
        right = max(
            max(text_width(line, 13, bold=True) for line in self._end_lines(role))
            for role in self.sides
        )
        if not look.narrow:
            right = max(right, *(text_width(self._end_value(role), 10.5) for role in self.sides))
        return Frame(
            width=look.width,
            height=380 if look.narrow else min(560, round(look.width * 0.56)),
            left=34,
            right=right + 16,
            top=24,
            bottom=26,
            x=(first, end),
            y=(low - 0.1 * span, top + 0.06 * span),
        )

    def _end_lines(self, role: str) -> list[str]:
        name = self._names()[role]
        if not self.look.narrow:
            return base.wrap(name, 130, 13, bold=True)
        lines = base.wrap(name, 58, 13, bold=True)[:3]
        return [line if text_width(line, 13, bold=True) < 74 else line[:8] + "…" for line in lines]

    def _end_value(self, role: str) -> str:
        step = self.steps[role][-1]
        value = self.words.number(step.estimate, 0)
        if step.low is None:
            return value
        return f"{value} ({self.words.number(step.low, 0)}–{self.words.number(step.high, 0)})"

    def _models(self) -> list[dict[str, Any]]:
        scale, words = self.scale, self.words
        basis = self.sides["leader"].basis
        days = model_dates(scale.dataset, basis)
        facts = {row["model"]: row for row in scale.rank().rename({"entity": "model"}).to_dicts()}
        organisations = organisation_names(scale, words.lang)
        role_of = {m: role for role, side in self.sides.items() for m in side.models}
        records = {side.models[i] for side in self.sides.values() for i in side.records}
        shown = []
        for index, model in enumerate(scale.models):
            day, fact = days.get(model), facts[model]
            if day is None or from_day(day) > self.last:
                continue
            shown.append(
                {
                    "model": model,
                    "x": year_of(from_day(day)),
                    "y": float(scale.estimate[index]),
                    "role": role_of.get(model, "other"),
                    "record": model in records,
                    "name": fact["name"] or model,
                    "organisation": organisations.get(fact["organisation"], "–"),
                    "available": words.day(fact["available_on"]),
                    "announced": words.day(fact["announced_on"]),
                    "capability": words.number(fact["estimate"]),
                    "interval": words.between(fact["low"], fact["high"])
                    if fact["low"] is not None
                    else words.known("status", fact["status"]),
                    "scores": int(scale.n_scores[index]),
                    "announced_on": fact["announced_on"],
                    "available_on": fact["available_on"],
                }
            )
        return shown

    def _outside(self) -> tuple[int, int]:
        frame = self.frame
        earlier = sum(m["x"] < frame.x[0] for m in self.models)
        below = sum(m["y"] < frame.y[0] and m["x"] >= frame.x[0] for m in self.models)
        return below, earlier

    def _inside(self) -> list[dict[str, Any]]:
        return [m for m in self.models if self.frame.holds(m["x"], m["y"])]

    def _arrows(self) -> list[dict[str, Any]]:
        frame = self.frame
        most = 3 if self.look.narrow else 4 if self.look.width < 800 else 6
        gap = 34.0 if self.look.narrow else 40.0
        chosen: list[dict[str, Any]] = []
        value = dict(zip(self.scale.models, self.scale.estimate.tolist(), strict=True))
        for row in reversed(self.records.to_dicts()):
            if row["status"] != "ok" or row["matched_date"] is None or row["estimate"] <= 0:
                continue
            start, end, y = year_of(row["matched_date"]), year_of(row["date"]), row["capability"]
            if not (frame.holds(start, y) and frame.holds(end, y)) or len(chosen) == most:
                continue
            if frame.px(end) - frame.px(start) < 26:
                continue
            if any(abs(frame.py(y) - frame.py(a["capability"])) < gap for a in chosen):
                continue
            chosen.append(
                row | {"x": start, "x2": end, "leader_y": value.get(row["matched_model"], y)}
            )
        return chosen

    def _band(self, role: str) -> list[Layer]:
        colour = getattr(self.look.colours, role)
        layers: list[Layer] = []
        for weak in (False, True):
            values = [
                {"x": x, "low": s.low, "high": s.high, "run": run}
                for run, s in enumerate(self._visible(role))
                if s.weak == weak and s.low is not None
                for x in (s.start, s.end)
            ]
            if values:
                layers.append(
                    alt.Chart(rows(values))
                    .mark_area(clip=True, opacity=0.07 if weak else 0.16, color=colour)
                    .encode(x="x:Q", y="low:Q", y2="high:Q", detail="run:N")
                )
        return layers

    def _line(self, role: str) -> list[Layer]:
        colour = getattr(self.look.colours, role)
        layers: list[Layer] = []
        steps = self._visible(role)
        for weak in (True, False):
            values = []
            for run, group in enumerate(_runs(steps, weak)):
                before = steps[steps.index(group[0]) - 1] if steps.index(group[0]) else None
                if before is not None and not weak:
                    values.append({"x": group[0].start, "y": before.estimate, "run": run})
                values += [{"x": s.start, "y": s.estimate, "run": run} for s in group]
                values.append({"x": group[-1].end, "y": group[-1].estimate, "run": run})
            if values:
                style: dict[str, Any] = (
                    {"strokeDash": DASH, "opacity": 0.6, "strokeWidth": 1.5}
                    if weak
                    else {"strokeWidth": 2.4}
                )
                for position, row in enumerate(values):
                    row["order"] = position
                layers.append(
                    alt.Chart(rows(values))
                    .mark_line(clip=True, interpolate="step-after", color=colour, **style)
                    .encode(x="x:Q", y="y:Q", detail="run:N", order="order:Q")
                )
        return layers

    def _visible(self, role: str) -> list[Step]:
        return [s for s in self.steps[role] if s.end >= self.frame.x[0] and s.end > s.start]

    def _dots(self) -> list[Layer]:
        look, words = self.look, self.words
        tip = [
            alt.Tooltip("name:N", title=words("tip.model")),
            alt.Tooltip("organisation:N", title=words("tip.organisation")),
            alt.Tooltip("available:N", title=words("tip.available")),
            alt.Tooltip("announced:N", title=words("tip.announced")),
            alt.Tooltip("capability:N", title=words("tip.capability")),
            alt.Tooltip(
                "interval:N", title=words("tip.interval", level=words.level(self.scale.level))
            ),
            alt.Tooltip("scores:Q", title=words("tip.scores")),
        ]
        hidden = ("announced_on", "available_on")
        shapes = {"other": "circle", "leader": "circle", "follower": "diamond"}
        layers: list[Layer] = []
        for role, shape in shapes.items():
            for record in (False, True):
                values = [
                    {k: v for k, v in m.items() if k not in hidden}
                    for m in self._inside()
                    if m["role"] == role and m["record"] == record
                ]
                if not values:
                    continue
                size = (62 if record else 22) * (1.25 if shape == "diamond" else 1.0)
                mark = {
                    "shape": shape,
                    "size": size * (0.75 if look.narrow else 1.0),
                    "filled": True,
                    "fill": getattr(look.colours, role),
                    "opacity": 1.0 if record else 0.5,
                    "stroke": look.colours.paper if record else None,
                    "strokeWidth": 1.2 if record else 0,
                }
                layers.append(
                    alt.Chart(rows(values)).mark_point(**mark).encode(x="x:Q", y="y:Q", tooltip=tip)
                )
        return layers

    def _moved(self) -> list[dict[str, Any]]:
        basis = self.sides["leader"].basis
        other = "available_on" if basis == "announced" else "announced_on"
        out = []
        for m in self._inside():
            if not m["record"] or m["role"] == "other" or m[other] is None:
                continue
            x = year_of(m[other])
            if abs(x - m["x"]) * 365.25 > MOVED_DAYS and self.frame.holds(x, m["y"]):
                out.append(m | {"x2": x, "day": m[other]})
        return out

    def _moved_marks(self) -> list[Layer]:
        moved = self._moved()
        layers: list[Layer] = []
        for role, shape in (("leader", "circle"), ("follower", "diamond")):
            values = [{k: m[k] for k in ("x", "x2", "y")} for m in moved if m["role"] == role]
            if not values:
                continue
            colour = getattr(self.look.colours, role)
            chart = alt.Chart(rows(values))
            layers.append(
                chart.mark_rule(strokeDash=[1, 3], strokeWidth=1.4, color=colour).encode(
                    x="x:Q", x2="x2:Q", y="y:Q"
                )
            )
            layers.append(
                chart.mark_point(
                    shape=shape, size=46, filled=True, fill=self.look.colours.paper, stroke=colour,
                    strokeWidth=1.4, opacity=1,
                ).encode(x="x2:Q", y="y:Q")
            )  # fmt: skip
        return layers

    def _months(self, arrow: dict[str, Any]) -> str:
        words = self.words
        text = words.months(arrow["estimate"])
        if arrow["low"] is None or self.look.narrow:
            return text
        return f"{text} ({words.number(arrow['low'])}–{words.number(arrow['high'])})"

    def _arrow_layers(self) -> list[Layer]:
        if not self.arrows:
            return []
        ink = self.look.colours.ink
        tip = 7 / self.frame.inner * (self.frame.x[1] - self.frame.x[0])
        values = [
            {"x": a["x"], "x2": a["x2"] - tip, "y": a["capability"], "up": a["leader_y"],
             "months": a["estimate"], "low": a["low"], "high": a["high"]}
            for a in self.arrows
        ]  # fmt: skip
        chart = alt.Chart(rows(values))
        return [
            chart.mark_rule(strokeWidth=1, strokeDash=[2, 2], color=ink, opacity=0.7).encode(
                x="x:Q", y="y:Q", y2="up:Q"
            ),
            chart.mark_rule(strokeWidth=1.3, color=ink).encode(x="x:Q", x2="x2:Q", y="y:Q"),
            chart.mark_point(
                shape="triangle-right", size=44, filled=True, fill=ink, opacity=1
            ).encode(x="x2:Q", y="y:Q"),
        ]

    def _labels(self) -> list[Layer]:
        frame, look = self.frame, self.look
        wishes = [*self._arrow_wishes(), *self._name_wishes()]
        placed = place(wishes, self._obstacles(), (0, 0, frame.inner, frame.height))
        colours = {r: getattr(look.colours, r) for r in ("leader", "follower", "ink", "soft")}
        return base.texts(frame, [*placed, *self._ends()], colours, look)

    def _arrow_wishes(self) -> list[Label]:
        frame = self.frame
        return [
            Label(
                text=self._arrow_text(a), x=(frame.px(a["x"]) + frame.px(a["x2"])) / 2,
                y=frame.py(a["capability"]), size=11.5, bold=True, key="ink", needed=True,
                sides=("N", "S", "NW", "SE"), reach=(3.0, 8.0, 14.0, 24.0),
            )
            for a in self.arrows
        ]  # fmt: skip

    def _arrow_text(self, arrow: dict[str, Any]) -> str:
        full = self._months(arrow)
        room = self.frame.px(arrow["x2"]) - self.frame.px(arrow["x"]) + 6
        fits = text_width(full, 11.5, bold=True) <= room
        return full if fits else self.words.months(arrow["estimate"])

    def _name_wishes(self) -> list[Label]:
        frame, look = self.frame, self.look
        by_model = {m["model"]: m for m in self._inside()}
        named: dict[str, bool] = {}
        for arrow in self.arrows:
            named[arrow["model"]] = True
            named[arrow["matched_model"]] = True
        rest = [m for m in by_model.values() if m["record"] and m["role"] != "other"]
        jumps = {m["model"]: jump for m, jump in _jumps(rest)}
        if not look.narrow:
            for m in sorted(rest, key=lambda m: -jumps[m["model"]]):
                named.setdefault(m["model"], False)
        shown = [by_model[model]["name"] for model in named if model in by_model]
        brief = [short(name) for name in shown]
        names = {
            m["model"]: short(m["name"]) if brief.count(short(m["name"])) == 1 else m["name"]
            for m in by_model.values()
        }
        sides = {
            "leader": ("NW", "W", "N", "NE", "SW"),
            "follower": ("SE", "E", "S", "SW", "NE"),
        }
        wishes = [
            Label(
                text=names[m["model"]], x=frame.px(m["x"]), y=frame.py(m["y"]),
                size=10.5 if look.narrow else 11, key=m["role"], needed=needed,
                sides=sides[m["role"]],
            )
            for model, needed in named.items()
            if (m := by_model.get(model)) and m["role"] in sides
        ]  # fmt: skip
        if look.narrow:
            return wishes
        kind = "available" if self.sides["leader"].basis == "announced" else "announced"
        moved = [
            Label(
                text=f"{short(m['name'])} {self.words(f'chart.{kind}_short')} "
                f"{self.words.month(m['day'])}",
                x=frame.px(m["x2"]), y=frame.py(m["y"]), size=9.5, key="soft",
                sides=("NW", "N", "W", "SW", "NE"),
            )
            for m in self._moved()
        ]  # fmt: skip
        return [*wishes, *moved]

    def _obstacles(self) -> Obstacles:
        frame = self.frame
        out = Obstacles()
        for m in self._inside():
            out.dots.append((frame.px(m["x"]), frame.py(m["y"]), 4.0 if m["record"] else 2.6))
        for role in self.sides:
            previous = None
            for s in self._visible(role):
                y = frame.py(s.estimate)
                left, right = max(frame.px(s.start), 0.0), frame.px(s.end)
                out.segments.append((left, y, right, y))
                if previous is not None:
                    out.segments.append((left, previous, left, y))
                previous = y
        for a in self.arrows:
            y = frame.py(a["capability"])
            out.segments.append((frame.px(a["x"]), y, frame.px(a["x2"]), y))
            out.segments.append((frame.px(a["x"]), y, frame.px(a["x"]), frame.py(a["leader_y"])))
        for m in self._moved():
            y = frame.py(m["y"])
            out.segments.append((frame.px(m["x"]), y, frame.px(m["x2"]), y))
        return out

    def _ends(self) -> list[Placed]:
        frame, look = self.frame, self.look
        blocks = {role: self._end_lines(role) for role in self.sides}
        height = max(len(lines) for lines in blocks.values()) * 16 + (0 if look.narrow else 15)
        middles = spread(
            [frame.py(self.steps[role][-1].estimate) for role in blocks], height + 4, 0,
            frame.height,
        )  # fmt: skip
        out = []
        for (role, lines), middle in zip(blocks.items(), middles, strict=True):
            y = middle - 8 * (len(lines) - 1) - (0 if look.narrow else 7)
            for line in lines:
                out.append(_end(line, frame.inner + 9, y, 13, role, bold=True))
                y += 16
            if not look.narrow:
                value = self._end_value(role)
                out.append(_end(value, frame.inner + 9, y - 1, 10.5, role, bold=False))
        return out


def organisation_names(scale: "Scale", lang: str) -> dict[str, str]:
    """Name of every organisation, in Chinese where one is known and wanted."""
    table = scale.dataset.organisations
    column = pl.coalesce("name_zh", "name") if lang == "zh" else pl.col("name")
    return {key: name or key for key, name in table.select("organisation", column).iter_rows()}


def _end(text: str, x: float, y: float, size: float, key: str, *, bold: bool) -> Placed:
    label = Label(text=text, x=x, y=y, size=size, bold=bold, key=key)
    return Placed(label=label, left=x, middle=y, width=text_width(text, size, bold=bold))


def _runs(steps: Sequence[Step], weak: bool) -> list[list[Step]]:
    out: list[list[Step]] = []
    open_run = False
    for step in steps:
        if step.weak == weak:
            if not open_run:
                out.append([])
            out[-1].append(step)
        open_run = step.weak == weak
    return out


def _jumps(records: Sequence[dict[str, Any]]) -> list[tuple[dict[str, Any], float]]:
    out = []
    for role in ("leader", "follower"):
        before = None
        for m in sorted((m for m in records if m["role"] == role), key=lambda m: float(m["x"])):
            out.append((m, 0.0 if before is None else m["y"] - before))
            before = m["y"]
    return out


def _last_day(scale: "Scale") -> int:
    from headway.analyses.contest import evidence_day
    from headway.frontier import to_day

    return to_day(evidence_day(scale))


def last_day(scale: "Scale") -> date:
    """Day of the evidence behind a scale."""
    return from_day(_last_day(scale))
