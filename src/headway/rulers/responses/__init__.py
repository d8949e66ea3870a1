"""Answers to single questions, and the ruler that is fitted to them."""

from headway.rulers.responses.answers import (
    Answers,
    from_dataset,
    from_frame,
    from_matrix,
    parts_from_parquet,
)

__all__ = ["Answers", "from_dataset", "from_frame", "from_matrix", "parts_from_parquet"]
