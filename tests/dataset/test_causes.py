"""A cause is said once: what follows from it is no further problem."""

from datetime import date

import polars as pl
import pytest

import headway
from headway.dataset import Dataset
from headway.dataset.tables import TABLES
from headway.errors import DataError, HeadwayError, UsageError

NAMES = [f"m{row}" for row in range(20)]
SCORES = pl.DataFrame(
    {
        "model": NAMES * 2,
        "benchmark": ["x"] * 20 + ["y"] * 20,
        "score": [0.01 * n for n in range(40)],
    }
)
FRAMES = {
    "scores": SCORES,
    "responses": SCORES.with_columns(item=pl.lit("q")),
    "votes": pl.DataFrame(
        {"vote": NAMES, "model_a": NAMES, "model_b": NAMES[::-1], "outcome": "a"}
    ),
    "ratings": pl.DataFrame(
        {
            "board": "b",
            "model": NAMES,
            "rating": [1.0 * n for n in range(20)],
            "as_of": [date(2026, 1, 1)] * 20,
        }
    ),
}
LACKING = [(table, name) for table, frame in FRAMES.items() for name in frame.columns]


@pytest.mark.parametrize(("table", "name"), LACKING)
def test_evidence_without_a_column_is_one_problem(table, name):
    with pytest.raises(DataError) as caught:
        Dataset.from_frames(**{table: FRAMES[table].drop(name)})
    assert list(caught.value.details) == [f"{table}, header: column {name!r} is missing"]


@pytest.mark.parametrize("table", ["models", "benchmarks", "sources"])
def test_a_table_without_its_ids_is_one_problem_and_its_unknown_column(table):
    key = TABLES[table].key[0]
    others = {table: pl.DataFrame({"colour": ["red", "blue"]})}
    with pytest.raises(DataError) as caught:
        Dataset.from_frames(scores=SCORES.with_columns(source=pl.lit("s")), **others)
    details = [line for line in caught.value.details if "unknown column" not in line]
    assert details == [f"{table}, header: column {key!r} is missing"]


@pytest.mark.parametrize("table", ["models", "benchmarks", "sources", "scores"])
def test_a_folder_whose_file_lacks_its_first_column(tmp_path, table):
    folder = Dataset.from_frames(scores=SCORES).write(tmp_path / "facts")
    file = folder / f"{table}.csv"
    first, comma, rest = file.read_text().partition(",")
    file.write_text(f"colour{comma}{rest}")
    with pytest.raises(DataError) as caught:
        headway.load(folder)
    details = list(caught.value.details)
    assert f"{table}.csv, header: column {first!r} is missing" in details
    assert len(details) == 2


@pytest.mark.parametrize("convert", [lambda frame: frame, pl.DataFrame.to_pandas])
@pytest.mark.parametrize(
    "wide",
    [
        pl.DataFrame({"model": ["a", "b"], "x": [0.1, 0.2], "y": [0.3, None]}),
        pl.DataFrame({"Model": ["a", "b"], "organisation": ["o", "p"], "x": [0.1, 0.2]}),
        pl.DataFrame({"x": ["10%", "20%"], "model": ["a", "b"]}),
        pl.DataFrame({"x": [0.1, 0.2], "y": [0.3, 0.4]}),
    ],
)
def test_a_wide_frame_given_as_scores_is_pointed_to_wide(wide, convert):
    with pytest.raises(UsageError, match="but columns of numbers: 'x'") as caught:
        Dataset.from_frames(scores=convert(wide))
    assert "is given as wide=" in str(caught.value.hint)


def test_a_long_frame_with_other_names_is_not_called_wide():
    with pytest.raises(HeadwayError, match="column 'benchmark' is missing") as caught:
        Dataset.from_frames(scores=pl.DataFrame({"model": ["a"], "task": ["x"], "score": [0.3]}))
    assert "wide" not in str(caught.value)


def test_the_models_of_a_wide_frame_may_be_its_index():
    wide = pl.DataFrame({"x": [0.1, 0.2], "y": [0.3, 0.4]}).to_pandas()
    data = Dataset.from_frames(wide=wide.set_axis(["a", "b"]))
    assert data.scores.sort("model", "benchmark")["score"].to_list() == [0.1, 0.3, 0.2, 0.4]
    with pytest.raises(UsageError, match="which column is model") as caught:
        Dataset.from_frames(wide=wide)
    assert "TOML" not in str(caught.value.hint)
