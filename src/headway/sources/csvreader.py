"""The standard library's CSV reader, with where each record starts and a limit of its own."""

import csv
from collections.abc import Iterable, Iterator

from headway.bounds import CELL_LENGTH

LONGEST_FIELD = CELL_LENGTH


class BrokenCsv(ValueError):
    """Text that is not CSV.

    Parameters
    ----------
    line
        The line on which the broken record starts, counted from 1.
    reason
        What is wrong with it.
    """

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(f"line {line}: {reason}")
        self.line = line
        self.reason = reason


def records(
    lines: Iterable[str], *, delimiter: str = ",", longest: int = LONGEST_FIELD
) -> Iterator[tuple[int, list[str]]]:
    """Read CSV strictly.

    The limit of the standard library is one for the whole process and other packages change it
    when they are imported, so it is set for each record and put back.

    Parameters
    ----------
    lines
        Lines with their ends.
    delimiter
        What separates cells.
    longest
        Characters that a cell may have.

    Yields
    ------
    tuple of int and list of str
        The line on which the record starts, counted from 1, and its cells; none for an empty
        line.

    Raises
    ------
    BrokenCsv
        When a quote is not closed, stands where it may not, or a cell is too long.

    Examples
    --------
    >>> import io
    >>> list(records(io.StringIO('a,b\\n"x\\ny",2\\n3,4\\n')))
    [(1, ['a', 'b']), (2, ['x\\ny', '2']), (4, ['3', '4'])]
    """
    reader = csv.reader(lines, strict=True, delimiter=delimiter)
    while True:
        line = reader.line_num + 1
        others = csv.field_size_limit(longest)
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise BrokenCsv(line, str(error)) from None
        finally:
            csv.field_size_limit(others)
        yield line, cells
