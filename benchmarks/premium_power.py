"""How often the premium's test rejects, finds and covers, in worlds whose premium is known.

    python benchmarks/premium_power.py [--worlds 400] [--seed 5000] \\
        [--out docs/evidence/premium.md]

The fitted catalog is the truth. Each world draws new scores on the real cells, then moves the
follower's scores along the curves: on public benchmarks by the planted premium, and on each
benchmark by the follower's own luck there (normal, with the standard deviation given). The table
says how often the permutation test rejects at 5%, how often the 90% interval holds the planted
premium, and how far the estimates lie from it; beside it stands what the shipped catalog says.
"""

import argparse
import datetime as dt
import platform
import time
from pathlib import Path

import numpy as np
import polars as pl

import headway
from headway.analyses.premium import PremiumResult, PremiumSpec
from headway.analyses.premium.cells import comparable, compared
from headway.analyses.premium.interaction import interaction
from headway.dataset import Dataset
from headway.dataset.groups import members
from headway.report.premium import verdict
from headway.report.words import Words
from headway.rulers.scale import Scale
from headway.rulers.scores.simulation import simulate

# Shared variance of a model's errors within a domain, luck of the follower on a benchmark in
# points, planted premium in points.
WORLDS = (
    ("no premium, independent noise", 0.0, 0.0, 0.0),
    ("no premium, 18% shared", 0.18, 0.0, 0.0),
    ("no premium, 50% shared", 0.5, 0.0, 0.0),
    ("no premium, 18% shared, luck of 1 point", 0.18, 1.0, 0.0),
    ("premium of 1, 18% shared, luck of 1 point", 0.18, 1.0, 1.0),
    ("premium of 2, independent noise", 0.0, 0.0, 2.0),
    ("premium of 2, 18% shared, luck of 1 point", 0.18, 1.0, 2.0),
)


def world(
    truth: Scale, spec: PremiumSpec, seed: int, shared: float, luck: float, premium: float
) -> Dataset:
    """Scores with a known premium on the real cells."""
    assert truth.curves is not None
    data = simulate(truth, seed=seed, shared=shared)
    curves, names = truth.curves, list(truth.curves.benchmarks)
    rng = np.random.default_rng(seed + 1_000_000)
    access = dict(data.benchmarks.select("benchmark", "item_access").iter_rows())
    public = np.array([spec.label(access[name]) == 1.0 for name in names])
    moved = premium * public + luck * rng.standard_normal(len(names))
    follower = set(members(data, spec.follower))
    scores = data.scores
    m = np.array([truth.models.index(x) for x in scores["model"]])
    b = np.array([names.index(x) for x in scores["benchmark"]])
    shift = np.array([x in follower for x in scores["model"]]) * moved[b]
    logits = (truth.estimate - curves.shift[0]) / curves.factor[0]
    slope, difficulty = curves.slope[0, b], curves.difficulty[0, b]
    before, after = (
        1 / (1 + np.exp(-slope * (logits[m] + points / curves.factor[0] - difficulty)))
        for points in (0.0, shift)
    )
    score = np.clip(scores["score"].to_numpy() + after - before, 0.0, 1.0)
    tables = {name: getattr(data, name) for name in (
        "sources", "organisations", "models", "availability", "benchmarks")}  # fmt: skip
    return Dataset.from_frames(**tables, scores=scores.with_columns(score=pl.Series(score)))


def run(
    truth: Scale, options: argparse.Namespace, shared: float, luck: float, premium: float
) -> str:
    spec = PremiumSpec(permutations=999, resamples=1000)
    ruler = headway.rulers.eci(draws=0)
    found = []
    for k in range(options.worlds):
        seed = options.seed + k
        scale = ruler.fit(world(truth, spec, seed, shared, luck, premium), seed=seed)
        asked = spec.with_options(seed=seed)
        at_hand = compared(scale, asked)
        measured = interaction(comparable(at_hand.labelled(asked), asked), asked)
        rows = measured.premium.rows
        low, high = np.quantile(rows[1:], [0.05, 0.95])
        found.append((rows[0], measured.p_value <= 0.05, low <= premium <= high, high - low))
    estimate, rejected, covered, width = np.array(found, dtype=float).T
    return (
        f"{100 * rejected.mean():.1f}% | {100 * covered.mean():.1f}% | "
        f"{estimate.mean() - premium:+.2f} | {estimate.std():.2f} | {width.mean():.2f}"
    )


