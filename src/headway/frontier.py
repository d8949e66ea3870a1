"""The dates that count, and the running best of a group of models."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np
import polars as pl
from numpy.typing import NDArray

from headway.dataset.groups import Membership, membership
from headway.dataset.left_out import may_belong, no_date, some, too_low
from headway.draws import FloatArray, central_interval
from headway.errors import UsageError
from headway.shortly import of_fields

if TYPE_CHECKING:
    from headway.dataset import Dataset
    from headway.rulers.scale import Scale

DateBasis = Literal["available", "announced", "weights", "listed"]
Withdrawn = Literal["keep", "drop"]
Candidates = Literal["records", "all"]
Days = NDArray[np.int64]
NEVER = np.iinfo(np.int64).max
DAYS_PER_MONTH = 30.4375
WORLD = "world"


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """A model on a scale that a frontier does without, for want of a fact.

    Parameters
    ----------
    model
        Identifier.
    rank
        Its rank among all models on the scale, by the estimate.
    lacks
        ``date``, or ``group``: nobody knows whether it belongs to the group.
    raises
        Whether it would raise the frontier if it counted: as a record on its date, or without
        a date as the best of all.
    """

    model: str
    rank: int
    lacks: Literal["date", "group"]
    raises: bool


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class Frontier:
    """The running best of a group of models, for the estimate and for every draw.

    Row 0 of every array with rows is the point estimate; rows 1 to n_draws are the draws.
    Days are counted from 1970-01-01.

    Parameters
    ----------
    group
        The group as it was asked for, for example ``"country:US"``.
    basis
        What dates a model: see :func:`frontier`.
    models
        Identifiers of the candidates, by date.
    start : int64 (n_models,)
        First day on which each counts.
    values : float64 (1 + n_draws, n_models)
        Capability.
    entered : float64 (1 + n_draws, n_models)
        Capability as it enters the frontier: -inf in the draws of a model that is no candidate
        (see ``candidates`` of :func:`frontier`).
    days : int64 (n_days,)
        The days on which the set of models that count changes.
    best : float64 (1 + n_draws, n_days)
        Best capability from each such day to the next; -inf where no model counts.
    reached : float64 (1 + n_draws, n_models)
        Best capability that any model had shown by the start of each model (never falls).
    counted : bool (n_days, n_models)
        Which models count from each of the days to the next.
    held : bool (n_models,)
        Which models were the best of the estimate on some day.
    level
        Level of the intervals in :attr:`table`.
    notes
        What was left out, and why.
    left_out
        The models that lack a date, or what decides whether they belong to the group, the best
        first.
    """

    group: str
    basis: DateBasis
    models: tuple[str, ...]
    start: Days
    values: FloatArray
    entered: FloatArray
    days: Days
    best: FloatArray
    reached: FloatArray
    counted: NDArray[np.bool_]
    held: NDArray[np.bool_]
    candidates: Candidates
    level: float
    unit: str
    until: int
    notes: tuple[str, ...]
    left_out: tuple[LeftOut, ...] = ()

    __repr__ = of_fields

    @property
    def complete(self) -> bool:
        """Whether no model that was left out would raise the frontier."""
        return not any(one.raises for one in self.left_out)

    @property
    def records(self) -> list[int]:
        """Positions of the models that raised the best estimate, by date."""
        return [int(i) for i in np.flatnonzero(is_record(self.values[:1])[0])]

    @property
    def table(self) -> pl.DataFrame:
        """Tidy steps: the day, the best value from then on, its interval, and who holds it."""
        low, high = central_interval(self.best[1:], self.level)
        holder = [self._holder(k) for k in range(len(self.days))]
        return pl.DataFrame(
            {
                "date": [from_day(d) for d in self.days],
                "entity": self.group,
                "quantity": "frontier",
                "estimate": self.best[0],
                "low": low,
                "high": high,
                "level": self.level,
                "unit": self.unit,
                "model": holder,
            }
        ).with_columns(
            pl.when(pl.col(c).is_finite()).then(pl.col(c)).alias(c)
            for c in ("estimate", "low", "high")
        )

    def at(self, days: Days) -> NDArray[np.int64]:
        """Index into :attr:`days` of the step that holds on each day; -1 before the first."""
        return np.searchsorted(self.days, days, side="right").astype(np.int64) - 1

    def first_reaching(self, level: FloatArray, *, strictly: bool) -> Days:
        """Day of the first model at (or ``strictly`` above) each level, row by row.

        Parameters
        ----------
        level : float64 (rows, n)

        Returns
        -------
        int64 (rows, n); :data:`NEVER` where no model has.
        """
        side: Literal["left", "right"] = "right" if strictly else "left"
        short = np.stack(
            [
                np.searchsorted(reached, wanted, side=side)
                for reached, wanted in zip(self.reached, level, strict=True)
            ]
        )
        padded: Days = np.append(self.start, NEVER)
        out: Days = padded[short]
        return out

    def without_first(self) -> "Frontier":
        """Return the frontier without the group's first dated model or models."""
        later = self.start > self.start[0]
        if not later.any():
            raise UsageError(f"group {self.group!r} has models of one day only: none is left")
        return _build(
            group=self.group,
            basis=self.basis,
            models=[m for m, kept in zip(self.models, later, strict=True) if kept],
            spans=[[(int(s), NEVER)] for s in self.start[later]],
            values=self.values[:, later],
            candidates=self.candidates,
            level=self.level,
            unit=self.unit,
            until=self.until,
            notes=(*self.notes, f"The first model of {self.group} is left out."),
            left_out=self.left_out,
        )

    def _holder(self, k: int) -> str | None:
        hits = np.flatnonzero((self.values[0] == self.best[0, k]) & (self.start <= self.days[k]))
        return self.models[int(hits[0])] if len(hits) else None


