"""Grading on other machines, with a real Dask scheduler and real workers: the same results, whatever dies."""

from __future__ import annotations

import os
import signal
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("distributed", reason="needs the extra 'cluster'")

from clusters import Machines, facts, grade, hand_in_a_class, works
from distributed import Client
from distributed.worker import Worker

from graders.batch.autograde import autograde, latest_results
from graders.batch.engine import run_all
from graders.batch.engines import Clustered, Local, choose
from graders.batch.parcel import pack, pack_bundle, unpack, unpack_bundle
from graders.course import Cluster, Limits
from graders.errors import ClusterError, UsageError
from graders.notebooks.sanitise import accept_files
from graders.results import Outcome

SLEEP = """
import time
time.sleep({seconds})
def mean(v):
    if not len(v): raise ValueError
    return v.sum() / len(v)
"""


@pytest.fixture
def machines(tmp_path: Path) -> Iterator[Machines]:
    made = Machines(tmp_path)
    yield made
    made.close()


# -- what travels ---------------------------------------------------------------------------------


def test_an_unpacked_submission_is_treated_as_the_one_it_was(tiny_course, tmp_path):
    folder = tiny_course.hand_in("ada").parent
    limits = Limits(disk_mb=1)
    (folder / "table.csv").write_text("1\n")
    (folder / "deep").mkdir()
    (folder / "deep" / "more.txt").write_text("2\n")
    (folder / "huge.bin").write_bytes(b"x" * 2**21)
    (folder / "random.py").write_text("x = 1")
    (folder / "link").symlink_to("/etc/passwd")
    os.mkfifo(folder / "pipe")
    (folder / os.fsdecode(b"odd\xff.txt")).write_text("3\n")
    unpack(pack(folder, limits), tmp_path / "there" / "ada")
    before, after = (
        accept_files(place, tiny_course.bundle(), limits) for place in (folder, tmp_path / "there" / "ada")
    )
    assert (sorted(before[0]), before[1]) == (sorted(after[0]), after[1])
    assert len(before[1]) == 4
    assert (tmp_path / "there" / "ada" / "deep" / "more.txt").read_text() == "2\n"
    assert sum(len(item.content) for item in pack(folder, limits)) < 2**20, "what is not used does not travel"


def test_an_unpacked_bundle_has_the_same_key(tiny_course, tmp_path):
    (tiny_course.course.folder("source") / tiny_course.first / "data.csv").write_text("1\n")
    bundle = tiny_course.bundle()
    there = unpack_bundle(pack_bundle(bundle), tmp_path / "there")
    assert there.key == bundle.key and there.files != bundle.files


# -- whom to ask ----------------------------------------------------------------------------------


def test_an_engine_that_cannot_be_used_is_refused_by_name(tiny_course):
    course = tiny_course.course
    assert isinstance(choose(course, "local", "", 2), Local)
    for name, scheduler, told in (
        ("slurmm", "", "no engine 'slurmm'"),
        ("local", "tcp://127.0.0.1:1", "--scheduler goes with"),
        ("dask", "", "no address of a scheduler"),
        ("dask", "tcp://10.0.0.1:8786", "unprotected"),
    ):
        with pytest.raises(UsageError, match=told):
            choose(course, name, scheduler, 1)
    assert isinstance(choose(course, "dask", "tcp://127.0.0.1:8786", 1), Clustered)


def test_workers_of_kubernetes_are_refused_unless_the_network_is_said_to_be_safe(tmp_path, tiny_course):
    def engine(**settings):
        cluster = Cluster(kind="kubernetes", **settings)
        return choose(tiny_course.course.model_copy(update={"clusters": {"cloud": cluster}}), "cloud", "", 1)

    with pytest.raises(UsageError, match="no TLS"):
        engine()
    with pytest.raises(UsageError, match=r"no file .*cluster\.yaml"):
        engine(insecure=True, options={"custom_cluster_spec": str(tmp_path / "cluster.yaml")})
    for options in ({"image": "graders:1"}, {"custom_cluster_spec": {"kind": "DaskCluster"}}):
        assert isinstance(engine(insecure=True, options=options), Clustered)


