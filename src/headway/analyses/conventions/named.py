"""One model of the follower, and the age of the leader's record nearest to it."""

import numpy as np
import polars as pl

from headway.analyses.contest import Contest, date_column
from headway.analyses.conventions import Measured
from headway.analyses.result import Finding, interval_columns, model_name
from headway.errors import UsageError, did_you_mean
from headway.frontier import is_record, months
from headway.rulers.scale import resolve_model


def measure(contest: Contest) -> Measured:
    r"""Age of the nearest leader's record when the follower's model came out.

    .. math:: \text{lag} = t_j - t_{i^*}, \quad i^* = \arg\min_i |c_i - c_j|

    over the leader's records i dated no later than the last day. Records are those of the
    estimate, so that a late and small leader's model does not stand in for the frontier.
    """
    follower, leader = contest.follower, contest.leader
    wanted = contest.spec.model
    if wanted is None:
        j = follower.records[-1]
    else:
        identifier = resolve_model(contest.scale.dataset, wanted)
        if identifier not in follower.models:
            raise UsageError(
                f"model {wanted!r} is not in {contest.spec.follower} on this scale by this day"
                + did_you_mean(identifier, follower.models)
            )
        j = follower.models.index(identifier)
    records = np.flatnonzero(is_record(leader.values[:1])[0])
    nearest = np.abs(leader.values[:, records] - follower.values[:, [j]]).argmin(axis=1)
    rows = months(follower.start[j] - leader.start[records[nearest]]).astype(np.float64)
    name = model_name(contest.scale, follower.models[j]) or follower.models[j]
    peer = leader.models[int(records[nearest[0]])]
    detail = pl.DataFrame(
        {
            "model": [follower.models[j]],
            "name": [name],
            "date": date_column(follower.start[[j]]),
            "matched_model": [peer],
            "matched_name": [model_name(contest.scale, peer)],
            "matched_date": date_column(leader.start[[int(records[nearest[0]])]]),
            **interval_columns(rows[:, None], contest.spec.level),
        }
    )
    return Measured(
        findings=[
            Finding(
                period="now", entity=name, quantity="lag_nearest", rows=rows, unit="months", n=1
            )
        ],
        details={"named": detail},
    )
