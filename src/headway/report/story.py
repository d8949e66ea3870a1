"""Everything that the report says, computed once."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import TYPE_CHECKING, Any, Literal, get_args

import polars as pl

from headway.analyses.agreement import AgreementResult, agreement
from headway.analyses.by_ruler import by_ruler
from headway.analyses.changes import changes
from headway.analyses.contest import Convention, LagSpec, contest, last_day
from headway.analyses.events import EventsResult, events
from headway.analyses.lag import LagResult, compare
from headway.analyses.multiverse import Everything, reduced
from headway.analyses.premium import PremiumResult, premium
from headway.analyses.result import Result, plain_rows
from headway.dataset import naming
from headway.declared import help_of
from headway.errors import HeadwayError, UsageError, did_you_mean
from headway.frontier import DateBasis, Frontier
from headway.intervals import added_up
from headway.progress import Progress, Silent
from headway.report.headline import Headline, headline
from headway.report.phrases import convention_rows, published_ratings
from headway.report.words import LANGUAGES, Words
from headway.rulers import CalibratedRuler, LogisticRuler, eci, published
from headway.rulers.files.chosen import ChosenRuler
from headway.rulers.files.contents import RulerFile
from headway.rulers.files.reading import find, shelved
from headway.rulers.files.together import together
from headway.rulers.scale import Ruler, Scale
from headway.rulers.scores.anchoring import reanchored
from headway.rulers.scores.gauge import ANCHORS
from headway.shortly import of_fields

if TYPE_CHECKING:
    from headway.dataset import Dataset

Lang = Literal["en", "zh"]
OPEN_CLOSED = ("closed", "open")
COUNTRIES = ("country:US", "country:CN")
DAILY = ("daily", "daily-significant")
MOVERS = 2


def _quoted(text: str) -> str:
    return f"'{text}'" if set(text) & set(" !|&;()$*?'\"") else text


def _option(default: Any, text: str) -> Any:
    return field(default=default, metadata={"help": text})


@dataclass(frozen=True, kw_only=True)
class ReportSpec:
    """Every option of the report, declared once."""

    leader: str = _option("country:US", "Group that is taken to lead, such as country:US.")
    follower: str = _option("country:CN", "Group whose lag is measured, such as country:CN.")
    ruler: str = _option(
        "eci", "Ruler of the headline: a kind, a name of the shelf, or a ruler file."
    )
    convention: Convention = _option("daily", "Convention of the headline.")
    date: DateBasis = _option("available", "What dates a model.")
    tie: float | str | None = _option(None, help_of(LagSpec, "tie"))
    as_of: dt.date | None = _option(
        None, "Ask the question as of this day: later models do not exist."
    )
    known_on: dt.date | None = _option(None, "Use only what had been recorded by this day.")
    since: dt.date | None = _option(None, "Say what changed since this day.")
    draws: int = _option(500, "Number of draws behind the intervals.")
    seed: int = _option(0, "Seed of the draws.")
    level: float = _option(0.9, "Level of the intervals.")
    anchors: Mapping[str, float] = field(
        default_factory=lambda: dict(ANCHORS),
        metadata={"help": "Two models and the points that they get, given one by one."},
    )
    lang: Lang = _option("en", "Language: en or zh.")

    def __post_init__(self) -> None:
        if self.lang not in LANGUAGES:
            raise UsageError(f"lang={self.lang!r} is not one of {', '.join(LANGUAGES)}")
        if self.convention == "gap":
            raise UsageError(
                "the headline of a report is a lag in months; gap is measured in points",
                hint="use another convention; the page shows the gap as well",
            )
        if self.ruler != "eci" and dict(self.anchors) != ANCHORS:
            raise UsageError(
                f"anchors would change the ruler {self.ruler!r}, which its file fixes",
                hint="write them into a ruler file of your own: headway ruler new",
            )
        for name in ("draws", "seed"):
            if not isinstance(getattr(self, name), int) or getattr(self, name) < 0:
                raise UsageError(
                    f"{name} is {getattr(self, name)!r}; expected a whole number from 0"
                )
        for name in ("as_of", "known_on", "since"):
            if not isinstance(getattr(self, name), dt.date | None):
                raise UsageError(f"{name} is {getattr(self, name)!r}; expected a date")
        self.lag_spec()

    def lag_spec(self) -> LagSpec:
        """Return the options of the lag."""
        return LagSpec(
            leader=self.leader, follower=self.follower, convention=self.convention,
            date=self.date, tie=self.tie, level=self.level, seed=self.seed, until=self.as_of,
        )  # fmt: skip

    def with_options(self, **options: Any) -> "ReportSpec":
        """Return a copy with other options, naming an unknown one."""
        known = [f.name for f in fields(self)]
        for name in options:
            if name not in known:
                raise UsageError(f"unknown option {name!r}{did_you_mean(name, known)}")
        return ReportSpec(**({name: getattr(self, name) for name in known} | options))

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        values = {f.name: getattr(self, f.name) for f in fields(self)}
        values["anchors"] = dict(self.anchors)
        return {k: v.isoformat() if isinstance(v, dt.date) else v for k, v in values.items()}

    def command(self) -> str:
        """Return the command that makes the report again."""
        parts = ["headway report"]
        if dict(self.anchors) != ANCHORS:
            parts += [f"--anchor {_quoted(f'{m}={v:g}')}" for m, v in self.anchors.items()]
        for f in fields(self):
            value = getattr(self, f.name)
            if f.name != "anchors" and value != f.default and value is not None:
                text = value.isoformat() if isinstance(value, dt.date) else str(value)
                parts.append(f"--{f.name.replace('_', '-')} {_quoted(text)}")
        return " ".join(parts)


@dataclass(frozen=True, eq=False, kw_only=True)
class Bout:
    """One contest: two frontiers and every way to measure the one behind the other.

    Parameters
    ----------
    compared
        Every convention.
    series
        The day-by-day lag.
    headline
        The row of ``compared`` that stands for the convention of the headline.
    """

    leader: Frontier
    follower: Frontier
    compared: LagResult
    series: LagResult
    headline: Mapping[str, Any]
    spec: LagSpec

    __repr__ = of_fields

    @property
    def records(self) -> pl.DataFrame:
        """Records of the follower with the leader's model first at their level."""
        return self.compared.details["records"]

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {
            "leader": self.spec.leader,
            "follower": self.spec.follower,
            "headline": dict(self.headline),
            "frontiers": plain_rows(pl.concat([self.leader.table, self.follower.table])),
            "conventions": self.compared.to_dict(),
            "daily": self.series.to_dict(),
        }


