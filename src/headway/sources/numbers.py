"""Numbers as people write them in tables: each is understood, or the reason why not is said.

A thousands separator stands between groups of three digits; a percent sign, a dollar sign and the
words for "no value" are told apart from the digits. A comma or a point that can be read in two
ways is not read at all: ``1,299`` is 1299 with a decimal point and 1.299 with a decimal comma, and
only the person who wrote it knows.
"""

from dataclasses import dataclass
from typing import Literal

import polars as pl

__all__ = ["ABSENT", "MONEY", "Decimal", "Numbers", "absent", "numbers_in"]

Decimal = Literal[".", ","]

ABSENT = (
    *("na", "n/a", "n.a.", "#n/a", "#na", "nan", "none", "null", "nil", "missing", "not available"),
    *("-", "--", "---", "\u2013", "\u2014", "?", "."),
)
"""Words, in lower case, that say that a cell has no value."""

_SPACES = "[ \u00a0\u2007\u2009\u202f'\u2019]"
_EXPONENT = "(?:[eE][-+]?[0-9]+)?"
_POINT = rf"^[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+){_EXPONENT}$"
_COMMA = rf"^[-+]?(?:[0-9]+,?[0-9]*|,[0-9]+){_EXPONENT}$"
_BY_COMMA = r"^[-+]?[1-9][0-9]{0,2}(?:,[0-9]{3})+(?:\.[0-9]*)?$"
_BY_POINT = r"^[-+]?[1-9][0-9]{0,2}(?:\.[0-9]{3})+(?:,[0-9]*)?$"
_BY_SPACE = rf"^[-+]?[1-9][0-9]{{0,2}}(?:{_SPACES}[0-9]{{3}})+(?:SIGN[0-9]*)?$"
_ONE_GROUP_COMMA = r"^[-+]?[1-9][0-9]{0,2},[0-9]{3}$"
_ONE_GROUP_POINT = r"^[-+]?[1-9][0-9]{0,2}\.[0-9]{3}$"
MONEY = r"^([-+]?)(?:US ?|U\.S\. ?)?\$ ?|^([-+]?)USD ?| ?(?:USD|US\$|\$)$"
"""What says US dollars before or after a number; its sign is one of the two groups."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbers:
    """Expressions over a column of text.

    Parameters
    ----------
    value
        The number, null where there is none or it cannot be read.
    empty
        Whether the cell says that there is no value.
    percent, dollars
        Whether the number has such a sign; the value is that of the digits.
    ambiguous
        Whether it is two numbers, depending on what a comma or point means.
    """

    value: pl.Expr
    empty: pl.Expr
    percent: pl.Expr
    dollars: pl.Expr
    ambiguous: pl.Expr


def absent(cell: pl.Expr) -> pl.Expr:
    """Whether a cell of text is empty, or has a word for "no value"."""
    text = cell.str.strip_chars()
    said = (text == "") | text.str.to_lowercase().is_in(ABSENT)
    return cell.is_null() | said.fill_null(value=True)


def numbers_in(cell: pl.Expr, decimal: Decimal | None, *, whole: bool = False) -> Numbers:
    """Read a column of text as numbers.

    Parameters
    ----------
    cell
        The text.
    decimal
        The decimal separator; None when nobody said, which is then a point, and a single comma
        before three digits is ambiguous.
    whole
        Whether only whole numbers are meant, so that a separator before three digits is one of
        thousands.

    Returns
    -------
    Numbers
        Expressions, to be evaluated over the whole column: a number that is read by its grouping
        is ambiguous beside one that the other convention alone can read.

    Examples
    --------
    >>> def read(cells, decimal):
    ...     found = numbers_in(pl.col("x"), decimal)
    ...     return pl.DataFrame({"x": cells}).select(found.value)["x"].to_list()
    >>> read(["1.299", "1.299,50", "987,5", "12.345.678", "0.98"], ",")
    [None, 1299.5, 987.5, 12345678.0, None]
    >>> read(["1.299", "1.299,50", "987,5", "12.345.678"], ",")
    [1299.0, 1299.5, 987.5, 12345678.0]
    >>> read(["1,299.50", "42%", "-0.5"], None)
    [1299.5, 42.0, -0.5]
    >>> read(["1,299", "7.5"], None)
    [None, 7.5]
    """
    empty = absent(cell)
    text = cell.str.strip_chars().str.replace("^\u2212", "-")
    percent = text.str.contains("[%\uff05]$").fill_null(value=False)
    text = text.str.replace("[ \u00a0\u202f]*[%\uff05]$", "")
    dollars = text.str.contains(MONEY).fill_null(value=False)
    text = text.str.replace(MONEY, "${1}${2}")
    own, other = (_COMMA, _POINT) if decimal == "," else (_POINT, _COMMA)
    grouped, foreign = (_BY_POINT, _BY_COMMA) if decimal == "," else (_BY_COMMA, _BY_POINT)
    single = _ONE_GROUP_POINT if decimal == "," else _ONE_GROUP_COMMA
    single_of_other = _ONE_GROUP_COMMA if decimal == "," else _ONE_GROUP_POINT
    # A number that only the other convention can read makes the whole column doubtful.
    elsewhere = (
        (text.str.contains(other) | text.str.contains(foreign))
        & ~text.str.contains(own)
        & ~text.str.contains(grouped)
    )
    mixed = (elsewhere & ~empty).any()
    lone = text.str.contains(single)
    open_ = lone & (mixed | (pl.lit(value=decimal is None) & pl.lit(value=not whole)))
    open_ = open_ | (text.str.contains(single_of_other) & mixed)
    by_group = text.str.contains(grouped)
    by_space = text.str.contains(_BY_SPACE.replace("SIGN", "," if decimal == "," else r"\."))
    digits: pl.Expr = (
        pl.when(text.str.contains(own))
        .then(text)
        .when(by_group)
        .then(text.str.replace_all("." if decimal == "," else ",", "", literal=True))
        .when(by_space)
        .then(text.str.replace_all(_SPACES, ""))
    )
    if decimal == ",":
        digits = digits.str.replace(",", ".", literal=True)
    number = digits.cast(pl.Float64, strict=False)
    read = number.is_finite() & ~open_ & ~empty
    return Numbers(
        value=pl.when(read.fill_null(value=False)).then(number),
        empty=empty,
        percent=percent & ~empty,
        dollars=dollars & ~empty,
        ambiguous=((open_ | elsewhere) & ~empty).fill_null(value=False),
    )
