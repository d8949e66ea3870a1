"""Capability on some benchmarks, on the scale that all benchmarks make together."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from headway.dataset.naming import resolve_each
from headway.errors import UsageError
from headway.progress import Progress
from headway.rulers.scale import Scale
from headway.rulers.scores.gauge import ANCHORS, PINNED
from headway.rulers.scores.logistic import MOST_DRAWS, LogisticRuler, require_whole
from headway.rulers.scores.observations import Duplicates
from headway.rulers.scores.refit import refit

if TYPE_CHECKING:
    from headway.dataset import Dataset


@dataclass(frozen=True, kw_only=True)
class SubsetRuler:
    """Capability on some benchmarks, with the difficulties and slopes of the fit on all.

    The ECI-compatible ruler is fitted on every benchmark; then each capability is fitted again
    on the chosen ones alone (:func:`headway.rulers.scores.refit.refit`). A value says how capable a
    model would be overall if it did everything as well as it does these.

    Parameters
    ----------
    benchmarks
        Identifiers of the chosen benchmarks.
    weights
        Weight of a benchmark's squared residuals; 1 where not named.
    anchors
        Two models and the points that they get in the fit on all; without anchors, logits.
    pinned
        Benchmark whose slope is 1 in the fit on all; without one, that with most scores.
    ridge
        Weight of the squared parameters in the fit.
    min_scores
        Models need this many scores on the chosen benchmarks.
    duplicates
        Policy for several scores of a model on a benchmark.
    level
        Level of the central intervals.
    draws
        Number of draws, up to 100,000.
    seed
        Seed of the resampling.
    """

    benchmarks: tuple[str, ...]
    weights: Mapping[str, float] | None = None
    anchors: Mapping[str, float] | None = field(default_factory=lambda: dict(ANCHORS))
    pinned: str | None = PINNED
    ridge: float = 0.1
    min_scores: int = 2
    duplicates: Duplicates = "best"
    level: float = 0.9
    draws: int = 500
    seed: int = 0
    name: str = "chosen benchmarks"

    def __post_init__(self) -> None:
        object.__setattr__(self, "benchmarks", tuple(self.benchmarks))
        if not self.benchmarks:
            raise UsageError("no benchmark is chosen to measure by")
        require_whole("min_scores", self.min_scores, 1)
        require_whole("draws", self.draws, 0, MOST_DRAWS)
        _ = self.joint

    @property
    def joint(self) -> LogisticRuler:
        """The ruler of the fit on all benchmarks."""
        return LogisticRuler(
            weights=self.weights, anchors=self.anchors, pinned=self.pinned, ridge=self.ridge,
            duplicates=self.duplicates, level=self.level, draws=self.draws, seed=self.seed,
        )  # fmt: skip

    def fit(
        self,
        data: "Dataset",
        *,
        draws: int | None = None,
        seed: int | None = None,
        workers: int | None = None,
        progress: Progress | None = None,
    ) -> Scale:
        """Fit all benchmarks together, then the capabilities on the chosen ones.

        Raises
        ------
        UsageError
            When a benchmark is unknown.
        NotIdentified, NotConverged
            As the ECI-compatible ruler; and when no model has enough scores.
        """
        resolve_each(data, "benchmark", self.benchmarks)
        return self.on(
            self.joint.fit(data, draws=draws, seed=seed, workers=workers, progress=progress)
        )

    def on(self, joint: Scale) -> Scale:
        """Fit the capabilities on the chosen benchmarks, given the fit on all."""
        chosen = resolve_each(joint.dataset, "benchmark", self.benchmarks)
        return refit(joint, chosen, name=self.name, min_scores=self.min_scores)