@dataclass(frozen=True, eq=False, kw_only=True)
class Story:
    """What the report says, in any language and form."""

    spec: ReportSpec
    data: "Dataset"
    scale: Scale
    main: Bout
    second: Bout | None
    events: EventsResult | None
    rulers: Result | None
    agreement: AgreementResult | None
    scales: Mapping[str, Scale]
    headline_ruler: str
    changes: Result | None
    every: Everything | None
    premium: PremiumResult | None
    published: pl.DataFrame
    last_day: dt.date
    problems: Mapping[str, str]
    own_notes: tuple[str, ...] = ()

    __repr__ = of_fields

    def words(self, lang: str | None = None) -> Words:
        """Texts of the report's language, or another."""
        return Words(lang or self.spec.lang)

    def headline(self, lang: str | None = None, *, second: bool = False) -> Headline:
        """Return the sentence of the main contest, or of the second."""
        bout = self.second if second else self.main
        if bout is None:
            raise UsageError("this report has no second contest")
        rows = convention_rows(bout.compared)
        others = [
            float(row["estimate"])
            for row in rows
            if row["estimate"] is not None
            and row["convention"] != bout.headline["convention"]
            and row.get("part", "all") == "all"
        ]
        return headline(
            self.words(lang), bout.headline, leader=bout.spec.leader, follower=bout.spec.follower,
            date=bout.spec.date, tie=float(bout.compared.spec["tie"]),
            tie_unit=str(bout.compared.spec["tie_unit"]), others=others,
        )  # fmt: skip

    @property
    def asked(self) -> dict[str, Any]:
        """The question of the headline as it was in force."""
        return {**self.main.compared.asked, "conventions": [self.main.spec.convention]}

    @property
    def notes(self) -> tuple[str, ...]:
        """Every note of every result, once."""
        results = [self.main.compared, self.main.series, self.events, self.rulers,
                   self.agreement, self.changes]  # fmt: skip
        if self.second is not None:
            results.append(self.second.compared)
        results.append(self.premium)
        found = [note for result in results if result is not None for note in result.notes]
        return tuple(
            dict.fromkeys(
                [
                    *self.own_notes,
                    *self.data.notes,
                    *self.scale.notes,
                    *self.scale.unranked(),
                    *added_up(found),
                ]
            )
        )

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON: unknown is null, dates are ISO text."""
        return {
            "spec": self.spec.to_dict(),
            "asked": self.asked,
            "command": self.spec.command(),
            "dataset": self.data.digest,
            "last_day": self.last_day.isoformat(),
            "headline": self.headline().to_dict(),
            "main": self.main.to_dict(),
            "second": None if self.second is None else self.second.to_dict(),
            "events": None if self.events is None else self.events.to_dict(),
            "rulers": None if self.rulers is None else self.rulers.to_dict(),
            "agreement": None if self.agreement is None else self.agreement.to_dict(),
            "changes": None if self.changes is None else self.changes.to_dict(),
            "multiverse": None if self.every is None else self.every.to_dict(),
            "premium": None if self.premium is None else self.premium.to_dict(),
            "published": plain_rows(self.published),
            "scale": self.scale.to_dict(),
            "problems": dict(self.problems),
            "notes": list(self.notes),
        }


def tell(
    data: "Dataset", spec: ReportSpec | None = None, progress: Progress | None = None
) -> Story:
    """Compute everything that the report says.

    Parameters
    ----------
    data
        The evidence; ``as_of`` and ``known_on`` of the options are applied here.
    spec
        Options; the defaults when None.
    progress
        Told about each stage.

    Raises
    ------
    HeadwayError
        When the main contest cannot be measured. What fails elsewhere is named in
        ``problems`` and left out.
    """
    spec = spec or ReportSpec()
    progress = progress or Silent()
    if spec.known_on is not None:
        data = data.as_of(spec.known_on, by="recorded")
    everything = data
    if spec.as_of is not None:
        data = data.as_of(spec.as_of, by="released")
    progress.stage("Fitting the scale")
    ruler, note = _ruler(everything, data, spec)
    scale = ruler.fit(data, draws=spec.draws, seed=spec.seed, progress=progress)
    progress.stage("Measuring the main contest")
    options = spec.lag_spec()
    if spec.as_of is not None:
        _require_known(everything, spec.as_of)
    day = last_day(scale, options)
    own_notes = [note] if note else []
    main = _bout(scale, options)
    problems: dict[str, str] = {}

    def attempt(name: str, work: Any) -> Any:
        try:
            return work()
        except HeadwayError as error:
            problems[name] = error.message
            return None

    progress.stage("Measuring the second contest")
    pair = COUNTRIES if {spec.leader, spec.follower} <= {"open", "closed"} else OPEN_CLOSED
    second = attempt(
        "second", lambda: _bout(scale, options.with_options(leader=pair[0], follower=pair[1]))
    )
    found = attempt("events", lambda: events(scale, options, progress))
    progress.stage("Measuring by every ruler of the shelf")
    scales, failures = _shelf(data, spec, ruler, scale, progress)
    rulers = attempt(
        "rulers",
        lambda: by_ruler(scales, spec.lag_spec(), failures=failures, dataset=data.digest),
    )
    reference = _reference(spec, scale, scales)
    agreed = None
    if len(scales) > 1:
        agreed = attempt(
            "agreement",
            lambda: agreement(
                scales, reference=reference or None, level=spec.level, seed=spec.seed,
                movers=MOVERS, all_pairs=False,
            ),
        )  # fmt: skip
    measured = attempt(
        "premium",
        lambda: premium(
            _with_curves(scale, scales), leader=spec.leader, follower=spec.follower,
            date=spec.date, level=spec.level, seed=spec.seed, progress=progress,
        ),
    )  # fmt: skip
    changed = None
    if spec.since is not None:
        since = spec.since
        progress.stage("Looking for changes")
        changed = attempt("changes", lambda: changes(scale, options, since))
    progress.stage("Asking in every way")
    asked: dict[str, Ruler] = {"eci": eci(anchors=spec.anchors), "published": published()}
    if spec.ruler != "eci":
        asked[spec.ruler] = ruler
    every = attempt(
        "multiverse",
        lambda: reduced(
            everything,
            spec.leader,
            spec.follower,
            rulers=asked,
            day=day,
            level=spec.level,
            seed=spec.seed,
        ),
    )
    return Story(
        spec=spec, data=data, scale=scale, main=main, second=second, events=found,
        rulers=rulers, agreement=agreed, scales=scales,
        headline_ruler=reference, premium=measured, changes=changed, every=every,
        published=_published(scale), last_day=day, problems=problems,
        own_notes=tuple(own_notes),
    )  # fmt: skip


def _require_known(everything: "Dataset", day: dt.date) -> None:
    newest = everything.known_until
    if newest is not None and day > newest:
        raise UsageError(
            f"as_of is {day}, but the evidence was recorded by {newest}",
            hint="what came later is not known; choose a day up to then",
        )


def _shelf(
    data: "Dataset", spec: ReportSpec, ruler: Ruler, scale: Scale, progress: Progress
) -> tuple[dict[str, Scale], dict[str, str]]:
    """Scales of every ruler of the shelf, and of the main one where it is not among them."""
    anchors = ruler.anchors if isinstance(ruler, LogisticRuler) else None
    rulers = {
        name: ChosenRuler(file=file, level=_level(file, spec), anchors=anchors)
        for name, file in shelved().items()
    }
    fitted = ruler.prepare(data)[0] if isinstance(ruler, ChosenRuler) else ruler
    known = [(fitted, scale)] if isinstance(fitted, LogisticRuler | CalibratedRuler) else []
    scales, failures = together(
        rulers, data, draws=spec.draws, seed=spec.seed, progress=progress, known=known
    )
    if isinstance(ruler, ChosenRuler) and ruler.file not in shelved().values():
        scales = {_own_name(ruler): scale} | scales
    return scales, failures


def _with_curves(scale: Scale, scales: Mapping[str, Scale]) -> Scale:
    """Return the main scale, or the first of the shelf, that has curves and points."""
    for one in (scale, *scales.values()):
        if one.curves is not None and one.unit == "points":
            return one
    return scale


def _level(file: RulerFile, spec: ReportSpec) -> float | None:
    return spec.level if "draws.level" in file.of_kind.sections else None


def _own_name(ruler: ChosenRuler) -> str:
    """Name of a ruler that is not on the shelf, different from those that are."""
    name = ruler.file.called()
    return name if name not in shelved() else f"{name} ({ruler.file.digest[:8]})"


def _reference(spec: ReportSpec, scale: Scale, scales: Mapping[str, Scale]) -> str:
    """Return the ruler of the headline, as far as it is among the rulers compared."""
    if spec.ruler == "eci":
        return "general" if "general" in scales else ""
    digest = scale.spec["file"]["digest"]
    same = [n for n, s in scales.items() if s.spec.get("file", {}).get("digest") == digest]
    return same[0] if same else ""


def _ruler(everything: "Dataset", data: "Dataset", spec: ReportSpec) -> tuple[Ruler, str]:
    """Return the ruler, anchored anew when an anchor did not exist on the day of the question."""
    if spec.ruler != "eci":
        file = find(spec.ruler)
        return ChosenRuler(file=file, level=_level(file, spec)), ""
    ruler = eci(level=spec.level, anchors=spec.anchors)
    if spec.as_of is None:
        return ruler, ""
    anchored = reanchored(ruler, everything, data)
    if anchored.anchors == ruler.anchors or anchored.anchors is None:
        return anchored, ""
    scored = set(data.scores["model"])
    missing = next(m for m in spec.anchors if naming.find(everything, "model", m) not in scored)
    names = dict(everything.models.select("model", "name").iter_rows())
    (low, bottom), (high, top) = anchored.anchors.items()
    note = (
        f"As of {spec.as_of}, the anchor {names.get(missing) or missing} had no scores: the "
        f"scale is fixed by {names.get(low) or low} at {bottom:.1f} and "
        f"{names.get(high) or high} at {top:.1f} points, their values with all the evidence."
    )
    return anchored, note


def _bout(scale: Scale, spec: LagSpec) -> Bout:
    pair = contest(scale, spec)
    compared = compare(scale, spec)
    if spec.convention not in compared.conventions:
        reasons = [n for n in compared.notes if n.startswith(f"{spec.convention}:")]
        raise UsageError(
            f"the convention {spec.convention!r} cannot be used here",
            hint=" ".join(reasons) or "choose another convention",
        )
    convention = spec.convention if spec.convention in DAILY else "daily"
    series = compare(scale, replace(spec, convention=convention), (convention,))
    return Bout(
        leader=pair.leader, follower=pair.follower, compared=compared,
        series=series, headline=compared.headline(spec.convention), spec=spec,
    )  # fmt: skip


def _published(scale: Scale) -> pl.DataFrame:
    """Refit and published value of every model that has both, the largest difference first."""
    ratings = published_ratings(scale)
    ours = scale.table.select("entity", "estimate", "low", "high", "status")
    return (
        ours.join(ratings, left_on="entity", right_on="model", how="inner")
        .join(scale.dataset.models.select("model", "name"), left_on="entity", right_on="model",
              how="left")
        .with_columns((pl.col("estimate") - pl.col("rating")).alias("difference"))
        .sort(pl.col("difference").abs(), "entity", descending=[True, False])
    )  # fmt: skip


def choices(kind: Any) -> tuple[str, ...]:
    """Return the words that an option takes.

    >>> choices(Lang)
    ('en', 'zh')
    """
    return get_args(kind)
