"""Parts in the memory of the workers of a Ray cluster, work where the parts are.

Every worker is a process that holds some parts and reads them itself; the driver sends the function
and its arguments, and receives what it returned. What was on a worker that is lost is read again
by another one and asked again, which changes no result because functions are pure.

A cluster of this machine's processes is started when none is named: bound to the loopback address,
without dashboard or usage statistics. A cluster that somebody else started is left running.
"""

import os
import pickle
import platform
import re
import socket
import time
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from typing import Any, TypeVar

from headway.engines import Load, require_workers
from headway.engines.cluster import Connection, library
from headway.errors import DataError, HeadwayError, UsageError
from headway.progress import Progress, Silent
from headway.shortly import of_fields

T = TypeVar("T")
MOST_LOSSES = 3
FIRST_PATIENCE = 60.0
MOST_STARTS = 3
LATER_PATIENCE = 20.0
_ALIVE_SECONDS = 2.0
_COMPARED = ("headway", "numpy", "numba", "polars")
_SAME_PATHS = (
    "workers read the parts themselves: the same path has to lead to the files on every machine of "
    "the cluster, so use a shared folder or an object store"
)


class Ray:
    """An engine of processes on a Ray cluster.

    The results are those of :class:`headway.engines.local.Local` for the same parts, whatever the
    number of workers: to the last bit where the processors are of one kind.

    Parameters
    ----------
    loads
        One function per part; it is called on the worker, so that the paths that it reads have to
        exist there.
    address
        ``"host:port"`` of a running cluster (the driver runs on one of its machines), ``"auto"``
        for the one that ``ray start`` or ``RAY_ADDRESS`` made known, or None to start one on this
        machine. Where this process is connected to Ray already, that connection is used.
    workers
        Processes, of one processor each; None for as many as the cluster has processors. There are
        never more than processors or parts, and fewer where other jobs hold the processors.
    progress
        Told about loading, and about workers lost.
    patience
        Seconds to wait for workers where there are none, and for one in place of one that was lost
        where others are left: after that they take its parts.

    Raises
    ------
    HeadwayError
        Ray is not installed, no cluster answers, a worker runs other releases, no worker can be
        had, or a part was lost three times in one step.
    DataError
        A worker cannot read a part.

    Examples
    --------
    Parts and functions are importable by name::

        from contextlib import closing
        with closing(Ray(loads, address="auto")) as engine:
            sums = engine.run(function, theta)
    """

    def __init__(
        self,
        loads: Sequence[Load],
        address: str | None = None,
        workers: int | None = None,
        progress: Progress | None = None,
        *,
        patience: tuple[float, float] = (FIRST_PATIENCE, LATER_PATIENCE),
    ) -> None:
        require_workers(workers)
        self._progress = progress or Silent()
        self._patience = patience
        self._loads = list(loads)
        self._crew: list[_Worker] = []
        self._home: list[_Worker] = []
        self._progress.stage("Connecting to Ray")
        self._ray = library()
        here = workers or os.cpu_count() or 1
        self._connection = Connection(self._ray, address, processors=here)
        try:
            there = int(self._ray.cluster_resources().get("CPU", 0))
            wanted = min(workers or there, there, len(self._loads))
            if workers is not None and there < workers:
                self._progress.stage(f"The cluster has {there} processors for {workers} workers")
            self._crew = self._hire(max(wanted, 1), patience[0])
            if not self._crew:
                raise _no_worker(self._ray, patience[0])
            self._place()
        except BaseException:
            self.close()
            raise

    @property
    def n_parts(self) -> int:
        """Number of parts."""
        return len(self._loads)

    @property
    def n_workers(self) -> int:
        """Number of workers that hold parts now."""
        return len(self._crew)

    def run(
        self, function: Callable[..., T], *shared: Any, each: Sequence[Any] | None = None
    ) -> list[T]:
        """Run a function on every part; see :class:`headway.engines.Engine`."""
        if not (self._connection.open and self._ray.is_initialized()):
            raise UsageError("this engine was closed")
        if each is not None and len(each) != self.n_parts:
            raise ValueError(f"{len(each)} arguments for {self.n_parts} parts")
        # One object in the store: it travels to each machine once, and each worker reads it once.
        job = self._ray.put(_packed((function, shared)))

        def ask(worker: _Worker, part: int) -> Any:
            own = () if each is None else (_packed(each[part]),)
            return worker.process.call.remote(part, [job], *own)

        return self._collect(ask, loaded=True)

    def close(self) -> None:
        """Let go of the parts and the workers; stop the cluster if this engine started it."""
        for worker in self._crew:
            _kill(self._ray, worker.process)
        self._crew, self._home = [], []
        if hasattr(self, "_connection"):
            self._connection.close()

    def _place(self) -> None:
        """Spread neighbouring parts over different workers, and have them read."""
        self._home = [self._crew[part % len(self._crew)] for part in range(self.n_parts)]
        self._progress.stage(f"Loading {self.n_parts} parts on {len(self._crew)} workers")
        self._collect(self._load, loaded=False, advance=self._progress.advance)

    def _load(self, worker: "_Worker", part: int) -> Any:
        return worker.process.load.remote(part, _packed(self._loads[part]))

    def _collect(
        self,
        ask: "Callable[[_Worker, int], Any]",
        *,
        loaded: bool,
        advance: Callable[[int, int], None] | None = None,
    ) -> list[Any]:
        """Ask every part's worker, and ask again where one was lost, until all have answered."""
        results: dict[int, Any] = {}
        losses = [0] * self.n_parts
        waiting = {ask(self._home[part], part): part for part in range(self.n_parts)}
        while waiting:
            for answer in self._answered(list(waiting)):
                part = waiting.pop(answer, None)
                if part is None:  # asked of a worker that has been given up since
                    continue
                try:
                    results[part] = _result(self._ray.get(answer))
                except _lost(self._ray) as error:
                    moved = self._replace(self._home[part], error, losses)
                    waiting = {ref: index for ref, index in waiting.items() if index not in moved}
                    for index in moved:
                        if loaded:
                            self._load(self._home[index], index)
                        if not (loaded and index in results):
                            waiting[ask(self._home[index], index)] = index
                except self._ray.exceptions.RayError as error:
                    raise HeadwayError(f"Ray failed on part {part}: {_first_line(error)}") from None
            if advance:
                advance(len(results), self.n_parts)
        return [results[part] for part in range(self.n_parts)]

    def _answered(self, waiting: list[Any]) -> list[Any]:
        self._ray.wait(waiting, num_returns=1)
        done, _ = self._ray.wait(waiting, num_returns=len(waiting), timeout=0)
        return list(done)

    def _replace(self, lost: "_Worker", error: Exception, losses: list[int]) -> list[int]:
        """Give the parts of a lost worker, and of others lost with it, a new home."""
        dead = [lost, *self._silent(lost)]
        moved = [part for part, worker in enumerate(self._home) if worker in dead]
        for part in moved:
            losses[part] += 1
            if losses[part] >= MOST_LOSSES:
                raise HeadwayError(
                    f"part {part} was lost {losses[part]} times in one step: its workers died",
                    hint="the usual cause is memory: make the parts smaller, or start fewer "
                    "workers on each machine",
                    details=[_first_line(error)],
                )
        self._progress.stage(
            f"Lost {len(dead)} of {len(self._crew)} workers: {len(moved)} parts are loaded again"
        )
        for worker in dead:
            self._crew.remove(worker)
            _kill(self._ray, worker.process)
        # With nobody left there is no reason to hurry.
        patience = self._patience[1 if self._crew else 0]
        self._crew += self._hire(len(dead), patience)
        if not self._crew:
            raise _no_worker(self._ray, patience)
        for part in moved:
            self._home[part] = min(self._crew, key=lambda worker: self._home.count(worker))
        return moved

    def _silent(self, lost: "_Worker") -> "list[_Worker]":
        """Find the workers that went with another one: a machine takes all of its own along."""
        asked = {
            worker.process.about.remote(): worker for worker in self._crew if worker is not lost
        }
        if not asked:
            return []
        # One that is too busy to answer is taken to be alive.
        said, _ = self._ray.wait(list(asked), num_returns=len(asked), timeout=_ALIVE_SECONDS)
        dead = []
        for answer in said:
            try:
                self._ray.get(answer)
            except _lost(self._ray):
                dead.append(asked[answer])
        return dead

    def _hire(self, wanted: int, patience: float) -> "list[_Worker]":
        """Start workers and return those that stand ready in time.

        One that dies while it starts, as where another has just been killed, is started again.
        """
        process = self._remote_process()
        end = time.monotonic() + patience
        crew: list[_Worker] = []
        for _ in range(MOST_STARTS):
            started = [process.remote() for _ in range(wanted - len(crew))]
            said = {worker.about.remote(): worker for worker in started}
            left = max(end - time.monotonic(), 0.0)
            ready, late = self._ray.wait(list(said), num_returns=len(said), timeout=left)
            for answer in late:
                _kill(self._ray, said[answer])
            for answer in ready:
                try:
                    about = self._ray.get(answer)
                except _lost(self._ray) as error:
                    if "failed to import on the worker" in str(error):
                        raise _cannot_import("headway", error) from None
                    continue
                _require_same(about)
                crew.append(_Worker(process=said[answer], where=about["where"]))
            if late or len(crew) == wanted:
                break
        return crew

    def _remote_process(self) -> Any:
        # A thread of its own says that the worker lives while another one works.
        self._ray.method(concurrency_group="alive")(_Process.about)
        return self._ray.remote(
            num_cpus=1,
            max_restarts=0,
            scheduling_strategy="SPREAD",
            concurrency_groups={"alive": 1},
        )(_Process)


