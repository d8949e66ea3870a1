"""The connection of this process to a Ray cluster: found, started, left as it was."""

import logging
import os
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib import import_module
from typing import Any

from headway.errors import HeadwayError, UsageError

ANSWER_SECONDS = 20.0
_KNOCK_SECONDS = 5.0
_STORE_BYTES = 1 << 30
_NO_TELEMETRY = {"RAY_USAGE_STATS_ENABLED": "0"}
# Ray's name for "this machine only"; it holds on every system.
_LOOPBACK = {"RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0"}


def library() -> Any:
    """Import Ray.

    Raises
    ------
    HeadwayError
        It is not installed.
    """
    try:
        with _environment(_NO_TELEMETRY):
            return import_module("ray")
    except ModuleNotFoundError as error:
        if error.name != "ray":
            raise
        raise HeadwayError(
            "Ray is not installed", hint='pip install "headway[scale]" installs it'
        ) from None


class Connection:
    """Connect to a cluster, or start one on this machine.

    Parameters
    ----------
    ray
        The module.
    address
        As in :class:`headway.engines.ray.Ray`.
    processors
        Processors of a cluster that is started here.

    Raises
    ------
    UsageError
        The address is not one, or this process is connected to another cluster.
    HeadwayError
        Nothing answers at the address, or Ray refuses.
    """

    def __init__(self, ray: Any, address: str | None, *, processors: int) -> None:
        self._ray = ray
        self.open = True
        self._ours = not ray.is_initialized()
        if not self._ours:
            _require_connected_to(ray, address)
            return
        settings: dict[str, Any] = {"log_to_driver": False, "logging_level": logging.ERROR}
        try:
            if address is None:
                with _environment(_NO_TELEMETRY | _LOOPBACK), _loopback():
                    ray.init(
                        "local",
                        num_cpus=processors,
                        include_dashboard=False,
                        object_store_memory=_STORE_BYTES,
                        **settings,
                    )
            else:
                _require_answer(address)
                with _environment(_NO_TELEMETRY):
                    ray.init(address, **settings)
        except (ConnectionError, RuntimeError, ValueError, ray.exceptions.RayError) as error:
            raise _refused(address, str(error)) from None
        _listen_to_ray(ray, loud=False)

    def close(self) -> None:
        """Disconnect if this connected; stop the cluster if this started it."""
        if self.open and self._ours and self._ray.is_initialized():
            self._ray.shutdown()
            _listen_to_ray(self._ray, loud=True)
        self.open = False


def _require_connected_to(ray: Any, address: str | None) -> None:
    present = ray.get_runtime_context().gcs_address
    if address not in (None, "auto", present):
        raise UsageError(
            f"this process is connected to the Ray cluster at {present}, not to {address}",
            hint="call ray.shutdown() first, or leave the address out",
        )


def _require_answer(address: str) -> None:
    """Ask in a process of its own: Ray waits for minutes where nobody answers, then exits."""
    if address != "auto":
        _knock(*_host_and_port(address))
    asked = [] if address == "auto" else ["--address", address]
    try:
        said = subprocess.run(
            [sys.executable, "-m", "ray.scripts.scripts", "status", *asked],
            capture_output=True,
            timeout=ANSWER_SECONDS,
            check=False,
            env=os.environ | _NO_TELEMETRY,
        )
    except subprocess.TimeoutExpired:
        raise _refused(address, f"no answer within {ANSWER_SECONDS:g} seconds") from None
    if said.returncode:
        lines = said.stderr.decode(errors="replace").strip().splitlines()
        raise _refused(address, lines[-1] if lines else f"exit code {said.returncode}")


def _host_and_port(address: str) -> tuple[str, int]:
    host, colon, port = address.rpartition(":")
    if "://" in address or not (colon and host and port.isdecimal() and 0 < int(port) < 65536):
        raise UsageError(
            f"{address!r} is not the address of a Ray cluster; expected host:port or auto",
            hint="`ray start --head` prints it; run Headway on a machine of the cluster",
        )
    return host.strip("[]"), int(port)


def _knock(host: str, port: int) -> None:
    try:
        socket.create_connection((host, port), timeout=_KNOCK_SECONDS).close()
    except OSError as error:
        raise _refused(f"{host}:{port}", str(error)) from None


def _refused(address: str | None, why: str) -> HeadwayError:
    detail = [line.strip() for line in why.splitlines() if line.strip()][:3]
    if address is None:
        return HeadwayError("Ray did not start on this machine", details=detail)
    where = "no Ray cluster was found" if address == "auto" else f"no Ray cluster at {address}"
    return HeadwayError(
        where,
        hint="start one with `ray start --head`, run Headway on one of its machines with the same "
        "releases of Python and Ray, and give the address that it prints",
        details=detail,
    )


@contextmanager
def _environment(wanted: Mapping[str, str]) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in wanted}
    os.environ.update(wanted)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


@contextmanager
def _loopback() -> Iterator[None]:
    """Have a Ray that was imported before its environment was set keep to this machine, too."""
    with _attribute(import_module("ray._private.ray_constants"), "ENABLE_RAY_CLUSTER", value=False):
        yield


@contextmanager
def _attribute(module: Any, name: str, *, value: Any) -> Iterator[None]:
    before = getattr(module, name)
    setattr(module, name, value)
    try:
        yield
    finally:
        setattr(module, name, before)


def _listen_to_ray(ray: Any, *, loud: bool) -> None:
    """Ray prints messages of its own on standard output, where results belong."""
    ray._private.worker._worker_logs_enabled = loud
