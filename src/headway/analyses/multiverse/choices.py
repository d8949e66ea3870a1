"""The choices that a question about a lag leaves open, and the values that each may take."""

import datetime as dt
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, get_args

import numpy as np
import polars as pl

from headway.errors import UsageError, did_you_mean
from headway.frontier import DateBasis
from headway.rulers import LogisticRuler, eci, published
from headway.rulers.scale import Ruler
from headway.rulers.scores.logistic import require_whole

if TYPE_CHECKING:
    from headway.dataset import Dataset

AXES = ("ruler", "subset", "weights", "as_of", "dates", "candidates", "tie", "answer")
"""The choices, in the order of the cross."""

QUESTIONS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "us-china": ("country:US", "country:CN"),
        "closed-open": ("closed", "open"),
        "us-chinese-open": ("country:US", "country:CN+open"),
        "us-chinese-closed": ("country:US", "country:CN+closed"),
        "us-closed-chinese-open": ("country:US+closed", "country:CN+open"),
        "us-closed-us-open": ("country:US+closed", "country:US+open"),
    }
)
"""Leader and follower of the questions that have a name."""

RULERS: Mapping[str, Callable[[], Ruler]] = MappingProxyType(
    {
        "eci": eci,
        "eci-4": lambda: eci(min_scores=4),
        "published": published,
    }
)
"""Rulers with a name of their own here; other names are looked up on the shelf of rulers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One number that a convention gives: which row of its table, and what it depends on.

    Parameters
    ----------
    convention, period, entity, quantity
        The row; period ``year`` is the calendar year of the last day, up to that day.
    tie, draws, mode, scale
        Whether the number depends on the tie, needs draws, depends on which models can hold a
        frontier in a draw, depends on a scale at all.
    drop_first
        Whether the first models of both sides are left out.
    """

    convention: str
    period: str
    entity: str
    quantity: str
    tie: bool = True
    draws: bool = False
    mode: bool = True
    scale: bool = True
    drop_first: bool = False


def _daily(period: str, quantity: str = "lag_mean", **options: Any) -> Answer:
    return Answer(convention="daily", period=period, entity="frontier", quantity=quantity,
                  **options)  # fmt: skip


def _significant(period: str) -> Answer:
    return Answer(convention="daily-significant", period=period, entity="frontier",
                  quantity="lag_mean", tie=False, draws=True, mode=False)  # fmt: skip


def _trend(start: str) -> Answer:
    return Answer(convention="trend", period=f"since {start}", entity="frontier",
                  quantity="lag_between_lines", tie=False)  # fmt: skip


def _thresholds(period: str, quantity: str, entity: str = "all") -> Answer:
    return Answer(convention="thresholds", period=period, entity=entity, quantity=quantity,
                  tie=False, mode=False, scale=False)  # fmt: skip


def _records(period: str, entity: str = "records", quantity: str = "lag_mean") -> Answer:
    return Answer(convention="records", period=period, entity=entity, quantity=quantity)


def _match(quantity: str) -> Answer:
    return Answer(convention="time-to-match", period="all", entity="records", quantity=quantity)


def _levels(period: str) -> Answer:
    return Answer(convention="levels", period=period, entity="levels", quantity="lag_mean")


ANSWERS: Mapping[str, Answer] = MappingProxyType(
    {
        "daily-12m": _daily("last-12-months"),
        "daily-year": _daily("year"),
        "daily-all": _daily("all"),
        "daily-first-dropped": _daily("all", drop_first=True),
        "daily-now": _daily("now", "lag_now"),
        "significant-12m": _significant("last-12-months"),
        "significant-year": _significant("year"),
        "levels-12m": _levels("last-12-months"),
        "levels-all": _levels("all"),
        "records-12m": _records("last-12-months"),
        "records-all": _records("all"),
        "records-latest": _records("now", "latest record", "lag_latest"),
        "match-median": _match("lag_median"),
        "match-mean": _match("lag_restricted_mean"),
        "trend-2023": _trend("2023-07-01"),
        "trend-2025": _trend("2025-01-01"),
        "named-latest": Answer(convention="named", period="now", entity="", quantity="lag_nearest",
                               tie=False, mode=False),
        "thresholds-now": _thresholds("now", "lag_now"),
        "thresholds-12m": _thresholds("last-12-months", "lag_mean"),
    }
)  # fmt: skip
"""Every answer of every convention that counts as a way to say how far behind."""

