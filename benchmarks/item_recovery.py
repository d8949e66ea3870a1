"""How well the item ruler recovers a simulated truth, and whether its 90% intervals hold it.

    python benchmarks/item_recovery.py --worlds 20 --seed 100

Abilities are standard normal, standardised to mean 0 and standard deviation 1; log slopes are
N(0, 0.5^2) (one slope of 1.3 with 1pl) and difficulties N(0, 2^2), as the ruler's priors have it,
unless the row says otherwise. Errors are root mean squares without rescaling, beside the error
with the questions' parameters known (the floor). Prints a table.
"""

import argparse
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).parent))

from headway.rulers import responses
from headway.rulers.responses.quadrature import Model
from headway.rulers.responses.ruler import ItemRuler

Floats = NDArray[np.float64]

DESIGNS: tuple[tuple[str, Mapping[str, Any]], ...] = (
    ("10 models, 300 questions", {"models": 10, "items": 300}),
    ("30 models, 300 questions", {"models": 30, "items": 300}),
    ("100 models, 1,000 questions", {"models": 100, "items": 1000}),
    ("the same, half missing at random", {"models": 100, "items": 1000, "missing": 0.5}),
    ("the same, 1pl", {"models": 100, "items": 1000, "one_slope": True}),
    ("the same, four epochs", {"models": 100, "items": 1000, "epochs": 4}),
    ("the same, difficulties N(0, 1)", {"models": 100, "items": 1000, "difficulty_sd": 1.0}),
    (
        "the same, estimated priors",
        {"models": 100, "items": 1000, "difficulty_sd": 1.0, "priors": "estimated"},
    ),
    ("20 models, 300 questions", {"models": 20, "items": 300}),
    ("the same, estimated priors", {"models": 20, "items": 300, "priors": "estimated"}),
    ("300 models, 2,000 questions", {"models": 300, "items": 2000}),
    ("200 models, 20 questions", {"models": 200, "items": 20}),
    ("15 models, 15 questions", {"models": 15, "items": 15}),
)


def answered(made: Any) -> responses.Answers:
    """The world's answers; epochs are given as rows of a table."""
    import polars as pl

    names = [f"m{k:04d}" for k in range(len(made.ability))]
    if made.epochs == 1:
        return responses.from_matrix(made.answers, names)
    m, j = np.nonzero(made.answers >= 0)
    rows = [
        pl.DataFrame(
            {
                "model": np.array(names)[m],
                "benchmark": "items",
                "item": [f"{k:06d}" for k in j],
                "epoch": e + 1,
                "score": (made.answers[m, j] > e).astype(float),
            }
        )
        for e in range(made.epochs)
    ]
    return responses.from_frame(pl.concat(rows))


def one(design: Mapping[str, Any], seed: int) -> Floats:
    """Error, floor, coverage of abilities, of the outer tenth, of difficulties and slopes."""
    from item_world import error, floor, world

    shape = {name: value for name, value in design.items() if name != "priors"}
    made = world(**{"difficulty_sd": 2.0, **shape}, seed=seed)
    model: Model = "1pl" if design.get("one_slope") else "2pl"
    scale = ItemRuler(
        model=model, priors=design.get("priors", "fixed"), draws=500, seed=seed
    ).fit_parts(answered(made))
    items = scale.details["items"].sort("item")
    inside = (scale.low < made.ability) & (made.ability < scale.high)
    outer = np.argsort(-np.abs(made.ability))[: max(2, len(made.ability) // 10)]
    outward = (scale.estimate - made.ability) * np.sign(made.ability)
    width = (scale.high - scale.low) / (2 * 1.645)
    truth = {"difficulty": made.difficulty, "discrimination": made.slope}
    held = [
        float(np.mean((items[f"{k}_low"].to_numpy() < v) & (v < items[f"{k}_high"].to_numpy())))
        for k, v in truth.items()
    ]
    if model == "1pl":
        held[1] = float("nan")
    return np.array(
        [
            error(scale.estimate, made.ability), floor(made), inside.mean(), inside[outer].mean(),
            (outward[outer] / width[outer]).mean(), *held, scale.diagnostics["passes"],
        ]
    )  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--worlds", type=int, default=20)
    parser.add_argument("--seed", type=int, default=100)
    options = parser.parse_args()
    print("| world | error | floor | ratio | abilities | outer tenth | its error outwards (sd) | "
          "difficulties | slopes | passes |")  # fmt: skip
    print("|---|---|---|---|---|---|---|---|---|---|")
    for name, design in DESIGNS:
        found = np.array([one(design, options.seed + k) for k in range(options.worlds)])
        wrong, lowest = np.sqrt((found[:, :2] ** 2).mean(axis=0))
        mean = found.mean(axis=0)
        slopes = "–" if np.isnan(mean[6]) else f"{mean[6]:.1%}"
        print(f"| {name} | {wrong:.4f} | {lowest:.4f} | {wrong / lowest:.3f} | {mean[2]:.1%} | "
              f"{mean[3]:.1%} | {mean[4]:+.2f} | {mean[5]:.1%} | {slopes} | {mean[7]:.0f} |",
              flush=True)  # fmt: skip


if __name__ == "__main__":
    main()
