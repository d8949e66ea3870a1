"""Records in the format of Every Eval Ever: scores (JSON) and the answers behind them (JSON Lines).

An aggregate file holds the results of one model in one evaluation; an instance file has a line
per question. Schema 0.3, and 0.2 before it. See https://github.com/evaleval/every_eval_ever.

What is taken
    A score whose lower values are better is refused: turned round it would be a number that
    nobody reported. A score is taken when its bounds are 0 and some finite maximum, and divided by
    that maximum; where no bounds are stated, when it lies between 0 and 1. Where one result of a
    dataset is the overall one, the others of the same file are its parts and are refused; where
    one evaluation has several metrics, the first that can be taken counts.

What the benchmark is
    The evaluation by its name; but where that is the name of a scorer or a metric, as in records
    made of logs of Inspect AI, or the name of evaluations of several datasets, the dataset. The
    number of examples in the question and the revision of the model are part of the variant.
"""

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from datetime import date
from pathlib import Path
from typing import Any, Literal

from headway.errors import DataError
from headway.progress import Progress, Silent
from headway.sources import Parsed, Refused
from headway.sources.every_eval_ever_instances import (
    ALONE,
    SCHEMA,
    Aggregate,
    Instances,
    Taken,
)
from headway.sources.every_eval_ever_names import is_scorer, shared_names, shots_of
from headway.sources.files import json_value
from headway.sources.gathering import given
from headway.sources.lm_eval_models import ENGINES
from headway.sources.metrics import refuse_no_accuracy
from headway.sources.names import DEFAULT, slug, split_variant
from headway.sources.records import (
    Evaluation,
    Reporter,
    evaluations,
    moment,
    must_be,
    named,
    numeric,
    part,
    shown,
    whole,
)

TITLE = "Every Eval Ever: aggregate and instance records (schema 0.3)"
LICENCE: str | None = None

Parts = Literal["overall", "parts"]

REPORTER: Mapping[str, Reporter] = {
    "first_party": "developer",
    "third_party": "independent",
    "collaborative": "unknown",
    "other": "unknown",
}
_OVERALL = frozenset({"overall", "average", "avg", "aggregate", "total"})
_WORDS = re.compile(r"[^a-z0-9]+")


def read(
    paths: Sequence[Path], *, progress: Progress | None = None, parts: Parts = "overall"
) -> Parsed:
    """Read aggregate files (``.json``) and instance files (``.jsonl``).

    Parameters
    ----------
    paths
        Files, folders and zip archives.
    progress
        Told which file is read.
    parts
        ``overall``: of a dataset with an overall result only that; ``parts``: only the others.

    Returns
    -------
    Parsed
        ``scores``, ``responses`` and ``sources``. A row read is a result or an instance; a file
        that is not such a record is one refused row.

    Raises
    ------
    DataError
        When a path does not exist or has no such file.
    UsageError
        When an option is wrong.
    """
    must_be("parts", parts, ("overall", "parts"))
    telling = progress or Silent()
    files: list[Aggregate] = []
    refused: list[Refused] = []
    instances = Instances()
    with ExitStack() as stack:
        found = given(paths, (".json", ".jsonl", ".jsonl.gz"), stack)
        found = tuple(sorted(found, key=lambda one: not one.name.lower().endswith(".json")))
        telling.stage("Reading records of Every Eval Ever")
        for done, one in enumerate(found):
            telling.advance(done, len(found))
            try:
                if one.name.lower().endswith(".json"):
                    files.append(_aggregate(one.content(), parts, one.label))
                else:
                    instances.take(one.content(), files, one.label)
            except DataError as error:
                refused.append(Refused.unread(error, one.label))
        telling.advance(len(found), len(found))
    return _parsed(files, instances, refused)


def parse_aggregate(
    content: str | bytes, *, parts: Parts = "overall", file: str | None = None
) -> Parsed:
    """Parse one aggregate record.

    Parameters
    ----------
    content
        The content of a JSON file.
    parts
        See :func:`read`.
    file
        Name of the file for messages.

    Returns
    -------
    Parsed
        ``scores`` and ``sources``, and no ``responses``; a row read is a result.

    Raises
    ------
    DataError
        When the content is not such a record.
    """
    return _parsed([_aggregate(content, parts, file or "aggregate record")], Instances(), [])


