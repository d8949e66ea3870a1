"""Answers: one question, one file."""

from headway.analyses.agreement import AgreementResult, agreement
from headway.analyses.areas import by_benchmark, by_domain
from headway.analyses.changes import changes
from headway.analyses.composites import SensitivityResult, percent_difference, weight_sensitivity
from headway.analyses.doubling import DoublingResult, doubling_time
from headway.analyses.events import EventsResult, events
from headway.analyses.lag import CONVENTIONS, LagResult, LagSpec, compare
from headway.analyses.one_model import one_model
from headway.analyses.premium import PremiumResult, PremiumSpec
from headway.analyses.result import Result

__all__ = [
    "CONVENTIONS",
    "AgreementResult",
    "DoublingResult",
    "EventsResult",
    "LagResult",
    "LagSpec",
    "PremiumResult",
    "PremiumSpec",
    "Result",
    "SensitivityResult",
    "agreement",
    "by_benchmark",
    "by_domain",
    "changes",
    "compare",
    "doubling_time",
    "events",
    "one_model",
    "percent_difference",
    "weight_sensitivity",
]
