"""Groups of models, named by what their members have in common."""

from typing import TYPE_CHECKING

import polars as pl

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
    model, and those of the table ``attributes``: ``lab:A``.
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
        return (pl.col("open_weights") == (term == "open")).fill_null(value=False)
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
        told = pl.col("model").replace_strict(of_model, default="", return_dtype=pl.String)
        column = pl.concat_list(told.str.to_lowercase())
    elif attribute == "organisation":
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
    folded = {shown.lower(): key.lower() for key, shown in alias.items()}
    folded |= {key.lower(): key.lower() for key in alias}
    wanted = [value.strip() for value in text.split("|")]
    for value in wanted:
        if value.lower() not in folded:
            possible = sorted(set(alias.values()))
            raise UsageError(
                f"group {group!r}: no model has {attribute} {value!r}"
                + did_you_mean(value, possible),
                hint=f"{attribute} is one of: {', '.join(possible[:12])}"
                + (", ..." if len(possible) > 12 else ""),
            )
    keys = [folded[value.lower()] for value in wanted]
    return column.list.eval(pl.element().is_in(keys)).list.any()
