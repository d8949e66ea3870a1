"""What two vintages say of the same model and benchmark, whoever reported it."""

from collections.abc import Iterable, Mapping
from typing import Any

import polars as pl

from headway.dataset import TABLES, Dataset
from headway.dataset.matching import Kind
from headway.dataset.naming import find
from headway.dataset.tables import ALIASED
from headway.errors import UsageError

NOISE = 1e-9
SAME = 5e-4
"""Performances that differ by no more are one value: publishers round to three decimals or more."""
KEY = TABLES["scores"].key
CHANGES: Mapping[str, str] = {
    "revised": "another value by the same source and reporter",
    "changed": "another value, by another source or reporter or under another variant",
    "same_value": "the same value, by another source or reporter or under another variant",
    "new": "the first score of a model on a benchmark",
    "further": "one more report where there was one before",
    "gone": "no score of that model and benchmark is left",
    "fewer": "one report less where others are left",
}
_BEFORE = ("variant", "reporter", "source", "score", "performance")
_SCHEMA = {
    "change": pl.String,
    **dict.fromkeys(KEY, pl.String),
    **{f"{name}_before": pl.String for name in ("variant", "reporter", "source")},
    "score_before": pl.Float64,
    "score": pl.Float64,
    "performance_before": pl.Float64,
    "performance": pl.Float64,
    "moved": pl.Float64,
}
Row = dict[str, Any]


def renamed_ids(before: Dataset, after: Dataset, kind: Kind) -> dict[str, str]:
    """Return the ids of the earlier dataset that the later one has under another id.

    Two earlier ids never become one: neither is taken then.
    """
    table = ALIASED[kind]
    known = set(after.table(table)[kind])
    found: dict[str, str] = {}
    for one, name in before.table(table).select(kind, "name").iter_rows():
        if one in known:
            found[one] = one
            continue
        for called in dict.fromkeys(text for text in (one, name) if text):
            try:
                there = find(after, kind, called)
            except UsageError:
                continue
            if there is not None:
                found[one] = there
                break
    times: dict[str, int] = {}
    for there in found.values():
        times[there] = times.get(there, 0) + 1
    return {one: there for one, there in found.items() if one != there and times[there] == 1}


def score_changes(
    before: Dataset, after: Dataset, *, models: Mapping[str, str], benchmarks: Mapping[str, str]
) -> pl.DataFrame:
    """Return what became of the scores, one row for each that is not the same.

    Rows of one key are compared first. The others are paired within a model, variant and
    benchmark, then within a model and benchmark: equal values first, then the best with the
    best. What is left over is a further report where the other vintage has one, and new or gone
    where it has none.

    Parameters
    ----------
    before, after
        The vintages.
    models, benchmarks
        Other ids of the earlier one; see :func:`renamed_ids`.

    Returns
    -------
    polars.DataFrame
        ``change`` is a key of ``CHANGES``; the key of the later row (of the earlier one where it
        is gone); variant, reporter and source of the earlier row; scores and performances, and
        how far the performance ``moved``.
    """
    columns = [*KEY, "score", "scale", "performance"]
    old = before.normalised_scores().select(columns).with_columns(
        pl.col("model").replace(dict(models)), pl.col("benchmark").replace(dict(benchmarks))
    )  # fmt: skip
    new = after.normalised_scores().select(columns)
    both = new.join(old, on=KEY, how="inner", suffix="_before")
    rows = [
        _row("revised", one, {name: one[f"{name}_before"] for name in ("score", "performance")}
             | {name: one[name] for name in KEY})
        for one in both.iter_rows(named=True)
        if abs(one["score"] - one["score_before"]) > NOISE or one["scale"] != one["scale_before"]
    ]  # fmt: skip
    left = [_rows(one.join(other, on=KEY, how="anti")) for one, other in ((old, new), (new, old))]
    for cell in (("model", "variant", "benchmark"), ("model", "benchmark")):
        made, left = _paired(left[0], left[1], cell)
        rows += made
    cells = [set(one.select("model", "benchmark").iter_rows()) for one in (old, new)]
    for one in left[0]:
        there = (one["model"], one["benchmark"]) in cells[1]
        rows.append(_row("fewer" if there else "gone", None, one))
    for one in left[1]:
        there = (one["model"], one["benchmark"]) in cells[0]
        rows.append(_row("further" if there else "new", one, None))
    order = {change: place for place, change in enumerate(CHANGES)}
    rows.sort(
        key=lambda row: (
            order[row["change"]], -abs(row["moved"] or 0.0), *(str(row[name]) for name in KEY),
        )
    )  # fmt: skip
    return pl.DataFrame(rows, schema=_SCHEMA)


def counted(changes: pl.DataFrame) -> pl.DataFrame:
    """Return how many scores each change befell, with what it is in words; none are left out."""
    counts = dict(changes.group_by("change").len().iter_rows())
    return pl.DataFrame(
        [(change, int(counts.get(change, 0)), words) for change, words in CHANGES.items()],
        schema={"change": pl.String, "scores": pl.Int64, "meaning": pl.String},
        orient="row",
    )


def _rows(frame: pl.DataFrame) -> list[Row]:
    return frame.sort(KEY).to_dicts()


def _paired(
    old: Iterable[Row], new: Iterable[Row], cell: tuple[str, ...]
) -> tuple[list[Row], list[list[Row]]]:
    """Pair rows within cells; also what is left on either side."""
    groups: dict[tuple[Any, ...], tuple[list[Row], list[Row]]] = {}
    for side, rows in enumerate((old, new)):
        for row in rows:
            key = tuple(row[name] for name in cell)
            groups.setdefault(key, ([], []))[side].append(row)
    made: list[Row] = []
    left: list[list[Row]] = [[], []]
    for earlier, later in groups.values():
        for first in list(earlier):
            twin = next((second for second in later if _same(first, second)), None)
            if twin is not None:
                made.append(_row("same_value", twin, first))
                earlier.remove(first)
                later.remove(twin)
        # The best evidence of one is compared with the best of the other.
        earlier.sort(key=_value, reverse=True)
        later.sort(key=_value, reverse=True)
        pairs = list(zip(earlier, later, strict=False))
        made += [_row("changed", second, first) for first, second in pairs]
        left[0] += earlier[len(pairs) :]
        left[1] += later[len(pairs) :]
    return made, left


def _value(row: Row) -> float:
    value = row["score"] if row["performance"] is None else row["performance"]
    return float(value)


def _same(first: Row, second: Row) -> bool:
    if first["performance"] is not None and second["performance"] is not None:
        return bool(abs(first["performance"] - second["performance"]) <= SAME)
    return bool(
        first["scale"] == second["scale"] and abs(first["score"] - second["score"]) <= NOISE
    )


def _row(change: str, later: Row | None, earlier: Row | None) -> Row:
    standing = later or earlier or {}
    made: Row = {"change": change} | {name: standing[name] for name in KEY}
    for name in _BEFORE:
        made[f"{name}_before"] = earlier[name] if earlier else None
    made["score"] = later["score"] if later else None
    made["performance"] = later["performance"] if later else None
    now, was = made["performance"], made["performance_before"]
    made["moved"] = None if now is None or was is None else now - was
    return made
