"""Charts of scales, frontiers and lags."""

from headway.report.charts.agreement import agreement_chart
from headway.report.charts.comparisons import events_chart, movers_chart, sensitivity_chart
from headway.report.charts.doubling import doubling_chart
from headway.report.charts.frame import MEDIUM, NARROW, WIDE, Look
from headway.report.charts.frontiers import frontiers
from headway.report.charts.results import (
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
    "agreement_chart",
    "conventions",
    "doubling_chart",
    "events_chart",
    "frontiers",
    "gap_over_time",
    "lag_chart",
    "lag_over_time",
    "movers_chart",
    "ranking",
    "sensitivity_chart",
    "waits",
]
