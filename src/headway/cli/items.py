"""``headway items``: abilities from answers to single questions that are too many for a dataset."""

from collections.abc import Callable, Mapping
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Annotated

import polars as pl
import typer

from headway.analyses.asked import of_scale
from headway.cli import output, rank
from headway.cli.evidence import evidence
from headway.cli.options import Json, from_spec
from headway.cli.progress import Shown
from headway.cli.where import Where
from headway.errors import UsageError
from headway.outputs import replaced
from headway.rulers.responses.ruler import ItemRuler

app = typer.Typer(add_completion=False, rich_markup_mode=None)

NAMES = {"benchmarks": "--benchmark", "groups": "--group"}
WRITERS: Mapping[str, Callable[[pl.DataFrame, Path], None]] = {
    ".parquet": lambda frame, file: frame.write_parquet(file),
    ".csv": lambda frame, file: output.without_formulas(frame).write_csv(file),
}


@app.command()
@from_spec(names=NAMES, leave_out=("options.name",))
def items(
    answers: Annotated[
        list[str],
        typer.Argument(
            metavar="PATH...",
            help="Parquet or CSV files, folders of them, or addresses such as "
            "s3://bucket/folder/, with the columns model, benchmark, item, score and, if there "
            "are any, variant, epoch, error.",
        ),
    ],
    options: ItemRuler,
    where: Where,
    *,
    out: Annotated[
        Path | None, typer.Option(help="Write the models to this .parquet or .csv file.")
    ] = None,
    questions_out: Annotated[
        Path | None, typer.Option(help="Write the questions to this .parquet or .csv file.")
    ] = None,
    most: Annotated[int, typer.Option(min=1, help="Models to show; --json has them all.")] = 30,
    dataset: Annotated[
        Path | None,
        typer.Option(
            metavar="FOLDER", help="Dataset that knows the models: names, makers, countries."
        ),
    ] = None,
    json: Json = False,
) -> None:
    """Rank models by their answers to single questions, read in parts from Parquet or CSV.

    A part has some questions with the answers of all models; the table is never held as a whole.
    --ray spreads the parts over the machines of a Ray cluster, and the result is the same.
    """
    from headway.rulers.responses.reading import parts_from_parquet

    for file in (out, questions_out):
        _require_writable(file)
    data = None if dataset is None else evidence(dataset)
    with Shown() as progress:
        found = parts_from_parquet(
            answers,
            benchmarks=options.benchmarks,
            variants=options.variants,
            errors=options.errors,
            min_scores=options.min_scores,
            names_on=partial(where.start, progress=progress) if where.beyond else None,
            progress=progress,
        )
        resume = where.checkpoint(options.belongs_to(found))
        with closing(where.start(found.loads, progress)) as engine:
            scale = options.fit_parts(
                found, engine=engine, data=data, progress=progress, resume=resume
            )
    _write(scale.rank(), out)
    _write(scale.details["items"], questions_out)
    if resume is not None:
        resume.remove()
    if json:
        output.strict_json(
            scale.to_dict() | {"rank": scale.rank().to_dicts(), "asked": of_scale(scale)}
        )
    else:
        rank.show(scale, most)


def _require_writable(file: Path | None) -> None:
    if file is None:
        return
    if file.suffix not in WRITERS:
        raise UsageError(f"{file} has the ending {file.suffix!r}; expected {' or '.join(WRITERS)}")
    if not file.parent.is_dir():
        raise UsageError(f"{file} cannot be written: there is no folder {file.parent}")


def _write(frame: pl.DataFrame, file: Path | None) -> None:
    if file is not None:
        with replaced(file) as fresh:
            WRITERS[file.suffix](frame, fresh)
