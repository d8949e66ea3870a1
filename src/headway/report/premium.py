"""The premium in words and tables: the verdict, the tests, the variants, one model."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from headway.analyses.premium import PremiumResult
from headway.analyses.result import Result
from headway.report.phrases import interval_only, names_of
from headway.report.tables import Cell, Table, estimate
from headway.report.words import Words

MATTER = 6
FOLDED = ("without_benchmark", "without_organisation")


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The verdict in parts.

    Parameters
    ----------
    claim
        What the evidence amounts to, without a full stop.
    figure
        The numbers behind it.
    stability
        What other labels, placebos and the second design say.
    caution
        What it cannot tell, and what is confounded.
    """

    claim: str
    figure: str
    stability: str
    caution: str

    def __str__(self) -> str:
        return f"{self.claim}. {self.figure} {self.stability} {self.caution}"

    def to_dict(self) -> dict[str, str]:
        """Plain values for JSON."""
        return {
            "claim": self.claim,
            "figure": self.figure,
            "stability": self.stability,
            "caution": self.caution,
        }


def verdict(words: Words, result: PremiumResult) -> Verdict:
    """Say what a premium amounts to, by the rules of :class:`headway.analyses.premium.Evidence`.

    Parameters
    ----------
    words
        The language.
    result
        What was measured.
    """
    facts = result.evidence
    called = names(words, result, positive=facts.estimate >= 0)
    row = result.headline()
    sign = 1.0 if facts.estimate >= 0 else -1.0
    low, high = sorted((sign * (facts.low or 0.0), sign * (facts.high or 0.0)))
    figure = [
        words(
            "premium.figure", points=words.number(sign * facts.estimate), low=words.number(low),
            high=words.number(high), level=words.level(facts.level), count=f"{row['n']:,}",
            benchmarks=result.details["benchmarks"].height, p=p_text(words, facts.p_value),
            **called,
        )
    ]  # fmt: skip
    if facts.months is not None and facts.months_low is not None and facts.months_high is not None:
        low, high = sorted((sign * facts.months_low, sign * facts.months_high))
        figure.append(
            words("premium.months", months=words.number(sign * facts.months),
                  low=words.number(low), high=words.number(high), **called)
        )  # fmt: skip
    main = result.table.filter(pl.col("quantity") == "reporter_effect").to_dicts()
    tests = result.details["tests"].filter(pl.col("quantity") == "reporter_effect")
    if main and tests.height:
        figure.append(
            words("premium.reporter", points=words.number(main[0]["estimate"]),
                  low=words.number(main[0]["low"]), high=words.number(main[0]["high"]),
                  p=p_text(words, float(tests["p_value"][0])))
        )  # fmt: skip
    space = "" if words.lang == "zh" else " "
    return Verdict(
        claim=words(f"premium.claim_{facts.strength}", **called),
        figure=space.join(figure),
        stability=space.join(_stability(words, result, called)),
        caution=words(f"premium.caution_{result.spec['contrast']}"),
    )


def _stability(words: Words, result: PremiumResult, called: dict[str, str]) -> list[str]:
    facts = result.evidence
    out = []
    if facts.variants and facts.label_low is not None:
        out.append(
            words(
                "premium.stability", variants=facts.variants, same=facts.same_sign,
                clear=facts.clear, low=words.number(facts.label_low),
                high=words.number(facts.label_high),
            )
        )  # fmt: skip
    if facts.confidence_estimate is not None and facts.confidence_p_value is not None:
        other = "any" if result.spec["confidence"] == "high" else "high"
        out.append(
            words(
                f"premium.confidence_{other}", points=words.number(facts.confidence_estimate),
                low=words.number(facts.confidence_low), high=words.number(facts.confidence_high),
                p=p_text(words, facts.confidence_p_value),
            )
        )  # fmt: skip
    if facts.pivotal is not None and facts.pivotal_p_value is not None:
        out.append(
            words(
                "premium.pivotal", name=facts.pivotal,
                points=words.number(facts.pivotal_estimate),
                p=p_text(words, facts.pivotal_p_value),
            )
        )  # fmt: skip
    if facts.placebo_share is not None:
        out.append(
            words("premium.placebo", count=facts.placebos,
                  share=words.number(100 * facts.placebo_share, 0), **called)
        )  # fmt: skip
    rulers = result.table.filter(
        (pl.col("convention") == "two-rulers") & (pl.col("entity") == "difference")
        & (pl.col("unit") == "months") & pl.col("low").is_not_null()
        & pl.col("high").is_not_null()
    )  # fmt: skip
    if rulers.height:
        row = rulers.row(0, named=True)
        key = "premium.rulers_further" if row["estimate"] >= 0 else "premium.rulers_nearer"
        out.append(
            words(key, months=words.number(abs(row["estimate"])), low=words.number(row["low"]),
                  high=words.number(row["high"]), **called)
        )  # fmt: skip
    return out


