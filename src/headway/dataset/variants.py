"""Variants that hide in the names of a source: efforts, modes, and several entries of one model."""

from collections.abc import Mapping, Sequence

import polars as pl

from headway.dataset.matching import Match
from headway.sources.names import DEFAULT

# The surer a name is that of the model itself, the earlier its rule.
_SUREST = ("map", "id", "name", "alias", "spelling", "provider", "snapshot", "added")
_MOST_NAMED = 5


def with_variants(frame: pl.DataFrame, variants: Mapping[str, str]) -> pl.DataFrame:
    """Fill the column ``variant`` from the names of models, where the source gave none.

    Parameters
    ----------
    frame
        Rows with foreign names of models.
    variants
        Foreign names whose end is a variant.
    """
    split = pl.col("model").replace_strict(
        pl.Series([*variants], dtype=pl.String),
        pl.Series([*variants.values()], dtype=pl.String),
        default=None,
        return_dtype=pl.String,
    )
    if "variant" not in frame.columns:
        return frame.with_columns(variant=split.fill_null(DEFAULT))
    plain = pl.col("variant").is_null() | (pl.col("variant") == DEFAULT)
    return frame.with_columns(
        variant=pl.when(plain).then(split.fill_null(DEFAULT)).otherwise(pl.col("variant"))
    )


def kept_apart(
    ratings: pl.DataFrame, found: Sequence[Match], variants: Mapping[str, str]
) -> tuple[pl.DataFrame, list[str]]:
    """Keep entries of one model apart that a board rates under several names.

    Parameters
    ----------
    ratings
        Rows with foreign names of models.
    found
        What became of the names.
    variants
        Foreign names whose end is a variant.

    Returns
    -------
    tuple
        The rows with a column ``variant``: where names of one model and variant meet on a board
        and a day, the one that is surest to be the model's own keeps the variant, and each other
        one becomes a variant of its own name; and a note for each such model.
    """
    rows = with_variants(ratings, variants)
    known = {one.foreign: one for one in found if one.kind == "model" and one.id is not None}
    ids = {name: one.id for name, one in known.items()}
    named = rows.with_columns(
        id=pl.col("model").replace_strict(ids, default=None, return_dtype=pl.String)
    ).filter(pl.col("id").is_not_null())
    days = [name for name in ("board", "as_of") if name in rows.columns]
    meeting = (
        named.group_by("id", "variant", *days)
        .agg(pl.col("model").unique())
        .filter(pl.col("model").list.len() > 1)
        .group_by("id", "variant")
        .agg(pl.col("model").explode().unique().sort())
        .sort("id", "variant")
    )
    renamed: dict[str, str] = {}
    notes: list[str] = []
    for model, variant, names in meeting.iter_rows():
        places = [_SUREST.index(known[name].rule) for name in names]
        first = min(places)
        own = names[places.index(first)] if places.count(first) == 1 else None
        others = [name for name in names if name != own]
        renamed |= {name: name for name in others if _variant(rows, name) == variant}
        shown = ", ".join(others[:_MOST_NAMED]) + (", ..." if len(others) > _MOST_NAMED else "")
        notes.append(
            f"ratings: {len(names)} names of {model!r} are rated side by side; kept as variants of"
            f" their own names: {shown}"
        )
    if renamed:
        rows = rows.with_columns(
            variant=pl.col("model").replace_strict(
                renamed, default=pl.col("variant"), return_dtype=pl.String
            )
        )
    return rows, notes


def _variant(rows: pl.DataFrame, name: str) -> str:
    return str(rows.filter(pl.col("model") == name)["variant"][0])
