"""Names in place of ids: what fixes a scale is found under any name, or its absence is said."""

import numpy as np
import polars as pl
import pytest

import headway
from headway.dataset import TABLES, Dataset
from headway.errors import NotIdentified, UsageError
from headway.rulers.scores.gauge import ANCHORS, PINNED
from headway.rulers.scores.logistic import NAME, OTHER_NAME

OWN = {"m00": 0.0, "m05": 10.0}


def matrix(models=8, benchmarks=(PINNED, "b1", "b2", "b3"), rename=None, seed=1):
    """An invented matrix without holes, the anchors in it, under names of one's choice."""
    rng = np.random.default_rng(seed)
    names = [*ANCHORS, *(f"m{k:02d}" for k in range(models - 2))]
    ability = np.linspace(-1, 1.5, models)
    rows = [
        (name, bench, float(1 / (1 + np.exp(-(0.6 + 0.3 * b) * (theta - 0.4 * b))) + e))
        for name, theta in zip(names, ability, strict=True)
        for b, bench in enumerate(benchmarks)
        for e in rng.normal(0, 0.02, 1)
    ]
    scores = pl.DataFrame(rows, schema=["model", "benchmark", "score"], orient="row")
    scores = scores.with_columns(pl.col("score").clip(0.0, 1.0))
    if rename:
        scores = scores.with_columns(pl.col("model", "benchmark").replace(rename))
    return Dataset.from_frames(scores=scores)


def values(scale, rename=None):
    return {
        (rename or {}).get(model, model): value
        for model, value in zip(scale.models, scale.estimate.tolist(), strict=True)
    }


def called_by_name(catalog):
    """The whole catalog with the published name of everything in place of its id."""
    rename = {
        table: dict(catalog.table(table).select(key, "name").iter_rows())
        for table, key in (("models", "model"), ("benchmarks", "benchmark"))
    }
    tables = {}
    for name in catalog.names:
        frame = catalog.table(name)
        own = {"models": "model", "benchmarks": "benchmark"}.get(name)
        for column in TABLES[name].columns:
            home = name if column.name == own else column.references
            if home in rename:
                frame = frame.with_columns(pl.col(column.name).replace(rename[home]))
        tables[name] = frame.drop("revision", "reason")
    del tables["aliases"]
    return Dataset.from_frames(**tables), rename["models"]


@pytest.fixture(scope="module")
def named(catalog):
    return called_by_name(catalog)


def test_the_catalog_called_by_its_names_gives_the_same_scale(catalog, point_scale, named):
    data, rename = named
    scale = headway.rulers.eci(draws=0).fit(data)
    wanted = values(point_scale, rename)
    found = values(scale)
    assert found.keys() == wanted.keys()
    assert max(abs(found[model] - wanted[model]) for model in wanted) < 1e-9
    assert scale.notes == point_scale.notes
    assert scale.ruler == NAME


@pytest.mark.parametrize("shelf", ["five-tests", "coding", "public-only", "held-out-only"])
def test_a_ruler_file_finds_its_benchmarks_by_name(catalog, named, shelf):
    data, rename = named
    ruler = headway.rulers.load(shelf)
    wanted = values(ruler.fit(catalog, draws=0), rename)
    found = values(ruler.fit(data, draws=0))
    assert max(abs(found[model] - wanted[model]) for model in wanted) < 1e-7


def test_the_other_rulers_take_names(catalog, named):
    data, rename = named
    for make in (
        lambda: headway.rulers.single("gpqa-diamond", draws=0),
        lambda: headway.rulers.composite({"gpqa-diamond": 2, "hle": 1}, draws=0),
    ):
        assert values(make().fit(data)) == pytest.approx(values(make().fit(catalog), rename))


