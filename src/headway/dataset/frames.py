"""Data frames of any library as tables of a dataset."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

import narwhals as nw
import polars as pl

from headway.dataset.conversion import convert, listed
from headway.dataset.coverage import checked_coverage
from headway.dataset.duplicates import POLICIES, known_policy, settled
from headway.dataset.frame_shapes import (
    check_units,
    melted,
    refuse_wide,
    with_attributes,
    with_facts,
    without_signs,
)
from headway.dataset.problems import Given, Problems
from headway.dataset.rules import checked, complete
from headway.dataset.tables import EVIDENCE, TABLES
from headway.dataset.vintages import as_day
from headway.errors import DataError, UsageError, did_you_mean
from headway.sources import Duplicates

OWN_SOURCE = "data-frames"
MADE_OF_IDS = frozenset({"models", "benchmarks", "organisations"})
"""Tables that are made of the ids in use where they are not given."""
_NAMING = ("model", "benchmark", "item")
_MODEL = "model"


def tables_from_frames(
    frames: Mapping[str, Any],
    recorded_on: date | str | None = None,
    covers_until: date | str | None = None,
    *,
    wide: Any = None,
    duplicates: Duplicates = "error",
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
    wide
        A frame with one row per model and one column per benchmark, in place of scores.
    duplicates
        Which of several scores for one key counts.

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
    known_policy(duplicates)
    notes: list[str] = []
    covered = None if covers_until is None else checked_coverage(as_day(covers_until), day)
    tables = {name: _standing(name, _polars(name, frame)) for name, frame in frames.items()}
    if wide is not None:
        tables = melted(_polars("wide", wide), tables, notes)
    refuse_wide(tables)
    if not set(EVIDENCE) & set(tables):
        raise UsageError(
            f"there is no evidence: none of the tables {', '.join(EVIDENCE)} is given",
            hint="give for example scores= with the columns model, benchmark and score",
        )
    tables = with_attributes(without_signs(with_facts(tables, notes)), notes)
    for name in POLICIES:
        if name in tables:
            _single(name, tables, duplicates, notes)
    if "scores" in tables:
        _scaled(tables, notes)
    for name in sorted(MADE_OF_IDS):
        _complete(name, tables, notes)
    defaults: dict[str, dict[str, object]] = {
        name: {"recorded_on": day} | ({} if name == "sources" else {"source": OWN_SOURCE})
        for name in tables
    }
    unsourced = [name for name in tables if "source" not in tables[name].columns]
    _sources(tables, unsourced, notes)
    defaults["sources"] = {"recorded_on": day}
    problems = Problems()
    given = {name: _given(name, tables[name]) for name in TABLES if name in tables}
    sound = checked(given, problems, also_defaults=defaults)
    held = [name for name, frame in sound.items() if frame.height]
    complete(given, held, problems, named=MADE_OF_IDS - set(frames))
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
    if name not in TABLES and name != "wide":
        raise UsageError(
            f"there is no table {name!r}{did_you_mean(name, list(TABLES))}",
            hint=f"the tables are: {', '.join(TABLES)}",
        )
    try:
        eager = nw.from_native(_with_index(name, frame), eager_only=True)
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


def _with_index(name: str, frame: Any) -> Any:
    """A pandas frame with the levels of its index that have a name as columns.

    An index of texts without a name holds the models of a wide frame that has no such column.
    """
    index: Any = nw.maybe_get_index(nw.from_native(frame, eager_only=True))
    names = list(getattr(index, "names", ()))
    named = [one for one in names if one is not None]
    unnamed = name == "wide" and names == [None] and _MODEL not in frame.columns
    if unnamed and index is not None:
        told = len(frame) and all(isinstance(value, str) for value in index)
        return frame.rename_axis(_MODEL).reset_index() if told else frame
    if not named or set(named) & set(frame.columns):
        return frame
    return frame.reset_index()


def _standing(name: str, frame: pl.DataFrame) -> pl.DataFrame:
    """Drop the revisions of a current view: what they corrected is not in it."""
    key = list(TABLES[name].key)
    if "revision" not in frame.columns or not set(key) <= set(frame.columns):
        return frame
    if frame.select(key).is_duplicated().any():
        return frame
    return frame.drop("revision", "reason", strict=False)


def _scaled(tables: dict[str, pl.DataFrame], notes: list[str]) -> None:
    """Say whether scores are raw or normalised, benchmark by benchmark, where nobody does.

    A benchmark with a ceiling has raw scores. Where no ceiling is known, scores between 0 and 1
    are taken as normalised, with a note; others are an error.
    """
    scores = tables["scores"]
    if not {"score", "benchmark"} <= set(scores.columns):
        tables["scores"] = scores.with_columns(scale=pl.lit("raw"))
        return
    values, _ = convert(scores["score"], TABLES["scores"].column("score"))
    name = scores["benchmark"].cast(pl.String)
    seen = pl.DataFrame({"benchmark": name, "score": values})
    bounds = _ceilings(tables)
    if "scale" in scores.columns:
        _unbounded(seen.filter(scores["scale"].cast(pl.String) == "raw"), bounds, notes)
        return
    raw = name.is_in([one for one, ceiling in bounds.items() if ceiling is not None])
    loose = seen.filter(~raw.fill_null(value=False) & seen["score"].is_not_null())
    outside = loose.filter((pl.col("score") < 0) | (pl.col("score") > 1))
    if outside.height:
        told = loose["score"].to_list()
        low, high = min(told), max(told)
        names = outside["benchmark"].unique(maintain_order=True).to_list()
        raise DataError(
            f"scores run from {low:g} to {high:g}; without a column 'scale' and without a ceiling"
            " they must be normalised, so that 0 is chance and 1 is the best possible"
            f" (outside: {', '.join(map(repr, names[:8]))})",
            hint="divide percentages by 100, or give a table benchmarks with chance and ceiling,"
            " or columns of these names in scores",
        )
    if raw.all():
        notes.append("scores were taken as raw: the benchmarks name their ceilings")
    elif not raw.any():
        notes.append("scores were taken as normalised: 0 is chance and 1 is the best possible")
    else:
        notes.append(
            f"scores of {loose['benchmark'].n_unique()} benchmarks without a ceiling were taken as"
            " normalised: 0 is chance and 1 is the best possible"
        )
    check_units(tables)
    scale = pl.when(raw.fill_null(value=False)).then(pl.lit("raw")).otherwise(pl.lit("normalised"))
    tables["scores"] = scores.with_columns(scale.alias("scale"))
    if raw.any() and "chance" not in tables["benchmarks"].columns:
        tables["benchmarks"] = tables["benchmarks"].with_columns(
            chance=pl.when(pl.col("ceiling").is_not_null()).then(0.0)
        )
        notes.append("chance was taken as 0: the benchmarks do not name it")


def _ceilings(tables: Mapping[str, pl.DataFrame]) -> dict[str, float | None]:
    frame = tables.get("benchmarks")
    if frame is None or not {"benchmark", "ceiling"} <= set(frame.columns):
        return {}
    values, _ = convert(frame["ceiling"], TABLES["benchmarks"].column("ceiling"))
    return dict(zip(frame["benchmark"].cast(pl.String), values, strict=True))


def _unbounded(raw: pl.DataFrame, bounds: Mapping[str, float | None], notes: list[str]) -> None:
    lost = raw.filter(
        ~pl.col("benchmark").is_in([one for one, high in bounds.items() if high is not None])
    )
    if lost.is_empty():
        return
    names = ", ".join(map(repr, lost["benchmark"].unique(maintain_order=True)[:8]))
    if lost.filter((pl.col("score") < 0) | (pl.col("score") > 1)).height:
        raise DataError(
            f"raw scores of {names} have no ceiling, so no scale can use them",
            hint="give a table benchmarks with chance and ceiling",
        )
    notes.append(f"raw scores of {names} are used by no scale: their ceiling is not known")


def _single(
    name: str, tables: dict[str, pl.DataFrame], duplicates: Duplicates, notes: list[str]
) -> None:
    """Leave one row for each score or answer, by the policy."""
    rows, table = tables[name], TABLES[name]
    key = [part for part in table.key if part in rows.columns]
    needed = {"score", *(part for part in _NAMING if part in table.key)}
    if not needed <= set(rows.columns) or "revision" in rows.columns:
        return
    if not rows.select(pl.struct(key).is_duplicated().any()).item():
        return
    typed = {}
    for column in table.columns:
        if column.kind != "string" and column.name in rows.columns:
            typed[column.name], bad = convert(rows[column.name], column)
            if bad.any():
                return
    one = settled(
        rows.with_columns(series.alias(column) for column, series in typed.items()),
        table,
        duplicates,
        place=lambda row: f"{name} row {row} (counted from 0)",
        option="duplicates={}",
    )
    if one.reasons:
        raise DataError(
            f"{len(one.reasons)} {name} are not the only one of their "
            + ", ".join(part for part in table.key if part in (*_NAMING, "variant", "epoch")),
            details=list(dict.fromkeys(one.reasons))[:50],
            hint="a correction has a revision and a reason",
        )
    # Rows that repeat another are refused too, with their places, unless a policy is chosen.
    if one.kept is not None and duplicates != "error":
        tables[name] = one.frame
        notes += one.notes
        if one.repeated:
            notes.append(f"{name}: {one.repeated} rows that repeat another are left out")


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
