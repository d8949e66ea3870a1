"""Rulers: what turns evidence into a scale. Every ruler has ``fit(dataset, ...) -> Scale``."""

from collections.abc import Mapping, Sequence
from typing import Any

from headway.rulers.files.reading import load, shelf
from headway.rulers.horizons.ruler import HorizonRuler
from headway.rulers.process.next_evaluation import benchmarks_to_run, next_evaluation
from headway.rulers.process.predictions import predict
from headway.rulers.process.ruler import CalibratedRuler, CalibratedScale
from headway.rulers.published import PublishedRuler
from headway.rulers.responses.checks import differential
from headway.rulers.responses.ruler import ItemRuler
from headway.rulers.scale import Ruler, Scale
from headway.rulers.scores.composite import CompositeRuler
from headway.rulers.scores.domain import DomainRuler
from headway.rulers.scores.logistic import LogisticRuler
from headway.rulers.scores.single import SingleRuler
from headway.rulers.votes.boards import boards
from headway.rulers.votes.ruler import PairwiseRuler

__all__ = [
    "CalibratedRuler",
    "CalibratedScale",
    "CompositeRuler",
    "DomainRuler",
    "HorizonRuler",
    "ItemRuler",
    "LogisticRuler",
    "PairwiseRuler",
    "PublishedRuler",
    "Ruler",
    "Scale",
    "SingleRuler",
    "benchmarks_to_run",
    "boards",
    "calibrated",
    "composite",
    "differential",
    "domain",
    "eci",
    "horizon",
    "items",
    "load",
    "next_evaluation",
    "pairwise",
    "predict",
    "published",
    "shelf",
    "single",
]


def calibrated(**options: Any) -> CalibratedRuler:
    """Return the calibrated ruler; options are those of :class:`CalibratedRuler`."""
    return CalibratedRuler(**options)


def composite(weights: Mapping[str, float] | Sequence[str], **options: Any) -> CompositeRuler:
    """Return the weighted mean of normalised scores; a list of benchmarks weighs them equally."""
    if not isinstance(weights, Mapping):
        weights = dict.fromkeys([weights] if isinstance(weights, str) else weights, 1.0)
    return CompositeRuler(weights=weights, **options)


def domain(domain: str, **options: Any) -> DomainRuler:
    """Return the ruler of one domain of benchmarks."""
    return DomainRuler(domain=domain, **options)


def eci(**options: Any) -> LogisticRuler:
    """Return the ECI-compatible ruler; options are those of :class:`LogisticRuler`."""
    return LogisticRuler(**options)


def items(**options: Any) -> ItemRuler:
    """Return the ruler of answers to single questions; options of :class:`ItemRuler`."""
    return ItemRuler(**options)


def pairwise(**options: Any) -> PairwiseRuler:
    """Return the ruler of votes; options are those of :class:`PairwiseRuler`."""
    return PairwiseRuler(**options)


def horizon(**options: Any) -> HorizonRuler:
    """Return the ruler of time horizons; options are those of :class:`HorizonRuler`."""
    return HorizonRuler(**options)


def published(board: str = "Epoch ECI", **options: Any) -> PublishedRuler:
    """Return the ruler that takes a board's published ratings as they are.

    Options are those of :class:`PublishedRuler`.
    """
    return PublishedRuler(board=board, **options)


def single(benchmark: str, **options: Any) -> SingleRuler:
    """Return the ruler that is one benchmark's score."""
    return SingleRuler(benchmark=benchmark, **options)
