"""Where the follower is further behind: lags by domain and by single benchmark."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import polars as pl

from headway.analyses.asked import of_question
from headway.analyses.contest import LagSpec, contest, last_day, year_before
from headway.analyses.conventions.records import peer_models, record_lags
from headway.analyses.result import Result, interval_columns, model_name
from headway.analyses.tie import Tie, tie_where_it_fits
from headway.errors import HeadwayError, NotIdentified, UsageError
from headway.frontier import from_day
from headway.progress import Progress, Silent
from headway.rulers.scale import Scale
from headway.rulers.scores.observations import Observations, observe
from headway.rulers.scores.refit import refit
from headway.rulers.scores.single import SingleRuler
from headway.shortly import of_fields

FEWEST_MODELS = 3
FEWEST_BENCHMARKS = 2
_SCHEMA: dict[str, Any] = {
    "entity": pl.String,
    "name": pl.String,
    "item_access": pl.String,
    "domain": pl.String,
    "quantity": pl.String,
    "estimate": pl.Float64,
    "low": pl.Float64,
    "high": pl.Float64,
    "level": pl.Float64,
    "unit": pl.String,
    "status": pl.String,
    "n": pl.Int64,
    "leader_model": pl.String,
    "leader_name": pl.String,
    "leader_score": pl.Float64,
    "follower_model": pl.String,
    "follower_name": pl.String,
    "follower_score": pl.Float64,
    "follower_date": pl.Date,
    "stale": pl.Boolean,
    "matched_name": pl.String,
    "matched_date": pl.Date,
    "gap": pl.Float64,
    "gap_low": pl.Float64,
    "gap_high": pl.Float64,
    "gap_unit": pl.String,
    "why": pl.String,
}


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class Area:
    """A part of the evidence with a scale of its own.

    Parameters
    ----------
    kind
        ``domain`` or ``benchmark``.
    facts
        Its columns entity, name, item_access, domain and n.
    scale
        Its scale, or None.
    why
        Why it has none.
    """

    kind: str
    facts: Mapping[str, Any]
    scale: Scale | None
    why: str | None

    __repr__ = of_fields


def by_domain(scale: Scale, spec: LagSpec, progress: Progress | None = None) -> Result:
    r"""Lag of the follower's best model in each domain of benchmarks.

    Each domain is a refit of the capabilities on its benchmarks with difficulties and slopes
    held (:func:`headway.rulers.scores.refit.refit`). The lag is that of the ``records``
    convention for the follower's best measured model j there,
    :math:`t_j - \min\{t : L(t) \ge c_j + \text{tie}\}`: it does not grow when a benchmark is
    no longer run.

    Returns
    -------
    Result
        One row per domain, worst first. ``status`` is ``ok``; ``at_least`` when the leader's
        first measured model was already there, so the true lag may be longer; ``leads`` when the
        follower was there first (the lag is negative, or unknown when no leader's model has
        come since); ``incomplete`` when a model without a date or a known group would raise a
        frontier there; or ``not_enough_data`` with the reason in ``why``. ``stale`` marks a domain
        in which the follower's best model is more than a year older than the last day.
    """
    return _result(domain_areas(scale, progress), scale, spec)


def by_benchmark(scale: Scale, spec: LagSpec, progress: Progress | None = None) -> Result:
    """Lag of the follower's best model on each single benchmark, by its own score.

    As :func:`by_domain`, on the scores themselves; a tie is one of percent (``"2 percent"``), and
    there is none by default.

    Raises
    ------
    UsageError
        For a tie in another unit.
    """
    if spec.tie is not None and Tie.read(spec.tie).unit != "percent" and Tie.read(spec.tie).size:
        raise UsageError(
            f"a tie of {Tie.read(spec.tie)} would have no effect on single benchmarks, which are "
            "in percent",
            hint="leave it out, or give its unit, such as '2 percent'",
        )
    return _result(
        benchmark_areas(scale, progress), scale, spec, left_out_of=replace(spec, min_scores=1)
    )


def domain_areas(scale: Scale, progress: Progress | None = None) -> Iterator[Area]:
    """Yield every main domain of the scale's benchmarks, refitted."""
    progress = progress or Silent()
    facts = scale.dataset.benchmarks
    on_scale = scale.curves.benchmarks if scale.curves is not None else ()
    used = facts.filter(pl.col("benchmark").is_in(list(on_scale)))
    domains = used["domain"].drop_nulls().unique().sort().to_list()
    progress.stage("Measuring each domain")
    for k, domain in enumerate(domains, start=1):
        chosen = used.filter(pl.col("domain") == domain)["benchmark"].to_list()
        row = {"entity": domain, "name": domain, "domain": domain, "n": len(chosen)}
        refitted, why = None, None
        if len(chosen) < FEWEST_BENCHMARKS:
            why = f"{len(chosen)} benchmark"
        else:
            try:
                refitted = refit(scale, chosen, name=domain)
            except (NotIdentified, UsageError) as error:
                why = error.message
        yield Area(kind="domain", facts=row, scale=refitted, why=why)
        progress.advance(k, len(domains))


