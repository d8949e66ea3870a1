"""Short words for results, and the ways to other libraries."""

import re
import sys

import numpy as np
import pytest

import headway
from headway.analyses import LagSpec, compare
from headway.rulers import Scale


@pytest.fixture(scope="module")
def scale() -> Scale:
    return headway.rulers.eci().fit(headway.load(), draws=20)


def test_a_summary_has_the_rows_and_the_notes(scale: Scale) -> None:
    result = compare(scale, LagSpec())
    lines = result.summary(most=2).splitlines()
    first = result.table.row(0, named=True)
    assert lines[0].startswith("daily / all / frontier / lag_mean: ")
    assert f"{first['estimate']:.4g} ({first['low']:.4g} to {first['high']:.4g} at 90%)" in lines[0]
    assert lines[2] == f"and {result.table.height - 2} more rows"
    assert lines[3].startswith("9 conventions; tie of 1 point; dates of availability; ruler: ")
    assert lines[4:] == [f"· {note}" for note in result.notes]


def test_unknown_values_are_named_by_their_status(scale: Scale) -> None:
    result = compare(scale, LagSpec())
    unknown = result.table.filter(result.table["estimate"].is_null()).head(1)
    assert unknown.height == 1
    text = type(result)(table=unknown, spec={}, dataset="").summary()
    assert text.endswith(f": {unknown['status'][0]}")


def test_draws_reach_xarray_with_their_labels(scale: Scale) -> None:
    array = scale.to_xarray()
    assert array.dims == ("draw", "model")
    assert (
        array.sel(model="gpt-5").values.tolist()
        == scale.capability.sel(model="gpt-5").values.tolist()
    )
    result = compare(scale, LagSpec(), ("daily", "gap"))
    lags = result.to_xarray()
    assert lags.shape == (20, len(result.draws))
    for k, key in enumerate(result.draws):
        here = lags.isel(row=k)
        assert (str(here.convention.values), str(here.quantity.values)) == (key[0], key[3])
        np.testing.assert_array_equal(here.values, result.draws[key])


def test_tables_reach_pandas(scale: Scale) -> None:
    frame = scale.to_pandas()
    assert list(frame["entity"]) == scale.table["entity"].to_list()


@pytest.mark.parametrize(
    ("module", "words"), [("pandas", "pandas and PyArrow"), ("xarray", "xarray")]
)
def test_a_missing_library_is_named_with_the_way_to_get_it(
    scale: Scale, module: str, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(headway.UsageError, match=words) as caught:
        scale.to_pandas() if module == "pandas" else scale.to_xarray()
    assert "headway[frames]" in str(caught.value.hint)


def test_a_result_without_draws_says_so() -> None:
    plain = headway.rulers.eci().fit(headway.load(), draws=0)
    result = headway.lag(plain)
    if result.draws and all(len(rows) for rows in result.draws.values()):
        pytest.fail("a scale without draws gave draws")
    with pytest.raises(headway.UsageError, match="no draws"):
        result.to_xarray()


def test_a_notebook_shows_a_picture_without_a_script(scale: Scale) -> None:
    for chart in (scale.chart(most=3), headway.lag(scale).chart()):
        shown = chart._repr_mimebundle_()
        assert list(shown) == ["image/svg+xml"]
        assert shown["image/svg+xml"].startswith("<svg")
        assert "<script" not in shown["image/svg+xml"]
        assert chart.properties(width=300).to_dict()["width"] == 300


@pytest.mark.parametrize("convention", headway.analyses.CONVENTIONS)
def test_every_answer_says_how_it_was_asked(scale: Scale, convention: str) -> None:
    if convention == "thresholds":
        return
    result = headway.lag(scale, convention=convention)
    for text in (result.summary(), result._repr_html_()):
        assert "Evidence to 11 August 2026" in text
        assert "dates of availability" in text
        assert ("tie of 1 point" in text) == (result.asked["tie"] is not None)
    assert "Evidence to 11 August 2026" in scale.summary()
    assert "Evidence to 11 August 2026" in scale._repr_html_()


def test_no_interval_is_a_pair_of_equal_numbers_and_short_periods_are_said(scale: Scale) -> None:
    result = headway.lag(scale, until="2023-06-01")
    text = result.summary(most=100)
    assert "in nearly every draw" in text
    assert not re.search(r"\((\S+) to \1 at", text)
    assert "last-12-months (1 of 365 days)" in text
