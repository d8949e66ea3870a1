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
