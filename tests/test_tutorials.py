"""The tutorials work: their commands run in their order, and the examples for contributors do what they say."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"


def blocks(page: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", (DOCS / page).read_text(encoding="utf-8"), re.M | re.S)


@pytest.mark.slow
def test_the_instructors_tutorial_works_as_written_and_ends_with_a_graded_class(tmp_path):
    programs = tmp_path / "bin"
    programs.mkdir()
    (programs / "graders").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m graders "$@"\n')
    (programs / "graders").chmod(0o755)
    path = os.pathsep.join([str(programs), str(Path(sys.executable).parent), os.environ["PATH"]])
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


def test_the_example_of_a_check_works_in_a_notebook(capsys):
    (text,) = blocks("contributing.md", "python")
    names: dict[str, object] = {}
    exec(text, names)
    assert "✓ The lengths are sorted" in capsys.readouterr().out
    from graders.check import CheckFailed

    with pytest.raises(CheckFailed, match="Value 1 is smaller"):
        names["sorted_rows"]("The lengths are sorted", [2, 1])


def test_every_page_is_in_the_table_of_contents():
    pages = {path.relative_to(DOCS).as_posix() for path in DOCS.rglob("*.md")}
    listed = set(re.findall(r"([\w/-]+\.md)", (ROOT / "mkdocs.yml").read_text()))
    assert pages == listed
