"""Numerical loop of simultaneous ranks: the largest standardised difference of every draw."""

import numpy as np
from numba import njit
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@njit(nogil=True, cache=True, error_model="numpy", fastmath={"nnan", "nsz"})
def largest(deviation: Floats, precision: Floats) -> Floats:
    """Per draw, the largest ``(x_i - x_j) * precision_ij`` over ordered pairs of models.

    ``deviation`` has one row per model, one column per draw. Pairs with a precision of 0 are left
    out; the result is 0 where all are.
    """
    models, draws = deviation.shape
    out = np.zeros(draws)
    for i in range(models):
        first = deviation[i]
        for j in range(i):
            second = deviation[j]
            up, down = precision[i, j], precision[j, i]
            if up > 0.0 or down > 0.0:
                for k in range(draws):
                    difference = first[k] - second[k]
                    out[k] = max(out[k], difference * up, -difference * down)
    return out
