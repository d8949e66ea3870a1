"""The item fit past one machine: interrupted, resumed, on clusters, from an object store."""

from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from headway.engines.checkpoint import Checkpoint
from headway.engines.local import Local
from headway.rulers import item_fit
from headway.rulers.item_fit import ItemFit
from headway.rulers.responses import Answers, from_matrix


def world(n_models: int, n_items: int, seed: int) -> NDArray[np.int8]:
    """Right and wrong answers of a two-parameter world, 10% missing."""
    rng = np.random.default_rng(seed)
    slope = np.exp(rng.normal(0, 0.3, n_items))
    eta = slope * (rng.normal(size=(n_models, 1)) - rng.normal(size=n_items))
    right = (rng.random(eta.shape) < 1 / (1 + np.exp(-eta))).astype(np.int8)
    right[rng.random(eta.shape) < 0.1] = -1
    return right


@pytest.fixture(scope="module")
def answers() -> Answers:
    names = [f"m{k:02}" for k in range(40)]
    return from_matrix(world(40, 120, seed=3), names, answers_per_part=1000)


def bits(fit: ItemFit) -> list[bytes]:
    arrays = [fit.mean, fit.sd, *fit.states]
    return [array.tobytes() for array in arrays] + [fit.passes.to_bytes(2, "big")]


class Crash(Exception):
    """The end of a driver in the middle of a fit."""


class Crashing(Checkpoint):
    """A resume file whose driver crashes right after a number of saves."""

    left = 0

    def save(self, arrays: Mapping[str, NDArray[Any]]) -> None:
        super().save(arrays)
        self.left -= 1
        if not self.left:
            raise Crash


def test_a_fit_that_crashed_gives_the_same_bits(answers: Answers, tmp_path: Path) -> None:
    with closing(Local(answers.loads)) as engine:
        whole = item_fit.fit(engine, answers.takers)
        assert whole.passes > 8
        for passes in (1, 2, 3, 5, 8, whole.passes // 2, whole.passes - 1, whole.passes):
            resume = Crashing(tmp_path / f"{passes}", {"answers": answers.digest})
            resume.left = passes
            with pytest.raises(Crash):
                item_fit.fit(engine, answers.takers, resume=resume)
            again = item_fit.fit(engine, answers.takers, resume=resume)
            assert bits(again) == bits(whole), f"resumed after pass {passes}"


def test_a_fit_that_crashes_after_every_pass_gets_there(answers: Answers, tmp_path: Path) -> None:
    resume = Crashing(tmp_path / "fit", {"answers": answers.digest})
    with closing(Local(answers.loads)) as engine:
        whole = item_fit.fit(engine, answers.takers)
        for _ in range(whole.passes):
            resume.left = 1
            with pytest.raises(Crash):
                item_fit.fit(engine, answers.takers, resume=resume)
        assert bits(item_fit.fit(engine, answers.takers, resume=resume)) == bits(whole)
