"""Any table with a small mapping: CSV, TSV, Parquet or a spreadsheet of one's own scores.

Which column is what stands in a TOML file (:mod:`headway.sources.table_mapping`), or is guessed
from the header. A table has one row per score, one row per answer to a question, or one row per
model and one column per benchmark. What a number means is in :mod:`headway.sources.table_units`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl

from headway.bounds import TOML_BYTES
from headway.errors import UsageError
from headway.progress import Progress
from headway.sources import DUPLICATES, Duplicates, Parsed, Refused, joined
from headway.sources.columns import LINE, Columns, check_columns, csv_frame, read_frame, read_frames
from headway.sources.files import read_text
from headway.sources.names import DEFAULT, slug
from headway.sources.numbers import absent
from headway.sources.records import must_be
from headway.sources.table_facts import (
    ATTRIBUTE,
    fixed_value,
    of_benchmarks,
    of_models,
    settled,
    take_fact,
)
from headway.sources.table_fields import (
    BENCHMARK_FIELDS,
    DAYS,
    MODEL_FIELDS,
    WORDS,
    Benchmark,
    TableMapping,
)
from headway.sources.table_guess import with_attributes, with_wide_columns
from headway.sources.table_mapping import as_toml, guess_mapping, mapping_of, parse_mapping
from headway.sources.table_units import take_scores
from headway.text import shown

__all__ = [
    "as_toml",
    "columns_of",
    "guess_mapping",
    "parse",
    "parse_frame",
    "parse_mapping",
    "read",
]

TITLE = "A table of one's own (CSV, TSV, Parquet, spreadsheet) with a mapping"
LICENCE: str | None = None

SCALES = ("raw", "normalised")

_COUNTS = ("n", "input_tokens", "output_tokens", "epoch", "n_items")
_BOUNDS = ("chance", "ceiling")
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
    **dict.fromkeys(DAYS, pl.Date()),
    **dict.fromkeys(_COUNTS, pl.Int64()),
    **dict.fromkeys(("score", "stderr", "seconds", "parameters"), pl.Float64()),
    "cost_usd": pl.Decimal(18, 9),
    "open_weights": pl.Boolean(),
}
_MAPPING = "write a TOML file that says which column is what, and give it as the mapping"
_RENAMED = (
    "name the columns model and, for one row per score, benchmark and score; or give one row per"
    " model and one column of numbers per benchmark"
)
_BENCHMARK = "\0benchmark"
_SCORE = "\0score"
# "none" is an effort.
_NO_VARIANT = ("", "nan", "n/a", "na", "null")


def read(
    paths: Sequence[Path],
    *,
    progress: Progress | None = None,
    mapping: Path | str | Mapping[str, Any] | TableMapping | None = None,
    duplicates: Duplicates = "error",
    ceiling: float | Mapping[str, float] | None = None,
    chance: float | Mapping[str, float] | None = None,
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
    duplicates
        Which of several scores of one model, variant and benchmark, or of several answers to one
        question, counts: ``error`` (none), ``best``, ``latest`` or ``mean``; see
        :mod:`headway.dataset.duplicates`.
    ceiling, chance
        The best possible score and that of guessing, of all benchmarks for which the table and
        the mapping state none, or by name.

    Returns
    -------
    Parsed
        ``scores`` or ``responses``, ``models``, ``benchmarks``, ``sources``, and ``attributes``
        of models where the table has some.

    Raises
    ------
    UsageError
        When no path is given, the mapping is wrong, or is needed and not given.
    DataError
        When a table cannot be read, or lacks a column of the mapping.
    """
    if not paths:
        raise UsageError("no path is given", hint="name a CSV, Parquet or spreadsheet file")
    must_be("duplicates", duplicates, DUPLICATES)
    if isinstance(mapping, (str, Path)):
        mapping = parse_mapping(read_text(Path(mapping), limit=TOML_BYTES), str(mapping))
    elif isinstance(mapping, Mapping):
        mapping = mapping_of(mapping)
    parts: list[Parsed] = []
    for done, path in enumerate(paths):
        if progress:
            progress.advance(done, len(paths))
        label = shown(str(path))
        sheet, delimiter = (mapping.sheet, mapping.delimiter) if mapping else (None, None)
        # Cells of a wide table are counted over the whole file, and so are the signs of scores.
        whole = mapping is None or mapping.rows == "scores"
        frames = (
            [read_frame(path, sheet=sheet, delimiter=delimiter)]
            if whole
            else read_frames(path, sheet=sheet, delimiter=delimiter)
        )
        for frame, refused in frames:
            found, notes = (mapping, []) if mapping else _guessed(frame, label)
            found = _bounded(found, ceiling, chance)
            part = _parsed(frame, refused, found, label)
            parts.append(replace(part, notes=(*notes, *part.notes)))
    return replace(settled(joined(parts)), duplicates=duplicates, policies=True)


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
    return settled(_parsed(frame, refused, mapping, file))


