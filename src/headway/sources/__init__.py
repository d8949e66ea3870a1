"""Foreign formats: one file each, parsed purely, with every row converted or accounted for.

A source is a module with a ``TITLE``, a ``LICENCE`` where one is known, a function ``read`` that
opens what it is given through :mod:`headway.sources.files`, and pure functions ``parse_...`` that
take the content. Both return :class:`Parsed`: tidy tables in the columns of the dataset, with the
models and benchmarks under the names that the source gives them, and the rows that were refused
with the reasons. A source decides nothing about rows that it does not understand.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal, Protocol, cast, get_args

import polars as pl

from headway.errors import HeadwayError, UsageError, did_you_mean
from headway.progress import Progress
from headway.shortly import of_fields

__all__ = [
    "DUPLICATES",
    "SOURCES",
    "Duplicates",
    "Parsed",
    "Refused",
    "Source",
    "joined",
    "source",
]

Duplicates = Literal["error", "best", "latest", "mean"]
DUPLICATES: tuple[Duplicates, ...] = get_args(Duplicates)

SOURCES: Mapping[str, str] = MappingProxyType(
    {
        "epoch": "headway.sources.epoch",
        "inspect": "headway.sources.inspect_logs",
        "every-eval-ever": "headway.sources.every_eval_ever",
        "lm-eval": "headway.sources.lm_eval",
        "helm": "headway.sources.helm",
        "arena": "headway.sources.arena",
        "metr": "headway.sources.metr",
        "prices": "headway.sources.prices",
        "table": "headway.sources.table",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """One input row that was not converted.

    Parameters
    ----------
    line
        Physical line of the input, counted from 1; 0 when the whole file was refused.
    reason
        Why, with the value that was met and what was expected.
    file
        The file, where a source reads several.
    """

    line: int
    reason: str
    file: str | None = None

    @classmethod
    def unread(cls, error: HeadwayError, file: str) -> "Refused":
        """Refuse a file that could not be read, with the error's way out; its name is said once.

        >>> error = HeadwayError("a.json: not JSON", hint="repair it")
        >>> Refused.unread(error, "a.json").reason
        'not JSON; repair it'
        """
        message = error.message.removeprefix(file)
        message = message.lstrip(":/ ") if message != error.message else message
        ways = [] if error.hint is None else [error.hint]
        return cls(line=0, reason="; ".join([message, *error.details, *ways]), file=file)


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class Parsed:
    """What a parser made of a file.

    Parameters
    ----------
    tables
        Tidy tables by name.
    read
        Number of input rows; each is in a table, in ``refused``, or counted in ``notes``.
    refused
        The rows that were not converted.
    notes
        Sentences about the whole: rows that are not results, with their number, and what was
        assumed.
    dashes
        Whether an effort or mode after a hyphen at the end of a model's name is a variant, where
        the rest is the name of a known model; see :func:`headway.sources.names.split_variant`.
    duplicates
        Which of several scores for one key counts, a policy of
        :mod:`headway.dataset.duplicates`; None for files whose runs are dated or in order: the
        latest evaluated or the first is taken and the others are refused.
    policies
        Whether the source has an option ``duplicates`` with these policies.
    assumed
        Values of columns of ``benchmarks`` that nobody stated, for benchmarks with a ceiling.
    places
        For a table, where each of its rows stands, such as ``scores.csv line 3``.
    left_out
        Number of input rows that are no results or give way to others; the notes say which.
    histories
        Tables of dated intervals in which the file states the whole history of whatever it speaks
        of, so that an interval that it does not have is one that it no longer states.
    """

    tables: Mapping[str, pl.DataFrame] = field(repr=False)
    read: int
    refused: tuple[Refused, ...] = ()
    notes: tuple[str, ...] = ()
    dashes: bool = False
    duplicates: Duplicates | None = None
    policies: bool = False
    assumed: Mapping[str, float] = field(default_factory=dict)
    places: Mapping[str, pl.Series] = field(default_factory=dict, repr=False)
    left_out: int = 0
    histories: frozenset[str] = frozenset()

    __repr__ = of_fields


class Source(Protocol):
    """A module that reads one foreign format."""

    TITLE: str
    LICENCE: str | None

    def read(
        self, paths: Sequence[Path], *, progress: Progress | None = None, **options: Any
    ) -> Parsed:
        """Read files or folders."""
        ...


def source(name: str) -> Source:
    """Return the source of that name, importing its module.

    Parameters
    ----------
    name
        One of ``SOURCES``.

    Returns
    -------
    Source
        The module.

    Raises
    ------
    UsageError
        When there is no such source, or the package that it needs is not installed.

    Examples
    --------
    >>> source("epoch").TITLE
    'Epoch AI: benchmark tables, matrix, index and question-level runs'
    """
    if name not in SOURCES:
        raise UsageError(
            f"there is no source {name!r}{did_you_mean(name, [*SOURCES])}",
            hint="the sources are " + ", ".join(SOURCES),
        )
    try:
        return cast("Source", import_module(SOURCES[name]))
    except ModuleNotFoundError as error:
        if (error.name or "").startswith("headway"):
            raise
        raise UsageError(
            f"the source {name!r} needs the package {error.name!r}, which is not installed",
            hint="install Headway with its extras: pip install 'headway[evals]'",
        ) from None


def joined(parts: Sequence[Parsed]) -> Parsed:
    """Join what several files gave: the same table of two files becomes one.

    Parameters
    ----------
    parts
        What was parsed, in order.

    Returns
    -------
    Parsed
        All rows in order; rows of ``sources``, ``models`` and ``benchmarks`` that are equal in
        every column are kept once.

    Examples
    --------
    >>> one = Parsed(tables={"models": pl.DataFrame({"model": ["a"]})}, read=1)
    >>> both = joined([one, one])
    >>> both.read, both.tables["models"].height
    (2, 1)
    """
    frames: dict[str, list[pl.DataFrame]] = {}
    for part in parts:
        for name, frame in part.tables.items():
            frames.setdefault(name, []).append(frame)
    tables = {name: pl.concat(some, how="diagonal_relaxed") for name, some in frames.items()}
    if "covers_until" in tables.get("sources", pl.DataFrame()).columns:
        latest = pl.col("covers_until").max().over("source")
        tables["sources"] = tables["sources"].with_columns(latest)
    for name in ("sources", "models", "benchmarks"):
        if name in tables:
            tables[name] = tables[name].unique(maintain_order=True)
    policies = {part.duplicates for part in parts}
    return Parsed(
        tables=tables,
        read=sum(part.read for part in parts),
        refused=tuple(row for part in parts for row in part.refused),
        notes=tuple(dict.fromkeys(note for part in parts for note in part.notes)),
        dashes=bool(parts) and all(part.dashes for part in parts),
        duplicates=policies.pop() if len(policies) == 1 else None,
        policies=any(part.policies for part in parts),
        assumed={name: value for part in parts for name, value in part.assumed.items()},
        places={name: _places(name, parts) for part in parts for name in part.places},
        left_out=sum(part.left_out for part in parts),
        histories=frozenset().union(*(part.histories for part in parts)),
    )


def _places(name: str, parts: Sequence[Parsed]) -> pl.Series:
    """Where the rows of a table stand, null where a part does not say."""
    each = [
        part.places.get(name, pl.Series([None] * part.tables[name].height, dtype=pl.String))
        for part in parts
        if name in part.tables
    ]
    return pl.concat(one.cast(pl.String).alias("place") for one in each)
