"""The last day that an answer can speak of: a fact about the evidence that it rests on."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from headway.dataset.coverage import covered
from headway.errors import UsageError
from headway.frontier import DateBasis, from_day, model_dates, to_day

if TYPE_CHECKING:
    from headway.dataset import Dataset
    from headway.rulers.scale import Scale

Because = Literal["coverage", "newest-model"]


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceDay:
    """The last day of some evidence, and where it comes from.

    Parameters
    ----------
    day
        The day.
    because
        ``coverage``: a source says that it covers the field up to then. ``newest-model``: the
        newest model that was measured came then, and no source covers more.
    entity
        The source, or the model.
    """

    day: dt.date
    because: Because
    entity: str

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {"day": self.day.isoformat(), "because": self.because, self._kind: self.entity}

    @property
    def _kind(self) -> str:
        return "source" if self.because == "coverage" else "model"


def reach(scale: "Scale", date: DateBasis = "available") -> EvidenceDay | None:
    """Return the last day of the evidence that a scale rests on.

    It is the latest of the days up to which the sources of the rows that were used cover the
    field, and of the dates of the models on the scale. When a row was recorded has no part in it,
    nor have rows that were not used. No day later than what is known (the newest row of the
    dataset, or the day of which it is a view) counts.

    Parameters
    ----------
    date
        What dates a model.

    Returns
    -------
    EvidenceDay or None
        None when no source says what it covers and no model on the scale has a date.
    """
    evidence = scale.evidence
    return _latest(scale.dataset, evidence.sources, scale.models, date, evidence.as_of)


def reach_of(data: "Dataset", date: DateBasis = "available") -> EvidenceDay | None:
    """Return the last day of all the evidence in a dataset, whatever a ruler would use of it."""
    tables = [data.table(name) for name in _MEASURED if name in data.names]
    sources = {source for rows in tables for source in rows["source"].unique()}
    return _latest(data, sources, measured_models(data), date, None)


def measured_models(data: "Dataset") -> set[str]:
    """Return the models of which there is any evidence."""
    return {
        model
        for name, columns in _MEASURED.items()
        if name in data.names
        for column in columns
        for model in data.table(name)[column].unique()
    }


def evidence_day(scale: "Scale", date: DateBasis = "available") -> dt.date:
    """Return the day of :func:`reach`.

    Raises
    ------
    UsageError
        When nothing says how far the evidence reaches.
    """
    found = reach(scale, date)
    if found is None:
        late, limit = ahead_of_time(scale, date), scale.dataset.known_until
        if late:
            first, day = min(late, key=lambda one: one[1])
            raise UsageError(
                f"every dated model on this scale is dated ({date}) after {limit}, the last day "
                f"of which this dataset knows: the earliest, {first}, on {day}",
                hint="correct the dates in the models table, or record it on a later day "
                "(recorded_on)",
            )
        raise UsageError(
            f"no model on this scale has a date ({date}), so no lag can be measured",
            hint="add announced_on or available_on to the models table",
        )
    return found.day


def evidence_until(data: "Dataset") -> dt.date:
    """Return the day of :func:`reach_of`.

    Raises
    ------
    UsageError
        When nothing says how far the evidence reaches.
    """
    found = reach_of(data)
    if found is None:
        raise UsageError(
            "nothing says how far the evidence of this dataset reaches",
            hint="date its models (announced_on, available_on), or say what it covers"
            " (covers_until)",
        )
    return found.day


def ahead_of_time(scale: "Scale", date: DateBasis) -> list[tuple[str, dt.date]]:
    """Return the models on a scale that are dated after all that is known, the best first."""
    limit = scale.dataset.known_until
    if limit is None:
        return []
    dates = model_dates(scale.dataset, date)
    late = [
        (-value, model, day)
        for model, value in zip(scale.models, scale.estimate.tolist(), strict=True)
        if (day := dates.get(model)) is not None and day > to_day(limit)
    ]
    return [(model, from_day(day)) for _, model, day in sorted(late)]


_MEASURED: dict[str, tuple[str, ...]] = {
    "scores": ("model",),
    "ratings": ("model",),
    "responses": ("model",),
    "votes": ("model_a", "model_b"),
}


def _latest(
    data: "Dataset",
    sources: Collection[str],
    models: Collection[str],
    date: DateBasis,
    as_of: dt.date | None,
) -> EvidenceDay | None:
    found: EvidenceDay | None = None
    stated = covered(data, sources)
    if stated is not None:
        until, source = stated
        until = until if as_of is None else min(until, as_of)
        found = EvidenceDay(day=until, because="coverage", entity=source)
    limit = data.known_until
    dates = model_dates(data, date)
    dated = [
        (day, model)
        for model in models
        if (day := dates.get(model)) is not None and (limit is None or day <= to_day(limit))
    ]
    if dated:
        last, model = max(dated)
        if found is None or from_day(last) > found.day:
            found = EvidenceDay(day=from_day(last), because="newest-model", entity=model)
    return found
