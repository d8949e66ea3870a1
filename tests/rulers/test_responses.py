"""Answers become parts: of tables, of matrices, of Parquet files; wrong ones are refused."""

import pickle
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from headway.engines.checkpoint import Checkpoint
from headway.engines.local import Local
from headway.errors import DataError, NotIdentified, UsageError
from headway.rulers import responses
from headway.rulers.responses import fit as item_fit, passes
from headway.rulers.responses.answers import from_frame, from_matrix, parts_from_parquet
from headway.rulers.responses.ruler import ItemRuler
from tests.rulers.item_worlds import item_world

QUIET = ItemRuler(draws=0)


@pytest.fixture
def frame() -> pl.DataFrame:
    return item_world(14, 40, seed=1, missing=0.3).frame


def test_a_part_gives_back_every_answer(frame: pl.DataFrame) -> None:
    """Sparse and dense layouts hold the same answers."""
    sparse = frame.filter(pl.Series(np.random.default_rng(0).random(len(frame)) < 0.4))
    for table in (frame, sparse):
        answers = from_frame(table)
        part = answers.loads[0]()
        names = [model for model, _ in answers.takers]
        if len(part.taker):
            who = part.taker
            item = np.repeat(np.arange(len(part.items)), np.diff(part.start))
            code = part.code
        else:
            grid = part.code.reshape(len(part.items), part.n_takers)
            item, who = np.nonzero(part.trials[grid] > 0)
            code = grid[item, who]
        again = pl.DataFrame(
            {
                "model": np.array(names)[who],
                "benchmark": np.array(part.benchmarks)[part.benchmark[item]],
                "item": np.array(part.items)[item],
                "score": part.success[code],
            }
        )
        assert again.sort(pl.all()).equals(table.sort(pl.all()))
    assert len(from_frame(frame).loads[0]().taker) == 0
    assert len(from_frame(sparse).loads[0]().taker) == len(sparse)


def test_a_matrix_is_a_table(frame: pl.DataFrame) -> None:
    world = item_world(14, 40, seed=1, missing=0.3)
    wide = np.where(world.answers < 0, np.nan, world.answers.astype(float))
    scales = [
        QUIET.fit_parts(answers)
        for answers in (
            from_frame(frame.with_columns(benchmark=pl.lit("items"))),
            from_matrix(world.answers, world.models),
            from_matrix(wide, world.models, answers_per_part=100),
        )
    ]
    for scale in scales[1:]:
        assert scale.estimate == pytest.approx(scales[0].estimate, abs=1e-9)


def test_answers_take_a_byte_or_three(frame: pl.DataFrame) -> None:
    world = item_world(100, 500, seed=2)
    dense = from_matrix(world.answers, world.models).loads[0]()
    assert dense.code.dtype == np.uint8
    assert dense.nbytes < 1.3 * 100 * 500
    sparse = from_frame(
        world.frame.filter(pl.Series(np.random.default_rng(0).random(50_000) < 0.3))
    )
    part = sparse.loads[0]()
    assert part.nbytes < 4 * len(part.taker)


def test_scores_outside_the_range_are_refused(frame: pl.DataFrame) -> None:
    for value in (1.2, -0.1, None, float("nan")):
        wrong = frame.with_columns(
            score=pl.when(pl.int_range(pl.len()) == 7).then(pl.lit(value)).otherwise("score")
        )
        with pytest.raises(DataError, match="1 answers have no score from 0 to 1") as caught:
            from_frame(wrong)
        assert frame["item"][7] in caught.value.details[0]
        assert frame["model"][7] in caught.value.details[0]
    with pytest.raises(DataError, match="2 scores lie outside") as caught:
        from_matrix(np.array([[0.5, 2.0], [1.0, -1.0]]), ["a", "b"], ["x", "y"])
    assert "model 'a', item 'y': 2.0" in caught.value.details


def test_the_same_attempt_twice_is_refused(frame: pl.DataFrame) -> None:
    twice = pl.concat([frame, frame[3:5]])
    with pytest.raises(DataError, match="2 answers are there twice") as caught:
        from_frame(twice)
    assert f"item '{frame['item'][3]}', epoch 1" in "".join(caught.value.details)
    assert "epoch" in str(caught.value.hint)
    numbered = pl.concat(
        [frame.with_columns(epoch=pl.lit(1)), frame[3:5].with_columns(epoch=pl.lit(2))]
    )
    assert from_frame(numbered).loads[0]().trials.max() == 2


