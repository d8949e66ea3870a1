"""Premiums between groups that ought to have none, measured in the same way."""

from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from headway.analyses.premium.cells import Cells, comparable
from headway.analyses.premium.estimator import effect, weigh
from headway.analyses.premium.interaction import require
from headway.analyses.premium.spec import PremiumSpec
from headway.analyses.result import interval_columns
from headway.draws import FloatArray
from headway.errors import NotIdentified

if TYPE_CHECKING:
    from headway.dataset import Dataset

LARGEST = 3
FEWEST_MAKERS = 4
BALANCE = 0.15
ENUMERATED = 12
SCHEMA: dict[str, Any] = {
    "kind": pl.String,
    "follower": pl.String,
    "leader": pl.String,
    "estimate": pl.Float64,
    "low": pl.Float64,
    "high": pl.Float64,
    "ratio": pl.Float64,
    "n": pl.Int64,
    "status": pl.String,
}


def placebos(cells: Cells, data: "Dataset", spec: PremiumSpec) -> pl.DataFrame:
    """Measure the premium between parts of the leader's group.

    ``named`` are the pairs of the leader's three organisations with most scores, a rule that was
    fixed before any of them was measured. ``split`` are random halves of the leader's
    organisations (of its models, where there are fewer than four organisations); every way to
    split them when there are at most twelve organisations and no more ways than splits.

    Parameters
    ----------
    cells
        Cells of both groups with labels.

    Returns
    -------
    polars.DataFrame
        Points, the ratio to the standard error, the scores used, and ``ok`` or
        ``not_identified``.
    """
    ours = cells.keep(cells.follower[cells.model] == 0.0)
    maker = _makers(ours, data)
    names, makers = np.unique(maker, return_inverse=True)
    scores = np.bincount(makers[ours.model], minlength=len(names))
    largest = [int(k) for k in np.argsort(-scores, kind="stable")[:LARGEST]]
    rows = []
    for a, b in combinations(largest, 2):
        follower = np.where(makers == a, 1.0, np.where(makers == b, 0.0, np.nan))
        rows.append(
            {"kind": "named", "follower": str(names[a]), "leader": str(names[b])}
            | _measure(ours, follower, spec, interval=True)
        )
    for k, side in enumerate(_splits(makers, ours, spec)):
        rows.append(
            {"kind": "split", "follower": f"split {k + 1}", "leader": "the rest"}
            | _measure(ours, side, spec, interval=False)
        )
    return pl.DataFrame([{c: row.get(c) for c in SCHEMA} for row in rows], schema=SCHEMA)


def share_as_large(table: pl.DataFrame, ratio: float) -> tuple[float | None, int]:
    """Share of the random splits whose ratio to its error is as large, and their number."""
    found = table.filter((pl.col("kind") == "split") & (pl.col("status") == "ok"))["ratio"]
    if found.is_empty():
        return None, 0
    return float(np.mean(np.abs(found.to_numpy()) >= abs(ratio))), len(found)


def _measure(
    cells: Cells, follower: FloatArray, spec: PremiumSpec, *, interval: bool
) -> dict[str, Any]:
    try:
        chosen = comparable(cells.regrouped(follower), spec)
        require(chosen, spec)
        model = weigh(chosen)
        own = chosen.label * chosen.follower[chosen.model]
        both = own[:, None] if spec.contrast == "access" else np.column_stack([chosen.label, own])
        classes = chosen.side() if spec.contrast == "access" else np.zeros(len(chosen.benchmarks))
        found = effect(model, both, classes, spec.resamples if interval else 0, spec.seed)
    except NotIdentified:
        return {"status": "not_identified"}
    row: dict[str, Any] = {
        "estimate": found.estimate, "ratio": found.ratio, "n": len(chosen.label), "status": "ok",
    }  # fmt: skip
    if interval:
        bounds = interval_columns(found.rows[:, None], spec.level)
        row |= {"low": bounds["low"][0], "high": bounds["high"][0]}
    return row


def _makers(cells: Cells, data: "Dataset") -> list[str]:
    facts = dict(data.models.select("model", "organisation").iter_rows())
    called = dict(data.organisations.select("organisation", "name").iter_rows())
    makers = [facts.get(model) or model for model in cells.models]
    return [called.get(maker) or maker for maker in makers]


def _splits(makers: "np.ndarray", cells: Cells, spec: PremiumSpec) -> list[FloatArray]:
    """Random halves as one 0/1 per model, neither half with less than 15% of the scores."""
    rng = np.random.default_rng(spec.seed)
    units = makers if makers.max(initial=-1) + 1 >= FEWEST_MAKERS else np.arange(len(cells.models))
    number = int(units.max(initial=-1)) + 1
    out: list[FloatArray] = []
    if number < 2:
        return out
    if number <= ENUMERATED:
        codes = rng.permutation(2 ** (number - 1) - 1) + 1
        halves = (codes[:, None] >> np.arange(number)) & 1
    else:
        halves = rng.integers(0, 2, (20 * spec.splits, number))
    for half in halves.astype(np.float64):
        if len(out) == spec.splits:
            break
        follower = half[units]
        if BALANCE <= follower[cells.model].mean() <= 1 - BALANCE:
            out.append(follower)
    return out
