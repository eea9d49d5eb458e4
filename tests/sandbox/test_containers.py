"""The container wall with real podman containers: it promises what the namespaces wall does."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from graders.batch.engine import run_all
from graders.batch.work import find_work
from graders.containers import Container
from graders.course import Limits
from graders.errors import SandboxError
from graders.notebooks.run import Code, Run, Session
from graders.sandbox.containers import Plan, digest, owner
from graders.sandbox.doctor import CONTAINER_PROMISES, PROMISES, examine
from graders.sandbox.launch_pool import ContainerPool
from graders.sandbox.limits import WallLimits
from graders.sandbox.runtimes import LABEL

ROOT = Path(__file__).resolve().parents[2]
IMAGE = "graders-test-empty"
LIMITS = WallLimits(memory_mb=128, processes=40, disk_mb=12, files=200, open_files=100)
podman = shutil.which("podman")
pytestmark = [
    pytest.mark.skipif(podman is None, reason="podman is not installed: apt-get install podman runc"),
    pytest.mark.skipif(os.geteuid() != 0, reason="the tests use podman as root"),
]


@dataclass(frozen=True)
class Ran:
    """What cells did in a container."""

    runs: list[Run]
    session: Session

    @property
    def outcomes(self) -> list[str]:
        return [run.outcome.value for run in self.runs]

    def printed(self, number: int = -1) -> str:
        return "".join(o["text"] for o in self.runs[number].outputs if o.get("name") == "stdout")


@pytest.fixture(scope="module")
def plan() -> Plan:
    if subprocess.run(["podman", "image", "exists", IMAGE], timeout=60).returncode:
        made = ["sh", str(ROOT / "deploy/containers/base.sh"), "--empty", IMAGE]
        subprocess.run(made, check=True, timeout=60)
    # The limits are given, as they always are: podman's own may be above what this machine allows.
    limits = ["--ulimit=nofile=1024:1024", "--ulimit=nproc=200:200", "--ulimit=core=0:0"]
    options = ["--rm", "--network=none", "--volume=/usr:/usr:ro", *limits]
    plain = ["podman", "run", *options, IMAGE, "/usr/bin/true"]
    tried = subprocess.run(plain, capture_output=True, text=True, timeout=120)
    if tried.returncode:
        pytest.skip(f"podman starts no container on this machine: {tried.stderr.strip()[-300:]}")
    return Plan(image=IMAGE, host_python=True, modules=("numpy",), limits=LIMITS)


@pytest.fixture(scope="module")
def pool(plan: Plan) -> Iterator[ContainerPool]:
    with ContainerPool(plan) as pool:
        yield pool


@pytest.fixture
def run_contained(pool: ContainerPool) -> Callable[..., Ran]:
    """Run cells in a container of their own."""

    def run(*texts: str, put: dict[str, str] | None = None, cell_seconds: float = 20) -> Ran:
        async def go() -> Ran:
            wanted = Limits(**LIMITS.to_dict(), cell_seconds=cell_seconds)
            session = Session(pool.address, wanted, wall="container", files=put or {})
            try:
                await session.start()
                codes = [Code(f"cell-{n}", f"cell {n}", text) for n, text in enumerate(texts)]
                return Ran(list((await session.run(codes)).values()), session)
            finally:
                await session.close()

        return asyncio.run(go())

    return run


def ours() -> list[str]:
    """The containers of graders on this machine."""
    command = ["podman", "ps", "--all", f"--filter=label={LABEL}", "--format={{.Names}}"]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    return done.stdout.split()


def until(condition: Callable[[], bool], seconds: float = 30.0) -> bool:
    deadline = time.monotonic() + seconds
    while not (met := condition()) and time.monotonic() < deadline:
        time.sleep(0.1)
    return met


def test_every_promise_is_kept_in_a_container(plan: Plan, tiny_course) -> None:
    findings = examine(str(tiny_course.course.root), plan)
    assert [(f.promise, f.seen) for f in findings if not f.kept] == []
    assert len(findings) == 1 + len(PROMISES) + len(CONTAINER_PROMISES)


LIMITED = """
import json, os
def until_it_fails(step):
    done = 0
    try:
        while done < 5000:
            step(done)
            done += 1
    except OSError as error:
        return [done, error.errno]
    return [done, 0]

total, block = 0, b'x' * 2**20
for name in ('/tmp/a', '/dev/shm/a', '/home/student/a'):
    with open(name, 'wb', 0) as file:
        total += until_it_fails(lambda n: file.write(block))[0]
for name in ('/tmp/a', '/dev/shm/a', '/home/student/a'):
    os.remove(name)
