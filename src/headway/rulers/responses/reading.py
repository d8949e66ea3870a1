"""Answers in files that are larger than memory: read once for the names, then in parts."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from itertools import pairwise
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from headway.engines import Engine, Load
from headway.errors import DataError, HeadwayError, NotIdentified, UsageError
from headway.progress import Progress, Silent
from headway.rulers.responses.answer_files import ENDINGS, EXPECTED, scan
from headway.rulers.responses.answers import (
    NEEDED,
    POOLED,
    Errors,
    Variants,
    check_scores,
    coded,
    with_optional,
)
from headway.rulers.responses.parts import Answers, Part, Taker, part_of_rows

ANSWERS_PER_PART = 5_000_000
_READ = ("model", "variant", "benchmark", "item", "epoch", "score", "error")


@dataclass(frozen=True, kw_only=True)
class _Reading:
    """How files are read; travels with every part."""

    benchmarks: tuple[str, ...] | None
    variants: Variants
    errors: Errors
    storage_options: Mapping[str, str] | None

    def scan(self, file: str) -> pl.LazyFrame:
        """Answers of one file that count, with all columns."""
        try:
            lazy = scan(file, self.storage_options)
            columns = lazy.collect_schema().names()
        except (OSError, pl.exceptions.PolarsError) as error:
            raise DataError(f"{file} cannot be read: {_first_line(error)}", hint=EXPECTED) from None
        lacking = [name for name in NEEDED if name not in columns]
        if lacking:
            raise DataError(
                f"{file} lacks the columns {', '.join(lacking)}",
                hint=f"needed are {', '.join(NEEDED)}; variant, epoch and error may be there; "
                + EXPECTED,
            )
        lazy = with_optional(lazy, columns).select(_READ)
        if self.benchmarks is not None:
            lazy = lazy.filter(pl.col("benchmark").is_in(list(self.benchmarks)))
        if self.variants == "default":
            lazy = lazy.filter(pl.col("variant") == "default")
        return lazy

    def listed(self, address: str) -> list[str]:
        """Files of an address that ends in a slash or has a wildcard."""
        if not (address.endswith("/") or "*" in address):
            return [address]
        options = None if self.storage_options is None else dict(self.storage_options)
        inside = pl.scan_parquet(
            address, storage_options=options, hive_partitioning=False, include_file_paths="file"
        )
        try:
            files = inside.select(pl.col("file").unique()).collect(engine="streaming")
        except (OSError, pl.exceptions.PolarsError) as error:
            raise DataError(f"{address} cannot be listed: {_first_line(error)}") from None
        return sorted(files["file"].to_list())

    def counted(self, lazy: pl.LazyFrame) -> pl.LazyFrame:
        """Without the answers that count as missing."""
        return lazy.filter(pl.col("error").is_null()) if self.errors == "missing" else lazy


def parts_from_parquet(
    paths: str | Path | Sequence[str | Path],
    *,
    benchmarks: Sequence[str] | None = None,
    variants: Variants = "best",
    errors: Errors = "missing",
    min_scores: int = 1,
    answers_per_part: int = ANSWERS_PER_PART,
    storage_options: Mapping[str, str] | None = None,
    names_on: Callable[[Sequence[Load]], Engine] | None = None,
    progress: Progress | None = None,
) -> Answers:
    """Make parts of files of answers, Parquet or CSV, which are read when an engine loads them.

    A part takes whole files where no question is in two of them; a large file, or files that share
    questions, are read once per part and filtered. Files sorted or split by question read fastest.

    Parameters
    ----------
    paths
        Files in Parquet or CSV, folders of them (by their endings, ``.parquet``, ``.csv``,
        ``.tsv``), or addresses that Polars reads, such as
        ``s3://bucket/answers/part-0.parquet``, or ``s3://bucket/answers/`` for all files there.
        Columns as for
        :func:`headway.rulers.responses.answers.from_frame`.
    benchmarks, variants, errors, min_scores
        As for :func:`headway.rulers.responses.answers.from_frame`.
    answers_per_part
        About how many answers a part gets. The result depends on it in the last digits only.
    storage_options
        Passed to Polars for object stores.
    names_on
        Starts the engine that reads the names, a file to a part, for example
        ``lambda loads: Ray(loads, "auto")``; this process when None.
    progress
        Told about every file.

    Raises
    ------
    DataError
        When a file cannot be read or lacks a column; when parts are loaded, also a score outside
        [0, 1] or the same attempt twice.
    NotIdentified
        When no answer is left.
    UsageError
        When no file is found.
    """
    reading = _Reading(
        benchmarks=None if benchmarks is None else tuple(benchmarks),
        variants=variants,
        errors=errors,
        storage_options=storage_options,
    )
    files = _files([paths] if isinstance(paths, str | Path) else list(paths), reading)
    who, items, failed = _names(files, reading, names_on, progress or Silent())
    notes = []
    if failed:
        notes.append(f"{failed} answers that failed by a technical error count as missing.")
    answered = pl.col("n").sum().over("model") if variants == "pooled" else pl.col("n")
    few = who.filter(answered < min_scores)
    if len(few):
        notes.append(
            f"{len(few)} configurations with fewer than {min_scores} answers are left out."
        )
        who = who.filter(answered >= min_scores)
    if who.is_empty() or items.is_empty():
        raise NotIdentified(
            "no answers to single questions are left",
            hint="choose other benchmarks, variants='best', errors='wrong', or a lower min_scores",
        )
    takers: list[Taker]
    if variants == "pooled":
        several = who.group_by("model").len().filter(pl.col("len") > 1).height
        if several:
            notes.append(f"{several} models have several variants, pooled into one.")
        takers = [(model, POOLED) for model in who["model"].unique().sort()]
    else:
        takers = list(who.select("model", "variant").sort("model", "variant").iter_rows())
    digest = sha256(repr(takers).encode())
    # Rounded, because the sum of fractions depends on the order in which threads come.
    added = items.group_by("benchmark", "item").agg(pl.col("n", "score").sum())
    merged = added.with_columns(pl.col("score").round(6))
    digest.update(merged.sort("benchmark", "item").write_csv().encode())
    loads = []
    for names, some in _cut(items, answers_per_part):
        here = tuple(files[k] for k in names)
        loads.append(partial(_load, here, some, tuple(takers), reading))
    return Answers(
        takers=tuple(takers), loads=tuple(loads), digest=digest.hexdigest(), notes=tuple(notes)
    )


def _files(paths: Sequence[str | Path], reading: _Reading) -> list[str]:
    found: list[str] = []
    for path in paths:
        if "://" in str(path):
            found += reading.listed(str(path))
            continue
        place = Path(path)
        if place.is_dir():
            every = (file for file in place.rglob("*") if file.is_file())
            inside = sorted(str(file) for file in every if file.name.lower().endswith(ENDINGS))
            if not inside:
                raise UsageError(
                    f"the folder {place} has no file that ends in {', '.join(ENDINGS)}",
                    hint=EXPECTED,
                )
            found += inside
        elif place.is_file():
            found.append(str(place))
        else:
            raise UsageError(f"there is no file or folder {place}")
    if not found:
        raise UsageError("no path is given", hint=EXPECTED)
    if len(set(found)) < len(found):
        raise UsageError("a file is named twice")
    return found


def _names(
    files: Sequence[str],
    reading: _Reading,
    names_on: Callable[[Sequence[Load]], Engine] | None,
    progress: Progress,
) -> tuple[pl.DataFrame, pl.DataFrame, int]:
    """Takers with their answers, questions by file with answers and score, failed answers."""
    progress.stage(f"Reading the names in {len(files)} files")
    if names_on is None:
        found = []
        for file in files:
            found.append(_names_in(file, reading))
            progress.advance(len(found), len(files))
    else:
        with closing(names_on([partial(str, file) for file in files])) as engine:
            found = engine.run(_names_in, reading)
    who = [takers for takers, _, _ in found]
    items = [
        questions.with_columns(file=pl.lit(k, dtype=pl.Int64))
        for k, (_, questions, _) in enumerate(found)
    ]
    return (
        pl.concat(who).group_by("model", "variant").agg(pl.col("n").sum()),
        pl.concat(items),
        sum(failed for _, _, failed in found),
    )


def _names_in(file: str, reading: _Reading) -> tuple[pl.DataFrame, pl.DataFrame, int]:
    """Takers and questions of one file with their answers, and its failed answers."""
    lazy = reading.scan(file)
    counted = reading.counted(lazy)
    plans = [
        counted.group_by("model", "variant").agg(n=pl.len()),
        counted.group_by("benchmark", "item").agg(n=pl.len(), score=pl.col("score").sum()),
        lazy.select(pl.col("error").is_not_null().sum()),
    ]
    try:
        takers, questions, errors = pl.collect_all(plans, engine="streaming")
    except (OSError, pl.exceptions.PolarsError) as error:
        raise DataError(f"{file} cannot be read: {_first_line(error)}") from None
    for frame in (takers, questions):
        if any(frame[name].null_count() for name in frame.columns if name not in ("score",)):
            raise DataError(f"{file}: a model, variant, benchmark or item has no name")
    return takers, questions, int(errors.item()) if reading.errors == "missing" else 0


def _cut(items: pl.DataFrame, answers_per_part: int) -> list[tuple[list[int], pl.DataFrame]]:
    """Files and questions of every part."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    names = items.select("benchmark", "item").unique().sort("benchmark", "item")
    numbered = items.join(names.with_row_index("q"), on=["benchmark", "item"]).sort("q", "file")
    q, file = numbered["q"].to_numpy().astype(np.int64), numbered["file"].to_numpy()
    n_files, n = int(file.max()) + 1, len(names)
    graph = coo_array((np.ones(len(q), np.int8), (file, n_files + q)), shape=(n_files + n,) * 2)
    label = connected_components(graph, directed=False)[1]
    size = np.bincount(q, weights=numbered["n"].to_numpy(), minlength=n)
    parts: list[tuple[list[int], NDArray[np.int64]]] = []
    together: list[NDArray[np.int64]] = []
    held = 0.0
    of_item = label[n_files:]
    order = np.argsort(of_item, kind="stable")
    bounds = np.flatnonzero(np.diff(of_item[order])) + 1
    for members in np.split(order, bounds):
        total = float(size[members].sum())
        if total > 2 * answers_per_part:
            ends = np.cumsum(size[members])
            cuts = np.searchsorted(ends, np.arange(answers_per_part, ends[-1], answers_per_part))
            cuts = np.unique(np.concatenate([[0], cuts + 1, [len(members)]]))
            pieces = [members[a:b] for a, b in pairwise(cuts)]
            parts += [([], piece) for piece in pieces]
            continue
        together.append(members)
        held += total
        if held >= answers_per_part:
            parts.append(([], np.concatenate(together)))
            together, held = [], 0.0
    if together:
        parts.append(([], np.concatenate(together)))
    out = []
    for _, chosen in parts:
        chosen = np.sort(chosen)
        here = np.unique(file[np.isin(q, chosen)])
        out.append(([int(k) for k in here], names[chosen]))
    return out


