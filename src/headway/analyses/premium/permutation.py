"""How often labels given at random do as much as the labels do."""

from itertools import combinations
from math import comb

import numpy as np

from headway.analyses.premium.estimator import (
    DETERMINED,
    Model,
    about_models,
    contributions,
    ridged,
)
from headway.draws import FloatArray

CHUNK = 500
TIE = 1e-9


def of_benchmarks(
    model: Model, side: FloatArray, permutations: int, seed: int
) -> tuple[float, int, bool]:
    r"""p-value when the labels of whole benchmarks are permuted.

    The statistic is the score of the labels over its own standard error,

    .. math:: t = \Bigl| \sum_b \psi_b \Bigr| \Big/ \sqrt{\sum_b \tfrac{n_b}{n_b - 1} \psi_b^2}

    with psi the parts of the benchmarks (:func:`contributions`) and n_b the number of benchmarks
    with the label of b. Taking the error from the benchmarks themselves keeps the size right where
    noise differs between the two sides (Chung and Romano 2013, doi:10.1214/13-AOS1090).

    Parameters
    ----------
    side : float64 (n_benchmarks,)
        1 for the first side, 0 for the second.

    Returns
    -------
    (p-value, number of labellings compared, whether those were all there are)
    """
    parts = contributions(model)
    ones = int(side.sum())
    every = comb(len(side), ones)
    exact = every <= permutations
    if exact:
        labels = np.zeros((every, len(side)))
        for k, chosen in enumerate(combinations(range(len(side)), ones)):
            labels[k, list(chosen)] = 1.0
    else:
        rng = np.random.default_rng(seed)
        labels = rng.permuted(np.tile(side, (permutations, 1)), axis=1)
    seen = _ratio(side[None, :], parts)[0]
    return _share(_ratio(labels, parts), float(seen), exact=exact), len(labels), exact


def within_benchmarks(
    model: Model, *, interaction: bool, permutations: int, seed: int
) -> tuple[float, int]:
    """p-value when labels are permuted among the scores of each benchmark.

    Every benchmark keeps its number of labels; with ``interaction`` the effect is that of the
    follower beyond the one that both groups share.
    """
    cells = model.cells
    rng = np.random.default_rng(seed)
    n = len(cells.label)
    joint, pulled = about_models(cells, model.rows, model.weight, model.pull)
    joint = ridged(joint)
    shift = np.linalg.solve(joint, pulled)
    score_of = np.empty(n)
    for own, score in zip(model.rows, model.pull, strict=True):
        score_of[own] = score
    found: list[FloatArray] = []
    done = -1
    while done < permutations:
        count = min(CHUNK, permutations - done)
        labels = np.repeat(cells.label[:, None], count, axis=1)
        for own in model.rows:
            labels[own] = rng.permuted(labels[own], axis=0)
        if done < 0:
            labels[:, 0] = cells.label
        parts = [labels]
        if interaction:
            parts.append(labels * cells.follower[cells.model][:, None])
        weighted = [_weighted(model, part) for part in parts]
        cross = [np.zeros((len(cells.models), count)) for _ in parts]
        for total, part in zip(cross, weighted, strict=True):
            np.add.at(total, cells.model, part)
        swept = [np.linalg.solve(joint, part) for part in cross]
        square = [
            [
                (a * wb).sum(axis=0) - (ca * sb).sum(axis=0)
                for wb, sb in zip(weighted, swept, strict=True)
            ]
            for a, ca in zip(parts, cross, strict=True)
        ]
        pull = [score_of @ part - shift @ c for part, c in zip(parts, cross, strict=True)]
        precision, value = square[-1][-1], pull[-1]
        if interaction:
            share = np.where(square[0][0] > 0, square[1][0] / square[0][0], 0.0)
            precision = precision - share * square[0][1]
            value = value - share * pull[0]
        with np.errstate(invalid="ignore", divide="ignore"):
            found.append(np.where(precision > DETERMINED, value / np.sqrt(precision), 0.0))
        done += count
    ratios = np.abs(np.concatenate(found))
    return _share(ratios[1:], float(ratios[0]), exact=False), permutations


def _weighted(model: Model, moved: FloatArray) -> FloatArray:
    out = np.empty_like(moved)
    for own, precision in zip(model.rows, model.weight, strict=True):
        out[own] = precision @ moved[own]
    return out


def _ratio(labels: FloatArray, parts: FloatArray) -> FloatArray:
    psi = labels @ parts.T
    ones = labels.sum(axis=1, keepdims=True)
    own = np.where(labels == 1, ones, labels.shape[1] - ones)
    spread = (psi**2 * own / np.maximum(own - 1, 1)).sum(axis=1)
    usable = spread > 0
    out: FloatArray = np.where(
        usable, np.abs(psi.sum(axis=1)) / np.sqrt(np.where(usable, spread, 1.0)), 0.0
    )
    return out


def _share(found: FloatArray, seen: float, *, exact: bool) -> float:
    as_large = int((found >= seen * (1 - TIE)).sum())
    return as_large / len(found) if exact else (1 + as_large) / (1 + len(found))
