"""What a dataset must satisfy beyond single values: keys, revisions, references, ranges."""

from collections.abc import Callable, Collection, Mapping, Sequence

import polars as pl

from headway.dataset.conversion import listed, shown, typed_table
from headway.dataset.problems import Given, Problems
from headway.dataset.schema import Column, Table
from headway.dataset.tables import ALIASED, EVIDENCE, TABLES
from headway.dataset.vintages import current
from headway.errors import did_you_mean

_MOST_IDS_TO_COMPARE = 20_000
_ROW = "row number"
_PERCENT = 100
_ALWAYS = ("sources", "models")
_WITH_SCORES = ("benchmarks", "scores")
_NEEDS = (
    "a dataset needs sources, models and evidence: scores with their benchmarks, or "
    + ", ".join(EVIDENCE[1:-1])
    + f" or {EVIDENCE[-1]}"
)


def checked(
    given: Mapping[str, Given],
    problems: Problems,
    *,
    also_defaults: Mapping[str, dict[str, object]] | None = None,
) -> dict[str, pl.DataFrame]:
    """Convert tables and check everything that the schema says about them.

    Parameters
    ----------
    given
        The tables as they came in, by name.
    problems
        Where everything wrong is recorded. Tables already named there were not readable, and
        references to them are not checked.
    also_defaults
        For each table, values for columns that are missing altogether.

    Returns
    -------
    dict of str to polars.DataFrame
        All rows of each table, sorted by key and revision. Of use only without problems.
    """
    typed = {
        name: typed_table(
            TABLES[name], raw, problems, also_defaults=(also_defaults or {}).get(name)
        )
        for name, raw in given.items()
    }
    # What lacks the column of its ids names nothing: that is said once, and not for each reference.
    naming = {
        name: frame
        for name, frame in typed.items()
        if set(TABLES[name].key[:1]) <= set(given[name].frame.columns)
    }
    for name, frame in typed.items():
        table = TABLES[name]
        _keys(table, frame, given[name], problems)
        _revisions(table, frame, given[name], problems)
        for column in table.columns:
            if column.references in naming and column.references is not None:
                _references(column, frame, naming[column.references], given[name], problems)
    for name, rule in _RULES:
        if name in typed:
            rule(typed, given[name], problems)
    return {name: frame.sort(TABLES[name].row_key) for name, frame in typed.items()}


def lacking(held: Collection[str]) -> tuple[str, ...]:
    """Return the tables that a dataset needs beside those that it has: the one rule for it.

    A dataset has sources, models and evidence: scores with their benchmarks, or another of the
    tables in :data:`headway.dataset.tables.EVIDENCE`.

    Parameters
    ----------
    held
        The tables that have at least one row.

    Examples
    --------
    >>> lacking(["sources", "models", "votes"])
    ()
    >>> lacking(["sources", "models", "prices"])
    ('benchmarks', 'scores')
    """
    alone = set(EVIDENCE[1:]).isdisjoint(held)
    needed = (*_ALWAYS, *(_WITH_SCORES if alone else ()))
    return tuple(name for name in TABLES if name in needed and name not in held)


def lacking_words(missing: Sequence[str]) -> str:
    """Return one sentence about what :func:`lacking` found.

    >>> lacking_words(["scores"]).split(";")[0]
    "there would be no row in the table 'scores'"
    """
    tables = "the table" if len(missing) == 1 else "the tables"
    names = " and ".join(repr(name) for name in missing)
    return f"there would be no row in {tables} {names}; {_NEEDS}"


def complete(
    given: Mapping[str, Given],
    held: Collection[str],
    problems: Problems,
    *,
    named: Collection[str] = (),
    where: str = "the dataset",
) -> None:
    """Record every table that a dataset needs and that is empty or missing.

    Parameters
    ----------
    given
        The tables as they came in.
    held
        The tables that have at least one row.
    problems
        Where what is missing is recorded; a table that is named there already is not.
    named
        Tables that are there and could not be read.
    where
        What to call the place that does not have a table.
    """
    for name in lacking({*held, *named}):
        if name not in given:
            problems.add(where, f": the table {name!r} is missing; {_NEEDS}")
        elif given[name].label not in problems:
            problems.add(given[name].label, ": the table has a header and no rows")


