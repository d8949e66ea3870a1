"""A composite: the weighted mean of normalised scores, weights and components given."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np
import polars as pl
from numpy.typing import NDArray

from headway.dataset.naming import resolve_keys
from headway.draws import Draws, FloatArray, central_interval
from headway.errors import NotIdentified, UsageError
from headway.progress import Progress, Silent
from headway.rulers.alike import by_rows
from headway.rulers.scale import Evidence, Scale
from headway.rulers.scores.imputation import Filling, Normaliser, by_fit, by_others, by_worst
from headway.rulers.scores.logistic import MOST_DRAWS, require_whole
from headway.rulers.scores.observations import Duplicates, Observations, observe
from headway.rulers.scores.sampling import sampling_errors
from headway.shortly import of_fields

if TYPE_CHECKING:
    from headway.dataset import Dataset

Normalisation = Literal["chance", "minmax", "zscore", "rank"]
Missing = Literal["refuse", "mean_of_others", "worst", "model"]
Resample = Literal["scores", "benchmarks", "both"]
UNITS: Mapping[str, str] = {
    "chance": "percent",
    "minmax": "percent",
    "zscore": "standard deviations",
    "rank": "percent",
}
FEW_COMPONENTS = 5
_BLOCK = 4_000_000


@dataclass(frozen=True, kw_only=True)
class CompositeRuler:
    r"""Weighted mean of the normalised scores of a model.

    .. math:: C_m = \sum_b w_b \, g_b(x_{mb}), \qquad \sum_b w_b = 1

    x is the chance-corrected score, held to [0, 1], and g one of

    - ``chance``: :math:`100 x`;
    - ``minmax``: :math:`100 (x - \min_b) / (\max_b - \min_b)`;
    - ``zscore``: :math:`(x - \bar x_b) / s_b`, with the standard deviation of the population;
    - ``rank``: :math:`100 (r_b(x) - 1) / (N_b - 1)`, r counted from the lowest score, ties at
      their mean rank, linear between scores that were seen.

    Minimum, maximum, mean, deviation and ranks are those over all N models of the dataset that
    have a score on the benchmark, whether or not the composite takes them, and they are held in
    the draws.

    Parameters
    ----------
    weights
        The components and their weights, by benchmark; only their ratios matter.
    name
        What the composite is called.
    version
        Label of its version, shown wherever it is named; by default the first digits of the
        digest of its definition. Values of two versions are never joined.
    normalisation
        How scores become comparable.
    missing
        What happens to a model that lacks a component. ``refuse``: it is left out.
        ``mean_of_others``: the weighted mean of its other components. ``worst``: the lowest
        score that any model has there. ``model``: what the ECI-compatible fit of the whole
        dataset predicts.
    min_share
        With an imputation rule: models with less than this share of the weight observed are
        left out all the same.
    resample
        What the draws vary: the sampling error of the ``scores``, the ``benchmarks`` (with
        replacement, the same for all models), or ``both``. Where it is the scores and no error of
        a model's is known, the model has no interval; where that is so of all models, there are
        no draws.
    duplicates
        Policy for several scores of a model on a benchmark.
    level
        Level of the central intervals.
    draws
        Number of draws, up to 100,000.
    seed
        Seed of the draws.

    Notes
    -----
    The empty cells of ``mean_of_others`` and ``model`` carry the error of their rule: for the
    first, the root mean square of what the rule misses on the cells that are observed; for the
    second, the draws of the fit and the spread of its residuals. ``worst`` is a penalty by
    definition and has no error.
    """

    weights: Mapping[str, float]
    name: str = "Composite"
    version: str | None = None
    normalisation: Normalisation = "chance"
    missing: Missing = "refuse"
    min_share: float = 0.5
    resample: Resample = "scores"
    duplicates: Duplicates = "best"
    level: float = 0.9
    draws: int = 500
    seed: int = 0

    def __post_init__(self) -> None:
        if not isinstance(self.weights, Mapping) or not self.weights:
            raise UsageError(
                f"weights is {self.weights!r}; expected benchmarks with their weights",
                hint="for example {'gpqa-diamond': 2, 'swe-bench-verified': 1}",
            )
        for benchmark, weight in self.weights.items():
            number = isinstance(weight, int | float) and not isinstance(weight, bool)
            if not (number and np.isfinite(weight) and weight > 0):
                raise UsageError(
                    f"the weight of {benchmark!r} is {weight!r}; expected a number above 0",
                    hint="leave out a benchmark that is not to count",
                )
        object.__setattr__(self, "weights", {b: float(w) for b, w in self.weights.items()})
        if not np.isfinite(sum(self.weights.values())):
            raise UsageError("the weights add up to infinity; only their ratios matter")
        for option, allowed in (
            ("normalisation", Normalisation),
            ("missing", Missing),
            ("resample", Resample),
        ):
            if getattr(self, option) not in get_args(allowed):
                raise UsageError(
                    f"{option}={getattr(self, option)!r} is not one of "
                    + ", ".join(get_args(allowed))
                )
        if not 0 < self.min_share <= 1:
            raise UsageError(f"min_share is {self.min_share!r}; expected a share above 0, up to 1")
        if not 0 < self.level < 1:
            raise UsageError(f"level is {self.level!r}; expected a number between 0 and 1")
        require_whole("draws", self.draws, 0, MOST_DRAWS)
        require_whole("seed", self.seed, 0)

    @property
    def definition(self) -> str:
        """Digest of what defines the values: weights, normalisation and the rule for gaps."""
        total = sum(self.weights.values())
        shares = sorted((b, f"{w / total:.12g}") for b, w in self.weights.items())
        rule = (self.missing, self.min_share if self.missing != "refuse" else None)
        identity = repr((shares, self.normalisation, rule, self.duplicates))
        return sha256(identity.encode()).hexdigest()

    @property
    def label(self) -> str:
        """Name and version."""
        return f"{self.name} {self.version or self.definition[:8]}"

    def fit(
        self,
        data: "Dataset",
        *,
        draws: int | None = None,
        seed: int | None = None,
        workers: int | None = None,
        progress: Progress | None = None,
    ) -> Scale:
        """Compute the composite of every model that has what it takes.

        Details of the scale: ``components`` (weight, normalisation), ``cells`` (every score,
        normalised, and whether it is imputed), ``missing`` (which model lacks what).

        Raises
        ------
        UsageError
            When a benchmark is unknown.
        NotIdentified
            When a component has no scores, or the same score for every model and so no
            normalisation; or when no model has enough components.
        """
        n_draws = self.draws if draws is None else draws
        seed = self.seed if seed is None else seed
        require_whole("draws", n_draws, 0, MOST_DRAWS)
        require_whole("seed", seed, 0)
        progress = progress or Silent()
        weights = resolve_keys(data, "benchmark", self.weights)
        names = sorted(weights)
        cells = observe(data, benchmarks=names, duplicates=self.duplicates)
        silent = [name for name in names if name not in cells.benchmarks]
        if silent:
            raise NotIdentified(
                f"no model has a score on {', '.join(silent)}",
                hint="leave it out of the weights, or add scores",
            )
        errors, notes = sampling_errors(data, cells, self.duplicates)
        table = _Table.of(cells, errors)
        weight = np.array([weights[name] for name in names])
        weight /= weight.sum()
        normalisers = [
            _normaliser(self.normalisation, column[np.isfinite(column)], name)
            for name, column in zip(names, table.score.T, strict=True)
        ]
        kept = self._kept(table, weight)
        models = tuple(m for m, chosen in zip(table.models, kept, strict=True) if chosen)
        score = table.score[kept]
        normalised = _normalised(score, normalisers)
        filling = None
        if self.missing == "mean_of_others":
            filling = by_others(normalised, weight)
        elif self.missing == "worst":
            lowest = _normalised(np.nanmin(table.score, axis=0), normalisers)
            filling = by_worst(lowest, len(models))
        elif self.missing == "model" and np.isnan(score).any():
            filling = by_fit(
                data, models, names, normalisers, duplicates=self.duplicates, draws=n_draws,
                seed=seed, workers=workers, progress=progress,
            )  # fmt: skip
        also = () if filling is None else filling.sources
        observed = np.isfinite(score)
        full = normalised if filling is None else np.where(observed, normalised, filling.estimate)
        used = _Used(
            score=score, error=table.error[kept], filling=filling, weight=weight,
            normalisers=normalisers,
        )  # fmt: skip
        unknown = used.without_noise(self.resample, self.missing)
        values = used.draws(0 if unknown.all() else n_draws, seed, self.resample)
        low, high = central_interval(values, self.level)
        low[unknown] = high[unknown] = np.nan
        identity = repr((data.digest, sorted(asdict(self).items(), key=str), n_draws, seed))
        return Scale(
            ruler=self.label,
            spec=asdict(self)
            | {
                "kind": "composite",
                "benchmarks": names,
                "version": self.version or self.definition[:8],
                "definition": self.definition,
            },
            dataset=data,
            evidence=Evidence(sources=tuple(sorted({*cells.keep(kept).sources, *also}))),
            models=models,
            estimate=full @ weight,
            capability=Draws(
                values=values,
                dims=("draw", "model"),
                coords={"model": models},
                unit=UNITS[self.normalisation],
                draw_set=sha256(identity.encode()).hexdigest()[:16],
            ),
            status=_status(used.score, unknown & (len(values) > 0)),
            n_scores=observed.sum(axis=1).astype(np.int64),
            low=low,
            high=high,
            level=self.level,
            unit=UNITS[self.normalisation],
            seed=seed,
            details={
                "components": _components(names, weight, table, observed),
                "cells": _cells(models, names, weight, used, full),
                "missing": _missing(table, names, kept),
            },
            diagnostics={
                "n_models": len(models),
                "n_benchmarks": len(names),
                "n_imputed": int((~observed).sum()),
                "n_left_out": int((~kept).sum()),
            },
            notes=(*cells.notes, *notes, *self._notes(kept, observed, names)),
            alike=by_rows(score, used.error, full),
        )

    def _kept(self, table: "_Table", weight: FloatArray) -> NDArray[np.bool_]:
        observed = np.isfinite(table.score)
        if self.missing == "refuse":
            kept = np.asarray(observed.all(axis=1))
        else:
            # The sum of weights that should be 1 may end a rounding error below it.
            kept = np.asarray(observed @ weight >= self.min_share - 1e-12)
        if kept.any():
            return kept
        lacking = (~observed).sum(axis=0)
        worst = table.benchmarks[int(lacking.argmax())]
        least = int((~observed).sum(axis=1).min())
        raise NotIdentified(
            f"no model has {'every component' if self.missing == 'refuse' else 'enough weight'} "
            f"of {self.label}: the nearest lacks {least} of {len(table.benchmarks)}",
            hint=f"{worst!r} is lacking most often ({lacking.max()} of {len(observed)} models): "
            "leave it out, or name an imputation rule (missing='mean_of_others', 'worst' or "
            "'model') or a lower min_share",
        )

    def _notes(
        self, kept: NDArray[np.bool_], observed: NDArray[np.bool_], names: list[str]
    ) -> list[str]:
        notes = []
        out, imputed = int((~kept).sum()), int((~observed).sum())
        if out and self.missing == "refuse":
            notes.append(
                f"{out} models lack a component of {self.label} and are left out; the table "
                "'missing' says which."
            )
        elif out:
            notes.append(
                f"{out} models with less than {100 * self.min_share:g}% of the weight of "
                f"{self.label} are left out."
            )
        if imputed:
            models = int((~observed).any(axis=1).sum())
            notes.append(
                f"{imputed} empty cells of {models} models are filled by the rule {self.missing}."
            )
        if self.resample != "scores" and len(names) < FEW_COMPONENTS:
            notes.append(
                f"Resampling {len(names)} benchmarks says little about others: the intervals are "
                "too narrow."
            )
        return notes


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class _Table:
    """Scores and errors as (models, components); NaN where there is no score."""

    models: tuple[str, ...]
    benchmarks: tuple[str, ...]
    score: FloatArray
    error: FloatArray

    __repr__ = of_fields

    @classmethod
    def of(cls, cells: Observations, errors: FloatArray) -> "_Table":
        score = np.full((len(cells.models), len(cells.benchmarks)), np.nan)
        error = np.zeros(score.shape)
        score[cells.model, cells.benchmark] = np.clip(cells.performance, 0.0, 1.0)
        error[cells.model, cells.benchmark] = errors
        return cls(models=cells.models, benchmarks=cells.benchmarks, score=score, error=error)


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class _Used:
    """What the draws are made of: the models kept, their scores, errors and fillings."""

    score: FloatArray
    error: FloatArray
    filling: Filling | None
    weight: FloatArray
    normalisers: list[Normaliser]

    __repr__ = of_fields

    def without_noise(self, resample: Resample, missing: Missing) -> NDArray[np.bool_]:
        """Mark the models of which nothing that the draws vary is known."""
        if resample != "scores":
            return np.zeros(len(self.score), dtype=np.bool_)
        filled = np.isnan(self.score).any(axis=1) & (missing != "worst")
        return np.asarray((self.error == 0).all(axis=1) & ~filled, dtype=np.bool_)

    def draws(self, n_draws: int, seed: int, resample: Resample) -> FloatArray:
        """Draws of the composite, (n_draws, n_models); a block of them at a time."""
        rng = np.random.default_rng(seed)
        n_models, n_parts = self.score.shape
        weights = np.tile(self.weight, (n_draws, 1))
        if resample != "scores":
            weights *= rng.multinomial(n_parts, np.full(n_parts, 1 / n_parts), size=n_draws)
            weights /= weights.sum(axis=1, keepdims=True)
        noise = self.error if resample != "benchmarks" else np.zeros(self.error.shape)
        empty = np.isnan(self.score)
        block = max(1, _BLOCK // max(1, n_models * n_parts))
        values = np.empty((n_draws, n_models))
        for first in range(0, n_draws, block):
            last = min(first + block, n_draws)
            deviates = rng.standard_normal((last - first, n_models, n_parts))
            scores = np.clip(self.score + noise * deviates, 0.0, 1.0)
            normal = _normalised(scores, self.normalisers)
            if self.filling is not None:
                filled = self.filling.draw(first, last, normal, deviates)
                normal = np.where(empty, filled, normal)
            values[first:last] = np.einsum("dmk,dk->dm", normal, weights[first:last])
        return values


def _normaliser(kind: Normalisation, seen: FloatArray, name: str) -> Normaliser:
    """Map from chance-corrected scores to normalised ones, by the scores that were seen."""
    if kind == "chance":
        return lambda x: 100 * x
    least, most = float(seen.min()), float(seen.max())
    if least == most:
        raise NotIdentified(
            f"all {len(seen)} scores on {name!r} are equal, so {kind} is not defined there",
            hint="use normalisation='chance', or leave the benchmark out",
        )
    if kind == "minmax":
        return lambda x: 100 * (x - least) / (most - least)
    if kind == "zscore":
        mean, deviation = float(seen.mean()), float(seen.std())
        return lambda x: (x - mean) / deviation
    values, counts = np.unique(seen, return_counts=True)
    below = np.cumsum(counts) - counts
    places = 100 * (below + (counts - 1) / 2) / (len(seen) - 1)

    def ranked(x: FloatArray) -> FloatArray:
        out: FloatArray = np.interp(x, values, places)
        return out

    return ranked


def _normalised(scores: FloatArray, normalisers: list[Normaliser]) -> FloatArray:
    return np.stack([g(scores[..., k]) for k, g in enumerate(normalisers)], axis=-1)


def _status(score: FloatArray, alone: NDArray[np.bool_]) -> tuple[str, ...]:
    known = np.isfinite(score)
    status = np.where(alone, "point_only", "ok").astype(object)
    status[np.where(known, score, 0.0).max(axis=1) <= 0] = "at_floor"
    status[np.where(known, score, 1.0).min(axis=1) >= 1] = "at_ceiling"
    status[~known.all(axis=1)] = "imputed"
    return tuple(str(word) for word in status)


def _components(
    names: list[str], weight: FloatArray, table: _Table, observed: NDArray[np.bool_]
) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "benchmark": names,
            "weight": weight,
            "n": np.isfinite(table.score).sum(axis=0),
            "minimum": np.nanmin(table.score, axis=0),
            "maximum": np.nanmax(table.score, axis=0),
            "mean": np.nanmean(table.score, axis=0),
            "deviation": np.nanstd(table.score, axis=0),
            "imputed": (~observed).sum(axis=0),
        }
    )


def _cells(
    models: tuple[str, ...], names: list[str], weight: FloatArray, used: _Used, full: FloatArray
) -> pl.DataFrame:
    observed = np.isfinite(used.score).ravel()
    return pl.DataFrame(
        {
            "entity": np.repeat(np.array(models, dtype=str), len(names)),
            "benchmark": np.tile(np.array(names, dtype=str), len(models)),
            "weight": np.tile(weight, len(models)),
            "score": used.score.ravel(),
            "error": np.where(observed, used.error.ravel(), np.nan),
            "normalised": full.ravel(),
            "imputed": ~observed,
        }
    ).with_columns(pl.col("score", "error").fill_nan(None))


def _missing(table: _Table, names: list[str], kept: NDArray[np.bool_]) -> pl.DataFrame:
    model, component = np.nonzero(np.isnan(table.score))
    rows: dict[str, Any] = {
        "entity": [table.models[m] for m in model],
        "benchmark": [names[k] for k in component],
        "status": ["imputed" if kept[m] else "left_out" for m in model],
    }
    return pl.DataFrame(rows, schema=dict.fromkeys(rows, pl.String))
