"""Which model a results file of the Language Model Evaluation Harness is about."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from headway.sources.names import DEFAULT, slug, split_variant
from headway.sources.records import named, part

__all__ = ["ENGINES", "About", "argument", "model_of", "switched_on"]

ENGINES = frozenset(
    (
        *("hf", "hf-auto", "hf-causal", "hf-causal-experimental", "hf-seq2seq", "hf-multimodal"),
        *("hf-audiolm-qwen", "hf-mistral3", "hf_transformers", "huggingface", "transformers"),
        *("vllm", "vllm-vlm", "sglang", "sglang-generate", "neox", "gpt-neox", "gptneox"),
        *("megatron", "megatron_lm", "nemo_lm", "nemo", "mamba_ssm", "gguf", "ggml", "llama.cpp"),
        *("local-completions", "local-chat-completions", "openai-completions"),
        *("openai-chat-completions", "openai", "anthropic", "anthropic-chat"),
        *("anthropic-chat-completions", "anthropic-completions", "azure-openai-chat-completions"),
        *("gpt3", "textsynth", "deepsparse", "sparseml", "neuronx", "openvino", "optimum", "ipex"),
        *("tgi", "trtllm", "watsonx_llm", "litellm", "habana", "gaudi", "steered", "dummy"),
        *("winml", "fast", "api", "local", "custom", "model"),
    )
)
"""Names of programs that run models, and of no model."""

_NAMES = ("pretrained", "model", "path", "engine")
_ADAPTERS = ("peft", "delta")
_ANY_FOLDER = re.compile(
    r"(?:checkpoint|ckpt|step|global_step|epoch|iter)[-_]?\d+|final(?:[-_]\w+)?|best|latest|last"
    r"|models?|outputs?|hf|merged|weights|snapshots?|[0-9a-f]{40}",
    re.IGNORECASE,
)
_SNAPSHOT = re.compile(r"models--([^/]+?)--([^/]+)/snapshots/([0-9a-f]{7,40})")
_MAIN = ("main", "master", "")


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """The model of a file.

    Parameters
    ----------
    model
        Its name, without what is a variant.
    variant
        The effort and the revision.
    version
        The name as the file has it, with the revision.
    organisation
        What stands before the slash.
    """

    model: str
    variant: str
    version: str
    organisation: str | None


def model_of(record: Mapping[str, Any], given: str | None) -> About:
    """Return the model of a results file.

    Parameters
    ----------
    record
        The content.
    given
        The model of files that do not name one.

    Raises
    ------
    ValueError
        When no model is named, but only the program that ran it, or nothing.
    """
    config = part(record, "config")
    arguments = config.get("model_args")
    adapter = argument(arguments, _ADAPTERS)
    named_by = (
        adapter
        or _model(named(record, "model_name"))
        or _model(argument(arguments, _NAMES))
        or _model(named(config, "model"))
        or given
    )
    if named_by is None:
        engine = named(record, "model_name") or named(config, "model")
        if engine is None:
            raise ValueError("the name of the model is missing; name it with --option model=NAME")
        raise ValueError(
            f"the model is not named: {engine!r} is the program that ran it; name the model with"
            " --option model=NAME, file by file where they are of several models"
        )
    revision = argument(arguments, ("revision",)) if adapter is None else None
    name = named_by
    cached = _SNAPSHOT.search(name.replace("\\", "/"))
    if cached:
        name = f"{cached[1]}/{cached[2]}"
    elif name.startswith(("/", "./", "../", "~")) or re.match(r"[A-Za-z]:\\", name):
        name = _of_path(name)
    model, variant = split_variant(name)
    settings = [arguments, config.get("gen_kwargs")]
    effort = next(filter(None, (argument(one, ("reasoning_effort",)) for one in settings)), None)
    if effort and slug(effort):
        variant = slug(effort) if variant == DEFAULT else f"{variant}-{slug(effort)}"
    if revision is not None and revision not in _MAIN:
        told = f"revision {revision}"
        variant = told if variant == DEFAULT else f"{variant}, {told}"
    organisation, _, rest = name.partition("/")
    return About(
        model=model,
        variant=variant,
        version=name if revision in (None, *_MAIN) else f"{name}@{revision}",
        organisation=organisation if rest else None,
    )


def _model(name: str | None) -> str | None:
    return None if name is None or name.lower() in ENGINES else name


def _of_path(path: str) -> str:
    """Return the folder of a model; one that any model may have with those above it."""
    parts = [one for one in path.replace("\\", "/").split("/") if one not in ("", ".", "..", "~")]
    kept: list[str] = []
    for one in reversed(parts):
        kept.insert(0, one)
        if not _ANY_FOLDER.fullmatch(one):
            break
    return "-".join(kept) or path


def argument(arguments: Any, names: Sequence[str]) -> str | None:
    """Return one argument of the model that is a text; the others are never looked at."""
    arguments = _arguments(arguments)
    for name in names:
        value = arguments.get(name)
        if isinstance(value, str):
            return named(arguments, name)
    return None


def switched_on(arguments: Any, name: str) -> bool:
    """Whether an argument of the model says yes."""
    value = _arguments(arguments).get(name)
    return value is True or (isinstance(value, str) and value.lower() == "true")


def _arguments(arguments: Any) -> Mapping[str, Any]:
    if isinstance(arguments, str):
        pairs = (one.partition("=") for one in arguments.split(","))
        return {key.strip(): value.strip() for key, _, value in pairs}
    return arguments if isinstance(arguments, dict) else {}
