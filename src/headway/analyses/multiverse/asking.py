"""What one fit answers: every way to ask that shares a scale, measured on that scale."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from headway.analyses.contest import Contest, LagSpec, between
from headway.analyses.conventions import (
    daily,
    daily_significant,
    levels,
    named,
    records,
    thresholds,
    time_to_match,
    trend,
)
from headway.analyses.evidence import evidence_day
from headway.analyses.multiverse.choices import (
    ANSWERS,
    candidate_rule,
    domain_weights,
    subset,
)
from headway.analyses.result import Finding
from headway.analyses.tie import Applied, has_anchored_points
from headway.draws import FloatArray
from headway.errors import HeadwayError
from headway.frontier import Frontier, frontier
from headway.rulers import LogisticRuler
from headway.rulers.scale import Ruler, Scale
from headway.rulers.scores.anchoring import reanchored
from headway.shortly import of_fields

if TYPE_CHECKING:
    from headway.dataset import Dataset

T = TypeVar("T")
# The numbers of a convention without the tables behind them.
_NUMBERS: Mapping[str, Callable[[Contest], list[Finding]]] = {
    "daily": lambda c: daily.summaries(c, daily.daily_lag(c)),
    "daily-significant": lambda c: daily.summaries(c, daily_significant.significant_lag(c)),
    "levels": lambda c: levels.measure(c).findings,
    "records": lambda c: records.summaries(c, records.record_lags(c)),
    "time-to-match": time_to_match.summaries,
    "thresholds": lambda c: thresholds.measure(c).findings,
    "trend": lambda c: trend.measure(c).findings,
    "named": lambda c: named.measure(c).findings,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """One way to ask, on a scale that is given; ``model`` is for the named convention."""

    leader: str
    follower: str
    dates: str
    candidates: str
    tie: float
    answer: str
    model: str | None = None


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class Fit:
    """One scale, and the ways that are asked of it.

    Parameters
    ----------
    ruler, subset, weights, as_of
        The choices that make the scale; ``as_of`` is None for the last day.
    """

    ruler: Ruler
    subset: str
    weights: str
    as_of: dt.date | None
    ways: tuple[Way, ...]
    draws: int
    seed: int

    __repr__ = of_fields


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class Answers:
    """The answers to the ways of a fit, in their order.

    Parameters
    ----------
    rows : float64 (n_ways, 1 + n_draws)
        The estimate and the draws; NaN is not defined, infinity beyond what was observed.
    has_draws : bool (n_ways,)
        Whether the way has draws of its own; without, the row repeats the estimate.
    status
        ``ok``, or why there is no estimate.
    n, censored : int64 (n_ways,)
        What was counted, and how much of it is still open.
    """

    rows: FloatArray
    has_draws: NDArray[np.bool_]
    status: tuple[str, ...]
    n: NDArray[np.int64]
    censored: NDArray[np.int64]

    __repr__ = of_fields


def answer(data: "Dataset", fit: Fit) -> Answers:
    """Fit the scale and measure every way on it; what cannot be measured says why."""
    asked = _Asked(len(fit.ways), fit.draws)
    try:
        scale = scale_of(data, fit)
    except HeadwayError as error:
        asked.fail(range(len(fit.ways)), f"no scale: {error.message}")
        return asked.done()
    groups: dict[tuple[Any, ...], list[int]] = {}
    for k, way in enumerate(fit.ways):
        key = (way.leader, way.follower, way.dates, candidate_rule(way.candidates), way.model)
        groups.setdefault(key, []).append(k)
    sides = _Sides(scale, fit.as_of)
    for key, members in groups.items():
        _measure(sides, key, fit, members, asked)
    return asked.done()


def scale_of(data: "Dataset", fit: Fit) -> Scale:
    """Fit the ruler on the evidence of the day and the subset.

    Raises
    ------
    HeadwayError
        When the evidence does not determine a scale.
    """
    part = subset(data, fit.subset)
    if fit.as_of is not None:
        part = part.as_of(fit.as_of, by="released")
    ruler = fit.ruler
    if isinstance(ruler, LogisticRuler):
        ruler = reanchored(ruler, data, part)
        if fit.weights == "domain":
            ruler = replace(ruler, weights=domain_weights(part))
    return ruler.fit(part, draws=fit.draws, seed=fit.seed, workers=1)


class _Asked:
    """The answers while they come in."""

    def __init__(self, ways: int, draws: int) -> None:
        self.rows = np.full((ways, 1 + draws), np.nan)
        self.has_draws = np.zeros(ways, dtype=bool)
        self.status = ["not_defined"] * ways
        self.n = np.zeros(ways, dtype=np.int64)
        self.censored = np.zeros(ways, dtype=np.int64)

    def fail(self, ways: Sequence[int] | range, status: str) -> None:
        for k in ways:
            self.status[k] = status

    def take(self, k: int, finding: Finding) -> None:
        rows = finding.rows
        estimate = rows[0] if len(rows) else np.nan
        self.n[k], self.censored[k] = finding.n, finding.censored
        if np.isfinite(estimate):
            self.status[k] = "ok"
        elif finding.status != "ok":
            self.status[k] = finding.status
        else:
            self.status[k] = "not_reached" if np.isinf(estimate) else "not_defined"
        draws = rows[1:]
        self.has_draws[k] = len(draws) > 0
        self.rows[k, 0] = estimate
        if not len(draws):
            self.rows[k, 1:] = estimate
        else:
            self.rows[k, 1 : 1 + len(draws)] = draws

    def done(self) -> Answers:
        return Answers(rows=self.rows, has_draws=self.has_draws, status=tuple(self.status),
                       n=self.n, censored=self.censored)  # fmt: skip


class _Sides:
    """Frontiers of a scale, each drawn once."""

    def __init__(self, scale: Scale, as_of: dt.date | None) -> None:
        self.scale = scale
        self.as_of = as_of
        self._drawn: dict[tuple[Any, ...], Frontier | HeadwayError] = {}

    def until(self, dates: Any) -> dt.date:
        """Last day that counts: the one asked about, else that of the evidence of the scale."""
        return self.as_of or evidence_day(self.scale, dates)

    def side(self, group: str, dates: Any, mode: Any, fewest: int | None) -> Frontier:
        key = (group, dates, mode, fewest)
        if key not in self._drawn:
            try:
                self._drawn[key] = frontier(
                    self.scale, group, date=dates, until=self.until(dates), candidates=mode,
                    min_scores=fewest,
                )  # fmt: skip
            except HeadwayError as error:
                self._drawn[key] = error
        found = self._drawn[key]
        if isinstance(found, HeadwayError):
            raise found
        return found


def _measure(
    sides: _Sides, key: tuple[Any, ...], fit: Fit, members: list[int], asked: _Asked
) -> None:
    leader, follower, dates, (mode, fewest), model = key
    starts = [ANSWERS[fit.ways[k].answer].period.removeprefix("since ") for k in members
              if ANSWERS[fit.ways[k].answer].convention == "trend"]  # fmt: skip
    options: dict[str, Any] = {}
    if starts:
        options["trend_starts"] = tuple(dt.date.fromisoformat(s) for s in dict.fromkeys(starts))
    try:
        until = sides.until(dates)
    except HeadwayError as error:
        asked.fail(members, f"no frontier: {error.message}")
        return
    spec = LagSpec(
        leader=leader, follower=follower, date=dates, until=until, candidates=mode,
        min_scores=fewest, seed=fit.seed, model=model, **options,
    )  # fmt: skip
    try:
        pair = (sides.side(leader, dates, mode, fewest), sides.side(follower, dates, mode, fewest))
    except HeadwayError as error:
        asked.fail(members, f"no frontier: {error.message}")
        return
    calls: dict[tuple[Any, ...], list[int]] = {}
    for k in members:
        kind, tie = ANSWERS[fit.ways[k].answer], fit.ways[k].tie
        calls.setdefault((kind.drop_first, kind.convention, tie), []).append(k)
    contests: dict[bool, Contest | HeadwayError] = {}
    pointless = not has_anchored_points(sides.scale)
    for (dropped, convention, tie), ways in calls.items():
        if tie > 0 and pointless and convention != "thresholds":
            asked.fail(ways, "no-points")
            continue
        if dropped not in contests:
            contests[dropped] = _tried(
                partial(between, sides.scale, replace(spec, drop_first=dropped), *pair)
            )
        contest = contests[dropped]
        if isinstance(contest, HeadwayError):
            asked.fail(ways, f"no contest: {contest.message}")
            continue
        told = replace(
            contest, spec=replace(contest.spec, convention=convention),
            tied=Applied(size=tie, unit=contest.tied.unit),
        )  # fmt: skip
        found = _tried(partial(_NUMBERS[convention], told))
        if isinstance(found, HeadwayError):
            asked.fail(ways, found.message)
            continue
        for k in ways:
            _pick(found, fit.ways[k].answer, until, k, asked)


def _pick(found: list[Finding], name: str, until: dt.date, k: int, asked: _Asked) -> None:
    wanted = ANSWERS[name]
    period = str(until.year) if wanted.period == "year" else wanted.period
    for finding in found:
        if (
            finding.period == period
            and finding.quantity == wanted.quantity
            and wanted.entity in ("", finding.entity)
        ):
            asked.take(k, finding)
            return
    asked.fail([k], "not_enough_data")


def _tried(work: Callable[[], T]) -> T | HeadwayError:
    try:
        return work()
    except HeadwayError as error:
        return error
