"""From answers to single questions to compact parts that an item fit works on.

A *taker* is who answered: a model in one configuration. A *part* holds some questions with the
answers of all takers, in a byte or three per answer; parts are made of a table, of a matrix, or
read one by one from Parquet files, and an engine (:mod:`headway.engines`) keeps them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray

from headway.draws import FloatArray
from headway.engines import Load
from headway.errors import DataError, NotIdentified, UsageError, did_you_mean

if TYPE_CHECKING:
    from headway.dataset import Dataset

__all__ = ["Answers", "Part", "Taker", "from_dataset", "from_frame", "from_matrix"]

Variants = Literal["best", "default", "pooled", "separate"]
Errors = Literal["missing", "wrong"]
Taker = tuple[str, str]

ANSWERS_PER_PART = 1_000_000
DENSE = 0.6
POOLED = ""
KEY = ("model", "variant", "benchmark", "item", "epoch")
NEEDED = ("model", "benchmark", "item", "score")
_SHOWN = 5


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class Part:
    """Some questions, with the answers of all takers.

    Parameters
    ----------
    benchmarks
        Identifiers of the benchmarks in this part.
    benchmark : int32 (n_items,)
        Index into them.
    items
        Identifiers of the questions within their benchmark.
    start : int64 (n_items + 1,)
        Where the answers to each question begin, and the number of answers.
    taker : uint16 or uint32 (n_answers,)
        Who answered; empty in the dense layout, where every taker has one code per question.
    code : uint8, uint16 or uint32
        Index into ``trials`` and ``success``; code 0 of the dense layout is a missing answer.
    trials, success : float64 (n_codes,)
        How often the question was put to the taker, and the sum of the scores.
    n_takers
        Number of takers of the whole problem.
    """

    benchmarks: tuple[str, ...]
    benchmark: NDArray[np.int32]
    items: tuple[str, ...]
    start: NDArray[np.int64]
    taker: NDArray[Any]
    code: NDArray[Any]
    trials: FloatArray
    success: FloatArray
    n_takers: int

    @property
    def answers(self) -> Any:
        """What the numerical loops take."""
        return self.start, self.taker, self.code, self.trials, self.success

    @property
    def nbytes(self) -> int:
        """Bytes of the arrays."""
        arrays = (self.start, self.taker, self.code, self.trials, self.success, self.benchmark)
        return int(sum(array.nbytes for array in arrays))


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class Answers:
    """All takers, and how to load each part.

    Parameters
    ----------
    takers
        Model and variant of each; the variant is empty where variants are pooled.
    loads
        One function per part that gives a :class:`Part`; they survive pickling.
    digest
        Changes when the answers do; a resume file is only used with the digest that it was made of.
    notes
        What was left out or merged, and why.
    """

    takers: tuple[Taker, ...]
    loads: tuple[Load, ...]
    digest: str
    notes: tuple[str, ...] = ()


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
    known = data.benchmarks["benchmark"].to_list()
    for name in benchmarks or ():
        if name not in known:
            raise UsageError(f"unknown benchmark {name!r}{did_you_mean(name, known)}")
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
        Takers that answered fewer questions are left out.
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
    _check_scores(frame, "responses")
    frame, left_out = _often_enough(frame, variants, min_scores)
    notes += left_out
    if frame.is_empty():
        raise NotIdentified(
            "no answers to single questions are left",
            hint="choose other benchmarks, variants='best', errors='wrong', or a lower min_scores",
        )
    takers = _takers(frame, variants)
    names = frame.select("benchmark", "item").unique().sort("benchmark", "item").with_row_index("j")
    coded = _coded(frame.lazy(), takers, names, variants).collect()
    counts = np.bincount(coded["j"].to_numpy(), minlength=len(names))
    ends = np.cumsum(counts)
    bounds = np.searchsorted(ends, np.arange(answers_per_part, ends[-1], answers_per_part)) + 1
    bounds = np.unique(np.concatenate([[0], bounds, [len(names)]]))
    coded = coded.sort("j", "taker", "epoch")
    where = np.concatenate([[0], ends])
    parts = []
    for first, last in pairwise(bounds):
        rows = coded.slice(int(where[first]), int(where[last] - where[first]))
        some = names.slice(int(first), int(last - first))
        parts.append(_part(rows, some, int(first), takers, "responses"))
    digest = sha256()
    for part in parts:
        _add_digest(digest, part)
    return Answers(
        takers=tuple(takers),
        loads=tuple(partial(_given, part) for part in parts),
        digest=digest.hexdigest(),
        notes=notes,
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
        parts.append(_block_part(block, some, [models[i] for i in order], benchmark))
        _add_digest(digest, parts[-1])
    return Answers(
        takers=tuple((str(models[i]), "default") for i in order),
        loads=tuple(partial(_given, part) for part in parts),
        digest=digest.hexdigest(),
    )


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
    lazy, notes = with_optional(frame.lazy(), frame.columns), []
    if benchmarks is not None:
        lazy = lazy.filter(pl.col("benchmark").is_in(list(benchmarks)))
    if errors == "missing":
        failed = lazy.filter(pl.col("error").is_not_null()).select(pl.len()).collect().item()
        if failed:
            lazy = lazy.filter(pl.col("error").is_null())
            notes.append(f"{failed} answers that failed by a technical error count as missing.")
    if variants == "default":
        models = lazy.select(pl.col("model").n_unique()).collect().item()
        lazy = lazy.filter(pl.col("variant") == "default")
        without = models - lazy.select(pl.col("model").n_unique()).collect().item()
        if without:
            notes.append(f"{without} models without a variant called default are left out.")
    frame = lazy.select(*KEY, "score").collect()
    if variants == "pooled":
        several = (
            frame.group_by("model").agg(pl.col("variant").n_unique()).filter(pl.col("variant") > 1)
        )
        if len(several):
            notes.append(f"{len(several)} models have several variants, pooled into one.")
    return frame, tuple(notes)


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
    """Leave out takers with fewer answered questions than asked for."""
    if least <= 1:
        return frame, ()
    keys = ["model"] if variants == "pooled" else ["model", "variant"]
    counts = frame.unique([*keys, "benchmark", "item"]).group_by(keys).len()
    few = counts.filter(pl.col("len") < least)
    if few.is_empty():
        return frame, ()
    note = f"{len(few)} configurations with fewer than {least} answered questions are left out."
    return frame.join(few, on=keys, how="anti"), (note,)


def _takers(frame: pl.DataFrame, variants: str) -> list[Taker]:
    if variants == "pooled":
        return [(model, POOLED) for model in frame["model"].unique().sort()]
    return list(frame.select("model", "variant").unique().sort("model", "variant").iter_rows())


def _coded(
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


def _check_scores(frame: pl.DataFrame, where: str) -> None:
    wrong = frame.filter(~pl.col("score").is_between(0.0, 1.0).fill_null(False))
    if len(wrong):
        raise DataError(
            f"{where}: {len(wrong)} answers have no score from 0 to 1",
            details=[f"{_place(row)}: score {row['score']}" for row in _first(wrong)],
            hint="1 is right, 0 is wrong, between is partial credit; divide points by their most",
        )


def _first(frame: pl.DataFrame) -> list[dict[str, Any]]:
    return frame.sort([name for name in KEY if name in frame.columns]).head(_SHOWN).to_dicts()


def _place(row: Mapping[str, Any]) -> str:
    return (
        f"model {row['model']!r}, variant {row['variant']!r}, benchmark {row['benchmark']!r}, "
        f"item {row['item']!r}, epoch {row['epoch']}"
    )


def _part(
    rows: pl.DataFrame, names: pl.DataFrame, first: int, takers: Sequence[Taker], where: str
) -> Part:
    """Make a part of coded answers that are sorted by question, taker and epoch."""
    j = rows["j"].to_numpy().astype(np.int64) - first
    taker = rows["taker"].to_numpy()
    epoch = rows["epoch"].to_numpy()
    n_takers = len(takers)
    cell = j * n_takers + taker
    same = (cell[1:] == cell[:-1]) & (epoch[1:] == epoch[:-1])
    if "variant" in rows.columns and same.any():
        twins = rows["variant"].to_numpy()
        order = np.lexsort((twins, epoch, cell))
        cell_, epoch_, twins = cell[order], epoch[order], twins[order]
        same = (cell_[1:] == cell_[:-1]) & (epoch_[1:] == epoch_[:-1]) & (twins[1:] == twins[:-1])
        repeated = order[1:][same]
    else:
        repeated = np.flatnonzero(same) + 1
    if len(repeated):
        details = []
        for i in repeated[:_SHOWN]:
            model, variant = takers[int(taker[i])]
            row = names.row(int(j[i]), named=True)
            row |= {"model": model, "variant": variant, "epoch": int(epoch[i])}
            details.append(_place(row))
        raise DataError(
            f"{where}: {len(repeated)} answers are there twice",
            details=details,
            hint="number repeated attempts at a question in the column epoch",
        )
    begins = np.flatnonzero(np.concatenate([[True], cell[1:] != cell[:-1]]))
    trials = np.diff(np.append(begins, len(cell)))
    success = np.add.reduceat(rows["score"].to_numpy(), begins)
    who, what = taker[begins], j[begins]
    code, table = _codes(trials, success)
    listed = names["benchmark"].unique().sort().to_list()
    n_items = len(names)
    start = np.concatenate([[0], np.cumsum(np.bincount(what, minlength=n_items))])
    if len(code) >= DENSE * n_items * n_takers:
        full = np.zeros(n_items * n_takers, dtype=np.int64)
        full[what * n_takers + who] = code + 1
        code, who = full, who[:0]
        table = np.vstack([[0.0, 0.0], table])
    return Part(
        benchmarks=tuple(listed),
        benchmark=np.searchsorted(listed, names["benchmark"].to_list()).astype(np.int32),
        items=tuple(names["item"]),
        start=start.astype(np.int64),
        taker=who.astype(_smallest(n_takers, least=np.uint16)),
        code=code.astype(_smallest(len(table))),
        trials=np.ascontiguousarray(table[:, 0]),
        success=np.ascontiguousarray(table[:, 1]),
        n_takers=n_takers,
    )


def _block_part(
    block: NDArray[Any], items: Sequence[str], models: Sequence[str], benchmark: str
) -> Part:
    """Make a dense part of a matrix of questions by takers."""
    whole = np.issubdtype(block.dtype, np.integer) or block.dtype == np.bool_
    gone = (block < 0) if whole else np.isnan(block)
    wrong = ~gone & ((block > 1) | (block < 0))
    if wrong.any():
        places = np.argwhere(wrong)[:_SHOWN]
        raise DataError(
            f"{int(wrong.sum())} scores lie outside [0, 1]",
            details=[f"model {models[m]!r}, item {items[j]!r}: {block[j, m]}" for j, m in places],
            hint="1 is right, 0 is wrong, between is partial credit; divide points by their most",
        )
    if whole:
        table = np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0]])
        code = np.where(gone, 0, block + 1).astype(np.uint8).ravel()
    else:
        values, inverse = np.unique(block[~gone], return_inverse=True)
        table = np.vstack([[0.0, 0.0], np.column_stack([np.ones(len(values)), values])])
        full = np.zeros(block.shape, dtype=_smallest(len(table)))
        full[~gone] = inverse + 1
        code = full.ravel()
    counts = (~gone).sum(axis=1)
    return Part(
        benchmarks=(benchmark,),
        benchmark=np.zeros(len(items), np.int32),
        items=tuple(items),
        start=np.concatenate([[0], np.cumsum(counts)]).astype(np.int64),
        taker=np.empty(0, np.uint16),
        code=code,
        trials=np.ascontiguousarray(table[:, 0]),
        success=np.ascontiguousarray(table[:, 1]),
        n_takers=len(models),
    )


def _codes(trials: NDArray[Any], success: FloatArray) -> tuple[NDArray[np.int64], FloatArray]:
    """Number the distinct pairs of trials and summed score."""
    whole = np.rint(success)
    most = int(trials.max())
    if most <= 1000 and np.array_equal(whole, success):
        key = trials.astype(np.int64) * (most + 1) + whole.astype(np.int64)
        there = np.flatnonzero(np.bincount(key))
        number = np.zeros(there[-1] + 1, dtype=np.int64)
        number[there] = np.arange(len(there))
        return number[key], np.column_stack([there // (most + 1), there % (most + 1)]).astype(float)
    sums, which = np.unique(success, return_inverse=True)
    key = trials.astype(np.int64) * len(sums) + which
    there, inverse = np.unique(key, return_inverse=True)
    table = np.column_stack([there // len(sums), sums[there % len(sums)]]).astype(np.float64)
    return inverse.astype(np.int64), table


def _smallest(n: int, least: Any = np.uint8) -> Any:
    for kind in (np.uint8, np.uint16):
        if n <= np.iinfo(kind).max + 1 and np.dtype(kind).itemsize >= np.dtype(least).itemsize:
            return kind
    return np.uint32
