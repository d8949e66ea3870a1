"""Who stands behind the reports that Epoch's matrix takes scores from.

The matrix names a report or a page for each score. Each one is declared here; a name that is
not declared is an error, never a guess.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

from headway.errors import DataError, did_you_mean

Reporter = Literal["independent", "benchmark", "developer", "competitor", "unknown"]


@dataclass(frozen=True, slots=True)
class Report:
    """A report or a page with scores.

    Parameters
    ----------
    kind
        ``independent``: somebody who made neither the models nor the benchmark; ``benchmark``:
        whoever keeps the benchmark; ``developer``: a developer of models; ``unknown``.
    organisations
        For ``developer``: the ids of the organisations behind it.
    title
        The title, where the matrix has it in another spelling.
    """

    kind: Literal["independent", "benchmark", "developer", "unknown"]
    organisations: tuple[str, ...] = ()
    title: str | None = None


_BENCHMARK = Report("benchmark")
_INDEPENDENT = Report("independent")
_UNKNOWN = Report("unknown")
_ANTHROPIC = ("anthropic",)
_GOOGLE = ("google-deepmind", "google", "deepmind", "google-research", "google-brain")
_META = ("meta-ai",)
_MICROSOFT = ("microsoft", "microsoft-research")
_OPENAI = ("openai",)
_FALCON = ("technology-innovation-institute",)
_XAI = ("xai",)
_PHI_3 = "Phi-3 Technical Report: A Highly Capable Language Model Locally on Your Phone"
_FALCON_2 = "Falcon2-11B Technical Report"
_DECKER = "Decker: Double Check with Heterogeneous Knowledge for Commonsense Fact Verification"
_UNICORN = (
    "UNICORN on RAINBOW: A Universal Commonsense Reasoning Model on a New Multitask Benchmark"
)
_VISION = (
    "VisionLLM v2: An End-to-End Generalist Multimodal Large Language Model"
    " for Hundreds of Vision-Language Tasks"
)
_MEGATRON = (
    "Using DeepSpeed and Megatron to Train Megatron-Turing NLG 530B,"
    " A Large-Scale Generative Language Model"
)
_T5 = "Exploring the Limits of Transfer Learning with a Unified Text-to-Text Transformer"
_SWITCH = (
    "Switch Transformers: Scaling to Trillion Parameter Models with Simple"
    " and E\ufb03cient Sparsity"
)


def _by(organisations: tuple[str, ...], title: str | None = None) -> Report:
    return Report("developer", organisations, title)


REPORTS: dict[str, Report] = {
    "Epoch evaluations": _INDEPENDENT,
    "Stanford CRFM Leaderboard": _INDEPENDENT,
    "Stanford HELM": _INDEPENDENT,
    "Aider LLM Leaderboards": _BENCHMARK,
    "ARC Prize Leaderboard": _BENCHMARK,
    "Balrog Leaderboard": _BENCHMARK,
    "CadEval Dashboard": _BENCHMARK,
    "Cybench leaderboard": _BENCHMARK,
    "DeepResearchBench Leaderboard": _BENCHMARK,
    "Fiction.live leaderboard": _BENCHMARK,
    "GSO Leaderboard": _BENCHMARK,
    "GeoBench leaderboard": _BENCHMARK,
    "METR - Measuring AI Ability to Complete Long Tasks": _BENCHMARK,
    "OS World Website": _BENCHMARK,
    "ScienceQA leaderboard": _BENCHMARK,
    "SimpleBench Leaderboard": _BENCHMARK,
    "Terminal-Bench v2 Leaderboard": _BENCHMARK,
    "TheAgentCompany experiment results github": _BENCHMARK,
    "TheAgentCompany leaderboard": _BENCHMARK,
    "Tweet from VPCT creator": _BENCHMARK,
    "VPCT leaderboard": _BENCHMARK,
    "WeirdML Leaderboard": _BENCHMARK,
    "lechmazur/writing Github repository": _BENCHMARK,
    "https://arcprize.org/leaderboard": _BENCHMARK,
    "https://cognition.com/frontiercode": _BENCHMARK,
    "https://cursor.com/cursorbench": _BENCHMARK,
    "https://deepswe.datacurve.ai/": _BENCHMARK,
    "https://drb.futuresearch.ai/#drb": _BENCHMARK,
    "https://gso-bench.github.io/index.html": _BENCHMARK,
    "https://htihle.github.io/weirdml.html": _BENCHMARK,
    "https://metr.org/blog/2025-03-19-measuring-ai-ability-to-complete-long-tasks/": _BENCHMARK,
    "https://osworld-v2.xlang.ai/": _BENCHMARK,
    "https://www.tbench.ai/leaderboard/terminal-bench/2.0": _BENCHMARK,
    "https://www.vals.ai/benchmarks/proof_bench": _BENCHMARK,
    "https://yhenon.github.io/surface-evolver-llm-eval/": _BENCHMARK,
    "Anthropic annoucement": _by(_ANTHROPIC, "Anthropic announcement"),
    "Baichuan 2: Open Large-scale Language Models": _by(("baichuan",)),
    "DeepSeek-V3 Technical Report": _by(("deepseek",)),
    _FALCON_2: _by(_FALCON),
    _FALCON_2 * 2: _by(_FALCON, _FALCON_2),
    "GPT-4 Technical Report": _by(_OPENAI),
    "GPT-4 technical report": _by(_OPENAI, "GPT-4 Technical Report"),
    "Gemini 1.5 Report": _by(_GOOGLE),
    "Gemini 1.5 report": _by(_GOOGLE, "Gemini 1.5 Report"),
    "Gemma: Open Models Based on Gemini Research and Technology": _by(_GOOGLE),
    "Grok 4 Fast Model Card": _by(_XAI),
    "Grok 4 Model Card": _by(_XAI),
    "INTELLECT-1 Technical Report": _by(("prime-intellect",)),
    "LLaMA: Open and Efficient Foundation Language Models": _by(_META),
    "Llama 2: Open Foundation and Fine-Tuned Chat Models": _by(_META),
    "Mixtral of Experts": _by(("mistral-ai",)),
    "Model Card and Evaluations for Claude Models": _by(_ANTHROPIC),
    "Nemotron-4 15B Technical Report": _by(("nvidia",)),
    "Opus 4.5 System Card": _by(_ANTHROPIC),
    "Opus 4.6 System Card": _by(_ANTHROPIC),
    "PaLM 2 Technical Report": _by(_GOOGLE),
    _PHI_3: _by(_MICROSOFT),
    _PHI_3 * 2: _by(_MICROSOFT, _PHI_3),
    "Phi-4 Technical Report": _by(_MICROSOFT),
    "Qwen Technical Report": _by(("alibaba",)),
    "Qwen2.5-Coder Technical Report": _by(("alibaba",)),
    "Releasing Claude Instant 1.2": _by(_ANTHROPIC),
    "Textbooks Are All You Need II: phi-1.5 technical report": _by(_MICROSOFT),
    "The Claude 3 Model Family: Opus, Sonnet, Haiku": _by(_ANTHROPIC),
    "The Falcon Series of Open Language Models": _by(_FALCON),
    "The Llama 3 Herd of Models": _by(_META),
    "Training Compute-Optimal Large Language Models": _by(_GOOGLE),
    "XGen-7B Technical Report": _by(("salesforce",)),
    "Yi: Open Foundation Models by 01.AI": _by(("01-ai",)),
    "GLaM: Efficient Scaling of Language Models with Mixture-of-Experts": _by(_GOOGLE),
    "GPT-4 Technical report": _by(_OPENAI, "GPT-4 Technical Report"),
    "Grok 4.1 Model Card": _by(_XAI),
    "Inflection-1": _by(("inflection-ai",)),
    "InternLM: A Multilingual Language Model with Progressively Enhanced Capabilities": _by(
        ("shanghai-ai-lab", "sensetime")
    ),
    "Language Models are Few-Shot Learners": _by(_OPENAI),
    "PaLM: Scaling Language Modeling with Pathways": _by(_GOOGLE),
    "Scaling Language Models: Methods, Analysis & Insights from Training Gopher": _by(_GOOGLE),
    _SWITCH: _by(_GOOGLE),
    _T5: _by(_GOOGLE),
    _MEGATRON: _by((*_MICROSOFT, "nvidia")),
    "Standford HELM": Report("independent", title="Stanford HELM"),
    "Adversarial NLI: A New Benchmark for Natural Language Understanding": _BENCHMARK,
    "CommonsenseQA 2.0: Exposing the Limits of AI through Gamification": _BENCHMARK,
    "LiveBench Leaderboard": _BENCHMARK,
    "Video-MME Leaderboard": _BENCHMARK,
    "WebDev Arena Leaderboard": _BENCHMARK,
    "https://arena.ai/leaderboard": _BENCHMARK,
    "https://video-mme.github.io/home_page.html#leaderboard": _BENCHMARK,
    "swebench.com leaderboard (bash only)": _BENCHMARK,
    _DECKER: _UNKNOWN,
    _UNICORN: _UNKNOWN,
    _VISION: _UNKNOWN,
    "PapersWithCode": _UNKNOWN,
    "https://lmcouncil.ai/benchmarks": _UNKNOWN,
}


def reporter(reported_in: str | None, developers: Collection[str]) -> Reporter:
    """Return who reported a score.

    Parameters
    ----------
    reported_in
        The report as the matrix names it, or None.
    developers
        The ids of the organisations that made the model.

    Returns
    -------
    str
        ``developer`` when one of them wrote the report, ``competitor`` when another developer
        did, and otherwise the declared kind.

    Raises
    ------
    DataError
        When the report is not declared.

    Examples
    --------
    >>> reporter("Qwen Technical Report", ["alibaba"])
    'developer'
    >>> reporter("Qwen Technical Report", ["meta-ai"])
    'competitor'
    """
    if reported_in is None:
        return "unknown"
    report = _declared(reported_in)
    if report.kind != "developer":
        return report.kind
    own = not set(report.organisations).isdisjoint(developers)
    return "developer" if own else "competitor"


def title(reported_in: str) -> str:
    """Return the title of a report in its proper spelling.

    Raises
    ------
    DataError
        When the report is not declared.
    """
    return _declared(reported_in).title or reported_in


def _declared(reported_in: str) -> Report:
    if reported_in not in REPORTS:
        raise DataError(
            f"nobody has declared who wrote {reported_in!r}{did_you_mean(reported_in, [*REPORTS])}",
            hint="add it to REPORTS in headway/sources/epoch_reports.py",
        )
    return REPORTS[reported_in]
