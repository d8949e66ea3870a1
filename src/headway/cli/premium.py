"""``headway premium``: public against private, developers against independent testers."""

from typing import TYPE_CHECKING, Annotated, Literal

import typer

from headway import analyses
from headway.analyses.premium import PremiumSpec, premium
from headway.cli import output
from headway.cli.choice import NAMES
from headway.cli.evidence import AsOf, KnownOn, evidence
from headway.cli.options import DatasetPath, Json, from_spec
from headway.cli.progress import Shown
from headway.errors import UsageError
from headway.rulers import LogisticRuler

if TYPE_CHECKING:
    from headway.report.tables import Table

app = typer.Typer(add_completion=False, rich_markup_mode=None)


@app.command(name="premium")
@from_spec(names=NAMES, leave_out=("options.name",))
def command(
    spec: PremiumSpec,
    options: LogisticRuler,
    *,
    model: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="Instead of the groups: how far this one model is behind --leader on each "
            "benchmark (or on --benchmark).",
        ),
    ] = None,
    lang: Annotated[
        Literal["en", "zh"], typer.Option(help="Language of the verdict and the tables.")
    ] = "en",
    dataset: DatasetPath = None,
    as_of: AsOf = None,
    known_on: KnownOn = None,
    json: Json = False,
) -> None:
    """Measure how much better a group does on public benchmarks than on private ones.

    The answer is in points and in months of the leader's progress, with an interval over
    benchmarks, a permutation p-value, placebos, and what becomes of it under other labels.
    --contrast reporter asks the same of scores that developers report against independent ones.

    --model asks about one model: on each benchmark, how old the leader's first model at its
    score or above was.
    """
    data = evidence(dataset, as_of=as_of, known_on=known_on)
    if model is not None:
        plain = PremiumSpec(leader=spec.leader, date=spec.date, level=spec.level, seed=spec.seed)
        if spec != plain:
            raise UsageError(
                "--model is measured against --leader alone; other options of the premium would "
                "have no effect",
                hint="with --model use --leader, --date, --level, --draws, --seed and --benchmark",
            )
        with Shown() as progress:
            found = analyses.one_model(
                data, model, leader=spec.leader, benchmarks=options.benchmarks,
                draws=options.draws, seed=options.seed, level=spec.level, date=spec.date,
                progress=progress,
            )  # fmt: skip
        if json:
            output.strict_json(found.to_dict())
        else:
            _print_model(found, lang)
        return
    with Shown() as progress:
        scale = options.fit(data, progress=progress)
        result = premium(scale, spec, progress=progress)
    if json:
        from headway.report import premium as phrases
        from headway.report.words import LANGUAGES, Words

        verdicts = {one: phrases.verdict(Words(one), result).to_dict() for one in LANGUAGES}
        output.strict_json(result.to_dict() | {"verdict": verdicts})
    else:
        _print(result, lang)


def _print(result: analyses.PremiumResult, lang: str) -> None:
    from headway.report import premium as phrases
    from headway.report.words import Words

    words, out = Words(lang), output.console()
    said = phrases.verdict(words, result)
    stop = "。" if lang == "zh" else "."
    out.print(f"{said.claim}{stop}", style="bold", markup=False, soft_wrap=True)
    for line in (said.figure, said.stability, said.caution):
        out.print(line, markup=False, soft_wrap=True)
    for made in (
        phrases.designs(words, result),
        phrases.placebos(words, result),
        phrases.variants(words, result),
        phrases.benchmarks(words, result),
    ):
        _table(made)
    output.asked(out, result.asked, lang)
    output.notes(out, [words.note(note)[0] for note in result.notes])


def _print_model(result: analyses.Result, lang: str) -> None:
    from headway.report import premium as phrases
    from headway.report.words import Words

    _table(phrases.model(Words(lang), result))
    output.asked(output.console(), result.asked, lang)


def _table(made: "Table") -> None:
    from headway.report.terminal import as_rich

    out = output.console()
    out.print()
    out.print(as_rich(made))
