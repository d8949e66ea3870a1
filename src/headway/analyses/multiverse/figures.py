"""Published figures: where each falls among all ways to ask, and which choices give it."""

import datetime as dt
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from headway.analyses.evidence import evidence_until
from headway.analyses.multiverse.asking import Fit, Way, answer
from headway.analyses.multiverse.choices import (
    ANSWERS,
    AXES,
    QUESTIONS,
    MultiverseSpec,
    can_refit,
)
from headway.analyses.multiverse.run import multiverse
from headway.analyses.result import plain_rows
from headway.dataset.groups import members
from headway.draws import FloatArray
from headway.engines import Engine, Load
from headway.errors import DataError
from headway.progress import Progress
from headway.rulers.scale import Ruler
from headway.shortly import of_fields

if TYPE_CHECKING:
    from headway.dataset import Dataset

WITHIN = 0.5
FEW_DRAWS = 40
SUBSETS = ("all", "public", "private", "unsaturated", "independent")
DATES = ("available", "announced", "listed")
_SHOWN = tuple(axis for axis in AXES if axis not in ("as_of", "candidates", "weights"))


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class Figure:
    """A published lag in months.

    Parameters
    ----------
    low, high
        The same number twice where one number was published.
    choices
        What its publisher says about how it was found, by choice.
    """

    claim: str
    said_by: str
    said_on: dt.date | None
    statement: str | None
    statement_zh: str | None
    url: str | None
    leader: str
    follower: str
    low: float
    high: float
    as_of: dt.date
    choices: Mapping[str, Any] = field(default_factory=dict)
    model: str | None = None
    remark: str | None = None

    __repr__ = of_fields

    @property
    def value(self) -> float:
        """The number, or the middle of the range."""
        return (self.low + self.high) / 2

    def near(self, estimate: FloatArray) -> NDArray[np.bool_]:
        """Which answers reproduce it: within half a month, or inside the range."""
        room = WITHIN if self.low == self.high else 0.0
        out: NDArray[np.bool_] = (estimate >= self.low - room) & (estimate <= self.high + room)
        return out


@dataclass(frozen=True, eq=False, kw_only=True)
class FigureResult:
    """Published figures among the ways to ask.

    Parameters
    ----------
    table
        One row per figure: what was said; the median of the ways of its question on its day;
        the share of ways below it (``percentile``) and near it (``share_near``); what its own
        stated choices give (``own``, ``own_low``, ``own_high`` over ``own_n`` ways); the nearest
        way.
    margins
        Per figure, choice and value: the share of ways with that value that reproduce it.
    ways
        The ways that were asked.
    """

    table: pl.DataFrame
    margins: pl.DataFrame
    ways: pl.DataFrame | None
    notes: tuple[str, ...] = ()

    __repr__ = of_fields

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {
            "table": plain_rows(self.table),
            "margins": plain_rows(self.margins),
            "notes": list(self.notes),
        }


def figures_of(data: "Dataset") -> list[Figure]:
    """Read the claims of a dataset that are lags in months.

    Raises
    ------
    DataError
        When the test of a claim cannot be read; claims of other quantities are left out.
    """
    if "claims" not in data.names:
        return []
    found, wrong = [], []
    for row in data.table("claims").iter_rows(named=True):
        try:
            test = json.loads(row["test"]) if row["test"] else {}
            if not isinstance(test, dict):
                raise ValueError("it is not an object")
            if test.get("quantity") == "lag_months":
                found.append(_figure(row, test))
        except (ValueError, KeyError, TypeError) as error:
            wrong.append(f"{row['claim']}: {_said(error)}")
    if wrong:
        raise DataError(
            "the tests of some claims cannot be read",
            details=wrong,
            hint="a lag needs leader, follower, as_of, and value or low and high",
        )
    return sorted(found, key=lambda f: (f.as_of, f.claim))


def _said(error: Exception) -> str:
    return f"{error} is missing" if isinstance(error, KeyError) else str(error)


