"""The Kaplan-Meier curve of waiting times, held against lifelines and exact arithmetic."""

from fractions import Fraction

import numpy as np
import polars as pl
import pytest
from lifelines import KaplanMeierFitter
from lifelines.utils import median_survival_times, restricted_mean_survival_time

from headway.analyses.conventions.time_to_match import followed, kaplan_meier
from headway.analyses.lag import lag
from headway.report.words import Words
from headway.rulers import eci
from tests.races import race

HORIZON = 24.0


def of(time: np.ndarray, seen: np.ndarray, horizon: float = HORIZON) -> tuple[float, float]:
    used = np.ones((1, len(time)), dtype=bool)
    median, mean = kaplan_meier(time[None, :], seen[None, :], used, horizon)
    return float(median[0]), float(mean[0])


def exact(time: np.ndarray, seen: np.ndarray) -> list[tuple[float, Fraction]]:
    """The curve in whole fractions: each time at which it falls, and its height from then on."""
    height, out = Fraction(1), []
    for t in np.unique(time[seen]):
        at_risk = int((time >= t).sum())
        height *= 1 - Fraction(int((seen & (time == t)).sum()), at_risk)
        out.append((float(t), height))
    return out


def samples(kind: str, count: int, seed: int) -> list[tuple[np.ndarray, np.ndarray]]:
    rng = np.random.default_rng(seed)
    out = []
    for _ in range(count):
        n = int(rng.integers(1, 41))
        time = rng.gamma(2.0, 6.0, n)
        seen = rng.random(n) < rng.uniform(0.2, 1.0)
        if kind == "ties":
            time = np.round(time / 3) * 3 + 1.0
        elif kind == "days":
            time = rng.integers(1, 900, n) / 30.4375
        elif kind == "whole":
            seen = np.ones(n, dtype=bool)
        elif kind == "last censored":
            seen[time.argmax()] = False
        elif kind == "beyond the horizon":
            time = time + 20.0
        out.append((time, seen))
    return out


KINDS = ("continuous", "ties", "days", "whole", "last censored", "beyond the horizon")


@pytest.mark.parametrize("kind", KINDS)
def test_median_mean_and_curve_are_those_of_lifelines(kind: str) -> None:
    for time, seen in samples(kind, 25, KINDS.index(kind)):
        median, mean = of(time, seen)
        fitter = KaplanMeierFitter().fit(time, seen)
        # Where its curve stands at one half, lifelines may be above it by a rounding.
        curve = fitter.survival_function_.round(12)
        assert median == median_survival_times(curve), (time, seen)
        area = restricted_mean_survival_time(fitter, t=HORIZON)
        assert mean == pytest.approx(area, abs=1e-9)
        for t, height in exact(time, seen):
            assert curve["KM_estimate"][t] == pytest.approx(float(height), abs=1e-9)
            # The mean up to a time is the area under the curve, so it gives the curve back.
            more, less = (of(time, seen, t + shift)[1] for shift in (1e-3, 5e-4))
            follows = time[time > t]
            if not len(follows) or follows.min() > t + 1e-3:
                assert (more - less) / 5e-4 == pytest.approx(float(height), abs=1e-6)


@pytest.mark.parametrize("kind", KINDS)
def test_median_and_mean_are_those_of_exact_arithmetic(kind: str) -> None:
    """Thousands of samples, where lifelines itself may be off by a rounding."""
    for time, seen in samples(kind, 1000, 100 + KINDS.index(kind)):
        curve = exact(time, seen)
        half = [t for t, height in curve if height <= Fraction(1, 2)]
        area, before, height = 0.0, 0.0, Fraction(1)
        for t, lower in curve:
            area += (min(t, HORIZON) - before) * float(height)
            before, height = min(t, HORIZON), lower
        area += (HORIZON - before) * float(height)
        assert of(time, seen) == (half[0] if half else np.inf, pytest.approx(area, abs=1e-9))


@pytest.mark.parametrize("n", range(1, 401))
def test_the_median_of_whole_waits_is_the_lower_middle_one(n: int) -> None:
    time = np.random.default_rng(n).permutation(n) + 1.0
    assert of(time, time > 0)[0] == (n + 1) // 2


def test_the_median_at_exactly_one_half_with_censored_waits() -> None:
    """Every way to censor up to ten waits: the curve may stand at one half after any of them."""
    for n in range(1, 11):
        time = np.arange(1.0, n + 1)
        for bits in range(2**n):
            seen = np.array([bool(bits >> k & 1) for k in range(n)])
            half = [t for t, height in exact(time, seen) if height <= Fraction(1, 2)]
            assert of(time, seen)[0] == (half[0] if half else np.inf), (n, bits)


def test_all_censored_and_a_single_wait() -> None:
    never = np.zeros(3, dtype=bool)
    assert of(np.array([1.0, 2.0, 30.0]), never) == (np.inf, HORIZON)
    assert of(np.array([5.0]), never[:1]) == (np.inf, HORIZON)
    assert of(np.array([5.0]), ~never[:1]) == (5.0, 5.0)
    assert of(np.array([0.0]), ~never[:1]) == (0.0, 0.0)


@pytest.mark.parametrize("kind", KINDS)
def test_a_mean_is_known_where_the_curve_reaches_the_horizon_or_zero(kind: str) -> None:
    for time, seen in samples(kind, 200, 300 + KINDS.index(kind)):
        used = np.ones((1, len(time)), dtype=bool)
        curve = exact(time, seen)
        down = bool(curve) and curve[-1][1] == 0
        known = followed(time[None, :], seen[None, :], used, HORIZON)
        assert known.tolist() == [down or time.max() >= HORIZON], (time, seen)
        # Where it is known, what comes after the longest wait has no part in the mean.
        later = kaplan_meier(time[None, :], seen[None, :], used, HORIZON + 12)[1][0]
        if down and time.max() <= HORIZON:
            assert later == pytest.approx(of(time, seen)[1])


@pytest.mark.parametrize("horizon", [6.0, 12.0, 24.0, 60.0])
@pytest.mark.parametrize("until", ["2024-07-15", "2024-12-01", "2025-12-20"])
def test_a_mean_beyond_what_was_followed_says_so(until: str, horizon: float) -> None:
    scale = eci(draws=20).fit(race())
    found = lag(scale, convention="time-to-match", until=until, horizon=horizon)
    waits = found.details["matches"]
    still, longest = waits.filter(status="censored"), waits["at_least"].max()
    row = found.table.filter(period="all", quantity="lag_restricted_mean").row(0, named=True)
    if row["estimate"] == horizon and not (isinstance(longest, float) and longest >= horizon):
        assert row["status"] == "past_follow_up"
    if still.height and still["at_least"].max() == longest and longest < horizon:
        assert row["status"] == "past_follow_up"
    past = found.table.filter(pl.col("status") == "past_follow_up")
    assert set(past["quantity"]) <= {"lag_restricted_mean"}
    said = [note for note in found.notes if "(past_follow_up)" in note]
    assert len(said) == bool(past.height)
    assert all(Words("zh").note(note)[1] for note in said)
