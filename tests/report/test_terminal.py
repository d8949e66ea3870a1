"""The same story in the terminal."""

import io

import pytest
from rich.cells import cell_len
from rich.console import Console

from headway.report.story import Story
from headway.report.terminal import render


def _printed(story: Story, lang: str, width: int) -> str:
    out = io.StringIO()
    render(story, Console(file=out, width=width, color_system=None), lang=lang)
    return out.getvalue()


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("width", [60, 100, 200])
def test_the_story_fits_the_console(story: Story, lang: str, width: int) -> None:
    text = _printed(story, lang, width)
    assert max(cell_len(line.rstrip()) for line in text.splitlines()) <= width
    flat = "".join(text.split())
    for claim in (story.headline(lang).claim, story.headline(lang, second=True).claim):
        assert "".join(claim.split()) in flat
    assert story.data.digest[:12] in flat


def test_wide_consoles_show_more(story: Story) -> None:
    narrow, wide = _printed(story, "en", 60), _printed(story, "en", 200)
    assert "First at this level" in wide
    assert "Its date" in wide
    assert "Its date" not in narrow


def test_hostile_names_are_printed_as_they_are(hostile_story: Story) -> None:
    assert "<script>alert('x')</script>" in _printed(hostile_story, "en", 220)