def parse_frame(
    frame: pl.DataFrame,
    file: str,
    *,
    mapping: TableMapping | None = None,
    benchmarks: Sequence[Benchmark] = (),
    duplicates: Duplicates = "error",
) -> Parsed:
    """Parse a data frame as a table; its rows are counted from 1.

    Parameters
    ----------
    frame
        Columns of any flat type.
    file
        What messages call it.
    mapping
        Which column is what; without, the header must leave nothing open.
    benchmarks
        What is known about benchmarks, where there is no mapping.
    duplicates
        See :func:`read`.

    Returns
    -------
    Parsed
        As :func:`read`.

    Raises
    ------
    UsageError
        When the header leaves something open.
    """
    numbered = frame.with_row_index(LINE, offset=1)
    found, notes = (mapping, []) if mapping else _guessed(numbered, file, benchmarks, _RENAMED)
    made = settled(_parsed(numbered, [], found, file))
    return replace(made, notes=(*notes, *made.notes), duplicates=duplicates, policies=True)


def _bounded(
    mapping: TableMapping,
    ceiling: float | Mapping[str, float] | None,
    chance: float | Mapping[str, float] | None,
) -> TableMapping:
    """Add bounds given as options to a mapping, where it states none."""
    fixed = dict(mapping.fixed)
    known = {one.name: one for one in mapping.benchmarks}
    for fact, value in (("ceiling", ceiling), ("chance", chance)):
        if value is None:
            continue
        given = value.values() if isinstance(value, Mapping) else [value]
        for one in given:
            if isinstance(one, bool) or not isinstance(one, (int, float)) or not abs(one) < 1e15:
                raise UsageError(
                    f"{fact} is {one!r}; expected a number",
                    hint=f"--option {fact}=100, or --option '{fact}={{\"NAME\" = 100}}'",
                )
        if not isinstance(value, Mapping):
            if fact not in mapping.columns:
                fixed.setdefault(fact, str(value))
            continue
        for name, one in value.items():
            before = known.get(name, Benchmark(name=name))
            if getattr(before, fact) is None:
                known[name] = (
                    replace(before, ceiling=float(one))
                    if fact == "ceiling"
                    else replace(before, chance=float(one))
                )
    return replace(mapping, fixed=fixed, benchmarks=tuple(known.values()))


def _guessed(
    frame: pl.DataFrame,
    file: str,
    benchmarks: Sequence[Benchmark] = (),
    way_out: str = _MAPPING,
) -> tuple[TableMapping, list[str]]:
    header = [name for name in frame.columns if name != LINE]
    named = replace(guess_mapping(header), benchmarks=tuple(benchmarks))
    mapping, notes = with_wide_columns(frame, named, file)
    if mapping.missing():
        raise UsageError(
            f"{file}: the header does not say which column is {' and '.join(mapping.missing())}",
            details=["the columns are " + ", ".join(map(repr, header[:30]))],
            hint=way_out,
        )
    mapping, more = with_attributes(frame, mapping, file)
    return mapping, [*notes, *more]


def _parsed(
    frame: pl.DataFrame, refused: Sequence[Refused], mapping: TableMapping, file: str
) -> Parsed:
    if mapping.missing():
        raise UsageError(f"the mapping does not say which column is {mapping.missing()[0]}")
    wide = mapping.wide
    used = (*mapping.columns.values(), *mapping.attributes.values())
    check_columns(frame, [*used, *(str(one.column) for one in wide)], file)
    rows = frame.height + len(refused)
    notes: list[str] = []
    empty = 0
    frame, blank = _filled(frame)
    if blank:
        notes.append(f"{file}: {blank} rows have no cell filled and are no scores")
    if wide:
        frame, empty = _long(frame, mapping)
        rows = frame.height + empty + len(refused) + blank
        if empty:
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
    models, attributes = of_models(made, mapping, source)
    places = made.select(pl.format("{} line {}", pl.lit(file), pl.col(LINE)))
    tables = {
        "sources": _sources(mapping, source, file),
        mapping.rows: table,
        "models": models,
        "benchmarks": of_benchmarks(made, mapping, source),
    }
    return Parsed(
        tables=tables | ({"attributes": attributes} if attributes.height else {}),
        read=rows,
        refused=tuple(sorted((*refused, *more), key=lambda one: one.line)),
        notes=tuple(notes),
        left_out=empty + blank,
        duplicates="error",
        assumed={"chance": 0.0},
        places={mapping.rows: places.to_series()},
    )


