"""Sample files of the Language Model Evaluation Harness: one line per question and filter."""

from typing import Any

from headway.sources import Refused
from headway.sources.files import json_lines
from headway.sources.records import Evaluation, named, numeric, part, share, shown

__all__ = ["take_samples"]


def take_samples(
    content: str | bytes, task: str, behind: tuple[Evaluation, str, str, bool], file: str
) -> tuple[int, list[Refused], list[str]]:
    """Give the samples of a task to its score; questions and answers are not kept.

    Parameters
    ----------
    content
        The content of the file.
    task
        The task.
    behind
        The evaluation, its metric and filter, and whether it is a group, whose items carry the
        task in their ids.
    file
        Name of the file for messages.

    Returns
    -------
    tuple
        The number of lines under the filter, those refused, and notes.

    Raises
    ------
    DataError
        When the content is not UTF-8.
    """
    run, metric, wanted, group = behind
    refused: list[Refused] = []
    rows = other = 0
    for line, record, trouble in json_lines(content, file, not_a_number="null"):
        if isinstance(record, dict) and record.get("filter", wanted) != wanted:
            other += 1
            continue
        rows += 1
        try:
            if trouble is not None:
                raise ValueError(trouble)
            if not isinstance(record, dict):
                raise ValueError(f"{shown(record)}; expected an object")
            number = named(record, "doc_id", required=True) or ""
            run.answers.add(
                item=f"{task}/{number}" if group else number,
                score=_value(record, metric),
                line=line,
                file=file,
            )
        except ValueError as error:
            refused.append(Refused(line=line, reason=str(error), file=file))
    notes = [f"{file}: {other} lines are the same questions under other filters"] if other else []
    return rows, refused, notes


def _value(record: dict[str, Any], metric: str) -> float:
    values = record if metric in record else part(record, "metrics_values")
    value = values.get(metric)
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    if isinstance(value, bool):
        value = float(value)
    if numeric({metric: value}, metric) is None:
        raise ValueError(f"the metric {metric!r} has no value")
    return share({metric: value}, metric)
