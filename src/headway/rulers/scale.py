"""The result of every ruler: capabilities on one scale, with paired draws."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import polars as pl

from headway.draws import Draws, FloatArray
from headway.errors import UsageError, did_you_mean
from headway.progress import Progress

if TYPE_CHECKING:
    import altair as alt

    from headway.dataset import Dataset

TIDY = ("entity", "quantity", "estimate", "low", "high", "level", "unit", "status", "n")
_MAPPINGS = ("spec", "details", "diagnostics")


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class Curves:
    """The benchmarks' curves in logits, and the map from logits to points.

    Row 0 of every array is the estimate, rows 1 to n_draws are the draws.

    Parameters
    ----------
    benchmarks
        Identifiers.
    difficulty, slope : float64 (1 + n_draws, n_benchmarks)
    shift, factor : float64 (1 + n_draws,)
        ``points = shift + factor * logits``.
    ridge
        Weight of a squared parameter in the objective.
    """

    benchmarks: tuple[str, ...]
    difficulty: FloatArray
    slope: FloatArray
    shift: FloatArray
    factor: FloatArray
    ridge: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What a scale rests on.

    Parameters
    ----------
    sources
        The sources of the rows that were used.
    as_of
        The last day that those rows speak of, where the ruler knows one (the day of a board's
        publication, the last day of votes); their sources cover no more than that.
    """

    sources: tuple[str, ...] = ()
    as_of: date | None = None


