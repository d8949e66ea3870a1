import copy
import dataclasses
import pickle
from datetime import date, datetime

import polars as pl
import pytest

import headway
from headway.dataset import Dataset
from headway.errors import DataError, UsageError


def corrected(folder, row):
    path = folder / "models.csv"
    path.write_text(path.read_text(encoding="utf-8") + row + "\n", encoding="utf-8")
    return headway.load(folder)


CORRECTION = "beta,Beta,two,one,CN,,,2024-05-01,2024-06-09,,true,unknown,unknown,,,,high,,"
CORRECTION += "data-frames,2025-07-01,1,announced earlier"


def test_the_last_revision_is_in_view_and_the_first_is_kept(folder):
    data = corrected(folder, CORRECTION)
    row = data.models.row(by_predicate=pl.col("model") == "beta", named=True)
    assert row["announced_on"] == date(2024, 5, 1)
    assert data.models.height == 4
    assert data.history("models").height == 5
    assert data.describe().filter(pl.col("table") == "models")["corrections"].item() == 1


def test_as_recorded_on_a_day(folder):
    data = corrected(folder, CORRECTION)
    before = data.as_of("2025-06-30")
    row = before.models.row(by_predicate=pl.col("model") == "beta", named=True)
    assert row["announced_on"] == date(2024, 6, 1)
    assert before.digest == headway.load(folder).as_of(date(2025, 6, 1)).digest
    after = data.as_of(datetime(2025, 7, 1, 12))  # noqa: DTZ001
    assert after.digest == data.digest
    assert "as recorded by 2025-07-01" in after.notes


def test_nothing_was_recorded_by_then(dataset):
    with pytest.raises(DataError, match="the first possible day is 2025-06-01"):
        dataset.as_of("2025-05-31")


def test_a_score_whose_model_came_later_is_left_out(folder):
    path = folder / "models.csv"
    text = path.read_text(encoding="utf-8")
    row = next(line for line in text.split("\n") if line.startswith("alpha,"))
    path.write_text(text.replace(row, row.replace("2025-06-01", "2025-09-01")), encoding="utf-8")
    before = headway.load(folder).as_of("2025-06-01")
    assert "alpha" not in before.scores["model"]
    assert "alpha" in headway.load(folder).as_of("2025-09-01").scores["model"]


def test_the_first_possible_day_is_one_on_which_it_is_possible(dataset):
    later = {
        name: rows.with_columns(recorded_on=pl.lit(date(2025, 8, 1)))
        for name, rows in dataset.tables.items()
        if name != "scores"
    }
    data = dataclasses.replace(dataset, tables=dict(dataset.tables) | later)
    with pytest.raises(DataError, match="the first possible day is 2025-08-01") as error:
        data.as_of("2025-07-01")
    day = error.value.hint.rsplit(" ", 1)[1]
    assert data.as_of(day).scores.height


def test_as_released_on_a_day(dataset):
    then = dataset.as_of("2024-06-01", by="released")
    assert then.models["model"].to_list() == ["alpha", "beta"]
    assert set(then.scores["model"]) == {"alpha", "beta"}
    assert then.benchmarks.height == 2
    assert "1 models without a day of announcement" in then.notes[-1]
    with pytest.raises(DataError, match="the first possible day is 2024-01-01"):
        dataset.as_of("2023-12-31", by="released")


def test_days_and_bases_that_are_not(dataset):
    with pytest.raises(UsageError, match="'last year' is not a day"):
        dataset.as_of("last year")
    with pytest.raises(UsageError, match="expected 'recorded' or 'released'"):
        dataset.as_of("2025-01-01", by="published")


@pytest.mark.parametrize(
    ("wanted", "models", "benchmarks", "scores"),
    [
        ({"country": "CN"}, 2, 2, 3),
        ({"country": ["CN", "US"]}, 4, 2, 6),
        ({"open_weights": True}, 1, 2, 2),
        ({"open_weights": None}, 2, 2, 2),
        ({"open_weights": [True, None]}, 3, 2, 4),
        ({"available_on": "2024-06-09"}, 1, 2, 2),
        ({"announced_on": date(2024, 1, 1)}, 1, 2, 2),
        ({"item_access": ["held_out"]}, 4, 1, 3),
        ({"domain": "math"}, 4, 1, 3),
        ({"domain": "math", "country": "US"}, 2, 1, 1),
        ({"model": ("alpha", "gamma")}, 2, 2, 3),
        ({"reporter": {"developer"}}, 4, 2, 2),
        ({"reporter": "developer", "benchmark": "maths"}, 4, 1, 1),
        ({}, 4, 2, 6),
    ],
)
def test_where(dataset, wanted, models, benchmarks, scores):
    kept = dataset.where(**wanted)
    found = (kept.models.height, kept.benchmarks.height, kept.scores.height)
    assert found == (models, benchmarks, scores)
    assert set(kept.scores["model"]) <= set(kept.models["model"])
    assert set(kept.prices["model"]) <= set(kept.models["model"])


