"""What the item ruler says of models of equal ability: nothing.

    python benchmarks/item_equal.py --worlds 200 --seed 1000

Every model has ability 0; log slopes are N(0, 0.5^2) and difficulties N(0, 2^2). Counts the worlds
in which the 90% intervals of the best and the worst model overlap, of abilities and of ranks, those
in which the ruler calls the models distinguishable, and those with a question called mis-keyed.
The second table has abilities N(0, spread^2): how often the intervals hold the truth.
"""

import argparse
from typing import Any

import numpy as np
from numpy.typing import NDArray

from headway.rulers import responses
from headway.rulers.responses.ruler import ItemRuler
from headway.rulers.scale import Scale

Floats = NDArray[np.float64]


def fitted(
    models: int, items: int, seed: int, spread: float, **options: Any
) -> tuple[Scale, Floats]:
    """Fit one world; also return its abilities, less their mean."""
    rng = np.random.default_rng(seed)
    ability = spread * rng.standard_normal(models)
    slope, difficulty = np.exp(0.5 * rng.standard_normal(items)), 2.0 * rng.standard_normal(items)
    chance = 1 / (1 + np.exp(-slope * (ability[:, None] - difficulty)))
    answers = (rng.random((models, items)) < chance).astype(np.int8)
    made = responses.from_matrix(answers, [f"m{k:02d}" for k in range(models)])
    scale = ItemRuler(units="logits", seed=seed, **options).fit_parts(made)
    return scale, ability - ability.mean()


def overlap(scale: Scale) -> tuple[bool, bool]:
    """Whether the intervals of best and worst overlap, and those of their ranks."""
    best, worst = int(np.argmax(scale.estimate)), int(np.argmin(scale.estimate))
    rank = {row["entity"]: row for row in scale.rank().to_dicts()}
    first, last = rank[scale.models[best]], rank[scale.models[worst]]
    return (
        bool(scale.low[best] <= scale.high[worst]),
        bool(first["rank_high"] >= last["rank_low"]),
    )


def main() -> None:
    """Print both tables."""
    ask = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    ask.add_argument("--worlds", type=int, default=200)
    ask.add_argument("--seed", type=int, default=1000)
    ask.add_argument("--models", type=int, nargs="*", default=[2, 3, 5, 20])
    ask.add_argument("--model", choices=["2pl", "1pl"], default="2pl")
    told = ask.parse_args()
    print(
        "| models | questions | abilities overlap | ranks overlap | distinguishable | mis-keyed |"
    )
    print("|---|---|---|---|---|---|")
    for models in told.models:
        for items in (50, 100):
            counts = np.zeros(4)
            for world in range(told.worlds):
                scale, _ = fitted(models, items, told.seed + world, 0.0, model=told.model)
                flags = scale.details["items"]["flag"].to_list()
                counts += [
                    *overlap(scale),
                    "not_distinguishable" not in scale.status,
                    "miskeyed" in flags,
                ]
            shares = " | ".join(f"{share:.1%}" for share in counts / told.worlds)
            print(f"| {models} | {items} | {shares} |", flush=True)
    print("\n| models | questions | spread | intervals hold | spread is the unit |")
    print("|---|---|---|---|---|")
    for models in told.models:
        for spread in (0.2, 0.5, 1.0):
            held, settled = [], 0
            for world in range(told.worlds // 2):
                scale, truth = fitted(models, 100, told.seed + world, spread, model=told.model)
                settled += not any("is no unit here" in note for note in scale.notes)
                held.append(((scale.low <= truth) & (truth <= scale.high)).mean())
            share = settled / max(1, told.worlds // 2)
            print(f"| {models} | 100 | {spread} | {np.mean(held):.1%} | {share:.0%} |", flush=True)


if __name__ == "__main__":
    main()
