"""What all charts share: the frame in pixels, time on an axis, text, and the look."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import altair as alt

from headway.report.drawing import svg
from headway.report.labels import LINE_HEIGHT, Placed, text_width
from headway.report.palette import FONT, Palette, palette
from headway.report.words import Words

Layer = alt.Chart | alt.LayerChart
WIDE, MEDIUM, NARROW = 980, 660, 350
EDGE = 14


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """How a chart is drawn: its width in pixels, language, colours, and whether it has a title.

    Parameters
    ----------
    width
        Whole width, margins included.
    title
        Whether title, note and source are drawn on the chart (for an image that stands alone).
    """

    width: int = WIDE
    lang: str = "en"
    theme: str = "light"
    title: bool = True

    @property
    def words(self) -> Words:
        """Texts of the language."""
        return Words(self.lang)

    @property
    def colours(self) -> Palette:
        """Colours of the theme."""
        return palette(self.theme)

    @property
    def narrow(self) -> bool:
        """Whether the chart is for a phone."""
        return self.width < 480

    def at(self, width: int) -> "Look":
        """Return the same look at another width."""
        return replace(self, width=width)


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """The drawing area: data ranges and their pixels, y downwards."""

    width: float
    height: float
    left: float
    right: float
    top: float
    bottom: float
    x: tuple[float, float]
    y: tuple[float, float]

    @property
    def inner(self) -> float:
        """Width between the margins."""
        return self.width - self.left - self.right

    def px(self, value: float) -> float:
        """Pixel of a horizontal value."""
        return (value - self.x[0]) / (self.x[1] - self.x[0]) * self.inner

    def py(self, value: float) -> float:
        """Pixel of a vertical value."""
        return (self.y[1] - value) / (self.y[1] - self.y[0]) * self.height

    def at_px(self, pixel: float) -> float:
        """Horizontal value at a pixel."""
        return self.x[0] + pixel / self.inner * (self.x[1] - self.x[0])

    def at_py(self, pixel: float) -> float:
        """Vertical value at a pixel."""
        return self.y[1] - pixel / self.height * (self.y[1] - self.y[0])

    def holds(self, x: float, y: float) -> bool:
        """Whether a point lies inside."""
        return self.x[0] <= x <= self.x[1] and self.y[0] <= y <= self.y[1]


# Time is drawn as a decimal year: dates in Vega depend on the reader's time zone.
def year_of(day: date) -> float:
    """Return a date as a decimal year.

    >>> year_of(date(2026, 1, 1))
    2026.0
    """
    first = date(day.year, 1, 1).toordinal()
    length = date(day.year + 1, 1, 1).toordinal() - first
    return day.year + (day.toordinal() - first) / length


def rows(values: Iterable[Mapping[str, Any]]) -> alt.InlineData:
    """Return rows as the data of a layer."""
    return alt.InlineData(values=[dict(row) for row in values])


def x_scale(frame: Frame, title: str | None = None, **axis: Any) -> dict[str, Any]:
    """Options of the horizontal channel."""
    return {
        "type": "quantitative",
        "scale": alt.Scale(domain=list(frame.x), nice=False, zero=False),
        "axis": alt.Axis(title=title, **axis),
    }


def y_scale(frame: Frame, **axis: Any) -> dict[str, Any]:
    """Options of the vertical channel."""
    return {
        "type": "quantitative",
        "scale": alt.Scale(domain=list(frame.y), nice=False, zero=False),
        "axis": alt.Axis(title=None, **axis),
    }


def time_axis(frame: Frame, words: Words) -> dict[str, Any]:
    """Ticks at years; at quarters too when the span is short."""
    first, last = int(frame.x[0]) - 1, int(frame.x[1]) + 1
    labels = {float(year): str(year) for year in range(first, last + 1)}
    if frame.x[1] - frame.x[0] < 2.2:
        months = words("date.months").split()
        for year in range(first, last + 1):
            for month in (4, 7, 10):
                labels[round(year_of(date(year, month, 1)), 4)] = months[month - 1][:3]
    inside = {t: text for t, text in labels.items() if frame.x[0] <= t <= frame.x[1]}
    spelled = ",".join(f"'{t:.4f}':'{text}'" for t, text in inside.items())
    return {
        "values": list(inside),
        "labelExpr": f"{{{spelled}}}[format(datum.value,'.4f')]",
        "grid": False,
        "ticks": True,
        "labelFlush": False,
    }


def texts(
    frame: Frame, placed: Sequence[Placed], colour: Mapping[str, str], look: Look
) -> list[Layer]:
    """Layers that draw placed labels on a halo, with a thin line where they are far away."""
    paper = look.colours.paper
    layers: list[Layer] = []
    lines = [_leader_line(frame, p, colour.get(p.label.key, look.colours.ink)) for p in placed
             if p.away]  # fmt: skip
    if lines:
        layers.append(
            alt.Chart(rows(lines))
            .mark_rule(strokeWidth=0.8, opacity=0.55)
            .encode(
                x=alt.X("x:Q"), x2=alt.X2("x2:Q"), y=alt.Y("y:Q"), y2=alt.Y2("y2:Q"),
                stroke=alt.Stroke("colour:N", scale=None),
            )
        )  # fmt: skip
    kinds = sorted({(p.label.size, p.label.bold) for p in placed})
    for size, bold in kinds:
        chosen = [p for p in placed if (p.label.size, p.label.bold) == (size, bold)]
        values = [
            {
                "x": frame.at_px(p.left),
                "y": frame.at_py(p.middle),
                "text": p.label.text,
                "colour": colour.get(p.label.key, look.colours.ink),
            }
            for p in chosen
        ]
        base = alt.Chart(rows(values)).encode(
            x=alt.X("x:Q"), y=alt.Y("y:Q"), text=alt.Text("text:N")
        )
        mark: dict[str, Any] = {
            "align": "left", "baseline": "middle", "fontSize": size,
            "fontWeight": 600 if bold else 400,
        }  # fmt: skip
        halo = base.mark_text(**mark, stroke=paper, strokeWidth=3, strokeJoin="round",
                              fill=paper)  # fmt: skip
        ink = base.mark_text(**mark).encode(color=alt.Color("colour:N", scale=None))
        layers += [halo, ink]
    return layers


def _leader_line(frame: Frame, placed: Placed, colour: str) -> dict[str, Any]:
    left, top, right, bottom = placed.box
    x = min(max(placed.label.x, left), right)
    y = min(max(placed.label.y, top), bottom)
    return {
        "x": frame.at_px(x), "y": frame.at_py(y),
        "x2": frame.at_px(placed.label.x), "y2": frame.at_py(placed.label.y), "colour": colour,
    }  # fmt: skip


def corner(frame: Frame, text: str, look: Look) -> Layer:
    """Name of the vertical axis, above its top."""
    chart: alt.Chart = (
        alt.Chart(rows([{"x": frame.x[0], "y": frame.y[1], "text": text}]))
        .mark_text(align="left", baseline="bottom", dx=-frame.left, dy=-9, fontSize=12)
        .encode(
            x=alt.X("x:Q"),
            y=alt.Y("y:Q"),
            text=alt.Text("text:N"),
            color=alt.value(look.colours.soft),
        )
    )
    return chart


class StillChart(alt.LayerChart):
    """A chart that a notebook shows as a picture, drawn here: no script, and no network."""

    def _repr_mimebundle_(self, *_: Any, **__: Any) -> dict[str, str]:
        return {"image/svg+xml": svg(self.to_dict())}


def finish(
    layers: Sequence[Layer], frame: Frame, look: Look, *, title: str, note: str, description: str
) -> alt.LayerChart:
    """Join layers into a chart of a fixed size, with its title and note where they are wanted."""
    colours = look.colours
    top = frame.top
    if look.title:
        heading, top = _heading(frame, look, title, note)
        layers = [*layers, *heading]
    # In one step: every method of a chart copies it with all its data.
    return StillChart(
        layer=list(layers),
        width=frame.inner,
        height=frame.height,
        autosize=alt.AutoSizeParams(type="none"),
        padding={"left": frame.left, "right": frame.right, "top": top, "bottom": frame.bottom},
        description=description,
        config=alt.Config(
            background="transparent" if look.theme == "page" else colours.paper,
            font=FONT,
            view=alt.ViewConfig(stroke=None),
            axis=alt.AxisConfig(
                domainColor=colours.faint,
                gridColor=colours.grid,
                labelColor=colours.soft,
                labelFontSize=12,
                tickColor=colours.faint,
                titleColor=colours.soft,
                titleFontSize=11,
                titleFontWeight="normal",
                domain=False,
                ticks=False,
                labelPadding=6,
            ),
        ),
    )


def _heading(frame: Frame, look: Look, title: str, note: str) -> tuple[list[Layer], float]:
    """Title and note above the frame, and how much room they and its own margin take."""
    room = look.width - 2 * EDGE
    lines = [(line, 17.0, True) for line in wrap(title, room, 17, bold=True)]
    lines += [(line, 11.5, False) for line in wrap(note, room, 11.5)]
    top = EDGE + sum(size * 1.4 for _, size, _ in lines) + 8 + frame.top
    y = EDGE - top
    layers: list[Layer] = []
    for text, size, bold in lines:
        layers.append(
            alt.Chart(rows([{"x": frame.x[0], "y": frame.y[1], "text": text}]))
            .mark_text(
                align="left", baseline="top", dx=EDGE - frame.left, dy=y, fontSize=size,
                fontWeight=600 if bold else 400,
                fill=look.colours.ink if bold else look.colours.soft,
            )
            .encode(x=alt.X("x:Q"), y=alt.Y("y:Q"), text=alt.Text("text:N"))
        )  # fmt: skip
        y += size * 1.4
    return layers, top


def wrap(text: str, width: float, size: float, *, bold: bool = False) -> list[str]:
    """Break a text into lines of at most a width; Chinese breaks anywhere.

    >>> wrap("one two three", 50, 10)
    ['one two', 'three']
    """
    lines, line = [], ""
    for piece in _pieces(text):
        if line and text_width((line + piece).rstrip(), size, bold=bold) > width:
            lines.append(line.rstrip())
            line = piece.lstrip()
        else:
            line += piece
    return [*lines, line.rstrip()] if line.strip() else lines


def _pieces(text: str) -> list[str]:
    closing = "，。；：、！？）”"
    pieces: list[str] = []
    word = ""
    for character in text:
        if character in closing and (word or pieces):
            if word:
                word += character
            else:
                pieces[-1] += character
            continue
        if ord(character) > 0x2E7F:
            if word:
                pieces.append(word)
                word = ""
            pieces.append(character)
        elif character == " ":
            pieces.append(word + " ")
            word = ""
        else:
            word += character
    return [*pieces, word] if word else pieces


def short(name: str) -> str:
    """Name of a model without what stands in brackets.

    >>> short("GPT-4 (Mar 2023)")
    'GPT-4'
    """
    return name.partition(" (")[0].strip() or name


def line_height(size: float) -> float:
    """Height of a line of text."""
    return size * LINE_HEIGHT


def ticks(low: float, high: float, most: int) -> list[float]:
    """Round numbers between two values, at most about ``most`` of them.

    >>> ticks(0.0, 10.0, 5)
    [0.0, 2.0, 4.0, 6.0, 8.0, 10.0]
    """
    span = max(high - low, 1e-9)
    magnitude = 10.0 ** int(f"{span / most:e}".partition("e")[2])
    step = next(m * magnitude for m in (1, 2, 5, 10) if span / (m * magnitude) <= most)
    first = -int(-low // step)
    return [round(k * step, 10) for k in range(first, int(high // step) + 1)]
