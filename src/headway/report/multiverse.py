"""The multiverse in words and tables, for the page, the terminal and images alike."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt
import polars as pl

from headway.analyses.multiverse import (
    AXES,
    FigureResult,
    MultiverseResult,
    MultiverseSpec,
    multiverse,
    published_figures,
)
from headway.dataset import Dataset
from headway.progress import Progress
from headway.report.charts import specification as curve
from headway.report.charts.frame import Look
from headway.report.figures import Figure
from headway.report.tables import Table, as_table
from headway.report.words import Words, groups

REDUCED_DRAWS = 40
REDUCED_SUBSETS = ("all", "public", "private", "unsaturated")


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class Everything:
    """All ways to ask, and the published figures among them."""

    ways: MultiverseResult
    figures: FigureResult


def reduced(
    data: Dataset,
    leader: str,
    follower: str,
    *,
    level: float = 0.9,
    seed: int = 0,
    progress: Progress | None = None,
) -> Everything:
    """Ask in a few hundred ways: no weights, no candidates rule, today's models only."""
    last = data.scores["recorded_on"].max()
    spec = MultiverseSpec(
        questions=(), leader=leader, follower=follower, rulers=("eci", "published"),
        subsets=REDUCED_SUBSETS, weights=("equal",), as_of=(last,), candidates=("records",),
        draws=REDUCED_DRAWS, seed=seed, level=level,
    )  # fmt: skip
    ways = multiverse(data, spec, progress=progress)
    figures = published_figures(data, spec, subsets=("all",), progress=progress)
    return Everything(ways=ways, figures=figures)


def sentence(words: Words, result: MultiverseResult, question: str | None = None) -> str:
    """The sentence to print: between which months, in how many ways, what moves it most."""
    name = result.question(question)
    found = result.summary(name)
    if found["median"] is None:
        return words("multiverse.none")
    leader, follower = result.spec.asked[name]
    low, high = found["low"], found["high"]
    key = "multiverse.behind"
    if high < 0:
        key, low, high = "multiverse.ahead", -high, -low
    elif low < 0:
        key, low = "multiverse.mixed", -low
    text = words(
        key, best=groups.best(words, follower), those=groups.those(words, leader),
        low=words.number(low), high=words.number(high), level=words.level(result.spec.level),
        count=f"{found['n']:,}",
    )  # fmt: skip
    strongest = result.strongest(name)
    if strongest is None:
        return text + words("multiverse.still")
    return text + words("multiverse.moves", choice=words(f"moves.{strongest}"))


def shares(words: Words, result: MultiverseResult, question: str | None = None) -> str:
    """Median, shares of the ways that say behind, level and ahead, and the range with noise."""
    found = result.summary(question)
    if found["median"] is None:
        return ""
    wide = result.summary(question, "ways_and_draws")
    percent = {key: _percent(words, found[key]) for key in ("behind", "even", "ahead")}
    return words(
        "multiverse.shares", median=words.number(found["median"]), low=words.number(wide["low"]),
        high=words.number(wide["high"]), **percent,
    )  # fmt: skip


def counted(words: Words, result: MultiverseResult, question: str | None = None) -> str:
    """How many combinations are ways, and what became of the others."""
    name = result.question(question)
    rows = result.counts.filter(pl.col("question") == name)
    totals = dict(rows.group_by("kind").agg(pl.col("n").sum()).iter_rows())
    kinds = ("combinations", "answered", "same", "meaningless", "unanswered")
    return words("multiverse.counted", **{kind: f"{totals.get(kind, 0):,}" for kind in kinds})


def factorial(words: Words, result: MultiverseResult, question: str | None = None) -> str:
    """What the shares rest on."""
    facts = result.factorials[result.question(question)]
    if not facts["cells"]:
        return ""
    comma = "、" if words.lang == "zh" else ", "
    gone = [item.partition(": ") for item in facts["left_out"]]
    names = comma.join(words.choice(choice, value) for choice, _, value in gone)
    return words(
        "multiverse.factorial", cells=f"{facts['cells']:,}", filled=f"{facts['filled']:,}",
        left_out=names or words("multiverse.nothing"),
    )  # fmt: skip


