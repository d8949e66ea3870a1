"""How fast time horizons double: a straight line through the records."""

import datetime as dt
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from headway.analyses.asked import of_scale
from headway.analyses.contest import date_column
from headway.analyses.evidence import evidence_day
from headway.analyses.result import Finding, Result, marked_incomplete, model_name, tidy
from headway.draws import FloatArray
from headway.errors import NotIdentified, UsageError
from headway.frontier import DAYS_PER_MONTH, DateBasis, from_day, frontier, to_day
from headway.rulers.scale import Scale
from headway.rulers.scores.logistic import require_whole
from headway.shortly import of_fields

if TYPE_CHECKING:
    import altair as alt

FEWEST_RECORDS = 3
_YEAR = 365.25


@dataclass(frozen=True, eq=False, kw_only=True)
class DoublingResult(Result):
    """How fast horizons double; see :class:`headway.analyses.result.Result`."""

    __repr__ = of_fields

    def chart(self) -> "alt.Chart | alt.LayerChart":
        """Chart of the horizons over time, with the line."""
        chart: alt.LayerChart = import_module("headway.report.charts").doubling_chart(self)
        return chart


def doubling_time(
    scale: Scale,
    *,
    group: str = "all",
    date: DateBasis = "available",
    since: dt.date | None = None,
    until: dt.date | None = None,
    longest_minutes: float | None = None,
    resample_records: bool = True,
    level: float = 0.9,
    seed: int = 0,
) -> DoublingResult:
    r"""Fit a straight line through the records of a group's horizons.

    .. math:: \log_2 h_j = \alpha + \beta t_j, \qquad \text{doubling time} = 1 / \beta

    by least squares over the records j of the estimate, the models that raised the group's best.
    Each draw has its own horizons for the same records, and, with ``resample_records``, a sample
    of the records with replacement, because their scatter around the line is more than the error
    of single horizons.

    Parameters
    ----------
    scale
        Result of the horizon ruler.
    group, date, until
        Whose frontier, what dates a model, and the last day.
    since
        Records from this day on; None for all.
    longest_minutes
        Records with a longer horizon are left out; models whose horizon is a bound always are.
    resample_records
        Whether draws resample the records.
    level, seed
        Of the interval.

    Returns
    -------
    DoublingResult
        Rows ``doubling_time`` in days and in months, and ``doublings_per_year``; details:
        ``records``, with the horizon that the line gives.

    Raises
    ------
    UsageError
        When the scale is not of horizons, or the group is empty.
    NotIdentified
        With fewer than three records, or all of one day.
    """
    if scale.spec.get("kind") != "horizon":
        raise UsageError(
            f"{scale.ruler} does not measure time horizons",
            hint="fit headway.rulers.horizon(...)",
        )
    if longest_minutes is not None and not longest_minutes > 0:
        raise UsageError(f"longest_minutes is {longest_minutes!r}; expected minutes above 0")
    if not 0 < level < 1:
        raise UsageError(f"level is {level!r}; expected a number between 0 and 1")
    require_whole("seed", seed, 0)
    front = frontier(scale, group, date=date, until=until or evidence_day(scale, date))
    status = dict(zip(scale.models, scale.status, strict=True))
    bounds = [j for j in front.records if status[front.models[j]] not in ("ok", "point_only")]
    most = np.inf if longest_minutes is None else np.log2(longest_minutes)
    first = -np.inf if since is None else to_day(since)
    used = [
        j
        for j in front.records
        if j not in bounds and front.start[j] >= first and front.values[0, j] <= most
    ]
    if len(used) < FEWEST_RECORDS or front.start[used[0]] == front.start[used[-1]]:
        raise NotIdentified(
            f"{len(used)} records of {group} are left to draw a line through; it takes "
            f"{FEWEST_RECORDS} of different days",
            hint="take an earlier since, a longer longest_minutes, or another group",
        )
    days = front.start[used].astype(np.float64)
    slope, level_at = _lines(days, front.values[:, used], resample_records, seed)
    with np.errstate(divide="ignore"):
        time = np.where(slope > 0, 1 / slope, np.inf)
    period = "all" if since is None else f"since {since.isoformat()}"
    findings = [
        Finding(period=period, entity=group, quantity=quantity, rows=rows, unit=unit, n=len(used))
        for quantity, rows, unit in (
            ("doubling_time", time, "days"),
            ("doubling_time", time / DAYS_PER_MONTH, "months"),
            ("doublings_per_year", slope * _YEAR, "doublings"),
        )
    ]
    notes = list(front.notes)
    if bounds:
        notes.append(f"{len(bounds)} records whose horizon is only a bound are left out.")
    low, high = scale.low, scale.high
    at = [scale.models.index(front.models[j]) for j in used]
    records = pl.DataFrame(
        {
            "model": [front.models[j] for j in used],
            "name": [model_name(scale, front.models[j]) for j in used],
            "date": date_column(front.start[used]),
            "minutes": 2 ** front.values[0, used],
            "low": 2 ** low[at],
            "high": 2 ** high[at],
            "line": 2 ** (level_at[0] + slope[0] * (days - days.mean())),
        }
    ).with_columns(pl.col("low", "high").fill_nan(None))
    table = tidy("doubling", findings, level)
    return DoublingResult(
        table=table if front.complete else marked_incomplete(table),
        spec={
            "ruler": scale.ruler,
            "success": scale.spec["success"],
            "scale_level": scale.level,
            "group": group,
            "date": date,
            "since": None if since is None else since.isoformat(),
            "until": None if until is None else until.isoformat(),
            "longest_minutes": longest_minutes,
            "resample_records": resample_records,
            "level": level,
            "seed": seed,
        },
        dataset=scale.dataset.digest,
        details={"records": records},
        notes=(*scale.notes, *notes),
        asked=of_scale(scale, date)
        | {
            "group": group,
            "level": level,
            "since": None if since is None else since.isoformat(),
            "until": from_day(front.until).isoformat(),
            "until_was_asked": until is not None,
        },
    )


def _lines(
    days: FloatArray, values: FloatArray, resample: bool, seed: int
) -> tuple[FloatArray, FloatArray]:
    """Slope and height (at the mean day of all records) of the line in every row."""
    rows, n = values.shape
    weight = np.ones((rows, n))
    if resample and rows > 1:
        rng = np.random.default_rng(seed)
        weight[1:] = rng.multinomial(n, np.full(n, 1 / n), size=rows - 1)
    t = days - days.mean()
    total = weight.sum(axis=1)
    middle = (weight @ t) / total
    centre = (weight * values).sum(axis=1) / total
    spread = (weight * (t - middle[:, None]) ** 2).sum(axis=1)
    product = (weight * (t - middle[:, None]) * values).sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        slope = np.where(spread > 0, product / spread, np.nan)
    return slope, centre - slope * middle
