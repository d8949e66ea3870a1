"""Proposals for names that match nothing: the same as of the plain search, and in time."""

import random
import time
from difflib import get_close_matches

import polars as pl
import pytest
from hypothesis import given, settings, strategies as st

from headway.dataset.matching import LIKENESS, MOST_PROPOSALS, Known, matches, nearest
from headway.dataset.tables import TABLES

FAMILIES = ("alpha", "beta", "gamma", "delta", "omega", "sigma", "kappa", "theta", "zeta", "iota")
KINDS = ("mini", "pro", "instruct", "chat", "turbo", "base", "coder", "vision", "preview")


def names(count: int, seed: int) -> list[str]:
    rng = random.Random(seed)
    made: dict[str, None] = {}
    while len(made) < count:
        parts = [rng.choice(FAMILIES), str(rng.randint(1, 99)), rng.choice(KINDS)]
        parts += [f"{rng.randint(1, 400)}b"] * rng.randint(0, 1)
        parts += [rng.choice(KINDS)] * rng.randint(0, 1)
        made["-".join(parts)] = None
    return list(made)


def known_of(count: int, seed: int) -> Known:
    table = TABLES["models"].empty()
    ids = names(count, seed)
    rows = pl.DataFrame({"model": ids}).with_columns(
        pl.lit(None, dtype=kind).alias(name) for name, kind in table.schema.items()
        if name != "model"
    )  # fmt: skip
    revised = rows.select(table.columns).with_columns(
        revision=pl.lit(0, dtype=table.schema["revision"])
    )
    return Known({"models": revised})


@settings(max_examples=150, deadline=None)
@given(
    st.text("abc 12", max_size=9),
    st.lists(st.text("abc 12", max_size=9), max_size=25, unique=True),
)
def test_the_proposals_are_those_of_the_plain_search(words: str, known: list[str]) -> None:
    assert nearest(words, known) == get_close_matches(
        words, known, n=MOST_PROPOSALS, cutoff=LIKENESS
    )


def test_the_proposals_for_names_of_models_are_those_of_the_plain_search() -> None:
    known = names(300, 1)
    for words in names(40, 2):
        plain = get_close_matches(words, known, n=MOST_PROPOSALS, cutoff=LIKENESS)
        assert nearest(words, known) == plain


def test_many_unmatched_names_are_proposed_in_time() -> None:
    known, foreign = known_of(2000, 1), pl.Series("model", [f"{n}-x" for n in names(1000, 2)])
    began = time.process_time()
    found = matches(known, "model", foreign)
    assert time.process_time() - began < 4.0
    assert all(match.proposals for match in found if match.id is None)


@pytest.mark.slow
def test_eight_thousand_unmatched_against_eight_thousand_known_take_ten_seconds() -> None:
    known, foreign = known_of(8000, 1), pl.Series("model", [f"{n}-x" for n in names(8000, 2)])
    began = time.process_time()
    assert len(matches(known, "model", foreign)) == 8000
    assert time.process_time() - began < 10.0
