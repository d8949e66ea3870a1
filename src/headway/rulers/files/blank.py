"""A ruler file to fill in: every option with its meaning and default, made from the dataclasses."""

import json
import re
import textwrap
from collections.abc import Iterator, Mapping
from dataclasses import fields
from datetime import date
from typing import Any

from headway.declared import NONE, Option, hints_of, options
from headway.rulers.files.contents import FORMAT, RulerFile
from headway.rulers.files.kinds import KINDS, Kind

WIDTH = 96
_BARE = re.compile(r"[A-Za-z0-9_-]+")
_SECTIONS = ("benchmarks", "scores", "models", "weights", "anchors", "draws", "options")


def blank(kind: Kind, start: RulerFile | None = None, *, name: str = "my-ruler") -> str:
    """Return the text of a ruler file with every option of a kind, explained.

    Parameters
    ----------
    kind
        The kind of scale.
    start
        A ruler whose values the file has; without it, everything stands at its default, in
        comments.
    name
        Name of the new ruler.
    """
    lines = [
        "# A ruler for Headway: what counts, and how it is put on one scale.",
        "# Text behind a # is a comment: take the # away to set an option.",
        "# `headway ruler check FILE` says what the file means on a dataset, and what is wrong.",
        "",
    ]
    lines += _head(kind, start, name)
    for section in _SECTIONS:
        lines += _section(section, kind, start)
    return "\n".join(lines).rstrip() + "\n"


def _head(kind: Kind, start: RulerFile | None, name: str) -> Iterator[str]:
    texts = {option.name: option.text for option in options(RulerFile)}
    values = {
        "format": FORMAT,
        "name": name,
        "version": start.version if start else "1",
        "kind": kind.name,
    }
    for key, value in values.items():
        yield from _comment(texts[key])
        if key == "kind":
            for other in KINDS.values():
                yield from _comment(f"{other.name}: {other.summary}", indent="    ")
        yield f"{key} = {written(value)}"
    if start is not None and start.anchors == NONE:
        yield from _comment(texts["anchors"])
        yield f"anchors = {written(NONE)}"
    for part in ("title", "note"):
        text = getattr(start, part) if start else None
        yield ""
        yield from _comment(texts[part])
        yield f"[{part}]"
        for lang in ("en", "zh"):
            given = getattr(text, lang) if text else None
            if given is None and part == "title" and lang == "en":
                given = name
            yield f"{lang} = {written(given)}" if given is not None else f'# {lang} = ""'


def _section(section: str, kind: Kind, start: RulerFile | None) -> Iterator[str]:
    hint = hints_of(RulerFile)[section]
    [about] = [option.text for option in options(RulerFile) if option.name == section]
    if section in ("weights", "anchors"):
        if section in kind.sections:
            yield from _pairs(section, about, kind, start)
        return
    if section == "options":
        listed, given = kind.options, dict(start.options) if start else {}
    else:
        part = getattr(start, section) if start else None
        listed = tuple(o for o in options(hint) if _used(section, o.name, kind))
        given = {f.name: getattr(part, f.name) for f in fields(hint)} if part else {}
        given = {o.name: given[o.name] for o in listed if given.get(o.name, o.default) != o.default}
    if not listed:
        return
    yield ""
    yield from _comment(about)
    yield f"[{section}]"
    for option in listed:
        yield from _comment(f"{option.text} Takes {option.takes}.")
        if option.name in given:
            yield f"{option.name} = {written(given[option.name])}"
        elif option.required:
            yield f"# Must be set: {option.name} ="
        else:
            yield f"# {option.name} = {written(_shown_default(section, option, kind))}"


def _used(section: str, name: str, kind: Kind) -> bool:
    if section == "benchmarks":
        return "benchmarks" in kind.sections
    if section == "scores" and name == "reporter":
        return "scores" in kind.evidence
    return f"{section}.{name}" in kind.sections


def _shown_default(section: str, option: Option, kind: Kind) -> Any:
    """Return the default of an option; where the file leaves it to the kind, that of the kind."""
    field = kind.sections.get(f"{section}.{option.name}")
    if option.default is not None or field is None:
        return option.default
    return next(o.default for o in options(kind.ruler, leave_out=("name",)) if o.name == field)


def _pairs(section: str, about: str, kind: Kind, start: RulerFile | None) -> Iterator[str]:
    if start is not None and section == "anchors" and start.anchors == NONE:
        return
    given: Mapping[str, Any] = getattr(start, section) if start else {}
    field = kind.sections[section]
    [option] = [o for o in options(kind.ruler, leave_out=("name",)) if o.name == field]
    yield ""
    yield from _comment(about if section == "weights" else f"{option.text} {about}")
    yield f"[{section}]"
    for key, value in given.items():
        yield f"{quoted(key)} = {written(value)}"
    if not given:
        example = option.default or {"BENCHMARK" if section == "weights" else "MODEL": 1.0}
        for key, value in example.items():
            yield f"# {quoted(key)} = {written(value)}"


def _comment(text: str, *, indent: str = "") -> list[str]:
    return textwrap.wrap(
        " ".join(text.split()), WIDTH, initial_indent=f"# {indent}",
        subsequent_indent=f"# {indent}", break_on_hyphens=False, break_long_words=False,
    )  # fmt: skip


def quoted(name: str) -> str:
    """Return a key in TOML, in quotes where it needs them."""
    return name if _BARE.fullmatch(name) else written(name)


def written(value: Any) -> str:
    """Return a value in TOML.

    >>> written(("a", "b")), written(0.5), written(None), written({"x": 1})
    ('["a", "b"]', '0.5', '"none"', '{ x = 1 }')
    """
    if value is None:
        return written(NONE)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        inside = ", ".join(f"{quoted(str(key))} = {written(item)}" for key, item in value.items())
        return f"{{ {inside} }}" if inside else "{}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(written(item) for item in value) + "]"
    # JSON's escapes are TOML's, except for the one control character that JSON leaves as it is.
    return json.dumps(str(value), ensure_ascii=False).replace("\x7f", "\\u007f")
