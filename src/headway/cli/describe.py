"""``headway describe``: what a dataset holds."""

import typer

from headway.cli import output
from headway.cli.evidence import evidence
from headway.cli.options import DatasetPath, Json

app = typer.Typer(add_completion=False, rich_markup_mode=None)

COLUMNS = {
    "table": "Table",
    "rows": "Rows",
    "corrections": "Corrections",
    "first_recorded_on": "First recorded",
    "last_recorded_on": "Last recorded",
    "sources": "Sources",
}


@app.command()
def describe(*, dataset: DatasetPath = None, json: Json = False) -> None:
    """Say what a dataset holds: rows per table, days of record, sources."""
    data = evidence(dataset)
    frame = data.describe()
    if json:
        output.strict_json(
            {"origin": data.origin, "digest": data.digest, "tables": frame.to_dicts()}
        )
        return
    out = output.console()
    output.show(out, frame, COLUMNS, title=data.origin, spare=("sources", "corrections"))
    out.print(f"Digest {data.digest}")
