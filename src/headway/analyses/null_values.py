"""What a convention says when neither group is ahead of the other: its value at equality.

A number is read against this value, not against 0. Where exchanging the groups negates a number
it is 0 by construction; for the others it is the mean over simulated races of two equal groups
(``docs/evidence/null-values.md``, made by ``benchmarks/null_values.py``).
"""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files

import numpy as np
import polars as pl

from headway.analyses.tie import POINTS, Applied

TIES = (0.0, 0.5, 1.0, 1.5, 2.0, 3.0)
"""Ties that were simulated; between them the value is interpolated."""

HORIZON = 24.0
SYMMETRIC = frozenset(
    {
        ("daily", "lag_mean"),
        ("daily", "lag_now"),
        ("daily-significant", "lag_mean"),
        ("daily-significant", "lag_now"),
        ("levels", "lag_mean"),
        ("thresholds", "lag_mean"),
        ("thresholds", "lag_now"),
        ("gap", "gap_mean"),
        ("gap", "gap_now"),
    }
)
"""Convention and quantity of the numbers that change their sign with the groups."""


def period_kind(period: str) -> str:
    """What a period is: ``year`` and ``since`` stand for every such one.

    >>> period_kind("2025"), period_kind("since 2024-01-01"), period_kind("last-12-months")
    ('year', 'since', 'last-12-months')
    """
    if period.isdigit():
        return "year"
    return "since" if period.startswith("since ") else period


def named_by(convention: str, entity: str) -> str:
    """Name of a convention in the table: straight lines through records have one of their own."""
    return "trend-records" if (convention, entity) == ("trend", "records") else convention


def value_at_equality(
    convention: str,
    quantity: str,
    period: str,
    *,
    entity: str,
    tie: float,
    tie_unit: str = POINTS,
    horizon: float = HORIZON,
) -> float | None:
    """Mean of a number between two groups of the same population, in its own unit.

    None where it was not simulated: for other numbers, ties above the largest simulated or in
    another unit than points that two anchors fix, and a restricted mean to another horizon.
    """
    if (convention, quantity) in SYMMETRIC:
        return 0.0
    known = _simulated().get((named_by(convention, entity), quantity, period_kind(period)))
    if known is None or (quantity == "lag_restricted_mean" and horizon != HORIZON):
        return None
    ties, values = known
    if len(ties) == 1:
        return values[0]
    if tie > 0 and tie_unit != POINTS:
        return None
    return float(np.interp(tie, ties, values)) if tie <= ties[-1] else None


def beside_equality(table: pl.DataFrame, *, tied: Applied, horizon: float) -> pl.DataFrame:
    """Add to the tidy rows of a lag what each would say at equality, null where not known."""
    keys = table.select("convention", "quantity", "period", "entity").iter_rows()
    values = [
        value_at_equality(
            convention,
            quantity,
            period,
            entity=entity,
            tie=tied.size,
            tie_unit=tied.unit,
            horizon=horizon,
        )
        for convention, quantity, period, entity in keys
    ]
    return table.with_columns(value_at_equality=pl.Series(values, dtype=pl.Float64))


@cache
def _simulated() -> Mapping[tuple[str, str, str], tuple[list[float], list[float]]]:
    text = files("headway.analyses").joinpath("null_values.csv").read_bytes()
    found: dict[tuple[str, str, str], tuple[list[float], list[float]]] = {}
    for row in pl.read_csv(text).sort("tie").iter_rows(named=True):
        ties, values = found.setdefault(
            (row["convention"], row["quantity"], row["period"]), ([], [])
        )
        ties.append(float(row["tie"]))
        values.append(float(row["value"]))
    return found
