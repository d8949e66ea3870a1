"""For each record of the leader: how long until the follower reached it."""

import numpy as np
import polars as pl
from numpy.typing import NDArray

from headway.analyses.contest import Contest, date_column
from headway.analyses.conventions import Measured
from headway.analyses.result import Finding, interval_columns, model_name
from headway.draws import FloatArray
from headway.frontier import NEVER, from_day, is_record, months
from headway.intervals import PAST

ENOUGH_DRAWS = 0.95
"""Share of the draws in which a number is known, for it to be called known."""


def measure(contest: Contest) -> Measured:
    r"""Kaplan-Meier median and restricted mean of the time to match a leader's record.

    .. math:: T_i = \max(0, \min\{t : F(t) \ge c_i - \text{tie}\} - t_i)

    right-censored on the last day, for every leader's record from ``since`` on (also those from
    before the follower had any model). A wait is never negative, so between two equal groups both
    are above 0 (see :mod:`headway.analyses.null_values`). The restricted mean is the area under
    the survival curve to ``horizon`` months, ``past_follow_up`` where the curve ends before it
    (in the estimate or in more than 5% of the draws). A median that the curve does not reach is
    ``not_reached``.
    """
    first, waiting, seen = _waits(contest)
    return Measured(
        findings=_summaries(contest, waiting, seen),
        details={"matches": _table(contest, first, waiting, seen)},
        first=max(contest.begin, int(contest.leader.start[0])),
    )


def summaries(contest: Contest) -> list[Finding]:
    """Median and restricted mean per period."""
    _, waiting, seen = _waits(contest)
    return _summaries(contest, waiting, seen)


def _waits(contest: Contest) -> tuple[NDArray[np.int64], FloatArray, NDArray[np.bool_]]:
    """Day on which each leader's model was matched, months until then, whether it was."""
    leader = contest.leader
    first = contest.follower.first_reaching(leader.values - contest.tie, strictly=False)
    seen = first <= contest.last
    end = np.where(seen, first, contest.last)
    return first, np.maximum(months(end - leader.start[None, :]), 0.0), seen


def _summaries(contest: Contest, waiting: FloatArray, seen: NDArray[np.bool_]) -> list[Finding]:
    leader = contest.leader
    record = is_record(leader.entered)
    findings = []
    for period in contest.periods(contest.begin):
        inside = record & period.mask(leader.start)[None, :]
        n = int(inside[0].sum())
        median, mean = kaplan_meier(waiting, seen, inside, contest.spec.horizon)
        known = followed(waiting, seen, inside, contest.spec.horizon)
        whole = bool(known[0]) and known.mean() >= ENOUGH_DRAWS
        for quantity, rows, status in (
            ("lag_median", median, "ok"),
            ("lag_restricted_mean", mean, "ok" if whole else PAST),
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
                    status=status if n >= 2 else "not_enough_data",
                )
            )
    return findings


def kaplan_meier(
    time: FloatArray, seen: NDArray[np.bool_], used: NDArray[np.bool_], horizon: float
) -> tuple[FloatArray, FloatArray]:
    r"""Median and restricted mean of waiting times, some of them censored, row by row.

    .. math::

       S(t) = \prod_{t_i \le t} \left(1 - \frac{d_i}{n_i}\right), \qquad
       \text{median} = \min\{t : S(t) \le 1/2\}, \qquad
       \text{mean} = \int_0^{\text{horizon}} S(t) \, dt

    with d waits that ended at t out of n that had lasted until then. The median is a waiting
    time that occurred: of an even number of waits that all ended, the lower of the two in the
    middle. A wait that is censored at t still counts at t. The restricted mean carries the last
    value of the curve on to the horizon. Infinity is a median that the curve does not reach; NaN
    stands for a row without waiting times.

    Parameters
    ----------
    time : float64 (rows, n)
        Waiting times, or times so far.
    seen : bool (rows, n)
        Whether the wait ended.
    used : bool (rows, n)
        Which of them count.

    Examples
    --------
    >>> one = np.ones((1, 4), dtype=bool)
    >>> [x.item() for x in kaplan_meier(np.array([[1.0, 2.0, 3.0, 4.0]]), one, one, 10.0)]
    [2.0, 2.5]
    >>> waits = np.arange(1.0, 25.0)[None, :]
    >>> kaplan_meier(waits, waits > 0, waits > 0, 24.0)[0].item()
    12.0
    >>> seen = np.array([[True, False]])
    >>> [x.item() for x in kaplan_meier(np.array([[1.0, 5.0]]), seen, one[:, :2], 10.0)]
    [1.0, 5.5]
    >>> [x.item() for x in kaplan_meier(np.array([[5.0]]), ~one[:, :1], one[:, :1], 10.0)]
    [inf, 10.0]
    """
    rows, n = time.shape
    count = used.sum(axis=1)
    order = np.lexsort((~seen, np.where(used, time, np.inf)), axis=1)
    time = np.take_along_axis(time, order, axis=1)
    seen, used = (np.take_along_axis(mask, order, axis=1) for mask in (seen, used))
    at_risk = np.maximum(count[:, None] - np.arange(n)[None, :], 1)
    survival = np.cumprod(1 - (seen & used) / at_risk, axis=1)
    # A curve that is at one half may lie above it by as much as n roundings.
    half = used & (survival <= 0.5 + n * np.finfo(np.float64).eps)
    reached = half.any(axis=1)
    at = half.argmax(axis=1)
    median = np.where(reached, time[np.arange(rows), at], np.inf)
    inside = np.minimum(np.where(used, time, horizon), horizon)
    edge = np.ones((rows, 1))
    steps = np.concatenate([0 * edge, inside, horizon * edge], axis=1)
    height = np.concatenate([edge, survival], axis=1)
    mean = (np.diff(steps, axis=1) * height).sum(axis=1)
    return np.where(count > 0, median, np.nan), np.where(count > 0, mean, np.nan)


def followed(
    time: FloatArray, seen: NDArray[np.bool_], used: NDArray[np.bool_], horizon: float
) -> NDArray[np.bool_]:
    """Whether the survival curve is known up to a horizon, row by row.

    It is where the longest wait, ended or not, lasted to the horizon, or where no wait is open at
    the longest, so that the curve is down to 0 there. Parameters are those of
    :func:`kaplan_meier`.

    Examples
    --------
    >>> time, all_used = np.array([[3.0, 7.0]]), np.ones((1, 2), dtype=bool)
    >>> [followed(time, np.array([ended]), all_used, 24.0).item()
    ...  for ended in ([True, True], [False, True], [True, False])]
    [True, True, False]
    >>> followed(time, np.array([[True, False]]), all_used, 6.0).item()
    True
    """
    longest = np.where(used, time, -np.inf).max(axis=1, initial=-np.inf)
    waits = (used & ~seen & (time >= longest[:, None])).any(axis=1)
    return np.asarray((longest >= horizon) | ~waits, dtype=np.bool_)


def _table(
    contest: Contest,
    first: NDArray[np.int64],
    waiting: FloatArray,
    seen: NDArray[np.bool_],
) -> pl.DataFrame:
    leader, follower, scale = contest.leader, contest.follower, contest.scale
    shown = [i for i in leader.records if leader.start[i] >= contest.begin]
    names = []
    for i in shown:
        hit = (follower.start == first[0, i]) & (
            follower.values[0] >= leader.values[0, i] - contest.tie
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
