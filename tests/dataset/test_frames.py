from datetime import UTC, date, datetime

import numpy as np
import pandas as pd
import polars as pl
import pytest

from headway.dataset import Dataset
from headway.errors import DataError, UsageError

SCORES = pl.DataFrame(
    {"model": ["a", "b", "a"], "benchmark": ["x", "x", "y"], "score": [0.5, 0.7, 0.1]}
)


@pytest.mark.parametrize("convert", [lambda f: f, pl.DataFrame.to_pandas, pl.DataFrame.to_arrow])
def test_scores_alone_are_enough_in_any_library(convert):
    data = Dataset.from_frames(scores=convert(SCORES))
    assert data.models["name"].to_list() == ["a", "b"]
    assert data.models["announced_on"].null_count() == 2
    assert data.benchmarks["benchmark"].to_list() == ["x", "y"]
    assert data.scores["scale"].unique().to_list() == ["normalised"]
    assert data.scores["recorded_on"].unique().to_list() == [datetime.now(tz=UTC).date()]
    assert any("taken as normalised" in note for note in data.notes)
    assert any("2 models were made" in note for note in data.notes)
    assert data.digest == Dataset.from_frames(scores=SCORES, recorded_on="2020-01-01").digest


def test_the_day_of_record_is_an_argument():
    data = Dataset.from_frames(scores=SCORES, recorded_on=date(2020, 1, 1))
    assert data.as_of("2020-01-01").scores.height == 3


def test_ceilings_make_scores_raw():
    benchmarks = pl.DataFrame({"benchmark": ["x", "y"], "chance": [0, 0], "ceiling": [1, 1]})
    data = Dataset.from_frames(scores=SCORES, benchmarks=benchmarks)
    assert data.scores["scale"].unique().to_list() == ["raw"]
    assert data.normalised_scores()["performance"].sort().to_list() == [0.1, 0.5, 0.7]


def test_organisations_and_sources_are_made_of_the_ids_in_use():
    models = pl.DataFrame(
        {"model": ["a", "b"], "organisation": ["p", "q"], "partners": ["q; r", None]}
    )
    data = Dataset.from_frames(scores=SCORES.with_columns(source=pl.lit("mine")), models=models)
    assert data.organisations["organisation"].to_list() == ["p", "q", "r"]
    assert data.sources["source"].to_list() == ["data-frames", "mine"]


def test_sources_given_are_kept():
    sources = pl.DataFrame({"source": ["mine"], "title": ["Mine"]})
    data = Dataset.from_frames(scores=SCORES.with_columns(source=pl.lit("mine")), sources=sources)
    assert data.sources.filter(pl.col("source") == "mine")["title"].item() == "Mine"


def test_pandas_values_of_many_kinds():
    models = pd.DataFrame(
        {
            "model": pd.Categorical(["a", "b"]),
            "announced_on": pd.to_datetime(["2024-01-01", None]),
            "open_weights": pd.array([True, None], dtype="boolean"),
            "parameters": [7e9, float("nan")],
        }
    )
    benchmarks = pd.DataFrame({"benchmark": ["x", "y"], "n_items": [10.0, float("nan")]})
    data = Dataset.from_frames(scores=SCORES, models=models, benchmarks=benchmarks)
    assert data.models["announced_on"].to_list() == [date(2024, 1, 1), None]
    assert data.models["open_weights"].to_list() == [True, None]
    assert data.models["parameters"].to_list() == [7e9, None]
    assert data.benchmarks["n_items"].to_list() == [10, None]


def test_numbers_as_text_and_as_integers_are_read():
    scores = SCORES.with_columns(
        score=pl.col("score").cast(pl.String),
        cost_usd=pl.Series([1, 2, 3]),
        model=pl.Series([1, 2, 1]),
    )
    data = Dataset.from_frames(scores=scores)
    assert data.scores["score"].sum() == pytest.approx(1.3, abs=1e-12)
    assert float(data.scores["cost_usd"].sum()) == 6
    assert data.models["model"].to_list() == ["1", "2"]


