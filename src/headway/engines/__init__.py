"""Engines: where the parts of a large problem are kept, and work is done on each of them.

A problem is cut into parts. An engine loads every part once, keeps it, and runs a function on each:
in threads of this process (:class:`headway.engines.local.Local`) or in the processes of a Ray
cluster (:class:`headway.engines.ray.Ray`). The result is always the list of what the function
returned, in the order of the parts, so sums taken over it do not depend on the number of workers.
"""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from headway.errors import UsageError

if TYPE_CHECKING:
    from headway.progress import Progress

__all__ = ["Engine", "Load", "require_workers", "start"]

T = TypeVar("T")
Load = Callable[[], Any]
"""Reads one part; called again, it gives the same part. It has to survive pickling."""


class Engine(Protocol):
    """What every engine does."""

    @property
    def n_parts(self) -> int:
        """Number of parts."""

    def run(
        self, function: Callable[..., T], *shared: Any, each: Sequence[Any] | None = None
    ) -> list[T]:
        """Run a function on every part.

        Parameters
        ----------
        function
            Called as ``function(part, *shared)``, or ``function(part, each[i], *shared)``. It is
            importable by name, changes none of its arguments and keeps nothing: an engine may run
            it again on a part whose worker was lost.
        shared
            The same for all parts.
        each
            One argument per part.

        Returns
        -------
        list
            What the function returned, in the order of the parts.
        """

    def close(self) -> None:
        """Let go of the parts and of the workers."""


def start(
    loads: Sequence[Load],
    *,
    ray: str | None = None,
    workers: int | None = None,
    progress: "Progress | None" = None,
) -> Engine:
    """Start an engine and load the parts.

    Parameters
    ----------
    loads
        One function per part.
    ray
        None for threads of this process, ``"local"`` for a Ray cluster of this machine's processes,
        ``"auto"`` or ``"host:port"`` for a cluster that is running.
    workers
        Threads or processes; None for one per processor.
    progress
        Told about loading.
    """
    if ray is None:
        from headway.engines.local import Local

        return Local(loads, workers)
    from headway.engines.ray import Ray

    return Ray(loads, None if ray == "local" else ray, workers, progress)


def require_workers(workers: int | None) -> None:
    """Raise :class:`headway.errors.UsageError` for a number of workers that is none."""
    if workers is not None and workers < 1:
        raise UsageError(f"workers is {workers}; expected 1 or more")
