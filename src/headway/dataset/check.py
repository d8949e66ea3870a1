"""Questions to ask of a dataset that is sound: is it enough, and does it contradict itself?

Each check is one small function in :data:`CHECKS`; those that look for statements that do not go
together are in :mod:`headway.dataset.contradictions`.
"""

from collections.abc import Iterator
from dataclasses import astuple

import polars as pl

from headway.dataset import contradictions
from headway.dataset.dataset import Dataset
from headway.dataset.findings import Check, Finding, Severity
from headway.dataset.stated_errors import believed_ratings, no_error, score_range

FEWEST_SCORES = 4
FEWEST_MODELS = 4
NEWEST = 10
SATURATED = 0.95
HOPELESS = 0.02

__all__ = ["CHECKS", "Finding", "Severity", "quality"]

_ORDER: dict[str, int] = {"error": 0, "warning": 1, "note": 2}
_CONFIRMING = ("independent", "benchmark")
_PAIR = ("model", "benchmark")


def quality(dataset: Dataset) -> pl.DataFrame:
    """Return what a careful reader should know before using a dataset.

    Parameters
    ----------
    dataset
        The dataset.

    Returns
    -------
    polars.DataFrame
        Columns ``severity`` (error, warning, note), ``table``, ``entity``, ``check`` and
        ``message``, errors first.

    Examples
    --------
    >>> import headway
    >>> found = quality(headway.load())
    >>> found.columns
    ['severity', 'table', 'entity', 'check', 'message']
    """
    rows = [
        (*astuple(finding), name) for name, check in CHECKS.items() for finding in check(dataset)
    ]
    found = pl.DataFrame(
        rows,
        schema=dict.fromkeys(("severity", "table", "entity", "message", "check"), pl.String()),
        orient="row",
    )
    order = pl.col("severity").replace_strict(_ORDER, return_dtype=pl.Int64)
    return found.select("severity", "table", "entity", "check", "message").sort(
        order, "table", "check", "entity", "message"
    )


def few_scores(dataset: Dataset) -> Iterator[Finding]:
    """Models with fewer than 4 benchmarks: their place on a scale is loose."""
    counts = dataset.models.select("model").join(
        dataset.scores.group_by("model").agg(pl.col("benchmark").n_unique().alias("n")),
        on="model",
        how="left",
    )
    for model, n in counts.filter(pl.col("n").fill_null(0) < FEWEST_SCORES).iter_rows():
        words = "no score" if n is None else f"scores on {n} of the {FEWEST_SCORES} benchmarks"
        yield Finding("warning", "models", model, f"has {words} that an estimate should rest on")


def few_models(dataset: Dataset) -> Iterator[Finding]:
    """Benchmarks with fewer than 4 models: their difficulty is loose."""
    counts = dataset.benchmarks.select("benchmark").join(
        dataset.scores.group_by("benchmark").agg(pl.col("model").n_unique().alias("n")),
        on="benchmark",
        how="left",
    )
    for benchmark, n in counts.filter(pl.col("n").fill_null(0) < FEWEST_MODELS).iter_rows():
        words = f"has scores of {n or 0} models; at least {FEWEST_MODELS} are needed"
        yield Finding("warning", "benchmarks", benchmark, words)


def no_longer_discriminates(dataset: Dataset) -> Iterator[Finding]:
    """Benchmarks on which the ten newest models are mostly at the ceiling, or at chance."""
    dated = dataset.models.select("model", "announced_on")
    middle = (
        dataset.normalised_scores()
        .join(dated, on="model", how="left")
        .sort("announced_on", "model", descending=True, nulls_last=True)
        .group_by("benchmark")
        .agg(pl.col("performance").head(NEWEST).median().alias("median"), pl.len().alias("n"))
        .filter(pl.col("n") >= FEWEST_MODELS)
    )
    for benchmark, median in middle.select("benchmark", "median").iter_rows():
        if median is not None and not HOPELESS < median < SATURATED:
            where = "the ceiling" if median >= SATURATED else "chance"
            words = f"most of the {NEWEST} newest models are at {where} (median {median:.3f})"
            yield Finding("warning", "benchmarks", benchmark, words)


def undated(dataset: Dataset) -> Iterator[Finding]:
    """Models that no frontier can use, because nothing says when they came."""
    rows = dataset.models.filter(
        pl.all_horizontal(pl.col("announced_on", "available_on", "weights_on").is_null())
    )
    for name in rows["model"]:
        yield Finding("warning", "models", name, "has no date, so it is on no frontier")


