"""What beginners do wrong ends in a message that names the problem and the next step, never in a traceback."""

from __future__ import annotations

import ast
import os
import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
ENV = {**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "200", "NO_COLOR": "1", "OMP_NUM_THREADS": "1"}
GRADERS = [sys.executable, "-m", "graders"]

Ended = subprocess.CompletedProcess[str]


def run(command: list[str], cwd: Path, **env: str) -> Ended:
    return subprocess.run(
        command,
        cwd=cwd,
        env={**ENV, **env},
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        timeout=300,
    )


def told(ended: Ended, code: int) -> str:
    """What a command said, on one line; it must have ended as documented and without a traceback."""
    text = " ".join((ended.stdout + ended.stderr).split())
    assert ended.returncode == code, text
    assert "Traceback" not in text
    return text


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made") / "course"
    assert run([*GRADERS, "new", str(folder)], folder.parent).returncode == 0
    return folder


@pytest.fixture
def course(made: Path, tmp_path: Path) -> Path:
    """A course of one's own in which ada has handed in the released notebook."""
    shutil.copytree(made, tmp_path / "course")
    shutil.copytree(made / "release/ch01_means", tmp_path / "course/submitted/ada/ch01_means")
    return tmp_path / "course"


def test_in_the_wrong_folder(tmp_path: Path) -> None:
    text = told(run([*GRADERS, "autograde"], tmp_path), 2)
    assert "is not a course folder" in text and "Go to the course folder, or name it with --course." in text


def test_with_an_old_python(tmp_path: Path) -> None:
    code = "import sys; sys.version_info = (3, 9, 2, 'final', 0); import graders"
    ended = run([sys.executable, "-c", code], tmp_path)
    last = ended.stderr.strip().splitlines()[-1]
    assert "needs Python 3.11 or later, and this is Python 3.9." in last and "python3.11 -m venv" in last


def test_the_first_file_can_be_read_by_an_old_python() -> None:
    text = (ROOT / "graders/__init__.py").read_text()
    ast.parse(text, feature_version=(3, 5))
    assert not re.search(r"__future__|\bf['\"]|: tuple\[", text)


def test_make_with_an_old_python(tmp_path: Path) -> None:
    for name in ("Makefile", "pyproject.toml", "requirements.lock"):
        shutil.copy(ROOT / name, tmp_path)
    old = tmp_path / "old python"
    old.write_text("#!/bin/sh\nexit 1\n")
    old.chmod(0o755)
    ended = run(["make", "setup", "PYTHON='./old python'"], tmp_path)
    assert "Python 3.11 or later is needed: make setup PYTHON=/path/to/python3" in told(ended, 2)


def test_on_a_machine_without_namespaces(course: Path) -> None:
    forbid = "echo 0 > /proc/sys/user/max_user_namespaces && exec setpriv --ambient-caps=-all "
    inside = ["unshare", "--user", "--map-user=1000", "--map-group=1000", "--keep-caps", "sh", "-c"]
    text = told(run([*inside, forbid + f"'{sys.executable}' -m graders autograde"], course), 2)
    assert "Nothing was graded" in text and "does not let us make namespaces" in text
    assert "Run: graders doctor" in text
    text = told(run([*inside, forbid + f"'{sys.executable}' -m graders doctor"], course), 2)
    assert "A wall can be raised no" in text and "does not let us make namespaces" in text
    assert "As root, run: sysctl -w user.max_user_namespaces=15000" in text


@pytest.fixture
def taken() -> object:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def test_with_a_port_that_is_taken(course: Path, taken: int) -> None:
    hub = {
        "JUPYTERHUB_SERVICE_URL": f"http://127.0.0.1:{taken}",
        "JUPYTERHUB_SERVICE_PREFIX": "/services/x/",
        "JUPYTERHUB_API_TOKEN": "x",
    }
    text = told(run([*GRADERS, "live"], course, **hub), 2)
    assert f"Port {taken} of 127.0.0.1 cannot be used: address already in use." in text
    assert "choose another port" in text


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can try a hub")
def test_a_hub_at_a_port_that_is_taken(taken: int, tmp_path: Path) -> None:
    ended = run(["sh", "deploy/jupyterhub/start.sh"], ROOT, PORT=str(taken), HUB=str(tmp_path / "hub"))
    assert f"Port {taken} is taken." in (text := told(ended, 2)) and "make hub PORT=9000" in text
    assert not (tmp_path / "hub").exists()


