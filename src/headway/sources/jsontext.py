"""JSON and JSON Lines read strictly: bounded numbers, bounded depth, whole characters."""

import json
import math
import re
from collections.abc import Iterator
from typing import Any, Literal, NoReturn

from headway.errors import DataError
from headway.sources.plainfile import csv_text

__all__ = ["NotANumber", "json_lines", "json_value"]

NotANumber = Literal["refuse", "null"]

_LARGEST = 2**63 - 1
_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")


def json_value(text: str | bytes, name: str, *, not_a_number: NotANumber = "refuse") -> Any:
    """Read one JSON value.

    Parameters
    ----------
    text
        The text.
    name
        Name of the file for messages.
    not_a_number
        What NaN and infinity, which are not JSON but which Python writes, become: an error, or
        None.

    Returns
    -------
    object
        The value. Of a key that is there twice, the last one counts.

    Raises
    ------
    DataError
        When the text is not JSON, is nested too deeply, or has a number that is not finite or a
        whole number beyond 64 bits.
    """
    text = csv_text(text, name)

    def constant(word: str) -> None:
        if not_a_number == "refuse":
            raise DataError(f"{name}: {word} is not a number in JSON")

    def floating(digits: str) -> float | None:
        value = float(digits)
        return value if math.isfinite(value) else _out_of_range(digits)

    def _out_of_range(digits: str) -> NoReturn:
        shown = digits if len(digits) <= 24 else f"{digits[:24]}…"
        raise DataError(f"{name}: the number {shown} is out of range")

    def whole(digits: str) -> int:
        if len(digits) > 20 or abs(int(digits)) > _LARGEST:
            _out_of_range(digits)
        return int(digits)

    try:
        value = json.loads(text, parse_constant=constant, parse_float=floating, parse_int=whole)
        if _SURROGATE.search(text):
            json.dumps(value, ensure_ascii=False).encode()
    except json.JSONDecodeError as error:
        raise DataError(
            f"{name}: not JSON at line {error.lineno}, column {error.colno}: {error.msg}"
        ) from None
    except RecursionError:
        raise DataError(f"{name}: nested too deeply") from None
    except UnicodeEncodeError:
        raise DataError(f"{name}: a text has half of a surrogate pair") from None
    return value


def json_lines(
    text: str | bytes, name: str, *, not_a_number: NotANumber = "refuse"
) -> Iterator[tuple[int, Any, str | None]]:
    """Read JSON Lines: one value a line, empty lines skipped.

    Yields
    ------
    tuple
        The line, the value or None, and None or the reason why the line cannot be read.

    Raises
    ------
    DataError
        When the text is not UTF-8.
    """
    for line, one in enumerate(csv_text(text, name).split("\n"), start=1):
        if not one.strip():
            continue
        try:
            yield line, json_value(one, name, not_a_number=not_a_number), None
        except DataError as error:
            yield line, None, error.message.removeprefix(f"{name}: ")
