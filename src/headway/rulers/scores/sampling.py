"""Sampling error of reported scores: how far a score would move on other questions of its kind."""

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from headway.dataset.stated_errors import no_error, score_range
from headway.draws import FloatArray
from headway.rulers.scores.observations import Duplicates, Observations

if TYPE_CHECKING:
    from headway.dataset import Dataset

_PERCENT = 100.0
_SAME = 1e-12


def sampling_errors(
    data: "Dataset", cells: Observations, duplicates: Duplicates = "best"
) -> tuple[FloatArray, tuple[str, ...]]:
    r"""Return the standard error of every cell, in units of chance-corrected performance.

    The reported standard error where there is one above 0
    (:mod:`headway.dataset.stated_errors`), else the binomial one

    .. math::

       \frac{1}{\text{ceiling} - \text{chance}} \sqrt{\frac{\tilde r (1 - \tilde r)}{n}},
       \qquad \tilde r = \frac{r n + 1/2}{n + 1}

    of the raw share r solved of n items. Half a success and half a failure are added, so that a
    score of nothing or of everything has an error too. n is the number of items of the
    benchmark, or of those behind the score where they are fewer.

    Parameters
    ----------
    data
        The evidence.
    cells
        Cells of it.
    duplicates
        The policy by which the cells were chosen: the error is that of the score chosen; of a
        mean of k scores, the root of the sum of their variances divided by k.

    Returns
    -------
    errors : float64 (n_cells,)
        0 where nothing is known.
    notes
        How many scores state an error of 0, which is taken as unknown, and which benchmarks have
        cells without a known error.
    """
    bounds = data.benchmarks.select("benchmark", "chance", "ceiling", "n_items")
    chance, ceiling = pl.col("chance").fill_null(0.0), pl.col("ceiling").fill_null(1.0)
    rows = (
        data.normalised_scores()
        .join(bounds, on="benchmark", how="left")
        .select(
            "model",
            "benchmark",
            "performance",
            "n",
            nothing=no_error(pl.col("stderr"), score_range()),
            error=pl.col("stderr") / score_range(),
        )
        .with_columns(error=pl.when(~pl.col("nothing")).then("error"))
    )
    frame = pl.DataFrame(
        {
            "cell": np.arange(len(cells.model)),
            "model": np.array(cells.models)[cells.model],
            "benchmark": np.array(cells.benchmarks)[cells.benchmark],
            "value": cells.performance,
        }
    )
    joined = frame.join(rows, on=["model", "benchmark"], how="left")
    if duplicates == "mean":
        known = (
            pl.when(pl.col("error").null_count() == 0)
            .then((pl.col("error") ** 2).sum().sqrt() / pl.len())
            .alias("error")
        )
    else:
        joined = joined.filter((pl.col("performance") - pl.col("value")).abs() <= _SAME)
        known = pl.col("error").max()
    reported = joined.group_by("cell").agg(known, pl.col("n").min())
    nothing = int(joined["nothing"].sum())
    full = pl.when(ceiling <= 1).then(1.0).when(ceiling == _PERCENT).then(_PERCENT)
    n = pl.min_horizontal("n", "n_items").cast(pl.Float64)
    share = ((chance + (ceiling - chance) * pl.col("value")) / full).clip(0.0, 1.0)
    smoothed = (share * n + 0.5) / (n + 1)
    binomial = (smoothed * (1 - smoothed) / n).sqrt() * full / (ceiling - chance)
    found = (
        frame.join(reported, on="cell", how="left")
        .join(bounds, on="benchmark", how="left")
        .with_columns(known=pl.coalesce("error", pl.when(n > 0).then(binomial)))
        .sort("cell")
    )
    silent = found.filter(pl.col("known").is_null())["benchmark"].unique().sort().to_list()
    notes = [f"{name}: number of items unknown, so no sampling noise." for name in silent]
    if nothing:
        notes.insert(
            0, f"{nothing} scores state a standard error of 0, which is none: taken as unknown."
        )
    return found["known"].fill_null(0.0).to_numpy().astype(np.float64), tuple(notes)