def test_a_filtered_dataset_can_be_written_and_read(dataset, tmp_path):
    kept = dataset.where(country="CN")
    assert headway.load(kept.write(tmp_path / "cn")).digest == kept.digest


def test_a_correction_stays_with_what_it_corrects(folder):
    kept = corrected(folder, CORRECTION).where(country="CN")
    assert kept.history("models").filter(pl.col("model") == "beta").height == 2


def test_a_later_version_that_is_filtered_away_is_forgotten():
    data = headway.load()
    first = data.where(benchmark="frontiermath-2025-02-28-private")
    assert first.benchmarks["superseded_by"].to_list() == [None]
    assert first.scores.height > 10


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ({"contry": "CN"}, r"no column 'contry' to filter by \(did you mean 'country'\?\)"),
        ({"country": "FR"}, "no 'country' is 'FR'"),
        ({"country": "cn"}, r"did you mean 'CN'\?"),
        ({"country": []}, "the filter 'country' names no value"),
        ({"model": ["alpha", "alfa"]}, r"no 'model' is 'alfa' \(did you mean 'alpha'\?\)"),
        ({"country": None}, "no 'country' is None"),
        ({"available_on": "soon"}, "no 'available_on' is 'soon'"),
        ({"open_weights": object()}, "no 'open_weights' is <object"),
        ({"revision": 0}, "no column 'revision'"),
    ],
)
def test_filters_that_match_nothing_say_what_would(dataset, wanted, expected):
    with pytest.raises(UsageError, match=expected):
        dataset.where(**wanted)


def test_the_possible_values_are_listed(dataset):
    with pytest.raises(UsageError) as caught:
        dataset.where(country="FR")
    assert caught.value.hint == "the values of 'country' are: CN, US"


def test_an_unknown_table(dataset):
    with pytest.raises(UsageError, match=r"no table 'model' \(did you mean 'models'\?\)"):
        dataset.table("model")


def test_tables_by_name_and_by_property(dataset):
    assert dataset.names == (
        "sources", "organisations", "models", "availability", "benchmarks", "aliases", "scores",
        "ratings", "prices",
    )  # fmt: skip
    for name in dataset.names:
        assert dataset.table(name).equals(getattr(dataset, name))


def test_performance_is_corrected_for_chance(dataset):
    rows = dataset.normalised_scores().select("model", "benchmark", "performance").rows()
    assert rows == [
        ("alpha", "coding", 0.5),
        ("alpha", "maths", 0.5),
        ("beta", "coding", 1.0),
        ("beta", "maths", 0.1 + 0.2),
        ("delta", "coding", 0.0),
        ("gamma", "maths", -0.25),
    ]


def test_the_digest_follows_the_facts_and_not_the_record(dataset, folder):
    assert headway.load(folder).digest == dataset.digest
    path = folder / "scores.csv"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("2025-06-01", "2025-06-02"), encoding="utf-8")
    assert headway.load(folder).digest == dataset.digest
    path.write_text(text.replace(",0.5,raw", ",0.51,raw"), encoding="utf-8")
    assert headway.load(folder).digest != dataset.digest


def test_it_can_be_pickled_and_copied(dataset):
    assert dataset.digest
    for other in (pickle.loads(pickle.dumps(dataset)), copy.deepcopy(dataset)):
        assert other.digest == dataset.digest
        assert other.notes == dataset.notes
        assert other.models.equals(dataset.models)


def test_it_is_shown_as_a_table(dataset):
    html = Dataset(tables=dataset.tables, origin="<b>", notes=("a<b",))._repr_html_()
    assert "&lt;b&gt;" in html
    assert "a&lt;b" in html
    assert "<table" in html
    assert "origin='data frames'" in repr(dataset)


def test_to_pandas(dataset):
    frames = dataset.to_pandas()
    assert frames["models"].shape == dataset.models.shape
    assert Dataset.from_frames(**frames).digest == dataset.digest


def test_to_pandas_without_pandas(dataset, monkeypatch):
    def refuse(_: pl.DataFrame) -> None:
        raise ModuleNotFoundError("pandas")

    monkeypatch.setattr(pl.DataFrame, "to_pandas", refuse)
    with pytest.raises(UsageError, match="pandas and PyArrow are needed"):
        dataset.to_pandas()
