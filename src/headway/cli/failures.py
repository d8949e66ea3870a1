"""What the user reads when something goes wrong, and the exit code."""

import os
import tempfile
import traceback
from contextlib import suppress
from io import StringIO
from typing import Any, TextIO

import typer

from headway import __version__
from headway.errors import HeadwayError
from headway.text import shown

WRONG_INPUT = 2
DEFECT = 70
INTERRUPTED = 130
# Newer Typers carry a click of their own.
_CLICK: Any = next(kind for kind in typer.BadParameter.mro() if kind.__name__ == "ClickException")


def say(error: BaseException, stream: TextIO | None) -> int:
    """Print an error in the user's terms and return the exit code that goes with it.

    ``HEADWAY_TRACEBACK=1`` in the environment prints the traceback as well.
    """
    if isinstance(error, KeyboardInterrupt):
        return INTERRUPTED
    if isinstance(error, BrokenPipeError):
        return 1
    if isinstance(error, typer.Abort):
        _write(stream, "Aborted.")
        return 1
    if isinstance(error, _CLICK):
        text = StringIO()
        error.show(text)
        _write(stream, text.getvalue().rstrip("\n"))
        return int(error.exit_code)
    if os.environ.get("HEADWAY_TRACEBACK") and stream is not None:
        traceback.print_exception(error, file=stream)
    if isinstance(error, HeadwayError):
        _print(stream, error.message, error.details, error.hint)
        return WRONG_INPUT
    if isinstance(error, OSError):
        place = "" if error.filename is None else f"{shown(os.fsdecode(error.filename))}: "
        _print(stream, f"{place}{error.strerror or error}", (), None)
        return WRONG_INPUT
    if isinstance(error, MemoryError):
        _print(stream, "there is not enough memory for this", (), "ask for less: fewer draws")
        return WRONG_INPUT
    _print(
        stream,
        f"Headway failed in a way it should not: {type(error).__name__}: {error}",
        (),
        f"please report this, with the traceback in {_keep_traceback(error)}",
    )
    return DEFECT


def _print(stream: TextIO | None, message: str, details: tuple[str, ...], hint: str | None) -> None:
    lines = [f"error: {message}", *(f"  - {line}" for line in details)]
    if hint:
        lines.append(f"hint: {hint}")
    _write(stream, "\n".join(lines))


def _write(stream: TextIO | None, text: str) -> None:
    # A standard error that is full or closed leaves the exit code to say it.
    with suppress(OSError, ValueError):
        print("\n".join(map(shown, text.split("\n"))), file=stream, flush=True)


def _keep_traceback(error: BaseException) -> str:
    try:
        handle, name = tempfile.mkstemp(prefix="headway-", suffix=".txt")
        with os.fdopen(handle, "w", encoding="utf-8", errors="backslashreplace") as file:
            file.write(f"headway {__version__}\n")
            traceback.print_exception(error, file=file)
    except OSError:
        return "the next run, with HEADWAY_TRACEBACK=1: no file could be written"
    return name
