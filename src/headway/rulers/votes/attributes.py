"""Attributes of votes, kept as JSON: differences of covariates, and clusters."""

import json
import re
from collections.abc import Sequence

import polars as pl

from headway.errors import DataError, UsageError, did_you_mean

POSITION = "position"
CLUSTER = "\0cluster"
_NAME = re.compile(r"[^\W\d][\w-]*")


def difference(k: int) -> str:
    """Name of the column with the differences of the covariate of that number."""
    return f"\0x{k}"


def with_attributes(
    votes: pl.DataFrame, covariates: Sequence[str], cluster: str | None
) -> tuple[pl.DataFrame, list[str]]:
    """Read the differences of the covariates, and the label of the cluster.

    Parameters
    ----------
    votes
        Columns of the table ``votes``.
    covariates
        ``"position"``, or names of attributes that there are for either answer.
    cluster
        Name of an attribute of the vote, or None.

    Returns
    -------
    tuple
        The votes with the differences, first answer minus second, and a number for the cluster;
        and notes on votes that were left out.

    Raises
    ------
    UsageError
        When no vote has an attribute.
    DataError
        When an attribute of an answer is not a number, with the vote.
    """
    notes: list[str] = []
    wanted = [name for name in covariates if name != POSITION]
    for name in [*wanted, *([cluster] if cluster else [])]:
        if not _NAME.fullmatch(name):
            raise UsageError(f"{name!r} is no name of an attribute; expected one such as 'length'")
    text = pl.col("covariates")
    taken: list[pl.Expr] = []
    for name in wanted:
        taken += [
            text.str.json_path_match(f"$.{name}_{side}").alias(f"\0{name}_{side}") for side in "ab"
        ]
    if cluster:
        taken.append(text.str.json_path_match(f"$.{cluster}").alias(CLUSTER))
    try:
        frame = votes.with_columns(taken)
    except pl.exceptions.PolarsError as error:
        raise DataError(f"the covariates of some vote are not JSON: {error}") from None
    for name in wanted:
        frame = _number(frame, votes, name)
    if cluster and frame[CLUSTER].null_count() == frame.height:
        raise UsageError(_unknown(votes, cluster, cluster))
    if wanted:
        lacking = pl.any_horizontal(pl.col(f"\0{n}_{s}").is_null() for n in wanted for s in "ab")
        kept = frame.filter(~lacking)
        if kept.height < frame.height:
            notes.append(f"{frame.height - kept.height} votes without a covariate are left out.")
        frame = kept
    made = [
        (pl.lit(1.0) if name == POSITION else pl.col(f"\0{name}_a") - pl.col(f"\0{name}_b")).alias(
            difference(k)
        )
        for k, name in enumerate(covariates)
    ]
    if cluster:
        alone = frame[CLUSTER].null_count()
        if alone:
            notes.append(f"{alone} votes without a cluster are each taken for one.")
        single = pl.concat_str(pl.lit("\0"), pl.int_range(pl.len()))
        frame = frame.with_columns(pl.col(CLUSTER).fill_null(single))
        frame = frame.with_columns(pl.col(CLUSTER).rank("dense").cast(pl.Int64))
        made.append(pl.col(CLUSTER))
    return frame.select("model_a", "model_b", "outcome", *made), notes


def _number(frame: pl.DataFrame, votes: pl.DataFrame, name: str) -> pl.DataFrame:
    """Read an attribute of both answers as numbers."""
    for side in "ab":
        column = f"\0{name}_{side}"
        if frame[column].null_count() == frame.height:
            raise UsageError(_unknown(votes, f"{name}_{side}", name))
        read = frame[column].cast(pl.Float64, strict=False)
        wrong = frame[column].is_not_null() & ~read.is_finite().fill_null(value=False)
        if wrong.any():
            at = int(wrong.arg_true()[0])
            where = f" of vote {frame['vote'][at]!r}" if "vote" in frame.columns else ""
            raise DataError(
                f"the attribute '{name}_{side}'{where} is {frame[column][at]!r}; expected a number",
                hint=f"{int(wrong.sum())} votes have such a value",
            )
        frame = frame.with_columns(read.alias(column))
    return frame


def _unknown(votes: pl.DataFrame, attribute: str, name: str) -> str:
    """Say that no vote has an attribute, and which ones the first votes have."""
    seen: dict[str, None] = {}
    for text in votes["covariates"].drop_nulls().head(100):
        try:
            content = json.loads(text)
        except ValueError:
            continue
        if isinstance(content, dict):
            seen |= dict.fromkeys(content)
    known = sorted(seen)
    return (
        f"no vote has the attribute {attribute!r}{did_you_mean(name, known)}; "
        f"the votes have {', '.join(known[:20]) or 'none'}"
    )
