"""Bringing the files of a source into a dataset: read, match, merge, and write in one step."""

from collections import deque
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Literal, get_args

import polars as pl

from headway.dataset.import_report import ImportReport
from headway.dataset.incoming import (
    Policy,
)
from headway.dataset.intake import ADD, LEAVE, Intake
from headway.dataset.reading import read_apart, read_folder
from headway.dataset.tables import TABLES
from headway.dataset.vintages import as_day
from headway.dataset.writing import locked, put_folder, refuse_other_content
from headway.errors import UsageError, did_you_mean
from headway.progress import Progress, Silent
from headway.sources import Parsed, source
from headway.sources.options import checked_options

Start = Literal["catalog", "empty"]

WAIT_SECONDS = 60.0

__all__ = ["ADD", "LEAVE", "ImportReport", "Start", "bring", "take_in"]


def bring(
    source_name: str,
    paths: str | Path | Sequence[str | Path],
    into: str | Path,
    *,
    unmatched: Policy = "refuse",
    names: Mapping[str, str] | None = None,
    recorded_on: date | str | None = None,
    covers_until: date | str | None = None,
    start: Start = "catalog",
    dry_run: bool = False,
    progress: Progress | None = None,
    **options: Any,
) -> ImportReport:
    """Import files of a source into a dataset.

    Parameters
    ----------
    source_name
        One of ``headway.sources.SOURCES``.
    paths
        Files or folders, or one of them.
    into
        The dataset folder; it is begun when it is not there.
    unmatched
        What is done with a model, benchmark or organisation that is not known: its rows are
        refused, it is added as new, or its rows are left out.
    names
        Foreign names to ids; ``"+"`` adds the name as new, ``"-"`` leaves its rows out. What is
        mapped is kept in the table ``aliases``.
    recorded_on
        Day of record; today (UTC) when None. Vintages are imported with their own days.
    covers_until
        Last day up to which the source covers the field; what its files say when None.
    start
        What a dataset is begun from that is not there.
    dry_run
        Whether to stop before writing.
    progress
        Who is told how far the work is.
    options
        Options of the source, such as ``mapping`` of a table of one's own.

    Returns
    -------
    ImportReport
        With every row accounted for.

    Raises
    ------
    DataError
        When files cannot be read, the dataset is not sound, or it cannot be written; it is then
        as it was.
    UsageError
        When the source, an option or the map is wrong.
    """
    progress = progress or Silent()
    day = datetime.now(tz=UTC).date() if recorded_on is None else as_day(recorded_on)
    module = source(source_name)
    settings = checked_options(source_name, module, options)
    given = [paths] if isinstance(paths, str | Path) else paths
    progress.stage(f"Reading {source_name}")
    parsed = module.read([Path(path) for path in given], progress=progress, **settings)
    own = {"source": source_name, "title": module.TITLE, "licence": module.LICENCE}
    return take_in(
        parsed,
        Path(into),
        own=own,
        unmatched=unmatched,
        names=names or {},
        recorded_on=day,
        covers_until=None if covers_until is None else as_day(covers_until),
        start=start,
        dry_run=dry_run,
        progress=progress,
    )


def take_in(
    parsed: Parsed,
    into: Path,
    *,
    own: Mapping[str, str | None],
    unmatched: Policy,
    names: Mapping[str, str],
    recorded_on: date,
    covers_until: date | None = None,
    start: Start = "catalog",
    dry_run: bool = False,
    progress: Progress | None = None,
) -> ImportReport:
    """Take what a source gave into a dataset; see :func:`bring`.

    Parameters
    ----------
    own
        Source, title and licence of rows that name no source.
    """
    progress = progress or Silent()
    if start not in get_args(Start):
        raise UsageError(
            f"start is {start!r}{did_you_mean(str(start), get_args(Start))}",
            hint="start is one of " + ", ".join(get_args(Start)),
        )

    def at_work(folder: Path) -> Intake:
        refuse_other_content(folder, overwrite=True)
        before, begins = _contents(folder, start)
        work = Intake(
            parsed, before, own, unmatched, names, recorded_on, covers_until, begins=begins
        )
        work.run(progress)
        return work

    if dry_run:
        work = at_work(into)
        for table in work.large.values():
            deque(table.pieces(), maxlen=0)
        work.say_incomplete(into)
        return work.report(into, written=False)
    said: list[str] = []
    with locked(into, seconds=WAIT_SECONDS, said=said) as target:
        work = at_work(target)
        work.notes += said
        if work.large or work.complete():
            progress.stage("Writing the dataset")
            put_folder(work.contents(), target, overwrite=True, wanted=work.complete)
        work.say_incomplete(into)
        return work.report(into, written=work.complete())


def _contents(
    folder: Path, start: Start
) -> tuple[tuple[dict[str, pl.DataFrame], dict[str, Path]], bool]:
    """All rows of a dataset, and whether it is begun."""
    if folder.is_dir() and any(folder.iterdir()):
        return read_apart(folder), False
    if start == "catalog":
        from importlib.resources import as_file, files

        with as_file(files("headway.dataset") / "catalog") as catalog:
            return (read_folder(catalog), {}), True
    return ({name: table.empty() for name, table in TABLES.items() if table.always}, {}), True
