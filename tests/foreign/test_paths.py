"""Files and folders whose names are patterns, options, escapes or no text at all."""

import os
from pathlib import Path

import polars as pl
import pytest
from tests.dataset.sources import matrix

import headway
from headway.dataset.importing import bring
from headway.errors import DataError
from headway.foreign import apart
from headway.rulers.responses.answer_files import scan
from headway.sources import columns

# A name, and one beside it that the name would match as a pattern.
NAMES = [
    ("a[1]", "a1"), ("st*r", "star"), ("a?b", "axb"), ("**", "other"), ("x=y", "xy"),
    ("{a,b}", "a"), ("ev\x1b[2J\n", "ev"), ("-out", "out"), ("~", "home"), ("$HOME", "home"),
]  # fmt: skip
NOT_UTF8 = os.fsdecode(b"bad\xff\xfe")
ANSWERS = "model,benchmark,item,score\n"
MAPPING = {"rows": "responses", "columns": {n: n for n in ("model", "benchmark", "item", "score")}}


def table(path: Path, model: str) -> Path:
    frame = pl.DataFrame({"model": [model], "benchmark": ["t"], "item": ["i"], "score": ["1"]})
    with path.open("wb") as file:
        if path.suffix == ".parquet":
            frame.write_parquet(file)
        elif path.suffix == ".xlsx":
            frame.write_excel(file)
        else:
            frame.write_csv(file)
    return path


@pytest.mark.parametrize("ending", [".csv", ".parquet", ".xlsx"])
@pytest.mark.parametrize(("name", "other"), NAMES)
def test_a_table_is_the_file_that_was_named(tmp_path, name, other, ending):
    named = table(tmp_path / f"{name}{ending}", "named")
    table(tmp_path / f"{other}{ending}", "other")
    assert columns.read_frame(named)[0]["model"].to_list() == ["named"]
    if ending != ".xlsx":
        assert scan(str(named)).collect()["model"].to_list() == ["named"]


@pytest.mark.parametrize("ending", [".parquet", ".xlsx", ".csv"])
def test_a_name_that_is_no_text_is_a_sentence_or_is_read(tmp_path, ending):
    named = table(tmp_path / f"{NOT_UTF8}{ending}", "named")
    if ending == ".csv":
        report = bring("table", [named], tmp_path / "into", unmatched="add", mapping=MAPPING,
                       start="empty")  # fmt: skip
        assert report.written
        assert headway.load(tmp_path / "into").sources["title"].to_list() == [
            "bad\\udcff\\udcfe.csv"
        ]
    else:
        with pytest.raises(DataError, match="its name is not in UTF-8"):
            columns.read_frame(named)
    if ending != ".xlsx":
        with pytest.raises(DataError, match="its name is not in UTF-8"):
            scan(str(named))


def with_answers(folder: Path, models: list[str]) -> Path:
    answers = pl.DataFrame(
        {"model": models, "benchmark": "t", "item": "first", "score": [1.0] * len(models)}
    )
    facts = pl.DataFrame({"model": models, "name": models})
    made = headway.Dataset.from_frames(
        models=facts, benchmarks=pl.DataFrame({"benchmark": ["t"]}), responses=answers,
        recorded_on="2026-01-02",
    )  # fmt: skip
    return made.write(folder)


@pytest.mark.parametrize(("name", "other"), NAMES)
def test_answers_are_taken_into_the_dataset_that_was_named(tmp_path, name, other):
    named = with_answers(tmp_path / name, ["a", "b"])
    with_answers(tmp_path / other, ["a", "b", "c"])
    more = tmp_path / "more.csv"
    more.write_text(ANSWERS + "a,t,second,0\nb,t,second,1\n")
    report = bring("table", [more], named, unmatched="add", mapping=MAPPING)
    assert report.written
    rows = headway.load(named).table("responses").select("model", "item").rows()
    assert sorted(rows) == [(m, i) for m in "ab" for i in ("first", "second")]


def test_answers_below_a_name_that_is_no_text_are_refused(tmp_path):
    sound = with_answers(tmp_path / "sound", ["a"])
    data = headway.load(sound)
    with pytest.raises(DataError, match="no reader would take it"):
        data.write(tmp_path / NOT_UTF8)
    assert sorted(entry.name for entry in tmp_path.iterdir() if entry.is_dir()) == ["sound"]
    named = sound.rename(tmp_path / NOT_UTF8)
    with pytest.raises(DataError, match="its name is not in UTF-8"):
        bring("epoch", [matrix(tmp_path / "a.csv")], named, unmatched="add")


def test_the_rows_of_a_sound_file_are_counted(tmp_path):
    path = tmp_path / "a.parquet"
    pl.DataFrame({"a": range(7)}).write_parquet(path)
    assert apart.check_parquet(path) == 7
    pl.DataFrame({"a": []}).write_parquet(path)
    assert apart.check_parquet(path) == 0
