"""Merging into a table of millions of rows without holding it: range by range of its key."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import date
from pathlib import Path

import polars as pl

from headway.dataset.absent import MOST_NAMED, absent
from headway.dataset.incoming import KIND_OF, MOST_LISTED, Resolved, Sound
from headway.dataset.merging import merged
from headway.dataset.problems import Given, Problems
from headway.dataset.rules import checked
from headway.dataset.schema import Table
from headway.dataset.vintages import current
from headway.dataset.writing import InPieces
from headway.foreign.apart import check_parquet, scan_parquet

PIECE = 750_000
_PAIR = ("model_a", "model_b")
_WAS = ("_model_a", "_model_b")
_SAMPLE = 1000


@dataclass(slots=True, kw_only=True)
class Counts:
    """What became of the rows that a source gave for one table, and how many rows it ended."""

    converted: int = 0
    refused: int = 0
    skipped: int = 0
    added: int = 0
    revised: int = 0
    unchanged: int = 0
    superseded: int = 0
    ended: int = 0

    def add(self, other: "Counts") -> None:
        """Add the counts of further rows."""
        for field in fields(self):
            setattr(self, field.name, getattr(self, field.name) + getattr(other, field.name))


class LargeTable:
    """One large table before and after an import.

    Parameters
    ----------
    table
        The declaration.
    given
        What the source gave, under its own names.
    file
        The Parquet file with the rows of the dataset, or None.
    held
        The rows of the dataset where they were read already, or None.
    sound
        Turns incoming rows into sound ones.
    names
        What the foreign names mean.
    day
        The day of record.
    """

    def __init__(
        self,
        table: Table,
        given: pl.DataFrame,
        file: Path | None,
        held: pl.DataFrame | None,
        sound: Callable[[pl.DataFrame], Sound],
        names: Resolved,
        day: date,
    ) -> None:
        self.counts = Counts()
        self.absent = 0
        self.first_absent = table.empty()
        self._day = day
        self.reasons: list[str] = []
        self.notes: list[str] = []
        self.rows = 0
        self._table = table
        self._file = file
        self._held = table.empty() if held is None else held
        self._sound = sound
        self._first = table.key[0]
        kind = KIND_OF.get(table.column(self._first).references or "")
        self._ids = None if kind is None else names.ids[kind]
        if given.schema.get(self._first) not in (pl.String, None):
            given = given.with_columns(pl.col(self._first).cast(pl.String))
        self._given = given

    def content(self) -> InPieces:
        """The table after the import, to be written."""
        return InPieces(self.pieces, lambda: self.rows)

    def pieces(self) -> Iterator[pl.DataFrame]:
        """Merge range by range, and count."""
        self.counts, self.reasons, self.notes, self.rows = Counts(), [], [], 0
        self.absent, self.first_absent = 0, self._table.empty()
        self._take(self._given.filter(~self._known().fill_null(value=False)))
        cuts = self._cuts()
        bounds = zip([None, *cuts], [*cuts, None], strict=True)
        for low, high in bounds:
            sound = self._take(self._given.filter(self._given_between(low, high)))
            before = self._before(low, high)
            given = self._of_the_same(before, sound.frame)
            done = merged(before, given, self._table)
            self._count_absent(before, sound.frame)
            self.counts.add(
                Counts(
                    added=done.added,
                    revised=done.revised,
                    unchanged=done.unchanged,
                    superseded=done.superseded,
                )
            )
            self.rows += done.frame.height
            if done.frame.height:
                yield done.frame

    def _of_the_same(self, before: pl.DataFrame, given: pl.DataFrame) -> pl.DataFrame:
        """Refuse votes under the id of a known vote between other models: they correct nothing."""
        if self._table.name != "votes" or before.is_empty():
            return given
        known = current(before, self._table).select(
            "vote", *(pl.col(c).name.prefix("_") for c in _PAIR)
        )
        both = given.join(known, on="vote", maintain_order="left").filter(
            (pl.min_horizontal(_PAIR) != pl.min_horizontal(_WAS))
            | (pl.max_horizontal(_PAIR) != pl.max_horizontal(_WAS))
        )
        if both.is_empty():
            return given
        self.counts.add(Counts(refused=both.height))
        self.reasons += [
            f"votes: {vote}: here a vote between {a} and {b}, in the dataset one between {c} and"
            f" {d}, so its id is not its own; --option vote=line names votes by their lines"
            for vote, a, b, c, d in both.select("vote", *_PAIR, *_WAS).head(MOST_LISTED).iter_rows()
        ]
        return given.join(both, on="vote", how="anti", maintain_order="left")

    def _count_absent(self, before: pl.DataFrame, given: pl.DataFrame) -> None:
        gone = absent(before, given, self._table, self._day)
        self.absent += gone.height
        self.first_absent = pl.concat([self.first_absent, gone]).head(MOST_NAMED)

    def _take(self, rows: pl.DataFrame) -> Sound:
        sound = self._sound(rows)
        self.counts.add(
            Counts(
                converted=rows.height,
                refused=sound.refused,
                skipped=sound.skipped,
                unchanged=sound.repeated,
            )
        )
        self.reasons += sound.reasons
        self.notes += sound.notes
        return sound

    def _known(self) -> pl.Expr:
        column = pl.col(self._first)
        if self._ids is None:
            return column.is_not_null()
        return column.is_in(pl.Series([*self._ids], dtype=pl.String).implode())

    def _cuts(self) -> list[str]:
        """Keys at which the ranges begin, so that none is much longer than a piece."""
        sample: list[str] = []
        step = max(1, PIECE // _SAMPLE)
        names = self._given[self._first].gather_every(step).drop_nulls().to_list()
        ids = self._ids
        sample += names if ids is None else [ids[name] for name in names if name in ids]
        sample += self._held[self._first].gather_every(step).to_list()
        if self._file is not None:
            check_parquet(self._file)
            keys = scan_parquet(self._file).select(pl.col(self._first).cast(pl.String))
            sample += keys.gather_every(step).collect(engine="streaming").to_series().to_list()
        ordered = sorted(sample)
        return sorted(set(ordered[_SAMPLE::_SAMPLE]))

    def _given_between(self, low: str | None, high: str | None) -> pl.Expr:
        if self._ids is None:
            return _between(pl.col(self._first), low, high)
        inside = [
            name
            for name, known in self._ids.items()
            if (low is None or known >= low) and (high is None or known < high)
        ]
        return pl.col(self._first).is_in(pl.Series(inside, dtype=pl.String).implode())

    def _before(self, low: str | None, high: str | None) -> pl.DataFrame:
        column = pl.col(self._first)
        held = self._held.filter(_between(column, low, high))
        if self._file is None:
            return held
        rows = scan_parquet(self._file).filter(_between(column, low, high)).collect()
        problems = Problems()
        file = self._file

        def place(numbers: Sequence[int]) -> list[str]:
            return [f"{file.name}" for _ in numbers]

        given = Given(frame=rows, label=file.name, place=place)
        typed = checked({self._table.name: given}, problems)
        problems.raise_if_any(f"{file} is not sound")
        return typed[self._table.name]


def _between(column: pl.Expr, low: str | None, high: str | None) -> pl.Expr:
    inside = column.is_not_null()
    if low is not None:
        inside = inside & (column >= low)
    return inside if high is None else inside & (column < high)
