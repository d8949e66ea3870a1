"""The item ruler on Parquet files that hold more answers than one would keep in a table.

    python benchmarks/item_size.py --models 2000 --items 200000
    python benchmarks/item_size.py --models 2000 --items 5000 --missing 0.5

Simulated answers are written to a temporary folder, some thousand questions with the answers of all
models to a file, and fitted to convergence with standard errors. Printed: seconds for writing,
reading and fitting, the peak memory of the fit (a process of its own), and the error.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import polars as pl

FIT = """
import json, operator, resource, sys, time
import numpy as np
import headway
from headway.engines.local import Local
from headway.rulers import responses

class Told:
    def stage(self, text):
        print(f"{time.perf_counter() - begin:8.1f} s  {text}", file=sys.stderr, flush=True)
    def advance(self, done, total):
        pass

begin = time.perf_counter()
answers = responses.parts_from_parquet(sys.argv[1], progress=Told())
named = time.perf_counter()
engine = Local(answers.loads)
held = sum(engine.run(operator.attrgetter("nbytes")))
loaded = time.perf_counter()
scale = headway.rulers.items(draws=int(sys.argv[2])).fit_parts(
    answers, engine=engine, progress=Told()
)
done = time.perf_counter()
np.save(sys.argv[1] + "/estimate.npy", np.array([scale.estimate, scale.low, scale.high]))
print(json.dumps({
    "names": named - begin, "load": loaded - named, "fit": done - loaded, "held": held,
    "parts": len(answers.loads), "passes": scale.diagnostics["passes"],
    "answers": scale.diagnostics["n_answers"],
    "cpu": time.process_time(),
    "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
}))
"""


def write(folder: Path, models: int, items: int, per_file: int, missing: float, seed: int) -> None:
    """Write the answers, and the truth beside them."""
    rng = np.random.default_rng(seed)
    ability = rng.standard_normal(models)
    ability = (ability - ability.mean()) / ability.std()
    np.save(folder / "truth.npy", ability)
    names = [f"model-{k:05d}" for k in range(models)]
    known = pl.Series(names, dtype=pl.Enum(names))
    for first in range(0, items, per_file):
        n = min(per_file, items - first)
        slope, difficulty = np.exp(0.5 * rng.standard_normal(n)), rng.standard_normal(n)
        right = np.empty((n, models), dtype=np.uint8)
        for at in range(0, n, 250):
            some = slice(at, at + 250)
            eta = slope[some, None] * (ability - difficulty[some, None])
            right[some] = rng.random(eta.shape, dtype=np.float32) < 1 / (1 + np.exp(-eta))
        frame = pl.DataFrame(
            {
                "model": known.gather(np.tile(np.arange(models), n)),
                "benchmark": pl.Series(["synthetic"]).new_from_index(0, n * models),
                "item": named(first, n).gather(np.repeat(np.arange(n), models)),
                "score": right.ravel(),
            }
        )
        if missing:
            frame = frame.filter(pl.Series(rng.random(len(frame)) >= missing))
        frame.write_parquet(folder / f"{first:07d}.parquet")


def named(first: int, n: int) -> pl.Series:
    """Names of some questions."""
    names = [f"question-{first + k:07d}" for k in range(n)]
    return pl.Series(names, dtype=pl.Enum(names))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--models", type=int, default=2000)
    parser.add_argument("--items", type=int, default=5000)
    parser.add_argument("--missing", type=float, default=0.0)
    parser.add_argument("--per-file", type=int, default=2500)
    parser.add_argument("--draws", type=int, default=500)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        begin = time.perf_counter()
        write(folder, options.models, options.items, options.per_file, options.missing,
              options.seed)  # fmt: skip
        size = sum(file.stat().st_size for file in folder.glob("*.parquet"))
        print(f"written in {time.perf_counter() - begin:.0f} s: "
              f"{size / 1e9:.2f} GB of Parquet", flush=True)  # fmt: skip
        ran = subprocess.run(
            [sys.executable, "-c", FIT, name, str(options.draws)], stdout=subprocess.PIPE,
            text=True, check=True,
        )  # fmt: skip
        found = json.loads(ran.stdout.strip().splitlines()[-1])
        estimate, low, high = np.load(folder / "estimate.npy")
        truth = np.load(folder / "truth.npy")
    error = np.sqrt(np.mean((estimate - truth) ** 2))
    held = np.mean((low < truth) & (truth < high))
    print(f"{found['answers']:,} answers in {found['parts']} parts, {os.cpu_count()} processors, "
          f"load {os.getloadavg()[0]:.1f}")  # fmt: skip
    print(f"names {found['names']:.0f} s, reading {found['load']:.0f} s, "
          f"fit with standard errors {found['fit']:.0f} s ({found['passes']} passes), "
          f"processor time {found['cpu']:.0f} s")  # fmt: skip
    print(f"answers held in {found['held'] / 1e9:.2f} GB, peak {found['peak'] / 1e9:.2f} GB")
    print(f"error of abilities {error:.5f}; 90% intervals hold {held:.1%}")


if __name__ == "__main__":
    main()
