"""The samples of a log of Inspect AI: their scores, errors, limits, retries, tokens and cost."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from headway.sources import Refused
from headway.sources.records import Answers, cost, error_kind, named, numeric, part, shown, whole

if TYPE_CHECKING:
    from inspect_ai.log import EvalScore

__all__ = ["Tally", "take_samples", "usage"]

_LETTERS = {"C": 1.0, "P": 0.5, "I": 0.0, "N": 0.0}
_WORDS = {"yes": 1.0, "true": 1.0, "no": 0.0, "false": 0.0}


@dataclass(slots=True)
class Tally:
    """What was counted while samples were taken; scores by item."""

    read: int = 0
    errors: int = 0
    unscored: int = 0
    retries: int = 0
    retried: int = 0
    limits: Counter[str] = field(default_factory=Counter)
    scored: dict[str, list[float]] = field(default_factory=dict)
    failed: dict[str, list[float]] = field(default_factory=dict)


def usage(usages: Mapping[str, Any], model: str) -> dict[str, Any]:
    """Return tokens and dollars of the model itself: the log has the graders beside it."""
    usage = usages.get(model)
    if usage is None:
        return {}
    if isinstance(usage, str | int | float | list):
        raise ValueError(f"the usage of {model!r} is {shown(usage)}; expected an object")
    record = usage if isinstance(usage, dict) else dict(usage)
    fresh = whole(record, "input_tokens")
    cached = [
        whole(record, name) or 0 for name in ("input_tokens_cache_read", "input_tokens_cache_write")
    ]
    return {
        "input_tokens": None if fresh is None else fresh + sum(cached),
        "output_tokens": whole(record, "output_tokens"),
        "cost_usd": cost(record, "total_cost"),
    }


def take_samples(
    samples: Iterable[Any],
    model: str,
    taken: "EvalScore",
    answers: Answers,
    tally: Tally,
    file: str | None,
) -> list[Refused]:
    """Turn samples into answers.

    Parameters
    ----------
    samples
        Summaries of samples as JSON objects.
    model
        The model as the log names it.
    taken
        The score of the log that is taken.
    answers
        Where the answers go.
    tally
        What is counted.
    file
        Name of the log for messages.

    Returns
    -------
    list of Refused
        The samples that were not taken.
    """
    refused: list[Refused] = []
    for line, sample in enumerate(samples, start=1):
        tally.read += 1
        try:
            _take(sample, model, taken, answers, tally)
        except ValueError as error:
            refused.append(Refused(line=line, reason=f"sample {line}: {error}", file=file))
    return refused


def _take(sample: Any, model: str, taken: "EvalScore", answers: Answers, tally: Tally) -> None:
    if not isinstance(sample, dict):
        raise ValueError(f"{shown(sample)}; expected an object")
    item = named(sample, "id", required=True) or ""
    epoch = whole(sample, "epoch") or 1
    failure = sample.get("error")
    failure = failure.get("message") if isinstance(failure, dict) else failure
    kind = error_kind(failure)
    score = _value(part(sample, "scores").get(taken.scorer), taken)
    if score is None and kind is None:
        tally.unscored += 1
        raise ValueError("it has neither a score nor an error")
    used = usage(part(sample, "model_usage"), model)
    seconds = numeric(sample, "total_time", least=0)
    retries = whole(sample, "retries") or len(sample.get("error_retries") or ())
    limit = sample.get("limit")
    limit = limit.get("type") if isinstance(limit, dict) else limit
    answers.add(item=item, epoch=epoch, score=score or 0.0, seconds=seconds, error=kind, **used)
    tally.retries += retries
    tally.retried += retries > 0
    tally.failed.setdefault(item, []).append(score or 0.0)
    if limit is not None:
        tally.limits[limit if isinstance(limit, str) and limit.isidentifier() else "other"] += 1
    if score is None:
        tally.errors += 1
    else:
        tally.scored.setdefault(item, []).append(score)


def _value(score: Any, taken: "EvalScore") -> float | None:
    value = score.get("value") if isinstance(score, dict) else score
    if isinstance(value, dict):
        if taken.name not in value:
            raise ValueError(f"its score has no value {taken.name!r}")
        value = value[taken.name]
    if isinstance(value, str):
        text = value.strip()
        value = _LETTERS.get(text, _WORDS.get(text.lower(), text))
    if isinstance(value, str):
        try:
            value = float(value)
        except ValueError:
            raise ValueError(f"its score is {shown(value)}; expected a number or a mark") from None
    if isinstance(value, bool):
        value = float(value)
    return numeric({"score": value}, "score")
