"""Which models move most from one ruler to another, and which benchmarks move them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from headway.analyses.result import model_name
from headway.draws import FloatArray, central_interval
from headway.errors import NotIdentified
from headway.rulers.ranks import ranks_of
from headway.rulers.scale import Scale
from headway.rulers.scores.logistic import FEW
from headway.rulers.scores.observations import observe
from headway.shortly import of_fields

Ints = NDArray[np.int64]
FEWEST_SCORES = 5
NAMED = 3
NO_SCORES = ("published", "pairwise", "single", "horizon")
_MOVERS: dict[str, Any] = {
    "ruler": pl.String,
    "entity": pl.String,
    "name": pl.String,
    "rank_reference": pl.Int64,
    "rank_other": pl.Int64,
    "difference": pl.Int64,
    "low": pl.Int64,
    "high": pl.Int64,
    "level": pl.Float64,
    "models": pl.Int64,
    "n_reference": pl.Int64,
    "n_other": pl.Int64,
    "why": pl.String,
    "benchmarks": pl.String,
}
_REASONS: dict[str, Any] = {
    "ruler": pl.String,
    "entity": pl.String,
    "benchmark": pl.String,
    "name": pl.String,
    "used_by": pl.String,
    "score": pl.Float64,
    "models": pl.Int64,
    "place": pl.Float64,
    "place_reference": pl.Float64,
    "push": pl.Float64,
}


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class Comparison:
    """Two scales side by side.

    Parameters
    ----------
    models
        Those that both have, sorted.
    pairing
        How draws meet: paired, matched, one_sided or none.
    rows : two int64 arrays (1 + n_draws,)
        Rows of either scale that meet; 0 is the estimate.
    places : two int64 arrays
        Place of each model of either scale among the common ones; -1 where it is not.
    """

    models: tuple[str, ...]
    pairing: str
    rows: tuple[Ints, Ints]
    places: tuple[Ints, Ints]

    __repr__ = of_fields

    def turned(self) -> "Comparison":
        """Return the same with the two sides exchanged."""
        return Comparison(
            models=self.models,
            pairing=self.pairing,
            rows=self.rows[::-1],
            places=self.places[::-1],
        )


def movers_table(
    scales: Mapping[str, Scale],
    reference: str,
    pairs: Mapping[str, Comparison],
    *,
    level: float,
    most: int,
) -> tuple[pl.DataFrame, pl.DataFrame]:
    r"""Name the models that move most from a reference ruler to others, and say why.

    A model's push on benchmark b is the difference of two places from 0 to 1, both among the
    common models that have a score on b: its place by that score, minus its place by the
    reference ruler. Above 0, it does better there than the reference says. ``why`` has the words

    - ``strong_on_other``, ``weak_on_other``: benchmarks that only the other ruler uses push it
      that way; ``weak_on_reference``, ``strong_on_reference``: those that only the reference uses
      do; ``strong_on_both``, ``weak_on_both``: those that both use, and of which the other has
      fewer beside them;
    - ``weights``: both use the same benchmarks, and those named push it most;
    - ``other_evidence``: one of the two is not made of benchmark scores;
    - ``few_scores``: fewer than four behind its value on a ruler of many;
    - ``imputed``, ``at_ceiling`` and so on: its status on either ruler;
    - ``not_seen``: no score that this dataset has explains it.

    ``benchmarks`` names up to three, the strongest first.

    Parameters
    ----------
    pairs
        For every other ruler its comparison with the reference, the reference first.
    most
        Models to name for each.

    Returns
    -------
    movers, reasons
        Ranks count from 1 for the best, among the common models.
    """
    base = scales[reference]
    movers: list[dict[str, Any]] = []
    reasons: list[dict[str, Any]] = []
    evidence: dict[str, tuple[dict[str, int], tuple[str, ...], FloatArray]] = {}
    for name, pair in pairs.items():
        other = scales[name]
        digest = other.dataset.digest
        if digest not in evidence:
            evidence[digest] = _performance(other)
        ranks = [
            _ranks(_common(scale, places, len(pair.models)), rows)
            for scale, places, rows in zip((base, other), pair.places, pair.rows, strict=True)
        ]
        moved = ranks[0] - ranks[1]
        low, high = central_interval(moved[1:], level)
        chosen = np.argsort(-np.abs(moved[0]), kind="stable")[:most]
        for m in chosen[np.abs(moved[0, chosen]) >= 1]:
            model = pair.models[int(m)]
            found = _pushes(base, other, pair, int(m), evidence[digest])
            words, named = _why(base, other, model, moved[0, m] > 0, found)
            names = dict(other.dataset.benchmarks.select("benchmark", "name").iter_rows())
            movers.append(
                {
                    "ruler": name,
                    "entity": model,
                    "name": model_name(base, model),
                    "rank_reference": int(ranks[0][0, m]),
                    "rank_other": int(ranks[1][0, m]),
                    "difference": int(moved[0, m]),
                    "low": int(np.floor(low[m])) if np.isfinite(low[m]) else None,
                    "high": int(np.ceil(high[m])) if np.isfinite(high[m]) else None,
                    "level": level,
                    "models": len(pair.models),
                    "n_reference": _scores(base, model),
                    "n_other": _scores(other, model),
                    "why": ";".join(words),
                    "benchmarks": ";".join(str(names.get(b) or b) for b in named),
                }
            )
            reasons += [
                {
                    "ruler": name,
                    "entity": model,
                    "name": str(names.get(row["benchmark"]) or row["benchmark"]),
                }
                | row
                for row in found
            ]
    return pl.DataFrame(movers, schema=_MOVERS), pl.DataFrame(reasons, schema=_REASONS)


def benchmarks_of(scale: Scale) -> tuple[str, ...]:
    """Return the benchmarks whose scores a scale is made of; none where it has other evidence."""
    listed = scale.spec.get("benchmarks")
    if listed is not None and scale.spec.get("kind") not in ("published", "pairwise"):
        return tuple(listed)
    return () if scale.curves is None else scale.curves.benchmarks


def _common(scale: Scale, places: Ints, n: int) -> FloatArray:
    values = np.vstack([scale.estimate[None, :], scale.capability.values])
    out = np.empty((len(values), n))
    out[:, places[places >= 0]] = values[:, places >= 0]
    return out


def _ranks(values: FloatArray, rows: Ints) -> FloatArray:
    """Rank of every model in the rows wanted, ties sharing one; NaN rows where one is unknown."""
    ranks = ranks_of(values).astype(np.float64)
    ranks[~np.isfinite(values).all(axis=1)] = np.nan
    out: FloatArray = ranks[rows]
    return out


def _performance(scale: Scale) -> tuple[dict[str, int], tuple[str, ...], FloatArray]:
    try:
        cells = observe(scale.dataset)
    except NotIdentified:
        return {}, (), np.empty((0, 0))
    table = np.full((len(cells.models), len(cells.benchmarks)), np.nan)
    table[cells.model, cells.benchmark] = cells.performance
    return {model: k for k, model in enumerate(cells.models)}, cells.benchmarks, table


def _pushes(
    base: Scale,
    other: Scale,
    pair: Comparison,
    m: int,
    evidence: tuple[dict[str, int], tuple[str, ...], FloatArray],
) -> list[dict[str, Any]]:
    """What every benchmark that either ruler uses says about a model."""
    row, columns, table = evidence
    ours, theirs = set(benchmarks_of(base)), set(benchmarks_of(other))
    if not ours or not theirs:
        return []
    scored = np.array([row.get(model, -1) for model in pair.models])
    if not len(table) or scored[m] < 0:
        return []
    by_reference = _common(base, pair.places[0], len(pair.models))[0]
    out: list[dict[str, Any]] = []
    for k, benchmark in enumerate(columns):
        if benchmark not in ours | theirs or np.isnan(table[scored[m], k]):
            continue
        have = (scored >= 0) & np.isfinite(table[scored, k])
        if have.sum() < FEWEST_SCORES:
            continue
        place = _place(table[scored[have], k], table[scored[m], k])
        expected = _place(by_reference[have], by_reference[m])
        used_by = "both" if benchmark in ours & theirs else "reference"
        out.append(
            {
                "benchmark": benchmark,
                "used_by": "other" if benchmark not in ours else used_by,
                "score": float(table[scored[m], k]),
                "models": int(have.sum()),
                "place": place,
                "place_reference": expected,
                "push": place - expected,
            }
        )
    return sorted(out, key=lambda item: (-abs(item["push"]), item["benchmark"]))


def _place(values: FloatArray, value: float) -> float:
    """Share of the others below, ties by half: 0 for the last and 1 for the first."""
    below, level = (values < value).sum(), (values == value).sum() - 1
    return float((below + 0.5 * level) / (len(values) - 1))


def _why(
    base: Scale, other: Scale, model: str, up: bool, found: Sequence[Mapping[str, Any]]
) -> tuple[list[str], list[str]]:
    words, named = [], []
    sign = 1.0 if up else -1.0
    sides = {"other": sign, "both": sign, "reference": -sign}
    alike = all(item["used_by"] == "both" for item in found)
    for item in [item for item in found if sides[item["used_by"]] * item["push"] > 0][:NAMED]:
        strong = "strong" if item["push"] > 0 else "weak"
        words.append("weights" if alike else f"{strong}_on_{item['used_by']}")
        named.append(item["benchmark"])
    if not (benchmarks_of(base) and benchmarks_of(other)):
        words.append("other_evidence")
    for scale in (base, other):
        at = scale.models.index(model)
        if scale.spec.get("kind") not in NO_SCORES and scale.n_scores[at] < FEW:
            words.append("few_scores")
        if scale.status[at] not in ("ok", "anchor", "few_scores", "point_only"):
            words.append(scale.status[at])
    return list(dict.fromkeys(words)) or ["not_seen"], named


def _scores(scale: Scale, model: str) -> int:
    return int(scale.n_scores[scale.models.index(model)])
