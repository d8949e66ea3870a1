"""What commands print on standard output: terminal tables and strict JSON."""

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import typer
from rich.console import Console, ConsoleOptions, RenderableType
from rich.markup import escape
from rich.measure import Measurement
from rich.segment import Segment
from rich.table import Table

from headway.intervals import digits_apart, has_no_spread
from headway.text import agreeing, is_plain, shown

WIDE = 200
SHORT = 20


class _SafeConsole(Console):
    """A console on which no character of the data acts: they are shown, not obeyed."""

    def render(
        self, renderable: RenderableType, options: ConsoleOptions | None = None
    ) -> Iterable[Segment]:
        for segment in super().render(renderable, options):
            if segment.control or is_plain(segment.text):
                yield segment
            else:
                lines = "\n".join(map(shown, segment.text.split("\n")))
                yield Segment(lines, segment.style)


def console() -> Console:
    """Console on standard output; lines are not broken when a program reads them."""
    width = None if sys.stdout.isatty() else WIDE
    return _SafeConsole(width=width, highlight=False, emoji=False)


def show(
    out: Console,
    frame: pl.DataFrame,
    columns: Mapping[str, str],
    *,
    title: str,
    spare: Sequence[str] = (),
    keys: Sequence[str] = (),
) -> None:
    """Print a title and columns of a frame, leaving out spare ones until the table fits.

    Where even then it does not fit, every row is printed as a block of lines, with all columns.

    Parameters
    ----------
    columns
        Column of the frame to its heading.
    spare
        Columns that may go, the first one first.
    keys
        Columns that tell the rows apart: a spare one of them goes only while the others do.
    """
    kept = _fitting(out, frame, columns, spare, keys)
    out.print(title, style="bold", markup=False, soft_wrap=True)
    if kept is not None:
        out.print(table(frame, kept))
        return
    for row in frame.select(list(columns)).iter_rows(named=True):
        for heading, value in zip(columns.values(), row.values(), strict=True):
            out.print(f"  {heading or '·'}: {cell(value)}", markup=False, soft_wrap=True)
        out.print()


def _fitting(
    out: Console,
    frame: pl.DataFrame,
    columns: Mapping[str, str],
    spare: Sequence[str],
    keys: Sequence[str],
) -> dict[str, str] | None:
    """Return the columns of a table that fits, or None where none does."""
    kept = dict(columns)
    unbounded = out.options.update(max_width=10_000)
    telling = [name for name in keys if name in kept]
    distinct = frame.select(telling).n_unique() if telling else 0
    waiting = [name for name in spare if name in kept]
    while Measurement.get(out, unbounded, table(frame, kept)).maximum > out.width:
        for name in waiting:
            others = [key for key in telling if key != name]
            if name not in telling or (others and frame.select(others).n_unique() == distinct):
                break
        else:
            least = Measurement.get(out, unbounded, table(frame, kept)).minimum
            return kept if least <= out.width else None
        waiting.remove(name)
        telling = [key for key in telling if key != name]
        del kept[name]
    return kept


def table(frame: pl.DataFrame, columns: Mapping[str, str]) -> Table:
    """Make a terminal table from some columns of a frame; short cells are never broken."""
    made = Table(box=None, pad_edge=False)
    texts = {name: [cell(value) for value in frame[name]] for name in columns}
    for name, heading in columns.items():
        made.add_column(
            escape(heading),
            justify="right" if frame.schema[name].is_numeric() else "left",
            no_wrap=max(map(len, texts[name]), default=0) <= SHORT,
            overflow="fold",
        )
    for row in zip(*texts.values(), strict=True):
        made.add_row(*(escape(text) for text in row))
    return made


def cell(value: Any) -> str:
    """Text of one value: one decimal for measured numbers, a dash for the unknown.

    >>> [cell(v) for v in (3, 149.96, -0.01, None, True, "GPT-5")]
    ['3', '150.0', '0.0', '–', 'yes', 'GPT-5']
    """
    if value is None:
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:z.1f}"
    if isinstance(value, date):
        return value.isoformat()
    return shown(str(value))


def intervals(frame: pl.DataFrame, low: str, high: str) -> pl.Series:
    """Texts of the intervals between two columns, with a dash for an end that is not known.

    Ends that differ are written with as many digits as tell them apart.

    >>> intervals(pl.DataFrame({"a": [1.04, None], "b": [3.0, None]}), "a", "b").to_list()
    ['1.0 to 3.0', '–']
    >>> intervals(pl.DataFrame({"a": [6.41, 1.1], "b": [6.44, 1.1]}), "a", "b").to_list()
    ['6.41 to 6.44', '1.1 in nearly every draw']
    """
    texts = [_between(a, b) for a, b in frame.select(low, high).iter_rows()]
    return pl.Series(texts, dtype=pl.String)


def _between(low: float | None, high: float | None) -> str:
    if low is None and high is None:
        return cell(None)
    if low is None or high is None:
        return f"{cell(low)} to {cell(high)}"
    if has_no_spread(low, high):
        return cell(low) + ("" if isinstance(low, int) else " in nearly every draw")
    if isinstance(low, int):
        return f"{low} to {high}"
    digits = digits_apart((low, high), 1)
    return f"{low:z.{digits}f} to {high:z.{digits}f}"


def without_formulas(frame: pl.DataFrame) -> pl.DataFrame:
    """Return a frame for CSV whose texts no spreadsheet takes for a formula.

    A text that begins with ``=``, ``+``, ``-``, ``@``, a tab or a line end gets an apostrophe in
    front, which spreadsheets do not show.

    >>> without_formulas(pl.DataFrame({"a": ["=1+1", "gpt-5"], "b": ["@x", None], "c": -1})).rows()
    [("'=1+1", "'@x", -1), ('gpt-5', None, -1)]
    """
    return frame.with_columns(pl.col(pl.String).str.replace(r"^([=+\-@\t\r\n])", "'$1"))


def notes(out: Console, lines: Sequence[str]) -> None:
    """Print what a reader of the numbers has to know."""
    for line in lines:
        out.print(f"· {agreeing(line)}", markup=False, soft_wrap=True)


def asked(out: Console, said: Mapping[str, Any], lang: str = "en") -> None:
    """Print how a question was asked, how far its evidence reaches, and of which facts."""
    from headway.report.asked import stated
    from headway.report.words import Words

    out.print(stated(Words(lang), said), markup=False, soft_wrap=True)


def made_file(path: Path) -> None:
    """Print where a file was written; no character of its path acts on the terminal."""
    typer.echo(shown(str(path.resolve())))


def strict_json(values: Mapping[str, Any]) -> None:
    """Print plain values as one strict JSON document: no NaN, dates as ISO text.

    Characters that a terminal would obey are written as JSON escapes.
    """
    text = json.dumps(values, allow_nan=False, ensure_ascii=False, indent=2, default=_plain)
    typer.echo("\n".join(_escaped(line) for line in text.split("\n")))


def _escaped(line: str) -> str:
    if is_plain(line):
        return line
    return "".join(c if is_plain(c) else json.dumps(c)[1:-1] for c in line)


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"{type(value).__name__} has no place in JSON")
