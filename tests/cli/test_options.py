"""Options are made from the fields of a dataclass."""

import inspect
import re
from dataclasses import dataclass, field, fields
from datetime import date
from pathlib import Path
from typing import Any, Literal

import pytest
import typer
from typer.testing import CliRunner

from headway.analyses.lag import LagSpec
from headway.cli.options import from_spec
from headway.declared import help_of
from headway.report.story import ReportSpec
from headway.rulers import LogisticRuler, PublishedRuler


def _says(text: str) -> dict[str, str]:
    return {"help": text}


@dataclass(frozen=True, kw_only=True)
class Every:
    """One field of each type.

    Parameters
    ----------
    documented
        Text in the
        docstring.
    first, second
        Text of both.

    Notes
    -----
    Not a parameter.
    """

    needed: str = field(metadata=_says("must be given"))
    number: float = field(default=1.5, metadata=_says("a number"))
    count: int = field(default=3, metadata=_says("a count"))
    flag: bool = field(default=False, metadata=_says("a flag"))
    kind: Literal["red", "green"] = field(default="red", metadata=_says("a choice"))
    since: date | None = field(default=None, metadata=_says("a day"))
    where: Path | None = field(default=None, metadata=_says("a path"))
    words: tuple[str, ...] | None = field(default=None, metadata=_says("words"))
    days: tuple[date, ...] = field(default=(date(2024, 1, 1),), metadata=_says("days"))
    documented: int | None = None
    first: str = "a"
    second: str = "b"
    weights: dict[str, float] | None = field(default=None, metadata=_says("weights"))


@dataclass(frozen=True, kw_only=True)
class Other:
    """A second spec."""

    count: int = field(default=3, metadata=_says("a count of the other"))
    hidden: int = field(default=7, metadata=_says("not an option"))


def _call(*words: str, names: dict[str, str] | None = None) -> tuple[Any, Any]:
    caught: list[Any] = []
    app = typer.Typer(add_completion=False, rich_markup_mode=None)

    @app.command()
    @from_spec(names=names, leave_out=("other.hidden",))
    def command(spec: Every, other: Other, *, plain: int = 0) -> None:
        caught.extend([spec, other, plain])

    result = CliRunner().invoke(app, list(words), env={"COLUMNS": "200"})
    return caught, result


def test_defaults_are_those_of_the_dataclass() -> None:
    (spec, other, plain), _ = _call("--needed", "x")
    assert spec == Every(needed="x")
    assert other == Other()
    assert plain == 0


def test_every_type_is_read() -> None:
    (spec, other, plain), _ = _call(
        *("--needed", "x", "--number", "-2e3", "--count", "4", "--flag", "--kind", "green"),
        *("--since", "2026-02-28", "--where", "a/b", "--words", "one", "--words", "two"),
        *("--days", "2025-01-01", "--documented", "5", "--weights", "a=b=0.5", "--plain", "9"),
    )
    assert spec == Every(
        needed="x",
        number=-2000.0,
        count=4,
        flag=True,
        kind="green",
        since=date(2026, 2, 28),
        where=Path("a/b"),
        words=("one", "two"),
        days=(date(2025, 1, 1),),
        documented=5,
        weights={"a=b": 0.5},
    )
    assert other == Other(count=4), "one option fills the field of that name in both"
    assert plain == 9


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--number", "x"), "'x' is not a number"),
        (("--number", "inf"), "'inf' is not a number"),
        (("--count", "1.5"), "'1.5' is not a whole number"),
        (("--kind", "gren"), "did you mean 'green'?"),
        (("--since", "2026-02-30"), "'2026-02-30' is not a day"),
        (("--days", "soon"), "'soon' is not a day"),
        (("--weights", "a"), "'a' is not NAME=NUMBER"),
        (("--weights", "=1"), "'=1' is not NAME=NUMBER"),
        (("--weights", "a=x"), "'x' is not a number"),
        (("--hidden", "1"), "No such option"),
    ],
)
def test_a_wrong_value_is_named(words: tuple[str, ...], said: str) -> None:
    caught, result = _call("--needed", "x", *words)
    assert not caught
    assert result.exit_code == 2
    assert said in result.output
    assert words[0] in result.output


