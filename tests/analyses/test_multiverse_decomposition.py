"""The shares of variance: identities, invariances, known worlds, holes."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st
from hypothesis.extra import numpy as npst

from headway.analyses.multiverse import decompose
from headway.analyses.multiverse.decomposition import MOST_HOLES

CUBES = npst.arrays(
    np.float64,
    npst.array_shapes(min_dims=2, max_dims=4, min_side=1, max_side=4),
    elements=st.floats(-50, 50, width=32),
)
NAMES = ("a", "b", "c", "d")


def total(found: Any) -> float:
    return sum(found.main.values()) + sum(found.pairs.values()) + found.higher


@settings(max_examples=60, deadline=None)
@given(CUBES)
def test_the_shares_sum_to_one(cube: np.ndarray) -> None:
    found = decompose(cube, NAMES[: cube.ndim])
    if found is None:
        assert cube.size < 2 or np.ptp(cube) < 1e-5
        return
    assert total(found) == pytest.approx(1.0, abs=1e-9)
    assert found.variance == pytest.approx(cube.var())
    for name in found.axes:
        assert -1e-12 <= found.main[name] <= found.total[name] + 1e-12 <= 1 + 1e-9


@settings(max_examples=40, deadline=None)
@given(CUBES, st.floats(-20, 20), st.floats(0.1, 9), st.integers(0, 10**6))
def test_shares_do_not_depend_on_unit_origin_or_order(
    cube: np.ndarray, shift: float, factor: float, seed: int
) -> None:
    names = NAMES[: cube.ndim]
    if np.ptp(cube) < 1e-3:
        return
    found = decompose(cube, names)
    rng = np.random.default_rng(seed)
    mixed = cube[np.ix_(*(rng.permutation(n) for n in cube.shape))]
    axes = rng.permutation(cube.ndim)
    other = decompose(shift + factor * mixed.transpose(axes), [names[k] for k in axes])
    assert found is not None
    assert other is not None
    for name in found.axes:
        assert other.main[name] == pytest.approx(found.main[name], abs=1e-7)
        assert other.total[name] == pytest.approx(found.total[name], abs=1e-7)


def test_one_choice_alone_explains_all() -> None:
    cube = np.broadcast_to(np.array([1.0, 2.0, 5.0])[:, None, None], (3, 4, 2))
    found = decompose(cube, NAMES[:3])
    assert found is not None
    assert found.main == pytest.approx({"a": 1.0, "b": 0.0, "c": 0.0})
    assert found.total == pytest.approx({"a": 1.0, "b": 0.0, "c": 0.0})
    assert found.higher == 0.0


def test_sums_have_no_interaction_and_products_nothing_else() -> None:
    rng = np.random.default_rng(3)
    one, other = rng.normal(size=5), rng.normal(size=7)
    added = decompose(one[:, None] + other[None, :], ("a", "b"))
    assert added is not None
    assert added.main["a"] == pytest.approx(one.var() / (one.var() + other.var()))
    assert added.pairs["a", "b"] == pytest.approx(0.0, abs=1e-12)
    one, other = one - one.mean(), other - other.mean()
    times = decompose(one[:, None] * other[None, :], ("a", "b"))
    assert times is not None
    assert times.pairs["a", "b"] == pytest.approx(1.0)
    assert times.total == pytest.approx({"a": 1.0, "b": 1.0})


def test_an_exclusive_or_of_three_is_all_of_third_order() -> None:
    sign = np.array([-1.0, 1.0])
    cube = sign[:, None, None] * sign[None, :, None] * sign[None, None, :]
    found = decompose(cube, NAMES[:3])
    assert found is not None
    assert found.higher == pytest.approx(1.0)
    assert all(share == 0 for share in [*found.main.values(), *found.pairs.values()])


def test_few_holes_are_filled_from_the_main_effects() -> None:
    """Where the effects are additive the filled values are exact, and so are the shares."""
    rng = np.random.default_rng(5)
    parts = [rng.normal(size=n) for n in (6, 5, 4)]
    whole = parts[0][:, None, None] + parts[1][None, :, None] + parts[2][None, None, :]
    holed = whole.copy()
    holed.ravel()[rng.choice(whole.size, 5, replace=False)] = np.nan
    full, found = decompose(whole, NAMES[:3]), decompose(holed, NAMES[:3])
    assert full is not None
    assert found is not None
    assert found.filled == 5
    assert found.left_out == ()
    assert found.variance == pytest.approx(full.variance, rel=1e-8)
    assert found.main == pytest.approx(full.main, abs=1e-8)


def test_a_value_with_many_holes_leaves() -> None:
    rng = np.random.default_rng(6)
    cube = rng.normal(size=(3, 5, 4))
    holed = cube.copy()
    holed[2, 1:, :] = np.nan
    found = decompose(holed, NAMES[:3])
    assert found is not None
    assert found.left_out == (("a", 2),)
    assert found.filled == 0
    assert found.cells == 2 * 5 * 4
    alone = decompose(cube[:2], NAMES[:3])
    assert alone is not None
    assert found.main == pytest.approx(alone.main)


@pytest.mark.parametrize(
    "cube", [np.ones((3, 4)), np.full((2, 2), np.nan), np.zeros((1, 1)), np.empty((0, 3))]
)
def test_nothing_to_explain(cube: np.ndarray) -> None:
    assert decompose(cube, ("a", "b")) is None


def test_random_holes_never_break_it() -> None:
    rng = np.random.default_rng(7)
    for _ in range(40):
        cube = rng.normal(size=(3, 4, 5))
        cube[rng.random(cube.shape) < rng.random()] = np.nan
        found = decompose(cube, NAMES[:3])
        if found is not None:
            assert total(found) == pytest.approx(1.0, abs=1e-9)
            assert found.filled <= MOST_HOLES * found.cells
