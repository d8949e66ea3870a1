"""The section on rulers: who answers what, as rows, sentences and names."""

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from headway.analyses.agreement import AgreementResult
from headway.analyses.result import Result
from headway.report.words import Words

if TYPE_CHECKING:
    from headway.rulers.scale import Scale

RULERS_OF_MOVERS = 5
MOVERS_OF_A_RULER = 2


def ruler_name(words: Words, scale: "Scale") -> str:
    """Name of the ruler of a scale: its title in the language, where its file has one."""
    titles = (scale.spec.get("file") or {}).get("title") or {}
    found = titles.get(words.lang)
    return str(found) if found else words.ruler(scale.ruler)


def title_of(words: Words, row: dict[str, Any]) -> str:
    """Name of the ruler of a row."""
    title = row["title_zh"] if words.lang == "zh" else row["title"]
    return words.ruler(str(title))


def answers(result: Result) -> list[dict[str, Any]]:
    """Rows with a number, the longest lag first."""
    known = result.table.filter(pl.col("estimate").is_not_null())
    return known.sort("estimate", "entity", descending=[True, False]).to_dicts()


def with_reference(result: AgreementResult) -> list[dict[str, Any]]:
    """Rows of the rank correlation of every ruler with the reference, the lowest first.

    Each has ``name`` (of the other ruler) and, beside Spearman's, ``kendall`` and
    ``without_noise``.
    """
    at = result.reference
    known = result.table.filter((pl.col("ruler") == at) | (pl.col("other") == at)).with_columns(
        name=pl.when(pl.col("ruler") == at).then(pl.col("other")).otherwise(pl.col("ruler"))
    )
    beside = known.pivot("quantity", index="name", values="estimate").select(
        "name", "kendall", without_noise="spearman_without_noise"
    )
    found = known.filter(
        (pl.col("quantity") == "spearman") & pl.col("estimate").is_not_null()
    ).join(beside, on="name", how="left")
    return found.sort("estimate", "name").to_dicts()


def most_moved(result: AgreementResult) -> AgreementResult:
    """Return the result with the movers of the rulers that agree least with the reference."""
    least = [row["name"] for row in with_reference(result)][:RULERS_OF_MOVERS]
    moved = result.details["movers"]
    chosen = pl.concat(
        [moved.filter(pl.col("ruler") == name).head(MOVERS_OF_A_RULER) for name in least]
        or [moved.clear()]
    )
    return replace(result, details={**result.details, "movers": chosen})


def correlation(words: Words, row: dict[str, Any]) -> str:
    """Return a correlation with its interval: ``0.94 (0.90–0.96)``."""
    text = words.number(row["estimate"], 2)
    if row["low"] is None or row["high"] is None:
        return text
    return f"{text} ({words.number(row['low'], 2)}–{words.number(row['high'], 2)})"


def agreement_summary(words: Words, result: AgreementResult) -> str:
    """Return the sentence on how far the rulers agree with the reference."""
    rows = with_reference(result)
    if not rows:
        return ""
    middle = float(np.median([row["estimate"] for row in rows]))
    return words(
        "page.agreement_say", reference=words.ruler(result.reference),
        lowest=words.ruler(rows[0]["name"]), low=words.number(rows[0]["estimate"], 2),
        middle=words.number(middle, 2),
    )  # fmt: skip


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
