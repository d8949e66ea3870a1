"""Resamples of the observed cells, shared by every ruler that has paired draws."""

import numpy as np
from numpy.typing import NDArray

from headway.rulers.scores.observations import Observations


def within_models(cells: Observations, draws: int, seed: int) -> NDArray[np.uint16]:
    """How often each cell occurs in each draw when every model's cells are resampled.

    Each model draws as many cells as it has, with replacement, so every model keeps its number
    of cells. The counts of a draw depend on the seed and on the draw's number alone.

    Returns
    -------
    uint16 array, shape (draws, n_cells)
    """
    rng = np.random.default_rng(seed)
    start = cells.start
    first = start[cells.model]
    size = np.diff(start)[cells.model]
    n_cells = len(cells.model)
    counts = np.empty((draws, n_cells), dtype=np.uint16)
    for k in range(draws):
        counts[k] = np.bincount(first + rng.integers(0, size), minlength=n_cells)
    return counts
