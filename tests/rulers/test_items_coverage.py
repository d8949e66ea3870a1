"""The item ruler's intervals hold the truth as often as they say, over many worlds."""

import numpy as np
import polars as pl
import pytest

from headway.rulers import responses
from headway.rulers.responses.ruler import ItemRuler
from tests.rulers.item_worlds import item_world, long

WORLDS = 30


def coverage(
    *, models: int, items: int, missing: float = 0.0, slope: float = 0.0, epochs: int = 1
) -> tuple[float, float, float]:
    """Share of abilities, difficulties and slopes inside their intervals."""
    held = []
    for seed in range(WORLDS):
        world = item_world(models, items, seed=200 + seed, missing=missing, slope=slope)
        ruler = ItemRuler(model="1pl" if slope else "2pl", draws=400, seed=seed)
        if epochs == 1:
            answers = responses.from_matrix(world.answers, world.models)
        else:
            rng = np.random.default_rng(seed)
            chance = 1 / (1 + np.exp(-world.slope * (world.ability[:, None] - world.difficulty)))
            frames = [
                long((rng.random(chance.shape) < chance).astype(np.int8), world.models)
                for _ in range(epochs)
            ]
            answers = responses.from_frame(
                pl.concat([f.with_columns(epoch=pl.lit(k + 1)) for k, f in enumerate(frames)])
            )
        scale = ruler.fit_parts(answers)
        table = scale.details["items"].sort("item")
        inside = [(scale.low < world.ability) & (world.ability < scale.high)]
        for name, truth in (("difficulty", world.difficulty), ("discrimination", world.slope)):
            low, high = (table[f"{name}_{end}"].to_numpy() for end in ("low", "high"))
            inside.append((low < truth) & (truth < high))
        held.append([values.mean() for values in inside])
    return tuple(np.mean(held, axis=0))


@pytest.mark.slow
@pytest.mark.parametrize(
    "design",
    [
        {"models": 30, "items": 300},
        {"models": 100, "items": 500},
        {"models": 100, "items": 500, "missing": 0.5},
        {"models": 60, "items": 300, "slope": 1.3},
        {"models": 60, "items": 200, "epochs": 3},
    ],
    ids=str,
)
def test_nominal_90_percent_intervals(design: dict[str, float]) -> None:
    abilities, difficulties, slopes = coverage(**design)
    # 30 worlds of 30 to 100 abilities: about 0.8 points of noise at most, 2 for 30 models.
    assert 0.875 < abilities < 0.925
    assert 0.88 < difficulties < 0.92
    if not design.get("slope"):
        assert 0.88 < slopes < 0.92
