"""The dates that count, and the running best of a group of models."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np
import polars as pl
from numpy.typing import NDArray

from headway.dataset.groups import members
from headway.draws import FloatArray, central_interval
from headway.errors import UsageError

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
    """

    group: str
    basis: str
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
    min_scores: int = 1,
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
        Candidates need this many scores.
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
    if date not in get_args(DateBasis):
        raise UsageError(f"date={date!r} is not one of {', '.join(get_args(DateBasis))}")
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
    chosen = set(members(data, group))
    dates = model_dates(data, date)
    last = to_day(until) if until is not None else NEVER - 1
    spans = _availability(data, region, withdrawn)
    notes: list[str] = []
    undated, few, kept = [], 0, []
    for index, model in enumerate(scale.models):
        if model not in chosen:
            continue
        if dates.get(model) is None:
            undated.append(model)
            continue
        if scale.n_scores[index] < min_scores:
            few += 1
            continue
        span = [
            (start, end) for start, end in spans.get(model, [(dates[model], NEVER)])
            if start is not None and start <= last
        ]  # fmt: skip
        if span:
            kept.append((index, model, span))
    if undated:
        notes.append(
            f"{len(undated)} models of {group} have no {date} date and are left out: "
            + ", ".join(sorted(undated)[:5])
            + ("." if len(undated) <= 5 else ", ...")
        )
    if few:
        notes.append(f"{few} models of {group} with fewer than {min_scores} scores are left out.")
    if not kept:
        raise UsageError(
            f"group {group!r} has no model on this scale"
            + (f" by {until}" if until is not None else "")
            + (f" that can be used in {region}" if region else ""),
            hint=" ".join(notes) or "choose another group, ruler or day",
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
    )


def _build(
    *,
    group: str,
    basis: str,
    models: Sequence[str],
    spans: Sequence[Sequence[tuple[int, int]]],
    values: FloatArray,
    candidates: Candidates,
    level: float,
    unit: str,
    until: int,
    notes: tuple[str, ...],
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
        candidates=candidates, level=level, unit=unit, until=until, notes=notes,
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
    facts = data.models
    if basis == "weights":
        column = pl.coalesce(
            "weights_on", pl.when(pl.col("open_weights").not_()).then(pl.col("available_on"))
        )
    else:
        column = pl.col(f"{basis}_on")
    days = facts.select("model", day=column.to_physical().cast(pl.Int64))
    return dict(days.iter_rows())


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
    if withdrawn == "keep":
        return {model: [(span[0][0], NEVER)] for model, span in spans.items()}
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
