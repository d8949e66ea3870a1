"""Epoch AI's benchmark tables as they were in 2025: ``external_benchmark_NAME.csv``.

Shares are percentages with their sign, amounts have a dollar sign, and the makers of the models
stand in no table. A table is read as its successor of the same columns is, but where it is of an
earlier version of a benchmark, which is then a benchmark of its own.
"""

from dataclasses import replace

from headway.sources.epoch_columns import PUBLISHED, Published

__all__ = ["OLDEST", "oldest"]

_PREFIX = "external_benchmark_"
_SUCCESSORS = {
    "aider_polyglot": "aider_polyglot_external",
    "anli": "adversarial_nli_external",
    "arc_agi": "arc_agi_external",
    "arc_ai2": "arc_ai2_external",
    "balrog": "balrog_external",
    "bbh": "bbh_external",
    "boolq": "bool_q_external",
    "cadeval": "cad_eval_external",
    "csqa2": "common_sense_qa_2_external",
    "cybench": "cybench_external",
    "deepresearch": "deepresearchbench_external",
    "fictionlivebench": "fictionlivebench_external",
    "geobench": "geobench_external",
    "gsm8k": "gsm8k_external",
    "gso_bench": "gso_external",
    "hellaswag": "hella_swag_external",
    "lambada": "lambada_external",
    "lech_mazur_writing": "lech_mazur_writing_external",
    "livebench": "live_bench_external",
    "mmlu": "mmlu_external",
    "openbookqa": "open_book_qa_external",
    "os_world": "os_world_external",
    "piqa": "piqa_external",
    "scienceqa": "science_qa_external",
    "simple_bench": "simplebench_external",
    "superglue": "superglue_external",
    "triviaqa": "trivia_qa_external",
    "videomme": "video_mme_external",
    "vpct": "vpct_external",
    "winogrande": "wino_grande_external",
}
_WEIRDML = PUBLISHED["weirdml_external"]
_AGENTS = PUBLISHED["the_agent_company_external"]
_OTHERS: dict[str, tuple[Published, ...]] = {
    "factorio_learning_environment": (
        Published(
            benchmark="Factorio Learning Environment",
            score="Lab Success %",
            unit="share of lab tasks solved 0-1",
            harness="Tools",
        ),
    ),
    # For some weeks the table had horizons alone.
    "metr": (
        PUBLISHED["metr_time_horizons_external"],
        replace(PUBLISHED["metr_time_horizons_external"], score=""),
    ),
    "mcbench": (Published(benchmark="MCBench", score="ELO", unit="rating", rating="MCBench"),),
    "osuniverse": (
        Published(
            benchmark="OSUniverse",
            score="Weighted Score",
            unit="weighted share of tasks solved 0-1",
            harness="Agent",
            cost="Cost",
            seconds="Duration (seconds)",
            name=None,
        ),
    ),
    # Version 2 of Terminal-Bench came out in November 2025.
    "terminal_bench": (
        replace(
            PUBLISHED["terminalbench_external"], benchmark="Terminal Bench 1.0", evaluated_on=None
        ),
    ),
    # The column for the organisation names who handed the run in.
    "the_agent_company": (replace(_AGENTS, harness="Model", makers=None),),
    # The first version had six tasks, and the mean of their scores.
    "weirdml": (
        replace(_WEIRDML, stderr=None),
        Published(
            benchmark="WeirdML 1", score="Average", unit=_WEIRDML.unit, chance=None, dated=()
        ),
    ),
    "webdevarena": (
        replace(PUBLISHED["webdev_arena_external"], name="Model", evaluated_on="Date"),
    ),
}
OLDEST: dict[str, tuple[Published, ...]] = {
    _PREFIX + name: (PUBLISHED[successor],) for name, successor in _SUCCESSORS.items()
} | {_PREFIX + name: some for name, some in _OTHERS.items()}


def oldest(stem: str, header: str) -> Published | None:
    """Return how a table is read, by its name and by the score column that it has.

    A table without one has an empty ``score``: it has indicators and no scores.

    Examples
    --------
    >>> oldest("external_benchmark_weirdml", "id,Model version,Average").benchmark
    'WeirdML 1'
    >>> oldest("external_benchmark_unheard_of", "id") is None
    True
    """
    some = OLDEST.get(stem, ())
    return next((one for one in some if one.score in header), some[0] if some else None)
