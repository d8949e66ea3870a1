"""A mapping as a small TOML file: read, checked, and written."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from headway.errors import DataError, UsageError, did_you_mean
from headway.foreign.tomltext import toml_value
from headway.sources.table_fields import (
    FACTS,
    FIELDS,
    FIXED,
    MODEL_FIELDS,
    WORDS,
    Benchmark,
    TableMapping,
    attribute_name,
)
from headway.sources.table_guess import guess_mapping

__all__ = [
    "FACTS",
    "FIELDS",
    "FIXED",
    "Benchmark",
    "TableMapping",
    "as_toml",
    "guess_mapping",
    "mapping_of",
    "parse_mapping",
]

SOURCE_FIELDS = ("id", "title", "publisher", "url", "licence")
READING = ("sheet", "delimiter", "decimal")
_TABLES = ("columns", "fixed", "source", "benchmarks", "models", "attributes")
_TEXTS = ("column", "domain", "item_access", "released_on", "unit")


def parse_mapping(text: str, file: str = "mapping.toml") -> TableMapping:
    """Parse a mapping.

    Parameters
    ----------
    text
        The TOML text: ``rows``, ``sheet``, ``delimiter``, ``decimal``, and the tables
        ``[columns]``, ``[fixed]``, ``[attributes]``, ``[source]``, ``[benchmarks."NAME"]`` and
        ``[models."NAME"]``.
    file
        Its name, for messages.

    Returns
    -------
    TableMapping
        The mapping.

    Raises
    ------
    UsageError
        When it is not TOML, is beyond the bounds, has an unknown key or a wrong value, or lacks a
        field.

    Examples
    --------
    >>> parse_mapping('''
    ... [columns]
    ... model = "System"
    ... score = "Solved"
    ... [fixed]
    ... benchmark = "Our test"
    ... ''').columns["score"]
    'Solved'
    """
    try:
        whole = toml_value(text, file)
    except DataError as error:
        raise UsageError(error.message, hint=error.hint) from None
    return mapping_of(whole, file)


def mapping_of(whole: Mapping[str, Any], file: str = "mapping") -> TableMapping:
    """Make a mapping of the keys and tables of its TOML file.

    Parameters
    ----------
    whole
        The content as :func:`parse_mapping` describes it.
    file
        What messages call it.

    Returns
    -------
    TableMapping
        The mapping.

    Raises
    ------
    UsageError
        When it has an unknown key or a wrong value, or lacks a field.
    """
    _known(whole, (*READING, "rows", *_TABLES), file)
    rows = whole.get("rows", "scores")
    if rows not in ("scores", "responses"):
        raise UsageError(f"{file}: rows is {rows!r}; expected 'scores' or 'responses'")
    columns = _texts(whole, "columns", FIELDS[rows], file)
    fixed = _texts(whole, "fixed", FIXED, file)
    attributes = _texts(whole, "attributes", None, file)
    for name in attributes:
        attribute_name(name, f"{file}, [attributes]")
    both = sorted(columns.keys() & fixed.keys())
    if both:
        raise UsageError(f"{file}: {both[0]!r} is both a column and fixed")
    reading = {name: whole[name] for name in READING if name in whole}
    for name, value in reading.items():
        single = name == "sheet" or (isinstance(value, str) and len(value) == 1)
        if not isinstance(value, str) or not single:
            raise UsageError(f"{file}: {name} is {value!r}; expected a text")
    mapping = TableMapping(
        rows=rows,
        columns=columns,
        fixed=fixed,
        benchmarks=_benchmarks(whole.get("benchmarks", {}), file),
        models=_models(whole.get("models", {}), file),
        attributes=attributes,
        source=_texts(whole, "source", SOURCE_FIELDS, file),
        **reading,
    )
    if mapping.decimal not in (None, ".", ","):
        raise UsageError(f"{file}: decimal is {mapping.decimal!r}; expected '.' or ','")
    if mapping.missing():
        raise UsageError(
            f"{file} does not say which column is {' and '.join(mapping.missing())}",
            hint="name the column under [columns], or a value for all rows under [fixed]",
        )
    return mapping


def _known(table: Mapping[str, Any], names: Sequence[str], where: str) -> None:
    for name in table:
        if name not in names:
            raise UsageError(
                f"{where}: there is no key {name!r}{did_you_mean(name, names)}",
                hint="the keys are " + ", ".join(names),
            )


def _models(table: Any, file: str) -> dict[str, dict[str, str]]:
    if not isinstance(table, dict) or not all(isinstance(one, dict) for one in table.values()):
        raise UsageError(f'{file}: models is {table!r}; expected tables [models."NAME"]')
    made: dict[str, dict[str, str]] = {}
    for name, facts in table.items():
        where = f"{file}, [models.{name!r}]"
        for key in facts:
            if key not in MODEL_FIELDS:
                attribute_name(key, where)
        made[name] = _texts({"facts": facts}, "facts", None, where)
    return made


def _texts(
    whole: Mapping[str, Any], name: str, names: Sequence[str] | None, file: str
) -> dict[str, str]:
    table = whole.get(name, {})
    if not isinstance(table, dict):
        raise UsageError(f"{file}: {name} is {table!r}; expected a table [{name}]")
    if names is not None:
        _known(table, names, f"{file}, [{name}]")
    made: dict[str, str] = {}
    for key, value in table.items():
        if name in ("fixed", "facts") and isinstance(value, (bool, int, float, date)):
            value = str(value).lower() if isinstance(value, bool) else str(value)
        if not (isinstance(value, str) and value.strip()):
            raise UsageError(f"{file}, [{name}]: {key} is {value!r}; expected a text")
        made[key] = value
    return made


def _benchmarks(table: Any, file: str) -> tuple[Benchmark, ...]:
    if not isinstance(table, dict) or not all(isinstance(one, dict) for one in table.values()):
        raise UsageError(f'{file}: benchmarks is {table!r}; expected tables [benchmarks."NAME"]')
    made: list[Benchmark] = []
    for name, facts in table.items():
        where = f"{file}, [benchmarks.{name!r}]"
        _known(facts, FACTS, where)
        for key, value in facts.items():
            number = isinstance(value, (int, float)) and not isinstance(value, bool)
            if key == "released_on" and isinstance(value, date):
                facts = {**facts, key: value.isoformat()}
                continue
            right = isinstance(value, str) if key in _TEXTS else number
            if not right or (number and not abs(value) < 1e15):
                raise UsageError(f"{where}: {key} is {str(value)[:60]}; expected another kind")
        chance, ceiling = facts.get("chance"), facts.get("ceiling")
        if chance is not None and ceiling is not None and chance >= ceiling:
            raise UsageError(f"{where}: chance {chance} is not below the ceiling {ceiling}")
        access = facts.get("item_access", "unknown")
        if access not in WORDS["item_access"]:
            raise UsageError(
                f"{where}: item_access is {access!r}{did_you_mean(access, WORDS['item_access'])}",
                hint="expected one of " + ", ".join(WORDS["item_access"]),
            )
        made.append(Benchmark(name=name, **facts))
    return tuple(made)


def as_toml(mapping: TableMapping) -> str:
    """Write a mapping as the TOML text that :func:`parse_mapping` reads.

    Parameters
    ----------
    mapping
        The mapping.

    Returns
    -------
    str
        The text.
    """
    lines = [f'rows = "{mapping.rows}"']
    lines += [
        f"{name} = {_quoted(value)}"
        for name, value in (
            ("sheet", mapping.sheet),
            ("delimiter", mapping.delimiter),
            ("decimal", mapping.decimal),
        )
        if value is not None
    ]
    for name, table in (
        ("columns", mapping.columns),
        ("fixed", mapping.fixed),
        ("attributes", mapping.attributes),
        ("source", mapping.source),
    ):
        if table:
            lines += ["", f"[{name}]"]
            lines += [f"{_key(key)} = {_quoted(text)}" for key, text in table.items()]
    for model, facts in mapping.models.items():
        lines += ["", f"[models.{_quoted(model)}]"]
        lines += [f"{_key(key)} = {_quoted(text)}" for key, text in facts.items()]
    for one in mapping.benchmarks:
        lines += ["", f"[benchmarks.{_quoted(one.name)}]"]
        for key in FACTS:
            value = getattr(one, key)
            if value is not None:
                lines.append(f"{key} = {_quoted(value) if isinstance(value, str) else value}")
    return "\n".join([*lines, ""])


def _key(name: str) -> str:
    plain = name.replace("_", "").isalnum() and name.isascii()
    return name if plain else _quoted(name)


def _quoted(text: str) -> str:
    escaped = "".join(
        f"\\u{ord(one):04X}" if ord(one) < 32 or ord(one) == 127 else one
        for one in text.replace("\\", "\\\\").replace('"', '\\"')
    )
    return f'"{escaped}"'
