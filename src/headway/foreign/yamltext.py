"""YAML as plain data: no anchors, each key once, and bounded in size, depth and numbers."""

from typing import Any

import yaml

from headway.bounds import NUMBER_LENGTH, YAML_BYTES, YAML_DEPTH, YAML_NODES
from headway.errors import DataError
from headway.foreign.guarding import guarded, reason
from headway.foreign.plainfile import csv_text
from headway.text import shown

__all__ = ["yaml_value"]

_Base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_DAY = "tag:yaml.org,2002:timestamp"
_NUMBERS = ("tag:yaml.org,2002:int", "tag:yaml.org,2002:float")


class _Loader(_Base):  # type: ignore[misc]
    """The safe loader, which a key that is there twice and a long number stop."""

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
        seen: set[tuple[str, str]] = set()
        for key, _ in node.value:
            if key.tag == "tag:yaml.org,2002:merge":
                raise _stopped(key, "a merge of mappings (<<); write the keys out")
            if not isinstance(key, yaml.ScalarNode):
                raise _stopped(key, "a key that is no single value")
            known = (key.tag, key.value)
            if known in seen:
                name = shown(repr(key.value), most=80)
                raise _stopped(key, f"the key {name} is there twice in one mapping")
            seen.add(known)
        made: dict[Any, Any] = super().construct_mapping(node, deep=deep)
        if len(made) < len(node.value):
            raise _stopped(node, "the same key is there twice in one mapping")
        return made

    def construct_object(self, node: Any, deep: bool = False) -> Any:
        if node.tag in _NUMBERS:
            plain = str(node.value).isdecimal()
            most = NUMBER_LENGTH if plain else NUMBER_LENGTH // 4
            if len(str(node.value)) > most:
                raise _stopped(node, f"a number of more than {most:,} characters")
        if node.tag != _DAY:
            return super().construct_object(node, deep=deep)
        try:
            return super().construct_object(node, deep=deep)
        except ValueError:
            # No day of the calendar: its text, which whoever wants a day refuses.
            return node.value


def _stopped(node: Any, problem: str) -> yaml.MarkedYAMLError:
    return yaml.MarkedYAMLError(problem=problem, problem_mark=node.start_mark)


def yaml_value(text: str | bytes, name: str) -> Any:
    """Read a YAML text as plain data.

    Parameters
    ----------
    text
        The text.
    name
        Name of the file for messages.

    Raises
    ------
    DataError
        When it is not YAML, is larger or deeper than the bounds, repeats a key, or refers to
        another part of itself.
    """
    text = csv_text(text, name)
    if len(text) > YAML_BYTES:
        raise DataError(f"{name} is larger than {YAML_BYTES:,} bytes, the most of a YAML text")
    with guarded(name, "is not YAML that can be read"):
        try:
            _check(text, name)
            # The class is a safe loader.
            return yaml.load(text, Loader=_Loader)
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            line = min(mark.line, text.rstrip("\n").count("\n")) + 1 if mark else 1
            said = shown(str(error.problem or error.context), most=200)
            raise DataError(f"{name}: not YAML at line {line}: {said}") from None
        except yaml.YAMLError as error:
            raise DataError(f"{name}: not YAML: {reason(error)}") from None


def _check(text: str, name: str) -> None:
    """Count what the text would become, without building it."""
    depth = nodes = 0
    for event in yaml.parse(text, Loader=_Base):
        if isinstance(event, yaml.AliasEvent):
            raise DataError(
                f"{name} refers to another part of itself: *{shown(str(event.anchor), most=80)}",
                hint="write the values out; anchors are not read",
            )
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            nodes += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        elif isinstance(event, yaml.ScalarEvent):
            nodes += 1
        if depth > YAML_DEPTH:
            raise DataError(f"{name}: nested too deeply: more than {YAML_DEPTH} levels")
        if nodes > YAML_NODES:
            raise DataError(f"{name} holds more than {YAML_NODES:,} values")
