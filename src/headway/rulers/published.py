"""Published ratings, taken as a scale as they are, with the errors that were published."""

import datetime as dt
from dataclasses import asdict, dataclass
from hashlib import sha256
from statistics import NormalDist
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np
import polars as pl
from numpy.typing import NDArray

from headway.dataset.coverage import sources_in
from headway.dataset.stated_errors import believed_ratings
from headway.draws import Draws, FloatArray
from headway.errors import UsageError, did_you_mean
from headway.progress import Progress
from headway.rulers.alike import by_rows
from headway.rulers.scale import Evidence, Scale
from headway.rulers.scores.logistic import MOST_DRAWS, require_whole

if TYPE_CHECKING:
    from headway.dataset import Dataset

Errors = Literal["symmetric", "any", "none"]

SYMMETRIC = 0.1
PRINTED_LEVEL = 0.9
BEST = "best"


@dataclass(frozen=True, kw_only=True)
class PublishedRuler:
    r"""Ratings of a board as their publisher printed them.

    A publisher prints an error per model but not how the errors go together. Where every rating
    has a standard error, or an interval that is symmetric, draws are made of independent normal
    errors:

    .. math:: r^d_m = r_m + z^d_m \sigma_m, \qquad
       \sigma_m = \frac{\text{high} - \text{low}}{2 \Phi^{-1}((1 + \text{level}) / 2)}

    with the standard error for :math:`\sigma_m` where there is one. Elsewhere the scale has no
    draws, and lags measured on it have no interval.

    Parameters
    ----------
    board
        Name of the board in the ratings table.
    as_of
        Day of the ratings: the last ones published on or before it; None for the newest.
    variant
        Which of a model's variants counts: best for the one with the highest rating, or the name
        of a variant, such as default.
    errors
        What draws are made of: symmetric for standard errors and symmetric intervals; any for
        asymmetric intervals too (the two halves of two normal distributions); none for no draws.
    level
        Level to which intervals are brought, by the normal distribution; None leaves them as
        printed.
    draws
        Number of draws, up to 100,000.
    seed
        Seed of the draws.
    """

    board: str = "Epoch ECI"
    as_of: dt.date | None = None
    variant: str = BEST
    errors: Errors = "symmetric"
    level: float | None = None
    draws: int = 500
    seed: int = 0

    def __post_init__(self) -> None:
        if self.errors not in get_args(Errors):
            raise UsageError(f"errors is {self.errors!r}; expected {', '.join(get_args(Errors))}")
        if self.as_of is not None and not isinstance(self.as_of, dt.date):
            raise UsageError(f"as_of is {self.as_of!r}; expected a date")
        if self.level is not None and not 0 < self.level < 1:
            raise UsageError(f"level is {self.level!r}; expected a number between 0 and 1")
        require_whole("draws", self.draws, 0, MOST_DRAWS)
        require_whole("seed", self.seed, 0)

    def fit(
        self,
        data: "Dataset",
        *,
        draws: int | None = None,
        seed: int | None = None,
        workers: int | None = None,  # noqa: ARG002 - one call for all rulers
        progress: Progress | None = None,  # noqa: ARG002
    ) -> Scale:
        """Take the ratings of the board.

        Parameters
        ----------
        draws, seed
            Override the ruler's own.

        Raises
        ------
        UsageError
            When the dataset has no such board, or the board no such day or variant.
        """
        n_draws = self.draws if draws is None else draws
        seed = self.seed if seed is None else seed
        require_whole("draws", n_draws, 0, MOST_DRAWS)
        require_whole("seed", seed, 0)
        rows, nothing = believed_ratings(self._rows(data))
        rating = rows["rating"].to_numpy()
        below, above = self._spreads(rows)
        exact = ~np.isfinite(below)
        models = tuple(rows["model"].to_list())
        notes = []
        if nothing:
            notes.append(
                f"{self.board}: {nothing} ratings state an error or an interval of 0, which is "
                "none: taken as unknown."
            )
        variants = rows.filter(pl.col("variant") != "default").height
        if self.variant == BEST and variants:
            notes.append(
                f"{self.board}: the best variant of each model counts; for {variants} models it is"
                " not the default."
            )
        usable = not exact.all() and self._usable(below, above)
        if usable:
            notes.append(
                f"{self.board}: how the errors of the ratings go together was not published; the"
                " draws take them for independent."
            )
            if exact.any():
                names = [models[i] for i in np.flatnonzero(exact)]
                shown = ", ".join(names[:5]) + ("" if len(names) <= 5 else ", ...")
                notes.append(
                    f"{self.board}: {len(names)} ratings have no error and stand as they are:"
                    f" {shown}."
                )
        else:
            notes.append(f"{self.board}: published ratings have no paired draws.")
            n_draws = 0
        noise = np.random.default_rng(seed).standard_normal((n_draws, len(models)))
        spread = np.where(noise > 0, np.nan_to_num(above), np.nan_to_num(below))
        low, high, level = self._intervals(rows, below, above)
        identity = (data.digest, sorted(asdict(self).items(), key=str), n_draws, seed)
        return Scale(
            ruler=f"{self.board} (published)",
            spec=asdict(self) | {"kind": "published", "as_of": str(rows["as_of"][0])},
            dataset=data,
            evidence=Evidence(sources=sources_in(rows), as_of=rows["as_of"][0]),
            models=models,
            estimate=rating,
            capability=Draws(
                values=rating + noise * spread,
                dims=("draw", "model"),
                coords={"model": models},
                unit="points",
                draw_set=sha256(repr(identity).encode()).hexdigest()[:16],
            ),
            status=tuple("point_only" if usable and fixed else "ok" for fixed in exact),
            n_scores=_evidence(data, rows),
            low=low,
            high=high,
            level=level,
            unit="points",
            seed=seed if usable else None,
            notes=tuple(notes),
            alike=by_rows(rating, below, above, low, high),
        )

    def _rows(self, data: "Dataset") -> pl.DataFrame:
        """One rating per model."""
        boards = data.ratings["board"].unique().sort().to_list()
        if self.board not in boards:
            raise UsageError(
                f"no ratings of board {self.board!r} in this dataset"
                + did_you_mean(self.board, boards),
                hint=f"boards: {', '.join(boards) or 'none'}",
            )
        rows = data.ratings.filter(pl.col("board") == self.board)
        if self.as_of is not None:
            first = rows["as_of"].cast(pl.String).min()
            rows = rows.filter(pl.col("as_of") <= self.as_of)
            if rows.is_empty():
                raise UsageError(
                    f"board {self.board!r} has no ratings as of {self.as_of}",
                    hint=f"its first were published on {first!s}",
                )
        rows = rows.filter(pl.col("as_of") == pl.col("as_of").max())
        if self.variant == BEST:
            order = ["model", "rating", "variant"]
            rows = rows.sort(order, descending=[False, True, False])
            return rows.unique("model", keep="first", maintain_order=True)
        known = rows["variant"].unique().sort().to_list()
        rows = rows.filter(pl.col("variant") == self.variant).sort("model")
        if rows.is_empty():
            raise UsageError(
                f"board {self.board!r} rates no variant {self.variant!r}"
                + did_you_mean(self.variant, known),
                hint=f"variants: {', '.join([BEST, *known[:20]])}",
            )
        return rows

    def _spreads(self, rows: pl.DataFrame) -> tuple[FloatArray, FloatArray]:
        """Standard deviation below and above each rating; NaN where nothing is known."""
        half = _quantile(rows["level"].fill_null(0.5).to_numpy())
        sides = []
        for bound, sign in (("low", -1.0), ("high", 1.0)):
            width = sign * (rows[bound] - rows["rating"])
            given = width.fill_null(np.nan).to_numpy() / np.where(half > 0, half, np.nan)
            stderr = rows["stderr"].fill_null(np.nan).to_numpy()
            sides.append(np.where(np.isfinite(stderr), stderr, given))
        below, above = sides
        known = np.isfinite(below) & np.isfinite(above)
        return np.where(known, below, np.nan), np.where(known, above, np.nan)

    def _usable(self, below: FloatArray, above: FloatArray) -> bool:
        if self.errors == "none":
            return False
        known = np.isfinite(below)
        skew = np.abs(above - below)[known]
        even = bool((skew <= SYMMETRIC * (above + below)[known]).all())
        return even or self.errors == "any"

    def _intervals(
        self, rows: pl.DataFrame, below: FloatArray, above: FloatArray
    ) -> tuple[FloatArray, FloatArray, float]:
        """Intervals as printed; normal ones from standard errors, or for another level."""
        low, high = (
            rows[bound].cast(pl.Float64).fill_null(np.nan).to_numpy() for bound in ("low", "high")
        )
        levels = rows["level"].drop_nulls().unique()
        printed = float(levels[0]) if len(levels) == 1 else PRINTED_LEVEL
        level = printed if self.level is None else self.level
        rating = rows["rating"].to_numpy()
        if self.level is None and len(levels) <= 1:
            remade = ~np.isfinite(low) & np.isfinite(below)
        else:
            remade = np.isfinite(below)
        reach = float(_quantile(np.array(level)))
        return (
            np.where(remade, rating - reach * below, low),
            np.where(remade, rating + reach * above, high),
            level,
        )


def _quantile(level: "NDArray[np.float64]") -> FloatArray:
    """Half width of a central interval in standard deviations."""
    # Not SciPy, which takes longer to load than all else here.
    known = {share: NormalDist().inv_cdf((1 + share) / 2) if share < 1 else np.inf
             for share in np.unique(level).tolist()}  # fmt: skip
    half: FloatArray = np.vectorize(known.__getitem__, otypes=[np.float64])(np.asarray(level))
    return half


def _evidence(data: "Dataset", rows: pl.DataFrame) -> NDArray[np.int64]:
    """Votes behind each rating; scores of the model where the board says none; at least 1."""
    if rows["votes"].null_count() < rows.height:
        return rows["votes"].fill_null(1).to_numpy().astype(np.int64)
    counts = dict(data.scores.group_by("model").len().iter_rows())
    return np.array([counts.get(model, 1) for model in rows["model"]], dtype=np.int64)
