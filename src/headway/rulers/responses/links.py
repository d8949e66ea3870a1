"""Which takers the questions connect: abilities can be compared along common questions only."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from headway.errors import NotIdentified
from headway.rulers.responses.parts import Part, Taker

Ints = NDArray[np.int64]


def groups(part: Part) -> Ints:
    """Number the groups of takers that a part's questions connect; -1 for takers without any."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    n_items, n = len(part.items), part.n_takers
    if not len(part.taker):
        if (np.diff(part.start) == n).any():
            return np.zeros(n, dtype=np.int64)
        item, taker = np.nonzero(part.trials[part.code.reshape(n_items, n)] > 0)
    else:
        taker = part.taker.astype(np.int64)
        item = np.repeat(np.arange(n_items), np.diff(part.start))
    graph = coo_array((np.ones(len(item), np.int8), (taker, n + item)), shape=(n + n_items,) * 2)
    _, label = connected_components(graph, directed=False)
    group: Ints = np.where(np.bincount(taker, minlength=n) > 0, label[:n], -1).astype(np.int64)
    return group


def require_connected(takers: Sequence[Taker], found: Sequence[Ints]) -> None:
    """Raise :class:`NotIdentified` unless questions connect all takers.

    Parameters
    ----------
    found
        What :func:`groups` gives for every part.
    """
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    n = len(takers)
    if n < 2:
        raise NotIdentified(
            f"{n} model does not determine a scale: the questions' difficulty and the model's "
            "ability cannot be told apart",
            hint="add answers of other models to the same questions",
        )
    left, right, offset = [], [], n
    for group in found:
        there = np.flatnonzero(group >= 0)
        left.append(there)
        right.append(group[there] + offset)
        offset += int(group.max(initial=-1)) + 1
    rows, columns = np.concatenate(left), np.concatenate(right)
    graph = coo_array((np.ones(len(rows), np.int8), (rows, columns)), shape=(offset, offset))
    label = connected_components(graph, directed=False)[1][:n]
    groups, sizes = np.unique(label, return_counts=True)
    if len(groups) == 1:
        return
    details = []
    for number, k in enumerate(np.argsort(-sizes, kind="stable"), start=1):
        names = sorted({takers[int(m)][0] for m in np.flatnonzero(label == groups[k])})
        shown = ", ".join(names[:4]) + (f" and {len(names) - 4} more" if len(names) > 4 else "")
        details.append(f"group {number}: {shown}")
    first_of = {int(group): takers[m][0] for m, group in reversed(list(enumerate(label)))}
    main, other = (first_of[int(g)] for g in groups[np.argsort(-sizes, kind="stable")[:2]])
    raise NotIdentified(
        f"the answers fall apart into {len(groups)} groups of models that share no question, "
        "so their abilities cannot be compared",
        details=details,
        hint=f"one model with questions of both groups would connect them: for example {other!r} "
        f"on questions that {main!r} answered; or fit one group at a time (benchmarks=...)",
    )
