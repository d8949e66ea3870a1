"""Logs of Inspect AI: the score of each log, and the answers behind it.

A log (``.eval`` or ``.json``) holds one task run on one model. Its header gives the score, its
samples the answers. Prompts, targets, choices and messages are not read into any table. See
https://inspect.aisi.org.uk/eval-logs.html.
"""

import statistics
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from headway.errors import DataError, did_you_mean
from headway.progress import Progress, Silent
from headway.sources import Parsed, Refused
from headway.sources.gathering import given
from headway.sources.inspect_files import opened, require
from headway.sources.inspect_samples import Tally, take_samples, usage
from headway.sources.metrics import refuse_no_accuracy
from headway.sources.names import DEFAULT, split_variant
from headway.sources.records import (
    REPORTERS,
    Answers,
    Evaluation,
    Reporter,
    error_kind,
    evaluations,
    moment,
    must_be,
    named,
    numeric,
    standard_error,
)

if TYPE_CHECKING:
    from inspect_ai.log import EvalLog, EvalScore

TITLE = "Logs of Inspect AI (.eval and .json)"
LICENCE: str | None = None

_NEAR = 1e-6
Errors = Literal["reported", "failures"]

_SOURCE = {"source": "inspect-logs", "title": "Inspect AI evaluation logs"}
_SHOTS = ("fewshot", "few_shot", "num_fewshot", "n_shot", "n_shots", "num_shots", "shots")
_SUBSETS = ("subset", "subsets", "level", "difficulty", "subject", "split", "language", "category")
_LONGEST_SETTING = 40
_SPREAD = ("stderr", "std", "var", "bootstrap_stderr", "ci")


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What to take from a log that has more than one score.

    Parameters
    ----------
    scorer
        The scorer, or the name of a value of a scorer that gives several; the first one when None.
    metric
        The metric; when None the log's headline, otherwise ``accuracy``, ``mean`` or the first one.
    errors
        The score of a log with samples that failed: ``reported`` takes the log's own, which
        leaves them out; ``failures`` counts each as a wrong answer.
    reporter
        Who reports the scores: the logs do not say.
    """

    scorer: str | None = None
    metric: str | None = None
    errors: Errors = "reported"
    reporter: Reporter = "unknown"

    def __post_init__(self) -> None:
        must_be("errors", self.errors, ("reported", "failures"))
        must_be("reporter", self.reporter, REPORTERS)


def read(
    paths: Sequence[Path],
    *,
    progress: Progress | None = None,
    scorer: str | None = None,
    metric: str | None = None,
    errors: Errors = "reported",
    reporter: Reporter = "unknown",
    responses: bool = True,
) -> Parsed:
    """Read logs, and folders of logs.

    Parameters
    ----------
    paths
        Logs, or folders with logs.
    progress
        Told which log is read.
    scorer, metric, errors, reporter
        See :class:`Choice`.
    responses
        Whether to read the single answers. Without them only the headers are read; what needs
        the answers (the number of failed samples of each kind, both accuracies) is then missing.

    Returns
    -------
    Parsed
        ``scores``, ``responses`` and ``sources``. A row read is a score or a sample; a log that
        did not finish is one refused row.

    Raises
    ------
    DataError
        When a path does not exist or has no logs.
    UsageError
        When an option is wrong, or the package ``inspect-ai`` is not installed.
    """
    require()
    choice = Choice(scorer=scorer, metric=metric, errors=errors, reporter=reporter)
    runs: list[Evaluation] = []
    refused: list[Refused] = []
    notes: list[str] = []
    rows = 0
    telling = progress or Silent()
    with ExitStack() as stack:
        files = given(paths, (".eval", ".json"), stack)
        telling.stage("Reading logs of Inspect AI")
        for done, file in enumerate(files):
            telling.advance(done, len(files))
            try:
                header, samples = opened(file, responses)
                one = _log(header, samples, choice, file.label)
            except DataError as error:
                rows += 1
                refused.append(Refused.unread(error, file.label))
                continue
            runs.append(one.run)
            rows += 1 + one.samples
            refused += one.refused
            notes += one.notes
        telling.advance(len(files), len(files))
    return evaluations(
        runs, sources=[_SOURCE], read=rows, refused=refused, notes=notes, highest=1.0
    )


def parse_log(
    header: "EvalLog",
    samples: Iterable[Any] | None,
    *,
    choice: Choice | None = None,
    file: str | None = None,
) -> Parsed:
    """Turn one log into a score and its answers.

    Parameters
    ----------
    header
        The log; its own samples are not looked at.
    samples
        The summaries of its samples as JSON objects; None when only the header is wanted.
    choice
        What to take when there is more than one score.
    file
        Name of the log for messages.

    Returns
    -------
    Parsed
        See :func:`read`.

    Raises
    ------
    DataError
        When the log did not finish with success, or has no score that can be taken.
    """
    one = _log(header, samples, choice or Choice(), file)
    return evaluations(
        [one.run],
        sources=[_SOURCE],
        read=1 + one.samples,
        refused=one.refused,
        notes=one.notes,
        highest=1.0,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Log:
    run: Evaluation
    samples: int
    refused: tuple[Refused, ...]
    notes: tuple[str, ...]


def _log(
    header: "EvalLog", samples: Iterable[Any] | None, choice: Choice, file: str | None
) -> _Log:
    _finished(header)
    taken = _score(header, choice)
    metric = _metric(header, taken, choice)
    spec = header.eval
    try:
        model, variant = _model(header)
        benchmark = named({"task": spec.task}, "task", required=True) or ""
        refuse_no_accuracy(benchmark, metric)
        variant = _with_settings(header, variant)
        value = numeric({metric: taken.metrics[metric].value}, metric)
        used = usage(header.stats.model_usage, spec.model)
    except ValueError as error:
        raise DataError(f"the log cannot be taken: {error}") from None
    if value is None:
        raise DataError(f"the log has no value for the metric {metric!r}")
    answers, tally, refused = Answers(), Tally(), []
    if samples is not None:
        refused = take_samples(samples, spec.model, taken, answers, tally, file)
    mean = metric.split("/")[-1] in ("accuracy", "mean") and taken.reducer in (None, "mean")
    notes = _notes(header, taken, metric, tally, value, mean, file)
    stderr = _stderr(taken)
    n = len(tally.scored) if tally.scored else taken.scored_samples
    if tally.errors and mean and choice.errors == "failures":
        items = [statistics.fmean(each) for each in tally.failed.values()]
        value, n = statistics.fmean(items), len(items)
        stderr = standard_error(items)
    if n is not None and n < 2:
        stderr = None
    seconds, day = moment(spec.created)
    return _Log(
        run=Evaluation(
            score={
                **used,
                "source": _SOURCE["source"],
                "model": model,
                "variant": variant,
                "version": spec.model,
                "benchmark": benchmark.split("/")[-1],
                "score": value,
                "scale": "raw",
                "stderr": stderr,
                "n": n,
                "reporter": choice.reporter,
                "reported_in": None,
                "harness": _harness(header, taken, metric),
                "evaluated_on": day,
                "seconds": _lasted(header),
            },
            when=seconds,
            file=file,
            answers=answers,
        ),
        samples=tally.read,
        refused=tuple(refused),
        notes=tuple(notes),
    )


def _finished(header: "EvalLog") -> None:
    if header.status != "success":
        why = {
            "started": "it is still running, or was broken off",
            "cancelled": "it was cancelled",
            "error": "it ended with an error",
        }.get(header.status, "it did not finish")
        kind = f" ({error_kind(header.error.message)})" if header.error else ""
        raise DataError(f"the log has the status {header.status!r}: {why}{kind}")
    if header.invalidated:
        raise DataError("the log was declared invalid")
    if header.results is None or not header.results.scores:
        total = header.eval.dataset.samples
        raise DataError(
            "the log has no score, although its status is 'success'"
            f" (samples in the dataset: {total if total is not None else 'unknown'})"
        )


def _score(header: "EvalLog", choice: Choice) -> "EvalScore":
    assert header.results is not None
    scores = header.results.scores
    headline = header.results.headline
    wanted = choice.scorer
    if wanted is None and headline is not None and headline.scorer is not None:
        fitting = [
            one
            for one in scores
            if one.scorer == headline.scorer and headline.score in (None, one.name)
        ]
    elif wanted is None:
        fitting = [one for one in scores if one.scorer == scores[0].scorer]
        fitting = [one for one in fitting if one.name == fitting[0].name]
    else:
        fitting = [one for one in scores if wanted in (one.name, one.scorer)]
    if not fitting:
        names = list(dict.fromkeys([name for one in scores for name in (one.scorer, one.name)]))
        raise DataError(
            f"the log has no scorer {wanted!r}{did_you_mean(wanted or '', names)}; it has "
            + ", ".join(repr(name) for name in names)
        )
    return next((one for one in fitting if one.reducer in (None, "mean")), fitting[0])


def _metric(header: "EvalLog", taken: "EvalScore", choice: Choice) -> str:
    assert header.results is not None
    names = list(taken.metrics)
    if choice.metric is not None:
        if choice.metric not in names:
            raise DataError(
                f"the log has no metric {choice.metric!r}{did_you_mean(choice.metric, names)};"
                f" it has {', '.join(map(repr, names))}"
            )
        return choice.metric
    headline = header.results.headline
    usual = [headline.metric] if headline is not None and headline.metric else []
    for name in (*usual, "accuracy", "mean"):
        if name in names:
            return name
    for name in names:
        if not name.split("/")[-1].startswith(_SPREAD):
            return name
    raise DataError(f"the scorer {taken.name!r} has no metric that is a score")


def _model(header: "EvalLog") -> tuple[str, str]:
    logged = named({"model": header.eval.model}, "model", required=True) or ""
    # The part before the first slash is the programming interface that was called.
    model, variant = split_variant(logged.split("/", 1)[-1] or logged)
    effort: str | None = None
    mode = budget = None
    for config in (header.eval.model_generate_config, header.plan.config):
        effort = effort or config.reasoning_effort
        mode = mode or getattr(config, "reasoning_mode", None)
        budget = budget or config.reasoning_tokens
    if effort is None and budget:
        effort = f"{budget // 1024}K" if budget % 1024 == 0 else f"{budget / 1000:g}K"
    if mode == "pro":
        effort = f"pro-{effort}" if effort else "pro"
    if effort is None or effort == variant:
        return model, variant
    return model, effort if variant == DEFAULT else f"{variant}-{effort}"


def _with_settings(header: "EvalLog", variant: str) -> str:
    """Return the variant with what else two runs of a task can differ in."""
    parts = [variant] if variant != DEFAULT else []
    passed = header.eval.task_args_passed or {}
    for name in sorted(set(passed) & {*_SHOTS, *_SUBSETS}):
        value = passed[name]
        if isinstance(value, bool) or not isinstance(value, (int, str)):
            continue
        told = " ".join(str(value).split())[:_LONGEST_SETTING]
        if name in _SHOTS:
            parts += [f"{told}-shot"] if told not in ("", "0") else []
        elif told and told.isprintable():
            parts.append(f"{name} {told}")
    version = header.eval.task_version
    if version not in (None, 0, "", "0"):
        parts.append(f"task {' '.join(str(version).split())[:_LONGEST_SETTING]}")
    return ", ".join(parts) or DEFAULT


def _harness(header: "EvalLog", taken: "EvalScore", metric: str) -> str:
    version = header.eval.packages.get("inspect_ai")
    parts = [
        f"inspect-ai {version}" if version else "inspect-ai",
        f"task version {header.eval.task_version}" if header.eval.task_version else "",
        f"scorer {taken.scorer}" + (f" ({taken.name})" if taken.name != taken.scorer else ""),
        metric,
        f"epochs {header.eval.config.epochs}" if (header.eval.config.epochs or 1) > 1 else "",
        f"reduced by {taken.reducer}" if taken.reducer else "",
    ]
    return " ".join(", ".join(filter(None, parts)).split())


def _lasted(header: "EvalLog") -> float | None:
    begun, ended = moment(header.stats.started_at)[0], moment(header.stats.completed_at)[0]
    return ended - begun if begun and ended >= begun else None


def _stderr(taken: "EvalScore") -> float | None:
    metric = taken.metrics.get("stderr")
    try:
        return numeric({"stderr": metric.value}, "stderr", least=0) if metric else None
    except ValueError:
        return None


def _notes(
    header: "EvalLog",
    taken: "EvalScore",
    metric: str,
    tally: Tally,
    value: float,
    mean: bool,
    file: str | None,
) -> list[str]:
    where = f"{Path(file).name}: " if file else ""
    notes: list[str] = []
    if tally.errors:
        share = statistics.fmean([statistics.fmean(each) for each in tally.failed.values()])
        both = (
            f": {value:.6g} as reported, {share:.6g} with each of them as a failure" if mean else ""
        )
        notes.append(
            f"{tally.errors} of {tally.read} samples ended with an error and are not in the"
            f" log's {metric}{both}; they are in responses with score 0 and their error"
        )
    if mean and tally.scored:
        found = statistics.fmean([statistics.fmean(each) for each in tally.scored.values()])
        if abs(found - value) > _NEAR:
            notes.append(f"the log's {metric} is {value:.6g}, the mean of its answers {found:.6g}")
    results = header.results
    if results is not None and not tally.read and results.completed_samples < results.total_samples:
        notes.append(
            f"{results.total_samples - results.completed_samples} of {results.total_samples}"
            f" samples were not completed and are not in the log's {metric}"
        )
    if tally.unscored:
        notes.append(f"{tally.unscored} samples have neither a score nor an error")
    if tally.limits:
        kinds = ", ".join(f"{kind} {count}" for kind, count in sorted(tally.limits.items()))
        notes.append(
            f"{sum(tally.limits.values())} samples hit a limit and are scored all"
            f" the same ({kinds})"
        )
    if tally.retries:
        notes.append(f"{tally.retried} samples were tried again, {tally.retries} times in all")
    others = sorted(set(header.stats.model_usage) - {header.eval.model})
    if others:
        notes.append(
            "tokens and cost are those of the model alone; the log also used " + ", ".join(others)
        )
    if taken.reducer not in (None, "mean"):
        notes.append(f"epochs are reduced by {taken.reducer}, which is not their mean")
    if header.eval.config.limit or header.eval.config.sample_id:
        notes.append("only a part of the benchmark was run")
    if header.eval.task_args_passed:
        names = ", ".join(sorted(header.eval.task_args_passed))
        notes.append(f"the task was run with arguments of its own: {names}")
    if header.config_updates:
        notes.append("the settings were changed during the run")
    return [where + note for note in notes]
