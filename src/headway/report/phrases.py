"""Rows of results as the report picks and phrases them, for charts, tables and sentences."""

from typing import TYPE_CHECKING, Any

import polars as pl

from headway.analyses.lag import HEADLINE, LagResult
from headway.analyses.result import Result
from headway.intervals import has_no_spread, is_short
from headway.report.words import Words

if TYPE_CHECKING:
    from headway.rulers.scale import Scale


def interval_text(words: Words, row: dict[str, Any]) -> str:
    """Return an estimate with its interval, short: ``5.2 (3.6–5.2)``."""
    if row["estimate"] is None:
        return words.known("status", row["status"])
    text = words.number(row["estimate"])
    if row["status"] in ("at_least", "censored"):
        text = words("number.at_least", value=text)
    if row["low"] is None and row["high"] is None:
        return text
    return f"{text} ({interval_only(words, row)})"


def interval_only(words: Words, row: dict[str, Any]) -> str:
    """Return the interval of a row; an end beyond what was observed is said in words."""
    if row["low"] is None and row["high"] is None:
        return words("number.unknown")
    if has_no_spread(row["low"], row["high"]):
        return words("number.no_spread", value=words.number(row["low"]))
    low, high = words.ends(row["low"], row["high"])
    if row["low"] is None:
        return words("number.below", value=high)
    if row["high"] is None:
        return words("number.above", value=low)
    return f"{low}–{high}" if row["low"] >= 0 else words("number.between", low=low, high=high)


def best_ranked(scale: "Scale", most: int) -> list[dict[str, Any]]:
    """Rows of the best models that have a rank; of all, by value, where none has."""
    rows = scale.rank()
    ranked = rows.drop_nulls("rank")
    return (ranked if ranked.height else rows).head(most).to_dicts()


def names_of(words: Words, result: Result) -> dict[str, str]:
    """Names of the two sides of a result."""
    return words.names(str(result.spec["leader"]), str(result.spec["follower"]))


def convention_rows(result: LagResult) -> list[dict[str, Any]]:
    """Rows of the table that stand for the conventions; two for the straight lines."""
    out = []
    for name in result.conventions:
        if name == "gap":
            continue
        quantity = HEADLINE[name][2]
        if name == "trend":
            found = result.table.filter(
                (pl.col("convention") == name) & (pl.col("quantity") == quantity)
            )
            out += found.to_dicts()
        elif name == "thresholds":
            found = result.table.filter(
                (pl.col("convention") == name) & (pl.col("quantity") == quantity)
            )
            out += [row | {"part": row["entity"]} for row in found.to_dicts()]
        else:
            out.append(result.headline(name))
    return out


def convention_name(words: Words, row: dict[str, Any]) -> str:
    """Name of a convention with what tells its rows apart."""
    name = words(f"convention.{row['convention']}")
    if row["convention"] == "trend":
        extra = period_name(words, row)
    elif row["convention"] == "named":
        extra = row["entity"]
    elif row["convention"] == "thresholds" and row["entity"] != "all":
        extra = words.known("access", row["entity"])
    else:
        return name
    return f"{name}（{extra}）" if words.lang == "zh" else f"{name}: {extra}"


def period_name(words: Words, row: dict[str, Any]) -> str:
    """Name of the period of a row, with the days that count where they are few."""
    name = words.period(row["period"])
    if not is_short(row.get("days"), row.get("of_days")):
        return name
    return words("period.short", period=name, days=row["days"], of=row["of_days"])


def area_name(words: Words, row: dict[str, Any], kind: str) -> str:
    """Name of a domain in the language, or of a benchmark as published; old ones with a year."""
    name = words.known("domain", row["entity"]) if kind == "domains" else str(row["name"])
    day = row["follower_date"] or row.get("best_since")
    return f"{name} ({day.year})" if row["stale"] and day is not None else name


def published_ratings(scale: "Scale") -> pl.DataFrame:
    """Newest ratings of the board whose points the scale has, empty when there is none."""
    data = scale.dataset
    empty = pl.DataFrame(schema={"model": pl.String, "rating": pl.Float64, "board": pl.String,
                                 "as_of": pl.Date})  # fmt: skip
    if "ratings" not in data.names or scale.unit != "points":
        return empty
    ours = data.ratings.filter(pl.col("board").str.contains("ECI"))
    if ours.is_empty() or scale.spec.get("kind") != "logistic":
        return empty
    file = scale.spec.get("file")
    if file is not None and file["name"] not in ("eci", "general"):
        return empty
    return ours.filter(pl.col("as_of") == pl.col("as_of").max()).select(
        "model", "rating", "board", "as_of"
    )


def organisation_names(scale: "Scale", lang: str) -> dict[str, str]:
    """Name of every organisation, in Chinese where one is known and wanted."""
    table = scale.dataset.organisations
    column = pl.coalesce("name_zh", "name") if lang == "zh" else pl.col("name")
    return {key: name or key for key, name in table.select("organisation", column).iter_rows()}
