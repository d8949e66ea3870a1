"""What Epoch AI's tables have in common: its words for countries and access, and its sources."""

from typing import Any

import polars as pl

BOARD = "Epoch ECI"

COUNTRIES = {
    "United States of America": "US",
    "China": "CN",
    "France": "FR",
    "United Arab Emirates": "AE",
    "United Kingdom of Great Britain and Northern Ireland": "GB",
    "Canada": "CA",
    "Germany": "DE",
    "Hong Kong": "HK",
    "Israel": "IL",
    "Japan": "JP",
    "Korea (Republic of)": "KR",
    "India": "IN",
    "Singapore": "SG",
    "": None,
}
ACCESSIBILITY = {
    "API access": ("closed", "api"),
    "Hosted access (no API)": ("closed", "hosted"),
    "Open weights (unrestricted)": ("unrestricted", "weights"),
    "Open weights (restricted use)": ("restricted", "weights"),
    "Open weights (non-commercial)": ("non_commercial", "weights"),
    "Unreleased": ("unreleased", "unreleased"),
    "Unknown": ("unknown", "unknown"),
}
OPEN_WEIGHTS = {"Open weights": True, "Closed weights": False, "Other": None}

SCORES_SCHEMA = {
    "model": pl.String,
    "variant": pl.String,
    "version": pl.String,
    "benchmark": pl.String,
    "score": pl.Float64,
    "scale": pl.String,
    "reported_in": pl.String,
    "optimized": pl.Boolean,
}

MATRIX = "epoch-matrix"
INDEX = "epoch-index"
TABLES = "epoch-benchmark-tables"
RUNS = "epoch-runs"

_TITLES = {
    MATRIX: (
        "Epoch Capabilities Index: benchmark matrix",
        "https://epoch.ai/data/eci_benchmarks.csv",
    ),
    INDEX: ("Epoch Capabilities Index: published scores", "https://epoch.ai/data/eci_scores.csv"),
    TABLES: ("AI Benchmarking Hub: benchmark tables", "https://epoch.ai/data/benchmark_data.zip"),
    RUNS: ("AI Benchmarking Hub: logs of Epoch's own runs", "https://epoch.ai/benchmarks"),
}
_SOURCES = {name: pl.String() for name in ("source", "title", "publisher", "url", "licence")} | {
    "retrieved_on": pl.Date()
}


def sources(source: str) -> pl.DataFrame:
    """Return the row of ``sources`` for one of Epoch's publications; read on an unknown day."""
    title, url = _TITLES[source]
    row = (source, title, "Epoch AI", url, "CC BY 4.0", None)
    return pl.DataFrame([row], schema=_SOURCES, orient="row")


def same(known: dict[str, dict[str, Any]], key: str, facts: dict[str, Any]) -> None:
    """Keep facts under a key, or refuse those that differ from what was kept before.

    Raises
    ------
    ValueError
        When a fact differs.
    """
    before = known.setdefault(key, facts)
    for column, value in facts.items():
        if before[column] != value:
            raise ValueError(f"{column} of {key!r} is {value!s} here and {before[column]!s} before")
