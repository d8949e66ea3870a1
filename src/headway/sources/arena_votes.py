"""Tables of single votes between two answers, as Arena and MT-bench publish them.

One row is one vote: who answered, which answer was preferred, and what else is known of it.
"""

from collections.abc import Sequence
from hashlib import blake2b
from pathlib import Path

import polars as pl

from headway.errors import DataError, UsageError, did_you_mean
from headway.sources import Parsed, Refused
from headway.sources.columns import LINE, Columns, check_columns, csv_frame

__all__ = ["LINES", "named_by", "parse_votes", "publisher", "told_apart", "votes_of"]

SOURCE = "arena-votes"
LICENCE = "CC BY 4.0"
LINES = "line"
"""The value of the option ``vote`` that makes ids from the lines of the file."""

OUTCOMES = {
    "model_a": "a",
    "a": "a",
    "model_b": "b",
    "b": "b",
    "tie": "tie",
    "tie (bothbad)": "both_bad",
    "tie (both bad)": "both_bad",
    "both_bad": "both_bad",
    "bothbad": "both_bad",
}

_TWO_MEANINGS = "it is the letter of one answer and the name of the model of the other"
_OUTCOME = ("winner", "outcome")
_MOMENT = ("tstamp", "timestamp", "voted_at")
_DOMAIN = ("domain", "category")
_OF_A_VOTE = ("vote", "vote_id", "id")
_OF_A_QUESTION = "question_id"
_COVARIATES = ("language", "turn", "judge", "anony")
_SECONDS = r"^\d{9,10}(\.\d+)?$"
_CONTENT = ("model_a", "model_b", "outcome", "domain", "voted_at", "covariates")
_VOTE = ("vote", *_CONTENT)
_DIGEST_BYTES = 6


def parse_votes(text: str | bytes, file: str = "votes.csv", *, vote: str | None = None) -> Parsed:
    """Parse a table of votes.

    Parameters
    ----------
    text
        The content of the file.
    file
        Its name, which begins the id of a vote that has none.
    vote
        The column that names votes, or ``line`` to make names from the lines. Without, the column
        ``vote``, ``vote_id`` or ``id``, or ``question_id`` where no question is there twice; and
        lines where there is none of these. Such a name has the file's name, the line, and a digest
        of all votes up to it: another file of that name has other ids, and a later one that goes
        on has the same for what it repeats.

    Returns
    -------
    Parsed
        ``votes``. An outcome that is not known refuses the row: it is never taken for a tie.
        Columns of numbers in pairs such as ``length_a`` and ``length_b`` become covariates, and
        ``language``, ``turn``, ``judge`` and ``anony``. Columns that are not used may be nested.
        A vote that is there again with other values is refused, with both lines.

    Raises
    ------
    DataError
        When a column is missing, or the text is not CSV.
    UsageError
        When the file has no column ``vote``.
    """
    frame, uneven = csv_frame(text, file)
    return votes_of(frame, file, uneven, vote=vote)


def votes_of(
    frame: pl.DataFrame, file: str, uneven: Sequence[Refused] = (), *, vote: str | None = None
) -> Parsed:
    """Turn a table, some rows of which were refused, into votes; see :func:`parse_votes`."""
    check_columns(frame, ("model_a", "model_b"), file)
    outcome = _first(frame, _OUTCOME)
    if outcome is None:
        raise DataError(
            f"{file}: column 'winner' is missing",
            hint="it says model_a, model_b, tie or both_bad; it may also be called 'outcome'",
        )
    columns = Columns(frame, file)
    columns.text("model_a", "model_a", required=True)
    columns.text("model_b", "model_b", required=True)
    columns.one_of("outcome", outcome, OUTCOMES, required=True)
    columns.refuse(_two_meanings(columns, outcome), outcome, "model_a or model_b: " + _TWO_MEANINGS)
    domain, moment = _first(frame, _DOMAIN), _first(frame, _MOMENT)
    if domain:
        columns.text("domain", domain)
    else:
        columns.constant("domain", None, pl.String)
    notes: list[str] = []
    column = named_by(frame, file, vote)
    if column is not None:
        columns.text("vote", column, required=True)
    elif vote is None and _OF_A_QUESTION in frame.columns:
        notes.append(
            f"{file}: {_OF_A_QUESTION} is there several times, so it names questions and not"
            " votes; votes are named by their lines"
        )
    if column is None:
        notes.append(
            f"{file}: its votes have no ids of their own; lines that an earlier file of this name"
            " begins with as well are the same votes (different files of one name are told apart"
            " when they are given together)"
        )
    if moment is None:
        columns.constant("voted_at", None, pl.Date)
    elif _in_seconds(frame[moment]):
        columns.number("seconds", moment, low=0, high=2**34)
    else:
        columns.day("voted_at", moment)
    covariates = [name for name in _COVARIATES if name in frame.columns]
    for name in covariates:
        columns.text(f"\0{name}", name)
    measured = _measured(frame)
    for name in measured:
        columns.number(f"\0{name}", name)
    covariates += measured
    made, refused = columns.taken()
    if "seconds" in made.columns:
        made = made.with_columns(
            voted_at=pl.from_epoch(pl.col("seconds").floor().cast(pl.Int64)).dt.date()
        )
    said = pl.lit(None, pl.String)
    if covariates:
        pairs = pl.struct(pl.col(f"\0{name}").alias(name) for name in covariates)
        said = pairs.struct.json_encode()
    made = made.with_columns(covariates=said, source=pl.lit(SOURCE))
    if column is None:
        made = made.with_columns(vote=_of_lines(made, file))
    once = made.unique(_VOTE, keep="first", maintain_order=True)
    if once.height < made.height:
        notes.append(
            f"{file}: {made.height - once.height} rows repeat a vote word for word and are left out"
        )
    first = once.select("vote", pl.col(LINE).min().over("vote").alias("first"))["first"]
    again = once.with_columns(first=first).filter(pl.col(LINE) > pl.col("first"))
    refused += uneven
    refused += [
        Refused(
            line=line,
            file=file,
            reason=f"the vote {name!r} stands on line {before} with other values"
            f"; --option vote={LINES} takes every line for a vote of its own",
        )
        for line, name, before in again.select(LINE, "vote", "first").iter_rows()
    ]
    kept = once.filter(pl.col(LINE) == first)
    votes = kept.select(*_VOTE, "source")
    places = kept.select(pl.format("{} line {}", pl.lit(file), pl.col(LINE))).to_series()
    return Parsed(
        tables={"sources": publisher("Arena votes", SOURCE, votes["voted_at"]), "votes": votes},
        read=frame.height + len(uneven),
        refused=tuple(sorted(refused, key=lambda one: one.line)),
        notes=tuple(notes),
        left_out=made.height - once.height,
        places={"votes": places},
    )


