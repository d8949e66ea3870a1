"""The sentence at the top, in every case that a lag can be in."""

from typing import Any

import pytest

from headway.report.headline import Headline, headline
from headway.report.words import Words


def _headline(lang: str = "en", *, others: list[float] | None = None, **changes: Any) -> Headline:
    row: dict[str, Any] = {
        "convention": "daily", "period": "last-12-months", "quantity": "lag_mean",
        "estimate": 5.83, "low": 4.9, "high": 7.1, "level": 0.9, "status": "ok",
    }  # fmt: skip
    groups = {
        "leader": changes.pop("leader", "country:US"),
        "follower": changes.pop("follower", "country:CN"),
    }
    return headline(
        Words(lang), row | changes, date="available", tie=1.0, others=others or [], **groups
    )


@pytest.mark.parametrize(
    ("changes", "english", "chinese"),
    [
        (
            {},
            "China’s best models are 5.8 months behind the United States’ "
            "(90% interval 4.9 to 7.1)",
            "中国最好的模型落后美国 5.8\u00a0个月（90% 区间：4.9 至 7.1 个月）",
        ),
        (
            {"low": -0.5},
            "China’s best models are 5.8 months behind the United States’ "
            "(90% interval 0.5 ahead to 7.1 behind)",
            "中国最好的模型落后美国 5.8\u00a0个月（90% 区间：领先 0.5 至落后 7.1 个月）",
        ),
        (
            {"estimate": -2.0, "low": -3.0, "high": -1.0},
            "China’s best models are 2.0 months ahead of the United States’ "
            "(90% interval 1.0 to 3.0)",
            "中国最好的模型领先美国 2.0\u00a0个月（90% 区间：1.0 至 3.0 个月）",
        ),
        (
            {"estimate": -2.0, "low": -3.0, "high": 1.5},
            "China’s best models are 2.0 months ahead of the United States’ "
            "(90% interval 1.5 behind to 3.0 ahead)",
            "中国最好的模型领先美国 2.0\u00a0个月（90% 区间：落后 1.5 至领先 3.0 个月）",
        ),
        (
            {"estimate": 0.0, "low": None, "high": None},
            "China’s best models are level with the United States’",
            "中国最好的模型与美国不相上下",
        ),
        (
            {"status": "at_least"},
            "China’s best models are at least 5.8 months behind the United States’",
            "中国最好的模型落后美国至少 5.8\u00a0个月",
        ),
        (
            {"estimate": -4.0, "status": "censored"},
            "China’s best models are at least 4.0 months ahead of the United States’",
            "中国最好的模型领先美国至少 4.0\u00a0个月",
        ),
        (
            {"estimate": None, "low": None, "high": None, "status": "not_enough_data"},
            "How far China’s best models are behind the United States’ cannot be said: "
            "not enough data",
            "中国最好的模型落后美国多少，目前无法判断：数据不足",
        ),
        (
            {"leader": "closed", "follower": "open", "low": None, "high": None},
            "The best open-weight models are 5.8 months behind the best closed ones",
            "最好的开放权重模型落后最好的闭源模型 5.8\u00a0个月",
        ),
    ],
)
def test_claims(changes: dict[str, Any], english: str, chinese: str) -> None:
    assert _headline(**changes).claim == english
    assert str(_headline("zh", **changes)) == chinese


def test_a_reason_stands_inside_the_sentence() -> None:
    said = _headline(leader="country:CN", follower="open", estimate=None, status="not_reached")
    assert said.claim.startswith("How far the best open-weight models are behind China’s ")
    assert said.interval == ""


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        (
            {},
            "Mean over the last 12 months, day-by-day convention with a 1-point tie, "
            "dates of availability.",
        ),
        (
            {"convention": "time-to-match", "quantity": "lag_median", "period": "all"},
            "Median over all records, time-until-matched convention with a 1-point tie, "
            "dates of availability.",
        ),
        (
            {"convention": "trend", "quantity": "lag_between_lines", "period": "since 2025-01-01"},
            "On the last day, straight-line convention, dates of availability.",
        ),
    ],
)
def test_the_basis_names_period_convention_tie_and_dates(
    changes: dict[str, Any], expected: str
) -> None:
    assert _headline(**changes).basis == expected


def test_other_conventions() -> None:
    assert _headline(others=[3.1, 9.0]).others == "Other conventions say 3.1 to 9.0 months."
    mixed = _headline(others=[-1.0, 4.0]).others
    assert mixed == "Other conventions say anything from 1.0 months ahead to 4.0 months behind."
    assert _headline().others == ""
