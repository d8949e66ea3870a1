from datetime import date

import pytest

from headway.errors import DataError
from headway.sources import metr

TEXT = """\
benchmark_name: METR-Horizon-v1.1
results:
  gpt_5_2025_08_07_inspect:
    benchmark_name: METR-Horizon-v1.1
    metrics:
      average_score:
        estimate: 0.7
      p50_horizon_length:
        ci_high: 200.5
        ci_low: 90
        estimate: 137
      p80_horizon_length:
        estimate: 25.5
    release_date: 2025-08-07
"""


def test_a_model():
    parsed = metr.parse(TEXT)
    assert parsed.tables["indicators"].drop("source").rows() == [
        (
            *("horizon_p50_minutes", "gpt_5_2025_08_07", date(2025, 8, 7)),
            *(137.0, 90.0, 200.5, "minutes"),
        ),
        (
            *("horizon_p80_minutes", "gpt_5_2025_08_07", date(2025, 8, 7)),
            *(25.5, None, None, "minutes"),
        ),
    ]
    [score] = parsed.tables["scores"].to_dicts()
    assert (score["benchmark"], score["score"], score["scale"]) == (
        *("METR Time Horizons", 0.7),
        "raw",
    )
    assert score["version"] == "gpt_5_2025_08_07_inspect"
    assert "left out: benchmark_name" in parsed.notes[0]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("0.7", ".nan", "average_score is nan; expected a number"),
        ("0.7", "1.7", "average_score is 1.7; expected a number between 0 and 1"),
        ("0.7", "yes", "average_score is True; expected a number"),
        ("137", ".inf", "p50_horizon_length.estimate is inf"),
        ("137", "9" * 4000, "p50_horizon_length.estimate is a huge number"),
        ("137", "0", "expected minutes"),
        ("137", "long", "p50_horizon_length.estimate is 'long'"),
        ("2025-08-07\n", "soon\n", "release_date is 'soon'; expected a date"),
        ("2025-08-07\n", "2025-02-30\n", "release_date is '2025-02-30'; expected a date"),
        ("2025-08-07\n", "2025-08-07 10:00:00\n", "expected a date"),
        ("    release_date: 2025-08-07\n", "", "release_date is missing"),
        ("average_score", "mean", "average_score is missing"),
        ("p80_horizon_length", "p90", "p80_horizon_length is missing"),
    ],
)
def test_models_that_are_refused(old, new, expected):
    parsed = metr.parse(TEXT.replace(old, new))
    assert (parsed.read, len(parsed.refused)) == (1, 1)
    assert expected in parsed.refused[0].reason
    assert parsed.refused[0].line == 3


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "there is no mapping 'results'"),
        ("results: [1]", "there is no mapping 'results'"),
        ("a: [", "not YAML at line 1"),
        ("a: !!python/object:os.system x", "not YAML at line 1"),
        ("a: 2025-13-45", "there is no mapping 'results'"),
        ("[" * 20_000, "nested too deeply"),
        ("results: {1: 2}\n\0", "is NUL"),
    ],
)
def test_texts_that_are_refused(text, expected):
    with pytest.raises(DataError, match=expected):
        metr.parse(text)


def test_an_underscore_separates_words_and_no_effort():
    text = TEXT.replace("gpt_5_2025_08_07_inspect", "gpt_5_1_codex_max_inspect")
    [score] = metr.parse(text).tables["scores"].to_dicts()
    assert (score["model"], score["variant"]) == ("gpt_5_1_codex_max", "default")


def test_a_file(tmp_path):
    path = tmp_path / "horizons.yaml"
    path.write_text(TEXT)
    assert metr.read([path]).tables["models"]["name"].to_list() == ["gpt_5_2025_08_07"]
