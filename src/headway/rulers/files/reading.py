"""Ruler files: a ruler written down in TOML, read and checked; and the shelf of shipped ones."""

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from headway.bounds import TOML_BYTES
from headway.declared import Unfit, gathered
from headway.errors import DataError, UsageError, did_you_mean
from headway.foreign.plainfile import read_bytes
from headway.foreign.tomltext import toml_value
from headway.rulers.files.chosen import ChosenRuler
from headway.rulers.files.contents import RulerFile
from headway.rulers.files.kinds import KINDS

if TYPE_CHECKING:
    from headway.dataset import Dataset

LARGEST = TOML_BYTES
MOST_PROBLEMS = 50


def load(name: str | Path) -> ChosenRuler:
    """Return the ruler of the shelf that has a name, or of a file.

    Parameters
    ----------
    name
        A name of :func:`shelf`, the name of a kind that needs no option, or a path to a TOML
        file.

    Raises
    ------
    UsageError
        When there is none, or the file is not a valid ruler.

    Examples
    --------
    >>> load("coding").file.kind
    'domain'
    """
    return ChosenRuler(file=find(name))


def find(name: str | Path) -> RulerFile:
    """Return what the ruler of a name or path says; see :func:`load`."""
    text = str(name)
    if isinstance(name, str) and name in shelved():
        return shelved()[name]
    if isinstance(name, str) and name in KINDS:
        return from_dict({"name": name, "kind": name}, where=f"the kind {name}")
    looks_like_a_path = isinstance(name, Path) or "/" in text or "\\" in text or "." in text
    if looks_like_a_path or (text and Path(text).exists()):
        return read(name)
    possible = [*shelved(), *KINDS]
    raise UsageError(
        f"there is no ruler {text!r}{did_you_mean(text, possible)}",
        hint=f"on the shelf: {', '.join(shelved())}; kinds: {', '.join(KINDS)}; or name a file, "
        "RULER.toml",
    )


def shelf(data: "Dataset | None" = None) -> pl.DataFrame:
    """Return the shipped rulers as a table.

    Parameters
    ----------
    data
        The dataset on which benchmarks are counted; the shipped catalog when None.

    Returns
    -------
    polars.DataFrame
        Columns ``name``, ``title``, ``title_zh``, ``kind``, ``version``, ``benchmarks`` (how many
        it uses; null where the kind uses none, or this dataset lacks what it names) and ``digest``.
    """
    from headway.dataset import load as load_dataset
    from headway.errors import HeadwayError

    data = load_dataset() if data is None else data
    rows = []
    for name, file in shelved().items():
        count: int | None = None
        if "benchmarks" in file.of_kind.sections:
            try:
                count = len(ChosenRuler(file=file).select(data).benchmarks)
            except HeadwayError:
                count = None
        rows.append(
            {
                "name": name,
                "title": file.called("en"),
                "title_zh": file.called("zh"),
                "kind": file.kind,
                "version": file.version,
                "benchmarks": count,
                "digest": file.digest,
            }
        )
    return pl.DataFrame(rows)


@cache
def shelved() -> dict[str, RulerFile]:
    """Return the shipped ruler files by name, the general one first."""
    folder = files("headway.rulers.files") / "shelf"
    found = {}
    for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if entry.name.endswith(".toml"):
            file = parse(entry.read_text(encoding="utf-8"), where=f"shelf/{entry.name}")
            found[file.name] = file
    return dict(sorted(found.items(), key=lambda item: (item[0] != "general", item[0])))


def from_dict(values: Mapping[str, Any], *, where: str = "ruler", text: str = "") -> RulerFile:
    """Check plain values and return what they say.

    Parameters
    ----------
    values
        Content of a ruler file, or what :meth:`RulerFile.to_dict` gave.
    where
        What to call it in messages: its path.
    text
        The file's text, to say in which line a problem lies.

    Raises
    ------
    UsageError
        With one line per problem.
    """
    found, problems = gathered(RulerFile, _renamed(values))
    missing = [name for name in ("name", "kind") if name not in values]
    problems += [((name,), f"missing; say {name} = ...") for name in missing]
    if {"name", "kind"} <= found.keys():
        try:
            made = RulerFile(**found)
        except Unfit as unfit:
            problems += unfit.problems
        else:
            if not problems:
                return made
    places = _lines_of(text)
    lines = [_located(where, places, path, said) for path, said in problems[:MOST_PROBLEMS]]
    if len(problems) > MOST_PROBLEMS:
        lines.append(f"and {len(problems) - MOST_PROBLEMS} more")
    count = "1 problem" if len(problems) == 1 else f"{len(problems)} problems"
    raise UsageError(
        f"{where} is no valid ruler: {count}", details=lines,
        hint="`headway ruler new --kind KIND` writes a commented file with every option",
    )  # fmt: skip


