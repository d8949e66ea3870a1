import csv
import os
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from headway.dataset import Dataset
from headway.dataset.matching import Known, matches, new_id, without_provider, words_of
from headway.errors import UsageError
from headway.sources.names import split_variant

FACTS = os.environ.get("HEADWAY_FACTS")


@pytest.fixture(scope="module")
def data():
    models = {
        "gpt-4-1": ("GPT-4.1", date(2025, 4, 14)),
        "gpt-41": ("GPT-41", date(2027, 1, 1)),
        "nova": ("Nova", date(2024, 5, 13)),
        "star-may-2024": ("Star (May 2024)", date(2024, 5, 13)),
        "star-nov-2024": ("Star (Nov 2024)", date(2024, 11, 20)),
        "command-r": ("Command R", date(2024, 3, 1)),
        "command-r-plus": ("Command R+", date(2024, 4, 1)),
        "moxing": ("模型 3", None),
    }
    frame = pl.DataFrame(
        [(model, name, day) for model, (name, day) in models.items()],
        schema=["model", "name", "announced_on"],
        orient="row",
    )
    return Dataset.from_frames(
        models=frame,
        benchmarks=pl.DataFrame({"benchmark": ["gpqa-diamond"], "name": ["GPQA diamond"]}),
        organisations=pl.DataFrame({"organisation": ["openai"], "name": ["OpenAI"]}),
        aliases=pl.DataFrame(
            {"kind": ["model", "organisation"], "alias": ["Nova One", "Open AI LP"],
             "id": ["nova", "openai"]}
        ),
        scores=pl.DataFrame(
            {"model": ["nova"], "benchmark": ["gpqa-diamond"], "score": [0.5]}
        ),
    )  # fmt: skip


@pytest.fixture(scope="module")
def known(data):
    return Known(data.tables, {"the star": "star-nov-2024"})


@pytest.mark.parametrize(
    ("kind", "name", "expected"),
    [
        ("model", "the star", ("star-nov-2024", "map", "default")),
        ("model", "nova", ("nova", "id", "default")),
        ("model", "GPT-4.1", ("gpt-4-1", "name", "default")),
        ("model", "Nova One", ("nova", "alias", "default")),
        ("model", "nova ONE", ("nova", "spelling", "default")),
        ("model", "gpt 4.1", ("gpt-4-1", "spelling", "default")),
        ("model", "gpt-41", ("gpt-41", "id", "default")),
        ("model", "command_r+", ("command-r-plus", "spelling", "default")),
        ("model", "模型3", ("moxing", "spelling", "default")),
        ("model", "openai/gpt-4.1", ("gpt-4-1", "provider", "default")),
        ("model", "azure.gpt-4.1-v1:0", ("gpt-4-1", "provider", "default")),
        ("model", "openrouter/openai/gpt-4.1", ("gpt-4-1", "provider", "default")),
        ("model", "gpt-4.1-2025-04-14", ("gpt-4-1", "snapshot", "default")),
        ("model", "nova-20240513", ("nova", "snapshot", "default")),
        ("model", "nova-0520", ("nova", "snapshot", "default")),
        ("model", "Nova (high)", ("nova", "name", "high")),
        ("model", "nova-20240513_16k", ("nova", "snapshot", "16K")),
        ("benchmark", "gpqa_diamond", ("gpqa-diamond", "spelling", "default")),
        ("benchmark", "inspect_evals/gpqa_diamond", ("gpqa-diamond", "provider", "default")),
        ("organisation", "Open AI LP", ("openai", "alias", "default")),
    ],
)
def test_a_name_is_matched(known, kind, name, expected):
    found = known.match(kind, name)
    assert (found.id, found.rule, found.variant) == expected


