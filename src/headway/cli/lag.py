"""``headway lag``: how far one group is behind another."""

from typing import Annotated

import polars as pl
import typer

from headway.analyses import lag as lags
from headway.cli import output
from headway.cli import ruler as rulers
from headway.cli.evidence import AsOf, KnownOn, evidence
from headway.cli.options import DatasetPath, Json, from_spec
from headway.cli.progress import Shown
from headway.rulers import LogisticRuler, PublishedRuler

app = typer.Typer(add_completion=False, rich_markup_mode=None)

COLUMNS = {
    "convention": "Convention",
    "period": "Period",
    "entity": "What",
    "quantity": "Quantity",
    "estimate": "Estimate",
    "span": "Interval",
    "unit": "Unit",
    "n": "n",
    "censored": "Censored",
    "status": "Status",
}


@app.command()
@from_spec(names=rulers.NAMES, leave_out=("options.name", "options.min_scores"))
def lag(
    spec: lags.LagSpec,
    options: LogisticRuler,
    board: PublishedRuler,
    *,
    every: Annotated[
        bool, typer.Option("--every", help="Measure by every convention, on the same draws.")
    ] = False,
    ruler: rulers.Ruler = "eci",
    dataset: DatasetPath = None,
    as_of: AsOf = None,
    known_on: KnownOn = None,
    json: Json = False,
) -> None:
    """Measure how many months one group is behind another.

    A group is a filter on models: country:US, open, closed, organisation:OpenAI|Anthropic,
    country:CN+open, open+!country:US. Positive months mean that the follower is behind.
    """
    measure = rulers.chosen(ruler, options, board)
    data = evidence(dataset, as_of=as_of, known_on=known_on)
    with Shown() as progress:
        scale = measure.fit(data, progress=progress)
        conventions = lags.CONVENTIONS if every else (spec.convention,)
        result = lags.compare(scale, spec, conventions)
    if json:
        output.strict_json(result.to_dict())
    else:
        _print(result, spec, scale.ruler, every=every)


def _print(result: lags.LagResult, spec: lags.LagSpec, ruler: str, *, every: bool) -> None:
    out = output.console()
    frame = result.table
    if every:
        frame = pl.DataFrame(
            [result.headline(name) for name in result.conventions], schema=frame.schema
        )
    columns = COLUMNS | {"span": f"{spec.level:.0%} interval"}
    shown = frame.with_columns(output.intervals(frame, "low", "high").alias("span"))
    title = f"{spec.follower} behind {spec.leader} ({ruler}; dated by {spec.date})"
    out.print(output.table(shown, columns, title=title))
    output.notes(out, result.notes)
