"""Folders and zip archives as one thing: a tree of files by relative name.

An archive is somebody else's program for writing files. Nothing is unpacked to disk; names that
lead outside, links, encrypted or doubled members and members that swell are refused on opening.
"""

import os
import stat
import zipfile
from abc import ABC, abstractmethod
from pathlib import Path, PurePosixPath
from types import TracebackType
from typing import Self

from headway.bounds import FILE_BYTES, MEMBERS, TOTAL_BYTES, UNPACKED_RATIO, UNPACKED_SMALL
from headway.errors import DataError, did_you_mean
from headway.foreign.guarding import guarded, reason
from headway.foreign.plainfile import as_text, read_bytes
from headway.text import is_plain, shown

__all__ = ["Tree", "open_tree"]

MOST_MEMBERS = MEMBERS
LARGEST_MEMBER = FILE_BYTES
_PIECE = 2**20
_ENCRYPTED = 0x1


class Tree(ABC):
    """Files below a folder or inside an archive; a context manager.

    Parameters
    ----------
    path
        The folder or the archive.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    @abstractmethod
    def names(self) -> tuple[str, ...]:
        """Return the relative names of all files with ``/`` between folders, sorted."""

    @abstractmethod
    def _content(self, name: str, limit: int) -> bytes: ...

    def close(self) -> None:
        """Close what is open."""
        return

    def label(self, name: str) -> str:
        """Return the name of a file for messages."""
        return f"{self.path}/{name}"

    def read_bytes(self, name: str, *, limit: int = LARGEST_MEMBER) -> bytes:
        """Read a file.

        Parameters
        ----------
        name
            One of :meth:`names`.
        limit
            The most bytes accepted.

        Returns
        -------
        bytes
            The content.

        Raises
        ------
        DataError
            When there is no such file, it cannot be read, or it is larger.
        """
        if name not in self.names():
            raise DataError(f"{self.path} has no file {name!r}{did_you_mean(name, self.names())}")
        return self._content(name, limit)

    def read_text(self, name: str, *, limit: int = LARGEST_MEMBER) -> str:
        r"""Read a text file in UTF-8, with line ends as ``\n``.

        Raises
        ------
        DataError
            As :meth:`read_bytes`, and when the content is not UTF-8.
        """
        return as_text(self.read_bytes(name, limit=limit), self.label(name))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _too_large(self, name: str, limit: int) -> DataError:
        return DataError(f"{self.label(name)} is larger than {limit:,} bytes")


def open_tree(path: Path) -> Tree:
    """Open a folder, or an archive in the zip format whatever its name ends in.

    Parameters
    ----------
    path
        The folder or the archive.

    Returns
    -------
    Tree
        Its files. Close it, or use it in a ``with`` statement.

    Raises
    ------
    DataError
        When it is neither, cannot be read, or is not safe to read.
    """
    try:
        mode = path.stat().st_mode
        if stat.S_ISDIR(mode):
            return _Folder(path)
        if not stat.S_ISREG(mode):
            raise DataError(f"{path} is neither a folder nor a regular file")
        return _Archive(path)
    except FileNotFoundError:
        raise DataError(f"there is no file or folder {path}") from None
    except (OSError, ValueError, RuntimeError) as error:
        raise DataError(f"{path} cannot be read: {reason(error)}") from None


class _Folder(Tree):
    def __init__(self, path: Path) -> None:
        super().__init__(path)
        root = _resolved(path)
        found: list[str] = []

        def fail(error: OSError) -> None:
            raise DataError(f"{shown(str(error.filename))} cannot be read: {error.strerror}")

        for place, folders, files in os.walk(path, onerror=fail, followlinks=False):
            here = Path(place)
            for name in (*folders, *files):
                one = here / name
                if one.is_symlink():
                    _check_link(one, path, root)
            found += [
                (here / name).relative_to(path).as_posix()
                for name in files
                if (here / name).is_file()
            ]
            if len(found) > MOST_MEMBERS:
                raise DataError(f"{path} has more than {MOST_MEMBERS:,} files")
        self._names = tuple(sorted(found))

    def names(self) -> tuple[str, ...]:
        return self._names

    def _content(self, name: str, limit: int) -> bytes:
        return read_bytes(self.path / name, limit=limit)


def _check_link(link: Path, folder: Path, root: Path) -> None:
    """Refuse a link that leads out of the folder or nowhere, with what to do instead."""
    target = _resolved(link)
    where = shown(str(target))
    if not target.exists():
        raise DataError(
            f"{shown(str(link))} is a symbolic link that leads nowhere: there is no {where}",
            hint="remove the link, or put the file back",
        )
    if not target.is_relative_to(root):
        what = "folder" if target.is_dir() else "file"
        raise DataError(
            f"{shown(str(link))} is a symbolic link that leads out of {shown(str(folder))}, to"
            f" {where}",
            hint=f"links are followed within the folder only: name the {what} itself as one more"
            f" path ({where}) and remove the link, or put a copy of it in the link's place",
        )


def _resolved(path: Path) -> Path:
    try:
        return path.resolve(strict=False)
    except (OSError, RuntimeError):
        raise DataError(f"{path} is a symbolic link that leads to itself") from None


class _Archive(Tree):
    def __init__(self, path: Path) -> None:
        super().__init__(path)
        with guarded(path, "is neither a folder nor a zip archive"):
            self._zip = zipfile.ZipFile(path)
        try:
            self._members = self._checked()
        except DataError:
            self._zip.close()
            raise
        self._names = tuple(sorted(self._members))

    def _checked(self) -> dict[str, zipfile.ZipInfo]:
        every = self._zip.infolist()
        if len(every) > MOST_MEMBERS:
            raise DataError(f"{self.path} has more than {MOST_MEMBERS:,} files")
        problems: list[str] = []
        members: dict[str, zipfile.ZipInfo] = {}
        for info in every:
            trouble = _trouble(info)
            if trouble is None and info.filename in members:
                trouble = "is there twice"
            if trouble:
                problems.append(f"{info.filename[:200]!r} {trouble}")
            elif not info.is_dir():
                members[info.filename] = info
        if problems:
            raise DataError(
                f"{self.path} is not safe to read",
                details=[
                    *problems[:20],
                    *([f"and {len(problems) - 20} more"] * (len(problems) > 20)),
                ],
            )
        self._refuse_bombs(members)
        return members

    def _refuse_bombs(self, members: dict[str, zipfile.ZipInfo]) -> None:
        packed = self.path.stat().st_size
        stored = sum(info.compress_size for info in members.values())
        total = sum(info.file_size for info in members.values())
        if stored > packed:
            raise DataError(f"{self.path} is not safe to read: its members overlap")
        if total > TOTAL_BYTES or total > max(UNPACKED_SMALL, UNPACKED_RATIO * packed):
            raise DataError(
                f"{self.path} is not safe to read: its {packed:,} bytes swell to {total:,}"
            )

    def names(self) -> tuple[str, ...]:
        return self._names

    def close(self) -> None:
        self._zip.close()

    def _content(self, name: str, limit: int) -> bytes:
        info = self._members[name]
        if info.file_size > limit:
            raise self._too_large(name, limit)
        pieces: list[bytes] = []
        size = 0
        with guarded(self.label(name), "cannot be unpacked"), self._zip.open(info) as file:
            while piece := file.read(_PIECE):
                size += len(piece)
                if size > limit:
                    raise self._too_large(name, limit)
                pieces.append(piece)
        return b"".join(pieces)


def _trouble(info: zipfile.ZipInfo) -> str | None:
    # On Windows zipfile replaces backslashes in filename; orig_filename keeps them.
    name = info.orig_filename
    parts = PurePosixPath(name).parts
    if not name or name.startswith("/") or "\\" in name or name[1:2] == ":" or ".." in parts:
        return "leads outside the archive"
    if not is_plain(name):
        return "has control characters in its name"
    if info.flag_bits & _ENCRYPTED:
        return "is encrypted"
    if stat.S_ISLNK(info.external_attr >> 16):
        return "is a symbolic link"
    return None
