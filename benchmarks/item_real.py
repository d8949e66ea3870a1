"""The item ruler on real answers: Epoch AI's own runs, question by question.

    python benchmarks/item_real.py --facts FOLDER

FOLDER holds ``epoch-items/epoch_items.csv.gz`` and ``epoch_runs.csv`` (CC BY 4.0; not part of this
project). Printed as Markdown: how the order by the item ruler agrees with the accuracy of runs, how
well a capability from the questions of GPQA alone predicts the other benchmarks, how far two
attempts of one configuration at one question agree beyond the model, and the questions that look
mis-keyed, do not fit, or favour a country.
"""

import argparse
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.stats import spearmanr

from headway.dataset import Dataset
from headway.errors import HeadwayError
from headway.rulers.responses.checks import FDR, differential
from headway.rulers.responses.ruler import ItemRuler
from headway.rulers.scale import Scale
from headway.sources import epoch
from headway.sources.names import slug

GPQA = "gpqa-diamond"
KEY = ["model", "variant"]
LEAST = 5


def answers(folder: Path) -> Dataset:
    """The answers as a dataset; countries come from the shipped catalog where a name is known."""
    parsed = epoch.read([folder / "epoch-items"])
    frame = parsed.tables["responses"].select(
        pl.col("model").map_elements(
            lambda name: slug(name.split("/")[-1]), return_dtype=pl.String
        ),
        "variant",
        pl.col("benchmark").map_elements(slug, return_dtype=pl.String),
        "item",
        "epoch",
        "score",
    )
    # Two hosts of one model: their runs are further attempts.
    key = [*KEY, "benchmark", "item"]
    frame = frame.with_columns(epoch=pl.int_range(1, pl.len() + 1).over(key))
    scores = frame.group_by(*KEY, "benchmark").agg(pl.col("score").mean())
    return Dataset.from_frames(
        responses=frame, scores=scores.sort(*KEY, "benchmark"), models=countries(frame)
    )


def countries(frame: pl.DataFrame) -> pl.DataFrame:
    """Country by the beginning of the name, for the makers in these runs."""
    chinese = ("deepseek", "qwen", "kimi", "glm", "minimax", "ernie", "hunyuan", "yi-", "step")
    american = ("gpt", "o1", "o3", "o4", "claude", "gemini", "gemma", "grok", "llama", "phi",
                "chatgpt", "nova", "meta")  # fmt: skip
    rows = []
    for name in frame["model"].unique().sort():
        home = "CN" if name.startswith(chinese) else "US" if name.startswith(american) else None
        rows.append((name, home))
    return pl.DataFrame(rows, schema={"model": pl.String, "country": pl.String}, orient="row")


def accuracies(data: Dataset) -> pl.DataFrame:
    """Share right of every configuration on every benchmark."""
    return data.table("responses").group_by(*KEY, "benchmark").agg(right=pl.col("score").mean())


def correlation(scale: Scale, runs: pl.DataFrame, benchmark: str) -> tuple[float, int]:
    """Rank correlation of capability and accuracy over configurations."""
    both = scale.details["variants"].join(
        runs.filter(pl.col("benchmark") == benchmark), on=KEY, suffix="_run"
    )
    if len(both) < LEAST:
        return float("nan"), len(both)
    return float(spearmanr(both["estimate"], both["right_run"]).statistic), len(both)


def repeated(data: Dataset, scale: Scale) -> tuple[float, int]:
    """Correlation of the residuals of two attempts of one configuration at one question."""
    frame = data.table("responses")
    pairs = frame.filter(pl.col("epoch") <= 2).join(
        scale.details["variants"].select(*KEY, "estimate"), on=KEY
    )
    items = scale.details["items"].select("benchmark", "item", "difficulty", "discrimination")
    pairs = pairs.join(items, on=["benchmark", "item"]).with_columns(
        p=1 / (1 + (-pl.col("discrimination") * (pl.col("estimate") - pl.col("difficulty"))).exp())
    )
    pairs = pairs.with_columns(r=(pl.col("score") - pl.col("p")))
    wide = pairs.filter(pl.col("epoch") == 1).join(
        pairs.filter(pl.col("epoch") == 2), on=[*KEY, "benchmark", "item"], suffix="_2"
    )
    return float(np.corrcoef(wide["r"], wide["r_2"])[0, 1]), len(wide)


