from datetime import date

import polars as pl
import pytest
from hypothesis import given, settings, strategies as st

from headway.dataset.merging import described, merged
from headway.dataset.problems import Given, Problems
from headway.dataset.rules import checked
from headway.dataset.tables import TABLES
from headway.dataset.vintages import current
from tests.dataset.sources import AUGUST, MAY

RATINGS, MODELS = TABLES["ratings"], TABLES["models"]
DAY = date(2026, 1, 1)


def rating(model, value, day, *, source="s", high=None):
    return {
        "board": "b", "model": model, "variant": "default", "rating": value, "as_of": DAY,
        "high": high, "level": 0.9 if high else None, "source": source, "recorded_on": day,
        "revision": 0,
    }  # fmt: skip


def frame(*rows, table=RATINGS):
    return pl.DataFrame(
        [{name: row.get(name) for name in table.names} for row in rows], schema=table.types
    )


def sound(table, rows):
    problems = Problems()
    given = Given(frame=rows, label=table.name, place=lambda some: [str(row) for row in some])
    checked({table.name: given}, problems)
    problems.raise_if_any("the merge made an unsound table")


def fate(done):
    return done.added, done.revised, done.unchanged, done.superseded


def test_new_rows_corrections_and_repetitions():
    first = merged(RATINGS.empty(), frame(rating("x", 1.0, MAY), rating("y", 2.0, MAY)), RATINGS)
    assert fate(first) == (2, 0, 0, 0)
    later = frame(
        rating("x", 1.0, AUGUST, source="t"), rating("y", 2.5, AUGUST), rating("z", 3.0, AUGUST)
    )
    second = merged(first.frame, later, RATINGS)
    assert fate(second) == (1, 1, 1, 0)
    sound(RATINGS, second.frame)
    assert second.frame.filter(model="y").select("rating", "revision", "reason").rows() == [
        (2.0, 0, None),
        (2.5, 1, "s on 2026-08-11: rating"),
    ]
    assert merged(second.frame, later, RATINGS).frame.equals(second.frame)


def test_all_changed_columns_are_named_and_an_unknown_value_is_a_change():
    first = frame(rating("x", 1.0, MAY, high=2.0))
    done = merged(first, frame(rating("x", 1.5, AUGUST)), RATINGS)
    assert done.frame["reason"][1] == "s on 2026-08-11: rating, high, level"
    assert done.frame["high"].to_list() == [2.0, None]


def test_details_that_are_left_out_stay_as_long_as_the_value_does():
    first = frame(rating("x", 1.0, MAY, high=2.0))
    assert fate(merged(first, frame(rating("x", 1.0, AUGUST)), RATINGS)) == (0, 0, 1, 0)
    done = merged(first, frame(rating("x", 1.0, AUGUST) | {"votes": 7}), RATINGS)
    assert done.frame.row(1, named=True)["high"] == 2.0
    assert done.frame["reason"][1] == "s on 2026-08-11: votes"


def test_the_last_digits_of_a_number_are_no_correction():
    done = merged(
        frame(rating("x", 0.1 + 0.2, MAY)), frame(rating("x", 0.3, AUGUST)), RATINGS
    )  # fmt: skip
    assert fate(done) == (0, 0, 1, 0)


def test_an_older_vintage_does_not_undo_a_later_one():
    first = frame(rating("x", 2.0, AUGUST))
    done = merged(first, frame(rating("x", 1.0, MAY), rating("y", 1.0, MAY)), RATINGS)
    assert fate(done) == (1, 0, 0, 1)
    assert done.frame.filter(model="y")["recorded_on"].to_list() == [MAY]


def test_what_was_corrected_on_a_day_is_not_said_again_on_that_day():
    first = merged(RATINGS.empty(), frame(rating("x", 1.0, MAY)), RATINGS).frame
    second = merged(first, frame(rating("x", 2.0, MAY)), RATINGS).frame
    again = merged(second, frame(rating("x", 1.0, MAY)), RATINGS)
    assert fate(again) == (0, 0, 0, 1)
    back = merged(second, frame(rating("x", 1.0, AUGUST)), RATINGS)
    assert fate(back) == (0, 1, 0, 0)
    assert back.frame["revision"].to_list() == [0, 1, 2]


