"""Every option of every source, with values of every kind: taken, or refused in plain words."""

from datetime import UTC, date, datetime
from typing import Literal, get_args, get_origin

import pytest

from headway.dataset.importing import bring
from headway.errors import HeadwayError, UsageError
from headway.sources import SOURCES, source
from headway.sources.options import checked_options, options_of

EVERY = [(name, option) for name in SOURCES for option in options_of(source(name))]
VALUES = [
    None, True, False, 0, -1, 10**30, 1.5, float("nan"), "", "nonsense", "TRUE", b"x", [], ["a"],
    {}, {"a": 1}, (), object(), date(2026, 1, 1), datetime(2026, 1, 1, tzinfo=UTC), "2026-01-01",
    "2026-13-01",
]  # fmt: skip
PYTHON = ("keyword", "argument", "NoneType", "TypeError", "'str'", "'int'", "read()", "_io")


def error_of(name: str, option: str, value: object) -> UsageError | None:
    try:
        checked_options(name, source(name), {option: value})
    except UsageError as error:
        return error
    return None


@pytest.mark.parametrize(("name", "option"), EVERY)
def test_a_value_is_taken_or_refused_with_what_is_allowed(name, option):
    errors = [error for value in VALUES if (error := error_of(name, option, value))]
    assert len(errors) > len(VALUES) / 2
    for error in errors:
        assert f"the option {option} is " in error.message
        assert (error.hint or "").startswith(f"{option} is ")
        assert not any(word in str(error.hint) for word in PYTHON)


@pytest.mark.parametrize(("name", "option"), EVERY)
def test_no_value_of_an_option_ends_in_a_traceback(name, option, tmp_path):
    other = tmp_path / "other.csv"
    other.write_text("a,b\n1,2\n", encoding="utf-8")
    for value in VALUES:
        try:
            said = str(bring(name, [other], tmp_path / "d", **{option: value}).to_dict())
        except HeadwayError as error:
            said = str(error)
        assert not any(word in said for word in PYTHON[:4])
        assert not (tmp_path / "d").exists()


@pytest.mark.parametrize(("name", "option"), EVERY)
def test_a_mistyped_option_is_recognised(name, option):
    with pytest.raises(UsageError) as caught:
        checked_options(name, source(name), {option[:-1] + "x" + option[-1]: "a"})
    assert f"has no option {option[:-1] + 'x' + option[-1]!r}" in caught.value.message
    assert f"did you mean '{option}'" in caught.value.message


@pytest.mark.parametrize(("name", "option"), EVERY)
def test_a_mistyped_choice_is_recognised(name, option):
    wanted = options_of(source(name))[option]
    for choice in get_args(wanted) if get_origin(wanted) is Literal else ():
        with pytest.raises(UsageError, match=f"did you mean .*'{choice}'"):
            checked_options(name, source(name), {option: f"{choice}x"})


@pytest.mark.parametrize("name", SOURCES)
def test_names_of_parameters_are_no_options(name):
    for option in ("paths", "progress", "self", "into", "recorded_on"):
        with pytest.raises(UsageError, match="has no option"):
            checked_options(name, source(name), {option: 1})


def test_a_day_may_be_a_text():
    taken = checked_options("arena", source("arena"), {"published": "2026-10-20"})
    assert taken == {"published": date(2026, 10, 20)}