def test_pooled_variants_may_share_epochs_but_not_repeat() -> None:
    world = item_world(6, 20, seed=3)
    both = pl.concat([world.frame.with_columns(variant=pl.lit(v)) for v in ("high", "low")])
    answers = from_frame(both, variants="pooled")
    assert answers.loads[0]().trials.max() == 2
    assert "6 models have several variants, pooled into one." in answers.notes
    with pytest.raises(DataError, match="1 answers are there twice"):
        from_frame(pl.concat([both, both[:1]]), variants="pooled")


def test_technical_errors_are_missing_or_wrong(frame: pl.DataFrame) -> None:
    failed = frame.with_columns(
        error=pl.when(pl.int_range(pl.len()) < 9).then(pl.lit("timeout")),
        score=pl.when(pl.int_range(pl.len()) < 9).then(0.0).otherwise("score"),
    )
    missing, wrong = from_frame(failed), from_frame(failed, errors="wrong")
    assert missing.notes == ("9 answers that failed by a technical error count as missing.",)
    counts = [
        sum(passes.totals(load()).taker_answers.sum() for load in answers.loads)
        for answers in (missing, wrong)
    ]
    assert counts == [len(frame) - 9, len(frame)]


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        (lambda f: f.drop("item"), DataError, "lack the columns item"),
        (lambda f: f.clear(), NotIdentified, "no answers"),
        (lambda f: f.with_columns(model=pl.lit(None)), DataError, "rows have no model"),
        (lambda f: f.with_columns(epoch=pl.lit(None)), DataError, "rows have no epoch"),
        (lambda f: f.with_columns(score=pl.lit("yes")), DataError, "responses: conversion"),
        (lambda f: f.with_columns(error=pl.lit("down")), NotIdentified, "no answers"),
    ],
)
def test_unusable_tables_are_refused(change, error, message, frame) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(error, match=message):
        from_frame(change(frame))


@pytest.mark.parametrize(
    ("scores", "models", "items", "message"),
    [
        (np.ones(4), ["a"], None, "models by items"),
        (np.ones((2, 3)), ["a"], None, "1 models and 3 items do not fit"),
        (np.ones((0, 3)), [], None, "models by items"),
    ],
)
def test_matrices_of_the_wrong_shape_are_refused(scores, models, items, message) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(UsageError, match=message):
        from_matrix(scores, models, items)


def test_repeated_names_are_refused() -> None:
    with pytest.raises(DataError, match="names of the models are not distinct"):
        from_matrix(np.ones((2, 2)), ["a", "a"])


def split(frame: pl.DataFrame, folder: Path, by: str) -> list[Path]:
    files = []
    for k, name in enumerate(frame[by].unique().sort()[::-1]):
        files.append(folder / f"{k:03d}.parquet")
        frame.filter(pl.col(by) == name).write_parquet(files[-1])
    return files


@pytest.mark.parametrize("by", ["benchmark", "model", "item"])
def test_parquet_files_however_they_are_cut(by: str, frame: pl.DataFrame, tmp_path: Path) -> None:
    split(frame, tmp_path, by)
    answers = parts_from_parquet(tmp_path, answers_per_part=90)
    assert len(answers.loads) > 1
    travelled = pickle.loads(pickle.dumps(answers))
    scale = QUIET.fit_parts(travelled)
    assert scale.estimate == pytest.approx(QUIET.fit_parts(from_frame(frame)).estimate, abs=1e-9)
    assert scale.details["items"]["item"].n_unique() == 40
    total = sum(int(load().start[-1]) for load in answers.loads)
    assert total == len(frame)


