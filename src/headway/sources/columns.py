"""Whole columns of text as values: the vectorised form of :mod:`headway.sources.cells`.

A table is read as text with the line of each row. Every conversion notes the first reason to
refuse a row; in the end the good rows and the refused ones are taken apart.
"""

import io
import itertools
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import polars as pl

from headway.bounds import FIRST_DAY, HEADER_NAME, LAST_DAY, NAME_LENGTH
from headway.errors import DataError, did_you_mean
from headway.foreign import apart
from headway.foreign.guarding import guarded
from headway.foreign.plainfile import as_text, csv_text, read_bytes
from headway.sources import Refused
from headway.sources.archives import open_tree
from headway.sources.cells import MOST_REFUSED, check_cells, checked_header
from headway.sources.csvreader import BrokenCsv, records
from headway.sources.json_table import json_table
from headway.sources.numbers import Decimal, Numbers, absent, numbers_in
from headway.text import NOT_IN_TEXT, shown as escaped, without_controls

__all__ = ["LINE", "Columns", "check_columns", "csv_frame", "read_frame", "read_frames"]

LINE = "\0line"
_BATCH = 100_000
_LONGEST_HEADER = 2**20
_NO_DELIMITER = b"\x01"
_WRONG = "\0wrong"
_DELIMITERS = ",;\t|"
UNCLEAR = "which of comma and point is the decimal sign: say decimal = ',' or '.' in a mapping"
_MIXED = "it mixes points and commas as the decimal sign"
_TRUE = ("true", "yes", "1", "open")
_FALSE = ("false", "no", "0", "closed")


def csv_frame(
    text: str | bytes, file: str, *, delimiter: str = ","
) -> tuple[pl.DataFrame, list[Refused]]:
    """Read a CSV text as columns of text.

    Parameters
    ----------
    text
        The content of the file.
    file
        Its name, for messages.
    delimiter
        What separates cells.

    Returns
    -------
    tuple of polars.DataFrame and list of Refused
        The rows, with empty cells as nulls and the physical line in ``LINE``; and the rows that
        have another number of cells than the header.

    Raises
    ------
    DataError
        When there is no header, a column is there twice, or the text is not CSV.
    """
    text = csv_text(text, file)
    check_cells(text, delimiter, f"{file}: ")
    header = _header(text, file, delimiter)
    content = text.encode()
    simple = '"' not in text and "\n\n" not in text and len(header) > 1
    with guarded(file):
        if simple and _even(content, len(header), delimiter):
            try:
                frame = pl.read_csv(
                    io.BytesIO(content),
                    has_header=False,
                    skip_rows=1,
                    new_columns=header,
                    schema=dict.fromkeys(header, pl.String),
                    separator=delimiter,
                    quote_char=None,
                    infer_schema=False,
                    raise_if_empty=False,
                )
            except pl.exceptions.PolarsError:
                pass
            else:
                if text.rstrip("\n").count("\n") == frame.height:
                    return frame.with_row_index(LINE, offset=2), []
    return _batches(text, file, header, delimiter)


def _header(text: str, file: str, delimiter: str) -> list[str]:
    start = io.StringIO(text[:_LONGEST_HEADER], newline="")
    try:
        _, cells = next(records(start, delimiter=delimiter), (1, []))
    except BrokenCsv as error:
        raise DataError(f"{file}: {error}") from None
    return checked_header(cells, where=f"{file}: ")


def _even(content: bytes, cells: int, delimiter: str) -> bool:
    """Whether every line has as many cells; polars fills short rows and cuts long ones."""
    if _NO_DELIMITER in content:
        return False
    lines = pl.read_csv(
        io.BytesIO(content),
        has_header=False,
        schema={"line": pl.String},
        separator=_NO_DELIMITER.decode(),
        quote_char=None,
    )
    return bool((lines["line"].str.count_matches(delimiter, literal=True) == cells - 1).all())


def _batches(
    text: str, file: str, header: list[str], delimiter: str
) -> tuple[pl.DataFrame, list[Refused]]:
    refused: list[Refused] = []
    frames: list[pl.DataFrame] = []
    lines: list[int] = []
    rows: list[list[str]] = []
    schema = dict.fromkeys(header, pl.String)

    def close() -> None:
        columns = list(zip(*rows, strict=True)) if rows else [()] * len(header)
        frame = pl.DataFrame(dict(zip(header, columns, strict=True)), schema=schema)
        frame = frame.with_columns(pl.when(pl.all() != "").then(pl.all()))
        frames.append(frame.insert_column(0, pl.Series(LINE, lines, dtype=pl.UInt32)))
        rows.clear()
        lines.clear()

    try:
        for line, cells in itertools.islice(
            records(io.StringIO(text, newline=""), delimiter=delimiter), 1, None
        ):
            if len(cells) == len(header):
                lines.append(line)
                rows.append(cells)
            elif cells:
                reason = f"{len(cells)} cells; expected {len(header)}"
                refused.append(Refused(line=line, reason=reason, file=file))
                _bounded(refused, file)
            if len(rows) == _BATCH:
                close()
    except BrokenCsv as error:
        raise DataError(f"{file}: {error}") from None
    close()
    return pl.concat(frames), refused


