"""Answers: one question, one file."""

from headway.analyses.areas import by_benchmark, by_domain
from headway.analyses.changes import changes
from headway.analyses.lag import CONVENTIONS, LagResult, LagSpec, compare
from headway.analyses.one_model import one_model
from headway.analyses.premium import PremiumResult, PremiumSpec
from headway.analyses.result import Result

__all__ = [
    "CONVENTIONS",
    "LagResult",
    "LagSpec",
    "PremiumResult",
    "PremiumSpec",
    "Result",
    "by_benchmark",
    "by_domain",
    "changes",
    "compare",
    "one_model",
]
