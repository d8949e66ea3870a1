"""Success of models on tasks of known human time, from answers and the table of items."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray

from headway.dataset.coverage import sources_in
from headway.dataset.naming import resolve_each
from headway.draws import FloatArray
from headway.errors import DataError, NotIdentified
from headway.shortly import of_fields

if TYPE_CHECKING:
    from headway.dataset import Dataset

Ints = NDArray[np.int64]
Configurations = Literal["best", "default", "pooled"]
Failures = Literal["missing", "wrong"]
_CELL = ["model", "variant", "benchmark", "item"]
_SHOWN = 5


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class Attempts:
    """Who solved what, sorted by model and task.

    Parameters
    ----------
    models
        Identifiers.
    tasks
        Table of the tasks: benchmark, item, human_minutes, family, n (models that tried).
    families : int64 (n_tasks,)
        Number of the family of each task; a task without one is a family of its own.
    model, task : int64 (n_attempts,)
        Indices.
    success : float64 (n_attempts,)
        Mean score of the attempts of a model at a task, from 0 to 1.
    notes
        What was left out, and why.
    sources
        The sources of the attempts.
    """

    models: tuple[str, ...]
    tasks: pl.DataFrame
    families: Ints
    model: Ints
    task: Ints
    success: FloatArray
    notes: tuple[str, ...]
    sources: tuple[str, ...]

    __repr__ = of_fields

    @property
    def doublings(self) -> FloatArray:
        """Log2 of the human minutes of every task."""
        out: FloatArray = np.log2(self.tasks["human_minutes"].to_numpy())
        return out


def attempts(
    data: "Dataset",
    *,
    benchmarks: tuple[str, ...] | None = None,
    variants: Configurations = "best",
    errors: Failures = "missing",
    min_tasks: int = 1,
) -> Attempts:
    """Collect the success of every model on every task whose human time is known.

    Parameters
    ----------
    benchmarks
        Whose tasks to use; None for all.
    variants
        Which configurations of a model count: ``best`` takes the one with the highest mean
        score among those that tried at least half as many tasks as the most complete one;
        ``default`` the one of that name; ``pooled`` the mean over all.
    errors
        Whether an answer that failed by a technical error is missing, or wrong.
    min_tasks
        Models that tried fewer tasks are left out.

    Raises
    ------
    UsageError
        When a benchmark is unknown.
    DataError
        When a human time is not above 0, or a score outside 0 to 1.
    NotIdentified
        When there are no answers or no human times, or none that belong together.
    """
    for name, what in (("responses", "answers to single questions"), ("items", "human times")):
        if name not in data.names or data.table(name).is_empty():
            raise NotIdentified(
                f"the dataset has no {what} (table {name})",
                hint="a horizon needs both: answers (table responses) and human minutes per item "
                "(table items); or take published horizons as they are with published=True",
            )
    if benchmarks is not None:
        benchmarks = resolve_each(data, "benchmark", benchmarks)
    items = data.table("items").filter(pl.col("human_minutes").is_not_null())
    answers = data.table("responses")
    if benchmarks is not None:
        items = items.filter(pl.col("benchmark").is_in(list(benchmarks)))
        answers = answers.filter(pl.col("benchmark").is_in(list(benchmarks)))
    _check(items, answers)
    notes: list[str] = []
    if errors == "missing":
        failed = int(answers["error"].is_not_null().sum())
        answers = answers.filter(pl.col("error").is_null())
        if failed:
            notes.append(f"{failed} answers that failed by a technical error count as missing.")
    timed = answers.join(items, on=["benchmark", "item"], how="semi")
    untimed = answers.height - timed.height
    if untimed:
        notes.append(f"{untimed} answers to items without a human time are left out.")
    cells = timed.group_by(_CELL).agg(pl.col("score").mean(), pl.col("source").unique())
    cells, said = _configured(cells, variants)
    notes += said
    enough = cells.group_by("model").len().filter(pl.col("len") >= min_tasks)["model"]
    few = cells["model"].n_unique() - len(enough)
    if few:
        notes.append(f"{few} models that tried fewer than {min_tasks} tasks are left out.")
    cells = cells.filter(pl.col("model").is_in(enough.to_list()))
    if cells.is_empty():
        raise NotIdentified(
            "no model has tried enough tasks with a human time",
            hint=f"lower min_tasks (now {min_tasks}), or add human_minutes to the table items",
        )
    return _indexed(cells, items, tuple(notes))


def _check(items: pl.DataFrame, answers: pl.DataFrame) -> None:
    minutes = pl.col("human_minutes")
    wrong = items.filter(~(minutes.is_finite() & (minutes > 0)))
    if wrong.height:
        raise DataError(
            f"items: {wrong.height} human times are not above 0",
            details=[
                f"benchmark {row['benchmark']!r}, item {row['item']!r}: {row['human_minutes']}"
                for row in wrong.head(_SHOWN).to_dicts()
            ],
            hint="leave human_minutes empty where the time is not known",
        )
    outside = answers.filter(~pl.col("score").is_between(0.0, 1.0).fill_null(False))
    if outside.height:
        raise DataError(
            f"responses: {outside.height} answers have no score from 0 to 1",
            details=[
                f"model {row['model']!r}, benchmark {row['benchmark']!r}, item {row['item']!r}: "
                f"{row['score']}"
                for row in outside.head(_SHOWN).to_dicts()
            ],
            hint="1 is solved, 0 is not, between is partial credit",
        )


def _configured(cells: pl.DataFrame, variants: str) -> tuple[pl.DataFrame, list[str]]:
    """Reduce the configurations of a model to one row per task."""
    several = (
        cells.group_by("model").agg(pl.col("variant").n_unique()).filter(pl.col("variant") > 1)
    )
    keys = ["model", "benchmark", "item"]
    if variants == "default":
        return cells.filter(pl.col("variant") == "default").drop("variant"), []
    if variants == "pooled":
        said = f"{several.height} models have several variants, pooled into one."
        pooled = cells.group_by(keys).agg(pl.col("score").mean(), pl.col("source").explode())
        return pooled, [said] if several.height else []
    chosen = (
        cells.group_by("model", "variant")
        .agg(pl.col("score").mean().alias("mean"), pl.len().alias("tried"))
        .filter(pl.col("tried") * 2 >= pl.col("tried").max().over("model"))
        .sort("model", "mean", "tried", "variant", descending=[False, True, True, False])
        .unique("model", keep="first", maintain_order=True)
    )
    said = f"{several.height} models have several variants; the best of each counts."
    best = cells.join(chosen, on=["model", "variant"], how="semi").drop("variant")
    return best, [said] if several.height else []


def _indexed(cells: pl.DataFrame, items: pl.DataFrame, notes: tuple[str, ...]) -> Attempts:
    models = cells["model"].unique().sort()
    counts = cells.group_by("benchmark", "item").agg(pl.len().cast(pl.Int64).alias("n"))
    tasks = (
        items.join(counts, on=["benchmark", "item"], how="inner")
        .select("benchmark", "item", "human_minutes", "family", "n")
        .sort("benchmark", "item")
        .with_row_index("task")
    )
    own = pl.concat_str([pl.col("benchmark"), pl.col("item")], separator="\0")
    named = pl.concat_str([pl.lit("\0"), pl.col("family")])
    families = tasks.select(pl.coalesce(named, own))[:, 0].rank("dense").to_numpy()
    who = pl.DataFrame({"model": models}).with_row_index("who")
    joined = cells.join(tasks, on=["benchmark", "item"], how="inner").join(who, on="model")
    joined = joined.sort("who", "task")
    return Attempts(
        models=tuple(models),
        tasks=tasks.drop("task"),
        families=families.astype(np.int64) - 1,
        model=joined["who"].to_numpy().astype(np.int64),
        task=joined["task"].to_numpy().astype(np.int64),
        success=joined["score"].to_numpy().astype(np.float64),
        notes=notes,
        sources=sources_in(joined.select(pl.col("source").explode())),
    )
