"""Rulers: what turns evidence into a scale. Every ruler has ``fit(dataset, ...) -> Scale``."""

from typing import Any

from headway.rulers.calibrated import CalibratedRuler, CalibratedScale
from headway.rulers.logistic import LogisticRuler
from headway.rulers.published import PublishedRuler
from headway.rulers.scale import Ruler, Scale
from headway.rulers.single import SingleRuler

__all__ = [
    "CalibratedRuler",
    "CalibratedScale",
    "LogisticRuler",
    "PublishedRuler",
    "Ruler",
    "Scale",
    "SingleRuler",
    "calibrated",
    "eci",
    "published",
    "single",
]


def calibrated(**options: Any) -> CalibratedRuler:
    """Return the calibrated ruler; options are those of :class:`CalibratedRuler`."""
    return CalibratedRuler(**options)


def eci(**options: Any) -> LogisticRuler:
    """Return the ECI-compatible ruler; options are those of :class:`LogisticRuler`."""
    return LogisticRuler(**options)


def published(board: str = "Epoch ECI") -> PublishedRuler:
    """Return the ruler that takes a board's published ratings as they are."""
    return PublishedRuler(board=board)


def single(benchmark: str, **options: Any) -> SingleRuler:
    """Return the ruler that is one benchmark's score."""
    return SingleRuler(benchmark=benchmark, **options)
