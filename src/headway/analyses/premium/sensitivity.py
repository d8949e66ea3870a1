"""The premium under other labels, without each benchmark, and without each organisation."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from headway.analyses.premium.cells import Cells, Compared, comparable, compared
from headway.analyses.premium.estimator import Model
from headway.analyses.premium.interaction import interaction
from headway.analyses.premium.spec import PremiumSpec
from headway.analyses.result import interval_columns
from headway.errors import NotIdentified, UsageError
from headway.progress import Progress
from headway.shortly import of_fields

if TYPE_CHECKING:
    from headway.rulers.scale import Scale

PERMUTATIONS = 1999
STARTS = (dt.date(2024, 1, 1), dt.date(2024, 9, 1), dt.date(2025, 1, 1))
LISTS: dict[str, tuple[tuple[str, dict[str, str]], ...]] = {
    "access": (
        ("held_out", {"private": "held_out", "public": "public"}),
        ("held_out_and_semi_private", {"private": "held_out,semi_private", "public": "public"}),
        ("semi_private", {"private": "semi_private", "public": "public"}),
        ("held_out_against_all", {"private": "held_out", "public": "public,semi_private"}),
        (
            "unknown_as_public",
            {"private": "held_out,semi_private", "public": "public,unknown"},
        ),
        (
            "unknown_as_private",
            {"private": "held_out,semi_private,unknown", "public": "public"},
        ),
    ),
    "reporter": (
        ("developer", {"developer": "developer", "independent": "independent,benchmark"}),
        (
            "developer_and_competitor",
            {"developer": "developer,competitor", "independent": "independent,benchmark"},
        ),
        (
            "unknown_as_developer",
            {"developer": "developer,unknown", "independent": "independent,benchmark"},
        ),
        (
            "unknown_as_independent",
            {"developer": "developer", "independent": "independent,benchmark,unknown"},
        ),
    ),
}
LABELS = ("list", "confidence", "relabelled")
SCHEMA: dict[str, Any] = {
    "kind": pl.String,
    "entity": pl.String,
    "name": pl.String,
    "quantity": pl.String,
    "estimate": pl.Float64,
    "low": pl.Float64,
    "high": pl.Float64,
    "level": pl.Float64,
    "unit": pl.String,
    "status": pl.String,
    "n": pl.Int64,
    "benchmarks": pl.Int64,
    "p_value": pl.Float64,
    "why": pl.String,
}


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class Variant:
    """One other way to ask: its kind, what is changed, and the cells that result."""

    kind: str
    entity: str
    name: str
    cells: Cells
    spec: PremiumSpec

    __repr__ = of_fields


def sensitivity(
    scale: "Scale", spec: PremiumSpec, found: Compared, progress: Progress
) -> pl.DataFrame:
    """Measure the premium under every variant of the labels and of the evidence.

    Kinds of variant: ``chosen`` (as asked), ``list`` (other kinds of access or reporter on either
    side, unknown ones either way), ``confidence`` (only labels of high confidence, or all where
    only those were asked for), ``relabelled`` (a benchmark whose label is not of high confidence
    changes sides), ``without_benchmark``, ``without_organisation``, ``since`` (other first days)
    and ``all_benchmarks`` (saturated ones too). A variant that changes nothing is left out.

    Returns
    -------
    polars.DataFrame
        Points with an interval and a p-value each; ``status`` is ``ok`` or ``not_identified``
        with the reason in ``why``.
    """
    variants = _distinct(_variants(scale, spec, found))
    rows = []
    progress.stage("Measuring under other labels")
    weighed: Model | None = None
    for k, variant in enumerate(variants, start=1):
        row, model = _row(variant, weighed)
        rows.append(row)
        weighed = weighed or model
        progress.advance(k, len(variants))
    return pl.DataFrame([{c: row.get(c) for c in SCHEMA} for row in rows], schema=SCHEMA)


def _distinct(variants: Iterator[Variant]) -> list[Variant]:
    """Leave out variants that change nothing about the cells."""
    chosen = next(variants)
    out = [chosen]
    for variant in variants:
        same = (
            variant.cells.models == chosen.cells.models
            and variant.cells.benchmarks == chosen.cells.benchmarks
            and np.array_equal(variant.cells.label, chosen.cells.label)
        )
        if not same:
            out.append(variant)
    return out


def _row(variant: Variant, weighed: Model | None) -> tuple[dict[str, Any], Model | None]:
    """Row of a variant and the weights of its scores, from some that are known where they serve."""
    row: dict[str, Any] = {
        "kind": variant.kind, "entity": variant.entity, "name": variant.name,
        "quantity": "premium_points", "level": variant.spec.level, "unit": "points",
        "n": len(variant.cells.label), "benchmarks": len(variant.cells.benchmarks),
    }  # fmt: skip
    try:
        fewer = min(PERMUTATIONS, variant.spec.permutations)
        measured = interaction(
            variant.cells,
            variant.spec,
            permutations=None if variant.kind == "chosen" else fewer,
            weighed=weighed,
        )
    except NotIdentified as error:
        return row | {"status": "not_identified", "why": error.message}, None
    bounds = interval_columns(measured.premium.rows[:, None], variant.spec.level)
    values = {name: column[0] for name, column in bounds.items()}
    return row | values | {"status": "ok", "p_value": measured.p_value}, measured.model


def _variants(scale: "Scale", spec: PremiumSpec, found: Compared) -> Iterator[Variant]:
    def made(kind: str, entity: str, name: str, cells: Cells, asked: PremiumSpec = spec) -> Variant:
        return Variant(
            kind=kind, entity=entity, name=name, cells=comparable(cells, asked), spec=asked
        )

    labelled = found.labelled(spec)
    cells = comparable(labelled, spec)
    yield made("chosen", "chosen", "chosen", labelled)
    for name, lists in LISTS[spec.contrast]:
        asked = spec.with_options(**lists)
        if (asked.high, asked.low) != (spec.high, spec.low):
            yield made("list", name, name, found.labelled(asked), asked)
    data = scale.dataset
    named = dict(data.benchmarks.select("benchmark", "name").iter_rows())
    if spec.contrast == "access":
        of_cell = np.array(labelled.benchmarks)[labelled.benchmark]
        asked = spec.with_options(confidence="any" if spec.confidence == "high" else "high")
        if found.unsure:
            yield made(
                "confidence", asked.confidence, asked.confidence, found.labelled(asked), asked
            )
        for benchmark in sorted(found.unsure & set(cells.benchmarks)):
            other = np.where(of_cell == benchmark, 1 - labelled.label, labelled.label)
            name = named.get(benchmark) or benchmark
            yield made("relabelled", benchmark, name, labelled.relabelled(other))
    for k, benchmark in enumerate(cells.benchmarks):
        name = named.get(benchmark) or benchmark
        yield made("without_benchmark", benchmark, name, cells.keep(cells.benchmark != k))
    facts = dict(data.models.select("model", "organisation").iter_rows())
    called = dict(data.organisations.select("organisation", "name").iter_rows())
    makers = np.array([facts.get(model) or "" for model in labelled.models])
    for maker in sorted({facts.get(model) or "" for model in cells.models}):
        if maker and (makers != maker).any():
            kept = labelled.keep((makers != maker)[labelled.model])
            yield made("without_organisation", str(maker), called.get(maker) or str(maker), kept)
    for start in STARTS:
        if start != spec.since:
            yield from _elsewhere(scale, spec.with_options(since=start), "since", str(start))
    if spec.saturated < 1:
        yield from _elsewhere(
            scale, spec.with_options(saturated=1.0), "all_benchmarks", "all_benchmarks"
        )


def _elsewhere(scale: "Scale", asked: PremiumSpec, kind: str, name: str) -> Iterator[Variant]:
    try:
        found = compared(scale, asked)
    except (NotIdentified, UsageError):
        return
    cells = comparable(found.labelled(asked), asked)
    yield Variant(kind=kind, entity=name, name=name, cells=cells, spec=asked)
