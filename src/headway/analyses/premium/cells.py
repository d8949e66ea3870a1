"""Which scores are compared, and how far each lies from the joint fit, in points."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from numpy.typing import NDArray

from headway.analyses.premium.spec import PremiumSpec
from headway.dataset.groups import members
from headway.draws import FloatArray
from headway.errors import NotIdentified, UsageError
from headway.frontier import model_dates, to_day
from headway.rulers.scores.observations import Ints, observe
from headway.shortly import of_fields

if TYPE_CHECKING:
    from headway.rulers.scale import Scale

Booleans = NDArray[np.bool_]


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class Cells:
    """Scores of two groups beside what the joint fit expects of them.

    Parameters
    ----------
    models, benchmarks
        Identifiers.
    model, benchmark : int64 (n_cells,)
        Indices into them.
    follower : float64 (n_models,)
        1 for the follower's models, 0 for the leader's.
    label : float64 (n_cells,)
        1 for the first side of the contrast (public, developer-reported), 0 for the second.
    expected : float64 (n_cells,)
        Performance that the joint fit expects.
    residual : float64 (n_cells,)
        Performance minus expected.
    slope : float64 (n_cells,)
        Performance per point: the derivative of the curve at the model's capability.
    capability : float64 (n_models,)
        Capability in the fit's own (logit) units.
    """

    models: tuple[str, ...]
    benchmarks: tuple[str, ...]
    model: Ints
    benchmark: Ints
    follower: FloatArray
    label: FloatArray
    expected: FloatArray
    residual: FloatArray
    slope: FloatArray
    capability: FloatArray

    __repr__ = of_fields

    def same_scores(self, other: "Cells") -> bool:
        """Whether these are the same scores, whatever their labels."""
        return (
            self.models == other.models
            and self.benchmarks == other.benchmarks
            and np.array_equal(self.model, other.model)
            and np.array_equal(self.benchmark, other.benchmark)
            and np.array_equal(self.residual, other.residual)
        )

    def keep(self, cells: Booleans) -> "Cells":
        """Keep some cells, and the models and benchmarks that they need."""
        models, model = np.unique(self.model[cells], return_inverse=True)
        benchmarks, benchmark = np.unique(self.benchmark[cells], return_inverse=True)
        return Cells(
            models=tuple(self.models[k] for k in models),
            benchmarks=tuple(self.benchmarks[k] for k in benchmarks),
            model=model.astype(np.int64),
            benchmark=benchmark.astype(np.int64),
            follower=self.follower[models],
            label=self.label[cells],
            expected=self.expected[cells],
            residual=self.residual[cells],
            slope=self.slope[cells],
            capability=self.capability[models],
        )

    def relabelled(self, label: FloatArray) -> "Cells":
        """Return the same cells with other labels; NaN leaves a cell out."""
        known = np.isfinite(label)
        fields = {name: getattr(self, name) for name in self.__dataclass_fields__}
        return Cells(**fields | {"label": label}).keep(known)

    def regrouped(self, follower: FloatArray) -> "Cells":
        """Return the same cells with other groups; NaN leaves a model out."""
        known = np.isfinite(follower)
        fields = {name: getattr(self, name) for name in self.__dataclass_fields__}
        return Cells(**fields | {"follower": follower}).keep(known[self.model])

    def shared(self, fewest: int) -> "Cells":
        """Keep the benchmarks with enough models of both groups."""
        counts = self.counts()
        return self.keep((counts.min(axis=0) >= fewest)[self.benchmark])

    def counts(self) -> Ints:
        """Number of the leader's and of the follower's cells on each benchmark, (2, n)."""
        size = len(self.benchmarks)
        side = self.follower[self.model]
        return np.stack(
            [np.bincount(self.benchmark[side == k], minlength=size) for k in (0.0, 1.0)]
        ).astype(np.int64)

    def side(self) -> FloatArray:
        """Label of each benchmark; NaN where its cells carry both."""
        size = len(self.benchmarks)
        mean = np.bincount(self.benchmark, self.label, size) / np.bincount(
            self.benchmark, minlength=size
        )
        return np.where((mean == 0) | (mean == 1), mean, np.nan)


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class Compared:
    """The cells that can be compared before any label is given, and what was left out.

    Parameters
    ----------
    cells
        Every cell of both groups' recent models on benchmarks that are not saturated; the label
        is NaN.
    saturated
        Benchmarks left out as saturated, with the expected performance that made them so.
    kind
        Item access or reporter of every cell.
    unsure
        Benchmarks whose item access is not of high confidence.
    """

    cells: Cells
    saturated: Mapping[str, float]
    kind: tuple[str, ...]
    unsure: frozenset[str]

    __repr__ = of_fields

    def labelled(self, spec: PremiumSpec) -> Cells:
        """Give the labels of a spec; cells without one are left out."""
        of_kind = {kind: spec.label(kind) for kind in set(self.kind)}
        label = np.array([of_kind[kind] for kind in self.kind], dtype=np.float64)
        if spec.contrast == "access" and spec.confidence == "high":
            names = np.array(self.cells.benchmarks)[self.cells.benchmark]
            label[np.isin(names, list(self.unsure))] = np.nan
        return self.cells.relabelled(label)


def comparable(cells: Cells, spec: PremiumSpec) -> Cells:
    """Keep the benchmarks with enough models of both groups, and both reporters if asked for."""
    cells = cells.shared(spec.fewest)
    if spec.contrast == "reporter" and len(cells.label):
        cells = cells.keep(np.isnan(cells.side())[cells.benchmark])
    return cells


def compared(scale: "Scale", spec: PremiumSpec) -> Compared:
    r"""Collect the scores of both groups beside the joint fit.

    The residual of a score is :math:`r = y - \hat y` and the derivative of the curve in points
    :math:`s = a \hat y (1 - \hat y) / f`, with a the slope of the benchmark and f the points per
    logit, so that a shift of x points moves the expected score by about :math:`s x`.

    Raises
    ------
    UsageError
        When the scale has no curves or no points, a group is unknown, or the groups overlap.
    NotIdentified
        When a group has no model from the first day on.
    """
    if scale.curves is None:
        raise UsageError(
            f"the premium needs a scale with difficulties and slopes, not {scale.ruler}",
            hint="fit headway.rulers.eci() first (--ruler eci)",
        )
    if scale.unit != "points":
        raise UsageError(
            f"the premium is measured in points, and this scale is in {scale.unit}",
            hint="fit the ruler with two anchors",
        )
    data, curves = scale.dataset, scale.curves
    models, benchmarks, m, b, performance, kind = _scores(scale, spec)
    position = {model: k for k, model in enumerate(scale.models)}
    logits = (scale.estimate[[position[x] for x in models]] - curves.shift[0]) / curves.factor[0]
    column = [curves.benchmarks.index(x) for x in benchmarks]
    slope, difficulty = curves.slope[0, column], curves.difficulty[0, column]
    expected = 1 / (1 + np.exp(-slope[b] * (logits[m] - difficulty[b])))
    groups = {side: set(members(data, getattr(spec, side))) for side in ("leader", "follower")}
    overlap = sorted(groups["leader"] & groups["follower"])
    if overlap:
        raise UsageError(
            f"{len(overlap)} models are in both {spec.leader} and {spec.follower}, for example "
            f"{overlap[0]!r}",
            hint="choose groups without a model in common; '+!...' takes models out of a group",
        )
    follower = np.array(
        [
            1.0 if x in groups["follower"] else 0.0 if x in groups["leader"] else np.nan
            for x in models
        ]
    )
    days = model_dates(data, spec.date)
    start = to_day(spec.since)
    known = [days.get(x) for x in models]
    dated = np.array([np.nan if day is None else float(day) for day in known])
    before = np.isfinite(follower) & (dated < start)
    saturated: dict[str, float] = {}
    if before.any():
        best = float(logits[before].max())
        reached = 1 / (1 + np.exp(-slope * (best - difficulty)))
        saturated = {
            name: float(value)
            for name, value in zip(benchmarks, reached, strict=True)
            if value >= spec.saturated and spec.saturated < 1
        }
    recent = np.where(dated >= start, follower, np.nan)
    for side, code in (("leader", 0.0), ("follower", 1.0)):
        if not (recent == code).any():
            raise NotIdentified(
                f"{getattr(spec, side)} has no model on this scale from {spec.since} on",
                hint="choose an earlier --since, or another group",
            )
    dull = np.isin(benchmarks, list(saturated))
    kept = np.isfinite(recent)[m] & ~dull[b]
    cells = Cells(
        models=tuple(models),
        benchmarks=tuple(benchmarks),
        model=m,
        benchmark=b,
        follower=recent,
        label=np.full(len(m), np.nan),
        expected=expected,
        residual=performance - expected,
        slope=slope[b] * expected * (1 - expected) / curves.factor[0],
        capability=logits,
    ).keep(kept)
    sure = data.benchmarks.filter(pl.col("access_confidence") == "high")["benchmark"]
    return Compared(
        cells=cells,
        saturated=saturated,
        kind=tuple(x for x, used in zip(kind, kept, strict=True) if used),
        unsure=frozenset(cells.benchmarks) - frozenset(sure),
    )


def _scores(
    scale: "Scale", spec: PremiumSpec
) -> tuple[list[str], list[str], Ints, Ints, FloatArray, list[str]]:
    """Models, benchmarks, and for every score its indices, performance and kind.

    One score per model and benchmark, as the fit took it; with ``contrast="reporter"`` one per
    reporter as well, so that a model that both kinds of reporter tested is compared with itself.
    """
    assert scale.curves is not None
    data = scale.dataset
    if spec.contrast == "access":
        cells = observe(
            data,
            benchmarks=scale.curves.benchmarks,
            min_scores=scale.spec.get("min_scores", 1),
            duplicates=scale.spec.get("duplicates", "best"),
        )
        cells = cells.keep(np.isin(cells.models, scale.models))
        access = dict(data.benchmarks.select("benchmark", "item_access").iter_rows())
        kinds = [access.get(name) or "unknown" for name in cells.benchmarks]
        return (
            list(cells.models), list(cells.benchmarks), cells.model, cells.benchmark,
            cells.performance, [kinds[k] for k in cells.benchmark],
        )  # fmt: skip
    rows = (
        data.normalised_scores()
        .filter(
            pl.col("performance").is_not_null()
            & pl.col("model").is_in(list(scale.models))
            & pl.col("benchmark").is_in(list(scale.curves.benchmarks))
        )
        .with_columns(pl.col("reporter").fill_null("unknown"))
        .group_by("model", "benchmark", "reporter")
        .agg(pl.col("performance").max())
        .sort("model", "benchmark", "reporter")
    )
    models = rows["model"].unique().sort().to_list()
    benchmarks = rows["benchmark"].unique().sort().to_list()
    return (
        models, benchmarks,
        np.searchsorted(models, rows["model"].to_list()).astype(np.int64),
        np.searchsorted(benchmarks, rows["benchmark"].to_list()).astype(np.int64),
        rows["performance"].to_numpy().astype(np.float64), rows["reporter"].to_list(),
    )  # fmt: skip
