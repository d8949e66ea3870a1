"""What is printed of a result is short, whatever it holds."""

import importlib
import pkgutil
from dataclasses import is_dataclass
from typing import Any

import numpy as np
import pytest

import headway
from headway import shortly
from headway.analyses import LagSpec, compare


def _records() -> list[Any]:
    found: dict[str, Any] = {}
    for module in pkgutil.walk_packages(headway.__path__, "headway."):
        if module.name.endswith("__main__"):
            continue
        for value in vars(importlib.import_module(module.name)).values():
            if (
                isinstance(value, type)
                and is_dataclass(value)
                and not value.__module__.startswith("dataclasses")
            ):
                found[f"{value.__module__}.{value.__qualname__}"] = value
    return [value for name, value in found.items() if name.startswith("headway.")]


def test_records_without_equality_hold_arrays_and_are_printed_shortly() -> None:
    long = [
        record.__qualname__
        for record in _records()
        if record.__eq__ is object.__eq__
        and record.__repr__.__module__ == record.__module__
        and "__create_fn__" in record.__repr__.__qualname__
    ]
    assert long == []


def test_results_are_a_line_and_have_their_shapes() -> None:
    data = headway.load()
    scale = headway.rulers.eci().fit(data, draws=20)
    result = compare(scale, LagSpec())
    for value in (scale, scale.capability, scale.curves, result, data):
        text = repr(value)
        assert len(text) < 2500
        assert "\n" not in text
        assert text.startswith(f"{type(value).__name__}(")
    assert "float64[222]" in repr(scale)
    assert "draws={" in repr(result)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (np.zeros((2, 0)), "float64[2, 0]"),
        ((1, 2.5, None), "(1, 2.5, None)"),
        ([1] * 9, "[9 items]"),
        ({"a": [1, 2]}, "{'a': [1, 2]}"),
        ({k: k for k in range(9)}, "{9 items}"),
        (frozenset({"x"}), "{'x'}"),
        ("x" * 200, "'" + "x" * 58 + "…"),
        (range(3), "(0, 1, 2)"),
    ],
)
def test_every_kind_of_value_is_short(value: Any, text: str) -> None:
    assert shortly.of(value) == text


def test_a_value_of_its_own_is_named_where_it_is_long() -> None:
    class Wordy:
        def __repr__(self) -> str:
            return "w" * 1000

    assert shortly.of(Wordy()) == "<Wordy>"
    assert shortly.of([Wordy()]) == "[<Wordy>]"
