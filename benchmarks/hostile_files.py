"""What damaged files do to every reader: seeded mutations, counted by how they end.

``python benchmarks/hostile_files.py --cases 20000 --seed 1`` mutates sound files of every source
and format, ruler files, mappings, old results, resume files and datasets, and gives each to the
command line. The cases run one after the other in a worker that stays; each has an alarm and a
bound of memory, and a worker that ends is started again. Allowed are the exit codes 0, 1, 2, 130.
"""

import argparse
import contextlib
import io
import json
import math
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from hostile_world import Make, kinds, mutated

SECONDS = 30
PATIENCE = 5
MEMORY = 2 * 2**30
ALLOWED = (0, 1, 2, 130)
ROOT = Path(__file__).parents[1]


def laid_out(make: Make, home: Path, chance: random.Random) -> list[str]:
    """Put a mutated case into a folder and return the words of its command."""
    files, words = make(home)
    chosen = chance.choice(sorted(files))
    folder = home / "case"
    folder.mkdir()
    for name, content in files.items():
        (folder / name).write_bytes(mutated(content, chance) if name == chosen else content)
    # Ratings and prices alone are no dataset, so there is one to add them to.
    if "OUT" in words:
        shutil.copytree(home / "facts", home / "out")
    given = folder if len(files) > 1 else folder / next(iter(files))
    return [str(given) if word == "@" else word.replace("OUT", str(home / "out")) for word in words]


class Slow(BaseException):
    """A case took too long."""


def work(seed: int) -> None:
    """Run the cases whose numbers come on standard input; answer each with a line of JSON."""
    from headway.cli import main

    out = os.fdopen(os.dup(1), "w")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    # In memory where that is possible: every import flushes to the disk.
    shared = Path("/dev/shm")
    home = Path(tempfile.mkdtemp(prefix="hostile-", dir=shared if shared.is_dir() else None))
    made = kinds(home)
    names = sorted(made)

    def late(*_: object) -> None:
        raise Slow

    # Processor time, since a machine may be busy; by the clock what only waits is found.
    signal.signal(signal.SIGPROF, late)
    signal.signal(signal.SIGALRM, late)
    out.write(json.dumps(names) + "\n")
    out.flush()
    for line in sys.stdin:
        number = int(line)
        chance = random.Random(seed * 1_000_003 + number)
        name = names[number % len(names)]
        words = laid_out(made[name], home, chance)
        began = time.perf_counter()
        said = io.StringIO()
        signal.setitimer(signal.ITIMER_PROF, SECONDS)
        signal.setitimer(signal.ITIMER_REAL, PATIENCE * SECONDS)
        try:
            with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(said):
                code = main(words)
        except Slow:
            code = -signal.SIGALRM
        except BaseException as error:
            code, _ = 70, said.write(repr(error))
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0)
            signal.setitimer(signal.ITIMER_REAL, 0)
        shutil.rmtree(home / "case")
        shutil.rmtree(home / "out", ignore_errors=True)
        for left in home.glob(".*"):
            left.unlink() if left.is_file() else shutil.rmtree(left, ignore_errors=True)
        text = said.getvalue()
        traced = "Traceback (most recent" in text
        answer = {"kind": name, "code": code, "traced": traced, "said": text[-400:],
                  "seconds": time.perf_counter() - began}  # fmt: skip
        out.write(json.dumps(answer) + "\n")
        out.flush()
    shutil.rmtree(home, ignore_errors=True)


def _bounded() -> None:
    # What is written to: libraries reserve more than they use.
    resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))


@contextlib.contextmanager
def worker(seed: int) -> Iterator["subprocess.Popen[str]"]:
    """A worker that waits for numbers of cases."""
    command = [sys.executable, __file__, "--work", "--seed", str(seed)]
    places = os.pathsep.join([str(ROOT / "src"), *filter(None, [os.environ.get("PYTHONPATH")])])
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        text=True, preexec_fn=_bounded,
        env=os.environ | {"PYTHONPATH": places, "POLARS_MAX_THREADS": "1"},
    ) as process:  # fmt: skip
        try:
            yield process
        finally:
            process.kill()


Found = tuple[Counter[tuple[str, int]], list[dict[str, Any]]]


def run(cases: int, seed: int, workers: int = 1, until: float = math.inf) -> Found:
    """Run cases and return how many of each kind ended how, and those that ended as none may.

    No case begins after ``until``, a time of :func:`time.perf_counter`.
    """
    counts: Counter[tuple[str, int]] = Counter()
    wrong: list[dict[str, Any]] = []
    with ThreadPoolExecutor(workers) as pool:
        parts = [range(first, cases, workers) for first in range(workers)]
        for some, bad in pool.map(lambda numbers: _run(list(numbers), seed, until), parts):
            counts += some
            wrong += bad
    return counts, wrong


def _run(numbers: list[int], seed: int, until: float) -> Found:
    counts: Counter[tuple[str, int]] = Counter()
    wrong: list[dict[str, Any]] = []
    while numbers and time.perf_counter() < until:
        with worker(seed) as process:
            assert process.stdin is not None
            assert process.stdout is not None
            names = json.loads(process.stdout.readline() or "null")
            if names is None:
                raise SystemExit("the worker could not start")
            while numbers and time.perf_counter() < until:
                number = numbers.pop(0)
                process.stdin.write(f"{number}\n")
                process.stdin.flush()
                line = process.stdout.readline()
                found = (
                    json.loads(line)
                    if line
                    else {"kind": names[number % len(names)], "code": -(process.wait() or 1),
                          "traced": False, "said": "the process ended", "seconds": 0.0}
                )  # fmt: skip
                counts[found["kind"], found["code"]] += 1
                if found["code"] not in ALLOWED or found["traced"]:
                    wrong.append(found | {"number": number, "seed": seed})
                if not line:
                    break
    return counts, wrong


def as_page(counts: Counter[tuple[str, int]], wrong: list[dict[str, Any]], seed: int,
            seconds: float) -> str:  # fmt: skip
    """Return the counts as a page of Markdown."""
    codes = sorted({code for _, code in counts})
    total = sum(counts.values())
    lines = [
        "# Damaged files",
        "",
        f"`python benchmarks/hostile_files.py --cases {total} --seed {seed}` gives mutated files to"
        f" every reader: {total:,} cases in {seconds / 60:.0f} minutes, each with at most {SECONDS}"
        f" seconds of processor time and {MEMORY // 2**30} GB. Exit codes other than 0, 1, 2 and"
        f" 130, and tracebacks: **{len(wrong)}**.",
        "",
        "| reader | " + " | ".join(f"exit {code}" for code in codes) + " |",
        "|---|" + "---:|" * len(codes),
    ]
    lines += [
        f"| {kind} | " + " | ".join(str(counts[kind, code]) for code in codes) + " |"
        for kind in sorted({kind for kind, _ in counts})
    ]
    return "\n".join([*lines, ""])


def main_() -> int:
    """Run, print the counts and write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--minutes", type=float, default=math.inf, help="begin no case later")
    parser.add_argument("--out", type=Path, help="write the page of evidence here")
    parser.add_argument("--work", action="store_true", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.work:
        work(asked.seed)
        return 0
    began = time.perf_counter()
    until = began + 60 * asked.minutes
    counts, wrong = run(asked.cases, asked.seed, asked.workers, until)
    page = as_page(counts, wrong, asked.seed, time.perf_counter() - began)
    if asked.out:
        asked.out.write_text(page, encoding="utf-8")
    print(page)
    for one in wrong:
        print(json.dumps(one))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main_())
