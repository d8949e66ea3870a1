"""How fast and how good the item ruler is beside other packages, on simulated answers.

    python benchmarks/item_speed.py
    python benchmarks/item_speed.py --sizes 2000x20000 --peers mirt --peer-python VENV/bin/python
    python benchmarks/item_speed.py --sizes 100x1000 --peers mirt torch-measure py-irt

Every fit runs in a process of its own, with the answers as a matrix in memory before the clock
starts; a tiny fit goes first, so that nothing is compiled on the clock. Peers are mirt 1.2.0,
torch-measure 0.1.0 and py-irt 0.7.1 from the package index, in an environment of their own that
``--peer-python`` names; one that is not there gives a line that says so. Errors are root mean
squares of the abilities, before rescaling and after matching mean and spread; the floor is the
error with the questions' parameters known. Peak memory is that of the whole process, its copy of
the answers included.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).parent))

OURS = """
import json, resource, sys, time
import numpy as np
import headway
from headway.rulers import responses
answers = np.load(sys.argv[1])
ruler = headway.rulers.items(draws=int(sys.argv[2]))
tiny = np.random.default_rng(0).integers(0, 2, (30, 40)).astype(np.int8)
ruler.fit_parts(responses.from_matrix(tiny, [str(i) for i in range(30)]))
names = [f"{i:06d}" for i in range(len(answers))]
begin = time.perf_counter()
scale = ruler.fit_parts(responses.from_matrix(answers, names))
seconds = time.perf_counter() - begin
np.save(sys.argv[1] + ".out.npy", scale.estimate)
items = scale.details["items"]
np.savez(sys.argv[1] + ".ours.npz", low=scale.low, high=scale.high,
         difficulty=items["difficulty"].to_numpy(), slope=items["discrimination"].to_numpy(),
         b_low=items["difficulty_low"].to_numpy(), b_high=items["difficulty_high"].to_numpy())
