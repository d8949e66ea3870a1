import polars as pl
import pytest

import headway
from headway.dataset import Dataset
from headway.dataset.naming import find, resolve, resolve_each, resolve_keys
from headway.errors import UsageError


def frame(called, benchmarks=("x",), **tables):
    scores = pl.DataFrame(
        {
            "model": [m for m in called for _ in benchmarks],
            "benchmark": list(benchmarks) * len(called),
            "score": [0.5] * (len(called) * len(benchmarks)),
        }
    )
    return Dataset.from_frames(scores=scores, **tables)


@pytest.mark.parametrize(
    ("kind", "name", "meant"),
    [
        ("model", "gpt-5", "gpt-5"),
        ("model", "GPT-5", "gpt-5"),
        ("model", "gpt-5-2025-08-07", "gpt-5"),
        ("model", "openai/GPT 5", "gpt-5"),
        ("model", "GPT_5", "gpt-5"),
        ("benchmark", "gpqa-diamond", "gpqa-diamond"),
        ("benchmark", "GPQA Diamond", "gpqa-diamond"),
        ("benchmark", "gpqa_diamond", "gpqa-diamond"),
        ("organisation", "OpenAI", "openai"),
        ("organisation", "open ai", None),
        ("model", "gpt-5-of-nobody", None),
        ("benchmark", "", None),
    ],
)
def test_the_catalog_knows_ids_names_aliases_and_spellings(catalog, kind, name, meant):
    assert find(catalog, kind, name) == meant


@pytest.mark.parametrize(
    "name",
    ["gpt-5", "GPT-5", "GPT 5", "openai/gpt-5", "gpt-5-2025-08-07", "azure/gpt-5-2025-08-07"],
)
@pytest.mark.parametrize("asked", ["gpt-5", "GPT-5", "gpt-5-2025-08-07"])
def test_a_plain_frame_is_asked_by_the_names_of_the_catalog(name, asked):
    assert find(frame([name, "another"]), "model", asked) == name


def test_every_id_of_the_catalog_means_the_model_that_a_frame_calls_by_its_name(catalog):
    for kind, table in (("model", catalog.models), ("benchmark", catalog.benchmarks)):
        names = dict(table.select(kind, "name").iter_rows())
        called = list(names.values())
        data = frame(called) if kind == "model" else frame(["a"], called)
        assert {one: find(data, kind, one) for one in names} == names


def test_an_alias_of_the_dataset_comes_before_the_catalog():
    aliases = pl.DataFrame({"kind": ["model"], "alias": ["gpt-5"], "id": ["ours"]})
    data = frame(["ours", "gpt-5-2025-08-07"], aliases=aliases)
    assert find(data, "model", "gpt-5") == "ours"


def test_two_possible_meanings_are_an_error_that_names_both():
    data = frame(["openai/gpt-5", "gpt-5-2025-08-07"])
    with pytest.raises(UsageError, match="may mean 2 models") as caught:
        find(data, "model", "GPT-5")
    assert caught.value.details == ("gpt-5-2025-08-07", "openai/gpt-5")
    assert find(data, "model", "openai/gpt-5") == "openai/gpt-5"


def test_two_entities_of_one_name_are_told_apart_by_id():
    models = pl.DataFrame({"model": ["a1", "a2"], "name": ["Ace", "Ace"]})
    data = frame(["a1", "a2"], models=models)
    with pytest.raises(UsageError) as caught:
        resolve(data, "model", "Ace")
    assert caught.value.details == ("a1 (Ace)", "a2 (Ace)")
    assert resolve(data, "model", "a2") == "a2"


def test_what_nobody_is_called_is_an_error_with_names_that_are_near(catalog):
    with pytest.raises(UsageError, match=r"unknown benchmark 'gpqa-diamnd' \(did you mean 'gpqa-d"):
        resolve(catalog, "benchmark", "gpqa-diamnd")


def test_one_benchmark_under_two_names_is_an_error(catalog):
    assert resolve_each(catalog, "benchmark", ["HLE", "gpqa-diamond", "HLE"]) == (
        "hle",
        "gpqa-diamond",
    )
    with pytest.raises(UsageError, match="'HLE' and 'hle' are both the benchmark 'hle'"):
        resolve_keys(catalog, "benchmark", {"HLE": 1.0, "hle": 2.0})


def test_filters_and_groups_take_names(catalog):
    assert catalog.where(model="GPT-5").models["model"].to_list() == ["gpt-5"]
    assert catalog.where(benchmark=["HLE", "gpqa-diamond"]).benchmarks.height == 2
    from headway.dataset.groups import members

    assert members(catalog, "model:GPT-5|gpt-4o-2024-05-13") == ["gpt-4o-may-2024", "gpt-5"]
    assert members(catalog, "organisation:openai") == members(catalog, "organisation:OpenAI")


def test_a_group_by_a_name_that_two_makers_have_is_an_error():
    models = pl.DataFrame({"model": ["a", "b"], "organisation": ["meta-1", "meta-2"]})
    makers = pl.DataFrame({"organisation": ["meta-1", "meta-2"], "name": ["Meta", "Meta"]})
    data = frame(["a", "b"], models=models, organisations=makers)
    from headway.dataset.groups import members

    with pytest.raises(UsageError, match="may mean several") as caught:
        members(data, "organisation:Meta")
    assert caught.value.details == ("meta-1", "meta-2")
    assert members(data, "organisation:meta-2") == ["b"]


def test_the_catalog_is_its_own_authority():
    assert headway.load().known.ids("benchmark")
