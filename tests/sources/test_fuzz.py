"""Random and mangled inputs: a parser accounts for every row, or raises a HeadwayError.

The tests marked slow try many more; ``HEADWAY_FUZZ`` sets their number per parser.
"""

import io
import os
import tempfile
import zipfile
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, given, settings, strategies as st

from headway.errors import HeadwayError
from headway.sources import Parsed, arena, epoch, metr, prices, table
from headway.sources.epoch_columns import PUBLISHED
from headway.sources.epoch_runs import parse_items, parse_list, parse_runs
from headway.sources.epoch_tables import parse_metadata, parse_table
from headway.sources.epoch_versions import parse_versions
from headway.sources.files import json_value, open_tree
from headway.sources.table_mapping import TableMapping, guess_mapping, parse_mapping

# Rows of these are facts about others.
FACTS = ("epoch-versions", "epoch-metadata")
LONG = int(os.environ.get("HEADWAY_FUZZ", "2000"))
SHORT = 40

MAPPING = TableMapping(
    columns={
        "model": "model",
        "benchmark": "benchmark",
        "score": "score",
        "stderr": "stderr",
        "n": "n",
        "cost_usd": "cost",
        "evaluated_on": "date",
        "reporter": "reporter",
        "variant": "variant",
    }
)
WIDE = parse_mapping('[columns]\nmodel = "model"\n[benchmarks.A]\ncolumn = "score"\nceiling = 1\n')
ANSWERS = TableMapping(
    rows="responses",
    columns={"model": "model", "item": "benchmark", "score": "score", "epoch": "n"},
    fixed={"benchmark": "b"},
)
TABLE = "model,benchmark,score,stderr,n,cost,date,reporter,variant"
RUNS = (
    "run_id,task,model,created,scorer,accuracy,stderr,n_samples,reasoning_effort\n"
    "r,t,m,2025-01-01,s,0.5,0.1,2,high\n"
)
ITEMS = "task,model,run_id,sample_id,scorer,n_epochs,n_correct,n_no_answer,mean_output_tokens"
_, KNOWN = parse_runs(RUNS)


def _first(parse):
    return lambda content: parse(content, "f.csv")[0]


def _raw(stem):
    return lambda content: parse_table(content, f"{stem}.csv")


# What each parser takes, its header, the table of its rows and one sound row.
PARSERS = {
    "arena-ratings": (
        arena.parse_ratings,
        "snapshot_date,subset,publish_date,category,model_name,license,rating,rating_lower,"
        "rating_upper,vote_count",
        "2026-06-30,text,2026-06-25,overall,m,MIT,1500,1490,1510,10",
    ),
    "arena-votes": (
        arena.parse_votes,
        "model_a,model_b,winner,language,tstamp",
        "a,b,model_a,English,1690000000",
    ),
    "prices": (
        prices.parse,
        "provider,model,mode,start,input,output,cache_read,cache_write",
        "p,m,standard,2025-01-01,1,2,0.5,",
    ),
    "table": (
        lambda content: table.parse(content, MAPPING),
        TABLE,
        "m,b,0.5,0.1,10,1.5,2025-01-01,developer,high",
    ),
    "table-wide": (
        lambda content: table.parse(content, WIDE),
        TABLE,
        "m,b,0.5,0.1,10,1.5,2025-01-01,developer,high",
    ),
    "table-answers": (
        lambda content: table.parse(content, ANSWERS),
        TABLE,
        "m,b,0.5,0.1,10,1.5,2025-01-01,developer,high",
    ),
    "epoch-matrix": (
        epoch.parse_matrix,
        "performance,benchmark,optimized,model,model_version,Model,date,benchmark_release_date,"
        "source",
        "0.5,b,True,m,m_high,M,2025-01-01,2024-01-01,Epoch evaluations",
    ),
    "epoch-index": (
        epoch.parse_index,
        "Model,eci,eci_ci_low,eci_ci_high,date,Organization,Country (of organization),"
        "Model accessibility,Accessibility group",
        "M,100,90,110,2025-01-01,Alibaba,China,API access,Closed weights",
    ),
    "epoch-versions": (
        _first(parse_versions),
        "Model version,ECI Score,Release date,Organization,Country,Model accessibility,Model name,"
        "Display name",
        "m_high,100,2025-01-01,OpenAI,China,API access,M,M (high)",
    ),
    "epoch-metadata": (
        _first(parse_metadata),
        "benchmark,in_eci,source_file,score_column,scale,random_baseline,score_ceiling,"
        "release_date,superseded_by",
        "B,True,b.csv,Score,100,0.25,1,2025-01-01,",
    ),
    "epoch-list": (
        parse_list,
        "id,task,model,Best score (across scorers),Scores,started_at,Status",
        "x,t,m,0.5,s:0.5±0.1,2 de mayo de 2026 2:08am,Success",
    ),
    "epoch-runs": (
        _first(parse_runs),
        "run_id,task,model,created,scorer,accuracy,stderr,n_samples,reasoning_effort",
        "r,t,m,2025-01-01,s,0.5,0.1,2,high",
    ),
    "epoch-items": (lambda content: parse_items(content, KNOWN), ITEMS, "t,m,r,q,s,2,1,0,10"),
    **{
        f"epoch-{stem}": (
            _raw(stem),
            ",".join(
                dict.fromkeys(
                    name
                    for name in (
                        "Model version",
                        PUBLISHED[stem].score,
                        PUBLISHED[stem].stderr,
                        PUBLISHED[stem].cost,
                        PUBLISHED[stem].seconds,
                        PUBLISHED[stem].harness,
                        PUBLISHED[stem].evaluated_on,
                        "Name",
                        "Source",
                        "Release date",
                        "Organization",
                        "Country",
                    )
                    if name
                )
            ),
            "m_high,0.5",
        )
        for stem in (
            "aider_polyglot_external",
            "gpqa_diamond",
            "metr_time_horizons_external",
            "webdev_arena_external",
            "weirdml_external",
        )
    },
}

