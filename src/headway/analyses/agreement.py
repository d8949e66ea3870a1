"""Do the rulers agree? Rank correlations between scales, and the models that move most."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from headway.analyses.asked import of_scales
from headway.analyses.movers import Comparison, movers_table
from headway.analyses.result import Result
from headway.draws import FloatArray, central_interval
from headway.errors import NotIdentified, UsageError, did_you_mean
from headway.rulers.scale import Scale
from headway.rulers.scores.logistic import require_whole
from headway.shortly import of_fields

if TYPE_CHECKING:
    import altair as alt

    from headway.dataset import Dataset

Ints = NDArray[np.int64]
FEWEST_MODELS = 5
LEAST_RELIABLE = 0.3
_EDGE = 1 - 1e-9
_SCHEMA: dict[str, Any] = {
    "entity": pl.String,
    "ruler": pl.String,
    "other": pl.String,
    "quantity": pl.String,
    "estimate": pl.Float64,
    "low": pl.Float64,
    "high": pl.Float64,
    "level": pl.Float64,
    "unit": pl.String,
    "status": pl.String,
    "n": pl.Int64,
    "pairing": pl.String,
}


@dataclass(frozen=True, eq=False, kw_only=True)
class AgreementResult(Result):
    """How far rulers agree; see :class:`headway.analyses.result.Result`.

    Parameters
    ----------
    rulers
        Their names, in the order given.
    reference
        The ruler that the movers are measured against.
    """

    rulers: tuple[str, ...]
    reference: str

    __repr__ = of_fields

    def chart(self) -> "alt.Chart | alt.LayerChart":
        """Chart of the correlations, one square for every pair of rulers."""
        chart: alt.LayerChart = import_module("headway.report.charts").agreement_chart(self)
        return chart

    def movers_chart(self) -> "alt.Chart | alt.LayerChart":
        """Chart of the models that move most, from their rank on the reference to the other."""
        chart: alt.LayerChart = import_module("headway.report.charts").movers_chart(self)
        return chart


def agreement(
    scales: Mapping[str, Scale],
    *,
    reference: str | None = None,
    level: float = 0.9,
    seed: int = 0,
    movers: int = 5,
    all_pairs: bool = True,
) -> AgreementResult:
    r"""Compare the order in which rulers put the models that have a rank on both.

    Parameters
    ----------
    scales
        Results of rulers by name; units, datasets and draws may differ.
    reference
        The ruler that movers are measured against; by default the first.
    level
        Level of the intervals.
    seed
        Seed of the matching of draws.
    movers
        How many models to name for each other ruler.
    all_pairs
        Whether to compare every two rulers, or only each with the reference.

    Returns
    -------
    AgreementResult
        For every pair of rulers the rows ``spearman``, ``kendall`` (tau-b) and
        ``spearman_without_noise``; ``n`` counts the common models. ``pairing`` says whether the
        draws are of one set (``paired``), of two and so ``matched`` at random, or there on one
        side only (``one_sided``) or on none (``none``).

        ``movers`` in the details: per other ruler the models whose rank among the common ones
        differs most from that of the reference (``difference`` above 0: it stands higher on the
        other ruler), with an interval over draws, and ``why``; ``reasons`` has every benchmark's
        part in it (:func:`headway.analyses.movers.movers_table`).

    Raises
    ------
    UsageError
        With fewer than two rulers, an unknown reference, or a wrong option.
    NotIdentified
        When no two of the rulers have five models in common.

    Notes
    -----
    Noise in either scale lowers a rank correlation, and a draw has the noise of the data and its
    own: the correlations of draws lie below the estimate. Their spread is therefore put around
    the estimate, on Fisher's scale,
    :math:`\tanh(\operatorname{artanh} \hat\rho + q - \bar z)`, with q the quantiles and
    :math:`\bar z` the mean of artanh over draws. The interval is one for the correlation that
    measuring anew would give on average (``docs/evidence/agreement.md`` says how often it
    holds).

    ``spearman_without_noise`` divides by the root of both reliabilities,
    :math:`\hat\rho / \sqrt{R_1 R_2}` (Spearman 1904), each :math:`R = 2 - 1 / r^2` with r the mean
    rank correlation of the estimate and a draw. It takes the draws to be as wide as the noise, and
    the noise of two rulers to be independent; rulers that share scores share noise, and then it
    is too high. It is unknown where the draws are paired or a reliability is below 0.3.
    """
    names = tuple(scales)
    _check(scales, names, reference, level, seed, movers)
    reference = names[0] if reference is None else reference
    orders = {name: _Ordered.of(scale) for name, scale in scales.items()}
    rows: list[dict[str, Any]] = []
    pairings: dict[tuple[str, str], Comparison] = {}
    for i, j in combinations(range(len(names)), 2):
        one, other = names[i], names[j]
        if not all_pairs and reference not in (one, other):
            continue
        pair = _compare(scales[one], scales[other], (seed, i, j))
        pairings[one, other] = pair
        rows += _rows(one, other, orders[one], orders[other], pair, level)
    if all(row["status"] == "not_enough_data" for row in rows):
        raise NotIdentified(
            f"no two of the rulers have {FEWEST_MODELS} models in common",
            hint="compare rulers that measure the same models",
        )
    moved, reasons = movers_table(
        scales,
        reference,
        {
            name: _facing(pairings, reference, name)
            for name in names
            if name != reference and len(_facing(pairings, reference, name).models) >= FEWEST_MODELS
        },
        level=level,
        most=movers,
    )
    return AgreementResult(
        table=pl.DataFrame(rows, schema=_SCHEMA),
        spec={
            "rulers": {name: scale.ruler for name, scale in scales.items()},
            "reference": reference,
            "level": level,
            "seed": seed,
            "movers": movers,
        },
        dataset=scales[reference].dataset.digest,
        details={"movers": moved, "reasons": reasons},
        notes=_notes(scales, pairings, seed),
        asked=of_scales(scales, scales[reference].dataset.digest) | {"level": level, "seed": seed},
        rulers=names,
        reference=reference,
    )


def _check(
    scales: Mapping[str, Scale],
    names: Sequence[str],
    reference: str | None,
    level: float,
    seed: int,
    movers: int,
) -> None:
    if len(names) < 2:
        raise UsageError(
            f"agreement takes two or more scales, not {len(names)}",
            hint="for example agreement({'all': scale, 'coding': other})",
        )
    for name, scale in scales.items():
        if not isinstance(scale, Scale):
            raise UsageError(f"{name!r} is a {type(scale).__name__}; expected the Scale of a ruler")
    if reference is not None and reference not in scales:
        raise UsageError(
            f"unknown reference {reference!r}{did_you_mean(reference, names)}",
            hint=f"rulers: {', '.join(names)}",
        )
    if not 0 < level < 1:
        raise UsageError(f"level is {level!r}; expected a number between 0 and 1")
    require_whole("seed", seed, 0)
    require_whole("movers", movers, 0)


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class _Ordered:
    """Estimate and draws of a scale, and the order of its models in each."""

    values: FloatArray
    order: Ints
    known: dict[bytes, float] = field(default_factory=dict)

    __repr__ = of_fields

    @classmethod
    def of(cls, scale: Scale) -> "_Ordered":
        values = np.vstack([scale.estimate[None, :], scale.capability.values])
        return cls(values=values, order=np.argsort(values, axis=1, kind="stable").astype(np.int64))

    def reliability(self, places: Ints, n: int) -> float:
        """Share of the variance over some models that is no noise; 0 where it is unknown."""
        key = (places >= 0).tobytes()
        if key not in self.known:
            rows = np.arange(1, len(self.values))
            itself, _ = _correlations(self, self, (np.zeros_like(rows), rows), (places, places), n)
            drawn = itself[np.isfinite(itself)]
            mean = float(drawn.mean()) if len(drawn) else 0.0
            self.known[key] = max(0.0, 2 - 1 / mean**2) if mean > 0 else 0.0
        return self.known[key]


def _compare(one: Scale, other: Scale, seed: tuple[int, int, int]) -> Comparison:
    """Find the common models that have a rank on both, and which draw meets which."""
    models = tuple(sorted(_ranked(one) & _ranked(other)))
    n_one, n_other = one.capability.n_draws, other.capability.n_draws
    places = [
        _places(scale.models, {model: k for k, model in enumerate(models)})
        for scale in (one, other)
    ]
    zeros = np.zeros(max(n_one, n_other), dtype=np.int64)
    if n_one and n_other and one.capability.draw_set == other.capability.draw_set:
        pairing, rows = "paired", (np.arange(1, n_one + 1), np.arange(1, n_other + 1))
    elif n_one and n_other:
        rng, n = np.random.default_rng(seed), min(n_one, n_other)
        pairing = "matched"
        rows = (1 + rng.permutation(n_one)[:n], 1 + rng.permutation(n_other)[:n])
    elif n_one or n_other:
        pairing = "one_sided"
        rows = (np.arange(1, n_one + 1), zeros) if n_one else (zeros, np.arange(1, n_other + 1))
    else:
        pairing, rows = "none", (zeros, zeros)
    first, second = (np.concatenate([[0], drawn]).astype(np.int64) for drawn in rows)
    return Comparison(
        models=models, pairing=pairing, rows=(first, second), places=(places[0], places[1])
    )


def _ranked(scale: Scale) -> set[str]:
    """Models with evidence enough for a rank."""
    return {model for model, kept in zip(scale.models, scale.enough(), strict=True) if kept}


def _places(models: Sequence[str], place: Mapping[str, int]) -> Ints:
    return np.array([place.get(model, -1) for model in models], dtype=np.int64)


def _rows(
    one: str, other: str, a: _Ordered, b: _Ordered, pair: Comparison, level: float
) -> list[dict[str, Any]]:
    n = len(pair.models)
    common = {
        "entity": f"{one} · {other}",
        "ruler": one,
        "other": other,
        "level": level,
        "unit": "correlation",
        "n": n,
        "pairing": pair.pairing,
    }
    quantities = ("spearman", "kendall", "spearman_without_noise")
    if n < FEWEST_MODELS:
        return [common | {"quantity": q, "status": "not_enough_data"} for q in quantities]
    found = _correlations(a, b, pair.rows, pair.places, n)
    rows = []
    for quantity, values in zip(quantities, found, strict=False):
        low, high = _interval(values, level)
        status = "ok" if np.isfinite(values[0]) else "not_defined"
        if status == "ok" and low is None:
            status = "point_only"
        estimate = float(values[0]) if np.isfinite(values[0]) else None
        rows.append(
            common
            | {
                "quantity": quantity,
                "estimate": estimate,
                "low": low,
                "high": high,
                "status": status,
            }
        )
    corrected = _without_noise(a, b, pair, float(found[0][0]))
    return [
        *rows,
        common
        | {
            "quantity": quantities[2],
            "estimate": corrected,
            "status": "not_defined" if corrected is None else "point_only",
        },
    ]


def _correlations(
    a: _Ordered, b: _Ordered, rows: tuple[Ints, Ints], places: tuple[Ints, Ints], n: int
) -> tuple[FloatArray, FloatArray]:
    from headway.rulers.kernels.correlation import rank_correlations

    spearman, kendall = np.empty(len(rows[0])), np.empty(len(rows[0]))
    rank_correlations(
        a.values, a.order, rows[0], places[0], b.values, b.order, rows[1], places[1],
        n, spearman, kendall,
    )  # fmt: skip
    return spearman, kendall


def _interval(values: FloatArray, level: float) -> tuple[float | None, float | None]:
    """Spread of the draws around the estimate, on Fisher's scale."""
    drawn = values[1:][np.isfinite(values[1:])]
    if not len(drawn) or not np.isfinite(values[0]):
        return None, None
    z = np.arctanh(np.clip(drawn, -_EDGE, _EDGE))
    at = float(np.arctanh(np.clip(values[0], -_EDGE, _EDGE)))
    low, high = (float(end) for end in central_interval(z, level))
    if low == high:
        return float(values[0]), float(values[0])
    return float(np.tanh(at + low - z.mean())), float(np.tanh(at + high - z.mean()))