def _keys(table: Table, frame: pl.DataFrame, given: Given, problems: Problems) -> None:
    keys = frame.select(table.row_key)
    # A missing part of the key is said as such; rows without it are not the same row.
    needed = [name for name in table.key if table.column(name).required]
    whole = pl.all_horizontal(pl.col(name).is_not_null() for name in needed)
    again = keys.select(whole & pl.struct(pl.all()).is_first_distinct().not_()).to_series()
    if not again.any():
        return
    first = keys.with_row_index(_ROW).group_by(table.row_key).agg(pl.col(_ROW).min())

    def words(rows: Sequence[int]) -> list[str]:
        lines = []
        for row in rows:
            key = keys.row(row, named=True)
            same = pl.all_horizontal(
                [pl.col(name).eq_missing(pl.lit(value)) for name, value in key.items()]
            )
            place = given.place([first.filter(same)[_ROW].item()])[0]
            lines.append(
                f": a second row for {_named(key)}; the first is {place}"
                " (a correction needs the next revision and a reason)"
            )
        return lines

    problems.add_rows(given, again.arg_true().to_list(), words)


def _revisions(table: Table, frame: pl.DataFrame, given: Given, problems: Problems) -> None:
    rows = frame.with_row_index(_ROW)
    unexplained = rows.filter((pl.col("revision") > 0) & pl.col("reason").is_null())
    needless = rows.filter((pl.col("revision") == 0) & pl.col("reason").is_not_null())
    _say(given, problems, unexplained, ", column 'reason': a correction needs a reason")
    _say(
        given,
        problems,
        needless,
        ", column 'reason': revision 0 corrects nothing, so it has no reason",
    )
    if not (frame["revision"] > 0).any():
        return
    before = pl.struct("revision", "recorded_on").shift(1).over(table.key).alias("before")
    ordered = rows.sort([*table.key, "revision"], maintain_order=True).with_columns(before)
    jumps = ordered.filter(
        (pl.col("revision") > 0)
        & (pl.col("before").struct.field("revision").fill_null(-1) < pl.col("revision") - 1)
    )
    earlier = ordered.filter(pl.col("recorded_on") < pl.col("before").struct.field("recorded_on"))
    _say(
        given,
        problems,
        jumps,
        ", column 'revision': there is no row with the revision before it",
    )
    _say(
        given,
        problems,
        earlier,
        ", column 'recorded_on': a correction cannot be older than what it corrects",
    )


def _references(
    column: Column, frame: pl.DataFrame, target: pl.DataFrame, given: Given, problems: Problems
) -> None:
    known = target[TABLES[column.references or ""].key[0]].unique().drop_nulls()
    values = frame[column.name]
    if column.many:
        values = listed(values)
        wrong = (
            values.to_frame("value")
            .select(
                pl.col("value")
                .list.eval(pl.element().is_in(known.implode()).not_())
                .list.any()
                .fill_null(value=False)
            )
            .to_series()
        )
    else:
        wrong = values.is_not_null() & ~values.is_in(known.implode())
    if not wrong.any():
        return
    possible = known.to_list() if len(known) <= _MOST_IDS_TO_COMPARE else []

    def words(rows: Sequence[int]) -> list[str]:
        lines = []
        for row in rows:
            value = frame[column.name][row]
            near = did_you_mean(value, possible)
            lines.append(
                f", column {column.name!r}: {shown(value)} is not in the table"
                f" {column.references}{near}"
            )
        return lines

    problems.add_rows(given, wrong.arg_true().to_list(), words)


