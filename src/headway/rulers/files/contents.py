"""What a ruler file says: its parts, their meanings, and what contradicts what."""

import hashlib
import json
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from datetime import date
from functools import cached_property
from typing import Any, Literal

from headway.declared import Unfit, default, filled, required, shown
from headway.errors import HeadwayError, did_you_mean
from headway.rulers.files.kinds import KINDS, Kind, kind_of

FORMAT = 1
Problem = tuple[tuple[str, ...], str]
NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
Access = Literal["public", "semi_private", "held_out", "unknown"]
Scorer = Literal["exact", "tests", "judge", "simulation", "human", "unknown"]
Reporter = Literal["independent", "benchmark", "developer", "competitor", "unknown"]
Effort = Literal["best", "default", "mean", "latest", "error"]


@dataclass(frozen=True, kw_only=True)
class Text:
    """A text in both languages of the report.

    Parameters
    ----------
    en
        English.
    zh
        Chinese; the English one stands in where it is missing.
    """

    en: str
    zh: str | None = None


@dataclass(frozen=True, kw_only=True)
class Benchmarks:
    """Which benchmarks count: those that meet every condition, and those included by name.

    Parameters
    ----------
    include
        Identifiers of benchmarks that count whatever the conditions say. Without any
        condition, only these count.
    exclude
        Identifiers of benchmarks that never count.
    domain
        Main domains, such as coding or science.
    item_access
        Who can see the questions.
    scorer
        What decides whether an answer is right: a comparison with the exact answer, tests of a
        program, a judge model, a simulation, or humans.
    maintainer
        Who keeps the benchmark.
    released_since
        First day of release that counts; a benchmark without a date does not.
    released_until
        Last day of release that counts; a benchmark without a date does not.
    fewest_items
        Smallest number of questions; a benchmark whose number is unknown does not count.
    most_items
        Largest number of questions; a benchmark whose number is unknown does not count.
    fewest_models
        Smallest number of models with a score that counts.
    """

    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    domain: tuple[str, ...] = ()
    item_access: tuple[Access, ...] = ()
    scorer: tuple[Scorer, ...] = ()
    maintainer: tuple[str, ...] = ()
    released_since: date | None = None
    released_until: date | None = None
    fewest_items: int | None = None
    most_items: int | None = None
    fewest_models: int | None = None

    @property
    def conditional(self) -> bool:
        """Whether there is any condition beside the names."""
        return any(
            getattr(self, f.name) not in ((), None)
            for f in fields(self)
            if f.name not in ("include", "exclude")
        )


@dataclass(frozen=True, kw_only=True)
class Scores:
    """Which scores count.

    Parameters
    ----------
    reporter
        Who reported the score: an independent third party, the maintainer of the benchmark, the
        developer of the model, or a competitor. Everybody when empty.
    effort
        Which score counts where a model has several on a benchmark (efforts such as high or
        low, or several reporters): the best; the best of those at default effort, no other
        effort being counted at all; their mean; the latest recorded; or none, with an error.
    """

    reporter: tuple[Reporter, ...] = ()
    effort: Effort = "best"


@dataclass(frozen=True, kw_only=True)
class Models:
    """Which models count.

    Parameters
    ----------
    min_scores
        Models with scores on fewer of the benchmarks than this are left out; by default what
        the kind has as its own default.
    """

    min_scores: int | None = None


@dataclass(frozen=True, kw_only=True)
class Sampling:
    """The draws behind the intervals.

    Parameters
    ----------
    number
        How many.
    seed
        Seed of the draws.
    level
        Level of the intervals.
    """

    number: int | None = None
    seed: int | None = None
    level: float | None = None


@dataclass(frozen=True, kw_only=True)
class RulerFile:
    """What a ruler file says.

    Parameters
    ----------
    format
        Version of the format of ruler files; this is 1.
    name
        Identifier: small letters, digits, dots and dashes.
    version
        Version of this ruler, as text. Change it when you change what the ruler measures.
    kind
        Kind of scale.
    title
        Name for readers, in English and Chinese.
    note
        What the ruler measures and what it does not, in English and Chinese.
    benchmarks
        Which benchmarks count.
    scores
        Which scores count.
    models
        Which models count.
    weights
        Weight of a benchmark, 1 where it is not named.
    anchors
        Models and the points that they get. anchors = "none" in place of the table keeps the
        unit of the fit.
    draws
        The draws behind the intervals.
    options
        Further options of the kind.
    """

    format: int = FORMAT
    name: str
    version: str = "1"
    kind: str
    title: Text | None = None
    note: Text | None = None
    benchmarks: Benchmarks = field(default_factory=Benchmarks)
    scores: Scores = field(default_factory=Scores)
    models: Models = field(default_factory=Models)
    weights: Mapping[str, float] = field(default_factory=dict)
    anchors: Mapping[str, float] | Literal["none"] = field(default_factory=dict)
    draws: Sampling = field(default_factory=Sampling)
    options: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        problems = contradictions(self)
        if problems:
            raise Unfit(*problems)

    @property
    def of_kind(self) -> Kind:
        """The kind of ruler."""
        return kind_of(self.kind)

    def to_dict(self) -> dict[str, Any]:
        """Plain values of what differs from the defaults; JSON can hold them."""
        out = _plain(self)
        out.setdefault("format", FORMAT)
        out.setdefault("version", "1")
        return dict(sorted(out.items()))

    @cached_property
    def digest(self) -> str:
        """SHA-256 of what the file says: comments, order and white space play no part."""
        text = json.dumps(
            self.to_dict(), sort_keys=True, ensure_ascii=False, separators=(",", ":"),
            allow_nan=False,
        )  # fmt: skip
        return hashlib.sha256(text.encode()).hexdigest()

    def called(self, lang: str = "en") -> str:
        """Name for readers in a language."""
        if self.title is None:
            return self.name
        return self.title.en if lang == "en" or self.title.zh is None else self.title.zh


