from datetime import date
from decimal import Decimal

import pytest

from headway.errors import DataError, UsageError
from headway.sources import prices

HEADER = "provider,model,mode,start,input,output,cache_read,cache_write,source\n"
ROW = "openai,gpt-5,standard,2025-08-07T00:00:00Z,1.25,10,0.125,,https://x\n"


def test_a_price_lasts_until_the_next():
    parsed = prices.parse(
        HEADER
        + ROW
        + ROW.replace("2025-08-07T00:00:00Z", "").replace("1.25", "2.5")
        + ROW.replace("2025-08-07", "2026-01-01").replace("1.25,10,0.125", ",,")
        + ROW.replace("standard", "batch")
    )
    table = parsed.tables["prices"]
    assert table.select("mode", "from", "until").rows() == [
        ("default", date(2025, 8, 7), date(2026, 1, 1)),
        ("default", None, date(2025, 8, 7)),
        ("batch", date(2025, 8, 7), None),
    ]
    assert table["input_usd_per_mtok"].to_list() == [
        Decimal("1.25"),
        Decimal("2.5"),
        Decimal("1.25"),
    ]
    assert "1 rows end the price before them" in parsed.notes[0]
    assert parsed.read == 4


def test_decimals_are_kept_exactly():
    text = HEADER + ROW.replace("1.25", "0.123456789").replace(",10,", ",0.05000000000000001,")
    [row] = prices.parse(text).tables["prices"].to_dicts()
    assert row["input_usd_per_mtok"] == Decimal("0.123456789")
    assert row["output_usd_per_mtok"] == Decimal("0.05")


def test_a_free_preview_is_no_price_and_ends_no_other():
    free = ROW.replace("2025-08-07", "2025-07-01").replace("1.25,10,0.125", "0,0,0")
    parsed = prices.parse(HEADER + free + ROW)
    assert [(row.line, row.reason) for row in parsed.refused] == [
        (2, "a free preview, not a price")
    ]
    assert parsed.tables["prices"]["from"].to_list() == [date(2025, 8, 7)]


def test_a_zero_beside_a_price_is_unknown():
    parsed = prices.parse(HEADER + ROW.replace(",10,", ",0,").replace("0.125,", ",3"))
    [row] = parsed.tables["prices"].to_dicts()
    assert row["output_usd_per_mtok"] is None
    assert len(parsed.notes) == 2


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("1.25", "-1", "expected US dollars"),
        ("1.25", "nan", "column 'input' is 'nan'; expected a number"),
        ("1.25", "=1+1", "column 'input' is '=1+1'; expected a number"),
        ("1.25", "1e12", "expected US dollars"),
        ("1.25", "0.00000000015", "at most 9 decimals"),
        ("gpt-5", "", "column 'model' is ''; expected a name"),
        ("2025-08-07T00:00:00Z", "yesterday", "expected a date"),
        (",https://x", "", "8 cells; expected 9"),
    ],
)
def test_prices_that_are_refused(old, new, expected):
    parsed = prices.parse(HEADER + ROW.replace(old, new, 1))
    assert parsed.tables["prices"].is_empty()
    assert expected in parsed.refused[0].reason


def test_two_prices_of_one_day_leave_the_last():
    parsed = prices.parse(HEADER + ROW + ROW.replace("1.25", "1.5").replace("00:00:00", "12:00:00"))
    assert parsed.tables["prices"]["input_usd_per_mtok"].to_list() == [Decimal("1.5")]
    assert parsed.refused[0].reason == (
        "another price of the same day stands on line 3, and it counts"
    )


@pytest.mark.parametrize("column", ["until", "end"])
def test_a_price_ends_on_the_day_that_the_list_says(column):
    text = f"provider,model,start,{column},input,output\n" + "".join(
        f"x,gpt-5,{start},{end},2,8\n"
        for start, end in (
            ("2025-08-07", "2025-08-15"),
            ("2025-08-20", "2026-01-01"),
            ("2025-09-01", ""),
            ("2025-09-05", "2025-09-05"),
        )
    )
    parsed = prices.parse(text)
    assert parsed.tables["prices"]["until"].to_list() == [date(2025, 8, 15), date(2025, 9, 1), None]
    [row] = parsed.refused
    assert row.line == 5
    assert "ends on 2025-09-05, which is not after its first day" in row.reason


