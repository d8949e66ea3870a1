"""Placing text on a chart so that no label covers another, a dot or a line."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Boxes = NDArray[np.float64]
LINE_HEIGHT = 1.25

_NARROW = frozenset("iljtfrI.,:;'|!()[]{} -·/")
_WIDE = frozenset("mwMW@%—")


def text_width(text: str, size: float, *, bold: bool = False) -> float:
    """Width of a line in pixels, estimated for a common sans-serif and for Chinese.

    >>> text_width("中国", 10)
    20.0
    """
    total = 0.0
    for character in text:
        if ord(character) > 0x2E7F:
            total += 1.0
        elif character in _NARROW:
            total += 0.33
        elif character in _WIDE:
            total += 0.88
        elif character.isupper():
            total += 0.68
        else:
            total += 0.56
    return total * size * (1.06 if bold else 1.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """A wish for a text near a point, in pixels.

    Parameters
    ----------
    text
        One line.
    x, y
        The point that it belongs to.
    size
        Font size.
    key
        What the caller needs to know it by.
    needed
        Place it where it hurts least rather than leave it out.
    sides
        Directions to try, best first, among N, NE, E, SE, S, SW, W, NW.
    reach
        Distances to try.
    """

    text: str
    x: float
    y: float
    size: float = 11.0
    bold: bool = False
    key: str = ""
    needed: bool = False
    sides: tuple[str, ...] = ("NW", "W", "N", "NE", "SE", "E", "S", "SW")
    reach: tuple[float, ...] = (6.0, 13.0, 22.0, 32.0, 44.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """Where a label went: the left end and the middle of its line."""

    label: Label
    left: float
    middle: float
    width: float

    @property
    def box(self) -> tuple[float, float, float, float]:
        """Left, top, right, bottom."""
        half = self.label.size * LINE_HEIGHT / 2
        return (self.left, self.middle - half, self.left + self.width, self.middle + half)

    @property
    def away(self) -> bool:
        """Whether a thin line should lead from the label to its point."""
        left, top, right, bottom = self.box
        across = max(left - self.label.x, 0.0, self.label.x - right)
        down = max(top - self.label.y, 0.0, self.label.y - bottom)
        return float(np.hypot(across, down)) > 15.0


@dataclass(slots=True, kw_only=True)
class Obstacles:
    """What labels should keep off: dots, and segments of horizontal or vertical lines."""

    dots: list[tuple[float, float, float]] = field(default_factory=list)
    segments: list[tuple[float, float, float, float]] = field(default_factory=list)

    def boxes(self) -> tuple[Boxes, Boxes]:
        """Return the boxes around the dots and around the segments."""
        dots = [(x - r, y - r, x + r, y + r) for x, y, r in self.dots]
        lines = [
            (min(a, c) - 1.5, min(b, d) - 1.5, max(a, c) + 1.5, max(b, d) + 1.5)
            for a, b, c, d in self.segments
        ]
        return np.array(dots).reshape(-1, 4), np.array(lines).reshape(-1, 4)


_COMPASS = {
    "N": (0.0, -1.0), "S": (0.0, 1.0), "E": (1.0, 0.0), "W": (-1.0, 0.0),
    "NE": (0.7, -0.7), "NW": (-0.7, -0.7), "SE": (0.7, 0.7), "SW": (-0.7, 0.7),
}  # fmt: skip


def place(
    labels: Sequence[Label],
    obstacles: Obstacles,
    frame: tuple[float, float, float, float],
    *,
    tolerance: float = 3.3,
    padding: float = 2.0,
) -> list[Placed]:
    """Place labels one after the other, the most important first.

    A position costs 4 for a dot that it covers, 3 for a line, and a little for its distance;
    positions over another label or outside the frame are out. A label whose cheapest position
    costs more than ``tolerance`` is left out, unless it is needed.

    Parameters
    ----------
    frame
        Left, top, right, bottom in pixels.

    Returns
    -------
    The labels that found a place, in the order given.
    """
    dots, lines = obstacles.boxes()
    taken = np.empty((0, 4))
    out: list[Placed] = []
    for label in labels:
        best: tuple[float, Placed] | None = None
        for cost, candidate in _candidates(label, frame):
            box = np.array(candidate.box)
            if _hits(box, taken, padding):
                continue
            cost += 4.0 * _hits(box, dots, 0.5) + 3.0 * _hits(box, lines, 0.0)
            if best is None or cost < best[0]:
                best = (cost, candidate)
        if best is not None and (label.needed or best[0] <= tolerance):
            out.append(best[1])
            taken = np.vstack([taken, best[1].box])
    return out


def _candidates(
    label: Label, frame: tuple[float, float, float, float]
) -> list[tuple[float, Placed]]:
    width = text_width(label.text, label.size, bold=label.bold)
    height = label.size * LINE_HEIGHT
    found = []
    for distance in label.reach:
        for rank, side in enumerate(label.sides):
            dx, dy = _COMPASS[side]
            centre_x = label.x + dx * distance + np.sign(round(dx)) * width / 2
            middle = label.y + dy * distance + np.sign(round(dy)) * (height / 2 - 2)
            placed = Placed(
                label=label,
                left=float(centre_x - width / 2),
                middle=float(middle),
                width=width,
            )
            left, top, right, bottom = placed.box
            inside = (
                left >= frame[0] and top >= frame[1] and right <= frame[2] and bottom <= frame[3]
            )
            if inside:
                found.append(((0.02 if label.needed else 0.05) * distance + 0.12 * rank, placed))
    return found


def _hits(box: Boxes, others: Boxes, margin: float) -> int:
    if not len(others):
        return 0
    apart = (
        (others[:, 2] + margin <= box[0])
        | (others[:, 0] - margin >= box[2])
        | (others[:, 3] + margin <= box[1])
        | (others[:, 1] - margin >= box[3])
    )
    return int((~apart).sum())


def spread(positions: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """Move positions apart so that neighbours are at least ``gap`` apart, inside a range.

    >>> spread([10.0, 12.0], 8.0, 0.0, 100.0)
    [7.0, 15.0]
    """
    order = sorted(range(len(positions)), key=lambda i: positions[i])
    groups: list[tuple[list[int], float]] = []
    for index in order:
        groups.append(([index], positions[index]))
        while len(groups) > 1:
            (one, a), (two, b) = groups[-2], groups[-1]
            if b - a >= gap * (len(one) + len(two)) / 2:
                break
            centre = (a * len(one) + b * len(two)) / (len(one) + len(two))
            groups[-2:] = [([*one, *two], centre)]
    out = [0.0] * len(positions)
    for members, centre in groups:
        for offset, index in enumerate(members):
            out[index] = centre + gap * (offset - (len(members) - 1) / 2)
    floor = low
    for index in order:
        out[index] = max(out[index], floor)
        floor = out[index] + gap
    ceiling = high
    for index in reversed(order):
        out[index] = min(out[index], ceiling)
        ceiling = out[index] - gap
    return out
