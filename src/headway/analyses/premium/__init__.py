"""How much better a group does where its answers could have been learnt.

Public benchmarks against private ones, or scores that developers report against independent ones.
"""

from dataclasses import dataclass, field
from importlib import import_module
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from headway.analyses.asked import of_scale
from headway.analyses.contest import LagSpec, contest
from headway.analyses.conventions import trend
from headway.analyses.premium.cells import Cells, Compared, comparable, compared
from headway.analyses.premium.evidence import Evidence, weigh_up
from headway.analyses.premium.interaction import Interaction, counted, interaction, require
from headway.analyses.premium.placebo import placebos, share_as_large
from headway.analyses.premium.sensitivity import sensitivity
from headway.analyses.premium.spec import PremiumSpec
from headway.analyses.premium.two_rulers import TwoRulers, two_rulers
from headway.analyses.result import Finding, Result, tidy
from headway.draws import FloatArray
from headway.errors import NotIdentified, UsageError
from headway.frontier import frontier
from headway.progress import Progress, Silent
from headway.shortly import of_fields

if TYPE_CHECKING:
    import altair as alt

    from headway.rulers.scale import Scale

__all__ = ["Evidence", "PremiumResult", "PremiumSpec", "premium"]


@dataclass(frozen=True, eq=False, kw_only=True)
class PremiumResult(Result):
    """The premium of one group over another; see :class:`headway.analyses.result.Result`.

    Parameters
    ----------
    evidence
        The numbers of the verdict and their strength.
    """

    evidence: Evidence = field(kw_only=True)

    __repr__ = of_fields

    def headline(self, unit: str = "points") -> dict[str, Any]:
        """Return the row of the premium in ``points`` or ``months``."""
        rows = self.table.filter(pl.col("quantity") == f"premium_{unit}")
        if rows.is_empty():
            raise UsageError(f"this result has no premium in {unit!r}; expected points or months")
        return rows.row(0, named=True)

    def chart(self) -> "alt.Chart | alt.LayerChart":
        """Chart of the premium under every variant of labels and evidence."""
        chart: alt.LayerChart = import_module("headway.report.charts.premium").variants(self)
        return chart

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON, with the evidence of the verdict."""
        return super().to_dict() | {"evidence": self.evidence.to_dict()}


def premium(
    scale: "Scale",
    spec: PremiumSpec | None = None,
    *,
    progress: Progress | None = None,
    **options: Any,
) -> PremiumResult:
    r"""Measure how much better a group does on public benchmarks than on private ones.

    Two designs. ``interaction``: on the residuals of the joint fit,

    .. math::

       r_{mb} = s_{mb} \bigl(\alpha_m + \beta_b + \lambda_b c_m + (\gamma_b + \tau P_b) G_m \bigr)
       + \varepsilon_{mb},

    tau in points is the follower's advantage on public benchmarks over that on private ones,
    relative to the leader's models (see :mod:`headway.analyses.premium.estimator`). In months it
    is divided by the slope of the leader's frontier since the first day. Its interval resamples
    the benchmarks of either side; its p-value permutes the labels over benchmarks.
    ``two-rulers``: one ruler per side on the same models with the same anchors, and the
    difference of the two lags and gaps, draw by draw.

    Parameters
    ----------
    scale
        Result of the logistic ruler.
    spec
        Options; the defaults when None.
    progress
        Told about the stages.
    options
        Any field of :class:`PremiumSpec`.

    Returns
    -------
    PremiumResult
        Rows of both designs. Details: ``benchmarks`` (advantage on each in points, with noise),
        ``left_out``, ``sensitivity``, ``placebos``, ``tests`` (p-values), ``counts``.

    Raises
    ------
    UsageError
        For an unknown option or group, overlapping groups, or a scale without curves.
    NotIdentified
        When a side has too few benchmarks or scores; the message has the counts.

    Examples
    --------
    >>> import headway
    >>> scale = headway.rulers.eci().fit(headway.load(), draws=0)
    >>> result = headway.premium(scale, splits=0, permutations=999)
    >>> result.headline()["low"] < result.headline()["estimate"] < result.headline()["high"]
    True
    """
    spec = (spec or PremiumSpec()).with_options(**options)
    progress = progress or Silent()
    found = compared(scale, spec)
    labelled = found.labelled(spec)
    cells = comparable(labelled, spec)
    progress.stage("Measuring the premium")
    require(cells, spec, whole=labelled)
    first = interaction(cells, spec)
    notes = [*scale.notes, *_without(scale, spec)]
    findings = [*_findings(first, spec, scale.unit)]
    findings.append(_in_months(scale, spec, first, notes))
    table = [tidy("interaction", findings, spec.level)]
    draws: dict[tuple[str, ...], FloatArray] = {
        ("interaction", f.period, f.entity, f.quantity): f.rows[1:] for f in findings
    }
    second: TwoRulers | None = None
    try:
        second = two_rulers(scale, spec, found, progress)
    except (NotIdentified, UsageError) as error:
        notes.append(f"two rulers: {error.message}.")
    months = None
    if second is not None:
        table.append(tidy("two-rulers", second.findings, spec.level))
        draws |= {
            ("two-rulers", f.period, f.entity, f.quantity): f.rows[1:] for f in second.findings
        }
        months = _difference(second)
        if second.dropped:
            notes.append(
                f"In {second.dropped} draws a ruler of one side is undefined; those are left out."
            )
    progress.stage("Measuring the placebos")
    others = placebos(labelled, scale.dataset, spec)
    variants = sensitivity(scale, spec, found, progress)
    placebo = share_as_large(others, first.premium.ratio)
    whole = pl.concat(table)
    evidence = weigh_up(
        *(
            whole.filter(pl.col("quantity") == f"premium_{unit}").row(0, named=True)
            for unit in ("points", "months")
        ),
        p_value=first.p_value,
        placebo=placebo,
        variants=variants,
        rulers_months=months,
    )
    return PremiumResult(
        table=whole,
        spec=spec.to_dict() | {"ruler": scale.ruler},
        dataset=scale.dataset.digest,
        details={
            "benchmarks": _benchmarks(scale, first, spec),
            "left_out": _left_out(scale, found, labelled, cells, spec),
            "sensitivity": variants,
            "placebos": others,
            "tests": _tests(first, placebo, spec),
            "counts": _counts(cells, spec),
        },
        draws=draws,
        notes=tuple(dict.fromkeys(notes)),
        evidence=evidence,
        asked=of_scale(scale, spec.date)
        | {
            "leader": spec.leader,
            "follower": spec.follower,
            "since": spec.since.isoformat(),
            "level": spec.level,
        },
    )


def _findings(first: Interaction, spec: PremiumSpec, unit: str) -> list[Finding]:
    period, n = f"since {spec.since}", len(first.model.cells.label)
    found = [
        Finding(
            period=period, entity=spec.follower, quantity="premium_points",
            rows=first.premium.rows, unit=unit, n=n,
        )
    ]  # fmt: skip
    if first.main is not None:
        found.append(
            Finding(
                period=period, entity="both groups", quantity="reporter_effect",
                rows=first.main.rows, unit=unit, n=n,
            )
        )  # fmt: skip
    return found


def _without(scale: "Scale", spec: PremiumSpec) -> list[str]:
    """Name the models that lack a date or a known group."""
    notes: list[str] = []
    for group in (spec.leader, spec.follower):
        try:
            notes += frontier(scale, group, date=spec.date).notes
        except UsageError as error:
            notes.append(f"{error.message}.")
    return notes


def _in_months(scale: "Scale", spec: PremiumSpec, first: Interaction, notes: list[str]) -> Finding:
    """Divide points by the slope of the leader's frontier, resample by draw of the slope."""
    rows = first.premium.rows
    period = f"since {spec.since}"
    options = LagSpec(
        leader=spec.leader, follower=spec.follower, date=spec.date, trend_starts=(spec.since,)
    )
    slope = np.empty(0)
    try:
        measured = trend.measure(contest(scale, options))
        slopes = [f.rows for f in measured.findings if f.quantity == "leader_slope"]
        slope = slopes[0] / 12 if slopes else slope
        notes.extend(measured.notes)
    except UsageError as error:
        notes.append(f"trend: {error.message}.")
    out = np.full(len(rows), np.nan)
    if len(slope):
        drawn = slope[1:] if len(slope) > 1 else slope
        drawn = drawn[np.isfinite(drawn) & (drawn > 0)]
        if slope[0] > 0:
            out[0] = rows[0] / slope[0]
        if len(drawn):
            out[1:] = rows[1:] / np.resize(drawn, len(rows) - 1)
    return Finding(
        period=period, entity=spec.follower, quantity="premium_months", rows=out, unit="months",
        n=len(first.model.cells.label),
    )  # fmt: skip


