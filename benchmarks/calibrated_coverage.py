"""How often 90% intervals cover, for the ECI-compatible and the calibrated ruler side by side.

    python benchmarks/calibrated_coverage.py [--worlds 12] [--draws 200] [--seed 1000] \\
        [--out docs/evidence/calibrated-coverage.md]

The ECI-compatible fit of the catalog is the truth of every world. Scores are simulated on its cells
with independent noise, with 18% and with 50% of the variance shared within a model's domain, and
with residuals drawn from the fitted process (wrong curves). Both rulers are refitted in each world.
"""

import argparse
import datetime as dt
import os
import platform
from collections import defaultdict
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from pathlib import Path

import numpy as np
import polars as pl

import headway
from headway.dataset import Dataset
from headway.rulers.process.ruler import CalibratedRuler, CalibratedScale
from headway.rulers.process.simulation import simulate_process
from headway.rulers.scale import Scale
from headway.rulers.scores.simulation import simulate

Found = dict[str, list[tuple[float, float, float]]]
RULERS = {"ECI-compatible": headway.rulers.eci(), "calibrated": CalibratedRuler()}
WORLDS = {"independent": 0.0, "18% shared": 0.18, "50% shared": 0.5, "process": np.nan}
ANSWERS = (
    ("daily", "last-12-months", "lag_mean"),
    ("gap", "now", "gap_now"),
    ("gap", "all", "gap_mean"),
)


def answers(scale: Scale) -> dict[str, tuple[float, float, float]]:
    out = {}
    for convention, period, quantity in ANSWERS:
        rows = headway.lag(scale, convention=convention).table.filter(
            (pl.col("quantity") == quantity) & (pl.col("period") == period)
        )
        row = rows.row(0, named=True)
        values = (row["estimate"], row["low"], row["high"])
        name = f"{convention}, {period}: {quantity}"
        out[name] = tuple(np.nan if v is None else float(v) for v in values)
    return out  # type: ignore[return-value]


def run(ruler: object, world: Dataset, truth: Scale, seed: int, draws: int, into: Found) -> None:
    scale = ruler.fit(world, seed=seed, draws=draws)  # type: ignore[attr-defined]
    free = np.isfinite(scale.low)
    inside = (scale.low <= truth.estimate) & (truth.estimate <= scale.high)
    for name, chosen in {
        "capability, all models": free,
        "capability, 4 or 5 scores": free & (scale.n_scores <= 5),
        "capability, 16 or more scores": free & (scale.n_scores >= 16),
        "capability, below 110 points": free & (truth.estimate < 110),
    }.items():
        error = (scale.estimate - truth.estimate)[chosen]
        into[name].append(
            (inside[chosen].mean(), error.mean(), (scale.high - scale.low)[chosen].mean())
        )
    country = dict(truth.dataset.models.select("model", "country").iter_rows())
    group = np.array([country[m] for m in truth.models])
    us, cn = group == "US", group == "CN"
    gap = np.nanmean(scale.capability.values[:, us], 1)
    gap = gap - np.nanmean(scale.capability.values[:, cn], 1)
    low, high = np.nanquantile(gap, [0.05, 0.95])
    known = truth.estimate[us].mean() - truth.estimate[cn].mean()
    into["mean of US models less mean of CN models"].append(
        (low <= known <= high, scale.estimate[us].mean() - scale.estimate[cn].mean() - known,
         high - low)
    )  # fmt: skip
    expected = answers(truth)
    for name, (estimate, low, high) in answers(scale).items():
        known = expected[name][0]
        if np.isfinite([known, low, high]).all():
            into[name].append((low <= known <= high, estimate - known, high - low))


def one_world(job: tuple[str, int, int]) -> tuple[str, dict[str, Found]]:
    """What both rulers find in one simulated world."""
    kind, seed, draws = job
    truth, fitted = truths()
    if kind == "process":
        world = simulate_process(truth, fitted, seed=seed)
    else:
        world = simulate(truth, seed=seed, shared=WORLDS[kind])
    found: dict[str, Found] = {}
    for name, ruler in RULERS.items():
        run(ruler, world, truth, seed, draws, found.setdefault(name, defaultdict(list)))
    return kind, {name: dict(values) for name, values in found.items()}


@cache
def truths() -> tuple[Scale, CalibratedScale]:
    data = headway.load()
    return headway.rulers.eci().fit(data, draws=0), CalibratedRuler().fit(data, draws=0)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--worlds", type=int, default=12)
    parser.add_argument("--draws", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1000)
    parser.add_argument("--workers", type=int, default=os.cpu_count())
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    jobs = [
        (kind, options.seed + k, options.draws) for k in range(options.worlds) for kind in WORLDS
    ]
    found: dict[tuple[str, str], Found] = {}
    with ProcessPoolExecutor(options.workers) as pool:
        for done, (kind, parts) in enumerate(pool.map(one_world, jobs), start=1):
            for name, part in parts.items():
                into = found.setdefault((kind, name), defaultdict(list))
                for key, values in part.items():
                    into[key] += values
            if options.out and (done % 20 == 0 or done == len(jobs)) and done >= len(WORLDS):
                print(f"{done} of {len(jobs)} worlds", flush=True)
                options.out.write_text(report(found, options), encoding="utf-8")
    print(report(found, options))


def report(found: dict[tuple[str, str], Found], options: argparse.Namespace) -> str:
    worlds = list(WORLDS)
    lines = [
        "# Coverage of 90% intervals: the calibrated ruler beside the ECI-compatible one",
        "",
        f"Written by `python benchmarks/calibrated_coverage.py --worlds {options.worlds} --draws "
        f"{options.draws} --seed {options.seed}` on {dt.datetime.now(dt.UTC).date()} "
        f"({platform.machine()}, Python {platform.python_version()}).",
        "",
        "Each cell: share of worlds (or models) whose interval holds the truth, mean error of the "
        "estimate, mean width (points or months). The share of one gap or lag has a standard error "
        f"of {100 * np.sqrt(0.09 / options.worlds):.0f} points; that of a share over models is "
        "about half of it, because the models of one world share an error.",
        "",
    ]
    for name in ("ECI-compatible", "calibrated"):
        lines += [
            f"## {name}",
            "",
            "| quantity | " + " | ".join(worlds) + " |",
            "|---|" + "---|" * len(worlds),
        ]
        for key in found[worlds[0], name]:
            cells = []
            for world in worlds:
                values = np.array(found[world, name].get(key) or [(np.nan,) * 3], dtype=float)
                cover, bias, width = values.mean(axis=0)
                cells.append(f"{100 * cover:.0f}%, {bias:+.1f}, {width:.1f}")
            lines.append(f"| {key} | " + " | ".join(cells) + " |")
        lines.append("")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
