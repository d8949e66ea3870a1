"""One import at work: every table before and after, and what became of each row."""

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from headway.dataset.absent import MOST_NAMED, WITHIN, absent, ended, left_the_board, named
from headway.dataset.boards import Place, placed, skipped
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
from headway.dataset.matching import Known, Match
from headway.dataset.merging import Merged, described, merged
from headway.dataset.problems import Given, Problems
from headway.dataset.reporters import as_recorded, with_reporters
from headway.dataset.rules import checked, lacking, lacking_words
from headway.dataset.tables import TABLES
from headway.dataset.units import Units, in_the_unit_known, told_in_the_unit_known
from headway.dataset.variants import kept_apart
from headway.dataset.vintages import current
from headway.dataset.writing import Content, has_content
from headway.errors import DataError, UsageError
from headway.progress import Progress
from headway.sources import Parsed, Refused

ADD = "+"
LEAVE = "-"
ENTITIES = ("organisations", "models", "benchmarks")
_COUNTED = (
    "converted", "refused", "skipped", "added", "revised", "unchanged", "superseded", "ended",
)  # fmt: skip


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
        *,
        begins: bool = False,
    ) -> None:
        if unmatched not in ("refuse", "add", "skip"):
            raise UsageError(f"unmatched is {unmatched!r}; expected refuse, add or skip")
        self.parsed = parsed
        self.tables, self.files = before
        self.before = dict(self.tables)
        self.own = own
        self.day = recorded_on
        self.begins = begins
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
        several, benchmarks = self.parsed.duplicates, self.tables["benchmarks"]
        units = in_the_unit_known(self.given, benchmarks, self.names, several)
        self.notes += units.notes
        self.refused += units.refused
        if (scores := units.scores) is not None:
            scores = with_reporters(scores, self.names.ids["model"], self.tables)
        if "ratings" in self.given:
            apart, notes = kept_apart(self.given["ratings"], self.names.found, self.names.variants)
            self.given["ratings"] = self._dated(apart)
            self.notes += notes
        for name in EVIDENCE:
            if (frame := scores if name == "scores" else self.given.get(name)) is None:
                continue
            if TABLES[name].form == "parquet":
                self._large(name, frame, only)
            else:
                self._evidence(name, frame, only, units if name == "scores" else Units())
        self._read_again()
        self._refuse_unsound()

    def changes(self) -> bool:
        """Whether there is anything to write: rows were taken, and they say something new.

        Where evidence was given and none of it was taken, its models and all about them is not new.
        """
        counts = self.counts | {name: table.counts for name, table in self.large.items()}
        given = [name for name in EVIDENCE if name in counts and counts[name].converted]
        offered = [counts[name] for name in given if name != "attributes" or len(given) == 1]
        if not offered and not self.parsed.refused:
            offered = [counts[name] for name in ENTITIES if name in counts]
        if not any(c.added or c.revised or c.unchanged or c.superseded for c in offered):
            return False
        return self.begins or any(c.added or c.revised or c.ended for c in counts.values())

    def lacking(self) -> tuple[str, ...]:
        """The tables that the dataset would need, once all rows have been given out."""
        return lacking([name for name, content in self.contents().items() if has_content(content)])

    def complete(self) -> bool:
        """Whether the dataset is to be written, and would be one."""
        return self.changes() and not self.lacking()

    def say_incomplete(self, into: Path) -> None:
        """Note why nothing is written, where that is so.

        Raises
        ------
        DataError
            When every row was taken and the dataset would still not be one.
        """
        if not self.changes():
            if self.begins:
                self.notes.append(f"no row was taken, so no dataset is begun at {into}")
            return
        if not (missing := self.lacking()):
            return
        words = f"no dataset is begun at {into}: {lacking_words(missing)}"
        if not self.refused and all(table.counts.refused == 0 for table in self.large.values()):
            raise DataError(words, hint="begin it from the catalog, or import the evidence first")
        self.notes.append(words)

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
            self.notes += table.notes
            self._say_absent(name, table.first_absent, table.absent)
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
            left_out=self.parsed.left_out,
            unread=len(self.parsed.refused),
            table=pl.DataFrame(rows, schema=schema),
            refused=tuple(self.refused),
            matches=self.names.found,
            differences=tuple(self.differences),
            notes=tuple(dict.fromkeys(self.notes)),
            changes=self.complete(),
            written=written,
            before=self.before,
            after=dict(self.tables),
        )

    def _sources(self) -> str | None:
        """Merge the sources, and return the one that rows without a source come from."""
        rows = self.given["sources"].to_dicts() if "sources" in self.given else []
        rows = rows or [dict(self.own)]
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
        if name == "models":
            self._place(rows)
        unknown = sum(1 for one in self.names.unmatched if one.kind == kind)
        left = len(self.names.left[kind])
        if not rows and not unknown and not left:
            return
        done = described(self.tables[name], rows, TABLES[name], self.day)
        self.differences += done.differing
        given = len(rows) + unknown + left
        self._note(name, done.merged, given, refused=unknown, skipped=left)

    def _place(self, models: Sequence[dict[str, Any]]) -> None:
        """Give new models the country of their organisation."""
        view = current(self.tables["organisations"], TABLES["organisations"])
        countries = dict(view.select("organisation", "country").iter_rows())
        for row in models:
            if row["model"] in self.names.made["model"] and not row.get("country"):
                row["country"] = countries.get(row.get("organisation"))

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
        before = self.tables.get(name, table.empty())
        done = merged(before, incoming, table)
        self._note(
            name,
            done,
            frame.height + units.left_out,
            refused=sound.refused + units.left_out,
            skipped=sound.skipped,
            repeated=sound.repeated,
        )
        self._what_is_absent(name, before, incoming)

    def _large(self, name: str, frame: pl.DataFrame, only: str | None) -> None:
        self.large[name] = LargeTable(
            TABLES[name],
            frame,
            self.files.get(name),
            self.tables.pop(name, None),
            lambda piece: self._sound(name, piece, only),
            self.names,
            self.day,
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
            policies=self.parsed.policies,
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
        places = placed(self.given)
        order = {name: place for place, name in enumerate(places)}
        organisations = {
            one.foreign: f"{one.foreign!r}" + (f" ({one.id})" if one.id else "")
            for one in self.names.found
            if one.kind == "organisation"
        }
        unmatched = sorted(
            self.names.unmatched,
            key=lambda one: order[one.foreign] if self._on_a_board(one, places) else len(order),
        )
        for one in unmatched:
            near = " or ".join(repr(name) for name in one.proposals)
            hint = f"; did you mean {near}?" if near else ""
            if one.kind == "organisation":
                self.notes.append(f"the organisation {one.foreign!r} is not known{hint}")
                continue
            place = ""
            if self._on_a_board(one, places):
                place = f": {places[one.foreign].words(organisations)}"
            reason = f"{one.kind} {one.foreign!r} is not known ({counted(one.rows)}){place}{hint}"
            self.refused.append(Refused(line=0, reason=reason))
        self.notes += skipped(self.names.left, places)
        if models := [one.foreign for one in unmatched if one.kind == "model"]:
            self.notes.append(
                f"{len(models)} models are not known and have no place in any answer, such as"
                f" {models[0]!r}: --map 'NAME=ID' says which known model a name means,"
                " --map 'NAME=+' adds it, and --unmatched add adds them all; a new model is on a"
                " frontier when its day and its country are known"
            )
        self._say_undated([name for name in places if name not in models])

    @staticmethod
    def _on_a_board(one: Match, places: Mapping[str, Place]) -> bool:
        return one.kind == "model" and one.foreign in places

    def _say_undated(self, first: Sequence[str]) -> None:
        """Name new models that no frontier can use, those that lead a board first."""
        made = {one.id: one.foreign for one in self.names.found if one.rule == "added"}
        view = current(self.tables["models"], TABLES["models"])
        rows = view.filter(pl.col("model").is_in(list(self.names.made["model"])))
        undated = pl.all_horizontal(pl.col("announced_on", "available_on", "weights_on").is_null())
        order = {name: place for place, name in enumerate(first)}
        for what, why, lost in (
            ("day", ", so they are on no frontier", undated),
            ("country", " and are in no group of countries", pl.col("country").is_null()),
        ):
            ids = rows.filter(lost)["model"].to_list()
            ids.sort(key=lambda one: (order.get(made.get(one, ""), len(order)), one))
            if ids:
                more = f" and {len(ids) - MOST_NAMED} more" if len(ids) > MOST_NAMED else ""
                self.notes.append(
                    f"{len(ids)} new models have no {what}{why}:"
                    f" {', '.join(ids[:MOST_NAMED])}{more}"
                )

    def _say_wrong(self, name: str, reasons: Sequence[str], count: int) -> None:
        self.refused += [Refused(line=0, reason=reason) for reason in reasons]
        unknown = [one for one in self.names.unmatched if one.kind != "organisation"]
        if count > len(reasons) and not unknown:
            words = f"{name}: and {count - len(reasons)} more rows for such reasons"
            self.refused.append(Refused(line=0, reason=words))

    def _what_is_absent(self, name: str, before: pl.DataFrame, given: pl.DataFrame) -> None:
        """Name what one of two files of a source has and the other has not; end intervals."""
        table = TABLES[name]
        gone = absent(before, given, table, self.day)
        if name == "ratings":
            left = left_the_board(before, given, table)
            if left.height:
                self.notes.append(
                    f"{name}: {counted(left.height)} of the publication before have no successor"
                    f" in the later one: {named(left, table)}"
                )
        whole = name in self.parsed.histories
        over = ended(gone, given, table, self.day) if whole else table.empty()
        kept = gone.join(over, on=table.key, how="anti", nulls_equal=True)
        self._say_absent(name, kept, kept.height)
        read_on = self._last_read(given)
        if read_on is not None and read_on > self.day:
            fresh = given.join(before, on=table.key, how="anti", nulls_equal=True)
            stated = current(before, table)
            within = ["source", *WITHIN.get(name, ())]
            late = fresh.join(stated, on=within, how="semi", nulls_equal=True)
            if late.height:
                self.notes.append(
                    f"{name}: {counted(late.height)} of this older file are not in what was read"
                    f" of the source on {read_on}: {named(late, table)}"
                )
            if whole:
                over = pl.concat([over, ended(late, stated, table, read_on)])
        self._end(name, over)

    def _end(self, name: str, corrections: pl.DataFrame) -> None:
        if corrections.is_empty():
            return
        table = TABLES[name]
        self.tables[name] = pl.concat([self.tables[name], corrections]).sort(table.row_key)
        self.counts[name].ended = corrections.height
        self.notes.append(
            f"{name}: {counted(corrections.height)} ended, because the source no longer states"
            f" them: {named(corrections, table)}"
        )

    def _last_read(self, given: pl.DataFrame) -> date | None:
        view = current(self.tables["sources"], TABLES["sources"])
        mine = view.filter(pl.col("source").is_in(given["source"].unique().implode()))
        day = mine["retrieved_on"].max()
        return day if isinstance(day, date) else None

    def _say_absent(self, name: str, rows: pl.DataFrame, count: int) -> None:
        if count:
            self.notes.append(
                f"{name}: {counted(count)} of the same source kept that these files do not have:"
                f" {named(rows, TABLES[name], count)}"
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
        small = ("sources", *ENTITIES, "aliases")
        problems = Problems()
        checked({name: _held(name, self.tables[name]) for name in small}, problems)
        problems.raise_if_any("what the source says about models and benchmarks cannot be used")


def _held(name: str, frame: pl.DataFrame) -> Given:
    def place(rows: Sequence[int]) -> list[str]:
        keys = frame.select(TABLES[name].key)[list(rows)].iter_rows()
        return [f"{name}: {' / '.join(str(part) for part in key)}" for key in keys]

    return Given(frame=frame, label=name, place=place)
