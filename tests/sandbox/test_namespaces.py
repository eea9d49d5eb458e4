"""The wall: what a student's process cannot find, reach or change. Runs as root and as a plain user."""

import dataclasses
import errno
import os
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from graders.grading import Addresses, grade
from graders.notebooks import source
from graders.results import Outcome
from graders.sandbox.launch import KERNEL_MODULES, Template

CHAPTER = """\
# %% given="tools"
from graders import check

# %% answer="search"
### BEGIN SOLUTION
WORD = "{reference}"
def search():
    return []
### END SOLUTION

# %% checks="search_test" points=2
### BEGIN HIDDEN TESTS
labels = ["{hidden}", "✓ {hidden}"]
found = search()
check.true("the search works", "in_memory: CONTROL-answer" in found)
check.equal("nothing else is found", [place for place in found if "CONTROL" not in place], [])
### END HIDDEN TESTS
"""

PROJECT = Path(__file__).resolve().parents[2]
# The libraries must be seen where they are; a project below /tmp shows there by its first folder.
IN_TMP = [PROJECT.parts[2]] if PROJECT.parts[1] == "tmp" else []


def _word(name, kind="CANARY"):
    return f"{kind}-{name}-{secrets.token_hex(8)}"


@pytest.fixture
def dirty_addresses(monkeypatch):
    """Templates started by an operator whose environment holds a secret."""
    monkeypatch.setenv("OPERATOR_TOKEN", _word("operator"))
    with Template(KERNEL_MODULES) as kernels, Template(("graders.judge",)) as judges:
        yield Addresses(kernels.address, judges.address)


def test_nothing_planted_outside_is_found_from_inside(tiny_course, dirty_addresses, search_code):
    course, chapter = tiny_course.course, "ch03_search"
    text = CHAPTER.format(reference=_word("reference"), hidden=_word("hidden"))
    (course.folder("source") / f"{chapter}.py").write_text(text)
    source.build(course, chapter)
    (course.root / f"{_word('name')}.txt").write_text(_word("coursefile"))
    (course.root / ".course_secret").write_text(_word("secret"))
    other = {"search": f"word = '{_word('other')}'\ndef search(): return [word]"}
    tiny_course.hand_in("bob", other, chapter=chapter)
    (tiny_course.folder("bob", chapter) / "notes.txt").write_text(_word("otherfile"))
    tiny_course.hand_in(
        "ada", {"search": f"{search_code}\nmine = '{_word('answer', 'CONTROL')}'"}, chapter=chapter
    )
    results = {}
    for student in ("bob", "ada"):
        job = tiny_course.job(student, chapter, cell_seconds=60, call_seconds=30)
        results[student] = grade(dataclasses.replace(job, secret=_word("secret").encode()), dirty_addresses)
    records = results["ada"].notebooks[0].cells[-1].records
    assert [(r.asked, r.outcome, r.staff) for r in records] == [
        ("the search works", Outcome.PASSED, ""),
        ("nothing else is found", Outcome.PASSED, ""),
    ]


def test_the_search_would_find_what_is_there(run_cells, search_code, tmp_path):
    path = tmp_path / "data.txt"
    path.write_text(_word("file", "CONTROL"))
    plant = f"""
import os
kept = '{_word("object", "CONTROL")}'
wide = '✓ {_word("wide")}'
os.environ["X"] = '{_word("environment", "CONTROL")}'
def hold(): held = '{_word("frame", "CONTROL")}'; return search()
import json
print(json.dumps(hold()))
"""
    found = run_cells(search_code, plant, put={"data.txt": str(path)}).data
    assert {
        "in_files: CONTROL-file",
        "in_frames: CONTROL-frame",
        "in_memory: CANARY in another form",
        "in_memory: CONTROL-object",
        "in_objects: CONTROL-object",
        "in_processes: CONTROL-environment",
    } <= set(found)


