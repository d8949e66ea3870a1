"""For each record of the follower: how old the first leader's model at its level was."""

from collections.abc import Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

from headway.analyses.contest import Contest, date_column
from headway.analyses.conventions import Measured
from headway.analyses.result import Finding, interval_columns, model_name, row_mean
from headway.draws import FloatArray
from headway.frontier import NEVER, Days, from_day, is_record, months


def measure(contest: Contest) -> Measured:
    r"""Lag of each follower's record, its mean per period, and the latest.

    .. math::

       \text{lag}_j = \begin{cases}
         t_j - t_L(c_j + \text{tie}) & \text{where that is positive: the leader was ahead} \\
         t_j - t_L(c_j - \text{tie}) & \text{where that is negative: the follower was} \\
         0 & \text{else}
       \end{cases}
       \qquad t_L(v) = \min\{t : L(t) \ge v\}

    so that a tie favours neither side. All of the follower's records count, also those from
    before the leader had any model.
    The records are those of the estimate, in every draw: a draw that chose its own would add the
    small records that noise makes, and pull the mean down (measured in
    ``docs/decisions/0004-candidates.md``). A record that no leader's model has reached is
    counted as censored: the follower leads there, by at least the time until the last day. The
    mean leaves those out, and the follower sets most of its records while it is ahead, so between
    two equal groups it is not 0 (see :mod:`headway.analyses.null_values`).
    """
    follower, lag = contest.follower, record_lags(contest)
    shown = [j for j in follower.records if follower.start[j] >= contest.begin]
    return Measured(
        findings=summaries(contest, lag),
        details={"records": _table(contest, lag, shown, contest.spec.level)},
    )


def summaries(contest: Contest, lag: FloatArray) -> list[Finding]:
    """Mean over the follower's records per period, and the latest record."""
    follower = contest.follower
    record = is_record(follower.values[:1])
    unmatched = np.isinf(lag)
    findings = []
    for period in contest.periods(contest.begin):
        inside = period.mask(follower.start)[None, :] & record
        findings.append(
            Finding(
                period=period.name,
                entity="records",
                quantity="lag_mean",
                rows=row_mean(np.where(unmatched, np.nan, lag), inside),
                unit="months",
                n=int(inside.sum()),
                censored=int((inside & unmatched[:1]).sum()),
                status="ok" if inside.any() else "not_enough_data",
            )
        )
    latest = lag[:, follower.records[-1]]
    findings.append(
        Finding(
            period="now",
            entity="latest record",
            quantity="lag_latest",
            rows=np.where(np.isinf(latest), np.nan, latest),
            unit="months",
            n=1,
            censored=int(np.isinf(latest[0])),
            status="censored" if np.isinf(latest[0]) else "ok",
        )
    )
    return findings


def record_lags(contest: Contest) -> FloatArray:
    """Lag in months of every follower's model at its own level; -inf where none is above."""
    start = contest.follower.start[None, :]
    first, behind = peers(contest)
    lag = months(start - np.where(first == NEVER, start, first))
    out: FloatArray = np.where(first == NEVER, -np.inf, np.where(behind, lag, np.minimum(lag, 0)))
    return out


def peers(contest: Contest) -> tuple[Days, NDArray[np.bool_]]:
    """Day of the leader's model that dates each follower's model, and whether it was ahead."""
    leader, values, tie = contest.leader, contest.follower.values, contest.tie
    above = leader.first_reaching(values + tie, strictly=False)
    behind = above <= contest.follower.start[None, :]
    level = above if tie == 0 else leader.first_reaching(values - tie, strictly=False)
    return np.where(behind, above, level), behind


def peer_models(contest: Contest, chosen: Sequence[int]) -> list[str | None]:
    """Leader's models that date some follower's models by the estimate; None where none does."""
    leader, tie = contest.leader, contest.tie
    first, behind = (found[0, list(chosen)] for found in peers(contest))
    wanted = contest.follower.values[0, list(chosen)] + np.where(behind, tie, -tie)
    return [
        None
        if day == NEVER
        else leader.models[int(np.flatnonzero((leader.start == day) & (leader.values[0] >= v))[0])]
        for day, v in zip(first, wanted, strict=True)
    ]


def _table(contest: Contest, lag: FloatArray, shown: list[int], level: float) -> pl.DataFrame:
    follower, scale = contest.follower, contest.scale
    first = peers(contest)[0][0, shown]
    matched = peer_models(contest, shown)
    return pl.DataFrame(
        {
            "model": [follower.models[j] for j in shown],
            "name": [model_name(scale, follower.models[j]) for j in shown],
            "date": date_column(follower.start[shown]),
            "capability": follower.values[0, shown],
            "matched_model": pl.Series(matched, dtype=pl.String),
            "matched_name": pl.Series([model_name(scale, m) for m in matched], dtype=pl.String),
            "matched_date": pl.Series(
                [None if day == NEVER else from_day(day) for day in first], dtype=pl.Date
            ),
            **interval_columns(lag[:, shown], level),
            "status": ["censored" if day == NEVER else "ok" for day in first],
        }
    )
