"""Which column of a table is what, proposed from its header and its cells."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

import polars as pl

from headway.errors import UsageError
from headway.sources.columns import LINE
from headway.sources.numbers import absent, numbers_in
from headway.sources.table_fields import (
    FIELDS,
    Benchmark,
    Rows,
    TableMapping,
    attribute_name,
)

__all__ = ["guess_mapping", "with_attributes", "with_wide_columns"]

_SUMMARIES = (
    *("average", "avg", "mean", "overall", "total", "sum", "rank", "ranking", "place", "position"),
    *("id", "index", "year", "row", "number", "no", "nr", "#"),
    *("params", "params b", "parameters b", "active params", "active params b", "size", "size b"),
    *(
        "context",
        "context length",
        "elo",
        "rating",
        "votes",
        "license",
        "licence",
        "downloads",
        "likes",
        "stars",
    ),
)
_OF_ONE_SCORE = (
    *("stderr", "n", "cost_usd", "input_tokens", "output_tokens", "seconds"),
    *("domain", "item_access", "unit", "chance", "ceiling", "n_items"),
)
_UNNAMED = re.compile(r"column 1|Unnamed: 0|index|__index_level_0__|", re.IGNORECASE)
_MOST_NAMED = 12
_LONGEST_ATTRIBUTE = 120
_NAMES: Mapping[str, tuple[str, ...]] = {
    "model": ("model", "model name", "model version", "llm", "system", "name"),
    "benchmark": ("benchmark", "test", "task", "dataset", "eval", "evaluation"),
    "item": ("item", "question", "question id", "item id", "sample", "sample id", "problem"),
    "epoch": ("epoch", "attempt", "trial", "run", "repeat"),
    "score": ("score", "accuracy", "acc", "result", "correct", "pass rate", "mean score", "value"),
    "variant": ("variant", "effort", "reasoning effort", "mode", "thinking"),
    "version": ("version", "snapshot"),
    "stderr": ("stderr", "standard error", "se", "std err", "sem"),
    "n": ("n", "samples", "n samples", "num samples", "questions", "n questions"),
    "reporter": ("reporter", "reported by"),
    "reported_in": ("reported in", "source", "reference"),
    "harness": ("harness", "scaffold", "agent", "framework"),
    "evaluated_on": ("date", "evaluated on", "evaluation date", "date of evaluation", "run date"),
    "cost_usd": ("cost usd", "cost", "price", "total cost", "cost in usd"),
    "input_tokens": ("input tokens", "prompt tokens", "tokens in"),
    "output_tokens": ("output tokens", "completion tokens", "tokens out"),
    "seconds": ("seconds", "duration", "time", "time in seconds", "latency"),
    "organisation": (
        "organisation",
        "organization",
        "org",
        "creator",
        "developer",
        "company",
        "provider",
        "vendor",
        "maker",
    ),
    "country": ("country",),
    "released_on": (
        *("released on", "release date", "released", "model release date", "release"),
        *("date released", "date of release", "release day", "launch date", "published"),
    ),
    "announced_on": ("announced on", "announced"),
    "available_on": ("available on",),
    "weights_on": ("weights on", "weights date"),
    "open_weights": ("open weights",),
    "family": ("family", "model family"),
    "domain": ("domain",),
    "chance": ("chance", "chance level"),
    "ceiling": ("ceiling", "best possible"),
    "error": ("error", "failure"),
}


def guess_mapping(header: Sequence[str]) -> TableMapping:
    """Propose which column is what, from their names alone.

    Parameters
    ----------
    header
        The names of the columns.

    Returns
    -------
    TableMapping
        A proposal, to be confirmed by a person: ``missing`` says what could not be guessed. A
        table of single answers is recognised by a column of items; a table without a score is
        taken for a wide one only when somebody says so.

    Examples
    --------
    >>> guess_mapping(["Model", "Task", "Accuracy", "Std. err."]).columns
    {'model': 'Model', 'benchmark': 'Task', 'score': 'Accuracy', 'stderr': 'Std. err.'}
    """
    plain = {column: _plain(column) for column in header}
    found: dict[str, str] = {}
    taken: set[str] = set()
    for name in dict.fromkeys((*_NAMES, *FIELDS["scores"])):
        words = (*_NAMES.get(name, ()), name.replace("_", " "))
        near = [(words.index(text), column) for column, text in plain.items() if text in words]
        free = [(rank, column) for rank, column in near if column not in taken]
        if free:
            found[name] = min(free, key=lambda pair: pair[0])[1]
            taken.add(found[name])
    rows: Rows = "responses" if "item" in found else "scores"
    return TableMapping(
        rows=rows, columns={name: found[name] for name in FIELDS[rows] if name in found}
    )


def with_wide_columns(
    frame: pl.DataFrame, mapping: TableMapping, file: str
) -> tuple[TableMapping, list[str]]:
    """Take a table with one row per model and one column per benchmark for what it is.

    Parameters
    ----------
    frame
        Columns of text, as :func:`headway.sources.columns.read_frame` gives them.
    mapping
        What the header says.
    file
        Its name, for notes.

    Returns
    -------
    tuple of TableMapping and list of str
        The mapping, with the columns of numbers as benchmarks where the header names neither a
        benchmark nor a score, and notes on what was taken and what was not.
    """
    if (
        mapping.wide
        or mapping.rows != "scores"
        or {"benchmark", "score"}
        & {
            *mapping.columns,
            *mapping.fixed,
        }
    ):
        return mapping, []
    columns = dict(mapping.columns)
    first = next((name for name in frame.columns if name != LINE), None)
    if "model" not in {*columns, *mapping.fixed} and first and _UNNAMED.fullmatch(first):
        columns["model"] = first
    if "model" not in {*columns, *mapping.fixed}:
        return mapping, []
    left_out = [columns.pop(name) for name in _OF_ONE_SCORE if name in columns]
    taken = {*columns.values(), *mapping.attributes.values(), *left_out, LINE}
    free = [n for n in frame.columns if n not in taken and not frame.schema[n].is_nested()]
    numeric = [name for name in free if _mostly_numbers(frame[name])]
    left_out += [name for name in numeric if _plain(name) in _SUMMARIES]
    scored = [name for name in numeric if name not in left_out]
    if not scored:
        return mapping, []
    notes = [
        f"{file}: one row per model and one column per benchmark: {_some(scored)}"
        f" ({len(scored)} benchmarks)"
    ]
    if left_out:
        notes.append(f"{file}: columns that are no benchmarks are left out: {_some(left_out)}")
    declared = {one.name: one for one in mapping.benchmarks}
    wide = [replace(declared.pop(n, Benchmark(name=n)), column=n) for n in scored]
    return replace(mapping, columns=columns, benchmarks=(*wide, *declared.values())), notes


def with_attributes(
    frame: pl.DataFrame, mapping: TableMapping, file: str
) -> tuple[TableMapping, list[str]]:
    """Take the columns that nothing else is for as attributes of models.

    Parameters
    ----------
    frame, mapping, file
        As for :func:`with_wide_columns`.

    Returns
    -------
    tuple of TableMapping and list of str
        The mapping, with each column that has one value for each model; and notes on the columns
        that were taken and on those that were not.
    """
    model = mapping.columns.get("model")
    if mapping.rows != "scores" or model is None or frame.is_empty():
        return mapping, []
    used = {*mapping.columns.values(), *mapping.attributes.values(), LINE}
    used |= {one.column or "" for one in mapping.wide}
    found: dict[str, str] = {}
    other: list[str] = []
    for name in frame.columns:
        cell = pl.col(name).cast(pl.String)
        if (
            name in used
            or frame.schema[name].is_nested()
            or frame.select(absent(cell).all()).item()
        ):
            continue
        if mapping.wide and _mostly_numbers(frame[name]):
            continue
        try:
            attribute_name(name, file)
        except UsageError:
            other.append(name)
            continue
        known = frame.filter(~absent(cell)).select(pl.col(model).alias("model"), cell.alias("told"))
        each = known.group_by("model").agg(pl.col("told").n_unique())["told"]
        longest = known["told"].str.len_chars().max()
        short = isinstance(longest, int) and longest <= _LONGEST_ATTRIBUTE
        if each.max() == 1 and short:
            found[name] = name
        else:
            other.append(name)
    notes = []
    if found:
        example = next(iter(found))
        notes.append(
            f"{file}: attributes of models were taken from the columns {_some([*found])}; they make"
            f" groups such as {example}:VALUE"
        )
    if other:
        notes.append(f"{file}: the columns {_some(other)} are not used")
    return replace(mapping, attributes=dict(mapping.attributes) | found), notes


def _mostly_numbers(values: pl.Series) -> bool:
    """Whether at least half of the cells that are not empty are numbers."""
    if values.dtype == pl.Boolean:
        return False
    cell = pl.col("cell")
    read = numbers_in(cell, None)
    counts = (
        values.cast(pl.String)
        .alias("cell")
        .to_frame()
        .select(
            filled=(~read.empty).sum(),
            numbers=(read.value.is_not_null() | read.ambiguous).sum(),
        )
    )
    filled, numbers = counts.row(0)
    return bool(filled > 0 and 2 * numbers >= filled)


def _plain(name: str) -> str:
    return " ".join(re.findall(r"[a-z]+|\d+", name.lower())) or name.strip()


def _some(names: Sequence[str]) -> str:
    shown = ", ".join(repr(name) for name in names[:_MOST_NAMED])
    return shown + (f" and {len(names) - _MOST_NAMED} more" if len(names) > _MOST_NAMED else "")