def frontier(
    scale: "Scale",
    group: str,
    *,
    date: DateBasis = "available",
    until: "date | None" = None,
    region: str | None = None,
    withdrawn: Withdrawn = "keep",
    min_scores: int | None = None,
    candidates: Candidates = "records",
) -> Frontier:
    """Draw the frontier of a group on a scale.

    The frontier at day t is the best capability among the group's models that count on t.

    Parameters
    ----------
    group
        Filter on model attributes; see :func:`members`.
    date
        What dates a model: ``available`` (first use through an API or product), ``announced``,
        ``weights`` (weights posted; models without weights keep their day of availability), or
        ``listed`` (as the publisher of the scores lists it, uncorrected).
    until
        Last day; later models do not count.
    region
        Country (ISO 3166) in which a model must be usable; None for anywhere.
    withdrawn
        ``keep`` counts a model for good once it could be used, ``drop`` only while it can.
        Regions and withdrawals need ``date="available"``.
    min_scores
        Candidates need this many scores; None for as many as a rank on this scale takes
        (:attr:`headway.rulers.scale.Scale.fewest`: four, as a rule).
    candidates
        Which models can hold the frontier in a draw: ``records`` are those that held it by the
        estimate, ``all`` lets any model of the group be the best of a draw. The estimate is the
        same; with ``all`` a model with few scores, and so very wide draws, is the best of many
        draws, which biases the frontier upwards and widens its interval.

    Raises
    ------
    UsageError
        For an unknown group, basis or region, or a group without any dated model.
    """
    _require_basis(date)
    if withdrawn not in get_args(Withdrawn):
        raise UsageError(f"withdrawn={withdrawn!r} is not one of {', '.join(get_args(Withdrawn))}")
    if candidates not in get_args(Candidates):
        raise UsageError(
            f"candidates={candidates!r} is not one of {', '.join(get_args(Candidates))}"
        )
    if (region is not None or withdrawn == "drop") and date != "available":
        raise UsageError(
            f"region and withdrawals are facts about availability; they cannot go with "
            f"date={date!r}",
            hint="use date='available'",
        )
    data = scale.dataset
    sorted_out = membership(data, group)
    chosen, undecided = set(sorted_out.members), set(sorted_out.undecided)
    dates = model_dates(data, date)
    last = to_day(until) if until is not None else NEVER - 1
    spans = _availability(data, region, withdrawn)
    notes: list[str] = []
    lacking: dict[int, Literal["date", "group"]] = {}
    few, kept, barred, moved = [], [], [], False
    sufficient = scale.enough(min_scores)
    for index, model in enumerate(scale.models):
        day = dates.get(model)
        enough = bool(sufficient[index])
        if model in undecided and enough and (day is None or day <= last):
            lacking[index] = "group"
        if model not in chosen:
            continue
        if not enough:
            few.append(model)
            continue
        if day is None:
            lacking[index] = "date"
            continue
        always = [(day, NEVER)]
        moved |= spans.get(model, always) != always
        if spans.get(model, always) == []:
            barred.append(model)
            continue
        span = [
            (start, end) for start, end in spans.get(model, always)
            if start is not None and start <= last
        ]  # fmt: skip
        if span:
            kept.append((index, model, span))
    if barred:
        notes.append(
            f"{len(barred)} models of {group} cannot be used in {region} and are left out: "
            f"{some(sorted(barred))}."
        )
    if (region is not None or withdrawn == "drop") and not moved:
        asked = [
            *([f"region={region}"] if region else []),
            *(["withdrawn=drop"] if withdrawn == "drop" else []),
        ]
        notes.append(
            f"Nothing known of the availability of the models of {group} differs under "
            f"the options {', '.join(asked)}."
        )
    left_out = _left_out(scale, lacking, dates, kept)
    notes += _lacking_notes(left_out, sorted_out, group, date)
    if few:
        notes.append(
            f"{len(few)} models of {group} with fewer than {min_scores or scale.fewest} scores are "
            f"left out: {some(sorted(few))}."
        )
    if not kept:
        days = [day for m in chosen.intersection(scale.models) if (day := dates.get(m)) is not None]
        notes += (
            [f"Its first is dated {from_day(min(days))}."] if min(days, default=0) > last else []
        )
        dateless = any(one.lacks == "date" for one in left_out)
        raise UsageError(
            f"group {group!r} has no {'dated ' if dateless else ''}model on this scale"
            + (f" by {until}" if until is not None else "")
            + (f" that can be used in {region}" if region else ""),
            hint=" ".join([*notes, *(["A min_scores of 1 counts them."] if few else [])])
            or "choose another group, ruler or day",
        )
    rows = np.vstack([scale.estimate[None, :], scale.capability.values])
    rows = rows[np.isfinite(rows).all(axis=1)]
    kept.sort(key=lambda item: (item[2][0][0], -scale.estimate[item[0]], item[1]))
    return _build(
        group=group,
        basis=date,
        models=[model for _, model, _ in kept],
        spans=[span for _, _, span in kept],
        values=rows[:, [index for index, _, _ in kept]],
        candidates=candidates,
        level=scale.level,
        unit=scale.unit,
        until=last,
        notes=tuple(notes),
        left_out=left_out,
    )


