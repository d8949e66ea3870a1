import errno
import os
from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl
import pytest
from filelock import FileLock

import headway
from headway.dataset import importing, writing
from headway.dataset.importing import bring
from headway.errors import DataError, UsageError
from headway.sources import Refused
from tests.dataset.sources import AUGUST, MATRIX, MAY, content, counts, matrix, scores, take


@pytest.fixture
def into(tmp_path):
    return tmp_path / "mine"


def test_a_dataset_is_begun_and_every_row_is_accounted_for(into):
    report = take(into)
    assert report.written
    assert report.complete
    assert counts(report, "scores") == {
        "converted": 3, "refused": 0, "skipped": 0, "added": 3, "revised": 0, "unchanged": 0,
        "superseded": 0, "ended": 0,
    }  # fmt: skip
    data = headway.load(into)
    assert data.models.select("model", "name").rows() == [
        ("alpha-1", "Alpha 1"), ("beta-2", "Beta 2"),
    ]  # fmt: skip
    assert data.benchmarks["benchmark"].to_list() == ["coding", "maths"]
    [told] = data.sources.to_dicts()
    assert (told["source"], told["licence"], told["retrieved_on"]) == ("my-tests", "CC0", MAY)
    assert data.scores["recorded_on"].unique().to_list() == [MAY]


def test_the_same_import_again_changes_no_byte(into):
    take(into)
    before = content(into)
    report = take(into, recorded_on=AUGUST)
    assert not report.written
    assert counts(report, "scores")["unchanged"] == 3
    assert content(into) == before


def test_a_file_of_a_source_is_read_matched_and_kept(tmp_path, into):
    file = matrix(tmp_path / "eci_benchmarks.csv")
    report = bring("epoch", [file], into, unmatched="add", recorded_on="2026-05-14", start="empty")
    assert (report.read, report.complete, report.source) == (3, True, "epoch")
    rows = headway.load(into).scores.select("model", "variant", "benchmark", "score").rows()
    assert rows == [
        ("alpha-1", "default", "coding", 0.25),
        ("alpha-1", "high", "maths", 0.5),
        ("beta-2", "default", "maths", 0.75),
    ]
    model = headway.load(into).models.row(0, named=True)
    assert model["listed_on"] == model["available_on"] == date(2024, 1, 1)
    assert not bring("epoch", [file], into, unmatched="add").written


def test_the_day_of_record_is_today(tmp_path, into):
    file = matrix(tmp_path / "eci_benchmarks.csv")
    before = datetime.now(tz=UTC).date()
    day = bring("epoch", [file], into, unmatched="add", start="empty").recorded_on
    assert before <= day <= datetime.now(tz=UTC).date()
    assert headway.load(into).scores["recorded_on"].max() == day


def test_a_later_vintage_adds_and_corrects_and_nothing_is_lost(tmp_path, into):
    early = matrix(tmp_path / "may.csv")
    rows = (MATRIX[0].replace("0.5", "0.6"), *MATRIX[2:], MATRIX[2].replace("Maths", "Coding"))
    late = matrix(tmp_path / "august.csv", rows)
    options = {"unmatched": "add", "start": "empty"}
    bring("epoch", [early], into, recorded_on=MAY, **options)
    first = headway.load(into)
    report = bring("epoch", [late], into, recorded_on=AUGUST, **options)
    assert [counts(report, "scores")[n] for n in ("added", "revised", "unchanged")] == [1, 1, 1]
    assert any("1 row of the same source kept" in note for note in report.notes)
    data = headway.load(into)
    assert data.as_of(MAY).scores.equals(first.scores)
    assert data.sources["retrieved_on"].to_list() == [AUGUST]
    assert data.history("scores").filter(pl.col("revision") > 0)["reason"].to_list() == [
        "epoch-matrix on 2026-08-11: score"
    ]
    before = content(into)
    report = bring("epoch", [early], into, recorded_on=MAY, **options)
    assert counts(report, "scores")["superseded"] == 1
    assert content(into) == before


