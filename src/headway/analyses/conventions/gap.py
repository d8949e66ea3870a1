"""The vertical gap: how many units of the scale the leader is above the follower."""

import numpy as np
import polars as pl

from headway.analyses.contest import Contest, date_column
from headway.analyses.conventions import Measured
from headway.analyses.result import Finding, interval_columns, row_mean


def measure(contest: Contest) -> Measured:
    """Difference of the two frontiers on each day, its mean per period, and now."""
    leader, follower = contest.daily_best()
    with np.errstate(invalid="ignore"):
        gap = leader - follower
    gap = np.where(np.isfinite(gap), gap, np.nan)
    unit = contest.scale.unit
    findings = [
        Finding(
            period=period.name,
            entity="frontier",
            quantity="gap_mean",
            rows=row_mean(gap, period.mask(contest.days)[None, :]),
            unit=unit,
            n=int(np.isfinite(gap[0, period.mask(contest.days)]).sum()),
        )
        for period in contest.periods()
    ]
    findings.append(
        Finding(
            period="now", entity="frontier", quantity="gap_now", rows=gap[:, -1], unit=unit, n=1
        )
    )
    series = pl.DataFrame(
        {"date": date_column(contest.days), **interval_columns(gap, contest.spec.level)}
    )
    return Measured(findings=findings, details={"gap": series})