def _left_out(
    scale: "Scale",
    lacking: Mapping[int, Literal["date", "group"]],
    dates: Mapping[str, int | None],
    kept: Sequence[tuple[int, str, Sequence[tuple[int, int]]]],
) -> tuple[LeftOut, ...]:
    """Place the models that lack a fact among all, and against the frontier without them."""
    if not lacking:
        return ()
    unreleased = _unreleased(scale.dataset)
    value = scale.estimate
    out = []
    for index in sorted(lacking, key=lambda i: (-value[i], scale.models[i])):
        model = scale.models[index]
        day = dates.get(model)
        before = [value[i] for i, _, span in kept if day is None or span[0][0] <= day]
        raises = bool(before) and bool(value[index] > max(before))
        if day is None and model in unreleased:
            raises = False
        rank = int(np.count_nonzero(value > value[index])) + 1
        out.append(LeftOut(model=model, rank=rank, lacks=lacking[index], raises=raises))
    return tuple(out)


def _unreleased(data: "Dataset") -> frozenset[str]:
    """Models that are known to lack a date because nobody could ever use them."""
    rows = data.models.filter(pl.col("access") == "unreleased")
    return frozenset(rows["model"])


def _lacking_notes(
    left_out: Sequence[LeftOut], sorted_out: Membership, group: str, date: str
) -> list[str]:
    """Name what a frontier does without: how many, and the best-placed with their ranks."""
    named: dict[str, list[str]] = {"date": [], "group": []}
    for one in left_out:
        named[one.lacks].append(f"{one.model} (rank {one.rank})")
    above = [one.model for one in left_out if one.raises]
    return [
        *([no_date(group, date, named["date"])] if named["date"] else []),
        *([may_belong(group, sorted_out, named["group"])] if named["group"] else []),
        *([too_low(group, above)] if above else []),
    ]


