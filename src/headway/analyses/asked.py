"""What an answer says of its question: every choice as it was in force, and its evidence."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from headway.analyses.contest import Contest, LagSpec, last_day
from headway.analyses.conventions import OPTIONS
from headway.analyses.evidence import EvidenceDay, reach, reach_of
from headway.analyses.tie import tie_where_it_fits
from headway.errors import UsageError
from headway.frontier import DateBasis, LeftOut, from_day

if TYPE_CHECKING:
    from headway.dataset import Dataset
    from headway.rulers.scale import Scale


def of_scale(scale: "Scale", date: DateBasis = "available") -> dict[str, Any]:
    """Say what a scale is, and how far its evidence reaches.

    Returns
    -------
    dict
        ``ruler``, ``unit``, ``models`` (on the scale), ``date``, ``evidence`` (``day``,
        ``because`` and the ``source`` or ``model`` that says so; None when nothing does) and
        ``dataset``, its digest.
    """
    return {
        "ruler": scale.ruler,
        "unit": scale.unit,
        "models": len(scale.models),
        "date": date,
        "evidence": _plain(reach(scale, date)),
        "dataset": scale.dataset.digest,
    }


def of_scales(
    scales: Mapping[str, "Scale"], dataset: str, date: DateBasis = "available"
) -> dict[str, Any]:
    """Say what several scales are; ``evidence`` is that of the one that reaches furthest."""
    each = {name: of_scale(scale, date) for name, scale in scales.items()}
    known = [one["evidence"] for one in each.values() if one["evidence"] is not None]
    furthest = max(known, key=lambda evidence: evidence["day"], default=None)
    return {"rulers": each, "date": date, "evidence": furthest, "dataset": dataset}


def of_data(data: "Dataset", date: DateBasis = "available") -> dict[str, Any]:
    """Say how far a dataset reaches, for an answer that rests on no single scale."""
    return {"date": date, "evidence": _plain(reach_of(data, date)), "dataset": data.digest}


def of_question(scale: "Scale", spec: LagSpec, *, tied: bool = True) -> dict[str, Any]:
    """Say which question was asked of a scale: what :func:`of_scale` has, and the choices.

    Parameters
    ----------
    tied
        Whether the tie had a part in the answer.
    """
    at = tie_where_it_fits(scale, spec.tie)
    return of_scale(scale, spec.date) | {
        "leader": spec.leader,
        "follower": spec.follower,
        "tie": at.size if tied else None,
        "tie_unit": at.unit if tied else None,
        "level": spec.level,
        "since": None if spec.since is None else spec.since.isoformat(),
        "until": _until(scale, spec),
        "until_was_asked": spec.until is not None,
    }


def of_contest(pair: Contest, conventions: Sequence[str]) -> dict[str, Any]:
    """Say which question a contest answered: what :func:`of_question` has, and how.

    Returns
    -------
    dict
        Also ``conventions``, the first and last day that counted as ``since`` and ``until``,
        and ``left_out``, the models without a date or a known group.
    """
    tied = any("tie" in OPTIONS[name] for name in conventions)
    return of_question(pair.scale, pair.spec, tied=tied) | {
        "conventions": list(conventions),
        "tie": pair.tie if tied else None,
        "tie_unit": pair.tied.unit if tied else None,
        "since": from_day(pair.first).isoformat(),
        "until": from_day(pair.last).isoformat(),
        "left_out": {
            side.group: [_left_out(one) for one in side.left_out]
            for side in (pair.leader, pair.follower)
        },
    }


def _until(scale: "Scale", spec: LagSpec) -> str | None:
    try:
        return last_day(scale, spec).isoformat()
    except UsageError:
        return None


def _plain(found: EvidenceDay | None) -> dict[str, Any] | None:
    return None if found is None else found.to_dict()


def _left_out(one: LeftOut) -> dict[str, Any]:
    return {"model": one.model, "rank": one.rank, "lacks": one.lacks, "raises": one.raises}


def evidence_of(asked: Mapping[str, Any]) -> dt.date | None:
    """Return the day of the evidence that an answer states."""
    evidence = asked.get("evidence")
    return None if evidence is None else dt.date.fromisoformat(evidence["day"])
