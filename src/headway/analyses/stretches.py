"""A series over days that is a straight line from each event to the next.

Frontiers change on a few days only. A lag or a gap is kept as one line per stretch between such
days, so memory and time depend on the number of events and never on the number of days.
"""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from headway.analyses.contest import Contest, Period, date_column
from headway.analyses.result import interval_columns
from headway.draws import FloatArray
from headway.frontier import Days

MOST_DAYS = 6_000
_BLOCK = 512


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class Stretches:
    r"""A series over the days of a contest, by row, straight within each stretch.

    .. math:: y(d) = \text{value}_k + \text{slope}_k (d - \text{first}_k), \qquad
              \text{first}_k \le d \le \text{last}_k

    Parameters
    ----------
    first, last : int64 (n,)
        First and last day of each stretch, one after the other without a gap.
    value : float64 (rows, n)
        The series on the first day; NaN where it is not defined.
    slope : float64 (rows, n)
        Its change per day.
    """

    first: Days
    last: Days
    value: FloatArray
    slope: FloatArray

    def mean(self, period: Period) -> FloatArray:
        """Mean of each row over the defined days of a period; NaN where there is none."""
        inside, low, high = self._part(period)
        count = np.where(np.isfinite(self.value[:, inside]), high - low + 1, 0)
        middle = self.value[:, inside] + self.slope[:, inside] * (
            (low + high) / 2 - self.first[inside]
        )
        total = np.where(count > 0, middle, 0.0) * count
        days = count.sum(axis=1)
        out: FloatArray = np.where(days > 0, total.sum(axis=1) / np.maximum(days, 1), np.nan)
        return out

    def least(self, period: Period) -> FloatArray:
        """Smallest value of each row on the defined days of a period; NaN without any."""
        return -self._most(period, -1.0)

    def most(self, period: Period) -> FloatArray:
        """Largest value of each row on the defined days of a period; NaN without any."""
        return self._most(period, 1.0)

    def days_in(self, period: Period) -> int:
        """Days of a period on which the estimate is defined."""
        inside, low, high = self._part(period)
        return int((high - low + 1)[np.isfinite(self.value[0, inside])].sum())

    def at(self, days: Days) -> FloatArray:
        """Values on some of the days, (rows, n)."""
        k = np.searchsorted(self.first, days, side="right") - 1
        out: FloatArray = self.value[:, k] + self.slope[:, k] * (days - self.first[k])
        return out

    def table(self, level: float) -> pl.DataFrame:
        """Tidy series of every day with its interval.

        A span of more than :data:`MOST_DAYS` days is thinned to the first and last day of every
        stretch and evenly spaced days in between; see :attr:`thinned`.
        """
        days = self._shown()
        blocks = [
            pl.DataFrame({"date": date_column(part), **interval_columns(self.at(part), level)})
            for part in np.split(days, range(_BLOCK, len(days), _BLOCK))
        ]
        return pl.concat(blocks)

    @property
    def thinned(self) -> tuple[str, ...]:
        """A note when the table does not hold every day."""
        span, shown = int(self.last[-1] - self.first[0]) + 1, len(self._shown())
        if shown == span:
            return ()
        return (f"The series from day to day has {shown:,} of {span:,} days.",)

    def _shown(self) -> Days:
        first, last = int(self.first[0]), int(self.last[-1])
        if last - first < MOST_DAYS:
            return np.arange(first, last + 1, dtype=np.int64)
        even = np.linspace(first, last, MOST_DAYS).astype(np.int64)
        out: Days = np.unique(np.concatenate([even, self.first, self.last]))
        return out

    def _part(self, period: Period) -> tuple[NDArray[np.bool_], Days, Days]:
        inside = (self.first <= period.last) & (self.last >= period.first)
        inside &= period.first <= period.last
        low = np.maximum(self.first[inside], period.first)
        high = np.minimum(self.last[inside], period.last)
        return inside, low, high

    def _most(self, period: Period, sign: float) -> FloatArray:
        inside, low, high = self._part(period)
        value, slope = self.value[:, inside], self.slope[:, inside]
        ends = np.maximum(
            *(sign * (value + slope * (day - self.first[inside])) for day in (low, high))
        )
        top = np.where(np.isfinite(ends), ends, -np.inf).max(axis=1, initial=-np.inf)
        out: FloatArray = np.where(np.isfinite(top), top, np.nan)
        return out


def stretches(contest: Contest, value: FloatArray, slope: FloatArray | float = 0.0) -> Stretches:
    """Make a series of its values at the turns of a contest, and its changes per day."""
    turns = contest.turns
    return Stretches(
        first=turns,
        last=np.append(turns[1:] - 1, contest.last),
        value=np.where(np.isfinite(value), value, np.nan),
        slope=np.broadcast_to(np.asarray(slope, dtype=np.float64), value.shape),
    )
