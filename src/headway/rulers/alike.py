"""Models with the same evidence: what a ruler says of one, it says of all of them.

Models whose evidence is the same have the same distribution, but each has draws of its own, and a
sum in another order has another last digit. So what is said of one of them is said of all: their
estimates and ends are averaged, and their draws are pooled where an interval of ranks is made.
"""

from collections.abc import Hashable, Iterable
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from headway.draws import FloatArray

Ints = NDArray[np.int64]


def numbered(evidence: Iterable[Hashable]) -> Ints:
    """Number the classes of equal evidence in the order in which they appear.

    >>> numbered(["x", "y", "x"]).tolist()
    [0, 1, 0]
    """
    known: dict[Hashable, int] = {}
    return np.array([known.setdefault(one, len(known)) for one in evidence], dtype=np.int64)


def by_rows(*columns: NDArray[np.generic]) -> Ints:
    """Number the classes of models that have equal rows in every array (n_models, ...)."""
    return numbered(zip(*([row.tobytes() for row in column] for column in columns), strict=True))


def by_cells(start: Ints, *columns: NDArray[np.generic]) -> Ints:
    """Number the classes of models by their cells, which lie one model after the other.

    Parameters
    ----------
    start : int64 (n_models + 1,)
        First cell of every model, and the number of cells.
    columns
        Arrays over the cells, sorted within a model.
    """
    return numbered(
        tuple(column[first:last].tobytes() for column in columns) for first, last in pairwise(start)
    )


def by_votes(n_models: int, first: Ints, second: Ints, counts: FloatArray) -> Ints:
    """Number the classes of models that could change places without a change of the votes.

    Parameters
    ----------
    first, second : int64 (n_pairs,)
        Every pair of models once.
    counts : float64 (n_pairs, 3)
        Votes won by the first, won by the second, tied.
    """
    met: list[dict[int, tuple[float, float, float]]] = [{} for _ in range(n_models)]
    for i, j, (won, lost, tied) in zip(
        first.tolist(), second.tolist(), counts.tolist(), strict=True
    ):
        met[i][j], met[j][i] = (won, lost, tied), (lost, won, tied)

    def same(a: int, b: int) -> bool:
        won, lost, _ = met[a].get(b, (0.0, 0.0, 0.0))
        own, other = ({k: v for k, v in met[m].items() if k not in (a, b)} for m in (a, b))
        return won == lost and own == other

    found: dict[tuple[tuple[float, float, float], ...], list[int]] = {}
    label = np.arange(n_models)
    for m in range(n_models):
        before = found.setdefault(tuple(sorted(met[m].values())), [])
        label[m] = next((k for k in before if same(k, m)), m)
        if label[m] == m:
            before.append(m)
    return label


def several(label: Ints) -> list[Ints]:
    """Members of every class that has more than one."""
    order = np.argsort(label, kind="stable")
    ends = np.flatnonzero(np.diff(label[order])) + 1
    return [part for part in np.split(order, ends) if len(part) > 1]


def shared(values: FloatArray, label: Ints) -> FloatArray:
    """Give every member of a class the mean of the class; NaN where one member has NaN.

    >>> shared(np.array([1.0, 5.0, 3.0]), np.array([0, 1, 0])).tolist()
    [2.0, 5.0, 2.0]
    """
    out = np.array(values, dtype=np.float64)
    for members in several(label):
        here = out[members]
        # The mean of equal numbers may differ from them in the last digit.
        out[members] = here[0] if (here == here[0]).all() else here.mean()
    return out
