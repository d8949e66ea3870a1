"""``headway check``: is a dataset right, and what in it deserves a second look."""

from pathlib import Path
from typing import Annotated, get_args

import polars as pl
import typer

from headway.cli import output
from headway.cli.evidence import evidence
from headway.cli.options import DatasetPath, Json
from headway.dataset.check import Severity, quality
from headway.errors import UsageError

app = typer.Typer(add_completion=False, rich_markup_mode=None)

FOUND_ERRORS = 1
COLUMNS = {"table": "Table", "entity": "What", "check": "Check", "message": "Finding"}


@app.command()
def check(
    folder: Annotated[
        Path | None,
        typer.Argument(metavar="[FOLDER]", help="Dataset to check; else the shipped catalog."),
    ] = None,
    *,
    notes: Annotated[bool, typer.Option("--notes", help="List the notes too.")] = False,
    dataset: DatasetPath = None,
    json: Json = False,
) -> None:
    """Check a dataset: first that it can be read, then what looks doubtful in it.

    Exit code 0: nothing worse than a warning. 1: a finding of severity error. 2: the dataset
    cannot be read, and every wrong cell is listed.
    """
    if folder is not None and dataset is not None and folder != dataset:
        raise UsageError(f"two datasets are named: {folder} and {dataset}", hint="name one")
    data = evidence(folder or dataset)
    findings = quality(data)
    found = dict(findings.group_by("severity").len().iter_rows())
    counts = {severity: found[severity] for severity in get_args(Severity) if severity in found}
    if json:
        output.strict_json(
            {
                "origin": data.origin,
                "digest": data.digest,
                "counts": counts,
                "findings": findings.to_dicts(),
                "notes": list(data.notes),
            }
        )
    else:
        _print(findings, data.origin, data.notes, with_notes=notes)
    if counts.get("error"):
        raise typer.Exit(FOUND_ERRORS)


def _print(
    findings: pl.DataFrame, origin: str, remarks: tuple[str, ...], *, with_notes: bool
) -> None:
    out = output.console()
    tally = []
    for severity in get_args(Severity):
        rows = findings.filter(pl.col("severity") == severity)
        if rows.is_empty():
            continue
        tally.append(f"{len(rows)} of severity {severity}")
        if severity == "note" and not with_notes:
            tally[-1] += " (--notes lists them)"
            continue
        output.show(out, rows, COLUMNS, title=f"{severity} ({len(rows)})", spare=("check",))
        out.print()
    output.notes(out, remarks)
    out.print(
        f"{origin}: readable; findings: {', '.join(tally) or 'none'}.", soft_wrap=True, markup=False
    )
