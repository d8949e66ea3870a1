"""What becomes of every row of the files as published; ``HEADWAY_FACTS`` names their folder."""

import os
import sys
from collections import Counter
from pathlib import Path

import polars as pl
import pytest

from headway.sources import Parsed, arena, epoch, metr, prices, table
from headway.sources.epoch_runs import parse_items, parse_runs
from headway.sources.files import read_text
from headway.sources.table_mapping import parse_mapping

FACTS = Path(os.environ.get("HEADWAY_FACTS", ""))
MAY, AUGUST = "epoch-2026-05-14", "epoch-2026-08-11"

pytestmark = pytest.mark.skipif(
    not os.environ.get("HEADWAY_FACTS"), reason="HEADWAY_FACTS does not name the published files"
)

WEIRDML = parse_mapping("""
[columns]
model = "internal_model_name"
score = "avg_acc"
stderr = "avg_acc_standard_error"
released_on = "release_date"
[fixed]
benchmark = "WeirdML"
reporter = "benchmark"
""")
NO_MODEL = "column 'Model version' is empty: no model is named"


def counts(parsed: Parsed) -> dict[str, int]:
    return {
        name: frame.height
        for name, frame in parsed.tables.items()
        if name not in ("sources", "models", "benchmarks") and frame.height
    }


def reasons(parsed: Parsed) -> dict[tuple[str, str], int]:
    return dict(Counter((Path(row.file or "").stem, row.reason) for row in parsed.refused))


@pytest.mark.parametrize(
    ("read", "files", "rows", "kept", "refused"),
    [
        (epoch.read, [f"{MAY}/eci_benchmarks.csv"], 1568, {"scores": 1568}, 0),
        (epoch.read, [f"{MAY}/benchmarks_runs_public_view.csv"], 809, {"scores": 809}, 0),
        (epoch.read, [f"{AUGUST}/eci_benchmarks.csv"], 2249, {"scores": 2249}, 0),
        (epoch.read, [f"{AUGUST}/eci_scores.csv"], 222, {"ratings": 222}, 0),
        (epoch.read, ["epoch-items"], 94290, {"scores": 535, "responses": 93035}, 0),
        (arena.read, ["arena/arena_hf_overall.csv.gz"], 58380, {"ratings": 57988}, 0),
        (metr.read, ["metr/metr_1_1_2026-08-01.yaml"], 26, {"scores": 26, "indicators": 52}, 0),
        (prices.read, ["prices/price_history.csv"], 1579, {"prices": 1335}, 51),
    ],
    ids=lambda value: value[0] if isinstance(value, list) else "",
)
def test_rows_in_converted_and_refused(read, files, rows, kept, refused):
    parsed = read([FACTS / name for name in files])
    assert (parsed.read, counts(parsed), len(parsed.refused)) == (rows, kept, refused)


def test_the_raw_tables_of_may():
    parsed = epoch.read([FACTS / MAY / "benchmark_data"])
    assert parsed.read == 4484
    assert counts(parsed) == {"scores": 3728, "ratings": 225, "indicators": 167}
    assert reasons(parsed) == {
        ("os_world_external", NO_MODEL): 37,
        ("live_bench_external", NO_MODEL): 10,
        ("webdev_arena_external", NO_MODEL): 6,
        ("aider_polyglot_external", NO_MODEL): 5,
        ("adversarial_nli_external", "column 'Score' is empty: no score"): 3,
        ("arc_ai2_external", "column 'Challenge score' is empty: no score"): 3,
        ("simplebench_external", NO_MODEL): 2,
        ("terminalbench_external", NO_MODEL): 2,
        ("deepresearchbench_external", NO_MODEL): 1,
        ("fictionlivebench_external", NO_MODEL): 1,
        ("superglue_external", "column 'Score' is empty: no score"): 1,
        ("weirdml_external", NO_MODEL): 1,
    }


def test_prices_are_refused_for_two_reasons():
    parsed = prices.read([FACTS / "prices" / "price_history.csv"])
    found = Counter(row.reason.split(" stands")[0] for row in parsed.refused)
    assert found == {"a free preview, not a price": 35, "another price of the same day": 16}
    assert " 193 rows end the price before them" in parsed.notes[0]


def test_the_questions_make_the_accuracies_of_all_455_runs():
    """Four OTIS runs were scored twice, by the extracted answer and by a judge.

    With the rows of both scorers pooled their totals are off, three of them by 0.01 to 0.03. The
    header's accuracy is that of one scorer, and the rows of that scorer give it exactly.
    """
    folder = FACTS / "epoch-items"
    _, runs = parse_runs(read_text(folder / "epoch_runs.csv"))
    text = read_text(folder / "epoch_items.csv.gz")
    parsed = parse_items(text, runs)
    means = parsed.tables["responses"].group_by("run").agg(pl.col("score").mean())
    assert means.height == 455
    assert all(abs(score - runs[run].accuracy) < 1e-12 for run, score in means.iter_rows())
    pooled = (
        pl.read_csv(text.encode(), infer_schema_length=None)
        .group_by("run_id")
        .agg((pl.col("n_correct") / pl.col("n_epochs")).mean())
    )
    off = {run: score - runs[run].accuracy for run, score in pooled.iter_rows()}
    far = {run for run, difference in off.items() if abs(difference) > 0.01}
    assert (len(far), max(map(abs, off.values())) < 0.034) == (3, True)
    assert {runs[run].benchmark for run in far} == {"OTIS Mock AIME 2024-2025"}


def test_somebodys_table():
    parsed = table.read([FACTS / "weirdml" / "weirdml_data.csv"], mapping=WEIRDML)
    assert (parsed.read, counts(parsed), parsed.refused) == (155, {"scores": 155}, ())


def test_the_may_matrix_is_rebuilt_from_the_raw_tables():
    sys.path.insert(0, str(Path(__file__).parents[2] / "benchmarks"))
    try:
        import rebuild_matrix
    finally:
        sys.path.pop(0)
    rebuilt = rebuild_matrix.rebuild(FACTS)
    assert rebuilt.cells.height == 1568
    assert rebuilt.share("equal") > 0.97
    assert rebuilt.share("higher") == 0
    page = Path(__file__).parents[2] / "docs" / "evidence" / "may-matrix.md"
    assert rebuild_matrix.page(rebuilt) == page.read_text(encoding="utf-8")
