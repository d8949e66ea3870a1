"""Published ratings: days, variants, and draws from published errors."""

from datetime import date

import numpy as np
import polars as pl
import pytest

import headway
from headway.dataset import Dataset
from headway.errors import UsageError

published = headway.rulers.published
DAY, LATER = date(2026, 6, 1), date(2026, 7, 1)


def board(rows: list[dict], models: pl.DataFrame | None = None) -> Dataset:
    plain = {"board": "B", "as_of": LATER, "variant": "default", "low": None, "high": None,
             "level": None, "stderr": None, "votes": None}  # fmt: skip
    ratings = pl.DataFrame([plain | row for row in rows], infer_schema_length=None)
    scores = pl.DataFrame({"model": [rows[0]["model"]], "benchmark": ["x"], "score": [0.5]})
    frames = {} if models is None else {"models": models}
    return Dataset.from_frames(scores=scores, ratings=ratings, recorded_on="2026-08-01", **frames)


PLAIN = [
    {"model": "x", "rating": 1500.0, "stderr": 4.0, "votes": 1000},
    {"model": "y", "rating": 1480.0, "stderr": 10.0, "votes": 100},
]


def test_standard_errors_make_independent_normal_draws() -> None:
    scale = published("B", draws=20_000, seed=3).fit(board(PLAIN))
    values = scale.capability.values
    # Four Monte Carlo errors: 1/sqrt(20,000) of a mean, 0.7 of that of a deviation.
    assert np.abs(values.mean(axis=0) - [1500, 1480]).max() < 4 * 10 / 141
    assert values.std(axis=0) == pytest.approx([4, 10], rel=0.03)
    assert abs(np.corrcoef(values.T)[0, 1]) < 4 / 141
    assert scale.notes == (
        "B: how the errors of the ratings go together was not published; the draws take them for"
        " independent.",
    )
    assert scale.n_scores.tolist() == [1000, 100]
    # 1.6449 standard errors of the normal distribution.
    assert scale.high - scale.estimate == pytest.approx([4 * 1.6448536, 10 * 1.6448536])
    assert scale.level == 0.9


def test_symmetric_intervals_do_as_well() -> None:
    rows = [{"model": m, "rating": 0.0, "low": -1.959964 * s, "high": 1.959964 * s, "level": 0.95}
            for m, s in (("x", 2.0), ("y", 5.0))]  # fmt: skip
    scale = published("B", draws=20_000).fit(board(rows))
    assert scale.capability.values.std(axis=0) == pytest.approx([2, 5], rel=0.03)
    assert scale.level == 0.95
    assert scale.high.tolist() == [1.959964 * 2, 1.959964 * 5]
    other = published("B", level=0.5).fit(board(rows))
    assert other.high == pytest.approx([0.6744898 * 2, 0.6744898 * 5], rel=1e-6)
    assert other.level == 0.5


def test_asymmetric_intervals_make_draws_when_asked() -> None:
    rows = [{"model": "x", "rating": 0.0, "low": -1.0, "high": 3.0, "level": 0.9},
            {"model": "y", "rating": 9.0, "low": 8.0, "high": 10.0, "level": 0.9}]  # fmt: skip
    quiet = published("B").fit(board(rows))
    assert quiet.capability.n_draws == 0
    assert quiet.notes == ("B: published ratings have no paired draws.",)
    scale = published("B", errors="any", draws=40_000).fit(board(rows))
    low, high, _ = scale.capability.interval(0.9)
    assert low == pytest.approx([-1.0, 8.0], abs=0.05)
    assert high == pytest.approx([3.0, 10.0], abs=0.1)
    assert np.median(scale.capability.values[:, 0]) == pytest.approx(0.0, abs=0.05)
    assert published("B", errors="none").fit(board(PLAIN)).capability.n_draws == 0


def test_a_rating_without_an_error_stands_and_is_named() -> None:
    scale = published("B", draws=50).fit(board([*PLAIN, {"model": "z", "rating": 1.0}]))
    assert (scale.capability.sel(model="z").values == 1.0).all()
    assert scale.status == ("ok", "ok", "point_only")
    assert "B: 1 ratings have no error and stand as they are: z." in scale.notes
    bare = published("B").fit(board([{"model": "z", "rating": 1.0}]))
    assert (bare.capability.n_draws, bare.seed) == (0, None)


