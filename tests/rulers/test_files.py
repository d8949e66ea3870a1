"""Ruler files: what is read, what is refused and where, and what the digest knows."""

import json
import os
import pickle
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import example, given, settings, strategies as st

import headway
from headway.errors import UsageError
from headway.rulers.files.blank import blank, written
from headway.rulers.files.chosen import ChosenRuler
from headway.rulers.files.contents import RulerFile
from headway.rulers.files.kinds import KINDS
from headway.rulers.files.reading import LARGEST, find, from_dict, parse, read, shelved

PLAIN = """
name = "mine"
kind = "eci"
[title]
en = "Mine"
[benchmarks]
domain = ["math", "coding"]
exclude = ["gsm8k"]
[weights]
hle = 2
[options]
ridge = 0.2
"""


def test_a_file_says_what_it_says() -> None:
    file = parse(PLAIN)
    assert file.name == "mine"
    assert file.version == "1"
    assert file.called("zh") == "Mine"
    assert file.benchmarks.domain == ("math", "coding")
    assert file.weights == {"hle": 2.0}
    assert ChosenRuler(file=file).built(("hle",)).ridge == 0.2  # type: ignore[attr-defined]


def test_order_comments_and_white_space_are_not_in_the_digest() -> None:
    again = """
    # a comment
    format = 1
    kind = "eci"   # another
    name = "mine"
    title = "Mine"
    options = { ridge = 0.20 }
    version = "1"

    [weights]
    "hle" = 2.0

    [benchmarks]
    exclude = ['gsm8k']
    domain  = [
        "coding",
        "math",
    ]
    """
    assert parse(again).digest == parse(PLAIN).digest


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('name = "mine"', 'name = "ours"'),
        ('kind = "eci"', 'kind = "domain"'),
        ('"math", "coding"', '"math"'),
        ("hle = 2", "hle = 2.5"),
        ("ridge = 0.2", "ridge = 0.3"),
        ("[weights]", '[scores]\neffort = "mean"\n[weights]'),
        ("[weights]", "[draws]\nseed = 1\n[weights]"),
        ('en = "Mine"', 'en = "Ours"'),
    ],
)
def test_every_content_is_in_the_digest(old: str, new: str) -> None:
    assert parse(PLAIN.replace(old, new)).digest != parse(PLAIN).digest


def test_content_survives_json_and_pickling() -> None:
    for file in [*shelved().values(), parse(PLAIN)]:
        again = from_dict(json.loads(json.dumps(file.to_dict(), allow_nan=False)))
        assert again.to_dict() == file.to_dict()
        assert again.digest == file.digest
        assert pickle.loads(pickle.dumps(ChosenRuler(file=file))) == ChosenRuler(file=file)


@pytest.mark.parametrize("kind", KINDS)
def test_a_blank_file_is_a_ruler_of_its_kind(kind: str) -> None:
    text = blank(KINDS[kind], name="x")
    assert parse(text).kind == kind
    for option in KINDS[kind].options:
        assert f"{option.name} =" in text
        assert option.text.split()[0] in text


@pytest.mark.parametrize("name", sorted(shelved()))
def test_a_file_begun_from_another_says_the_same(name: str) -> None:
    file = shelved()[name]
    assert parse(blank(file.of_kind, file, name=name)) == file


