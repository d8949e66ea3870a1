"""What may be said of a composite: percent beside its version, and how much the weights decide."""

from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from headway.analyses.result import Result, interval_columns, model_name
from headway.draws import FloatArray
from headway.errors import UsageError
from headway.rulers.ranks import ranks_of
from headway.rulers.scale import Scale
from headway.rulers.scores.logistic import MOST_DRAWS, require_whole
from headway.shortly import of_fields

if TYPE_CHECKING:
    import altair as alt

CONCENTRATION = 20.0
_BLOCK = 4_000_000


@dataclass(frozen=True, eq=False, kw_only=True)
class SensitivityResult(Result):
    """How a ranking depends on weights; see :class:`headway.analyses.result.Result`."""

    __repr__ = of_fields

    def chart(self) -> "alt.Chart | alt.LayerChart":
        """Chart of the ranks of the best models under other weights."""
        chart: alt.LayerChart = import_module("headway.report.charts").sensitivity_chart(self)
        return chart


def percent_difference(scale: Scale, model: str, than: str) -> Result:
    r"""Percent by which one model is above another, beside the name and version of the index.

    .. math:: 100 \, (C_m / C_k - 1)

    paired by draw. A percentage of an index says nothing without the index: its zero and its
    components are conventions, and another version has others.

    Parameters
    ----------
    scale
        Result of the composite ruler.
    model, than
        Identifiers or published names.

    Returns
    -------
    Result
        One row, with the columns ``index``, ``version``, ``normalisation`` and a ``statement``.

    Raises
    ------
    UsageError
        When the scale is no composite, or its zero is the mean of the models (z-scores), so that
        a ratio means nothing; or the lower value is not above 0.
    """
    spec = _composite(scale)
    if spec["normalisation"] == "zscore":
        raise UsageError(
            f"{scale.ruler} is a mean of z-scores: its zero is the mean of the models, so there "
            "are no percentages",
            hint="say the difference in standard deviations, or use normalisation='chance'",
        )
    one, other = scale.position(model), scale.position(than)
    values = np.vstack([scale.estimate[None, :], scale.capability.values])
    if values[0, other] <= 0:
        raise UsageError(
            f"{than!r} has {values[0, other]:g} on {scale.ruler}; percentages need a value above 0"
        )
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = 100 * (values[:, [one]] / values[:, [other]] - 1)
    ratio[values[:, other] <= 0] = np.nan
    numbers = interval_columns(ratio, scale.level)
    estimate, low, high = (numbers[name][0] for name in ("estimate", "low", "high"))
    names = [model_name(scale, scale.models[k]) for k in (one, other)]
    defined = np.isfinite(ratio[1:]).mean() if len(ratio) > 1 else 0.0
    status = "point_only" if low is None else "ok" if defined >= 0.95 else "partly_defined"
    span = "" if low is None else f" ({100 * scale.level:g}% interval {low:z.1f} to {high:z.1f})"
    side = "above" if estimate >= 0 else "below"
    statement = (
        f"{names[0]} is {abs(estimate):.1f}% {side} {names[1]}{span} on {spec['name']}, version "
        f"{spec['version']} ({spec['normalisation']}, {len(spec['benchmarks'])} benchmarks)."
    )
    row = {
        "entity": scale.models[one],
        "than": scale.models[other],
        "quantity": "percent_difference",
        "estimate": estimate,
        "low": low,
        "high": high,
        "level": scale.level,
        "unit": "percent",
        "status": status,
        "n": len(spec["benchmarks"]),
        "index": spec["name"],
        "version": spec["version"],
        "normalisation": spec["normalisation"],
        "statement": statement,
    }
    return Result(
        table=pl.DataFrame([row], schema_overrides={"low": pl.Float64, "high": pl.Float64}),
        spec={"model": model, "than": than, "definition": spec["definition"]},
        dataset=scale.dataset.digest,
        notes=scale.notes,
    )


