"""The full cross of the choices: which combinations are ways to ask, and why others are not."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from headway.analyses.multiverse.choices import (
    ANSWERS,
    AXES,
    MultiverseSpec,
    can_refit,
    can_weight,
    candidate_rule,
)
from headway.rulers.published import PublishedRuler
from headway.rulers.scale import Ruler
from headway.shortly import of_fields

Codes = NDArray[np.int64]
_AT = {name: k for k, name in enumerate(("question", *AXES))}

RULES: Mapping[str, str] = {
    "same": "gives the same number as another combination, because a choice plays no part in it",
    "no-points": "asks for a tie in points on a scale without anchored points",
    "as-published": "asks for a published index on other benchmarks than its own",
    "own-evidence": "asks for other evidence of a ruler that names its own",
    "no-weights": "asks for weights from a ruler that has none",
    "no-draws": "asks what is beyond noise of ratings published without draws",
    "weights-date": "dates by the weights where neither side is defined by open weights",
}
"""Why a combination is not a way of its own, by rule."""


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class Cross:
    """Every combination of the choices.

    Parameters
    ----------
    levels
        Values of every choice, by axis; the first axis is the question.
    codes : int64 (n, 9)
        Position of the value in its axis.
    same_as : int64 (n,)
        The reduced combination, which gives the same number; itself where nothing is reduced.
    rule
        Name of the rule that excludes a combination, or an empty string.
    """

    levels: Mapping[str, tuple[str, ...]]
    codes: Codes
    same_as: Codes
    rule: NDArray[np.str_]

    __repr__ = of_fields

    @property
    def asked(self) -> NDArray[np.int64]:
        """Positions of the combinations that are ways of their own."""
        return np.flatnonzero(self.rule == "")

    def column(self, axis: str) -> Codes:
        """Codes of one axis."""
        out: Codes = self.codes[:, _AT[axis]]
        return out


def cross(
    spec: MultiverseSpec,
    rulers: Mapping[str, Ruler],
    subsets: Sequence[str],
    days: Sequence[str],
    bare: Collection[str] = (),
) -> Cross:
    """Cross all choices, and sort out what is no way of its own.

    A combination is first reduced: a choice that plays no part in its number is set to its
    first value (the tie where a convention has none; the scale and all that belongs to it for
    benchmark thresholds; which models can hold a frontier in a draw, where there are no draws
    or only records count). What reduces to the same is the same way, and it is asked once in its
    reduced form. The meaningless ones are excluded by the rules in :data:`RULES`.

    Parameters
    ----------
    bare
        Names of the rulers whose scales have no draws.
    """
    asked = spec.asked
    levels = {
        "question": tuple(asked),
        "ruler": tuple(rulers),
        "subset": tuple(subsets),
        "weights": spec.weights,
        "as_of": tuple(days),
        "dates": tuple(spec.dates),
        "candidates": spec.candidates,
        "tie": tuple(f"{tie:g}" for tie in spec.ties),
        "answer": spec.answers,
    }
    shape = tuple(len(values) for values in levels.values())
    codes = np.stack(np.unravel_index(np.arange(np.prod(shape)), shape), axis=1).astype(np.int64)
    reduced = _reduced(codes, levels, rulers, bare)
    same_as = np.ravel_multi_index(tuple(reduced.T), shape).astype(np.int64)
    rule = _rules(reduced, levels, rulers, asked, bare)
    rule[(same_as != np.arange(len(codes))) & (rule == "")] = "same"
    return Cross(levels=levels, codes=codes, same_as=same_as, rule=rule)


def _reduced(
    codes: Codes,
    levels: Mapping[str, tuple[str, ...]],
    rulers: Mapping[str, Ruler],
    bare: Collection[str],
) -> Codes:
    out = codes.copy()
    answers = [ANSWERS[name] for name in levels["answer"]]
    of = {name: np.array([getattr(a, name) for a in answers])[codes[:, _AT["answer"]]]
          for name in ("tie", "mode", "scale")}  # fmt: skip
    out[~of["tie"], _AT["tie"]] = 0
    refits = np.array([can_refit(ruler) for ruler in rulers.values()])
    main = int(refits.argmax())
    for name, value in (("ruler", main), ("weights", 0), ("candidates", 0)):
        out[~of["scale"], _AT[name]] = value
    without = np.array([name in bare for name in rulers])
    rules = [candidate_rule(value) for value in levels["candidates"]]
    fewest = [n for _, n in rules]
    plain = np.array([fewest.index(n) for n in fewest])
    free = (~of["mode"] | without[codes[:, _AT["ruler"]]]) & of["scale"]
    out[free, _AT["candidates"]] = plain[codes[free, _AT["candidates"]]]
    return out


def _rules(
    codes: Codes,
    levels: Mapping[str, tuple[str, ...]],
    rulers: Mapping[str, Ruler],
    asked: Mapping[str, tuple[str, str]],
    bare: Collection[str],
) -> NDArray[np.str_]:
    rule = np.full(len(codes), "", dtype="<U16")
    ruler = codes[:, _AT["ruler"]]
    whole = np.array([name == "all" for name in levels["subset"]])[codes[:, _AT["subset"]]]
    even = np.array([name == "equal" for name in levels["weights"]])[codes[:, _AT["weights"]]]
    printed = np.array([isinstance(r, PublishedRuler) for r in rulers.values()])[ruler]
    without = np.array([name in bare for name in rulers])[ruler]
    refits = np.array([can_refit(r) for r in rulers.values()])[ruler]
    weighs = np.array([can_weight(r) for r in rulers.values()])[ruler]
    answers = [ANSWERS[name] for name in levels["answer"]]
    of_answer = codes[:, _AT["answer"]]
    scale = np.array([a.scale for a in answers])[of_answer]
    needs = np.array([a.draws for a in answers])[of_answer]
    by_weights = np.array([name == "weights" for name in levels["dates"]])[codes[:, _AT["dates"]]]
    open_sides = np.array([any("open" in side.split("+") for side in pair)
                           for pair in asked.values()])[codes[:, _AT["question"]]]  # fmt: skip
    for name, excluded in (
        ("as-published", printed & scale & ~(whole & even)),
        ("own-evidence", ~printed & ~refits & scale & ~whole),
        ("no-weights", ~weighs & scale & ~even),
        ("no-draws", without & needs),
        ("weights-date", by_weights & ~open_sides),
    ):
        rule[excluded & (rule == "")] = name
    return rule
