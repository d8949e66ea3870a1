"""Everything that is claimed of the item ruler, measured and written to one page.

    python benchmarks/item_evidence.py --facts FOLDER --peer-python VENV/bin/python

FOLDER is what ``item_real.py`` reads, VENV has mirt 1.2.0. Runs ``item_recovery.py``,
``item_speed.py``, ``item_size.py`` and ``item_real.py`` one after the other, which takes half an
hour, and writes docs/evidence/items.md.
"""

import argparse
import os
import platform
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).parent
PAGE = HERE.parent / "docs" / "evidence" / "items.md"
SEED = "100"

HEAD = """\
# The item ruler: recovery, speed, size and real answers

Written by `python benchmarks/item_evidence.py` on {day} ({processors} processors, {machine}, \
Python {python}).
"""


def printed(script: str, *arguments: str) -> str:
    """Return what a benchmark prints."""
    print(f"{time.strftime('%H:%M:%S')} {script} {' '.join(arguments)}", flush=True)
    ran = subprocess.run(
        [sys.executable, str(HERE / script), *arguments],
        stdout=subprocess.PIPE, text=True, check=True,
    )  # fmt: skip
    return ran.stdout.strip()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--facts", type=Path, required=True)
    parser.add_argument("--peer-python", required=True)
    parser.add_argument("--worlds", type=int, default=20)
    parser.add_argument("--out", type=Path, default=PAGE)
    options = parser.parse_args()
    peer = ["--peers", "mirt", "--peer-python", options.peer_python, "--no-peer-errors"]
    sections = (
        (
            "Speed beside another package",
            "item_speed.py",
            peer,
            "The peer runs without standard errors, which at the largest size need more than 20 GB "
            "of memory; ours has them, and 500 draws. *error* is the root mean square of the "
            "abilities before any rescaling, *of floor* is its ratio to the error with the "
            "questions' parameters known, *matched* the error after matching mean and spread.",
        ),
        (
            "Size",
            "item_size.py",
            ["--models", "2000", "--items", "200000"],
            "400 million answers in Parquet files.",
        ),
        (
            "Recovery and coverage",
            "item_recovery.py",
            ["--worlds", str(options.worlds), "--seed", SEED],
            "Shares are of nominal 90% intervals that hold the truth; *outer tenth* are the models "
            "furthest from the middle, *its error outwards* the mean of their errors away from the "
            "middle, in standard errors.",
        ),
        ("Real answers", "item_real.py", ["--facts", str(options.facts)], ""),
    )
    text = [
        HEAD.format(
            day=time.strftime("%Y-%m-%d"), processors=os.cpu_count(),
            machine=platform.machine(), python=platform.python_version(),
        )
    ]  # fmt: skip
    for title, script, arguments, words in sections:
        shown = " ".join("FOLDER" if a == str(options.facts) else a for a in arguments)
        shown = shown.replace(options.peer_python, "VENV/bin/python")
        out = printed(script, *arguments)
        body = out if "\n|---" in out else f"```text\n{out}\n```"
        parts = [f"## {title}", words, f"`python benchmarks/{script} {shown}`", body]
        text.append("\n\n".join(part for part in parts if part) + "\n")
        options.out.parent.mkdir(parents=True, exist_ok=True)
        options.out.write_text("\n".join(text), encoding="utf-8")


if __name__ == "__main__":
    main()