def test_the_published_index_is_as_it_was(catalog: Dataset) -> None:
    scale = published().fit(catalog)
    assert scale.capability.n_draws == 0
    assert scale.notes == ("Epoch ECI: published ratings have no paired draws.",)
    drawn = published(errors="any", draws=100).fit(catalog)
    assert drawn.capability.n_draws == 100
    assert np.array_equal(drawn.estimate, scale.estimate)
    fixed = [m for m, s in zip(drawn.models, drawn.status, strict=True) if s == "point_only"]
    assert fixed == ["claude-3-5-sonnet", "gpt-5"]


def variants() -> Dataset:
    return board(
        [
            {"model": "x", "rating": 10.0, "stderr": 1.0},
            {"model": "x", "variant": "high", "rating": 12.0, "stderr": 1.0},
            {"model": "y", "variant": "high", "rating": 11.0, "stderr": 1.0},
            {"model": "y", "rating": 9.0, "stderr": 1.0, "as_of": DAY},
            {"model": "x", "rating": 20.0, "stderr": 1.0, "as_of": DAY},
        ]
    )


def test_the_best_variant_or_a_named_one() -> None:
    best = published("B").fit(variants())
    assert dict(zip(best.models, best.estimate, strict=True)) == {"x": 12.0, "y": 11.0}
    assert "for 2 models it is not the default" in best.notes[0]
    plain = published("B", variant="default").fit(variants())
    assert dict(zip(plain.models, plain.estimate, strict=True)) == {"x": 10.0}
    with pytest.raises(UsageError, match=r"rates no variant 'hihg'.*did you mean 'high'"):
        published("B", variant="hihg").fit(variants())


def test_the_newest_day_or_an_earlier_one() -> None:
    old = published("B", as_of=date(2026, 6, 30)).fit(variants())
    assert dict(zip(old.models, old.estimate, strict=True)) == {"x": 20.0, "y": 9.0}
    assert old.spec["as_of"] == "2026-06-01"
    with pytest.raises(UsageError, match="no ratings as of 2020-01-01") as caught:
        published("B", as_of=date(2020, 1, 1)).fit(variants())
    assert caught.value.hint == "its first were published on 2026-06-01"


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"errors": "all"}, "errors is 'all'; expected symmetric, any, none"),
        ({"as_of": "2026"}, "as_of is '2026'"),
        ({"level": 0.0}, "level is 0.0"),
        ({"draws": -1}, "draws is -1"),
        ({"seed": -1}, "seed is -1"),
    ],
)
def test_absurd_options(options, words) -> None:
    with pytest.raises(UsageError, match=words):
        published("B", **options)


def test_the_same_seed_gives_the_same_bytes() -> None:
    one, two, other = (published("B", seed=s, draws=9).fit(board(PLAIN)) for s in (1, 1, 2))
    assert one.capability.values.tobytes() == two.capability.values.tobytes()
    assert one.capability.draw_set == two.capability.draw_set != other.capability.draw_set


def test_a_lag_on_published_ratings_has_an_interval() -> None:
    rows, facts = [], []
    for country, delay in (("US", 0), ("CN", 1)):
        for k in range(6):
            name, day = (
                f"{country.lower()}{k}",
                date(2024 + (k + delay) // 4, 1 + 3 * ((k + delay) % 4), 1),
            )
            rows.append({"model": name, "rating": 100.0 * k - 20.0 * delay, "stderr": 5.0})
            facts.append((name, country, day, day, day))
    columns = ["model", "country", "listed_on", "announced_on", "available_on"]
    models = pl.DataFrame(facts, schema=columns, orient="row")
    scale = published("B", draws=200).fit(board(rows, models))
    lag = headway.lag(scale, leader="country:US", follower="country:CN", convention="records")
    row = lag.table.filter(period="all", quantity="lag_mean").row(0, named=True)
    assert row["estimate"] == pytest.approx(3.0, abs=0.2)
    assert row["low"] is not None
    assert scale.rank(simultaneous=True)["rank_high_of_all"].max() == 12