def read_frame(
    path: Path, *, sheet: str | None = None, delimiter: str | None = None
) -> tuple[pl.DataFrame, list[Refused]]:
    """Read a table from CSV, TSV, Parquet, JSON or a spreadsheet as columns of text.

    Parameters
    ----------
    path
        The file; its name says what it is.
    sheet
        The sheet of a spreadsheet; without, the first one.
    delimiter
        What separates cells; without, a tab for ``.tsv``, and otherwise that of comma, semicolon,
        tab and bar which the header has most of.

    Returns
    -------
    tuple of polars.DataFrame and list of Refused
        As :func:`csv_frame`; the first row of Parquet and the first record of JSON is line 1.
        A column of lists or objects is there without its content.

    Raises
    ------
    DataError
        When the file cannot be read.
    """
    name = path.name.removesuffix(".gz").lower()
    if _is_parquet(path):
        return pl.concat(_parquet(path)), []
    if name.endswith((".xlsx", ".xlsm", ".xlsb", ".ods")):
        return _sheet(path, sheet), []
    if name.endswith((".json", ".jsonl", ".ndjson")):
        return _json(path)
    text = as_text(read_bytes(path), str(path))
    if delimiter is None:
        delimiter = "\t" if name.endswith((".tsv", ".tab")) else _delimiter(text)
    check_cells(text, delimiter, f"{path}: ", file_bytes=path.stat().st_size)
    return csv_frame(text, str(path), delimiter=delimiter)


def _delimiter(text: str) -> str:
    """Return what the header has most of outside quotes; a comma where nothing is more."""
    header = text[:_LONGEST_HEADER].lstrip("\n").partition("\n")[0]
    plain = "".join(header.split('"')[::2])
    return max(_DELIMITERS, key=plain.count)


def read_frames(
    path: Path, *, sheet: str | None = None, delimiter: str | None = None
) -> Iterator[tuple[pl.DataFrame, list[Refused]]]:
    """Read a table as :func:`read_frame`, a large Parquet file in slices.

    Raises
    ------
    DataError
        When the file cannot be read.
    """
    if not _is_parquet(path):
        yield read_frame(path, sheet=sheet, delimiter=delimiter)
        return
    for frame in _parquet(path):
        yield frame, []


def _json(path: Path) -> tuple[pl.DataFrame, list[Refused]]:
    columns, numbers, refused = json_table(as_text(read_bytes(path), str(path)), path)
    if any("\0" in name for name in columns):
        raise DataError(f"{path} has a column with NUL in its name")
    return pl.DataFrame([pl.Series(LINE, numbers, dtype=pl.UInt32), *columns.values()]), refused


def _is_parquet(path: Path) -> bool:
    return path.name.lower().endswith((".parquet", ".pq"))


def _parquet(path: Path) -> Iterator[pl.DataFrame]:
    first = 1
    for frame in apart.parquet_pieces(path):
        with guarded(path):
            plain = frame.with_columns(pl.col(pl.Binary).cast(pl.String))
        yield _numbered(plain, path, first)
        first += frame.height


def _sheet(path: Path, sheet: str | None) -> pl.DataFrame:
    open_tree(path).close()
    rows = apart.sheet(path, sheet)
    cells = [cell or "" for cell in rows.row(0)] if rows.height else []
    # The library would rename the second of two equal headers.
    header = checked_header(cells, where=f"{path}: ")
    frame = rows.slice(1).rename(dict(zip(rows.columns, header, strict=True)))
    filled = frame.with_columns(pl.when(pl.all().str.strip_chars() != "").then(pl.all()))
    return _numbered(filled, path, 2).filter(~pl.all_horizontal(pl.all().exclude(LINE).is_null()))


def _numbered(frame: pl.DataFrame, path: Path, first: int) -> pl.DataFrame:
    if not frame.columns:
        raise DataError(f"{path} has no columns")
    for number, name in enumerate(frame.columns, start=1):
        if len(name) > HEADER_NAME or without_controls(name) != name:
            raise DataError(
                f"{path}: the name of column {number} is {escaped(name, most=80)!r}; expected at"
                f" most {HEADER_NAME:,} characters that can be seen"
            )
    return frame.with_row_index(LINE, offset=first)


