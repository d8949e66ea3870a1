"""What the numbers amount to, by rules that are stated before they are known."""

from dataclasses import dataclass
from typing import Any, Literal

import polars as pl

from headway.analyses.premium.sensitivity import LABELS

Strength = Literal["none", "weak", "depends", "consistent"]
SURE, UNSURE = 0.05, 0.10
SAME_SIGN, CLEAR = 0.9, 2 / 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    r"""The numbers of the verdict, and how strong they are together.

    - ``depends``: of all labels and those of high confidence, one set gives p < 0.05 and an
      interval clear of zero, and the other does not.
    - ``none``: the permutation p-value is 0.10 or more and the interval holds zero.
    - ``consistent``: p < 0.05, the interval does not hold zero, nine in ten variants have the
      same sign, two in three have an interval clear of zero on that side, no more than one random
      split in ten of the leader's organisations gives as large a ratio to its error, and the two
      rulers (where they could be fitted) do not point the other way.
    - ``weak``: everything between.

    The rules are gone through in the order depends, none, consistent, weak.

    Parameters
    ----------
    estimate, low, high, level
        The premium in points with its interval.
    months, months_low, months_high
        The same in months of the leader's progress, None where it has no slope.
    p_value
        Of the permutation of labels.
    placebo_share, placebos
        Share of the random splits with as large a ratio, and their number.
    variants, same_sign, clear
        How many variants could be measured, have the estimate's sign, and have an interval clear
        of zero on its side.
    label_low, label_high
        Smallest and largest estimate over the variants of the labels.
    confidence_estimate, confidence_low, confidence_high, confidence_p_value
        With only the labels of high confidence (with all labels, where those were asked for),
        None where there is no such variant.
    pivotal
        Benchmark whose removal moves the estimate most, with the estimate and the p-value
        without it.
    rulers_months
        Private lag minus public lag by two rulers, None where they could not be fitted.
    strength
        ``none``, ``weak``, ``depends`` or ``consistent``.
    """

    estimate: float
    low: float | None
    high: float | None
    level: float
    months: float | None
    months_low: float | None
    months_high: float | None
    p_value: float
    placebo_share: float | None
    placebos: int
    variants: int
    same_sign: int
    clear: int
    label_low: float | None
    label_high: float | None
    confidence_estimate: float | None
    confidence_low: float | None
    confidence_high: float | None
    confidence_p_value: float | None
    pivotal: str | None
    pivotal_estimate: float | None
    pivotal_p_value: float | None
    rulers_months: float | None
    strength: Strength

    @property
    def clear_of_zero(self) -> bool:
        """Whether the interval does not hold zero."""
        return _clear(self.estimate, self.low, self.high)

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {name: getattr(self, name) for name in self.__dataclass_fields__}


def weigh_up(
    row: dict[str, Any],
    months: dict[str, Any],
    *,
    p_value: float,
    placebo: tuple[float | None, int],
    variants: pl.DataFrame,
    rulers_months: float | None,
) -> Evidence:
    """Put the numbers together.

    Parameters
    ----------
    row, months
        Rows of the premium in points and in months.
    placebo
        Share of the random splits with as large a ratio, and their number.
    variants
        Table of :func:`headway.analyses.premium.sensitivity.sensitivity`.
    """
    estimate = float(row["estimate"])
    others = variants.filter((pl.col("status") == "ok") & (pl.col("kind") != "chosen"))
    measured = others.select("estimate", "low", "high").rows()
    same_sign = sum(1 for value, _, _ in measured if value * estimate > 0)
    clear = sum(
        1 for value, low, high in measured if value * estimate > 0 and _clear(value, low, high)
    )
    labels = others.filter(pl.col("kind").is_in(LABELS))["estimate"].to_list()
    removed = (
        others.filter(pl.col("kind") == "without_benchmark")
        .with_columns(moved=(pl.col("estimate") - estimate).abs())
        .sort("moved", "entity", descending=[True, False])
    )
    pivot = removed.row(0, named=True) if removed.height else None
    other = others.filter(pl.col("kind") == "confidence").to_dicts()
    confidence: dict[str, Any] = (
        other[0] if other else dict.fromkeys(("estimate", "low", "high", "p_value"))
    )
    sure = _clear(estimate, row["low"], row["high"])
    strength: Strength = "weak"
    found = p_value < SURE and sure
    if other and found != (confidence["p_value"] < SURE and _clear(*_bounds(confidence))):
        strength = "depends"
    elif p_value >= UNSURE and not sure:
        strength = "none"
    elif (
        found
        and same_sign >= SAME_SIGN * len(measured)
        and clear >= CLEAR * len(measured)
        and (placebo[0] is None or placebo[0] <= UNSURE)
        and (rulers_months is None or rulers_months * estimate >= 0)
    ):
        strength = "consistent"
    return Evidence(
        estimate=estimate, low=row["low"], high=row["high"], level=float(row["level"]),
        months=months["estimate"], months_low=months["low"], months_high=months["high"],
        p_value=p_value, placebo_share=placebo[0], placebos=placebo[1],
        variants=len(measured), same_sign=same_sign, clear=clear,
        label_low=min(labels, default=None), label_high=max(labels, default=None),
        confidence_estimate=confidence["estimate"], confidence_low=confidence["low"],
        confidence_high=confidence["high"], confidence_p_value=confidence["p_value"],
        pivotal=None if pivot is None else str(pivot["name"]),
        pivotal_estimate=None if pivot is None else float(pivot["estimate"]),
        pivotal_p_value=None if pivot is None else float(pivot["p_value"]),
        rulers_months=rulers_months, strength=strength,
    )  # fmt: skip


def _bounds(row: dict[str, Any]) -> tuple[float, float | None, float | None]:
    return row["estimate"], row["low"], row["high"]


def _clear(estimate: float, low: float | None, high: float | None) -> bool:
    end = low if estimate > 0 else high
    return end is not None and end * estimate > 0
