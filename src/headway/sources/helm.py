"""Run folders of HELM: the main score of each run, and the answers behind it.

A run folder has ``run_spec.json`` (what was run), ``stats.json`` (aggregated metrics),
``scenario.json`` and ``per_instance_stats.json``. See https://crfm-helm.readthedocs.io.

What is taken
    The metric that is named, or that the run folder calls its main one; otherwise the first known
    main metric in the order of ``MAIN``. One split, and only instances that were not perturbed.
    The score is the mean over trials that ``stats.json`` has; its standard error is that of the
    instances, each with the mean of its trials.
"""

import math
import statistics
from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from headway.errors import DataError, did_you_mean
from headway.progress import Progress, Silent
from headway.sources import Parsed, Refused
from headway.sources.files import json_value
from headway.sources.gathering import Given, given
from headway.sources.metrics import refuse_no_accuracy
from headway.sources.names import DEFAULT, split_variant
from headway.sources.records import (
    REPORTERS,
    Answers,
    Evaluation,
    Reporter,
    evaluations,
    must_be,
    named,
    numeric,
    part,
    share,
    shown,
    standard_error,
    whole,
)

TITLE = "HELM: run folders"
LICENCE: str | None = None

MAIN = (
    "chain_of_thought_correctness",
    "ifeval_strict_accuracy",
    "wildbench_score_rescaled",
    "omni_math_accuracy",
    "math_equiv_chain_of_thought",
    "math_equiv",
    "final_number_exact_match",
    "program_accuracy",
    "execution_accuracy",
    "pass",
    "classification_macro_f1",
    "exact_match",
)
GENERATED = ("f1_score", "quasi_exact_match")
SPLITS = ("test", "valid")

_SOURCE = {
    "source": "helm",
    "title": "HELM run folders",
    "url": "https://crfm-helm.readthedocs.io",
}
_FILES = ("run_spec.json", "stats.json", "per_instance_stats.json", "scenario.json")
_NOT_THE_TASK = frozenset(
    (
        *("data_augmentation", "eval_split", "groups", "max_eval_instances"),
        *("max_train_instances", "method", "model", "model_deployment", "num_outputs"),
        *("num_train_trials", "stop"),
    )
)
_NEAR = 1e-6


def read(
    paths: Sequence[Path],
    *,
    progress: Progress | None = None,
    metric: str | None = None,
    split: str | None = None,
    reporter: Reporter = "unknown",
) -> Parsed:
    """Read run folders, and folders or archives that have run folders in them.

    Parameters
    ----------
    paths
        Folders and zip archives.
    progress
        Told which run is read.
    metric
        The metric to take.
    split
        The split to take; ``test`` where there is one, otherwise ``valid``.
    reporter
        Who reports the scores: the files do not say.

    Returns
    -------
    Parsed
        ``scores``, ``responses`` and ``sources``. A row read is a run, or an instance in a trial.

    Raises
    ------
    DataError
        When a path does not exist or has no run folder.
    UsageError
        When an option is wrong.
    """
    must_be("reporter", reporter, REPORTERS)
    telling = progress or Silent()
    runs: list[Evaluation] = []
    refused: list[Refused] = []
    notes: list[str] = []
    rows = 0
    with ExitStack() as stack:
        folders = _folders(given(paths, _FILES, stack))
        telling.stage("Reading runs of HELM")
        for done, (folder, files) in enumerate(folders.items()):
            telling.advance(done, len(folders))
            try:
                content = {name: one.content() for name, one in files.items()}
                one = _run(content, metric=metric, split=split, reporter=reporter, folder=folder)
            except DataError as error:
                rows += 1
                refused.append(Refused.unread(error, folder))
                continue
            runs.append(one.evaluation)
            refused += one.refused
            notes += one.notes
            rows += one.read
        telling.advance(len(folders), len(folders))
    return evaluations(
        runs, sources=[_SOURCE], read=rows, refused=refused, notes=notes, highest=1.0
    )