def test_keys_with_unknown_parts_are_compared():
    prices = TABLES["prices"]
    row = {
        "model": "x", "provider": "p", "mode": "default", "input_usd_per_mtok": 1, "source": "s",
        "recorded_on": MAY, "revision": 0,
    }  # fmt: skip
    first = frame(row, table=prices)
    assert fate(merged(first, first, prices)) == (0, 0, 1, 0)
    changed = frame(row | {"input_usd_per_mtok": 2, "recorded_on": AUGUST}, table=prices)
    assert fate(merged(first, changed, prices)) == (0, 1, 0, 0)


vintages = st.lists(
    st.tuples(
        st.dictionaries(st.sampled_from("abcde"), st.integers(0, 2), max_size=5),
        st.integers(0, 3),
    ),
    max_size=6,
)


@settings(deadline=None, max_examples=40)
@given(vintages)
def test_any_vintages_in_any_order_give_a_sound_table(some):
    table = RATINGS.empty()
    for values, day in some:
        on = date(2026, 1, 1 + day)
        rows = frame(*(rating(model, float(value), on) for model, value in values.items()))
        before = table
        done = merged(table, rows, RATINGS)
        table = done.frame
        sound(RATINGS, table)
        assert sum(fate(done)) == len(values)
        assert table.height == before.height + done.added + done.revised
        assert before.join(table, on=table.columns, how="anti", nulls_equal=True).is_empty()
        assert merged(table, rows, RATINGS).frame.equals(table)
        if some == sorted(some, key=lambda one: one[1]) and day == max(d for _, d in some):
            view = dict(current(table, RATINGS).select("model", "rating").iter_rows())
            new = {model for model in values if done.superseded == 0}
            assert all(view[model] == values[model] for model in new)


def describe(old, *rows, day=AUGUST):
    return described(old, [{"model": "x", "source": "s"} | row for row in rows], MODELS, day)


@pytest.fixture
def one():
    return describe(MODELS.empty(), {"country": "US", "family": "F"}, day=MAY).merged.frame


def test_a_new_entity_has_the_defaults(one):
    row = one.row(0, named=True)
    assert (row["country"], row["access"], row["revision"], row["name"]) == (
        "US", "unknown", 0, None,
    )  # fmt: skip


def test_a_source_corrects_itself_and_fills_in(one):
    done = describe(one, {"country": "CN", "family": None, "access": "api"})
    assert done.merged.revised == 1
    assert done.differing == ()
    row = done.merged.frame.row(1, named=True)
    assert (row["country"], row["family"], row["access"]) == ("CN", "F", "api")
    assert row["reason"] == "s on 2026-08-11: country, access"
    sound(TABLES["models"], done.merged.frame)


def test_what_another_source_said_stands(one):
    other = describe(one, {"source": "t", "country": "CN", "parameters": 7.0})
    assert other.merged.frame["country"].to_list() == ["US", "US"]
    assert other.merged.frame["parameters"].to_list() == [None, 7.0]
    assert other.differing == (
        "models x: country is US in the dataset and CN in t; the dataset was left as it is",
    )
    mine = describe(other.merged.frame, {"country": "FR"})
    assert mine.merged.revised == 1
    assert describe(mine.merged.frame, {"parameters": 8.0}).differing != ()


def test_an_older_or_repeated_attribute_changes_nothing(one):
    later = describe(one, {"country": "CN"}).merged.frame
    assert describe(later, {"country": "US"}, day=MAY).merged.superseded == 1
    same_day = describe(one, {"country": "CN"}, day=MAY).merged.frame
    assert describe(same_day, {"country": "US"}, day=MAY).merged.superseded == 1
    assert describe(later, {"country": "CN", "access": "unknown"}).merged.unchanged == 1
    assert describe(later).merged.frame is later