@pytest.mark.parametrize(
    ("frames", "error", "expected"),
    [
        (
            {"scores": SCORES.with_columns(pl.col("score") * 100)},
            DataError,
            "scores run from 10 to",
        ),
        ({"scores": SCORES.rename({"score": "scroe"})}, DataError, "did you mean 'score'"),
        ({"scores": SCORES.with_columns(score=float("nan"))}, DataError, "nan is not a finite"),
        ({"scores": pl.concat([SCORES, SCORES])}, DataError, r"row 3 .*a second row for model 'a'"),
        ({"scores": SCORES.clear()}, DataError, "has a header and no rows"),
        ({"scores": SCORES.drop("model")}, DataError, "column 'model' is missing"),
        ({"scores": SCORES.with_columns(n=1.5)}, DataError, "1.5 is not a whole number"),
        ({"scores": SCORES.with_columns(stderr=-1.0)}, DataError, "-1.0 is not allowed"),
        ({"scores": SCORES.with_columns(harness=[1])}, DataError, "is not text"),
        ({"scores": SCORES.with_columns(scale=pl.lit("percent"))}, DataError, "one of raw, normal"),
        (
            {"scores": SCORES, "models": pl.DataFrame({"model": ["a"]})},
            DataError,
            "'b' is not in the table models",
        ),
        (
            {"scores": SCORES.with_columns(evaluated_on=datetime(2024, 1, 1, 3, tzinfo=UTC))},
            DataError,
            "is not a date",
        ),
        ({"scores": pd.DataFrame({"model": ["a", 1]})}, DataError, "cannot be converted"),
        ({"scores": SCORES.lazy()}, UsageError, "scores is of type LazyFrame"),
        ({"scores": [1, 2]}, UsageError, "scores is of type list"),
        ({"scores": SCORES, "model": SCORES}, UsageError, "did you mean 'models'"),
        ({"models": SCORES}, UsageError, "there is no evidence"),
    ],
)
def test_wrong_frames_are_refused_with_the_place(frames, error, expected):
    with pytest.raises(error, match=expected):
        Dataset.from_frames(**frames)


def test_responses_and_votes_travel_through_a_folder(tmp_path):
    import headway

    responses = pl.DataFrame(
        {"model": ["a"], "benchmark": ["x"], "item": ["1"], "score": [1.0], "epoch": [2]}
    )
    votes = pl.DataFrame({"vote": ["1"], "model_a": ["a"], "model_b": ["b"], "outcome": ["tie"]})
    data = Dataset.from_frames(scores=SCORES, responses=responses, votes=votes)
    read = headway.load(data.write(tmp_path / "facts"))
    assert (tmp_path / "facts" / "responses.parquet").is_file()
    assert read.digest == data.digest
    assert read.table("votes")["outcome"].to_list() == ["tie"]


def test_the_views_of_a_dataset_make_a_dataset(catalog):
    views = {name: catalog.table(name) for name in catalog.names}
    again = Dataset.from_frames(**views)
    assert again.digest == catalog.digest
    changed = catalog.scores.with_columns(score=pl.col("score") * 0.9)
    assert Dataset.from_frames(**(views | {"scores": changed})).digest != catalog.digest


@pytest.mark.parametrize(
    ("frames", "ruler"),
    [
        (
            {"votes": pl.DataFrame({
                "vote": ["1", "2", "3"], "model_a": ["a", "b", "a"], "model_b": ["b", "c", "c"],
                "outcome": ["a", "tie", "b"]})},
            "pairwise",
        ),
        (
            {"responses": pl.DataFrame({
                "model": ["a", "b"] * 2, "benchmark": "x", "item": ["1", "1", "2", "2"],
                "score": [1.0, 0.0, 1.0, 0.5]})},
            "items",
        ),
        (
            {"ratings": pl.DataFrame({
                "board": "x", "model": ["a", "b"], "rating": [1.0, 2.0],
                "as_of": date(2026, 3, 1)})},
            "published",
        ),
    ],
)  # fmt: skip
def test_one_kind_of_evidence_is_enough(tmp_path, frames, ruler):
    """Also in a folder; a ruler of another kind says what is missing."""
    import headway

    data = Dataset.from_frames(**frames)
    data.write(tmp_path / "facts")
    again = headway.load(tmp_path / "facts")
    assert again.digest == data.digest
    options = {"board": "x"} if ruler == "published" else {}
    scale = getattr(headway.rulers, ruler)(**options).fit(again)
    assert np.isfinite(scale.estimate).all()
    with pytest.raises(headway.HeadwayError):
        headway.rulers.eci().fit(again)
