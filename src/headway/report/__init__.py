"""The face of Headway: the story, its charts, the page, images, and the terminal.

``tell`` computes everything once; ``html_page``, ``render`` and ``export_png`` say it in one
form or another, in English or Chinese.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from headway.report.images import export_png, save_chart
    from headway.report.page import html_page
    from headway.report.story import ReportSpec, Story, tell
    from headway.report.terminal import render

_HOME = {
    "ReportSpec": "story",
    "Story": "story",
    "export_png": "images",
    "html_page": "page",
    "render": "terminal",
    "save_chart": "images",
    "tell": "story",
}

__all__ = ["ReportSpec", "Story", "export_png", "html_page", "render", "save_chart", "tell"]


def __getattr__(name: str) -> Any:
    if name in _HOME:
        return getattr(import_module(f"headway.report.{_HOME[name]}"), name)
    raise AttributeError(f"module 'headway.report' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
