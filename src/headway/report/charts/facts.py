"""What the chart of two frontiers shows: steps, models, the frame, the arrows, in words too."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from headway.analyses.evidence import evidence_day
from headway.frontier import NEVER, Frontier, from_day, model_dates
from headway.report.charts import frame as base
from headway.report.charts.frame import Frame, Look, year_of
from headway.report.labels import text_width
from headway.report.phrases import organisation_names

if TYPE_CHECKING:
    from headway.rulers.scale import Scale

MOVED_DAYS = 30
FEW = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One level of a frontier, from one date to the next."""

    start: float
    end: float
    estimate: float
    low: float | None
    high: float | None
    weak: bool


class Facts:
    """Everything that the drawing needs to know.

    Parameters
    ----------
    records
        One row per record of the follower, as the convention ``records`` gives it.
    """

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
        asked = leader.until < NEVER - 1
        self.last = from_day(leader.until) if asked else evidence_day(scale, leader.basis)
        self.limit = self._weak_limit()
        self.steps = {role: self._steps(side) for role, side in self.sides.items()}
        self.frame = self._frame_of()
        self.models = self._models()
        self.records = records.sort("date")
        self.arrows = self._arrows()

    def note(self) -> str:
        """What a reader of the chart has to know, in words."""
        words = self.words
        basis = self.sides["leader"].basis
        parts = [
            words(
                "chart.frontiers_note", level=words.level(self.scale.level),
                date=words(f"basis.{basis}"), day=words.day(self.last), **self.names(),
            )
        ]  # fmt: skip
        if any(step.weak for steps in self.steps.values() for step in steps):
            parts.append(words("chart.weak_note", width=words.number(self.limit, 0)))
        below, earlier = self.outside()
        if below:
            parts.append(words("chart.below_note", count=below))
        if earlier:
            parts.append(words("chart.earlier_note", count=earlier))
        if self.moved():
            other = "available" if basis == "announced" else "announced"
            parts.append(words("chart.moved_note", other=words(f"chart.other_{other}")))
        return ("" if words.lang == "zh" else " ").join(parts)

    def description(self) -> str:
        """The facts of the chart as text."""
        words = self.words
        facts: dict[str, Any] = {}
        for role, side in self.sides.items():
            step = side.table.row(-1, named=True)
            interval = words.between(step["low"], step["high"], 0)
            facts[f"{role}_model"] = self.called(step["model"])
            facts[f"{role}_value"] = f"{words.number(step['estimate'])} ({interval})"
        text = words("chart.frontiers_text", day=words.day(self.last), **facts, **self.names())
        for arrow in self.arrows:
            text += ("" if words.lang == "zh" else " ") + words(
                "chart.arrow_text", model=arrow["name"], date=words.day(arrow["date"]),
                matched=arrow["matched_name"], matched_date=words.day(arrow["matched_date"]),
                months=self.months(arrow),
            )  # fmt: skip
        return text

    def names(self) -> dict[str, str]:
        """Names of the two sides, in every form that texts ask for."""
        return self.words.names(self.sides["leader"].group, self.sides["follower"].group)

    def unit(self) -> str:
        """Unit of the scale in words."""
        return self.words.known("chart", self.scale.unit)

    def called(self, model: str | None) -> str:
        """Published name of a model."""
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
        out: list[Step] = []
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

    def _frame_of(self) -> Frame:
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
            max(text_width(line, 13, bold=True) for line in self.end_lines(role))
            for role in self.sides
        )
        if not look.narrow:
            right = max(right, *(text_width(self.end_value(role), 11.5) for role in self.sides))
        return Frame(
            width=look.width,
            height=380 if look.narrow else min(560, round(look.width * 0.56)),
            left=34,
            right=right + 16,
            top=24,
            bottom=26,
            x=(first, end),
            y=(low - 0.16 * span, top + 0.04 * span),
        )

    def end_lines(self, role: str) -> list[str]:
        """Name of a side as the lines at the end of its frontier."""
        name = self.names()[role]
        if not self.look.narrow:
            return base.wrap(name, 130, 13, bold=True)
        lines = base.wrap(name, 58, 13, bold=True)[:3]
        return [line if text_width(line, 13, bold=True) < 74 else line[:8] + "…" for line in lines]

    def end_value(self, role: str) -> str:
        """Last value of a frontier with its interval."""
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

    def outside(self) -> tuple[int, int]:
        """How many models lie below the frame and left of it."""
        frame = self.frame
        earlier = sum(m["x"] < frame.x[0] for m in self.models)
        below = sum(m["y"] < frame.y[0] and m["x"] >= frame.x[0] for m in self.models)
        return below, earlier

    def inside(self) -> list[dict[str, Any]]:
        """Models inside the frame."""
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

    def visible(self, role: str) -> list[Step]:
        """Steps of a frontier inside the frame."""
        return [s for s in self.steps[role] if s.end >= self.frame.x[0] and s.end > s.start]

    def moved(self) -> list[dict[str, Any]]:
        """Records whose other date is far from the one used."""
        basis = self.sides["leader"].basis
        other = "available_on" if basis == "announced" else "announced_on"
        out = []
        for m in self.inside():
            if not m["record"] or m["role"] == "other" or m[other] is None:
                continue
            x = year_of(m[other])
            if abs(x - m["x"]) * 365.25 > MOVED_DAYS and self.frame.holds(x, m["y"]):
                out.append(m | {"x2": x, "day": m[other]})
        return out

    def months(self, arrow: dict[str, Any]) -> str:
        """Months of an arrow with their interval."""
        words = self.words
        text = words.months(arrow["estimate"])
        if arrow["low"] is None or self.look.narrow:
            return text
        return f"{text} ({words.number(arrow['low'])}–{words.number(arrow['high'])})"
