"""What a column of somebody's table can be, and what a mapping says about it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from headway.errors import UsageError

__all__ = [
    "BENCHMARK_FIELDS",
    "DAYS",
    "FACTS",
    "FIELDS",
    "FIXED",
    "MODEL_FIELDS",
    "WORDS",
    "Benchmark",
    "Rows",
    "TableMapping",
    "attribute_name",
]

Rows = Literal["scores", "responses"]

MODEL_FIELDS = (
    *("organisation", "country", "family", "released_on", "announced_on", "available_on"),
    *("weights_on", "open_weights", "licence_class", "access", "parameters"),
)
"""What a column, a fixed value or a table ``[models."NAME"]`` can say about models."""

BENCHMARK_FIELDS = ("domain", "item_access", "unit", "chance", "ceiling", "n_items")
"""What a column or a fixed value can say about benchmarks."""

SCORE_FIELDS = (
    *("model", "benchmark", "score", "variant", "version", "stderr", "n", "reporter"),
    *("reported_in", "harness", "evaluated_on", "cost_usd", "input_tokens", "output_tokens"),
    *("seconds", *MODEL_FIELDS, *BENCHMARK_FIELDS),
)
RESPONSE_FIELDS = (
    *("model", "benchmark", "item", "epoch", "score", "variant", "input_tokens"),
    *("output_tokens", "cost_usd", "seconds", "error"),
)
FIELDS: Mapping[Rows, tuple[str, ...]] = {"scores": SCORE_FIELDS, "responses": RESPONSE_FIELDS}
FIXED = (
    *("model", "benchmark", "variant", "reporter", "reported_in", "harness", "evaluated_on"),
    *("scale", *MODEL_FIELDS, *BENCHMARK_FIELDS),
)
FACTS = ("column", "domain", "item_access", "released_on", "unit", "chance", "ceiling", "n_items")
"""What a table ``[benchmarks."NAME"]`` can say."""

DAYS = ("evaluated_on", "released_on", "announced_on", "available_on", "weights_on")
WORDS: Mapping[str, tuple[str, ...]] = {
    "reporter": ("independent", "benchmark", "developer", "competitor", "unknown"),
    "item_access": ("public", "semi_private", "held_out", "unknown"),
    "licence_class": (
        *("unrestricted", "restricted", "non_commercial", "closed", "unreleased", "unknown"),
    ),
    "access": ("api", "hosted", "weights", "unreleased", "unknown"),
}
"""Fields that have one of a few words."""

_NOT_IN_NAMES = ":+|!"
_LONGEST_NAME = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Benchmark:
    """What is declared about a benchmark of the table.

    Parameters
    ----------
    name
        Its name.
    column
        The column of its scores, in a table with one column per benchmark.
    domain, item_access, released_on
        As in the table ``benchmarks`` of a dataset.
    unit
        What a score measures. ``percent`` says that scores of 1 and less are percentages too.
    chance, ceiling
        The score of guessing and the best possible one, in the unit of the table.
    n_items
        Number of items.
    """

    name: str
    column: str | None = None
    domain: str | None = None
    item_access: str | None = None
    released_on: str | None = None
    unit: str | None = None
    chance: float | None = None
    ceiling: float | None = None
    n_items: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TableMapping:
    """Which column is what.

    Parameters
    ----------
    rows
        Whether a row is a score, or an answer to one question.
    columns
        The column of each field of ``FIELDS``.
    fixed
        The value of fields that no column has.
    benchmarks
        What is declared about benchmarks; with a ``column`` each, the table is a wide one.
    models
        For models, values of ``MODEL_FIELDS`` or of attributes.
    attributes
        For attributes of models of one's own, such as ``lab``, the column.
    source
        ``id``, ``title``, ``publisher``, ``url``, ``licence`` of the table.
    sheet, delimiter, decimal
        The sheet of a spreadsheet, what separates cells, and the decimal separator; None where
        that is left to the reader.
    """

    rows: Rows = "scores"
    columns: Mapping[str, str] = field(default_factory=dict)
    fixed: Mapping[str, str] = field(default_factory=dict)
    benchmarks: tuple[Benchmark, ...] = ()
    models: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    attributes: Mapping[str, str] = field(default_factory=dict)
    source: Mapping[str, str] = field(default_factory=dict)
    sheet: str | None = None
    delimiter: str | None = None
    decimal: Literal[".", ","] | None = None

    @property
    def wide(self) -> tuple[Benchmark, ...]:
        """The benchmarks that have a column of their own."""
        return tuple(one for one in self.benchmarks if one.column)

    def missing(self) -> tuple[str, ...]:
        """The fields without which the table cannot be read."""
        needed = ["model", *(["item"] if self.rows == "responses" else [])]
        if not self.wide:
            needed += ["benchmark", "score"]
        return tuple(name for name in needed if name not in {*self.columns, *self.fixed})


def attribute_name(name: str, where: str) -> str:
    """Return the name of an attribute of models, or refuse it with a ``UsageError``."""
    if name in (*MODEL_FIELDS, "model", "name", "all", "open", "closed"):
        raise UsageError(
            f"{where}: {name!r} is a column of models", hint="name it under [columns] instead"
        )
    good = name.strip() == name and name.isprintable() and not set(name) & set(_NOT_IN_NAMES)
    if not good or not 0 < len(name) <= _LONGEST_NAME:
        raise UsageError(
            f"{where}: {name[:_LONGEST_NAME]!r} is no name of an attribute; expected up to"
            f" {_LONGEST_NAME} characters without {' '.join(_NOT_IN_NAMES)}"
        )
    return name
