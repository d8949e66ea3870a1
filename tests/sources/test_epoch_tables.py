"""Epoch's benchmark tables, in the older and the newer layout, made here."""

import zipfile
from datetime import date
from decimal import Decimal

import pytest

from headway.errors import DataError, UsageError
from headway.sources import epoch
from headway.sources.epoch_columns import PUBLISHED
from headway.sources.epoch_tables import parse_metadata, parse_table
from headway.sources.epoch_versions import parse_versions

ALL = "Release date,Organization,Country,Training compute (FLOP),Training compute notes"
OWN = f"Model version,mean_score,Best score (across scorers),{ALL},stderr,Started at,id\n"
OWN_ROW = (
    "gpt-5_high,0.8,0.85,2025-08-07,OpenAI,United States of America,,,0.02,"
    "2025-08-08T01:02:03.000Z,x\n"
)
AIDER = (
    f"Model version,Percent correct,{ALL},Edit format,Cost,Source,Time per case (seconds),"
    "Date of evaluation\n"
)
VERSIONS = (
    "Model version,ECI Score,Release date,Organization,Country,Model accessibility,Model name,"
    "Display name\n"
)
NEW_VERSIONS = "model_version,model_group,date,display_name,organization,country,accessibility\n"
METADATA = (
    "benchmark,in_eci,source_file,score_column,scale,random_baseline,score_ceiling,release_date,"
    "superseded_by\n"
)


def scores(text, file, **options):
    parsed = parse_table(text, file, **options)
    return parsed, parsed.tables["scores"].to_dicts()


def test_a_row_of_an_own_run():
    parsed, rows = scores(OWN + OWN_ROW, "gpqa_diamond.csv")
    assert rows[0] == {
        "model": "gpt-5",
        "model_name": None,
        "variant": "high",
        "version": "gpt-5_high",
        "benchmark": "GPQA diamond",
        "score": 0.85,
        "scale": "raw",
        "stderr": 0.02,
        "n": None,
        "reporter": "independent",
        "reported_in": None,
        "harness": None,
        "evaluated_on": date(2025, 8, 8),
        "cost_usd": None,
        "seconds": None,
        "source": "epoch-benchmark-tables",
    }
    [benchmark] = parsed.tables["benchmarks"].to_dicts()
    assert (benchmark["chance"], benchmark["ceiling"]) == (0.25, 1.0)
    [model] = parsed.tables["models"].to_dicts()
    assert (model["organisation"], model["country"]) == ("OpenAI", "US")
    assert model["listed_on"] == date(2025, 8, 7)


def test_the_cost_of_a_case_becomes_that_of_all():
    text = (
        AIDER
        + "o3_high,81.3,2025-04-16,OpenAI,,,,diff,0.0611,Aider LLM Leaderboards,,\n"
        + "o3_low,76.9,2025-04-16,OpenAI,,,,diff,13.7517,Aider LLM Leaderboards,100,2025-06-25\n"
        + "o3,76.9,2025-04-16,OpenAI,,,,diff,0,Aider LLM Leaderboards,,\n"
    )
    parsed, rows = scores(text, "aider_polyglot_external.csv")
    assert [row["cost_usd"] for row in rows] == [
        Decimal("13.747500000"),
        Decimal("13.751700000"),
        None,
    ]
    assert [row["seconds"] for row in rows] == [None, 22500.0, None]
    assert {row["reporter"] for row in rows} == {"benchmark"}
    assert parsed.tables["benchmarks"]["ceiling"].to_list() == [100.0]


def test_a_cost_that_grows_too_large_is_refused():
    row = "o3,81.3,,,,,,diff,4444445,,,\n"
    parsed, rows = scores(AIDER + row, "aider_polyglot_external.csv")
    assert rows == []
    assert "column 'Cost' is 4444445" in parsed.refused[0].reason


def test_the_half_width_of_an_interval_becomes_a_standard_error():
    head = f"Model version,Accuracy,{ALL},Name,Accuracy Standard Error\n"
    text = head + "gpt-5,0.25,,OpenAI,,,,G,0.0196\n"
    _, rows = scores(text, "hle_external.csv")
    assert rows[0]["stderr"] == pytest.approx(0.01, abs=1e-6)
    assert rows[0]["model_name"] == "G"