def parse(text: str, *, where: str = "ruler") -> RulerFile:
    """Read the text of a ruler file.

    Raises
    ------
    UsageError
        When it is not TOML, is beyond the bounds, or is not a valid ruler: with the line where
        that is known.
    """
    try:
        values = toml_value(text, where)
    except DataError as error:
        said = error.message.replace("is not TOML", "is not valid TOML")
        raise UsageError(said, hint=error.hint) from None
    if isinstance(values.get("name"), str) and values["name"] in KINDS:
        line = _located(
            where, _lines_of(text), ("name",), f"{values['name']!r} is the name of a kind"
        )
        raise UsageError(f"{where} is no valid ruler: 1 problem", details=[line],
                         hint="call the ruler by a name of its own")  # fmt: skip
    return from_dict(values, where=where, text=text)


def read(path: str | Path) -> RulerFile:
    """Read a ruler file.

    Raises
    ------
    UsageError
        When it cannot be read, is too large, is not text, or is not a valid ruler.
    """
    # Unlike Path, these take names that no system allows.
    if os.path.exists(path) and not os.path.isfile(path):  # noqa: PTH110, PTH113
        raise UsageError(f"{str(path)!r} is not a file", hint="name a ruler file, RULER.toml")
    path = Path(path)
    try:
        text = read_bytes(path, limit=LARGEST).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UsageError(
            f"{str(path)!r} is not a text in UTF-8 (byte {error.start} is wrong)",
            hint="a ruler file is TOML; `headway ruler new FILE` writes one",
        ) from None
    except DataError as error:
        most = f"; a ruler file has at most {LARGEST:,}" if "larger than" in error.message else ""
        raise UsageError(error.message + most, hint=error.hint) from None
    return parse(text, where=str(path))


def _renamed(values: Mapping[str, Any]) -> dict[str, Any]:
    """Take a title or a note that is one text as the English one, and an empty one as none."""
    out = dict(values)
    for name in ("title", "note"):
        if isinstance(out.get(name), str):
            out[name] = {"en": out[name]}
        elif out.get(name) == {}:
            del out[name]
    return out


def _located(
    where: str, places: Mapping[tuple[str, ...], int], path: Sequence[str], problem: str
) -> str:
    line = next((places[end] for end in _ends(path) if end in places), None)
    place = f"{where}, line {line}" if line else where
    return f"{place}: {'.'.join(path)}: {problem}" if path else f"{place}: {problem}"


def _ends(path: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """A key, and the tables around it, the nearest first."""
    return (tuple(path[:end]) for end in range(len(path), 0, -1))


def _lines_of(text: str) -> dict[tuple[str, ...], int]:
    """The line of every key and table."""
    lines: dict[tuple[str, ...], int] = {}
    table: tuple[str, ...] = ()
    for number, line in enumerate(text.splitlines(), start=1):
        header = re.fullmatch(r"\s*\[\[?(.+?)\]\]?\s*(#.*)?", line)
        key = re.match(r"\s*((?:[A-Za-z0-9_-]+|\"[^\"]*\"|'[^']*')(?:\s*\.\s*(?:[A-Za-z0-9_-]+"
                       r"|\"[^\"]*\"|'[^']*'))*)\s*=", line)  # fmt: skip
        if header:
            table = _keys(header[1])
            lines.setdefault(table, number)
        elif key:
            lines.setdefault((*table, *_keys(key[1])), number)
    return lines


def _keys(dotted: str) -> tuple[str, ...]:
    return tuple(
        part.strip().strip("\"'") for part in re.findall(r'"[^"]*"|\'[^\']*\'|[^.]+', dotted)
    )
