"""The words of the report: every text by key, in English and Chinese."""

import math
from datetime import date
from typing import Any

from headway.errors import UsageError
from headway.intervals import digits_apart, has_no_spread
from headway.report.words import (
    asked,
    comparisons,
    en,
    evaluations,
    groups,
    multiverse,
    notes,
    premium,
    rulers,
    zh,
)
from headway.text import agreeing

_PARTS = (asked, rulers, comparisons, evaluations, multiverse, premium)
LANGUAGES: dict[str, dict[str, str]] = {
    "en": {key: text for part in _PARTS for key, text in part.ENGLISH.items()} | en.TEXTS,
    "zh": {key: text for part in _PARTS for key, text in part.CHINESE.items()} | zh.TEXTS,
}

__all__ = ["LANGUAGES", "Words"]


class Words:
    """Texts, numbers, dates and names in one language.

    Examples
    --------
    >>> Words("en").months(1.04), Words("zh").months(5.82)
    ('1.0 months', '5.8 个月')
    >>> Words("zh").day(date(2026, 8, 11))
    '2026年8月11日'
    """

    def __init__(self, lang: str = "en") -> None:
        if lang not in LANGUAGES:
            raise UsageError(f"lang={lang!r} is not one of {', '.join(LANGUAGES)}")
        self.lang = lang
        self._texts = LANGUAGES[lang]
        self._months = self._texts["date.months"].split()

    def __call__(self, key: str, **values: Any) -> str:
        """Text of a key with its placeholders filled."""
        return self._texts[key].format(**values)

    def has(self, key: str) -> bool:
        """Whether there is a text of this key."""
        return key in self._texts

    def known(self, prefix: str, key: str) -> str:
        """Text of ``prefix.key``, or the key itself in plain words."""
        full = f"{prefix}.{key}"
        return self._texts[full] if full in self._texts else key.replace("_", " ")

    def number(self, value: float | None, digits: int = 1) -> str:
        """Return a number with a true minus sign; a dash where it is unknown."""
        if value is None or not math.isfinite(value):
            return self("number.unknown")
        text = f"{value:,.{digits}f}"
        if float(text.replace(",", "")) == 0:
            text = text.lstrip("-")
        return text.replace("-", "−")

    def months(self, value: float | None, digits: int = 1) -> str:
        """Return a number of months."""
        if value is None or not math.isfinite(value):
            return self("number.unknown")
        return self("number.months", value=self.number(value, digits))

    def between(self, low: float | None, high: float | None, digits: int = 1) -> str:
        """Return an interval; a dash where there is none."""
        if low is None and high is None:
            return self("number.unknown")
        if has_no_spread(low, high):
            value = self.number(low, digits)
            return value if digits == 0 else self("number.no_spread", value=value)
        below, above = self.ends(low, high, digits)
        return self("number.between", low=below, high=above)

    def ends(self, low: float | None, high: float | None, digits: int = 1) -> tuple[str, str]:
        """Return the ends of an interval, with as many digits as it takes to tell them apart."""
        if low is not None and high is not None:
            digits = digits_apart((low, high), digits)
        return self.number(low, digits), self.number(high, digits)

    def level(self, level: float) -> str:
        """Level of an interval in percent."""
        return f"{100 * level:g}"

    def amount(self, value: str, unit: str) -> str:
        """Return a number that is text already with its unit."""
        key = f"amount.{unit}"
        return self(key, value=value) if self.has(key) else f"{value} {unit}"

    def day(self, day: date | None) -> str:
        """Return a date in full."""
        if day is None:
            return self("number.unknown")
        return self("date.day", day=day.day, month=self._months[day.month - 1], year=day.year)

    def month(self, day: date) -> str:
        """Return the month of a date."""
        return self("date.month", month=self._months[day.month - 1], year=day.year)

    def group(self, group: str) -> str:
        """Short name of a group of models."""
        return groups.name(self, group)

    def names(self, leader: str, follower: str) -> dict[str, str]:
        """Names of the two sides in every form that texts ask for."""
        return groups.names(self, leader, follower)

    def country(self, code: str | None) -> str:
        """Name of a country."""
        return self("number.unknown") if code is None else groups.country(code, self.lang)

    def ruler(self, ruler: str) -> str:
        """Name of a ruler: its title, where it is given by its name on the shelf."""
        from headway.rulers.files.reading import shelved

        file = shelved().get(ruler)
        if file is not None:
            return file.called(self.lang)
        return notes.translate(ruler, self) or ruler

    def note(self, text: str) -> tuple[str, bool]:
        """Return a note in this language, and whether it is in it."""
        found = notes.translate(text, self)
        if found is None:
            return text, False
        return agreeing(found) if self.lang == "en" else found, True

    def choice(self, choice: str, value: str) -> str:
        """Name of a value of a choice of the multiverse."""
        return multiverse.value(self, choice, value)

    def period(self, period: str, prefix: str = "period") -> str:
        """Name of a period of a result: all, a year, last-12-months, now, since a date."""
        if period.startswith("since "):
            try:
                start = date.fromisoformat(period.removeprefix("since "))
            except ValueError:
                return period
            return self(f"{prefix}.since", date=self.day(start))
        if period.isdigit():
            return period if prefix == "period" else self("mean.year", year=period)
        return self.known(prefix, period)
