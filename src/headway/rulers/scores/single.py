"""One benchmark as a ruler: the score itself."""

from dataclasses import asdict, dataclass
from hashlib import sha256
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from headway.dataset.naming import resolve
from headway.draws import Draws, central_interval
from headway.errors import NotIdentified
from headway.progress import Progress
from headway.rulers.scale import Evidence, Scale
from headway.rulers.scores.logistic import MOST_DRAWS, require_whole
from headway.rulers.scores.observations import Duplicates, observe
from headway.rulers.scores.sampling import sampling_errors

if TYPE_CHECKING:
    from headway.dataset import Dataset


@dataclass(frozen=True, kw_only=True)
class SingleRuler:
    """Chance-corrected score on one benchmark, in percent, at least 0 and at most 100.

    Draws add the sampling error of the score: the reported standard error where there is one,
    else the binomial one (:func:`headway.rulers.scores.sampling.sampling_errors`). Where it is
    known for no score, because the number of items is unknown, there are no draws, and a note.

    Parameters
    ----------
    benchmark
        Identifier of the benchmark.
    duplicates
        Policy for several scores of a model.
    level, draws, seed
        As for every ruler.
    """

    benchmark: str
    duplicates: Duplicates = "best"
    level: float = 0.9
    draws: int = 500
    seed: int = 0

    def fit(
        self,
        data: "Dataset",
        *,
        draws: int | None = None,
        seed: int | None = None,
        workers: int | None = None,  # noqa: ARG002 - one call for all rulers
        progress: Progress | None = None,  # noqa: ARG002
    ) -> Scale:
        """Read the scores of the benchmark.

        Raises
        ------
        UsageError
            When the benchmark is unknown.
        NotIdentified
            When it has no scores.
        """
        n_draws = self.draws if draws is None else draws
        seed = self.seed if seed is None else seed
        require_whole("draws", n_draws, 0, MOST_DRAWS)
        require_whole("seed", seed, 0)
        benchmark = resolve(data, "benchmark", self.benchmark)
        try:
            cells = observe(data, benchmarks=[benchmark], duplicates=self.duplicates)
        except NotIdentified as error:
            raise NotIdentified(f"benchmark {self.benchmark!r} has no scores") from error
        facts = data.benchmarks.row(by_predicate=pl.col("benchmark") == benchmark, named=True)
        p = np.clip(cells.performance, 0.0, 1.0)
        error_of, notes = sampling_errors(data, cells, self.duplicates)
        rows = n_draws if error_of.any() else 0
        noise = np.random.default_rng(seed).standard_normal((rows, len(p)))
        values = 100 * np.clip(p + noise * error_of, 0.0, 1.0)
        low, high = central_interval(values, self.level)
        unknown = error_of == 0
        low[unknown] = high[unknown] = np.nan
        identity = repr((data.digest, asdict(self), n_draws, seed))
        return Scale(
            ruler=str(facts["name"] or benchmark),
            spec=asdict(self) | {"kind": "single", "benchmarks": [benchmark]},
            dataset=data,
            evidence=Evidence(sources=cells.sources),
            models=cells.models,
            estimate=100 * p,
            capability=Draws(
                values=values,
                dims=("draw", "model"),
                coords={"model": cells.models},
                unit="percent",
                draw_set=sha256(identity.encode()).hexdigest()[:16],
            ),
            status=tuple(
                "at_floor"
                if x <= 0
                else "at_ceiling"
                if x >= 1
                else "point_only"
                if alone
                else "ok"
                for x, alone in zip(p, unknown & (rows > 0), strict=True)
            ),
            n_scores=np.ones(len(p), dtype=np.int64),
            low=low,
            high=high,
            level=self.level,
            unit="percent",
            seed=seed,
            notes=(*cells.notes, *notes),
            alike=cells.alike(error_of),
        )
