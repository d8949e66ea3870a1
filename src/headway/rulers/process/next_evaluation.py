"""Which evaluation to run next: the one that is expected to shrink an answer's interval most."""

from collections.abc import Sequence
from statistics import NormalDist

import numpy as np
import polars as pl

from headway.draws import FloatArray
from headway.errors import UsageError
from headway.rulers.process.predictions import Predictor, positions, predictor
from headway.rulers.process.ruler import CalibratedScale
from headway.rulers.scale import Scale

FEWEST = 100
MOST_COLUMNS = 12


def next_evaluation(
    scale: Scale,
    answer: str | tuple[str, str] | FloatArray,
    *,
    models: Sequence[str] | str | None = None,
    most: int | None = 20,
) -> pl.DataFrame:
    r"""Rank the empty cells by how much a score there is expected to shrink an answer's interval.

    In the linear Gaussian model around the fit the variance of an answer Q that is left after a
    score z does not depend on what the score turns out to be:

    .. math::

       \mathrm{var}(Q \mid z) = \mathrm{var}(Q)
       - \frac{\mathrm{cov}(Q, z)^2}{\mathrm{var}(z)}, \qquad
       \text{information} = \tfrac12 \log \frac{\mathrm{var}(Q)}{\mathrm{var}(Q \mid z)}

    The covariance is exact for capabilities. Any other answer is replaced by its linear regression
    on the capabilities that explain its draws; what they leave unexplained is not promised.

    Parameters
    ----------
    scale
        Result of the calibrated ruler, with at least 100 draws.
    answer
        A model (its capability), two models (the first less the second), or the draws of any
        answer that was computed from this scale, such as ``headway.lag(scale).draws[...]``; draws
        in which it is undefined are left out.
    models
        Models that could be evaluated; None for all on the scale.
    most
        Rows to return; None for all.

    Returns
    -------
    DataFrame
        ``entity``, ``benchmark``, ``quantity`` (``expected_width``), ``estimate`` (the expected
        width of the interval after the evaluation), ``now`` (the width today, of a normal
        distribution with the draws' variance), ``shrinks`` (1 - estimate / now), ``nats``,
        ``level``, ``unit``, best first.

    Raises
    ------
    UsageError
        For a scale without a process or with too few draws, an answer without variance, unknown
        models, or draws that are not this scale's in number.

    Examples
    --------
    >>> import headway
    >>> scale = headway.rulers.calibrated(draws=200).fit(headway.load())
    >>> best = headway.rulers.next_evaluation(scale, "kimi-k3", most=1).row(0, named=True)
    >>> best["entity"], 0 < best["estimate"] < best["now"]
    ('kimi-k3', True)
    """
    found, engine = predictor(scale)
    values, unit = _answer(found, answer)
    if most is not None and (not isinstance(most, int) or most < 1):
        raise UsageError(f"most is {most!r}; expected a whole number from 1, or None for all")
    rows = positions(found, models)
    gradient = _gradient(found, engine, answer, values)
    direction = engine.normal.solve(gradient)
    variance = float(np.var(values[np.isfinite(values)], ddof=1))
    observed = set(zip(engine.cells.model.tolist(), engine.cells.benchmark.tolist(), strict=True))
    width = 2 * NormalDist().inv_cdf((1 + found.level) / 2) * np.sqrt(variance)
    frames = []
    for b, name in enumerate(engine.posterior.benchmarks):
        empty = np.array([m for m in rows if (int(m), b) not in observed], dtype=np.int64)
        if not len(empty):
            continue
        reduction = engine.posterior.widen**2 * engine.relevance(b, empty, direction)
        explained = np.minimum(reduction / variance, 1 - 1e-9)
        frames.append(
            pl.DataFrame(
                {
                    "entity": [found.models[m] for m in empty],
                    "benchmark": name,
                    "quantity": "expected_width",
                    "estimate": width * np.sqrt(1 - explained),
                    "now": width,
                    "shrinks": 1 - np.sqrt(1 - explained),
                    "nats": -0.5 * np.log1p(-explained),
                    "level": found.level,
                    "unit": unit,
                }
            )
        )
    if not frames:
        raise UsageError("every cell of these models has a score already")
    table = pl.concat(frames).sort(
        "shrinks", "entity", "benchmark", descending=[True, False, False]
    )
    return table if most is None else table.head(most)


