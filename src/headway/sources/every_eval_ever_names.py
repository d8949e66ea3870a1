"""Names and settings in records of Every Eval Ever: what is a test, and what only scores it."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from headway.sources.names import slug
from headway.sources.records import part

__all__ = ["is_scorer", "shared_names", "shots_of"]

_SCORERS = frozenset(
    (
        *(
            "choice",
            "match",
            "includes",
            "pattern",
            "answer",
            "exact",
            "f1",
            "multi-scorer",
        ),
        *("model-graded-qa", "model-graded-fact", "scorer", "grader", "judge", "llm-judge"),
        *("verify", "verifier", "accuracy", "acc", "exact-match", "em", "mean", "score", "correct"),
        *("pass-1", "pass-rate", "expression-equivalence", "schema", "default", "main", "test"),
    )
)
_SCORER = re.compile(r"(?:^|-)(?:scorer|grader|judge)$")
_BETWEEN = re.compile(r"[/|:()\[\],]")
_SHOTS = ("num_fewshot", "n_fewshot", "num_few_shot", "n_shot", "n_shots", "num_shots", "fewshot",
          "few_shot", "shots")  # fmt: skip


def shared_names(results: Sequence[Any]) -> frozenset[str]:
    """Return the names of evaluations that results of several datasets have."""
    datasets: dict[str, set[str]] = {}
    for result in results:
        about = result.get("source_data") if isinstance(result, dict) else None
        if isinstance(about, dict) and isinstance(about.get("dataset_name"), str):
            name = " ".join(str(result.get("evaluation_name")).split())
            datasets.setdefault(name, set()).add(about["dataset_name"])
    return frozenset(name for name, some in datasets.items() if len(some) > 1)


def is_scorer(name: str) -> bool:
    """Whether a name is that of a scorer or a metric, or of both, and of no test.

    >>> is_scorer("gaia_scorer/accuracy"), is_scorer("choice (mean)"), is_scorer("arc/accuracy")
    (True, True, False)
    """
    parts = [slug(name), *map(slug, _BETWEEN.split(name))]
    scores = [one in _SCORERS or _SCORER.search(one) is not None for one in parts if one]
    return bool(scores) and (scores[0] or all(scores[1:]))


def shots_of(result: Mapping[str, Any]) -> str | None:
    """Return how many examples stood in the question, where that is more than none."""
    settings = part(result, "generation_config")
    for place in (settings, part(settings, "generation_args"), part(result, "metric_config")):
        more = place.get("additional_details")
        for holder in (place, more if isinstance(more, dict) else {}):
            for name in _SHOTS:
                value = str(holder.get(name))
                if value.isascii() and value.isdigit() and int(value[:6]):
                    return f"{int(value[:6])}-shot"
    return None
