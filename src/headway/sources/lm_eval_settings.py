"""What two runs of a task can differ in, in results of the Language Model Evaluation Harness."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from headway.sources.lm_eval_groups import leaves
from headway.sources.lm_eval_models import argument, switched_on
from headway.sources.names import DEFAULT
from headway.sources.records import part, whole

__all__ = ["setting", "several_versions"]


def setting(
    record: Mapping[str, Any], task: str, members: Mapping[str, list[str]], variant: str
) -> str:
    """Return the variant with what else two runs of a task can differ in."""
    shots, version = _shots(record, task, members), _version(record, task, members)
    parts = [
        variant if variant != DEFAULT else "",
        *_of_the_run(record),
        f"{shots}-shot" if shots not in (None, "0") else "",
        f"task {version}" if version not in (None, "1") else "",
    ]
    return ", ".join(filter(None, parts)) or DEFAULT


def _of_the_run(record: Mapping[str, Any]) -> list[str]:
    """What was done to the model, or to the questions, in the whole run."""
    config = part(record, "config")
    arguments = config.get("model_args")
    words = [f"{bits}-bit" for bits in (4, 8) if switched_on(arguments, f"load_in_{bits}bit")]
    how = argument(arguments, ("quantization",))
    if how and how.lower() not in ("none", "false"):
        words.append(f"quantized {how}")
    if record.get("chat_template") or record.get("chat_template_sha"):
        words.append("chat template")
    if record.get("system_instruction"):
        words.append("system instruction")
    limit = config.get("limit")
    if isinstance(limit, int | float) and not isinstance(limit, bool):
        words.append(f"limit {limit:g}")
    return words


def _shots(record: Mapping[str, Any], task: str, members: Mapping[str, list[str]]) -> str | None:
    told = part(record, "n-shot")
    each = [whole(told, one) for one in ([task] if task in told else leaves(task, members))]
    known = sorted({one for one in each if one is not None})
    if not known:
        overall = part(record, "config").get("num_fewshot")
        known = [overall] if isinstance(overall, int) and not isinstance(overall, bool) else []
    return " and ".join(map(str, known)) or None


def _version(record: Mapping[str, Any], task: str, members: Mapping[str, list[str]]) -> str | None:
    told = part(record, "versions")
    each = [told.get(one) for one in ([task] if task in told else leaves(task, members))]
    known = {
        f"{one:g}" if isinstance(one, float) else str(one)[:20].removesuffix(".0")
        for one in each
        if isinstance(one, int | float | str) and not isinstance(one, bool) and one != "N/A"
    }
    return " and ".join(sorted(known)) or None


def several_versions(scores: Iterable[Mapping[str, Any]]) -> list[str]:
    """Note the benchmarks whose scores come from several versions of the task."""
    versions: dict[str, set[str]] = {}
    for score in scores:
        found = re.search(r"(?:^|, )task (.+)$", score["variant"])
        versions.setdefault(score["benchmark"], set()).add(found[1] if found else "1")
    return [
        f"{benchmark}: scores of several versions of the task ({', '.join(sorted(some))}) are not"
        " scores of one test; they are kept as variants"
        for benchmark, some in versions.items()
        if len(some) > 1
    ]
