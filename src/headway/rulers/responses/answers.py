"""From answers to single questions to compact parts that an item fit works on.

A *taker* is who answered: a model in one configuration. A *part* holds some questions with the
answers of all takers, in a byte or three per answer; parts are made of a table, of a matrix, or
read one by one from Parquet files, and an engine (:mod:`headway.engines`) keeps them.
"""

from collections.abc import Mapping, Sequence
from functools import partial
from hashlib import sha256
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray

from headway.dataset.coverage import sources_in
from headway.dataset.naming import resolve_each
from headway.errors import DataError, NotIdentified, UsageError
from headway.rulers.responses.parts import (
    SHOWN,
    Answers,
    Part,
    Taker,
    part_of_block,
    part_of_rows,
    place,
)

if TYPE_CHECKING:
    from pathlib import Path

    from headway.dataset import Dataset

__all__ = [
    "Answers",
    "Part",
    "Taker",
    "from_dataset",
    "from_frame",
    "from_matrix",
    "parts_from_parquet",
]

Variants = Literal["best", "default", "pooled", "separate"]
Errors = Literal["missing", "wrong"]

ANSWERS_PER_PART = 1_000_000
POOLED = ""
KEY = ("model", "variant", "benchmark", "item", "epoch")
NEEDED = ("model", "benchmark", "item", "score")


def from_dataset(
    data: "Dataset",
    *,
    benchmarks: Sequence[str] | None = None,
    variants: Variants = "best",
    errors: Errors = "missing",
    min_scores: int = 1,
) -> Answers:
    """Collect the answers of a dataset; see :func:`from_frame`.

    Raises
    ------
    NotIdentified
        When the dataset has no answers to single questions.
    UsageError
        When a benchmark is unknown.
    """
    if benchmarks is not None:
        benchmarks = resolve_each(data, "benchmark", benchmarks)
    if "responses" not in data.names or data.table("responses").is_empty():
        raise NotIdentified(
            "the dataset has no answers to single questions (table responses)",
            hint="import some, for example: headway import inspect LOGS --into FOLDER",
        )
    frame = data.table("responses")
    return from_frame(
        frame, benchmarks=benchmarks, variants=variants, errors=errors, min_scores=min_scores
    )


def from_frame(
    frame: pl.DataFrame,
    *,
    benchmarks: Sequence[str] | None = None,
    variants: Variants = "best",
    errors: Errors = "missing",
    min_scores: int = 1,
    answers_per_part: int = ANSWERS_PER_PART,
) -> Answers:
    """Collect the answers of a table.

    Parameters
    ----------
    frame
        Columns ``model``, ``benchmark``, ``item``, ``score`` and, if there are any, ``variant``
        (else ``default``), ``epoch`` (else 1) and ``error``.
    benchmarks
        Which to use; None for all.
    variants
        ``pooled`` takes the variants of a model as one taker, ``default`` only the variant of
        that name; ``best`` and ``separate`` keep every variant as a taker of its own.
    errors
        Whether an answer that failed by a technical ``error`` is missing or wrong (its score as
        it stands).
    min_scores
        Takers with fewer answers are left out.
    answers_per_part
        About how many answers a part gets.

    Raises
    ------
    DataError
        A score outside [0, 1] or none, or the same attempt twice; the details say where.
    NotIdentified
        When no answer is left.
    """
    frame, notes = _prepared(frame, benchmarks, variants, errors)
    check_scores(frame, "responses")
    frame, left_out = _often_enough(frame, variants, min_scores)
    notes += left_out
    if frame.is_empty():
        raise NotIdentified(
            "no answers to single questions are left",
            hint="choose other benchmarks, variants='best', errors='wrong', or a lower min_scores",
        )
    sources = sources_in(frame)
    frame = frame.drop("source", strict=False)
    takers = takers_of(frame, variants)
    names = frame.select("benchmark", "item").unique().sort("benchmark", "item").with_row_index("j")
    rows = coded(frame.lazy(), takers, names, variants).collect()
    counts = np.bincount(rows["j"].to_numpy(), minlength=len(names))
    ends = np.cumsum(counts)
    bounds = np.searchsorted(ends, np.arange(answers_per_part, ends[-1], answers_per_part)) + 1
    bounds = np.unique(np.concatenate([[0], bounds, [len(names)]]))
    rows = rows.sort("j", "taker", "epoch")
    where = np.concatenate([[0], ends])
    parts = []
    for first, last in pairwise(bounds):
        some_rows = rows.slice(int(where[first]), int(where[last] - where[first]))
        some = names.slice(int(first), int(last - first))
        parts.append(part_of_rows(some_rows, some, int(first), takers, "responses"))
    digest = sha256()
    for part in parts:
        _add_digest(digest, part)
    return Answers(
        takers=tuple(takers),
        loads=tuple(partial(_given, part) for part in parts),
        digest=digest.hexdigest(),
        notes=notes,
        sources=sources,
    )