CELLS = st.one_of(
    st.text(max_size=8),
    st.sampled_from(
        [
            *("", " ", "nan", "inf", "-inf", "1e999", "-1", "0", "1", "0.5", "1e-400", "９", "1_0"),
            *("9" * 30, "9" * 400, "0x10", "=1+1", "<b>", '"', "''", "a_high", "2025-02-30"),
            *("0001-01-01", "9999-12-31", "2025-01-01T25:00:00", "10000-01-01", "True", "tie"),
            *(
                "model_a",
                "\u202e",
                "\ufeff",
                "\0",
                "\r",
                "a\nb",
                "m",
                "é" * 40,
                "🐘",
                "r",
                "1690000000",
            ),
        ]
    ),
    st.floats().map(str),
    st.integers().map(str),
    st.dates().map(str),
)


def _accounted(name: str, parsed: Parsed) -> None:
    assert parsed.read >= len(parsed.refused)
    kept = sum(
        parsed.tables[table].height
        for table in ("scores", "ratings", "votes", "prices", "responses")
        if table in parsed.tables
    )
    if name not in FACTS:
        assert parsed.read == kept + len(parsed.refused) + parsed.left_out
    if parsed.left_out:
        assert parsed.notes
    for frame in parsed.tables.values():
        for column in frame.iter_columns():
            if column.dtype.is_float():
                assert column.is_finite().fill_null(True).all()


def _tried(name: str, content: str | bytes) -> None:
    try:
        parsed = PARSERS[name][0](content)
    except HeadwayError:
        return
    _accounted(name, parsed)


def _written(rows: list[list[str]], sound: str, end: str, quoted: bool) -> str:
    lines = [sound]
    for row in rows:
        cells = [f'"{cell.replace(chr(34), chr(34) * 2)}"' if quoted else cell for cell in row]
        lines.append(",".join(cells))
    return end.join(lines)


