"""How often the intervals of strengths and ranks from votes hold a known truth.

    python benchmarks/vote_coverage.py [--worlds 500] [--draws 300] [--seed 1] \\
        [--out docs/evidence/votes.md]

In each world votes are simulated from known strengths and fitted; a table says how often the
nominal 90% intervals hold the truth, over models (strengths), over covariates, and over worlds (all
ranks at once).
"""

import argparse
import datetime as dt
import platform
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

import headway
from headway.dataset import Dataset
from headway.rulers.ranks import simultaneous_ranks
from headway.rulers.votes.ruler import POINTS, PairwiseRuler

Floats = NDArray[np.float64]
STRENGTH = np.array([1.2, 0.8, 0.8, 0.5, 0.2, 0.0, -0.3, -0.6, -1.0, -1.6])
LEVEL = 0.9


@dataclass(frozen=True, kw_only=True)
class Made:
    """Votes of one world, and the truth."""

    votes: pl.DataFrame
    strength: Floats
    effects: dict[str, float] = field(default_factory=dict)


def pairs(models: int, votes: int, rng: np.random.Generator) -> tuple[Any, Any]:
    first = rng.integers(0, models, votes)
    return first, (first + rng.integers(1, models, votes)) % models


def outcomes(d: Floats, ties: float, rng: np.random.Generator) -> NDArray[np.str_]:
    """Outcomes whose mean, a tie as half, is the logistic of the distance."""
    p = 1 / (1 + np.exp(-d))
    tie = np.minimum(ties, 2 * np.minimum(p, 1 - p))
    u = rng.random(len(p))
    return np.where(u < p - tie / 2, "a", np.where(u < p + tie / 2, "tie", "b"))


def framed(first: Any, second: Any, outcome: Any, **more: Any) -> pl.DataFrame:
    names = np.array([f"m{k:02d}" for k in range(100)])
    return pl.DataFrame(
        {"model_a": names[first], "model_b": names[second], "outcome": outcome} | more,
        schema_overrides={"covariates": pl.String},
    )


def plain(votes: int, ties: float, strength: Floats = STRENGTH) -> Callable[..., Made]:
    def make(rng: np.random.Generator) -> Made:
        first, second = pairs(len(strength), votes, rng)
        outcome = outcomes(strength[first] - strength[second], ties, rng)
        return Made(votes=framed(first, second, outcome), strength=strength)

    return make


def davidson(votes: int, propensity: float) -> Callable[..., Made]:
    def make(rng: np.random.Generator) -> Made:
        first, second = pairs(len(STRENGTH), votes, rng)
        half = (STRENGTH[first] - STRENGTH[second]) / 2
        weight = np.stack([np.exp(half), np.exp(-half), np.full(votes, propensity)])
        bound = np.cumsum(weight / weight.sum(axis=0), axis=0)
        u = rng.random(votes)
        outcome = np.where(u < bound[0], "a", np.where(u < bound[1], "b", "tie"))
        return Made(
            votes=framed(first, second, outcome),
            strength=STRENGTH,
            effects={"tie": float(np.log(propensity))},
        )

    return make


def clustered(voters: int, each: int, repeated: float) -> Callable[..., Made]:
    """Voters who look at one pair again and again, and often repeat their first verdict."""

    def make(rng: np.random.Generator) -> Made:
        one, other = pairs(len(STRENGTH), voters, rng)
        first, second = np.repeat(one, each), np.repeat(other, each)
        d = STRENGTH[first] - STRENGTH[second]
        own = outcomes(d, 0.25, rng).reshape(voters, each)
        again = rng.random((voters, each)) < repeated
        outcome = np.where(again, own[:, :1], own).ravel()
        voter = np.repeat(np.arange(voters), each)
        text = [f'{{"voter":"v{v}"}}' for v in voter]
        return Made(votes=framed(first, second, outcome, covariates=text), strength=STRENGTH)

    return make


def styled(votes: int, length: float, position: float) -> Callable[..., Made]:
    """Longer answers and the first answer are preferred; better models write longer ones."""

    def make(rng: np.random.Generator) -> Made:
        first, second = pairs(len(STRENGTH), votes, rng)
        size = rng.lognormal(0.3 * STRENGTH[np.stack([first, second])], 0.5)
        difference = size[0] - size[1]
        unit = np.sqrt(np.mean(difference**2))
        d = STRENGTH[first] - STRENGTH[second] + length * difference / unit + position
        text = [f'{{"length_a":{a!r},"length_b":{b!r}}}' for a, b in size.T.tolist()]
        return Made(
            votes=framed(first, second, outcomes(d, 0.25, rng), covariates=text),
            strength=STRENGTH,
            effects={"length": length * POINTS, "position": position * POINTS},
        )

    return make


FAR = np.append(STRENGTH, 4.0)
CASES: dict[str, tuple[Callable[..., Made], list[dict[str, Any]]]] = {
    "no ties, 2,000 votes": (plain(2000, 0.0), [{}, {"intervals": "bootstrap"}]),
    "25% ties, 2,000 votes": (plain(2000, 0.25), [{}, {"intervals": "bootstrap"}]),
    "25% ties, 300 votes (60 a model)": (plain(300, 0.25), [{}, {"intervals": "bootstrap"}]),
    "25% ties, 100 votes (20 a model)": (plain(100, 0.25), [{}, {"intervals": "bootstrap"}]),
    "ties by Davidson's model, 2,000 votes": (
        davidson(2000, 0.8),
        [{"ties": "davidson"}, {"ties": "davidson", "intervals": "bootstrap"}],
    ),
    "400 voters of 8 votes, 60% repeated": (
        clustered(400, 8, 0.6),
        [{}, {"cluster": "voter"}, {"cluster": "voter", "intervals": "bootstrap"}],
    ),
    "length and position matter, 2,000 votes": (
        styled(2000, 0.4, 0.3),
        [{"covariates": ("length", "position")},
         {"covariates": ("length", "position"), "intervals": "bootstrap"}, {}],
    ),
    "ten equal models, 25% ties, 2,000 votes": (
        plain(2000, 0.25, np.zeros(10)), [{}, {"intervals": "bootstrap"}]
    ),
    "one model far ahead, 300 votes": (
        plain(300, 0.1, FAR), [{}, {"intervals": "bootstrap"}]
    ),
}  # fmt: skip


