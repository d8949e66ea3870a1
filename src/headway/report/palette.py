"""Colours and type of the report, for light and dark, told apart without colour vision."""

from dataclasses import dataclass, fields

from headway.errors import UsageError

FONT = (
    "-apple-system, BlinkMacSystemFont, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, "
    "'Liberation Sans', 'PingFang SC', 'Hiragino Sans GB', 'Microsoft YaHei', "
    "'Noto Sans CJK SC', 'Noto Sans SC', 'WenQuanYi Micro Hei', system-ui, sans-serif"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Palette:
    """One colour for every role; ``leader`` and ``follower`` also differ in shape."""

    paper: str
    panel: str
    ink: str
    soft: str
    faint: str
    grid: str
    leader: str
    follower: str
    other: str
    accent: str

    def variables(self) -> str:
        """Return the colours as CSS custom properties."""
        return " ".join(f"--{f.name}: {getattr(self, f.name)};" for f in fields(self))


LIGHT = Palette(
    paper="#fdfcf9",
    panel="#f4f1ea",
    ink="#1d2126",
    soft="#545b64",
    faint="#5f666f",
    grid="#e3dfd6",
    leader="#0f5c9c",
    follower="#b8430a",
    other="#a9aeb4",
    accent="#0f5c9c",
)
DARK = Palette(
    paper="#14171b",
    panel="#1d2127",
    ink="#eceae4",
    soft="#b3b8bf",
    faint="#979da6",
    grid="#2d333b",
    leader="#6fb4ee",
    follower="#f59a62",
    other="#626972",
    accent="#6fb4ee",
)
# The page swaps its colours by CSS, so that one drawing serves both themes and the printer.
PAGE = Palette(**{f.name: f"var(--{f.name})" for f in fields(Palette)})

_THEMES = {"light": LIGHT, "dark": DARK, "page": PAGE}


def palette(theme: str) -> Palette:
    """Return the palette of a theme: ``light``, ``dark``, or ``page`` (CSS variables)."""
    if theme not in _THEMES:
        raise UsageError(f"theme {theme!r} is not one of light, dark, page")
    return _THEMES[theme]


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two hex colours by WCAG 2.

    >>> round(contrast("#000000", "#ffffff"), 1)
    21.0
    """
    first, second = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (first + 0.05) / (second + 0.05)


def _luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
