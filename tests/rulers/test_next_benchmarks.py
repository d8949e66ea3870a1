"""Which benchmark to run on a few models: information adds up, the best comes first."""

import numpy as np
import polars as pl
import pytest

import headway
from headway.errors import UsageError


def _cells(**nats: list[float]) -> pl.DataFrame:
    rows = [
        {"entity": f"m{k}", "benchmark": benchmark, "quantity": "expected_width",
         "estimate": 4 * np.exp(-value), "now": 4.0, "shrinks": 1 - np.exp(-value),
         "nats": value, "level": 0.9, "unit": "months"}
        for benchmark, values in nats.items()
        for k, value in enumerate(values)
    ]  # fmt: skip
    return pl.DataFrame(rows)


def test_the_information_of_the_best_cells_adds_up() -> None:
    cells = _cells(a=[0.1, 0.3, 0.2, 0.05], b=[0.5], c=[0.1, 0.1])
    found = headway.rulers.benchmarks_to_run(cells, models=3)
    assert found["benchmark"].to_list() == ["a", "b", "c"]
    assert found["models"].to_list() == [["m1", "m2", "m0"], ["m0"], ["m0", "m1"]]
    assert found["nats"].to_list() == pytest.approx([0.6, 0.5, 0.2])
    assert found["estimate"].to_list() == pytest.approx([4 * np.exp(-x) for x in (0.6, 0.5, 0.2)])
    assert (found["estimate"] / found["now"] + found["shrinks"]).to_list() == pytest.approx([1] * 3)


def test_with_one_model_it_is_the_best_cell() -> None:
    cells = _cells(a=[0.1, 0.3], b=[0.5], c=[0.1])
    found = headway.rulers.benchmarks_to_run(cells, models=1)
    best = cells.sort("nats", descending=True).unique("benchmark", maintain_order=True)
    assert found["benchmark"].to_list() == ["b", "a", "c"]
    for column in ("estimate", "shrinks", "nats", "unit", "level", "quantity"):
        wanted = best[column].to_list()
        if best[column].dtype.is_numeric():
            assert found[column].to_list() == pytest.approx(wanted)
        else:
            assert found[column].to_list() == wanted


def test_the_order_of_the_rows_does_not_matter() -> None:
    cells = _cells(a=[0.2, 0.2, 0.2, 0.2], b=[0.2, 0.2, 0.2])
    found = headway.rulers.benchmarks_to_run(cells)
    shuffled = cells.sample(fraction=1.0, shuffle=True, seed=3)
    assert found.equals(headway.rulers.benchmarks_to_run(shuffled))
    assert found["benchmark"].to_list() == ["a", "b"]


@pytest.mark.parametrize("models", [0, -1, 1.5, "3"])
def test_a_wrong_number_of_models(models: object) -> None:
    with pytest.raises(UsageError, match="expected a whole number from 1"):
        headway.rulers.benchmarks_to_run(_cells(a=[0.1]), models=models)  # type: ignore[arg-type]