def parse_run(
    files: Mapping[str, str | bytes],
    *,
    metric: str | None = None,
    split: str | None = None,
    reporter: Reporter = "unknown",
    folder: str | None = None,
) -> Parsed:
    """Parse the files of one run folder.

    Parameters
    ----------
    files
        Contents by name; ``run_spec.json`` and ``stats.json`` must be there.
    metric, split, reporter
        See :func:`read`.
    folder
        Name of the folder for messages.

    Returns
    -------
    Parsed
        See :func:`read`.

    Raises
    ------
    DataError
        When a file is missing or wrong, or no score can be taken.
    """
    one = _run(files, metric=metric, split=split, reporter=reporter, folder=folder or "run")
    return evaluations(
        [one.evaluation],
        sources=[_SOURCE],
        read=one.read,
        refused=one.refused,
        notes=one.notes,
        highest=1.0,
    )


@dataclass(frozen=True, slots=True)
class _Run:
    evaluation: Evaluation
    read: int
    refused: list[Refused]
    notes: list[str]


@dataclass(slots=True)
class _Instances:
    answers: Answers = field(default_factory=Answers)
    refused: list[Refused] = field(default_factory=list)
    read: int = 0
    perturbed: int = 0
    elsewhere: int = 0


def _folders(files: Iterable[Given]) -> dict[str, dict[str, Given]]:
    folders: dict[str, dict[str, Given]] = {}
    for one in files:
        folder, _, name = one.label.replace("\\", "/").rpartition("/")
        if name in _FILES:
            folders.setdefault(folder, {})[name] = one
    runs = {folder: found for folder, found in folders.items() if "run_spec.json" in found}
    if not runs:
        raise DataError(
            "there is no run folder of HELM",
            hint="a run folder has the files run_spec.json and stats.json",
        )
    return runs


def _run(
    files: Mapping[str, str | bytes],
    *,
    metric: str | None,
    split: str | None,
    reporter: Reporter,
    folder: str,
) -> _Run:
    missing = [name for name in ("run_spec.json", "stats.json") if name not in files]
    if missing:
        raise DataError(f"{folder}: {missing[0]} is missing: the run did not finish")
    spec = _object(files["run_spec.json"], f"{folder}/run_spec.json")
    stats = _list(files["stats.json"], f"{folder}/stats.json")
    main = None
    if "scenario.json" in files:
        main = _main(_object(files["scenario.json"], f"{folder}/scenario.json"))
    notes: list[str] = []
    try:
        adapter = part(spec, "adapter_spec")
        values = _values(stats)
        taken_split = _split(values, split)
        name = _metric(values[taken_split], metric or main, metric is not None, adapter)
        stat = values[taken_split][name]
        refuse_no_accuracy(named(spec, "name", required=True) or "", name)
        score = share({name: _mean(stat)}, name)
        described = _described(spec, adapter, name, taken_split)
    except ValueError as error:
        raise DataError(f"{folder}: {error}") from None
    if metric is None and main is None:
        notes.append(f"{folder}: the run does not say its main metric; {name} is taken")
    instances = _Instances()
    if "per_instance_stats.json" in files:
        rows = _list(files["per_instance_stats.json"], f"{folder}/per_instance_stats.json")
        _take(rows, name, taken_split, instances, f"{folder}/per_instance_stats.json")
    items = _items(instances.answers)
    notes += [f"{folder}: {note}" for note in _notes(instances, items, score, name)]
    return _Run(
        Evaluation(
            score={
                **described,
                "score": score,
                "scale": "raw",
                "stderr": standard_error(items),
                "n": len(items) or None,
                "reporter": reporter,
                **_totals(instances.answers),
            },
            file=folder,
            answers=instances.answers,
        ),
        1 + instances.read,
        instances.refused,
        notes,
    )


