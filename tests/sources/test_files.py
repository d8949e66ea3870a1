"""Hostile files: each is a clear error, none is believed."""

import csv
import gzip
import io
import os
import stat
import struct
import zipfile

import pytest

from headway.errors import DataError
from headway.sources import archives
from headway.sources.files import (
    csv_rows,
    json_lines,
    json_value,
    open_tree,
    read_bytes,
    read_text,
)


def zipped(path, members, **options):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(name, content, **options)
    return path


def test_a_folder_and_an_archive_are_the_same_tree(tmp_path):
    folder = tmp_path / "data"
    (folder / "below").mkdir(parents=True)
    (folder / "a.csv").write_text("a")
    (folder / "below" / "b.csv").write_bytes(b"\xef\xbb\xbfb\r\nc")
    archive = zipped(
        tmp_path / "data.eval", [("below/b.csv", b"\xef\xbb\xbfb\r\nc"), ("a.csv", "a")]
    )
    for path in (folder, archive):
        with open_tree(path) as tree:
            assert tree.names() == ("a.csv", "below/b.csv")
            assert tree.read_text("below/b.csv") == "b\nc"
            assert tree.read_bytes("a.csv", limit=1) == b"a"
            with pytest.raises(DataError, match=r"has no file 'a.cvs' \(did you mean 'a.csv'\?\)"):
                tree.read_bytes("a.cvs")
            with pytest.raises(DataError, match="is larger than 2 bytes"):
                tree.read_bytes("below/b.csv", limit=2)


@pytest.mark.parametrize(
    "name", ["../out.csv", "a/../../out.csv", "/etc/out.csv", "C:/out.csv", "..\\out.csv"]
)
def test_names_that_lead_outside_are_refused(tmp_path, name):
    path = zipped(tmp_path / "data.zip", [("a.csv", "a"), (name, "b")])
    with pytest.raises(DataError, match="leads outside the archive"):
        open_tree(path)


def test_doubled_members_are_refused(tmp_path):
    with pytest.warns(UserWarning, match="Duplicate name"):
        path = zipped(tmp_path / "data.zip", [("a.csv", "a"), ("a.csv", "b")])
    with pytest.raises(DataError, match=r"'a.csv' is there twice"):
        open_tree(path)


def test_links_in_archives_are_refused(tmp_path):
    info = zipfile.ZipInfo("a.csv")
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    path = zipped(tmp_path / "data.zip", [(info, "/etc/passwd")])
    with pytest.raises(DataError, match=r"'a.csv' is a symbolic link"):
        open_tree(path)


def test_encrypted_members_are_refused(tmp_path):
    path = zipped(tmp_path / "data.zip", [("a.csv", "a")])
    content = bytearray(path.read_bytes())
    place = content.index(b"PK\x01\x02") + 8
    content[place : place + 2] = struct.pack("<H", 1)
    path.write_bytes(content)
    with pytest.raises(DataError, match=r"'a.csv' is encrypted"):
        open_tree(path)


def test_control_characters_in_names_are_refused(tmp_path):
    path = zipped(tmp_path / "data.zip", [("a\nb.csv", "a")])
    with pytest.raises(DataError, match="control characters"):
        open_tree(path)


def test_bombs_are_refused_before_they_are_unpacked(tmp_path):
    path = zipped(tmp_path / "data.zip", [("a.csv", bytes(70 * 2**20))])
    assert path.stat().st_size < 2**20
    with pytest.raises(DataError, match=r"its [\d,]+ bytes swell to 73,400,320"):
        open_tree(path)


def test_bombs_of_overlapping_members_are_refused(tmp_path):
    inner = zipped(tmp_path / "data.zip", [("a.csv", os.urandom(4000))])
    content = inner.read_bytes()
    start, end = content.index(b"PK\x01\x02"), content.index(b"PK\x05\x06")
    entry = content[start:end]
    second = entry.replace(b"a.csv", b"b.csv")
    tail = struct.pack("<4sHHHHIIH", b"PK\x05\x06", 0, 0, 2, 2, 2 * len(entry), start, 0)
    inner.write_bytes(content[:start] + entry + second + tail)
    with pytest.raises(DataError, match="its members overlap"):
        open_tree(inner)