def test_a_field_without_default_must_be_given() -> None:
    caught, result = _call()
    assert not caught
    assert result.exit_code == 2
    assert "--needed" in result.output


def test_an_option_may_have_another_name() -> None:
    (spec, _, _), _ = _call("--needed", "x", "--word", "one", names={"words": "--word"})
    assert spec.words == ("one",)


def test_help_has_the_text_of_every_field() -> None:
    _, result = _call("--help")
    for text in ("must be given", "a count of the other", "Text in the docstring."):
        assert text in result.output
    assert result.output.count("Text of both.") == 2
    assert "not an option" not in result.output
    assert "2024-01-01" in result.output


@pytest.mark.parametrize("spec", [LagSpec, LogisticRuler, PublishedRuler, ReportSpec])
def test_every_field_of_a_shipped_spec_has_help(spec: type) -> None:
    left_out = {"name"}
    for item in fields(spec):
        if item.name not in left_out:
            assert help_of(spec, item.name)


def test_a_field_without_help_is_refused() -> None:
    @dataclass(frozen=True)
    class Mute:
        silent: int = 1

    with pytest.raises(TypeError, match=r"Mute\.silent has no help text"):
        help_of(Mute, "silent")


def test_a_type_that_no_option_can_hold_is_refused() -> None:
    @dataclass(frozen=True)
    class Odd:
        value: complex = field(default=0j, metadata={"help": "odd"})

    with pytest.raises(TypeError, match="no option can be made from the type"):

        @from_spec()
        def command(spec: Odd) -> None:
            raise AssertionError(spec)


def test_the_signature_is_that_of_the_options() -> None:
    @from_spec(leave_out=("spec.hidden",))
    def command(spec: Other, *, plain: int = 0) -> None:
        raise AssertionError(spec, plain)

    assert list(inspect.signature(command).parameters) == ["count", "plain"]


def test_no_help_text_says_a_thing_twice() -> None:
    import headway.cli.app as cli

    group = typer.main.get_command(cli.app)
    for command in cli.COMMANDS:
        for option in _parameters(group.get_command(None, command)):
            sentences = [s.strip() for s in (option.help or "").split(". ") if s.strip()]
            words = [{*re.findall(r"[a-z]+", s.lower())} - {"of", "the", "a"} for s in sentences]
            for k, some in enumerate(words):
                for others in words[k + 1 :]:
                    shared = len(some & others) / min(len(some), len(others))
                    assert shared < 0.8, f"{command} --{option.name}: {option.help}"


def test_help_names_only_options_that_there_are() -> None:
    import headway.cli.app as cli

    group = typer.main.get_command(cli.app)
    known = {
        flag
        for command in cli.COMMANDS
        for one in _parameters(group.get_command(None, command))
        for flag in (*one.opts, *one.secondary_opts)
    } | {"--help", "--version"}
    for command in cli.COMMANDS:
        for text in _texts(group.get_command(None, command)):
            named = {*re.findall(r"(?<![\w-])--[a-z][a-z-]*", text)}
            assert named <= known, f"{command}: {named - known}"


def _commands(command: Any) -> list[Any]:
    inner = getattr(command, "commands", {})
    return [command, *(deep for one in inner.values() for deep in _commands(one))]


def _parameters(command: Any) -> list[Any]:
    return [
        one for deep in _commands(command) for one in deep.params
        if one.param_type_name == "option"
    ]  # fmt: skip


def _texts(command: Any) -> list[str]:
    return [
        text or ""
        for deep in _commands(command)
        for text in (deep.help, *(getattr(one, "help", None) for one in deep.params))
    ]