def without_points(text: str) -> str:
    return text.replace(" points=3", "")


def with_a_name_twice(text: str) -> str:
    return text.replace('checks="mean_test"', 'checks="mean"')


def with_markers_after_the_solution(text: str) -> str:
    lines = [line for line in text.split("\n") if line != "    ### BEGIN SOLUTION"]
    lines.insert(lines.index("    ### END SOLUTION"), "    ### BEGIN SOLUTION")
    return "\n".join(lines)


def with_the_solution_in_another_cell(text: str) -> str:
    return text.replace(
        "# %% [markdown]\n# ## Exercise 1", "# %%\ndef mean(values): ...\n\n\n# %% [markdown]\n#", 1
    )


@pytest.mark.parametrize(
    ("mistake", "problem", "step"),
    [
        (without_points, "checks need points", 'write checks="..." points=2'),
        (with_a_name_twice, "the name 'mean' is already used in line", "Correct the text and build again."),
        (with_markers_after_the_solution, "nothing stands between", "put them around the solution"),
        (with_the_solution_in_another_cell, "a solution stands outside its markers", "Correct the text"),
    ],
)
def test_in_the_text_of_a_chapter(course: Path, mistake: Callable[[str], str], problem: str, step: str) -> None:
    path = course / "source/ch01_means.py"
    before = path.read_text()
    path.write_text(mistake(before))
    assert path.read_text() != before
    text = told(run([*GRADERS, "source", "build"], course), 2)
    assert problem in text and step in text and re.search(r"source/ch01_means\.py: line \d+", text)


def test_with_data_that_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "housing").mkdir()
    (tmp_path / "housing/housing.csv").write_bytes(b"longitude,latitu")  # half a download
    code = "from graders import datasets; datasets.load_housing('full')"
    ended = run([sys.executable, "-c", code], tmp_path, GRADERS_DATA=str(tmp_path), HOME=str(tmp_path))
    last = ended.stderr.strip().splitlines()[-1]
    assert "is damaged or another version" in last and "Delete the file, or replace it" in last


@pytest.mark.slow
def test_with_data_that_the_chapter_lacks(course: Path) -> None:
    path = course / "source/ch01_means.py"
    path.write_text(path.read_text().replace("X = np.arange(6.0)", 'X = np.loadtxt("values.csv")'))
    assert run([*GRADERS, "source", "build"], course).returncode == 0
    text = told(run([*GRADERS, "autograde", "-j", "1"], course), 1)
    assert "ungradable" in text and "values.csv not found" in text


@pytest.mark.parametrize(
    "command",
    ["show {} ch01", "history {} ch01", "autograde --student {}", "feedback --student {}"],
)
def test_with_a_student_who_does_not_exist(course: Path, command: str) -> None:
    text = told(run([*GRADERS, *command.format("adda").split()], course), 2)
    assert "usage: 'adda'" in text and re.search("submitted/|graders autograde", text)


@pytest.mark.parametrize("step", ["autograde -j 1", "release", "source build"])
def test_on_a_full_disk(course: Path, tmp_path: Path, step: str) -> None:
    """The course lies on a small file system of its own, which is full; nothing is left half written."""
    disk = tmp_path / "disk"
    disk.mkdir()
    script = """
    mount -t tmpfs -o size=2m tmpfs "$1" && cp -r "$2" "$1/course" && cd "$1/course"
    rm "source/ch01_means/ch01_means.ipynb"
    head -c 3000000 /dev/zero > filler 2> /dev/null
    shift 2
    "$@"; code=$?
    find . -size 0 -name ".course_secret"
    exit $code
    """
    alone = ["unshare", "--mount"] if os.geteuid() == 0 else ["unshare", "--mount", "--map-root-user"]
    command = [*alone, "sh", "-c", script, "sh", str(disk), str(course), *GRADERS, *step.split()]
    text = told(run(command, tmp_path), 3)
    assert re.search("disk is full|database or disk is full", text) and re.search("Make room|disk space", text)
    assert ".course_secret" not in text.partition("More:")[0]