def test_a_member_that_lies_about_its_size_is_refused(tmp_path):
    path = zipped(tmp_path / "data.zip", [("a.csv", b"a" * 1000)])
    content = bytearray(path.read_bytes())
    content[content.index(b"PK\x01\x02") + 24] = 7
    path.write_bytes(content)
    with open_tree(path) as tree, pytest.raises(DataError, match="cannot be unpacked"):
        tree.read_bytes("a.csv")


def test_too_many_members_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(archives, "MOST_MEMBERS", 2)
    members = [(f"{number}.csv", "a") for number in range(3)]
    with pytest.raises(DataError, match="more than 2 files"):
        open_tree(zipped(tmp_path / "data.zip", members))
    for name, content in members:
        (tmp_path / name).write_text(content)
    with pytest.raises(DataError, match="more than 2 files"):
        open_tree(tmp_path)


def test_links_out_of_a_folder_are_refused(tmp_path):
    (tmp_path / "secret").write_text("s")
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / "a.csv").write_text("a")
    (folder / "same.csv").symlink_to(folder / "a.csv")
    with open_tree(folder) as tree:
        assert tree.names() == ("a.csv", "same.csv")
    (folder / "b.csv").symlink_to(tmp_path / "secret")
    with pytest.raises(DataError, match="symbolic link that leads out of") as caught:
        open_tree(folder)
    target = str(tmp_path / "secret")
    assert target in caught.value.message
    for way in (f"name the file itself as one more path ({target})", "put a copy of it"):
        assert way in str(caught.value.hint)


def test_links_to_folders_outside_and_to_nothing_say_what_to_do(tmp_path):
    (tmp_path / "other").mkdir()
    folder = tmp_path / "data"
    (folder / "below").mkdir(parents=True)
    (folder / "below" / "more").symlink_to(tmp_path / "other")
    with pytest.raises(DataError, match="leads out of") as caught:
        open_tree(folder)
    assert f"name the folder itself as one more path ({tmp_path / 'other'})" in str(
        caught.value.hint
    )
    (folder / "below" / "more").unlink()
    (folder / "below" / "gone.json").symlink_to("missing.json")
    with pytest.raises(DataError, match=r"gone\.json is a symbolic link that leads nowhere"):
        open_tree(folder)


def test_truncated_and_broken_archives_are_refused(tmp_path):
    path = zipped(tmp_path / "data.zip", [("a.csv", os.urandom(1000))])
    content = path.read_bytes()
    path.write_bytes(content[:600])
    with pytest.raises(DataError, match="neither a folder nor a zip archive"):
        open_tree(path)
    damaged = bytearray(content)
    damaged[200] ^= 255
    path.write_bytes(damaged)
    with open_tree(path) as tree, pytest.raises(DataError, match="cannot be unpacked"):
        tree.read_bytes("a.csv")


def test_what_cannot_be_opened_is_named(tmp_path):
    with pytest.raises(DataError, match="there is no file or folder"):
        open_tree(tmp_path / "none")
    with pytest.raises(DataError, match="there is no file"):
        read_bytes(tmp_path / "none")
    with pytest.raises(DataError, match="is a folder; expected a file"):
        read_bytes(tmp_path)
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(DataError, match="is not a regular file"):
        read_bytes(tmp_path / "pipe")
    with pytest.raises(DataError, match="neither a folder nor a regular file"):
        open_tree(tmp_path / "pipe")
    with pytest.raises(DataError, match="cannot be read"):
        read_bytes(tmp_path / ("a" * 300))


