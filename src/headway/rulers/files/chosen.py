"""The ruler that a ruler file describes: its selection is applied to whatever it is fitted on."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from headway.declared import filled
from headway.errors import UsageError
from headway.progress import Progress
from headway.rulers.files.contents import Benchmarks, RulerFile
from headway.rulers.files.selection import Selected, select
from headway.rulers.scale import Ruler, Scale
from headway.rulers.scores.anchoring import repinned

if TYPE_CHECKING:
    from headway.dataset import Dataset


@dataclass(frozen=True, kw_only=True)
class ChosenRuler:
    """A ruler by file: which evidence counts, and what is fitted to it.

    The selection is made anew on every dataset. The scale's ``spec["file"]`` holds name,
    version, digest and the benchmarks that were used, so that a number can be traced to the
    ruler that made it.

    Parameters
    ----------
    file
        What the ruler file says.
    level
        Level of the intervals in place of the file's.
    anchors
        Anchors in place of the usual ones, where the file names none: for evidence that the
        usual anchors are not part of.
    """

    file: RulerFile
    level: float | None = None
    anchors: Mapping[str, float] | None = None

    def __post_init__(self) -> None:
        if "benchmarks" not in self.file.of_kind.sections:
            self.built(None)

    @property
    def name(self) -> str:
        """Name for readers, in English."""
        return self.file.called()

    def select(self, data: "Dataset") -> Selected:
        """Apply the selection to a dataset; see :func:`headway.rulers.files.selection.select`."""
        return select(self.file, data)

    def built(
        self, benchmarks: tuple[str, ...] | None, weights: Mapping[str, float] | None = None
    ) -> Ruler:
        """Return the ruler of its kind on given benchmarks, with weights in place of the file's.

        Raises
        ------
        UsageError
            When the kind takes exactly one benchmark and there are more, or an option is wrong.
        """
        file, kind = self.file, self.file.of_kind
        weights = file.weights if weights is None else weights
        values: dict[str, Any] = filled(
            kind.ruler, file.options, known=[option.name for option in kind.options]
        )
        given: Mapping[str, Any] = {
            "weights": dict(weights) or None,
            "anchors": self._anchors(),
            "models.min_scores": file.models.min_scores,
            "scores.effort": "best" if file.scores.effort == "default" else file.scores.effort,
            "draws.number": file.draws.number,
            "draws.seed": file.draws.seed,
            "draws.level": file.draws.level if self.level is None else self.level,
            "version": None if self._bare else file.version,
        }
        values |= {
            field: given[section]
            for section, field in kind.sections.items()
            if given.get(section) is not None
        }
        if file.anchors == "none":
            values[kind.sections["anchors"]] = None
        if "version" in kind.sections and not self._bare:
            values["name"] = self.name
        field = kind.sections.get("benchmarks")
        if kind.components:
            values["weights"] = {name: weights.get(name, 1.0) for name in benchmarks or ()}
        elif field == "benchmark":
            values[field] = self._only(benchmarks or ())
        elif field is not None and benchmarks is not None:
            values[field] = benchmarks
        ruler: Ruler = kind.ruler(**values)
        return ruler

    def fit(
        self,
        data: "Dataset",
        *,
        draws: int | None = None,
        seed: int | None = None,
        workers: int | None = None,
        progress: Progress | None = None,
    ) -> Scale:
        """Select the evidence and fit the ruler.

        Raises
        ------
        UsageError, NotIdentified, NotConverged
            When the dataset lacks what the file names, nothing is left, or the kind says so.
        """
        ruler, selected = self.prepare(data)
        scale = ruler.fit(selected.data, draws=draws, seed=seed, workers=workers, progress=progress)
        return self.signed(scale, selected)

    def prepare(self, data: "Dataset") -> tuple[Ruler, Selected]:
        """Return the ruler of its kind for a dataset, and what was selected."""
        kind = self.file.of_kind
        kind.require_evidence(data)
        everything = self.file.benchmarks == Benchmarks() and not self.file.weights
        by_scores = "scores" in kind.evidence
        if "benchmarks" not in kind.sections or (everything and not by_scores):
            return self.built(None), Selected(
                data=data, benchmarks=(), weights={}, left_out=(), notes=()
            )
        selected = self.select(data)
        benchmarks = None if everything and kind.optional_benchmarks else selected.benchmarks
        ruler = self.built(benchmarks, selected.weights)
        return repinned(ruler, data, selected.data), selected

    def signed(self, scale: Scale, selected: Selected) -> Scale:
        """Return a scale that says which ruler file made it."""
        signature: dict[str, Any] = {
            "name": self.file.name,
            "version": self.file.version,
            "digest": self.file.digest,
            "benchmarks": list(selected.benchmarks),
        }
        if not self._bare:
            signature["title"] = {lang: self.file.called(lang) for lang in ("en", "zh")}
            note = self.file.note
            signature["note"] = note and {"en": note.en, "zh": note.zh or note.en}
        return replace(
            scale,
            ruler=scale.ruler if self._bare else self.name,
            spec=dict(scale.spec) | {"file": signature},
            notes=tuple(dict.fromkeys([*selected.notes, *scale.notes])),
        )

    def _anchors(self) -> dict[str, float] | None:
        if self.file.anchors == "none":
            return None
        if self.file.anchors:
            return dict(self.file.anchors)
        usual = self.file.of_kind.default("anchors")
        return dict(self.anchors) if self.anchors and usual else None

    @property
    def _bare(self) -> bool:
        """Whether it has no name beside that of its kind."""
        return self.file.title is None and self.file.name == self.file.kind

    def _only(self, benchmarks: tuple[str, ...]) -> str:
        if len(benchmarks) == 1:
            return benchmarks[0]
        raise UsageError(
            f"a ruler of kind {self.file.kind!r} takes exactly one benchmark, and "
            f"{self.file.name!r} selects {len(benchmarks)}",
            hint="name one in [benchmarks] include; on the command line, exactly one --benchmark",
        )
