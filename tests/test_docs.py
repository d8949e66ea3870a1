"""The commands and examples in the documentation are run, in the order in which they stand.

A fenced block whose language is ``console``, ``sh`` or ``bash`` gives its lines that call
``headway`` (with or without a ``$`` in front), and each distinct command is run once; a block
of ``python`` is run as it is, with the names of the blocks before it on the page. Other
languages are not run, and every block has to say its language.
"""

import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

# One worker, which runs a command that several pages show once.
pytestmark = pytest.mark.xdist_group("docs")

ROOT = Path(__file__).parents[1]
PAGES = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md"))]
FENCE = re.compile(
    r"^(?P<mark>```+|~~~+)(?P<language>[^\n`]*)\n(?P<body>.*?)^(?P=mark)\s*$", re.M | re.S
)
SHELL = ("console", "sh", "bash", "shell")
UNTAGGED = "give every fenced block a language; `text` for what is not to be run"


@dataclass(frozen=True)
class Block:
    """One fenced block: its language, its text and the line it begins on."""

    language: str
    body: str
    line: int

    def commands(self) -> Iterator[list[str]]:
        """Calls of ``headway`` in a shell block, as words."""
        for raw in self.body.replace("\\\n", " ").splitlines():
            line = raw.strip().removeprefix("$ ")
            if line.startswith("headway ") or line == "headway":
                yield shlex.split(line, comments=True)[1:]


def _blocks(page: Path) -> list[Block]:
    text = page.read_text(encoding="utf-8")
    return [
        Block(
            language=found["language"].strip().split(" ")[0],
            body=found["body"],
            line=text.count("\n", 0, found.start()) + 1,
        )
        for found in FENCE.finditer(text)
    ]


def _name(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("page", PAGES, ids=_name)
def test_every_block_says_what_it_is(page: Path) -> None:
    lines = [block.line for block in _blocks(page) if not block.language]
    assert not lines, UNTAGGED


@cache
def _run(folder: Path, words: tuple[str, ...]) -> "subprocess.CompletedProcess[bytes]":
    return subprocess.run(
        [sys.executable, "-m", "headway", *words],
        cwd=folder,
        capture_output=True,
        timeout=300,
        check=False,
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("docs")


@pytest.mark.thorough
@pytest.mark.parametrize("page", PAGES, ids=_name)
def test_commands_run(page: Path, folder: Path) -> None:
    for block in _blocks(page):
        if block.language not in SHELL:
            continue
        for words in block.commands():
            ran = _run(folder, tuple(words))
            shown = f"{_name(page)}:{block.line}: headway {shlex.join(words)}"
            assert ran.returncode == 0, f"{shown}\n{ran.stderr.decode()}"
            for option in ("--out", "--png"):
                if option in words:
                    made = folder / words[words.index(option) + 1]
                    assert made.exists(), f"{shown}: {made.name} was not written"


@pytest.mark.parametrize("page", PAGES, ids=_name)
def test_examples_run(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    namespace: dict[str, object] = {"__name__": "__main__"}
    for block in _blocks(page):
        if block.language == "python":
            # Blank lines in front keep the line numbers of the page in tracebacks.
            source = "\n" * block.line + block.body
            exec(compile(source, str(page), "exec"), namespace)


@pytest.mark.parametrize("page", PAGES, ids=_name)
def test_links_within_the_repository_lead_somewhere(page: Path) -> None:
    text = FENCE.sub("", page.read_text(encoding="utf-8"))
    targets = re.findall(r"\]\((?!https?:|mailto:|#)([^)#\s]+)", text)
    missing = [target for target in targets if not (page.parent / target).exists()]
    assert not missing


def test_the_runner_sees_what_it_should(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(
        "# T\n\n```console\n$ headway rank --most 3 # a remark\nRank Model\n$ ls\n```\n"
        "```sh\nheadway lag \\\n  --leader open\n```\n```text\nheadway no\n```\n"
        "```python\nx = 1\n```\n"
    )
    found = _blocks(page)
    assert [block.language for block in found] == ["console", "sh", "text", "python"]
    assert [list(block.commands()) for block in found[:2]] == [
        [["rank", "--most", "3"]],
        [["lag", "--leader", "open"]],
    ]
    assert found[-1].line == 15