def test_packed_files_are_bounded(tmp_path):
    path = tmp_path / "a.csv.gz"
    path.write_bytes(gzip.compress(b"a" * 1000))
    assert read_text(path) == "a" * 1000
    with pytest.raises(DataError, match="is larger than 999 bytes"):
        read_bytes(path, limit=999)
    path.write_bytes(path.read_bytes()[:-9])
    with pytest.raises(DataError, match="is not a complete gzip file"):
        read_bytes(path)
    path.write_bytes(b"plain")
    with pytest.raises(DataError, match="is not a complete gzip file"):
        read_bytes(path)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"a\xff", "byte 1 is not UTF-8"),
        ("ä".encode("latin-1"), "byte 0 is not UTF-8"),
        ("a".encode("utf-16"), "byte 0 is not UTF-8"),
        (b"a\0b", "byte 1 is NUL"),
        (b"\xed\xa0\x80", "byte 0 is not UTF-8"),
    ],
)
def test_text_that_is_not_utf_8_is_refused(tmp_path, content, expected):
    path = tmp_path / "a.csv"
    path.write_bytes(content)
    with pytest.raises(DataError, match=expected):
        read_text(path)


def test_line_ends_and_marks_are_made_one(tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes(b"\xef\xbb\xbfa\r\nb\rc\n")
    assert read_text(path) == "a\nb\nc\n"


def test_rows_carry_their_physical_line():
    text = 'a,b\n\n1,"x\ny"\n3\n5,6\n'
    assert list(csv_rows(text, required=("a",), optional=("c",))) == [
        (3, {"c": "", "a": "1", "b": "x\ny"}),
        (5, "1 cells; expected 2"),
        (6, {"c": "", "a": "5", "b": "6"}),
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "there is no header"),
        (",,\n", "there is no header"),
        ("a,a\n", "columns are there twice: 'a'"),
        ("modle\n", r"column 'model' is missing \(did you mean 'modle'\?\)"),
        ('model\n"a', "line 2: unexpected end of data"),
        ("model\n" + "a" * 200_000, "line 2: field larger than field limit"),
    ],
)
def test_texts_that_are_no_table(text, expected):
    with pytest.raises(DataError, match=expected):
        list(csv_rows(text, required=("model",) if "mod" in text else ()))


def test_the_limit_of_a_cell_is_ours_whatever_others_set():
    others = csv.field_size_limit(1 << 30)
    try:
        with pytest.raises(DataError, match="line 2: field larger than field limit"):
            list(csv_rows("model\n" + "a" * 200_000))
        assert csv.field_size_limit() == 1 << 30
    finally:
        csv.field_size_limit(others)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{", "not JSON at line 1, column 2"),
        ("NaN", "NaN is not a number in JSON"),
        ("[-Infinity]", "-Infinity is not a number"),
        ("1e999", "the number 1e999 is out of range"),
        ("9" * 5000, "is out of range"),
        ("9223372036854775808", "is out of range"),
        ("[" * 100_000, "nested too deeply"),
        (r'"\ud800"', "half of a surrogate pair"),
        (b"\xff", "byte 0 is not UTF-8"),
        ("\ud800", "half of a surrogate pair"),
    ],
)
def test_json_that_is_refused(text, expected):
    with pytest.raises(DataError, match=expected):
        json_value(text, "a.json")


def test_json_that_is_read():
    assert json_value(r'{"a": [2.5, "\ud83d\ude00"]}', "a") == {"a": [2.5, "😀"]}
    assert json_value("[NaN, 9223372036854775807]", "a", not_a_number="null") == [None, 2**63 - 1]


def test_json_lines_name_the_wrong_one():
    rows = list(json_lines('{"a": 1}\n\nnope\n', "a.jsonl"))
    assert rows[0] == (1, {"a": 1}, None)
    assert rows[1][:2] == (3, None)
    assert "not JSON" in str(rows[1][2])


def test_a_member_with_an_unknown_packing_is_refused(tmp_path):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("a.csv", "a")
    content = bytearray(buffer.getvalue())
    content[8] = 99
    content[content.index(b"PK\x01\x02") + 10] = 99
    (tmp_path / "a.zip").write_bytes(content)
    with open_tree(tmp_path / "a.zip") as tree, pytest.raises(DataError, match="unpacked"):
        tree.read_bytes("a.csv")
