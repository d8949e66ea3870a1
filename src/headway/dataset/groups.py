"""Groups of models, named by what their members have in common."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from headway.dataset.naming import find
from headway.errors import UsageError, did_you_mean

if TYPE_CHECKING:
    from headway.dataset.dataset import Dataset

UNKNOWN = "unknown"
_WORDS: Mapping[str, str] = {
    "country": "country",
    "organisation": "organisation",
    "family": "family",
    "licence_class": "licence",
    "access": "access",
    "open": "weights",
    "closed": "weights",
}
_ATTRIBUTES = ("country", "organisation", "family", "licence_class", "access", "model")


@dataclass(frozen=True, slots=True, kw_only=True)
class Membership:
    """The models of a group, and those of which nobody knows whether they belong to it.

    Parameters
    ----------
    members
        Identifiers of the models in it.
    undecided
        Identifiers of models without an attribute that decides it.
    attributes
        The attributes that the group asks about, in words.
    """

    members: tuple[str, ...]
    undecided: tuple[str, ...]
    attributes: tuple[str, ...]


def members(data: "Dataset", group: str) -> list[str]:
    """Identifiers of the models in a group; see :func:`membership`.

    Raises
    ------
    UsageError
        For a group that cannot be read, or has no model.
    """
    return list(membership(data, group).members)


def membership(data: "Dataset", group: str) -> Membership:
    """Sort the models of a dataset into those in a group, and those that may be.

    A group is one or more terms joined by ``+`` (all must hold). A term is ``all``, ``open``,
    ``closed`` or ``attribute:value``, with alternatives separated by ``|`` and ``!`` in front
    for "not": ``country:US``, ``open+!country:US``, ``organisation:OpenAI|Anthropic``.
    Attributes are country, organisation (partners count), family, licence_class, access and
    model, and those of the table ``attributes``: ``lab:A``. A model or an organisation is named by
    id, name or alias (:mod:`headway.dataset.naming`). A model whose attribute is not known is
    neither in ``country:US`` nor in ``!country:US``.

    Raises
    ------
    UsageError
        For a group that cannot be read, or has no model.
    """
    chosen = pl.lit(value=True)
    attributes = []
    for raw in group.split("+"):
        term = raw.strip()
        name = term.lstrip("!").strip()
        condition = _term(data, name, group)
        chosen = chosen & (~condition if term.startswith("!") else condition)
        attributes.append(_WORDS.get(name.partition(":")[0], "attributes"))
    sorted_out = data.models.select("model", chosen=chosen)
    found = sorted_out.filter(pl.col("chosen"))["model"].to_list()
    undecided = sorted_out.filter(pl.col("chosen").is_null())["model"].to_list()
    if not found:
        raise UsageError(
            f"group {group!r} has no model in this dataset",
            hint=f"of {len(undecided)} models it is not known whether they belong to it"
            if undecided
            else None,
        )
    return Membership(
        members=tuple(found), undecided=tuple(undecided),
        attributes=tuple(dict.fromkeys(attributes)),
    )  # fmt: skip


def _named(data: "Dataset", attribute: str, value: str) -> str | None:
    """The id of the model or maker that is called so, for values that are no id or name."""
    if attribute == "model":
        return find(data, "model", value)
    return find(data, "organisation", value) if attribute == "organisation" else None


def attributes_of(data: "Dataset") -> tuple[str, ...]:
    """Return the names of the free attributes of models, without those of columns of models."""
    if "attributes" not in data.names:
        return ()
    names = data.table("attributes")["attribute"].unique().sort()
    return tuple(name for name in names if name not in _ATTRIBUTES)


def _term(data: "Dataset", term: str, group: str) -> pl.Expr:
    if term == "all":
        return pl.lit(value=True)
    if term in ("open", "closed"):
        return pl.col("open_weights") == (term == "open")
    attribute, colon, text = term.partition(":")
    free = attributes_of(data)
    known = (*_ATTRIBUTES, *free)
    if not colon or attribute not in known:
        possible = ["all", "open", "closed", *(f"{name}:..." for name in known)]
        raise UsageError(
            f"group {group!r}: {term!r} is not one of {', '.join(possible)}"
            + did_you_mean(attribute, ["all", "open", "closed", *known]),
            hint="join terms with '+', alternatives with '|', and negate with '!', "
            "as in 'country:CN+open' or 'organisation:OpenAI|Anthropic'",
        )
    facts = data.models
    if attribute in free:
        rows = data.table("attributes").filter(pl.col("attribute") == attribute)
        of_model = dict(rows.select("model", "value").iter_rows())
        alias = {value: value for value in of_model.values()}
        told = pl.col("model").replace_strict(of_model, default=None, return_dtype=pl.String)
        column = pl.concat_list(told.fill_null("").str.to_lowercase())
        unknown = told.is_null()
    elif attribute == "organisation":
        named = dict(data.organisations.select("organisation", "name").iter_rows())
        lists = pl.concat_str(
            [pl.col("organisation"), pl.col("partners")], separator=";", ignore_nulls=True
        ).str.split(";")
        makers = facts.select(lists.alias("maker").explode())["maker"].drop_nulls().unique()
        alias = {str(m).strip(): str(named.get(m) or m).strip() for m in makers if m}
        column = lists.list.eval(pl.element().str.strip_chars().str.to_lowercase())
        unknown = pl.all_horizontal(pl.col("organisation", "partners").is_null())
    else:
        alias = {str(v): str(v) for v in facts[attribute].drop_nulls().unique()}
        column = pl.concat_list(pl.col(attribute).fill_null("").str.to_lowercase())
        unknown = pl.col(attribute).is_null() | (pl.col(attribute) == UNKNOWN)
    folded: dict[str, set[str]] = {}
    for key, shown in alias.items():
        folded.setdefault(shown.lower(), set()).add(key.lower())
    folded |= {key.lower(): {key.lower()} for key in alias}
    wanted = [value.strip() for value in text.split("|")]
    for value in wanted:
        called = None if value.lower() in folded else _named(data, attribute, value)
        if called is not None and called.lower() in folded:
            folded[value.lower()] = folded[called.lower()]
        if value.lower() not in folded:
            possible = sorted(set(alias.values()))
            raise UsageError(
                f"group {group!r}: no model has {attribute} {value!r}"
                + did_you_mean(value, possible),
                hint=f"{attribute} is one of: {', '.join(possible[:12])}"
                + (", ..." if len(possible) > 12 else "")
                if possible
                else f"no model of this dataset has a known {attribute}; state it in its facts",
            )
        if len(folded[value.lower()]) > 1:
            raise UsageError(
                f"group {group!r}: {value!r} may mean several values of {attribute}",
                details=sorted(folded[value.lower()]),
                hint="name one of them by its id",
            )
    keys = [key for value in wanted for key in folded[value.lower()]]
    inside = column.list.eval(pl.element().is_in(keys)).list.any()
    return pl.when(inside).then(True).when(~unknown).then(False)
