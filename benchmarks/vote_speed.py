"""How long strengths of votes take, and how much memory, beside plain NumPy and a peer.

    python benchmarks/vote_speed.py [--votes 100000 1000000 5000000] [--models 100] \\
        [--draws 1000] [--peer PYTHON] [--peer-most 5000000]

Votes of 100 models with 25% ties are simulated with a seed and written to a file; each case reads
them in a process of its own, is run once on fewer votes (compilation, caches), and is then timed
from columns of text to the scale, the best of ``--repeats``. The yardstick is a Newton iteration in
plain NumPy on the table of counts, with a sandwich covariance. ``--peer`` names the Python of an
environment with ``arena-rank`` installed; votes beyond ``--peer-most`` are left out for it. Nothing
here passes or fails on a time.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

import headway
from headway.dataset import Dataset
from headway.dataset.tables import TABLES

POINTS = 400 / np.log(10)
TIES = 0.25
NAMES = ("model_a", "model_b", "outcome")
PEER = """
import json, resource, sys, time
import numpy as np, pandas as pd
from arena_rank.models.bradley_terry import BradleyTerry
from arena_rank.utils.data_utils import PairDataset
stored = np.load(sys.argv[1])
names = np.array([f"model-{k:03d}" for k in range(int(sys.argv[2]))], dtype=object)
sides = np.array(["model_a", "model_b", "tie"], dtype=object)
def run(votes):
    frame = pd.DataFrame({
        "model_a": names[stored["first"][:votes]], "model_b": names[stored["second"][:votes]],
        "winner": sides[stored["side"][:votes]],
    })
    began, busy = time.perf_counter(), time.process_time()
    data = PairDataset.from_pandas(frame)
    model = BradleyTerry(n_competitors=len(data.competitors))
    out = model.compute_ratings_and_cis(data, significance_level=0.1)
    ratings = np.asarray(out["ratings"])
    spent = time.perf_counter() - began, time.process_time() - busy
    return *spent, ratings, np.asarray(out["rating_upper"])
run(1000)
seconds, busy, ratings, upper = run(len(stored["side"]))
print(json.dumps({
    "seconds": seconds, "busy": busy,
    "mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    "estimate": ratings.tolist(), "half": (upper - ratings).tolist(),
}))
"""

Codes = tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]


def simulated(models: int, votes: int, seed: int) -> Codes:
    """Codes of the first model, the second, and the outcome (0 first, 1 second, 2 tie)."""
    rng = np.random.default_rng(seed)
    strength = rng.normal(0.0, 0.6, models)
    first = rng.integers(0, models, votes)
    second = (first + rng.integers(1, models, votes)) % models
    p = 1 / (1 + np.exp(strength[second] - strength[first]))
    tie = np.minimum(TIES, 2 * np.minimum(p, 1 - p))
    u = rng.random(votes)
    side = np.where(u < p - tie / 2, 0, np.where(u < p + tie / 2, 2, 1))
    return first, second, side.astype(np.int64)


def dataset(file: Path, models: int, most: int | None = None) -> Dataset:
    names = pl.Series([f"model-{k:03d}" for k in range(models)])
    known = TABLES["models"].empty()
    frame = pl.DataFrame({"model": names, "name": names})
    kept = frame.join(known.drop("name"), on="model", how="left", maintain_order="left")
    votes = pl.read_parquet(file, n_rows=most).with_columns(
        revision=pl.lit(0, dtype=pl.Int64), covariates=pl.lit(None, dtype=pl.String)
    )
    models_table = kept.with_columns(pl.col("revision").fill_null(0)).select(known.columns)
    organisations = TABLES["organisations"].empty()
    return Dataset(
        tables={"models": models_table, "organisations": organisations, "votes": votes},
        origin="simulated",
    )


def ours(file: Path, models: int, draws: int, kind: str) -> Any:
    ruler = headway.rulers.pairwise(intervals=kind, draws=draws)
    ruler.fit(dataset(file, models, 100_000), draws=20)
    data = dataset(file, models)

    def run() -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        scale = ruler.fit(data)
        return scale.estimate, (scale.high - scale.low) / 2

    return run


def yardstick(file: Path) -> Any:
    """Newton's method on the table of counts, as one would write it in NumPy."""
    votes = pl.read_parquet(file)

    def run() -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        names = votes["model_a"].append(votes["model_b"]).unique().sort()
        known = pl.Enum(names)
        sides = pl.Enum(["a", "b", "tie"])
        a, b, side = (
            votes[name].cast(kind).to_physical().to_numpy().astype(np.int64)
            for name, kind in zip(NAMES, (known, known, sides), strict=True)
        )
        size = len(names)
        table = np.bincount((a * size + b) * 3 + side, minlength=3 * size**2).reshape(-1, 3)
        cells = np.flatnonzero(table.sum(axis=1))
        i, j = np.divmod(cells, size)
        won, lost, tied = table[cells].T.astype(np.float64)
        n, y = won + lost + tied, won + tied / 2
        s = np.zeros(size)

        def laplacian(weight: NDArray[np.float64]) -> NDArray[np.float64]:
            out = np.zeros((size, size))
            np.add.at(out, (i, i), weight)
            np.add.at(out, (j, j), weight)
            np.add.at(out, (i, j), -weight)
            np.add.at(out, (j, i), -weight)
            return out

        for _ in range(50):
            p = 1 / (1 + np.exp(s[j] - s[i]))
            along = y - n * p
            gradient = np.bincount(i, along, size) - np.bincount(j, along, size)
            hessian = laplacian(n * p * (1 - p))
            step = np.zeros(size)
            step[1:] = np.linalg.solve(hessian[1:, 1:], gradient[1:])
            s += step
            if np.abs(step).max() < 1e-10:
                break
        p = 1 / (1 + np.exp(s[j] - s[i]))
        meat = laplacian(won * (1 - p) ** 2 + lost * p**2 + tied * (0.5 - p) ** 2)[1:, 1:]
        bread = np.linalg.inv(hessian[1:, 1:])
        away = np.eye(size)[:, 1:] - 1 / size
        half = 1.6448536 * np.sqrt(np.diag(away @ bread @ meat @ bread @ away.T))
        return 1000 + POINTS * (s - s.mean()), POINTS * half

    return run


