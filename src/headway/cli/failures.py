"""What the user reads when something goes wrong, and the exit code."""

import os
import tempfile
import traceback
from pathlib import Path
from typing import TextIO

from headway import __version__
from headway.errors import HeadwayError
from headway.text import shown

WRONG_INPUT = 2
DEFECT = 70
INTERRUPTED = 130


def say(error: BaseException, stream: TextIO) -> int:
    """Print an error in the user's terms and return the exit code that goes with it.

    ``HEADWAY_TRACEBACK=1`` in the environment prints the traceback as well.
    """
    if isinstance(error, KeyboardInterrupt):
        return INTERRUPTED
    if isinstance(error, BrokenPipeError):
        return 1
    if os.environ.get("HEADWAY_TRACEBACK"):
        traceback.print_exception(error, file=stream)
    if isinstance(error, HeadwayError):
        _print(stream, error.message, error.details, error.hint)
        return WRONG_INPUT
    if isinstance(error, OSError) and error.filename is not None:
        _print(stream, f"{error.filename}: {error.strerror or error}", (), None)
        return WRONG_INPUT
    _print(
        stream,
        f"Headway failed in a way it should not: {type(error).__name__}: {error}",
        (),
        f"please report this, with the traceback in {_keep_traceback(error)}",
    )
    return DEFECT


def _print(stream: TextIO, message: str, details: tuple[str, ...], hint: str | None) -> None:
    lines = [f"error: {message}", *(f"  - {line}" for line in details)]
    if hint:
        lines.append(f"hint: {hint}")
    print(shown("\n".join(lines)), file=stream)


def _keep_traceback(error: BaseException) -> Path:
    handle, name = tempfile.mkstemp(prefix="headway-", suffix=".txt")
    with os.fdopen(handle, "w", encoding="utf-8", errors="backslashreplace") as file:
        file.write(f"headway {__version__}\n")
        traceback.print_exception(error, file=file)
    return Path(name)
