"""JSON and JSON Lines read strictly: bounded numbers, size and depth, each key once."""

import json
import math
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any, Literal, NoReturn

from headway.bounds import JSON_BYTES, JSON_DEPTH, JSON_VALUES
from headway.errors import DataError
from headway.foreign.guarding import guarded
from headway.foreign.plainfile import csv_text
from headway.text import shown

__all__ = ["NotANumber", "check_size", "decoder", "json_lines", "json_value"]

NotANumber = Literal["refuse", "null"]

_LARGEST = 2**63 - 1
_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")
_STRING = re.compile(r'"(?:[^"\\]|\\.)*+"?', re.DOTALL)
_OTHERS = bytes(one for one in range(256) if one not in b"[{]}")
_STEP = bytes.maketrans(b"[{]}", b"\x01\x01\xff\xff")


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
        The value.

    Raises
    ------
    DataError
        When the text is not JSON, is too large or nested too deeply, has the same key twice in an
        object, or has a number that is not finite or a whole number beyond 64 bits.
    """
    text = csv_text(text, name)
    check_size(text, name)
    with guarded(name, "is no JSON that can be read"):
        try:
            value = decoder(name, not_a_number).decode(text)
            if _SURROGATE.search(text):
                json.dumps(value, ensure_ascii=False).encode()
        except json.JSONDecodeError as error:
            raise DataError(
                f"{name}: not JSON at line {error.lineno}, column {error.colno}: {error.msg}"
            ) from None
        except UnicodeEncodeError:
            raise DataError(f"{name}: a text has half of a surrogate pair") from None
    return value


def decoder(name: str, not_a_number: NotANumber = "refuse") -> json.JSONDecoder:
    """Return what reads JSON strictly, raising a ``DataError`` about a file of that name."""

    def constant(word: str) -> None:
        if not_a_number == "refuse":
            raise DataError(f"{name}: {word} is not a number in JSON")

    def floating(digits: str) -> float:
        value = float(digits)
        return value if math.isfinite(value) else _out_of_range(digits)

    def _out_of_range(digits: str) -> NoReturn:
        few = digits if len(digits) <= 24 else f"{digits[:24]}…"
        raise DataError(f"{name}: the number {few} is out of range")

    def whole(digits: str) -> int:
        if len(digits) > 20 or abs(int(digits)) > _LARGEST:
            _out_of_range(digits)
        return int(digits)

    def pairs(members: list[tuple[str, Any]]) -> dict[str, Any]:
        made = dict(members)
        if len(made) < len(members):
            counts = Counter(key for key, _ in members)
            twice = next(key for key, count in counts.items() if count > 1)
            raise DataError(
                f"{name}: the key {shown(repr(twice), most=80)} is there twice in one object",
                hint="keep one of the two; which one counts cannot be known",
            )
        return made

    return json.JSONDecoder(
        parse_constant=constant,
        parse_float=floating,
        parse_int=whole,
        object_pairs_hook=pairs,
    )


def check_size(text: str, name: str) -> None:
    """Refuse a JSON text that would become too much: too long, too many values, too deep.

    Raises
    ------
    DataError
        Saying which bound it breaks.
    """
    if len(text) > JSON_BYTES:
        raise DataError(f"{name} is larger than {JSON_BYTES:,} bytes, the most of one JSON value")
    openers = text.count("[") + text.count("{")
    if openers <= JSON_DEPTH and openers + text.count(",") <= JSON_VALUES:
        return
    bare = _STRING.sub("", text) if '"' in text else text
    values = bare.count("[") + bare.count("{") + bare.count(",")
    if values > JSON_VALUES:
        raise DataError(
            f"{name} holds {values:,} values, more than the {JSON_VALUES:,} that one JSON value"
            " may have",
            hint="split it, for example into one line per record (JSON Lines)",
        )
    if _depth(bare) > JSON_DEPTH:
        raise DataError(f"{name}: nested too deeply: more than {JSON_DEPTH} levels")


def _depth(bare: str) -> int:
    """How many brackets are open at once, at most."""
    import numpy as np

    brackets = bare.encode("utf-8", "replace").translate(_STEP, _OTHERS)
    return int(np.frombuffer(brackets, dtype=np.int8).cumsum(dtype=np.int64).max(initial=0))


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
