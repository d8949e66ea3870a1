"""Epoch's files of 2025, and days, countries, signs and repeated rows in those since."""

from datetime import date

import polars as pl
import pytest

import headway
from headway.dataset.importing import bring
from headway.sources import epoch
from headway.sources.epoch_makers import Makers
from headway.sources.epoch_oldest import OLDEST
from headway.sources.written_days import Days, written_day

VERSIONS = """id,Model,TEMPLATE copy,TEMPLATE copy,Display name,Version release date,Notes
ace-1_high,Ace 1,,,Ace 1 (high),2025-03-04,"two
lines"
ace-1_low,Ace 1,,,,2025-03-04,
bee-2,Bee 2,,,,5 May 2025,
,,,,,,
"""
ARC = """id,Name,Model version,Score,Source,Source link,Notes
r1,Ace,ace-1_high,42%,ARC Prize Leaderboard,,
r2,Bee,bee-2,7.5 %,ARC Prize Leaderboard,,
r3,Cee,,0.5,ARC Prize Leaderboard,,
r4,Dee,dee,142%,ARC Prize Leaderboard,,
"""
AIDER = """\
id,Model version,Percent correct,Percent using correct edit format,Edit format,Cost,Source
r1,ace-1_high,88.000,91.600,diff,$0.1300,Aider LLM Leaderboards
r2,bee-2,12.5%,91.600,diff,0.02,Aider LLM Leaderboards
"""
AGENTS = """Model,UUID,Model version,% Resolved,Average steps,Average costs,Organization,Date,Source
Hands + Ace,u1,ace-1_high,24.0%,29.17,$6.34,CMU,17/12/2024,TheAgentCompany leaderboard
Hands + Bee,u2,bee-2,12%,20,$1.5,CMU,3/1/2025,TheAgentCompany leaderboard
"""
RUNS = """id,task,model,Best score (across scorers),Scores,log viewer,started_at,Status
a,GPQA diamond,ace-1_high,0.850,choice:0.85±0.02,,17 November 2025 4:28pm,Success
b,GPQA diamond,bee-2,0.300,choice:0.30±0.02,,"July 14, 2026 11:14pm",Success
c,GPQA diamond,bee-2,0.300,choice:0.30±0.02,,26 de enero de 2025,Success
d,GPQA diamond,bee-2,,,,1 July 2025 1:05pm,Error
"""
INDEX = """Model,Display name,eci,eci_ci_low,eci_ci_high,date,Organization,\
Country (of organization),Model accessibility,Accessibility group
Ace,,150,149,151,2025-11-18,"Ace Labs,Sea University",\
"China,United States of America",API access,Closed weights
Ace 0,,140,139,141,2024-11-18,Ace Labs,United States of America,API access,Closed weights
Gem,,153,152,154,2025-11-18,Google DeepMind,\
"United Kingdom of Great Britain and Northern Ireland,United States of America",API access,\
Closed weights
"""


@pytest.fixture
def folder(tmp_path):
    made = tmp_path / "data"
    made.mkdir()
    for name, text in {
        "model_versions": VERSIONS,
        "external_benchmark_arc_agi": ARC,
        "external_benchmark_aider_polyglot": AIDER,
        "external_benchmark_the_agent_company": AGENTS,
        "benchmarks_runs": RUNS,
        "distilled_models": "model,distilled,confidence\nace-1,FALSE,low\n",
    }.items():
        (made / f"{name}.csv").write_text("\ufeff" + text, encoding="utf-8")
    return made


def test_the_layout_of_2025_is_read_whole(folder):
    parsed = epoch.read([folder])
    scores = parsed.tables["scores"]
    assert {(r.file.rsplit("/", 1)[-1], r.line) for r in parsed.refused} == {
        ("model_versions.csv", 6),
        ("external_benchmark_arc_agi.csv", 5),
        ("benchmarks_runs.csv", 5),
    }
    assert any("1 rows are opinions" in note for note in parsed.notes)
    by = scores.select("model", "benchmark", "score").rows()
    assert ("Ace 1", "ARC-AGI", 0.42) in by
    assert ("Bee 2", "ARC-AGI", 0.075) in by
    assert ("Cee", "ARC-AGI", 0.5) in by
    assert ("Ace 1", "Aider polyglot", 88.0) in by
    assert ("Bee 2", "Aider polyglot", 12.5) in by
    assert scores.filter(pl.col("model") == "Ace 1")["variant"].to_list().count("high") >= 3
    listed = dict(parsed.tables["models"].select("model", "listed_on").drop_nulls().iter_rows())
    assert (listed["Ace 1"], listed["Bee 2"]) == (date(2025, 3, 4), date(2025, 5, 5))


def test_dollars_dates_and_who_handed_a_run_in(folder):
    parsed = epoch.read([folder])
    agents = parsed.tables["scores"].filter(pl.col("benchmark") == "The Agent Company")
    assert agents["evaluated_on"].to_list() == [date(2024, 12, 17), date(2025, 1, 3)]
    assert [float(cost) for cost in agents["cost_usd"]] == [6.34 * 175, 1.5 * 175]
    assert agents["harness"].to_list() == ["Hands + Ace", "Hands + Bee"]
    assert "CMU" not in parsed.tables["models"]["organisation"].to_list()
    runs = parsed.tables["scores"].filter(pl.col("benchmark") == "GPQA diamond")
    assert sorted(runs["evaluated_on"]) == [
        date(2025, 1, 26), date(2025, 11, 17), date(2026, 7, 14),
    ]  # fmt: skip


