"""How long reading a log of Inspect AI takes, and how much memory: seconds and peak megabytes.

python benchmarks/read_logs.py [--samples 10000] [--form eval|json] [--log FILE]
"""

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Literal


def generate(folder: str, samples: int, form: Literal["eval", "json"]) -> None:
    """Write a log with the mock model, each sample with a prompt of some hundred characters."""
    import inspect_ai
    from inspect_ai import Task
    from inspect_ai.dataset import Sample
    from inspect_ai.model import ModelOutput, ModelUsage, get_model
    from inspect_ai.scorer import match
    from inspect_ai.solver import generate as answer_once

    def answer(messages, tools, choice, config):  # type: ignore[no-untyped-def]  # noqa: ARG001
        output = ModelOutput.from_content("mockllm/model", "yes")
        output.usage = ModelUsage(input_tokens=200, output_tokens=1, total_tokens=201)
        return output

    words = "Some words of a question that is as long as questions are. " * 6
    inspect_ai.eval(
        Task(
            name="benchmark",
            dataset=[
                Sample(id=i, input=f"{words} {i}", target="yes" if i % 2 else "no")
                for i in range(samples)
            ],
            solver=answer_once(),
            scorer=match(),
        ),
        model=get_model("mockllm/model", custom_outputs=answer),
        display="none",
        log_dir=folder,
        log_format=form,
        max_samples=50,
    )


def peak() -> float:
    """Return the largest memory of this program in megabytes, as Linux counts it.

    Unlike ``getrusage``, this leaves out the process that started it.
    """
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM"))


def read(path: str) -> None:
    """Read a log and print what that took, imports included."""
    start = time.perf_counter()
    from headway.sources import inspect_logs

    parsed = inspect_logs.read([Path(path)])
    seconds = time.perf_counter() - start
    size = Path(path).stat().st_size / 2**20
    print(
        f"{parsed.tables['responses'].height} samples, {size:.0f} MB:"
        f" {seconds:.2f} s, {peak():.0f} MB at the peak"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--samples", type=int, default=10_000)
    parser.add_argument("--form", choices=("eval", "json"), default="eval")
    parser.add_argument("--log", help="read this log instead of generating one")
    given = parser.parse_args()
    if given.log:
        read(given.log)
        return
    with tempfile.TemporaryDirectory() as folder:
        generate(folder, given.samples, given.form)
        for path in Path(folder).glob(f"*.{given.form}"):
            # The memory of the run that wrote the log is not that of reading it.
            command = [sys.executable, __file__, "--log", str(path)]
            subprocess.run(command, check=True)


if __name__ == "__main__":
    main()
