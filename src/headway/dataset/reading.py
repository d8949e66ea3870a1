"""Reading a dataset folder: everything that is wrong is found before anything is returned."""

import stat
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

import polars as pl

from headway.dataset.csvfile import Malformed, read_csv
from headway.dataset.descriptor import NAME, VERSION_FIELD
from headway.dataset.problems import MOST_PER_TABLE, Given, Problems
from headway.dataset.rules import checked, complete
from headway.dataset.tables import SCHEMA_VERSION, TABLES
from headway.errors import DataError, did_you_mean
from headway.foreign.apart import PIECE, check_parquet, parquet_pieces
from headway.foreign.jsontext import json_value
from headway.foreign.plainfile import read_text
from headway.text import shown

_LARGEST_DESCRIPTOR = 2**24
_HINT = "correct these places and read the dataset again; nothing was read"


def read_folder(folder: Path) -> dict[str, pl.DataFrame]:
    """Read and check a dataset folder.

    Parameters
    ----------
    folder
        A folder with ``datapackage.json`` and the tables it names.

    Returns
    -------
    dict of str to polars.DataFrame
        All rows of every table, typed, sorted by key and revision.

    Raises
    ------
    DataError
        When anything is wrong, with every problem in its details.
    """
    return _read(folder, _resources(folder))


def read_apart(folder: Path) -> tuple[dict[str, pl.DataFrame], dict[str, Path]]:
    """Read a dataset folder but for the tables kept in Parquet, which may be large.

    One that fits in a piece is checked with the others; of a larger one, that it can be read.

    Parameters
    ----------
    folder
        A folder with ``datapackage.json`` and the tables it names.

    Returns
    -------
    tuple
        All rows of the other tables, and the files of the tables in Parquet.

    Raises
    ------
    DataError
        When anything that was read is wrong.
    """
    small: list[Any] = []
    large: dict[str, Path] = {}
    rows: dict[str, int] = {}
    for resource in _resources(folder):
        name = resource.get("name") if isinstance(resource, dict) else None
        path = str(resource.get("path")) if name in TABLES else ""
        if name in TABLES and TABLES[name].form == "parquet" and path.endswith(".parquet"):
            try:
                large[name] = _inside(folder, resource)
            except ValueError as error:
                raise DataError(f"{folder / NAME}: table {name!r}: {error}") from None
            rows[name] = check_parquet(large[name])
            if rows[name] > PIECE:
                continue
        small.append(resource)
    tables = _read(folder, small, {name for name, count in rows.items() if count})
    return {name: frame for name, frame in tables.items() if name not in large}, large


def _read(
    folder: Path, resources: list[Any], apart: Collection[str] = ()
) -> dict[str, pl.DataFrame]:
    problems = Problems()
    given: dict[str, Given] = {}
    for place, resource in enumerate(resources):
        _take(folder, place, resource, given, problems)
    named = {str(resource.get("name")) for resource in resources if isinstance(resource, dict)}
    tables = checked(given, problems)
    held = {name for name, frame in tables.items() if frame.height} | set(apart)
    complete(given, held, problems, named=named - set(given), where=NAME)
    problems.raise_if_any(f"the dataset {folder} is not sound", _HINT)
    for name, table in TABLES.items():
        if table.always and name not in tables:
            tables[name] = table.empty()
    return tables


def _resources(folder: Path) -> list[Any]:
    path = folder / NAME
    try:
        mode = folder.stat().st_mode
    except (OSError, ValueError, RuntimeError) as error:
        raise DataError(
            f"there is no dataset at {folder}: {_words(error)}",
            hint="give a folder that holds datapackage.json and its tables",
        ) from None
    if not stat.S_ISDIR(mode):
        raise DataError(
            f"{folder} is a file; expected a folder that holds datapackage.json",
            hint=f"give the folder {folder.parent}" if folder.name == NAME else None,
        )
    if not path.is_file():
        raise DataError(
            f"{folder} holds no file {NAME}, so it is not a dataset",
            hint="a dataset is a folder with datapackage.json and one CSV file per table",
        )
    return _parsed(read_text(path, limit=_LARGEST_DESCRIPTOR), path)


