"""Standard errors and intervals as their sources state them: an error of nothing is none.

A tool that divides by the wrong number, prints too few digits or knows a single attempt states an
error of 0, or one of 1e-17. No score of answers is as sure as that, so such an error is taken as
unknown. Every ruler and every check asks here.
"""

import polars as pl

LEAST_SHARE = 1e-6
"""Smallest error that is believed, as a share of the range of the score: 0.0001 percent points."""
LEAST_OF_RATING = 1e-9
"""Smallest error of a rating that is believed, as a share of the largest rating of its board."""


def no_error(error: pl.Expr, unit: pl.Expr | float = 1.0) -> pl.Expr:
    """Whether an error is stated, but too small to be one.

    Parameters
    ----------
    error
        Stated standard error.
    unit
        Range of the score, in the unit of the error.
    """
    return (error.abs() <= LEAST_SHARE * unit).fill_null(value=False)


def score_range() -> pl.Expr:
    """Range of a score in its own unit, of the columns ``scale``, ``chance`` and ``ceiling``."""
    raw = pl.col("ceiling").fill_null(1.0) - pl.col("chance").fill_null(0.0)
    return pl.when(pl.col("scale") == "normalised").then(1.0).otherwise(raw)


def believed_ratings(ratings: pl.DataFrame) -> tuple[pl.DataFrame, int]:
    """Take the errors of nothing out of a table of ratings.

    Parameters
    ----------
    ratings
        Columns ``board``, ``rating``, ``stderr``, ``low``, ``high``.

    Returns
    -------
    polars.DataFrame, int
        The table with null for a standard error, or for both ends of an interval, that leaves
        nothing open; and the number of ratings that this concerns.
    """
    least = LEAST_OF_RATING * pl.col("rating").abs().max().over("board")
    error = (pl.col("stderr").abs() <= least).fill_null(value=False)
    width = ((pl.col("high") - pl.col("low")).abs() <= least).fill_null(value=False)
    told = ratings.with_columns(
        stderr=pl.when(~error).then("stderr"),
        low=pl.when(~width).then("low"),
        high=pl.when(~width).then("high"),
    )
    return told, int(ratings.select((error | width).sum()).item())
