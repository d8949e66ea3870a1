"""The dataset: every table, typed and checked, as it stands and as it stood."""

import hashlib
from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Self, cast, get_args

import polars as pl

from headway.dataset import filters
from headway.dataset.left_out import best_first, some
from headway.dataset.matching import Kind, Known
from headway.dataset.rendering import plain
from headway.dataset.rules import lacking
from headway.dataset.tables import ALIASED, BOOKKEEPING, TABLES
from headway.dataset.vintages import (
    as_day,
    covering,
    current,
    recorded_by,
    with_references,
)
from headway.errors import DataError, UsageError, did_you_mean
from headway.shortly import of_fields
from headway.tabular import as_pandas

if TYPE_CHECKING:
    from narwhals.typing import IntoDataFrame


@dataclass(frozen=True, eq=False, kw_only=True)
class Dataset:
    """Facts about models, benchmarks and scores, each with its source.

    Use :func:`headway.load` or :meth:`from_frames` to get one.

    Parameters
    ----------
    tables
        All rows of each table, corrections and what they correct, by name.
    origin
        Words for where it came from.
    path
        The folder it was read from, or None.
    notes
        What was assumed or left out on the way.
    day
        The day of which it is a view (see :meth:`as_of`), or None.

    Examples
    --------
    >>> import headway
    >>> data = headway.load()
    >>> data.models.height, data.benchmarks.height
    (222, 57)
    >>> data.where(country="CN", open_weights=True).models["organisation"].n_unique() > 5
    True
    """

    tables: Mapping[str, pl.DataFrame] = field(repr=False)
    origin: str
    path: Path | None = None
    notes: tuple[str, ...] = ()
    day: date | None = None

    __repr__ = of_fields

    @classmethod
    def from_frames(
        cls,
        *,
        recorded_on: date | str | None = None,
        covers_until: date | str | None = None,
        wide: "IntoDataFrame | None" = None,
        duplicates: Literal["error", "best", "latest", "mean"] = "error",
        **frames: "IntoDataFrame",
    ) -> "Dataset":
        """Make a dataset of data frames: pandas, Polars, PyArrow or any that narwhals knows.

        One table of evidence is needed: ``scores`` with the columns ``model``, ``benchmark`` and
        ``score``, or ``responses``, ``votes`` or ``ratings``. Models, benchmarks, organisations
        and sources that are not given are made from the ids in use, with a note; what is not
        known about them is null. Columns of ``scores`` such as ``country``, ``released_on``,
        ``ceiling`` or ``domain`` are facts about models and benchmarks; columns of ``models`` that
        the table does not have, such as ``lab``, are free attributes and make groups (``lab:A``).

        Without a column ``scale``, scores of a benchmark with a ceiling are raw, and other scores
        are normalised and must lie between 0 and 1; a note says so.

        Parameters
        ----------
        recorded_on
            Day of record for tables without that column; today (UTC) when None.
        covers_until
            Last day up to which the frames cover the field, for sources that say none; when
            None, the evidence reaches to its newest model.
        wide
            In place of ``scores``: one row per model, one column per benchmark; empty cells are
            counted in a note.
        duplicates
            Which of several scores of one model, variant and benchmark counts; with ``error``
            several are refused. See :mod:`headway.dataset.duplicates`.
        **frames
            Data frames by table name.

        Returns
        -------
        Dataset
            The same checks are passed as for a folder.

        Raises
        ------
        DataError
            When a table is wrong; the details have every problem.
        UsageError
            When a name is not that of a table, or a value is not a data frame.

        Examples
        --------
        >>> import polars as pl
        >>> scores = pl.DataFrame(
        ...     {"model": ["a", "b"], "benchmark": ["x", "x"], "score": [0.5, 0.7]}
        ... )
        >>> Dataset.from_frames(scores=scores).models["model"].to_list()
        ['a', 'b']
        >>> wide = pl.DataFrame({"model": ["a", "b"], "x": [0.5, 0.7], "y": [0.1, None]})
        >>> Dataset.from_frames(wide=wide).scores.height
        3
        """
        from headway.dataset.frames import tables_from_frames

        tables, notes = tables_from_frames(
            frames, recorded_on, covers_until, wide=wide, duplicates=duplicates
        )
        return cls(tables=tables, origin="data frames", notes=notes)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the tables that the dataset has."""
        return tuple(name for name in TABLES if name in self.tables)

    def history(self, name: str) -> pl.DataFrame:
        """Return all rows of a table: corrections and what they correct.

        Parameters
        ----------
        name
            The table.

        Returns
        -------
        polars.DataFrame
            Rows sorted by key and revision.

        Raises
        ------
        UsageError
            When the dataset has no such table.
        """
        if name not in self.tables:
            raise UsageError(
                f"there is no table {name!r}{did_you_mean(name, self.names)}",
                hint=f"the tables are: {', '.join(self.names)}",
            )
        return self.tables[name]

    def table(self, name: str) -> pl.DataFrame:
        """Return the current view of a table: the last revision of each key.

        Parameters
        ----------
        name
            The table.

        Returns
        -------
        polars.DataFrame
            One row per key, sorted by key.

        Raises
        ------
        UsageError
            When the dataset has no such table.

        Examples
        --------
        >>> import headway
        >>> models = headway.load().table("models")
        >>> o3 = models.row(by_predicate=pl.col("model") == "o3", named=True)
        >>> str(o3["listed_on"]), str(o3["available_on"])
        ('2024-12-20', '2025-04-16')
        """
        if name not in self._views:
            self._views[name] = current(self.history(name), TABLES[name])
        return self._views[name]

    @cached_property
    def _views(self) -> dict[str, pl.DataFrame]:
        return {}

    @property
    def sources(self) -> pl.DataFrame:
        """Where facts come from."""
        return self.table("sources")

    @property
    def organisations(self) -> pl.DataFrame:
        """Who makes models."""
        return self.table("organisations")

    @property
    def models(self) -> pl.DataFrame:
        """Models as released."""
        return self.table("models")

    @property
    def availability(self) -> pl.DataFrame:
        """Intervals in which a model could be used."""
        return self.table("availability")

    @property
    def benchmarks(self) -> pl.DataFrame:
        """Tests."""
        return self.table("benchmarks")

    @property
    def aliases(self) -> pl.DataFrame:
        """Other names of models, benchmarks and organisations."""
        return self.table("aliases")

    @property
    def scores(self) -> pl.DataFrame:
        """Reported scores."""
        return self.table("scores")

    @property
    def ratings(self) -> pl.DataFrame:
        """Published ratings."""
        return self.table("ratings")

    @property
    def prices(self) -> pl.DataFrame:
        """List prices from a date."""
        return self.table("prices")

    @cached_property
    def known(self) -> Known:
        """The ids, names and aliases in view, ready to be asked; see :mod:`.naming`."""
        return Known(self.tables)

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the facts in view, in hexadecimal; the order of rows has no part in it.

        When and why a row was recorded has no part in it either: the same facts have the
        same digest.
        """
        total = hashlib.sha256()
        for name in self.names:
            view = self.table(name).drop(BOOKKEEPING)
            if view.height:
                total.update(f"{name}\n".encode())
                total.update(plain(view).write_csv().encode())
        return total.hexdigest()

    @cached_property
    def known_until(self) -> date | None:
        """Day of the newest row, or of the view: later days are not known."""
        newest = [frame["recorded_on"].max() for frame in self.tables.values()]
        days = [day for day in newest if isinstance(day, date)]
        return min(max(days), self.day or max(days)) if days else None

    def as_of(self, day: date | str, by: Literal["recorded", "released"] = "recorded") -> "Dataset":
        """Return the dataset of an earlier day.

        Parameters
        ----------
        day
            The day, as a date or as text such as ``"2026-01-01"``.
        by
            ``"recorded"``: as it was known on that day. ``"released"``: today's evidence about
            the models announced on or before that day.

        Returns
        -------
        Dataset
            With fewer rows, and a note.

        Raises
        ------
        DataError
            When nothing was known or announced by then; the message has the first day.
        UsageError
            When ``day`` is not a date, or ``by`` is neither word.
        """
        last = as_day(day)
        if by == "recorded":
            tables = recorded_by(self.tables, last)
            words = f"as recorded by {last}"
        elif by == "released":
            keep = self.models.filter(pl.col("announced_on") <= last)
            undated = self.models.filter(pl.col("announced_on").is_null())["model"]
            tables = with_references(filters.restricted(self.tables, {"models": keep}))
            tables["sources"] = covering(tables["sources"], last)
            words = f"models announced by {last}"
            if len(undated):
                words += f"; {len(undated)} models without a day of announcement are left out"
                words += f": {some(best_first(self, undated))}"
        else:
            raise UsageError(f"by is {by!r}; expected 'recorded' or 'released'")
        if not self._whole(tables):
            what = "scores" if self.tables["scores"].height else "models with evidence"
            raise DataError(
                f"there are no {what} {'of ' if by == 'released' else ''}{words}",
                hint=f"the first possible day is {self._first_day(by)}",
            )
        return replace(self._with(tables, words), day=min(last, self.day or last))

    def where(self, **wanted: Any) -> "Dataset":
        """Return the dataset of some models, benchmarks or scores.

        Parameters
        ----------
        **wanted
            Columns of models, benchmarks or scores (looked for in this order) or free attributes
            of models, each with a value, None for unknown, or a list of these. All must hold.

        Returns
        -------
        Dataset
            Scores, ratings and the like are restricted to the models and benchmarks kept;
            sources and organisations stay.

        Raises
        ------
        UsageError
            When a column does not exist or a value occurs nowhere.

        Examples
        --------
        >>> import headway
        >>> held = headway.load().where(item_access="held_out")
        >>> held.benchmarks.height
        10
        """
        keep: dict[str, pl.DataFrame] = {}
        for column, value in wanted.items():
            if filters.is_attribute(self, column):
                models = keep.get("models", self.models)
                keep["models"] = filters.with_attribute(self, models, column, value)
                continue
            name = filters.home_of(column)
            if column in get_args(Kind) and ALIASED[column] == name:
                value = self._by_id(cast("Kind", column), value)
            keep[name] = filters.kept(keep.get(name, self.table(name)), TABLES[name], column, value)
        if not keep:
            return self
        tables = with_references(filters.restricted(self.tables, keep))
        words = ", ".join(f"{column}={value!r}" for column, value in wanted.items())
        return self._with(tables, f"only {words}")

    def normalised_scores(self) -> pl.DataFrame:
        """Return the scores with a column ``performance``: 0 is chance, 1 is the ceiling.

        Returns
        -------
        polars.DataFrame
            The table ``scores`` and ``performance`` = (raw - chance) / (ceiling - chance), or
            the score itself where it is normalised already; null where chance or ceiling are
            unknown.
        """
        bounds = self.benchmarks.select("benchmark", "chance", "ceiling")
        span = pl.col("ceiling") - pl.col("chance")
        return (
            self.scores.join(bounds, on="benchmark", how="left", maintain_order="left")
            .with_columns(
                performance=pl.when(pl.col("scale") == "normalised")
                .then(pl.col("score"))
                .when(span > 0)
                .then((pl.col("score") - pl.col("chance")) / span)
            )
            .drop("chance", "ceiling")
        )

    def write(self, path: str | Path, *, overwrite: bool = False) -> Path:
        """Write the dataset as a folder, all rows included, in one step.

        Parameters
        ----------
        path
            The folder to make.
        overwrite
            Whether a dataset that is there already may be replaced. At every moment the folder
            holds either the old or the new one. Other files in it are kept.

        Returns
        -------
        pathlib.Path
            The folder.

        Raises
        ------
        DataError
            When something else is there, another process writes, or the disk refuses.
        """
        from headway.dataset.writing import write_folder

        return write_folder(self.tables, Path(path), overwrite=overwrite)

    def to_pandas(self) -> dict[str, Any]:
        """Return the current view of every table as pandas data frames.

        Returns
        -------
        dict of str to pandas.DataFrame
            By table name.

        Raises
        ------
        UsageError
            When pandas or PyArrow is not installed.
        """
        return {name: as_pandas(self.table(name)) for name in self.names}

    def describe(self) -> pl.DataFrame:
        """Return one row per table: how much it holds and when it was recorded.

        Returns
        -------
        polars.DataFrame
            Columns ``table``, ``rows`` (in view), ``corrections``, ``first_recorded_on``,
            ``last_recorded_on``, ``sources``.
        """
        return pl.DataFrame(
            [
                {
                    "table": name,
                    "rows": self.table(name).height,
                    "corrections": int((self.tables[name]["revision"] > 0).sum()),
                    "first_recorded_on": self.tables[name]["recorded_on"].min(),
                    "last_recorded_on": self.tables[name]["recorded_on"].max(),
                    "sources": self.tables[name]["source"].n_unique(),
                }
                for name in self.names
            ],
            schema={
                "table": pl.String,
                "rows": pl.Int64,
                "corrections": pl.Int64,
                "first_recorded_on": pl.Date,
                "last_recorded_on": pl.Date,
                "sources": pl.Int64,
            },
        )

    def _repr_html_(self) -> str:
        from html import escape

        notes = "".join(f"<li>{escape(note)}</li>" for note in self.notes)
        return f"<p>Dataset: {escape(self.origin)}</p>{self.describe()._repr_html_()}" + (
            f"<ul>{notes}</ul>" if notes else ""
        )

    def _by_id(self, kind: Kind, value: Any) -> Any:
        """Values of a key column with names in place of ids; what nobody is called stays."""
        from headway.dataset.naming import find

        if isinstance(value, str):
            return value if value in self.known.ids(kind) else find(self, kind, value) or value
        if isinstance(value, list | tuple | set | frozenset):
            return [self._by_id(kind, one) for one in value]
        return value

    def _first_day(self, by: str) -> str:
        """Return the first day by which a dataset was there, or models with evidence were out."""
        if by == "released":
            scored = self.models.join(self.scores, on="model", how="semi")
            day = (scored if len(scored) else self.models)["announced_on"].min()
            return "unknown" if day is None else str(day)
        days = sorted({one for rows in self.tables.values() for one in rows["recorded_on"]})
        place = bisect_left(days, True, key=lambda one: self._whole(recorded_by(self.tables, one)))
        return str(days[place]) if place < len(days) else "unknown"

    @staticmethod
    def _whole(tables: Mapping[str, pl.DataFrame]) -> bool:
        return not lacking([name for name, rows in tables.items() if rows.height])

    def _with(self, tables: Mapping[str, pl.DataFrame], note: str) -> Self:
        return type(self)(
            tables=tables,
            origin=self.origin,
            path=self.path,
            notes=(*self.notes, note),
            day=self.day,
        )
