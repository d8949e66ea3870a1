"""Two frontiers on one scale, and the options under which one is measured behind the other."""

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, fields, replace
from functools import cached_property
from typing import Any, Literal, get_args

import numpy as np
import polars as pl

from headway.analyses.evidence import ahead_of_time, evidence_day, reach
from headway.analyses.tie import Applied, Tie, tie_on
from headway.dataset.groups import members
from headway.dataset.left_out import some
from headway.dataset.vintages import as_day
from headway.draws import FloatArray
from headway.errors import UsageError, did_you_mean
from headway.frontier import (
    Candidates,
    DateBasis,
    Days,
    Frontier,
    Withdrawn,
    from_day,
    frontier,
    to_day,
)
from headway.rulers.scale import Scale
from headway.shortly import of_fields

Convention = Literal[
    "daily",
    "daily-significant",
    "levels",
    "records",
    "time-to-match",
    "thresholds",
    "trend",
    "named",
    "gap",
]
TrendOn = Literal["steps", "records"]
CONVENTIONS: tuple[str, ...] = get_args(Convention)
MOST_YEARS = 30


def _option(default: Any, text: str) -> Any:
    return field(default=default, metadata={"help": text})


@dataclass(frozen=True, kw_only=True)
class LagSpec:
    """Every choice that moves a lag, declared once.

    ``since`` means the same under every convention: what is counted happened on that day or
    later. A day counts when both groups have a model, a record when it was set, a level when the
    later of the two groups reached it, a crossing when the later of the two made it. What was
    there before still stands: a record may be matched against any earlier model. A ``since``
    before the first of these, like None, leaves nothing out.
    """

    leader: str = _option("country:US", "Group that is taken to lead, such as country:US.")
    follower: str = _option("country:CN", "Group whose lag is measured, such as country:CN.")
    convention: Convention = _option("daily", "How the lag is measured.")
    date: DateBasis = _option("available", "What dates a model.")
    tie: float | str | None = _option(
        None,
        "Difference that counts as level: a number of points, or a number with the unit of the "
        "ruler, such as '0.05 logits'. By default 1 point where two anchors fix the points, and "
        "none on every other ruler.",
    )
    since: dt.date | None = _option(
        None,
        "Count only what happened from this day on: days, records, levels, crossings. By default "
        "everything counts, and an earlier day changes nothing.",
    )
    until: dt.date | None = _option(
        None, "Last day that counts; by default the day of the evidence."
    )
    level: float = _option(0.9, "Level of the intervals.")
    drop_first: bool = _option(False, "Leave out the first model of each group.")
    min_scores: int | None = _option(
        None,
        "Scores that a model needs to hold a frontier; by default four, or as many as the ruler "
        "has benchmarks where those are fewer.",
    )
    candidates: Candidates = _option(
        "records", "Models that can hold a frontier in a draw: records of the estimate, or all."
    )
    region: str | None = _option(None, "Country (ISO 3166) in which models must be usable.")
    withdrawn: Withdrawn = _option("keep", "Whether a withdrawn model goes on counting.")
    significance: float = _option(
        0.9, "daily-significant: how sure (one-sided) that the leader's model is better."
    )
    trend_starts: tuple[dt.date, ...] = _option(
        (dt.date(2023, 7, 1), dt.date(2025, 1, 1)), "trend: first days of the straight lines."
    )
    trend_on: TrendOn = _option(
        "steps", "trend: fit the lines to the frontier on every day (steps), or to its records."
    )
    model: str | None = _option(None, "named: the follower's model; by default its latest record.")
    horizon: float = _option(
        24.0, "time-to-match: months to which the mean waiting time is restricted."
    )
    step: float = _option(0.05, "thresholds: distance between score thresholds.")
    bandwidth: float = _option(6.0, "thresholds: width of the smoothing kernel in months.")
    seed: int = _option(0, "thresholds: seed of the bootstrap over benchmarks.")

    def __post_init__(self) -> None:
        for name in ("leader", "follower", "region", "model"):
            text = getattr(self, name)
            if not isinstance(text, str) and not (text is None and name in ("region", "model")):
                raise UsageError(f"{name} is {text!r}; expected a text")
        if isinstance(self.seed, bool) or not isinstance(self.seed, int) or self.seed < 0:
            raise UsageError(f"seed is {self.seed!r}; expected a whole number from 0")
        if not isinstance(self.convention, str) or self.convention not in CONVENTIONS:
            raise UsageError(
                f"convention {self.convention!r} is not one of {', '.join(CONVENTIONS)}"
                + did_you_mean(str(self.convention), CONVENTIONS)
            )
        for name, low, high in (
            ("level", 0.0, 1.0),
            ("significance", 0.5, 1.0),
            ("horizon", 0.0, None),
            ("step", 0.0, 0.5),
            ("bandwidth", 0.0, None),
        ):
            value = getattr(self, name)
            if not (
                isinstance(value, int | float)
                and not isinstance(value, bool)
                and low < value < np.inf
                and (high is None or value < high)
            ):
                span = f"above {low:g}"
                span += "" if high is None else f" and below {high:g}"
                raise UsageError(f"{name} is {value!r}; expected a number {span}")
        if self.tie is not None:
            object.__setattr__(self, "tie", Tie.read(self.tie).plain)
        if self.min_scores is not None and (
            not isinstance(self.min_scores, int) or self.min_scores < 1
        ):
            raise UsageError(f"min_scores is {self.min_scores!r}; expected a whole number from 1")
        for name in ("since", "until"):
            if (day := getattr(self, name)) is not None:
                object.__setattr__(self, name, as_day(day))
        object.__setattr__(self, "trend_starts", days_of(self.trend_starts, "trend_starts"))
        if self.since and self.until and self.since > self.until:
            raise UsageError(f"since ({self.since}) lies after until ({self.until})")
        if self.trend_on not in get_args(TrendOn):
            raise UsageError(
                f"trend_on is {self.trend_on!r}; expected {' or '.join(get_args(TrendOn))}"
            )
        if not self.trend_starts:
            raise UsageError("trend_starts is empty; expected one or more dates")

    def with_options(self, **options: Any) -> "LagSpec":
        """Return a copy with other options, naming an unknown one."""
        known = [f.name for f in fields(self)]
        for name in options:
            if name not in known:
                raise UsageError(f"unknown option {name!r}{did_you_mean(name, known)}")
        return replace(self, **options)

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {f.name: _plain(getattr(self, f.name)) for f in fields(self)}


