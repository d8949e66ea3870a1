"""Bringing the files of a source into a dataset: read, match, merge, and write in one step."""

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Literal

import polars as pl

from headway.dataset.incoming import (
    EVIDENCE,
    KIND_OF,
    Policy,
    Sound,
    entity_rows,
    in_the_unit_known,
    names_in,
    resolved,
    sound_rows,
)
from headway.dataset.large import Counts, LargeTable
from headway.dataset.matching import Known, Match
from headway.dataset.merging import Merged, described, merged
from headway.dataset.problems import Given, Problems
from headway.dataset.reading import read_apart, read_folder
from headway.dataset.reporters import with_reporters
from headway.dataset.rules import checked
from headway.dataset.tables import TABLES
from headway.dataset.vintages import as_day, current
from headway.dataset.writing import Content, locked, put_folder
from headway.errors import DataError, UsageError
from headway.progress import Progress, Silent
from headway.sources import Parsed, Refused, source

Start = Literal["catalog", "empty"]

ADD = "+"
LEAVE = "-"
WAIT_SECONDS = 60.0
ENTITIES = ("organisations", "models", "benchmarks")
_COUNTED = ("converted", "refused", "skipped", "added", "revised", "unchanged", "superseded")


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class ImportReport:
    """What an import did with every row.

    Parameters
    ----------
    source
        The name of the source.
    into
        The dataset folder.
    recorded_on
        The day of record of the new rows.
    read
        Input rows of the files.
    table
        One row per table of the dataset: ``converted`` (rows that the source gave), of which
        ``refused``, ``skipped``, ``added``, ``revised``, ``unchanged`` and ``superseded`` (the
        dataset holds a later statement).
    refused
        Input rows that were not converted or not taken, with the reasons.
    matches
        What every foreign name was taken for.
    differences
        What the source says otherwise about known models, benchmarks and organisations; the
        dataset was left as it is.
    notes
        Sentences about the whole.
    written
        Whether the folder was changed.
    """

    source: str
    into: Path
    recorded_on: date
    read: int
    table: pl.DataFrame = field(repr=False)
    refused: tuple[Refused, ...] = field(repr=False)
    matches: tuple[Match, ...] = field(repr=False)
    differences: tuple[str, ...] = field(repr=False)
    notes: tuple[str, ...]
    written: bool

    @property
    def unmatched(self) -> tuple[Match, ...]:
        """Names that are not known, with proposals."""
        return tuple(one for one in self.matches if one.id is None)

    @property
    def complete(self) -> bool:
        """Whether nothing was refused."""
        return not self.refused

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {
            "source": self.source,
            "into": str(self.into),
            "recorded_on": self.recorded_on.isoformat(),
            "written": self.written,
            "read": self.read,
            "tables": self.table.to_dicts(),
            "refused": [
                {"file": row.file, "line": row.line or None, "reason": row.reason}
                for row in self.refused
            ],
            "names": [
                {
                    "kind": one.kind,
                    "name": one.foreign,
                    "id": one.id,
                    "matched_by": one.rule or None,
                    "variant": one.variant,
                    "did_you_mean": list(one.proposals),
                    "rows": one.rows,
                }
                for one in self.matches
            ],
            "differences": list(self.differences),
            "notes": list(self.notes),
        }


