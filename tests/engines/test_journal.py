"""The journal: what was added is found again, whatever happened at its end."""

from pathlib import Path

import pytest
from hypothesis import given, settings, strategies as st

from headway.engines import journal
from headway.engines.journal import Journal
from headway.errors import DataError, UsageError

OWNER = {"seed": 1, "name": "x"}


def written(path: Path, *records: bytes) -> None:
    with Journal(path, OWNER) as opened:
        for record in records:
            opened.add(record)


def read(path: Path) -> tuple[bytes, ...]:
    with Journal(path, OWNER) as opened:
        return opened.found


def test_records_are_found_in_order_and_more_can_be_added(tmp_path: Path) -> None:
    path = tmp_path / "a"
    written(path, b"one", b"", b"\x00" * 1000)
    written(path, b"four")
    assert read(path) == (b"one", b"", b"\x00" * 1000, b"four")


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 400), st.binary(max_size=60))
def test_a_torn_end_costs_only_what_was_torn(
    tmp_path_factory: pytest.TempPathFactory, cut: int, rubbish: bytes
) -> None:
    path = tmp_path_factory.mktemp("journal") / "a"
    records = [bytes([k]) * (10 * k + 1) for k in range(6)]
    written(path, *records)
    whole = path.read_bytes()
    path.write_bytes(whole[: max(len(whole) - cut, 20)] + rubbish)
    found = read(path)
    assert found == tuple(records[: len(found)])
    if not cut:
        assert len(found) == 6
    written(path, b"after")
    assert read(path) == (*found, b"after")


def test_what_is_not_its_own_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a"
    written(path, b"one")
    with (
        pytest.raises(UsageError, match="another computation"),
        Journal(path, {"seed": 2}),
    ):
        pass
    assert read(path) == (b"one",)
    text = tmp_path / "notes.txt"
    text.write_text("not a journal at all")
    with pytest.raises(DataError, match="not a resume file"), Journal(text, OWNER):
        pass
    assert text.read_text() == "not a journal at all"
    for wrong in (tmp_path, tmp_path / "nowhere" / "a"):
        with pytest.raises(UsageError, match="cannot be a resume file"):
            Journal(wrong, OWNER)


def test_two_writers_are_one_too_many(tmp_path: Path) -> None:
    path = tmp_path / "a"
    with (
        Journal(path, OWNER),
        pytest.raises(UsageError, match="in use"),
        Journal(path, OWNER),
    ):
        pass
    assert read(path) == ()


def test_an_empty_file_is_a_beginning(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.touch()
    written(path, b"one")
    assert read(path) == (b"one",)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 1), st.integers(0, 10_000), st.integers(1, 255))
def test_a_record_damaged_in_the_middle_is_refused_and_nothing_is_lost(
    tmp_path_factory: pytest.TempPathFactory, record: int, place: int, bits: int
) -> None:
    path = tmp_path_factory.mktemp("journal") / "a"
    begin = [len(b"headway journal 1\n")]
    written(path)
    begin.append(path.stat().st_size)
    written(path, b"one" * 20)
    begin.append(path.stat().st_size)
    written(path, b"two" * 20)
    damaged = bytearray(path.read_bytes())
    # Not the eight bytes of a length: a record that goes on past the end may have been cut there.
    first, after = begin[record] + 8, begin[record + 1]
    damaged[first + place % (after - first)] ^= bits
    path.write_bytes(damaged)
    with pytest.raises(DataError, match="damaged at byte"), Journal(path, OWNER):
        pass
    assert path.read_bytes() == damaged


def test_a_file_that_is_too_large_is_not_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a"
    written(path, b"one")
    with monkeypatch.context() as smaller:
        smaller.setattr(journal, "FILE_BYTES", path.stat().st_size - 1)
        with pytest.raises(DataError, match="larger than"):
            read(path)
    assert read(path) == (b"one",)
