"""What ``headway import`` says about the usual answer: before and after, and the day it reaches."""

from collections.abc import Mapping
from typing import Any

from headway.dataset import Dataset
from headway.dataset.import_report import ImportReport

QUESTION = "country:CN behind country:US"
_NAMES = {"eci": "ECI-compatible ruler", "published": "published ratings"}


def effect_of(report: ImportReport) -> dict[str, Any]:
    """Measure what an import did to the usual answer; whatever fails there is said, not raised.

    Returns
    -------
    dict
        ``question``, and ``rulers``, one entry per ruler whose evidence changed; or ``why`` it
        could not be measured.
    """
    said: dict[str, Any] = {"question": QUESTION, "rulers": [], "why": None}
    try:
        # Here, since it takes long to load and an import without news does not need it.
        from headway.analyses.effect import effects

        before, after = (
            Dataset(tables=tables, origin="import") for tables in (report.before, report.after)
        )
        said["rulers"] = [one.to_dict() for one in effects(before, after)]
    except (Exception, KeyboardInterrupt) as error:
        # The rows are in the dataset: nothing that goes wrong here may say otherwise.
        said["why"] = str(error) or type(error).__name__
    return said


def sentences(said: Mapping[str, Any]) -> list[str]:
    """Return what :func:`effect_of` found in words."""
    if said["why"] is not None:
        return [f"What this does to the answer could not be measured: {said['why']}."]
    if not said["rulers"]:
        return []
    return [f"{said['question']}, {_sentence(one)}" for one in said["rulers"]]


def _sentence(one: Mapping[str, Any]) -> str:
    before, after = one["before"], one["after"]
    head = f"{_NAMES.get(one['ruler'], one['ruler'])}: "
    if before == after:
        return f"{head}{_answer(after)}, as before. {_reach(after)}"
    said = f"{head}{_answer(before)} before, {_answer(after)} after."
    parts = [
        f"{one[part]:+.1f} by {words}"
        for part, words in (("of_evidence", "the evidence"), ("of_time", "the later day"))
        if one[part] is not None
    ]
    said += f" The change: {', '.join(parts)}." if parts else ""
    if one["evidence_day_moved"]:
        return (
            f"{said} The day of the evidence moved. Before: {_reach(before)} Now: {_reach(after)}"
        )
    return f"{said} {_reach(after)}"


def _answer(side: Mapping[str, Any]) -> str:
    if side.get("estimate") is None:
        return f"no answer ({side.get('why') or side.get('status')})"
    period = str(side["period"]).replace("-", " ")
    status = "" if side["status"] in ("ok", "point_only") else f", {side['status']}"
    return f"{side['estimate']:z.1f} {side['unit']} ({period}{status})"


def _reach(side: Mapping[str, Any]) -> str:
    from headway.report.asked import evidence
    from headway.report.words import Words

    return evidence(Words("en"), side)
