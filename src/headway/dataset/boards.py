"""The best place of each name on the boards of a file, so that nobody misses a missing leader."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

import polars as pl

from headway.dataset.matching import Kind

__all__ = ["Place", "placed", "skipped"]

_MOST_NAMED = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """The best place of a name: its rank by rating on the latest day of a board.

    Parameters
    ----------
    rank
        1 for the highest rating.
    board
        The board.
    rating
        The rating there.
    as_of
        The day of that rating; None where the file has no days.
    first
        The first day on which the file rates the name.
    organisation
        Who made it, as the file says.
    """

    rank: int
    board: str
    rating: float
    as_of: date | None
    first: date | None
    organisation: str | None

    def words(self, organisations: Mapping[str, str]) -> str:
        """Return the place in words.

        Parameters
        ----------
        organisations
            What each name of an organisation is shown as.
        """
        day = f" on {self.as_of}" if self.as_of else ""
        said = f"number {self.rank} of {self.board}{day}, rated {self.rating:g}"
        if self.first and self.first != self.as_of:
            said += f", there since {self.first}"
        if self.organisation:
            said += f", by {organisations.get(self.organisation, repr(self.organisation))}"
        return said


def placed(tables: Mapping[str, pl.DataFrame]) -> dict[str, Place]:
    """Return the best place of every name in a table of ratings, the best-placed first.

    Parameters
    ----------
    tables
        What a source gave; without a table ``ratings``, no name has a place.
    """
    ratings, models = tables.get("ratings"), tables.get("models")
    if ratings is None or not {"board", "model", "rating"} <= set(ratings.columns):
        return {}
    makers: dict[str, str | None] = {}
    if models is not None and {"model", "organisation"} <= set(models.columns):
        makers = dict(models.select("model", "organisation").iter_rows())
    if "as_of" not in ratings.columns:
        ratings = ratings.with_columns(as_of=pl.lit(None, dtype=pl.Date))
    days = pl.col("as_of")
    best = (
        ratings.drop_nulls(["board", "model", "rating"])
        .with_columns(first=days.min().over("model"))
        .filter(days.eq_missing(days.max().over("board")))
        .with_columns(rank=pl.col("rating").rank("min", descending=True).over("board"))
        .sort("rank", "as_of", "board", "model", descending=[False, True, False, False])
        .unique("model", keep="first", maintain_order=True)
    )
    columns = ("model", "rank", "board", "rating", "as_of", "first")
    return {
        model: Place(
            rank=int(rank), board=board, rating=rating, as_of=day, first=first,
            organisation=makers.get(model),
        )
        for model, rank, board, rating, day, first in best.select(columns).iter_rows()
    }  # fmt: skip


def skipped(names: Mapping[Kind, Collection[str]], places: Mapping[str, Place]) -> list[str]:
    """Name what was left out as asked, those that stand highest on a board first.

    Parameters
    ----------
    names
        Names that were left out, by what they name.
    places
        What :func:`placed` says.
    """
    notes = []
    for kind, some in names.items():
        ordered = [name for name in places if name in some] if kind == "model" else []
        ordered += sorted(set(some) - set(ordered))
        board = places if kind == "model" else {}
        shown = ", ".join(
            f"{name!r}" + (f" ({board[name].words({})})" if name in board else "")
            for name in ordered[:_MOST_NAMED]
        )
        if ordered:
            more = len(ordered) - _MOST_NAMED
            shown += f" and {more} more" if more > 0 else ""
            notes.append(f"{kind}s left out as asked ({len(ordered)}), in no answer: {shown}")
    return notes
