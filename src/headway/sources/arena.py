"""Arena: rating tables of several boards and days, and tables of single votes.

Ratings are those of a Bradley-Terry model on pairwise votes, with 95% intervals; see
https://arena.ai/leaderboard. A table of votes has one row per vote.
"""

from collections.abc import Sequence
from pathlib import Path

import polars as pl

from headway.errors import DataError, UsageError
from headway.progress import Progress, Silent
from headway.sources import Parsed, joined
from headway.sources.columns import LINE, Columns, check_columns, csv_frame, read_frame

__all__ = ["parse_ratings", "parse_votes", "read"]

TITLE = "Arena: rating tables and votes"
LICENCE = "CC BY 4.0"

SOURCE = "arena"
LEVEL = 0.95
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

_RATINGS = ("subset", "publish_date", "category", "model_name", "rating")
_BOUNDS = ("rating_lower", "rating_upper")
_OUTCOME = ("winner", "outcome")
_MOMENT = ("tstamp", "timestamp", "voted_at")
_DOMAIN = ("domain", "category")
_VOTE_ID = ("vote", "vote_id", "question_id", "id")
_COVARIATES = ("language", "turn", "judge", "anony")
_SECONDS = r"^\d{9,10}(\.\d+)?$"


def read(paths: Sequence[Path], *, progress: Progress | None = None) -> Parsed:
    """Read tables of ratings or of votes, from CSV (also packed with gzip) or Parquet.

    Parameters
    ----------
    paths
        The files.
    progress
        Told which file is read.

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
    progress = progress or Silent()
    parts: list[Parsed] = []
    for done, path in enumerate(paths):
        progress.advance(done, len(paths))
        frame, refused = read_frame(path)
        part = _parsed(frame, str(path))
        parts.append(
            Parsed(
                tables=part.tables,
                read=part.read + len(refused),
                refused=(*refused, *part.refused),
                notes=part.notes,
                dashes=part.dashes,
            )
        )
    return joined(parts)


def _parsed(frame: pl.DataFrame, file: str) -> Parsed:
    if {"model_a", "model_b"} <= set(frame.columns):
        return _votes(frame, file)
    return _ratings(frame, file)


def parse_ratings(text: str | bytes, file: str = "ratings.csv") -> Parsed:
    """Parse a table of ratings.

    Parameters
    ----------
    text
        The content of the file.
    file
        Its name, for messages.

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
    frame, refused = csv_frame(text, file)
    part = _ratings(frame, file)
    return Parsed(
        tables=part.tables,
        read=part.read + len(refused),
        refused=(*refused, *part.refused),
        notes=part.notes,
        dashes=part.dashes,
    )


def _ratings(frame: pl.DataFrame, file: str) -> Parsed:
    check_columns(frame, _RATINGS, file)
    frame = _with_optional(
        frame, ("snapshot_date", "organization", "license", "variance", "vote_count", *_BOUNDS)
    )
    columns = Columns(frame, file)
    for name, column in (("subset", "subset"), ("category", "category"), ("model", "model_name")):
        columns.text(name, column, required=True)
    columns.text("organisation", "organization")
    columns.text("licence", "license")
    columns.number("rating", "rating", required=True)
    columns.number("low", "rating_lower")
    columns.number("high", "rating_upper")
    columns.number("variance", "variance", low=0)
    columns.whole("votes", "vote_count")
    columns.day("as_of", "publish_date")
    columns.day("snapshot", "snapshot_date")
    made, refused = columns.taken()
    made = made.with_columns(
        board=pl.format("Arena {} {}", "subset", "category"),
        level=pl.when(pl.col("low").is_not_null() & pl.col("high").is_not_null()).then(LEVEL),
        stderr=pl.col("variance").sqrt(),
        source=pl.lit(SOURCE),
    )
    key = ["board", "model", "as_of"]
    latest = made.sort("snapshot", LINE, nulls_last=False).unique(key, keep="last").sort(LINE)
    notes = []
    if latest.height < made.height:
        notes.append(
            f"{file}: {made.height - latest.height} rows are of an earlier snapshot of the same"
            " publication and are replaced by the later one"
        )
    # The licence of a model that cannot be downloaded is called proprietary.
    models = latest.unique("model", keep="last", maintain_order=True).select(
        "model",
        pl.col("model").alias("name"),
        "organisation",
        open_weights=pl.col("licence") != "Proprietary",
        source=pl.lit(SOURCE),
    )
    ratings = latest.select(
        *("board", "model", "rating", "stderr", "low", "high", "level", "votes", "as_of", "source")
    )
    return Parsed(
        tables={
            "sources": _sources("Arena leaderboard", ratings["as_of"]),
            "ratings": ratings,
            "models": models,
        },
        read=frame.height,
        refused=tuple(refused),
        notes=tuple(notes),
        dashes=True,
    )


def parse_votes(text: str | bytes, file: str = "votes.csv") -> Parsed:
    """Parse a table of votes.

    Parameters
    ----------
    text
        The content of the file.
    file
        Its name, which begins the id of a vote that has none.

    Returns
    -------
    Parsed
        ``votes``. An outcome that is not known refuses the row: it is never taken for a tie.
        Columns of numbers in pairs such as ``length_a`` and ``length_b`` become covariates, and
        ``language``, ``turn``, ``judge`` and ``anony``.

    Raises
    ------
    DataError
        When a column is missing, or the text is not CSV.
    """
    frame, refused = csv_frame(text, file)
    part = _votes(frame, file)
    return Parsed(
        tables=part.tables, read=part.read + len(refused), refused=(*refused, *part.refused)
    )


def _votes(frame: pl.DataFrame, file: str) -> Parsed:
    check_columns(frame, ("model_a", "model_b"), file)
    outcome = _first(frame, _OUTCOME)
    if outcome is None:
        raise DataError(f"{file}: column 'winner' is missing", hint="or call it 'outcome'")
    columns = Columns(frame, file)
    columns.text("model_a", "model_a", required=True)
    columns.text("model_b", "model_b", required=True)
    columns.one_of("outcome", outcome, OUTCOMES, required=True)
    domain, moment, vote = (_first(frame, some) for some in (_DOMAIN, _MOMENT, _VOTE_ID))
    if domain:
        columns.text("domain", domain)
    else:
        columns.constant("domain", None, pl.String)
    if vote:
        columns.text("vote", vote, required=True)
    else:
        stem = Path(file).name.split(".", 1)[0]
        columns.expression("vote", pl.format("{}-{}", pl.lit(stem), pl.col(LINE)))
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
    made = made.with_columns(covariates=said, source=pl.lit(f"{SOURCE}-votes"))
    twice = made.filter(pl.col("vote").is_duplicated())
    if not twice.is_empty():
        raise DataError(f"{file}: the vote {twice['vote'][0]!r} is there twice")
    votes = made.select(
        *("vote", "model_a", "model_b", "outcome", "domain", "voted_at", "covariates", "source")
    )
    return Parsed(
        tables={
            "sources": _sources("Arena votes", votes["voted_at"], f"{SOURCE}-votes"),
            "votes": votes,
        },
        read=frame.height,
        refused=tuple(refused),
    )


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


def _with_optional(frame: pl.DataFrame, names: Sequence[str]) -> pl.DataFrame:
    absent = [name for name in names if name not in frame.columns]
    return frame.with_columns(pl.lit(None, pl.String).alias(name) for name in absent)


def _sources(title: str, days: pl.Series, source: str = SOURCE) -> pl.DataFrame:
    """Return the row of ``sources``: it covers the field to the last of its own days."""
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
