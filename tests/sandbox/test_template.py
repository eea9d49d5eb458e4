"""Templates: what they fork ends with its lifeline, with the template and with whoever asked."""

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time

import pytest

from graders.course import Limits
from graders.errors import SandboxError
from graders.notebooks.run import Code, Session
from graders.sandbox.launch import KERNEL_MODULES, Template, start
from graders.sandbox.limits import WallLimits

# A student's processes that try to outlive everything: new sessions, no parent, deaf to signals.
DAEMONS = """
import os, signal, time
for _ in range(3):
    child = os.fork()
    if child == 0:
        os.setsid()
        for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
            signal.signal(number, signal.SIG_IGN)
        if os.fork() == 0:
            time.sleep(600)
        os._exit(0)
    os.waitpid(child, 0)
"""
# Somebody who asks for kernels, says which processes there are, and is then killed.
ASKER = f"""
import asyncio, json, sys, time
sys.path.insert(0, {os.path.dirname(__file__)!r})
from conftest import Processes
from graders.course import Limits
from graders.notebooks.run import Code, Session
from graders.sandbox.launch import KERNEL_MODULES
from graders.sandbox.launch import Template

async def main():
    template = Template(KERNEL_MODULES)
    session = Session(template.address, Limits(), wall="namespaces", files={{}})
    await session.start()
    await session.run([Code("a", "a", {DAEMONS!r})])
    monitor = Processes.parent(Processes.parent(session.sandbox.pid))
    root = Processes.parent(monitor)
    print(json.dumps([root, *Processes.below(root)]), flush=True)
    time.sleep(600)

asyncio.run(main())
"""


def _gone(processes, pids, seconds=10.0):
    """Wait until none of the processes is left; return those that are."""
    deadline = time.monotonic() + seconds
    while (left := [pid for pid in pids if processes.alive(pid)]) and time.monotonic() < deadline:
        time.sleep(0.05)
    return left


async def _daemons(session, processes):
    """Start a kernel with daemons; return its monitor and every process below it."""
    await session.start()
    runs = await session.run([Code("a", "a", DAEMONS)])
    assert runs["a"].outcome == "passed"
    monitor = processes.parent(processes.parent(session.sandbox.pid))
    below = processes.below(monitor)
    assert len(below) >= 5  # init, the kernel, three daemons
    return monitor, below


def _session(template):
    return Session(template.address, Limits(), wall="namespaces", files={})


def test_closing_the_lifeline_ends_everything_behind_the_wall(kernels, processes):
    async def go():
        session = _session(kernels)
        monitor, below = await _daemons(session, processes)
        await session.close()
        return {monitor, *below}

    assert _gone(processes, asyncio.run(go())) == []


def test_when_a_template_is_killed_everything_it_forked_ends(processes):
    async def go():
        with Template(KERNEL_MODULES) as template:
            session = _session(template)
            monitor, below = await _daemons(session, processes)
            os.kill(processes.parent(monitor), signal.SIGKILL)
            left = _gone(processes, {monitor, *below})
            ending = session.sandbox.poll(5.0)
            alive = template.alive
            await session.close()
            return left, ending, alive

    left, ending, alive = asyncio.run(go())
    assert left == []
    assert ending is not None and ending.reason == "lost"
    assert not alive


def test_closing_a_template_ends_everything_it_forked(processes):
    async def go():
        template = Template(KERNEL_MODULES)
        session = _session(template)
        monitor, below = await _daemons(session, processes)
        template.close()
        left = _gone(processes, {monitor, *below})
        await session.close()
        return left

    assert asyncio.run(go()) == []


def test_when_the_asker_is_killed_template_and_kernels_end(processes):
    with tempfile.TemporaryDirectory() as folder:  # where what a killed process leaves behind goes
        command, env = [sys.executable, "-c", ASKER], {**os.environ, "TMPDIR": folder}
        with subprocess.Popen(command, env=env, stdout=subprocess.PIPE, text=True) as asker:
            try:
                pids = json.loads(asker.stdout.readline())
            finally:
                asker.kill()
        assert len(pids) >= 7  # the template, its monitor, init, the kernel, three daemons
        assert _gone(processes, pids) == []


