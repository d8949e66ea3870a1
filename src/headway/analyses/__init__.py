"""Answers: one question, one file."""

from headway.analyses.areas import by_benchmark, by_domain
from headway.analyses.changes import changes
from headway.analyses.lag import CONVENTIONS, LagResult, LagSpec, compare
from headway.analyses.result import Result

__all__ = [
    "CONVENTIONS",
    "LagResult",
    "LagSpec",
    "Result",
    "by_benchmark",
    "by_domain",
    "changes",
    "compare",
]
