"""Boards of one table of votes: a rating per model and domain, or per model and month."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal, get_args

import polars as pl

from headway.errors import NotConverged, NotIdentified, UsageError
from headway.progress import Progress, Silent
from headway.rulers.scale import TIDY, Scale
from headway.rulers.votes.comparisons import chosen_votes, votes_of
from headway.rulers.votes.ruler import PairwiseRuler
from headway.shortly import of_fields

if TYPE_CHECKING:
    from headway.dataset import Dataset

By = Literal["domain", "month"]

_SUMMARY = {
    "board": pl.String,
    "votes": pl.Int64,
    "models": pl.Int64,
    "status": pl.String,
    "reason": pl.String,
}


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class Boards:
    """Ratings of several boards.

    Parameters
    ----------
    table
        Tidy ratings of all boards that are identified, in points; ``board`` comes first and ``n``
        is the number of a model's votes. Ratings of two boards are on scales of their own: only
        differences within a board can be compared.
    summary
        One row per board: its votes and models, ``ok`` or ``not_enough_data``, and the reason.
    scales
        The scale of every board that is identified.
    notes
        What was left out before the votes were shared out.
    """

    table: pl.DataFrame
    summary: pl.DataFrame
    scales: Mapping[str, Scale]
    notes: tuple[str, ...]

    __repr__ = of_fields

    def __post_init__(self) -> None:
        object.__setattr__(self, "scales", MappingProxyType(dict(self.scales)))

    def __reduce__(self) -> tuple[Any, ...]:
        return (_rebuild, (self.table, self.summary, dict(self.scales), self.notes))

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {
            "table": self.table.to_dicts(),
            "boards": self.summary.to_dicts(),
            "notes": list(self.notes),
        }


def boards(
    data: "Dataset",
    *,
    by: By = "domain",
    ruler: PairwiseRuler | None = None,
    draws: int | None = None,
    seed: int | None = None,
    workers: int | None = None,
    progress: Progress | None = None,
) -> Boards:
    """Fit a pairwise ruler on the votes of every domain, or of every month.

    A board that is not identified (models that were never compared, no vote left) is listed with
    the reason and has no ratings.

    Parameters
    ----------
    by
        ``domain`` of the question, or calendar ``month`` of the vote.
    ruler
        The ruler; a plain :class:`PairwiseRuler` when None. Its ``domain``, ``since`` and ``until``
        hold for all boards.
    draws, seed, workers
        As for :meth:`PairwiseRuler.fit`.
    progress
        Told which board is fitted.

    Raises
    ------
    UsageError
        When ``by`` is neither word.
    NotIdentified
        When there are no votes, or none has a domain (or a day).
    """
    if by not in get_args(By):
        raise UsageError(f"by is {by!r}; expected {' or '.join(get_args(By))}")
    ruler = ruler or PairwiseRuler()
    progress = progress or Silent()
    votes, notes = chosen_votes(
        votes_of(data), domain=ruler.domain, since=ruler.since, until=ruler.until
    )
    board = pl.col("domain") if by == "domain" else pl.col("voted_at").dt.strftime("%Y-%m")
    votes = votes.with_columns(board=board)
    apart = votes["board"].null_count()
    if apart == votes.height:
        column = "domain" if by == "domain" else "voted_at"
        raise NotIdentified(f"no vote says its {column}, so there are no boards by {by}")
    if apart:
        notes.append(f"{apart} votes without a {by} are left out.")
    single = replace(ruler, domain=None, since=None, until=None)
    tables: list[pl.DataFrame] = []
    rows: list[tuple[Any, ...]] = []
    scales: dict[str, Scale] = {}
    parts = votes.drop_nulls("board").partition_by("board", as_dict=True)
    for done, ((name,), part) in enumerate(sorted(parts.items(), key=lambda item: str(item[0]))):
        progress.advance(done, len(parts))
        try:
            scale = single.fit_votes(data, part, draws=draws, seed=seed, workers=workers)
        except (NotIdentified, NotConverged) as error:
            rows.append((name, part.height, None, "not_enough_data", error.message))
            continue
        scales[str(name)] = scale
        rows.append((name, scale.diagnostics["votes"], len(scale.models), "ok", None))
        tables.append(
            scale.table.select(pl.lit(name).alias("board"), *TIDY).with_columns(
                quantity=pl.lit("rating")
            )
        )
    empty = pl.DataFrame(schema={"board": pl.String} | dict.fromkeys(TIDY, pl.Null))
    return Boards(
        table=pl.concat(tables) if tables else empty,
        summary=pl.DataFrame(rows, schema=_SUMMARY, orient="row"),
        scales=scales,
        notes=tuple(notes),
    )


def _rebuild(
    table: pl.DataFrame, summary: pl.DataFrame, scales: dict[str, Scale], notes: tuple[str, ...]
) -> Boards:
    return Boards(table=table, summary=summary, scales=scales, notes=notes)
