"""Every kind of the registry works by file, on evidence that it takes."""

from typing import Any

import numpy as np
import polars as pl
import pytest

import headway
from headway.dataset import Dataset
from headway.declared import options
from headway.errors import UsageError
from headway.rulers import CalibratedScale, HorizonRuler, ItemRuler, PairwiseRuler
from headway.rulers.files.chosen import ChosenRuler
from headway.rulers.files.kinds import KINDS, kind_of
from headway.rulers.files.reading import from_dict
from headway.rulers.horizons.simulated_tasks import simulate_tasks
from headway.rulers.scale import Scale

MODELS = [f"m{k}" for k in range(8)]


def _file(kind: str, **parts: Any) -> ChosenRuler:
    return ChosenRuler(file=from_dict({"name": "x", "kind": kind} | parts))


def _same(one: Scale, other: Scale) -> None:
    assert one.models == other.models
    assert np.array_equal(one.estimate, other.estimate, equal_nan=True)
    assert np.array_equal(one.capability.values, other.capability.values, equal_nan=True)


@pytest.fixture(scope="module")
def votes() -> Dataset:
    rng = np.random.default_rng(1)
    pairs = [sorted(rng.choice(8, 2, replace=False)) for _ in range(800)]
    rows = [
        {"vote": f"v{k}", "model_a": MODELS[a], "model_b": MODELS[b],
         "outcome": "b" if rng.random() < 0.7 else "a", "domain": "coding" if k % 2 else "maths"}
        for k, (a, b) in enumerate(pairs)
    ]  # fmt: skip
    return _with(votes=pl.DataFrame(rows))


@pytest.fixture(scope="module")
def answers() -> Dataset:
    rng = np.random.default_rng(2)
    rows = [
        {"model": model, "benchmark": bench, "item": f"i{j}", "epoch": 1,
         "score": float(rng.random() < 1 / (1 + np.exp(-(k - 3.5 - (j - 20) / 8))))}
        for k, model in enumerate(MODELS)
        for bench in ("quiz", "exam")
        for j in range(40)
    ]  # fmt: skip
    return _with(responses=pl.DataFrame(rows))


def _with(**frames: pl.DataFrame) -> Dataset:
    scores = pl.DataFrame({"model": MODELS, "benchmark": "quiz", "score": 0.5})
    return Dataset.from_frames(recorded_on="2026-01-01", scores=scores, **frames)


def test_votes_by_file(votes: Dataset) -> None:
    ruler = _file("pairwise", options={"domain": "coding"}, draws={"number": 20, "seed": 3})
    scale = ruler.fit(votes)
    _same(scale, PairwiseRuler(domain="coding", draws=20, seed=3).fit(votes))
    assert scale.spec["file"]["benchmarks"] == []


def test_questions_by_file(answers: Dataset) -> None:
    ruler = _file(
        "items", benchmarks={"include": ["exam"]}, options={"model": "1pl", "units": "points"},
        draws={"number": 20},
    )  # fmt: skip
    by_hand = ItemRuler(benchmarks=("exam",), model="1pl", units="points", draws=20)
    scale = ruler.fit(answers)
    _same(scale, by_hand.fit(answers))
    assert scale.spec["file"]["benchmarks"] == ["exam"]
    _same(_file("items", draws={"number": 5}).fit(answers), ItemRuler(draws=5).fit(answers))


def test_horizons_by_file() -> None:
    data = simulate_tasks({"short": 5.0, "middle": 30.0, "long": 200.0}, seed=4)
    scale = _file("horizon", options={"success": 0.8}, draws={"number": 20}).fit(data)
    _same(scale, HorizonRuler(success=0.8, draws=20).fit(data))


def test_the_calibrated_kind_by_file(catalog: Dataset) -> None:
    parts = {"models": {"min_scores": 3}, "options": {"widen": 1.5}, "draws": {"number": 20}}
    scale = _file("calibrated", **parts).fit(catalog, seed=2)
    by_hand = headway.rulers.calibrated(min_scores=3, widen=1.5, draws=20, seed=2)
    _same(scale, by_hand.fit(catalog))
    assert isinstance(scale, CalibratedScale)
    assert scale.posterior is not None
    assert len(scale.spec["file"]["benchmarks"]) == 57
    with pytest.raises(UsageError, match="widen is -1"):
        _file("calibrated", options={"widen": -1.0}).fit(catalog)


@pytest.mark.parametrize("name", KINDS)
def test_every_kind_is_documented_and_knows_its_parts(name: str) -> None:
    kind = kind_of(name)
    assert kind.summary.endswith(".")
    names = {option.name for option in options(kind.ruler, leave_out=("name",))}
    own = {option.name for option in kind.options}
    assert own | set(kind.sections.values()) == names
    assert all(option.text and option.takes for option in kind.options)


@pytest.mark.parametrize(
    ("kind", "table"),
    [("items", "responses"), ("pairwise", "votes"), ("horizon", "responses")],
)
def test_evidence_that_is_not_there_is_asked_for(catalog: Dataset, kind: str, table: str) -> None:
    with pytest.raises(UsageError) as caught:
        _file(kind).fit(catalog)
    assert repr(table) in caught.value.message
    assert "headway import" in str(caught.value.hint)


def test_an_unknown_kind_is_named() -> None:
    with pytest.raises(UsageError, match=r"no kind of ruler 'pairs' \(did you mean 'pairwise'"):
        kind_of("pairs")


def test_a_bare_kind_is_loaded_by_name(catalog: Dataset) -> None:
    by_name = headway.rulers.load("eci").fit(catalog, draws=3)
    _same(by_name, headway.rulers.eci().fit(catalog, draws=3))
    assert by_name.ruler == "ECI-compatible (refit)"
