"""Epoch AI's own runs: the public list of runs, and the questions answered in each.

``benchmarks_runs_public_view.csv`` lists runs with their score; ``epoch_runs.csv`` lists runs with
accuracy, tokens and effort, and ``epoch_items.csv`` has one row per run and question.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from headway.sources import Parsed, Refused
from headway.sources.cells import (
    Row,
    between,
    count,
    day,
    each_row,
    filled,
    number,
    places_of,
    size,
)
from headway.sources.epoch_words import RUNS, sources
from headway.sources.files import csv_rows, csv_text
from headway.sources.names import DEFAULT, split_variant
from headway.sources.written_days import Days

__all__ = ["ITEMS", "LIST", "RUN_TABLE", "Run", "parse_items", "parse_list", "parse_runs"]

LIST = ("id", "task", "model", "Best score (across scorers)", "Scores", "started_at", "Status")
RUN_TABLE = ("run_id", "task", "model", "created", "scorer", "accuracy", "stderr", "n_samples")
ITEMS = ("task", "model", "run_id", "sample_id", "scorer", "n_epochs", "n_correct")
HARNESS = "Inspect AI"
REPORTED_IN = "Epoch evaluations"

SCORES = {
    "model": pl.String,
    "variant": pl.String,
    "version": pl.String,
    "benchmark": pl.String,
    "score": pl.Float64,
    "scale": pl.String,
    "stderr": pl.Float64,
    "n": pl.Int64,
    "reporter": pl.String,
    "reported_in": pl.String,
    "harness": pl.String,
    "evaluated_on": pl.Date,
    "input_tokens": pl.Int64,
    "output_tokens": pl.Int64,
    "source": pl.String,
}
RESPONSES = {
    "model": pl.String,
    "variant": pl.String,
    "benchmark": pl.String,
    "item": pl.String,
    "epoch": pl.Int64,
    "score": pl.Float64,
    "output_tokens": pl.Int64,
    "run": pl.String,
    "attempts": pl.Int64,
    "unanswered": pl.Int64,
    "source": pl.String,
}
_SCORE = re.compile(r"[\w.-]+:(?P<score>\d+(?:\.\d+)?)±(?P<error>\d+(?:\.\d+)?)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One run of ``epoch_runs.csv``.

    Parameters
    ----------
    scorer
        The scorer of the run's accuracy.
    model, variant, benchmark
        What ran on what.
    created
        When it began.
    accuracy
        The run's own accuracy, for comparison.
    """

    scorer: str
    model: str
    variant: str
    benchmark: str
    created: str
    accuracy: float


@dataclass(slots=True)
class _Items:
    rows: list[dict[str, Any]] = field(default_factory=list)
    seen: set[tuple[str, str]] = field(default_factory=set)
    others: int = 0


def parse_list(text: str | bytes, file: str = "benchmarks_runs_public_view.csv") -> Parsed:
    """Parse the public list of runs.

    Parameters
    ----------
    text
        The content of the file.
    file
        Its name, for messages.

    Returns
    -------
    Parsed
        ``scores``: the best score across scorers; with a standard error, to the two decimals that
        are printed, where the run had one scorer.

    Raises
    ------
    DataError
        When a column is missing, or the text is not CSV.
    """
    scores: list[dict[str, Any]] = []

    def take(row: Row) -> None:
        if row["Status"].strip() != "Success":
            raise ValueError(f"the status is {row['Status'].strip()!r}, not 'Success'")
        version = filled(row, "model")
        column = "Best score (across scorers)"
        model, variant = split_variant(version)
        scores.append(
            {
                "model": model,
                "variant": variant,
                "version": version,
                "benchmark": filled(row, "task"),
                "score": between(row | {column: row[column].replace(",", ".")}, column, 0, 1),
                "stderr": _printed_error(row["Scores"]),
                "evaluated_on": days.day(row, "started_at"),
                **_common(),
            }
        )

    rows = list(csv_rows(csv_text(text, file), required=LIST, file=file))
    # The list was exported in several languages.
    days = Days.of(row["started_at"] for _, row in rows if not isinstance(row, str))
    read, refused = each_row(rows, take, file)
    tables = {"sources": sources(RUNS), "scores": pl.DataFrame(scores, schema=SCORES)}
    places = {"scores": _places(file, rows, refused)}
    return Parsed(tables=tables, read=read, refused=refused, places=places)