class Ruler(Protocol):
    """What every ruler does: turn a dataset into a scale."""

    def fit(
        self,
        data: "Dataset",
        *,
        draws: int | None = None,
        seed: int | None = None,
        workers: int | None = None,
        progress: Progress | None = None,
    ) -> "Scale":
        """Fit the ruler.

        Parameters
        ----------
        data
            The evidence.
        draws, seed
            Override the ruler's own.
        workers
            Threads; None for one per processor. The result does not depend on it.
        progress
            Told about the stages.
        """


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class Scale:
    """Capabilities of models on the ruler that measured them.

    Parameters
    ----------
    ruler
        What made the scale: its name, for example ``"ECI-compatible (refit)"``.
    spec
        The options that made it, as plain values.
    dataset
        The dataset it was fitted on (names, dates, countries come from there).
    models
        Identifiers, in the order of ``estimate`` and of the draws.
    estimate : float64 (n_models,)
        Point estimates.
    capability
        Paired draws over ``model``; no draws when the ruler has none.
    status
        One word per model: ``ok``, ``anchor`` (fixed by definition), ``few_scores`` (fewer
        than four), ``at_floor`` or ``at_ceiling`` (every score at the end of its range, so only
        the ridge holds the value); of votes, ``few_votes`` (fewer than 30); of published ratings,
        ``point_only`` (no error was published).
    n_scores : int64 (n_models,)
        Scores behind each value.
    low, high : float64 (n_models,)
        Interval at ``level``; NaN where there is none.
    benchmarks
        Tidy table of difficulties and slopes, or None.
    curves
        The benchmarks' curves, estimate and draws, or None where the ruler has none.
    unit
        ``"points"`` or the unit of the benchmark.
    details
        Further tables of the ruler by name, such as ``items`` or ``groups``.
    diagnostics
        Cost, convergence, connectivity and the like, as plain values.
    notes
        Sentences that a reader of the numbers has to know.
    evidence
        The sources of the rows that were used.
    """

    ruler: str
    spec: Mapping[str, Any]
    dataset: "Dataset"
    models: tuple[str, ...]
    estimate: FloatArray
    capability: Draws
    status: tuple[str, ...]
    n_scores: np.ndarray[Any, np.dtype[np.int64]]
    low: FloatArray
    high: FloatArray
    level: float
    unit: str
    seed: int | None
    benchmarks: pl.DataFrame | None = None
    curves: Curves | None = None
    details: Mapping[str, pl.DataFrame] = field(default_factory=dict)
    diagnostics: Mapping[str, Any] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    evidence: Evidence = Evidence()

    def __post_init__(self) -> None:
        for name in ("estimate", "low", "high", "n_scores"):
            array = np.array(getattr(self, name))
            array.setflags(write=False)
            object.__setattr__(self, name, array)
        for name in _MAPPINGS:
            object.__setattr__(self, name, MappingProxyType(dict(getattr(self, name))))

    def __reduce__(self) -> tuple[Any, ...]:
        fields = {name: getattr(self, name) for name in self.__dataclass_fields__}
        fields |= {name: dict(fields[name]) for name in _MAPPINGS}
        return (_rebuild, (fields,))

    @property
    def table(self) -> pl.DataFrame:
        """Tidy table, best model first: what each is called, its value and interval."""
        frame = pl.DataFrame(
            {
                "entity": self.models,
                "quantity": "capability",
                "estimate": self.estimate,
                "low": self.low,
                "high": self.high,
                "level": self.level,
                "unit": self.unit,
                "status": self.status,
                "n": self.n_scores,
            }
        ).with_columns(pl.col("low", "high").fill_nan(None))
        return frame.sort("estimate", "entity", descending=[True, False])

    def rank(self, *, simultaneous: bool = False) -> pl.DataFrame:
        """Table of the models with rank, rank interval, names, organisation, country, dates.

        The rank of a draw is 1 plus the number of models strictly above; its interval is the
        central one over draws, at the level of the scale, for each model by itself.

        Parameters
        ----------
        simultaneous
            Whether to add ``rank_low_of_all`` and ``rank_high_of_all``, intervals that hold the
            ranks of all models at once with the probability of the level; see
            :func:`headway.rulers.ranks.simultaneous_ranks`.
        """
        facts = self.dataset.models.select(
            "model", "name", "organisation", "country", "open_weights", "announced_on",
            "available_on",
        )  # fmt: skip
        makers = self.dataset.organisations.select("organisation", organisation_name="name")
        order = np.argsort(-self.estimate, kind="stable")
        columns: dict[str, Any] = {
            "entity": self.models,
            "rank": (np.argsort(order, kind="stable") + 1).astype(np.int64),
        }
        if self.capability.n_draws:
            values = self.capability.values
            ranks = np.argsort(np.argsort(-values, axis=1, kind="stable"), axis=1) + 1
            tail = (1 - self.level) / 2
            bounds = np.quantile(ranks, [tail, 1 - tail], axis=0)
            columns["rank_low"] = np.floor(bounds[0]).astype(np.int64)
            columns["rank_high"] = np.ceil(bounds[1]).astype(np.int64)
        placed = pl.DataFrame(columns)
        if simultaneous:
            from headway.rulers.ranks import simultaneous_ranks

            jointly = simultaneous_ranks(self).select(
                "entity", rank_low_of_all="rank_low", rank_high_of_all="rank_high"
            )
            placed = placed.join(jointly, on="entity", how="left")
        return (
            placed.join(self.table, on="entity", how="left")
            .join(facts, left_on="entity", right_on="model", how="left")
            .join(makers, on="organisation", how="left")
            .sort("rank")
        )

    def position(self, model: str) -> int:
        """Index of a model, given its identifier or its published name."""
        model = resolve_model(self.dataset, model)
        if model not in self.models:
            raise UsageError(
                f"model {model!r} is not on this scale ({self.ruler})",
                hint="it has too few scores on the benchmarks of this ruler",
            )
        return self.models.index(model)

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON: the table, how it was made, and what to know about it."""
        return {
            "ruler": self.ruler,
            "spec": dict(self.spec),
            "seed": self.seed,
            "draws": self.capability.n_draws,
            "draw_set": self.capability.draw_set,
            "dataset": self.dataset.digest,
            "unit": self.unit,
            "table": self.table.to_dicts(),
            "benchmarks": None if self.benchmarks is None else self.benchmarks.to_dicts(),
            "details": {name: table.to_dicts() for name, table in self.details.items()},
            "diagnostics": dict(self.diagnostics),
            "notes": list(self.notes),
        }

    def chart(self, *, most: int = 30) -> "alt.Chart | alt.LayerChart":
        """Chart of the best models with their intervals."""
        from importlib import import_module

        chart: alt.LayerChart = import_module("headway.report.charts").ranking(self, most=most)
        return chart

    def _repr_html_(self) -> str:
        return self.rank().head(30)._repr_html_()


def resolve_model(dataset: "Dataset", wanted: str) -> str:
    """Return the identifier of a model given by identifier or by published name."""
    facts = dataset.models
    if wanted in facts["model"]:
        return wanted
    named = facts.filter(pl.col("name").str.to_lowercase() == wanted.lower())["model"].to_list()
    if len(named) == 1:
        return str(named[0])
    possible = [*facts["model"].to_list(), *facts["name"].drop_nulls().to_list()]
    raise UsageError(f"unknown model {wanted!r}{did_you_mean(wanted, possible)}")


def _rebuild(fields: dict[str, Any]) -> Scale:
    return Scale(**fields)
