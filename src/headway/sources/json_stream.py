"""The members of a large JSON object one at a time, and the items of its large lists.

Only one value is in memory at a time. The values are read by the standard library, which stops at
deep nesting; streaming parsers written in C were seen to crash on it.
"""

import io
import json
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

from headway.bounds import JSON_BYTES
from headway.errors import DataError
from headway.foreign.jsontext import check_size, decoder
from headway.foreign.plainfile import opened
from headway.text import shown

__all__ = ["members"]

_CHUNK = 2**20
_LARGEST_VALUE = JSON_BYTES
_SPACE = " \t\n\r"


def members(path: Path, lists: Collection[str]) -> Iterator[tuple[str, Any]]:
    """Read the members of the object that a file holds.

    Parameters
    ----------
    path
        The file, in UTF-8.
    lists
        Members that are lists and whose items come one by one, each with the name of the list.

    Yields
    ------
    tuple
        The name of the member, and its value or one of its items. NaN and infinity are None.

    Raises
    ------
    DataError
        When the file cannot be read, is not a JSON object, or a value is too large, nested too
        deeply or a whole number beyond 64 bits.
    """
    if not path.exists():
        raise DataError(f"{path} cannot be read: there is no such file")
    with opened(path) as raw, io.TextIOWrapper(raw, encoding="utf-8-sig") as text:
        try:
            yield from _Reader(text, str(path)).members(lists)
        except UnicodeDecodeError:
            raise DataError(f"{path} is not UTF-8") from None


class _Reader:
    def __init__(self, text: io.TextIOWrapper, name: str) -> None:
        self._text = text
        self._name = name
        self._buffer = ""
        self._at = 0
        self._ended = False
        self._decoder = decoder(name, "null")

    def members(self, lists: Collection[str]) -> Iterator[tuple[str, Any]]:
        self._expect("{")
        if self._next() == "}":
            self._expect("}")
        else:
            seen: set[str] = set()
            while True:
                key = self._value()
                if not isinstance(key, str):
                    raise self._wrong("a name in quotes")
                if key in seen:
                    raise DataError(f"{self._name}: the key {shown(key, most=80)!r} is there twice")
                seen.add(key)
                self._expect(":")
                if key in lists and self._next() == "[":
                    for item in self._items():
                        yield key, item
                else:
                    yield key, self._value()
                if not self._goes_on("}"):
                    break
        if self._next():
            raise self._wrong("the end of the file")

    def _items(self) -> Iterator[Any]:
        self._expect("[")
        if self._next() == "]":
            self._expect("]")
            return
        while True:
            yield self._value()
            if not self._goes_on("]"):
                return

    def _goes_on(self, end: str) -> bool:
        if self._next() == end:
            self._expect(end)
            return False
        self._expect(",")
        return True

    def _next(self) -> str:
        """Skip white space and return the next character; empty at the end of the file."""
        while True:
            while self._at < len(self._buffer):
                if self._buffer[self._at] not in _SPACE:
                    return self._buffer[self._at]
                self._at += 1
            if not self._more():
                return ""

    def _expect(self, character: str) -> None:
        if self._next() != character:
            raise self._wrong(repr(character))
        self._at += 1

    def _value(self) -> Any:
        self._next()
        while True:
            try:
                value, end = self._decoder.raw_decode(self._buffer, self._at)
            except json.JSONDecodeError:
                if not self._more():
                    raise self._wrong("a value") from None
                # The value goes on: what has come of it is a part of what it becomes.
                check_size(self._buffer, self._name)
                continue
            except RecursionError:
                raise DataError(f"{self._name}: nested too deeply") from None
            # A number at the end of the buffer may go on.
            if end == len(self._buffer) and self._more():
                continue
            self._at = min(end, len(self._buffer))
            return value

    def _more(self) -> bool:
        """Read on, twice as much as is waiting; whether there was more."""
        waiting = len(self._buffer) - self._at
        if self._ended:
            return False
        if waiting > _LARGEST_VALUE:
            raise DataError(f"{self._name}: a value is larger than {_LARGEST_VALUE:,} characters")
        piece = self._text.read(max(_CHUNK, waiting))
        self._ended = not piece
        self._buffer = self._buffer[self._at :] + piece
        self._at = 0
        return not self._ended

    def _wrong(self, expected: str) -> DataError:
        found = repr(self._buffer[self._at : self._at + 1]) if self._next() else "the end"
        return DataError(f"{self._name}: not JSON: {found} where {expected} was expected")
