"""Simulated answers to tasks of known human time, by models whose horizon is known."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from headway.errors import UsageError

if TYPE_CHECKING:
    from headway.dataset import Dataset

BENCHMARK = "tasks"
SHORTEST, LONGEST = 0.05, 2000.0


def simulate_tasks(
    horizons: Mapping[str, float],
    *,
    seed: int,
    tasks: int = 170,
    families: int = 60,
    slope: float = 0.7,
    family_spread: float = 1.0,
    task_spread: float = 0.5,
    runs: int = 4,
) -> "Dataset":
    r"""Let models with known horizons try tasks of known length.

    .. math:: P = \frac{1}{1 + e^{-a (\log_2 h_m - \log_2 t_i - u_{f(i)} - v_i)}}

    Families have a typical length, log-uniform from 0.05 to 2,000 minutes, around which their
    tasks scatter by one doubling; u and v are normal and the same for all models: some
    families, and some tasks, are harder than their length says.

    Parameters
    ----------
    horizons
        50% horizon in minutes, by model.
    seed
        Seed of tasks and answers.
    tasks, families
        How many there are.
    slope
        a, in logits per doubling.
    family_spread, task_spread
        Standard deviations of u and v, in doublings.
    runs
        Attempts of a model at a task.

    Returns
    -------
    Dataset
        Tables ``responses`` and ``items`` of the benchmark ``tasks``.

    Raises
    ------
    UsageError
        When a horizon or a number is not above 0.
    """
    wrong = [name for name, value in horizons.items() if not (np.isfinite(value) and value > 0)]
    if wrong or not horizons:
        raise UsageError(f"horizons of {wrong or 'no model'}; expected minutes above 0")
    for name, number in (("tasks", tasks), ("families", families), ("runs", runs)):
        if number < 1:
            raise UsageError(f"{name} is {number!r}; expected a whole number from 1")
    from headway.dataset import Dataset

    rng = np.random.default_rng(seed)
    family = rng.integers(0, families, tasks)
    typical = rng.uniform(np.log2(SHORTEST), np.log2(LONGEST), families)
    length = typical[family] + rng.standard_normal(tasks)
    harder = family_spread * rng.standard_normal(families)[family]
    harder += task_spread * rng.standard_normal(tasks)
    frames = []
    for model, minutes in horizons.items():
        p = 1 / (1 + np.exp(-slope * (np.log2(minutes) - length - harder)))
        solved = rng.random((tasks, runs)) < p[:, None]
        frames.append(
            pl.DataFrame(
                {
                    "model": model,
                    "benchmark": BENCHMARK,
                    "item": np.repeat([f"t{i:05d}" for i in range(tasks)], runs),
                    "epoch": np.tile(np.arange(1, runs + 1), tasks),
                    "score": solved.ravel().astype(np.float64),
                }
            )
        )
    responses = pl.concat(frames)
    means = responses.group_by("model", "benchmark", maintain_order=True).agg(
        pl.col("score").mean()
    )
    items = pl.DataFrame(
        {
            "benchmark": BENCHMARK,
            "item": [f"t{i:05d}" for i in range(tasks)],
            "human_minutes": 2**length,
            "family": [f"f{k:04d}" for k in family],
        }
    )
    return Dataset.from_frames(
        scores=means, responses=responses, items=items, recorded_on="2026-01-01"
    )
