"""The natural chart of each result: conventions, areas, records, a scale's best models."""

from typing import TYPE_CHECKING, Any

import altair as alt
import polars as pl

from headway.analyses.evidence import reach
from headway.analyses.lag import LagResult
from headway.analyses.result import Result
from headway.errors import UsageError
from headway.report.charts.frame import Look
from headway.report.charts.intervals import Row, intervals
from headway.report.charts.over_time import over_time
from headway.report.phrases import (
    best_ranked,
    convention_name,
    convention_rows,
    interval_text,
    names_of,
    organisation_names,
    period_name,
    published_ratings,
)
from headway.report.rulers import ruler_name
from headway.report.words import Words

if TYPE_CHECKING:
    from headway.rulers.scale import Scale

LEVELS = ("daily", "daily-significant")


def tips(words: Words, level: float, value: str = "tip.lag") -> tuple[str, str, str]:
    """Words of a tooltip: what a row is, its value, its interval."""
    return (
        words("tip.entity"),
        words(value),
        words("tip.interval", level=words.level(level)),
    )


def lag_over_time(result: LagResult, look: Look) -> alt.LayerChart:
    """Draw the daily lag of a result."""
    words = look.words
    title = words("chart.over_time_title", **names_of(words, result))
    return over_time(
        _detail(result, "series"), look, title=title, note=lag_note(result, look),
        description=lag_description(result, look), axis=words("chart.lag_axis"),
        tip=words("tip.lag"), level=float(result.spec["level"]), mean=_year_mean(result),
        records=result.details.get("records"),
    )  # fmt: skip


def lag_note(result: LagResult, look: Look) -> str:
    """Return how the daily lag is to be read."""
    words = look.words
    significant = _series_convention(result) == "daily-significant"
    key = "chart.over_time_note_significant" if significant else "chart.over_time_note"
    return words(
        key, level=words.level(result.spec["level"]), tie=f"{result.spec['tie']:g}",
        **names_of(words, result),
    )  # fmt: skip


def lag_description(result: LagResult, look: Look) -> str:
    """Return the facts of the daily lag as text."""
    words = look.words
    known = _detail(result, "series").filter(pl.col("estimate").is_not_null()).sort("date")
    if known.is_empty():
        return words("status.not_enough_data")
    last, top = known.row(-1, named=True), known.sort("estimate").row(-1, named=True)
    mean = _year_mean(result)
    return words(
        "chart.over_time_text", now=_with_interval(words, last), day=words.day(last["date"]),
        mean=_with_interval(words, mean) if mean else words("number.unknown"),
        high=words.months(top["estimate"]), high_day=words.day(top["date"]),
    )  # fmt: skip


def gap_over_time(result: LagResult, look: Look) -> alt.LayerChart:
    """Draw the vertical gap of a result."""
    words = look.words
    names = names_of(words, result)
    level = float(result.spec["level"])
    unit = result.table.filter(pl.col("convention") == "gap")["unit"][0]
    note = words("chart.gap_note", level=words.level(level), **names)
    return over_time(
        _detail(result, "gap"), look, title=words("chart.gap_title"), note=note, description=note,
        axis=words("chart.gap_axis", unit=words.known("chart", str(unit))), tip=words("tip.gap"),
        level=level,
    )  # fmt: skip


def conventions(result: LagResult, look: Look, *, chosen: str = "daily") -> alt.LayerChart:
    """Draw every convention of a result side by side."""
    words = look.words
    found = convention_rows(result)
    items = [
        Row(
            label=convention_name(words, row), estimate=row["estimate"], low=row["low"],
            high=row["high"], value=interval_text(words, row), strong=row["convention"] == chosen,
        )
        for row in found
    ]  # fmt: skip
    level = float(result.spec["level"])
    title = words("chart.conventions_title", **names_of(words, result))
    return intervals(
        items, look, title=title,
        note=words("chart.conventions_note", level=words.level(level)),
        description=listed(words, title, items), axis=lag_axis(words, items),
        tips=tips(words, level),
    )  # fmt: skip


def waits(result: LagResult, look: Look, *, detail: str) -> alt.LayerChart:
    """Draw the records of the follower, or the matches of the leader's, one row each."""
    words = look.words
    items = []
    for row in reversed(_detail(result, detail).to_dicts()):
        if row["status"] == "censored" and "at_least" not in row:
            continue
        open_end = "high" if row["status"] == "censored" else None
        estimate = row["at_least"] if open_end else row["estimate"]
        shown = row | {"estimate": estimate}
        items.append(
            Row(
                label=str(row["name"]), estimate=estimate,
                low=None if open_end else row["low"], high=None if open_end else row["high"],
                value=interval_text(words, shown), open_end=open_end,
            )
        )  # fmt: skip
    if not items:
        raise UsageError("no record of the follower has been matched, so there is nothing to draw")
    level = float(result.spec["level"])
    title = words(f"chart.{detail}_title", **names_of(words, result))
    return intervals(
        items, look, title=title, note=words("chart.rows_note", level=words.level(level)),
        description=listed(words, title, items), axis=lag_axis(words, items),
        tips=tips(words, level),
    )  # fmt: skip


