"""How long it takes, and how much memory, to take many rows into a dataset.

    python benchmarks/import_speed.py [--scores 1000000] [--responses 10000000] [--json FILE]

Each case runs in its own process and reads its file through the source ``table``: a first import,
and the same import again, which must change nothing. Nothing here passes or fails on a time.
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from headway.dataset.importing import bring
from headway.dataset.tables import TABLES

MODELS = 500
ITEMS = 2000


def made_scores(rows: int) -> pl.DataFrame:
    """Scores of 500 models on as many benchmarks as it takes."""
    index = np.arange(rows)
    return pl.DataFrame({"k": index}).select(
        model=pl.format("made-model-{}", pl.col("k") % MODELS),
        benchmark=pl.format("made-benchmark-{}", pl.col("k") // MODELS),
        score=pl.Series(np.random.default_rng(1).uniform(size=rows)),
    )


def write_responses(rows: int, path: Path) -> None:
    """Write answers of 500 models to 2,000 questions on each benchmark, in no useful order."""
    index = pl.LazyFrame({"k": pl.int_range(rows, eager=True).shuffle(seed=1)})
    index.select(
        model=pl.format("made-model-{}", pl.col("k") % MODELS),
        variant=pl.lit("default"),
        benchmark=pl.format("made-benchmark-{}", pl.col("k") // (MODELS * ITEMS)),
        item=pl.format("question-{}", pl.col("k") // MODELS % ITEMS),
        epoch=pl.lit(1, dtype=pl.Int64),
        score=(pl.col("k") % 7 < 3).cast(pl.Float64),
        output_tokens=pl.col("k") % 4096,
    ).sink_parquet(path)


def run(case: str, file: Path, into: Path) -> dict[str, Any]:
    """Import one file and return the figures."""
    names = pl.scan_csv(file) if case == "scores" else pl.scan_parquet(file)
    columns = {name: name for name in names.collect_schema().names()}
    mapping: dict[str, Any] = {"rows": case, "columns": columns}
    if case == "scores":
        mapping["fixed"] = {"scale": "normalised", "reporter": "independent"}
    began, busy = time.perf_counter(), time.process_time()
    report = bring(
        "table",
        [file],
        into,
        unmatched="add",
        recorded_on="2026-08-11",
        start="empty" if case == "scores" else "catalog",
        mapping=mapping,
    )
    seconds = {
        "seconds": round(time.perf_counter() - began, 1),
        "processor_seconds": round(time.process_time() - busy, 1),
    }
    [counts] = report.table.filter(pl.col("table") == case).to_dicts()
    return {
        "rows": report.read,
        **seconds,
        "peak_megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        "added": counts["added"],
        "unchanged": counts["unchanged"],
        "megabytes_on_disk": (into / TABLES[case].file).stat().st_size >> 20,
    }


def main() -> None:
    """Make the rows, import them twice, print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scores", type=int, default=1_000_000)
    parser.add_argument("--responses", type=int, default=10_000_000)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--one", nargs=3, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        case, file, into = options.one
        print(json.dumps(run(case, Path(file), Path(into))))
        return
    figures: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for case, rows in (("scores", options.scores), ("responses", options.responses)):
            if not rows:
                continue
            file = folder / f"made.{'csv' if case == 'scores' else 'parquet'}"
            if case == "scores":
                made_scores(rows).write_csv(file)
            else:
                write_responses(rows, file)
            for turn in ("first", "again"):
                command = [sys.executable, __file__, "--one", case, str(file), str(folder / case)]
                done = subprocess.run(command, capture_output=True, check=True, text=True)
                figures[f"{case}, {turn}"] = json.loads(done.stdout)
                print(f"{case}, {turn}: {done.stdout.strip()}", flush=True)
    if options.json:
        options.json.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
