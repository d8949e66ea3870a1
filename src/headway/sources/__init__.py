"""Foreign formats: one file each, parsed purely, with every row converted or accounted for.

A parser takes the text of a file and returns :class:`Parsed`: tidy tables in the columns of the
dataset, and the rows it refused with the reasons. It opens nothing and decides nothing about
rows it does not understand.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import polars as pl

__all__ = ["Parsed", "Refused"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """One input row that was not converted.

    Parameters
    ----------
    line
        Physical line of the input, counted from 1.
    reason
        Why, with the value that was met and what was expected.
    """

    line: int
    reason: str


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class Parsed:
    """What a parser made of a file.

    Parameters
    ----------
    tables
        Tidy tables by name.
    read
        Number of input rows; each is in a table or in ``refused``.
    refused
        The rows that were not converted.
    """

    tables: Mapping[str, pl.DataFrame] = field(repr=False)
    read: int
    refused: tuple[Refused, ...] = ()
