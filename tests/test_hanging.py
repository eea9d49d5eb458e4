"""A test that hangs ends the run with a traceback, wherever it hangs, and takes its processes with it."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import tomllib
from pathlib import Path

import psutil
import pytest

ROOT = Path(__file__).resolve().parent.parent
# Where it hangs: the seconds it is given there, and the test.
HANGS = {
    "in a process of the test": (
        3,
        """
def test_it():
    subprocess.run([sys.executable, "-c", "import time; time.sleep(600)"])
""",
    ),
    "after a test that failed": (
        3,
        """
@pytest.fixture
def thing():
    yield
    time.sleep(600)


def test_it(thing):
    assert False
""",
    ),
    "with a template": (
        10,
        """
def test_it(kernels):
    open("child", "w").write(str(kernels._process.pid))
    time.sleep(600)
""",
    ),
}
HEAD = "import subprocess, sys, time\nimport pytest\n"


def test_ten_minutes_are_enough_for_any_test():
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["pytest"]["ini_options"]
    assert 60 <= settings["faulthandler_timeout"] <= 600
    assert settings["faulthandler_exit_on_timeout"] is True


@pytest.mark.parametrize("place", HANGS)
def test_a_test_that_hangs_ends_the_run_and_says_where(place, tmp_path):
    seconds, text = HANGS[place]
    (tmp_path / "test_it.py").write_text(HEAD + text)
    options = ["-c", str(ROOT / "pyproject.toml"), "-p", "conftest", "-p", "no:cacheprovider"]
    env = {**os.environ, "PYTHONPATH": str(ROOT / "tests")}
    command = [sys.executable, "-m", "pytest", *options, "-o", f"faulthandler_timeout={seconds}", "test_it.py"]
    done = subprocess.run(command, cwd=tmp_path, env=env, capture_output=True, text=True, timeout=300)
    assert done.returncode not in (0, 2, 3, 4, 5), done.stdout
    assert "Timeout" in done.stderr and "test_it.py" in done.stderr, done.stdout + done.stderr
    child = tmp_path / "child"
    if child.exists():
        assert ended(int(child.read_text())), "what the test started goes on without it"


def ended(pid: int) -> bool:
    """Whether a process is gone, or goes soon."""
    for _ in range(300):
        if not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE:
            return True
        time.sleep(0.1)
    return False
