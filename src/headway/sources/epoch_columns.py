"""Which column of which of Epoch's benchmark tables is the score, and in what unit.

The tables of the benchmarking hub have a column for the score each, under names and in units of
their own. Every one of them is declared here, from the tables themselves.
"""

from dataclasses import dataclass, field

__all__ = ["PUBLISHED", "Dated", "Published"]

TWO_SIDED_95 = 1 / 1.959964


@dataclass(frozen=True, slots=True, kw_only=True)
class Dated:
    """A column that is no score, kept as an indicator of the model.

    Parameters
    ----------
    column
        The column.
    indicator
        The name of the indicator.
    unit
        Its unit.
    low, high
        The columns of its interval.
    """

    column: str
    indicator: str
    unit: str
    low: str | None = None
    high: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """How one benchmark table is read.

    Parameters
    ----------
    benchmark
        The name of the benchmark as the matrix writes it.
    score
        The column of the score; empty where the table has indicators alone.
    unit
        What a score measures.
    chance, ceiling
        The score of guessing and the best possible one, in the unit of the column; the chance is
        None where nobody knows it.
    stderr
        The column of the standard error.
    stderr_times
        What a cell of it is multiplied by to be a standard error in the unit of the score.
    cost, cost_times
        The column of the cost in US dollars, and the items it must be multiplied by to be that
        of the whole benchmark.
    whole
        A column that is filled where the cost is already that of the whole benchmark.
    seconds, seconds_times
        The same for the duration.
    n
        The column of the number of items.
    harness
        The column that names the agent or the scaffold.
    evaluated_on
        The column of the day of the evaluation.
    name
        The column that names the model; None where it names an agent.
    makers
        The column that names the makers of the model.
    reporter
        Who reported a row that names no source.
    rating
        The board, when the score is a rating and not a score.
    dated
        Columns kept as indicators.
    """

    benchmark: str
    score: str
    unit: str = "accuracy 0-1"
    chance: float | None = 0.0
    ceiling: float = 1.0
    stderr: str | None = None
    stderr_times: float = 1.0
    cost: str | None = None
    cost_times: int = 1
    whole: str | None = None
    seconds: str | None = None
    seconds_times: int = 1
    n: str | None = None
    harness: str | None = None
    evaluated_on: str | None = None
    name: str | None = "Name"
    makers: str | None = "Organization"
    reporter: str = "benchmark"
    rating: str | None = None
    dated: tuple[Dated, ...] = field(default=())


def _own(benchmark: str, *, chance: float = 0.0, unit: str = "accuracy 0-1") -> Published:
    return Published(
        benchmark=benchmark,
        score="Best score (across scorers)",
        unit=unit,
        chance=chance,
        stderr="stderr",
        evaluated_on="Started at",
        reporter="independent",
    )


def _paper(
    benchmark: str, score: str, *, chance: float = 0.0, unit: str = "accuracy 0-1"
) -> Published:
    return Published(benchmark=benchmark, score=score, chance=chance, unit=unit, reporter="unknown")


