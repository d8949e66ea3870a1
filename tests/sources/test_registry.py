import sys

import polars as pl
import pytest

from headway.errors import UsageError
from headway.sources import SOURCES, Parsed, Refused, joined, source


@pytest.mark.parametrize("name", sorted(SOURCES))
def test_every_source_has_a_title_a_licence_and_a_reader(name):
    module = source(name)
    assert module.TITLE
    assert module.LICENCE is None or module.LICENCE.strip()
    with pytest.raises(UsageError):
        module.read([])


def test_an_unknown_source_is_proposed():
    with pytest.raises(UsageError, match=r"no source 'epok' \(did you mean 'epoch'\?\)") as caught:
        source("epok")
    assert "prices, table" in str(caught.value.hint)


def test_a_package_that_is_missing_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "yaml", None)
    monkeypatch.delitem(sys.modules, "headway.sources.metr", raising=False)
    monkeypatch.delitem(sys.modules, "headway.foreign.yamltext", raising=False)
    with pytest.raises(UsageError, match="needs the package 'yaml'"):
        source("metr")


def test_joined_parts_keep_every_row_and_one_of_each_fact():
    one = Parsed(
        tables={"models": pl.DataFrame({"model": ["a"]}), "scores": pl.DataFrame({"score": [1]})},
        read=2,
        refused=(Refused(line=3, reason="r"),),
        notes=("n",),
    )
    other = Parsed(
        tables={"models": pl.DataFrame({"model": ["a", "b"], "country": ["CN", None]})}, read=2
    )
    both = joined([one, one, other])
    assert both.read == 6
    assert both.notes == ("n",)
    assert len(both.refused) == 2
    assert both.tables["scores"]["score"].to_list() == [1, 1]
    assert both.tables["models"].rows() == [("a", None), ("a", "CN"), ("b", None)]


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("lm-eval", "results_1.json"),
        ("lm-eval", "samples_gsm8k.jsonl"),
        ("every-eval-ever", "one.json"),
        ("inspect", "2026-01-01T00-00-00_task_x.json"),
        ("inspect", "2026-01-01T00-00-00_task_x.eval"),
        ("helm", "run/run_spec.json"),
    ],
)
@pytest.mark.parametrize("content", ["{", "{}", "[1]", '{"a": 1, "a": 2}'])
def test_a_file_that_is_refused_is_named_once(tmp_path, name, file, content):
    path = tmp_path / file
    path.parent.mkdir(exist_ok=True)
    path.write_text(content)
    refused = source(name).read([tmp_path]).refused
    assert refused
    for row in refused:
        assert row.file is not None
        assert row.file not in row.reason
        assert "\n" not in row.reason
        assert row.reason.strip(":/ ") == row.reason
