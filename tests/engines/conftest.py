"""A Ray cluster of several nodes on this machine, for the tests of a module."""

from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture(scope="module")
def cluster() -> Iterator["Nodes"]:
    """A head without processors, and three nodes of one processor each."""
    pytest.importorskip("ray", reason="Ray is not installed: headway[scale]")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RAY_USAGE_STATS_ENABLED", "0")
        patch.setenv("RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER", "0")
        patch.setenv("PYTHONPATH", str(Path.cwd()))
        nodes = Nodes()
        yield nodes
        nodes.stop()


class Nodes:
    """Nodes that can be killed; what was killed is replaced for the next test."""

    def __init__(self, most: int = 3) -> None:
        from ray.cluster_utils import Cluster

        self._most = most
        self._cluster = Cluster(
            initialize_head=True, head_node_args={"num_cpus": 0, "include_dashboard": False}
        )
        self._nodes = [self._cluster.add_node(num_cpus=1, wait=False) for _ in range(most)]
        self._cluster.wait_for_nodes()

    @property
    def address(self) -> str:
        return str(self._cluster.address)

    def __len__(self) -> int:
        return len(self._nodes)

    def kill(self) -> None:
        self._cluster.remove_node(self._nodes.pop(), allow_graceful=False)

    def heal(self) -> None:
        while len(self._nodes) < self._most:
            self._nodes.append(self._cluster.add_node(num_cpus=1))

    def stop(self) -> None:
        self._cluster.shutdown()
