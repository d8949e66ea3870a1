"""Progress on a terminal and elsewhere."""

from io import StringIO

from rich.console import Console

from headway.cli.progress import Shown


def test_elsewhere_each_stage_is_one_line() -> None:
    stream = StringIO()
    with Shown(Console(file=stream, width=20)) as progress:
        progress.stage("Compiling the [numerical] kernels (once)")
        progress.advance(1, 2)
        progress.stage("Fitting")
        progress.stage("Fitting")
    assert stream.getvalue() == "Compiling the [numerical] kernels (once)\nFitting\n"


def test_on_a_terminal_there_is_a_bar_that_goes_away() -> None:
    stream = StringIO()
    with Shown(Console(file=stream, force_terminal=True, width=80)) as progress:
        progress.advance(1, 2)
        progress.stage("Compiling")
        progress.stage("Fitting")
        progress.advance(3, 10)
    shown = stream.getvalue()
    assert "Fitting" in shown
    assert "3/10" in shown
    assert shown.endswith("\x1b[2K"), "the line is erased at the end"
