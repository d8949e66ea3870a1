"""Up to which day a source covers the field: stated, never guessed from the day of import."""

from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

import headway
from headway.dataset import Dataset
from headway.dataset.check import quality
from headway.dataset.coverage import covered
from headway.dataset.importing import bring
from headway.errors import UsageError
from tests.dataset.sources import AUGUST, MAY, counts, matrix, scores, take

RATINGS = (
    "snapshot_date,subset,publish_date,category,rank,model_name,organization,license,rating\n"
    "2026-07-30,text,2026-07-20,overall,1,gpt-5,openai,Proprietary,1500\n"
    "2026-07-30,text,2026-06-20,overall,1,gpt-5,openai,Proprietary,1490\n"
)
VOTES = "model_a,model_b,winner,tstamp\ngpt-5,o3,model_a,1767225600\ngpt-5,o3,model_b,1768089600\n"
METR = """\
results:
  gpt_5_inspect:
    metrics:
      average_score: {estimate: 0.7}
      p50_horizon_length: {estimate: 137}
      p80_horizon_length: {estimate: 25.5}
    release_date: 2025-08-07
"""
PRICES = "provider,model,start,input,output\nopenai,gpt-5,2025-08-07,1.25,10\n"
TABLE = "model,benchmark,score\ngpt-5,GPQA diamond,0.5\n"
FILES: dict[str, tuple[str, str, str, date | None]] = {
    "arena ratings": ("arena", "board.csv", RATINGS, date(2026, 7, 20)),
    "arena votes": ("arena", "votes.csv", VOTES, date(2026, 1, 11)),
    "metr": ("metr", "time_horizons.yaml", METR, None),
    "prices": ("prices", "prices.csv", PRICES, None),
    "table": ("table", "mine.csv", TABLE, None),
    "epoch": ("epoch", "eci_benchmarks.csv", "", None),
}


def imported(kind: str, folder: Path, **options: Any) -> tuple[Dataset, Dataset]:
    name, file, text, _ = FILES[kind]
    path = folder / file
    if text:
        path.write_text(text, encoding="utf-8")
    else:
        matrix(path)
    into = folder / "facts"
    bring(name, [path], into, unmatched="add", **({"recorded_on": "2026-11-30"} | options))
    return headway.load(), headway.load(into)


def coverage(data: Dataset) -> dict[str, date | None]:
    return dict(data.sources.select("source", "covers_until").iter_rows())


@pytest.mark.parametrize("kind", FILES)
def test_a_source_covers_what_its_files_say_and_nothing_more(kind: str, tmp_path: Path) -> None:
    before, after = imported(kind, tmp_path)
    was, now = coverage(before), coverage(after)
    stated = FILES[kind][3]
    for source, day in now.items():
        assert day == was.get(source, stated), source


@pytest.mark.parametrize("kind", FILES)
def test_coverage_is_stated_with_the_import(kind: str, tmp_path: Path) -> None:
    day = date(2026, 10, 5)
    before, after = imported(kind, tmp_path, covers_until=day)
    was, now = coverage(before), coverage(after)
    moved = {source for source, known in now.items() if known != was.get(source)}
    assert moved
    assert {now[source] for source in moved} == {day}


@pytest.mark.parametrize("kind", FILES)
def test_coverage_after_the_day_of_record_is_refused(kind: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="after the day of record 2026-10-01"):
        imported(kind, tmp_path, covers_until="2026-10-02", recorded_on="2026-10-01")
    assert not (tmp_path / "facts").exists()


def test_a_file_with_days_after_the_day_of_record_covers_no_more_than_that(tmp_path: Path) -> None:
    _, after = imported("arena ratings", tmp_path, recorded_on="2026-07-01")
    assert coverage(after)["arena"] == date(2026, 7, 1)


def test_an_older_vintage_does_not_shorten_what_is_covered(tmp_path: Path) -> None:
    source = pl.DataFrame({"source": ["s"], "covers_until": [MAY]})
    into = tmp_path / "facts"
    take(into, sources=source, recorded_on=AUGUST)
    for day, wanted in ((date(2026, 1, 1), MAY), (None, MAY), (date(2026, 6, 1), date(2026, 6, 1))):
        told = source.with_columns(covers_until=pl.lit(day, dtype=pl.Date))
        take(into, sources=told, recorded_on=date(2026, 8, 12))
        assert coverage(headway.load(into)) == {"s": wanted}
    report = take(into, sources=source, recorded_on=date(2026, 8, 13))
    assert counts(report, "sources")["revised"] == 0
    assert not report.written


