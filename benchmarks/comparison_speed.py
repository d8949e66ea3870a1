"""Speed of agreement, events, composites and horizons, with SciPy's correlations beside.

    python benchmarks/comparison_speed.py [--rulers 12] [--draws 500]

Prints ratios; nothing here passes or fails on a time.
"""

import argparse
import sys
import time
from collections.abc import Callable
from functools import partial
from itertools import combinations
from typing import Any

import numpy as np
from scipy.stats import kendalltau, spearmanr

import headway
from headway.analyses import agreement, events, weight_sensitivity
from headway.analyses.lag import LagSpec
from headway.rulers.horizons.simulated_tasks import simulate_tasks

sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]
SAMPLE = 300


def seconds(work: Callable[[], Any], times: int = 3) -> float:
    """Median time of some runs after a first one, which compiles."""
    work()
    taken = []
    for _ in range(times):
        began = time.perf_counter()
        work()
        taken.append(time.perf_counter() - began)
    return float(np.median(taken))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rulers", type=int, default=12)
    parser.add_argument("--draws", type=int, default=500)
    options = parser.parse_args()
    data, rulers = headway.load(), headway.rulers
    scale = rulers.eci(draws=options.draws).fit(data)
    scales = {f"r{k}": rulers.eci(draws=options.draws).fit(data, seed=k)
              for k in range(options.rulers)}  # fmt: skip
    ours = seconds(lambda: agreement(scales))
    rows = list(zip(scales["r0"].capability.values, scales["r1"].capability.values, strict=True))
    began = time.perf_counter()
    for one, other in rows[:SAMPLE]:
        spearmanr(one, other)
        kendalltau(one, other)
    per_row = (time.perf_counter() - began) / len(rows[:SAMPLE])
    pairs = len(list(combinations(scales, 2)))
    theirs = per_row * pairs * (1 + options.draws)
    print(
        f"agreement of {options.rulers} scales, {len(scale.models)} models, {options.draws} draws, "
        f"with movers: {ours:.2f} s; SciPy's two correlations alone, from {SAMPLE} rows: "
        f"{theirs:.1f} s; ratio {theirs / ours:.0f}"
    )
    taken = seconds(lambda: events(scale, LagSpec()))
    print(
        f"events of {scale.diagnostics['n_benchmarks']} benchmarks and their domains: {taken:.2f} s"
    )
    names = ["gpqa-diamond", "simplebench", "arc-agi", "simpleqa-verified"]
    for rule in ("refuse", "mean_of_others", "worst", "model"):
        ruler = rulers.composite(names, missing=rule, draws=options.draws)
        taken = seconds(partial(ruler.fit, data))
        print(f"composite of {len(names)}, {rule}: {taken:.2f} s")
    composite = rulers.composite(names, missing="model", draws=10).fit(data)
    print(f"2,000 weightings: {seconds(lambda: weight_sensitivity(composite)):.2f} s")
    world = simulate_tasks({f"m{k}": 2.0 ** (k / 3 - 2) for k in range(30)}, seed=1)
    horizon = rulers.horizon(draws=options.draws)
    print(f"horizons of 30 models on 170 tasks: {seconds(lambda: horizon.fit(world)):.2f} s")


if __name__ == "__main__":
    main()