def _difference(second: TwoRulers) -> float | None:
    for finding in second.findings:
        if finding.entity == "difference" and finding.unit == "months":
            value = float(finding.rows[0])
            return value if np.isfinite(value) else None
    return None


def _benchmarks(scale: "Scale", first: Interaction, spec: PremiumSpec) -> pl.DataFrame:
    cells = first.model.cells
    counts = cells.counts()
    side = cells.side()
    advantage, error = first.model.advantage, first.model.advantage_error
    known = (error > 0) & np.isfinite(error)
    reference = known & (side == 0 if spec.contrast == "access" else True)
    weight = np.where(reference, 1 / np.maximum(error, 1e-9) ** 2, 0.0)
    centre = float((weight * advantage).sum() / weight.sum()) if weight.any() else 0.0
    facts = scale.dataset.benchmarks.select(
        "benchmark", "name", "domain", "item_access", "access_confidence"
    )
    return (
        pl.DataFrame(
            {
                "benchmark": cells.benchmarks,
                "side": [
                    None if np.isnan(s) else spec.sides[0] if s == 1 else spec.sides[1]
                    for s in side
                ],
                "advantage": pl.Series(advantage - centre).set(pl.Series(~known), None),
                "error": pl.Series(error).set(pl.Series(~known), None),
                "without": pl.Series(first.premium.left_out).fill_nan(None),
                "leader_scores": counts[0],
                "follower_scores": counts[1],
            },
            schema_overrides={"side": pl.String},
        )
        .join(facts, on="benchmark", how="left")
        .sort("advantage", "benchmark", descending=[True, False], nulls_last=True)
    )