def from_matrix(
    scores: NDArray[Any],
    models: Sequence[str],
    items: Sequence[str] | None = None,
    *,
    benchmark: str = "items",
    answers_per_part: int = ANSWERS_PER_PART,
) -> Answers:
    """Take a matrix of answers.

    Parameters
    ----------
    scores : (n_models, n_items)
        Scores in [0, 1]; missing is NaN, or a negative number in a matrix of whole numbers.
    models, items
        Names of rows and columns; items are numbered when None.

    Raises
    ------
    UsageError
        When the names do not fit the matrix.
    DataError
        When a score lies outside [0, 1]; the details say where.
    """
    scores = np.asarray(scores)
    if scores.ndim != 2 or 0 in scores.shape:
        raise UsageError(f"scores have the shape {scores.shape}; expected models by items")
    width = len(str(scores.shape[1]))
    items = [f"{j:0{width}d}" for j in range(scores.shape[1])] if items is None else list(items)
    if (len(models), len(items)) != scores.shape:
        raise UsageError(
            f"{len(models)} models and {len(items)} items do not fit scores of shape {scores.shape}"
        )
    for kind, names in (("models", models), ("items", items)):
        if len(set(names)) < len(names):
            raise DataError(f"the names of the {kind} are not distinct")
    order = np.argsort(np.asarray(models), kind="stable")
    step = max(1, answers_per_part // len(models))
    parts, digest = [], sha256()
    for first in range(0, len(items), step):
        some = items[first : first + step]
        block = np.ascontiguousarray(scores[order, first : first + step].T)
        parts.append(part_of_block(block, some, [models[i] for i in order], benchmark))
        _add_digest(digest, parts[-1])
    return Answers(
        takers=tuple((str(models[i]), "default") for i in order),
        loads=tuple(partial(_given, part) for part in parts),
        digest=digest.hexdigest(),
    )


def parts_from_parquet(paths: "str | Path | Sequence[str | Path]", **options: Any) -> Answers:
    """Make parts of Parquet files: :func:`headway.rulers.responses.reading.parts_from_parquet`."""
    from headway.rulers.responses import reading

    return reading.parts_from_parquet(paths, **options)


def _given(part: Part) -> Part:
    return part


def _add_digest(digest: Any, part: Part) -> None:
    digest.update("\n".join((*part.benchmarks, *part.items)).encode())
    for array in (part.benchmark, part.start, part.taker, part.code, part.trials, part.success):
        digest.update(np.ascontiguousarray(array))


def _prepared(
    frame: pl.DataFrame, benchmarks: Sequence[str] | None, variants: str, errors: str
) -> tuple[pl.DataFrame, tuple[str, ...]]:
    missing = [name for name in NEEDED if name not in frame.columns]
    if missing:
        raise DataError(
            f"responses lack the columns {', '.join(missing)}",
            hint=f"needed are {', '.join(NEEDED)}; variant, epoch and error may be there",
        )
    try:
        wanted = [*KEY, "score", "error", *(["source"] if "source" in frame.columns else [])]
        frame = with_optional(frame.lazy(), frame.columns).select(wanted).collect()
    except pl.exceptions.PolarsError as error:
        raise DataError(f"responses: {str(error).splitlines()[0]}") from None
    for name in KEY:
        if frame[name].null_count():
            raise DataError(f"responses: {frame[name].null_count()} rows have no {name}")
    notes = []
    if benchmarks is not None:
        frame = frame.filter(pl.col("benchmark").is_in(list(benchmarks)))
    if variants == "default":
        models = frame["model"].n_unique()
        frame = frame.filter(pl.col("variant") == "default")
        without = models - frame["model"].n_unique()
        if without:
            notes.append(f"{without} models without a variant called default are left out.")
    if errors == "missing":
        failed = int(frame["error"].is_not_null().sum())
        if failed:
            frame = frame.filter(pl.col("error").is_null())
            notes.append(f"{failed} answers that failed by a technical error count as missing.")
    if variants == "pooled":
        several = (
            frame.group_by("model").agg(pl.col("variant").n_unique()).filter(pl.col("variant") > 1)
        )
        if len(several):
            notes.append(f"{len(several)} models have several variants, pooled into one.")
    return frame.drop("error"), tuple(notes)


def with_optional(lazy: pl.LazyFrame, columns: Sequence[str]) -> pl.LazyFrame:
    """Add the optional columns of answers where they are not there."""
    defaults: Mapping[str, pl.Expr] = {
        "variant": pl.lit("default"),
        "epoch": pl.lit(1, dtype=pl.Int64),
        "error": pl.lit(None, dtype=pl.String),
    }
    added = {name: value for name, value in defaults.items() if name not in columns}
    return lazy.with_columns(**added).with_columns(
        pl.col("model", "variant", "benchmark", "item").cast(pl.String),
        pl.col("epoch").cast(pl.Int64),
        pl.col("score").cast(pl.Float64),
    )


def _often_enough(
    frame: pl.DataFrame, variants: str, least: int
) -> tuple[pl.DataFrame, tuple[str, ...]]:
    """Leave out takers with fewer answers than asked for."""
    if least <= 1:
        return frame, ()
    keys = ["model"] if variants == "pooled" else ["model", "variant"]
    few = frame.group_by(keys).len().filter(pl.col("len") < least)
    if few.is_empty():
        return frame, ()
    note = f"{len(few)} configurations with fewer than {least} answers are left out."
    return frame.join(few, on=keys, how="anti"), (note,)


def takers_of(frame: pl.DataFrame, variants: str) -> list[Taker]:
    """Return who answered, in order."""
    if variants == "pooled":
        return [(model, POOLED) for model in frame["model"].unique().sort()]
    return list(frame.select("model", "variant").unique().sort("model", "variant").iter_rows())


def coded(
    lazy: pl.LazyFrame, takers: Sequence[Taker], names: pl.DataFrame, variants: str
) -> pl.LazyFrame:
    """Replace names by numbers: columns j, taker, epoch, score (variant where pooled)."""
    who = pl.DataFrame(
        {
            "model": [model for model, _ in takers],
            "variant": [variant for _, variant in takers],
            "taker": np.arange(len(takers), dtype=np.uint32),
        }
    ).lazy()
    keys = ["model"] if variants == "pooled" else ["model", "variant"]
    columns = ["j", "taker", "epoch", "score"]
    if variants == "pooled":
        who = who.drop("variant")
        columns.append("variant")
    return (
        lazy.join(who, on=keys, how="inner")
        .join(names.lazy(), on=["benchmark", "item"], how="inner")
        .select(columns)
    )


def check_scores(frame: pl.DataFrame, where: str, many: int | None = None) -> None:
    """Raise :class:`DataError` for scores outside [0, 1], showing some of them."""
    wrong = frame.filter(~pl.col("score").is_between(0.0, 1.0).fill_null(False))
    if len(wrong):
        raise DataError(
            f"{where}: {many or len(wrong)} answers have no score from 0 to 1",
            details=[f"{place(row)}: score {row['score']}" for row in _first(wrong)],
            hint="1 is right, 0 is wrong, between is partial credit; divide points by their most",
        )


def _first(frame: pl.DataFrame) -> list[dict[str, Any]]:
    return frame.sort([name for name in KEY if name in frame.columns]).head(SHOWN).to_dicts()
