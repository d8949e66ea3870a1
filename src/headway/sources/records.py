"""Values of JSON records, and the evaluations made of them: one score with its answers.

The functions that read a value raise ``ValueError`` with the reason to refuse the record.
"""

import math
import re
import statistics
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Literal

import polars as pl

from headway.bounds import FIRST_DAY, LAST_DAY, NAME_LENGTH
from headway.errors import UsageError, did_you_mean
from headway.shortly import of_fields
from headway.sources import Parsed, Refused
from headway.text import fault_of_name, shown as escaped

__all__ = [
    "REPORTERS",
    "RESPONSES",
    "SCORES",
    "SOURCE",
    "Answers",
    "Evaluation",
    "Reporter",
    "cost",
    "error_kind",
    "evaluations",
    "moment",
    "must_be",
    "named",
    "numeric",
    "part",
    "share",
    "shown",
    "standard_error",
    "whole",
]

Reporter = Literal["independent", "benchmark", "developer", "competitor", "unknown"]
REPORTERS: tuple[Reporter, ...] = (
    "independent",
    "benchmark",
    "developer",
    "competitor",
    "unknown",
)
SOURCE: dict[str, pl.DataType] = {
    name: pl.String() for name in ("source", "title", "publisher", "url", "licence")
} | {"retrieved_on": pl.Date()}
SCORES: dict[str, pl.DataType] = {
    "source": pl.String(),
    "model": pl.String(),
    "model_name": pl.String(),
    "organisation": pl.String(),
    "variant": pl.String(),
    "version": pl.String(),
    "benchmark": pl.String(),
    "score": pl.Float64(),
    "scale": pl.String(),
    "stderr": pl.Float64(),
    "n": pl.Int64(),
    "reporter": pl.String(),
    "reported_in": pl.String(),
    "harness": pl.String(),
    "evaluated_on": pl.Date(),
    "cost_usd": pl.Decimal(18, 9),
    "input_tokens": pl.Int64(),
    "output_tokens": pl.Int64(),
    "seconds": pl.Float64(),
}
RESPONSES: dict[str, pl.DataType] = {
    "source": pl.String(),
    "model": pl.String(),
    "variant": pl.String(),
    "benchmark": pl.String(),
    "item": pl.String(),
    "epoch": pl.Int64(),
    "score": pl.Float64(),
    "input_tokens": pl.Int64(),
    "output_tokens": pl.Int64(),
    "cost_usd": pl.Decimal(18, 9),
    "seconds": pl.Float64(),
    "error": pl.String(),
}
_OF_THE_RUN = ("source", "model", "variant", "benchmark")
_OF_THE_ANSWER = tuple(name for name in RESPONSES if name not in _OF_THE_RUN)
_MOST_COUNT = 2**62
_MOST_DOLLARS = 10**9
_MILLISECONDS_FROM = 10**11
_ERROR = re.compile(r"(?:[A-Za-z_]\w{0,60}\.)*([A-Za-z_]\w{0,60})(?:\(|:|$)", re.ASCII)
_ERROR_ENDS = ("error", "exception", "warning", "timeout", "exceeded", "refusal", "interrupt")


