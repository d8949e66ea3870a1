"""``headway lag``: how far one group is behind another."""

from datetime import date
from typing import Annotated, Literal

import polars as pl
import typer

from headway import analyses
from headway.analyses.lag import LagResult, LagSpec
from headway.cli import output
from headway.cli import ruler as rulers
from headway.cli.evidence import AsOf, KnownOn, evidence
from headway.cli.options import DatasetPath, Json, day, from_spec
from headway.cli.progress import Shown
from headway.errors import UsageError
from headway.progress import Progress
from headway.rulers import LogisticRuler, PublishedRuler, Scale

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
SPARE = ("n", "censored", "entity", "quantity")
AREA_COLUMNS = {
    "name": "Area",
    "estimate": "Months",
    "span": "Interval",
    "follower_name": "Follower's best",
    "matched_name": "level with",
    "matched_date": "of",
    "gap": "Gap now",
    "gap_unit": "",
    "n": "n",
    "status": "Status",
}
AREA_SPARE = ("n", "gap_unit", "gap", "matched_date", "follower_name")


@app.command()
@from_spec(names=rulers.NAMES, leave_out=("options.name", "options.min_scores"))
def lag(
    spec: LagSpec,
    options: LogisticRuler,
    board: PublishedRuler,
    *,
    every: Annotated[
        bool, typer.Option("--every", help="Measure by every convention, on the same draws.")
    ] = False,
    by: Annotated[
        Literal["domain", "benchmark"] | None,
        typer.Option(help="Measure in each domain, or on each benchmark, apart."),
    ] = None,
    changed_since: Annotated[
        date | None,
        typer.Option(
            parser=day, metavar="YYYY-MM-DD", help="Compare the last day with this earlier one."
        ),
    ] = None,
    ruler: rulers.Ruler = "eci",
    dataset: DatasetPath = None,
    as_of: AsOf = None,
    known_on: KnownOn = None,
    json: Json = False,
) -> None:
    """Measure how many months one group is behind another.

    A group is a filter on models: country:US, open, closed, organisation:OpenAI|Anthropic,
    country:CN+open, open+!country:US. Positive months mean that the follower is behind.

    --every, --by and --changed-since answer other questions about the same two groups than
    --convention does; only one of the four can be asked at a time.
    """
    asked = [
        name
        for name, given in (
            ("--every", every),
            ("--by", by),
            ("--changed-since", changed_since),
            ("--convention", spec.convention != LagSpec().convention),
        )
        if given
    ]
    if len(asked) > 1:
        raise UsageError(f"{' and '.join(asked)} ask different questions", hint="ask one")
    measure = rulers.chosen(ruler, options, board)
    data = evidence(dataset, as_of=as_of, known_on=known_on)
    with Shown() as progress:
        scale = measure.fit(data, progress=progress)
        result = _answer(scale, spec, progress, every=every, by=by, since=changed_since)
    if json:
        output.strict_json(result.to_dict())
    else:
        title = f"{spec.follower} behind {spec.leader}: {scale.ruler}, dated by {spec.date}"
        _print(result, title, f"{spec.level:.0%} interval", every=every)


def _answer(
    scale: Scale,
    spec: LagSpec,
    progress: Progress,
    *,
    every: bool,
    by: str | None,
    since: date | None,
) -> analyses.Result:
    if since is not None:
        return analyses.changes(scale, spec, since)
    if by == "domain":
        return analyses.by_domain(scale, spec, progress)
    if by == "benchmark":
        return analyses.by_benchmark(scale, spec, progress)
    return analyses.compare(scale, spec, analyses.CONVENTIONS if every else (spec.convention,))


def _print(result: analyses.Result, title: str, interval: str, *, every: bool) -> None:
    out = output.console()
    frame = result.table
    if every and isinstance(result, LagResult):
        frame = pl.DataFrame(
            [result.headline(name) for name in result.conventions], schema=frame.schema
        )
    in_areas = "period" not in frame.columns
    columns = (AREA_COLUMNS if in_areas else COLUMNS) | {"span": interval}
    spare = AREA_SPARE if in_areas else SPARE
    if frame["status"].eq("ok").all():
        spare = ("status", *spare)
    if not in_areas and frame["convention"].n_unique() == 1:
        del columns["convention"]
        title = f"{title}, {frame['convention'][0]}"
    shown = frame.with_columns(output.intervals(frame, "low", "high").alias("span"))
    output.show(out, shown, columns, title=title, spare=spare)
    output.notes(out, result.notes)
