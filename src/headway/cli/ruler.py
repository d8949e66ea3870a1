"""``headway ruler``: the shelf, ruler files of one's own, and what a ruler measures by."""

from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console

from headway.cli import output
from headway.cli.evidence import evidence
from headway.cli.options import DatasetPath, Json
from headway.cli.progress import Shown
from headway.errors import HeadwayError, UsageError
from headway.outputs import replaced
from headway.rulers import Scale
from headway.rulers.files.blank import blank, quoted, written
from headway.rulers.files.chosen import ChosenRuler
from headway.rulers.files.contents import RulerFile
from headway.rulers.files.kinds import KINDS, kind_of
from headway.rulers.files.reading import find, parse, shelf
from headway.rulers.files.selection import Selected, by_reason

if TYPE_CHECKING:
    from headway.dataset import Dataset

app = typer.Typer(
    add_completion=False,
    rich_markup_mode=None,
    no_args_is_help=True,
    help="Rulers by name or file: list, write, check and show them. All but `new` take --json.",
)

Which = Annotated[
    str, typer.Argument(metavar="NAME|FILE", help="A ruler of the shelf, a kind, or a file.")
]
SHELF = {
    "name": "Ruler",
    "title": "Title",
    "kind": "Kind",
    "benchmarks": "Benchmarks",
    "version": "Version",
    "short": "Digest",
}
KIND_COLUMNS = {"kind": "Kind", "evidence": "Measures by", "summary": "What it is"}


@app.command("list")
def list_(*, dataset: DatasetPath = None, json: Json = False) -> None:
    """List the rulers of the shelf, and the kinds that a ruler can be of."""
    import polars as pl

    table = shelf(evidence(dataset))
    kinds = pl.DataFrame(
        [
            {"kind": kind.name, "evidence": " or ".join(kind.evidence), "summary": kind.summary}
            for kind in KINDS.values()
        ]
    )
    if json:
        output.strict_json({"shelf": table.to_dicts(), "kinds": kinds.to_dicts()})
        return
    out = output.console()
    shown = table.with_columns(pl.col("digest").str.head(12).alias("short"))
    output.show(out, shown, SHELF, title="On the shelf", spare=("version", "short"))
    out.print()
    output.show(out, kinds, KIND_COLUMNS, title="Kinds")
    out.print("Use one with --ruler; begin your own with `headway ruler new MY.toml --from NAME`.")


@app.command()
def new(
    file: Annotated[
        Path | None, typer.Argument(metavar="[FILE]", help="Where to write; else it is printed.")
    ] = None,
    *,
    kind: Annotated[
        str | None,
        typer.Option(help=f"Kind of scale: {', '.join(KINDS)}.", metavar="KIND"),
    ] = None,
    start: Annotated[
        str | None,
        typer.Option("--from", metavar="NAME|FILE", help="A ruler whose values it begins with."),
    ] = None,
) -> None:
    """Write a ruler file with every option explained; nothing is overwritten."""
    begun = None if start is None else find(start)
    if begun is not None and kind is not None and kind != begun.kind:
        raise UsageError(
            f"{begun.name!r} is of kind {begun.kind}, so --kind {kind} contradicts --from",
            hint="give one of the two",
        )
    chosen = kind_of(begun.kind if begun is not None else kind or "eci")
    name = _name(file)
    text = blank(chosen, begun, name=name)
    if file is None:
        typer.echo(text, nl=False)
        return
    if file.exists():
        raise UsageError(f"{str(file)!r} exists, and nothing is overwritten", hint="name another")
    if not file.resolve().parent.is_dir():
        raise UsageError(f"there is no folder {str(file.resolve().parent)!r} to write it into")
    with replaced(file, new=True) as made:
        made.write_text(text, encoding="utf-8")
    typer.echo(f"Wrote {file}. Change it, then: headway ruler check {file}")


@app.command()
def show(ruler: Which, *, json: Json = False) -> None:
    """Print what a ruler says, as a file without comments."""
    file = find(ruler)
    if json:
        output.strict_json(file.to_dict() | {"digest": file.digest})
        return
    typer.echo(plain_toml(file), nl=False)


