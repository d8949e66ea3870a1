import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest

import headway

ROOT = Path(__file__).parents[2]

MATRIX = """\
model_id,benchmark_id,performance,benchmark,benchmark_release_date,optimized,model,model_version,\
Model,model_group,Model aggregation,Model Aggregation Date,date,source
m1,b1,0.5,GPQA diamond,2023-11-20,False,o3,o3-2025-04-16_high,o3,o3,,,2024-12-20,Epoch evaluations
m1,b2,0.25,OSWorld,2024-04-11,True,o3,o3-2025-04-16,o3,o3,,,2024-12-20,
m2,b1,0.1,GPQA diamond,2023-11-20,False,Qwen-1_8B,Qwen-1_8B,,Qwen-1_8B,,,2023-11-30,\
Qwen Technical Report
m3,b1,0.2,GPQA diamond,2023-11-20,False,Fable,fable_max,Fable,Fable,,,2026-06-09,\
Qwen Technical Report
m4,b2,0.3,OSWorld,2024-04-11,False,Ghost,ghost,Ghost,Ghost,,,2023-07-18,OS World Website
"""
INDEX = """\
Model,Display name,eci,eci_ci_low,eci_ci_high,date,Organization,Country (of organization),\
Model accessibility,Accessibility group,model_versions
o3,o3,145.5,144,147,2024-12-20,OpenAI,United States of America,API access,Closed weights,
Qwen-1_8B,Qwen-1_8B,90,80.5,95,2023-11-30,,,Unknown,Other,
Fable,Fable,160,,,2026-06-09,"OpenAI,Alibaba",United States of America,\
Open weights (restricted use),Open weights,
Ghost,Ghost,100,90,110,2023-07-18,OpenAI,United States of America,Unreleased,Closed weights,
"""
BENCHMARKS = """\
benchmark_id,name,domain,domains_all,item_access,access_evidence,evidence_url,evidence_basis,\
release_date,epoch_release_date,n_items,chance_level,score_unit,scorer,url,maintainer,\
maintainer_country,notes,confidence,second_source_access
gpqa-diamond,GPQA diamond,science,science;knowledge,public,behind a gate,https://example.org/a,\
read,2023-11,2023-11-20,198,0.25,accuracy 0-1,exact,https://example.org/b,NYU,US,,high,public
osworld,OSWorld,agentic,agentic,public,in a repository,https://example.org/c,read,2024-04-11,\
2024-04-11,about 170,0,percent success (ECI divides by 100),simulation,,XLANG,HK,,high,public
"""
ORGANISATIONS = """\
organisation,country,hq_country,kind,name_zh,founded,parent,in_eci_scores,n_models,basis,notes,\
confidence
OpenAI,US,US,lab,,2015,,yes,1,,,high
Alibaba,CN,CN,company,阿里巴巴,1999,,yes,1,,,high
"""
CORRECTIONS = """\
model,eci_organisation,organisation,country,eci_accessibility,weights,eci_date,\
announced_date,available_date,unavailable_from,restored_date,evidence,evidence_url,confidence,notes
o3,OpenAI,,,API access,,2024-12-20,2024-12-20,2025-04-16,,,tested version,\
https://example.org/o3,high,
Qwen-1_8B,,Alibaba,CN,Unknown,open,2023-11-30,,2023-11-29,,,family name,,high,
Fable,"OpenAI,Alibaba",,,Open weights (restricted use),open from 2026-06-20,2026-06-09,\
2026-06-09,2026-06-09,2026-06-12,2026-07-01,an order,https://example.org/f,high,
Ghost,OpenAI,,,Unreleased,,2023-07-18,2023-07-18,,,,never out,,high,
"""


@pytest.fixture
def facts(tmp_path):
    folder = tmp_path / "facts"
    for name, text in {
        "epoch-2026-08-11/eci_benchmarks.csv": MATRIX,
        "epoch-2026-08-11/eci_scores.csv": INDEX,
        "curated/benchmarks.csv": BENCHMARKS,
        "curated/organisations.csv": ORGANISATIONS,
        "curated/models_missing.csv": CORRECTIONS,
    }.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def build(facts, out):
    command = [sys.executable, str(ROOT / "tools" / "build_catalog.py"), "--facts", str(facts)]
    return subprocess.run([*command, "--out", str(out)], capture_output=True, text=True)


