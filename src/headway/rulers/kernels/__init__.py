"""Compiled numerical loops; nothing here knows about tables, models or dates."""

from pathlib import Path
from typing import Any

from headway.rulers.kernels.compile_cache import keep_compiled

# Before Numba is imported by the first module with a loop.
keep_compiled()


def compiled_before(function: Any) -> bool:
    """Tell whether a cached compilation of a Numba function lies on disk."""
    stem = f"{Path(function.py_func.__code__.co_filename).stem}.{function.py_func.__name__}-"
    return any(Path(function.stats.cache_path).glob(f"{stem}*.nbc"))
