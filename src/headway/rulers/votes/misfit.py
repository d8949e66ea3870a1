"""Which pairs of models win more or less often than their strengths say."""

import numpy as np
import polars as pl
from numpy.typing import NDArray

from headway.draws import FloatArray
from headway.rulers.votes.comparisons import Comparisons

MISFIT_RATE = 0.05
_TINY = 1e-12


def pair_table(cells: Comparisons, chance: FloatArray) -> tuple[float, pl.DataFrame]:
    """Expected against observed wins of every pair, a tie as half a win, and their misfit.

    ``z`` is the difference over its standard error under the model, with the pair's own share of
    ties. ``misfit`` marks the pairs found at a false discovery rate of 5%.
    """
    size = len(cells.models)
    swap = cells.first > cells.second
    low, high = np.minimum(cells.first, cells.second), np.maximum(cells.first, cells.second)
    pair, at = np.unique(low * size + high, return_inverse=True)

    def summed(values: NDArray[np.float64]) -> FloatArray:
        return np.bincount(at, values, len(pair)).astype(np.float64)

    n = cells.counts.sum(axis=1)
    share = chance[:, 0] + 0.5 * chance[:, 2]
    share = np.where(swap, 1 - share, share)
    wins = np.where(swap, cells.counts[:, 1], cells.counts[:, 0])
    ties, votes = summed(cells.counts[:, 2]), summed(n)
    observed, expected = summed(wins) + 0.5 * ties, summed(n * share)
    mean = expected / votes
    # One vote at the overall rate of ties keeps the share of a pair off 0 and 1.
    tied = (ties + ties.sum() / votes.sum()) / (votes + 1)
    tied = np.minimum(tied, 2 * np.minimum(mean, 1 - mean))
    spread = votes * np.maximum(mean * (1 - mean) - 0.25 * tied, _TINY)
    z = (observed - expected) / np.sqrt(spread)
    status = np.where(_discovered(z), "misfit", "ok")
    table = pl.DataFrame(
        {
            "model_a": [cells.models[i] for i in pair // size],
            "model_b": [cells.models[i] for i in pair % size],
            "votes": np.rint(votes).astype(np.int64),
            "ties": np.rint(ties).astype(np.int64),
            "wins": observed,
            "expected": expected,
            "z": z,
            "status": status,
        }
    )
    return float(np.sum(z**2)), table


def _discovered(z: FloatArray) -> NDArray[np.bool_]:
    """Benjamini and Hochberg's rule on two-sided normal p-values."""
    from scipy.special import ndtr

    p = 2 * ndtr(-np.abs(z))
    order = np.argsort(p, kind="stable")
    passed = np.flatnonzero(p[order] <= MISFIT_RATE * np.arange(1, len(p) + 1) / len(p))
    out = np.zeros(len(p), dtype=bool)
    if len(passed):
        out[order[: passed[-1] + 1]] = True
    return out
