"""The first design: an interaction of group and label on the residuals of one joint fit."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from headway.analyses.premium.cells import Cells
from headway.analyses.premium.estimator import Effect, Model, effect, weigh
from headway.analyses.premium.permutation import of_benchmarks, within_benchmarks
from headway.analyses.premium.spec import PremiumSpec
from headway.errors import NotIdentified
from headway.shortly import of_fields

FEWEST_BENCHMARKS = 5
FEWEST_SCORES = 5


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class Interaction:
    """The premium with what it rests on.

    Parameters
    ----------
    model
        Cells and weights.
    premium
        The follower's premium over the leader's, in points.
    main
        What both groups share (only where labels vary within a benchmark), in points.
    p_value, main_p_value
        Permutation p-values, two-sided.
    labellings
        Labellings that the p-value compares with.
    exact
        Whether those were all there are.
    """

    model: Model
    premium: Effect
    main: Effect | None
    p_value: float
    main_p_value: float | None
    labellings: int
    exact: bool

    __repr__ = of_fields


def interaction(
    cells: Cells,
    spec: PremiumSpec,
    *,
    permutations: int | None = None,
    weighed: Model | None = None,
) -> Interaction:
    """Estimate the premium on cells that carry labels.

    ``weighed`` are the weights of the same scores under other labels, which do not depend on the
    labels.

    Raises
    ------
    NotIdentified
        When a side has too few benchmarks or scores; the message has the counts.
    """
    require(cells, spec)
    permutations = spec.permutations if permutations is None else permutations
    shared = weighed is not None and weighed.cells.same_scores(cells)
    model = replace(weighed, cells=cells) if weighed is not None and shared else weigh(cells)
    own = (cells.label * cells.follower[cells.model])[:, None]
    if spec.contrast == "access":
        side = cells.side()
        premium = effect(model, own, side, spec.resamples, spec.seed)
        p_value, labellings, exact = of_benchmarks(model, side, permutations, spec.seed)
        return Interaction(
            model=model, premium=premium, main=None, p_value=p_value, main_p_value=None,
            labellings=labellings, exact=exact,
        )  # fmt: skip
    alike = np.zeros(len(cells.benchmarks))
    both = np.column_stack([cells.label, own[:, 0]])
    main = effect(model, both[:, :1], alike, spec.resamples, spec.seed)
    premium = effect(model, both, alike, spec.resamples, spec.seed)
    options: dict[str, Any] = {"permutations": permutations, "seed": spec.seed}
    main_p_value, _ = within_benchmarks(model, interaction=False, **options)
    p_value, labellings = within_benchmarks(model, interaction=True, **options)
    return Interaction(
        model=model, premium=premium, main=main, p_value=p_value, main_p_value=main_p_value,
        labellings=labellings, exact=False,
    )  # fmt: skip


def require(cells: Cells, spec: PremiumSpec, *, whole: Cells | None = None) -> None:
    """Refuse cells that cannot tell the two sides apart, with the counts of what there is.

    Parameters
    ----------
    whole
        The cells before benchmarks that cannot be compared were left out, for the counts.
    """
    first, second = spec.sides
    counts, before = counted(cells), counted(cells if whole is None else whole)
    details = [
        f"{getattr(spec, group)}: {before[group, first]} {first} and {before[group, second]} "
        f"{second} scores, of which {counts[group, first]} and {counts[group, second]} can be "
        "compared"
        for group in ("leader", "follower")
    ]
    if spec.contrast == "access":
        side = cells.side()
        for name, code in ((first, 1.0), (second, 0.0)):
            found = [b for b, s in zip(cells.benchmarks, side, strict=True) if s == code]
            if len(found) < FEWEST_BENCHMARKS:
                raise NotIdentified(
                    f"{len(found)} {name} benchmarks can be compared, and at least "
                    f"{FEWEST_BENCHMARKS} are needed: each needs {spec.fewest} models of "
                    f"{spec.leader} and of {spec.follower} from {spec.since} on",
                    details=details,
                    hint="choose an earlier --since, a longer list of kinds, or larger groups",
                )
        return
    if len(cells.benchmarks) < FEWEST_BENCHMARKS:
        raise NotIdentified(
            f"{len(cells.benchmarks)} benchmarks have both {first}-reported and {second} scores, "
            f"with {spec.fewest} models of each group from {spec.since} on, and at least "
            f"{FEWEST_BENCHMARKS} are needed",
            details=details,
            hint="choose an earlier --since; or add scores whose reporter is known",
        )
    few = [
        f"{counts[group, name]} {name} scores of {getattr(spec, group)}"
        for group in ("leader", "follower")
        for name in spec.sides
        if counts[group, name] < FEWEST_SCORES
    ]
    if few:
        raise NotIdentified(
            f"on the {len(cells.benchmarks)} benchmarks with both kinds of score there are only "
            f"{' and '.join(few)}, and at least {FEWEST_SCORES} of each are needed",
            details=details,
            hint="choose an earlier --since; or add scores whose reporter is known",
        )


def counted(cells: Cells) -> dict[tuple[str, str], int]:
    """Count the scores by group (leader, follower) and side."""
    follower = cells.follower[cells.model]
    out = {}
    for group, g in (("leader", 0.0), ("follower", 1.0)):
        for names, code in ((("public", "developer"), 1.0), (("private", "independent"), 0.0)):
            number = int(((follower == g) & (cells.label == code)).sum())
            for name in names:
                out[group, name] = number
    return out
