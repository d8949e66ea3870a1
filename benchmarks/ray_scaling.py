"""How the item fit scales: threads of one process, and one or two workers of a Ray cluster.

    python benchmarks/ray_scaling.py [--sizes 1e6 1e7] [--folder DIR] \\
        [--out docs/evidence/ray-scaling.md]

Answers of a two-parameter world are written to Parquet, one file for some questions of all models.
Each engine then reads and fits them in a process of its own. 1e8 answers take minutes and are asked
for by --sizes 1e6 1e7 1e8.
"""

import argparse
import datetime as dt
import json
import os
import pickle
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from headway import engines
from headway.rulers.kernels.items import STATE
from headway.rulers.responses import fit as item_fit
from headway.rulers.responses.passes import Swept
from headway.rulers.responses.reading import parts_from_parquet

MODELS = {10**6: 500, 10**7: 1000, 10**8: 2000}
ENGINES = (("threads", 2), ("Ray", 1), ("Ray", 2))
PER_FILE = 5_000_000
MOST_PER_PART = 5_000_000


class Counting:
    """An engine that notes how long every step takes, and how many bytes go each way."""

    def __init__(self, engine: engines.Engine) -> None:
        self.engine = engine
        self.steps: list[dict[str, Any]] = []

    @property
    def n_parts(self) -> int:
        return self.engine.n_parts

    def run(
        self, function: Callable[..., Any], *shared: Any, each: Sequence[Any] | None = None
    ) -> list[Any]:
        before = processor_seconds(self.engine)
        began = time.perf_counter()
        results = self.engine.run(function, *shared, each=each)
        step = {"function": function.__name__, "seconds": time.perf_counter() - began}
        step["processor"] = processor_seconds(self.engine) - before
        step["shared_bytes"] = len(pickle.dumps(shared))
        step["each_bytes"] = sum(len(pickle.dumps(own)) for own in each or ())
        step["result_bytes"] = sum(len(pickle.dumps(result)) for result in results)
        self.steps.append(step)
        return results

    def close(self) -> None:
        self.engine.close()


def used(part: Any) -> tuple[int, int, float, int]:
    """Process, its peak memory in bytes and processor seconds so far; the bytes of the part."""
    most = 1024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return os.getpid(), most, time.process_time(), part.nbytes


def processor_seconds(engine: engines.Engine) -> float:
    return sum({process: seconds for process, _, seconds, _ in engine.run(used)}.values())


