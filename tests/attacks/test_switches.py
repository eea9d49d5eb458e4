"""The suite can fail: with one defence switched off, the attack it holds back succeeds or leaves its trace.

Defences of templates and judges are switched off by a module of ``off`` that only this template imports;
those of the worker by patching it, in this process. Probes are harmless: they say what they could do.
"""
# ruff: noqa: E501 (code of notebooks in strings)

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import attack_harness as harness
import pytest

from graders import grading
from graders.batch.engine import grade_safely
from graders.feedback import page, templating
from graders.grading import Addresses
from graders.notebooks import run, sanitise
from graders.results import Role, from_json
from graders.sandbox import launch
from graders.sandbox.launch import KERNEL_MODULES, Template

OFF = Path(__file__).with_name("off")
Attack = Callable[..., harness.Graded]


@contextlib.contextmanager
def _template(monkeypatch: pytest.MonkeyPatch, *modules: str) -> Iterator[Template]:
    """A template that finds the modules of ``off``."""
    known = launch.kernel_environment
    with monkeypatch.context() as patch:
        patch.setattr(launch, "kernel_environment", lambda *args: {**known(*args), "PYTHONPATH": str(OFF)})
        template = Template(modules)
    with template:
        yield template


@pytest.fixture
def attack(victim: harness.Victim, monkeypatch: pytest.MonkeyPatch) -> Attack:
    """Grade an attack in this process, with other templates where they are named."""

    def go(
        name: str | harness.Case,
        *,
        kernels: str = "",
        judges: str = "",
        limits: dict[str, float] | None = None,
        **changed: Any,
    ) -> harness.Graded:
        case = harness.load_case(name) if isinstance(name, str) else name
        student = f"off_{case.name}"
        victim.hand_in(student, case)
        addresses = victim.addresses
        with contextlib.ExitStack() as stack:
            if kernels:
                modules = (*KERNEL_MODULES, "numpy", "pandas", kernels)
                made = stack.enter_context(_template(monkeypatch, *modules))
                addresses = replace(addresses, kernels=made.address)
            if judges:
                made = stack.enter_context(_template(monkeypatch, "graders.judge", "numpy", "pandas", judges))
                addresses = replace(addresses, judges=made.address)
            text, _ = grade_safely(victim.job(student, limits or case.limits, **changed), addresses)
        result = from_json(text)
        assert result.points is not None, result.staff
        return harness.Graded(result, harness.for_student(result), page.render(victim.course, result), 0.0, 0.0)

    return go


def _case(code: str, name: str = "made") -> harness.Case:
    return harness.Case(name, "made for one test", code=code)


PROBE = """
import ctypes, json, os
libc = ctypes.CDLL(None, use_errno=True)
status = dict(line.split(":\\t") for line in open("/proc/self/status").read().splitlines() if ":\\t" in line)
child = os.fork()
if child == 0:
    os._exit(int(libc.unshare(0x10000000) == 0))
unshared = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
print("TRACE", json.dumps({"uid": os.getuid(), "capabilities": int(status["CapEff"], 16), "unshared": unshared,
                           "memfd": libc.syscall(319, b"x", 0)}))
"""


def test_probe_with_everything_on(attack: Attack) -> None:
    told = attack(_case(PROBE)).told()
    assert told["uid"] >= 200_000 and told["capabilities"] == 0
    assert told["unshared"] == 0 and told["memfd"] == -1


def test_system_call_filter_off(attack: Attack) -> None:
    told = attack(_case(PROBE), kernels="off_seccomp").told()
    assert told["unshared"] == 1 and told["memfd"] > 0


def test_rights_kept(attack: Attack) -> None:
    told = attack(_case(PROBE), kernels="off_rights").told()
    assert told["capabilities"] != 0


def test_descriptors_inherited(attack: Attack) -> None:
    graded = attack("read_descriptors", kernels="off_descriptors")
    assert harness.leaks(graded.json)


def test_memory_unlimited(attack: Attack) -> None:
    code = """
import mmap
part = mmap.mmap(-1, 500 * 2**20)
part[::4096] = b"x" * (len(part) // 4096)
print("TRACE", 1)
"""
    assert attack(_case(code), kernels="off_memory").told() == 1
    assert attack(_case(code)).cells["centre"].outcome == "out_of_memory"


def test_hidden_texts_shown(attack: Attack) -> None:
    graded = attack("read_exception_message", judges="off_hidden_texts")
    assert harness.leaks(graded.json) and harness.leaks(graded.html)


def test_values_shown_after_hidden_data(attack: Attack) -> None:
    graded = attack("read_later_visible", judges="off_secretive")
    assert harness.leaks(graded.json) and harness.leaks(graded.html)


def test_pickles_believed(attack: Attack, tmp_path: Path) -> None:
    trace = tmp_path / "unpickled"
    bomb = f"cbuiltins\nopen\n(S'{trace}'\nS'w'\ntR.".encode().hex()
    code = f"""
from graders.bridge import shim
from graders.bridge.wire import Frame
reply = shim.Server._reply
shim.Server._reply = lambda self, frame: Frame({{"ok": ["pickle", "{bomb}"]}}) if frame.body["op"] == "call" else reply(self, frame)
def centre(values):
    return None
"""
    attack(_case(code))
    assert not trace.exists()
    attack(_case(code), judges="off_wire")
    assert trace.exists()


