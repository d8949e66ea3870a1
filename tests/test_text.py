"""Characters that cannot be seen: one rule for every reader, and how any text is shown."""

import unicodedata

import polars as pl
import pytest
from hypothesis import given, strategies as st

import headway
from headway.errors import DataError, HeadwayError
from headway.report import drawing
from headway.sources import arena, metr, prices, table
from headway.sources.records import named
from headway.sources.table_mapping import parse_mapping
from headway.text import NOT_PLAIN, fault_of_name, is_plain, shown, without_controls

UNSEEN = ["\x00", "\x07", "\x1b", "\x7f", "\x9b", "\u202e", "\u2066", "\u200b", "\ufeff", "\ufffe"]
MAPPING = parse_mapping(
    '[columns]\nmodel = "model"\nbenchmark = "benchmark"\nscore = "score"\n[fixed]\nscale = "raw"\n'
)


@given(st.text(max_size=20))
def test_what_is_shown_is_plain_and_plain_text_stays(text):
    assert is_plain(shown(text))
    assert is_plain(without_controls(text), lines=True)
    assert (shown(text) == text) == is_plain(text)


@given(st.characters())
def test_no_control_is_plain_and_both_engines_agree(one):
    if unicodedata.category(one) in ("Cc", "Zl", "Zp", "Cs"):
        assert not is_plain(one)
    if unicodedata.category(one)[0] in "LNPS":
        assert is_plain(one)
    if unicodedata.category(one) != "Cs":
        assert pl.Series([one]).str.contains(NOT_PLAIN)[0] != is_plain(one)


def test_every_control_and_mark_of_direction_is_found():
    for code in range(0x110000):
        character = chr(code)
        kind = unicodedata.category(character)
        turns = unicodedata.bidirectional(character) in {
            "LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI",
        }  # fmt: skip
        if turns or kind in {"Zl", "Zp", "Cs", "Cc"}:
            assert not is_plain(character), hex(code)
            assert is_plain(character, lines=True) == (character in "\n\t\r"), hex(code)


@pytest.mark.parametrize("name", ["模型 一号", "Naïve", "👨‍💻", "می‌خواهم", "a\u3000b", "ﬁ"])
def test_words_of_every_script_are_plain(name):
    assert fault_of_name(name) is None


def in_csv(name):
    text = f'model,benchmark,score\n"{name}",Maths,0.5\n'
    return table.parse(text, MAPPING)


def in_arena(name):
    return arena.parse_ratings(
        "snapshot_date,subset,publish_date,category,model_name,license,rating,rating_lower,"
        f"rating_upper,vote_count\n2026-06-30,text,2026-06-25,overall,{name},MIT,15,14,16,10\n"
    )


def in_prices(name):
    return prices.parse(f"provider,model,start,input,output\nopenai,{name},2025-08-07,1,2\n")


def in_yaml(name):
    key = "".join(f"\\U{ord(one):08x}" for one in name)
    return metr.parse(
        f'results:\n  "{key}":\n    release_date: 2025-08-07\n    metrics:\n'
        "      average_score: {estimate: 0.7}\n      p50_horizon_length: {estimate: 137}\n"
        "      p80_horizon_length: {estimate: 25}\n"
    )


@pytest.mark.parametrize("read", [in_csv, in_arena, in_prices, in_yaml])
@pytest.mark.parametrize("one", UNSEEN)
def test_every_source_refuses_names_that_cannot_be_seen(read, one):
    name = f"gpt{one}5"
    try:
        parsed = read(name)
    except HeadwayError as error:
        said = str(error)
    else:
        assert len(parsed.refused) == 1
        said = parsed.refused[0].reason
    assert is_plain(said, lines=True)
    assert not read("gpt5").refused


@pytest.mark.parametrize("one", UNSEEN)
def test_json_frames_and_datasets_refuse_them_too(tmp_path, one):
    name = f"gpt{one}5"
    with pytest.raises(ValueError, match="expected a text"):
        named({"model": name}, "model")
    scores = {"model": [name, "n"], "benchmark": ["b", "b"], "score": [0.5, 0.25]}
    with pytest.raises(DataError, match="cannot be seen"):
        headway.Dataset.from_frames(scores=pl.DataFrame(scores), recorded_on="2026-01-02")
    sound = pl.DataFrame(scores | {"model": ["m", "n"]})
    folder = headway.Dataset.from_frames(scores=sound, recorded_on="2026-01-02").write(
        tmp_path / "d"
    )
    for file in ("models.csv", "scores.csv"):
        text = (folder / file).read_text()
        (folder / file).write_text(
            text.replace("\nm,m,", f"\n{name},{name},").replace("\nm,", f"\n{name},")
        )
    with pytest.raises(DataError) as caught:
        headway.load(folder)
    assert is_plain(str(caught.value), lines=True)


@pytest.mark.parametrize("one", UNSEEN)
def test_a_chart_is_drawn_whatever_its_texts_are(one):
    spec = {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "title": f"a{one}b",
        "data": {"values": [{"x": 1, "name": f"gpt{one}5"}]},
        "mark": "text",
        "encoding": {"x": {"field": "x"}, "text": {"field": "name"}},
    }
    drawn = drawing.svg(spec)
    assert drawn.startswith("<svg")
    assert one not in drawn
    assert drawing.png(spec).startswith(b"\x89PNG")


def test_a_chart_that_cannot_be_drawn_is_a_sentence():
    with pytest.raises(DataError, match="cannot be drawn"):
        drawing.svg({"mark": "nothing of the kind", "data": {"values": []}, "encoding": 5})
