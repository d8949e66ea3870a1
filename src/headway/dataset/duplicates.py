"""Several rows for one score or one answer: which counts is a policy, and never a habit.

``error``
    None counts; each is refused, and names the others.
``best``
    The highest score.
``latest``
    The one with the latest day of evaluation; refused where there is no single latest day, and
    for answers, which have none.
``mean``
    The mean of the scores. Runs on the same questions are not more questions: the standard error
    is the mean of those of the runs, and ``n`` is the smallest, so that an interval does not
    shrink because a run was repeated.

None, for files whose runs are dated or in order
    The one with the latest day of evaluation where there is a single one, else the first. The
    others are refused and not left out, because nobody chose it.

Rows that say the same in every column are one row. Attempts at one question that the column
``epoch`` numbers are answers of their own.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from operator import itemgetter
from statistics import fmean
from types import MappingProxyType
from typing import Any

import polars as pl

from headway.dataset.schema import Table
from headway.errors import UsageError, did_you_mean
from headway.shortly import of_fields
from headway.sources import DUPLICATES, Duplicates

__all__ = ["OPTION", "POLICIES", "Settled", "known_policy", "settled"]

POLICIES: Mapping[str, tuple[Duplicates, ...]] = MappingProxyType(
    {"scores": ("best", "latest", "mean"), "responses": ("best", "mean")}
)
"""The tables whose rows a policy settles, and the policies that can choose one."""

OPTION = "--option duplicates={}"
_MOST_SHOWN = 5
_ROW = "\0row"
_FIRST = "\0first"
_MEANS = ("score", "stderr", "cost_usd", "seconds")
_WHOLE_MEANS = ("input_tokens", "output_tokens")


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class Settled:
    """Rows of which each key has one, and what became of the others.

    Parameters
    ----------
    frame
        The rows that count, in order.
    kept
        The positions of these rows among those given, or of the first row of a mean.
    repeated
        Rows that said the same as another in every column.
    given_up
        Rows that gave way to another, or went into a mean.
    reasons
        Why rows were refused, one each.
    notes
        What the policy did.
    """

    frame: pl.DataFrame
    kept: tuple[int, ...] | None
    repeated: int = 0
    given_up: int = 0
    reasons: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    __repr__ = of_fields


def known_policy(value: str) -> Duplicates:
    """Return a policy, or refuse the word with a ``UsageError``."""
    for policy in DUPLICATES:
        if value == policy:
            return policy
    raise UsageError(
        f"duplicates is {value!r}{did_you_mean(str(value), DUPLICATES)}",
        hint="duplicates is one of " + ", ".join(DUPLICATES),
    )


def settled(
    frame: pl.DataFrame,
    table: Table,
    policy: Duplicates | None,
    *,
    place: Callable[[int], str | None] | None = None,
    option: str = OPTION,
) -> Settled:
    """Leave one row for each key.

    Parameters
    ----------
    frame
        Rows with the columns of the key, and ``score``; ``evaluated_on`` is a date.
    table
        The declaration of ``scores`` or ``responses``.
    policy
        Which of several rows counts.
    place
        Where a row stands, such as ``scores.csv line 3``, by its position.
    option
        How a user names another policy; empty where no other can be named.

    Returns
    -------
    Settled
        The rows that count.

    Examples
    --------
    >>> from headway.dataset.tables import TABLES
    >>> rows = pl.DataFrame({"model": ["a", "a"], "benchmark": "x", "score": [0.3, 0.9]})
    >>> settled(rows, TABLES["scores"], "best").frame["score"].to_list()
    [0.9]
    >>> settled(rows, TABLES["scores"], "error", option="duplicates={}").reasons[0]
    'a on x: row 1 says 0.3 and row 2 says 0.9; say which counts: duplicates=best, latest or mean'
    """
    key = [name for name in table.key if name in frame.columns]
    # A row without a part of its key is refused for that.
    named = pl.all_horizontal(
        [pl.lit(value=True), *(pl.col(one).is_not_null() for one in key if _needed(table, one))]
    )
    again = named & pl.struct(key).is_duplicated()
    if not frame.select(again.any()).item():
        return Settled(frame=frame, kept=None)
    rows = frame.with_row_index(_ROW)
    once = rows.unique(subset=frame.columns, keep="first", maintain_order=True)
    among = once.filter(again).with_columns(pl.col(_ROW).min().over(key).alias(_FIRST))
    among = among.sort(_FIRST, _ROW)
    lost: set[int] = set()
    changed: dict[int, dict[str, Any]] = {}
    reasons: list[str] = []
    told: list[str] = []
    given_up = 0
    for _, group in groupby(among.iter_rows(named=True), key=itemgetter(_FIRST)):
        some = [{name: value for name, value in row.items() if name != _FIRST} for row in group]
        numbers = [int(row[_ROW]) for row in some]
        words = _words(some, key, place)
        chosen, why = _chosen(some, policy)
        if chosen is None:
            lost |= set(numbers)
            reasons += [f"{words}; {why}{_ways_out(table, option)}"] * len(some)
            continue
        first = int(chosen.pop(_ROW))
        lost |= set(numbers) - {first}
        if policy is None:
            ways = f"; to choose: {option.format(_other(table))}" if option else ""
            reasons += [f"{words}; {why} is taken{ways}"] * (len(some) - 1)
            continue
        given_up += len(some) - 1
        changed[first] = chosen
        told.append(words)
    left = once.filter(~pl.col(_ROW).is_in(list(lost)))
    if policy == "mean" and changed:
        left = _with_means(left, changed)
    return Settled(
        frame=left.drop(_ROW),
        kept=tuple(left[_ROW].to_list()),
        repeated=rows.height - once.height,
        given_up=given_up,
        reasons=tuple(reasons),
        notes=() if policy is None else tuple(_notes(told, policy, table)),
    )


def _needed(table: Table, name: str) -> bool:
    return table.column(name).required


def _other(table: Table) -> str:
    *some, last = POLICIES[table.name]
    return f"{', '.join(some)} or {last}"


def _ways_out(table: Table, option: str) -> str:
    ways = []
    if option:
        ways.append(option.format(_other(table)))
    else:
        ways.append("give only one of them")
    if "epoch" in table.key:
        ways.append("or number the attempts in the column epoch")
    return ", ".join(ways)


def _chosen(
    some: list[dict[str, Any]], policy: Duplicates | None
) -> tuple[dict[str, Any] | None, str]:
    """Return the row that counts, or None, and how the reason goes on."""
    ask = "say which counts: "
    if policy is None:
        dated = sorted(
            (row for row in some if row.get("evaluated_on") is not None),
            key=itemgetter("evaluated_on"),
        )
        if dated and (len(dated) == 1 or dated[-1]["evaluated_on"] > dated[-2]["evaluated_on"]):
            return dict(dated[-1]), "the latest evaluated"
        newest = [
            row for row in some if dated and row.get("evaluated_on") == dated[-1]["evaluated_on"]
        ]
        return dict(
            (newest or some)[0]
        ), "the first of the latest evaluated" if newest else "the first"
    if len({row.get("scale") for row in some}) > 1:
        return None, "their scales differ, so none can be chosen; leave one out, or "
    if policy == "error":
        return None, ask
    if policy == "latest":
        days: list[date | None] = [row.get("evaluated_on") for row in some]
        known = [day for day in days if day is not None]
        if len(known) < len(days) or known.count(max(known)) > 1:
            return None, "there is no single latest day of evaluation; " + ask
        return dict(some[known.index(max(known))]), ""
    if policy == "best":
        return dict(max(some, key=lambda row: (row["score"] is not None, row["score"] or 0))), ""
    return _mean(some), ""


def _mean(some: list[dict[str, Any]]) -> dict[str, Any]:
    made = dict(some[0])
    for name in made:
        values = [row[name] for row in some]
        known = [value for value in values if value is not None]
        if name == _ROW or len(set(values)) == 1:
            continue
        if name in (*_MEANS, *_WHOLE_MEANS) and len(known) == len(values):
            mean = sum(known) / len(known) if name == "cost_usd" else fmean(known)
            made[name] = round(mean) if name in _WHOLE_MEANS else mean
        elif name == "n":
            made[name] = min(known)
        elif name == "evaluated_on":
            made[name] = max(known)
        else:
            made[name] = None
    return made


def _with_means(left: pl.DataFrame, changed: dict[int, dict[str, Any]]) -> pl.DataFrame:
    kept = left.filter(~pl.col(_ROW).is_in(list(changed)))
    means = [{_ROW: row} | values for row, values in changed.items()]
    made = pl.DataFrame(means, schema=left.schema)
    return pl.concat([kept, made]).sort(_ROW)


def _words(
    some: list[dict[str, Any]], key: Sequence[str], place: Callable[[int], str | None] | None
) -> str:
    first = some[0]
    variant = first.get("variant")
    who = str(first["model"]) + (f" ({variant})" if variant not in (None, "default") else "")
    what = str(first.get("benchmark"))
    if "item" in key:
        epoch = first.get("epoch")
        what += f", question {first['item']}" + (
            f", attempt {epoch}" if epoch not in (None, 1) else ""
        )
    said = []
    for row in some[:_MOST_SHOWN]:
        number = int(row[_ROW])
        where = None if place is None else place(number)
        said.append(f"{where or f'row {number + 1}'} says {_number(row['score'])}")
    words = " and ".join(said) + (" and so on" if len(some) > _MOST_SHOWN else "")
    differing = [
        name
        for name in first
        if name not in (_ROW, *key) and len({str(row[name]) for row in some}) > 1
    ]
    also = "" if "score" in differing else f" (they differ in {', '.join(differing)})"
    return f"{who} on {what}: {words}{also}"


def _number(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def _notes(told: Sequence[str], policy: Duplicates, table: Table) -> list[str]:
    if not told:
        return []
    what = {"best": "the best row counts", "latest": "the latest row counts"}.get(
        policy, "the mean of the rows counts"
    )
    return [
        f"{table.name}: several rows say one thing in {len(told)} cases, and {what}: "
        + "; ".join(told[:_MOST_SHOWN])
        + ("; ..." if len(told) > _MOST_SHOWN else "")
    ]
