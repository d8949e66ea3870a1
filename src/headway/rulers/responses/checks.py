"""What the questions of an item fit look like: fit, discrimination, wrong keys, leaks."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from headway.dataset.groups import members
from headway.draws import FloatArray
from headway.errors import UsageError
from headway.rulers.responses import passes
from headway.rulers.responses.fitted import ItemFit
from headway.rulers.responses.parts import Part
from headway.rulers.responses.passes import Options

if TYPE_CHECKING:
    from headway.dataset import Dataset
    from headway.rulers.responses.ruler import ItemRuler

FDR = 0.05
FEW = 4
LEAST_IN_GROUP = 3.0


def false_discovery(p: FloatArray) -> FloatArray:
    r"""Adjust p-values for the rate of false discoveries (Benjamini and Hochberg 1995).

    .. math:: q_{(i)} = \min_{k \ge i} \frac{n}{k} \, p_{(k)}

    Parameters
    ----------
    p : float64 (n,)
        NaN where there is none; those count for nothing and stay NaN.

    Returns
    -------
    float64 (n,)

    Examples
    --------
    >>> false_discovery(np.array([0.01, 0.5, np.nan, 0.02])).round(3).tolist()
    [0.03, 0.5, nan, 0.03]
    """
    out = np.full(len(p), np.nan)
    there = np.flatnonzero(~np.isnan(p))
    order = there[np.argsort(p[there], kind="stable")]
    scaled = p[order] * len(order) / np.arange(1, len(order) + 1)
    out[order] = np.minimum(np.minimum.accumulate(scaled[::-1])[::-1], 1.0)
    return out


def describe(
    part: Part,
    state: FloatArray,
    ability: FloatArray,
    sd: FloatArray,
    deviations: FloatArray,
    options: Options,
) -> dict[str, Any]:
    """Columns of the table of questions for one part, on the scale of the fit."""
    from headway.rulers.kernels import item_checks as kernel, items

    found = kernel.fit_statistics(
        part.start, part.taker, part.code, part.trials, part.success, state, ability, sd**2
    )
    trials, score = passes.item_totals(part)
    variance = passes.spread(part, state, ability, deviations, options)
    return {
        "benchmark": [part.benchmarks[k] for k in part.benchmark],
        "item": list(part.items),
        "difficulty": state[:, items.MEAN_B],
        "difficulty_stderr": np.sqrt(variance[:, 2]),
        "log_slope": state[:, items.MEAN_ALPHA],
        "log_slope_stderr": np.sqrt(variance[:, 0]),
        "models": found[:, kernel.N_TAKERS].astype(np.int64),
        "answers": trials,
        "score": score,
        "outfit": found[:, kernel.OUTFIT],
        "infit": found[:, kernel.INFIT],
        "misfit": found[:, kernel.MISFIT],
        "slope_z": found[:, kernel.SLOPE_Z],
    }


def compare(
    part: Part,
    state: FloatArray,
    ability: FloatArray,
    sd: FloatArray,
    group: NDArray[np.int8],
) -> dict[str, Any]:
    """Columns of the table of differential functioning for one part."""
    from headway.rulers.kernels import item_checks as kernel

    found = kernel.differential(
        part.start, part.taker, part.code, part.trials, part.success, state, ability, sd**2, group
    )
    return {
        "benchmark": [part.benchmarks[k] for k in part.benchmark],
        "item": list(part.items),
        **{
            name: found[:, column]
            for name, column in (
                ("shift", kernel.SHIFT),
                ("information", kernel.INFORMATION),
                ("n_first", kernel.N_FIRST),
                ("n_second", kernel.N_SECOND),
                ("right_first", kernel.RIGHT_FIRST),
                ("right_second", kernel.RIGHT_SECOND),
            )
        },
    }


def item_table(
    columns: Sequence[dict[str, Any]], *, factor: float, level: float, keys: bool = True
) -> pl.DataFrame:
    """Join the parts' columns to the table of questions, in the units of the scale.

    Parameters
    ----------
    factor
        Units of the scale per unit of the fit.
    keys
        Whether wrong keys are looked for: nothing tells them where models do not clearly differ.
    """
    from scipy.special import ndtri
    from scipy.stats import chi2, norm

    both = {name: _joined([part[name] for part in columns]) for name in columns[0]}
    z = float(ndtri(0.5 + level / 2))
    slope = np.exp(both["log_slope"]) / factor
    misfit_p = chi2.sf(both["misfit"], 2)
    miskeyed_p = norm.cdf(both["slope_z"])
    with np.errstate(invalid="ignore"):
        right = both["score"] / both["answers"]
    status = np.where(both["models"] < FEW, "few_models", "ok").astype(object)
    status[right <= 0] = "at_floor"
    status[right >= 1] = "at_ceiling"
    misfit_q, miskeyed_q = false_discovery(misfit_p), false_discovery(miskeyed_p)
    flags = np.full(len(right), "", dtype=object)
    flags[misfit_q <= FDR] = "misfit"
    if keys:
        flags[miskeyed_q <= FDR] = "miskeyed"
    difficulty, error = factor * both["difficulty"], factor * both["difficulty_stderr"]
    stretch = np.exp(z * both["log_slope_stderr"])
    return (
        pl.DataFrame(
            {
                "benchmark": both["benchmark"],
                "item": both["item"],
                "difficulty": difficulty,
                "difficulty_stderr": error,
                "difficulty_low": difficulty - z * error,
                "difficulty_high": difficulty + z * error,
                "discrimination": slope,
                "discrimination_stderr": slope * both["log_slope_stderr"],
                "discrimination_low": slope / stretch,
                "discrimination_high": slope * stretch,
                "level": level,
                "models": both["models"],
                "answers": both["answers"].astype(np.int64),
                "right": right,
                "infit": both["infit"],
                "outfit": both["outfit"],
                "misfit_p": misfit_p,
                "misfit_q": misfit_q,
                "slope_z": both["slope_z"],
                "miskeyed_p": miskeyed_p,
                "miskeyed_q": miskeyed_q,
                "flag": [flag or None for flag in flags],
                "status": [str(word) for word in status],
            },
            schema_overrides={"flag": pl.String},
        )
        .with_columns(pl.col(pl.Float64).fill_nan(None))
        .sort("benchmark", "item")
    )


def dif_table(
    columns: Sequence[dict[str, Any]], groups: tuple[str, str], *, level: float
) -> pl.DataFrame:
    """Join the parts' columns to the table of differential functioning."""
    from scipy.special import ndtri
    from scipy.stats import norm

    both = {name: _joined([part[name] for part in columns]) for name in columns[0]}
    enough = np.minimum(both["n_first"], both["n_second"]) >= LEAST_IN_GROUP
    defined = (both["information"] > 0) & enough
    shift = np.where(defined, both["shift"], np.nan)
    with np.errstate(divide="ignore", invalid="ignore"):
        error = np.where(defined, 1 / np.sqrt(both["information"]), np.nan)
        right = [both[f"right_{k}"] / both[f"n_{k}"] for k in ("first", "second")]
    p = 2 * norm.sf(np.abs(shift / error))
    q = false_discovery(p)
    z = float(ndtri(0.5 + level / 2))
    flag = [
        None if not chance <= FDR else f"easier for {groups[0] if s > 0 else groups[1]}"
        for chance, s in zip(q, shift, strict=True)
    ]
    return (
        pl.DataFrame(
            {
                "benchmark": both["benchmark"],
                "item": both["item"],
                "first": groups[0],
                "second": groups[1],
                "shift": shift,
                "shift_stderr": error,
                "low": shift - z * error,
                "high": shift + z * error,
                "level": level,
                "unit": "logits",
                "n_first": both["n_first"].astype(np.int64),
                "n_second": both["n_second"].astype(np.int64),
                "right_first": right[0],
                "right_second": right[1],
                "p": p,
                "q": q,
                "flag": flag,
                "status": np.where(defined, "ok", "few_models"),
            },
            schema_overrides={"flag": pl.String},
        )
        .with_columns(pl.col(pl.Float64).fill_nan(None))
        .sort("benchmark", "item")
    )


