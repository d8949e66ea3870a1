"""Parts in processes of this machine, for Python code that holds the interpreter's lock."""

import os
import pickle
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import connection, get_context, parent_process
from typing import Any, TypeVar

from headway.engines import Load
from headway.errors import HeadwayError

T = TypeVar("T")
_LIVES = 3
_HELD: dict[int, Any] = {}


class Processes:
    """An engine of processes, each of which loads its own parts and keeps them.

    Part i lives in process ``i % workers``. A process that is lost is started again, loads its
    parts again and repeats what it had not answered.

    Parameters
    ----------
    loads
        One function per part; it is pickled.
    workers
        Processes; None for one per processor, and never more than parts.

    Notes
    -----
    Processes are spawned: a script that makes this engine needs
    ``if __name__ == "__main__":`` around its own work.
    """

    def __init__(self, loads: Sequence[Load], workers: int | None = None) -> None:
        self._loads = list(loads)
        count = max(1, min(workers or os.cpu_count() or 1, len(self._loads)))
        self._pools = [self._start(k, count) for k in range(count)]

    def _start(self, k: int, count: int) -> ProcessPoolExecutor:
        own = {i: load for i, load in enumerate(self._loads) if i % count == k}
        return ProcessPoolExecutor(
            1, mp_context=get_context("spawn"), initializer=_begin, initargs=(pickle.dumps(own),)
        )

    @property
    def n_parts(self) -> int:
        """Number of parts."""
        return len(self._loads)

    def run(
        self, function: Callable[..., T], *shared: Any, each: Sequence[Any] | None = None
    ) -> list[T]:
        """Run a function on every part; see :class:`headway.engines.Engine`.

        Raises
        ------
        HeadwayError
            When the process of a part dies again and again.
        """
        own = [()] * self.n_parts if each is None else [(item,) for item in each]
        if len(own) != self.n_parts:
            raise ValueError(f"{len(own)} arguments for {self.n_parts} parts")
        answers: dict[int, T] = {}
        for life in range(_LIVES):
            lost = self._once(function, shared, own, answers)
            if not lost:
                return [answers[i] for i in range(self.n_parts)]
            if life + 1 < _LIVES:
                for k in lost:
                    self._pools[k].shutdown(wait=False)
                    self._pools[k] = self._start(k, len(self._pools))
        raise HeadwayError(
            f"a working process died {_LIVES} times",
            hint="it may have run out of memory: use fewer workers",
        )

    def _once(
        self,
        function: Callable[..., T],
        shared: tuple[Any, ...],
        own: Sequence[tuple[Any, ...]],
        answers: dict[int, T],
    ) -> set[int]:
        """Ask for what is not answered yet; return the processes that were lost."""
        jobs: dict[int, Future[T]] = {}
        lost: set[int] = set()
        for i in range(self.n_parts):
            k = i % len(self._pools)
            if i not in answers and k not in lost:
                try:
                    jobs[i] = self._pools[k].submit(_apply, i, function, (*own[i], *shared))
                except BrokenProcessPool:
                    lost.add(k)
        for i, job in jobs.items():
            try:
                answers[i] = job.result()
            except BrokenProcessPool:
                lost.add(i % len(self._pools))
        return lost

    def close(self) -> None:
        """Stop the processes."""
        for pool in self._pools:
            pool.shutdown(cancel_futures=True)


def _begin(pickled: bytes) -> None:
    # One process per processor is enough; the library reads this when it is first imported.
    os.environ.setdefault("POLARS_MAX_THREADS", "1")
    parent = parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent.sentinel,), daemon=True).start()
    _HELD.clear()
    _HELD.update({i: load() for i, load in pickle.loads(pickled).items()})


def _end_with(sentinel: int) -> None:
    """End this process when the one that started it is gone, however it went."""
    connection.wait([sentinel])
    os._exit(1)


def _apply(part: int, function: Callable[..., T], arguments: tuple[Any, ...]) -> T:
    return function(_HELD[part], *arguments)
