"""Columns of numbers that describe a model are no benchmarks of a wide table."""

from pathlib import Path

import pytest

from headway.dataset.importing import bring
from headway.errors import DataError
from headway.foreign.plainfile import as_text

WIDE = "model,Sums,{name}\nAlpha,45.5,7\nBeta,55.1,70\n"


@pytest.mark.parametrize(
    "name", ["Params (B)", "Size (B)", "Active params", "Context length", "Elo", "Average", "Rank"]
)
def test_what_describes_a_model_is_left_out(name: str, tmp_path: Path) -> None:
    path = tmp_path / "wide.csv"
    path.write_text(WIDE.format(name=name), encoding="utf-8")
    done = bring(
        "table", [path], tmp_path / "out", unmatched="add", start="empty",
        ceiling=100,
    )  # fmt: skip
    assert [one.foreign for one in done.matches if one.kind == "benchmark"] == ["Sums"]
    assert any("no benchmarks are left out" in note and name in note for note in done.notes)
    assert not any(" 0 cells" in note for note in done.notes)


@pytest.mark.parametrize(
    ("start", "how"), [(b"BZh91AY\xff", "bzip2"), (b"\xfd7zXZ\0\xff", "xz"), (b"PK\3\4\xff", "zip")]
)
def test_a_packed_text_is_said_to_be_packed(start: bytes, how: str) -> None:
    with pytest.raises(DataError, match=f"packed with {how}"):
        as_text(start, "x.csv")
    with pytest.raises(DataError, match="is not UTF-8"):
        as_text(b"model\xff", "x.csv")