"""
MIRT = """
import json, resource, sys, time
import numpy as np
import mirt
answers = np.load(sys.argv[1]).astype(np.int64)
tiny = np.random.default_rng(0).integers(0, 2, (30, 10))
mirt.fit_mirt(tiny, "2PL", compute_standard_errors=False)
begin = time.perf_counter()
found = mirt.fit_mirt(answers, "2PL", compute_standard_errors=sys.argv[2] == "1")
scores = mirt.fscores(found, answers)
seconds = time.perf_counter() - begin
np.save(sys.argv[1] + ".out.npy", np.asarray(scores.theta).ravel())
"""
TORCH_MEASURE = """
import json, resource, sys, time
import numpy as np
import torch
from torch_measure.models import TwoPL
torch.manual_seed(0)
answers = torch.tensor(np.load(sys.argv[1]).astype(np.float32))
begin = time.perf_counter()
model = TwoPL(*answers.shape)
model.fit(answers, verbose=False)
seconds = time.perf_counter() - begin
np.save(sys.argv[1] + ".out.npy", model.ability.detach().numpy().ravel())
"""
PY_IRT = """
import json, resource, sys, time
import numpy as np
import torch, pyro
from py_irt.config import IrtConfig
from py_irt.dataset import Dataset
from py_irt.training import IrtModelTrainer
torch.manual_seed(0)
answers = np.load(sys.argv[1])
m, j = np.nonzero(answers >= 0)
names, items = [str(i) for i in range(len(answers))], [str(i) for i in range(answers.shape[1])]
data = Dataset(
    item_ids=set(items), subject_ids=set(names),
    item_id_to_ix={k: i for i, k in enumerate(items)}, ix_to_item_id=dict(enumerate(items)),
    subject_id_to_ix={k: i for i, k in enumerate(names)}, ix_to_subject_id=dict(enumerate(names)),
    observation_subjects=m.tolist(), observation_items=j.tolist(),
    observations=answers[m, j].astype(float).tolist(), training_example=[True] * len(m),
)
begin = time.perf_counter()
trainer = IrtModelTrainer(
    data_path=None, dataset=data, verbose=False,
    config=IrtConfig(model_type="2pl", priors="hierarchical", epochs=2000),
)
trainer.train(device="cpu")
seconds = time.perf_counter() - begin
np.save(sys.argv[1] + ".out.npy", np.asarray(trainer.last_params["ability"]).ravel())
"""
TAIL = """
print(json.dumps({"seconds": seconds,
                  "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024}))
"""
PEERS = {"mirt": MIRT, "torch-measure": TORCH_MEASURE, "py-irt": PY_IRT}
IMPORTS = {"mirt": "mirt", "torch-measure": "torch_measure", "py-irt": "py_irt"}


def run(python: str, code: str, *arguments: str) -> dict[str, Any]:
    """Run a fit in a process of its own."""
    ran = subprocess.run(
        [python, "-W", "ignore", "-c", code + TAIL, *arguments],
        capture_output=True, text=True, check=False, env={**os.environ, "PYTHONHASHSEED": "0"},
    )  # fmt: skip
    if ran.returncode:
        lines = ran.stderr.strip().splitlines() or ["no message"]
        return {"failed": lines[-1]}
    out: dict[str, Any] = json.loads(ran.stdout.strip().splitlines()[-1])
    return out


def main() -> None:
    from item_world import error, floor, matched_error, world

    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sizes", nargs="+", default=["100x1000", "300x10000", "2000x20000"])
    parser.add_argument("--peers", nargs="*", default=[], choices=sorted(PEERS))
    parser.add_argument("--peer-python", default=sys.executable)
    parser.add_argument("--no-peer-errors", action="store_true",
                        help="mirt without standard errors")  # fmt: skip
    parser.add_argument("--draws", type=int, default=500)
    parser.add_argument("--difficulty-sd", type=float, default=1.0)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    there = []
    for peer in options.peers:
        found = subprocess.run(
            [options.peer_python, "-c", f"import {IMPORTS[peer]}"], capture_output=True, check=False
        )
        if found.returncode:
            print(f"{peer} is not installed for {options.peer_python}: left out")
        else:
            there.append(peer)
    print(f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f} at the start, "
          f"seed {options.seed}")  # fmt: skip
    print(f"{'size':>12} {'package':>14} {'seconds':>9} {'ratio':>7} {'error':>8} {'of floor':>8} "
          f"{'matched':>8} {'peak MB':>8}")  # fmt: skip
    for size in options.sizes:
        models, items = (int(n) for n in size.split("x"))
        made = world(models, items, options.seed, difficulty_sd=options.difficulty_sd)
        lowest = floor(made)
        print(f"{size:>12} {'(floor)':>14} {'':>9} {'':>7} {lowest:8.4f} {1:8.3f}")
        with tempfile.TemporaryDirectory() as folder:
            file = str(Path(folder) / "answers.npy")
            np.save(file, made.answers)
            ours = 0.0
            for name in ["headway", *there]:
                if name == "headway":
                    done = run(sys.executable, OURS, file, str(options.draws))
                else:
                    flag = "0" if options.no_peer_errors else "1"
                    done = run(options.peer_python, PEERS[name], file, flag)
                if "failed" in done:
                    print(f"{size:>12} {name:>14} failed: {done['failed'][:80]}")
                    continue
                ours = done["seconds"] if name == "headway" else ours
                estimate = np.load(file + ".out.npy")
                estimate *= np.sign(np.corrcoef(estimate, made.ability)[0, 1])
                wrong = error(estimate, made.ability)
                print(f"{size:>12} {name:>14} {done['seconds']:9.2f} "
                      f"{done['seconds'] / ours:7.1f} {wrong:8.4f} {wrong / lowest:8.3f} "
                      f"{matched_error(estimate, made.ability):8.4f} {done['peak'] / 1e6:8.0f}",
                      flush=True)  # fmt: skip
                if name == "headway":
                    with np.load(file + ".ours.npz") as kept:
                        inside = (kept["low"] < made.ability) & (made.ability < kept["high"])
                        b_in = (kept["b_low"] < made.difficulty) & (
                            made.difficulty < kept["b_high"]
                        )
                    print(f"{'':>12} {'':>14} 90% intervals hold {inside.mean():.1%} of abilities, "
                          f"{b_in.mean():.1%} of difficulties")  # fmt: skip
    print(f"finished {time.strftime('%Y-%m-%d')}, load {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
