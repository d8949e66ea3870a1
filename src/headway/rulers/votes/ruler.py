"""The pairwise ruler: Bradley-Terry strengths from votes between two answers."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from hashlib import sha256
from math import isfinite
from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np
import polars as pl

from headway.dataset.coverage import sources_in
from headway.dataset.naming import find
from headway.draws import Draws, FloatArray, central_interval
from headway.errors import NotIdentified, UsageError
from headway.progress import Progress, Silent
from headway.rulers.alike import by_votes
from headway.rulers.scale import TIDY, Evidence, Scale
from headway.rulers.scores.logistic import MOST_DRAWS, require_whole
from headway.rulers.votes.comparisons import (
    BothBad,
    Comparisons,
    chosen_votes,
    collect,
    parts,
    require_connected,
    standing,
    votes_of,
)
from headway.rulers.votes.misfit import pair_table
from headway.rulers.votes.strengths import FALLBACK_RIDGE, Strengths
from headway.shortly import of_fields

if TYPE_CHECKING:
    from headway.dataset import Dataset

Intervals = Literal["sandwich", "bootstrap"]
Ties = Literal["half", "davidson"]

CENTRE = 1000.0
POINTS = 400.0 / np.log(10.0)
FEW = 30
FEW_CLUSTERS = 30


@dataclass(frozen=True, kw_only=True)
class PairwiseRuler:
    r"""Bradley-Terry model of votes, in points: 400 points are odds of 10 to 1.

    .. math::

       P(a \text{ preferred to } b) = \frac{1}{1 + e^{-(s_a - s_b + \beta \cdot x)}}, \qquad
       \text{points} = 1000 + \frac{400}{\ln 10} \, s

    with strengths s of mean 0 over the models, by maximum likelihood. A tie is half a win for both,
    or an outcome of its own: with :math:`\nu` the propensity to a tie (Davidson),

    .. math:: P(a) : P(b) : P(\text{tie}) = e^{d/2} : e^{-d/2} : \nu, \qquad
       d = s_a - s_b + \beta \cdot x

    Parameters
    ----------
    domain
        Domain of the questions; None for all votes.
    since
        First day of the votes; None for the earliest.
    until
        Last day of the votes; None for the latest.
    both_bad
        Whether a vote that both answers are bad is a tie or is left out (drop).
    ties
        half: a tie is half a win for both; davidson: an outcome with a parameter of its own.
    covariates
        Attributes of the answers whose effect is held constant, such as length (read from
        length_a and length_b of the votes' JSON), as differences in units of their root mean
        square; position is the advantage of the answer shown first.
    intervals
        sandwich: normal, robust to ties and to misfit; bootstrap: votes resampled with
        replacement. Both have paired draws.
    cluster
        Attribute of the votes' JSON whose values share their errors, such as the voter: the
        sandwich adds scores up by it, the bootstrap resamples it.
    anchors
        One model and its points, which replace the mean of 1000; None for the mean.
    ridge
        Precision of a normal prior on the strengths, in logits; 0 for none.
    min_votes
        Models with fewer votes are left out.
    level
        Level of the intervals.
    draws
        Number of draws, up to 100,000.
    seed
        Seed of the draws.
    name
        Name of the scale.

    Notes
    -----
    Bradley and Terry, Biometrika 39 (1952), 324-345; ties: Davidson, Journal of the American
    Statistical Association 65 (1970), 317-328; sandwich: White, Econometrica 50 (1982), 1-25.
    """

    domain: str | None = None
    since: dt.date | None = None
    until: dt.date | None = None
    both_bad: BothBad = "tie"
    ties: Ties = "half"
    covariates: tuple[str, ...] = ()
    intervals: Intervals = "sandwich"
    cluster: str | None = None
    anchors: Mapping[str, float] | None = None
    ridge: float = 0.0
    min_votes: int = 1
    level: float = 0.9
    draws: int = 500
    seed: int = 0
    name: str = "Pairwise votes (Bradley-Terry)"

    def __post_init__(self) -> None:
        given: object = self.covariates
        if isinstance(given, str):
            raise UsageError(
                f"covariates is {given!r}; expected a sequence of names", hint=f"write ({given!r},)"
            )
        object.__setattr__(self, "covariates", tuple(self.covariates))
        for name, kind in (("both_bad", BothBad), ("ties", Ties), ("intervals", Intervals)):
            if getattr(self, name) not in get_args(kind):
                raise UsageError(
                    f"{name} is {getattr(self, name)!r}; expected {' or '.join(get_args(kind))}"
                )
        if len(set(self.covariates)) < len(self.covariates):
            raise UsageError(f"covariates has a name twice: {', '.join(self.covariates)}")
        for name in ("since", "until"):
            day = getattr(self, name)
            if day is not None and not isinstance(day, dt.date):
                raise UsageError(f"{name} is {day!r}; expected a date")
        if self.since and self.until and self.since > self.until:
            raise UsageError(f"since ({self.since}) lies after until ({self.until})")
        require_whole("draws", self.draws, 0, MOST_DRAWS)
        require_whole("seed", self.seed, 0)
        require_whole("min_votes", self.min_votes, 1)
        if not (_is_number(self.ridge) and self.ridge >= 0):
            raise UsageError(f"ridge is {self.ridge!r}; expected a number of 0 or more")
        if not (_is_number(self.level) and 0 < self.level < 1):
            raise UsageError(f"level is {self.level!r}; expected a number between 0 and 1")
        if self.anchors is not None and (
            len(self.anchors) != 1 or not all(map(_is_number, self.anchors.values()))
        ):
            raise UsageError(
                f"anchors are {dict(self.anchors)!r}; expected one model and its points",
                hint="400 points are always odds of 10 to 1, so one model fixes the scale",
            )

    def fit(
        self,
        data: "Dataset",
        *,
        draws: int | None = None,
        seed: int | None = None,
        workers: int | None = None,
        progress: Progress | None = None,
    ) -> Scale:
        """Fit the ruler on the votes of a dataset.

        Parameters
        ----------
        draws, seed
            Override the ruler's own.
        workers
            Threads of the bootstrap; None for one per processor. The result does not depend on it.
        progress
            Told about the stages.

        Returns
        -------
        Scale
            ``details`` has ``pairs`` (expected against observed wins) and, where there are any,
            ``effects`` (of covariates, and the propensity to ties).

        Raises
        ------
        NotIdentified
            Without votes; when the models fall into groups that were never compared; when a
            covariate never differs, or its effect cannot be told from another.
        UsageError
            For a domain, an attribute or an anchor that does not occur.
        DataError
            When an outcome or an attribute cannot be understood.
        """
        return self.fit_votes(
            data, votes_of(data), draws=draws, seed=seed, workers=workers, progress=progress
        )

    def fit_votes(
        self,
        data: "Dataset",
        votes: pl.DataFrame,
        *,
        draws: int | None = None,
        seed: int | None = None,
        workers: int | None = None,
        progress: Progress | None = None,
    ) -> Scale:
        """Fit the ruler on some votes; names and dates of models come from the dataset.

        Parameters
        ----------
        votes
            Columns of the table ``votes``.
        """
        n_draws = self.draws if draws is None else draws
        seed = self.seed if seed is None else seed
        require_whole("draws", n_draws, 0, MOST_DRAWS)
        require_whole("seed", seed, 0)
        progress = progress or Silent()
        progress.stage("Counting votes")
        chosen, notes = chosen_votes(
            votes,
            domain=self.domain,
            since=self.since,
            until=self.until,
            both_bad=self.both_bad,
        )
        cells = collect(
            chosen,
            covariates=self.covariates,
            cluster=self.cluster,
            min_votes=self.min_votes,
            known=data.models["model"].to_list(),
            notes=notes,
        )
        require_connected(cells)
        if self.ties == "davidson" and not cells.counts[:, 2].any():
            raise NotIdentified(
                "there is no tie among the votes, so nothing says how likely a tie is",
                hint="use ties='half'",
            )
        if self.ties == "davidson" and not cells.counts[:, :2].any():
            raise NotIdentified(
                "every vote is a tie, so nothing bounds how likely a tie is",
                hint="use ties='half', by which all models are equal",
            )
        anchor = self._anchor(data, cells)
        label = parts(cells, directed=True)
        place = standing(cells, label) if label.max() else np.zeros(len(label), dtype=np.int64)
        ridge = self.ridge if self.ridge > 0 or not label.max() else FALLBACK_RIDGE
        few = cells.votes_of < FEW
        likelihood = Strengths(
            cells,
            davidson=self.ties == "davidson",
            ridge=ridge,
            one_way=label[cells.first] != label[cells.second],
            thin=(few[cells.first] | few[cells.second]),
        )
        point = likelihood.optimum()
        covariance = likelihood.covariance(point.theta)
        bounded = 0
        if self.intervals == "bootstrap":
            thetas, bounded = likelihood.bootstrap(point.theta, n_draws, seed, workers, progress)
        else:
            thetas = likelihood.normal(point.theta, covariance, n_draws, seed)
        said = [*cells.notes, *self._notes(cells, place, ridge, bounded)]
        in_points = self._in_points(len(cells.models), likelihood.size, anchor)
        values = in_points.value(thetas)
        low, high = in_points.interval(self, point.theta, covariance, values)
        status = _status(cells, place, anchor)
        if anchor is not None:
            low[anchor] = high[anchor] = np.nan
            values[:, anchor] = in_points.origin
        unexplained, pairs = pair_table(cells, likelihood.probabilities(point.theta))
        return Scale(
            ruler=self.name,
            spec={key: _plain(value) for key, value in asdict(self).items()} | {"kind": "pairwise"},
            dataset=data,
            evidence=_evidence(chosen, cells),
            models=cells.models,
            estimate=in_points.value(point.theta[None, :])[0],
            capability=Draws(
                values=values,
                dims=("draw", "model"),
                coords={"model": cells.models},
                unit="points",
                draw_set=self._identity(cells, n_draws, seed),
            ),
            status=status,
            n_scores=cells.votes_of,
            low=low,
            high=high,
            level=self.level,
            unit="points",
            seed=seed,
            details={"pairs": pairs} | self._effects(cells, point.theta, covariance, thetas),
            diagnostics={
                "votes": cells.votes,
                "ties": round(float(cells.counts[:, 2].sum())),
                "self_votes": cells.self_votes,
                "n_models": len(cells.models),
                "n_pairs": pairs.height,
                "pairs_possible": len(cells.models) * (len(cells.models) - 1) // 2,
                "connected": True,
                "strongly_connected": not label.max(),
                "clusters": cells.n_clusters,
                "ridge": ridge,
                "log_likelihood": point.log_likelihood,
                "gradient": point.gradient,
                "steps": point.steps,
                "bounded_draws": bounded,
                "misfit_chi2": unexplained,
                "misfit_df": pairs.height - len(cells.models) + 1,
                "misfit_pairs": int((pairs["status"] == "misfit").sum()),
            },
            notes=tuple(said),
            # Votes with attributes or in clusters are each of their own.
            alike=None
            if cells.design.shape[1] or cells.cluster is not None
            else by_votes(len(cells.models), cells.first, cells.second, cells.counts),
        )

    def _anchor(self, data: "Dataset", cells: Comparisons) -> int | None:
        if self.anchors is None:
            return None
        [wanted] = self.anchors
        identifier = find(data, "model", wanted)
        if identifier not in cells.models:
            most = np.argsort(-cells.votes_of, kind="stable")[:6]
            raise NotIdentified(
                f"the anchor {wanted!r} has no votes on this ruler, so nothing fixes its points",
                hint="choose a model that has votes, for example among "
                + ", ".join(cells.models[i] for i in most),
            )
        return cells.models.index(identifier)

    def _in_points(self, models: int, size: int, anchor: int | None) -> "_Points":
        origin = CENTRE if self.anchors is None else float(next(iter(self.anchors.values())))
        away = np.zeros((models, size))
        away[:, :models] = np.eye(models)
        if anchor is None:
            away[:, :models] -= 1 / models
        else:
            away[:, anchor] -= 1.0
        return _Points(origin=origin, away=POINTS * away)

    def _notes(self, cells: Comparisons, place: Any, ridge: float, bounded: int) -> list[str]:
        notes = []
        outside = np.flatnonzero(place)
        if len(outside):
            names = [cells.models[i] for i in outside]
            shown = ", ".join(names[:5]) + ("" if len(names) <= 5 else ", ...")
            notes.append(
                f"The votes bound {len(names)} models from one side only ({shown}): a normal prior"
                f" with a standard deviation of {POINTS / ridge**0.5:.0f} points keeps their"
                " ratings finite."
            )
        if bounded:
            notes.append(
                f"In {bounded} draws some model won or lost every vote; a prior bounds those."
            )
        if 0 < cells.n_clusters < FEW_CLUSTERS:
            notes.append(
                f"The votes come from {cells.n_clusters} clusters: with fewer than {FEW_CLUSTERS}"
                " the intervals are too narrow."
            )
        return notes

    def _identity(self, cells: Comparisons, n_draws: int, seed: int) -> str:
        made = sha256(repr((sorted(asdict(self).items(), key=str), n_draws, seed)).encode())
        made.update("\n".join(cells.models).encode())
        arrays = [cells.first, cells.second, cells.counts, cells.design]
        if cells.cluster is not None and cells.cell is not None:
            arrays += [cells.cluster, cells.cell, cells.cluster_counts]
        for array in arrays:
            made.update(np.ascontiguousarray(array).data)
        return made.hexdigest()[:16]

    def _effects(
        self, cells: Comparisons, theta: FloatArray, covariance: FloatArray, thetas: FloatArray
    ) -> dict[str, pl.DataFrame]:
        """Tidy effects of the covariates, and the propensity to ties."""
        m = len(cells.models)
        names = [*cells.covariates, *(["tie"] if len(theta) > m + len(cells.covariates) else [])]
        if not names:
            return {}
        scale = np.array([POINTS] * len(cells.covariates) + [1.0])[: len(names)]
        pick = np.zeros((len(names), len(theta)))
        pick[:, m:] = np.diag(scale)
        made = _Points(origin=0.0, away=pick)
        low, high = made.interval(self, theta, covariance, made.value(thetas))
        columns = {
            "entity": names,
            "quantity": ["effect"] * len(cells.covariates)
            + ["log_tie_propensity"] * (len(names) - len(cells.covariates)),
            "estimate": made.value(theta[None, :])[0],
            "low": low,
            "high": high,
            "level": [self.level] * len(names),
            "unit": ["points"] * len(cells.covariates)
            + ["logits"] * (len(names) - len(cells.covariates)),
            "status": ["ok"] * len(names),
            "n": [cells.votes] * len(names),
        }
        table = pl.DataFrame(columns).select(TIDY)
        per = [*cells.unit, *([None] * (len(names) - len(cells.covariates)))]
        return {
            "effects": table.with_columns(
                pl.col("low", "high").fill_nan(None),
                one_unit_is=pl.Series(per, dtype=pl.Float64),
            )
        }


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class _Points:
    """A linear map from parameters to what is reported."""

    origin: float
    away: FloatArray

    __repr__ = of_fields

    def value(self, thetas: FloatArray) -> FloatArray:
        out: FloatArray = self.origin + thetas @ self.away.T
        return out

    def interval(
        self, ruler: PairwiseRuler, theta: FloatArray, covariance: FloatArray, values: FloatArray
    ) -> tuple[FloatArray, FloatArray]:
        """Normal interval of the sandwich, without the noise of its draws; else quantiles."""
        if ruler.intervals == "bootstrap":
            return central_interval(values, ruler.level)
        from scipy.special import ndtri

        variance = np.einsum("ij,jk,ik->i", self.away, covariance, self.away, optimize=True)
        half = float(ndtri((1 + ruler.level) / 2)) * np.sqrt(np.clip(variance, 0.0, None))
        middle = self.value(theta[None, :])[0]
        return middle - half, middle + half


def _status(cells: Comparisons, place: Any, anchor: int | None) -> tuple[str, ...]:
    status = np.where(cells.votes_of < FEW, "few_votes", "ok").astype(object)
    status[place > 0] = "at_ceiling"
    status[place < 0] = "at_floor"
    if anchor is not None:
        status[anchor] = "anchor"
    return tuple(str(one) for one in status)


def _is_number(value: object) -> bool:
    plain = isinstance(value, int | float) and not isinstance(value, bool)
    return plain and isfinite(float(value))  # type: ignore[arg-type]


def _evidence(votes: pl.DataFrame, cells: Comparisons) -> Evidence:
    """Where the votes that count come from, and the last day of any."""
    among = pl.all_horizontal(pl.col("model_a", "model_b").is_in(list(cells.models)))
    counted = votes.filter(among)
    dated = counted["voted_at"].max() if "voted_at" in counted.columns else None
    return Evidence(
        sources=sources_in(counted), as_of=dated if isinstance(dated, dt.date) else None
    )


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, dt.date):
        return str(value)
    return list(value) if isinstance(value, tuple) else value
