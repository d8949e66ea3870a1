"""Wrong keys, misfit and leaks are found where they were put, and seldom elsewhere."""

import numpy as np
import polars as pl
import pytest
from scipy.stats import false_discovery_control

import headway
from headway.engines.local import Local
from headway.errors import UsageError
from headway.rulers import responses
from headway.rulers.responses import checks, fit as item_fit
from headway.rulers.responses.ruler import ItemRuler
from tests.rulers.item_worlds import dataset, item_world, long

QUIET = ItemRuler(draws=0)


def facts(models: list[str], first: int) -> pl.DataFrame:
    country = ["CN" if k < first else "US" for k in range(len(models))]
    return pl.DataFrame({"model": models, "country": country})


def test_false_discovery_rates_are_those_of_scipy() -> None:
    p = np.random.default_rng(0).random(50) ** 3
    assert checks.false_discovery(p) == pytest.approx(false_discovery_control(p), abs=1e-12)
    assert checks.false_discovery(np.array([])).size == 0
    assert np.isnan(checks.false_discovery(np.array([np.nan]))).all()


def test_mis_keyed_questions_are_found() -> None:
    """Twenty of three hundred keys are wrong, all on questions that tell models apart."""
    world = item_world(90, 300, seed=1)
    right = world.answers.mean(axis=0)
    wrong = np.flatnonzero((world.slope > 0.9) & (right > 0.25) & (right < 0.75))[:20]
    answers = world.answers.copy()
    answers[:, wrong] = 1 - answers[:, wrong]
    scale = QUIET.fit_parts(responses.from_matrix(answers, world.models))
    items = scale.details["items"].sort("item")
    flagged = np.flatnonzero((items["flag"] == "miskeyed").fill_null(value=False).to_numpy())
    assert len(wrong) == 20
    assert len(np.intersect1d(flagged, wrong)) >= 16
    assert len(np.setdiff1d(flagged, wrong)) <= 2
    assert (items["slope_z"].to_numpy()[wrong] < 0).all()
    note = f"{len(flagged)} of 300 questions look mis-keyed"
    assert any(line.startswith(note) for line in scale.notes)


def test_sound_questions_are_seldom_flagged() -> None:
    """With nothing wrong, p-values are about uniform and few questions are flagged."""
    world = item_world(80, 500, seed=2)
    items = QUIET.fit_parts(responses.from_matrix(world.answers, world.models)).details["items"]
    assert (items["flag"] == "miskeyed").sum() == 0
    assert (items["flag"] == "misfit").sum() <= 10
    p = items["misfit_p"].drop_nulls().to_numpy()
    assert len(p) > 350
    assert 0.02 < (p < 0.05).mean() < 0.09
    middle = items.filter(pl.col("right").is_between(0.2, 0.8))
    assert middle["infit"].mean() == pytest.approx(1.0, abs=0.05)
    assert middle["outfit"].mean() == pytest.approx(1.0, abs=0.08)


def test_a_question_with_a_floor_does_not_fit() -> None:
    """Two in five guessed right whatever the ability: no two-parameter curve bends like that."""
    world = item_world(600, 60, seed=3)
    answers = world.answers.copy()
    guess = np.random.default_rng(0).random((600, 5)) < 0.4
    hard = 1 / (1 + np.exp(-4 * (world.ability[:, None] - 0.6)))
    answers[:, :5] = guess | (np.random.default_rng(1).random((600, 5)) < hard)
    items = QUIET.fit_parts(responses.from_matrix(answers, world.models)).details["items"]
    flags = items.sort("item")["flag"].to_list()
    assert flags[:5].count("misfit") >= 4
    assert sum(flag is not None for flag in flags[5:]) <= 3


def leaky(seed: int = 4):  # type: ignore[no-untyped-def]
    """Forty Chinese and sixty American models; ten questions leaked to the Chinese ones."""
    world = item_world(100, 300, seed=seed)
    rng = np.random.default_rng(seed)
    answers = world.answers.copy()
    leaked = np.flatnonzero(world.difficulty > 1)[:10]
    answers[:40, leaked] |= rng.random((40, 10)) < 0.7
    frame = long(answers, world.models)
    return dataset(frame, models=facts(world.models, 40)), {f"q{k:04d}" for k in leaked}


