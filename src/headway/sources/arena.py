"""Arena: rating tables of several boards and days, and single votes (``arena_votes``).

Ratings are those of a Bradley-Terry model on pairwise votes, with 95% intervals; see
https://arena.ai/leaderboard.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Literal

import polars as pl

from headway.errors import DataError, UsageError
from headway.progress import Progress, Silent
from headway.sources import Parsed, Refused, joined
from headway.sources.arena_votes import (
    LICENCE as LICENCE,
    named_by,
    parse_votes,
    publisher,
    told_apart,
    votes_of,
)
from headway.sources.columns import LINE, Columns, check_columns, csv_frame, read_frame
from headway.text import shown

__all__ = ["parse_ratings", "parse_votes", "read"]

TITLE = "Arena: rating tables and votes"
SOURCE = "arena"
LEVEL = 0.95

Duplicates = Literal["refuse", "first", "last"]
Release = Literal["unknown", "board"]

SUBSETS = (
    "text", "text_style_control", "vision", "vision_style_control", "webdev", "search",
    "search_style_control", "document", "document_style_control", "agent", "text_to_image",
    "image_edit", "text_to_video", "image_to_video", "copilot",
)  # fmt: skip
"""Boards by the names of Arena's own files, whose folder may name the board."""

_CALLED = {
    "publish_date": "leaderboard_publish_date",
    "category": "task",
    "model_name": "arena_name",
    "rating_lower": "low",
    "rating_upper": "high",
    "vote_count": "votes",
}
_OPTIONAL = (
    "snapshot_date", "organization", "license", "variance", "vote_count", "rating_lower",
    "rating_upper",
)  # fmt: skip
_KEY = ("board", "model", "as_of")
_VALUES = ("rating", "low", "high", "variance", "votes")
_FILE = "\0file"
_MOST_LINES = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class _Said:
    """What the user says of the files beside what stands in them."""

    subset: str | None = None
    category: str | None = None
    published: date | None = None
    duplicates: Duplicates = "refuse"
    release: Release = "unknown"


def read(
    paths: Sequence[Path],
    *,
    progress: Progress | None = None,
    subset: str | None = None,
    category: str | None = None,
    published: date | None = None,
    duplicates: Duplicates = "refuse",
    release: Release = "unknown",
    vote: str | None = None,
) -> Parsed:
    """Read tables of ratings or of votes, from CSV (also packed with gzip), Parquet or JSON.

    Parameters
    ----------
    paths
        The files.
    progress
        Told which file is read.
    subset, category
        The two parts of the name of a board, for files that have no such column.
    published
        The day of publication, for files that have no such column.
    duplicates
        What is done with several ratings of one name on one board and day: all are refused, or
        the first or the last one is taken.
    release
        ``board`` dates models that are new by the first day on which these files rate them,
        which is the latest day on which they can have come out.
    vote
        The column that names votes, or ``line``; see :func:`parse_votes`.

    Returns
    -------
    Parsed
        ``ratings`` and ``models``, or ``votes``.

    Raises
    ------
    UsageError
        When no path is given.
    DataError
        When a file cannot be read, or is neither a table of ratings nor one of votes.
    """
    if not paths:
        raise UsageError("no path is given", hint="name a table of ratings or of votes")
    said = _Said(
        subset=subset,
        category=category,
        published=published,
        duplicates=duplicates,
        release=release,
    )
    progress = progress or Silent()
    parts: list[Parsed] = []
    rated: list[pl.DataFrame] = []
    by_lines: list[int] = []
    for done, path in enumerate(paths):
        progress.advance(done, len(paths))
        frame, uneven = read_frame(path)
        if {"model_a", "model_b"} <= set(frame.columns):
            if named_by(frame, shown(str(path)), vote) is None:
                by_lines.append(len(parts))
            parts.append(votes_of(frame, shown(str(path)), uneven, vote=vote))
        else:
            made, part = _rows(frame, shown(str(path)), uneven, said)
            rated.append(made)
            parts.append(part)
    apart = told_apart([parts[place].tables["votes"] for place in by_lines])
    for place, votes in zip(by_lines, apart, strict=True):
        parts[place] = replace(parts[place], tables={**parts[place].tables, "votes": votes})
    if rated:
        parts.append(_ratings(pl.concat(rated), said))
    return joined(parts)


def parse_ratings(
    text: str | bytes,
    file: str = "ratings.csv",
    *,
    duplicates: Duplicates = "refuse",
    release: Release = "unknown",
) -> Parsed:
    """Parse a table of ratings.

    Parameters
    ----------
    text
        The content of the file.
    file
        Its name, for messages.
    duplicates, release
        As :func:`read`.

    Returns
    -------
    Parsed
        ``ratings`` of the boards ``Arena SUBSET CATEGORY`` as of their day of publication, with
        the root of the variance as standard error, and ``models``. A later snapshot of one
        publication replaces the rows of an earlier one.

    Raises
    ------
    DataError
        When a column is missing, or the text is not CSV.
    """
    said = _Said(duplicates=duplicates, release=release)
    frame, uneven = csv_frame(text, file)
    made, part = _rows(frame, file, uneven, said)
    return joined([part, _ratings(made, said)])


