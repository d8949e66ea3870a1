"""The same model and benchmark, whoever reported it: what two vintages say of them."""

import polars as pl
import pytest

from headway.analyses.diff import diff
from headway.analyses.diff_scores import CHANGES, counted, renamed_ids, score_changes
from headway.dataset import Dataset
from headway.rulers.scores.logistic import LogisticRuler

COLUMNS = ("model", "variant", "benchmark", "reporter", "source", "score")


def vintage(*rows, **tables):
    scores = pl.DataFrame(rows, schema=list(COLUMNS), orient="row")
    return Dataset.from_frames(scores=scores, **tables)


def changed(before, after):
    renamed = {kind: renamed_ids(before, after, kind) for kind in ("model", "benchmark")}
    return score_changes(before, after, models=renamed["model"], benchmarks=renamed["benchmark"])


ROW = ("a", "default", "x", "developer", "one", 0.5)


def other(**changes):
    return tuple((dict(zip(COLUMNS, ROW, strict=True)) | changes).values())


@pytest.mark.parametrize(
    ("after", "said"),
    [
        ([ROW], []),
        ([other(score=0.6)], ["revised"]),
        ([other(source="two")], ["same_value"]),
        ([other(reporter="independent")], ["same_value"]),
        ([other(source="two", reporter="independent")], ["same_value"]),
        ([other(variant="high")], ["same_value"]),
        ([other(source="two", score=0.5004)], ["same_value"]),
        ([other(source="two", score=0.51)], ["changed"]),
        ([other(variant="high", source="two", score=0.6)], ["changed"]),
        ([ROW, other(source="two")], ["further"]),
        ([ROW, other(benchmark="y")], ["new"]),
        ([other(benchmark="y")], ["new", "gone"]),
        ([other(source="two"), other(source="three", score=0.9)], ["same_value", "further"]),
        ([ROW, other(model="b")], ["new"]),
    ],
)
def test_what_became_of_one_score(after, said):
    base = other(model="c", benchmark="y"), other(model="c")
    changes = changed(vintage(ROW, *base), vintage(*after, *base))
    assert changes["change"].to_list() == said


def test_every_score_is_counted_once_in_both_directions():
    before = vintage(ROW, other(source="two", score=0.7), other(benchmark="y"))
    after = vintage(other(source="three", score=0.7), other(model="b"))
    there = dict(counted(changed(before, after)).select("change", "scores").iter_rows())
    back = dict(counted(changed(after, before)).select("change", "scores").iter_rows())
    assert set(there) == set(CHANGES)
    assert {name: n for name, n in there.items() if n} == {
        "same_value": 1, "new": 1, "gone": 1, "fewer": 1,
    }  # fmt: skip
    assert (back["new"], back["further"]) == (there["gone"], there["fewer"])
    assert (back["gone"], back["same_value"]) == (there["new"], there["same_value"])


def test_the_best_evidence_is_compared_with_the_best():
    before = vintage(ROW, other(source="two", score=0.7))
    after = vintage(other(source="three", score=0.8), other(source="four", score=0.4))
    pairs = changed(before, after).select("performance_before", "performance", "source_before")
    assert sorted(pairs.rows()) == [(0.5, 0.4, "one"), (0.7, 0.8, "two")]


def test_a_raw_score_is_compared_by_its_performance():
    tests = pl.DataFrame({"benchmark": ["x"], "chance": [0.25], "ceiling": [1.0]})
    raw = pl.DataFrame([(*other(source="two", score=0.625), "raw")], orient="row",
                       schema=[*COLUMNS, "scale"])  # fmt: skip
    after = Dataset.from_frames(scores=raw, benchmarks=tests)
    assert changed(vintage(ROW), after)["change"].to_list() == ["same_value"]


def test_models_and_benchmarks_under_other_ids_are_the_same():
    names = pl.DataFrame({"model": ["gpt-5"], "name": ["GPT-5"]})
    before = vintage(other(model="GPT-5", benchmark="GPQA diamond"))
    after = vintage(other(model="gpt-5", benchmark="gpqa-diamond", source="two"), models=names)
    result = diff(before, after, ruler=LogisticRuler(draws=0))
    assert result.details["scores"]["change"].to_list() == ["same_value"]
    assert result.details["models"].is_empty()
    assert result.details["benchmarks"].is_empty()
    counts = {one["table"]: one for one in result.details["counts"].to_dicts()}
    assert (counts["models"]["new"], counts["models"]["gone"]) == (0, 0)
    assert any("1 models have another id" in note for note in result.notes)


def test_two_earlier_ids_do_not_become_one():
    before = vintage(other(model="openai/gpt-5"), other(model="azure/gpt-5"))
    after = vintage(other(model="gpt-5"))
    assert renamed_ids(before, after, "model") == {}
    assert changed(before, after)["change"].to_list().count("gone") == 2


def test_a_vintage_and_itself_have_nothing_between_them(catalog):
    assert changed(catalog, catalog).is_empty()
    assert counted(changed(catalog, catalog))["scores"].sum() == 0


def test_a_catalog_whose_sources_all_changed_is_the_same_evidence(catalog):
    tables = dict(catalog.tables)
    tables["scores"] = tables["scores"].with_columns(
        reporter=pl.lit("unknown"), source=pl.lit(catalog.sources["source"][0]),
        version=pl.lit(None, pl.String),
    ).unique(["model", "variant", "benchmark"])  # fmt: skip
    after = Dataset(tables=tables, origin="later")
    counts = dict(counted(changed(catalog, after)).select("change", "scores").iter_rows())
    assert counts["new"] == counts["gone"] == counts["changed"] == 0
    assert counts["same_value"] > 2000