@pytest.mark.parametrize(
    ("kind", "name", "proposed"),
    [
        ("model", "star", "star-may-2024"),
        ("model", "star-2024-08-13", "star-may-2024"),
        ("model", "nova-2024-08-06", "nova"),
        ("model", "nova-1301", "nova"),
        ("model", "nova-latest", "nova"),
        ("model", "moxing-20240101", "moxing"),
        ("model", "GPT-5", None),
        ("model", "zzz", None),
        ("benchmark", "gpqa-diamond-2023-11-20", "gpqa-diamond"),
        ("model", "gpqa-diamond", None),
    ],
)
def test_nothing_is_guessed(known, kind, name, proposed):
    found = known.match(kind, name)
    assert found.id is None
    assert found.rule == ""
    assert proposed is None or proposed in found.proposals


def test_a_name_of_two_is_ambiguous():
    data = Dataset.from_frames(
        models=pl.DataFrame({"model": ["a", "b"], "name": ["Twin", "Twin"]}),
        scores=pl.DataFrame({"model": ["a"], "benchmark": ["x"], "score": [0.5]}),
    )
    known = Known(data.tables)
    for name in ("Twin", "twin", "TWIN (high)"):
        found = known.match("model", name)
        assert found.id is None
        assert found.proposals[:2] == ("a", "b")


def test_a_map_leads_to_what_is_there(data):
    with pytest.raises(UsageError, match=r"sends 'x' to 'nvoa', which is no id .* 'nova'"):
        Known(data.tables, {"x": "nvoa"})


def test_every_name_of_a_column_is_matched_once(known):
    found = matches(known, "model", pl.Series("n", ["nova", None, "Nova", "nova", "what"]))
    assert [(one.foreign, one.id, one.rows) for one in found] == [
        ("Nova", "nova", 1),
        ("nova", "nova", 2),
        ("what", None, 1),
    ]


def test_ids_of_new_names():
    assert new_id("Some Model 3.5", set()) == "some-model-3-5"
    assert new_id("GPT-4.1", {"gpt-4-1"}) is None
    assert new_id("?!", set()) is None


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=st.text(max_size=40))
def test_any_text_can_be_matched(known, name):
    found = known.match("model", name)
    assert found.id is None or found.id in known.ids("model")
    assert words_of(words_of(name)) == words_of(name)
    assert without_provider(name) or not name


def test_every_version_of_the_catalog_is_matched_to_its_model(catalog):
    known = Known(catalog.tables)
    rows = catalog.scores.select("version", "model").drop_nulls().unique()
    several = rows.with_columns(
        base=pl.col("version").map_elements(lambda v: split_variant(v)[0], return_dtype=pl.String)
    ).filter(pl.col("model").n_unique().over("base") > 1)
    # Names of other models, and names that mean another model from time to time.
    doubtful = {
        *("Qwen2.5-VL-72B-Instruct", "gemini-exp-1206", "gpt-4-0125-preview"),
        *("deepseek-chat", "deepseek-reasoner", "gpt-4-turbo"),
    }
    for version, model in rows.join(several, on="version", how="anti").iter_rows():
        found = known.match("model", version).id
        assert found == (None if split_variant(version)[0] in doubtful else model)


def test_no_other_name_leads_to_a_wrong_model(catalog):
    """Without the aliases, the rules alone match a version to its model or to nothing."""
    tables = {name: frame for name, frame in catalog.tables.items() if name != "aliases"}
    known = Known(tables)
    rows = catalog.scores.select("version", "model").drop_nulls().unique()
    found = [(known.match("model", version).id, model) for version, model in rows.iter_rows()]
    assert all(one in (None, model) for one, model in found)
    assert sum(one is not None for one, _ in found) > 250


@pytest.mark.skipif(FACTS is None, reason="HEADWAY_FACTS does not name the published facts")
def test_the_earlier_matrix_is_matched_to_its_models(catalog):
    known = Known(catalog.tables)
    path = Path(str(FACTS)) / "epoch-2026-05-14" / "eci_benchmarks.csv"
    with path.open(encoding="utf-8", newline="") as file:
        names = {row["model"] for row in csv.DictReader(file)}
    unknown = {name for name in names if known.match("model", name).id is None}
    assert unknown == {
        "DeepSeek-V3.1", "Gemini 1.5 Pro (Feb 2024)", "Kimi K2 (Sep 2025)", "Magistral Small 1.1",
    }  # fmt: skip