class Columns:
    """A table of text whose columns become values.

    Parameters
    ----------
    frame
        As :func:`read_frame` gives it.
    file
        Name of the file for refusals.
    decimal
        The decimal separator of its numbers; None when nobody said.
    """

    def __init__(self, frame: pl.DataFrame, file: str, *, decimal: Decimal | None = ".") -> None:
        self._frame = frame
        self._file = file
        self._decimal = decimal
        self._values: dict[str, pl.Expr] = {}
        self._checks: list[tuple[pl.Expr, str, str]] = []

    def _cell(self, column: str) -> pl.Expr:
        cell = self.shown(column)
        return pl.when(~absent(cell)).then(cell.str.strip_chars())

    def shown(self, column: str) -> pl.Expr:
        """Return a column as text, whatever the file has it as.

        Raises
        ------
        DataError
            When its cells are lists or objects.
        """
        _refuse_nested(self._frame, column, self._file)
        return pl.col(column).cast(pl.String)

    def refuse(self, bad: pl.Expr, column: str, expected: str) -> None:
        """Refuse the rows where an expression holds, as cells of a column."""
        self._checks.append((bad.fill_null(False), column, expected))

    def text(self, name: str, column: str, *, required: bool = False) -> None:
        """Take a column as text without spaces at its ends."""
        cell = self._cell(column)
        if required:
            self.refuse(cell.is_null(), column, "a name")
        long = cell.str.len_bytes() > 4 * NAME_LENGTH
        wrong = long | (cell.str.len_chars() > NAME_LENGTH) | cell.str.contains(NOT_IN_TEXT)
        words = f"at most {NAME_LENGTH} characters that can be seen"
        self.refuse(wrong, column, words)
        self._values[name] = pl.when(~long).then(cell)

    def constant(self, name: str, value: object, dtype: pl.DataType | type[pl.DataType]) -> None:
        """Give every row the same value."""
        self._values[name] = pl.lit(value, dtype)

    def expression(self, name: str, value: pl.Expr) -> None:
        """Give rows the value of an expression over the columns of text."""
        self._values[name] = value

    def value(self, name: str) -> pl.Expr:
        """Return the expression of a value that was taken."""
        return self._values[name]

    def number(
        self,
        name: str,
        column: str,
        *,
        required: bool = False,
        low: float | None = None,
        high: float | None = None,
        percent: bool = False,
        dollars: bool = False,
    ) -> None:
        """Take a column as finite numbers; where a sign may stand, without it."""
        read = self.read(column)
        empty, value, bad = read.empty, read.value, ~read.empty & read.value.is_null()
        bad |= read.percent & (not percent)
        bad |= read.dollars & (not dollars)
        words = "a number"
        if low is not None:
            bad |= value < low
            words += f" of {low:g} or more" if high is None else f" between {low:g} and {high:g}"
        if high is not None:
            bad |= value > high
        if required:
            bad |= empty
        self.refuse(bad.fill_null(False), column, words)
        self._values[name] = value

    def read(self, column: str, *, whole: bool = False) -> Numbers:
        """Read a column as numbers with their signs, once; what is ambiguous refuses its row."""
        parts = ("value", "empty", "percent", "dollars", "ambiguous")
        names = {part: f"\0{part} {whole:d} {column}" for part in parts}
        kept = Numbers(**{part: pl.col(name) for part, name in names.items()})
        if names["value"] in self._frame.columns:
            return kept
        if self._frame.schema[column].is_numeric():
            number = pl.col(column).cast(pl.Float64)
            never = pl.lit(value=False)
            finite = number.is_finite().fill_null(value=False)
            found = Numbers(
                value=pl.when(finite).then(number),
                empty=pl.col(column).is_null() | number.is_nan().fill_null(value=True),
                percent=never,
                dollars=never,
                ambiguous=never,
            )
        else:
            found = numbers_in(pl.col(column).cast(pl.String), self._decimal, whole=whole)
        self._frame = self._frame.with_columns(
            getattr(found, part).alias(name) for part, name in names.items()
        )
        words = f"a number, and {UNCLEAR}" if self._decimal is None else f"a number; {_MIXED}"
        self.refuse(kept.ambiguous, column, words)
        return kept

    def whole(self, name: str, column: str) -> None:
        """Take a column as whole numbers of 0 or more."""
        read = self.read(column, whole=True)
        value, bad = read.value, ~read.empty & read.value.is_null()
        bad |= read.percent | read.dollars
        bad |= (value < 0) | (value != value.round(0)) | (value > 2.0**53)
        self.refuse(bad.fill_null(False), column, "a whole number of 0 or more")
        self._values[name] = pl.when(~bad.fill_null(False)).then(value).cast(pl.Int64)

    def amount(self, name: str, column: str) -> None:
        """Take a column as amounts of 0 or more, rounded to 9 decimals."""
        read = self.read(column)
        value, bad = read.value, (~read.empty & read.value.is_null()) | read.percent
        bad = (bad | (value < 0) | (value >= 1e9)).fill_null(False)
        self.refuse(bad, column, "an amount such as 0.25")
        kept = pl.when(~bad).then(value).round(9)
        self._values[name] = kept.cast(pl.Decimal(18, 9))

    def day(self, name: str, column: str) -> None:
        """Take a column of dates or times in ISO form as days."""
        cell = self._cell(column)
        shape = cell.str.contains(r"^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}.*)?$")
        value = cell.str.slice(0, 10).str.to_date("%Y-%m-%d", strict=False)
        inside = value.is_between(FIRST_DAY, LAST_DAY).fill_null(value=False)
        bad = cell.is_not_null() & ~(shape & inside)
        words = f"a date such as 2026-08-11, between {FIRST_DAY} and {LAST_DAY}"
        self.refuse(bad, column, words)
        self._values[name] = pl.when(shape).then(value)

    def flag(self, name: str, column: str) -> None:
        """Take a column of words for yes and no."""
        cell = self._cell(column).str.to_lowercase()
        yes, no = cell.is_in(_TRUE), cell.is_in(_FALSE)
        self.refuse(cell.is_not_null() & ~yes & ~no, column, "true or false")
        self._values[name] = pl.when(yes | no).then(yes)

    def one_of(
        self, name: str, column: str, words: Mapping[str, str], *, required: bool = False
    ) -> None:
        """Take a column of declared words; anything else refuses the row."""
        cell = self._cell(column)
        known = cell.str.to_lowercase().replace_strict(
            dict(words), default=None, return_dtype=pl.String
        )
        bad = cell.is_not_null() & known.is_null()
        if required:
            bad |= cell.is_null()
        self.refuse(bad, column, "one of " + ", ".join(words))
        self._values[name] = known

    def taken(self) -> tuple[pl.DataFrame, list[Refused]]:
        """Return the rows without a reason against them, with ``LINE``, and the others.

        Raises
        ------
        DataError
            When so many rows are refused that the file cannot be what it was taken for.
        """
        wrong = pl.any_horizontal(pl.lit(False), *(bad for bad, _, _ in self._checks))
        made = self._frame.select(
            pl.col(LINE),
            *(value.alias(name) for name, value in self._values.items()),
            wrong.alias(_WRONG),
        )
        if not made[_WRONG].any():
            return made.drop(_WRONG), []
        bad = self._frame.filter(made[_WRONG])
        reasons = bad.select(LINE, pl.coalesce(self._reasons()))
        if bad.height > MOST_REFUSED:
            line, first = reasons.row(0)
            raise DataError(
                f"{self._file}: {bad.height:,} rows are refused, first line {line}: {first}"
            )
        refused = [
            Refused(line=line, reason=escaped(reason), file=self._file)
            for line, reason in reasons.iter_rows()
        ]
        return made.filter(~pl.col(_WRONG)).drop(_WRONG), refused

    def _reasons(self) -> list[pl.Expr]:
        reasons: list[pl.Expr] = []
        for bad, column, expected in self._checks:
            shown = self.shown(column).fill_null("").str.slice(0, 60)
            name = pl.lit(column.lstrip("\0"))
            words = pl.format("column '{}' is '{}'; expected {}", name, shown, pl.lit(expected))
            reasons.append(pl.when(bad).then(words))
        return reasons


def check_columns(frame: pl.DataFrame, required: Sequence[str], file: str) -> None:
    """Check that columns are there, and that their cells are plain values.

    Raises
    ------
    DataError
        Naming every column that is missing, or one that is nested.
    """
    names = [name for name in frame.columns if name != LINE]
    missing = [
        f"column {name!r} is missing{did_you_mean(name, names)}"
        for name in required
        if name not in names
    ]
    if missing:
        raise DataError(
            f"{file}: this is not the file expected",
            details=missing,
            hint="its columns are " + ", ".join(names[:20]),
        )
    for name in required:
        _refuse_nested(frame, name, file)


def _refuse_nested(frame: pl.DataFrame, column: str, file: str) -> None:
    if frame.schema[column].is_nested():
        raise DataError(
            f"{file}: the column {column!r} is nested; its cells should be plain values"
        )


def _bounded(refused: Sequence[Refused], file: str) -> None:
    if len(refused) > MOST_REFUSED:
        raise DataError(
            f"{file}: more than {MOST_REFUSED:,} rows cannot be read,"
            f" first line {refused[0].line}: {refused[0].reason}"
        )
