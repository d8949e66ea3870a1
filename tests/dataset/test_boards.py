"""Unknown names on a board: the best-placed first, with what is known and what adding takes."""

from datetime import date

import polars as pl

import headway
from headway.dataset.boards import placed
from headway.dataset.importing import bring
from headway.sources import arena
from tests.dataset.sources import take

HEADER = "subset,publish_date,category,model_name,organization,rating\n"
ROWS = (
    "text,2026-06-01,overall,delta-9,openai,1400\n"
    "text,2026-07-01,overall,delta-9,openai,1500\n"
    "text,2026-07-01,overall,zeta-1,,1450\n"
    "text,2026-07-01,overall,gpt-5,openai,1425\n"
    "text,2026-07-01,coding,zeta-1,,1300\n"
    "text,2026-07-01,coding,gpt-5,openai,1310\n"
    "text,2026-06-01,old,eta-0,,1000\n"
)


def board(tmp_path):
    path = tmp_path / "board.csv"
    path.write_text(HEADER + ROWS, encoding="utf-8")
    return path


def test_refusals_begin_with_the_best_placed_and_say_what_adding_takes(tmp_path):
    report = bring("arena", board(tmp_path), tmp_path / "d", recorded_on="2026-07-02")
    assert [row.reason.split(";")[0] for row in report.refused] == [
        "model 'delta-9' is not known (2 rows): number 1 of Arena text overall on 2026-07-01,"
        " rated 1500, there since 2026-06-01, by 'openai' (openai)",
        "model 'eta-0' is not known (1 row): number 1 of Arena text old on 2026-06-01, rated 1000",
        "model 'zeta-1' is not known (2 rows): number 2 of Arena text coding on 2026-07-01,"
        " rated 1300",
    ]
    [note] = [note for note in report.notes if "are not known" in note]
    assert note.startswith("3 models are not known and have no place in any answer, such as 'delt")
    for way in ("--map 'NAME=ID'", "--map 'NAME=+'", "--unmatched add", "day", "country"):
        assert way in note


def test_added_models_have_the_country_of_their_maker_and_the_others_are_named(tmp_path):
    into = tmp_path / "d"
    file = board(tmp_path)
    report = bring("arena", file, into, unmatched="add", recorded_on="2026-07-02")
    models = {row["model"]: row for row in headway.load(into).models.iter_rows(named=True)}
    assert (models["delta-9"]["organisation"], models["delta-9"]["country"]) == ("openai", "US")
    assert models["zeta-1"]["country"] is None
    assert "2 new models have no country and are in no group of countries: eta-0, zeta-1" in (
        report.notes
    )
    assert "3 new models have no day, so they are on no frontier: delta-9, eta-0, zeta-1" in (
        report.notes
    )


def test_added_models_can_be_dated_by_the_board(tmp_path):
    into = tmp_path / "d"
    report = bring(
        "arena", board(tmp_path), into, unmatched="add", recorded_on="2026-07-02", release="board"
    )
    models = {row["model"]: row for row in headway.load(into).models.iter_rows(named=True)}
    assert models["delta-9"]["available_on"] == date(2026, 6, 1)
    assert models["gpt-5"]["available_on"] != date(2026, 7, 1)
    assert not any("no day" in note for note in report.notes)


def test_places_are_those_of_the_latest_day_of_each_board():
    tables = arena.parse_ratings(HEADER + ROWS).tables
    places = placed(tables)
    assert list(places) == ["gpt-5", "delta-9", "eta-0", "zeta-1"]
    assert (places["gpt-5"].rank, places["gpt-5"].board) == (1, "Arena text coding")
    assert (places["zeta-1"].rank, places["delta-9"].first) == (2, date(2026, 6, 1))


def test_a_source_without_boards_or_days_has_no_places(tmp_path):
    assert placed({}) == {}
    assert placed({"ratings": pl.DataFrame({"model": ["a"]})}) == {}
    bare = pl.DataFrame({"board": ["b", "b"], "model": ["x", "y"], "rating": [1.0, 2.0]})
    assert {name: place.rank for name, place in placed({"ratings": bare}).items()} == {
        "y": 1, "x": 2,
    }  # fmt: skip
    report = take(tmp_path / "d", scores=None, ratings=bare, unmatched="refuse", start="catalog")
    assert "number 1 of b, rated 2" in report.refused[0].reason
