"""Where the work of a command is done: in this process, on this machine, or on a cluster."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from headway import __version__

if TYPE_CHECKING:
    from headway.engines import Engine, Load
    from headway.progress import Progress


@dataclass(frozen=True, kw_only=True)
class Where:
    """The engine of a large fit, and its resume file.

    Parameters
    ----------
    ray
        Work in the processes of a Ray cluster: auto finds the one that runs here, HOST:PORT names
        one, local starts one on this machine. Without it, threads do the work. Needs the extra
        `scale`.
    workers
        Threads, or processes of the cluster; by default one for each processor.
    resume
        File that keeps the state of the fit while it runs: after a crash, the same command goes on
        from there. It is removed at the end.
    """

    ray: str | None = None
    workers: int | None = None
    resume: Path | None = None

    def start(self, loads: "Sequence[Load]", progress: "Progress") -> "Engine":
        """Start the engine and load the parts."""
        from headway import engines

        return engines.start(loads, ray=self.ray, workers=self.workers, progress=progress)

    @property
    def beyond(self) -> bool:
        """Whether there are machines besides this one."""
        return self.ray not in (None, "local")

    def checkpoint(self, belongs_to: Mapping[str, Any]) -> Any:
        """Return the resume file of a computation, or None."""
        from headway.engines.checkpoint import Checkpoint

        if self.resume is None:
            return None
        return Checkpoint(self.resume, {**belongs_to, "headway": __version__}, every=5.0)
