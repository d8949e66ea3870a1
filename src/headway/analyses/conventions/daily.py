"""For each day: how long ago the leader first had what the follower has now."""

import numpy as np

from headway.analyses.contest import Contest
from headway.analyses.conventions import Measured
from headway.analyses.result import Finding
from headway.analyses.stretches import Stretches, stretches
from headway.draws import FloatArray
from headway.frontier import DAYS_PER_MONTH, NEVER, Days, Frontier, months


def measure(contest: Contest) -> Measured:
    r"""Lag on each day, with its mean, smallest and largest value per period.

    .. math:: \text{lag}(d) = d - \min\{t : L(t) > F(d) + \text{tie}\}

    with L and F the best of leader and follower. On a day when no leader's model is better by
    more than the tie, the roles are exchanged and the lag is negative (or 0 when neither is
    better). Between two equal groups the mean is 0.
    """
    return measured(contest, daily_lag(contest))


def measured(contest: Contest, lag: Stretches) -> Measured:
    """Findings and the series of a lag from day to day."""
    return Measured(
        findings=summaries(contest, lag),
        details={"series": lag.table(contest.spec.level)},
        notes=lag.thinned,
    )


def summaries(contest: Contest, lag: Stretches) -> list[Finding]:
    """Mean, minimum and maximum of a daily series per period, and its last value."""
    findings = []
    for period in contest.periods():
        n = lag.days_in(period)
        findings.append(_finding(period.name, "lag_mean", lag.mean(period), n))
        if n:
            findings.append(_finding(period.name, "lag_min", lag.least(period), n))
            findings.append(_finding(period.name, "lag_max", lag.most(period), n))
    now = lag.at(np.array([contest.last]))[:, 0]
    findings.append(_finding("now", "lag_now", now, 1))
    return findings


def daily_lag(contest: Contest) -> Stretches:
    """Signed lag in months on every day, by row; NaN where a group has no model."""
    leader, follower, tie = contest.leader, contest.follower, contest.tie
    behind = _since_better(leader, follower, contest.turns, tie)
    ahead = _since_better(follower, leader, contest.turns, tie)
    return signed(contest, behind, ahead)


def signed(contest: Contest, behind: Days, ahead: Days) -> Stretches:
    """Lag of the days since the leader was better, and since the follower was.

    Parameters
    ----------
    behind, ahead : int64 (rows, n_turns)
        Day of the first leader's model that is better than the follower's best at each turn, and
        of the first follower's that is better than the leader's best; NEVER where none is.
    """
    turns = contest.turns[None, :]
    value = np.zeros(behind.shape)
    slope = np.zeros(behind.shape)
    for since, sign in ((behind, 1.0), (ahead, -1.0)):
        there = since <= turns
        value += sign * np.where(there, months(turns - np.where(there, since, turns)), 0.0)
        slope += sign * there / DAYS_PER_MONTH
    one, other = contest.best()
    return stretches(contest, np.where(np.isfinite(one) & np.isfinite(other), value, np.nan), slope)


def _since_better(better: Frontier, other: Frontier, turns: Days, tie: float) -> Days:
    """Day on which a model of ``better`` first beat the best of ``other`` at each turn."""
    first = better.first_reaching(other.best + tie, strictly=True)
    padded: Days = np.append(first, np.full((len(first), 1), NEVER), axis=1)
    out: Days = padded[:, other.at(turns)]
    return out


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
