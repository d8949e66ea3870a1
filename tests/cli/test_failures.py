"""What the user reads when something goes wrong."""

import signal
from io import StringIO
from pathlib import Path

import pytest

from headway.cli import failures
from headway.cli.app import main
from headway.errors import DataError


@pytest.fixture(autouse=True)
def quiet(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("HEADWAY_TRACEBACK", raising=False)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))


def _said(error: BaseException) -> tuple[int, str]:
    stream = StringIO()
    return failures.say(error, stream), stream.getvalue()


def test_an_error_of_headway_has_message_details_and_hint() -> None:
    code, text = _said(DataError("wrong cells", details=["a:1", "a:2"], hint="mend them"))
    assert code == 2
    assert text == "error: wrong cells\n  - a:1\n  - a:2\nhint: mend them\n"


def test_a_file_that_cannot_be_used_is_named() -> None:
    code, text = _said(PermissionError(13, "Permission denied", "/x/report.html"))
    assert code == 2
    assert text == "error: /x/report.html: Permission denied\n"


def test_an_interrupt_says_nothing() -> None:
    assert _said(KeyboardInterrupt()) == (130, "")


def test_a_reader_that_has_gone_says_nothing() -> None:
    assert _said(BrokenPipeError()) == (1, "")


def test_a_defect_keeps_its_traceback_in_a_file(tmp_path: Path) -> None:
    try:
        raise RuntimeError("boom")
    except RuntimeError as error:
        code, text = _said(error)
    assert code == 70
    assert "RuntimeError: boom" in text
    assert "Traceback" not in text
    [kept] = tmp_path.glob("headway-*.txt")
    assert str(kept) in text
    assert "test_a_defect_keeps_its_traceback_in_a_file" in kept.read_text()


def test_the_traceback_is_shown_on_request(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HEADWAY_TRACEBACK", "1")
    code, text = _said(DataError("wrong"))
    assert code == 2
    assert text.startswith("headway.errors.DataError: wrong")
    assert text.endswith("error: wrong\n")


@pytest.mark.parametrize("swallowed", [True, False])
def test_an_interrupt_ends_with_its_code_even_where_a_library_swallows_it(
    swallowed: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object) -> None:
        try:
            signal.raise_signal(signal.SIGINT)
        except KeyboardInterrupt:
            if not swallowed:
                raise

    monkeypatch.setattr("headway.cli.output.strict_json", interrupted)
    assert main(["describe", "--json"]) == 130
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


@pytest.mark.parametrize(
    "words",
    [("lag", "{}"), ("lag", "--{}"), ("{}",), ("lag", "--draws", "{}"), ("lag", "--date", "{}"),
     ("ruler", "{}"), ("schema", "{}"), ("lag", "--lang={}")],
)  # fmt: skip
@pytest.mark.parametrize("act", ["\x1b[2J", "\x07", "\u202e", "\x9b2J", "\udc80", "\r", "\u2028"])
def test_what_was_typed_does_not_act_on_the_terminal(
    words: tuple[str, ...], act: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([word.format(f"a{act}b") for word in words]) == 2
    said = capsys.readouterr()
    assert act not in said.out + said.err
    assert "rror: " in said.err


def test_a_question_that_nobody_answers_ends_the_command(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table = tmp_path / "a\x1b[2J.csv"
    table.write_text("which,benchmark,score\na,b,0.5\n")
    monkeypatch.setattr("headway.cli.import_._on_a_terminal", lambda: True)
    monkeypatch.setattr("sys.stdin", StringIO())
    assert main(["import", "table", str(table), "--into", str(tmp_path / "made")]) == 1
    said = capsys.readouterr()
    assert "Which column of a\\x1b[2J.csv is the model?" in said.out + said.err
    assert "\x1b[2J" not in said.out + said.err
    assert not (tmp_path / "made").exists()