def test_coverage_alone_is_news(tmp_path: Path) -> None:
    into = tmp_path / "facts"
    source = pl.DataFrame({"source": ["s"]})
    take(into, sources=source, recorded_on=AUGUST)
    told = source.with_columns(covers_until=pl.lit(AUGUST))
    assert take(into, sources=told, recorded_on=AUGUST).written
    assert coverage(headway.load(into)) == {"s": AUGUST}


def test_what_was_known_earlier_knows_no_later_coverage(tmp_path: Path) -> None:
    into = tmp_path / "facts"
    source = pl.DataFrame({"source": ["s"], "covers_until": [MAY]})
    take(into, sources=source, recorded_on=MAY)
    later = source.with_columns(covers_until=pl.lit(AUGUST))
    take(into, sources=later, scores=scores(score=[0.6, 0.3, 0.8]), recorded_on=AUGUST)
    data = headway.load(into)
    assert covered(data, ["s"]) == (AUGUST, "s")
    assert covered(data.as_of("2026-06-30"), ["s"]) == (MAY, "s")
    assert covered(data.as_of("2026-05-20"), ["s"]) == (MAY, "s")


def test_a_dataset_without_the_column_is_read_and_covers_nothing(tmp_path: Path) -> None:
    into = tmp_path / "facts"
    take(into)
    file = into / "sources.csv"
    frame = pl.read_csv(file, infer_schema=False).drop("covers_until")
    frame.write_csv(file)
    data = headway.load(into)
    assert set(coverage(data).values()) == {None}
    assert take(into, scores=scores(score=[0.6, 0.3, 0.8]), recorded_on=AUGUST).written


def checks(**sources: Any) -> list[tuple[str, str]]:
    models = pl.DataFrame(
        {"model": ["a", "b"], "announced_on": [date(2024, 1, 1), date(2024, 6, 1)]}
    )
    table = pl.DataFrame(
        [("a", "x", 0.1, "s"), ("b", "x", 0.2, "s")],
        schema=["model", "benchmark", "score", "source"], orient="row",
    )  # fmt: skip
    made = {"retrieved_on": date(2024, 7, 1), "covers_until": date(2024, 7, 1)} | sources
    told = pl.DataFrame({"source": ["s"]} | {name: [value] for name, value in made.items()})
    data = Dataset.from_frames(scores=table, models=models, sources=told, recorded_on="2024-08-01")
    found = quality(data).filter(pl.col("check").is_in(["contradicting_coverage", "ahead_of_time"]))
    return found.select("severity", "message").rows()


def test_coverage_that_cannot_be_is_found() -> None:
    assert checks() == []
    [(severity, said)] = checks(covers_until=date(2024, 7, 2))
    assert (severity, said) == (
        "error", "covers the field until 2024-07-02, after it was read on 2024-07-01",
    )  # fmt: skip
    [(severity, said)] = checks(covers_until=date(2025, 1, 1), retrieved_on=None)
    assert severity == "error"
    assert "after the newest row was recorded on 2024-08-01" in said
    [(severity, said)] = checks(covers_until=date(2024, 3, 1))
    assert severity == "warning"
    assert "1 of the models that it measured came later, the last of them b on 2024-06-01" in said


def test_models_of_the_future_are_found() -> None:
    models = pl.DataFrame({"model": ["a"], "available_on": [date(2062, 1, 1)]})
    table = pl.DataFrame({"model": ["a"], "benchmark": ["x"], "score": [0.5]})
    data = Dataset.from_frames(scores=table, models=models, recorded_on="2024-08-01")
    found = quality(data).filter(pl.col("check") == "ahead_of_time")
    assert found["message"].to_list() == [
        "is dated 2062-01-01, after the newest row was recorded on 2024-08-01"
    ]


def test_the_shipped_surveys_say_what_they_cover(catalog: Dataset) -> None:
    stated = {source: day for source, day in coverage(catalog).items() if day is not None}
    assert stated == {"epoch-index": AUGUST, "epoch-matrix": AUGUST}