def ranking(
    scale: "Scale",
    most: int = 30,
    look: Look | None = None,
    *,
    leader: str = "country:US",
    follower: str = "country:CN",
) -> alt.LayerChart:
    """Draw the best models of a scale, with the published ratings beside where there are any."""
    from headway.dataset.groups import members

    look = look or Look()
    words = look.words
    groups: dict[str, set[str]] = {}
    for role, group in (("leader", leader), ("follower", follower)):
        try:
            groups[role] = set(members(scale.dataset, group))
        except UsageError:
            groups[role] = set()
    published = published_ratings(scale)
    beside = dict(published.select("model", "rating").iter_rows())
    organisations = organisation_names(scale, words.lang)
    items = []
    for row in best_ranked(scale, most):
        model = row["entity"]
        role = next((r for r, models in groups.items() if model in models), "other")
        name = str(row["name"] or model)
        maker = organisations.get(row["organisation"])
        items.append(
            Row(
                label=name if maker is None or look.narrow else f"{name} · {maker}",
                estimate=row["estimate"], low=row["low"], high=row["high"],
                value=interval_text(words, row), role=role, mark=beside.get(model),
            )
        )  # fmt: skip
    title = words("chart.ranking_title", count=len(items))
    note = ranking_note(scale, look)
    return intervals(
        items, look, title=title, note=note, description=listed(words, title, items),
        axis=words("chart.capability", unit=words.known("chart", scale.unit)),
        tips=tips(words, scale.level, "tip.capability"), zero=False,
    )  # fmt: skip


def ranking_note(scale: "Scale", look: Look) -> str:
    """Return how the ranking is to be read."""
    words = look.words
    reached = reach(scale)
    facts = {
        "level": words.level(scale.level),
        "ruler": ruler_name(words, scale),
        "day": words.day(None if reached is None else reached.day),
    }
    published = published_ratings(scale)
    if published.is_empty():
        return words("chart.ranking_note_plain", **facts)
    return words("chart.ranking_note", board=published["board"][0], **facts)


def lag_chart(result: LagResult, look: Look | None = None) -> alt.LayerChart:
    """Draw the natural chart of a lag's convention; of several, all side by side."""
    look = look or Look()
    if len(result.conventions) > 1:
        return conventions(result, look, chosen=result.conventions[0])
    convention = result.conventions[0]
    if convention in LEVELS:
        return lag_over_time(result, look)
    if convention == "gap":
        return gap_over_time(result, look)
    if convention == "records":
        return waits(result, look, detail="records")
    if convention == "time-to-match":
        return waits(result, look, detail="matches")
    return _periods(result, look)


def _periods(result: LagResult, look: Look) -> alt.LayerChart:
    words = look.words
    convention = result.conventions[0]
    found = result.table.filter((pl.col("unit") == "months") & pl.col("estimate").is_not_null())
    if found.is_empty():
        raise UsageError("this result has no number to draw", hint="see its table for the reason")
    items = [
        Row(
            label=f"{period_name(words, row)} · {words.known('quantity', row['quantity'])}"
            + (f" · {words.known('access', row['entity'])}"
               if row["entity"] in ("public", "private") else ""),
            estimate=row["estimate"], low=row["low"], high=row["high"],
            value=interval_text(words, row),
        )
        for row in found.to_dicts()
    ]  # fmt: skip
    level = float(result.spec["level"])
    names = names_of(words, result)
    title = f"{words(f'convention.{convention}')} · {names['follower']} / {names['leader']}"
    return intervals(
        items, look, title=title, note=words("chart.rows_note", level=words.level(level)),
        description=listed(words, title, items), axis=lag_axis(words, items),
        tips=tips(words, level),
    )  # fmt: skip


def lag_axis(words: Words, items: list[Row]) -> str:
    """Name of an axis of months; with both directions where there are negative ones."""
    below = any(v is not None and v < 0 for i in items for v in (i.estimate, i.low)) or any(
        i.low is None and i.high is not None for i in items
    )
    return words("chart.lag_axis_signed" if below else "chart.lag_axis")


def listed(words: Words, title: str, items: list[Row]) -> str:
    """Return the rows of a chart as a sentence."""
    colon, stop = ("：", "；") if words.lang == "zh" else (": ", "; ")
    return f"{title}{colon}" + stop.join(f"{i.label} {i.value}" for i in items)


def _with_interval(words: Words, row: dict[str, Any]) -> str:
    text = words.months(row["estimate"])
    if row["low"] is None:
        return text
    return f"{text} ({words.number(row['low'])}–{words.number(row['high'])})"


def _year_mean(result: LagResult) -> dict[str, Any] | None:
    rows = result.table.filter(
        (pl.col("convention") == _series_convention(result))
        & (pl.col("period") == "last-12-months")
        & (pl.col("quantity") == "lag_mean")
    )
    return rows.row(0, named=True) if rows.height else None


def _series_convention(result: LagResult) -> str:
    found = [name for name in result.conventions if name in LEVELS]
    if not found:
        raise UsageError("this result has no daily series")
    # With several conventions, the later one's series replaces the earlier one's.
    return found[-1]


def _detail(result: Result, name: str) -> pl.DataFrame:
    if name not in result.details:
        raise UsageError(
            f"this result has no {name!r}; it has {', '.join(result.details) or 'no details'}"
        )
    return result.details[name]