def parse_instances(content: str | bytes, *, file: str | None = None) -> Parsed:
    """Parse instance records without the aggregate record they belong to.

    Parameters
    ----------
    content
        The content of a JSON Lines file.
    file
        Name of the file for messages.

    Returns
    -------
    Parsed
        ``responses``; a row read is a line. Scores must lie between 0 and 1.

    Raises
    ------
    DataError
        When the content is not UTF-8.
    """
    instances = Instances()
    instances.take(content, [], file or "instance records")
    return _parsed([], instances, [])


def _parsed(files: Sequence[Aggregate], instances: Instances, refused: list[Refused]) -> Parsed:
    runs = [taken.run for one in files for taken in one.taken]
    sources: list[Mapping[str, Any]] = [one.source for one in files]
    if instances.alone:
        sources.append(ALONE)
        runs += [run for run in instances.alone.values() if len(run.answers)]
    return evaluations(
        runs,
        sources=sources,
        read=sum(one.read for one in files) + instances.read + len(refused),
        refused=(*refused, *(row for one in files for row in one.refused), *instances.refused),
        highest=1.0,
        notes=(*(note for one in files for note in one.notes), *instances.notes()),
    )


def _aggregate(content: str | bytes, parts: Parts, file: str) -> Aggregate:
    record = json_value(content, file, not_a_number="null")
    results = record.get("evaluation_results") if isinstance(record, dict) else None
    if not isinstance(record, dict) or not isinstance(results, list):
        raise DataError(f"{file}: not a record of Every Eval Ever: no list 'evaluation_results'")
    try:
        version = named(record, "schema_version", required=True) or ""
        if not SCHEMA.fullmatch(version):
            raise ValueError(f"'schema_version' is {shown(version)}; expected 0.3 or 0.2")
        about = part(record, "source_metadata")
        source = _source(about)
        relation = named(about, "evaluator_relationship", required=True)
        if relation is None or relation not in REPORTER:
            raise ValueError(
                f"'evaluator_relationship' is {shown(relation)}; expected one of "
                + ", ".join(REPORTER)
            )
        common = {
            **_model(part(record, "model_info")),
            "source": source["source"],
            "reporter": REPORTER[relation],
            "reported_in": named(about, "source_name"),
            "harness": _harness(part(record, "eval_library")),
            "logged": slug(named(part(record, "eval_library"), "name") or "").startswith("inspect"),
        }
        when = moment(record.get("evaluation_timestamp"))
        retrieved = moment(record.get("retrieved_timestamp"))[0]
        made = Aggregate(identity=named(record, "evaluation_id"), source=source, read=len(results))
    except ValueError as error:
        raise DataError(f"{file}: {error}") from None
    shared = shared_names(results)
    good: list[tuple[int, str, Taken]] = []
    for place, result in enumerate(results, start=1):
        try:
            dataset, taken = _result(result, common, when, retrieved, place, file, shared)
            good.append((place, dataset, taken))
        except ValueError as error:
            made.refused.append(Refused(line=place, file=file, reason=f"result {place}: {error}"))
    _choose(good, parts, made, file)
    divided = sum(one.highest != 1 for one in made.taken)
    if divided:
        made.notes.append(f"{file}: {divided} scores were divided by their highest possible value")
    return made