def weight_sensitivity(
    scale: Scale,
    *,
    draws: int = 2000,
    concentration: float = CONCENTRATION,
    level: float = 0.9,
    seed: int = 0,
) -> SensitivityResult:
    r"""Ask how much of a composite's ranking the weights decide.

    Weights are drawn from a Dirichlet distribution around the given ones, :math:`w' \sim
    \text{Dirichlet}(\kappa w)`: each has the given mean and the standard deviation
    :math:`\sqrt{w (1 - w) / (\kappa + 1)}`. Scores are held at the estimate, imputed cells as
    well, so that only the weights vary.

    The smallest change that draws another model level with the leader solves

    .. math::

       \min_{w'} \sum_b |w'_b - w_b| \quad \text{with} \quad
       \sum_b w'_b d_b \le 0, \; \sum_b w'_b = 1, \; w' \ge 0

    where d is the leader's lead on each component. The optimum moves weight from where the lead is
    greatest to where it is least, so it is found exactly by sorting.

    Parameters
    ----------
    scale
        Result of the composite ruler.
    draws
        Number of weightings.
    concentration
        kappa; the greater, the nearer the weightings are to the given one.
    level
        Level of the central rank intervals.
    seed
        Seed of the weightings.

    Returns
    -------
    SensitivityResult
        Per model: ``estimate`` (its rank), ``low`` and ``high``, ``leads`` (share of weightings
        under which it is first, ties shared), ``change`` (the smallest L1 change of weights that
        draws it level with the leader; null where it is behind on every component, with status
        ``never``, or is the ``leader``). Details: ``swap`` has the given and the swapping weights
        of the runner-up.

    Raises
    ------
    UsageError
        When the scale is no composite, or an option is out of range.
    """
    _composite(scale)
    require_whole("draws", draws, 1, MOST_DRAWS)
    require_whole("seed", seed, 0)
    if not (np.isfinite(concentration) and concentration > 0):
        raise UsageError(f"concentration is {concentration!r}; expected a number above 0")
    if not 0 < level < 1:
        raise UsageError(f"level is {level!r}; expected a number between 0 and 1")
    cells = scale.details["cells"]
    benchmarks = scale.details["components"]["benchmark"].to_list()
    weight = scale.details["components"]["weight"].to_numpy()
    scores = cells["normalised"].to_numpy().reshape(len(scale.models), len(benchmarks))
    rng = np.random.default_rng(seed)
    weights = rng.dirichlet(concentration * weight, size=draws)
    ranks, leads = _ranked(scores, weights)
    tail = (1 - level) / 2
    low, high = np.quantile(ranks, [tail, 1 - tail], axis=0)
    order = np.argsort(-scale.estimate, kind="stable")
    leader = int(order[0])
    changes = [smallest_swap(scores[leader] - row, weight) for row in scores]
    rows = []
    place = ranks_of(scale.estimate[None, :])[0]
    for m in order:
        moved = changes[m]
        status = "leader" if m == leader else "never" if moved is None else "ok"
        change = None
        if moved is not None and m != leader:
            change = float(np.abs(moved - weight).sum())
        rows.append(
            {
                "entity": scale.models[m],
                "name": model_name(scale, scale.models[m]),
                "quantity": "rank",
                "estimate": float(place[m]),
                "low": float(np.floor(low[m])),
                "high": float(np.ceil(high[m])),
                "level": level,
                "unit": "rank",
                "status": status,
                "n": draws,
                "leads": float(leads[m]),
                "change": change,
            }
        )
    second = int(order[1]) if len(order) > 1 else None
    moved = None if second is None else changes[second]
    swap = pl.DataFrame(
        {
            "benchmark": benchmarks,
            "weight": weight,
            "swapping": np.full(len(weight), np.nan) if moved is None else moved,
            "lead": scores[leader] - scores[leader if second is None else second],
        }
    ).with_columns(pl.col("swapping").fill_nan(None))
    return SensitivityResult(
        table=pl.DataFrame(rows, schema_overrides={"change": pl.Float64}),
        spec={
            "ruler": scale.ruler,
            "definition": scale.spec["definition"],
            "draws": draws,
            "concentration": concentration,
            "level": level,
            "seed": seed,
        },
        dataset=scale.dataset.digest,
        details={"swap": swap},
        notes=scale.notes,
    )


def smallest_swap(lead: FloatArray, weight: FloatArray) -> FloatArray | None:
    """Weights nearest to the given ones under which a leader's weighted lead is gone.

    Parameters
    ----------
    lead : float64 (n_components,)
        How far the leader is ahead on each component.
    weight : float64 (n_components,)
        Weights that add up to 1.

    Returns
    -------
    float64 (n_components,), or None where the leader is ahead on every component.

    Examples
    --------
    >>> smallest_swap(np.array([3.0, -1.0]), np.array([0.5, 0.5])).tolist()
    [0.25, 0.75]
    """
    excess = float(lead @ weight)
    if excess <= 0:
        return weight.copy()
    to = int(lead.argmin())
    if lead[to] > 0:
        return None
    moved = weight.copy()
    for b in np.argsort(-lead, kind="stable"):
        gain = lead[b] - lead[to]
        if b == to or gain <= 0:
            continue
        step = min(weight[b], excess / gain)
        moved[b] -= step
        moved[to] += step
        excess -= step * gain
        if excess <= 0 or step < weight[b]:
            break
    return moved


def _ranked(scores: FloatArray, weights: FloatArray) -> tuple[NDArray[np.int64], FloatArray]:
    """Rank of every model under every weighting, and the share of weightings that it leads."""
    block = max(1, _BLOCK // max(1, len(scores)))
    ranks = np.empty((len(weights), len(scores)), dtype=np.int64)
    leads = np.zeros(len(scores))
    # Equal scores have equal sums only where they are added once.
    distinct, where = np.unique(scores, axis=0, return_inverse=True)
    for first in range(0, len(weights), block):
        values = (weights[first : first + block] @ distinct.T)[:, where]
        ranks[first : first + block] = ranks_of(values)
        top = values == values.max(axis=1, keepdims=True)
        leads += (top / top.sum(axis=1, keepdims=True)).sum(axis=0)
    return ranks, leads / len(weights)


def _composite(scale: Scale) -> dict[str, Any]:
    if scale.spec.get("kind") != "composite":
        raise UsageError(
            f"{scale.ruler} is no composite, so it has no version and no weights to speak of",
            hint="fit headway.rulers.composite(...)",
        )
    return dict(scale.spec)
