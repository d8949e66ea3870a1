"""Command-line options generated from the spec dataclasses, which declare each option once.

A field becomes an option of the same name: its type decides how the text is read, its default
is the option's, and its help is ``metadata["help"]`` or what the docstring's Parameters section
says about it.
"""

import inspect
import math
import re
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import Field, dataclass, fields, is_dataclass, replace
from datetime import date
from functools import wraps
from pathlib import Path
from types import GenericAlias
from typing import Annotated, Any, Literal, get_args, get_origin, get_type_hints

import typer

from headway.declared import default, help_of, hints_of, is_mapping, required, without_none
from headway.errors import did_you_mean

DatasetPath = Annotated[
    Path | None,
    typer.Option(
        "--dataset", metavar="FOLDER", help="Dataset to use; without it, the shipped catalog."
    ),
]
_SMALL = frozenset({"a", "an", "by", "for", "of", "on", "the", "to", "with"})
Json = Annotated[bool, typer.Option("--json", help="Print the result as strict JSON.")]


@dataclass(frozen=True, kw_only=True)
class _Kind:
    """How the text of an option is read, and how the values come back into the spec."""

    annotation: Any
    parser: Callable[[str], Any] | None = None
    metavar: str | None = None
    collect: Callable[[Sequence[Any]], Any] | None = None
    possible: tuple[str, ...] = ()


