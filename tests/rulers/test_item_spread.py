"""Answers that do not tell models apart, and scales that two or three models would fix."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings, strategies as st
from scipy.stats import chi2

import headway
from headway.report.words import Words
from headway.rulers import responses
from headway.rulers.responses.ruler import POINTS, ItemRuler
from headway.rulers.responses.spread import UnknownSpread, alike, contrasts, difference
from headway.rulers.scale import Scale
from tests.rulers.item_worlds import dataset, item_world, long


def fitted(answers: np.ndarray, **options: object) -> Scale:
    names = [f"m{k:02d}" for k in range(len(answers))]
    return ItemRuler(**options).fit_parts(responses.from_matrix(answers.astype(np.int8), names))


def half_right(models: int, items: int = 20) -> np.ndarray:
    return np.tile(np.arange(items) % 2, (models, 1))


def latin(models: int = 4, items: int = 20) -> np.ndarray:
    """Every model has as many right, but other questions."""
    return np.array([[(i + j) % models != 0 for j in range(items)] for i in range(models)])


def apart(first: int, second: int, items: int = 100) -> np.ndarray:
    return np.array([[j < first for j in range(items)], [j < second for j in range(items)]])


CASES = {
    "one answer apart": apart(60, 61),
    "two alike": half_right(2),
    "five alike": half_right(5),
    "thirty alike": half_right(30),
    "latin": latin(),
    "latin of ten": latin(10, 60),
    "nothing right": np.zeros((3, 20)),
    "all right": np.ones((4, 20)),
}


@pytest.mark.parametrize("model", ["1pl", "2pl"])
@pytest.mark.parametrize("units", ["sd", "logits", "points"])
@pytest.mark.parametrize("case", CASES)
def test_what_is_not_told_apart_is_called_so(case: str, units: str, model: str) -> None:
    scale = fitted(CASES[case], units=units, model=model)
    at_the_end = case in ("nothing right", "all right")
    assert set(scale.status) <= ({"at_floor", "at_ceiling"} if at_the_end
                                 else {"not_distinguishable"})  # fmt: skip
    assert scale.diagnostics["differences_p"] > 0.05
    assert any(note.startswith("The answers do not tell the models apart") for note in scale.notes)
    assert scale.unit == ("points" if units == "points" else "logits")
    assert scale.details["items"]["flag"].null_count() == len(scale.details["items"])
    # No interval is closed, none is absurd, and none excludes another.
    width = (scale.high - scale.low) / (POINTS if units == "points" else 1.0)
    assert (width > 0.1).all()
    assert (width < 4).all()
    assert scale.low.max() < scale.high.min()
    ranks = scale.rank()
    # Of thirty equal models, each holds rank 1 with a chance below the tail of 5%.
    assert ranks["rank_low"].max() <= 2
    assert ranks["rank_high"].min() >= len(scale.models) - 1


@pytest.mark.parametrize("case", ["two alike", "five alike", "thirty alike"])
def test_identical_answers_have_identical_intervals(case: str) -> None:
    scale = fitted(CASES[case])
    for values in (scale.estimate, scale.low, scale.high):
        assert len(set(values.tolist())) == 1
    variants = scale.details["variants"]
    assert variants["estimate"].n_unique() == variants["stderr"].n_unique() == 1
    assert scale.rank()["rank"].to_list() == [1] * len(scale.models)


def test_equal_shares_of_other_questions_share_a_rank() -> None:
    assert fitted(CASES["latin"]).rank()["rank"].to_list() == [1] * 4


@pytest.mark.parametrize("models", [2, 3])
def test_two_or_three_models_are_no_unit(models: int) -> None:
    """Clearly different models are told apart, but their distance is in logits."""
    rng = np.random.default_rng(models)
    ability = np.linspace(1.0, -1.0, models)
    difficulty, slope = 2 * rng.normal(size=300), np.exp(0.5 * rng.normal(size=300))
    answers = rng.random((models, 300)) < 1 / (1 + np.exp(slope * (difficulty - ability[:, None])))
    scale = fitted(answers)
    assert scale.unit == "logits"
    assert set(scale.status) == {"ok"}
    assert any(f"{models} configurations would fix it" in note for note in scale.notes)
    assert np.abs(scale.estimate - ability).max() < 0.5
    assert scale.rank()["rank_high"].to_list() == list(range(1, models + 1))
    assert (scale.high - scale.low > 0.1).all()


def test_a_clear_spread_is_the_unit() -> None:
    world = item_world(20, 200, seed=5)
    scale = fitted(world.answers)
    assert scale.unit == "standard deviations"
    assert scale.diagnostics["differences_p"] < 1e-6
    assert not any("no unit here" in note for note in scale.notes)
    assert (scale.estimate**2).mean() == pytest.approx(1.0, abs=0.1)


@pytest.mark.parametrize(("models", "few"), [(6, True), (9, True), (10, False), (20, False)])
def test_a_unit_that_few_models_fix_is_said(models: int, few: bool) -> None:
    scale = fitted(item_world(models, 300, seed=5).answers)
    assert scale.unit == "standard deviations"
    notes = [note for note in scale.notes if "so few fix it poorly" in note]
    assert len(notes) == few
    assert all(Words("zh").note(note)[1] for note in notes)


def test_notes_have_a_chinese_form() -> None:
    words = Words("zh")
    for case in ("one answer apart", "latin"):
        for units in ("sd", "points"):
            for note in fitted(CASES[case], units=units).notes:
                assert words.note(note)[1], note


def test_the_scale_of_a_dataset_says_it_too() -> None:
    scale = headway.rulers.items().fit(dataset(long(latin().astype(np.int8), list("abcd"))))
    assert set(scale.status) == {"not_distinguishable"}


def cochran(answers: np.ndarray) -> float:
    """Cochran's Q as his paper has it, of complete right and wrong answers."""
    k = len(answers)
    by_model, by_item = answers.sum(axis=1), answers.sum(axis=0)
    top = (k - 1) * (k * (by_model**2).sum() - by_model.sum() ** 2)
    return float(top / (k * by_item.sum() - (by_item**2).sum()))


