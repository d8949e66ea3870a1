"""How much of the spread between the ways each choice explains, alone and with others."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from headway.draws import FloatArray
from headway.shortly import of_fields

MOST_HOLES = 0.05
_TOLERANCE = 1e-10
_ROUNDS = 10_000
_NOTHING = 1e-12


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class Decomposition:
    """Shares of the variance of a full factorial.

    Parameters
    ----------
    axes
        Names of the choices that have two values or more in the factorial.
    main
        Share of every choice alone, by name.
    total
        Share of every choice with all interactions that it takes part in.
    pairs
        Share of every pair's interaction, without what both do alone.
    higher
        Share of all interactions of three choices or more; with ``main`` and ``pairs`` 1.
    variance
        Of the factorial, in squared units of the values.
    cells
        Size of the factorial.
    filled
        Cells without a value, filled from the main effects.
    left_out
        Values that left the factorial because too many of their cells have no value: axis and
        position.
    """

    axes: tuple[str, ...]
    main: dict[str, float]
    total: dict[str, float]
    pairs: dict[tuple[str, str], float]
    higher: float
    variance: float
    cells: int
    filled: int
    left_out: tuple[tuple[str, int], ...]

    __repr__ = of_fields


def decompose(values: FloatArray, axes: Sequence[str]) -> Decomposition | None:
    r"""Decompose the variance of a value over all combinations of choices.

    With every combination equally likely and :math:`Y_u = E[Y \mid X_u]` the mean over the other
    choices, the share of a set of choices u is that of Sobol and of the analysis of variance,

    .. math:: S_u = \frac{1}{\operatorname{Var} Y} \sum_{v \subseteq u} (-1)^{|u| - |v|}
       \operatorname{Var} Y_v,

    exact on a full factorial, where all shares sum to 1. ``total`` is the sum over all sets that
    hold the choice.

    Holes are handled in two steps. The value of a choice with the largest part of its cells empty
    leaves, one after the other, until at most 5% of the cells are empty. Those are filled as in
    an experiment with missing plots: with what the main effects expect there, iterated until it
    no longer changes.

    Parameters
    ----------
    values : float64, one dimension per choice
        NaN where there is no value.
    axes
        Names of the dimensions.

    Returns
    -------
    Decomposition or None
        None when nothing varies or no factorial is left.

    References
    ----------
    I. M. Sobol, Mathematics and Computers in Simulation 55 (2001) 271-280; F. Yates, Empire
    Journal of Experimental Agriculture 1 (1933) 129-142.

    Examples
    --------
    >>> found = decompose(np.array([[0.0, 1.0], [2.0, 3.0]]), ("a", "b"))
    >>> found.main["a"], found.total["b"], found.higher
    (0.8, 0.2, 0.0)
    """
    kept, left_out = _factorial(values, axes)
    if kept.size < 2:
        return None
    varying = [k for k, n in enumerate(kept.shape) if n > 1]
    names = [axes[k] for k in varying]
    cube = kept.reshape([kept.shape[k] for k in varying])
    holes = ~np.isfinite(cube)
    cube = _filled(cube, holes)
    variance = float(cube.var())
    if not names or variance <= _NOTHING**2 * max(1.0, float(np.abs(cube).max()) ** 2):
        return None
    effect = _effects(cube)
    shares = {u: v / variance for u, v in effect.items()}
    main = {names[k]: shares[(k,)] for k in range(len(names))}
    total = {
        names[k]: sum(share for u, share in shares.items() if k in u) for k in range(len(names))
    }
    pairs = {(names[i], names[j]): shares[(i, j)] for i, j in combinations(range(len(names)), 2)}
    return Decomposition(
        axes=tuple(names), main=main, total=total, pairs=pairs,
        higher=math.fsum(share for u, share in shares.items() if len(u) > 2),
        variance=variance, cells=int(cube.size), filled=int(holes.sum()),
        left_out=tuple(left_out),
    )  # fmt: skip


def _factorial(values: FloatArray, axes: Sequence[str]) -> tuple[FloatArray, list[tuple[str, int]]]:
    """Drop values of choices until at most 5% of the cells are empty."""
    kept = values
    there = [list(range(n)) for n in values.shape]
    left_out: list[tuple[str, int]] = []
    while kept.size:
        empty = ~np.isfinite(kept)
        if empty.mean() <= MOST_HOLES:
            break
        worst: tuple[float, int, int] | None = None
        for axis in range(kept.ndim):
            others = tuple(k for k in range(kept.ndim) if k != axis)
            share = empty.mean(axis=others)
            at = int(share.argmax())
            # A choice whose values are equally empty is not what makes the holes.
            uneven = float(share[at] - share.min())
            score = float(share[at]) + uneven
            if worst is None or score > worst[0] + 1e-12:
                worst = (score, axis, at)
        assert worst is not None
        _, axis, at = worst
        left_out.append((axes[axis], there[axis].pop(at)))
        kept = np.delete(kept, at, axis=axis)
    return kept, left_out


def _filled(cube: FloatArray, holes: NDArray[np.bool_]) -> FloatArray:
    """Fill the holes with what the main effects expect there."""
    if not holes.any():
        return cube
    out = np.where(holes, float(cube[~holes].mean()), cube)
    for _ in range(_ROUNDS):
        mean = out.mean()
        expected = np.full(out.shape, mean)
        for axis in range(out.ndim):
            others = tuple(k for k in range(out.ndim) if k != axis)
            expected = expected + (out.mean(axis=others, keepdims=True) - mean)
        change = float(np.abs(expected[holes] - out[holes]).max())
        out[holes] = expected[holes]
        if change < _TOLERANCE:
            break
    return out


def _effects(cube: FloatArray) -> dict[tuple[int, ...], float]:
    """Variance of every interaction, by the axes that take part in it."""
    closed: dict[tuple[int, ...], float] = {}
    pure: dict[tuple[int, ...], float] = {}
    axes = range(cube.ndim)
    whole = float(cube.var())
    for size in range(1, cube.ndim + 1):
        for u in combinations(axes, size):
            others = tuple(k for k in axes if k not in u)
            closed[u] = float(cube.mean(axis=others).var()) if others else float(cube.var())
            below = sum(pure[v] for smaller in range(1, size) for v in combinations(u, smaller))
            found = closed[u] - below
            # Rounding leaves a little, of either sign, where there is no interaction.
            pure[u] = found if found > _NOTHING * whole else 0.0
    return pure
