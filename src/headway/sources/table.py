"""Any table with a small mapping: CSV, TSV, Parquet or a spreadsheet of one's own scores.

Which column is what stands in a TOML file (:mod:`headway.sources.table_mapping`). A table has one
row per score, one row per answer to a question, or one column per benchmark.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from headway.errors import UsageError, did_you_mean
from headway.progress import Progress
from headway.sources import Parsed, Refused, joined
from headway.sources.columns import LINE, Columns, check_columns, csv_frame, read_frame, read_frames
from headway.sources.files import read_text
from headway.sources.names import DEFAULT, slug
from headway.sources.table_mapping import (
    TableMapping,
    as_toml,
    guess_mapping,
    mapping_of,
    parse_mapping,
)

__all__ = ["as_toml", "columns_of", "guess_mapping", "parse", "parse_mapping", "read"]

TITLE = "A table of one's own (CSV, TSV, Parquet, spreadsheet) with a mapping"
LICENCE: str | None = None

REPORTERS = {
    name: name for name in ("independent", "benchmark", "developer", "competitor", "unknown")
}
SCALES = ("raw", "normalised")

_DAYS = ("evaluated_on", "released_on")
_COUNTS = ("n", "input_tokens", "output_tokens", "epoch")
_OF_SCORES = (
    *("model", "variant", "version", "benchmark", "score", "scale", "stderr", "n", "reporter"),
    *("reported_in", "harness", "evaluated_on", "cost_usd", "input_tokens", "output_tokens"),
    *("seconds", "organisation", "country", "released_on", "source"),
)
_OF_RESPONSES = (
    *("model", "variant", "benchmark", "item", "epoch", "score", "input_tokens"),
    *("output_tokens", "cost_usd", "seconds", "error", "source"),
)
_TYPES: dict[str, pl.DataType] = {
    **dict.fromkeys(_DAYS, pl.Date()),
    **dict.fromkeys(_COUNTS, pl.Int64()),
    **dict.fromkeys(("score", "stderr", "seconds"), pl.Float64()),
    "cost_usd": pl.Decimal(18, 9),
}
_BENCHMARK = "\0benchmark"
_SCORE = "\0score"


def read(
    paths: Sequence[Path],
    *,
    progress: Progress | None = None,
    mapping: Path | str | Mapping[str, Any] | TableMapping | None = None,
) -> Parsed:
    """Read tables of one kind.

    Parameters
    ----------
    paths
        The tables: ``.csv``, ``.tsv``, ``.parquet``, ``.xlsx``, also ``.csv.gz``.
    progress
        Told which file is read.
    mapping
        Which column is what, the content of a TOML file that says so, or the path of one.
        Without, the header must leave nothing open.

    Returns
    -------
    Parsed
        ``scores`` or ``responses``, ``models``, ``benchmarks`` and ``sources``.

    Raises
    ------
    UsageError
        When no path is given, the mapping is wrong, or is needed and not given.
    DataError
        When a table cannot be read, or lacks a column of the mapping.
    """
    if not paths:
        raise UsageError("no path is given", hint="name a CSV, Parquet or spreadsheet file")
    if isinstance(mapping, (str, Path)):
        mapping = parse_mapping(read_text(Path(mapping), limit=2**20), str(mapping))
    elif isinstance(mapping, Mapping):
        mapping = mapping_of(mapping)
    parts: list[Parsed] = []
    for done, path in enumerate(paths):
        if progress:
            progress.advance(done, len(paths))
        sheet, delimiter = (mapping.sheet, mapping.delimiter) if mapping else (None, None)
        # Cells of a wide table are counted over the whole file.
        whole = mapping is not None and bool(mapping.wide)
        frames = (
            [read_frame(path, sheet=sheet, delimiter=delimiter)]
            if whole
            else read_frames(path, sheet=sheet, delimiter=delimiter)
        )
        for frame, refused in frames:
            parts.append(_parsed(frame, refused, mapping or _guessed(frame, path), str(path)))
    made = joined(parts)
    return replace(made, tables=dict(made.tables) | {"models": _once(made.tables["models"])})


def columns_of(
    path: Path, *, sheet: str | None = None, delimiter: str | None = None
) -> tuple[str, ...]:
    """Return the names of the columns of a table, for :func:`guess_mapping`.

    Raises
    ------
    DataError
        When the table cannot be read.
    """
    frame, _ = read_frame(path, sheet=sheet, delimiter=delimiter)
    return tuple(name for name in frame.columns if name != LINE)


def parse(text: str | bytes, mapping: TableMapping, file: str = "table.csv") -> Parsed:
    """Parse a table in CSV.

    Parameters
    ----------
    text
        The content of the file.
    mapping
        Which column is what.
    file
        Its name, for messages.

    Returns
    -------
    Parsed
        As :func:`read`.

    Raises
    ------
    UsageError
        When the mapping lacks a field.
    DataError
        When the table cannot be read, or lacks a column of the mapping.
    """
    frame, refused = csv_frame(text, file, delimiter=mapping.delimiter or ",")
    return _parsed(frame, refused, mapping, file)


def _guessed(frame: pl.DataFrame, path: Path) -> TableMapping:
    header = [name for name in frame.columns if name != LINE]
    mapping = guess_mapping(header)
    if mapping.missing():
        raise UsageError(
            f"{path}: the header does not say which column is {' and '.join(mapping.missing())}",
            details=["the columns are " + ", ".join(map(repr, header[:30]))],
            hint="write a TOML file that says which column is what, and give it as the mapping",
        )
    return mapping


def _parsed(
    frame: pl.DataFrame, refused: Sequence[Refused], mapping: TableMapping, file: str
) -> Parsed:
    if mapping.missing():
        raise UsageError(f"the mapping does not say which column is {mapping.missing()[0]}")
    wide = mapping.wide
    check_columns(frame, [*mapping.columns.values(), *(str(one.column) for one in wide)], file)
    rows = frame.height + len(refused)
    notes: list[str] = []
    empty = 0
    if wide:
        frame, empty = _long(frame, mapping)
        rows = frame.height + empty + len(refused)
        notes.append(f"{file}: {empty} cells of {len(wide)} benchmarks are empty and no scores")
    if mapping.rows == "responses":
        right = _placed(mapping)["score"]
        words = {"true": "1", "false": "0"}
        if not frame.schema[right].is_numeric():
            said = pl.col(right).cast(pl.String).str.to_lowercase()
            frame = frame.with_columns(said.replace(words))
    columns = Columns(frame, file, decimal=mapping.decimal)
    _take(columns, mapping)
    made, more = columns.taken()
    source = mapping.source.get("id") or slug(Path(file).name.split(".", 1)[0]) or "table"
    made = made.with_columns(source=pl.lit(source))
    names = _OF_SCORES if mapping.rows == "scores" else _OF_RESPONSES
    table = made.select(name for name in names if name in made.columns)
    if mapping.rows == "responses":
        known = pl.col("epoch") if "epoch" in table.columns else pl.lit(None, pl.Int64)
        table = table.with_columns(epoch=known.fill_null(1))
    return Parsed(
        tables={
            "sources": _sources(mapping, source, file),
            mapping.rows: table,
            "models": _models(made, source),
            "benchmarks": _benchmarks(made, mapping, source),
        },
        read=rows,
        refused=tuple(sorted((*refused, *more), key=lambda one: one.line)),
        notes=tuple(notes),
        left_out=empty,
    )


def _long(frame: pl.DataFrame, mapping: TableMapping) -> tuple[pl.DataFrame, int]:
    """Make a row of each cell of a wide table, and count the empty ones."""
    names = {str(one.column): one.name for one in mapping.wide}
    kept = [name for name in frame.columns if name not in names or name in mapping.columns.values()]
    long = (
        frame.with_columns(pl.col(*names).cast(pl.String))
        .unpivot(list(names), index=kept, variable_name=_BENCHMARK, value_name=_SCORE)
        .with_columns(pl.col(_BENCHMARK).replace_strict(names, return_dtype=pl.String))
    )
    filled = long.filter(pl.col(_SCORE).str.strip_chars() != "")
    return filled.sort(LINE, maintain_order=True), long.height - filled.height


def _take(columns: Columns, mapping: TableMapping) -> None:
    placed, fixed = _placed(mapping), mapping.fixed
    scale = fixed.get("scale", "raw")
    if scale not in SCALES:
        raise UsageError(f"scale is {scale!r}; expected one of {', '.join(SCALES)}")
    for name, column in placed.items():
        if name == "score" and scale == "raw":
            columns.number(name, column, required=True)
            _refuse_beyond(columns, mapping, column)
        elif name == "score":
            columns.number(name, column, required=True, low=-1, high=1)
        elif name == "reporter":
            columns.one_of(name, column, REPORTERS)
        elif name in _DAYS:
            columns.day(name, column)
        elif name in _COUNTS:
            columns.whole(name, column)
        elif name in ("stderr", "seconds"):
            columns.number(name, column, low=0)
        elif name == "cost_usd":
            columns.amount(name, column)
        elif name == "variant":
            cell = columns.shown(column).str.strip_chars()
            filled = pl.when(cell != "").then(cell).otherwise(pl.lit(DEFAULT))
            columns.expression(name, filled)
        else:
            columns.text(name, column, required=name in ("model", "benchmark", "item"))
    defaults = {"variant": DEFAULT, "reporter": "unknown", "scale": "raw"}
    for name, value in (defaults | dict(fixed)).items():
        if name not in placed:
            columns.constant(name, _fixed(name, value), _TYPES.get(name, pl.String()))


def _placed(mapping: TableMapping) -> dict[str, str]:
    wide = {"benchmark": _BENCHMARK, "score": _SCORE} if mapping.wide else {}
    return dict(mapping.columns) | wide


def _refuse_beyond(columns: Columns, mapping: TableMapping, column: str) -> None:
    """Refuse scores above the ceiling of their benchmark."""
    ceilings = {one.name: one.ceiling for one in mapping.benchmarks if one.ceiling is not None}
    if not ceilings:
        return
    of = _placed(mapping).get("benchmark")
    name = columns.shown(of).str.strip_chars() if of else pl.lit(mapping.fixed["benchmark"])
    ceiling = name.replace_strict(ceilings, default=None, return_dtype=pl.Float64)
    value = columns.value("score")
    words = "a score of at most the ceiling of its benchmark"
    columns.refuse((value > ceiling).fill_null(False), column, words)


def _fixed(name: str, value: str) -> object:
    if name == "reporter" and value not in REPORTERS:
        raise UsageError(
            f"the fixed reporter is {value!r}{did_you_mean(value, [*REPORTERS])}",
            hint="expected one of " + ", ".join(REPORTERS),
        )
    if name not in _DAYS:
        return value
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise UsageError(
            f"the fixed {name} is {value!r}; expected a date such as 2026-08-11"
        ) from None


def _models(made: pl.DataFrame, source: str) -> pl.DataFrame:
    facts = [name for name in ("organisation", "country") if name in made.columns]
    released = [pl.col("released_on").alias("listed_on")] if "released_on" in made.columns else []
    return (
        made.select("model", *facts, *released)
        .pipe(_once)
        .with_columns(name=pl.col("model"), source=pl.lit(source))
    )


def _once(models: pl.DataFrame) -> pl.DataFrame:
    """Keep each model once, with the first of every fact that is known."""
    return models.group_by("model", maintain_order=True).agg(pl.all().drop_nulls().first())


def _benchmarks(made: pl.DataFrame, mapping: TableMapping, source: str) -> pl.DataFrame:
    declared = {one.name: one for one in mapping.benchmarks}
    rows = []
    for name in made["benchmark"].unique(maintain_order=True):
        one = declared.get(name)
        facts = (one.unit, one.chance, one.ceiling, one.n_items) if one else (None,) * 4
        rows.append((name, name, *facts, source))
    schema = {
        "benchmark": pl.String,
        "name": pl.String,
        "unit": pl.String,
        "chance": pl.Float64,
        "ceiling": pl.Float64,
        "n_items": pl.Int64,
        "source": pl.String,
    }
    return pl.DataFrame(rows, schema=schema, orient="row")


def _sources(mapping: TableMapping, source: str, file: str) -> pl.DataFrame:
    said = mapping.source
    title = said.get("title") or Path(file).name
    row = (source, title, said.get("publisher"), said.get("url"), said.get("licence"), None)
    names = ("source", "title", "publisher", "url", "licence")
    schema = dict.fromkeys(names, pl.String) | {"retrieved_on": pl.Date}
    return pl.DataFrame([row], schema=schema, orient="row")
