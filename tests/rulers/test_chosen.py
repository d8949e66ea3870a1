"""Rulers by file on data: what is selected, and that it is what the kind would do by hand."""

import datetime as dt
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

import headway
from headway.analyses.contest import LagSpec
from headway.analyses.events import events
from headway.dataset import Dataset
from headway.errors import NotIdentified, UsageError
from headway.rulers import CompositeRuler, LogisticRuler, SingleRuler
from headway.rulers.files.chosen import ChosenRuler
from headway.rulers.files.contents import Benchmarks, Models, Sampling, Scores
from headway.rulers.files.kinds import KINDS
from headway.rulers.files.reading import from_dict, shelf, shelved
from headway.rulers.files.selection import select
from headway.rulers.files.together import together
from headway.rulers.scale import Scale
from headway.rulers.scores.refit import refit


def _ruler(kind: str = "eci", **parts: Any) -> ChosenRuler:
    return ChosenRuler(file=from_dict({"name": "x", "kind": kind} | parts))


def _chosen(data: Dataset, **conditions: Any) -> tuple[str, ...]:
    return _ruler(benchmarks=conditions).select(data).benchmarks


def _same(one: Scale, other: Scale) -> None:
    assert one.models == other.models
    assert np.array_equal(one.estimate, other.estimate)
    assert np.array_equal(one.capability.values, other.capability.values, equal_nan=True)


@pytest.fixture(scope="module")
def shelf_scales(catalog: Dataset) -> dict[str, Scale]:
    rulers = {name: headway.rulers.load(name) for name in shelved()}
    scales, failures = together(rulers, catalog, draws=20)
    assert failures == {}
    return scales


def test_conditions_all_hold(catalog: Dataset) -> None:
    facts = catalog.benchmarks
    by_hand = facts.filter(
        (pl.col("domain").is_in(["math", "science"]))
        & (pl.col("item_access") == "public")
        & (pl.col("n_items") <= 1000)
        & (pl.col("released_on") >= dt.date(2022, 1, 1))
    )["benchmark"].sort()
    found = _chosen(
        catalog, domain=["math", "science"], item_access=["public"], most_items=1000,
        released_since="2022-01-01",
    )  # fmt: skip
    assert found == tuple(by_hand)
    assert len(found) > 1


def test_included_names_come_on_top_and_excluded_ones_go(catalog: Dataset) -> None:
    maths = set(_chosen(catalog, domain=["math"]))
    assert set(_chosen(catalog, domain=["math"], include=["hle"])) == maths | {"hle"}
    assert set(_chosen(catalog, domain=["math"], exclude=["gsm8k"])) == maths - {"gsm8k"}
    assert _chosen(catalog, include=["hle", "gsm8k"]) == ("gsm8k", "hle")
    assert len(_chosen(catalog, exclude=["hle"])) == catalog.benchmarks.height - 1


def test_unknown_facts_do_not_meet_a_condition(catalog: Dataset) -> None:
    for name, column in (("most_items", "n_items"), ("released_since", "released_on")):
        value = 10**9 if name == "most_items" else "1900-01-01"
        known = catalog.benchmarks.filter(pl.col(column).is_not_null())["benchmark"]
        assert set(_chosen(catalog, **{name: value})) == set(known)
        assert known.len() < catalog.benchmarks.height


def test_models_are_counted_by_the_scores_that_count(catalog: Dataset) -> None:
    counts = dict(catalog.scores.group_by("benchmark").len().iter_rows())
    many = _chosen(catalog, fewest_models=60)
    assert set(many) == {name for name, n in counts.items() if n >= 60}
    third_parties = _ruler(scores={"reporter": ["independent"]}, benchmarks={"fewest_models": 60})
    assert set(third_parties.select(catalog).benchmarks) < set(many)


def test_every_benchmark_is_in_or_out_with_a_reason(catalog: Dataset) -> None:
    for file in shelved().values():
        if "benchmarks" not in file.of_kind.sections:
            continue
        found = select(file, catalog)
        names = [*found.benchmarks, *(name for name, _ in found.left_out)]
        assert sorted(names) == catalog.benchmarks["benchmark"].sort().to_list()
        assert all(reason for _, reason in found.left_out)


def test_scores_are_chosen_by_reporter_and_effort(catalog: Dataset) -> None:
    found = _ruler(scores={"reporter": ["developer", "competitor"]}).select(catalog)
    assert set(found.data.scores["reporter"]) == {"developer", "competitor"}
    assert "of 2,249" in found.notes[0]
    plain = _ruler(scores={"effort": "default"}).select(catalog)
    assert set(plain.data.scores["variant"]) == {"default"}


