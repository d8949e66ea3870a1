from datetime import date

import polars as pl

from headway.dataset import Dataset
from headway.dataset.check import CHECKS, quality


def made(rows, **tables):
    scores = pl.DataFrame(
        rows, schema=["model", "benchmark", "score", "reporter", "variant"], orient="row"
    )
    return Dataset.from_frames(scores=scores, **tables)


def entities(data, check):
    found = quality(data).filter(pl.col("check") == check)
    return found["entity"].to_list()


def full(models, benchmarks, score=0.5, reporter="independent"):
    return [(m, b, score, reporter, "default") for m in models for b in benchmarks]


def test_a_full_matrix_has_nothing_to_say_but_dates():
    data = made(full("abcd", "wxyz"))
    assert set(quality(data)["check"]) == {"undated"}
    dated = pl.DataFrame({"model": list("abcd"), "announced_on": [date(2024, 1, 1)] * 4})
    assert quality(made(full("abcd", "wxyz"), models=dated)).is_empty()


def test_few_scores_and_few_models():
    data = made([*full("abcd", "wxyz"), ("e", "w", 0.5, "unknown", "default")])
    assert entities(data, "few_scores") == ["e"]
    extra = made([*full("abcd", "wxyz"), ("a", "v", 0.5, "unknown", "default")])
    assert entities(extra, "few_models") == ["v"]
    models = pl.DataFrame({"model": [*"abcde"]})
    assert entities(made(full("abcd", "wxyz"), models=models), "few_scores") == ["e"]


def test_saturated_and_hopeless_benchmarks():
    rows = [*full("abcd", "wx"), *full("abcd", "y", 0.99), *full("abcd", "z", 0.0)]
    assert entities(made(rows), "no_longer_discriminates") == ["y", "z"]


def test_only_the_newest_models_count_for_saturation():
    old, new = [f"old{n}" for n in range(20)], [f"new{n}" for n in range(10)]
    models = pl.DataFrame(
        {"model": [*old, *new], "announced_on": [date(2020, 1, 1)] * 20 + [date(2025, 1, 1)] * 10}
    )
    data = made([*full(old, "y", 0.3), *full(new, "y", 0.97)], models=models)
    assert entities(data, "no_longer_discriminates") == ["y"]


def test_contradicting_dates():
    models = pl.DataFrame(
        {
            "model": [*"abcd"],
            "announced_on": [date(2024, 1, 2)] * 4,
            "available_on": [date(2024, 1, 1), None, None, None],
            "weights_on": [None, date(2024, 1, 1), date(2024, 1, 2), None],
            "open_weights": [None, True, False, None],
        }
    )
    data = made(full("abcd", "wxyz"), models=models)
    assert entities(data, "contradicting_dates") == ["a", "b", "c"]
    assert quality(data)["severity"].head(3).unique().to_list() == ["error"]


def test_disconnected_parts():
    data = made([*full("abcd", "wxyz"), *full("ef", "uv")])
    found = quality(data).filter(pl.col("check") == "disconnected")
    assert found["entity"].to_list() == ["e"]
    assert "2 models and 2 benchmarks share nothing" in found["message"].item()


def test_unconfirmed_scores():
    rows = [*full("abcd", "wxyz"), *full("a", "u", reporter="developer")]
    assert entities(made(rows), "unconfirmed") == ["a"]
    assert entities(made([*rows, *full("a", "u")]), "unconfirmed") == []


def test_disagreeing_reports():
    rows = [*full("abcd", "wxyz"), ("a", "w", 0.6, "developer", "default")]
    assert entities(made(rows), "disagreeing") == ["a"]
    rows[-1] = ("a", "w", 0.6, "developer", "high")
    assert entities(made(rows), "disagreeing") == []


def test_every_check_is_described():
    assert all(check.__doc__ for check in CHECKS.values())


def scored(rows, **columns):
    names = ["model", "benchmark", "score", "variant", "source"]
    frame = pl.DataFrame(rows, schema=names, orient="row")
    return frame.with_columns(scale=pl.lit("normalised"), **columns)


def test_sources_that_disagree_are_named():
    rows = [("a", "w", 0.5, "default", "s"), ("a", "w", 0.6, "default", "t")]
    found = quality(Dataset.from_frames(scores=scored(rows)))
    [message] = found.filter(pl.col("check") == "disagreeing")["message"]
    assert message == "2 reports from 2 sources of w (default) run from 0.500 to 0.600"


def test_corrections_that_jump():
    row = ("a", "w", 0.1, "default", "s")
    first = scored([row], revision=pl.lit(0), reason=pl.lit(None, dtype=pl.String))
    for score, expected in ((0.3, []), (0.4, ["a"])):
        second = first.with_columns(
            score=pl.lit(score), revision=pl.lit(1), reason=pl.lit("looked again")
        )
        data = Dataset.from_frames(scores=pl.concat([first, second]), recorded_on="2026-01-01")
        assert entities(data, "implausible_jumps") == expected


def test_less_effort_that_does_better():
    rows = [
        ("a", "w", 0.5, "low", "s"),
        ("a", "w", 0.4, "high", "s"),
        ("a", "x", 0.5, "low", "s"),
        ("a", "x", 0.46, "high", "s"),
        ("b", "w", 0.9, "low", "s"),
        ("b", "w", 0.1, "high", "t"),
    ]
    found = quality(Dataset.from_frames(scores=scored(rows)))
    [message] = found.filter(pl.col("check") == "variants_out_of_order")["message"]
    assert message == "w: 0.500 with effort low and 0.400 with high"


def test_evaluations_at_impossible_times():
    rows = [(name, "w", 0.5, "default", "s") for name in "abc"]
    days = [date(2023, 1, 1), date(2024, 6, 1), date(2027, 1, 1)]
    data = Dataset.from_frames(
        recorded_on="2026-01-01",
        scores=scored(rows, evaluated_on=pl.Series(days)),
        models=pl.DataFrame({"model": [*"abc"], "announced_on": [date(2024, 1, 1)] * 3}),
        benchmarks=pl.DataFrame({"benchmark": ["w"], "released_on": [date(2024, 3, 1)]}),
    )
    found = quality(data).filter(pl.col("check") == "contradicting_evaluations")
    assert found.select("severity", "entity", "message").rows() == [
        ("error", "c", "w: evaluated on 2027-01-01, after it was recorded on 2026-01-01"),
        ("warning", "a", "w: evaluated on 2023-01-01, before the benchmark was released on"
         " 2024-03-01"),
        ("warning", "a", "w: evaluated on 2023-01-01, before the model was announced on"
         " 2024-01-01"),
    ]  # fmt: skip


def test_raw_scores_without_bounds():
    rows = scored([("a", "w", 0.5, "default", "s")]).with_columns(scale=pl.lit("raw"))
    bounds = pl.DataFrame({"benchmark": ["w"], "ceiling": [1.0]})
    assert entities(Dataset.from_frames(scores=rows, benchmarks=bounds), "without_bounds") == ["w"]
    bounds = bounds.with_columns(chance=pl.lit(0.0))
    assert entities(Dataset.from_frames(scores=rows, benchmarks=bounds), "without_bounds") == []


def test_names_that_differ_in_spelling_alone():
    models = pl.DataFrame({"model": ["a", "b", "c"], "name": ["Model 1", "model-1", "Model 11"]})
    data = made(full("abc", "wxyz"), models=models)
    assert entities(data, "same_name") == ["b"]
