"""Parts in the memory of this process, work in its threads."""

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from headway.engines import Load, require_workers

T = TypeVar("T")


class Local:
    """An engine of threads; functions that release the interpreter's lock run side by side.

    Parameters
    ----------
    loads
        One function per part.
    workers
        Threads; None for one per processor.

    Examples
    --------
    >>> engine = Local([lambda: 1.0, lambda: 2.0])
    >>> engine.run(pow, 3)
    [1.0, 8.0]
    >>> engine.close()
    """

    def __init__(self, loads: Sequence[Load], workers: int | None = None) -> None:
        require_workers(workers)
        self._pool = ThreadPoolExecutor(workers or os.cpu_count() or 1)
        try:
            self._parts = list(self._pool.map(lambda load: load(), loads))
        except BaseException:
            self.close()
            raise

    @property
    def n_parts(self) -> int:
        """Number of parts."""
        return len(self._parts)

    def run(
        self, function: Callable[..., T], *shared: Any, each: Sequence[Any] | None = None
    ) -> list[T]:
        """Run a function on every part; see :class:`headway.engines.Engine`."""
        if each is None:
            jobs = [self._pool.submit(function, part, *shared) for part in self._parts]
        else:
            pairs = zip(self._parts, each, strict=True)
            jobs = [self._pool.submit(function, part, own, *shared) for part, own in pairs]
        return [job.result() for job in jobs]

    def close(self) -> None:
        """Stop the threads and let go of the parts."""
        self._pool.shutdown(cancel_futures=True)
        self._parts = []
