"""A reduced cross, for a page that has to be quick."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from headway.analyses.multiverse.choices import MultiverseSpec
from headway.analyses.multiverse.figures import FigureResult, published_figures
from headway.analyses.multiverse.result import MultiverseResult
from headway.analyses.multiverse.run import multiverse
from headway.progress import Progress
from headway.rulers.scale import Ruler
from headway.shortly import of_fields

if TYPE_CHECKING:
    from headway.dataset import Dataset

DRAWS = 40
SUBSETS = ("all", "public", "private", "unsaturated")


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class Everything:
    """All ways to ask one question, and the published figures among them."""

    ways: MultiverseResult
    figures: FigureResult

    __repr__ = of_fields

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {"ways": self.ways.to_dict(), "figures": self.figures.to_dict()}


def reduced(
    data: "Dataset",
    leader: str,
    follower: str,
    *,
    rulers: Mapping[str, Ruler],
    day: dt.date,
    level: float = 0.9,
    seed: int = 0,
    progress: Progress | None = None,
) -> Everything:
    """Ask in a few hundred ways: equal weights, records as candidates, one day, few subsets.

    Published figures are compared with the ways on all benchmarks.
    """
    spec = MultiverseSpec(
        questions=(), leader=leader, follower=follower, subsets=SUBSETS, weights=("equal",),
        as_of=(day,), candidates=("records",), draws=DRAWS, seed=seed, level=level,
    )  # fmt: skip
    return Everything(
        ways=multiverse(data, spec, rulers=rulers, progress=progress),
        figures=published_figures(data, spec, rulers=rulers, subsets=("all",), until=day,
                                  progress=progress),
    )  # fmt: skip
