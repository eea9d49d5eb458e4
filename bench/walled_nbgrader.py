"""`nbgrader autograde` on one hostile submission, inside a wall of our own that is thrown away afterwards.

nbgrader runs students' code with the rights of whoever grades. To see what that comes to without harm,
everything of it runs here: namespaces of its own, a root of read-only binds and memory file systems, no
network, a user without rights, control groups and a time limit. Points and outputs come out as JSON.

Started by ``bench/attacks.py``; inside the wall this file is also the program: ``grade NAME``, ``read NAME``.
"""

from __future__ import annotations

import ast
import json
import os
import re
import resource
import shlex
import shutil
import subprocess
import sys
import time
from contextlib import contextmanager
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(PROJECT), str(PROJECT / "tests" / "attacks")]

BIN = PROJECT / ".venv" / "bin"
COURSE = Path("/tmp/course")  # inside the wall
CELL_SECONDS, WALL_SECONDS = 4, 60
MEMORY_MB, PROCESSES, DISK_MB, FILE_MB = 1536, 256, 256, 300
MAX_ANSWER = 2**22
PAGES = ("files_scripts_in_outputs", "files_scripts_in_text", "files_local_embedding")
CONFIG = f"""\
c = get_config()
c.CourseDirectory.course_id = "victims"
c.Execute.timeout = {CELL_SECONDS}
"""

# -- the course as plain nbgrader has it ----------------------------------------------------------


def plain_asserts(chapter: str) -> str:
    """The chapter with its checks as the asserts an nbgrader course would have."""
    lines = [line for line in chapter.splitlines() if line != "from graders import check"]
    return "\n".join(_plain(line) if line.startswith("check.") else line for line in lines) + "\n"


def _plain(line: str) -> str:
    call: Any = ast.parse(line).body[0].value  # type: ignore[attr-defined]
    said, first, second = (ast.unparse(argument) for argument in call.args)
    options = {k.arg: ast.unparse(k.value) for k in call.keywords}
    tests = {
        "close": f"np.allclose({first}, {second})",
        "equal": f"{first} == {second}",
        "shape": f"{first}.shape == {second}",
        "score": f"{options.get('metric')}({first}, {second}) <= {options.get('at_most')}",
    }
    return f"assert {tests[call.func.attr]}, {said}"


def prepare(root: Path) -> None:
    """Make the course, release it, and grade an honest student and one who did nothing."""
    import attack_harness as harness

    from graders.course import load_course
    from graders.notebooks import source

    root.mkdir()
    harness.build(root)
    (root / "source" / f"{harness.NAME}.py").write_text(plain_asserts(harness.CHAPTER))
    source.build(load_course(root), harness.NAME)
    (root / "nbgrader_config.py").write_text(CONFIG.replace(f"= {CELL_SECONDS}", "= 60"))
    _nbgrader(root, "generate_assignment", harness.NAME)
    victim = _victim(root)
    victim.hand_in("neighbour", honest=True)
    victim.hand_in("nobody")
    _nbgrader(root, "autograde", harness.NAME)
    (root / "nbgrader_config.py").write_text(CONFIG)


def _nbgrader(root: Path, *arguments: str) -> None:
    environment = {**os.environ, "PATH": f"{BIN}:{os.environ['PATH']}"}
    command = [str(BIN / "nbgrader"), *arguments]
    done = subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(done.stderr[-2000:])


def _victim(root: Path) -> Any:
    import attack_harness as harness

    from graders.course import load_course
    from graders.grading import Addresses

    return harness.Victim(
        load_course(root),
        {harness.NAME: Addresses("/tmp/none", "/tmp/none")},
        (os.getpid(), os.getpid()),
        Path("/tmp"),
        None,
    )


# -- the wall -------------------------------------------------------------------------------------

