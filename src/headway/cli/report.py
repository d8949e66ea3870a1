"""``headway report``: the page, the charts, and the same story in the terminal."""

import os
import webbrowser
from pathlib import Path
from typing import Annotated, Any

import typer

from headway import __version__
from headway.cli import output
from headway.cli.choice import NAMES
from headway.cli.evidence import evidence
from headway.cli.images import Theme, theme_of
from headway.cli.options import DatasetPath, Json, from_spec
from headway.cli.progress import Shown
from headway.errors import UsageError
from headway.outputs import replaced
from headway.report.story import ReportSpec, Story, tell
from headway.rulers.files.reading import find

app = typer.Typer(add_completion=False, rich_markup_mode=None)

PAGE = Path("report.html")


@app.command()
@from_spec(names=NAMES)
def report(
    spec: ReportSpec,
    *,
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help=f"Where to write the page; {PAGE}, or with --json nowhere, when not given.",
        ),
    ] = None,
    png: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="Write every chart as a PNG file too.")
    ] = None,
    theme: Theme = None,
    show: Annotated[bool, typer.Option("--open", help="Open the page in a browser.")] = False,
    dataset: DatasetPath = None,
    json: Json = False,
) -> None:
    """Write the report: one page that needs no network, and the same story in the terminal."""
    colours = theme_of(theme, png)
    if out is None and (show or not json):
        out = PAGE
    if out is not None:
        _refuse_unwritable(out)
    data = evidence(dataset)
    with Shown() as progress:
        story = tell(data, spec, progress)
        if out is not None:
            from headway.report.page import page

            progress.stage("Writing the page")
            _write(out, page(story))
        if png is not None:
            from headway.report.images import export_png

            progress.stage("Drawing the charts")
            export_png(story, png, lang=spec.lang, theme=colours)
    if json:
        output.strict_json(story.to_dict() | {"made": _made(story)})
    else:
        from headway.report.terminal import render

        render(story, output.console())
        for made in (out, png):
            if made is not None:
                output.made_file(made)
    if show and out is not None:
        webbrowser.open(out.resolve().as_uri())


def _made(story: Story) -> dict[str, Any]:
    """Record of how the report was made."""
    file = find(story.spec.ruler)
    return {
        "headway": __version__,
        "command": "report",
        "ruler": file.to_dict(),
        "ruler_digest": file.digest,
        "draws": story.spec.draws,
        "seed": story.spec.seed,
        "options": story.spec.to_dict(),
        "dataset": {"digest": story.data.digest, "origin": story.data.origin},
    }


def _refuse_unwritable(out: Path) -> None:
    """Refuse before the work what could not be written after it."""
    folder = out.resolve().parent
    if out.is_dir():
        raise UsageError(f"{out} is a folder", hint="name a file, for example report.html")
    if not folder.is_dir():
        raise UsageError(f"there is no folder {folder} to write {out.name} into")
    if not os.access(folder, os.W_OK):
        raise UsageError(f"the folder {folder} may not be written to")


def _write(out: Path, text: str) -> None:
    """Write the page in one step: a reader sees the old page or the new one, never a half."""
    with replaced(out) as file:
        file.write_text(text, encoding="utf-8")
