"""What new facts do to the usual answer: the headline and its day of evidence, before and after."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from headway.analyses.asked import of_scale
from headway.analyses.contest import LagSpec
from headway.analyses.diff import lags
from headway.analyses.lag import lag
from headway.errors import HeadwayError
from headway.rulers import LogisticRuler, PublishedRuler
from headway.rulers.scale import Ruler, Scale

if TYPE_CHECKING:
    from headway.dataset import Dataset

MOST_SCORES = 50_000
"""More scores than this are not fitted for the sake of a sentence."""

_OF_SCORES = (
    "scores", "models", "benchmarks", "organisations", "sources", "availability",
)  # fmt: skip
_OF_RATINGS = ("ratings", "models", "organisations", "sources", "availability")


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """The usual answer of one ruler before and after.

    Parameters
    ----------
    ruler
        Its kind: ``eci``, or ``published``.
    before, after
        ``estimate`` in ``unit``, ``period``, ``status`` and ``evidence``, the last day of the
        evidence and where it comes from; or ``why`` there is no answer.
    of_evidence, of_time
        How much of the change other evidence about the same day made, and the later day; None
        where there is no answer on either side.
    """

    ruler: str
    before: Mapping[str, Any]
    after: Mapping[str, Any]
    of_evidence: float | None = None
    of_time: float | None = None

    @property
    def day_moved(self) -> bool:
        """Whether the last day of the evidence is another one."""
        return _day(self.before) != _day(self.after)

    @property
    def moved(self) -> bool:
        """Whether the answer or the last day is another one."""
        return self.day_moved or self.before.get("estimate") != self.after.get("estimate")

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {
            "ruler": self.ruler,
            "before": dict(self.before),
            "after": dict(self.after),
            "of_evidence": self.of_evidence,
            "of_time": self.of_time,
            "moved": self.moved,
            "evidence_day_moved": self.day_moved,
        }


def effects(before: "Dataset", after: "Dataset", spec: LagSpec | None = None) -> list[Effect]:
    """Measure the usual question before and after, without draws.

    Parameters
    ----------
    before, after
        The facts; only tables that some ruler of scores or of ratings looks at are compared.
    spec
        The question; the default one when None.

    Returns
    -------
    list of Effect
        For the ECI-compatible ruler when anything that it rests on changed, and for the
        published ratings of its board likewise; empty when nothing did.
    """
    spec = spec or LagSpec()
    board = PublishedRuler()
    asked: list[tuple[str, Ruler]] = []
    if _changed(before, after, _OF_SCORES):
        asked.append(("eci", LogisticRuler(draws=0)))
    if _changed(before, after, _OF_RATINGS) and board.board in set(after.ratings["board"]):
        asked.append(("published", board))
    return [_effect(name, ruler, before, after, spec) for name, ruler in asked]


def _changed(before: "Dataset", after: "Dataset", names: tuple[str, ...]) -> bool:
    return any(not before.table(name).equals(after.table(name)) for name in names)


def _effect(name: str, ruler: Ruler, before: "Dataset", after: "Dataset", spec: LagSpec) -> Effect:
    scales, sides = [], []
    for data in (before, after):
        scale, side = _side(ruler, data, spec)
        scales.append(scale)
        sides.append(side)
    then, now = scales
    parts: dict[str, float | None] = {}
    if then is not None and now is not None and sides[0] != sides[1]:
        rows = lags(then, now, spec, []).select("entity", "estimate")
        parts = {
            part: value for part, value in rows.iter_rows() if part in ("of_evidence", "of_time")
        }
    return Effect(
        ruler=name, before=sides[0], after=sides[1],
        of_evidence=parts.get("of_evidence"), of_time=parts.get("of_time"),
    )  # fmt: skip


def _side(ruler: Ruler, data: "Dataset", spec: LagSpec) -> tuple[Scale | None, dict[str, Any]]:
    if data.scores.height > MOST_SCORES:
        return None, {"why": f"there are {data.scores.height:,} scores; `headway lag` says it"}
    scale = None
    try:
        scale = ruler.fit(data, draws=0)
        row = lag(scale, **_options(spec)).headline()
    except HeadwayError as error:
        evidence = None if scale is None else of_scale(scale, spec.date)["evidence"]
        return None, {"why": error.message, "evidence": evidence}
    kept = {part: row[part] for part in ("estimate", "unit", "period", "status")}
    return scale, kept | {"evidence": of_scale(scale, spec.date)["evidence"]}


def _options(spec: LagSpec) -> dict[str, Any]:
    return {name: getattr(spec, name) for name in spec.__dataclass_fields__}


def _day(side: Mapping[str, Any]) -> str | None:
    evidence = side.get("evidence")
    return None if evidence is None else str(evidence["day"])
