"""What fixes a scale of curves: two models at given points, and a benchmark whose slope is 1.

The ridge of the fit acts on the scale that the pinned slope fixes, so another benchmark gives other
points. Both are found under their id, name or alias (:mod:`headway.dataset.naming`); what is not
found is refused, or said where another scale was asked for.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

from headway.dataset.naming import find, resolve, resolve_keys
from headway.errors import NotIdentified, UsageError
from headway.rulers.scores.observations import Observations

if TYPE_CHECKING:
    from headway.dataset import Dataset

__all__ = ["ANCHORS", "PINNED", "anchored", "pinned_slope"]

ANCHORS: Mapping[str, float] = MappingProxyType({"claude-3-5-sonnet": 130.0, "gpt-5": 150.0})
PINNED = "winogrande"
_MOST_PROPOSED = 6


def anchored(
    data: "Dataset", cells: Observations, anchors: Mapping[str, float] | None
) -> dict[int, float] | None:
    """Return the points of the anchors by their place among the models; None without anchors.

    Raises
    ------
    UsageError
        When a name may mean several models, or both mean the same.
    NotIdentified
        When an anchor has no scores.
    """
    if anchors is None:
        return None
    found: dict[int, float] = {}
    for model, points in anchors.items():
        identifier = find(data, "model", model)
        if identifier not in cells.models:
            most = np.argsort(-np.bincount(cells.model), kind="stable")[:_MOST_PROPOSED]
            raise NotIdentified(
                f"the anchor {model!r} has no scores on this ruler, so nothing fixes its points",
                hint="choose two anchors that have scores, for example among "
                + ", ".join(cells.models[i] for i in most)
                + " (--anchor MODEL=POINTS, twice); in Python anchors=None keeps logits",
            )
        place = cells.models.index(identifier)
        if place in found:
            raise UsageError(
                f"anchors are {dict(anchors)!r}; both names mean the model {identifier!r}"
            )
        found[place] = float(points)
    return found


def pinned_slope(
    data: "Dataset",
    cells: Observations,
    anchors: Mapping[int, float] | None,
    pinned: str | None,
    *,
    chosen: bool,
    weights: Mapping[str, float],
) -> tuple[int, tuple[str, ...]]:
    """Return the place of the benchmark whose slope is 1, and what to say of it.

    Parameters
    ----------
    data
        The evidence.
    cells
        The cells that are fitted.
    anchors
        As :func:`anchored` returns them.
    pinned
        The benchmark; None for the one with most scores.
    chosen
        Whether the benchmarks were chosen one by one.
    weights
        The weights of benchmarks; 0 leaves one out.

    Raises
    ------
    UsageError
        When the benchmark is unknown, or its name may mean several.
    NotIdentified
        When it has no scores here and nobody asked for another scale.
    """
    wanted = None if pinned is None else find(data, "benchmark", pinned)
    if wanted in cells.benchmarks:
        place = cells.benchmarks.index(wanted)
    else:
        place = int(np.argmax(np.bincount(cells.benchmark)))
        if pinned is not None and pinned != PINNED and wanted is None:
            resolve(data, "benchmark", pinned)
        zero = {name: weight for name, weight in weights.items() if weight == 0}
        left_out = chosen or wanted in resolve_keys(data, "benchmark", zero)
        another = left_out or anchors != _usual(data, cells)
        if pinned is not None and not (pinned == PINNED and another):
            raise NotIdentified(
                f"the benchmark {pinned!r}, whose slope fixes this scale, has no scores here",
                hint="if it has another name here, give that: pinned=...; pinned=None takes the "
                "benchmark with most scores, on a scale that is not that of Epoch's index "
                '(--pinned none, and pinned = "none" in a ruler file)',
            )
    if cells.benchmarks[place] == find(data, "benchmark", PINNED):
        return place, ()
    return place, (
        f"The slope of {cells.benchmarks[place]} is fixed at 1 in place of that of {PINNED}: "
        "values are not those of Epoch's index.",
    )


def _usual(data: "Dataset", cells: Observations) -> dict[int, float]:
    """The anchors of Epoch's index by their place among the models, as far as they are there."""
    named = {find(data, "model", name): points for name, points in ANCHORS.items()}
    return {
        cells.models.index(model): points
        for model, points in named.items()
        if model in cells.models
    }
