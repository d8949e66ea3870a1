"""Random races of two groups on a scale that is given."""

import datetime as dt

import numpy as np
import polars as pl

from headway.dataset import Dataset
from headway.draws import Draws
from headway.rulers.scale import Scale


def scale_of(
    rows: list[tuple[str, str, dt.date, float]],
    *,
    noise: float = 0.0,
    draws: int = 0,
    seed: int = 0,
) -> Scale:
    """A scale of models, each with its country, day and capability."""
    names, countries, days, values = zip(*rows, strict=True)
    models = pl.DataFrame(
        {"model": names, "country": countries, "announced_on": days, "available_on": days}
    )
    scores = pl.DataFrame(
        {"model": names, "benchmark": "x", "score": [1 / (1 + np.exp(-v / 50)) for v in values]}
    )
    data = Dataset.from_frames(models=models, scores=scores, recorded_on="2026-01-01")
    estimate = np.array(values)
    drawn = estimate + noise * np.random.default_rng(seed).standard_normal((draws, len(values)))
    return Scale(
        ruler="by hand", spec={}, dataset=data, models=names,
        estimate=estimate,
        capability=Draws(values=drawn, dims=("draw", "model"), coords={"model": names},
                         unit="points", draw_set="by hand"),
        status=("ok",) * len(names), n_scores=np.ones(len(names), dtype=np.int64), low=estimate,
        high=estimate, level=0.9, unit="points", seed=seed,
    )  # fmt: skip


def random_race(
    seed: int, *, draws: int = 0, noise: float = 2.0, models: int = 24, span: int = 700
) -> Scale:
    """Models of two countries on random days, some on the same day, some equally good."""
    rng = np.random.default_rng(seed)
    days = np.sort(rng.integers(0, span, models))
    points = np.round(100 + 20 * days / span + 6 * rng.standard_normal(models), 1)
    country = rng.permutation(["US", "CN"] * (models // 2))
    first = dt.date(2023, 3, 1)
    rows = [
        (f"m{k}", str(country[k]), first + dt.timedelta(days=int(days[k])), float(points[k]))
        for k in range(models)
    ]
    return scale_of(rows, noise=noise, draws=draws, seed=seed)