def run(name: str, worlds: int, draws: int, seed: int) -> dict[str, dict[str, list[float]]]:
    """For each ruler of a case, what was seen in every world."""
    make, rulers = CASES[name]
    data = Dataset(tables=headway.load().tables, origin="simulated")
    seen: dict[str, dict[str, list[float]]] = {
        named(options): defaultdict(list) for options in rulers
    }
    for world in range(worlds):
        rng = np.random.default_rng([seed, list(CASES).index(name), world])
        made = make(rng)
        models = [f"m{k:02d}" for k in range(len(made.strength))]
        truth = 1000 + POINTS * (made.strength - made.strength.mean())
        for options in rulers:
            got = seen[named(options)]
            scale = PairwiseRuler(**options).fit_votes(data, made.votes, draws=draws, seed=world)
            if scale.models != tuple(models):
                got["left out"].append(1.0)
                continue
            held = (scale.low <= truth) & (truth <= scale.high)
            got["strength"].append(float(held.mean()))
            got["error"].append(float(np.mean((scale.estimate - truth) ** 2)))
            got["width"].append(float(np.mean(scale.high - scale.low)))
            # The draws, and not the interval, are what a lag is made of.
            low, high, _ = scale.capability.interval(LEVEL)
            got["draws"].append(float(((low <= truth) & (truth <= high)).mean()))
            bounded = np.isin(scale.status, ("at_ceiling", "at_floor"))
            if bounded.any():
                got["bounded"] += held[bounded].astype(float).tolist()
            for row in scale.details.get("effects", pl.DataFrame()).iter_rows(named=True):
                true = made.effects[row["entity"]]
                got["effects"].append(float(row["low"] <= true <= row["high"]))
            table = simultaneous_ranks(scale).sort("entity")
            above = 1 + (truth[:, None] > truth).sum(axis=0)
            below = len(truth) - (truth[:, None] < truth).sum(axis=0)
            inside = (table["rank_low"].to_numpy() <= above) & (
                table["rank_high"].to_numpy() >= below
            )
            got["all ranks"].append(float(inside.all()))
            got["rank width"].append(
                float(np.mean(table["rank_high"].to_numpy() - table["rank_low"].to_numpy()))
            )
    return seen


def named(options: dict[str, Any]) -> str:
    words = [str(options.get("intervals", "sandwich"))]
    if "cluster" in options:
        words.append("by voter")
    if "covariates" in options:
        words.append("with " + " and ".join(options["covariates"]))
    if "ties" in options:
        words.append("Davidson")
    return ", ".join(words)


def row(case: str, ruler: str, got: dict[str, list[float]]) -> str:
    def share(key: str) -> str:
        return f"{100 * np.mean(got[key]):.1f}%" if got[key] else "–"

    cells = [
        case, ruler, share("strength"), share("draws"),
        f"{np.sqrt(np.mean(got['error'])):.1f}", f"{np.mean(got['width']):.1f}",
        share("effects"), share("bounded") + (f" of {n}" if (n := len(got["bounded"])) else ""),
        share("all ranks"), f"{np.mean(got['rank width']):.1f}",
    ]  # fmt: skip
    return "| " + " | ".join(cells) + " |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--worlds", type=int, default=500)
    parser.add_argument("--draws", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    lines = [
        "# Coverage of intervals and ranks from votes",
        "",
        f"Written by `python benchmarks/vote_coverage.py --worlds {options.worlds} --draws "
        f"{options.draws} --seed {options.seed}` on {dt.datetime.now(dt.UTC).date()} "
        f"({platform.machine()}, Python {platform.python_version()}).",
        "",
        f"Ten models with strengths {', '.join(f'{s:g}' for s in STRENGTH)} logits (400 points are "
        "2.3 logits), two of them equal. Every interval is a nominal 90% one.",
        "",
        "- *strength*: the share of models whose interval holds the truth; *draws*: the same for "
        "the central interval of the paired draws.",
        "- *error*: root mean square error of the estimates in points; *width*: mean width of the "
        "intervals in points.",
        "- *effects*: the same share for covariates (or the propensity to ties); *bounded*: for "
        "models that won or lost every vote, so that a prior holds them, and how many there were.",
        "- *all ranks*: the share of worlds in which the simultaneous intervals hold the ranks of "
        "all models at once; *rank width*: their mean width.",
        "",
        "| votes | intervals | strength | draws | error | width | effects | bounded | all ranks | "
        "rank width |",
        "|---|---|---|---|---|---|---|---|---|---|",
    ]
    for name in CASES:
        began = time.perf_counter()
        found = run(name, options.worlds, options.draws, options.seed)
        lines += [row(name, ruler, got) for ruler, got in found.items()]
        print("\n".join(lines[-len(found) :]), f"{time.perf_counter() - began:.0f} s", flush=True)
    text = "\n".join(lines) + "\n"
    if options.out:
        options.out.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
