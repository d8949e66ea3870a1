"""Standard output and error: always UTF-8, and quiet when the reader has gone."""

import os
import sys
from io import TextIOWrapper


def use_utf8() -> None:
    """Write UTF-8 whatever the locale says: names of models and the Chinese texts need it."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")


def close(code: int) -> int:
    """Flush what was printed and return the exit code; a reader that has gone makes it 1."""
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        # The interpreter flushes once more at its end, and would complain.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return code or 1
    return code
