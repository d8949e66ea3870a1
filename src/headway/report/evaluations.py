"""Predicted scores and the next evaluation in words and tables."""

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from headway.report.phrases import interval_only
from headway.report.tables import Cell, Table
from headway.report.words import Words
from headway.rulers.scale import Scale


def predictions(words: Words, scale: Scale, frame: pl.DataFrame, cells: str) -> Table:
    """Predicted scores in percent, row by row.

    Parameters
    ----------
    words
        The language.
    scale
        Whose dataset names the models and benchmarks.
    frame
        Rows of :func:`headway.rulers.predict`.
    cells
        Which they are: ``empty``, ``observed`` or ``all``.
    """
    models, benchmarks = called(scale)
    rows = []
    for row in frame.to_dicts():
        percent = {
            part: None if row[part] is None else 100 * row[part]
            for part in ("estimate", "low", "high")
        }
        rows.append(
            [
                models[row["entity"]],
                benchmarks[row["benchmark"]],
                words.number(percent["estimate"]),
                interval_only(words, percent),
                str(row["n"]),
            ]
        )
        if cells == "all":
            rows[-1].append(words(f"status.{row['status']}"))
    columns = [
        words("column.model"), words("column.test"), words("predict.column_score"),
        words("column.interval", level=words.level(scale.level)), words("predict.column_n"),
    ]  # fmt: skip
    if cells == "all":
        columns.append(words("column.status"))
    return _table(words(f"predict.{cells}"), columns, rows, numeric=(2, 3, 4))


def answer(words: Words, asked: Mapping[str, Any], scale: Scale) -> str:
    """Name of an answer within a sentence: a lag, a gap, a capability or a difference.

    Parameters
    ----------
    asked
        ``model`` and perhaps ``against``; or ``leader``, ``follower`` and ``convention``.
    """
    models, _ = called(scale)
    if asked.get("model") is None:
        kind = "gap" if asked["convention"] == "gap" else "lag"
        return words(f"next.{kind}", **words.names(asked["leader"], asked["follower"]))
    if asked.get("against") is None:
        return words("next.model", model=models[asked["model"]])
    pair = {name: models[asked[name]] for name in ("model", "against")}
    return words("next.pair", **pair)


def sentence(words: Words, scale: Scale, about: str, frame: pl.DataFrame) -> str:
    """Say what the best evaluation is expected to do.

    Parameters
    ----------
    about
        Name of the answer, from :func:`answer`.
    frame
        Rows of :func:`headway.rulers.next_evaluation`, with their unit.
    """
    models, benchmarks = called(scale)
    row = frame.row(0, named=True)
    digits = _digits(row["now"], row["estimate"])
    return words(
        "next.sentence", model=models[row["entity"]], benchmark=benchmarks[row["benchmark"]],
        level=words.level(row["level"]), answer=about,
        now=_width(words, row["now"], row["unit"], digits, short=words.lang == "en"),
        width=_width(words, row["estimate"], row["unit"], digits),
        percent=words.number(100 * row["shrinks"]),
    )  # fmt: skip


def evaluations(words: Words, scale: Scale, about: str, frame: pl.DataFrame) -> Table:
    """Evaluations, the most telling first."""
    models, benchmarks = called(scale)
    rows = [
        (
            models[row["entity"]],
            benchmarks[row["benchmark"]],
            _width(words, row["estimate"], row["unit"], 2),
            words.number(100 * row["shrinks"], 2),
        )
        for row in frame.to_dicts()
    ]
    columns = [
        words("column.model"), words("column.test"), words("next.column_width"),
        words("next.column_shrinks"),
    ]  # fmt: skip
    return _table(words("next.cells", answer=about), columns, rows, numeric=(2, 3))


def benchmarks(words: Words, scale: Scale, frame: pl.DataFrame) -> Table:
    """Benchmarks, the most telling first: rows of ``headway.rulers.benchmarks_to_run``."""
    names, tests = called(scale)
    between = "、" if words.lang == "zh" else ", "
    rows = [
        (
            tests[row["benchmark"]],
            between.join(names[model] for model in row["models"]),
            words.number(100 * row["shrinks"], 2),
        )
        for row in frame.to_dicts()
    ]
    columns = [words("column.test"), words("column.model"), words("next.column_together")]
    return _table(words("next.benchmarks"), columns, rows, numeric=(2,))


def called(scale: Scale) -> tuple[dict[str, str], dict[str, str]]:
    """Published names of the models and of the benchmarks of a scale, by identifier."""
    facts = scale.dataset.models.select("model", pl.coalesce("name", "model"))
    tests = scale.dataset.benchmarks.select("benchmark", pl.coalesce("name", "benchmark"))
    on_scale = scale.curves.benchmarks if scale.curves is not None else ()
    return (
        {name: name for name in scale.models} | dict(facts.iter_rows()),
        {name: name for name in on_scale} | dict(tests.iter_rows()),
    )


def _digits(now: float, then: float) -> int:
    """Two decimals, or three where two do not tell the widths apart."""
    return 2 if round(now, 2) != round(then, 2) else 3


def _width(words: Words, value: float, unit: str, digits: int, *, short: bool = False) -> str:
    if short:
        return words.number(value, digits)
    if unit == "months":
        return words.months(value, digits)
    return words.amount(words.number(value, digits), unit)


def _table(
    caption: str,
    columns: Sequence[str],
    rows: Sequence[Sequence[str]],
    numeric: Sequence[int],
) -> Table:
    return Table(
        caption=caption,
        columns=tuple(columns),
        rows=tuple(tuple(Cell(text=text) for text in row) for row in rows),
        numeric=frozenset(numeric),
    )
