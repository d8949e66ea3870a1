"""Per benchmark and score threshold: the follower's crossing date minus the leader's."""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from headway.analyses.contest import Contest
from headway.analyses.conventions import Measured
from headway.analyses.result import Finding
from headway.dataset.groups import members
from headway.draws import FloatArray
from headway.frontier import DAYS_PER_MONTH, from_day, model_dates, months, to_day
from headway.rulers.scores.observations import Observations, observe
from headway.shortly import of_fields

PRIVATE = ("semi_private", "held_out")


@dataclass(frozen=True, eq=False, kw_only=True)
class Crossings:
    """Thresholds that both groups crossed, and how many were not usable."""

    benchmark: NDArray[np.int64]
    threshold: FloatArray
    leader_day: NDArray[np.int64]
    follower_day: NDArray[np.int64]
    waiting: NDArray[np.int64]
    unseen_start: int

    __repr__ = of_fields


def measure(contest: Contest) -> Measured:
    r"""Mean of the crossing lags, and their kernel-smoothed value on the last day.

    For benchmark b and threshold s, :math:`\text{lag}_{bs} = t^F_{bs} - t^L_{bs}`, the dates of
    the first models of each group with a chance-corrected score of at least s. The smoothed
    value weights crossings by :math:`\exp(-\tfrac12 ((t - t^F_{bs}) / h)^2)` with bandwidth h.
    Intervals resample benchmarks. Crossings are kept apart by who can see the items: public, or
    private (held out or semi-private). Thresholds that the first measured model of either group
    had already passed are left out (a crossing was not observed); thresholds that only one of
    the two has crossed are counted as censored. A crossing belongs to the period in which the
    later of the two made it. Exchanging the groups negates every lag, so between two equal groups
    it is 0. The capability scale and its tie play no part.
    """
    data, spec = contest.scale.dataset, contest.spec
    wanted = contest.scale.spec.get("benchmarks")
    cells = observe(data, benchmarks=wanted)
    crossings = _crossings(contest, cells)
    access = dict(data.benchmarks.select("benchmark", "item_access").iter_rows())
    of_bench = np.array([access.get(b) or "unknown" for b in cells.benchmarks])
    rng = np.random.default_rng(spec.seed)
    findings = []
    for entity, wanted_access in (("all", None), ("public", ("public",)), ("private", PRIVATE)):
        chosen = np.ones(len(of_bench), bool) if wanted_access is None else np.isin(
            of_bench, wanted_access
        )  # fmt: skip
        counts = _resampled(np.flatnonzero(chosen), len(of_bench), contest.rows, rng)
        findings += _findings(contest, crossings, counts, chosen, entity)
    notes = []
    if crossings.unseen_start:
        notes.append(
            f"thresholds: {crossings.unseen_start} thresholds that the first measured model of a "
            "group had already passed are left out."
        )
    return Measured(
        findings=findings,
        details={"thresholds": _table(cells, crossings, of_bench)},
        notes=tuple(notes),
        first=_begin(contest, np.maximum(crossings.leader_day, crossings.follower_day)),
    )


def _findings(
    contest: Contest,
    crossings: Crossings,
    counts: FloatArray,
    chosen: NDArray[np.bool_],
    entity: str,
) -> list[Finding]:
    lag = months(crossings.follower_day - crossings.leader_day).astype(np.float64)
    weight = counts[:, crossings.benchmark]
    waiting = int(crossings.waiting[chosen].sum())
    both = np.maximum(crossings.leader_day, crossings.follower_day)
    first = _begin(contest, both)
    findings = []
    for period in contest.periods(first):
        inside = period.mask(both)
        findings.append(
            _finding(period.name, entity, "lag_mean", lag, weight * inside, inside, chosen,
                     crossings, waiting if period.last == contest.last else 0)
        )  # fmt: skip
    distance = (contest.last - both) / (contest.spec.bandwidth * DAYS_PER_MONTH)
    kernel = np.exp(-0.5 * distance**2)
    counted = both >= first
    findings.append(
        _finding("now", entity, "lag_now", lag, weight * kernel * counted, counted, chosen,
                 crossings, waiting)
    )  # fmt: skip
    return findings


def _begin(contest: Contest, both: NDArray[np.int64]) -> int:
    """First day whose crossings count; the frontiers have no part in it."""
    first = int(both.min(initial=contest.last))
    return first if contest.spec.since is None else max(first, to_day(contest.spec.since))


