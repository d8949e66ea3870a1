"""Every failure of a library on foreign bytes becomes one sentence about the file."""

from collections.abc import Iterator
from contextlib import contextmanager

from headway.errors import DataError, HeadwayError
from headway.text import shown

__all__ = ["guarded", "reason"]

_LONGEST = 200


@contextmanager
def guarded(name: object, what: str = "cannot be read") -> Iterator[None]:
    """Run a library on foreign bytes.

    Native code panics with a ``BaseException`` that is no ``Exception``; this takes it as well.

    Parameters
    ----------
    name
        The file, for the message.
    what
        What the message says of it.

    Raises
    ------
    DataError
        For whatever the block raises, but for errors of Headway, which pass, and for what stops
        the program.
    """
    try:
        yield
    except (HeadwayError, KeyboardInterrupt, SystemExit, GeneratorExit):
        raise
    except MemoryError:
        raise DataError(
            f"{name} {what}: it takes more memory than there is",
            hint="split the file, or read less of it",
        ) from None
    except RecursionError:
        raise DataError(f"{name} {what}: it is nested too deeply") from None
    except BaseException as error:
        raise DataError(f"{name} {what}: {reason(error)}") from None


def reason(error: BaseException) -> str:
    """Return the first line of what an error says, short and without control characters."""
    said = getattr(error, "strerror", None) or str(error)
    first = next((line for line in said.splitlines() if line.strip()), type(error).__name__)
    return shown(first.strip(), most=_LONGEST)
