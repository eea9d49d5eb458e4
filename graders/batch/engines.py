"""The engines by name: this machine's processes, a Dask scheduler, or a cluster of course_config.py."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import urlsplit

from graders.batch.engine import cores, run_all
from graders.batch.slurm import check_slurm, security_of, slurm_workers
from graders.batch.work import Work
from graders.course import Cluster, Course
from graders.errors import ClusterError, UsageError
from graders.results import SubmissionResult

if TYPE_CHECKING:
    from distributed import Client

LOCAL, DASK = "local", "dask"
_CONNECT_SECONDS = 20
_WAIT_MINUTES = {"dask": 1.0, "slurm": 60.0, "kubernetes": 60.0}  # jobs stand in a queue, nodes are started
_KINDS = {"dask": "distributed", "slurm": "dask_jobqueue", "kubernetes": "dask_kubernetes"}


class Engine(Protocol):
    """What grades works: yields every one's result once, as they come."""

    def __call__(
        self,
        works: Iterable[Work],
        started: Callable[[Work], None],
        *,
        meanwhile: Callable[[], None],
    ) -> Iterator[tuple[Work, SubmissionResult]]:
        """Grade; ``started`` is told what begins, ``meanwhile`` is called once while things start."""
        ...


@dataclass(frozen=True)
class Local:
    """This machine: so many submissions at a time."""

    jobs: int

    def __call__(
        self,
        works: Iterable[Work],
        started: Callable[[Work], None],
        *,
        meanwhile: Callable[[], None],
    ) -> Iterator[tuple[Work, SubmissionResult]]:
        """Grade in processes of this machine."""
        return run_all(works, self.jobs, started, meanwhile=meanwhile)


@dataclass(frozen=True)
class Clustered:
    """The workers of a cluster, which is reached, or started, when there is something to grade."""

    cluster: Cluster

    def __call__(
        self,
        works: Iterable[Work],
        started: Callable[[Work], None],
        *,
        meanwhile: Callable[[], None],
    ) -> Iterator[tuple[Work, SubmissionResult]]:
        """Grade on the cluster; raises ClusterError or UsageError if it cannot be used."""
        from graders.batch.cluster import run_on_cluster

        listed = list(works)
        if not listed:
            return
        with _client(self.cluster) as client:
            wait = self.cluster.wait_minutes or _WAIT_MINUTES[self.cluster.kind]
            yield from run_on_cluster(client, listed, started, meanwhile=meanwhile, wait_seconds=60 * wait)


def choose(course: Course, name: str, scheduler: str, jobs: int) -> Engine:
    """Return the engine of a name; raises UsageError if there is none, or what it needs is missing."""
    if name == LOCAL and scheduler:
        raise UsageError("--scheduler goes with --engine dask.", hint="Add it, or leave --scheduler out.")
    if name == LOCAL:
        return Local(jobs or cores())
    known = dict(course.clusters)
    if name == DASK and (scheduler or DASK not in known):
        known[DASK] = Cluster(scheduler=scheduler)
    if name not in known:
        names = ", ".join(sorted({LOCAL, DASK, *known}))
        raise UsageError(f"There is no engine {name!r}.", hint=f"Engines: {names}.")
    _check(known[name])
    return Clustered(known[name])


def _check(cluster: Cluster) -> None:
    module = _KINDS[cluster.kind]
    if find_spec(module) is None:
        raise UsageError(f"This engine needs {module}.", hint="Install: pip install 'graders[cluster]'")
    if cluster.kind == "dask":
        _check_address(cluster)
    if cluster.kind == "slurm":
        check_slurm(cluster)
    if cluster.kind == "kubernetes":
        _check_kubernetes(cluster)


def _check_address(cluster: Cluster) -> None:
    """Refuse an address without TLS that is not of this machine: secret and hidden tests would be readable."""
    address = urlsplit(cluster.scheduler)
    if address.scheme not in ("tcp", "tls") or not address.hostname:
        raise UsageError(
            f"{cluster.scheduler!r} is no address of a scheduler.", hint="Give --scheduler tls://HOST:8786."
        )
    if address.scheme == "tcp" and not _is_here(address.hostname) and not cluster.insecure:
        raise UsageError(
            "Hidden tests and the course's secret would cross the network unprotected.",
            hint="Use tls:// with tls_ca, tls_cert and tls_key in a cluster of course_config.py.",
        )


def _check_kubernetes(cluster: Cluster) -> None:
    """Refuse what would be readable: KubeCluster, the operator and their workers know tcp:// only."""
    if not cluster.insecure:
        raise UsageError(
            "Dask's operator for Kubernetes has no TLS: hidden tests and the course's secret would cross the "
            "network unprotected.",
            hint="Use deploy/kubernetes/workers.yaml and tls://, or insecure=True where the network encrypts.",
        )
    spec = cluster.options.get("custom_cluster_spec")
    if isinstance(spec, str) and not Path(spec).is_file():
        raise UsageError(f"There is no file {spec}.", hint="Correct the path in custom_cluster_spec.")


def _is_here(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


@contextmanager
def _client(cluster: Cluster) -> Iterator[Client]:
    """Connect to a cluster; one that was started for this run ends with it."""
    from distributed import Client

    if cluster.kind == "dask":
        with _connected(cluster) as client:
            yield client
        return
    with _started(cluster) as running, Client(running, timeout=_CONNECT_SECONDS) as client:
        yield client


@contextmanager
def _connected(cluster: Cluster) -> Iterator[Client]:
    from distributed import Client

    try:
        client = Client(cluster.scheduler, security=_security(cluster), timeout=_CONNECT_SECONDS)
    except (OSError, TimeoutError, TypeError) as error:
        raise ClusterError(
            f"No scheduler answers at {cluster.scheduler}.", hint="Start it: dask scheduler"
        ) from error
    with client:
        yield client


def _security(cluster: Cluster) -> Any:
    if not cluster.tls_ca and not cluster.scheduler.startswith("tls:"):
        return None
    return security_of(cluster.tls_ca, cluster.tls_cert, cluster.tls_key)


@contextmanager
def _started(cluster: Cluster) -> Iterator[Any]:
    """Start a cluster of workers without nannies: workers have to start processes of their own."""
    if cluster.kind == "slurm":
        with slurm_workers(cluster, _security(cluster)) as running:
            yield running
        return
    from dask_kubernetes.operator import KubeCluster

    command = ["dask", "worker", "--no-nanny"]  # a custom_cluster_spec has its own, and this is not asked
    with KubeCluster(**{"worker_command": command, **cluster.options}) as running:
        running.scale(cluster.workers)
        yield running