def _rows(
    frame: pl.DataFrame, file: str, uneven: Sequence[Refused], said: _Said
) -> tuple[pl.DataFrame, Parsed]:
    """Return the ratings of one file row by row, and the account of its rows."""
    fixed: dict[str, object] = {
        "subset": said.subset or _subset_of(Path(file)),
        "category": said.category,
        "publish_date": said.published,
    }
    at = {
        name: other if name not in frame.columns and other in frame.columns else name
        for name, other in {**{name: name for name in _OPTIONAL}, **_CALLED}.items()
    }
    at |= {"subset": "subset", "rating": "rating"}
    given = [name for name, value in fixed.items() if value and at[name] not in frame.columns]
    try:
        needed = ("subset", "publish_date", "category", "model_name", "rating")
        check_columns(frame, [at[name] for name in needed if name not in given], file)
    except DataError as error:
        raise DataError(
            f"{file}: this is neither a table of ratings nor one of votes",
            details=error.details,
            hint=f"{error.hint}; what a file has no column for is said by --option subset=text,"
            " category=overall or published=2026-10-20; votes have model_a, model_b and winner",
        ) from None
    columns = Columns(_with_optional(frame, [at[name] for name in _OPTIONAL]), file)
    for name, column in (("subset", "subset"), ("category", "category"), ("model", "model_name")):
        if column in given:
            columns.constant(name, fixed[column], pl.String)
        else:
            columns.text(name, at[column], required=True)
    columns.text("organisation", at["organization"])
    columns.text("licence", at["license"])
    columns.number("rating", at["rating"], required=True)
    columns.number("low", at["rating_lower"])
    columns.number("high", at["rating_upper"])
    columns.number("variance", at["variance"], low=0)
    columns.whole("votes", at["vote_count"])
    if "publish_date" in given:
        columns.constant("as_of", said.published, pl.Date)
    else:
        columns.day("as_of", at["publish_date"])
    columns.day("snapshot", at["snapshot_date"])
    made, refused = columns.taken()
    made = made.with_columns(
        pl.lit(file).alias(_FILE), board=pl.format("Arena {} {}", "subset", "category")
    )
    part = Parsed(
        tables={},
        read=frame.height + len(uneven),
        refused=(*uneven, *refused),
        dashes=True,
    )
    return made, part


def _subset_of(path: Path) -> str | None:
    """The board that Arena's own folders and files are named after."""
    names = (path.parent.name, path.name.split(".", 1)[0])
    return next((name for name in names if name in SUBSETS), None)


def _ratings(made: pl.DataFrame, said: _Said) -> Parsed:
    """Settle what several rows say of one name, board and day, and make the tables."""
    key = list(_KEY)
    unsure = pl.col("snapshot").is_null().any().over(key)
    made = made.with_columns(snapshot=pl.when(~unsure).then("snapshot"))
    newest = made.filter(pl.col("snapshot").eq_missing(pl.col("snapshot").max().over(key)))
    once = newest.unique([*key, *_VALUES], keep="first", maintain_order=True)
    several = once.filter(pl.len().over(key) > 1)
    refused: list[Refused] = []
    kept = once
    if said.duplicates == "refuse":
        kept = once.filter(pl.len().over(key) == 1)
        refused = _refused(several)
    else:
        kept = once.unique(key, keep=said.duplicates, maintain_order=True)
    left = {
        "are of an earlier snapshot of the same publication and are replaced by the later one": (
            made.height - newest.height
        ),
        "repeat a rating word for word and are left out": newest.height - once.height,
        f"rate a name again on one board and day; the {said.duplicates} one is taken": (
            once.height - kept.height - len(refused)
        ),
    }
    notes = [f"{count} rows {words}" for words, count in left.items() if count]
    # The licence of a model that cannot be downloaded is called proprietary.
    first = pl.col("as_of").min().over("model")
    models = (
        kept.with_columns(released_on=first if said.release == "board" else None)
        .unique("model", keep="last", maintain_order=True)
        .select(
            "model",
            pl.col("model").alias("name"),
            "organisation",
            pl.col("released_on").cast(pl.Date),
            open_weights=pl.col("licence") != "Proprietary",
            source=pl.lit(SOURCE),
        )
    )
    ratings = kept.select(
        *("board", "model", "rating"),
        pl.col("variance").sqrt().alias("stderr"),
        *("low", "high"),
        pl.when(pl.col("low").is_not_null() & pl.col("high").is_not_null())
        .then(LEVEL)
        .alias("level"),
        *("votes", "as_of"),
        source=pl.lit(SOURCE),
    )
    return Parsed(
        tables={
            "sources": publisher("Arena leaderboard", SOURCE, ratings["as_of"]),
            "ratings": ratings,
            "models": models,
        },
        read=0,
        refused=tuple(refused),
        notes=tuple(notes),
        dashes=True,
        left_out=sum(left.values()),
    )


def _refused(several: pl.DataFrame) -> list[Refused]:
    """Refuse all of several ratings of one name on one board and day, each with the lines."""
    refused: list[Refused] = []
    alone = several[_FILE].n_unique() < 2
    for (board, model, day), rows in several.group_by(_KEY, maintain_order=True):
        places = [
            f"{rating:g} on {'' if alone else f'{file} '}line {line}"
            for rating, file, line in rows.select("rating", _FILE, LINE).head(_MOST_LINES).rows()
        ]
        more = f" and {rows.height - len(places)} more" if rows.height > len(places) else ""
        reason = (
            f"{board} rates {model!r} {rows.height} times on {day}: {', '.join(places)}{more};"
            " --option duplicates=first or duplicates=last takes one of them"
        )
        refused += [
            Refused(line=line, reason=reason, file=file)
            for file, line in rows.select(_FILE, LINE).rows()
        ]
    return refused


def _with_optional(frame: pl.DataFrame, names: Sequence[str]) -> pl.DataFrame:
    absent = [name for name in names if name not in frame.columns]
    return frame.with_columns(pl.lit(None, pl.String).alias(name) for name in absent)