SHOWN = ("/usr", "/etc", "/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom")
# A shell as process 1, with root's rights, that runs nothing of the student's and reads nothing of theirs.
SCRIPT = """
set -e
mount --make-rprivate /
mount -t tmpfs -o size=8m,mode=755 none {root}
for path in {shown}; do
    mkdir -p {root}"$(dirname "$path")"
    if [ -d "$path" ]; then mkdir -p {root}"$path"; else touch {root}"$path"; fi
    mount --bind "$path" {root}"$path"
    mount -o remount,bind,ro,nosuid {root}"$path"
done
for name in bin sbin lib lib64; do ln -s usr/$name {root}/$name; done
mkdir {root}/tmp {root}/dev/shm {root}/proc {root}/old {root}/var {root}/run
ln -s /tmp {root}/var/tmp
mount -t tmpfs -o size={disk}m,mode=1777,nosuid,nodev none {root}/tmp
mount -t tmpfs -o size={disk}m,mode=1777,nosuid,nodev none {root}/dev/shm
cp -a {course} {root}{inside}
mkdir {root}/tmp/home
chown -R {user}:{user} {root}{inside} {root}/tmp/home
mount -t proc proc {root}/proc
cd {root}
pivot_root . old
cd {inside}
umount -l /old
mount -o remount,ro /
ip link set lo up
run() {{
    echo 500 > /proc/self/oom_score_adj
    exec timeout -s KILL $1 setpriv --reuid {user} --regid {user} --clear-groups --no-new-privs \\
        --bounding-set=-all --inh-caps=-all env -i HOME=/tmp/home PATH={bin}:/usr/bin LANG=C.UTF-8 \\
        OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 PYTHONDONTWRITEBYTECODE=1 {python} -I {program} $2 {name}
}}
stamp() {{
    find source release submitted/neighbour autograded/neighbour -type f -exec sha256sum {{}} + | sort
    find . -maxdepth 1 -type f ! -name 'gradebook.db*' -exec sha256sum {{}} + | sort
}}
before=$(stamp)
set +e
(run {seconds} grade) < /dev/null > /tmp/log 2>&1
code=$?
sleep 1
left=0
for status in /proc/[0-9]*/status; do
    if [ "$status" != /proc/1/status ] && grep -q '^Uid:.*{user}' "$status" 2> /dev/null \\
        && ! grep -q '^State:.*Z' "$status" 2> /dev/null; then left=$((left + 1)); fi
done
kill -9 -1 2> /dev/null
sleep 0.5
changed=0
[ "$before" = "$(stamp)" ] || changed=1
echo "$code $left $changed"
(run 60 read) < /dev/null 2> /dev/null
"""


def run(name: str, course: Path, root: Path, user: int) -> dict[str, Any]:
    """Grade one attack with nbgrader behind the wall; return what came of it."""
    began = time.monotonic()
    with _groups(root.name) as groups:
        process = subprocess.Popen(_command(name, course, root, user, groups), stdout=subprocess.PIPE)
        try:
            answer, _ = process.communicate(timeout=WALL_SECONDS + 90)
        except subprocess.TimeoutExpired:
            process.kill()  # with it goes process 1 of the wall, and everything in it
            answer = process.communicate()[0]
        taken = _taken(groups)
    return {**_parsed(answer[:MAX_ANSWER]), "taken": taken, "seconds": time.monotonic() - began}


def _command(name: str, course: Path, root: Path, user: int, groups: dict[str, Path]) -> list[str]:
    shown = [*SHOWN, sys.base_prefix, str(PROJECT / ".venv")]
    shown += [str(PROJECT / part) for part in ("graders", "bench", "tests/attacks")]
    facts = {"root": root, "course": course, "inside": COURSE, "bin": BIN, "name": name}
    facts["python"] = BIN / "python"
    script = SCRIPT.format(
        **{key: shlex.quote(str(value)) for key, value in facts.items()},
        shown=" ".join(map(shlex.quote, shown)),
        program=shlex.quote(str(Path(__file__).resolve())),
        user=user,
        disk=DISK_MB,
        seconds=WALL_SECONDS,
    )
    join = "".join(f"echo $$ > {shlex.quote(str(group))}/cgroup.procs; " for group in groups.values())
    walls = "unshare --mount --pid --net --ipc --uts --fork --kill-child=KILL"
    return ["sh", "-c", f"{join} exec {walls} sh -c {shlex.quote(script)}"]


def _parsed(answer: bytes) -> dict[str, Any]:
    first, _, rest = answer.decode(errors="replace").partition("\n")
    try:
        code, left, changed = map(int, first.split())
    except ValueError:
        return {"code": -1, "left": 0, "changed": 0, "said": {}}
    try:
        said = json.loads(rest)
    except ValueError:
        said = {}
    return {"code": code, "left": left, "changed": changed, "said": said}


@contextmanager
def _groups(name: str) -> Any:
    """Control groups (version 1) around one wall; where there are none only resource limits hold."""
    limits = {
        "memory": {"memory.limit_in_bytes": MEMORY_MB * 2**20},
        "pids": {"pids.max": PROCESSES},
        "cpu": {"cpu.cfs_period_us": 100_000, "cpu.cfs_quota_us": 100_000},
    }
    own = dict(line.split(":")[1:] for line in Path("/proc/self/cgroup").read_text().splitlines())
    groups = {}
    for kind, settings in limits.items():
        parent = Path(f"/sys/fs/cgroup/{kind}{own.get(kind, '/none')}")
        if os.access(parent, os.W_OK):
            groups[kind] = parent / f"bench-{name}"
            groups[kind].mkdir(exist_ok=True)
            for key, value in settings.items():
                (groups[kind] / key).write_text(str(value))
    try:
        yield groups
    finally:
        for group in groups.values():
            _remove(group)


def _remove(group: Path) -> None:
    for _ in range(100):
        try:
            return group.rmdir()
        except OSError:
            time.sleep(0.1)