@pytest.mark.parametrize(
    ("policy", "taken", "column"), [("refuse", 2, "refused"), ("skip", 2, "skipped")]
)
def test_rows_with_unknown_names(into, policy, taken, column):
    take(into, scores=scores().head(2))
    report = take(into, unmatched=policy)
    assert counts(report, "scores")["unchanged"] == taken
    assert counts(report, "scores")[column] == 1
    assert report.complete == (policy == "skip")
    [name] = report.unmatched
    assert (name.kind, name.foreign, name.rows) == ("model", "Beta 2", 1)
    if policy == "refuse":
        assert [row.reason for row in report.refused] == ["model 'Beta 2' is not known (1 row)"]


def test_a_map_is_kept_as_an_alias(into):
    take(into)
    other = scores(model=["A One", "A One", "New one"], score=[0.5, 0.25, 0.1])
    told = {"A One": "alpha-1", "New one": "+"}
    report = take(into, scores=other, names=told, unmatched="refuse")
    assert report.complete
    assert counts(report, "scores")["unchanged"] == 2
    data = headway.load(into)
    assert data.aliases.select("kind", "alias", "id").rows() == [("model", "A One", "alpha-1")]
    assert "new-one" in data.models["model"]
    again = take(into, scores=other, unmatched="refuse")
    assert again.complete
    assert not again.written
    left = take(into, scores=scores(model=["What"] * 3), names={"What": "-"}, unmatched="refuse")
    assert counts(left, "scores")["skipped"] == 3
    assert left.complete


def test_new_names_that_differ_in_spelling_alone_are_one(into):
    names = ["Gamma 3", "gamma-3", "Gamma 3 (high)"]
    take(into, scores=scores(model=names, benchmark=["x", "y", "x"]))
    data = headway.load(into)
    assert data.models["model"].to_list() == ["gamma-3"]
    assert data.scores.select("benchmark", "variant").rows() == [
        ("x", "default"), ("y", "default"), ("x", "high"),
    ]  # fmt: skip
    assert not take(into, scores=scores(model=names, benchmark=["x", "y", "x"])).written


def test_rows_that_break_a_rule_are_refused_with_the_reason(into):
    bad = scores(score=[0.5, 1.25, 0.75], stderr=[0.1, 0.1, -0.1])
    report = take(into, scores=bad)
    assert counts(report, "scores")["refused"] == 2
    assert sorted(row.reason for row in report.refused) == [
        "scores: alpha-1 / coding / my-tests, column 'score': 1.25 is outside -1 to 1, the range"
        " of a normalised score",
        "scores: beta-2 / maths / my-tests, column 'stderr': -0.1 is not allowed; expected a number"
        " of 0 or more",
    ]
    assert headway.load(into).scores.height == 1


def test_of_two_rows_of_one_key_the_later_counts(into):
    twice = pl.concat([scores(), scores(score=[0.5, 0.3, 0.8])])
    days = [date(2026, 1, day) for day in (1, 1, 1, 1, 2, 2)]
    report = take(into, scores=twice.with_columns(evaluated_on=pl.Series(days)))
    told = counts(report, "scores")
    assert (told["converted"], told["added"], told["refused"], told["unchanged"]) == (6, 3, 2, 1)
    assert "the latest evaluated is taken" in report.refused[0].reason
    assert headway.load(into).scores["score"].to_list() == [0.3, 0.5, 0.8]


def test_what_the_parser_refused_is_in_the_report(into):
    refused = (Refused(line=7, reason="no score", file="a.csv"),)
    report = take(into, refused=refused)
    assert report.refused == refused
    assert not report.complete
    said = report.to_dict()
    assert said["refused"] == [{"file": "a.csv", "line": 7, "reason": "no score"}]
    assert {row["table"] for row in said["tables"]} >= {"scores", "models", "sources"}
    assert said["names"][0]["did_you_mean"] == []


def test_attributes_come_with_models_and_organisations(into):
    told = scores(
        organisation=["One", "One", "Two"],
        model_name=["Alpha the First", None, None],
        released_on=[date(2024, 1, 1), None, None],
        country=["US", None, "Narnia"],
    )
    take(into, scores=told)
    data = headway.load(into)
    assert data.organisations["organisation"].to_list() == ["one", "two"]
    alpha, beta = data.models.to_dicts()
    assert (alpha["name"], alpha["organisation"], alpha["country"], alpha["announced_on"]) == (
        "Alpha the First", "one", "US", date(2024, 1, 1),
    )  # fmt: skip
    assert (beta["name"], beta["organisation"], beta["country"]) == ("Beta 2", "two", None)
    assert not take(into, scores=told, unmatched="refuse").written


