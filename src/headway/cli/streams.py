"""Standard output and error: always UTF-8, there or not, and quiet when the reader has gone."""

import errno
import os
import sys
from io import TextIOWrapper

from headway.cli import failures


class _Closed(TextIOWrapper):
    """Stands for a closed standard output, and knows whether anything was lost in it."""

    lost = False

    def write(self, text: str) -> int:
        self.lost = self.lost or bool(text)
        return super().write(text)


def use_utf8() -> None:
    """Write UTF-8 whatever the locale says: names of models and the Chinese texts need it.

    Where a stream is closed, what is written to it goes nowhere; a file that is opened later must
    not get its number, so the number is taken.
    """
    for name, number in (("stdin", 0), ("stdout", 1), ("stderr", 2)):
        if getattr(sys, name) is None:
            mode = os.O_RDONLY if number == 0 else os.O_WRONLY
            handle = os.open(os.devnull, mode)
            if handle != number:
                os.dup2(handle, number)
                os.close(handle)
            if number == 1:
                sys.stdout = _Closed(os.fdopen(number, "wb"))
            else:
                setattr(sys, name, os.fdopen(number, "r" if number == 0 else "w", encoding="utf-8"))
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")


def close(code: int) -> int:
    """Flush what was printed and return the exit code.

    A reader that has gone makes it 1, and a disk that refuses the output, or a standard output
    that is closed while there is something to print, 2.
    """
    if isinstance(sys.stdout, _Closed) and sys.stdout.lost:
        closed = OSError(errno.EBADF, "standard output: it is closed, so what was printed is lost")
        code = code or failures.say(closed, sys.stderr)
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        _drop(sys.stdout)
        code = code or 1
    except OSError as error:
        _drop(sys.stdout)
        where = OSError(error.errno, f"standard output: {error.strerror}")
        code = code or failures.say(where, sys.stderr)
    try:
        sys.stderr.flush()
    except OSError:
        _drop(sys.stderr)
    return code


def _drop(stream: object) -> None:
    # The interpreter flushes once more at its end, and would complain.
    number = stream.fileno()  # type: ignore[attr-defined]
    os.dup2(os.open(os.devnull, os.O_WRONLY), number)
