"""A resume file: where a long computation stood, so that it can go on after a crash.

The file holds a few arrays and a description of what they belong to. It is replaced in one rename,
so that a kill leaves the old or the new state and never half of one.
"""

import json
import time
import zipfile
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from headway.errors import DataError, UsageError
from headway.foreign.guarding import guarded, reason
from headway.foreign.jsontext import json_value
from headway.foreign.plainfile import opened
from headway.outputs import replaced

_BELONGS = "belongs_to"
_CHECKSUM = "checksum"
_MOST_NAMED = 5


class Checkpoint:
    """The resume file of one computation.

    Parameters
    ----------
    path
        The file; its folder exists.
    belongs_to
        What the state depends on, as plain values: options, digests of the inputs, versions. A
        file that belongs to something else is refused.
    every
        Seconds that have to pass between two saves; the first is always made.

    Examples
    --------
    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> checkpoint = Checkpoint(folder / "fit.resume", {"model": "2pl"})
    >>> checkpoint.load() is None
    True
    >>> checkpoint.save({"ability": np.array([0.5, -0.5])})
    >>> checkpoint.load()["ability"].tolist()
    [0.5, -0.5]
    """

    def __init__(
        self, path: Path | str, belongs_to: Mapping[str, Any], *, every: float = 0.0
    ) -> None:
        self.path = Path(path)
        if not self.path.parent.is_dir():
            raise UsageError(
                f"{self.path} cannot be a resume file: there is no folder {self.path.parent}"
            )
        if self.path.is_dir():
            raise UsageError(f"{self.path} cannot be a resume file: it is a folder")
        self._belongs_to = json.loads(json.dumps(belongs_to, sort_keys=True, allow_nan=False))
        self._every = every
        self._saved = -np.inf

    def load(
        self, *, like: Mapping[str, NDArray[Any]] | None = None
    ) -> dict[str, NDArray[Any]] | None:
        """Return the arrays that were saved, or None where there is no file.

        Parameters
        ----------
        like
            Arrays of the names and shapes that are expected; an empty one may have any shape.

        Raises
        ------
        UsageError
            The file belongs to another computation; the message says what differs.
        DataError
            It is not a resume file.
        """
        if not self.path.exists():
            return None
        try:
            arrays = _stored(self.path)
            there = json_value(str(arrays.pop(_BELONGS)[()]), str(self.path))
        except (DataError, KeyError) as error:
            raise DataError(
                f"{self.path} is not a resume file: {reason(error)}",
                hint="name another file, or remove this one to begin again",
            ) from None
        if there != self._belongs_to:
            raise UsageError(
                f"{self.path} belongs to another computation",
                hint="name another resume file, or remove this one to begin again",
                details=_differences(there, self._belongs_to),
            )
        if like is not None and not _alike(arrays, like):
            raise DataError(
                f"{self.path} does not hold the state of this computation",
                hint="name another file, or remove this one to begin again",
            )
        return arrays

    def save(self, arrays: Mapping[str, NDArray[Any]]) -> None:
        """Replace the file by these arrays, if the last save is long enough ago."""
        if time.monotonic() - self._saved < self._every:
            return
        stored = {_BELONGS: np.array(json.dumps(self._belongs_to, sort_keys=True)), **arrays}
        stored[_CHECKSUM] = np.array(_checksum(stored))
        with replaced(self.path) as fresh, fresh.open("wb") as file:
            np.savez(file, **stored)  # type: ignore[arg-type]
        self._saved = time.monotonic()

    def remove(self) -> None:
        """Remove the file once the computation is done."""
        self.path.unlink(missing_ok=True)


def _stored(path: Path) -> dict[str, NDArray[Any]]:
    with opened(path) as file, guarded(path):
        with zipfile.ZipFile(file) as members:
            if any(one.compress_type != zipfile.ZIP_STORED for one in members.infolist()):
                raise DataError("its parts are packed")
        file.seek(0)
        with np.load(file, allow_pickle=False) as stored:
            arrays = {name: np.asarray(stored[name]) for name in stored.files}
    said = str(arrays.pop(_CHECKSUM)[()])
    if said != _checksum(arrays):
        raise DataError("it is damaged")
    return arrays


def _alike(arrays: Mapping[str, NDArray[Any]], like: Mapping[str, Any]) -> bool:
    shapes = {name: np.asarray(one).shape for name, one in like.items()}
    return arrays.keys() == shapes.keys() and all(
        np.issubdtype(arrays[name].dtype, np.number) and shape in (arrays[name].shape, (0,))
        for name, shape in shapes.items()
    )


def _checksum(arrays: Mapping[str, NDArray[Any]]) -> str:
    total = sha256()
    for name in sorted(arrays):
        one = np.ascontiguousarray(arrays[name])
        total.update(repr((name, one.dtype.str, one.shape)).encode() + one.tobytes())
    return total.hexdigest()


def _differences(there: Any, here: Mapping[str, Any]) -> list[str]:
    if not isinstance(there, dict):
        return []
    names = [name for name in sorted({*there, *here}) if there.get(name) != here.get(name)]
    lines = [f"{name}: {_short(there.get(name))} there, {_short(here.get(name))} here"
             for name in names[:_MOST_NAMED]]  # fmt: skip
    return lines + ([f"and {len(names) - _MOST_NAMED} more"] if len(names) > _MOST_NAMED else [])


def _short(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 40 else f"{text[:37]}..."
