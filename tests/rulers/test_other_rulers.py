"""The published, single-benchmark and domain scales, and simulated evidence."""

import numpy as np
import polars as pl
import pytest

import headway
from headway.dataset import Dataset
from headway.errors import NotIdentified, UsageError
from headway.rulers.scale import Scale
from headway.rulers.scores.observations import observe
from headway.rulers.scores.refit import refit
from headway.rulers.scores.simulation import simulate
from tests.rulers.worlds import logistic_world


def test_published_ratings_stand_as_printed(published: Scale) -> None:
    row = published.table.row(by_predicate=pl.col("entity") == "gpt-5-6-sol", named=True)
    assert (row["estimate"], row["low"], row["high"]) == (161.65, 159.11, 164.85)
    assert published.capability.n_draws == 0
    assert "no paired draws" in published.notes[0]


def test_an_unknown_board_is_refused(catalog: Dataset) -> None:
    with pytest.raises(UsageError, match="Epoch ECI"):
        headway.rulers.published("Epoch EC1").fit(catalog)


def test_single_benchmark_is_the_score_itself(catalog: Dataset) -> None:
    scale = headway.rulers.single("gpqa-diamond").fit(catalog)
    expected = catalog.scores.filter(pl.col("benchmark") == "gpqa-diamond").sort("model")
    assert scale.models == tuple(expected["model"])
    assert np.allclose(scale.estimate, 100 * np.clip(expected["score"].to_numpy(), 0, 1))
    assert scale.unit == "percent"


def test_single_benchmark_noise_is_binomial(catalog: Dataset) -> None:
    scale = headway.rulers.single("gpqa-diamond", draws=4000, seed=1).fit(catalog)
    i = int(np.argmin(np.abs(scale.estimate - 50)))
    raw = 0.25 + 0.75 * scale.estimate[i] / 100
    expected = 100 * np.sqrt(raw * (1 - raw) / 198) / 0.75
    # 4,000 draws leave 1.1% noise in a standard deviation; four of those are allowed.
    assert scale.capability.values[:, i].std() == pytest.approx(expected, rel=0.045)


def test_single_benchmark_unknown_or_empty(catalog: Dataset) -> None:
    with pytest.raises(UsageError, match="gpqa-diamond"):
        headway.rulers.single("gpqa-dimond").fit(catalog)


def test_domain_of_every_benchmark_is_the_joint_fit(scale: Scale) -> None:
    everything = refit(scale, scale.curves.benchmarks, name="everything", min_scores=1)
    assert everything.models == scale.models
    # Same optimum in the capabilities when the benchmarks are held at it.
    assert np.abs(everything.estimate - scale.estimate).max() < 1e-4
    free = np.isfinite(scale.low)
    assert np.abs(everything.capability.values - scale.capability.values)[:, free].max() < 1e-3


def test_domain_keeps_the_benchmarks_asked_for(scale: Scale, catalog: Dataset) -> None:
    chosen = catalog.benchmarks.filter(pl.col("domain") == "math")["benchmark"].to_list()
    domain = refit(scale, chosen, name="math")
    assert set(domain.spec["benchmarks"]) == set(chosen)
    assert domain.n_scores.min() >= 2
    assert domain.capability.n_draws == scale.capability.n_draws
    assert np.corrcoef(domain.estimate, [scale.estimate[scale.models.index(m)]
                                               for m in domain.models])[0, 1] > 0.8  # fmt: skip


def test_domain_refusals(scale: Scale, published: Scale) -> None:
    with pytest.raises(UsageError, match="difficulties"):
        refit(published, ["gpqa-diamond"], name="science")
    with pytest.raises(NotIdentified, match="no benchmark"):
        refit(scale, ["nothing"], name="void")


def test_simulation_is_seeded_and_keeps_the_cells(point_scale: Scale) -> None:
    one, two = simulate(point_scale, seed=4), simulate(point_scale, seed=4)
    assert one.digest == two.digest
    assert simulate(point_scale, seed=5).digest != one.digest
    cells = ["model", "benchmark"]
    assert (
        one.scores.select(cells)
        .sort(cells)
        .equals(point_scale.dataset.scores.select(cells).sort(cells))
    )


def test_simulation_without_noise_returns_the_scale(point_scale: Scale) -> None:
    world = simulate(point_scale, seed=0, noise=0.0)
    again = headway.rulers.eci(draws=0, ridge=1e-7).fit(world)
    # Without a ridge only the clipping at 0.001 and 0.999 is left.
    strong = point_scale.estimate > 110
    assert np.abs(again.estimate - point_scale.estimate)[strong].max() < 0.2


def test_shared_noise_is_common_within_a_domain(point_scale: Scale) -> None:
    world = simulate(point_scale, seed=2, noise=0.05, shared=1.0)
    cells, truth = observe(world), point_scale
    logits = (truth.estimate - truth.curves.shift[0]) / truth.curves.factor[0]
    b, m = cells.benchmark, cells.model
    f = 1 / (1 + np.exp(-truth.curves.slope[0, b] * (logits[m] - truth.curves.difficulty[0, b])))
    inner = (cells.performance > 0) & (cells.performance < 1)
    error = (cells.performance - f) / np.sqrt(f * (1 - f))
    domain = dict(world.benchmarks.select("benchmark", "domain").iter_rows())
    frame = pl.DataFrame({"m": m, "g": [domain[cells.benchmarks[k]] for k in b], "e": error})
    spread = frame.filter(inner).group_by("m", "g").agg(pl.col("e").std()).drop_nulls()["e"]
    assert spread.max() < 1e-6


@pytest.mark.parametrize("shared", [-0.1, 1.5])
def test_simulation_refuses_absurd_shares(point_scale: Scale, shared: float) -> None:
    with pytest.raises(UsageError, match="shared"):
        simulate(point_scale, seed=0, shared=shared)


def duplicates() -> Dataset:
    base = logistic_world(models=8, benchmarks=4, share=1.0).data.scores
    scores = base.select("model", "benchmark", "score", "recorded_on").with_columns(
        variant=pl.lit("default")
    )
    again = scores.filter(pl.col("model") == "m03").with_columns(
        variant=pl.lit("high"), score=pl.col("score") + 0.1
    )
    return Dataset.from_frames(scores=pl.concat([scores, again]), recorded_on="2026-01-01")


def test_policies_for_several_scores_of_a_cell() -> None:
    data = duplicates()
    lowest = observe(data.where(variant="default"))
    cell = np.flatnonzero(lowest.model == 3)
    best, mean = observe(data, duplicates="best"), observe(data, duplicates="mean")
    assert np.allclose(best.performance[cell], lowest.performance[cell] + 0.1)
    assert np.allclose(mean.performance[cell], lowest.performance[cell] + 0.05)
    with pytest.raises(UsageError, match="4 cells have more than one score"):
        observe(data, duplicates="error")
    assert len(observe(data, duplicates="latest").model) == len(lowest.model)
