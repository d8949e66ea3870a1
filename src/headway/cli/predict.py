"""``headway predict``: what models would score on benchmarks that they have no score on."""

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any, Literal

import polars as pl
import typer

from headway.analyses.asked import of_scale
from headway.cli import output
from headway.cli.evidence import AsOf, KnownOn, evidence
from headway.cli.options import DatasetPath, Json, from_spec
from headway.cli.progress import Shown
from headway.errors import UsageError
from headway.rulers import CalibratedRuler, CalibratedScale, predict as predicted
from headway.rulers.files.kinds import kind_of
from headway.rulers.process.predictions import on_scale

if TYPE_CHECKING:
    from rich.console import Console

    from headway.dataset import Dataset
    from headway.report.words import Words

Cells = Literal["empty", "observed", "all"]
Lang = Annotated[Literal["en", "zh"], typer.Option(help="Language of the sentences and tables.")]
LEAVE_OUT = ("options.name", "options.benchmarks", "options.anchors")
NAMES = {"weights": "--weight"}

app = typer.Typer(add_completion=False, rich_markup_mode=None)


@app.command(name="predict")
@from_spec(names=NAMES, leave_out=LEAVE_OUT)
def command(
    options: CalibratedRuler,
    *,
    model: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="Model to predict for; again for more, all without."),
    ] = None,
    benchmark: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="Benchmark to predict on; again for more, all without."),
    ] = None,
    cells: Annotated[
        Cells,
        typer.Option(help="Where a model has no score, where it has one, or both."),
    ] = "empty",
    most: Annotated[int, typer.Option(min=1, help="Rows to show; --json has them all.")] = 30,
    lang: Lang = "en",
    dataset: DatasetPath = None,
    as_of: AsOf = None,
    known_on: KnownOn = None,
    json: Json = False,
) -> None:
    """Predict what a model would score on a benchmark it has no score on, with an interval.

    The predictions are those of the calibrated ruler, fitted on every score of the dataset. With
    --benchmark alone the best model comes first; else the rows go by model, the most capable
    first, and each model's highest score leads.
    """
    data = evidence(dataset, as_of=as_of, known_on=known_on)
    scale = fitted(replace(options, anchors=None), data)
    models, benchmarks = identified(scale, model), known(scale, benchmark)
    found = predicted(scale, models=models, benchmarks=benchmarks)
    found = ordered(scale, found, by_benchmark=bool(benchmark) and not model)
    if cells != "all":
        kept = "predicted" if cells == "empty" else "observed"
        found = found.filter(pl.col("status") == kept)
        if found.is_empty():
            has, other = ("a", "observed") if cells == "empty" else ("no", "empty")
            raise UsageError(
                f"every model asked for has {has} score on every benchmark asked for",
                hint=f"--cells {other} predicts those; or ask for other models or benchmarks",
            )
    if json:
        output.strict_json(
            made(scale, data) | {"table": found.to_dicts(), "notes": list(scale.notes)}
        )
        return
    _print(scale, found, cells, most, lang)


def fitted(options: CalibratedRuler, data: "Dataset") -> CalibratedScale:
    """Fit the calibrated ruler, saying what is missing when there are no scores."""
    kind_of("calibrated").require_evidence(data)
    with Shown() as progress:
        return options.fit(data, progress=progress)


def identified(scale: CalibratedScale, names: list[str] | None) -> list[str] | None:
    """Identifiers of models, each once; None when none is given."""
    return list(dict.fromkeys(scale.models[scale.position(n)] for n in names or ())) or None


def known(scale: CalibratedScale, names: list[str] | None) -> list[str] | None:
    """Identifiers of benchmarks, each once and on the scale; None when none is given."""
    return list(on_scale(scale, names or ())) or None


def more(words: "Words", out: "Console", total: int, shown: int) -> None:
    """Say how many rows are not shown, and how to see them."""
    text = words("predict.more", count=total - shown, most=f"--most {total}", json="--json")
    out.print(text, markup=False, soft_wrap=True)


def made(scale: CalibratedScale, data: "Dataset") -> dict[str, Any]:
    """How a result was made, as plain values."""
    return {
        "ruler": scale.ruler,
        "spec": dict(scale.spec),
        "draws": scale.capability.n_draws,
        "seed": scale.seed,
        "level": scale.level,
        "dataset": {"digest": data.digest, "origin": data.origin},
        "asked": of_scale(scale),
    }


def ordered(scale: CalibratedScale, found: pl.DataFrame, *, by_benchmark: bool) -> pl.DataFrame:
    """Rows by model, the most capable first, or by benchmark; the highest score first in each."""
    if not by_benchmark:
        place = pl.DataFrame({"entity": scale.models, "place": scale.estimate})
        found = found.join(place, on="entity", how="left").sort(
            "place", "entity", "estimate", "benchmark", descending=[True, False, True, False]
        )
        return found.drop("place")
    order = found["benchmark"].unique(maintain_order=True).to_list()
    return found.sort(
        pl.col("benchmark").replace_strict(
            {name: k for k, name in enumerate(order)}, return_dtype=pl.Int64
        ),
        "estimate",
        "entity",
        descending=[False, True, False],
    )


def _print(
    scale: CalibratedScale, found: pl.DataFrame, cells: Cells, most: int, lang: Lang
) -> None:
    from headway.report.evaluations import predictions
    from headway.report.terminal import as_rich
    from headway.report.words import Words

    words, out = Words(lang), output.console()
    out.print(as_rich(predictions(words, scale, found.head(most), cells)))
    if len(found) > most:
        more(words, out, len(found), most)
    said = [words("predict.unit"), words("predict.interval")]
    said += [words("predict.seen")] if cells != "empty" else []
    output.asked(out, of_scale(scale), lang)
    output.notes(out, [*said, *(words.note(note)[0] for note in scale.notes)])
