"""The result of every ruler: capabilities on one scale, with paired draws."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import polars as pl
from numpy.typing import NDArray

from headway.dataset.left_out import some
from headway.dataset.naming import resolve
from headway.draws import Draws, FloatArray
from headway.errors import UsageError
from headway.intervals import few_draws, graded
from headway.progress import Progress
from headway.rulers.alike import shared
from headway.rulers.ranks import estimated_ranks, marginal_ranks
from headway.shortly import of_fields
from headway.tabular import Tabular, below

if TYPE_CHECKING:
    import altair as alt

    from headway.dataset import Dataset

TIDY = ("entity", "quantity", "estimate", "low", "high", "level", "unit", "status", "n")
ENOUGH = 4
"""Scores (answers, votes) that a rank or a place on a frontier takes."""
# Rulers whose value of a model rests on how much of it was measured, and not on one number.
_OF_MANY = ("logistic", "calibrated", "items", "pairwise")
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

    __repr__ = of_fields


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
class Scale(Tabular):
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
        the ridge holds the value); of answers, ``not_distinguishable`` (they do not tell the
        models apart); of votes, ``few_votes`` (fewer than 30); of published ratings,
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
    alike : int64 (n_models,)
        Number of the class of models with the same evidence, who have the same estimate, interval
        and interval of ranks (an anchor, whose value is defined, is in no class with others); None
        where every model has evidence of its own.
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
    alike: NDArray[np.int64] | None = None
    evidence: Evidence = Evidence()

    __repr__ = of_fields

    def __post_init__(self) -> None:
        label = np.arange(len(self.models)) if self.alike is None else np.array(self.alike)
        fixed = np.array([word == "anchor" for word in self.status], dtype=bool)
        label[fixed] = len(label) + np.flatnonzero(fixed)
        object.__setattr__(self, "alike", label)
        for name in ("estimate", "low", "high"):
            object.__setattr__(self, name, shared(getattr(self, name), label))
        for name in ("estimate", "low", "high", "n_scores", "alike"):
            array = np.array(getattr(self, name))
            array.setflags(write=False)
            object.__setattr__(self, name, array)
        if np.isfinite(self.low).any():
            few = few_draws(self.capability.n_draws, self.level)
            object.__setattr__(self, "notes", tuple(dict.fromkeys([*self.notes, *few])))
        for name in _MAPPINGS:
            object.__setattr__(self, name, MappingProxyType(dict(getattr(self, name))))

    def __reduce__(self) -> tuple[Any, ...]:
        fields = {name: getattr(self, name) for name in self.__dataclass_fields__}
        fields |= {name: dict(fields[name]) for name in _MAPPINGS}
        return (_rebuild, (fields,))

    @property
    def fewest(self) -> int:
        """Scores that a rank or a place on a frontier takes on this ruler.

        Four (of answers or votes likewise), or as many as there are benchmarks on a ruler of
        fewer; one where a single number is the value: a benchmark by itself, a composite, a
        published rating, and a domain, whose ruler leaves out models with fewer than its own two.
        """
        if self.spec.get("kind") not in _OF_MANY:
            return 1
        return ENOUGH if self.curves is None else min(ENOUGH, len(self.curves.benchmarks))

    def enough(self, min_scores: int | None = None) -> np.ndarray[Any, np.dtype[np.bool_]]:
        """Mark the models with evidence enough for a rank and a place on a frontier.

        Parameters
        ----------
        min_scores
            In place of :attr:`fewest`. An anchor, whose value is a definition, always has enough
            without it.
        """
        if min_scores is not None:
            return np.asarray(self.n_scores >= min_scores, dtype=np.bool_)
        fixed = np.array([status == "anchor" for status in self.status], dtype=np.bool_)
        return np.asarray((self.n_scores >= self.fewest) | fixed, dtype=np.bool_)

    def unranked(self, min_scores: int | None = None) -> tuple[str, ...]:
        """Return the note on models that have a value and no rank, or nothing."""
        few = [name for name, kept in zip(self.models, self.enough(min_scores), strict=True)
               if not kept]  # fmt: skip
        if not few:
            return ()
        return (
            f"{len(few)} models with fewer than {min_scores or self.fewest} scores have a value "
            f"and no rank: {some(sorted(few))}.",
        )

    @property
    def table(self) -> pl.DataFrame:
        """Tidy table, best model first: what each is called, its value and interval.

        An interval that cannot stand as it is has a status of its own
        (:func:`headway.intervals.graded`).
        """
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
        return graded(frame).sort("estimate", "entity", descending=[True, False])

    def rank(self, *, simultaneous: bool = False, min_scores: int | None = None) -> pl.DataFrame:
        """Table of the models with rank, rank interval, names, organisation, country, dates.

        A rank is 1 plus the number of models strictly above, so equal models share one. Its
        interval is the central one over draws, at the level of the scale, for each model by
        itself; models with the same evidence pool their draws. Models with too little evidence
        for a rank (:meth:`enough`) have none and come last.

        Parameters
        ----------
        min_scores
            Scores that a rank takes; None for :attr:`fewest`.
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
        ranked = self.enough(min_scores)
        values = self.capability.values[:, ranked]
        columns: dict[str, Any] = {
            "entity": np.array(self.models, dtype=object)[ranked],
            "rank": estimated_ranks(self.estimate[ranked], values),
        }
        values = values[np.isfinite(values).all(axis=1)]
        if values.size:
            columns["rank_low"], columns["rank_high"] = marginal_ranks(
                values, self.level, None if self.alike is None else self.alike[ranked]
            )
        placed = pl.DataFrame(columns, schema_overrides={"entity": pl.String})
        if simultaneous:
            from headway.rulers.ranks import simultaneous_ranks

            jointly = simultaneous_ranks(self, min_scores=min_scores).select(
                "entity", rank_low_of_all="rank_low", rank_high_of_all="rank_high"
            )
            placed = placed.join(jointly, on="entity", how="left")
        return (
            self.table.join(placed, on="entity", how="left", maintain_order="left")
            .select(*placed.columns, pl.exclude(placed.columns))
            .join(facts, left_on="entity", right_on="model", how="left")
            .join(makers, on="organisation", how="left")
            .sort("rank", nulls_last=True, maintain_order=True)
        )

    def position(self, model: str) -> int:
        """Index of a model, given its identifier, its published name or an alias."""
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

    def to_xarray(self) -> Any:
        """Return the draws of all models as an ``xarray.DataArray`` over ``draw`` and ``model``.

        Raises
        ------
        UsageError
            When xarray is not installed.
        """
        return self.capability.to_xarray(name="capability", ruler=self.ruler)

    def chart(self, *, most: int = 30) -> "alt.Chart | alt.LayerChart":
        """Chart of the best models with their intervals."""
        from importlib import import_module

        chart: alt.LayerChart = import_module("headway.report.charts").ranking(self, most=most)
        return chart

    @property
    def asked(self) -> dict[str, Any]:
        """What the scale is, and how far its evidence reaches, as every answer says it."""
        from importlib import import_module

        said: dict[str, Any] = import_module("headway.analyses.asked").of_scale(self)
        return said

    def _repr_html_(self) -> str:
        return self.rank().head(30)._repr_html_() + below(self)


def resolve_model(dataset: "Dataset", wanted: str) -> str:
    """Return the identifier of a model; see :func:`headway.dataset.naming.resolve`."""
    return resolve(dataset, "model", wanted)


def _rebuild(fields: dict[str, Any]) -> Scale:
    return Scale(**fields)