def bounds(values: NDArray[np.float64]) -> str:
    low, high = np.quantile(values, [0.05, 0.95])
    return f"{low:.2f} to {high:.2f}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--facts", type=Path, required=True)
    parser.add_argument("--draws", type=int, default=500)
    options = parser.parse_args()
    data = answers(options.facts)
    runs = accuracies(data)
    frame = data.table("responses")
    ruler = ItemRuler(variants="separate", draws=options.draws)
    scale = ruler.fit(data)
    print(f"{len(frame):,} answers of {len(scale.models)} configurations to "
          f"{len(scale.details['items']):,} questions.\n")  # fmt: skip
    print("| benchmark | questions | configurations | correlation with accuracy, joint fit | "
          "its own fit | predicted by GPQA alone (90% over draws) |")  # fmt: skip
    print("|---|---|---|---|---|---|")
    gpqa = ItemRuler(variants="separate", benchmarks=(GPQA,), draws=options.draws).fit(data)
    for benchmark in runs["benchmark"].unique().sort():
        joint, n = correlation(scale, runs, benchmark)
        try:
            alone = ItemRuler(variants="separate", benchmarks=(benchmark,), draws=0).fit(data)
            own = f"{correlation(alone, runs, benchmark)[0]:.3f}"
        except HeadwayError as error:
            own = error.message.split(":")[0]
        predicted, common = correlation(gpqa, runs, benchmark)
        shown = f"{predicted:.3f}, {common} configurations" if common >= LEAST else "too few"
        if benchmark == GPQA:
            shown = "(itself)"
        elif common >= LEAST:
            shown += f" ({bounds(by_draw(gpqa, runs, benchmark))})"
        items = scale.details["items"].filter(pl.col("benchmark") == benchmark)
        print(f"| {benchmark} | {len(items)} | {n} | {joint:.3f} | {own} | {shown} |")
    same, pairs = repeated(data, scale)
    print(f"\nTwo attempts of one configuration at one question: their residuals correlate by "
          f"{same:.2f} ({pairs:,} pairs).\n")  # fmt: skip
    flagged(scale)
    leaks(data)


def by_draw(scale: Scale, runs: pl.DataFrame, benchmark: str) -> NDArray[np.float64]:
    """The same rank correlation in every draw."""
    names = [f"{m}@{v}" if v != "default" else m for m, v in runs.select(*KEY).iter_rows()]
    there = runs.with_columns(name=pl.Series(names)).filter(
        (pl.col("benchmark") == benchmark) & pl.col("name").is_in(list(scale.models))
    )
    place = [scale.models.index(name) for name in there["name"]]
    return np.array(
        [spearmanr(row[place], there["right"]).statistic for row in scale.capability.values]
    )


def flagged(scale: Scale) -> None:
    """Print the questions with a flag."""
    items = scale.details["items"].filter(pl.col("models") >= 2 * LEAST)
    print(f"Of {len(items):,} questions with at least {2 * LEAST} configurations, at a false "
          f"discovery rate of {FDR:.0%}:\n")  # fmt: skip
    print("| benchmark | questions | mis-keyed | do not fit |\n|---|---|---|---|")
    for name in items["benchmark"].unique().sort().to_list():
        some = items.filter(pl.col("benchmark") == name)
        wrong = some["flag"].fill_null("").is_in(["miskeyed"]).sum()
        print(f"| {name} | {len(some)} | {wrong} | {(some['flag'] == 'misfit').sum()} |")
    worst = items.filter(pl.col("flag") == "miskeyed").sort("slope_z").head(8)
    print("\nMost likely mis-keyed: " + (", ".join(
        f"{row['benchmark']} {row['item']} (right {row['right']:.0%}, z {row['slope_z']:.1f})"
        for row in worst.to_dicts()) or "none") + ".")  # fmt: skip


def leaks(data: Dataset) -> None:
    """Print what favours a country."""
    table = differential(data, "country:CN", "country:US", variants="separate")
    tested = table.filter(pl.col("status") == "ok")
    print(f"\nDifferential functioning, China against the United States: {len(tested):,} questions "
          f"tested.\n")  # fmt: skip
    print("| benchmark | tested | easier for China | easier for the United States | median shift |")
    print("|---|---|---|---|---|")
    for name in tested["benchmark"].unique().sort().to_list():
        some = tested.filter(pl.col("benchmark") == name)
        counts = [(some["flag"] == f"easier for country:{c}").sum() for c in ("CN", "US")]
        print(f"| {name} | {len(some)} | {counts[0]} | {counts[1]} | "
              f"{np.median(some['shift']):+.2f} logits |")  # fmt: skip


if __name__ == "__main__":
    main()
