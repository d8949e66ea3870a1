"""The ``headway`` command: its groups, loaded when named, and what happens to errors."""

import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from headway import __version__
from headway.cli import failures, streams
from headway.cli.interrupts import Interrupts

COMMANDS = (
    "report",
    "lag",
    "rank",
    "predict",
    "next",
    "premium",
    "items",
    "ruler",
    "agreement",
    "events",
    "multiverse",
    "check",
    "describe",
    "import",
    "diff",
    "schema",
)
# A module cannot be called `import`.
MODULES = {"import": "import_", "next": "next_"}


class _Commands(TyperGroup):
    """Imports a command when it is named, so that ``--version`` does not load the library."""

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ARG002
        if cmd_name not in COMMANDS:
            return None
        module = import_module(f"headway.cli.{MODULES.get(cmd_name, cmd_name)}")
        command = typer.main.get_command(module.app)
        command.name = cmd_name
        return command


app = typer.Typer(cls=_Commands, rich_markup_mode=None)


def _version(*, wanted: bool) -> None:
    if wanted:
        typer.echo(f"headway {__version__}")
        raise typer.Exit


@app.callback(invoke_without_command=True)
def headway(
    context: typer.Context,
    *,
    version: Annotated[  # noqa: ARG001
        bool, typer.Option("--version", help="Print the version and stop.", is_eager=True,
                           callback=lambda wanted: _version(wanted=wanted))
    ] = False,
) -> None:  # fmt: skip
    """How far one AI frontier is behind another: in months, by whose ruler, and how sure we are."""
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code.

    Parameters
    ----------
    arguments
        Words after ``headway``; None takes them from the process.
    """
    streams.use_utf8()
    with Interrupts() as interrupts:
        try:
            stopped = typer.main.get_command(app).main(
                args=arguments, prog_name="headway", standalone_mode=False
            )
            code = stopped if isinstance(stopped, int) else 0
        except SystemExit as stop:
            code = stop.code if isinstance(stop.code, int) else 0
        except (Exception, KeyboardInterrupt) as error:
            code = failures.say(error, sys.stderr)
    return streams.close(failures.INTERRUPTED if interrupts.seen else code)