class Answers:
    """Single questions answered in one evaluation, collected column by column.

    Of two answers to one question and attempt that say otherwise neither is taken.
    """

    def __init__(self) -> None:
        self._columns: dict[str, list[Any]] = {name: [] for name in _OF_THE_ANSWER}
        self._rows: dict[tuple[str, int], int] = {}
        self._places: dict[int, tuple[int, str | None]] = {}
        self._withdrawn: dict[int, str] = {}

    def __len__(self) -> int:
        return len(self._columns["item"]) - len(self._withdrawn)

    def add(
        self,
        *,
        item: str,
        score: float,
        epoch: int = 1,
        input_tokens: int | None = None,
        output_tokens: int | None = None,
        cost_usd: Decimal | None = None,
        seconds: float | None = None,
        error: str | None = None,
        line: int = 0,
        file: str | None = None,
    ) -> None:
        """Add an answer; one that is there already is a ``ValueError``.

        Where it has another score, the one that is there is withdrawn as well.
        """
        first = self._rows.get((item, epoch))
        if first is not None:
            twice = f"item {shown(item)} is there twice with epoch {epoch}"
            known = self._columns["score"][first]
            if known != score:
                twice += f", with score {known:g} and with {score:g}; neither is taken"
                self._withdrawn.setdefault(first, twice)
            raise ValueError(twice)
        self._rows[item, epoch] = len(self._columns["item"])
        if line or file:
            self._places[self._rows[item, epoch]] = (line, file)
        row = (item, epoch, score, input_tokens, output_tokens, cost_usd, seconds, error)
        for column, value in zip(self._columns.values(), row, strict=True):
            column.append(value)

    def column(self, name: str) -> list[Any]:
        """Return one column."""
        values = self._columns[name]
        if not self._withdrawn:
            return values
        return [value for row, value in enumerate(values) if row not in self._withdrawn]

    def refused(self, file: str | None) -> tuple[Refused, ...]:
        """Return the answers that were withdrawn, because another one says otherwise."""
        places = {row: self._places.get(row, (0, file)) for row in self._withdrawn}
        return tuple(
            Refused(line=places[row][0], file=places[row][1] or file, reason=reason)
            for row, reason in self._withdrawn.items()
        )

    def frame(self, score: Mapping[str, Any]) -> pl.DataFrame:
        """Return the answers with the model, the variant and the benchmark of a score."""
        types = {name: RESPONSES[name] for name in _OF_THE_ANSWER}
        run = [pl.lit(score[name], dtype=pl.String).alias(name) for name in _OF_THE_RUN]
        columns = {name: self.column(name) for name in self._columns}
        return pl.DataFrame(columns, schema=types).with_columns(run).select(list(RESPONSES))


@dataclass(frozen=True, eq=False, kw_only=True, slots=True)
class Evaluation:
    """One model on one benchmark: the score, and the answers behind it where they are known.

    Parameters
    ----------
    score
        Columns of ``scores``; those left out are null.
    when
        Seconds since 1970 of the run; the later one of two equal runs is kept.
    line
        Where it stands in the file; 0 when it is the whole file.
    file
        The file.
    answers
        Single answers.
    reported
        Whether there is a score, or the answers alone.
    """

    score: Mapping[str, Any]
    when: float = 0.0
    line: int = 0
    file: str | None = None
    answers: Answers = field(default_factory=Answers)
    reported: bool = True

    __repr__ = of_fields

    @property
    def key(self) -> tuple[Any, ...]:
        """What two runs of the same thing share."""
        return tuple(self.score.get(name) for name in (*_OF_THE_RUN, "reporter"))


