"""Speed of the multiverse against asking the same ways one after the other, in one run.

    python benchmarks/multiverse_speed.py [--workers 2] [--sample 12] [--evidence FILE]

The yardstick fits the scale anew for every way and calls ``headway.lag``, as a user without the
multiverse would; a sample of the ways is timed and scaled up. A second yardstick keeps the scales
and only calls ``headway.lag``. Wall and processor seconds are printed, because other work on the
machine moves the first. ``--evidence`` writes the tables of ``docs/evidence/multiverse.md``.
"""

import argparse
import datetime as dt
import os
import platform
import resource
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

import headway
from headway.analyses.multiverse import (
    ANSWERS,
    QUESTIONS,
    FigureResult,
    MultiverseResult,
    MultiverseSpec,
    multiverse,
    published_figures,
)
from headway.analyses.multiverse.choices import RULERS, domain_weights, subset
from headway.dataset import Dataset
from headway.errors import HeadwayError
from headway.report import multiverse as said
from headway.report.words import Words
from headway.rulers import LogisticRuler
from headway.rulers.scale import Scale

SEED = 0
EVIDENCE = ("us-china", "closed-open", "us-chinese-open")


def processor_seconds() -> float:
    """Seconds of this process and of its ended children."""
    kinds = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    return sum(u.ru_utime + u.ru_stime for u in map(resource.getrusage, kinds))


def timed(data: Dataset, workers: int) -> tuple[MultiverseResult, float, float]:
    """Ask in every way by default; wall and processor seconds."""
    wall, processor = time.perf_counter(), processor_seconds()
    result = multiverse(data, MultiverseSpec(seed=SEED), workers=workers)
    return result, time.perf_counter() - wall, processor_seconds() - processor


def scale_for(data: Dataset, row: dict[str, Any], draws: int) -> Scale:
    part = subset(data, row["subset"])
    if row["as_of"] != "2026-08-11":
        part = part.as_of(row["as_of"], by="released")
    ruler = RULERS[row["ruler"]]()
    if row["weights"] == "domain":
        assert isinstance(ruler, LogisticRuler)
        ruler = headway.rulers.eci(min_scores=ruler.min_scores, weights=domain_weights(part))
    return ruler.fit(part, draws=draws, seed=SEED)


def one_by_one(
    data: Dataset, result: MultiverseResult, sample: int
) -> tuple[float, float, float, float]:
    """Seconds per way with and without a fit (wall, processor); answers must agree."""
    rng = np.random.default_rng(SEED)
    spent = np.zeros((2, 2))
    for k in rng.choice(result.ways.height, sample, replace=False):
        row = result.ways.row(int(k), named=True)
        answer = ANSWERS[row["answer"]]
        began = np.array([time.perf_counter(), processor_seconds()])
        scale = scale_for(data, row, result.spec.draws)
        fitted = np.array([time.perf_counter(), processor_seconds()])
        leader, follower = QUESTIONS[row["question"]]
        found = headway.lag(
            scale, leader=leader, follower=follower, convention=answer.convention,
            date=row["dates"], tie=float(row["tie"]), candidates=row["candidates"],
            drop_first=answer.drop_first, until=dt.date.fromisoformat(row["as_of"]),
        )  # fmt: skip
        asked = np.array([time.perf_counter(), processor_seconds()])
        spent += np.array([asked - began, asked - fitted])
        near = (found.table["estimate"] - (row["estimate"] or 0.0)).abs().min()
        assert row["estimate"] is None or float(near or 0.0) < 1e-9  # type: ignore[arg-type]
    per = spent / sample
    return per[0, 0], per[0, 1], per[1, 0], per[1, 1]


def load() -> str:
    return f"{os.getloadavg()[0]:.1f}"


def lines_of(
    data: Dataset, result: MultiverseResult, figures: FigureResult, speed: list[str]
) -> str:
    """The page of evidence."""
    words = Words("en")
    out = [
        "# Evidence: the multiverse",
        "",
        "Made by `python benchmarks/multiverse_speed.py --evidence docs/evidence/multiverse.md` on "
        f"{dt.datetime.now(tz=dt.UTC).date()}, {platform.machine()}, Python "
        f"{platform.python_version()}, seed {SEED}, {result.spec.draws} draws; dataset "
        f"`{data.digest[:12]}`.",
        "",
        "## Speed",
        "",
        *(f"- {line}" for line in speed),
        "",
    ]
    for name, pair in result.spec.asked.items():
        out += [f"## {pair[1]} behind {pair[0]}", "", said.sentence(words, result, name), ""]
        for line in said.lines(words, result, name):
            out += [line, ""]
        out += [*_markdown(said.variance_table(words, result, name)), ""]
        shown = said.figures_table(words, figures, name)
        if shown.rows:
            out += [*_markdown(shown), ""]
    out += [words("multiverse.near_note"), ""]
    return "\n".join(out)


def _markdown(table: Any) -> list[str]:
    ends = ["---:" if k in table.numeric else "---" for k in range(len(table.columns))]
    return [
        "| " + " | ".join(cells) + " |"
        for cells in [table.columns, ends, *([c.text for c in row] for row in table.rows)]
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--sample", type=int, default=12)
    parser.add_argument("--evidence", type=Path)
    options = parser.parse_args()
    data = headway.load()
    multiverse(data, rulers=("eci",), subsets=("public",), weights=("equal",), draws=20)
    before = load()
    result, wall, processor = timed(data, options.workers)
    after = load()
    count = result.ways.height
    slow = one_by_one(data, result, options.sample)
    speed = [
        f"{count:,} ways with {result.spec.draws} draws each: {wall:.1f} s wall, {processor:.1f} s "
        f"processor, {options.workers} workers on {os.cpu_count()} processors (load average "
        f"{before} before, {after} after; it is {options.workers} where nobody else works).",
        f"5,000 ways at this rate: {5000 * wall / count:.1f} s wall, "
        f"{5000 * processor / count:.1f} s processor.",
        f"One way on its own with its fit (sample of {options.sample}): {slow[0]:.2f} s wall, "
        f"{slow[1]:.2f} s processor; ratio {slow[0] * count / wall:,.0f} in wall seconds, "
        f"{slow[1] * count / processor:,.0f} in processor seconds.",
        f"One way on its own on a scale that is kept: {slow[2]:.3f} s wall, {slow[3]:.3f} s "
        f"processor; ratio {slow[2] * count / wall:,.1f} in wall seconds, "
        f"{slow[3] * count / processor:,.1f} in processor seconds.",
    ]
    for line in speed:
        print(line)
    if options.evidence:
        spec = MultiverseSpec(seed=SEED, questions=EVIDENCE)
        every = multiverse(data, spec, workers=options.workers)
        try:
            figures = published_figures(data, spec, workers=options.workers)
        except HeadwayError as error:
            sys.exit(str(error))
        options.evidence.write_text(lines_of(data, every, figures, speed), encoding="utf-8")
        with pl.Config(tbl_rows=-1):
            print(every.distribution)


if __name__ == "__main__":
    main()