def contradictions(file: RulerFile) -> list[Problem]:
    """What is wrong with values that have the right types."""
    out: list[Problem] = []
    if file.format != FORMAT:
        out.append((("format",), f"{file.format} is not a format that this version of Headway "
                    f"reads; it reads {FORMAT}"))  # fmt: skip
    if not NAME.fullmatch(file.name):
        out.append((("name",), f"{shown(file.name)} is not a name: small letters, digits, dots "
                    "and dashes, at most 64, beginning with a letter or digit"))  # fmt: skip
    out += [
        (path, "control characters have no place in a text")
        for path, text in _texts(file)
        if any(unicodedata.category(character) == "Cc" and character != "\n" for character in text)
    ]
    for part in ("title", "note"):
        text = getattr(file, part)
        out += [((part, lang), "an empty text") for lang in ("en", "zh")
                if text is not None and getattr(text, lang) == ""]  # fmt: skip
    out += _selection(file)
    if file.kind not in KINDS:
        near = did_you_mean(file.kind, list(KINDS))
        problem = f"there is no kind {shown(file.kind)}{near}; there are {', '.join(KINDS)}"
        out.append((("kind",), problem))
        return out
    return out + _of_kind(file, KINDS[file.kind])


def _texts(file: RulerFile) -> list[tuple[tuple[str, ...], str]]:
    found: list[tuple[tuple[str, ...], str]] = [(("version",), file.version)]
    for part in ("title", "note"):
        text = getattr(file, part)
        found += [((part, lang), getattr(text, lang) or "") for lang in ("en", "zh") if text]
    return found


def _selection(file: RulerFile) -> list[Problem]:
    chosen = file.benchmarks
    out: list[Problem] = [
        (("benchmarks", "include"), f"{name!r} is excluded as well; take it out of one list")
        for name in sorted(set(chosen.include) & set(chosen.exclude))
    ]
    for first, last in (("released_since", "released_until"), ("fewest_items", "most_items")):
        low, high = getattr(chosen, first), getattr(chosen, last)
        if low is not None and high is not None and low > high:
            out.append((("benchmarks", first), f"{first} ({low}) lies above {last} ({high}): "
                        "no benchmark can meet both"))  # fmt: skip
    for section, name in (
        ("benchmarks", "fewest_items"), ("benchmarks", "most_items"),
        ("benchmarks", "fewest_models"), ("models", "min_scores"),
    ):  # fmt: skip
        value = getattr(getattr(file, section), name)
        if value is not None and value < 1:
            out.append(((section, name), f"{value} is below 1"))
    for name, weight in file.weights.items():
        if weight < 0:
            out.append((("weights", name), f"{weight:g} is below 0; expected 0 or more"))
        elif weight > 0 and name in chosen.exclude:
            out.append((("weights", name), "excluded in [benchmarks]; a weight has no effect"))
    return out


def _of_kind(file: RulerFile, kind: Kind) -> list[Problem]:
    out: list[Problem] = []
    for section, path in (
        ("weights", ("weights",)), ("anchors", ("anchors",)),
        ("models.min_scores", ("models", "min_scores")),
        ("draws.number", ("draws", "number")), ("draws.seed", ("draws", "seed")),
        ("draws.level", ("draws", "level")), ("scores.effort", ("scores", "effort")),
    ):  # fmt: skip
        given = path[0] in _plain(file) and (
            len(path) == 1 or path[1] in _plain(getattr(file, path[0]))
        )
        if given and section not in kind.sections:
            out.append((path, f"has no effect on a ruler of kind {kind.name}; leave it out"))
    if "benchmarks" not in kind.sections and _plain(file.benchmarks):
        out.append((("benchmarks",), f"a ruler of kind {kind.name} does not choose benchmarks"))
    if "scores" not in kind.evidence and file.scores.reporter:
        out.append((("scores", "reporter"), f"a ruler of kind {kind.name} does not use scores"))
    known = [option.name for option in kind.options]
    try:
        filled(kind.ruler, file.options, known=known)
    except Unfit as unfit:
        out += [(("options", *path), text) for path, text in unfit.problems]
    except HeadwayError as error:
        out.append((("options",), str(error)))
    out += [
        (("options", option.name), f"missing; it takes {option.takes}: {option.text}")
        for option in kind.options
        if option.required and option.name not in file.options
    ]
    return out


def _plain(value: Any) -> Any:
    """Plain values of what differs from the defaults; the file's own lists of names in order."""
    if is_dataclass(value) and not isinstance(value, type):
        out = {}
        for item in fields(value):
            given = getattr(value, item.name)
            if required(item) or given != default(item):
                out[item.name] = sorted(set(given)) if isinstance(given, tuple) else _plain(given)
        return out
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in sorted(value.items())}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value