def _result(
    result: Any,
    common: Mapping[str, Any],
    when: tuple[float, date | None],
    retrieved: float,
    place: int,
    file: str,
    shared: frozenset[str],
) -> tuple[str, Taken]:
    if not isinstance(result, dict):
        raise ValueError(f"{shown(result)}; expected an object")
    called = named(result, "evaluation_name", required=True) or ""
    stated = named(part(result, "source_data"), "dataset_name")
    name = called
    by_scorer = is_scorer(called) or (common["logged"] and stated is not None)
    if by_scorer or called in shared:
        if stated is None or is_scorer(stated):
            raise ValueError(
                f"{called!r} is the name of a scorer or a metric, and no dataset is named"
            )
        name = stated.rpartition("/")[2] or stated
    dataset = name if stated is None or name != called else stated
    config = part(result, "metric_config")
    refuse_no_accuracy(name, called)
    for told in ("metric_name", "metric_id", "metric_kind"):
        refuse_no_accuracy(stated or name, named(config, told))
    if config.get("lower_is_better") is not False:
        if config.get("lower_is_better") is True:
            raise ValueError(f"{name}: lower is better, and such scores are not taken")
        raise ValueError(
            f"{name}: 'lower_is_better' is {shown(config.get('lower_is_better'))};"
            " expected true or false"
        )
    details = part(result, "score_details")
    score = numeric(details, "score")
    if score is None:
        raise ValueError(f"{name}: 'score' is missing or not a number")
    if config.get("has_unknown_level") is True and score == -1:
        raise ValueError(f"{name}: the score is the level that stands for unknown")
    highest = _highest(config, score, name)
    uncertainty = part(details, "uncertainty")
    n = whole(uncertainty, "num_samples")
    stderr = _stderr(uncertainty, n)
    day = moment(result.get("evaluation_timestamp"))
    seconds, on = day if day[1] else when
    setting = _effort(part(result, "generation_config"))
    variant = common["variant"]
    if setting and setting != variant:
        variant = setting if variant == DEFAULT else f"{variant}-{setting}"
    shots = shots_of(result)
    if shots:
        variant = shots if variant == DEFAULT else f"{variant}, {shots}"
    metric = named(config, "metric_name") or named(config, "metric_id")
    scorer = f"scorer {called}" if name != called else None
    harness = ", ".join(filter(None, (common["harness"], scorer, metric))) or None
    return dataset, Taken(
        run=Evaluation(
            score={
                **{key: value for key, value in common.items() if key != "logged"},
                "variant": variant,
                "benchmark": name,
                "score": score / highest,
                "scale": "raw",
                "stderr": None if stderr is None else stderr / highest,
                "n": n,
                "harness": harness,
                "evaluated_on": on,
            },
            when=seconds or retrieved,
            line=place,
            file=file,
        ),
        name=name,
        result=named(result, "evaluation_result_id"),
        highest=highest,
    )


def _choose(good: list[tuple[int, str, Taken]], parts: Parts, made: Aggregate, file: str) -> None:
    """Keep overall results or parts, and one metric of each."""
    datasets = Counter(dataset for _, dataset, _ in good)
    whole_of = {
        dataset
        for _, dataset, one in good
        if datasets[dataset] > 1 and _is_overall(one.name, dataset)
    }
    # A dataset whose results are all overall ones has no parts, only several metrics.
    whole_of -= {
        dataset
        for dataset in whole_of
        if all(_is_overall(one.name, of) for _, of, one in good if of == dataset)
        and parts == "parts"
    }
    kept: dict[tuple[str, str], tuple[int, Taken]] = {}
    clash = _clashes(good)
    for place, dataset, one in good:
        overall = _is_overall(one.name, dataset)
        reason = None
        benchmark = dataset if overall and dataset in whole_of else one.name
        if dataset in whole_of and overall != (parts == "overall"):
            reason = (
                f"a part of {dataset}, whose overall score is taken"
                if parts == "overall"
                else f"the overall score of {dataset}, whose parts are taken"
            )
        elif place in clash:
            reason = (
                f"results {' and '.join(map(str, clash[place]))} state different scores of"
                f" {benchmark} by one metric, and nothing says how they differ; none is taken"
            )
        elif (benchmark, one.run.score["variant"]) in kept:
            reason = f"another metric of {benchmark} is taken"
        if reason:
            made.refused.append(
                Refused(line=place, file=file, reason=f"result {place}: {one.name}: {reason}")
            )
            continue
        kept[benchmark, one.run.score["variant"]] = place, one
        run = Evaluation(
            score={**one.run.score, "benchmark": benchmark},
            when=one.run.when,
            line=one.run.line,
            file=file,
        )
        made.taken.append(Taken(run, one.name, one.result, one.highest))


