"""One file per convention: how a lag is measured once the two frontiers are drawn.

Every file has ``measure(contest) -> Measured``. A new convention is a new file, a line in
:data:`headway.analyses.lag.MEASURES` and its words in the report.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import polars as pl

from headway.analyses.result import Finding


@dataclass(frozen=True, eq=False, kw_only=True)
class Measured:
    """What a convention found: its numbers, the series behind them, what to know."""

    findings: list[Finding]
    details: Mapping[str, pl.DataFrame] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
