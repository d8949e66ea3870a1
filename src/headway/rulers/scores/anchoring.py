"""Other anchors for a scale whose own have no scores in a part of the evidence."""

from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from headway.dataset.naming import find
from headway.rulers.scale import Ruler
from headway.rulers.scores.logistic import LogisticRuler

if TYPE_CHECKING:
    from headway.dataset import Dataset

CANDIDATES = 20


AnyRuler = TypeVar("AnyRuler", LogisticRuler, "Ruler")


def repinned(ruler: AnyRuler, everything: "Dataset", data: "Dataset") -> AnyRuler:
    """Return a ruler that pins the benchmark with most scores, where a part lacks the pinned one.

    Choosing a part of the evidence asks for what that part can say; evidence that never had the
    pinned benchmark is left to the ruler, which refuses or says so.
    """
    pinned = getattr(ruler, "pinned", None)
    if pinned is None or data is everything:
        return ruler
    known = find(everything, "benchmark", pinned)
    if known in set(data.scores["benchmark"]) or known not in set(everything.scores["benchmark"]):
        return ruler
    return replace(ruler, pinned=None)  # type: ignore[type-var]


def reanchored(ruler: LogisticRuler, everything: "Dataset", data: "Dataset") -> LogisticRuler:
    """Return a ruler that can be fitted on a part of the evidence in the points of the whole.

    Where an anchor has no scores in the part, the scale is fixed by the most and the least
    capable of the models with most scores there, at their values by all the evidence. Where the
    pinned benchmark has none, the one with most scores takes its place.

    Parameters
    ----------
    ruler
        A ruler, with or without anchors.
    everything
        All the evidence.
    data
        The part.

    Returns
    -------
    LogisticRuler
        The same ruler where what fixes its scale is there.
    """
    part = repinned(ruler, everything, data)
    scored = set(data.scores["model"])
    if ruler.anchors is None or all(
        find(everything, "model", model) in scored for model in ruler.anchors
    ):
        return part
    whole = ruler.fit(everything, draws=0)
    value = dict(zip(whole.models, whole.estimate.tolist(), strict=True))
    often = data.scores.group_by("model").len().sort("len", "model", descending=[True, False])
    known = [m for m in often["model"].to_list() if m in value][:CANDIDATES]
    if len(known) < 2:
        return part
    low, high = min(known, key=value.__getitem__), max(known, key=value.__getitem__)
    return replace(part, anchors={low: value[low], high: value[high]})
