"""Prediction of scores that the fit has not seen: the calibrated ruler against the ECI-compatible.

    python benchmarks/calibrated_holdout.py [--seeds 12] [--draws 200] \\
        [--out docs/evidence/calibrated-holdout.md]

First, random 10% of the cells are held out. Then the models listed from a date on keep three or
five of their scores, drawn at random, and everything of earlier models is known. Last, the leak
test: all scores are shuffled within each benchmark, the held-out ones too, so nothing is left to
learn and no prediction can beat the mean of a benchmark's known scores.
"""

import argparse
import datetime as dt
import platform
from pathlib import Path

import numpy as np
import polars as pl

import headway
from headway.dataset import Dataset
from headway.rulers.process.predictions import predict
from headway.rulers.scale import Scale
from headway.rulers.scores.observations import Observations, observe
from headway.rulers.scores.simulation import with_performance

DATES = (dt.date(2025, 1, 1), dt.date(2025, 7, 1), dt.date(2026, 1, 1))


def with_scores(
    data: Dataset, cells: Observations, kept: np.ndarray, values: np.ndarray
) -> Dataset:
    """The dataset with some of its cells, one normalised score each."""
    frame = pl.DataFrame(
        {
            "model": np.array(cells.models)[cells.model[kept]],
            "benchmark": np.array(cells.benchmarks)[cells.benchmark[kept]],
            "simulated": values[kept],
        }
    )
    return with_performance(data, frame)


def curve(scale: Scale, model: np.ndarray, benchmark: np.ndarray) -> np.ndarray:
    """What the curves alone predict for cells given by the scale's indices."""
    assert scale.curves is not None
    c = (scale.estimate - scale.curves.shift[0]) / scale.curves.factor[0]
    eta = scale.curves.slope[0, benchmark] * (c[model] - scale.curves.difficulty[0, benchmark])
    return np.asarray(1 / (1 + np.exp(-eta)))


def judge(
    data: Dataset, cells: Observations, test: np.ndarray, values: np.ndarray, draws: int
) -> dict[str, float]:
    """Root mean squared errors of both rulers on the test cells, and the interval's coverage."""
    train = with_scores(data, cells, ~test, values)
    simple = headway.rulers.eci().fit(train, draws=0)
    scale = headway.rulers.calibrated().fit(train, draws=draws)
    models = {name: i for i, name in enumerate(scale.models)}
    benches = {name: i for i, name in enumerate(scale.posterior.benchmarks)}  # type: ignore[union-attr]
    m = np.array([models.get(cells.models[i], -1) for i in cells.model[test]])
    b = np.array([benches.get(cells.benchmarks[i], -1) for i in cells.benchmark[test]])
    known, y = (m >= 0) & (b >= 0), values[test]
    m, b, y = m[known], b[known], y[known]
    table = predict(scale)
    grid = {
        name: table[name].to_numpy().reshape(len(benches), len(models))[b, m]
        for name in ("estimate", "low", "high")
    }
    sums, counts = np.zeros((2, len(cells.benchmarks)))
    np.add.at(sums, cells.benchmark[~test], values[~test])
    np.add.at(counts, cells.benchmark[~test], 1)
    mean = (sums / np.maximum(counts, 1))[cells.benchmark[test]]
    own = np.maximum((grid["low"] <= y) & (y <= grid["high"]), False)
    return {
        "eci": float(np.sqrt(np.mean((curve(simple, m, b) - y) ** 2))),
        "calibrated": float(np.sqrt(np.mean((grid["estimate"] - y) ** 2))),
        "mean": float(np.sqrt(np.mean((mean[known] - y) ** 2))),
        "coverage": float(own.mean()),
        "width": float(np.mean(grid["high"] - grid["low"])),
        "cells": float(len(y)),
    }


def random_cells(cells: Observations, seed: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    test = np.zeros(len(cells.model), dtype=bool)
    test[rng.permutation(len(test))[: round(0.1 * len(test))]] = True
    return test


def new_models(
    data: Dataset, cells: Observations, since: dt.date, keep: int, seed: int
) -> np.ndarray:
    listed = dict(data.models.select("model", "listed_on").iter_rows())
    rng = np.random.default_rng(seed)
    test = np.zeros(len(cells.model), dtype=bool)
    for i, name in enumerate(cells.models):
        own = np.flatnonzero(cells.model == i)
        if listed[name] is not None and listed[name] >= since and len(own) > keep:
            test[rng.permutation(own)[keep:]] = True
    return test


def shuffled(cells: Observations, seed: int) -> np.ndarray:
    """The performances in another order within every benchmark."""
    rng = np.random.default_rng(seed)
    values = cells.performance.copy()
    for b in range(len(cells.benchmarks)):
        own = np.flatnonzero(cells.benchmark == b)
        values[own] = values[rng.permutation(own)]
    return values


def line(name: str, found: list[dict[str, float]]) -> str:
    mean = {key: float(np.mean([f[key] for f in found])) for key in found[0]}
    gains = [100 * (f["calibrated"] / f["eci"] - 1) for f in found]
    return (
        f"| {name} | {mean['cells']:.0f} | {mean['eci']:.4f} | {mean['calibrated']:.4f} | "
        f"{100 * (mean['calibrated'] / mean['eci'] - 1):+.1f}% | {min(gains):+.1f} to "
        f"{max(gains):+.1f}% | {100 * mean['coverage']:.0f}% | {mean['width']:.2f} |"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=12)
    parser.add_argument("--new", type=int, default=3, help="seeds for newly released models")
    parser.add_argument("--draws", type=int, default=200)
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    data = headway.load()
    cells = observe(data)
    lines = [
        "# Scores that the fit has not seen",
        "",
        f"Written by `python benchmarks/calibrated_holdout.py --seeds {options.seeds} "
        f"--new {options.new} --draws {options.draws}` on {dt.datetime.now(dt.UTC).date()} "
        f"({platform.machine()}, Python {platform.python_version()}).",
        "",
        "Root mean squared error in performance; *change* is that of the mean over seeds, *range* "
        "over single seeds; *cover* and *width* belong to the calibrated ruler's 90% interval.",
        "",
        "| held out | cells | ECI-compatible | calibrated | change | range | cover | width |",
        "|---|---|---|---|---|---|---|---|",
    ]

    def show(name: str, found: list[dict[str, float]]) -> None:
        lines.append(line(name, found))
        print(lines[-1], flush=True)
        if options.out:
            options.out.write_text("\n".join(lines) + "\n", encoding="utf-8")

    y = cells.performance
    show(
        f"random 10%, seeds 0 to {options.seeds - 1}",
        [
            judge(data, cells, random_cells(cells, s), y, options.draws)
            for s in range(options.seeds)
        ],
    )
    for since in DATES:
        for keep in (3, 5):
            show(
                f"models since {since}, {keep} scores known",
                [
                    judge(data, cells, new_models(data, cells, since, keep, s), y, options.draws)
                    for s in range(options.new)
                ],
            )
    leak = []
    for seed in range(3):
        values = shuffled(cells, seed)
        leak.append(judge(data, cells, random_cells(cells, seed), values, options.draws))
    mean, ours = (float(np.mean([f[key] for f in leak])) for key in ("mean", "calibrated"))
    lines += [
        "",
        f"Leak test: with all scores shuffled within their benchmarks, {len(leak)} random "
        f"hold-outs of 10%, the mean of a benchmark's known scores has an error of {mean:.4f}, the "
        f"calibrated ruler one of {ours:.4f} ({100 * (ours / mean - 1):+.1f}%): no gain.",
    ]
    print(lines[-1])
    if options.out:
        options.out.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
