"""The rules of the house that a machine can check."""

import ast
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import headway

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src" / "headway"
PYTHON = sorted(
    path
    for folder in ("src", "tests", "tools", "benchmarks")
    for path in (ROOT / folder).rglob("*.py")
)
LONGEST = 500
HEAVY = ("altair", "narwhals", "numba", "numpy", "pandas", "polars", "rich", "scipy", "typer")
# Spelled in pieces, so that this file passes its own test.
FORBIDDEN = tuple(
    "".join(parts)
    for parts in (
        ("/wo", "rk/"),
        ("../sha", "red"),
        ("TO", "DO"),
        ("FIX", "ME"),
        ("XX", "X:"),
        ("pypi", ".org"),
        ("pythonhosted", ".org"),
        ("find", "-links"),
        ("extra-", "index"),
    )
)


def _tracked() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=False,
    )
    if listed.returncode:
        pytest.skip("not a git checkout: no list of the files")
    return [ROOT / name for name in listed.stdout.decode().split("\0") if name]


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def test_imports_go_one_way() -> None:
    ran = subprocess.run(
        [Path(sys.executable).parent / "lint-imports", "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout.decode()


@pytest.mark.parametrize("name", headway.__all__)
def test_every_public_name_is_there(name: str) -> None:
    assert getattr(headway, name) is not None


def test_public_names_are_sorted_and_listed() -> None:
    assert list(headway.__all__) == sorted(headway.__all__)
    assert dir(headway) == sorted(headway.__all__)
    with pytest.raises(AttributeError, match="no attribute 'lags'"):
        _ = headway.lags


def test_importing_the_package_is_light() -> None:
    code = "import sys, headway; print(*(sys.modules))"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    assert set(ran.stdout.decode().split()).isdisjoint(HEAVY)


@pytest.mark.parametrize("path", PYTHON, ids=_name)
def test_a_file_is_short(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= LONGEST


@pytest.mark.parametrize("path", [p for p in PYTHON if ROOT / "tests" not in p.parents], ids=_name)
def test_a_file_says_what_it_is(path: Path) -> None:
    assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))


def test_no_file_is_named_for_nothing() -> None:
    names = {path.stem for path in PYTHON}
    assert names.isdisjoint({"utils", "util", "helpers", "misc", "common", "manager"})


def test_nothing_forbidden_is_said() -> None:
    found = []
    for path in _tracked():
        if not path.is_file():
            continue
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        found += [f"{_name(path)}: {word}" for word in FORBIDDEN if word in text]
    assert not found


def test_every_part_has_its_tests() -> None:
    parts = [path.parent.name for path in SOURCE.glob("*/__init__.py")]
    missing = [part for part in parts if not list((ROOT / "tests" / part).glob("test_*.py"))]
    assert not missing


def test_the_version_is_one() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["version"] == headway.__version__
    changes = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert re.search(rf"^## \[?{re.escape(headway.__version__)}\b", changes, re.MULTILINE)


def test_constraints_are_names_and_versions() -> None:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pins = [line for line in lines if not line.startswith("#")]
    assert all(re.fullmatch(r"[A-Za-z0-9._-]+==[A-Za-z0-9.!+]+", pin) for pin in pins)
    pinned = {pin.partition("==")[0].lower().replace("_", "-") for pin in pins}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"].values()
    wanted = {
        re.split(r"[\[<>=!~ ;]", requirement)[0].lower().replace("_", "-")
        for requirement in [*project["dependencies"], *(item for extra in extras for item in extra)]
    }
    assert wanted - {"headway"} <= pinned
