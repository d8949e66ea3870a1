"""What commands print on standard output: terminal tables and strict JSON."""

import json
import sys
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import polars as pl
import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

WIDE = 200


def console() -> Console:
    """Console on standard output; lines are not broken when a program reads them."""
    width = None if sys.stdout.isatty() else WIDE
    return Console(width=width, highlight=False, emoji=False)


def table(frame: pl.DataFrame, columns: Mapping[str, str], *, title: str | None = None) -> Table:
    """Make a terminal table from some columns of a frame.

    Parameters
    ----------
    columns
        Column of the frame to its heading.
    """
    shown = Table(title=title, title_justify="left", title_style="bold", box=None, pad_edge=False)
    for name, heading in columns.items():
        numeric = frame.schema[name].is_numeric()
        shown.add_column(heading, justify="right" if numeric else "left", no_wrap=numeric)
    for row in frame.select(list(columns)).iter_rows():
        shown.add_row(*(escape(cell(value)) for value in row))
    return shown


def cell(value: Any) -> str:
    """Text of one value: one decimal for measured numbers, a dash for the unknown.

    >>> [cell(v) for v in (3, 149.96, None, True, "GPT-5")]
    ['3', '150.0', '–', 'yes', 'GPT-5']
    """
    if value is None:
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.1f}"
    if isinstance(value, date):
        return value.isoformat()
    return str(value)


def intervals(frame: pl.DataFrame, low: str, high: str) -> pl.Series:
    """Texts of the intervals between two columns, with a dash for an end that is not known.

    >>> intervals(pl.DataFrame({"a": [1.04, None], "b": [3.0, None]}), "a", "b").to_list()
    ['1.0 to 3.0', '–']
    """
    texts = [
        cell(None) if a is None and b is None else f"{cell(a)} to {cell(b)}"
        for a, b in frame.select(low, high).iter_rows()
    ]
    return pl.Series(texts, dtype=pl.String)


def notes(out: Console, lines: Sequence[str]) -> None:
    """Print what a reader of the numbers has to know."""
    for line in lines:
        out.print(f"· {line}", markup=False, soft_wrap=True)


def strict_json(values: Mapping[str, Any]) -> None:
    """Print plain values as one strict JSON document: no NaN, dates as ISO text."""
    typer.echo(json.dumps(values, allow_nan=False, ensure_ascii=False, indent=2, default=_plain))


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"{type(value).__name__} has no place in JSON")
