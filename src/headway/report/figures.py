"""The charts of a story, each with its title, note and facts in words."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import altair as alt
import polars as pl

from headway.analyses.lag import LagResult
from headway.analyses.premium import PremiumResult
from headway.analyses.result import Result
from headway.report.charts import frontiers as draw_frontiers
from headway.report.charts import premium as draw_premium
from headway.report.charts import results
from headway.report.charts.facts import Facts
from headway.report.charts.frame import Look
from headway.report.phrases import names_of
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
    if story.second is not None:
        found.append(_frontiers(story, story.second, "second_frontiers", look))
        found.append(_conventions(story.second, "second_conventions", look))
    for kind, result in (("domains", story.domains), ("benchmarks", story.benchmarks)):
        if result is None or result.table["estimate"].is_null().all():
            continue
        found.append(_areas(result, kind, look))

    if story.premium is not None:
        found += _premium(story.premium, look)

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


def _areas(result: Result, kind: str, look: Look) -> Figure:
    words = look.words
    names = names_of(words, result)

    def draw(look: Look) -> alt.LayerChart:
        return results.areas(result, look, kind=kind)

    level = words.level(float(result.spec["level"]))
    return Figure(
        name=kind,
        draw=draw,
        title=words(f"chart.{kind}_title", **names),
        note=words("chart.tests_note", level=level, **names),
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

    def draw(look: Look) -> alt.LayerChart:
        return results.conventions(bout.compared, look, chosen=bout.spec.convention)

    return Figure(
        name=name,
        draw=draw,
        title=words("chart.conventions_title", **words.names(bout.spec.leader, bout.spec.follower)),
        note=words("chart.conventions_note", level=words.level(bout.spec.level)),
        description=_described(draw, look),
    )


def _described(draw: Callable[[Look], alt.LayerChart], look: Look) -> str:
    return str(draw(look).description)


def _with_records(bout: Bout) -> LagResult:
    details: dict[str, pl.DataFrame] = {**bout.series.details, "records": bout.records}
    return replace(bout.series, details=details)
