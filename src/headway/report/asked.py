"""The line under every answer: how it was asked, how far its evidence reaches, of which facts."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from headway.report.words import Words


def stated(words: Words, asked: Mapping[str, Any]) -> str:
    """Return what :mod:`headway.analyses.asked` says of a question, as sentences.

    >>> stated(Words("en"), {
    ...     "ruler": "ECI-compatible (refit)", "unit": "points", "date": "available",
    ...     "evidence": {"day": "2026-08-11", "because": "coverage", "source": "epoch-matrix"},
    ...     "dataset": "0123456789abcdef", "conventions": ["daily"], "tie": 1.0,
    ...     "tie_unit": "points"})
    'Day-by-day convention; tie of 1 point; dates of availability; ruler: ECI-compatible (refit). \
Evidence to 11 August 2026, up to which epoch-matrix covers the field. Dataset 0123456789ab.'
    """
    parts = [*_convention(words, asked), *_tie(words, asked)]
    if asked.get("date") is not None:
        parts.append(words(f"basis.{asked['date']}"))
    if asked.get("rulers"):
        parts.append(words("asked.rulers", count=len(asked["rulers"])))
    if asked.get("ruler") is not None:
        parts.append(words("asked.ruler", ruler=words.note(asked["ruler"])[0]))
    how = words("asked.separator").join(parts)
    sentences = [words("asked.how", how=how[:1].upper() + how[1:])] if how else []
    sentences.append(evidence(words, asked))
    if asked.get("dataset") is not None:
        sentences.append(words("asked.dataset", digest=str(asked["dataset"])[:12]))
    return words("asked.space").join(sentences)


def evidence(words: Words, asked: Mapping[str, Any]) -> str:
    """Return the sentence that says how far the evidence reaches, and who says so."""
    found = asked.get("evidence")
    until = _day(asked.get("until"))
    if found is None:
        if asked.get("until_was_asked"):
            return words("asked.until_alone", until=words.day(until))
        return words("asked.evidence_unknown")
    day = _day(found["day"])
    facts = {"day": words.day(day)}
    if found["because"] == "coverage":
        said = words("asked.evidence_covered", source=found["source"], **facts)
    else:
        said = words("asked.evidence_newest", model=found["model"], **facts)
    if asked.get("until_was_asked") and until != day:
        return words("asked.until", until=words.day(until)) + words("asked.space") + said
    return said


def _convention(words: Words, asked: Mapping[str, Any]) -> list[str]:
    names = asked.get("conventions") or ()
    if len(names) > 1:
        return [words("asked.conventions", count=len(names))]
    return [words(f"inside.{name}") for name in names]


def _tie(words: Words, asked: Mapping[str, Any]) -> list[str]:
    size = asked.get("tie")
    if size is None:
        return []
    if not size:
        return [words("asked.no_tie")]
    name = str(asked["tie_unit"])
    single = size == 1 and words.has(f"asked.one.{name}")
    unit = words.known("asked.one" if single else "unit", name)
    return [words("asked.tie", tie=f"{size:g}", unit=unit)]


def _day(text: str | None) -> dt.date | None:
    return None if text is None else dt.date.fromisoformat(text)
