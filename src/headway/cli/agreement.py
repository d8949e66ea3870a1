"""``headway agreement``: do the rulers agree on the order of the models?"""

from typing import Annotated, Any

import polars as pl
import typer
from rich.console import Console

from headway import __version__
from headway.analyses.agreement import AgreementResult, agreement as compared
from headway.cli import output
from headway.cli.evidence import AsOf, KnownOn, evidence
from headway.cli.options import DatasetPath, Json
from headway.cli.progress import Shown
from headway.errors import NotIdentified, UsageError
from headway.rulers.files.chosen import ChosenRuler
from headway.rulers.files.reading import find, shelved
from headway.rulers.files.together import together

app = typer.Typer(add_completion=False, rich_markup_mode=None)

PAIRS = {
    "ruler": "Ruler",
    "other": "and ruler",
    "spearman": "Spearman",
    "spearman_span": "Interval",
    "kendall": "Kendall",
    "without_noise": "Without noise",
    "n": "Models",
    "pairing": "Draws",
}
MOVERS = {
    "ruler": "Ruler",
    "name": "Model",
    "rank_reference": "Rank",
    "rank_other": "there",
    "difference": "Up",
    "span": "Interval",
    "models": "of",
    "why": "Why",
    "benchmarks": "By",
}


@app.command()
def agreement(
    *,
    ruler: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME|FILE",
            help="A ruler: a kind, a name of the shelf, or a file. May be given more than once; "
            "without it, every ruler of the shelf.",
        ),
    ] = None,
    reference: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Ruler that movers are set against; the first if none."),
    ] = None,
    movers: Annotated[int, typer.Option(min=0, help="Models to name for each ruler.")] = 3,
    draws: Annotated[int, typer.Option(min=0, help="Draws of each ruler.")] = 200,
    seed: Annotated[int, typer.Option(min=0, help="Seed of the draws.")] = 0,
    level: Annotated[float, typer.Option(help="Level of the intervals.")] = 0.9,
    every: Annotated[
        bool, typer.Option("--every", help="Show every pair, not only those with the reference.")
    ] = False,
    dataset: DatasetPath = None,
    as_of: AsOf = None,
    known_on: KnownOn = None,
    json: Json = False,
) -> None:
    """Compare rulers: rank correlations, and the models that move most between them."""
    rulers = {}
    for text in ruler or list(shelved()):
        file = find(text)
        if file.name in rulers:
            raise UsageError(f"--ruler {text}: there are two rulers named {file.name!r}")
        rulers[file.name] = ChosenRuler(file=file)
    if len(rulers) < 2:
        raise UsageError("agreement takes two or more rulers", hint="give --ruler twice")
    if reference is not None and reference not in rulers:
        raise UsageError(
            f"--reference {reference} is none of the rulers: {', '.join(rulers)}",
        )
    data = evidence(dataset, as_of=as_of, known_on=known_on)
    with Shown() as progress:
        progress.stage("Fitting the rulers")
        scales, failures = together(rulers, data, draws=draws, seed=seed, progress=progress)
    if ruler and failures:
        name, why = next(iter(failures.items()))
        raise NotIdentified(f"the ruler {name!r} cannot be fitted: {why}")
    result = compared(scales, reference=reference, level=level, seed=seed, movers=movers)
    if json:
        options: dict[str, Any] = {
            "reference": reference, "movers": movers, "level": level, "as_of": as_of,
            "known_on": known_on,
        }  # fmt: skip
        made = {
            "headway": __version__,
            "command": "agreement",
            "rulers": {name: ruler.file.to_dict() for name, ruler in rulers.items()},
            "draws": draws,
            "seed": seed,
            "options": options,
            "dataset": {"digest": data.digest, "origin": data.origin},
        }
        output.strict_json(result.to_dict() | {"made": made, "failures": failures})
        return
    _print(output.console(), result, failures, every=every)


def _print(out: Console, result: AgreementResult, failures: dict[str, str], *, every: bool) -> None:
    table = result.table
    wide = (
        table.pivot("quantity", index=["ruler", "other", "n", "pairing"], values="estimate")
        .rename({"spearman_without_noise": "without_noise"})
        .join(
            table.filter(pl.col("quantity") == "spearman").select("ruler", "other", "low", "high"),
            on=["ruler", "other"],
            maintain_order="left",
        )
    )
    if not every:
        at = result.reference
        wide = wide.filter((pl.col("ruler") == at) | (pl.col("other") == at))
    spans = [
        output.cell(None) if low is None else f"{low:z.2f} to {high:z.2f}"
        for low, high in wide.select("low", "high").iter_rows()
    ]
    shown = wide.with_columns(
        pl.Series("spearman_span", spans, dtype=pl.String),
        *(_two_digits(name) for name in ("spearman", "kendall", "without_noise")),
    ).sort("ruler", "other")
    output.show(
        out, shown, PAIRS, title="Rank correlations", spare=("pairing", "without_noise", "kendall")
    )
    moved = result.details["movers"]
    if moved.height:
        moved = moved.with_columns(
            pl.col("name").fill_null(pl.col("entity")),
            pl.col("why").str.replace_all("_", " ").str.replace_all(";", ", "),
            pl.col("benchmarks").str.replace_all(";", ", "),
            output.intervals(moved, "low", "high").alias("span"),
        )
        out.print()
        title = f"Models that move most from {result.reference}"
        output.show(out, moved, MOVERS, title=title, spare=("span", "models", "benchmarks"))
    output.asked(out, result.asked)
    output.notes(out, [*result.notes, *(f"{name}: {why}" for name, why in failures.items())])


def _two_digits(name: str) -> pl.Expr:
    return pl.col(name).map_elements(lambda value: f"{value:z.2f}", return_dtype=pl.String)
