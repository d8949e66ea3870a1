"""Results of the Language Model Evaluation Harness: scores, and the answers of its sample files.

A results file (``results_*.json``) has the scores of one model on several tasks; beside it lie the
sample files (``samples_TASK_*.jsonl``) of the same run. See
https://github.com/EleutherAI/lm-evaluation-harness.

What is taken
    Of each task one metric: the one that is named, or the first that the task lists, is not better
    when lower, and lies between 0 and 1; never one that measures bias, toxicity or a loss. Of a
    group with a score of its own either the group or its tasks, never both; the group only for a
    metric that all its tasks have. Of the arguments of the model only its name and revision are
    read, because others may be secrets.

What a score is of
    The number of examples in the question, the revision of the model, the version of the task, a
    limit on the questions, the precision of the weights, a chat template and a system instruction
    are part of the variant (``revision step1000, limit 10, 5-shot, task 2``), so that no setting
    overwrites another. No examples, the main revision and version 1 are not named.
"""

import re
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from headway.errors import DataError, did_you_mean
from headway.progress import Progress, Silent
from headway.sources import Parsed, Refused
from headway.sources.files import json_value
from headway.sources.gathering import Given, given
from headway.sources.lm_eval_groups import (
    Parts,
    hollow,
    is_metric,
    leaves,
    mixed,
    set_aside,
    subtasks,
    valued,
)
from headway.sources.lm_eval_models import model_of
from headway.sources.lm_eval_samples import take_samples
from headway.sources.lm_eval_settings import setting, several_versions
from headway.sources.metrics import why_no_accuracy
from headway.sources.records import (
    REPORTERS,
    Evaluation,
    Reporter,
    evaluations,
    moment,
    must_be,
    named,
    numeric,
    part,
    share,
    shown,
    whole,
)

TITLE = "lm-evaluation-harness: results and samples"
LICENCE: str | None = None

