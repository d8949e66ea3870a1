"""The item fit past one machine: interrupted, resumed, on clusters, from an object store."""

from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from numpy.typing import NDArray
from polars.testing import assert_frame_equal

from headway.engines.checkpoint import Checkpoint
from headway.engines.local import Local
from headway.engines.ray import Ray
from headway.errors import DataError
from headway.rulers import Scale
from headway.rulers.responses import fit as item_fit
from headway.rulers.responses.answers import from_matrix
from headway.rulers.responses.fit import ItemFit
from headway.rulers.responses.parts import Answers
from headway.rulers.responses.reading import parts_from_parquet
from headway.rulers.responses.ruler import ItemRuler
from tests.engines.conftest import Nodes
from tests.engines.object_store import serving

pytestmark = [pytest.mark.xdist_group("ray"), pytest.mark.thorough]


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


RULER = ItemRuler(draws=50, min_scores=2)
PER_PART = 1500


def write(folder: Path, right: NDArray[np.int8], benchmarks: int = 6) -> None:
    """Write one Parquet file for each benchmark."""
    n_models, n_items = right.shape
    models = [f"m{k:02}" for k in range(n_models)]
    for number, columns in enumerate(np.array_split(np.arange(n_items), benchmarks)):
        model, item = np.nonzero(right[:, columns] >= 0)
        place = folder / f"benchmark=b{number}"
        place.mkdir(parents=True)
        pl.DataFrame(
            {
                "model": [models[k] for k in model],
                "benchmark": f"b{number}",
                "item": [f"q{columns[k]:03}" for k in item],
                "score": right[:, columns][model, item].astype(np.float32),
            }
        ).write_parquet(place / "part-0.parquet")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("answers")
    write(place, world(60, 240, seed=8))
    return place


@pytest.fixture(scope="module")
def local(folder: Path) -> Scale:
    return RULER.fit_parts(parts_from_parquet(folder, answers_per_part=PER_PART))


@pytest.fixture(scope="module")
def connected(cluster: Nodes) -> Iterator[None]:
    import ray

    ray.init(cluster.address, log_to_driver=False)
    yield
    ray.shutdown()


class Watch:
    """A progress that calls somebody after a number of passes."""

    def __init__(self, passes: int, call: Any) -> None:
        self.passes, self.call, self.stages = passes, call, list[str]()

    def stage(self, text: str) -> None:
        self.stages.append(text)

    def advance(self, done: int, total: int) -> None:
        if self.stages[-1].startswith("Fitting") and done == self.passes:
            self.call()


def assert_same(found: Scale, expected: Scale) -> None:
    assert found.models == expected.models
    assert found.capability.draw_set == expected.capability.draw_set
    for name in ("estimate", "low", "high"):
        np.testing.assert_allclose(getattr(found, name), getattr(expected, name), rtol=0, atol=1e-8)
    np.testing.assert_allclose(
        found.capability.values, expected.capability.values, rtol=0, atol=1e-8
    )
    assert_frame_equal(found.details["items"], expected.details["items"], abs_tol=1e-8)


@pytest.mark.usefixtures("connected")
@pytest.mark.parametrize("workers", [1, 2, 3])
def test_the_same_answer_on_a_cluster(folder: Path, local: Scale, workers: int) -> None:
    answers = parts_from_parquet(
        folder, answers_per_part=PER_PART, names_on=lambda loads: Ray(loads, workers=workers)
    )
    assert len(answers.loads) > 4
    with closing(Ray(answers.loads, workers=workers)) as engine:
        assert engine.n_workers == workers
        assert_same(RULER.fit_parts(answers, engine=engine), local)


@pytest.mark.usefixtures("connected")
def test_a_node_killed_in_mid_fit_changes_nothing(
    folder: Path, local: Scale, cluster: Nodes
) -> None:
    answers = parts_from_parquet(folder, answers_per_part=PER_PART)
    watch = Watch(3, cluster.kill)
    try:
        with closing(Ray(answers.loads, workers=3, progress=watch, patience=(60.0, 6.0))) as engine:
            found = RULER.fit_parts(answers, engine=engine, progress=watch)
            assert engine.n_workers == 2
    finally:
        cluster.heal()
    assert [stage for stage in watch.stages if stage.startswith("Lost 1 of 3 workers")]
    assert_same(found, local)


@pytest.mark.usefixtures("connected")
def test_answers_in_an_object_store(folder: Path, local: Scale) -> None:
    with serving(folder) as environment:
        options = {name.lower(): value for name, value in environment.items()}
        answers = parts_from_parquet(
            "s3://bucket/", answers_per_part=PER_PART, storage_options=options
        )
        with closing(Ray(answers.loads, workers=2)) as engine:
            assert_same(RULER.fit_parts(answers, engine=engine), local)
        with pytest.raises(DataError, match="s3://bucket/absent/ cannot be listed"):
            parts_from_parquet("s3://bucket/absent/", storage_options=options)


@pytest.mark.usefixtures("connected")
def test_a_file_that_went_away(folder: Path, tmp_path: Path) -> None:
    write(tmp_path, world(10, 24, seed=1))
    answers = parts_from_parquet(tmp_path, answers_per_part=30)
    (tmp_path / "benchmark=b3" / "part-0.parquet").unlink()
    with pytest.raises(DataError, match=r"part \d+ on .*benchmark=b3") as error:
        Ray(answers.loads, workers=2)
    assert "every machine" in str(error.value.hint)
