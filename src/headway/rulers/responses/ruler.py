"""The item ruler: abilities of models from answers to single questions."""

from collections import Counter
from dataclasses import asdict, dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np
import polars as pl

from headway.draws import Draws, central_interval
from headway.engines import Engine
from headway.errors import UsageError
from headway.progress import Progress, Silent
from headway.rulers.responses import checks, fit as item_fit
from headway.rulers.responses.answers import POOLED, Answers, Errors, Variants, from_dataset
from headway.rulers.responses.fit import Resume
from headway.rulers.responses.fitted import ItemFit
from headway.rulers.responses.quadrature import Model
from headway.rulers.responses.spread import FEW_FOR_A_UNIT, LEAST_TAKERS
from headway.rulers.scale import Evidence, Scale
from headway.rulers.scores.logistic import MOST_DRAWS, require_whole
from headway.rulers.threads import one_thread

if TYPE_CHECKING:
    from headway.dataset import Dataset

Units = Literal["sd", "logits", "points"]
Questions = Literal["integrated", "modes"]
Priors = Literal["fixed", "estimated"]

POINTS = 200.0 / np.log(3.0)
"""Points per logit: 200 points are three times the odds."""
FEW = 4
SPREAD_DRAWS = 400
# With more models the abilities' share in the errors of questions is small.
MANY = 500
UNIT = {"sd": "standard deviations", "logits": "logits", "points": "points"}


