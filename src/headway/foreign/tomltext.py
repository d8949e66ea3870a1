"""TOML read in bounds: its own reader takes time that grows with the square of the keys."""

import re
import tomllib
from pathlib import Path
from typing import Any

from headway.bounds import TOML_BYTES, TOML_DEPTH, TOML_KEYS
from headway.errors import DataError
from headway.foreign.guarding import guarded
from headway.foreign.plainfile import read_text

__all__ = ["toml_file", "toml_value"]

# A text that is not closed is taken to its end: no place is looked at twice.
_SKIPPED = re.compile(
    r'"""(?:[^\\]|\\.)*?(?:"""|\Z)'
    r"|'''.*?(?:'''|\Z)"
    r'|"(?:[^"\\\n]|\\.)*+"?'
    r"|'[^'\n]*+'?"
    r"|#[^\n]*+",
    re.DOTALL,
)
_OF_KEYS = re.compile(r"[\w \t-]++")
_LARGEST = 2**63 - 1


def toml_file(path: Path, *, limit: int = TOML_BYTES) -> dict[str, Any]:
    """Read a TOML file.

    Raises
    ------
    DataError
        When it cannot be read, or as :func:`toml_value`.
    """
    return toml_value(read_text(path, limit=limit), str(path))


def toml_value(text: str, name: str) -> dict[str, Any]:
    """Read a TOML text. A key that is there twice is no TOML.

    Parameters
    ----------
    text
        The text.
    name
        What messages call it.

    Raises
    ------
    DataError
        When it is not TOML, or is longer, deeper or has more keys than the bounds.
    """
    if len(text) > TOML_BYTES:
        raise DataError(f"{name} is larger than {TOML_BYTES:,} bytes, the most of a TOML text")
    bare = _SKIPPED.sub("s", text)
    keys = bare.count("=") + len(re.findall(r"(?m)^[ \t]*\[", bare))
    if keys > TOML_KEYS:
        raise DataError(f"{name} has {keys:,} keys; at most {TOML_KEYS:,} are read")
    if _depth(bare) > TOML_DEPTH or "." * TOML_DEPTH in _OF_KEYS.sub("", bare):
        raise DataError(f"{name} is nested too deeply: more than {TOML_DEPTH} levels")
    with guarded(name, "is not TOML"):
        values = tomllib.loads(text)
    _check_numbers(values, name)
    return values


def _depth(bare: str) -> int:
    depth = deepest = 0
    for found in re.finditer(r"[\[{\]}]", bare):
        depth = depth + 1 if found[0] in "[{" else max(0, depth - 1)
        deepest = max(deepest, depth)
    return deepest


def _check_numbers(values: dict[str, Any], name: str) -> None:
    """Refuse whole numbers beyond 64 bits, which TOML does not have either."""
    waiting: list[Any] = [values]
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict):
            waiting += one.values()
        elif isinstance(one, list):
            waiting += one
        elif isinstance(one, int) and abs(one) > _LARGEST:
            raise DataError(f"{name} has a whole number beyond 64 bits")