def disconnected(dataset: Dataset) -> Iterator[Finding]:
    """Parts of the data that share no model and no benchmark with the largest part."""
    parts = _parts(dataset.scores)
    for part in parts[1:]:
        models = sorted(name for kind, name in part if kind == "model")
        benchmarks = sorted(name for kind, name in part if kind == "benchmark")
        words = (
            f"{len(models)} models and {len(benchmarks)} benchmarks share nothing with the rest,"
            f" so no scale can compare them: {', '.join([*models, *benchmarks][:6])}"
        )
        yield Finding("error", "scores", models[0], words)


def unconfirmed(dataset: Dataset) -> Iterator[Finding]:
    """Models some of whose scores come from their developer alone."""
    confirmed = dataset.scores.filter(pl.col("reporter").is_in(_CONFIRMING))
    alone = (
        dataset.scores.filter(pl.col("reporter") == "developer")
        .join(confirmed, on=_PAIR, how="anti")
        .group_by("model")
        .agg(pl.col("benchmark").n_unique())
        .sort("model")
    )
    for model, n in alone.iter_rows():
        words = f"{n} benchmarks are reported by the developer alone"
        yield Finding("note", "scores", model, words)


def without_bounds(dataset: Dataset) -> Iterator[Finding]:
    """Benchmarks whose raw scores no scale can use, because chance or ceiling are unknown."""
    raw = dataset.normalised_scores().filter(pl.col("performance").is_null())
    counts = raw.group_by("benchmark").agg(pl.len()).sort("benchmark")
    for benchmark, n in counts.iter_rows():
        words = f"{n} raw scores cannot be used: its chance or its ceiling is unknown"
        yield Finding("warning", "benchmarks", benchmark, words)


def errors_of_nothing(dataset: Dataset) -> Iterator[Finding]:
    """Scores and ratings with a stated error of 0, which the rulers take as unknown."""
    bounds = dataset.benchmarks.select("benchmark", "chance", "ceiling")
    stated = dataset.scores.join(bounds, on="benchmark", how="left").filter(
        no_error(pl.col("stderr"), score_range())
    )
    for benchmark, n in stated.group_by("benchmark").len().sort("benchmark").iter_rows():
        words = f"{n} scores state a standard error of 0: taken as unknown"
        yield Finding("warning", "scores", benchmark, words)
    for (board,), ratings in dataset.ratings.group_by("board", maintain_order=True):
        n = believed_ratings(ratings)[1]
        if n:
            words = f"{n} ratings state an error or an interval of 0: taken as unknown"
            yield Finding("warning", "ratings", str(board), words)


CHECKS: dict[str, Check] = {
    "few_scores": few_scores,
    "few_models": few_models,
    "no_longer_discriminates": no_longer_discriminates,
    "contradicting_dates": contradictions.contradicting_dates,
    "undated": undated,
    "disconnected": disconnected,
    "unconfirmed": unconfirmed,
    "without_bounds": without_bounds,
    "overlapping_intervals": contradictions.overlapping_intervals,
    "prices_per_token": contradictions.prices_per_token,
    "errors_of_nothing": errors_of_nothing,
    "contradicting_coverage": contradictions.contradicting_coverage,
    "ahead_of_time": contradictions.ahead_of_time,
    "contradicting_evaluations": contradictions.contradicting_evaluations,
    "disagreeing": contradictions.disagreeing,
    "implausible_jumps": contradictions.implausible_jumps,
    "variants_out_of_order": contradictions.variants_out_of_order,
    "several_settings": contradictions.several_settings,
    "same_name": contradictions.same_name,
    "contradicting_aliases": contradictions.contradicting_aliases,
}


def _parts(scores: pl.DataFrame) -> list[set[tuple[str, str]]]:
    """Return the connected parts of the model-benchmark graph, the largest first."""
    neighbours: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for model, benchmark in scores.select(_PAIR).unique().iter_rows():
        ends = (("model", model), ("benchmark", benchmark))
        neighbours.setdefault(ends[0], []).append(ends[1])
        neighbours.setdefault(ends[1], []).append(ends[0])
    parts: list[set[tuple[str, str]]] = []
    left = dict.fromkeys(sorted(neighbours))
    while left:
        start = next(iter(left))
        part = {start}
        waiting = [start]
        while waiting:
            fresh = [node for node in neighbours[waiting.pop()] if node not in part]
            part.update(fresh)
            waiting.extend(dict.fromkeys(fresh))
        for node in part:
            del left[node]
        parts.append(part)
    return sorted(parts, key=lambda part: (-len(part), min(part)))