def test_a_student_sees_neither_the_course_nor_what_others_handed_in(tiny, run_cells):
    tiny.hand_in("bob")
    root = str(tiny.course.root)
    code = f"""
import json, os
gone = [p for p in ({root!r}, {root + "/submitted/bob"!r}, {str(Path(__file__).parent)!r}) if os.path.exists(p)]
print(json.dumps([gone, sorted(os.listdir('.')), os.getcwd(), os.listdir('/tmp'), os.listdir('/dev/shm')]))
"""
    assert run_cells(code).data == [[], [".ipython"], "/home/student", IN_TMP, []]


def test_what_one_kernel_leaves_no_other_kernel_finds(run_cells):
    leave = "for f in ('/tmp/left', '/dev/shm/left', 'left'): open(f, 'w').write('x')"
    assert run_cells(leave).outcomes == ["passed"]
    look = "import os, json; print(json.dumps([os.listdir(p) for p in ('/tmp', '/dev/shm', '.')]))"
    assert run_cells(look).data == [IN_TMP, [], [".ipython"]]
    assert not os.path.exists("/dev/shm/left")


def test_it_can_write_in_its_own_folders_only(run_cells):
    code = """
import json, os, sys
written = []
skip = {'/proc', '/usr', '/lib', '/lib64', '/home/student/.ipython', sys.prefix, sys.base_prefix}
folders = [d for d, inner, _ in os.walk('/') if not inner.__setitem__(slice(None), [i for i in inner
           if os.path.join(d, i) not in skip])]
for folder in [*folders, *(skip - {'/home/student/.ipython'})]:
    try:
        os.chmod(folder, 0o777)
    except OSError:
        pass
    try:
        open(os.path.join(folder, 'written'), 'w').close()
        written.append(folder)
    except OSError:
        pass
changed = []
files = ['/etc/passwd', '/proc/sys/kernel/hostname', sys.executable, json.__file__, '/proc/1/oom_score_adj']
for path in files:
    try:
        open(path, 'a').write('x')
        changed.append(path)
    except OSError:
        pass
print(json.dumps([sorted(written), changed]))
"""
    written, changed = run_cells(code).data
    assert changed == []
    on_the_way = [str(place) for place in PROJECT.parents] + [str(PROJECT)]  # empty folders of its own
    assert [p for p in written if p not in on_the_way or p == "/tmp"] == ["/dev/shm", "/home/student", "/tmp"]


def test_there_is_no_network(run_cells):
    with socket.create_server(("127.0.0.1", 0)) as server, socket.socket(socket.AF_UNIX) as abstract:
        name = f"\0graders-test-{os.getpid()}"
        abstract.bind(name)
        abstract.listen()
        code = f"""
import json, socket
reached = []
hosts = [('127.0.0.1', {server.getsockname()[1]}), ('10.0.0.1', 80), ('1.1.1.1', 53)]
for family, address in [*((socket.AF_INET, host) for host in hosts), (socket.AF_UNIX, {name!r})]:
    with socket.socket(family) as sock:
        sock.settimeout(2)
        try:
            sock.connect(address)
            reached.append(str(address))
        except OSError:
            pass
try:
    reached += socket.getaddrinfo('pypi.org', 443)
except OSError:
    pass
print(json.dumps([reached, [name for _, name in socket.if_nameindex()]]))
"""
        assert run_cells(code).data == [[], ["lo"]]


def test_it_can_talk_to_itself_over_the_loopback(run_cells):
    """Libraries do: joblib, multiprocessing, notebook servers in examples."""
    code = """
import socket
server = socket.create_server(('127.0.0.1', 0))
socket.create_connection(server.getsockname()).sendall(b'x')
print(server.accept()[0].recv(1) == b'x')
"""
    assert run_cells(code).printed() == "True\n"


def test_it_reaches_no_process_but_its_own(run_cells):
    outside = subprocess.Popen(["sleep", "60"])
    code = f"""
import json, os, signal
found = [int(p) for p in os.listdir('/proc') if p.isdigit()]
killed = []
for pid in (1, os.getppid(), {outside.pid}, {os.getpid()}):
    try:
        os.kill(pid, signal.SIGKILL)
        killed.append(pid)
    except OSError:
        pass
print(json.dumps([max(found) < 20, [pid for pid in killed if pid != 1]]))
"""
    try:
        assert run_cells(code).data == [True, []]
        assert outside.poll() is None
    finally:
        outside.kill()
        outside.wait()