def evaluations(
    runs: Sequence[Evaluation],
    *,
    sources: Iterable[Mapping[str, Any]],
    read: int,
    refused: Iterable[Refused] = (),
    notes: Iterable[str] = (),
    highest: float | None = None,
) -> Parsed:
    """Put evaluations together; of several of the same thing only the latest is kept.

    Parameters
    ----------
    runs
        The evaluations, in order.
    sources
        Rows of the table ``sources``.
    read
        Input rows: scores and answers, converted or refused.
    refused
        Rows refused so far.
    notes
        Notes so far.
    highest
        The ceiling of every benchmark whose scores lie between 0 and it, where the source gives
        shares of it.

    Returns
    -------
    Parsed
        ``scores``, ``responses`` and ``sources``, and ``benchmarks`` with the ceiling. An
        evaluation that gives way is refused as one row; its answers are counted in a note and not
        in ``read``. Two different scores of one moment are both refused.
    """
    latest: dict[tuple[Any, ...], Evaluation] = {}
    for run in runs:
        known = latest.get(run.key)
        if known is None or run.when >= known.when:
            latest[run.key] = run
    # Of two different results of one moment neither is the later one.
    equal = {
        run.key: run
        for run in runs
        if run.when == latest[run.key].when and _differ(run, latest[run.key])
    }
    kept = [run for run in runs if latest[run.key] is run and run.key not in equal]
    given_way = [run for run in runs if latest[run.key] is not run or run.key in equal]
    left = sum(len(run.answers) - (not run.reported) for run in given_way)
    also = [f"{left} answers of earlier runs were left out with their scores"] if left else []
    names = dict.fromkeys(
        str(run.score["benchmark"]) for run in kept if run.reported and highest is not None
    )
    for run in kept:
        # A score beyond the ceiling says that the benchmark has another one, which is not known.
        if run.reported and not 0 <= run.score["score"] <= (highest or math.inf):
            names.pop(str(run.score["benchmark"]), None)
    bounds = pl.DataFrame({"benchmark": [*names], "ceiling": [highest] * len(names)})
    return Parsed(
        tables=({"benchmarks": bounds} if names else {})
        | {
            "sources": pl.DataFrame(list(sources), schema=SOURCE).unique(maintain_order=True),
            "scores": pl.DataFrame(
                [_row(run.score) for run in kept if run.reported], schema=SCORES
            ),
            "responses": pl.concat(
                [pl.DataFrame(schema=RESPONSES), *(run.answers.frame(run.score) for run in kept)]
            ),
        },
        read=read - left,
        refused=(
            *refused,
            *(row for run in kept for row in run.answers.refused(run.file)),
            *(
                _collided(run, equal[run.key] if run is latest[run.key] else latest[run.key])
                if run.key in equal and run.when == latest[run.key].when
                else _gave_way(run, latest[run.key])
                for run in given_way
            ),
        ),
        notes=tuple(dict.fromkeys((*notes, *also))),
    )


def _row(score: Mapping[str, Any]) -> dict[str, Any]:
    return {name: score.get(name) for name in SCORES}


def _differ(one: Evaluation, other: Evaluation) -> bool:
    return one.reported and other.reported and one.score.get("score") != other.score.get("score")


def _collided(run: Evaluation, other: Evaluation) -> Refused:
    where = (other.file or "the same file") + (f" line {other.line}" if other.line else "")
    return Refused(
        line=run.line,
        file=run.file,
        reason=(
            f"{run.score['model']} ({run.score['variant']}) on {run.score['benchmark']} is"
            f" {run.score.get('score'):.6g} here and {other.score.get('score'):.6g} in {where}, and"
            " nothing says which is the later or how they differ; neither is taken"
        ),
    )


def _gave_way(run: Evaluation, later: Evaluation) -> Refused:
    where = later.file or "the same file"
    return Refused(
        line=run.line,
        file=run.file,
        reason=(
            f"{run.score['model']} ({run.score['variant']}) on {run.score['benchmark']} is also in"
            f" {where}, and the later run counts"
        ),
    )


def part(record: Any, name: str) -> dict[str, Any]:
    """Return the object under a name, empty when there is none."""
    value = record.get(name) if isinstance(record, dict) else None
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise ValueError(f"{name!r} is {shown(value)}; expected an object")
    return value


def named(record: Mapping[str, Any], name: str, *, required: bool = False) -> str | None:
    """Return a text of one line, or None where there is none."""
    value = record.get(name)
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if isinstance(value, str):
        value = " ".join(value.split())
    if value is None or value == "":
        if required:
            raise ValueError(f"{name!r} is missing")
        return None
    if not isinstance(value, str):
        raise ValueError(
            f"{name!r} is {shown(value)}; expected a text of at most {NAME_LENGTH} characters"
        )
    if fault := fault_of_name(value):
        raise ValueError(
            f"{name!r} is {shown(value)}; expected a text of at most {NAME_LENGTH} characters that"
            f" can be seen, and it {fault}"
        )
    return value


def numeric(record: Mapping[str, Any], name: str, *, least: float | None = None) -> float | None:
    """Return a finite number, or None where there is none."""
    value = record.get(name)
    if value is None:
        return None
    good = isinstance(value, int | float) and not isinstance(value, bool)
    good = good and (isinstance(value, float) or abs(value) <= _MOST_COUNT * 2)
    if not good or not math.isfinite(value) or (least is not None and value < least):
        words = "a number" if least is None else f"a number of {least:g} or more"
        raise ValueError(f"{name!r} is {shown(value)}; expected {words}")
    return float(value)


