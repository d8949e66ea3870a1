"""From a table of scores to the cells that a ruler is fitted on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray

from headway.dataset.coverage import sources_in
from headway.dataset.naming import resolve_each, resolve_keys
from headway.draws import FloatArray
from headway.errors import NotIdentified, UsageError
from headway.rulers.alike import by_cells
from headway.shortly import of_fields

if TYPE_CHECKING:
    from headway.dataset import Dataset

Ints = NDArray[np.int64]
Duplicates = Literal["best", "mean", "latest", "error"]


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class Observations:
    """Observed cells, sorted by model and benchmark.

    Parameters
    ----------
    models, benchmarks
        Identifiers.
    model, benchmark : int64 (n_cells,)
        Indices into them.
    performance : float64 (n_cells,)
        Chance-corrected: 0 is chance, 1 the ceiling; not clipped.
    weight : float64 (n_cells,)
        Weight of each cell (the weight of its benchmark).
    source : polars.Series of lists (n_cells,)
        The sources of the scores that made each cell.
    notes
        What was left out and why.
    """

    models: tuple[str, ...]
    benchmarks: tuple[str, ...]
    model: Ints
    benchmark: Ints
    performance: FloatArray
    weight: FloatArray
    source: pl.Series
    notes: tuple[str, ...]

    __repr__ = of_fields

    @property
    def start(self) -> Ints:
        """First cell of every model, and the number of cells at the end."""
        counts = np.bincount(self.model, minlength=len(self.models))
        return np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)

    def alike(self, *errors: FloatArray) -> Ints:
        """Number the classes of models with the same cells (and the same errors of them)."""
        return by_cells(self.start, self.benchmark, self.performance, self.weight, *errors)

    @property
    def sources(self) -> tuple[str, ...]:
        """Sources of the scores in the cells."""
        return sources_in(pl.DataFrame({"source": self.source.explode()}))

    def keep(self, models: NDArray[np.bool_]) -> "Observations":
        """Keep some models, and the benchmarks that they have scores on."""
        cells = models[self.model]
        used = np.unique(self.benchmark[cells])
        new_model, new_bench = np.cumsum(models) - 1, np.zeros(len(self.benchmarks), np.int64)
        new_bench[used] = np.arange(len(used))
        return Observations(
            models=tuple(m for m, kept in zip(self.models, models, strict=True) if kept),
            benchmarks=tuple(self.benchmarks[b] for b in used),
            model=new_model[self.model[cells]].astype(np.int64),
            benchmark=new_bench[self.benchmark[cells]],
            performance=self.performance[cells],
            weight=self.weight[cells],
            source=self.source.filter(pl.Series(cells)),
            notes=self.notes,
        )


def observe(
    data: "Dataset",
    *,
    benchmarks: Sequence[str] | None = None,
    weights: Mapping[str, float] | None = None,
    min_scores: int = 1,
    duplicates: Duplicates = "best",
) -> Observations:
    """Collect the cells of a ruler.

    Parameters
    ----------
    benchmarks
        The benchmarks to use, by id, name or alias; None for all.
    weights
        Weight of a benchmark's cells, 1 where not named; 0 leaves the benchmark out.
    min_scores
        Models with fewer benchmarks than this are left out, and counted in the notes.
    duplicates
        What to do with several scores of one model on one benchmark (variants, reporters):
        the ``best``, their ``mean``, the ``latest`` recorded, or an ``error``.

    Raises
    ------
    UsageError
        An unknown benchmark, a negative weight, an unknown policy.
    NotIdentified
        When no cell is left.
    """
    weights = resolve_keys(data, "benchmark", weights or {})
    if benchmarks is not None:
        benchmarks = resolve_each(data, "benchmark", benchmarks)
    for name, value in weights.items():
        if not (np.isfinite(value) and value >= 0):
            raise UsageError(f"weight of benchmark {name!r} is {value!r}; expected 0 or more")
    scores = data.normalised_scores()
    if benchmarks is not None:
        scores = scores.filter(pl.col("benchmark").is_in(list(benchmarks)))
    scores = scores.filter(
        ~pl.col("benchmark").is_in([b for b, value in weights.items() if value == 0])
    )
    notes: list[str] = []
    unknown = int(scores["performance"].null_count())
    if unknown:
        notes.append(
            f"{unknown} raw scores are left out: their benchmark has no known chance or ceiling."
        )
    cells = _one_per_cell(scores.drop_nulls("performance"), duplicates)
    enough = cells.group_by("model").len().filter(pl.col("len") >= min_scores)["model"]
    left_out = cells["model"].n_unique() - len(enough)
    if left_out:
        notes.append(f"{left_out} models with fewer than {min_scores} scores are left out.")
    cells = cells.filter(pl.col("model").is_in(enough.to_list())).sort("model", "benchmark")
    if cells.is_empty():
        raise NotIdentified(
            "no scores are left to fit a ruler on",
            hint=f"choose other benchmarks, or lower min_scores (now {min_scores})",
        )
    models = cells["model"].unique().sort().to_list()
    used = cells["benchmark"].unique().sort().to_list()
    return Observations(
        models=tuple(models),
        benchmarks=tuple(used),
        model=np.searchsorted(models, cells["model"].to_list()).astype(np.int64),
        benchmark=np.searchsorted(used, cells["benchmark"].to_list()).astype(np.int64),
        performance=cells["performance"].to_numpy().astype(np.float64),
        weight=np.array([weights.get(b, 1.0) for b in cells["benchmark"]], dtype=np.float64),
        source=cells["source"],
        notes=tuple(notes),
    )


def components(cells: Observations) -> tuple[Ints, Ints]:
    """Label the connected parts of the model-benchmark graph, for models and benchmarks."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    n_models, n_bench = len(cells.models), len(cells.benchmarks)
    graph = coo_array(
        (np.ones(len(cells.model)), (cells.model, n_models + cells.benchmark)),
        shape=(n_models + n_bench, n_models + n_bench),
    )
    _, label = connected_components(graph, directed=False)
    return label[:n_models].astype(np.int64), label[n_models:].astype(np.int64)