@pytest.mark.parametrize(
    "rename",
    [
        {PINNED: "Winogrande"},
        {PINNED: "WinoGrande", "gpt-5": "GPT-5", "claude-3-5-sonnet": "Claude 3.5 Sonnet"},
        {PINNED: "wino grande", "gpt-5": "openai/gpt-5-2025-08-07"},
        {"claude-3-5-sonnet": "anthropic.claude-3-5-sonnet-20240620"},
    ],
)
def test_what_fixes_the_scale_is_found_under_other_names(rename):
    if rename.get(PINNED) == "wino grande":
        rename = rename | {PINNED: "WINOGRANDE"}
    plain = headway.rulers.eci(draws=0).fit(matrix())
    scale = headway.rulers.eci(draws=0).fit(matrix(rename=rename))
    found = values(scale)
    for model, value in values(plain).items():
        assert found[rename.get(model, model)] == pytest.approx(value, abs=1e-9)
    assert scale.diagnostics["pinned"] == rename.get(PINNED, PINNED)
    assert not scale.notes


def test_points_of_the_index_are_refused_without_the_benchmark_that_fixes_them():
    data = matrix(benchmarks=("b0", "b1", "b2", "b3"))
    with pytest.raises(NotIdentified, match="'winogrande', whose slope fixes this scale") as caught:
        headway.rulers.eci(draws=0).fit(data)
    assert "pinned=None" in str(caught.value)


@pytest.mark.parametrize(
    "options",
    [
        {"pinned": None},
        {"pinned": "B0"},
        {"anchors": None},
        {"anchors": OWN},
        {"benchmarks": ("b0", "b1", "b2")},
        {"pinned": None, "anchors": {"GPT-5": 150.0, "Claude 3.5 Sonnet": 130.0}},
    ],
)
def test_another_gauge_is_given_when_asked_for_and_said(options):
    data = matrix(benchmarks=("b0", "b1", "b2", "b3"))
    scale = headway.rulers.eci(draws=0, **options).fit(data)
    assert any(note.startswith("The slope of b0 is fixed at 1") for note in scale.notes)
    assert scale.ruler == OTHER_NAME


def test_another_gauge_moves_the_scale_so_the_note_matters():
    data = matrix()
    usual = headway.rulers.eci(draws=0).fit(data)
    other = headway.rulers.eci(draws=0, pinned="b3").fit(data)
    assert np.abs(usual.estimate - other.estimate).max() > 0.01
    assert other.ruler == OTHER_NAME
    assert other.notes == (
        "The slope of b3 is fixed at 1 in place of that of winogrande: "
        "values are not those of Epoch's index.",
    )


@pytest.mark.parametrize(
    ("options", "error", "said"),
    [
        ({"pinned": "nothing"}, UsageError, "unknown benchmark 'nothing'"),
        ({"pinned": "b3", "benchmarks": (PINNED, "b1")}, NotIdentified, "'b3', whose slope"),
        ({"anchors": {"gpt-5": 1.0, "GPT-5": 2.0}}, UsageError, "both names mean"),
        ({"weights": {"B1": 1.0, "b1": 2.0}}, UsageError, "are both the benchmark 'b1'"),
    ],
)
def test_names_that_fix_nothing_are_errors(options, error, said):
    with pytest.raises(error, match=said):
        headway.rulers.eci(draws=0, **options).fit(matrix())


@pytest.mark.parametrize("twins", [("azure/gpt-5", "openai/gpt-5"), ("gpt_5", "GPT 5")])
def test_an_anchor_that_two_models_may_be_is_an_error(twins):
    data = matrix(rename={"gpt-5": twins[0], "m03": twins[1]})
    with pytest.raises(UsageError, match="may mean 2 models") as caught:
        headway.rulers.eci(draws=0).fit(data)
    assert set(caught.value.details) == set(twins)


def test_a_part_of_the_evidence_that_lacks_the_pinned_benchmark_says_so(catalog):
    scale = headway.rulers.load("independent-only").fit(catalog, draws=0)
    pinned = scale.diagnostics["pinned"]
    assert pinned == PINNED or any(f"The slope of {pinned} is" in note for note in scale.notes)


def test_both_notes_are_there_in_chinese():
    from headway.report.words import Words

    data = matrix(benchmarks=("b0", "b1", "b2", "b3"))
    scale = headway.rulers.eci(draws=0, pinned=None).fit(data)
    for text in (*scale.notes, scale.ruler):
        said = Words("zh").note(text)[0]
        assert said != text
        assert "Epoch's" not in said
