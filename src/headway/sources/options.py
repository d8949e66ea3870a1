"""The options of a source: declared by the signature of its ``read``, checked before it runs."""

import inspect
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from types import MappingProxyType, NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from headway.errors import UsageError, did_you_mean
from headway.sources import Source

__all__ = ["checked_options", "options_of"]

_NO_OPTIONS = ("paths", "progress")
_SHOWN = 60


def options_of(module: Source) -> Mapping[str, Any]:
    """Return the options that a source has, with the type of each.

    Examples
    --------
    >>> from headway.sources import source
    >>> list(options_of(source("lm-eval")))[:2]
    ['parts', 'metric']
    """
    hints = get_type_hints(module.read)
    names = [name for name in inspect.signature(module.read).parameters if name not in _NO_OPTIONS]
    return MappingProxyType({name: hints[name] for name in names})


def checked_options(name: str, module: Source, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the options as a source takes them.

    Parameters
    ----------
    name
        The name of the source.
    module
        The source.
    given
        The options of the user. A day may be a text.

    Raises
    ------
    UsageError
        When there is no such option, or its value is not allowed.
    """
    known = options_of(module)
    for option in given:
        if option not in known:
            words = ", ".join(f"{one} ({_words(known[one])})" for one in known)
            raise UsageError(
                f"the source {name!r} has no option {str(option)!r}"
                f"{did_you_mean(str(option), [*known])}",
                hint=f"its options are {words}" if known else "it has no options",
            )
    return {option: _taken(option, value, known[option]) for option, value in given.items()}


def _taken(option: str, value: Any, wanted: Any) -> Any:
    kinds = _kinds(wanted)
    if date in kinds and isinstance(value, str):
        try:
            return date.fromisoformat(value)
        except ValueError:
            value = str(value)
    if any(_fits(value, kind) for kind in kinds):
        return value
    shown = repr(value)
    shown = shown if len(shown) <= _SHOWN else f"{shown[:_SHOWN]}…"
    near = did_you_mean(str(value)[:_SHOWN], [str(one) for one in _choices(wanted)])
    raise UsageError(
        f"the option {option} is {shown}{near}",
        hint=f"{option} is {_words(wanted)}",
    )


def _fits(value: Any, kind: Any) -> bool:
    if get_origin(kind) is Literal:
        return type(value) is str and value in get_args(kind)
    origin = get_origin(kind) or kind
    if origin is bool or isinstance(value, bool):
        return origin is bool and isinstance(value, bool)
    if isinstance(value, datetime):
        return False
    return isinstance(value, (int, float) if origin is float else origin)


def _kinds(wanted: Any) -> tuple[Any, ...]:
    return get_args(wanted) if get_origin(wanted) in (Union, UnionType) else (wanted,)


def _choices(wanted: Any) -> list[Any]:
    kinds = [kind for kind in _kinds(wanted) if get_origin(kind) is Literal]
    return [choice for kind in kinds for choice in get_args(kind)]


def _words(wanted: Any) -> str:
    """Say what an option may be.

    >>> _words(Literal["a", "b"]), _words(str | None), _words(bool)
    ('a or b', 'a text', 'true or false')
    """
    named = {str: "a text", bool: "true or false", int: "a whole number", float: "a number",
             date: "a day such as 2026-08-11", Path: "the name of a file"}  # fmt: skip
    words = [str(choice) for choice in _choices(wanted)]
    for kind in _kinds(wanted):
        if get_origin(kind) is Literal or kind is NoneType:
            continue
        origin = get_origin(kind) or kind
        words.append(named.get(origin, "a table of settings"))
    return " or ".join(dict.fromkeys(words))
