"""Several rulers on one dataset, with the work that they share done once."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from headway.errors import HeadwayError
from headway.progress import Progress, Silent
from headway.rulers.files.chosen import ChosenRuler
from headway.rulers.process.ruler import CalibratedRuler
from headway.rulers.scale import Ruler, Scale
from headway.rulers.scores.logistic import LogisticRuler
from headway.rulers.scores.subset import SubsetRuler

if TYPE_CHECKING:
    from headway.dataset import Dataset


def together(
    rulers: Mapping[str, Ruler],
    data: "Dataset",
    *,
    draws: int | None = None,
    seed: int | None = None,
    workers: int | None = None,
    progress: Progress | None = None,
    known: Sequence[tuple[LogisticRuler | CalibratedRuler, Scale]] = (),
) -> tuple[dict[str, Scale], dict[str, str]]:
    """Fit several rulers on one dataset.

    A fit that several of them need, such as that of all benchmarks behind the rulers of single
    domains, is made once. Each scale is what fitting its ruler alone gives.

    Parameters
    ----------
    rulers
        By name.
    draws, seed
        In place of each ruler's own.
    workers, progress
        As for every ruler.
    known
        Scales that exist already, with the rulers that made them.

    Returns
    -------
    scales, failures
        The scales by name, and for every other ruler the reason why it could not be fitted.
    """
    progress = progress or Silent()
    fitted = {
        _key(ruler, scale.dataset, scale.capability.n_draws, scale.seed): scale
        for ruler, scale in known
    }

    def fit(ruler: Ruler, data: "Dataset") -> Scale:
        if isinstance(ruler, SubsetRuler):
            return ruler.on(fit(ruler.joint, data))
        if not isinstance(ruler, LogisticRuler | CalibratedRuler):
            return ruler.fit(data, draws=draws, seed=seed, workers=workers)
        key = _key(ruler, data, draws, seed)
        if key not in fitted:
            fitted[key] = ruler.fit(data, draws=draws, seed=seed, workers=workers)
        return fitted[key]

    scales: dict[str, Scale] = {}
    failures: dict[str, str] = {}
    for done, (name, ruler) in enumerate(rulers.items(), start=1):
        try:
            if isinstance(ruler, ChosenRuler):
                inner, selected = ruler.prepare(data)
                scales[name] = ruler.signed(fit(inner, selected.data), selected)
            else:
                scales[name] = fit(ruler, data)
        except HeadwayError as error:
            failures[name] = error.message
        progress.advance(done, len(rulers))
    return scales, failures


def _key(
    ruler: LogisticRuler | CalibratedRuler,
    data: "Dataset",
    draws: int | None,
    seed: int | None,
) -> str:
    drawn = replace(
        ruler,
        draws=ruler.draws if draws is None else draws,
        seed=ruler.seed if seed is None else seed,
    )
    return f"{data.digest} {drawn!r}"
