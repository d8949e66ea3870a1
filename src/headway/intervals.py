"""What an interval can carry: one judgement of every row that has one, and how ends are written.

An interval runs between quantiles of paired draws. It is a statement about the draws, so it can
have no width (nearly every draw gives one value) or lie beside the estimate (the draws of a
running best are moved by their own noise). Neither is a plain result, and both are said.
"""

import math
import re
from collections.abc import Sequence

import polars as pl

NEARLY = 1e-9
"""Widths and distances below this share of the size are none."""
ENOUGH_DAYS = 0.9
"""Share of the days of a period that it takes to be called by its name."""
MORE_DIGITS = 3
NO_SPREAD = "no_spread"
OUTSIDE = "outside_interval"
SHORT = "short_period"
PAST = "past_follow_up"

_SAID = {
    NO_SPREAD: "an interval without width: nearly every draw gives the same value, so the draws "
    "say little about how sure it is",
    OUTSIDE: "an estimate outside its interval: the noise of the draws comes on top of that of the "
    "evidence and moves a running best to one side, so the interval is one of the draws",
    PAST: "a mean to a horizon up to which no wait was followed: where some still wait, the last "
    "value of the curve is carried on to the horizon",
    SHORT: "a period of which fewer than nine in ten days could be compared",
}

_ROWS = re.compile(r"^(\d+) of (\d+) rows \((\w+)\) (?:have|has) ")


def graded(frame: pl.DataFrame) -> pl.DataFrame:
    """Return a table with the status of every interval that cannot stand as it is.

    A row that is ``ok`` becomes ``no_spread`` where its interval has no width,
    ``outside_interval`` where the interval does not hold the estimate, and ``short_period`` where
    fewer than 90% of the days of its period count. Every other status stays.

    Examples
    --------
    >>> rows = {"estimate": [1.1, 6.1, 6.0], "low": [1.1, 6.4, 4.5], "high": [1.1, 9.0, 6.8]}
    >>> graded(pl.DataFrame(rows | {"status": "ok"}))["status"].to_list()
    ['no_spread', 'outside_interval', 'ok']
    """
    if not {"estimate", "low", "high", "status"} <= set(frame.columns):
        return frame
    estimate, low, high = (pl.col(name).cast(pl.Float64) for name in ("estimate", "low", "high"))
    allowed = NEARLY * pl.max_horizontal(estimate.abs(), low.abs(), high.abs(), pl.lit(1e-300))
    plain = pl.col("status") == "ok"
    found = (
        pl.when(plain & ((estimate < low - allowed) | (estimate > high + allowed)))
        .then(pl.lit(OUTSIDE))
        .when(plain & ((high - low) <= allowed))
        .then(pl.lit(NO_SPREAD))
    )
    if {"days", "of_days"} <= set(frame.columns):
        found = found.when(plain & too_short(pl.col("days"), pl.col("of_days"))).then(pl.lit(SHORT))
    return frame.with_columns(found.otherwise(pl.col("status")).alias("status"))


def too_short(days: pl.Expr, of_days: pl.Expr) -> pl.Expr:
    """Whether fewer days of a period count than its name says."""
    return (days < ENOUGH_DAYS * of_days).fill_null(value=False)


def is_short(days: int | None, of_days: int | None) -> bool:
    """As :func:`too_short`, of one period.

    >>> is_short(60, 365), is_short(360, 365), is_short(None, None)
    (True, False, False)
    """
    return days is not None and of_days is not None and days < ENOUGH_DAYS * of_days


def period_words(period: str, days: int | None, of_days: int | None) -> str:
    """Return a period, with how much of it there was where that is less than its name says.

    >>> period_words("2026", 223, 365), period_words("2025", 365, 365)
    ('2026 (223 of 365 days)', '2025')
    """
    return f"{period} ({days} of {of_days} days)" if is_short(days, of_days) else period


def has_no_spread(low: float | None, high: float | None) -> bool:
    """Whether an interval has no width."""
    if low is None or high is None:
        return False
    return abs(high - low) <= NEARLY * max(abs(low), abs(high), 1e-300)


def notes(frame: pl.DataFrame) -> tuple[str, ...]:
    """Return what the statuses of :func:`graded` mean, for those that a table has."""
    if "status" not in frame.columns:
        return ()
    counts = dict(frame["status"].value_counts().iter_rows())
    return tuple(
        f"{counts[status]} of {len(frame)} rows ({status}) {_have(counts[status])} {said}."
        for status, said in _SAID.items()
        if status in counts
    )


def few_draws(draws: int, level: float) -> tuple[str, ...]:
    """Return a note where draws are too few for an interval: below ``2 / (1 - level)``.

    With fewer, each tail of the interval holds less than one draw, so that its ends are those of
    the outermost draws, whatever the level.

    >>> few_draws(3, 0.9)
    ('3 draws are too few for an interval at 90%: it takes at least 20.',)
    >>> few_draws(500, 0.9), few_draws(0, 0.9)
    ((), ())
    """
    needed = math.ceil(round(2 / (1 - level), 6))
    if not 0 < draws < needed:
        return ()
    said = f"{draws:,} draw{' is' if draws == 1 else 's are'}"
    return (f"{said} too few for an interval at {100 * level:g}%: it takes at least {needed:,}.",)


def added_up(said: Sequence[str]) -> list[str]:
    """Return notes of several tables with those of one status added up.

    >>> table = pl.DataFrame({"status": ["ok", "short_period"]})
    >>> [note[:25] for note in added_up([*notes(table), "Other.", *notes(table)])]
    ['2 of 4 rows (short_period', 'Other.']
    """
    counts: dict[str, list[int]] = {}
    for found in filter(None, map(_ROWS.match, said)):
        rows, of, status = found.groups()
        sums = counts.setdefault(status, [0, 0])
        sums[0] += int(rows)
        sums[1] += int(of)
    return list(dict.fromkeys(_ROWS.sub(lambda found: _added(found, counts), x) for x in said))


def _added(found: re.Match[str], counts: dict[str, list[int]]) -> str:
    rows, of = counts[found[3]]
    return f"{rows} of {of} rows ({found[3]}) {_have(rows)} "


def _have(rows: int) -> str:
    return "has" if rows == 1 else "have"


def digits_apart(values: Sequence[float], digits: int) -> int:
    """Decimals at which two ends that differ are written differently, a few more at most.

    >>> digits_apart([6.41, 6.44], 1), digits_apart([6.4, 6.8], 1), digits_apart([1.0, 1.0], 1)
    (2, 1, 1)
    """
    low, high = values
    if has_no_spread(low, high):
        return digits
    for more in range(MORE_DIGITS + 1):
        if f"{low:z.{digits + more}f}" != f"{high:z.{digits + more}f}":
            return digits + more
    return digits + MORE_DIGITS