def test_effort_is_the_policy_of_the_kind() -> None:
    scores = pl.DataFrame(
        {
            "model": ["a", "a", "a", "b", "b"],
            "variant": ["default", "high", "low", "default", "high"],
            "benchmark": ["x"] * 5,
            "score": [0.5, 0.8, 0.2, 0.4, 0.6],
        }
    )
    data = Dataset.from_frames(scores=scores, recorded_on="2026-01-01")
    found = {
        effort: _ruler("single", scores={"effort": effort}).fit(data, draws=0).estimate.tolist()
        for effort in ("best", "default", "mean")
    }
    assert found["best"] == pytest.approx([80.0, 60.0])
    assert found["default"] == pytest.approx([50.0, 40.0])
    assert found["mean"] == pytest.approx([50.0, 50.0])
    with pytest.raises(UsageError, match="more than one score"):
        _ruler("single", scores={"effort": "error"}).fit(data)


def test_a_file_fits_what_its_kind_fits(catalog: Dataset) -> None:
    chosen = ("gpqa-diamond", "hle", "critpt", "gsm8k", "mmlu", "otis-mock-aime-2024-2025")
    anchors = {"gpt-4o-nov-2024": 100.0, "gpt-5": 200.0}
    file = _ruler(
        benchmarks={"include": list(chosen)}, weights={"hle": 2}, models={"min_scores": 2},
        anchors=anchors, options={"ridge": 0.2}, draws={"number": 10, "seed": 3, "level": 0.8},
    )  # fmt: skip
    by_hand = LogisticRuler(
        benchmarks=chosen, weights={"hle": 2}, min_scores=2, anchors=anchors, ridge=0.2,
        draws=10, seed=3, level=0.8,
    )  # fmt: skip
    _same(file.fit(catalog), by_hand.fit(catalog))


def test_other_kinds_by_file(catalog: Dataset) -> None:
    single = _ruler("single", benchmarks={"include": ["hle"]})
    _same(single.fit(catalog, draws=5), SingleRuler(benchmark="hle").fit(catalog, draws=5))
    weights = {"hle": 2.0, "gpqa-diamond": 1.0}
    composite = _ruler("composite", weights=weights, options={"missing": "worst"})
    by_hand = CompositeRuler(weights=weights, missing="worst", version="1", name="x")
    _same(composite.fit(catalog, draws=5), by_hand.fit(catalog, draws=5))


def test_a_domain_by_file_is_the_refit_of_the_joint_fit(
    catalog: Dataset, scale: Scale, shelf_scales: dict[str, Scale]
) -> None:
    file = headway.rulers.load("coding")
    found = file.fit(catalog, draws=100, seed=5)
    used = catalog.benchmarks.filter(pl.col("domain") == "coding")["benchmark"].to_list()
    _same(found, refit(scale, used, name="coding"))
    _same(shelf_scales["coding"], file.fit(catalog, draws=20))


def test_the_general_ruler_is_the_ECI_compatible_one(  # noqa: N802
    catalog: Dataset, shelf_scales: dict[str, Scale]
) -> None:
    _same(shelf_scales["general"], headway.rulers.eci().fit(catalog, draws=20))


@pytest.mark.parametrize("name", sorted(shelved()))
def test_the_shelf_fits_the_catalog(shelf_scales: dict[str, Scale], name: str) -> None:
    scale, file = shelf_scales[name], shelved()[name]
    assert len(scale.models) >= 10
    assert np.isfinite(scale.estimate).all()
    assert scale.ruler == file.called("en")
    said = scale.spec["file"]
    assert said["digest"] == file.digest
    assert said["title"]["zh"] == file.called("zh")
    assert file.title is not None
    assert file.title.zh
    assert file.note is not None
    assert file.note.zh
    lag = headway.lag(scale, tie=0.0).headline()
    assert 0 < lag["estimate"] < 24


def test_the_shelf_has_a_table(catalog: Dataset) -> None:
    table = shelf(catalog)
    assert table.height == 18
    assert table["name"][0] == "general"
    assert table["digest"].n_unique() == table.height
    counts = dict(table.select("name", "benchmarks").iter_rows())
    assert counts["general"] == 57
    assert counts["epoch-published"] is None
    assert counts["public-only"] + counts["held-out-only"] < 57


def test_the_selection_is_made_on_the_data_at_hand(catalog: Dataset) -> None:
    ruler = headway.rulers.load("public-only")
    earlier = catalog.as_of("2024-06-30", by="released")
    assert len(ruler.select(earlier).benchmarks) < len(ruler.select(catalog).benchmarks)


def test_a_level_from_outside(catalog: Dataset) -> None:
    ruler = replace(headway.rulers.load("science"), level=0.5)
    assert ruler.fit(catalog, draws=20).level == 0.5
    assert ruler.file.digest == headway.rulers.load("science").file.digest