def test_the_digest_of_files_is_that_of_their_content(frame: pl.DataFrame, tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    split(frame, tmp_path / "a", "benchmark")
    split(frame, tmp_path / "b", "model")
    digests = [parts_from_parquet(tmp_path / name).digest for name in ("a", "b")]
    assert digests[0] == digests[1]
    other = frame.with_columns(score=1 - pl.col("score"))
    other.write_parquet(tmp_path / "c.parquet")
    assert parts_from_parquet(tmp_path / "c.parquet").digest != digests[0]


def test_wrong_answers_in_files_say_where(frame: pl.DataFrame, tmp_path: Path) -> None:
    file = tmp_path / "x.parquet"
    frame.with_columns(score=3.0 * pl.col("score")).write_parquet(file)
    with pytest.raises(DataError, match=r"x\.parquet: \d+ answers have no score"):
        QUIET.fit_parts(parts_from_parquet(file))
    pl.concat([frame, frame[:1]]).write_parquet(file)
    with pytest.raises(DataError, match="1 answers are there twice"):
        QUIET.fit_parts(parts_from_parquet(file))
    frame.drop("score").write_parquet(file)
    with pytest.raises(DataError, match="lacks the columns score"):
        parts_from_parquet(file)
    frame.with_columns(model=pl.lit(None, dtype=pl.String)).write_parquet(file)
    with pytest.raises(DataError, match="has no name"):
        parts_from_parquet(file)
    frame.with_columns(score=pl.lit("yes")).write_parquet(file)
    with pytest.raises(DataError, match=r"x\.parquet cannot be read: conversion"):
        parts_from_parquet(file)
    frame.with_columns(epoch=pl.lit(None, dtype=pl.Int64)).write_parquet(file)
    with pytest.raises(DataError, match="rows have no epoch"):
        QUIET.fit_parts(parts_from_parquet(file))
    file.write_bytes(b"PAR1 not really")
    with pytest.raises(DataError, match="is not a Parquet file"):
        parts_from_parquet(file)


def test_missing_files_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="there is no file or folder"):
        parts_from_parquet(tmp_path / "nothing.parquet")
    with pytest.raises(UsageError, match=r"no file that ends in \.parquet"):
        parts_from_parquet(tmp_path)
    with pytest.raises(UsageError, match="no path"):
        parts_from_parquet([])


def test_options_hold_for_files_too(tmp_path: Path) -> None:
    world = item_world(8, 30, seed=4)
    frame = pl.concat(
        [
            world.frame.with_columns(variant=pl.lit("default")),
            world.frame.filter(pl.col("model") < "m003").with_columns(variant=pl.lit("high")),
            world.frame[:3].with_columns(variant=pl.lit("rare")),
        ]
    ).with_columns(error=pl.when(pl.col("item") == "q0002").then(pl.lit("down")))
    file = tmp_path / "x.parquet"
    frame.write_parquet(file)
    for options in (
        {"variants": "pooled"},
        {"variants": "default"},
        {"variants": "separate", "errors": "wrong"},
        {"min_scores": 5, "benchmarks": ["left"]},
    ):
        ours, theirs = from_frame(frame, **options), parts_from_parquet(file, **options)  # type: ignore[arg-type]
        assert ours.takers == theirs.takers
        assert set(theirs.notes) <= set(ours.notes)
        for load, other in zip(ours.loads, theirs.loads, strict=True):
            one, two = load(), other()
            assert one.items == two.items
            assert np.array_equal(one.code, two.code)
            assert np.array_equal(one.trials, two.trials)
    with pytest.raises(NotIdentified, match="no answers"):
        parts_from_parquet(file, min_scores=1000)


def test_a_fit_goes_on_where_it_stopped(tmp_path: Path, frame: pl.DataFrame) -> None:
    answers = from_frame(frame)
    whole = item_fit.fit(Local(answers.loads), answers.takers)
    state = Checkpoint(tmp_path / "fit.resume", QUIET.belongs_to(answers))

    class Killed(Exception):
        pass

    class Progress:
        def stage(self, text: str) -> None:
            pass

        def advance(self, done: int, total: int) -> None:
            if done == 6:
                raise Killed

    with pytest.raises(Killed):
        item_fit.fit(Local(answers.loads), answers.takers, resume=state, progress=Progress())
    assert state.load() is not None
    resumed = item_fit.fit(Local(answers.loads), answers.takers, resume=state)
    assert np.array_equal(resumed.mean, whole.mean)
    assert resumed.passes == whole.passes
    other = from_frame(frame.with_columns(score=1 - pl.col("score")))
    with pytest.raises(UsageError, match="belongs to another computation"):
        Checkpoint(tmp_path / "fit.resume", QUIET.belongs_to(other)).load()


def test_many_distinct_scores_keep_their_values() -> None:
    rng = np.random.default_rng(0)
    scores = rng.random((20, 30))
    part = from_matrix(scores, [f"m{k:02d}" for k in range(20)]).loads[0]()
    assert part.code.dtype == np.uint16
    back = part.success[part.code.reshape(30, 20)].T
    assert np.array_equal(back, scores)
    assert responses.from_matrix(np.array([[True, False], [False, True]]), ["a", "b"]).takers