def _load(
    files: tuple[str, ...], names: pl.DataFrame, takers: tuple[Taker, ...], reading: _Reading
) -> Part:
    """Read one part."""
    where = files[0] if len(files) == 1 else f"{files[0]} and {len(files) - 1} more"
    numbered = names.with_row_index("j")
    frames = []
    for file in files:
        lazy = reading.counted(reading.scan(file))
        try:
            frames.append(
                coded(lazy, takers, numbered, reading.variants).collect(engine="streaming")
            )
        except (OSError, pl.exceptions.PolarsError) as error:
            raise DataError(f"{file} cannot be read: {_first_line(error)}") from None
    rows = pl.concat(frames)
    if rows["epoch"].null_count():
        raise DataError(f"{where}: {rows['epoch'].null_count()} rows have no epoch")
    wrong = ~rows["score"].is_between(0.0, 1.0).fill_null(value=False)
    if wrong.any():
        bad = rows.filter(wrong).head(5)
        models = [takers[k] for k in bad["taker"]]
        shown = names[bad["j"].to_numpy().astype(np.int64)].with_columns(
            model=pl.Series([m for m, _ in models]),
            variant=pl.Series([v for _, v in models]),
            epoch=bad["epoch"],
            score=bad["score"],
        )
        check_scores(shown, where, int(wrong.sum()))
    return part_of_rows(rows.sort("j", "taker", "epoch"), names, 0, takers, where)


def _first_line(error: Exception) -> str:
    if isinstance(error, HeadwayError):
        return error.message
    return (str(error).splitlines() or [type(error).__name__])[0]
