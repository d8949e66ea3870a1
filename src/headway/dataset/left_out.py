"""Models that an answer does without, for want of a fact: who they are, the best first."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from headway.dataset.dataset import Dataset
    from headway.dataset.groups import Membership

MOST_NAMED = 5


def some(names: Sequence[str]) -> str:
    """Name the first few, and how many more there are.

    >>> some(["a", "b"]), some(list("abcdefg"))
    ('a, b', 'a, b, c, d, e and 2 more')
    """
    shown = ", ".join(names[:MOST_NAMED])
    return shown if len(names) <= MOST_NAMED else f"{shown} and {len(names) - MOST_NAMED} more"


def no_date(group: str, basis: str, named: Sequence[str]) -> str:
    """Say that models of a group have no date of a kind.

    >>> no_date("country:US", "available", ["a (rank 1)"])
    '1 model of country:US has no available date and is left out: a (rank 1).'
    """
    one = len(named) == 1
    return (
        f"{len(named)} {'model' if one else 'models'} of {group} {'has' if one else 'have'} no"
        f" {basis} date and {'is' if one else 'are'} left out: {some(named)}."
    )


def may_belong(group: str, found: "Membership", named: Sequence[str]) -> str:
    """Say that of some models nobody knows whether they belong to a group."""
    one = len(named) == 1
    return (
        f"{len(named)} {'model' if one else 'models'} may belong to {group}"
        f" ({' or '.join(found.attributes)} not known) and {'is' if one else 'are'} left out:"
        f" {some(named)}."
    )


def too_low(group: str, models: Sequence[str]) -> str:
    """Say that models which were left out would raise a frontier."""
    return (
        f"The frontier of {group} may stand too low, and what rests on it is incomplete: it"
        f" would be raised by {some(models)}."
    )


def best_first(data: "Dataset", models: Iterable[str]) -> list[str]:
    """Order models by their mean place among all on the benchmarks and boards they were on.

    Those that nothing measured come last, by identifier.
    """
    wanted = set(models)
    parts = [
        data.normalised_scores()
        .drop_nulls("performance")
        .select("model", on="benchmark", value="performance"),
        data.ratings.select("model", on=pl.col("board"), value="rating"),
    ]
    place = pl.col("value").rank("average", descending=True) / pl.len()
    means = (
        pl.concat(part.with_columns(place=place.over("on")) for part in parts)
        .filter(pl.col("model").is_in(list(wanted)))
        .group_by("model")
        .agg(pl.col("place").mean())
    )
    known = dict(means.iter_rows())
    return sorted(wanted, key=lambda model: (known.get(model, float("inf")), model))
