"""The Ray engine on a cluster of several nodes."""

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import headway
from headway.engines import Load
from headway.engines.local import Local
from headway.engines.ray import Ray
from headway.errors import DataError, HeadwayError, UsageError
from tests.cli.conftest import small_dataset
from tests.engines import jobs
from tests.engines.conftest import Nodes

pytestmark = [pytest.mark.xdist_group("ray"), pytest.mark.thorough]

LOADS = [partial(jobs.numbers, part) for part in range(7)]
THETA = np.linspace(-2, 2, 5)
Start = Callable[..., Ray]


class Told:
    """A progress that remembers."""

    def __init__(self) -> None:
        self.stages: list[str] = []
        self.steps: list[tuple[int, int]] = []

    def stage(self, text: str) -> None:
        self.stages.append(text)

    def advance(self, done: int, total: int) -> None:
        self.steps.append((done, total))


@pytest.fixture(scope="module")
def connected(cluster: Nodes) -> Iterator[None]:
    """One connection for all engines, because each takes two seconds."""
    import ray

    ray.init(cluster.address, log_to_driver=False)
    yield
    ray.shutdown()


@pytest.fixture
def start(cluster: Nodes, connected: None) -> Iterator[Start]:
    """Start engines on the cluster; they are closed, and dead nodes replaced, afterwards."""
    engines: list[Ray] = []

    def begin(loads: Sequence[Load] = LOADS, **options: Any) -> Ray:
        options = {"address": cluster.address, "patience": (60.0, 6.0)} | options
        engines.append(Ray(loads, **options))
        return engines[-1]

    yield begin
    for engine in engines:
        engine.close()
    cluster.heal()


def sums(engine: Any) -> bytes:
    found = engine.run(jobs.power_sums, THETA, each=np.linspace(1, 2, engine.n_parts))
    return b"".join(np.float64(total).tobytes() + rest.tobytes() for total, rest in found)


def test_the_same_bits_as_local_whatever_the_workers(start: Start) -> None:
    with closing(Local(LOADS)) as local:
        expected = sums(local)
    told = Told()
    for workers, there in ((1, 1), (2, 2), (4, 3)):
        with closing(start(workers=workers, progress=told)) as engine:
            assert (engine.n_parts, engine.n_workers) == (7, there)
            assert sums(engine) == expected
            assert sums(engine) == expected
    assert told.stages[:2] == ["Connecting to Ray", "Loading 7 parts on 1 workers"]
    assert told.steps[-1] == (7, 7)
    assert "The cluster has 3 processors for 4 workers" in told.stages


def test_workers_are_as_many_as_processors_and_not_more_than_parts(start: Start) -> None:
    with closing(start(LOADS[:4])) as engine:
        assert engine.n_workers == 3
        assert len(set(engine.run(jobs.process))) == 3
    with closing(start(LOADS[:1])) as engine:
        assert engine.n_workers == 1
    with closing(start([])) as engine:
        assert engine.run(jobs.mean) == []


def test_parts_are_read_once_and_by_the_workers(start: Start, tmp_path: Path) -> None:
    loads = [partial(jobs.count, tmp_path / str(part)) for part in range(4)]
    engine = start(loads, workers=2)
    for _ in range(2):
        assert engine.run(jobs.mean) == [1.0] * 4
    readers = [(tmp_path / str(part)).read_text().split() for part in range(4)]
    assert [len(reader) for reader in readers] == [1] * 4
    assert {int(reader) for [reader] in readers} == set(engine.run(jobs.process))
    assert os.getpid() not in engine.run(jobs.process)


def test_arrays_are_as_they_are_in_this_process(start: Start) -> None:
    """Compiled functions are compiled again for arrays that cannot be written."""
    engine = start([partial(jobs.given, np.ones(3)), partial(jobs.given, np.ones(200_000))])
    found = engine.run(jobs.writable, THETA, each=[np.zeros(3), np.zeros(200_000)])
    for arrived, returned in found:
        assert arrived == (True, True, True)
        returned += 1.0


def test_independent_jobs(start: Start) -> None:
    """A part may be the description of a job: here 40 ways to ask for a lag."""
    scale = headway.rulers.eci(draws=20).fit(small_dataset())
    ways = [
        {"convention": convention, "tie": tie, "date": basis, "drop_first": drop}
        for convention in ("daily", "levels", "records", "trend", "gap")
        for tie in (0.0, 1.0)
        for basis in ("available", "announced")
        for drop in (False, True)
    ]
    loads = [partial(jobs.given, way) for way in ways]
    with closing(Local(loads)) as local:
        expected = local.run(jobs.one_lag, scale)
    assert len(expected) == 40
    assert start(loads, workers=2).run(jobs.one_lag, scale) == expected


