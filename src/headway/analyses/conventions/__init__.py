"""One file per convention: how a lag is measured once the two frontiers are drawn.

Every file has ``measure(contest) -> Measured``. A new convention is a new file, a line in
:data:`headway.analyses.lag.MEASURES`, a line in :data:`OPTIONS` and its words in the report.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

import polars as pl

from headway.analyses.result import Finding
from headway.errors import UsageError
from headway.shortly import of_fields

_FRONTIERS = frozenset({"since", "drop_first", "min_scores", "candidates", "region", "withdrawn"})
_RECORDS = frozenset({"drop_first", "min_scores", "region"})

OPTIONS: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "daily": _FRONTIERS | {"tie"},
        "daily-significant": _RECORDS | {"since", "significance", "withdrawn"},
        "levels": _FRONTIERS | {"tie"},
        "records": _FRONTIERS | {"tie"},
        "time-to-match": _FRONTIERS | {"tie", "horizon"},
        "thresholds": frozenset({"since", "step", "bandwidth", "seed"}),
        "trend": _FRONTIERS | {"trend_starts", "trend_on"},
        "named": _RECORDS | {"model"},
        "gap": _FRONTIERS,
        "by_domain": _FRONTIERS - {"since", "drop_first"} | {"tie"},
        "by_benchmark": _FRONTIERS - {"since", "drop_first", "min_scores"} | {"tie"},
        "changes": _FRONTIERS - {"since"} | {"tie"},
    }
)
"""Which options each convention, and each other question about two groups, depends on.

Besides these, all depend on the groups, the dates, the last day and the level.
"""
_ALWAYS = frozenset({"leader", "follower", "convention", "date", "until", "level"})


@dataclass(frozen=True, eq=False, kw_only=True)
class Measured:
    """What a convention found: its numbers, the series behind them, what to know.

    ``first`` is the first day that counts, where it is not that of the contest.
    """

    findings: list[Finding]
    details: Mapping[str, pl.DataFrame] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    first: int | None = None

    __repr__ = of_fields


def without_effect(options: Sequence[str], questions: Sequence[str]) -> list[str]:
    """Return the options that none of some questions depends on.

    >>> without_effect(["tie", "horizon", "level"], ["daily"])
    ['horizon']
    """
    used = _ALWAYS.union(*(OPTIONS[question] for question in questions))
    return [name for name in options if name not in used]


def require_effect(
    options: Mapping[str, str], questions: Sequence[str], *, called: str | None = None
) -> None:
    """Refuse options that would change nothing.

    Parameters
    ----------
    options
        Fields of a :class:`headway.analyses.contest.LagSpec` that were asked for, with what the
        user calls each.
    questions
        Keys of :data:`OPTIONS`.
    called
        What the user calls the questions.

    Raises
    ------
    UsageError
        Naming the options and the conventions that do depend on them.
    """
    wrong = without_effect(list(options), questions)
    if not wrong:
        return
    who = {name: [q for q, used in OPTIONS.items() if name in used and "_" not in q]
           for name in wrong}  # fmt: skip
    raise UsageError(
        f"{' and '.join(options[name] for name in wrong)} would have no effect on "
        f"{called or ' and '.join(questions)}",
        hint="; ".join(
            f"{options[name]} is an option of {', '.join(used)}" for name, used in who.items()
            if used and used != ["changes"]
        ) or "leave it out",
    )  # fmt: skip