def test_known_models_keep_what_the_dataset_says(into, tmp_path):
    report = take(
        into,
        scores=scores(
            model=["o3", "o3", "GPT-5"],
            benchmark=["GPQA diamond"] * 2 + ["HLE"],
            reporter=["developer", "benchmark", "benchmark"],
            released_on=[date(2020, 1, 1)] * 3,
        ),
        start="catalog",
    )
    assert report.complete
    assert counts(report, "scores")["added"] == 3
    before = headway.load().models
    assert headway.load(into).models.equals(before)


def test_a_reporter_follows_from_the_makers_of_the_model(into):
    told = scores(
        model=["o3"] * 3,
        benchmark=["GPQA diamond", "HLE", "MMLU"],
        reported_in=["GPT-4 Technical Report", "Qwen Technical Report", "nobody knows"],
    ).with_columns(reporter=pl.lit("unknown"))
    take(into, scores=told, start="catalog")
    rows = headway.load(into).scores.filter(source="my-tests").select("benchmark", "reporter")
    assert dict(rows.iter_rows()) == {
        "gpqa-diamond": "developer", "hle": "competitor", "mmlu": "unknown",
    }  # fmt: skip


def test_a_reporter_that_was_unknown_stays_so(into):
    told = scores().with_columns(reporter=pl.lit("unknown"))
    take(into, scores=told)
    known = told.with_columns(reporter=pl.lit("developer"), score=pl.Series([0.5, 0.25, 0.8]))
    report = take(into, scores=known, recorded_on=AUGUST)
    assert (counts(report, "scores")["added"], counts(report, "scores")["revised"]) == (0, 1)
    assert any("the reporter of 3 rows is unknown" in note for note in report.notes)
    assert headway.load(into).scores["reporter"].to_list() == ["unknown"] * 3
    new = known.with_columns(benchmark=pl.lit("Other")).tail(1)
    take(into, scores=new)
    assert set(headway.load(into).scores["reporter"]) == {"unknown", "developer"}


def test_ratings_without_a_day_repeat_the_newest_or_have_the_day_of_record(into):
    ratings = pl.DataFrame(
        {"board": ["B", "B"], "model": ["Alpha 1", "Beta 2"], "rating": [1.0, 2.0]}
    )
    take(into, ratings=ratings)
    assert not take(into, ratings=ratings, recorded_on=AUGUST).written
    changed = ratings.with_columns(pl.col("rating") + 1)
    take(into, ratings=changed, recorded_on=AUGUST)
    assert headway.load(into).ratings["as_of"].unique().sort().to_list() == [MAY, AUGUST]


def test_percentages_become_shares_where_the_dataset_has_shares(into):
    benchmarks = pl.DataFrame({"benchmark": ["Maths", "Coding"], "ceiling": [1.0, 100.0],
                               "chance": [0.0, 0.0]})  # fmt: skip
    raw = scores().with_columns(scale=pl.lit("raw"))
    take(into, scores=raw, benchmarks=benchmarks)
    percent = raw.with_columns(score=pl.Series([50.0, 25.0, 75.0]), stderr=pl.Series([1.0] * 3))
    other = benchmarks.with_columns(ceiling=pl.Series([100.0, 100.0]))
    tables = {"sources": pl.DataFrame({"source": ["s2"]}), "benchmarks": other}
    report = take(into, scores=percent.with_columns(source=pl.lit("s2")), **tables)
    assert "raw scores of 'Maths' were multiplied by 0.01" in report.notes
    rows = headway.load(into).scores.filter(source="s2").select("score", "stderr").rows()
    assert rows == [(25.0, 1.0), (0.5, 0.01), (0.75, 0.01)]
    silent = take(into, scores=raw.with_columns(source=pl.lit("s3")),
                  sources=pl.DataFrame({"source": ["s3"]}))  # fmt: skip
    assert any("are they shares of 1?" in note for note in silent.notes)