def test_system_calls_that_no_student_needs_are_denied(run_cells):
    import pyseccomp

    # Each of these would do something, or fail differently, for a process without rights.
    calls = {
        "add_key": (0, 0, 0, 0, 0),
        "clone": (0x10000000 | 17, 0, 0, 0, 0),
        "io_uring_setup": (1, 0),
        "kcmp": (0, 0, 0, 0, 0),
        "keyctl": (0, -3, 0),
        "name_to_handle_at": (-100, 0, 0, 0, 0),
        "perf_event_open": (0, 0, -1, -1, 0),
        "personality": (0xFFFFFFFF,),
        "pidfd_getfd": (-1, 0, 0),
        "process_vm_readv": (0, 0, 0, 0, 0, 0),
        "ptrace": (0, 0, 0, 0),
        "setns": (-1, 0),
        "unshare": (0x10000000,),
        "userfaultfd": (0,),
    }
    numbers = {pyseccomp.resolve_syscall(pyseccomp.Arch.NATIVE, name): args for name, args in calls.items()}
    clone3 = pyseccomp.resolve_syscall(pyseccomp.Arch.NATIVE, "clone3")
    code = f"""
import ctypes, json
libc = ctypes.CDLL(None, use_errno=True)
def call(number, *args):
    ctypes.set_errno(0)
    return libc.syscall(number, *map(ctypes.c_long, args)), ctypes.get_errno()
print(json.dumps([sorted({{call(n, *args) for n, args in {numbers!r}.items()}}), call({clone3}, 0, 0)]))
"""
    assert run_cells(code).data == [[[-1, errno.EPERM]], [-1, errno.ENOSYS]]


# Whoever holds the listener of a system call filter can allow the calls that it denies.
ALLOW_ONESELF = """
import ctypes, fcntl, json, os, struct, threading
libc = ctypes.CDLL(None, use_errno=True)
won = []

def allow():
    while not won:
        for listener in range(3, 256):
            notice = bytearray(80)
            try:
                fcntl.ioctl(listener, 0xC0502100, notice)
                reply = struct.pack('QqiI', struct.unpack_from('Q', notice)[0], 0, 0, 1)
                fcntl.ioctl(listener, 0xC0182101, bytearray(reply))
            except OSError:
                pass

links = [f'/proc/self/fd/{f}' for f in os.listdir('/proc/self/fd')]
kinds = {os.readlink(link) for link in links if os.path.islink(link)}
if any('seccomp' in kind for kind in kinds):
    threading.Thread(target=allow, daemon=True).start()
for _ in range(50):
    if os.fork() == 0:
        os._exit(42 if libc.unshare(0x10000000) == 0 else 0)
    won += [1] if os.waitstatus_to_exitcode(os.wait()[1]) == 42 else []
print(json.dumps([len(won), any('seccomp' in kind for kind in kinds)]))
"""


def test_it_cannot_allow_itself_what_is_denied(run_cells):
    assert run_cells(ALLOW_ONESELF).data == [0, False]


def test_programs_it_starts_stand_behind_the_same_wall(run_cells):
    code = """
import json, subprocess
script = 'unshare -U true && echo unshared; touch /usr/x && echo written; grep -c . /proc/net/route; id -u'
print(json.dumps(subprocess.run(['sh', '-c', script], capture_output=True, text=True).stdout.split()))
"""
    printed = run_cells(code).data
    assert printed[0] == "1"  # the heading of the routing table, no route
    assert printed[1:] not in ([], ["0"])