@dataclass(frozen=True, kw_only=True)
class ItemRuler:
    r"""Item response model: abilities of models, difficulty and discrimination of questions.

    .. math::

       P(m \text{ answers } j) = \sigma\bigl(a_j (\theta_m - b_j)\bigr), \qquad
       \log a_j \sim N(0, 0.5^2), \quad b_j \sim N(0, 2^2), \quad \theta_m \sim N(0, 1)

    Answers may be missing; partial credit enters as a fractional success; epochs are repeated
    trials. The scale is that of the sample: abilities of mean 0 and mean square 1, each with its
    posterior variance counted. Points are :math:`200 / \ln 3` times the logit on a typical
    question, so that 200 points are three times the odds.

    Where abilities are not clearly different (:class:`headway.rulers.responses.spread.Difference`),
    or there are two or three configurations, their spread is no unit. Then they stand in logits
    around a mean of 0, their spread is unknown with the half of N(0, 1) for a prior, and intervals
    hold what that leaves open; with a chance of more than 5% of such differences between equal
    models, the status is ``not_distinguishable``.

    Parameters
    ----------
    model
        2pl: every question has its own discrimination; 1pl: all have the same.
    benchmarks
        Benchmarks to use, by id, name or alias; by default all.
    variants
        What to do with several configurations of one model. Each is estimated on its own, and
        best places the model by the highest, separate shows all; default uses only the one of
        that name; pooled takes their answers together.
    errors
        Whether an answer that failed by a technical error is missing, or wrong (its score as it
        stands).
    min_scores
        Configurations with fewer answers are left out.
    units
        sd: standard deviations of the abilities; logits: on a question of typical (geometric mean)
        discrimination; points: 200 for three times the odds.
    groups
        Two groups of models, such as country:US and country:CN, to look for questions that are
        easier for one of them than their abilities explain.
    slope_sd
        Standard deviation of the prior of the log discrimination.
    difficulty_sd
        Standard deviation of the prior of the difficulty, in standard deviations of the abilities.
    priors
        fixed: as given by slope_sd and difficulty_sd, around a slope of 1 and a difficulty of 0;
        estimated: means and standard deviations are those of the questions at hand, with the
        weight of five questions left to what was given (slower).
    questions
        integrated: over the uncertainty of each question; modes: every question at its most
        likely values, the classic marginal likelihood, for few questions and many models.
    level
        Level of the intervals.
    draws
        Number of draws, up to 100,000.
    seed
        Seed of the draws.
    name
        What to call the ruler.

    Notes
    -----
    The two-parameter logistic model is that of Birnbaum (1968); priors and integration as in Bock
    and Aitkin (1981), with questions and models exchanging roles where questions are many.
    """

    model: Model = "2pl"
    benchmarks: tuple[str, ...] | None = None
    variants: Variants = "best"
    errors: Errors = "missing"
    min_scores: int = 1
    units: Units = "sd"
    groups: tuple[str, ...] = ()
    slope_sd: float = 0.5
    difficulty_sd: float = 2.0
    priors: Priors = "fixed"
    questions: Questions = "integrated"
    level: float = 0.9
    draws: int = 500
    seed: int = 0
    name: str = "Items"

    def __post_init__(self) -> None:
        for field, kind in (
            ("model", Model),
            ("variants", Variants),
            ("errors", Errors),
            ("units", Units),
            ("priors", Priors),
            ("questions", Questions),
        ):
            if getattr(self, field) not in get_args(kind):
                choices = ", ".join(repr(word) for word in get_args(kind))
                raise UsageError(f"{field} is {getattr(self, field)!r}; expected one of {choices}")
        if self.benchmarks is not None:
            object.__setattr__(self, "benchmarks", tuple(self.benchmarks))
        object.__setattr__(self, "groups", tuple(self.groups))
        if len(self.groups) not in (0, 2):
            raise UsageError(
                f"groups are {self.groups!r}; expected two, such as ('country:US', 'country:CN')"
            )
        require_whole("draws", self.draws, 0, MOST_DRAWS)
        require_whole("seed", self.seed, 0)
        require_whole("min_scores", self.min_scores, 1)
        for field in ("slope_sd", "difficulty_sd"):
            value = getattr(self, field)
            if not (np.isfinite(value) and 0 < value <= 1000):
                raise UsageError(f"{field} is {value!r}; expected a number above 0, at most 1000")
        if not 0 < self.level < 1:
            raise UsageError(f"level is {self.level!r}; expected a number between 0 and 1")

    def fit(
        self,
        data: "Dataset",
        *,
        draws: int | None = None,
        seed: int | None = None,
        workers: int | None = None,
        progress: Progress | None = None,
    ) -> Scale:
        """Fit the ruler on a dataset's table ``responses``.

        Parameters
        ----------
        draws, seed
            Override the ruler's own.
        workers
            Threads; None for one per processor. The result does not depend on it.
        progress
            Told about every pass.

        Returns
        -------
        Scale
            ``details["items"]`` has a row per question, ``details["benchmarks"]`` a row per
            benchmark, ``details["variants"]`` a row per configuration, and ``details["dif"]``,
            where two groups are given, a row per question.

        Raises
        ------
        DataError
            A score outside [0, 1], or the same attempt twice.
        NotIdentified
            No answers, one model, or groups of models that share no question.
        NotConverged
            When the abilities do not settle.
        """
        answers = from_dataset(
            data,
            benchmarks=self.benchmarks,
            variants=self.variants,
            errors=self.errors,
            min_scores=self.min_scores,
        )
        return self.fit_parts(
            answers, data=data, draws=draws, seed=seed, workers=workers, progress=progress
        )

    def fit_parts(
        self,
        answers: Answers,
        *,
        engine: Engine | None = None,
        data: "Dataset | None" = None,
        draws: int | None = None,
        seed: int | None = None,
        workers: int | None = None,
        progress: Progress | None = None,
        resume: Resume | None = None,
    ) -> Scale:
        """Fit the ruler to answers in parts, on any engine.

        Parameters
        ----------
        answers
            From :mod:`headway.rulers.responses.answers`. The options ``benchmarks``, ``variants``,
            ``errors`` and ``min_scores`` had their say when it was made.
        engine
            Holds the parts that ``answers.loads`` gives; threads of this process when None.
        data
            What is known about the models; when None, nothing but their identifiers.
        draws, seed, workers, progress
            As for :meth:`fit`.
        resume
            Keeps the state after every pass; what it belongs to is :meth:`belongs_to`.

        Raises
        ------
        NotIdentified, NotConverged
            As for :meth:`fit`.
        """
        from headway.engines.local import Local

        n_draws = self.draws if draws is None else draws
        seed = self.seed if seed is None else seed
        require_whole("draws", n_draws, 0, MOST_DRAWS)
        require_whole("seed", seed, 0)
        own = engine is None
        if engine is None:
            (progress or Silent()).stage("Reading answers")
            engine = Local(answers.loads, workers)
        try:
            with one_thread():
                fit = item_fit.fit(
                    engine,
                    answers.takers,
                    model=self.model,
                    prior=(0.0, self.slope_sd, 0.0, self.difficulty_sd),
                    estimate_prior=self.priors == "estimated",
                    modes=self.questions == "modes",
                    progress=progress,
                    resume=resume,
                )
                return self._scale(engine, answers, fit, data, n_draws, seed)
        finally:
            if own:
                engine.close()

    def belongs_to(self, answers: Answers) -> dict[str, Any]:
        """Return what a resume file of a fit belongs to, as plain values."""
        fields = ("model", "slope_sd", "difficulty_sd", "priors", "questions")
        return {name: getattr(self, name) for name in fields} | {"answers": answers.digest}

    def _scale(
        self,
        engine: Engine,
        answers: Answers,
        fit: ItemFit,
        data: "Dataset | None",
        n_draws: int,
        seed: int,
    ) -> Scale:
        # Errors of the questions need draws of the abilities even where none are asked for.
        n_spread = SPREAD_DRAWS if len(fit.mean) <= MANY else SPREAD_DRAWS // 4
        spread = fit.deviations(n_spread, seed, stream=1)
        described = engine.run(
            checks.describe, fit.mean, fit.sd, spread, fit.options, each=list(fit.states)
        )
        factor = self._factor(fit, described)
        items = checks.item_table(
            described, factor=factor, level=self.level, keys=fit.unknown is None
        )
        unit = UNIT["logits" if fit.unknown is not None and self.units == "sd" else self.units]
        deviations = fit.deviations(n_draws, seed)
        if self.model == "1pl" and self.units == "sd" and fit.unknown is None:
            # The spread is 1 by definition in these units, so no draw may err in it.
            along = fit.mean / np.linalg.norm(fit.mean)
            deviations = deviations - np.outer(deviations @ along, along)
        names, place = self._entities(fit)
        if data is None:
            data = _bare_dataset(fit, names, place)
        values = factor * (fit.mean + deviations)[:, place]
        low, high = central_interval(values, self.level)
        status, counts = _status(fit)
        variants = _variant_table(fit, factor, status, counts, unit)
        details = {"items": items, "benchmarks": _benchmark_table(items), "variants": variants}
        notes = [*answers.notes, *self._notes(fit, status, items)]
        if self.groups:
            pair = (self.groups[0], self.groups[1])
            labels = checks.group_labels(data, pair, fit)
            compared = engine.run(checks.compare, fit.mean, fit.sd, labels, each=list(fit.states))
            details["dif"] = checks.dif_table(compared, pair, level=self.level)
            notes += _dif_notes(details["dif"], pair)
        spec = asdict(self) | {"kind": "items"}
        identity = repr((answers.digest, sorted(spec.items(), key=str), n_draws, seed))
        return Scale(
            ruler=self.name,
            spec=spec,
            dataset=data,
            evidence=Evidence(sources=answers.sources),
            models=names,
            estimate=factor * fit.mean[place],
            capability=Draws(
                values=values,
                dims=("draw", "model"),
                coords={"model": names},
                unit=unit,
                draw_set=sha256(identity.encode()).hexdigest()[:16],
            ),
            status=tuple(status[m] for m in place),
            n_scores=counts[place],
            low=low,
            high=high,
            level=self.level,
            unit=unit,
            seed=seed,
            details=details,
            diagnostics={
                "passes": fit.passes,
                "last_change": fit.change,
                "n_models": len(names),
                "n_takers": len(fit.takers),
                "n_items": len(items),
                "n_answers": int(counts.sum()),
                "n_parts": engine.n_parts,
                "ability_spread": fit.spread,
                "differences_chi2": fit.difference.statistic,
                "differences_df": fit.difference.degrees,
                "differences_p": fit.difference.p,
                "unit_of_fit": float(factor),
                "connected": True,
            },
            notes=tuple(notes),
            alike=fit.alike[place],
        )

    def _factor(self, fit: ItemFit, described: list[dict[str, Any]]) -> float:
        """Units of the scale per unit of the fit."""
        if self.units == "sd" and fit.unknown is None:
            return 1.0 / fit.spread
        slope = np.concatenate([part["log_slope"] for part in described])
        typical = float(np.exp(slope.mean())) if self.model == "2pl" else 1.0
        return typical * (POINTS if self.units == "points" else 1.0)

    def _entities(self, fit: ItemFit) -> tuple[tuple[str, ...], np.ndarray[Any, Any]]:
        """Names on the scale, and which taker each is."""
        chosen: dict[str, int] = {}
        for k, (model, variant) in enumerate(fit.takers):
            if self.variants == "separate" and variant != "default":
                model = f"{model}@{variant}"
            if model not in chosen or fit.mean[k] > fit.mean[chosen[model]]:
                chosen[model] = k
        names = tuple(sorted(chosen))
        return names, np.array([chosen[name] for name in names])

    def _notes(
        self,
        fit: ItemFit,
        status: tuple[str, ...],
        items: pl.DataFrame,
    ) -> list[str]:
        notes = []
        if not fit.difference.distinguishable:
            notes.append(
                "The answers do not tell the models apart: as large differences arise between "
                f"equal models with probability {fit.difference.p:.2g}."
            )
        if fit.unknown is not None:
            why = (
                f"{len(fit.takers)} configurations would fix it themselves"
                if len(fit.takers) < LEAST_TAKERS
                else f"too little is known of it (p {fit.difference.p:.2g})"
            )
            notes.append(
                f"The spread of abilities is no unit here, because {why}: they stand in "
                f"{'points' if self.units == 'points' else 'logits'}, no question is called "
                "mis-keyed, and the spread's uncertainty is in the intervals."
            )
        elif len(fit.takers) < FEW_FOR_A_UNIT:
            notes.append(
                f"The spread of {len(fit.takers)} configurations is the unit here: so few fix it "
                "poorly, and intervals leave that out."
            )
        configurations = Counter(model for model, _ in fit.takers)
        several = sum(n > 1 for n in configurations.values()) if self.variants == "best" else 0
        if several:
            notes.append(
                f"{several} models have several variants: each model is placed by the one with "
                "the highest estimate."
            )
        extreme = sum(word in ("at_floor", "at_ceiling") for word in status)
        questions = int(items["status"].is_in(["at_floor", "at_ceiling"]).sum())
        if extreme or questions:
            notes.append(
                f"{extreme} models and {questions} questions have nothing right or nothing wrong: "
                "only the prior keeps their values finite."
            )
        miskeyed = int((items["flag"] == "miskeyed").sum())
        if miskeyed:
            notes.append(
                f"{miskeyed} of {len(items)} questions look mis-keyed: better models fail them "
                f"more often (false discovery rate {checks.FDR:.0%})."
            )
        if fit.factor is None:
            notes.append(
                f"With {len(fit.takers)} models, the draws leave out what the questions' "
                "uncertainty adds."
            )
        return notes


