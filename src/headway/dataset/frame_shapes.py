"""Data frames in the shapes that people have: wide ones, and facts in the columns of scores."""

from collections.abc import Mapping
from dataclasses import replace

import polars as pl

from headway.dataset.tables import TABLES
from headway.errors import DataError, UsageError, did_you_mean
from headway.sources.columns import LINE, Columns
from headway.sources.table import parse_frame
from headway.sources.table_fields import (
    BENCHMARK_FIELDS,
    MODEL_FIELDS,
    Benchmark,
    TableMapping,
    attribute_name,
)
from headway.sources.table_guess import guess_mapping, with_wide_columns
from headway.sources.table_units import take_scores

__all__ = ["check_units", "melted", "refuse_wide", "with_attributes", "with_facts", "without_signs"]

_RELEASED = ("listed_on", "announced_on", "available_on")
_MOST_NAMED = 8
_MOST_SHOWN = 50
_PERCENT = 100


def melted(
    wide: pl.DataFrame, tables: Mapping[str, pl.DataFrame], notes: list[str]
) -> dict[str, pl.DataFrame]:
    """Make scores of a frame with one row per model and one column per benchmark.

    Parameters
    ----------
    wide
        The frame; columns of numbers are benchmarks, columns that name facts about models are
        that, and other columns of text are attributes.
    tables
        The other frames; ceilings in ``benchmarks`` say what a percent sign means.
    notes
        Gets what was taken for what.

    Returns
    -------
    dict of str to polars.DataFrame
        The tables with those made of the frame.

    Raises
    ------
    DataError
        When a cell cannot be read.
    UsageError
        When scores are given as well, or there is no column of models or of numbers.
    """
    if "scores" in tables:
        raise UsageError("scores and wide are both given", hint="join them to one frame of scores")
    made = parse_frame(wide, "wide", benchmarks=_declared(tables))
    if made.refused:
        raise DataError(
            "the wide frame is not sound",
            details=[f"row {row.line}: {row.reason}" for row in made.refused[:_MOST_SHOWN]],
        )
    notes += made.notes
    scores = made.tables["scores"].drop("source", "scale", "organisation", "country", "released_on",
                                        strict=False)  # fmt: skip
    grown = dict(tables) | {"scores": scores}
    models = made.tables["models"].drop("source")
    benchmarks = made.tables["benchmarks"].drop("source")
    if "models" not in grown and len(models.columns) > 2:
        grown["models"] = _released(models)
    if "benchmarks" not in grown and benchmarks["ceiling"].count():
        known = [name for name in benchmarks.columns if benchmarks[name].count()]
        grown["benchmarks"] = benchmarks.select(known)
    if "attributes" not in grown and "attributes" in made.tables:
        grown["attributes"] = made.tables["attributes"].drop("source")
    return grown


def refuse_wide(tables: Mapping[str, pl.DataFrame]) -> None:
    """Point a frame with one column per benchmark, given as scores, to ``wide``.

    Raises
    ------
    UsageError
        Naming the columns that look like benchmarks.
    """
    scores = tables.get("scores")
    if scores is None or {"benchmark", "score"} & set(scores.columns):
        return
    guessed = guess_mapping(scores.columns)
    if "model" not in guessed.columns:
        guessed = replace(guessed, fixed={"model": ""})
    mapping, _ = with_wide_columns(scores, guessed, "scores")
    names = [str(one.column) for one in mapping.wide]
    if names:
        some = ", ".join(map(repr, names[:_MOST_NAMED]))
        more = f" and {len(names) - _MOST_NAMED} more" if len(names) > _MOST_NAMED else ""
        raise UsageError(
            "scores has neither a column 'benchmark' nor a column 'score', but columns of numbers:"
            f" {some}{more}",
            hint="a frame with one row per model and one column per benchmark is given as wide=,"
            " in place of scores=",
        )


def with_facts(tables: Mapping[str, pl.DataFrame], notes: list[str]) -> dict[str, pl.DataFrame]:
    """Move columns of scores that say something about models or benchmarks to their tables.

    Raises
    ------
    DataError
        When rows state two values for one model or benchmark.
    """
    grown = dict(tables)
    scores = grown.get("scores")
    if scores is None:
        return grown
    for table, key, fields in (
        ("models", "model", MODEL_FIELDS),
        ("benchmarks", "benchmark", BENCHMARK_FIELDS),
    ):
        own = TABLES["scores"].names
        found = [name for name in fields if name in scores.columns and name not in own]
        if not found or key not in scores.columns:
            continue
        facts = _one_each(scores.select(key, *found), key)
        scores = scores.drop(found)
        if table == "models":
            facts = _released(facts)
        known = grown.get(table)
        if known is not None:
            fresh = [name for name in facts.columns if name not in known.columns]
            facts = known.join(facts.select(key, *fresh), on=key, how="left", maintain_order="left")
        else:
            facts = facts.with_columns(name=pl.col(key).cast(pl.String))
        grown[table] = facts
        notes.append(f"{', '.join(found)} of {table} were taken from the columns of scores")
    grown["scores"] = scores
    return grown