def test_a_paper_is_by_its_developer_or_a_competitor():
    head = f"Model version,EM,{ALL},Name,Source\n"
    text = head + "".join(
        f"m{number},0.5,,{maker},,,,N,{paper}\n"
        for number, (maker, paper) in enumerate(
            [
                ("Alibaba", "Qwen Technical Report"),
                ("Meta AI", "Qwen Technical Report"),
                ("Meta AI", "Some blog"),
                ("Meta AI", ""),
            ]
        )
    )
    parsed, rows = scores(text, "gsm8k_external.csv")
    assert [row["reporter"] for row in rows] == ["developer", "competitor", "unknown", "unknown"]
    assert any("nobody has declared who wrote 'Some blog'" in note for note in parsed.notes)


def test_a_row_without_a_version_has_a_name_or_is_refused():
    head = f"Model version,EM,{ALL},Name,Source\n"
    parsed, rows = scores(head + ",0.5,,,,,,Old model,\n,0.5,,,,,,,\n", "gsm8k_external.csv")
    assert [(row["model"], row["version"]) for row in rows] == [("Old model", None)]
    assert "no model is named" in parsed.refused[0].reason
    assert parsed.refused[0].line == 3
    agents = f"Model version,Score,{ALL},Agent,Source\n,60,,,,,,agi-0,\n"
    assert len(scores(agents, "os_world_external.csv")[0].refused) == 1


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("0.85", "", "is empty: no score"),
        ("0.85", "1.2", "expected a number between 0.0 and 1.0"),
        ("0.85", "nan", "expected a number"),
        ("0.02", "-0.02", "expected a number between 0 and"),
        ("0.02", "inf", "expected a number"),
        ("2025-08-07", "07/08/2025", "expected a date such as"),
        ("2025-08-08T", "2025-08-98T", "expected a date such as"),
        (",x", "", "9 cells; expected 11"),
    ],
)
def test_rows_that_are_refused(old, new, expected):
    row = OWN_ROW.replace(old, new) if old != ",x" else "a,b,c,d,e,f,g,h,i\n"
    parsed, rows = scores(OWN + OWN_ROW + row, "frontiermath.csv")
    assert (parsed.read, len(rows), len(parsed.refused)) == (2, 1, 1)
    assert expected in parsed.refused[0].reason
    assert (parsed.refused[0].line, parsed.refused[0].file) == (3, "frontiermath.csv")


def test_a_horizon_is_an_indicator_and_its_mean_a_score():
    text = (
        f"Model version,Time horizon,{ALL},CI_high,CI_low,average_score,Time Horizon (80%)\n"
        "gpt-5,137,2025-08-07,OpenAI,,,,200,90,0.7,25\n"
        "gpt-6,150,,OpenAI,,,,,,0.8,\n"
    )
    parsed, rows = scores(text, "metr_time_horizons_external.csv")
    assert [row["score"] for row in rows] == [0.7, 0.8]
    assert parsed.tables["indicators"].select(
        "indicator", "date", "value", "low", "high"
    ).rows() == [
        ("horizon_p50_minutes", date(2025, 8, 7), 137.0, 90.0, 200.0),
        ("horizon_p80_minutes", date(2025, 8, 7), 25.0, None, None),
    ]
    assert "1 values without a date are no indicators" in parsed.notes[0]


def test_a_rating_is_no_score():
    text = (
        f"Model version,Arena Score,{ALL},Votes,Last updated,95% CI High,95% CI Low\n"
        "gpt-5,1400,2025-08-07,OpenAI,,,,2000,2026-01-05,1410,1390\n"
        "gpt-4,1300,2023-03-14,OpenAI,,,,,,,\n"
        "gpt-3,,2020-05-28,OpenAI,,,,,,,\n"
    )
    parsed = parse_table(text, "webdev_arena_external.csv")
    assert parsed.tables["scores"].is_empty()
    assert parsed.tables["benchmarks"].is_empty()
    assert parsed.tables["ratings"].select("board", "rating", "low", "level", "votes").rows() == [
        ("WebDev Arena", 1400.0, 1390.0, 0.95, 2000),
        ("WebDev Arena", 1300.0, None, None, None),
    ]
    assert "no rating" in parsed.refused[0].reason


