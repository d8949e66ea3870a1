"""Simulated evidence from a fitted scale: the truth is known, the missingness is real."""

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from headway.errors import UsageError
from headway.rulers.scale import Scale
from headway.rulers.scores.observations import observe

if TYPE_CHECKING:
    from headway.dataset import Dataset


def simulate(
    scale: Scale, *, seed: int, noise: float | None = None, shared: float = 0.0
) -> "Dataset":
    r"""Draw new scores for the cells of a scale, as if its estimate were the truth.

    .. math::

       y_{mb} = \hat y_{mb} + \sigma \sqrt{\frac{\hat y_{mb} (1 - \hat y_{mb})}{v}}
       \left( \sqrt{1 - s} \; e_{mb} + \sqrt{s} \; u_{m, g(b)} \right)

    clipped to [0, 1], with standard normal e and u, g(b) the domain of a benchmark and v the
    mean of :math:`\hat y (1 - \hat y)`.

    Parameters
    ----------
    scale
        Result of the logistic ruler.
    seed
        Seed of the noise.
    noise
        sigma, in units of performance; None for the root mean square of the scale's residuals.
    shared
        s, the share of the variance that a model's errors have in common within a domain.

    Returns
    -------
    Dataset
        The scale's dataset with new, normalised scores and without ratings.

    Raises
    ------
    UsageError
        When the scale has no curves, or an option is out of range.
    """
    if scale.curves is None:
        raise UsageError(f"a simulation needs a scale with curves, not {scale.ruler}")
    if not 0 <= shared <= 1:
        raise UsageError(f"shared is {shared!r}; expected a number from 0 to 1")
    data, curves = scale.dataset, scale.curves
    cells = observe(
        data,
        benchmarks=curves.benchmarks,
        weights=scale.spec["weights"],
        min_scores=scale.spec["min_scores"],
        duplicates=scale.spec["duplicates"],
    )
    logits = (scale.estimate - curves.shift[0]) / curves.factor[0]
    b, m = cells.benchmark, cells.model
    expected = 1 / (1 + np.exp(-curves.slope[0, b] * (logits[m] - curves.difficulty[0, b])))
    if noise is None:
        noise = float(np.sqrt(np.mean((cells.performance - expected) ** 2)))
    domains = dict(data.benchmarks.select("benchmark", "domain").iter_rows())
    names = [domains.get(name) or "" for name in cells.benchmarks]
    group = np.unique(names, return_inverse=True)[1][b]
    rng = np.random.default_rng(seed)
    own = rng.standard_normal(len(m))
    common = rng.standard_normal((len(cells.models), int(group.max()) + 1))[m, group]
    spread = expected * (1 - expected)
    error = np.sqrt(spread / spread.mean()) * (np.sqrt(1 - shared) * own + np.sqrt(shared) * common)
    simulated = pl.DataFrame(
        {
            "model": np.array(cells.models)[m],
            "benchmark": np.array(cells.benchmarks)[b],
            "simulated": np.clip(expected + noise * error, 0.0, 1.0),
        }
    )
    return with_performance(data, simulated)


def with_performance(data: "Dataset", performance: pl.DataFrame) -> "Dataset":
    """Return a dataset with one normalised score in each of some cells, and without ratings.

    Parameters
    ----------
    data
        Where models, benchmarks and the other facts of the scores come from.
    performance
        Columns ``model``, ``benchmark`` and ``simulated``, each cell once.
    """
    scores = (
        data.scores.unique(["model", "benchmark"], keep="first", maintain_order=True)
        .join(performance, on=["model", "benchmark"], how="inner", maintain_order="left")
        .with_columns(score=pl.col("simulated"), scale=pl.lit("normalised"), stderr=None)
        .select(data.scores.columns)
        .cast(data.scores.schema)
    )
    return type(data).from_frames(
        sources=data.sources,
        organisations=data.organisations,
        models=data.models,
        availability=data.availability,
        benchmarks=data.benchmarks,
        scores=scores,
    )
