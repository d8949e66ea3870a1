"""METR's time horizons: the length of task, in minutes of a skilled human, that a model solves.

The YAML file of https://metr.org/time-horizons. Each horizon is an indicator of the model, dated by
the release of the model (``horizon_p50_minutes`` and ``horizon_p80_minutes``, with 95% intervals),
for it is a fitted time and no score; the mean success over the tasks is a score of the benchmark.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import polars as pl

from headway.bounds import FIRST_DAY, LAST_DAY, YAML_BYTES
from headway.errors import DataError, UsageError
from headway.foreign.yamltext import yaml_value
from headway.progress import Progress
from headway.sources import Parsed, Refused, joined
from headway.sources.files import csv_text, read_text
from headway.sources.names import DEFAULT
from headway.text import fault_of_name, shown

__all__ = ["parse", "read"]

TITLE = "METR: time horizons"
LICENCE: str | None = None

SOURCE = "metr-time-horizons"
BENCHMARK = "METR Time Horizons"
HORIZONS = {
    "p50_horizon_length": "horizon_p50_minutes",
    "p80_horizon_length": "horizon_p80_minutes",
}

_SCORES = {
    "model": pl.String,
    "version": pl.String,
    "variant": pl.String,
    "benchmark": pl.String,
    "score": pl.Float64,
    "scale": pl.String,
    "reporter": pl.String,
    "reported_in": pl.String,
    "released_on": pl.Date,
    "source": pl.String,
}
_INDICATORS = {
    "indicator": pl.String,
    "subject": pl.String,
    "date": pl.Date,
    "value": pl.Float64,
    "low": pl.Float64,
    "high": pl.Float64,
    "unit": pl.String,
    "source": pl.String,
}
_MODELS = {"model": pl.String, "name": pl.String, "listed_on": pl.Date, "source": pl.String}


def read(paths: Sequence[Path], *, progress: Progress | None = None) -> Parsed:
    """Read files of time horizons.

    Parameters
    ----------
    paths
        The YAML files.
    progress
        Told which file is read.

    Returns
    -------
    Parsed
        As :func:`parse`.

    Raises
    ------
    UsageError
        When no path is given.
    DataError
        When a file cannot be read, or is not one of time horizons.
    """
    if not paths:
        raise UsageError("no path is given", hint="name the YAML file of time horizons")
    parts: list[Parsed] = []
    for done, path in enumerate(paths):
        if progress:
            progress.advance(done, len(paths))
        parts.append(parse(read_text(path, limit=YAML_BYTES), str(path)))
    return joined(parts)


def parse(text: str | bytes, file: str = "time_horizons.yaml") -> Parsed:
    """Parse a file of time horizons.

    Parameters
    ----------
    text
        The content of the file.
    file
        Its name, for messages.

    Returns
    -------
    Parsed
        ``indicators``, ``scores`` and ``models``; a row of the input is a model.

    Raises
    ------
    DataError
        When the text is not YAML, or has no results.
    """
    whole = yaml_value(text, file)
    results = whole.get("results") if isinstance(whole, dict) else None
    if not isinstance(results, dict):
        raise DataError(f"{file}: there is no mapping 'results' of models; this is not the file")
    scores: list[dict[str, Any]] = []
    indicators: list[dict[str, Any]] = []
    models: list[dict[str, Any]] = []
    refused: list[Refused] = []
    lines = _lines(csv_text(text, file))
    for key, result in results.items():
        try:
            model, score, horizons = _model(key, result)
        except ValueError as error:
            reason = f"the model {shown(str(key), most=60)!r}: {error}"
            refused.append(Refused(line=lines.get(str(key), 0), reason=reason, file=file))
            continue
        models.append(model)
        scores.append(score)
        indicators += horizons
    others = sorted(shown(str(name), most=60) for name in whole if name != "results")
    notes = (f"{file}: not results of models, and left out: {', '.join(others)}",) if others else ()
    return Parsed(
        tables={
            "sources": _sources(),
            "models": pl.DataFrame(models, schema=_MODELS),
            "scores": pl.DataFrame(scores, schema=_SCORES),
            "indicators": pl.DataFrame(indicators, schema=_INDICATORS),
        },
        read=len(results),
        refused=tuple(refused),
        notes=notes,
    )


def _model(key: Any, result: Any) -> tuple[dict[str, Any], dict[str, Any], list[dict[str, Any]]]:
    if not isinstance(key, str) or not any(character.isalnum() for character in key):
        raise ValueError("expected a name")
    if fault := fault_of_name(key):
        raise ValueError(f"the name {fault}")
    released_on = _part(result, "release_date")
    if isinstance(released_on, datetime) or not isinstance(released_on, date):
        raise ValueError(f"release_date is {_shown(released_on)}; expected a date")
    if not FIRST_DAY <= released_on <= LAST_DAY:
        raise ValueError(
            f"release_date is {released_on}; expected a date between {FIRST_DAY} and {LAST_DAY}"
        )
    metrics = _part(result, "metrics")
    # Underscores separate words here, so that the max of gpt_5_1_codex_max is no effort.
    model = key.removesuffix("_inspect")
    score = _number(_part(_part(metrics, "average_score"), "estimate"), "average_score")
    if score is None or not 0 <= score <= 1:
        raise ValueError(f"average_score is {_shown(score)}; expected a number between 0 and 1")
    horizons: list[dict[str, Any]] = []
    for name, indicator in HORIZONS.items():
        found = _part(metrics, name)
        value, low, high = (
            _number(found.get(part) if isinstance(found, Mapping) else None, f"{name}.{part}")
            for part in ("estimate", "ci_low", "ci_high")
        )
        if value is None or value <= 0:
            raise ValueError(f"{name}.estimate is {_shown(value)}; expected minutes")
        horizons.append(
            {
                "indicator": indicator,
                "subject": model,
                "date": released_on,
                "value": value,
                "low": low,
                "high": high,
                "unit": "minutes",
                "source": SOURCE,
            }
        )
    reported_in = result.get("benchmark_name")
    return (
        {"model": model, "name": model, "listed_on": released_on, "source": SOURCE},
        {
            "model": model,
            "version": key,
            "variant": DEFAULT,
            "benchmark": BENCHMARK,
            "score": score,
            "scale": "raw",
            "reporter": "benchmark",
            "reported_in": reported_in if isinstance(reported_in, str) else None,
            "released_on": released_on,
            "source": SOURCE,
        },
        horizons,
    )


def _part(whole: Any, name: str) -> Any:
    if not isinstance(whole, Mapping) or name not in whole:
        raise ValueError(f"{name} is missing")
    return whole[name]


def _number(value: Any, name: str) -> float | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not abs(value) < 1e15:
        raise ValueError(f"{name} is {_shown(value)}; expected a number")
    return float(value)


def _shown(value: Any) -> str:
    # A whole number of many digits cannot even be written.
    if isinstance(value, int) and abs(value) >= 10**15:
        return "a huge number"
    return repr(value)[:60] if isinstance(value, (str, int, float, date)) else "no single value"


def _lines(text: str) -> dict[str, int]:
    return {
        one.strip().rstrip(":"): line
        for line, one in enumerate(text.split("\n"), start=1)
        if one.startswith("  ") and not one.startswith("   ") and one.rstrip().endswith(":")
    }


def _sources() -> pl.DataFrame:
    row = (
        SOURCE,
        "Time horizons of AI models",
        "METR",
        "https://metr.org/time-horizons",
        None,
        None,
    )
    names = ("source", "title", "publisher", "url", "licence")
    schema = dict.fromkeys(names, pl.String) | {"retrieved_on": pl.Date}
    return pl.DataFrame([row], schema=schema, orient="row")
