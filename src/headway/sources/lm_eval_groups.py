"""Groups and their tasks in results of the Language Model Evaluation Harness."""

from collections.abc import Iterable, Mapping
from typing import Any, Literal

__all__ = ["Parts", "hollow", "is_metric", "leaves", "mixed", "set_aside", "subtasks", "valued"]

Parts = Literal["groups", "tasks"]

_NOT_METRICS = ("alias", "name", "sample_len", "sample_count", "samples")


def is_metric(key: str) -> bool:
    """Whether a key of a task is a metric, and not its spread or a name."""
    named = bool(key.strip()) and key not in _NOT_METRICS
    return named and not key.partition(",")[0].endswith("_stderr")


def valued(tasks: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the tasks and groups that have a value."""
    return {
        task: values
        for task, values in tasks.items()
        if isinstance(values, dict)
        and any(is_metric(key) and isinstance(value, int | float) for key, value in values.items())
    }


def hollow(tasks: Mapping[str, Any], members: Mapping[str, list[str]]) -> set[str]:
    """Return the groups that are headings: they have no metric, or none with a number.

    A task that has no metric with a number is no group: it was run, and has no value.
    """
    scored = valued(tasks)
    return {
        task
        for task, values in tasks.items()
        if task not in scored
        and (members.get(task) or (isinstance(values, dict) and not any(map(is_metric, values))))
    }


def mixed(
    scored: Mapping[str, Mapping[str, Any]], members: Mapping[str, list[str]]
) -> dict[str, set[str]]:
    """Return, for each group with a score, the metrics that all its tasks have.

    A group none of whose tasks is there has all of its own.
    """
    found: dict[str, set[str]] = {}
    for group, values in scored.items():
        own = {key for key in values if is_metric(key)}
        for task in leaves(group, members) if members.get(group) else ():
            if task in scored:
                own &= {key for key in scored[task] if is_metric(key)}
        found[group] = own
    return found


def subtasks(groups: Mapping[str, Any]) -> dict[str, list[str]]:
    """Return what the groups consist of."""
    return {
        group: [one for one in names if isinstance(one, str) and one != group]
        for group, names in groups.items()
        if isinstance(names, list) and names
    }


def leaves(task: str, members: Mapping[str, list[str]]) -> list[str]:
    """Return the tasks below a group, or the task itself."""
    found: dict[str, None] = {}
    seen: set[str] = set()
    waiting = [task]
    while waiting:
        one = waiting.pop()
        if one in seen:
            continue
        seen.add(one)
        if members.get(one):
            waiting += members[one]
        else:
            found[one] = None
    return list(found)


def _below(group: str, members: Mapping[str, list[str]]) -> set[str]:
    seen: set[str] = set()
    waiting = list(members.get(group, ()))
    while waiting:
        one = waiting.pop()
        if one not in seen and one != group:
            seen.add(one)
            waiting += members.get(one, ())
    return seen


def set_aside(
    valued: Iterable[str], members: Mapping[str, list[str]], parts: Parts
) -> dict[str, str]:
    """Return what is not taken because a group or its tasks are, with the reason."""
    names = list(valued)
    reasons: dict[str, str] = {}
    for group in names:
        below = _below(group, members) & set(names)
        if parts == "tasks" and below:
            reasons[group] = f"a group whose {len(below)} tasks are taken"
        elif parts == "groups":
            reasons |= {
                task: f"a part of the group {group}, whose score is taken"
                for task in below
                if group not in reasons
            }
    return reasons