def bring(
    source_name: str,
    paths: Sequence[str | Path],
    into: str | Path,
    *,
    unmatched: Policy = "refuse",
    mapping: Mapping[str, str] | None = None,
    recorded_on: date | str | None = None,
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
        Files or folders.
    into
        The dataset folder; it is begun when it is not there.
    unmatched
        What is done with a model, benchmark or organisation that is not known: its rows are
        refused, it is added as new, or its rows are left out.
    mapping
        Foreign names to ids; ``"+"`` adds the name as new, ``"-"`` leaves its rows out. What is
        mapped is kept in the table ``aliases``.
    recorded_on
        Day of record; today (UTC) when None. Vintages are imported with their own days.
    start
        What a dataset is begun from that is not there.
    dry_run
        Whether to stop before writing.
    progress
        Who is told how far the work is.
    options
        Options of the source.

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
    progress.stage(f"Reading {source_name}")
    try:
        parsed = module.read([Path(path) for path in paths], progress=progress, **options)
    except TypeError as error:
        if "unexpected keyword argument" not in str(error):
            raise
        raise UsageError(f"the source {source_name!r} has no such option: {error}") from None
    own = {"source": source_name, "title": module.TITLE, "licence": module.LICENCE}
    return take_in(
        parsed,
        Path(into),
        own=own,
        unmatched=unmatched,
        mapping=mapping or {},
        recorded_on=day,
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
    mapping: Mapping[str, str],
    recorded_on: date,
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
    if dry_run:
        work = _Import(parsed, _contents(into, start), own, unmatched, mapping, recorded_on)
        work.run(progress)
        for table in work.large.values():
            deque(table.pieces(), maxlen=0)
        return work.report(into, written=False)
    with locked(into, seconds=WAIT_SECONDS) as target:
        work = _Import(parsed, _contents(target, start), own, unmatched, mapping, recorded_on)
        work.run(progress)
        if work.changes() or work.large:
            progress.stage("Writing the dataset")
            put_folder(work.contents(), target, overwrite=True, wanted=work.changes)
        return work.report(into, written=work.changes())


def _contents(folder: Path, start: Start) -> tuple[dict[str, pl.DataFrame], dict[str, Path]]:
    if folder.is_dir() and any(folder.iterdir()):
        return read_apart(folder)
    if start == "catalog":
        from importlib.resources import as_file, files

        with as_file(files("headway.dataset") / "catalog") as catalog:
            return read_folder(catalog), {}
    return {name: table.empty() for name, table in TABLES.items() if table.always}, {}


class _Import:
    """One import at work: the tables before and after, and the counts."""

    def __init__(
        self,
        parsed: Parsed,
        before: tuple[dict[str, pl.DataFrame], dict[str, Path]],
        own: Mapping[str, str | None],
        unmatched: Policy,
        mapping: Mapping[str, str],
        recorded_on: date,
    ) -> None:
        if unmatched not in ("refuse", "add", "skip"):
            raise UsageError(f"unmatched is {unmatched!r}; expected refuse, add or skip")
        self.parsed = parsed
        self.tables, self.files = before
        self.own = own
        self.day = recorded_on
        self.notes = list(parsed.notes)
        self.refused = list(parsed.refused)
        self.differences: list[str] = []
        self.counts: dict[str, Counts] = {}
        self.large: dict[str, LargeTable] = {}
        single: dict[str, Policy] = {n: "add" for n, to in mapping.items() if to == ADD}
        single |= {n: "skip" for n, to in mapping.items() if to == LEAVE}
        plain = {n: to for n, to in mapping.items() if n not in single}
        known = Known(self.tables, plain)
        self.given = {name: frame for name, frame in parsed.tables.items() if name in TABLES}
        self.names = resolved(names_in(self.given), known, unmatched, single)

    def run(self, progress: Progress) -> None:
        """Merge every table that the source gave."""
        progress.stage("Matching and merging")
        only = self._sources()
        for name in ENTITIES:
            self._entities(name, only)
        self._aliases(only)
        self._say_unmatched()
        scores, notes = in_the_unit_known(self.given, self.tables["benchmarks"], self.names)
        self.notes += notes
        if scores is not None:
            scores = with_reporters(scores, self.names.ids["model"], self.tables)
        if "ratings" in self.given:
            self.given["ratings"] = self._dated(self.given["ratings"])
        for name in EVIDENCE:
            frame = scores if name == "scores" else self.given.get(name)
            if frame is None:
                continue
            if TABLES[name].form == "parquet":
                self._large(name, frame, only)
            else:
                self._evidence(name, frame, only)
        self._read_again()
        self._refuse_unsound()

    def changes(self) -> bool:
        """Whether anything is to be written."""
        counts = [*self.counts.values(), *(table.counts for table in self.large.values())]
        return any(some.added or some.revised for some in counts)

    def contents(self) -> dict[str, Content]:
        """All tables as they shall be."""
        made: dict[str, Content] = {**self.tables, **self.files}
        made |= {name: table.content() for name, table in self.large.items()}
        return {name: made[name] for name in TABLES if name in made}

    def report(self, into: Path, *, written: bool) -> ImportReport:
        """Say what became of every row."""
        for name, table in self.large.items():
            self.counts[name] = table.counts
            self._say_wrong(name, table.reasons, table.counts.refused)
        rows = [
            {"table": name} | {column: getattr(counts, column) for column in _COUNTED}
            for name, counts in self.counts.items()
        ]
        schema = {"table": pl.String()} | dict.fromkeys(_COUNTED, pl.Int64())
        return ImportReport(
            source=str(self.own["source"]),
            into=into,
            recorded_on=self.day,
            read=self.parsed.read,
            table=pl.DataFrame(rows, schema=schema),
            refused=tuple(self.refused),
            matches=self.names.found,
            differences=tuple(self.differences),
            notes=tuple(dict.fromkeys(self.notes)),
            written=written,
        )

    def _sources(self) -> str | None:
        """Merge the sources, and return the one that rows without a source come from."""
        frame = self.given.get("sources")
        rows = [] if frame is None else frame.to_dicts()
        if not rows:
            rows = [dict(self.own)]
        table = TABLES["sources"]
        known = set(self.tables["sources"]["source"])
        for row in rows:
            row["licence"] = row.get("licence") or self.own["licence"]
            if row["source"] not in known:
                row["retrieved_on"] = row.get("retrieved_on") or self.day
        done = described(self.tables["sources"], rows, table, self.day)
        self._note("sources", done.merged, len(rows))
        return str(rows[0]["source"]) if len(rows) == 1 else None

    def _entities(self, name: str, only: str | None) -> None:
        kind = KIND_OF[name]
        first = only or next(iter(self.given["sources"]["source"]))
        rows = entity_rows(self.given, kind, self.names, first)
        unknown = sum(1 for one in self.names.unmatched if one.kind == kind)
        left = len(self.names.left[kind])
        if not rows and not unknown and not left:
            return
        done = described(self.tables[name], rows, TABLES[name], self.day)
        self.differences += done.differing
        given = len(rows) + unknown + left
        self._note(name, done.merged, given, refused=unknown, skipped=left)

    def _aliases(self, only: str | None) -> None:
        first = only or next(iter(self.given["sources"]["source"]))
        rows = [
            {"kind": one.kind, "alias": one.foreign, "id": one.id}
            for one in self.names.found
            if one.rule == "map"
        ]
        if not rows:
            return
        table = TABLES["aliases"]
        told = pl.DataFrame(rows).with_columns(
            source=pl.lit(first),
            recorded_on=pl.lit(self.day),
            revision=pl.lit(0, dtype=pl.Int64),
            reason=pl.lit(None, dtype=pl.String),
        ).sort(table.key)
        self._note("aliases", merged(self.tables["aliases"], told, table), told.height)

    def _evidence(self, name: str, frame: pl.DataFrame, only: str | None) -> None:
        table = TABLES[name]
        sound = self._sound(name, frame, only)
        self._say_wrong(name, sound.reasons, sound.refused)
        done = merged(self.tables.get(name, table.empty()), sound.frame, table)
        self._note(
            name,
            done,
            frame.height,
            refused=sound.refused,
            skipped=sound.skipped,
            repeated=sound.repeated,
        )
        self._say_absent(name, sound.frame)

    def _large(self, name: str, frame: pl.DataFrame, only: str | None) -> None:
        self.large[name] = LargeTable(
            TABLES[name],
            frame,
            self.files.get(name),
            self.tables.pop(name, None),
            lambda piece: self._sound(name, piece, only),
            self.names,
        )

    def _dated(self, ratings: pl.DataFrame) -> pl.DataFrame:
        """Date ratings without a day: by those that they repeat, else by the day of record."""
        if "as_of" not in ratings.columns:
            ratings = ratings.with_columns(as_of=pl.lit(None, dtype=pl.Date))
        if not ratings["as_of"].null_count():
            return ratings
        view = current(self.tables["ratings"], TABLES["ratings"])
        newest = view.filter(pl.col("as_of") == pl.col("as_of").max().over("board"))
        days = dict(newest.group_by("board").agg(pl.col("as_of").max()).iter_rows())
        same = ["board", "id", "rating"]
        ids = self.names.ids["model"]
        told = ratings.filter(pl.col("as_of").is_null()).with_columns(
            id=pl.col("model").replace_strict(ids, default=None, return_dtype=pl.String)
        )
        other = told.filter(pl.col("id").is_not_null()).join(
            newest.rename({"model": "id"}), on=same, how="anti"
        )
        fresh = {*told["board"].drop_nulls()} & {*other["board"]}
        by_board = {board: day for board, day in days.items() if board not in fresh}
        known = pl.col("board").replace_strict(by_board, default=self.day, return_dtype=pl.Date)
        return ratings.with_columns(pl.col("as_of").fill_null(known))

    def _sound(self, name: str, frame: pl.DataFrame, only: str | None) -> Sound:
        return sound_rows(
            frame,
            TABLES[name],
            self.names,
            self.tables["benchmarks"],
            source=only,
            recorded_on=self.day,
        )

    def _note(
        self,
        name: str,
        done: Merged,
        converted: int,
        *,
        refused: int = 0,
        skipped: int = 0,
        repeated: int = 0,
    ) -> None:
        self.tables[name] = done.frame
        self.counts[name] = Counts(
            converted=converted,
            refused=refused,
            skipped=skipped,
            added=done.added,
            revised=done.revised,
            unchanged=done.unchanged + repeated,
            superseded=done.superseded,
        )

    def _say_unmatched(self) -> None:
        for one in self.names.unmatched:
            near = " or ".join(repr(name) for name in one.proposals)
            hint = f"; did you mean {near}?" if near else ""
            rows = "1 row" if one.rows == 1 else f"{one.rows} rows"
            if one.kind == "organisation":
                self.notes.append(f"the organisation {one.foreign!r} is not known{hint}")
                continue
            self.refused.append(
                Refused(line=0, reason=f"{one.kind} {one.foreign!r} is not known ({rows}){hint}")
            )

    def _say_wrong(self, name: str, reasons: Sequence[str], count: int) -> None:
        self.refused += [Refused(line=0, reason=reason) for reason in reasons]
        unknown = [one for one in self.names.unmatched if one.kind != "organisation"]
        if count > len(reasons) and not unknown:
            words = f"{name}: and {count - len(reasons)} more rows for such reasons"
            self.refused.append(Refused(line=0, reason=words))

    def _say_absent(self, name: str, frame: pl.DataFrame) -> None:
        table = TABLES[name]
        if "source" not in table.key or frame.is_empty():
            return
        before = current(self.tables[name], table)
        stated = before.filter(pl.col("source").is_in(frame["source"].unique().implode()))
        absent = stated.join(frame, on=table.key, how="anti", nulls_equal=True).height
        if absent:
            self.notes.append(
                f"{name}: {absent} rows that the same source gave before are not in these files;"
                " they stay"
            )

    def _read_again(self) -> None:
        """Note the day on which a known source was read again, when it said something new."""
        if not any(c.added or c.revised for n, c in self.counts.items() if n != "sources"):
            return
        given = self.given.get("sources")
        ids = [str(self.own["source"])] if given is None else given["source"].to_list()
        view = current(self.tables["sources"], TABLES["sources"])
        known = {row["source"]: row["retrieved_on"] for row in view.iter_rows(named=True)}
        rows = [
            {"source": one, "retrieved_on": self.day}
            for one in ids
            if known.get(one) is None or known[one] < self.day
        ]
        done = described(self.tables["sources"], rows, TABLES["sources"], self.day)
        self.tables["sources"] = done.merged.frame

    def _refuse_unsound(self) -> None:
        for name, table in TABLES.items():
            if not table.may_be_empty and self.tables[name].is_empty():
                raise DataError(
                    f"the dataset would have no row in the table {name!r}, which every dataset"
                    " needs",
                    hint="begin it from the catalog, or import scores first",
                )
        small = ("sources", *ENTITIES, "aliases")
        problems = Problems()
        checked({name: _held(name, self.tables[name]) for name in small}, problems)
        problems.raise_if_any("what the source says about models and benchmarks cannot be used")


def _held(name: str, frame: pl.DataFrame) -> Given:
    def place(rows: Sequence[int]) -> list[str]:
        keys = frame.select(TABLES[name].key)[list(rows)].iter_rows()
        return [f"{name}: {' / '.join(str(part) for part in key)}" for key in keys]

    return Given(frame=frame, label=name, place=place)