def test_every_commented_default_is_the_default() -> None:
    for kind in KINDS.values():
        lines = blank(kind).splitlines()
        start = lines.index("[options]") if "[options]" in lines else len(lines)
        opened = [
            line.removeprefix("# ") if line.startswith("# ") and " = " in line else line
            for line in lines[start:]
        ]
        said = "\n".join([*lines[:start], *opened])
        if not any(line.startswith("# Must be set") for line in lines):
            assert ChosenRuler(file=parse(said)).file.of_kind is kind


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "name: missing"),
        ('name = "x"', "kind: missing"),
        ("name = 3\nkind = 'eci'", "line 1: name: 3 is not text"),
        ("name = 'X y'\nkind = 'eci'", "'X y' is not a name"),
        ("name = 'x'\nkind = 'ecy'", "line 2: kind: there is no kind 'ecy' (did you mean 'eci'?)"),
        ("name = 'x'\nkind = 'eci'\nformat = 2", "line 3: format: 2 is not a format"),
        ("name = 'x'\nkind = 'eci'\nversion = 2", "version: 2 is not text"),
        ("name = 'x'\nkind = 'eci'\ntitel = 'y'", "titel: unknown key (did you mean 'title'?)"),
        ("name = 'x'\nkind = 'eci'\n[title]\nzh = 'y'", "title.en: missing"),
        ("name = 'x'\nkind = 'eci'\n[title]\nen = ''", "title.en: an empty text"),
        ("name = 'x'\nkind = 'eci'\nbenchmarks = 'hle'", "benchmarks: 'hle' is not a table"),
        ("name = 'x'\nkind = 'eci'\n[benchmarks]\ndomain = 'math'", "not a list of texts"),
        ("name = 'x'\nkind = 'eci'\n[benchmarks]\ndomain = [1]", "1 is not text"),
        (
            "name = 'x'\nkind = 'eci'\n[benchmarks]\nitem_access = ['publik']",
            "line 4: benchmarks.item_access: 'publik' is not one of public, semi_private, held_out,"
            " unknown (did you mean 'public'?)",
        ),
        ("name = 'x'\nkind = 'eci'\n[benchmarks]\nreleased_since = 2025", "2025 is not a date"),
        ("name = 'x'\nkind = 'eci'\n[benchmarks]\nmost_items = 0", "0 is below 1"),
        (
            "name = 'x'\nkind = 'eci'\n[benchmarks]\nfewest_items = 9\nmost_items = 3",
            "no benchmark can meet both",
        ),
        (
            "name = 'x'\nkind = 'eci'\n[benchmarks]\nreleased_since = 2025-02-01\n"
            "released_until = 2025-01-01",
            "no benchmark can meet both",
        ),
        (
            "name = 'x'\nkind = 'eci'\n[benchmarks]\ninclude = ['a', 'b']\nexclude = ['b']",
            "line 4: benchmarks.include: 'b' is excluded as well",
        ),
        (
            "name = 'x'\nkind = 'eci'\n[benchmarks]\nexclude = ['b']\n[weights]\nb = 1",
            "weights.b: excluded in [benchmarks]",
        ),
        ("name = 'x'\nkind = 'eci'\n[weights]\nb = -1", "-1 is below 0"),
        ("name = 'x'\nkind = 'eci'\n[weights]\nb = nan", "nan is not a finite number"),
        ("name = 'x'\nkind = 'eci'\n[weights]\nb = inf", "inf is not a finite number"),
        ("name = 'x'\nkind = 'eci'\n[weights]\nb = true", "True is not a number"),
        ("name = 'x'\nkind = 'eci'\n[anchors]\nb = 'high'", "line 3"),
        ("name = 'x'\nkind = 'eci'\nanchors = 'nothing'", "anchors: 'nothing' is not"),
        ("name = 'x'\nkind = 'eci'\n[scores]\neffort = 'worst'", "'worst' is not one of best"),
        ("name = 'x'\nkind = 'eci'\n[scores]\nreporter = ['me']", "'me' is not one of"),
        ("name = 'x'\nkind = 'eci'\n[draws]\nnumber = 2.5", "2.5 is not a whole number"),
        ("name = 'x'\nkind = 'eci'\n[draws]\nnumber = true", "True is not a whole number"),
        (
            "name = 'x'\nkind = 'eci'\n[options]\nrigde = 1",
            "line 4: options.rigde: unknown key (did you mean 'ridge'?)",
        ),
        ("name = 'x'\nkind = 'eci'\n[options]\nridge = 'a'", "options.ridge: 'a' is not a number"),
        ("name = 'x'\nkind = 'eci'\n[options]\nbenchmarks = []", "options.benchmarks: unknown key"),
        ("name = 'x'\nkind = 'published'\n[weights]\nhle = 1", "no effect on a ruler of kind"),
        ("name = 'x'\nkind = 'published'\n[benchmarks]\ninclude = ['hle']", "does not choose"),
        (
            "name = 'x'\nkind = 'single'\n[anchors]\ngpt-5 = 1",
            "no effect on a ruler of kind single",
        ),
        ("name = 'x'\nkind = 'published'\n[scores]\nreporter = ['developer']", "not use scores"),
        ("name = 'x'\nkind = 'composite'\n[options]\nmissing = 'guess'", "'guess' is not one of"),
        ("name = 'eci'\nkind = 'eci'", "line 1: name: 'eci' is the name of a kind"),
        ("name = 'x'\nkind = 'eci'\nversion = \"\\u001b[31m\"", "version: control characters"),
        ("name = 'x'\nkind = 'eci'\ntitle = \"a\\u0007\"", "title.en: control characters"),
        ("name = 'x'\nname = 'y'", "not valid TOML"),
        ("name = 'x", "not valid TOML"),
        ("x = " + "[" * 5000, "nested too deeply"),
        ("x = 1979-13-45", "not valid TOML"),
        ("x = " + "9" * 5000, "is"),
    ],
)
def test_what_is_wrong_is_said(text: str, said: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse(text, where="mine.toml")
    assert said in str(caught.value)
    assert "mine.toml" in str(caught.value)


def test_all_problems_are_said_at_once() -> None:
    text = """
    name = "x"
    kind = "published"
    tittle = "y"
    [benchmarks]
    include = [3]
    item_access = ["nobody"]
    [weights]
    b = nan
    [draws]
    number = "many"
    [options]
    bord = "z"
    """
    with pytest.raises(UsageError) as caught:
        parse(text)
    said = "\n".join(caught.value.details)
    for word in ("tittle", "include", "item_access", "weights.b", "draws.number", "bord"):
        assert word in said
    assert "6 problems" in caught.value.message


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"\xff\xfe\x00binary", "not a text in UTF-8"),
        (b"\x00" * 100, "not valid TOML"),
        (b"#" * (LARGEST + 1), "at most 1,000,000"),
    ],
)
def test_what_is_no_ruler_file(tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "r.toml"
    path.write_bytes(content)
    with pytest.raises(UsageError, match=said):
        read(path)


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="is not a file"):
        read(tmp_path)
    with pytest.raises(UsageError, match="there is no file"):
        read(tmp_path / "none.toml")
    with pytest.raises(UsageError, match=r"cannot be read|there is no file"):
        read("x" * 5000 + ".toml")
    with pytest.raises(UsageError, match=r"cannot be read|there is no file"):
        read("x\0.toml")
    if Path("/dev/zero").exists():
        with pytest.raises(UsageError, match="is not a file"):
            read("/dev/zero")
    locked = tmp_path / "locked.toml"
    locked.write_text(PLAIN)
    locked.chmod(0)
    if not os.access(locked, os.R_OK):
        with pytest.raises(UsageError, match="cannot be read"):
            read(locked)