def test_versions_of_one_day_are_one_model():
    text = VERSIONS + (
        "gpt-5_high,150,2025-08-07,OpenAI,United States of America,API access,GPT-5,GPT-5 (high)\n"
        "gpt-5_low,150,2025-08-07,OpenAI,United States of America,API access,GPT-5,GPT-5 (low)\n"
        "gpt-4o-2024-05-13,129,2024-05-13,OpenAI,,API access,GPT-4o,\n"
        "gpt-4o-2024-08-06,,2024-08-06,OpenAI,,API access,GPT-4o,\n"
        "odd,1,2024-08-06,OpenAI,,Ajar,Odd,\n"
    )
    parsed, versions = parse_versions(text, "epoch_capabilities_index.csv")
    assert parsed.tables["models"]["model"].to_list() == [
        "GPT-5",
        "gpt-4o-2024-05-13",
        "gpt-4o-2024-08-06",
    ]
    assert parsed.tables["models"]["family"].to_list() == ["GPT-5", "GPT-4o", "GPT-4o"]
    assert parsed.tables["ratings"]["model"].to_list() == ["GPT-5", "gpt-4o-2024-05-13"]
    assert "'Ajar'" in parsed.refused[0].reason
    _, rows = scores(OWN + OWN_ROW, "gpqa_diamond.csv", versions=versions)
    assert rows[0]["model"] == "GPT-5"


def test_versions_with_two_ratings_are_noted():
    text = VERSIONS + "a,1,2024-01-01,X,,,M,\nb,2,2024-01-01,X,Atlantis,,M,\n"
    parsed, _ = parse_versions(text, "v.csv")
    assert "versions of 'M' have different ratings" in parsed.notes[1]
    assert "no country is known for 'Atlantis'" in parsed.notes[0]


def test_the_older_folder(tmp_path):
    (tmp_path / "gpqa_diamond.csv").write_text(OWN + OWN_ROW)
    (tmp_path / "README.md").write_text("hello")
    (tmp_path / "new_thing.csv").write_text("Model version,Score\na,1\n")
    (tmp_path / "eci_scaling.csv").write_text("a,b\n1,2\n")
    (tmp_path / "epoch_capabilities_index.csv").write_text(
        VERSIONS + "gpt-5_high,150,2025-08-07,OpenAI,,API access,GPT-5,\n"
    )
    parsed = epoch.read([tmp_path])
    assert parsed.tables["scores"]["model"].to_list() == ["GPT-5"]
    assert [(row.line, row.file) for row in parsed.refused] == [(0, f"{tmp_path}/new_thing.csv")]
    assert "nobody has declared how this table is read" in parsed.refused[0].reason
    assert any("README.md" in note for note in parsed.notes)
    assert any("1 rows are results of a fit" in note for note in parsed.notes)
    assert parsed.read == 4


