"""A race between two countries in which every option of a question has something to act on."""

import datetime as dt

import numpy as np
import polars as pl

from headway.dataset import Dataset

BEGIN = dt.date(2024, 1, 1)
FEW = {"m03": 3, "m09": 6, "m14": 6, "m20": 6, "m21": 6, "m22": 4}
"""Models with fewer scores than there are benchmarks, and how many they have."""


def race(n_benchmarks: int = 8, private: tuple[str, str] = ("held_out", "held_out")) -> Dataset:
    """Twenty-four models of two countries, by turns, on a few benchmarks of two domains."""
    rng = np.random.default_rng(8)
    models = [f"m{k:02}" for k in range(24)]
    models[5], models[16] = "claude-3-5-sonnet", "gpt-5"  # the anchors of the default scale
    capability = np.linspace(-2, 3, 24) + rng.normal(0, 0.3, 24) - 0.6 * (np.arange(24) % 2)
    difficulty = np.linspace(-1.5, 2.5, n_benchmarks)
    days = [BEGIN + dt.timedelta(days=30 * k) for k in range(24)]
    late = [day + dt.timedelta(days=int(rng.integers(5, 40))) for day in days]
    benchmarks = [f"b{j}" for j in range(n_benchmarks)]
    cells = [
        (model, benchmark, variant, value, 100 + 20 * j,
         "independent" if (k + j) % 3 else "developer", late[k] + dt.timedelta(days=3))
        for k, model in enumerate(models)
        for j, benchmark in enumerate(benchmarks)
        if j < FEW.get(model, n_benchmarks)
        for variant, shift in (("default", 0.0), ("high", 0.05))[: 1 + (k + j) % 2]
        for value in [float(np.clip(
            1 / (1 + np.exp(difficulty[j] - capability[k])) + rng.normal(0, 0.04) + shift,
            0.02, 0.98,
        ))]
    ]  # fmt: skip
    return Dataset.from_frames(
        recorded_on=BEGIN,
        models=pl.DataFrame(
            {
                "model": models,
                "country": ["US", "CN"] * 12,
                "open_weights": [k % 3 == 1 for k in range(24)],
                "announced_on": days,
                "available_on": late,
                "listed_on": days,
                "recorded_on": late,
                "weights_on": [day if k % 3 == 1 else None for k, day in enumerate(days)],
            }
        ),
        aliases=pl.DataFrame({"kind": ["benchmark"], "alias": ["winogrande"], "id": ["b0"]}),
        benchmarks=pl.DataFrame(
            {
                "benchmark": benchmarks,
                "domain": ["math", "coding"] * (n_benchmarks // 2),
                "item_access": ["public", "public", *private] * (n_benchmarks // 4),
            }
        ),
        scores=pl.DataFrame(
            cells,
            schema=["model", "benchmark", "variant", "score", "n", "reporter", "recorded_on"],
            orient="row",
        ),
        availability=pl.DataFrame(
            {
                "model": ["m23", "m13", "m20", "m12", "m11"],
                "recorded_on": [late[k] for k in (23, 13, 20, 12, 11)],
                "region": ["CN", "US", "world", "world", "world"],
                "from": [late[23], late[13] + dt.timedelta(days=45), late[20], late[12], late[11]],
                "until": [None, None, *(late[k] + dt.timedelta(days=50) for k in (20, 12, 11))],
            }
        ),
    )  # fmt: skip
