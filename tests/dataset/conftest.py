from collections.abc import Callable
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from headway.dataset import Dataset


def small() -> Dataset:
    models = pl.DataFrame(
        {
            "model": ["alpha", "beta", "gamma", "delta"],
            "name": ["Alpha", 'Beta "B"', "Gamma, the third", "Delta\nof two lines"],
            "organisation": ["one", "two", "two", "one"],
            "partners": [None, "one", None, None],
            "country": ["US", "CN", "CN", "US"],
            "announced_on": [date(2024, 1, 1), date(2024, 6, 1), date(2025, 1, 1), None],
            "available_on": [date(2024, 1, 1), date(2024, 6, 9), None, None],
            "open_weights": [False, True, None, None],
        }
    )
    organisations = pl.DataFrame(
        {"organisation": ["one", "two"], "country": ["US", "CN"], "name_zh": [None, "二"]}
    )
    benchmarks = pl.DataFrame(
        {
            "benchmark": ["maths", "coding"],
            "domain": ["math", "coding"],
            "item_access": ["public", "held_out"],
            "chance": [0.0, 10.0],
            "ceiling": [1.0, 100.0],
        }
    )
    scores = pl.DataFrame(
        {
            "model": ["alpha", "alpha", "beta", "beta", "gamma", "delta"],
            "benchmark": ["maths", "coding", "maths", "coding", "maths", "coding"],
            "score": [0.5, 55.0, 0.1 + 0.2, 100.0, -0.25, 10.0],
            "scale": ["raw", "raw", "raw", "raw", "normalised", "raw"],
            "cost_usd": ["1.25", None, "0.000000001", None, None, "3"],
            "reporter": [
                "developer",
                "developer",
                "independent",
                "benchmark",
                "unknown",
                "unknown",
            ],
        }
    )
    prices = pl.DataFrame(
        {
            "model": ["alpha"],
            "provider": ["one"],
            "from": [date(2024, 2, 1)],
            "input_usd_per_mtok": ["2.5"],
        }
    )
    return Dataset.from_frames(
        recorded_on="2025-06-01",
        models=models,
        organisations=organisations,
        benchmarks=benchmarks,
        scores=scores,
        prices=prices,
    )


@pytest.fixture
def dataset() -> Dataset:
    return small()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return small().write(tmp_path / "facts")


@pytest.fixture
def edit(folder: Path) -> Callable[[str, str, str], Path]:
    def replace(file: str, old: str, new: str) -> Path:
        path = folder / file
        text = path.read_text(encoding="utf-8")
        assert text.count(old) >= 1, f"{old!r} is not in {file}"
        path.write_text(text.replace(old, new, 1), encoding="utf-8", newline="")
        return folder

    return replace