def test_questions_that_leaked_to_one_group_are_found() -> None:
    data, leaked = leaky()
    table = headway.rulers.differential(data, "country:CN", "country:US")
    found = table.filter(pl.col("flag").is_not_null())
    assert set(found["item"]) >= leaked
    assert len(found) <= len(leaked) + 3
    ours = table.filter(pl.col("item").is_in(list(leaked)))
    assert (ours["flag"] == "easier for country:CN").all()
    assert (ours["shift"] > 0).all()
    assert (ours["right_first"] > ours["right_second"]).all()
    turned = headway.rulers.differential(data, "country:US", "country:CN")
    assert turned["shift"].to_numpy() == pytest.approx(-table["shift"].to_numpy(), nan_ok=True)


def test_groups_of_equal_chances_are_left_alone() -> None:
    """The groups differ by a standard deviation in ability, and no question favours one."""
    world = item_world(100, 400, seed=5)
    order = np.argsort(world.ability + np.random.default_rng(0).normal(0, 0.7, 100))
    models = [f"m{k:03d}" for k in np.argsort(order)]
    data = dataset(long(world.answers, models), models=facts(sorted(models), 50))
    table = headway.rulers.differential(data, "country:CN", "country:US")
    p = table["p"].drop_nulls().to_numpy()
    assert len(p) > 300
    assert 0.02 < (p < 0.05).mean() < 0.085
    assert table["flag"].drop_nulls().len() <= 2
    assert abs(table["shift"].median()) < 0.1


def test_differential_is_an_option_of_the_ruler() -> None:
    data, _ = leaky()
    scale = ItemRuler(groups=("country:CN", "country:US"), draws=0).fit(data)
    assert "dif" in scale.details
    assert any("are easier for country:CN" in note for note in scale.notes)
    with pytest.raises(UsageError, match="not both"):
        headway.rulers.differential(
            data, "country:CN", "country:US", ruler=ItemRuler(), model="1pl"
        )


@pytest.mark.parametrize(
    ("groups", "message"),
    [
        (("country:CN", "country:ZZ"), "no model has country 'ZZ'"),
        (("country:CN", "all"), "overlap"),
        (("country:CN", "model:spare"), "no model of group 'model:spare' has answers"),
    ],
)
def test_wrong_groups_are_refused(groups: tuple[str, str], message: str) -> None:
    world = item_world(10, 20, seed=6)
    known = pl.concat(
        [facts(world.models, 5), pl.DataFrame({"model": ["spare"], "country": ["FR"]})]
    )
    data = dataset(world.frame, models=known)
    with pytest.raises(UsageError, match=message):
        headway.rulers.differential(data, *groups)


def test_too_few_answers_in_a_group_give_null() -> None:
    world = item_world(12, 30, seed=7)
    data = dataset(world.frame, models=facts(world.models, 2))
    table = headway.rulers.differential(data, "country:CN", "country:US")
    assert table["status"].unique().to_list() == ["few_models"]
    assert table["shift"].null_count() == 30
    assert table["flag"].null_count() == 30


def test_the_shift_is_the_maximum_likelihood_one() -> None:
    """One step of the efficient score lands near a plain logistic fit with a group term."""
    world = item_world(300, 40, seed=8)
    answers = world.answers.copy()
    group = np.arange(300) < 150
    j = int(np.argmin(np.abs(world.difficulty)))
    a, b = world.slope[j], world.difficulty[j]
    chance = 1 / (1 + np.exp(-(a * (world.ability - b) + 0.8 * group)))
    answers[:, j] = np.random.default_rng(0).random(300) < chance
    made = responses.from_matrix(answers, world.models)
    engine = Local(made.loads)
    fit = item_fit.fit(engine, made.takers)
    labels = np.where(group, 1, 2).astype(np.int8)
    compared = engine.run(checks.compare, fit.mean, fit.sd, labels, each=list(fit.states))
    table = checks.dif_table(compared, ("a", "b"), level=0.9).sort("item")
    x = np.column_stack([np.ones(300), fit.mean, group])
    beta = np.zeros(3)
    for _ in range(25):
        p = 1 / (1 + np.exp(-x @ beta))
        beta += np.linalg.solve(x.T @ (x * (p * (1 - p))[:, None]), x.T @ (answers[:, j] - p))
    assert table["shift"][j] == pytest.approx(beta[2], abs=0.12)
    error = np.sqrt(np.linalg.inv(x.T @ (x * (p * (1 - p))[:, None]))[2, 2])
    assert table["shift_stderr"][j] == pytest.approx(error, rel=0.15)
    engine.close()