def change(facts, name, old, new):
    path = facts / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_two_builds_give_the_same_bytes_and_a_sound_dataset(facts, tmp_path):
    for name in ("one", "two"):
        done = build(facts, tmp_path / name)
        assert done.returncode == 0, done.stderr
    for path in (tmp_path / "one").iterdir():
        assert path.read_bytes() == (tmp_path / "two" / path.name).read_bytes()
    data = headway.load(tmp_path / "one")
    assert data.table("claims").height >= 12
    models = {row["model"]: row for row in data.models.iter_rows(named=True)}
    assert str(models["o3"]["available_on"]) == "2025-04-16"
    assert str(models["o3"]["announced_on"]) == "2024-12-20"
    qwen = models["qwen-1-8b"]
    assert (qwen["organisation"], qwen["country"], qwen["open_weights"]) == ("alibaba", "CN", True)
    assert str(qwen["weights_on"]) == str(qwen["announced_on"]) == "2023-11-29"
    assert qwen["licence_class"] == "non_commercial"
    assert str(models["fable"]["weights_on"]) == "2026-06-20"
    assert models["fable"]["partners"] == "alibaba"
    assert models["ghost"]["available_on"] is None
    assert data.availability.height == 2
    reporters = dict(data.scores.select("model", "reporter").rows())
    assert reporters["qwen-1-8b"] == reporters["fable"] == "developer"
    assert reporters["ghost"] == "benchmark"
    rows = {row["benchmark"]: row for row in data.benchmarks.iter_rows(named=True)}
    assert (rows["gpqa-diamond"]["released_precision"], rows["osworld"]["n_items"]) == (
        "month",
        170,
    )
    assert rows["osworld"]["ceiling"] == 100
    assert data.scores.filter(pl.col("variant") == "high").height == 1


@pytest.mark.parametrize(
    ("file", "old", "new", "expected"),
    [
        ("curated/models_missing.csv", "2024-12-20,2024", "2024-12-21,2024", "o3: eci_date should"),
        (
            "curated/models_missing.csv",
            "o3,OpenAI",
            "o3,Alibaba",
            "eci_organisation should",
        ),
        ("curated/models_missing.csv", "API access", "Unreleased", "eci_accessibility should be"),
        ("curated/models_missing.csv", "API access", "Secret", "unknown accessibility 'Secret'"),
        ("curated/models_missing.csv", "o3,", "o4,", "o4: the index has no such model"),
        ("curated/models_missing.csv", "2025-04-16", "", "o3: available_date is empty"),
        ("curated/models_missing.csv", "Unknown,open,", "Unknown,ajar,", "weights is 'ajar'"),
        ("curated/models_missing.csv", "Alibaba,CN", "Alibaba,", "Qwen-1_8B: country is unknown"),
        ("curated/benchmarks.csv", "gpqa-diamond,GPQA", "gpqa,GPQA", "no benchmark 'GPQA diamond'"),
        ("curated/benchmarks.csv", "accuracy 0-1", "half (ECI divides by 2)", "are not declared"),
        ("curated/organisations.csv", "OpenAI", "ClosedAI", "unknown organisation 'OpenAI'"),
        ("curated/organisations.csv", ",company,", ",firm,", "'firm' is not allowed"),
        ("epoch-2026-08-11/eci_benchmarks.csv", "0.5,GPQA", "1.5,GPQA", "line 2: column 'perform"),
        (
            "epoch-2026-08-11/eci_benchmarks.csv",
            "OS World Website",
            "Elsewhere",
            "nobody has declared",
        ),
        (
            "epoch-2026-08-11/eci_scores.csv",
            "Ghost,Ghost",
            "Geist,Geist",
            "Geist: the matrix has no",
        ),
        ("epoch-2026-08-11/eci_scores.csv", "Unreleased", "Gone", "expected one of 'API access'"),
    ],
)
def test_what_is_stale_or_not_understood_stops_the_build(facts, tmp_path, file, old, new, expected):
    change(facts, file, old, new)
    done = build(facts, tmp_path / "out")
    assert done.returncode == 2
    assert expected in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "out").exists()
