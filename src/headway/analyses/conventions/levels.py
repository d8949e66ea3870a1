"""Horizontal distance between the frontiers, averaged over the levels both have reached."""

import numpy as np
from numpy.typing import NDArray

from headway.analyses.contest import Contest, Period
from headway.analyses.conventions import Measured
from headway.analyses.result import Finding
from headway.draws import FloatArray
from headway.frontier import NEVER, Days, Frontier, is_record, months


def measure(contest: Contest) -> Measured:
    r"""Average over capability levels of the follower's date minus the leader's.

    .. math::

       \text{lag} = \frac{1}{b - a} \int_a^b \delta(v) \, dv, \qquad
       \delta(v) = \begin{cases}
         t_F(v - \text{tie}) - t_L(v) & \text{where that is positive} \\
         t_F(v) - t_L(v - \text{tie}) & \text{where that is negative} \\
         0 & \text{else}
       \end{cases}
       \qquad t_X(v) = \min\{t : X(t) \ge v\}

    from a, the level that both had on the first day that counts (the higher of the two
    beginnings), to b, the lower of the two highest levels. The integral of the step functions is
    exact. A period takes the levels that the later of the two reached in it. Exchanging the
    groups negates the lag, so between two equal groups it is 0.

    ``n`` counts the steps between levels at which either frontier rose, and ``censored`` the
    records of the higher frontier above the other's best: levels that only one has reached.
    Neither depends on the unit of the scale.
    """
    widths, lag, both = _pieces(contest)
    above = _open(contest.leader, contest.follower) + _open(contest.follower, contest.leader)
    findings = []
    for period in contest.periods():
        inside = _in(period, both)
        weight = np.where(inside, widths, 0.0)
        total = weight.sum(axis=1)
        with np.errstate(invalid="ignore", divide="ignore"):
            mean = (weight * np.where(inside, lag, 0.0)).sum(axis=1) / total
        findings.append(
            Finding(
                period=period.name,
                entity="levels",
                quantity="lag_mean",
                rows=np.where(total > 0, mean, np.nan),
                unit="months",
                n=int(np.count_nonzero(weight[0])),
                censored=above if period.last == contest.last else 0,
                status="ok" if total[0] > 0 else "not_enough_data",
            )
        )
    return Measured(findings=findings)


def _pieces(contest: Contest) -> tuple[FloatArray, FloatArray, Days]:
    """Split the levels where either frontier jumps: widths, lag, and the day both were there."""
    leader, follower, tie = contest.leader, contest.follower, contest.tie
    low = np.maximum(_level_before(leader, contest.first), _level_before(follower, contest.first))
    top = np.maximum(np.minimum(leader.reached[:, -1], follower.reached[:, -1]), low)
    jumps = [side.reached + shift for side in (leader, follower) for shift in {0.0, tie}]
    edges = np.sort(np.clip(np.concatenate(jumps, axis=1), low[:, None], top[:, None]), axis=1)
    edges = np.concatenate([low[:, None], edges, top[:, None]], axis=1)
    widths = np.diff(edges, axis=1)
    middle = (edges[:, 1:] + edges[:, :-1]) / 2
    own = [side.first_reaching(middle, strictly=False) for side in (leader, follower)]
    near = [side.first_reaching(middle - tie, strictly=False) for side in (leader, follower)]
    known = (own[0] != NEVER) & (own[1] != NEVER)
    behind, ahead = (
        np.maximum(np.where(known, late - early, 0), 0)
        for late, early in ((near[1], own[0]), (near[0], own[1]))
    )
    lag = np.where(known, months(behind - ahead), np.nan)
    return widths, lag, np.maximum(*near)


def _level_before(side: Frontier, day: int) -> FloatArray:
    """Best level reached by a day (the first model's where it came later)."""
    index = max(int(np.searchsorted(side.start, day, side="right")) - 1, 0)
    return side.reached[:, index]


def _open(side: Frontier, other: Frontier) -> int:
    """Records of a side above everything that the other has reached, by the estimate."""
    return int((is_record(side.values[:1])[0] & (side.values[0] > other.reached[0, -1])).sum())


def _in(period: Period, day: Days) -> NDArray[np.bool_]:
    return (day >= period.first) & (day <= period.last)