def _clashes(good: list[tuple[int, str, Taken]]) -> dict[int, list[int]]:
    """Return results of one name, variant and metric whose scores differ, with their places."""
    same: dict[tuple[Any, ...], list[tuple[int, Any]]] = {}
    for place, dataset, one in good:
        score = one.run.score
        key = (dataset, one.name, score["variant"], score["harness"])
        same.setdefault(key, []).append((place, score["score"]))
    return {
        place: [other for other, _ in some]
        for some in same.values()
        if len({value for _, value in some}) > 1
        for place, _ in some
    }


def _is_overall(name: str, dataset: str) -> bool:
    words = set(_WORDS.split(name.lower()))
    return slug(name) == slug(dataset) or bool(words & _OVERALL)


def _highest(config: Mapping[str, Any], score: float, name: str) -> float:
    low, high = (_bound(config, key) for key in ("min_score", "max_score"))
    if low is None and high is None:
        if not 0 <= score <= 1:
            raise ValueError(
                f"{name}: the score is {score:g} and its bounds are not stated;"
                " expected a share between 0 and 1"
            )
        return 1.0
    if low is None or high is None or math.isinf(low) or math.isinf(high):
        raise ValueError(f"{name}: the metric is not bounded on both sides, so it is no share")
    if low != 0 or high <= 0:
        raise ValueError(
            f"{name}: the bounds are {low:g} and {high:g}; expected 0 and a number above it"
        )
    if not low <= score <= high:
        raise ValueError(f"{name}: the score is {score:g}, outside its bounds 0 and {high:g}")
    return high


def _bound(config: Mapping[str, Any], key: str) -> float | None:
    value = config.get(key)
    if value in ("Infinity", "-Infinity"):
        return math.inf if value == "Infinity" else -math.inf
    return numeric(config, key)


def _stderr(uncertainty: Mapping[str, Any], n: int | None) -> float | None:
    stated = numeric(part(uncertainty, "standard_error"), "value", least=0)
    if stated is not None:
        return stated
    deviation = numeric(uncertainty, "standard_deviation", least=0)
    return deviation / math.sqrt(n) if deviation is not None and n else None


def _model(about: Mapping[str, Any]) -> dict[str, Any]:
    identity = named(about, "id", required=True) or ""
    if identity.lower() in ENGINES:
        raise ValueError(f"the model is not named: {identity!r} is the program that ran it")
    model, variant = split_variant(identity)
    revision = named(part(about, "additional_details"), "revision")
    if revision not in (None, "main", "master"):
        told = f"revision {revision}"
        variant = told if variant == DEFAULT else f"{variant}, {told}"
    return {
        "model": model,
        "variant": variant,
        "version": identity,
        "model_name": named(about, "name"),
        "organisation": named(about, "developer"),
    }


def _effort(settings: Mapping[str, Any]) -> str | None:
    for place in (settings, part(settings, "generation_args")):
        effort = named(part(place, "additional_details"), "reasoning_effort")
        if effort and slug(effort):
            return slug(effort)
    return None


def _harness(library: Mapping[str, Any]) -> str | None:
    name, version = named(library, "name"), named(library, "version")
    known = [word for word in (name, version) if word and word.lower() != "unknown"]
    return " ".join(known) or None


def _source(about: Mapping[str, Any]) -> dict[str, Any]:
    publisher = named(about, "source_organization_name")
    if publisher and publisher.lower() == "unknown":
        publisher = None
    title = named(about, "source_name")
    url = about.get("source_organization_url")
    good = isinstance(url, str) and re.fullmatch(r"https?://\S+", url, re.ASCII) is not None
    identity = slug(" ".join(filter(None, (publisher, title)))) or "unnamed"
    return {
        "source": f"every-eval-ever-{identity}",
        "title": title,
        "publisher": publisher,
        "url": url if good else None,
    }