_CANDIDATES = re.compile(r"(records|all)(?:-([1-9][0-9]*))?")
_FEWEST_LEFT_OUT = 5
_SATURATED = 0.9
_BEST = 5


def _option(default: Any, text: str) -> Any:
    return field(default=default, metadata={"help": text})


@dataclass(frozen=True, kw_only=True)
class MultiverseSpec:
    """Which values every choice takes; the cross of all is asked."""

    questions: tuple[str, ...] = _option(
        ("us-china",), f"Questions by name: {', '.join(QUESTIONS)}. Each has its own answer."
    )
    leader: str | None = _option(None, "Leader of a question of your own, such as closed.")
    follower: str | None = _option(None, "Follower of a question of your own.")
    rulers: tuple[str, ...] = _option(("eci", "eci-4", "published"), "Rulers by name.")
    subsets: tuple[str, ...] = _option(
        (),
        "Evidence: all, public, private, unsaturated, independent, without-DOMAIN; by default "
        "all of these, with the domains of five or more benchmarks left out one at a time.",
    )
    weights: tuple[str, ...] = _option(
        ("equal", "domain"), "Weights of benchmarks: equal, or domain (every domain the same)."
    )
    as_of: tuple[dt.date, ...] = _option(
        (),
        "Days on which the question is asked, with the models of that day; by default the day "
        "of the evidence and half a year before.",
    )
    dates: tuple[DateBasis, ...] = _option(("available", "announced", "weights"),
                                           "What dates a model.")  # fmt: skip
    candidates: tuple[str, ...] = _option(
        ("records", "all"),
        "Models that can hold a frontier in a draw: records or all; records-8 asks for eight "
        "scores too, in place of those that a rank takes.",
    )
    ties: tuple[float, ...] = _option((0.0, 1.0, 2.0), "Differences that count as none.")
    answers: tuple[str, ...] = _option(
        tuple(ANSWERS), f"What is read off the frontiers: {', '.join(ANSWERS)}."
    )
    draws: int = _option(100, "Draws of every way.")
    seed: int = _option(0, "Seed of the draws.")
    level: float = _option(0.9, "Level of the intervals.")

    def __post_init__(self) -> None:
        for name in ("rulers", "weights", "dates", "candidates", "ties", "answers"):
            if not getattr(self, name):
                raise UsageError(f"{name} is empty; expected one or more")
        for name in ("questions", "rulers", "subsets", "weights", "as_of", "dates", "candidates",
                     "ties", "answers"):  # fmt: skip
            values = tuple(dict.fromkeys(getattr(self, name)))
            object.__setattr__(self, name, values)
        _known("question", self.questions, QUESTIONS)
        _known("weights", self.weights, ("equal", "domain"))
        _known("dates", self.dates, get_args(DateBasis))
        _known("answer", self.answers, ANSWERS)
        for value in self.candidates:
            if not _CANDIDATES.fullmatch(value):
                raise UsageError(
                    f"candidates {value!r} is not records or all, perhaps with a number of scores",
                    hint="for example records-4",
                )
        for tie in self.ties:
            if not (isinstance(tie, int | float) and np.isfinite(tie) and tie >= 0):
                raise UsageError(f"tie is {tie!r}; expected a number at least 0")
        require_whole("draws", self.draws, 0, 10_000)
        require_whole("seed", self.seed, 0)
        if not 0 < self.level < 1:
            raise UsageError(f"level is {self.level!r}; expected a number between 0 and 1")
        if (self.leader is None) != (self.follower is None):
            raise UsageError("a question of your own needs both a leader and a follower")
        if not self.asked:
            raise UsageError("no question is asked", hint=f"one of {', '.join(QUESTIONS)}")

    @property
    def asked(self) -> dict[str, tuple[str, str]]:
        """Leader and follower of every question."""
        found = {name: QUESTIONS[name] for name in self.questions}
        if self.leader is not None and self.follower is not None:
            pair = (self.leader, self.follower)
            named = {sides: name for name, sides in QUESTIONS.items()}
            found[named.get(pair, "own")] = pair
        return found

    def with_options(self, **options: Any) -> "MultiverseSpec":
        """Return a copy with other options, naming an unknown one."""
        known = [f.name for f in fields(self)]
        for name in options:
            if name not in known:
                raise UsageError(f"unknown option {name!r}{did_you_mean(name, known)}")
        return replace(self, **options)

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {f.name: _plain(getattr(self, f.name)) for f in fields(self)}


