r"""The fit of an item response model: a driver that updates abilities between passes over parts.

Every taker's ability and every question's parameters have a posterior of their own (a mean-field
approximation): the questions' given the abilities, by adaptive quadrature in two dimensions, and
the abilities' given the expectation over the questions, by a step of Newton where many answers
make it narrow and by adaptive quadrature where few leave it wide. With wide questions and narrow
abilities this is maximum likelihood with the questions integrated out; with narrow questions and
wide abilities it is the classic marginal likelihood. The scale is fixed by the sample: mean 0 and,
with slopes, a mean of :math:`\mu_m^2 + s_m^2` equal to 1 after every pass. With one slope for all,
that slope is 1 and the spread of the abilities is what is estimated.

The passes are a fixed-point iteration in the abilities, sped up by Anderson's method. The
uncertainty that the approximation leaves out, because the questions are not known, is put back by
the missing information principle (Louis 1982).
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from headway.draws import FloatArray
from headway.engines import Engine
from headway.errors import NotConverged
from headway.progress import Progress, Silent
from headway.rulers.alike import shared
from headway.rulers.responses import passes
from headway.rulers.responses.fitted import ItemFit
from headway.rulers.responses.links import require_connected
from headway.rulers.responses.mixing import Anderson
from headway.rulers.responses.parts import Taker
from headway.rulers.responses.passes import Nodes, Options, Totals
from headway.rulers.responses.quadrature import (
    ITERATED,
    REPORTED,
    Model,
    ability_sizes,
    choose,
    normal_rule,
    options_of,
)
from headway.rulers.responses.spread import (
    Difference,
    UnknownSpread,
    alike,
    contrasts,
    difference,
)

TOLERANCE = 1e-9
MOST_PASSES = 300
MEMORY = 8
PATIENCE = 150
PSEUDO = 5
MOST_JOINT = 6000
AT_ONCE = 16
ENOUGH = 4000
# From how many nodes on an ability has the moments of its posterior; with fewer, the normal
# distribution nearest to it.
SHAPED = 9


class Resume(Protocol):
    """Keeps the state of a fit between runs: :class:`headway.engines.checkpoint.Checkpoint`."""

    def load(self, *, like: Mapping[str, Any]) -> Mapping[str, NDArray[Any]] | None:
        """Return what was saved under the names of these arrays, or None."""

    def save(self, arrays: Mapping[str, NDArray[Any]]) -> None:
        """Keep some arrays."""


def fit(
    engine: Engine,
    takers: Sequence[Taker],
    *,
    model: Model = "2pl",
    prior: tuple[float, float, float, float] = (0.0, 0.5, 0.0, 2.0),
    estimate_prior: bool = False,
    modes: bool = False,
    progress: Progress | None = None,
    resume: Resume | None = None,
    most_passes: int = MOST_PASSES,
) -> ItemFit:
    """Fit the model to the parts that an engine holds.

    Parameters
    ----------
    engine
        Holds :class:`headway.rulers.responses.answers.Part` objects.
    takers
        Model and variant of each taker, in the order of the parts.
    model
        ``2pl``: a slope per question; ``1pl``: one slope for all.
    prior
        Mean and standard deviation of the log-slope, then of the difficulty.
    estimate_prior
        Replace these by the questions' own means and standard deviations (empirical Bayes), with
        the weight of five questions left to what was given.
    modes
        Take every question at its mode instead of integrating over its posterior: the classic
        marginal (with weak priors: maximum) likelihood, for many takers and few questions.
    progress
        Told about every pass.
    resume
        Keeps the state after every pass, and gives it back.

    Raises
    ------
    NotIdentified
        When the takers fall into groups that share no question, or there is one taker.
    NotConverged
        When the abilities still change after ``most_passes`` passes.
    """
    progress = progress or Silent()
    counts = tuple(engine.run(passes.totals))
    require_connected(takers, [part.group for part in counts])
    options = options_of(model, prior)
    compared = engine.run(contrasts)
    found, label = difference(compared), alike(compared)
    driver = _Driver(engine, counts, options, model, modes, estimate_prior, found, label)
    driver.iterate(progress, resume, most_passes)
    return driver.finished(tuple(takers), progress)


class _Driver:
    """The state of the iteration, and its steps."""

    def __init__(
        self,
        engine: Engine,
        counts: tuple[Totals, ...],
        options: Options,
        model: Model,
        modes: bool,
        estimate_prior: bool,
        found: Difference,
        label: NDArray[np.int64],
    ) -> None:
        self.difference, self.alike = found, label
        # Where the spread of the abilities can be no unit, it is 1 logit while questions are found.
        self.free_scale = found.settled or len(counts[0].taker_trials) > MOST_JOINT
        self.engine, self.counts, self.options, self.model = engine, counts, options, model
        self.modes, self.given = modes, options.prior
        self.estimate_prior = estimate_prior and self.free_scale
        self.trials = _added([part.taker_trials for part in counts])
        self.score = _added([part.taker_score for part in counts])
        rate = (self.score + 0.5) / (self.trials + 1.0)
        mean = np.log(rate / (1 - rate))
        sd = np.minimum(1.0, 2.0 / np.sqrt(1.0 + self.trials * rate * (1 - rate)))
        mean, sd, _ = self._standard(mean, sd)
        self.x = self._packed(mean, sd)
        self.rules = [
            np.zeros(len(part.item_trials)) if modes else choose(part, ITERATED) for part in counts
        ]
        self.states = [_first_state(part) for part in counts]
        self.sizes = ability_sizes(self.trials, self.score)
        self.start = np.concatenate([[0], np.cumsum(self.sizes)]).astype(np.int64)
        self.who = np.repeat(np.arange(len(self.sizes)), self.sizes)
        points = {int(n): normal_rule(int(n)) for n in np.unique(self.sizes)}
        self.z = np.concatenate([points[int(n)][0] for n in self.sizes])
        self.rule_weight = np.concatenate([points[int(n)][1] for n in self.sizes])
        self.weight = self.rule_weight
        self.values = bool((self.sizes >= SHAPED).any())
        self.passes, self.change, self.failed = 0, np.inf, 0

    def iterate(self, progress: Progress, resume: Resume | None, most: int) -> None:
        mixer = Anderson(MEMORY)
        saved = resume.load(like=self._state(mixer, True)) if resume is not None else None
        stages: tuple[bool, ...] = (True, False)
        if saved is not None:
            mixer, stages = self._restore(saved)
        progress.stage("Fitting questions and abilities")
        # The questions' modes are cheap and lead near; integrating over them comes after.
        for rough in stages:
            for state, rule in zip(self.states, self.rules, strict=True):
                state[:, -1] = 0.0 if rough else rule
            self._settle(mixer, rough, progress, resume, most)
            mixer = Anderson(MEMORY)
        if self.change > TOLERANCE:
            raise NotConverged(
                f"after {self.passes} passes abilities still change by {self.change:.1e} "
                f"(tolerance {TOLERANCE:.0e})",
                hint="look for models with a handful of answers, and leave them out (min_scores)",
            )

    def _settle(
        self,
        mixer: Anderson,
        rough: bool,
        progress: Progress,
        resume: Resume | None,
        most: int,
    ) -> None:
        tolerance = 1e-3 if rough else TOLERANCE
        while self.passes < most and self.change > tolerance:
            image = self._pass(self.x)
            self.passes += 1
            if not np.isfinite(image).all():
                raise NotConverged(
                    "the fit ran away: priors this wide do not hold every question or model",
                    hint="take smaller slope_sd and difficulty_sd (0.5 and 2 are usual), or leave "
                    "out what has all answers right or all wrong",
                )
            moved = image[: len(self.sizes)] - self.x[: len(self.sizes)]
            self.change = float(np.max(np.abs(moved)))
            progress.advance(self.passes, most)
            settled = self.change <= tolerance
            if not settled:
                n = len(self.sizes)
                # Widths follow by themselves; the spread of all abilities weighs like all of them.
                mixed = mixer.step(*(np.append(v[:n], np.sqrt(n) * v[-1]) for v in (self.x, image)))
                image = np.concatenate([mixed[:n], image[n:-1], mixed[-1:] / np.sqrt(n)])
            self.x = image
            if rough and settled:
                mixer, rough, self.change = Anderson(MEMORY), False, np.inf
            if resume is not None:
                resume.save(self._state(mixer, rough))
            if settled:
                return

    def _state(self, mixer: Anderson, rough: bool) -> dict[str, NDArray[Any]]:
        """All that the next pass depends on, so that a resumed fit gives the same bits."""
        return {
            "x": self.x,
            "weight": self.weight,
            "prior": self.options.prior,
            "states": np.concatenate(self.states),
            "counts": np.array([self.passes, self.failed, rough], dtype=np.int64),
            "change": np.array([self.change, mixer.last]),
            "points": np.array(mixer.points),
            "images": np.array(mixer.images),
        }

    def _restore(self, saved: Mapping[str, NDArray[Any]]) -> tuple[Anderson, tuple[bool, ...]]:
        self.x, self.weight = saved["x"], saved["weight"]
        self.options = replace(self.options, prior=saved["prior"])
        self.passes, self.failed, rough = (int(count) for count in saved["counts"])
        self.change = float(saved["change"][0])
        pieces = np.split(saved["states"], np.cumsum([len(s) for s in self.states])[:-1])
        self.states = [np.ascontiguousarray(piece) for piece in pieces]
        mixer = Anderson(MEMORY)
        mixer.points, mixer.images = list(saved["points"]), list(saved["images"])
        mixer.last = float(saved["change"][1])
        return mixer, (True, False) if rough else (False,)

    def _pass(self, x: FloatArray, *, move: bool = True) -> FloatArray:
        """Update the questions, then the abilities; the result is on the fixed scale."""
        n = len(self.sizes)
        mean, sd, spread = x[:n], np.exp(x[n:-1]), float(np.exp(x[-1]))
        at = mean[self.who] + sd[self.who] * self.z
        nodes = Nodes(start=self.start, x=at, weight=self.weight, values=self.values)
        options = self._options_at(spread)
        swept = self.engine.run(passes.sweep, nodes, options, each=self.states)
        self.states = [part.state for part in swept]
        self.failed = sum(part.failed for part in swept)
        if not move:
            return x
        gradient = _added([part.gradient for part in swept]) - at / spread**2
        curvature = _added([part.curvature for part in swept]) + 1 / spread**2
        # Over a rule's nodes: the best normal distribution instead of the curvature at one point.
        first = self.start[:-1]
        new_sd = 1 / np.sqrt(np.add.reduceat(self.rule_weight * curvature, first))
        step = np.add.reduceat(self.rule_weight * gradient, first) * new_sd**2
        new_mean = mean + np.clip(step, -1.0, 1.0)
        if self.values:
            value = _added([part.value for part in swept]) - at**2 / (2 * spread**2)
            moments = self._moments(at, value)
            # A rule laid far from the posterior, or with a wrong width, says nothing about it.
            near = (np.abs(step) < 2 * sd) & (sd < 1.7 * new_sd) & (sd > 0.6 * new_sd)
            # Moments may go round in circles; the nearest normal distribution does not.
            wide = (self.sizes >= SHAPED) & near & (self.passes < PATIENCE)
            new_mean = np.where(wide, moments[0], new_mean)
            new_sd = np.where(wide, np.clip(moments[1] / new_sd, 0.75, 1.6) * new_sd, new_sd)
            self.weight = np.where(wide[self.who], moments[2], self.rule_weight)
        new_mean, new_sd, moved = self._standard(new_mean, new_sd)
        for part in self.states:
            shift, scale = moved
            part[:, 1] = (part[:, 1] - shift) / scale
            part[:, 3] = (part[:, 3] - shift) / scale
            part[:, 0] += np.log(scale)
            part[:, 2] += np.log(scale)
        packed = self._packed(new_mean, new_sd)
        if self.estimate_prior:
            self.options = replace(self.options, prior=self._prior(float(np.exp(packed[-1]))))
        return packed

    def _prior(self, spread: float) -> FloatArray:
        """Means and precisions of the questions' parameters, difficulties in units of spread."""
        prior = self.given.copy()
        states = np.concatenate(self.states)
        weight = len(states) + PSEUDO
        for k, (column, variance, unit) in enumerate(((2, 4, 1.0), (3, 6, spread))):
            if k == 0 and not self.options.free_slope:
                continue
            given, precision = self.given[2 * k : 2 * k + 2]
            value = states[:, column] / unit
            mean = (value.sum() + PSEUDO * given) / weight
            square = (states[:, variance] / unit**2 + (value - mean) ** 2).sum()
            prior[2 * k] = mean
            prior[2 * k + 1] = weight / (square + PSEUDO * (1 / precision + (mean - given) ** 2))
        return prior

    def _moments(
        self, at: FloatArray, value: FloatArray
    ) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Posterior mean and standard deviation of every taker, and weights of its nodes.

        The weights are those of a normal distribution with the posterior's skewness and kurtosis
        (Gram and Charlier's series), so that they keep to the mean and the variance.
        """
        first = self.start[:-1]
        value = value + 0.5 * self.z**2
        value -= np.maximum.reduceat(value, first)[self.who]
        weight = self.rule_weight * np.exp(value)
        weight /= np.add.reduceat(weight, first)[self.who]
        mean = np.add.reduceat(weight * at, first)
        off = at - mean[self.who]
        sd = np.sqrt(np.maximum(np.add.reduceat(weight * off**2, first), 1e-12))
        off /= sd[self.who]
        skew = np.clip(np.add.reduceat(weight * off**3, first), -0.6, 0.6)[self.who]
        excess = np.clip(np.add.reduceat(weight * off**4, first) - 3, -0.5, 0.8)[self.who]
        z = self.z
        shape = 1 + skew / 6 * (z**3 - 3 * z) + excess / 24 * (z**4 - 6 * z**2 + 3)
        return mean, sd, self.rule_weight * shape

    def _options_at(self, spread: float) -> Options:
        """The prior of difficulties is in units of the abilities' spread."""
        if self.options.free_slope:
            return self.options
        prior = self.options.prior * np.array([1.0, 1.0, spread, spread**-2])
        return replace(self.options, prior=prior)

    def _packed(self, mean: FloatArray, sd: FloatArray) -> FloatArray:
        """Means, logarithms of the widths, and that of the spread (1 with slopes) in one vector."""
        known = self.options.free_slope or not self.free_scale
        square = 1.0 if known else float(np.mean(mean**2 + sd**2))
        return np.concatenate([mean, np.log(sd), [0.5 * np.log(square)]])

    def _standard(
        self, mean: FloatArray, sd: FloatArray
    ) -> tuple[FloatArray, FloatArray, tuple[float, float]]:
        shift = float(np.mean(mean))
        mean = mean - shift
        scale = 1.0
        if self.options.free_slope and self.free_scale:
            scale = float(np.sqrt(np.mean(mean**2 + sd**2)))
        return mean / scale, sd / scale, (shift, scale)

    def finished(self, takers: tuple[Taker, ...], progress: Progress) -> ItemFit:
        n = len(self.sizes)
        mean, sd = self.x[:n].copy(), np.exp(self.x[n:-1])
        if self.failed:
            raise NotConverged(
                f"the parameters of {self.failed} questions were not found",
                hint="look for questions with a handful of answers, and leave them out",
            )
        # The iteration's rules give means; variances of some questions need finer ones.
        for k, (state, part) in enumerate(zip(self.states, self.counts, strict=True)):
            finer = choose(part, REPORTED)
            state[:, -1] = 0 if self.modes else np.where(finer == self.rules[k], -1, finer)
        self._pass(self.x, move=False)
        held = [np.ones(n), mean] if self.options.free_slope and self.free_scale else [np.ones(n)]
        fixed = np.linalg.qr(np.array(held).T)[0].T
        factor = None
        if n <= MOST_JOINT:
            progress.stage("Standard errors")
            factor = self._factor(mean, sd, fixed)
        unknown = None
        if not self.free_scale:
            assert factor is not None
            unknown = UnknownSpread(mean, factor @ factor.T)
            mean, sd = unknown.estimate, shared(unknown.stderr, self.alike)
        return ItemFit(
            model=self.model,
            takers=takers,
            mean=shared(mean, self.alike),
            sd=sd,
            states=tuple(self.states),
            spread=float(np.exp(self.x[-1])) if unknown is None else unknown.spread,
            difference=self.difference,
            unknown=unknown,
            alike=self.alike,
            factor=factor,
            fixed=fixed,
            totals=self.counts,
            options=self._options_at(float(np.exp(self.x[-1]))),
            passes=self.passes,
            change=self.change,
        )

    def _factor(self, mean: FloatArray, sd: FloatArray, fixed: FloatArray) -> FloatArray:
        from scipy.linalg import cholesky, eigh

        options = self._options_at(float(np.exp(self.x[-1])))
        lost = np.zeros((len(mean), len(mean)), order="F")
        enough = max(ENOUGH, 3 * len(mean))
        every = max(1, sum(len(state) for state in self.states) // enough)
        # A few parts at a time: each gives a matrix of all takers by all takers.
        for first in range(0, len(self.states), AT_ONCE):
            chosen = range(first, first + AT_ONCE)
            each = [state if k in chosen else None for k, state in enumerate(self.states)]
            for part in self.engine.run(passes.missing, mean, options, every, each=each):
                if part is not None:
                    lost += part
        lost = np.triu(lost) + np.triu(lost, 1).T
        own = 1 / sd**2
        precision = np.diag(own) - lost
        precision += fixed.T @ fixed * own.max() * 100
        try:
            out: FloatArray = cholesky(precision, lower=True)
        except np.linalg.LinAlgError:
            # Nothing may be more certain than with known questions, nor wholly unknown.
            root = np.sqrt(own)
            values, vectors = eigh(precision / np.outer(root, root))
            values = np.maximum(values, 0.02)
            out = cholesky((root[:, None] * vectors * values) @ (vectors.T * root), lower=True)
        return out


def _added(arrays: Sequence[FloatArray]) -> FloatArray:
    """Add in the order of the parts, so that the sum does not depend on who finished first."""
    total = np.zeros_like(arrays[0])
    for array in arrays:
        total += array
    return total


def _first_state(part: Totals) -> FloatArray:
    rate = (part.item_score + 0.5) / (part.item_trials + 1.0)
    state = np.zeros((len(rate), 8))
    state[:, 1] = state[:, 3] = np.clip(-1.2 * np.log(rate / (1 - rate)), -6.0, 6.0)
    state[:, [4, 6]] = 0.1
    return state
