"""Days as people and spreadsheets write them: with the name of a month, or with slashes."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Literal

from headway.sources.cells import Row, day

__all__ = ["Days", "written_day"]

_ENGLISH = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
_SPANISH = (
    *("enero", "febrero", "marzo", "abril", "mayo", "junio"),
    *("julio", "agosto", "septiembre", "octubre", "noviembre", "diciembre"),
)
_MONTHS = {
    name: number
    for names in (_ENGLISH, _SPANISH, [name[:3] for name in _ENGLISH], ["sept"] * 9)
    for number, name in enumerate(names, start=1)
}
_LONGEST = 60
_TIME = r"(?:,? +\d{1,2}:\d\d(?::\d\d)? ?(?:[ap]\.?m\.?)?)?"
_DAY_FIRST = re.compile(
    rf"(?P<day>\d{{1,2}})(?: de)? (?P<month>[a-z]+)\.?,?(?: de)? (?P<year>\d{{4}}){_TIME}",
    re.ASCII,
)
_MONTH_FIRST = re.compile(
    rf"(?P<month>[a-z]+)\.? (?P<day>\d{{1,2}}),? (?P<year>\d{{4}}){_TIME}", re.ASCII
)
_SLASHES = re.compile(
    rf"(?P<first>\d{{1,2}})/(?P<second>\d{{1,2}})/(?P<year>\d{{4}}){_TIME}", re.ASCII
)

Order = Literal["day", "month", ""]


def written_day(text: str) -> date | None:
    """Return the day of a date with the name of a month, English or Spanish, or None.

    Examples
    --------
    >>> str(written_day("17 November 2025 4:28pm")), str(written_day("July 14, 2026 11:14pm"))
    ('2025-11-17', '2026-07-14')
    >>> str(written_day("26 de enero de 2025")), written_day("31 June 2025")
    ('2025-01-26', None)
    """
    plain = text.strip()[:_LONGEST].casefold()
    found = _DAY_FIRST.fullmatch(plain) or _MONTH_FIRST.fullmatch(plain)
    if found is None or found["month"] not in _MONTHS:
        return None
    return _date(found["year"], _MONTHS[found["month"]], found["day"])


@dataclass(frozen=True, slots=True)
class Days:
    """How the dates of one table are written.

    Parameters
    ----------
    order
        What stands first in dates with slashes: the ``day`` or the ``month``; empty where no
        date of the table shows it.
    """

    order: Order = ""

    @classmethod
    def of(cls, texts: Iterable[str]) -> "Days":
        """Find out from all dates of a table what stands first between slashes.

        Examples
        --------
        >>> Days.of(["8/7/2025", "7/18/2023"]).order, Days.of(["6/3/2025"]).order
        ('month', '')
        """
        first = second = 0
        for text in texts:
            found = _SLASHES.fullmatch(text.strip()[:_LONGEST].casefold())
            if found is not None:
                first = max(first, int(found["first"]))
                second = max(second, int(found["second"]))
        if (first > 12) == (second > 12):
            return cls()
        return cls("day" if first > 12 else "month")

    def day(self, row: Row, column: str) -> date | None:
        """Return the day that a cell names, or None for an empty one.

        Raises
        ------
        ValueError
            When it is no date, or its slashes may mean two days.
        """
        text = row[column].strip()
        found = _SLASHES.fullmatch(text[:_LONGEST].casefold())
        if found is None:
            return written_day(text) or day(row, column)
        if not self.order and found["first"] != found["second"]:
            raise ValueError(
                f"column {column!r} is {text!r}; expected a date such as 2025-03-06: no date of"
                " this table says whether the day or the month stands first"
            )
        number, month = found["first"], found["second"]
        if self.order == "month":
            number, month = month, number
        made = _date(found["year"], int(month), number)
        if made is None:
            raise ValueError(f"column {column!r} is {text!r}; expected a date")
        return made


def _date(year: str, month: int, number: str) -> date | None:
    try:
        return date(int(year), month, int(number))
    except ValueError:
        return None
