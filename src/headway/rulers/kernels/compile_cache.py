"""Where compiled loops are kept when neither the package nor a home can take them."""

import os
import stat
import sys
import tempfile
from pathlib import Path

_VARIABLE = "NUMBA_CACHE_DIR"


def keep_compiled() -> None:
    """Name a folder for the compiled loops where Numba would find none.

    Numba keeps them beside the package, else in the home of the user. Where the package may not be
    written to and there is no home, as in a container, it fails, or makes a folder called ``~``.
    """
    if os.environ.get(_VARIABLE):
        return
    if _may_write(Path(__file__).parent / "__pycache__") or _has_home():
        return
    folder = str(own_folder(Path(tempfile.gettempdir())))
    os.environ[_VARIABLE] = folder
    if "numba" in sys.modules:
        sys.modules["numba"].config.CACHE_DIR = folder


def _has_home() -> bool:
    known = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")  # noqa: PTH111
    return Path(known).is_absolute() and _may_write(Path(known))


def _may_write(folder: Path) -> bool:
    """Whether a folder may be written to, or made."""
    for place in (folder, *folder.parents):
        if place.exists():
            return place.is_dir() and os.access(place, os.W_OK | os.X_OK)
    return False


def own_folder(parent: Path) -> Path:
    """Return a folder below another that is this user's alone.

    Compiled loops are run, so a folder that somebody else made or may write to is not used.
    """
    user = os.getuid() if hasattr(os, "getuid") else "user"
    folder = parent / f"headway-compiled-{user}"
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        found = folder.lstat()
    except OSError:
        return Path(tempfile.mkdtemp(prefix="headway-compiled-"))
    own = not hasattr(os, "getuid") or found.st_uid == os.getuid()
    if stat.S_ISDIR(found.st_mode) and own and not found.st_mode & 0o022:
        return folder
    return Path(tempfile.mkdtemp(prefix="headway-compiled-"))
