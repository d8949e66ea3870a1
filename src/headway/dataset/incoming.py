"""From what a source gave, under its own names, to rows that a dataset can take."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

import polars as pl

from headway.dataset.duplicates import OPTION, POLICIES, settled
from headway.dataset.matching import Kind, Known, Match, matches, new_id, words_of
from headway.dataset.problems import Given, Problems
from headway.dataset.rules import checked
from headway.dataset.schema import SEPARATOR, Table
from headway.dataset.tables import ALIASED, TABLES
from headway.dataset.variants import with_variants
from headway.errors import DataError
from headway.shortly import of_fields
from headway.sources import Duplicates
from headway.sources.names import DEFAULT, split_variant

Policy = Literal["refuse", "add", "skip"]
MOST_LISTED = 1000
PLACE = "\0place"

EVIDENCE = (
    "attributes", "availability", "scores", "ratings", "prices", "responses", "items", "votes",
    "indicators", "claims",
)  # fmt: skip
KIND_OF: dict[str, Kind] = {table: kind for kind, table in ALIASED.items()}  # type: ignore[misc]
_RELEASED = ("listed_on", "announced_on", "available_on")
_RELEASE = "released_on"
_COUNTRY = re.compile("[A-Z]{2}")
_SECOND = ": the files have several rows for this, and the first{} is taken"
_THE_FIRST = re.compile(r"; the first is (.+) \(a correction")


@dataclass(slots=True)
class Faults(Problems):
    """A collector of problems that remembers which rows have one, and the first of each."""

    rows: dict[int, str] = field(default_factory=dict)

    def add_rows(self, given: Given, rows: Sequence[int], text: Any) -> None:
        """Remember the rows, the first of them with words."""
        shown = list(rows[:MOST_LISTED])
        places = given.place(shown)
        for row, place, words in zip(shown, places, text(shown), strict=True):
            if words.startswith(": a second row"):
                first = _THE_FIRST.search(words)
                named = first is not None and first[1] != place
                words = _SECOND.format(f", {first[1]}," if named and first else "")
            self.rows.setdefault(row, place + words)
        for row in rows[MOST_LISTED:]:
            self.rows.setdefault(row, "")
        self.more(given.label, len(rows))


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolved:
    """What became of every foreign name.

    Parameters
    ----------
    found
        All matches; those that the policy added have the rule ``added``.
    ids
        For each kind, foreign name to id.
    variants
        Foreign names of models whose end is a variant.
    left
        For each kind, the names whose rows are left out without complaint.
    made
        For each kind, the new ids with the names they were made of.
    """

    found: tuple[Match, ...]
    ids: Mapping[Kind, Mapping[str, str]]
    variants: Mapping[str, str]
    left: Mapping[Kind, frozenset[str]]
    made: Mapping[Kind, Mapping[str, str]]

    @property
    def unmatched(self) -> tuple[Match, ...]:
        """Names that nothing matched, and that are not to be left out."""
        return tuple(
            one for one in self.found if one.id is None and one.foreign not in self.left[one.kind]
        )


def names_in(tables: Mapping[str, pl.DataFrame]) -> dict[Kind, pl.Series]:
    """Return the foreign names that a source used, by kind: one entry per row of evidence.

    A name that only the tables of models, benchmarks or organisations have is there once.
    """
    found: dict[Kind, pl.Series] = {}
    for kind in ALIASED:
        parts = {name: _names(name, frame, kind) for name, frame in tables.items()}
        rows = _end_to_end(*(some for name, some in parts.items() if name not in KIND_OF))
        only = _end_to_end(*(some for name, some in parts.items() if name in KIND_OF)).unique()
        found[kind] = _end_to_end(rows, only.filter(~only.is_in(rows.unique().implode())))  # type: ignore[index]
    return found


def _end_to_end(*parts: pl.Series) -> pl.Series:
    return pl.concat(
        [pl.Series("name", [], dtype=pl.String), *(one.alias("name") for one in parts)]
    )


def _names(name: str, frame: pl.DataFrame, kind: str) -> pl.Series:
    """All names of a kind in the columns of a table, end to end."""
    columns = [column for column, what in _references(TABLES[name]) if what == kind]
    if KIND_OF.get(name) == kind or kind == "organisation":
        columns.append(kind)
    parts = []
    for column in dict.fromkeys(columns):
        if column not in frame.columns:
            continue
        values = frame[column]
        if column == "partners":
            values = values.str.split(SEPARATOR).explode().str.strip_chars()
        parts.append(values.drop_nulls())
    return _end_to_end(*parts)


def resolved(
    names: Mapping[Kind, pl.Series],
    known: Known,
    policy: Policy,
    single: Mapping[str, Policy],
) -> Resolved:
    """Match names, and apply the policy to those that nothing matches.

    Parameters
    ----------
    names
        Foreign names by kind.
    known
        What the dataset knows.
    policy
        What is done with unmatched names.
    single
        Another policy for single names.
    """
    found: list[Match] = []
    ids: dict[Kind, dict[str, str]] = {"model": {}, "benchmark": {}, "organisation": {}}
    left: dict[Kind, set[str]] = {kind: set() for kind in ids}
    made: dict[Kind, dict[str, str]] = {kind: {} for kind in ids}
    variants: dict[str, str] = {}
    for kind in ids:
        spelt: dict[str, str] = {}
        every = matches(known, kind, names[kind])
        # Added, such a name would take the other one over at the next import.
        split = {words_of(one.foreign) for one in every if one.id and one.variant != DEFAULT}
        for one in every:
            wanted = single.get(one.foreign, policy)
            if one.id is None and wanted == "skip":
                left[kind].add(one.foreign)
            if one.id is None and wanted == "add" and words_of(one.foreign) not in split:
                one = _added(one, known, made[kind], spelt)
            if one.id is not None:
                ids[kind][one.foreign] = one.id
                if one.variant != DEFAULT:
                    variants[one.foreign] = one.variant
            found.append(one)
    return Resolved(
        found=tuple(found),
        ids=ids,
        variants=variants,
        left={kind: frozenset(some) for kind, some in left.items()},
        made=made,
    )


def _added(one: Match, known: Known, made: dict[str, str], spelt: dict[str, str]) -> Match:
    base, variant = split_variant(one.foreign) if one.kind == "model" else (one.foreign, DEFAULT)
    fresh = spelt.get(words_of(base)) or new_id(base, {*known.ids(one.kind), *made})
    if fresh is None:
        return one
    spelt.setdefault(words_of(base), fresh)
    made.setdefault(fresh, base)
    return Match(
        kind=one.kind, foreign=one.foreign, id=fresh, rule="added", variant=variant, rows=one.rows
    )


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class Sound:
    """Incoming rows of one table that satisfy the schema, and what became of the others.

    Parameters
    ----------
    frame
        Typed rows, one per key, sorted.
    refused
        How many were refused, for a name or for a value.
    skipped
        How many were left out because their name is, or gave way to another row for the same.
    repeated
        How many say the same as another incoming row.
    reasons
        Why rows were refused for a value, the first thousand of them.
    notes
        Which of several rows for the same were taken.
    """

    frame: pl.DataFrame
    refused: int
    skipped: int
    repeated: int
    reasons: tuple[str, ...]
    notes: tuple[str, ...] = ()

    __repr__ = of_fields


def sound_rows(
    frame: pl.DataFrame,
    table: Table,
    names: Resolved,
    benchmarks: pl.DataFrame,
    *,
    source: str | None,
    recorded_on: date,
    duplicates: Duplicates | None = None,
    policies: bool = False,
) -> Sound:
    """Give rows the ids of the dataset and refuse those that break a rule.

    Parameters
    ----------
    frame
        Rows as the source gave them.
    table
        The declaration.
    names
        What the foreign names mean.
    benchmarks
        All rows of the dataset's table, for the ceilings.
    source
        The source of rows that name none.
    recorded_on
        The day of record.
    duplicates
        Which of several scores or answers for one key counts. Without, of scores the latest
        evaluated or the first does, and of answers none.
    policies
        Whether the source has an option for that.

    Raises
    ------
    DataError
        When rows do not say their source, or a column is missing.
    """
    given = frame.height
    frame, skipped = _with_ids(frame, table, names)
    unknown = given - skipped - frame.height
    places = frame[PLACE] if PLACE in frame.columns else None
    kept = frame.select(name for name in frame.columns if name in table.names)
    kept = kept.drop("recorded_on", "revision", "reason", strict=False)
    if "source" not in kept.columns:
        if source is None:
            raise DataError(f"the rows of {table.name} do not say which source they come from")
        kept = kept.with_columns(source=pl.lit(source))
    kept = _defaults(kept, table)
    alone = None
    if table.name in POLICIES:
        alone = settled(
            kept,
            table,
            "error" if duplicates is None and table.name == "responses" else duplicates,
            place=None if places is None else places.__getitem__,
            option=OPTION if policies else "",
        )
        if alone.kept is not None:
            kept = alone.frame
            places = None if places is None else places[list(alone.kept)]
    typed, reasons, repeated, wrong = _checked(kept, table, benchmarks, recorded_on, places)
    if alone is None:
        return Sound(
            frame=typed,
            refused=unknown + wrong,
            skipped=skipped,
            repeated=repeated,
            reasons=tuple(reasons),
        )
    return Sound(
        frame=typed,
        refused=unknown + wrong + len(alone.reasons),
        skipped=skipped + alone.given_up,
        repeated=repeated + alone.repeated,
        reasons=(*alone.reasons, *reasons)[:MOST_LISTED],
        notes=alone.notes,
    )


def _with_ids(frame: pl.DataFrame, table: Table, names: Resolved) -> tuple[pl.DataFrame, int]:
    """Map the names of a table and drop rows with unknown ones; also how many are left out."""
    skipped = 0
    for column, kind in _references(table):
        if column not in frame.columns or column == "partners":
            continue
        if names.left[kind]:
            leave = frame[column].is_in(list(names.left[kind])).fill_null(value=False)
            skipped += int(leave.sum())
            frame = frame.filter(~leave)
        if column == "model" and "variant" in table.names and names.variants:
            frame = with_variants(frame, names.variants)
        ids = dict(names.ids[kind])
        old, new = pl.Series([*ids], dtype=pl.String), pl.Series([*ids.values()], dtype=pl.String)
        mapped = pl.col(column).replace_strict(old, new, default=None, return_dtype=pl.String)
        required = table.column(column).required
        known = frame.with_columns(mapped)
        frame = known.filter(pl.col(column).is_not_null()) if required else known
    return frame, skipped


def _defaults(frame: pl.DataFrame, table: Table) -> pl.DataFrame:
    return frame.with_columns(
        pl.col(column.name).fill_null(column.default)
        for column in table.columns
        if column.default is not None
        and column.name in frame.columns
        and frame.schema[column.name] == column.dtype
    )


def _checked(
    frame: pl.DataFrame,
    table: Table,
    benchmarks: pl.DataFrame,
    recorded_on: date,
    places: pl.Series | None = None,
) -> tuple[pl.DataFrame, list[str], int, int]:
    reasons: list[str] = []
    repeated = wrong = 0
    if places is not None and places.null_count():
        places = None
    while frame.height:
        faults = Faults()
        given = {table.name: _given(frame, table, places)}
        if table.name == "scores":
            given["benchmarks"] = _given(benchmarks, TABLES["benchmarks"])
        typed = checked(
            given, faults, also_defaults={table.name: {"recorded_on": recorded_on, "revision": 0}}
        )
        if not faults.rows:
            faults.raise_if_any("what the source gave cannot be used")
            return typed[table.name], reasons, repeated, wrong
        first = frame.select(pl.struct(pl.all()).is_first_distinct()).to_series()
        if not first.all():
            repeated += int((~first).sum())
            told = pl.lit(None, pl.String) if places is None else places
            frame = frame.with_columns(told.alias(PLACE)).filter(first)
            places = None if places is None else frame[PLACE]
            frame = frame.drop(PLACE)
            continue
        wrong += len(faults.rows)
        reasons += [words for words in faults.rows.values() if words]
        bad = pl.Series([*faults.rows], dtype=pl.UInt32)
        index = pl.int_range(frame.height, eager=True, dtype=pl.UInt32)
        good = ~index.is_in(bad.implode())
        frame = frame.filter(good)
        places = None if places is None else places.filter(good)
    return table.empty(), reasons, repeated, wrong


def _given(frame: pl.DataFrame, table: Table, places: pl.Series | None = None) -> Given:
    columns = [name for name in table.key if name in frame.columns]

    def place(rows: Sequence[int]) -> list[str]:
        keys = frame.select(columns)[list(rows)].iter_rows()
        words = [f"{table.name}: {' / '.join(str(part) for part in key)}" for key in keys]
        if places is None:
            return words
        return [f"{where}: {one}" for where, one in zip(places[list(rows)], words, strict=True)]

    return Given(frame=frame, label=table.name, place=place)


def _references(table: Table) -> Iterator[tuple[str, Kind]]:
    for column in table.columns:
        if column.references in KIND_OF and column.name not in ("superseded_by",):
            yield column.name, KIND_OF[column.references]


def entity_rows(
    tables: Mapping[str, pl.DataFrame], kind: Kind, names: Resolved, source: str | None
) -> list[dict[str, Any]]:
    """Return what a source says about each model, benchmark or organisation, by id.

    Parameters
    ----------
    tables
        What the source gave.
    kind
        Which entities.
    names
        What the foreign names mean.
    source
        The source of rows that name none.

    Returns
    -------
    list of dict
        One for each entity that is new or about which something is said; the names of entities
        that the dataset knows are left out.
    """
    table = TABLES[ALIASED[kind]]
    told: dict[str, dict[str, Any]] = {}
    for frame in _about(tables, kind, table):
        for row in frame.iter_rows(named=True):
            entity = names.ids[kind].get(row[kind] or "")
            if entity is None:
                continue
            known = told.setdefault(entity, {kind: entity, "source": row.get("source") or source})
            for column, value in _said(row, table, names).items():
                if known.get(column) is None:
                    known[column] = value
    for entity, name in names.made[kind].items():
        row = told.setdefault(entity, {kind: entity, "source": source})
        row["name"] = row.get("name") or name
        released = row.get(_RELEASE) or row.get("listed_on")
        if kind == "model" and released is not None:
            for column in _RELEASED:
                row[column] = row.get(column) or released
    for entity, row in told.items():
        # The dates of a known model may be empty on purpose: it was never available.
        row.pop(_RELEASE, None)
        if entity not in names.made[kind]:
            row.pop("name", None)
    return [told[entity] for entity in sorted(told)]


def _about(tables: Mapping[str, pl.DataFrame], kind: Kind, table: Table) -> Iterator[pl.DataFrame]:
    """Frames with one row per foreign name and what is said about it, the plainest first."""
    if table.name in tables:
        yield tables[table.name]
    also = {"model": ("model_name", "organisation", "country", "released_on", "family")}
    for name in EVIDENCE:
        frame = tables.get(name)
        if frame is None or kind not in frame.columns:
            continue
        said = [column for column in also.get(kind, ()) if column in frame.columns]
        by = ["source"] if "source" in frame.columns else []
        yield (
            frame.select(kind, *by, *said)
            .group_by(kind, maintain_order=True)
            .agg(pl.col(*by, *said).drop_nulls().first() if by or said else [])
        )


def _said(row: Mapping[str, Any], table: Table, names: Resolved) -> dict[str, Any]:
    said = {
        column: value
        for column, value in row.items()
        if column in table.names and column not in (*table.key, "source") and value is not None
    }
    if table.name != "models":
        return said
    if row.get("model_name"):
        said.setdefault("name", row["model_name"])
    organisation = names.ids["organisation"].get(said.pop("organisation", None) or "")
    if organisation:
        said["organisation"] = organisation
    if said.get("partners"):
        parts = (part.strip() for part in said.pop("partners").split(SEPARATOR))
        ids = [names.ids["organisation"].get(part) for part in parts]
        said["partners"] = SEPARATOR.join(one for one in ids if one) or None
    if not _COUNTRY.fullmatch(said.get("country") or ""):
        said.pop("country", None)
    if row.get(_RELEASE) is not None:
        said[_RELEASE] = row[_RELEASE]
    return said
