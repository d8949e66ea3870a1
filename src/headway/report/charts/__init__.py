"""Charts of scales, frontiers and lags."""

from headway.report.charts.frame import MEDIUM, NARROW, WIDE, Look
from headway.report.charts.frontiers import frontiers
from headway.report.charts.results import (
    areas,
    conventions,
    gap_over_time,
    lag_chart,
    lag_over_time,
    ranking,
    waits,
)

__all__ = [
    "MEDIUM",
    "NARROW",
    "WIDE",
    "Look",
    "areas",
    "conventions",
    "frontiers",
    "gap_over_time",
    "lag_chart",
    "lag_over_time",
    "ranking",
    "waits",
]
