"""One rule for what a dataset needs, whoever asks: frames, writing, reading and importing."""

import polars as pl
import pytest

import headway
from headway.dataset import rules
from headway.dataset.check import quality
from headway.dataset.importing import bring
from headway.dataset.tables import EVIDENCE, TABLES
from headway.errors import DataError, HeadwayError
from headway.sources import Refused
from tests.dataset.sources import counts, take

FRAMES = {
    "scores": pl.DataFrame(
        {"model": ["a", "b"], "benchmark": ["x", "x"], "score": [0.5, 0.25]}
    ).with_columns(scale=pl.lit("normalised")),
    "responses": pl.DataFrame(
        {"model": ["a"], "benchmark": ["x"], "item": ["1"], "epoch": [1], "score": [1.0]}
    ),
    "votes": pl.DataFrame(
        {"vote": ["1"], "model_a": ["a"], "model_b": ["b"], "outcome": ["a"]}
    ),
    "ratings": pl.DataFrame(
        {"board": ["w"], "model": ["a"], "rating": [1.0]}
    ).with_columns(as_of=pl.date(2026, 1, 1)),
    "prices": pl.DataFrame(
        {"model": ["a"], "provider": ["p"], "input_usd_per_mtok": ["1"]}
    ).with_columns(pl.date(2026, 1, 1).alias("from")),
    "indicators": pl.DataFrame(
        {"indicator": ["i"], "subject": ["s"], "value": [1.0]}
    ).with_columns(date=pl.date(2026, 1, 1)),
}  # fmt: skip
ENOUGH = [*((name,) for name in EVIDENCE), ("votes", "prices"), ("votes", "ratings")]
SHORT = [("prices",), ("indicators",), ("prices", "indicators")]


@pytest.mark.parametrize("names", ENOUGH)
def test_what_is_enough_is_enough_for_all(names, tmp_path):
    given = {"scores": None} | {name: FRAMES[name] for name in names}
    frames = {name: FRAMES[name] for name in names}
    made = headway.Dataset.from_frames(**frames, recorded_on="2026-05-14")
    written = made.write(tmp_path / "made")
    assert headway.load(written).digest == made.digest
    quality(headway.load(written))
    begun = tmp_path / "begun"
    assert take(begun, **given).written
    quality(headway.load(begun))
    for folder in (written, begun):
        report = take(folder, **given, start="catalog")
        assert report.complete
        for name, frame in frames.items():
            assert counts(report, name)["converted"] == frame.height
            assert headway.load(folder).table(name).height >= frame.height
    assert made.as_of("2026-06-01").digest == made.digest
    with pytest.raises(DataError, match=r"no .* as recorded by 2026-05-13"):
        made.as_of("2026-05-13")


@pytest.mark.parametrize("names", SHORT)
def test_what_is_not_enough_is_refused_by_all(names, tmp_path):
    given = {"scores": None} | {name: FRAMES[name] for name in names}
    with pytest.raises(HeadwayError):
        headway.Dataset.from_frames(**{name: FRAMES[name] for name in names})
    with pytest.raises(DataError, match=r"no row in the tables .*'benchmarks' and 'scores'"):
        take(tmp_path / "begun", **given)
    assert not (tmp_path / "begun").exists()
    whole = headway.Dataset.from_frames(**given | {"scores": FRAMES["scores"]})
    emptied = {name: frame.clear() if name in EVIDENCE else frame
               for name, frame in whole.tables.items()}  # fmt: skip
    with pytest.raises(DataError, match=r"no row in the table 'scores'"):
        headway.Dataset(tables=emptied, origin="made").write(tmp_path / "d")
    assert not (tmp_path / "d").exists()


@pytest.mark.parametrize("name", EVIDENCE)
def test_an_empty_table_of_evidence_is_none(name):
    given = {name: FRAMES[name].clear()}
    with pytest.raises(DataError, match=r"is missing|has a header and no rows"):
        headway.Dataset.from_frames(**given)


def test_the_rule_names_what_is_missing_in_the_order_of_the_tables():
    assert rules.lacking([]) == ("sources", "models", "benchmarks", "scores")
    for name in EVIDENCE[1:]:
        assert rules.lacking(["sources", "models", name]) == ()
    assert rules.lacking([*TABLES]) == ()