def test_prices_in_json_are_called_that():
    with pytest.raises(DataError, match="looks like JSON; expected a table in CSV"):
        prices.parse('[{"provider": "x"}]')


def test_another_table_is_refused(tmp_path):
    (tmp_path / "a.csv").write_text("a,b\n")
    with pytest.raises(DataError, match="column 'provider' is missing"):
        prices.read([tmp_path / "a.csv"])


CHEAP = ROW.replace("1.25,10,0.125", "0.00000125,0.00001,0.000000125")


@pytest.mark.parametrize(
    ("unit", "text", "paid"),
    [
        (None, ROW, ("1.25", "10", "0.125")),
        ("mtok", ROW, ("1.25", "10", "0.125")),
        ("token", CHEAP, ("1.25", "10", "0.125")),
        ("ktok", ROW.replace("1.25,10,0.125", "0.00125,0.01,0.000125"), ("1.25", "10", "0.125")),
        ("mtok", ROW.replace("1.25,10", "0.0005,10"), ("0.0005", "10", "0.125")),
        (None, ROW.replace("1.25,10", "0.001,10"), ("0.001", "10", "0.125")),
    ],
)
def test_the_unit_of_a_price(unit, text, paid):
    [row] = prices.parse(HEADER + text, unit=unit).tables["prices"].to_dicts()
    assert tuple(
        row[f"{name}_usd_per_mtok"] for name in ("input", "output", "cached_input")
    ) == tuple(Decimal(one) for one in paid)


@pytest.mark.parametrize("cell", ["1.25,10,0.000125", "0.0009,10,0.1", "1,1e-6,1"])
def test_a_price_too_low_for_a_million_tokens_is_refused_with_the_way_out(cell):
    parsed = prices.parse(HEADER + ROW.replace("1.25,10,0.125", cell))
    assert parsed.tables["prices"].is_empty()
    assert "less than 0.001 US dollars per million tokens" in parsed.refused[0].reason
    assert "--option unit=token" in parsed.refused[0].reason


def test_a_price_too_high_for_a_token_is_refused_with_the_way_out():
    parsed = prices.parse(HEADER + ROW, unit="token")
    assert "--option unit=mtok" in parsed.refused[0].reason


def test_prices_can_be_kept_under_a_name_of_their_own(tmp_path):
    (tmp_path / "a.csv").write_text(HEADER + ROW, encoding="utf-8")
    tables = prices.read([tmp_path / "a.csv"], source="my-list").tables
    assert {frame["source"][0] for frame in tables.values()} == {"my-list"}
    with pytest.raises(UsageError, match="the option source is ' '"):
        prices.read([tmp_path / "a.csv"], source=" ")


ENDED = "provider,model,start,end,input,output\n"


def test_a_stated_end_ends_a_price_and_the_next_price_ends_it_earlier():
    rows = "x,a,2025-01-01,2025-06-01,1,2\nx,a,2025-09-01,,3,4\nx,b,2025-01-01,2025-06-01,1,2\n"
    assert prices.parse(ENDED + rows).tables["prices"].select("from", "until").rows() == [
        (date(2025, 1, 1), date(2025, 6, 1)),
        (date(2025, 9, 1), None),
        (date(2025, 1, 1), date(2025, 6, 1)),
    ]
    parsed = prices.parse(ENDED + rows.replace("2025-09-01", "2025-05-01"))
    assert parsed.tables["prices"]["until"].to_list()[0] == date(2025, 5, 1)
    assert any("1 rows state an end after the next price begins" in one for one in parsed.notes)
    again = prices.parse((ENDED + rows).replace("start,end", "start,until"))
    assert again.tables["prices"]["until"].to_list()[0] == date(2025, 6, 1)


def test_an_end_that_is_no_later_than_the_start_is_refused():
    [row] = prices.parse(ENDED + "x,a,2025-06-01,2025-06-01,1,2\n").refused
    assert "not after its first day, 2025-06-01" in row.reason


@pytest.mark.parametrize("cell", ["$1.25", "1.25 USD", "US$ 1.25", "USD 1.25", "1.25$", "1.25"])
def test_a_sign_of_dollars_is_no_part_of_the_number(cell):
    parsed = prices.parse(f"provider,model,start,input,output\nx,a,2025-01-01,{cell},$10\n")
    [row] = parsed.tables["prices"].to_dicts()
    assert row["input_usd_per_mtok"] == Decimal("1.25")
    assert row["output_usd_per_mtok"] == 10
