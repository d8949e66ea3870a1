"""Capabilities on some benchmarks, on the scale of a joint fit that exists already."""

from collections.abc import Sequence
from hashlib import sha256
from typing import Any

import numpy as np

from headway.draws import Draws, central_interval
from headway.errors import NotIdentified, UsageError
from headway.rulers.scale import Evidence, Scale
from headway.rulers.scores.logistic import BOUND, CLIP, FEW, MAX_ITERATIONS, TOLERANCE
from headway.rulers.scores.observations import Observations, observe
from headway.rulers.scores.resample import within_models


def refit(scale: Scale, benchmarks: Sequence[str], *, name: str, min_scores: int = 2) -> Scale:
    """Refit the capabilities on some benchmarks, with difficulties and slopes held.

    The difficulties and slopes of the estimate and of every draw are those of the joint fit, and
    so is the map to points: a value says how capable a model would be overall if it did
    everything as well as it does this. Draws resample the domain's cells of each model; a model
    with one cell has no interval.

    Parameters
    ----------
    scale
        Result of the logistic ruler.
    benchmarks
        Identifiers of the domain's benchmarks; those not on the scale are ignored.
    name
        Name of the domain.
    min_scores
        Models need this many scores in the domain.

    Raises
    ------
    UsageError
        When the scale did not come from the logistic ruler.
    NotIdentified
        When no model has enough scores.
    """
    if scale.curves is None:
        raise UsageError(
            f"a domain needs a scale with difficulties and slopes, not {scale.ruler}",
            hint="fit headway.rulers.eci() first",
        )
    from headway.rulers.kernels import logistic

    curves = scale.curves
    position = {b: i for i, b in enumerate(curves.benchmarks)}
    used = [b for b in benchmarks if b in position]
    if not used:
        raise NotIdentified(f"no benchmark of {name} is on this scale")
    try:
        cells = observe(
            scale.dataset,
            benchmarks=used,
            weights=scale.spec.get("weights"),
            min_scores=min_scores,
            duplicates=scale.spec.get("duplicates", "best"),
        )
    except NotIdentified as error:
        raise NotIdentified(
            f"no model has {min_scores} scores on the {len(used)} benchmarks of {name}",
            hint=f"lower min_scores, or take one as it is: "
            f"headway.rulers.single({used[0]!r}), --ruler single",
        ) from error
    on_scale = np.isin(cells.models, scale.models)
    if not on_scale.any():
        raise NotIdentified(f"no model on this scale has scores in {name}")
    cells = cells.keep(on_scale)
    target = np.clip(cells.performance, *CLIP)
    bench = np.array([position[b] for b in cells.benchmarks], dtype=np.int64)[cells.benchmark]
    where = [scale.models.index(m) for m in cells.models]
    counts = within_models(cells, scale.capability.n_draws, scale.seed or 0)
    joint = np.vstack([scale.estimate, scale.capability.values])[:, where]
    rows = np.full(joint.shape, np.nan)
    for k in np.flatnonzero(np.isfinite(joint).all(axis=1)):
        weight = cells.weight if k == 0 else counts[k - 1] * cells.weight
        capability = np.clip((joint[k] - curves.shift[k]) / curves.factor[k], -BOUND, BOUND)
        logistic.fit_capability(
            cells.start, bench, target, weight, capability, curves.difficulty[k],
            curves.slope[k], curves.ridge, BOUND, TOLERANCE, MAX_ITERATIONS,
        )  # fmt: skip
        rows[k] = curves.shift[k] + curves.factor[k] * capability
    low, high = central_interval(rows[1:], scale.level)
    number = np.bincount(cells.model, minlength=len(cells.models))
    low[number == 1] = high[number == 1] = np.nan
    return Scale(
        ruler=f"{scale.ruler}: {name}",
        spec=dict(scale.spec) | {"kind": "domain", "domain": name, "benchmarks": list(used)},
        dataset=scale.dataset,
        evidence=Evidence(sources=cells.sources),
        models=cells.models,
        estimate=rows[0],
        capability=Draws(
            values=rows[1:],
            dims=("draw", "model"),
            coords={"model": cells.models},
            unit=scale.unit,
            draw_set=sha256(repr((scale.capability.draw_set, used)).encode()).hexdigest()[:16],
        ),
        status=_status(cells, number),
        n_scores=number,
        low=low,
        high=high,
        level=scale.level,
        unit=scale.unit,
        seed=scale.seed,
        notes=cells.notes,
        alike=cells.alike(),
    )


def _status(cells: Observations, number: np.ndarray[Any, np.dtype[np.int64]]) -> tuple[str, ...]:
    above = np.bincount(cells.model, weights=cells.performance > CLIP[0])
    below = np.bincount(cells.model, weights=cells.performance < CLIP[1])
    status = np.where(number < FEW, "few_scores", "ok").astype(object)
    status[above == 0] = "at_floor"
    status[below == 0] = "at_ceiling"
    return tuple(str(word) for word in status)