@app.command()
def check(ruler: Which, *, dataset: DatasetPath = None, json: Json = False) -> None:
    """Say in words what a ruler measures on a dataset, what it leaves out, and whether it can.

    Exit code 2 when it cannot be fitted; the reason is printed last.
    """
    made = ChosenRuler(file=find(ruler))
    data = evidence(dataset)
    selected: Selected | None = None
    scale: Scale | None = None
    trouble: HeadwayError | None = None
    try:
        _, selected = made.prepare(data)
        with Shown() as progress:
            scale = made.fit(data, draws=0, progress=progress)
    except HeadwayError as error:
        trouble = error
    if json:
        output.strict_json(_said(made.file, data, selected, scale, trouble))
    else:
        _explain(output.console(), made.file, data, selected, scale)
    if trouble is not None:
        raise trouble


def plain_toml(file: RulerFile) -> str:
    """Return a ruler file without comments."""
    values = file.to_dict()
    tables = [f.name for f in fields(RulerFile) if isinstance(values.get(f.name), dict)]
    order = ["format", "name", "version", "kind", "anchors"]
    lines = [f"{k} = {written(values[k])}" for k in order if k in values and k not in tables]
    for name in tables:
        lines += ["", f"[{name}]"]
        lines += [f"{quoted(key)} = {written(value)}" for key, value in values[name].items()]
    text = "\n".join(lines) + "\n"
    assert parse(text).digest == file.digest
    return text


def _name(file: Path | None) -> str:
    if file is None:
        return "my-ruler"
    kept = [c if c.isascii() and (c.isalnum() or c in "._-") else "-" for c in file.stem.lower()]
    name = "".join(kept).strip("-._")[:60] or "my-ruler"
    return f"my-{name}" if name in KINDS else name


def _said(
    file: RulerFile,
    data: "Dataset",
    selected: Selected | None,
    scale: Scale | None,
    trouble: HeadwayError | None,
) -> dict[str, Any]:
    return {
        "ruler": file.to_dict(),
        "digest": file.digest,
        "dataset": {"digest": data.digest, "origin": data.origin},
        "benchmarks": None if selected is None else list(selected.benchmarks),
        "left_out": None if selected is None else dict(selected.left_out),
        "identified": scale is not None,
        "models": None if scale is None else len(scale.models),
        "unit": None if scale is None else scale.unit,
        "notes": [] if scale is None else list(scale.notes),
        "problem": None if trouble is None else trouble.message,
        "details": [] if trouble is None else list(trouble.details),
    }


def _explain(
    out: Console,
    file: RulerFile,
    data: "Dataset",
    selected: Selected | None,
    scale: Scale | None,
) -> None:
    def say(text: str) -> None:
        out.print(text, markup=False, soft_wrap=True)

    title = file.called() + (f" ({file.called('zh')})" if file.title and file.title.zh else "")
    out.print(f"{title}, version {file.version}", style="bold", markup=False)
    if file.note is not None:
        say(file.note.en)
    say(f"Kind {file.kind}: {file.of_kind.summary}")
    for line in _conditions(file):
        say(f"  {line}")
    if selected is not None and "benchmarks" in file.of_kind.sections:
        total = len(selected.benchmarks) + len(selected.left_out)
        say(f"On {data.origin}: {len(selected.benchmarks)} of {total} benchmarks: "
            f"{', '.join(selected.benchmarks)}.")  # fmt: skip
        if selected.left_out:
            say("Left out:")
        for line in by_reason(selected.left_out):
            say(f"  {line}")
    if scale is not None:
        say(f"It can be fitted: {len(scale.models)} models, in {scale.unit}.")
        best = scale.rank().head(3)
        names = [name or entity for name, entity in best.select("name", "entity").iter_rows()]
        say(f"Best: {', '.join(names)}.")
        output.notes(out, scale.notes)
    say(f"Digest {file.digest}")


def _conditions(file: RulerFile) -> list[str]:
    """What the file sets, in words: every part that differs from the defaults."""
    values = file.to_dict()
    lines = []
    for section in ("benchmarks", "scores", "models", "weights", "anchors", "draws", "options"):
        given = values.get(section)
        if isinstance(given, dict):
            lines += [f"{section}: {name} = {written(value)}" for name, value in given.items()]
        elif given is not None:
            lines.append(f"{section} = {written(given)}")
    return lines or ["everything as the kind has it"]
