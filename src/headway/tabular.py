"""What every answer with a tidy table offers: a few words, and the ways to other libraries."""

from collections.abc import Mapping, Sequence
from html import escape
from importlib import import_module
from typing import Any, Protocol

import numpy as np
import polars as pl
from numpy.typing import NDArray

from headway.errors import UsageError
from headway.intervals import has_no_spread, period_words

_LABELS = ("convention", "period", "entity", "name", "quantity")


class Tidy(Protocol):
    """A record with a tidy table and notes."""

    @property
    def table(self) -> pl.DataFrame:
        """Tidy rows."""
        ...

    @property
    def notes(self) -> tuple[str, ...]:
        """Sentences that a reader has to know."""
        ...


class Tabular:
    """Adds to a record with a ``table`` and ``notes`` what a reader wants of it."""

    __slots__ = ()

    def summary(self: Tidy, *, most: int = 10) -> str:
        """Return the first rows and all notes as lines of text.

        Parameters
        ----------
        most
            Rows to show.

        Returns
        -------
        str
            One line for each row, such as ``daily / last-12-months / frontier / lag_mean: 6.0
            (4.5 to 6.8 at 90%) months``, one that says how it was asked and how far the evidence
            reaches, and one for each note.
        """
        table = self.table
        lines = [_line(row) for row in table.head(most).iter_rows(named=True)]
        if table.height > most:
            lines.append(f"and {table.height - most} more rows")
        lines += basis(self)
        return "\n".join([*lines, *(f"· {note}" for note in self.notes)])

    def to_pandas(self: Tidy) -> Any:
        """Return the table as a pandas data frame.

        Raises
        ------
        UsageError
            When pandas or PyArrow is not installed.
        """
        return as_pandas(self.table)


def basis(answer: object) -> list[str]:
    """Return the line that says how an answer was asked; none where it does not know."""
    asked = getattr(answer, "asked", None)
    if not asked:
        return []
    words = import_module("headway.report.words").Words("en")
    return [import_module("headway.report.asked").stated(words, asked)]


def below(answer: Tidy) -> str:
    """Return what a notebook shows under the table of an answer, as HTML."""
    lines = [*basis(answer), *(f"· {note}" for note in answer.notes)]
    return "".join(f"<p>{escape(line)}</p>" for line in lines)


def as_pandas(frame: pl.DataFrame) -> Any:
    """Return a frame as a pandas data frame, or say what is missing."""
    try:
        return frame.to_pandas()
    except ImportError as error:
        raise _missing("pandas and PyArrow are", error) from None


def as_xarray(
    values: NDArray[np.float64],
    dims: Sequence[str],
    coords: Mapping[str, Any],
    *,
    name: str,
    attributes: Mapping[str, Any],
) -> Any:
    """Return draws as an ``xarray.DataArray``.

    Parameters
    ----------
    values
        The draws; the first dimension is the draw.
    dims
        Names of the dimensions.
    coords
        Labels of the dimensions, as xarray takes them.
    name
        Name of the quantity.
    attributes
        Unit, draw set and the like.

    Raises
    ------
    UsageError
        When xarray is not installed.
    """
    try:
        from xarray import DataArray
    except ImportError as error:
        raise _missing("xarray is", error) from None
    return DataArray(np.array(values), dims=tuple(dims), coords=dict(coords), name=name,
                     attrs=dict(attributes))  # fmt: skip


def _missing(what: str, error: ImportError) -> UsageError:
    return UsageError(f"{what} needed for this: {error}", hint="pip install 'headway[frames]'")


def _line(row: Mapping[str, Any]) -> str:
    named = dict(row)
    if row.get("period"):
        named["period"] = period_words(row["period"], row.get("days"), row.get("of_days"))
    label = " / ".join(str(named[name]) for name in _LABELS if row.get(name))
    if row.get("estimate") is None:
        return f"{label}: {row.get('status') or 'unknown'}"
    text = f"{label}: {row['estimate']:.4g}"
    if row.get("low") is not None and row.get("high") is not None:
        level = f" at {row['level']:.0%}" if row.get("level") is not None else ""
        ends = f"{row['low']:.4g} to {row['high']:.4g}{level}"
        same = f"{row['low']:.4g} in nearly every draw"
        text += f" ({same if has_no_spread(row['low'], row['high']) else ends})"
    status = row.get("status")
    return f"{text} {row.get('unit') or ''}".rstrip() + (
        f", {status}" if status not in (None, "ok") else ""
    )