# HLE prints the half-width of a 95% interval as its standard error: each of the 47 rows is 1.96
# times the binomial one of its 2,500 questions. WeirdML's was divided by 100 once too often, as
# its own page shows. The column of APEX-Agents is neither the one nor the other: it is left out.
# Aider's cost is that of one case (0.061 for o3), but where a row has a date of evaluation, that
# of all 225 (13.75).
PUBLISHED: dict[str, Published] = {
    "adversarial_nli_external": _paper("ANLI", "Score", chance=1 / 3),
    "aider_polyglot_external": Published(
        benchmark="Aider polyglot",
        score="Percent correct",
        unit="percent solved in two tries",
        ceiling=100.0,
        cost="Cost",
        cost_times=225,
        whole="Date of evaluation",
        seconds="Time per case (seconds)",
        seconds_times=225,
        harness="Edit format",
        evaluated_on="Date of evaluation",
    ),
    "apex_agents_external": Published(
        benchmark="APEX-Agents", score="Pass@1 score", unit="pass@1 0-1"
    ),
    "arc_agi_2_external": Published(benchmark="ARC-AGI-2", score="Score"),
    "arc_agi_external": Published(benchmark="ARC-AGI", score="Score"),
    "arc_ai2_external": _paper("ARC AI2", "Challenge score", chance=0.25),
    "balrog_external": Published(
        benchmark="Balrog",
        score="Average progress",
        unit="mean progress 0-1",
        stderr="Average Standard error",
    ),
    "bbh_external": _paper("BBH", "Average", chance=0.25, unit="average accuracy 0-1"),
    "bool_q_external": _paper("BoolQ", "Score", chance=0.5),
    "cad_eval_external": Published(
        benchmark="CadEval",
        score="Overall pass (%)",
        unit="share of attempts passing all geometry checks 0-1",
        n="Total tasks",
    ),
    "chess_puzzles": _own("Chess Puzzles"),
    "common_sense_qa_2_external": _paper("CSQA2", "Score", chance=0.5),
    "cybench_external": Published(
        benchmark="Cybench", score="Unguided % Solved", unit="share solved unguided 0-1"
    ),
    "deepresearchbench_external": Published(
        benchmark="DeepResearch Bench", score="Average score", unit="mean score 0-1"
    ),
    "fictionlivebench_external": Published(
        benchmark="Fiction.LiveBench",
        score="16k token score",
        unit="accuracy 0-1 at 16k tokens",
    ),
    "frontiermath": _own("FrontierMath-2025-02-28-Private"),
    "frontiermath_tier_4": _own("FrontierMath-Tier-4-2025-07-01-Private"),
    "gdpval_external": Published(
        benchmark="GDPval",
        score="Win Rate (%)",
        unit="win rate against a human expert 0-1",
        chance=None,
    ),
    "geobench_external": Published(
        benchmark="GeoBench",
        score="ACW Country %",
        unit="share of countries right 0-1",
        harness="Tools",
    ),
    "gpqa_diamond": _own("GPQA diamond", chance=0.25),
    "gsm8k_external": _paper("GSM8K", "EM", unit="exact match 0-1"),
    "gso_external": Published(
        benchmark="GSO-Bench",
        score="Score OPT@1",
        unit="opt@1 0-1",
        harness="Scaffold",
        evaluated_on="Evaluation date",
    ),
    "hella_swag_external": _paper("HellaSwag", "Overall accuracy", chance=0.25),
    "hle_external": Published(
        benchmark="HLE",
        score="Accuracy",
        chance=0.048,
        stderr="Accuracy Standard Error",
        stderr_times=TWO_SIDED_95,
    ),
    "lambada_external": _paper("LAMBADA", "Score"),
    "lech_mazur_writing_external": Published(
        benchmark="Lech Mazur Writing",
        score="Mean score",
        unit="mean judge score 0-10",
        ceiling=10.0,
    ),
    "live_bench_external": Published(
        benchmark="LiveBench",
        score="Global average",
        unit="percent",
        ceiling=100.0,
    ),
    "math_level_5": _own("MATH level 5"),
    "metr_time_horizons_external": Published(
        benchmark="METR Time Horizons",
        score="average_score",
        unit="mean task success 0-1 (average_score), not the horizon itself",
        dated=(
            Dated(
                column="Time horizon",
                indicator="horizon_p50_minutes",
                unit="minutes",
                low="CI_low",
                high="CI_high",
            ),
            Dated(column="Time Horizon (80%)", indicator="horizon_p80_minutes", unit="minutes"),
        ),
    ),
    "mmlu_external": _paper("MMLU", "EM", chance=0.25),
    "open_book_qa_external": _paper("OpenBookQA", "Accuracy", chance=0.25),
    "os_world_external": Published(
        benchmark="OSWorld",
        score="Score",
        unit="percent success",
        ceiling=100.0,
        harness="Agent",
        name=None,
    ),
    "otis_mock_aime_2024_2025": _own("OTIS Mock AIME 2024-2025", chance=0.001),
    "piqa_external": _paper("PIQA", "Score", chance=0.5),
    "posttrainbench_external": Published(
        benchmark="PostTrainBench",
        score="Average (%)",
        unit="weighted mean benchmark score of trained models 0-1",
        harness="Scaffold",
    ),
    "science_qa_external": _paper("ScienceQA", "Score", chance=0.25),
    "simplebench_external": Published(
        benchmark="SimpleBench",
        score="Score (AVG@5)",
        unit="accuracy 0-1 (five runs)",
        chance=1 / 6,
    ),
    "simpleqa_verified": _own("SimpleQA Verified"),
    "superglue_external": Published(
        benchmark="SuperGLUE", score="Score", chance=None, reporter="unknown"
    ),
    "swe_bench_bash": Published(
        benchmark="SWE-bench (bash only)",
        score="% Resolved",
        unit="share resolved 0-1",
        cost="Avg. Cost ($)",
        cost_times=500,
        harness="SWE-Agent Release Version",
        evaluated_on="Date run",
    ),
    "swe_bench_verified": _own("SWE-Bench verified", unit="share resolved 0-1"),
    "terminalbench_external": Published(
        benchmark="Terminal Bench",
        score="Accuracy mean",
        stderr="Accuracy SE",
        harness="Agent",
        evaluated_on="Run date",
    ),
    "the_agent_company_external": Published(
        benchmark="The Agent Company",
        score="% Resolved",
        unit="share resolved 0-1",
        cost="Average costs",
        cost_times=175,
        harness="Name",
        evaluated_on="Date",
        name=None,
    ),
    "trivia_qa_external": _paper("TriviaQA", "EM", unit="exact match 0-1"),
    "video_mme_external": Published(
        benchmark="VideoMME", score="Overall (no subtitles)", chance=0.25
    ),
    "vpct_external": Published(benchmark="VPCT", score="Correct", chance=1 / 3),
    "webdev_arena_external": Published(
        benchmark="WebDev Arena",
        score="Arena Score",
        unit="rating",
        rating="WebDev Arena",
        evaluated_on="Last updated",
    ),
    "weirdml_external": Published(
        benchmark="WeirdML",
        score="Accuracy",
        unit="mean best test accuracy 0-1",
        stderr="Accuracy SE",
        stderr_times=100.0,
        chance=None,
        dated=(
            Dated(
                column="Cost per run", indicator="weirdml_cost_per_attempt_usd", unit="US dollars"
            ),
        ),
    ),
    "wino_grande_external": _paper("Winogrande", "Accuracy", chance=0.5),
}
