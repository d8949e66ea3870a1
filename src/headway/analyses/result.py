"""The form that every analysis answers in: tidy rows, each with its interval and status."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from headway.draws import FloatArray, central_interval
from headway.errors import UsageError
from headway.intervals import (
    NO_SPREAD,
    OUTSIDE,
    PAST,
    SHORT,
    few_draws,
    graded,
    notes as interval_notes,
)
from headway.shortly import of_fields
from headway.tabular import Tabular, as_xarray, below

if TYPE_CHECKING:
    from headway.rulers.scale import Scale

COLUMNS: Mapping[str, Any] = MappingProxyType(
    {
        "convention": pl.String,
        "period": pl.String,
        "entity": pl.String,
        "quantity": pl.String,
        "estimate": pl.Float64,
        "low": pl.Float64,
        "high": pl.Float64,
        "level": pl.Float64,
        "unit": pl.String,
        "status": pl.String,
        "n": pl.Int64,
        "censored": pl.Int64,
        "days": pl.Int64,
        "of_days": pl.Int64,
    }
)

WITHOUT_NUMBER = ("not_enough_data", "not_defined")
"""Statuses that say that there is no answer."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Finding:
    """One number with its draws, before it becomes a row.

    ``rows[0]`` is the estimate and the rest are draws; NaN is "not defined in this draw" and
    infinity "beyond what was observed".
    """

    period: str
    entity: str
    quantity: str
    rows: FloatArray
    unit: str
    n: int
    censored: int = 0
    status: str = "ok"

    __repr__ = of_fields