_SOURCE = {"source": "lm-eval", "title": "lm-evaluation-harness results"}
_RESULTS = re.compile(r"results(?P<date>_.+)?\.json", re.IGNORECASE)
_SAMPLES = re.compile(
    r"samples_(?P<task>.+?)(?P<date>_\d{4}-\d{2}-\d{2}T[0-9.:-]+)?\.jsonl(?:\.gz)?", re.IGNORECASE
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """A task or group whose score was taken, and the tasks whose samples are behind it."""

    run: Evaluation
    metric: str
    filter: str
    tasks: tuple[str, ...]
    group: bool


@dataclass(slots=True)
class Results:
    """What was made of one results file."""

    taken: list[Taken] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    read: int = 0


def read(
    paths: Sequence[Path],
    *,
    progress: Progress | None = None,
    parts: Parts = "groups",
    metric: str | None = None,
    reporter: Reporter = "unknown",
    model: str | None = None,
) -> Parsed:
    """Read results files and the sample files beside them.

    Parameters
    ----------
    paths
        Files, folders and zip archives.
    progress
        Told which file is read.
    parts
        ``groups``: of a group with a score only the group; ``tasks``: only its tasks.
    metric
        The metric to take, such as ``acc_norm`` or ``exact_match,flexible-extract``.
    reporter
        Who reports the scores: the files do not say.
    model
        The model of files that do not name it, but only the program that ran it.

    Returns
    -------
    Parsed
        ``scores``, ``responses``, ``benchmarks`` and ``sources``. A row read is a task or a group
        with a value, or a sample under the filter that was taken.

    Raises
    ------
    DataError
        When a path does not exist or has no such file.
    UsageError
        When an option is wrong.
    """
    must_be("parts", parts, ("groups", "tasks"))
    must_be("reporter", reporter, REPORTERS)
    telling = progress or Silent()
    refused: list[Refused] = []
    runs: list[Evaluation] = []
    notes: list[str] = []
    rows = 0
    known: dict[tuple[str, str], Results] = {}
    with ExitStack() as stack:
        found = given(paths, (".json", ".jsonl", ".jsonl.gz"), stack)
        found = tuple(sorted(found, key=lambda one: not one.name.lower().endswith(".json")))
        telling.stage("Reading results of lm-evaluation-harness")
        for done, one in enumerate(found):
            telling.advance(done, len(found))
            try:
                if one.name.lower().endswith(".json"):
                    results = parse_file(
                        one.content(),
                        parts=parts,
                        metric=metric,
                        reporter=reporter,
                        file=one.label,
                        model=model,
                    )
                    known[_place(one, _RESULTS)] = results
                    runs += [taken.run for taken in results.taken]
                    refused += results.refused
                    notes += results.notes
                    rows += results.read
                else:
                    count, bad, said = _samples(one, known)
                    rows += count
                    refused += bad
                    notes += said
            except DataError as error:
                rows += 1
                refused.append(Refused.unread(error, one.label))
        telling.advance(len(found), len(found))
    notes += several_versions(run.score for run in runs)
    return evaluations(
        runs, sources=[_SOURCE], read=rows, refused=refused, notes=notes, highest=1.0
    )


def parse_results(
    content: str | bytes,
    *,
    parts: Parts = "groups",
    metric: str | None = None,
    reporter: Reporter = "unknown",
    samples: Mapping[str, str | bytes] | None = None,
    file: str | None = None,
) -> Parsed:
    """Parse one results file, with the sample files of its run where there are any.

    Parameters
    ----------
    content
        The content of the results file.
    parts, metric, reporter
        See :func:`read`.
    samples
        The contents of sample files by task.
    file
        Name of the file for messages.

    Returns
    -------
    Parsed
        See :func:`read`.

    Raises
    ------
    DataError
        When the content is not a results file.
    """
    results = parse_file(
        content, parts=parts, metric=metric, reporter=reporter, file=file or "results file"
    )
    refused, notes, rows = [*results.refused], [*results.notes], results.read
    for task, text in (samples or {}).items():
        name = f"samples of {task}"
        try:
            count, bad, said = take_samples(text, task, _behind(results, task), name)
        except DataError as error:
            count, bad, said = 1, [Refused.unread(error, name)], []
        rows += count
        refused += bad
        notes += said
    return evaluations(
        [taken.run for taken in results.taken],
        sources=[_SOURCE],
        read=rows,
        refused=refused,
        notes=notes,
        highest=1.0,
    )


def parse_file(
    content: str | bytes,
    *,
    parts: Parts,
    metric: str | None,
    reporter: Reporter,
    file: str,
    model: str | None = None,
) -> Results:
    """Parse a results file into evaluations that samples can still be added to.

    Raises
    ------
    DataError
        When the content is not a results file.
    """
    record = json_value(content, file, not_a_number="null")
    try:
        if not isinstance(record, dict) or not isinstance(record.get("results"), dict):
            raise ValueError("not a results file of lm-evaluation-harness: no object 'results'")
        tasks = {**record["results"], **valued(part(record, "groups"))}
        members = subtasks(part(record, "group_subtasks"))
        common, when = _common(record, reporter, model)
    except ValueError as error:
        raise DataError(f"{file}: {error}") from None
    made = Results()
    headings = hollow(tasks, members)
    if headings:
        made.notes.append(f"{file}: {len(headings)} groups have no score of their own")
    run_tasks = {task: values for task, values in tasks.items() if task not in headings}
    scored = valued(run_tasks)
    made.read = len(run_tasks)
    common_metrics = mixed(scored, members)
    apart = {}
    for group, shared in common_metrics.items():
        fits = metric is None or any(metric in (key, key.partition(",")[0]) for key in shared)
        if members.get(group) and not (shared and fits):
            apart[group] = (
                f"its tasks have no metric in common{'' if metric is None else f' with {metric}'},"
                " so its tasks are taken"
            )
            made.notes.append(f"{file}: {group}: {apart[group]}")
    above = apart | set_aside([task for task in scored if task not in apart], members, parts)
    lasted = _seconds(record.get("total_evaluation_time_seconds"))
    for place, (task, values) in enumerate(run_tasks.items(), start=1):
        try:
            if task in above:
                raise ValueError(above[task])
            if task not in scored:
                raise ValueError(_no_value(values))
            own = {
                key: value
                for key, value in values.items()
                if not is_metric(key) or key in common_metrics[task]
            }
            found = _score(record, task, own, members, metric)
            run = Evaluation(
                score={
                    **common,
                    **found.score,
                    "variant": setting(record, task, members, common["variant"]),
                    "seconds": lasted if len(scored) == 1 else None,
                },
                when=when,
                line=place,
                file=file,
            )
            made.taken.append(
                Taken(
                    run=run,
                    metric=found.metric,
                    filter=found.filter,
                    tasks=tuple(leaves(task, members)),
                    group=bool(members.get(task)),
                )
            )
            made.notes += [f"{file}: {note}" for note in found.notes]
        except ValueError as error:
            made.refused.append(Refused(line=place, file=file, reason=f"{task[:80]}: {error}"))
    if _limit(record) is not None:
        made.notes.append(f"{file}: only a part of each task was run")
    return made


@dataclass(frozen=True, slots=True)
class _Found:
    score: dict[str, Any]
    metric: str
    filter: str
    notes: list[str]


def _score(
    record: Mapping[str, Any],
    task: str,
    values: Mapping[str, Any],
    members: Mapping[str, list[str]],
    wanted: str | None,
) -> _Found:
    key, rest = _metric(record, task, values, wanted)
    metric, _, filtered = key.partition(",")
    spread = f"{metric}_stderr,{filtered}" if filtered else f"{metric}_stderr"
    stderr = values.get(spread)
    notes = [f"{task}: {key} is taken, and not {', '.join(rest)}"] if rest else []
    return _Found(
        score={
            "benchmark": named({"task": task}, "task", required=True),
            "score": share(values, key),
            "scale": "raw",
            "stderr": None if isinstance(stderr, str) else numeric(values, spread, least=0),
            "n": _count(record, task, values, key, members),
            "harness": _harness(record, task, key),
        },
        metric=metric,
        filter=filtered or "none",
        notes=notes,
    )


def _metric(
    record: Mapping[str, Any], task: str, values: Mapping[str, Any], wanted: str | None
) -> tuple[str, list[str]]:
    keys = [key for key in values if is_metric(key)]
    no_accuracy = why_no_accuracy(task, wanted)
    if no_accuracy:
        raise ValueError(no_accuracy)
    if wanted is not None:
        fitting = [key for key in keys if key == wanted or key.partition(",")[0] == wanted]
        if not fitting:
            near = did_you_mean(wanted, keys)
            raise ValueError(f"no metric {wanted!r}{near}; it has {', '.join(keys)[:200]}")
        return fitting[0], []
    better = part(part(record, "higher_is_better"), task)
    good: list[str] = []
    reasons = [why_no_accuracy(task, key) for key in keys]
    if keys and all(reasons):
        raise ValueError(str(reasons[0]))
    for key, reason in zip(keys, reasons, strict=True):
        if reason or better.get(key.partition(",")[0]) is False:
            continue
        if not good and not isinstance(values[key], int | float):
            raise ValueError(f"{key!r} is {shown(values[key])}: it has no value")
        try:
            share(values, key)
        except ValueError:
            continue
        good.append(key)
    if good:
        return good[0], [key for key in keys if key != good[0]]
    if any(better.get(key.partition(",")[0]) is False for key in keys):
        raise ValueError(
            f"lower is better ({', '.join(keys)[:200]}), and such scores are not taken"
        )
    raise ValueError(
        "no metric is a share between 0 and 1: "
        + ", ".join(f"{key[:40]} is {shown(values[key])}" for key in keys[:5])
    )


def _common(
    record: Mapping[str, Any], reporter: Reporter, given_model: str | None
) -> tuple[dict[str, Any], float]:
    about = model_of(record, given_model)
    when, day = moment(record.get("date"))
    return {
        "source": _SOURCE["source"],
        "model": about.model,
        "variant": about.variant,
        "version": about.version,
        "model_name": about.model.rpartition("/")[2],
        "organisation": about.organisation,
        "reporter": reporter,
        "evaluated_on": day,
    }, when


def _no_value(values: Any) -> str:
    if not isinstance(values, dict):
        return f"{shown(values)}; expected an object"
    told = [f"{key[:40]} is {shown(value)}" for key, value in values.items() if is_metric(key)]
    return f"no metric has a value: {', '.join(told[:5])}"


def _count(
    record: Mapping[str, Any],
    task: str,
    values: Mapping[str, Any],
    key: str,
    members: Mapping[str, list[str]],
) -> int | None:
    counts = part(record, "n-samples")
    behind = part(values, "sample_count") if isinstance(values.get("sample_count"), dict) else {}
    stated = whole(behind, key)
    if stated is not None:
        return stated
    below = [whole(part(counts, leaf), "effective") for leaf in leaves(task, members)]
    known = [one for one in below if one is not None]
    if known and len(known) == len(below):
        return sum(known)
    return whole(values, "sample_len")


def _harness(record: Mapping[str, Any], task: str, key: str) -> str:
    version = named(record, "lm_eval_version")
    shots = whole(part(record, "n-shot"), task)
    task_version = part(record, "versions").get(task)
    words = [
        f"lm-eval {version}" if version else "lm-eval",
        f"{shots}-shot" if shots is not None else "",
        key,
        f"task version {task_version}" if isinstance(task_version, int | float | str) else "",
    ]
    return ", ".join(filter(None, words))[:300]


def _limit(record: Mapping[str, Any]) -> float | None:
    """Return the limit on the number of questions, or None when all were asked."""
    limit = record["config"].get("limit") if isinstance(record.get("config"), dict) else None
    return limit if isinstance(limit, int | float) else None


def _seconds(value: Any) -> float | None:
    """Return a number of 0 or more that may be written as text, or None."""
    try:
        number = float(value) if isinstance(value, str | int | float) else None
        return numeric({"value": number}, "value", least=0)
    except (ValueError, OverflowError):
        return None


def _place(file: Given, pattern: re.Pattern[str]) -> tuple[str, str]:
    folder, _, name = file.label.replace("\\", "/").rpartition("/")
    match = pattern.fullmatch(name)
    return folder, (match["date"] or "") if match else ""


def _samples(
    file: Given, known: Mapping[tuple[str, str], Results]
) -> tuple[int, list[Refused], list[str]]:
    name = PurePosixPath(file.name).name
    match = _SAMPLES.fullmatch(name)
    if match is None:
        raise DataError(f"{file.label} is not named samples_TASK_DATE.jsonl")
    folder, date = _place(file, _SAMPLES)
    results = known.get((folder, date))
    if results is None:
        beside = [one for place, one in known.items() if place[0] == folder]
        if len(beside) != 1 or date:
            raise DataError(
                f"{file.label} has no results file of the same run beside it",
                hint="samples do not say which model gave them",
            )
        results = beside[0]
    return take_samples(file.content(), match["task"], _behind(results, match["task"]), file.label)


def _behind(results: Results, task: str) -> tuple[Evaluation, str, str, bool]:
    for taken in results.taken:
        if task in taken.tasks:
            return taken.run, taken.metric, taken.filter, taken.group
    raise DataError(f"the score of the task {task!r} was not taken")
