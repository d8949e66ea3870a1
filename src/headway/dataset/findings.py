"""What a check of a dataset reports."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

from headway.dataset.dataset import Dataset

Severity = Literal["error", "warning", "note"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to know about one model, benchmark or score."""

    severity: Severity
    table: str
    entity: str
    message: str


Check = Callable[[Dataset], Iterator[Finding]]
