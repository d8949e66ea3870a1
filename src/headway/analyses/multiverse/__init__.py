"""Every defensible way to ask how far behind, and what moves the answer."""

from headway.analyses.multiverse.choices import ANSWERS, AXES, QUESTIONS, RULERS, MultiverseSpec
from headway.analyses.multiverse.decomposition import Decomposition, decompose
from headway.analyses.multiverse.result import MultiverseResult
from headway.analyses.multiverse.run import multiverse

__all__ = [
    "ANSWERS",
    "AXES",
    "QUESTIONS",
    "RULERS",
    "Decomposition",
    "MultiverseResult",
    "MultiverseSpec",
    "decompose",
    "multiverse",
]