def test_a_byte_order_mark_is_no_problem(tmp_path: Path) -> None:
    path = tmp_path / "r.toml"
    path.write_bytes(b"\xef\xbb\xbf" + PLAIN.replace("\n", "\r\n").encode())
    assert read(path) == parse(PLAIN)


def test_load_takes_a_name_a_kind_or_a_path(tmp_path: Path) -> None:
    path = tmp_path / "r.toml"
    path.write_text(PLAIN)
    assert headway.rulers.load("coding").file.name == "coding"
    assert headway.rulers.load("eci").file.kind == "eci"
    assert headway.rulers.load(path).file == headway.rulers.load(str(path)).file == parse(PLAIN)
    with pytest.raises(UsageError, match=r"no ruler 'codding' \(did you mean 'coding'"):
        headway.rulers.load("codding")
    with pytest.raises(UsageError, match="there is no file"):
        headway.rulers.load("codding.toml")
    with pytest.raises(UsageError, match="no ruler ''"):
        find("")


PIECES = st.sampled_from(
    ["name", "kind", "format", "version", "title", "note", "benchmarks", "scores", "models",
     "weights", "anchors", "draws", "options", "include", "exclude", "domain", "item_access",
     "most_items", "effort", "number", "level", "ridge", "board", "missing", "en", "joint", "x"]
)  # fmt: skip
LEAVES = (
    st.text(max_size=12)
    | st.integers(-(10**30), 10**30)
    | st.floats()
    | st.booleans()
    | st.dates()
    | st.datetimes()
    | st.sampled_from([*KINDS, "none", "public", "best", "math", "hle"])
)
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(PIECES, inner, max_size=4),
    max_leaves=12,
)


@settings(max_examples=300, deadline=None)
@given(values=st.dictionaries(PIECES, VALUES, max_size=8))
def test_any_values_are_a_ruler_or_refused(values: dict[str, object]) -> None:
    try:
        file = from_dict(values)
    except UsageError as error:
        refused = error
    else:
        refused = None
    if refused is not None:
        assert refused.details
        return
    assert from_dict(json.loads(json.dumps(file.to_dict(), allow_nan=False))).digest == file.digest
    assert parse(blank(file.of_kind, file, name=file.name)).kind == file.kind


@settings(max_examples=300, deadline=None)
@given(text=st.text(max_size=200))
@example(text="\ud800")
def test_any_text_is_a_ruler_or_refused(text: str) -> None:
    with pytest.raises(UsageError, match="ruler"):
        parse(text)


@settings(max_examples=200, deadline=None)
@given(at=st.integers(0, len(PLAIN)), drop=st.integers(0, 20), put=st.text(max_size=5))
def test_a_damaged_file_is_a_ruler_or_refused(at: int, drop: int, put: str) -> None:
    with suppress(UsageError):
        assert isinstance(parse(PLAIN[:at] + put + PLAIN[at + drop :]), RulerFile)


@settings(max_examples=200, deadline=None)
@given(value=st.text() | st.integers() | st.booleans() | st.floats(allow_nan=False) | st.dates())
def test_values_are_written_as_toml(value: object) -> None:
    import tomllib

    if isinstance(value, str) and any(0xD800 <= ord(c) <= 0xDFFF for c in value):
        return
    assert tomllib.loads(f"x = {written(value)}")["x"] == value