def _taken(groups: dict[str, Path]) -> list[str]:
    """Of what it took all that the wall had."""
    taken = []
    if "memory" in groups and int((groups["memory"] / "memory.failcnt").read_text()):
        peak = int((groups["memory"] / "memory.max_usage_in_bytes").read_text())
        taken += ["memory"] if peak >= 0.98 * MEMORY_MB * 2**20 else []
    if "pids" in groups and not (groups["pids"] / "pids.events").read_text().startswith("max 0"):
        taken.append("processes")
    return taken


# -- inside ---------------------------------------------------------------------------------------


def grade(name: str) -> None:
    """Hand in an attack and become nbgrader."""
    import attack_harness as harness

    _victim(COURSE).hand_in(name, harness.load_case(name))
    for kind, limit in ((resource.RLIMIT_FSIZE, FILE_MB * 2**20), (resource.RLIMIT_CORE, 0)):
        resource.setrlimit(kind, (limit, limit))
    os.chdir(COURSE)
    arguments = ["nbgrader", "autograde", harness.NAME, "--student", name]
    os.execv(BIN / arguments[0], arguments)  # so the process an attack knows of is nbgrader's


def read(name: str) -> None:
    """Print what nbgrader made of it: points, and what the student would see."""
    import attack_harness as harness

    os.chdir(COURSE)
    path = Path("autograded", name, harness.NAME, f"{harness.NAME}.ipynb")
    said = {"points": _points(harness.NAME), "error": _error(), "disk": shutil.disk_usage("/tmp").free < 2**20}
    try:
        cells = json.loads(path.read_bytes())["cells"]
    except (OSError, ValueError, KeyError, RecursionError):
        cells = None
    said["graded"] = cells is not None
    shown = _shown(cells or [])
    said["leaks"] = sorted(set(harness.leaks(*shown)))
    said["printed"] = _printed(cells or [])[:200_000]
    said["timeouts"] = json.dumps(cells or []).count('"ename": "CellTimeoutError"')
    said["page"] = _active(name) if name in PAGES else []
    print(json.dumps(said))


def _points(assignment: str) -> dict[str, dict[str, list[float]]]:
    from nbgrader.api import Gradebook

    found: dict[str, dict[str, list[float]]] = {}
    with Gradebook("sqlite:////tmp/course/gradebook.db", "victims") as book:
        for submission in book.assignment_submissions(assignment):
            grades = [grade for notebook in submission.notebooks for grade in notebook.grades]
            of = found[submission.student.id] = {}
            of.update({g.name: [float(g.auto_score or 0), float(g.max_score)] for g in grades})
    return found


def _error() -> str:
    """The kind of error nbgrader ended with."""
    with open("/tmp/log", "rb") as file:
        text = file.read()[-200_000:].decode(errors="replace")
    kinds = re.findall(r"^\s*(?:[a-z_]+\.)*([A-Z]\w+(?:Error|Exception|NotJSON))\b", text, re.M)
    return kinds[-1][:60] if kinds else ""


def _shown(cells: list[dict[str, Any]]) -> list[str]:
    """What outputs show, without nbgrader's own display of failed tests."""
    found = []
    for output in (output for cell in cells for output in cell.get("outputs", [])):
        if output["output_type"] == "error":
            found += [] if output["ename"] == "AssertionError" else [output["ename"], output["evalue"]]
        else:
            found.append(json.dumps(output, ensure_ascii=False))
    return [text.replace("\\n", "") for text in found]


def _printed(cells: list[dict[str, Any]]) -> str:
    """What the first answer cell wrote to its standard output."""
    for cell in cells:
        if cell.get("metadata", {}).get("nbgrader", {}).get("grade_id") == "centre":
            outputs = [o for o in cell.get("outputs", []) if o.get("name") == "stdout"]
            return "".join("".join(output["text"]) for output in outputs)
    return ""


class _Scripts(HTMLParser):
    """Collects what of a page would run code of the student's."""

    def __init__(self) -> None:
        super().__init__()
        self.found: set[str] = set()
        self._tag = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._tag = tag
        handlers = [name for name, value in attrs if name.startswith("on") and "alert(1)" in (value or "")]
        self.found |= {f"{tag} {name}" for name in handlers}

    def handle_endtag(self, tag: str) -> None:
        self._tag = ""

    def handle_data(self, data: str) -> None:
        if self._tag == "script" and "alert(1)" in data:
            self.found.add("script")


def page(root: Path, name: str) -> str:
    """The feedback page nbgrader makes for a student."""
    _nbgrader(root, "generate_feedback", "ch01_victim", "--student", name)
    return next((root / "feedback" / name).glob("**/*.html")).read_text()


def _active(name: str) -> list[str]:
    parser = _Scripts()
    try:
        parser.feed(page(COURSE, name))
    except (RuntimeError, StopIteration):
        return []  # there is no page
    return sorted(parser.found)


if __name__ == "__main__":
    {"grade": grade, "read": read}[sys.argv[1]](sys.argv[2])