def _build(
    *,
    group: str,
    basis: DateBasis,
    models: Sequence[str],
    spans: Sequence[Sequence[tuple[int, int]]],
    values: FloatArray,
    candidates: Candidates,
    level: float,
    unit: str,
    until: int,
    notes: tuple[str, ...],
    left_out: tuple[LeftOut, ...],
) -> Frontier:
    start = np.array([span[0][0] for span in spans], dtype=np.int64)
    edges = {edge for span in spans for pair in span for edge in pair if edge <= until}
    days = np.array(sorted(edges), dtype=np.int64)
    counted = np.stack([_inside(span, days) for span in spans], axis=1)
    step = _running_best(counted, values[:1])
    held = is_record(values[:1])[0] | (counted & (values[0] == step[0][:, None])).any(axis=0)
    entered = values.copy()
    if candidates == "records":
        entered[1:, ~held] = -np.inf
    best = _running_best(counted, entered)
    reached = np.maximum.accumulate(entered, axis=1)
    for array in (start, days, entered, best, reached, counted, held):
        array.setflags(write=False)
    return Frontier(
        group=group, basis=basis, models=tuple(models), start=start, values=values,
        entered=entered, days=days, best=best, reached=reached, counted=counted, held=held,
        candidates=candidates, level=level, unit=unit, until=until, notes=notes, left_out=left_out,
    )  # fmt: skip


def _inside(span: Sequence[tuple[int, int]], days: Days) -> NDArray[np.bool_]:
    out = np.zeros(len(days), dtype=bool)
    for first, end in span:
        out |= (days >= first) & (days < end)
    return out


def _running_best(counted: NDArray[np.bool_], values: FloatArray) -> FloatArray:
    best = np.full((len(values), len(counted)), -np.inf)
    for column, inside in enumerate(counted.T):
        best[:, inside] = np.maximum(best[:, inside], values[:, column, None])
    return best


def is_record(values: FloatArray) -> NDArray[np.bool_]:
    """Mark the values that exceed all before them, along each row.

    >>> is_record(np.array([[1.0, 3.0, 2.0, 3.0, 4.0]])).tolist()
    [[True, True, False, False, True]]
    """
    before = np.maximum.accumulate(values, axis=1)
    first = np.full((len(values), 1), -np.inf)
    return values > np.concatenate([first, before[:, :-1]], axis=1)


def model_dates(data: "Dataset", basis: str) -> dict[str, int | None]:
    """Day (since 1970-01-01) on which each model counts under a date basis, or None."""
    _require_basis(basis)
    facts = data.models
    if basis == "weights":
        column = pl.coalesce(
            "weights_on", pl.when(pl.col("open_weights").not_()).then(pl.col("available_on"))
        )
    else:
        column = pl.col(f"{basis}_on")
    days = facts.select("model", day=column.to_physical().cast(pl.Int64))
    return dict(days.iter_rows())


def _require_basis(basis: str) -> None:
    if basis not in get_args(DateBasis):
        raise UsageError(f"date={basis!r} is not one of {', '.join(get_args(DateBasis))}")


def _availability(
    data: "Dataset", region: str | None, withdrawn: str
) -> dict[str, list[tuple[int, int]]]:
    """Spans in which a model can be used, for models whose use was ever restricted."""
    if region is None and withdrawn == "keep":
        return {}
    rows = data.availability
    places = [WORLD] if region is None else [WORLD, region]
    known = rows.filter(pl.col("region").is_in(places))
    spans: dict[str, list[tuple[int, int]]] = {}
    for row in known.sort("model", "from").iter_rows(named=True):
        end = NEVER if row["until"] is None else to_day(row["until"])
        spans.setdefault(row["model"], []).append((to_day(row["from"]), end))
    if region is not None:
        # A model whose uses are all recorded of other places cannot be used in this one.
        spans = {model: [] for model in rows["model"].unique()} | spans
    if withdrawn == "keep":
        return {model: [(s[0], NEVER) for s in span[:1]] for model, span in spans.items()}
    return spans


def to_day(day: date) -> int:
    """Days from 1970-01-01."""
    return day.toordinal() - date(1970, 1, 1).toordinal()


def from_day(day: int | np.int64) -> date:
    """Date of a day counted from 1970-01-01.

    >>> from_day(to_day(date(2026, 8, 11)))
    datetime.date(2026, 8, 11)
    """
    return date.fromordinal(int(day) + date(1970, 1, 1).toordinal())


def months(days: Any) -> Any:
    """Days in months of 30.4375 days."""
    return days / DAYS_PER_MONTH