def require_connected(cells: Observations) -> None:
    """Raise :class:`NotIdentified`, saying what would connect them, if the cells fall apart."""
    of_model, of_bench = components(cells)
    labels, counts = np.unique(of_model, return_counts=True)
    if len(labels) == 1:
        return
    parts = [labels[i] for i in np.argsort(-counts, kind="stable")]
    details = []
    for number, label in enumerate(parts, start=1):
        models = [cells.models[i] for i in np.flatnonzero(of_model == label)]
        benches = [cells.benchmarks[i] for i in np.flatnonzero(of_bench == label)]
        details.append(f"part {number}: {_some(models)} on {_some(benches)}")
    main = cells.benchmarks[int(np.flatnonzero(of_bench == parts[0])[0])]
    other = cells.models[int(np.flatnonzero(of_model == parts[1])[0])]
    raise NotIdentified(
        f"the scores fall apart into {len(parts)} groups of models that share no benchmark, "
        "so their capabilities cannot be compared",
        details=details,
        hint=f"one score that bridges them would connect them, for example {other!r} on {main!r}; "
        "or choose models and benchmarks of one part with Dataset.where(...)",
    )


def _one_per_cell(scores: pl.DataFrame, duplicates: str) -> pl.DataFrame:
    cell, value, source = ["model", "benchmark"], pl.col("performance"), pl.col("source")
    if duplicates == "best":
        best = source.filter(value == value.max()).unique()
        return scores.group_by(cell).agg(value.max(), best)
    if duplicates == "mean":
        return scores.group_by(cell).agg(value.mean(), source.unique())
    if duplicates == "latest":
        ordered = scores.sort("recorded_on", "performance")
        return ordered.group_by(cell).agg(value.last(), source.tail(1))
    if duplicates == "error":
        twice = scores.group_by(cell).len().filter(pl.col("len") > 1).sort(cell)
        if len(twice):
            raise UsageError(
                f"{len(twice)} cells have more than one score",
                details=[f"{m} on {b}: {n} scores" for m, b, n in twice.head(20).iter_rows()],
                hint="choose duplicates='best', 'mean' or 'latest'",
            )
        return scores.select(*cell, value, pl.concat_list(source))
    raise UsageError(f"duplicates={duplicates!r} is not one of 'best', 'mean', 'latest', 'error'")


def _some(names: Sequence[str], most: int = 4) -> str:
    shown = ", ".join(names[:most])
    return shown if len(names) <= most else f"{shown} and {len(names) - most} more"
