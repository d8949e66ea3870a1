"""What few scores cannot carry: a value, but no rank and no place on a frontier."""

import datetime as dt
from functools import cache

import polars as pl
import pytest

import headway
from headway.analyses import doubling_time
from headway.analyses.agreement import agreement
from headway.analyses.contest import LagSpec
from headway.analyses.events import events
from headway.analyses.lag import compare
from headway.dataset import Dataset
from headway.errors import HeadwayError, UsageError
from headway.frontier import frontier
from headway.report.charts import ranking
from headway.report.words import Words
from headway.rulers import eci
from headway.rulers.ranks import simultaneous_ranks
from headway.rulers.scale import Scale
from tests.races import race

LUCKY = "lucky"


@cache
def with_lucky(n: int) -> Scale:
    """The race, and an American model with n perfect scores that came late."""
    data = race()
    columns = ["model", "country", "announced_on", "available_on", "listed_on"]
    day = dt.date(2025, 8, 1)
    models = data.models.select(columns)
    one = pl.DataFrame([(LUCKY, "US", day, day, day)], schema=models.schema, orient="row")
    scores = data.scores.select("model", "benchmark", "variant", "score")
    perfect = pl.DataFrame(
        [(LUCKY, f"b{7 - j}", "default", 0.99) for j in range(n)], schema=scores.schema,
        orient="row",
    )  # fmt: skip
    made = Dataset.from_frames(
        recorded_on="2026-01-01",
        models=pl.concat([models, one]),
        aliases=data.aliases.select("kind", "alias", "id"),
        scores=pl.concat([scores, perfect]),
    )
    return eci(draws=60).fit(made)


@pytest.mark.parametrize("n", [1, 2, 3])
def test_few_scores_carry_no_rank_and_no_frontier(n: int) -> None:
    scale = with_lucky(n)
    assert scale.table["entity"][0] == LUCKY, "by value alone it would be first"
    ranked = scale.rank()
    row = ranked.row(by_predicate=pl.col("entity") == LUCKY, named=True)
    assert row["rank"] is None
    assert row["estimate"] == scale.table["estimate"][0]
    numbered = ranked.drop_nulls("rank")
    assert numbered["rank"].to_list() == list(range(1, numbered.height + 1))
    assert LUCKY in ranked.tail(ranked.height - numbered.height)["entity"]
    assert LUCKY not in simultaneous_ranks(scale)["entity"]
    [note] = scale.unranked()
    assert LUCKY in note
    assert Words("zh").note(note)[1]
    front = frontier(scale, "country:US")
    assert LUCKY not in front.models
    assert any(LUCKY in note and Words("zh").note(note)[1] for note in front.notes)
    result = compare(scale, LagSpec())
    assert any(LUCKY in note for note in result.notes)
    for detail in ("records", "matches", "named"):
        assert LUCKY not in str(result.details[detail].to_dicts())
    assert LUCKY not in ranking(scale).to_json()
    agreed = agreement({"one": scale, "two": with_lucky(0)})
    assert LUCKY not in str(agreed.details["movers"].to_dicts())


def test_four_scores_do_and_so_does_asking_for_it() -> None:
    assert with_lucky(4).rank()["entity"][0] == LUCKY
    assert LUCKY in frontier(with_lucky(4), "country:US").models
    scale = with_lucky(1)
    assert scale.rank(min_scores=1)["entity"][0] == LUCKY
    assert not scale.unranked(1)
    assert LUCKY in frontier(scale, "country:US", min_scores=1).models
    free, bound = (headway.lag(scale, **o).table["estimate"] for o in ({"min_scores": 1}, {}))
    assert not free.equals(bound)


def test_a_ruler_of_few_benchmarks_takes_them_all() -> None:
    data = race()
    two = eci(draws=20, benchmarks=("b1", "b3")).fit(data)
    assert two.fewest == 2
    assert two.enough().all() == (two.n_scores >= 2).all()
    single = headway.rulers.single("b4").fit(data, draws=5)
    assert single.fewest == 1
    assert single.rank()["rank"].null_count() == 0


def test_a_group_without_enough_says_how_to_count_it() -> None:
    scale = with_lucky(1)
    with pytest.raises(UsageError) as caught:
        frontier(scale, f"model:{LUCKY}")
    assert "min_scores of 1 counts them" in str(caught.value.hint)
    assert headway.lag(scale, follower=f"model:{LUCKY}", min_scores=1).table.height


def test_events_are_led_by_models_with_scores_there() -> None:
    table = events(with_lucky(1), LagSpec()).table
    led = table.filter(best_model=LUCKY)
    assert set(led["kind"]) <= {"benchmark"}


def test_doubling_times_use_the_same_frontier() -> None:
    with pytest.raises(HeadwayError):
        doubling_time(with_lucky(1), group=f"model:{LUCKY}")
