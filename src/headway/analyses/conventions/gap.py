"""The vertical gap: how many units of the scale the leader is above the follower."""

import numpy as np

from headway.analyses.contest import Contest
from headway.analyses.conventions import Measured
from headway.analyses.result import Finding
from headway.analyses.stretches import Stretches, stretches


def measure(contest: Contest) -> Measured:
    """Difference of the two frontiers on each day, its mean per period, and now."""
    gap = vertical(contest)
    unit = contest.scale.unit
    findings = [
        Finding(
            period=period.name, entity="frontier", quantity="gap_mean", rows=gap.mean(period),
            unit=unit, n=gap.days_in(period),
        )
        for period in contest.periods()
    ]  # fmt: skip
    now = gap.at(np.array([contest.last]))[:, 0]
    findings.append(
        Finding(period="now", entity="frontier", quantity="gap_now", rows=now, unit=unit, n=1)
    )
    return Measured(
        findings=findings, details={"gap": gap.table(contest.spec.level)}, notes=gap.thinned
    )


def vertical(contest: Contest) -> Stretches:
    """Leader's best less follower's on every day, by row; NaN where a group has no model."""
    leader, follower = contest.best()
    with np.errstate(invalid="ignore"):
        return stretches(contest, leader - follower)
