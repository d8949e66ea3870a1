"""Headway: how far one AI frontier is ahead of another.

The names below are imported when first used, so that ``import headway`` stays light.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from headway import analyses, dataset, frontier, report, rulers
    from headway.analyses.lag import lag
    from headway.analyses.premium import premium
    from headway.dataset import Dataset, load
    from headway.errors import (
        DataError,
        HeadwayError,
        NotConverged,
        NotIdentified,
        UsageError,
    )

__version__ = "0.1.0"

_HOME = {
    "Dataset": "headway.dataset",
    "load": "headway.dataset",
    "lag": "headway.analyses.lag",
    "premium": "headway.analyses.premium",
    "DataError": "headway.errors",
    "HeadwayError": "headway.errors",
    "NotConverged": "headway.errors",
    "NotIdentified": "headway.errors",
    "UsageError": "headway.errors",
}
_MODULES = ("analyses", "dataset", "frontier", "report", "rulers")

__all__ = [
    "DataError",
    "Dataset",
    "HeadwayError",
    "NotConverged",
    "NotIdentified",
    "UsageError",
    "__version__",
    "analyses",
    "dataset",
    "frontier",
    "lag",
    "load",
    "premium",
    "report",
    "rulers",
]


def __getattr__(name: str) -> Any:
    if name in _HOME:
        return getattr(import_module(_HOME[name]), name)
    if name in _MODULES:
        return import_module(f"headway.{name}")
    raise AttributeError(f"module 'headway' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
