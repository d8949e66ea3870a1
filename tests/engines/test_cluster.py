"""Connections: to a cluster of this process's own, to one at an address, to none."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from headway.engines import cluster, ray
from headway.errors import HeadwayError, UsageError
from tests.engines import jobs

# One worker for all tests with a cluster: one looks for clusters on this machine.
pytestmark = [pytest.mark.xdist_group("ray"), pytest.mark.thorough]

pytest.importorskip("ray", reason="Ray is not installed: headway[scale]")

ROOT = Path(__file__).parents[2]
LOCAL = """
import psutil
from contextlib import closing
from functools import partial
from headway.engines.ray import Ray
from tests.engines import jobs

def heard():
    of_cluster = psutil.Process().children(recursive=True) + [psutil.Process()]
    return {c.laddr.ip for p in of_cluster for c in p.net_connections() if c.status == "LISTEN"}

loads = [partial(jobs.numbers, part) for part in range(4)]
with closing(Ray(loads, workers=2)) as engine:
    print(engine.n_workers, heard() <= {'127.0.0.1', '::1', '::ffff:127.0.0.1'})
    before = engine.run(jobs.mean)
    try:
        engine.run(jobs.refuse, ZeroDivisionError())
    except ZeroDivisionError:
        print("caught")
    psutil.Process(engine.run(jobs.process)[0]).kill()
    print(before == engine.run(jobs.mean))
"""
ENDLESS = """
import sys
from contextlib import closing
from functools import partial
from pathlib import Path
from headway.engines.ray import Ray
from tests.engines import jobs

with closing(Ray([partial(jobs.numbers, 0)], workers=1)) as engine:
    engine.run(jobs.mean_after, Path(sys.argv[1]))
"""
OTHER = """
import ray, sys
from headway.engines.ray import Ray
from headway.errors import HeadwayError

apart = {"env_vars": {"PYTHONPATH": sys.argv[1]}}
ray.init("local", num_cpus=1, include_dashboard=False, log_to_driver=False, runtime_env=apart)
try:
    Ray([int])
except HeadwayError as error:
    print(error)
"""


def begin(code: str, *words: object) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        [sys.executable, "-W", "ignore", "-c", code, *map(str, words)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def name(process: psutil.Process) -> str:
    try:
        return str(process.name())
    except psutil.NoSuchProcess:
        return ""


def test_a_cluster_of_its_own_is_quiet_and_keeps_to_this_machine() -> None:
    with begin(LOCAL) as ran:
        out, err = ran.communicate(timeout=120)
    assert ran.returncode == 0, err.decode()
    assert out.decode().splitlines() == ["2 True", "caught", "True"]
    assert err == b""


@pytest.mark.parametrize(
    "blow", [signal.SIGINT, pytest.param(signal.SIGKILL, marks=pytest.mark.slow)]
)
def test_nothing_is_left_when_the_driver_is_stopped(tmp_path: Path, blow: signal.Signals) -> None:
    with begin(ENDLESS, tmp_path) as running:
        jobs.wait_for(tmp_path / "begun")
        started = psutil.Process(running.pid).children(recursive=True)
        assert any("raylet" in name(process) for process in started)
        running.send_signal(blow)
        running.communicate(timeout=60)
    assert running.returncode in (-blow, 1, 130)
    # Ray's agents look for their parent from time to time only; the rest goes at once.
    watched = [process for process in started if "Agent" not in name(process)]
    _, alive = psutil.wait_procs(watched, timeout=30)
    assert alive == []


@pytest.mark.slow
@pytest.mark.parametrize(
    ("file", "content", "said"),
    [
        (
            "headway/__init__.py",
            "raise ModuleNotFoundError('No module', name='headway')",
            "cannot import headway",
        ),
        (
            "headway-0.0.1.dist-info/METADATA",
            "Metadata-Version: 2.1\nName: headway\nVersion: 0.0.1\n",
            "headway 0.0.1 there",
        ),
    ],
)
def test_workers_with_another_headway(tmp_path: Path, file: str, content: str, said: str) -> None:
    (tmp_path / file).parent.mkdir()
    (tmp_path / file).write_text(content)
    with begin(OTHER, tmp_path) as ran:
        out, err = ran.communicate(timeout=120)
    assert ran.returncode == 0, err.decode()
    assert said in out.decode()


@pytest.fixture
def deaf() -> Iterator[str]:
    """A port where a connection is taken and nothing is ever answered."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"127.0.0.1:{server.getsockname()[1]}"


def test_a_port_that_never_answers(deaf: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "ANSWER_SECONDS", 2.0)
    began = time.monotonic()
    with pytest.raises(HeadwayError, match=f"no Ray cluster at {deaf}") as error:
        ray.Ray([], address=deaf)
    assert "no answer within 2 seconds" in error.value.details[0]
    assert "ray start --head" in str(error.value.hint)
    assert time.monotonic() - began < 30


def test_a_closed_port() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = f"127.0.0.1:{server.getsockname()[1]}"
    with pytest.raises(HeadwayError, match=f"no Ray cluster at {address}"):
        ray.Ray([], address=address)


def test_no_cluster_is_known(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAY_TMPDIR", str(tmp_path))
    monkeypatch.delenv("RAY_ADDRESS", raising=False)
    with pytest.raises(HeadwayError, match="no Ray cluster was found"):
        ray.Ray([], address="auto")


@pytest.mark.parametrize(
    "address", ["", "here", "host:", ":6379", "host:0", "host:70000", "host:x", "ray://host:10001"]
)
def test_what_is_no_address(address: str) -> None:
    with pytest.raises(UsageError, match="expected host:port or auto"):
        ray.Ray([], address=address)


def test_ray_is_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(HeadwayError, match="Ray is not installed") as error:
        ray.Ray([])
    assert error.value.hint == 'pip install "headway[scale]" installs it'


def test_the_environment_is_left_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("RAY_USAGE_STATS_ENABLED", raising=False)
    before = dict(os.environ)
    cluster.library()
    assert dict(os.environ) == before
