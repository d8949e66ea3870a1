from datetime import date, timedelta

import polars as pl
import pytest

from headway.dataset import Dataset
from headway.dataset.contradictions import contradicting_aliases
from headway.dataset.matching import Known
from headway.dataset.name_facts import contradiction, named_span

DAY = date(2024, 8, 13)


@pytest.mark.parametrize(
    ("name", "first", "last"),
    [
        ("grok-2-2024-08-13", "2024-08-13", "2024-08-13"),
        ("claude-3-5-sonnet-20241022", "2024-10-22", "2024-10-22"),
        ("Gemini 1.5 Pro (Sept 2024)", "2024-09-01", "2024-09-30"),
        ("GPT-3.5 Turbo (Dec 2023)", "2023-12-01", "2023-12-31"),
        ("gemini-2.5-flash-preview-09-2025", "2025-09-01", "2025-09-30"),
        ("mistral-large-2411", "2024-11-01", "2024-11-30"),
        ("grok-2-1212", "2024-12-12", "2024-12-12"),
        ("gemini-2.5-pro-preview-05-06", "2024-05-06", "2024-05-06"),
        ("o1-2024-13-45", None, None),
        ("Llama-3.1-405B", None, None),
        ("Qwen3-235B-A22B", None, None),
        ("gpt-4-32k", None, None),
    ],
)
def test_the_day_in_a_name(name, first, last):
    span = named_span(name, [DAY])
    assert (span and tuple(str(day) for day in span)) == (first and (first, last))


@pytest.mark.parametrize("apart", range(-45, 46, 15))
def test_a_day_more_than_a_month_away_is_that_of_another_model(apart):
    day = DAY + timedelta(days=apart)
    said = contradiction(f"grok-2-{day}", "Grok-2", [DAY])
    assert (said is not None) == (abs(apart) > 31)


@pytest.mark.parametrize(
    ("alias", "name", "said"),
    [
        ("grok-2-2024-08-13", "Grok-2 (Dec 2024)", "names the day"),
        ("gpt-4-0125-preview", "GPT-4 Turbo (Nov 2023)", "names the day"),
        ("Qwen2.5-VL-72B", "Qwen2.5-72B", "says vl"),
        ("Qwen2.5-Coder-7B", "Qwen2.5-7B", "says coder"),
        ("Qwen2.5-7B", "Qwen2.5-Coder (7B)", "lacks coder"),
        ("Qwen2.5-Math-7B", "Qwen2.5-7B", "says math"),
        ("gpt-4o-mini", "GPT-4o (Aug 2024)", "says mini"),
        ("Llama-3.1-8B-Instruct", "Llama 3.1-70B", "has the size"),
        ("claude-2.1", "Claude 3 Opus", "lacks opus"),
        ("claude-2.1", "Claude 3", "is of version 2"),
        ("Qwen3-235B-A22B-Thinking", "Qwen3-235B-A22B-Instruct", "says thinking"),
        ("meta/gpt-4o", "GPT-4o", "names the maker meta"),
    ],
)
def test_an_alias_that_is_the_name_of_another_model(alias, name, said):
    assert said in str(contradiction(alias, name, [DAY], makers={"meta"}))


@pytest.mark.parametrize(
    ("alias", "name"),
    [
        ("grok-2-1212", "Grok-2 (Dec 2024)"),
        ("gpt-4o-2024-08-06", "GPT-4o (Aug 2024)"),
        ("Mixtral-8x7B-Instruct-v0.1", "Mixtral 8x7B"),
        ("phi-1_5", "Phi-1.5"),
        ("dolly-v2-12b", "Dolly 2.0-12b"),
        ("Qwen2.5-Coder-7B-Instruct", "Qwen2.5-Coder (7B)"),
        ("chutes/gpt-oss-120b", "gpt-oss-120b"),
        ("Llama-4-Maverick-17B-128E-Instruct-FP8", "Llama 4 Maverick"),
    ],
)
def test_an_alias_that_fits(alias, name):
    assert contradiction(alias, name, [DAY], makers={"meta"}) is None


def test_no_shipped_alias_contradicts_its_model(catalog):
    assert not list(contradicting_aliases(catalog))
    known = set(catalog.aliases["alias"])
    assert {"grok-2-1212", "gpt-4o-2024-08-06", "claude-3-5-sonnet-20241022"} <= known


@pytest.mark.parametrize(
    ("name", "model"),
    [
        ("grok-2-2024-08-13", None),
        ("grok-2-2024-12-10", "grok-2-dec-2024"),
        ("gpt-4o-2024-08-07", "gpt-4o-aug-2024"),
        ("gpt-4o-2024-05-14", "gpt-4o-may-2024"),
        ("gpt-4o-2025-03-01", None),
        ("Qwen2.5-VL-72B-Instruct", None),
        ("deepseek-chat", None),
        ("gpt-4-turbo", None),
    ],
)
def test_a_snapshot_goes_to_the_model_of_its_own_day(catalog, name, model):
    assert Known(catalog.tables).match("model", name).id == model


def test_check_finds_an_alias_of_another_model():
    scores = pl.DataFrame({"model": ["a"], "benchmark": ["x"], "score": [0.5]})
    models = pl.DataFrame({"model": ["a"], "name": ["Ace 2-7B"], "listed_on": [DAY],
                           "organisation": ["one"]})  # fmt: skip
    makers = pl.DataFrame({"organisation": ["one", "two"], "name": ["One", "Two"]})
    good = ["Ace-2-7B-Instruct", "ace-2-7b-2024-08-20", "one/ace-2", "host/ace-2"]
    bad = ["ace-2-70b", "ace-2-7b-2025-01-01", "two/ace-2", "ace-2-math-7b"]
    aliases = pl.DataFrame({"kind": "model", "alias": [*good, *bad], "id": "a"})
    data = Dataset.from_frames(scores=scores, models=models, organisations=makers, aliases=aliases)
    found = {finding.entity for finding in contradicting_aliases(data)}
    assert found == set(bad)
