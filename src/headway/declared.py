"""What a dataclass declares about its fields: type, default and meaning.

Options are declared once, as fields of a frozen dataclass. The command line, ruler files and
their commented templates are made from here.
"""

import inspect
import math
from collections.abc import Mapping, Sequence
from dataclasses import MISSING, Field, dataclass, fields, is_dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from headway.errors import HeadwayError, did_you_mean

NONE = "none"
"""The word for "no value" where a notation has none of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One field of a dataclass.

    Parameters
    ----------
    name
        Its name.
    hint
        Its type.
    required
        Whether it has no default.
    default
        Its default; None when required.
    text
        What it means.
    """

    name: str
    hint: Any
    required: bool
    default: Any
    text: str

    @property
    def takes(self) -> str:
        """What it takes, in words."""
        return takes(self.hint)


def options(kind: Any, *, leave_out: Sequence[str] = ()) -> tuple[Option, ...]:
    """Return the fields of a dataclass with their types, defaults and meanings."""
    hints = hints_of(kind)
    return tuple(
        Option(
            name=field.name,
            hint=hints[field.name],
            required=required(field),
            default=None if required(field) else default(field),
            text=help_of(kind, field.name),
        )
        for field in fields(kind)
        if field.name not in leave_out
    )


def help_of(kind: Any, name: str) -> str:
    """Help text of a field: its own, or the one in the docstring of the dataclass."""
    [field] = [field for field in fields(kind) if field.name == name]
    text = field.metadata.get("help") or documented(kind).get(name)
    if not text:
        raise TypeError(f"{kind.__name__}.{name} has no help text")
    return str(text)


def required(field: Field[Any]) -> bool:
    """Whether a field has no default."""
    return field.default is MISSING and field.default_factory is MISSING


def default(field: Field[Any]) -> Any:
    """Return the default of a field that has one."""
    return field.default if field.default_factory is MISSING else field.default_factory()


@cache
def hints_of(kind: Any) -> dict[str, Any]:
    """Types of the fields of a dataclass."""
    # Not the class's own names: a field called `date` would hide the type.
    return get_type_hints(kind, localns={})


@cache
def documented(kind: Any) -> dict[str, str]:
    """Parameters section of a numpydoc docstring: name to text on one line."""
    found: dict[str, list[str]] = {}
    names: list[str] = []
    inside = False
    lines = (inspect.getdoc(kind) or "").splitlines()
    for line, following in zip(lines, [*lines[1:], ""], strict=True):
        if following and set(following) == {"-"}:
            inside = line == "Parameters"
        elif not inside or (line and set(line) == {"-"}):
            continue
        elif line and not line.startswith(" "):
            names = [name.strip() for name in line.partition(" : ")[0].split(",")]
        elif line:
            for name in names:
                found.setdefault(name, []).append(line.strip())
    return {name: " ".join(parts) for name, parts in found.items()}


def without_none(hint: Any) -> tuple[Any, bool]:
    """Return a type without None, and whether None was part of it.

    >>> without_none(int | None)
    (<class 'int'>, True)
    """
    if get_origin(hint) in (Union, UnionType):
        kinds = [kind for kind in get_args(hint) if kind is not NoneType]
        if len(kinds) < len(get_args(hint)):
            return Union[tuple(kinds)], True  # noqa: UP007
        if len(kinds) == 1:
            return kinds[0], False
    return hint, False


def is_mapping(hint: Any) -> bool:
    """Whether a type is that of a mapping."""
    origin = get_origin(hint)
    return isinstance(origin, type) and issubclass(origin, Mapping)


def takes(hint: Any) -> str:
    """Say what values a type takes.

    >>> takes(tuple[str, ...] | None), takes(Literal["a", "b"]), takes(float)
    ('a list of texts, or "none"', 'one of "a", "b"', 'a number')
    """
    inner, optional = without_none(hint)
    plain = {
        str: "text", bool: "true or false", int: "a whole number", float: "a number",
        date: "a date such as 2026-01-31", Path: "a path",
    }  # fmt: skip
    plural = {str: "texts", int: "whole numbers", float: "numbers", date: "dates"}
    origin = get_origin(inner)
    if origin is Literal:
        text = "one of " + ", ".join(f'"{word}"' for word in get_args(inner))
    elif origin is tuple:
        item = get_args(inner)[0]
        if get_origin(item) is Literal:
            text = "a list of words among " + ", ".join(f'"{word}"' for word in get_args(item))
        else:
            text = f"a list of {plural.get(item, 'values')}"
    elif is_mapping(inner):
        text = f"a table of names and {plural.get(get_args(inner)[1], 'values')}"
    elif is_dataclass(inner):
        text = "a table of options"
    elif origin in (Union, UnionType):
        text = " or ".join(takes(kind) for kind in get_args(inner) if kind is not NoneType)
        optional = optional or NoneType in get_args(inner)
    else:
        text = plain.get(inner, "a value")
    return f'{text}, or "{NONE}"' if optional else text


class Unfit(Exception):
    """A value is not what a type takes; the problems say where within it."""

    def __init__(self, *problems: tuple[tuple[str, ...], str]) -> None:
        super().__init__(problems)
        self.problems = problems


