"""The face of Headway: the story, its charts, the page, images, and the terminal.

``tell`` computes everything once; ``html_page``, ``render`` and ``export_png`` say it in one
form or another, in English or Chinese.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from headway.report.images import export_png, save_chart
    from headway.report.page import page as html_page
    from headway.report.story import ReportSpec, Story, tell
    from headway.report.terminal import render

_HOME = {
    "ReportSpec": ("story", "ReportSpec"),
    "Story": ("story", "Story"),
    "export_png": ("images", "export_png"),
    "html_page": ("page", "page"),
    "render": ("terminal", "render"),
    "save_chart": ("images", "save_chart"),
    "tell": ("story", "tell"),
}

__all__ = ["ReportSpec", "Story", "export_png", "html_page", "render", "save_chart", "tell"]


def __getattr__(name: str) -> Any:
    if name in _HOME:
        module, attribute = _HOME[name]
        return getattr(import_module(f"headway.report.{module}"), attribute)
    raise AttributeError(f"module 'headway.report' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
