"""As daily, but the leader's model must be better beyond the noise of the scale."""

import numpy as np

from headway.analyses.contest import Contest
from headway.analyses.conventions import Measured
from headway.analyses.conventions.daily import series, summaries
from headway.draws import FloatArray
from headway.errors import UsageError
from headway.frontier import Frontier, from_day, months


def measure(contest: Contest) -> Measured:
    r"""Lag on each day behind the first leader's model that is significantly better.

    A leader's model i beats a follower's model j when the paired difference over draws exceeds
    zero at the one-sided ``significance`` s:

    .. math:: q_{1-s}(c_i - c_j) > 0

    In draw k the same rule is applied with the margin of the pair kept:
    :math:`c_i^k - c_j^k > (\hat c_i - \hat c_j) - q_{1-s}(c_i - c_j)`. Only models that were
    records of their group (by the estimate) are candidates, so that a model with very few
    scores, and so a very wide interval, does not "catch up" at once. Days on which no leader's
    record is better count as 0.
    """
    lag = significant_lag(contest)
    return Measured(findings=summaries(contest, lag), details={"series": series(contest, lag)})


def significant_lag(contest: Contest) -> FloatArray:
    """Lag in months on every day, by row.

    Raises
    ------
    UsageError
        When the scale has fewer than 19 draws, too few to tell a difference from noise.
    """
    if contest.rows < 20:
        raise UsageError(
            f"daily-significant needs draws; this scale has {contest.rows - 1}",
            hint="fit a ruler with draws, for example headway.rulers.eci().fit(data, draws=500)",
        )
    leads = _Records(contest.leader)
    follows = _Records(contest.follower)
    difference = leads.values[:, :, None] - follows.values[:, None, :]
    lowest = np.quantile(difference[1:], 1 - contest.spec.significance, axis=0)
    margin = difference[0] - lowest
    better = difference > margin[None, :, :]
    first = np.where(better.any(axis=1), leads.start[better.argmax(axis=1)], np.iinfo(np.int64).max)
    lag = np.full((contest.rows, len(contest.days)), np.nan)
    row = np.arange(contest.rows)
    edges = np.append(follows.start, contest.last + 1)
    for k in range(len(follows.start)):
        inside = (contest.days >= edges[k]) & (contest.days < edges[k + 1])
        if not inside.any():
            continue
        best = follows.values[:, : k + 1].argmax(axis=1)
        since = first[row, best][:, None]
        days = contest.days[inside][None, :]
        lag[:, inside] = np.where(since <= days, months(days - since), 0.0)
    return lag


class _Records:
    """The record models of a frontier, by the estimate."""

    def __init__(self, side: Frontier) -> None:
        self.start = side.start[side.records]
        self.values = side.values[:, side.records]

    def __repr__(self) -> str:
        return f"{len(self.start)} records from {from_day(self.start[0])}"
