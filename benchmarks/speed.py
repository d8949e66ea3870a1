"""Speed of the ECI-compatible ruler against the SciPy yardstick, in one run.

    python benchmarks/speed.py [--draws 500] [--yardstick-draws 10] [--json FILE]

Prints ratios; nothing here passes or fails on a time.
"""

import argparse
import json
import resource
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np

import headway
from headway.rulers.scores.observations import observe
from headway.rulers.scores.resample import within_models
from yardstick import Yardstick

sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]


def compare_fits(draws: int, yardstick_draws: int) -> dict[str, Any]:
    """Time both implementations on the same resamples, and compare what they find."""
    data = headway.load()
    ruler = headway.rulers.eci(draws=draws)
    cells = observe(data)
    ruler.fit(data, draws=10)
    times = []
    for _ in range(5):
        began = time.perf_counter()
        scale = ruler.fit(data)
        times.append(time.perf_counter() - began)
    ours = float(np.median(times))
    pinned = cells.benchmarks.index("winogrande")
    yardstick = Yardstick(cells, ridge=0.1, pinned=pinned)
    start = np.concatenate(
        [np.zeros(len(cells.models)), np.zeros(len(cells.benchmarks)), np.ones(len(yardstick.free))]
    )
    began = time.perf_counter()
    point, cost = yardstick.fit(np.ones(len(cells.model)), start)
    seconds_point = time.perf_counter() - began
    counts = within_models(cells, draws, ruler.seed)
    anchors = [cells.models.index(m) for m in ("claude-3-5-sonnet", "gpt-5")]
    theirs = np.empty((yardstick_draws, len(cells.models)))
    began = time.perf_counter()
    for k in range(yardstick_draws):
        theta, _ = yardstick.fit(counts[k].astype(float), point)
        c = theta[: len(cells.models)]
        theirs[k] = 130 + 20 * (c - c[anchors[0]]) / (c[anchors[1]] - c[anchors[0]])
    per_draw = (time.perf_counter() - began) / yardstick_draws
    mine = scale.capability.values[:yardstick_draws]
    with np.errstate(invalid="ignore"):
        widths = [np.diff(np.quantile(x, [0.05, 0.95], axis=0), axis=0)[0] for x in (theirs, mine)]
        ratio = widths[1] / widths[0]
    return {
        "draws": draws,
        "seconds_headway": ours,
        "seconds_headway_all_runs": times,
        "yardstick_draws": yardstick_draws,
        "seconds_yardstick_per_draw": per_draw,
        "seconds_yardstick_point": seconds_point,
        "ratio": per_draw * draws / ours,
        "cost_headway": scale.diagnostics["cost"],
        "cost_yardstick": cost,
        "median_difference_of_draws": float(np.median(np.abs(theirs - mine))),
        "median_width_ratio": float(np.nanmedian(ratio)),
        "median_abs_width_difference_percent": float(100 * np.nanmedian(np.abs(ratio - 1))),
        "peak_memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def whole_command(runs: int = 5) -> dict[str, Any]:
    """Time ``headway rank`` as a process, compiled code cached, with its peak memory."""
    command = [str(Path(sys.executable).with_name("headway")), "rank", "--json"]
    subprocess.run(command, check=True, capture_output=True)
    times = []
    for _ in range(runs):
        began = time.perf_counter()
        subprocess.run(command, check=True, capture_output=True)
        times.append(time.perf_counter() - began)
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    return {
        "seconds_rank_command": float(np.median(times)),
        "seconds_rank_command_all_runs": times,
        "rank_peak_memory_mb": peak,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--draws", type=int, default=500)
    parser.add_argument("--yardstick-draws", type=int, default=10)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    found = whole_command() | compare_fits(options.draws, options.yardstick_draws)
    print(f"headway rank, whole process        {found['seconds_rank_command']:8.2f} s, "
          f"peak {found['rank_peak_memory_mb']:.0f} MB")  # fmt: skip
    print(f"{found['draws']} draws, Headway               {found['seconds_headway']:8.2f} s")
    print(f"1 draw, SciPy yardstick            {found['seconds_yardstick_per_draw']:8.2f} s")
    print(f"ratio at {found['draws']} draws                {found['ratio']:8.0f} times faster")
    print(f"cost, Headway                      {found['cost_headway']:.9f}")
    print(f"cost, SciPy yardstick              {found['cost_yardstick']:.9f}")
    print(f"interval widths, median ratio      {found['median_width_ratio']:8.4f}"
          f"   ({found['yardstick_draws']} shared draws)")  # fmt: skip
    print(
        f"interval widths, median |diff|     {found['median_abs_width_difference_percent']:.3f} %"
    )
    if options.json:
        options.json.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
