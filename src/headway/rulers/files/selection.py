"""What a ruler file selects from a dataset: benchmarks and scores, and why others are out."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import polars as pl

from headway.dataset.naming import resolve, resolve_keys
from headway.errors import NotIdentified, UsageError, did_you_mean
from headway.rulers.files.contents import Benchmarks, RulerFile
from headway.shortly import of_fields

if TYPE_CHECKING:
    from headway.dataset import Dataset

Facts = dict[str, Any]


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class Selected:
    """What is left of a dataset.

    Parameters
    ----------
    data
        The dataset with the scores that count.
    benchmarks
        Identifiers of the benchmarks that count, in alphabetical order.
    weights
        The weights of the file, by the identifiers that its names mean.
    left_out
        Each other benchmark, with the condition that it does not meet.
    notes
        What a reader of the numbers has to know.
    """

    data: "Dataset"
    benchmarks: tuple[str, ...]
    weights: Mapping[str, float]
    left_out: tuple[tuple[str, str], ...]
    notes: tuple[str, ...]

    __repr__ = of_fields


def select(file: RulerFile, data: "Dataset") -> Selected:
    """Apply the selection of a ruler file to a dataset.

    Raises
    ------
    UsageError
        When the file names a benchmark, domain or maintainer that the dataset does not know:
        with one line for each.
    NotIdentified
        When no score or no benchmark is left.
    """
    wanted = file.benchmarks
    if file.of_kind.components and not wanted.include and not wanted.conditional:
        if not file.weights:
            raise UsageError(
                f"the ruler {file.name!r} names no components",
                hint="name them in [weights] or [benchmarks]; on the command line, "
                "--weight BENCHMARK=NUMBER for each",
            )
        wanted = replace(wanted, include=tuple(file.weights))
    wanted, weights = _by_id(file, wanted, data)
    chosen, notes = _scores(file, data)
    table = next(name for name in file.of_kind.evidence if name in ("scores", "responses"))
    facts = data.benchmarks.join(
        chosen.table(table).group_by("benchmark").agg(models=pl.col("model").n_unique()),
        on="benchmark", how="left", maintain_order="left",
    ).with_columns(pl.col("models").fill_null(0))  # fmt: skip
    kept, out = [], []
    for row in facts.sort("benchmark").iter_rows(named=True):
        reason = _why_not(wanted, row)
        if reason:
            out.append((str(row["benchmark"]), reason))
        else:
            kept.append(str(row["benchmark"]))
    unused = sorted(name for name, weight in weights.items() if weight and name not in kept)
    if unused:
        reasons = dict(out)
        raise UsageError(
            f"the ruler {file.name!r} weights benchmarks that it does not use",
            details=[f"{name}: {reasons[name]}" for name in unused],
            hint="take them out of [weights], or in by [benchmarks] include",
        )
    if not kept:
        raise NotIdentified(
            f"the ruler {file.name!r} leaves no benchmark of this dataset",
            details=by_reason(out), hint="loosen the conditions in [benchmarks] or [scores]",
        )  # fmt: skip
    return Selected(
        data=chosen, benchmarks=tuple(kept), weights=weights, left_out=tuple(out), notes=notes
    )


def _by_id(
    file: RulerFile, wanted: Benchmarks, data: "Dataset"
) -> tuple[Benchmarks, dict[str, float]]:
    """Return what is wanted, and the weights, under the identifiers that the names mean."""
    problems = []
    for column, names in (("domain", wanted.domain), ("maintainer", wanted.maintainer)):
        known = data.benchmarks[column].drop_nulls().unique().sort().to_list()
        problems += [
            f"{column}: unknown {column} {name!r}{did_you_mean(name, known)}"
            for name in names
            if name not in known
        ]
    named: dict[str, tuple[str, ...]] = {}
    for where, names in (
        ("include", wanted.include),
        ("exclude", wanted.exclude),
        ("weights", tuple(file.weights)),
    ):
        found = []
        for name in names:
            try:
                found.append(resolve(data, "benchmark", name))
            except UsageError as error:
                problems.append(f"{where}: {' '.join([error.message, *error.details])}")
        named[where] = tuple(found)
    if problems:
        raise UsageError(
            f"the ruler {file.name!r} names what this dataset ({data.origin}) does not have",
            details=list(dict.fromkeys(problems)),
        )
    weights = resolve_keys(data, "benchmark", file.weights)
    return replace(wanted, include=named["include"], exclude=named["exclude"]), weights


def _scores(file: RulerFile, data: "Dataset") -> tuple["Dataset", tuple[str, ...]]:
    wanted: dict[str, list[str]] = {}
    if file.scores.reporter:
        wanted["reporter"] = list(file.scores.reporter)
    if file.scores.effort == "default":
        wanted["variant"] = ["default"]
    if not wanted:
        return data, ()
    filters = {}
    for column, values in wanted.items():
        present = set(data.scores[column].unique())
        filters[column] = [value for value in values if value in present]
        if not filters[column]:
            raise NotIdentified(
                f"the ruler {file.name!r} counts only scores with {column} "
                f"{' or '.join(values)}, and this dataset has none",
                hint=f"{column} in this dataset: {', '.join(sorted(present))}",
            )
    try:
        chosen = data.where(**filters)
    except UsageError as error:
        raise NotIdentified(f"the ruler {file.name!r} leaves no score: {error.message}") from error
    if chosen.scores.is_empty():
        raise NotIdentified(f"the ruler {file.name!r} leaves no score of this dataset")
    texts = [f"{column} {' or '.join(values)}" for column, values in sorted(wanted.items())]
    note = (
        f"Only scores with {', '.join(texts)} count: {chosen.scores.height:,} of "
        f"{data.scores.height:,}."
    )
    return chosen, (note,)


def _why_not(wanted: Benchmarks, row: Facts) -> str:
    """Return the first condition that a benchmark does not meet, or nothing."""
    name = str(row["benchmark"])
    if name in wanted.exclude:
        return "excluded by name"
    if name in wanted.include:
        return "" if row["models"] else "no score that counts"
    if wanted.include and not wanted.conditional:
        return "not included by name"
    for reason in (condition(wanted, row) for condition in _CONDITIONS):
        if reason:
            return reason
    return "" if row["models"] else "no score that counts"


def _among(column: str) -> Callable[[Benchmarks, Facts], str]:
    def condition(wanted: Benchmarks, row: Facts) -> str:
        values: Sequence[str] = getattr(wanted, column)
        if not values or row[column] in values:
            return ""
        return f"{column} is {row[column] or 'unknown'}"

    return condition


def _within(column: str, low: str, high: str, word: str) -> Callable[[Benchmarks, Facts], str]:
    def condition(wanted: Benchmarks, row: Facts) -> str:
        least, most = getattr(wanted, low), getattr(wanted, high) if high else None
        value = row[column]
        if least is None and most is None:
            return ""
        if value is None:
            return f"{word} unknown"
        if (least is not None and value < least) or (most is not None and value > most):
            return f"{word} {value}"
        return ""

    return condition


_CONDITIONS = (
    _among("domain"),
    _among("item_access"),
    _among("scorer"),
    _among("maintainer"),
    _within("released_on", "released_since", "released_until", "released on"),
    _within("n_items", "fewest_items", "most_items", "number of questions:"),
    _within("models", "fewest_models", "", "models with a score:"),
)


def by_reason(out: Sequence[tuple[str, str]]) -> list[str]:
    """Return each reason with the benchmarks that it keeps out, the most frequent first."""
    by: dict[str, list[str]] = {}
    for name, reason in out:
        by.setdefault(reason, []).append(name)
    return [
        f"{reason}: {', '.join(names)}"
        for reason, names in sorted(by.items(), key=lambda item: (-len(item[1]), item[0]))
    ]
