"""Compact parts of answers, and how they are made."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from headway.draws import FloatArray
from headway.engines import Load
from headway.errors import DataError
from headway.shortly import of_fields

Taker = tuple[str, str]
"""Model and variant."""

DENSE = 0.6
SHOWN = 5


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

    __repr__ = of_fields

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
    sources
        The sources of the answers, where they are known.
    """

    takers: tuple[Taker, ...]
    loads: tuple[Load, ...]
    digest: str
    notes: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()

    __repr__ = of_fields


def place(row: Mapping[str, Any]) -> str:
    """Say where an answer stands."""
    return (
        f"model {row['model']!r}, variant {row['variant']!r}, benchmark {row['benchmark']!r}, "
        f"item {row['item']!r}, epoch {row['epoch']}"
    )


def part_of_rows(
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
        for i in repeated[:SHOWN]:
            model, variant = takers[int(taker[i])]
            row = names.row(int(j[i]), named=True)
            row |= {"model": model, "variant": variant, "epoch": int(epoch[i])}
            details.append(place(row))
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


def part_of_block(
    block: NDArray[Any], items: Sequence[str], models: Sequence[str], benchmark: str
) -> Part:
    """Make a dense part of a matrix of questions by takers."""
    whole = np.issubdtype(block.dtype, np.integer) or block.dtype == np.bool_
    gone = (block < 0) if whole else np.isnan(block)
    wrong = ~gone & ((block > 1) | (block < 0))
    if wrong.any():
        places = np.argwhere(wrong)[:SHOWN]
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
