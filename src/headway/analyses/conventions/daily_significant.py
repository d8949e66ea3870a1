"""As daily, but a model must be better beyond the noise of the scale."""

import numpy as np

from headway.analyses.contest import Contest
from headway.analyses.conventions import Measured
from headway.analyses.conventions.daily import measured, signed
from headway.analyses.stretches import Stretches
from headway.errors import UsageError
from headway.frontier import NEVER, Days, Frontier

FEWEST_DRAWS = 19


def measure(contest: Contest) -> Measured:
    r"""Lag on each day behind the first leader's model that is significantly better.

    A leader's model i beats a follower's model j when the paired difference over draws exceeds
    zero at the one-sided ``significance`` s:

    .. math:: q_{1-s}(c_i - c_j) > 0

    In draw k the same rule is applied with the margin of the pair kept:
    :math:`c_i^k - c_j^k > (\hat c_i - \hat c_j) - q_{1-s}(c_i - c_j)`. Only models that were
    the best of their group on some day (by the estimate) are candidates, so that a model with
    very few scores, and so a very wide interval, does not "catch up" at once. Where no leader's
    model is better, the roles are exchanged and the lag is negative, or 0 when neither is better:
    exchanging the groups negates the series, and between two equal groups the mean is 0.
    """
    return measured(contest, significant_lag(contest))


def significant_lag(contest: Contest) -> Stretches:
    """Lag in months on every day, by row.

    Raises
    ------
    UsageError
        When the scale has fewer than 19 draws, too few to tell a difference from noise.
    """
    if contest.rows <= FEWEST_DRAWS:
        raise UsageError(
            f"daily-significant needs draws; this scale has {contest.rows - 1}",
            hint="fit a ruler with draws, for example headway.rulers.eci().fit(data, draws=500);"
            " on the command line --draws 500",
        )
    leader, follower = contest.leader, contest.follower
    behind = _since_better(leader, follower, contest.turns, contest.spec.significance)
    ahead = _since_better(follower, leader, contest.turns, contest.spec.significance)
    return signed(contest, behind, ahead)


def _since_better(better: Frontier, other: Frontier, turns: Days, significance: float) -> Days:
    """Day of the first significantly better model at each turn, by row; NEVER without any."""
    mine, theirs = np.flatnonzero(better.held), np.flatnonzero(other.held)
    difference = better.values[:, mine, None] - other.values[:, None, theirs]
    lowest = np.quantile(difference[1:], 1 - significance, axis=0)
    beats = difference > (difference[0] - lowest)[None, :, :]
    first = np.where(beats.any(axis=1), better.start[mine][beats.argmax(axis=1)], NEVER)
    row = np.arange(len(first))
    out = np.full((len(first), len(turns)), NEVER)
    for k, step in enumerate(other.at(turns)):
        counted = np.flatnonzero(other.counted[step, theirs])
        if step >= 0 and len(counted):
            best = other.values[:, theirs[counted]].argmax(axis=1)
            out[:, k] = first[row, counted[best]]
    return out
