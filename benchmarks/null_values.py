"""What every convention says when neither group is ahead: its value at equality.

    python benchmarks/null_values.py [--worlds 150] [--splits 4] \\
        [--out docs/evidence/null-values.md] [--table src/headway/analyses/null_values.csv]

A world has models of one population, released evenly over three and a half years, their
capability rising in a straight line with normal scatter, and scores on a few benchmarks. A split
gives every model to one of two groups by a fair coin and measures the one behind the other. The
mean over splits is what a convention says at equality; its standard error is taken over worlds.
"""

import argparse
import csv
import datetime as dt
import platform
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl

from headway.analyses.contest import CONVENTIONS, LagSpec
from headway.analyses.lag import compare
from headway.analyses.null_values import TIES, named_by, period_kind
from headway.dataset import Dataset
from headway.draws import Draws
from headway.rulers.scale import Scale

MODELS = 200
FIRST, LAST = dt.date(2023, 1, 1), dt.date(2026, 7, 1)
PER_YEAR, SCATTER, NOISE, DRAWS = 16.0, 9.0, 2.0, 60
WITH_TIE = ("daily", "levels", "records", "time-to-match")
WITHOUT_DRAWS = tuple(name for name in CONVENTIONS if name != "daily-significant")
ACCESS = ("public", "private")
Key = tuple[str, str, str, float]


def world(seed: int, *, draws: int = 0) -> Scale:
    """One population on a scale that is given."""
    rng = np.random.default_rng(seed)
    days = np.sort(rng.integers(0, (LAST - FIRST).days, MODELS))
    points = 95 + PER_YEAR * days / 365.25 + SCATTER * rng.standard_normal(MODELS)
    models = tuple(f"m{k:03d}" for k in range(MODELS))
    facts = pl.DataFrame(
        {"model": models, "available_on": [FIRST + dt.timedelta(days=int(d)) for d in days]}
    ).with_columns(announced_on="available_on")
    hard = np.array([100.0, 115.0, 130.0, 145.0])
    scores = pl.DataFrame(
        [
            (model, f"b{b}", float(1 / (1 + np.exp(-0.12 * (value - difficulty)))))
            for model, value in zip(models, points, strict=True)
            for b, difficulty in enumerate(hard)
        ],
        schema=["model", "benchmark", "score"], orient="row",
    )  # fmt: skip
    data = Dataset.from_frames(models=facts, scores=scores, recorded_on=LAST)
    estimate = points + (NOISE * rng.standard_normal(MODELS) if draws else 0.0)
    values = estimate + NOISE * rng.standard_normal((draws, MODELS))
    return Scale(
        ruler="equal groups", spec={}, dataset=data, models=models, estimate=estimate,
        capability=Draws(values=values, dims=("draw", "model"), coords={"model": models},
                         unit="points", draw_set="equal groups"),
        status=("ok",) * MODELS, n_scores=np.full(MODELS, len(hard)), low=estimate, high=estimate,
        level=0.9, unit="points", seed=seed,
    )  # fmt: skip


def splits(scale: Scale, count: int, seed: int) -> Iterator[tuple[str, str]]:
    """Pairs of groups into which a fair coin divides the models, each also the other way."""
    rng = np.random.default_rng([seed, 1])
    for _ in range(count):
        heads = rng.random(len(scale.models)) < 0.5
        one, other = (
            "model:" + "|".join(m for m, mine in zip(scale.models, side, strict=True) if mine)
            for side in (heads, ~heads)
        )
        yield one, other
        yield other, one


def measured(
    scale: Scale, ties: tuple[float, ...], conventions: tuple[str, ...], count: int, seed: int
) -> dict[Key, float]:
    """Mean over the splits of a world of every number that is defined."""
    found: dict[Key, list[float]] = defaultdict(list)
    starts = (dt.date(2024, 1, 1),)
    for leader, follower in splits(scale, count, seed):
        spec = LagSpec(leader=leader, follower=follower, until=LAST, trend_starts=starts)
        tables = []
        for k, tie in enumerate(ties):
            asked = tuple(name for name in conventions if not k or name in WITH_TIE)
            tables.append((tie, compare(scale, replace(spec, tie=tie), asked).table))
        if "trend" in conventions:
            other = replace(spec, tie=ties[0], trend_on="records")
            tables.append((ties[0], compare(scale, other, ("trend",)).table))
        for tie, table in tables:
            for row in table.filter(pl.col("estimate").is_not_null()).iter_rows(named=True):
                kind = period_kind(row["period"])
                if kind == "year" and row["period"] != "2025":
                    continue
                if row["unit"] in ("months", "points") and row["entity"] not in ACCESS:
                    name = named_by(row["convention"], row["entity"])
                    found[name, row["quantity"], kind, tie].append(row["estimate"])
    return {key: float(np.mean(values)) for key, values in found.items()}


