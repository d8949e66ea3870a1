"""A runner for the command line, and a small dataset to run it on."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from headway.cli import main
from headway.dataset import Dataset

Run = Callable[..., "Ran"]
# The benchmark whose slope fixes the default scale.
PINNED = pl.DataFrame({"kind": ["benchmark"], "alias": ["winogrande"], "id": ["b0"]})


@dataclass(frozen=True)
class Ran:
    code: int
    out: str
    err: str


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.delenv("HEADWAY_TRACEBACK", raising=False)
    monkeypatch.setenv("COLUMNS", "200")

    def call(*words: object) -> Ran:
        capsys.readouterr()
        code = main([str(word) for word in words])
        printed = capsys.readouterr()
        return Ran(code, printed.out, printed.err)

    return call


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Sixteen models of two countries on six benchmarks; a logistic world without noise."""
    folder = tmp_path_factory.mktemp("facts") / "small"
    small_dataset().write(folder)
    return folder


@pytest.fixture
def quick(small: Path) -> tuple[str, ...]:
    """Options for the small dataset and few draws."""
    return ("--dataset", str(small), "--draws", "20")


@pytest.fixture(scope="session")
def holes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small dataset with noise, and without every fifth score; m15 has them all."""
    data = small_dataset()
    rng = np.random.default_rng(4)
    scores = data.scores.select("model", "benchmark", "score").with_row_index("k")
    kept = scores.filter((pl.col("k") % 5 != 2) | (pl.col("model") == "m15")).drop("k")
    noisy = np.clip(kept["score"].to_numpy() + rng.normal(0, 0.03, kept.height), 0.02, 0.98)
    folder = tmp_path_factory.mktemp("facts") / "holes"
    Dataset.from_frames(
        recorded_on=date(2026, 1, 1),
        models=data.models.select(
            "model", "name", "country", "open_weights", "announced_on", "available_on", "listed_on"
        ),
        benchmarks=data.benchmarks.select("benchmark", "domain"),
        scores=kept.with_columns(score=pl.Series(noisy)),
        aliases=PINNED,
    ).write(folder)
    return folder


def small_dataset() -> Dataset:
    capability = np.linspace(-2, 3, 16)
    difficulty = np.linspace(-1.5, 2.5, 6)
    days = [date(2024, 1, 1) + timedelta(days=45 * k) for k in range(16)]
    names = [f"m{k:02}" for k in range(16)]
    names[4], names[12] = "claude-3-5-sonnet", "gpt-5"  # the anchors of the default scale
    score = 1 / (1 + np.exp(-(capability[:, None] - difficulty[None, :])))
    cells = [(m, f"b{j}", float(score[k, j])) for k, m in enumerate(names) for j in range(6)]
    return Dataset.from_frames(
        recorded_on=date(2026, 1, 1),
        models=pl.DataFrame(
            {
                "model": names,
                "name": [f"Model 模型 {k}" for k in range(16)],
                "country": ["US", "CN"] * 8,
                "open_weights": [False, True] * 8,
                "announced_on": days,
                "available_on": days,
                "listed_on": days,
            }
        ),
        benchmarks=pl.DataFrame(
            {"benchmark": [f"b{j}" for j in range(6)], "domain": ["math"] * 3 + ["coding"] * 3}
        ),
        scores=pl.DataFrame(cells, schema=["model", "benchmark", "score"], orient="row"),
        aliases=PINNED,
    )
