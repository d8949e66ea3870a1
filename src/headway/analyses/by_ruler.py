"""By whose ruler: one question, answered by several rulers."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import polars as pl

from headway.analyses.asked import of_scales
from headway.analyses.contest import LagSpec
from headway.analyses.lag import LagResult, compare
from headway.analyses.result import Result
from headway.analyses.tie import Tie, tie_where_it_fits, unit_of_ties
from headway.dataset.left_out import too_low
from headway.errors import HeadwayError
from headway.rulers.scale import Scale

_SCHEMA: dict[str, Any] = {
    "entity": pl.String,
    "title": pl.String,
    "title_zh": pl.String,
    "kind": pl.String,
    "quantity": pl.String,
    "estimate": pl.Float64,
    "low": pl.Float64,
    "high": pl.Float64,
    "level": pl.Float64,
    "unit": pl.String,
    "status": pl.String,
    "n": pl.Int64,
    "benchmarks": pl.Int64,
    "tie": pl.Float64,
    "gap": pl.Float64,
    "gap_low": pl.Float64,
    "gap_high": pl.Float64,
    "gap_unit": pl.String,
    "why": pl.String,
}


def by_ruler(
    scales: Mapping[str, Scale],
    spec: LagSpec,
    *,
    failures: Mapping[str, str] | None = None,
    dataset: str | None = None,
) -> Result:
    """Measure the same lag on every ruler.

    The convention, the groups and the dates are the same on each. A tie holds on the rulers that
    measure in its unit (points of the anchored scale where it names none); on every other it
    is 0.

    Parameters
    ----------
    scales
        By name.
    spec
        The question. With the convention ``gap``, the gap on the last day is the answer.
    failures
        Rulers that could not be fitted, with the reason.
    dataset
        Digest of the dataset that the rulers selected from; needed where they select
        different scores.

    Returns
    -------
    Result
        One row per ruler, in the order given: ``estimate`` with its interval in months, ``n``
        models, ``benchmarks`` used, the gap on the last day in the ruler's own unit, the
        ``tie`` that was used; ``status`` is that of the lag, or ``not_enough_data`` with the
        reason in ``why``. ``draws`` holds those of every lag, by ruler.
    """
    rows: list[dict[str, Any]] = []
    draws: dict[tuple[str, ...], Any] = {}
    notes: list[str] = []
    for name, scale in scales.items():
        row = _named(name, scale) | {"level": spec.level}
        try:
            tie = tie_where_it_fits(scale, spec.tie).size
            row |= {"tie": tie}
            asked = tuple(dict.fromkeys((spec.convention, "gap")))
            measured = compare(scale, replace(spec, tie=_named_tie(scale, tie)), asked)
            row |= _answer(measured, spec.convention)
            notes += [f"{name}: {note}" for note in _left_out(measured)]
        except HeadwayError as error:
            row |= {"status": "not_enough_data", "why": error.message}
            rows.append(row)
            continue
        key = _key(measured, spec.convention)
        if key in measured.draws:
            draws[(name,)] = measured.draws[key]
        rows.append(row)
    rows += [
        {"entity": name, "title": name, "title_zh": name, "level": spec.level,
         "status": "not_enough_data", "why": why}
        for name, why in (failures or {}).items()
    ]  # fmt: skip
    digest = dataset or " ".join(sorted({scale.dataset.digest for scale in scales.values()}))
    largest = max((row.get("tie") or 0.0 for row in rows), default=0.0)
    filled = [{"quantity": "lag", "unit": "months"} | row for row in rows]
    return Result(
        table=pl.DataFrame([{c: row.get(c) for c in _SCHEMA} for row in filled], schema=_SCHEMA),
        spec=spec.to_dict() | {"tie": largest},
        dataset=digest,
        draws=draws,
        notes=tuple(dict.fromkeys(notes)),
        asked=of_scales(scales, digest, spec.date)
        | {
            "leader": spec.leader,
            "follower": spec.follower,
            "conventions": [spec.convention],
            "tie": largest,
            "tie_unit": None if spec.tie is None else Tie.read(spec.tie).unit or "points",
            "level": spec.level,
        },
    )


def _named_tie(scale: Scale, size: float) -> str:
    return str(Tie(size, unit_of_ties(scale)))


def _named(name: str, scale: Scale) -> dict[str, Any]:
    file = scale.spec.get("file") or {}
    titles = file.get("title") or {}
    benchmarks = file.get("benchmarks") or scale.spec.get("benchmarks") or ()
    return {
        "entity": name,
        "title": titles.get("en") or scale.ruler,
        "title_zh": titles.get("zh") or titles.get("en") or scale.ruler,
        "kind": str(scale.spec.get("kind")),
        "n": len(scale.models),
        "benchmarks": len(benchmarks) or None,
        "gap_unit": scale.unit,
    }


def _answer(measured: LagResult, convention: str) -> dict[str, Any]:
    found = measured.headline(convention)
    gap = measured.headline("gap")
    return {
        **{part: found[part] for part in ("estimate", "low", "high", "unit", "status")},
        "gap": gap["estimate"],
        "gap_low": gap["low"],
        "gap_high": gap["high"],
    }


def _left_out(measured: LagResult) -> list[str]:
    """Say which models that would raise a frontier a ruler measured without."""
    said = []
    for group, models in measured.asked["left_out"].items():
        above = [one["model"] for one in models if one["raises"]]
        if above:
            said.append(too_low(group, above))
    return said


def _key(measured: LagResult, convention: str) -> tuple[str, ...]:
    found = measured.headline(convention)
    return (convention, found["period"], found["entity"], found["quantity"])
