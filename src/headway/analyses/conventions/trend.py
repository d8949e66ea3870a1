"""Straight lines through both frontiers, and the distance between the lines."""

from collections.abc import Callable

import numpy as np

from headway.analyses.contest import Contest
from headway.analyses.conventions import Measured
from headway.analyses.result import Finding
from headway.draws import FloatArray
from headway.errors import NotIdentified
from headway.frontier import DAYS_PER_MONTH, Frontier, to_day

FEWEST_DAYS = 60
FEWEST_RECORDS = 3
_YEAR = 12 * DAYS_PER_MONTH
Lines = tuple[FloatArray, FloatArray, int]


def measure(contest: Contest) -> Measured:
    r"""Distance between two straight lines on the last day, for every start date.

    Ordinary least squares on time since the start date gives
    :math:`\hat L(t) = \alpha_L + \beta_L t` and :math:`\hat F(t)`. With ``trend_on="steps"`` the
    points are the frontier on every day, a staircase in which a record weighs by the days that
    it stood; with ``"records"`` they are the records (of the estimate), each once, at its date.
    Reported are the horizontal distance between the lines on the last day,
    :math:`(\hat L - \hat F) / \beta_L`; the actual gap divided by the leader's slope; and both
    slopes in units per year. The entity of the rows names the points, ``frontier`` or
    ``records``.
    """
    on_days = contest.spec.trend_on == "steps"
    lines: Callable[[Contest, int], list[Lines]] = _through_steps if on_days else _through_records
    leader, follower = contest.best()
    unit = contest.scale.unit
    said = "the frontier on every day" if on_days else "the records"
    findings = []
    notes = [f"trend: the lines go through {said}."]
    for start in contest.spec.trend_starts:
        first = max(to_day(start), contest.first)
        if contest.last - first + 1 < FEWEST_DAYS:
            notes.append(f"trend: fewer than 60 days from {start} to the last day.")
            continue
        one, other = lines(contest, first)
        n = min(one[2], other[2])
        if not on_days and n < FEWEST_RECORDS:
            notes.append(f"trend: fewer than 3 records of a group since {start}.")
            continue
        per_month = np.where(one[1] > 0, one[1], np.nan) / 12
        for quantity, rows, of in (
            ("lag_between_lines", (one[0] - other[0]) / per_month, "months"),
            ("gap_over_slope", (leader[:, -1] - follower[:, -1]) / per_month, "months"),
            ("leader_slope", one[1], f"{unit} per year"),
            ("follower_slope", other[1], f"{unit} per year"),
        ):
            findings.append(
                Finding(
                    period=f"since {start.isoformat()}",
                    entity="frontier" if on_days else "records",
                    quantity=quantity,
                    rows=rows,
                    unit=of,
                    n=n,
                )
            )
    if not findings:
        starts, whys = contest.spec.trend_starts, notes[1:]
        _, why = min(zip(starts, whys, strict=True), default=(None, "no start is given"))
        raise NotIdentified(
            why.removeprefix("trend: ").removesuffix("."),
            hint="begin the lines earlier (trend_starts, --trend-starts), "
            "or use another convention",
        )
    return Measured(findings=findings, notes=tuple(notes))


def _through_steps(contest: Contest, first: int) -> list[Lines]:
    """Value on the last day and slope per year of each side's line through every day.

    Sums over the days of a stretch are those of an arithmetic series.
    """
    turns = contest.turns
    low = np.maximum(turns, first)
    days = np.maximum(np.append(turns[1:] - 1, contest.last) - low + 1, 0)
    n = int(days.sum())
    middle = (low + (days - 1) / 2 - contest.last) / _YEAR
    mean = (first - contest.last) / 2 / _YEAR
    spread = n * (n**2 - 1) / 12 / _YEAR**2
    used = days > 0
    weight = days[used]
    out = []
    for side in contest.best():
        y = np.where(np.isfinite(side), side, np.nan)[:, used]
        slope = (y * weight * (middle[used] - mean)).sum(axis=1) / spread
        out.append(((y * weight).sum(axis=1) / n - slope * mean, slope, n))
    return out


def _through_records(contest: Contest, first: int) -> list[Lines]:
    """Value on the last day and slope per year of each side's line through its records."""
    return [_points(contest, side, first) for side in (contest.leader, contest.follower)]


def _points(contest: Contest, side: Frontier, first: int) -> Lines:
    used = [j for j in side.records if side.start[j] >= first]
    t = (side.start[used] - contest.last) / _YEAR
    y = side.values[:, used]
    if len(used) < FEWEST_RECORDS:
        return np.full(len(y), np.nan), np.full(len(y), np.nan), len(used)
    centred = t - t.mean()
    spread = float((centred**2).sum())
    if spread == 0:
        return np.full(len(y), np.nan), np.full(len(y), np.nan), 1
    slope = (y * centred).sum(axis=1) / spread
    return y.mean(axis=1) - slope * t.mean(), slope, len(used)