def _filled(frame: pl.DataFrame) -> tuple[pl.DataFrame, int]:
    """Drop the rows that have nothing in any cell, and count them."""
    cells = [name for name in frame.columns if name != LINE]
    empty = [
        pl.col(name).is_null()
        if frame.schema[name].is_nested()
        else pl.col(name).cast(pl.String).str.strip_chars().fill_null("") == ""
        for name in cells
    ]
    filled = frame.filter(~pl.all_horizontal(empty))
    return filled, frame.height - filled.height


def _long(frame: pl.DataFrame, mapping: TableMapping) -> tuple[pl.DataFrame, int]:
    """Make a row of each cell of a wide table, and count the empty ones."""
    names = {str(one.column): one.name for one in mapping.wide}
    used = {*mapping.columns.values(), *mapping.attributes.values()}
    kept = [name for name in frame.columns if name not in names or name in used]
    long = (
        frame.with_columns(pl.col(*names).cast(pl.String))
        .unpivot(list(names), index=kept, variable_name=_BENCHMARK, value_name=_SCORE)
        .with_columns(pl.col(_BENCHMARK).replace_strict(names, return_dtype=pl.String))
    )
    filled = long.filter(~absent(pl.col(_SCORE)))
    return filled.sort(LINE, maintain_order=True), long.height - filled.height


def _take(columns: Columns, mapping: TableMapping) -> None:
    placed, fixed = _placed(mapping), mapping.fixed
    scale = fixed.get("scale", "raw")
    if scale not in SCALES:
        raise UsageError(f"scale is {scale!r}; expected one of {', '.join(SCALES)}")
    raw = mapping.rows == "scores" and scale == "raw"
    if raw:
        of = placed.get("benchmark")
        name = columns.shown(of).str.strip_chars() if of else pl.lit(str(fixed["benchmark"]))
        take_scores(columns, mapping, placed, name)
    for field, column in placed.items():
        if field in ("score", "stderr", *_BOUNDS) and raw:
            continue
        if field == "score":
            columns.number(field, column, required=True, low=-1, high=1)
        elif field in ("stderr", "seconds"):
            columns.number(field, column, low=0)
        elif field in _BOUNDS:
            columns.number(field, column)
        elif field == "cost_usd":
            columns.amount(field, column)
        elif field == "reporter":
            columns.one_of(field, column, {word: word for word in WORDS[field]})
        elif field == "variant":
            cell = columns.shown(column).str.strip_chars()
            named = cell.is_not_null() & ~cell.str.to_lowercase().is_in(_NO_VARIANT)
            columns.expression(field, pl.when(named).then(cell).otherwise(pl.lit(DEFAULT)))
        elif field in (*MODEL_FIELDS, *BENCHMARK_FIELDS, *DAYS):
            take_fact(columns, field, column)
        elif field in _COUNTS:
            columns.whole(field, column)
        else:
            columns.text(field, column, required=field in ("model", "benchmark", "item"))
    for attribute, column in mapping.attributes.items():
        columns.text(f"{ATTRIBUTE}{attribute}", column)
    defaults = {"variant": DEFAULT, "reporter": "unknown", "scale": "raw"}
    for field, value in (defaults | dict(fixed)).items():
        if field not in placed and not (raw and field in _BOUNDS):
            kind = _TYPES.get(field, pl.Float64() if field in _BOUNDS else pl.String())
            columns.constant(field, fixed_value(field, str(value)), kind)


def _placed(mapping: TableMapping) -> dict[str, str]:
    wide = {"benchmark": _BENCHMARK, "score": _SCORE} if mapping.wide else {}
    return dict(mapping.columns) | wide


def _sources(mapping: TableMapping, source: str, file: str) -> pl.DataFrame:
    said = mapping.source
    title = said.get("title") or Path(file).name
    row = (source, title, said.get("publisher"), said.get("url"), said.get("licence"), None)
    names = ("source", "title", "publisher", "url", "licence")
    schema = dict.fromkeys(names, pl.String) | {"retrieved_on": pl.Date}
    return pl.DataFrame([row], schema=schema, orient="row")