def test_every_declared_table_of_2025_reads_its_own_header():
    for stem, some in OLDEST.items():
        for one in some:
            named = [one.score] if one.score else [dated.column for dated in one.dated]
            header = ",".join(["Model version", *named])
            values = ",".join(["ace-1", *("1" for _ in named)])
            parsed = epoch.parse({f"{stem}.csv": f"{header}\n{values}\n"})
            assert (parsed.read, parsed.refused) == (1, ()), stem


@pytest.mark.parametrize(
    "word", ["12%%", "%", "$", "$$3", "abc%", "1e999%", "1e999999999999%", "1e999999%"]
)
def test_other_signs_are_refused_with_the_cell(word):
    text = ARC.replace("42%", word)
    parsed = epoch.parse({"external_benchmark_arc_agi.csv": text})
    reasons = [one.reason for one in parsed.refused if one.line == 2]
    assert len(reasons) == 1
    assert "column 'Score' is" in reasons[0]


def test_the_country_of_the_first_maker_leads():
    parsed = epoch.parse_index(INDEX)
    assert not parsed.refused
    rows = parsed.tables["models"].select("model", "organisation", "partners", "country").rows()
    assert rows == [
        ("Ace", "Ace Labs", "Sea University", "US"),
        ("Ace 0", "Ace Labs", None, "US"),
        ("Gem", "Google DeepMind", None, "US"),
    ]
    assert not parsed.notes


def test_where_only_the_order_decides_it_is_said():
    alone = "\n".join(line for line in INDEX.splitlines() if not line.startswith("Ace 0"))
    parsed = epoch.parse_index(alone)
    assert parsed.tables["models"]["country"][0] == "CN"
    assert "first one is taken for Ace Labs" in parsed.notes[0]


def test_a_country_that_nobody_knows_is_refused():
    with pytest.raises(ValueError, match="'Atlantis' is not known"):
        Makers().country("A,B", "China,Atlantis")


@pytest.mark.parametrize("between", [",", ";", " / ", "|", " & ", " and "])
def test_countries_are_told_apart_whatever_stands_between_them(between):
    makers = Makers([("Ace", "Germany")])
    assert makers.country("Ace,B", f"France{between}Germany") == "DE"
    assert makers.country("Ace", f"Multinational{between}France") == "FR"
    assert makers.country("Ace", "Multinational") is None


@pytest.mark.parametrize(
    ("dates", "wanted"),
    [
        (["8/7/2025", "7/18/2023"], [date(2025, 8, 7), date(2023, 7, 18)]),
        (["8/7/2025", "18/7/2023"], [date(2025, 7, 8), date(2023, 7, 18)]),
        (["6/6/2025"], [date(2025, 6, 6)]),
        (["2025-06-07", "7 June 2025"], [date(2025, 6, 7)] * 2),
    ],
)
def test_the_whole_table_says_what_stands_first(dates, wanted):
    days = Days.of(dates)
    assert [days.day({"d": text}, "d") for text in dates] == wanted


@pytest.mark.parametrize("text", ["8/7/2025", "31/31/2025", "x/y/2025", "40 May 2025", "May"])
def test_a_date_that_may_mean_two_days_or_none_is_refused(text):
    with pytest.raises(ValueError, match="expected a date"):
        Days.of([text]).day({"d": text}, "d")
    assert written_day(text) is None


def test_rows_that_give_way_without_a_policy_are_named_by_line_with_the_way_out(tmp_path):
    path = tmp_path / "external_benchmark_arc_agi.csv"
    path.write_text(
        "Name,Model version,Score,Source\n"
        "Ace,ace-1,40%,ARC Prize Leaderboard\nNone,,20%,ARC Prize Leaderboard\n"
        "Ace,ace-1,60%,ARC Prize Leaderboard\n",
        encoding="utf-8",
    )
    report = bring("epoch", [path], tmp_path / "into", unmatched="add", start="empty")
    [reason] = [row.reason for row in report.refused if "ace-1" in row.reason]
    assert "csv line 2 says 0.4 and" in reason
    assert "csv line 4 says 0.6; the first is taken" in reason
    assert reason.endswith("to choose: --option duplicates=best, latest or mean")


@pytest.mark.parametrize(
    ("policy", "kept"), [("best", 0.6), ("mean", 0.5), ("error", None), ("latest", None)]
)
def test_several_rows_for_one_score_by_a_policy_of_one_s_choice(tmp_path, policy, kept):
    path = tmp_path / "external_benchmark_arc_agi.csv"
    path.write_text(
        "Name,Model version,Score,Source\n"
        "Ace,ace-1,40%,ARC Prize Leaderboard\nAce,ace-1,60%,ARC Prize Leaderboard\n"
        "Bee,bee-2,30%,ARC Prize Leaderboard\n",
        encoding="utf-8",
    )
    into = tmp_path / "into"
    report = bring(
        "epoch", [path], into, unmatched="add", start="empty",
        recorded_on=date(2025, 11, 21), duplicates=policy,
    )  # fmt: skip
    scores = dict(headway.load(into).scores.select("model", "score").iter_rows())
    assert scores.pop("bee-2") == pytest.approx(0.3)
    assert report.complete == (kept is not None)
    assert scores == ({} if kept is None else {"ace-1": pytest.approx(kept)})