@dataclass(frozen=True, eq=False, kw_only=True)
class Period:
    """A named span of days, both ends included.

    ``asked`` is the number of days that the name speaks of; None where it is those that count.
    """

    name: str
    first: int
    last: int
    asked: int | None = None

    __repr__ = of_fields

    def mask(self, days: Days) -> np.ndarray[Any, np.dtype[np.bool_]]:
        """Mark the days inside."""
        return (days >= self.first) & (days <= self.last)


@dataclass(frozen=True, eq=False, kw_only=True)
class Contest:
    """Two frontiers that share a scale, and so their draws.

    ``tied`` is the tie as the scale takes it.
    """

    scale: Scale
    spec: LagSpec
    tied: Applied
    leader: Frontier
    follower: Frontier
    first: int
    last: int

    __repr__ = of_fields

    @cached_property
    def turns(self) -> Days:
        """Days on which either frontier may change, from the first that counts to the last.

        From each to the next both frontiers are constant, in every row.
        """
        days = np.concatenate([[self.first], self.leader.days, self.follower.days])
        out: Days = np.unique(days[(days >= self.first) & (days <= self.last)]).astype(np.int64)
        return out

    @property
    def begin(self) -> int:
        """First day whose records, levels and crossings count; see :class:`LagSpec`."""
        first = min(int(self.leader.start[0]), int(self.follower.start[0]))
        return first if self.spec.since is None else max(first, to_day(self.spec.since))

    @property
    def tie(self) -> float:
        """Difference that counts as none, in units of the scale."""
        return self.tied.size

    @property
    def rows(self) -> int:
        """Rows of the arrays: the estimate and the draws."""
        return len(self.leader.values)

    @property
    def notes(self) -> tuple[str, ...]:
        """Notes of both frontiers, of models that have not come yet, and of years not listed."""
        return (
            *self.leader.notes, *self.follower.notes, *self._ahead_of_time(),
            *self._years_not_listed(), *self._after_the_evidence(), *self._one_in_the_other(),
        )  # fmt: skip

    def _years_not_listed(self) -> Iterator[str]:
        last = from_day(self.last).year
        if last - from_day(self.begin).year >= MOST_YEARS:
            yield f"Calendar years before {last - MOST_YEARS + 1} are not listed apart."

    def _after_the_evidence(self) -> Iterator[str]:
        found = None if self.spec.until is None else reach(self.scale, self.spec.date)
        if found is not None and from_day(self.last) > found.day:
            first = found.day + dt.timedelta(days=1)
            yield (
                f"The days from {first} to {from_day(self.last)} lie after the evidence: as no"
                " model that came out on them is known, what is measured there only grows with the"
                " calendar."
            )

    def _one_in_the_other(self) -> Iterator[str]:
        data, measured = self.scale.dataset, set(self.scale.models)
        first, second = self.spec.leader, self.spec.follower
        ahead = measured & set(members(data, first))
        behind = measured & set(members(data, second))
        if ahead == behind:
            yield f"{first} and {second} are the same models, so neither can be ahead."
        elif behind < ahead:
            yield f"Every model of {second} is one of {first} too, so {second} cannot be ahead."
        elif ahead < behind:
            yield f"Every model of {first} is one of {second} too, so {second} cannot be behind."

    def _ahead_of_time(self) -> Iterator[str]:
        late = ahead_of_time(self.scale, self.spec.date)
        if late:
            named = some([f"{model} ({day})" for model, day in late])
            known = self.scale.dataset.known_until
            yield (
                f"Dates after {known}, when the newest row was recorded, do not move the last"
                f" day: {named}."
            )

    @property
    def complete(self) -> bool:
        """Whether no model that was left out would raise either frontier."""
        return self.leader.complete and self.follower.complete

    def periods(self, first: int | None = None) -> Iterator[Period]:
        """All days, each of the last :data:`MOST_YEARS` calendar years, and the last twelve months.

        ``first`` is the first day that counts; by default the first that both groups share.
        """
        first = self.first if first is None else first
        yield Period(name="all", first=first, last=self.last)
        newest = from_day(self.last).year
        for year in range(max(from_day(first).year, newest - MOST_YEARS + 1), newest + 1):
            begin, end = to_day(dt.date(year, 1, 1)), to_day(dt.date(year, 12, 31))
            yield Period(
                name=str(year), first=max(first, begin), last=min(self.last, end),
                asked=end - begin + 1,
            )  # fmt: skip
        begin = to_day(year_before(from_day(self.last))) + 1
        yield Period(
            name="last-12-months", first=max(first, begin), last=self.last,
            asked=self.last - begin + 1,
        )  # fmt: skip

    def days_of(self, first: int | None = None) -> dict[str, tuple[int, int]]:
        """Days that count in every period that speaks of a number of days, and that number."""
        return {
            period.name: (max(period.last - period.first + 1, 0), period.asked)
            for period in self.periods(first)
            if period.asked is not None
        }

    def best(self) -> tuple[FloatArray, FloatArray]:
        """Best of leader and follower from each turn on, by row; -inf where there is none."""
        return _on_days(self.leader, self.turns), _on_days(self.follower, self.turns)