def p_text(words: Words, value: float) -> str:
    """Return a p-value with its sign: ``= 0.14`` or ``< 0.001``."""
    if value < 0.001:
        return words("premium.p_below")
    return words("premium.p", value=words.number(value, 2 if value >= 0.01 else 3))


def designs(words: Words, result: PremiumResult) -> Table:
    """Every number of both designs."""
    called = names(words, result)
    rows = [
        (
            words(f"premium.design_{row['convention']}"),
            words.known("quantity", row["quantity"]),
            _entity(words, result, row["entity"]),
            estimate(words, row),
            interval_only(words, row),
            words(f"premium.unit_{row['unit']}"),
            f"{row['n']:,}",
        )
        for row in result.table.to_dicts()
    ]
    return _table(
        words("premium.designs_caption", **called),
        (
            words("premium.column_design"), words("column.quantity"),
            words("premium.column_side"), words("premium.column_estimate"),
            words("column.interval", level=words.level(float(result.spec["level"]))),
            words("premium.column_unit"), words("column.n"),
        ),
        rows, numeric=(3, 4, 6), marked=(0,),
    )  # fmt: skip


def benchmarks(words: Words, result: PremiumResult) -> Table:
    """The follower's advantage on each test, with its noise."""
    called = names(words, result)
    rows = [
        (
            str(row["name"] or row["benchmark"]),
            words(f"premium.side_{row['side']}") if row["side"] else words("number.unknown"),
            words.known("access", row["item_access"] or "unknown"),
            words.number(row["advantage"]),
            words.number(row["error"]),
            words.number(row["without"]),
            f"{row['leader_scores']} / {row['follower_scores']}",
        )
        for row in result.details["benchmarks"].to_dicts()
    ]
    return _table(
        words("premium.table_caption", **called),
        (
            words("column.test"), words("premium.column_side"), words("column.access"),
            words("premium.column_advantage"), words("premium.column_error"),
            words("premium.column_without"),
            words("premium.column_scores"),
        ),
        rows, numeric=(3, 4, 5),
    )  # fmt: skip


def variants(words: Words, result: PremiumResult) -> Table:
    """The premium under every variant."""
    called = names(words, result)
    frame = result.details["sensitivity"]
    rows = [
        (
            variant_name(words, row),
            _kind(words, row["kind"]),
            estimate(words, row),
            interval_only(words, row),
            words("number.unknown") if row["p_value"] is None
            else words.number(row["p_value"], 3),
            f"{row['n']:,}",
        )
        for row in frame.to_dicts()
    ]  # fmt: skip
    return _table(
        words("premium.variants_title", **called),
        (
            words("premium.column_variant"), words("premium.column_kind"),
            words("premium.column_points"),
            words("column.interval", level=words.level(float(result.spec["level"]))),
            words("premium.column_p"), words("premium.column_scores"),
        ),
        rows, numeric=(2, 3, 4, 5), marked=(0,),
    )  # fmt: skip


def placebos(words: Words, result: PremiumResult) -> Table:
    """Premiums between parts of the leader's group, and where the random splits lie."""
    frame = result.details["placebos"].with_columns(unit=pl.lit("points"))
    rows = [
        (
            words("premium.against", follower=row["follower"], leader=row["leader"]),
            estimate(words, row),
            interval_only(words, row),
            words.number(row["ratio"]),
        )
        for row in frame.filter(pl.col("kind") == "named").to_dicts()
    ]
    level = float(result.spec["level"])
    split = frame.filter((pl.col("kind") == "split") & (pl.col("status") == "ok"))
    if split.height:
        tail = (1 - level) / 2
        middle = {
            "estimate": split["estimate"].mean(), "status": "ok",
            "low": split["estimate"].quantile(tail, "linear"),
            "high": split["estimate"].quantile(1 - tail, "linear"),
        }  # fmt: skip
        rows.append(
            (
                words("premium.splits", count=split.height, level=words.level(level)),
                estimate(words, middle), interval_only(words, middle), words("number.unknown"),
            )
        )  # fmt: skip
    return _table(
        words("premium.placebos_caption", **names(words, result)),
        (
            words("premium.column_groups"), words("premium.column_points"),
            words("column.interval", level=words.level(level)), words("premium.column_ratio"),
        ),
        rows, numeric=(1, 2, 3),
    )  # fmt: skip


