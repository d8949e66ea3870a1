"""The sentence at the top: who is how far behind whom, by which convention, how sure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from headway.analyses.conventions import OPTIONS
from headway.intervals import OUTSIDE, has_no_spread, is_short
from headway.report.words import Words, groups

LEVEL_WITHIN = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Headline:
    """The headline in parts.

    Parameters
    ----------
    sentence
        The sentence with the number, without a full stop.
    interval
        Its interval in brackets, or an empty string.
    basis
        Period, convention, tie and dates that the number rests on.
    others
        What the other conventions say, or an empty string.
    """

    sentence: str
    interval: str
    basis: str
    others: str

    @property
    def claim(self) -> str:
        """The sentence with its interval."""
        space = "" if self.interval.startswith("（") else " "
        return f"{self.sentence}{space}{self.interval}".strip()

    def __str__(self) -> str:
        return self.claim

    def to_dict(self) -> dict[str, str]:
        """Plain values for JSON."""
        return {
            "claim": self.claim,
            "sentence": self.sentence,
            "interval": self.interval,
            "basis": self.basis,
            "others": self.others,
        }


def headline(
    words: Words,
    row: Mapping[str, Any],
    *,
    leader: str,
    follower: str,
    date: str,
    tie: float,
    tie_unit: str = "points",
    others: list[float],
) -> Headline:
    """Say a lag in a sentence.

    Parameters
    ----------
    row
        The row that stands for the convention: estimate, low, high, level, status, period,
        convention.
    others
        Estimates of the other conventions, in months.
    """
    return Headline(
        sentence=sentence(words, row, leader=leader, follower=follower),
        interval=interval(words, row),
        basis=_basis(words, row, date=date, tie=tie, tie_unit=tie_unit) + _incomplete(words, row),
        others=_others(words, others),
    )


def sentence(words: Words, row: Mapping[str, Any], *, leader: str, follower: str) -> str:
    """Return the sentence with the number, correct when the follower leads or nothing is known."""
    best, those = groups.best(words, follower), groups.those(words, leader)
    if row["estimate"] is None:
        return words(
            "headline.undefined", best_inside=groups.inside(words, best), those=those,
            reason=words.known("status", str(row["status"])),
        )  # fmt: skip
    estimate = float(row["estimate"])
    if row["status"] in ("at_least", "censored"):
        key = "headline.at_least" if estimate >= 0 else "headline.ahead_at_least"
        return words(key, best=best, those=those, months=words.number(abs(estimate)))
    if abs(estimate) < LEVEL_WITHIN:
        return words("headline.level", best=best, those=those)
    key = "headline.ahead" if estimate < 0 else "headline.behind"
    return words(key, best=best, those=those, months=words.number(abs(estimate)))


def interval(words: Words, row: Mapping[str, Any]) -> str:
    """Return the interval in brackets, in the direction that the sentence speaks of."""
    low, high = row["low"], row["high"]
    if row["estimate"] is None or row["status"] in ("at_least", "censored"):
        return ""
    if low is None or high is None:
        return ""
    level = words.level(float(row["level"]))
    ahead = float(row["estimate"]) <= -LEVEL_WITHIN
    if ahead:
        low, high = -high, -low
    if has_no_spread(low, high):
        return words("headline.no_spread")
    below, above = words.ends(low, high)
    beside = words("headline.outside") if row["status"] == OUTSIDE else ""
    if low >= 0:
        return words("headline.interval", level=level, low=below, high=above, beside=beside)
    key = "headline.interval_mixed_ahead" if ahead else "headline.interval_mixed"
    return words(key, level=level, low=words.ends(-low, high)[0], high=above, beside=beside)


def _basis(words: Words, row: Mapping[str, Any], *, date: str, tie: float, tie_unit: str) -> str:
    convention = str(row["convention"])
    with_tie = "tie" in OPTIONS[convention] and tie > 0
    return words(
        "headline.basis",
        period=_period(words, row),
        convention=words(f"inside.{convention}"),
        tie=_tie(words, tie, tie_unit) if with_tie else "",
        date=words(f"basis.{date}"),
    )  # fmt: skip


def _period(words: Words, row: Mapping[str, Any]) -> str:
    if is_short(row.get("days"), row.get("of_days")):
        return words("mean.short", days=row["days"])
    if row["quantity"] == "lag_mean":
        return words.period(str(row["period"]), "mean")
    return words.known("headline.of", str(row["convention"]))


def _tie(words: Words, tie: float, unit: str) -> str:
    if unit == "points":
        return words("headline.tie", tie=f"{tie:g}")
    return words("headline.tie_of", tie=words.amount(f"{tie:g}", unit))


def _incomplete(words: Words, row: Mapping[str, Any]) -> str:
    if row["status"] != "incomplete":
        return ""
    return words("asked.space") + words("headline.incomplete")


def _others(words: Words, others: list[float]) -> str:
    if not others:
        return ""
    low, high = min(others), max(others)
    if low < 0 <= high:
        return words("headline.others_mixed", low=words.number(-low), high=words.number(high))
    return words("headline.others", low=words.number(low), high=words.number(high))
