"""Percentages and weights of composites."""

import itertools

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings, strategies as st
from scipy.optimize import linprog

import headway
from headway.analyses import percent_difference, weight_sensitivity
from headway.analyses.composites import smallest_swap
from headway.dataset import Dataset
from headway.errors import UsageError
from headway.rulers.scale import Scale


def made(normalisation: str = "chance", **options: object) -> Scale:
    scores = {"a": (0.9, 0.4, 0.5), "b": (0.6, 0.6, 0.5), "c": (0.2, 0.3, 0.4), "z": (0.0,) * 3}
    rows = [(m, f"t{k}", x) for m, row in scores.items() for k, x in enumerate(row)]
    data = Dataset.from_frames(
        scores=pl.DataFrame(rows, schema=["model", "benchmark", "score"], orient="row"),
        benchmarks=pl.DataFrame(
            {"benchmark": ["t0", "t1", "t2"], "chance": 0.0, "ceiling": 1.0, "n_items": 50}
        ),
        recorded_on="2026-01-01",
    )
    ruler = headway.rulers.composite(
        {"t0": 2.0, "t1": 1.0, "t2": 1.0}, name="Trio", version="7", normalisation=normalisation,
        draws=200, **options,
    )  # fmt: skip
    return ruler.fit(data)


def test_a_percentage_stands_beside_its_index_and_version() -> None:
    scale = made()
    result = percent_difference(scale, "a", "b")
    row = result.table.row(0, named=True)
    assert row["estimate"] == pytest.approx(100 * (67.5 / 57.5 - 1), abs=1e-10)
    assert (row["index"], row["version"], row["n"]) == ("Trio", "7", 3)
    assert "on Trio, version 7 (chance, 3 benchmarks)" in row["statement"]
    draws = scale.capability.values
    ratio = 100 * (draws[:, 0] / draws[:, 1] - 1)
    assert row["low"] == pytest.approx(np.quantile(ratio, 0.05), abs=1e-10)
    back = percent_difference(scale, "b", "a").table.row(0, named=True)
    assert (1 + row["estimate"] / 100) * (1 + back["estimate"] / 100) == pytest.approx(1, abs=1e-12)
    assert " below " in back["statement"]


def test_percentages_that_mean_nothing_are_refused(point_scale: Scale) -> None:
    with pytest.raises(UsageError, match="mean of z-scores"):
        percent_difference(made("zscore"), "a", "b")
    with pytest.raises(UsageError, match="value above 0"):
        percent_difference(made(), "a", "z")
    with pytest.raises(UsageError, match="is no composite"):
        percent_difference(point_scale, "gpt-5", "o3")
    with pytest.raises(UsageError, match="unknown model"):
        percent_difference(made(), "a", "nobody")


def by_linear_programme(lead: np.ndarray, weight: np.ndarray) -> float | None:
    """Smallest L1 change: rises u and falls v of the weights, both at least 0."""
    n = len(weight)
    solved = linprog(
        np.ones(2 * n),
        A_ub=np.vstack([np.concatenate([lead, -lead]), np.hstack([-np.eye(n), np.eye(n)])]),
        b_ub=np.concatenate([[-lead @ weight], weight]),
        A_eq=[np.concatenate([np.ones(n), -np.ones(n)])],
        b_eq=[0.0],
    )
    return float(solved.fun) if solved.success else None


@settings(max_examples=60, deadline=None)
@given(
    lead=st.lists(st.integers(-6, 9), min_size=2, max_size=7),
    weight=st.lists(st.integers(1, 9), min_size=7, max_size=7),
)
def test_the_smallest_swap_is_that_of_the_linear_programme(
    lead: list[int], weight: list[int]
) -> None:
    d = np.array(lead, dtype=float)
    w = np.array(weight[: len(lead)], dtype=float)
    w /= w.sum()
    found, expected = smallest_swap(d, w), by_linear_programme(d, w)
    if expected is None:
        assert found is None
        return
    assert found is not None
    assert np.abs(found - w).sum() == pytest.approx(expected, abs=1e-8)
    assert found.sum() == pytest.approx(1, abs=1e-12)
    assert found.min() >= -1e-12
    assert found @ d <= 1e-9


def test_the_smallest_swap_is_that_of_a_search() -> None:
    d, w = np.array([3.0, 1.0, -2.0]), np.array([0.5, 0.3, 0.2])
    found = smallest_swap(d, w)
    assert found is not None
    steps = np.arange(0, 1.0001, 0.01)
    changes = [
        abs(p - w[0]) + abs(q - w[1]) + abs(1 - p - q - w[2])
        for p, q in itertools.product(steps, steps)
        if p + q <= 1 and p * d[0] + q * d[1] + (1 - p - q) * d[2] <= 1e-9
    ]
    assert min(changes) - 0.02 <= np.abs(found - w).sum() <= min(changes) + 1e-9


def test_weights_that_do_not_decide_and_weights_that_do() -> None:
    result = weight_sensitivity(made(), draws=3000, seed=1)
    rows = {row["entity"]: row for row in result.table.to_dicts()}
    assert rows["a"]["status"] == "leader"
    assert rows["c"]["status"] == "never"
    # a leads b where 0.3 w0 > 0.2 w1: level at w0 : w1 = 2 : 3 within their sum.
    assert rows["b"]["change"] == pytest.approx(
        by_linear_programme(np.array([30.0, -20.0, 0.0]), np.array([0.5, 0.25, 0.25])), abs=1e-8
    )
    weights = np.random.default_rng(1).dirichlet(20 * np.array([0.5, 0.25, 0.25]), size=3000)
    leads = (0.3 * weights[:, 0] > 0.2 * weights[:, 1]).mean()
    assert rows["a"]["leads"] == pytest.approx(leads, abs=1e-12)
    assert rows["a"]["leads"] + rows["b"]["leads"] == pytest.approx(1, abs=1e-12)
    assert (rows["c"]["low"], rows["c"]["high"]) == (3.0, 3.0)
    swap = result.details["swap"]
    assert swap["swapping"].sum() == pytest.approx(1)
    assert swap["lead"].to_list() == pytest.approx([30.0, -20.0, 0.0])
    assert result.spec["definition"] == made().spec["definition"]


def test_nearer_weightings_move_less() -> None:
    scale = made()
    far, near = (weight_sensitivity(scale, concentration=c).table for c in (2.0, 2000.0))
    first = pl.col("entity") == "a"
    assert far.filter(first)["leads"][0] < near.filter(first)["leads"][0] <= 1
    assert weight_sensitivity(scale, seed=3).table.equals(weight_sensitivity(scale, seed=3).table)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"draws": 0}, "draws"),
        ({"concentration": 0.0}, "concentration"),
        ({"level": 0.0}, "level"),
        ({"seed": -1}, "seed"),
    ],
)
def test_wrong_options_are_refused(options: dict[str, object], words: str) -> None:
    with pytest.raises(UsageError, match=words):
        weight_sensitivity(made(), **options)


def test_other_rulers_have_no_weights(point_scale: Scale) -> None:
    with pytest.raises(UsageError, match="is no composite"):
        weight_sensitivity(point_scale)
