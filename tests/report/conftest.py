"""One story for all tests of the report, told once with few draws."""

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path

import polars as pl
import pytest

from headway.dataset import Dataset
from headway.report.page import page
from headway.report.story import ReportSpec, Story, tell

HOSTILE = "<script>alert('x')</script>\"&</td>"


@pytest.fixture(scope="session")
def story(catalog: Dataset) -> Story:
    return tell(catalog, ReportSpec(draws=40, seed=3, since=dt.date(2026, 5, 1)))


@pytest.fixture(scope="session")
def hostile_story(catalog: Dataset) -> Story:
    """The best Chinese model and a source bear names that would be markup."""
    models = catalog.history("models").with_columns(
        pl.when(pl.col("model") == "kimi-k3")
        .then(pl.lit(HOSTILE))
        .otherwise(pl.col("name"))
        .alias("name")
    )
    sources = catalog.history("sources").with_columns(
        title=pl.lit(HOSTILE), url=pl.lit("javascript:alert(1)")
    )
    tables = dict(catalog.tables) | {"models": models, "sources": sources}
    return tell(replace(catalog, tables=tables), ReportSpec(draws=5))


@pytest.fixture(scope="session")
def pages(story: Story) -> Callable[[str], str]:
    """The page in a language, made once."""

    @cache
    def made(lang: str) -> str:
        return page(story, lang=lang)

    return made


@pytest.fixture(scope="session")
def page_files(
    pages: Callable[[str], str], tmp_path_factory: pytest.TempPathFactory
) -> Callable[[str], Path]:
    """The page in a language as a file, made once."""
    folder = tmp_path_factory.mktemp("pages")

    @cache
    def written(lang: str) -> Path:
        path = folder / f"{lang}.html"
        path.write_text(pages(lang), encoding="utf-8")
        return path

    return written
