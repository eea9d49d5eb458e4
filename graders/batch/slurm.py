"""Workers that Slurm starts for a run: dask-jobqueue writes the jobs, this module says what they must be.

Jobs run on machines that others use too, so scheduler and workers talk over TLS with certificates made for
the run, and neither opens a dashboard. A worker that is lost or reaches its walltime is started again.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from graders.course import Cluster
from graders.errors import ClusterError, UsageError

if TYPE_CHECKING:
    from dask_jobqueue import SLURMCluster
    from distributed.security import Security

# Even without a dashboard Dask serves pages about its state, to anybody and unencrypted.
_NO_PAGES = "export DASK_DISTRIBUTED__WORKER__HTTP__ROUTES='[]'"


def check_slurm(cluster: Cluster) -> None:
    """Raise UsageError if jobs cannot be handed to Slurm from here, or a job's size is not said."""
    missing = [name for name in ("sbatch", "scancel") if shutil.which(name) is None]
    if missing:
        raise UsageError(f"There is no {missing[0]} here.", hint="Grade from a machine that can submit jobs.")
    unsaid = [name for name in ("cores", "memory") if name not in cluster.options]
    if unsaid:
        raise UsageError(
            f"The cluster's options do not say {' and '.join(unsaid)} of a job.",
            hint='Add for instance: options={"cores": 4, "memory": "16GB"}',
        )


@contextmanager
def slurm_workers(cluster: Cluster, security: Security | None) -> Iterator[SLURMCluster]:
    """Ask Slurm for the workers of a run; they end with it.

    Without ``security`` certificates are made that last for the run, unless the cluster is called insecure.
    """
    # Jobs read the certificates from a disk that they share with this machine, in a folder of this account's.
    with (
        TemporaryDirectory(prefix=".graders-slurm-", dir=Path.home()) as folder,
        _made(cluster, security or _certificates(cluster, Path(folder))) as running,
    ):
        _try_out(running)
        running.adapt(minimum_jobs=cluster.workers, maximum_jobs=cluster.workers)
        yield running


def _certificates(cluster: Cluster, folder: Path) -> Security | None:
    """Write certificates for one run into a folder; none for a cluster that is called insecure."""
    if cluster.insecure:
        return None
    from distributed.security import Security

    made = Security.temporary()
    for name, text in (("cert", made.tls_client_cert), ("key", made.tls_client_key)):
        (folder / name).touch(mode=0o600)
        (folder / name).write_text(text)
    return security_of(str(folder / "cert"), str(folder / "cert"), str(folder / "key"))


def security_of(authority: str, certificate: str, key: str) -> Security:
    """Return Dask's settings for TLS with these files in every part: scheduler, workers and this side."""
    from distributed.security import Security

    roles = ("client", "scheduler", "worker")
    certificates = {f"tls_{role}_cert": certificate for role in roles}
    keys = {f"tls_{role}_key": key for role in roles}
    return Security(require_encryption=True, tls_ca_file=authority, **certificates, **keys)


def _made(cluster: Cluster, security: Security | None) -> SLURMCluster:
    import dask.config
    from dask_jobqueue import SLURMCluster

    try:
        with dask.config.set({"distributed.scheduler.http.routes": []}):
            return SLURMCluster(**_options(cluster, security))
    except (TypeError, ValueError) as error:
        raise UsageError(
            f"SLURMCluster does not take these options: {error}",
            hint="They are listed at jobqueue.dask.org; see docs/cluster.md.",
        ) from error
    except (OSError, RuntimeError) as error:
        raise ClusterError(
            f"The workers' scheduler did not start: {error}", hint="Grade again, or on another machine."
        ) from error


def _try_out(running: SLURMCluster) -> None:
    """Raise UsageError if Slurm would refuse the jobs: later on Dask only logs it, and the run waits."""
    command = ["sbatch", "--test-only"]
    job = running.job_script()
    done = subprocess.run(command, input=job, capture_output=True, text=True, check=False)  # noqa: S603 (ours)
    if done.returncode:
        said = done.stderr.strip().splitlines() or ["no reason given"]
        raise UsageError(
            f"Slurm refuses such a job: {said[0].removeprefix('sbatch: error: ')}",
            hint="Correct the cluster's options in course_config.py.",
        )


def _options(cluster: Cluster, security: Security | None) -> dict[str, Any]:
    """Return the options of SLURMCluster: the course's on top of ours, ours where marks could leak."""
    own = dict(cluster.options)
    scheduler = {"dashboard": False, "dashboard_address": "127.0.0.1:0", **own.pop("scheduler_options", {})}
    workers = ["--no-dashboard", *own.pop("worker_extra_args", [])]
    before = [_NO_PAGES, *own.pop("job_script_prologue", [])]
    return {
        "processes": 1,
        "log_directory": str(Path.home() / ".cache" / "graders" / "slurm"),
        **own,
        "nanny": False,
        "security": security,
        "scheduler_options": scheduler,
        "worker_extra_args": workers,
        "job_script_prologue": before,
    }
