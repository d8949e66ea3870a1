import hashlib
import json
import os
import subprocess
import sys
from datetime import date
from pathlib import Path

import polars as pl
import pytest

import headway
import headway.dataset
from headway.dataset.check import quality
from headway.dataset.groups import members

CATALOG = Path(headway.dataset.__file__).parent / "catalog"
ROOT = Path(__file__).parents[2]
FACTS = os.environ.get("HEADWAY_FACTS")


@pytest.fixture(scope="module")
def catalog():
    return headway.load()


def model(data, name):
    return data.models.row(by_predicate=pl.col("model") == name, named=True)


def test_it_has_every_model_benchmark_score_and_rating(catalog):
    assert catalog.models.height == 222
    assert catalog.benchmarks.height == 57
    assert catalog.scores.height == 2249
    assert catalog.ratings.height == 222
    assert catalog.prices.is_empty()
    assert catalog.scores.select("model", "benchmark").is_duplicated().sum() == 0


@pytest.mark.filterwarnings("ignore")
def test_frictionless_finds_it_valid():
    import frictionless

    report = frictionless.validate(str(CATALOG / "datapackage.json"))
    assert report.valid, report.flatten(["type", "note"])
    assert report.stats["tasks"] == 10


@pytest.mark.filterwarnings("ignore")
def test_frictionless_sees_a_broken_key_where_the_reader_does(catalog, tmp_path):
    import frictionless

    folder = catalog.write(tmp_path / "copy")
    path = folder / "scores.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("zai", "zzz").replace("yi-9b", "yi9b"))
    report = frictionless.validate(str(folder / "datapackage.json"))
    assert {error[0] for error in report.flatten(["type"])} == {"foreign-key"}
    with pytest.raises(headway.DataError, match="'yi9b' is not in the table models"):
        headway.load(folder)


def test_writing_it_gives_the_same_bytes(catalog, tmp_path):
    folder = catalog.write(tmp_path / "copy")
    for path in sorted(folder.iterdir()):
        assert path.read_bytes() == (CATALOG / path.name).read_bytes(), path.name
    assert {path.name for path in CATALOG.iterdir()} - {path.name for path in folder.iterdir()} == {
        "LICENSE.md"
    }


def test_files_are_plain(catalog):
    for path in CATALOG.iterdir():
        content = path.read_bytes()
        content.decode("utf-8")
        assert content.endswith(b"\n")
        assert b"\r" not in content


def test_each_correction_has_a_reason_and_a_source_and_changes_something(catalog):
    rows = catalog.history("models")
    later = rows.filter(pl.col("revision") > 0)
    assert later.height == 60
    assert later["reason"].null_count() == 0
    assert set(later["source"]) == {"headway-corrections"}
    facts = [name for name in rows.columns if name not in ("reason", "revision", "source")]
    facts = [name for name in facts if name not in ("confidence", "evidence_url")]
    for row in later.iter_rows(named=True):
        before = rows.row(
            by_predicate=(pl.col("model") == row["model"])
            & (pl.col("revision") == row["revision"] - 1),
            named=True,
        )
        changed = [name for name in facts if row[name] != before[name]]
        assert changed
        assert all(f"{name} " in row["reason"] for name in changed)
        assert "recorded_on" not in changed


def test_corrected_dates(catalog):
    o3 = model(catalog, "o3")
    assert (o3["listed_on"], o3["available_on"]) == (date(2024, 12, 20), date(2025, 4, 16))
    assert o3["announced_on"] == date(2024, 12, 20)
    kimi = model(catalog, "kimi-k3")
    assert (kimi["available_on"], kimi["weights_on"]) == (date(2026, 7, 16), date(2026, 7, 27))
    sol = model(catalog, "gpt-5-6-sol")
    assert (sol["announced_on"], sol["available_on"]) == (date(2026, 6, 26), date(2026, 7, 9))
    coder = model(catalog, "deepseek-coder-33b")
    assert coder["weights_on"] == coder["available_on"] == date(2023, 11, 2)
    never = catalog.models.filter(pl.col("available_on").is_null())
    assert never["model"].to_list() == ["llama-2-34b", "nemotron-4-15b"]
    assert never["weights_on"].null_count() == 2


def test_listed_dates_are_those_of_the_index(catalog):
    first = catalog.history("models").filter(pl.col("revision") == 0)
    assert first["announced_on"].equals(first["listed_on"])
    assert catalog.models["listed_on"].equals(first["listed_on"])