def _described(
    spec: Mapping[str, Any], adapter: Mapping[str, Any], metric: str, split: str
) -> dict[str, Any]:
    logged = named(adapter, "model", required=True) or ""
    model, variant = split_variant(logged)
    maker, _, rest = model.partition("/")
    shots, method = whole(adapter, "max_train_instances"), named(adapter, "method")
    if shots:
        variant = f"{shots}-shot" if variant == DEFAULT else f"{variant}, {shots}-shot"
    words = [
        "HELM",
        f"{shots}-shot" if shots is not None else "",
        method or "",
        metric,
        f"split {split}",
    ]
    return {
        "source": _SOURCE["source"],
        "model": model,
        "variant": variant,
        "version": logged,
        "model_name": rest or model,
        "organisation": maker if rest else None,
        "benchmark": _benchmark(named(spec, "name", required=True) or ""),
        "harness": ", ".join(filter(None, words))[:300],
    }


def _benchmark(name: str) -> str:
    """Return the name of a run without what does not belong to the task."""
    scenario, _, rest = name.partition(":")
    kept = [
        word
        for word in rest.split(",")
        if word and word.partition("=")[0].strip() not in _NOT_THE_TASK
    ]
    return f"{scenario}:{','.join(kept)}" if kept else scenario


def _values(stats: Sequence[Any]) -> dict[str, dict[str, Mapping[str, Any]]]:
    """Return the statistics by split and metric, without sub-splits and perturbations."""
    values: dict[str, dict[str, Mapping[str, Any]]] = {}
    for stat in stats:
        if not isinstance(stat, dict):
            raise ValueError(f"a statistic is {shown(stat)}; expected an object")
        about = part(stat, "name")
        if about.get("perturbation") is not None or about.get("sub_split") is not None:
            continue
        split, metric = named(about, "split"), named(about, "name", required=True) or ""
        if split is not None:
            values.setdefault(split, {}).setdefault(metric, stat)
    return values


def _split(values: Mapping[str, Any], wanted: str | None) -> str:
    for split in (wanted,) if wanted is not None else SPLITS:
        if split in values:
            return split
    raise ValueError(
        f"no statistics of the split {wanted or 'test'!r}; there are "
        + (", ".join(map(repr, values)) or "none")
    )


def _metric(
    stats: Mapping[str, Any], wanted: str | None, strict: bool, adapter: Mapping[str, Any]
) -> str:
    if wanted is not None and (strict or wanted in stats):
        if wanted not in stats:
            raise ValueError(
                f"no metric {wanted!r}{did_you_mean(wanted, list(stats))};"
                f" there are {', '.join(stats)[:300]}"
            )
        return wanted
    chosen = named(adapter, "method") or ""
    order: tuple[str, ...] = (
        MAIN if chosen.startswith("multiple_choice") else (*MAIN[:-1], *GENERATED, MAIN[-1])
    )
    known = [name for name in (*order, *GENERATED) if name in stats]
    if known:
        return known[0]
    raise ValueError(
        f"none of the known main metrics is there, only {', '.join(stats)[:300] or 'none'};"
        " name the metric to take"
    )


def _main(scenario: Mapping[str, Any]) -> str | None:
    for place in (scenario, scenario.get("metadata")):
        if isinstance(place, dict) and isinstance(place.get("main_metric"), str):
            return str(place["main_metric"])
    return None


def _mean(stat: Mapping[str, Any]) -> float | None:
    mean = numeric(stat, "mean")
    if mean is not None:
        return mean
    total, count = numeric(stat, "sum"), whole(stat, "count")
    return total / count if total is not None and count else None