def _status(fit: ItemFit) -> tuple[tuple[str, ...], np.ndarray[Any, np.dtype[np.int64]]]:
    trials = sum((part.taker_trials for part in fit.totals), np.zeros(len(fit.mean)))
    score = sum((part.taker_score for part in fit.totals), np.zeros(len(fit.mean)))
    counts = np.zeros(len(fit.mean), dtype=np.int64)
    for part in fit.totals:
        counts += part.taker_answers
    told = "ok" if fit.difference.distinguishable else "not_distinguishable"
    status = np.where(counts < FEW, "few_scores", told).astype(object)
    status[score <= 0] = "at_floor"
    status[score >= trials] = "at_ceiling"
    return tuple(str(word) for word in status), counts


def _variant_table(
    fit: ItemFit,
    factor: float,
    status: tuple[str, ...],
    counts: np.ndarray[Any, np.dtype[np.int64]],
    unit: str,
) -> pl.DataFrame:
    trials = sum((part.taker_trials for part in fit.totals), np.zeros(len(fit.mean)))
    score = sum((part.taker_score for part in fit.totals), np.zeros(len(fit.mean)))
    return pl.DataFrame(
        {
            "model": [model for model, _ in fit.takers],
            "variant": [variant if variant != POOLED else None for _, variant in fit.takers],
            "quantity": "capability",
            "estimate": factor * fit.mean,
            "stderr": factor * fit.stderr,
            "unit": unit,
            "right": score / trials,
            "n": counts,
            "status": list(status),
        },
        schema_overrides={"variant": pl.String},
    ).sort("estimate", "model", "variant", descending=[True, False, False])


