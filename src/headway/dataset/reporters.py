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
        The scores. A reporter is filled in only where the source gave ``unknown`` or nothing,
        the report is declared, and the dataset holds no such score with an unknown reporter:
        that one may still be confirmed or corrected.
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
    waiting = current(tables["scores"], TABLES["scores"]).filter(pl.col("reporter") == "unknown")
    known = waiting.select("model", "reported_in").unique()
    named = pl.DataFrame(
        {"model": [*ids], "id": [*ids.values()]}, schema={"model": pl.String, "id": pl.String}
    )
    said = (
        said.drop_nulls()
        .join(named, on="model", how="inner")
        .join(known, left_on=["id", "reported_in"], right_on=["model", "reported_in"], how="anti")
        .drop("id")
    )
    return (
        scores.join(said, on=["model", "reported_in"], how="left", maintain_order="left")
        .with_columns(
            reporter=pl.when(open_ & pl.col("follows").is_not_null())
            .then(pl.col("follows"))
            .otherwise(pl.col("reporter"))
        )
        .drop("follows")
    )


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
