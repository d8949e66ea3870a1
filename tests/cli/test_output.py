"""What commands print."""

import json
from datetime import date
from decimal import Decimal
from types import MappingProxyType

import polars as pl
import pytest
from rich.console import Console
from rich.text import Text

from headway.cli import output
from headway.text import is_plain


def test_a_table_shows_markup_as_text(capsys: pytest.CaptureFixture[str]) -> None:
    frame = pl.DataFrame({"a": ["[red]model[/red]"], "b": [1.25]})
    output.show(output.console(), frame, {"a": "Model", "b": "Points"}, title="[b]T")
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "[b]T"
    assert lines[1].split() == ["Model", "Points"]
    assert lines[2].split() == ["[red]model[/red]", "1.2"]


def test_spare_columns_go_until_the_table_fits(capsys: pytest.CaptureFixture[str]) -> None:
    frame = pl.DataFrame({"a": ["x" * 18], "b": ["y" * 18], "c": ["z" * 18]})
    headings = {"a": "A", "b": "B", "c": "C"}
    for width, kept in ((60, "ABC"), (50, "AC"), (30, "C")):
        output.show(Console(width=width), frame, headings, title="T", spare=("b", "a"))
        assert capsys.readouterr().out.splitlines()[1].split() == list(kept)


def test_where_no_table_fits_every_row_is_a_block(capsys: pytest.CaptureFixture[str]) -> None:
    frame = pl.DataFrame({"a": ["x" * 18], "b": ["y" * 18]})
    output.show(Console(width=10), frame, {"a": "A", "b": "B"}, title="T", spare=("b",))
    assert capsys.readouterr().out.splitlines() == ["T", f"  A: {'x' * 18}", f"  B: {'y' * 18}", ""]


@pytest.mark.parametrize("width", [15, 25, 40, 60, 90])
def test_no_width_loses_what_tells_rows_apart(
    width: int, capsys: pytest.CaptureFixture[str]
) -> None:
    frame = pl.DataFrame(
        {
            "period": ["all"] * 3,
            "quantity": ["lag_mean", "lag_min", "lag_max"],
            "entity": ["frontier"] * 3,
            "value": [1.0, 2.0, 3.0],
        }
    )
    headings = {name: name for name in frame.columns}
    spare = ("quantity", "entity", "period")
    output.show(
        Console(width=width), frame, headings, title="", spare=spare, keys=("quantity", "entity")
    )
    printed = capsys.readouterr().out
    for name in frame["quantity"]:
        assert name in printed


ACTING = "a\x1b[2J\u202eb\x9bc\x7f\u2028d"


def test_no_character_of_the_data_acts_on_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    out = output.console()
    frame = pl.DataFrame({"a": [ACTING], "b": [1.0]})
    output.show(out, frame, {"a": ACTING, "b": "B"}, title=ACTING)
    output.notes(out, [ACTING])
    out.print(Text(ACTING))
    out.print(ACTING, markup=False)
    printed = capsys.readouterr().out
    assert is_plain(printed.replace("\n", ""))
    assert printed.count(r"\u202e") == 6


def test_json_escapes_what_a_terminal_would_obey(capsys: pytest.CaptureFixture[str]) -> None:
    output.strict_json({ACTING: [ACTING, "模型 \U0001f600"]})
    printed = capsys.readouterr().out
    assert is_plain(printed.replace("\n", ""))
    assert json.loads(printed) == {ACTING: [ACTING, "模型 \U0001f600"]}
    assert "模型 \U0001f600" in printed


def test_notes_are_not_broken(capsys: pytest.CaptureFixture[str]) -> None:
    long = "[note] " + "word " * 100
    output.notes(output.console(), [long])
    assert capsys.readouterr().out == f"· {long}\n"


def test_json_has_plain_values(capsys: pytest.CaptureFixture[str]) -> None:
    output.strict_json(
        {
            "day": date(2026, 8, 11),
            "price": Decimal("0.25"),
            "inner": MappingProxyType({"a": (1, None)}),
            "text": "模型",
        }
    )
    printed = capsys.readouterr().out
    assert json.loads(printed) == {
        "day": "2026-08-11",
        "price": 0.25,
        "inner": {"a": [1, None]},
        "text": "模型",
    }
    assert "模型" in printed


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_json_refuses_what_is_not_json(value: float) -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        output.strict_json({"value": value})


def test_json_refuses_unknown_types() -> None:
    with pytest.raises(TypeError, match="object has no place in JSON"):
        output.strict_json({"value": object()})
