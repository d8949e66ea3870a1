"""What asking in every way found: the ways, their distribution, and what moves it."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from headway.analyses.asked import of_data
from headway.analyses.evidence import measured_models
from headway.analyses.multiverse.asking import Answers
from headway.analyses.multiverse.choices import AXES, MultiverseSpec
from headway.analyses.multiverse.cross import RULES, Cross
from headway.analyses.multiverse.decomposition import Decomposition, decompose
from headway.analyses.result import plain_rows
from headway.dataset.groups import membership
from headway.dataset.left_out import best_first, may_belong, no_date
from headway.draws import FloatArray, central_interval
from headway.errors import UsageError
from headway.frontier import model_dates
from headway.intervals import graded
from headway.shortly import of_fields

if TYPE_CHECKING:
    from headway.dataset import Dataset

_LEVEL = 1e-9


@dataclass(frozen=True, eq=False, kw_only=True)
class MultiverseResult:
    """The answers of all ways to ask.

    Parameters
    ----------
    ways
        One row per way that is one of its own: the question, the value of every choice, the
        estimate and its interval in months, and the status; an answer that is not there says
        why in ``status`` and ``reason``.
    rows : float64 (n_ways, 1 + n_draws)
        Estimate and draws of every way; NaN where not defined. A way without draws repeats its
        estimate.
    has_draws : bool (n_ways,)
    distribution
        Per question: over the ways (``ways``), over the ways and their draws
        (``ways_and_draws``), and with every value of every choice weighing the same
        (``balanced``): median, low, high, and the shares that say behind, level and ahead.
    variance
        Per question and choice: its share of the variance between ways, alone (``main``) and
        with all its interactions (``total``). A choice without a share does not vary on the
        factorial part.
    interactions
        Per question: the share of every pair of choices, beyond both alone.
    margins
        Per question, choice and value: how the ways with this value answer, and by how many
        months they differ from the first value with all other choices the same (``shift``).
    counts
        Per question: how many combinations are ways, and why the others are not.
    factorials
        Per question: the variance, the size and the holes of the factorial part.
    """

    ways: pl.DataFrame
    rows: FloatArray
    has_draws: NDArray[np.bool_]
    distribution: pl.DataFrame
    variance: pl.DataFrame
    interactions: pl.DataFrame
    margins: pl.DataFrame
    counts: pl.DataFrame
    factorials: Mapping[str, Mapping[str, Any]]
    spec: MultiverseSpec
    dataset: str
    notes: tuple[str, ...] = ()
    asked: Mapping[str, Any] = field(default_factory=dict)

    __repr__ = of_fields

    @property
    def questions(self) -> tuple[str, ...]:
        """Names of the questions."""
        return tuple(self.spec.asked)

    def answered(self, question: str | None = None) -> pl.DataFrame:
        """Ways of a question that have an answer, the smallest first."""
        name = self.question(question)
        found = self.ways.filter((pl.col("question") == name) & pl.col("estimate").is_not_null())
        return found.sort("estimate", "way")

    def question(self, name: str | None = None) -> str:
        """Check the name of a question; the first one when None."""
        name = name or self.questions[0]
        if name not in self.questions:
            raise UsageError(f"{name!r} was not asked", hint=f"asked: {', '.join(self.questions)}")
        return name

    def summary(self, question: str | None = None, kind: str = "ways") -> dict[str, Any]:
        """One row of :attr:`distribution`."""
        name = self.question(question)
        found = self.distribution.filter((pl.col("question") == name) & (pl.col("kind") == kind))
        return found.row(0, named=True)

    def strongest(self, question: str | None = None) -> str | None:
        """The choice with the largest total share, or None when nothing varies."""
        found = self.variance.filter(
            (pl.col("question") == self.question(question)) & pl.col("total").is_not_null()
        ).sort("total", descending=True, maintain_order=True)
        return None if found.is_empty() else str(found["choice"][0])

    def to_dict(self, *, ways: bool = False) -> dict[str, Any]:
        """Plain values for JSON; the single ways only when asked for."""
        out: dict[str, Any] = {
            "spec": self.spec.to_dict(),
            "asked": dict(self.asked),
            "dataset": self.dataset,
            "questions": {name: list(pair) for name, pair in self.spec.asked.items()},
            "factorials": {name: dict(facts) for name, facts in self.factorials.items()},
            "notes": list(self.notes),
        }
        for name in ("distribution", "variance", "interactions", "margins", "counts"):
            out[name] = plain_rows(getattr(self, name))
        if ways:
            out["ways"] = plain_rows(self.ways)
        return out

    def _repr_html_(self) -> str:
        return self.distribution._repr_html_()


def gather(
    data: "Dataset",
    spec: MultiverseSpec,
    crossed: Cross,
    answers: Sequence[Answers],
    places: Sequence[NDArray[np.int64]],
) -> MultiverseResult:
    """Put the answers of the fits back into the cross, and sum them up."""
    asked = crossed.asked
    position = np.full(len(crossed.codes), -1, dtype=np.int64)
    position[asked] = np.arange(len(asked))
    rows = np.full((len(asked), 1 + spec.draws), np.nan)
    has_draws = np.zeros(len(asked), dtype=bool)
    status = np.full(len(asked), "", dtype=object)
    n, censored = np.zeros((2, len(asked)), dtype=np.int64)
    for found, where in zip(answers, places, strict=True):
        at = position[where]
        rows[at], has_draws[at] = found.rows, found.has_draws
        status[at], n[at], censored[at] = found.status, found.n, found.censored
    rows[~np.isfinite(rows)] = np.nan
    estimate = rows[:, 0]
    ways = _ways(spec, crossed, asked, rows, has_draws, status, n, censored)
    # Combinations that reduce to another one take its answer: they make the factorial whole.
    values = np.full(len(crossed.codes), np.nan)
    there = position[crossed.same_as] >= 0
    values[there] = estimate[position[crossed.same_as[there]]]
    shape = tuple(len(v) for v in crossed.levels.values())
    cube = values.reshape(shape)
    tables: dict[str, list[dict[str, Any]]] = {
        name: [] for name in ("distribution", "variance", "interactions", "margins", "counts")
    }
    factorials = {}
    of_question = crossed.column("question")
    for q, name in enumerate(crossed.levels["question"]):
        mine = of_question[asked] == q
        tables["distribution"] += _distribution(name, spec, rows[mine], has_draws[mine], cube[q])
        found_parts = decompose(cube[q], AXES)
        tables["variance"] += _variance(name, found_parts)
        tables["interactions"] += _interactions(name, found_parts)
        tables["margins"] += _margins(name, crossed, asked[mine], estimate[mine], cube[q])
        tables["counts"] += _counts(name, crossed.rule[of_question == q], status[mine])
        factorials[name] = _facts(crossed, found_parts)
    return MultiverseResult(
        ways=ways, rows=rows, has_draws=has_draws, spec=spec, dataset=data.digest,
        factorials=factorials, notes=(*data.notes, *_left_out(data, spec)), asked=of_data(data),
        **{name: pl.DataFrame(part, schema=_SCHEMAS[name]) for name, part in tables.items()},
    )  # fmt: skip


def _left_out(data: "Dataset", spec: MultiverseSpec) -> list[str]:
    """Name the measured models without a date, or of which nobody knows the group."""
    known = measured_models(data)
    notes = []
    for group in dict.fromkeys(group for pair in spec.asked.values() for group in pair):
        found = membership(data, group)
        named = best_first(data, known & set(found.undecided))
        notes += [may_belong(group, found, named)] if named else []
        for basis in spec.dates:
            dates = model_dates(data, basis)
            undated = {model for model in found.members if dates.get(model) is None}
            named = best_first(data, known & undated)
            notes += [no_date(group, basis, named)] if named else []
    return notes


_SCHEMAS: Mapping[str, dict[str, Any]] = {
    "distribution": {
        "question": pl.String, "kind": pl.String, "n": pl.Int64, "median": pl.Float64,
        "low": pl.Float64, "high": pl.Float64, "level": pl.Float64, "behind": pl.Float64,
        "even": pl.Float64, "ahead": pl.Float64, "unit": pl.String, "status": pl.String,
    },
    "variance": {
        "question": pl.String, "choice": pl.String, "main": pl.Float64, "total": pl.Float64,
        "status": pl.String,
    },
    "interactions": {
        "question": pl.String, "choice": pl.String, "with": pl.String, "share": pl.Float64,
    },
    "margins": {
        "question": pl.String, "choice": pl.String, "value": pl.String, "n": pl.Int64,
        "median": pl.Float64, "behind": pl.Float64, "shift": pl.Float64, "pairs": pl.Int64,
    },
    "counts": {
        "question": pl.String, "kind": pl.String, "rule": pl.String, "n": pl.Int64,
        "why": pl.String,
    },
}  # fmt: skip


def _ways(
    spec: MultiverseSpec,
    crossed: Cross,
    asked: NDArray[np.int64],
    rows: FloatArray,
    has_draws: NDArray[np.bool_],
    status: NDArray[Any],
    n: NDArray[np.int64],
    censored: NDArray[np.int64],
) -> pl.DataFrame:
    columns: dict[str, Any] = {"way": asked}
    for axis, names in crossed.levels.items():
        columns[axis] = np.array(names)[crossed.column(axis)[asked]]
    low, high = central_interval(rows[:, 1:].T, spec.level)
    known = np.array([s == "ok" for s in status], dtype=bool)
    bare = ~(has_draws & known)
    short = ["ok" if s == "ok" else _short(str(s)) for s in status]
    ways = pl.DataFrame(
        columns
        | {
            "estimate": rows[:, 0],
            "low": np.where(bare, np.nan, low),
            "high": np.where(bare, np.nan, high),
            "level": spec.level,
            "unit": "months",
            "status": short,
            "reason": pl.Series([None if s == "ok" else str(s) for s in status], dtype=pl.String),
            "n": n,
            "censored": censored,
        }
    )
    return graded(ways.with_columns(pl.col("estimate", "low", "high").fill_nan(None)))


def _short(status: str) -> str:
    for start, word in (("no scale:", "no_scale"), ("no frontier:", "no_frontier"),
                        ("no contest:", "no_contest")):  # fmt: skip
        if status.startswith(start):
            return word
    return status if " " not in status else "failed"


def _distribution(
    name: str,
    spec: MultiverseSpec,
    rows: FloatArray,
    has_draws: NDArray[np.bool_],
    cube: FloatArray,
) -> list[dict[str, Any]]:
    known = np.isfinite(rows[:, 0])
    draws = rows[known, 1:] if spec.draws and has_draws.any() else rows[known, :1]
    every = np.where(np.isfinite(draws), 1.0, 0.0)
    weight = every / np.maximum(every.sum(axis=1, keepdims=True), 1)
    flat = np.isfinite(cube)
    return [
        _row(name, "ways", rows[known, 0], None, spec.level),
        _row(name, "ways_and_draws", draws[every > 0], weight[every > 0], spec.level,
             n=int(known.sum())),
        _row(name, "balanced", cube[flat], None, spec.level),
    ]  # fmt: skip


def _row(
    name: str, kind: str, values: FloatArray, weight: FloatArray | None, level: float,
    n: int | None = None,
) -> dict[str, Any]:  # fmt: skip
    row: dict[str, Any] = {"question": name, "kind": kind, "n": len(values) if n is None else n,
                           "level": level, "unit": "months", "status": "ok"}  # fmt: skip
    if not len(values):
        return row | {"status": "not_defined"}
    even = np.ones(len(values)) if weight is None else weight
    share = even / even.sum()
    tail = (1 - level) / 2
    quantiles = weighted_quantiles(values, even, [tail, 0.5, 1 - tail])
    row |= dict(zip(("low", "median", "high"), quantiles, strict=True))
    row["behind"] = float(share[values > _LEVEL].sum())
    row["even"] = float(share[np.abs(values) <= _LEVEL].sum())
    row["ahead"] = float(share[values < -_LEVEL].sum())
    return row


def weighted_quantiles(values: FloatArray, weight: FloatArray, at: Sequence[float]) -> list[float]:
    """Quantiles of weighted values, linear between the middles of the weights.

    With equal weights these are the usual ones.

    >>> weighted_quantiles(np.array([3.0, 1.0, 2.0]), np.ones(3), [0.0, 0.5, 0.75])
    [1.0, 2.0, 2.5]
    """
    order = np.argsort(values, kind="stable")
    ordered, w = values[order], weight[order]
    middle = np.cumsum(w) - w / 2
    span = middle[-1] - middle[0]
    if span <= 0:
        return [float(ordered[0])] * len(at)
    return [float(x) for x in np.interp(at, (middle - middle[0]) / span, ordered)]


def _variance(name: str, found: Decomposition | None) -> list[dict[str, Any]]:
    out = []
    for axis in AXES:
        row: dict[str, Any] = {"question": name, "choice": axis, "status": "does_not_vary"}
        if found is not None and axis in found.main:
            row |= {"main": found.main[axis], "total": found.total[axis], "status": "ok"}
        out.append(row)
    return out


def _interactions(name: str, found: Decomposition | None) -> list[dict[str, Any]]:
    if found is None:
        return []
    ordered = sorted(found.pairs.items(), key=lambda item: -item[1])
    return [
        {"question": name, "choice": one, "with": other, "share": share}
        for (one, other), share in ordered
    ]


def _margins(
    name: str, crossed: Cross, asked: NDArray[np.int64], estimate: FloatArray, cube: FloatArray
) -> list[dict[str, Any]]:
    out = []
    for k, axis in enumerate(AXES):
        codes = crossed.column(axis)[asked]
        first = np.take(cube, [0], axis=k)
        for v, value in enumerate(crossed.levels[axis]):
            mine = estimate[(codes == v) & np.isfinite(estimate)]
            shift = (np.take(cube, [v], axis=k) - first).ravel()
            shift = shift[np.isfinite(shift)]
            out.append(
                {
                    "question": name, "choice": axis, "value": value, "n": len(mine),
                    "median": float(np.median(mine)) if len(mine) else None,
                    "behind": float((mine > _LEVEL).mean()) if len(mine) else None,
                    "shift": float(np.median(shift)) if len(shift) else None,
                    "pairs": len(shift),
                }
            )  # fmt: skip
    return out


def _counts(name: str, rule: NDArray[np.str_], status: NDArray[Any]) -> list[dict[str, Any]]:
    answered = sum(s == "ok" for s in status)
    out: list[dict[str, Any]] = [
        {"question": name, "kind": "combinations", "rule": "", "n": len(rule),
         "why": "every value of every choice with every other"},
        {"question": name, "kind": "answered", "rule": "", "n": answered,
         "why": "ways of their own with an answer"},
    ]  # fmt: skip
    for which, why in RULES.items():
        n = int((rule == which).sum())
        if n:
            kind = "same" if which == "same" else "meaningless"
            out.append({"question": name, "kind": kind, "rule": which, "n": n, "why": why})
    reasons = Counter(str(s) for s in status if s != "ok")
    for reason, n in sorted(reasons.items(), key=lambda item: (-item[1], item[0])):
        if reason in RULES:
            out.append({"question": name, "kind": "meaningless", "rule": reason, "n": n,
                        "why": RULES[reason]})  # fmt: skip
            continue
        out.append(
            {"question": name, "kind": "unanswered", "rule": _short(reason), "n": n,
             "why": reason}
        )  # fmt: skip
    return out


def _facts(crossed: Cross, found: Decomposition | None) -> dict[str, Any]:
    if found is None:
        return {"cells": 0, "filled": 0, "variance": 0.0, "higher": None, "left_out": []}
    return {
        "cells": found.cells,
        "filled": found.filled,
        "variance": found.variance,
        "higher": found.higher,
        "left_out": [f"{axis}: {crossed.levels[axis][at]}" for axis, at in found.left_out],
    }