def test_answers_awaited_for_ever(attack: Attack) -> None:
    code = """
import time
calls = [0]
def centre(values):
    calls[0] += 1
    time.sleep(1.5 if calls[0] == 2 else 0)
    return values - values.mean(axis=0)
"""
    limits = {"call_seconds": 0.5, "cell_seconds": 1}
    assert attack(_case(code), limits=limits).records["centre_test#2"].outcome == "timed_out"
    graded = attack(_case(code), limits=limits, judges="off_call_time")
    assert graded.records["centre_test#2"].outcome == "passed"


def test_cells_never_stopped(attack: Attack, monkeypatch: pytest.MonkeyPatch) -> None:
    code = "import time\ntime.sleep(2.5)\nprint('TRACE', 1)"
    assert attack(_case(code), limits={"cell_seconds": 1}).cells["centre"].outcome == "timed_out"
    finished = run._finished
    monkeypatch.setattr(run, "_finished", lambda task, sandbox, seconds: finished(task, sandbox, 60.0))
    assert attack(_case(code), limits={"cell_seconds": 1}).told() == 1


def test_outputs_unbounded(attack: Attack, monkeypatch: pytest.MonkeyPatch) -> None:
    case = _case("print('x' * 4_000_000)")
    assert len(attack(case).json) < harness.MAX_JSON
    monkeypatch.setattr(run.BoundedClient, "process_message", run.NotebookClient.process_message)
    assert len(attack(case).json) > harness.MAX_JSON


def test_links_followed(attack: Attack, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text(harness.WORD)

    def doctor(notebook: dict[str, Any], folder: Path) -> None:
        if not (folder / "link.txt").is_symlink():
            (folder / "link.txt").symlink_to(secret)
        code = "import os\nprint(open('link.txt').read() if os.path.exists('link.txt') else '')"
        harness.by_id(notebook)["centre"]["source"] = code

    case = harness.Case("links", "made for one test", doctor=doctor)
    assert not harness.leaks(attack(case).json)
    monkeypatch.setattr(sanitise, "_problem", lambda *args: "")
    assert harness.leaks(attack(case).json)


def test_submitted_checks_believed(attack: Attack, monkeypatch: pytest.MonkeyPatch) -> None:
    def doctor(notebook: dict[str, Any], folder: Path) -> None:
        for cell in notebook["cells"]:
            if cell["id"].endswith(("_test", "_plain")):
                cell["source"] = "assert True"

    case = harness.Case("edited", "made for one test", doctor=doctor)
    assert attack(case).result.points == 0
    rebuild = sanitise.rebuild

    def believe(notebook: Any, submitted: Path, limits: Any) -> Any:
        theirs = harness.by_id(json.loads(submitted.read_text()))
        cells = tuple(
            replace(c, source=theirs[c.cell_id]["source"], hidden_lines=()) if c.role is Role.CHECKS else c
            for c in notebook.cells
        )
        return rebuild(replace(notebook, cells=cells), submitted, limits)

    monkeypatch.setattr(grading, "rebuild", believe)
    assert attack(case).result.points == 12


def test_checks_run_in_the_students_process(attack: Attack, monkeypatch: pytest.MonkeyPatch) -> None:
    def doctor(notebook: dict[str, Any], folder: Path) -> None:
        spy = (
            "seen = []\nget_ipython().events.register('pre_run_cell', lambda info: seen.append(info.raw_cell))"
        )
        harness.by_id(notebook)["centre"]["source"] = spy
        harness.by_id(notebook)["label"]["source"] = "print(seen)"

    case = harness.Case("spy", "made for one test", doctor=doctor)
    assert not harness.leaks(attack(case).json)
    runs = property(lambda cell: cell.origin.cell_type == "code" and cell.role is not Role.PROSE)
    monkeypatch.setattr(sanitise.Cell, "runs", runs)
    assert harness.leaks(attack(case).json)


def test_page_not_escaped(attack: Attack, monkeypatch: pytest.MonkeyPatch) -> None:
    graded = attack("files_scripts_in_text")
    assert not harness.active_parts(graded.html)
    environment = templating.environment_of(_course(graded))
    monkeypatch.setattr(environment, "autoescape", False)
    monkeypatch.setattr(templating, "escape", str)  # else the page is refused: its policy looks different
    environment.cache.clear()
    try:
        assert harness.active_parts(page.render(_course(graded), graded.result))
    finally:
        environment.cache.clear()


def _course(graded: harness.Graded) -> Any:
    from graders.course import Course

    return Course(id=graded.result.course)


def test_wall_left_out(attack: Attack, victim: harness.Victim, tmp_path: Path) -> None:
    planted = tmp_path / "neighbour.txt"
    planted.write_text(harness.WORD)
    planted.chmod(0o644)
    case = _case(f"try:\n    print(open({str(planted)!r}).read())\nexcept OSError as error:\n    print(error)")
    assert not harness.leaks(attack(case).json)
    assert harness.leaks(attack(case, wall="process").json)


def test_traces_are_found(victim: harness.Victim) -> None:
    before = victim.traces()
    addresses: Addresses = victim.addresses
    from graders.sandbox.limits import WallLimits

    (victim.temporary / "graders-left").touch()
    sandbox = launch.start(
        addresses.kernels, "time:sleep", arguments={}, fds=[], limits=WallLimits(), wall="namespaces"
    )
    left = victim.traces() - before
    sandbox.close()
    (victim.temporary / "graders-left").unlink()
    assert "file graders-left" in left and any(name.startswith("process") for name in left)
    assert victim.left_behind(before) == []
