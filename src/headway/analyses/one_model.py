"""Where one named model stands on every benchmark: how old the leader's first match is."""

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from headway.analyses.asked import of_data
from headway.analyses.contest import LagSpec, contest
from headway.analyses.conventions.records import record_lags
from headway.analyses.result import Result, interval_columns, model_name
from headway.dataset.groups import members
from headway.errors import HeadwayError, UsageError
from headway.frontier import from_day
from headway.progress import Progress, Silent
from headway.rulers.scale import resolve_model
from headway.rulers.scores.single import SingleRuler

if TYPE_CHECKING:
    from headway.dataset import Dataset

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
    "score": pl.Float64,
    "score_unit": pl.String,
    "matched_model": pl.String,
    "matched_name": pl.String,
    "matched_date": pl.Date,
    "matched_score": pl.Float64,
    "leader_model": pl.String,
    "leader_name": pl.String,
    "leader_score": pl.Float64,
    "why": pl.String,
}


def one_model(
    data: "Dataset",
    model: str,
    *,
    leader: str = "country:US",
    benchmarks: tuple[str, ...] | None = None,
    draws: int = 500,
    seed: int = 0,
    level: float = 0.9,
    date: str = "available",
    progress: Progress | None = None,
) -> Result:
    r"""Measure how far one model is behind the leader's frontier on each benchmark.

    .. math:: \text{lag}_b = t_m - \min\{t : L_b(t) \ge y_{mb}\}

    with y the model's score on benchmark b as it is and L the leader's running best there.

    Parameters
    ----------
    data
        The evidence.
    model
        Identifier or published name.
    leader
        Group of models; see :func:`headway.dataset.groups.members`. The model itself does not count
        among them.
    benchmarks
        Identifiers; None for all.
    draws, seed, level
        Draws add the sampling noise of the scores, where the number of items is known.
    date
        What dates a model; see :func:`headway.frontier.frontier`.

    Returns
    -------
    Result
        One row per benchmark, by access and name; months in ``estimate``. ``status``: ``ok``;
        ``at_least`` when the leader's first measured model was already there; ``leads`` when no
        leader's model had reached the score when this one came out (the lag is negative, or
        unknown when none has since); ``no_score`` when the model was not measured there;
        ``no_leader`` when no dated model of the leader was; ``undated`` when the model has no
        such date.

    Raises
    ------
    UsageError
        For an unknown model, group or benchmark.
    """
    progress = progress or Silent()
    identifier = resolve_model(data, model)
    called = data.models.filter(pl.col("model") == identifier)["name"][0] or identifier
    rivals = set(members(data, leader)) - {identifier}
    if not rivals:
        raise UsageError(f"{leader} has no model but {model!r}", hint="choose another leader")
    facts = data.benchmarks
    if benchmarks is not None:
        # The ruler names an unknown benchmark with those that are near.
        for name in benchmarks:
            SingleRuler(benchmark=name, draws=0).fit(data)
        facts = facts.filter(pl.col("benchmark").is_in(list(benchmarks)))
    scores = data.normalised_scores().drop_nulls("performance")
    tested = set(scores.filter(pl.col("model") == identifier)["benchmark"])
    spec = LagSpec().with_options(
        leader=leader, follower=f"model:{identifier}", tie=0.0, date=date, level=level
    )
    rows = []
    progress.stage("Measuring on each benchmark")
    for k, fact in enumerate(facts.sort("item_access", "name").iter_rows(named=True), start=1):
        benchmark = fact["benchmark"]
        row: dict[str, Any] = {
            "entity": benchmark,
            "name": fact["name"] or benchmark,
            "item_access": fact["item_access"],
            "domain": fact["domain"],
            "n": int((scores["benchmark"] == benchmark).sum()),
        }
        if benchmark not in tested:
            row |= {"status": "no_score"}
        else:
            ruler = SingleRuler(benchmark=benchmark, draws=draws, seed=seed, level=level)
            row |= _measure(ruler, data, spec, identifier, rivals)
        rows.append({"quantity": "lag", "level": level, "unit": "months"} | row)
        progress.advance(k, len(facts))
    table = pl.DataFrame([{c: row.get(c) for c in _SCHEMA} for row in rows], schema=_SCHEMA)
    return Result(
        table=table,
        spec=spec.to_dict() | {"model": identifier, "name": called, "leader": leader, "seed": seed},
        dataset=data.digest,
        asked=of_data(data, spec.date)
        | {"leader": leader, "follower": spec.follower, "level": level, "tie": None},
    )


def _measure(
    ruler: SingleRuler, data: "Dataset", spec: LagSpec, model: str, rivals: set[str]
) -> dict[str, Any]:
    scale = ruler.fit(data)
    here = {"score": float(scale.estimate[scale.models.index(model)]), "score_unit": scale.unit}
    measured = [name for name in scale.models if name in rivals]
    if not measured:
        return here | {"status": "no_leader"}
    try:
        pair = contest(scale, replace(spec, leader="model:" + "|".join(measured), since=None))
    except HeadwayError as error:
        dated = data.models.filter(
            (pl.col("model") == model) & pl.col(f"{spec.date}_on").is_not_null()
        )
        status = "no_leader" if dated.height else "undated"
        return here | {"status": status, "why": error.message}
    leading, following = pair.leader, pair.follower
    lag = record_lags(pair)
    first = int(leading.first_reaching(following.values, strictly=False)[0, 0])
    best = int(leading.values[0].argmax())
    row = here | {
        "leader_model": leading.models[best],
        "leader_name": model_name(scale, leading.models[best]),
        "leader_score": float(leading.values[0, best]),
    }
    if first > pair.last:
        return row | {"status": "leads"}
    reached = (leading.start == first) & (leading.values[0] >= following.values[0, 0])
    matched = int(np.flatnonzero(reached)[0])
    status = "leads" if lag[0, 0] < 0 else "at_least" if first == leading.start[0] else "ok"
    # A note of the ruler says that some score there has no sampling noise: no interval then.
    bounds = interval_columns(lag[:1] if scale.notes else lag, spec.level)
    return row | {
        **{name: column[0] for name, column in bounds.items()},
        "status": status,
        "matched_model": leading.models[matched],
        "matched_name": model_name(scale, leading.models[matched]),
        "matched_date": from_day(first),
        "matched_score": float(leading.values[0, matched]),
    }
