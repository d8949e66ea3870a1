"""Old beside new: every row is found again, and what moved is named."""

import polars as pl
import pytest
from hypothesis import given, strategies as st

from headway.analyses.moved import moved
from headway.errors import DataError

NUMBERS = st.none() | st.floats(-1e6, 1e6)


def _table(rows: dict[str, tuple[float | None, float | None, float | None]]) -> pl.DataFrame:
    return pl.DataFrame(
        [(name, *values) for name, values in rows.items()],
        schema={"entity": pl.String, "estimate": pl.Float64, "low": pl.Float64,
                "high": pl.Float64}, orient="row",
    )  # fmt: skip


def test_every_status() -> None:
    old = _table({
        "same": (1.0, 0.0, 2.0), "moved": (1.0, 0.0, 2.0), "wider": (1.0, 0.0, 2.0),
        "gone": (1.0, None, None), "lost": (1.0, 0.0, 2.0), "unknown": (None, None, None),
    })  # fmt: skip
    new = _table({
        "same": (1.0, 0.0, 2.0), "moved": (3.0, 0.0, 2.0), "wider": (1.0, -1.0, 2.0),
        "new": (1.0, None, None), "lost": (None, None, None), "unknown": (None, None, None),
    })  # fmt: skip
    found = moved(old.to_dicts(), new, by=["entity"])
    status = dict(found.select("entity", "status").iter_rows())
    assert status == {
        "same": "same", "moved": "moved", "wider": "moved", "gone": "gone", "new": "new",
        "lost": "moved", "unknown": "same",
    }  # fmt: skip
    assert found["entity"][0] == "moved"
    assert found["difference"][0] == 2.0
    assert found["status"].to_list() == sorted(
        found["status"], key=["moved", "new", "gone", "same"].index
    )


@given(st.dictionaries(st.text(max_size=3), st.tuples(NUMBERS, NUMBERS, NUMBERS), max_size=6))
def test_a_table_beside_itself_is_the_same(
    rows: dict[str, tuple[float | None, float | None, float | None]],
) -> None:
    table = _table(rows)
    found = moved(table.to_dicts(), table, by=["entity"])
    assert found.height == table.height
    assert set(found["status"]) <= {"same"}


def test_rounding_is_no_move() -> None:
    old, new = _table({"a": (150.0, 1.0, 2.0)}), _table({"a": (150.0 + 1e-8, 1.0, 2.0)})
    assert moved(old.to_dicts(), new, by=["entity"])["status"].to_list() == ["same"]


@pytest.mark.parametrize(
    "rows", [[{}], [3], [{"entity": "a", "estimate": "x", "low": None, "high": None}]]
)
def test_what_is_no_table_is_refused(rows: list[object]) -> None:
    with pytest.raises(DataError, match="no table that can be compared"):
        moved(rows, _table({}), by=["entity"])  # type: ignore[arg-type]
