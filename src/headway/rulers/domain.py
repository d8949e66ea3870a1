"""Capability in one domain: benchmarks from the joint fit, capability from the domain alone."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np
import polars as pl

from headway.draws import Draws, central_interval
from headway.errors import NotIdentified, UsageError, did_you_mean
from headway.progress import Progress
from headway.rulers.logistic import (
    BOUND,
    CLIP,
    FEW,
    MAX_ITERATIONS,
    TOLERANCE,
    LogisticRuler,
    require_whole,
)
from headway.rulers.observations import Observations, observe
from headway.rulers.resample import within_models
from headway.rulers.scale import Scale

if TYPE_CHECKING:
    from headway.dataset import Dataset

Membership = Literal["main", "any"]
FEWEST_BENCHMARKS = 2


@dataclass(frozen=True, kw_only=True)
class DomainRuler:
    """Capability in one domain, in the points of the joint fit.

    The joint ruler is fitted on all its benchmarks; then every capability is fitted again on the
    domain's benchmarks alone, with difficulties and slopes held (:func:`refit`). A value says how
    capable a model would be overall if it did everything as well as it does this.

    Parameters
    ----------
    domain
        Name of the domain, as in the column ``domain`` of the benchmarks.
    membership
        Which benchmarks belong: those whose ``main`` domain it is, or those that list it at
        ``any`` place of the column ``domains``.
    min_scores
        Models need this many scores in the domain.
    joint
        The joint ruler; its draws and seed are those of the domain.
    """

    domain: str
    membership: Membership = "main"
    min_scores: int = 2
    joint: LogisticRuler = field(default_factory=LogisticRuler)

    def __post_init__(self) -> None:
        require_whole("min_scores", self.min_scores, 1)
        if self.membership not in get_args(Membership):
            raise UsageError(f"membership={self.membership!r} is not one of 'main', 'any'")

    def fit(
        self,
        data: "Dataset",
        *,
        draws: int | None = None,
        seed: int | None = None,
        workers: int | None = None,
        progress: Progress | None = None,
    ) -> Scale:
        """Fit the joint ruler, then the domain.

        Raises
        ------
        UsageError
            When no benchmark is of that domain.
        NotIdentified
            As the joint ruler; and when fewer than two benchmarks of the domain are on its
            scale, for then the domain is that benchmark, and its score the ruler.
        """
        domain_benchmarks(data, self.domain, self.membership)
        scale = self.joint.fit(data, draws=draws, seed=seed, workers=workers, progress=progress)
        return self.refit(scale)

    def refit(self, scale: Scale) -> Scale:
        """Fit the domain on the scale of a joint fit that exists already.

        Raises
        ------
        UsageError, NotIdentified
            As :meth:`fit`.
        """
        chosen = domain_benchmarks(scale.dataset, self.domain, self.membership)
        on_scale = set(scale.curves.benchmarks) if scale.curves is not None else set(chosen)
        used = [name for name in chosen if name in on_scale]
        if len(used) < FEWEST_BENCHMARKS:
            raise NotIdentified(
                f"the domain {self.domain!r} has {len(used)} of its {len(chosen)} benchmarks on "
                f"this scale; it takes {FEWEST_BENCHMARKS}",
                hint=self._way_out(scale, used, on_scale),
            )
        return refit(scale, used, name=self.domain, min_scores=self.min_scores)

    def _way_out(self, scale: Scale, used: Sequence[str], on_scale: set[str]) -> str:
        ways = [f"use the score of {name!r} as it is: headway.rulers.single(...)" for name in used]
        wider = domain_benchmarks(scale.dataset, self.domain, "any")
        also = [name for name in wider if name in on_scale]
        if self.membership == "main" and len(also) >= FEWEST_BENCHMARKS:
            ways.append(f"membership='any' takes in {', '.join(also)}")
        return "; or ".join(ways) or "let the joint ruler use benchmarks of this domain"


def domain_benchmarks(
    data: "Dataset", domain: str, membership: Membership = "main"
) -> tuple[str, ...]:
    """Return the benchmarks of a domain.

    Raises
    ------
    UsageError
        When no benchmark is of that domain.
    """
    chosen = data.benchmarks.filter(pl.col("domain") == domain)
    if membership == "any":
        chosen = data.benchmarks.filter(_listed().list.contains(domain))
    if chosen.is_empty():
        known = domains(data)
        raise UsageError(
            f"no benchmark has the {'main ' if membership == 'main' else ''}domain {domain!r}"
            + did_you_mean(domain, known),
            hint=f"domains: {', '.join(known) or 'none is named in this dataset'}",
        )
    return tuple(chosen["benchmark"].sort())


def domains(data: "Dataset") -> tuple[str, ...]:
    """Return the domains that the benchmarks of a dataset name, in alphabetical order."""
    named = data.benchmarks.select(_listed().explode().alias("domain"))["domain"]
    return tuple(named.drop_nulls().unique().sort())


def _listed() -> pl.Expr:
    """Every domain of a benchmark: the main one, and those listed after semicolons."""
    both = pl.concat_str([pl.col("domain"), pl.col("domains")], separator=";", ignore_nulls=True)
    parts = both.str.split(";").list.eval(pl.element().str.strip_chars()).list.unique()
    return parts.list.eval(pl.element().filter(pl.element() != ""))


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
            hint=f"lower min_scores, or take one as it is: headway.rulers.single({used[0]!r})",
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
    )


def _status(cells: Observations, number: np.ndarray[Any, np.dtype[np.int64]]) -> tuple[str, ...]:
    above = np.bincount(cells.model, weights=cells.performance > CLIP[0])
    below = np.bincount(cells.model, weights=cells.performance < CLIP[1])
    status = np.where(number < FEW, "few_scores", "ok").astype(object)
    status[above == 0] = "at_floor"
    status[below == 0] = "at_ceiling"
    return tuple(str(word) for word in status)
