"""Engines: where the parts of a large problem are kept, and work is done on each of them.

A problem is cut into parts. An engine loads every part once, keeps it, and runs a function on each:
in threads of this process (:class:`headway.engines.local.Local`) or elsewhere. The result is always
the list of what the function returned, in the order of the parts, so sums taken over it do not
depend on the number of workers.
"""

from collections.abc import Callable, Sequence
from typing import Any, Protocol, TypeVar

__all__ = ["Engine", "Load"]

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
