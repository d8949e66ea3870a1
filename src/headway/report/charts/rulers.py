"""The chart of one question answered by several rulers."""

import altair as alt

from headway.analyses.agreement import AgreementResult
from headway.analyses.result import Result
from headway.errors import UsageError
from headway.report.charts.frame import Look
from headway.report.charts.intervals import Row, intervals
from headway.report.charts.results import lag_axis, listed, tips
from headway.report.phrases import interval_text, names_of
from headway.report.rulers import answers, correlation, title_of, with_reference


def by_ruler(result: Result, look: Look, *, chosen: str = "general") -> alt.LayerChart:
    """Draw the lag by every ruler, that of the headline filled."""
    words = look.words
    rows = answers(result)
    if not rows:
        raise UsageError("no ruler has an answer to draw")
    items = [
        Row(
            label=title_of(words, row), estimate=row["estimate"], low=row["low"],
            high=row["high"], value=interval_text(words, row), strong=row["entity"] == chosen,
            open_end="high" if row["status"] in ("at_least", "censored") else None,
        )
        for row in rows
    ]  # fmt: skip
    level = float(result.spec["level"])
    title = words("chart.rulers_title", **names_of(words, result))
    return intervals(
        items, look, title=title, note=note(result, look),
        description=listed(words, title, items), axis=lag_axis(words, items),
        tips=tips(words, level),
    )  # fmt: skip


def agreement_rows(result: AgreementResult, look: Look) -> alt.LayerChart:
    """Draw the rank correlation of every ruler with the reference."""
    words = look.words
    rows = with_reference(result)
    if not rows:
        raise UsageError("no ruler shares enough models with the reference for a chart")
    items = [
        Row(
            label=words.ruler(row["name"]), estimate=row["estimate"], low=row["low"],
            high=row["high"], role="leader",
            value=correlation(words, row) if look.narrow else words(
                "chart.agreement_value", value=correlation(words, row), models=row["n"]
            ),
            interval=correlation(words, row),
        )
        for row in rows
    ]  # fmt: skip
    level = float(result.spec["level"])
    title = words("chart.agreement_title")
    return intervals(
        items, look, title=title, note=agreement_note(result, look),
        description=listed(words, title, items), axis=words("tip.correlation"),
        tips=(words("tip.entity"), words("tip.correlation"),
              words("tip.interval", level=words.level(level))), zero=False,
    )  # fmt: skip


def agreement_note(result: AgreementResult, look: Look) -> str:
    """Return how the correlations are to be read."""
    words = look.words
    return words(
        "chart.agreement_rows_note", reference=words.ruler(result.reference),
        level=words.level(float(result.spec["level"])),
    )  # fmt: skip


def note(result: Result, look: Look) -> str:
    """Return how the chart is to be read."""
    words = look.words
    return words(
        "chart.rulers_note", level=words.level(float(result.spec["level"])),
        convention=words(f"inside.{result.spec['convention']}"),
    )  # fmt: skip
