"""Time horizons as their publisher printed them."""

from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from headway.dataset.coverage import sources_in
from headway.draws import Draws, FloatArray, central_interval
from headway.errors import DataError, NotIdentified
from headway.rulers.alike import by_rows
from headway.rulers.scale import Evidence, Scale

if TYPE_CHECKING:
    from headway.dataset import Dataset

INDICATORS = {0.5: "horizon_p50_minutes", 0.8: "horizon_p80_minutes"}
_SHOWN = 5


def published_horizons(
    data: "Dataset",
    spec: dict[str, Any],
    *,
    success: float,
    published_level: float,
    level: float,
    draws: int,
    seed: int,
    draw_set: str,
) -> Scale:
    r"""Take published horizons as a scale, in log2 minutes.

    Draws are log-normal in two halves: :math:`\log_2 h + z (\log_2 \text{high} - \log_2 h) / q`
    for a standard normal z above 0, and as much with the low end below, q the normal quantile of
    the published level. So the median is the estimate, and the published interval is met exactly.
    The draws of two models are independent, because nothing is published about their common error.

    Raises
    ------
    NotIdentified
        When the dataset has no such indicators of its models.
    DataError
        When a horizon or its interval makes no sense.
    """
    rows, notes = _rows(data, success)
    models = tuple(rows["subject"])
    value, low, high = (_log2(rows[name]) for name in ("value", "low", "high"))
    from scipy.stats import norm

    quantile = float(norm.ppf((1 + published_level) / 2))
    deviates = np.random.default_rng(seed).standard_normal((draws, len(models)))
    below, above = np.nan_to_num(value - low), np.nan_to_num(high - value)
    values = value + deviates / quantile * np.where(deviates < 0, below, above)
    point = np.isnan(low) | np.isnan(high)
    ends = central_interval(values, level)
    for end in ends:
        end[point] = np.nan
    counts = {
        share: _rows(data, share)[0].filter(pl.col("subject").is_in(list(models)))
        for share in INDICATORS
        if _has(data, share)
    }
    return Scale(
        ruler=f"{100 * success:g}% time horizon (published)",
        spec=spec,
        dataset=data,
        evidence=Evidence(sources=sources_in(rows)),
        models=models,
        estimate=value,
        capability=Draws(
            values=values,
            dims=("draw", "model"),
            coords={"model": models},
            unit="doublings",
            draw_set=draw_set,
        ),
        status=tuple("point_only" if alone else "ok" for alone in point),
        n_scores=np.ones(len(models), dtype=np.int64),
        low=ends[0],
        high=ends[1],
        level=level,
        unit="doublings",
        seed=seed,
        details={
            "horizons": pl.concat(
                [
                    table.select(
                        entity="subject",
                        quantity=pl.lit(f"horizon_{100 * share:g}"),
                        estimate="value",
                        low="low",
                        high="high",
                        level=pl.lit(published_level),
                        unit=pl.lit("minutes"),
                        status=pl.when(pl.any_horizontal(pl.col("low", "high").is_null()))
                        .then(pl.lit("point_only"))
                        .otherwise(pl.lit("ok")),
                        n=pl.lit(1, dtype=pl.Int64),
                    )
                    for share, table in counts.items()
                ]
            )
        },
        diagnostics={"n_models": len(models), "n_without_interval": int(point.sum())},
        notes=notes,
        alike=by_rows(value, low, high),
    )


def _has(data: "Dataset", success: float) -> bool:
    if "indicators" not in data.names:
        return False
    return bool((data.table("indicators")["indicator"] == INDICATORS[success]).any())


def _rows(data: "Dataset", success: float) -> tuple[pl.DataFrame, tuple[str, ...]]:
    if not _has(data, success):
        raise NotIdentified(
            f"the dataset has no published horizons (indicator {INDICATORS[success]})",
            hint="import them: headway import metr FILE.yaml --into FOLDER",
        )
    rows = (
        data.table("indicators")
        .filter(pl.col("indicator") == INDICATORS[success])
        .sort("subject", "date")
        .unique("subject", keep="last", maintain_order=True)
    )
    closed = (pl.col("low") == pl.col("value")) & (pl.col("high") == pl.col("value"))
    closed = closed.fill_null(value=False)
    nothing = int(rows.select(closed.sum()).item())
    rows = rows.with_columns(pl.when(~closed).then("low"), pl.when(~closed).then("high"))
    known = rows.join(data.models, left_on="subject", right_on="model", how="semi")
    strange = rows.height - known.height
    notes = ["Published horizons have no paired draws: those of two models are independent."]
    if nothing:
        notes.append(
            f"{nothing} published horizons state an interval of 0, which is none: taken as unknown."
        )
    if strange:
        notes.append(f"{strange} published horizons are of no model of this dataset and left out.")
    if known.is_empty():
        raise NotIdentified(
            f"none of the {strange} published horizons is of a model of this dataset",
            hint="import them, so that their names are matched: headway import metr FILE.yaml",
        )
    value = pl.col("value")
    sound = value.is_finite() & (value > 0)
    sound &= (pl.col("low").fill_null(value) <= value) & (pl.col("low").fill_null(value) > 0)
    sound &= (pl.col("high").fill_null(value) >= value) & pl.col("high").fill_null(1).is_finite()
    wrong = known.filter(~sound)
    if wrong.height:
        raise DataError(
            f"indicators: {wrong.height} horizons are not minutes with an interval around them",
            details=[
                f"{row['subject']}: {row['value']} from {row['low']} to {row['high']}"
                for row in wrong.head(_SHOWN).to_dicts()
            ],
        )
    return known.sort("subject"), tuple(notes)


def _log2(column: pl.Series) -> FloatArray:
    out: FloatArray = np.log2(column.cast(pl.Float64).fill_null(np.nan).to_numpy())
    return out