@dataclass(eq=False, slots=True)
class _Worker:
    process: Any
    where: str

    __repr__ = of_fields


@dataclass
class _Process:
    """What runs in a worker."""

    parts: dict[int, Any] = field(default_factory=dict)
    unreadable: dict[int, tuple[bool, bytes]] = field(default_factory=dict)
    job: tuple[Any, Any] = (None, None)

    def about(self) -> dict[str, str]:
        return _about()

    def load(self, part: int, load: bytes) -> tuple[bool, bytes]:
        try:
            self.parts[part] = _unpacked(load)()
        except Exception as error:
            self.unreadable[part] = _failure(_unreadable(part, error))
            return self.unreadable[part]
        return True, _packed(None)

    def call(self, part: int, job: list[Any], *own: bytes) -> tuple[bool, bytes]:
        if part in self.unreadable:
            return self.unreadable[part]
        try:
            if self.job[0] != job[0]:
                self.job = (job[0], _unpacked(library().get(job[0])))
            function, shared = self.job[1]
            result = function(self.parts[part], *map(_unpacked, own), *shared)
            return True, _packed(result)
        except Exception as error:
            return _failure(error)


# Ray prints exceptions that nobody asks for any more, so they travel as results.
def _failure(error: Exception) -> tuple[bool, bytes]:
    trace = "".join(traceback.format_exception(error))
    try:
        packed = _packed((error, trace))
        _unpacked(packed)
    except Exception:
        stranger = HeadwayError(f"a worker failed: {type(error).__name__}: {error}")
        packed = _packed((stranger, trace))
    return False, packed