def test_a_scheduler_that_does_not_answer_is_our_fault_and_loses_nothing(tiny_course):
    tiny_course.hand_in("ada")
    engine = choose(tiny_course.course, "dask", "tcp://127.0.0.1:9", 1)
    with pytest.raises(ClusterError, match="No scheduler answers"):
        autograde(tiny_course.course, [tiny_course.first], engine=engine)
    assert latest_results(tiny_course.course, [tiny_course.first]) == []


# -- grading --------------------------------------------------------------------------------------


@pytest.mark.slow
def test_a_class_gets_the_same_results_as_on_this_machine(tiny_course, machines):
    machines.add(2)
    hand_in_a_class(tiny_course, 6)
    here = sorted(map(facts, (r for _, r in run_all(works(tiny_course), 2))), key=lambda fact: fact[:2])
    assert grade(machines.engine(), tiny_course) == here
    assert heard_of_each_other(machines.address) == 0, "deploy/kubernetes/namespace.yaml keeps workers apart"
    summary = autograde(tiny_course.course, [tiny_course.first], engine=machines.engine())
    assert (len(summary.graded), summary.problems) == (6, [])


def heard_of_each_other(address: str) -> int:
    """Return how often workers fetched something from each other."""

    def fetched(dask_worker: Worker) -> int:
        return int(dask_worker.state.transfer_incoming_count_total)

    with Client(address) as client:
        counts = client.run(fetched)
    assert len(counts) == 2
    return sum(counts.values())


@pytest.mark.slow
def test_a_worker_that_is_killed_and_one_that_is_stopped_for_a_while_lose_nobody(tiny_course, machines):
    machines.add(3)
    hand_in_a_class(tiny_course, 12)
    seen = []

    def started(work):
        seen.append(work)
        if len(seen) == 5:
            os.killpg(machines.workers[0].pid, signal.SIGKILL)
            os.kill(machines.workers[1].pid, signal.SIGSTOP)
            threading.Timer(4.0, os.kill, (machines.workers[1].pid, signal.SIGCONT)).start()

    found = grade(machines.engine(), tiny_course, started)
    here = sorted(map(facts, (r for _, r in run_all(works(tiny_course), 2))), key=lambda fact: fact[:2])
    assert found == here


@pytest.mark.slow
def test_who_ends_two_workers_is_quarantined_and_nobody_else(tiny_course, machines):
    machines.add(4)
    for number in range(4):
        tiny_course.hand_in(f"s{number}")
    tiny_course.hand_in("bad", {"mean": SLEEP.format(seconds=30)})
    killed = []

    def started(work):
        if work.job.student == "bad" and len(killed) < 4:
            killed.append(work)
            threading.Timer(2.0, end_worker_of_bad).start()

    def end_worker_of_bad():
        for process in machines.workers:
            if process.poll() is None and has(process.pid, "bad"):
                os.killpg(process.pid, signal.SIGKILL)

    object.__setattr__(tiny_course.course, "limits", Limits(cell_seconds=60, memory_mb=512))
    found = {fact[0]: fact for fact in grade(machines.engine(), tiny_course, started)}
    assert {name: fact[2] for name, fact in found.items()} == {
        "bad": Outcome.UNGRADABLE,
        **{f"s{n}": Outcome.PASSED for n in range(4)},
    }
    assert len(killed) == 2


def has(pid: int, student: str) -> bool:
    """Whether a worker is grading a student: it keeps what it was sent below a folder of its own."""
    return bool(list(Path(tempfile.gettempdir()).glob(f"graders-run-{pid}-*/hand-in-*/{student}")))


@pytest.mark.slow
def test_a_worker_with_other_versions_is_refused_by_name(tiny_course, machines, tmp_path):
    site = tmp_path / "other"
    info = site / "numpy-0.1.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: numpy\nVersion: 0.1\n")
    path = os.pathsep.join([str(site), *filter(None, [os.environ.get("PYTHONPATH")])])
    options = ("--no-nanny", "--nthreads", "1", "--no-dashboard", "--host", "127.0.0.1")
    machines.workers.append(machines._start("dask_worker", *options, PYTHONPATH=path))
    tiny_course.hand_in("ada")
    with pytest.raises(UsageError, match=r"has numpy 0\.1, here it is"):
        grade(machines.engine(), tiny_course)
