"""Every kind of ruler that a file or the command line can ask for, one entry each."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cached_property
from importlib import import_module
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from headway.declared import Option, default, options, required
from headway.errors import UsageError, did_you_mean

if TYPE_CHECKING:
    from headway.dataset import Dataset

SECTIONS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "benchmarks": ("benchmarks", "benchmark"),
        "weights": ("weights",),
        "anchors": ("anchors",),
        "models.min_scores": ("min_scores",),
        "scores.effort": ("duplicates",),
        "draws.number": ("draws",),
        "draws.seed": ("seed",),
        "draws.level": ("level",),
        "version": ("version",),
    }
)
"""Where a ruler file says what these fields of a ruler hold; the other fields are options."""

_IMPORT: Mapping[str, str] = MappingProxyType(
    {
        "scores": "headway import table SCORES.csv --into FOLDER",
        "ratings": "headway import arena FILE --into FOLDER",
        "responses": "headway import inspect LOGS --into FOLDER",
        "votes": "headway import arena VOTES --into FOLDER",
    }
)


@dataclass(frozen=True, kw_only=True)
class Kind:
    """A kind of ruler: its dataclass, and the evidence that it measures by.

    Parameters
    ----------
    name
        What files and the command line call it.
    home
        Module and dataclass, as ``"headway.rulers.scores.logistic:LogisticRuler"``.
    evidence
        Tables of a dataset, any one of which is enough.
    summary
        What it measures, in one sentence.
    components
        Whether the weights themselves name the benchmarks.
    """

    name: str
    home: str
    evidence: tuple[str, ...]
    summary: str
    components: bool = False

    @cached_property
    def ruler(self) -> Any:
        """The dataclass of the ruler."""
        module, _, name = self.home.partition(":")
        return getattr(import_module(module), name)

    @cached_property
    def sections(self) -> Mapping[str, str]:
        """Parts of a ruler file that this kind uses, with the fields that they fill."""
        names = {field.name for field in fields(self.ruler)}
        found = {
            section: next(field for field in possible if field in names)
            for section, possible in SECTIONS.items()
            if not names.isdisjoint(possible)
        }
        if self.components:
            found["benchmarks"] = "weights"
        return MappingProxyType(found)

    @property
    def optional_benchmarks(self) -> bool:
        """Whether it takes every benchmark when none is named."""
        names = {field.name: field for field in fields(self.ruler)}
        taken = names.get(self.sections.get("benchmarks", ""))
        return taken is not None and taken.default is None

    def default(self, section: str) -> Any:
        """Return what the kind has by default where a file says it in a section; else None."""
        for field in fields(self.ruler):
            if field.name == self.sections.get(section) and not required(field):
                return default(field)
        return None

    @cached_property
    def options(self) -> tuple[Option, ...]:
        """Options of its own: the fields that no other part of a ruler file fills."""
        return options(self.ruler, leave_out=("name", *self.sections.values()))

    def require_evidence(self, data: "Dataset") -> None:
        """Raise :class:`UsageError` when a dataset has nothing that this kind measures by."""
        if any(name in data.names and data.table(name).height for name in self.evidence):
            return
        tables = " or ".join(repr(name) for name in self.evidence)
        raise UsageError(
            f"a ruler of kind {self.name!r} measures by the table {tables}, and this dataset "
            f"({data.origin}) has none",
            hint=f"import some, for example with: {_IMPORT[self.evidence[0]]}; then name the "
            "folder with --dataset FOLDER",
        )


KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        kind.name: kind
        for kind in (
            Kind(
                name="eci",
                home="headway.rulers.scores.logistic:LogisticRuler",
                evidence=("scores",),
                summary="One capability per model, from a logistic curve for each benchmark.",
            ),
            Kind(
                name="calibrated",
                home="headway.rulers.process.ruler:CalibratedRuler",
                evidence=("scores",),
                summary="The curves of eci with errors that belong together; predicts scores.",
            ),
            Kind(
                name="domain",
                home="headway.rulers.scores.subset:SubsetRuler",
                evidence=("scores",),
                summary="Capability on some benchmarks, on the scale that all of them make.",
            ),
            Kind(
                name="composite",
                home="headway.rulers.scores.composite:CompositeRuler",
                evidence=("scores",),
                summary="The weighted mean of normalised scores on named benchmarks.",
                components=True,
            ),
            Kind(
                name="single",
                home="headway.rulers.scores.single:SingleRuler",
                evidence=("scores",),
                summary="The chance-corrected score on one benchmark, in percent.",
            ),
            Kind(
                name="published",
                home="headway.rulers.published:PublishedRuler",
                evidence=("ratings",),
                summary="The newest ratings of a board, as it published them.",
            ),
            Kind(
                name="items",
                home="headway.rulers.responses.ruler:ItemRuler",
                evidence=("responses",),
                summary="Ability from single questions answered right or wrong.",
            ),
            Kind(
                name="horizon",
                home="headway.rulers.horizons.ruler:HorizonRuler",
                evidence=("responses", "indicators"),
                summary="How long a task, in human time, a model solves half of the time.",
            ),
            Kind(
                name="pairwise",
                home="headway.rulers.votes.ruler:PairwiseRuler",
                evidence=("votes",),
                summary="Strength in votes between two answers (Bradley-Terry).",
            ),
        )
    }
)


def kind_of(name: str) -> Kind:
    """Return a kind by name.

    Raises
    ------
    UsageError
        When there is no such kind.
    """
    if name not in KINDS:
        raise UsageError(
            f"there is no kind of ruler {name!r}{did_you_mean(name, list(KINDS))}",
            hint=f"kinds: {', '.join(KINDS)}",
        )
    return KINDS[name]