@pytest.mark.parametrize("table", ["responses", "votes"])
def test_large_tables_are_merged_range_by_range(into, monkeypatch, table):
    monkeypatch.setattr("headway.dataset.large.PIECE", 10)
    monkeypatch.setattr("headway.dataset.large._SAMPLE", 5)
    rows = 60
    frame = pl.DataFrame({"k": range(rows)}).select(
        **(
            {
                "model": pl.when(pl.col("k") % 2 == 0)
                .then(pl.lit("Alpha 1"))
                .otherwise(pl.lit("Beta 2")),
                "benchmark": pl.lit("Maths"),
                "item": pl.format("q{}", pl.col("k") // 2),
                "score": pl.col("k") % 3 / 2,
            }
            if table == "responses"
            else {
                "vote": pl.format("v{}", pl.col("k")),
                "model_a": pl.lit("Alpha 1"),
                "model_b": pl.lit("Beta 2"),
                "outcome": pl.lit("tie"),
            }
        )
    )
    value = "score" if table == "responses" else "domain"
    report = take(into, **{table: frame.sample(fraction=1, shuffle=True, seed=3)})
    assert counts(report, table)["added"] == rows
    data = headway.load(into)
    copy = data.write(into.parent / "copy")
    assert content(copy) == content(into)
    assert not take(into, **{table: frame}).written
    assert content(into) == content(copy)
    changed = frame.head(3).with_columns(
        pl.lit(0.25 if table == "responses" else "math").alias(value)
    )
    report = take(into, **{table: changed}, recorded_on=AUGUST)
    assert counts(report, table)["revised"] == 3
    after = headway.load(into)
    assert after.table(table).height == rows
    assert after.history(table).height == rows + 3
    assert after.as_of(MAY).table(table).equals(data.table(table))
    unknown = frame.with_columns(
        pl.lit("Nobody").alias("model" if table == "responses" else "model_a")
    )
    report = take(into, **{table: unknown}, unmatched="refuse")
    assert counts(report, table)["refused"] == rows
    assert not report.written


def test_a_trial_writes_nothing(into):
    report = take(into, dry_run=True)
    assert counts(report, "scores")["added"] == 3
    assert not report.written
    assert not into.parent.joinpath(".mine.lock").exists()
    assert not into.exists()


def test_a_dataset_needs_scores(into):
    with pytest.raises(DataError, match="there would be no row in the table"):
        take(into, scores=None, models=pl.DataFrame({"model": ["A"]}), benchmarks=None)
    assert not into.exists()


@pytest.mark.parametrize(
    ("call", "error"),
    [
        ({"unmatched": "maybe"}, "unmatched is 'maybe'"),
        ({"names": {"x": "nothing"}}, "which is no id of the dataset"),
    ],
)
def test_wrong_options(into, call, error):
    with pytest.raises(UsageError, match=error):
        take(into, **call)
    assert not into.exists()


def test_wrong_sources_paths_and_options(tmp_path, into):
    with pytest.raises(UsageError, match="there is no source 'epok'"):
        bring("epok", [tmp_path], into)
    with pytest.raises(DataError, match="there is no"):
        bring("epoch", [tmp_path / "nothing.csv"], into)
    with pytest.raises(UsageError, match="has no option 'colour'"):
        bring("epoch", [matrix(tmp_path / "m.csv")], into, colour="red")


def test_a_folder_that_is_no_dataset_is_left_alone(into):
    into.mkdir()
    (into / "letter.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(DataError, match="is not a dataset"):
        take(into)
    assert content(into) == {"letter.txt": b"mine"}


def test_a_dataset_that_is_not_sound_is_not_touched(into):
    take(into)
    path = into / "scores.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("alpha-1", "alfa"), encoding="utf-8")
    before = content(into)
    with pytest.raises(DataError, match="is not sound"):
        take(into)
    assert content(into) == before


def test_a_second_writer_waits_or_is_refused(into, monkeypatch):
    monkeypatch.setattr(importing, "WAIT_SECONDS", 0.05)
    take(into)
    before = content(into)
    with (
        FileLock(into.parent / ".mine.lock"),
        pytest.raises(DataError, match="is being written by another process"),
    ):
        take(into, scores=scores(score=[0.1, 0.2, 0.3]))
    assert content(into) == before


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EROFS, errno.EACCES, errno.EDQUOT])
@pytest.mark.parametrize("large", [False, True])
def test_a_disk_that_refuses_leaves_the_dataset_as_it_was(into, monkeypatch, code, large):
    take(into)
    before = content(into)

    def refuse(*_: object) -> None:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(writing, "in_pieces" if large else "_flushed", refuse)
    answers = pl.DataFrame(
        {"model": ["Alpha 1"], "benchmark": ["Maths"], "item": ["q"], "score": [1.0]}
    )
    with pytest.raises(DataError, match=os.strerror(code).lower()) as caught:
        take(into, scores=scores(score=[0.1, 0.2, 0.3]), responses=answers)
    assert caught.value.hint == "what was there before is unchanged"
    assert content(into) == before
    assert [entry.name for entry in into.parent.iterdir() if ".new-" in entry.name] == []


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_cannot_be_written(into):
    into.parent.chmod(0o500)
    try:
        with pytest.raises(DataError, match="permission denied"):
            take(into)
    finally:
        into.parent.chmod(0o700)


