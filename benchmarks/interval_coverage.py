"""How often the intervals cover a known truth, in worlds simulated on the real missingness.

    python benchmarks/interval_coverage.py [--worlds 100] [--draws 200] \\
        [--out docs/evidence/interval-coverage.md]

The fitted catalog is taken as the truth; scores are simulated from it (independent noise, then
with 18% and 50% of the variance shared within a model's domain), refitted, and every lag is
measured again. A table says how often the nominal 90% interval holds the truth.
"""

import argparse
import datetime as dt
import platform
import time
from collections import defaultdict
from pathlib import Path

import numpy as np
import polars as pl

import headway
from headway.analyses.lag import HEADLINE, LagSpec, compare
from headway.rulers.scale import Scale
from headway.rulers.scores.simulation import simulate

CONVENTIONS = ("daily", "levels", "records", "time-to-match", "trend", "gap")
WORLDS = {"independent": 0.0, "18% shared": 0.18, "50% shared": 0.5}

Tally = dict[tuple[str, str], list[tuple[float, float, float]]]


def truth_of(scale: Scale, spec: LagSpec) -> dict[tuple[str, str, str], float]:
    table = compare(scale, spec, CONVENTIONS).table.filter(pl.col("estimate").is_not_null())
    rows = table.select("convention", "period", "quantity", "estimate").iter_rows()
    return {(c, p, q): value for c, p, q, value in rows}


def run_world(
    truth: Scale, share: float, worlds: int, draws: int, seed: int
) -> tuple[Tally, Tally]:
    """Coverage, error and width of each lag, and of capabilities by group of models."""
    lags: Tally = defaultdict(list)
    capabilities: Tally = defaultdict(list)
    ruler = headway.rulers.eci(draws=draws)
    specs = {c: LagSpec(candidates=c) for c in ("records", "all")}
    known = truth_of(truth, specs["records"])
    for world in range(worlds):
        scale = ruler.fit(simulate(truth, seed=seed + world, shared=share), seed=seed + world)
        free = np.isfinite(scale.low)
        inside = (scale.low <= truth.estimate) & (truth.estimate <= scale.high)
        for name, chosen in {
            "all models": free,
            "4 or 5 scores": free & (scale.n_scores <= 5),
            "16 or more scores": free & (scale.n_scores >= 16),
            "below 110 points": free & (truth.estimate < 110),
        }.items():
            error = float(np.sqrt(np.mean((scale.estimate - truth.estimate)[chosen] ** 2)))
            width = float(np.mean((scale.high - scale.low)[chosen]))
            capabilities["capability", name].append((inside[chosen].mean(), error, width))
        for candidates, spec in specs.items():
            table = compare(scale, spec, CONVENTIONS).table
            for row in table.iter_rows(named=True):
                key = (row["convention"], row["period"], row["quantity"])
                headline = HEADLINE[row["convention"]]
                if row["period"] not in (headline[0] or row["period"], "all"):
                    continue
                if row["quantity"] != headline[2] and row["quantity"] != "gap_mean":
                    continue
                if key not in known or None in (row["estimate"], row["low"], row["high"]):
                    continue
                covered = row["low"] - 1e-9 <= known[key] <= row["high"] + 1e-9
                lags[candidates, " ".join(key)].append(
                    (covered, row["estimate"] - known[key], row["high"] - row["low"])
                )
    return lags, capabilities


def report(found: dict[str, tuple[Tally, Tally]], options: argparse.Namespace) -> str:
    lines = [
        "# Coverage of the ECI-compatible ruler's 90% intervals",
        "",
        f"Written by `python benchmarks/interval_coverage.py --worlds {options.worlds} --draws "
        f"{options.draws} --seed {options.seed}` on {dt.datetime.now(dt.UTC).date()} "
        f"({platform.machine()}, Python {platform.python_version()}).",
        "",
        "The fit of the catalog is the truth; each world draws new scores on the real cells.",
        "*cover* is the share of worlds (or of models) whose interval holds the truth, *bias* the "
        "mean error of the estimate, *width* the mean width of the interval (points or months).",
        "",
        "## Capability",
        "",
        "| models | " + " | ".join(f"{w}: cover, width" for w in found) + " |",
        "|---|" + "---|" * len(found),
    ]
    for key in next(iter(found.values()))[1]:
        cells = []
        for _, capabilities in found.values():
            values = np.array(capabilities[key], dtype=float)
            cells.append(f"{100 * values[:, 0].mean():.0f}%, {values[:, 2].mean():.1f}")
        lines.append(f"| {key[1]} | " + " | ".join(cells) + " |")
    lines += [
        "",
        "## Lags of China behind the United States",
        "",
        "`records` and `all` are the two rules for which models can hold a frontier in a draw.",
        "",
        "| candidates | quantity | " + " | ".join(f"{w}: cover, bias, width" for w in found) + " |",
        "|---|---|" + "---|" * len(found),
    ]
    for key in sorted(next(iter(found.values()))[0]):
        cells = []
        for lags, _ in found.values():
            values = np.array(lags[key], dtype=float)
            cells.append(
                f"{100 * values[:, 0].mean():.0f}%, {values[:, 1].mean():+.1f}, "
                f"{values[:, 2].mean():.1f}"
            )
        lines.append(f"| {key[0]} | {key[1]} | " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--worlds", type=int, default=100)
    parser.add_argument("--draws", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1000)
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    truth = headway.rulers.eci().fit(headway.load(), draws=0)
    found = {}
    for name, share in WORLDS.items():
        began = time.perf_counter()
        found[name] = run_world(truth, share, options.worlds, options.draws, options.seed)
        print(f"{name}: {options.worlds} worlds in {time.perf_counter() - began:.0f} s")
    text = report(found, options)
    print(text)
    if options.out:
        options.out.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