def parse_runs(text: str | bytes, file: str = "epoch_runs.csv") -> tuple[Parsed, Mapping[str, Run]]:
    """Parse the list of runs with tokens and effort.

    Parameters
    ----------
    text
        The content of the file.
    file
        Its name, for messages.

    Returns
    -------
    tuple of Parsed and dict
        ``scores``, and the runs by id for :func:`parse_items`.

    Raises
    ------
    DataError
        When a column is missing, or the text is not CSV.
    """
    scores: list[dict[str, Any]] = []
    runs: dict[str, Run] = {}

    def take(row: Row) -> None:
        run = filled(row, "run_id")
        if run in runs:
            raise ValueError(f"the run {run!r} is there twice")
        version = filled(row, "model")
        model, variant = _configured(row, version, "reasoning_tokens_budget")
        accuracy = between(row, "accuracy", 0, 1)
        benchmark = filled(row, "task")
        score = {
            "model": model,
            "variant": variant,
            "version": version,
            "benchmark": benchmark,
            "score": accuracy,
            "stderr": None if not row["stderr"].strip() else between(row, "stderr", 0, 1),
            "n": count(row, "n_samples"),
            "evaluated_on": day(row, "created"),
            "input_tokens": count(row, "total_input_tokens") or None,
            "output_tokens": count(row, "total_output_tokens") or None,
            **_common(),
        }
        runs[run] = Run(
            scorer=row["scorer"].strip(),
            model=model,
            variant=variant,
            benchmark=benchmark,
            created=row["created"].strip(),
            accuracy=accuracy,
        )
        scores.append(score)

    optional = (
        "reasoning_effort",
        "reasoning_tokens_budget",
        "total_input_tokens",
        "total_output_tokens",
    )
    rows = list(csv_rows(csv_text(text, file), required=RUN_TABLE, optional=optional, file=file))
    read, refused = each_row(rows, take, file)
    tables = {"sources": sources(RUNS), "scores": pl.DataFrame(scores, schema=SCORES)}
    places = {"scores": _places(file, rows, refused)}
    return Parsed(tables=tables, read=read, refused=refused, places=places), runs


def _places(
    file: str, rows: Iterable[tuple[int, Row | str]], refused: Iterable[Refused]
) -> pl.Series:
    """Where the scores stand, of which there is one in each row that is not refused."""
    left = {one.line for one in refused}
    return places_of(file, (line for line, _ in rows if line not in left))


def parse_items(
    text: str | bytes, runs: Mapping[str, Run], file: str = "epoch_items.csv"
) -> Parsed:
    """Parse the questions of runs.

    Parameters
    ----------
    text
        The content of the file.
    runs
        The runs, as :func:`parse_runs` gives them.
    file
        Its name, for messages.

    Returns
    -------
    Parsed
        ``responses``: one row per run and question. The score is the share of the run's epochs
        that were right, an epoch without an answer being wrong; ``epoch`` counts the runs of one
        configuration in the order of time; ``output_tokens`` is the mean of the run's epochs.
        Rows of a second scorer of a run are counted in ``notes``.

    Raises
    ------
    DataError
        When a column is missing, or the text is not CSV.
    """
    found = _Items()
    order = _order(runs)

    def take(row: Row) -> None:
        name = filled(row, "run_id")
        if name not in runs:
            raise ValueError(f"the run {name!r} is not in the list of runs")
        run = runs[name]
        epochs, correct = count(row, "n_epochs"), number(row, "n_correct")
        if not epochs or correct is None or not 0 <= correct <= epochs:
            raise ValueError(
                f"columns 'n_correct' and 'n_epochs' are {row['n_correct']!r} and"
                f" {row['n_epochs']!r}; expected a number of epochs and how many were right"
            )
        item = filled(row, "sample_id")
        # A few rows count fewer than no tokens, which says that they are not known.
        tokens = number(row, "mean_output_tokens")
        if tokens is not None and tokens > 0:
            tokens = size(row, "mean_output_tokens")
        unanswered = count(row, "n_no_answer")
        if row["scorer"].strip() != run.scorer:
            found.others += 1
            return
        if (name, item) in found.seen:
            raise ValueError(f"the question {item!r} of the run {name!r} is there twice")
        found.seen.add((name, item))
        found.rows.append(
            {
                "model": run.model,
                "variant": run.variant,
                "benchmark": run.benchmark,
                "item": item,
                "epoch": order[name],
                "score": correct / epochs,
                "output_tokens": round(tokens) if tokens and tokens > 0 else None,
                "run": name,
                "attempts": epochs,
                "unanswered": unanswered,
                "source": RUNS,
            }
        )

    optional = ("mean_output_tokens", "n_no_answer")
    rows = csv_rows(csv_text(text, file), required=ITEMS, optional=optional, file=file)
    read, refused = each_row(rows, take, file)
    notes = (
        (f"{file}: {found.others} rows are of another scorer than that of the run's accuracy",)
        if found.others
        else ()
    )
    tables = {"sources": sources(RUNS), "responses": pl.DataFrame(found.rows, schema=RESPONSES)}
    return Parsed(tables=tables, read=read, refused=refused, notes=notes, left_out=found.others)


def _common() -> dict[str, str]:
    return {
        "scale": "raw",
        "reporter": "independent",
        "reported_in": REPORTED_IN,
        "harness": HARNESS,
        "source": RUNS,
    }


def _configured(row: Row, version: str, budget: str) -> tuple[str, str]:
    model, variant = split_variant(version)
    effort, tokens = row["reasoning_effort"].strip(), count(row, budget)
    if effort:
        return model, effort
    if tokens:
        return model, f"{tokens // 1000}K" if tokens >= 1000 else str(tokens)
    return model, variant or DEFAULT


def _order(runs: Mapping[str, Run]) -> dict[str, int]:
    order: dict[str, int] = {}
    counts: dict[tuple[str, str, str], int] = {}
    for name, run in sorted(runs.items(), key=lambda pair: (pair[1].created, pair[0])):
        key = (run.model, run.variant, run.benchmark)
        order[name] = counts[key] = counts.get(key, 0) + 1
    return order


def _printed_error(text: str) -> float | None:
    scores = [part for part in text.split(",") if part.strip()]
    match = _SCORE.fullmatch(scores[0].strip()) if len(scores) == 1 else None
    return float(match["error"]) if match and float(match["error"]) > 0 else None
