"""The facts that a command works on: which dataset, and as of which day."""

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from headway.cli.options import day

if TYPE_CHECKING:
    from headway.dataset import Dataset

AsOf = Annotated[
    date | None,
    typer.Option(
        parser=day, metavar="YYYY-MM-DD", help="Only models announced on or before this day."
    ),
]
KnownOn = Annotated[
    date | None,
    typer.Option(
        parser=day, metavar="YYYY-MM-DD", help="Only what was recorded on or before this day."
    ),
]


def evidence(
    folder: Path | None, *, as_of: date | None = None, known_on: date | None = None
) -> "Dataset":
    """Load a dataset and restrict it to what was known, and to models released, by a day."""
    from headway.dataset import load

    data = load(folder)
    if known_on is not None:
        data = data.as_of(known_on, by="recorded")
    if as_of is not None:
        data = data.as_of(as_of, by="released")
    return data
