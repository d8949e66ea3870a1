"""Every note that votes and published ratings give rise to has its Chinese sentence."""

import datetime as dt

import polars as pl
import pytest

import headway
from headway.report.words import Words
from headway.rulers.votes.boards import boards
from tests.rulers.votes import dataset, frame, simulated

pairwise = headway.rulers.pairwise


def votes() -> pl.DataFrame:
    """Votes with everything that is worth a note."""
    some, _ = simulated(models=4, votes=300, seed=1)
    odd = frame(
        [("best", "m00", "a")] * 5 + [("m01", "m01", "tie"), ("rare", "m00", "a"),
                                      ("m00", "rare", "both_bad")]
    )  # fmt: skip
    every = pl.concat([some, odd])
    n = every.height
    return every.with_columns(
        domain=pl.Series([None if k % 9 == 0 else "coding" for k in range(n)]),
        voted_at=pl.Series([None if k % 7 == 0 else dt.date(2026, 1, 1) for k in range(n)]),
        covariates=pl.Series(
            [
                '{"turn":1}' if k % 5 == 0
                else f'{{"length_a":{k % 4},"length_b":{k % 3},"voter":"v{k % 11}"}}'
                for k in range(n)
            ]
        ),
    )  # fmt: skip


def notes() -> list[str]:
    data = dataset(votes())
    found: list[str] = []
    for options in (
        {"both_bad": "drop"},
        {"min_votes": 5, "since": dt.date(2025, 1, 1)},
        {"covariates": ("length",), "cluster": "voter"},
        {"cluster": "voter"},
        {"intervals": "bootstrap"},
    ):
        found += pairwise(draws=40, **options).fit(data).notes
    # A model with two votes, one of which is a tie: some resamples have the other alone.
    some, _ = simulated(models=3, votes=100, seed=1)
    thin = pl.concat([some, frame([("thin", "m00", "a"), ("thin", "m01", "tie")])])
    found += pairwise(draws=40, intervals="bootstrap").fit(dataset(thin)).notes
    for by in ("domain", "month"):
        found += boards(data, by=by, draws=0).notes
    return found


def published_notes() -> list[str]:
    rows = pl.DataFrame(
        {
            "board": ["B"] * 3,
            "model": ["x", "y", "z"],
            "variant": ["high", "default", "default"],
            "rating": [3.0, 2.0, 1.0],
            "stderr": [1.0, 1.0, None],
            "as_of": [dt.date(2026, 1, 1)] * 3,
        }
    )
    scores = pl.DataFrame({"model": ["x"], "benchmark": ["b"], "score": [0.5]})
    data = headway.dataset.Dataset.from_frames(scores=scores, ratings=rows)
    drawn = headway.rulers.published("B", draws=2).fit(data)
    quiet = headway.rulers.published("B", errors="none").fit(data)
    return [*drawn.notes, *quiet.notes]


@pytest.mark.parametrize(("made", "kinds"), [(notes, 12), (published_notes, 4)])
def test_every_note_is_translated(made, kinds) -> None:
    chinese = Words("zh")
    found = made()
    # Digits and names aside, so many sentences.
    assert len({note.split(" (")[0].strip("0123456789") for note in found}) >= kinds, found
    assert [note for note in found if not chinese.note(note)[1]] == []
