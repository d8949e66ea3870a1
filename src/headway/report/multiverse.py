"""The multiverse in words and tables, for the page, the terminal and images alike."""

from collections.abc import Sequence
from typing import Any

import polars as pl

from headway.analyses.multiverse import AXES, FigureResult, MultiverseResult
from headway.report.tables import Cell, Table
from headway.report.words import Words, groups


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
    return _table(
        words("multiverse.variance"),
        [words("multiverse.choice"), words("multiverse.alone"),
         words("multiverse.total"), words("multiverse.smallest"), words("multiverse.largest")],
        rows, numeric=(1, 2), marked=bool(rows),
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
    return _table(
        words("multiverse.figures"),
        [words("multiverse.said"), words("table.claims"), words("multiverse.figure"),
         words("multiverse.middle"), words("multiverse.percentile"), words("multiverse.near"),
         words("multiverse.own"), words("multiverse.often")],
        rows, numeric=(2, 3, 4, 5, 6),
    )  # fmt: skip


def lines(words: Words, result: MultiverseResult, question: str) -> Sequence[str]:
    """Sentences below the headline of a question, without the empty ones."""
    found = (shares(words, result, question), counted(words, result, question),
             factorial(words, result, question))  # fmt: skip
    return [line for line in found if line]


def _table(
    caption: str,
    columns: Sequence[str],
    rows: Sequence[Sequence[str]],
    *,
    numeric: Sequence[int],
    marked: bool = False,
) -> Table:
    """A table of texts, perhaps with its first row marked."""
    return Table(
        caption=caption, columns=tuple(columns), numeric=frozenset(numeric),
        rows=tuple(tuple(Cell(text=text) for text in row) for row in rows),
        marked=frozenset({0} if marked else ()),
    )  # fmt: skip


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
    if 0 < percent < 0.5:
        return words.number(percent, 1) if percent >= 0.05 else "<0.1"
    if 99.5 <= percent < 100:
        return words.number(percent, 1) if percent < 99.95 else ">99.9"
    return words.number(percent, 0)