def differential(
    data: "Dataset", first: str, second: str, *, ruler: "ItemRuler | None" = None, **options: Any
) -> pl.DataFrame:
    r"""Find questions that are easier for one group of models than their abilities explain.

    Differential item functioning, by the efficient score test of :math:`\delta_j` in

    .. math:: P = \sigma\bigl(a_j (\theta_m - b_j) + \delta_j \, [m \in \text{first}]\bigr)

    with slope and difficulty projected out, at the abilities that all questions give (each
    without its own answer). A question that leaked to one group is too easy for it.

    Parameters
    ----------
    data
        The evidence: table ``responses``.
    first, second
        Groups as in :func:`headway.frontier`, such as ``country:CN`` and ``country:US``.
    ruler
        The item ruler to fit; the default one when None.
    **options
        Options of :class:`headway.rulers.responses.ruler.ItemRuler`, in place of ``ruler``.

    Returns
    -------
    polars.DataFrame
        One row per question: ``shift`` in logits (positive: easier for ``first``), its standard
        error and interval, ``p`` by the normal distribution, ``q`` adjusted for false discoveries,
        ``flag`` where q is at most 5%; null and status ``few_models`` with fewer than three
        answers in a group.

    Raises
    ------
    UsageError
        When a group is unknown, the groups overlap, or both a ruler and options are given.
    """
    from dataclasses import replace

    from headway.rulers.responses.ruler import ItemRuler

    if ruler is not None and options:
        raise UsageError("give a ruler or options, not both")
    ruler = replace(ruler or ItemRuler(**options), groups=(first, second))
    return ruler.fit(data, draws=0).details["dif"]


def group_labels(data: "Dataset", groups: tuple[str, str], fit: ItemFit) -> NDArray[np.int8]:
    """1 for the takers of the first group, 2 for those of the second, 0 for others."""
    models = [set(members(data, group)) for group in groups]
    overlap = sorted(models[0] & models[1])
    if overlap:
        raise UsageError(
            f"groups {groups[0]!r} and {groups[1]!r} overlap: {', '.join(overlap[:5])}",
            hint="choose groups without a common model",
        )
    label = [1 if m in models[0] else 2 if m in models[1] else 0 for m, _ in fit.takers]
    for k, group in enumerate(groups, start=1):
        if k not in label:
            raise UsageError(f"no model of group {group!r} has answers on this ruler")
    return np.array(label, dtype=np.int8)


def _joined(pieces: Sequence[Any]) -> Any:
    if isinstance(pieces[0], list):
        return [value for piece in pieces for value in piece]
    return np.concatenate(pieces)
