"""A raw score has a unit that somebody states, or is refused when it comes in."""

import json
import subprocess
import sys

import polars as pl
import pytest

import headway
from headway.dataset import Dataset
from headway.dataset.check import quality
from headway.dataset.importing import bring
from headway.errors import DataError, UsageError


@pytest.fixture
def facts(tmp_path):
    """A dataset whose benchmark S has the ceiling 1 and P the ceiling 100."""
    (tmp_path / "first.csv").write_text("model,benchmark,score,ceiling\na,S,0.5,1\na,P,50,100\n")
    bring("table", [tmp_path / "first.csv"], tmp_path / "facts", unmatched="add", start="empty")
    return tmp_path


def second(facts, rows, **options):
    (facts / "second.csv").write_text("model,benchmark,score\n" + rows)
    report = bring("table", [facts / "second.csv"], facts / "facts", unmatched="add", **options)
    taken = headway.load(facts / "facts").scores.filter(source="second")
    return report, {(m, b): s for m, b, s in taken.select("model", "benchmark", "score").rows()}


@pytest.mark.parametrize(
    ("rows", "options", "expected", "refused"),
    [
        ("b,S,0.4\nb,P,40\n", {}, {("b", "s"): 0.4, ("b", "p"): 40}, 0),
        ("b,S,40%\nb,P,40%\n", {}, {("b", "s"): 0.4, ("b", "p"): 40}, 0),
        ("b,S,40\nb,P,40\n", {"ceiling": 100}, {("b", "s"): 0.4, ("b", "p"): 40}, 0),
        ("b,S,0.4\nb,P,0.4\n", {"ceiling": 1}, {("b", "s"): 0.4, ("b", "p"): 40}, 0),
        ("b,S,0.4\nc,S,40\nb,P,40\n", {}, {("b", "p"): 40}, 1),
        ("b,P,0.4\nb,S,0.4\n", {}, {("b", "s"): 0.4}, 1),
        ("b,P,0.4\nc,P,40\nb,S,0.4\n", {}, {("b", "s"): 0.4}, 1),
        ("b,S,4\nb,P,40\n", {"ceiling": {"S": 10}}, {("b", "p"): 40}, 1),
        ("b,S,0.4\nb,New,0.4\n", {}, {("b", "s"): 0.4}, 1),
    ],
)
def test_a_unit_is_that_of_the_dataset_or_refused(facts, rows, options, expected, refused):
    report, taken = second(facts, rows, **options)
    assert taken == pytest.approx(expected)
    assert len(report.refused) == refused
    if refused:
        assert "second.csv line" in report.refused[0].reason


def test_a_benchmark_without_a_ceiling_says_the_way_out(facts):
    report, _ = second(facts, "b,New,0.4\nc,New,0.5\nb,S,0.1\n")
    [row] = report.refused
    assert "(2 rows; the first is" in row.reason
    assert '[benchmarks."New"] ceiling = 1' in row.reason
    [counts] = report.table.filter(table="scores").to_dicts()
    assert (counts["converted"], counts["refused"], counts["added"]) == (3, 2, 1)


def test_nothing_but_refusals_shows_the_reasons(tmp_path):
    (tmp_path / "t.csv").write_text("model,benchmark,score\na,X,0.4\n")
    report = bring("table", [tmp_path / "t.csv"], tmp_path / "o", unmatched="add", start="empty")
    assert not report.written
    assert "its ceiling is not known" in report.refused[0].reason


def test_the_chance_that_nobody_states_is_noted(facts):
    report, _ = second(facts, "b,New,0.4\n", ceiling=1)
    assert any("chance was taken as 0" in note for note in report.notes)
    data = headway.load(facts / "facts")
    assert data.normalised_scores()["performance"].null_count() == 0


def test_shares_of_a_harness_become_percentages_where_the_dataset_has_them(facts):
    record = {"model_name": "b", "config": {}, "date": 1.75e9,
              "results": {"P": {"acc,none": 0.4}, "S": {"acc,none": 0.3}}}  # fmt: skip
    (facts / "results_1.json").write_text(json.dumps(record))
    bring("lm-eval", [facts / "results_1.json"], facts / "facts", unmatched="add")
    rows = headway.load(facts / "facts").scores.filter(source="lm-eval")
    assert dict(rows.select("benchmark", "score").iter_rows()) == {"p": 40, "s": 0.3}


def test_two_settings_of_a_harness_never_revise_each_other(facts):
    record = {"model_name": "b", "config": {}, "date": 1.75e9, "versions": {"S": 1},
              "n-shot": {"S": 0}, "results": {"S": {"acc,none": 0.3}}}  # fmt: skip
    for changes in ({}, {"n-shot": {"S": 5}}, {"versions": {"S": 2}}):
        (facts / "results_1.json").write_text(json.dumps(record | changes))
        report = bring("lm-eval", [facts / "results_1.json"], facts / "facts", unmatched="add")
        [counts] = report.table.filter(table="scores").to_dicts()
        assert (counts["added"], counts["revised"]) == (1, 0)
    found = quality(headway.load(facts / "facts")).filter(check="several_settings")
    assert found.select("severity", "entity").rows() == [("warning", "s"), ("note", "s")]
    assert "versions of the task: 1, 2" in found["message"][0]