def compared(answers: np.ndarray, parts: int = 1) -> tuple[float, int, float]:
    names = [f"m{k}" for k in range(len(answers))]
    per_part = -(-answers.size // parts)
    made = responses.from_frame(long(answers.astype(np.int8), names), answers_per_part=per_part)
    found = difference([contrasts(load()) for load in made.loads])
    return found.statistic, found.degrees, found.p


@settings(max_examples=40, deadline=None)
@given(st.integers(2, 8), st.integers(5, 60), st.integers(0, 10**6))
def test_the_statistic_is_cochrans(models: int, items: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    answers = (rng.random((models, items)) < rng.random(items)).astype(np.int64)
    mixed = (answers.sum(axis=0) % models > 0).any()
    for parts in (1, 3):
        statistic, degrees, p = compared(answers, parts)
        if not mixed:
            assert (statistic, degrees, p) == (0.0, 0, 1.0)
            continue
        assert statistic == pytest.approx(cochran(answers), rel=1e-6, abs=1e-9)
        assert degrees == models - 1
        assert p == pytest.approx(float(chi2.sf(statistic, degrees)))


def test_many_takers_are_compared_without_a_matrix(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = (np.random.default_rng(1).random((40, 200)) < 0.4).astype(np.int64)
    exact = compared(answers)
    monkeypatch.setattr("headway.rulers.responses.spread.WHOLE", 10)
    assert compared(answers) == pytest.approx(exact, rel=1e-9)


def test_equal_models_are_rarely_called_different() -> None:
    """With answers missing and attempts repeated too: at most one in twenty, and noise."""
    rng = np.random.default_rng(7)
    for missing, epochs in ((0.0, 1), (0.5, 1), (0.3, 4)):
        called = 0
        for _ in range(150):
            chance = rng.random(60)
            right = rng.binomial(epochs, chance, size=(6, 60))
            m, j = np.nonzero(rng.random((6, 60)) >= missing)
            frame = pl.DataFrame(
                {
                    "model": [f"m{k}" for k in np.repeat(m, epochs)],
                    "benchmark": "b",
                    "item": [f"q{k:02d}" for k in np.repeat(j, epochs)],
                    "epoch": np.tile(np.arange(1, epochs + 1), len(m)),
                    "score": (
                        np.repeat(right[m, j], epochs) > np.tile(np.arange(epochs), len(m))
                    ).astype(float),
                }
            )
            made = responses.from_frame(frame)
            called += difference([contrasts(load()) for load in made.loads]).p <= 0.05
        assert called <= 16


def test_takers_with_the_same_answers_are_alike_and_no_others() -> None:
    answers = np.array([[1, 0, 1, -1], [1, 0, 1, -1], [1, 0, 1, 1], [0, 1, 1, -1], [1, 0, 1, 0]])
    names = list("abcde")
    for per_part in (2, 100):
        made = responses.from_frame(long(answers.astype(np.int8), names), answers_per_part=per_part)
        label = alike([contrasts(load()) for load in made.loads])
        assert label.tolist() == [0, 0, 1, 2, 3]


def test_the_unknown_spread_is_integrated_as_by_brute_force() -> None:
    rng = np.random.default_rng(0)
    root = rng.normal(size=(4, 4))
    likelihood = root @ root.T + np.eye(4)
    centring = np.eye(4) - 0.25
    likelihood = centring @ likelihood @ centring
    at = centring @ rng.normal(size=4)
    found = UnknownSpread(np.linalg.solve(likelihood + np.eye(4), likelihood @ at),
                          likelihood + np.eye(4))  # fmt: skip
    sigma = np.linspace(0, 4, 40_001)[1:]
    basis = np.linalg.svd(centring)[0][:, :3]
    inner, h = basis.T @ likelihood @ basis, basis.T @ likelihood @ at
    log, means, variances = [], [], []
    for s in sigma[::100]:
        covariance = np.linalg.inv(inner + np.eye(3) / s**2)
        log.append(
            -(s**2) / 2 - 0.5 * np.linalg.slogdet(np.eye(3) + s**2 * inner)[1]
            + 0.5 * h @ covariance @ h
        )  # fmt: skip
        means.append(basis @ covariance @ h)
        variances.append(np.diag(basis @ covariance @ basis.T))
    weight = np.exp(np.array(log) - max(log))
    weight /= weight.sum()
    mean = weight @ np.array(means)
    variance = weight @ (np.array(variances) + (np.array(means) - mean) ** 2)
    assert found.estimate == pytest.approx(mean, abs=2e-3)
    assert found.stderr == pytest.approx(np.sqrt(variance), rel=5e-3)
    draws = found.deviations(40_000, np.random.default_rng(1))
    assert draws.std(axis=0) == pytest.approx(found.stderr, rel=0.03)
    assert np.abs(draws.mean(axis=0)).max() < 0.02
    assert np.abs(draws.sum(axis=1)).max() < 1e-9


@pytest.mark.parametrize(("models", "items", "worlds"), [(2, 50, 60), (3, 50, 60), (5, 100, 40)])
def test_best_and_worst_of_equal_models_overlap(models: int, items: int, worlds: int) -> None:
    held, keyed = 0, 0
    for seed in range(worlds):
        rng = np.random.default_rng([seed, models])
        difficulty, slope = 2 * rng.standard_normal(items), np.exp(0.5 * rng.standard_normal(items))
        right = rng.random((models, items)) < 1 / (1 + np.exp(slope * difficulty))
        scale = fitted(right, seed=seed)
        keyed += bool((scale.details["items"]["flag"] == "miskeyed").any())
        held += bool(scale.low.max() <= scale.high.min())
    assert held >= 0.9 * worlds
    assert keyed == 0
