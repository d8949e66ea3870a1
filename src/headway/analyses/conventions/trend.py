"""Straight lines through both frontiers, and the distance between the lines."""

import numpy as np

from headway.analyses.contest import Contest
from headway.analyses.conventions import Measured
from headway.analyses.result import Finding
from headway.draws import FloatArray
from headway.frontier import DAYS_PER_MONTH, to_day


def measure(contest: Contest) -> Measured:
    r"""Distance between two straight lines on the last day, for every start date.

    Ordinary least squares of the daily frontier on time since the start date gives
    :math:`\hat L(t) = \alpha_L + \beta_L t` and :math:`\hat F(t)`. Reported are the horizontal
    distance between the lines on the last day, :math:`(\hat L - \hat F) / \beta_L`; the actual
    gap divided by the leader's slope; and both slopes in units per year.
    """
    leader, follower = contest.daily_best()
    findings = []
    notes = []
    for start in contest.spec.trend_starts:
        inside = contest.days >= max(to_day(start), contest.first)
        period = f"since {start.isoformat()}"
        if inside.sum() < 60:
            notes.append(f"trend: fewer than 60 days from {start} to the last day.")
            continue
        t = (contest.days[inside] - contest.last) / (12 * DAYS_PER_MONTH)
        at_end, slope = zip(
            *(_line(t, side[:, inside]) for side in (leader, follower)), strict=True
        )
        n = int(inside.sum())
        rising = slope[0] > 0
        per_month = np.where(rising, slope[0], np.nan) / 12
        gap = leader[:, -1] - follower[:, -1]
        unit = contest.scale.unit
        for quantity, rows, of in (
            ("lag_between_lines", (at_end[0] - at_end[1]) / per_month, "months"),
            ("gap_over_slope", gap / per_month, "months"),
            ("leader_slope", slope[0], f"{unit} per year"),
            ("follower_slope", slope[1], f"{unit} per year"),
        ):
            findings.append(
                Finding(
                    period=period, entity="frontier", quantity=quantity, rows=rows, unit=of, n=n
                )
            )
    return Measured(findings=findings, notes=tuple(notes))


def _line(t: FloatArray, y: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Value at t = 0 and slope of the least-squares line of every row; NaN with gaps in it."""
    y = np.where(np.isfinite(y), y, np.nan)
    centred = t - t.mean()
    slope = (y * centred).sum(axis=1) / (centred**2).sum()
    return y.mean(axis=1) - slope * t.mean(), slope