def from_spec(
    *,
    names: Mapping[str, str] | None = None,
    leave_out: Sequence[str] = (),
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Turn every parameter annotated with a dataclass into one option per field.

    The function is called with the dataclasses built from the options. A field of the same
    name in two dataclasses is one option that fills both.

    Parameters
    ----------
    names
        Option of a field where it differs from the field's name, for example
        ``{"benchmarks": "--benchmark"}``.
    leave_out
        Fields that get no option and keep their default, as ``"parameter.field"``.
    """
    names = dict(names or {})

    def decorate(function: Callable[..., None]) -> Callable[..., None]:
        hints = get_type_hints(function, include_extras=True)
        signature = inspect.signature(function)
        specs = {name: hints[name] for name in signature.parameters if is_dataclass(hints[name])}
        owners: dict[str, list[Any]] = defaultdict(list)
        options: dict[str, inspect.Parameter] = {}
        for name, parameter in signature.parameters.items():
            if name not in specs:
                options[name] = parameter.replace(
                    annotation=hints[name], kind=inspect.Parameter.KEYWORD_ONLY
                )
                continue
            for field in _option_fields(name, specs[name], leave_out):
                owners[field.name].append(specs[name])
                options[field.name] = _parameter(owners[field.name], field, names.get(field.name))

        @wraps(function)
        def run(**given: Any) -> None:
            built = {
                name: _build(spec, _option_fields(name, spec, leave_out), given)
                for name, spec in specs.items()
            }
            plain = {name: given[name] for name in signature.parameters if name not in specs}
            function(**built, **plain)

        run.__signature__ = signature.replace(  # type: ignore[attr-defined]
            parameters=list(options.values())
        )
        run.__annotations__ = {name: option.annotation for name, option in options.items()}
        return run

    return decorate


def _option_fields(name: str, spec: Any, leave_out: Sequence[str]) -> list[Field[Any]]:
    return [field for field in fields(spec) if f"{name}.{field.name}" not in leave_out]


def _build(spec: Any, chosen: Sequence[Field[Any]], given: Mapping[str, Any]) -> Any:
    hints = hints_of(spec)
    values = {}
    for field in chosen:
        value, kind = given[field.name], _kind(hints[field.name])
        if kind.collect is not None:
            value = kind.collect(value) if value else default(field)
        values[field.name] = value
    return spec(**values)


def _parameter(owners: Sequence[Any], field: Field[Any], name: str | None) -> inspect.Parameter:
    kind = _kind(hints_of(owners[-1])[field.name])
    flag = name or "--" + field.name.replace("_", "-")
    if kind.annotation is bool:
        flag = f"{flag}/--no-{flag.removeprefix('--')}"
    texts = [help_of(owner, field.name) for owner in owners]
    settings: dict[str, Any] = {"help": _joined(texts)}
    if kind.parser is not None:
        settings["parser"] = kind.parser
    if kind.metavar is not None:
        settings["metavar"] = kind.metavar
    if kind.possible:
        settings["autocompletion"] = _completing(kind.possible)
    preset = inspect.Parameter.empty if required(field) else default(field)
    if kind.collect is not None:
        settings["show_default"] = _shown(preset)
        preset = inspect.Parameter.empty if required(field) else None
    return inspect.Parameter(
        field.name,
        inspect.Parameter.KEYWORD_ONLY,
        default=preset,
        annotation=Annotated[kind.annotation, typer.Option(flag, **settings)],
    )


def _kind(hint: Any) -> _Kind:
    hint, optional = without_none(hint)
    origin = get_origin(hint)
    if origin is tuple:
        inner = _kind(get_args(hint)[0])
        return _Kind(
            annotation=GenericAlias(list, (inner.annotation,)) | None,
            parser=inner.parser,
            metavar=inner.metavar,
            collect=tuple,
            possible=inner.possible,
        )
    if is_mapping(hint):
        return _Kind(annotation=list[str] | None, parser=_pair, metavar="NAME=NUMBER", collect=dict)
    readers: dict[Any, _Kind] = {
        date: _Kind(annotation=date, parser=day, metavar="YYYY-MM-DD"),
        float: _Kind(annotation=float, parser=_number, metavar="NUMBER"),
        int: _Kind(annotation=int, parser=_whole, metavar="N"),
        str: _Kind(annotation=str, metavar="TEXT"),
        float | str: _Kind(annotation=str, parser=_with_unit, metavar="NUMBER [UNIT]"),
    }
    kind = readers.get(hint)
    if origin is Literal:
        kind = _Kind(
            annotation=str, parser=_one_of(get_args(hint)), metavar="|".join(get_args(hint)),
            possible=get_args(hint),
        )  # fmt: skip
    if hint in (bool, Path):
        kind = _Kind(annotation=hint)
    if kind is None:
        raise TypeError(f"no option can be made from the type {hint!r}")
    return replace(kind, annotation=kind.annotation | None) if optional else kind


def _joined(texts: Sequence[str]) -> str:
    """Join what several dataclasses say of one option, without what another text says too."""
    words = {text: {*re.findall(r"[a-z]+", text.lower())} - _SMALL for text in texts}
    kept = [
        text for text in words
        if not any(words[text] < words[other] for other in words if other != text)
    ]  # fmt: skip
    return " ".join(kept)


def _completing(possible: Sequence[str]) -> Callable[[str], list[str]]:
    def complete(incomplete: str) -> list[str]:
        return [one for one in possible if one.startswith(incomplete)]

    return complete


def day(text: str | date) -> date:
    """Read a day written as year-month-day (a default is a day already)."""
    if isinstance(text, date):
        return text
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(
            f"{text!r} is not a day; write it as year-month-day, for example 2026-01-31"
        ) from None


def _whole(text: str | int) -> int:
    try:
        return int(text)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is not a whole number") from None


def _one_of(possible: Sequence[str]) -> Callable[[str], str]:
    def choice(text: str) -> str:
        if text not in possible:
            raise typer.BadParameter(
                f"{text!r} is not one of {', '.join(possible)}{did_you_mean(text, possible)}"
            )
        return text

    return choice


def _number(text: str | float) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise typer.BadParameter(f"{text!r} is not a number")
    return value


def _with_unit(text: str | float) -> str | float:
    try:
        return float(text)
    except ValueError:
        return text


def _pair(text: str) -> tuple[str, float]:
    name, equals, value = text.rpartition("=")
    if not (name and equals):
        raise typer.BadParameter(f"{text!r} is not NAME=NUMBER")
    return name, _number(value)


def _shown(default: Any) -> Any:
    if default is inspect.Parameter.empty or not default:
        return False
    if isinstance(default, Mapping):
        return ", ".join(f"{name}={value:g}" for name, value in default.items())
    return ", ".join(str(value) for value in default)