@dataclass(frozen=True, eq=False, kw_only=True)
class Result(Tabular):
    """An answer: its tidy table, the series behind it, how it was made, what to know.

    Parameters
    ----------
    table
        Tidy rows; intervals that cannot stand as they are have a status of their own
        (:func:`headway.intervals.graded`), and the notes say what it means.
    details
        Longer tables behind the answer, by name.
    draws
        The paired draws of every row of the table that has any, by (period, entity, quantity).
    spec
        Options that made it, as plain values.
    dataset
        Digest of the dataset.
    notes
        Sentences that a reader has to know.
    asked
        The question as it was in force, and how far the evidence reaches; see
        :mod:`headway.analyses.asked`.
    """

    table: pl.DataFrame
    spec: Mapping[str, Any]
    dataset: str
    details: Mapping[str, pl.DataFrame] = field(default_factory=dict)
    draws: Mapping[tuple[str, ...], FloatArray] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    asked: Mapping[str, Any] = field(default_factory=dict)

    __repr__ = of_fields

    def __post_init__(self) -> None:
        table = graded(self.table)
        object.__setattr__(self, "table", table)
        said = dict.fromkeys([*self.notes, *interval_notes(table), *self._few_draws()])
        object.__setattr__(self, "notes", tuple(said))

    def _few_draws(self) -> tuple[str, ...]:
        if not self.draws or "level" not in self.table.columns:
            return ()
        level = self.table["level"].max()
        counts = [len(rows) for rows in self.draws.values()]
        return few_draws(max(counts), float(level)) if isinstance(level, float) else ()

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON (dates as ISO text, unknown as null)."""
        return {
            "spec": dict(self.spec),
            "asked": dict(self.asked),
            "dataset": self.dataset,
            "table": plain_rows(self.table),
            "details": {name: plain_rows(frame) for name, frame in self.details.items()},
            "notes": list(self.notes),
        }

    def to_xarray(self) -> Any:
        """Return the paired draws as an ``xarray.DataArray`` over ``draw`` and ``row``.

        A row is a number of the table that has draws; what it is (period, entity, quantity and
        the like) are coordinates of the row.

        Raises
        ------
        UsageError
            When xarray is not installed, or the result has no draws.
        """
        if not any(len(rows) for rows in self.draws.values()):
            raise UsageError("this result has no draws", hint="fit the ruler with draws")
        labels = ("convention", "period", "entity", "quantity")
        parts = list(zip(*self.draws, strict=True))
        coords = {
            name: ("row", list(values))
            for name, values in zip(labels[-len(parts) :], parts, strict=True)
        }
        return as_xarray(
            np.stack(list(self.draws.values()), axis=1), ("draw", "row"), coords,
            name=type(self).__name__, attributes={"dataset": self.dataset},
        )  # fmt: skip

    def _repr_html_(self) -> str:
        return self.table._repr_html_() + below(self)


def plain_rows(frame: pl.DataFrame) -> list[dict[str, Any]]:
    """Rows of a frame as JSON-ready dictionaries."""
    temporal = [name for name, kind in frame.schema.items() if kind.is_temporal()]
    return frame.with_columns(pl.col(temporal).cast(pl.String)).to_dicts()


def tidy(
    convention: str,
    findings: Sequence[Finding],
    level: float,
    *,
    days: Mapping[str, tuple[int, int]] | None = None,
) -> pl.DataFrame:
    """Turn findings into rows: unknown is null plus a status.

    A finding without data enough, or without an estimate, has neither a number nor an interval,
    whatever single draws give. One whose estimate is infinite is ``not_reached``; one with no
    finite draw has no interval (``point_only``); one defined in fewer than 95% of the draws is
    ``partly_defined``; one whose interval has no width or does not hold it, or of whose period too
    few days count, is what :func:`headway.intervals.graded` says.

    ``days`` are, by period, the days that count and those that the name of the period asks for.
    """
    of = days or {}
    rows = []
    for finding in findings:
        estimate = float(finding.rows[0]) if len(finding.rows) else np.nan
        draws = finding.rows[1:]
        low, high = (float(x) for x in _interval(draws, level))
        status = finding.status
        if status == "ok":
            defined = np.isfinite(draws).mean() if len(draws) else 0.0
            if np.isinf(estimate):
                status = "not_reached"
            elif np.isnan(estimate):
                status = "not_defined"
            elif not len(draws):
                status = "point_only"
            elif defined < 0.95:
                status = "partly_defined"
        if status in WITHOUT_NUMBER:
            estimate = low = high = np.nan
        rows.append(
            {
                "convention": convention,
                "period": finding.period,
                "entity": finding.entity,
                "quantity": finding.quantity,
                "estimate": estimate if np.isfinite(estimate) else None,
                "low": low if np.isfinite(low) else None,
                "high": high if np.isfinite(high) else None,
                "level": level,
                "unit": finding.unit,
                "status": status,
                "n": finding.n,
                "censored": finding.censored,
                "days": of.get(finding.period, (None, None))[0],
                "of_days": of.get(finding.period, (None, None))[1],
            }
        )
    return graded(pl.DataFrame(rows, schema=COLUMNS))


def marked_incomplete(table: pl.DataFrame) -> pl.DataFrame:
    """Return rows in which what was measured says that a model that would count is left out."""
    measured = pl.col("status").is_in(["ok", "point_only", NO_SPREAD, OUTSIDE, SHORT, PAST])
    return table.with_columns(
        pl.when(measured).then(pl.lit("incomplete")).otherwise("status").alias("status")
    )


def interval_columns(rows: FloatArray, level: float) -> dict[str, pl.Series]:
    """Estimate, low and high of an array (1 + draws, n) as columns, null where unknown."""
    low, high = _interval(rows[1:], level)
    columns = {"estimate": rows[0], "low": low, "high": high}
    return {
        name: pl.Series(name, values).set(pl.Series(~np.isfinite(values)), None)
        for name, values in columns.items()
    }


def row_mean(values: FloatArray, where: np.ndarray[Any, np.dtype[np.bool_]]) -> FloatArray:
    """Mean of each row over the marked and finite entries; NaN where there is none."""
    good = where & np.isfinite(values)
    total = np.where(good, values, 0.0).sum(axis=1)
    count = good.sum(axis=1)
    out: FloatArray = np.where(count > 0, total / np.maximum(count, 1), np.nan)
    return out


def model_name(scale: "Scale", model: str | None) -> str | None:
    """Published name of a model."""
    if model is None:
        return None
    found = scale.dataset.models.filter(pl.col("model") == model)["name"]
    return str(found[0]) if len(found) and found[0] is not None else model


def _interval(draws: FloatArray, level: float) -> tuple[FloatArray, FloatArray]:
    """Central interval in which infinity counts as larger than everything observed."""
    if not np.isinf(draws).any():
        return central_interval(draws, level)
    flat = draws.reshape(len(draws), -1)
    tail = (1 - level) / 2
    out = np.full((2, flat.shape[1]), np.nan)
    for k in range(flat.shape[1]):
        column = np.sort(flat[~np.isnan(flat[:, k]), k])
        if len(column):
            for side, share in enumerate((tail, 1 - tail)):
                out[side, k] = column[round(share * (len(column) - 1))]
    return out[0].reshape(draws.shape[1:]), out[1].reshape(draws.shape[1:])