def _figure(row: Mapping[str, Any], test: Mapping[str, Any]) -> Figure:
    ends = [test["low"], test["high"]] if "low" in test else [test["value"], test["value"]]
    low, high = (float(end) for end in ends)
    if not (np.isfinite([low, high]).all() and low <= high):
        raise ValueError(f"the figure is {low} to {high}")
    choices = test.get("choices", {})
    unknown = set(choices) - set(AXES)
    if unknown:
        raise ValueError(f"unknown choices {', '.join(sorted(unknown))}")
    if choices.get("answer", "daily-12m") not in ANSWERS:
        raise ValueError(f"unknown answer {choices['answer']!r}")
    return Figure(
        claim=row["claim"], said_by=row["said_by"] or row["claim"], said_on=row["said_on"],
        statement=row["statement"], statement_zh=row["statement_zh"], url=row["url"],
        leader=test["leader"], follower=test["follower"], low=low, high=high,
        as_of=dt.date.fromisoformat(test["as_of"]), choices=choices, model=test.get("model"),
        remark=test.get("remark"),
    )  # fmt: skip


def published_figures(
    data: "Dataset",
    spec: MultiverseSpec | None = None,
    *,
    rulers: Mapping[str, Ruler] | None = None,
    subsets: Sequence[str] = SUBSETS,
    until: dt.date | None = None,
    workers: int = 1,
    engine: Callable[[Sequence[Load]], Engine] | None = None,
    progress: Progress | None = None,
) -> FigureResult:
    """Compare the published figures about the questions of a spec with all ways to ask.

    Every figure is compared with the ways to ask its question on its own day: with the models
    announced by then, by all rulers that were asked for, on the subsets given, by every date
    basis, tie and answer, with equal weights, and with records as candidates. Figures about days
    after ``until`` are left out.

    Raises
    ------
    DataError
        When the test of a claim cannot be read.
    """
    spec = spec or MultiverseSpec()
    asked = {pair: name for name, pair in spec.asked.items()}
    wanted = [f for f in figures_of(data) if (f.leader, f.follower) in asked]
    last = until or evidence_until(data)
    notes = [
        f"The claim {f.claim} speaks of {f.as_of}, after the evidence."
        for f in wanted
        if f.as_of > last
    ]
    wanted = [f for f in wanted if f.as_of <= last]
    if not wanted:
        return FigureResult(
            table=pl.DataFrame(schema=_SCHEMA), margins=pl.DataFrame(schema=_MARGINS), ways=None,
            notes=tuple(notes),
        )  # fmt: skip
    rows: list[dict[str, Any]] = []
    margins: list[dict[str, Any]] = []
    asked_ways = []
    for (leader, follower), question in asked.items():
        mine = [f for f in wanted if (f.leader, f.follower) == (leader, follower)]
        if not mine:
            continue
        ties = [float(f.choices["tie"]) for f in mine if "tie" in f.choices]
        named = question in QUESTIONS
        found = multiverse(
            data,
            spec.with_options(
                questions=(question,) if named else (),
                leader=None if named else leader, follower=None if named else follower,
                subsets=tuple(subsets), weights=("equal",), candidates=("records",),
                as_of=tuple(sorted({f.as_of for f in mine})),
                dates=tuple(dict.fromkeys([*spec.dates, *DATES])),
                ties=tuple(dict.fromkeys([*spec.ties, *ties])),
                answers=tuple(ANSWERS), draws=FEW_DRAWS,
            ),
            rulers=rulers, workers=workers, engine=engine, progress=progress,
        )  # fmt: skip
        asked_ways.append(found.ways)
        for figure in mine:
            ways = found.ways.filter(
                (pl.col("as_of") == figure.as_of.isoformat()) & pl.col("estimate").is_not_null()
            )
            by_name = _by_model(data, figure, subsets, rulers) if figure.model else None
            rows.append(_row(figure, question, ways, by_name))
            margins += _margins(figure, ways)
    return FigureResult(
        table=pl.DataFrame(rows, schema=_SCHEMA), margins=pl.DataFrame(margins, schema=_MARGINS),
        ways=pl.concat(asked_ways), notes=tuple(notes),
    )  # fmt: skip


_SCHEMA: dict[str, Any] = {
    "claim": pl.String, "said_by": pl.String, "said_on": pl.Date, "statement": pl.String,
    "statement_zh": pl.String, "url": pl.String, "question": pl.String, "as_of": pl.Date,
    "low": pl.Float64, "high": pl.Float64, "unit": pl.String, "n": pl.Int64,
    "median": pl.Float64, "percentile": pl.Float64, "share_near": pl.Float64,
    "own": pl.Float64, "own_low": pl.Float64, "own_high": pl.Float64, "own_n": pl.Int64,
    "nearest": pl.Float64, "nearest_way": pl.String, "best": pl.String, "remark": pl.String,
    "status": pl.String,
}  # fmt: skip
_MARGINS: dict[str, Any] = {
    "claim": pl.String, "choice": pl.String, "value": pl.String, "n": pl.Int64,
    "share_near": pl.Float64,
}  # fmt: skip


