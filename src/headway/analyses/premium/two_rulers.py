"""The second design: one ruler per side, and the difference of what the two say."""

from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from headway.analyses.contest import LagSpec
from headway.analyses.lag import compare
from headway.analyses.premium.cells import Compared
from headway.analyses.premium.spec import PremiumSpec
from headway.analyses.result import Finding
from headway.dataset.groups import members
from headway.draws import Draws, FloatArray
from headway.errors import NotIdentified
from headway.progress import Progress
from headway.rulers.scale import Scale
from headway.rulers.scores.gauge import ANCHORS
from headway.rulers.scores.logistic import LogisticRuler
from headway.shortly import of_fields

FEWEST = 2
FEWEST_MODELS = 3
CONVENTIONS = ("daily", "records", "gap")
READ = (
    ("daily", "last-12-months", "frontier", "lag_mean", "lag_daily"),
    ("records", "last-12-months", "records", "lag_mean", "lag_records"),
    ("gap", "last-12-months", "frontier", "gap_mean", "gap_mean"),
)


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class TwoRulers:
    """Lags and gaps on each side, and private minus public of each.

    Parameters
    ----------
    findings
        One per quantity and side, with ``difference`` as a third.
    models, first, second
        What the rulers were fitted on: models, and benchmarks of each side.
    dropped
        Draws in which either ruler is undefined.
    """

    findings: tuple[Finding, ...]
    models: tuple[str, ...]
    first: tuple[str, ...]
    second: tuple[str, ...]
    dropped: int

    __repr__ = of_fields


def two_rulers(scale: Scale, spec: PremiumSpec, found: Compared, progress: Progress) -> TwoRulers:
    r"""Fit a ruler on each side's benchmarks, for the same models and anchors.

    .. math:: \text{premium} = \text{lag}_\text{private} - \text{lag}_\text{public}

    draw by draw, for the mean daily lag and the mean lag of records in the last twelve months,
    and the same for the mean gap in points. The two sides have no score in common, so their
    resamples are independent; the anchors hold both to one scale.

    Raises
    ------
    NotIdentified
        When the models measured on both sides do not carry two rulers.
    """
    data = scale.dataset
    models, lists = _connected(scale, spec, _cells(scale, spec, found))
    rulers: list[Scale] = []
    for name, kinds, benchmarks in zip(spec.sides, (spec.high, spec.low), lists, strict=True):
        ruler = LogisticRuler(
            benchmarks=benchmarks,
            anchors=scale.spec.get("anchors", ANCHORS),
            ridge=scale.spec.get("ridge", LogisticRuler.ridge),
            duplicates=scale.spec.get("duplicates", "best"),
            level=spec.level,
            name=f"{scale.ruler}: {name}",
        )
        part = data.where(model=list(models))
        if spec.contrast == "reporter":
            present = set(part.scores["reporter"])
            part = part.where(reporter=[kind for kind in kinds if kind in present])
        rulers.append(
            ruler.fit(part, draws=scale.capability.n_draws, seed=scale.seed, progress=progress)
        )
    whole = np.ones(scale.capability.n_draws, dtype=bool)
    for fitted in rulers:
        whole &= np.isfinite(fitted.capability.values).all(axis=1)
    rulers = [_rows(ruler, whole) for ruler in rulers]
    options = LagSpec(
        leader=spec.leader, follower=spec.follower, date=spec.date, level=spec.level, since=None
    )
    read = [_read(ruler, options) for ruler in rulers]
    findings = []
    for _, period, _, _, quantity in READ:
        if quantity not in read[0] or quantity not in read[1]:
            continue
        public, private = read[0][quantity], read[1][quantity]
        unit = scale.unit if quantity == "gap_mean" else "months"
        for entity, rows in (
            (spec.sides[0], public),
            (spec.sides[1], private),
            ("difference", private - public),
        ):
            findings.append(
                Finding(
                    period=period, entity=entity, quantity=quantity, rows=rows, unit=unit,
                    n=len(models),
                )
            )  # fmt: skip
    if not findings:
        raise NotIdentified(
            "neither ruler has both groups in its last twelve months",
            hint="choose larger groups",
        )
    return TwoRulers(
        findings=tuple(findings), models=models, first=lists[0], second=lists[1],
        dropped=int((~whole).sum()),
    )  # fmt: skip


def _cells(scale: Scale, spec: PremiumSpec, found: Compared) -> list[pl.DataFrame]:
    """Models and benchmarks of the scores on either side."""
    data = scale.dataset
    assert scale.curves is not None
    usable = [b for b in scale.curves.benchmarks if b not in found.saturated]
    scores = (
        data.normalised_scores()
        .drop_nulls("performance")
        .join(
            data.benchmarks.select("benchmark", "item_access", "access_confidence"), on="benchmark"
        )
        .filter(pl.col("model").is_in(list(scale.models)) & pl.col("benchmark").is_in(usable))
    )
    if spec.contrast == "access" and spec.confidence == "high":
        scores = scores.filter(pl.col("access_confidence") == "high")
    kind = pl.col("item_access" if spec.contrast == "access" else "reporter").fill_null("unknown")
    return [
        scores.filter(kind.is_in(list(wanted))).select("model", "benchmark").unique()
        for wanted in (spec.high, spec.low)
    ]


def _connected(
    scale: Scale, spec: PremiumSpec, cells: list[pl.DataFrame]
) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """Models with enough scores on both sides, on benchmarks with enough of these models."""
    before = -1
    while sum(map(len, cells)) != before:
        before = sum(map(len, cells))
        models = _enough(cells[0], "model") & _enough(cells[1], "model")
        cells = [part.filter(pl.col("model").is_in(sorted(models))) for part in cells]
        cells = [
            part.filter(pl.col("benchmark").is_in(sorted(_enough(part, "benchmark"))))
            for part in cells
        ]
    for side in ("leader", "follower"):
        number = len(set(members(scale.dataset, getattr(spec, side))) & models)
        if number < FEWEST_MODELS:
            raise NotIdentified(
                f"{number} models of {getattr(spec, side)} have at least {FEWEST} "
                f"{spec.sides[0]} and {FEWEST} {spec.sides[1]} scores, and {FEWEST_MODELS} are "
                "needed for two rulers",
            )
    return tuple(sorted(models)), [tuple(sorted(set(part["benchmark"]))) for part in cells]


def _enough(cells: pl.DataFrame, column: str) -> set[str]:
    return set(cells.group_by(column).len().filter(pl.col("len") >= FEWEST)[column])


def _rows(scale: Scale, keep: np.ndarray) -> Scale:
    draws = scale.capability
    return replace(
        scale,
        capability=Draws(
            values=draws.values[keep], dims=draws.dims, coords=draws.coords, unit=draws.unit,
            draw_set=draws.draw_set,
        ),
    )  # fmt: skip


def _read(scale: Scale, options: LagSpec) -> dict[str, FloatArray]:
    result = compare(scale, options, CONVENTIONS)
    out = {}
    for convention, period, entity, quantity, name in READ:
        found = result.table.filter(
            (pl.col("convention") == convention) & (pl.col("period") == period)
            & (pl.col("entity") == entity) & (pl.col("quantity") == quantity)
        )  # fmt: skip
        if found.is_empty() or found["estimate"][0] is None:
            continue
        draws = result.draws.get((convention, period, entity, quantity), np.empty(0))
        out[name] = np.append(found["estimate"][0], draws)
    return out