number = until_it_fails(lambda n: open(f'/tmp/f{n}', 'w').close())
print(json.dumps([total, number]))
"""


def test_a_kernel_has_its_files_its_limits_and_a_meter(run_contained, tmp_path: Path) -> None:
    (tmp_path / "data.csv").write_text("1,2\n")
    wasteful = "kept = []\nwhile True: kept.append(bytearray(2**20))"
    denied = "import ctypes; assert ctypes.CDLL(None).ptrace(0, 0, 0, 0) == -1"
    busy = "import time\nend = time.process_time() + 0.4\nwhile time.process_time() < end: sum(range(999))"
    read = "print(open('sub/data.csv').read())"
    cells = (read, denied, LIMITED, wasteful, busy, "import os; os._exit(3)", "print(1)")
    ran = run_contained(*cells, put={"sub/data.csv": str(tmp_path / "data.csv")})
    assert ran.outcomes == ["passed", "passed", "passed", "out_of_memory", "passed", "crashed", "passed"]
    assert ran.printed(0).startswith("1,2")
    total, (number, no_inode) = json.loads(ran.printed(2))
    assert total <= 12 and 100 < number <= 200 and no_inode == 28
    assert 0.4 <= ran.runs[4].meter.cpu_seconds < 0.8
    assert ran.session.peak_memory_mb > 100
    assert "denied system call ptrace, 1 times" in ran.session.facts[0]
    assert "it could create no more files" in ran.session.facts


def test_an_endless_cell_is_interrupted_and_the_next_one_runs(run_contained) -> None:
    ran = run_contained("x = 5", "while True: pass", "print(x)", cell_seconds=1)
    assert ran.outcomes == ["passed", "timed_out", "passed"]
    assert ran.printed() == "5\n"


def test_nothing_is_left_when_a_pool_is_killed(plan: Plan) -> None:
    async def go() -> tuple[str, list[str]]:
        with ContainerPool(replace(plan, modules=())) as pool:
            session = Session(pool.address, Limits(**LIMITS.to_dict()), wall="container", files={})
            await session.start()
            there = [name for name in ours() if name.startswith(f"graders-{pool.pid}-")]
            os.kill(pool.pid, signal.SIGKILL)
            ending = session.sandbox.poll(10.0)
            await session.close()
            return ending.reason if ending else "", there

    reason, there = asyncio.run(go())
    assert reason == "lost"
    assert there
    assert until(lambda: not set(there) & set(ours()))


def test_what_a_crash_left_is_removed_by_the_next_pool_and_what_others_use_is_not(plan: Plan) -> None:
    names = {"graders-crashed": "1:999999999999", "graders-in-use": owner()}
    common = ["podman", "create", "--network=none", "--entrypoint=/nothing"]
    for name, whose in names.items():
        subprocess.run([*common, f"--label={LABEL}={whose}", f"--name={name}", IMAGE], check=True, timeout=60)
    try:
        ContainerPool(replace(plan, modules=(), ahead=1)).close()
        left = ours()
    finally:
        subprocess.run(["podman", "rm", "--force", "--ignore", *names], check=True, timeout=60)
    assert "graders-crashed" not in left
    assert "graders-in-use" in left


def test_an_image_that_is_not_there_is_said_at_once(plan: Plan) -> None:
    with pytest.raises(SandboxError, match="no-such-image"):
        digest(replace(plan, image="no-such-image"))
    with pytest.raises(SandboxError, match="no-such-image"):
        ContainerPool(replace(plan, image="no-such-image"))


def test_grading_in_containers_gives_what_the_namespaces_wall_gives(tiny_course, plan: Plan) -> None:
    tiny_course.hand_in("ada")
    tiny_course.hand_in("bob", {"mean": "def mean(values):\n    return 0"})
    tiny_course.hand_in("eve", {"squares": "import os; os._exit(1)"})
    contained = Container(image=IMAGE, host_python=True)
    course = tiny_course.course.model_copy(update={"wall": "container", "container": contained})

    def graded(course) -> dict[str, tuple[object, ...]]:
        results = (result for _, result in run_all(find_work(course, [tiny_course.first]), 1))
        return {r.student: (r.outcome, r.points, r.wall, r.versions.get("image")) for r in results}

    here, there = graded(tiny_course.course), graded(course)
    assert {name: facts[:2] for name, facts in here.items()} == {n: facts[:2] for n, facts in there.items()}
    assert {facts[2:] for facts in there.values()} == {("container", digest(plan))}
    assert here["ada"][2:] == ("namespaces", None)
