"""Old results: reading what ``--json`` wrote, and asking the same again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import polars as pl
import typer
from rich.console import Console

from headway.analyses.moved import moved
from headway.bounds import JSON_BYTES
from headway.cli import choice, output
from headway.errors import DataError, UsageError
from headway.foreign.jsontext import json_value
from headway.foreign.plainfile import read_bytes
from headway.rulers.files.chosen import ChosenRuler
from headway.rulers.files.reading import from_dict

Refit = Annotated[
    Path | None,
    typer.Option(
        "--refit",
        metavar="RESULT.json",
        help="Ask again what an older --json result answered: the same ruler and options on this "
        "dataset, old beside new.",
    ),
]
ALLOWED = ("refit", "dataset", "json", "most", "as_of", "known_on", "simultaneous")
COLUMNS = {
    "status": "",
    "old": "Then",
    "old_span": "Interval",
    "new": "Now",
    "new_span": "Interval",
    "difference": "Difference",
}


@dataclass(frozen=True, kw_only=True)
class Old:
    """An older result.

    Parameters
    ----------
    path
        Where it was read.
    result
        All of it.
    made
        How it was made.
    """

    path: Path
    result: Mapping[str, Any]
    made: Mapping[str, Any]

    def choice(self) -> choice.Choice:
        """Return the ruler that made it."""
        content = self.made.get("ruler")
        if not isinstance(content, dict):
            raise DataError(f"{self.path} does not say which ruler made it")
        file = from_dict(content, where=f"the ruler in {self.path}")
        draws, seed = (_whole(self.made.get(name), name, self.path) for name in ("draws", "seed"))
        level = self.made.get("level")
        if level is not None and not isinstance(level, float):
            raise DataError(f"{self.path}: the level is {level!r}; expected a number")
        return choice.Choice(ruler=ChosenRuler(file=file, level=level), draws=draws, seed=seed)

    def options(self) -> dict[str, Any]:
        """Return the options of the question."""
        options = self.made.get("options")
        if not isinstance(options, dict):
            raise DataError(f"{self.path} does not say which options made it")
        return options

    def whole(self, name: str) -> int | None:
        """Return an option that is a whole number."""
        return _whole(self.options().get(name), name, self.path)

    def day(self, name: str) -> date | None:
        """Return a day of the evidence that it was restricted to."""
        value = self.options().get(name)
        try:
            return None if value is None else date.fromisoformat(value)
        except (TypeError, ValueError):
            raise DataError(f"{self.path}: {name} is {value!r}; expected a date") from None


def read(path: Path, command: str, context: typer.Context) -> Old:
    """Read an older result of a command, refusing options that it fixes.

    Raises
    ------
    UsageError
        When the command line asks for something else as well.
    DataError
        When the file is not such a result.
    """
    given = sorted(choice.given_options(context) - set(ALLOWED))
    if given:
        flags = " and ".join(f"--{name.replace('_', '-')}" for name in given)
        raise UsageError(
            f"--refit takes ruler and options from {path}, so {flags} would have no effect",
            hint="leave them out, or ask anew without --refit",
        )
    result = json_value(read_bytes(path, limit=JSON_BYTES), str(path))
    made = result.get("made") if isinstance(result, dict) else None
    if not isinstance(made, dict):
        raise DataError(
            f"{str(path)!r} is not a result that says how it was made",
            hint=f"`headway {command} --json` writes one",
        )
    if made.get("command") != command:
        raise UsageError(
            f"{str(path)!r} is a result of `headway {made.get('command')}`, not of "
            f"`headway {command}`"
        )
    return Old(path=path, result=result, made=made)


def beside(old: Old, table: pl.DataFrame, *, by: Sequence[str]) -> pl.DataFrame:
    """Set the old table beside a new one."""
    rows = old.result.get("table")
    if not isinstance(rows, list):
        raise DataError(f"{old.path} has no table")
    return moved([row if isinstance(row, dict) else {} for row in rows], table, by=by)


def summary(old: Old, digest: str, changes: pl.DataFrame) -> dict[str, Any]:
    """Plain values for JSON: the datasets then and now, and what moved."""
    then = old.made.get("dataset")
    before = then.get("digest") if isinstance(then, dict) else None
    return {
        "result": str(old.path),
        "headway_then": old.made.get("headway"),
        "dataset_then": before,
        "dataset_now": digest,
        "same_dataset": before == digest,
        "counts": dict(changes["status"].value_counts().sort("status").iter_rows()),
        "table": changes.to_dicts(),
    }


def show(
    out: Console,
    old: Old,
    digest: str,
    changes: pl.DataFrame,
    names: Mapping[str, str],
    *,
    title: str,
    most: int,
) -> None:
    """Print old beside new, what moved first."""
    said = summary(old, digest, changes)
    shown = changes.filter(pl.col("status") != "same").head(most)
    if shown.height:
        shown = shown.with_columns(
            output.intervals(shown, f"{side}_low", f"{side}_high").alias(f"{side}_span")
            for side in ("old", "new")
        )
        output.show(out, shown, {**names, **COLUMNS}, title=title, spare=("old_span", "new_span"))
    counts = said["counts"]
    parts = [
        f"{counts[word]} {word}" for word in ("moved", "new", "gone", "same") if word in counts
    ]
    out.print(f"{title}: {', '.join(parts) or 'no rows'}.")
    if said["same_dataset"]:
        out.print(f"Dataset then and now: {digest[:12]} (the same facts).")
    else:
        out.print(f"Dataset then {str(said['dataset_then'])[:12]}, now {digest[:12]}.")


def _whole(value: Any, name: str, path: Path) -> int | None:
    if value is None or (isinstance(value, int) and not isinstance(value, bool)):
        return value
    raise DataError(f"{path}: {name} is {value!r}; expected a whole number")
