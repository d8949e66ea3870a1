"""How often 90% intervals cover, for the ECI-compatible and the calibrated ruler side by side.

    python benchmarks/calibrated_coverage.py [--worlds 12] [--draws 200] [--seed 1000] \\
        [--out docs/evidence/calibrated-coverage.md]

The ECI-compatible fit of the catalog is the truth of every world. Scores are simulated on its cells
with independent noise, with 18% and with 50% of the variance shared within a model's domain, and
with residuals drawn from the fitted process (wrong curves). Both rulers are refitted in each world.
"""

import argparse
import datetime as dt
import platform
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

import numpy as np
import polars as pl

import headway
from headway.dataset import Dataset
from headway.rulers.process.ruler import CalibratedRuler
from headway.rulers.process.simulation import simulate_process
from headway.rulers.scale import Scale
from headway.rulers.scores.simulation import simulate

Found = dict[str, list[tuple[float, float, float]]]
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


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--worlds", type=int, default=12)
    parser.add_argument("--draws", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1000)
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    data = headway.load()
    truth = headway.rulers.eci().fit(data, draws=0)
    rulers = {"ECI-compatible": headway.rulers.eci(), "calibrated": CalibratedRuler()}
    fitted = CalibratedRuler().fit(data, draws=0)
    makes: dict[str, Callable[[int], Dataset]] = {
        "independent": lambda s: simulate(truth, seed=s),
        "18% shared": lambda s: simulate(truth, seed=s, shared=0.18),
        "50% shared": lambda s: simulate(truth, seed=s, shared=0.5),
        "process": lambda s: simulate_process(truth, fitted, seed=s),
    }
    found: dict[tuple[str, str], Found] = {}
    for world, make in makes.items():
        began = time.perf_counter()
        for k in range(options.worlds):
            simulated = make(options.seed + k)
            for name, ruler in rulers.items():
                into = found.setdefault((world, name), defaultdict(list))
                run(ruler, simulated, truth, options.seed + k, options.draws, into)
        print(f"{world}: {time.perf_counter() - began:.0f} s", flush=True)
        text = report(found, options)
        if options.out:
            options.out.write_text(text, encoding="utf-8")
    print(text)


def report(found: dict[tuple[str, str], Found], options: argparse.Namespace) -> str:
    worlds = list(dict.fromkeys(world for world, _ in found))
    lines = [
        "# Coverage of 90% intervals: the calibrated ruler beside the ECI-compatible one",
        "",
        f"Written by `python benchmarks/calibrated_coverage.py --worlds {options.worlds} --draws "
        f"{options.draws} --seed {options.seed}` on {dt.datetime.now(dt.UTC).date()} "
        f"({platform.machine()}, Python {platform.python_version()}).",
        "",
        "Each cell: share of worlds (or models) whose interval holds the truth, mean error of the "
        "estimate, mean width (points or months).",
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
