"""Epoch AI's publications: recognised by what is in them.

Taken are the folder or the archive of the benchmarking hub (``benchmark_data.zip``, in the older
and the newer layout), the benchmark matrix, the published index, the list of Epoch's own runs, and
their questions. See https://epoch.ai/benchmarks and https://epoch.ai/eci; CC BY 4.0.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import polars as pl

from headway.errors import DataError, UsageError
from headway.progress import Progress, Silent
from headway.sources import Duplicates, Parsed, Refused, joined
from headway.sources.csvreader import BrokenCsv, records
from headway.sources.epoch_columns import PUBLISHED
from headway.sources.epoch_index import INDEX, parse_index
from headway.sources.epoch_matrix import LONG, parse_long, parse_matrix
from headway.sources.epoch_oldest import OLDEST as OLDEST_TABLES
from headway.sources.epoch_reports import reporter, title
from headway.sources.epoch_runs import (
    ITEMS,
    LIST,
    RUN_TABLE,
    Run,
    parse_items,
    parse_list,
    parse_runs,
)
from headway.sources.epoch_tables import parse_metadata, parse_table
from headway.sources.epoch_versions import NEW, OLD, OLDEST, Versions, parse_versions
from headway.sources.files import open_tree, read_text
from headway.sources.names import slug

__all__ = ["parse", "parse_index", "parse_items", "parse_matrix", "parse_runs", "read"]

TITLE = "Epoch AI: benchmark tables, matrix, index and question-level runs"
LICENCE = "CC BY 4.0"

_METADATA = ("benchmark", "source_file", "score_column")
_MATRIX = ("performance", "benchmark", "model_version")
_FITTED = "results of a fit, not evidence"
_ASIDE = {
    "eci_benchmark_difficulties_and_slopes": _FITTED,
    "eci_scaling": _FITTED,
    "edi_scores": _FITTED,
    "distilled_models": "opinions on which models are distilled, not evidence",
}
_ADDITIONAL = "additional_eci_data__"
_ENDINGS = (".csv", ".csv.gz")


def read(
    paths: Sequence[Path], *, progress: Progress | None = None, duplicates: Duplicates | None = None
) -> Parsed:
    """Read what Epoch AI publishes: archives, folders and files, in any combination.

    Parameters
    ----------
    paths
        The files, folders and archives.
    progress
        Told which file is read.
    duplicates
        Which of several scores of one model and benchmark by one reporter counts: ``best``,
        ``latest``, ``mean``, or ``error`` for none; see :mod:`headway.dataset.duplicates`.
        Without, the latest evaluated or the first.

    Returns
    -------
    Parsed
        All tables joined; every row carries its ``source``.

    Raises
    ------
    UsageError
        When no path is given.
    DataError
        When something cannot be opened, or is not one of Epoch's files.
    """
    if not paths:
        raise UsageError("no path is given", hint="name benchmark_data.zip or a CSV file")
    texts: dict[str, str] = {}
    skipped: list[str] = []
    for path in paths:
        if path.is_file() and path.name.endswith(_ENDINGS):
            texts[str(path)] = read_text(path)
            continue
        with open_tree(path) as tree:
            for name in tree.names():
                if name.endswith(_ENDINGS):
                    texts[tree.label(name)] = tree.read_text(name)
                else:
                    skipped.append(name)
    parsed = replace(parse(texts, progress=progress), duplicates=duplicates, policies=True)
    if not skipped:
        return parsed
    note = f"not read, as they are no tables: {', '.join(skipped[:20])}"
    return replace(parsed, notes=(*parsed.notes, note))


def parse(texts: Mapping[str, str], *, progress: Progress | None = None) -> Parsed:
    """Parse several of Epoch's tables together: what one says of models holds for the others.

    Parameters
    ----------
    texts
        The content of each file by its name.
    progress
        Told which file is parsed.

    Returns
    -------
    Parsed
        All tables joined.

    Raises
    ------
    DataError
        When none of the files is one of Epoch's, or one of those cannot be read.
    """
    progress = progress or Silent()
    kinds = {file: _kind(file, text) for file, text in texts.items()}
    if not any(kinds.values()):
        raise DataError(
            "none of these files is a table of Epoch AI",
            details=[f"{file}: the header is not known" for file in texts],
            hint="for a table of your own, use the source 'table'",
        )
    parts: list[Parsed] = []
    versions, metadata, runs = Versions(), None, dict[str, Run]()
    for file in _of(kinds, "versions"):
        part, versions = parse_versions(texts[file], file)
        parts.append(part)
    for file in _of(kinds, "metadata"):
        part, metadata = parse_metadata(texts[file], file)
        parts.append(part)
    for file in _of(kinds, "runs"):
        part, some = parse_runs(texts[file], file)
        runs |= some
        parts.append(part)
    simple: dict[str, Callable[[str, str], Parsed]] = {
        "matrix": parse_matrix,
        "long": parse_long,
        "index": parse_index,
        "list": parse_list,
    }
    for done, (file, kind) in enumerate(kinds.items()):
        progress.advance(done, len(kinds))
        if kind == "items":
            parts.append(parse_items(texts[file], runs, file))
        elif kind in simple:
            parts.append(simple[kind](texts[file], file))
        elif kind == "table" and metadata is None:
            parts.append(parse_table(texts[file], file, versions=versions))
        elif kind in ("table", "") and metadata is not None and _stem(file) in metadata:
            published, released_on, superseded_by = metadata[_stem(file)]
            parts.append(
                parse_table(
                    texts[file],
                    file,
                    versions=versions,
                    published=published,
                    released_on=released_on,
                    superseded_by=superseded_by,
                )
            )
        elif kind in ("table", ""):
            parts.append(_left_out(file, texts[file]))
    whole = joined(parts)
    tables, said = _with_reporters(whole.tables)
    return replace(whole, tables=tables, notes=(*whole.notes, *said))


def _kind(file: str, text: str) -> str:
    try:
        _, header = next(records([text.split("\n", 1)[0]]), (1, []))
    except BrokenCsv as error:
        raise DataError(f"{file}: {error}") from None
    kinds: tuple[tuple[str, Sequence[str]], ...] = (
        ("metadata", _METADATA),
        ("items", ITEMS),
        ("runs", RUN_TABLE),
        ("list", LIST),
        ("matrix", _MATRIX),
        ("long", LONG),
        ("index", INDEX),
        ("versions", (OLDEST["version"], OLDEST["group"], OLDEST["date"])),
        ("versions", (OLD["version"], OLD["group"], "ECI Score")),
        ("versions", (NEW["version"], NEW["group"], NEW["organisation"])),
    )
    for kind, columns in kinds:
        if set(columns) <= set(header):
            return kind
    return "table" if _stem(file) in PUBLISHED or _stem(file) in OLDEST_TABLES else ""


def _of(kinds: Mapping[str, str], kind: str) -> list[str]:
    return [file for file, some in kinds.items() if some == kind]


def _stem(file: str) -> str:
    name = Path(file).name.removesuffix(".gz").removesuffix(".csv")
    return name.removeprefix(_ADDITIONAL)


def _left_out(file: str, text: str) -> Parsed:
    rows = max(text.rstrip("\n").count("\n"), 0)
    if _stem(file) in _ASIDE:
        note = f"{file}: {rows} rows are {_ASIDE[_stem(file)]}; they are left out"
        return Parsed(tables={}, read=rows, notes=(note,), left_out=rows)
    reason = f"nobody has declared how this table is read; its {rows} lines are left out"
    return Parsed(tables={}, read=1, refused=(Refused(line=0, reason=reason, file=file),))


def _with_reporters(
    tables: Mapping[str, pl.DataFrame],
) -> tuple[dict[str, pl.DataFrame], list[str]]:
    """Say who reported the scores of a matrix, as far as the makers of the models are known."""
    scores = tables.get("scores")
    if scores is None or "reported_in" not in scores.columns:
        return dict(tables), []
    if "reporter" not in scores.columns:
        scores = scores.with_columns(reporter=pl.lit(None, pl.String))
    makers = _makers(tables.get("models"))
    unsure: list[str] = []
    reporters: list[str] = []
    titles: list[str | None] = []
    for said, model, found_in in scores.select("reporter", "model", "reported_in").iter_rows():
        who, name = said, found_in
        if said is None:
            who, name = _reported(found_in, makers.get(model), unsure)
        reporters.append(who)
        titles.append(name)
    made = scores.with_columns(
        reporter=pl.Series(reporters, dtype=pl.String),
        reported_in=pl.Series(titles, dtype=pl.String),
    )
    notes = (
        [
            f"who reported {len(unsure)} scores is unknown: the makers of the models are not named,"
            f" or nobody has declared who wrote such a report as {min(unsure)!r}"
        ]
        if unsure
        else []
    )
    return dict(tables) | {"scores": made}, notes


def _reported(
    found_in: str | None, makers: Sequence[str] | None, unsure: list[str]
) -> tuple[str, str | None]:
    if found_in is None:
        return "unknown", None
    try:
        who = reporter(found_in, makers or ())
        name = title(found_in)
    except DataError:
        unsure.append(found_in)
        return "unknown", found_in
    if makers is None and who == "competitor":
        unsure.append(found_in)
        return "unknown", name
    return who, name


def _makers(models: pl.DataFrame | None) -> dict[str, list[str]]:
    if models is None or "organisation" not in models.columns:
        return {}
    partners = pl.col("partners") if "partners" in models.columns else pl.lit(None, pl.String)
    known = models.filter(pl.col("organisation").is_not_null()).select(
        "model", "organisation", partners.alias("partners")
    )
    return {
        model: [slug(name) for name in (organisation, *(others or "").split(";")) if name]
        for model, organisation, others in known.iter_rows()
    }