def test_attributes_are_groups_and_survive_a_folder(tmp_path):
    scores = pl.DataFrame({"model": ["m", "n", "o"], "benchmark": "x", "score": [0.1, 0.2, 0.3]})
    models = pl.DataFrame({"model": ["m", "n", "o"], "lab": ["A", "B", None]})
    data = Dataset.from_frames(scores=scores, models=models)
    data.write(tmp_path / "facts")
    again = headway.load(tmp_path / "facts")
    assert again.digest == data.digest
    from headway.dataset.groups import members

    assert members(again, "lab:a") == ["m"]
    assert members(again, "!lab:A") == ["n"]
    assert members(again, "lab:A|B") == ["m", "n"]
    assert again.where(lab="B").models["model"].to_list() == ["n"]
    assert again.where(lab=None).models["model"].to_list() == ["o"]
    assert again.where(model="m").table("attributes").height == 1
    with pytest.raises(UsageError, match="no model has lab 'C'"):
        members(again, "lab:C")
    with pytest.raises(UsageError, match="did you mean 'lab'"):
        members(again, "labs:A")
    with pytest.raises(DataError, match="did you mean 'country'"):
        Dataset.from_frames(scores=scores, models=models.rename({"lab": "contry"}))
    pytest.importorskip("frictionless")
    package = tmp_path / "facts" / "datapackage.json"
    code = (
        "import sys, frictionless; report = frictionless.validate(sys.argv[1]);"
        " print(report.flatten(['message'])); sys.exit(not report.valid)"
    )
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code, str(package)], capture_output=True, check=False
    )
    assert done.returncode == 0, done.stdout


def test_wide_frames_with_facts_make_a_dataset():
    wide = pl.DataFrame(
        {
            "Model": ["a", "b", "c"],
            "lab": ["A", "B", None],
            "release date": ["2024-01-01", None, "2025-01-01"],
            "X": [0.3, 0.4, None],
            "Y": ["45%", "N/A", "50%"],
        }
    )
    data = Dataset.from_frames(wide=wide)
    assert data.scores.height == 4
    assert data.normalised_scores()["performance"].sort().to_list() == [0.3, 0.4, 0.45, 0.5]
    assert data.models["announced_on"].null_count() == 1
    assert any("2 cells of 2 benchmarks are empty" in note for note in data.notes)
    benchmarks = pl.DataFrame({"benchmark": ["Y", "X"], "ceiling": [100, 1], "chance": [0, 0]})
    data = Dataset.from_frames(wide=wide, benchmarks=benchmarks)
    assert data.normalised_scores()["performance"].sort().to_list() == [0.3, 0.4, 0.45, 0.5]
    with pytest.raises(UsageError, match="both given"):
        Dataset.from_frames(wide=wide, scores=wide)
    with pytest.raises(UsageError, match="does not say which column"):
        Dataset.from_frames(wide=wide.select("lab", "X"))


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        ({"score": [30.0, 0.4]}, "scores run from 0.4 to 30"),
        ({"score": [-0.1, 0.4]}, "scores run from -0.1 to 0.4"),
        ({"score": [45.3, 0.4], "ceiling": [100, 100]}, "are they shares of 1"),
        ({"score": [45.3, 0.4], "ceiling": [1, 1]}, "above 1.0, the ceiling of x; a percentage"),
        ({"score": ["45.3%", "0.4"]}, "one unit for all scores"),
        ({"score": ["1,299", "0.4"]}, "which of comma and point"),
        ({"score": [0.3, 0.4], "ceiling": [1, 2]}, "state ceiling of 'x' in 2 ways"),
        ({"score": [45.3, 50], "scale": ["raw", "raw"]}, "have no ceiling"),
    ],
)
def test_frames_whose_unit_is_not_known_are_refused(columns, expected):
    scores = pl.DataFrame({"model": ["a", "b"], "benchmark": "x", **columns}, strict=False)
    with pytest.raises(DataError, match=expected):
        Dataset.from_frames(scores=scores)


def test_facts_in_the_columns_of_scores():
    scores = pl.DataFrame(
        {"model": ["a", "b"], "benchmark": "x", "score": [45.3, 50], "ceiling": 100,
         "domain": "math", "country": ["US", "CN"], "weights_on": ["2025-01-01", None]}
    )  # fmt: skip
    data = Dataset.from_frames(scores=scores)
    assert data.models["country"].to_list() == ["US", "CN"]
    assert data.benchmarks.select("domain", "ceiling", "chance").rows() == [("math", 100, 0)]
    assert data.where(domain="math").scores.height == 2