def test_every_model_has_an_organisation_a_country_and_known_weights(catalog):
    for column in ("organisation", "country", "open_weights", "announced_on"):
        assert catalog.models[column].null_count() == 0
    assert model(catalog, "glm-5-1")["open_weights"] is True
    assert model(catalog, "o3-pro")["open_weights"] is False
    assert model(catalog, "chatglm2-6b")["partners"] == "tsinghua-university"
    opened = catalog.models.filter(pl.col("weights_on").is_not_null())
    assert opened["open_weights"].all()


def test_the_withdrawn_model_has_two_intervals(catalog):
    rows = catalog.availability.select("model", "region", "from", "until").rows()
    assert rows == [
        ("claude-fable-5", "world", date(2026, 6, 9), date(2026, 6, 12)),
        ("claude-fable-5", "world", date(2026, 7, 1), None),
    ]


def test_ratings_have_intervals_except_the_anchors(catalog):
    bare = catalog.ratings.filter(pl.col("low").is_null())
    assert bare.select("model", "rating", "level").rows() == [
        ("claude-3-5-sonnet", 130.0, None),
        ("gpt-5", 150.0, None),
    ]
    assert catalog.ratings["level"].drop_nulls().unique().to_list() == [0.9]


def test_claims_have_a_publication_and_a_test(catalog):
    claims = catalog.table("claims")
    assert claims.height >= 12
    sources = catalog.sources.filter(pl.col("source").is_in(claims["source"].implode()))
    assert sources.height == claims["source"].n_unique()
    assert sources["title"].null_count() == sources["publisher"].null_count() == 0
    for row in claims.iter_rows(named=True):
        assert row["statement"]
        assert row["statement_zh"]
        assert row["url"].startswith("https://")
        test = json.loads(row["test"])
        assert test["quantity"] == "lag_months"
        assert row["said_on"] <= date(2026, 8, 11)
        for side in ("leader", "follower"):
            assert members(catalog, test[side])
        if "model" in test:
            assert test["model"] in members(catalog, test["follower"])


def test_scores_are_normalised_and_know_their_reporter(catalog):
    assert catalog.scores["scale"].unique().to_list() == ["normalised"]
    counts = dict(catalog.scores["reporter"].value_counts().rows())
    assert counts == {
        "unknown": 337,
        "independent": 744,
        "benchmark": 701,
        "developer": 241,
        "competitor": 226,
    }
    assert catalog.normalised_scores()["performance"].equals(catalog.scores["score"])


def test_benchmarks_know_their_ceiling_and_successor(catalog):
    rows = {row["benchmark"]: row for row in catalog.benchmarks.iter_rows(named=True)}
    assert rows["frontiermath-2025-02-28-private"]["ceiling"] == 0.57
    assert rows["frontiermath-tier-4-2025-07-01-private"]["ceiling"] == 0.6
    assert rows["frontiermath-2025-02-28-private"]["superseded_by"] in rows
    assert rows["cl-bench"]["released_precision"] == "month"
    assert rows["gpqa-diamond"]["chance"] == 0.25


def test_it_contradicts_itself_nowhere(catalog):
    assert quality(catalog).filter(pl.col("severity") == "error").is_empty()


def test_the_digest_is_that_of_the_facts(catalog):
    assert catalog.digest == headway.load(CATALOG).digest
    assert len(catalog.digest) == len(hashlib.sha256().hexdigest())


def test_types(catalog):
    assert catalog.models.schema["announced_on"] == pl.Date
    assert catalog.models.schema["open_weights"] == pl.Boolean
    assert catalog.scores.schema["score"] == pl.Float64
    assert catalog.scores.schema["n"] == pl.Int64
    assert isinstance(catalog.prices.schema["input_usd_per_mtok"], pl.Decimal)


def test_it_loads_without_the_heavy_libraries():
    code = (
        "import sys, headway.dataset; headway.dataset.load();"
        "print({'pandas', 'frictionless', 'altair', 'numba', 'scipy'} & set(sys.modules))"
    )
    shown = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout
    assert shown == "set()\n"


if FACTS:

    def test_a_rebuild_gives_the_shipped_bytes(tmp_path):
        command = [sys.executable, str(ROOT / "tools" / "build_catalog.py"), "--facts", FACTS]
        subprocess.run([*command, "--out", str(tmp_path)], check=True, capture_output=True)
        assert {path.name for path in tmp_path.iterdir()} == {
            path.name for path in CATALOG.iterdir()
        }
        for path in CATALOG.iterdir():
            assert (tmp_path / path.name).read_bytes() == path.read_bytes(), path.name
