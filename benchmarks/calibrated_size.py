"""Time and memory of the calibrated ruler on synthetic catalogs of growing size.

    python benchmarks/calibrated_size.py [--sizes 222x57x2249 ...] [--draws 500] [--out FILE]

Every size runs in a process of its own (peak memory is that of the process). The last column is the
exponent of time in cells since the first row.
"""

import argparse
import datetime as dt
import os
import platform
import resource
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import polars as pl

import headway
from headway.dataset import Dataset

SIZES = ("222x57x2249", "1000x150x12000", "2500x300x36000", "5000x500x100000")


def catalog(models: int, benchmarks: int, cells: int, seed: int = 0) -> Dataset:
    """A synthetic catalog: dates over three years, makers, domains, and an effect of each."""
    rng = np.random.default_rng(seed)
    released = np.sort(rng.uniform(0, 3, models))
    maker, domain = rng.integers(0, 30, models), rng.integers(0, 13, benchmarks)
    capability = 1.2 * (released - 1.5) + rng.normal(0, 0.6, models)
    difficulty = rng.normal(0.3, 1.0, benchmarks)
    slope = np.exp(rng.normal(0.5, 0.4, benchmarks))
    lean = rng.normal(0, 0.2, (30, 13))
    spread = max(cells // models, 4)
    rows = np.repeat(np.arange(models), spread)
    # A model is tested on benchmarks of about its own time.
    centre = rows / models * benchmarks
    columns = np.clip(centre + rng.normal(0, benchmarks / 4, len(rows)), 0, benchmarks - 1)
    keys = np.unique(rows * benchmarks + columns.astype(np.int64))
    m, b = keys // benchmarks, keys % benchmarks
    eta = slope[b] * (capability[m] - difficulty[b]) + lean[maker[m], domain[b]]
    p = 1 / (1 + np.exp(-eta))
    y = np.clip(p + 0.15 * np.sqrt(p * (1 - p)) * rng.standard_normal(len(p)), 0, 1)
    day = [dt.date(2023, 1, 1) + dt.timedelta(days=int(365 * t)) for t in released]
    names = [f"m{i:05d}" for i in range(models)]
    benches = [f"b{i:04d}" for i in range(benchmarks)]
    return Dataset.from_frames(
        models=pl.DataFrame(
            {"model": names, "organisation": [f"o{k:02d}" for k in maker], "listed_on": day,
             "announced_on": day, "available_on": day}
        ),
        benchmarks=pl.DataFrame(
            {"benchmark": benches, "domain": [("coding", "math", "games", "science", "vision",
             "agentic", "reasoning", "knowledge", "writing", "cyber", "research", "language",
             "long_context")[k] for k in domain]}
        ),
        scores=pl.DataFrame(
            {"model": np.array(names)[m], "benchmark": np.array(benches)[b], "score": y,
             "scale": "normalised"}
        ),
        recorded_on="2026-01-01",
    )  # fmt: skip


def one(size: str, draws: int) -> None:
    models, benchmarks, cells = map(int, size.split("x"))
    ruler = headway.rulers.calibrated(anchors={"m00010": 100.0, f"m{models - 10:05d}": 150.0})
    if models <= 300:
        ruler.fit(catalog(models, benchmarks, cells), draws=10)
    data = catalog(models, benchmarks, cells)
    began, used = time.perf_counter(), time.process_time()
    scale = ruler.fit(data, draws=draws)
    wall, used = time.perf_counter() - began, time.process_time() - used
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(scale.diagnostics["n_cells"], wall, used, peak, scale.diagnostics["iterations"])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", nargs="*", default=list(SIZES))
    parser.add_argument("--draws", type=int, default=500)
    parser.add_argument("--one", help=argparse.SUPPRESS)
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    if options.one:
        one(options.one, options.draws)
        return
    lines = [
        "# Time and memory of the calibrated ruler",
        "",
        f"Written by `python benchmarks/calibrated_size.py --draws {options.draws}` on "
        f"{dt.datetime.now(dt.UTC).date()} ({platform.machine()}, {os.cpu_count()} processors, "
        f"Python {platform.python_version()}), fit with {options.draws} draws. Load average "
        f"before: {os.getloadavg()[0]:.1f}; processor seconds suffer less from other work than "
        "wall seconds.",
        "",
        "| models x benchmarks | cells | wall s | processor s | peak MB | steps | exponent (cpu) |",
        "|---|---|---|---|---|---|---|",
    ]
    first: tuple[float, float] | None = None
    for size in options.sizes:
        command = [sys.executable, __file__, "--one", size, "--draws", str(options.draws)]
        out = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
        cells, wall, used, peak, steps = map(float, out[-5:])
        exponent = (
            "" if first is None else f"{np.log(used / first[1]) / np.log(cells / first[0]):.2f}"
        )
        first = first or (cells, used)
        models, benchmarks, _ = size.split("x")
        lines.append(
            f"| {models} x {benchmarks} | {cells:.0f} | {wall:.1f} | {used:.1f} | {peak:.0f} | "
            f"{steps:.0f} | {exponent} |"
        )
        print(lines[-1], flush=True)
    if options.out:
        options.out.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
