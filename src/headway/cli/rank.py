"""``headway rank``: the models on a ruler."""

from typing import Annotated

import polars as pl
import typer

from headway.cli import output
from headway.cli import ruler as rulers
from headway.cli.evidence import AsOf, KnownOn, evidence
from headway.cli.options import DatasetPath, Json, from_spec
from headway.cli.progress import Shown
from headway.rulers import LogisticRuler, PublishedRuler, Scale

app = typer.Typer(add_completion=False, rich_markup_mode=None)

COLUMNS = {
    "rank": "Rank",
    "rank_span": "between",
    "name": "Model",
    "organisation_name": "Organisation",
    "country": "Country",
    "available_on": "Available",
    "estimate": "Estimate",
    "span": "Interval",
    "n": "Scores",
    "status": "Status",
}
SPARE = ("organisation_name", "available_on", "n", "country", "status", "rank_span")


@app.command()
@from_spec(names=rulers.NAMES, leave_out=("options.name",))
def rank(
    options: LogisticRuler,
    board: PublishedRuler,
    *,
    ruler: rulers.Ruler = "eci",
    most: Annotated[int, typer.Option(min=1, help="Models to show; --json has them all.")] = 30,
    dataset: DatasetPath = None,
    as_of: AsOf = None,
    known_on: KnownOn = None,
    json: Json = False,
) -> None:
    """Rank the models on a ruler, with intervals.

    --benchmark, --weight and --anchor may be given more than once. An anchor fixes a model at
    a number of points, and two are needed.
    """
    measure = rulers.chosen(ruler, options, board)
    data = evidence(dataset, as_of=as_of, known_on=known_on)
    with Shown() as progress:
        scale = measure.fit(data, progress=progress)
    if json:
        output.strict_json(scale.to_dict() | {"rank": scale.rank().to_dicts()})
    else:
        _print(scale, most)


def _print(scale: Scale, most: int) -> None:
    out = output.console()
    ranked = scale.rank()
    shown = ranked.head(most).with_columns(
        output.intervals(ranked.head(most), "low", "high").alias("span"),
        pl.coalesce("name", "entity").alias("name"),
    )
    columns = COLUMNS | {
        "estimate": scale.unit.capitalize(),
        "span": f"{scale.level:.0%} interval",
    }
    if "rank_low" in shown.columns:
        spans = output.intervals(shown, "rank_low", "rank_high")
        shown = shown.with_columns(spans.alias("rank_span"))
    else:
        del columns["rank_span"]
    output.show(out, shown, columns, title=scale.ruler, spare=SPARE)
    if len(ranked) > most:
        out.print(f"{len(ranked) - most} more: --most {len(ranked)} or --json shows them.")
    output.notes(out, scale.notes)
