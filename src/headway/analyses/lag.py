"""How far behind: one contest, eight conventions, intervals from paired draws."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from importlib import import_module
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import polars as pl

from headway.analyses.asked import of_contest
from headway.analyses.contest import CONVENTIONS, Contest, LagSpec, contest
from headway.analyses.conventions import (
    OPTIONS,
    Measured,
    daily,
    daily_significant,
    gap,
    levels,
    named,
    records,
    thresholds,
    time_to_match,
    trend,
    without_effect,
)
from headway.analyses.null_values import beside_equality
from headway.analyses.result import Result, marked_incomplete, tidy
from headway.draws import FloatArray
from headway.errors import NotIdentified, UsageError, did_you_mean
from headway.shortly import of_fields

if TYPE_CHECKING:
    import altair as alt

    from headway.rulers.scale import Scale

__all__ = ["CONVENTIONS", "HEADLINE", "MEASURES", "LagResult", "LagSpec", "compare", "lag"]

MEASURES: Mapping[str, Callable[[Contest], Measured]] = MappingProxyType(
    {
        "daily": daily.measure,
        "daily-significant": daily_significant.measure,
        "levels": levels.measure,
        "records": records.measure,
        "time-to-match": time_to_match.measure,
        "thresholds": thresholds.measure,
        "trend": trend.measure,
        "named": named.measure,
        "gap": gap.measure,
    }
)

HEADLINE: Mapping[str, tuple[str, str, str]] = MappingProxyType(
    {
        "daily": ("last-12-months", "frontier", "lag_mean"),
        "daily-significant": ("last-12-months", "frontier", "lag_mean"),
        "levels": ("last-12-months", "levels", "lag_mean"),
        "records": ("last-12-months", "records", "lag_mean"),
        "time-to-match": ("all", "records", "lag_median"),
        "thresholds": ("now", "all", "lag_now"),
        "trend": ("", "", "lag_between_lines"),
        "named": ("now", "", "lag_nearest"),
        "gap": ("now", "frontier", "gap_now"),
    }
)
"""The row that stands for a convention: period, entity, quantity ("" for the last such row)."""


@dataclass(frozen=True, eq=False, kw_only=True)
class LagResult(Result):
    """The lag of one group behind another; see :class:`headway.analyses.result.Result`.

    The column ``value_at_equality`` of the table says what each number would be on average if
    neither group were ahead (:mod:`headway.analyses.null_values`).
    """

    conventions: tuple[str, ...] = ()

    __repr__ = of_fields

    def headline(self, convention: str | None = None) -> dict[str, Any]:
        """Return the row that stands for a convention, as a dictionary."""
        convention = convention or self.conventions[0]
        if convention not in HEADLINE:
            raise UsageError(
                f"convention {convention!r} is not one of {', '.join(HEADLINE)}"
                + did_you_mean(str(convention), tuple(HEADLINE))
            )
        period, entity, quantity = HEADLINE[convention]
        rows = self.table.filter(
            (pl.col("convention") == convention) & (pl.col("quantity") == quantity)
        )
        if period:
            rows = rows.filter(pl.col("period") == period)
        if entity:
            rows = rows.filter(pl.col("entity") == entity)
        if rows.is_empty():
            raise UsageError(f"this result has no {convention} convention")
        answered = rows.drop_nulls("estimate")
        return (answered if answered.height else rows).row(-1, named=True)

    def chart(self) -> "alt.Chart | alt.LayerChart":
        """Chart that fits the convention."""
        chart: alt.LayerChart = import_module("headway.report.charts").lag_chart(self)
        return chart


def lag(
    scale: "Scale",
    *,
    leader: str = "country:US",
    follower: str = "country:CN",
    convention: str = "daily",
    **options: Any,
) -> LagResult:
    """Measure how far one group is behind another.

    Parameters
    ----------
    scale
        Result of a ruler.
    leader, follower
        Groups of models: see :func:`headway.dataset.groups.members`.
    convention
        One of ``daily``, ``daily-significant``, ``levels``, ``records``, ``time-to-match``,
        ``thresholds``, ``trend``, ``named`` and ``gap`` (vertical, in units of the scale).
    options
        Any other field of :class:`LagSpec`.

    Returns
    -------
    LagResult
        Months; positive when the follower is behind. A note names every option that was changed
        and that the convention does not depend on.

    Raises
    ------
    UsageError
        For an unknown option, group or convention, or groups with no day in common.

    Examples
    --------
    >>> import headway
    >>> data = headway.load()
    >>> scale = headway.rulers.eci().fit(data, draws=0)
    >>> result = headway.lag(scale, leader="country:US", follower="country:CN")
    >>> 3 < result.headline()["estimate"] < 9
    True
    """
    spec = LagSpec().with_options(
        leader=leader, follower=follower, convention=convention, **options
    )
    conventions = (spec.convention,)
    return _measure(contest(scale, spec), conventions, _ignored(spec, conventions))


def compare(scale: "Scale", spec: LagSpec, conventions: tuple[str, ...] = CONVENTIONS) -> LagResult:
    """Measure the same contest by several conventions, all on the same draws.

    A convention that the scale cannot serve is left out, and the notes say why; so they do of
    options (but the seed) on which no convention depends.
    """
    return _measure(contest(scale, spec), conventions, _ignored(spec, conventions, ("seed",)))


def _ignored(spec: LagSpec, conventions: tuple[str, ...], but: tuple[str, ...] = ()) -> list[str]:
    """Notes on options that were changed and that no convention depends on."""
    unused = [n for n in without_effect(changed_options(spec), conventions) if n not in but]
    return [f"The option {n} has no effect on {', '.join(conventions)}." for n in unused]


def changed_options(spec: LagSpec) -> list[str]:
    """Return the names of the options that differ from their defaults.

    A tie of 0 is none, so it changes nothing where there is none.
    """
    changed = [f.name for f in fields(spec) if getattr(spec, f.name) != f.default]
    return [name for name in changed if name != "tie" or spec.tie != 0]


def _measure(pair: Contest, conventions: tuple[str, ...], said: Sequence[str] = ()) -> LagResult:
    spec = pair.spec
    frames: list[pl.DataFrame] = []
    details: dict[str, pl.DataFrame] = {}
    draws: dict[tuple[str, ...], FloatArray] = {}
    notes = [*said, *pair.scale.notes, *pair.notes]
    if pair.tied.note and any("tie" in OPTIONS[name] for name in conventions):
        notes.append(pair.tied.note)
    for name in conventions:
        try:
            measured = MEASURES[name](pair)
        except (UsageError, NotIdentified) as error:
            if name == conventions[-1] and not frames:
                raise
            notes.append(f"{name}: {error.message}.")
            continue
        days = pair.days_of(measured.first)
        frame = tidy(name, measured.findings, spec.level, days=days)
        frames.append(beside_equality(frame, tied=pair.tied, horizon=spec.horizon))
        for part, frame in measured.details.items():
            details.setdefault(part, frame)
        notes.extend(measured.notes)
        for finding in measured.findings:
            draws[name, finding.period, finding.entity, finding.quantity] = finding.rows[1:]
    answered = tuple(name for name in conventions if any(k[0] == name for k in draws))
    table = pl.concat(frames)
    return LagResult(
        table=table if pair.complete else marked_incomplete(table),
        spec=spec.to_dict() | {"tie": pair.tie, "tie_unit": pair.tied.unit},
        dataset=pair.scale.dataset.digest,
        details=details,
        draws=draws,
        notes=tuple(dict.fromkeys(notes)),
        asked=of_contest(pair, answered),
        conventions=answered,
    )
