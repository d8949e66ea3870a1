r"""The interaction of group and label on the residuals of a joint fit, in points.

A score of model m on benchmark b lies

.. math::

   r_{mb} = s_{mb} \bigl(\alpha_m + \beta_b + \lambda_b c_m + (\gamma_b + \tau \ell_{mb}) G_m
   \bigr) + \varepsilon_{mb}, \qquad
   \operatorname{Var} \varepsilon_{mb} = \sigma^2 \hat y_{mb} (1 - \hat y_{mb})

from what the joint fit expects, with s the derivative of its curve in points, c the capability,
G = 1 for the follower's models and l = 1 for the first side of the contrast. The shifts of the
model (alpha), of the benchmark's difficulty (beta) and of its slope (lambda) are free, so the
estimate is one Gauss-Newton step of the joint fit with tau added to it: what the fit took from
the premium into capabilities and difficulties is given back. The follower's own luck on a
benchmark, gamma, is normal with variance omega^2. Near floor and ceiling s vanishes faster than
the noise, so such scores weigh little instead of being blown up.
"""

from dataclasses import dataclass

import numpy as np

from headway.analyses.premium.cells import Cells
from headway.draws import FloatArray
from headway.errors import NotIdentified
from headway.rulers.scores.observations import Ints
from headway.shortly import of_fields

FLOOR = 0.02
RIDGE = 1e-8
DETERMINED = 1e-12


@dataclass(frozen=True, eq=False, kw_only=True)
class Model:
    """The cells with their weights, every benchmark's own difficulty and slope swept out.

    Parameters
    ----------
    rows
        Cells of each benchmark.
    weight
        Precision of shifts of each benchmark's cells in points, in units of 1/sigma^2,
        (n_b, n_b) each.
    pull
        Score vector of the same shifts, (n_b,) each.
    sigma
        Noise of a score, in units of sqrt(y (1 - y)).
    omega
        Standard deviation of the follower's luck on a benchmark, in points.
    advantage, advantage_error : float64 (n_benchmarks,)
        The follower's advantage on each benchmark in points, up to a constant, and its noise;
        free on every benchmark, so that few scores give wide errors.
    """

    cells: Cells
    rows: tuple[Ints, ...]
    weight: tuple[FloatArray, ...]
    pull: tuple[FloatArray, ...]
    sigma: float
    omega: float
    advantage: FloatArray
    advantage_error: FloatArray

    __repr__ = of_fields


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class Effect:
    """An effect in points with what it rests on.

    Parameters
    ----------
    estimate
        Points.
    error
        Standard error by the model.
    left_out : float64 (n_benchmarks,)
        The estimate without each benchmark; empty when there are no resamples.
    rows : float64 (1 + resamples,)
        The estimate and its resamples over benchmarks.
    """

    estimate: float
    error: float
    left_out: FloatArray
    rows: FloatArray

    __repr__ = of_fields

    @property
    def ratio(self) -> float:
        """The estimate in standard errors."""
        return self.estimate / self.error


def weigh(cells: Cells) -> Model:
    """Sweep difficulty and slope out of every benchmark, and estimate both variances.

    sigma^2 comes from the residuals with every gamma free, omega^2 by the method of moments from
    the spread of the gammas beyond their own noise; neither looks at the labels.

    Raises
    ------
    NotIdentified
        When there are fewer scores than unknowns.
    """
    size = len(cells.benchmarks)
    deviation = np.sqrt(np.maximum(cells.expected * (1 - cells.expected), FLOOR))
    rows: list[Ints] = []
    weight: list[FloatArray] = []
    pull: list[FloatArray] = []
    freedom, total = 0, 0.0
    for b in range(size):
        own = np.flatnonzero(cells.benchmark == b).astype(np.int64)
        shift = cells.slope[own] / deviation[own]
        basis, triangle = np.linalg.qr(
            np.stack([shift, shift * cells.capability[cells.model[own]]], axis=1)
        )
        basis = basis[:, np.abs(np.diag(triangle)) > 1e-9 * np.abs(triangle).max(initial=0.0)]
        residual = cells.residual[own] / deviation[own]
        residual = residual - basis @ (basis.T @ residual)
        freedom += len(own) - basis.shape[1]
        total += float(residual @ residual)
        free = np.eye(len(own)) - basis @ basis.T
        rows.append(own)
        weight.append(shift[:, None] * free * shift)
        pull.append(shift * residual)
    joint, shifts = about_models(cells, rows, weight, pull)
    score, spread = by_benchmark(cells, rows, weight, pull)
    inverse, rank = _pseudo_inverse(spread, 1e-6)
    gamma = inverse @ score
    explained = float(score @ gamma)
    of_models, models = _pseudo_inverse(joint, 1e-9)
    left = freedom - models - rank
    if left < 1 or rank < 1:
        raise NotIdentified(
            f"{len(cells.label)} scores on {size} benchmarks are too few to separate models, "
            "benchmarks and groups",
            hint="choose an earlier --since, or larger groups",
        )
    sigma2 = max((total - float(shifts @ of_models @ shifts) - explained) / left, DETERMINED)
    omega2 = max(0.0, (explained - rank * sigma2) / float(np.trace(spread)))
    ratio = omega2 / sigma2
    for b, own in enumerate(rows):
        side = cells.follower[cells.model[own]]
        known = weight[b] @ side
        shrunk = ratio / (1 + ratio * float(side @ known))
        pull[b] = pull[b] - shrunk * float(pull[b] @ side) * known
        weight[b] = weight[b] - shrunk * np.outer(known, known)
    return Model(
        cells=cells, rows=tuple(rows), weight=tuple(weight), pull=tuple(pull),
        sigma=float(np.sqrt(sigma2)), omega=float(np.sqrt(omega2)), advantage=gamma,
        advantage_error=np.sqrt(sigma2 * np.maximum(np.diag(inverse), 0.0)),
    )  # fmt: skip


