"""The main chart: two frontiers with their bands, every model, and the lag as arrows."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import altair as alt
import polars as pl

from headway.frontier import Frontier
from headway.report.charts import frame as base
from headway.report.charts.facts import Facts, Step
from headway.report.charts.frame import Layer, Look, rows, short
from headway.report.labels import Label, Obstacles, Placed, place, spread, text_width

if TYPE_CHECKING:
    from headway.rulers.scale import Scale

DASH = [4, 3]


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


class _Drawing(Facts):
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
        layers.append(base.corner(frame, self.words("chart.capability", unit=self.unit()), look))
        return base.finish(
            layers, frame, look,
            title=self.words("chart.frontiers_title", **self.names()),
            note=self.note(), description=self.description(),
        )  # fmt: skip

    def _band(self, role: str) -> list[Layer]:
        colour = getattr(self.look.colours, role)
        layers: list[Layer] = []
        for weak in (False, True):
            values = [
                {"x": x, "low": s.low, "high": s.high, "run": run}
                for run, s in enumerate(self.visible(role))
                if s.weak == weak and s.low is not None
                for x in (s.start, s.end)
            ]
            if values:
                layers.append(
                    alt.Chart(rows(values))
                    .mark_area(clip=True, opacity=0.07 if weak else 0.16, color=colour)
                    .encode(
                        x=alt.X("x:Q"),
                        y=alt.Y("low:Q"),
                        y2=alt.Y2("high:Q"),
                        detail=alt.Detail("run:N"),
                    )
                )
        return layers

    def _line(self, role: str) -> list[Layer]:
        colour = getattr(self.look.colours, role)
        layers: list[Layer] = []
        steps = self.visible(role)
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
                    .encode(
                        x=alt.X("x:Q"),
                        y=alt.Y("y:Q"),
                        detail=alt.Detail("run:N"),
                        order=alt.Order("order:Q"),
                    )
                )
        return layers

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
                    for m in self.inside()
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
                    alt.Chart(rows(values))
                    .mark_point(**mark)
                    .encode(x=alt.X("x:Q"), y=alt.Y("y:Q"), tooltip=tip)
                )
        return layers

    def _moved_marks(self) -> list[Layer]:
        moved = self.moved()
        layers: list[Layer] = []
        for role, shape in (("leader", "circle"), ("follower", "diamond")):
            values = [{k: m[k] for k in ("x", "x2", "y")} for m in moved if m["role"] == role]
            if not values:
                continue
            colour = getattr(self.look.colours, role)
            chart = alt.Chart(rows(values))
            layers.append(
                chart.mark_rule(strokeDash=[1, 3], strokeWidth=1.4, color=colour).encode(
                    x=alt.X("x:Q"), x2=alt.X2("x2:Q"), y=alt.Y("y:Q")
                )
            )
            layers.append(
                chart.mark_point(
                    shape=shape, size=46, filled=True, fill=self.look.colours.paper, stroke=colour,
                    strokeWidth=1.4, opacity=1,
                ).encode(x=alt.X("x2:Q"), y=alt.Y("y:Q"))
            )  # fmt: skip
        return layers

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
                x=alt.X("x:Q"), y=alt.Y("y:Q"), y2=alt.Y2("up:Q")
            ),
            chart.mark_rule(strokeWidth=1.3, color=ink).encode(
                x=alt.X("x:Q"), x2=alt.X2("x2:Q"), y=alt.Y("y:Q")
            ),
            chart.mark_point(
                shape="triangle-right", size=44, filled=True, fill=ink, opacity=1
            ).encode(x=alt.X("x2:Q"), y=alt.Y("y:Q")),
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
                y=frame.py(a["capability"]), size=12.5, bold=True, key="ink", needed=True,
                sides=("N", "S", "NW", "SE"), reach=(3.0, 8.0, 14.0, 24.0),
            )
            for a in self.arrows
        ]  # fmt: skip

    def _arrow_text(self, arrow: dict[str, Any]) -> str:
        full = self.months(arrow)
        room = self.frame.px(arrow["x2"]) - self.frame.px(arrow["x"]) + 6
        fits = text_width(full, 12.5, bold=True) <= room
        return full if fits else self.words.months(arrow["estimate"])

    def _name_wishes(self) -> list[Label]:
        frame, look = self.frame, self.look
        by_model = {m["model"]: m for m in self.inside()}
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
                size=11 if look.narrow else 11.5, key=m["role"], needed=needed,
                sides=sides[m["role"]],
            )
            for m, needed in ((by_model[k], n) for k, n in named.items() if k in by_model)
            if m["role"] in sides
        ]  # fmt: skip
        if look.narrow:
            return wishes
        kind = "available" if self.sides["leader"].basis == "announced" else "announced"
        moved = [
            Label(
                text=f"{short(m['name'])} {self.words(f'chart.{kind}_short')} "
                f"{self.words.month(m['day'])}",
                x=frame.px(m["x2"]), y=frame.py(m["y"]), size=10.5, key="soft",
                sides=("NW", "N", "W", "SW", "NE"),
            )
            for m in self.moved()
        ]  # fmt: skip
        return [*wishes, *moved]

    def _obstacles(self) -> Obstacles:
        frame = self.frame
        out = Obstacles()
        for m in self.inside():
            out.dots.append((frame.px(m["x"]), frame.py(m["y"]), 4.0 if m["record"] else 2.6))
        for role in self.sides:
            previous = None
            for s in self.visible(role):
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
        for m in self.moved():
            y = frame.py(m["y"])
            out.segments.append((frame.px(m["x"]), y, frame.px(m["x2"]), y))
        return out

    def _ends(self) -> list[Placed]:
        frame, look = self.frame, self.look
        blocks = {role: self.end_lines(role) for role in self.sides}
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
                value = self.end_value(role)
                out.append(_end(value, frame.inner + 9, y, 11.5, role, bold=False))
        return out


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