def write(folder: Path, n_answers: int, seed: int) -> None:
    n_models = MODELS[n_answers]
    n_items = n_answers // n_models
    rng = np.random.default_rng(seed)
    ability = rng.normal(size=n_models)
    models = pl.Series([f"model-{k:04}" for k in range(n_models)])
    step = max(1, min(PER_FILE, n_answers // 8) // n_models)
    for first in range(0, n_items, step):
        count = min(step, n_items - first)
        slope, difficulty = np.exp(rng.normal(0, 0.3, (count, 1))), rng.normal(size=(count, 1))
        right = rng.random((count, n_models)) < 1 / (1 + np.exp(slope * (difficulty - ability)))
        items = pl.Series([f"q{first + k:07}" for k in range(count)])
        pl.DataFrame(
            {
                "model": models.gather(np.tile(np.arange(n_models), count)),
                "benchmark": pl.repeat("simulated", count * n_models, eager=True),
                "item": items.gather(np.repeat(np.arange(count), n_models)),
                "score": right.ravel().astype(np.uint8),
            }
        ).write_parquet(folder / f"part-{first // step:05}.parquet")


def measure(folder: Path, n_answers: int, kind: str, workers: int) -> dict[str, Any]:
    began = time.perf_counter()
    answers = parts_from_parquet(folder, answers_per_part=min(MOST_PER_PART, n_answers // 8))
    named = time.perf_counter()
    ray = "local" if kind == "Ray" else None
    if ray:  # The start of the cluster is not part of loading.
        import ray as library

        from headway.engines.cluster import Connection

        Connection(library, None, processors=workers)
    started = time.perf_counter()
    with closing(Counting(engines.start(answers.loads, ray=ray, workers=workers))) as engine:
        loaded = time.perf_counter()
        fit = item_fit.fit(engine, answers.takers)
        fitted = time.perf_counter()
        uses = engine.engine.run(used)
    sweeps = [step for step in engine.steps if step["function"] == "sweep"]
    later = sweeps[len(sweeps) // 2 :]
    driver = 1024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return {
        "engine": kind,
        "workers": workers,
        "names": named - began,
        "start": started - named,
        "load": loaded - started,
        "fit": fitted - loaded,
        "passes": fit.passes,
        "change": fit.change,
        "pass": statistics.median(step["seconds"] for step in later),
        "fastest": min(step["seconds"] for step in later),
        "processor": statistics.median(step["processor"] for step in later),
        "sent": sweeps[-1]["shared_bytes"],
        "states": sweeps[-1]["each_bytes"],
        "gathered": sweeps[-1]["result_bytes"],
        "parts": engine.n_parts,
        "held": sum(size for _, _, _, size in uses),
        "worker_peak": max(most for _, most, _, _ in uses),
        "driver_peak": driver,
        "ability": fit.mean.tolist(),
    }


def driver_seconds(n_models: int = 10_000, n_items: int = 1000, parts: int = 100) -> float:
    """Processor seconds of the driver for each GB gathered: unpack, add up, pack the state."""
    ones = np.ones(n_models)
    part = Swept(
        state=np.ones((n_items, STATE)), gradient=ones, curvature=ones, value=ones, failed=0
    )
    packed = [pickle.dumps(part)] * parts
    began = time.process_time()
    swept = [pickle.loads(one) for one in packed]
    for name in ("gradient", "curvature"):
        np.add.reduce([getattr(one, name) for one in swept])
    for one in swept:
        pickle.dumps(one.state)
    return (time.process_time() - began) / (1e-9 * parts * len(packed[0]))


def apart(folder: Path, n_answers: int, kind: str, workers: int) -> dict[str, Any]:
    """Measure in a process of its own, so that peaks are its own."""
    words = [__file__, "--one", kind, str(workers), "--sizes", str(n_answers)]
    ran = subprocess.run(
        [sys.executable, *words, "--folder", str(folder)], stdout=subprocess.PIPE, check=True
    )
    found: dict[str, Any] = json.loads(ran.stdout.splitlines()[-1])
    return found


HEAD = (
    "answers", "models x questions", "engine", "workers", "names s", "load s", "passes",
    "s per pass", "fastest", "fit s", "fit, ratio", "ns per answer and pass",
    "sent MB per pass", "gathered MB per pass", "bytes held per answer",
    "peak GB per worker", "peak GB driver", "largest difference",
)  # fmt: skip


EXPLAINED = (
    "*names* reads the files once for the names. *load* reads the parts where they will be held, "
    "the start of Ray's workers included and that of the cluster not. *fit* goes from the first "
    "count to standard errors, *ratio* is to threads. *s per pass* is the median of the later half "
    "of the passes, *fastest* the fastest of them, which is the last: it visits only some "
    "questions. *ns per answer and pass* is the workers' "
    "processor time in the median pass, which other work on the machine changes less. *sent* is "
    "what the driver sends in a pass (abilities to every worker, the questions' state to the "
    "parts), *gathered* what comes back. *largest difference*: of an ability, to the threads'."
)


def row(n_answers: int, found: dict[str, Any], first: dict[str, Any]) -> list[str]:
    n_models = MODELS[n_answers]
    mb = 1e-6
    sent = found["sent"] * (1 if found["engine"] == "threads" else found["workers"])
    return [
        f"{n_answers:.0e}".replace("e+0", "e"),
        f"{n_models} x {n_answers // n_models}",
        found["engine"],
        str(found["workers"]),
        f"{found['names']:.1f}",
        f"{found['load']:.1f}",
        str(found["passes"]),
        f"{found['pass']:.3f}",
        f"{found['fastest']:.3f}",
        f"{found['fit']:.1f}",
        f"{found['fit'] / first['fit']:.2f}",
        f"{1e9 * found['processor'] / n_answers:.1f}",
        "-" if found["engine"] == "threads" else f"{mb * (sent + found['states']):.2f}",
        "-" if found["engine"] == "threads" else f"{mb * found['gathered']:.2f}",
        f"{found['held'] / n_answers:.2f}",
        f"{found['worker_peak'] / 1e9:.2f}",
        f"{found['driver_peak'] / 1e9:.2f}",
        f"{np.max(np.abs(np.subtract(found['ability'], first['ability']))):.1e}",
    ]


def report(rows: Sequence[Sequence[str]], sizes: Sequence[int], seed: int, busy: float) -> str:
    said = " ".join(f"{size:.0e}".replace("e+0", "e") for size in sizes)
    lines = [
        "# The item fit on threads and on a Ray cluster of one machine",
        "",
        f"Written by `python benchmarks/ray_scaling.py --sizes {said} --seed {seed}` on "
        f"{dt.datetime.now(dt.UTC).date()} ({os.cpu_count()} processors, {platform.machine()}, "
        f"Python {platform.python_version()}). Other work on the machine: a load average of "
        f"{busy:.1f} before the first run, so times are upper bounds and ratios rough.",
        "",
        EXPLAINED,
        "",
        "| " + " | ".join(HEAD) + " |",
        "|" + "---:|" * len(HEAD),
        *("| " + " | ".join(cells) + " |" for cells in rows),
        "",
        f"Of what it gathers, the driver unpacks, adds up and packs the state again in "
        f"{statistics.median(driver_seconds() for _ in range(9)):.2f} s of processor time per GB.",
    ]
    return "\n".join(lines) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", nargs="+", type=lambda text: int(float(text)),
                        default=[10**6, 10**7])  # fmt: skip
    parser.add_argument("--folder", type=Path, help="where the answers are written")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path)
    parser.add_argument("--one", nargs=2, metavar=("ENGINE", "WORKERS"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    unknown = [size for size in options.sizes if size not in MODELS]
    if unknown:
        parser.error(f"sizes are {', '.join(f'{size:.0e}' for size in MODELS)}")
    if options.one:
        kind, workers = options.one
        print(json.dumps(measure(options.folder, options.sizes[0], kind, int(workers))))
        return
    rows, busy = [], os.getloadavg()[0]
    for size in options.sizes:
        with tempfile.TemporaryDirectory(dir=options.folder) as place:
            write(Path(place), size, options.seed)
            first = None
            for kind, workers in ENGINES:
                found = apart(Path(place), size, kind, workers)
                first = first or found
                rows.append(row(size, found, first))
                print(
                    " | ".join(f"{h} {c}" for h, c in zip(HEAD, rows[-1], strict=True)), flush=True
                )
        done = options.sizes[: options.sizes.index(size) + 1]
        text = report(rows, done, options.seed, busy)
        if options.out:
            options.out.write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