@st.composite
def _tables(draw: st.DrawFn, name: str) -> str | bytes:
    header, sound = PARSERS[name][1:]
    width = header.count(",") + 1
    base = sound.split(",") + [""] * (width - sound.count(",") - 1)
    rows = []
    for _ in range(draw(st.integers(0, 4))):
        row = list(base)
        for place in draw(st.lists(st.integers(0, width - 1), max_size=4)):
            row[place] = draw(CELLS)
        rows.append(row[: draw(st.integers(1, width))] if draw(st.booleans()) else row)
    end = draw(st.sampled_from(["\n", "\r\n", "\r", "\n\n"]))
    text = header + end + _written(rows, ",".join(base), end, draw(st.booleans()))
    if draw(st.booleans()):
        place = draw(st.integers(0, len(text)))
        text = text[:place] + draw(st.text(max_size=3)) + text[place + draw(st.integers(0, 9)) :]
    content = text.encode("utf-8", "surrogatepass")
    if draw(st.booleans()):
        content = content[: draw(st.integers(0, len(content)))]
    return draw(st.sampled_from([content, text, b"\xef\xbb\xbf" + content]))


def _fuzz(name: str, tries: int) -> None:
    @settings(
        max_examples=tries,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(_tables(name))
    def run(content: str | bytes) -> None:
        _tried(name, content)

    run()


@pytest.mark.parametrize("name", sorted(PARSERS))
def test_parsers_account_for_mangled_tables(name):
    _fuzz(name, SHORT)


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(PARSERS))
def test_parsers_account_for_many_mangled_tables(name):
    _fuzz(name, LONG)


@settings(deadline=None, max_examples=SHORT)
@given(st.binary(max_size=60), st.sampled_from(sorted(PARSERS)))
def test_parsers_take_any_bytes(content, name):
    _tried(name, content)


YAML = st.recursive(
    st.one_of(
        st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=5), st.dates()
    ),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["results", "metrics", "average_score", "estimate", "release_date", "ci_low"]
            )
            | st.text(max_size=4),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


def _metr(value: object) -> None:
    try:
        parsed = metr.parse(yaml.safe_dump({"results": value}, allow_unicode=True))
    except HeadwayError:
        return
    assert parsed.read == parsed.tables["scores"].height + len(parsed.refused)


@settings(deadline=None, max_examples=SHORT)
@given(YAML)
def test_time_horizons_of_any_shape(value):
    _metr(value)


@pytest.mark.slow
@settings(deadline=None, max_examples=LONG, database=None, suppress_health_check=list(HealthCheck))
@given(YAML)
def test_many_time_horizons_of_any_shape(value):
    _metr(value)


@settings(deadline=None, max_examples=SHORT)
@given(st.text(max_size=40) | st.binary(max_size=40))
def test_json_mappings_and_horizons_of_any_text(content):
    text = content if isinstance(content, str) else content.decode("latin-1")
    for parse in (
        lambda: json_value(content, "f"),
        lambda: parse_mapping(text),
        lambda: metr.parse(content),
    ):
        try:
            parse()
        except HeadwayError:
            continue


@settings(deadline=None, max_examples=SHORT)
@given(st.lists(st.text(max_size=10), max_size=8))
def test_any_header_is_guessed(header):
    assert set(guess_mapping(header).columns.values()) <= set(header)


def _archive(draw_place: int, byte: int, cut: int) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(
            "data/gpqa_diamond.csv", "Model version,Best score (across scorers)\na,1\n"
        )
        archive.writestr("data/README.md", "hello" * 20)
    content = bytearray(buffer.getvalue())
    content[draw_place % len(content)] = byte
    return bytes(content[: len(content) - cut % 40])


def _mangled_archive(place: int, byte: int, cut: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "data.zip"
        path.write_bytes(_archive(place, byte, cut))
        try:
            with open_tree(path) as tree:
                for name in tree.names():
                    tree.read_bytes(name)
            epoch.read([path])
        except HeadwayError:
            return


MANGLED = (st.integers(0, 10_000), st.integers(0, 255), st.integers(0, 400))


@settings(deadline=None, max_examples=SHORT)
@given(*MANGLED)
def test_mangled_archives(place, byte, cut):
    _mangled_archive(place, byte, cut)


@pytest.mark.slow
@settings(deadline=None, max_examples=LONG, database=None, suppress_health_check=list(HealthCheck))
@given(*MANGLED)
def test_many_mangled_archives(place, byte, cut):
    _mangled_archive(place, byte, cut if cut > 300 else 0)
