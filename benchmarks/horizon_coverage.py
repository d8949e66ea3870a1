"""How often the intervals of the horizon ruler hold a known horizon.

    python benchmarks/horizon_coverage.py [--worlds 300] [--draws 300] \\
        [--out docs/evidence/horizon.md]

Worlds differ in how many tasks and families there are and in how much families differ beyond
their length. A table says how often the nominal 90% interval holds the truth, with and without
the correction for the few families that carry a horizon.
"""

import argparse
import datetime as dt
import platform
import time
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

import headway
from headway.rulers.horizons.ruler import stretch
from headway.rulers.horizons.simulated_tasks import simulate_tasks

TRUTH = {"quarter": 0.25, "one": 1.0, "five": 5.0, "thirty": 30.0, "240": 240.0}
WORLDS: dict[str, dict[str, Any]] = {
    "170 tasks in 60 families that differ": {},
    "170 tasks in 25 families that differ": {"families": 25},
    "170 tasks, each on its own": {"families": 100_000, "family_spread": 0.0},
    "400 tasks in 150 families that differ": {"tasks": 400, "families": 150},
    "60 tasks in 20 families that differ": {"tasks": 60, "families": 20},
    "170 tasks in 60 families, flat slope": {"slope": 0.4},
    "170 tasks in 60 families, one run": {"runs": 1},
}
LEVEL = 0.9


def marginal_slope(slope: float = 0.7, family_spread: float = 1.0, **_: Any) -> float:
    """Slope of success against length alone: tasks that differ beyond it flatten the curve."""
    variance = family_spread**2 + 0.5**2
    return slope / float(np.sqrt(1 + (slope / 1.702) ** 2 * variance))


def run_world(options: dict[str, Any], worlds: int, draws: int, seed: int) -> dict[str, float]:
    """Share of intervals that hold the 50% horizon, and how wide they are."""
    ruler = headway.rulers.horizon(draws=draws, level=LEVEL)
    truth = np.log2([TRUTH[name] for name in sorted(TRUTH)])
    corrected, plain, widths, errors, families, ends = [], [], [], [], [], []
    for world in range(worlds):
        scale = ruler.fit(simulate_tasks(TRUTH, seed=seed + world, **options), seed=seed + world)
        draw = scale.capability.values
        low, high = np.quantile(draw, [(1 - LEVEL) / 2, (1 + LEVEL) / 2], axis=0)
        corrected.append((low <= truth) & (truth <= high))
        widths.append(high - low)
        errors.append(scale.estimate - truth)
        carrying = scale.details["horizons"].filter(pl.col("quantity") == "carrying_families")
        found = carrying.sort("entity")["estimate"].to_numpy()
        families.append(found)
        raw = scale.estimate + (draw - scale.estimate) / stretch(found, LEVEL)
        low, high = np.quantile(raw, [(1 - LEVEL) / 2, (1 + LEVEL) / 2], axis=0)
        plain.append((low <= truth) & (truth <= high))
        at_80 = scale.details["horizons"].filter(pl.col("quantity") == "horizon_80").sort("entity")
        target = truth - np.log(4) / marginal_slope(**options)
        inside = at_80.with_columns(truth=pl.Series(target)).select(
            (pl.col("low").fill_null(0.0).log(2) <= pl.col("truth"))
            & (pl.col("truth") <= pl.col("high").fill_null(float("inf")).log(2))
        )
        ends.append(inside.to_series().to_numpy())
    return {
        "corrected": 100 * float(np.mean(corrected)),
        "plain": 100 * float(np.mean(plain)),
        "error": 100 * float(np.std([np.mean(row) for row in corrected]) / np.sqrt(worlds)),
        "at_80": 100 * float(np.mean(ends)),
        "width": float(np.mean(widths)),
        "rmse": float(np.sqrt(np.mean(np.square(errors)))),
        "bias": float(np.mean(errors)),
        "families": float(np.mean(families)),
    }


def report(found: dict[str, dict[str, float]], options: argparse.Namespace) -> str:
    lines = [
        "# Coverage of the horizon ruler's 90% intervals",
        "",
        f"Written by `python benchmarks/horizon_coverage.py --worlds {options.worlds} --draws "
        f"{options.draws} --seed {options.seed}` on {dt.datetime.now(dt.UTC).date()} "
        f"({platform.machine()}, Python {platform.python_version()}).",
        "",
        "Five models with 50% horizons of 0.25, 1, 5, 30 and 240 minutes try tasks of 0.05 to "
        "2,000 minutes; families and tasks are harder or easier than their length says (by one and "
        "by half a doubling, standard deviation). *cover* is the share of nominal 90% intervals "
        "that hold the truth, with its own standard error; *plain* the same without the correction "
        "for few families; *80%* that of the 80% horizon. Width, error and bias are in doublings; "
        "G is the mean effective number of families that carry a horizon.",
        "",
        "| world | G | cover | plain | 80% | width | error | bias |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for name, row in found.items():
        lines.append(
            f"| {name} | {row['families']:.0f} | {row['corrected']:.0f}% ± {row['error']:.1f} | "
            f"{row['plain']:.0f}% | {row['at_80']:.0f}% | {row['width']:.2f} | {row['rmse']:.2f} | "
            f"{row['bias']:+.2f} |"
        )
    return "\n".join(lines) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--worlds", type=int, default=300)
    parser.add_argument("--draws", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1000)
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    found = {}
    for name, settings in WORLDS.items():
        began = time.perf_counter()
        found[name] = run_world(settings, options.worlds, options.draws, options.seed)
        print(f"{name}: {options.worlds} worlds in {time.perf_counter() - began:.0f} s")
    text = report(found, options)
    print(text)
    if options.out:
        options.out.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