def whole(record: Mapping[str, Any], name: str) -> int | None:
    """Return a whole number of 0 or more, or None where there is none."""
    value = numeric(record, name)
    if value is None:
        return None
    if not value.is_integer() or not 0 <= value <= _MOST_COUNT:
        raise ValueError(f"{name!r} is {shown(record[name])}; expected a whole number of 0 or more")
    return int(record[name])


def cost(record: Mapping[str, Any], name: str) -> Decimal | None:
    """Return an amount of dollars of 0 or more, rounded to 9 decimals, or None."""
    value = numeric(record, name, least=0)
    if value is None:
        return None
    if value >= _MOST_DOLLARS:
        raise ValueError(f"{name!r} is {shown(value)}; expected an amount in dollars")
    return Decimal(repr(value)).quantize(Decimal("1e-9"))


def moment(value: Any) -> tuple[float, date | None]:
    """Return a time as seconds since 1970 and as a day.

    Parameters
    ----------
    value
        A date or time in ISO form, or seconds or milliseconds since 1970, as number or text.

    Returns
    -------
    tuple
        Seconds and day in UTC; 0 and None when the value is no time.

    Examples
    --------
    >>> moment("2026-08-11T23:30:00-02:00")
    (1786498200.0, datetime.date(2026, 8, 12))
    >>> moment("1761000045.0")[1]
    datetime.date(2025, 10, 20)
    >>> moment("unknown")
    (0.0, None)
    """
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return 0.0, None
    try:
        if isinstance(value, str) and ("-" in value.strip()[1:] and "e-" not in value.lower()):
            when = datetime.fromisoformat(value.strip())
            when = when if when.tzinfo else when.replace(tzinfo=UTC)
        else:
            seconds = float(value)
            seconds = seconds / 1000 if seconds >= _MILLISECONDS_FROM else seconds
            if not seconds > 0:
                return 0.0, None
            when = datetime.fromtimestamp(seconds, tz=UTC)
        when = when.astimezone(UTC)
        if not FIRST_DAY <= when.date() <= LAST_DAY:
            return 0.0, None
        return when.timestamp(), when.date()
    except (ValueError, OverflowError, OSError):
        return 0.0, None


def share(record: Mapping[str, Any], name: str) -> float:
    """Return a number between 0 and 1; what a score is where no bounds are stated."""
    value = numeric(record, name)
    if value is None or not 0 <= value <= 1:
        raise ValueError(f"{name!r} is {shown(value)}; expected a share between 0 and 1")
    return value


def standard_error(items: Sequence[float]) -> float | None:
    """Return the standard error of the mean; None for fewer than two items."""
    return statistics.stdev(items) / math.sqrt(len(items)) if len(items) > 1 else None


def error_kind(message: Any) -> str | None:
    """Name the kind of an error, because its message may quote what the model was asked.

    Examples
    --------
    >>> error_kind("RuntimeError('the prompt')"), error_kind("the prompt"), error_kind(None)
    ('RuntimeError', 'error', None)
    """
    if message is None or message == "":
        return None
    match = _ERROR.match(message) if isinstance(message, str) else None
    if match is not None and match[1].lower().endswith(_ERROR_ENDS):
        return match[1]
    return "error"


def must_be(name: str, value: str, allowed: Sequence[str]) -> None:
    """Refuse an option that has another value than those allowed with a ``UsageError``."""
    if value not in allowed:
        raise UsageError(
            f"{name} is {value!r}{did_you_mean(str(value), allowed)}",
            hint=f"{name} is one of " + ", ".join(allowed),
        )


def shown(value: Any) -> str:
    """Return a value for a message, shortened."""
    if isinstance(value, dict | list):
        return "an object" if isinstance(value, dict) else "a list"
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) > 10**30:
        return "a number too large"
    return escaped(repr(value[:61]) if isinstance(value, str) else repr(value), most=60)
