"""Rows of dots for events, for models that move, and for rankings under other weights."""

from typing import Any

import altair as alt
import polars as pl

from headway.analyses.agreement import AgreementResult
from headway.analyses.composites import SensitivityResult
from headway.analyses.events import EventsResult
from headway.errors import UsageError
from headway.report.charts.frame import WIDE, Look, short
from headway.report.charts.intervals import Row, intervals
from headway.report.phrases import interval_text, names_of
from headway.report.words import Words

BEST = 25
BEFORE_FIRST = 0.4
ROOM_FOR_REASONS = WIDE - 80
_FLAGS = (
    "few_scores", "imputed", "at_ceiling", "at_floor", "beyond_longest", "below_shortest",
    "other_evidence", "not_seen",
)  # fmt: skip


def events_chart(
    result: EventsResult,
    look: Look | None = None,
    *,
    kind: str | None = None,
    lags_only: bool = False,
) -> alt.LayerChart:
    """Draw the follower's lag in every event, with the name of who leads it.

    Parameters
    ----------
    kind
        ``domain`` or ``benchmark`` for one of the two; None for both.
    lags_only
        Whether to leave out the events with a leader but without a lag.
    """
    look = look or Look()
    words = look.words
    table = result.table if kind is None else result.table.filter(pl.col("kind") == kind)
    shown = table.filter(
        pl.col("best_name").is_not_null() & ~pl.col("stale").fill_null(value=False)
    )
    if lags_only:
        shown = shown.filter(pl.col("estimate").is_not_null())
    if shown.is_empty():
        raise UsageError("no event has enough models for a chart")
    items, told = [], []
    for row in shown.to_dicts():
        label = str(row["name"])
        if row["kind"] == "domain":
            label = words.known("domain", row["entity"])
        leader = short(str(row["best_name"]))
        if row["leads_in_draws"] is not None:
            share = words.number(100 * row["leads_in_draws"], 0)
            leader = words("chart.event_leader", name=leader, share=share)
        items.append(
            Row(
                label=label, estimate=row["estimate"], low=row["low"], high=row["high"],
                value=leader, open_end="high" if row["status"] == "at_least" else None,
                group=words(f"chart.events_{row['kind']}") if kind is None else "",
            )
        )  # fmt: skip
        told.append(f"{label} {leader} {interval_text(words, row)}")
    level = float(result.spec["level"])
    names = names_of(words, result)
    title = words("chart.events_title", **names)
    count = table.height - shown.height
    signed = any(
        (v is not None and v < 0) or (i.low is None and i.high is not None)
        for i in items
        for v in (i.estimate, i.low)
    )
    return intervals(
        items, look, title=title,
        note=words("chart.events_note", level=words.level(level), count=count, **names),
        description=_listed(words, title, told),
        axis=words("chart.lag_axis_signed" if signed else "chart.lag_axis"),
        tips=(words("tip.entity"), words("tip.leads"),
              words("tip.interval", level=words.level(level))),
    )  # fmt: skip


def movers_chart(result: AgreementResult, look: Look | None = None) -> alt.LayerChart:
    """Draw the models that move most, from their rank on the reference to that on the other."""
    look = look or Look()
    words = look.words
    # One place up or down is no move.
    table = result.details["movers"].filter(pl.col("difference").abs() > 1)
    if table.is_empty():
        raise UsageError("no model stands elsewhere on another ruler, so there is nothing to draw")
    items, told = [], []
    for row in table.to_dicts():
        change = f"{row['rank_reference']} → {row['rank_other']}"
        reason = mover_reason(result, row, words)
        wide = look.width >= ROOM_FOR_REASONS and reason
        items.append(
            Row(
                label=short(str(row["name"])), estimate=float(row["rank_other"]),
                low=float(min(row["rank_reference"], row["rank_other"])),
                high=float(max(row["rank_reference"], row["rank_other"])),
                value=f"{change} · {reason}" if wide else change, interval=reason or change,
                mark=float(row["rank_reference"]), group=words.ruler(str(row["ruler"])),
            )
        )  # fmt: skip
        told.append(f"{words.ruler(row['ruler'])}, {row['name']} {change} ({reason})")
    title = words("chart.movers_title")
    note = "chart.movers_note" if look.width >= ROOM_FOR_REASONS else "chart.movers_note_narrow"
    return intervals(
        items, look, title=title, note=words(note, reference=words.ruler(result.reference)),
        description=_listed(words, title, told), axis=words("chart.rank_axis"),
        tips=(words("tip.model"), words("tip.rank"), words("tip.why")), zero=False,
        floor=BEFORE_FIRST,
    )  # fmt: skip


def mover_reason(result: AgreementResult, row: dict[str, Any], words: Words) -> str:
    """Return why a model moves: tests with a sign, then what else is known, in a few words."""
    found = result.details["reasons"].filter(
        (pl.col("ruler") == row["ruler"]) & (pl.col("entity") == row["entity"])
    )
    pushes = dict(found.select("name", "push").iter_rows())
    named = [name for name in str(row["benchmarks"]).split(";") if name]
    parts = [f"{'+' if pushes.get(name, 0.0) > 0 else '−'}{_brief(name)}" for name in named]
    flags = [words(f"why.{word}") for word in row["why"].split(";") if word in _FLAGS]
    comma = "，" if words.lang == "zh" else ", "
    return comma.join([*parts, *flags])


def sensitivity_chart(result: SensitivityResult, look: Look | None = None) -> alt.LayerChart:
    """Draw the ranks of the best models under other weights."""
    look = look or Look()
    words = look.words
    level = float(result.spec["level"])
    items = [
        Row(
            label=short(str(row["name"])), estimate=row["estimate"], low=row["low"],
            high=row["high"], value=f"{words.number(100 * row['leads'], 0)}%",
            strong=row["status"] == "leader",
        )
        for row in result.table.head(BEST).to_dicts()
    ]  # fmt: skip
    title = words("chart.sensitivity_title", ruler=words.ruler(str(result.spec["ruler"])))
    note = words("chart.sensitivity_note", level=words.level(level), draws=result.spec["draws"])
    told = [f"{i.label} {words.number(i.estimate, 0)} ({i.value})" for i in items]
    return intervals(
        items, look, title=title, note=note, description=_listed(words, title, told),
        axis=words("chart.rank_axis"), zero=False, floor=BEFORE_FIRST,
        tips=(words("tip.model"), words("tip.leads"),
              words("tip.interval", level=words.level(level))),
    )  # fmt: skip


def _brief(name: str, most: int = 22) -> str:
    return name if len(name) <= most else name[: most - 1].rstrip("- ") + "…"


def _listed(words: Words, title: str, parts: list[str]) -> str:
    colon, stop = ("：", "；") if words.lang == "zh" else (": ", "; ")
    return f"{title}{colon}" + stop.join(parts)