def contest(scale: Scale, spec: LagSpec, *, tied: Applied | None = None) -> Contest:
    """Draw both frontiers.

    ``tied`` is the tie where it is not the one of the question on this scale.

    Raises
    ------
    UsageError
        When a group is empty, or the two groups have no day in common.
    """
    last = last_day(scale, spec)
    sides = [
        frontier(
            scale,
            group,
            date=spec.date,
            until=last,
            region=spec.region,
            withdrawn=spec.withdrawn,
            min_scores=spec.min_scores,
            candidates=spec.candidates,
        )
        for group in (spec.leader, spec.follower)
    ]
    return between(scale, spec, *sides, tied=tied)


def between(
    scale: Scale,
    spec: LagSpec,
    leader: Frontier,
    follower: Frontier,
    *,
    tied: Applied | None = None,
) -> Contest:
    """Set two frontiers that are drawn already against each other.

    ``tied`` is the tie where it is not the one of the question on this scale.

    Raises
    ------
    UsageError
        When the two groups have no day in common.
    """
    last = last_day(scale, spec)
    tied = tie_on(scale, spec.tie) if tied is None else tied
    if spec.drop_first:
        leader, follower = leader.without_first(), follower.without_first()
    first = max(int(leader.start[0]), int(follower.start[0]))
    if spec.since is not None:
        first = max(first, to_day(spec.since))
    if first > to_day(last):
        raise UsageError(
            f"{spec.leader} and {spec.follower} have no day in common until {last}",
            hint=f"both have a model from {from_day(first)} on",
        )
    return Contest(
        scale=scale, spec=spec, tied=tied, leader=leader, follower=follower, first=first,
        last=to_day(last),
    )  # fmt: skip


def last_day(scale: Scale, spec: LagSpec) -> dt.date:
    """Return the last day that counts: the one asked for, else that of the evidence.

    Raises
    ------
    UsageError
        When nothing says how far the evidence reaches.
    """
    return spec.until or evidence_day(scale, spec.date)


def days_of(values: Any, name: str) -> tuple[dt.date, ...]:
    """Return days, or ISO texts of days, as dates.

    >>> days_of(["2025-01-01"], "trend_starts")
    (datetime.date(2025, 1, 1),)
    """
    if isinstance(values, str) or not isinstance(values, Iterable):
        raise UsageError(f"{name} is {values!r}; expected a list of days such as 2026-08-11")
    return tuple(as_day(day) for day in values)


def year_before(day: dt.date) -> dt.date:
    """Return the same day one year earlier (28 February for the 29th)."""
    if day.year == dt.MINYEAR:
        return dt.date.min
    try:
        return day.replace(year=day.year - 1)
    except ValueError:
        return day - dt.timedelta(days=366)


def _on_days(side: Frontier, days: Days) -> FloatArray:
    index = side.at(days)
    padded = np.concatenate([side.best, np.full((len(side.best), 1), -np.inf)], axis=1)
    out: FloatArray = padded[:, index]
    return out


def _plain(value: Any) -> Any:
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    return value


def date_column(days: Days | list[int]) -> pl.Series:
    """Dates of days counted from 1970-01-01."""
    return pl.Series("date", np.asarray(days, dtype=np.int32)).cast(pl.Date)