def _row(
    figure: Figure, question: str, ways: pl.DataFrame, by_name: FloatArray | None
) -> dict[str, Any]:
    row: dict[str, Any] = {
        "claim": figure.claim, "said_by": figure.said_by, "said_on": figure.said_on,
        "statement": figure.statement, "statement_zh": figure.statement_zh, "url": figure.url,
        "question": question, "as_of": figure.as_of, "low": figure.low, "high": figure.high,
        "unit": "months", "n": ways.height, "own_n": 0, "remark": figure.remark,
        "status": "ok" if ways.height else "not_enough_data",
    }  # fmt: skip
    if not ways.height:
        return row
    estimate = ways["estimate"].to_numpy()
    below = (estimate < figure.value).mean() + (estimate == figure.value).mean() / 2
    at = int(np.abs(estimate - figure.value).argmin())
    nearest = ways.row(at, named=True)
    row |= {
        "median": float(np.median(estimate)),
        "percentile": float(below),
        "share_near": float(figure.near(estimate).mean()),
        "nearest": float(estimate[at]),
        "nearest_way": ", ".join(str(nearest[axis]) for axis in _SHOWN),
        "best": _best(figure, ways),
    }
    own = by_name if by_name is not None else _own(figure, ways)
    if len(own):
        row |= {"own": float(np.median(own)), "own_low": float(own.min()),
                "own_high": float(own.max()), "own_n": len(own)}  # fmt: skip
    return row


def _own(figure: Figure, ways: pl.DataFrame) -> FloatArray:
    """Answers under the choices that the publisher states; nothing where it states none."""
    known = {axis: str(value) for axis, value in figure.choices.items() if axis != "as_of"}
    if not known:
        return np.empty(0)
    chosen = ways
    numbers = ANSWERS.get(known.get("answer", ""))
    for axis, value in known.items():
        if axis == "tie" and numbers is not None and not numbers.tie:
            continue
        if axis in ("ruler", "weights") and numbers is not None and not numbers.scale:
            continue
        chosen = chosen.filter(pl.col(axis) == (f"{float(value):g}" if axis == "tie" else value))
    return chosen["estimate"].to_numpy()


def _by_model(
    data: "Dataset", figure: Figure, subsets: Sequence[str], rulers: Mapping[str, Ruler] | None
) -> FloatArray:
    """Age of the nearest leader's record at the release of the model that the figure names."""
    from headway.rulers import eci

    assert figure.model is not None
    known = data.models.filter(pl.col("model") == figure.model)
    if known.is_empty() or figure.model not in members(data, figure.follower):
        return np.empty(0)
    given = [r for r in (rulers or {}).values() if can_refit(r)]
    ruler = given[0] if given else eci()
    wanted = figure.choices.get("subset")
    out: list[float] = []
    for subset in [wanted] if wanted else subsets:
        ways = tuple(
            Way(leader=figure.leader, follower=figure.follower, dates=dates, candidates="all",
                tie=0.0, answer="named-latest", model=figure.model)
            for dates in DATES
        )  # fmt: skip
        fit = Fit(ruler=ruler, subset=str(subset), weights="equal", as_of=figure.as_of, ways=ways,
                  draws=0, seed=0)  # fmt: skip
        rows = answer(data, fit).rows[:, 0]
        out += [float(x) for x in rows if np.isfinite(x)]
    return np.array(out)


def _margins(figure: Figure, ways: pl.DataFrame) -> list[dict[str, Any]]:
    out = []
    for axis in AXES:
        for value in ways[axis].unique(maintain_order=True).to_list():
            estimate = ways.filter(pl.col(axis) == value)["estimate"].to_numpy()
            share = float(figure.near(estimate).mean())
            out.append({"claim": figure.claim, "choice": axis, "value": value,
                        "n": len(estimate), "share_near": share})  # fmt: skip
    return out


def _best(figure: Figure, ways: pl.DataFrame) -> str | None:
    """The answer under which the figure is found most often."""
    rows = [row for row in _margins(figure, ways) if row["choice"] == "answer"]
    top = max(rows, key=lambda row: row["share_near"], default=None)
    return None if top is None or top["share_near"] == 0 else str(top["value"])
