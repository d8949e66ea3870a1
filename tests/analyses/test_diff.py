import os
from datetime import date
from pathlib import Path

import polars as pl
import pytest

import headway
from headway.analyses.diff import diff
from headway.analyses.lag import LagSpec, lag
from headway.dataset import Dataset
from headway.dataset.importing import bring
from headway.rulers.scores.logistic import LogisticRuler

FACTS = os.environ.get("HEADWAY_FACTS")
QUICK = LogisticRuler(draws=20, seed=3)


@pytest.fixture(scope="module")
def earlier(catalog):
    """The catalog without its newest models, a benchmark, and with one other score."""
    old = catalog.as_of("2026-05-14", by="released")
    scores = old.tables["scores"].filter(pl.col("benchmark") != "critpt")
    moved = (pl.col("model") == "o3") & (pl.col("benchmark") == "gpqa-diamond")
    tables = dict(old.tables)
    tables["scores"] = scores.with_columns(
        score=pl.when(moved).then(pl.col("score") - 0.1).otherwise(pl.col("score")),
        recorded_on=pl.lit(date(2026, 5, 14)),
    )
    tables["benchmarks"] = old.tables["benchmarks"].filter(pl.col("benchmark") != "critpt")
    tables["models"] = old.tables["models"].with_columns(
        family=pl.when(pl.col("model") == "o3").then(pl.lit("O")).otherwise(pl.col("family"))
    )
    return Dataset(tables=tables, origin="earlier")


@pytest.fixture(scope="module")
def result(earlier, catalog):
    return diff(earlier, catalog, ruler=QUICK)


def row(result, entity):
    return result.table.row(by_predicate=pl.col("entity") == entity, named=True)


def test_what_is_new_is_listed(result, earlier, catalog):
    counts = {one["table"]: one for one in result.details["counts"].to_dicts()}
    new = catalog.models.height - earlier.models.height
    assert new > 0
    assert (counts["models"]["new"], counts["models"]["gone"]) == (new, 0)
    assert counts["models"]["revised"] == 1
    assert counts["benchmarks"]["new"] == 1
    assert result.details["benchmarks"]["benchmark"].to_list() == ["critpt"]
    assert result.details["models"].height == new
    assert set(result.details["models"]["change"]) == {"new"}
    attributes = result.details["attributes"].rows()
    assert ("models", "o3", "family", "O", "o3") in attributes


def test_revised_scores_say_how_far_they_moved(result):
    scores = result.details["scores"]
    revised = scores.filter(pl.col("change") == "revised").to_dicts()
    assert [(one["model"], one["benchmark"]) for one in revised] == [("o3", "gpqa-diamond")]
    assert revised[0]["moved"] == pytest.approx(0.1)
    assert scores["change"][0] == "revised"


def test_ranks_are_among_the_models_of_both(result, earlier):
    ranks = result.details["ranks"]
    assert set(ranks["model"]) <= set(earlier.models["model"])
    for column in ("rank_before", "rank_after"):
        assert sorted(ranks[column]) == list(range(1, ranks.height + 1))
    assert ranks["moved_up"].sum() == 0


def test_the_change_of_the_lag_is_taken_apart(result, earlier, catalog):
    old, same, new = (row(result, name)["estimate"] for name in ("before", "same_day", "after"))
    assert row(result, "of_evidence")["estimate"] == pytest.approx(same - old)
    assert row(result, "of_time")["estimate"] == pytest.approx(new - same)
    unpaired, paired = row(result, "of_evidence"), row(result, "of_time")
    assert (unpaired["status"], unpaired["low"], unpaired["high"]) == ("not_paired", None, None)
    assert paired["status"] == "ok"
    assert paired["low"] <= paired["high"]
    assert any("not paired" in note for note in result.notes)
    assert old == lag(QUICK.fit(earlier)).headline()["estimate"]
    assert new == lag(QUICK.fit(catalog)).headline()["estimate"]


def test_nothing_has_changed_between_a_dataset_and_itself(catalog):
    same = diff(catalog, catalog, ruler=LogisticRuler(draws=0), spec=LagSpec(convention="gap"))
    assert same.details["counts"].select(pl.col("new", "gone", "revised").sum()).row(0) == (0, 0, 0)
    for name in ("models", "benchmarks", "scores", "attributes"):
        assert same.details[name].is_empty()
    assert same.details["ranks"]["moved_points"].abs().max() == 0
    assert row(same, "of_evidence")["estimate"] == 0
    assert row(same, "of_time")["estimate"] == 0


def test_a_model_without_a_country_takes_that_of_the_later_dataset(earlier, catalog):
    bare = dict(earlier.tables)
    bare["models"] = bare["models"].with_columns(
        pl.lit(None, dtype=pl.String).alias("country"),
        pl.lit(None, dtype=pl.String).alias("organisation"),
    )
    data = Dataset(tables=bare, origin="bare")
    own = diff(data, catalog, ruler=QUICK)
    assert "before" not in own.table["entity"].to_list()
    assert any(note.startswith("before (2026-") for note in own.notes)
    later = diff(data, catalog, ruler=QUICK, facts="later")
    assert row(later, "before")["status"] == "ok"


def test_datasets_that_no_ruler_can_fit_are_compared_all_the_same():
    def made(score):
        scores = pl.DataFrame({"model": ["a"], "benchmark": ["x"], "score": [score]})
        return Dataset.from_frames(scores=scores)

    result = diff(made(0.5), made(0.6), ruler=QUICK)
    assert result.table.is_empty()
    assert result.details["scores"]["moved"].to_list() == [pytest.approx(0.1)]
    assert any("could not be compared" in note for note in result.notes)


@pytest.mark.skipif(FACTS is None, reason="HEADWAY_FACTS does not name the published facts")
def test_the_published_vintages(tmp_path):
    folder = Path(str(FACTS))
    into = tmp_path / "mine"
    for day, names in (
        ("2026-05-14", ["eci_benchmarks.csv"]),
        ("2026-08-11", ["eci_benchmarks.csv", "eci_scores.csv"]),
    ):
        paths = [folder / f"epoch-{day}" / name for name in names]
        report = bring("epoch", paths, into, unmatched="add", start="empty", recorded_on=day)
        assert report.complete
    data = headway.load(into)
    result = diff(data.as_of("2026-05-14"), data, ruler=QUICK, facts="later")
    counts = {one["table"]: one for one in result.details["counts"].to_dicts()}
    assert (counts["models"]["new"], counts["benchmarks"]["new"]) == (54, 17)
    assert counts["models"]["gone"] == counts["scores"]["gone"] == 0
    assert counts["scores"]["new"] == 792
    assert row(result, "before")["estimate"] == pytest.approx(7.4, abs=0.6)
    assert row(result, "after")["estimate"] == pytest.approx(7.1, abs=0.6)
