"""What a table and a column are: the words in which every table is declared.

The declarations themselves are in :mod:`headway.dataset.tables`; the Frictionless descriptor and
the checks of the reader are both made from them.
"""

from dataclasses import dataclass
from typing import Literal

import polars as pl

from headway.bounds import FIRST_DAY, LAST_DAY

Kind = Literal["string", "number", "integer", "boolean", "date", "decimal"]

DTYPES: dict[Kind, pl.DataType] = {
    "string": pl.String(),
    "number": pl.Float64(),
    "integer": pl.Int64(),
    "boolean": pl.Boolean(),
    "date": pl.Date(),
    "decimal": pl.Decimal(18, 9),
}

_EXPECTED: dict[Kind, str] = {
    "string": "text",
    "number": "a number",
    "integer": "a whole number",
    "boolean": "true or false",
    "date": f"a date such as 2026-08-11, between {FIRST_DAY} and {LAST_DAY}",
    "decimal": "an amount such as 0.25, with at most 9 decimals",
}

SEPARATOR = ";"


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column of a table and everything its values must satisfy.

    Parameters
    ----------
    name
        The header.
    kind
        How a value is read.
    description
        One sentence for the descriptor.
    required
        Whether every row must have a value.
    enum
        The values allowed, or empty when any value is.
    minimum, maximum
        Bounds, both included.
    pattern
        A regular expression that the whole value must match.
    references
        The table whose first key column holds the value.
    many
        Whether the value is a list, separated by ``;``, of such references.
    default
        The value that rows take when the whole column is missing.
    long
        Whether a text may be as long as ``TEXT_LENGTH``; any other one is a name, of at most
        ``NAME_LENGTH``.
    expects
        Words for a user, where those made from the constraints would not be clear.
    """

    name: str
    kind: Kind
    description: str
    required: bool = False
    enum: tuple[str, ...] = ()
    minimum: float | None = None
    maximum: float | None = None
    pattern: str | None = None
    references: str | None = None
    many: bool = False
    default: str | int | None = None
    long: bool = False
    expects: str | None = None

    @property
    def dtype(self) -> pl.DataType:
        """The Polars type of the column."""
        return DTYPES[self.kind]

    @property
    def one_line(self) -> bool:
        """Whether its texts are ids or addresses, which have no tabs and no second line."""
        return self.pattern is not None or (self.references is not None and not self.many)

    @property
    def expected(self) -> str:
        """Words for what a value may be, for error messages.

        >>> Column(name="n", kind="integer", description="", minimum=0).expected
        'a whole number of 0 or more'
        """
        if self.expects:
            return self.expects
        if self.enum:
            return "one of " + ", ".join(self.enum)
        if self.references:
            each = "ids" if self.many else "an id"
            return f"{each} of the table {self.references}"
        words = _EXPECTED[self.kind]
        if self.minimum is not None and self.maximum is not None:
            return f"{words} between {self.minimum:g} and {self.maximum:g}"
        if self.minimum is not None:
            return f"{words} of {self.minimum:g} or more"
        if self.maximum is not None:
            return f"{words} of {self.maximum:g} or less"
        return words


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """One table: its key, its columns, and how it is stored.

    Parameters
    ----------
    name
        The name of the table and of its file.
    key
        The columns that say which fact a row states. Two rows with the same key differ in
        ``revision``: the higher one corrects the lower one.
    columns
        All columns in the order of the file, with the bookkeeping columns at the end.
    description
        One sentence for the descriptor.
    always
        Whether every dataset folder has this table, even when it is empty.
    form
        The file format that is written.
    """

    name: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    description: str
    always: bool = False
    form: Literal["csv", "parquet"] = "csv"

    @property
    def file(self) -> str:
        """The name of the file in the dataset folder."""
        return f"{self.name}.{self.form}"

    @property
    def names(self) -> tuple[str, ...]:
        """The column names in order."""
        return tuple(column.name for column in self.columns)

    @property
    def types(self) -> dict[str, pl.DataType]:
        """The Polars type of each column."""
        return {column.name: column.dtype for column in self.columns}

    @property
    def row_key(self) -> tuple[str, ...]:
        """The columns that are different in every row: the key and the revision."""
        return (*self.key, "revision")

    def column(self, name: str) -> Column:
        """Return the column of that name."""
        return next(column for column in self.columns if column.name == name)

    def empty(self) -> pl.DataFrame:
        """Return the table without rows, with its types."""
        return pl.DataFrame(schema=self.types)