def _benchmark_table(items: pl.DataFrame) -> pl.DataFrame:
    return (
        items.group_by("benchmark")
        .agg(
            items=pl.len().cast(pl.Int64),
            answers=pl.col("answers").sum(),
            right=(pl.col("right") * pl.col("answers")).sum() / pl.col("answers").sum(),
            difficulty=pl.col("difficulty").mean(),
            difficulty_spread=pl.col("difficulty").std(),
            discrimination=pl.col("discrimination").log().mean().exp(),
            misfit=(pl.col("flag") == "misfit").sum().cast(pl.Int64),
            miskeyed=(pl.col("flag") == "miskeyed").sum().cast(pl.Int64),
        )
        .sort("benchmark")
    )


def _dif_notes(table: pl.DataFrame, groups: tuple[str, str]) -> list[str]:
    easier = [int((table["flag"] == f"easier for {group}").sum()) for group in groups]
    if not sum(easier):
        return []
    return [
        f"{easier[0]} questions are easier for {groups[0]}, {easier[1]} for {groups[1]} than "
        f"abilities explain (false discovery rate {checks.FDR:.0%})."
    ]


def _bare_dataset(fit: ItemFit, names: tuple[str, ...], place: np.ndarray[Any, Any]) -> "Dataset":
    """A dataset that knows the models' names and their share of right answers."""
    from headway.dataset import Dataset

    trials = sum((part.taker_trials for part in fit.totals), np.zeros(len(fit.mean)))
    score = sum((part.taker_score for part in fit.totals), np.zeros(len(fit.mean)))
    scores = pl.DataFrame({"model": names, "benchmark": "items", "score": (score / trials)[place]})
    return Dataset.from_frames(scores=scores)
