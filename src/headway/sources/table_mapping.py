"""Which column of somebody's table is what: a small TOML file, or a proposal from the header."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from headway.errors import DataError, UsageError, did_you_mean
from headway.foreign.tomltext import toml_value

__all__ = [
    "FIELDS",
    "Benchmark",
    "TableMapping",
    "as_toml",
    "guess_mapping",
    "mapping_of",
    "parse_mapping",
]

Rows = Literal["scores", "responses"]

SCORE_FIELDS = (
    "model",
    "benchmark",
    "score",
    "variant",
    "version",
    "stderr",
    "n",
    "reporter",
    "reported_in",
    "harness",
    "evaluated_on",
    "cost_usd",
    "input_tokens",
    "output_tokens",
    "seconds",
    "organisation",
    "country",
    "released_on",
)
RESPONSE_FIELDS = (
    "model",
    "benchmark",
    "item",
    "epoch",
    "score",
    "variant",
    "input_tokens",
    "output_tokens",
    "cost_usd",
    "seconds",
    "error",
)
FIELDS: Mapping[Rows, tuple[str, ...]] = {"scores": SCORE_FIELDS, "responses": RESPONSE_FIELDS}
FIXED = (
    "model",
    "benchmark",
    "variant",
    "reporter",
    "reported_in",
    "harness",
    "evaluated_on",
    "scale",
)
SOURCE_FIELDS = ("id", "title", "publisher", "url", "licence")
READING = ("sheet", "delimiter", "decimal")
FACTS = ("column", "unit", "chance", "ceiling", "n_items")

_WORDS: Mapping[str, tuple[str, ...]] = {
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
    "organisation": ("organisation", "organization", "developer", "company", "provider", "vendor"),
    "country": ("country",),
    "released_on": ("released on", "release date", "released"),
    "error": ("error", "failure"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Benchmark:
    """What is declared about a benchmark of the table.

    Parameters
    ----------
    name
        Its name.
    column
        The column of its scores, in a table with one column per benchmark.
    unit
        What a score measures.
    chance, ceiling
        The score of guessing and the best possible one, in the unit of the table.
    n_items
        Number of items.
    """

    name: str
    column: str | None = None
    unit: str | None = None
    chance: float | None = None
    ceiling: float | None = None
    n_items: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TableMapping:
    """Which column is what.

    Parameters
    ----------
    rows
        Whether a row is a score, or an answer to one question.
    columns
        The column of each field of ``FIELDS``.
    fixed
        The value of fields that no column has.
    benchmarks
        What is declared about benchmarks; with a ``column`` each, the table is a wide one.
    source
        ``id``, ``title``, ``publisher``, ``url``, ``licence`` of the table.
    sheet, delimiter, decimal
        The sheet of a spreadsheet, what separates cells, and the decimal separator.
    """

    rows: Rows = "scores"
    columns: Mapping[str, str] = field(default_factory=dict)
    fixed: Mapping[str, str] = field(default_factory=dict)
    benchmarks: tuple[Benchmark, ...] = ()
    source: Mapping[str, str] = field(default_factory=dict)
    sheet: str | None = None
    delimiter: str | None = None
    decimal: str = "."

    @property
    def wide(self) -> tuple[Benchmark, ...]:
        """The benchmarks that have a column of their own."""
        return tuple(one for one in self.benchmarks if one.column)

    def missing(self) -> tuple[str, ...]:
        """The fields without which the table cannot be read."""
        needed = ["model", *(["item"] if self.rows == "responses" else [])]
        if not self.wide:
            needed += ["benchmark", "score"]
        return tuple(name for name in needed if name not in {*self.columns, *self.fixed})


def parse_mapping(text: str, file: str = "mapping.toml") -> TableMapping:
    """Parse a mapping.

    Parameters
    ----------
    text
        The TOML text: ``rows``, ``sheet``, ``delimiter``, ``decimal``, and the tables
        ``[columns]``, ``[fixed]``, ``[source]`` and ``[benchmarks."NAME"]``.
    file
        Its name, for messages.

    Returns
    -------
    TableMapping
        The mapping.

    Raises
    ------
    UsageError
        When it is not TOML, is beyond the bounds, has an unknown key or a wrong value, or lacks a
        field.

    Examples
    --------
    >>> parse_mapping('''
    ... [columns]
    ... model = "System"
    ... score = "Solved"
    ... [fixed]
    ... benchmark = "Our test"
    ... ''').columns["score"]
    'Solved'
    """
    try:
        whole = toml_value(text, file)
    except DataError as error:
        raise UsageError(error.message, hint=error.hint) from None
    return mapping_of(whole, file)


def mapping_of(whole: Mapping[str, Any], file: str = "mapping") -> TableMapping:
    """Make a mapping of the keys and tables of its TOML file.

    Parameters
    ----------
    whole
        The content as :func:`parse_mapping` describes it.
    file
        What messages call it.

    Returns
    -------
    TableMapping
        The mapping.

    Raises
    ------
    UsageError
        When it has an unknown key or a wrong value, or lacks a field.
    """
    _known(whole, (*READING, "rows", "columns", "fixed", "source", "benchmarks"), file)
    rows = whole.get("rows", "scores")
    if rows not in ("scores", "responses"):
        raise UsageError(f"{file}: rows is {rows!r}; expected 'scores' or 'responses'")
    columns = _texts(whole, "columns", FIELDS[rows], file)
    fixed = _texts(whole, "fixed", FIXED, file)
    both = sorted(columns.keys() & fixed.keys())
    if both:
        raise UsageError(f"{file}: {both[0]!r} is both a column and fixed")
    reading = {name: whole[name] for name in READING if name in whole}
    for name, value in reading.items():
        single = name == "sheet" or (isinstance(value, str) and len(value) == 1)
        if not isinstance(value, str) or not single:
            raise UsageError(f"{file}: {name} is {value!r}; expected a text")
    mapping = TableMapping(
        rows=rows,
        columns=columns,
        fixed=fixed,
        benchmarks=_benchmarks(whole.get("benchmarks", {}), file),
        source=_texts(whole, "source", SOURCE_FIELDS, file),
        **reading,
    )
    if mapping.decimal not in ".,":
        raise UsageError(f"{file}: decimal is {mapping.decimal!r}; expected '.' or ','")
    if mapping.missing():
        raise UsageError(
            f"{file} does not say which column is {' and '.join(mapping.missing())}",
            hint="name the column under [columns], or a value for all rows under [fixed]",
        )
    return mapping


def _known(table: Mapping[str, Any], names: Sequence[str], where: str) -> None:
    for name in table:
        if name not in names:
            raise UsageError(
                f"{where}: there is no key {name!r}{did_you_mean(name, names)}",
                hint="the keys are " + ", ".join(names),
            )


def _texts(whole: Mapping[str, Any], name: str, names: Sequence[str], file: str) -> dict[str, str]:
    table = whole.get(name, {})
    if not isinstance(table, dict):
        raise UsageError(f"{file}: {name} is {table!r}; expected a table [{name}]")
    _known(table, names, f"{file}, [{name}]")
    for key, value in table.items():
        if not (isinstance(value, str) and value.strip()):
            raise UsageError(f"{file}, [{name}]: {key} is {value!r}; expected a text")
    return dict(table)


def _benchmarks(table: Any, file: str) -> tuple[Benchmark, ...]:
    if not isinstance(table, dict) or not all(isinstance(one, dict) for one in table.values()):
        raise UsageError(f'{file}: benchmarks is {table!r}; expected tables [benchmarks."NAME"]')
    made: list[Benchmark] = []
    for name, facts in table.items():
        where = f"{file}, [benchmarks.{name!r}]"
        _known(facts, FACTS, where)
        for key, value in facts.items():
            number = isinstance(value, (int, float)) and not isinstance(value, bool)
            right = isinstance(value, str) if key in ("column", "unit") else number
            if not right or (number and not abs(value) < 1e15):
                raise UsageError(f"{where}: {key} is {str(value)[:60]}; expected another kind")
        chance, ceiling = facts.get("chance"), facts.get("ceiling")
        if chance is not None and ceiling is not None and chance >= ceiling:
            raise UsageError(f"{where}: chance {chance} is not below the ceiling {ceiling}")
        made.append(Benchmark(name=name, **facts))
    return tuple(made)


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
    plain = {column: " ".join(re.findall(r"[a-z]+|\d+", column.lower())) for column in header}
    found: dict[str, str] = {}
    taken: set[str] = set()
    for name, words in _WORDS.items():
        near = [(words.index(text), column) for column, text in plain.items() if text in words]
        free = [(rank, column) for rank, column in near if column not in taken]
        if free:
            found[name] = min(free, key=lambda pair: pair[0])[1]
            taken.add(found[name])
    rows: Rows = "responses" if "item" in found else "scores"
    return TableMapping(
        rows=rows, columns={name: found[name] for name in FIELDS[rows] if name in found}
    )


def as_toml(mapping: TableMapping) -> str:
    """Write a mapping as the TOML text that :func:`parse_mapping` reads.

    Parameters
    ----------
    mapping
        The mapping.

    Returns
    -------
    str
        The text.
    """
    lines = [f'rows = "{mapping.rows}"']
    lines += [
        f"{name} = {_quoted(value)}"
        for name, value in (
            ("sheet", mapping.sheet),
            ("delimiter", mapping.delimiter),
            ("decimal", mapping.decimal if mapping.decimal != "." else None),
        )
        if value is not None
    ]
    for name, table in (
        ("columns", mapping.columns),
        ("fixed", mapping.fixed),
        ("source", mapping.source),
    ):
        if table:
            lines += ["", f"[{name}]", *(f"{key} = {_quoted(text)}" for key, text in table.items())]
    for one in mapping.benchmarks:
        lines += ["", f"[benchmarks.{_quoted(one.name)}]"]
        for key in FACTS:
            value = getattr(one, key)
            if value is not None:
                lines.append(f"{key} = {_quoted(value) if isinstance(value, str) else value}")
    return "\n".join([*lines, ""])


def _quoted(text: str) -> str:
    escaped = "".join(
        f"\\u{ord(one):04X}" if ord(one) < 32 or ord(one) == 127 else one
        for one in text.replace("\\", "\\\\").replace('"', '\\"')
    )
    return f'"{escaped}"'