@pytest.mark.parametrize("victims", [(0,), (3, 4, 5)])
def test_a_killed_worker_changes_nothing(
    start: Start, tmp_path: Path, victims: tuple[int, ...]
) -> None:
    told = Told()
    engine = start(workers=3, progress=told, patience=(60.0, 60.0))
    means = engine.run(jobs.mean_dying_once, victims, tmp_path, each=range(7))
    assert means == [float(load().mean()) for load in LOADS]
    assert len(list(tmp_path.iterdir())) == len(victims)
    assert any(stage.startswith("Lost ") for stage in told.stages)
    assert engine.n_workers == 3
    assert engine.run(jobs.mean) == means


def test_a_killed_node_changes_nothing(start: Start, cluster: Nodes, tmp_path: Path) -> None:
    told = Told()
    engine = start(workers=3, progress=told)
    expected = engine.run(jobs.mean)
    processes = {Path(f"/proc/{number}") for number in engine.run(jobs.process)}

    def kill() -> None:
        jobs.wait_for(tmp_path / "begun")
        cluster.kill()
        jobs.wait_until(lambda: not all(process.exists() for process in processes))
        (tmp_path / "go on").touch()

    with ThreadPoolExecutor(1) as aside:
        killed = aside.submit(kill)
        means = engine.run(jobs.mean_after, tmp_path)
        killed.result()
    assert means == expected
    assert told.stages[-1].startswith("Lost 1 of 3 workers")
    assert engine.n_workers == 2
    assert engine.run(jobs.mean) == expected


def test_a_part_that_kills_its_workers_is_given_up(start: Start) -> None:
    engine = start(workers=2, patience=(60.0, 60.0))
    with pytest.raises(HeadwayError, match="was lost 3 times") as error:
        engine.run(jobs.mean_dying_always, each=range(7))
    assert "memory" in str(error.value.hint)


@pytest.mark.slow
def test_no_worker_is_left(start: Start, cluster: Nodes) -> None:
    engine = start(workers=3, patience=(15.0, 2.0))
    for _ in range(3):
        cluster.kill()
    with pytest.raises(HeadwayError, match="gave no worker within 15 seconds"):
        engine.run(jobs.mean)


def test_no_processor_is_free(start: Start) -> None:
    start(workers=3)
    with pytest.raises(HeadwayError, match="0 of them free"):
        start(workers=1, patience=(2.0, 2.0))


def test_a_file_that_is_not_there(start: Start, tmp_path: Path) -> None:
    loads = [*LOADS[:1], partial(jobs.read, tmp_path / "absent.npy")]
    with pytest.raises(DataError, match=r"part 1 cannot be read on .*absent\.npy") as error:
        start(loads)
    assert "every machine" in str(error.value.hint)


def test_what_the_function_raises_arrives(start: Start) -> None:
    engine = start(workers=1)
    with pytest.raises(DataError, match=r"score 1\.5 in row 3") as error:
        engine.run(jobs.refuse, DataError("score 1.5 in row 3", hint="mend it", details=["a"]))
    assert (error.value.hint, error.value.details) == ("mend it", ("a",))
    with pytest.raises(ZeroDivisionError, match="by zero") as plain:
        engine.run(jobs.refuse, ZeroDivisionError("by zero"))
    assert "in refuse" in plain.value.__notes__[0], "the worker's traceback is kept"
    for stranger in ("CannotTravel", "CannotReturn"):
        with pytest.raises(HeadwayError, match=f"a worker failed: {stranger}: "):
            engine.run(jobs.refuse_as, stranger)
    assert engine.run(jobs.mean)


def test_arguments_for_other_parts(start: Start) -> None:
    with pytest.raises(ValueError, match="6 arguments for 7 parts"):
        start(workers=1).run(jobs.power_sums, THETA, each=range(6))


def test_closed_is_closed(start: Start) -> None:
    engine = start(workers=1)
    engine.close()
    engine.close()
    with pytest.raises(UsageError, match="closed"):
        engine.run(jobs.mean)


def test_another_release_on_the_worker(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("headway.engines.ray.version", lambda name: "0.0.9")
    with pytest.raises(HeadwayError, match="other releases") as error:
        start(workers=1)
    assert error.value.details[0] == f"headway {headway.__version__} there, 0.0.9 here"


def test_a_connection_of_the_user_is_used_and_left(start: Start) -> None:
    import ray

    for address in (None, "auto"):
        with closing(start(address=address, workers=1)) as engine:
            assert engine.n_workers == 1
    assert ray.is_initialized()
    with pytest.raises(UsageError, match="is connected to the Ray cluster"):
        start(address="127.0.0.1:1")


@pytest.mark.parametrize("workers", [0, -2])
def test_no_workers(start: Start, workers: int) -> None:
    with pytest.raises(UsageError, match="expected 1 or more"):
        start(workers=workers)