def _finding(
    period: str,
    entity: str,
    quantity: str,
    lag: FloatArray,
    weight: FloatArray,
    inside: NDArray[np.bool_],
    chosen: NDArray[np.bool_],
    crossings: Crossings,
    censored: int,
) -> Finding:
    total = weight.sum(axis=1)
    rows = np.where(total > 0, (weight * lag).sum(axis=1) / np.where(total > 0, total, 1), np.nan)
    used = inside & chosen[crossings.benchmark]
    benchmarks = len(np.unique(crossings.benchmark[used]))
    return Finding(
        period=period,
        entity=entity,
        quantity=quantity,
        rows=rows,
        unit="months",
        n=int(used.sum()),
        censored=censored,
        status="ok" if benchmarks >= 2 else "not_enough_data",
    )


def _crossings(contest: Contest, cells: Observations) -> Crossings:
    data, spec = contest.scale.dataset, contest.spec
    dates = model_dates(data, spec.date)
    grid = np.arange(spec.step, 1.0, spec.step)
    day = np.array([dates.get(m) if dates.get(m) is not None else contest.last + 1
                    for m in cells.models], dtype=np.int64)  # fmt: skip
    sides = []
    for group in (spec.leader, spec.follower):
        inside = np.isin(cells.models, members(data, group)) & (day <= contest.last)
        sides.append(inside[cells.model])
    out: list[tuple[int, float, int, int]] = []
    waiting = np.zeros(len(cells.benchmarks), dtype=np.int64)
    unseen = 0
    for b in range(len(cells.benchmarks)):
        here = cells.benchmark == b
        tracks = [
            _first_days(day[cells.model[here & side]], cells.performance[here & side], grid)
            for side in sides
        ]
        if any(first is None for first, _ in tracks):
            continue
        (leader, one), (follower, other) = tracks
        assert leader is not None
        assert follower is not None
        for k, threshold in enumerate(grid):
            if max(leader[k], follower[k]) < 0:
                continue
            if threshold <= max(one, other):
                unseen += 1
            elif min(leader[k], follower[k]) < 0:
                waiting[b] += 1
            else:
                out.append((b, float(threshold), int(leader[k]), int(follower[k])))
    table = np.array(out, dtype=np.float64).reshape(-1, 4)
    return Crossings(
        benchmark=table[:, 0].astype(np.int64),
        threshold=table[:, 1],
        leader_day=table[:, 2].astype(np.int64),
        follower_day=table[:, 3].astype(np.int64),
        waiting=waiting,
        unseen_start=unseen,
    )


def _first_days(
    day: NDArray[np.int64], score: FloatArray, grid: FloatArray
) -> tuple[NDArray[np.int64] | None, float]:
    """First day at or above each threshold (-1 for never), and the first model's score."""
    if len(day) < 2:
        return None, 0.0
    order = np.lexsort((-score, day))
    day, best = day[order], np.maximum.accumulate(score[order])
    index = np.searchsorted(best, grid, side="left")
    first = np.where(index < len(day), day[np.minimum(index, len(day) - 1)], -1)
    return first, float(best[0])


def _resampled(
    chosen: NDArray[np.int64], size: int, rows: int, rng: np.random.Generator
) -> FloatArray:
    """Counts of each benchmark: 1 in row 0, resampled with replacement in the others."""
    counts = np.zeros((rows, size))
    counts[0, chosen] = 1
    for k in range(1, rows):
        if len(chosen):
            counts[k] = np.bincount(rng.choice(chosen, len(chosen)), minlength=size)
    return counts


def _table(cells: Observations, crossings: Crossings, access: NDArray[np.str_]) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "benchmark": [cells.benchmarks[b] for b in crossings.benchmark],
            "item_access": [str(access[b]) for b in crossings.benchmark],
            "threshold": crossings.threshold,
            "leader_date": pl.Series([from_day(d) for d in crossings.leader_day], dtype=pl.Date),
            "follower_date": pl.Series(
                [from_day(d) for d in crossings.follower_day], dtype=pl.Date
            ),
            "lag_months": months(crossings.follower_day - crossings.leader_day).astype(float),
        },
        schema_overrides={"benchmark": pl.String, "item_access": pl.String},
    )
