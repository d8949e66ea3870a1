"""``headway import``."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.dataset.sources import MATRIX, content, matrix

import headway
from headway.cli import import_

Run = Callable[..., Any]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return matrix(tmp_path / "eci_benchmarks.csv")


@pytest.fixture
def begun(run: Run, file: Path, tmp_path: Path) -> Path:
    into = tmp_path / "mine"
    words = ("--into", into, "--unmatched", "add", "--start", "empty")
    assert run("import", "epoch", file, *words, "--recorded-on", "2026-05-14").code == 0
    return into


def test_all_rows_converted_is_0(run: Run, begun: Path, file: Path) -> None:
    before = content(begun)
    ran = run("import", "epoch", file, "--into", begun)
    assert ran.code == 0
    assert "nothing new; the dataset is as it was" in ran.out
    assert content(begun) == before
    assert run("check", begun).code == 0


def test_some_rows_refused_is_1(run: Run, begun: Path, tmp_path: Path) -> None:
    more = matrix(tmp_path / "more.csv", (*MATRIX, MATRIX[2].replace("Beta 2", "Beta 3")))
    ran = run("import", "epoch", more, "--into", begun)
    assert ran.code == 1
    assert "model 'Beta 3' is not known (1 row); did you mean 'beta-2'?" in ran.out
    ran = run("import", "epoch", more, "--into", begun, "--json")
    assert ran.code == 1
    said = json.loads(ran.out)
    [scores] = [row for row in said["tables"] if row["table"] == "scores"]
    assert (scores["unchanged"], scores["refused"]) == (3, 1)
    assert said["written"] is False


def test_names_are_mapped_by_options_and_by_a_file(run: Run, begun: Path, tmp_path: Path) -> None:
    row = MATRIX[2].replace("Beta 2", "B = 2").replace("0.75", "0.8")
    more = matrix(tmp_path / "more.csv", (row.replace("Maths", "Coding"),))
    assert run("import", "epoch", more, "--into", begun, "--map", "B = 2=beta-2").code == 0
    assert headway.load(begun).aliases["alias"].to_list() == ["B = 2"]
    names = tmp_path / "names.toml"
    names.write_text('[names]\n"C 3" = "+"\n"D 4" = "-"\n', encoding="utf-8")
    rows = [MATRIX[2].replace("Beta 2", name) for name in ("C 3", "D 4")]
    more = matrix(tmp_path / "more.csv", tuple(rows))
    ran = run("import", "epoch", more, "--into", begun, "--map-file", names)
    assert ran.code == 0
    assert "c-3" in headway.load(begun).models["model"]
    assert "d-4" not in headway.load(begun).models["model"]


def test_a_trial_writes_nothing(run: Run, file: Path, tmp_path: Path) -> None:
    into = tmp_path / "mine"
    words = ("--into", into, "--unmatched", "add", "--start", "empty", "--dry-run")
    ran = run("import", "epoch", file, *words)
    assert ran.code == 0
    assert "would be written" in ran.out
    assert not into.exists()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("epok", "x.csv", "--into", "d"), "there is no source 'epok' (did you mean 'epoch'?)"),
        (("epoch", "missing.csv", "--into", "d"), "there is no file or folder"),
        (("epoch", "missing.csv"), "--into"),
        (("epoch", "--into", "d"), "PATH"),
        (("epoch", "x.csv", "--into", "d", "--map", "a"), "is not NAME=ID"),
        (("epoch", "x.csv", "--into", "d", "--map-file", "no.toml"), "no.toml cannot be read"),
        (("epoch", "x.csv", "--into", "d", "--unmatched", "guess"), "guess"),
        (("epoch", "x.csv", "--into", "d", "--recorded-on", "May"), "is not a day"),
    ],
)
def test_what_is_wrong_is_2(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], said: str
) -> None:
    monkeypatch.chdir(tmp_path)
    ran = run("import", *words)
    assert ran.code == 2
    assert said in ran.err
    assert "Traceback" not in ran.err
    assert not (tmp_path / "d").exists()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[names", "is not TOML"),
        ("[nmaes]\n", "expected the tables [names] and [options]"),
        ("names = 1\n", "names and options are tables"),
        ("[names]\na = 1\n", "has to lead to an id in quotes"),
        ("[options]\ncolour = 1\n", "has no option 'colour'"),
        ('[names]\na = "nobody"\n', "which is no id of the dataset"),
    ],
)
def test_a_map_file_that_is_wrong(
    run: Run, begun: Path, file: Path, tmp_path: Path, text: str, said: str
) -> None:
    names = tmp_path / "names.toml"
    names.write_text(text, encoding="utf-8")
    ran = run("import", "epoch", file, "--into", begun, "--map-file", names)
    assert ran.code == 2
    assert said in ran.err


def test_unknown_names_are_asked_about_on_a_terminal(
    run: Run, begun: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = ("Beta 3", "Gamma", "Delta", "Epsilon")
    more = matrix(
        tmp_path / "more.csv",
        tuple(MATRIX[2].replace("Beta 2", name).replace("Maths", "Coding") for name in names),
    )
    questions: list[str] = []
    answers = iter(["1", "refuse", "-", "+"])

    def prompt(text: str, *, default: str) -> str:
        questions.append(text)
        assert default == "refuse"
        return next(answers)

    monkeypatch.setattr(import_, "_on_a_terminal", lambda: True)
    monkeypatch.setattr(import_.typer, "prompt", prompt)
    ran = run("import", "epoch", more, "--into", begun)
    assert ran.code == 1
    assert questions[0].splitlines()[:2] == [
        "model 'Beta 3' is not known (1 row). It is",
        "  1  beta-2",
    ]
    data = headway.load(begun)
    assert dict(data.aliases.select("alias", "id").iter_rows()) == {"Beta 3": "beta-2"}
    assert len(questions) == 4
    assert sum(name in data.models["name"] for name in names) == 1


def test_nothing_is_asked_where_nobody_answers() -> None:
    assert not import_._on_a_terminal()


def test_a_table_of_ones_own(run: Run, begun: Path, tmp_path: Path) -> None:
    table = tmp_path / "results.csv"
    table.write_text("who,what,points\nAlpha 1,Coding,0.75\nBeta 2,Coding,0.5\n", encoding="utf-8")
    words = ("import", "table", table, "--into", begun)
    ran = run(*words)
    assert ran.code == 2
    assert "does not say which column is model and benchmark and score" in ran.err
    file = tmp_path / "mapping.toml"
    text = """
        [columns]
        model = "who"
        benchmark = "what"
        score = "points"
        [source]
        id = "my-results"
        [benchmarks."Coding"]
        chance = 0.0
        ceiling = 1.0
    """
    file.write_text(text, encoding="utf-8")
    assert run(*words, "--map-file", file).code == 0
    rows = headway.load(begun).scores.filter(source="my-results")
    assert rows["score"].to_list() == [0.75, 0.5]


def test_columns_are_asked_for_on_a_terminal(
    run: Run, begun: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = tmp_path / "results.csv"
    table.write_text("model,points\nAlpha 1,0.75\n", encoding="utf-8")
    answers = iter(["Coding", "2"])
    monkeypatch.setattr(import_, "_on_a_terminal", lambda: True)
    monkeypatch.setattr(import_.typer, "prompt", lambda *_, **__: next(answers))
    ran = run("import", "table", table, "--into", begun, "--option", "ceiling=1")
    assert ran.code == 0, ran.err
    assert "Keep these lines" in ran.out
    assert headway.load(begun).scores.filter(score=0.75, benchmark="coding").height == 1


def test_options_of_a_source(run: Run, begun: Path, file: Path) -> None:
    ran = run("import", "epoch", file, "--into", begun, "--option", "colour=3")
    assert ran.code == 2
    assert "has no option 'colour'" in ran.err
    assert run("import", "epoch", file, "--into", begun, "--option", "colour").code == 2
    assert import_._setting("a-b=3") == ("a_b", 3)
    assert import_._setting("a=b c") == ("a", "b c")
