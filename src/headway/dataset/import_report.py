"""What an import did with every row."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from headway.dataset.matching import Match
from headway.shortly import of_fields
from headway.sources import Refused


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class ImportReport:
    """What an import did with every row.

    Parameters
    ----------
    source
        The name of the source.
    into
        The dataset folder.
    recorded_on
        The day of record of the new rows.
    read
        Input rows of the files: those converted, those refused as they were read, and those
        left out.
    left_out
        Input rows that are no results or give way to others; the notes say which.
    unread
        Input rows that were refused as they were read; the first of ``refused``.
    table
        One row per table of the dataset: ``converted`` (rows that the source gave), of which
        ``refused``, ``skipped``, ``added``, ``revised``, ``unchanged`` and ``superseded`` (the
        dataset holds a later statement); and ``ended``, intervals of earlier files that the
        source no longer states.
    refused
        Input rows that were not converted or not taken, with the reasons.
    matches
        What every foreign name was taken for.
    differences
        What the source says otherwise about known models, benchmarks and organisations; the
        dataset was left as it is.
    notes
        Sentences about the whole.
    changes
        Whether there was something to write.
    written
        Whether it was written; not in a dry run.
    before, after
        The tables that are held in memory, without and with the new rows.
    """

    source: str
    into: Path
    recorded_on: date
    read: int
    left_out: int
    unread: int
    table: pl.DataFrame = field(repr=False)
    refused: tuple[Refused, ...] = field(repr=False)
    matches: tuple[Match, ...] = field(repr=False)
    differences: tuple[str, ...] = field(repr=False)
    notes: tuple[str, ...]
    changes: bool
    written: bool
    before: Mapping[str, pl.DataFrame] = field(repr=False)
    after: Mapping[str, pl.DataFrame] = field(repr=False)

    __repr__ = of_fields

    @property
    def unmatched(self) -> tuple[Match, ...]:
        """Names that are not known, with proposals."""
        return tuple(one for one in self.matches if one.id is None)

    @property
    def complete(self) -> bool:
        """Whether nothing was refused."""
        return not self.refused

    @property
    def converted(self) -> int:
        """Input rows that became rows of tables: ``read`` without ``unread`` and ``left_out``."""
        return self.read - self.unread - self.left_out

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {
            "source": self.source,
            "into": str(self.into),
            "recorded_on": self.recorded_on.isoformat(),
            "changes": self.changes,
            "written": self.written,
            "read": self.read,
            "converted": self.converted,
            "left_out": self.left_out,
            "unread": self.unread,
            "tables": self.table.to_dicts(),
            "refused": [
                {"file": row.file, "line": row.line or None, "reason": row.reason}
                for row in self.refused
            ],
            "names": [
                {
                    "kind": one.kind,
                    "name": one.foreign,
                    "id": one.id,
                    "matched_by": one.rule or None,
                    "variant": one.variant,
                    "did_you_mean": list(one.proposals),
                    "rows": one.rows,
                }
                for one in self.matches
            ],
            "differences": list(self.differences),
            "notes": list(self.notes),
        }


def counted(rows: int) -> str:
    """Return a number of rows in words.

    >>> counted(1), counted(2)
    ('1 row', '2 rows')
    """
    return "1 row" if rows == 1 else f"{rows} rows"
