"""The tables of the report as text, for the page and the terminal alike."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from headway.analyses.agreement import AgreementResult
from headway.analyses.events import EventsResult
from headway.analyses.lag import LagResult
from headway.analyses.result import Result
from headway.report.charts.comparisons import mover_reason
from headway.report.phrases import (
    area_name,
    best_ranked,
    convention_name,
    convention_rows,
    interval_only,
    names_of,
    organisation_names,
)
from headway.report.rulers import answers, gap_text, title_of, with_reference
from headway.report.story import Bout, Story
from headway.report.words import Words

DIFFERENCES = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A text, perhaps with a link."""

    text: str
    href: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table of texts; the first column names the row.

    Parameters
    ----------
    numeric
        Positions of the columns with numbers.
    marked
        Positions of the rows to stand out.
    """

    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    numeric: frozenset[int] = frozenset()
    marked: frozenset[int] = frozenset()


def _table(
    caption: str,
    columns: Sequence[str],
    rows: Sequence[Sequence[str | Cell]],
    numeric: Sequence[int] = (),
    marked: Sequence[int] = (),
) -> Table:
    cells = tuple(
        tuple(cell if isinstance(cell, Cell) else Cell(text=cell) for cell in row) for row in rows
    )
    return Table(
        caption=caption, columns=tuple(columns), rows=cells, numeric=frozenset(numeric),
        marked=frozenset(marked),
    )  # fmt: skip


def conventions(words: Words, bout: Bout) -> Table:
    """Every convention: what it says, how sure, what it counts and assumes."""
    found = convention_rows(bout.compared)
    rows = [
        (
            convention_name(words, row),
            estimate(words, row),
            interval_only(words, row),
            words.number(row["value_at_equality"]),
            *_explained(words, found, k),
            f"{row['n']:,}",
            str(row["censored"]) if row["censored"] else words("number.unknown"),
        )
        for k, row in enumerate(found)
    ]
    return _table(
        words(
            "page.conventions_caption", period=words("period.last-12-months"),
            **names_of(words, bout.compared),
        ),
        [
            words("column.convention"), words("column.says"), _interval_heading(words, bout),
            words("column.at_equality"), words("column.counts"), words("column.assumes"),
            words("column.n"), words("column.censored"),
        ],
        rows, numeric=(1, 2, 3, 6, 7),
        marked=[k for k, row in enumerate(found) if row["convention"] == bout.spec.convention],
    )  # fmt: skip


def by_ruler(words: Words, story: Story, result: Result) -> Table:
    """Every ruler that answers, the longest lag first: its lag, its gap, what it rests on."""
    found = answers(result)
    rows = [
        (
            title_of(words, row),
            estimate(words, row),
            interval_only(words, row),
            gap_text(words, row),
            words("number.unknown") if row["benchmarks"] is None else str(row["benchmarks"]),
            str(row["n"]),
            f"{row['tie']:g}" if row["tie"] else words("number.unknown"),
        )
        for row in found
    ]
    level = words("column.interval", level=words.level(float(result.spec["level"])))
    return _table(
        words("page.rulers_caption", **names_of(words, result)),
        [
            words("column.ruler"), words("column.lag"), level, words("column.ruler_gap"),
            words("column.benchmarks"), words("column.models"), words("column.tie"),
        ],
        rows, numeric=(1, 2, 3, 4, 5, 6),
        marked=[k for k, row in enumerate(found) if row["entity"] == story.headline_ruler],
    )  # fmt: skip


def _explained(words: Words, found: list[dict[str, Any]], k: int) -> tuple[str, str]:
    """What a convention counts and assumes, said at the first of its rows."""
    convention = found[k]["convention"]
    if k and found[k - 1]["convention"] == convention:
        return "″", "″"
    return words(f"counts.{convention}"), words(f"assumes.{convention}")


def years(words: Words, bout: Bout) -> Table:
    """Mean, smallest and largest daily lag, and the mean gap, per calendar year."""
    rows = []
    table, gaps = bout.series.table, bout.compared.table.filter(pl.col("convention") == "gap")
    for period in table["period"].unique(maintain_order=True).to_list():
        if not (period.isdigit() or period in ("all", "last-12-months")):
            continue
        pick = {row["quantity"]: row for row in table.filter(pl.col("period") == period).to_dicts()}
        gap = gaps.filter((pl.col("period") == period) & (pl.col("quantity") == "gap_mean"))
        mean = pick["lag_mean"]
        rows.append(
            (
                period if period.isdigit() else words(f"period.{period}"),
                estimate(words, mean),
                interval_only(words, mean),
                estimate(words, pick["lag_min"]) if "lag_min" in pick else "–",
                estimate(words, pick["lag_max"]) if "lag_max" in pick else "–",
                _both(words, gap.row(0, named=True)) if gap.height else "–",
                f"{mean['n']:,}",
            )
        )
    return _table(
        words("page.years_caption", **names_of(words, bout.compared)),
        [
            words("column.year"), words("column.mean"), _interval_heading(words, bout),
            words("column.smallest"), words("column.largest"), words("column.gap"),
            words("column.days"),
        ],
        rows, numeric=(1, 2, 3, 4, 5, 6),
    )  # fmt: skip


def records(words: Words, bout: Bout) -> Table:
    """Records of the follower, the newest first."""
    rows = [
        (
            str(row["name"]),
            words.day(row["date"]),
            words.number(row["capability"]),
            row["matched_name"] or words.known("status", "leads"),
            words.day(row["matched_date"]),
            estimate(words, row) if row["status"] == "ok" else words.known("status", "leads"),
            interval_only(words, row),
        )
        for row in bout.records.sort("date", descending=True).to_dicts()
    ]
    return _table(
        words("page.records_caption", **names_of(words, bout.compared)),
        [
            words("column.record"), words("column.date"), words("column.capability"),
            words("column.matched"), words("column.matched_date"), words("column.lag"),
            _interval_heading(words, bout),
        ],
        rows, numeric=(2, 5, 6),
    )  # fmt: skip


def events(words: Words, result: EventsResult, kind: str) -> Table:
    """Who leads each domain or benchmark, and the lag there; others are left to a sentence."""
    names = names_of(words, result)
    single = kind == "benchmark"
    rows = []
    for row in _told(result, kind).to_dicts():
        unit = "%" if row["gap_unit"] == "percent" else ""
        kept = [
            area_name(words, row, f"{kind}s"),
            _leads(words, row),
            words.day(row["best_since"]),
            estimate(words, row),
            interval_only(words, row),
            _holder(words, row, "follower", unit),
        ]
        if single:
            kept[1:1] = [
                words.known("domain", row["domain"] or "unknown"),
                words.known("access", row["item_access"] or "unknown"),
            ]
        rows.append(kept)
    level = words("column.interval", level=words.level(float(result.spec["level"])))
    columns = [
        words("column.test" if single else "column.domain"), words("column.led_by"),
        words("column.led_since"), words("column.lag"), level,
        words("column.follower_best", **names),
    ]  # fmt: skip
    if single:
        columns[1:1] = [words("column.domain"), words("column.access")]
    first = 5 if single else 3
    return _table(words(f"page.{kind}s_caption"), columns, rows, numeric=(first, first + 1))


def unknown_events(words: Words, result: EventsResult, kind: str) -> str:
    """Return the sentence about events that say nothing, or an empty string."""
    silent = result.table.filter(
        (pl.col("kind") == kind) & pl.col("estimate").is_null() & pl.col("best_name").is_null()
    ).to_dicts()
    if not silent:
        return ""
    comma = "、" if words.lang == "zh" else ", "
    names = comma.join(area_name(words, row, f"{kind}s") for row in silent)
    return words(f"page.{kind}s_unknown", count=len(silent), names=names)


def _told(result: EventsResult, kind: str) -> pl.DataFrame:
    return result.table.filter(
        (pl.col("kind") == kind)
        & (pl.col("estimate").is_not_null() | pl.col("best_name").is_not_null())
    )


def _leads(words: Words, row: dict[str, Any]) -> str:
    if row["best_name"] is None:
        return words("number.unknown")
    if row["leads_in_draws"] is None:
        return str(row["best_name"])
    share = words.number(100 * row["leads_in_draws"], 0)
    return words("chart.event_leader", name=row["best_name"], share=share)


def agreement(words: Words, result: AgreementResult) -> Table:
    """Rank correlation of every ruler with the reference, the lowest first."""
    rows = [
        (
            words.ruler(row["name"]),
            words.number(row["estimate"], 2),
            words.number(row["low"], 2) + "–" + words.number(row["high"], 2)
            if row["low"] is not None else words("number.unknown"),
            words.number(row["kendall"], 2),
            words.number(row["without_noise"], 2),
            str(row["n"]),
        )
        for row in with_reference(result)
    ]  # fmt: skip
    return _table(
        words("page.agreement_caption", reference=words.ruler(result.reference)),
        [
            words("column.ruler"), words("column.spearman"),
            words("column.interval", level=words.level(float(result.spec["level"]))),
            words("column.kendall"), words("column.without_noise"), words("column.models"),
        ],
        rows, numeric=(1, 2, 3, 4, 5),
    )  # fmt: skip


def movers(words: Words, result: AgreementResult) -> Table:
    """Models that move most between the reference and each other ruler, with the reasons."""
    rows = [
        (
            str(row["name"] or row["entity"]),
            words.ruler(row["ruler"]),
            str(row["rank_reference"]),
            str(row["rank_other"]),
            words.number(row["difference"], 0),
            f"{words.number(row['low'], 0)}–{words.number(row['high'], 0)}"
            if row["low"] is not None and row["low"] >= 0
            else words.between(row["low"], row["high"], 0),
            mover_reason(result, row, words),
        )
        for row in result.details["movers"].to_dicts()
    ]
    return _table(
        words("page.movers_caption", reference=words.ruler(result.reference)),
        [
            words("column.model"), words("column.ruler"), words("column.rank_reference"),
            words("column.rank_other"), words("column.moved"),
            words("column.interval", level=words.level(float(result.spec["level"]))),
            words("column.why"),
        ],
        rows, numeric=(2, 3, 4, 5),
    )  # fmt: skip


def changed(words: Words, result: Result) -> Table:
    """Lag and gap then, now, and their difference."""
    rows = []
    for quantity in ("lag", "gap"):
        part = result.table.filter(pl.col("quantity") == quantity)
        pick = {row["period"]: row for row in part.to_dicts()}
        name = words("column.lag") if quantity == "lag" else words("column.gap")
        rows.append((name, *(_both(words, pick[p]) for p in ("then", "now", "change"))))
    return _table(
        words("page.changes_caption"),
        [words("column.quantity"), words("column.then"), words("column.now"),
         words("column.change")],
        rows, numeric=(1, 2, 3),
    )  # fmt: skip


def new_models(words: Words, story: Story) -> Table:
    """Models of either side since the earlier day, the newest first."""
    assert story.changes is not None
    names = names_of(words, story.main.compared)
    makers = organisation_names(story.scale, words.lang)
    found = story.changes.details["models"].sort("date", descending=True).to_dicts()
    rows = [
        (
            str(row["name"] or row["model"]),
            makers.get(row["organisation"], "–"),
            names[row["role"]],
            words.day(row["date"]),
            words.number(row["capability"]),
            words("word.yes") if row["record"] else words("number.unknown"),
        )
        for row in found
    ]
    return _table(
        words("page.changes_models"),
        [
            words("column.model"), words("column.organisation"), words("column.side"),
            words("column.date"), words("column.capability"), words("column.record"),
        ],
        rows, numeric=(4,),
        marked=[k for k, row in enumerate(found) if row["record"]],
    )  # fmt: skip


def new_facts(words: Words, story: Story) -> Table:
    """Rows recorded since the earlier day, by table."""
    assert story.changes is not None
    rows = [
        (words.known("table", row["table"]), str(row["recorded"]), str(row["corrections"]))
        for row in story.changes.details["facts"].to_dicts()
        if row["recorded"]
    ]
    return _table(
        words("page.changes_facts"),
        [words("column.table"), words("column.count"), words("column.corrections")],
        rows, numeric=(1, 2),
    )  # fmt: skip


def ranking(words: Words, story: Story, most: int = 25) -> Table:
    """The best models with their intervals, ranks and makers."""
    makers = organisation_names(story.scale, words.lang)
    beside = dict(story.published.select("entity", "rating").iter_rows())
    rows = [
        (
            str(row["name"] or row["entity"]),
            words("number.unknown") if row["rank"] is None else str(row["rank"]),
            makers.get(row["organisation"], "–"),
            words.country(row["country"]),
            words.number(row["estimate"]),
            interval_only(words, row) if row["low"] is not None
            else words.known("status", row["status"]),
            words.number(beside.get(row["entity"])),
        )
        for row in best_ranked(story.scale, most)
    ]  # fmt: skip
    return _table(
        words("chart.ranking_title", count=len(rows)),
        [
            words("column.model"), words("column.rank"), words("column.organisation"),
            words("column.country"), words("column.capability"),
            words("column.interval", level=words.level(story.scale.level)),
            words("column.published"),
        ],
        rows, numeric=(1, 4, 5, 6),
    )  # fmt: skip


def published(words: Words, story: Story) -> Table:
    """The largest differences between the refit and the published index."""
    rows = [
        (
            str(row["name"] or row["entity"]),
            words.number(row["estimate"], 2),
            words.number(row["rating"], 2),
            words.number(row["difference"], 2),
        )
        for row in story.published.head(DIFFERENCES).to_dicts()
    ]
    return _table(
        words("page.published_caption"),
        [words("column.model"), words("column.capability"), words("column.published"),
         words("column.difference")],
        rows, numeric=(1, 2, 3),
    )  # fmt: skip


def sources(words: Words, story: Story) -> Table:
    """Where the facts come from."""
    rows = [
        (
            Cell(text=str(row["title"] or row["source"]), href=_safe(row["url"])),
            str(row["publisher"] or "–"),
            str(row["licence"] or words("page.licence_unknown")),
            words.day(row["retrieved_on"]),
        )
        for row in story.data.sources.to_dicts()
    ]
    return _table(
        words("page.data_caption"),
        [words("column.source"), words("column.publisher"), words("column.licence"),
         words("column.retrieved")],
        rows,
    )  # fmt: skip


def estimate(words: Words, row: dict[str, Any]) -> str:
    """Return the number of a row, or its status in words."""
    if row["estimate"] is None:
        return words.known("status", row["status"])
    text = words.number(row["estimate"])
    if row["status"] in ("at_least", "censored"):
        return words("number.at_least", value=text)
    return text


def _both(words: Words, row: dict[str, Any]) -> str:
    if row["low"] is None and row["high"] is None:
        return estimate(words, row)
    return f"{estimate(words, row)} ({interval_only(words, row)})"


def _holder(words: Words, row: dict[str, Any], role: str, unit: str) -> str:
    if row[f"{role}_name"] is None:
        return words("number.unknown")
    return f"{row[f'{role}_name']} ({words.number(row[f'{role}_score'])}{unit})"


def _interval_heading(words: Words, result: Bout | LagResult) -> str:
    level = float(result.spec.level if isinstance(result, Bout) else result.spec["level"])
    return words("column.interval", level=words.level(level))


def _safe(url: str | None) -> str | None:
    return url if url and url.startswith(("https://", "http://")) else None
