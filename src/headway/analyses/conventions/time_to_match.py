"""For each record of the leader: how long until the follower reached it."""

import numpy as np
import polars as pl
from numpy.typing import NDArray

from headway.analyses.contest import Contest, date_column
from headway.analyses.conventions import Measured
from headway.analyses.result import Finding, interval_columns, model_name
from headway.draws import FloatArray
from headway.frontier import NEVER, from_day, is_record, months


def measure(contest: Contest) -> Measured:
    r"""Kaplan-Meier median and restricted mean of the time to match a leader's record.

    .. math:: T_i = \max(0, \min\{t : F(t) \ge c_i - \text{tie}\} - t_i)

    right-censored on the last day, for every leader's record from the first (also those from
    before the follower had any model). The restricted mean is the area under the survival curve to
    ``horizon`` months. A median that the curve does not reach is ``not_reached``.
    """
    leader = contest.leader
    first = contest.follower.first_reaching(leader.values - contest.spec.tie, strictly=False)
    seen = first <= contest.last
    end = np.where(seen, first, contest.last)
    waiting = np.maximum(months(end - leader.start[None, :]), 0.0)
    record = is_record(leader.entered)
    begin = int(leader.start[0]) if contest.spec.since is None else contest.first
    findings = []
    for period in contest.periods(begin):
        inside = record & period.mask(leader.start)[None, :]
        n = int(inside[0].sum())
        pairs = [
            kaplan_meier(waiting[k, inside[k]], seen[k, inside[k]], contest.spec.horizon)
            for k in range(len(inside))
        ]
        for quantity, rows in zip(
            ("lag_median", "lag_restricted_mean"), np.array(pairs).T, strict=True
        ):
            findings.append(
                Finding(
                    period=period.name,
                    entity="records",
                    quantity=quantity,
                    rows=rows,
                    unit="months",
                    n=n,
                    censored=int((inside & ~seen)[0].sum()),
                    status="ok" if n >= 2 else "not_enough_data",
                )
            )
    matches = _table(contest, first, waiting, seen, begin)
    return Measured(findings=findings, details={"matches": matches})


def kaplan_meier(time: FloatArray, seen: NDArray[np.bool_], horizon: float) -> tuple[float, float]:
    """Median and restricted mean of waiting times, some of them censored.

    The restricted mean carries the last value of the curve on to the horizon.

    >>> kaplan_meier(np.array([1.0, 2.0, 3.0, 4.0]), np.array([True] * 4), 10.0)
    (2.0, 2.5)
    >>> kaplan_meier(np.array([1.0, 5.0]), np.array([True, False]), 10.0)
    (1.0, 5.5)
    >>> kaplan_meier(np.array([5.0]), np.array([False]), 10.0)
    (inf, 10.0)
    """
    if not len(time):
        return np.nan, np.nan
    order = np.lexsort((~seen, time))
    time, seen = time[order], seen[order]
    at_risk = np.arange(len(time), 0, -1)
    survival = np.cumprod(1 - seen / at_risk)
    median = float(time[np.argmax(survival <= 0.5)]) if survival[-1] <= 0.5 else np.inf
    steps = np.concatenate([[0.0], np.minimum(time, horizon), [horizon]])
    height = np.concatenate([[1.0], survival])
    return median, float((np.diff(steps) * height).sum())


def _table(
    contest: Contest,
    first: NDArray[np.int64],
    waiting: FloatArray,
    seen: NDArray[np.bool_],
    begin: int,
) -> pl.DataFrame:
    leader, follower, scale = contest.leader, contest.follower, contest.scale
    shown = [i for i in leader.records if leader.start[i] >= begin]
    names = []
    for i in shown:
        hit = (follower.start == first[0, i]) & (
            follower.values[0] >= leader.values[0, i] - contest.spec.tie
        )
        names.append(follower.models[int(np.flatnonzero(hit)[0])] if seen[0, i] else None)
    beyond = np.where(seen, waiting, np.inf)
    columns = interval_columns(beyond[:, shown], contest.spec.level)
    return pl.DataFrame(
        {
            "model": [leader.models[i] for i in shown],
            "name": [model_name(scale, leader.models[i]) for i in shown],
            "date": date_column(leader.start[shown]),
            "capability": leader.values[0, shown],
            "matched_model": pl.Series(names, dtype=pl.String),
            "matched_name": pl.Series([model_name(scale, m) for m in names], dtype=pl.String),
            "matched_date": pl.Series(
                [None if d == NEVER or d > contest.last else from_day(d) for d in first[0, shown]],
                dtype=pl.Date,
            ),
            **columns,
            "at_least": waiting[0, shown],
            "status": ["ok" if seen[0, i] else "censored" for i in shown],
        }
    )
