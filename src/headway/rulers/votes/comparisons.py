"""From a table of votes to the counts, covariates and clusters of a pairwise ruler."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray

from headway.draws import FloatArray
from headway.errors import DataError, NotIdentified, UsageError, did_you_mean
from headway.rulers.votes.attributes import CLUSTER, difference, with_attributes
from headway.shortly import of_fields

if TYPE_CHECKING:
    from scipy.sparse import csr_array

    from headway.dataset import Dataset

Ints = NDArray[np.int64]
BothBad = Literal["tie", "drop"]

OUTCOMES = ("a", "b", "tie", "both_bad")
_SIDE = {"a": 0, "b": 1, "tie": 2, "both_bad": 2}
_KEYS = ("model_a", "model_b", "outcome")
_MOST_CODES = 50_000_000


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class Comparisons:
    """Votes between pairs of models, collected in cells.

    Parameters
    ----------
    models
        Identifiers, sorted.
    first, second : int64 (n_cells,)
        Indices of the two models of a cell.
    counts : float64 (n_cells, 3)
        Votes for the first, votes for the second, ties.
    design : float64 (n_cells, n_covariates)
        Difference of every covariate, first minus second, in units of its root mean square.
    covariates
        Names of the covariates.
    unit : float64 (n_covariates,)
        Root mean square of the differences.
    cell, cluster : int64 (n_rows,), or None
        Cell and cluster of every row of ``cluster_counts``; None without clusters.
    cluster_counts : float64 (n_rows, 3)
        The votes of a cell that belong to a cluster.
    n_clusters
        Number of clusters.
    self_votes
        Votes of a model against itself, which were left out.
    notes
        What was left out and why.
    """

    models: tuple[str, ...]
    first: Ints
    second: Ints
    counts: FloatArray
    design: FloatArray
    covariates: tuple[str, ...]
    unit: FloatArray
    cell: Ints | None
    cluster: Ints | None
    cluster_counts: FloatArray
    n_clusters: int
    self_votes: int
    notes: tuple[str, ...]

    __repr__ = of_fields

    @property
    def votes(self) -> int:
        """Number of votes."""
        return round(float(self.counts.sum()))

    @property
    def votes_of(self) -> Ints:
        """Votes in which each model took part."""
        total = self.counts.sum(axis=1)
        size = len(self.models)
        both = np.bincount(self.first, total, size) + np.bincount(self.second, total, size)
        out: Ints = np.rint(both).astype(np.int64)
        return out


def votes_of(data: "Dataset") -> pl.DataFrame:
    """Return the current votes of a dataset; their order has no meaning.

    Raises
    ------
    NotIdentified
        When the dataset has no votes.
    """
    if "votes" not in data.names or data.history("votes").is_empty():
        raise NotIdentified(
            "this dataset has no votes",
            hint="import some (headway import arena votes.parquet --into facts), or take a board's"
            " published ratings: headway.rulers.published(board=...), --board",
        )
    rows = data.history("votes")
    # Sorting millions of keys is left out where nothing was corrected.
    return data.table("votes") if (rows["revision"] > 0).any() else rows


def chosen_votes(
    votes: pl.DataFrame,
    *,
    domain: str | None = None,
    since: dt.date | None = None,
    until: dt.date | None = None,
    both_bad: BothBad = "tie",
) -> tuple[pl.DataFrame, list[str]]:
    """Keep the votes that a board is made of, and say what was left out.

    Parameters
    ----------
    votes
        Columns of the table ``votes``.
    domain
        Domain of the questions; None for all.
    since, until
        First and last day; votes without a day are then left out.
    both_bad
        Whether a vote that both answers are bad is a ``tie`` or is left out (``drop``).

    Raises
    ------
    UsageError
        When the domain is unknown.
    NotIdentified
        When no vote is left.
    """
    notes: list[str] = []
    if domain is not None:
        known = votes["domain"].drop_nulls().unique().sort().to_list()
        if domain not in known:
            raise UsageError(
                f"no vote has the domain {domain!r}{did_you_mean(domain, known)}",
                hint=f"domains: {', '.join(known[:20]) or 'none'}",
            )
        votes = votes.filter(pl.col("domain") == domain)
    if since is not None or until is not None:
        undated = votes["voted_at"].null_count()
        if undated:
            notes.append(f"{undated} votes without a day are left out.")
        votes = votes.filter(
            pl.col("voted_at").is_between(since or dt.date.min, until or dt.date.max)
        )
    if both_bad == "drop":
        bad = int((votes["outcome"] == "both_bad").sum())
        if bad:
            notes.append(f"{bad} votes that both answers are bad are left out.")
            votes = votes.filter(pl.col("outcome").ne_missing("both_bad"))
    if votes.is_empty():
        where = "" if domain is None else f" of domain {domain!r}"
        span = " - ".join(str(day or "...") for day in (since, until)) if since or until else ""
        raise NotIdentified(
            f"no votes{where} are left" + (f" from {span}" if span else ""),
            hint="choose another domain or more days" + (f"; {notes[0]}" if notes else ""),
        )
    return votes, notes


def collect(
    votes: pl.DataFrame,
    *,
    covariates: Sequence[str] = (),
    cluster: str | None = None,
    min_votes: int = 1,
    known: Sequence[str] = (),
    notes: Sequence[str] = (),
) -> Comparisons:
    """Collect votes in cells.

    Without covariates a cell is a pair of models, so millions of votes become a small table;
    with covariates every vote is a cell of its own.

    Parameters
    ----------
    votes
        Columns ``model_a``, ``model_b`` and ``outcome``; ``covariates`` (JSON text) where
        attributes are asked for, and ``vote`` for messages.
    covariates
        ``"position"`` (1 for the answer shown first), or the name of an attribute of the answers:
        ``length`` is found as ``length_a`` and ``length_b`` in the JSON text.
    cluster
        Attribute of the JSON text whose values share their errors, such as a voter.
    min_votes
        Models with fewer votes are left out, again and again until none has fewer.
    known
        Identifiers among which the models are; counting is faster where they are given.
    notes
        What was left out before.

    Raises
    ------
    DataError
        An outcome that is not known, or an attribute that is not a number, with the vote.
    UsageError
        An attribute that no vote has.
    NotIdentified
        When no vote, or one cluster, is left, or a covariate never differs.
    """
    said = list(notes)
    names = [difference(k) for k in range(len(covariates))]
    if covariates or cluster:
        _refuse_unknown(votes, votes.select("outcome", votes=1.0))
        frame, more = with_attributes(votes, covariates, cluster)
        said += more
        keys = [*_KEYS, CLUSTER]
        if covariates:
            cells = frame.with_columns(votes=pl.lit(1.0))
        else:
            cells = frame.group_by(keys).agg(votes=pl.len().cast(pl.Float64)).sort(keys)
    else:
        cells = _tally(votes, known)
        _refuse_unknown(votes, cells)
    cells, self_votes = _without_self(cells, said)
    models, cells = _enough(cells, min_votes, said)
    order = {name: code for code, name in enumerate(models)}
    first, second = (
        cells[c].replace_strict(order, return_dtype=pl.Int64).to_numpy() for c in _KEYS[:2]
    )
    side = cells["outcome"].replace_strict(_SIDE, return_dtype=pl.Int64).to_numpy()
    weight = cells["votes"].to_numpy()
    design = cells.select(names).to_numpy().astype(np.float64).reshape(len(first), len(names))
    unit = np.sqrt(np.mean(design**2, axis=0)) if len(names) else np.empty(0)
    for name, size in zip(covariates, unit, strict=True):
        if not size > 0:
            raise NotIdentified(
                f"the covariate {name!r} is the same for both answers of every vote",
                hint="leave it out: nothing can be learned about it",
            )
    member = cells[CLUSTER].to_numpy() if cluster else None
    if not covariates:
        return _by_pair(models, first, second, side, weight, member, self_votes, said)
    counts = np.zeros((len(first), 3))
    counts[np.arange(len(first)), side] = weight
    label, n_clusters = _labels(member)
    return Comparisons(
        models=models,
        first=first,
        second=second,
        counts=counts,
        design=np.ascontiguousarray(design / unit),
        covariates=tuple(covariates),
        unit=unit,
        cell=None if label is None else np.arange(len(first), dtype=np.int64),
        cluster=label,
        cluster_counts=counts if label is not None else np.empty((0, 3)),
        n_clusters=n_clusters,
        self_votes=self_votes,
        notes=tuple(said),
    )


def require_connected(cells: Comparisons) -> None:
    """Raise :class:`NotIdentified`, saying what would connect them, if the models fall apart."""
    label = parts(cells, directed=False)
    counts = np.bincount(label)
    if len(counts) == 1:
        return
    order = np.argsort(-counts, kind="stable")
    inside = [[cells.models[i] for i in np.flatnonzero(label == part)] for part in order]
    raise NotIdentified(
        f"the votes fall apart into {len(counts)} groups of models that were never compared with "
        "each other, so their strengths cannot be compared",
        details=[
            f"part {number}: {', '.join(some[:4])}"
            + (f" and {len(some) - 4} more" if len(some) > 4 else "")
            for number, some in enumerate(inside[:20], start=1)
        ],
        hint=f"votes between two of them would connect them, for example {inside[1][0]!r} against "
        f"{inside[0][0]!r}; or leave out models with few votes (min_votes=...)",
    )


def parts(cells: Comparisons, *, directed: bool) -> Ints:
    """Label the connected parts of the models.

    With ``directed`` a part is a set of models each of which beat or drew with some chain of the
    others: only within such a set do votes bound the differences from both sides.
    """
    from scipy.sparse.csgraph import connected_components

    _, label = connected_components(beaten(cells), directed=directed, connection="strong")
    return np.asarray(label, dtype=np.int64)


def standing(cells: Comparisons, label: Ints) -> Ints:
    """Say where each model stands to the part with most votes: 0 in it, 1 above it, -1 below it.

    Above are the models that no chain of votes of the largest part reaches and that reach it, below
    those that it reaches. A part that is compared with the largest through others alone is above
    when it lost to none of them. Where every part is a single model, those that lost to nobody are
    above and those that beat nobody below.
    """
    from scipy.sparse.csgraph import breadth_first_order

    graph = beaten(cells)
    shared = np.bincount(label)[label] > 1
    main = int(np.argmax(np.bincount(label, weights=cells.votes_of * shared)))
    if not shared.any():
        won, lost = (np.diff(g.indptr) > 0 for g in (graph, graph.T.tocsr()))
        return np.where(~lost, 1, np.where(~won, -1, 0)).astype(np.int64)
    start = int(np.flatnonzero(label == main)[0])
    below, above = (
        np.isin(np.arange(len(label)), breadth_first_order(g, start, return_predecessors=False))
        for g in (graph, graph.T.tocsr())
    )
    losses = graph.tocoo()
    lost = np.zeros(len(label), dtype=bool)
    outside = label[losses.coords[0]] != label[losses.coords[1]]
    lost[losses.coords[1][outside]] = True
    lost = np.bincount(label, weights=lost)[label] > 0
    place = np.where(below, -1, np.where(above, 1, np.where(lost, -1, 1)))
    place[label == main] = 0
    return place.astype(np.int64)


def beaten(cells: Comparisons) -> "csr_array":
    """Graph with an edge from each model to those that it beat or drew with."""
    from scipy.sparse import csr_array

    won = cells.counts[:, 0] + cells.counts[:, 2] > 0
    lost = cells.counts[:, 1] + cells.counts[:, 2] > 0
    rows = np.concatenate([cells.first[won], cells.second[lost]])
    columns = np.concatenate([cells.second[won], cells.first[lost]])
    size = len(cells.models)
    graph = csr_array((np.ones(len(rows)), (rows, columns)), shape=(size, size))
    graph.sum_duplicates()
    return graph


def _tally(votes: pl.DataFrame, known: Sequence[str]) -> pl.DataFrame:
    """Count the votes of every ordered pair and outcome."""
    frame = votes.select(_KEYS)
    if 0 < len(known) ** 2 * len(OUTCOMES) <= _MOST_CODES:
        models, outcomes = pl.Enum(known), pl.Enum(OUTCOMES)
        try:
            codes = frame.select(
                pl.col(name).cast(kind).to_physical().cast(pl.UInt32)
                for name, kind in zip(_KEYS, (models, models, outcomes), strict=True)
            )
            pair = pl.col("model_a") * len(known) + pl.col("model_b")
            code = codes.select(pair * len(OUTCOMES) + pl.col("outcome")).to_series()
            if not code.null_count():
                return _decoded(np.bincount(code.to_numpy()), known)
        except pl.exceptions.PolarsError:
            # A name that is not known: the slow way names it.
            pass
    return frame.group_by(_KEYS).agg(votes=pl.len().cast(pl.Float64)).sort(_KEYS)


def _decoded(counts: Ints, known: Sequence[str]) -> pl.DataFrame:
    filled = np.flatnonzero(counts)
    pair, outcome = np.divmod(filled, len(OUTCOMES))
    names = pl.Series(known, dtype=pl.String)
    return pl.DataFrame(
        {
            "model_a": names.gather(pair // len(known)),
            "model_b": names.gather(pair % len(known)),
            "outcome": pl.Series(OUTCOMES, dtype=pl.String).gather(outcome),
            "votes": counts[filled].astype(np.float64),
        }
    )


def _refuse_unknown(votes: pl.DataFrame, cells: pl.DataFrame) -> None:
    strange = cells.filter(~pl.col("outcome").is_in(OUTCOMES).fill_null(value=False))
    if strange.is_empty():
        return
    value = strange["outcome"][0]
    wrong = votes.filter(pl.col("outcome").eq_missing(value))
    where = f", first in vote {wrong['vote'][0]!r}" if "vote" in wrong.columns else ""
    raise DataError(
        f"the outcome of {int(strange['votes'].sum())} votes is {value!r}{where}; expected one of "
        + ", ".join(OUTCOMES),
        hint="an outcome that is not known is never taken for a tie",
    )


def _without_self(cells: pl.DataFrame, notes: list[str]) -> tuple[pl.DataFrame, int]:
    own = pl.col("model_a") == pl.col("model_b")
    self_votes = int(cells.filter(own)["votes"].sum())
    if self_votes:
        notes.append(
            f"{self_votes} votes of a model against itself are left out: they say nothing about"
            " its strength."
        )
        cells = cells.filter(~own)
    if cells.is_empty():
        raise NotIdentified(
            "no vote between two different models is left",
            hint="a strength needs votes against other models",
        )
    return cells, self_votes


def _enough(
    cells: pl.DataFrame, least: int, notes: list[str]
) -> tuple[tuple[str, ...], pl.DataFrame]:
    """Leave out models with fewer votes than asked for, until none has fewer."""
    left_out = 0
    while True:
        sides = [cells.select(model=side, votes="votes") for side in ("model_a", "model_b")]
        total = pl.concat(sides).group_by("model").agg(pl.col("votes").sum()).sort("model")
        few = total.filter(pl.col("votes") < least)["model"]
        if few.is_empty():
            break
        left_out += len(few)
        out = pl.col("model_a").is_in(few.implode()) | pl.col("model_b").is_in(few.implode())
        cells = cells.filter(~out)
        if cells.is_empty():
            raise NotIdentified(
                f"no two models have {least} votes", hint=f"lower min_votes (now {least})"
            )
    if left_out:
        notes.append(f"{left_out} models with fewer than {least} votes are left out.")
    return tuple(total["model"].to_list()), cells


def _by_pair(
    models: tuple[str, ...],
    first: Ints,
    second: Ints,
    side: Ints,
    weight: FloatArray,
    member: Ints | None,
    self_votes: int,
    notes: Sequence[str],
) -> Comparisons:
    """One cell per pair, the model that sorts first on the left."""
    low, high = np.minimum(first, second), np.maximum(first, second)
    side = np.where((side == 2) | (first < second), side, 1 - side)
    pair, cell = np.unique(low * len(models) + high, return_inverse=True)
    counts = np.bincount(cell * 3 + side, weight, 3 * len(pair)).astype(np.float64).reshape(-1, 3)
    label, n_clusters = _labels(member)
    rows: FloatArray = np.empty((0, 3))
    if label is not None:
        key, row = np.unique(label * len(pair) + cell, return_inverse=True)
        rows = np.bincount(row * 3 + side, weight, 3 * len(key)).astype(np.float64).reshape(-1, 3)
        label, cell = np.divmod(key, len(pair))
    return Comparisons(
        models=models,
        first=pair // len(models),
        second=pair % len(models),
        counts=counts,
        design=np.empty((len(pair), 0)),
        covariates=(),
        unit=np.empty(0),
        cell=None if label is None else cell,
        cluster=label,
        cluster_counts=rows,
        n_clusters=n_clusters,
        self_votes=self_votes,
        notes=tuple(notes),
    )


def _labels(member: Ints | None) -> tuple[Ints | None, int]:
    if member is None:
        return None, 0
    known, label = np.unique(member, return_inverse=True)
    if len(known) < 2:
        raise NotIdentified(
            "all votes belong to one cluster, so nothing says how clusters differ",
            hint="cluster by an attribute that takes several values, such as the voter",
        )
    return label.astype(np.int64), len(known)
