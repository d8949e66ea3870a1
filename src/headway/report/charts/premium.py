"""Charts of the premium: under every variant, and on every test."""

from statistics import NormalDist

import altair as alt
import polars as pl

from headway.analyses.premium import PremiumResult
from headway.errors import UsageError
from headway.report import premium as phrases
from headway.report.charts.frame import Look
from headway.report.charts.intervals import Row, intervals
from headway.report.phrases import interval_text, names_of

MOST_ERROR = 4.0


def variants(result: PremiumResult, look: Look | None = None) -> alt.LayerChart:
    """Draw the premium as asked, and under every other way to label and to select."""
    look = look or Look()
    words = look.words
    items = [
        Row(
            label=phrases.variant_name(words, row), estimate=row["estimate"], low=row["low"],
            high=row["high"], value=interval_text(words, row), strong=row["kind"] == "chosen",
            group=words(f"premium.kind.{row['kind']}"),
        )
        for row in phrases.drawn_variants(result).to_dicts()
    ]  # fmt: skip
    return intervals(
        items, look, title=variants_title(result, look), note=variants_note(result, look),
        description=_described(look, variants_title(result, look), items),
        axis=words("premium.axis"), tips=_tips(result, look),
    )  # fmt: skip


def benchmarks(result: PremiumResult, look: Look | None = None) -> alt.LayerChart:
    """Draw the follower's advantage on each test, public ones above private ones.

    Raises
    ------
    UsageError
        When no test is measured well enough to be drawn.
    """
    look = look or Look()
    words = look.words
    width = NormalDist().inv_cdf(0.5 + result.spec["level"] / 2)
    known = measured(result)
    if known.is_empty():
        raise UsageError("no test is measured well enough for a chart")
    items = []
    sides = known["side"].unique().to_list()
    for side in sorted(sides, key=lambda name: name not in ("public", "developer")):
        part = known.filter(pl.col("side").eq_missing(side))
        for row in part.to_dicts():
            reach = width * row["error"]
            bounds = {"low": row["advantage"] - reach, "high": row["advantage"] + reach}
            value = {"estimate": row["advantage"], "status": "ok"} | bounds
            items.append(
                Row(
                    label=str(row["name"] or row["benchmark"]), estimate=row["advantage"],
                    value=interval_text(words, value),
                    role="follower" if side in ("public", "developer") else "ink",
                    group=words(f"premium.side_{side}") if side else "", **bounds,
                )
            )  # fmt: skip
    return intervals(
        items, look, title=benchmarks_title(result, look), note=benchmarks_note(result, look),
        description=_described(look, benchmarks_title(result, look), items),
        axis=words("premium.axis"), tips=_tips(result, look),
    )  # fmt: skip


def measured(result: PremiumResult) -> pl.DataFrame:
    """Tests whose advantage is measured well enough to be drawn."""
    return result.details["benchmarks"].filter(pl.col("error") <= MOST_ERROR)


def variants_title(result: PremiumResult, look: Look) -> str:
    """Title of the chart of variants."""
    return look.words("premium.variants_title", **names_of(look.words, result))


def variants_note(result: PremiumResult, look: Look) -> str:
    """Return how the chart of variants is to be read."""
    return look.words(
        "premium.variants_note", level=look.words.level(float(result.spec["level"])),
        **phrases.names(look.words, result),
    )  # fmt: skip


def benchmarks_title(result: PremiumResult, look: Look) -> str:
    """Title of the chart of tests."""
    return look.words("premium.benchmarks_title", **names_of(look.words, result))


def benchmarks_note(result: PremiumResult, look: Look) -> str:
    """Return how the chart of tests is to be read."""
    return look.words(
        "premium.benchmarks_note", level=look.words.level(float(result.spec["level"])),
        most=f"{MOST_ERROR:g}", **phrases.names(look.words, result),
    )  # fmt: skip


def _tips(result: PremiumResult, look: Look) -> tuple[str, str, str]:
    words = look.words
    level = words.level(float(result.spec["level"]))
    return words("tip.entity"), words("premium.tip_points"), words("tip.interval", level=level)


def _described(look: Look, title: str, items: list[Row]) -> str:
    colon, stop = ("：", "；") if look.words.lang == "zh" else (": ", "; ")
    return f"{title}{colon}" + stop.join(f"{i.label} {i.value}" for i in items)