@pytest.mark.parametrize(
    ("kind", "parts", "said"),
    [
        ("eci", {"benchmarks": {"include": ["hel"]}}, "include: unknown benchmark 'hel'"),
        ("eci", {"benchmarks": {"exclude": ["hel"]}}, "did you mean 'hle'"),
        ("eci", {"weights": {"hel": 1}}, "weights: unknown benchmark 'hel'"),
        ("eci", {"benchmarks": {"domain": ["maths"]}}, "domain: unknown domain 'maths'"),
        ("eci", {"benchmarks": {"maintainer": ["Nobody"]}}, "unknown maintainer"),
        (
            "eci",
            {"benchmarks": {"domain": ["math"]}, "weights": {"hle": 2}},
            "hle: domain is knowledge",
        ),
        ("single", {}, "exactly one benchmark"),
        ("single", {"benchmarks": {"domain": ["math"]}}, "selects 8"),
        ("pairwise", {}, "import"),
        ("eci", {"draws": {"level": 2.0}}, "level is 2.0"),
        ("eci", {"options": {"ridge": -1}}, "ridge is -1"),
    ],
)
def test_what_a_dataset_cannot_give_is_said(
    catalog: Dataset, kind: str, parts: dict[str, Any], said: str
) -> None:
    with pytest.raises(UsageError) as caught:
        _ruler(kind, **parts).fit(catalog, draws=0)
    assert said in str(caught.value)


def test_nothing_left_is_said_with_the_reasons(catalog: Dataset) -> None:
    ruler = _ruler(benchmarks={"domain": ["math"], "released_since": "2030-01-01"})
    with pytest.raises(NotIdentified) as caught:
        ruler.fit(catalog)
    assert "leaves no benchmark" in caught.value.message
    assert any("released on" in line for line in caught.value.details)


def test_no_score_of_a_reporter_is_said() -> None:
    scores = pl.DataFrame({"model": ["a", "b"], "benchmark": ["x", "x"], "score": [0.5, 0.7]})
    data = Dataset.from_frames(scores=scores, recorded_on="2026-01-01")
    with pytest.raises(NotIdentified, match="only scores with reporter developer"):
        _ruler("single", scores={"reporter": ["developer"]}).fit(data)


def test_one_failure_does_not_stop_the_others(catalog: Dataset) -> None:
    rulers = {
        "bad": _ruler(benchmarks={"include": ["nope"]}),
        "good": headway.rulers.load("science"),
        "plain": SingleRuler(benchmark="hle"),
    }
    scales, failures = together(rulers, catalog, draws=5)
    assert set(scales) == {"good", "plain"}
    assert "does not have" in failures["bad"]


def test_a_known_scale_is_not_fitted_again(catalog: Dataset, monkeypatch: Any) -> None:
    known = LogisticRuler().fit(catalog, draws=20, seed=1)

    def refuse(*_: Any, **__: Any) -> None:
        raise AssertionError("fitted again")

    monkeypatch.setattr(LogisticRuler, "fit", refuse)
    rulers = {"general": headway.rulers.load("general"), "maths": headway.rulers.load("maths")}
    scales, failures = together(rulers, catalog, draws=20, seed=1, known=[(LogisticRuler(), known)])
    assert failures == {}
    assert np.array_equal(scales["general"].capability.values, known.capability.values)


def test_the_documentation_names_every_ruler_kind_and_condition() -> None:
    page = (Path(__file__).parents[2] / "docs" / "rulers.md").read_text(encoding="utf-8")
    for name in (*shelved(), *KINDS):
        assert f"`{name}`" in page or f"--ruler {name}" in page
    for part in (Benchmarks, Scores, Models, Sampling):
        for item in fields(part):
            assert f"`{item.name}`" in page


def test_a_known_calibrated_scale_is_not_fitted_again(
    catalog: Dataset, shelf_scales: dict[str, Scale], monkeypatch: Any
) -> None:
    ruler = headway.rulers.calibrated()
    known = ruler.fit(catalog, draws=20)
    _same(shelf_scales["general-calibrated"], known)

    def refuse(*_: Any, **__: Any) -> None:
        raise AssertionError("fitted again")

    monkeypatch.setattr(type(ruler), "fit", refuse)
    rulers = {"mine": headway.rulers.load("general-calibrated")}
    scales, failures = together(rulers, catalog, draws=20, known=[(ruler, known)])
    assert failures == {}
    assert scales["mine"].spec["file"]["name"] == "general-calibrated"


def test_what_the_documentation_says_is_not_on_the_shelf(catalog: Dataset, scale: Scale) -> None:
    with pytest.raises(NotIdentified, match="share no benchmark"):
        _ruler(scores={"reporter": ["developer"]}).fit(catalog, draws=0)
    with pytest.raises(NotIdentified, match="anchor 'gpt-5' has no scores"):
        _ruler(scores={"effort": "default"}).fit(catalog, draws=0)
    language = _ruler("domain", benchmarks={"domain": ["language"]}).fit(catalog, draws=0)
    newest = catalog.models.filter(pl.col("model").is_in(language.models))["announced_on"].max()
    assert newest < dt.date(2025, 6, 1)  # type: ignore[operator]
    found = events(scale, LagSpec()).table.filter(pl.col("kind") == "domain")
    status = dict(found.select("entity", "status").iter_rows())
    for domain in ("vision", "writing", "cyber", "research"):
        assert status[domain] == "not_enough_data"