def _without_noise(a: _Ordered, b: _Ordered, pair: Comparison, measured: float) -> float | None:
    if pair.pairing != "matched" or not np.isfinite(measured):
        return None
    both = [
        side.reliability(places, len(pair.models))
        for side, places in zip((a, b), pair.places, strict=True)
    ]
    if min(both) < LEAST_RELIABLE:
        return None
    return float(np.clip(measured / np.sqrt(both[0] * both[1]), -1.0, 1.0))


def _facing(
    pairings: Mapping[tuple[str, str], Comparison], reference: str, other: str
) -> Comparison:
    found = pairings.get((reference, other))
    return pairings[other, reference].turned() if found is None else found


def _notes(
    scales: Mapping[str, Scale], pairings: Mapping[tuple[str, str], Comparison], seed: int
) -> tuple[str, ...]:
    notes = []
    matched = sum(pair.pairing == "matched" for pair in pairings.values())
    silent = [name for name, scale in scales.items() if not scale.capability.n_draws]
    thin = sum(len(pair.models) < FEWEST_MODELS for pair in pairings.values())
    if matched:
        notes.append(
            f"{matched} pairs of rulers have draws of two sets, matched at random (seed {seed})."
        )
    if silent:
        notes.append(
            f"{', '.join(silent)}: no draws, so the intervals hold the noise of the other ruler "
            "only."
        )
    if thin:
        notes.append(f"{thin} pairs of rulers have fewer than {FEWEST_MODELS} models in common.")
    apart: dict[tuple[str, str, str], str] = {}
    for name, scale in scales.items():
        apart.setdefault(_evidence(scale.dataset), name)
    if len(apart) > 1:
        told = "; ".join(f"{name} on {_told(key)}" for key, name in apart.items())
        notes.append(
            f"The rulers rest on different evidence ({told}), so they may differ by that as well."
        )
    return tuple(notes)


def _evidence(data: "Dataset") -> tuple[str, str, str]:
    """What tells datasets apart, whichever rows a ruler selects from them."""
    return data.origin, str(data.path or ""), str(data.day or "")


def _told(key: tuple[str, str, str]) -> str:
    origin, _, day = key
    return f"{origin} as of {day}" if day else origin
