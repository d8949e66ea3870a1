"""Raw scores in the unit of the dataset: shares or percentages of one ceiling, or a refusal.

A raw score is a number of the range between chance and ceiling. Where a source and the dataset
state ceilings that are 1 and 100, scores are multiplied; where nobody states one, or the stated
ones cannot be the same unit, the rows are refused: what they would mean is not known.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from headway.dataset.duplicates import settled
from headway.dataset.incoming import PLACE, Resolved
from headway.dataset.tables import TABLES
from headway.dataset.vintages import current
from headway.shortly import of_fields
from headway.sources import Duplicates, Refused

_PERCENT = 100.0
_MOST_NAMED = 8
_STATE = 'state it: [benchmarks."{name}"] ceiling = 1 in a mapping, or --option ceiling=1 (or 100)'


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class Units:
    """Scores in the unit of the dataset.

    Parameters
    ----------
    scores
        The rows that can be taken, or None where the source gave no scores.
    refused
        One refusal for each benchmark whose unit is not known.
    left_out
        How many rows these refusals are about.
    notes
        What was multiplied, and what is missing.
    """

    scores: pl.DataFrame | None = None
    refused: tuple[Refused, ...] = ()
    left_out: int = 0
    notes: tuple[str, ...] = ()

    __repr__ = of_fields


def told_in_the_unit_known(
    rows: Sequence[dict[str, Any]], benchmarks: pl.DataFrame, assumed: Mapping[str, float]
) -> list[str]:
    """Turn the bounds that a source states into the unit that the dataset has, in place.

    Parameters
    ----------
    rows
        What the source says about benchmarks, by id.
    benchmarks
        All rows of the dataset's table.
    assumed
        What is taken where a ceiling is known and neither source nor dataset state the column.

    Returns
    -------
    list of str
        Notes on what was assumed.
    """
    known = _ceilings(benchmarks)
    view = current(benchmarks, TABLES["benchmarks"])
    notes: list[str] = []
    for column, value in assumed.items():
        stated = dict(view.select("benchmark", column).iter_rows())
        some = [
            row
            for row in rows
            if row.get(column) is None
            and stated.get(row["benchmark"]) is None
            and (row.get("ceiling") or known.get(row["benchmark"])) is not None
        ]
        for row in some:
            row[column] = value
        if some:
            names = ", ".join(repr(row["benchmark"]) for row in some[:_MOST_NAMED])
            more = f" and {len(some) - _MOST_NAMED} more" if len(some) > _MOST_NAMED else ""
            notes.append(
                f"{column} was taken as {value:g}, because nobody states it, for {names}{more};"
                f' state it with [benchmarks."NAME"] {column} = ... or --option {column}=...'
            )
    for row in rows:
        ours, theirs = known.get(row["benchmark"]), row.get("ceiling")
        factor = _factor(ours, theirs)
        if factor is not None and factor != 1:
            row["ceiling"] = ours
            if row.get("chance") is not None:
                row["chance"] *= factor
    return notes


def in_the_unit_known(
    tables: Mapping[str, pl.DataFrame],
    benchmarks: pl.DataFrame,
    names: Resolved,
    duplicates: Duplicates | None = None,
) -> Units:
    """Turn percentages into shares, or back, where the dataset has the other unit.

    Parameters
    ----------
    tables
        What the source gave; its table ``benchmarks`` says the ceilings of its raw scores.
    benchmarks
        All rows of the dataset's table, with what the source told about new ones.
    names
        What the foreign names mean.
    duplicates
        Which of several scores for one key counts; rows that are refused for their unit say at
        once what else is wrong with them.

    Returns
    -------
    Units
        The scores. Refused are those of a benchmark without any ceiling; of one whose ceilings
        here and there are neither equal nor 1 and 100; and, where the source states none, those
        that may be shares where the dataset has percentages, or a mixture of both.
    """
    scores, told = tables.get("scores"), tables.get("benchmarks")
    if scores is None or not {"score", "benchmark"} <= set(scores.columns):
        return Units(scores=scores)
    theirs: dict[str, float | None] = {}
    if told is not None and "ceiling" in told.columns:
        theirs = dict(told.select("benchmark", "ceiling").iter_rows())
    known = _ceilings(benchmarks)
    view = current(benchmarks, TABLES["benchmarks"])
    chances = dict(view.select("benchmark", "chance").iter_rows())
    raw = pl.col("scale") == "raw" if "scale" in scores.columns else pl.lit(value=False)
    factors: dict[str, float] = {}
    doubted: dict[str, str] = {}
    notes: list[str] = []
    guessed: list[str] = []
    for foreign, low, high in _ranges(scores.filter(raw)):
        benchmark = names.ids["benchmark"].get(foreign)
        if benchmark is None:
            continue
        ours, their = known.get(benchmark), theirs.get(foreign)
        factor = _factor(ours, their)
        if ours is None:
            doubted[foreign] = "its ceiling is not known, so its raw scores mean nothing; " + (
                _STATE.format(name=foreign)
            )
        elif factor is None:
            doubted[foreign] = (
                f"its ceiling is {their:g} in the source and {ours:g} in the dataset, which are not"
                " one unit"
            )
        elif their is None and _doubtful(ours, low, high):
            if high <= 1:
                notes.append(
                    f"no raw score of {foreign!r} is above 1, and its ceiling here is {ours:g}:"
                    " are they shares of 1?"
                )
            doubted[foreign] = (
                f"no source says whether its scores ({low:g} to {high:g}) are shares of 1 or"
                f" percentages, and its ceiling here is {ours:g}; write them with a percent sign,"
                f" or {_STATE.format(name=foreign)}"
            )
        elif factor != 1:
            factors[foreign] = factor
            notes.append(f"raw scores of {foreign!r} were multiplied by {factor:g}")
        if ours is not None and chances.get(benchmark) is None:
            guessed.append(repr(foreign))
    if guessed:
        more = f" and {len(guessed) - _MOST_NAMED} more" if len(guessed) > _MOST_NAMED else ""
        notes.append(
            f"what guessing scores on {', '.join(guessed[:_MOST_NAMED])}{more} is not known, so no"
            " ruler uses these raw scores until a row of benchmarks states the chance"
        )
    lost = raw & pl.col("benchmark").is_in([*doubted])
    refused = tuple(_refusal(name, why, scores.filter(raw)) for name, why in doubted.items())
    doubtful = scores.filter(lost.fill_null(value=False))
    left_out = doubtful.height
    if duplicates is not None:
        refused += _repeated(doubtful, names, duplicates)
    if left_out:
        scores = scores.filter(~lost.fill_null(value=False))
    return Units(
        scores=_multiplied(scores, raw, factors),
        refused=refused,
        left_out=left_out,
        notes=tuple(notes),
    )


def _repeated(
    doubtful: pl.DataFrame, names: Resolved, duplicates: Duplicates
) -> tuple[Refused, ...]:
    ids = dict(names.ids["model"])
    known = doubtful.with_columns(
        pl.col("model").replace_strict(ids, default=None, return_dtype=pl.String)
    ).filter(pl.col("model").is_not_null())
    place = known[PLACE].__getitem__ if PLACE in known.columns else None
    one = settled(known.drop(PLACE, strict=False), TABLES["scores"], duplicates, place=place)
    return tuple(Refused(line=0, reason=reason) for reason in dict.fromkeys(one.reasons))


def _ceilings(benchmarks: pl.DataFrame) -> dict[str, float | None]:
    view = current(benchmarks, TABLES["benchmarks"])
    return dict(view.select("benchmark", "ceiling").iter_rows())


def _factor(ours: float | None, theirs: float | None) -> float | None:
    """Return what turns their scores into ours, or None when nothing does."""
    if ours is None or theirs is None:
        return 1.0
    for factor in (1.0, _PERCENT, 1 / _PERCENT):
        if math.isclose(ours, theirs * factor, rel_tol=1e-9):
            return factor
    return None


def _ranges(raw: pl.DataFrame) -> list[tuple[str, float, float]]:
    """Return each benchmark with the least score above 0 and the greatest."""
    value = pl.col("score").cast(pl.Float64, strict=False)
    found = (
        raw.filter(pl.col("benchmark").is_not_null())
        .group_by("benchmark")
        .agg(value.filter(value > 0).min().fill_null(0.0).alias("low"), value.max().alias("high"))
        .sort("benchmark")
    )
    return [(name, low, 0.0 if high is None else high) for name, low, high in found.iter_rows()]


def _doubtful(ours: float, low: float, high: float) -> bool:
    """Whether scores of unstated unit may be shares, percentages or both."""
    if ours == _PERCENT:
        return 0 < low <= 1
    return ours == 1 and low <= 1 < high <= _PERCENT


def _refusal(name: str, why: str, raw: pl.DataFrame) -> Refused:
    rows = raw.filter(pl.col("benchmark") == name)
    place = rows[PLACE][0] if PLACE in rows.columns else None
    words = "1 row" if rows.height == 1 else f"{rows.height} rows"
    where = f"; the first is {place}" if place else ""
    return Refused(line=0, reason=f"benchmark {name!r} ({words}{where}): {why}")


def _multiplied(scores: pl.DataFrame, raw: pl.Expr, factors: Mapping[str, float]) -> pl.DataFrame:
    if not factors:
        return scores
    factor = pl.col("benchmark").replace_strict(factors, default=1.0, return_dtype=pl.Float64)
    scaled = ["score", *(["stderr"] if "stderr" in scores.columns else [])]
    return scores.with_columns(
        pl.when(raw & (factor != 1)).then(pl.col(name) * factor).otherwise(pl.col(name))
        for name in scaled
    )
