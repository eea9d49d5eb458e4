"""The tutorials work: their commands run in their order, and the examples for contributors do what they say."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"


def blocks(page: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", (DOCS / page).read_text(encoding="utf-8"), re.M | re.S)


def programs(folder: Path) -> str:
    """Return a PATH on which `graders` is this checkout's, and nbgrader this environment's."""
    place = folder / "bin"
    place.mkdir(exist_ok=True)
    (place / "graders").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m graders "$@"\n')
    (place / "graders").chmod(0o755)
    return os.pathsep.join([str(place), str(Path(sys.executable).parent), os.environ["PATH"]])


@pytest.mark.slow
def test_the_instructors_tutorial_works_as_written_and_ends_with_a_graded_class(tmp_path):
    path = programs(tmp_path)
    script = "\n".join(["set -ex", *blocks("tutorial-instructor.md", "sh")])
    env = {**os.environ, "PATH": path, "PYTHONPATH": str(ROOT), "NO_COLOR": "1"}
    done = subprocess.run(["sh", "-c", script], cwd=tmp_path, env=env, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    course = tmp_path / "statistics"
    assert (course / "feedback/ada/ch01_means/ch01_means.html").is_file()
    assert (course / "report/ch01_means.html").is_file()
    assert "0 of 3" in done.stdout
    commands = re.findall(r"^\+ (graders .*)", done.stderr, re.M)
    assert len(commands) < 10, "a graded class in under ten commands"


def example(word: str) -> dict[str, object]:
    """What the contributors' example with a word in it defines."""
    (text,) = [block for block in blocks("contributing.md", "python") if word in block]
    names: dict[str, object] = {}
    exec(text, names)
    return names


def test_the_example_of_a_check_works_in_a_notebook(capsys):
    names = example("sorted_rows")
    assert "✓ The lengths are sorted" in capsys.readouterr().out
    from graders.check import CheckFailed

    with pytest.raises(CheckFailed, match="Value 1 is smaller"):
        names["sorted_rows"]("The lengths are sorted", [2, 1])


def test_the_example_of_an_engine_passes_everything_on_in_its_order():
    log, began, met = [], [], []

    def inner(works, started, *, meanwhile):
        meanwhile()
        for work in works:
            started(work)
            yield work, f"result of {work.job.student}"

    works = [SimpleNamespace(job=SimpleNamespace(student=name), waits=waits) for name, waits in QUEUE]
    engine = example("InOrder")["InOrder"](inner, lambda work: -work.waits, log.append)
    done = list(engine(works, began.append, meanwhile=lambda: met.append(True)))
    assert [result for _, result in done] == ["result of bob", "result of cyn", "result of ada"]
    assert (log[0], [work.job.student for work in began], met) == ("bob begins", ["bob", "cyn", "ada"], [True])


QUEUE = [("ada", 1), ("bob", 60), ("cyn", 20)]


def test_the_example_of_a_wall_says_which_promises_are_kept(capsys):
    example("examine")
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) > 5 and all(line.startswith(("kept", "NOT KEPT")) for line in lines)


@pytest.mark.slow
def test_the_commands_of_adding_a_dataset_release_it_with_the_chapter(tmp_path):
    def shell(script: str, folder: Path) -> subprocess.CompletedProcess[str]:
        found = {**os.environ, "PATH": programs(tmp_path), "PYTHONPATH": str(ROOT), "NO_COLOR": "1"}
        return subprocess.run(["sh", "-c", script], cwd=folder, env=found, capture_output=True, text=True)

    assert shell("graders new statistics", tmp_path).returncode == 0
    course = tmp_path / "statistics"
    commands = "\n".join(blocks("add-a-dataset.md", "sh"))
    text = course / "source/ch01_means.py"
    (given,) = [block for block in blocks("add-a-dataset.md", "python") if "loadtxt" in block]
    text.write_text(
        text.read_text().replace("# %% [markdown]\n# ## Exercise 1", f"{given}\n# %% [markdown]\n# ## Ex", 1)
    )
    done = shell(f"set -e\n{commands}", course)
    assert done.returncode == 0, done.stdout + done.stderr
    assert (course / "release/ch01_means/values.csv").read_text() == "2.5\n3.5\n9.0\n"
    assert "loadtxt" in (course / "release/ch01_means/ch01_means.ipynb").read_text()


def test_every_page_is_in_the_table_of_contents():
    pages = {path.relative_to(DOCS).as_posix() for path in DOCS.rglob("*.md")}
    listed = set(re.findall(r"([\w/-]+\.md)", (ROOT / "mkdocs.yml").read_text()))
    assert pages == listed
