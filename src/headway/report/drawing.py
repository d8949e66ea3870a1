"""Charts as SVG and PNG: the one place where the library that draws them is called.

It ends the process on characters that XML lacks, so every text is made plain before.
"""

from collections.abc import Mapping
from typing import Any

from headway.foreign.guarding import guarded
from headway.text import without_controls

__all__ = ["png", "svg"]

_WHAT = "cannot be drawn"


def svg(spec: Mapping[str, Any], name: str = "the chart") -> str:
    """Return a Vega-Lite chart as SVG.

    Raises
    ------
    DataError
        When the library cannot draw it.
    """
    import vl_convert

    with guarded(name, _WHAT):
        drawn: str = vl_convert.vegalite_to_svg(_plain(spec))
        return drawn


def png(spec: Mapping[str, Any], name: str = "the chart", *, scale: float = 2.0) -> bytes:
    """Return a Vega-Lite chart as PNG.

    Raises
    ------
    DataError
        When the library cannot draw it.
    """
    import vl_convert

    with guarded(name, _WHAT):
        drawn: bytes = vl_convert.vegalite_to_png(_plain(spec), scale=scale)
        return drawn


def _plain(value: Any) -> Any:
    if isinstance(value, str):
        return without_controls(value)
    if isinstance(value, Mapping):
        return {_plain(key): _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return value