def model(words: Words, result: Result) -> Table:
    """Where one model stands on every test; tests without a score are named too."""
    sides = words.names(str(result.spec["leader"]), f"model:{result.spec['model']}")
    called = str(result.spec.get("name") or result.spec["model"])
    rows = [
        (
            str(row["name"]),
            words.known("access", row["item_access"] or "unknown"),
            words.number(row["score"]),
            estimate(words, row),
            interval_only(words, row),
            words.known("status", row["status"]),
            row["matched_name"] or words("number.unknown"),
            words.day(row["matched_date"]),
        )
        for row in result.table.to_dicts()
    ]
    return _table(
        words("premium.model_caption", model=called, leader_in=sides["leader_in"]),
        (
            words("column.test"), words("column.access"), words("premium.column_score"),
            words("column.lag"),
            words("column.interval", level=words.level(float(result.spec["level"]))),
            words("column.status"), words("column.matched"), words("column.matched_date"),
        ),
        rows, numeric=(2, 3, 4),
    )  # fmt: skip


def variant_name(words: Words, row: dict[str, Any]) -> str:
    """Name of a variant: of the labels, a test, an organisation, or a day."""
    key = f"premium.variant.{row['entity']}"
    if row["kind"] in ("chosen", "list", "confidence", "all_benchmarks") and words.has(key):
        return words(key)
    if row["kind"] == "since":
        return words("premium.since", day=words.day(date.fromisoformat(row["entity"])))
    return str(row["name"])


def drawn_variants(result: PremiumResult) -> pl.DataFrame:
    """Variants to draw: of the tests and organisations left out, those that matter most."""
    frame = result.details["sensitivity"].filter(pl.col("estimate").is_not_null())
    moved = (pl.col("estimate") - result.evidence.estimate).abs()
    parts = []
    for kind in frame["kind"].unique(maintain_order=True):
        part = frame.filter(pl.col("kind") == kind)
        if kind in FOLDED:
            part = part.sort(moved, "entity", descending=[True, False]).head(MATTER)
        parts.append(part)
    return pl.concat(parts)


def names(words: Words, result: PremiumResult, *, positive: bool = True) -> dict[str, str]:
    """Names of the groups and of both sides; ``where`` is the side with the advantage."""
    sides = ("public", "private") if result.spec["contrast"] == "access" else (
        "developer", "independent"
    )  # fmt: skip
    where, other = (words(f"premium.where_{side}") for side in (sides if positive else sides[::-1]))
    first, second = (words(f"premium.where_{side}") for side in sides)
    return names_of(words, result) | {
        "where": where, "other": other, "first": first, "second": second,
    }  # fmt: skip


def _entity(words: Words, result: PremiumResult, entity: str) -> str:
    if entity == "difference":
        return words(f"premium.difference_{result.spec['contrast']}")
    if entity == "both groups":
        return words("premium.entity_all")
    if words.has(f"premium.side_{entity}"):
        return words(f"premium.side_{entity}")
    return words.group(entity)


def _kind(words: Words, kind: str) -> str:
    """Name of a kind of variant, without what the chart adds in brackets."""
    return words(f"premium.kind.{kind}").partition("(")[0].partition("（")[0].strip()


def _table(
    caption: str,
    columns: tuple[str, ...],
    rows: Sequence[tuple[str, ...]],
    numeric: tuple[int, ...],
    marked: tuple[int, ...] = (),
) -> Table:
    return Table(
        caption=caption,
        columns=columns,
        rows=tuple(tuple(Cell(text=text) for text in row) for row in rows),
        numeric=frozenset(numeric),
        marked=frozenset(marked),
    )
