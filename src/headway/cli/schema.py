"""``headway schema``: what a command's ``--json`` prints."""

from importlib.resources import files
from typing import Annotated

import typer

from headway.errors import UsageError, did_you_mean

app = typer.Typer(add_completion=False, rich_markup_mode=None)


def names() -> list[str]:
    """Commands whose output has a published schema."""
    folder = files("headway.cli") / "schemas"
    known = [one.name.removesuffix(".json") for one in folder.iterdir()]
    return sorted(name.replace("ruler-", "ruler ") for name in known)


@app.command()
def schema(
    command: Annotated[
        list[str] | None,
        typer.Argument(metavar="[COMMAND]", help="Command, such as lag or `ruler list`."),
    ] = None,
) -> None:
    """Print the JSON Schema of what a command prints with --json; without one, the commands."""
    if not command:
        for name in names():
            typer.echo(name)
        return
    wanted = " ".join(command)
    if wanted not in names():
        raise UsageError(
            f"there is no schema of {wanted!r}{did_you_mean(wanted, names())}",
            hint=f"the commands with --json are {', '.join(names())}",
        )
    file = files("headway.cli") / "schemas" / f"{wanted.replace(' ', '-')}.json"
    typer.echo(file.read_text(encoding="utf-8"), nl=False)