def _parsed(text: str, path: Path) -> list[Any]:
    try:
        content = json_value(text, str(path))
    except DataError as error:
        said = error.message.replace(": not JSON at line", " is not JSON: line")
        raise DataError(said, hint=error.hint) from None
    resources = content.get("resources") if isinstance(content, dict) else None
    if not isinstance(resources, list) or not resources:
        raise DataError(f"{path} has no list 'resources'; it should name the tables")
    version = content.get(VERSION_FIELD, SCHEMA_VERSION)
    if version != SCHEMA_VERSION:
        raise DataError(
            f"{path}: {VERSION_FIELD} is {version!r}; this Headway reads {SCHEMA_VERSION}",
            hint="read it with the version of Headway that wrote it",
        )
    return resources


def _take(
    folder: Path, place: int, resource: Any, given: dict[str, Given], problems: Problems
) -> None:
    where = f", resource {place + 1}"
    if not isinstance(resource, dict) or not isinstance(resource.get("name"), str):
        problems.add(NAME, f"{where}: expected an object with a name and a path")
        return
    name = resource["name"]
    if name not in TABLES:
        near = did_you_mean(name, list(TABLES))
        problems.add(
            NAME,
            f"{where}: unknown table {shown(repr(name), most=80)}{near};"
            f" the tables are {', '.join(TABLES)}",
        )
        return
    if name in given:
        problems.add(NAME, f"{where}: the table {name!r} is named twice")
        return
    try:
        path = _inside(folder, resource)
    except ValueError as error:
        problems.add(NAME, f"{where}, table {name!r}: {error}")
        return
    try:
        if not path.is_file():
            what = "is not a file" if path.exists() else "does not exist"
            problems.add(path.name, f": the file of the table {name!r} {what}")
            return
        given[name] = _from_parquet(path) if path.suffix == ".parquet" else _from_csv(path)
    except Malformed as error:
        for reason in error.reasons[:MOST_PER_TABLE]:
            problems.add(path.name, reason.removeprefix(path.name))
        problems.more(path.name, error.count - len(error.reasons[:MOST_PER_TABLE]))
    except DataError as error:
        words = error.message.removeprefix(str(path))
        problems.add(path.name, words if words.startswith(":") else words.lower())
    except OSError as error:
        problems.add(path.name, f" cannot be read: {_words(error)}")


def _inside(folder: Path, resource: Mapping[str, Any]) -> Path:
    path = resource.get("path")
    if not isinstance(path, str) or not path:
        raise ValueError(f"path is {path!r}; expected the name of one file in the folder")
    target = Path(path)
    home = folder.resolve()
    try:
        outside = target.is_absolute() or not (home / target).resolve().is_relative_to(home)
    except (OSError, ValueError, RuntimeError):
        outside = True
    if "://" in path or "\\" in path or ".." in target.parts or outside:
        raise ValueError(f"path {path!r} leads out of the folder of the dataset")
    if target.suffix not in (".csv", ".parquet"):
        raise ValueError(f"path {path!r} is neither .csv nor .parquet")
    encoding = resource.get("encoding", "utf-8")
    if not isinstance(encoding, str) or encoding.lower().replace("_", "-") not in ("utf-8", "utf8"):
        raise ValueError(f"encoding is {encoding!r}; tables are read as utf-8")
    dialect = resource.get("dialect")
    if isinstance(dialect, dict) and dialect.get("delimiter", ",") != ",":
        raise ValueError(f"the delimiter is {dialect['delimiter']!r}; tables are read with ','")
    return folder / target


def _from_csv(path: Path) -> Given:
    read = read_csv(path, path.name)

    def place(rows: Sequence[int]) -> list[str]:
        return [f"{path.name} line {read.lines[row]}" for row in rows]

    return Given(frame=read.frame, label=path.name, place=place)


def _from_parquet(path: Path) -> Given:
    try:
        frame = pl.concat(parquet_pieces(path))
    except DataError as error:
        words = error.message.removeprefix(str(path)).strip()
        raise Malformed([f"{path.name}: it is not a sound Parquet file: it {words}"]) from None

    def place(rows: Sequence[int]) -> list[str]:
        return [f"{path.name} row {row + 1}" for row in rows]

    return Given(frame=frame, label=path.name, place=place)


def _words(error: Exception) -> str:
    return (getattr(error, "strerror", None) or str(error)).lower()
