"""The options of commands that draw images."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from headway.errors import UsageError

Theme = Annotated[
    Literal["light", "dark"] | None,
    typer.Option(help="Theme of the images of --png; light when not given."),
]


def theme_of(asked: Literal["light", "dark"] | None, png: Path | None) -> Literal["light", "dark"]:
    """Return the theme of the images, refusing one where none are drawn."""
    if asked is not None and png is None:
        raise UsageError(
            "--theme would have no effect without --png",
            hint="say where to put the images: --png",
        )
    return asked or "light"
