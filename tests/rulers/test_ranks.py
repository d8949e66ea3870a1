"""Ranks with simultaneous confidence."""

import time

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

import headway
from headway.errors import NotIdentified, UsageError
from headway.rulers.ranks import decided, simultaneous_ranks
from headway.rulers.scale import Scale
from tests.rulers.votes import dataset, simulated


@pytest.fixture(scope="module")
def votes_scale() -> Scale:
    votes, _ = simulated(models=10, votes=4000, seed=1)
    return headway.rulers.pairwise(draws=400, seed=1).fit(dataset(votes))


def by_hand(estimate: np.ndarray, draws: np.ndarray, level: float) -> np.ndarray:
    """The definition, pair by pair and in words."""
    n = len(estimate)
    pairs = [(i, j) for i in range(n) for j in range(n) if i != j]
    centre = draws.mean(axis=0)
    error = {(i, j): np.std(draws[:, i] - draws[:, j], ddof=1) for i, j in pairs}
    found: set[tuple[int, int]] = set()
    while True:
        left = [pair for pair in pairs if pair not in found]
        if not left:
            break
        worst = [
            max(((d[i] - d[j]) - (centre[i] - centre[j])) / error[i, j] for i, j in left)
            for d in draws
        ]
        bound = sorted(worst)[int(np.ceil(level * (len(draws) + 1))) - 1]
        new = {(i, j) for i, j in left if (estimate[i] - estimate[j]) / error[i, j] > bound}
        if not new:
            break
        found |= new
    out = np.zeros((n, n), dtype=bool)
    for pair in found:
        out[pair] = True
    return out


@pytest.mark.parametrize("seed", range(3))
def test_decisions_are_those_of_the_definition(seed: int) -> None:
    rng = np.random.default_rng(seed)
    estimate = rng.normal(0, 2, 6)
    mixing = rng.normal(0, 0.4, (6, 6))
    draws = estimate + rng.standard_normal((99, 6)) @ mixing
    assert np.array_equal(decided(estimate, draws, 0.9), by_hand(estimate, draws, 0.9))


def test_the_table(votes_scale: Scale) -> None:
    table = simultaneous_ranks(votes_scale)
    assert table["rank"].to_list() == list(range(1, 11))
    assert (table["rank_low"] == 1 + table["above"]).all()
    assert (table["rank_high"] == 10 - table["below"]).all()
    assert (table["rank_low"] <= table["rank"]).all()
    assert (table["rank"] <= table["rank_high"]).all()
    # Every decision that puts one model above another puts that one below.
    assert table["above"].sum() == table["below"].sum()


def test_a_higher_level_decides_less(votes_scale: Scale) -> None:
    counts = [simultaneous_ranks(votes_scale, level)["above"].sum() for level in (0.5, 0.9, 0.99)]
    assert counts[0] > counts[1] > counts[2] > 0


def test_they_hold_the_marginal_ones(votes_scale: Scale) -> None:
    table = votes_scale.rank(simultaneous=True)
    assert (table["rank_low_of_all"] <= table["rank_low"]).all()
    assert (table["rank_high_of_all"] >= table["rank_high"]).all()
    assert "rank_low_of_all" not in votes_scale.rank().columns


@given(st.integers(0, 10_000), st.floats(0.1, 50.0), st.floats(-1e4, 1e4))
@settings(max_examples=20, deadline=None)
def test_unit_origin_and_order_change_nothing(seed: int, unit: float, origin: float) -> None:
    rng = np.random.default_rng(seed)
    estimate = rng.normal(0, 2, 8)
    draws = estimate + 0.5 * rng.standard_normal((60, 8))
    plain = decided(estimate, draws, 0.8)
    assert np.array_equal(decided(unit * estimate + origin, unit * draws + origin, 0.8), plain)
    order = rng.permutation(8)
    assert np.array_equal(decided(estimate[order], draws[:, order], 0.8), plain[order][:, order])
    assert not (plain & plain.T).any()


def test_models_that_are_fixed_differ_as_they_say() -> None:
    rng = np.random.default_rng(0)
    estimate = np.array([130.0, 150.0, 140.0])
    draws = np.tile(estimate, (60, 1))
    draws[:, 2] += 5 * rng.standard_normal(60)
    found = decided(estimate, draws, 0.9)
    assert found[1, 0]
    assert found.sum() == 1 + int(found[1, 2]) + int(found[2, 0])
    level = decided(np.zeros(3), np.zeros((60, 3)), 0.9)
    assert not level.any()


def test_equal_models_share_their_rank() -> None:
    rng = np.random.default_rng(3)
    estimate = np.array([2.0, 0.0, 0.0, -2.0])
    votes, _ = simulated(models=4, votes=100)
    scale = headway.rulers.pairwise(draws=0).fit(dataset(votes))
    made = Scale(
        **{name: getattr(scale, name) for name in scale.__dataclass_fields__}
        | {
            "estimate": estimate,
            "capability": headway.draws.Draws(
                values=estimate + 0.1 * rng.standard_normal((200, 4)),
                dims=("draw", "model"),
                coords={"model": scale.models},
                unit="points",
                draw_set="made",
            ),
        }
    )
    table = simultaneous_ranks(made)
    assert table.select("rank", "rank_low", "rank_high").rows() == [
        (1, 1, 1), (2, 2, 3), (2, 2, 3), (4, 4, 4),
    ]  # fmt: skip


def test_without_draws_there_is_no_confidence(votes_scale: Scale, published: Scale) -> None:
    with pytest.raises(NotIdentified, match="need 50 paired draws or more"):
        simultaneous_ranks(published)
    with pytest.raises(NotIdentified, match=r"at level 0\.999 need 999"):
        simultaneous_ranks(votes_scale, 0.999)
    for level in (0.0, 1.0, "high"):
        with pytest.raises(UsageError, match="level is"):
            simultaneous_ranks(votes_scale, level)  # type: ignore[arg-type]


def test_draws_that_are_not_defined_are_left_out(scale: Scale) -> None:
    table = scale.rank(simultaneous=True)
    assert table["rank_low_of_all"].null_count() == 0
    assert (table["rank_high_of_all"] >= table["rank"]).all()


def test_coverage_of_all_ranks_at_once() -> None:
    """Independent normal errors: all ten intervals at once, in at least 90% of 300 worlds."""
    rng = np.random.default_rng(11)
    truth = np.array([3.0, 2.0, 2.0, 1.5, 1.0, 0.5, 0.5, 0.4, 0.0, -1.0])
    highest = 1 + (truth[:, None] > truth).sum(axis=0)
    lowest = 10 - (truth[:, None] < truth).sum(axis=0)
    held = 0
    for _ in range(300):
        estimate = truth + 0.4 * rng.standard_normal(10)
        draws = estimate + 0.4 * rng.standard_normal((200, 10))
        found = decided(estimate, draws, 0.9)
        low, high = 1 + found.sum(axis=0), 10 - found.sum(axis=1)
        held += bool(((low <= highest) & (lowest <= high)).all())
    # Three standard errors of a share of 90% among 300 are 5 points.
    assert held / 300 > 0.85


def test_two_hundred_models_in_well_under_a_second() -> None:
    rng = np.random.default_rng(0)
    estimate = np.linspace(-3, 3, 200)
    draws = estimate + 0.1 * rng.standard_normal((500, 200))
    decided(estimate[:3], draws[:, :3], 0.9)
    began = time.process_time()
    assert decided(estimate, draws, 0.9).sum() > 10_000
    assert time.process_time() - began < 2.0
