"""The charts of a story, each with its title, note and facts in words."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache

import altair as alt
import polars as pl

from headway.analyses.agreement import AgreementResult
from headway.analyses.events import EventsResult
from headway.analyses.lag import LagResult
from headway.analyses.multiverse import MultiverseResult
from headway.analyses.premium import PremiumResult
from headway.analyses.result import Result
from headway.report.charts import (
    events_chart,
    frontiers as draw_frontiers,
    movers_chart,
    premium as draw_premium,
    results,
    rulers,
    specification,
)
from headway.report.charts.facts import Facts
from headway.report.charts.frame import Look
from headway.report.phrases import names_of
from headway.report.rulers import most_moved, with_reference
from headway.report.story import Bout, Story

BEST = 25


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A chart that can be drawn at any width, in any theme and language.

    Parameters
    ----------
    name
        Identifier, also the name of its file.
    draw
        Draws it.
    title, note, description
        Texts, for the look that they were asked for.
    """

    name: str
    draw: Callable[[Look], alt.LayerChart]
    title: str
    note: str
    description: str


def figures(story: Story, look: Look) -> dict[str, Figure]:
    """Return every chart of a story by name; those without data are left out."""
    words = look.words
    main = story.main
    names = words.names(main.spec.leader, main.spec.follower)
    found = [
        _frontiers(story, main, "frontiers", look),
        Figure(
            name="time",
            draw=lambda look: results.lag_over_time(_with_records(main), look),
            title=words("chart.over_time_title", **names),
            note=results.lag_note(main.series, look),
            description=results.lag_description(main.series, look),
        ),
        _conventions(main, "conventions", look),
    ]
    if story.rulers is not None and not story.rulers.table["estimate"].is_null().all():
        found.append(_rulers(story, story.rulers, look))
    if story.agreement is not None and with_reference(story.agreement):
        found.append(_agreement(story.agreement, look))
        moved = most_moved(story.agreement)
        if (moved.details["movers"]["difference"].abs() > 1).any():
            found.append(_movers(moved, look))
    if story.second is not None:
        found.append(_frontiers(story, story.second, "second_frontiers", look))
        found.append(_conventions(story.second, "second_conventions", look))
    if story.events is not None:
        for kind in ("domain", "benchmark"):
            known = story.events.table.filter(pl.col("kind") == kind)["estimate"]
            if known.is_not_null().any():
                found.append(_events(story.events, kind, look))

    if story.premium is not None:
        found += _premium(story.premium, look)

    @cache
    def ranked(look: Look) -> alt.LayerChart:
        return results.ranking(
            story.scale, BEST, look, leader=main.spec.leader, follower=main.spec.follower
        )

    found.append(
        Figure(
            name="ranking", draw=ranked,
            title=words("chart.ranking_title", count=min(BEST, len(story.scale.models))),
            note=results.ranking_note(story.scale, look), description=_described(ranked, look),
        )
    )  # fmt: skip
    if story.every is not None:
        found.append(_multiverse(story.every.ways, look))
    return {figure.name: figure for figure in found}


def _frontiers(story: Story, bout: Bout, name: str, look: Look) -> Figure:
    words = look.words
    parts = (story.scale, bout.leader, bout.follower, bout.records)
    facts = Facts(*parts, look)
    return Figure(
        name=name,
        draw=lambda look: draw_frontiers(*parts, look),
        title=words("chart.frontiers_title", **words.names(bout.spec.leader, bout.spec.follower)),
        note=facts.note(),
        description=facts.description(),
    )


def _events(result: EventsResult, kind: str, look: Look) -> Figure:
    words = look.words
    names = names_of(words, result)

    @cache
    def draw(look: Look) -> alt.LayerChart:
        return events_chart(result, look, kind=kind, lags_only=True)

    table = result.table.filter(pl.col("kind") == kind)
    shown = table.filter(pl.col("estimate").is_not_null() & ~pl.col("stale").fill_null(value=False))
    return Figure(
        name=f"{kind}s",
        draw=draw,
        title=words(f"chart.events_{kind}s_title", **names),
        note=words(
            "chart.events_note", level=words.level(float(result.spec["level"])),
            count=table.height - shown.height, **names,
        ),
        description=_described(draw, look),
    )  # fmt: skip


def _agreement(result: AgreementResult, look: Look) -> Figure:
    @cache
    def draw(look: Look) -> alt.LayerChart:
        return rulers.agreement_rows(result, look)

    return Figure(
        name="agreement", draw=draw, title=look.words("chart.agreement_title"),
        note=rulers.agreement_note(result, look), description=_described(draw, look),
    )  # fmt: skip


def _movers(result: AgreementResult, look: Look) -> Figure:
    words = look.words

    @cache
    def draw(look: Look) -> alt.LayerChart:
        return movers_chart(result, look)

    return Figure(
        name="movers", draw=draw, title=words("chart.movers_title"),
        note=words("chart.movers_note", reference=words.ruler(result.reference)),
        description=_described(draw, look),
    )  # fmt: skip


def _rulers(story: Story, result: Result, look: Look) -> Figure:
    words = look.words

    @cache
    def draw(look: Look) -> alt.LayerChart:
        return rulers.by_ruler(result, look, chosen=story.headline_ruler)

    return Figure(
        name="rulers",
        draw=draw,
        title=words("chart.rulers_title", **names_of(words, result)),
        note=rulers.note(result, look),
        description=_described(draw, look),
    )


def _premium(result: PremiumResult, look: Look) -> list[Figure]:
    def variants(look: Look) -> alt.LayerChart:
        return draw_premium.variants(result, look)

    def benchmarks(look: Look) -> alt.LayerChart:
        return draw_premium.benchmarks(result, look)

    found = [
        Figure(
            name="premium", draw=variants, title=draw_premium.variants_title(result, look),
            note=draw_premium.variants_note(result, look), description=_described(variants, look),
        )
    ]  # fmt: skip
    if draw_premium.measured(result).height:
        found.append(
            Figure(
                name="premium_benchmarks", draw=benchmarks,
                title=draw_premium.benchmarks_title(result, look),
                note=draw_premium.benchmarks_note(result, look),
                description=_described(benchmarks, look),
            )
        )  # fmt: skip
    return found


def _conventions(bout: Bout, name: str, look: Look) -> Figure:
    words = look.words

    @cache
    def draw(look: Look) -> alt.LayerChart:
        return results.conventions(bout.compared, look, chosen=bout.spec.convention)

    return Figure(
        name=name,
        draw=draw,
        title=words("chart.conventions_title", **words.names(bout.spec.leader, bout.spec.follower)),
        note=words("chart.conventions_note", level=words.level(bout.spec.level)),
        description=_described(draw, look),
    )


def _multiverse(result: MultiverseResult, look: Look) -> Figure:
    name = result.question()
    return Figure(
        name="multiverse",
        draw=lambda look: specification.specification(result, look),
        title=look.words("multiverse.ways_title", **look.words.names(*result.spec.asked[name])),
        note=specification.note(result, look, name),
        description=specification.described(result, look, name),
    )


def _described(draw: Callable[[Look], alt.LayerChart], look: Look) -> str:
    return str(draw(look).description)


def _with_records(bout: Bout) -> LagResult:
    details: dict[str, pl.DataFrame] = {**bout.series.details, "records": bout.records}
    return replace(bout.series, details=details)
