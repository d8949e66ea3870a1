"""``headway events``: who leads each domain and benchmark, and how far behind the other side is."""

from typing import Annotated, Literal

import polars as pl
import typer

from headway.analyses.events import events as found
from headway.analyses.lag import LagSpec
from headway.cli import choice, output
from headway.cli.evidence import AsOf, KnownOn, evidence
from headway.cli.options import DatasetPath, Json, from_spec
from headway.cli.progress import Shown
from headway.rulers import LogisticRuler, PublishedRuler

app = typer.Typer(add_completion=False, rich_markup_mode=None)

COLUMNS = {
    "name": "Event",
    "best": "Led by",
    "best_since": "since",
    "runner_up": "before",
    "margin_text": "by",
    "sure": "Sure",
    "estimate": "Lag",
    "span": "Interval",
    "follower_name": "Follower's best",
    "n": "n",
    "status": "Status",
}
SPARE = ("n", "runner_up", "status", "follower_name", "margin_text")
UNUSED = (
    "spec.convention", "spec.drop_first", "spec.since", "spec.significance", "spec.trend_starts",
    "spec.trend_on",
    "spec.model", "spec.horizon", "spec.step", "spec.bandwidth",
)  # fmt: skip


@app.command()
@from_spec(names=choice.NAMES, leave_out=(*choice.LEAVE_OUT, *UNUSED, "options.min_scores"))
def events(
    context: typer.Context,
    spec: LagSpec,
    options: LogisticRuler,
    board: PublishedRuler,
    *,
    only: Annotated[
        Literal["domain", "benchmark"] | None,
        typer.Option(help="Domains alone, or single benchmarks alone."),
    ] = None,
    ruler: choice.RulerName = "eci",
    option: choice.Further = None,
    dataset: DatasetPath = None,
    as_of: AsOf = None,
    known_on: KnownOn = None,
    json: Json = False,
) -> None:
    """Say who leads each domain and each benchmark, since when, by how much, and the lag there.

    The lag is that of the follower's best model: how long before it the leader's side was there.
    """
    measure = choice.chosen(context, ruler, options, board, option)
    data = evidence(dataset, as_of=as_of, known_on=known_on)
    with Shown() as progress:
        scale = measure.fit(data, progress=progress)
        result = found(scale, spec, progress)
    table = result.table if only is None else result.table.filter(pl.col("kind") == only)
    if json:
        asked = spec.to_dict() | {"only": only, "as_of": as_of, "known_on": known_on}
        said = result.to_dict() | {"made": measure.made("events", data, scale, asked)}
        if only is not None:
            said["table"] = [row for row in said["table"] if row["kind"] == only]
        output.strict_json(said)
        return
    out = output.console()
    for kind in table["kind"].unique(maintain_order=True):
        part = table.filter(pl.col("kind") == kind)
        heading = {"domain": "Domains", "benchmark": "Benchmarks"}.get(kind, kind)
        output.show(
            out, _shown(part), COLUMNS | {"span": f"{spec.level:.0%} interval"},
            title=f"{heading}: {spec.follower} behind {spec.leader}, in months", spare=SPARE,
        )  # fmt: skip
        out.print()
    output.asked(out, result.asked)
    output.notes(out, result.notes)


def _shown(part: pl.DataFrame) -> pl.DataFrame:
    margins = [
        output.cell(None) if value is None else f"{value:z.1f} {unit}"
        for value, unit in part.select("margin", "margin_unit").iter_rows()
    ]
    sure = [
        output.cell(None) if share is None else f"{share:.0%}" for share in part["leads_in_draws"]
    ]
    maker = pl.concat_str(
        [pl.col("best_name"), pl.lit(" ("), pl.col("best_country").fill_null("–"), pl.lit(")")]
    )
    return part.with_columns(
        output.intervals(part, "low", "high").alias("span"),
        pl.Series("margin_text", margins, dtype=pl.String),
        pl.Series("sure", sure, dtype=pl.String),
        maker.alias("best"),
    )
