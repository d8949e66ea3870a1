"""Where the follower is further behind: lags by domain and by single benchmark."""

from dataclasses import replace
from typing import Any

import numpy as np
import polars as pl

from headway.analyses.contest import LagSpec, contest
from headway.analyses.conventions.daily import daily_lag
from headway.analyses.result import Result, interval_columns, model_name
from headway.errors import HeadwayError, NotIdentified, UsageError
from headway.frontier import from_day
from headway.progress import Progress, Silent
from headway.rulers.domain import refit
from headway.rulers.observations import Observations, observe
from headway.rulers.scale import Scale
from headway.rulers.single import SingleRuler

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
    "matched_name": pl.String,
    "matched_date": pl.Date,
    "gap": pl.Float64,
    "gap_low": pl.Float64,
    "gap_high": pl.Float64,
    "gap_unit": pl.String,
    "why": pl.String,
}


def by_domain(scale: Scale, spec: LagSpec, progress: Progress | None = None) -> Result:
    """Lag on the last day in each domain of benchmarks.

    Each domain is a refit of the capabilities on its benchmarks with difficulties and slopes
    held (:func:`headway.rulers.domain.refit`), and the lag is the ``daily`` one on the last day:
    how long ago a leader's model first had more than the follower's best has there now.

    Returns
    -------
    Result
        One row per domain, worst first. ``status`` is ``ok``; ``at_least`` when the leader's
        first measured model was already better, so the true lag may be longer; ``leads`` when
        the follower is ahead; ``level``; or ``not_enough_data`` with the reason in ``why``.
    """
    progress = progress or Silent()
    facts = scale.dataset.benchmarks
    on_scale = scale.curves.benchmarks if scale.curves is not None else ()
    used = facts.filter(pl.col("benchmark").is_in(list(on_scale)))
    domains = used["domain"].drop_nulls().unique().sort().to_list()
    rows = []
    progress.stage("Measuring each domain")
    for k, domain in enumerate(domains, start=1):
        chosen = used.filter(pl.col("domain") == domain)["benchmark"].to_list()
        row: dict[str, Any] = {"entity": domain, "name": domain, "domain": domain}
        row["n"] = len(chosen)
        if len(chosen) < FEWEST_BENCHMARKS:
            row |= _unknown(f"{len(chosen)} benchmark")
        else:
            try:
                row |= _measure(refit(scale, chosen, name=domain), spec)
            except (NotIdentified, UsageError) as error:
                row |= _unknown(error.message)
        rows.append(row)
        progress.advance(k, len(domains))
    return _result(rows, scale, spec)


def by_benchmark(scale: Scale, spec: LagSpec, progress: Progress | None = None) -> Result:
    """Lag on the last day on each single benchmark, by its own score.

    As :func:`by_domain`, on the scores themselves, without a tie.
    """
    progress = progress or Silent()
    data = scale.dataset
    wanted = scale.spec.get("benchmarks")
    cells = observe(data, benchmarks=wanted)
    facts = data.benchmarks.filter(pl.col("benchmark").is_in(list(cells.benchmarks)))
    rows = []
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
        try:
            row |= _measure(ruler.fit(data), replace(spec, tie=0.0, min_scores=1))
        except HeadwayError as error:
            row |= _unknown(error.message)
        rows.append(row)
        progress.advance(k, len(facts))
    return _result(rows, scale, spec)


def _measure(scale: Scale, spec: LagSpec) -> dict[str, Any]:
    pair = contest(scale, replace(spec, since=None, drop_first=False))
    for side in (pair.leader, pair.follower):
        if len(side.models) < FEWEST_MODELS:
            return _unknown(f"{len(side.models)} models of {side.group} measured")
    lag = daily_lag(pair)[:, -1:]
    leader, follower = (best[:, -1:] for best in pair.daily_best())
    if not (np.isfinite(lag[0, 0]) and np.isfinite(leader[0, 0]) and np.isfinite(follower[0, 0])):
        return _unknown("no model counts on the last day")
    first = pair.leader.first_reaching(follower[:1] + spec.tie, strictly=True)[0, 0]
    matched = None
    status = "leads" if lag[0, 0] < 0 else "level" if lag[0, 0] == 0 else "ok"
    if lag[0, 0] > 0:
        better = (pair.leader.start == first) & (
            pair.leader.values[0] > follower[0, 0] + spec.tie
        )
        matched = pair.leader.models[int(np.flatnonzero(better)[0])]
        if first == pair.leader.start[0]:
            status = "at_least"
    gap = interval_columns(leader - follower, spec.level)
    holders = [
        _holder(side.models, side.values[0], side.start <= pair.last)
        for side in (pair.leader, pair.follower)
    ]
    return {
        **{name: column[0] for name, column in interval_columns(lag, spec.level).items()},
        "status": status,
        "leader_model": holders[0],
        "leader_name": model_name(scale, holders[0]),
        "leader_score": float(leader[0, 0]),
        "follower_model": holders[1],
        "follower_name": model_name(scale, holders[1]),
        "follower_score": float(follower[0, 0]),
        "matched_name": model_name(scale, matched),
        "matched_date": from_day(first) if matched else None,
        "gap": gap["estimate"][0],
        "gap_low": gap["low"][0],
        "gap_high": gap["high"][0],
        "gap_unit": scale.unit,
    }


def _holder(models: tuple[str, ...], values: Any, counts: Any) -> str:
    return models[int(np.where(counts, values, -np.inf).argmax())]


def _unknown(why: str) -> dict[str, Any]:
    return {"status": "not_enough_data", "why": why}


def _tested(cells: Observations, benchmark: str) -> int:
    return int((cells.benchmark == cells.benchmarks.index(benchmark)).sum())


def _result(rows: list[dict[str, Any]], scale: Scale, spec: LagSpec) -> Result:
    filled = [
        {"quantity": "lag_now", "level": spec.level, "unit": "months"} | row for row in rows
    ]
    table = pl.DataFrame([{c: row.get(c) for c in _SCHEMA} for row in filled], schema=_SCHEMA)
    return Result(
        table=table.sort("estimate", "entity", descending=[True, False], nulls_last=True),
        spec=spec.to_dict(),
        dataset=scale.dataset.digest,
    )