def publisher(title: str, source: str, days: pl.Series) -> pl.DataFrame:
    """Return the row of ``sources`` for something that Arena publishes.

    It covers the field to the last of its own days.
    """
    return pl.DataFrame(
        {
            "source": [source],
            "title": [title],
            "publisher": ["Arena"],
            "url": ["https://arena.ai/leaderboard"],
            "licence": [LICENCE],
            "retrieved_on": [None],
            "covers_until": [days.max()],
        },
        schema_overrides={"retrieved_on": pl.Date, "covers_until": pl.Date},
    )


def named_by(frame: pl.DataFrame, file: str, vote: str | None) -> str | None:
    """Return the column that names votes, or None where their lines do.

    Raises
    ------
    UsageError
        When the file has no column ``vote``.
    """
    if vote == LINES:
        return None
    if vote is not None:
        if vote not in frame.columns:
            names = [name for name in frame.columns if name != LINE]
            raise UsageError(
                f"vote is {vote!r}, and {file} has no such column{did_you_mean(vote, names)}",
                hint=f"vote is {LINES} or one of its columns: " + ", ".join(names[:20]),
            )
        return vote
    column = _first(frame, _OF_A_VOTE)
    if column is None and _OF_A_QUESTION in frame.columns and not _questions(frame):
        return _OF_A_QUESTION
    return column


def _questions(frame: pl.DataFrame) -> bool:
    """Whether ``question_id`` names questions and not votes."""
    return bool(frame[_OF_A_QUESTION].drop_nulls().is_duplicated().any())


def _two_meanings(columns: Columns, outcome: str) -> pl.Expr:
    """Where the outcome is the letter of one answer and the name of the other one's model."""
    said, of_a, of_b = (
        columns.shown(name).str.strip_chars() for name in (outcome, "model_a", "model_b")
    )
    letter = said.str.to_lowercase()
    return ((letter == "a") & (said == of_b)) | ((letter == "b") & (said == of_a))


def _of_lines(made: pl.DataFrame, file: str) -> pl.Series:
    """Names of votes from the file's name, their lines and all votes up to them."""
    stem = Path(file).name.split(".", 1)[0]
    so_far = blake2b(digest_size=_DIGEST_BYTES)
    names: list[str] = []
    for line, *vote in made.select(LINE, *_CONTENT).iter_rows():
        so_far.update(repr(vote).encode())
        names.append(f"{stem}-{line}-{so_far.hexdigest()}")
    return pl.Series("vote", names, dtype=pl.String)


def told_apart(files: Sequence[pl.DataFrame]) -> list[pl.DataFrame]:
    """Number votes of files that begin alike and then differ, for they are not one file.

    Parameters
    ----------
    files
        The votes of each file whose votes are named by their lines.

    Returns
    -------
    list of polars.DataFrame
        The same votes. A file that is another one, or goes on where that one ends, keeps the names
        that they share, and its votes are the same; of two files that each have votes of their
        own the later one gets other names, and no vote is lost.
    """
    known: list[set[str]] = []
    apart: list[pl.DataFrame] = []
    for votes in files:
        names = votes["vote"].to_list()
        own = set(names)
        place = next((n for n, one in enumerate(known) if own <= one or one <= own), len(known))
        known[place:] = [known[place] | own, *known[place + 1 :]] if place < len(known) else [own]
        before = [sum(name in one for one in known[:place]) for name in names]
        numbered = [
            f"{n}-{1 + times}" if times else n for n, times in zip(names, before, strict=True)
        ]
        apart.append(votes.with_columns(vote=pl.Series(numbered, dtype=pl.String)))
    return apart


def _measured(frame: pl.DataFrame) -> list[str]:
    """Columns of numbers that there are for either answer."""
    pairs = [
        (f"{name[:-1]}a", name)
        for name in frame.columns
        if name.endswith("_b") and f"{name[:-1]}a" in frame.columns and name != "model_b"
    ]
    return [column for pair in pairs if all(_numeric(frame[c]) for c in pair) for column in pair]


def _numeric(cells: pl.Series) -> bool:
    if cells.dtype.is_numeric():
        return True
    filled = cells.drop_nulls() if cells.dtype == pl.String else cells.clear()
    return not filled.is_empty() and not filled.cast(pl.Float64, strict=False).null_count()


def _in_seconds(cells: pl.Series) -> bool:
    filled = cells.drop_nulls().cast(pl.String)
    return not filled.is_empty() and filled.head(100).str.contains(_SECONDS).any()


def _first(frame: pl.DataFrame, names: Sequence[str]) -> str | None:
    return next((name for name in names if name in frame.columns), None)