REFUSED = (Refused(line=7, reason="column 'winner' is 'A1'", file="bad.csv"),)


@pytest.mark.parametrize("start", ["empty", "catalog"])
@pytest.mark.parametrize("dry_run", [False, True])
def test_where_every_row_is_refused_the_reasons_are_given_and_nothing_is_written(
    tmp_path, start, dry_run
):
    into = tmp_path / "d"
    for table in ("scores", "votes", "ratings"):
        given = {"scores": None} | {table: FRAMES[table].clear()}
        report = take(into, refused=REFUSED, start=start, dry_run=dry_run, **given)
        assert report.refused == REFUSED
        assert not report.written
        assert not report.changes
        assert not into.exists()
        assert f"no row was taken, so no dataset is begun at {into}" in report.notes
    unknown = take(into, unmatched="refuse", scores=FRAMES["scores"], start="empty")
    assert [row.reason[:20] for row in unknown.refused] == [
        "model 'a' is not kno", "model 'b' is not kno", "benchmark 'x' is not",
    ]  # fmt: skip
    assert not into.exists()


def test_rows_that_are_all_refused_do_not_touch_a_dataset(tmp_path):
    into = tmp_path / "d"
    take(into)
    before = {path.name: path.read_bytes() for path in into.iterdir()}
    bad = FRAMES["ratings"].with_columns(low=pl.lit(2.0), high=pl.lit(3.0), level=pl.lit(0.9))
    report = take(into, scores=None, ratings=bad)
    assert len(report.refused) == 1
    assert not report.written
    assert {path.name: path.read_bytes() for path in into.iterdir()} == before


def test_a_dataset_that_is_begun_without_its_evidence_keeps_the_reasons(tmp_path):
    into = tmp_path / "d"
    report = take(into, scores=None, prices=FRAMES["prices"], refused=REFUSED)
    assert report.refused == REFUSED
    assert any("no row in the tables 'benchmarks' and 'scores'" in note for note in report.notes)
    assert not report.written
    assert not into.exists()


@pytest.mark.parametrize("name", [name for name in FRAMES if name != "prices"])
@pytest.mark.parametrize("unmatched", ["add", "refuse", "skip"])
def test_a_trial_says_what_the_import_says(tmp_path, name, unmatched):
    given = {"scores": None} | {name: FRAMES[name]}
    for folder in (tmp_path / "new", tmp_path / "held"):
        if folder.name == "held":
            take(folder)
        said = []
        for dry_run in (True, False):
            try:
                report = take(folder, unmatched=unmatched, dry_run=dry_run, **given).to_dict()
                assert report.pop("written") is (report["changes"] and not dry_run)
                said.append(report)
            except DataError as error:
                said.append({"error": str(error)})
        assert said[0] == said[1]


def test_a_trial_refuses_a_place_that_the_import_refuses(tmp_path):
    (tmp_path / "file").write_text("x", encoding="utf-8")
    for dry_run in (True, False):
        with pytest.raises(DataError, match="is there already and is not a folder"):
            take(tmp_path / "file", dry_run=dry_run)


def test_a_single_path_and_a_wrong_start(tmp_path):
    file = tmp_path / "votes.csv"
    file.write_text("id,model_a,model_b,winner\n1,A,B,model_a\n", encoding="utf-8")
    assert bring("arena", str(file), tmp_path / "d", start="empty", unmatched="add").written
    with pytest.raises(HeadwayError, match=r"start is 'emty' .did you mean 'empty'"):
        bring("arena", file, tmp_path / "e", start="emty")


@pytest.mark.parametrize("start", ["empty", "catalog"])
def test_attributes_of_models_without_a_score_are_no_reason_to_write(tmp_path, start):
    path = tmp_path / "t.csv"
    path.write_text("model,lab,benchmark,score\nA,x,unheard of,50\nB,y,unheard of,60\n")
    into = tmp_path / "into"
    report = bring("table", [path], into, unmatched="add", start=start)
    assert not report.written
    assert not into.exists()
    assert any("no row was taken" in note for note in report.notes)
    assert any("ceiling is not known" in row.reason for row in report.refused)
