"""Other anchors for a scale whose own have no scores in a part of the evidence."""

from dataclasses import replace
from typing import TYPE_CHECKING

from headway.errors import UsageError
from headway.rulers.scale import resolve_model
from headway.rulers.scores.logistic import LogisticRuler

if TYPE_CHECKING:
    from headway.dataset import Dataset

CANDIDATES = 20


def reanchored(ruler: LogisticRuler, everything: "Dataset", data: "Dataset") -> LogisticRuler:
    """Return a ruler that can be fitted on a part of the evidence in the points of the whole.

    Where an anchor has no scores in the part, the scale is fixed by the most and the least
    capable of the models with most scores there, at their values by all the evidence.

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
        The same ruler where its anchors are there, or where fewer than two models would do.
    """
    scored = set(data.scores["model"])
    if ruler.anchors is None or all(_named(everything, m) in scored for m in ruler.anchors):
        return ruler
    whole = ruler.fit(everything, draws=0)
    value = dict(zip(whole.models, whole.estimate.tolist(), strict=True))
    often = data.scores.group_by("model").len().sort("len", "model", descending=[True, False])
    known = [m for m in often["model"].to_list() if m in value][:CANDIDATES]
    if len(known) < 2:
        return ruler
    low, high = min(known, key=value.__getitem__), max(known, key=value.__getitem__)
    return replace(ruler, anchors={low: value[low], high: value[high]})


def _named(data: "Dataset", model: str) -> str:
    try:
        return resolve_model(data, model)
    except UsageError:
        return model