def simulated(worlds: int, count: int, ties: tuple[float, ...]) -> dict[Key, tuple[float, float]]:
    """Value at equality and its standard error by convention, quantity, period and tie."""
    every: dict[Key, list[float]] = defaultdict(list)
    for seed in range(worlds):
        for key, value in measured(world(seed), ties, WITHOUT_DRAWS, count, seed).items():
            every[key].append(value)
        noisy = world(seed, draws=DRAWS)
        few = max(count // 10, 1)
        for key, value in measured(noisy, ties[:1], ("daily-significant",), few, seed).items():
            every[key].append(value)
    return {
        key: (float(np.mean(v)), float(np.std(v, ddof=1) / np.sqrt(len(v))))
        for key, v in every.items()
        if len(v) > 1
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--worlds", type=int, default=150)
    parser.add_argument("--splits", type=int, default=4)
    parser.add_argument("--out", type=Path)
    parser.add_argument("--table", type=Path)
    given = parser.parse_args()
    began = time.perf_counter()
    found = simulated(given.worlds, given.splits, TIES)
    took = time.perf_counter() - began
    if given.table:
        with given.table.open("w", encoding="utf-8", newline="") as file:
            out = csv.writer(file, lineterminator="\n")
            out.writerow(["convention", "quantity", "period", "tie", "value", "error"])
            for key, (value, error) in sorted(found.items()):
                out.writerow([*key[:3], f"{key[3]:g}", f"{value:.3f}", f"{error:.3f}"])
    text = report(found, given.worlds, given.splits, took)
    if given.out:
        given.out.write_text(text, encoding="utf-8")
    print(text)


def report(found: dict[Key, tuple[float, float]], worlds: int, count: int, took: float) -> str:
    ties = (0.0, 1.0, 2.0)
    lines = [
        "# What the conventions say at equality",
        "",
        f"Made by `python benchmarks/null_values.py --worlds {worlds} --splits {count}` "
        f"(Python {platform.python_version()}, NumPy {np.__version__}, {took:.0f} s).",
        "",
        f"{worlds} worlds with seeds 0 to {worlds - 1}; in each, {MODELS} models released evenly "
        f"from {FIRST} to {LAST}, their capability rising by {PER_YEAR:g} points a year with a "
        f"scatter of {SCATTER:g} points; {count} times a fair coin divides them into two groups, "
        "and each group is measured behind the other. For `daily-significant` the estimates and "
        f"{DRAWS} draws have an error of {NOISE:g} points, and a tenth of the splits. Months "
        "(points for `gap`), with the standard error over worlds. `year` is 2025.",
        "",
        "| convention | number | period | " + " | ".join(f"tie {tie:g}" for tie in ties) + " |",
        "|---|---|---|" + "---|" * len(ties),
    ]
    for convention, quantity, period in dict.fromkeys(key[:3] for key in sorted(found)):
        cells = [
            "the same"
            if (convention, quantity, period, tie) not in found
            else "{:.2f} ± {:.2f}".format(*found[convention, quantity, period, tie])
            for tie in ties
        ]
        lines.append(f"| {convention} | {quantity} | {period} | " + " | ".join(cells) + " |")
    lines += [
        "",
        "Exchanging the groups negates `daily`, `daily-significant`, `levels`, `thresholds` and "
        "`gap`, so their means are 0 by construction. The others are not 0, and every answer says "
        "by how much. `records` asks about the records of one side only: it sets most of them "
        "while it is ahead, and those that the other has not reached are left out. Waits of "
        "`time-to-match` are never negative. `named` asks about the follower's latest record, "
        "`trend` divides by the slope of one side, and the smallest and largest of the days lie "
        "on either side of the mean.",
        "",
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    main()
