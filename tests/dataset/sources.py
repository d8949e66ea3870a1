"""What a source might give, small."""

from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from headway.dataset.importing import ImportReport, take_in
from headway.sources import Parsed, Refused

OWN = {"source": "my-tests", "title": "My tests", "licence": "CC0"}
MAY, AUGUST = date(2026, 5, 14), date(2026, 8, 11)

HEADER = (
    "performance,benchmark,benchmark_release_date,optimized,model,model_version,Model,date,source"
)
MATRIX = (
    "0.5,Maths,2024-01-02,False,Alpha 1,alpha-1-2024-01-01_high,Alpha,2024-01-01,Epoch evaluations",
    "0.25,Coding,2024-01-03,False,Alpha 1,alpha-1-2024-01-01,Alpha,2024-01-01,Epoch evaluations",
    "0.75,Maths,2024-01-02,True,Beta 2,beta-2,,2025-01-01,",
)


def matrix(path: Path, rows: tuple[str, ...] = MATRIX) -> Path:
    path.write_text("\n".join((HEADER, *rows)) + "\n", encoding="utf-8")
    return path


def scores(**columns: list[Any]) -> pl.DataFrame:
    plain = {
        "model": ["Alpha 1", "Alpha 1", "Beta 2"],
        "benchmark": ["Maths", "Coding", "Maths"],
        "score": [0.5, 0.25, 0.75],
    }
    return pl.DataFrame(plain | columns).with_columns(scale=pl.lit("normalised"))


def take(into: Path, *, refused: tuple[Refused, ...] = (), **options: Any) -> ImportReport:
    """Import tables given by name; everything else has a default."""
    named = ("unmatched", "names", "recorded_on", "start", "dry_run")
    settings = {
        "unmatched": "add", "names": {}, "recorded_on": MAY, "start": "empty",
    } | {name: options.pop(name) for name in named if name in options}  # fmt: skip
    tables = {"scores": scores()} | options
    given = {name: frame for name, frame in tables.items() if frame is not None}
    read = sum(frame.height for frame in given.values())
    parsed = Parsed(tables=given, read=read + len(refused), refused=refused)
    return take_in(parsed, into, own=OWN, **settings)  # type: ignore[arg-type]


def counts(report: ImportReport, table: str) -> dict[str, int]:
    [row] = report.table.filter(pl.col("table") == table).to_dicts()
    del row["table"]
    return row


def content(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}