def _take(rows: Sequence[Any], metric: str, split: str, instances: _Instances, file: str) -> None:
    """Collect one answer per instance and trial; HELM writes a row for each kind of metric."""
    merged: dict[tuple[str, int], dict[str, float]] = {}
    first: dict[tuple[str, int], int] = {}
    twice: dict[tuple[str, int], str] = {}

    def refuse(line: int, error: ValueError) -> None:
        instances.refused.append(Refused(line=line, file=file, reason=f"instance {line}: {error}"))

    for place, row in enumerate(rows, start=1):
        try:
            if not isinstance(row, dict):
                raise ValueError(f"{shown(row)}; expected an object")
            item = named(row, "instance_id", required=True) or ""
            trial = whole(row, "train_trial_index") or 0
            values, splits = _instance(row)
        except ValueError as error:
            refuse(place, error)
            continue
        if row.get("perturbation") is not None:
            instances.perturbed += 1
        elif splits and split not in splits:
            instances.elsewhere += 1
        else:
            first.setdefault((item, trial), place)
            known = merged.setdefault((item, trial), {})
            if metric in known and values.get(metric, known[metric]) != known[metric]:
                twice[item, trial] = f"{known[metric]:g} and {values[metric]:g}"
            known.update(values)
    instances.read += len(merged) + len(instances.refused)
    for (item, trial), values in merged.items():
        try:
            if (item, trial) in twice:
                raise ValueError(f"{item} has {metric} {twice[item, trial]}; neither is taken")
            if metric not in values:
                raise ValueError(f"{item} has no {metric}")
            instances.answers.add(
                item=item,
                epoch=trial + 1,
                score=share(values, metric),
                input_tokens=_tokens(values, "num_prompt_tokens"),
                output_tokens=_tokens(values, "num_output_tokens", "num_completion_tokens"),
                seconds=numeric(values, "inference_runtime", least=0),
            )
        except ValueError as error:
            refuse(first[item, trial], error)


def _instance(row: Mapping[str, Any]) -> tuple[dict[str, float], set[str]]:
    stats = row.get("stats")
    if not isinstance(stats, list):
        raise ValueError(f"'stats' is {shown(stats)}; expected a list")
    values: dict[str, float] = {}
    splits: set[str] = set()
    for stat in stats:
        about = part(stat, "name")
        name = named(about, "name", required=True) or ""
        split = named(about, "split")
        if split is not None:
            splits.add(split)
        value = _mean(stat)
        if value is not None and about.get("perturbation") is None:
            values[name] = value
    return values, splits


def _tokens(values: Mapping[str, float], *names: str) -> int | None:
    for name in names:
        if name in values:
            return whole(values, name)
    return None


def _items(answers: Answers) -> list[float]:
    trials: dict[str, list[float]] = {}
    for item, score in zip(answers.column("item"), answers.column("score"), strict=True):
        trials.setdefault(item, []).append(score)
    return [statistics.fmean(each) for each in trials.values()]


def _totals(answers: Answers) -> dict[str, Any]:
    """Return tokens and seconds of the run, where every answer has them."""
    totals: dict[str, Any] = {}
    for name in ("input_tokens", "output_tokens", "seconds"):
        column = answers.column(name)
        known = bool(column) and None not in column
        totals[name] = sum(column) if known else None
    if totals["seconds"] is not None and not math.isfinite(totals["seconds"]):
        totals["seconds"] = None
    return totals


def _notes(instances: _Instances, items: Sequence[float], score: float, metric: str) -> list[str]:
    notes: list[str] = []
    if instances.perturbed:
        notes.append(f"{instances.perturbed} rows of perturbed instances are not counted")
    if instances.elsewhere:
        notes.append(f"{instances.elsewhere} rows of instances of other splits are not counted")
    if items and abs(statistics.fmean(items) - score) > _NEAR:
        notes.append(
            f"{metric} is {score:.6g} in stats.json and {statistics.fmean(items):.6g} over the"
            " instances"
        )
    if not items:
        notes.append("without per-instance statistics there is no standard error")
    return notes


def _object(content: str | bytes, file: str) -> dict[str, Any]:
    value = json_value(content, file, not_a_number="null")
    if not isinstance(value, dict):
        raise DataError(f"{file}: {shown(value)}; expected an object")
    return value


def _list(content: str | bytes, file: str) -> list[Any]:
    value = json_value(content, file, not_a_number="null")
    if not isinstance(value, list):
        raise DataError(f"{file}: {shown(value)}; expected a list")
    return value