def with_attributes(
    tables: Mapping[str, pl.DataFrame], notes: list[str]
) -> dict[str, pl.DataFrame]:
    """Take columns of models that the table does not have as free attributes of models."""
    models = tables.get("models")
    if models is None or "model" not in models.columns:
        return dict(tables)
    names = TABLES["models"].names
    free = [name for name in models.columns if name not in names and not did_you_mean(name, names)]
    if not free:
        return dict(tables)
    for name in free:
        attribute_name(name, "models")
    rows = (
        models.select(pl.col("model").cast(pl.String), pl.col(free).cast(pl.String))
        .unpivot(free, index="model", variable_name="attribute")
        .filter(pl.col("value").str.strip_chars() != "")
        .with_columns(pl.col("value").str.strip_chars())
    )
    before = tables.get("attributes")
    grown = dict(tables) | {"models": models.drop(free)}
    if rows.height:
        both = rows if before is None else pl.concat([before, rows], how="diagonal_relaxed")
        grown["attributes"] = both
    notes.append(f"attributes of models were taken from the columns {', '.join(free)} of models")
    return grown


def without_signs(tables: Mapping[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
    """Read scores that are text, with percent signs and separators, as numbers.

    Raises
    ------
    DataError
        When one can be read in two ways.
    """
    scores = tables.get("scores")
    needed = {"model", "benchmark", "score"}
    if scores is None or not needed <= set(scores.columns) or scores["score"].dtype != pl.String:
        return dict(tables)
    if "scale" in scores.columns:
        return dict(tables)
    mapping = TableMapping(
        columns={name: name for name in ("model", "benchmark", "score")},
        benchmarks=_declared(tables),
    )
    columns = Columns(scores.with_row_index(LINE, offset=0), "scores", decimal=None)
    take_scores(columns, mapping, mapping.columns, columns.shown("benchmark"))
    made, refused = columns.taken()
    if refused:
        raise DataError(
            "the scores cannot be read as numbers",
            details=[
                f"scores row {row.line} (counted from 0): {row.reason}"
                for row in refused[:_MOST_SHOWN]
            ],
        )
    return dict(tables) | {"scores": scores.with_columns(made["score"])}


def check_units(tables: Mapping[str, pl.DataFrame]) -> None:
    """Refuse scores between 0 and 1 of a benchmark whose ceiling is 100 and whose unit is not said.

    Raises
    ------
    DataError
        Naming the first of them.
    """
    scores = tables["scores"]
    if not scores.schema["score"].is_numeric():
        return
    for one in _declared(tables):
        if one.ceiling != _PERCENT or one.unit is not None:
            continue
        small = scores.filter(
            (pl.col("benchmark").cast(pl.String) == one.name)
            & (pl.col("score") > 0)
            & (pl.col("score") <= 1)
        )
        if small.height:
            raise DataError(
                f"{small.height} scores of {one.name!r} are 1 or less, such as"
                f" {small['score'][0]:g}, and its ceiling is 100: are they shares of 1?",
                hint="give all scores of a benchmark in one unit; a column unit of benchmarks"
                " with 'percent' says that they are percentages",
            )


def _declared(tables: Mapping[str, pl.DataFrame]) -> tuple[Benchmark, ...]:
    known = tables.get("benchmarks")
    if known is None or not {"benchmark", "ceiling"} <= set(known.columns):
        return ()
    rows = known.with_columns(pl.col("ceiling").cast(pl.Float64, strict=False)).to_dicts()
    return tuple(
        Benchmark(
            name=str(row["benchmark"]),
            ceiling=row["ceiling"],
            unit=None if row.get("unit") is None else str(row["unit"]),
        )
        for row in rows
        if row["ceiling"] is not None
    )


def _one_each(facts: pl.DataFrame, key: str) -> pl.DataFrame:
    by = facts.group_by(key, maintain_order=True)
    several = by.agg(pl.all().drop_nulls().n_unique())
    for name in facts.columns:
        if name == key:
            continue
        wrong = several.filter(pl.col(name) > 1)
        if wrong.height:
            of = wrong[key][0]
            told = facts.filter(pl.col(key) == of)[name].drop_nulls().unique(maintain_order=True)
            raise DataError(
                f"scores state {name} of {of!r} in {len(told)} ways: "
                + ", ".join(map(str, told[:5])),
                hint=f"state it once, in a frame {key}s",
            )
    return by.agg(pl.all().drop_nulls().first())


def _released(models: pl.DataFrame) -> pl.DataFrame:
    """Take the day of release as every day that is not stated apart."""
    if "released_on" in models.columns:
        models = models.rename({"released_on": "listed_on"})
    if "listed_on" not in models.columns:
        return models
    day = pl.col("listed_on")
    return models.with_columns(
        pl.coalesce(pl.col(name), day).alias(name) if name in models.columns else day.alias(name)
        for name in _RELEASED
    )
