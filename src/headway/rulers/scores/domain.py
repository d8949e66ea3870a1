"""Capability in one domain: benchmarks from the joint fit, capability from the domain alone."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, get_args

import polars as pl

from headway.errors import NotIdentified, UsageError, did_you_mean
from headway.progress import Progress
from headway.rulers.scale import Scale
from headway.rulers.scores.logistic import LogisticRuler, require_whole
from headway.rulers.scores.refit import refit

if TYPE_CHECKING:
    from headway.dataset import Dataset

Membership = Literal["main", "any"]
FEWEST_BENCHMARKS = 2


@dataclass(frozen=True, kw_only=True)
class DomainRuler:
    """Capability in one domain, in the points of the joint fit.

    The joint ruler is fitted on all its benchmarks; then every capability is fitted again on the
    domain's benchmarks alone, with difficulties and slopes held (:func:`refit`). A value says how
    capable a model would be overall if it did everything as well as it does this.

    Parameters
    ----------
    domain
        Name of the domain, as in the column ``domain`` of the benchmarks.
    membership
        Which benchmarks belong: those whose ``main`` domain it is, or those that list it at
        ``any`` place of the column ``domains``.
    min_scores
        Models need this many scores in the domain.
    joint
        The joint ruler; its draws and seed are those of the domain.
    """

    domain: str
    membership: Membership = "main"
    min_scores: int = 2
    joint: LogisticRuler = field(default_factory=LogisticRuler)

    def __post_init__(self) -> None:
        require_whole("min_scores", self.min_scores, 1)
        if self.membership not in get_args(Membership):
            raise UsageError(f"membership={self.membership!r} is not one of 'main', 'any'")

    def fit(
        self,
        data: "Dataset",
        *,
        draws: int | None = None,
        seed: int | None = None,
        workers: int | None = None,
        progress: Progress | None = None,
    ) -> Scale:
        """Fit the joint ruler, then the domain.

        Raises
        ------
        UsageError
            When no benchmark is of that domain.
        NotIdentified
            As the joint ruler; and when fewer than two benchmarks of the domain are on its
            scale, for then the domain is that benchmark, and its score the ruler.
        """
        domain_benchmarks(data, self.domain, self.membership)
        scale = self.joint.fit(data, draws=draws, seed=seed, workers=workers, progress=progress)
        return self.refit(scale)

    def refit(self, scale: Scale) -> Scale:
        """Fit the domain on the scale of a joint fit that exists already.

        Raises
        ------
        UsageError, NotIdentified
            As :meth:`fit`.
        """
        chosen = domain_benchmarks(scale.dataset, self.domain, self.membership)
        on_scale = set(scale.curves.benchmarks) if scale.curves is not None else set(chosen)
        used = [name for name in chosen if name in on_scale]
        if len(used) < FEWEST_BENCHMARKS:
            raise NotIdentified(
                f"the domain {self.domain!r} has {len(used)} of its {len(chosen)} benchmarks on "
                f"this scale; it takes {FEWEST_BENCHMARKS}",
                hint=self._way_out(scale, used, on_scale),
            )
        return refit(scale, used, name=self.domain, min_scores=self.min_scores)

    def _way_out(self, scale: Scale, used: Sequence[str], on_scale: set[str]) -> str:
        ways = [
            f"use the score of {name!r} as it is: headway.rulers.single(...), --ruler single"
            for name in used
        ]
        wider = domain_benchmarks(scale.dataset, self.domain, "any")
        also = [name for name in wider if name in on_scale]
        if self.membership == "main" and len(also) >= FEWEST_BENCHMARKS:
            ways.append(f"membership='any' takes in {', '.join(also)}")
        return "; or ".join(ways) or "let the joint ruler use benchmarks of this domain"


def domain_benchmarks(
    data: "Dataset", domain: str, membership: Membership = "main"
) -> tuple[str, ...]:
    """Return the benchmarks of a domain.

    Raises
    ------
    UsageError
        When no benchmark is of that domain.
    """
    chosen = data.benchmarks.filter(pl.col("domain") == domain)
    if membership == "any":
        chosen = data.benchmarks.filter(_listed().list.contains(domain))
    if chosen.is_empty():
        known = domains(data)
        raise UsageError(
            f"no benchmark has the {'main ' if membership == 'main' else ''}domain {domain!r}"
            + did_you_mean(domain, known),
            hint=f"domains: {', '.join(known) or 'none is named in this dataset'}",
        )
    return tuple(chosen["benchmark"].sort())


def domains(data: "Dataset") -> tuple[str, ...]:
    """Return the domains that the benchmarks of a dataset name, in alphabetical order."""
    named = data.benchmarks.select(_listed().explode().alias("domain"))["domain"]
    return tuple(named.drop_nulls().unique().sort())


def _listed() -> pl.Expr:
    """Every domain of a benchmark: the main one, and those listed after semicolons."""
    both = pl.concat_str([pl.col("domain"), pl.col("domains")], separator=";", ignore_nulls=True)
    parts = both.str.split(";").list.eval(pl.element().str.strip_chars()).list.unique()
    return parts.list.eval(pl.element().filter(pl.element() != ""))
