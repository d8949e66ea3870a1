"""The index of a pandas frame is part of the frame."""

import pandas as pd
import pytest

from headway.dataset import Dataset
from headway.errors import HeadwayError

LONG = pd.DataFrame(
    {
        "model": ["a", "a", "b", "b"],
        "benchmark": ["x", "y", "x", "y"],
        "score": [0.1, 0.2, 0.3, 0.4],
    }
)
EXPECTED = sorted(LONG.itertuples(index=False, name=None))


@pytest.mark.parametrize("index", [["model"], ["benchmark"], ["model", "benchmark"]])
def test_levels_with_a_name_are_columns(index: list[str]) -> None:
    data = Dataset.from_frames(scores=LONG.set_index(index))
    assert sorted(data.scores.select("model", "benchmark", "score").rows()) == EXPECTED


def test_a_pivoted_frame_has_its_models() -> None:
    wide = LONG.pivot_table(index="model", columns="benchmark", values="score")
    data = Dataset.from_frames(wide=wide)
    assert sorted(data.scores.select("model", "benchmark", "score").rows()) == EXPECTED


def test_a_filtered_frame_is_what_it_was() -> None:
    data = Dataset.from_frames(scores=LONG[LONG["score"] > 0.15])
    assert data.scores.height == 3


def test_an_index_without_a_name_is_no_column() -> None:
    with pytest.raises(HeadwayError, match="model"):
        Dataset.from_frames(scores=LONG.set_index("model").rename_axis(None))
