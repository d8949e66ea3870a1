"""The engine of processes: order, parts that stay, processes that die."""

import os
import signal
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from headway.engines import Load
from headway.engines.processes import Processes
from headway.errors import HeadwayError, UsageError


def number(value: int) -> int:
    return value


def power(part: int, exponent: int) -> int:
    return int(part**exponent)


def where(part: int) -> int:
    return os.getpid()


def add(part: int, own: int, shared: int) -> int:
    return part + own + shared


def die_once(part: int, folder: Path) -> int:
    mark = folder / f"{part}"
    if part == 1 and not mark.exists():
        mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return part


def die(part: int) -> int:
    os._exit(3)


def refuse(part: int) -> int:
    raise UsageError(f"part {part} is wrong", hint="none")


def loads(count: int) -> list[Load]:
    return [partial(number, k) for k in range(count)]


def test_processes_keep_their_parts_and_answer_in_order(tmp_path: Path) -> None:
    engine = Processes(loads(5), workers=2)
    try:
        assert engine.n_parts == 5
        assert engine.run(power, 2) == [0, 1, 4, 9, 16]
        assert engine.run(add, 100, each=[10, 20, 30, 40, 50]) == [110, 121, 132, 143, 154]
        at = engine.run(where)
        assert at[0] == at[2] == at[4] != at[1] == at[3]
        assert os.getpid() not in at
        with pytest.raises(ValueError, match="2 arguments for 5 parts"):
            engine.run(add, 1, each=[1, 2])
        with pytest.raises(UsageError, match="part 0 is wrong"):
            engine.run(refuse)
        assert engine.run(die_once, tmp_path) == [0, 1, 2, 3, 4]
        assert engine.run(power, 1) == [0, 1, 2, 3, 4]
    finally:
        engine.close()


def test_a_process_that_always_dies_is_an_error() -> None:
    engine: Any = Processes(loads(1), workers=4)
    try:
        with pytest.raises(HeadwayError, match="died 3 times"):
            engine.run(die)
    finally:
        engine.close()