def variance_table(words: Words, result: MultiverseResult, question: str | None = None) -> Table:
    """What every choice moves: its shares, and the values with the lowest and highest median."""
    name = result.question(question)
    known = {row["choice"]: row for row in
             result.variance.filter(pl.col("question") == name).to_dicts()}  # fmt: skip
    margins = result.margins.filter((pl.col("question") == name) & pl.col("median").is_not_null())
    rows = []
    order = sorted(AXES, key=lambda axis: -(known[axis]["total"] or 0.0))
    for axis in order:
        part = margins.filter(pl.col("choice") == axis).sort("median", maintain_order=True)
        if part.height < 2:
            continue
        ends = [part.row(k, named=True) for k in (0, -1)]
        rows.append(
            (
                words(f"choice.{axis}"),
                *(_share(words, known[axis][kind]) for kind in ("main", "total")),
                *(f"{words.number(end['median'])} ({words.choice(axis, end['value'])})"
                  for end in ends),
            )
        )  # fmt: skip
    return as_table(
        words("multiverse.variance"),
        [words("multiverse.choice"), words("multiverse.alone"),
         words("multiverse.total"), words("multiverse.smallest"), words("multiverse.largest")],
        rows, numeric=(1, 2), marked=(0,) if rows else (),
    )  # fmt: skip


def figures_table(words: Words, found: FigureResult, question: str | None = None) -> Table:
    """Published figures, where they fall, and what gives them."""
    table = found.table
    if question is not None:
        table = table.filter(pl.col("question") == question)
    rows = []
    for row in table.sort("as_of", "claim").to_dicts():
        text = row["statement_zh"] if words.lang == "zh" else row["statement"]
        rows.append(
            (
                f"{row['said_by']}, {words.month(row['as_of'])}",
                text or row["claim"],
                _months(words, row["low"], row["high"]),
                words.number(row["median"]),
                _share(words, row["percentile"]),
                _share(words, row["share_near"]),
                _own(words, row),
                words.choice("answer", row["best"]) if row["best"] else words("number.unknown"),
            )
        )
    return as_table(
        words("multiverse.figures"),
        [words("multiverse.said"), words("table.claims"), words("multiverse.figure"),
         words("multiverse.median"), words("multiverse.percentile"), words("multiverse.near"),
         words("multiverse.own"), words("multiverse.often")],
        rows, numeric=(2, 3, 4, 5, 6),
    )  # fmt: skip


def figure(result: MultiverseResult, look: Look, question: str | None = None) -> Figure:
    """The specification curve with its texts."""
    name = result.question(question)
    words = look.words

    def draw(look: Look) -> alt.LayerChart:
        return curve.specification(result, look, name)

    return Figure(
        name="multiverse",
        draw=draw,
        title=words("multiverse.ways_title", **words.names(*result.spec.asked[name])),
        note=curve.note(result, look, name),
        description=curve.described(result, look, name),
    )


def lines(words: Words, result: MultiverseResult, question: str) -> Sequence[str]:
    """Sentences below the headline of a question, without the empty ones."""
    found = (shares(words, result, question), counted(words, result, question),
             factorial(words, result, question))  # fmt: skip
    return [line for line in found if line]


def _own(words: Words, row: dict[str, Any]) -> str:
    if row["own"] is None:
        return words("number.unknown")
    text = words.number(row["own"])
    if row["own_high"] - row["own_low"] < 0.05:
        return text
    return f"{text} ({words.number(row['own_low'])}–{words.number(row['own_high'])})"


def _months(words: Words, low: float, high: float) -> str:
    shown = [words.number(x, 0 if x == round(x) else 1) for x in (low, high)]
    return shown[0] if low == high else f"{shown[0]}–{shown[1]}"


def _share(words: Words, share: float | None) -> str:
    return words("number.unknown") if share is None else f"{_percent(words, share)}%"


def _percent(words: Words, share: float) -> str:
    """Percent without decimals, but never 0 or 100 where it is not so."""
    percent = 100 * share
    near_end = 0 < percent < 0.5 or 99.5 <= percent < 100
    return words.number(percent, 1 if near_end else 0)
