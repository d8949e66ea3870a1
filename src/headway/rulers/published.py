"""Published ratings, taken as a scale as they are."""

from dataclasses import asdict, dataclass
from hashlib import sha256
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from headway.draws import Draws
from headway.errors import UsageError, did_you_mean
from headway.progress import Progress
from headway.rulers.scale import Scale

if TYPE_CHECKING:
    from headway.dataset import Dataset


@dataclass(frozen=True, kw_only=True)
class PublishedRuler:
    """Ratings of a board as their publisher printed them.

    A publisher prints an interval per model but not the draws behind it, so the scale has none:
    lags measured on it have no interval.

    Parameters
    ----------
    board
        Name of the board in the ratings table.
    """

    board: str = "Epoch ECI"

    def fit(
        self,
        data: "Dataset",
        *,
        draws: int | None = None,  # noqa: ARG002 - one call for all rulers
        seed: int | None = None,  # noqa: ARG002
        workers: int | None = None,  # noqa: ARG002
        progress: Progress | None = None,  # noqa: ARG002
    ) -> Scale:
        """Take the newest ratings of the board.

        Raises
        ------
        UsageError
            When the dataset has no such board.
        """
        boards = data.ratings["board"].unique().sort().to_list()
        if self.board not in boards:
            raise UsageError(
                f"no ratings of board {self.board!r} in this dataset"
                + did_you_mean(self.board, boards),
                hint=f"boards: {', '.join(boards) or 'none'}",
            )
        rows = data.ratings.filter(pl.col("board") == self.board)
        rows = rows.filter(pl.col("as_of") == pl.col("as_of").max()).sort("model")
        counts = dict(data.scores.group_by("model").len().iter_rows())
        models = tuple(rows["model"].to_list())
        levels = rows["level"].drop_nulls().unique()
        return Scale(
            ruler=f"{self.board} (published)",
            spec=asdict(self) | {"kind": "published", "as_of": str(rows["as_of"][0])},
            dataset=data,
            models=models,
            estimate=rows["rating"].to_numpy(),
            capability=Draws(
                values=np.empty((0, len(models))),
                dims=("draw", "model"),
                coords={"model": models},
                unit="points",
                draw_set=sha256(repr((data.digest, self.board)).encode()).hexdigest()[:16],
            ),
            status=("ok",) * len(models),
            n_scores=np.array([counts.get(m, 0) for m in models], dtype=np.int64),
            low=rows["low"].cast(pl.Float64).fill_null(np.nan).to_numpy(),
            high=rows["high"].cast(pl.Float64).fill_null(np.nan).to_numpy(),
            level=float(levels[0]) if len(levels) else 0.9,
            unit="points",
            seed=None,
            notes=(f"{self.board}: published ratings have no paired draws.",),
        )
