"""Small worlds in which the premium is known."""

import datetime as dt

import numpy as np
import polars as pl

from headway.dataset import Dataset

ANCHORS = {"us00": 130.0, "us17": 150.0}
MAKERS = ("alpha", "beta", "gamma", "delta", "epsilon")


def premium_world(
    *,
    premium: float = 0.0,
    luck: float = 0.0,
    noise: float = 0.0,
    seed: int = 0,
    public: int = 10,
    private: int = 8,
    unknown: int = 1,
    models: int = 18,
) -> Dataset:
    """Two countries on the same benchmarks; the second gains on public ones.

    Parameters
    ----------
    premium
        Points that CN models gain on public benchmarks. The anchors are 20 points and 2.4 logits
        apart, so a point is 0.12 logits.
    luck
        Standard deviation in points of CN's own shift on each benchmark.
    """
    rng = np.random.default_rng(seed)
    benchmarks = public + private + unknown
    kind = ["public"] * public + ["semi_private", "held_out"] * private
    access = [*kind[: public + private], *["unknown"] * unknown]
    gained = premium * (np.array(access) == "public") + luck * rng.standard_normal(benchmarks)
    difficulty = np.resize(np.linspace(-1.6, 1.6, 9), benchmarks)
    slope = np.exp(rng.normal(0.0, 0.2, benchmarks))
    facts, cells = [], []
    for country, lag in (("US", 0.0), ("CN", 0.25)):
        for k in range(models):
            name = f"{country.lower()}{k:02d}"
            day = dt.date(2024, 6, 1) + dt.timedelta(days=30 * k)
            capability = -1.2 + 2.4 * k / (models - 1) - lag
            maker = f"{country.lower()}-{MAKERS[k % len(MAKERS)]}"
            facts.append((name, country, maker, day, day, day, country == "CN"))
            shift = 0.12 * gained * (country == "CN")
            f = 1 / (1 + np.exp(-slope * (capability + shift - difficulty)))
            error = noise * np.sqrt(f * (1 - f)) * rng.standard_normal(benchmarks)
            cells += [
                (name, f"b{b:02d}", float(np.clip(f[b] + error[b], 0, 1)))
                for b in range(benchmarks)
                if rng.random() < 0.8 or k in (0, models - 1)
            ]
    return Dataset.from_frames(
        recorded_on=dt.date(2026, 3, 1),
        organisations=pl.DataFrame(
            {"organisation": sorted({fact[2] for fact in facts}),
             "name": [f"Maker {m}" for m in sorted({fact[2] for fact in facts})]}
        ),
        models=pl.DataFrame(
            facts,
            schema=["model", "country", "organisation", "listed_on", "announced_on",
                    "available_on", "open_weights"],
            orient="row",
        ),
        benchmarks=pl.DataFrame(
            {"benchmark": [f"b{b:02d}" for b in range(benchmarks)],
             "name": [f"Benchmark {b}" for b in range(benchmarks)],
             "item_access": access,
             "access_confidence": ["high" if b % 5 else "low" for b in range(benchmarks)],
             "domain": np.resize(["math", "coding", "science"], benchmarks).tolist()}
        ),
        scores=pl.DataFrame(cells, schema=["model", "benchmark", "score"], orient="row"),
    )  # fmt: skip


def reporter_world(
    *, main: float = 0.0, premium: float = 0.0, noise: float = 0.0, seed: int = 0
) -> Dataset:
    """Every score twice, by an independent tester and by the developer, who adds points."""
    plain = premium_world(noise=noise, seed=seed, public=8, private=0, unknown=0)
    other = premium_world(noise=noise, seed=seed + 1 if noise else seed, public=8, private=0,
                          unknown=0)  # fmt: skip
    gain = np.where(other.scores["model"].str.starts_with("cn").to_numpy(), main + premium, main)
    inside = other.scores["score"].to_numpy().clip(1e-6, 1 - 1e-6)
    lifted = 1 / (1 + np.exp(-(np.log(inside / (1 - inside)) + 0.12 * gain)))
    both = pl.concat(
        [
            plain.scores.with_columns(reporter=pl.lit("independent")),
            other.scores.with_columns(reporter=pl.lit("developer"), score=pl.Series(lifted)),
        ]
    )
    return Dataset.from_frames(
        recorded_on=dt.date(2026, 3, 1),
        organisations=plain.organisations,
        models=plain.models,
        benchmarks=plain.benchmarks,
        scores=both.select("model", "benchmark", "score", "scale", "reporter"),
    )
