"""Grading with workers that a real Slurm starts: one node, from Debian's packages, for these tests only."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

pytest.importorskip("dask_jobqueue", reason="needs the extra 'cluster'")

from clusters import facts, grade, hand_in_a_class, works

from graders.batch.engine import run_all
from graders.batch.engines import Clustered, choose
from graders.course import Cluster
from graders.errors import ClusterError, UsageError

ONE_NODE = Path(__file__).parents[2] / "deploy" / "slurm" / "one_node.sh"
JOB = {"cores": 1, "memory": "2GB", "scheduler_options": {"host": "127.0.0.1"}}


def _squeue(form: str) -> list[str]:
    done = subprocess.run(
        ["squeue", "--noheader", f"--format={form}"], capture_output=True, text=True, check=True
    )
    return done.stdout.split("\n")[:-1]


@pytest.fixture(scope="module")
def slurm() -> Iterator[Path]:
    """A Slurm of one node; its folder has a short path, because sockets need one."""
    if shutil.which("slurmctld", path="/usr/sbin:/usr/bin") is None:
        pytest.skip("needs Slurm: apt-get install slurmctld slurmd slurm-client munge")
    folder = Path(tempfile.mkdtemp(prefix="slurm-"))
    command = ["sh", str(ONE_NODE), str(folder)]
    node = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, start_new_session=True)
    try:
        assert node.stdout is not None
        if node.stdout.readline() != "ready\n":
            pytest.skip("Slurm does not start on this machine; see what one_node.sh says")
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("SLURM_CONF", str(folder / "slurm.conf"))
            yield folder
    finally:
        node.send_signal(signal.SIGTERM)
        node.wait(timeout=90)
        shutil.rmtree(folder)


def wait_for(condition: Callable[[], bool], seconds: float = 60.0) -> bool:
    """Say whether a condition comes true in time."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.1)
    return True


def workers() -> Iterator[psutil.Process]:
    """Yield the workers on this machine that Slurm started."""
    for process in psutil.process_iter(["cmdline"]):
        words = process.info["cmdline"] or []
        if "distributed.cli.dask_worker" in words and any(word.startswith("SLURMCluster") for word in words):
            yield process


def listening() -> Iterator[int]:
    """Yield the ports at which this process, with the scheduler in it, and its workers wait for others."""
    for process in (psutil.Process(), *workers()):
        if process.is_running():
            yield from (c.laddr.port for c in process.net_connections("tcp") if c.status == psutil.CONN_LISTEN)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    place = tmp_path / "home"
    place.mkdir()
    monkeypatch.setenv("HOME", str(place))
    return place


def kept(home: Path) -> list[Path]:
    """The folder of the run's certificates, and what is in it."""
    return [path for folder in home.glob(".graders-slurm-*") for path in (folder, *folder.iterdir())]


def engine(**more: object) -> Clustered:
    options = {**JOB, **more.pop("options", {})}  # type: ignore[dict-item]
    return Clustered(Cluster(kind="slurm", options=options, **more))  # type: ignore[arg-type]


@pytest.mark.slow
def test_slurm_starts_the_workers_of_a_run_and_they_end_with_it(tiny_course, slurm, home):
    hand_in_a_class(tiny_course, 6)
    here = sorted(map(facts, (r for _, r in run_all(works(tiny_course), 2))), key=lambda fact: fact[:2])
    during: list[list[str]] = []
    keys: list[str] = []

    def started(work):
        during.append(_squeue("%T"))
        keys.extend(f"{path.stat().st_mode & 0o777:o}" for path in kept(home))

    assert grade(engine(workers=2), tiny_course, started) == here
    assert max(states.count("RUNNING") for states in during) == min(2, len(os.sched_getaffinity(0)))
    assert set(keys) == {"700", "600"}, "certificates for the run, for this account only"
    assert not kept(home)
    assert list(home.glob(".cache/graders/slurm/*.err")), "what the jobs say is there to read"
    assert wait_for(lambda: not _squeue("%T") and not list(workers()))


@pytest.mark.slow
def test_a_job_that_slurm_takes_away_is_asked_for_again(tiny_course, slurm, home):
    hand_in_a_class(tiny_course, 4)
    seen: list[str] = []

    def started(work):
        if not seen:
            seen.extend(_squeue("%i"))
            threading.Timer(0.5, subprocess.run, (["scancel", *seen],)).start()

    results = grade(engine(workers=1), tiny_course, started)
    assert [fact[0] for fact in results] == sorted(fact[0] for fact in results)
    assert len(results) == len(works(tiny_course))
    assert seen


@pytest.mark.slow
def test_nobody_else_can_reach_scheduler_or_worker(tiny_course, slurm, home):
    tiny_course.hand_in("ada")
    answers: list[bytes] = []

    def started(work):
        for port in listening():
            for page in (b"status", b"info/main/workers.html", b"json/counts.json", b"metrics"):
                answers.append(ask(port, page))

    grade(engine(workers=1), tiny_course, started)
    assert answers, "scheduler and worker listen somewhere"
    assert not [answer for answer in answers if b" 200 " in answer or b"dask" in answer.lower()]


def ask(port: int, page: bytes) -> bytes:
    with socket.create_connection(("127.0.0.1", port), timeout=5) as plain:
        plain.sendall(b"GET /" + page + b" HTTP/1.0\r\n\r\n")
        try:
            return plain.recv(1000)
        except ConnectionResetError:
            return b""


def test_a_cluster_of_slurm_that_cannot_be_used_is_refused_by_name(tiny_course, monkeypatch, tmp_path):
    def chosen(cluster):
        choose(tiny_course.course.model_copy(update={"clusters": {"slurm": cluster}}), "slurm", "", 1)

    for name in ("sbatch", "scancel"):
        (tmp_path / name).touch(mode=0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    chosen(Cluster(kind="slurm", options=JOB))
    with pytest.raises(UsageError, match="do not say memory of a job"):
        chosen(Cluster(kind="slurm", options={"cores": 1}))
    (tmp_path / "sbatch").unlink()
    with pytest.raises(UsageError, match="no sbatch here"):
        chosen(Cluster(kind="slurm", options=JOB))


@pytest.mark.slow
def test_options_that_slurm_or_dask_do_not_take_are_told(tiny_course, slurm, home):
    tiny_course.hand_in("ada")
    with pytest.raises(UsageError, match="walltimes"):
        grade(engine(options={"walltimes": "1"}), tiny_course)
    with pytest.raises(UsageError, match=r"refuses such a job: .*nowhere"):
        grade(engine(options={"queue": "nowhere"}), tiny_course)


def test_a_run_waits_for_the_queue_and_not_for_ever(tiny_course, slurm, home):
    tiny_course.hand_in("ada")
    with pytest.raises(ClusterError, match="no workers"):
        grade(engine(wait_minutes=0.03, options={"job_extra_directives": ["--begin=now+1hour"]}), tiny_course)