def question_of(leader: str, follower: str) -> str:
    """Name of the question with these two sides, or ``own``."""
    return {sides: name for name, sides in QUESTIONS.items()}.get((leader, follower), "own")


def candidate_rule(value: str) -> tuple[str, int | None]:
    """Mode and fewest scores of a candidates rule; None for those of the ruler.

    >>> candidate_rule("records-4"), candidate_rule("all")
    (('records', 4), ('all', None))
    """
    found = _CANDIDATES.fullmatch(value)
    assert found is not None
    return found[1], None if found[2] is None else int(found[2])


def can_refit(ruler: Ruler) -> bool:
    """Whether a ruler can be fitted again on other benchmarks.

    Published ratings cannot, and a ruler that names its own benchmarks, by an option or a file,
    is a choice of benchmarks already.
    """
    return getattr(ruler, "benchmarks", ()) is None


def can_weight(ruler: Ruler) -> bool:
    """Whether the benchmarks of a ruler can be given weights."""
    return isinstance(ruler, LogisticRuler) and ruler.weights is None


def subsets_of(data: "Dataset", wanted: Sequence[str] = ()) -> tuple[str, ...]:
    """Return the names of the subsets of the evidence, checked, or the default ones.

    Raises
    ------
    UsageError
        For a name that means nothing in this dataset.
    """
    counts = _domains(data)
    large = [domain for domain, n in counts if n >= _FEWEST_LEFT_OUT]
    usual = ("all", "public", "private", "unsaturated", "independent")
    if not wanted:
        return (*usual, *(f"without-{domain}" for domain in large))
    possible = (*usual, *(f"without-{domain}" for domain, _ in counts))
    _known("subset", wanted, possible)
    return tuple(wanted)


def _domains(data: "Dataset") -> list[tuple[str, int]]:
    used = data.benchmarks.filter(pl.col("benchmark").is_in(data.scores["benchmark"].implode()))
    counts = used.drop_nulls("domain").group_by("domain").len()
    return [(str(d), int(n)) for d, n in counts.sort("len", "domain", descending=[True, False])
            .iter_rows()]  # fmt: skip


def subset(data: "Dataset", name: str) -> "Dataset":
    """Return the part of the evidence that a subset keeps.

    ``private`` is held out or semi-private; ``unsaturated`` leaves out the benchmarks on which
    the median of the five best chance-corrected scores is 0.9 or more; ``independent`` keeps
    the scores that a third party or the benchmark's maintainer reported.

    Raises
    ------
    UsageError
        When nothing is left.
    """
    facts = data.benchmarks
    if name == "all":
        return data
    try:
        if name == "public":
            return data.where(item_access="public")
        if name == "private":
            there = set(facts["item_access"]) & {"held_out", "semi_private"}
            return data.where(item_access=sorted(there))
        if name == "independent":
            there = set(data.scores["reporter"]) & {"independent", "benchmark"}
            return data.where(reporter=sorted(there))
        if name == "unsaturated":
            best = pl.col("performance").sort(descending=True).head(_BEST).median()
            tops = data.normalised_scores().group_by("benchmark").agg(best)
            kept = tops.filter(pl.col("performance") < _SATURATED)["benchmark"]
            return data.where(benchmark=sorted(kept))
        domain = name.removeprefix("without-")
        kept = facts.filter(pl.col("domain").ne_missing(domain))["benchmark"]
        return data.where(benchmark=sorted(kept))
    except UsageError as error:
        raise UsageError(f"the subset {name} has no evidence: {error.message}") from None


def domain_weights(data: "Dataset") -> dict[str, float]:
    """Weights with which the scores of every domain weigh the same, 1 on average."""
    cells = data.scores.select("model", "benchmark").unique()
    facts = data.benchmarks.select("benchmark", pl.col("domain").fill_null("unknown"))
    counted = cells.join(facts, on="benchmark").group_by("domain").len()
    each = len(cells) / len(counted)
    of_domain = {domain: each / n for domain, n in counted.iter_rows()}
    used = facts.filter(pl.col("benchmark").is_in(cells["benchmark"].implode())).sort("benchmark")
    return {benchmark: of_domain[domain] for benchmark, domain in used.iter_rows()}


def _known(what: str, values: Sequence[str], possible: Any) -> None:
    for value in values:
        if value not in possible:
            raise UsageError(
                f"{what} {value!r} is not one of {', '.join(possible)}"
                + did_you_mean(str(value), tuple(possible))
            )


def _plain(value: Any) -> Any:
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    return value