def _result(answer: tuple[bool, bytes]) -> Any:
    well, packed = answer
    result = _unpacked(packed)
    if well:
        return result
    error, trace = result
    if isinstance(error, ModuleNotFoundError):
        raise _cannot_import(error.name or "a module", trace) from None
    error.add_note(trace)
    raise error


# Ray maps arrays into memory read-only, for which compiled functions would be compiled again.
def _packed(value: Any) -> bytes:
    packed: bytes = import_module("ray.cloudpickle").dumps(value)
    return packed


def _unpacked(packed: bytes) -> Any:
    return pickle.loads(packed)


def _about() -> dict[str, str]:
    found = {name: _release(name) for name in _COMPARED}
    return found | {"Python": platform.python_version(), "where": socket.gethostname()}


def _release(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "none"


def _require_same(worker: dict[str, str]) -> None:
    driver = _about()
    wrong = [
        f"{name} {worker.get(name)} there, {driver[name]} here"
        for name in driver
        if name != "where" and worker.get(name) != driver[name]
    ]
    if wrong:
        raise HeadwayError(
            f"the worker on {worker['where']} runs other releases than this process",
            hint="install the same releases on all machines of the cluster: "
            f"headway[scale]=={driver['headway']} with the same constraints",
            details=wrong,
        )


def _unreadable(part: int, error: Exception) -> Exception:
    where = socket.gethostname()
    if isinstance(error, HeadwayError):
        message = f"part {part} on {where}: {error.message}"
        return type(error)(message, hint=error.hint or _SAME_PATHS, details=error.details)
    if isinstance(error, OSError):
        return DataError(
            f"part {part} cannot be read on {where}: {error}",
            hint=_SAME_PATHS,
        )
    return error


def _cannot_import(name: str, error: object) -> HeadwayError:
    lines = [line.strip() for line in str(error).splitlines()]
    return HeadwayError(
        f"a worker of the cluster cannot import {name}",
        hint="install the same packages on all its machines, for example "
        f'pip install "headway[scale]=={_release("headway")}"',
        details=[line for line in lines if re.match(r"\w*Error: ", line)][-1:],
    )


def _no_worker(ray: Any, patience: float) -> HeadwayError:
    processors = ray.cluster_resources().get("CPU", 0)
    return HeadwayError(
        f"the cluster gave no worker within {patience:g} seconds: it has {processors:g} "
        f"processors, {ray.available_resources().get('CPU', 0):g} of them free",
        hint="a worker takes one processor: add a machine, or wait until other jobs have ended",
    )


def _lost(ray: Any) -> tuple[type[Exception], ...]:
    known = ray.exceptions
    return (
        known.RayActorError,
        known.WorkerCrashedError,
        known.NodeDiedError,
        known.ObjectLostError,
        known.OutOfMemoryError,
    )


def _kill(ray: Any, process: Any) -> None:
    if ray.is_initialized():
        ray.kill(process)


def _first_line(error: object) -> str:
    return next((line.strip() for line in str(error).splitlines() if line.strip()), repr(error))