def case(name: str, file: Path, models: int, draws: int, repeats: int) -> dict[str, Any]:
    run = {
        "sandwich": lambda: ours(file, models, 500, "sandwich"),
        "bootstrap": lambda: ours(file, models, draws, "bootstrap"),
        "numpy": lambda: yardstick(file),
    }[name]()
    best, least = np.inf, np.inf
    for _ in range(repeats):
        began, busy = time.perf_counter(), time.process_time()
        estimate, half = run()
        best = min(best, time.perf_counter() - began)
        least = min(least, time.process_time() - busy)
    return {
        "seconds": best,
        "busy": least,
        "mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "estimate": estimate.tolist(),
        "half": half.tolist(),
    }


def apart(command: list[str]) -> dict[str, Any] | str:
    """Run a case in a process of its own; what went wrong when something did."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        return (done.stderr.strip().splitlines() or ["it ended without a word"])[-1]
    found: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return found


def report(name: str, got: dict[str, Any] | str, reference: dict[str, Any]) -> str:
    if isinstance(got, str):
        return f"  {name:<28} not measured: {got}"
    shift = np.array(got["estimate"]) - np.array(reference["estimate"])
    width = np.median(np.array(got["half"]) / np.array(reference["half"]))
    ratio = got["seconds"] / reference["seconds"]
    return (
        f"  {name:<28} {got['seconds']:8.3f} s  {ratio:7.2f} x numpy  (processor "
        f"{got['busy']:6.2f} s)  {got['mb']:6.0f} MB  largest difference "
        f"{np.abs(shift - shift.mean()).max():.1e} points  width {width:.3f} x"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--votes", type=int, nargs="+", default=[100_000, 1_000_000, 5_000_000])
    parser.add_argument("--models", type=int, default=100)
    parser.add_argument("--draws", type=int, default=1000)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--peer", help="Python of an environment with arena-rank")
    parser.add_argument("--peer-most", type=int, default=5_000_000)
    parser.add_argument("--case", help=argparse.SUPPRESS)
    parser.add_argument("--file", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.case:
        print(json.dumps(case(options.case, options.file, options.models, options.draws,
                              options.repeats)))  # fmt: skip
        return
    print(f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}, seed {options.seed}, "
          f"{options.models} models, {100 * TIES:.0f}% ties")  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        for votes in options.votes:
            file, packed = Path(folder) / "votes.parquet", Path(folder) / "votes.npz"
            first, second, side = simulated(options.models, votes, options.seed)
            names = pl.Series([f"model-{k:03d}" for k in range(options.models)])
            pl.DataFrame(
                {
                    "vote": pl.int_range(votes, eager=True).cast(pl.String),
                    "model_a": names.gather(first),
                    "model_b": names.gather(second),
                    "outcome": pl.Series(["a", "b", "tie"]).gather(side),
                }
            ).write_parquet(file)
            np.savez(packed, first=first, second=second, side=side)
            command = [
                sys.executable, __file__, "--file", str(file), "--models", str(options.models),
                "--draws", str(options.draws), "--repeats", str(options.repeats), "--case",
            ]  # fmt: skip
            got = {name: apart([*command, name]) for name in ("numpy", "sandwich", "bootstrap")}
            if options.peer is None:
                got["arena-rank"] = "name its Python with --peer"
            elif votes > options.peer_most:
                got["arena-rank"] = "more votes than --peer-most"
            else:
                got["arena-rank"] = apart(
                    [options.peer, "-c", PEER, str(packed), str(options.models)]
                )
            reference = got["numpy"]
            print(f"{votes:,} votes")
            if isinstance(reference, str):
                raise SystemExit(f"the yardstick failed: {reference}")
            print(report("plain NumPy, sandwich", reference, reference))
            print(report("headway, sandwich, 500 draws", got["sandwich"], reference))
            print(report(f"headway, {options.draws} bootstraps", got["bootstrap"], reference))
            print(report("arena-rank, sandwich", got["arena-rank"], reference), flush=True)


if __name__ == "__main__":
    main()
