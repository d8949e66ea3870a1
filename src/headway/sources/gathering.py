"""The files that a source is given: named one by one, or those in a folder or an archive."""

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from headway.errors import DataError, UsageError
from headway.sources.files import open_tree, read_bytes

__all__ = ["Given", "given"]

_ARCHIVE = ".zip"


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """A file to read.

    Parameters
    ----------
    label
        Its name for messages.
    name
        Its name below the folder or archive it was found in; the last part of the path when the
        file itself was named.
    content
        Reads it; a ``DataError`` when it cannot be read.
    path
        Where it is; None inside an archive.
    """

    label: str
    name: str
    content: Callable[[], bytes]
    path: Path | None = None


def given(paths: Sequence[Path], suffixes: Sequence[str], stack: ExitStack) -> tuple[Given, ...]:
    """List the files to read.

    Parameters
    ----------
    paths
        Files, folders and zip archives. A file that is named is taken whatever its name is.
    suffixes
        How the names of the files end that are taken from folders and archives.
    stack
        Closes the archives when it ends.

    Returns
    -------
    tuple of Given
        The files in order, each once.

    Raises
    ------
    DataError
        When a path does not exist or is not safe to read, or there is no such file at all.
    UsageError
        When no path is given.
    """
    if not paths:
        raise UsageError("no file to read", hint="name one or more files or folders")
    found: dict[str, Given] = {}
    for path in paths:
        if path.is_dir() or path.suffix.lower() == _ARCHIVE:
            tree = stack.enter_context(open_tree(path))
            for name in tree.names():
                if name.lower().endswith(tuple(suffixes)):
                    label = tree.label(name)
                    one = Given(
                        label=label,
                        name=name,
                        content=partial(tree.read_bytes, name),
                        path=path / name if path.is_dir() else None,
                    )
                    found.setdefault(label, one)
        else:
            if not path.exists():
                raise DataError(f"there is no file or folder {path}")
            one = Given(
                label=str(path), name=path.name, content=partial(read_bytes, path), path=path
            )
            found.setdefault(one.label, one)
    if not found:
        raise DataError(
            f"there is no file to read in {', '.join(map(str, paths))}",
            hint=f"expected files whose names end in {', '.join(suffixes)}",
        )
    return tuple(found.values())
