"""``headway rank``: the models on a ruler."""

from typing import Annotated

import polars as pl
import typer

from headway.analyses.asked import of_scale
from headway.cli import choice, output, refit as refits
from headway.cli.evidence import AsOf, KnownOn, evidence
from headway.cli.options import DatasetPath, Json, from_spec
from headway.cli.progress import Shown
from headway.rulers import LogisticRuler, PublishedRuler, Scale

app = typer.Typer(add_completion=False, rich_markup_mode=None)

COLUMNS = {
    "rank": "Rank",
    "rank_span": "between",
    "all_span": "all at once",
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
@from_spec(names=choice.NAMES, leave_out=choice.LEAVE_OUT)
def rank(
    context: typer.Context,
    options: LogisticRuler,
    board: PublishedRuler,
    *,
    ruler: choice.RulerName = "eci",
    option: choice.Further = None,
    refit: refits.Refit = None,
    most: Annotated[int, typer.Option(min=1, help="Models to show; --json has them all.")] = 30,
    simultaneous: Annotated[
        bool,
        typer.Option(
            "--simultaneous",
            help="Add intervals of the ranks that hold for all models at once.",
        ),
    ] = False,
    dataset: DatasetPath = None,
    as_of: AsOf = None,
    known_on: KnownOn = None,
    json: Json = False,
) -> None:
    """Rank the models on a ruler, with intervals.

    --benchmark, --weight, --anchor and --option may be given more than once. An anchor fixes a
    model at a number of points, and two are needed.
    """
    old = None if refit is None else refits.read(refit, "rank", context)
    if old is None:
        measure = choice.chosen(context, ruler, options, board, option)
    else:
        measure, as_of, known_on = (
            old.choice(),
            as_of or old.day("as_of"),
            known_on or old.day("known_on"),
        )
    data = evidence(dataset, as_of=as_of, known_on=known_on)
    with Shown() as progress:
        scale = measure.fit(data, progress=progress)
    fewest = options.min_scores if "min_scores" in choice.given_options(context) else None
    if old is not None:
        fewest = old.whole("min_scores")
    asked = {"as_of": as_of, "known_on": known_on, "min_scores": fewest}
    made = {"made": measure.made("rank", data, scale, asked)}
    changes = None if old is None else refits.beside(old, scale.table, by=("entity",))
    if json:
        ranked = scale.rank(simultaneous=simultaneous, min_scores=fewest)
        said = scale.to_dict() | {"rank": ranked.to_dicts()} | made
        said["notes"] = [*said["notes"], *scale.unranked(fewest)]
        said["asked"] = of_scale(scale)
        if old is not None and changes is not None:
            said["refit"] = refits.summary(old, data.digest, changes)
        output.strict_json(said)
    elif old is not None and changes is not None:
        out = output.console()
        refits.show(
            out, old, data.digest, changes, {"entity": "Model"}, title=scale.ruler, most=most
        )
        output.asked(out, of_scale(scale))
        output.notes(out, scale.notes)
    else:
        show(scale, most, simultaneous=simultaneous, min_scores=fewest)


def show(
    scale: Scale, most: int, *, simultaneous: bool = False, min_scores: int | None = None
) -> None:
    """Print the best models of a scale, and its notes."""
    out = output.console()
    ranked = scale.rank(simultaneous=simultaneous, min_scores=min_scores)
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
    if "rank_low_of_all" in shown.columns:
        spans = output.intervals(shown, "rank_low_of_all", "rank_high_of_all")
        shown = shown.with_columns(spans.alias("all_span"))
    else:
        del columns["all_span"]
    output.show(out, shown, columns, title=scale.ruler, spare=SPARE)
    if len(ranked) > most:
        out.print(f"{len(ranked) - most} more: --most {len(ranked)} or --json shows them.")
    output.asked(out, of_scale(scale))
    output.notes(out, [*scale.notes, *scale.unranked(min_scores)])
