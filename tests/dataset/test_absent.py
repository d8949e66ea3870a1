"""What a later, or an earlier, file of a source does not have: named in every table, or ended."""

import itertools
from datetime import date, timedelta

import polars as pl
import pytest
from hypothesis import given, settings, strategies as st

import headway
from headway.dataset import absent
from headway.dataset.check import quality
from headway.dataset.importing import take_in
from headway.dataset.tables import TABLES
from headway.sources import Parsed, prices
from tests.dataset.sources import AUGUST, MAY, OWN, scores, take
from tests.dataset.test_needed import FRAMES

ITEMS = pl.DataFrame({"benchmark": ["x", "x"], "item": ["1", "2"], "human_minutes": [1.0, 2.0]})
DAY = pl.date(2026, 1, 1)
TWO = {
    "scores": scores(),
    "responses": pl.DataFrame(
        {"model": ["a", "a"], "benchmark": ["x", "x"], "item": ["1", "2"], "score": [1.0, 0.0]}
    ),
    "votes": pl.DataFrame(
        {"vote": ["1", "2"], "model_a": ["a", "b"], "model_b": ["b", "a"], "outcome": ["a", "b"]}
    ),
    "ratings": pl.DataFrame(
        {"board": ["w", "w"], "model": ["a", "b"], "rating": [1.0, 2.0]}
    ).with_columns(as_of=DAY),
    "prices": pl.DataFrame(
        {"model": ["a", "b"], "provider": ["p", "p"], "input_usd_per_mtok": ["1", "2"]}
    ).with_columns(DAY.alias("from")),
    "items": ITEMS,
    "indicators": pl.DataFrame(
        {"indicator": ["i", "i"], "subject": ["s", "t"], "value": [1.0, 2.0]}
    ).with_columns(date=DAY),
    "availability": pl.DataFrame({"model": ["a", "b"]}).with_columns(
        DAY.alias("from"), region=pl.lit("world")
    ),
    "claims": pl.DataFrame({"claim": ["1", "2"], "statement": ["x", "y"]}),
}  # fmt: skip


@pytest.mark.parametrize("name", TWO)
def test_rows_that_a_later_file_lacks_are_named_in_every_table(tmp_path, name):
    into = tmp_path / "d"
    base = {"scores": scores(), "responses": FRAMES["responses"]}
    given = base | {name: TWO[name]}
    take(into, **given)
    same = take(into, **given, recorded_on=AUGUST)
    assert not any("do not have" in note for note in same.notes)
    less = take(into, **(given | {name: TWO[name].head(1)}), recorded_on=AUGUST)
    count = TWO[name].height - 1
    [note] = [note for note in less.notes if "do not have" in note]
    assert note.startswith(f"{name}: {count} row")
    last = headway.load(into).table(name).sort(TABLES[name].key)
    assert str(last[TABLES[name].key[-1]][-1]) in note
    assert headway.load(into).table(name).height >= TWO[name].height


def test_another_source_another_board_and_another_day_are_not_expected(tmp_path):
    into = tmp_path / "d"
    take(into, ratings=TWO["ratings"])
    other = TWO["ratings"].head(1)
    for changed in (
        other.with_columns(board=pl.lit("v")),
        other.with_columns(source=pl.lit("others")),
    ):
        extra = {}
        if "source" in changed.columns:
            extra = {"sources": pl.DataFrame({"source": ["others"], "title": ["Others"]})}
        report = take(into, scores=None, ratings=changed, **extra, recorded_on=AUGUST)
        assert not any("do not have" in note for note in report.notes)
    later = other.with_columns(as_of=pl.date(2026, 2, 1))
    report = take(into, scores=None, ratings=later, recorded_on=AUGUST)
    assert [note for note in report.notes if "no successor" in note] == [
        "ratings: 1 row of the publication before have no successor in the later one:"
        " w / b / default / 2026-01-01"
    ]


def test_what_came_later_is_not_missed_in_an_older_file(tmp_path):
    into = tmp_path / "d"
    take(into, ratings=TWO["ratings"], recorded_on=AUGUST)
    report = take(into, scores=None, ratings=TWO["ratings"].head(1), recorded_on=MAY)
    assert not any("do not have" in note for note in report.notes)
    new = TWO["ratings"].head(1).with_columns(model=pl.lit("gamma"))
    report = take(into, scores=None, ratings=new, recorded_on=MAY)
    assert any(
        note.startswith("ratings: 1 row of this older file are not in what was read")
        for note in report.notes
    )


HEADER = "provider,model,mode,start,input,output,source\n"


def listed(into, lines, day, *, source="list", **options):
    text = HEADER + "".join(f"shop,{line},x\n" for line in lines)
    parsed = prices.parse(text, source=source)
    tables = dict(parsed.tables)
    if not into.exists():
        take(into)
    given = Parsed(
        tables=tables, read=parsed.read, refused=parsed.refused, histories=parsed.histories
    )
    return take_in(
        given, into, own=OWN, unmatched="add", names={}, recorded_on=date.fromisoformat(day),
        **options,
    )  # fmt: skip


def held(into):
    table = headway.load(into).table("prices")
    return table.sort("from").select("from", "until", "input_usd_per_mtok").rows()


OLD = "m,standard,2025-08-07,2,10"
RISE = "m,standard,2026-09-01,3,15"


