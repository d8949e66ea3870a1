"""Domains as rulers of their own."""

import numpy as np
import polars as pl
import pytest

import headway
from headway.dataset import Dataset
from headway.errors import NotIdentified, UsageError
from headway.rulers import DomainRuler, LogisticRuler
from headway.rulers.scale import Scale
from headway.rulers.scores.domain import domain_benchmarks, domains
from headway.rulers.scores.refit import refit
from tests.rulers.worlds import logistic_world


def test_a_domain_is_the_refit_of_the_joint_scale(catalog: Dataset, scale: Scale) -> None:
    joint = LogisticRuler(draws=100, seed=5)
    fitted = headway.rulers.domain("math", joint=joint).fit(catalog)
    held = refit(scale, domain_benchmarks(catalog, "math"), name="math")
    assert fitted.models == held.models
    assert np.array_equal(fitted.capability.values, held.capability.values)
    assert fitted.spec["domain"] == "math"
    assert fitted.unit == "points"


def test_every_domain_of_the_catalog_fits_or_says_why(catalog: Dataset, scale: Scale) -> None:
    named = domains(catalog)
    assert {"coding", "agentic", "cyber", "research", "long_context", "writing"} <= set(named)
    refused = {}
    for domain in named:
        for membership in ("main", "any"):
            ruler = DomainRuler(domain=domain, membership=membership)
            try:
                fitted = ruler.refit(scale)
            except NotIdentified as error:
                refused[domain, membership] = error
            else:
                assert len(fitted.spec["benchmarks"]) >= 2
    assert set(refused) == {("cyber", "main"), ("cyber", "any"), ("writing", "main")}
    assert all(error.hint for error in refused.values())
    assert "membership='any' takes in gdpval" in str(refused["writing", "main"].hint)


def test_any_mention_takes_in_more_than_the_main_domain(catalog: Dataset) -> None:
    for domain in domains(catalog):
        assert set(domain_benchmarks(catalog, domain)) <= set(
            domain_benchmarks(catalog, domain, "any")
        )
    assert "hle" in domain_benchmarks(catalog, "vision", "any")
    assert "hle" not in domain_benchmarks(catalog, "vision")


def test_models_with_too_few_scores_in_the_domain_are_named() -> None:
    base = logistic_world(models=12, benchmarks=6, share=1.0).data
    benchmarks = base.benchmarks.select(
        "benchmark", domain=pl.lit("odd"), chance=pl.lit(0.0), ceiling=pl.lit(1.0)
    )
    data = Dataset.from_frames(
        scores=base.scores.select("model", "benchmark", "score"), benchmarks=benchmarks
    )
    joint = LogisticRuler(anchors=None, draws=5)
    with pytest.raises(NotIdentified, match="no model has 7 scores"):
        DomainRuler(domain="odd", min_scores=7, joint=joint).fit(data)
    alone = refit(joint.fit(data), ["b02"], name="one", min_scores=1)
    assert np.isnan(alone.low).all()


def test_status_tells_of_floors_and_ceilings() -> None:
    rows = [
        ("top", "x", 1.0), ("top", "y", 1.0), ("top", "z", 0.9), ("top", "w", 0.9),
        ("low", "x", 0.0), ("low", "y", 0.0), ("low", "z", 0.2), ("low", "w", 0.1),
        ("mid", "x", 0.5), ("mid", "y", 0.4), ("mid", "z", 0.6), ("mid", "w", 0.5),
    ]  # fmt: skip
    data = Dataset.from_frames(
        scores=pl.DataFrame(rows, schema=["model", "benchmark", "score"], orient="row")
    )
    scale = LogisticRuler(anchors=None, draws=5).fit(data)
    assert refit(scale, ["x", "y"], name="xy").status == ("at_floor", "few_scores", "at_ceiling")


def test_wrong_domains_are_refused(catalog: Dataset, published: Scale) -> None:
    with pytest.raises(UsageError, match="did you mean 'coding'"):
        headway.rulers.domain("codng").fit(catalog)
    with pytest.raises(UsageError, match="'main', 'any'"):
        headway.rulers.domain("coding", membership="some")
    with pytest.raises(UsageError, match="difficulties"):
        headway.rulers.domain("coding").refit(published)
