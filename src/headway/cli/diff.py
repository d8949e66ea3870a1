"""``headway diff``: what changed between two vintages of the evidence."""

from datetime import date
from pathlib import Path
from typing import Annotated, Literal

import polars as pl
import typer

from headway.analyses.diff import diff as compared
from headway.analyses.lag import LagSpec
from headway.analyses.result import Result
from headway.cli import choice, output
from headway.cli.evidence import evidence
from headway.cli.options import Json, day, from_spec
from headway.cli.progress import Shown
from headway.dataset import Dataset
from headway.errors import UsageError
from headway.rulers import LogisticRuler, PublishedRuler

app = typer.Typer(add_completion=False, rich_markup_mode=None)

COUNTS = {
    "table": "Table",
    "before": "Before",
    "after": "After",
    "new": "New",
    "gone": "Gone",
    "revised": "Revised",
}
MODELS = {"change": "", "name": "Model", "country": "Country", "scores": "Scores"}
BENCHMARKS = {"change": "", "name": "Benchmark", "scores": "Scores"}
CHANGES = {"change": "Change", "scores": "Scores", "meaning": "What it means"}
SCORES = {
    "model": "Model",
    "variant": "Variant",
    "benchmark": "Benchmark",
    "was": "Was",
    "now": "Is",
    "by": "Change",
}
RANKS = {
    "name": "Model",
    "rank_before": "Was",
    "rank_after": "Is",
    "moved_up": "Up",
    "estimate_before": "Points before",
    "estimate_after": "after",
    "moved_points": "Change",
}
LAGS = {
    "label": "Lag",
    "quantity": "Quantity",
    "estimate": "Estimate",
    "span": "Interval",
    "unit": "Unit",
    "status": "Status",
}
LABELS = {
    "before": "earlier evidence, on its day",
    "same_day": "later evidence, on the earlier day",
    "after": "later evidence, on its day",
    "of_evidence": "change of the evidence",
    "of_time": "change of time",
}


@app.command()
@from_spec(
    names=choice.NAMES,
    leave_out=(
        *choice.LEAVE_OUT,
        "options.min_scores",
        "spec.until",
        "spec.since",
        "options.level",
    ),
)
def diff(
    context: typer.Context,
    spec: LagSpec,
    options: LogisticRuler,
    board: PublishedRuler,
    *,
    before: Annotated[Path, typer.Argument(metavar="DATASET", help="The earlier dataset.")],
    after: Annotated[
        Path | None,
        typer.Argument(metavar="[LATER]", help="The later dataset; or give --since."),
    ] = None,
    vintage: Annotated[
        date | None,
        typer.Option(
            "--since",
            parser=day,
            metavar="YYYY-MM-DD",
            help="Compare the dataset as it was recorded on this day with the dataset as it is.",
        ),
    ] = None,
    ruler: choice.RulerName = "eci",
    option: choice.Further = None,
    facts: Annotated[
        Literal["own", "later"],
        typer.Option(
            help="Whether earlier models have their own countries and dates, or the later ones."
        ),
    ] = "own",
    most: Annotated[int, typer.Option(min=1, help="Rows to show of each; --json has all.")] = 15,
    json: Json = False,
) -> None:
    """Say what changed between two datasets, or since a day: models, scores, ranks, the lag.

    Give two datasets, or one and --since. The change of the lag is split into what other
    evidence about the same day did, and what the time since did.
    """
    choice.require_lag_options(
        context, (spec.convention,), called=f"the convention {spec.convention}"
    )
    measure = choice.chosen(context, ruler, options, board, option)
    old, new = _vintages(before, after, vintage)
    with Shown() as progress:
        result = compared(old, new, spec=spec, ruler=measure, facts=facts, progress=progress)
    if json:
        made = measure.made("diff", new, None, spec.to_dict() | {"facts": facts})
        output.strict_json(result.to_dict() | {"made": made})
    else:
        _print(result, spec, most)


def _vintages(before: Path, after: Path | None, day: date | None) -> tuple[Dataset, Dataset]:
    if (after is None) == (day is None):
        raise UsageError(
            "give two datasets, or one dataset and --since",
            hint="headway diff OLD NEW, or headway diff DATASET --since 2026-05-14",
        )
    if after is not None:
        return evidence(before), evidence(after)
    data = evidence(before)
    return data.as_of(day, by="recorded") if day else data, data


def _print(result: Result, spec: LagSpec, most: int) -> None:
    out = output.console()
    details = result.details
    output.show(out, details["counts"], COUNTS, title="Rows")
    for name, columns in (("models", MODELS), ("benchmarks", BENCHMARKS)):
        _part(details[name], columns, f"{name.capitalize()} that came or went", most)
    _part(
        details["score_changes"].filter(pl.col("scores") > 0), CHANGES,
        "What became of the scores", most,
    )  # fmt: skip
    revised = details["scores"].filter(pl.col("change").is_in(["revised", "changed"]))
    shown = revised.with_columns(
        pl.coalesce("performance_before", "score_before").round(3).cast(pl.String).alias("was"),
        pl.coalesce("performance", "score").round(3).cast(pl.String).alias("now"),
        pl.coalesce("moved", pl.col("score") - pl.col("score_before"))
        .round(3)
        .cast(pl.String)
        .alias("by"),
    )
    _part(shown, SCORES, "Revised scores", most)
    if "ranks" in details:
        moved = details["ranks"].filter(pl.col("moved_up") != 0)
        _part(moved, RANKS, "Rank moves among the models in both", most)
    if len(result.table):
        frame = result.table.with_columns(
            output.intervals(result.table, "low", "high").alias("span"),
            pl.col("entity").replace_strict(LABELS).alias("label"),
        )
        out.print()
        title = f"{spec.follower} behind {spec.leader}"
        output.show(out, frame, LAGS | {"span": f"{spec.level:.0%} interval"}, title=title)
    out.print()
    output.asked(out, result.asked)
    output.notes(out, result.notes)


def _part(frame: pl.DataFrame, columns: dict[str, str], title: str, most: int) -> None:
    if frame.is_empty():
        return
    console = output.console()
    console.print()
    output.show(console, frame.head(most), columns, title=f"{title} ({len(frame)})")
    if len(frame) > most:
        console.print(f"{len(frame) - most} more: --most {len(frame)} or --json shows them.")