def test_one_kernel_ends_alone(kernels, processes):
    async def go():
        one, two = _session(kernels), _session(kernels)
        _, below = await _daemons(one, processes)
        _, others = await _daemons(two, processes)
        await one.close()
        left = _gone(processes, below)
        survivors = [pid for pid in others if processes.alive(pid)]
        await two.close()
        return left, survivors, others

    left, survivors, others = asyncio.run(go())
    assert left == []
    assert set(survivors) == others


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("import os; os._exit(7)", 7),
        ("import os; os.kill(os.getpid(), 9)", 128 + 9),
        ("import os; os.abort()", 134),
    ],
)
def test_the_ending_says_how_a_kernel_ended(kernels, code, expected):
    async def go():
        session = _session(kernels)
        await session.start()
        try:
            await session._execute(Code("a", "a", code))
            return session.sandbox.poll(5.0)
        finally:
            await session.close()

    ending = asyncio.run(go())
    assert (ending.code, ending.reason) == (expected, "")


def test_a_template_survives_nonsense(kernels):
    for data in (b"nonsense", b"{}", b""):
        with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as sock:
            sock.connect(kernels.address)
            sock.send(data)
    ours, theirs = socket.socketpair()
    with ours:
        with theirs:
            arguments = {"course": "/nowhere"}
            sandbox = start(
                kernels.address,
                "graders.sandbox.probe:report",
                arguments=arguments,
                fds=[theirs.fileno()],
                limits=WallLimits(),
                wall="namespaces",
            )
        ours.settimeout(20)
        assert json.loads(b"".join(iter(lambda: ours.recv(65536), b"")))["uid"] != 0
        ending = sandbox.poll(10.0)
    sandbox.close()
    assert (ending.code, ending.reason) == (0, "")
    assert kernels.alive


def test_a_target_that_does_not_exist_ends_with_a_code(kernels):
    options = {"arguments": {}, "fds": [], "limits": WallLimits(), "wall": "namespaces"}
    sandbox = start(kernels.address, "graders.nowhere:main", **options)
    assert sandbox.poll(10.0).code == 1
    sandbox.close()


def test_a_template_that_cannot_import_says_so():
    with pytest.raises(SandboxError, match="template process did not start"):
        Template(("there_is_no_such_module",))


def test_asking_where_no_template_listens_is_our_error(tmp_path):
    options = {"arguments": {}, "fds": [], "limits": WallLimits(), "wall": "namespaces"}
    with pytest.raises(SandboxError, match="did not answer"):
        start(str(tmp_path / "nowhere"), "graders.judge:main", **options)


def test_a_file_that_is_gone_is_an_error_of_ours_and_not_a_kernel_without_it(kernels):
    options = {"arguments": {}, "fds": [], "limits": WallLimits(), "wall": "namespaces"}
    with pytest.raises(SandboxError, match="nowhere"):
        start(kernels.address, "graders.judge:main", files={"a": "/nowhere/a"}, **options)


def test_a_process_of_ours_behind_no_wall_ends_with_its_lifeline_and_says_how(kernels, processes):
    options = {"arguments": {}, "limits": WallLimits(), "wall": "none"}
    ours, theirs = socket.socketpair()
    with ours, theirs:
        sandbox = start(kernels.address, "graders.sandbox.template:fork", fds=[theirs.fileno()], **options)
    assert sandbox.poll(20.0).code == 1  # it was told no address to listen at
    sandbox.close()
    reader, writer = socket.socketpair()
    with reader, writer:
        arguments = {"secret": "", "call_seconds": 1.0, "limit": 2**20}
        options["arguments"] = arguments
        judge = start(kernels.address, "graders.judge:main", fds=[reader.fileno()], **options)
        assert processes.alive(judge.pid)
        assert judge.close().code == 128 + signal.SIGKILL
        assert _gone(processes, [judge.pid]) == []


def test_the_memory_of_a_template_is_cheap_to_share(run_cells):
    code = "import gc; frozen = gc.get_freeze_count(); seen = len(gc.get_objects()); print(frozen, seen)"
    ran = run_cells(code)
    frozen, seen = map(int, ran.runs[0].outputs[0]["text"].split())
    assert frozen > 5 * seen  # the collector leaves alone what the template imported


def _large_pages_on_request():
    release = tuple(int(part) for part in os.uname().release.split(".")[:2])
    try:
        with open("/sys/kernel/mm/transparent_hugepage/enabled") as file:
            return release >= (6, 1) and "[never]" not in file.read()
    except OSError:
        return False


@pytest.mark.skipif(not _large_pages_on_request(), reason="this Linux makes no large pages on request")
def test_the_memory_of_a_template_lies_in_large_pages(kernels):
    with open(f"/proc/{kernels.pid}/smaps_rollup") as file:
        sizes = {line.split()[0]: line.split()[1] for line in file.read().splitlines()[1:]}
    assert int(sizes["AnonHugePages:"]) > 0
