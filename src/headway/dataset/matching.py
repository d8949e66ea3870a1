"""Which known model, benchmark or organisation a foreign name means: declared, never guessed.

A name is matched by, in this order: a map that the user gives, an id or a published name, a
declared alias, and the same words in another spelling (case, punctuation, the provider in front).
The day at the end of a snapshot is dropped only where one known model has the remaining name and
came out within a month of that day: that of its own name, if it has one. Everything else is
unmatched, with proposals.
"""

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from difflib import SequenceMatcher
from typing import Literal

import polars as pl
from rapidfuzz import fuzz, process

from headway.bounds import NAME_LENGTH
from headway.dataset.name_facts import NEAR, apart, contradiction, named_span
from headway.dataset.tables import ALIASED, TABLES
from headway.dataset.vintages import current
from headway.errors import UsageError, did_you_mean
from headway.sources.names import DEFAULT, slug, split_variant

Kind = Literal["model", "benchmark", "organisation"]
Rule = Literal["map", "id", "name", "alias", "spelling", "provider", "snapshot", "added", ""]

MOST_PROPOSALS = 3
LIKENESS = 0.6
_ROUNDING = 1e-9
MODEL_DATES = ("listed_on", "announced_on", "available_on", "weights_on")

_WORD = re.compile(r"[^\W\d_]+|\d+")
_DAY = re.compile(
    r"(?P<rest>.+?)[-_@ ]+(?:(?P<y>20\d\d)-?(?P<m>\d\d)-?(?P<d>\d\d)|(?P<mm>\d\d)-?(?P<dd>\d\d))"
    r"(?:-v\d+(?::\d+)?)?"
)
_REVISION = re.compile(r"-v\d+:\d+$")
_PROVIDERS = (
    "ai21|alibaba|amazon|anthropic|azure|bedrock|cohere|deepseek|fireworks|google|groq|meta"
    "|microsoft|minimax|mistral|mistralai|moonshot|moonshotai|nvidia|openai|openrouter|qwen"
    "|together|us|eu|apac|vertex|xai|zai|z-ai"
)
_DOTTED = re.compile(rf"^(?:(?:{_PROVIDERS})[.:])+", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """What became of one foreign name.

    Parameters
    ----------
    kind
        What it names.
    foreign
        The name as the source writes it.
    id
        The known id, or None when nothing matched.
    rule
        What matched: ``map``, ``id``, ``name``, ``alias``, ``spelling``, ``provider``,
        ``snapshot``; ``added`` for a new entity; empty when nothing did.
    variant
        The effort or mode that was split off the name.
    proposals
        Known ids that the name may mean, the likeliest first.
    rows
        How many rows have the name.
    """

    kind: Kind
    foreign: str
    id: str | None
    rule: Rule = ""
    variant: str = DEFAULT
    proposals: tuple[str, ...] = ()
    rows: int = 0


def words_of(name: str) -> str:
    """Return a name without case and punctuation: its runs of letters and of digits.

    Examples
    --------
    >>> words_of("GPT-4.1 mini"), words_of("gpt-41-mini"), words_of("Command R+")
    ('gpt 4 1 mini', 'gpt 41 mini', 'command r plus')
    """
    plain = unicodedata.normalize("NFKC", name).casefold().replace("+", " plus ")
    return " ".join(_WORD.findall(plain))


def without_provider(name: str) -> str:
    """Return a name without the provider in front.

    Examples
    --------
    >>> without_provider("openai/gpt-4o"), without_provider("us.anthropic.claude-3-haiku-v1:0")
    ('gpt-4o', 'claude-3-haiku')
    """
    last = name.rsplit("/", 1)[-1]
    return _REVISION.sub("", _DOTTED.sub("", last)) or name


class Known:
    """The ids, names and aliases of a dataset, ready to be asked.

    Parameters
    ----------
    tables
        All rows of each table of a dataset.
    mapping
        Foreign names to ids, as the user declares them; they come first.
    dashes
        Whether the source writes efforts and modes after a hyphen.

    Raises
    ------
    UsageError
        When the map names an id that is not there.
    """

    def __init__(
        self,
        tables: Mapping[str, pl.DataFrame],
        mapping: Mapping[str, str] | None = None,
        *,
        dashes: bool = False,
    ) -> None:
        self._dashes = (False, True) if dashes else (False,)
        self._ids: dict[Kind, set[str]] = {}
        self._exact: dict[Kind, dict[str, set[tuple[str, Rule]]]] = {}
        self._spelt: dict[Kind, dict[str, set[str]]] = {}
        self._dates: dict[str, list[date]] = {}
        self._names: dict[str, str] = {}
        for kind, table in _kinds():
            self._take(kind, tables.get(table, TABLES[table].empty()), table)
        aliases = current(tables.get("aliases", TABLES["aliases"].empty()), TABLES["aliases"])
        for row in aliases.iter_rows(named=True):
            self._add(row["kind"], row["alias"], row["id"], "alias")
        self._texts = {kind: list(spelt) for kind, spelt in self._spelt.items()}
        self._dated = self._by_undated_name()
        self._mapping = {kind: dict[str, str]() for kind, _ in _kinds()}
        self._declare(mapping or {})

    def ids(self, kind: Kind) -> Collection[str]:
        """The known ids of a kind."""
        return self._ids[kind]

    def match(self, kind: Kind, foreign: str) -> Match:
        """Say which known entity a foreign name means.

        Parameters
        ----------
        kind
            What it names.
        foreign
            The name as the source writes it.

        Returns
        -------
        Match
            With ``id`` None and proposals when nothing matches, or more than one does.
        """
        found = self._found(kind, foreign)
        if found is not None:
            return Match(kind=kind, foreign=foreign, id=found[0], rule=found[1])
        for dashes in self._dashes if kind == "model" else ():
            base, variant = split_variant(foreign, dashes=dashes)
            found = self._found(kind, base) if variant != DEFAULT else None
            if found is not None:
                return Match(
                    kind=kind, foreign=foreign, id=found[0], rule=found[1], variant=variant
                )
        return Match(kind=kind, foreign=foreign, id=None, proposals=self._near(kind, foreign))

    def candidates(self, kind: Kind, name: str) -> tuple[frozenset[str], Rule]:
        """Return the known ids that a name may mean, and the first rule that gave any.

        Parameters
        ----------
        kind
            What it names.
        name
            The name.

        Returns
        -------
        tuple
            No id and an empty rule when nothing has the name; more than one id when it is
            ambiguous.
        """
        if name in self._mapping[kind]:
            return frozenset({self._mapping[kind][name]}), "map"
        order: tuple[Rule, ...] = ("id", "name", "alias")
        exact = self._exact[kind].get(name, set())
        for rule in order:
            ids = frozenset(found for found, how in exact if how == rule)
            if ids:
                return ids, rule
        tries: list[tuple[str, Rule]] = [(name, "spelling")]
        if without_provider(name) != name:
            tries.append((without_provider(name), "provider"))
        for text, rule in tries:
            spelt = self._spelt[kind].get(words_of(text), set())
            if spelt:
                return frozenset(spelt), rule
        if kind == "model":
            snapshot = self._snapshot(without_provider(name))
            if snapshot is not None:
                return frozenset({snapshot}), "snapshot"
        return frozenset(), ""

    def _found(self, kind: Kind, name: str) -> tuple[str, Rule] | None:
        ids, rule = self.candidates(kind, name)
        return (next(iter(ids)), rule) if len(ids) == 1 else None

    def _snapshot(self, name: str) -> str | None:
        """The one model with this name but for the day, if it came out at about that day."""
        parts = _dated(name)
        if parts is None:
            return None
        candidates = self._dated.get(_undated(words_of(parts["rest"])), set())
        near = [model for model in candidates if self._of_that_day(name, parts, model)]
        return near[0] if len(near) == 1 else None

    def _of_that_day(self, name: str, parts: re.Match[str], model: str) -> bool:
        known = self._dates.get(model, [])
        own = named_span(self._names.get(model, ""), known)
        # A source may date every snapshot of a family by the first: the name knows better.
        days = list(own) if own is not None else known
        return (
            bool(days)
            and any(
                apart((day, day), days) <= NEAR or (own is not None and own[0] <= day <= own[1])
                for day in _days(parts, days)
            )
            and not contradiction(name, self._names.get(model, ""), known)
        )

    def _near(self, kind: Kind, foreign: str) -> tuple[str, ...]:
        words = words_of(without_provider(foreign))
        spelt = self._spelt[kind]
        same = spelt.get(words_of(foreign)) or spelt.get(words) or set()
        parts = _dated(without_provider(foreign))
        rest = words_of(parts["rest"]) if parts else words
        dated = self._dated.get(_undated(rest), set()) if kind == "model" else set()
        ids = [*sorted(same), *sorted(dated)]
        for text in nearest(words, self._texts[kind]):
            ids += sorted(spelt[text])
        return tuple(dict.fromkeys(ids))[:MOST_PROPOSALS]

    def _take(self, kind: Kind, rows: pl.DataFrame, table: str) -> None:
        view = current(rows, TABLES[table])
        self._ids[kind] = set(view[kind])
        self._exact[kind] = {}
        self._spelt[kind] = {}
        for row in view.iter_rows(named=True):
            self._add(kind, row[kind], row[kind], "id")
            if row["name"]:
                self._add(kind, row["name"], row[kind], "name")
            if kind == "model":
                days = [row[column] for column in MODEL_DATES if row[column] is not None]
                self._dates[row[kind]] = days
                self._names[row[kind]] = row["name"] or row[kind]

    def _add(self, kind: Kind, name: str, known: str, rule: Rule) -> None:
        self._exact[kind].setdefault(name, set()).add((known, rule))
        if words_of(name):
            self._spelt[kind].setdefault(words_of(name), set()).add(known)

    def _by_undated_name(self) -> dict[str, set[str]]:
        found: dict[str, set[str]] = {}
        for words, ids in self._spelt["model"].items():
            found.setdefault(_undated(words), set()).update(ids)
        return found

    def _declare(self, mapping: Mapping[str, str]) -> None:
        for foreign, wanted in mapping.items():
            homes = [kind for kind, _ in _kinds() if wanted in self._ids[kind]]
            if not homes:
                possible = [name for kind, _ in _kinds() for name in self._ids[kind]]
                raise UsageError(
                    f"the map sends {foreign!r} to {wanted!r}, which is no id of the dataset"
                    f"{did_you_mean(wanted, possible)}",
                    hint="map to the id of a model, a benchmark or an organisation",
                )
            for kind in homes:
                self._mapping[kind][foreign] = wanted


def nearest(words: str, known: Sequence[str]) -> list[str]:
    """Return the texts most like some words, the likest first: those of ``get_close_matches``.

    That function compares the words with every text in turn. Here a faster measure, which is
    never below its own, chooses the few texts that it has to see.

    Examples
    --------
    >>> nearest("gpt 4 o mini", ["gpt 4 o", "gpt 4 1 mini", "claude 3 haiku"])
    ['gpt 4 1 mini', 'gpt 4 o']
    """
    bounds = process.extract(
        words, known, scorer=fuzz.ratio, score_cutoff=100 * (LIKENESS - _ROUNDING), limit=None
    )
    matcher = SequenceMatcher(b=words)
    best: list[tuple[float, str]] = []
    for text, bound, _ in bounds:
        least = best[-1][0] if len(best) == MOST_PROPOSALS else LIKENESS
        if bound / 100 + _ROUNDING < least:
            break
        matcher.set_seq1(text)
        if matcher.quick_ratio() >= least and matcher.ratio() >= least:
            best = sorted([*best, (matcher.ratio(), text)], reverse=True)[:MOST_PROPOSALS]
    return [text for _, text in best]


def _dated(name: str) -> "re.Match[str] | None":
    """A name that ends in a day; a text longer than any name is none."""
    return _DAY.fullmatch(name) if len(name) <= NAME_LENGTH else None


def matches(known: Known, kind: Kind, names: pl.Series) -> list[Match]:
    """Match every distinct name of a column.

    Parameters
    ----------
    known
        What the dataset knows.
    kind
        What the column names.
    names
        The column; nulls are left out.

    Returns
    -------
    list of Match
        In the order of the names, with the number of rows of each.
    """
    counted = names.drop_nulls().value_counts(name="rows").sort(names.name)
    found = []
    for name, rows in counted.iter_rows():
        one = known.match(kind, name)
        found.append(
            Match(
                kind=kind,
                foreign=name,
                id=one.id,
                rule=one.rule,
                variant=one.variant,
                proposals=one.proposals,
                rows=rows,
            )
        )
    return found


def new_id(name: str, taken: Collection[str]) -> str | None:
    """Return the id for a new entity, or None when the name gives none that is free.

    Examples
    --------
    >>> new_id("My Model 2", {"gpt-5"}), new_id("GPT 5", {"gpt-5"}), new_id("模型 3", set())
    ('my-model-2', None, '模型-3')
    """
    words, made = words_of(name), slug(name)
    if len(words_of(made).split()) < len(words.split()):
        made = words.replace(" ", "-")
    return made if made and made not in taken else None


def _kinds() -> Iterator[tuple[Kind, str]]:
    kinds: tuple[Kind, ...] = ("model", "benchmark", "organisation")
    return ((kind, ALIASED[kind]) for kind in kinds)


_MONTH = re.compile(
    r"jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?"
)


def _undated(words: str) -> str:
    """Drop the words that can only be a day, so that snapshots of one name fall together."""
    parts = words.split()
    return " ".join(part for part in parts if not _of_a_day(part))


def _of_a_day(word: str) -> bool:
    if _MONTH.fullmatch(word) or re.fullmatch(r"20[12]\d(?:\d{4})?", word):
        return True
    return bool(re.fullmatch(r"(?:0[1-9]|1[0-2])[0-3]\d", word))


def _days(parts: re.Match[str], known: Iterable[date]) -> list[date]:
    """The days that the end of a name may mean; without a year, those of the known days."""
    if parts["y"]:
        return _day(int(parts["y"]), parts["m"], parts["d"])
    years = {day.year + shift for day in known for shift in (-1, 0, 1)}
    return [day for year in years for day in _day(year, parts["mm"], parts["dd"])]


def _day(year: int, month: str, day: str) -> list[date]:
    try:
        return [date(year, int(month), int(day))]
    except ValueError:
        return []
