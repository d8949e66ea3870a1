"""What a dataclass declares, and what values its types take."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import pytest

from headway.declared import NONE, Unfit, filled, options, takes, typed
from headway.errors import UsageError


@dataclass(frozen=True, kw_only=True)
class Inner:
    """Inner options.

    Parameters
    ----------
    size
        How large.
    """

    size: int

    def __post_init__(self) -> None:
        if self.size < 0:
            raise UsageError("size is below 0")


@dataclass(frozen=True, kw_only=True)
class Outer:
    """Options.

    Parameters
    ----------
    name
        What it is
        called.
    inner
        Nested.
    days
        When.
    """

    name: str
    inner: Inner = field(default_factory=lambda: Inner(size=1))
    days: tuple[dt.date, ...] = ()


def test_options_have_type_default_and_text() -> None:
    name, inner, days = options(Outer)
    assert (name.required, name.text, name.takes) == (True, "What it is called.", "text")
    assert (inner.default, inner.takes) == (Inner(size=1), "a table of options")
    assert days.default == ()
    assert [option.name for option in options(Outer, leave_out=("inner",))] == ["name", "days"]


@pytest.mark.parametrize(
    ("hint", "value", "made"),
    [
        (float, 3, 3.0),
        (float | None, NONE, None),
        (float | None, 2.5, 2.5),
        (str | None, "x", "x"),
        (dt.date, "2026-01-31", dt.date(2026, 1, 31)),
        (dt.date, dt.date(2026, 1, 31), dt.date(2026, 1, 31)),
        (tuple[str, ...], ["a", "b"], ("a", "b")),
        (tuple[str, ...] | None, NONE, None),
        (Literal["a", "b"], "b", "b"),
        (Mapping[str, float], {"a": 1}, {"a": 1.0}),
        (Mapping[str, float] | Literal["none"], "none", "none"),
        (Inner, {"size": 3}, Inner(size=3)),
        (bool, True, True),
        (Any, {"x": 1}, {"x": 1}),
    ],
)
def test_values_that_fit(hint: Any, value: Any, made: Any) -> None:
    assert typed(hint, value) == made
    assert takes(hint)


@pytest.mark.parametrize(
    ("hint", "value", "said"),
    [
        (float, "3", "'3' is not a number"),
        (float, True, "True is not a number"),
        (float, float("nan"), "nan is not a finite number"),
        (float, 10**400, "a finite number"),
        (int, 3.0, "3.0 is not a whole number"),
        (int, True, "True is not a whole number"),
        (str, 3, "3 is not text"),
        (bool, 1, "1 is not true or false"),
        (dt.date, "May", "'May' is not a date"),
        (dt.date, dt.datetime(2026, 1, 1), "is not a date"),  # noqa: DTZ001
        (tuple[str, ...], "ab", "'ab' is not a list of texts"),
        (Literal["alpha", "beta"], "alpa", "did you mean 'alpha'?"),
        (Literal[1, 2], True, "True is not one of 1, 2"),
        (Mapping[str, float], [1], "[1] is not a table"),
        (Inner, 3, "3 is not a table of options"),
        (Inner, {}, "missing; it takes a whole number"),
        (Inner, {"size": -1}, "size is below 0"),
        (Inner, {"seize": 1}, "did you mean 'size'?"),
    ],
)
def test_values_that_do_not_fit(hint: Any, value: Any, said: str) -> None:
    with pytest.raises(Unfit) as caught:
        typed(hint, value)
    assert said in "; ".join(text for _, text in caught.value.problems)


def test_every_problem_has_its_path() -> None:
    with pytest.raises(Unfit) as caught:
        filled(Outer, {"name": 3, "inner": {"size": "x"}, "days": ["May", 3], "nme": 1})
    paths = [".".join(path) for path, _ in caught.value.problems]
    assert paths == ["name", "inner.size", "days", "days", "nme"]
