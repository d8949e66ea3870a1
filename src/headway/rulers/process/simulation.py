"""Simulated evidence whose residuals are drawn from a fitted process: a truth with wrong curves."""

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from headway.errors import UsageError
from headway.rulers.process import model as process
from headway.rulers.process.ruler import CalibratedScale, arrange
from headway.rulers.scale import Scale
from headway.rulers.scores.observations import observe
from headway.rulers.scores.simulation import with_performance

if TYPE_CHECKING:
    from headway.dataset import Dataset


def simulate_process(truth: Scale, fitted: CalibratedScale, *, seed: int) -> "Dataset":
    """Draw new scores around a scale's curves with residuals from the prior of a fitted process.

    Parameters
    ----------
    truth
        Result of the logistic ruler on a dataset: its estimate and curves are the truth.
    fitted
        Result of the calibrated ruler on the same dataset: the variances of its process.
    seed
        Seed of the residuals and of the noise.

    Returns
    -------
    Dataset
        The dataset of ``truth`` with new, normalised scores in [0, 1] and without ratings.

    Raises
    ------
    UsageError
        When the two scales are not of one dataset, or the truth has no curves.
    """
    if truth.curves is None or fitted.posterior is None:
        raise UsageError("a simulation needs a scale with curves and a calibrated scale")
    if truth.models != fitted.models or truth.dataset.digest != fitted.dataset.digest:
        raise UsageError("the truth and the process have to be fitted on one dataset")
    data, curves = truth.dataset, truth.curves
    cells = observe(
        data,
        benchmarks=curves.benchmarks,
        weights=truth.spec["weights"],
        min_scores=truth.spec["min_scores"],
        duplicates=truth.spec["duplicates"],
    )
    arranged, start = arrange(data, cells, truth)
    variance = fitted.posterior.state.variance
    m, b = arranged.model, arranged.benchmark
    rng = np.random.default_rng(seed)
    latent = np.zeros(len(m))
    for k in range(arranged.n_benchmarks):
        i = slice(arranged.start[k], arranged.start[k + 1])
        covariance = sum(
            variance[name]
            * process.latent_kernel(arranged, fitted.posterior.state.length, name, m[i], m[i])
            for name in process.LATENT
        )
        root = np.linalg.cholesky(covariance + 1e-9 * np.eye(len(m[i])))
        latent[i] = root @ rng.standard_normal(len(m[i]))
    groups = arranged.n_organisations * arranged.n_domains
    latent += np.sqrt(variance["og"]) * rng.standard_normal(groups)[arranged.group]
    eta = curves.slope[0, b] * (start.capability[m] - curves.difficulty[0, b])
    f = 1 / (1 + np.exp(-(eta + latent)))
    own = np.sqrt(variance["noise"]) * rng.standard_normal(len(m))
    shared = np.sqrt(variance["mg"]) * rng.standard_normal(len(arranged.pairs))[arranged.pair]
    simulated = pl.DataFrame(
        {
            "model": np.array(cells.models)[m],
            "benchmark": np.array(cells.benchmarks)[b],
            "simulated": np.clip(f + np.sqrt(f * (1 - f)) * (own + shared), 0.0, 1.0),
        }
    )
    return with_performance(data, simulated)
