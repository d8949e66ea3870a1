"""The estimate without each benchmark is that of the scores without it."""

from dataclasses import replace

import numpy as np
import pytest

from headway.analyses.premium.cells import Cells
from headway.analyses.premium.estimator import Model, effect, weigh


def cells_of(models: int, benchmarks: int, share: float, seed: int) -> Cells:
    rng = np.random.default_rng(seed)
    capability = rng.normal(0, 1.2, models)
    there = rng.random((models, benchmarks)) < share
    there[rng.integers(0, models), :] = True
    there[:, 0] = True
    if seed % 2:
        # A model with one score only: without that benchmark nothing is known of it.
        there[1, :] = False
        there[1, 2] = True
    m, b = np.nonzero(there)
    slope = np.exp(rng.normal(0, 0.2, benchmarks))
    y = 1 / (1 + np.exp(-slope[b] * (capability[m] - rng.normal(0, 1, benchmarks)[b])))
    follower = (np.arange(models) % 5 < 2).astype(float)
    side = (np.arange(benchmarks) % 2).astype(float)
    noise = 0.1 * np.sqrt(y * (1 - y)) * rng.standard_normal(len(m))
    return Cells(
        models=tuple(f"m{k}" for k in range(models)),
        benchmarks=tuple(f"b{k}" for k in range(benchmarks)),
        model=m.astype(np.int64), benchmark=b.astype(np.int64), follower=follower, label=side[b],
        expected=y, residual=noise + 0.1 * follower[m] * side[b] * y * (1 - y),
        slope=0.12 * slope[b] * y * (1 - y), capability=capability,
    )  # fmt: skip


def without(model: Model, b: int) -> Model:
    """The same weights without a benchmark."""
    rest = [k for k in range(len(model.rows)) if k != b]
    return replace(
        model, rows=tuple(model.rows[k] for k in rest),
        weight=tuple(model.weight[k] for k in rest), pull=tuple(model.pull[k] for k in rest),
    )  # fmt: skip


@pytest.mark.parametrize(("models", "benchmarks", "share"), [(14, 12, 0.8), (60, 9, 0.3)])
@pytest.mark.parametrize("seed", range(4))
def test_the_estimate_without_each_benchmark_is_that_of_the_rest(
    models: int, benchmarks: int, share: float, seed: int
) -> None:
    cells = cells_of(models, benchmarks, share, seed)
    model = weigh(cells)
    follower = cells.follower[cells.model]
    for values in (
        (cells.label * follower)[:, None],
        np.column_stack([cells.label, cells.label * follower]),
    ):
        found = effect(model, values, cells.side(), 100, 0).left_out
        for b in range(benchmarks):
            alone = effect(without(model, b), values, cells.side(), 0, 0)
            assert found[b] == pytest.approx(alone.estimate, rel=1e-5, abs=1e-6)


def test_the_weights_do_not_depend_on_the_labels() -> None:
    cells = cells_of(30, 10, 0.6, 1)
    other = cells.relabelled(1 - cells.label)
    assert cells.same_scores(other)
    assert not cells.same_scores(cells.keep(cells.benchmark != 3))
    one, two = weigh(cells), weigh(other)
    assert (one.sigma, one.omega) == (two.sigma, two.omega)
    for part in ("weight", "pull", "rows"):
        for a, b in zip(getattr(one, part), getattr(two, part), strict=True):
            assert np.array_equal(a, b)
