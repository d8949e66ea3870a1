"""Events, as at a decathlon: who leads each domain and each test, since when, and by how much."""

from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from itertools import chain
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from headway.analyses.areas import (
    FEWEST_MODELS,
    Area,
    benchmark_areas,
    domain_areas,
    left_out,
    measure,
)
from headway.analyses.asked import of_question
from headway.analyses.contest import LagSpec, last_day, year_before
from headway.analyses.result import Result, interval_columns, model_name
from headway.errors import NotIdentified, UsageError
from headway.frontier import Frontier, from_day, frontier
from headway.progress import Progress
from headway.rulers.scale import Scale
from headway.shortly import of_fields

if TYPE_CHECKING:
    import altair as alt

_SCHEMA: dict[str, Any] = {
    "kind": pl.String,
    "entity": pl.String,
    "name": pl.String,
    "item_access": pl.String,
    "domain": pl.String,
    "n": pl.Int64,
    "best_model": pl.String,
    "best_name": pl.String,
    "best_organisation": pl.String,
    "best_country": pl.String,
    "best_score": pl.Float64,
    "best_since": pl.Date,
    "taken_from": pl.String,
    "runner_up": pl.String,
    "margin": pl.Float64,
    "margin_low": pl.Float64,
    "margin_high": pl.Float64,
    "margin_unit": pl.String,
    "leads_in_draws": pl.Float64,
    "quantity": pl.String,
    "estimate": pl.Float64,
    "low": pl.Float64,
    "high": pl.Float64,
    "level": pl.Float64,
    "unit": pl.String,
    "status": pl.String,
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


@dataclass(frozen=True, eq=False, kw_only=True)
class EventsResult(Result):
    """Who leads each event; see :class:`headway.analyses.result.Result`."""

    __repr__ = of_fields

    def chart(self) -> "alt.Chart | alt.LayerChart":
        """Chart of the follower's lag in every event, with the name of who leads it."""
        chart: alt.LayerChart = import_module("headway.report.charts").events_chart(self)
        return chart


def events(scale: Scale, spec: LagSpec, progress: Progress | None = None) -> EventsResult:
    r"""Say for each domain and each benchmark who leads it, and how far behind the follower is.

    Domains are refits of the scale on their benchmarks, benchmarks their own scores
    (:func:`headway.analyses.areas.by_domain`). The leader of an event is the best of all models
    there, of whatever group, by the estimate.

    Parameters
    ----------
    scale
        Result of a ruler; without curves (a single benchmark, a composite) there are no domains.
    spec
        Groups, dates, level, last day and so on. A tie holds where its unit is that of the event:
        points in domains, percent on benchmarks.
    progress
        Told about the events.

    Returns
    -------
    EventsResult
        One row per event, domains first, and the longest lag of each kind first.

        - ``best_*``: the leader of the event; ``best_since`` the day from which it has led,
          ``taken_from`` who led before; ``runner_up``, and the ``margin`` over it in
          ``margin_unit``, paired by draw; ``leads_in_draws``, the share of draws in which it is
          the best of all models (shared equally where it is level with others), null without
          draws.
        - ``estimate``, ``low``, ``high``: the follower's lag in months, with ``status``, ``gap``
          and the rest as in :func:`headway.analyses.areas.by_domain`; ``stale`` also marks an
          event without a lag in which nobody has taken the lead for more than a year.

        An event with fewer than three dated models has no leader, and one with fewer than three
        of a group no lag: ``status`` is ``not_enough_data``, and ``why`` says of what.
    """
    dated = spec.with_options(until=last_day(scale, spec))
    rows = [_event(area, dated) for area in _areas(scale, progress)]
    if not rows:
        raise NotIdentified(
            f"the scale {scale.ruler!r} has no benchmarks, so there are no events",
            hint="events need a ruler of benchmark scores",
        )
    table = pl.DataFrame([{c: row.get(c) for c in _SCHEMA} for row in rows], schema=_SCHEMA)
    order = pl.col("kind").replace_strict({"domain": 0, "benchmark": 1}, return_dtype=pl.Int64)
    return EventsResult(
        table=table.sort(
            order, "estimate", "entity", descending=[False, True, False], nulls_last=True
        ),
        spec=spec.to_dict(),
        dataset=scale.dataset.digest,
        notes=left_out(scale, dated),
        asked=of_question(scale, spec),
    )


def _areas(scale: Scale, progress: Progress | None) -> Iterator[Area]:
    return chain(domain_areas(scale, progress), benchmark_areas(scale, progress))


def _event(area: Area, spec: LagSpec) -> dict[str, Any]:
    row = {
        "kind": area.kind,
        **area.facts,
        "quantity": "lag",
        "level": spec.level,
        "unit": "months",
        **measure(area, spec),
    }
    if area.scale is None:
        return row
    try:
        front = frontier(
            area.scale,
            "all",
            date=spec.date,
            until=spec.until,
            region=spec.region,
            withdrawn=spec.withdrawn,
            min_scores=spec.min_scores if area.kind == "domain" else None,
            candidates="all",
        )
    except UsageError as error:
        return row | {"why": row.get("why") or error.message}
    row |= _leadership(area.scale, front, spec)
    if row.get("stale") is None and row.get("best_since") is not None:
        row["stale"] = row["best_since"] < year_before(last_day(area.scale, spec))
    return row


def _leadership(scale: Scale, front: Frontier, spec: LagSpec) -> dict[str, Any]:
    if len(front.models) < FEWEST_MODELS:
        return {}
    holders = front.table["model"].to_list()
    best = next((holder for holder in reversed(holders) if holder is not None), None)
    if best is None or holders[-1] != best:
        return {}
    since = len(holders)
    while since and holders[since - 1] == best:
        since -= 1
    at = front.models.index(best)
    # A model above the best of the last day can no longer be used, so it does not compete.
    competing = front.values[0] <= front.values[0, at]
    rows = front.values[:, competing]
    leader = int(np.flatnonzero(np.flatnonzero(competing) == at)[0])
    others = rows[0].copy()
    others[leader] = -np.inf
    second = int(others.argmax())
    margin = interval_columns(rows[:, [leader]] - rows[:, [second]], spec.level)
    runner_up = np.array(front.models)[competing][second]
    maker = scale.dataset.models.row(by_predicate=pl.col("model") == best, named=True)
    return {
        "best_model": best,
        "best_name": model_name(scale, best),
        "best_organisation": maker["organisation"],
        "best_country": maker["country"],
        "best_score": float(front.values[0, at]),
        "best_since": from_day(max(front.days[since], front.start[at])),
        "taken_from": model_name(scale, holders[since - 1]) if since else None,
        "runner_up": model_name(scale, str(runner_up)) if len(others) > 1 else None,
        "margin": margin["estimate"][0],
        "margin_low": margin["low"][0],
        "margin_high": margin["high"][0],
        "margin_unit": scale.unit,
        "leads_in_draws": _share(rows[1:], leader),
    }


def _share(draws: Any, leader: int) -> float | None:
    """Share of draws in which one column is the greatest; ties are shared equally."""
    if not len(draws):
        return None
    top = draws == draws.max(axis=1, keepdims=True)
    return float((top[:, leader] / top.sum(axis=1)).mean())
