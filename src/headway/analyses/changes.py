"""What changed since an earlier day."""

import datetime as dt
from typing import Any

import numpy as np
import polars as pl

from headway.analyses.asked import of_contest
from headway.analyses.contest import LagSpec, contest
from headway.analyses.conventions.daily import daily_lag
from headway.analyses.conventions.gap import vertical
from headway.analyses.result import Finding, Result, marked_incomplete, tidy
from headway.errors import UsageError
from headway.frontier import Frontier, from_day, to_day
from headway.rulers.scale import Scale


def changes(scale: Scale, spec: LagSpec, since: dt.date) -> Result:
    """Lag and gap on an earlier day and on the last, on one scale, and what lies between.

    Both days are measured on the same scale and draws, so their difference is paired.

    Returns
    -------
    Result
        Rows ``lag`` and ``gap`` for the periods ``then``, ``now`` and ``change``. Details:
        ``models`` (dated since, either group, with capability and whether they were records)
        and ``facts`` (rows recorded since, by table; corrections apart).

    Raises
    ------
    UsageError
        When a group had no model yet, or the day is not before the last.
    """
    pair = contest(scale, spec)
    then = to_day(since)
    if not pair.first <= then < pair.last:
        raise UsageError(
            f"since {since} lies outside the days that can be compared",
            hint=f"choose a day from {from_day(pair.first)} to before {from_day(pair.last)}",
        )
    days = np.array([then, pair.last])
    findings = []
    for quantity, series, unit in (
        ("lag", daily_lag(pair), "months"),
        ("gap", vertical(pair), scale.unit),
    ):
        before, after = series.at(days).T
        for period, rows in (("then", before), ("now", after), ("change", after - before)):
            findings.append(
                Finding(
                    period=period, entity="frontier", quantity=quantity, rows=rows, unit=unit, n=1
                )
            )
    models = pl.concat(
        [
            _models(scale, side, role, then)
            for role, side in (("leader", pair.leader), ("follower", pair.follower))
        ]
    ).sort("date", "model")
    table = tidy("daily", findings, spec.level)
    return Result(
        table=table if pair.complete else marked_incomplete(table),
        spec=spec.to_dict()
        | {"changes_since": since.isoformat(), "tie": pair.tie, "tie_unit": pair.tied.unit},
        dataset=scale.dataset.digest,
        details={"models": models, "facts": _facts(scale, since)},
        notes=(*pair.notes, *([pair.tied.note] if pair.tied.note else [])),
        asked=of_contest(pair, ("daily",)),
    )


def _models(scale: Scale, side: Frontier, role: str, then: int) -> pl.DataFrame:
    new = [j for j in range(len(side.models)) if then < side.start[j] <= side.until]
    records = set(side.records)
    frame = pl.DataFrame(
        {
            "role": [role] * len(new),
            "model": [side.models[j] for j in new],
            "date": [from_day(side.start[j]) for j in new],
            "capability": [float(side.values[0, j]) for j in new],
            "record": [j in records for j in new],
        },
        schema={
            "role": pl.String,
            "model": pl.String,
            "date": pl.Date,
            "capability": pl.Float64,
            "record": pl.Boolean,
        },
    )
    names = scale.dataset.models.select("model", "name", "organisation")
    return frame.join(names, on="model", how="left", maintain_order="left")


def _facts(scale: Scale, since: dt.date) -> pl.DataFrame:
    rows: list[dict[str, Any]] = []
    data = scale.dataset
    for name in data.names:
        history = data.history(name)
        recent = history.filter(pl.col("recorded_on") > since)
        corrected = recent["reason"].is_not_null().sum() if "reason" in recent.columns else 0
        rows.append({"table": name, "recorded": recent.height, "corrections": int(corrected)})
    return pl.DataFrame(
        rows, schema={"table": pl.String, "recorded": pl.Int64, "corrections": pl.Int64}
    )
