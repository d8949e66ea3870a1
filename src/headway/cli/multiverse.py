"""``headway multiverse``: every way to ask how far behind, and what moves the answer."""

import os
from functools import partial
from pathlib import Path
from typing import Annotated, Any, Literal

import polars as pl
import typer
from rich.text import Text

from headway.analyses.multiverse import (
    FigureResult,
    MultiverseResult,
    MultiverseSpec,
    multiverse,
    published_figures,
)
from headway.cli import output
from headway.cli.evidence import KnownOn, evidence
from headway.cli.images import Theme, theme_of
from headway.cli.options import DatasetPath, Json, from_spec
from headway.cli.progress import Shown
from headway.engines import start
from headway.errors import UsageError
from headway.outputs import replaced
from headway.report.words import Words

app = typer.Typer(add_completion=False, rich_markup_mode=None)

NAMES = {
    "questions": "--question",
    "rulers": "--ruler",
    "subsets": "--subset",
    "weights": "--weights",
    "as_of": "--as-of",
    "dates": "--date",
    "candidates": "--candidates",
    "ties": "--tie",
    "answers": "--answer",
}


@app.command(name="multiverse")
@from_spec(names=NAMES)
def command(
    spec: MultiverseSpec,
    *,
    figures: Annotated[
        bool,
        typer.Option(help="Compare the published figures of the dataset with all ways to ask."),
    ] = True,
    workers: Annotated[
        int | None, typer.Option(min=1, help="Processes; one per processor when not given.")
    ] = None,
    ray: Annotated[
        str | None,
        typer.Option(
            metavar="ADDRESS",
            help="Work in the processes of a Ray cluster: auto finds the one that runs here, "
            "HOST:PORT names one, local starts one on this machine. Needs the extra `scale`.",
        ),
    ] = None,
    resume: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Add what is finished to this file, and go on from it."),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Write every way to a .parquet or .csv file."),
    ] = None,
    png: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Draw the specification curve as .png or .svg."),
    ] = None,
    theme: Theme = None,
    lang: Annotated[Literal["en", "zh"], typer.Option(help="Language: en or zh.")] = "en",
    dataset: DatasetPath = None,
    known_on: KnownOn = None,
    json: Json = False,
) -> None:
    """Ask how far behind in every defensible way, and say what moves the answer.

    Every option that names values of a choice may be given more than once; all values are
    crossed with all others. Each question (--question, or --leader with --follower) has an
    answer of its own. The image shows the first question.
    """
    if spec.leader is not None and spec.questions == MultiverseSpec().questions:
        spec = spec.with_options(questions=())
    for path, endings in ((out, (".parquet", ".csv")), (png, (".png", ".svg"))):
        _refuse_unwritable(path, endings)
    colours = theme_of(theme, png)
    if png is not None and lang == "zh":
        from headway.report.images import require_chinese_font

        require_chinese_font()
    data = evidence(dataset, known_on=known_on)
    count = workers or os.cpu_count() or 1
    engine = None if ray is None else partial(start, ray=ray, workers=count)
    with Shown() as progress:
        result = multiverse(
            data, spec, workers=count, engine=engine, resume=resume, progress=progress
        )
        found = None
        if figures:
            progress.stage("Comparing published figures")
            found = published_figures(data, spec, workers=count, engine=engine, progress=progress)
    if out is not None:
        _write(result.ways, out)
    if png is not None:
        from headway.report.charts.frame import Look
        from headway.report.charts.specification import specification
        from headway.report.images import save_chart

        save_chart(specification(result, Look(lang=lang, theme=colours)), png)
    if json:
        plain: dict[str, Any] = result.to_dict()
        plain["figures"] = None if found is None else found.to_dict()
        output.strict_json(plain)
        return
    _print(result, found, Words(lang))
    for made in (out, png):
        if made is not None:
            output.made_file(made)


def _print(result: MultiverseResult, found: FigureResult | None, words: Words) -> None:
    from headway.report import multiverse as said
    from headway.report.terminal import show

    out = output.console()
    for question in result.questions:
        out.print(Text(said.sentence(words, result, question), style="bold"), soft_wrap=True)
        for line in said.lines(words, result, question):
            out.print(Text(line), soft_wrap=True)
        table = said.variance_table(words, result, question)
        if table.rows:
            show(table, out, (0, 1, 2, 3, 4), (0, 1, 2))
        if found is not None:
            figures = said.figures_table(words, found, question)
            if figures.rows:
                show(figures, out, (0, 2, 3, 4, 5, 6, 7), (0, 2, 3, 4, 6), (0, 2, 4))
                out.print(Text(words("multiverse.near_note"), style="dim"), soft_wrap=True)
        out.print()
    output.asked(out, result.asked, words.lang)
    notes = (*result.notes, *(found.notes if found is not None else ()))
    output.notes(out, [words.note(note)[0] for note in notes])


def _refuse_unwritable(path: Path | None, endings: tuple[str, ...]) -> None:
    """Refuse before the work what could not be written after it."""
    if path is None:
        return
    if path.suffix not in endings:
        raise UsageError(f"{path.name!r} ends in neither {' nor '.join(endings)}")
    if path.is_dir() or not path.resolve().parent.is_dir():
        raise UsageError(f"{path} cannot be written: there is no such folder, or it is one")


def _write(ways: pl.DataFrame, out: Path) -> None:
    with replaced(out) as file:
        if out.suffix == ".parquet":
            ways.write_parquet(file)
        else:
            output.without_formulas(ways).write_csv(file)