def _normalised_range(tables: Mapping[str, pl.DataFrame], given: Given, problems: Problems) -> None:
    rows = tables["scores"].with_row_index(_ROW)
    outside = rows.filter((pl.col("scale") == "normalised") & ~pl.col("score").is_between(-1, 1))
    _say(
        given,
        problems,
        outside,
        ", column 'score': {score} is outside -1 to 1, the range of a normalised score",
    )


def _raw_range(tables: Mapping[str, pl.DataFrame], given: Given, problems: Problems) -> None:
    raw = tables["scores"].with_row_index(_ROW).filter(pl.col("scale") == "raw")
    if raw.is_empty():
        return
    below = raw.filter(pl.col("score") < 0)
    _say(given, problems, below, ", column 'score': the raw score {score} is below 0")
    if "benchmarks" not in tables:
        return
    limits = current(tables["benchmarks"], TABLES["benchmarks"]).select("benchmark", "ceiling")
    above = (
        raw.join(limits, on="benchmark", how="inner")
        .filter(pl.col("score") > pl.col("ceiling") * (1 + 1e-9))
        .with_columns(
            also=pl.when((pl.col("ceiling") == 1) & (pl.col("score") <= _PERCENT))
            .then(pl.lit("; a percentage is a share of 1 here, or its ceiling is 100"))
            .otherwise(pl.lit(""))
        )
        .sort(_ROW)
    )
    _say(
        given,
        problems,
        above,
        ", column 'score': the raw score {score} is above {ceiling}, the ceiling of"
        " {benchmark}{also}",
    )


def _interval(tables: Mapping[str, pl.DataFrame], given: Given, problems: Problems) -> None:
    rows = tables["ratings"].with_row_index(_ROW)
    outside = rows.filter((pl.col("low") > pl.col("rating")) | (pl.col("high") < pl.col("rating")))
    _say(
        given,
        problems,
        outside,
        ", column 'rating': {rating} is not between low ({low}) and high ({high})",
    )
    bare = rows.filter(
        (pl.col("low").is_not_null() | pl.col("high").is_not_null()) & pl.col("level").is_null()
    )
    _say(given, problems, bare, ", column 'level': an interval needs its level, such as 0.9")


def _period(name: str) -> Callable[[Mapping[str, pl.DataFrame], Given, Problems], None]:
    def rule(tables: Mapping[str, pl.DataFrame], given: Given, problems: Problems) -> None:
        rows = tables[name].with_row_index(_ROW)
        # A correction may say that an interval was withdrawn: it then holds on no day.
        withdrawn = (pl.col("until") == pl.col("from")) & (pl.col("revision") > 0)
        backwards = rows.filter((pl.col("until") <= pl.col("from")) & ~withdrawn)
        _say(
            given,
            problems,
            backwards,
            ", column 'until': {until} is not after {from}, the first day",
        )

    return rule


def _aliases(tables: Mapping[str, pl.DataFrame], given: Given, problems: Problems) -> None:
    rows = tables["aliases"].with_row_index(_ROW)
    for kind, name in ALIASED.items():
        if name not in tables:
            continue
        known = tables[name][TABLES[name].key[0]].unique().drop_nulls()
        lost = rows.filter((pl.col("kind") == kind) & ~pl.col("id").is_in(known.implode()))
        _say(given, problems, lost, f", column 'id': {{id!r}} is not in the table {name}")


_RULES: tuple[tuple[str, Callable[[Mapping[str, pl.DataFrame], Given, Problems], None]], ...] = (
    ("aliases", _aliases),
    ("scores", _normalised_range),
    ("scores", _raw_range),
    ("ratings", _interval),
    ("availability", _period("availability")),
    ("prices", _period("prices")),
)


def _say(given: Given, problems: Problems, wrong: pl.DataFrame, text: str) -> None:
    if wrong.is_empty():
        return
    by_row = {row[_ROW]: row for row in wrong.iter_rows(named=True)}
    problems.add_rows(
        given,
        list(by_row),
        lambda rows: [text.format(**by_row[row]) for row in rows],
    )


def _named(key: Mapping[str, object]) -> str:
    return ", ".join(f"{name} {shown(value)}" for name, value in key.items())
