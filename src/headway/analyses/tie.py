"""How close counts as level: a tie, its unit, and the one rule by which it meets a scale."""

import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from headway.errors import UsageError

if TYPE_CHECKING:
    from headway.rulers.scale import Scale

POINTS = "points"
RATING_POINTS = "rating points"
LARGEST_DEFAULT = 0.1
"""Share of a whole scale above which a point is no small difference on it."""
_ECI = re.compile(r"\bECI\b")
_TEXT = re.compile(r"\s*([-+0-9.eE]{1,40})\s*([^\d\s].{0,60})?", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Tie:
    """A difference that counts as none.

    Parameters
    ----------
    size
        At least 0, in the unit.
    unit
        Unit of the scale that it speaks of; None for a bare number, which is one of points of a
        scale that two anchors fix.
    """

    size: float
    unit: str | None = None

    @classmethod
    def read(cls, value: object) -> "Tie":
        """Read a number, or text with a number and perhaps a unit.

        Raises
        ------
        UsageError
            When it is neither, or below 0.

        Examples
        --------
        >>> Tie.read(1.0), Tie.read("0.05 logits"), Tie.read("2 rating points")
        (Tie(size=1.0, unit=None), Tie(size=0.05, unit='logits'), Tie(size=2.0, unit='rating points'))
        """  # noqa: E501
        if isinstance(value, Tie):
            return value
        size, unit = value, None
        if isinstance(value, str):
            found = _TEXT.fullmatch(value)
            if found is None:
                raise _not_a_tie(value)
            try:
                size = float(found[1])
            except ValueError:
                raise _not_a_tie(value) from None
            unit = " ".join((found[2] or "").split()) or None
        if isinstance(size, bool) or not isinstance(size, int | float):
            raise _not_a_tie(value)
        if not (math.isfinite(size) and size >= 0):
            raise _not_a_tie(value)
        return cls(float(size), unit)

    @property
    def plain(self) -> float | str:
        """The number, with its unit where it has one."""
        return self.size if self.unit is None else str(self)

    def __str__(self) -> str:
        return f"{self.size:g}" + ("" if self.unit is None else f" {self.unit}")


DEFAULT = Tie(1.0, POINTS)
"""The tie of a question that names none, on scales with points that two anchors fix."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Applied:
    """A tie as a scale takes it.

    Parameters
    ----------
    size
        In the scale's own unit; 0 for none.
    unit
        That unit.
    note
        What to know about it, or None.
    """

    size: float
    unit: str
    note: str | None = None


def unit_of_ties(scale: "Scale") -> str:
    """Unit in which a tie on a scale is given.

    Points that two anchors fix are ``points``; those of votes and boards, whose size is another,
    are ``rating points``; every other scale has its own unit.
    """
    if scale.unit == POINTS and not has_anchored_points(scale):
        return RATING_POINTS
    return scale.unit


def has_anchored_points(scale: "Scale") -> bool:
    """Whether a scale has points that two anchors fix, as a tie of some points supposes."""
    if scale.unit != POINTS:
        return False
    kind = scale.spec.get("kind")
    if kind == "published":
        return _ECI.search(str(scale.spec.get("board"))) is not None
    if kind in ("logistic", "calibrated", "domain"):
        return bool(scale.spec.get("anchors"))
    return kind is None


def tie_on(scale: "Scale", tie: float | str | Tie | None) -> Applied:
    """Return a tie as a scale takes it.

    None is the default: 1 point on scales with points that two anchors fix, none elsewhere, nor
    where 1 point is more than a tenth of the whole scale (the anchors may lie anywhere). A bare
    number other than 0 is a number of such points. On every other scale a tie needs its unit. A
    tie that was asked for and is more than a tenth of the scale has a note.

    Raises
    ------
    UsageError
        When the tie is of another unit than the scale, or as large as the whole scale.
    """
    unit = unit_of_ties(scale)
    span = (
        float(np.ptp(known)) if (known := scale.estimate[np.isfinite(scale.estimate)]).size else 0.0
    )
    if tie is None:
        if unit == POINTS and DEFAULT.size > LARGEST_DEFAULT * span > 0:
            note = (
                f"There is no tie: the default of 1 point is for scales on which a point is little,"
                f" and this one is {span:.3g} points from its lowest to its highest model. A tie "
                f"here is asked for, such as {span / 50:.1g}."
            )
            return Applied(size=0.0, unit=unit, note=note)
        if unit == POINTS:
            return Applied(size=DEFAULT.size, unit=unit)
        note = (
            f"There is no tie: the default of 1 point is one of points that two anchors fix, and "
            f"this ruler measures in {unit}. A tie here names its unit, such as 2 {unit}."
        )
        return Applied(size=0.0, unit=unit, note=note)
    asked = Tie.read(tie)
    if asked.size == 0:
        return Applied(size=0.0, unit=unit)
    if not _fits(asked, unit):
        given = f"a tie of {asked}"
        of = "points that two anchors fix" if asked.unit in (None, POINTS, "point") else asked.unit
        raise UsageError(
            f"{given} is one of {of}; the ruler {scale.ruler!r} measures in {unit}",
            hint=f"give a tie its unit, such as '0.5 {unit}'; or 0 for none",
        )
    if asked.size >= span:
        raise UsageError(
            f"a tie of {asked.size:g} {unit} is as large as the whole scale: from the lowest to "
            f"the highest model it is {span:.4g} {unit}",
            hint="every model would be level with every other; choose a smaller tie",
        )
    if asked.size > LARGEST_DEFAULT * span:
        note = (
            f"A tie of {asked.size:g} {unit} is {asked.size / span:.0%} of the whole scale, from "
            "its lowest to its highest model."
        )
        return Applied(size=asked.size, unit=unit, note=note)
    return Applied(size=asked.size, unit=unit)


def tie_where_it_fits(scale: "Scale", tie: float | str | Tie | None) -> Applied:
    """Return a tie as one of several scales takes it: none where its unit is another."""
    if tie is not None and not _fits(Tie.read(tie), unit_of_ties(scale)):
        return Applied(size=0.0, unit=unit_of_ties(scale))
    return tie_on(scale, tie)


def _fits(tie: Tie, unit: str) -> bool:
    if tie.size == 0:
        return True
    wanted = POINTS if tie.unit is None else "percent" if tie.unit == "%" else tie.unit
    return wanted.casefold().removesuffix("s") == unit.casefold().removesuffix("s")


def _not_a_tie(value: object) -> UsageError:
    return UsageError(
        f"tie is {value!r}; expected a number at least 0, with its unit unless it is points",
        hint="for example 1, 0, '0.05 logits' or '5 rating points'",
    )