def benchmark_areas(scale: Scale, progress: Progress | None = None) -> Iterator[Area]:
    """Yield every benchmark of the scale, its score the ruler."""
    progress = progress or Silent()
    data = scale.dataset
    cells = observe(data, benchmarks=scale.spec.get("benchmarks"))
    facts = data.benchmarks.filter(pl.col("benchmark").is_in(list(cells.benchmarks)))
    progress.stage("Measuring each benchmark")
    for k, fact in enumerate(facts.sort("benchmark").iter_rows(named=True), start=1):
        row = {
            "entity": fact["benchmark"],
            "name": fact["name"] or fact["benchmark"],
            "item_access": fact["item_access"],
            "domain": fact["domain"],
            "n": _tested(cells, fact["benchmark"]),
        }
        ruler = SingleRuler(
            benchmark=fact["benchmark"], draws=scale.capability.n_draws, seed=scale.seed or 0
        )
        single, why = None, None
        try:
            single = ruler.fit(data)
        except HeadwayError as error:
            why = error.message
        yield Area(kind="benchmark", facts=row, scale=single, why=why)
        progress.advance(k, len(facts))


def measure(area: Area, spec: LagSpec) -> dict[str, Any]:
    """Lag and gap in an area, as columns of :func:`by_domain`; or why there is none."""
    if area.scale is None:
        return _unknown(area.why or "")
    if area.kind == "benchmark":
        spec = replace(spec, min_scores=None)
    try:
        return _measure(area.scale, spec)
    except (NotIdentified, UsageError) as error:
        return _unknown(error.message)


def _measure(scale: Scale, spec: LagSpec) -> dict[str, Any]:
    tied = tie_where_it_fits(scale, spec.tie)
    pair = contest(scale, replace(spec, since=None, drop_first=False), tied=tied)
    for side in (pair.leader, pair.follower):
        if len(side.models) < FEWEST_MODELS:
            return _unknown(f"{len(side.models)} models of {side.group} measured")
    leader, follower = pair.leader, pair.follower
    j, i = (int(side.values[0].argmax()) for side in (follower, leader))
    lag = record_lags(pair)[:, [j]]
    [matched] = peer_models(pair, [j])
    first = None if matched is None else leader.start[leader.models.index(matched)]
    status = "leads" if matched is None or lag[0, 0] < 0 else "ok"
    if status == "ok" and first == leader.start[0]:
        status = "at_least"
    elif status == "ok" and not pair.complete:
        status = "incomplete"
    gap = interval_columns(leader.values[:, [i]] - follower.values[:, [j]], spec.level)
    return {
        **{name: column[0] for name, column in interval_columns(lag, spec.level).items()},
        "status": status,
        "leader_model": leader.models[i],
        "leader_name": model_name(scale, leader.models[i]),
        "leader_score": float(leader.values[0, i]),
        "follower_model": follower.models[j],
        "follower_name": model_name(scale, follower.models[j]),
        "follower_score": float(follower.values[0, j]),
        "follower_date": from_day(follower.start[j]),
        "stale": from_day(follower.start[j]) < year_before(from_day(pair.last)),
        "matched_name": model_name(scale, matched),
        "matched_date": None if first is None else from_day(first),
        "gap": gap["estimate"][0],
        "gap_low": gap["low"][0],
        "gap_high": gap["high"][0],
        "gap_unit": scale.unit,
    }


def _unknown(why: str) -> dict[str, Any]:
    return {"status": "not_enough_data", "why": why}


def _tested(cells: Observations, benchmark: str) -> int:
    return int((cells.benchmark == cells.benchmarks.index(benchmark)).sum())


def _result(
    areas: Iterator[Area], scale: Scale, spec: LagSpec, *, left_out_of: LagSpec | None = None
) -> Result:
    """Measure every area up to the last day of the whole."""
    dated = replace(spec, until=last_day(scale, spec))
    rows = [{**area.facts, **measure(area, dated)} for area in areas]
    filled = [{"quantity": "lag", "level": spec.level, "unit": "months"} | row for row in rows]
    table = pl.DataFrame([{c: row.get(c) for c in _SCHEMA} for row in filled], schema=_SCHEMA)
    return Result(
        table=table.sort("estimate", "entity", descending=[True, False], nulls_last=True),
        spec=spec.to_dict(),
        dataset=scale.dataset.digest,
        notes=left_out(scale, replace(left_out_of or spec, until=dated.until)),
        asked=of_question(scale, spec),
    )


def left_out(scale: Scale, spec: LagSpec) -> tuple[str, ...]:
    """Notes on the models that the frontiers of a question do without, on the whole scale."""
    try:
        return contest(scale, replace(spec, since=None, drop_first=False)).notes
    except HeadwayError:
        return ()
