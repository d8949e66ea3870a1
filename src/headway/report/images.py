"""The charts of a report as PNG and SVG files, drawn without a browser."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import altair as alt

from headway.errors import UsageError
from headway.outputs import replaced
from headway.report import drawing
from headway.report.charts.frame import WIDE, Look
from headway.report.figures import figures
from headway.report.story import Story

CHINESE_FONTS = (
    "notosanscjk", "notoserifcjk", "notosanssc", "sourcehansans", "sourcehanserif", "wqy",
    "wenquanyi", "pingfang", "hiraginosansgb", "stheiti", "heiti", "songti", "simsun", "simhei",
    "msyh", "microsoftyahei", "droidsansfallback", "arphic", "uming", "ukai", "arialunicode",
)  # fmt: skip
_SUFFIXES = (".ttf", ".ttc", ".otf", ".otc")


def export_png(
    story: Story,
    folder: str | Path,
    lang: str | None = None,
    theme: str = "light",
    *,
    width: int = WIDE,
    scale: float = 2.0,
) -> list[Path]:
    """Write every chart of a story as a PNG and an SVG file.

    Each image stands alone: it carries its title, how to read it, and the day of the data.

    Parameters
    ----------
    folder
        Made when it does not exist.
    lang
        ``en`` or ``zh``; that of the story when None.
    theme
        ``light`` or ``dark``.
    width
        In pixels, before ``scale``.
    scale
        Pixels of the PNG per pixel of the chart.

    Returns
    -------
    The files written.

    Raises
    ------
    UsageError
        When Chinese is asked for and no font on this machine has its characters.
    """
    look = Look(width=width, lang=lang or story.spec.lang, theme=theme)
    if theme not in ("light", "dark"):
        raise UsageError(f"theme {theme!r} is not one of light, dark")
    if look.lang == "zh":
        require_chinese_font()
    target = Path(folder)
    target.mkdir(parents=True, exist_ok=True)
    written = []
    for figure in figures(story, look).values():
        spec = figure.draw(look).to_dict(validate=False)
        stem = f"{figure.name}-{look.lang}-{theme}"
        png, svg = target / f"{stem}.png", target / f"{stem}.svg"
        _put(png, drawing.png(spec, figure.name, scale=scale))
        _put(svg, drawing.svg(spec, figure.name).encode())
        written += [png, svg]
    return written


def save_chart(
    chart: "alt.Chart | alt.LayerChart", path: str | Path, *, scale: float = 2.0
) -> Path:
    """Write one chart as ``.png`` or ``.svg``, by the ending of the name.

    Raises
    ------
    UsageError
        For another ending.
    """
    path = Path(path)
    spec = chart.to_dict()
    if path.suffix == ".png":
        _put(path, drawing.png(spec, scale=scale))
    elif path.suffix == ".svg":
        _put(path, drawing.svg(spec).encode())
    else:
        raise UsageError(f"{path.name!r} ends in neither .png nor .svg")
    return path


def _put(path: Path, content: bytes) -> None:
    with replaced(path) as file:
        file.write_bytes(content)


def require_chinese_font() -> None:
    """Refuse to draw Chinese as boxes.

    Raises
    ------
    UsageError
        When no font with Chinese characters is found; it names what to install.
    """
    if not has_chinese_font():
        raise UsageError(
            "no font on this machine has Chinese characters, so the images would show boxes",
            hint="install one: 'apt-get install fonts-noto-cjk' (Debian, Ubuntu), "
            "'dnf install google-noto-sans-cjk-fonts' (Fedora), or on macOS "
            "'brew install --cask font-noto-sans-cjk-sc'",
        )


def has_chinese_font() -> bool:
    """Whether a font with Chinese characters is installed.

    Fontconfig is asked where there is one; else the usual folders are searched by file name.
    """
    listed = _fontconfig()
    if listed is not None:
        return bool(listed)
    return any(
        known in path.stem.lower().replace("-", "").replace("_", "").replace(" ", "")
        for path in _font_files(font_folders())
        for known in CHINESE_FONTS
    )


def font_folders() -> list[Path]:
    """Folders in which systems keep fonts."""
    home = Path(os.path.expanduser("~"))  # noqa: PTH111
    if sys.platform == "darwin":
        return [Path("/System/Library/Fonts"), Path("/Library/Fonts"), home / "Library/Fonts"]
    if sys.platform == "win32":
        return [Path(os.environ.get("WINDIR", r"C:\Windows")) / "Fonts"]
    return [
        Path("/usr/share/fonts"), Path("/usr/local/share/fonts"), home / ".fonts",
        home / ".local/share/fonts",
    ]  # fmt: skip


def _fontconfig() -> list[str] | None:
    """Fonts for Chinese by fontconfig, or None where it cannot be asked."""
    command = shutil.which("fc-list")
    if command is None:
        return None
    try:
        done = subprocess.run(
            [command, ":lang=zh", "family"], capture_output=True, text=True, timeout=20, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return [line for line in done.stdout.splitlines() if line.strip()]


def _font_files(folders: Iterable[Path]) -> Iterable[Path]:
    for folder in folders:
        if folder.is_dir():
            yield from (p for p in folder.rglob("*") if p.suffix.lower() in _SUFFIXES)
