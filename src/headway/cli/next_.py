"""``headway next``: which evaluation would say most about an answer."""

from dataclasses import fields, replace
from typing import Annotated, Any

import polars as pl
import typer

from headway import analyses
from headway.analyses.asked import of_scale
from headway.analyses.lag import LagSpec
from headway.cli import choice, output
from headway.cli.evidence import AsOf, KnownOn, evidence
from headway.cli.options import DatasetPath, Json, from_spec
from headway.cli.predict import NAMES, Lang, fitted, identified, known, made, more
from headway.draws import FloatArray
from headway.errors import UsageError
from headway.rulers import CalibratedRuler, CalibratedScale, benchmarks_to_run, next_evaluation
from headway.rulers.process.next_evaluation import FEWEST
from headway.rulers.scale import resolve_model

DRAWS = 2000
TOGETHER = 3
BENCHMARKS = 10
LEAVE_OUT = ("options.name", "options.benchmarks", "options.min_scores", "options.draws",
             "spec.model")  # fmt: skip
WITHOUT_SCALE = ("thresholds",)
SHARED = ("level", "seed")

app = typer.Typer(add_completion=False, rich_markup_mode=None)


@app.command(name="next")
@from_spec(names=NAMES | {"anchors": "--anchor"}, leave_out=LEAVE_OUT)
def command(
    context: typer.Context,
    spec: LagSpec,
    options: CalibratedRuler,
    *,
    model: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Instead of a lag: the capability of this model."),
    ] = None,
    against: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="With --model: the difference from this model."),
    ] = None,
    candidate: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="Model that could be evaluated; again for more, all "
                     "without."),
    ] = None,
    benchmark: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="Benchmark that could be run; again for more, all "
                     "without."),
    ] = None,
    most: Annotated[int, typer.Option(min=1, help="Rows to show; --json has them all.")] = 20,
    draws: Annotated[
        int, typer.Option(metavar="N", help=f"Number of draws, at least {FEWEST}.")
    ] = DRAWS,
    lang: Lang = "en",
    dataset: DatasetPath = None,
    as_of: AsOf = None,
    known_on: KnownOn = None,
    json: Json = False,
) -> None:  # fmt: skip
    """Say which evaluation is expected to shrink an answer's interval most.

    The answer is the lag of --follower behind --leader, by the options of `headway lag`; or with
    --model the capability of one model, and with --against too the difference of two. Every model
    and benchmark without a score is asked what a score there would do, by the calibrated ruler.
    """
    _require_one_answer(context, spec, model, against)
    if draws < FEWEST:
        raise UsageError(
            f"--draws is {draws}; expected at least {FEWEST}",
            hint=f"the default is {DRAWS}; more draws make the order surer",
        )
    data = evidence(dataset, as_of=as_of, known_on=known_on)
    scale = fitted(replace(options, draws=draws), data)
    models, wanted = identified(scale, candidate), known(scale, benchmark)
    asked, answer, unit, notes, question = _answer(scale, spec, model, against)
    table = next_evaluation(scale, answer, models=models, most=None)
    table = table.with_columns(unit=pl.lit(unit or scale.unit))
    if wanted is not None:
        table = table.filter(pl.col("benchmark").is_in(wanted))
        if table.is_empty():
            raise UsageError("every cell of these models and benchmarks has a score already")
    together = benchmarks_to_run(table, models=TOGETHER)
    from headway.report import evaluations
    from headway.report.words import LANGUAGES, Words

    if json:
        said = {
            one: evaluations.sentence(
                Words(one), scale, evaluations.answer(Words(one), asked, scale), table
            )
            for one in LANGUAGES
        }
        output.strict_json(
            made(scale, data)
            | {"answer": asked, "asked": question, "sentence": said, "table": table.to_dicts(),
               "benchmarks": together.to_dicts(), "notes": notes}
        )  # fmt: skip
        return
    _print(Words(lang), scale, asked, table, together, most, notes)
    output.asked(output.console(), question, lang)


def _require_one_answer(
    context: typer.Context, spec: LagSpec, model: str | None, against: str | None
) -> None:
    if against is not None and model is None:
        raise UsageError("--against is the second of two models", hint="name the first: --model")
    if model is None:
        if spec.convention in WITHOUT_SCALE:
            raise UsageError(
                f"the convention {spec.convention} counts scores and does not depend on the scale",
                hint="choose another --convention; `headway lag --help` has them",
            )
        choice.require_lag_options(
            context, (spec.convention,), called=f"the convention {spec.convention}"
        )
        return
    given = choice.given_options(context)
    of_lags = {field.name for field in fields(spec)} - {"model", *SHARED}
    wrong = [f"--{name.replace('_', '-')}" for name in sorted(given & of_lags)]
    if wrong:
        raise UsageError(
            f"{' and '.join(wrong)} would have no effect with --model, which asks for no lag",
            hint="leave them out, or leave out --model",
        )


def _answer(
    scale: CalibratedScale,
    spec: LagSpec,
    model: str | None,
    against: str | None,
) -> tuple[dict[str, Any], str | tuple[str, str] | FloatArray, str, list[str], dict[str, Any]]:
    """What is asked, the answer for the library, its unit, notes, and the question in force."""
    of_one = of_scale(scale)
    if model is not None:
        asked = {"model": resolve_model(scale.dataset, model)}
        if against is None:
            return asked, asked["model"], "", list(scale.notes), of_one
        asked["against"] = resolve_model(scale.dataset, against)
        if asked["against"] == asked["model"]:
            raise UsageError(
                f"--model and --against are both {asked['model']!r}", hint="name two models"
            )
        return asked, (asked["model"], asked["against"]), "", list(scale.notes), of_one
    result = analyses.compare(scale, spec, (spec.convention,))
    row = result.headline()
    draws = result.draws[spec.convention, row["period"], row["entity"], row["quantity"]]
    lag = {name: value for name, value in spec.to_dict().items() if name != "model"}
    lag |= {name: row[name] for name in ("period", "quantity", "estimate", "low", "high", "status")}
    return lag, draws, row["unit"], list(result.notes), dict(result.asked)


def _print(
    words: Any,
    scale: CalibratedScale,
    asked: dict[str, Any],
    table: pl.DataFrame,
    together: pl.DataFrame,
    most: int,
    notes: list[str],
) -> None:
    from headway.report import evaluations
    from headway.report.terminal import as_rich

    out = output.console()
    about = evaluations.answer(words, asked, scale)
    first = evaluations.sentence(words, scale, about, table)
    out.print(first, style="bold", markup=False, soft_wrap=True)
    out.print()
    out.print(as_rich(evaluations.evaluations(words, scale, about, table.head(most))))
    if len(table) > most:
        more(words, out, len(table), most)
    out.print()
    out.print(as_rich(evaluations.benchmarks(words, scale, together.head(BENCHMARKS))))
    said = [words("next.together"), words("next.width"), words("next.small")]
    if asked.get("model") is None:
        said.append(words("next.linear", answer=about))
    output.notes(out, [*said, *(words.note(note)[0] for note in notes)])
