"""For each day: how long ago the leader first had what the follower has now."""

import numpy as np
import polars as pl

from headway.analyses.contest import Contest, date_column
from headway.analyses.conventions import Measured
from headway.analyses.result import Finding, interval_columns, row_mean
from headway.draws import FloatArray
from headway.frontier import NEVER, Days, Frontier, months


def measure(contest: Contest) -> Measured:
    r"""Lag on each day, with its mean, smallest and largest value per period.

    .. math:: \text{lag}(d) = d - \min\{t : L(t) > F(d) + \text{tie}\}

    with L and F the best of leader and follower. On a day when no leader's model is better by
    more than the tie, the roles are exchanged and the lag is negative (or 0 when neither is
    better).
    """
    lag = daily_lag(contest)
    return Measured(findings=summaries(contest, lag), details={"series": series(contest, lag)})


def summaries(contest: Contest, lag: FloatArray) -> list[Finding]:
    """Mean, minimum and maximum of a daily series per period, and its last value."""
    findings = []
    for period in contest.periods():
        inside = period.mask(contest.days)
        part = np.where(np.isfinite(lag), lag, np.nan)[:, inside]
        n = int(np.isfinite(part[0]).sum())
        findings.append(_finding(period.name, "lag_mean", row_mean(lag, inside[None, :]), n))
        if n:
            defined = np.isfinite(part).any(axis=1)
            for quantity, reduce in (("lag_min", np.nanmin), ("lag_max", np.nanmax)):
                rows = np.full(len(part), np.nan)
                rows[defined] = reduce(part[defined], axis=1)
                findings.append(_finding(period.name, quantity, rows, n))
    findings.append(_finding("now", "lag_now", lag[:, -1], 1))
    return findings


def series(contest: Contest, lag: FloatArray) -> pl.DataFrame:
    """Tidy daily series of a lag in months."""
    columns = interval_columns(lag, contest.spec.level)
    return pl.DataFrame({"date": date_column(contest.days), **columns})


def daily_lag(contest: Contest) -> FloatArray:
    """Signed lag in months on every day, by row; NaN where a group has no model."""
    tie = contest.tie
    behind = _since_better(contest.leader, contest.follower, contest.days, tie)
    ahead = _since_better(contest.follower, contest.leader, contest.days, tie)
    lag = np.where(np.isfinite(behind), behind, np.where(np.isfinite(ahead), -ahead, 0.0))
    both = [np.isfinite(best) for best in contest.daily_best()]
    out: FloatArray = np.where(both[0] & both[1], lag, np.nan)
    return out


def _since_better(better: Frontier, other: Frontier, days: Days, tie: float) -> FloatArray:
    """Months since a model of ``better`` first beat the best of ``other``; NaN if none has."""
    first = better.first_reaching(other.best + tie, strictly=True)
    index = other.at(days)
    since = np.append(first, np.full((len(first), 1), NEVER), axis=1)[:, index]
    return np.where(since <= days[None, :], months(days[None, :] - since), np.nan)


def _finding(period: str, quantity: str, rows: FloatArray, n: int) -> Finding:
    return Finding(
        period=period,
        entity="frontier",
        quantity=quantity,
        rows=rows,
        unit="months",
        n=n,
        status="ok" if n else "not_enough_data",
    )
