"""Problems found in tables, collected so that the user sees all of them at once."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

import polars as pl

from headway.errors import DataError

MOST_PER_TABLE = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """A table as it came in, before anything about it is known to be right.

    Parameters
    ----------
    frame
        The values: text from a file, or whatever types a data frame had.
    label
        What to call the table as a whole, for example ``scores.csv``.
    place
        Words for the place of rows, for example ``scores.csv line 17`` for row 15.
    """

    frame: pl.DataFrame
    label: str
    place: Callable[[Sequence[int]], list[str]]


@dataclass(slots=True)
class Problems:
    """A collector of problems, at most 50 of each table in full."""

    _found: dict[str, list[tuple[int, str]]] = field(default_factory=dict)
    _count: dict[str, int] = field(default_factory=dict)

    def add(self, label: str, text: str) -> None:
        """Record one problem of a table as a whole."""
        self._keep(label, [(-1, f"{label}{text}")], 1)

    def more(self, label: str, count: int) -> None:
        """Count further problems of a table that are not shown one by one."""
        self._count[label] = self._count.get(label, 0) + count

    def add_rows(
        self, given: Given, rows: Sequence[int], text: Callable[[Sequence[int]], Iterable[str]]
    ) -> None:
        """Record one problem for each row; ``text`` makes the words for the first rows only."""
        shown = list(rows[:MOST_PER_TABLE])
        if shown:
            places = given.place(shown)
            lines = [
                (row, f"{place}{words}")
                for row, place, words in zip(shown, places, text(shown), strict=True)
            ]
            self._keep(given.label, lines, len(rows))

    def __contains__(self, label: object) -> bool:
        return label in self._count

    def raise_if_any(self, what: str, hint: str | None = None) -> None:
        """Raise one error with every problem.

        Raises
        ------
        DataError
            When there is any problem.
        """
        if not self._count:
            return
        details: list[str] = []
        for label, lines in self._found.items():
            shown = [text for _, text in sorted(lines)[:MOST_PER_TABLE]]
            details += shown
            if self._count[label] > len(shown):
                details.append(f"{label}: and {self._count[label] - len(shown)} more")
        total = sum(self._count.values())
        noun = "problem" if total == 1 else "problems"
        raise DataError(f"{what}: {total} {noun} found", hint=hint, details=details)

    def _keep(self, label: str, lines: list[tuple[int, str]], count: int) -> None:
        self._found.setdefault(label, []).extend(lines)
        self._count[label] = self._count.get(label, 0) + count
