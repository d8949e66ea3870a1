"""The engine of threads, and the choice of an engine."""

from contextlib import closing
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from headway import engines
from headway.engines.local import Local
from headway.errors import HeadwayError, UsageError
from tests.engines import jobs

LOADS = [partial(jobs.numbers, part) for part in range(5)]


@pytest.mark.parametrize("workers", [None, 1, 2, 9])
def test_results_come_in_the_order_of_the_parts(workers: int | None) -> None:
    with closing(engines.start(LOADS, workers=workers)) as engine:
        assert isinstance(engine, Local)
        assert engine.n_parts == 5
        found = engine.run(jobs.power_sums, np.array([0.5]), each=range(5))
    expected = [jobs.power_sums(load(), k, np.array([0.5])) for k, load in enumerate(LOADS)]
    assert [total for total, _ in found] == [total for total, _ in expected]


def test_parts_are_read_once(tmp_path: Path) -> None:
    with closing(Local([partial(jobs.count, tmp_path / "a")] * 3)) as engine:
        for _ in range(2):
            assert engine.run(jobs.mean) == [1.0] * 3
    assert len((tmp_path / "a").read_text().split()) == 3


def test_errors_pass_through(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        Local([partial(jobs.read, tmp_path / "absent.npy")])
    with closing(Local(LOADS)) as engine:
        with pytest.raises(ZeroDivisionError):
            engine.run(jobs.refuse, ZeroDivisionError())
        with pytest.raises(ValueError, match="argument"):
            engine.run(jobs.power_sums, np.ones(1), each=range(4))
        assert len(engine.run(jobs.mean)) == 5


@pytest.mark.parametrize("ray", [None, "local"])
@pytest.mark.parametrize("workers", [0, -1])
def test_a_number_of_workers_that_is_none(workers: int, ray: str | None) -> None:
    with pytest.raises(UsageError, match=f"workers is {workers}"):
        engines.start(LOADS, ray=ray, workers=workers)


def test_an_address_chooses_ray() -> None:
    with pytest.raises(HeadwayError, match=r"no Ray cluster at 127\.0\.0\.1:1|not installed"):
        engines.start(LOADS, ray="127.0.0.1:1")