@pytest.mark.filterwarnings("ignore")
def test_frictionless_finds_every_dataset_valid(tmp_path, into):
    import frictionless

    answers = pl.DataFrame(
        {"model": ["Alpha 1"], "benchmark": ["Maths"], "item": ["q"], "score": [1.0]}
    )
    votes = pl.DataFrame(
        {"vote": ["v"], "model_a": ["Alpha 1"], "model_b": ["Beta 2"], "outcome": ["tie"]}
    )
    more = pl.DataFrame({"output_tokens": [5], "cost_usd": ["0.5"], "seconds": [1.5]})
    answers = pl.concat([answers, answers.hstack(more).with_columns(item=pl.lit("r"))],
                        how="diagonal")  # fmt: skip
    take(into, responses=answers, votes=votes, names={"Beta 2": "+"})
    take(into, scores=scores(score=[0.1, 0.2, 0.3]), recorded_on=AUGUST)
    take(tmp_path / "more", start="catalog")
    for folder in (into, tmp_path / "more"):
        report = frictionless.validate(str(folder / "datapackage.json"))
        assert report.valid, report.flatten(["type", "note"])


def test_import_export_import_gives_the_same_bytes(into, tmp_path):
    file = matrix(tmp_path / "eci_benchmarks.csv")
    bring("epoch", [file], into, unmatched="add", recorded_on=MAY, start="empty")
    copy = headway.load(into).write(tmp_path / "copy")
    assert content(copy) == content(into)
    assert not bring("epoch", [file], copy, unmatched="add", recorded_on=MAY).written
    other = tmp_path / "other"
    bring("epoch", [file], other, unmatched="add", recorded_on=MAY, start="empty")
    assert content(other) == content(into)


FACTS = os.environ.get("HEADWAY_FACTS")


@pytest.mark.skipif(FACTS is None, reason="HEADWAY_FACTS does not name the published facts")
def test_the_published_vintages_in_order(into):
    folder = Path(str(FACTS))
    early = folder / "epoch-2026-05-14" / "eci_benchmarks.csv"
    late = folder / "epoch-2026-08-11" / "eci_benchmarks.csv"
    options = {"unmatched": "add", "start": "empty"}
    first = bring("epoch", [early], into, recorded_on=MAY, **options)
    assert (first.read, first.complete, counts(first, "scores")["added"]) == (1568, True, 1568)
    second = bring("epoch", [late], into, recorded_on=AUGUST, **options)
    assert (second.read, second.complete) == (2249, True)
    told = counts(second, "scores")
    assert (told["added"], told["revised"], told["unchanged"]) == (792, 123, 1334)
    assert not bring("epoch", [late], into, recorded_on=AUGUST, **options).written
    assert headway.load(into).as_of(MAY).scores.height == 1568


@pytest.mark.skipif(FACTS is None, reason="HEADWAY_FACTS does not name the published facts")
def test_the_matrix_of_the_catalog_brings_nothing_new(into):
    late = Path(str(FACTS)) / "epoch-2026-08-11" / "eci_benchmarks.csv"
    report = bring("epoch", [late], into)
    assert counts(report, "scores")["unchanged"] == 2249
    assert not report.written


def test_a_new_model_does_not_take_over_a_variant_of_another(into):
    take(into)
    names = ["Beta 2 (max)", "beta-2-max", "Beta 2"]
    told = scores(model=names, benchmark=["Maths", "Coding", "Maths"])
    first = take(into, scores=told)
    assert [row.reason for row in first.refused] == [
        "model 'beta-2-max' is not known (1 row); did you mean 'beta-2'?"
    ]
    assert headway.load(into).scores.filter(variant="max")["model"].to_list() == ["beta-2"]
    assert not take(into, scores=told).written
