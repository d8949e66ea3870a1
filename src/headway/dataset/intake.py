"""One import at work: every table before and after, and what became of each row."""

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from headway.dataset.coverage import checked_coverage, extended
from headway.dataset.import_report import ImportReport, counted
from headway.dataset.incoming import (
    EVIDENCE,
    KIND_OF,
    PLACE,
    Policy,
    Sound,
    entity_rows,
    names_in,
    resolved,
    sound_rows,
)
from headway.dataset.large import Counts, LargeTable
from headway.dataset.matching import Known
from headway.dataset.merging import Merged, described, merged
from headway.dataset.problems import Given, Problems
from headway.dataset.reporters import as_recorded, with_reporters
from headway.dataset.rules import checked
from headway.dataset.tables import TABLES
from headway.dataset.units import Units, in_the_unit_known, told_in_the_unit_known
from headway.dataset.variants import kept_apart
from headway.dataset.vintages import current
from headway.dataset.writing import Content
from headway.errors import DataError, UsageError
from headway.progress import Progress
from headway.sources import Parsed, Refused

_MOST_REASONS = 30
ADD = "+"
LEAVE = "-"
ENTITIES = ("organisations", "models", "benchmarks")
_COUNTED = ("converted", "refused", "skipped", "added", "revised", "unchanged", "superseded")


class Intake:
    """One import at work: the tables before and after, and the counts."""

    def __init__(
        self,
        parsed: Parsed,
        before: tuple[dict[str, pl.DataFrame], dict[str, Path]],
        own: Mapping[str, str | None],
        unmatched: Policy,
        mapping: Mapping[str, str],
        recorded_on: date,
        covers_until: date | None = None,
    ) -> None:
        if unmatched not in ("refuse", "add", "skip"):
            raise UsageError(f"unmatched is {unmatched!r}; expected refuse, add or skip")
        self.parsed = parsed
        self.tables, self.files = before
        self.before = dict(self.tables)
        self.own = own
        self.day = recorded_on
        self.covers_until = covers_until and checked_coverage(covers_until, recorded_on)
        self.notes = list(parsed.notes)
        self.refused = list(parsed.refused)
        self.differences: list[str] = []
        self.counts: dict[str, Counts] = {}
        self.large: dict[str, LargeTable] = {}
        single: dict[str, Policy] = {n: "add" for n, to in mapping.items() if to == ADD}
        single |= {n: "skip" for n, to in mapping.items() if to == LEAVE}
        plain = {n: to for n, to in mapping.items() if n not in single}
        known = Known(self.tables, plain, dashes=parsed.dashes)
        self.given = {name: frame for name, frame in parsed.tables.items() if name in TABLES}
        for name, places in parsed.places.items():
            self.given[name] = self.given[name].with_columns(places.alias(PLACE))
        self.names = resolved(names_in(self.given), known, unmatched, single)

    def run(self, progress: Progress) -> None:
        """Merge every table that the source gave."""
        progress.stage("Matching and merging")
        only = self._sources()
        for name in ENTITIES:
            self._entities(name, only)
        self._aliases(only)
        self._say_unmatched()
        units = in_the_unit_known(self.given, self.tables["benchmarks"], self.names)
        self.notes += units.notes
        self.refused += units.refused
        scores = units.scores
        if scores is not None:
            scores = with_reporters(scores, self.names.ids["model"], self.tables)
        if "ratings" in self.given:
            apart, notes = kept_apart(self.given["ratings"], self.names.found, self.names.variants)
            self.given["ratings"] = self._dated(apart)
            self.notes += notes
        for name in EVIDENCE:
            frame = scores if name == "scores" else self.given.get(name)
            if frame is None:
                continue
            if TABLES[name].form == "parquet":
                self._large(name, frame, only)
            else:
                self._evidence(name, frame, only, units if name == "scores" else Units())
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
            before=self.before,
            after=dict(self.tables),
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
            extended(self.tables["sources"], row, self._coverage(row))
        done = described(self.tables["sources"], rows, table, self.day)
        self._note("sources", done.merged, len(rows))
        return str(rows[0]["source"]) if len(rows) == 1 else None

    def _coverage(self, row: Mapping[str, Any]) -> date | None:
        """Return the day up to which a source covers the field, no later than it was read."""
        said: date | None = self.covers_until or row.get("covers_until")
        if said is None or said <= self.day:
            return said
        self.notes.append(
            f"the source {row['source']!r} has days up to {said}, after the day of record; taken"
            f" to cover the field until {self.day}"
        )
        return self.day

    def _entities(self, name: str, only: str | None) -> None:
        kind = KIND_OF[name]
        first = only or next(iter(self.given["sources"]["source"]))
        rows = entity_rows(self.given, kind, self.names, first)
        if name == "benchmarks":
            self.notes += told_in_the_unit_known(rows, self.tables[name], self.parsed.assumed)
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
        told = (
            pl.DataFrame(rows)
            .with_columns(
                source=pl.lit(first),
                recorded_on=pl.lit(self.day),
                revision=pl.lit(0, dtype=pl.Int64),
                reason=pl.lit(None, dtype=pl.String),
            )
            .sort(table.key)
        )
        self._note("aliases", merged(self.tables["aliases"], told, table), told.height)

    def _evidence(self, name: str, frame: pl.DataFrame, only: str | None, units: Units) -> None:
        table = TABLES[name]
        sound = self._sound(name, frame, only)
        self._say_wrong(name, sound.reasons, sound.refused)
        self.notes += sound.notes
        incoming = sound.frame
        if name == "scores":
            incoming, waiting = as_recorded(incoming, self.tables[name])
            if waiting:
                self.notes.append(
                    f"scores: the reporter of {counted(waiting)} is unknown in the dataset and"
                    " stays so, because it is part of what names a score"
                )
        done = merged(self.tables.get(name, table.empty()), incoming, table)
        self._note(
            name,
            done,
            frame.height + units.left_out,
            refused=sound.refused + units.left_out,
            skipped=sound.skipped,
            repeated=sound.repeated,
        )
        self._say_absent(name, incoming)

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
        ids = self.names.ids["model"]
        told = ratings.filter(pl.col("as_of").is_null()).with_columns(
            id=pl.col("model").replace_strict(ids, default=None, return_dtype=pl.String)
        )
        one, value = ["board", "id", "variant"], ["board", "id", "variant", "rating"]
        repeated = told.join(newest.rename({"model": "id"}), on=value, how="semi")
        other = told.filter(pl.col("id").is_not_null()).join(repeated, on=one, how="anti")
        fresh = {*other["board"]}
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
            duplicates=self.parsed.duplicates,
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
            rows = counted(one.rows)
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
                f"{name}: {counted(absent)} of the same source kept that these files do not have"
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
                    details=[row.reason for row in self.refused[:_MOST_REASONS]],
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
