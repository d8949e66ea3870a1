"""Who reported a score, where the source leaves it open and the dataset knows the makers."""

from collections.abc import Mapping

import polars as pl

from headway.dataset.schema import SEPARATOR
from headway.dataset.tables import TABLES
from headway.dataset.vintages import current
from headway.errors import DataError
from headway.sources.epoch_reports import REPORTS, reporter

_BY_TITLE = {report.title: name for name, report in REPORTS.items() if report.title}


def with_reporters(
    scores: pl.DataFrame, ids: Mapping[str, str], tables: Mapping[str, pl.DataFrame]
) -> pl.DataFrame:
    """Fill in reporters that follow from the report and the makers of the model.

    Parameters
    ----------
    scores
        Scores under the names of the source.
    ids
        Names of models to ids.
    tables
        All rows of each table of the dataset.

    Returns
    -------
    polars.DataFrame
        The scores. A reporter is filled in only where the source gave ``unknown`` or nothing and
        the report is declared.
    """
    if not {"model", "benchmark", "reported_in"} <= set(scores.columns):
        return scores
    if "reporter" not in scores.columns:
        scores = scores.with_columns(reporter=pl.lit(None, dtype=pl.String))
    open_ = pl.col("reporter").is_null() | (pl.col("reporter") == "unknown")
    pairs = scores.filter(open_).select("model", "reported_in").drop_nulls().unique()
    if pairs.is_empty():
        return scores
    makers = _makers(tables["models"])
    rows = [
        (model, found_in, _reporter(found_in, makers.get(ids.get(model, ""), ())))
        for model, found_in in pairs.iter_rows()
    ]
    said = pl.DataFrame(
        rows,
        schema={"model": pl.String, "reported_in": pl.String, "follows": pl.String},
        orient="row",
    )
    return (
        scores.join(
            said.drop_nulls(), on=["model", "reported_in"], how="left", maintain_order="left"
        )
        .with_columns(
            reporter=pl.when(open_ & pl.col("follows").is_not_null())
            .then(pl.col("follows"))
            .otherwise(pl.col("reporter"))
        )
        .drop("follows")
    )


def as_recorded(scores: pl.DataFrame, old: pl.DataFrame) -> tuple[pl.DataFrame, int]:
    """Leave the reporter unknown where the dataset has the score of the source so.

    The reporter is part of the key: a known one would make a second row of the same score, and
    the first could never be corrected again.

    Parameters
    ----------
    scores
        Incoming scores with ids.
    old
        All rows of the dataset's table.

    Returns
    -------
    tuple
        The scores, sorted by key, and how many of them were left so.
    """
    cell = ["model", "variant", "benchmark", "source"]
    waiting = current(old, TABLES["scores"]).filter(pl.col("reporter") == "unknown").select(cell)
    if waiting.is_empty() or scores.is_empty():
        return scores, 0
    marked = scores.join(
        waiting.unique().with_columns(waits=pl.lit(value=True)), on=cell, how="left"
    ).with_columns(
        waits=pl.col("waits").fill_null(value=False)
        & (pl.col("reporter") != "unknown")
        & (pl.len().over(cell) == 1)
    )
    kept = marked.with_columns(
        reporter=pl.when("waits").then(pl.lit("unknown")).otherwise(pl.col("reporter"))
    ).drop("waits")
    return kept.sort(TABLES["scores"].row_key), int(marked["waits"].sum())


def _makers(models: pl.DataFrame) -> dict[str, tuple[str, ...]]:
    view = current(models, TABLES["models"]).select("model", "organisation", "partners")
    return {
        model: tuple(one for one in (first, *(others or "").split(SEPARATOR)) if one)
        for model, first, others in view.iter_rows()
    }


def _reporter(found_in: str, makers: tuple[str, ...]) -> str | None:
    if not makers:
        return None
    try:
        return reporter(_BY_TITLE.get(found_in, found_in), makers)
    except DataError:
        return None
