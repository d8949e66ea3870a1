"""Short words for long values: what ``repr()`` says of arrays, tables and what holds them.

A result carries thousands of draws; printing it must not. Classes that hold arrays or frames take
:func:`of_fields` as their ``__repr__``.
"""

from collections.abc import Mapping, Sequence, Set
from dataclasses import fields
from typing import Any

import numpy as np
import polars as pl

LONGEST = 60
MOST_ITEMS = 4


def of_fields(record: Any) -> str:
    """Return the class and, for each field of a dataclass, its value in a few words.

    Parameters
    ----------
    record
        An instance of a dataclass.

    Returns
    -------
    str
        One line.

    Examples
    --------
    >>> from dataclasses import dataclass
    >>> @dataclass(eq=False)
    ... class Measured:
    ...     models: tuple[str, ...]
    ...     values: np.ndarray
    ...     __repr__ = of_fields
    >>> Measured(models=("a",) * 9, values=np.zeros((3, 9)))
    Measured(models=(9 items), values=float64[3, 9])
    """
    shown = [
        f"{field.name}={of(getattr(record, field.name))}" for field in fields(record) if field.repr
    ]
    return f"{type(record).__name__}({', '.join(shown)})"


def of(value: Any) -> str:
    """Return a value in a few words: the shape of what is long, the rest as it is.

    Parameters
    ----------
    value
        Any value.

    Returns
    -------
    str
        At most a line.

    Examples
    --------
    >>> of(np.zeros((2, 3))), of({"a": 1.0}), of("x" * 99)[-4:]
    ('float64[2, 3]', "{'a': 1.0}", 'xxx…')
    >>> of(pl.DataFrame({"a": [1, 2]}))
    'DataFrame[2 rows, 1 columns]'
    """
    if isinstance(value, np.ndarray):
        return f"{value.dtype}[{', '.join(map(str, value.shape))}]"
    if isinstance(value, pl.DataFrame):
        return f"DataFrame[{value.height} rows, {value.width} columns]"
    if isinstance(value, pl.Series):
        return f"Series[{len(value)}]"
    if isinstance(value, str | bytes):
        text = repr(value)
        return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
    if isinstance(value, Mapping):
        return _several(value, "{", "}", [f"{k!r}: {of(v)}" for k, v in _first(value.items())])
    if isinstance(value, Set):
        return _several(value, "{", "}", [of(item) for item in _first(value)])
    if isinstance(value, Sequence):
        left, right = ("[", "]") if isinstance(value, list) else ("(", ")")
        return _several(value, left, right, [of(item) for item in _first(value)])
    text = repr(value)
    return text if len(text) <= 2 * LONGEST else f"<{type(value).__name__}>"


def _first(items: Any) -> list[Any]:
    return [item for item, _ in zip(items, range(MOST_ITEMS), strict=False)]


def _several(value: Any, left: str, right: str, shown: list[str]) -> str:
    text = ", ".join(shown)
    if len(value) > MOST_ITEMS or len(text) > LONGEST:
        return f"{left}{len(value)} items{right}"
    return f"{left}{text}{right}"
