"""``headway lag``: how far one group is behind another."""

from dataclasses import fields
from datetime import date
from typing import Annotated, Literal

import polars as pl
import typer

from headway import analyses
from headway.analyses.lag import LagResult, LagSpec
from headway.cli import choice, output, refit as refits
from headway.cli.evidence import AsOf, KnownOn, evidence
from headway.cli.options import DatasetPath, Json, day, from_spec
from headway.cli.progress import Shown
from headway.declared import Unfit, filled
from headway.errors import DataError, UsageError
from headway.intervals import period_words
from headway.progress import Progress
from headway.rulers import LogisticRuler, PublishedRuler, Scale

Areas = Literal["domain", "benchmark"]
app = typer.Typer(add_completion=False, rich_markup_mode=None)

COLUMNS = {
    "convention": "Convention",
    "period": "Period",
    "entity": "What",
    "quantity": "Quantity",
    "estimate": "Estimate",
    "span": "Interval",
    "value_at_equality": "At equality",
    "unit": "Unit",
    "n": "n",
    "censored": "Censored",
    "status": "Status",
}
SPARE = ("n", "censored", "entity", "value_at_equality", "quantity")
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
KEYS = ("convention", "period", "entity", "quantity")
AREA_SPARE = ("n", "gap_unit", "gap", "matched_date", "follower_name")


@app.command()
@from_spec(names=choice.NAMES, leave_out=(*choice.LEAVE_OUT, "options.min_scores"))
def lag(
    context: typer.Context,
    spec: LagSpec,
    options: LogisticRuler,
    board: PublishedRuler,
    *,
    every: Annotated[
        bool, typer.Option("--every", help="Measure by every convention, on the same draws.")
    ] = False,
    by: Annotated[
        Areas | None,
        typer.Option(help="Measure in each domain, or on each benchmark, apart."),
    ] = None,
    changed_since: Annotated[
        date | None,
        typer.Option(
            parser=day, metavar="YYYY-MM-DD", help="Compare the last day with this earlier one."
        ),
    ] = None,
    ruler: choice.RulerName = "eci",
    option: choice.Further = None,
    refit: refits.Refit = None,
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
    old = None if refit is None else refits.read(refit, "lag", context)
    if old is None:
        _require_one_question(spec, every=every, by=by, since=changed_since)
        _require_effect(context, spec, every=every, by=by, since=changed_since)
        measure = choice.chosen(context, ruler, options, board, option)
    else:
        measure, as_of, known_on = (
            old.choice(),
            as_of or old.day("as_of"),
            known_on or old.day("known_on"),
        )
        spec, every, by, changed_since = _asked_before(old)
    data = evidence(dataset, as_of=as_of, known_on=known_on)
    with Shown() as progress:
        scale = measure.fit(data, progress=progress)
        result = _answer(scale, spec, progress, every=every, by=by, since=changed_since)
    asked = spec.to_dict() | {
        "every": every, "by": by, "changed_since": changed_since, "as_of": as_of,
        "known_on": known_on,
    }  # fmt: skip
    made = {"made": measure.made("lag", data, scale, asked)}
    title = f"{spec.follower} behind {spec.leader}: {scale.ruler}, dated by {spec.date}"
    keys = [name for name in KEYS if name in result.table.columns]
    changes = None if old is None else refits.beside(old, result.table, by=keys)
    if json:
        said = result.to_dict() | made
        if old is not None and changes is not None:
            said["refit"] = refits.summary(old, data.digest, changes)
        output.strict_json(said)
    elif old is not None and changes is not None:
        out = output.console()
        names = {name: COLUMNS.get(name, name.capitalize()) for name in keys}
        refits.show(out, old, data.digest, changes, names, title=title, most=len(changes))
        output.asked(out, result.asked)
        output.notes(out, result.notes)
    else:
        _print(result, title, f"{spec.level:.0%} interval", every=every)


def _require_one_question(
    spec: LagSpec, *, every: bool, by: str | None, since: date | None
) -> None:
    asked = [
        name
        for name, given in (
            ("--every", every),
            ("--by", by),
            ("--changed-since", since),
            ("--convention", spec.convention != LagSpec().convention),
        )
        if given
    ]
    if len(asked) > 1:
        raise UsageError(f"{' and '.join(asked)} ask different questions", hint="ask one")


def _require_effect(
    context: typer.Context, spec: LagSpec, *, every: bool, by: str | None, since: date | None
) -> None:
    if every:
        choice.require_lag_options(context, analyses.CONVENTIONS, called="any convention")
    elif by is not None:
        choice.require_lag_options(context, (f"by_{by}",), called=f"--by {by}")
    elif since is not None:
        choice.require_lag_options(context, ("changes",), called="--changed-since")
    else:
        choice.require_lag_options(
            context, (spec.convention,), called=f"the convention {spec.convention}"
        )


def _asked_before(old: refits.Old) -> tuple[LagSpec, bool, Areas | None, date | None]:
    """Return the question of an older result."""
    options = old.options()
    names = [field.name for field in fields(LagSpec)]
    try:
        spec = LagSpec(**filled(LagSpec, {n: options[n] for n in names if n in options}))
    except Unfit as unfit:
        raise DataError(
            f"{old.path}: its options are not those of a lag",
            details=[f"{'.'.join(path)}: {text}" for path, text in unfit.problems],
        ) from None
    by = options.get("by")
    if by not in (None, "domain", "benchmark"):
        raise DataError(f"{old.path}: by is {by!r}; expected 'domain' or 'benchmark'")
    return spec, bool(options.get("every")), by, old.day("changed_since")


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
    spare: tuple[str, ...] = AREA_SPARE if in_areas else SPARE
    if frame["status"].eq("ok").all():
        spare = ("status", *spare)
    if not in_areas and "value_at_equality" not in frame.columns:
        del columns["value_at_equality"]
    if not in_areas and frame["convention"].n_unique() == 1:
        del columns["convention"]
        title = f"{title}, {frame['convention'][0]}"
    shown = frame.with_columns(output.intervals(frame, "low", "high").alias("span"))
    if not in_areas:
        shown = shown.with_columns(_period(frame))
    output.show(out, shown, columns, title=title, spare=spare, keys=KEYS)
    output.asked(out, result.asked)
    output.notes(out, result.notes)


def _period(frame: pl.DataFrame) -> pl.Series:
    """Periods, with how much of each there was where that is less than its name says."""
    texts = [
        period_words(period, days, of)
        for period, days, of in frame.select("period", "days", "of_days").iter_rows()
    ]
    return pl.Series("period", texts, dtype=pl.String)