def effect(
    model: Model, values: FloatArray, classes: FloatArray, resamples: int, seed: int
) -> Effect:
    r"""Estimate what the last of some columns does, with resamples over benchmarks.

    The estimate without each benchmark gives its influence
    :math:`J_b = \sqrt{(n - 1) / n} \, (\hat\tau - \hat\tau_{-b})`, n the number of benchmarks of
    its class. A resample draws the benchmarks of each class with replacement,
    :math:`\tau^* = \hat\tau + \sqrt{f / (f - 2)} \sum_b (n^*_b - 1) J_b`, so its variance is
    that of the jackknife over benchmarks times that of Student's t with f degrees of freedom, the
    benchmarks less the classes.

    Parameters
    ----------
    values : float64 (n_cells, k)
        Points by which a unit of each effect moves each cell.
    classes : float64 (n_benchmarks,)
        Benchmarks of one class are resampled among themselves.

    Raises
    ------
    NotIdentified
        When the last column does not vary beside the others.
    """
    cells, k = model.cells, values.shape[1]
    size = len(model.rows)
    joint, shift = about_models(cells, model.rows, model.weight, model.pull)
    cross = np.zeros((size, len(cells.models), k))
    square, pull = np.empty((size, k, k)), np.empty((size, k))
    for b, own in enumerate(model.rows):
        weighted = model.weight[b] @ values[own]
        np.add.at(cross[b], cells.model[own], weighted)
        square[b] = values[own].T @ weighted
        pull[b] = model.pull[b] @ values[own]
    whole = (cross.sum(axis=0), square.sum(axis=0), pull.sum(axis=0))
    known = _inverse(cells, joint)
    estimate, precision = _last(known @ np.column_stack([shift, whole[0]]), *whole)
    if not precision > DETERMINED:
        raise NotIdentified("the labels do not vary within a group, so no effect is determined")
    rows = np.full(1 + resamples, estimate)
    left_out = np.empty(size if resamples else 0)
    for b in range(len(left_out)):
        own = cells.model[model.rows[b]]
        pulled = shift.copy()
        np.subtract.at(pulled, own, model.pull[b])
        less = (whole[0] - cross[b], whole[1] - square[b], whole[2] - pull[b])
        swept = _without(known, own, model.weight[b], np.column_stack([pulled, less[0]]))
        left_out[b], _ = _last(swept, *less)
    rng = np.random.default_rng(seed)
    freedom = max(size - len(np.unique(classes)), 3)
    widened = np.sqrt(freedom / (freedom - 2))
    for kind in np.unique(classes) if resamples else ():
        chosen = np.flatnonzero(classes == kind)
        n = len(chosen)
        influence = np.sqrt((n - 1) / n) * (estimate - left_out[chosen])
        times = rng.multinomial(n, np.full(n, 1 / n), size=resamples)
        rows[1:] += widened * ((times - 1) @ influence)
    return Effect(
        estimate=estimate, error=model.sigma / np.sqrt(precision), left_out=left_out, rows=rows
    )


def about_models(
    cells: Cells,
    rows: "tuple[Ints, ...] | list[Ints]",
    weight: "tuple[FloatArray, ...] | list[FloatArray]",
    pull: "tuple[FloatArray, ...] | list[FloatArray]",
) -> tuple[FloatArray, FloatArray]:
    """Information and score vector of the models' shifts, over all benchmarks."""
    size = len(cells.models)
    if not rows:
        return np.zeros((size, size)), np.zeros(size)
    # With several reporters a model can have several cells on a benchmark: these add up.
    pairs = np.concatenate(
        [(cells.model[own][:, None] * size + cells.model[own]).ravel() for own in rows]
    )
    entries = np.concatenate([precision.ravel() for precision in weight])
    joint = np.bincount(pairs, entries, size * size).astype(np.float64)
    shift = np.bincount(cells.model[np.concatenate(rows)], np.concatenate(pull), size)
    return joint.reshape(size, size), shift.astype(np.float64)


