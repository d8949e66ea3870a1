import pickle

import numpy as np
import pytest
from hypothesis import given, strategies as st

from headway.draws import Draws, central_interval
from headway.errors import UsageError


def make(values: object, draw_set: str = "a", unit: str = "points") -> Draws:
    return Draws(
        values=np.asarray(values, dtype=float),
        dims=("draw", "model"),
        coords={"model": ("x", "y")},
        unit=unit,
        draw_set=draw_set,
    )


def test_difference_is_taken_draw_by_draw() -> None:
    draws = make([[1.0, 4.0], [2.0, 8.0]])
    assert (draws.sel(model="y") - draws.sel(model="x")).values.tolist() == [3.0, 6.0]


def test_two_draw_sets_do_not_mix() -> None:
    with pytest.raises(UsageError, match="two sets"):
        make([[1.0, 2.0]]) - make([[1.0, 2.0]], draw_set="b")


def test_units_do_not_mix() -> None:
    with pytest.raises(UsageError, match="cannot subtract"):
        make([[1.0, 2.0]]) - make([[1.0, 2.0]], unit="months")


def test_values_are_read_only_and_survive_pickling() -> None:
    draws = pickle.loads(pickle.dumps(make([[1.0, 2.0]])))
    assert draws.values.tolist() == [[1.0, 2.0]]
    with pytest.raises(ValueError, match="read-only"):
        draws.values[0, 0] = 5.0


@pytest.mark.parametrize(
    ("dims", "coords"),
    [(("model", "draw"), {"draw": ("x", "y")}), (("draw", "model"), {"model": ("x",)})],
)
def test_wrong_shapes_are_refused(dims: tuple[str, ...], coords: dict[str, tuple[str]]) -> None:
    with pytest.raises(UsageError):
        Draws(values=np.ones((1, 2)), dims=dims, coords=coords, unit="points", draw_set="a")


def test_selecting_keeps_order_and_names_what_is_missing() -> None:
    draws = make([[1.0, 2.0]])
    assert draws.sel(model=["y", "x"]).values.tolist() == [[2.0, 1.0]]
    with pytest.raises(UsageError, match="no model 'z'"):
        draws.sel(model="z")
    with pytest.raises(UsageError, match="no dimension"):
        draws.sel(benchmark="z")


def test_interval_ignores_undefined_draws_and_counts_the_others() -> None:
    low, high, n = make([[1.0, np.nan], [3.0, np.nan], [np.nan, np.nan]]).interval(0.5)
    assert (low[0], high[0], n.tolist()) == (1.5, 2.5, [2, 0])
    assert np.isnan(low[1])


@given(
    st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=60),
    st.floats(0.05, 0.95),
    st.floats(-100, 100),
)
def test_interval_moves_with_the_values_and_widens_with_the_level(
    values: list[float], level: float, shift: float
) -> None:
    array = np.array(values)
    low, high = central_interval(array, level)
    moved = central_interval(array + shift, level)
    assert np.allclose([low + shift, high + shift], moved, atol=1e-6)
    wider = central_interval(array, (1 + level) / 2)
    assert wider[0] <= low + 1e-9
    assert wider[1] >= high - 1e-9


@pytest.mark.parametrize("level", [0.0, 1.0, -1.0, 2.0])
def test_absurd_levels_are_refused(level: float) -> None:
    with pytest.raises(UsageError, match="level"):
        central_interval(np.ones(3), level)


def test_no_draws_give_no_interval() -> None:
    low, high = central_interval(np.empty((0, 4)), 0.9)
    assert np.isnan(low).all()
    assert np.isnan(high).all()
