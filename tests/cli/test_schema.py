"""What every command prints with --json has a published schema, and keeps to it."""

import importlib.util
import json
from pathlib import Path
from types import ModuleType
from typing import Any

import jsonschema
import pytest
import typer

from headway.cli.app import COMMANDS, app, main
from headway.cli.schema import names

SLOW = {"report", "multiverse", "premium", "agreement", "next"}


def _tool() -> ModuleType:
    file = Path(__file__).parents[2] / "tools" / "json_schemas.py"
    spec = importlib.util.spec_from_file_location("json_schemas", file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


TOOL = _tool()


def _printed(command: str, capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    capsys.readouterr()
    assert main(["schema", *command.split()]) == 0
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def test_every_command_with_json_has_a_schema() -> None:
    group: Any = typer.main.get_command(app)
    with_json = set()
    for command in COMMANDS:
        found = group.get_command(None, command)
        for name, one in {"": found, **getattr(found, "commands", {})}.items():
            if any("--json" in option.opts for option in one.params):
                with_json.add(f"{command} {name}".strip())
    assert set(names()) == with_json == set(TOOL.RUNS)


@pytest.mark.parametrize("command", names())
def test_a_schema_is_one(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    jsonschema.Draft202012Validator.check_schema(_printed(command, capsys))


@pytest.mark.parametrize(
    "command",
    [pytest.param(name, marks=pytest.mark.slow) if name in SLOW else name for name in TOOL.RUNS],
)
def test_what_is_printed_keeps_to_the_schema(
    command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    validator = jsonschema.Draft202012Validator(_printed(command, capsys))
    with TOOL.places() as places:
        for words in TOOL.RUNS[command]:
            said = TOOL.printed(words, places)
            validator.validate(said)
            assert not validator.is_valid({**said, "unheard_of": 1})


def test_an_unknown_command_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["schema", "lagg"]) == 2
    assert "did you mean 'lag'" in capsys.readouterr().err
    assert main(["schema"]) == 0
    assert capsys.readouterr().out.split("\n")[:-1] == names()
