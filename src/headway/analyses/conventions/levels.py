"""Horizontal distance between the frontiers, averaged over the levels both have reached."""

import numpy as np
from numpy.typing import NDArray

from headway.analyses.contest import Contest, Period
from headway.analyses.conventions import Measured
from headway.analyses.result import Finding
from headway.draws import FloatArray
from headway.frontier import NEVER, Days, Frontier, months


def measure(contest: Contest) -> Measured:
    r"""Average over capability levels of the follower's date minus the leader's.

    .. math::

       \text{lag} = \frac{1}{b - a} \int_a^b
       \min\{t : F(t) \ge v - \text{tie}\} - \min\{t : L(t) \ge v\} \; dv

    from a, the level that both had on the first day that counts (the higher of the two
    beginnings), to b, the lower of the two highest levels. The integral of the step functions is
    exact. A period takes the levels that the follower reached in it; levels above the follower's
    best are censored, and counted in whole units of the scale.
    """
    widths, lag, reached_on = _pieces(contest)
    above = max(float(contest.leader.reached[0, -1] - contest.follower.reached[0, -1]), 0.0)
    findings = []
    for period in contest.periods():
        inside = _reached_in(period, reached_on)
        weight = np.where(inside, widths, 0.0)
        total = weight.sum(axis=1)
        with np.errstate(invalid="ignore", divide="ignore"):
            mean = (weight * np.where(inside, lag, 0.0)).sum(axis=1) / total
        rows = np.where(total > 0, mean, np.nan)
        findings.append(
            Finding(
                period=period.name,
                entity="levels",
                quantity="lag_mean",
                rows=rows,
                unit="months",
                n=round(float(total[0])),
                censored=round(above) if period.last == contest.last else 0,
                status="ok" if total[0] > 0 else "not_enough_data",
            )
        )
    return Measured(findings=findings)


def _pieces(contest: Contest) -> tuple[FloatArray, FloatArray, Days]:
    """Split the levels where either frontier jumps: widths, lag and the follower's day."""
    leader, follower, tie = contest.leader, contest.follower, contest.tie
    low = np.maximum(_level_before(leader, contest.first), _level_before(follower, contest.first))
    top = np.maximum(np.minimum(leader.reached[:, -1], follower.reached[:, -1]), low)
    jumps = np.concatenate([leader.reached, follower.reached + tie], axis=1)
    edges = np.sort(np.clip(jumps, low[:, None], top[:, None]), axis=1)
    edges = np.concatenate([low[:, None], edges, top[:, None]], axis=1)
    widths = np.diff(edges, axis=1)
    middle = (edges[:, 1:] + edges[:, :-1]) / 2
    leader_on = leader.first_reaching(middle, strictly=False)
    follower_on = follower.first_reaching(middle - tie, strictly=False)
    known = (follower_on != NEVER) & (leader_on != NEVER)
    lag = np.where(known, months(np.where(known, follower_on - leader_on, 0)), np.nan)
    return widths, lag, follower_on


def _level_before(side: Frontier, day: int) -> FloatArray:
    """Best level reached by a day (the first model's where it came later)."""
    index = max(int(np.searchsorted(side.start, day, side="right")) - 1, 0)
    return side.reached[:, index]


def _reached_in(period: Period, reached_on: Days) -> NDArray[np.bool_]:
    return (reached_on >= period.first) & (reached_on <= period.last)
