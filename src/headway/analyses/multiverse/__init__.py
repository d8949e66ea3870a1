"""Every defensible way to ask how far behind, and what moves the answer."""

from headway.analyses.multiverse.choices import ANSWERS, AXES, QUESTIONS, RULERS, MultiverseSpec
from headway.analyses.multiverse.decomposition import Decomposition, decompose
from headway.analyses.multiverse.figures import (
    Figure,
    FigureResult,
    figures_of,
    published_figures,
)
from headway.analyses.multiverse.reduced import Everything, reduced
from headway.analyses.multiverse.result import MultiverseResult
from headway.analyses.multiverse.run import multiverse

__all__ = [
    "ANSWERS",
    "AXES",
    "QUESTIONS",
    "RULERS",
    "Decomposition",
    "Everything",
    "Figure",
    "FigureResult",
    "MultiverseResult",
    "MultiverseSpec",
    "decompose",
    "figures_of",
    "multiverse",
    "published_figures",
    "reduced",
]