def typed(hint: Any, value: Any) -> Any:
    """Return a plain value (of TOML or JSON) as a value of a type.

    Whole numbers are taken as numbers, ISO text as a date, lists as tuples, and the word
    ``"none"`` as None where a type allows it.

    Raises
    ------
    Unfit
        When it is not one.

    Examples
    --------
    >>> typed(tuple[float, ...], [1, 2.5])
    (1.0, 2.5)
    >>> typed(int | None, "none") is None
    True
    """
    inner, optional = without_none(hint)
    if optional and (value is None or value == NONE):
        return None
    origin = get_origin(inner)
    if origin in (Union, UnionType):
        return _first_fit(inner, value)
    if origin is Literal:
        return _choice(get_args(inner), value)
    if origin is tuple:
        return _each(get_args(inner)[0], value, takes(hint))
    if is_mapping(inner):
        return _pairs(get_args(inner)[1], value, takes(hint))
    if is_dataclass(inner):
        return _nested(inner, value)
    return _plain(inner, value, takes(hint))


def filled(kind: Any, values: Mapping[str, Any], *, known: Sequence[str] | None = None) -> Any:
    """Return the fields of a dataclass from plain values, with every problem at once.

    Parameters
    ----------
    kind
        The dataclass.
    values
        Plain values by field.
    known
        Fields that may be given; all when None.

    Raises
    ------
    Unfit
        With one problem per wrong value or unknown name.
    """
    out, problems = gathered(kind, values, known=known)
    if problems:
        raise Unfit(*problems)
    return out


def gathered(
    kind: Any, values: Mapping[str, Any], *, known: Sequence[str] | None = None
) -> tuple[dict[str, Any], list[tuple[tuple[str, ...], str]]]:
    """Return the values that fit, and the problems of those that do not; see :func:`filled`."""
    hints = hints_of(kind)
    allowed = [field.name for field in fields(kind)] if known is None else list(known)
    out: dict[str, Any] = {}
    problems: list[tuple[tuple[str, ...], str]] = []
    for name, value in values.items():
        if name not in allowed:
            near = did_you_mean(name, allowed)
            text = f"unknown key{near}; there are {', '.join(allowed) or 'none'}"
            problems.append(((name,), text))
            continue
        try:
            out[name] = typed(hints[name], value)
        except Unfit as unfit:
            problems += [((name, *path), text) for path, text in unfit.problems]
    return out, problems


def _plain(kind: Any, value: Any, wanted: str) -> Any:
    if kind is Any:
        return value
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if kind is float and number:
        return _finite(value)
    if kind is date and isinstance(value, str):
        try:
            return date.fromisoformat(value)
        except ValueError:
            raise Unfit(((), f"{shown(value)} is not {wanted}")) from None
    if kind is date and isinstance(value, date) and not isinstance(value, datetime):
        return value
    if kind is Path and isinstance(value, str):
        return Path(value)
    exact = (kind is str and isinstance(value, str)) or (kind is bool and isinstance(value, bool))
    if exact or (kind is int and isinstance(value, int) and not isinstance(value, bool)):
        return value
    raise Unfit(((), f"{shown(value)} is not {wanted}"))


def _finite(value: float) -> float:
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        raise Unfit(((), f"{shown(value)} is not a finite number"))
    return number


def _choice(words: tuple[Any, ...], value: Any) -> Any:
    if value not in words or isinstance(value, bool):
        near = did_you_mean(value, [str(w) for w in words]) if isinstance(value, str) else ""
        possible = ", ".join(str(word) for word in words)
        raise Unfit(((), f"{shown(value)} is not one of {possible}{near}"))
    return value


def _each(kind: Any, value: Any, wanted: str) -> tuple[Any, ...]:
    if not isinstance(value, list | tuple):
        raise Unfit(((), f"{shown(value)} is not {wanted}"))
    out, problems = [], []
    for item in value:
        try:
            out.append(typed(kind, item))
        except Unfit as unfit:
            problems += list(unfit.problems)
    if problems:
        raise Unfit(*problems)
    return tuple(out)


def _pairs(kind: Any, value: Any, wanted: str) -> dict[str, Any]:
    if not isinstance(value, Mapping):
        raise Unfit(((), f"{shown(value)} is not {wanted}"))
    out, problems = {}, []
    for name, item in value.items():
        try:
            out[str(name)] = typed(kind, item)
        except Unfit as unfit:
            problems += [((str(name), *path), text) for path, text in unfit.problems]
    if problems:
        raise Unfit(*problems)
    return out


def _nested(kind: Any, value: Any) -> Any:
    if not isinstance(value, Mapping):
        raise Unfit(((), f"{shown(value)} is not a table of options"))
    values, problems = gathered(kind, value)
    problems += [
        ((item.name,), f"missing; it takes {takes(hints_of(kind)[item.name])}")
        for item in fields(kind)
        if required(item) and item.name not in value
    ]
    if problems:
        raise Unfit(*problems)
    try:
        return kind(**values)
    except HeadwayError as error:
        raise Unfit(((), error.message)) from None


def _first_fit(hint: Any, value: Any) -> Any:
    if NoneType in get_args(hint) and (value is None or value == NONE):
        return None
    for kind in get_args(hint):
        if kind is NoneType:
            continue
        try:
            return typed(kind, value)
        except Unfit:
            continue
    raise Unfit(((), f"{shown(value)} is not {takes(hint)}"))


def shown(value: Any) -> str:
    """Return a value as a message shows it, shortened.

    >>> shown("x" * 100)[-4:]
    "...'"
    """
    try:
        text = repr(value)
    except ValueError:  # a whole number of too many digits to print
        return "a number of thousands of digits"
    if isinstance(value, Mapping):
        return "a table"
    if len(text) > 60:
        return text[:56] + "..." + ("'" if text.startswith("'") else "")
    return text
