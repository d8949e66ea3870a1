"""Groups of models, named by what their members have in common."""

from typing import TYPE_CHECKING

import polars as pl

from headway.dataset.naming import find
from headway.errors import UsageError, did_you_mean

if TYPE_CHECKING:
    from headway.dataset.dataset import Dataset

_ATTRIBUTES = ("country", "organisation", "family", "licence_class", "access", "model")


def members(data: "Dataset", group: str) -> list[str]:
    """Identifiers of the models in a group.

    A group is one or more terms joined by ``+`` (all must hold). A term is ``all``, ``open``,
    ``closed`` or ``attribute:value``, with alternatives separated by ``|`` and ``!`` in front
    for "not": ``country:US``, ``open+!country:US``, ``organisation:OpenAI|Anthropic``.
    Attributes are country, organisation (partners count), family, licence_class, access and
    model; a model or an organisation is named by id, name or alias
    (:mod:`headway.dataset.naming`).
    """
    facts = data.models
    chosen = pl.lit(value=True)
    for raw in group.split("+"):
        term = raw.strip()
        negated = term.startswith("!")
        condition = _term(data, term.lstrip("!").strip(), group)
        chosen = chosen & (~condition if negated else condition)
    found = facts.filter(chosen)["model"].to_list()
    if not found:
        raise UsageError(f"group {group!r} has no model in this dataset")
    return [str(model) for model in found]


def _named(data: "Dataset", attribute: str, value: str) -> str | None:
    """The id of the model or maker that is called so, for values that are no id or name."""
    if attribute == "model":
        return find(data, "model", value)
    return find(data, "organisation", value) if attribute == "organisation" else None


def _term(data: "Dataset", term: str, group: str) -> pl.Expr:
    if term == "all":
        return pl.lit(value=True)
    if term in ("open", "closed"):
        return (pl.col("open_weights") == (term == "open")).fill_null(value=False)
    attribute, colon, text = term.partition(":")
    if not colon or attribute not in _ATTRIBUTES:
        possible = ["all", "open", "closed", *(f"{name}:..." for name in _ATTRIBUTES)]
        raise UsageError(
            f"group {group!r}: {term!r} is not one of {', '.join(possible)}"
            + did_you_mean(attribute, ["all", "open", "closed", *_ATTRIBUTES]),
            hint="join terms with '+', alternatives with '|', and negate with '!', "
            "as in 'country:CN+open' or 'organisation:OpenAI|Anthropic'",
        )
    facts = data.models
    if attribute == "organisation":
        named = dict(data.organisations.select("organisation", "name").iter_rows())
        lists = pl.concat_str(
            [pl.col("organisation"), pl.col("partners")], separator=";", ignore_nulls=True
        ).str.split(";")
        makers = facts.select(lists.alias("maker").explode())["maker"].drop_nulls().unique()
        alias = {str(m).strip(): str(named.get(m) or m).strip() for m in makers if m}
        column = lists.list.eval(pl.element().str.strip_chars().str.to_lowercase())
    else:
        alias = {str(v): str(v) for v in facts[attribute].drop_nulls().unique()}
        column = pl.concat_list(pl.col(attribute).fill_null("").str.to_lowercase())
    folded: dict[str, set[str]] = {}
    for key, shown in alias.items():
        folded.setdefault(shown.lower(), set()).add(key.lower())
    folded |= {key.lower(): {key.lower()} for key in alias}
    wanted = [value.strip() for value in text.split("|")]
    for value in wanted:
        known = None if value.lower() in folded else _named(data, attribute, value)
        if known is not None and known.lower() in folded:
            folded[value.lower()] = folded[known.lower()]
        if value.lower() not in folded:
            possible = sorted(set(alias.values()))
            raise UsageError(
                f"group {group!r}: no model has {attribute} {value!r}"
                + did_you_mean(value, possible),
                hint=f"{attribute} is one of: {', '.join(possible[:12])}"
                + (", ..." if len(possible) > 12 else ""),
            )
        if len(folded[value.lower()]) > 1:
            raise UsageError(
                f"group {group!r}: {value!r} may mean several values of {attribute}",
                details=sorted(folded[value.lower()]),
                hint="name one of them by its id",
            )
    keys = [key for value in wanted for key in folded[value.lower()]]
    return column.list.eval(pl.element().is_in(keys)).list.any()
