"""Loaders and functions of a part, importable by the workers."""

import os
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

import headway
from headway.rulers import Scale

Floats = NDArray[np.float64]


def numbers(part: int, size: int = 1000) -> Floats:
    return np.random.default_rng(part).normal(size=size)


def read(path: Path) -> Floats:
    loaded: Floats = np.load(path)
    return loaded


def power_sums(part: Floats, own: float, theta: Floats) -> tuple[float, Floats]:
    """Rounding shows here when the order of a sum changes."""
    return float(part.sum() * own), np.array([np.sum(np.tanh(part * t)) for t in theta])


def mean(part: Floats) -> float:
    return float(part.mean())


def mean_after(part: Floats, folder: Path) -> float:
    """Say that the work has begun, and wait for leave to finish it."""
    (folder / "begun").touch()
    wait_for(folder / "go on")
    return mean(part)


def wait_for(path: Path) -> None:
    wait_until(path.exists)


def wait_until(holds: Callable[[], bool]) -> None:
    for _ in range(12_000):
        if holds():
            return
        time.sleep(0.01)
    raise TimeoutError("waited two minutes in vain")


def process(part: Any) -> int:
    return os.getpid()


def mean_dying_once(part: Floats, own: int, victims: tuple[int, ...], folder: Path) -> float:
    """End the process of each victim the first time that it is asked."""
    if own in victims:
        try:
            (folder / f"died-{own}").touch(exist_ok=False)
        except FileExistsError:
            return mean(part)
        os._exit(1)
    return mean(part)


def mean_dying_always(part: Floats, own: int) -> float:
    if own == 0:
        os._exit(1)
    return mean(part)


def refuse(part: Floats, error: Exception) -> float:
    raise error


class CannotTravel(Exception):
    """An error that cannot be pickled."""

    def __init__(self) -> None:
        super().__init__("stays here")
        self.lock = threading.Lock()


class CannotReturn(Exception):
    """An error that is pickled and cannot be made again."""

    def __init__(self, first: str, second: int) -> None:
        super().__init__(first)
        self.second = second


def refuse_as(part: Floats, kind: str) -> float:
    raise CannotTravel if kind == "CannotTravel" else CannotReturn("first", 2)


def given(part: Floats) -> Floats:
    return part


def writable(part: Floats, own: Floats, theta: Floats) -> tuple[tuple[bool, ...], Floats]:
    return tuple(array.flags.writeable for array in (part, own, theta)), part.copy()


def one_lag(options: dict[str, Any], scale: Scale) -> dict[str, Any]:
    return headway.lag(scale, **options).to_dict()


def count(path: Path) -> Floats:
    """Load a part, leaving one line for each time."""
    with path.open("a", encoding="utf-8") as file:
        file.write(f"{os.getpid()}\n")
    return np.ones(3)