def benchmarks_to_run(table: pl.DataFrame, *, models: int = 3) -> pl.DataFrame:
    r"""Rank benchmarks by what their best cells promise together.

    The information of the best cells of a benchmark is added up, so the width that is left is the
    width of today times :math:`\exp(-\sum \text{nats})`. Cells of one benchmark say in part the
    same, so the sum is a guide and not a promise.

    Parameters
    ----------
    table
        Result of :func:`next_evaluation` with ``most=None``.
    models
        How many models would be evaluated on each benchmark.

    Returns
    -------
    DataFrame
        ``benchmark``, ``models`` (a list, best first), ``quantity`` (``expected_width``),
        ``estimate``, ``now``, ``shrinks``, ``nats``, ``level``, ``unit``, best first.

    Raises
    ------
    UsageError
        When ``models`` is not a whole number from 1.
    """
    if not isinstance(models, int) or models < 1:
        raise UsageError(f"models is {models!r}; expected a whole number from 1")
    best = (
        table.sort("nats", "entity", descending=[True, False])
        .group_by("benchmark", maintain_order=True)
        .head(models)
    )
    return (
        best.group_by("benchmark", maintain_order=True)
        .agg(
            pl.col("entity").alias("models"),
            pl.col("quantity", "now", "level", "unit").first(),
            pl.col("nats").sum(),
        )
        .with_columns(left=(-pl.col("nats")).exp())
        .select(
            "benchmark", "models", "quantity",
            (pl.col("now") * pl.col("left")).alias("estimate"),
            "now", (1 - pl.col("left")).alias("shrinks"), "nats", "level", "unit",
        )
        .sort("shrinks", "benchmark", descending=[True, False])
    )  # fmt: skip


def _gradient(
    scale: CalibratedScale,
    engine: Predictor,
    answer: str | tuple[str, str] | FloatArray,
    values: FloatArray,
) -> FloatArray:
    """Gradient of an answer in the model-side unknowns."""
    out = np.zeros(engine.cells.n_columns)
    if isinstance(answer, str):
        _add_points(scale, engine, answer, 1.0, out)
    elif isinstance(answer, tuple):
        _add_points(scale, engine, answer[0], 1.0, out)
        _add_points(scale, engine, answer[1], -1.0, out)
    else:
        defined = np.isfinite(values)
        defined &= np.isfinite(scale.capability.values).all(axis=1)
        used, weights = explaining(scale.capability.values[defined], values[defined])
        if not used:
            raise UsageError(
                f"{int(defined.sum())} draws do not show which models this answer depends on",
                hint="fit the ruler with more draws, for example draws=2000",
            )
        for k, weight in zip(used, weights, strict=True):
            _add_points(scale, engine, scale.models[k], float(weight), out)
    return out


def _add_points(
    scale: CalibratedScale, engine: Predictor, model: str, sign: float, out: FloatArray
) -> None:
    """Add the gradient of a model's points, which depend on the anchors' logits too."""
    c = engine.posterior.state.capability
    i = scale.position(model)
    anchors = [scale.position(name) for name in scale.spec["anchors"] or ()]
    if not anchors:
        out[i] += sign
        return
    first, second = anchors
    points = list(scale.spec["anchors"].values())
    factor = (points[1] - points[0]) / (c[second] - c[first])
    along = (c[i] - c[first]) / (c[second] - c[first])
    out[i] += sign * factor
    out[first] += sign * factor * (along - 1)
    out[second] -= sign * factor * along


def explaining(columns: FloatArray, values: FloatArray) -> tuple[list[int], FloatArray]:
    """Regress values on few columns, added one by one while each explains more than chance would.

    The largest squared correlation of noise with k columns over n rows is about 2 log(k) / n; a
    column has to explain more than that share of what is left.

    Returns
    -------
    list of int, float64 (n_used,)
        The columns and their coefficients.
    """
    centred = columns - columns.mean(axis=0)
    target = values - values.mean()
    norm = np.sqrt(np.sum(centred**2, axis=0)) + 1e-9
    used: list[int] = []
    rest, weights = target, np.zeros(0)
    while len(used) < MOST_COLUMNS:
        share = (rest @ (centred / norm)) ** 2 / max(float(rest @ rest), 1e-300)
        share[used] = 0.0
        best = int(np.argmax(share))
        if share[best] < 2.5 * np.log(columns.shape[1] + 1) / len(values):
            break
        used.append(best)
        weights = np.linalg.lstsq(centred[:, used], target, rcond=None)[0]
        rest = target - centred[:, used] @ weights
    return used, weights


def _answer(
    scale: CalibratedScale, answer: str | tuple[str, str] | FloatArray
) -> tuple[FloatArray, str]:
    draws = scale.capability.values
    if len(draws) < FEWEST:
        raise UsageError(
            f"the scale has {len(draws)} draws; expected at least {FEWEST}",
            hint="fit the ruler with draws=500",
        )
    unit = scale.unit
    if isinstance(answer, str):
        values = draws[:, scale.position(answer)]
    elif isinstance(answer, tuple):
        if len(answer) != 2:
            raise UsageError(f"answer is {answer!r}; expected a model, two models, or draws")
        first, second = (draws[:, scale.position(name)] for name in answer)
        values = first - second
    else:
        values, unit = np.asarray(answer, dtype=np.float64), ""
        defined = np.isfinite(draws).all(axis=1)
        if values.shape == (np.count_nonzero(defined),):
            values = np.full(len(draws), np.nan)
            values[defined] = answer
        if values.shape != (len(draws),):
            raise UsageError(
                f"the answer has the shape {values.shape}; expected one value for each of the "
                f"{len(draws)} draws of this scale"
            )
    usable = values[np.isfinite(values)]
    if len(usable) < FEWEST or usable.std() <= 1e-9 * (1 + abs(usable.mean())):
        raise UsageError(
            "the answer does not vary over the draws, so no evaluation can shrink its interval",
            hint="anchors are fixed by definition; choose another model or answer",
        )
    return values, unit