def test_seen_from_outside_it_has_no_rights(run_cells, kernels):
    import asyncio

    from graders.course import Limits
    from graders.notebooks.run import Session

    async def status():
        session = Session(kernels.address, Limits(), wall="namespaces", files={})
        try:
            await session.start()
            return Path(f"/proc/{session.sandbox.pid}/status").read_text()
        finally:
            await session.close()

    lines = dict(line.split(":\t", 1) for line in asyncio.run(status()).splitlines())
    assert {lines[name] for name in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb")} == {"0" * 16}
    assert (lines["NoNewPrivs"], lines["Seccomp"]) == ("1", "2")
    uids = set(lines["Uid"].split())
    assert len(uids) == 1
    assert uids == {str(os.geteuid())} if os.geteuid() else int(*uids) >= 200_000


def test_a_file_that_a_student_replaced_by_a_link_is_not_followed_out(run_cells, tmp_path):
    path = tmp_path / "data.csv"
    path.write_text("1")
    code = """
import os
os.remove('data.csv'); os.symlink('/proc/1/root/etc/shadow', 'data.csv')
try:
    print(open('data.csv').read())
except OSError as error:
    print(type(error).__name__)
"""
    assert run_cells(code, put={"data.csv": str(path)}).printed().strip() in (
        "PermissionError",
        "FileNotFoundError",
    )
    assert path.read_text() == "1"


# -- the same as a plain user ---------------------------------------------------------------------

# An interpreter below a private home cannot be reached by others: in a mount namespace of its own the
# home is covered by an open folder that holds the interpreter only.
OPEN_HOME = """
set -e
mount --make-rprivate /
mkdir -p "$HOLD/held"
mount --bind "$BASE" "$HOLD/held"
mount -t tmpfs -o mode=755 tmpfs "$PRIVATE"
mkdir -p "$BASE"
mount --move "$HOLD/held" "$BASE"
"""


PLAIN = 61_234  # not 65534: ids without a mapping look like that one inside a new user namespace


def _private_parent(path):
    """The outermost folder above a path that others may not enter."""
    closed = [p for p in reversed(path.parents) if not p.stat().st_mode & 0o001]
    return closed[0] if closed else None


@pytest.mark.slow
@pytest.mark.skipif(os.geteuid() != 0, reason="these tests run as a plain user already")
def test_all_of_it_holds_for_a_plain_user_too():
    here = Path(__file__)
    if not (shutil.which("setpriv") and shutil.which("unshare")):
        pytest.skip("setpriv and unshare are needed to become a plain user")
    if _private_parent(here) or _private_parent(Path(sys.prefix, "x")):
        pytest.skip("the project stands in a private folder that a plain user cannot enter")
    base = Path(sys.base_prefix).resolve()
    private = _private_parent(base / "x")
    with tempfile.TemporaryDirectory(dir="/tmp") as hold:  # where a plain user can get to
        os.chmod(hold, 0o755)
        basetemp = Path(hold, "plain")
        basetemp.mkdir()
        os.chown(basetemp, PLAIN, PLAIN)
        files = [str(here), str(here.with_name("test_template.py")), str(here.with_name("test_limits.py"))]
        command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", f"--basetemp={basetemp}/t", *files]
        become = ["setpriv", f"--reuid={PLAIN}", f"--regid={PLAIN}", "--clear-groups", *command]
        script = (OPEN_HOME if private else "") + 'exec "$@"'
        env = {"PATH": os.environ["PATH"], "HOME": "/nonexistent", "PYTHONDONTWRITEBYTECODE": "1"}
        env |= {"HOLD": hold, "BASE": str(base), "PRIVATE": str(private), "TMPDIR": str(basetemp)}
        run = ["unshare", "-m", "sh", "-c", script, "sh", *become]
        probe = subprocess.run(
            [*run[:5], "sh", *become[:4], sys.executable, "-c", ""], env=env, capture_output=True
        )
        if probe.returncode:
            pytest.skip(f"no plain user can start the interpreter: {probe.stderr.decode()[-200:]}")
        done = subprocess.run(run, env=env, capture_output=True, text=True, cwd=here.parents[2])
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-500:]
    assert "passed" in done.stdout
