"""The section on rulers: who answers what, as rows, sentences and names."""

from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from headway.analyses.result import Result
from headway.report.words import Words

if TYPE_CHECKING:
    from headway.report.story import Story
    from headway.rulers.scale import Scale


def ruler_name(words: Words, scale: "Scale") -> str:
    """Name of the ruler of a scale: its title in the language, where its file has one."""
    titles = (scale.spec.get("file") or {}).get("title") or {}
    found = titles.get(words.lang)
    return str(found) if found else words.ruler(scale.ruler)


def title_of(words: Words, row: dict[str, Any]) -> str:
    """Name of the ruler of a row."""
    title = row["title_zh"] if words.lang == "zh" else row["title"]
    return words.ruler(str(title))


def headline_ruler(story: "Story") -> str:
    """Entity of the row that stands for the ruler of the headline."""
    if story.spec.ruler == "eci":
        return "general"
    name = (story.scale.spec.get("file") or {}).get("name", "")
    return str(name) if name in story.scales else ""


def answers(result: Result) -> list[dict[str, Any]]:
    """Rows with a number, the longest lag first."""
    known = result.table.filter(pl.col("estimate").is_not_null())
    return known.sort("estimate", "entity", descending=[True, False]).to_dicts()


def summary(words: Words, result: Result) -> str:
    """Return the sentence on how far the rulers are apart."""
    rows = answers(result)
    if not rows:
        return ""
    highest, lowest = rows[0], rows[-1]
    facts = {
        "low": words.number(lowest["estimate"]),
        "lowest": title_of(words, lowest),
    }
    if len(rows) == 1:
        return words("page.rulers_one", **facts)
    quarter, three = np.quantile([row["estimate"] for row in rows], [0.25, 0.75])
    return words(
        "page.rulers_say", count=len(rows), high=words.number(highest["estimate"]),
        highest=title_of(words, highest), quarter=words.number(float(quarter)),
        three_quarters=words.number(float(three)), **facts,
    )  # fmt: skip


def without_tie(words: Words, result: Result) -> str:
    """Return the sentence on rulers whose unit knows no tie, or nothing."""
    tie = float(result.spec["tie"])
    rows = [row for row in answers(result) if row["tie"] == 0.0]
    if not tie or not rows:
        return ""
    names = _listed(words, [title_of(words, row) for row in rows])
    return words("page.rulers_tie", tie=f"{tie:g}", names=names)


def silent(words: Words, result: Result) -> str:
    """Return the sentence on rulers that have no answer, with the reasons, or nothing."""
    rows = result.table.filter(pl.col("estimate").is_null()).to_dicts()
    if not rows:
        return ""
    said = [
        words(
            "page.rulers_unknown_one", name=title_of(words, row),
            reason=row["why"] if row["why"] and words.lang == "en"
            else words.known("status", row["status"]),
        )
        for row in rows
    ]  # fmt: skip
    return words("page.rulers_unknown", count=len(rows), names=_listed(words, said))


def gap_text(words: Words, row: dict[str, Any]) -> str:
    """Return the gap of a row with its interval and unit."""
    if row["gap"] is None:
        return words("number.unknown")
    text = words.amount(words.number(row["gap"]), row["gap_unit"])
    if row["gap_low"] is None or row["gap_high"] is None:
        return text
    between = words.between(row["gap_low"], row["gap_high"])
    return f"{text}（{between}）" if words.lang == "zh" else f"{text} ({between})"


def _listed(words: Words, names: list[str]) -> str:
    return ("、" if words.lang == "zh" else ", ").join(names)
