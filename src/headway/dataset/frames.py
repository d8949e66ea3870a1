"""Data frames of any library as tables of a dataset."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

import narwhals as nw
import polars as pl

from headway.dataset.conversion import convert, listed
from headway.dataset.coverage import checked_coverage
from headway.dataset.problems import Given, Problems
from headway.dataset.rules import checked, complete
from headway.dataset.tables import EVIDENCE, TABLES
from headway.dataset.vintages import as_day
from headway.errors import DataError, UsageError, did_you_mean

OWN_SOURCE = "data-frames"


def tables_from_frames(
    frames: Mapping[str, Any],
    recorded_on: date | str | None = None,
    covers_until: date | str | None = None,
) -> tuple[dict[str, pl.DataFrame], tuple[str, ...]]:
    """Check data frames and fill in what follows from them.

    Parameters
    ----------
    frames
        Data frames by table name; scores, responses, votes or ratings are needed.
    recorded_on
        Day of record for tables without that column; today (UTC) when None.
    covers_until
        Last day up to which sources that say none cover the field.

    Returns
    -------
    tuple
        All rows of each table, and notes on what was assumed.

    Raises
    ------
    DataError
        When a table is wrong.
    UsageError
        When a name is not that of a table, or a value is not a data frame.
    """
    day = datetime.now(tz=UTC).date() if recorded_on is None else as_day(recorded_on)
    covered = None if covers_until is None else checked_coverage(as_day(covers_until), day)
    tables = {name: _standing(name, _polars(name, frame)) for name, frame in frames.items()}
    if not set(EVIDENCE) & set(tables):
        raise UsageError(
            f"there is no evidence: none of the tables {', '.join(EVIDENCE)} is given",
            hint="give for example scores= with the columns model, benchmark and score",
        )
    notes: list[str] = []
    scale = _scale(tables, notes) if "scores" in tables else None
    for name in ("models", "benchmarks", "organisations"):
        _complete(name, tables, notes)
    defaults: dict[str, dict[str, object]] = {
        name: {"recorded_on": day} | ({} if name == "sources" else {"source": OWN_SOURCE})
        for name in tables
    }
    if scale is not None:
        defaults["scores"]["scale"] = scale
    unsourced = [name for name in tables if "source" not in tables[name].columns]
    _sources(tables, unsourced, notes)
    defaults["sources"] = {"recorded_on": day}
    problems = Problems()
    given = {name: _given(name, tables[name]) for name in TABLES if name in tables}
    sound = checked(given, problems, also_defaults=defaults)
    held = [name for name, frame in sound.items() if frame.height]
    complete(given, held, problems)
    problems.raise_if_any("the data frames are not sound")
    for name, table in TABLES.items():
        if table.always and name not in sound:
            sound[name] = table.empty()
    if covered is not None:
        sound["sources"] = sound["sources"].with_columns(
            pl.col("covers_until").fill_null(pl.lit(covered))
        )
    return sound, tuple(notes)


def _polars(name: str, frame: Any) -> pl.DataFrame:
    if name not in TABLES:
        raise UsageError(
            f"there is no table {name!r}{did_you_mean(name, list(TABLES))}",
            hint=f"the tables are: {', '.join(TABLES)}",
        )
    try:
        eager = nw.from_native(frame, eager_only=True)
    except TypeError:
        raise UsageError(
            f"{name} is of type {type(frame).__name__}; expected a data frame of pandas, Polars"
            " or PyArrow"
        ) from None
    try:
        made: pl.DataFrame = eager.to_polars()
    except ImportError as error:
        raise UsageError(
            f"{name} cannot be converted: {error}", hint="pip install 'headway[frames]'"
        ) from None
    except (TypeError, ValueError, pl.exceptions.PolarsError) as error:
        raise DataError(
            f"{name} cannot be converted: {error}",
            hint="a column may mix values of several types",
        ) from None
    return made


def _standing(name: str, frame: pl.DataFrame) -> pl.DataFrame:
    """Drop the revisions of a current view: what they corrected is not in it."""
    key = list(TABLES[name].key)
    if "revision" not in frame.columns or not set(key) <= set(frame.columns):
        return frame
    if frame.select(key).is_duplicated().any():
        return frame
    return frame.drop("revision", "reason", strict=False)


def _scale(tables: Mapping[str, pl.DataFrame], notes: list[str]) -> str:
    scores = tables["scores"]
    if "scale" in scores.columns or "score" not in scores.columns:
        return "raw"
    if "benchmarks" in tables and "ceiling" in tables["benchmarks"].columns:
        notes.append("scores were taken as raw: the benchmarks name their ceilings")
        return "raw"
    values, _ = convert(scores["score"], TABLES["scores"].column("score"))
    known = values.drop_nulls().to_list()
    if any(not -1 <= value <= 1 for value in known):
        raise DataError(
            f"scores run from {min(known):g} to {max(known):g}; without a column 'scale' they"
            " must be normalised, so that 0 is chance and 1 is the best possible",
            hint="divide percentages by 100, or give a column scale with 'raw' and a table"
            " benchmarks with chance and ceiling",
        )
    notes.append("scores were taken as normalised: 0 is chance and 1 is the best possible")
    return "normalised"


def _complete(name: str, tables: dict[str, pl.DataFrame], notes: list[str]) -> None:
    key = TABLES[name].key[0]
    if name in tables:
        columns = tables[name].columns
        if "name" not in columns and key in columns:
            tables[name] = tables[name].with_columns(pl.col(key).alias("name"))
        return
    ids = _ids_in_use(name, tables)
    if ids or (name in ("models", "benchmarks") and "scores" in tables):
        tables[name] = pl.DataFrame({key: ids, "name": ids}, schema_overrides={key: pl.String})
        notes.append(f"{len(ids)} {name} were made from the ids in use; nothing else is known")


def _sources(tables: dict[str, pl.DataFrame], unsourced: list[str], notes: list[str]) -> None:
    own = [OWN_SOURCE] if [name for name in unsourced if name != "sources"] else []
    if "sources" in tables:
        known = tables["sources"]["source"] if "source" in tables["sources"].columns else None
        missing = [] if known is None else [name for name in own if name not in known.to_list()]
    else:
        missing = sorted({*own, *_ids_in_use("sources", tables)})
        tables["sources"] = pl.DataFrame(schema={"source": pl.String})
        notes.append("the table sources was made from the ids in use")
    if missing:
        titles = ["Data frames given by the user" if s == OWN_SOURCE else s for s in missing]
        extra = pl.DataFrame({"source": missing, "title": titles})
        tables["sources"] = pl.concat([tables["sources"], extra], how="diagonal_relaxed")


def _ids_in_use(name: str, tables: Mapping[str, pl.DataFrame]) -> list[str]:
    found: set[str] = set()
    for other, frame in tables.items():
        for column in TABLES[other].columns:
            if column.references != name or column.name not in frame.columns:
                continue
            values, _ = convert(frame[column.name], column)
            if column.many:
                values = listed(values).explode()
            found.update(value for value in values.unique().drop_nulls() if value)
    return sorted(found)


def _given(name: str, frame: pl.DataFrame) -> Given:
    def place(rows: Sequence[int]) -> list[str]:
        return [f"{name} row {row} (counted from 0)" for row in rows]

    return Given(frame=frame, label=name, place=place)
