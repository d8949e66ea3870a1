"""Which model, benchmark or organisation of a dataset a name means: the one place that says so.

A pinned benchmark, an anchor, the benchmarks of a ruler file and a name that somebody types are
all looked up here, in this order: an id, a published name, a declared alias, the same words in
another spelling, the name without its provider, a snapshot by its day
(:mod:`headway.dataset.matching`). What the dataset's own names do not settle, the names of the
shipped catalog do: the entity of the dataset that the catalog knows under the same id as the name
asked for. Two possible meanings are an error that names both.
"""

from collections.abc import Iterable, Mapping
from functools import cache
from typing import TYPE_CHECKING, TypeVar

from headway.dataset.matching import Kind, Known
from headway.dataset.tables import ALIASED
from headway.errors import UsageError, did_you_mean

if TYPE_CHECKING:
    from headway.dataset.dataset import Dataset

T = TypeVar("T")


def find(data: "Dataset", kind: Kind, wanted: str) -> str | None:
    """Return the id of the entity that a name means, or None when no entity has it.

    Parameters
    ----------
    data
        The dataset.
    kind
        What is named: ``model``, ``benchmark`` or ``organisation``.
    wanted
        An id, a published name, an alias, or one of these in another spelling.

    Raises
    ------
    UsageError
        When the name may mean several entities; the details name them.

    Examples
    --------
    >>> import headway
    >>> data = headway.load()
    >>> find(data, "benchmark", "WinoGrande"), find(data, "model", "openai/gpt-5-2025-08-07")
    ('winogrande', 'gpt-5')
    >>> find(data, "model", "nobody's model") is None
    True
    """
    found = data.known.candidates(kind, wanted)[0] or _by_catalog(data, kind, wanted)
    if len(found) > 1:
        raise UsageError(
            f"{wanted!r} may mean {len(found)} {kind}s of this dataset",
            details=[_called(data, kind, one) for one in sorted(found)],
            hint="name one of them by its id",
        )
    return next(iter(found), None)


def resolve(data: "Dataset", kind: Kind, wanted: str) -> str:
    """Return the id of the entity that a name means; see :func:`find`.

    Raises
    ------
    UsageError
        When no entity has the name, with names that are near; or when several have it.
    """
    found = find(data, kind, wanted)
    if found is not None:
        return found
    facts = data.table(ALIASED[kind])
    near = did_you_mean(wanted, facts[kind].to_list())
    near = near or did_you_mean(wanted, facts["name"].drop_nulls().to_list())
    raise UsageError(f"unknown {kind} {wanted!r}{near}")


def resolve_each(data: "Dataset", kind: Kind, wanted: Iterable[str]) -> tuple[str, ...]:
    """Return the ids that several names mean, in their order.

    Raises
    ------
    UsageError
        As :func:`resolve`; and when two of the names mean the same.
    """
    return tuple(resolve_keys(data, kind, dict.fromkeys(wanted)))


def resolve_keys(data: "Dataset", kind: Kind, wanted: Mapping[str, T]) -> dict[str, T]:
    """Return values by the ids that their names mean, in their order.

    Raises
    ------
    UsageError
        As :func:`resolve`; and when two of the names mean the same.
    """
    named: dict[str, str] = {}
    for name in wanted:
        one = resolve(data, kind, name)
        if one in named:
            raise UsageError(f"{named[one]!r} and {name!r} are both the {kind} {one!r}")
        named[one] = name
    return {one: wanted[name] for one, name in named.items()}


def _by_catalog(data: "Dataset", kind: Kind, wanted: str) -> frozenset[str]:
    """The entities of a dataset that the catalog takes for the one that a name means there."""
    catalog = _catalog()
    meant, _ = catalog.candidates(kind, wanted)
    if len(meant) != 1:
        return frozenset()
    facts = data.table(ALIASED[kind]).select(kind, "name")
    return frozenset(
        one
        for one, name in facts.iter_rows()
        if any(called and catalog.candidates(kind, called)[0] == meant for called in (one, name))
    )


@cache
def _catalog() -> Known:
    from headway.dataset import load

    return load().known


def _called(data: "Dataset", kind: Kind, one: str) -> str:
    facts = data.table(ALIASED[kind])
    name = facts.filter(facts[kind] == one)["name"][0]
    return one if name in (None, one) else f"{one} ({name})"