def test_a_rise_that_was_cancelled_is_withdrawn_with_a_reason(tmp_path):
    into = tmp_path / "d"
    listed(into, [OLD, RISE], "2026-07-01")
    report = listed(into, [OLD], "2026-08-10")
    assert [(first, until) for first, until, _ in held(into)] == [
        (date(2025, 8, 7), None),
        (date(2026, 9, 1), date(2026, 9, 1)),
    ]
    assert any("1 row ended, because the source no longer states" in n for n in report.notes)
    last = headway.load(into).history("prices").filter(pl.col("from") == date(2026, 9, 1))
    assert last["revision"].to_list() == [0, 1]
    assert last["reason"][1] == "list on 2026-08-10: withdrawn; the source no longer states it"
    assert overlaps(into) == []
    again = listed(into, [OLD], "2026-08-11")
    assert not again.written
    listed(into, [OLD, RISE], "2026-08-20")
    assert [until for _, until, _ in held(into)] == [date(2026, 9, 1), None]


def overlaps(into):
    found = quality(headway.load(into))
    return found.filter(pl.col("check") == "overlapping_intervals")["message"].to_list()


def test_a_file_of_present_prices_alone_ends_the_one_before(tmp_path):
    into = tmp_path / "d"
    listed(into, [OLD], "2026-07-01")
    listed(into, [RISE], "2026-09-02")
    assert [until for _, until, _ in held(into)] == [date(2026, 9, 1), None]


@pytest.mark.parametrize(
    ("lines", "day", "source"),
    [
        ([OLD], "2026-07-01", "list"),
        ([OLD], "2026-08-10", "another"),
        (["other,standard,2025-01-01,1,1"], "2026-08-10", "list"),
        ([OLD, "m,standard,2026-01-01,free,1"], "2026-08-10", "list"),
    ],
)
def test_nothing_is_ended_that_day_by_others_for_other_things_or_by_rows_unread(
    tmp_path, lines, day, source
):
    into = tmp_path / "d"
    listed(into, [OLD, RISE], "2026-07-01")
    listed(into, lines, day, source=source)
    rise = headway.load(into).table("prices").filter(pl.col("from") == date(2026, 9, 1))
    assert rise["until"].to_list() == [None]
    assert rise["source"].to_list() == ["list"]


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_vintages_in_any_order_say_the_same_of_today(tmp_path, order):
    vintages = [
        ([OLD], "2026-06-01"),
        ([OLD, RISE], "2026-07-01"),
        (["m,standard,2025-08-07,2.5,10"], "2026-08-10"),
    ]
    for number in order:
        listed(tmp_path / "d", *vintages[number])
    now = [row for row in held(tmp_path / "d") if row[0] != row[1]]
    assert [(str(first), until, float(paid)) for first, until, paid in now] == [
        ("2025-08-07", None, 2.5)
    ]
    assert overlaps(tmp_path / "d") == []


DAYS = st.integers(0, 8).map(lambda n: date(2026, 1, 1) + timedelta(days=30 * n))


@given(
    first=st.lists(DAYS, min_size=1, max_size=4, unique=True),
    second=st.lists(DAYS, min_size=1, max_size=4, unique=True),
)
@settings(max_examples=60, deadline=None)
def test_what_a_source_states_last_is_what_holds(first, second):
    """On every day of the later list, exactly its own price holds."""
    table = TABLES["prices"]

    def rows(days, recorded_on):
        starts = sorted(days)
        lasts = [*starts[1:], None]
        return pl.DataFrame(
            [
                dict.fromkeys(table.names)
                | {
                    "model": "m", "provider": "p", "mode": "default", "from": start,
                    "until": last, "source": "s", "recorded_on": recorded_on, "revision": 0,
                }
                for start, last in zip(starts, lasts, strict=True)
            ],
            schema=table.types,
        )  # fmt: skip

    before, after = rows(first, MAY), rows(second, AUGUST)
    gone = absent.absent(before, after, table, AUGUST)
    over = absent.ended(gone, after, table, AUGUST)
    left = pl.concat([gone.join(over, on=table.key, how="anti"), over])
    for start, last in left.select("from", "until").iter_rows():
        assert last is not None
        assert last <= start or last <= min(second) or start < min(second)
        for begins, ends in after.select("from", "until").iter_rows():
            assert last <= start or last <= begins or (ends is not None and start >= ends)


def test_two_open_prices_are_a_finding_and_so_are_prices_per_token(tmp_path):
    price = {"model": "a", "provider": "p", "input_usd_per_mtok": "0.0000025", "until": None}
    data = headway.Dataset.from_frames(
        scores=scores(model=["a", "a", "b"]),
        prices=pl.DataFrame(
            [price | {"from": date(2026, 1, 1)}, price | {"from": date(2026, 2, 1)}],
            schema_overrides={"until": pl.Date},
        ),
        availability=pl.DataFrame(
            [
                {"model": "a", "region": "US", "from": day, "until": date(2026, 6, 1)}
                for day in (date(2026, 1, 1), date(2026, 2, 1))
            ]
        ),
    )
    found = quality(data)
    both = found.filter(pl.col("check") == "overlapping_intervals")
    assert both["severity"].to_list() == ["error", "error"]
    assert both["table"].to_list() == ["availability", "prices"]
    assert "p / default: the interval from 2026-01-01 is open" in both["message"][1]
    assert "per token" in found.filter(pl.col("check") == "prices_per_token")["message"][0]


def test_the_first_few_are_named_and_the_rest_counted():
    rows = pl.DataFrame({"claim": ["a", "b", "c", "d"]})
    assert absent.named(rows, TABLES["claims"]) == "a, b, c, and 1 more"
    assert absent.named(rows.head(1), TABLES["claims"], 9) == "a, and 8 more"
