"""Corrections to the published index: each one states what it expects to find.

A correction that finds something else is stale, and stops the build.
"""

import re
from dataclasses import dataclass
from datetime import date
from typing import Any

from headway.errors import DataError
from headway.sources.epoch_words import ACCESSIBILITY
from headway.sources.names import slug

Row = dict[str, Any]

OPEN_FROM = re.compile(r"open from (\d{4}-\d{2}-\d{2})")

# What the model pages say about licences that the index leaves unknown.
LICENCES = {
    "intellect-1": "unrestricted",
    "qwen-1-8b": "non_commercial",
    "qwen2-5-coder-3b": "non_commercial",
    "stablelm-tuned-alpha-7b": "non_commercial",
    "vicuna-13b-v1-1": "non_commercial",
}

# The same evidence in words that a reader of the catalog understands.
WORDING = (
    ("local copy of Epoch all_ai_models.csv (simsharmaa/INFSCI1520)", "Epoch's list of AI models"),
    ("Epoch file (agiallombardo copy)", "an earlier Epoch file"),
    ("Epoch earlier file", "an earlier Epoch file"),
    ("Epoch file", "an earlier Epoch file"),
    ("models.dev repository at 2026-07-02", "models.dev on 2026-07-02"),
    ("siblings in Epoch list carry", "siblings in Epoch's list carry"),
    ("eci_scores.csv", "the index"),
    ("ECI itself marks it unreleased", "the index itself marks it unreleased"),
    ("an earlier an earlier", "an earlier"),
)

CORRECTED = (
    "organisation",
    "partners",
    "country",
    "announced_on",
    "available_on",
    "weights_on",
    "open_weights",
    "licence_class",
    "access",
)


@dataclass(frozen=True, slots=True)
class Corrected:
    """What the declared corrections change.

    Parameters
    ----------
    models
        One more row for each model that is corrected.
    availability
        Intervals of models that were withdrawn.
    confirmed
        Models that were looked at and needed no change.
    """

    models: list[Row]
    availability: list[Row]
    confirmed: list[str]


def corrected(
    models: dict[str, Row], declared: list[Row], organisations: dict[str, str]
) -> Corrected:
    """Apply declared corrections to the rows of the index.

    Parameters
    ----------
    models
        Rows of the table ``models`` by id, as listed.
    declared
        One correction per row: the values expected and the values that are right.
    organisations
        Ids of organisations by name.

    Returns
    -------
    Corrected
        Further rows; the rows given are not changed.

    Raises
    ------
    DataError
        When a correction does not find what it expects; the details name all of them.
    """
    stale = [problem for entry in declared for problem in _stale(entry, models, organisations)]
    if stale:
        raise DataError("corrections are stale", details=stale)
    result = Corrected([], [], [])
    for entry in declared:
        before = models[slug(entry["model"])]
        after = _applied(before, entry, organisations)
        result.availability.extend(_intervals(entry, after))
        changes = [name for name in CORRECTED if before[name] != after[name]]
        if not changes:
            result.confirmed.append(entry["model"])
            continue
        after["reason"] = _reason(before, after, changes, entry)
        result.models.append(after)
    return result


def _stale(entry: Row, models: dict[str, Row], organisations: dict[str, str]) -> list[str]:
    name = entry["model"]
    model = models.get(slug(name))
    if model is None or model["name"] != name:
        return [f"{name}: the index has no such model"]
    found = {
        "eci_date": str(model["listed_on"]),
        "eci_organisation": _names(model, organisations),
    }
    problems = [
        f"{name}: {column} should be {entry[column]!r} and is {value!r}"
        for column, value in found.items()
        if entry[column] != value
    ]
    if entry["eci_accessibility"] not in ACCESSIBILITY:
        problems.append(f"{name}: unknown accessibility {entry['eci_accessibility']!r}")
    elif ACCESSIBILITY[entry["eci_accessibility"]] != (model["licence_class"], model["access"]):
        problems.append(
            f"{name}: eci_accessibility should be {entry['eci_accessibility']!r} and is"
            f" {model['licence_class']}, {model['access']}"
        )
    if not entry["available_date"] and entry["eci_accessibility"] != "Unreleased":
        problems.append(f"{name}: available_date is empty for a model that was released")
    return problems


def _names(model: Row, organisations: dict[str, str]) -> str:
    names = {identity: name for name, identity in organisations.items()}
    ids = [model["organisation"], *(model["partners"] or "").split(";")]
    return ",".join(names[identity] for identity in ids if identity)


def _applied(before: Row, entry: Row, organisations: dict[str, str]) -> Row:
    after = before | {
        "source": "headway-corrections",
        "revision": 1,
        "evidence_url": entry["evidence_url"] or None,
        "confidence": entry["confidence"],
    }
    if entry["organisation"]:
        first, *others = [organisations[name] for name in entry["organisation"].split(",")]
        after |= {"organisation": first, "partners": ";".join(others) or None}
    if entry["country"]:
        after["country"] = entry["country"]
    after["available_on"] = _day(entry["available_date"])
    if entry["announced_date"]:
        after["announced_on"] = _day(entry["announced_date"])
    if after["available_on"] and after["announced_on"] > after["available_on"]:
        after["announced_on"] = after["available_on"]
    return after | _weights(after, entry)


def _weights(after: Row, entry: Row) -> Row:
    stated = entry["weights"]
    later = OPEN_FROM.fullmatch(stated)
    if stated == "closed":
        return {
            "open_weights": False,
            "weights_on": None,
            "licence_class": "closed",
            "access": "api",
        }
    if stated == "open":
        known = LICENCES.get(after["model"], after["licence_class"])
        return {
            "open_weights": True,
            "weights_on": after["available_on"],
            "licence_class": known,
            "access": "weights",
        }
    if later:
        return {"open_weights": True, "weights_on": _day(later[1])}
    if stated:
        raise DataError(f"{entry['model']}: weights is {stated!r}; expected open or closed")
    return {"weights_on": after["available_on"] if after["open_weights"] else None}


def _intervals(entry: Row, model: Row) -> list[Row]:
    if not entry["unavailable_from"]:
        return []
    shared = {"model": model["model"], "region": "world", "evidence_url": entry["evidence_url"]}
    rows = [
        shared
        | {
            "from": model["available_on"],
            "until": _day(entry["unavailable_from"]),
            "withdrawn_because": _worded(entry["evidence"]),
        }
    ]
    if entry["restored_date"]:
        rows.append(shared | {"from": _day(entry["restored_date"])})
    return rows


def _reason(before: Row, after: Row, changes: list[str], entry: Row) -> str:
    moved = "; ".join(f"{name} {_word(before[name])} -> {_word(after[name])}" for name in changes)
    return f"{moved}. Evidence: {_worded(entry['evidence'])}"


def _worded(text: str) -> str:
    for old, new in WORDING:
        text = text.replace(old, new)
    return text


def _word(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return "unknown" if value is None else str(value)


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None
