"""Variants in the names of a board, and ratings of datasets from before they had any."""

from datetime import date

import polars as pl
import pytest

import headway
from headway.dataset import Dataset
from headway.dataset.importing import bring
from headway.dataset.matching import Match
from headway.dataset.variants import kept_apart
from headway.sources.names import split_variant
from tests.dataset.sources import counts, take

HEADER = (
    "snapshot_date,subset,publish_date,category,rank,model_name,organization,license,rating,"
    "rating_lower,rating_upper,variance,vote_count\n"
)


@pytest.fixture
def known(tmp_path):
    """A dataset that knows Alpha 1 and Beta 2."""
    into = tmp_path / "mine"
    take(into)
    return into


def board(tmp_path, *names):
    rows = (
        f"2026-06-30,text,2026-06-25,overall,1,{name},one,MIT,{1500 - k},1490,1510,26,1000\n"
        for k, name in enumerate(names)
    )
    path = tmp_path / "board.csv"
    path.write_text(HEADER + "".join(rows), encoding="utf-8")
    return path


def test_efforts_after_a_hyphen_are_variants_on_a_board(tmp_path, known):
    names = ("alpha-1", "alpha-1-thinking", "alpha-1-high-32k", "alpha-1-max (my-harness)")
    report = bring("arena", [board(tmp_path, *names)], known, unmatched="skip")
    assert report.complete
    rows = headway.load(known).ratings.select("model", "variant", "rating", "stderr")
    assert rows.rows() == [
        ("alpha-1", "default", 1500.0, 26**0.5),
        ("alpha-1", "high-32k", 1498.0, 26**0.5),
        ("alpha-1", "max my-harness", 1497.0, 26**0.5),
        ("alpha-1", "thinking", 1499.0, 26**0.5),
    ]
    assert not bring("arena", [board(tmp_path, *names)], known, unmatched="skip").written


def test_an_effort_is_split_off_the_name_of_a_known_model_alone(tmp_path, known):
    report = bring("arena", [board(tmp_path, "gamma-3-thinking", "alpha-1-mini")], known)
    assert counts(report, "ratings")["added"] == 0
    assert len(report.refused) == 2


def test_names_of_one_model_side_by_side_are_kept_apart(tmp_path, known):
    file = board(tmp_path, "alpha-1", "Alpha v1", "Alpha one", "beta-2")
    names = {"Alpha v1": "alpha-1", "Alpha one": "alpha-1"}
    report = bring("arena", [file], known, unmatched="skip", names=names)
    assert counts(report, "ratings")["refused"] == 0
    rows = headway.load(known).ratings.select("model", "variant", "rating").rows()
    # The map comes first, so the two mapped names are equally sure.
    assert rows == [
        ("alpha-1", "Alpha one", 1498.0),
        ("alpha-1", "Alpha v1", 1499.0),
        ("alpha-1", "alpha-1", 1500.0),
        ("beta-2", "default", 1497.0),
    ]
    assert any("3 names of 'alpha-1' are rated side by side" in note for note in report.notes)


def matched(foreign, rule, **options):
    return Match(kind="model", foreign=foreign, id="m", rule=rule, **options)


def test_the_surest_name_keeps_the_variant():
    ratings = pl.DataFrame(
        {"board": ["B"] * 3, "model": ["x", "m", "x_high"], "rating": [1.0, 2.0, 3.0]}
    )
    found = [matched("m", "id"), matched("x", "alias"), matched("x_high", "alias", variant="high")]
    rows, notes = kept_apart(ratings, found, {"x_high": "high"})
    assert rows["variant"].to_list() == ["x", "default", "high"]
    assert len(notes) == 1


def test_names_that_never_meet_are_one_entry():
    ratings = pl.DataFrame(
        {
            "board": ["B", "B", "C"],
            "model": ["x", "m", "x"],
            "rating": [1.0, 2.0, 1.0],
            "as_of": [date(2026, 1, 1), date(2026, 2, 1), date(2026, 2, 1)],
        }
    )
    rows, notes = kept_apart(ratings, [matched("m", "id"), matched("x", "alias")], {})
    assert rows["variant"].to_list() == ["default"] * 3
    assert notes == []


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("claude-opus-4-20250514-thinking-16k", ("claude-opus-4-20250514", "16K")),
        ("gpt-5.6-sol-xhigh (codex-harness)", ("gpt-5.6-sol", "xhigh codex-harness")),
        ("gpt-5.5 (codex-harness)", ("gpt-5.5", "codex-harness")),
        ("qwen3-235b-a22b-no-thinking", ("qwen3-235b-a22b", "none")),
        ("kimi-k3-max", ("kimi-k3", "max")),
        ("qwen3.8-max", ("qwen3.8-max", "default")),
        ("gpt-5.1-codex-max", ("gpt-5.1-codex-max", "default")),
        ("mistral-medium", ("mistral-medium", "default")),
        ("mistral-medium-3", ("mistral-medium-3", "default")),
    ],
)
def test_names_with_hyphens(name, expected):
    assert split_variant(name, dashes=True) == expected


def test_ratings_written_before_they_had_variants_and_errors_are_read(tmp_path):
    folder = headway.load().write(tmp_path / "old")
    file = folder / "ratings.csv"
    old = pl.read_csv(file, infer_schema=False).drop("variant", "stderr")
    old.write_csv(file)
    data = headway.load(folder)
    assert data.ratings.equals(headway.load().ratings)
    assert (
        headway.rulers.published()
        .fit(data)
        .table.equals(headway.rulers.published().fit(headway.load()).table)
    )


def test_data_frames_of_ratings_need_neither():
    data = Dataset.from_frames(
        scores=pl.DataFrame({"model": ["a"], "benchmark": ["x"], "score": [0.5]}),
        ratings=pl.DataFrame({"board": ["B"], "model": ["a"], "rating": [1.0],
                              "as_of": [date(2026, 1, 1)]}),
    )  # fmt: skip
    assert data.ratings.select("variant", "stderr").row(0) == ("default", None)
