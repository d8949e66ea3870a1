"""Metrics that are no share of right answers, although some of them lie between 0 and 1."""

import re

__all__ = ["refuse_no_accuracy", "why_no_accuracy"]

_BIAS_TASKS = re.compile(
    r"(?:^|_)(crows_?pairs|toxigen|real_?toxicity_?prompts|winogender|bbq|stereo_?set"
    r"|discrim_eval)(?:_|$)|^(bold)(?:_|$)"
)
_BIAS = frozenset(
    ("bias", "biased", "stereotype", "stereotypes", "toxic", "toxicity", "gap", "disparity")
)
_LOWER = frozenset(
    ("perplexity", "ppl", "loss", "nll", "bpb", "brier", "wer", "cer", "ter", "ece", "mse", "rmse")
) | {
    *("mae", "crossentropy", "hallucination", "hallucinations", "hallucinated", "jailbreak"),
    *("deception", "harm", "harmful", "harmfulness", "violation", "violations", "cheating", "fpr"),
    *("fnr", "distance", "divergence", "errors", "mistakes", "contamination"),
}
_CORRELATIONS = frozenset(
    ("mcc", "matthews", "pearson", "pearsonr", "spearman", "spearmanr", "kendall", "kendalltau")
) | {"correlation", "corr", "kappa"}
_PHRASES = re.compile(
    r"(?:^|_)(bits_per_(?:byte|char(?:acter)?)|likelihood_diff|error_rate|edit_distance"
    r"|cross_entropy|attack_success(?:_rate)?|failure_rate|false_(?:positive|negative)_rate"
    r"|mean_error)(?:_|$)"
)
_LONGEST = 300


def why_no_accuracy(task: str, metric: str | None) -> str | None:
    """Say why a result is no share of right answers, or None when nothing speaks against it.

    Parameters
    ----------
    task
        The task or benchmark.
    metric
        The metric.

    Examples
    --------
    >>> why_no_accuracy("crows_pairs_english", "pct_stereotype")
    'it measures bias or toxicity (crows_pairs), and is no accuracy'
    >>> why_no_accuracy("wikitext", "bits_per_byte,none")
    'lower is better (bits_per_byte): it is a loss, and no accuracy'
    >>> why_no_accuracy("arc_easy", "acc,none")
    """
    found = _BIAS_TASKS.search(_plain(task))
    if found:
        return f"it measures bias or toxicity ({found[1] or found[2]}), and is no accuracy"
    name = _plain(metric or "")
    words = set(name.split("_"))
    for word in sorted(words & _BIAS):
        return f"it measures bias or toxicity ({word}), and is no accuracy"
    phrase = _PHRASES.search(name)
    if phrase:
        return f"lower is better ({phrase[1]}): it is a loss, and no accuracy"
    for word in sorted(words & _LOWER):
        return f"lower is better ({word}): it is a loss, and no accuracy"
    for word in sorted(words & _CORRELATIONS):
        return f"it is a correlation ({word}), and no share of right answers"
    return None


def refuse_no_accuracy(task: str, metric: str | None) -> None:
    """Refuse a result that is no share of right answers with a ``ValueError``."""
    reason = why_no_accuracy(task, metric)
    if reason:
        raise ValueError(reason)


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", name[:_LONGEST].lower()).strip("_")