def _left_out(
    scale: "Scale", found: Compared, labelled: Cells, cells: Cells, spec: PremiumSpec
) -> pl.DataFrame:
    facts = scale.dataset.benchmarks.select("benchmark", "name", "item_access")
    assert scale.curves is not None
    rows = []
    for benchmark in scale.curves.benchmarks:
        if benchmark in cells.benchmarks:
            continue
        expected = None
        if benchmark in found.saturated:
            why, expected = "saturated", found.saturated[benchmark]
        elif benchmark not in found.cells.benchmarks:
            why = "no_recent_scores"
        elif benchmark not in labelled.benchmarks:
            why = "no_label"
        else:
            why = "few_models" if spec.contrast == "access" else "one_reporter"
        rows.append((benchmark, why, expected))
    schema = {"benchmark": pl.String, "why": pl.String, "expected": pl.Float64}
    return pl.DataFrame(rows, schema=schema, orient="row").join(facts, on="benchmark", how="left")


def _tests(
    first: Interaction, placebo: tuple[float | None, int], spec: PremiumSpec
) -> pl.DataFrame:
    method = "exact" if first.exact else "random"
    rows = [
        ("permutation", "premium", first.premium.ratio, first.p_value, first.labellings, method),
        ("splits", "premium", first.premium.ratio, placebo[0], placebo[1], "random"),
    ]
    if first.main is not None:
        rows.append(
            ("permutation", "reporter_effect", first.main.ratio, first.main_p_value,
             first.labellings, method)
        )  # fmt: skip
    return pl.DataFrame(
        rows,
        schema={
            "test": pl.String, "quantity": pl.String, "statistic": pl.Float64,
            "p_value": pl.Float64, "n": pl.Int64, "method": pl.String,
        },
        orient="row",
    ).with_columns(sigma=pl.lit(first.model.sigma), omega=pl.lit(first.model.omega),
                   seed=pl.lit(spec.seed))  # fmt: skip


def _counts(cells: Cells, spec: PremiumSpec) -> pl.DataFrame:
    counts = counted(cells)
    follower = cells.follower
    rows = [
        (getattr(spec, group), side, counts[group, side], int((follower == code).sum()))
        for group, code in (("leader", 0.0), ("follower", 1.0))
        for side in spec.sides
    ]
    schema = {"group": pl.String, "side": pl.String, "scores": pl.Int64, "models": pl.Int64}
    return pl.DataFrame(rows, schema=schema, orient="row")