def by_benchmark(
    cells: Cells,
    rows: "tuple[Ints, ...] | list[Ints]",
    weight: "tuple[FloatArray, ...] | list[FloatArray]",
    pull: "tuple[FloatArray, ...] | list[FloatArray]",
) -> tuple[FloatArray, FloatArray]:
    """Score vector u and information K of the follower's advantage by benchmark.

    For labels P given to whole benchmarks, the estimate is P'u / P'KP and its precision P'KP
    (in units of 1/sigma^2).
    """
    joint, shift = about_models(cells, rows, weight, pull)
    side = np.zeros((len(rows), len(cells.models)))
    for b, own in enumerate(rows):
        np.add.at(side[b], cells.model[own], weight[b] @ cells.follower[cells.model[own]])
    swept = np.linalg.solve(ridged(joint), np.column_stack([shift, side.T]))
    own_pull = [
        float(score @ cells.follower[cells.model[own]])
        for own, score in zip(rows, pull, strict=True)
    ]
    score = np.array(own_pull) - side @ swept[:, 0]
    spread = np.diag(side @ cells.follower) - side @ swept[:, 1:]
    return score, (spread + spread.T) / 2


def contributions(model: Model) -> FloatArray:
    r"""What each benchmark adds to the score of each label, (n_benchmarks, n_benchmarks).

    For labels P given to whole benchmarks, :math:`\psi = A P` has one entry per benchmark: its
    part of the score :math:`P'u = \sum_b \psi_b`, with the models' shifts swept out as they
    are without any effect of the labels.
    """
    cells = model.cells
    joint, shift = about_models(cells, model.rows, model.weight, model.pull)
    size = len(model.rows)
    side = np.zeros((size, len(cells.models)))
    for b, own in enumerate(model.rows):
        np.add.at(side[b], cells.model[own], model.weight[b] @ cells.follower[cells.model[own]])
    swept = np.linalg.solve(ridged(joint), np.column_stack([shift, side.T]))
    out = np.empty((size, size))
    for b, own in enumerate(model.rows):
        m = cells.model[own]
        left = model.pull[b] - model.weight[b] @ swept[m, 0]
        out[b] = -left @ swept[m, 1:]
        out[b, b] += float(left @ cells.follower[m])
    return out


def ridged(matrix: FloatArray) -> FloatArray:
    """Add a ridge that leaves alone everything but what the data do not determine."""
    out = matrix.copy()
    out.flat[:: len(matrix) + 1] += RIDGE * max(float(np.trace(matrix)), 1e-12) / len(matrix)
    return out


def _inverse(cells: Cells, joint: FloatArray) -> FloatArray:
    """Inverse of the models' information.

    Shifts that are the same for all models, or in proportion to capability, are those of the
    benchmarks and swept out of everything that it is applied to: they are fixed here, so that the
    ridge does not blow them up.
    """
    free, _ = np.linalg.qr(np.stack([np.ones(len(joint)), cells.capability], axis=1))
    size = float(np.trace(joint)) / len(joint)
    out: FloatArray = np.linalg.inv(ridged(joint) + size * free @ free.T)
    return out


def _without(known: FloatArray, own: Ints, weight: FloatArray, right: FloatArray) -> FloatArray:
    r"""Solve for the models' shifts without one benchmark, from the inverse A with it.

    .. math:: (A^{-1} - E W E')^{-1} r = y + A E W (I - E' A E W)^{-1} E' y, \qquad y = A r

    (Woodbury) with E the models of its cells and W their weight: its cost follows the cells of the
    benchmark, not all models.
    """
    plain = known @ right
    inner = np.eye(len(own)) - known[np.ix_(own, own)] @ weight
    out: FloatArray = plain + known[:, own] @ (weight @ np.linalg.solve(inner, plain[own]))
    return out


def _last(
    swept: FloatArray, cross: FloatArray, square: FloatArray, pull: FloatArray
) -> tuple[float, float]:
    """Estimate and precision of the last column, everything else swept out.

    ``swept`` are the models' shifts that the score vector and each column of ``cross`` give.
    """
    pull = pull - cross.T @ swept[:, 0]
    square = square - cross.T @ swept[:, 1:]
    precision, value = float(square[-1, -1]), float(pull[-1])
    if len(pull) > 1:
        inverse, _ = _pseudo_inverse(square[:-1, :-1], 1e-9)
        precision -= float(square[-1, :-1] @ inverse @ square[:-1, -1])
        value -= float(square[-1, :-1] @ inverse @ pull[:-1])
    return (value / precision if precision > DETERMINED else np.nan), precision


def _pseudo_inverse(matrix: FloatArray, tolerance: float) -> tuple[FloatArray, int]:
    """Inverse on what the data determine, and its rank."""
    if not matrix.size:
        return matrix, 0
    values, vectors = np.linalg.eigh((matrix + matrix.T) / 2)
    kept = values > tolerance * max(float(values[-1]), 0.0)
    used = vectors[:, kept]
    return (used / values[kept]) @ used.T, int(kept.sum())
