"""Columns by what they hold, so that a table reads as a list of them."""

from headway.dataset.schema import Column, Kind

_ID = r"\S(?:.*\S)?"
_COUNTRY = r"[A-Z]{2}"
_URL = r"https?://\S+"


def text(name: str, description: str, *, pattern: str | None = None) -> Column:
    """Declare a column of text."""
    return Column(name=name, kind="string", description=description, pattern=pattern)


def prose(name: str, description: str) -> Column:
    """Declare a column of sentences, which may be longer than a name."""
    return Column(name=name, kind="string", description=description, long=True)


def identity(name: str, description: str, *, default: str | None = None) -> Column:
    """Declare a column of names that every row has."""
    return Column(
        name=name,
        kind="string",
        description=description,
        required=True,
        pattern=_ID,
        default=default,
        expects="text without spaces at either end",
    )


def enum(
    name: str,
    values: tuple[str, ...],
    description: str,
    *,
    default: str | None = None,
    required: bool = True,
) -> Column:
    """Declare a column of a few words."""
    return Column(
        name=name,
        kind="string",
        description=description,
        enum=values,
        default=default,
        required=required,
    )


def date(name: str, description: str, *, required: bool = False) -> Column:
    """Declare a column of days."""
    return Column(name=name, kind="date", description=description, required=required)


def count(name: str, description: str) -> Column:
    """Declare a column of whole numbers of 0 or more."""
    return Column(name=name, kind="integer", description=description, minimum=0)


def amount(name: str, kind: Kind, description: str) -> Column:
    """Declare a column of numbers of 0 or more."""
    return Column(name=name, kind=kind, description=description, minimum=0)


def number(name: str, description: str, *, required: bool = False) -> Column:
    """Declare a column of numbers."""
    return Column(name=name, kind="number", description=description, required=required)


def flag(name: str, description: str) -> Column:
    """Declare a column of yes and no."""
    return Column(name=name, kind="boolean", description=description)


def reference(
    name: str, table: str, description: str, *, required: bool = False, many: bool = False
) -> Column:
    """Declare a column of ids of another table."""
    return Column(
        name=name,
        kind="string",
        description=description,
        required=required,
        references=table,
        many=many,
        long=many,
    )


def country(name: str, description: str) -> Column:
    """Declare a column of countries."""
    return Column(
        name=name,
        kind="string",
        description=description,
        pattern=_COUNTRY,
        expects="two capital letters such as CN (ISO 3166)",
    )


def url(name: str, description: str) -> Column:
    """Declare a column of addresses."""
    return Column(
        name=name,
        kind="string",
        description=description,
        pattern=_URL,
        long=True,
        expects="an address that starts with https://",
    )