def noise(truth: Scale) -> list[str]:
    """Squared residuals over y (1 - y), in classes of y (1 - y) with as many scores each."""
    spec = PremiumSpec()
    cells = compared(truth, spec.with_options(saturated=1.0, since=dt.date(2015, 1, 1))).cells
    variance = cells.expected * (1 - cells.expected)
    order = np.argsort(variance, kind="stable")
    lines = ["| y (1 - y) | mean squared residual | over y (1 - y) |", "|---|---|---|"]
    for part in np.array_split(order, 8):
        square, own = np.mean(cells.residual[part] ** 2), np.mean(variance[part])
        lines.append(
            f"| {variance[part].min():.3f} to {variance[part].max():.3f} | {square:.4f} | "
            f"{square / own:.3f} |"
        )
    return lines


def shipped(result: PremiumResult) -> list[str]:
    """What the catalog says, in a table."""
    lines = [
        "| design | quantity | what | estimate | 90% interval | unit |",
        "|---|---|---|---|---|---|",
    ]
    lines += [
        f"| {row['convention']} | {row['quantity']} | {row['entity']} | {_text(row['estimate'])} | "
        f"{_text(row['low'])} to {_text(row['high'])} | {row['unit']} |"
        for row in result.table.to_dicts()
    ]
    lines += [
        "",
        "| variant | kind | points | 90% interval | p |",
        "|---|---|---|---|---|",
    ]
    frame = result.details["sensitivity"]
    matter = frame.filter(~pl.col("kind").str.starts_with("without_"))
    removed = (
        frame.filter(pl.col("kind").str.starts_with("without_"))
        .sort((pl.col("estimate") - result.evidence.estimate).abs(), descending=True)
        .head(8)
    )
    for row in pl.concat([matter, removed]).to_dicts():
        lines.append(
            f"| {row['name']} | {row['kind']} | {_text(row['estimate'])} | {_text(row['low'])} to "
            f"{_text(row['high'])} | {_text(row['p_value'], 3)} |"
        )
    lines += ["", "| placebo | points | 90% interval |", "|---|---|---|"]
    others = result.details["placebos"]
    for row in others.filter(pl.col("kind") == "named").to_dicts():
        lines.append(
            f"| {row['follower']} against {row['leader']} | {_text(row['estimate'])} | "
            f"{_text(row['low'])} to {_text(row['high'])} |"
        )
    split = others.filter((pl.col("kind") == "split") & (pl.col("status") == "ok"))["estimate"]
    lines.append(
        f"| {len(split)} random splits of the leader's organisations | mean "
        f"{np.mean(split.to_numpy()):.2f} | 90% lie in {np.quantile(split, 0.05):.2f} to "
        f"{np.quantile(split, 0.95):.2f} |"
    )
    return lines


def _text(value: float | None, digits: int = 2) -> str:
    return "–" if value is None else f"{value:.{digits}f}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--worlds", type=int, default=400)
    parser.add_argument("--seed", type=int, default=5000)
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    data = headway.load()
    truth = headway.rulers.eci(draws=0).fit(data)
    lines = [
        "# The premium: size, power, coverage, and what the catalog says",
        "",
        f"Written by `python benchmarks/premium_power.py --worlds {options.worlds} --seed "
        f"{options.seed}` on {dt.datetime.now(dt.UTC).date()} ({platform.machine()}, Python "
        f"{platform.python_version()}).",
        "",
        "## In worlds with a known premium",
        "",
        f"{options.worlds} worlds each, on the real cells, China against the United States. "
        "*rejects* is the share of worlds whose permutation p-value is 0.05 or less, *covers* "
        "the share whose 90% interval holds the planted premium; *bias* and *spread* are the mean "
        "error and the standard deviation of the estimates, *width* the mean width of the "
        "intervals, all in points.",
        "",
        "| world | rejects | covers | bias | spread | width |",
        "|---|---|---|---|---|---|",
    ]
    for name, shared, luck, premium in WORLDS:
        began = time.perf_counter()
        lines.append(f"| {name} | {run(truth, options, shared, luck, premium)} |")
        print(f"{lines[-1]}  {time.perf_counter() - began:.0f} s", flush=True)
    lines += [
        "",
        "## The noise of a score",
        "",
        "Residuals of the joint fit on the catalog, both groups, all days.",
        "",
        *noise(truth),
    ]
    scale = headway.rulers.eci().fit(data)
    for title, confidence in (("Every label", "any"), ("Labels of high confidence", "high")):
        result = headway.premium(scale, confidence=confidence)
        said = verdict(Words("en"), result)
        lines += ["", f"## The shipped catalog: {title.lower()}", "", f"{said}", ""]
        lines += shipped(result)
    text = "\n".join(lines) + "\n"
    print(text)
    if options.out:
        options.out.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