def test_the_newer_archive(tmp_path):
    path = tmp_path / "benchmark_data.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(
            "data/benchmark_metadata.csv",
            METADATA
            + "GPQA diamond,True,gpqa_diamond.csv,Best score (across scorers),1,0.25,,2023-11-20,\n"
            + "Aider polyglot,True,aider_polyglot_external.csv,Percent correct,100,0,1,,\n"
            + "FrontierMath,True,fm.csv,mean_score,1,,0.57,,FrontierMath v2\n"
            + "Odd,True,odd.csv,mean_score,-1,,,,\n",
        )
        archive.writestr(
            "data/model_metadata.csv",
            NEW_VERSIONS + "gpt-5_high,GPT-5,2025-08-07,GPT-5 (high),OpenAI,China,API access\n",
        )
        archive.writestr("data/gpqa_diamond.csv", OWN + OWN_ROW)
        archive.writestr("data/fm.csv", "model_version,mean_score\ngpt-5_high,0.5\n")
        archive.writestr(
            "data/aider_polyglot_external.csv",
            AIDER + "gpt-5_high,81,2025-04-16,OpenAI,,,,diff,0.1,Aider LLM Leaderboards,,\n",
        )
    parsed = epoch.read([path])
    found = {row["benchmark"]: row for row in parsed.tables["scores"].to_dicts()}
    assert {name: row["score"] for name, row in found.items()} == {
        "GPQA diamond": 0.85,
        "Aider polyglot": 81.0,
        "FrontierMath": 0.5,
    }
    assert {row["model"] for row in found.values()} == {"GPT-5"}
    assert found["Aider polyglot"]["cost_usd"] == Decimal("22.5")
    facts = {row["benchmark"]: row for row in parsed.tables["benchmarks"].to_dicts()}
    assert (facts["GPQA diamond"]["chance"], facts["GPQA diamond"]["ceiling"]) == (0.25, 1.0)
    assert facts["Aider polyglot"]["ceiling"] == 100.0
    assert facts["FrontierMath"]["ceiling"] == 0.57
    assert facts["FrontierMath"]["superseded_by"] == "FrontierMath v2"
    assert facts["GPQA diamond"]["released_on"] == date(2023, 11, 20)
    assert ["must be more than 0" in row.reason for row in parsed.refused] == [True]
    assert parsed.tables["models"].filter(model="GPT-5")["country"].to_list()[0] == "CN"


@pytest.mark.parametrize(
    ("scale", "chance", "ceiling", "expected"),
    [
        ("percent", "0.25", "1", (25.0, 100.0)),
        ("percent", "25", "90", (25.0, 90.0)),
        ("fraction", "0.5", "", (0.5, 1.0)),
        ("10", "", "", (None, 10.0)),
        ("", "0.1", "0.9", (0.1, 0.9)),
    ],
)
def test_scales_of_the_newer_layout(scale, chance, ceiling, expected):
    row = f"B,True,b.csv,Score,{scale},{chance},{ceiling},,\n"
    _, found = parse_metadata(METADATA + row, "benchmark_metadata.csv")
    assert (found["b"][0].chance, found["b"][0].ceiling) == expected


def test_what_is_not_epochs_is_refused(tmp_path):
    (tmp_path / "mine.csv").write_text("a,b\n1,2\n")
    with pytest.raises(DataError, match="none of these files is a table of Epoch AI"):
        epoch.read([tmp_path])
    with pytest.raises(DataError, match=r"did you mean 'gpqa_diamond'"):
        parse_table(OWN, "gpqa_diamonds.csv")
    with pytest.raises(UsageError, match="no path is given"):
        epoch.read([])


def test_every_declared_table_is_read():
    for stem, published in PUBLISHED.items():
        parsed = parse_table(f"Model version,{published.score}\na_high,0.5\n", f"{stem}.csv")
        kept = parsed.tables["ratings" if published.rating else "scores"]
        assert (kept.height, parsed.refused) == (1, ())
        assert published.chance is None or published.chance < published.ceiling


def test_a_matrix_alone_does_not_know_the_makers(tmp_path):
    head = (
        "performance,benchmark,optimized,model,model_version,Model,date,benchmark_release_date,"
        "source\n"
    )
    rows = "".join(
        f"0.5,B{number},False,M,m,M,2025-01-01,,{paper}\n"
        for number, paper in enumerate(["Qwen Technical Report", "Balrog Leaderboard", "", "Blog"])
    )
    (tmp_path / "eci_benchmarks.csv").write_text(head + rows)
    parsed = epoch.read([tmp_path / "eci_benchmarks.csv"])
    assert parsed.tables["scores"]["reporter"].to_list() == [
        "unknown",
        "benchmark",
        "unknown",
        "unknown",
    ]
    assert "who reported 2 scores is unknown" in parsed.notes[0]
    (tmp_path / "eci_scores.csv").write_text(
        "Model,eci,eci_ci_low,eci_ci_high,date,Organization,Country (of organization),"
        "Model accessibility,Accessibility group\n"
        "M,100,,,2025-01-01,Alibaba,China,API access,Closed weights\n"
    )
    parsed = epoch.read([tmp_path])
    assert parsed.tables["scores"]["reporter"][0] == "developer"
